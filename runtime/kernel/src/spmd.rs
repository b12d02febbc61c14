//! What generated loops in lanes are made of.
//!
//! `N` neighbouring iterations run in lockstep, each variable a [`Lanes`] of their values. Which of them take part is an
//! [`Active`] value: [`Full`] where all do, else a mask; [`Lanes::read`] and [`Lanes::write`] choose their instructions by its type, and by
//! the type of the [`Step`] between the lanes' elements, so that one text serves the fast path (all lanes, neighbouring
//! elements) and every other.
//!
//! May touch: lanes, entry, reduce.

use crate::entry::{Checked, ensure};
use crate::lanes::{Element, FloatElement, Lanes, Mask};
use crate::reduce::{Accumulator, FoldLanes};

/// The lanes that take part.
pub trait Active<M: Mask>: Copy {
    /// Whether that is all of them, by type.
    const FULL: bool;
    /// As a mask.
    fn mask(self) -> M;
    /// Those of them that are on in `lanes`.
    #[inline(always)]
    fn also(self, lanes: M) -> M {
        self.mask().and(lanes)
    }
    /// Those of them that are off in `lanes`.
    #[inline(always)]
    fn but_not(self, lanes: M) -> M {
        self.mask().and_not(lanes)
    }
}

/// All lanes.
#[derive(Clone, Copy, Debug)]
pub struct Full;

impl<M: Mask> Active<M> for Full {
    const FULL: bool = true;
    #[inline(always)]
    fn mask(self) -> M {
        M::splat(true)
    }
    #[inline(always)]
    fn also(self, lanes: M) -> M {
        lanes
    }
    #[inline(always)]
    fn but_not(self, lanes: M) -> M {
        lanes.not()
    }
}

impl<M: Mask> Active<M> for M {
    const FULL: bool = false;
    #[inline(always)]
    fn mask(self) -> M {
        self
    }
}

/// Elements from one lane's place to the next one's.
pub trait Step: Copy {
    /// Whether it is one, by type.
    const UNIT: bool;
    /// Whether whole groups are to be written around the caches, by type.
    const AROUND: bool = false;
    /// How many.
    fn elements(self) -> isize;
}

/// One.
#[derive(Clone, Copy, Debug)]
pub struct Unit;

impl Step for Unit {
    const UNIT: bool = true;
    #[inline(always)]
    fn elements(self) -> isize {
        1
    }
}

/// One, in a loop that fills more memory than the caches hold.
#[derive(Clone, Copy, Debug)]
pub struct Around;

impl Step for Around {
    const UNIT: bool = true;
    const AROUND: bool = true;
    #[inline(always)]
    fn elements(self) -> isize {
        1
    }
}

/// Any number.
#[derive(Clone, Copy, Debug)]
pub struct Stride(isize);

impl Step for Stride {
    const UNIT: bool = false;
    #[inline(always)]
    fn elements(self) -> isize {
        self.0
    }
}

/// A step that has been found to be one.
#[inline(always)]
pub fn unit(_: isize) -> Unit {
    Unit
}

/// A step that has been found to be one, where [`streams`](crate::lanes::streams) says so.
#[inline(always)]
pub fn around(_: isize) -> Around {
    Around
}

/// A step of any number of elements.
#[inline(always)]
pub fn by(elements: isize) -> Stride {
    Stride(elements)
}

/// Memory, by the types of step and active lanes.
impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// The elements of the active lanes, the first lane's being `at`; 0 in the others.
    ///
    /// # Safety
    /// Each active lane's element can be read.
    #[inline(always)]
    pub unsafe fn read<S: Step, A: Active<T::Mask>>(at: *const T, step: S, on: A) -> Self {
        // SAFETY: the same contract.
        unsafe {
            match (S::UNIT, A::FULL) {
                (true, true) => Lanes::load(at),
                (true, false) => Lanes::load_masked(at, on.mask()),
                (false, true) => Lanes::load_strided(at, step.elements()),
                (false, false) => Self::read_apart(at, step.elements(), on.mask()),
            }
        }
    }
    /// Writes the elements of the active lanes, the first lane's being `at`.
    ///
    /// # Safety
    /// Each active lane's element can be written.
    #[inline(always)]
    pub unsafe fn write<S: Step, A: Active<T::Mask>>(self, at: *mut T, step: S, on: A) {
        // SAFETY: the same contract.
        unsafe {
            match (S::UNIT, A::FULL) {
                (true, true) => self.store(at),
                (true, false) => self.store_masked(at, on.mask()),
                (false, true) => self.store_strided(at, step.elements()),
                (false, false) => self.write_apart(at, step.elements(), on.mask()),
            }
        }
    }
    /// One of a loop's arrays may lie apart, which sends all of them here; and nearly always all lanes are on.
    ///
    /// # Safety
    /// Each element whose lane is on can be read.
    #[inline(always)]
    unsafe fn read_apart(at: *const T, stride: isize, on: T::Mask) -> Self {
        // SAFETY: the same contract.
        unsafe {
            if stride == 1 {
                Lanes::load_masked(at, on)
            } else if on.all() {
                Lanes::load_strided(at, stride)
            } else {
                Lanes::load_strided_masked(at, stride, on)
            }
        }
    }
    /// The same for writing.
    ///
    /// # Safety
    /// Each element whose lane is on can be written.
    #[inline(always)]
    unsafe fn write_apart(self, at: *mut T, stride: isize, on: T::Mask) {
        // SAFETY: the same contract.
        unsafe {
            if stride == 1 {
                self.store_masked(at, on);
            } else if on.all() {
                self.store_strided(at, stride);
            } else {
                self.store_strided_masked(at, stride, on);
            }
        }
    }
    /// [`write`](Self::write), of elements that the loop does not come back to.
    ///
    /// # Safety
    /// Each active lane's element can be written.
    #[inline(always)]
    pub unsafe fn stream<S: Step, A: Active<T::Mask>>(self, at: *mut T, step: S, on: A) {
        // SAFETY: the same contract.
        unsafe {
            if S::AROUND && A::FULL {
                self.store_around(at);
            } else {
                self.write(at, step, on);
            }
        }
    }
    /// The elements at these offsets from `base`; 0 in the lanes that are not active.
    ///
    /// # Safety
    /// Each active lane's element can be read.
    #[inline(always)]
    pub unsafe fn pick<A: Active<T::Mask>>(base: *const T, offsets: Lanes<i64, N>, on: A) -> Self
    where
        i64: Element<N>,
    {
        // SAFETY: the same contract.
        unsafe { Lanes::gather_masked(base, offsets, on.mask()) }
    }
    /// Writes the elements at these offsets from `base`; of equal offsets the last active lane wins.
    ///
    /// # Safety
    /// Each active lane's element can be written.
    #[inline(always)]
    pub unsafe fn put<A: Active<T::Mask>>(self, base: *mut T, offsets: Lanes<i64, N>, on: A)
    where
        i64: Element<N>,
    {
        // SAFETY: the same contract.
        unsafe { self.scatter_masked(base, offsets, on.mask()) }
    }
}

impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// The new values in the active lanes, the old ones in the others.
    #[inline(always)]
    pub fn updated<A: Active<T::Mask>>(self, on: A, new: Self) -> Self {
        if A::FULL {
            new
        } else {
            Lanes::select(on.mask(), new, self)
        }
    }
}

/// Subscripts of an axis as Python reads them: negative ones count from the end. Ends the fast variant if an active one is
/// out of bounds.
#[inline(always)]
pub fn wrap<const N: usize>(
    index: Lanes<i64, N>,
    extent: i64,
    on: impl Active<<i64 as Element<N>>::Mask>,
) -> Checked<Lanes<i64, N>>
where
    i64: Element<N>,
{
    let zero = Lanes::zero();
    let extent = Lanes::splat(extent);
    let wrapped = Lanes::select(index.lt(zero), index + extent, index);
    none(on.also(wrapped.lt(zero).or(wrapped.ge(extent))))?;
    Ok(wrapped)
}

/// Goes on only if no lane is on.
#[inline(always)]
pub fn none<M: Mask>(bad: M) -> Checked<()> {
    ensure(!bad.any())
}

/// `a` where the mask is on, else `b`.
#[inline(always)]
pub fn choose<M: Mask>(mask: M, a: M, b: M) -> M {
    mask.and(a).or(b.and_not(mask))
}

/// Where the value is neither infinite nor NaN.
#[inline(always)]
#[allow(clippy::eq_op, reason = "0 for finite values only")]
pub fn finite<T: FloatElement<N>, const N: usize>(x: Lanes<T, N>) -> T::Mask {
    (x - x).eq(Lanes::zero())
}

/// Where the value is infinite.
#[inline(always)]
pub fn infinite<T: FloatElement<N>, const N: usize>(x: Lanes<T, N>) -> T::Mask {
    finite(x).or(x.is_nan()).not()
}

/// The result of a reduction's groups, by the fixed tree of [`reduce`](crate::reduce).
#[inline(always)]
pub fn finish<F: FoldLanes<T, N>, T: Element<N>, const N: usize, const G: usize>(groups: [Lanes<T, N>; G]) -> T {
    Accumulator::<F, T, N, G>::of(groups).finish()
}

/// Group and lane of the best value, of those lanes whose trip number is not negative. `better` compares strictly; of equal
/// values the one with the least trip number wins, or with the greatest if `last`.
#[inline(always)]
pub fn winner<T: Element<N>, const N: usize, const G: usize>(
    values: &[Lanes<T, N>; G],
    trips: &[Lanes<i64, N>; G],
    last: bool,
    better: impl Fn(T, T) -> bool,
) -> Option<(usize, usize)>
where
    i64: Element<N>,
{
    let mut won: Option<(usize, usize)> = None;
    for group in 0..G {
        for lane in 0..N {
            let (value, trip) = (values[group].lane(lane), trips[group].lane(lane));
            let wins = trip >= 0
                && won.is_none_or(|(g, l)| {
                    let (best, at) = (values[g].lane(l), trips[g].lane(l));
                    better(value, best) || (!better(best, value) && (trip > at) == last)
                });
            if wins {
                won = Some((group, lane));
            }
        }
    }
    won
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{F64x8, I64x8, Mask8};
    use crate::reduce::Sum;

    #[test]
    fn one_text_for_every_way() {
        let x: Vec<f64> = (0..64).map(f64::from).collect();
        let some = Mask8::from_bits(0b0101_0011);
        // SAFETY: all places are in `x`.
        unsafe {
            let dense = F64x8::read(x.as_ptr().add(3), unit(1), Full);
            let apart = F64x8::read(x.as_ptr().add(3), by(2), Full);
            let masked = F64x8::read(x.as_ptr().add(3), unit(1), some);
            let both = F64x8::read(x.as_ptr().add(63), by(-4), some);
            assert_eq!(dense.lane(7), 10.0);
            assert_eq!(apart.lane(7), 17.0);
            assert_eq!(masked.to_array(), [3.0, 4.0, 0.0, 0.0, 7.0, 0.0, 9.0, 0.0]);
            assert_eq!(both.to_array(), [63.0, 59.0, 0.0, 0.0, 47.0, 0.0, 39.0, 0.0]);
            let mut y = [0.0; 16];
            dense.write(y.as_mut_ptr(), by(2), some);
            assert_eq!(y[..6], [3.0, 0.0, 4.0, 0.0, 0.0, 0.0]);
            let picked = F64x8::pick(x.as_ptr(), I64x8::iota(60, -5), some);
            assert_eq!(picked.lane(1), 55.0);
        }
    }

    #[test]
    fn subscripts_wrap() {
        assert_eq!(
            wrap(I64x8::iota(-4, 1), 4, Full).unwrap().to_array(),
            [0, 1, 2, 3, 0, 1, 2, 3]
        );
        assert!(wrap(I64x8::iota(-5, 1), 4, Full).is_err());
        assert!(wrap(I64x8::iota(-5, 1), 4, Mask8::from_bits(0xfe)).is_ok());
        assert!(wrap(I64x8::iota(0, 1), 7, Full).is_err());
    }

    #[test]
    fn the_first_or_the_last_of_equals_wins() {
        let values = [
            F64x8::from_array([3.0, 1.0, 2.0, 1.0, 5.0, 0.5, 7.0, 1.0]),
            F64x8::splat(1.0),
        ];
        let trips = [F64x8::iota(0.0, 1.0).cast::<i64>(), I64x8::iota(8, 1)];
        let trips = [trips[0].with_lane(5, -1), trips[1]];
        assert_eq!(winner(&values, &trips, false, |a, b| a < b), Some((0, 1)));
        assert_eq!(winner(&values, &trips, true, |a, b| a < b), Some((1, 7)));
        assert_eq!(winner(&values, &trips, false, |a, b| a > b), Some((0, 6)));
        assert_eq!(winner(&values, &[I64x8::splat(-1); 2], false, |a, b| a < b), None);
    }

    #[test]
    fn groups_meet_in_a_tree() {
        let groups = core::array::from_fn(|group| F64x8::iota(group as f64 * 8.0, 1.0));
        assert_eq!(finish::<Sum, f64, 8, 4>(groups), 31.0 * 16.0);
        assert!(infinite(F64x8::splat(f64::NEG_INFINITY)).all());
        assert!(!finite(F64x8::splat(f64::NAN)).any() && finite(F64x8::splat(-1e308)).all());
    }
}
