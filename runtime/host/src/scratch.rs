//! Memory that calls use for a while, kept for the next call.
//!
//! The copies that kernels keep for undoing may be as big as the program's arrays. From the allocator such a block comes fresh
//! from the system each time, and touching it for the first time, page by page, costs several times what copying does: a loop of
//! Black and Scholes over a million options spent half of its time so. Blocks that are given back therefore stay, up to
//! [`KEPT`] bytes. No lock is held anywhere: a fork at any moment is safe.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::RefCell;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Bytes that wait for the next call, in the whole process.
const KEPT: usize = 256 << 20;
/// Blocks that do.
const SLOTS: usize = 8;
/// The system's large pages, which blocks that fill them should consist of.
const LARGE_PAGE: usize = 2 << 20;
/// A block may be that much bigger than what is asked for.
const GENEROUS: usize = 4;

/// A block of memory, its elements anything.
#[derive(Debug)]
struct Block {
    data: *mut u8,
    layout: Layout,
}

impl Block {
    fn new(bytes: usize) -> Option<Self> {
        let alignment = if bytes >= 2 * LARGE_PAGE { LARGE_PAGE } else { 64 };
        let layout = Layout::from_size_align(bytes.max(1), alignment).ok()?;
        // SAFETY: the size is not 0.
        let data = unsafe { alloc(layout) };
        if data.is_null() {
            return None;
        }
        if alignment == LARGE_PAGE {
            advise(data, bytes);
        }
        Some(Self { data, layout })
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and not freed before.
        unsafe { dealloc(self.data, self.layout) };
    }
}

/// Asks for large pages; if there are none, small ones do as well.
#[cfg(target_os = "linux")]
fn advise(data: *mut u8, bytes: usize) {
    unsafe extern "C" {
        fn madvise(address: *mut std::ffi::c_void, length: usize, advice: std::ffi::c_int) -> std::ffi::c_int;
    }
    const HUGE_PAGES: std::ffi::c_int = 14;
    // SAFETY: the memory is ours; the advice changes nothing about what it holds.
    let _ = unsafe { madvise(data.cast(), bytes, HUGE_PAGES) };
}

#[cfg(not(target_os = "linux"))]
fn advise(_: *mut u8, _: usize) {}

static WAITING: [AtomicPtr<Block>; SLOTS] = [const { AtomicPtr::new(ptr::null_mut()) }; SLOTS];
/// Bytes of the blocks that wait, or are about to.
static BYTES: AtomicUsize = AtomicUsize::new(0);

/// A block that waits and suits, else a new one.
fn take(bytes: usize) -> Option<Block> {
    for slot in &WAITING {
        let block = slot.swap(ptr::null_mut(), Ordering::AcqRel);
        if block.is_null() {
            continue;
        }
        // SAFETY: who puts a block into a slot gives it away, and who takes it out owns it.
        let block = *unsafe { Box::from_raw(block) };
        let size = block.layout.size();
        BYTES.fetch_sub(size, Ordering::Relaxed);
        if (bytes..=bytes.saturating_mul(GENEROUS)).contains(&size) {
            return Some(block);
        }
        keep(block);
    }
    Block::new(bytes)
}

/// Has a block wait, or frees it.
fn keep(block: Block) {
    let size = block.layout.size();
    if BYTES.fetch_add(size, Ordering::Relaxed) + size > KEPT {
        BYTES.fetch_sub(size, Ordering::Relaxed);
        return;
    }
    let block = Box::into_raw(Box::new(block));
    let empty = |slot: &AtomicPtr<Block>| {
        slot.compare_exchange(ptr::null_mut(), block, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    };
    if !WAITING.iter().any(empty) {
        BYTES.fetch_sub(size, Ordering::Relaxed);
        // SAFETY: no slot has it.
        drop(unsafe { Box::from_raw(block) });
    }
}

/// What one call has taken; it goes back when the call is over.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    taken: RefCell<Vec<Block>>,
}

impl Scratch {
    /// Memory of so many bytes until the call is over; null: there is none. For the calling thread.
    pub(crate) fn room(&self, bytes: usize) -> *mut u8 {
        let Some(block) = take(bytes) else {
            return ptr::null_mut();
        };
        let data = block.data;
        self.taken.borrow_mut().push(block);
        data
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.taken.take().into_iter().for_each(keep);
    }
}
