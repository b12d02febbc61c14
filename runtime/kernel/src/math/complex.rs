//! Functions of complex numbers: each part within a unit in the last place, with the C library's special values (C99, annex G).
//!
//! Parts are products, quotients and roots of sums of two, so that only the last operation rounds in a place that shows; complex64
//! goes by way of complex128. `runtime/cuda/complex.cuh` computes the same steps in the same order: change both sides together.

use super::complex_inverse::{acos, acosh, asin, asinh, atan, atanh};
use super::complex_more::{exp2, expm1, log1p, log2, log10};
use super::logarithm;
use super::single::{Elementary, atan2, hypot};
use super::twofold::{
    Twofold, at_least, at_most, exactly, fast_sum, near_one, power_of_two, product, reduced, scaled_product,
    scaled_quotient, series, small_sinh, special, split, sum, turned,
};
use crate::numbers::complex::{C64, C128};

/// sinh x and cosh x, both over 2^k; of larger numbers, those of 1500, which overflow also where a subnormal number is a factor.
#[inline]
fn stretched(x: f64) -> (Twofold, Twofold, f64) {
    let a = x.abs();
    let (k, r) = reduced(at_most(a, 1500.0));
    let (up, near) = (near_one(r), near_one(r.negated()));
    let down = near.by(power_of_two(at_least(-k - k, -1000.0)));
    let k = k - 1.0;
    let c = up.plus(down);
    let mut s = up.plus(down.negated());
    if a < 0.5 {
        let (scale, z) = (power_of_two(-k), a * a);
        s = fast_sum(a * scale, a * z * small_sinh(z) * scale);
    }
    (if x.is_sign_negative() { s.negated() } else { s }, c, k)
}

fn exp(z: C128) -> C128 {
    let (x, y) = (z.re, z.im);
    if !y.is_finite() && x.is_infinite() {
        return if x > 0.0 {
            C128::new(x, f64::NAN)
        } else {
            C128::new(0.0, 0.0_f64.copysign(y))
        };
    }
    let (k, r) = reduced(at_least(at_most(x, 1500.0), -1000.0));
    let e = near_one(r);
    let (s, c) = turned(exactly(y));
    C128::new(
        scaled_product(e, c, k),
        if y == 0.0 { y } else { scaled_product(e, s, k) },
    )
}

fn cosh(z: C128) -> C128 {
    let (x, y) = (z.re, z.im);
    if !y.is_finite() {
        let re = if x.is_infinite() { f64::INFINITY } else { f64::NAN };
        return C128::new(re, if x == 0.0 { 0.0 } else { f64::NAN });
    }
    if x.is_nan() {
        return C128::new(x, if y == 0.0 { y } else { x });
    }
    let (sh, ch, k) = stretched(x);
    let (s, c) = turned(exactly(y));
    C128::new(scaled_product(ch, c, k), scaled_product(sh, s, k))
}

fn sinh(z: C128) -> C128 {
    let (x, y) = (z.re, z.im);
    if !y.is_finite() {
        let far = if x.is_infinite() { f64::INFINITY } else { f64::NAN };
        return C128::new(if x == 0.0 { x } else { far }, f64::NAN);
    }
    if x.is_nan() {
        return C128::new(x, if y == 0.0 { y } else { x });
    }
    let (sh, ch, k) = stretched(x);
    let (s, c) = turned(exactly(y));
    C128::new(scaled_product(sh, c, k), scaled_product(ch, s, k))
}

/// (sinh x cosh x + i sin y cos y) / (sinh² x + cos² y)
fn tanh(z: C128) -> C128 {
    let (x, y) = (z.re, z.im);
    let (s, c) = turned(exactly(y));
    if x.is_infinite() {
        let sign = if y.is_finite() && y.abs() > 1.0 {
            s.high * c.high
        } else {
            y
        };
        return C128::new(1.0_f64.copysign(x), 0.0_f64.copysign(sign));
    }
    if x.is_nan() || !y.is_finite() {
        let re = if x == 0.0 { x } else { f64::NAN };
        return if y == 0.0 { z } else { C128::new(re, f64::NAN) };
    }
    let (sh, ch, k) = stretched(at_most(x.abs(), 400.0).copysign(x));
    let shrunk = c.by(power_of_two(-k));
    let size = sh.times(sh).plus(shrunk.times(shrunk));
    C128::new(
        if x == 0.0 {
            x
        } else {
            scaled_quotient(sh, ch, size, 0.0)
        },
        if y == 0.0 {
            y
        } else {
            scaled_quotient(s, c, size, -k - k)
        },
    )
}

fn sin(z: C128) -> C128 {
    swapped(sinh(swapped(z)))
}

fn cos(z: C128) -> C128 {
    cosh(C128::new(-z.im, z.re))
}

fn tan(z: C128) -> C128 {
    swapped(tanh(swapped(z)))
}

/// Real and imaginary part change places: a function of i z is i times that of the other kind.
#[inline(always)]
pub(super) fn swapped(z: C128) -> C128 {
    C128::new(z.im, z.re)
}

/// log(2^twice √(a² + b²)). Of magnitudes whose squares neither overflow nor lose digits, half the logarithm of the sum of squares; of
/// others, the logarithm of a multiple of the magnitude.
#[inline]
pub(super) fn log_of_size(a: f64, b: f64, twice: f64) -> f64 {
    let large = a > 1e150 || b > 1e150;
    let small = a < 1e-140 && b < 1e-140;
    let (aa, bb) = (product(a, a), product(b, b));
    let (squares, rests) = (sum(aa.high, bb.high), sum(aa.low, bb.low));
    let (mut v, mut low, mut more) = (squares.high, squares.low + rests.high, twice + twice);
    if large {
        (v, more) = (hypot(a * 0.25, b * 0.25), twice + 2.0);
    }
    if small {
        (v, more) = (
            hypot(a * 1.606_938_044_258_990_3e60, b * 1.606_938_044_258_990_3e60),
            twice - 200.0,
        );
    }
    if large || small {
        low = 0.0;
    }
    let (m, mut e) = split(v);
    let (mut f, mut c) = (m - 1.0, low / v);
    if !large && !small && v > 0.71 && v < 1.41 {
        // All digits of a² + b² - 1.
        let first = sum(squares.low, rests.high);
        let second = sum(v - 1.0, first.high);
        f = second.high;
        c = (second.low + (first.low + rests.low)) / v;
        e = 0.0;
    }
    e += more;
    let (tail, half) = series(f);
    let rest = half - (tail + e.mul_add(logarithm::LN2_LOW, c));
    let found = special(v, e.mul_add(logarithm::LN2_HIGH, f - rest));
    if large || small { found } else { found * 0.5 }
}

fn log(z: C128) -> C128 {
    C128::new(log_of_size(z.re.abs(), z.im.abs(), 0.0), atan2(z.im, z.re))
}

fn sqrt(z: C128) -> C128 {
    let (mut a, mut b) = (z.re.abs(), z.im.abs());
    if b == f64::INFINITY {
        return C128::new(b, z.im);
    }
    if a == f64::INFINITY {
        let none = if b.is_nan() { b } else { 0.0 };
        return if z.re > 0.0 {
            C128::new(a, none.copysign(z.im))
        } else {
            C128::new(none, a.copysign(z.im))
        };
    }
    if a.is_nan() || b.is_nan() {
        return C128::new(f64::NAN, f64::NAN);
    }
    if a == 0.0 && b == 0.0 {
        return C128::new(0.0, z.im);
    }
    let large = a > 1e150 || b > 1e150;
    let small = a < 1e-140 && b < 1e-140;
    let (factor, back) = match (large, small) {
        (true, _) => (2.409_919_865_102_884e-181, 2.037_035_976_334_486e90),
        (false, true) => (4.149_515_568_880_993e180, 4.909_093_465_297_727e-91),
        (false, false) => (1.0, 1.0),
    };
    a *= factor;
    b *= factor;
    let size = exactly(a).times(exactly(a)).plus(exactly(b).times(exactly(b))).root();
    let whole = size.plus(exactly(a));
    let found = whole.by(0.5).root();
    let first = (found.high + found.low) * back;
    // What is small beside a large part, unscaled.
    let twice = found.by(2.0);
    let part = z.im.abs();
    let second = if b == 0.0 && part == 0.0 {
        0.0
    } else if large {
        exactly(part).over(twice.by(back))
    } else {
        exactly(b).over(twice) * back
    };
    if z.re.is_sign_negative() {
        C128::new(second, first.copysign(z.im))
    } else {
        C128::new(first, second.copysign(z.im))
    }
}

macro_rules! functions {
    ($($name:ident)*) => {
        impl Elementary for C128 {
            $(
                #[inline]
                fn $name(self) -> Self {
                    $name(self)
                }
            )*
        }
        impl Elementary for C64 {
            $(
                #[inline]
                fn $name(self) -> Self {
                    $name(self.widen()).narrow()
                }
            )*
        }
    };
}
functions!(exp log sqrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh exp2 expm1 log2 log10 log1p);
