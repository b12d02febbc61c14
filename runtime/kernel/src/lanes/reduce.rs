//! [`Lanes`] to one value, by a fixed tree: lane `i` meets lane `i + N/2`, and so on, halving.

use super::element::{Element, IntegerElement};
use super::face::Lanes;
use super::scalar::Scalar;

impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// Combines all lanes by the fixed tree; `f` gets the lower lane first.
    #[inline(always)]
    pub fn reduce(self, f: impl Fn(T, T) -> T) -> T {
        let mut lanes = self.to_array();
        let mut half = N / 2;
        while half > 0 {
            let mut i = 0;
            while i < half {
                lanes[i] = f(lanes[i], lanes[i + half]);
                i += 1;
            }
            half /= 2;
        }
        lanes[0]
    }
    /// Sum of the lanes.
    #[inline(always)]
    pub fn reduce_sum(self) -> T {
        self.reduce(Scalar::plus)
    }
    /// Product of the lanes.
    #[inline(always)]
    pub fn reduce_product(self) -> T {
        self.reduce(Scalar::times)
    }
    /// Smallest lane by Python's `min` (the lower lane where they are unordered).
    #[inline(always)]
    pub fn reduce_py_min(self) -> T {
        self.reduce(|a, b| if b < a { b } else { a })
    }
    /// Largest lane by Python's `max` (the lower lane where they are unordered).
    #[inline(always)]
    pub fn reduce_py_max(self) -> T {
        self.reduce(|a, b| if b > a { b } else { a })
    }
    /// Smallest lane by `np.minimum`: NaN if any is.
    #[inline(always)]
    #[allow(clippy::eq_op, reason = "true for NaN only")]
    pub fn reduce_minimum(self) -> T {
        self.reduce(|a, b| if a != a || a < b { a } else { b })
    }
    /// Largest lane by `np.maximum`: NaN if any is.
    #[inline(always)]
    #[allow(clippy::eq_op, reason = "true for NaN only")]
    pub fn reduce_maximum(self) -> T {
        self.reduce(|a, b| if a != a || a > b { a } else { b })
    }
}

impl<T: IntegerElement<N>, const N: usize> Lanes<T, N> {
    /// Bitwise and of the lanes.
    #[inline(always)]
    pub fn reduce_and(self) -> T {
        self.reduce(T::bit_and)
    }
    /// Bitwise or of the lanes.
    #[inline(always)]
    pub fn reduce_or(self) -> T {
        self.reduce(T::bit_or)
    }
    /// Bitwise exclusive or of the lanes.
    #[inline(always)]
    pub fn reduce_xor(self) -> T {
        self.reduce(T::bit_xor)
    }
}
