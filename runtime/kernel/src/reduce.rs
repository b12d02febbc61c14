//! Reductions whose bits depend on the trip count alone.
//!
//! The iterations are cut into blocks ([`block_length`](crate::parallel::block_length)). In a block, the value of position `p`
//! goes to accumulator lane `p % L`, with `L` = 32 for `f64` and 64 for `f32` (enough to hide the latency of additions, and four
//! zmm registers). At the block's end lane `i` meets lane `i + L/2`, and so on, halving ([`Accumulator::finish`]); the blocks'
//! results meet in neighbouring pairs ([`combine`]), and last the variable's value from before the loop meets the total.
//! Neither threads nor the instruction set nor the lane width `N` enter. Which way a position is fed (a full vector, a masked one, one
//! value) does not matter either.
//!
//! Start values are neutral for every input: -0.0 for sums (`x + -0.0` is `x`, also for -0.0), ±∞ or the extreme integer
//! for minima and maxima.
//!
//! ```
//! use ferrokeet_kernel::lanes::{F64x8, Mask, Mask8};
//! use ferrokeet_kernel::reduce::{Accumulator, Sum, combine};
//!
//! let x: Vec<f64> = (0..77).map(f64::from).collect();
//! let mut sum = Accumulator::<Sum, f64, 8, 4>::new();
//! for (position, value) in x.chunks_exact(8).enumerate() {
//!     // SAFETY: eight elements are there.
//!     sum.add(position, unsafe { F64x8::load(value.as_ptr()) });
//! }
//! for (i, &value) in x.iter().enumerate().skip(72) {
//!     sum.push(i, value);
//! }
//! assert_eq!(combine::<Sum, f64>(&mut [sum.finish()]), 76.0 * 77.0 / 2.0);
//! ```
//!
//! May touch: lanes.

use core::marker::PhantomData;

use crate::lanes::{Element, FloatElement, Integer, IntegerElement, Lanes, Scalar};

/// An associative operation on single values, with its neutral value.
pub trait Fold<T> {
    /// The neutral value.
    fn neutral() -> T;
    /// One value from two; `a` stands for the earlier iterations.
    fn fold(a: T, b: T) -> T;
}

/// The same operation, lane by lane.
pub trait FoldLanes<T: Element<N>, const N: usize>: Fold<T> {
    /// One value from two in each lane; `a` stands for the earlier iterations.
    fn fold_lanes(a: Lanes<T, N>, b: Lanes<T, N>) -> Lanes<T, N>;
}

macro_rules! folds {
    ($($doc:literal $name:ident $bound:ident $element:ident: $neutral:expr, $fold:expr, $lanes:expr;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl<T: $bound> Fold<T> for $name {
            #[inline(always)]
            fn neutral() -> T {
                $neutral
            }
            #[inline(always)]
            #[allow(clippy::eq_op, reason = "true for NaN only")]
            fn fold(a: T, b: T) -> T {
                $fold(a, b)
            }
        }

        impl<T: $element<N>, const N: usize> FoldLanes<T, N> for $name {
            #[inline(always)]
            fn fold_lanes(a: Lanes<T, N>, b: Lanes<T, N>) -> Lanes<T, N> {
                $lanes(a, b)
            }
        }
    )*};
}
folds! {
    "Sums; integers wrap." Sum Scalar Element: T::ZERO.negated(), T::plus, |a, b| a + b;
    "Products; integers wrap." Product Scalar Element: T::ONE, T::times, |a, b| a * b;
    "Python's `min(m, x)`, and `if x < m: m = x`: NaNs among the values are passed over." PyMin Scalar Element:
        T::GREATEST, |a, b| if b < a { b } else { a }, Lanes::py_min;
    "Python's `max(m, x)`, and `if x > m: m = x`: NaNs among the values are passed over." PyMax Scalar Element:
        T::LEAST, |a, b| if b > a { b } else { a }, Lanes::py_max;
    "`np.minimum`: NaN if any value is." Minimum Scalar Element:
        T::GREATEST, |a, b| if a != a || a < b { a } else { b }, Lanes::minimum;
    "`np.maximum`: NaN if any value is." Maximum Scalar Element:
        T::LEAST, |a, b| if a != a || a > b { a } else { b }, Lanes::maximum;
    "`np.fmin`: NaNs are passed over, and stay only if nothing else is there." Fmin Scalar Element:
        T::NAN_OR_GREATEST, |a, b| if a <= b || b != b { a } else { b }, Lanes::fmin;
    "`np.fmax`: NaNs are passed over, and stay only if nothing else is there." Fmax Scalar Element:
        T::NAN_OR_LEAST, |a, b| if a >= b || b != b { a } else { b }, Lanes::fmax;
    "Bitwise and." And Integer IntegerElement: T::ZERO.minus(T::ONE), T::bit_and, |a, b| a & b;
    "Bitwise or." Or Integer IntegerElement: T::ZERO, T::bit_or, |a, b| a | b;
    "Bitwise exclusive or." Xor Integer IntegerElement: T::ZERO, T::bit_xor, |a, b| a ^ b;
}

macro_rules! bools {
    ($($name:ident: $neutral:expr, $fold:expr;)*) => {$(
        impl Fold<bool> for $name {
            #[inline(always)]
            fn neutral() -> bool {
                $neutral
            }
            #[inline(always)]
            fn fold(a: bool, b: bool) -> bool {
                $fold(a, b)
            }
        }
    )*};
}
bools! {
    And: true, |a, b| a & b;
    Or: false, |a, b| a | b;
    Xor: false, |a, b| a ^ b;
    PyMin: true, |a, b| a & b;
    PyMax: false, |a, b| a | b;
    Minimum: true, |a, b| a & b;
    Maximum: false, |a, b| a | b;
    Fmin: true, |a, b| a & b;
    Fmax: false, |a, b| a | b;
}

/// A block's accumulator: `G` groups of `N` lanes, `G * N` being the number of lanes that the type's reductions use.
#[derive(Clone, Copy, Debug)]
pub struct Accumulator<F, T: Element<N>, const N: usize, const G: usize> {
    groups: [Lanes<T, N>; G],
    fold: PhantomData<F>,
}

impl<F: FoldLanes<T, N>, T: Element<N>, const N: usize, const G: usize> Accumulator<F, T, N, G> {
    /// Neutral in every lane.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "a neutral value is no default")]
    pub fn new() -> Self {
        Accumulator {
            groups: [Lanes::splat(F::neutral()); G],
            fold: PhantomData,
        }
    }
    /// With what the groups have collected already.
    #[inline(always)]
    pub fn of(groups: [Lanes<T, N>; G]) -> Self {
        Accumulator {
            groups,
            fold: PhantomData,
        }
    }
    /// Folds in `N` values; `group` counts the vectors of the block from 0 (a constant where the loop is unrolled `G` times).
    #[inline(always)]
    pub fn add(&mut self, group: usize, values: Lanes<T, N>) {
        let lanes = &mut self.groups[group % G];
        *lanes = F::fold_lanes(*lanes, values);
    }
    /// Folds in the values whose lanes are on.
    #[inline(always)]
    pub fn add_masked(&mut self, group: usize, values: Lanes<T, N>, mask: T::Mask) {
        let lanes = &mut self.groups[group % G];
        *lanes = Lanes::select(mask, F::fold_lanes(*lanes, values), *lanes);
    }
    /// Folds in one value; `position` counts the block's iterations from 0.
    #[inline(always)]
    pub fn push(&mut self, position: usize, value: T) {
        let lanes = &mut self.groups[position / N % G];
        *lanes = lanes.with_lane(position % N, F::fold(lanes.lane(position % N), value));
    }
    /// The block's result.
    #[inline(always)]
    pub fn finish(self) -> T {
        let mut groups = self.groups;
        let mut half = G / 2;
        while half > 0 {
            let mut i = 0;
            while i < half {
                groups[i] = F::fold_lanes(groups[i], groups[i + half]);
                i += 1;
            }
            half /= 2;
        }
        groups[0].reduce(F::fold)
    }
}

/// Sums of products, each contracted: `s + a * b` rounded once.
impl<T: FloatElement<N>, const N: usize, const G: usize> Accumulator<Sum, T, N, G> {
    /// Adds `N` products.
    #[inline(always)]
    pub fn add_product(&mut self, group: usize, a: Lanes<T, N>, b: Lanes<T, N>) {
        let lanes = &mut self.groups[group % G];
        *lanes = a.mul_add(b, *lanes);
    }
    /// Adds the products whose lanes are on.
    #[inline(always)]
    pub fn add_product_masked(&mut self, group: usize, a: Lanes<T, N>, b: Lanes<T, N>, mask: T::Mask) {
        let lanes = &mut self.groups[group % G];
        *lanes = Lanes::select(mask, a.mul_add(b, *lanes), *lanes);
    }
    /// Adds one product.
    #[inline(always)]
    pub fn push_product(&mut self, position: usize, a: T, b: T) {
        let lanes = &mut self.groups[position / N % G];
        *lanes = lanes.with_lane(position % N, a.fused(b, lanes.lane(position % N)));
    }
}

/// Combines the blocks' results, in neighbouring pairs, then pairs of pairs; neutral if there are none.
#[inline]
pub fn combine<F: Fold<T>, T: Copy>(partials: &mut [T]) -> T {
    let mut length = partials.len();
    if length == 0 {
        return F::neutral();
    }
    while length > 1 {
        for i in 0..length / 2 {
            partials[i] = F::fold(partials[2 * i], partials[2 * i + 1]);
        }
        if length % 2 == 1 {
            partials[length / 2] = partials[length - 1];
        }
        length = length.div_ceil(2);
    }
    partials[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::Mask;

    fn values(n: usize) -> Vec<f64> {
        (0..n)
            .map(|i| ((i * 7919 % 1013) as f64 - 500.0) * 1.000123f64.powi(i as i32 % 90))
            .collect()
    }

    fn by_lanes<const N: usize, const G: usize>(x: &[f64]) -> f64
    where
        f64: FloatElement<N>,
    {
        let mut sum = Accumulator::<Sum, f64, N, G>::new();
        for (group, chunk) in x.chunks(N).enumerate() {
            let on = <f64 as Element<N>>::Mask::below(chunk.len());
            // SAFETY: only the elements of the chunk are read.
            let v = unsafe { Lanes::load_masked(chunk.as_ptr(), on) };
            sum.add_product_masked(group, v, v, on);
        }
        sum.finish()
    }

    #[test]
    fn the_width_does_not_show() {
        for n in [0, 1, 7, 8, 31, 32, 33, 1000] {
            let x = values(n);
            let mut one = Accumulator::<Sum, f64, 8, 4>::new();
            x.iter().enumerate().for_each(|(i, &v)| one.push_product(i, v, v));
            let want = one.finish().to_bits();
            assert_eq!(by_lanes::<8, 4>(&x).to_bits(), want);
            assert_eq!(by_lanes::<16, 2>(&x).to_bits(), want);
            assert_eq!(by_lanes::<1, 32>(&x).to_bits(), want);
        }
    }

    #[test]
    fn neutral_values_are_neutral() {
        assert!((<Sum as Fold<f64>>::neutral() + -0.0).is_sign_negative());
        assert_eq!(combine::<Minimum, f32>(&mut []), f32::INFINITY);
        assert_eq!(combine::<And, u8>(&mut []), 255);
        assert_eq!(combine::<PyMax, i16>(&mut [-5, i16::MIN]), -5);
        assert!(combine::<Maximum, f64>(&mut [1.0, f64::NAN, 3.0]).is_nan());
        assert_eq!(combine::<PyMax, f64>(&mut [1.0, f64::NAN, 3.0]), 3.0);
    }

    #[test]
    fn pairs_of_neighbours() {
        let mut partials = [1e16, 1.0, -1e16, 1.0, 0.5];
        assert_eq!(combine::<Sum, f64>(&mut partials), ((1e16 + 1.0) + (-1e16 + 1.0)) + 0.5);
    }

    #[test]
    fn integers_in_any_order() {
        let mut bits = Accumulator::<Xor, u32, 16, 4>::new();
        (0..100u32).for_each(|i| bits.push(i as usize, i.wrapping_mul(2_654_435_761)));
        assert_eq!(
            bits.finish(),
            (0..100u32).fold(0, |a, i| a ^ i.wrapping_mul(2_654_435_761))
        );
        let mut product = Accumulator::<Product, i64, 8, 4>::new();
        (1..=20).for_each(|i| product.push(i as usize, i));
        assert_eq!(product.finish(), 2_432_902_008_176_640_000);
    }
}
