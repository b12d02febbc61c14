//! The whole pipeline as one pure function.
//!
//! May touch: source, diagnostics, python, pragma, ir, lower, infer, deps, plan, back, rewrite.
