//! Which compiler, for which processor.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use super::BuildError;

/// How hard rustc optimises a kernel. The runtime it calls is always optimised fully.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// As fast as it gets.
    #[default]
    Full,
    /// Not at all, which takes about half the time, and with the checks of a debug build in what the kernel does unchecked: for
    /// tests and while a program is being written.
    Checked,
}

impl Level {
    /// The level that `FERROKEET_OPT_LEVEL` names.
    fn wanted() -> Result<Self, BuildError> {
        let named = std::env::var("FERROKEET_OPT_LEVEL").unwrap_or_default();
        match named.trim() {
            "" | "3" => Ok(Self::Full),
            "0" => Ok(Self::Checked),
            other => Err(BuildError::Setting(format!(
                "FERROKEET_OPT_LEVEL is `{other}`: it may be 0 (compiled quickly, with checks) or 3 (fast)"
            ))),
        }
    }

    /// What rustc is told.
    pub(super) fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Full => &["-C", "opt-level=3"],
            Self::Checked => &[
                "-C",
                "opt-level=0",
                "-C",
                "debug-assertions=on",
                "-C",
                "overflow-checks=on",
            ],
        }
    }
}

/// A rustc and the target it compiles for.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The compiler.
    pub rustc: PathBuf,
    /// What `-C target-cpu` is given: `native`, `x86-64-v3` …
    pub cpu: String,
    /// How hard kernels are optimised.
    pub level: Level,
    /// Hash of everything about compiler and processor that libraries depend on, in hexadecimal.
    pub fingerprint: String,
}

impl Toolchain {
    /// Finds the compiler: `FERROKEET_RUSTC`, `RUSTC`, then `PATH`, then rustup's folder.
    ///
    /// # Errors
    /// [`BuildError::NoCompiler`] when there is none; [`BuildError::Setting`] when `FERROKEET_OPT_LEVEL` is no level.
    pub fn find(cpu: &str) -> Result<Self, BuildError> {
        let rustc = Self::locate()?;
        let processor = if cpu == "native" { processor() } else { String::new() };
        let mut hasher = blake3::Hasher::new();
        for part in [&identity(&rustc), cpu, &processor, env!("CARGO_PKG_VERSION")] {
            hasher.update(part.as_bytes());
            hasher.update(b"\0");
        }
        let fingerprint = hasher.finalize().to_hex()[..32].to_owned();
        Ok(Self {
            rustc,
            cpu: cpu.to_owned(),
            level: Level::wanted()?,
            fingerprint,
        })
    }

    /// For kernels that run here: the processor itself, or what `FERROKEET_CPU` names.
    ///
    /// # Errors
    /// No usable compiler.
    pub fn here() -> Result<Self, BuildError> {
        Self::here_or_for(None)
    }

    /// The same, but for another processor where the user names none.
    ///
    /// # Errors
    /// No usable compiler.
    pub fn here_or_for(other: Option<&str>) -> Result<Self, BuildError> {
        let named = std::env::var("FERROKEET_CPU").ok().filter(|name| !name.is_empty());
        Self::find(named.as_deref().or(other).unwrap_or("native"))
    }

    fn locate() -> Result<PathBuf, BuildError> {
        for variable in ["FERROKEET_RUSTC", "RUSTC"] {
            if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
                let path = PathBuf::from(path);
                return on_path(&path).ok_or_else(|| {
                    BuildError::NoCompiler(format!(
                        "{variable} names the rustc {}, which does not exist",
                        path.display()
                    ))
                });
            }
        }
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
        on_path(Path::new("rustc"))
            .or_else(|| home.map(|home| home.join("bin/rustc")).filter(|path| path.exists()))
            .ok_or_else(|| {
                BuildError::NoCompiler("no rustc was found on PATH; install Rust from https://rustup.rs".to_owned())
            })
    }

    /// What the compiler says of itself, or why it says nothing.
    pub fn version(&self) -> Result<String, BuildError> {
        let output = Command::new(&self.rustc).arg("-vV").output();
        let output = output.map_err(|error| BuildError::NoCompiler(format!("{}: {error}", self.rustc.display())))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// A program by its path, or by its name on `PATH`.
pub fn on_path(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return name.exists().then(|| name.to_path_buf());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The compiler's identity without running it: its file, and where it is rustup's proxy, the toolchain it would choose.
fn identity(rustc: &Path) -> String {
    let real = std::fs::canonicalize(rustc).unwrap_or_else(|_| rustc.to_path_buf());
    let mut identity = stamp(&real);
    if real.file_name().is_some_and(|name| name == "rustup") || real.parent().is_some_and(|p| p.ends_with(".cargo/bin"))
    {
        let home = std::env::var_os("RUSTUP_HOME").map(PathBuf::from);
        let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".rustup")));
        if let Some(home) = home {
            identity += &stamp(&home.join("settings.toml"));
            identity += &std::fs::read_to_string(home.join("settings.toml")).unwrap_or_default();
            for entry in std::fs::read_dir(home.join("toolchains"))
                .into_iter()
                .flatten()
                .flatten()
            {
                identity += &stamp(&entry.path().join("bin/rustc"));
            }
        }
        identity += &std::env::var("RUSTUP_TOOLCHAIN").unwrap_or_default();
    }
    identity
}

/// Path, size and time of a file.
pub(super) fn stamp(path: &Path) -> String {
    let Ok(metadata) = std::fs::metadata(path) else {
        return String::new();
    };
    let time = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {} {:?};", path.display(), metadata.len(), time)
}

/// The machine for which a measurement counts: its processor, and how many of them a process may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// A hash of both, in hexadecimal.
    pub key: String,
    /// The processor's name, for people.
    pub name: String,
    /// How many.
    pub processors: u32,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        let processor = processor();
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let named = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = named
            .lines()
            .filter(|line| line.starts_with("model name"))
            .find_map(|line| line.split_once(':'));
        Self {
            key: blake3::hash(format!("{processor}\n{processors}").as_bytes()).to_hex()[..16].to_owned(),
            name: name.map_or(std::env::consts::ARCH, |(_, name)| name.trim()).to_owned(),
            processors: u32::try_from(processors).unwrap_or(u32::MAX),
        }
    }
}

/// What distinguishes this processor for `-C target-cpu=native`: model and features.
fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let wanted = [
        "vendor_id",
        "cpu family",
        "model",
        "flags",
        "Features",
        "CPU part",
        "CPU implementer",
    ];
    let first = text.split("\n\n").next().unwrap_or_default();
    let lines = first
        .lines()
        .filter(|line| line.split(':').next().is_some_and(|key| wanted.contains(&key.trim())));
    let lines: Vec<&str> = lines.collect();
    if lines.is_empty() {
        format!("{} {}", std::env::consts::ARCH, std::env::consts::OS)
    } else {
        lines.join("\n")
    }
}
