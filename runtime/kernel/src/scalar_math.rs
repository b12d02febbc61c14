//! Functions of single numbers, by the C library that CPython's `math` calls too: the same bits.
//!
//! May touch: nothing.

unsafe extern "C" {
    safe fn asinh(x: f64) -> f64;
    safe fn acosh(x: f64) -> f64;
    safe fn atanh(x: f64) -> f64;
    safe fn asinhf(x: f32) -> f32;
    safe fn acoshf(x: f32) -> f32;
    safe fn atanhf(x: f32) -> f32;
    safe fn erf(x: f64) -> f64;
    safe fn erfc(x: f64) -> f64;
    safe fn erff(x: f32) -> f32;
    safe fn erfcf(x: f32) -> f32;
}

/// Functions that Rust's floats lack, or spell otherwise.
pub trait ScalarMath: Copy {
    /// Error function.
    fn error_function(self) -> Self;
    /// Complementary error function.
    fn complementary_error_function(self) -> Self;
    /// Inverse hyperbolic sine. Rust's own, like the next two, is a formula of logarithms that overflows.
    fn area_sine(self) -> Self;
    /// Inverse hyperbolic cosine.
    fn area_cosine(self) -> Self;
    /// Inverse hyperbolic tangent.
    fn area_tangent(self) -> Self;
    /// NumPy's `sign`: NaN stays, zeros become +0.
    fn numpy_sign(self) -> Self;
    /// NumPy's `heaviside(self, at_zero)`.
    fn heaviside(self, at_zero: Self) -> Self;
    /// `log(exp(self) + exp(other))`.
    fn log_add_exp(self, other: Self) -> Self;
}

macro_rules! scalar_math {
    ($t:ident $erf:ident $erfc:ident $asinh:ident $acosh:ident $atanh:ident) => {
        impl ScalarMath for $t {
            #[inline]
            fn error_function(self) -> Self {
                $erf(self)
            }
            #[inline]
            fn complementary_error_function(self) -> Self {
                $erfc(self)
            }
            #[inline]
            fn area_sine(self) -> Self {
                $asinh(self)
            }
            #[inline]
            fn area_cosine(self) -> Self {
                $acosh(self)
            }
            #[inline]
            fn area_tangent(self) -> Self {
                $atanh(self)
            }
            #[inline(always)]
            fn numpy_sign(self) -> Self {
                if self > 0.0 {
                    1.0
                } else if self < 0.0 {
                    -1.0
                } else if self == 0.0 {
                    0.0
                } else {
                    self
                }
            }
            #[inline(always)]
            fn heaviside(self, at_zero: Self) -> Self {
                if self > 0.0 {
                    1.0
                } else if self < 0.0 {
                    0.0
                } else if self == 0.0 {
                    at_zero
                } else {
                    self
                }
            }
            #[inline]
            fn log_add_exp(self, other: Self) -> Self {
                if self == other {
                    return self + core::primitive::$t::ln(2.0);
                }
                let difference = self - other;
                if difference > 0.0 {
                    self + (-difference).exp().ln_1p()
                } else if difference <= 0.0 {
                    other + difference.exp().ln_1p()
                } else {
                    difference
                }
            }
        }
    };
}
scalar_math!(f64 erf erfc asinh acosh atanh);
scalar_math!(f32 erff erfcf asinhf acoshf atanhf);

/// Greatest common divisor of two ints; `None` when it does not fit (`i64::MIN` with 0 or itself).
#[inline]
pub fn gcd(a: i64, b: i64) -> Option<i64> {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i64::try_from(a).ok()
}

/// NumPy's shifts: a count at or past the width gives 0, or the sign.
pub trait NumpyShift: Copy {
    /// `self << count`
    fn numpy_shl(self, count: Self) -> Self;
    /// `self >> count`
    fn numpy_shr(self, count: Self) -> Self;
}

macro_rules! shifts {
    ($($t:ident)*) => {$(
        impl NumpyShift for $t {
            #[inline(always)]
            fn numpy_shl(self, count: Self) -> Self {
                if (count as u64) < u64::from($t::BITS) { self << count } else { 0 }
            }
            #[inline(always)]
            #[allow(unused_comparisons, reason = "unsigned types too")]
            fn numpy_shr(self, count: Self) -> Self {
                if (count as u64) < u64::from($t::BITS) {
                    self >> count
                } else if self < 0 {
                    (0 as $t).wrapping_sub(1)
                } else {
                    0
                }
            }
        }
    )*};
}
shifts!(i8 i16 i32 i64 u8 u16 u32 u64);
