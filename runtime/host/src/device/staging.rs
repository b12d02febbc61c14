//! Copies of large arrays, through memory that a GPU reaches by itself.
//!
//! Memory that the system may move the driver copies to memory of its own first, piece by piece, and waits in between. Here two
//! pinned buffers take turns: while the GPU copies one, the processor fills or empties the other.

use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cudarc::driver::sys::{self, CUevent_flags};
use cudarc::driver::{DriverError, result};

/// Bytes of a buffer.
const PIECE: usize = 1 << 22;
/// Bytes of a copy from which on it goes through the buffers: what is less the driver does at once.
pub(super) const LARGE: usize = 1 << 20;

/// A pinned buffer, and when the GPU is done with it.
struct Buffer {
    memory: *mut u8,
    done: sys::CUevent,
}

/// The two buffers; copies take turns at them.
pub(super) struct Staging {
    buffers: Mutex<[Buffer; 2]>,
}

// SAFETY: the buffers are reached by whoever holds the lock only; the driver's functions are for any thread.
unsafe impl Send for Staging {}
// SAFETY: as above.
unsafe impl Sync for Staging {}

impl Staging {
    /// Two buffers, which are never given back. Our context is current.
    pub(super) fn new() -> Result<Self, DriverError> {
        let buffer = || {
            // SAFETY: not of size 0.
            let memory = unsafe { result::malloc_host(PIECE, 0) }?.cast();
            let done = result::event::create(CUevent_flags::CU_EVENT_DISABLE_TIMING)?;
            Ok(Buffer { memory, done })
        };
        Ok(Self {
            buffers: Mutex::new([buffer()?, buffer()?]),
        })
    }

    fn buffers(&self) -> MutexGuard<'_, [Buffer; 2]> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies to the device; the bytes may change when this returns. Our context is current.
    ///
    /// # Safety
    /// As many bytes are there on both sides.
    pub(super) unsafe fn write(
        &self,
        to: u64,
        from: *const u8,
        bytes: usize,
        stream: sys::CUstream,
    ) -> Result<(), DriverError> {
        let buffers = self.buffers();
        for (turn, start) in (0..bytes).step_by(PIECE).enumerate() {
            let (buffer, length) = (&buffers[turn % 2], PIECE.min(bytes - start));
            // SAFETY: the piece lies within both sides, and the GPU is done with the buffer.
            unsafe {
                sys::cuEventSynchronize(buffer.done).result()?;
                ptr::copy_nonoverlapping(from.add(start), buffer.memory, length);
                let source = buffer.memory.cast_const().cast();
                sys::cuMemcpyHtoDAsync_v2(to + start as u64, source, length, stream).result()?;
                result::event::record(buffer.done, stream)?;
            }
        }
        Ok(())
    }

    /// Copies from the device, after all that was asked of it before. Our context is current.
    ///
    /// # Safety
    /// As many bytes are there on both sides.
    pub(super) unsafe fn read(
        &self,
        to: *mut u8,
        from: u64,
        bytes: usize,
        stream: sys::CUstream,
    ) -> Result<(), DriverError> {
        let buffers = self.buffers();
        let length = |start: usize| PIECE.min(bytes - start);
        let fetch = |turn: usize, start: usize| {
            let buffer = &buffers[turn % 2];
            // SAFETY: the piece lies within the device's side; what is copied into the buffer comes after what is copied out of it.
            unsafe {
                sys::cuMemcpyDtoHAsync_v2(buffer.memory.cast(), from + start as u64, length(start), stream).result()?;
                result::event::record(buffer.done, stream)
            }
        };
        fetch(0, 0)?;
        for (turn, start) in (0..bytes).step_by(PIECE).enumerate() {
            if start + PIECE < bytes {
                fetch(turn + 1, start + PIECE)?;
            }
            let buffer = &buffers[turn % 2];
            // SAFETY: the piece lies within the host's side, and is in the buffer once the GPU is done with it.
            unsafe {
                sys::cuEventSynchronize(buffer.done).result()?;
                ptr::copy_nonoverlapping(buffer.memory.cast_const(), to.add(start), length(start));
            }
        }
        Ok(())
    }
}
