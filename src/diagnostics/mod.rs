//! What Ferrokeet tells its user: diagnostics, codes, fixes and their renderers.
//!
//! A mistake of the user is a value, a [`Diagnostic`]: a [`Code`] of the closed list in `code.rs`, a message, one
//! primary place, other places that explain it, notes, help, and perhaps a [`Fix`]. Rooms make them, nobody throws
//! them; `render` turns them into text for people and machines, and `explain` gives the page of a code's rule.
//!
//! This room never decides whether something is a mistake and never prints.
//!
//! May touch: source.

mod code;
mod diagnostic;
pub mod render;
mod spelling;
mod suppression;

pub use code::Code;
pub use diagnostic::{Applicability, Diagnostic, Fix, Label, Severity};
pub use spelling::closest;
pub use suppression::Suppressions;
