//! Philox4x64-10: four words for each value of a counter of 256 bits, under a key of 128.

use super::{Bits, Refused, SeedSequence};

/// `np.random.Philox(key=…, counter=…)`
#[derive(Clone, Debug)]
pub struct Philox {
    key: [u64; 2],
    /// Of the words in `buffer`, or of the words before the first ones.
    counter: [u64; 4],
    buffer: [u64; 4],
    /// The first word of `buffer` that is not given out yet.
    next: usize,
}

const MULTIPLIERS: [u64; 2] = [0xd2e7_470e_e14c_6c93, 0xca5a_8263_9512_1157];
const KEY_STEPS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xbb67_ae85_84ca_a73b];
const ROUNDS: usize = 10;

impl Philox {
    /// A generator whose first words are those of the counter's successor.
    #[inline]
    pub fn new(key: [u64; 2], counter: [u64; 4]) -> Self {
        Self {
            key,
            counter,
            buffer: [0; 4],
            next: 4,
        }
    }

    /// `np.random.Philox(seed, counter=…)`: the key is what its hash gives first.
    #[inline]
    pub fn seeded(seeds: &SeedSequence, counter: [u64; 4]) -> Self {
        Self::new(seeds.words(), counter)
    }

    fn refill(&mut self) {
        for word in &mut self.counter {
            *word = word.wrapping_add(1);
            if *word != 0 {
                break;
            }
        }
        self.buffer = encrypted(self.counter, self.key);
        self.next = 0;
    }
}

impl Bits for Philox {
    #[inline]
    fn word(&mut self) -> u64 {
        if self.next == self.buffer.len() {
            self.refill();
        }
        let word = self.buffer[self.next & 3];
        self.next += 1;
        word
    }
}

#[inline]
fn encrypted(counter: [u64; 4], key: [u64; 2]) -> [u64; 4] {
    let ([mut a, mut b, mut c, mut d], [mut k, mut l]) = (counter, key);
    for _ in 0..ROUNDS {
        let left = u128::from(MULTIPLIERS[0]) * u128::from(a);
        let right = u128::from(MULTIPLIERS[1]) * u128::from(c);
        (a, c) = ((right >> 64) as u64 ^ b ^ k, (left >> 64) as u64 ^ d ^ l);
        (b, d) = (right as u64, left as u64);
        (k, l) = (k.wrapping_add(KEY_STEPS[0]), l.wrapping_add(KEY_STEPS[1]));
    }
    [a, b, c, d]
}

/// The words of an int as a key; the lowest first.
#[inline]
pub fn key_words(value: i128) -> Result<[u64; 2], Refused> {
    match u64::try_from(value) {
        Ok(word) => Ok([word, 0]),
        Err(_) => Err(Refused::value("key must be positive and less than 2**128.")),
    }
}

/// The words of an int as a counter; the lowest first.
#[inline]
pub fn counter_words(value: i128) -> Result<[u64; 4], Refused> {
    match u64::try_from(value) {
        Ok(word) => Ok([word, 0, 0, 0]),
        Err(_) => Err(Refused::value("counter must be positive and less than 2**256.")),
    }
}
