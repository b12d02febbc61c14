//! Inverse functions of complex numbers, with the branch cuts of C99.
//!
//! Arc sine and arc cosine: Hull, Fairgrieve, Tang: Implementing the complex arcsine and arccosine functions using exception handling;
//! ACM TOMS 23 (1997). With r and s the distances from -1 and 1 and a = (r + s) / 2, sin and cos of the real part are x / a and √(a² - x²)
//! / a, and the imaginary part is log(a + √(a² - 1)); what cancels in a - x and a - 1 is written by sums of positive numbers. Inverse
//! hyperbolic tangent: Kahan: Branch cuts for complex elementary functions (1987). All of it in sums of two, so that it takes none of the
//! papers' cases but those of the largest numbers.

use super::complex::{log_of_size, swapped};
use super::inverse::{HALF_PI, PI};
use super::logarithm;
use super::single::atan2;
use super::twofold::{Twofold, angle, exactly, log_pair, log1p_of, product, sum, two};
use crate::numbers::complex::C128;

/// 2⁶⁰: of larger numbers, 1 is far below the last place.
const FAR: f64 = 1_152_921_504_606_846_976.0;
/// 2²⁰⁰
const LIFT: f64 = 1.606_938_044_258_990_3e60;
/// Smaller numbers beside 1 are far below the last place, and too small for sums of two.
const NEAR: f64 = 1e-100;

/// atan n/d, both from 0 on, not both 0.
#[inline]
pub(super) fn arc(mut n: Twofold, mut d: Twofold) -> Twofold {
    if n.high < NEAR && d.high < NEAR {
        (n, d) = (n.by(LIFT), d.by(LIFT));
    }
    if n.high < d.high * NEAR {
        return n.quotient(d);
    }
    let found = angle(n.high, d.high);
    let q = if n.high > d.high {
        d.high / n.high
    } else {
        n.high / d.high
    };
    let below = if d.high == 0.0 { 0.0 } else { d.low / d.high };
    let slope = q / q.mul_add(q, 1.0);
    two(found.high, found.low + slope * (n.low / n.high - below))
}

/// π less an angle.
#[inline]
pub(super) fn beyond(a: Twofold) -> Twofold {
    let high = PI.0 - a.high;
    two(high, ((PI.0 - high) - a.high) + (PI.1 - a.low))
}

/// √(a² - x²), and the logarithm of a + √(a² - 1), for x and y from 0 to `FAR`.
#[inline]
fn around(x: f64, y: f64) -> (Twofold, f64) {
    if x == 1.0 && y < NEAR {
        let root = exactly(y).root();
        return (root, root.high + root.low);
    }
    let (right, left, yy) = (sum(x, 1.0), sum(x, -1.0), product(y, y));
    let r = right.times(right).plus(yy).root();
    let s = if x == 1.0 {
        exactly(y)
    } else {
        left.times(left).plus(yy).root()
    };
    let a = r.plus(s).by(0.5);
    let (near, one) = (r.plus(right), exactly(1.0));
    // a - |x|, and s less the distance of x from 1, by what is positive.
    let far = s.plus(if x < 1.0 { left.negated() } else { left });
    let across = yy.quotient(near).plus(far).by(0.5);
    let slope = || one.quotient(near).plus(one.quotient(far)).by(0.5);
    let d = if x > 1.0 {
        a.plus(exactly(x)).times(slope()).root().times(exactly(y))
    } else {
        a.plus(exactly(x)).times(across).root()
    };
    let t = if x < 1.0 {
        let g = slope();
        let root = g.times(a.plus(one)).root();
        g.times(exactly(y)).plus(root).times(exactly(y))
    } else {
        across.plus(across.times(a.plus(one)).root())
    };
    (d, log1p_of(t, 0.0))
}

/// Inverse hyperbolic sine.
pub(super) fn asinh(z: C128) -> C128 {
    swapped(asin(swapped(z)))
}

/// Arc sine.
pub(super) fn asin(z: C128) -> C128 {
    let (x, y) = (z.re.abs(), z.im.abs());
    let (re, im) = if !(x < f64::INFINITY && y < f64::INFINITY) {
        if y == f64::INFINITY {
            (if x == y { HALF_PI.0 * 0.5 } else { x * 0.0 }, y)
        } else if x == f64::INFINITY {
            (if y.is_nan() { y } else { HALF_PI.0 }, x)
        } else if x == 0.0 {
            (x, y)
        } else {
            return C128::new(f64::NAN, f64::NAN);
        }
    } else if x > FAR || y > FAR {
        (atan2(x, y), log_of_size(x, y, 1.0))
    } else {
        let (d, log) = around(x, y);
        let angle = arc(exactly(x), d);
        (angle.high + angle.low, log)
    };
    C128::new(re.copysign(z.re), im.copysign(z.im))
}

/// Arc cosine.
pub(super) fn acos(z: C128) -> C128 {
    let (x, y) = (z.re.abs(), z.im.abs());
    let (re, im) = if !(x < f64::INFINITY && y < f64::INFINITY) {
        if y == f64::INFINITY {
            let middle = if z.re < 0.0 {
                3.0 * (HALF_PI.0 * 0.5)
            } else {
                HALF_PI.0 * 0.5
            };
            (if x == y { middle } else { x * 0.0 + HALF_PI.0 }, y)
        } else if x == f64::INFINITY {
            let end = if z.re < 0.0 { PI.0 } else { 0.0 };
            (if y.is_nan() { y } else { end }, x)
        } else if x == 0.0 {
            (HALF_PI.0, y)
        } else {
            return C128::new(f64::NAN, f64::NAN);
        }
    } else if x > FAR || y > FAR {
        (atan2(y, z.re), log_of_size(x, y, 1.0))
    } else {
        let (d, log) = around(x, y);
        let right = arc(d, exactly(x));
        let angle = if z.re < 0.0 { beyond(right) } else { right };
        (angle.high + angle.low, log)
    };
    C128::new(re, im.copysign(-z.im))
}

/// Inverse hyperbolic cosine.
pub(super) fn acosh(z: C128) -> C128 {
    let w = acos(z);
    if w.re.is_nan() {
        C128::new(w.im.abs(), w.re)
    } else if w.im.is_nan() {
        C128::new(w.im, if z.re == 0.0 { w.re } else { w.im })
    } else {
        C128::new(w.im.abs(), w.re.copysign(z.im))
    }
}

/// Arc tangent.
pub(super) fn atan(z: C128) -> C128 {
    swapped(atanh(swapped(z)))
}

/// Inverse hyperbolic tangent: log(1 + 4x / ((1 - x)² + y²)) / 4, and half the angle of (1 - x) (1 + x) - y² + 2iy.
pub(super) fn atanh(z: C128) -> C128 {
    let (x, y) = (z.re.abs(), z.im.abs());
    if !(x < f64::INFINITY && y < f64::INFINITY) {
        let flat = x == f64::INFINITY || y == f64::INFINITY;
        let re = if flat { 0.0_f64.copysign(z.re) } else { f64::NAN };
        let turned = if y.is_nan() { y } else { HALF_PI.0.copysign(z.im) };
        return C128::new(if x == 0.0 { z.re } else { re }, if flat { turned } else { f64::NAN });
    }
    let (re, im) = if x > FAR || y > FAR {
        let factor = if x > 1e150 || y > 1e150 {
            2.409_919_865_102_884e-181
        } else {
            1.0
        };
        let (a, b) = (x * factor, y * factor);
        let size = product(a, a).plus(product(b, b));
        (exactly(a).over(size) * factor, HALF_PI.0)
    } else if x == 1.0 && y == 0.0 {
        (f64::INFINITY, 0.0)
    } else {
        let (right, left, yy) = (sum(x, 1.0), sum(x, -1.0), product(y, y));
        let re = if x == 1.0 && y < NEAR {
            // log(2 / y) / 2
            let (e, l) = log_pair(y);
            let total = sum((e - 1.0) * logarithm::LN2_HIGH, l.high);
            -0.5 * (total.high + (total.low + (e - 1.0).mul_add(logarithm::LN2_LOW, l.low)))
        } else {
            log1p_of(exactly(4.0 * x).quotient(left.times(left).plus(yy)), 0.0) * 0.25
        };
        let d = left.negated().times(right).plus(yy.negated());
        let n = exactly(y + y);
        let angle = if d.high < 0.0 {
            beyond(arc(n, d.negated()))
        } else {
            arc(n, d)
        };
        (re, (angle.high + angle.low) * 0.5)
    };
    C128::new(re.copysign(z.re), im.copysign(z.im))
}
