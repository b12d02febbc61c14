//! Running rustc.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::sources::SOURCES;
use super::toolchain::Level;
use super::{BuildError, Cache, Toolchain};

/// A library that is ready to load.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// Where it is.
    pub library: PathBuf,
    /// Milliseconds it took to compile, or to find.
    pub milliseconds: f64,
    /// Whether it was in the cache.
    pub cached: bool,
}

/// Compiles kernels with one toolchain into one cache.
#[derive(Clone, Debug)]
pub struct Builder {
    toolchain: Toolchain,
    cache: Cache,
}

impl Builder {
    /// How hard kernels are optimised.
    pub(super) fn level(&self) -> Level {
        self.toolchain.level
    }

    /// Most kernels that one library should hold: libraries are compiled beside each other, each by one thread, and every one
    /// costs some time of its own, which is worth saving where making code is quick.
    pub fn together(&self) -> usize {
        match self.toolchain.level {
            Level::Full => 8,
            Level::Checked => 64,
        }
    }

    /// A builder.
    pub fn new(toolchain: Toolchain, cache: Cache) -> Self {
        Self { toolchain, cache }
    }

    /// The cache it fills.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The library of a kernel's text, from the cache or compiled now.
    ///
    /// # Errors
    /// Why there is none, in a sentence for the user.
    pub fn build(&self, text: &str) -> Result<Built, BuildError> {
        let start = Instant::now();
        let key = self.key(&["kernel", &self.toolchain.level.flags().join(" "), text]);
        let (library, cached) = self
            .cache
            .get_or_make(&key, "so", |output| self.compile_kernel(&key, text, output))?;
        Ok(Built {
            library,
            milliseconds: start.elapsed().as_secs_f64() * 1e3,
            cached,
        })
    }

    /// A key that changes with the parts, the toolchain and the runtime.
    pub(super) fn key(&self, parts: &[&str]) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.toolchain.fingerprint.as_bytes());
        for (path, text) in SOURCES {
            hasher.update(path.as_bytes());
            hasher.update(text.as_bytes());
        }
        for part in parts {
            hasher.update(part.as_bytes());
            hasher.update(b"\0");
        }
        hasher.finalize().to_hex()[..40].to_owned()
    }

    /// The assembly of a kernel's text: the labels and instructions of its functions.
    ///
    /// # Errors
    /// Why there is none, in a sentence for the user.
    pub fn assembly(&self, text: &str) -> Result<String, BuildError> {
        let source = self.cache.folder().join(format!(".assembly.{}.rs", std::process::id()));
        let output = source.with_extension("s");
        let made = write(&source, text).and_then(|()| {
            let mut command = self.kernel(&source, &output)?;
            command.args(["--emit", "asm"]);
            if cfg!(target_arch = "x86_64") {
                command.args(["-C", "llvm-args=--x86-asm-syntax=intel"]);
            }
            run(command)?;
            std::fs::read_to_string(&output).map_err(|error| files_error(&output, &error))
        });
        _ = std::fs::remove_file(&source);
        _ = std::fs::remove_file(&output);
        Ok(instructions(&made?))
    }

    /// The command that compiles a kernel.
    fn kernel(&self, source: &Path, output: &Path) -> Result<Command, BuildError> {
        let runtime = self.runtime()?;
        let mut command = self.rustc("cdylib", self.toolchain.level, source, output);
        command.arg("--crate-name").arg("ferrokeet_generated");
        command
            .arg("--extern")
            .arg(format!("ferrokeet_kernel={}", runtime.display()));
        Ok(command)
    }

    fn compile_kernel(&self, key: &str, text: &str, output: &Path) -> Result<(), BuildError> {
        let source = self.cache.folder().join(format!(".{key}.{}.rs", std::process::id()));
        write(&source, text)?;
        let done = run(self.kernel(&source, output)?);
        if let Err(BuildError::Failed(log)) = &done {
            let kept = self.cache.folder().join(format!("{key}.rs"));
            _ = std::fs::rename(&source, &kept);
            _ = std::fs::write(kept.with_extension("log"), log);
            let first = log
                .lines()
                .find(|line| line.contains("error"))
                .or_else(|| log.lines().next())
                .unwrap_or_default();
            return Err(BuildError::Failed(format!(
                "rustc failed ({}); the generated source is kept in {}: please report it",
                first.trim(),
                kept.display()
            )));
        }
        _ = std::fs::remove_file(&source);
        done
    }

    /// The rlib of `runtime/kernel`.
    fn runtime(&self) -> Result<PathBuf, BuildError> {
        let level = self.toolchain.level;
        let part = match level {
            Level::Full => "runtime",
            Level::Checked => "called runtime",
        };
        let key = format!("libferrokeet_kernel-{}", self.key(&[part]));
        let (path, _) = self.cache.get_or_make(&key, "rlib", |output| {
            let folder = self.cache.folder().join(format!(".{key}.{}", std::process::id()));
            let made = unpack(&folder, level).and_then(|()| {
                let mut command = self.rustc("rlib", Level::Full, &folder.join("lib.rs"), output);
                command.arg("--crate-name").arg("ferrokeet_kernel");
                run(command)
            });
            _ = std::fs::remove_dir_all(&folder);
            made
        })?;
        Ok(path)
    }

    fn rustc(&self, kind: &str, level: Level, source: &Path, output: &Path) -> Command {
        let mut command = Command::new(&self.toolchain.rustc);
        command.args(["--edition", "2024", "--crate-type", kind, "--cap-lints", "allow"]);
        command.args(level.flags());
        command.args(["-C", "codegen-units=1", "-C", "debuginfo=0"]);
        command.args(["-C", "strip=symbols"]);
        command.arg("-C").arg(format!("target-cpu={}", self.toolchain.cpu));
        command.arg("-o").arg(output).arg(source);
        command
    }
}

fn files_error(path: &Path, error: &std::io::Error) -> BuildError {
    BuildError::Files(format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), BuildError> {
    std::fs::write(path, text).map_err(|error| files_error(path, &error))
}

/// Of an assembler's text, labels and instructions: what the assembler and the debugger are told goes, and so does data.
fn instructions(text: &str) -> String {
    let mut kept = String::new();
    let mut labels: Vec<&str> = Vec::new();
    for line in text.lines() {
        let is_label = line.ends_with(':') && !line.starts_with(['\t', ' ', '#']);
        if is_label {
            // A function that begins takes the place of data, which has no instructions.
            if !line.starts_with(".L") {
                labels.clear();
            }
            if !line.starts_with('.') || line.starts_with(".LBB") {
                labels.push(line);
            }
        } else if line.starts_with('\t') && !line.trim_start().starts_with(['.', '#']) {
            for label in labels.drain(..) {
                let blank = if label.starts_with('.') || kept.is_empty() {
                    ""
                } else {
                    "\n"
                };
                kept += &format!("{blank}{label}\n");
            }
            kept += &format!("{line}\n");
        }
    }
    kept
}

/// Writes the runtime's sources into a folder. What a kernel that is not optimised asks of the runtime it calls, since copies in
/// its own text would be compiled with it; what is not generic is then compiled once for all kernels.
fn unpack(folder: &Path, level: Level) -> Result<(), BuildError> {
    let failed = |error: std::io::Error| files_error(folder, &error);
    for (path, text) in SOURCES {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
        let text = match level {
            Level::Full => Cow::Borrowed(*text),
            Level::Checked => Cow::Owned(text.replace("#[inline(always)]", "").replace("#[inline]", "")),
        };
        std::fs::write(path, text.as_bytes()).map_err(failed)?;
    }
    Ok(())
}

/// Runs rustc; its complaints become an error.
fn run(mut command: Command) -> Result<(), BuildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| BuildError::NoCompiler(format!("rustc could not be started: {program}: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    if log.contains("linker `") && log.contains("not found") || log.contains("could not exec the linker") {
        return Err(BuildError::NoLinker(
            "rustc found no linker (cc); install a C compiler: `apt install gcc` or `pip install ziglang`".to_owned(),
        ));
    }
    Err(BuildError::Failed(if log.trim().is_empty() {
        format!("error: rustc ended with {}", output.status)
    } else {
        log
    }))
}
