//! What a parallel loop nest means.
//!
//! May touch: source.
