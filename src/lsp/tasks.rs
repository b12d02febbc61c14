//! Work on threads of its own.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use lsp_server::{ErrorCode, Message, RequestId, Response, ResponseError};
use serde_json::Value;

/// Sends messages to the client; false when it has gone.
pub(super) type Send = Arc<dyn Fn(Message) -> bool + std::marker::Send + Sync>;

type Job = Box<dyn FnOnce() + std::marker::Send>;

/// Threads that answer requests, and one that makes diagnostics, so that no answer waits for these.
const ANSWERING: usize = 2;

/// Deeply nested programs need more than a thread usually gets.
const STACK: usize = 64 << 20;

/// Requests that were not answered yet, and whether each was cancelled.
type Pending = Arc<Mutex<HashMap<RequestId, Arc<AtomicBool>>>>;

/// The threads.
pub(super) struct Tasks {
    answers: Option<Sender<Job>>,
    reports: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    pending: Pending,
    send: Send,
}

impl Tasks {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has none to give.
    pub(super) fn start(send: Send) -> std::io::Result<Self> {
        let (answers, waiting) = channel::<Job>();
        let (reports, reporting) = channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        let mut threads = Vec::new();
        for _ in 0..ANSWERING {
            let waiting = Arc::clone(&waiting);
            threads.push(
                Builder::new()
                    .stack_size(STACK)
                    .spawn(move || while next(&waiting).is_some_and(run) {})?,
            );
        }
        let reporting = Mutex::new(reporting);
        threads.push(
            Builder::new()
                .stack_size(STACK)
                .spawn(move || while next(&reporting).is_some_and(run) {})?,
        );
        Ok(Self {
            answers: Some(answers),
            reports: Some(reports),
            threads,
            pending: Pending::default(),
            send,
        })
    }

    /// Answers a request.
    pub(super) fn answer(
        &self,
        id: RequestId,
        work: impl FnOnce() -> Result<Value, ResponseError> + std::marker::Send + 'static,
    ) {
        let cancelled = Arc::new(AtomicBool::new(false));
        lock(&self.pending).insert(id.clone(), Arc::clone(&cancelled));
        let (send, pending) = (Arc::clone(&self.send), Arc::clone(&self.pending));
        let job = move || {
            let stopped = || cancelled.load(Ordering::Relaxed);
            let result = match stopped() {
                true => Err(cancellation()),
                false => guarded(work)
                    .filter(|_| !stopped())
                    .unwrap_or_else(|| Err(cancellation())),
            };
            lock(&pending).remove(&id);
            send(Message::Response(Response {
                id,
                response_result: result,
            }));
        };
        _ = self.answers.as_ref().map(|answers| answers.send(Box::new(job)));
    }

    /// Does something in the background; a panic ends it silently.
    pub(super) fn report(&self, work: impl FnOnce() + std::marker::Send + 'static) {
        _ = self.reports.as_ref().map(|reports| reports.send(Box::new(work)));
    }

    /// Cancels a request, if it is not answered yet.
    pub(super) fn cancel(&self, id: &RequestId) {
        if let Some(cancelled) = lock(&self.pending).get(id) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Waits for what was begun.
    pub(super) fn stop(mut self) {
        self.answers = None;
        self.reports = None;
        self.threads.drain(..).for_each(|thread| _ = thread.join());
    }
}

fn next(waiting: &Mutex<Receiver<Job>>) -> Option<Job> {
    lock(waiting).recv().ok()
}

fn run(job: Job) -> bool {
    _ = catch_unwind(AssertUnwindSafe(job));
    true
}

/// The result of work; an error, if it panics.
fn guarded(work: impl FnOnce() -> Result<Value, ResponseError>) -> Option<Result<Value, ResponseError>> {
    Some(catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(error(
            ErrorCode::InternalError,
            "a defect in Ferrokeet; please report it with the file at hand",
        ))
    }))
}

fn cancellation() -> ResponseError {
    error(ErrorCode::RequestCanceled, "cancelled")
}

/// An error as an answer.
pub(super) fn error(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError {
        code: code as i32,
        message: message.into(),
        data: None,
    }
}

/// A lock; what a thread that panicked left is still whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
