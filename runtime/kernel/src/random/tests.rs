//! Numbers from NumPy 2.4.

use super::*;

#[test]
fn words() {
    let mut generator = Generator::new(Philox::new(key_words(5).unwrap(), counter_words(3).unwrap()));
    let words: Vec<u64> = (0..6).map(|_| generator.word()).collect();
    assert_eq!(
        words,
        [
            987_987_669_940_523_966,
            3_951_470_131_502_314_170,
            16_418_638_372_115_296_330,
            4_151_413_963_810_081_457,
            15_458_451_514_879_920_985,
            12_090_157_017_538_331_175
        ]
    );
}

#[test]
fn the_counter_carries() {
    let most = i128::from(u64::MAX);
    let mut generator = Generator::new(Philox::new(key_words(most).unwrap(), counter_words(most).unwrap()));
    assert_eq!(generator.word(), 16_302_208_299_426_012_425);
}

#[test]
fn half_words_share_a_word() {
    let mut generator = Generator::new(Philox::new([5, 0], [3, 0, 0, 0]));
    let word = 987_987_669_940_523_966_u64;
    assert_eq!(generator.half_word(), word as u32);
    assert_eq!(generator.word(), 3_951_470_131_502_314_170);
    assert_eq!(generator.half_word(), (word >> 32) as u32);
}

/// A number that every bit of many draws goes into.
fn digest(mut draw: impl FnMut(&mut Generator<Philox>) -> f64) -> u64 {
    let mut generator = Generator::new(Philox::new([11, 0], [0; 4]));
    (0..200_000).fold(0_u64, |sum, _| {
        sum.wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(draw(&mut generator).to_bits())
    })
}

#[test]
fn ziggurats() {
    assert_eq!(digest(|from| from.standard_normal()), 0xca93_3040_a4bc_2146);
    assert_eq!(digest(|from| from.standard_exponential()), 0xe75f_9376_b809_e73a);
}

#[test]
fn parameters() {
    let mut generator = Generator::new(Philox::new([0; 2], [0; 4]));
    assert!(generator.uniform(1.0, 0.0).is_err());
    assert!(generator.uniform(0.0, f64::INFINITY).is_err());
    assert!(generator.normal(0.0, -0.0).is_err());
    assert!(generator.normal(0.0, f64::NAN).unwrap().is_nan());
    assert_eq!(generator.integers::<i64>(0, 0, false), Err(Refused::value("high <= 0")));
    assert_eq!(generator.integers::<i64>(5, 4, true), Err(Refused::value("low > high")));
    assert_eq!(generator.integers::<u8>(7, 7, true), Ok(7));
    assert!(key_words(-1).is_err());
}

#[test]
fn hashed_seeds() {
    let seeds = SeedSequence::new(&[1, 1 << 70, 3], &[7]).unwrap();
    let words = [
        6_604_332_471_081_759_014,
        9_358_599_237_767_028_948,
        15_452_080_201_737_834_223,
    ];
    assert_eq!(seeds.words(), words);
    assert!(SeedSequence::new(&[5, -1], &[]).is_err());
}

#[test]
fn permuted_congruences() {
    let mut generator = Generator::new(Pcg64::seeded(&SeedSequence::new(&[5], &[]).unwrap()));
    let words = [
        14_849_682_912_918_955_432,
        14_903_876_974_979_881_461,
        9_506_078_739_185_184_192,
    ];
    assert_eq!([0; 3].map(|_| generator.word()), words);
}
