//! `ferrokeet report`: one page that shows what becomes of every line.
//!
//! The page needs nothing but itself: style and script are in it. It can be read without the script; that draws the arrows,
//! and marks the Rust of the line under the pointer.

mod page;
mod roofline;
mod rust;
mod sheet;
mod times;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;

use super::progress::Progress;
use super::{ReportArgs, files, run};
use crate::build::write_atomically;
use roofline::Peaks;
use sheet::Sheet;

/// What a run has measured.
#[derive(Debug, Default)]
struct Measured {
    /// The whole run, in seconds.
    seconds: f64,
    /// The entries of `ferrokeet._profile.profile()`.
    kernels: Vec<Value>,
    /// Whether calls ran in CPython, too.
    compared: bool,
    /// What the machine can do at most, where that could be measured.
    peaks: Option<Peaks>,
}

impl Measured {
    /// The entries of one file, whatever name the run has for it.
    fn of(&self, path: &Path) -> Vec<&Value> {
        let wanted = std::fs::canonicalize(path).ok();
        let same = |entry: &&Value| {
            let name = entry["filename"].as_str().map(Path::new);
            name.and_then(|name| std::fs::canonicalize(name).ok()) == wanted
        };
        self.kernels.iter().filter(same).collect()
    }
}

pub(super) fn report(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    files::require_replaceable(&args.out, page::BEGINNING, "report", "-o")?;
    let mut paths = args.files.clone();
    let mut measured = None;
    let mut failed = false;
    if args.run {
        let (found, fine) = execute(args)?;
        failed = !fine;
        for entry in &found.kernels {
            let path = PathBuf::from(entry["filename"].as_str().unwrap_or_default());
            let known = paths.iter().any(|known| same_file(known, &path));
            if !known && path.is_file() {
                paths.push(path);
            }
        }
        measured = Some(found);
    }
    let mut sheets = Vec::new();
    for found in files::python_files(&paths)? {
        match files::read(&found.path) {
            Ok(file) => {
                let entries = measured.as_ref().map(|measured| measured.of(&found.path));
                sheets.push(Sheet::new(file, &entries.unwrap_or_default()));
            }
            Err(error) => {
                eprintln!("error: {error:#}");
                failed = true;
            }
        }
    }
    // Of a folder, only the files that have something to show.
    let named = |sheet: &Sheet| paths.iter().any(|path| path.display().to_string() == sheet.name());
    sheets.retain(|sheet| sheet.has_loops() || named(sheet));
    let text = page::page(&sheets, measured.as_ref());
    write_atomically(&args.out, text.as_bytes()).with_context(|| format!("cannot write {}", args.out.display()))?;
    eprintln!("{} written", args.out.display());
    Ok(ExitCode::from(u8::from(failed)))
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((std::fs::canonicalize(a), std::fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// Runs the script with all launches timed; tells also whether it ended well.
fn execute(args: &ReportArgs) -> anyhow::Result<(Measured, bool)> {
    let [script] = args.files.as_slice() else {
        anyhow::bail!("--run takes one script; its arguments follow `--`");
    };
    let target = std::env::temp_dir().join(format!("ferrokeet-profile-{}.json", std::process::id()));
    let program = std::iter::once(script.display().to_string()).chain(args.arguments.iter().cloned());
    let (python, mut command) = run::program(&program.collect::<Vec<_>>());
    command.env("FERROKEET_PROFILE", &target);
    command.env("FERROKEET_OBSERVE", args.compare.to_string());
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", python.display()))?;
    if !status.success() {
        eprintln!("warning: {} ended with {status}", script.display());
    }
    let text = std::fs::read_to_string(&target).context("the run left no times")?;
    _ = std::fs::remove_file(&target);
    let content: Value = serde_json::from_str(&text).context("the times of the run cannot be read")?;
    let measured = Measured {
        seconds: content["seconds"].as_f64().unwrap_or_default(),
        kernels: content["kernels"].as_array().cloned().unwrap_or_default(),
        compared: args.compare > 0.0,
        peaks: peaks(),
    };
    Ok((measured, status.success()))
}

/// Measures the machine.
fn peaks() -> Option<Peaks> {
    let progress = Progress::spinner("measuring what this machine can do");
    // What the machine can do does not depend on how the user's kernels are compiled.
    let mut command = run::package("ferrokeet._peaks").1;
    let output = command.env_remove("FERROKEET_OPT_LEVEL").output().ok()?;
    progress.end();
    let found = Peaks::read(&String::from_utf8_lossy(&output.stdout));
    if found.is_none() {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = errors.trim().lines().last().unwrap_or("it printed nothing");
        eprintln!("warning: there is no roofline, because the machine could not be measured: {last}");
    }
    found
}
