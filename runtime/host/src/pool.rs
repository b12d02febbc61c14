//! One thread pool per process, and what kernels see of it.
//!
//! The pool has one worker fewer than [`threads`], since the calling thread takes part. It is made at the first parallel loop
//! and again in a forked child, whose parent's workers do not exist. No lock is held anywhere: a fork at any moment is safe.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use ferrokeet_kernel::abi::{ABI_VERSION, Device, Host};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::made::Made;
use crate::scratch::Scratch;

/// Time between two looks at Python's pending signals.
const SIGNALS: Duration = Duration::from_millis(50);
/// How long a worker looks out for the next loop before it sleeps.
const PATIENCE: Duration = Duration::from_micros(200);

struct Pool {
    process: u32,
    workers: rayon::ThreadPool,
    lookout: Lookout,
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
fn pool() -> Option<&'static Pool> {
    let process = std::process::id();
    let current = POOL.load(Ordering::Acquire);
    // SAFETY: pools are leaked, never freed, once they are published.
    if let Some(pool) = unsafe { current.as_ref() }.filter(|pool| pool.process == process) {
        return Some(pool);
    }
    let count = threads().saturating_sub(1).max(1) as usize;
    let name = |index| format!("ferrokeet-{index}");
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .thread_name(name)
        .build()
        .ok()?;
    let lookout = Lookout::default();
    let fresh = Box::into_raw(Box::new(Pool {
        process,
        workers,
        lookout,
    }));
    match POOL.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: just published, and leaked.
        Ok(_) => unsafe { fresh.as_ref() },
        Err(other) => {
            // SAFETY: nobody else has seen `fresh`; `other` was published and is never freed.
            unsafe {
                drop(Box::from_raw(fresh));
                other.as_ref()
            }
        }
    }
}

/// What one call lends to its kernel: the table of functions, and the state behind it.
pub(crate) struct Lent<'a> {
    table: Host,
    caller: ThreadId,
    /// Whether Python delivers signals to the calling thread.
    signals: bool,
    /// The calling thread's interpreter state while the lock is released.
    state: AtomicPtr<ffi::PyThreadState>,
    /// The time of the last look, by the calling thread only.
    looked: Cell<Instant>,
    stop: AtomicBool,
    /// The most threads that a parallel loop of this call asked the pool for.
    used: AtomicU32,
    /// The new arrays that the kernel asks for.
    made: &'a Made<'a>,
    scratch: Scratch,
}

impl<'a> Lent<'a> {
    /// For a call from this thread; `device` lives until after it.
    pub(crate) fn new(signals: bool, made: &'a Made<'a>, device: *const Device) -> Self {
        Self {
            table: Host {
                version: ABI_VERSION,
                threads: threads(),
                context: ptr::null_mut(),
                parallel_for,
                interrupted,
                array,
                room,
                device,
            },
            caller: std::thread::current().id(),
            signals,
            state: AtomicPtr::new(ptr::null_mut()),
            looked: Cell::new(Instant::now()),
            stop: AtomicBool::new(false),
            used: AtomicU32::new(1),
            made,
            scratch: Scratch::default(),
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

    /// How many threads the call had.
    pub(crate) fn used(&self) -> u32 {
        self.used.load(Ordering::Relaxed)
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

impl Lent<'_> {
    /// A new array that the call may hand back; null: there is none.
    fn array(&self, number: usize, extents: &[isize], zeroed: bool) -> *mut u8 {
        if std::thread::current().id() != self.caller || self.stop.load(Ordering::Relaxed) {
            return ptr::null_mut();
        }
        if let Some(data) = self.made.again(number, extents, zeroed) {
            return data;
        }
        // SAFETY: as in `interrupted`.
        unsafe {
            ffi::PyEval_RestoreThread(self.state.load(Ordering::Relaxed));
            let data = self.made.make(Python::assume_attached(), number, extents, zeroed);
            self.state.store(ffi::PyEval_SaveThread(), Ordering::Relaxed);
            data
        }
    }
}

unsafe extern "C" fn array(host: *const Host, number: u32, rank: u32, extents: *const isize, zeroed: bool) -> *mut u8 {
    // SAFETY: `unlocked` lends a table whose context is the `Lent` around it; the kernel passes `rank` extents.
    unsafe {
        let extents = std::slice::from_raw_parts(extents, rank as usize);
        (*(*host).context.cast::<Lent<'_>>()).array(number as usize, extents, zeroed)
    }
}

unsafe extern "C" fn room(host: *const Host, bytes: usize) -> *mut u8 {
    // SAFETY: `unlocked` lends a table whose context is the `Lent` around it.
    unsafe { (*(*host).context.cast::<Lent<'_>>()).scratch.room(bytes) }
}

unsafe extern "C" fn interrupted(host: *const Host) -> bool {
    // SAFETY: `unlocked` lends a table whose context is the `Lent` around it.
    unsafe { (*(*host).context.cast::<Lent<'_>>()).interrupted() }
}

/// One loop, on the stack of the thread that runs it.
struct Loop {
    body: unsafe extern "C" fn(data: *mut c_void, index: usize),
    data: *mut c_void,
    shares: Vec<Share>,
    /// Workers that may still join.
    seats: AtomicUsize,
    /// Which loop it is, since many stand at the same address in turn.
    number: u64,
}

// SAFETY: the kernel promises that its body may be called from several threads at once.
unsafe impl Sync for Loop {}

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

impl Loop {
    /// Calls the body until nothing is left.
    ///
    /// Each thread begins with a share of its own, the same one in every loop of this length (so that what its cache holds
    /// from the last sweep is of use), and then helps the others.
    fn work(&self) {
        let before = INSIDE.replace(true);
        let own = rayon::current_thread_index().map_or(0, |index| index + 1);
        for offset in 0..self.shares.len() {
            let share = &self.shares[(own + offset) % self.shares.len()];
            while let Some(index) = share.take() {
                // SAFETY: the kernel's body takes these, and does not unwind.
                unsafe { (self.body)(self.data, index) };
            }
        }
        INSIDE.set(before);
    }

    /// Joins as a worker, if there is a seat.
    fn join(&self) {
        let seat = |seats: usize| seats.checked_sub(1);
        if self
            .seats
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, seat)
            .is_ok()
        {
            self.work();
        }
    }
}

/// Where workers that are awake find the next loop: between loops they look out for it for a while, because waking a
/// sleeping thread takes as long as a small loop.
#[derive(Default)]
struct Lookout {
    /// The loop that wants workers, if any.
    posted: AtomicPtr<Loop>,
    /// Workers that may hold a reference to it.
    holders: AtomicUsize,
    /// Workers that look out.
    awake: AtomicUsize,
    /// Loops so far.
    count: AtomicU64,
}

impl Lookout {
    /// Runs a loop with up to `helpers` workers. Returns false, having done nothing, while another loop is posted.
    fn run(&'static self, work: &mut Loop, workers: &rayon::ThreadPool, helpers: usize) -> bool {
        work.number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let own = ptr::from_mut(work);
        let posted = self
            .posted
            .compare_exchange(ptr::null_mut(), own, Ordering::SeqCst, Ordering::Relaxed);
        if posted.is_err() {
            return false;
        }
        for _ in self.awake.load(Ordering::SeqCst)..helpers {
            workers.spawn(|| self.look());
        }
        // SAFETY: on this stack; others only read it.
        unsafe { (*own).work() };
        self.posted.store(ptr::null_mut(), Ordering::SeqCst);
        // A worker that comes later finds nothing posted; those that hold the loop are in their last call of its body.
        let mut rounds = 0_u32;
        while self.holders.load(Ordering::SeqCst) != 0 {
            rounds += 1;
            if rounds.is_multiple_of(1024) {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
        true
    }

    /// A worker's part: joins loops as they are posted, until there was none for a while.
    fn look(&self) {
        self.awake.fetch_add(1, Ordering::SeqCst);
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            if !self.posted.load(Ordering::Relaxed).is_null() {
                self.holders.fetch_add(1, Ordering::SeqCst);
                // SAFETY: `run` takes a loop down and waits until nobody holds it before it goes.
                if let Some(work) = unsafe { self.posted.load(Ordering::SeqCst).as_ref() }
                    && work.number != seen
                {
                    seen = work.number;
                    work.join();
                    since = Instant::now();
                }
                self.holders.fetch_sub(1, Ordering::SeqCst);
            }
            (0..64).for_each(|_| std::hint::spin_loop());
            if since.elapsed() > PATIENCE {
                break;
            }
        }
        self.awake.fetch_sub(1, Ordering::SeqCst);
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
    let mut work = Loop {
        body,
        data,
        shares: (0..wanted).map(|share| Share::of(share, wanted, count)).collect(),
        seats: AtomicUsize::new(wanted - 1),
        number: 0,
    };
    let pool = if wanted <= 1 || INSIDE.get() { None } else { pool() };
    let shared = pool.is_some_and(|pool| pool.lookout.run(&mut work, &pool.workers, wanted - 1));
    if shared {
        // SAFETY: `unlocked` lends a table whose context is the `Lent` around it.
        let lent = unsafe { &*(*host).context.cast::<Lent<'_>>() };
        lent.used.fetch_max(wanted as u32, Ordering::Relaxed);
    } else {
        // Alone, or beside another thread's loop, which keeps the workers busy already.
        work.work();
    }
}
