//! Error functions.
//!
//! `erf`: |x| below 6 falls into one of 16 intervals, with a polynomial of degree 13 around a point each; looking up the
//! coefficients takes one instruction where a register holds eight of them, and there is no exponential and no division.
//! `erfc`: below 0.7, 1 - erf x with erf x as a sum of two; beyond, e^(-x²) G(t) / (1 + 2x) with t = (x - 4) / (x + 4), G of
//! degree 22, error 2⁻⁵⁷, each factor as a sum of two.

use super::error_table::ERF;
use super::exponential::{near_one, reduced};
use super::parts::{Double, at_least, at_most, fast_sum, pair, polynomial, product, side_by_side, sum};
use crate::lanes::Lanes;

/// (1 + 2x) e^(x²) erfc x by t, from 0.4 on: the constant in two parts, then the other coefficients.
const FAR: (f64, f64) = (1.232_995_118_625_552_6, -4.505_702_294_943_017e-17);
const FAR_TAIL: [f64; 22] = [
    -0.139_621_116_840_562_5,
    0.015_379_652_102_619_523,
    0.068_097_054_254_688_91,
    -0.101_039_066_036_287_86,
    0.093_732_834_998_510_47,
    -0.066_330_365_812_687_85,
    0.037_167_515_534_319_61,
    -0.016_197_734_051_021_085,
    0.005_031_970_012_503_269,
    -0.000_757_773_345_082_076,
    -0.000_199_256_924_773_782_76,
    0.000_150_621_969_167_464_17,
    -2.439_822_525_815_29e-5,
    -1.122_301_360_356_165_4e-5,
    5.706_923_849_468_086_5e-6,
    2.959_440_777_718_427e-7,
    -8.201_715_920_750_95e-7,
    7.174_931_540_769_207e-8,
    1.038_237_360_435_68e-7,
    -1.571_849_688_571_533_2e-8,
    -9.858_162_906_580_629e-9,
    1.116_907_231_173_746_4e-9,
];

/// erf a, from 0 to 6, as base + slope · u.
#[inline(always)]
fn around<const N: usize>(a: Lanes<f64, N>) -> [Lanes<f64, N>; 3]
where
    f64: Double<N>,
{
    let interval = (a * Lanes::splat(8.0 / 3.0)).trunc();
    let part = |degree: usize| f64::lookup(&ERF[degree], interval);
    let u = a - part(0);
    let slope = side_by_side(u, ERF.len() - 2, |degree| part(degree + 2));
    // Around 0 the distance itself is taken out.
    let base = Lanes::select(interval.eq(Lanes::zero()), u, part(1));
    [base, slope, u]
}

/// Error function.
#[inline(always)]
pub(super) fn erf<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let [base, slope, u] = around(at_most(x.abs(), 5.999_999));
    let sum = slope.mul_add(u, base);
    let result = Lanes::select(x.abs().ge(Lanes::splat(5.999_999)), Lanes::splat(1.0), sum);
    result.copysign(x)
}

/// 1 - erf x.
#[inline(always)]
pub(super) fn erfc<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (zero, one) = (Lanes::zero(), Lanes::splat(1.0));
    let [base, slope, u] = around(at_most(x.abs(), 5.999_999));
    let negative = x.lt(zero);
    let signed = |value: Lanes<f64, N>| Lanes::select(negative, value, -value);
    let rest = product(slope, u);
    let first = sum(one, signed(base));
    let second = sum(first.high, signed(rest.high));
    let near = second.high + (second.low + first.low + signed(rest.low));
    // e^(-a²) = 2^k (e.high + e.low)
    let a = at_least(at_most(x, 27.5), 0.4);
    let square = product(a, a);
    let (k, r) = reduced(-square.high);
    let e = near_one(fast_sum(r.high, r.low - square.low));
    let t = (a - Lanes::splat(4.0)) / (a + Lanes::splat(4.0));
    let g = fast_sum(Lanes::splat(FAR.0), t * polynomial(t, &FAR_TAIL));
    let g = pair(g.high, g.low + Lanes::splat(FAR.1));
    let top = product(e.high, g.high);
    let top_low = top.low + (e.high * g.low + e.low * g.high);
    let bottom = sum(a + a, one);
    let q = top.high / bottom.high;
    let residual = q.mul_add(-bottom.high, top.high) + (top_low - q * bottom.low);
    let far = f64::scaled(q + residual / bottom.high, k);
    let result = Lanes::select(x.gt(Lanes::splat(0.7)), far, near);
    let result = Lanes::select(x.lt(Lanes::splat(-5.999)), Lanes::splat(2.0), result);
    let result = Lanes::select(x.gt(Lanes::splat(27.4)), zero, result);
    Lanes::select(x.is_nan(), x, result)
}
