//! Inverse hyperbolic functions, and the logarithm of a sum of exponentials.
//!
//! Each is log(1 + t) with t as a sum of two: asinh |x|: t = |x| + √(x² + 1) - 1; acosh x: t = x - 1 + √(x² - 1);
//! atanh |x|: half of it, t = 2|x| / (1 - |x|). From 2²⁸ on the first two are log 2x.

use super::exponential::exp;
use super::logarithm::{log1p, log1p_of};
use super::parts::{Double, Pair, pair, product, sum};
use crate::lanes::{Lanes, Mask};

/// Above, log 2x is near enough.
const LARGE: f64 = 268_435_456.0;
/// Below, a function is its argument.
const SMALL: f64 = 3.725_290_298_461_914e-9;

/// √(x² + by) + x - 1 as a sum of two, for x from 2⁻²⁸ to 2²⁸.
#[inline(always)]
fn beyond_one<const N: usize>(x: Lanes<f64, N>, by: f64) -> Pair<N>
where
    f64: Double<N>,
{
    let square = product(x, x);
    let total = sum(square.high, Lanes::splat(by));
    let low = total.low + square.low;
    let root = total.high.sqrt();
    let rest = (root.mul_add(-root, total.high) + low) / (root + root);
    // Of acosh 1.
    let rest = Lanes::select(root.eq(Lanes::zero()), Lanes::zero(), rest);
    let less = if by > 0.0 { root } else { x };
    let other = if by > 0.0 { x } else { root };
    let less = sum(less, Lanes::splat(-1.0));
    let whole = sum(other, less.high);
    pair(whole.high, whole.low + (less.low + rest))
}

/// log(1 + t), or log 2x where x is large.
#[inline(always)]
fn logarithm<const N: usize>(x: Lanes<f64, N>, t: Pair<N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (one, zero) = (Lanes::splat(1.0), Lanes::zero());
    let large = x.gt(Lanes::splat(LARGE));
    let high = Lanes::select(large, x, t.high);
    let low = Lanes::select(large, -one, t.low);
    log1p_of(pair(high, low), Lanes::select(large, one, zero))
}

/// Inverse hyperbolic sine.
#[inline(always)]
pub(super) fn asinh<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let a = x.abs();
    let result = logarithm(a, beyond_one(a, 1.0)).copysign(x);
    Lanes::select(a.lt(Lanes::splat(SMALL)).or(x.is_nan()), x, result)
}

/// Inverse hyperbolic cosine; NaN below 1.
#[inline(always)]
pub(super) fn acosh<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let result = logarithm(x, beyond_one(x, -1.0));
    Lanes::select(x.lt(Lanes::splat(1.0)), Lanes::splat(f64::NAN), result)
}

/// Inverse hyperbolic tangent; NaN outside -1 to 1.
#[inline(always)]
pub(super) fn atanh<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let a = x.abs();
    let (top, bottom) = (a + a, sum(Lanes::splat(1.0), -a));
    let q = top / bottom.high;
    let rest = (q.mul_add(-bottom.high, top) - q * bottom.low) / bottom.high;
    let result = log1p_of(pair(q, rest), Lanes::zero()) * Lanes::splat(0.5);
    let small = a.lt(Lanes::splat(SMALL)).or(x.is_nan());
    Lanes::select(small, x, result.copysign(x))
}

/// log(e^x + e^y), as NumPy writes it: the greater one, and log(1 + e^-|x - y|).
#[inline(always)]
pub(super) fn logaddexp<const N: usize>(x: Lanes<f64, N>, y: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let apart = x - y;
    let greater = Lanes::select(apart.gt(Lanes::zero()), x, y);
    let result = greater + log1p(exp(-apart.abs()));
    let result = Lanes::select(apart.is_nan(), apart, result);
    Lanes::select(x.eq(y), x + Lanes::splat(core::f64::consts::LN_2), result)
}
