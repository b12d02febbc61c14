//! A type for every expression (NEP 50), per signature.
//!
//! May touch: ir, source, diagnostics.
