//! Rust text from plans.
//!
//! [`emit`] writes one library for one region and signature: an entry point that unpacks the call, the *fast* variant behind
//! its guards, and the *careful* variant. The text is compiled against `runtime/kernel`, whose `entry` says what a variant
//! is; users open it, so every statement carries the Python line it comes from.
//!
//! What makes the `unsafe` in it sound: an unchecked access has subscripts that a bounds guard covers (at the launch or at the
//! entry of a loop, before any access it serves), or that were wrapped and tested on the spot; parallel iterations touch
//! disjoint elements because `deps` proved it under the overlap and dependence guards that were tested first, or they combine
//! contributions in copies of their own or by indivisible updates (`reducing`).
//!
//! May touch: plan, deps, infer, ir, source.

mod complex;
mod device;
mod elementary;
mod expression;
mod fast_math;
mod foreseen;
mod functions;
mod guards;
mod join;
mod lanes;
mod launch;
mod locals;
mod names;
mod nest;
mod parallel;
mod random;
mod reducing;
mod region;
mod requirements;
mod spreads;
mod statement;
mod tags;
mod undoing;
mod unroll;
mod variant;
mod workload;

pub use join::join;

use crate::plan::Plan;
use crate::source::SourceFile;

/// The text of a kernel library, and what its manifest must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// Rust.
    pub text: String,
    /// The entry point's symbol.
    pub symbol: String,
    /// What `Failure::reason` indexes.
    pub reasons: Vec<String>,
    /// The first of the reasons that a launch is not as was supposed of it, if anything was; all later ones are such.
    pub unusual: Option<usize>,
}

/// Writes the library of a plan; `file` is the Python file, for its lines.
pub fn emit(plan: &Plan<'_>, file: &SourceFile) -> Emitted {
    launch::emit(plan, file)
}
