//! Complex numbers, as CPython and NumPy compute them.
//!
//! `+ - *` are the same in both, and are the operators here. `/` is NumPy's operator (Smith's method with a reciprocal) and
//! [`python_div`] (Smith's method with quotients); `**` is [`C64::numpy_pow`] and [`python_pow`]. Functions are those of the C
//! library, which NumPy calls too.

use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::entry::Bits;
use crate::reduce::{Fold, Product, Sum};

/// A real and an imaginary part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Complex<T> {
    /// Real part.
    pub re: T,
    /// Imaginary part.
    pub im: T,
}

/// `np.complex64`
pub type C64 = Complex<f32>;
/// `complex`, `np.complex128`
pub type C128 = Complex<f64>;

impl C128 {
    /// Rounded to complex64.
    #[inline(always)]
    pub fn narrow(self) -> C64 {
        C64::new(self.re as f32, self.im as f32)
    }
}

impl C64 {
    /// The same number as complex128.
    #[inline(always)]
    pub fn widen(self) -> C128 {
        C128::new(f64::from(self.re), f64::from(self.im))
    }
}

/// A whole power by squares, `one` being the neutral number, with which the first product is.
#[inline(always)]
pub(super) fn power_of<C: Copy + Mul<Output = C>>(one: C, base: C, count: u32) -> C {
    let (mut power, mut square, mut left) = (one, base, count);
    loop {
        if left & 1 == 1 {
            power = power * square;
        }
        left >>= 1;
        if left == 0 {
            return power;
        }
        square = square * square;
    }
}

macro_rules! functions {
    ($t:ident $library:ident: $($method:ident $name:ident)*, $power:ident) => {
        mod $library {
            use super::Complex;
            // A `_Complex` of C is passed as a structure of its two parts is.
            unsafe extern "C" {
                $(pub(super) safe fn $name(z: Complex<$t>) -> Complex<$t>;)*
                pub(super) safe fn $power(z: Complex<$t>, w: Complex<$t>) -> Complex<$t>;
            }
        }
        /// Functions of the C library.
        impl Complex<$t> {
            $(
                #[allow(missing_docs, reason = "each is named as in NumPy")]
                #[inline]
                pub fn $method(self) -> Self {
                    $library::$name(self)
                }
            )*
        }
        impl Complex<$t> {
            /// 0.
            pub const ZERO: Self = Self::new(0.0, 0.0);
            /// From its parts.
            #[inline(always)]
            pub const fn new(re: $t, im: $t) -> Self {
                Self { re, im }
            }
            /// A real number.
            #[inline(always)]
            pub const fn real(re: $t) -> Self {
                Self { re, im: 0.0 }
            }
            /// Magnitude.
            #[inline]
            pub fn abs(self) -> $t {
                self.re.hypot(self.im)
            }
            /// `np.angle`
            #[inline]
            pub fn angle(self) -> $t {
                self.im.atan2(self.re)
            }
            /// `np.exp2`, as NumPy writes it.
            #[inline]
            pub fn exp2(self) -> Self {
                Self::new(self.re * core::$t::consts::LN_2, self.im * core::$t::consts::LN_2).exp()
            }
            /// `np.expm1`, as NumPy writes it.
            #[inline]
            pub fn expm1(self) -> Self {
                let half = (self.im / 2.0).sin();
                Self::new(
                    self.re.exp_m1() * self.im.cos() - 2.0 * half * half,
                    self.re.exp() * self.im.sin(),
                )
            }
            /// `np.log2`, as NumPy writes it.
            #[inline]
            pub fn log2(self) -> Self {
                let found = self.log();
                Self::new(found.re * core::$t::consts::LOG2_E, found.im * core::$t::consts::LOG2_E)
            }
            /// `np.log10`, as NumPy writes it.
            #[inline]
            pub fn log10(self) -> Self {
                let found = self.log();
                Self::new(found.re * core::$t::consts::LOG10_E, found.im * core::$t::consts::LOG10_E)
            }
            /// `np.log1p`, as NumPy writes it.
            #[inline]
            pub fn log1p(self) -> Self {
                let right = self.re + 1.0;
                Self::new(right.hypot(self.im).ln(), self.im.atan2(right))
            }
            /// `np.sign`
            #[inline]
            pub fn sign(self) -> Self {
                let size = self.abs();
                if size.is_nan() || self.re.is_infinite() && self.im.is_infinite() {
                    return Self::new($t::NAN, $t::NAN);
                }
                if self.re.is_infinite() {
                    return Self::new((1.0 as $t).copysign(self.re), 0.0);
                }
                // Also of a finite number whose magnitude overflows.
                if size.is_infinite() {
                    return Self::new(0.0, (1.0 as $t).copysign(self.im));
                }
                if size == 0.0 {
                    return Self::ZERO;
                }
                Self::new(self.re / size, self.im / size)
            }
            /// `np.rint`
            #[inline]
            pub fn rint(self) -> Self {
                Self::new(self.re.round_ties_even(), self.im.round_ties_even())
            }
            /// Conjugate.
            #[inline(always)]
            pub fn conjugate(self) -> Self {
                Self::new(self.re, -self.im)
            }
            /// Whether a part is NaN.
            #[inline(always)]
            pub fn is_nan(self) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
            /// Whether a part is infinite.
            #[inline(always)]
            pub fn is_infinite(self) -> bool {
                self.re.is_infinite() || self.im.is_infinite()
            }
            /// Whether both parts are finite.
            #[inline(always)]
            pub fn is_finite(self) -> bool {
                self.re.is_finite() && self.im.is_finite()
            }
            /// `np.reciprocal`
            #[inline]
            pub fn reciprocal(self) -> Self {
                if self.im.abs() <= self.re.abs() {
                    let ratio = self.im / self.re;
                    let scale = self.re + self.im * ratio;
                    Self::new(1.0 / scale, -ratio / scale)
                } else {
                    let ratio = self.re / self.im;
                    let scale = self.re * ratio + self.im;
                    Self::new(ratio / scale, -1.0 / scale)
                }
            }
            /// NumPy's `a ** b`: by multiplications where `b` is a whole number below 100 in size.
            #[inline]
            pub fn numpy_pow(self, exponent: Self) -> Self {
                self.numpy_pow_by(exponent, |a, b| $library::$power(a, b))
            }
            /// The same, all that is no product by another function.
            #[inline]
            pub fn numpy_pow_by(self, exponent: Self, power: impl FnOnce(Self, Self) -> Self) -> Self {
                if exponent == Self::ZERO {
                    return Self::real(1.0);
                }
                if self == Self::ZERO {
                    let defined = exponent.re > 0.0;
                    return if defined { Self::ZERO } else { Self::new($t::NAN, $t::NAN) };
                }
                let whole = exponent.re.trunc() == exponent.re && exponent.re.abs() < 100.0;
                if exponent.im != 0.0 || !whole {
                    return power(self, exponent);
                }
                match exponent.re as i32 {
                    1 => self,
                    2 => self * self,
                    3 => self * (self * self),
                    count if count < 0 => Self::real(1.0) / power_of(Self::real(1.0), self, count.unsigned_abs()),
                    count => power_of(Self::real(1.0), self, count.unsigned_abs()),
                }
            }
        }
        impl Add for Complex<$t> {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self::new(self.re + other.re, self.im + other.im)
            }
        }
        impl Sub for Complex<$t> {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self::new(self.re - other.re, self.im - other.im)
            }
        }
        impl Mul for Complex<$t> {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self::new(
                    self.re * other.re - self.im * other.im,
                    self.re * other.im + self.im * other.re,
                )
            }
        }
        impl Div for Complex<$t> {
            type Output = Self;
            #[inline]
            fn div(self, other: Self) -> Self {
                if other.re.abs() >= other.im.abs() {
                    if other.re == 0.0 && other.im == 0.0 {
                        let zero = other.re.abs();
                        return Self::new(self.re / zero, self.im / zero);
                    }
                    let ratio = other.im / other.re;
                    let scale = 1.0 / (other.re + other.im * ratio);
                    Self::new((self.re + self.im * ratio) * scale, (self.im - self.re * ratio) * scale)
                } else {
                    let ratio = other.re / other.im;
                    let scale = 1.0 / (other.im + other.re * ratio);
                    Self::new((self.re * ratio + self.im) * scale, (self.im * ratio - self.re) * scale)
                }
            }
        }
        impl Neg for Complex<$t> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self::new(-self.re, -self.im)
            }
        }
        impl Fold<Complex<$t>> for Sum {
            #[inline(always)]
            fn neutral() -> Complex<$t> {
                Complex { re: -0.0, im: -0.0 }
            }
            #[inline(always)]
            fn fold(a: Complex<$t>, b: Complex<$t>) -> Complex<$t> {
                a + b
            }
        }
        impl Fold<Complex<$t>> for Product {
            #[inline(always)]
            fn neutral() -> Complex<$t> {
                Complex { re: 1.0, im: 0.0 }
            }
            #[inline(always)]
            fn fold(a: Complex<$t>, b: Complex<$t>) -> Complex<$t> {
                a * b
            }
        }
    };
}
functions!(f64 double: arccos cacos arccosh cacosh arcsin casin arcsinh casinh arctan catan arctanh catanh cos ccos cosh ccosh
    exp cexp log clog sin csin sinh csinh sqrt csqrt tan ctan tanh ctanh, cpow);
functions!(f32 single: arccos cacosf arccosh cacoshf arcsin casinf arcsinh casinhf arctan catanf arctanh catanhf cos ccosf
    cosh ccoshf exp cexpf log clogf sin csinf sinh csinhf sqrt csqrtf tan ctanf tanh ctanhf, cpowf);

impl Bits for C64 {
    #[inline(always)]
    fn of_bits(bits: [u64; 2]) -> Self {
        Self::new(f32::from_bits(bits[0] as u32), f32::from_bits((bits[0] >> 32) as u32))
    }
    #[inline(always)]
    fn to_bits64(self) -> [u64; 2] {
        [u64::from(self.re.to_bits()) | u64::from(self.im.to_bits()) << 32, 0]
    }
}

impl Bits for C128 {
    const WORDS: usize = 2;
    #[inline(always)]
    fn of_bits(bits: [u64; 2]) -> Self {
        Self::new(f64::from_bits(bits[0]), f64::from_bits(bits[1]))
    }
    #[inline(always)]
    fn to_bits64(self) -> [u64; 2] {
        [self.re.to_bits(), self.im.to_bits()]
    }
}

/// CPython's `a / b`; the divisor is not 0.
#[inline]
pub fn python_div(a: C128, b: C128) -> C128 {
    let (re, im) = (b.re.abs(), b.im.abs());
    if re >= im {
        let ratio = b.im / b.re;
        let denominator = b.re + b.im * ratio;
        C128::new((a.re + a.im * ratio) / denominator, (a.im - a.re * ratio) / denominator)
    } else if im >= re {
        let ratio = b.re / b.im;
        let denominator = b.re * ratio + b.im;
        C128::new((a.re * ratio + a.im) / denominator, (a.im * ratio - a.re) / denominator)
    } else {
        C128::new(f64::NAN, f64::NAN)
    }
}

/// CPython's `a ** b`, where it does not raise: 0 is not raised to a negative or complex power, and a result with an infinite
/// part is an OverflowError.
#[inline]
pub fn python_pow(a: C128, b: C128) -> C128 {
    python_pow_by(a, b, |a, b| {
        let (size, at) = (a.re.hypot(a.im), a.im.atan2(a.re));
        let (mut length, mut phase) = (size.powf(b.re), at * b.re);
        if b.im != 0.0 {
            length /= (at * b.im).exp();
            phase += b.im * size.ln();
        }
        C128::new(length * phase.cos(), length * phase.sin())
    })
}

/// The same, all that is no product by another function.
#[inline]
pub fn python_pow_by(a: C128, b: C128, power: impl FnOnce(C128, C128) -> C128) -> C128 {
    if b.im == 0.0 && b.re == b.re.floor() && b.re.abs() <= 100.0 {
        let power = python_whole_pow(a, b.re.abs() as u32);
        return if b.re > 0.0 {
            power
        } else {
            python_div(C128::real(1.0), power)
        };
    }
    if a == C128::ZERO {
        return C128::ZERO;
    }
    power(a, b)
}

fn python_whole_pow(a: C128, count: u32) -> C128 {
    let (mut power, mut square, mut left) = (C128::real(1.0), a, count);
    while left != 0 {
        if left & 1 == 1 {
            power = power * square;
        }
        left >>= 1;
        square = square * square;
    }
    power
}

/// Whether a Python complex equals a Python int, by their exact values.
#[inline(always)]
pub fn equals_int(a: C128, b: i64) -> bool {
    a.im == 0.0 && super::exact::compare(b, a.re) == Some(core::cmp::Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients() {
        let (a, b) = (C128::new(1.0, 2.0), C128::new(3.0, -4.0));
        assert_eq!(a / b, C128::new(-0.2, 0.4));
        assert_eq!(python_div(a, b), C128::new(-0.2, 0.4));
        let zero = a / C128::ZERO;
        assert!(zero.re.is_infinite() && zero.im.is_infinite());
        assert!(python_div(a, C128::new(f64::NAN, 1.0)).is_nan());
    }

    #[test]
    fn powers() {
        let i = C128::new(0.0, 1.0);
        assert_eq!(i.numpy_pow(C128::real(2.0)), C128::real(-1.0));
        assert_eq!(i.numpy_pow(C128::real(-1.0)), C128::new(0.0, -1.0));
        assert_eq!(python_pow(i, C128::real(3.0)), C128::new(-0.0, -1.0));
        assert_eq!(python_pow(i, C128::ZERO), C128::real(1.0));
        assert!(C128::ZERO.numpy_pow(i).is_nan());
        let root = python_pow(C128::real(-8.0), C128::real(1.0 / 3.0));
        assert!((root.re - 1.0).abs() < 1e-15 && (root.im - 3f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn words() {
        let (z, w) = (C64::new(1.5, -2.0), C128::new(1.5, -2.0));
        assert_eq!(C64::of_bits(z.to_bits64()), z);
        assert_eq!(C128::of_bits(w.to_bits64()), w);
        assert!(equals_int(C128::real(3.0), 3) && !equals_int(w, 1));
    }

    #[test]
    fn the_library_takes_and_gives_structures() {
        let z = C128::new(0.0, core::f64::consts::PI).exp();
        assert!((z.re + 1.0).abs() < 1e-15 && z.im.abs() < 1e-15);
        let z = C64::new(-4.0, 0.0).sqrt();
        assert_eq!(z, C64::new(0.0, 2.0));
    }
}
