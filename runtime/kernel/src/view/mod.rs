//! Strided views of the arrays a kernel was called with.
//!
//! A [`View`] is an address, extents and strides (both counted in elements), copied freely. Getting and setting elements is
//! `unsafe`, with one contract everywhere: *the subscripts are in bounds*. The fast variant knows it from its guards; the
//! careful variant asks [`View::locate`], which wraps negative subscripts and finds the axis that is out of bounds. Views of
//! one kernel may overlap each other (hence raw pointers, no references); the guards [`View::overlaps`] and
//! [`View::same_elements`] tell whether two do (`layout`). A [`Copied`] holds a view's elements for a statement that reads
//! what it assigns, a [`Snapshot`] holds a view's elements for undoing.
//!
//! May touch: abi, parallel.

mod copied;
mod layout;
mod snapshot;

pub use copied::Copied;
pub use layout::Layout;
pub use snapshot::Snapshot;

use crate::abi::ArrayView;

/// An array of `R` axes whose elements are `T`s; a device is handed it as it is.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct View<T, const R: usize> {
    data: *mut T,
    shape: [isize; R],
    strides: [isize; R],
}

// SAFETY: a view is plain numbers; every access through it is `unsafe`, and its caller answers for races.
unsafe impl<T: Send, const R: usize> Send for View<T, R> {}
// SAFETY: as above.
unsafe impl<T: Sync, const R: usize> Sync for View<T, R> {}

/// A subscript that is out of bounds: `index {index} is out of bounds for axis {axis} with size {size}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBounds {
    /// The axis, from 0.
    pub axis: usize,
    /// The subscript as written, before wrapping.
    pub index: i64,
    /// The axis' extent.
    pub size: isize,
}

impl<T: Copy, const R: usize> View<T, R> {
    /// The view that the host describes.
    ///
    /// # Safety
    /// `array` describes an array of `R` axes of `T`s as [`ArrayView`] promises, valid while the view is used.
    #[inline]
    pub unsafe fn new(array: &ArrayView) -> Self {
        let (mut shape, mut strides) = ([0; R], [0; R]);
        for axis in 0..R {
            // SAFETY: `R` extents and strides are there.
            unsafe {
                shape[axis] = *array.shape.add(axis);
                strides[axis] = *array.strides.add(axis) / size_of::<T>() as isize;
            }
        }
        View {
            data: array.data.cast(),
            shape,
            strides,
        }
    }
    /// A view of `shape` elements at `data` with these strides, in elements.
    ///
    /// # Safety
    /// All elements that the extents and strides reach lie in one allocation that is valid while the view is used.
    #[inline]
    pub unsafe fn from_parts(data: *mut T, shape: [isize; R], strides: [isize; R]) -> Self {
        View { data, shape, strides }
    }
    /// Gives an axis of extent 1 another extent: its one element everywhere. Any other axis stays as it is.
    #[inline]
    pub fn stretch(&mut self, axis: usize, extent: i64) {
        if self.shape[axis] == 1 && extent >= 0 {
            self.shape[axis] = extent as isize;
            self.strides[axis] = if extent == 1 { self.strides[axis] } else { 0 };
        }
    }
    /// Address of the element whose subscripts are all 0.
    #[inline(always)]
    pub fn data(&self) -> *mut T {
        self.data
    }
    /// Extent of an axis.
    #[inline(always)]
    pub fn extent(&self, axis: usize) -> i64 {
        self.shape[axis] as i64
    }
    /// Stride of an axis, in elements.
    #[inline(always)]
    pub fn stride(&self, axis: usize) -> isize {
        self.strides[axis]
    }
    /// All extents.
    #[inline]
    pub fn shape(&self) -> &[isize; R] {
        &self.shape
    }
    /// All strides, in elements.
    #[inline]
    pub fn strides(&self) -> &[isize; R] {
        &self.strides
    }
    /// How many elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.shape.iter().product::<isize>() as usize
    }
    /// The same, as Python counts.
    #[inline]
    pub fn size(&self) -> i64 {
        self.len() as i64
    }
    /// Whether there are no elements.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether the elements lie side by side in memory, in subscript order.
    pub fn is_dense(&self) -> bool {
        self.layout().is_dense()
    }
    /// Whether neighbours along the last axis are neighbours in memory.
    #[inline]
    pub fn is_contiguous_inside(&self) -> bool {
        R == 0 || self.strides[R - 1] == 1 || self.shape[R - 1] <= 1
    }
    /// The same view, where that is so: the compiler then knows the last axis' stride.
    #[inline(always)]
    pub fn unit(mut self) -> Self {
        if R > 0 {
            self.strides[R - 1] = 1;
        }
        self
    }
    /// Address of an element, without any check. Wraps where the subscripts are far out of bounds.
    #[inline(always)]
    pub fn address(&self, index: [i64; R]) -> *mut T {
        let mut offset = 0isize;
        let mut axis = 0;
        while axis < R {
            offset = offset.wrapping_add((index[axis] as isize).wrapping_mul(self.strides[axis]));
            axis += 1;
        }
        self.data.wrapping_offset(offset)
    }
    /// The element at these subscripts.
    ///
    /// # Safety
    /// Each subscript is at least 0 and below its axis' extent, and no other thread writes the element.
    #[inline(always)]
    pub unsafe fn get(&self, index: [i64; R]) -> T {
        // SAFETY: in bounds by contract.
        unsafe { *self.address(index) }
    }
    /// Replaces the element at these subscripts.
    ///
    /// # Safety
    /// Each subscript is at least 0 and below its axis' extent; the array is writable; no other thread touches the element.
    #[inline(always)]
    pub unsafe fn set(&self, index: [i64; R], value: T) {
        // SAFETY: in bounds by contract.
        unsafe { *self.address(index) = value }
    }
    /// Address of the element at these subscripts as Python reads them: negative ones count from the end.
    #[inline(always)]
    pub fn locate(&self, index: [i64; R]) -> Result<*mut T, OutOfBounds> {
        let mut wrapped = index;
        let mut axis = 0;
        while axis < R {
            wrapped[axis] = self.wrap(axis, index[axis])?;
            axis += 1;
        }
        Ok(self.address(wrapped))
    }
    /// A subscript of one axis as Python reads it: from 0, if it is in bounds.
    #[inline(always)]
    pub fn wrap(&self, axis: usize, index: i64) -> Result<i64, OutOfBounds> {
        let size = self.shape[axis];
        let wrapped = if index < 0 {
            index.wrapping_add(size as i64)
        } else {
            index
        };
        if (wrapped as u64) < size as u64 {
            Ok(wrapped)
        } else {
            Err(OutOfBounds { axis, index, size })
        }
    }
    /// The elements along the last axis at these subscripts of the others, when that axis is contiguous.
    ///
    /// # Safety
    /// [`is_contiguous_inside`](Self::is_contiguous_inside) holds; the last of the subscripts is where the row starts, the
    /// others are in bounds, `length` elements from there on are; while the slice lives, nobody writes them.
    #[inline(always)]
    pub unsafe fn row<'a>(&self, start: [i64; R], length: usize) -> &'a [T] {
        // SAFETY: by contract.
        unsafe { core::slice::from_raw_parts(self.address(start), length) }
    }
    /// As [`row`](Self::row), to write.
    ///
    /// # Safety
    /// As for [`row`](Self::row); the array is writable, and while the slice lives, nobody else reads or writes the elements.
    #[inline(always)]
    pub unsafe fn row_mut<'a>(&self, start: [i64; R], length: usize) -> &'a mut [T] {
        // SAFETY: by contract.
        unsafe { core::slice::from_raw_parts_mut(self.address(start), length) }
    }
    /// A view of the same shape, elements side by side from `data` on.
    ///
    /// # Safety
    /// There are as many elements as this view has, in one allocation that is valid while the view is used.
    #[inline]
    pub unsafe fn dense(&self, data: *mut T) -> Self {
        let mut strides = [1; R];
        for axis in (1..R).rev() {
            strides[axis - 1] = strides[axis] * self.shape[axis];
        }
        View {
            data,
            shape: self.shape,
            strides,
        }
    }
    /// All elements, in subscript order.
    ///
    /// # Safety
    /// The view is valid, and nobody writes its elements meanwhile.
    pub unsafe fn elements(&self) -> Vec<T> {
        let mut elements: Vec<T> = Vec::with_capacity(self.len());
        // SAFETY: the vector has room for all of them, and all are written.
        unsafe {
            self.layout().gather(elements.as_mut_ptr().cast());
            elements.set_len(self.len());
        }
        elements
    }
    /// Replaces all elements, in subscript order.
    ///
    /// # Safety
    /// There are as many as the view has; it is valid and writable, and nobody else touches its elements meanwhile.
    pub unsafe fn replace(&self, elements: &[T]) {
        debug_assert_eq!(elements.len(), self.len());
        // SAFETY: the same contract.
        unsafe { self.layout().scatter(elements.as_ptr().cast()) };
    }
    /// Address of an element by its position in the order of subscripts.
    #[inline]
    pub fn nth(&self, position: usize) -> *mut T {
        let (mut rest, mut offset) = (position as isize, 0);
        for axis in (0..R).rev() {
            let extent = self.shape[axis];
            // The first axis takes what is left.
            let index = if axis == 0 { rest } else { rest % extent };
            offset += index * self.strides[axis];
            rest /= extent.max(1);
        }
        self.data.wrapping_offset(offset)
    }
    /// Whether the other view has the very same elements at the same subscripts.
    #[inline]
    pub fn same_elements<U>(&self, other: &View<U, R>) -> bool {
        let strides_agree = |axis: usize| self.shape[axis] <= 1 || self.strides[axis] == other.strides[axis];
        size_of::<T>() == size_of::<U>()
            && self.data.cast::<u8>() == other.data.cast::<u8>()
            && self.shape == other.shape
            && (0..R).all(strides_agree)
    }
    /// Whether the two views may have a byte in common; exact for slices of one array by any steps (`x[0::2]` and
    /// `x[1::2]` don't, `a[:, :5]` and `a[:, 5:]` don't), else on the safe side. Time does not depend on the extents.
    #[inline]
    pub fn overlaps<U: Copy, const S: usize>(&self, other: &View<U, S>) -> bool {
        self.layout().overlaps(&other.layout())
    }
    /// Whether two of the view's own subscripts may name one element (`np.broadcast_to`, overlapping windows).
    #[inline]
    pub fn overlaps_itself(&self) -> bool {
        self.layout().overlaps_itself()
    }
    fn layout(&self) -> Layout<'_> {
        Layout {
            data: self.data.cast(),
            shape: &self.shape,
            strides: &self.strides,
            size: size_of::<T>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    pub(super) fn view<T, const R: usize>(
        data: &mut [T],
        first: usize,
        shape: [isize; R],
        strides: [isize; R],
    ) -> View<T, R>
    where
        T: Copy,
    {
        // SAFETY: the tests stay inside `data`.
        unsafe { View::from_parts(data.as_mut_ptr().add(first), shape, strides) }
    }

    fn addresses<const R: usize>(view: &View<u16, R>) -> Vec<usize> {
        let mut all = Vec::new();
        view.layout().for_each_row(&mut |row, stride, length| {
            all.extend((0..length).map(|i| row.wrapping_offset(i as isize * stride * 2) as usize));
        });
        all
    }

    #[test]
    fn elements_by_subscript() {
        let mut data: Vec<i32> = (0..24).collect();
        let v = view(&mut data, 18, [2, 3], [-12, 2]);
        // SAFETY: in bounds.
        unsafe {
            assert_eq!((v.get([0, 2]), v.get([1, 1])), (22, 8));
        }
    }

    #[test]
    fn python_subscripts() {
        let mut data = [0u8; 12];
        let v = view(&mut data, 0, [3, 4], [4, 1]);
        assert_eq!(v.locate([-1, -4]), Ok(v.address([2, 0])));
        assert_eq!(
            v.locate([2, 4]),
            Err(OutOfBounds {
                axis: 1,
                index: 4,
                size: 4
            })
        );
        assert_eq!(
            v.locate([-4, 9]),
            Err(OutOfBounds {
                axis: 0,
                index: -4,
                size: 3
            })
        );
        assert_eq!(
            v.locate([i64::MIN, 0]),
            Err(OutOfBounds {
                axis: 0,
                index: i64::MIN,
                size: 3
            })
        );
    }

    #[test]
    fn overlap_is_exact_on_slices_of_one_array() {
        let mut data = [0u16; 200];
        let mut both = 0;
        let mut views = Vec::new();
        for first in [60, 61, 63, 80, 85] {
            for (shape, strides) in [
                ([4, 3], [20, 2]),
                ([4, 5], [20, 1]),
                ([2, 5], [-20, -1]),
                ([1, 9], [0, 2]),
                ([3, 2], [3, 40]),
                ([0, 3], [1, 1]),
            ] {
                views.push(view(&mut data, first, shape, strides));
            }
        }
        for a in &views {
            for b in &views {
                let set: HashSet<usize> = addresses(a).into_iter().collect();
                let meet = addresses(b).iter().any(|address| set.contains(address));
                let told = a.overlaps(b);
                assert!(told || !meet, "{a:?} and {b:?} overlap");
                both += (told && !meet) as u32;
            }
        }
        assert!(both <= views.len() as u32 * 4, "{both} false alarms");
        let halves = [view(&mut data, 0, [9], [2]), view(&mut data, 1, [9], [2])];
        assert!(!halves[0].overlaps(&halves[1]) && halves[0].overlaps(&halves[0]));
        let sides = [view(&mut data, 0, [9, 5], [10, 1]), view(&mut data, 5, [9, 5], [10, 1])];
        assert!(!sides[0].overlaps(&sides[1]) && !sides[1].overlaps(&sides[0]));
        let shifted = [view(&mut data, 0, [9, 5], [10, 1]), view(&mut data, 4, [9, 5], [10, 1])];
        assert!(shifted[0].overlaps(&shifted[1]));
    }

    #[test]
    fn only_axes_of_extent_one_are_stretched() {
        let mut data = [1, 2, 3];
        // SAFETY: three elements.
        let mut view = unsafe { View::<i32, 2>::from_parts(data.as_mut_ptr(), [3, 1], [1, 1]) };
        view.stretch(0, 5);
        view.stretch(1, -1);
        assert_eq!((view.extent(0), view.extent(1)), (3, 1));
        view.stretch(1, 4);
        view.stretch(1, 6);
        assert_eq!((view.extent(0), view.extent(1), view.stride(1)), (3, 4, 0));
        // SAFETY: in bounds.
        assert_eq!(unsafe { view.get([2, 3]) }, 3);
    }

    #[test]
    fn self_overlap() {
        let mut data = [0u16; 64];
        assert!(view(&mut data, 0, [3, 3], [0, 1]).overlaps_itself());
        assert!(view(&mut data, 0, [3, 3], [2, 1]).overlaps_itself());
        assert!(!view(&mut data, 0, [3, 3], [3, 1]).overlaps_itself());
        assert!(!view(&mut data, 9, [3, 3], [1, -3]).overlaps_itself());
        assert!(!view(&mut data, 0, [1, 3], [0, 1]).overlaps_itself());
    }

    #[test]
    fn same_elements_need_the_same_strides() {
        let mut data = [0u16; 64];
        let a = view(&mut data, 0, [1, 3], [7, 1]);
        assert!(a.same_elements(&view(&mut data, 0, [1, 3], [9, 1])));
        assert!(!a.same_elements(&view(&mut data, 0, [1, 3], [7, 2])));
        assert!(!a.same_elements(&view(&mut data, 1, [1, 3], [7, 1])));
    }
}
