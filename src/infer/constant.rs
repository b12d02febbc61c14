//! Python ints whose value is known wherever they are read: the `0` of `z = 0` in front of a loop that makes `z` complex.
//!
//! Where an operand is such an int on some ways and a float or a complex number on others, the int's operation is one of known
//! numbers. If the same operation on floats or complex numbers gives the same number, it stands for both: no sign of a zero, no
//! rounding and no exception tells them apart.

use super::flow::literal_int;
use crate::ir::{BinaryOp, CompareOp, Expression, Function, Handle, Region, UnaryOp};

/// Up to here every int and its operations are exact in all kinds of floats.
const MOST: u64 = 1 << 11;

/// What an operation gives of Python ints that are known, if it is one of those that are followed.
pub(super) fn evaluated(region: &Region, handle: Handle<Expression>, operands: &[Option<i64>]) -> Option<i64> {
    let known: Vec<i64> = operands.iter().copied().collect::<Option<_>>()?;
    let result = if let [left, right] = known[..] {
        of_two(region, handle, left, right)
    } else if let [value] = known[..] {
        of_one(region, handle, value)
    } else {
        None
    };
    result.filter(|value| value.unsigned_abs() <= MOST)
}

fn of_one(region: &Region, handle: Handle<Expression>, value: i64) -> Option<i64> {
    let expression = &region.expressions[handle];
    if let Expression::Unary { op, .. } = expression {
        return match op {
            UnaryOp::Plus => Some(value),
            UnaryOp::Negate => value.checked_neg(),
            UnaryOp::Invert | UnaryOp::Not => None,
        };
    }
    let Expression::Call { function, .. } = expression else {
        return None;
    };
    let results = [
        (Function::Abs, value.checked_abs()),
        (Function::Real, Some(value)),
        (Function::Imag, Some(0)),
    ];
    results.into_iter().find(|(one, _)| one == function)?.1
}

fn of_two(region: &Region, handle: Handle<Expression>, left: i64, right: i64) -> Option<i64> {
    let Expression::Binary { op, .. } = &region.expressions[handle] else {
        return None;
    };
    match op {
        BinaryOp::Add => left.checked_add(right),
        BinaryOp::Subtract => left.checked_sub(right),
        BinaryOp::Multiply => left.checked_mul(right),
        BinaryOp::Power => (matches!(left, 0 | 1) && right > 0).then_some(left),
        BinaryOp::Divide
        | BinaryOp::FloorDivide
        | BinaryOp::Modulo
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor => None,
    }
}

/// Whether an operation on Python ints that are known gives the same when they are floats or complex numbers.
pub(super) fn is_the_same_in_floats(region: &Region, handle: Handle<Expression>, operands: &[Option<i64>]) -> bool {
    let small = |value: &Option<i64>| value.is_some_and(|value| value.unsigned_abs() <= MOST);
    if !operands.iter().all(small) {
        return false;
    }
    let negative = operands.iter().flatten().any(|value| *value < 0);
    match &region.expressions[handle] {
        // By value, in any kind.
        Expression::Compare { op, .. } => match op {
            CompareOp::Equal
            | CompareOp::NotEqual
            | CompareOp::Less
            | CompareOp::LessEqual
            | CompareOp::Greater
            | CompareOp::GreaterEqual => true,
        },
        // The negative of a float zero is another zero, and so is its product with a negative number.
        Expression::Unary { op, .. } => match op {
            UnaryOp::Plus => true,
            UnaryOp::Negate => operands.iter().flatten().all(|value| *value != 0),
            UnaryOp::Invert | UnaryOp::Not => false,
        },
        Expression::Binary { op, .. } => {
            let followed = evaluated(region, handle, operands).is_some();
            followed
                && match op {
                    BinaryOp::Add | BinaryOp::Subtract => true,
                    BinaryOp::Multiply | BinaryOp::Power => !negative,
                    BinaryOp::Divide
                    | BinaryOp::FloorDivide
                    | BinaryOp::Modulo
                    | BinaryOp::ShiftLeft
                    | BinaryOp::ShiftRight
                    | BinaryOp::BitAnd
                    | BinaryOp::BitOr
                    | BinaryOp::BitXor => false,
                }
        }
        Expression::Call { function, .. } => *function == Function::Abs,
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Load { .. }
        | Expression::Logical { .. }
        | Expression::Select { .. }
        | Expression::Convert { .. }
        | Expression::Array(_) => false,
    }
}

/// Whether an int of a comparison may count as a float: it is written, or known where it is read.
pub(super) fn compares_like_a_float(region: &Region, handle: Handle<Expression>, known: Option<i64>) -> bool {
    let value = known.or_else(|| literal_int(region, handle));
    value.is_some_and(|value| value.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS)
}
