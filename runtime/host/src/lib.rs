//! The process-wide half of Ferrokeet's runtime: the Python extension `ferrokeet_runtime`.
//!
//! It is what a deployed program needs at run time besides NumPy: it knows kernels as loaded libraries and their
//! manifests, and nothing of the translator. One `Kernel` object stands for each region of a translated
//! file; calling it
//!
//! 1. walks to the inputs (`inputs`) and reads them and their types (`arguments`, `types`; memory: `buffer`, lists: `sequences`),
//! 2. finds the library made for that signature, or asks Python for one (`kernel`, `library`),
//! 3. calls it with the interpreter lock released and the process's one thread pool at its service (`pool`), memory for a while (`scratch`), and the device that holds its
//!    counterpart, if any (`device`),
//! 4. hands back the results (`outcome`; arrays: `made`, `handed`), or the exception with the file and line it would have in Python (`outcome`).
//!
//! Everything that cannot go this way answers `None`: the translated file then runs its original loop.
//!
//! It never raises for a region's sake anything that Python would not raise, never lets a panic cross the C interface, and
//! never holds a lock while a kernel runs.

mod arguments;
mod buffer;
mod device;
mod handed;
mod inputs;
mod kernel;
mod library;
mod made;
mod outcome;
mod pool;
mod profile;
mod scope;
mod scratch;
mod sequences;
mod types;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Calls kernels of translated Python files.
#[pymodule]
fn ferrokeet_runtime(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<kernel::Kernel>()?;
    module.add("ABI_VERSION", ferrokeet_kernel::abi::ABI_VERSION)?;
    module.add_function(wrap_pyfunction!(thread_count, module)?)?;
    module.add_function(wrap_pyfunction!(processors, module)?)?;
    module.add_function(wrap_pyfunction!(profile::profile, module)?)?;
    module.add_function(wrap_pyfunction!(gpu, module)?)?;
    module.add_class::<scope::Scope>()?;
    module.add_function(wrap_pyfunction!(scope::bring_back, module)?)?;
    types::Types::load(module.py())?;
    Ok(())
}

/// The names of the processors whose kernels this one can run: `native` stands for a kernel that was built for this machine
/// or one like it.
#[pyfunction]
fn processors() -> Vec<&'static str> {
    let mut names = vec!["native", "generic"];
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        let v2 =
            has!("sse3") && has!("ssse3") && has!("sse4.1") && has!("sse4.2") && has!("popcnt") && has!("cmpxchg16b");
        let bits = has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("movbe");
        let v3 = v2 && bits && has!("avx") && has!("avx2") && has!("f16c") && has!("fma") && has!("xsave");
        let wide = has!("avx512f") && has!("avx512bw") && has!("avx512cd") && has!("avx512dq") && has!("avx512vl");
        let levels = [
            (true, "x86-64"),
            (v2, "x86-64-v2"),
            (v3, "x86-64-v3"),
            (v3 && wide, "x86-64-v4"),
        ];
        names.extend(levels.into_iter().filter(|(has, _)| *has).map(|(_, name)| name));
    }
    names
}

/// The GPU on which kernels run: its `name`, `architecture` (`sm_90`), bytes of `memory`, and the version of the `driver`
/// (12040: CUDA 12.4); or why there is none, as a string.
#[pyfunction]
fn gpu(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let gpu = match device::gpu() {
        Ok(gpu) => gpu,
        Err(why) => return Ok(PyString::new(py, &why).into_any()),
    };
    let described = PyDict::new(py);
    described.set_item("name", &gpu.name)?;
    described.set_item("architecture", format!("sm_{}", gpu.capability))?;
    described.set_item("memory", gpu.memory)?;
    described.set_item("driver", gpu.driver)?;
    Ok(described.into_any())
}

/// How many threads a parallel loop may use in this process.
#[pyfunction]
fn thread_count() -> u32 {
    pool::threads()
}
