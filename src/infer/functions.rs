//! Python's functions and those of `math`, on scalars of exact types. `min` and `max` choose among their arguments and are
//! typed with the other choices, in `flow`.

use super::complex;
use super::convert::{indexable, not_infinite, not_nan};
use super::operators::unary;
use super::rule::{Refusal, Rule, Typed};
use super::{Check, Condition, Kind, Origin, Ty};
use crate::ir::{Exception, Math, UnaryOp};

const OUT_OF_INT: Check = Check::python(Condition::ResultFitsInt);

/// `abs(x)`
pub(super) fn abs(operand: Ty) -> Rule {
    match operand.origin {
        _ if operand.kind.is_complex() => Ok(complex::abs(operand)),
        Origin::Numpy => Ok(Typed::within(operand)),
        Origin::Python | Origin::Either => unary(UnaryOp::Negate, operand),
    }
}

/// `round(x)`
pub(super) fn round(operand: Ty) -> Rule {
    match (operand.origin, operand.kind) {
        (Origin::Numpy, Kind::Bool) | (_, Kind::C64 | Kind::C128) => Err(Refusal::TypeError),
        (_, Kind::F16 | Kind::F32 | Kind::F64) => Ok(float_to_int()),
        (_, Kind::U64) => Ok(Typed::plain(Ty::INT).check(OUT_OF_INT)),
        (_, _) => Ok(Typed::plain(Ty::INT)),
    }
}

/// A float rounded in some way to a Python int.
fn float_to_int() -> Typed {
    Typed::computing(Ty::FLOAT, Ty::INT)
        .check(not_nan())
        .check(not_infinite())
        .check(OUT_OF_INT)
}

/// `round(x, digits)`: Python rounds the decimal expansion; NumPy scales, rounds and scales back.
pub(super) fn round_digits(operand: Ty, digits: Ty) -> Rule {
    if operand.kind.is_complex() || operand.kind == Kind::F16 {
        return Err(if operand.origin == Origin::Numpy {
            Refusal::Untranslated
        } else {
            Refusal::TypeError
        });
    }
    if !indexable(digits) || operand == Ty::numpy(Kind::Bool) {
        return Err(Refusal::TypeError);
    }
    Ok(match (operand.origin, operand.kind) {
        (Origin::Numpy, kind) if kind.is_float() => Typed::computing(operand, operand),
        (Origin::Numpy, _) => Typed::plain(operand),
        (_, Kind::F64) => Typed::computing(Ty::FLOAT, Ty::FLOAT).check(Check::python(Condition::MathRange)),
        (_, _) => Typed::plain(Ty::INT).check(OUT_OF_INT),
    })
}

/// `pow(base, exponent, modulus)`: of Python ints only.
pub(super) fn power_modulo(arguments: &[Ty]) -> Rule {
    if arguments.iter().any(|t| *t != Ty::INT && *t != Ty::BOOL) {
        return Err(Refusal::TypeError);
    }
    Ok(Typed::within(Ty::INT)
        .check(Check::raises(
            Condition::ModulusNotZero,
            Exception::ValueError,
            "pow() 3rd argument cannot be 0",
        ))
        .check(Check::python(Condition::ExponentNotNegative)))
}

/// A function of `math`.
pub(super) fn math(function: Math, arguments: &[Ty]) -> Rule {
    if let Some(complex) = arguments.iter().find(|ty| ty.kind.is_complex()) {
        return Err(if complex.origin == Origin::Numpy {
            Refusal::Untranslated
        } else {
            Refusal::TypeError
        });
    }
    let float = || Typed::within(Ty::FLOAT);
    let domain = Check::raises(Condition::MathDomain, Exception::ValueError, "math domain error");
    let range = Check::raises(Condition::MathRange, Exception::OverflowError, "math range error");
    Ok(match function {
        Math::Ceil | Math::Floor | Math::Trunc => return to_int(function, arguments[0]),
        Math::Gcd => integers(arguments)?.check(OUT_OF_INT),
        Math::Isqrt => integers(arguments)?.check(Check::raises(
            Condition::OperandNotNegative,
            Exception::ValueError,
            "isqrt() argument must be nonnegative",
        )),
        Math::IsFinite | Math::IsInf | Math::IsNan => Typed::computing(Ty::FLOAT, Ty::BOOL),
        Math::Asinh
        | Math::Atan
        | Math::Atan2
        | Math::Cbrt
        | Math::Copysign
        | Math::Degrees
        | Math::Erf
        | Math::Erfc
        | Math::Fabs
        | Math::Hypot
        | Math::Radians
        | Math::Tanh => float(),
        Math::Acos
        | Math::Acosh
        | Math::Asin
        | Math::Atanh
        | Math::Cos
        | Math::Fmod
        | Math::Log
        | Math::Log10
        | Math::Log1p
        | Math::Log2
        | Math::Sin
        | Math::Sqrt
        | Math::Tan => float().check(domain),
        Math::Cosh | Math::Exp | Math::Exp2 | Math::Expm1 | Math::Sinh => float().check(range),
        Math::Pow => float()
            .check(Check::raises(
                Condition::NotZeroToNegative,
                Exception::ValueError,
                "math domain error",
            ))
            .check(domain)
            .check(range),
    })
}

/// `math.ceil`, `math.floor`, `math.trunc`: an int is itself; NumPy's numbers become floats first, and most of them have no
/// `__trunc__`.
fn to_int(function: Math, operand: Ty) -> Rule {
    match (operand.origin, operand.kind) {
        (Origin::Python, Kind::Bool | Kind::I64) => Ok(Typed::within(Ty::INT)),
        (Origin::Python, _) | (_, Kind::F64) => Ok(float_to_int()),
        (_, _) if function == Math::Trunc => Err(Refusal::TypeError),
        (_, _) => Ok(float_to_int()),
    }
}

/// A function of Python ints, which takes everything with an `__index__`.
fn integers(arguments: &[Ty]) -> Rule {
    if !arguments.iter().all(|t| indexable(*t)) {
        return Err(Refusal::TypeError);
    }
    let unsigned = arguments.iter().any(|t| t.kind == Kind::U64);
    Ok(Typed::within(Ty::INT).check_if(unsigned, Check::python(Condition::OperandFits(Kind::I64))))
}
