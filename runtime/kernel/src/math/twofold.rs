//! Numbers as unevaluated sums of two, one at a time: what functions of complex numbers are made of.
//!
//! The steps of [`super::parts`] for one lane, and products, quotients and roots of such sums. Only the last operation of a function
//! rounds in a place that shows. Error-free sums and products: Dekker (1971), Knuth; `runtime/cuda/complex.cuh` has the same, in the same
//! order.

use super::parts::{Double, Pair, pair};
use super::{exponential, inverse, logarithm, trigonometric};
use crate::lanes::{Lanes, Mask};

/// The rounded value and what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twofold {
    pub(super) high: f64,
    pub(super) low: f64,
}

#[inline(always)]
pub(super) const fn two(high: f64, low: f64) -> Twofold {
    Twofold { high, low }
}

/// A number that is not rounded.
#[inline(always)]
pub(super) const fn exactly(x: f64) -> Twofold {
    two(x, 0.0)
}

#[inline(always)]
fn one(x: f64) -> Lanes<f64, 1> {
    Lanes::splat(x)
}

#[inline(always)]
fn of(a: Pair<1>) -> Twofold {
    two(a.high.lane(0), a.low.lane(0))
}

/// `a + b` exactly, if `a` is not the smaller in magnitude.
#[inline(always)]
pub(super) fn fast_sum(a: f64, b: f64) -> Twofold {
    let high = a + b;
    two(high, b - (high - a))
}

/// `a + b` exactly.
#[inline(always)]
pub(super) fn sum(a: f64, b: f64) -> Twofold {
    let high = a + b;
    let other = high - a;
    two(high, (a - (high - other)) + (b - other))
}

/// `a * b` exactly.
#[inline(always)]
pub(super) fn product(a: f64, b: f64) -> Twofold {
    let high = a * b;
    two(high, a.mul_add(b, -high))
}

/// `limit` in the place of what is greater; NaN stays.
#[inline(always)]
pub(super) fn at_most(x: f64, limit: f64) -> f64 {
    if limit < x { limit } else { x }
}

/// `limit` in the place of what is less; NaN stays.
#[inline(always)]
pub(super) fn at_least(x: f64, limit: f64) -> f64 {
    if limit > x { limit } else { x }
}

/// 2 to the power `k`, an integer of magnitude at most 1022.
#[inline(always)]
pub(super) fn power_of_two(k: f64) -> f64 {
    f64::power_of_two(one(k)).lane(0)
}

/// `y * 2^k`, rounded once.
#[inline(always)]
pub(super) fn scaled(y: f64, k: f64) -> f64 {
    f64::scaled(one(y), one(k)).lane(0)
}

/// m and e of x = m 2^e.
#[inline(always)]
pub(super) fn split(x: f64) -> (f64, f64) {
    let (m, e) = super::parts::split(one(x));
    (m.lane(0), e.lane(0))
}

impl Twofold {
    /// Zeros keep their sign.
    #[inline(always)]
    pub(super) fn rounded(self) -> f64 {
        if self.high == 0.0 {
            self.high
        } else {
            self.high + self.low
        }
    }
    #[inline(always)]
    pub(super) fn negated(self) -> Self {
        two(-self.high, -self.low)
    }
    /// Times a power of two.
    #[inline(always)]
    pub(super) fn by(self, factor: f64) -> Self {
        two(self.high * factor, self.low * factor)
    }
    #[inline(always)]
    pub(super) fn times(self, other: Self) -> Self {
        let p = product(self.high, other.high);
        two(p.high, p.low + (self.high * other.low + self.low * other.high))
    }
    #[inline(always)]
    pub(super) fn plus(self, other: Self) -> Self {
        let total = sum(self.high, other.high);
        fast_sum(total.high, total.low + (self.low + other.low))
    }
    /// The quotient, and what it lacks.
    #[inline(always)]
    pub(super) fn quotient(self, other: Self) -> Self {
        let q = self.high / other.high;
        two(
            q,
            (q.mul_add(-other.high, self.high) + (self.low - q * other.low)) / other.high,
        )
    }
    #[inline(always)]
    pub(super) fn over(self, other: Self) -> f64 {
        let q = self.quotient(other);
        q.high + q.low
    }
    #[inline(always)]
    pub(super) fn root(self) -> Self {
        let r = self.high.sqrt();
        let rest = if r == 0.0 {
            0.0
        } else {
            ((-r).mul_add(r, self.high) + self.low) / (r + r)
        };
        two(r, rest)
    }
    /// What is tiny is enlarged by 2⁶⁰⁰ before its digits are lost.
    #[inline(always)]
    pub(super) fn enlarged(self, k: &mut f64) -> Self {
        if self.high.abs() >= 1e-150 || self.high.is_nan() {
            return self;
        }
        *k -= 600.0;
        self.by(4.149_515_568_880_993e180)
    }
}

/// a b 2^k, rounded once.
#[inline]
pub(super) fn scaled_product(a: Twofold, b: Twofold, mut k: f64) -> f64 {
    let (a, b) = (a.enlarged(&mut k), b.enlarged(&mut k));
    scaled(a.times(b).rounded(), at_most(k, 2000.0))
}

/// a b 2^k / c, rounded once.
#[inline]
pub(super) fn scaled_quotient(a: Twofold, b: Twofold, c: Twofold, mut k: f64) -> f64 {
    let (a, b) = (a.enlarged(&mut k), b.enlarged(&mut k));
    scaled(a.times(b).over(c), at_most(k, 2000.0))
}

/// k and r of x = k ln 2 + r.
#[inline(always)]
pub(super) fn reduced(x: f64) -> (f64, Twofold) {
    let (k, r) = exponential::reduced(one(x));
    (k.lane(0), of(r))
}

/// e^r, |r| ≤ ½ ln 2.
#[inline(always)]
pub(super) fn near_one(r: Twofold) -> Twofold {
    of(exponential::near_one(pair(one(r.high), one(r.low))))
}

/// e^r - 1, |r| ≤ ½ ln 2.
#[inline(always)]
pub(super) fn less_one(r: Twofold) -> Twofold {
    of(exponential::less_one(pair(one(r.high), one(r.low))))
}

/// (sinh a - a) / a³ by z = a², for a below ½.
#[inline(always)]
pub(super) fn small_sinh(z: f64) -> f64 {
    exponential::small_sinh(one(z)).lane(0)
}

/// The parts of a logarithm: see [`logarithm`].
#[inline(always)]
pub(super) fn series(f: f64) -> (f64, f64) {
    let (tail, half) = logarithm::series(one(f));
    (tail.lane(0), half.lane(0))
}

/// A logarithm's value, but for zero, infinity, and what has none.
#[inline(always)]
pub(super) fn special(x: f64, result: f64) -> f64 {
    logarithm::special(one(x), one(result)).lane(0)
}

/// log((1 + x) 2^more).
#[inline(always)]
pub(super) fn log1p_of(x: Twofold, more: f64) -> f64 {
    logarithm::log1p_of(pair(one(x.high), one(x.low)), one(more)).lane(0)
}

/// e and log m of x = 2^e m.
#[inline(always)]
pub(super) fn log_pair(x: f64) -> (f64, Twofold) {
    let (e, l) = logarithm::log_pair(one(x));
    (e.lane(0), of(l))
}

/// atan a/b, a and b from 0 on.
#[inline(always)]
pub(super) fn angle(a: f64, b: f64) -> Twofold {
    let (high, low) = inverse::angle(one(a), one(b));
    two(high.lane(0), low.lane(0))
}

/// sin and cos of an angle that is a sum of two.
#[inline]
pub(super) fn turned(x: Twofold) -> (Twofold, Twofold) {
    let (k, r) = trigonometric::reduced(one(x.high));
    let (odd, second) = f64::low_bits(k);
    let mut r = of(r);
    if x.low != 0.0 {
        r = r.plus(exactly(x.low));
    }
    let r = pair(one(r.high), one(r.low));
    let (s, c) = (of(trigonometric::sine(r)), of(trigonometric::cosine(r)));
    let (mut s, mut c) = (fast_sum(s.high, s.low), fast_sum(c.high, c.low));
    if odd.any() {
        (s, c) = (c, s.negated());
    }
    if second.any() {
        (s, c) = (s.negated(), c.negated());
    }
    if x.high == 0.0 {
        s = exactly(x.high);
    }
    (s, c)
}
