//! Text from plans.
//!
//! May touch: plan, deps, infer, ir, source.
pub mod rust;
