//! What is peculiar to complex numbers: Python's operators, and the functions of parts and conjugates.

use super::operators::divisor;
use super::rule::{Refusal, Rule, Typed};
use super::{Check, Condition, Kind, Origin, Ty};
use crate::ir::{BinaryOp, CompareOp, Exception};

/// Python complex numbers, or one and a float or int, which becomes one. (CPython from 3.14 on no longer converts the real
/// operand, which shows where parts are infinite, NaN or zeros of different signs.)
pub(super) fn python(op: BinaryOp) -> Rule {
    let complex = Typed::within(Ty::COMPLEX);
    match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => Ok(complex),
        BinaryOp::Divide => Ok(complex.check(divisor("complex division by zero"))),
        BinaryOp::Power => Ok(complex
            .check(Check::raises(
                Condition::NotZeroToNegative,
                Exception::ZeroDivisionError,
                "0.0 to a negative or complex power",
            ))
            // The sine of an infinite phase fails in CPython, as a ZeroDivisionError.
            .check(Check::python(Condition::MathDomain))
            .check(Check::raises(
                Condition::MathRange,
                Exception::OverflowError,
                "complex exponentiation",
            ))),
        BinaryOp::FloorDivide
        | BinaryOp::Modulo
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor => Err(Refusal::TypeError),
    }
}

/// Whether Python's complex has the operator: a NumPy float64 on its right is a Python float to it.
pub(super) fn takes(left: Ty, right: Ty) -> bool {
    left == Ty::COMPLEX && right == Ty::numpy(Kind::F64)
}

/// Whether Python's and NumPy's complex numbers compute an operator by different formulas.
pub(super) fn formulas_differ(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Divide | BinaryOp::Power)
}

/// Refuses comparisons of order: a TypeError among Python's numbers; NumPy orders by the real parts, then the imaginary ones.
pub(super) fn ordered(op: CompareOp, left: Ty, right: Ty) -> Result<(), Refusal> {
    let equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
    if equality || !(left.kind.is_complex() || right.kind.is_complex()) {
        return Ok(());
    }
    Err(if left.origin == Origin::Python && right.origin == Origin::Python {
        Refusal::TypeError
    } else {
        Refusal::Untranslated
    })
}

/// `abs(z)`
pub(super) fn abs(operand: Ty) -> Typed {
    match operand.origin {
        Origin::Numpy => Typed::computing(operand, Ty::numpy(operand.kind.real())),
        Origin::Python | Origin::Either => Typed::computing(Ty::COMPLEX, Ty::FLOAT).check(Check::raises(
            Condition::MathRange,
            Exception::OverflowError,
            "absolute value too large",
        )),
    }
}

/// `z.real`, `z.imag`: the parts; of a real number itself, and a zero of its type.
pub(super) fn part(operand: Ty) -> Typed {
    Typed::plain(match (operand.origin, operand.kind) {
        (Origin::Numpy, kind) => Ty::numpy(kind.real()),
        (_, Kind::Bool) => Ty::INT,
        (_, kind) if kind.is_complex() => Ty::FLOAT,
        (_, _) => operand,
    })
}

/// `z.conjugate()`: of a real number itself.
pub(super) fn conjugate(operand: Ty) -> Typed {
    match (operand.origin, operand.kind) {
        (Origin::Python, Kind::Bool) => Typed::within(Ty::INT),
        (_, _) => Typed::within(operand),
    }
}

/// `complex(re, im)`: of complex arguments Python adds up `re + im*1j`.
pub(super) fn from_parts(re: Ty, im: Ty) -> Rule {
    if re.kind.is_complex() || im.kind.is_complex() {
        return Err(Refusal::Untranslated);
    }
    Ok(Typed::computing(Ty::FLOAT, Ty::COMPLEX))
}
