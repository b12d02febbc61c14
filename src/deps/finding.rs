//! What `deps` has to tell about a loop, and what would change it.

use crate::diagnostics::Diagnostic;
use crate::ir::{Expression, Handle, Loop, ReductionOp};
use crate::source::Span;

/// A message about an annotated loop, with the ways to repair it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The loop.
    pub header: Handle<Loop>,
    /// The message, without fixes: those need the text of the file.
    pub diagnostic: Diagnostic,
    /// What would repair it, the best first.
    pub remedies: Vec<Remedy>,
}

/// A change of the program that repairs what a finding is about, before it is an edit.
#[derive(Clone, Debug, PartialEq)]
pub enum Remedy {
    /// Say `reduction(op: name)` about a variable, instead of what the clause around `instead_of` says about it.
    Reduce {
        /// As Python spells it.
        name: String,
        /// How it is combined.
        op: ReductionOp,
        /// Its name in the clause that is wrong; `None`: no clause names it.
        instead_of: Option<Span>,
    },
    /// Name the variable in another clause.
    Move {
        /// Its name in the clause that is wrong.
        name: Span,
        /// `private` or `lastprivate`.
        to: &'static str,
    },
    /// Take the variable out of its clause.
    Remove {
        /// Its name in the clause.
        name: Span,
    },
    /// Copy arrays before the loop and let these reads take from the copies. They read nothing that the loop has written.
    Copy {
        /// The reads.
        loads: Vec<Handle<Expression>>,
    },
    /// Leave out the `collapse` clause.
    Uncollapse,
    /// Let `simdlen` ask for this many lanes.
    Lanes(u32),
    /// Write `sequential for`.
    Sequential,
    /// Write `assume(independent)`.
    Assume,
}
