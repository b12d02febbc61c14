//! Sine, cosine, tangent.
//!
//! x = k π/2 + r with |r| ≤ π/4, π/2 in three parts of full length: the first step is exact, since the difference of x and
//! k times the first part is a multiple of 2⁻⁵² below 1; r is a sum of two (Cody and Waite, with fma). Polynomials of fdlibm's
//! `__kernel_sin` and `__kernel_cos`. Beyond half a million the C library does the work, lane by lane.

use super::parts::{Double, Pair, fast_sum, pair, polynomial, repaired};
use crate::lanes::{Element, Lanes, Mask};

const TWO_OVER_PI: f64 = core::f64::consts::FRAC_2_PI;
const HALF_PI: [f64; 3] = [
    core::f64::consts::FRAC_PI_2,
    6.123_233_995_736_766e-17,
    -1.497_384_904_859_169_8e-33,
];
const LIMIT: f64 = 524_288.0;

const SINE: [f64; 5] = [
    0.008_333_333_333_322_49,
    -0.000_198_412_698_298_579_5,
    2.755_731_370_707_006_8e-6,
    -2.505_076_025_340_686_3e-8,
    1.589_690_995_211_55e-10,
];
const SINE_FIRST: f64 = -0.166_666_666_666_666_32;
const COSINE: [f64; 6] = [
    0.041_666_666_666_666_6,
    -0.001_388_888_888_887_411,
    2.480_158_728_947_673e-5,
    -2.755_731_435_139_066_3e-7,
    2.087_572_321_298_175e-9,
    -1.135_964_755_778_819_5e-11,
];

/// k and r.
#[inline(always)]
fn reduced<const N: usize>(x: Lanes<f64, N>) -> (Lanes<f64, N>, Pair<N>)
where
    f64: Double<N>,
{
    let k = (x * Lanes::splat(TWO_OVER_PI)).rint();
    let exact = k.mul_add(Lanes::splat(-HALF_PI[0]), x);
    let high = k.mul_add(Lanes::splat(-HALF_PI[1]), exact);
    let low = k.mul_add(Lanes::splat(-HALF_PI[1]), exact - high);
    (k, pair(high, k.mul_add(Lanes::splat(-HALF_PI[2]), low)))
}

/// sin r as r and the rest.
#[inline(always)]
fn sine<const N: usize>(r: Pair<N>) -> Pair<N>
where
    f64: Double<N>,
{
    let z = r.high * r.high;
    let v = z * r.high;
    let series = polynomial(z, &SINE);
    let rest = z * (r.low * Lanes::splat(0.5) - v * series) - r.low - v * Lanes::splat(SINE_FIRST);
    pair(r.high, -rest)
}

/// cos r as 1 - z/2 and the rest.
#[inline(always)]
fn cosine<const N: usize>(r: Pair<N>) -> Pair<N>
where
    f64: Double<N>,
{
    let z = r.high * r.high;
    let series = z * polynomial(z, &COSINE);
    let half = z * Lanes::splat(0.5);
    let one = Lanes::splat(1.0);
    let w = one - half;
    pair(w, (one - w - half) + (z * series - r.high * r.low))
}

fn is_large<const N: usize>(x: Lanes<f64, N>) -> <f64 as Element<N>>::Mask
where
    f64: Double<N>,
{
    x.abs().gt(Lanes::splat(LIMIT)).or(x.is_nan())
}

/// Sine.
#[inline(always)]
pub(super) fn sin<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (k, r) = reduced(x);
    let (odd, second) = f64::low_bits(k);
    let (s, c) = (sine(r), cosine(r));
    let result = Lanes::select(odd, c.high + c.low, s.high + s.low);
    let result = Lanes::select(second, -result, result);
    // sin -0 is -0.
    let result = Lanes::select(x.eq(Lanes::zero()), x, result);
    repaired(result, x, is_large(x), f64::sin)
}

/// Cosine.
#[inline(always)]
pub(super) fn cos<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (k, r) = reduced(x);
    let (odd, second) = f64::low_bits(k);
    let (s, c) = (sine(r), cosine(r));
    let result = Lanes::select(odd, s.high + s.low, c.high + c.low);
    let result = Lanes::select(second.xor(odd), -result, result);
    repaired(result, x, is_large(x), f64::cos)
}

/// Tangent: the quotient of sine and cosine, both as sums of two, corrected by its remainder.
#[inline(always)]
pub(super) fn tan<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (k, r) = reduced(x);
    let (odd, _) = f64::low_bits(k);
    let (s, c) = (sine(r), cosine(r));
    let (s, c) = (fast_sum(s.high, s.low), fast_sum(c.high, c.low));
    let top = pair(Lanes::select(odd, -c.high, s.high), Lanes::select(odd, -c.low, s.low));
    let bottom = pair(Lanes::select(odd, s.high, c.high), Lanes::select(odd, s.low, c.low));
    let q = top.high / bottom.high;
    let rest = q.mul_add(-bottom.high, top.high) + (top.low - q * bottom.low);
    let result = q + rest / bottom.high;
    let result = Lanes::select(x.eq(Lanes::zero()), x, result);
    repaired(result, x, is_large(x), f64::tan)
}
