//! Diagnostics as text, for people and for machines. One file a format; each is a pure function.

mod concise;
mod full;
mod github;
mod json;
mod sarif;
#[cfg(test)]
mod tests;

pub use concise::concise;
pub use full::full;
pub use github::github;
pub use json::json;
pub use sarif::sarif;
