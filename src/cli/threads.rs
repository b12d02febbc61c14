//! Work for all processors.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The results of a function for all items, in their order, computed by as many threads as there are processors.
pub(super) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);
    let take = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { break };
            *results[number].lock().expect("no holder panics") = Some(work(item));
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        (1..processors.min(items.len())).for_each(|_| _ = scope.spawn(take));
        take();
    });
    let taken = |result: Mutex<Option<R>>| {
        result
            .into_inner()
            .expect("no holder panics")
            .expect("every item was taken")
    };
    results.into_iter().map(taken).collect()
}
