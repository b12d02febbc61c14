//! Devices that run kernels' counterparts.
//!
//! A [`Module`] is what was made of one region's CUDA text and loaded somewhere: [`Emulated`], a library for the CPU, is the only
//! kind so far; one on a GPU is to implement the same trait. [`Table`] is how a kernel reaches it.

use std::ffi::c_void;
use std::ptr;

use ferrokeet_kernel::abi;

/// Threads of a block, unless `FERROKEET_CUDA_BLOCK` says otherwise.
const BLOCK: u32 = 256;

/// The kernels of one region, loaded; every function has done its work when it returns.
pub(crate) trait Module: Send + Sync {
    /// Memory of so many bytes; 0: there is none.
    fn allocate(&self, bytes: usize) -> u64;
    /// Gives memory back.
    ///
    /// # Safety
    /// It came from `allocate`, and is not used any more.
    unsafe fn free(&self, address: u64);
    /// Copies to the device; whether that was done.
    ///
    /// # Safety
    /// As many bytes are there on both sides.
    unsafe fn write(&self, to: u64, from: *const u8, bytes: usize) -> bool;
    /// Copies from the device; whether that was done.
    ///
    /// # Safety
    /// As many bytes are there on both sides.
    unsafe fn read(&self, to: *mut u8, from: u64, bytes: usize) -> bool;
    /// Runs a kernel; whether that was done.
    ///
    /// # Safety
    /// Its parameters take what the arguments point to.
    unsafe fn launch(&self, kernel: usize, grid: [u32; 3], block: [u32; 3], arguments: *const *const c_void) -> bool;
}

/// What a library of emulated kernels exports for each.
type Emulate = unsafe extern "C" fn(grid: *const u32, block: *const u32, arguments: *const *const c_void);

/// Kernels compiled for the CPU by `runtime/cuda/emulation.h`: for tests, and for looking at kernels without a GPU.
struct Emulated {
    kernels: Vec<Emulate>,
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
    Ok(Box::new(Emulated { kernels }))
}

/// Bytes in front of emulated memory that hold its size.
const HEAD: usize = 64;

fn layout(bytes: usize) -> Option<std::alloc::Layout> {
    std::alloc::Layout::from_size_align(bytes.checked_add(HEAD)?, HEAD).ok()
}

impl Module for Emulated {
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
    unsafe fn read(&self, to: *mut u8, from: u64, bytes: usize) -> bool {
        // SAFETY: by contract.
        unsafe { ptr::copy_nonoverlapping(from as *const u8, to, bytes) };
        true
    }
    unsafe fn launch(&self, kernel: usize, grid: [u32; 3], block: [u32; 3], arguments: *const *const c_void) -> bool {
        let Some(emulate) = self.kernels.get(kernel) else {
            return false;
        };
        // SAFETY: by contract.
        unsafe { emulate(grid.as_ptr(), block.as_ptr(), arguments) };
        true
    }
}

/// Threads of a block.
fn block() -> u32 {
    static SIZE: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *SIZE.get_or_init(|| {
        let wanted = std::env::var("FERROKEET_CUDA_BLOCK")
            .ok()
            .and_then(|text| text.trim().parse().ok());
        wanted
            .filter(|size: &u32| size.is_power_of_two() && (32..=1024).contains(size))
            .unwrap_or(BLOCK)
    })
}

/// The functions by which a kernel reaches a module.
pub(crate) struct Table {
    table: abi::Device,
    /// What the table's context points to.
    _module: Box<Box<dyn Module>>,
}

// SAFETY: the table never changes, and modules are for several threads.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Table {
    /// Of a module.
    pub(crate) fn new(module: Box<dyn Module>) -> Self {
        let module = Box::new(module);
        Self {
            table: abi::Device {
                context: ptr::from_ref(module.as_ref()).cast_mut().cast(),
                block: block(),
                allocate,
                free,
                write,
                read,
                launch,
            },
            _module: module,
        }
    }

    pub(crate) fn as_ptr(&self) -> *const abi::Device {
        &raw const self.table
    }
}

/// # Safety
/// The table was made by [`Table::new`], and lives.
unsafe fn module<'a>(device: *const abi::Device) -> &'a dyn Module {
    // SAFETY: by contract.
    unsafe { (*(*device).context.cast::<Box<dyn Module>>()).as_ref() }
}

unsafe extern "C" fn allocate(device: *const abi::Device, bytes: usize) -> u64 {
    // SAFETY: a kernel passes the table it was lent.
    unsafe { module(device) }.allocate(bytes)
}

unsafe extern "C" fn free(device: *const abi::Device, address: u64) {
    // SAFETY: a kernel passes the table it was lent, and memory of it.
    unsafe { module(device).free(address) }
}

unsafe extern "C" fn write(device: *const abi::Device, to: u64, from: *const u8, bytes: usize) -> bool {
    // SAFETY: as above, with as many bytes on both sides.
    unsafe { module(device).write(to, from, bytes) }
}

unsafe extern "C" fn read(device: *const abi::Device, to: *mut u8, from: u64, bytes: usize) -> bool {
    // SAFETY: as above, with as many bytes on both sides.
    unsafe { module(device).read(to, from, bytes) }
}

unsafe extern "C" fn launch(
    device: *const abi::Device,
    kernel: u32,
    grid: *const u32,
    block: *const u32,
    arguments: *const *const c_void,
) -> bool {
    // SAFETY: as above; three numbers each, and what the kernel's parameters take.
    unsafe {
        let (grid, block) = (grid.cast::<[u32; 3]>().read(), block.cast::<[u32; 3]>().read());
        module(device).launch(kernel as usize, grid, block, arguments)
    }
}
