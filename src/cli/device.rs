//! The compiler for GPUs, and what it is asked for.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::run;
use super::ship::write;
use crate::build::{BuildError, Cache, DeviceCompiler, Target};

/// Knows where NVIDIA's wheels and installations have their compiler.
const FINDER: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/python/ferrokeet/_nvrtc.py"));

/// What `build` compiles for, as far as the compiler can: machine code of every generation, which runs on all later GPUs of that
/// generation, and PTX of the first, for those in between and those to come.
const CAPABILITIES: [u32; 5] = [75, 80, 90, 100, 120];

/// The compiler that an interpreter's wheels have, or the system.
pub(super) fn compiler(python: &Path, cache: Cache) -> Result<DeviceCompiler, BuildError> {
    let output = Command::new(python).args(["-c", FINDER]).output();
    let candidates: Vec<PathBuf> = match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(PathBuf::from)
            .collect(),
        Err(_) => std::env::var_os("FERROKEET_NVRTC")
            .into_iter()
            .map(PathBuf::from)
            .collect(),
    };
    DeviceCompiler::find(&candidates, cache)
}

/// The compute capability that a name such as `sm_90` or `90` stands for.
pub(super) fn capability(name: &str) -> Option<u32> {
    let name = name.trim();
    let digits = name.strip_prefix("sm_").unwrap_or(name);
    digits.parse().ok().filter(|number| (10..1000).contains(number))
}

/// What a build compiles with for GPUs.
pub(super) struct Devices {
    cache: Cache,
    /// Found when the first kernel needs it, or why there is none.
    found: OnceLock<Result<Found, String>>,
}

struct Found {
    compiler: DeviceCompiler,
    /// PTX of the oldest first, then machine code.
    targets: Vec<Target>,
}

impl Devices {
    /// For the capabilities that were named, or else for the usual ones.
    pub(super) fn new(named: &[String], cache: Cache) -> anyhow::Result<Self> {
        let found = OnceLock::new();
        if !named.is_empty() {
            let compiler = compiler(&run::interpreter(), cache.clone())?;
            let known = compiler.capabilities()?;
            let wanted = named.iter().map(|name| {
                let number = capability(name).filter(|number| known.contains(number));
                number.ok_or_else(|| {
                    let known: Vec<String> = known.iter().map(|number| format!("sm_{number}")).collect();
                    let (version, known) = (compiler.version().unwrap_or_default(), known.join(", "));
                    anyhow::anyhow!(
                        "--cuda-arch: `{name}` is nothing that NVRTC {version} compiles for; there are {known}"
                    )
                })
            });
            let targets = targets(wanted.collect::<anyhow::Result<_>>()?);
            _ = found.set(Ok(Found { compiler, targets }));
        }
        Ok(Self { cache, found })
    }

    /// The compiler for the usual capabilities; where there is none, the user is told that once.
    fn usual(&self) -> Result<Found, String> {
        let found = compiler(&run::interpreter(), self.cache.clone());
        let found = found.and_then(|compiler| Ok((compiler.capabilities()?, compiler)));
        let (known, compiler) = found.map_err(|why| {
            eprintln!("note: loops that ask for a GPU are built for the CPU only: {why}");
            format!("it was built without NVRTC, NVIDIA's compiler: {why}")
        })?;
        let targets = targets(
            CAPABILITIES
                .into_iter()
                .filter(|number| known.contains(number))
                .collect(),
        );
        Ok(Found { compiler, targets })
    }

    /// Compiles a kernel's CUDA text, and writes what it becomes beside a file, whose name those have with what they are for
    /// instead of its extension. Gives what the manifest says of them; the inner error: there is no compiler.
    pub(super) fn images(&self, text: &str, beside: &Path) -> Result<Result<Value, String>, String> {
        let found = match self.found.get_or_init(|| self.usual()) {
            Ok(found) => found,
            Err(why) => return Ok(Err(why.clone())),
        };
        let mut images = Vec::new();
        for target in &found.targets {
            let built = found.compiler.build(text, *target).map_err(|error| error.to_string())?;
            let extension = built.extension().unwrap_or_default().to_string_lossy();
            let path = beside.with_extension(format!("{target}.{extension}"));
            let bytes = std::fs::read(&built).map_err(|error| format!("{}: {error}", built.display()))?;
            write(&path, &bytes).map_err(|error| format!("{error:#}"))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            images.push(json!({"architecture": target.to_string(), "path": name}));
        }
        Ok(Ok(json!(images)))
    }
}

/// PTX for the oldest, machine code for each.
fn targets(mut capabilities: Vec<u32>) -> Vec<Target> {
    capabilities.sort_unstable();
    capabilities.dedup();
    let oldest = capabilities.first().copied().map(Target::Portable);
    oldest
        .into_iter()
        .chain(capabilities.into_iter().map(Target::Machine))
        .collect()
}
