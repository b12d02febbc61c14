//! Times of launches, kept only while someone asks for them: a call otherwise looks at one flag.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use pyo3::prelude::*;
use pyo3::types::PyDict;

static ON: AtomicBool = AtomicBool::new(false);

/// Has the launches of all kernels timed from now on, or no longer.
#[pyfunction]
pub(crate) fn profile(on: bool) {
    ON.store(on, Ordering::Relaxed);
}

/// What is known of the timed launches of one specialisation.
#[derive(Default)]
pub(crate) struct Times {
    launches: AtomicU64,
    nanoseconds: AtomicU64,
    /// The sizes of the arrays that they were given, each counted once a launch.
    bytes: AtomicU64,
    /// The most threads that one of them had.
    threads: AtomicU32,
}

impl Times {
    /// The time when a launch starts; `None`: nobody asks.
    pub(crate) fn start() -> Option<Instant> {
        ON.load(Ordering::Relaxed).then(Instant::now)
    }

    /// Adds a launch that ends now.
    pub(crate) fn add(&self, start: Instant, bytes: u64, threads: u32) {
        let nanoseconds = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
        self.launches.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.threads.fetch_max(threads, Ordering::Relaxed);
    }

    /// As a dictionary.
    pub(crate) fn dictionary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let times = PyDict::new(py);
        times.set_item("launches", self.launches.load(Ordering::Relaxed))?;
        times.set_item("seconds", self.nanoseconds.load(Ordering::Relaxed) as f64 * 1e-9)?;
        times.set_item("bytes", self.bytes.load(Ordering::Relaxed))?;
        times.set_item("threads", self.threads.load(Ordering::Relaxed))?;
        Ok(times)
    }
}
