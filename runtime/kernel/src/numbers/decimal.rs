//! `round`, in Python and in NumPy.

use super::{Fault, python};

/// Python's `round(x)`: the nearest `int`, ties to even.
#[inline(always)]
pub fn round(x: f64) -> Result<i64, Fault> {
    python::int(x.round_ties_even())
}

/// Python's `round(x, digits)`: the exact value of `x` rounded to a multiple of `10**-digits`, ties to even, and that
/// decimal number converted to the nearest float.
pub fn round_digits(x: f64, digits: i64) -> Result<f64, Fault> {
    // CPython's limits: past them nothing, or everything, is rounded away.
    if !x.is_finite() || digits > 323 {
        return Ok(x);
    }
    if digits < -308 {
        return Ok(0.0 * x);
    }
    let rounded = if digits >= 0 {
        // Formatting with a precision rounds the exact decimal expansion, ties to even.
        format!("{:.*}", digits as usize, x.abs()).parse::<f64>()
    } else {
        round_left(x.abs(), digits.unsigned_abs() as usize).parse::<f64>()
    };
    let rounded = rounded.unwrap_or(f64::INFINITY).copysign(x);
    if rounded.is_finite() {
        Ok(rounded)
    } else {
        Err(Fault::Overflow)
    }
}

/// Rounds to a multiple of `10**places`, in decimal digits.
fn round_left(x: f64, places: usize) -> String {
    let whole = format!("{:0>width$}", format!("{:.0}", x.trunc()), width = places + 1);
    let (kept, dropped) = whole.split_at(whole.len() - places);
    let half = format!("5{}", "0".repeat(places - 1));
    let tie = dropped == half && x == x.trunc();
    let odd = kept.as_bytes().last().is_some_and(|digit| digit % 2 == 1);
    let up = if tie { odd } else { dropped >= half.as_str() };
    let kept = if up { increment(kept) } else { kept.to_owned() };
    format!("{kept}{}", "0".repeat(places))
}

/// The next integer, in decimal digits.
fn increment(digits: &str) -> String {
    let nines = digits.len() - digits.trim_end_matches('9').len();
    let (head, _) = digits.split_at(digits.len() - nines);
    let head = match head.as_bytes().last() {
        None => "1".to_owned(),
        Some(&last) => format!("{}{}", &head[..head.len() - 1], (last + 1) as char),
    };
    format!("{head}{}", "0".repeat(nines))
}

macro_rules! numpy_round {
    ($($t:ident $name:ident;)*) => {$(
        /// `np.round(x, digits)`: scaled, rounded to even, scaled back; each step rounds.
        #[inline]
        pub fn $name(x: $t, digits: i32) -> $t {
            match digits {
                0 => x.round_ties_even(),
                1.. => {
                    let scale = 10f64.powi(digits) as $t;
                    (x * scale).round_ties_even() / scale
                }
                _ => {
                    let scale = 10f64.powi(digits.saturating_neg()) as $t;
                    (x / scale).round_ties_even() * scale
                }
            }
        }
    )*};
}
numpy_round! {
    f64 numpy_round;
    f32 numpy_round_single;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_integer() {
        assert_eq!([0.5, 1.5, 2.5, -0.5, -1.5, 2.6].map(round), [0, 2, 2, 0, -2, 3].map(Ok));
        assert_eq!(round(f64::NAN), Err(Fault::NanToInt));
    }

    /// Expected values from CPython.
    #[test]
    fn digits_as_cpython() {
        let cases = [
            (2.675, 2, 2.67),
            (0.125, 2, 0.12),
            (0.375, 2, 0.38),
            (-0.5, 0, -0.0),
            (2.5, 0, 2.0),
            (1e22, 2, 1e22),
            (5e-324, 323, 0.0),
            (5e-324, 324, 5e-324),
            (1234.5678, -2, 1200.0),
            (1250.0, -2, 1200.0),
            (1250.0000001, -2, 1300.0),
            (1350.0, -2, 1400.0),
            (50.0, -2, 0.0),
            (50.1, -2, 100.0),
            (150.0, -2, 200.0),
            (995.0, -1, 1000.0),
            (99999.9, -5, 100000.0),
            (49999.9, -5, 0.0),
            (-1.5e300, -300, -2e300),
            (1.0, -309, 0.0),
        ];
        for (x, digits, want) in cases {
            let got = round_digits(x, digits).unwrap();
            assert_eq!(got.to_bits(), f64::to_bits(want), "round({x}, {digits}): {got}");
        }
        assert_eq!(round_digits(1.7976931348623157e308, -308), Err(Fault::Overflow));
        assert!(round_digits(f64::NAN, 2).unwrap().is_nan());
    }

    #[test]
    fn numpy_scales() {
        assert_eq!(
            (numpy_round(2.675, 2), numpy_round(1250.0, -2), numpy_round(0.5, 0)),
            (2.68, 1200.0, 0.0)
        );
    }
}
