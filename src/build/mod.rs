//! rustc, the cache, files.
//!
//! May touch: translate, and everything it touches.
