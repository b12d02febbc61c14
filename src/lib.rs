//! Ferrokeet turns comment pragmas on ordinary Python loops into native parallel code.
#![forbid(unsafe_code)]

pub mod back;
pub mod build;
pub mod cli;
pub mod deps;
pub mod diagnostics;
pub mod infer;
pub mod ir;
pub mod lower;
pub mod plan;
pub mod pragma;
pub mod python;
pub mod rewrite;
pub mod source;
pub mod translate;
