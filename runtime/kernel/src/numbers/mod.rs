//! Python's and NumPy's arithmetic on single numbers, where it is not the machine's.
//!
//! [`python`] has `int` (64 bits, whatever does not fit is a [`Fault`]) and `float`; [`numpy`] has NumPy's scalars, whose
//! integers wrap and whose divisions by zero give 0, ∞ or NaN. [`decimal`] has the two languages' `round`, [`exact`] the
//! comparisons and quotients of integers that a conversion to `f64` would falsify. Plain `+ - *` and the conversions between
//! element types are not here: use the machine's ([`i64::checked_add`] and its kin for `int`) and
//! [`Cast`](crate::lanes::Cast).
//!
//! Functions that can fail return `Result<_, Fault>` in [`python`]; each fault is either an exception or a reason to leave
//! the loop to Python (a big integer, a complex number).
//!
//! [`complex`] and [`half`] have the numbers that the machine lacks, with all their arithmetic.
//!
//! [`complex_lanes`] has complex numbers in lanes.
//!
//! May touch: lanes, entry, reduce, spmd.

pub mod complex;
pub mod complex_lanes;
pub mod decimal;
pub mod exact;
pub mod half;
pub mod numpy;
pub mod python;

/// Why an operation on Python numbers has no 64-bit result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The result is an `int` of more than 64 bits: Python must compute it.
    Big,
    /// The result is a `float`, or a `complex`, where an `int` or a `float` was expected: Python must compute it.
    OtherType,
    /// `ZeroDivisionError`
    ZeroDivision,
    /// `ValueError: negative shift count`
    NegativeShift,
    /// `OverflowError`: a `float` result too large.
    Overflow,
    /// `ValueError: cannot convert float NaN to integer`
    NanToInt,
    /// `OverflowError: cannot convert float infinity to integer`
    InfinityToInt,
}
