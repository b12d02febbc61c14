//! Which iterations may meet: accesses, reductions, races; gives verdicts and guards.
//!
//! May touch: infer, ir, source, diagnostics.
