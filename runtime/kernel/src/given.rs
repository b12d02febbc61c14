//! Arrays that a call hands back: their storage belongs to the host, which makes NumPy arrays of it.
//!
//! May touch: abi, local, view.

use core::marker::PhantomData;

use crate::abi::Host;
use crate::local::{is_possible, row_major};
use crate::view::View;

/// One array that is handed back; has the interface of [`Room`](crate::local::Room).
#[derive(Debug)]
pub struct Given<T> {
    host: *const Host,
    number: u32,
    elements: PhantomData<T>,
}

impl<T: Copy> Given<T> {
    /// The array of this number.
    ///
    /// # Safety
    /// `host` is the host of the current call, this is its calling thread, outside of parallel loops, and the manifest says
    /// that the elements of the array are `T`s.
    #[inline]
    pub unsafe fn new(host: *const Host, number: u32) -> Self {
        Self {
            host,
            number,
            elements: PhantomData,
        }
    }
    /// A new array of these extents, negative ones counted as 0, elements in the order of subscripts side by side; `None`: there
    /// is not so much memory. The array before is gone.
    pub fn array<const R: usize>(&mut self, extents: [i64; R], zeroed: bool) -> Option<View<T, R>> {
        let (length, shape, strides) = row_major(extents)?;
        if !length.checked_mul(size_of::<T>()).is_some_and(is_possible) {
            return None;
        }
        // SAFETY: callable by the contract of `new`; there are as many extents.
        let data = unsafe { ((*self.host).array)(self.host, self.number, R as u32, shape.as_ptr(), zeroed) };
        // SAFETY: the host gives storage for the extents' product of elements.
        (!data.is_null()).then(|| unsafe { View::from_parts(data.cast(), shape, strides) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host whose only memory is its context.
    unsafe extern "C" fn memory(host: *const Host, number: u32, rank: u32, extents: *const isize, _: bool) -> *mut u8 {
        // SAFETY: the kernel passes `rank` extents, and the test a context.
        unsafe {
            let extents = core::slice::from_raw_parts(extents, rank as usize);
            assert_eq!((number, extents), (3, &[2, 0][..]));
            (*host).context.cast()
        }
    }

    #[test]
    fn the_host_gives_the_memory() {
        let mut room = [0_i64; 1];
        let mut host = crate::parallel::tests::host(1);
        host.context = room.as_mut_ptr().cast();
        host.array = memory;
        // SAFETY: the host outlives the array.
        let mut given = unsafe { Given::<i64>::new(&host, 3) };
        let view = given.array([2, -5], true).expect("there is memory");
        assert_eq!((view.extent(0), view.extent(1), view.data()), (2, 0, room.as_mut_ptr()));
        assert!(given.array([1 << 40, 1 << 10], false).is_none());
        host.array = crate::abi::no_array;
        // SAFETY: as above.
        let mut given = unsafe { Given::<i64>::new(&host, 0) };
        assert!(given.array([2], false).is_none());
    }
}
