//! Work arrays: arrays of which every iteration of a loop reads only what it has written itself.
//!
//! Each task works on a copy of its own, which starts with the elements from before the loop; the copy of the task that ran the
//! last iteration is written back after the loop.
//!
//! May touch: abi, parallel, view.

use crate::abi::Host;
use crate::parallel::Team;
use crate::view::View;

/// Bytes that all copies of an array may take together.
const MEMORY: u64 = 1 << 30;

/// Whether there is room for a copy of so many bytes for every thread.
///
/// # Safety
/// `host` is the host of the current call.
pub unsafe fn has_room(host: *const Host, bytes: u64) -> bool {
    // SAFETY: the host of the current call.
    let team = unsafe { Team::new(host, 0) };
    bytes.saturating_mul(team.threads() as u64) <= MEMORY
}

/// A copy of an array.
#[derive(Debug)]
pub struct Work<T, const R: usize> {
    array: View<T, R>,
    own: Vec<T>,
}

impl<T: Copy, const R: usize> Work<T, R> {
    /// A copy of the array's elements.
    ///
    /// # Safety
    /// The view is valid while the copy lives, and nobody writes its elements meanwhile.
    pub unsafe fn of(array: View<T, R>) -> Self {
        // SAFETY: the same contract.
        let own = unsafe { array.elements() };
        Work { array, own }
    }
    /// The copy, in the array's shape.
    pub fn view(&mut self) -> View<T, R> {
        // SAFETY: as many elements as the array has.
        unsafe { self.array.dense(self.own.as_mut_ptr()) }
    }
    /// Writes the copy back.
    ///
    /// # Safety
    /// The array is writable, and nobody else touches it.
    pub unsafe fn give_back(&self) {
        // SAFETY: the same contract; the copy has as many elements as the array.
        unsafe { self.array.replace(&self.own) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_goes_and_comes_back() {
        let mut elements = [1, 2, 3, 4, 5, 6, 7, 8];
        // SAFETY: every other element, backwards, as 2 rows of 2.
        let array = unsafe { View::from_parts(elements.as_mut_ptr().add(7), [2, 2], [-4, -2]) };
        // SAFETY: nobody else is here.
        unsafe {
            let mut work = Work::of(array);
            let copy = work.view();
            assert_eq!(
                [copy.get([0, 0]), copy.get([0, 1]), copy.get([1, 0]), copy.get([1, 1])],
                [8, 6, 4, 2]
            );
            copy.set([1, 0], 40);
            assert_eq!(array.get([1, 0]), 4);
            work.give_back();
        }
        assert_eq!(elements, [1, 2, 3, 40, 5, 6, 7, 8]);
    }
}
