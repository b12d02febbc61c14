//! Operators on scalars of exact types.

use super::complex;
use super::promote::{is_weak, promote};
use super::rule::{Refusal, Rule, Typed};
use super::{Check, Condition, Kind, Origin, Ty};
use crate::ir::{BinaryOp, Exception, UnaryOp};

/// `op operand`
pub(super) fn unary(op: UnaryOp, operand: Ty) -> Rule {
    let Ty { kind, origin } = operand;
    match (op, origin) {
        (UnaryOp::Not, _) => Ok(Typed::plain(Ty::BOOL)),
        (UnaryOp::Invert, Origin::Numpy) if kind == Kind::Bool => Ok(Typed::within(operand)),
        (_, Origin::Numpy) if kind == Kind::Bool => Err(Refusal::TypeError),
        (UnaryOp::Invert, _) if kind.is_inexact() => Err(Refusal::TypeError),
        (_, Origin::Numpy) => Ok(Typed::within(operand)),
        (_, _) if kind.is_complex() => Ok(Typed::within(Ty::COMPLEX)),
        (_, _) if kind.is_float() => Ok(Typed::within(Ty::FLOAT)),
        (UnaryOp::Plus | UnaryOp::Invert, _) => Ok(Typed::within(Ty::INT)),
        (UnaryOp::Negate, _) => Ok(Typed::within(Ty::INT).check(Check::python(Condition::ResultFitsInt))),
    }
}

/// `left op right`; `negative` says that the right operand is a negative literal.
pub(super) fn binary(op: BinaryOp, left: Ty, right: Ty, negative: bool) -> Rule {
    if complex::takes(left, right) {
        complex::python(op)
    } else if left.origin == Origin::Python && right.origin == Origin::Python {
        if left.kind.is_complex() || right.kind.is_complex() {
            complex::python(op)
        } else if left.kind.is_float() || right.kind.is_float() {
            python_floats(op)
        } else {
            python_ints(
                op,
                left.kind == Kind::Bool && right.kind == Kind::Bool,
                right.kind == Kind::Bool,
                negative,
            )
        }
    } else {
        numpy_binary(op, left, right)
    }
}

/// Python floats, or a float and an int, which becomes one.
fn python_floats(op: BinaryOp) -> Rule {
    let float = Typed::within(Ty::FLOAT);
    let divided = |message| float.clone().check(divisor(message));
    match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => Ok(float),
        BinaryOp::Divide => Ok(divided("float division by zero")),
        BinaryOp::FloorDivide => Ok(divided("float floor division by zero")),
        BinaryOp::Modulo => Ok(divided("float modulo")),
        BinaryOp::Power => Ok(python_power()),
        BinaryOp::ShiftLeft | BinaryOp::ShiftRight | BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => {
            Err(Refusal::TypeError)
        }
    }
}

/// A power of Python floats. An overflow raises `OverflowError(34, …)`, whose two arguments a kernel cannot raise.
fn python_power() -> Typed {
    Typed::within(Ty::FLOAT)
        .check(Check::raises(
            Condition::NotZeroToNegative,
            Exception::ZeroDivisionError,
            "0.0 cannot be raised to a negative power",
        ))
        .check(Check::python(Condition::PowerIsReal))
        .check(Check::python(Condition::MathRange))
}

/// Python ints and bools.
fn python_ints(op: BinaryOp, bools: bool, right_bool: bool, negative: bool) -> Rule {
    let int = Typed::within(Ty::INT);
    let fits = Check::python(Condition::ResultFitsInt);
    let shift = Check::raises(
        Condition::ShiftNotNegative,
        Exception::ValueError,
        "negative shift count",
    );
    Ok(match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => int.check(fits),
        BinaryOp::Divide => Typed::computing(Ty::INT, Ty::FLOAT).check(divisor("division by zero")),
        BinaryOp::FloorDivide => int.check(divisor("integer division or modulo by zero")).check(fits),
        BinaryOp::Modulo => int.check(divisor("integer modulo by zero")),
        BinaryOp::Power if negative => python_power(),
        BinaryOp::Power => int
            .check_if(!right_bool, Check::python(Condition::ExponentNotNegative))
            .check(fits),
        BinaryOp::ShiftLeft => int.check_if(!right_bool, shift).check(fits),
        BinaryOp::ShiftRight => int.check_if(!right_bool, shift),
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor if bools => Typed::within(Ty::BOOL),
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => int,
    })
}

pub(super) fn divisor(message: &'static str) -> Check {
    Check::raises(Condition::DivisorNotZero, Exception::ZeroDivisionError, message)
}

/// At least one NumPy scalar: the ufunc of the operator.
pub(super) fn numpy_binary(op: BinaryOp, left: Ty, right: Ty) -> Rule {
    let kind = promote(left, right);
    let within = |kind| weak_checked(Typed::within(Ty::numpy(kind)), kind, &[left, right]);
    match (op, kind) {
        (BinaryOp::Subtract, Kind::Bool) => Err(Refusal::TypeError),
        (BinaryOp::Add | BinaryOp::Multiply | BinaryOp::Subtract, kind) => Ok(within(kind)),
        (BinaryOp::FloorDivide | BinaryOp::Modulo, kind) if kind.is_complex() => Err(Refusal::TypeError),
        (BinaryOp::Divide, kind) if kind.is_inexact() => Ok(within(kind)),
        (BinaryOp::Divide, _) => Ok(Typed::within(Ty::numpy(Kind::F64))),
        (BinaryOp::FloorDivide | BinaryOp::Modulo | BinaryOp::Power, Kind::Bool) => Ok(within(Kind::I8)),
        (BinaryOp::FloorDivide | BinaryOp::Modulo, kind) => Ok(within(kind)),
        (BinaryOp::Power, kind) => Ok(within(kind).check_if(
            kind.is_signed(),
            Check::raises(
                Condition::ExponentNotNegative,
                Exception::ValueError,
                "Integers to negative integer powers are not allowed.",
            ),
        )),
        (_, kind) if kind.is_inexact() => Err(Refusal::TypeError),
        (BinaryOp::ShiftLeft | BinaryOp::ShiftRight, Kind::Bool) => Ok(within(Kind::I8)),
        (BinaryOp::ShiftLeft | BinaryOp::ShiftRight | BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor, kind) => {
            Ok(within(kind))
        }
    }
}

/// Adds the check that Python ints beside NumPy integers fit their kind.
pub(super) fn weak_checked(typed: Typed, kind: Kind, operands: &[Ty]) -> Typed {
    let weak = operands.iter().any(|t| is_weak(*t)) && operands.iter().any(|t| !is_weak(*t));
    typed.check_if(
        weak && kind.is_integer() && kind != Kind::I64,
        Check::weak_int_fits(kind),
    )
}

/// A comparison, whichever; complex numbers have no order.
pub(super) fn compare(left: Ty, right: Ty) -> Typed {
    let both = left.origin == Origin::Python && right.origin == Origin::Python;
    let python = both || complex::takes(left, right);
    let ty = if python { Ty::BOOL } else { Ty::numpy(Kind::Bool) };
    match comparison(left, right) {
        Some(operation) => Typed::computing(operation, ty),
        None => Typed::plain(ty),
    }
}

/// The type in which two numbers are compared; `None`: by value.
fn comparison(left: Ty, right: Ty) -> Option<Ty> {
    let python = left.origin == Origin::Python && right.origin == Origin::Python;
    if python {
        return match (left.kind, right.kind) {
            (Kind::C128, Kind::I64) | (Kind::I64, Kind::C128) => None,
            (Kind::C128, _) | (_, Kind::C128) => Some(Ty::COMPLEX),
            (Kind::F64, Kind::F64 | Kind::Bool) | (Kind::Bool, Kind::F64) => Some(Ty::FLOAT),
            (Kind::F64, _) | (_, Kind::F64) => None,
            (_, _) => Some(Ty::INT),
        };
    }
    let mixed = left.kind.is_integer() && right.kind.is_integer() && left.kind != right.kind;
    let kind = promote(left, right);
    // A Python int need not fit; a 64-bit unsigned and a signed integer would meet in f64.
    if mixed && (is_weak(left) || is_weak(right) || kind.is_float()) {
        return None;
    }
    Some(Ty::numpy(kind))
}
