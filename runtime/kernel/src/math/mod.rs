//! Elementary functions in lanes, without branches.
//!
//! [`VectorMath`] gives [`Lanes`] of `f64` and `f32` the functions of C's `<math.h>`. Each reduces its argument, evaluates a
//! polynomial, and puts the parts together, for all lanes alike; only angles beyond half a million, and `fmod`, are taken lane by
//! lane. Results are within 1 unit in the last place; `docs/math-accuracy.md` has what was measured. Operations are IEEE's
//! and `mul_add` alone, so that the bits are the same on every instruction set. `f32` goes by way of `f64`, whose error is
//! far below what `f32` can show.
//!
//! Polynomials are minimax or Chebyshev fits in 60-digit arithmetic, coefficients rounded to `f64`; the comments name the
//! reductions' sources: Cody and Waite, *Software Manual for the Elementary Functions* (1980); Sun's fdlibm (1993); Dekker's and
//! Knuth's error-free transformations.
//!
//! May touch: lanes, numbers, scalar_math.

mod area;
mod complex;
mod complex_inverse;
mod complex_more;
mod complex_power;
mod error_function;
mod error_table;
#[cfg(test)]
mod exact;
#[cfg(test)]
mod exact_complex;
mod exponential;
mod inverse;
mod logarithm;
mod parts;
mod power;
pub mod single;
mod trigonometric;
mod twofold;

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
    /// Inverse hyperbolic sine.
    fn asinh(self) -> Self;
    /// Inverse hyperbolic cosine.
    fn acosh(self) -> Self;
    /// Inverse hyperbolic tangent.
    fn atanh(self) -> Self;
    /// Logarithm of the sum of e to this power and e to the other.
    fn logaddexp(self, other: Self) -> Self;
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
    asinh area;
    acosh area;
    atanh area;
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
    logaddexp other area;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{F32x16, F64x8};
    use crate::scalar_math::ScalarMath;

    type One = (&'static str, fn(F64x8) -> F64x8, fn(f64) -> f64);
    type Two = (&'static str, fn(F64x8, F64x8) -> F64x8, fn(f64, f64) -> f64);

    const SPECIAL: [f64; 22] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        5e-324,
        -5e-324,
        2.3e-308,
        1e-20,
        -1e-20,
        0.5,
        -0.5,
        2.0,
        3.0,
        -3.0,
        709.9,
        -745.5,
        1e22,
        1e308,
        -1e308,
    ];

    fn one() -> Vec<One> {
        vec![
            ("exp", F64x8::exp, f64::exp),
            ("exp2", F64x8::exp2, f64::exp2),
            ("expm1", F64x8::expm1, f64::exp_m1),
            ("log", F64x8::log, f64::ln),
            ("log2", F64x8::log2, f64::log2),
            ("log10", F64x8::log10, f64::log10),
            ("log1p", F64x8::log1p, f64::ln_1p),
            ("sin", F64x8::sin, f64::sin),
            ("cos", F64x8::cos, f64::cos),
            ("tan", F64x8::tan, f64::tan),
            ("asin", F64x8::asin, f64::asin),
            ("acos", F64x8::acos, f64::acos),
            ("atan", F64x8::atan, f64::atan),
            ("sinh", F64x8::sinh, f64::sinh),
            ("cosh", F64x8::cosh, f64::cosh),
            ("tanh", F64x8::tanh, f64::tanh),
            ("asinh", F64x8::asinh, ScalarMath::area_sine),
            ("acosh", F64x8::acosh, ScalarMath::area_cosine),
            ("atanh", F64x8::atanh, ScalarMath::area_tangent),
            ("cbrt", F64x8::cbrt, f64::cbrt),
            ("erf", F64x8::erf, ScalarMath::error_function),
            ("erfc", F64x8::erfc, ScalarMath::complementary_error_function),
        ]
    }

    fn two() -> Vec<Two> {
        vec![
            ("atan2", F64x8::atan2, f64::atan2),
            ("pow", F64x8::pow, f64::powf),
            ("hypot", F64x8::hypot, f64::hypot),
            ("fmod", F64x8::fmod, |a, b| a % b),
        ]
    }

    /// The C library is within 2 units itself, the lanes within 1.
    fn agree(what: &str, got: f64, wanted: f64) {
        let unit = (wanted.abs().next_up() - wanted.abs()).max(5e-324);
        let near = (got - wanted).abs() <= 3.0 * unit && (wanted != 0.0 || got.to_bits() == wanted.to_bits());
        assert!(
            near || got.to_bits() == wanted.to_bits() || got.is_nan() && wanted.is_nan(),
            "{what} is {wanted:e} in C, {got:e} here"
        );
    }

    fn points() -> Vec<f64> {
        let spread = (0..600).map(|i| {
            let size = ((i * 37 % 101) as f64 - 50.0) / 3.5;
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            sign * size.exp() * (1.0 + (i as f64 * 0.618_034) % 1.0)
        });
        SPECIAL.into_iter().chain(spread).collect()
    }

    #[test]
    fn functions_of_one() {
        for (name, lanes, scalar) in one() {
            for group in points().chunks(8) {
                let x = F64x8::from_fn(|i| *group.get(i).unwrap_or(&1.0));
                for (got, x) in lanes(x).to_array().into_iter().zip(x.to_array()) {
                    agree(&format!("{name}({x:e})"), got, scalar(x));
                }
            }
        }
    }

    #[test]
    fn functions_of_two() {
        for (name, lanes, scalar) in two() {
            for &y in SPECIAL.iter().chain(&[7.0, -7.0, 0.3, 1e5, -2.5]) {
                for group in points().chunks(8) {
                    let x = F64x8::from_fn(|i| *group.get(i).unwrap_or(&1.0));
                    for (got, x) in lanes(x, F64x8::splat(y)).to_array().into_iter().zip(x.to_array()) {
                        agree(&format!("{name}({x:e}, {y:e})"), got, scalar(x, y));
                    }
                }
            }
        }
    }

    /// Where the sum cancels, the last places are those of the greater term.
    #[test]
    fn logarithms_of_sums() {
        for &y in SPECIAL.iter().chain(&[7.0, -7.0, 0.3, -0.69, -2.5]) {
            for x in points() {
                let got = F64x8::splat(x).logaddexp(F64x8::splat(y)).lane(3);
                let wanted = x.log_add_exp(y);
                let unit = f64::EPSILON * x.abs().max(y.abs()).max(1.0);
                let same = got == wanted || got.is_nan() && wanted.is_nan();
                assert!(
                    same || (got - wanted).abs() <= unit,
                    "logaddexp({x:e}, {y:e}) is {got:e}, not {wanted:e}"
                );
            }
        }
    }

    #[test]
    fn single_precision_is_rounded_once() {
        for (i, got) in F32x16::iota(-8.0, 0.9).exp().to_array().into_iter().enumerate() {
            let x = F32x16::iota(-8.0, 0.9).lane(i);
            assert_eq!(got, f64::from(x).exp() as f32);
        }
    }
}
