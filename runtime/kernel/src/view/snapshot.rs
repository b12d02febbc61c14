//! Copies of arrays, to put back when a region is undone.

use super::View;
use super::layout::Layout;
use crate::parallel::{Ended, Team};

/// A copy of a view's elements, to put back when a region is undone.
#[derive(Debug)]
pub struct Snapshot {
    data: *mut u8,
    shape: Vec<isize>,
    strides: Vec<isize>,
    size: usize,
    bytes: Kept,
}

/// Where the copy is.
#[derive(Debug)]
enum Kept {
    /// In memory that the host lends for the call.
    Lent(*const u8),
    Own(Vec<u8>),
}

/// Bytes from which on memory of the host's is sooner there than the allocator's.
const WORTH_LENDING: usize = 1 << 16;

impl Snapshot {
    /// Bytes that a snapshot of a view takes.
    #[inline]
    pub fn bytes<T: Copy, const R: usize>(view: &View<T, R>) -> u64 {
        view.len() as u64 * size_of::<T>() as u64
    }
    /// Copies the elements, with a team's help.
    ///
    /// # Safety
    /// The view is valid, and nobody writes its elements meanwhile; of a team, the kernel has not returned before the copy is dropped.
    #[inline]
    pub unsafe fn take<T: Copy, const R: usize>(view: View<T, R>, team: Option<&Team<'_>>) -> Self {
        // SAFETY: the same contract.
        unsafe { Self::of(view.layout(), team) }
    }
    unsafe fn of(layout: Layout<'_>, team: Option<&Team<'_>>) -> Self {
        let length = layout.len() * layout.size;
        let lent = match team {
            Some(team) if length >= WORTH_LENDING => team.room(length),
            _ => core::ptr::null_mut(),
        };
        let mut own: Vec<u8> = Vec::with_capacity(if lent.is_null() { length } else { 0 });
        let to = if lent.is_null() { own.as_mut_ptr() } else { lent };
        let copied = match team {
            // SAFETY: a dense view's bytes; there is room for them.
            Some(team) if layout.is_dense() => unsafe { copy_by_all(layout.data, to, length, team) },
            _ => false,
        };
        if !copied {
            // SAFETY: there is room for all elements.
            unsafe { layout.gather(to) };
        }
        let bytes = if lent.is_null() {
            // SAFETY: all were written.
            unsafe { own.set_len(length) };
            Kept::Own(own)
        } else {
            Kept::Lent(lent)
        };
        Snapshot {
            data: layout.data,
            shape: layout.shape.to_vec(),
            strides: layout.strides.to_vec(),
            size: layout.size,
            bytes,
        }
    }
    /// Puts the elements back.
    ///
    /// # Safety
    /// The view is still valid and writable, and nobody else touches its elements meanwhile.
    pub unsafe fn restore(&self) {
        let layout = Layout {
            data: self.data,
            shape: &self.shape,
            strides: &self.strides,
            size: self.size,
        };
        let from = match &self.bytes {
            Kept::Lent(from) => *from,
            Kept::Own(bytes) => bytes.as_ptr(),
        };
        // SAFETY: all elements are there.
        unsafe { layout.scatter(from) };
    }
}

impl Layout<'_> {
    /// Copies all elements to `to` on, side by side, in subscript order.
    ///
    /// # Safety
    /// There is room for them, elsewhere; nobody writes them meanwhile.
    pub unsafe fn gather(&self, to: *mut u8) {
        let mut next = to;
        // SAFETY: elements of the view, into room for all of them.
        self.for_each_row(&mut |row, stride, length| unsafe {
            next = copy_row(row, stride, next, 1, length, self.size);
        });
    }
    /// Copies back what [`gather`](Self::gather) copied.
    ///
    /// # Safety
    /// All elements are there; the view is writable, and nobody else touches its elements meanwhile.
    pub unsafe fn scatter(&self, from: *const u8) {
        let mut from = from.cast_mut();
        self.for_each_row(&mut |row, stride, length| {
            // SAFETY: elements of the view, from as many.
            unsafe { copy_row(from, 1, row, stride, length, self.size) };
            from = from.wrapping_add(length * self.size);
        });
    }
    /// Calls `f` with address, stride in elements and length of each row along the last axis, in subscript order.
    pub(super) fn for_each_row(&self, f: &mut dyn FnMut(*mut u8, isize, usize)) {
        let rank = self.shape.len();
        if self.is_empty() {
            return;
        }
        if rank == 0 {
            return f(self.data, 1, 1);
        }
        let mut index = vec![0_isize; rank];
        loop {
            let offset: isize = index.iter().zip(self.strides).map(|(i, stride)| i * stride).sum();
            let row = self.data.wrapping_offset(offset * self.size as isize);
            f(row, self.strides[rank - 1], self.shape[rank - 1] as usize);
            let mut axis = rank - 1;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                index[axis] += 1;
                if index[axis] < self.shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
    }
}

/// Copies elements a stride apart to elements a stride apart; returns where the next one would go.
///
/// # Safety
/// All of them can be read and written, and do not overlap.
unsafe fn copy_row(from: *mut u8, step: isize, to: *mut u8, stride: isize, length: usize, size: usize) -> *mut u8 {
    // SAFETY: by contract.
    unsafe {
        if step == 1 && stride == 1 {
            core::ptr::copy_nonoverlapping(from, to, length * size);
        } else {
            for i in 0..length as isize {
                let (from, to) = (
                    from.wrapping_offset(i * step * size as isize),
                    to.wrapping_offset(i * stride * size as isize),
                );
                core::ptr::copy_nonoverlapping(from, to, size);
            }
        }
    }
    to.wrapping_offset(length as isize * stride * size as isize)
}

/// Copies bytes in pieces of 64 KiB, by all threads; tells whether it was done.
///
/// # Safety
/// `length` bytes can be read and written, and do not overlap.
unsafe fn copy_by_all(from: *mut u8, to: *mut u8, length: usize, team: &Team<'_>) -> bool {
    const PIECE: usize = 1 << 16;
    let (from, to) = (Shared(from), Shared(to));
    let pieces = length.div_ceil(PIECE) as u64;
    let ended = team.run(pieces, 10_000.0, 0, |range, _| {
        let (from, to) = (from.get(), to.get());
        for index in range {
            let first = index as usize * PIECE;
            let count = PIECE.min(length - first);
            // SAFETY: the pieces are disjoint.
            unsafe { core::ptr::copy_nonoverlapping(from.add(first), to.add(first), count) };
        }
    });
    ended == Ended::Done
}

/// A pointer for several threads.
#[derive(Clone, Copy)]
struct Shared(*mut u8);

// SAFETY: the threads touch disjoint bytes.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    fn get(self) -> *mut u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::view;
    use super::*;

    #[test]
    fn undo_restores_every_element() {
        let mut data: Vec<u16> = (0..60).collect();
        let before = data.clone();
        let v = view(&mut data, 40, [2, 3, 4], [-20, 4, 1]);
        // SAFETY: the view lies inside `data`, which nobody else touches.
        unsafe {
            let kept = Snapshot::take(v, None);
            assert_eq!(Snapshot::bytes(&v), 48);
            for (i, j, k) in (0..24).map(|n| (n / 12, n / 4 % 3, n % 4)) {
                v.set([i, j, k], 999);
            }
            kept.restore();
        }
        assert_eq!(data, before);
        let scalar = view(&mut data, 7, [], []);
        // SAFETY: as above.
        unsafe {
            let kept = Snapshot::take(scalar, None);
            scalar.set([], 1);
            kept.restore();
        }
        assert_eq!(data, before);
    }
}
