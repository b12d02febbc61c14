//! Interval arithmetic at launch: which values can an integer expression take?
//!
//! Guards ask, before a kernel starts, whether subscripts stay inside their arrays and Python integers inside 64 bits. The
//! extreme values of the inputs are known then, so the answer is a few operations on [`Span`]s, whatever the array sizes.
//! Ends are `i128` and saturate, so that no chain of operations on 64-bit inputs wraps: an end at the limit means
//! "unknown, and outside 64 bits". Every operation gives a span that holds all results Python's operation can have.
//!
//! May touch: nothing.

/// All integers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Smallest value.
    pub low: i128,
    /// Largest value; not below `low`.
    pub high: i128,
}

#[allow(
    clippy::should_implement_trait,
    reason = "a family of named operations, several without a trait"
)]
impl Span {
    /// Everything.
    pub const ALL: Span = Span {
        low: i128::MIN,
        high: i128::MAX,
    };

    /// One value.
    #[inline]
    pub fn of(value: i64) -> Self {
        Span {
            low: value as i128,
            high: value as i128,
        }
    }
    /// From one value to another, in either order.
    #[inline]
    pub fn between(a: i64, b: i64) -> Self {
        let (a, b) = (a as i128, b as i128);
        Span {
            low: a.min(b),
            high: a.max(b),
        }
    }
    /// The values of `start, start + step, …`, `trips` of them; a loop variable's. `start` alone if there are none.
    #[inline]
    pub fn of_range(start: i64, step: i64, trips: u64) -> Self {
        let last = start as i128 + step as i128 * trips.saturating_sub(1) as i128;
        Span {
            low: last.min(start as i128),
            high: last.max(start as i128),
        }
    }
    /// The smallest span that holds both.
    #[inline]
    pub fn join(self, other: Self) -> Self {
        Span {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
    /// Whether every value fits an `i64`.
    #[inline]
    pub fn fits_i64(self) -> bool {
        self.low >= i64::MIN as i128 && self.high <= i64::MAX as i128
    }
    /// Whether every value lies in `low..=high`.
    #[inline]
    pub fn within(self, low: i128, high: i128) -> bool {
        self.low >= low && self.high <= high
    }
    /// Whether every value is a subscript of an axis of this extent that need not wrap: `0..extent`.
    #[inline]
    pub fn indexes(self, extent: usize) -> bool {
        self.within(0, extent as i128 - 1)
    }
    /// Whether every value is a subscript of an axis of this extent once negative ones have wrapped.
    #[inline]
    pub fn indexes_wrapping(self, extent: usize) -> bool {
        self.within(-(extent as i128), extent as i128 - 1)
    }
    /// Whether 0 is among the values.
    #[inline]
    pub fn has_zero(self) -> bool {
        self.low <= 0 && self.high >= 0
    }
    /// Sums.
    #[inline]
    #[allow(
        clippy::should_implement_trait,
        reason = "a family of named operations, several without a trait"
    )]
    pub fn add(self, other: Self) -> Self {
        Span {
            low: self.low.saturating_add(other.low),
            high: self.high.saturating_add(other.high),
        }
    }
    /// Differences.
    #[inline]
    #[allow(
        clippy::should_implement_trait,
        reason = "a family of named operations, several without a trait"
    )]
    pub fn sub(self, other: Self) -> Self {
        Span {
            low: self.low.saturating_sub(other.high),
            high: self.high.saturating_sub(other.low),
        }
    }
    /// Products.
    #[inline]
    #[allow(
        clippy::should_implement_trait,
        reason = "a family of named operations, several without a trait"
    )]
    pub fn mul(self, other: Self) -> Self {
        Self::hull([
            self.low.saturating_mul(other.low),
            self.low.saturating_mul(other.high),
            self.high.saturating_mul(other.low),
            self.high.saturating_mul(other.high),
        ])
    }
    /// Negatives.
    #[inline]
    #[allow(
        clippy::should_implement_trait,
        reason = "a family of named operations, several without a trait"
    )]
    pub fn neg(self) -> Self {
        Span {
            low: self.high.saturating_neg(),
            high: self.low.saturating_neg(),
        }
    }
    /// Magnitudes.
    #[inline]
    pub fn abs(self) -> Self {
        if self.low >= 0 {
            self
        } else if self.high <= 0 {
            self.neg()
        } else {
            Span {
                low: 0,
                high: self.high.max(self.low.saturating_neg()),
            }
        }
    }
    /// Smaller ones.
    #[inline]
    pub fn min(self, other: Self) -> Self {
        Span {
            low: self.low.min(other.low),
            high: self.high.min(other.high),
        }
    }
    /// Larger ones.
    #[inline]
    pub fn max(self, other: Self) -> Self {
        Span {
            low: self.low.max(other.low),
            high: self.high.max(other.high),
        }
    }
    /// Python's floor quotients, over the divisors that are not 0 (a zero divisor is another guard's concern).
    #[inline]
    pub fn floor_div(self, other: Self) -> Self {
        let Some([negative, positive]) = other.nonzero() else {
            return Span::of(0);
        };
        let part = |divisors: Option<Span>| {
            divisors.map(|d| {
                Self::hull([
                    floor_div(self.low, d.low),
                    floor_div(self.low, d.high),
                    floor_div(self.high, d.low),
                    floor_div(self.high, d.high),
                ])
            })
        };
        match (part(negative), part(positive)) {
            (Some(a), Some(b)) => a.join(b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => Span::of(0),
        }
    }
    /// Python's remainders (the sign of the divisor), over the divisors that are not 0.
    #[inline]
    pub fn floor_mod(self, other: Self) -> Self {
        let Some([negative, positive]) = other.nonzero() else {
            return Span::of(0);
        };
        let unchanged = |d: Span| self.low >= 0 && d.low > 0 && self.high < d.low;
        if negative.is_none() && positive.is_some_and(unchanged) {
            return self;
        }
        let low = negative.map_or(0, |d| d.low.saturating_add(1));
        let mut high = positive.map_or(0, |d| d.high - 1);
        if self.low >= 0 && negative.is_none() {
            high = high.min(self.high);
        }
        Span { low, high }
    }
    /// `self << count`; everything if a count may be negative (which raises) or above 127.
    #[inline]
    pub fn shl(self, count: Self) -> Self {
        if !count.within(0, 126) {
            return if self.low == 0 && self.high == 0 {
                self
            } else {
                Self::ALL
            };
        }
        self.mul(Span {
            low: 1 << count.low,
            high: 1 << count.high,
        })
    }
    /// `self >> count`, over the counts that are not negative.
    #[inline]
    pub fn shr(self, count: Self) -> Self {
        let (least, most) = (count.low.clamp(0, 127) as u32, count.high.clamp(0, 127) as u32);
        Self::hull([
            self.low >> least,
            self.low >> most,
            self.high >> least,
            self.high >> most,
        ])
    }
    /// `self & other`.
    #[inline]
    pub fn and(self, other: Self) -> Self {
        match (self.low >= 0, other.low >= 0) {
            (true, true) => Span {
                low: 0,
                high: self.high.min(other.high),
            },
            (true, false) => Span {
                low: 0,
                high: self.high,
            },
            (false, true) => Span {
                low: 0,
                high: other.high,
            },
            (false, false) => self.bits_of(other),
        }
    }
    /// `self | other`.
    #[inline]
    pub fn or(self, other: Self) -> Self {
        let bits = self.bits_of(other);
        if self.low >= 0 && other.low >= 0 {
            Span {
                low: self.low.max(other.low),
                ..bits
            }
        } else {
            bits
        }
    }
    /// `self ^ other`.
    #[inline]
    pub fn xor(self, other: Self) -> Self {
        self.bits_of(other)
    }
    /// `self ** exponent` for exponents from 0 on.
    #[inline]
    pub fn pow(self, exponent: Self) -> Self {
        if !exponent.within(0, 127) {
            return Self::ALL;
        }
        let (least, most) = (exponent.low as u32, exponent.high as u32);
        let ends = [self.low, self.high].map(|base| [base.saturating_pow(least), base.saturating_pow(most)]);
        let mut hull = Self::hull([ends[0][0], ends[0][1], ends[1][0], ends[1][1]]);
        if self.low < 0 {
            // Odd and even exponents reach both signs.
            let top = self.abs().high.saturating_pow(most);
            hull = hull.join(Span {
                low: top.saturating_neg(),
                high: top,
            });
        }
        if self.has_zero() {
            hull.join(Span { low: 0, high: 1 })
        } else {
            hull
        }
    }

    /// All values with no more bits than the longest here.
    fn bits_of(self, other: Self) -> Self {
        let all = self.join(other);
        let longest = all.high.max(!all.low).max(0);
        let ones = if longest == 0 {
            0
        } else {
            i128::MAX >> (longest.leading_zeros() - 1)
        };
        Span {
            low: if all.low < 0 { !ones } else { 0 },
            high: ones,
        }
    }
    fn nonzero(self) -> Option<[Option<Span>; 2]> {
        let negative = (self.low < 0).then_some(Span {
            low: self.low,
            high: self.high.min(-1),
        });
        let positive = (self.high > 0).then_some(Span {
            low: self.low.max(1),
            high: self.high,
        });
        (negative.is_some() || positive.is_some()).then_some([negative, positive])
    }
    fn hull(values: [i128; 4]) -> Self {
        let mut hull = Span {
            low: values[0],
            high: values[0],
        };
        for value in values {
            hull = Span {
                low: hull.low.min(value),
                high: hull.high.max(value),
            };
        }
        hull
    }
}

fn floor_div(a: i128, b: i128) -> i128 {
    let Some(quotient) = a.checked_div(b) else {
        return i128::MAX;
    };
    if a % b != 0 && (a < 0) != (b < 0) {
        quotient - 1
    } else {
        quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans() -> Vec<(i64, i64)> {
        let ends = [-9, -4, -1, 0, 1, 3, 8];
        ends.iter()
            .flat_map(|&a| ends.iter().filter(move |&&b| b >= a).map(move |&b| (a, b)))
            .collect()
    }

    /// Every result of the operation on members lies in the span of the results.
    fn sound(name: &str, op: impl Fn(Span, Span) -> Span, exact: impl Fn(i128, i128) -> Option<i128>) {
        for (a, b) in spans() {
            for (c, d) in spans() {
                let span = op(Span::between(a, b), Span::between(c, d));
                for x in a..=b {
                    for y in c..=d {
                        if let Some(value) = exact(x.into(), y.into()) {
                            let inside = span.low <= value && value <= span.high;
                            assert!(
                                inside,
                                "{x} {name} {y} = {value} is not in {span:?} of {a}..{b} and {c}..{d}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn spans_hold_every_result() {
        sound("+", Span::add, |x, y| Some(x + y));
        sound("-", Span::sub, |x, y| Some(x - y));
        sound("*", Span::mul, |x, y| Some(x * y));
        sound("min", Span::min, |x, y| Some(x.min(y)));
        sound("max", Span::max, |x, y| Some(x.max(y)));
        sound("&", Span::and, |x, y| Some(x & y));
        sound("|", Span::or, |x, y| Some(x | y));
        sound("^", Span::xor, |x, y| Some(x ^ y));
        sound("<<", Span::shl, |x, y| (y >= 0).then(|| x << y));
        sound(">>", Span::shr, |x, y| (y >= 0).then(|| x >> y));
        sound("**", Span::pow, |x, y| (y >= 0).then(|| x.pow(y as u32)));
        sound("//", Span::floor_div, |x, y| (y != 0).then(|| floor_div(x, y)));
        sound("%", Span::floor_mod, |x, y| (y != 0).then(|| x - y * floor_div(x, y)));
        sound("abs", |a, _| a.abs(), |x, _| Some(x.abs()));
        sound("-", |a, _| a.neg(), |x, _| Some(-x));
    }

    #[test]
    fn corners() {
        let all = Span::between(i64::MIN, i64::MAX);
        assert!(all.fits_i64() && !all.neg().fits_i64() && !all.add(Span::of(1)).fits_i64());
        assert!(!all.mul(all).mul(all).mul(all).fits_i64());
        assert!(!Span::of(1).shl(Span::of(200)).fits_i64());
        assert_eq!(Span::of_range(9, -2, 5), Span::between(1, 9));
        assert_eq!(Span::of_range(9, -2, 0), Span::of(9));
        assert!(Span::between(0, 9).indexes(10) && !Span::between(0, 10).indexes(10) && !Span::of(-1).indexes(10));
        assert!(Span::between(-10, 9).indexes_wrapping(10) && !Span::of(0).indexes_wrapping(0));
        assert_eq!(Span::between(0, 5).floor_mod(Span::between(7, 9)), Span::between(0, 5));
        assert!(Span::ALL.pow(Span::of(3)).low == i128::MIN && Span::of(i64::MAX).pow(Span::of(2)).high > 1 << 100);
    }
}
