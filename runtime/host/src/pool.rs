//! One thread pool per process, and what kernels see of it.
//!
//! The pool has one worker fewer than [`threads`], since the calling thread takes part. It is made at the first parallel loop
//! and again in a forked child, whose parent's workers do not exist. No lock is held anywhere: a fork at any moment is safe.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use ferrokeet_kernel::abi::{ABI_VERSION, Host};
use pyo3::ffi;

/// Time between two looks at Python's pending signals.
const SIGNALS: Duration = Duration::from_millis(50);

struct Pool {
    process: u32,
    workers: rayon::ThreadPool,
}

static POOL: AtomicPtr<Pool> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    /// Whether this thread is inside the body of a parallel loop.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// `FERROKEET_NUM_THREADS`, else `OMP_NUM_THREADS`, else what affinity and the container's limits leave.
pub(crate) fn threads() -> u32 {
    static THREADS: OnceLock<u32> = OnceLock::new();
    *THREADS.get_or_init(|| {
        let variable = |name| std::env::var(name).ok()?.split(',').next()?.trim().parse::<u32>().ok();
        let wanted = variable("FERROKEET_NUM_THREADS").or_else(|| variable("OMP_NUM_THREADS"));
        let available = || std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
        wanted.filter(|&n| n > 0).unwrap_or_else(available).min(1024)
    })
}

/// The pool of this process; `None` when no thread can be started.
fn workers() -> Option<&'static rayon::ThreadPool> {
    let process = std::process::id();
    let current = POOL.load(Ordering::Acquire);
    // SAFETY: pools are leaked, never freed, once they are published.
    if let Some(pool) = unsafe { current.as_ref() }.filter(|pool| pool.process == process) {
        return Some(&pool.workers);
    }
    let count = threads().saturating_sub(1).max(1) as usize;
    let name = |index| format!("ferrokeet-{index}");
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .thread_name(name)
        .build()
        .ok()?;
    let fresh = Box::into_raw(Box::new(Pool { process, workers }));
    match POOL.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: just published, and leaked.
        Ok(_) => Some(unsafe { &(*fresh).workers }),
        Err(other) => {
            // SAFETY: nobody else has seen `fresh`; `other` was published and is never freed.
            unsafe {
                drop(Box::from_raw(fresh));
                other.as_ref().map(|pool| &pool.workers)
            }
        }
    }
}

/// What one call lends to its kernel: the table of functions, and the state behind it.
pub(crate) struct Lent {
    table: Host,
    caller: ThreadId,
    /// Whether Python delivers signals to the calling thread.
    signals: bool,
    /// The calling thread's interpreter state while the lock is released.
    state: AtomicPtr<ffi::PyThreadState>,
    /// The time of the last look, by the calling thread only.
    looked: Cell<Instant>,
    stop: AtomicBool,
}

impl Lent {
    /// For a call from this thread.
    pub(crate) fn new(signals: bool) -> Self {
        Self {
            table: Host {
                version: ABI_VERSION,
                threads: threads(),
                context: ptr::null_mut(),
                parallel_for,
                interrupted,
            },
            caller: std::thread::current().id(),
            signals,
            state: AtomicPtr::new(ptr::null_mut()),
            looked: Cell::new(Instant::now()),
            stop: AtomicBool::new(false),
        }
    }

    /// Runs `kernel` with the interpreter lock released.
    ///
    /// When this returns with the user's interruption noticed, Python's error indicator is set.
    pub(crate) fn unlocked(&mut self, kernel: impl FnOnce(*const Host) -> u32) -> u32 {
        self.table.context = ptr::from_ref(self).cast_mut().cast();
        // SAFETY: this thread holds the interpreter lock (it was called by Python) and takes it back below.
        unsafe {
            self.state.store(ffi::PyEval_SaveThread(), Ordering::Relaxed);
            let status = kernel(&raw const self.table);
            ffi::PyEval_RestoreThread(self.state.load(Ordering::Relaxed));
            status
        }
    }

    fn interrupted(&self) -> bool {
        if self.stop.load(Ordering::Relaxed) {
            return true;
        }
        if !self.signals || std::thread::current().id() != self.caller || self.looked.get().elapsed() < SIGNALS {
            return false;
        }
        self.looked.set(Instant::now());
        // SAFETY: the calling thread released the lock in `unlocked`; it takes it for this look and releases it again.
        unsafe {
            ffi::PyEval_RestoreThread(self.state.load(Ordering::Relaxed));
            let raised = ffi::PyErr_CheckSignals() != 0;
            self.state.store(ffi::PyEval_SaveThread(), Ordering::Relaxed);
            self.stop.store(raised, Ordering::Relaxed);
            raised
        }
    }
}

unsafe extern "C" fn interrupted(host: *const Host) -> bool {
    // SAFETY: `unlocked` lends a table whose context is the `Lent` around it.
    unsafe { (*(*host).context.cast::<Lent>()).interrupted() }
}

/// A pointer that the threads of one loop share.
#[derive(Clone, Copy)]
struct Shared(*mut c_void);

// SAFETY: the kernel promises that its body may be called from several threads at once.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    fn get(self) -> *mut c_void {
        self.0
    }
}

/// Indices that are still to be handed out. On a cache line of its own.
#[repr(align(128))]
struct Share {
    next: AtomicUsize,
    end: usize,
}

impl Share {
    /// One of `shares` parts of `0..count`.
    fn of(share: usize, shares: usize, count: usize) -> Self {
        let start = |share: usize| (share as u128 * count as u128 / shares as u128) as usize;
        Self {
            next: AtomicUsize::new(start(share)),
            end: start(share + 1),
        }
    }

    fn take(&self) -> Option<usize> {
        // The load spares the other threads the cache line when nothing is left.
        if self.next.load(Ordering::Relaxed) >= self.end {
            return None;
        }
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        (index < self.end).then_some(index)
    }
}

unsafe extern "C" fn parallel_for(
    host: *const Host,
    count: usize,
    threads: usize,
    body: unsafe extern "C" fn(data: *mut c_void, index: usize),
    data: *mut c_void,
) {
    // SAFETY: a kernel passes the table it was lent.
    let granted = unsafe { (*host).threads } as usize;
    let wanted = if threads == 0 { granted } else { threads }.clamp(1, count.max(1));
    // Each thread begins with a share of its own, the same one in every loop of this length (so that what its cache holds
    // from the last sweep is of use), and then helps the others.
    let shares: Vec<Share> = (0..wanted).map(|share| Share::of(share, wanted, count)).collect();
    let data = Shared(data);
    let work = || {
        let before = INSIDE.replace(true);
        let own = rayon::current_thread_index().map_or(0, |index| index + 1);
        for offset in 0..wanted {
            let share = &shares[(own + offset) % wanted];
            while let Some(index) = share.take() {
                // SAFETY: the kernel's body takes these, and does not unwind.
                unsafe { body(data.get(), index) };
            }
        }
        INSIDE.set(before);
    };
    let workers = if wanted <= 1 || INSIDE.get() { None } else { workers() };
    match workers {
        Some(workers) => workers.in_place_scope(|scope| {
            for _ in 1..wanted {
                scope.spawn(|_| work());
            }
            work();
        }),
        None => work(),
    }
}
