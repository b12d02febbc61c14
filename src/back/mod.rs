//! Text from plans.
//!
//! May touch: plan, deps, infer, ir.
pub mod rust;
