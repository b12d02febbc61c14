//! `int` and `float`, as CPython computes them.

use super::Fault;

/// `a // b`
#[inline(always)]
pub fn floor_div(a: i64, b: i64) -> Result<i64, Fault> {
    if b == 0 {
        return Err(Fault::ZeroDivision);
    }
    let quotient = a.checked_div(b).ok_or(Fault::Big)?;
    Ok(quotient - (a % b != 0 && (a ^ b) < 0) as i64)
}

/// `a % b`: the remainder has the divisor's sign.
#[inline(always)]
pub fn floor_mod(a: i64, b: i64) -> Result<i64, Fault> {
    if b == 0 {
        return Err(Fault::ZeroDivision);
    }
    let remainder = a.wrapping_rem(b);
    Ok(if remainder != 0 && (remainder ^ b) < 0 {
        remainder + b
    } else {
        remainder
    })
}

/// `divmod(a, b)`
#[inline(always)]
pub fn div_mod(a: i64, b: i64) -> Result<(i64, i64), Fault> {
    Ok((floor_div(a, b)?, floor_mod(a, b)?))
}

/// `a << count`
#[inline(always)]
pub fn shl(a: i64, count: i64) -> Result<i64, Fault> {
    if count < 0 {
        return Err(Fault::NegativeShift);
    }
    if a == 0 {
        return Ok(0);
    }
    if count >= 64 {
        return Err(Fault::Big);
    }
    let shifted = a << count;
    if shifted >> count == a {
        Ok(shifted)
    } else {
        Err(Fault::Big)
    }
}

/// `a >> count`
#[inline(always)]
pub fn shr(a: i64, count: i64) -> Result<i64, Fault> {
    if count < 0 {
        return Err(Fault::NegativeShift);
    }
    Ok(a >> count.min(63))
}

/// `base ** exponent`; a negative exponent makes a `float` ([`Fault::OtherType`]; of zero, an exception).
#[inline]
pub fn pow(base: i64, exponent: i64) -> Result<i64, Fault> {
    if exponent < 0 {
        return Err(if base == 0 {
            Fault::ZeroDivision
        } else {
            Fault::OtherType
        });
    }
    match base {
        0 => Ok((exponent == 0) as i64),
        1 => Ok(1),
        -1 => Ok(if exponent % 2 == 0 { 1 } else { -1 }),
        _ => u32::try_from(exponent)
            .ok()
            .and_then(|exponent| base.checked_pow(exponent))
            .ok_or(Fault::Big),
    }
}

/// `pow(base, exponent, modulus)` for exponents from 0 on ([`Fault::OtherType`] otherwise).
#[inline]
pub fn pow_mod(base: i64, exponent: i64, modulus: i64) -> Result<i64, Fault> {
    if modulus == 0 {
        return Err(Fault::ZeroDivision);
    }
    let mut left = u64::try_from(exponent).map_err(|_| Fault::OtherType)?;
    let size = modulus.unsigned_abs() as u128;
    let mut square = (base as i128).rem_euclid(size as i128) as u128;
    let mut power = 1 % size;
    while left > 0 {
        if left & 1 == 1 {
            power = power * square % size;
        }
        square = square * square % size;
        left >>= 1;
    }
    // Below the modulus in size, hence 64 bits.
    Ok(if modulus < 0 && power != 0 {
        (power as i128 + modulus as i128) as i64
    } else {
        power as i64
    })
}

/// `a // b` of floats.
#[inline(always)]
pub fn float_floor_div(a: f64, b: f64) -> Result<f64, Fault> {
    if b == 0.0 {
        Err(Fault::ZeroDivision)
    } else {
        Ok(super::numpy::divmod_f64(a, b).0)
    }
}

/// `a % b` of floats.
#[inline(always)]
pub fn float_floor_mod(a: f64, b: f64) -> Result<f64, Fault> {
    if b == 0.0 {
        Err(Fault::ZeroDivision)
    } else {
        Ok(super::numpy::divmod_f64(a, b).1)
    }
}

/// `divmod(a, b)` of floats.
#[inline(always)]
pub fn float_div_mod(a: f64, b: f64) -> Result<(f64, f64), Fault> {
    if b == 0.0 {
        Err(Fault::ZeroDivision)
    } else {
        Ok(super::numpy::divmod_f64(a, b))
    }
}

/// `a / b` of floats.
#[inline(always)]
pub fn float_div(a: f64, b: f64) -> Result<f64, Fault> {
    if b == 0.0 { Err(Fault::ZeroDivision) } else { Ok(a / b) }
}

/// What `base ** exponent` of floats does besides C's `pow`, whose result is `power`: exceptions, and complex results
/// ([`Fault::OtherType`]).
#[inline(always)]
pub fn float_pow(base: f64, exponent: f64, power: f64) -> Result<f64, Fault> {
    if base == 0.0 && exponent < 0.0 && exponent != f64::NEG_INFINITY {
        return Err(Fault::ZeroDivision);
    }
    if base < 0.0 && base != f64::NEG_INFINITY && exponent.is_finite() && exponent != exponent.trunc() {
        return Err(Fault::OtherType);
    }
    if power.is_infinite() && base.is_finite() && exponent.is_finite() {
        return Err(Fault::Overflow);
    }
    Ok(power)
}

/// `int(x)`
#[inline(always)]
pub fn int(x: f64) -> Result<i64, Fault> {
    if (-9223372036854775808.0..9223372036854775808.0).contains(&x) {
        Ok(x as i64)
    } else if x.is_nan() {
        Err(Fault::NanToInt)
    } else if x.is_infinite() {
        Err(Fault::InfinityToInt)
    } else {
        Err(Fault::Big)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        let cases = [
            (7, 2, 3, 1),
            (-7, 2, -4, 1),
            (7, -2, -4, -1),
            (-7, -2, 3, -1),
            (6, -3, -2, 0),
            (i64::MIN, 1, i64::MIN, 0),
        ];
        for (a, b, quotient, remainder) in cases {
            assert_eq!(div_mod(a, b), Ok((quotient, remainder)), "{a}, {b}");
        }
        assert_eq!(floor_div(i64::MIN, -1), Err(Fault::Big));
        assert_eq!(floor_mod(i64::MIN, -1), Ok(0));
        assert_eq!(floor_mod(i64::MIN + 1, i64::MAX), Ok(0));
        assert_eq!(floor_mod(1, i64::MIN), Ok(i64::MIN + 1));
        assert_eq!(floor_div(1, 0), Err(Fault::ZeroDivision));
        assert_eq!(floor_mod(1, 0), Err(Fault::ZeroDivision));
    }

    #[test]
    fn shifts() {
        assert_eq!(
            (shl(1, 62), shl(1, 63), shl(-1, 63)),
            (Ok(1 << 62), Err(Fault::Big), Ok(i64::MIN))
        );
        assert_eq!(
            (shl(0, 1000), shl(3, -1), shr(3, -1)),
            (Ok(0), Err(Fault::NegativeShift), Err(Fault::NegativeShift))
        );
        assert_eq!((shr(-5, 1), shr(-5, 100), shr(5, 64)), (Ok(-3), Ok(-1), Ok(0)));
    }

    #[test]
    fn powers() {
        assert_eq!(
            (pow(3, 39), pow(3, 40), pow(-2, 63)),
            (Ok(4052555153018976267), Err(Fault::Big), Ok(i64::MIN))
        );
        assert_eq!((pow(-1, i64::MAX), pow(0, 0), pow(0, 5)), (Ok(-1), Ok(1), Ok(0)));
        assert_eq!(
            (pow(2, -1), pow(0, -1)),
            (Err(Fault::OtherType), Err(Fault::ZeroDivision))
        );
        assert_eq!(
            (pow_mod(3, 200, 13), pow_mod(3, 201, -13), pow_mod(5, 0, 1)),
            (Ok(9), Ok(-12), Ok(0))
        );
        assert_eq!(pow_mod(i64::MIN, 3, i64::MAX), Ok(i64::MAX - 1));
    }

    #[test]
    fn float_powers() {
        let of = |x: f64, y: f64| float_pow(x, y, x.powf(y));
        assert_eq!(of(0.0, -1.0), Err(Fault::ZeroDivision));
        assert_eq!(of(0.0, f64::NEG_INFINITY), Ok(f64::INFINITY));
        assert_eq!(of(-8.0, 1.0 / 3.0), Err(Fault::OtherType));
        assert_eq!(of(10.0, 400.0), Err(Fault::Overflow));
        assert_eq!(of(f64::NEG_INFINITY, 0.5), Ok(f64::INFINITY));
        assert_eq!(of(10.0, -400.0), Ok(0.0));
    }

    #[test]
    fn conversions() {
        assert_eq!(
            (int(-3.9), int(f64::NAN), int(f64::INFINITY)),
            (Ok(-3), Err(Fault::NanToInt), Err(Fault::InfinityToInt))
        );
        assert_eq!(
            (int(-9223372036854775808.0), int(9223372036854775808.0)),
            (Ok(i64::MIN), Err(Fault::Big))
        );
    }
}
