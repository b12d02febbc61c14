//! Comment text to directives; knows no Python.
//!
//! A [`Directive`] is what one annotated statement was told: a kind and clauses, each with its place. Arguments that are
//! Python (`if(n > 100)`, `num_threads(k)`, the types of `types(…)`) are kept as [`Text`], text with a place, for
//! whoever knows Python.
//!
//! Nothing is silent: every part of a pragma of ours is either understood or the subject of exactly one diagnostic. A
//! comment that is not ours (`no cover`, `once`, anything followed by `:`) is left alone.
//!
//! This room sees comments only. Where they stand, and whether the statement below suits them, is for `lower`.
//!
//! May touch: source, diagnostics.

mod directive;

pub use directive::{
    Clause, ClauseKind, Directive, DirectiveKind, FastMath, ReductionOperator, ScheduleKind, Target, Text, TypeBinding,
};
