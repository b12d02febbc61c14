//! Devices that run kernels' counterparts.
//!
//! A [`Module`] is what was made of one region's CUDA text and loaded somewhere: a library for the CPU ([`emulated()`]), or code in
//! the memory of a GPU ([`loaded()`]; `driver` opens the GPU). [`Table`] is how a kernel reaches it.

mod driver;
mod emulated;
mod loaded;

use std::ffi::c_void;
use std::ptr;

use ferrokeet_kernel::abi;

pub(crate) use driver::gpu;
pub(crate) use emulated::emulated;
pub(crate) use loaded::{Image, loaded};

/// Threads of a block, unless `FERROKEET_CUDA_BLOCK` says otherwise.
const BLOCK: u32 = 256;

/// Why a device did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// A sentence for the user.
    pub(crate) text: String,
    /// Whether it is the process's first.
    pub(crate) first: bool,
}

/// The kernels of one region, loaded. What is asked of a device is done in the order of asking; a launch may still run when
/// `launch` returns.
pub(crate) trait Module: Send + Sync {
    /// The device, as its maker calls it.
    #[expect(dead_code, reason = "for the figures of what a kernel did")]
    fn name(&self) -> &str;
    /// Which device it is: modules with the same number share its memory.
    #[expect(dead_code, reason = "for memory that outlives a call")]
    fn identity(&self) -> u64;
    /// Whether the device can be used in this process; why not otherwise: a sentence for the user.
    fn usable(&self) -> Result<(), String> {
        Ok(())
    }
    /// Why the last thing failed that this thread asked for; it is told once.
    fn complaint(&self) -> Option<Complaint> {
        None
    }
    /// Memory of so many bytes; 0: there is none.
    fn allocate(&self, bytes: usize) -> u64;
    /// Gives memory back.
    ///
    /// # Safety
    /// It came from `allocate`, and is not used any more.
    unsafe fn free(&self, address: u64);
    /// Copies to the device, after which the host's bytes are free to change; whether that was done.
    ///
    /// # Safety
    /// As many bytes are there on both sides.
    unsafe fn write(&self, to: u64, from: *const u8, bytes: usize) -> bool;
    /// Copies from the device, and waits for that; whether it and all before it was done.
    ///
    /// # Safety
    /// As many bytes are there on both sides.
    unsafe fn read(&self, to: *mut u8, from: u64, bytes: usize) -> bool;
    /// Starts a kernel; whether that was done. The arguments may change afterwards.
    ///
    /// # Safety
    /// Its parameters take what the arguments point to.
    unsafe fn launch(&self, kernel: usize, grid: [u32; 3], block: [u32; 3], arguments: *const *const c_void) -> bool;
    /// Waits for all that was asked of the device; whether that was done.
    #[expect(dead_code, reason = "for memory that outlives a call")]
    fn synchronize(&self) -> bool;
    /// Nanoseconds that this module's launches have taken on the device, of those that somebody has waited for.
    #[expect(dead_code, reason = "for the figures of what a kernel did")]
    fn elapsed(&self) -> u64;
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
    module: Box<Box<dyn Module>>,
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
            module,
        }
    }

    pub(crate) fn as_ptr(&self) -> *const abi::Device {
        &raw const self.table
    }

    /// The module.
    pub(crate) fn module(&self) -> &dyn Module {
        self.module.as_ref().as_ref()
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
