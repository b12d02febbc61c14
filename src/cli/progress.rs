//! One line on a terminal that tells what takes so long: nothing where standard error is none, or while it is quick.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What is done sooner needs no explanation.
const DELAY: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(100);
const WIDTH: usize = 20;

/// The line; it goes when this does.
pub(super) struct Progress {
    state: Arc<Mutex<State>>,
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

struct State {
    /// Of how many; 0: that is not known.
    total: usize,
    done: usize,
    text: String,
    /// `libraries`
    things: &'static str,
    start: Instant,
}

impl Progress {
    /// Something of unknown length.
    pub(super) fn spinner(text: &str) -> Self {
        Self::new(0, text, "")
    }

    /// So many things to be `compiled`, one after the other or at once.
    pub(super) fn counting(total: usize, text: &str, things: &'static str) -> Self {
        Self::new(total, text, things)
    }

    fn new(total: usize, text: &str, things: &'static str) -> Self {
        let state = State {
            total,
            done: 0,
            text: text.to_owned(),
            things,
            start: Instant::now(),
        };
        let state = Arc::new(Mutex::new(state));
        let dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        let shown = std::io::stderr().is_terminal() && !dumb;
        let thread = shown.then(|| {
            let (ending, ended) = channel();
            let state = Arc::clone(&state);
            (ending, std::thread::spawn(move || show(&state, &ended)))
        });
        Self { state, thread }
    }

    /// One of them is done.
    pub(super) fn step(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).done += 1;
    }

    /// Takes the line away.
    pub(super) fn end(self) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((ending, thread)) = self.thread.take() {
            drop(ending);
            _ = thread.join();
        }
    }
}

fn show(state: &Mutex<State>, ended: &Receiver<()>) {
    if ended.recv_timeout(DELAY) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    loop {
        let line = state.lock().unwrap_or_else(PoisonError::into_inner).line();
        let mut terminal = std::io::stderr().lock();
        _ = write!(terminal, "\r\x1b[K{line}");
        _ = terminal.flush();
        drop(terminal);
        if ended.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout) {
            eprint!("\r\x1b[K");
            return;
        }
    }
}

impl State {
    fn line(&self) -> String {
        let seconds = self.start.elapsed().as_secs();
        if self.total == 0 {
            return format!("{} … {seconds} s", self.text);
        }
        let full = (WIDTH * self.done / self.total).min(WIDTH);
        let bar = "█".repeat(full) + &"░".repeat(WIDTH - full);
        format!(
            "{bar} {} {} of {} {}, {seconds} s",
            self.text, self.done, self.total, self.things
        )
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn a_line_tells_how_far_it_is() {
        let mut state = State {
            total: 4,
            done: 1,
            text: "compiled".to_owned(),
            things: "libraries",
            start: std::time::Instant::now(),
        };
        assert_eq!(state.line(), "█████░░░░░░░░░░░░░░░ compiled 1 of 4 libraries, 0 s");
        state.total = 0;
        assert_eq!(state.line(), "compiled … 0 s");
    }
}
