//! `ferrokeet tune`: measures variants of the kernels on the real calls of a script, and remembers the best.
//!
//! The script runs once, translated. The package's side (`ferrokeet._tune`) measures, and asks `ferrokeet variants` for what to
//! measure; what it found out comes back as a file of outcomes.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde::Deserialize;

use super::tuned::{self, Entry};
use super::units::duration;
use super::{TuneArgs, files, run};
use crate::build::{Cache, Machine};

/// What was found out about one kernel.
#[derive(Debug, Deserialize)]
struct Outcome {
    /// Of region and types, as `variants` told it.
    key: String,
    filename: String,
    row: u32,
    name: String,
    signature: String,
    /// How many variants there were, and on how many calls they were measured.
    variants: usize,
    calls: usize,
    /// Nanoseconds of the calls of the usual kernel and of the best one.
    usual: f64,
    best: f64,
    tuning: String,
    words: String,
    /// Why nothing was measured.
    reason: Option<String>,
}

impl Outcome {
    fn gain(&self) -> f64 {
        if self.best > 0.0 { self.usual / self.best } else { 1.0 }
    }

    fn entry(&self, machine: &Machine) -> Entry {
        Entry {
            key: self.key.clone(),
            machine: machine.key.clone(),
            processor: machine.name.clone(),
            filename: self.short(),
            kernel: self.name.clone(),
            signature: self.signature.clone(),
            tuning: self.tuning.clone(),
            words: self.words.clone(),
            gain: self.gain(),
        }
    }

    /// The file's name, which may be committed, without the way to it.
    fn short(&self) -> String {
        let name = Path::new(&self.filename).file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    fn row(&self) -> [String; 7] {
        let place = format!("{}:{}", self.short(), self.row);
        if let Some(reason) = &self.reason {
            let none = || "–".to_owned();
            return [self.name.clone(), place, none(), none(), none(), none(), reason.clone()];
        }
        let choice = match self.tuning.is_empty() {
            true => format!("as it is ({} variants are not faster)", self.variants),
            false => self.words.clone(),
        };
        let calls = self.calls.max(1) as f64;
        [
            self.name.clone(),
            place,
            self.calls.to_string(),
            duration(self.usual / calls),
            duration(self.best / calls),
            format!("{:.2}", self.gain()),
            choice,
        ]
    }
}

pub(super) fn tune(args: &TuneArgs) -> anyhow::Result<ExitCode> {
    let target = std::env::temp_dir().join(format!("ferrokeet-tune-{}.json", std::process::id()));
    let (python, mut command) = run::program(&args.program);
    command.env("FERROKEET_TUNE", &target);
    command.env("FERROKEET_TUNE_SECONDS", args.seconds.to_string());
    let status = command.status();
    let status = status.with_context(|| format!("cannot start {}", python.display()))?;
    if !status.success() {
        eprintln!("warning: {} ended with {status}", args.program[0]);
    }
    let text = std::fs::read_to_string(&target).context("the run left no measurements")?;
    _ = std::fs::remove_file(&target);
    let outcomes: Vec<Outcome> = serde_json::from_str(&text).context("the measurements cannot be read")?;
    if outcomes.is_empty() {
        eprintln!("note: no kernel was called");
    } else {
        files::print(&table(&outcomes));
    }
    let machine = Machine::here();
    let measured = outcomes.iter().filter(|outcome| outcome.reason.is_none());
    let entries: Vec<Entry> = measured.map(|outcome| outcome.entry(&machine)).collect();
    let cache = Cache::open()?;
    entries.iter().try_for_each(|entry| tuned::remember(&cache, entry))?;
    if let Some(path) = &args.out {
        tuned::commit(path, &entries)?;
        eprintln!("{} written", path.display());
    }
    Ok(ExitCode::from(u8::from(!status.success())))
}

fn table(outcomes: &[Outcome]) -> String {
    const HEAD: [&str; 7] = ["kernel", "at", "calls", "usual", "best", "gain", "choice"];
    let rows: Vec<[String; 7]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(outcomes.iter().map(Outcome::row))
        .collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (text, width))| {
            let width = *width;
            // Numbers to the right.
            if (2..6).contains(&column) {
                format!("{text:>width$}")
            } else {
                format!("{text:width$}")
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    lines.join("\n") + "\n\nusual, best: the time of a measured call. Later runs on this machine take the best."
}
