//! Kernels in the memory of a GPU.

use std::ffi::{CString, c_int, c_void};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cudarc::driver::sys::{self, CUevent_flags, CUpointer_attribute, CUresult};
use cudarc::driver::{DriverError, result};

use super::driver::{Gpu, gpu, said, size, version};
use super::{Complaint, Module};

/// Pairs of events that are waited for before the finished ones are collected.
const PENDING: usize = 64;

/// Operations on 64-bit floats that a multiprocessor does at once, where it was made for them.
const LANES: u64 = 64;

/// Code that was made from a region's CUDA text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// `sm_90`: machine code of compute capability 9.0, which runs on 9.x, x >= 0. `compute_80`: PTX, which the driver compiles for
    /// any GPU from 8.0 on.
    pub(crate) architecture: String,
    /// The file.
    pub(crate) path: String,
}

/// Kernels that are loaded on the process's GPU.
struct Loaded {
    gpu: &'static Gpu,
    functions: Vec<sys::CUfunction>,
    timing: Mutex<Timing>,
}

// SAFETY: the driver's functions are for any thread; functions and events belong to the process.
unsafe impl Send for Loaded {}
// SAFETY: as above.
unsafe impl Sync for Loaded {}

/// Events around launches: one before, one after.
#[derive(Default)]
struct Timing {
    free: Vec<[sys::CUevent; 2]>,
    pending: Vec<[sys::CUevent; 2]>,
    nanoseconds: u64,
}

/// Loads the image that fits the process's GPU; why not otherwise: a sentence for the user.
pub(crate) fn loaded(images: &[Image], names: &[String]) -> Result<Box<dyn Module>, String> {
    let gpu = gpu()?;
    let mut refused = None;
    for image in fitting(images, gpu.capability) {
        match load(gpu, image, names)? {
            Ok(functions) => {
                return Ok(Box::new(Loaded {
                    gpu,
                    functions,
                    timing: Mutex::default(),
                }));
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(match refused {
        Some(error) => why_refused(gpu, error),
        None => {
            let built: Vec<&str> = images.iter().map(|image| image.architecture.as_str()).collect();
            let (built, name, here) = (built.join(", "), &gpu.name, gpu.capability);
            format!(
                "its kernels were built for {built}, and the GPU {name} is sm_{here}: `ferrokeet build --cuda-arch sm_{here}` builds \
                 them for it"
            )
        }
    })
}

/// The images that a GPU of this capability can run, best first: machine code of its generation, then PTX.
fn fitting(images: &[Image], capability: u32) -> impl Iterator<Item = &Image> {
    let rank = |image: &Image| {
        let number = |prefix: &str| image.architecture.strip_prefix(prefix)?.parse::<u32>().ok();
        let machine = number("sm_").filter(|made| made / 10 == capability / 10 && *made <= capability);
        let portable = number("compute_").filter(|made| *made <= capability);
        machine
            .map(|made| (true, made))
            .or_else(|| portable.map(|made| (false, made)))
    };
    let mut fitting: Vec<_> = images.iter().filter_map(|image| Some((rank(image)?, image))).collect();
    fitting.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    fitting.into_iter().map(|(_, image)| image)
}

/// The kernels of an image; the inner error is the driver's.
fn load(gpu: &Gpu, image: &Image, names: &[String]) -> Result<Result<Vec<sys::CUfunction>, DriverError>, String> {
    let mut code = std::fs::read(&image.path).map_err(|error| format!("{} cannot be read: {error}", image.path))?;
    // The driver takes PTX as a string.
    code.push(0);
    let names: Option<Vec<CString>> = names.iter().map(|name| CString::new(name.as_str()).ok()).collect();
    let names = names.ok_or("a bad manifest: the name of a kernel")?;
    Ok(gpu.attempt(|| {
        // SAFETY: the image is whole, and stays until it is loaded; the module is never unloaded.
        unsafe {
            let module = result::module::load_data(code.as_ptr().cast())?;
            names
                .into_iter()
                .map(|name| result::module::get_function(module, name))
                .collect()
        }
    }))
}

/// Why the driver does not take what fits its GPU.
fn why_refused(gpu: &Gpu, error: DriverError) -> String {
    let (said, known) = (said(error), version(gpu.driver));
    match error.0 {
        CUresult::CUDA_ERROR_UNSUPPORTED_PTX_VERSION
        | CUresult::CUDA_ERROR_INVALID_PTX
        | CUresult::CUDA_ERROR_INVALID_IMAGE
        | CUresult::CUDA_ERROR_NO_BINARY_FOR_GPU => format!(
            "the CUDA driver is too old for its kernels ({said}): it knows CUDA {known}; install a newer driver, or compile with \
             `pip install 'nvidia-cuda-nvrtc-cu{}<={known}'`",
            gpu.driver / 1000
        ),
        CUresult::CUDA_ERROR_OUT_OF_MEMORY => format!(
            "the memory of the GPU ({}) has no room for its kernels",
            gpu.described()
        ),
        _ => format!("the GPU {} does not take its kernels ({said})", gpu.name),
    }
}

impl Loaded {
    fn timing(&self) -> MutexGuard<'_, Timing> {
        self.timing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Timing {
    /// Events for a launch; `None`: it is not timed.
    fn pair(&mut self) -> Option<[sys::CUevent; 2]> {
        if self.pending.len() >= PENDING {
            self.collect();
        }
        let event = || result::event::create(CUevent_flags::CU_EVENT_DEFAULT).ok();
        self.free.pop().or_else(|| Some([event()?, event()?]))
    }

    /// Adds up the launches that are done.
    fn collect(&mut self) {
        for pair in std::mem::take(&mut self.pending) {
            // SAFETY: both were recorded on one stream.
            match unsafe { result::event::elapsed(pair[0], pair[1]) } {
                Ok(milliseconds) => {
                    self.nanoseconds += (f64::from(milliseconds) * 1e6) as u64;
                    self.free.push(pair);
                }
                Err(_) => self.pending.push(pair),
            }
        }
    }
}

impl Module for Loaded {
    fn name(&self) -> &str {
        &self.gpu.name
    }
    fn identity(&self) -> u64 {
        self.gpu.identity()
    }
    fn usable(&self) -> Result<(), String> {
        self.gpu.usable()
    }
    fn complaint(&self) -> Option<Complaint> {
        self.gpu.complaint()
    }
    fn allocate(&self, bytes: usize) -> u64 {
        if bytes > self.gpu.memory {
            let (array, whole) = (size(bytes), self.gpu.described());
            self.gpu.note(format!(
                "an array of {array} is larger than the memory of the GPU ({whole})"
            ));
            return 0;
        }
        // SAFETY: not of size 0.
        let memory = self
            .gpu
            .ask("allocating an array", || unsafe { result::malloc_sync(bytes.max(1)) });
        memory.unwrap_or(0)
    }
    unsafe fn free(&self, address: u64) {
        // SAFETY: by contract.
        self.gpu.ask("freeing memory", || unsafe { result::free_sync(address) });
    }
    unsafe fn write(&self, to: u64, from: *const u8, bytes: usize) -> bool {
        let stream = self.gpu.stream;
        // SAFETY: by contract. Bytes of pageable memory are staged before this returns.
        let copy = || unsafe {
            match self.gpu.staging(bytes) {
                Some(staging) => staging.write(to, from, bytes, stream),
                None => sys::cuMemcpyHtoDAsync_v2(to, from.cast(), bytes, stream).result(),
            }
        };
        bytes == 0 || self.gpu.ask("copying to the device", copy).is_some()
    }
    unsafe fn clear(&self, address: u64, bytes: usize) -> bool {
        // SAFETY: by contract.
        let fill = || unsafe { result::memset_d8_async(address, 0, bytes, self.gpu.stream) };
        bytes == 0 || self.gpu.ask("filling memory", fill).is_some()
    }
    unsafe fn read(&self, to: *mut u8, from: u64, bytes: usize) -> bool {
        let stream = self.gpu.stream;
        // SAFETY: by contract, until the stream is done.
        let copy = || unsafe {
            if let Some(staging) = self.gpu.staging(bytes) {
                return staging.read(to, from, bytes, stream);
            }
            if bytes > 0 {
                sys::cuMemcpyDtoHAsync_v2(to.cast(), from, bytes, stream).result()?;
            }
            result::stream::synchronize(stream)
        };
        self.gpu.ask("a kernel or copying its results", copy).is_some()
    }
    unsafe fn copy(&self, to: u64, from: u64, bytes: usize) -> bool {
        // SAFETY: by contract.
        let copy = || unsafe { result::memcpy_dtod_async(to, from, bytes, self.gpu.stream) };
        bytes == 0 || self.gpu.ask("copying on the device", copy).is_some()
    }
    fn reaches(&self, address: u64) -> bool {
        let mut ordinal: c_int = -1;
        let attribute = CUpointer_attribute::CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL;
        // SAFETY: the driver looks the address up, and writes one number.
        let look = || unsafe { sys::cuPointerGetAttribute((&raw mut ordinal).cast(), attribute, address).result() };
        // An array without elements is nowhere.
        address == 0 || self.gpu.attempt(look).is_ok() && ordinal == self.gpu.ordinal
    }
    fn follow(&self, stream: u64) -> bool {
        let wait = || {
            let event = result::event::create(CUevent_flags::CU_EVENT_DISABLE_TIMING)?;
            // SAFETY: whoever names a stream keeps it during the call; the driver keeps the event until it was waited for.
            unsafe {
                let followed = result::event::record(event, stream as sys::CUstream).and_then(|()| {
                    let flags = sys::CUevent_wait_flags::CU_EVENT_WAIT_DEFAULT;
                    result::stream::wait_event(self.gpu.stream, event, flags)
                });
                result::event::destroy(event).and(followed)
            }
        };
        self.gpu.ask("waiting for the stream of an array", wait).is_some()
    }
    fn width(&self) -> u64 {
        u64::from(self.gpu.multiprocessors) * LANES
    }
    unsafe fn launch(&self, kernel: usize, grid: [u32; 3], block: [u32; 3], arguments: *const *const c_void) -> bool {
        let Some(&function) = self.functions.get(kernel) else {
            return false;
        };
        let (stream, mut timing) = (self.gpu.stream, self.timing());
        let [[gx, gy, gz], [bx, by, bz]] = [grid, block];
        let launch = || {
            let pair = timing.pair();
            // SAFETY: by contract; the driver copies the arguments before it returns.
            unsafe {
                if let Some([start, _]) = pair {
                    result::event::record(start, stream)?;
                }
                let (arguments, none) = (arguments.cast_mut().cast(), std::ptr::null_mut());
                sys::cuLaunchKernel(function, gx, gy, gz, bx, by, bz, 0, stream, arguments, none).result()?;
                if let Some(pair) = pair {
                    result::event::record(pair[1], stream)?;
                    timing.pending.push(pair);
                }
            }
            Ok(())
        };
        self.gpu.ask("launching a kernel", launch).is_some()
    }
    fn synchronize(&self) -> bool {
        // SAFETY: the stream is never destroyed.
        let wait = || unsafe { result::stream::synchronize(self.gpu.stream) };
        self.gpu.ask("a kernel", wait).is_some()
    }
    fn elapsed(&self) -> u64 {
        let mut timing = self.timing();
        if self.gpu.usable().is_ok() {
            _ = self.gpu.attempt(|| {
                timing.collect();
                Ok(())
            });
        }
        timing.nanoseconds
    }
}
