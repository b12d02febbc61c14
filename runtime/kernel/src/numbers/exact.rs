//! Integers against floats, and quotients of integers, without rounding an integer first.

use core::cmp::Ordering;

/// How Python compares an `int` with a `float`: by their exact values; `None` for NaN.
#[inline(always)]
pub fn compare(a: i64, b: f64) -> Option<Ordering> {
    const TOP: f64 = 9223372036854775808.0;
    if b.is_nan() {
        None
    } else if b >= TOP {
        Some(Ordering::Less)
    } else if b < -TOP {
        Some(Ordering::Greater)
    } else {
        // Cutting is exact here, and tells the order unless the fraction does.
        let cut = b as i64;
        Some(a.cmp(&cut).then(if b > cut as f64 {
            Ordering::Less
        } else if b < cut as f64 {
            Ordering::Greater
        } else {
            Ordering::Equal
        }))
    }
}

/// `a / b` of Python `int`s, rounded once from the exact quotient; the divisor is not 0.
#[inline(always)]
pub fn true_div(a: i64, b: i64) -> f64 {
    const EXACT: u64 = 1 << 53;
    if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        a as f64 / b as f64
    } else {
        long_div(a, b)
    }
}

/// The quotient to at least 64 bits, the rest folded into the last one, which a conversion then rounds right.
#[cold]
fn long_div(a: i64, b: i64) -> f64 {
    let (n, d) = (a.unsigned_abs() as u128, b.unsigned_abs() as u128);
    if n == 0 {
        return if b < 0 { -0.0 } else { 0.0 };
    }
    let shift = n.leading_zeros();
    let shifted = n << shift;
    let quotient = (shifted / d) | (shifted % d != 0) as u128;
    // 2^-shift is exact, and no quotient of 64-bit integers comes near the subnormals.
    let size = quotient as f64 * f64::from_bits((1023 - shift as u64) << 52);
    if (a < 0) != (b < 0) { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_beyond_53_bits() {
        let big = 1i64 << 53;
        assert_eq!(compare(big + 1, big as f64), Some(Ordering::Greater));
        assert_eq!(compare(big, big as f64), Some(Ordering::Equal));
        assert_eq!(compare(i64::MAX, 9223372036854775808.0), Some(Ordering::Less));
        assert_eq!(compare(i64::MIN, -9223372036854775808.0), Some(Ordering::Equal));
        assert_eq!(compare(i64::MIN, -1e19), Some(Ordering::Greater));
        assert_eq!(
            (compare(-3, -3.5), compare(3, 3.5), compare(0, -0.0)),
            (Some(Ordering::Greater), Some(Ordering::Less), Some(Ordering::Equal))
        );
        assert_eq!(compare(0, f64::NAN), None);
    }

    #[test]
    fn quotients_round_once() {
        assert_eq!(true_div(1, 3), 1.0 / 3.0);
        // Python: 9007199254740993/9007199254740992, 9223372036854775807/3, -9223372036854775808/7.
        assert_eq!(true_div((1 << 53) + 1, 1 << 53), 1.0000000000000002f64 - 2f64.powi(-52));
        assert_eq!(true_div(i64::MAX, 3), 3.0744573456182584e18);
        assert_eq!(true_div(i64::MIN, 7), -1317624576693539401i64 as f64);
        assert_eq!(true_div(i64::MAX, i64::MAX - 1), 1.0);
        assert_eq!(true_div(0, i64::MIN), 0.0);
        assert_eq!(true_div(1, i64::MIN), -(2f64.powi(-63)));
    }
}
