//! New arrays that a call hands back: NumPy arrays which the kernel asks for while it runs, and fills.

use std::cell::RefCell;
use std::ptr;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::types::{Kind, Types};

/// What the manifest says of a new array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewArray {
    pub(crate) kind: Kind,
    pub(crate) rank: u32,
    /// Whether its elements are Python's numbers: it is handed back as a memoryview, which reads so.
    pub(crate) python: bool,
}

/// The new arrays of one call, by their numbers. They go with the call, unless it hands them back.
pub(crate) struct Made<'a> {
    wanted: &'a [NewArray],
    made: RefCell<Vec<Option<NewMemory>>>,
}

/// A new NumPy array in one piece, and where its elements are.
pub(crate) struct NewMemory {
    pub(crate) object: Py<PyAny>,
    extents: Vec<isize>,
    pub(crate) data: *mut u8,
    bytes: usize,
}

impl<'a> Made<'a> {
    pub(crate) fn new(wanted: &'a [NewArray]) -> Self {
        let made = RefCell::new(wanted.iter().map(|_| None).collect());
        Self { wanted, made }
    }

    /// The array of a number, if the kernel has asked for it.
    pub(crate) fn get<'py>(&self, py: Python<'py>, number: usize) -> Option<Bound<'py, PyAny>> {
        let made = self.made.borrow();
        made.get(number)?.as_ref().map(|one| one.object.bind(py).clone())
    }

    /// Whether a kernel that asks again for an array has the one that it got.
    pub(crate) fn again(&self, number: usize, extents: &[isize], zeroed: bool) -> Option<*mut u8> {
        let made = self.made.borrow();
        let one = made.get(number)?.as_ref().filter(|one| one.extents == extents)?;
        if zeroed {
            // SAFETY: the array's memory, which only the kernel that is asking uses.
            unsafe { ptr::write_bytes(one.data, 0, one.bytes) };
        }
        Some(one.data)
    }

    /// Makes an array; null if NumPy does not.
    pub(crate) fn make(&self, py: Python<'_>, number: usize, extents: &[isize], zeroed: bool) -> *mut u8 {
        let Some(wanted) = self.wanted.get(number).filter(|one| one.rank as usize == extents.len()) else {
            return ptr::null_mut();
        };
        match NewMemory::new(py, wanted.kind, extents, zeroed) {
            Ok(one) => {
                let data = one.data;
                self.made.borrow_mut()[number] = Some(one);
                data
            }
            Err(error) => {
                // Python tells, if it fails there too.
                drop(error);
                ptr::null_mut()
            }
        }
    }
}

impl NewMemory {
    pub(crate) fn new(py: Python<'_>, kind: Kind, extents: &[isize], zeroed: bool) -> PyResult<Self> {
        let types = Types::get();
        let make = if zeroed { &types.zeros } else { &types.empty };
        let object = make
            .bind(py)
            .call1((PyTuple::new(py, extents)?, types.scalar(py, kind)))?;
        let mut buffer = Box::new(ffi::Py_buffer::new());
        let flags = ffi::PyBUF_C_CONTIGUOUS | ffi::PyBUF_WRITABLE;
        // SAFETY: a live object, and room for a buffer; the lock is held.
        if unsafe { ffi::PyObject_GetBuffer(object.as_ptr(), &raw mut *buffer, flags) } != 0 {
            return Err(PyErr::fetch(py));
        }
        let (data, bytes) = (buffer.buf.cast(), buffer.len as usize);
        // SAFETY: filled above. The memory stays while the array lives, which nobody else knows.
        unsafe { ffi::PyBuffer_Release(&raw mut *buffer) };
        Ok(Self {
            object: object.unbind(),
            extents: extents.to_vec(),
            data,
            bytes,
        })
    }
}
