//! Storage of arrays that a loop makes for itself.
//!
//! A [`Room`] belongs to one task and one array of the program. Its memory is kept from one iteration to the next, grows when an
//! array is larger than all before, and goes with the task: a steady loop allocates nothing. New memory is zeroed, so that every
//! element that is ever read has been written, be it for an earlier array.
//!
//! May touch: abi, entry, parallel, view.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

use crate::abi::Host;
use crate::entry::{Checked, Stop};
use crate::parallel::Team;
use crate::view::View;

/// Bytes that the arrays of one place in the program may take together, as far as the guards see to it.
const MEMORY: u64 = 1 << 34;
/// Bytes of the largest array.
const MOST: u64 = 1 << 40;
/// Where memory begins: at a line of the cache, and at a whole vector.
const LINE: usize = 64;

/// Memory for one array at a time.
#[derive(Debug)]
pub struct Room<T> {
    data: NonNull<T>,
    /// Elements that there is memory for.
    capacity: usize,
}

impl<T: Copy + Default> Default for Room<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy + Default> Room<T> {
    /// No memory yet.
    pub const fn new() -> Self {
        Room {
            data: NonNull::dangling(),
            capacity: 0,
        }
    }
    /// A new array of these extents, negative ones counted as 0, elements in the order of subscripts side by side; `None`: there
    /// is not so much memory. The array before is gone.
    #[inline]
    pub fn array<const R: usize>(&mut self, extents: [i64; R], zeroed: bool) -> Option<View<T, R>> {
        let (length, shape, strides) = row_major(extents)?;
        let grown = length > self.capacity;
        if grown {
            self.grow(length)?;
        } else if zeroed {
            // SAFETY: there is memory for as many elements, nobody else's.
            unsafe { core::slice::from_raw_parts_mut(self.data.as_ptr(), length) }.fill(T::default());
        }
        // SAFETY: the extents' product is the number of elements there is memory for.
        Some(unsafe { View::from_parts(self.data.as_ptr(), shape, strides) })
    }
    /// Replaces the memory by more of it, zeroed.
    #[cold]
    fn grow(&mut self, length: usize) -> Option<()> {
        let bytes = length.checked_mul(size_of::<T>())?;
        if !is_possible(bytes) {
            return None;
        }
        self.release();
        let layout = Layout::from_size_align(bytes, LINE).ok()?;
        // SAFETY: there are elements, and they have a size.
        self.data = NonNull::new(unsafe { alloc_zeroed(layout) }.cast())?;
        self.capacity = length;
        Some(())
    }
}

/// How many elements an array of these extents has, its extents without negative ones, and the distances of neighbours when
/// elements lie in the order of subscripts.
pub(crate) fn row_major<const R: usize>(extents: [i64; R]) -> Option<(usize, [isize; R], [isize; R])> {
    let (mut length, mut shape, mut strides) = (1_usize, [0; R], [0; R]);
    for axis in (0..R).rev() {
        let extent = usize::try_from(extents[axis].max(0)).ok()?;
        strides[axis] = length as isize;
        shape[axis] = extent as isize;
        length = length.checked_mul(extent)?;
    }
    Some((length, shape, strides))
}

/// Whether an array may have so many bytes at all.
pub(crate) fn is_possible(bytes: usize) -> bool {
    bytes as u64 <= MOST
}

impl<T> Room<T> {
    fn release(&mut self) {
        if self.capacity > 0 {
            let bytes = self.capacity * size_of::<T>();
            // SAFETY: allocated by `grow` with this size and alignment.
            unsafe {
                dealloc(
                    self.data.as_ptr().cast(),
                    Layout::from_size_align_unchecked(bytes, LINE),
                )
            };
        }
        self.data = NonNull::dangling();
        self.capacity = 0;
    }
}

impl<T> Drop for Room<T> {
    fn drop(&mut self) {
        self.release();
    }
}

/// Whether an array of so many bytes, one for each thread if `each`, is small enough for the fast variant.
///
/// # Safety
/// `host` is the host of the current call.
pub unsafe fn is_modest(host: *const Host, bytes: i128, each: bool) -> bool {
    // SAFETY: the host of the current call.
    let team = unsafe { Team::new(host, 0) };
    let threads = if each { team.threads() } else { 1 };
    bytes.saturating_mul(threads as i128) <= i128::from(MEMORY)
}

/// An array, if there is memory for it: otherwise Python has to tell.
#[inline(always)]
pub fn allocated<T, const R: usize>(array: Option<View<T, R>>) -> Checked<View<T, R>> {
    array.ok_or(Stop::Python(2))
}

/// The same of an array that the guards have found to be modest: there is memory, or the machine has none left.
#[inline(always)]
pub fn provided<T, const R: usize>(array: Option<View<T, R>>) -> Checked<View<T, R>> {
    allocated(array)
}

/// An array of constant extents whose elements lie in `room`, side by side in the order of subscripts.
///
/// # Safety
/// The extents' product is `N` at most, and `room` stays where it is while the view is used.
#[inline(always)]
pub unsafe fn within<T: Copy, const N: usize, const R: usize>(room: &mut [T; N], extents: [isize; R]) -> View<T, R> {
    let mut strides = [1; R];
    let mut axis = R;
    while axis > 1 {
        axis -= 1;
        strides[axis - 1] = strides[axis] * extents[axis];
    }
    // SAFETY: by contract.
    unsafe { View::from_parts(room.as_mut_ptr(), extents, strides) }
}

/// A view of nothing, for a variable that gets its array later.
#[inline(always)]
pub fn nowhere<T: Copy, const R: usize>() -> View<T, R> {
    // SAFETY: it has no elements.
    unsafe { View::from_parts(core::ptr::NonNull::dangling().as_ptr(), [0; R], [1; R]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_kept_and_zeroed() {
        let mut room = Room::<i32>::new();
        let first = room.array([2, 3], false).expect("there is memory");
        assert_eq!((first.extent(0), first.extent(1), first.stride(0)), (2, 3, 3));
        // SAFETY: in bounds; nobody else is here.
        unsafe {
            assert_eq!(first.get([1, 2]), 0);
            first.set([1, 2], 7);
            let second = room.array([6], false).expect("there is memory");
            assert_eq!((second.data(), second.get([5])), (first.data(), 7));
            let third = room.array([2, 3], true).expect("there is memory");
            assert_eq!((third.data(), third.get([1, 2])), (first.data(), 0));
            let larger = room.array([100], true).expect("there is memory");
            assert_eq!((larger.data() as usize % LINE, larger.get([99])), (0, 0));
        }
    }

    #[test]
    fn sizes_at_the_edge() {
        let mut room = Room::<f64>::new();
        assert_eq!(room.array([-3, 5], true).map(|view| view.len()), Some(0));
        assert_eq!(room.array([0], false).map(|view| view.len()), Some(0));
        assert!(room.array([1 << 40], false).is_none());
        assert!(room.array([i64::MAX, i64::MAX], false).is_none());
        assert!(room.array([2], false).is_some());
    }

    #[test]
    fn small_arrays_on_the_stack() {
        let mut room = [0_u8; 6];
        // SAFETY: six elements; nobody else is here.
        unsafe {
            let view = within(&mut room, [3, 2]);
            view.set([2, 1], 9);
            assert_eq!((view.get([2, 1]), view.stride(0), view.len()), (9, 2, 6));
        }
        assert_eq!(nowhere::<f64, 2>().len(), 0);
    }
}
