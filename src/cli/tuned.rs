//! What `ferrokeet tune` remembers, and where later compilations look it up.
//!
//! An entry belongs to a region, whatever its place in the file, to the types of its inputs, and to the machine on which it was
//! measured. It stands in the cache, or in a file [`COMMITTED`] beside the source or in a folder above it, up to the project's.
//! One that fits nothing any more is never found again; one that fits is a wish, which the pipeline follows as far as it may.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::project;
use crate::build::{Cache, Machine, write_atomically};
use crate::infer::Signature;
use crate::ir::{self, Region};
use crate::source::SourceFile;
use crate::translate::Tuning;

/// The file to keep under version control.
pub(super) const COMMITTED: &str = "ferrokeet-tuning.json";

/// The outcome of the measurements of one kernel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Of region and types.
    pub(super) key: String,
    /// Of the machine.
    pub(super) machine: String,
    /// The name of its processor.
    pub(super) processor: String,
    /// The file's name when it was measured.
    pub(super) filename: String,
    /// The region's then.
    pub(super) kernel: String,
    pub(super) signature: String,
    /// What was best.
    pub(super) tuning: String,
    /// The same for people.
    pub(super) words: String,
    /// How much faster it was.
    pub(super) gain: f64,
}

/// What a region and the types of its inputs are known by: everything that it means, nothing about where it stands.
pub(super) fn key(region: &Region, signature: &Signature) -> String {
    let mut placeless = region.clone();
    placeless.name.clear();
    placeless.row = 0;
    placeless.callees.iter_mut().for_each(|callee| callee.row = 0);
    let text = format!("{}\n{signature}\n{}", ir::print(&placeless), env!("CARGO_PKG_VERSION"));
    blake3::hash(text.as_bytes()).to_hex()[..40].to_owned()
}

/// Whether tunings are followed at all: not where `FERROKEET_TUNED=0`.
fn followed() -> bool {
    std::env::var("FERROKEET_TUNED").map_or(true, |text| text != "0")
}

/// What was measured to be best for a region here.
pub(super) fn find(file: &SourceFile, region: &Region, signature: &Signature, cache: &Cache) -> Tuning {
    if !followed() {
        return Tuning::default();
    }
    let (key, machine) = (key(region, signature), Machine::here().key);
    let own = || {
        let text = std::fs::read_to_string(place(cache, &key, &machine)).ok()?;
        serde_json::from_str::<Entry>(&text).ok()
    };
    let committed = || {
        let all = committed(Path::new(file.name()));
        all.into_iter()
            .find(|entry| entry.key == key && entry.machine == machine)
    };
    let found = own().or_else(committed);
    found.and_then(|entry| entry.tuning.parse().ok()).unwrap_or_default()
}

/// What `build` takes for a region: what is committed, so that a build depends on nothing but its sources. Of several machines,
/// this one counts first, then the one that gains most. What was measured about processors is left out: a build names its own.
pub(super) fn find_committed(file: &SourceFile, region: &Region, signature: &Signature) -> Tuning {
    if !followed() {
        return Tuning::default();
    }
    let (key, machine) = (key(region, signature), Machine::here().key);
    let fitting = committed(Path::new(file.name()))
        .into_iter()
        .filter(|one| one.key == key);
    let order = |a: &Entry, b: &Entry| {
        let here = |one: &Entry| one.machine == machine;
        here(a).cmp(&here(b)).then(a.gain.total_cmp(&b.gain))
    };
    let best = fitting.max_by(order).and_then(|one| one.tuning.parse::<Tuning>().ok());
    best.unwrap_or_default().for_any_processor()
}

fn place(cache: &Cache, key: &str, machine: &str) -> PathBuf {
    cache.tuned(&format!("{key}-{machine}"))
}

/// The entries of the nearest [`COMMITTED`] of a source; none where it cannot be read.
fn committed(source: &Path) -> Vec<Entry> {
    let Some(folder) = std::path::absolute(source)
        .ok()
        .and_then(|path| Some(path.parent()?.to_path_buf()))
    else {
        return Vec::new();
    };
    let last = project::around(&folder).unwrap_or(&folder);
    let folders = folder.ancestors().take_while(|above| above.starts_with(last));
    let found = folders.map(|folder| folder.join(COMMITTED)).find(|path| path.is_file());
    found.and_then(|path| read(&path).ok()).unwrap_or_default()
}

fn read(path: &Path) -> anyhow::Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} holds no tunings", path.display()))
}

/// Remembers an outcome in the cache; that nothing is better than the usual kernel means to forget what was.
pub(super) fn remember(cache: &Cache, entry: &Entry) -> anyhow::Result<()> {
    let path = place(cache, &entry.key, &entry.machine);
    if entry.tuning.is_empty() {
        _ = std::fs::remove_file(path);
        return Ok(());
    }
    let text = serde_json::to_string_pretty(entry)?;
    write_atomically(&path, text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

/// Puts outcomes into a file, beside those of other kernels and machines.
pub(super) fn commit(path: &Path, entries: &[Entry]) -> anyhow::Result<()> {
    let mut all = if path.exists() { read(path)? } else { Vec::new() };
    for entry in entries {
        all.retain(|known| (&known.key, &known.machine) != (&entry.key, &entry.machine));
        all.extend(Some(entry.clone()).filter(|entry| !entry.tuning.is_empty()));
    }
    all.sort_by(|a, b| {
        (&a.filename, &a.kernel, &a.signature, &a.machine).cmp(&(&b.filename, &b.kernel, &b.signature, &b.machine))
    });
    let text = serde_json::to_string_pretty(&all)? + "\n";
    write_atomically(path, text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

/// Everything in the cache.
pub(super) fn all(cache: &Cache) -> Vec<Entry> {
    let texts = cache
        .all_tuned()
        .into_iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    texts.filter_map(|text| serde_json::from_str(&text).ok()).collect()
}

/// Forgets everything in the cache; tells how much that was.
pub(super) fn forget(cache: &Cache) -> usize {
    let paths = cache.all_tuned().into_iter();
    paths.filter(|path| std::fs::remove_file(path).is_ok()).count()
}
