//! Error functions.
//!
//! |x| < 1: x (1.128… + z P(z)) with z = x², P of degree 11, error 2⁻⁵⁷. Beyond: 1 - e^(-x²) Q(t), t = (x - 5/2) / (x + 5/2),
//! Q of degree 14 fitted with the weight e^(-x²), error 2⁻⁵⁸; x² as a sum of two.

use super::parts::{Double, at_most, polynomial, product};
use crate::lanes::Lanes;
use crate::scalar_math::ScalarMath;

/// (erf x / x - 2/√π) / x² on |x| ≤ 1.
const NEAR: [f64; 12] = [
    -0.376_126_389_031_837_54,
    0.112_837_916_709_551_11,
    -0.026_866_170_645_123_838,
    0.005_223_977_625_303_518,
    -0.000_854_832_701_003_332_8,
    0.000_120_553_322_147_162_76,
    -1.492_562_250_448_984_2e-5,
    1.646_144_665_692_856_1e-6,
    -1.635_511_861_087_770_5e-7,
    1.469_248_485_913_326_3e-8,
    -1.150_035_715_978_529_6e-9,
    6.174_097_221_305_255e-11,
];
/// 2/√π - 1, in two parts.
const EXCESS: (f64, f64) = (0.128_379_167_095_512_6, -1.242_011_600_246_303_2e-17);
/// erfc x e^(x²) by t, from 1 to 6.
const FAR: [f64; 15] = [
    0.210_806_364_061_143_6,
    -0.371_736_733_948_972_94,
    0.251_713_193_217_448_8,
    -0.125_033_052_378_917_82,
    0.039_922_539_075_465_23,
    -0.003_993_701_160_123_029,
    -0.002_642_365_951_813_454_7,
    0.000_875_915_287_577_432_8,
    0.000_228_379_963_325_764_3,
    -0.000_128_874_831_348_378_42,
    -3.417_571_889_685_629_4e-5,
    1.859_674_773_114_452_8e-5,
    7.499_735_050_763_299e-6,
    -2.232_851_651_755_521_5e-6,
    -1.587_633_893_127_344e-6,
];

/// Error function.
#[inline(always)]
pub(super) fn erf<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    let one = Lanes::splat(1.0);
    let a = at_most(x.abs(), 6.0);
    let z = a * a;
    let p = z.mul_add(polynomial(z, &NEAR), Lanes::splat(EXCESS.1)) + Lanes::splat(EXCESS.0);
    let near = a.mul_add(p, a);
    let square = product(a, a);
    let t = (a - Lanes::splat(2.5)) / (a + Lanes::splat(2.5));
    let e = super::exponential::exp(-square.high);
    let tail = e.mul_add(-square.low, e) * polynomial(t, &FAR);
    let result = Lanes::select(a.lt(one), near, one - tail).copysign(x);
    Lanes::select(x.is_nan(), x, result)
}

/// 1 - erf x, by the C library, lane by lane.
#[inline(always)]
pub(super) fn erfc<const N: usize>(x: Lanes<f64, N>) -> Lanes<f64, N>
where
    f64: Double<N>,
{
    x.map(ScalarMath::complementary_error_function)
}
