//! Arrays whose elements the iterations of a loop only combine contributions into: histograms and accumulators.
//!
//! [`Blocks`] decides how a loop with such arrays is split. Where the work outweighs it, every block of iterations collects
//! into its own [`Copies`], which start neutral and are folded into the array last, in block order. Else all blocks
//! collect in the array itself: in order, on one thread; or, where the order cannot show and threads are plenty, with
//! indivisible updates ([`Bins`]).
//!
//! The bits of a floating-point result must not depend on the threads. So the number of copies follows from the number of
//! iterations, their work and the size of the arrays alone, unless every combination is exact ([`Blocks::exact`]).
//!
//! May touch: abi, entry, lanes, parallel, reduce, view.

use core::any::TypeId;
use core::marker::PhantomData;
use core::ops::Deref;
use core::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

use crate::entry::{Checked, finished};
use crate::lanes::Scalar;
use crate::parallel::{Team, block_length};
use crate::reduce::{Fold, Sum};
use crate::view::View;

/// Bytes that all copies of a loop may take together.
const MEMORY: u64 = 64 << 20;
/// The greatest number of copies.
const MOST: u64 = 128;
/// Nanoseconds to fill a byte of a copy and to fold it into the array.
const BYTE: f64 = 0.25;
/// Nanoseconds of a copy, apart from its bytes.
const COPY: f64 = 2_500.0;
/// Bytes of arrays from which on an iteration waits for memory, and takes twice as long.
const CACHE: u64 = 1 << 20;
/// How much more than the copies' cost the work must be.
const WORTH: f64 = 8.0;
/// Threads from which on indivisible updates are faster than one thread's plain ones.
const CROWD: usize = 4;

/// Where the blocks of a loop collect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In copies of their own.
    Apart,
    /// In the array, one block after the other.
    InOrder,
    /// In the array, all at once.
    Together,
}

/// How a loop that collects in arrays is split.
#[derive(Clone, Copy, Debug)]
pub struct Blocks {
    length: u64,
    count: u64,
    place: Place,
}

impl Blocks {
    /// Blocks of a loop of `trips` iterations, `cost` nanoseconds each, that collects in `bytes` bytes of arrays; as
    /// [`block_length`] has them, at least `least` iterations long, where copies do not pay.
    pub fn new(trips: u64, cost: f64, least: u64, bytes: u64) -> Self {
        let affordable = MEMORY / bytes.max(1);
        let cost = if bytes > CACHE { 2.0 * cost } else { cost };
        let worthwhile = trips as f64 * cost / (WORTH * (COPY + BYTE * bytes as f64));
        Self::of(trips, least, (worthwhile as u64).min(affordable).min(MOST).min(trips))
    }
    /// The same, where every combination is exact, so that a team may choose what is fastest for its threads.
    pub fn exact(trips: u64, cost: f64, least: u64, bytes: u64, team: &Team<'_>) -> Self {
        let apart = Self::new(trips, cost, least, bytes);
        let threads = team.threads();
        if apart.place == Place::Apart && threads > 1 {
            return Self::of(trips, least, apart.count.min(4 * threads as u64));
        }
        let place = if threads < CROWD {
            Place::InOrder
        } else {
            Place::Together
        };
        Blocks {
            place,
            ..Self::of(trips, least, 0)
        }
    }
    fn of(trips: u64, least: u64, copies: u64) -> Self {
        let (length, place) = if copies < 2 {
            (block_length(trips, least), Place::InOrder)
        } else {
            (trips.div_ceil(copies), Place::Apart)
        };
        Blocks {
            length,
            count: trips.div_ceil(length),
            place,
        }
    }
    /// Iterations of a block.
    pub fn length(&self) -> u64 {
        self.length
    }
    /// The team, or its first thread alone where the order matters.
    pub fn team<'t>(&self, team: &Team<'t>) -> Team<'t> {
        if self.place == Place::InOrder {
            team.alone()
        } else {
            *team
        }
    }
    /// What the blocks collect in instead of an array.
    ///
    /// # Safety
    /// The view is valid and writable while the copies live, and nobody else touches its elements.
    pub unsafe fn copies<F: Fold<T>, T: Copy + Send + Sync, const R: usize>(
        &self,
        view: View<T, R>,
    ) -> Copies<F, T, R> {
        // Copies begin in cache lines of their own.
        let line = 128 / size_of::<T>();
        let stride = view.len().next_multiple_of(line) + line;
        let count = if self.place == Place::Apart {
            self.count as usize
        } else {
            0
        };
        Copies {
            view,
            blocks: *self,
            stride,
            memory: Vec::with_capacity(count * stride),
            fold: PhantomData,
        }
    }
}

/// The copies of one array.
pub struct Copies<F, T, const R: usize> {
    view: View<T, R>,
    blocks: Blocks,
    /// Elements from one copy to the next.
    stride: usize,
    memory: Vec<T>,
    fold: PhantomData<fn(F)>,
}

impl<F: Fold<T> + 'static, T: Copy + Send + Sync, const R: usize> Copies<F, T, R> {
    /// What the block that begins with iteration `first` collects in: a new, neutral copy, or the array itself.
    ///
    /// # Safety
    /// Called once for each block, and the view is used by that block alone, before [`combine`](Self::combine).
    #[inline]
    pub unsafe fn of(&self, first: u64) -> View<T, R> {
        if self.blocks.place != Place::Apart {
            return self.view;
        }
        let copy = self.copy((first / self.blocks.length) as usize);
        // SAFETY: the copy is this block's, and there is room for it.
        unsafe {
            for position in 0..self.view.len() {
                copy.add(position).write(F::neutral());
            }
            self.view.dense(copy)
        }
    }
    /// The same for elements that are only updated.
    ///
    /// # Safety
    /// As of [`of`](Self::of).
    #[inline]
    pub unsafe fn bins(&self, first: u64) -> Bins<F, T, R> {
        Bins {
            // SAFETY: the same contract.
            view: unsafe { self.of(first) },
            together: self.blocks.place == Place::Together,
            fold: PhantomData,
        }
    }
    /// Folds what the blocks collected into the array, earlier blocks first.
    ///
    /// # Safety
    /// All blocks have run, and the contract of [`Blocks::copies`] still holds.
    pub unsafe fn combine(&self, team: &Team<'_>) -> Checked<()> {
        if self.blocks.place != Place::Apart || self.blocks.count == 0 {
            return Ok(());
        }
        let cost = 0.2 * self.blocks.count as f64;
        let ended = team.run(self.view.len() as u64, cost, 0, |range, _| {
            let (mut first, end) = (range.start as usize, range.end as usize);
            let mut totals = [F::neutral(); 256];
            while first < end {
                let totals = &mut totals[..(end - first).min(256)];
                totals.fill(F::neutral());
                for block in 0..self.blocks.count as usize {
                    // SAFETY: part of a copy that its block has filled.
                    let part = unsafe { core::slice::from_raw_parts(self.copy(block).add(first), totals.len()) };
                    for (total, &other) in totals.iter_mut().zip(part) {
                        *total = F::fold(*total, other);
                    }
                }
                for (position, &total) in totals.iter().enumerate() {
                    let element = self.view.nth(first + position);
                    // SAFETY: an element of the view; each is given to one task.
                    unsafe { *element = F::fold(*element, total) };
                }
                first += totals.len();
            }
        });
        finished(ended)
    }
    fn copy(&self, block: usize) -> *mut T {
        self.memory.as_ptr().cast_mut().wrapping_add(block * self.stride)
    }
}

// SAFETY: threads share the copies to take parts of them, by the contract of `of` each its own.
unsafe impl<F, T: Send + Sync, const R: usize> Sync for Copies<F, T, R> {}

/// Elements that are only updated, perhaps by several threads at once.
#[derive(Clone, Copy, Debug)]
pub struct Bins<F, T, const R: usize> {
    view: View<T, R>,
    together: bool,
    fold: PhantomData<fn(F)>,
}

impl<F, T, const R: usize> Deref for Bins<F, T, R> {
    type Target = View<T, R>;
    #[inline(always)]
    fn deref(&self) -> &View<T, R> {
        &self.view
    }
}

impl<F: Fold<T> + 'static, T: Atomic, const R: usize> Bins<F, T, R> {
    /// As [`View::unit`].
    #[inline(always)]
    pub fn unit(self) -> Self {
        Bins {
            view: self.view.unit(),
            ..self
        }
    }
    /// Combines an element with a contribution.
    ///
    /// # Safety
    /// Each subscript is at least 0 and below its axis' extent.
    #[inline(always)]
    pub unsafe fn fold(&self, index: [i64; R], contribution: T) {
        let element = self.view.address(index);
        // SAFETY: in bounds by contract; only bins of the same kind touch the array meanwhile.
        unsafe {
            if !self.together {
                *element = F::fold(*element, contribution);
            } else if TypeId::of::<F>() == TypeId::of::<Sum>() {
                T::add(element, contribution);
            } else {
                T::update(element, |old| F::fold(old, contribution));
            }
        }
    }
}

/// Integers that threads may update at once.
pub trait Atomic: Scalar {
    /// Adds, wrapping.
    ///
    /// # Safety
    /// The element is valid, and others touch it by the same functions only.
    unsafe fn add(element: *mut Self, contribution: Self);
    /// Replaces the value.
    ///
    /// # Safety
    /// As of [`add`](Self::add).
    unsafe fn update(element: *mut Self, new: impl Fn(Self) -> Self);
}

macro_rules! atomic {
    ($($t:ident $bits:ident $atomic:ident),*) => {$(
        impl Atomic for $t {
            #[inline(always)]
            unsafe fn add(element: *mut Self, contribution: Self) {
                // SAFETY: valid by contract, and elements are aligned.
                unsafe { $atomic::from_ptr(element.cast()) }.fetch_add(contribution as $bits, Ordering::Relaxed);
            }
            #[inline(always)]
            unsafe fn update(element: *mut Self, new: impl Fn(Self) -> Self) {
                // SAFETY: as above.
                let element = unsafe { $atomic::from_ptr(element.cast()) };
                let replace = |old| Some(new(old as $t) as $bits);
                _ = element.fetch_update(Ordering::Relaxed, Ordering::Relaxed, replace);
            }
        }
    )*};
}
atomic! {
    i8 u8 AtomicU8, u8 u8 AtomicU8, i16 u16 AtomicU16, u16 u16 AtomicU16,
    i32 u32 AtomicU32, u32 u32 AtomicU32, i64 u64 AtomicU64, u64 u64 AtomicU64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::Host;
    use crate::reduce::PyMax;
    use core::ffi::c_void;

    unsafe extern "C" fn scoped(
        _: *const Host,
        count: usize,
        _: usize,
        body: unsafe extern "C" fn(*mut c_void, usize),
        data: *mut c_void,
    ) {
        let data = data as usize;
        std::thread::scope(|scope| {
            for index in 0..count {
                // SAFETY: what the team passes.
                scope.spawn(move || unsafe { body(data as *mut c_void, index) });
            }
        });
    }

    unsafe extern "C" fn never(_: *const Host) -> bool {
        false
    }

    fn host(threads: u32) -> Host {
        Host {
            version: crate::abi::ABI_VERSION,
            threads,
            context: core::ptr::null_mut(),
            parallel_for: scoped,
            interrupted: never,
            array: crate::abi::no_array,
            room: crate::abi::no_room,
            device: core::ptr::null(),
        }
    }

    fn histogram<F: Fold<T> + 'static, T: Atomic>(
        blocks: impl Fn(&Team<'_>) -> Blocks,
        start: T,
        of: fn(u64) -> T,
    ) -> Vec<T> {
        let results: Vec<Vec<T>> = [1, 5]
            .into_iter()
            .map(|threads| {
                let host = host(threads);
                // SAFETY: the host outlives the team.
                let team = unsafe { Team::new(&host, 0) };
                let blocks = blocks(&team);
                let mut bins = vec![start; 3 * 70];
                // SAFETY: every third element.
                let view = unsafe { View::from_parts(bins.as_mut_ptr(), [7, 10], [30, 3]) };
                // SAFETY: the view is valid.
                let copies = unsafe { blocks.copies::<F, T, 2>(view) };
                let parts = blocks.team(&team).partials(1000, blocks.length(), 1e3, |range, _| {
                    // SAFETY: once for each block.
                    let bins = unsafe { copies.bins(range.start) };
                    // SAFETY: in bounds.
                    range.for_each(|i| unsafe { bins.fold([(i % 7) as i64, (i * i % 10) as i64], of(i)) });
                    Some(())
                });
                assert!(parts.is_ok());
                // SAFETY: all blocks have run.
                assert!(unsafe { copies.combine(&team) }.is_ok());
                bins
            })
            .collect();
        assert_eq!(results[0], results[1]);
        results[0].clone()
    }

    #[test]
    fn every_way_gives_the_same() {
        let of = |i: u64| (i * 37) as i8;
        let want = histogram::<Sum, i8>(|_| Blocks::of(1000, 1, 0), 3, of);
        for copies in [2, 3, 128, 1000] {
            assert_eq!(histogram::<Sum, i8>(|_| Blocks::of(1000, 1, copies), 3, of), want);
        }
        let together = |team: &Team<'_>| Blocks::exact(1000, 1e-3, 1, 1 << 40, team);
        assert_eq!(histogram::<Sum, i8>(together, 3, of), want);
        let of = |i: u64| (i * 7919 % 1000) as u16;
        let want = histogram::<PyMax, u16>(|_| Blocks::of(1000, 1, 0), 3, of);
        assert_eq!(histogram::<PyMax, u16>(|_| Blocks::of(1000, 1, 9), 3, of), want);
        assert_eq!(histogram::<PyMax, u16>(together, 3, of), want);
    }

    #[test]
    fn copies_must_pay() {
        let count = |trips, cost, bytes| Blocks::new(trips, cost, 1, bytes).count;
        assert_eq!(Blocks::new(1000, 2.0, 1, 2048).place, Place::InOrder);
        assert_eq!(Blocks::new(1 << 20, 2.0, 1, 64 << 20).place, Place::InOrder);
        assert_eq!(Blocks::new(10_000_000, 2.0, 1, 2048).place, Place::Apart);
        assert_eq!(count(1 << 40, 2.0, 2048), MOST);
        assert_eq!(count(1 << 40, 2.0, 16 << 20), 4);
        assert_eq!(Blocks::new(0, 2.0, 1, 0).count, 0);
    }
}
