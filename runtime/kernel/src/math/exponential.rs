//! Exponential and hyperbolic functions.
//!
//! `exp`: x = k ln 2 + r with |r| ≤ ½ ln 2, ln 2 in two parts (Cody and Waite); e^r = 1 + r + r² p(r), p of degree 10, error
//! 2⁻⁶¹; times 2^k in two steps, so that subnormal results are rounded once and overflow gives infinity.

use super::parts::{Double, Pair, at_least, at_most, fast_sum, pair, polynomial, product};
use crate::lanes::{Lanes, Mask};

const INVERSE_LN2: f64 = core::f64::consts::LOG2_E;
pub(super) const LN2: f64 = core::f64::consts::LN_2;
pub(super) const LN2_LOW: f64 = 2.319_046_813_846_299_6e-17;

/// (e^r - 1 - r) / r² on |r| ≤ ½ ln 2.
const EXP: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_7,
    0.041_666_666_666_666_67,
    0.008_333_333_333_326_136,
    0.001_388_888_888_888_374_8,
    0.000_198_412_698_748_206_27,
    2.480_158_732_554_774_3e-5,
    2.755_725_540_020_642_2e-6,
    2.755_727_364_311_03e-7,
    2.510_521_700_472_074_5e-8,
    2.091_468_696_808_687_6e-9,
];

/// k and r of x = k ln 2 + r; r as a sum of two.
#[inline(always)]
pub(super) fn reduced<const N: usize>(x: Lanes<f64, N>) -> (Lanes<f64, N>, Pair<N>)
where
    f64: Double<N>,
{
    let k = (x * Lanes::splat(INVERSE_LN2)).rint();
    // Exact: k has few bits, and the difference is small.
    let first = k.mul_add(Lanes::splat(-LN2), x);
    let low = k * Lanes::splat(-LN2_LOW);
    (k, fast_sum(first, low))
}

/// e^r as a sum of two, |r| ≤ ½ ln 2.
#[inline(always)]
pub(super) fn near_one<const N: usize>(r: Pair<N>) -> Pair<N>
where
    f64: Double<N>,
{
    let p = less_one(r);
    let one = fast_sum(Lanes::splat(1.0), p.high);
    pair(one.high, one.low + p.low)
}

/// e^r - 1 as a sum of two.
#[inline(always)]
pub(super) fn less_one<const N: usize>(r: Pair<N>) -> Pair<N>
where
    f64: Double<N>,
{
    // r + r²/2 + r³ q: the square half and its error apart.
    let square = product(r.high, r.high);
    let half = square.high * Lanes::splat(0.5);
    let rest = {
        let tail = [
            EXP[1], EXP[2], EXP[3], EXP[4], EXP[5], EXP[6], EXP[7], EXP[8], EXP[9], EXP[10],
        ];
        polynomial(r.high, &tail)
    };
    let cubic = (square.high * r.high) * rest;
    let first = fast_sum(r.high, half);
    // d(e^r) = e^r dr
    let low = (first.low + square.low.mul_add(Lanes::splat(0.5), r.low.mul_add(first.high, r.low))) + cubic;
    fast_sum(first.high, low)
}

/// e^x. Rounding r costs ¼ ulp at most, the last sum ½: error below 0.85 ulp.
#[inline(always)]
pub(super) fn exp<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let x = at_least(at_most(x, 1000.0), -1000.0);
    let k = (x * Lanes::splat(INVERSE_LN2)).rint();
    let first = k.mul_add(Lanes::splat(-LN2), x);
    let r = k.mul_add(Lanes::splat(-LN2_LOW), first);
    // Only the last sum rounds in a place that shows.
    let one = fast_sum(Lanes::splat(1.0), r);
    let p = polynomial(r, &EXP).mul_add(r * r, one.low);
    f64::scaled(one.high + p, k)
}

/// 2^x: x = k + f, then e^(f ln 2) with f ln 2 as a sum of two.
#[inline(always)]
pub(super) fn exp2<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    exp2_of(at_least(at_most(x, 1100.0), -1200.0), Lanes::zero())
}

/// 2^(x + low), x within -1200 to 1100.
#[inline(always)]
pub(super) fn exp2_of<const N: usize>(x: Lanes<f64, N>, low: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let k = x.rint();
    let f = super::parts::sum(x - k, low);
    let r = product(f.high, Lanes::splat(LN2));
    let low = f
        .high
        .mul_add(Lanes::splat(LN2_LOW), f.low.mul_add(Lanes::splat(LN2), r.low));
    let p = polynomial(r.high, &EXP).mul_add(r.high * r.high, low) + r.high;
    f64::scaled(p + Lanes::splat(1.0), k)
}

/// e^x - 1 = 2^k (e^r - 1) + (2^k - 1), both as sums of two.
#[inline(always)]
pub(super) fn expm1<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let inside = at_least(at_most(x, 700.0), -60.0);
    let (k, r) = reduced(inside);
    let p = less_one(r);
    let scale = f64::power_of_two(k);
    // From k = 54 on the 1 falls below the last place of the difference, but not of the result.
    let whole = scale - Lanes::splat(1.0);
    let whole_low = (scale - whole) - Lanes::splat(1.0);
    let fraction = pair(p.high * scale, p.low * scale);
    let total = super::parts::sum(whole, fraction.high);
    let near = total.high + (total.low + (fraction.low + whole_low));
    let result = Lanes::select(x.gt(Lanes::splat(690.0)), exp(x), near);
    // Zeros keep their sign; subnormal arguments are their own result.
    Lanes::select(x.abs().lt(Lanes::splat(1e-300)), x, result)
}

/// ½ e^|x| and ½ e^-|x| as sums of two, the second only where it matters.
#[inline(always)]
fn halves<const N: usize>(x: Lanes<f64, N>) -> (Pair<N>, Pair<N>, Lanes<f64, N>)
where
    f64: Double<N>,
{
    let (k, r) = reduced(at_most(x.abs(), 711.0));
    let up = near_one(r);
    let down = near_one(pair(-r.high, -r.low));
    let inverse = f64::power_of_two(at_least(-k - k, -1000.0));
    (up, pair(down.high * inverse, down.low * inverse), k - Lanes::splat(1.0))
}

/// (sinh a - a) / a³ by z = a², for a below ½: a Taylor series.
#[inline(always)]
pub(super) fn small_sinh<const N: usize>(z: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    polynomial(
        z,
        &[
            1.0 / 6.0,
            1.0 / 120.0,
            1.0 / 5_040.0,
            1.0 / 362_880.0,
            1.0 / 39_916_800.0,
            1.0 / 6_227_020_800.0,
            1.0 / 1_307_674_368_000.0,
        ],
    )
}

/// (e^x - e^-x) / 2; a Taylor series below ½.
#[inline(always)]
pub(super) fn sinh<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (up, down, k) = halves(x);
    let difference = super::parts::sum(up.high, -down.high);
    let large = f64::scaled(difference.high + (difference.low + (up.low - down.low)), k);
    let a = at_most(x.abs(), 1.0);
    let z = a * a;
    let small = (a * z).mul_add(small_sinh(z), a);
    let result = Lanes::select(x.abs().lt(Lanes::splat(0.5)), small, large);
    Lanes::select(x.is_nan(), x, result.copysign(x))
}

/// (e^x + e^-x) / 2.
#[inline(always)]
pub(super) fn cosh<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (up, down, k) = halves(x);
    let total = fast_sum(up.high, down.high);
    let result = f64::scaled(total.high + (total.low + (up.low + down.low)), k);
    Lanes::select(x.is_nan(), x, result)
}

/// E / (E + 2) with E = e^(2|x|) - 1 as a sum of two; 1 from 20 on.
#[inline(always)]
pub(super) fn tanh<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let a = at_most(x.abs(), 20.0);
    let (k, r) = reduced(a + a);
    let p = less_one(r);
    let scale = f64::power_of_two(k);
    let total = super::parts::sum(scale - Lanes::splat(1.0), p.high * scale);
    let e = fast_sum(total.high, p.low.mul_add(scale, total.low));
    let divisor = super::parts::sum(e.high, Lanes::splat(2.0));
    let q = e.high / divisor.high;
    let rest = q.mul_add(-divisor.high, e.high) + (e.low - q * (divisor.low + e.low));
    let result = q + rest / divisor.high;
    let tiny = x.abs().lt(Lanes::splat(1e-150));
    Lanes::select(x.is_nan().or(tiny), x, result.copysign(x))
}
