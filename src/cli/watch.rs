//! Doing something again whenever a Python file or a configuration changes.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use super::files;

/// Between two looks. Asking for times and sizes of a thousand files takes a few milliseconds, and works on every file system.
const PAUSE: Duration = Duration::from_millis(250);

/// What tells that a file has changed.
type Stamp = (PathBuf, Option<SystemTime>, u64);

/// Does it now and after every change of these files and folders, until the process is ended.
pub(super) fn watch(paths: &[PathBuf], act: impl Fn() -> anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let mut seen = None;
    loop {
        let now = stamps(paths);
        if seen.as_ref() != Some(&now) {
            if std::io::stdout().is_terminal() {
                files::print("\x1b[2J\x1b[H");
            }
            // A file in the middle of being saved may be unreadable: that is told, and the next change is waited for.
            if let Err(error) = act() {
                eprintln!("error: {error:#}");
            }
            eprintln!("watching for changes; Ctrl-C ends");
            seen = Some(now);
        }
        std::thread::sleep(PAUSE);
    }
}

fn stamps(paths: &[PathBuf]) -> Vec<Stamp> {
    let found = files::python_files(paths).unwrap_or_default();
    let found = found.into_iter().map(|found| found.path);
    let above = paths.iter().filter_map(|path| std::path::absolute(path).ok());
    let configurations: Vec<PathBuf> = above.flat_map(|path| configurations(&path)).collect();
    found.chain(configurations).map(stamp).collect()
}

/// The files above a path that may configure it.
fn configurations(path: &Path) -> Vec<PathBuf> {
    let folders = path.ancestors();
    folders
        .flat_map(|folder| ["ferrokeet.toml", "pyproject.toml"].map(|name| folder.join(name)))
        .filter(|path| path.is_file())
        .collect()
}

fn stamp(path: PathBuf) -> Stamp {
    let metadata = std::fs::metadata(&path).ok();
    let time = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
    (path, time, metadata.map_or(0, |metadata| metadata.len()))
}
