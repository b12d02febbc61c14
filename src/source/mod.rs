//! Text, spans, line index and edits.
//!
//! May touch: nothing.
