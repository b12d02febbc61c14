//! The ten element types, as far as lanes must know them one at a time.

/// Which element type, for compile-time choices in generic code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `f64`
    F64,
    /// `f32`
    F32,
    /// `i64`
    I64,
    /// `u64`
    U64,
    /// `i32`
    I32,
    /// `u32`
    U32,
    /// `i16`
    I16,
    /// `u16`
    U16,
    /// `i8`
    I8,
    /// `u8`
    U8,
}

/// An element type: IEEE arithmetic for floats, wrapping arithmetic for integers.
pub trait Scalar: Copy + PartialEq + PartialOrd + Send + Sync + core::fmt::Debug + 'static {
    /// Which type this is.
    const KIND: Kind;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Smallest value; -∞ for floats.
    const LEAST: Self;
    /// Largest value; ∞ for floats.
    const GREATEST: Self;
    /// NaN; the largest integer.
    const NAN_OR_GREATEST: Self;
    /// NaN; the smallest integer.
    const NAN_OR_LEAST: Self;
    /// `i`, wrapped or rounded to this type.
    fn of_usize(i: usize) -> Self;
    /// Sum.
    fn plus(self, other: Self) -> Self;
    /// Difference.
    fn minus(self, other: Self) -> Self;
    /// Product.
    fn times(self, other: Self) -> Self;
    /// Negative; flips the sign of floats, zeros and NaNs included; the smallest integer stays itself.
    fn negated(self) -> Self;
    /// Magnitude; clears the sign of floats, zeros and NaNs included; the smallest integer stays itself.
    fn magnitude(self) -> Self;
}

/// An integer element type.
pub trait Integer: Scalar {
    /// Width in bits.
    const BITS: u32;
    /// Bitwise and.
    fn bit_and(self, other: Self) -> Self;
    /// Bitwise or.
    fn bit_or(self, other: Self) -> Self;
    /// Bitwise exclusive or.
    fn bit_xor(self, other: Self) -> Self;
    /// NumPy's `self << count`: 0 where the count is outside the width.
    fn shift_left(self, count: Self) -> Self;
    /// NumPy's `self >> count`: 0, or -1 if negative, where the count is outside the width.
    fn shift_right(self, count: Self) -> Self;
}

/// A floating-point element type.
pub trait Float: Scalar {
    /// Quotient.
    fn over(self, other: Self) -> Self;
    /// `self * factor + addend`, rounded once.
    fn fused(self, factor: Self, addend: Self) -> Self;
    /// Square root.
    fn root(self) -> Self;
    /// Largest integer not above.
    fn round_down(self) -> Self;
    /// Smallest integer not below.
    fn round_up(self) -> Self;
    /// Nearest integer towards 0.
    fn round_to_zero(self) -> Self;
    /// Nearest integer, ties to even.
    fn round_to_even(self) -> Self;
    /// This magnitude with the sign of `sign`.
    fn with_sign_of(self, sign: Self) -> Self;
}

macro_rules! integer {
    ($($t:ident $kind:ident $unsigned:ident),*) => {$(
        impl Scalar for $t {
            const KIND: Kind = Kind::$kind;
            const ZERO: Self = 0;
            const ONE: Self = 1;
            const LEAST: Self = $t::MIN;
            const GREATEST: Self = $t::MAX;
            const NAN_OR_GREATEST: Self = $t::MAX;
            const NAN_OR_LEAST: Self = $t::MIN;
            #[inline(always)]
            fn of_usize(i: usize) -> Self {
                i as $t
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn negated(self) -> Self {
                self.wrapping_neg()
            }
            #[inline(always)]
            #[allow(unused_comparisons, reason = "unsigned types too")]
            fn magnitude(self) -> Self {
                if self < 0 { self.wrapping_neg() } else { self }
            }
        }
        impl Integer for $t {
            const BITS: u32 = $t::BITS;
            #[inline(always)]
            fn bit_and(self, other: Self) -> Self {
                self & other
            }
            #[inline(always)]
            fn bit_or(self, other: Self) -> Self {
                self | other
            }
            #[inline(always)]
            fn bit_xor(self, other: Self) -> Self {
                self ^ other
            }
            #[inline(always)]
            fn shift_left(self, count: Self) -> Self {
                let inside = (count as $unsigned) < $t::BITS as $unsigned;
                if inside { self.wrapping_shl(count as u32) } else { 0 }
            }
            #[inline(always)]
            fn shift_right(self, count: Self) -> Self {
                let inside = (count as $unsigned) < $t::BITS as $unsigned;
                let last = self.wrapping_shr($t::BITS - 1);
                let fill = if $t::MIN == 0 { 0 } else { last };
                if inside { self.wrapping_shr(count as u32) } else { fill }
            }
        }
    )*};
}
integer!(i64 I64 u64, u64 U64 u64, i32 I32 u32, u32 U32 u32, i16 I16 u16, u16 U16 u16, i8 I8 u8, u8 U8 u8);

macro_rules! float {
    ($($t:ident $kind:ident),*) => {$(
        impl Scalar for $t {
            const KIND: Kind = Kind::$kind;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const LEAST: Self = $t::NEG_INFINITY;
            const GREATEST: Self = $t::INFINITY;
            const NAN_OR_GREATEST: Self = $t::NAN;
            const NAN_OR_LEAST: Self = $t::NAN;
            #[inline(always)]
            fn of_usize(i: usize) -> Self {
                i as $t
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn negated(self) -> Self {
                -self
            }
        }
        impl Float for $t {
            #[inline(always)]
            fn over(self, other: Self) -> Self {
                self / other
            }
            #[inline(always)]
            fn fused(self, factor: Self, addend: Self) -> Self {
                self.mul_add(factor, addend)
            }
            #[inline(always)]
            fn root(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn round_down(self) -> Self {
                self.floor()
            }
            #[inline(always)]
            fn round_up(self) -> Self {
                self.ceil()
            }
            #[inline(always)]
            fn round_to_zero(self) -> Self {
                self.trunc()
            }
            #[inline(always)]
            fn round_to_even(self) -> Self {
                self.round_ties_even()
            }
            #[inline(always)]
            fn with_sign_of(self, sign: Self) -> Self {
                self.copysign(sign)
            }
        }
    )*};
}
float!(f64 F64, f32 F32);
