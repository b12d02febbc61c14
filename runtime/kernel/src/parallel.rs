//! Loops over the host's thread pool.
//!
//! A [`Team`] is a call's share of the pool. [`Team::run`] gives pieces of `0..trips` to a closure: tasks big enough to be worth
//! handing out, cut into pieces short enough that Ctrl-C and a failure elsewhere are noticed within about a tenth of a
//! millisecond. [`Team::partials`] is for reductions: its blocks depend on the trip count alone, never on the threads, so
//! that combining their results in order gives the same bits everywhere. Nothing here unwinds into the host: a panic in
//! a body ends the loop as [`Ended::Panicked`].
//!
//! Costs are the planner's estimate of one iteration's work, in nanoseconds; they choose sizes and never change results.
//!
//! May touch: abi.

use core::ffi::c_void;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::abi::Host;

/// Work, in nanoseconds, below which handing a loop to other threads costs more than it gains.
const WORTH_SHARING: f64 = 25_000.0;
/// Work of the smallest task, in nanoseconds: several times what dispatching one costs.
const SMALLEST_TASK: f64 = 10_000.0;
/// Tasks per thread: enough to even out unequal iterations.
const TASKS_PER_THREAD: usize = 24;
/// Work between two looks at the interrupt flag, in nanoseconds.
const PIECE: f64 = 100_000.0;

/// How a loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All iterations ran.
    Done,
    /// A body called [`Control::fail`]; the lowest number it gave. Others may or may not have run.
    Failed(u64),
    /// The user asked to stop.
    Interrupted,
    /// A body panicked: a defect in the kernel. The message went to the panic hook.
    Panicked,
}

/// What the bodies of one loop share: the first failure, and whether to stop.
#[derive(Debug)]
pub struct Control<'a> {
    host: &'a Host,
    stop: AtomicBool,
    lowest: AtomicU64,
    interrupted: AtomicBool,
    panicked: AtomicBool,
}

impl<'a> Control<'a> {
    fn new(host: &'a Host) -> Self {
        Control {
            host,
            stop: AtomicBool::new(false),
            lowest: AtomicU64::new(u64::MAX),
            interrupted: AtomicBool::new(false),
            panicked: AtomicBool::new(false),
        }
    }
    /// Notes that iteration `iteration` can't go on; the lowest one noted wins. The caller returns from its body.
    ///
    /// Iterations below the lowest failure still run, unless the loop is interrupted, so that the failure reported is the
    /// one that sequential execution would meet first.
    #[cold]
    pub fn fail(&self, iteration: u64) {
        self.lowest.fetch_min(iteration, Ordering::Relaxed);
    }
    /// Notes that the user asked to stop. The caller returns from its body.
    #[cold]
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
        self.stop.store(true, Ordering::Relaxed);
    }
    /// Whether the user asked to stop.
    fn asked_to_stop(&self) -> bool {
        // SAFETY: callable by the contract of `Team::new`.
        unsafe { (self.host.interrupted)(self.host) }
    }
    /// The host, valid during the loop.
    pub fn host(&self) -> &'a Host {
        self.host
    }
    /// Whether the work of iteration `iteration` and those after it is wasted.
    #[inline(always)]
    pub fn wasted(&self, iteration: u64) -> bool {
        self.stop.load(Ordering::Relaxed) || iteration > self.lowest.load(Ordering::Relaxed)
    }
    fn ended(&self) -> Ended {
        let lowest = self.lowest.load(Ordering::Relaxed);
        if self.panicked.load(Ordering::Relaxed) {
            Ended::Panicked
        } else if self.interrupted.load(Ordering::Relaxed) {
            Ended::Interrupted
        } else if lowest != u64::MAX {
            Ended::Failed(lowest)
        } else {
            Ended::Done
        }
    }
}

/// What a loop runs on each piece of its range.
type Body<'b> = dyn Fn(Range<u64>, &Control<'_>) + Sync + 'b;

/// A call's share of the host's pool.
#[derive(Clone, Copy, Debug)]
pub struct Team<'a> {
    host: &'a Host,
    threads: usize,
}

impl<'a> Team<'a> {
    /// A team of up to `threads` threads (0: as many as the host grants).
    ///
    /// # Safety
    /// `host` is the host of the current call, and its function pointers may be called while the team lives.
    #[inline]
    pub unsafe fn new(host: *const Host, threads: usize) -> Self {
        // SAFETY: valid during the call.
        let host = unsafe { &*host };
        let granted = host.threads.max(1) as usize;
        Team {
            host,
            threads: if threads == 0 { granted } else { threads },
        }
    }
    /// How many threads may take part.
    pub fn threads(&self) -> usize {
        self.threads
    }
    /// Its first thread.
    pub fn alone(&self) -> Self {
        Team { threads: 1, ..*self }
    }
    /// A task length (see [`run`](Self::run)) for loops whose tasks gain from being long, by what they keep in the cache.
    pub fn long_tasks(&self, trips: u64) -> u64 {
        let length = trips / (8 * self.threads as u64);
        if length < 16 { 0 } else { length.next_multiple_of(4) }
    }
    /// Memory of so many bytes, holding anything, until the kernel returns; null: there is none. Outside of the team's loops.
    pub fn room(&self, bytes: usize) -> *mut u8 {
        // SAFETY: callable by the contract of `new`.
        unsafe { (self.host.room)(self.host, bytes) }
    }
    /// Whether the user asked to stop.
    #[inline]
    pub fn interrupted(&self) -> bool {
        // SAFETY: callable by the contract of `new`.
        unsafe { (self.host.interrupted)(self.host) }
    }
    /// Runs `body` on pieces that together make up `0..trips`, in parallel when the work is worth it.
    ///
    /// `cost` is one iteration's work in nanoseconds. `chunk` fixes the length of the tasks (the `schedule` clause; the last
    /// one may be shorter); 0 leaves it to the cost.
    #[inline]
    pub fn run(&self, trips: u64, cost: f64, chunk: u64, body: impl Fn(Range<u64>, &Control<'_>) + Sync) -> Ended {
        self.run_any(trips, cost, chunk, &body)
    }
    /// [`run`](Self::run), compiled once for all bodies.
    fn run_any(&self, trips: u64, cost: f64, chunk: u64, body: &Body<'_>) -> Ended {
        let work = trips as f64 * cost;
        let serial = self.threads <= 1 || trips <= 1 || (chunk == 0 && work < WORTH_SHARING);
        let length = match chunk {
            0 if serial => trips.max(1),
            0 => self.task_length(trips, cost),
            chunk => chunk,
        };
        self.tasks(trips, length, if serial { 1 } else { self.threads }, cost, body)
    }
    /// Runs `body` once for every block of `0..trips`, and returns what it gave, in block order.
    ///
    /// Blocks hold `block` iterations each (see [`block_length`]), the last one what is left; a `None` of any body, like a
    /// failure, ends the loop early.
    pub fn partials<P: Copy + Send + Sync>(
        &self,
        trips: u64,
        block: u64,
        cost: f64,
        body: impl Fn(Range<u64>, &Control<'_>) -> Option<P> + Sync,
    ) -> Result<Vec<P>, Ended> {
        let blocks = trips.div_ceil(block);
        let mut partials: Vec<Option<P>> = vec![None; blocks as usize];
        let room = SharedSlots(partials.as_mut_ptr());
        let ended = self.run(blocks, cost * block as f64, 0, |range, control| {
            let room = &room;
            for index in range {
                let first = index * block;
                if control.wasted(first) {
                    return;
                }
                if first > 0 && control.asked_to_stop() {
                    return control.interrupt();
                }
                let partial = body(first..trips.min(first + block), control);
                // SAFETY: each index is given out once, and is below the length.
                unsafe { room.0.add(index as usize).write(partial) };
            }
        });
        match ended {
            Ended::Done => partials.into_iter().collect::<Option<Vec<P>>>().ok_or(Ended::Failed(0)),
            other => Err(other),
        }
    }

    fn task_length(&self, trips: u64, cost: f64) -> u64 {
        let smallest = (SMALLEST_TASK / cost.max(1e-3)).max(1.0) as u64;
        let length = trips.div_ceil((self.threads * TASKS_PER_THREAD) as u64).max(smallest);
        // Whole groups of lanes, where that is no matter for the balance.
        if length < 64 {
            length
        } else {
            length.next_multiple_of(16)
        }
    }

    fn tasks(&self, trips: u64, length: u64, threads: usize, cost: f64, body: &Body<'_>) -> Ended {
        let control = Control::new(self.host);
        let piece = ((PIECE / cost.max(1e-3)).max(1.0) as u64).next_multiple_of(64);
        let task = |index: usize| {
            let first = index as u64 * length;
            self.pieces(first..trips.min(first + length), piece, &control, body);
        };
        let count = trips.div_ceil(length) as usize;
        if threads <= 1 || count <= 1 {
            (0..count).for_each(task);
        } else {
            self.share(count, threads, &task);
        }
        control.ended()
    }

    fn pieces(&self, range: Range<u64>, piece: u64, control: &Control<'_>, body: &Body<'_>) {
        let mut first = range.start;
        while first < range.end && !control.wasted(first) {
            let end = range.end.min(first.saturating_add(piece));
            if catch_unwind(AssertUnwindSafe(|| body(first..end, control))).is_err() {
                control.panicked.store(true, Ordering::Relaxed);
                control.stop.store(true, Ordering::Relaxed);
            }
            first = end;
            if first < range.end && self.interrupted() {
                control.interrupt();
            }
        }
    }

    fn share<F: Fn(usize)>(&self, count: usize, threads: usize, task: &F) {
        unsafe extern "C" fn call<F: Fn(usize)>(task: *mut c_void, index: usize) {
            // SAFETY: `share` passes a pointer to its task, which outlives the loop; `pieces` lets nothing unwind.
            unsafe { (*task.cast::<F>())(index) }
        }
        let data = (&raw const *task).cast_mut().cast::<c_void>();
        // SAFETY: callable by the contract of `new`; the host returns only when all calls have.
        unsafe { (self.host.parallel_for)(self.host, count, threads, call::<F>, data) }
    }
}

/// Slots that different threads write at different indices.
struct SharedSlots<P>(*mut Option<P>);

// SAFETY: no slot is touched by two threads (see `Team::partials`).
unsafe impl<P: Send> Sync for SharedSlots<P> {}

/// How many iterations a reduction's block holds: at least `least`, at most 512 blocks, a multiple of 64.
///
/// `least` is the planner's choice for the kernel, a constant: blocks must not depend on the threads or the machine.
#[inline]
pub fn block_length(trips: u64, least: u64) -> u64 {
    let length = trips.div_ceil(512).max(least).max(1);
    if length < 64 {
        length
    } else {
        length.next_multiple_of(64)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;

    unsafe extern "C" fn scoped(
        _: *const Host,
        count: usize,
        threads: usize,
        body: unsafe extern "C" fn(*mut c_void, usize),
        data: *mut c_void,
    ) {
        let (next, data) = (AtomicUsize::new(0), data as usize);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count {
                            break;
                        }
                        // SAFETY: what `share` passes.
                        unsafe { body(data as *mut c_void, index) };
                    }
                });
            }
        });
    }

    unsafe extern "C" fn never(_: *const Host) -> bool {
        false
    }

    unsafe extern "C" fn always(_: *const Host) -> bool {
        true
    }

    /// A host with threads of its own.
    pub(crate) fn host(threads: u32) -> Host {
        Host {
            version: crate::abi::ABI_VERSION,
            threads,
            context: core::ptr::null_mut(),
            parallel_for: scoped,
            interrupted: never,
            array: crate::abi::no_array,
            room: crate::abi::no_room,
            device: core::ptr::null(),
        }
    }

    #[test]
    fn every_iteration_once() {
        for threads in [1, 2, 5] {
            for (trips, cost, chunk) in [
                (0, 1.0, 0),
                (1, 1e9, 0),
                (1000, 1e6, 0),
                (100_003, 3.0, 0),
                (1000, 1.0, 7),
            ] {
                let host = host(threads);
                // SAFETY: the host outlives the team.
                let team = unsafe { Team::new(&host, 0) };
                let seen = Mutex::new(vec![0; trips as usize]);
                let ended = team.run(trips, cost, chunk, |range, _| {
                    let mut seen = seen.lock().unwrap();
                    range.for_each(|i| seen[i as usize] += 1);
                });
                assert_eq!(ended, Ended::Done);
                assert!(seen.into_inner().unwrap().iter().all(|&n| n == 1));
            }
        }
    }

    #[test]
    fn the_lowest_failure_of_a_serial_loop_is_the_first() {
        let host = host(1);
        // SAFETY: the host outlives the team.
        let team = unsafe { Team::new(&host, 0) };
        let ended = team.run(1000, 1e5, 0, |range, control| {
            for i in range {
                if i % 100 == 99 {
                    return control.fail(i);
                }
            }
        });
        assert_eq!(ended, Ended::Failed(99));
    }

    #[test]
    fn panics_and_interrupts_end_the_loop() {
        let mut host = host(2);
        // SAFETY: the host outlives the team.
        let ended = unsafe { Team::new(&host, 0) }.run(1000, 1e5, 0, |range, _| {
            if range.contains(&500) {
                std::panic::resume_unwind(Box::new("defect"));
            }
        });
        assert_eq!(ended, Ended::Panicked);
        host.interrupted = always;
        // SAFETY: the host outlives the team.
        let ended = unsafe { Team::new(&host, 0) }.run(1_000_000, 1e5, 0, |_, _| ());
        assert_eq!(ended, Ended::Interrupted);
    }

    #[test]
    fn partials_come_in_block_order() {
        let want: Vec<u64> = (0..10_000u64).step_by(64).collect();
        for threads in [1, 2, 5] {
            let host = host(threads);
            // SAFETY: the host outlives the team.
            let team = unsafe { Team::new(&host, 0) };
            let block = block_length(10_000, 30);
            let got = team.partials(10_000, 64, 1e4, |range, _| Some(range.start));
            assert_eq!((block, got.as_ref()), (30, Ok(&want)));
            assert_eq!(
                team.partials(10_000, 64, 1e4, |range, _| (range.start < 640).then_some(0)),
                Err(Ended::Failed(0))
            );
        }
    }
}
