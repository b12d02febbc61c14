//! Ferrokeet turns comment pragmas on ordinary Python loops into native parallel code.
#![forbid(unsafe_code)]

pub mod source;
pub mod diagnostics;
pub mod python;
pub mod pragma;
pub mod ir;
pub mod lower;
pub mod infer;
pub mod deps;
pub mod plan;
pub mod back;
pub mod rewrite;
pub mod translate;
pub mod build;
pub mod cli;
