//! Further exponentials and logarithms of complex numbers, which C has not, and signs.
//!
//! NumPy writes them by functions of the parts, and is followed where these are not finite. Elsewhere 2^z = e^(z log 2), e^z - 1 = p + q + p q
//! with p = e^x - 1 and q = cos y - 1 = -2 sin² y/2, log(1 + z) by |1 + z|² - 1 = 2x + x² + y², all in sums of two.

use super::complex::log_of_size;
use super::complex_inverse::{arc, beyond};
use super::complex_power::{polar, raised};
use super::exponential::{LN2, LN2_LOW};
use super::logarithm::{INVERSE_LN2, INVERSE_LN2_LOW, INVERSE_LN10, INVERSE_LN10_LOW};
use super::single::{self, atan2, hypot};
use super::twofold::{
    Twofold, exactly, less_one, log1p_of, near_one, power_of_two, product, reduced, scaled_product, sum, turned, two,
};
use crate::numbers::complex::C128;

/// From here on e^x comes near overflow.
const LARGE: f64 = 700.0;
/// Squares of larger numbers overflow.
const VAST: f64 = 1e150;

/// 2 to this power.
pub(super) fn exp2(z: C128) -> C128 {
    let by = two(LN2, LN2_LOW);
    let (exponent, phase) = (exactly(z.re).times(by), exactly(z.im).times(by));
    match raised(exponent, phase) {
        Some(found) if z.im == 0.0 => C128::new(found.re, z.im),
        Some(found) => found,
        None => single::exp(C128::new(z.re * LN2, z.im * LN2)),
    }
}

/// e to this power, less 1.
pub(super) fn expm1(z: C128) -> C128 {
    let (x, y) = (z.re, z.im);
    if !(x.abs() <= LARGE && y.is_finite()) {
        let half = single::sin(y / 2.0);
        let re = single::expm1(x) * single::cos(y) - 2.0 * half * half;
        return C128::new(re, single::exp(x) * single::sin(y));
    }
    let (k, r) = reduced(x);
    let (s, c) = turned(exactly(y));
    let re = if k == 0.0 {
        let p = less_one(r);
        let (half, _) = turned(exactly(y * 0.5));
        let q = half.times(half).by(-2.0);
        p.plus(q).plus(p.times(q))
    } else {
        near_one(r).by(power_of_two(k)).times(c).plus(exactly(-1.0))
    };
    let im = if y == 0.0 { y } else { scaled_product(near_one(r), s, k) };
    C128::new(if x == 0.0 && y == 0.0 { x } else { re.rounded() }, im)
}

/// Logarithm to a base, one over whose natural logarithm is given.
#[inline]
fn to_base(z: C128, by: Twofold) -> C128 {
    if !z.is_finite() || z == C128::ZERO {
        let found = single::log(z);
        return C128::new(found.re * by.high, found.im * by.high);
    }
    let (size, angle) = polar(z);
    C128::new(size.times(by).rounded(), angle.times(by).rounded())
}

/// Logarithm to base 2.
pub(super) fn log2(z: C128) -> C128 {
    to_base(z, two(INVERSE_LN2, INVERSE_LN2_LOW))
}

/// Logarithm to base 10.
pub(super) fn log10(z: C128) -> C128 {
    to_base(z, two(INVERSE_LN10, INVERSE_LN10_LOW))
}

/// Natural logarithm of 1 more.
pub(super) fn log1p(z: C128) -> C128 {
    let (x, y) = (z.re, z.im);
    let u = sum(1.0, x);
    let (a, b) = (x.abs(), y.abs());
    if !(a < VAST && b < VAST) || u.high == 0.0 && b == 0.0 {
        let right = x + 1.0;
        return C128::new(single::log(hypot(right, y)), atan2(y, right));
    }
    let re = if u.high.abs() < 0.5 && b < 0.5 {
        log_of_size(u.high.abs(), b, 0.0)
    } else {
        let w = exactly(x + x).plus(product(x, x).plus(product(y, y)));
        log1p_of(w, 0.0) * 0.5
    };
    let angle = if u.high < 0.0 {
        beyond(arc(exactly(b), u.negated()))
    } else {
        arc(exactly(b), u)
    };
    C128::new(re, angle.rounded().copysign(y))
}

/// NumPy's `sign`: the number over its magnitude.
pub(super) fn sign(z: C128) -> C128 {
    let size = hypot(z.re, z.im);
    if size.is_nan() || z.re.is_infinite() && z.im.is_infinite() {
        return C128::new(f64::NAN, f64::NAN);
    }
    if z.is_infinite() {
        let one = |x: f64| if x.is_infinite() { 1.0_f64.copysign(x) } else { 0.0 };
        return C128::new(one(z.re), one(z.im));
    }
    if size == 0.0 {
        return C128::ZERO;
    }
    let (a, b) = (z.re.abs(), z.im.abs());
    let factor = if a > VAST || b > VAST {
        2.409_919_865_102_884e-181
    } else if a < 1e-140 && b < 1e-140 {
        4.149_515_568_880_993e180
    } else {
        1.0
    };
    let (x, y) = (exactly(z.re * factor), exactly(z.im * factor));
    let size = x.times(x).plus(y.times(y)).root();
    C128::new(x.over(size), y.over(size))
}
