//! Elementary functions in lanes, without branches.
//!
//! [`VectorMath`] gives [`Lanes`] of `f64` and `f32` the functions of C's `<math.h>`. Each reduces its argument, evaluates a
//! polynomial, and puts the parts together, for all lanes alike; only arguments far outside (angles of a million turns) leave
//! the lanes. Results are within 1 unit in the last place; `docs/math-accuracy.md` has what was measured. Operations are IEEE's
//! and `mul_add` alone, so that the bits are the same on every instruction set. `f32` goes by way of `f64`, whose error is
//! far below what `f32` can show.
//!
//! Polynomials are minimax or Chebyshev fits in 60-digit arithmetic, coefficients rounded to `f64`; the comments name the
//! reductions' sources: Cody and Waite, *Software Manual for the Elementary Functions* (1980); Sun's fdlibm (1993); Dekker's and
//! Knuth's error-free transformations.
//!
//! May touch: lanes, scalar_math.

mod error_function;
mod error_table;
mod exponential;
mod inverse;
mod logarithm;
mod parts;
mod power;
mod trigonometric;

pub use parts::Double;

use crate::lanes::{Cast, FloatElement, Lanes};

/// Functions of `<math.h>`, with its special values.
pub trait VectorMath: Copy {
    /// e to this power.
    fn exp(self) -> Self;
    /// 2 to this power.
    fn exp2(self) -> Self;
    /// e to this power, less 1.
    fn expm1(self) -> Self;
    /// Natural logarithm.
    fn log(self) -> Self;
    /// Logarithm to base 2.
    fn log2(self) -> Self;
    /// Logarithm to base 10.
    fn log10(self) -> Self;
    /// Natural logarithm of 1 more.
    fn log1p(self) -> Self;
    /// Sine of radians.
    fn sin(self) -> Self;
    /// Cosine of radians.
    fn cos(self) -> Self;
    /// Tangent of radians.
    fn tan(self) -> Self;
    /// Arc sine, in radians.
    fn asin(self) -> Self;
    /// Arc cosine, in radians.
    fn acos(self) -> Self;
    /// Arc tangent, in radians.
    fn atan(self) -> Self;
    /// The angle of the point (`x`, `self`), in radians.
    fn atan2(self, x: Self) -> Self;
    /// Hyperbolic sine.
    fn sinh(self) -> Self;
    /// Hyperbolic cosine.
    fn cosh(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// This to a power.
    fn pow(self, exponent: Self) -> Self;
    /// Cube root.
    fn cbrt(self) -> Self;
    /// Length of the vector (`self`, `other`).
    fn hypot(self, other: Self) -> Self;
    /// Error function.
    fn erf(self) -> Self;
    /// 1 less the error function.
    fn erfc(self) -> Self;
    /// Remainder of the division that cuts towards 0, exact.
    fn fmod(self, divisor: Self) -> Self;
}

macro_rules! functions {
    ($($name:ident $module:ident;)*; $($two:ident $other:ident $home:ident;)*) => {
        impl<const N: usize> VectorMath for Lanes<f64, N>
        where
            f64: Double<N>,
        {
            $(
                #[inline(always)]
                fn $name(self) -> Self {
                    $module::$name(self)
                }
            )*
            $(
                #[inline(always)]
                fn $two(self, $other: Self) -> Self {
                    $home::$two(self, $other)
                }
            )*
            #[inline(always)]
            fn fmod(self, divisor: Self) -> Self {
                self.zip(divisor, |a, b| a % b)
            }
        }

        impl<const N: usize> VectorMath for Lanes<f32, N>
        where
            f64: Double<N> + Cast<f32>,
            f32: FloatElement<N> + Cast<f64>,
        {
            $(
                #[inline(always)]
                fn $name(self) -> Self {
                    $module::$name(self.cast::<f64>()).cast::<f32>()
                }
            )*
            $(
                #[inline(always)]
                fn $two(self, $other: Self) -> Self {
                    $home::$two(self.cast::<f64>(), $other.cast::<f64>()).cast::<f32>()
                }
            )*
            #[inline(always)]
            fn fmod(self, divisor: Self) -> Self {
                self.zip(divisor, |a, b| a % b)
            }
        }
    };
}
functions! {
    exp exponential;
    exp2 exponential;
    expm1 exponential;
    sinh exponential;
    cosh exponential;
    tanh exponential;
    log logarithm;
    log2 logarithm;
    log10 logarithm;
    log1p logarithm;
    sin trigonometric;
    cos trigonometric;
    tan trigonometric;
    asin inverse;
    acos inverse;
    atan inverse;
    cbrt power;
    erf error_function;
    erfc error_function;
    ;
    atan2 x inverse;
    pow exponent power;
    hypot other power;
}
