//! Logarithms.
//!
//! x = 2^e m with m from √½ to √2 and f = m - 1; with s = f / (2 + f) and z = s², log m = f - f²/2 + s (f²/2 + z R(z)), R of
//! degree 7, error 2⁻⁵⁹ (fdlibm's scheme).

use super::parts::{Double, Pair, fast_sum, pair, polynomial, product, split};
use crate::lanes::{Lanes, Mask};

/// 0.693147…, the high part with 21 zero bits: e times it is exact.
pub(super) const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
pub(super) const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
pub(super) const INVERSE_LN2: f64 = core::f64::consts::LOG2_E;
pub(super) const INVERSE_LN2_LOW: f64 = 2.035_527_374_093_103_3e-17;
pub(super) const INVERSE_LN10: f64 = core::f64::consts::LOG10_E;
pub(super) const INVERSE_LN10_LOW: f64 = 1.098_319_650_216_765e-17;
/// The high part of log10 2 with 13 zero bits.
const LOG10_2_HIGH: f64 = 0.301_029_995_663_611_77;
const LOG10_2_LOW: f64 = 3.694_239_077_158_931e-13;

/// R: (log((1 + s) / (1 - s)) - 2s) / (s z) on z ≤ 0.0295.
const LOG: [f64; 8] = [
    0.666_666_666_666_666_6,
    0.400_000_000_000_008_8,
    0.285_714_285_708_032_3,
    0.222_222_223_918_004_7,
    0.181_817_956_308_847_53,
    0.153_862_402_058_134_78,
    0.132_687_596_685_606_12,
    0.130_867_670_099_481_75,
];

/// Replaces the values at 0, below it, at infinity and NaN.
#[inline(always)]
pub(super) fn special<const N: usize>(x: Lanes<f64, N>, result: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let zero = Lanes::zero();
    let infinity = Lanes::splat(f64::INFINITY);
    let result = Lanes::select(x.lt(infinity), result, x);
    let result = Lanes::select(x.lt(zero), Lanes::splat(f64::NAN), result);
    Lanes::select(x.eq(zero), -infinity, result)
}

/// s (f²/2 + z R) and f²/2.
#[inline(always)]
pub(super) fn series<const N: usize>(f: Lanes<f64, N>) -> (Lanes<f64, N>, Lanes<f64, N>)
where
    f64: Double<N>,
{
    let s = f / (f + Lanes::splat(2.0));
    let z = s * s;
    let half = f * f * Lanes::splat(0.5);
    (s * z.mul_add(polynomial(z, &LOG), half), half)
}

/// Natural logarithm.
#[inline(always)]
pub(super) fn log<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (m, e) = split(x);
    let f = m - Lanes::splat(1.0);
    let (tail, half) = series(f);
    let low = half - e.mul_add(Lanes::splat(LN2_LOW), tail);
    special(x, e.mul_add(Lanes::splat(LN2_HIGH), f - low))
}

/// log m as a sum of two.
#[inline(always)]
fn precise<const N: usize>(m: Lanes<f64, N>) -> Pair<N>
where
    f64: Double<N>,
{
    let f = m - Lanes::splat(1.0);
    let (tail, _) = series(f);
    let square = product(f, f * Lanes::splat(0.5));
    let main = fast_sum(f, -square.high);
    fast_sum(main.high, (main.low - square.low) + tail)
}

/// e a + log m * b, a constant of two parts each, `a`'s high part short.
#[inline(always)]
fn to_base<const N: usize>(x: Lanes<f64, N>, a: (f64, f64), b: (f64, f64)) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (m, e) = split(x);
    let l = precise(m);
    let main = product(l.high, Lanes::splat(b.0));
    let low = l
        .high
        .mul_add(Lanes::splat(b.1), l.low.mul_add(Lanes::splat(b.0), main.low));
    let whole = e * Lanes::splat(a.0);
    let total = super::parts::sum(whole, main.high);
    special(x, total.high + (total.low + e.mul_add(Lanes::splat(a.1), low)))
}

/// Logarithm to base 2.
#[inline(always)]
pub(super) fn log2<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    to_base(x, (1.0, 0.0), (INVERSE_LN2, INVERSE_LN2_LOW))
}

/// Logarithm to base 10.
#[inline(always)]
pub(super) fn log10<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    to_base(x, (LOG10_2_HIGH, LOG10_2_LOW), (INVERSE_LN10, INVERSE_LN10_LOW))
}

/// log(1 + x): 1 + x as a sum of two, u + c, then log u + c / u; near 0, f is x itself.
#[inline(always)]
pub(super) fn log1p<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let result = log1p_of(pair(x, Lanes::zero()), Lanes::zero());
    Lanes::select(x.abs().lt(Lanes::splat(1e-300)), x, result)
}

/// log((1 + x) 2^more) of a sum of two, `more` being 0 wherever x is small.
#[inline(always)]
pub(super) fn log1p_of<const N: usize>(x: Pair<N>, more: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let one = Lanes::splat(1.0);
    let u = super::parts::sum(one, x.high);
    let (m, e) = split(u.high);
    let near = x.high.gt(Lanes::splat(-0.29)).and(x.high.lt(Lanes::splat(0.41)));
    let f = Lanes::select(near, x.high, m - one);
    let e = Lanes::select(near, Lanes::zero(), e + more);
    let c = Lanes::select(near, x.low, u.low + x.low) / u.high;
    let (tail, half) = series(f);
    let low = half - (tail + e.mul_add(Lanes::splat(LN2_LOW), c));
    let result = e.mul_add(Lanes::splat(LN2_HIGH), f - low);
    special(u.high, result)
}

/// log2 |x| to about 2⁻⁶⁸, for `pow`; x is positive and finite.
#[inline(always)]
pub(super) fn log2_pair<const N: usize>(x: Lanes<f64, N>) -> Pair<N>
where
    f64: Double<N>,
{
    let (e, l) = log_pair(x);
    let scaled = product(l.high, Lanes::splat(INVERSE_LN2));
    let low = scaled.low
        + l.high
            .mul_add(Lanes::splat(INVERSE_LN2_LOW), l.low * Lanes::splat(INVERSE_LN2));
    let total = super::parts::sum(e, scaled.high);
    fast_sum(total.high, total.low + low)
}

/// e and log m of x = 2^e m, the logarithm as a sum of two to about 2⁻⁶⁸; x is positive and finite.
#[inline(always)]
pub(super) fn log_pair<const N: usize>(x: Lanes<f64, N>) -> (Lanes<f64, N>, Pair<N>)
where
    f64: Double<N>,
{
    /// Q: (log((1 + s) / (1 - s)) - 2s - 2s³/3 - 2s⁵/5) / s⁷.
    const Q: [f64; 9] = [
        0.285_714_285_714_285_7,
        0.222_222_222_222_222_15,
        0.181_818_181_818_238_97,
        0.153_846_153_826_254_83,
        0.133_333_336_800_272_8,
        0.117_646_720_024_908_9,
        0.105_282_557_927_256_65,
        0.094_593_801_041_729_89,
        0.098_357_161_350_673_75,
    ];
    let (m, e) = split(x);
    let f = m - Lanes::splat(1.0);
    // s = f / (2 + f) as a sum of two.
    let d = fast_sum(Lanes::splat(2.0), f);
    let s = f / d.high;
    let s_low = (s.mul_add(-d.high, f) - s * d.low) / d.high;
    let z = product(s, s);
    let z_low = z.low + (s + s) * s_low;
    // 2s + s z (2/3 + z (2/5 + z Q)), each step as a sum of two.
    let tail = z.high * polynomial(z.high, &Q);
    let inner = fast_sum(Lanes::splat(0.4), tail);
    let inner = pair(inner.high, inner.low - Lanes::splat(2.220_446_049_250_313e-17));
    let times = product(inner.high, z.high);
    let times_low = times.low + inner.low * z.high + inner.high * z_low;
    let outer = fast_sum(Lanes::splat(2.0 / 3.0), times.high);
    let outer_low = outer.low + (times_low + Lanes::splat(3.700_743_415_417_188e-17));
    let cube = product(z.high, s);
    let cube_low = cube.low + z_low * s + z.high * s_low;
    let rest = product(cube.high, outer.high);
    let rest_low = rest.low + cube_low * outer.high + cube.high * outer_low;
    let main = fast_sum(s + s, rest.high);
    (e, fast_sum(main.high, main.low + (rest_low + (s_low + s_low))))
}
