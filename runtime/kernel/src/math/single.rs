//! Functions of single numbers with the bits of the lanes, which are those of GPUs.
//!
//! A region that asks for a GPU calls these where others call the C library ([`crate::scalar_math`] and the methods of Rust's floats), in
//! all its variants: its answer does not depend on where, or in which of them, an iteration runs. Real numbers are one lane of
//! [`VectorMath`]; a float16 goes by way of `f32`, as it does there.

use super::{VectorMath, complex_more, complex_power};
use crate::lanes::Lanes;
use crate::numbers::complex::{self, C64, C128, Complex};
use crate::numbers::half::F16;

/// A number with the functions of both real and complex numbers.
pub trait Elementary: Copy {
    /// Exponential.
    fn exp(self) -> Self;
    /// 2 to this power.
    fn exp2(self) -> Self;
    /// Exponential, less 1.
    fn expm1(self) -> Self;
    /// Logarithm to base 2.
    fn log2(self) -> Self;
    /// Logarithm to base 10.
    fn log10(self) -> Self;
    /// Natural logarithm of 1 more.
    fn log1p(self) -> Self;
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
    /// Square root.
    fn sqrt(self) -> Self;
    /// Arc sine.
    fn asin(self) -> Self;
    /// Arc cosine.
    fn acos(self) -> Self;
    /// Arc tangent.
    fn atan(self) -> Self;
    /// Inverse hyperbolic sine.
    fn asinh(self) -> Self;
    /// Inverse hyperbolic cosine.
    fn acosh(self) -> Self;
    /// Inverse hyperbolic tangent.
    fn atanh(self) -> Self;
}

/// A real number: one lane.
pub trait Single: Copy {
    /// What holds it.
    type Lane: VectorMath;
    /// The number as a lane.
    fn lane(self) -> Self::Lane;
    /// The number of a lane.
    fn of(lane: Self::Lane) -> Self;
    /// Square root.
    fn root(self) -> Self;
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
            #[inline(always)]
            fn root(self) -> Self {
                self.lane().sqrt().lane(0)
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
    #[inline(always)]
    fn root(self) -> Self {
        F16::from_f32(self.to_f32().sqrt())
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
            #[inline]
            fn sqrt(self) -> Self {
                T::root(self)
            }
        }
        /// [`Elementary::sqrt`]
        #[inline]
        pub fn sqrt<T: Elementary>(x: T) -> T {
            x.sqrt()
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
    exp log sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh exp2 expm1 log2 log10 log1p;
    cbrt erf erfc;
    atan2 pow hypot logaddexp
}

/// `abs(z)`
#[inline]
pub fn size<T: Single>(z: Complex<T>) -> T {
    hypot(z.re, z.im)
}

/// `np.angle(z)`
#[inline]
pub fn turn<T: Single>(z: Complex<T>) -> T {
    atan2(z.im, z.re)
}

/// NumPy's `a ** b`, as [`Complex::numpy_pow`] has it.
#[inline]
pub fn numpy_power<T: ComplexNumber>(a: T, b: T) -> T {
    a.numpy_power(b)
}

/// CPython's `a ** b`, as [`complex::python_pow`] has it.
#[inline]
pub fn python_power(a: C128, b: C128) -> C128 {
    complex::python_pow_by(a, b, complex_power::python_power)
}

/// NumPy's `sign` of a complex number.
#[inline]
pub fn sign<T: ComplexNumber>(z: T) -> T {
    z.sign()
}

/// A complex number, with what only complex numbers have here.
pub trait ComplexNumber: Copy {
    /// The number over its magnitude.
    fn sign(self) -> Self;
    /// NumPy's `self ** exponent`.
    fn numpy_power(self, exponent: Self) -> Self;
}

impl ComplexNumber for C128 {
    #[inline]
    fn sign(self) -> Self {
        complex_more::sign(self)
    }
    #[inline]
    fn numpy_power(self, exponent: Self) -> Self {
        self.numpy_pow_by(exponent, complex_power::power)
    }
}

impl ComplexNumber for C64 {
    #[inline]
    fn sign(self) -> Self {
        complex_more::sign(self.widen()).narrow()
    }
    #[inline]
    fn numpy_power(self, exponent: Self) -> Self {
        self.numpy_pow_by(exponent, |a, b| complex_power::power(a.widen(), b.widen()).narrow())
    }
}
