//! Conditions that an operation needs at run time.

use super::{Kind, Ty};
use crate::ir::Exception;

/// A condition, tested after the operands are evaluated (and, where it speaks of the result, after the operation), and what
/// happens when it does not hold. The checks of one expression are tested in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Check {
    /// What must hold.
    pub condition: Condition,
    /// What happens otherwise.
    pub otherwise: Outcome,
}

/// What happens when a check's condition does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// CPython or NumPy raises this.
    Raises {
        /// The class.
        exception: Exception,
        /// Its message; `{a}` stands for the operand that the condition speaks of, as in `abi::Failure`.
        message: &'static str,
    },
    /// The kernel cannot go on as Python would (a big int, a complex number, a value whose two readings differ): the region
    /// is undone and left to Python.
    Python,
}

/// What must hold. "Left" and "right" are the operands of a binary operator, or the first and second argument of a call;
/// "operand" is the only operand, or the first argument, or the value of a conversion, an assignment or a store. Operands
/// are meant as converted to [`Types::operation`](super::Types::operation), except where the condition is about that
/// conversion itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The right operand is not zero.
    DivisorNotZero,
    /// The mathematical result fits a signed 64-bit integer. Of a load: the unsigned element does.
    ResultFitsInt,
    /// The Python int among the operands (there is exactly one; before conversion) fits this integer kind. It is tested before
    /// the operation. `{a}` is that int.
    WeakIntFits(Kind),
    /// Not: the result is NaN though no argument is. For functions that cannot overflow (all but those that also carry
    /// [`Condition::MathRange`]) also not: the result is infinite though all arguments are finite.
    MathDomain,
    /// Not: the result is infinite though all arguments are finite.
    MathRange,
    /// Right is not negative (an int raised to a power, a modular power).
    ExponentNotNegative,
    /// Not: left is zero and right is negative (floats).
    NotZeroToNegative,
    /// Not: left is negative and finite, and right is finite and not integral (the power would be complex).
    PowerIsReal,
    /// Right, a shift count, is not negative.
    ShiftNotNegative,
    /// The third argument is not zero.
    ModulusNotZero,
    /// The operand is not negative (`math.isqrt`).
    OperandNotNegative,
    /// The operand is not NaN.
    OperandNotNan,
    /// The operand is not infinite.
    OperandNotInfinite,
    /// The operand, a float, fits this integer kind when truncated towards zero (NaN and infinities don't).
    TruncatedFits(Kind),
    /// The operand, an integer, fits this integer kind. `{a}` is the operand.
    OperandFits(Kind),
    /// The operand, an integer or a float, has exactly the same value in this kind (NaN stays NaN).
    OperandExactIn(Kind),
    /// The operand, a float, does not become infinite in f32 unless it is.
    OperandFitsF32,
}

impl Check {
    /// A check that leaves the region to Python.
    pub const fn python(condition: Condition) -> Self {
        Self {
            condition,
            otherwise: Outcome::Python,
        }
    }

    /// A check that raises.
    pub const fn raises(condition: Condition, exception: Exception, message: &'static str) -> Self {
        Self {
            condition,
            otherwise: Outcome::Raises { exception, message },
        }
    }

    /// `Python integer {a} out of bounds for …`
    pub const fn weak_int_fits(kind: Kind) -> Self {
        Self::raises(
            Condition::WeakIntFits(kind),
            Exception::OverflowError,
            out_of_bounds(kind),
        )
    }

    /// The same for a value that is stored or converted.
    pub const fn operand_fits(kind: Kind) -> Self {
        Self::raises(
            Condition::OperandFits(kind),
            Exception::OverflowError,
            out_of_bounds(kind),
        )
    }
}

/// NumPy's message for a Python int that an integer kind cannot hold.
const fn out_of_bounds(kind: Kind) -> &'static str {
    match kind {
        Kind::I8 => "Python integer {a} out of bounds for int8",
        Kind::I16 => "Python integer {a} out of bounds for int16",
        Kind::I32 => "Python integer {a} out of bounds for int32",
        Kind::I64 => "Python integer {a} out of bounds for int64",
        Kind::U8 => "Python integer {a} out of bounds for uint8",
        Kind::U16 => "Python integer {a} out of bounds for uint16",
        Kind::U32 => "Python integer {a} out of bounds for uint32",
        Kind::U64 => "Python integer {a} out of bounds for uint64",
        Kind::Bool | Kind::F16 | Kind::F32 | Kind::F64 | Kind::C64 | Kind::C128 => "Python integer {a} out of bounds",
    }
}

/// What must hold for a value to be kept, unchanged, in a variable of a wider type.
pub fn keep(value: Ty, variable: Ty) -> Vec<Check> {
    let exact = match (value.kind, variable.kind) {
        (from, to) if from == to => true,
        (Kind::Bool, _) => true,
        (Kind::F16 | Kind::F32, Kind::F64) | (Kind::F16, Kind::F32) => true,
        (Kind::F64 | Kind::C64, Kind::C128) | (Kind::F32, Kind::C64) => true,
        (_, to) if to.is_inexact() => false,
        (from, to) => match (from.bounds(), to.bounds()) {
            (Some((low, high)), Some((least, greatest))) => least <= low && high <= greatest,
            (None, _) | (_, None) => false,
        },
    };
    if exact {
        Vec::new()
    } else {
        vec![Check::python(Condition::OperandExactIn(variable.kind))]
    }
}
