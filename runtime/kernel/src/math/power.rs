//! Powers and roots.
//!
//! `pow`: log2 |x| as a sum of two, error 2⁻⁶⁸, times y, then 2 to that; the special cases of C99, annex F.

use super::logarithm::log2_pair;
use super::parts::{Double, at_least, at_most, polynomial, product, split};
use crate::lanes::{Lanes, Mask};

/// This to a power.
#[inline(always)]
pub(super) fn pow<const N: usize>(x: Lanes<f64, N>, y: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (zero, one) = (Lanes::zero(), Lanes::splat(1.0));
    let infinity = Lanes::splat(f64::INFINITY);
    let a = x.abs();
    let l = log2_pair(a);
    let p = product(y, l.high);
    let inside = p.high.abs().lt(Lanes::splat(1100.0));
    let low = Lanes::select(inside, p.low + y * l.low, zero);
    let high = at_least(at_most(p.high, 1100.0), -1200.0);
    let magnitude = super::exponential::exp2_of(high, low);
    // Zero and infinity to a power.
    let grows = y.gt(zero).xor(a.eq(zero));
    let extreme = Lanes::select(grows, infinity, zero);
    let magnitude = Lanes::select(a.eq(zero).or(a.eq(infinity)), extreme, magnitude);
    // ±1 to an infinite power.
    let magnitude = Lanes::select(a.eq(one), one, magnitude);
    let whole = y.trunc().eq(y);
    let half = y * Lanes::splat(0.5);
    let odd = whole.and(half.trunc().ne(half));
    let negative = one.copysign(x).lt(zero);
    let signed = Lanes::select(negative.and(odd), -magnitude, magnitude);
    let imaginary = x.lt(zero).and(whole.not()).and(a.lt(infinity));
    let signed = Lanes::select(imaginary, Lanes::splat(f64::NAN), signed);
    let signed = Lanes::select(x.is_nan().or(y.is_nan()), x + y, signed);
    Lanes::select(y.eq(zero).or(x.eq(one)), one, signed)
}

/// Cube root: y = m^(-1/3) by a polynomial to 2⁻¹⁷ and a Newton step, then two for c = m y², the second with the exact residual.
#[inline(always)]
pub(super) fn cbrt<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    /// m^(-1/3) on 1 to 2.
    const START: [f64; 6] = [
        1.777_647_168_489_005_4,
        -1.554_027_407_710_659_7,
        1.227_149_620_020_715_5,
        -0.586_514_161_588_980_6,
        0.152_249_564_382_217_62,
        -0.016_511_679_091_286_462,
    ];
    let (zero, one) = (Lanes::zero(), Lanes::splat(1.0));
    let (m, e) = split(x.abs());
    let below = m.lt(one);
    let m = Lanes::select(below, m + m, m);
    let e = Lanes::select(below, e - one, e);
    let y = polynomial(m, &START);
    let third = Lanes::splat(1.0 / 3.0);
    let y = y * (Lanes::splat(4.0) - m * y * y * y) * third;
    let c = m * y * y;
    let weight = y * y * third;
    let c = c - (c * c).mul_add(c, -m) * weight;
    // m - c³ exactly, but for the square's error times c.
    let square = product(c, c);
    let cube = product(square.high, c);
    let residual = ((m - cube.high) - cube.low) - square.low * c;
    let c_low = residual * weight;
    // 2^(e/3): e = 3q + r.
    let q = (e * third).rint();
    let r = e - q * Lanes::splat(3.0);
    let (up, down) = (r.gt(zero), r.lt(zero));
    let factor = Lanes::select(
        up,
        Lanes::splat(1.259_921_049_894_873_2),
        Lanes::select(down, Lanes::splat(0.793_700_525_984_099_8), one),
    );
    let factor_low = Lanes::select(
        up,
        Lanes::splat(-2.589_933_375_300_507e-17),
        Lanes::select(down, Lanes::splat(-5.434_504_097_098_911_5e-17), zero),
    );
    let main = product(c, factor);
    let low = main.low + c.mul_add(factor_low, c_low * factor);
    let result = (main.high + low) * f64::power_of_two(q);
    let kept = x.eq(zero).or(x.abs().eq(Lanes::splat(f64::INFINITY))).or(x.is_nan());
    Lanes::select(kept, x, result.copysign(x))
}

/// √(x² + y²), the root corrected by its exact residual; scaled away from overflow and subnormal numbers.
#[inline(always)]
pub(super) fn hypot<const N: usize>(x: Lanes<f64, N>, y: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (zero, one) = (Lanes::zero(), Lanes::splat(1.0));
    let infinity = Lanes::splat(f64::INFINITY);
    let (a, b) = (x.abs(), y.abs());
    let swap = b.gt(a);
    let (a, b) = (Lanes::select(swap, b, a), Lanes::select(swap, a, b));
    let large = a.gt(Lanes::splat(1e150));
    let small = a.lt(Lanes::splat(1e-140));
    let up = Lanes::splat(4.149_515_568_880_993e180); // 2^600
    let down = Lanes::splat(2.409_919_865_102_884e-181);
    let factor = Lanes::select(large, down, Lanes::select(small, up, one));
    let back = Lanes::select(large, up, Lanes::select(small, down, one));
    let (a, b) = (a * factor, b * factor);
    let (aa, bb) = (product(a, a), product(b, b));
    let total = super::parts::fast_sum(aa.high, bb.high);
    let low = total.low + (aa.low + bb.low);
    let h = (total.high + low).sqrt();
    let residual = h.mul_add(-h, total.high) + low;
    let h = Lanes::select(h.eq(zero), h, h + residual / (h + h));
    let result = h * back;
    let result = Lanes::select(x.is_nan().or(y.is_nan()), x + y, result);
    let infinite = x.abs().eq(infinity).or(y.abs().eq(infinity));
    Lanes::select(infinite, infinity, result)
}
