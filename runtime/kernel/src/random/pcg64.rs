//! PCG64: a linear congruential generator of 128 bits, whose state is folded into a word by an exclusive or and a rotation.

use super::{Bits, SeedSequence};

/// `np.random.PCG64(…)`, the generator of `np.random.default_rng`
#[derive(Clone, Debug)]
pub struct Pcg64 {
    state: u128,
    /// Odd.
    increment: u128,
}

/// The high half first.
const MULTIPLIER: [u64; 2] = [0x2360_ed05_1fc6_5da4, 0x4385_df64_9fcc_f645];

impl Pcg64 {
    /// The stream that a seed names.
    #[inline]
    pub fn seeded(seeds: &SeedSequence) -> Self {
        let [a, b, c, d] = seeds.words();
        let increment = joined([c, d]) << 1 | 1;
        let mut made = Self {
            state: increment.wrapping_add(joined([a, b])),
            increment,
        };
        made.step();
        made
    }

    #[inline]
    fn step(&mut self) {
        let scaled = self.state.wrapping_mul(joined(MULTIPLIER));
        self.state = scaled.wrapping_add(self.increment);
    }
}

/// The number of two halves, the high one first.
#[inline]
const fn joined([high, low]: [u64; 2]) -> u128 {
    (high as u128) << 64 | low as u128
}

impl Bits for Pcg64 {
    #[inline]
    fn word(&mut self) -> u64 {
        self.step();
        let [high, low] = [(self.state >> 64) as u64, self.state as u64];
        (high ^ low).rotate_right((high >> 58) as u32)
    }
}
