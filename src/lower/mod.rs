//! Python and directives to the IR: names, liveness, inputs, inlining.
//!
//! May touch: python, pragma, ir, source, diagnostics.

mod attach;
mod attach_check;

pub use attach::{Directives, attach};
