//! Devices that run kernels' counterparts.
//!
//! A [`Module`] is what was made of one region's CUDA text and loaded somewhere: a library for the CPU ([`emulated()`]), or code in
//! the memory of a GPU ([`loaded()`]; `driver` opens the GPU). [`Table`] keeps one, and [`Session`] is how a call reaches it. Between
//! calls, `memory` keeps what the device has given, and `resident` keeps arrays there while nobody on the host looks at them.

mod array;
mod driver;
mod emulated;
mod figures;
mod loaded;
mod memory;
mod model;
pub(crate) mod resident;
mod session;
mod staging;

use std::ffi::c_void;
use std::sync::Arc;

use pyo3::prelude::*;

pub(crate) use array::DeviceArray;
pub(crate) use driver::gpu;
pub(crate) use emulated::emulated;
pub(crate) use figures::Figures;
pub(crate) use loaded::{Image, loaded};
pub(crate) use session::Session;

use crate::arguments::Arguments;
use model::Calibration;

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
    fn name(&self) -> &str;
    /// Which device it is: modules with the same number share its memory.
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
    /// Fills memory of the device with bytes 0; whether that was done.
    ///
    /// # Safety
    /// As many bytes are there.
    unsafe fn clear(&self, address: u64, bytes: usize) -> bool;
    /// Copies from the device, and waits for that; whether it and all before it was done.
    ///
    /// # Safety
    /// As many bytes are there on both sides.
    unsafe fn read(&self, to: *mut u8, from: u64, bytes: usize) -> bool;
    /// Copies on the device; whether that was done.
    ///
    /// # Safety
    /// As many bytes are there in both places, which do not overlap.
    unsafe fn copy(&self, to: u64, from: u64, bytes: usize) -> bool {
        let mut through: Vec<u8> = Vec::new();
        // SAFETY: there is room for the bytes, which are written before they are read.
        through.try_reserve_exact(bytes).is_ok()
            && unsafe { self.read(through.as_mut_ptr(), from, bytes) && self.write(to, through.as_ptr(), bytes) }
    }
    /// Whether the device can use memory of somebody else's.
    fn reaches(&self, _address: u64) -> bool {
        true
    }
    /// Lets what is asked next wait for what was asked of a stream of somebody else's before; whether that was done.
    fn follow(&self, _stream: u64) -> bool {
        true
    }
    /// How many operations on numbers the device does at once.
    fn width(&self) -> u64 {
        1
    }
    /// Starts a kernel; whether that was done. The arguments may change afterwards.
    ///
    /// # Safety
    /// Its parameters take what the arguments point to.
    unsafe fn launch(&self, kernel: usize, grid: [u32; 3], block: [u32; 3], arguments: *const *const c_void) -> bool;
    /// Waits for all that was asked of the device; whether that was done.
    fn synchronize(&self) -> bool;
    /// Nanoseconds that this module's launches have taken on the device, of those that somebody has waited for.
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

/// A module, ready for calls.
pub(crate) struct Table {
    module: Arc<dyn Module>,
    /// For regions that run wherever they are done sooner.
    calibration: Option<Calibration>,
}

impl Table {
    /// Of a module.
    pub(crate) fn new(module: Box<dyn Module>) -> Self {
        Self {
            module: module.into(),
            calibration: None,
        }
    }

    /// The same for a region that runs wherever it is done sooner; `keeper` keeps the figures of devices.
    pub(crate) fn calibrated(mut self, keeper: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.calibration = Some(Calibration::of(&self.module, keeper)?);
        Ok(self)
    }

    /// What one call is lent.
    pub(crate) fn session<'a>(&'a self, arguments: &'a Arguments, figures: &'a Arc<Figures>) -> Session<'a> {
        Session::new(self, arguments, figures)
    }

    /// The module.
    pub(crate) fn module(&self) -> &dyn Module {
        self.module.as_ref()
    }
}
