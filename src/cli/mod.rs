//! Thin readers of translate and build.
//!
//! May touch: translate, build, and everything they touch.
