//! Conversions and assignments to elements.

use super::rule::{Refusal, Rule, Typed};
use super::{Check, Condition, Kind, Origin, Ty};
use crate::ir::{Conversion, Exception};

/// `int(x)`, `np.float32(x)` and their kin. A complex number becomes a complex number or a truth only: Python's has no other
/// conversion, and NumPy's warns that it drops the imaginary part.
pub(super) fn convert(to: Conversion, operand: Ty) -> Rule {
    let complex = matches!(to, Conversion::Complex | Conversion::Complex64 | Conversion::Complex128);
    if operand.kind.is_complex() && !complex && !matches!(to, Conversion::Bool | Conversion::NumpyBool) {
        return Err(if operand.origin == Origin::Numpy {
            Refusal::Untranslated
        } else {
            Refusal::TypeError
        });
    }
    Ok(converted(to, operand))
}

fn converted(to: Conversion, operand: Ty) -> Typed {
    match to {
        Conversion::Bool => Typed::plain(Ty::BOOL),
        Conversion::Int => to_int(operand),
        Conversion::Float => Typed::plain(Ty::FLOAT),
        Conversion::NumpyBool => to_numpy(Kind::Bool, operand),
        Conversion::Int8 => to_numpy(Kind::I8, operand),
        Conversion::Int16 => to_numpy(Kind::I16, operand),
        Conversion::Int32 => to_numpy(Kind::I32, operand),
        Conversion::Int64 => to_numpy(Kind::I64, operand),
        Conversion::UInt8 => to_numpy(Kind::U8, operand),
        Conversion::UInt16 => to_numpy(Kind::U16, operand),
        Conversion::UInt32 => to_numpy(Kind::U32, operand),
        Conversion::UInt64 => to_numpy(Kind::U64, operand),
        Conversion::Float32 => to_numpy(Kind::F32, operand),
        Conversion::Float64 => to_numpy(Kind::F64, operand),
        Conversion::Float16 => to_numpy(Kind::F16, operand),
        Conversion::Complex => Typed::plain(Ty::COMPLEX),
        Conversion::Complex64 => to_numpy(Kind::C64, operand),
        Conversion::Complex128 => to_numpy(Kind::C128, operand),
    }
}

/// `int(x)`
fn to_int(operand: Ty) -> Typed {
    let int = Typed::plain(Ty::INT);
    match operand.kind {
        Kind::F16 | Kind::F32 | Kind::F64 => int
            .check(not_nan())
            .check(not_infinite())
            .check(Check::python(Condition::TruncatedFits(Kind::I64))),
        Kind::U64 => int.check(Check::python(Condition::OperandFits(Kind::I64))),
        Kind::Bool | Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 | Kind::U8 | Kind::U16 | Kind::U32 => int,
        // Refused before.
        Kind::C64 | Kind::C128 => int,
    }
}

/// Raised where a float becomes a Python int.
pub(super) fn not_nan() -> Check {
    let message = "cannot convert float NaN to integer";
    Check::raises(Condition::OperandNotNan, Exception::ValueError, message)
}

/// Raised where a float becomes a Python int.
pub(super) fn not_infinite() -> Check {
    let message = "cannot convert float infinity to integer";
    Check::raises(Condition::OperandNotInfinite, Exception::OverflowError, message)
}

/// `np.int8(x)`: NumPy's integers wrap, Python's must fit. A float that does not fit depends on the machine.
fn to_numpy(kind: Kind, operand: Ty) -> Typed {
    let numpy = Typed::plain(Ty::numpy(kind));
    match (operand.origin, operand.kind) {
        (_, operand) if operand.is_float() && kind.is_integer() => {
            numpy.check(Check::python(Condition::TruncatedFits(kind)))
        }
        (Origin::Python, Kind::I64) if kind.is_integer() => {
            numpy.check_if(kind != Kind::I64, Check::operand_fits(kind))
        }
        (_, _) => numpy,
    }
}

/// Whether an element of `element` takes a value of `value`, and under which checks. The array is NumPy's if the element type
/// is, else a buffer of Python's (`array.array`, memoryview).
pub(super) fn store(element: Ty, value: Ty) -> Result<Vec<Check>, Refusal> {
    if element.origin == Origin::Python && element.kind.is_integer() && !indexable(value) {
        return Err(Refusal::TypeError);
    }
    if value.kind.is_complex() && !element.kind.is_complex() && element.kind != Kind::Bool {
        return Err(if value.origin == Origin::Numpy {
            Refusal::Untranslated
        } else {
            Refusal::TypeError
        });
    }
    Ok(match (value.origin, value.kind) {
        (_, Kind::Bool) => Vec::new(),
        (_, kind) if kind.is_float() && element.kind.is_integer() => {
            vec![Check::python(Condition::TruncatedFits(element.kind))]
        }
        (_, _) if !element.kind.is_integer() || holds(element.kind, value.kind) => Vec::new(),
        (Origin::Python, _) if element.origin == Origin::Numpy => vec![Check::operand_fits(element.kind)],
        (_, _) => vec![Check::python(Condition::OperandFits(element.kind))],
    })
}

/// Whether every value of an integer kind is one of another.
fn holds(kind: Kind, other: Kind) -> bool {
    match (kind.bounds(), other.bounds()) {
        (Some((least, greatest)), Some((low, high))) => least <= low && high <= greatest,
        (None, _) | (_, None) => false,
    }
}

/// Whether Python takes the value where it wants an integer (`__index__`).
pub(super) fn indexable(ty: Ty) -> bool {
    ty.kind.is_integer() || ty == Ty::BOOL
}

/// A Python number as an argument of a NumPy function among Python numbers only.
pub(super) fn strong(ty: Ty) -> Ty {
    Ty::numpy(ty.kind)
}
