//! rustc, NVRTC, the cache, files.
//!
//! Takes the text of a kernel and gives the path of a loaded-when-you-like library. Four parts:
//!
//! * [`Toolchain`]: which rustc, for which processor; its fingerprint enters every key, so that another compiler or machine
//!   never meets a library that was not made for it; how hard it optimises (`Level`), too.
//! * [`Cache`]: content-addressed files in a folder that many processes share. A file appears whole or not at all (written
//!   beside and renamed), carries a checksum, is built by one process at a time (a lock per key), and old ones are
//!   removed past a size.
//! * [`Builder`]: compiles `runtime/kernel` once per toolchain into an rlib, and each kernel against it with a bare rustc.
//! * [`DeviceCompiler`]: compiles a kernel's CUDA text for GPUs, with NVRTC, into the same cache.
//!
//! A failure is a [`BuildError`] with one sentence that says what to do; callers run the loop as Python then.
//!
//! May touch: nothing.

mod cache;
mod compile;
mod emulate;
mod files;
mod nvrtc;
mod sources;
mod toolchain;

pub use cache::{Cache, CacheInfo};
pub use compile::{Builder, Built};
pub use emulate::{HEADERS, emulation_wanted};
pub use ferrokeet_nvrtc::Target;
pub use files::write_atomically;
pub use nvrtc::{DeviceCompiler, INSTALL_NVRTC};
pub use toolchain::{Machine, Toolchain, on_path};

/// Why no library could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// There is no compiler.
    NoCompiler(String),
    /// The compiler found no linker.
    NoLinker(String),
    /// The compiler failed on text that we generated.
    Failed(String),
    /// The file system refused.
    Files(String),
    /// A variable of the environment has no such value.
    Setting(String),
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoCompiler(text)
            | Self::NoLinker(text)
            | Self::Failed(text)
            | Self::Files(text)
            | Self::Setting(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for BuildError {}

#[cfg(test)]
mod tests;
