//! NumPy's scalars: wrapping integers, IEEE floats.

/// Operations that every NumPy integer type has in its own width.
pub trait NumpyInteger: Sized {
    /// `a // b`: floor; 0 for a zero divisor; the smallest integer by -1 wraps to itself.
    fn floor_div(self, other: Self) -> Self;
    /// `a % b`: the divisor's sign; 0 for a zero divisor.
    fn floor_mod(self, other: Self) -> Self;
    /// `a ** exponent`, wrapping; `None` for a negative exponent, where NumPy raises `ValueError: Integers to negative integer
    /// powers are not allowed.`
    fn power(self, exponent: Self) -> Option<Self>;
}

macro_rules! integer {
    ($($t:ident)*) => {$(
        impl NumpyInteger for $t {
            #[inline(always)]
            #[allow(unused_comparisons, reason = "unsigned types too")]
            fn floor_div(self, other: Self) -> Self {
                if other == 0 {
                    return 0;
                }
                let quotient = self.wrapping_div(other);
                quotient - (self.wrapping_rem(other) != 0 && (self < 0) != (other < 0)) as $t
            }
            #[inline(always)]
            #[allow(unused_comparisons, reason = "unsigned types too")]
            fn floor_mod(self, other: Self) -> Self {
                if other == 0 {
                    return 0;
                }
                let remainder = self.wrapping_rem(other);
                if remainder != 0 && (remainder < 0) != (other < 0) { remainder + other } else { remainder }
            }
            #[inline]
            #[allow(unused_comparisons, reason = "unsigned types too")]
            fn power(self, exponent: Self) -> Option<Self> {
                if exponent < 0 {
                    return None;
                }
                let (mut left, mut square, mut power) = (exponent, self, 1);
                while left != 0 {
                    if left & 1 == 1 {
                        power = $t::wrapping_mul(power, square);
                    }
                    square = square.wrapping_mul(square);
                    left >>= 1;
                }
                Some(power)
            }
        }
    )*};
}
integer!(i64 u64 i32 u32 i16 u16 i8 u8);

macro_rules! float {
    ($t:ident $divmod:ident $floor_div:ident $floor_mod:ident) => {
        /// Floor quotient and remainder for a divisor that is not 0, by the algorithm that CPython and NumPy share: the exact
        /// remainder, given the divisor's sign; the quotient from it, snapped to the nearest integer.
        #[inline(always)]
        pub fn $divmod(a: $t, b: $t) -> ($t, $t) {
            let mut modulus = a % b;
            let mut quotient = (a - modulus) / b;
            if modulus == 0.0 {
                modulus = (0.0 as $t).copysign(b);
            } else if (b < 0.0) != (modulus < 0.0) {
                modulus += b;
                quotient -= 1.0;
            }
            let floor = quotient.floor();
            let snapped = if quotient - floor > 0.5 {
                floor + 1.0
            } else {
                floor
            };
            (
                if quotient == 0.0 {
                    (0.0 as $t).copysign(a / b)
                } else {
                    snapped
                },
                modulus,
            )
        }

        /// `a // b`: ±∞ or NaN for a zero divisor.
        #[inline(always)]
        pub fn $floor_div(a: $t, b: $t) -> $t {
            if b == 0.0 { a / b } else { $divmod(a, b).0 }
        }

        /// `a % b`: NaN for a zero divisor.
        #[inline(always)]
        pub fn $floor_mod(a: $t, b: $t) -> $t {
            if b == 0.0 { $t::NAN } else { $divmod(a, b).1 }
        }
    };
}
float!(f64 divmod_f64 floor_div_f64 floor_mod_f64);
float!(f32 divmod_f32 floor_div_f32 floor_mod_f32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(
            (7i32.floor_div(-2), 7i32.floor_mod(-2), (-7i32).floor_div(2)),
            (-4, -1, -4)
        );
        assert_eq!((5i8.floor_div(0), 5u8.floor_mod(0)), (0, 0));
        assert_eq!((i8::MIN.floor_div(-1), i8::MIN.floor_mod(-1)), (i8::MIN, 0));
        assert_eq!((250u8.floor_div(7), 250u8.floor_mod(7)), (35, 5));
        assert_eq!(
            (3i8.power(5), 3i8.power(-1), 0u64.power(0), 2u16.power(16)),
            (Some(-13), None, Some(1), Some(0))
        );
    }

    #[test]
    fn floats() {
        let cases = [
            (7.0, 2.0, 3.0, 1.0),
            (-7.0, 2.0, -4.0, 1.0),
            (7.0, -2.0, -4.0, -1.0),
            (1.0, 0.1, 9.0, 0.09999999999999995),
            (-1.0, f64::INFINITY, -1.0, f64::INFINITY),
            (1.0, f64::NEG_INFINITY, -1.0, f64::NEG_INFINITY),
            (1e308, 1e-10, f64::INFINITY, 1e308 % 1e-10),
        ];
        for (a, b, quotient, remainder) in cases {
            assert_eq!(divmod_f64(a, b), (quotient, remainder), "{a}, {b}");
        }
        let (quotient, remainder) = divmod_f64(-0.0, 3.0);
        assert!(quotient.is_sign_negative() && remainder.is_sign_positive());
        assert!(divmod_f64(f64::INFINITY, 3.0).0.is_nan() && floor_mod_f32(1.0, 0.0).is_nan());
        assert_eq!(floor_div_f64(-1.0, 0.0), f64::NEG_INFINITY);
        assert_eq!(divmod_f32(7.5, -2.0), (-4.0, -0.5));
    }
}
