//! Python and directives to the IR: names, liveness, inputs, inlining.
//!
//! May touch: python, pragma, ir, source, diagnostics.
