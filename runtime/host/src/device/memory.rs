//! Memory of a device, kept between calls.
//!
//! Devices take long to give memory and to take it back. What is given back here stays the process's, in classes of sizes four to
//! an octave, until the device has no more: then all of it goes back, and the device is asked again.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::driver::size;
use super::{Complaint, Module};

/// Bytes of the smallest class.
const LEAST: usize = 256;

/// What the process holds of all devices.
struct Pool {
    /// Addresses that wait for their next use, by device and class.
    waiting: BTreeMap<(u64, usize), Vec<u64>>,
    /// Bytes, those in use included, by device.
    held: BTreeMap<u64, usize>,
}

static POOL: Mutex<Pool> = Mutex::new(Pool {
    waiting: BTreeMap::new(),
    held: BTreeMap::new(),
});

thread_local! {
    /// Bytes that were asked for last, if they are more than the process may hold.
    static TOO_MUCH: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Why memory was refused that the device may have; it is told once.
pub(super) fn complaint() -> Option<Complaint> {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let (bytes, limit) = (size(TOO_MUCH.take()?), size(limit()));
    Some(Complaint {
        text: format!(
            "another {bytes} would exceed the {limit} of the GPU's memory that FERROKEET_DEVICE_MEMORY allows"
        ),
        first: !TOLD.swap(true, Ordering::Relaxed),
    })
}

/// Bytes that the process may hold of a device, in `FERROKEET_DEVICE_MEMORY`.
fn limit() -> usize {
    static LIMIT: OnceLock<usize> = OnceLock::new();
    *LIMIT.get_or_init(|| {
        let text = std::env::var("FERROKEET_DEVICE_MEMORY").ok();
        text.and_then(|text| text.trim().parse().ok()).unwrap_or(usize::MAX)
    })
}

/// Memory of a device; it waits for its next use when this is dropped.
pub(crate) struct Block {
    module: Arc<dyn Module>,
    address: u64,
    class: usize,
}

impl Block {
    /// Memory of at least so many bytes; `None`: there is none, even after what waited was given back.
    pub(crate) fn allocate(module: &Arc<dyn Module>, bytes: usize) -> Option<Self> {
        let class = class(bytes)?;
        let waiting = with_pool(|pool| pool.waiting.get_mut(&(module.identity(), class))?.pop());
        let fresh = || match fresh(module.as_ref(), class) {
            0 if release(module.as_ref()) => self::fresh(module.as_ref(), class),
            address => address,
        };
        let address = waiting.unwrap_or_else(fresh);
        if address != 0 {
            TOO_MUCH.set(None);
        }
        (address != 0).then(|| Self {
            module: Arc::clone(module),
            address,
            class,
        })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> u64 {
        self.address
    }

    /// Who reaches it.
    pub(crate) fn module(&self) -> &Arc<dyn Module> {
        &self.module
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let key = (self.module.identity(), self.class);
        with_pool(|pool| pool.waiting.entry(key).or_default().push(self.address));
    }
}

/// Memory of the device's; 0: it has no more, or the process has its share.
fn fresh(module: &dyn Module, class: usize) -> u64 {
    let identity = module.identity();
    let reserved = with_pool(|pool| {
        let held = pool.held.entry(identity).or_default();
        let fits = held.checked_add(class).is_some_and(|sum| sum <= limit());
        *held += if fits { class } else { 0 };
        fits
    });
    if !reserved {
        TOO_MUCH.set(Some(class));
        return 0;
    }
    let address = module.allocate(class);
    if address == 0 {
        with_pool(|pool| *pool.held.entry(identity).or_default() -= class);
    }
    address
}

/// Gives back what waits; whether there was anything.
fn release(module: &dyn Module) -> bool {
    let identity = module.identity();
    let addresses: Vec<u64> = with_pool(|pool| {
        let mut addresses = Vec::new();
        let mut bytes = 0;
        for ((_, class), own) in pool.waiting.range_mut((identity, 0)..=(identity, usize::MAX)) {
            bytes += class * own.len();
            addresses.append(own);
        }
        *pool.held.entry(identity).or_default() -= bytes;
        addresses
    });
    for address in &addresses {
        // SAFETY: it was allocated on this device, and whoever used it has dropped it.
        unsafe { module.free(*address) };
    }
    !addresses.is_empty()
}

fn with_pool<T>(f: impl FnOnce(&mut Pool) -> T) -> T {
    f(&mut POOL.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The bytes that are asked for where so many are needed: at most a quarter more.
fn class(bytes: usize) -> Option<usize> {
    let bytes = bytes.max(LEAST);
    let step = 1_usize << bytes.ilog2() >> 2;
    bytes.checked_next_multiple_of(step)
}
