//! Signs of floats, and the checks that they settle.
//!
//! `math.sqrt(dx * dx + dy * dy)` never raises: a square is not below 0, nor is a sum of such. A check that always holds would cost more
//! than its test: a loop that may fail keeps a copy of what it writes.
//!
//! A sign says what a value is not; NaN has every sign, since what is checked here holds of it. Variables have the least sign of all
//! that is assigned to them anywhere in the region (a greatest fixed point: Cousot and Cousot, POPL 1977, on the lattice of signs).

use super::{Check, Condition, Kind, Types};
use crate::ir::{
    BinaryOp, Conversion, Expression, Function, Handle, Literal, Math, Region, SideTable, Statement, Ufunc, UnaryOp,
    Variable, alike, visit_statements,
};

type Ex = Handle<Expression>;

/// What is known of a value, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// Nothing.
    Any,
    /// It is not below 0.
    NotNegative,
    /// It is neither 0 nor below.
    Positive,
}

/// Takes the checks away that hold whatever the inputs are.
pub(super) fn settle(region: &Region, types: &mut Types) {
    let signs = Signs::of(region, types);
    let settled: Vec<(Ex, Vec<Check>)> = region
        .expressions
        .handles()
        .filter(|root| !types.checks[*root].is_empty())
        .map(|root| (root, signs.remaining(root)))
        .collect();
    for (root, remaining) in settled {
        types.checks[root] = remaining;
    }
}

struct Signs<'r> {
    region: &'r Region,
    types: &'r Types,
    variables: SideTable<Variable, Sign>,
}

impl<'r> Signs<'r> {
    fn of(region: &'r Region, types: &'r Types) -> Self {
        let mut assigned: Vec<(Handle<Variable>, Option<Ex>)> = Vec::new();
        visit_statements(region, &region.body, &mut |statement, _| {
            let Some(variable) = statement.assigned() else { return };
            assigned.push(match statement {
                Statement::Assign { variable, value } => (*variable, Some(*value)),
                _ => (variable, None),
            });
        });
        // A variable that nobody has assigned yet holds 0.
        let first = |variable: &Variable| match variable.initial {
            Some(_) => Sign::Any,
            None => Sign::Positive,
        };
        let mut signs = Self {
            region,
            types,
            variables: SideTable::from_fn(&region.variables, |_, variable| first(variable)),
        };
        loop {
            let mut changed = false;
            for (variable, value) in &assigned {
                let kind = types.variables[*variable].kind;
                let sign = value.map_or(Sign::Any, |value| signs.within(value, kind));
                if sign < signs.variables[*variable] {
                    signs.variables[*variable] = sign;
                    changed = true;
                }
            }
            if !changed {
                return signs;
            }
        }
    }

    /// The checks that the signs of an operation's operands do not settle.
    fn remaining(&self, root: Ex) -> Vec<Check> {
        let checks = &self.types.checks[root];
        let Some(kind) = self.types.operations[root]
            .map(|ty| ty.kind)
            .filter(|kind| kind.is_float())
        else {
            return checks.clone();
        };
        let left_open = |check: &&Check| match (&self.region.expressions[root], check.condition) {
            (Expression::Binary { right, .. }, Condition::DivisorNotZero) => self.within(*right, kind) < Sign::Positive,
            (Expression::Binary { left, .. }, Condition::PowerIsReal) => self.within(*left, kind) < Sign::NotNegative,
            (
                Expression::Call {
                    function: Function::Math(function),
                    arguments,
                },
                Condition::MathDomain,
            ) => {
                let needed = match function {
                    Math::Sqrt | Math::Log1p => Sign::NotNegative,
                    Math::Log | Math::Log2 | Math::Log10 => Sign::Positive,
                    _ => return true,
                };
                arguments.len() != 1 || self.within(arguments[0], kind) < needed
            }
            _ => true,
        };
        checks.iter().filter(left_open).copied().collect()
    }

    /// The sign of a value once it is converted to a kind: small numbers become 0 in a shorter one.
    fn within(&self, root: Ex, kind: Kind) -> Sign {
        let sign = self.sign(root);
        let from = self.types.expressions[root].kind;
        match kind {
            Kind::F64 | Kind::I64 => sign,
            kind if kind == from => sign,
            Kind::F32 | Kind::F16 => sign.min(Sign::NotNegative),
            _ => Sign::Any,
        }
    }

    fn sign(&self, root: Ex) -> Sign {
        let operation = self.types.operations[root].map(|ty| ty.kind);
        let float = operation.is_some_and(Kind::is_float);
        let within = |one: Ex| operation.map_or(Sign::Any, |kind| self.within(one, kind));
        match &self.region.expressions[root] {
            Expression::Literal(Literal::Float(value)) if *value > 0.0 => Sign::Positive,
            Expression::Literal(Literal::Float(value)) if *value == 0.0 => Sign::NotNegative,
            Expression::Literal(Literal::Int(value)) if *value > 0 => Sign::Positive,
            Expression::Literal(Literal::Int(0)) => Sign::NotNegative,
            Expression::Variable(variable) => self.variables[*variable],
            Expression::Unary { op, operand } if float && *op == UnaryOp::Plus => within(*operand),
            Expression::Binary { op, left, right } if float => self.of_operation(*op, *left, *right, within),
            Expression::Select { accept, reject, .. } => {
                let kind = self.types.expressions[root].kind;
                self.within(*accept, kind).min(self.within(*reject, kind))
            }
            Expression::Convert { to, operand } if *to == Conversion::Float => self.sign(*operand),
            Expression::Call { function, arguments } => self.of_call(root, *function, arguments),
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Counter(_)
            | Expression::Load { .. }
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Array(_)
            | Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Convert { .. } => Sign::Any,
        }
    }

    fn of_operation(&self, op: BinaryOp, left: Ex, right: Ex, within: impl Fn(Ex) -> Sign) -> Sign {
        let (a, b) = (within(left), within(right));
        let both = a.min(b);
        match op {
            BinaryOp::Add if both >= Sign::NotNegative => a.max(b),
            // Small factors have a product of 0.
            BinaryOp::Multiply if both >= Sign::NotNegative || alike(self.region, left, right) => Sign::NotNegative,
            BinaryOp::Divide if a >= Sign::NotNegative && b == Sign::Positive => Sign::NotNegative,
            BinaryOp::Power if self.is_even(right) => Sign::NotNegative,
            _ => Sign::Any,
        }
    }

    fn of_call(&self, root: Ex, function: Function, arguments: &[Ex]) -> Sign {
        let kind = self.types.expressions[root].kind;
        if !kind.is_float() {
            return Sign::Any;
        }
        let signs = || arguments.iter().map(|one| self.within(*one, kind));
        let least = || signs().min().unwrap_or(Sign::Any);
        // A number, whatever the others are: `max` gives one that is not below it, or NaN.
        let literal = || {
            let literals = arguments
                .iter()
                .filter(|one| matches!(self.region.expressions[**one], Expression::Literal(_)));
            literals.map(|one| self.within(*one, kind)).max().unwrap_or(Sign::Any)
        };
        match function {
            Function::Abs
            | Function::Math(Math::Fabs | Math::Exp | Math::Exp2 | Math::Cosh | Math::Hypot)
            | Function::Numpy(
                Ufunc::Absolute | Ufunc::Fabs | Ufunc::Exp | Ufunc::Exp2 | Ufunc::Cosh | Ufunc::Hypot | Ufunc::Square,
            ) => Sign::NotNegative,
            // No root of a positive number is 0.
            Function::Math(Math::Sqrt) | Function::Numpy(Ufunc::Sqrt) => least().max(Sign::NotNegative),
            Function::Min | Function::Numpy(Ufunc::Minimum | Ufunc::Fmin) => least(),
            Function::Max | Function::Numpy(Ufunc::Maximum | Ufunc::Fmax) => least().max(literal()),
            _ => Sign::Any,
        }
    }

    fn is_even(&self, exponent: Ex) -> bool {
        match self.region.expressions[exponent] {
            Expression::Literal(Literal::Int(value)) => value >= 0 && value % 2 == 0,
            Expression::Literal(Literal::Float(value)) => value >= 0.0 && value % 2.0 == 0.0,
            _ => false,
        }
    }
}
