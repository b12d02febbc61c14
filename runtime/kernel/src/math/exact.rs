//! Hard points of the functions, with their values to the last place, and agreement of all widths.
//!
//! May touch: lanes.

use super::VectorMath;
use crate::lanes::{F32x8, F32x16, F64x8, F64x16, Lanes};

/// Where reductions cancel, results are subnormal or nearly too large, and errors were found to be greatest; 1500-bit arithmetic,
/// rounded once.
#[allow(clippy::approx_constant, reason = "values that happen to be near constants")]
const ONE: [(&str, f64, f64); 123] = [
    ("exp", 709.782_712_893_384, 1.797_693_134_862_273_2e308),
    ("exp", -745.133_219_101_941_1, 5e-324),
    ("exp", -708.5, 2.006_132_305_331_306e-308),
    ("exp", 105.042_904_894_715, 4.164_414_585_272_17e45),
    ("exp", 635.968_853_336_844_4, 1.576_753_002_018_449_2e276),
    ("exp", 370.515_078_330_080_94, 8.178_129_451_332_211e160),
    ("exp", 1e-17, 1.0),
    ("exp2", -1074.0, 5e-324),
    ("exp2", -1074.9, 5e-324),
    ("exp2", 1_023.999_999_999_999_9, 1.797_693_134_862_174_2e308),
    ("exp2", 0.514_797_502_881_901_8, 1.428_793_579_761_338_5),
    ("expm1", 37.231_036_969_877_3, 1.476_501_564_752_312_4e16),
    ("expm1", 37.086_001_530_337_974, 1.277_161_506_506_163_4e16),
    ("expm1", 36.9, 1.060_391_852_620_250_8e16),
    ("expm1", 707.359_523_980_282_8, 1.593_448_333_568_920_2e307),
    ("expm1", -36.9, -0.999_999_999_999_999_9),
    ("expm1", -1e-17, -1e-17),
    ("expm1", 2e-310, 2e-310),
    ("log", 5e-324, -744.440_071_921_381_2),
    ("log", 1.797_693_134_862_315_7e308, 709.782_712_893_384),
    ("log", 0.999_999_999_999_999_9, -1.110_223_024_625_156_5e-16),
    ("log", 1.000_000_000_000_000_2, 2.220_446_049_250_312_8e-16),
    ("log", 0.700_948_811_326_770_9, -0.355_320_416_972_195_9),
    ("log2", 5e-324, -1074.0),
    ("log2", 1.407_047_193_589_865_2, 0.492_670_718_635_722_37),
    ("log2", 1.000_000_000_000_000_2, 3.203_426_503_814_917e-16),
    ("log2", 8.0, 3.0),
    ("log10", 5e-324, -323.306_215_343_115_8),
    ("log10", 1.410_374_288_329_032_4, 0.149_334_382_006_378_1),
    ("log10", 1e22, 22.0),
    ("log10", 0.999_999_999_999_999_9, -4.821_637_332_766_436e-17),
    ("log1p", -0.999_999_999_999_999_9, -36.736_800_569_677_1),
    ("log1p", 0.412_723_376_295_888_23, 0.345_519_314_045_613_7),
    ("log1p", 2e-310, 2e-310),
    ("log1p", 1e308, 709.196_208_642_166_1),
    ("log1p", -0.29, -0.342_490_308_946_775_9),
    ("sin", 413_441.447_194_050_76, 1.0),
    ("sin", 460_667.438_759_139_33, -1.359_307_039_318_883_6e-15),
    ("sin", 458_348.943_380_790_06, 6.323_148_324_194_761e-16),
    ("sin", 3.141_592_653_589_793, 1.224_646_799_147_353_2e-16),
    ("sin", 5.319_372_648_326_541e255, 1.0),
    ("sin", -5.319_372_648_326_541e255, -1.0),
    ("sin", 1e22, -0.852_200_849_767_188_8),
    ("sin", 1e308, 0.453_396_490_501_649_1),
    ("sin", 524_288.1, 0.265_201_610_277_883_36),
    ("sin", 0.815_046_502_916_060_4, 0.727_757_492_693_007_4),
    ("sin", 2e-310, 2e-310),
    ("cos", 413_441.447_194_050_76, -2.275_653_995_178_154_4e-16),
    ("cos", 138_200.231_627_741_8, -4.077_921_117_956_651e-16),
    ("cos", 1.570_796_326_794_896_6, 6.123_233_995_736_766e-17),
    ("cos", 5.319_372_648_326_541e255, -4.687_165_924_254_628e-19),
    ("cos", -1e22, 0.523_214_785_395_139),
    ("cos", 1.797_693_134_862_315_7e308, -0.999_987_689_426_559_9),
    ("cos", 524_288.1, 0.964_192_981_672_246_8),
    ("cos", 473_779.718_193_876_1, -0.746_306_106_810_466_7),
    ("tan", 413_441.447_194_050_76, -4_394_341_152_560_466.0),
    ("tan", 458_348.943_380_790_06, -6.323_148_324_194_761e-16),
    ("tan", 1.570_796_326_794_896_6, 1.633_123_935_319_537e16),
    ("tan", 5.319_372_648_326_541e255, -2.133_485_385_753_704e18),
    ("tan", -5.319_372_648_326_541e255, 2.133_485_385_753_704e18),
    ("tan", 1e22, -1.628_778_225_606_898_8),
    ("tan", -1e300, -1.421_448_823_874_724_5),
    ("tan", 3.325_162_589_615_898_7e67, 0.974_316_843_760_761_3),
    ("tan", 0.767_270_721_883_745_3, 0.964_386_792_343_599_7),
    ("asin", 0.999_999_999_999_999_9, 1.570_796_311_893_735_4),
    ("asin", 0.509_102_089_606_213_5, 0.534_141_242_754_358_7),
    ("asin", 0.5, 0.523_598_775_598_298_9),
    ("asin", 2e-310, 2e-310),
    ("acos", 0.999_999_999_999_999_9, 1.490_116_119_384_765_6e-08),
    ("acos", -0.999_999_999_999_999_9, 3.141_592_638_688_632),
    ("acos", 0.567_629_030_775_011_1, 0.967_173_231_117_545_5),
    ("acos", 1e-17, 1.570_796_326_794_896_6),
    ("atan", 0.998_034_722_835_720_9, 0.784_414_558_604_183_2),
    ("atan", 1e16, 1.570_796_326_794_896_6),
    ("atan", 0.437_5, 0.412_410_441_597_387_3),
    ("atan", -2e-310, -2e-310),
    ("sinh", 710.475_860_073_943_9, 1.797_693_134_862_174_4e308),
    ("sinh", 0.471_724_731_941_843_4, 0.489_415_449_729_804_3),
    ("sinh", 0.5, 0.521_095_305_493_747_4),
    ("sinh", 2e-310, 2e-310),
    ("cosh", 710.475_860_073_943_9, 1.797_693_134_862_174_4e308),
    ("cosh", -633.899_032_189_705, 9.949_969_927_226_036e274),
    ("cosh", 1e-09, 1.0),
    ("tanh", 0.180_868_060_364_262_95, 0.178_921_269_736_176_53),
    ("tanh", 19.0, 0.999_999_999_999_999_9),
    ("tanh", 2e-310, 2e-310),
    ("cbrt", 5e-324, 1.703_183_936_003_260_3e-108),
    ("cbrt", 1.165_768_249_795_810_5e-308, 2.267_448_373_799_131_6e-103),
    ("cbrt", 1.797_693_134_862_315_7e308, 5.643_803_094_122_362e102),
    ("cbrt", -27.0, -3.0),
    ("erf", 5.897_233_414_301_144_4, 0.999_999_999_999_999_9),
    ("erf", 0.375, 0.404_116_909_434_822_3),
    ("erf", 2e-310, 2.256_758_334_191e-310),
    ("erf", -0.999_999_999_999_999_9, -0.842_700_792_949_714_8),
    ("erfc", 26.543_619_922_505_563, 2.182_753_798_417_762e-308),
    ("erfc", 27.2, 1e-323),
    ("erfc", 0.558_090_588_581_206_4, 0.429_960_481_307_556_93),
    ("erfc", 0.503_929_168_862_766_5, 0.476_054_029_365_903_2),
    ("erfc", 0.7, 0.322_198_806_162_581_56),
    ("erfc", 0.5, 0.479_500_122_186_953_5),
    ("erfc", -5.9, 2.0),
    ("erfc", 10.0, 2.088_487_583_762_545e-45),
    ("asinh", 0.125, 0.124_676_746_921_442_75),
    ("asinh", 0.29, 0.286_081_714_574_482_34),
    ("asinh", 0.5, 0.481_211_825_059_603_47),
    ("asinh", 1.7, 1.300_820_426_840_647),
    ("asinh", 268_435_456.0, 20.101_268_236_238_415),
    ("asinh", 268_435_457.0, 20.101_268_239_963_705),
    ("asinh", 1.797_693_134_862_315_7e308, 710.475_860_073_944),
    ("asinh", -2e-310, -2e-310),
    ("acosh", 1.0, 0.0),
    ("acosh", 1.000_000_000_000_000_2, 2.107_342_425_544_701_4e-08),
    ("acosh", 1.000_000_1, 0.000_447_213_591_903_734_7),
    ("acosh", 1.3, 0.756_432_910_856_959_6),
    ("acosh", 2.0, 1.316_957_896_924_816_8),
    ("acosh", 268_435_457.0, 20.101_268_239_963_705),
    ("acosh", 1.797_693_134_862_315_7e308, 710.475_860_073_944),
    ("atanh", 3.8e-09, 3.8e-09),
    ("atanh", 0.17, 0.171_666_663_500_579_1),
    ("atanh", 0.2, 0.202_732_554_054_082_2),
    ("atanh", 0.5, 0.549_306_144_334_054_9),
    ("atanh", 0.999_999_999_999_999_9, 18.714_973_875_118_524),
    ("atanh", -2e-310, -2e-310),
];
#[allow(clippy::approx_constant, reason = "values that happen to be near constants")]
const TWO: [(&str, f64, f64, f64); 19] = [
    ("pow", 0.999_999_999_999_999_9, 1e17, 1.507_865_717_271_495_7e-05),
    ("pow", 1.000_000_000_000_000_2, 3e18, 1.987_192_621_654_61e289),
    ("pow", 2.0, -1074.0, 5e-324),
    ("pow", 0.5, 1074.4, 5e-324),
    ("pow", -0.996_046_11, -91.0, -1.434_070_900_243_334),
    ("pow", 10.0, 308.25, 1.778_279_410_038_922_8e308),
    ("pow", 1.797_693_134_862_315_7e308, 0.5, 1.340_780_792_994_259_6e154),
    ("pow", 5e-324, -0.9, 9.453_525_691_472_08e290),
    ("atan2", 2.368_117_8e-309, 1.980_546_21e-308, 0.119_003_948_115_019_46),
    ("atan2", 5e-324, 1e-200, 4.940_656_458_412_465e-124),
    ("atan2", -1.622_837_31e-308, 1.599_785_15e-308, -0.792_551_271_499_675_1),
    ("atan2", 1e308, -1e308, 2.356_194_490_192_345),
    ("atan2", 1e-300, -1e300, 3.141_592_653_589_793),
    ("atan2", 3e-310, 7.0, 4.285_714_285_714_3e-311),
    ("hypot", 1e308, 1e308, 1.414_213_562_373_095_1e308),
    ("hypot", 5e-324, -5e-324, 5e-324),
    ("hypot", 3e-320, 4e-320, 5e-320),
    (
        "hypot",
        1.531_931_42e-308,
        9.858_957_36e-309,
        1.821_758_567_386_523_4e-308,
    ),
    ("hypot", 1e-05, 1e300, 1e300),
];

// By pointers: without optimization, functions inlined side by side would overflow the stack.

fn one<T: VectorMath>(name: &str, x: T) -> T {
    let function: fn(T) -> T = match name {
        "exp" => T::exp,
        "exp2" => T::exp2,
        "expm1" => T::expm1,
        "log" => T::log,
        "log2" => T::log2,
        "log10" => T::log10,
        "log1p" => T::log1p,
        "sin" => T::sin,
        "cos" => T::cos,
        "tan" => T::tan,
        "asin" => T::asin,
        "acos" => T::acos,
        "atan" => T::atan,
        "sinh" => T::sinh,
        "cosh" => T::cosh,
        "tanh" => T::tanh,
        "asinh" => T::asinh,
        "acosh" => T::acosh,
        "atanh" => T::atanh,
        "cbrt" => T::cbrt,
        "erf" => T::erf,
        "erfc" => T::erfc,
        _ => panic!("{name}"),
    };
    function(x)
}

fn two<T: VectorMath>(name: &str, x: T, y: T) -> T {
    let function: fn(T, T) -> T = match name {
        "pow" => T::pow,
        "atan2" => T::atan2,
        "hypot" => T::hypot,
        "logaddexp" => T::logaddexp,
        "fmod" => T::fmod,
        _ => panic!("{name}"),
    };
    function(x, y)
}

/// An error below 1 unit is one of the two neighbours of the exact value.
fn next_to(what: &str, got: f64, wanted: f64) {
    let near = got == wanted || got == wanted.next_up() || got == wanted.next_down();
    assert!(near, "{what} is {wanted:e}, not {got:e}");
}

#[test]
fn hard_points() {
    for (name, x, wanted) in ONE {
        let got = one(name, F64x8::splat(x)).lane(5);
        next_to(&format!("{name}({x:e})"), got, wanted);
    }
    for (name, x, y, wanted) in TWO {
        let got = two(name, F64x8::splat(x), F64x8::splat(y)).lane(2);
        next_to(&format!("{name}({x:e}, {y:e})"), got, wanted);
    }
}

/// Angles beyond the lanes' own reduction, each next to a small one.
#[test]
fn large_angles() {
    for i in 0..600 {
        let x = (0.618_034 * f64::from(i) + 1.0) * 2f64.powi(16 + i);
        let x = if x.is_finite() { x } else { f64::from(i) * 1e300 };
        let both = F64x8::from_fn(|lane| if lane % 2 == 0 { x } else { -0.5 });
        let unit = f64::EPSILON;
        for (got, wanted) in [
            (one("sin", both), f64::sin as fn(f64) -> f64),
            (one("cos", both), f64::cos),
            (one("tan", both), f64::tan),
        ] {
            for (got, x) in got.to_array().into_iter().zip(both.to_array()) {
                let wanted = wanted(x);
                assert!(
                    (got - wanted).abs() <= 2.0 * unit * wanted.abs(),
                    "{x:e}: {wanted:e}, not {got:e}"
                );
            }
        }
    }
    for x in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        let x = F64x8::splat(x).with_lane(3, 1e300);
        for result in [one("sin", x), one("cos", x), one("tan", x)] {
            assert!(result.lane(0).is_nan() && (result.lane(3).is_finite()));
        }
    }
}

/// Loops run their tails at width 1: the same bits.
#[test]
fn widths_agree() {
    let same = |what: &str, a: f64, b: f64| assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{what}");
    let single = |what: &str, a: f32, b: f32| assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{what}");
    let specials = [
        0.0,
        -0.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        1.0,
        -1.0,
        0.3,
        -2.5,
    ];
    let points = || specials.into_iter().chain(ONE.iter().map(|row| row.1));
    let names = ONE.iter().map(|row| row.0).collect::<std::collections::BTreeSet<_>>();
    for name in names {
        for x in points() {
            let wanted = one(name, F64x8::splat(x)).lane(0);
            same(name, wanted, one(name, Lanes::<f64, 1>::splat(x)).lane(0));
            same(name, wanted, one(name, F64x16::splat(x)).lane(11));
            let x = x as f32;
            let wanted = one(name, F32x16::splat(x)).lane(3);
            single(name, wanted, one(name, F64x8::splat(f64::from(x))).lane(0) as f32);
            single(name, wanted, one(name, F32x8::splat(x)).lane(6));
            single(name, wanted, one(name, Lanes::<f32, 1>::splat(x)).lane(0));
        }
    }
    for name in ["pow", "atan2", "hypot", "fmod", "logaddexp"] {
        let pairs = TWO.iter().map(|row| (row.1, row.2));
        for (x, y) in pairs.chain(specials.into_iter().flat_map(|x| specials.map(|y| (x, y)))) {
            let wanted = two(name, F64x8::splat(x), F64x8::splat(y)).lane(0);
            same(
                name,
                wanted,
                two(name, Lanes::<f64, 1>::splat(x), Lanes::splat(y)).lane(0),
            );
            same(name, wanted, two(name, F64x16::splat(x), F64x16::splat(y)).lane(15));
        }
    }
}

/// Each sign of zero, C99's annex F.
#[test]
fn signs_of_zero() {
    let bits = |x: F64x8| x.lane(0).to_bits();
    let (zero, minus) = (F64x8::zero(), F64x8::splat(-0.0));
    for name in [
        "expm1", "log1p", "sin", "tan", "asin", "atan", "sinh", "tanh", "cbrt", "erf", "asinh", "atanh",
    ] {
        assert_eq!(bits(one(name, zero)), 0, "{name}");
        assert_eq!(bits(one(name, minus)), 1 << 63, "{name}");
    }
    let n = F64x8::splat;
    assert_eq!(two("pow", minus, n(3.0)).lane(0).to_bits(), 1 << 63);
    assert_eq!(two("pow", minus, n(-3.0)).lane(0), f64::NEG_INFINITY);
    assert_eq!(two("pow", minus, n(-2.0)).lane(0), f64::INFINITY);
    assert_eq!(two("pow", n(f64::NAN), minus).lane(0), 1.0);
    assert_eq!(two("pow", n(1.0), n(f64::NAN)).lane(0), 1.0);
    assert_eq!(two("pow", n(-1.0), n(f64::INFINITY)).lane(0), 1.0);
    assert_eq!(two("pow", n(-2.0), n(3.0)).lane(0), -8.0);
    assert!(two("pow", n(-2.0), n(0.5)).lane(0).is_nan());
    assert_eq!(two("atan2", minus, zero).lane(0).to_bits(), 1 << 63);
    assert_eq!(two("atan2", minus, minus).lane(0), -core::f64::consts::PI);
    assert_eq!(two("hypot", n(f64::INFINITY), n(f64::NAN)).lane(0), f64::INFINITY);
    assert_eq!(one("log", n(-0.0)).lane(0), f64::NEG_INFINITY);
    assert!(one("log", n(-1.0)).lane(0).is_nan());
}
