//! Arc functions.
//!
//! atan y/x: with a = |y|, b = |x|, the quotient t of a rotation by 0, atan ½, atan 2 or π/2, whichever leaves |t| ≤ 7/16;
//! then base + t + t z P(z) with z = t², P of degree 11, error 2⁻⁵⁸ (fdlibm's intervals, one division for all).
//! asin: x + x z P(z) with z = x² up to ½, beyond by asin x = π/2 - 2 asin √((1 - x) / 2), the root as a sum of two.

use super::parts::{Double, polynomial};
use crate::lanes::{Lanes, Mask};

const ATAN: [f64; 12] = [
    -0.333_333_333_333_333_3,
    0.199_999_999_999_994_04,
    -0.142_857_142_855_654_65,
    0.111_111_110_965_279,
    -0.090_909_083_503_824_36,
    0.076_922_854_197_145_15,
    -0.066_662_397_488_652_94,
    0.058_769_240_627_633_87,
    -0.052_165_320_073_084_43,
    0.044_916_556_747_777_434,
    -0.033_114_228_762_660_534,
    0.014_759_380_407_779_155,
];
const ASIN: [f64; 13] = [
    0.166_666_666_666_666_69,
    0.074_999_999_999_984_33,
    0.044_642_857_146_355_43,
    0.030_381_944_138_531_247,
    0.022_372_172_942_149_89,
    0.017_352_392_720_869_973,
    0.013_971_212_973_552_933,
    0.011_479_177_415_184_906,
    0.010_322_814_350_185_78,
    0.005_457_506_718_640_358,
    0.017_400_879_442_694_02,
    -0.014_851_887_071_247_204,
    0.028_757_851_367_421_566,
];
pub(super) const HALF_PI: (f64, f64) = (core::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17);
pub(super) const PI: (f64, f64) = (core::f64::consts::PI, 1.224_646_799_147_353_2e-16);
const ATAN_HALF: (f64, f64) = (0.463_647_609_000_806_1, 2.269_877_745_296_168_7e-17);
const ATAN_TWO: (f64, f64) = (1.107_148_717_794_090_4, 9.404_471_373_566_38e-17);

/// atan a/b for a, b ≥ 0, not both 0 or infinite: the angle as a sum of two.
#[inline(always)]
pub(super) fn angle<const N: usize>(a: Lanes<f64, N>, b: Lanes<f64, N>) -> (Lanes<f64, N>, Lanes<f64, N>)
where
    f64: Double<N>,
{
    let (low, high) = (Lanes::splat(7.0 / 16.0), Lanes::splat(16.0 / 7.0));
    let (first, second, third) = (a.ge(low * b), a.gt(b), a.ge(high * b));
    let choose = |zero, one, two, three| {
        let upper = Lanes::select(third, three, two);
        Lanes::select(second, upper, Lanes::select(first, one, zero))
    };
    let n = choose(a, a + a - b, a - (b + b), -b);
    let d = choose(b, b + b + a, a + a + b, a);
    let constant = |part: [f64; 4]| {
        choose(
            Lanes::splat(part[0]),
            Lanes::splat(part[1]),
            Lanes::splat(part[2]),
            Lanes::splat(part[3]),
        )
    };
    let base = constant([0.0, ATAN_HALF.0, ATAN_TWO.0, HALF_PI.0]);
    let base_low = constant([0.0, ATAN_HALF.1, ATAN_TWO.1, HALF_PI.1]);
    let inverse = Lanes::splat(1.0) / d;
    let t = n * inverse;
    // What the division left, and a second look at it.
    let t_low = t.mul_add(-d, n) * inverse;
    let z = t * t;
    let tail = (t * z).mul_add(polynomial(z, &ATAN), t_low) + base_low;
    let high = base + t;
    (high, (t - (high - base)) + tail)
}

/// Arc tangent.
#[inline(always)]
pub(super) fn atan<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    // From 2^60 on it is π/2, and below 2^-30 it is x - x³/3.
    let a = super::parts::at_most(x.abs(), 1e18);
    let (high, low) = angle(a, Lanes::splat(1.0));
    let result = Lanes::select(a.lt(Lanes::splat(1e-200)), x, (high + low).copysign(x));
    Lanes::select(x.is_nan(), x, result)
}

/// The angle of a point.
#[inline(always)]
pub(super) fn atan2<const N: usize>(y: Lanes<f64, N>, x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let (zero, one) = (Lanes::zero(), Lanes::splat(1.0));
    let infinity = Lanes::splat(f64::INFINITY);
    let (mut a, mut b) = (y.abs(), x.abs());
    // Infinite coordinates stand for directions; the origin lies on the positive or negative half line.
    let (a_inf, b_inf) = (a.eq(infinity), b.eq(infinity));
    let any_inf = a_inf.or(b_inf);
    a = Lanes::select(any_inf, Lanes::select(a_inf, one, zero), a);
    b = Lanes::select(any_inf, Lanes::select(b_inf, one, zero), b);
    b = Lanes::select(a.eq(zero).and(b.eq(zero)), one, b);
    // Away from overflow, and from where the remainder of the quotient would underflow: by 2^-64 and 2^200, exactly.
    let (large, small) = (Lanes::splat(1e290), Lanes::splat(1e-100));
    let shrink = a.gt(large).or(b.gt(large));
    let grow = a.lt(small).and(b.lt(small));
    let factor = Lanes::select(shrink, Lanes::splat(5.421_010_862_427_522e-20), one);
    let factor = Lanes::select(grow, Lanes::splat(1.606_938_044_258_990_3e60), factor);
    let (sa, sb) = (a * factor, b * factor);
    let (high, low) = angle(sa, sb);
    let left = x.copysign(one).lt(zero).or(one.copysign(x).lt(zero));
    let pi = Lanes::splat(PI.0);
    let turned = pi - high;
    let turned_low = ((pi - turned) - high) + (Lanes::splat(PI.1) - low);
    let result = Lanes::select(left, turned + turned_low, high + low);
    // Quotients too small for the way above are their own angle.
    let tiny = left.not().and(sa.lt(sb * Lanes::splat(1e-150)));
    let result = Lanes::select(tiny, a / b, result);
    let result = result.copysign(y);
    Lanes::select(x.is_nan().or(y.is_nan()), x + y, result)
}

/// asin of the root √z, z ≤ ¼, doubled, as a sum of two: high and the rest.
#[inline(always)]
fn doubled_root<const N: usize>(z: Lanes<f64, N>) -> (Lanes<f64, N>, Lanes<f64, N>)
where
    f64: Double<N>,
{
    let s = z.sqrt();
    let rest = s.mul_add(-s, z) / (s + s);
    let rest = Lanes::select(z.eq(Lanes::zero()), Lanes::zero(), rest);
    let tail = (s * z).mul_add(polynomial(z, &ASIN), rest);
    (s + s, tail + tail)
}

/// Arc sine; NaN outside -1 to 1.
#[inline(always)]
pub(super) fn asin<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let half = Lanes::splat(0.5);
    let a = x.abs();
    let z = a * a;
    let near = (a * z).mul_add(polynomial(z, &ASIN), a);
    let (high, low) = doubled_root((Lanes::splat(1.0) - a) * half);
    let first = Lanes::splat(HALF_PI.0) - high;
    let first_low = (Lanes::splat(HALF_PI.0) - first) - high;
    let far = first + (first_low + (Lanes::splat(HALF_PI.1) - low));
    let result = Lanes::select(a.lt(half), near, far).copysign(x);
    let result = Lanes::select(a.lt(Lanes::splat(1e-150)), x, result);
    Lanes::select(x.is_nan(), x, result)
}

/// Arc cosine; NaN outside -1 to 1.
#[inline(always)]
pub(super) fn acos<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let half = Lanes::splat(0.5);
    let a = x.abs();
    let z = x * x;
    let cubic = (x * z) * polynomial(z, &ASIN);
    let first = Lanes::splat(HALF_PI.0) - x;
    let first_low = (Lanes::splat(HALF_PI.0) - first) - x;
    let near = first + (first_low + (Lanes::splat(HALF_PI.1) - cubic));
    let (high, low) = doubled_root((Lanes::splat(1.0) - a) * half);
    let turned = Lanes::splat(PI.0) - high;
    let turned_low = (Lanes::splat(PI.0) - turned) - high;
    let left = turned + (turned_low + (Lanes::splat(PI.1) - low));
    let far = Lanes::select(x.lt(Lanes::zero()), left, high + low);
    let result = Lanes::select(a.lt(half), near, far);
    Lanes::select(x.is_nan(), x, result)
}
