//! Sine, cosine, tangent.
//!
//! x = k π/2 + r with |r| ≤ π/4, π/2 in three parts (Cody and Waite 1980, with fma). The first step is exact, since x less k
//! times the first part is a multiple of 2⁻⁵² below 1. The second part has 30 bits, so that k times it is exact too, and what
//! its subtraction rounds away can be had exactly (Dekker): r is a sum of two with a relative error below 2⁻⁶⁰, also where x is next to
//! a multiple of π/2 and nearly everything cancels. Polynomials of fdlibm's `__kernel_sin` and `__kernel_cos`, error 2⁻⁵⁸.
//! Beyond half a million, lanes are reduced one by one with as many bits of 2/π as it takes (Payne and Hanek 1983).

use super::parts::{Double, Pair, fast_sum, pair, polynomial};
use crate::lanes::{Lanes, Mask};

const TWO_OVER_PI: f64 = core::f64::consts::FRAC_2_PI;
/// π/2: 53 bits, 30 bits, 53 bits.
const HALF_PI: [f64; 3] = [
    core::f64::consts::FRAC_PI_2,
    6.123_233_994_092_14e-17,
    1.644_625_693_632_425_8e-26,
];
/// What of π/2 its first part lacks, rounded.
const HALF_PI_LOW: f64 = 6.123_233_995_736_766e-17;
const LIMIT: f64 = 524_288.0;

/// The first 1280 bits of 2/π behind the point, after 64 zero bits.
const BITS: [u64; 21] = [
    0,
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
];

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

/// k, or its last two bits, and r.
#[inline(always)]
pub(super) fn reduced<const N: usize>(x: Lanes<f64, N>) -> (Lanes<f64, N>, Pair<N>)
where
    f64: Double<N>,
{
    let k = (x * Lanes::splat(TWO_OVER_PI)).rint();
    let exact = k.mul_add(Lanes::splat(-HALF_PI[0]), x);
    let high = k.mul_add(Lanes::splat(-HALF_PI[1]), exact);
    let low = k.mul_add(Lanes::splat(-HALF_PI[1]), exact - high);
    let low = k.mul_add(Lanes::splat(-HALF_PI[2]), low);
    let a = x.abs();
    let far = a.gt(Lanes::splat(LIMIT)).and(a.lt(Lanes::splat(f64::INFINITY)));
    if far.any() {
        let near = [k.to_array(), high.to_array(), low.to_array()];
        let [k, high, low] = far_lanes(near, x.to_array(), far.bits());
        return (
            Lanes::from_array(k),
            pair(Lanes::from_array(high), Lanes::from_array(low)),
        );
    }
    (k, pair(high, low))
}

/// Replaces k and r of the lanes that are far.
#[cold]
#[inline(never)]
fn far_lanes<const N: usize>(mut parts: [[f64; N]; 3], x: [f64; N], far: u32) -> [[f64; N]; 3] {
    for lane in 0..N {
        if far >> lane & 1 == 1 {
            let found = reduced_far(x[lane]);
            for (part, value) in parts.iter_mut().zip(found) {
                part[lane] = value;
            }
        }
    }
    parts
}

/// The last two bits of k, and r as a sum of two, for a finite |x| ≥ 2¹⁹ (Payne and Hanek).
///
/// |x| = m 2^e. Bits of 2/π whose product with 2^e is a multiple of 4 don't matter; of the rest 256 are multiplied by m, modulo
/// 2^256: two bits before the point, 254 behind it. No `f64` comes closer to a multiple of π/2 than 2⁻⁶², so that
/// the bits left out do not show in r.
fn reduced_far(x: f64) -> [f64; 3] {
    let bits = x.to_bits();
    let m = (bits & ((1 << 52) - 1)) | 1 << 52;
    let exponent = (bits >> 52 & 0x7ff) as usize;
    // The first bit that matters is e - 2, e = exponent - 1075, after 64 zeros.
    let start = exponent + 62 - 1075;
    let (word, shift) = (start / 64, start % 64);
    let window = |i: usize| {
        let two = u128::from(BITS[word + i]) << 64 | u128::from(BITS.get(word + i + 1).copied().unwrap_or(0));
        (two >> (64 - shift)) as u64
    };
    // The product, from the last word up.
    let mut words = [0u64; 4];
    let mut carry = 0;
    for i in (0..4).rev() {
        let partial = u128::from(m) * u128::from(window(i)) + carry;
        words[i] = partial as u64;
        carry = partial >> 64;
    }
    let mut quadrant = words[0] >> 62;
    let high = u128::from(words[0]) << 64 | u128::from(words[1]);
    let low = u128::from(words[2]) << 64 | u128::from(words[3]);
    // The fraction, as a signed number of magnitude at most ½.
    let mut fraction = (high << 2 | low >> 126, low << 2);
    let past_half = fraction.0 >> 127 == 1;
    if past_half {
        quadrant += 1;
        let (low, borrow) = 0u128.overflowing_sub(fraction.1);
        fraction = (0u128.wrapping_sub(fraction.0).wrapping_sub(u128::from(borrow)), low);
    }
    let zeros = fraction.0.leading_zeros();
    let top = fraction.0 << zeros | fraction.1.checked_shr(128 - zeros).unwrap_or(0);
    let unit = f64::from_bits(u64::from(1023 - 53 - zeros) << 52);
    let first = (top >> 75) as f64 * unit;
    let second = (top >> 22 & ((1 << 53) - 1)) as f64 * unit * (0.5 * f64::EPSILON);
    let product = first * HALF_PI[0];
    let rest = first.mul_add(HALF_PI[0], -product) + (first * HALF_PI_LOW + second * HALF_PI[0]);
    let r = product + rest;
    let r_low = rest - (r - product);
    let k = if x < 0.0 { 4 - quadrant } else { quadrant };
    let sign = if past_half == (x < 0.0) { 1.0 } else { -1.0 };
    [k as f64, sign * r, sign * r_low]
}

/// sin r as r and the rest.
#[inline(always)]
pub(super) fn sine<const N: usize>(r: Pair<N>) -> Pair<N>
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
pub(super) fn cosine<const N: usize>(r: Pair<N>) -> Pair<N>
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
    Lanes::select(x.eq(Lanes::zero()), x, result)
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
    Lanes::select(second.xor(odd), -result, result)
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
    Lanes::select(x.eq(Lanes::zero()), x, result)
}
