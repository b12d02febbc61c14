//! Error functions.
//!
//! `erf`: |x| below 6 falls into one of 16 intervals, with a polynomial of degree 13 around a point each; looking up the
//! coefficients takes one instruction where a register holds eight of them, and there is no exponential and no division.

use super::error_table::ERF;
use super::parts::{Double, at_most};
use crate::lanes::Lanes;
use crate::scalar_math::ScalarMath;

/// Error function.
#[inline(always)]
pub(super) fn erf<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let a = at_most(x.abs(), 5.999_999);
    let interval = (a * Lanes::splat(8.0 / 3.0)).trunc();
    let part = |degree: usize| f64::lookup(&ERF[degree], interval);
    let u = a - part(0);
    let mut slope = part(ERF.len() - 1);
    let mut degree = ERF.len() - 1;
    while degree > 2 {
        degree -= 1;
        slope = slope.mul_add(u, part(degree));
    }
    let base = Lanes::select(interval.eq(Lanes::zero()), u, part(1));
    let sum = slope.mul_add(u, base);
    let result = Lanes::select(x.abs().ge(Lanes::splat(5.999_999)), Lanes::splat(1.0), sum);
    result.copysign(x)
}

/// 1 - erf x, by the C library, lane by lane.
#[inline(always)]
pub(super) fn erfc<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    x.map(ScalarMath::complementary_error_function)
}
