//! The process-wide half of Ferrokeet's runtime: the Python extension `ferrokeet_runtime`.
//!
//! It is what a deployed program needs at run time besides NumPy: it knows kernels as loaded libraries and their
//! manifests, and nothing of the translator. One `Kernel` object stands for each region of a translated
//! file; calling it
//!
//! 1. walks to the inputs and reads their types (`arguments`),
//! 2. finds the library made for that signature, or asks Python for one (`kernel`),
//! 3. calls it with the interpreter lock released and the process's one thread pool at its service (`pool`),
//! 4. hands back the results, or the exception with the file and line it would have in Python (`outcome`).
//!
//! Everything that cannot go this way answers `None`: the translated file then runs its original loop.
//!
//! It never raises for a region's sake anything that Python would not raise, never lets a panic cross the C interface, and
//! never holds a lock while a kernel runs.

mod arguments;
mod kernel;
mod outcome;
mod pool;

use pyo3::prelude::*;

/// Calls kernels of translated Python files.
#[pymodule]
fn ferrokeet_runtime(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<kernel::Kernel>()?;
    module.add("ABI_VERSION", ferrokeet_kernel::abi::ABI_VERSION)?;
    module.add_function(wrap_pyfunction!(thread_count, module)?)?;
    arguments::Types::load(module.py())?;
    Ok(())
}

/// How many threads a parallel loop may use in this process.
#[pyfunction]
fn thread_count() -> u32 {
    pool::threads()
}
