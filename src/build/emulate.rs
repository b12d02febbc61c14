//! CUDA text compiled for the CPU.
//!
//! With `FERROKEET_CUDA=emulate` kernels that ask for a GPU run on the CPU through `runtime/cuda/emulation.h`: the same text, grid
//! and data path, slow, for tests and for looking at kernels where there is no GPU. It takes a C++ compiler of the GNU family
//! (`CXX`, else `c++`).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::toolchain::Level;
use super::{BuildError, Builder};

/// The headers, by the names under which kernels include them.
pub const HEADERS: [(&str, &str); 2] = [
    (
        "ferrokeet.cuh",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/runtime/cuda/ferrokeet.cuh")),
    ),
    (
        "emulation.h",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/runtime/cuda/emulation.h")),
    ),
];

/// Whether the user wants GPU kernels emulated.
pub fn emulation_wanted() -> bool {
    std::env::var_os("FERROKEET_CUDA").is_some_and(|value| value == "emulate")
}

impl Builder {
    /// The library of a region's CUDA text for the CPU, from the cache or compiled now.
    ///
    /// # Errors
    /// Why there is none, in a sentence for the user.
    pub fn emulate(&self, text: &str, kernels: &[String]) -> Result<PathBuf, BuildError> {
        let exported: String = kernels
            .iter()
            .map(|name| format!("FERROKEET_EMULATED({name})\n"))
            .collect();
        let text = format!("{text}\n{exported}");
        let flags = flags(self.level());
        let [(_, header), (_, emulation)] = HEADERS;
        let key = self.key(&["emulated", &flags.join(" "), header, emulation, &text]);
        let (library, _) = self.cache().get_or_make(&key, "so", |output| {
            let folder = self.cache().folder().join(format!(".{key}.{}", std::process::id()));
            let made = written(&folder, &text).and_then(|source| compiled(flags, &source, output));
            _ = std::fs::remove_dir_all(&folder);
            made
        })?;
        Ok(library)
    }
}

/// How hard the compiler works; checked kernels are tested for what they must not do.
fn flags(level: Level) -> &'static [&'static str] {
    match level {
        Level::Full => &["-O1"],
        Level::Checked => &["-O0", "-DFERROKEET_CHECKED"],
    }
}

/// Writes the text and its headers into a folder.
fn written(folder: &Path, text: &str) -> Result<PathBuf, BuildError> {
    let failed = |error: std::io::Error| BuildError::Files(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, header) in HEADERS {
        std::fs::write(folder.join(name), header).map_err(failed)?;
    }
    let source = folder.join("kernel.cu");
    std::fs::write(&source, text).map_err(failed)?;
    Ok(source)
}

fn compiled(flags: &[&str], source: &Path, output: &Path) -> Result<(), BuildError> {
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let mut command = Command::new(&compiler);
    command.args([
        "-x",
        "c++",
        "-std=c++17",
        "-fPIC",
        "-shared",
        "-ffp-contract=off",
        "-fwrapv",
    ]);
    command
        .args(flags)
        .arg("-DFERROKEET_EMULATION")
        .arg("-o")
        .arg(output)
        .arg(source);
    let done = command.stdin(Stdio::null()).output();
    let done = done.map_err(|error| {
        BuildError::NoCompiler(format!(
            "{}: {error}; emulation needs a C++ compiler",
            compiler.display()
        ))
    })?;
    if done.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&done.stderr);
    let first = log.lines().find(|line| line.contains("error")).unwrap_or_default();
    Err(BuildError::Failed(format!(
        "the C++ compiler failed ({})",
        first.trim()
    )))
}
