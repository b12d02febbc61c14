//! How a seed becomes the state of a generator: a hash of all its words, so that seeds that differ in one bit give other streams.

use super::Refused;

/// `np.random.SeedSequence(entropy, spawn_key=…)`
#[derive(Clone, Copy, Debug, Default)]
pub struct SeedSequence {
    pool: [u32; POOL],
}

const POOL: usize = 4;
/// Of the hash that fills the pool, and of the one that reads it; of 32 bits, as the others.
const INITIAL: [u64; 2] = [0x43b0_d7e5, 0x8b51_f9dd];
const STEPS: [u64; 2] = [0x931e_8875, 0x58f3_8ded];
const MIXED: [u64; 2] = [0xca01_f9dd, 0x4973_f715];

impl SeedSequence {
    /// Hashes integers, none of which may be negative: those of the entropy and then those of the spawn key.
    #[inline]
    pub fn new(entropy: &[i128], spawn_key: &[i128]) -> Result<Self, Refused> {
        let mut hashing = Hashing::new();
        hashing.all(entropy)?;
        if !spawn_key.is_empty() {
            // So that an entropy that ends in the key's words gives another stream.
            while hashing.taken < POOL {
                hashing.take(0);
            }
            hashing.all(spawn_key)?;
        }
        Ok(hashing.finish())
    }

    /// The first words of the state that the pool expands to.
    #[inline]
    pub fn words<const N: usize>(&self) -> [u64; N] {
        let mut constant = INITIAL[1] as u32;
        let mut half = |at: usize| {
            let value = self.pool[at % POOL] ^ constant;
            constant = constant.wrapping_mul(STEPS[1] as u32);
            let value = value.wrapping_mul(constant);
            u64::from(value ^ value >> 16)
        };
        let mut words = [0; N];
        for (at, word) in words.iter_mut().enumerate() {
            let low = half(2 * at);
            *word = low | half(2 * at + 1) << 32;
        }
        words
    }
}

/// The hash of the words taken so far. The pool is mixed once its words are there, and after that with each word that follows.
struct Hashing {
    pool: [u32; POOL],
    taken: usize,
    constant: u32,
}

impl Hashing {
    fn new() -> Self {
        Self {
            pool: [0; POOL],
            taken: 0,
            constant: INITIAL[0] as u32,
        }
    }

    fn all(&mut self, integers: &[i128]) -> Result<(), Refused> {
        for integer in integers {
            let Ok(mut left) = u128::try_from(*integer) else {
                return Err(Refused::value("expected non-negative integer"));
            };
            self.take(left as u32);
            left >>= 32;
            while left != 0 {
                self.take(left as u32);
                left >>= 32;
            }
        }
        Ok(())
    }

    #[inline]
    fn take(&mut self, word: u32) {
        if self.taken < POOL {
            self.pool[self.taken] = self.hashed(word);
            if self.taken == POOL - 1 {
                self.mix_pool();
            }
        } else {
            for at in 0..POOL {
                let hashed = self.hashed(word);
                self.pool[at] = mixed(self.pool[at], hashed);
            }
        }
        self.taken += 1;
    }

    fn mix_pool(&mut self) {
        for from in 0..POOL {
            for to in 0..POOL {
                if from != to {
                    let hashed = self.hashed(self.pool[from]);
                    self.pool[to] = mixed(self.pool[to], hashed);
                }
            }
        }
    }

    #[inline]
    fn hashed(&mut self, word: u32) -> u32 {
        let value = word ^ self.constant;
        self.constant = self.constant.wrapping_mul(STEPS[0] as u32);
        let value = value.wrapping_mul(self.constant);
        value ^ value >> 16
    }

    fn finish(mut self) -> SeedSequence {
        while self.taken < POOL {
            self.take(0);
        }
        SeedSequence { pool: self.pool }
    }
}

#[inline]
fn mixed(x: u32, y: u32) -> u32 {
    let value = x
        .wrapping_mul(MIXED[0] as u32)
        .wrapping_sub(y.wrapping_mul(MIXED[1] as u32));
    value ^ value >> 16
}
