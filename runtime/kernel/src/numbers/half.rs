//! NumPy's float16: kept in 16 bits, computed in `f32`, rounded to 16 bits after every operation.
//!
//! A sum, difference, product, quotient or square root of two float16 that is rounded to `f32` first and to float16 then is
//! the correctly rounded one, since `f32` has more than twice the digits and two.

use core::cmp::Ordering;
use core::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::numpy::{floor_div_f32, floor_mod_f32};
use crate::entry::Bits;
use crate::reduce::{Fmax, Fmin, Fold, Maximum, Minimum, Product, PyMax, PyMin, Sum};

/// A float16, by its bits.
#[derive(Clone, Copy, Debug, Default)]
#[repr(transparent)]
pub struct F16(u16);

impl F16 {
    /// 0.
    pub const ZERO: Self = Self(0);
    /// 1.
    pub const ONE: Self = Self(0x3C00);
    /// ∞
    pub const INFINITY: Self = Self(0x7C00);
    /// -∞
    pub const NEG_INFINITY: Self = Self(0xFC00);
    /// Not a number.
    pub const NAN: Self = Self(0x7E00);

    /// From its bits.
    #[inline(always)]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }
    /// Its bits.
    #[inline(always)]
    pub const fn to_bits(self) -> u16 {
        self.0
    }
    /// The nearest float16, ties to even.
    #[inline(always)]
    pub fn from_f32(value: f32) -> Self {
        // Every `f32` is an `f64`.
        Self::from_f64(f64::from(value))
    }
    /// The nearest float16, ties to even, rounded once.
    #[inline]
    pub fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let sign = ((bits >> 48) & 0x8000) as u16;
        let magnitude = bits & !(1 << 63);
        if magnitude > 0x7FF0_0000_0000_0000 {
            return Self(sign | 0x7E00);
        }
        // From the midpoint between the largest float16 and the next power of two on.
        if magnitude >= 0x40EF_FE00_0000_0000 {
            return Self(sign | 0x7C00);
        }
        let exponent = (magnitude >> 52) as i32 - 1023;
        if exponent < -25 {
            return Self(sign);
        }
        // Digits below the last one of the float16: 42 where it is normal.
        let dropped = if exponent < -14 { 42 + (-14 - exponent) } else { 42 } as u32;
        let digits = (magnitude & ((1 << 52) - 1)) | (1 << 52);
        let kept = digits >> dropped;
        let rest = digits & ((1 << dropped) - 1);
        let half = 1_u64 << (dropped - 1);
        let up = rest > half || (rest == half && kept & 1 == 1);
        // A carry runs into the exponent, as it should.
        let scale = if exponent < -14 { 0 } else { (exponent + 14) as u64 } << 10;
        Self(sign | (scale + kept + u64::from(up)) as u16)
    }
    /// The same number.
    #[inline]
    pub fn to_f32(self) -> f32 {
        let sign = u32::from(self.0 & 0x8000) << 16;
        let (exponent, digits) = (u32::from(self.0 >> 10) & 0x1F, u32::from(self.0) & 0x3FF);
        match exponent {
            0 => f32::from_bits(sign | (digits as f32 * (1.0 / 16_777_216.0)).to_bits()),
            31 => f32::from_bits(sign | 0x7F80_0000 | digits << 13),
            _ => f32::from_bits(sign | (exponent + 112) << 23 | digits << 13),
        }
    }
    /// The same number.
    #[inline(always)]
    pub fn to_f64(self) -> f64 {
        f64::from(self.to_f32())
    }
    /// Magnitude.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(self.0 & 0x7FFF)
    }
    /// Whether it is a NaN.
    #[inline(always)]
    pub fn is_nan(self) -> bool {
        self.abs().0 > 0x7C00
    }
    /// Whether it is ∞ or -∞.
    #[inline(always)]
    pub fn is_infinite(self) -> bool {
        self.abs().0 == 0x7C00
    }
    /// Whether it is neither NaN nor infinite.
    #[inline(always)]
    pub fn is_finite(self) -> bool {
        self.abs().0 < 0x7C00
    }
    /// NumPy's `a ** b`.
    #[inline]
    pub fn powf(self, exponent: Self) -> Self {
        Self::from_f32(self.to_f32().powf(exponent.to_f32()))
    }
}

/// `a // b`
#[inline]
pub fn floor_div_f16(a: F16, b: F16) -> F16 {
    F16::from_f32(floor_div_f32(a.to_f32(), b.to_f32()))
}

/// `a % b`
#[inline]
pub fn floor_mod_f16(a: F16, b: F16) -> F16 {
    F16::from_f32(floor_mod_f32(a.to_f32(), b.to_f32()))
}

macro_rules! operators {
    ($($trait:ident $method:ident $symbol:tt),*) => {$(
        impl $trait for F16 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self::from_f32(self.to_f32() $symbol other.to_f32())
            }
        }
    )*};
}
operators!(Add add +, Sub sub -, Mul mul *, Div div /, Rem rem %);

impl Neg for F16 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(self.0 ^ 0x8000)
    }
}

impl PartialEq for F16 {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.to_f32() == other.to_f32()
    }
}

impl PartialOrd for F16 {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.to_f32().partial_cmp(&other.to_f32())
    }
}

impl Bits for F16 {
    #[inline(always)]
    fn of_bits(bits: [u64; 2]) -> Self {
        Self(bits[0] as u16)
    }
    #[inline(always)]
    fn to_bits64(self) -> [u64; 2] {
        [u64::from(self.0), 0]
    }
}

macro_rules! folds {
    ($($name:ident: $neutral:expr, $fold:expr;)*) => {$(
        impl Fold<F16> for $name {
            #[inline(always)]
            fn neutral() -> F16 {
                $neutral
            }
            #[inline(always)]
            fn fold(a: F16, b: F16) -> F16 {
                let fold: fn(F16, F16) -> F16 = $fold;
                fold(a, b)
            }
        }
    )*};
}
folds! {
    Sum: -F16::ZERO, |a, b| a + b;
    Product: F16::ONE, |a, b| a * b;
    PyMin: F16::INFINITY, |a, b| if b < a { b } else { a };
    PyMax: F16::NEG_INFINITY, |a, b| if b > a { b } else { a };
    Minimum: F16::INFINITY, |a, b| if a.is_nan() || a <= b { a } else { b };
    Maximum: F16::NEG_INFINITY, |a, b| if a.is_nan() || a >= b { a } else { b };
    Fmin: F16::NAN, |a, b| if a <= b || b.is_nan() { a } else { b };
    Fmax: F16::NAN, |a, b| if a >= b || b.is_nan() { a } else { b };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_float16_survives() {
        for bits in 0..=u16::MAX {
            let half = F16(bits);
            let back = F16::from_f64(half.to_f64());
            assert!(back.0 == bits || (half.is_nan() && back.is_nan()), "{bits:#x}");
        }
    }

    #[test]
    fn conversions_round_to_nearest_even() {
        let cases = [
            (1.0, 0x3C00),
            (-2.0, 0xC000),
            (2049.0, 0x6800),
            (2051.0, 0x6802),
            (65504.0, 0x7BFF),
            (65519.99, 0x7BFF),
            (65520.0, 0x7C00),
            (5.960464477539063e-8, 0x0001),
            (2.980232238769531e-8, 0x0000),
            (2.980232238769532e-8, 0x0001),
            (6.103515625e-5, 0x0400),
            (6.1e-5, 0x03FF),
            (-0.0, 0x8000),
            // Rounded to `f32` first, it would be a tie.
            (1.0 + 2f64.powi(-11) + 2f64.powi(-40), 0x3C01),
        ];
        for (value, bits) in cases {
            assert_eq!(F16::from_f64(value).0, bits, "{value}");
        }
    }

    #[test]
    fn operations_round_once() {
        let half = F16::from_f64;
        assert_eq!(
            (half(0.1) + half(0.2)).0,
            half(half(0.1).to_f64() + half(0.2).to_f64()).0
        );
        assert!((half(6e4) + half(6e4)).is_infinite() && (-half(0.0)).0 == 0x8000);
        assert_eq!(floor_div_f16(half(-7.0), half(2.0)), half(-4.0));
        assert!(F16::NAN != F16::NAN && half(1.0) < half(2.0));
    }
}
