//! A type for every expression (NEP 50), per signature.
//!
//! May touch: ir, source, diagnostics.

mod ty;

pub use ty::{ArrayTy, InputTy, Kind, Origin, Ty};
