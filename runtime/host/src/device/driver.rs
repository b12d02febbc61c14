//! A GPU, through NVIDIA's driver.
//!
//! A process has one [`Gpu`]: the device that `FERROKEET_CUDA_DEVICE` numbers (0), its primary context, which CuPy, PyTorch and JAX
//! use too, and a stream of ours. The context is current only while the driver is called, so that other libraries on the same
//! thread keep theirs.
//!
//! Nothing here ends a program. Where there is no driver or no device, [`gpu`] says why. When a call fails, the caller takes the
//! CPU and finds a [`Complaint`]; a device whose context is broken, which every error but a few means, is not called again in this
//! process. Neither is one that was opened before a fork: CUDA does not survive that.

use std::cell::RefCell;
use std::ffi::c_int;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use cudarc::driver::sys::{self, CUdevice_attribute, CUresult};
use cudarc::driver::{DriverError, result};

use super::Complaint;
use super::staging::{LARGE, Staging};

/// Version of the driver's interface below which nothing is tried: 11.0.
const OLDEST: c_int = 11_000;

/// What is called; cudarc panics at a function that the library lacks.
const NEEDED: [&str; 31] = [
    "cuInit",
    "cuDriverGetVersion",
    "cuDeviceGetCount",
    "cuDeviceGet",
    "cuDeviceGetName",
    "cuDeviceGetAttribute",
    "cuDeviceTotalMem_v2",
    "cuDevicePrimaryCtxRetain",
    "cuCtxPushCurrent_v2",
    "cuCtxPopCurrent_v2",
    "cuStreamCreate",
    "cuStreamSynchronize",
    "cuMemAlloc_v2",
    "cuMemFree_v2",
    "cuMemcpyHtoDAsync_v2",
    "cuMemcpyDtoHAsync_v2",
    "cuMemcpyDtoDAsync_v2",
    "cuMemsetD8Async",
    "cuMemHostAlloc",
    "cuPointerGetAttribute",
    "cuStreamWaitEvent",
    "cuEventDestroy_v2",
    "cuModuleLoadData",
    "cuModuleGetFunction",
    "cuLaunchKernel",
    "cuEventCreate",
    "cuEventRecord",
    "cuEventSynchronize",
    "cuEventElapsedTime",
    "cuGetErrorName",
    "cuGetErrorString",
];

/// The GPU of this process.
pub(crate) struct Gpu {
    /// As NVIDIA calls it.
    pub(crate) name: String,
    /// Its compute capability: 90 is 9.0.
    pub(crate) capability: u32,
    /// Version of the driver's interface: 12040 is CUDA 12.4.
    pub(crate) driver: c_int,
    /// Bytes of its memory.
    pub(crate) memory: usize,
    /// Its multiprocessors.
    pub(super) multiprocessors: u32,
    /// Its number among the driver's.
    pub(super) ordinal: c_int,
    context: sys::CUcontext,
    pub(super) stream: sys::CUstream,
    /// For copies of large arrays; `None`: there is no memory for it.
    staging: OnceLock<Option<Staging>>,
    /// The process that opened it.
    process: u32,
    /// Why it is not to be used again.
    lost: OnceLock<String>,
    /// Whether somebody has taken a complaint.
    complained: AtomicBool,
}

thread_local! {
    /// What went wrong last on this thread, until somebody takes it.
    static COMPLAINT: RefCell<Option<String>> = const { RefCell::new(None) };
}

// SAFETY: the driver's functions are for any thread; contexts and streams belong to the process.
unsafe impl Send for Gpu {}
// SAFETY: as above.
unsafe impl Sync for Gpu {}

/// The GPU of this process, opened at the first asking, or why there is none: a sentence for the user. The caller holds the
/// interpreter's lock, so no fork finds it half open.
pub(crate) fn gpu() -> Result<&'static Gpu, String> {
    static GPU: OnceLock<Result<Gpu, String>> = OnceLock::new();
    let gpu = GPU.get_or_init(open).as_ref().map_err(Clone::clone)?;
    gpu.usable().map(|()| gpu)
}

fn open() -> Result<Gpu, String> {
    let setting = std::env::var("FERROKEET_CUDA").unwrap_or_default();
    if matches!(setting.trim(), "0" | "off") {
        return Err(format!("FERROKEET_CUDA is `{setting}`"));
    }
    let ordinal = ordinal()?;
    library()?;
    let failed = |what: &'static str| {
        move |error: DriverError| format!("the CUDA driver cannot {what} ({}){}", said(error), hint(error))
    };
    let mut driver = 0;
    // SAFETY: the functions are there; this one needs nothing.
    unsafe { sys::cuDriverGetVersion(&raw mut driver) }
        .result()
        .map_err(failed("tell its version"))?;
    if driver < OLDEST {
        return Err(format!(
            "the CUDA driver is too old: it knows CUDA {}, and CUDA {} is needed; a newer driver comes from \
             https://www.nvidia.com/drivers",
            version(driver),
            version(OLDEST)
        ));
    }
    result::init().map_err(failed("start"))?;
    let count = result::device::get_count().map_err(failed("count its devices"))?;
    if ordinal >= count {
        return Err(match count {
            0 => "the CUDA driver knows no device".to_owned(),
            _ => format!("FERROKEET_CUDA_DEVICE is {ordinal}, and the CUDA driver knows {count} device(s), from 0 on"),
        });
    }
    let device = result::device::get(ordinal).map_err(failed("find the device"))?;
    let attribute = |attribute| {
        // SAFETY: the device is the driver's.
        unsafe { result::device::get_attribute(device, attribute) }.map_err(failed("describe the device"))
    };
    let major = attribute(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?;
    let minor = attribute(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?;
    let multiprocessors = attribute(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?;
    let name = result::device::get_name(device).map_err(failed("name the device"))?;
    // SAFETY: the device is the driver's; the context is never released.
    let (memory, context) = unsafe {
        let memory = result::device::total_mem(device).map_err(failed("measure the device"))?;
        (
            memory,
            result::primary_ctx::retain(device).map_err(failed("open the device"))?,
        )
    };
    let mut gpu = Gpu {
        name,
        capability: (major * 10 + minor).unsigned_abs(),
        driver,
        memory,
        multiprocessors: multiprocessors.unsigned_abs(),
        ordinal,
        context,
        stream: std::ptr::null_mut(),
        staging: OnceLock::new(),
        process: std::process::id(),
        lost: OnceLock::new(),
        complained: AtomicBool::new(false),
    };
    let stream = gpu.current(|| result::stream::create(result::stream::StreamKind::NonBlocking));
    gpu.stream = stream.map_err(failed("make a stream"))?;
    Ok(gpu)
}

/// The number of the device.
fn ordinal() -> Result<c_int, String> {
    let named = std::env::var("FERROKEET_CUDA_DEVICE").unwrap_or_default();
    match named.trim() {
        "" => Ok(0),
        text => text
            .parse()
            .ok()
            .filter(|number| *number >= 0)
            .ok_or_else(|| format!("FERROKEET_CUDA_DEVICE is `{named}`, which is no number of a device")),
    }
}

/// Loads the driver's library, whole.
fn library() -> Result<(), String> {
    // SAFETY: libraries of this name are NVIDIA's drivers, whose initialisers do what they do in every CUDA program.
    let library = unsafe {
        if !sys::is_culib_present() {
            return Err("no CUDA driver is installed (libcuda.so.1 was not found)".to_owned());
        }
        sys::culib()
    };
    let missing = NEEDED.into_iter().find(|name| {
        // SAFETY: only whether it is there is looked at.
        unsafe { library.get::<*const ()>(name.as_bytes()).is_err() }
    });
    match missing {
        Some(name) => Err(format!(
            "the library of the CUDA driver has no {name}: it is too old, or not NVIDIA's"
        )),
        None => Ok(()),
    }
}

impl Gpu {
    /// Whether it may be called; why not otherwise: a sentence for the user.
    pub(super) fn usable(&self) -> Result<(), String> {
        if self.process != std::process::id() {
            return Err(
                "this process was forked from one that used the GPU, which CUDA does not survive \
                        (`multiprocessing` can start processes by `spawn`)"
                    .to_owned(),
            );
        }
        match self.lost.get() {
            Some(why) => Err(why.clone()),
            None => Ok(()),
        }
    }

    /// Calls the driver with our context current.
    fn current<T>(&self, call: impl FnOnce() -> Result<T, DriverError>) -> Result<T, DriverError> {
        // SAFETY: the context is never released; what is popped is what was pushed.
        unsafe {
            sys::cuCtxPushCurrent_v2(self.context).result()?;
            let done = call();
            let mut popped = std::ptr::null_mut();
            sys::cuCtxPopCurrent_v2(&raw mut popped).result()?;
            done
        }
    }

    /// The same; a failure becomes a complaint, which begins with `what`. Nothing is called once the device is lost.
    pub(super) fn ask<T>(&self, what: &str, call: impl FnOnce() -> Result<T, DriverError>) -> Option<T> {
        self.usable().ok()?;
        self.current(call).map_err(|error| self.complain(what, error)).ok()
    }

    /// Calls the driver, leaving a failure to the caller.
    pub(super) fn attempt<T>(&self, call: impl FnOnce() -> Result<T, DriverError>) -> Result<T, DriverError> {
        self.current(call)
    }

    /// What copies of so many bytes go through. Our context is current.
    pub(super) fn staging(&self, bytes: usize) -> Option<&Staging> {
        let made = || self.staging.get_or_init(|| Staging::new().ok()).as_ref();
        (bytes >= LARGE).then(made).flatten()
    }

    /// Remembers what went wrong.
    fn complain(&self, what: &str, error: DriverError) {
        let said = said(error);
        let text = match error.0 {
            CUresult::CUDA_ERROR_OUT_OF_MEMORY => {
                format!(
                    "{what} failed: no room is left in the memory of the GPU ({})",
                    self.described()
                )
            }
            CUresult::CUDA_ERROR_INVALID_VALUE
            | CUresult::CUDA_ERROR_INVALID_HANDLE
            | CUresult::CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES => {
                format!("{what} failed on the GPU {} ({said})", self.name)
            }
            _ => {
                let text = format!(
                    "{what} failed on the GPU {} ({said}), which is not used again in this process",
                    self.name
                );
                self.lost.get_or_init(|| text).clone()
            }
        };
        self.note(text);
    }

    /// Leaves a complaint.
    pub(super) fn note(&self, text: String) {
        COMPLAINT.set(Some(text));
    }

    /// What went wrong last on this thread; it is taken.
    pub(super) fn complaint(&self) -> Option<Complaint> {
        let text = COMPLAINT.take()?;
        let first = !self.complained.swap(true, Ordering::Relaxed);
        Some(Complaint { text, first })
    }

    /// Name and memory, for the user.
    pub(super) fn described(&self) -> String {
        format!("{}, {}", self.name, size(self.memory))
    }

    /// Tells its memory from other devices'.
    pub(super) fn identity(&self) -> u64 {
        self.context as u64
    }
}

/// An error, as the driver names it.
pub(super) fn said(error: DriverError) -> String {
    match error.error_name() {
        Ok(name) => name.to_string_lossy().into_owned(),
        Err(_) => format!("error {}", error.0 as u32),
    }
}

/// What the user can do about it.
fn hint(error: DriverError) -> &'static str {
    match error.0 {
        CUresult::CUDA_ERROR_NO_DEVICE => ": there is no NVIDIA GPU, or this process may not use it",
        CUresult::CUDA_ERROR_STUB_LIBRARY => {
            ": it is the stand-in of the CUDA toolkit for linking; install the driver itself"
        }
        CUresult::CUDA_ERROR_SYSTEM_DRIVER_MISMATCH => {
            ": its library and its kernel module are of different versions; restarting the machine helps"
        }
        CUresult::CUDA_ERROR_DEVICE_UNAVAILABLE => ": another process has it for itself",
        _ => "",
    }
}

/// As CUDA writes versions.
pub(super) fn version(number: c_int) -> String {
    format!("{}.{}", number / 1000, number % 1000 / 10)
}

/// A size, for the user.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}
