//! Python and directives to the IR: names, liveness, inputs, inlining.
//!
//! May touch: python, pragma, ir, source, diagnostics.

mod annotate;
mod assign;
mod assigned;
mod attach;
mod attach_check;
mod call;
mod expression;
mod inline;
mod known;
mod live;
mod loops;
mod lowerer;
mod paths;
mod regions;
mod scope;
mod statement;
mod value;

pub use attach::{Directives, attach};
pub use regions::lower;
