//! Whole numbers in lanes, as Python and NumPy compute them: results that must fit 64 bits, and quotients that are rounded down.
//!
//! Instruction sets have neither. An addition that leaves 64 bits shows in the signs of operands and sum; factors below 2^31 have a
//! product that fits. Integers below 2^51 are exact as `f64`, whose division then rounds to the right side of every integer: what lies
//! between two integers keeps a distance of at least 1 over the divisor, more than the quotient's rounding. Lanes with larger numbers are
//! computed one by one.
//!
//! May touch: lanes, entry, numbers, spmd.

use crate::entry::{Checked, fits};
use crate::lanes::{Element, FloatElement, IntegerElement, Lanes, Mask};
use crate::numbers::numpy::NumpyInteger;
use crate::spmd::{Active, none};

/// Factors below this have a product that fits 64 bits.
const HALF: i64 = 1 << 31;
/// Below this, integers and their quotients are exact as `f64`, in both directions.
const EXACT: i64 = 1 << 51;
/// 1.5 × 2^52: the floats around it are the integers there, and their last bits count from it.
const MIDDLE: f64 = 6755399441055744.0;
const MIDDLE_BITS: i64 = MIDDLE.to_bits() as i64;

/// Goes on if no lane's result has left 64 bits: otherwise Python must compute it.
#[inline(always)]
fn fit<T, M: Mask>(result: T, left: M) -> Checked<T> {
    fits((!left.any()).then_some(result))
}

impl<const N: usize> Lanes<i64, N>
where
    i64: IntegerElement<N>,
{
    /// `self + other`, which fits in the lanes that are on.
    ///
    /// # Errors
    /// [`Stop::Python`](crate::entry::Stop::Python): it does not.
    #[inline(always)]
    pub fn checked_add(self, other: Self, on: impl Active<<i64 as Element<N>>::Mask>) -> Checked<Self> {
        let sum = self + other;
        fit(sum, on.also(((self ^ sum) & (other ^ sum)).lt(Self::zero())))
    }
    /// `self - other`, which fits in the lanes that are on.
    ///
    /// # Errors
    /// [`Stop::Python`](crate::entry::Stop::Python): it does not.
    #[inline(always)]
    pub fn checked_sub(self, other: Self, on: impl Active<<i64 as Element<N>>::Mask>) -> Checked<Self> {
        let difference = self - other;
        fit(
            difference,
            on.also(((self ^ other) & (self ^ difference)).lt(Self::zero())),
        )
    }
    /// `-self`, which fits in the lanes that are on.
    ///
    /// # Errors
    /// [`Stop::Python`](crate::entry::Stop::Python): it does not.
    #[inline(always)]
    pub fn checked_neg(self, on: impl Active<<i64 as Element<N>>::Mask>) -> Checked<Self> {
        fit(-self, on.also(self.eq(Self::splat(i64::MIN))))
    }
    /// `self * other`, which fits in the lanes that are on.
    ///
    /// # Errors
    /// [`Stop::Python`](crate::entry::Stop::Python): it does not.
    #[inline(always)]
    pub fn checked_mul(self, other: Self, on: impl Active<<i64 as Element<N>>::Mask>) -> Checked<Self> {
        let wide = (self + Self::splat(HALF)) | (other + Self::splat(HALF));
        let large = on.also((wide & Self::splat(-2 * HALF)).to_mask());
        if large.any() {
            product_fits(self.to_array(), other.to_array(), large.bits())?;
        }
        Ok(self * other)
    }
    /// `self * factor`, which fits in the lanes that are on; the factor is at least 2 in size.
    ///
    /// # Errors
    /// [`Stop::Python`](crate::entry::Stop::Python): it does not.
    #[inline(always)]
    pub fn checked_times(self, factor: i64, on: impl Active<<i64 as Element<N>>::Mask>) -> Checked<Self> {
        let (one, other) = (i64::MIN / factor, i64::MAX / factor);
        let (least, greatest) = (Self::splat(one.min(other)), Self::splat(one.max(other)));
        fit(
            self * Self::splat(factor),
            on.also(self.lt(least).or(self.gt(greatest))),
        )
    }
    /// `self << count`, which fits in the lanes that are on; the count is one of 0 to 63.
    ///
    /// # Errors
    /// [`Stop::Python`](crate::entry::Stop::Python): it does not.
    #[inline(always)]
    pub fn checked_shl(self, count: i64, on: impl Active<<i64 as Element<N>>::Mask>) -> Checked<Self> {
        let count = Self::splat(count);
        let shifted = self << count;
        fit(shifted, on.also((shifted >> count).ne(self)))
    }
}

impl<const N: usize> Lanes<i64, N>
where
    i64: IntegerElement<N>,
    f64: FloatElement<N>,
{
    /// Exact for less than 2^51 in size.
    #[inline(always)]
    fn to_f64(self) -> Lanes<f64, N> {
        (self + Self::splat(MIDDLE_BITS)).to_bits_of::<f64>() - Lanes::splat(MIDDLE)
    }
    #[inline(always)]
    fn of_f64(whole: Lanes<f64, N>) -> Self {
        (whole + Lanes::splat(MIDDLE)).to_bits_of::<i64>() - Self::splat(MIDDLE_BITS)
    }
    /// The lanes whose numbers are larger than that.
    #[inline(always)]
    fn is_large(self, other: Self, on: impl Active<<i64 as Element<N>>::Mask>) -> bool {
        let wide = (self + Self::splat(EXACT)) | (other + Self::splat(EXACT));
        on.also((wide & Self::splat(-2 * EXACT)).to_mask()).any()
    }
    /// `self // other`, as [`NumpyInteger::floor_div`] in the lanes that are on.
    #[inline(always)]
    pub fn floor_div(self, other: Self, on: impl Active<<i64 as Element<N>>::Mask>) -> Self {
        if self.is_large(other, on) {
            return Self::from_array(quotients(self.to_array(), other.to_array()));
        }
        let quotient = Self::of_f64((self.to_f64() / other.to_f64()).floor());
        Self::select(other.to_mask(), quotient, Self::zero())
    }
    /// `self % other`, as [`NumpyInteger::floor_mod`] in the lanes that are on.
    #[inline(always)]
    pub fn floor_mod(self, other: Self, on: impl Active<<i64 as Element<N>>::Mask>) -> Self {
        if self.is_large(other, on) {
            return Self::from_array(remainders(self.to_array(), other.to_array()));
        }
        let (a, b) = (self.to_f64(), other.to_f64());
        let remainder = Self::of_f64(a - (a / b).floor() * b);
        Self::select(other.to_mask(), remainder, Self::zero())
    }
    /// Python's `self // other`, which fits in the lanes that are on.
    ///
    /// # Errors
    /// [`Stop::Bail`](crate::entry::Stop::Bail): a divisor is 0; [`Stop::Python`](crate::entry::Stop::Python): a quotient does not fit.
    #[inline(always)]
    pub fn checked_floor_div(self, other: Self, on: impl Active<<i64 as Element<N>>::Mask>) -> Checked<Self> {
        none(on.also(other.eq(Self::zero())))?;
        let left = self.eq(Self::splat(i64::MIN)).and(other.eq(Self::splat(-1)));
        fit(self.floor_div(other, on), on.also(left))
    }
}

impl<const N: usize> Lanes<i32, N>
where
    i32: IntegerElement<N>,
    f64: FloatElement<N>,
{
    /// `self // other`, as [`NumpyInteger::floor_div`].
    #[inline(always)]
    pub fn floor_div(self, other: Self, _: impl Active<<i32 as Element<N>>::Mask>) -> Self {
        // The smallest integer by -1 is cast to itself.
        let quotient = (self.cast::<f64>() / other.cast::<f64>()).floor().cast::<i32>();
        Self::select(other.to_mask(), quotient, Self::zero())
    }
    /// `self % other`, as [`NumpyInteger::floor_mod`].
    #[inline(always)]
    pub fn floor_mod(self, other: Self, _: impl Active<<i32 as Element<N>>::Mask>) -> Self {
        let (a, b) = (self.cast::<f64>(), other.cast::<f64>());
        let remainder = (a - (a / b).floor() * b).cast::<i32>();
        Self::select(other.to_mask(), remainder, Self::zero())
    }
}

/// Whether products fit in the lanes of some bits.
#[cold]
fn product_fits<const N: usize>(a: [i64; N], b: [i64; N], lanes: u32) -> Checked<()> {
    let fit = (0..N).all(|lane| lanes >> lane & 1 == 0 || a[lane].checked_mul(b[lane]).is_some());
    fits(fit.then_some(()))
}

#[cold]
fn quotients<const N: usize>(a: [i64; N], b: [i64; N]) -> [i64; N] {
    core::array::from_fn(|lane| NumpyInteger::floor_div(a[lane], b[lane]))
}

#[cold]
fn remainders<const N: usize>(a: [i64; N], b: [i64; N]) -> [i64; N] {
    core::array::from_fn(|lane| NumpyInteger::floor_mod(a[lane], b[lane]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{I32x8, I32x16, I64x8, I64x16, Mask8};
    use crate::spmd::Full;

    /// Numbers at which something changes: powers of two, their neighbours, and some between.
    fn edges() -> Vec<i64> {
        let mut edges: Vec<i64> = vec![
            0,
            3,
            7,
            10,
            97,
            1000,
            123_456_789,
            3_037_000_499,
            987_654_321_012_345_678,
        ];
        for power in [0, 1, 2, 5, 15, 16, 30, 31, 32, 33, 50, 51, 52, 53, 61, 62] {
            edges.extend([(1_i64 << power) - 1, 1 << power, (1 << power) + 1]);
        }
        edges.extend([i64::MAX, i64::MAX - 1, i64::MIN + 1]);
        let negative: Vec<i64> = edges.iter().map(|one| -one).collect();
        edges.extend(negative);
        edges.push(i64::MIN);
        edges
    }

    #[test]
    fn divisions_are_those_of_every_lane() {
        let edges = edges();
        for a in edges.chunks(8) {
            let a = I64x8::from_fn(|lane| *a.get(lane).unwrap_or(&5));
            for b in &edges {
                let b = I64x8::splat(*b);
                assert_eq!(
                    a.floor_div(b, Full).to_array(),
                    quotients(a.to_array(), b.to_array()),
                    "{a:?} // {b:?}"
                );
                assert_eq!(
                    a.floor_mod(b, Full).to_array(),
                    remainders(a.to_array(), b.to_array()),
                    "{a:?} % {b:?}"
                );
                let (c, d) = (a.cast::<i32>(), b.cast::<i32>());
                let each = |f: fn(i32, i32) -> i32| I32x8::from_fn(|lane| f(c.lane(lane), d.lane(lane))).to_array();
                assert_eq!(
                    c.floor_div(d, Full).to_array(),
                    each(NumpyInteger::floor_div),
                    "{c:?} // {d:?}"
                );
                assert_eq!(
                    c.floor_mod(d, Full).to_array(),
                    each(NumpyInteger::floor_mod),
                    "{c:?} % {d:?}"
                );
            }
        }
    }

    #[test]
    fn quotients_close_to_integers_are_rounded_down() {
        for divisor in [3, 7, 9, 10, 999, 1 << 20, (1 << 25) + 1, (1 << 50) - 1] {
            for times in [1, 2, 5, 1 << 20, EXACT / divisor - 1] {
                let product = divisor.wrapping_mul(times);
                let a = I64x16::from_fn(|lane| product.saturating_add(lane as i64 - 8));
                for divisor in [divisor, -divisor] {
                    let b = I64x16::splat(divisor);
                    assert_eq!(a.floor_div(b, Full).to_array(), quotients(a.to_array(), b.to_array()));
                    assert_eq!(a.floor_mod(b, Full).to_array(), remainders(a.to_array(), b.to_array()));
                }
            }
        }
        let (a, b) = (I32x16::splat(i32::MIN), I32x16::splat(-1));
        assert_eq!(
            (a.floor_div(b, Full).lane(9), a.floor_mod(b, Full).lane(9)),
            (i32::MIN, 0)
        );
    }

    #[test]
    fn what_leaves_64_bits_is_pythons() {
        let edges = edges();
        let same = |ours: Checked<I64x8>, exact: Option<i64>, what: &str| match (ours, exact) {
            (Ok(lanes), Some(exact)) => assert_eq!(lanes.lane(3), exact, "{what}"),
            (Err(_), None) => {}
            (ours, exact) => panic!("{what}: {ours:?}, exactly {exact:?}"),
        };
        let narrow = Mask8::below(4).and_not(Mask8::below(3));
        for x in edges.iter().copied() {
            let a = I64x8::splat(1).with_lane(3, x);
            same(a.checked_neg(Full), x.checked_neg(), &format!("-{x}"));
            for count in 0..64 {
                let exact = (x as i128) << count;
                same(
                    a.checked_shl(count, narrow),
                    i64::try_from(exact).ok(),
                    &format!("{x} << {count}"),
                );
            }
            for y in edges.iter().copied() {
                let b = I64x8::splat(1).with_lane(3, y);
                same(a.checked_add(b, Full), x.checked_add(y), &format!("{x} + {y}"));
                same(a.checked_sub(b, Full), x.checked_sub(y), &format!("{x} - {y}"));
                same(a.checked_mul(b, Full), x.checked_mul(y), &format!("{x} * {y}"));
                if y.unsigned_abs() >= 2 {
                    same(a.checked_times(y, narrow), x.checked_mul(y), &format!("{x} * {y}"));
                }
                let floor = (y != 0 && (x, y) != (i64::MIN, -1)).then(|| NumpyInteger::floor_div(x, y));
                same(a.checked_floor_div(b, Full), floor, &format!("{x} // {y}"));
                // In lanes that are off, nothing is wrong.
                let off = Mask8::below(3);
                let results = [a.checked_add(b, off), a.checked_sub(b, off), a.checked_mul(b, off)];
                assert!(results.iter().all(Result::is_ok) && a.checked_floor_div(b, off).is_ok());
            }
        }
    }
}
