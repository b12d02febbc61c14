//! Kernels that the CPU runs, through `runtime/cuda/emulation.h`.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::Module;

/// What a library of emulated kernels exports for each.
type Emulate = unsafe extern "C" fn(grid: *const u32, block: *const u32, arguments: *const *const c_void);

/// Kernels compiled for the CPU by `runtime/cuda/emulation.h`: for tests, and for looking at kernels without a GPU.
struct Emulated {
    kernels: Vec<Emulate>,
    nanoseconds: AtomicU64,
}

/// Loads the emulated kernels of a library.
pub(crate) fn emulated(path: &str, names: &[String]) -> Result<Box<dyn Module>, String> {
    let failed = |error: libloading::Error| format!("{path} cannot be loaded: {error}");
    // SAFETY: libraries come from the builder, which keeps their hashes; their initialisers are those of emulation.h.
    let library = unsafe { libloading::Library::new(path) }.map_err(failed)?;
    let kernel = |name: &String| {
        let symbol = format!("emulate_{name}");
        // SAFETY: that is how emulation.h declares it.
        unsafe { library.get::<Emulate>(symbol.as_bytes()).map(|symbol| *symbol) }.map_err(failed)
    };
    let kernels = names.iter().map(kernel).collect::<Result<_, _>>()?;
    std::mem::forget(library);
    Ok(Box::new(Emulated {
        kernels,
        nanoseconds: AtomicU64::new(0),
    }))
}

/// Bytes in front of emulated memory that hold its size.
const HEAD: usize = 64;

fn layout(bytes: usize) -> Option<std::alloc::Layout> {
    std::alloc::Layout::from_size_align(bytes.checked_add(HEAD)?, HEAD).ok()
}

impl Module for Emulated {
    fn name(&self) -> &'static str {
        "emulated"
    }
    fn identity(&self) -> u64 {
        0
    }
    fn allocate(&self, bytes: usize) -> u64 {
        let Some(layout) = layout(bytes) else { return 0 };
        // SAFETY: not of size 0.
        let start = unsafe { std::alloc::alloc_zeroed(layout) };
        if start.is_null() {
            return 0;
        }
        // SAFETY: there is room for the size in the head, which is aligned for it.
        unsafe {
            start.cast::<usize>().write(bytes);
            start.add(HEAD) as u64
        }
    }
    unsafe fn free(&self, address: u64) {
        let start = (address as usize - HEAD) as *mut u8;
        // SAFETY: by contract, with the layout of `allocate`.
        unsafe {
            if let Some(layout) = layout(start.cast::<usize>().read()) {
                std::alloc::dealloc(start, layout);
            }
        }
    }
    unsafe fn write(&self, to: u64, from: *const u8, bytes: usize) -> bool {
        // SAFETY: by contract.
        unsafe { ptr::copy_nonoverlapping(from, to as *mut u8, bytes) };
        true
    }
    unsafe fn clear(&self, address: u64, bytes: usize) -> bool {
        // SAFETY: by contract.
        unsafe { ptr::write_bytes(address as *mut u8, 0, bytes) };
        true
    }
    unsafe fn read(&self, to: *mut u8, from: u64, bytes: usize) -> bool {
        // SAFETY: by contract.
        unsafe { ptr::copy_nonoverlapping(from as *const u8, to, bytes) };
        true
    }
    unsafe fn launch(&self, kernel: usize, grid: [u32; 3], block: [u32; 3], arguments: *const *const c_void) -> bool {
        let Some(emulate) = self.kernels.get(kernel) else {
            return false;
        };
        let start = Instant::now();
        // SAFETY: by contract.
        unsafe { emulate(grid.as_ptr(), block.as_ptr(), arguments) };
        let taken = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(taken, Ordering::Relaxed);
        true
    }
    fn synchronize(&self) -> bool {
        true
    }
    fn elapsed(&self) -> u64 {
        self.nanoseconds.load(Ordering::Relaxed)
    }
}
