//! Random numbers: NumPy's counter-based generator and its distributions, bit by bit.
//!
//! A [`Philox`] is `np.random.Generator(np.random.Philox(key=…, counter=…))`: made inside an iteration, it gives numbers that depend
//! on its key and counter alone, not on the iterations before nor on the thread. Every draw consumes as many words as NumPy's does
//! and computes what NumPy computes from them, with the C library's `exp` and `log1p` where a ziggurat leaves its fast path: the
//! results are the same to the last bit.
//!
//! | file | what is there |
//! |---|---|
//! | `philox` | Philox4x64-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; 2011) |
//! | `continuous` | uniform, normal, exponential numbers and what is made of them (Marsaglia, Tsang: The ziggurat method; 2000) |
//! | `integers` | integers of a range without bias (Lemire: Fast random integer generation in an interval; 2019) |
//!
//! What NumPy refuses gives a [`Refused`], which names its exception.
//!
//! May touch: abi, entry.

mod continuous;
mod exponential_layers;
mod integers;
mod normal_layers;
mod philox;

pub use integers::{Bounded, Interval};
pub use philox::{Philox, counter_words, key_words};

use crate::abi::Exception;
use crate::entry::Stop;

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
