//! Functions of complex numbers at hard points: near branch points, where squares would overflow or cancel. 3000-bit arithmetic, rounded
//! once.
//!
//! May touch: numbers.

use super::single::{self, Elementary};
use crate::numbers::complex::{C64, C128};

type Parts = (f64, f64);

#[allow(clippy::approx_constant, reason = "values that happen to be near constants")]
const ONE: [(&str, Parts, Parts); 48] = [
    ("exp", (1.0, 3.0), (-2.691_078_613_819_794, 0.383_603_953_541_131_1)),
    (
        "exp",
        (709.0, -1.5),
        (5.813_471_459_953_685e306, -8.197_820_240_770_438e307),
    ),
    (
        "log",
        (0.6, 0.8),
        (2.220_446_049_250_313_2e-17, 0.927_295_218_001_612_3),
    ),
    ("log", (1e200, -1e-200), (460.517_018_598_809_16, -0.0)),
    ("log", (-1.0, 1e-9), (5e-19, 3.141_592_652_589_793)),
    (
        "sqrt",
        (1e200, -3e199),
        (1.010_947_736_258_174_4e100, -1.483_756_228_142_868_2e99),
    ),
    ("sqrt", (3.0, -4.5), (2.050_405_680_980_715_4, -1.097_343_818_772_399_2)),
    ("sqrt", (-1e-300, 1e-310), (4.999_999_999_999_985e-161, 1e-150)),
    ("sin", (1.0, 20.0), (204_126_217.387_995_9, 131_067_936.903_438_14)),
    ("cos", (-2.5, 0.25), (-0.826_310_019_959_991_9, 0.151_181_434_867_252_4)),
    ("tan", (1.5, -0.001), (14.098_602_339_927_12, -0.199_810_245_660_079_4)),
    (
        "sinh",
        (0.25, 1_000_000.0),
        (0.236_635_125_211_128_45, -0.360_987_883_012_201_4),
    ),
    ("cosh", (-3.0, 1.5), (0.712_158_236_917_600_2, -9.992_780_016_517_832)),
    ("tanh", (0.1, 1.57), (10.032_677_040_314_246, 0.079_362_717_779_030_06)),
    ("tanh", (30.0, 0.75), (1.0, 1.746_915_117_186_844_7e-26)),
    (
        "asin",
        (0.75, 0.25),
        (0.785_398_163_397_448_3, 0.346_573_590_279_972_64),
    ),
    (
        "asin",
        (1.0, 1e-12),
        (1.570_795_326_794_896_6, 1.000_000_000_000_083_4e-6),
    ),
    (
        "asin",
        (-1.000_000_000_1, 1e-7),
        (-1.570_480_257_105_867, 0.000_316_385_922_052_906_93),
    ),
    (
        "asin",
        (1e-300, 2.5),
        (3.713_906_763_541_037_4e-301, 1.647_231_146_371_095_8),
    ),
    (
        "asin",
        (3e30, -4e40),
        (7.499_999_999_999_999e-11, -94.182_845_261_441_66),
    ),
    (
        "acos",
        (0.75, 0.25),
        (0.785_398_163_397_448_3, -0.346_573_590_279_972_64),
    ),
    ("acos", (1.0, -1e-30), (1e-15, 1e-15)),
    ("acos", (-2.5, 1e-20), (3.141_592_653_589_793, -1.566_799_236_972_411)),
    (
        "acos",
        (1.0, 2e-310),
        (1.414_213_562_373_093e-155, -1.414_213_562_373_093e-155),
    ),
    ("atan", (0.5, 1.0), (0.907_887_494_960_880_4, 0.708_303_336_014_054)),
    ("atan", (1e-8, -1.0), (0.785_398_165_897_448_3, -9.556_913_962_256_155)),
    (
        "atan",
        (2e25, 0.001),
        (1.570_796_326_794_896_6, 2.499_999_999_999_999_5e-54),
    ),
    (
        "asinh",
        (-0.1, 1.0),
        (-0.318_802_002_199_701_2, 1.257_261_262_449_195_2),
    ),
    ("asinh", (1e-9, 3.0), (1.762_747_174_039_086, 1.570_796_326_441_343_1)),
    ("acosh", (0.5, 0.5), (0.530_637_530_952_517_9, 1.118_517_879_643_705_9)),
    (
        "acosh",
        (-3.0, -0.000_1),
        (1.762_747_174_701_998_7, -3.141_557_298_250_751_4),
    ),
    (
        "atanh",
        (1.0, 1e-200),
        (230.605_082_889_684_55, 0.785_398_163_397_448_3),
    ),
    (
        "atanh",
        (0.5, -0.25),
        (0.500_370_000_052_531_1, -0.314_398_143_207_716_5),
    ),
    (
        "atanh",
        (1.25, 1e-17),
        (1.098_612_288_668_109_8, 1.570_796_326_794_896_6),
    ),
    (
        "exp2",
        (3.5, -1_000_000.0),
        (3.501_287_945_721_956, 10.758_298_319_025_279),
    ),
    ("exp2", (-1_060.0, 0.75), (7.025e-320, 4.021e-320)),
    (
        "expm1",
        (1e-9, 1e-5),
        (9.500_000_004_504_166e-10, 1.000_000_000_983_333_3e-5),
    ),
    (
        "expm1",
        (0.3, -0.7),
        (0.032_428_962_911_661_62, -0.869_602_919_114_040_1),
    ),
    ("expm1", (20.0, 3.0), (-480_309_904.067_381_26, 68_466_516.286_596_66)),
    ("expm1", (-50.0, 1.5), (-1.0, 1.923_918_303_757_340_3e-22)),
    ("log2", (0.6, 0.8), (3.203_426_503_814_918e-17, 1.337_804_212_450_976_4)),
    (
        "log2",
        (-1.0, 2.885_746_391_217_444_6e-9),
        (6.007_044_728_723_611e-18, 4.532_360_137_663_942),
    ),
    ("log10", (1e200, 1e180), (200.0, 4.342_944_819_032_519e-21)),
    (
        "log10",
        (3e-310, -4e-310),
        (-309.301_029_995_664, -0.402_719_196_273_373_16),
    ),
    (
        "log1p",
        (1e-8, -0.000_1),
        (1.499_999_982_500_000_4e-8, -9.999_999_866_666_67e-5),
    ),
    ("log1p", (-1.0, 1e-9), (-20.723_265_836_946_41, 1.570_796_326_794_896_6)),
    (
        "log1p",
        (-1.75, 0.25),
        (-0.235_001_814_622_867_8, 2.819_842_099_193_151),
    ),
    ("log1p", (1e20, -1.0), (46.051_701_859_880_914, -1e-20)),
];

fn called<T: Elementary>(name: &str, z: T) -> T {
    match name {
        "exp" => single::exp(z),
        "log" => single::log(z),
        "sqrt" => single::sqrt(z),
        "sin" => single::sin(z),
        "cos" => single::cos(z),
        "tan" => single::tan(z),
        "sinh" => single::sinh(z),
        "cosh" => single::cosh(z),
        "tanh" => single::tanh(z),
        "asin" => single::asin(z),
        "acos" => single::acos(z),
        "atan" => single::atan(z),
        "asinh" => single::asinh(z),
        "acosh" => single::acosh(z),
        "atanh" => single::atanh(z),
        "exp2" => single::exp2(z),
        "expm1" => single::expm1(z),
        "log2" => single::log2(z),
        "log10" => single::log10(z),
        "log1p" => single::log1p(z),
        other => panic!("{other}"),
    }
}

/// Within a unit in the last place.
fn near(what: &str, got: f64, wanted: f64) {
    let unit = (wanted.abs().next_up() - wanted.abs()).max(5e-324);
    assert!((got - wanted).abs() <= unit, "{what} is {wanted:e}, {got:e} here");
}

#[test]
fn hard_points() {
    for (name, z, wanted) in ONE {
        let got = called(name, C128::new(z.0, z.1));
        near(&format!("the real part of {name} {z:?}"), got.re, wanted.0);
        near(&format!("the imaginary part of {name} {z:?}"), got.im, wanted.1);
    }
}

/// complex64 is complex128, rounded.
#[test]
fn single_precision() {
    for (name, z, _) in ONE {
        let z = C64::new(z.0 as f32, z.1 as f32);
        let (got, wanted) = (called(name, z), called(name, z.widen()).narrow());
        assert_eq!(
            (got.re.to_bits(), got.im.to_bits()),
            (wanted.re.to_bits(), wanted.im.to_bits())
        );
    }
}

/// Functions commute with conjugation, and odd ones with negation, on both sides of a branch cut.
#[test]
fn branch_cuts() {
    for (x, y) in [
        (2.0, 0.0),
        (-2.0, 0.0),
        (0.5, 0.0),
        (0.0, 2.0),
        (-0.0, 3.0),
        (1.0, 0.0),
        (0.0, 1.0),
    ] {
        for name in [
            "log", "log2", "log10", "log1p", "sqrt", "asin", "acos", "atan", "asinh", "acosh", "atanh",
        ] {
            let (above, below) = (called(name, C128::new(x, y)), called(name, C128::new(x, -y)));
            let bits = |z: C128| (z.re.to_bits(), z.im.to_bits());
            assert_eq!(bits(above), bits(below.conjugate()), "{name} of {x}, {y}");
        }
        for name in ["asin", "atan", "asinh", "atanh"] {
            let (one, other) = (called(name, C128::new(x, y)), called(name, C128::new(-x, -y)));
            assert_eq!(one, -other, "{name} of {x}, {y}");
        }
    }
}

#[test]
fn powers() {
    #[allow(clippy::approx_constant, reason = "values that happen to be near constants")]
    let known: [(Parts, Parts, Parts); 5] = [
        (
            (0.75, -0.5),
            (0.25, 1.5),
            (2.246_803_863_000_293, -0.701_744_716_688_158_1),
        ),
        (
            (0.001, 2.0),
            (3.5, 0.0),
            (7.985_991_252_187_636, -8.013_991_247_812_637),
        ),
        (
            (-1.5, 1e-5),
            (-2.25, 0.5),
            (0.069_710_486_617_159_19, -0.045_936_660_668_309_835),
        ),
        (
            (1e200, 1e180),
            (0.5, 0.25),
            (-4.449_539_089_956_371e99, 8.955_534_706_925_67e99),
        ),
        (
            (0.6, 0.8),
            (7.5, -2.0),
            (5.001_828_574_881_048, 3.975_181_334_233_166_6),
        ),
    ];
    for (a, b, wanted) in known {
        let (a, b) = (C128::new(a.0, a.1), C128::new(b.0, b.1));
        for got in [single::numpy_power(a, b), single::python_power(a, b)] {
            let size = wanted.0.abs().max(wanted.1.abs());
            let unit = size.next_up() - size;
            let off = (got.re - wanted.0).abs().max((got.im - wanted.1).abs());
            assert!(off <= 1.5 * unit, "{a:?} ** {b:?} is {wanted:?}, {got:?} here");
        }
    }
    let (zero, half) = (C128::ZERO, C128::real(0.5));
    assert_eq!(single::numpy_power(zero, half), zero);
    assert!(single::numpy_power(zero, -half).is_nan());
    assert_eq!(single::numpy_power(C128::new(2.0, 3.0), zero), C128::real(1.0));
    // As of C: infinity times an angle of 0.
    let far = single::numpy_power(C128::new(f64::INFINITY, 1.0), half);
    assert!(far.re == f64::INFINITY && far.im.is_nan(), "{far:?}");
    // Too small, and too large.
    assert_eq!(single::numpy_power(C128::new(0.5, 100.0), C128::real(-800.5)), zero);
    assert!(single::numpy_power(C128::new(0.5, 100.0), C128::real(800.5)).is_infinite());
}
