//! The Python subset, as written: tree-sitter's tree made into typed nodes with spans.
//!
//! May touch: source.
