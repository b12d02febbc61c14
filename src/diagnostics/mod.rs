//! What Ferrokeet tells its user: diagnostics, codes, fixes and their renderers.
//!
//! May touch: source.
