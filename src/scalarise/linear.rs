//! Arithmetic on extents and subscripts: linear forms over expressions of the new region.

use super::Ex;
use super::scalariser::Scalariser;
use crate::infer::{InputTy, Kind, Origin};
use crate::ir::{self, ArrayOrigin, BinaryOp, Expression, Function, Handle, Literal, Loop, Statement, UnaryOp};
use crate::source::Span;

/// `constant + coefficient * expression + …`; no expression twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Linear {
    pub(super) terms: Vec<(Ex, i64)>,
    pub(super) constant: i64,
}

impl Linear {
    pub(super) fn constant(value: i64) -> Self {
        Self {
            terms: Vec::new(),
            constant: value,
        }
    }

    pub(super) fn as_constant(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }
}

impl Scalariser<'_> {
    pub(super) fn int(&mut self, value: i64, span: Span) -> Ex {
        self.add(Expression::Literal(Literal::Int(value)), span)
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: Ex, right: Ex, span: Span) -> Ex {
        self.add(Expression::Binary { op, left, right }, span)
    }

    /// An expression's linear form.
    pub(super) fn linear(&self, root: Ex) -> Linear {
        match &self.to.expressions[root] {
            Expression::Literal(Literal::Int(value)) => Linear::constant(*value),
            Expression::Literal(Literal::Bool(value)) => Linear::constant(i64::from(*value)),
            Expression::Binary {
                op: BinaryOp::Add,
                left,
                right,
            } => self.sum(&self.linear(*left), &self.linear(*right), 1),
            Expression::Binary {
                op: BinaryOp::Subtract,
                left,
                right,
            } => self.sum(&self.linear(*left), &self.linear(*right), -1),
            Expression::Binary {
                op: BinaryOp::Multiply,
                left,
                right,
            } => {
                let (a, b) = (self.linear(*left), self.linear(*right));
                match (a.as_constant(), b.as_constant()) {
                    (Some(by), _) => self.sum(&Linear::default(), &b, by),
                    (_, Some(by)) => self.sum(&Linear::default(), &a, by),
                    _ => self.atom(root),
                }
            }
            Expression::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.sum(&Linear::default(), &self.linear(*operand), -1),
            _ => self.atom(root),
        }
    }

    fn atom(&self, root: Ex) -> Linear {
        Linear {
            terms: vec![(root, 1)],
            constant: 0,
        }
    }

    /// `a + by * b`; what would overflow stays an expression of its own elsewhere, so saturation is never seen.
    pub(super) fn sum(&self, a: &Linear, b: &Linear, by: i64) -> Linear {
        let mut terms = a.terms.clone();
        for (atom, coefficient) in &b.terms {
            let coefficient = coefficient.saturating_mul(by);
            match terms.iter_mut().find(|(other, _)| self.same(*other, *atom)) {
                Some((_, sum)) => *sum = sum.saturating_add(coefficient),
                None => terms.push((*atom, coefficient)),
            }
        }
        terms.retain(|(_, coefficient)| *coefficient != 0);
        Linear {
            terms,
            constant: a.constant.saturating_add(b.constant.saturating_mul(by)),
        }
    }

    /// The expression of a linear form.
    pub(super) fn of_linear(&mut self, linear: &Linear, span: Span) -> Ex {
        let mut total: Option<Ex> = None;
        // What is added comes first.
        let mut terms = linear.terms.clone();
        terms.sort_by_key(|(_, coefficient)| *coefficient < 0);
        for (atom, coefficient) in terms {
            let magnitude = coefficient.abs();
            let term = if magnitude == 1 {
                atom
            } else {
                let by = self.int(magnitude, span);
                self.binary(BinaryOp::Multiply, by, atom, span)
            };
            total = Some(match total {
                None if coefficient < 0 => {
                    let op = UnaryOp::Negate;
                    self.add(Expression::Unary { op, operand: term }, span)
                }
                None => term,
                Some(before) => {
                    let op = if coefficient < 0 {
                        BinaryOp::Subtract
                    } else {
                        BinaryOp::Add
                    };
                    self.binary(op, before, term, span)
                }
            });
        }
        match (total, linear.constant) {
            (None, constant) => self.int(constant, span),
            (Some(total), 0) => total,
            (Some(total), constant) => {
                let by = self.int(constant.abs(), span);
                let op = if constant < 0 {
                    BinaryOp::Subtract
                } else {
                    BinaryOp::Add
                };
                self.binary(op, total, by, span)
            }
        }
    }

    /// `a + by * b`, simplified.
    pub(super) fn plus(&mut self, a: Ex, b: Ex, by: i64, span: Span) -> Ex {
        let sum = self.sum(&self.linear(a), &self.linear(b), by);
        self.of_linear(&sum, span)
    }

    pub(super) fn plus_constant(&mut self, a: Ex, constant: i64, span: Span) -> Ex {
        if constant == 0 {
            return a;
        }
        let mut sum = self.linear(a);
        sum.constant = sum.constant.saturating_add(constant);
        self.of_linear(&sum, span)
    }

    pub(super) fn as_constant(&self, root: Ex) -> Option<i64> {
        self.linear(root).as_constant()
    }

    pub(super) fn extreme(&mut self, function: Function, a: Ex, b: Ex, span: Span) -> Ex {
        let difference = self.sum(&self.linear(a), &self.linear(b), -1);
        if let Some(difference) = difference.as_constant() {
            let first = (difference <= 0) == (function == Function::Min);
            return if first { a } else { b };
        }
        let arguments = vec![a, b];
        self.add(Expression::Call { function, arguments }, span)
    }

    /// Whether two expressions are written alike.
    pub(super) fn same(&self, a: Ex, b: Ex) -> bool {
        ir::alike(&self.to, a, b)
    }

    /// Whether two integers are surely equal.
    pub(super) fn same_number(&self, a: Ex, b: Ex) -> bool {
        self.sum(&self.linear(a), &self.linear(b), -1).as_constant() == Some(0)
    }

    /// The product of extents as Python sees them: how many elements there are.
    pub(super) fn product(&mut self, extents: &[Ex], span: Span) -> Ex {
        let mut product: Option<Ex> = None;
        for extent in extents {
            let extent = self.not_negative(*extent, span);
            product = Some(match product {
                None => extent,
                Some(before) => self.binary(BinaryOp::Multiply, before, extent, span),
            });
        }
        product.unwrap_or_else(|| self.int(1, span))
    }

    /// The place of an index in row-major order.
    pub(super) fn row_major(&mut self, index: &[Ex], extents: &[Ex], span: Span) -> Ex {
        let mut flat = self.int(0, span);
        for (at, extent) in index.iter().zip(extents) {
            let scaled = if self.as_constant(flat) == Some(0) {
                flat
            } else {
                self.binary(BinaryOp::Multiply, flat, *extent, span)
            };
            flat = self.plus(scaled, *at, 1, span);
        }
        flat
    }

    // What is known before the region runs

    /// Whether an expression can be evaluated at the launch.
    pub(super) fn is_launch_known(&self, root: Ex) -> bool {
        let mut known = true;
        ir::visit_expressions(&self.to, root, &mut |one| {
            known &= match &self.to.expressions[one] {
                Expression::Literal(_) | Expression::Size(_) | Expression::Rank(_) => true,
                Expression::Extent { array, .. } => matches!(self.to.arrays[*array].origin, ArrayOrigin::Input(_)),
                Expression::Input(input) => self.is_python_int(*input),
                Expression::Unary { .. } | Expression::Compare { .. } | Expression::Logical { .. } => true,
                Expression::Binary { op, .. } => matches!(
                    op,
                    BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::FloorDivide | BinaryOp::Modulo
                ),
                Expression::Call { function, .. } => matches!(function, Function::Min | Function::Max),
                Expression::Variable(variable) => self.foreknown.iter().any(|(known, _)| known == variable),
                Expression::Counter(_)
                | Expression::Load { .. }
                | Expression::Select { .. }
                | Expression::Convert { .. }
                | Expression::Array(_) => false,
            };
        });
        known
    }

    /// A variable with a value that is known at the launch, assigned where the region starts; the same for the same value.
    pub(super) fn foreknown(&mut self, value: Ex, wanted: &str, span: Span) -> Ex {
        let known = self.foreknown.iter().find(|(_, other)| self.same(*other, value));
        let variable = match known {
            Some((variable, _)) => *variable,
            None => {
                let variable = self.temporary(wanted, span);
                if let Some(outermost) = self.blocks.first_mut() {
                    outermost.push(Statement::Assign { variable, value }, span);
                }
                self.foreknown.push((variable, value));
                variable
            }
        };
        self.add(Expression::Variable(variable), span)
    }

    /// An expression as it can be evaluated before the region starts.
    pub(super) fn at_launch(&mut self, root: Ex) -> Ex {
        if let Expression::Variable(variable) = self.to.expressions[root] {
            let known = self.foreknown.iter().find(|(known, _)| *known == variable);
            return match known.map(|(_, value)| *value) {
                Some(value) => self.at_launch(value),
                None => root,
            };
        }
        let children = ir::children(&self.to.expressions[root]);
        let evaluated: Vec<Ex> = children.iter().map(|child| self.at_launch(*child)).collect();
        if evaluated == children {
            return root;
        }
        let copy = ir::with_operands(&self.to.expressions[root].clone(), &evaluated);
        self.add(copy, self.to.spans[root])
    }

    fn is_python_int(&self, input: Handle<ir::Input>) -> bool {
        match self.input(input) {
            Some(InputTy::Scalar(ty)) => {
                matches!(ty.origin, Origin::Python | Origin::Numpy) && (ty.kind.is_integer() || ty.kind == Kind::Bool)
            }
            Some(InputTy::Array(_) | InputTy::Nothing) | None => false,
        }
    }

    /// A lower bound of a linear form over the enclosing loops' iterations, in what is known at the launch.
    pub(super) fn least(&self, linear: &Linear) -> Option<Linear> {
        let mut bound = linear.clone();
        // Inner loops' bounds may mention outer counters: a few rounds eliminate them all.
        for _ in 0..16 {
            let found = bound
                .terms
                .iter()
                .find_map(|(atom, coefficient)| match self.to.expressions[*atom] {
                    Expression::Counter(counter) => Some((*atom, counter, *coefficient)),
                    _ => None,
                });
            let Some((atom, counter, coefficient)) = found else {
                break;
            };
            let end = self.end_of(counter, coefficient > 0)?;
            bound.terms.retain(|(other, _)| *other != atom);
            bound = self.sum(&bound, &end, coefficient);
        }
        let known = bound.terms.iter().all(|(atom, _)| self.is_launch_known(*atom));
        if known {
            return Some(bound);
        }
        self.least_of_extremes(&bound)
    }

    /// `max(a, b)` is at least each of its parts, and so is `-min(a, b)`.
    fn least_of_extremes(&self, linear: &Linear) -> Option<Linear> {
        for (atom, coefficient) in &linear.terms {
            let Expression::Call { function, arguments } = &self.to.expressions[*atom] else {
                continue;
            };
            let useful = match function {
                Function::Max => *coefficient > 0,
                Function::Min => *coefficient < 0,
                _ => false,
            };
            if !useful {
                continue;
            }
            for part in arguments {
                let mut rest = linear.clone();
                rest.terms.retain(|(other, _)| other != atom);
                let with = self.sum(&rest, &self.linear(*part), *coefficient);
                if let Some(bound) = self.least(&with) {
                    return Some(bound);
                }
            }
        }
        None
    }

    /// The least or the greatest value of a counter, if the loop runs at all.
    fn end_of(&self, counter: Handle<Loop>, least: bool) -> Option<Linear> {
        let header = &self.to.loops[counter];
        let (start, stop, step) = (header.start, header.stop, header.step);
        let step = self.as_constant(step)?;
        if (step > 0) == least {
            return Some(self.linear(start));
        }
        let mut last = self.linear(stop);
        last.constant = last.constant.saturating_sub(step.signum());
        Some(last)
    }
}
