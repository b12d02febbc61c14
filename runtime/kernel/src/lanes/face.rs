//! [`Lanes`]: construction, lane access, arithmetic, comparison, selection.

use super::element::{Element, FloatElement, IntegerElement};
use super::mask::Mask;

/// `N` values of type `T`, one per iteration.
pub struct Lanes<T: Element<N>, const N: usize>(pub(crate) T::Register);

impl<T: Element<N>, const N: usize> Clone for Lanes<T, N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Element<N>, const N: usize> Copy for Lanes<T, N> {}

impl<T: Element<N>, const N: usize> core::fmt::Debug for Lanes<T, N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.to_array().fmt(f)
    }
}

impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// `value` in every lane.
    #[inline(always)]
    pub fn splat(value: T) -> Self {
        Lanes(T::splat(value))
    }
    /// 0 in every lane.
    #[inline(always)]
    pub fn zero() -> Self {
        Self::splat(T::ZERO)
    }
    /// Lane `i` is `start + i * step`.
    #[inline(always)]
    pub fn iota(start: T, step: T) -> Self {
        let mut lanes = [T::ZERO; N];
        let mut i = 0;
        while i < N {
            lanes[i] = T::of_usize(i);
            i += 1;
        }
        Self::from_array(lanes) * Self::splat(step) + Self::splat(start)
    }
    /// Lane `i` is `lane(i)`.
    #[inline(always)]
    pub fn from_fn(lane: impl Fn(usize) -> T) -> Self {
        let mut lanes = [T::ZERO; N];
        let mut i = 0;
        while i < N {
            lanes[i] = lane(i);
            i += 1;
        }
        Self::from_array(lanes)
    }
    /// The lanes of an array.
    #[inline(always)]
    pub fn from_array(lanes: [T; N]) -> Self {
        Lanes(T::pack(lanes))
    }
    /// The lanes as an array.
    #[inline(always)]
    pub fn to_array(self) -> [T; N] {
        T::unpack(self.0)
    }
    /// 1 where the mask is on, else 0.
    #[inline(always)]
    pub fn from_mask(mask: T::Mask) -> Self {
        Self::select(mask, Self::splat(T::ONE), Self::zero())
    }
    /// Where the lanes are not 0.
    #[inline(always)]
    pub fn to_mask(self) -> T::Mask {
        self.ne(Self::zero())
    }
    /// Lane `i`.
    #[inline(always)]
    pub fn lane(self, i: usize) -> T {
        self.to_array()[i]
    }
    /// The same lanes except lane `i`.
    #[inline(always)]
    pub fn with_lane(self, i: usize, value: T) -> Self {
        let mut lanes = self.to_array();
        lanes[i] = value;
        Self::from_array(lanes)
    }
    /// The last lane that is on, or `otherwise` if none is: the value of a variable after its last iteration.
    #[inline(always)]
    pub fn last(self, mask: T::Mask, otherwise: T) -> T {
        let bits = mask.bits();
        if bits == 0 {
            otherwise
        } else {
            self.lane(31 - bits.leading_zeros() as usize)
        }
    }
    /// Applies a scalar function to each lane.
    #[inline(always)]
    pub fn map(self, f: impl Fn(T) -> T) -> Self {
        let mut lanes = self.to_array();
        let mut i = 0;
        while i < N {
            lanes[i] = f(lanes[i]);
            i += 1;
        }
        Self::from_array(lanes)
    }
    /// Applies a scalar function to each pair of lanes.
    #[inline(always)]
    pub fn zip(self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        let (mut lanes, other) = (self.to_array(), other.to_array());
        let mut i = 0;
        while i < N {
            lanes[i] = f(lanes[i], other[i]);
            i += 1;
        }
        Self::from_array(lanes)
    }

    /// `a` where the mask is on, else `b`.
    #[inline(always)]
    pub fn select(mask: T::Mask, a: Self, b: Self) -> Self {
        Lanes(T::select(mask, a.0, b.0))
    }
    /// `self == other`
    #[inline(always)]
    #[allow(clippy::should_implement_trait, reason = "a mask, not a Boolean")]
    pub fn eq(self, other: Self) -> T::Mask {
        T::equal(self.0, other.0)
    }
    /// `self != other`; on for NaN.
    #[inline(always)]
    #[allow(clippy::should_implement_trait, reason = "a mask, not a Boolean")]
    pub fn ne(self, other: Self) -> T::Mask {
        T::equal(self.0, other.0).not()
    }
    /// `self < other`
    #[inline(always)]
    pub fn lt(self, other: Self) -> T::Mask {
        T::less(self.0, other.0)
    }
    /// `self <= other`
    #[inline(always)]
    pub fn le(self, other: Self) -> T::Mask {
        T::less_equal(self.0, other.0)
    }
    /// `self > other`
    #[inline(always)]
    pub fn gt(self, other: Self) -> T::Mask {
        T::less(other.0, self.0)
    }
    /// `self >= other`
    #[inline(always)]
    pub fn ge(self, other: Self) -> T::Mask {
        T::less_equal(other.0, self.0)
    }
    /// Magnitude; clears the sign of floats, zeros and NaNs included; the smallest integer stays itself.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Lanes(T::abs(self.0))
    }
    /// Python's `min(self, other)`: `other if other < self else self`.
    #[inline(always)]
    pub fn py_min(self, other: Self) -> Self {
        Lanes(T::lesser(other.0, self.0))
    }
    /// Python's `max(self, other)`: `other if other > self else self`.
    #[inline(always)]
    pub fn py_max(self, other: Self) -> Self {
        Lanes(T::greater(other.0, self.0))
    }
    /// `np.minimum(self, other)`: NaN if either is; the second of equals.
    #[inline(always)]
    pub fn minimum(self, other: Self) -> Self {
        Self::select(self.eq(self), Lanes(T::lesser(self.0, other.0)), self)
    }
    /// `np.maximum(self, other)`: NaN if either is; the second of equals.
    #[inline(always)]
    pub fn maximum(self, other: Self) -> Self {
        Self::select(self.eq(self), Lanes(T::greater(self.0, other.0)), self)
    }
    /// `np.fmin(self, other)` of numbers: the other one if one is NaN; the first of equals.
    #[inline(always)]
    pub fn fmin(self, other: Self) -> Self {
        Self::select(self.eq(self), Lanes(T::lesser(other.0, self.0)), other)
    }
    /// `np.fmax(self, other)` of numbers: the other one if one is NaN; the first of equals.
    #[inline(always)]
    pub fn fmax(self, other: Self) -> Self {
        Self::select(self.eq(self), Lanes(T::greater(other.0, self.0)), other)
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident $bound:ident $name:ident;)*) => {$(
        impl<T: $bound<N>, const N: usize> core::ops::$trait for Lanes<T, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Lanes(T::$name(self.0, other.0))
            }
        }
    )*};
}
operator! {
    Add add Element add;
    Sub sub Element sub;
    Mul mul Element mul;
    Div div FloatElement div;
    BitAnd bitand IntegerElement and;
    BitOr bitor IntegerElement or;
    BitXor bitxor IntegerElement xor;
    Shl shl IntegerElement shl;
    Shr shr IntegerElement shr;
}

/// Flips the sign of floats, zeros and NaNs included; wraps for integers.
impl<T: Element<N>, const N: usize> core::ops::Neg for Lanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lanes(T::neg(self.0))
    }
}

/// Bitwise complement.
impl<T: IntegerElement<N>, const N: usize> core::ops::Not for Lanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        self ^ Self::splat(T::ZERO.minus(T::ONE))
    }
}

impl<T: FloatElement<N>, const N: usize> Lanes<T, N> {
    /// `self * factor + addend`, rounded once (by libm's `fma` where the instruction set has none).
    #[inline(always)]
    pub fn mul_add(self, factor: Self, addend: Self) -> Self {
        Lanes(T::mul_add(self.0, factor.0, addend.0))
    }
    /// Correctly rounded square root; NaN below 0.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Lanes(T::sqrt(self.0))
    }
    /// Largest integer not above.
    #[inline(always)]
    pub fn floor(self) -> Self {
        Lanes(T::floor(self.0))
    }
    /// Smallest integer not below.
    #[inline(always)]
    pub fn ceil(self) -> Self {
        Lanes(T::ceil(self.0))
    }
    /// Nearest integer towards 0.
    #[inline(always)]
    pub fn trunc(self) -> Self {
        Lanes(T::trunc(self.0))
    }
    /// Nearest integer, ties to even.
    #[inline(always)]
    pub fn rint(self) -> Self {
        Lanes(T::rint(self.0))
    }
    /// This magnitude with the sign of `sign`.
    #[inline(always)]
    pub fn copysign(self, sign: Self) -> Self {
        Lanes(T::copysign(self.0, sign.0))
    }
    /// Where the value is NaN.
    #[inline(always)]
    pub fn is_nan(self) -> T::Mask {
        self.ne(self)
    }
}
