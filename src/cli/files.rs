//! Reading sources, printing results.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

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

/// Reads and decodes a file.
pub(super) fn read(path: &Path) -> anyhow::Result<SourceFile> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = SourceFile::from_bytes(path.display().to_string(), &bytes);
    file.map_err(|error| anyhow::anyhow!("cannot read {}: {error:?}", path.display()))
}

/// Reads the source on standard input.
pub(super) fn read_stdin(filename: &str) -> anyhow::Result<SourceFile> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .context("cannot read the source on standard input")?;
    SourceFile::from_bytes(filename, &bytes).map_err(|error| anyhow::anyhow!("cannot read {filename}: {error:?}"))
}

/// The Python files among these files and below these folders; what `.gitignore` excludes is left out.
pub(super) fn python_files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        anyhow::ensure!(path.exists(), "{} does not exist", path.display());
        if path.is_file() {
            files.push(path.clone());
            continue;
        }
        for entry in ignore::WalkBuilder::new(path).sort_by_file_path(Path::cmp).build() {
            let entry = entry.with_context(|| format!("cannot walk {}", path.display()))?;
            if entry.path().extension().is_some_and(|extension| extension == "py") {
                files.push(entry.into_path());
            }
        }
    }
    Ok(files)
}
