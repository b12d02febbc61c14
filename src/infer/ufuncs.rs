//! NumPy's functions, on scalars of exact types.

use super::complex;
use super::convert::strong;
use super::operators::{compare, numpy_binary, weak_checked};
use super::promote::{float_of, is_weak, promote};
use super::rule::{Refusal, Rule, Typed};
use super::{Check, Condition, Kind, Origin, Ty};
use crate::ir::{BinaryOp, Ufunc};

/// A NumPy function. Python numbers are weak beside NumPy's; among themselves they are int64 and float64. The arguments of
/// `Where` are all three: the condition first.
pub(super) fn ufunc(function: Ufunc, arguments: &[Ty]) -> Rule {
    if arguments.iter().any(|ty| ty.kind.is_complex()) {
        complex_arguments(function)?;
    }
    match function {
        Ufunc::Add => arithmetic(BinaryOp::Add, arguments),
        Ufunc::Subtract => arithmetic(BinaryOp::Subtract, arguments),
        Ufunc::Multiply => arithmetic(BinaryOp::Multiply, arguments),
        Ufunc::Divide => arithmetic(BinaryOp::Divide, arguments),
        Ufunc::FloorDivide => arithmetic(BinaryOp::FloorDivide, arguments),
        Ufunc::Remainder | Ufunc::Fmod => arithmetic(BinaryOp::Modulo, arguments),
        Ufunc::Power => arithmetic(BinaryOp::Power, arguments),
        Ufunc::LeftShift => arithmetic(BinaryOp::ShiftLeft, arguments),
        Ufunc::RightShift => arithmetic(BinaryOp::ShiftRight, arguments),
        Ufunc::BitwiseAnd => arithmetic(BinaryOp::BitAnd, arguments),
        Ufunc::BitwiseOr => arithmetic(BinaryOp::BitOr, arguments),
        Ufunc::BitwiseXor => arithmetic(BinaryOp::BitXor, arguments),
        Ufunc::Maximum | Ufunc::Minimum | Ufunc::Fmax | Ufunc::Fmin => Ok(chosen(arguments)),
        Ufunc::Equal | Ufunc::Greater | Ufunc::GreaterEqual | Ufunc::Less | Ufunc::LessEqual | Ufunc::NotEqual => {
            Ok(comparison(arguments))
        }
        Ufunc::LogicalAnd | Ufunc::LogicalNot | Ufunc::LogicalOr | Ufunc::LogicalXor => {
            Ok(Typed::plain(Ty::numpy(Kind::Bool)))
        }
        Ufunc::Isfinite | Ufunc::Isinf | Ufunc::Isnan | Ufunc::Signbit => Ok(Typed::plain(Ty::numpy(Kind::Bool))),
        Ufunc::Absolute if arguments[0].kind.is_complex() => Ok(complex::abs(strong(arguments[0]))),
        Ufunc::Absolute | Ufunc::Ceil | Ufunc::Floor | Ufunc::Trunc => Ok(Typed::within(strong(arguments[0]))),
        Ufunc::Invert => integer_or_bool(arguments[0]),
        Ufunc::Negative | Ufunc::Positive | Ufunc::Sign => number(arguments[0]),
        Ufunc::Reciprocal | Ufunc::Square | Ufunc::Conjugate => {
            Ok(Typed::within(Ty::numpy(byte_for_bool(arguments[0].kind))))
        }
        Ufunc::Arccos
        | Ufunc::Arccosh
        | Ufunc::Arcsin
        | Ufunc::Arcsinh
        | Ufunc::Arctan
        | Ufunc::Arctanh
        | Ufunc::Cbrt
        | Ufunc::Cos
        | Ufunc::Cosh
        | Ufunc::Deg2rad
        | Ufunc::Exp
        | Ufunc::Exp2
        | Ufunc::Expm1
        | Ufunc::Fabs
        | Ufunc::Log
        | Ufunc::Log10
        | Ufunc::Log1p
        | Ufunc::Log2
        | Ufunc::Rad2deg
        | Ufunc::Rint
        | Ufunc::Sin
        | Ufunc::Sinh
        | Ufunc::Sqrt
        | Ufunc::Tan
        | Ufunc::Tanh
        | Ufunc::Arctan2
        | Ufunc::Copysign
        | Ufunc::Heaviside
        | Ufunc::Hypot
        | Ufunc::Logaddexp => floating(arguments),
        Ufunc::Angle if arguments[0].kind.is_complex() => {
            let operand = strong(arguments[0]);
            Ok(Typed::computing(operand, Ty::numpy(operand.kind.real())))
        }
        // `np.arctan2(0, x)`
        Ufunc::Angle => floating(&[Ty::INT, strong(arguments[0])]),
        Ufunc::Clip => Ok(clip(arguments)),
        Ufunc::Where => Ok(out_of_range_is_python(chosen(&arguments[1..]))),
    }
}

/// Whether the result is an array of rank 0 instead of a scalar.
pub(super) fn gives_rank_zero(function: Ufunc) -> bool {
    function == Ufunc::Where
}

/// The arguments as NumPy sees them: strong if all are Python's.
fn seen(arguments: &[Ty]) -> Vec<Ty> {
    let python = arguments.iter().all(|t| t.origin == Origin::Python);
    // A bool is strong by itself: it makes no int strong, and yet gives no weak result.
    let all_weak = arguments.iter().all(|t| is_weak(*t));
    arguments
        .iter()
        .map(|t| {
            if all_weak || (python && t.kind == Kind::Bool) {
                strong(*t)
            } else {
                *t
            }
        })
        .collect()
}

/// Refuses the functions that NumPy does not have for complex arguments, and those that order complex numbers.
fn complex_arguments(function: Ufunc) -> Result<(), Refusal> {
    match function {
        Ufunc::Add
        | Ufunc::Subtract
        | Ufunc::Multiply
        | Ufunc::Divide
        | Ufunc::Power
        | Ufunc::Equal
        | Ufunc::NotEqual
        | Ufunc::LogicalAnd
        | Ufunc::LogicalNot
        | Ufunc::LogicalOr
        | Ufunc::LogicalXor
        | Ufunc::Isfinite
        | Ufunc::Isinf
        | Ufunc::Isnan
        | Ufunc::Absolute
        | Ufunc::Angle
        | Ufunc::Conjugate
        | Ufunc::Negative
        | Ufunc::Positive
        | Ufunc::Reciprocal
        | Ufunc::Square
        | Ufunc::Arccos
        | Ufunc::Arccosh
        | Ufunc::Arcsin
        | Ufunc::Arcsinh
        | Ufunc::Arctan
        | Ufunc::Arctanh
        | Ufunc::Cos
        | Ufunc::Cosh
        | Ufunc::Exp
        | Ufunc::Exp2
        | Ufunc::Expm1
        | Ufunc::Log
        | Ufunc::Log10
        | Ufunc::Log1p
        | Ufunc::Log2
        | Ufunc::Rint
        | Ufunc::Sign
        | Ufunc::Sin
        | Ufunc::Sinh
        | Ufunc::Sqrt
        | Ufunc::Tan
        | Ufunc::Tanh
        | Ufunc::Where => Ok(()),
        Ufunc::Maximum
        | Ufunc::Minimum
        | Ufunc::Fmax
        | Ufunc::Fmin
        | Ufunc::Clip
        | Ufunc::Greater
        | Ufunc::GreaterEqual
        | Ufunc::Less
        | Ufunc::LessEqual => Err(Refusal::Untranslated),
        Ufunc::Arctan2
        | Ufunc::BitwiseAnd
        | Ufunc::BitwiseOr
        | Ufunc::BitwiseXor
        | Ufunc::Cbrt
        | Ufunc::Ceil
        | Ufunc::Copysign
        | Ufunc::Deg2rad
        | Ufunc::Fabs
        | Ufunc::Floor
        | Ufunc::FloorDivide
        | Ufunc::Fmod
        | Ufunc::Heaviside
        | Ufunc::Hypot
        | Ufunc::Invert
        | Ufunc::LeftShift
        | Ufunc::Logaddexp
        | Ufunc::Rad2deg
        | Ufunc::Remainder
        | Ufunc::RightShift
        | Ufunc::Signbit
        | Ufunc::Trunc => Err(Refusal::TypeError),
    }
}

/// The ufunc behind an operator.
fn arithmetic(op: BinaryOp, arguments: &[Ty]) -> Rule {
    let seen = seen(arguments);
    numpy_binary(op, seen[0], seen[1])
}

/// One of the arguments, in their common kind.
fn chosen(arguments: &[Ty]) -> Typed {
    let seen = seen(arguments);
    let kind = common(&seen);
    weak_checked(Typed::within(Ty::numpy(kind)), kind, &seen)
}

/// The common kind of arguments of which not all are weak.
fn common(arguments: &[Ty]) -> Kind {
    let strongest = arguments
        .iter()
        .filter(|t| !is_weak(**t))
        .map(|t| t.kind)
        .reduce(super::promote::kinds);
    arguments
        .iter()
        .filter(|t| is_weak(**t))
        .fold(strongest.unwrap_or(Kind::I64), |kind, weak| {
            promote(Ty::numpy(kind), *weak)
        })
}

fn comparison(arguments: &[Ty]) -> Typed {
    let seen = seen(arguments);
    Typed {
        ty: Ty::numpy(Kind::Bool),
        ..compare(seen[0], seen[1])
    }
}

fn integer_or_bool(operand: Ty) -> Rule {
    if operand.kind.is_inexact() {
        return Err(Refusal::TypeError);
    }
    Ok(Typed::within(strong(operand)))
}

fn number(operand: Ty) -> Rule {
    if operand.kind == Kind::Bool {
        return Err(Refusal::TypeError);
    }
    Ok(Typed::within(strong(operand)))
}

fn byte_for_bool(kind: Kind) -> Kind {
    if kind == Kind::Bool { Kind::I8 } else { kind }
}

/// A function with loops for floats only: the first that holds every strong argument, and f64 if a Python float stands beside
/// integers.
fn floating(arguments: &[Ty]) -> Rule {
    let seen = seen(arguments);
    let strong: Vec<Kind> = seen.iter().filter(|t| !is_weak(**t)).map(|t| t.kind).collect();
    let weak_float = seen.iter().any(|t| is_weak(*t) && t.kind == Kind::F64);
    let weak_complex = seen.iter().any(|t| is_weak(*t) && t.kind.is_complex());
    let weak_int_beside_bool = seen.contains(&Ty::INT) && strong.iter().all(|k| *k == Kind::Bool);
    if (weak_float && !strong.iter().any(|k| k.is_float())) || weak_int_beside_bool {
        return Ok(Typed::within(Ty::numpy(Kind::F64)));
    }
    let kind = strong
        .into_iter()
        .map(float_of)
        .reduce(super::promote::kinds)
        .unwrap_or(Kind::F64);
    let kind = if weak_complex {
        promote(Ty::numpy(kind), Ty::COMPLEX)
    } else {
        kind
    };
    Ok(Typed::within(Ty::numpy(kind)))
}

/// `np.clip(x, low, high)`: `x` is strong, the limits are weak beside it; limits out of range are replaced by the kind's own.
fn clip(arguments: &[Ty]) -> Typed {
    let mut seen = arguments.to_vec();
    seen[0] = strong(seen[0]);
    let kind = common(&seen);
    out_of_range_is_python(weak_checked(Typed::within(Ty::numpy(kind)), kind, &seen))
}

/// For functions that do not raise when a Python int doesn't fit.
fn out_of_range_is_python(mut typed: Typed) -> Typed {
    for check in &mut typed.checks {
        if matches!(check.condition, Condition::WeakIntFits(_)) {
            *check = Check::python(check.condition);
        }
    }
    typed
}
