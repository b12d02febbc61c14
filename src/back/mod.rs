//! Text from plans.
//!
//! May touch: plan, deps, infer, ir, source.
pub mod cuda;
pub mod rust;
mod writer;
