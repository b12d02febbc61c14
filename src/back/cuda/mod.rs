//! CUDA C++ text from plans.
//!
//! [`emit`] writes one translation unit for one region and signature: a kernel for every grid that the plan chose
//! ([`Plan::device`]). The text is compiled against `runtime/cuda/ferrokeet.cuh`, which knows Python's and NumPy's numbers, by
//! NVRTC for a GPU, or by a C++ compiler and `runtime/cuda/emulation.h` for the CPU. Users open it: every statement carries the
//! Python line it comes from.
//!
//! A kernel is handed arrays, scalars, the steps of its axes, and where to put what it found; the host code that `back/rust`
//! writes hands them over in the order of [`Captures`](crate::plan::Captures). The guards of the launch hold. What can still fail sets `failed`
//! in its thread: values computed after that mean nothing, no address is made of them, every loop ends, and the
//! thread leaves a word for the host, which throws away what the kernel wrote and runs the careful variant.
//!
//! It never decides what may run at once, nor where: that is `plan`'s.
//!
//! May touch: plan, deps, infer, ir, source.

mod checks;
mod expression;
mod functions;
mod guards;
mod kernel;
mod names;
mod ordered;
mod random;
mod scene;
mod statement;
mod tags;

use crate::plan::Plan;
use crate::source::SourceFile;

/// The text of a region's kernels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// CUDA C++.
    pub text: String,
    /// The names of the kernels, by their numbers.
    pub kernels: Vec<String>,
}

/// Writes the kernels of a plan; `file` is the Python file, for its lines.
///
/// # Errors
/// Why the region has none: a sentence for the user.
pub fn emit(plan: &Plan<'_>, file: &SourceFile) -> Result<Emitted, String> {
    kernel::emit(plan, file)
}
