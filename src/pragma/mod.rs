//! Comment text to directives; knows no Python.
//!
//! A [`Directive`] is what one annotated statement was told: a kind and clauses, each with its place. Arguments that are
//! Python (`if(n > 100)`, `num_threads(k)`, the types of `types(…)`) are kept as [`Text`], text with a place, for
//! whoever knows Python.
//!
//! The way of a pragma: [`recognise`] tells our comments from other people's; `scan` cuts those above one statement into
//! words and arguments; `parse` finds the directive; `clauses` reads each clause's argument; `check` looks at all of them
//! together: place, contradictions, repetitions.
//!
//! Two dialects are read beside our own: `openmp` puts our words for OpenMP's, as Pythran and Pyccel write them, and
//! `dimensions` reads APPy's dimensions of an array statement. `write` writes a directive in our words.
//!
//! Nothing is silent: every part of a pragma of ours is either understood or the subject of exactly one diagnostic; what
//! was reported is left out of the directive. A comment that is not ours (`no cover`, `once`, anything followed by `:`) is
//! left alone.
//!
//! This room sees comments only. Where they stand, and whether the statement below suits them, is for `lower`.
//!
//! May touch: source, diagnostics.

mod check;
mod clauses;
mod dimensions;
mod directive;
mod openmp;
mod parse;
mod recognise;
mod scan;
#[cfg(test)]
mod tests;
mod types;
mod write;

pub use clauses::CLAUSES;
pub use dimensions::PROPERTIES;
pub use directive::{
    Clause, ClauseKind, Dimension, Directive, DirectiveKind, FastMath, Property, PropertyKind, ReductionOperator,
    ScheduleKind, Target, Text, TypeBinding,
};
pub use openmp::{Stance, shares_out, stance};
pub use parse::{extent, parse, parse_within};
pub use recognise::{Dialect, Recognised, recognise};
