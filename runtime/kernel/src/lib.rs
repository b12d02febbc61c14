//! What every Ferrokeet kernel is compiled with.
//!
//! May touch: nothing.

pub mod abi;
