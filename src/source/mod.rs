//! Text, spans, line index and edits.
//!
//! May touch: nothing.

mod span;

pub use span::Span;
