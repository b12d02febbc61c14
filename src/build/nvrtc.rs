//! CUDA text compiled for GPUs.
//!
//! NVRTC runs inside this process; it takes a tenth of a second to load, so that only a text that is not in the cache has it loaded.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ferrokeet_nvrtc::{Nvrtc, Source, Target};

use super::toolchain::stamp;
use super::{BuildError, Cache, HEADERS};

/// What every kernel is compiled with. Products are fused into additions where the text says so, nowhere else: the CPU's bits.
const OPTIONS: [&str; 3] = ["--std=c++17", "--fmad=false", "--device-int128"];

/// What the user can do where there is no compiler for GPUs.
pub const INSTALL_NVRTC: &str = "`pip install nvidia-cuda-nvrtc-cu12` installs it, or FERROKEET_NVRTC names one";

/// NVIDIA's compiler, and the cache that it fills.
#[derive(Debug)]
pub struct DeviceCompiler {
    cache: Cache,
    path: PathBuf,
    loaded: OnceLock<Result<Nvrtc, String>>,
}

impl DeviceCompiler {
    /// The first of the candidates (paths, or names that the loader may know) that is there.
    ///
    /// # Errors
    /// [`BuildError::NoCompiler`].
    pub fn find(candidates: &[PathBuf], cache: Cache) -> Result<Self, BuildError> {
        let mut why = None;
        for path in candidates {
            let at = |loaded| Self {
                cache: cache.clone(),
                path: path.clone(),
                loaded,
            };
            if path.is_file() {
                return Ok(at(OnceLock::new()));
            }
            match Nvrtc::load(path) {
                Ok(nvrtc) => return Ok(at(OnceLock::from(Ok(nvrtc)))),
                Err(error) => why = why.or(Some(error)),
            }
        }
        let why = match candidates {
            [_] => why.unwrap_or_default(),
            _ => "no NVRTC was found".to_owned(),
        };
        Err(BuildError::NoCompiler(format!("{why}; {INSTALL_NVRTC}")))
    }

    /// Where the compiler lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its version.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub fn version(&self) -> Result<String, BuildError> {
        let (major, minor) = self.nvrtc()?.version().map_err(BuildError::NoCompiler)?;
        Ok(format!("{major}.{minor}"))
    }

    /// The compute capabilities that it compiles for, in ascending order.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub fn capabilities(&self) -> Result<Vec<u32>, BuildError> {
        self.nvrtc()?.capabilities().map_err(BuildError::NoCompiler)
    }

    /// The code of a text, from the cache or compiled now.
    ///
    /// # Errors
    /// Why there is none, in a sentence for the user.
    pub fn build(&self, text: &str, target: Target) -> Result<PathBuf, BuildError> {
        let (key, extension) = self.entry(text, target);
        let make = |output: &Path| self.compile(text, target, &key, output);
        Ok(self.cache.get_or_make(&key, extension, make)?.0)
    }

    /// The code for one GPU of this compute capability, and what it is: PTX where the compiler does not know the GPU.
    ///
    /// # Errors
    /// As of `build`.
    pub fn build_for(&self, text: &str, capability: u32) -> Result<(PathBuf, Target), BuildError> {
        let (key, extension) = self.entry(text, Target::Machine(capability));
        if let Some(path) = self.cache.get(&key, extension) {
            return Ok((path, Target::Machine(capability)));
        }
        let known = self.capabilities()?;
        let older = known.iter().copied().rfind(|known| *known <= capability);
        let target = match older {
            Some(older) if older / 10 == capability / 10 => Target::Machine(older),
            Some(older) => Target::Portable(older),
            None => {
                return Err(BuildError::NoCompiler(format!(
                    "NVRTC {} does not compile for this GPU, sm_{capability}: an older one does",
                    self.version()?
                )));
            }
        };
        Ok((self.build(text, target)?, target))
    }

    fn nvrtc(&self) -> Result<&Nvrtc, BuildError> {
        let loaded = self.loaded.get_or_init(|| Nvrtc::load(&self.path));
        loaded
            .as_ref()
            .map_err(|why| BuildError::NoCompiler(format!("{why}; {INSTALL_NVRTC}")))
    }

    /// Key and extension of a text's code in the cache.
    fn entry(&self, text: &str, target: Target) -> (String, &'static str) {
        let mut hasher = blake3::Hasher::new();
        let headers = HEADERS.map(|(_, header)| header).join("\0");
        let compiler = stamp(&self.path);
        let path = self.path.to_string_lossy();
        let target_name = target.to_string();
        for part in [
            compiler.as_str(),
            &path,
            &target_name,
            &OPTIONS.join(" "),
            &headers,
            text,
        ] {
            hasher.update(part.as_bytes());
            hasher.update(b"\0");
        }
        let extension = match target {
            Target::Portable(_) => "ptx",
            Target::Machine(_) => "cubin",
        };
        (hasher.finalize().to_hex()[..40].to_owned(), extension)
    }

    fn compile(&self, text: &str, target: Target, key: &str, output: &Path) -> Result<(), BuildError> {
        let failed = |path: &Path, error: std::io::Error| BuildError::Files(format!("{}: {error}", path.display()));
        let source = Source {
            text,
            name: "kernel.cu",
            headers: &HEADERS,
        };
        match self.nvrtc()?.compile(source, target, &OPTIONS) {
            Ok(code) => std::fs::write(output, code).map_err(|error| failed(output, error)),
            Err(log) => {
                let kept = self.cache.folder().join(format!("{key}.cu"));
                _ = std::fs::write(&kept, text);
                _ = std::fs::write(kept.with_extension("log"), &log);
                let first = log.lines().find(|line| line.contains("error")).or(log.lines().next());
                Err(BuildError::Failed(format!(
                    "NVRTC failed ({}); the generated source is kept in {}: please report it",
                    first.unwrap_or_default().trim(),
                    kept.display()
                )))
            }
        }
    }
}
