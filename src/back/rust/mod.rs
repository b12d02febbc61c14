//! Rust text from plans.
//!
//! May touch: plan, deps, infer, ir.
