//! CUDA text compiled for the CPU.
//!
//! With `FERROKEET_CUDA=emulate` kernels that ask for a GPU run on the CPU through `runtime/cuda/emulation.h`: the same text, grid
//! and data path, slow, for tests and for looking at kernels where there is no GPU. It takes a C++ compiler of the GNU family
//! (`CXX`, else `c++`).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::toolchain::Level;
use super::{BuildError, Builder};

macro_rules! header {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/runtime/cuda/", $name)),
        )
    };
}

/// The headers, by the names under which kernels include them.
pub const HEADERS: [(&str, &str); 13] = [
    header!("ferrokeet.cuh"),
    header!("numbers.cuh"),
    header!("kinds.cuh"),
    header!("math.cuh"),
    header!("complex.cuh"),
    header!("coefficients.cuh"),
    header!("floats.cuh"),
    header!("grid.cuh"),
    header!("arrays.cuh"),
    header!("reductions.cuh"),
    header!("collections.cuh"),
    header!("random.cuh"),
    header!("layers.cuh"),
];
/// What else it takes to run them on the CPU.
const EMULATION: (&str, &str) = header!("emulation.h");

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
        let headers = HEADERS.map(|(_, header)| header).join("\0");
        let headers = self.key(&["emulation", &flags.join(" "), &headers, EMULATION.1]);
        let key = self.key(&["emulated", &headers, &text]);
        let (library, _) = self.cache().get_or_make(&key, "so", |output| {
            let included = self.cache().headers(&headers, |own| prepared(flags, own))?;
            let own = self.cache().work(&key);
            let made = written(&own, &text).and_then(|source| compiled(flags, &included, &source, output));
            _ = std::fs::remove_dir_all(&own);
            made
        })?;
        Ok(library)
    }
}

/// Fills a folder with the headers, compiled once: a kernel then takes a third of the time.
fn prepared(flags: &[&str], folder: &Path) -> Result<(), BuildError> {
    let failed = |error: std::io::Error| BuildError::Files(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, header) in HEADERS.into_iter().chain([EMULATION]) {
        std::fs::write(folder.join(name), header).map_err(failed)?;
    }
    let main = folder.join(HEADERS[0].0);
    let mut command = compiler("c++-header", flags);
    command.arg("-o").arg(main.with_extension("cuh.gch")).arg(&main);
    // Where this fails, kernels are compiled with the text, and say what is wrong.
    _ = command.stderr(Stdio::null()).status();
    Ok(())
}

/// How hard the compiler works; checked kernels are tested for what they must not do.
fn flags(level: Level) -> &'static [&'static str] {
    match level {
        Level::Full => &["-O1"],
        Level::Checked => &["-O0", "-DFERROKEET_CHECKED"],
    }
}

/// Writes the text into a folder.
fn written(folder: &Path, text: &str) -> Result<PathBuf, BuildError> {
    let failed = |error: std::io::Error| BuildError::Files(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let source = folder.join("kernel.cu");
    std::fs::write(&source, text).map_err(failed)?;
    Ok(source)
}

/// A call of the compiler for a language, with what headers and kernels have in common.
fn compiler(language: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CXX").unwrap_or_else(|| "c++".into()));
    command
        .args(["-x", language, "-std=c++17", "-fPIC", "-ffp-contract=off", "-fwrapv"])
        .args(flags)
        .arg("-DFERROKEET_EMULATION")
        .stdin(Stdio::null());
    command
}

fn compiled(flags: &[&str], headers: &Path, source: &Path, output: &Path) -> Result<(), BuildError> {
    let mut command = compiler("c++", flags);
    command
        .arg("-shared")
        .arg("-I")
        .arg(headers)
        .arg("-o")
        .arg(output)
        .arg(source);
    let done = command.output().map_err(|error| {
        let name = command.get_program().to_string_lossy();
        BuildError::NoCompiler(format!("{name}: {error}; emulation needs a C++ compiler"))
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
