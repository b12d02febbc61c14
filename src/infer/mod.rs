//! A type for every expression, once per signature: what CPython and NumPy 2 (NEP 50) would compute with.
//!
//! # What it takes and gives
//!
//! [`infer`] takes a [`Region`], which says nothing about types, and a [`Signature`], the types of
//! its inputs. It gives [`Types`]: side tables that say
//!
//! * how every variable is stored ([`Types::variable`]) and what every expression is ([`Types::expression`]);
//! * in which common type an operation computes ([`Types::operation`]), so that no later room needs to know NEP 50;
//! * what must hold at run time for the operation to mean that ([`Types::checks`], [`Types::store_checks`],
//!   [`Types::assign_checks`]), and what happens otherwise: CPython's exception, or the loop is left to Python.
//!
//! Only `infer` can build [`Types`]: whoever holds one knows that the region is well typed: subscripts are integers and as
//! many as the rank, every operator applies to its operands, every value fits the storage it is assigned to.
//!
//! # What a type means
//!
//! A [`Ty`] is a storage [`Kind`] and an [`Origin`]. Python numbers are weak (they take the type of the NumPy operand
//! beside them), raise on division by zero, and their ints are unbounded; NumPy scalars are strong, wrap, and never
//! raise. A value whose origin depends on the path taken is [`Origin::Either`]: in
//!
//! ```python
//! s = 0.0
//! for i in range(len(x)):
//!     s += x[i]
//! ```
//!
//! `s` is a Python float before the first iteration and a NumPy float64 after it. Under the hood every value has a *set* of
//! possible types; an operation on sets is the operation on every pair of members, and is
//! admitted if all of them compute the same number in the same kind. Where some of them raise and others don't, the
//! check's outcome is [`Outcome::Python`]. Readings of a Python int that is known there, such as the `0` of `z = 0` before
//! the loop that makes `z` complex, need not compute in the same kind (`constant`).
//!
//! # What it never does
//!
//! It changes no region, it decides nothing about
//! dependences or speed, and it never panics on a user's mistake: a value that has no type is a
//! [`Diagnostic`].
//!
//! May touch: ir, source, diagnostics.

mod annotation;
mod check;
mod complex;
mod constant;
mod convert;
mod flow;
mod functions;
mod inputs;
mod lists;
mod locals;
mod operators;
mod outputs;
pub mod promote;
mod random;
mod resolve;
mod rule;
mod set;
mod sign;
mod signature;
mod tags;
#[cfg(test)]
mod truth;
mod truth_only;
mod ty;
mod types;
mod ufuncs;

pub use annotation::Hint;
pub use check::{Check, Condition, Outcome, keep};
pub use signature::{Parameter, Signature, SignatureError};
pub use tags::{Tag, Tags};
pub use ty::{ArrayTy, Columns, InputTy, Kind, Origin, Ty};
pub use types::Types;

use crate::diagnostics::Diagnostic;
use crate::ir::Region;

/// The types of a region under a signature, which names every input of the region.
///
/// # Errors
///
/// What has no type, each with its places: a variable whose types join to nothing, an operation that raises a TypeError, an
/// array used as a number, and so on. The region then runs as Python.
pub fn infer(region: &Region, signature: &Signature) -> Result<Types, Vec<Diagnostic>> {
    let inputs = inputs::inputs(region, signature)?;
    let flow = flow::flow(region, &inputs.inputs, &inputs.arrays);
    let mut types = resolve::resolve(region, inputs, &flow, false)?;
    sign::settle(region, &mut types);
    Ok(types)
}

/// The types of a region that puts Python's numbers and NumPy's into one list, without saying which is which
/// ([`Region::told`]); `None`: it is not for that reason alone that it has no types.
pub fn mixed(region: &Region, signature: &Signature) -> Option<Types> {
    let inputs = inputs::inputs(region, signature).ok()?;
    let flow = flow::flow(region, &inputs.inputs, &inputs.arrays);
    resolve::resolve(region, inputs, &flow, true).ok()
}
