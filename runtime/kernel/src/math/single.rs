//! Functions of single numbers with the bits of the lanes, which are those of GPUs.
//!
//! A region that asks for a GPU calls these where others call the C library ([`crate::scalar_math`] and the methods of Rust's floats), in
//! all its variants: its answer does not depend on where, or in which of them, an iteration runs. Real numbers are one lane of
//! [`VectorMath`]; a float16 goes by way of `f32`, as it does there.

use super::VectorMath;
use crate::lanes::Lanes;
use crate::numbers::half::F16;

/// A number with the functions of both real and complex numbers.
pub trait Elementary: Copy {
    /// Exponential.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn log(self) -> Self;
    /// Sine.
    fn sin(self) -> Self;
    /// Cosine.
    fn cos(self) -> Self;
    /// Tangent.
    fn tan(self) -> Self;
    /// Hyperbolic sine.
    fn sinh(self) -> Self;
    /// Hyperbolic cosine.
    fn cosh(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
}

/// A real number: one lane.
pub trait Single: Copy {
    /// What holds it.
    type Lane: VectorMath;
    /// The number as a lane.
    fn lane(self) -> Self::Lane;
    /// The number of a lane.
    fn of(lane: Self::Lane) -> Self;
}

macro_rules! single {
    ($($t:ident)*) => {$(
        impl Single for $t {
            type Lane = Lanes<$t, 1>;
            #[inline(always)]
            fn lane(self) -> Self::Lane {
                Lanes::splat(self)
            }
            #[inline(always)]
            fn of(lane: Self::Lane) -> Self {
                lane.lane(0)
            }
        }
    )*};
}
single!(f64 f32);

impl Single for F16 {
    type Lane = Lanes<f32, 1>;
    #[inline(always)]
    fn lane(self) -> Self::Lane {
        Lanes::splat(self.to_f32())
    }
    #[inline(always)]
    fn of(lane: Self::Lane) -> Self {
        F16::from_f32(lane.lane(0))
    }
}

macro_rules! functions {
    ($($both:ident)*; $($one:ident)*; $($two:ident)*) => {
        impl<T: Single> Elementary for T {
            $(
                #[inline]
                fn $both(self) -> Self {
                    T::of(self.lane().$both())
                }
            )*
        }
        $(
            #[doc = concat!("[`Elementary::", stringify!($both), "`]")]
            #[inline]
            pub fn $both<T: Elementary>(x: T) -> T {
                x.$both()
            }
        )*
        $(
            #[doc = concat!("[`VectorMath::", stringify!($one), "`]")]
            #[inline]
            pub fn $one<T: Single>(x: T) -> T {
                T::of(x.lane().$one())
            }
        )*
        $(
            #[doc = concat!("[`VectorMath::", stringify!($two), "`]")]
            #[inline]
            pub fn $two<T: Single>(x: T, y: T) -> T {
                T::of(x.lane().$two(y.lane()))
            }
        )*
    };
}
functions! {
    exp log sin cos tan sinh cosh tanh;
    exp2 expm1 log2 log10 log1p asin acos atan asinh acosh atanh cbrt erf erfc;
    atan2 pow hypot logaddexp
}
