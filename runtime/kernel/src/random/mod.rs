//! Random numbers: NumPy's generators and their distributions, bit by bit.
//!
//! A [`Generator`] is `np.random.Generator` over one of the bit generators: made inside an iteration, it gives numbers that depend
//! on its seed, or its key and counter, alone, not on the iterations before nor on the thread. Every draw consumes as many words as
//! NumPy's does and computes what NumPy computes from them, with the C library's `exp` and `log1p` where a ziggurat leaves its fast
//! path: the results are the same to the last bit. In a region that asks for a GPU the functions are those of the GPU ([`Own`]), and
//! the results its results.
//!
//! | file | what is there |
//! |---|---|
//! | `philox` | Philox4x64-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; 2011) |
//! | `pcg64` | PCG XSL RR 128/64 (O'Neill: PCG: A family of simple fast space-efficient statistically good algorithms; 2014) |
//! | `seeds` | NumPy's hash of seeds (O'Neill: Developing a seed_seq alternative; 2015) |
//! | `continuous` | uniform, normal, exponential numbers and what is made of them (Marsaglia, Tsang: The ziggurat method; 2000) |
//! | `shaped` | gamma, beta, triangular numbers and their kin (Marsaglia, Tsang: A simple method for generating gamma variables; 2000) |
//! | `counts` | numbers of events: Poisson, binomial, geometric |
//! | `functions` | the exponentials, logarithms and powers that distributions take |
//! | `integers` | integers of a range without bias (Lemire: Fast random integer generation in an interval; 2019) |
//!
//! What NumPy refuses gives a [`Refused`], which names its exception.
//!
//! May touch: abi, entry, math.

mod continuous;
mod counts;
mod exponential_layers;
mod functions;
mod integers;
mod normal_layers;
mod pcg64;
mod philox;
mod seeds;
mod shaped;

pub use functions::{Functions, Library, Own};
pub use integers::{Bounded, Interval};
pub use pcg64::Pcg64;
pub use philox::{Philox, counter_words, key_words};
pub use seeds::SeedSequence;

use core::marker::PhantomData;

use crate::abi::Exception;
use crate::entry::Stop;

/// Where random bits come from.
pub trait Bits {
    /// 64 random bits.
    fn word(&mut self) -> u64;
}

/// `np.random.Generator(bits)`, whose distributions take these functions.
#[derive(Clone, Debug)]
pub struct Generator<B, F = Library> {
    bits: B,
    /// The upper half of a word whose lower half was given out.
    half: Option<u32>,
    functions: PhantomData<F>,
}

impl<B: Bits> Generator<B> {
    /// Draws from the bits of a generator, NumPy's numbers to the last bit.
    #[inline]
    pub fn new(bits: B) -> Self {
        Self::with(bits)
    }
}

impl<B: Bits> Generator<B, Own> {
    /// Draws from the bits of a generator, the numbers of a GPU to the last bit.
    #[inline]
    pub fn own(bits: B) -> Self {
        Self::with(bits)
    }
}

impl<B: Bits, F: Functions> Generator<B, F> {
    #[inline]
    fn with(bits: B) -> Self {
        Self {
            bits,
            half: None,
            functions: PhantomData,
        }
    }

    /// 64 random bits.
    #[inline]
    pub fn word(&mut self) -> u64 {
        self.bits.word()
    }

    /// 32 random bits: the halves of a word, the lower one first. Whole words drawn in between do not disturb them.
    #[inline]
    pub fn half_word(&mut self) -> u32 {
        if let Some(half) = self.half.take() {
            return half;
        }
        let word = self.word();
        self.half = Some((word >> 32) as u32);
        word as u32
    }

    /// A multiple of 2⁻⁵³ in [0, 1).
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// A parameter that NumPy refuses, by this exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    exception: Exception,
    message: &'static str,
}

impl Refused {
    #[cold]
    fn value(message: &'static str) -> Self {
        Self {
            exception: Exception::ValueError,
            message,
        }
    }

    #[cold]
    fn overflow(message: &'static str) -> Self {
        Self {
            exception: Exception::OverflowError,
            message,
        }
    }

    /// NumPy's exception, raised by a statement.
    #[cold]
    pub fn raise(self, row: u32) -> Stop {
        Stop::raise(self.exception, row, Some(self.message))
    }
}

/// A number drawn, or why NumPy draws none.
pub type Drawn<T> = Result<T, Refused>;

#[cfg(test)]
mod tests;
