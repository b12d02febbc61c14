//! Whether a device is worth its while: the model behind `target(auto)`.
//!
//! The processor takes the longer of its arithmetic, shared between the threads, and of going through the arrays. The device takes
//! what each launch costs, and the longer of its arithmetic, slower while there are too few iterations to fill it, and of going through
//! the arrays; and moving the arrays, except those that are there. Where arrays stay on the device between calls, moving them pays
//! later: they are moved once what the calls before would have saved is worth it, which never costs more than twice what the best
//! choice would have. The figures are measured once per machine and device.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use ferrokeet_kernel::abi::Effort;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict};

use super::memory::Block;
use super::{Module, resident};
use crate::arguments::Arguments;
use crate::pool;

/// Bytes that are copied to measure how fast that goes.
const SAMPLE: usize = 8 << 20;
/// A measurement is the best of so many.
const REPEATS: u32 = 5;
/// Operations of a device that take as long as one of a processor's thread: its clock is slower, and it has no wide registers.
const SLOWER: f64 = 8.0;
/// Iterations for each operation that a device does at once, from which on it is full.
const DEEP: f64 = 4.0;

thread_local! {
    /// What the device would have saved in the scope that is open, in nanoseconds.
    static SAVED: Cell<f64> = const { Cell::new(0.0) };
}

/// What a machine and its device do, in bytes per nanosecond and nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calibration {
    processor: f64,
    device: f64,
    to_device: f64,
    from_device: f64,
    latency: f64,
    /// How many times as fast as one thread of the processor the device computes, when it is full.
    speed: f64,
    /// Iterations that fill it.
    full: f64,
}

impl Calibration {
    /// By the names in the file.
    const NAMES: [&str; 7] = [
        "processor_bandwidth",
        "device_bandwidth",
        "to_device",
        "from_device",
        "latency",
        "speed",
        "full",
    ];

    /// Of a module's device: as somebody else has it, who is given the device's name and a way to measure it.
    pub(super) fn of(module: &Arc<dyn Module>, keeper: &Bound<'_, PyAny>) -> PyResult<Self> {
        let own = Arc::clone(module);
        let measure =
            move |arguments: &Bound<'_, pyo3::types::PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyDict>> {
                let figures = PyDict::new(arguments.py());
                for (name, value) in Self::NAMES.iter().zip(measured(&own)) {
                    figures.set_item(name, value)?;
                }
                Ok(figures.unbind())
            };
        let measure = PyCFunction::new_closure(keeper.py(), None, None, measure)?;
        let figures = keeper.call_method1("calibration", (module.name(), measure))?;
        let figure = |name: &str| figures.get_item(name)?.extract::<f64>();
        Ok(Self {
            processor: figure("processor_bandwidth")?,
            device: figure("device_bandwidth")?,
            to_device: figure("to_device")?,
            from_device: figure("from_device")?,
            latency: figure("latency")?,
            speed: figure("speed")?,
            full: figure("full")?,
        })
    }

    /// Whether the device does a call's work sooner, moving the arrays included.
    pub(super) fn pays(&self, module: &Arc<dyn Module>, arguments: &Arguments, work: &Effort) -> bool {
        let (mut bytes, mut to, mut from, mut home, mut stays) = (0.0, 0.0, 0.0, 0.0, true);
        arguments.with_views(|views| {
            for (view, written) in views {
                let moves = resident::moves(module, &view, written);
                bytes += (view.len() * view.size) as f64;
                to += moves.to as f64;
                from += moves.from as f64;
                home += moves.home as f64;
                stays &= moves.stays;
            }
        });
        let through = bytes * work.passes;
        let processor = (work.nanoseconds / f64::from(pool::threads())).max(through / self.processor);
        let filled = (work.iterations / self.full).min(1.0);
        let device = work.launches * self.latency
            + (work.nanoseconds / (self.speed * filled).max(f64::MIN_POSITIVE)).max(through / self.device);
        let moving = to / self.to_device + from / self.from_device;
        let gain = processor + home / self.from_device - device;
        if !stays || moving == 0.0 {
            return gain > moving;
        }
        let saved = SAVED.get() + gain.max(0.0);
        let pays = gain > 0.0 && saved >= moving;
        SAVED.set(if pays { 0.0 } else { saved });
        pays
    }
}

/// A scope opens: nothing is saved yet.
pub(super) fn start() {
    SAVED.set(0.0);
}

/// The figures of this machine and a device.
fn measured(module: &Arc<dyn Module>) -> [f64; 7] {
    let (here, mut there) = (vec![1_u8; SAMPLE], vec![0_u8; SAMPLE]);
    let processor = SAMPLE as f64 / best(|| there.copy_from_slice(&here));
    let speed = (module.width() as f64 / SLOWER).max(0.5);
    let full = module.width() as f64 * DEEP;
    let (Some(a), Some(b)) = (Block::allocate(module, SAMPLE), Block::allocate(module, SAMPLE)) else {
        return [processor, processor, 1e-3, 1e-3, 1e9, speed, full];
    };
    let (a, b) = (a.address(), b.address());
    // SAFETY: all of them have room for the sample.
    let rates = unsafe {
        let to = best(|| _ = module.write(a, here.as_ptr(), SAMPLE) && module.synchronize());
        let from = best(|| _ = module.read(there.as_mut_ptr(), a, SAMPLE));
        let on = best(|| _ = module.copy(b, a, SAMPLE) && module.synchronize());
        [on, to, from].map(|time| SAMPLE as f64 / time)
    };
    // A launch with its error flag: a word there, and a word back.
    let mut word = [0_u8; 4];
    // SAFETY: room for a word.
    let latency = best(|| unsafe { _ = module.write(a, word.as_ptr(), 4) && module.read(word.as_mut_ptr(), a, 4) });
    [processor, rates[0], rates[1], rates[2], latency, speed, full]
}

/// Nanoseconds, at least one.
fn best(mut run: impl FnMut()) -> f64 {
    let mut once = || {
        let start = Instant::now();
        run();
        start.elapsed().as_nanos() as f64
    };
    (0..REPEATS).map(|_| once()).fold(f64::INFINITY, f64::min).max(1.0)
}
