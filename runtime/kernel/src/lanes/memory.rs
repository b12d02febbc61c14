//! [`Lanes`] to and from memory. Strides and indices count elements.

use super::element::Element;
use super::face::Lanes;
use super::mask::Mask;

/// No address needs to be aligned.
impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// `from[0..N]`.
    ///
    /// # Safety
    /// `N` elements from `from` on can be read.
    #[inline(always)]
    pub unsafe fn load(from: *const T) -> Self {
        // SAFETY: a register has the layout of `[T; N]`; readable by contract.
        Lanes(unsafe { from.cast::<T::Register>().read_unaligned() })
    }
    /// Writes `to[0..N]`.
    ///
    /// # Safety
    /// `N` elements from `to` on can be written.
    #[inline(always)]
    pub unsafe fn store(self, to: *mut T) {
        // SAFETY: a register has the layout of `[T; N]`; writable by contract.
        unsafe { to.cast::<T::Register>().write_unaligned(self.0) }
    }
    /// `from[i]` where lane `i` is on, else 0; other elements are not touched.
    ///
    /// # Safety
    /// `from.add(i)` can be read for every lane `i` that is on.
    #[inline(always)]
    pub unsafe fn load_masked(from: *const T, mask: T::Mask) -> Self {
        // SAFETY: the same contract.
        Lanes(unsafe { T::load_masked(from, mask) })
    }
    /// Writes `to[i]` where lane `i` is on; other elements are not touched.
    ///
    /// # Safety
    /// `to.add(i)` can be written for every lane `i` that is on.
    #[inline(always)]
    pub unsafe fn store_masked(self, to: *mut T, mask: T::Mask) {
        // SAFETY: the same contract.
        unsafe { T::store_masked(to, self.0, mask) }
    }
    /// `from[i * stride]`.
    ///
    /// # Safety
    /// `from.offset(i * stride)` can be read for every lane `i`.
    #[inline(always)]
    pub unsafe fn load_strided(from: *const T, stride: isize) -> Self {
        let mut lanes = [T::ZERO; N];
        let mut i = 0;
        while i < N {
            // SAFETY: readable by contract.
            lanes[i] = unsafe { from.offset(i as isize * stride).read_unaligned() };
            i += 1;
        }
        Self::from_array(lanes)
    }
    /// Writes `to[i * stride]`, in lane order.
    ///
    /// # Safety
    /// `to.offset(i * stride)` can be written for every lane `i`.
    #[inline(always)]
    pub unsafe fn store_strided(self, to: *mut T, stride: isize) {
        let lanes = self.to_array();
        let mut i = 0;
        while i < N {
            // SAFETY: writable by contract.
            unsafe { to.offset(i as isize * stride).write_unaligned(lanes[i]) };
            i += 1;
        }
    }
    /// `from[i * stride]` where lane `i` is on, else 0.
    ///
    /// # Safety
    /// `from.offset(i * stride)` can be read for every lane `i` that is on.
    #[inline(always)]
    pub unsafe fn load_strided_masked(from: *const T, stride: isize, mask: T::Mask) -> Self {
        // SAFETY: the same contract.
        Lanes(unsafe { T::gather(from, offsets(stride), mask) })
    }
    /// Writes `to[i * stride]` where lane `i` is on, in lane order.
    ///
    /// # Safety
    /// `to.offset(i * stride)` can be written for every lane `i` that is on.
    #[inline(always)]
    pub unsafe fn store_strided_masked(self, to: *mut T, stride: isize, mask: T::Mask) {
        // SAFETY: the same contract.
        unsafe { T::scatter(to, offsets(stride), self.0, mask) }
    }
    /// `base[index[i]]`.
    ///
    /// # Safety
    /// `base.offset(index[i])` can be read for every lane `i`.
    #[inline(always)]
    pub unsafe fn gather<I: Element<N> + Index>(base: *const T, index: Lanes<I, N>) -> Self {
        // SAFETY: the same contract.
        unsafe { Self::gather_masked(base, index, T::Mask::splat(true)) }
    }
    /// `base[index[i]]` where lane `i` is on, else 0.
    ///
    /// # Safety
    /// `base.offset(index[i])` can be read for every lane `i` that is on.
    #[inline(always)]
    pub unsafe fn gather_masked<I: Element<N> + Index>(base: *const T, index: Lanes<I, N>, mask: T::Mask) -> Self {
        // SAFETY: the same contract.
        Lanes(unsafe { T::gather(base, wide(index), mask) })
    }
    /// Writes `base[index[i]]`, in lane order: of equal indices the highest lane wins.
    ///
    /// # Safety
    /// `base.offset(index[i])` can be written for every lane `i`.
    #[inline(always)]
    pub unsafe fn scatter<I: Element<N> + Index>(self, base: *mut T, index: Lanes<I, N>) {
        // SAFETY: the same contract.
        unsafe { self.scatter_masked(base, index, T::Mask::splat(true)) }
    }
    /// Writes `base[index[i]]` where lane `i` is on, in lane order: of equal indices the highest such lane wins.
    ///
    /// # Safety
    /// `base.offset(index[i])` can be written for every lane `i` that is on.
    #[inline(always)]
    pub unsafe fn scatter_masked<I: Element<N> + Index>(self, base: *mut T, index: Lanes<I, N>, mask: T::Mask) {
        // SAFETY: the same contract.
        unsafe { T::scatter(base, wide(index), self.0, mask) }
    }
}

/// Pairs that lie side by side in memory.
impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// The even and the odd ones of `2 * N` values, given in two halves.
    #[inline(always)]
    pub fn unzipped(low: Self, high: Self) -> (Self, Self) {
        let (even, odd) = T::unzip(low.0, high.0);
        (Lanes(even), Lanes(odd))
    }
    /// The reverse of [`unzipped`](Self::unzipped).
    #[inline(always)]
    pub fn zipped(even: Self, odd: Self) -> (Self, Self) {
        let (low, high) = T::zip(even.0, odd.0);
        (Lanes(low), Lanes(high))
    }
}

/// An integer type that can index memory: element offsets, sign-extended.
pub trait Index: super::Integer {
    /// The index.
    fn wide(self) -> i64;
}

impl Index for i64 {
    #[inline(always)]
    fn wide(self) -> i64 {
        self
    }
}

impl Index for i32 {
    #[inline(always)]
    fn wide(self) -> i64 {
        self as i64
    }
}

#[inline(always)]
fn wide<I: Element<N> + Index, const N: usize>(index: Lanes<I, N>) -> [i64; N] {
    let index = index.to_array();
    let mut wide = [0; N];
    let mut i = 0;
    while i < N {
        wide[i] = index[i].wide();
        i += 1;
    }
    wide
}

#[inline(always)]
fn offsets<const N: usize>(stride: isize) -> [i64; N] {
    let mut offsets = [0; N];
    let mut i = 0;
    while i < N {
        offsets[i] = i as i64 * stride as i64;
        i += 1;
    }
    offsets
}
