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
            Level::Checked => 32,
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

    fn compile_kernel(&self, key: &str, text: &str, output: &Path) -> Result<(), BuildError> {
        let runtime = self.runtime()?;
        let source = self.cache.folder().join(format!(".{key}.{}.rs", std::process::id()));
        std::fs::write(&source, text).map_err(|error| BuildError::Files(format!("{}: {error}", source.display())))?;
        let mut command = self.rustc("cdylib", self.toolchain.level, &source, output);
        command.arg("--crate-name").arg("ferrokeet_generated");
        command
            .arg("--extern")
            .arg(format!("ferrokeet_kernel={}", runtime.display()));
        let done = run(command);
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

/// Writes the runtime's sources into a folder. What a kernel that is not optimised asks of the runtime it calls, since copies in
/// its own text would be compiled with it; what is not generic is then compiled once for all kernels.
fn unpack(folder: &Path, level: Level) -> Result<(), BuildError> {
    let failed = |error: std::io::Error| BuildError::Files(format!("{}: {error}", folder.display()));
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
