//! Edits that make the Python file call its kernels.
//!
//! May touch: ir, source.
