//! Comment text to directives; knows no Python.
//!
//! May touch: source, diagnostics.
