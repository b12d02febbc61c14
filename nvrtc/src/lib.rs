//! NVIDIA's run-time compiler for CUDA C++, loaded from where it lies.
//!
//! A few functions of `libnvrtc`, which are the same in every version from 11.2 on. Not through cudarc: it looks for the library by
//! names that its build fixes, and NVIDIA's wheels have it in folders where no loader looks, in the version the user chose.
//!
//! The compiler needs neither a GPU nor a driver.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::ptr;

use libloading::Library;

/// What the compiler makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// PTX for GPUs of this compute capability (80: 8.0) or a later one; their driver compiles it.
    Portable(u32),
    /// Machine code for GPUs of this compute capability, and of later ones of the same generation.
    Machine(u32),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Portable(capability) => write!(f, "compute_{capability}"),
            Self::Machine(capability) => write!(f, "sm_{capability}"),
        }
    }
}

/// A text that includes others.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// CUDA C++.
    pub text: &'a str,
    /// What it is called in messages.
    pub name: &'a str,
    /// The name and the text of each header.
    pub headers: &'a [(&'a str, &'a str)],
}

/// The library.
#[derive(Debug)]
pub struct Nvrtc {
    library: Library,
    path: PathBuf,
}

/// A text in the compiler, which is given back when dropped.
struct Program<'a> {
    nvrtc: &'a Nvrtc,
    handle: *mut c_void,
}

type Function<A> = unsafe extern "C" fn(*mut c_void, A) -> c_int;

impl Nvrtc {
    /// Loads the library, by its path or by a name that the loader knows.
    ///
    /// # Errors
    /// What the loader says.
    pub fn load(path: &Path) -> Result<Self, String> {
        // SAFETY: who names this file names NVRTC, whose initialisers are for any process.
        let library = unsafe { Library::new(path) };
        let library = library.map_err(|error| format!("{} cannot be loaded: {error}", path.display()))?;
        Ok(Self {
            library,
            path: path.to_path_buf(),
        })
    }

    /// Its version: (12, 9).
    ///
    /// # Errors
    /// It does not say.
    pub fn version(&self) -> Result<(u32, u32), String> {
        let (mut major, mut minor) = (0, 0);
        // SAFETY: NVRTC declares it so.
        let code = unsafe {
            self.function::<unsafe extern "C" fn(*mut c_int, *mut c_int) -> c_int>("nvrtcVersion")?(
                &raw mut major,
                &raw mut minor,
            )
        };
        self.done(code)?;
        Ok((major.unsigned_abs(), minor.unsigned_abs()))
    }

    /// The compute capabilities that it compiles for, in ascending order.
    ///
    /// # Errors
    /// It does not say.
    pub fn capabilities(&self) -> Result<Vec<u32>, String> {
        type One = unsafe extern "C" fn(*mut c_int) -> c_int;
        let mut count = 0;
        // SAFETY: NVRTC declares both so, and writes as many numbers as it counts.
        unsafe {
            self.done(self.function::<One>("nvrtcGetNumSupportedArchs")?(&raw mut count))?;
            let mut found = vec![0; count.unsigned_abs() as usize];
            self.done(self.function::<One>("nvrtcGetSupportedArchs")?(found.as_mut_ptr()))?;
            let mut found: Vec<u32> = found.into_iter().map(c_int::unsigned_abs).collect();
            found.sort_unstable();
            Ok(found)
        }
    }

    /// Compiles a text.
    ///
    /// # Errors
    /// What the compiler says, which may have several lines.
    pub fn compile(&self, source: Source<'_>, target: Target, options: &[&str]) -> Result<Vec<u8>, String> {
        let program = Program::new(self, source)?;
        let architecture = format!("--gpu-architecture={target}");
        program.compile([architecture.as_str()].iter().chain(options))?;
        match target {
            Target::Portable(_) => {
                let mut text = program.output("nvrtcGetPTXSize", "nvrtcGetPTX")?;
                // It counts the end of the string.
                text.pop_if(|last| *last == 0);
                Ok(text)
            }
            Target::Machine(_) => program.output("nvrtcGetCUBINSize", "nvrtcGetCUBIN"),
        }
    }

    /// # Safety
    /// NVRTC declares the function so.
    unsafe fn function<F: Copy>(&self, name: &str) -> Result<F, String> {
        // SAFETY: by contract.
        let found = unsafe { self.library.get::<F>(name.as_bytes()) };
        found.map(|symbol| *symbol).map_err(|_| {
            format!(
                "{} is no NVRTC of CUDA 11.2 or later: it has no {name}",
                self.path.display()
            )
        })
    }

    fn done(&self, code: c_int) -> Result<(), String> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: NVRTC declares it so, and answers with a static string.
        let said = unsafe {
            self.function::<unsafe extern "C" fn(c_int) -> *const c_char>("nvrtcGetErrorString")
                .map(|function| CStr::from_ptr(function(code)).to_string_lossy().into_owned())
        };
        Err(said.unwrap_or_else(|_| format!("error {code}")))
    }
}

impl<'a> Program<'a> {
    fn new(nvrtc: &'a Nvrtc, source: Source<'_>) -> Result<Self, String> {
        type Create = unsafe extern "C" fn(
            *mut *mut c_void,
            *const c_char,
            *const c_char,
            c_int,
            *const *const c_char,
            *const *const c_char,
        ) -> c_int;
        let text = |text: &str| CString::new(text).map_err(|error| error.to_string());
        let (body, name) = (text(source.text)?, text(source.name)?);
        let texts = source.headers.iter().map(|(_, header)| text(header));
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        let names = source.headers.iter().map(|(name, _)| text(name));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let (texts, names) = (pointers(&texts), pointers(&names));
        let mut handle = ptr::null_mut();
        let count = texts.len() as c_int;
        // SAFETY: NVRTC declares it so, and copies the strings.
        unsafe {
            let create = nvrtc.function::<Create>("nvrtcCreateProgram")?;
            let (body, name) = (body.as_ptr(), name.as_ptr());
            nvrtc.done(create(
                &raw mut handle,
                body,
                name,
                count,
                texts.as_ptr(),
                names.as_ptr(),
            ))?;
        }
        Ok(Self { nvrtc, handle })
    }

    fn compile<'o>(&self, options: impl Iterator<Item = &'o &'o str>) -> Result<(), String> {
        type Compile = unsafe extern "C" fn(*mut c_void, c_int, *const *const c_char) -> c_int;
        let options = options.map(|option| CString::new(*option).map_err(|error| error.to_string()));
        let options = options.collect::<Result<Vec<_>, _>>()?;
        let options = pointers(&options);
        // SAFETY: NVRTC declares it so; the program is its own.
        let code = unsafe {
            let compile = self.nvrtc.function::<Compile>("nvrtcCompileProgram")?;
            compile(self.handle, options.len() as c_int, options.as_ptr())
        };
        self.nvrtc.done(code).map_err(|said| {
            let log = self
                .output("nvrtcGetProgramLogSize", "nvrtcGetProgramLog")
                .unwrap_or_default();
            let log = String::from_utf8_lossy(&log).trim_end_matches('\0').trim().to_owned();
            if log.is_empty() { said } else { log }
        })
    }

    /// What two functions give: a size, and as many bytes.
    fn output(&self, size: &str, bytes: &str) -> Result<Vec<u8>, String> {
        let mut count = 0_usize;
        // SAFETY: NVRTC declares them so, and writes as many bytes as it says.
        unsafe {
            let size = self.nvrtc.function::<Function<*mut usize>>(size)?;
            self.nvrtc.done(size(self.handle, &raw mut count))?;
            let mut output = vec![0_u8; count];
            let bytes = self.nvrtc.function::<Function<*mut c_char>>(bytes)?;
            self.nvrtc.done(bytes(self.handle, output.as_mut_ptr().cast()))?;
            Ok(output)
        }
    }
}

impl Drop for Program<'_> {
    fn drop(&mut self) {
        // SAFETY: NVRTC declares it so; the program is its own, and given back once.
        unsafe {
            type Destroy = unsafe extern "C" fn(*mut *mut c_void) -> c_int;
            if let Ok(destroy) = self.nvrtc.function::<Destroy>("nvrtcDestroyProgram") {
                destroy(&raw mut self.handle);
            }
        }
    }
}

fn pointers(texts: &[CString]) -> Vec<*const c_char> {
    texts.iter().map(|text| text.as_ptr()).collect()
}
