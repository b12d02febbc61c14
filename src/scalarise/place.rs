//! Where the least or greatest element lies: `np.argmin` and `np.argmax`.
//!
//! The first of equals is wanted, or the first NaN, if there is one. One loop does it that keeps the best element so far and its
//! place; `deps` knows the comparison by which the first NaN is better than any number.

use super::Ex;
use super::floats::Floats;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Shaped};
use crate::ir::{
    BinaryOp, CompareOp, Conversion, Element, Expression, Fold, Function, Handle, Literal, LogicalOp, Target, Ufunc,
    UnaryOp, Variable,
};
use crate::source::Span;

/// How the place is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In one loop, which begins with an infinity: elements are floats.
    FromInfinity,
    /// In one loop, which begins with the first element.
    FromFirst,
    /// The element first, then the least place of it: on a GPU, where it does not matter which iteration comes first.
    Twice,
}

impl Scalariser<'_> {
    pub(super) fn way_to_extreme(&self, value: &Shaped) -> Way {
        let device = self.directive.as_ref().is_some_and(|one| one.target != Target::Cpu);
        if device {
            Way::Twice
        } else if self.is_float(value) {
            Way::FromInfinity
        } else {
            Way::FromFirst
        }
    }

    /// Whether each element is asked for once.
    pub(super) fn is_found_at_once(&self, value: &Shaped) -> bool {
        self.way_to_extreme(value) == Way::FromInfinity
    }

    /// Bools as numbers: those have a least one and a greatest one.
    pub(super) fn as_numbers(&mut self, bools: &Shaped, span: Span) -> Scalar<Shaped> {
        let operand = self.int(0, span);
        let to = Conversion::Int8;
        self.map(Expression::Convert { to, operand }, vec![bools.clone()], span)
    }

    /// Whether the elements of a value are surely floats of 32 or 64 bits.
    fn is_float(&self, value: &Shaped) -> bool {
        let floats = Floats {
            region: &self.to,
            signature: self.signature,
        };
        match &*value.body {
            Body::View(array, _) => floats.array(*array),
            Body::Part(base, _) | Body::Reshaped(base) => self.is_float(base),
            Body::Map(operation, operands, _) => match operation {
                Expression::Binary { op, .. } => match op {
                    BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => {
                        operands.iter().any(|one| self.is_float(one))
                    }
                    BinaryOp::Power => operands.first().is_some_and(|one| self.is_float(one)),
                    _ => false,
                },
                Expression::Unary {
                    op: UnaryOp::Negate | UnaryOp::Plus,
                    ..
                } => operands.iter().all(|one| self.is_float(one)),
                _ => false,
            },
            Body::Fold(fold, operand, ..) | Body::FoldKept(fold, operand, ..) => match fold {
                Fold::Sum
                | Fold::Product
                | Fold::Min
                | Fold::Max
                | Fold::Mean
                | Fold::Var { .. }
                | Fold::Std { .. } => self.is_float(operand),
                Fold::Added
                | Fold::Fmin
                | Fold::Fmax
                | Fold::Argmin
                | Fold::Argmax
                | Fold::Any
                | Fold::All
                | Fold::CountNonzero => false,
            },
            Body::Contract(a, b, _) => self.is_float(a) || self.is_float(b),
            Body::Number(_) | Body::Range { .. } | Body::Samples { .. } | Body::Identity(..) | Body::Stacked(..) => {
                false
            }
        }
    }

    /// The first place, in row-major order, of the least or greatest element, or of a NaN.
    pub(super) fn place_of_extreme(
        &mut self,
        op: CompareOp,
        way: Way,
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        let name = if op == CompareOp::Less { "argmin" } else { "argmax" };
        let message = format!("attempt to get {name} of an empty sequence");
        let found = match way {
            Way::Twice => self.least_place((op, name, &message), extents, span, element),
            Way::FromInfinity | Way::FromFirst => {
                let best = self.accumulator("best", None, span);
                let place = self.temporary(name, span);
                let (start, storage) = if way == Way::FromInfinity {
                    self.raise_if_empty(&message, extents, span);
                    let worst = if op == CompareOp::Less {
                        f64::INFINITY
                    } else {
                        f64::NEG_INFINITY
                    };
                    (self.add(Expression::Literal(Literal::Float(worst)), span), None)
                } else {
                    let first = self.first_element(&message, extents, span, element);
                    (first, Some(Element::Of(first)))
                };
                self.assign(best, start, span);
                let zero = self.int(0, span);
                self.assign(place, zero, span);
                let mut compared = None;
                self.nest(extents, span, |this, index| {
                    let one = element(this, index);
                    compared = Some(one);
                    let candidate = this.kept(one, "candidate", span);
                    let better = this.is_better(op, candidate, best, span);
                    let flat = this.row_major(index, extents, span);
                    let ((), accept) = this.nested(|this| {
                        this.assign(best, candidate, span);
                        this.assign(place, flat, span);
                    });
                    this.push_if(better, accept, span);
                });
                self.to.variables[best].storage = storage.or_else(|| compared.map(Element::Of));
                self.add(Expression::Variable(place), span)
            }
        };
        let to = Conversion::Int64;
        self.add(Expression::Convert { to, operand: found }, span)
    }

    /// `best == best and not (candidate >= best)`: better, or the first NaN.
    fn is_better(&mut self, op: CompareOp, candidate: Ex, best: Handle<Variable>, span: Span) -> Ex {
        let worse = if op == CompareOp::Less {
            CompareOp::GreaterEqual
        } else {
            CompareOp::LessEqual
        };
        let best = self.add(Expression::Variable(best), span);
        let stays = self.compare(worse, candidate, best, span);
        let op = UnaryOp::Not;
        let right = self.add(Expression::Unary { op, operand: stays }, span);
        let left = self.compare(CompareOp::Equal, best, best, span);
        let op = LogicalOp::And;
        self.add(Expression::Logical { op, left, right }, span)
    }

    /// The least place among those where the element is the best one, or a NaN, which any order of looking finds.
    fn least_place(
        &mut self,
        (op, name, message): (CompareOp, &str, &str),
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        let ufunc = if op == CompareOp::Less {
            Ufunc::Minimum
        } else {
            Ufunc::Maximum
        };
        let best = self.best_over(ufunc, ("best", message), extents, span, element);
        let place = self.temporary(name, span);
        let count = self.product(extents, span);
        self.assign(place, count, span);
        self.nest(extents, span, |this, index| {
            let one = element(this, index);
            let one = this.kept(one, "candidate", span);
            let found = this.compare(CompareOp::Equal, one, best, span);
            let nan = this.compare(CompareOp::NotEqual, one, one, span);
            let condition = Expression::Logical {
                op: LogicalOp::Or,
                left: found,
                right: nan,
            };
            let condition = this.add(condition, span);
            let flat = this.row_major(index, extents, span);
            let select = Expression::Select {
                condition,
                accept: flat,
                reject: count,
            };
            let candidate = this.add(select, span);
            let before = this.add(Expression::Variable(place), span);
            let function = Function::Min;
            let arguments = vec![before, candidate];
            let after = this.add(Expression::Call { function, arguments }, span);
            this.assign(place, after, span);
        });
        self.add(Expression::Variable(place), span)
    }
}
