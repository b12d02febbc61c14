//! Memory that Python objects give away.

use std::mem::MaybeUninit;
use std::sync::Arc;

use pyo3::ffi;
use pyo3::prelude::*;

/// A buffer that is released when this goes. It stays where it was filled: its extents may lie inside.
pub(crate) struct Buffer(pub(crate) ffi::Py_buffer);

// SAFETY: plain numbers, and whoever drops it holds the interpreter's lock.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: filled by `PyObject_GetBuffer`; the interpreter lock is held wherever buffers are dropped.
        unsafe { ffi::PyBuffer_Release(&raw mut self.0) }
    }
}

impl Buffer {
    /// The memory of an object; `None`: it gives none away.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> Option<Arc<Self>> {
        let mut raw = Arc::new(MaybeUninit::<Self>::zeroed());
        // SAFETY: room for a buffer, which is all that a `Buffer` is; nobody else has it; the lock is held.
        let got = unsafe {
            let room = Arc::get_mut(&mut raw).map_or(std::ptr::null_mut(), MaybeUninit::as_mut_ptr);
            ffi::PyObject_GetBuffer(object.as_ptr(), room.cast(), ffi::PyBUF_RECORDS_RO)
        };
        if got != 0 {
            // SAFETY: the lock is held.
            unsafe { ffi::PyErr_Clear() };
            return None;
        }
        // SAFETY: filled, since the call succeeded.
        Some(unsafe { raw.assume_init() })
    }

    /// The first byte of its elements, and one past the last.
    pub(crate) fn stretch(&self) -> (usize, usize) {
        let raw = &self.0;
        let size = raw.itemsize.max(1);
        if raw.ndim == 0 || raw.strides.is_null() || raw.shape.is_null() {
            return (raw.buf as usize, raw.buf as usize + raw.len as usize);
        }
        // SAFETY: the exporter keeps as many of them as there are axes.
        let (shape, strides) = unsafe {
            let rank = raw.ndim as usize;
            (
                std::slice::from_raw_parts(raw.shape, rank),
                std::slice::from_raw_parts(raw.strides, rank),
            )
        };
        if shape.contains(&0) {
            return (raw.buf as usize, raw.buf as usize);
        }
        let (mut first, mut last) = (raw.buf as isize, raw.buf as isize);
        for (extent, stride) in shape.iter().zip(strides) {
            let reach = (extent - 1) * stride;
            if reach < 0 {
                first += reach;
            } else {
                last += reach;
            }
        }
        (first as usize, (last + size) as usize)
    }
}
