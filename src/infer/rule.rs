//! What a rule of typing gives.

use super::{Check, Ty};

/// An operation on operands of exact types.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Typed {
    /// Of the result.
    pub(super) ty: Ty,
    /// See [`Types::operation`](super::Types::operation).
    pub(super) operation: Option<Ty>,
    /// In order of testing.
    pub(super) checks: Vec<Check>,
}

/// Why an operation has no type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Python raises a TypeError.
    TypeError,
    /// Python has a result, but of no type of ours, or not without a warning.
    Untranslated,
}

pub(super) type Rule = Result<Typed, Refusal>;

impl Typed {
    /// An operation that computes in the type of its result.
    pub(super) fn within(ty: Ty) -> Self {
        Self::computing(ty, ty)
    }

    /// An operation that computes in another type than that of its result.
    pub(super) fn computing(operation: Ty, ty: Ty) -> Self {
        Self {
            ty,
            operation: Some(operation),
            checks: Vec::new(),
        }
    }

    /// An operation that takes its operands as they are.
    pub(super) fn plain(ty: Ty) -> Self {
        Self {
            ty,
            operation: None,
            checks: Vec::new(),
        }
    }

    /// With a check, after those already there.
    pub(super) fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// With a check, if a condition on the types says so.
    pub(super) fn check_if(self, needed: bool, check: Check) -> Self {
        if needed { self.check(check) } else { self }
    }
}
