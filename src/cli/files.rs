//! Reading sources, printing results.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::build::write_atomically;
use crate::source::SourceFile;

/// Prints a text and a line end; a reader that has gone away is no error.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    _ = out.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        _ = out.write_all(b"\n");
    }
    _ = out.flush();
}

/// Whether to print in colours: on a terminal, unless `NO_COLOR` is set to something.
pub(super) fn colour(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Reads and decodes a file.
pub(super) fn read(path: &Path) -> anyhow::Result<SourceFile> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = SourceFile::from_bytes(path.display().to_string(), &bytes);
    file.map_err(|error| anyhow::anyhow!("cannot read {}: {error}", path.display()))
}

/// Reads the source on standard input.
pub(super) fn read_stdin(filename: &str) -> anyhow::Result<SourceFile> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .context("cannot read the source on standard input")?;
    SourceFile::from_bytes(filename, &bytes).map_err(|error| anyhow::anyhow!("cannot read {filename}: {error}"))
}

/// Writes another text to a file, in the encoding that it has.
pub(super) fn write(path: &Path, file: &SourceFile, text: &str) -> anyhow::Result<()> {
    let bytes = file
        .encode(text)
        .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    // A link stays a link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    write_atomically(&target, &bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// That what is in the way of a result is an earlier one, which begins with `beginning`: a file that the user has made is never
/// overwritten. `what` is the kind of result, `option` what names the file.
pub(super) fn require_replaceable(path: &Path, beginning: &str, what: &str, option: &str) -> anyhow::Result<()> {
    // Of a device or a pipe nothing is lost.
    if !std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() > 0) {
        return Ok(());
    }
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(beginning.len() as u64).read_to_end(&mut start));
    if read.is_ok() && start == beginning.as_bytes() {
        return Ok(());
    }
    let path = path.display();
    anyhow::bail!("{path} is there and holds no {what}, and would be overwritten: name another file behind {option}");
}

/// The change of a file as a unified diff.
pub(super) fn difference(name: &str, old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(name, name)
        .to_string()
}

/// A Python file that the command line names.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Where it belongs below a folder of results: its name; for a file of a named folder, its way from there, below the
    /// folder's name where that is a package.
    pub(super) place: PathBuf,
}

/// The Python files among these files and below these folders; what `.gitignore` excludes is left out.
pub(super) fn python_files(paths: &[PathBuf]) -> anyhow::Result<Vec<Found>> {
    let mut files = Vec::new();
    for path in paths {
        anyhow::ensure!(path.exists(), "{} does not exist", path.display());
        if path.is_file() {
            let place = path.file_name().map(PathBuf::from).unwrap_or_default();
            files.push(Found {
                path: path.clone(),
                place,
            });
            continue;
        }
        let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let package = real.file_name().filter(|_| path.join("__init__.py").exists());
        let top = package.map(PathBuf::from).unwrap_or_default();
        for entry in ignore::WalkBuilder::new(path).sort_by_file_path(Path::cmp).build() {
            let entry = entry.with_context(|| format!("cannot walk {}", path.display()))?;
            if entry.path().extension().is_some_and(|extension| extension == "py") {
                let below = entry.path().strip_prefix(path).unwrap_or(entry.path());
                files.push(Found {
                    place: top.join(below),
                    path: entry.path().to_path_buf(),
                });
            }
        }
    }
    Ok(files)
}
