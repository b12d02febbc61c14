//! Powers of complex numbers that are not products.
//!
//! a^b = e^(b log a), the logarithm and its product with b in sums of two: an error of the exponent is one of the result's magnitude and
//! angle. C's `cpow`, which NumPy calls, takes the same formula in single numbers, and is followed where these are not finite; so is
//! CPython's formula, whose parts decide what is too large for it.

use super::complex_inverse::{arc, beyond};
use super::logarithm;
use super::single::{atan2, cos, exp, hypot, log, pow, sin};
use super::twofold::{
    Twofold, at_least, at_most, exactly, fast_sum, log_pair, near_one, product, reduced, scaled_product, sum, turned,
    two,
};
use crate::numbers::complex::C128;

/// Exponents and angles below it have lower parts that are small beside a quarter turn.
const LIMIT: f64 = 1e12;

/// Logarithm of the magnitude, and angle, of a finite number that is not 0.
#[inline]
pub(super) fn polar(z: C128) -> (Twofold, Twofold) {
    let (mut a, mut b) = (z.re.abs(), z.im.abs());
    let (factor, shift) = if a > 1e150 || b > 1e150 {
        (2.409_919_865_102_884e-181, 1200.0)
    } else if a < 1e-140 && b < 1e-140 {
        (4.149_515_568_880_993e180, -1200.0)
    } else {
        (1.0, 0.0)
    };
    a *= factor;
    b *= factor;
    let (aa, bb) = (product(a, a), product(b, b));
    let (squares, rests) = (sum(aa.high, bb.high), sum(aa.low, bb.low));
    let (e, l) = log_pair(squares.high);
    let first = sum(squares.low, rests.high);
    let c = two(first.high, first.low + rests.low).quotient(exactly(squares.high));
    let l = l.plus(two(c.high, c.low - c.high * c.high * 0.5));
    let e = e + shift;
    let total = sum(e * logarithm::LN2_HIGH, l.high);
    let size = fast_sum(total.high, total.low + e.mul_add(logarithm::LN2_LOW, l.low));
    let right = arc(exactly(b), exactly(a));
    let angle = if z.re.is_sign_negative() { beyond(right) } else { right };
    (
        size.by(0.5),
        if z.im.is_sign_negative() {
            angle.negated()
        } else {
            angle
        },
    )
}

/// a^b in sums of two, where they hold it; `a` is finite and not 0.
#[inline]
fn precise(a: C128, b: C128) -> Option<C128> {
    let (size, angle) = polar(a);
    let (re, im) = (exactly(b.re), exactly(b.im));
    let exponent = re.times(size).plus(im.times(angle).negated());
    let phase = re.times(angle).plus(im.times(size));
    raised(exponent, phase)
}

/// e^exponent, turned, unless parts are too large for sums of two.
#[inline]
pub(super) fn raised(exponent: Twofold, phase: Twofold) -> Option<C128> {
    if !(exponent.high.abs() < LIMIT && phase.high.abs() < LIMIT) {
        return None;
    }
    let (k, r) = reduced(at_least(at_most(exponent.high, 1500.0), -1000.0));
    let e = near_one(r.plus(exactly(exponent.low)));
    let (s, c) = turned(phase);
    Some(C128::new(scaled_product(e, c, k), scaled_product(e, s, k)))
}

/// C99's product: infinite where a factor is, whatever NaN comes of its parts (annex G).
fn annex_g(z: C128, w: C128) -> C128 {
    let found = z * w;
    if !(found.re.is_nan() && found.im.is_nan()) {
        return found;
    }
    let boxed = |z: C128| {
        let part = |x: f64| (if x.is_infinite() { 1.0_f64 } else { 0.0 }).copysign(x);
        C128::new(part(z.re), part(z.im))
    };
    let defined = |z: C128| {
        let part = |x: f64| if x.is_nan() { 0.0_f64.copysign(x) } else { x };
        C128::new(part(z.re), part(z.im))
    };
    let (a, b) = match (z.is_infinite(), w.is_infinite()) {
        (true, true) => (boxed(z), boxed(w)),
        (true, false) => (boxed(z), defined(w)),
        (false, true) => (defined(z), boxed(w)),
        (false, false) => return found,
    };
    let product = a * b;
    C128::new(f64::INFINITY * product.re, f64::INFINITY * product.im)
}

/// C's `cpow`, for a base that is not 0.
pub(super) fn power(a: C128, b: C128) -> C128 {
    let found = if a.is_finite() { precise(a, b) } else { None };
    found.unwrap_or_else(|| exp(annex_g(b, log(a))))
}

/// CPython's power where it is no product, of a base that is not 0.
pub(super) fn python_power(a: C128, b: C128) -> C128 {
    let (size, at) = (hypot(a.re, a.im), atan2(a.im, a.re));
    let (mut length, mut phase) = (pow(size, b.re), at * b.re);
    let factor = if b.im == 0.0 { 1.0 } else { exp(at * b.im) };
    let normal = |x: f64| x > 1e-290 && x < 1e290;
    if a.is_finite()
        && normal(length)
        && normal(factor)
        && let Some(found) = precise(a, b)
    {
        return found;
    }
    if b.im != 0.0 {
        length /= factor;
        phase += b.im * log(size);
    }
    C128::new(length * cos(phase), length * sin(phase))
}
