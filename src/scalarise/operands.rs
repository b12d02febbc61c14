//! Operands that are evaluated or not: of `and`, `or` and conditional expressions.
//!
//! What an operand takes becomes statements before the one that it stands in, and Python may not get there. In
//! `w.max() if len(w) else 0` an empty `w` has no greatest element, and nobody asks for it. So statements that may raise are run only
//! where Python evaluates the operand; the others are run always, which lanes do faster.
//!
//! ```text
//! out[i] = w.max() if len(w) else 0       if len(w):
//!                                     →       maximum = …
//!                                         out[i] = maximum if len(w) else 0
//! ```

use super::scalariser::Scalariser;
use super::shape::Shaped;
use crate::ir::{Block, Expression, LogicalOp, Statement};
use crate::source::Span;

impl Scalariser<'_> {
    /// What an operand takes that Python evaluates when the first one is true, or when it is false: run then if it may raise and gives a
    /// number, else always. (What an array takes must be there, whatever is chosen.)
    pub(super) fn compute_when(&mut self, truth: bool, before: &[Shaped], block: Block, is_number: bool, span: Span) {
        if block.is_empty() {
            return;
        }
        let raises = block.statements.iter().any(|(one, _)| self.may_raise(one));
        let condition = before.first().and_then(Shaped::as_number);
        match condition.filter(|_| raises && is_number) {
            Some(condition) => {
                let (accept, reject) = if truth {
                    (block, Block::default())
                } else {
                    (Block::default(), block)
                };
                let statement = Statement::If {
                    condition,
                    accept,
                    reject,
                };
                self.push(statement, span);
            }
            None => {
                // Python, which does not compute it, knows whether an exception of it is one.
                self.to.at_once |= raises;
                for (statement, span) in block.statements {
                    self.push(statement, span);
                }
            }
        }
    }
}

/// Of an operand that is evaluated or not, by the truth of the first one: by which.
pub(super) fn evaluated_when(expression: &Expression, position: usize) -> Option<bool> {
    let truth = if let Expression::Logical { op, .. } = expression {
        *op == LogicalOp::And
    } else if let Expression::Select { .. } = expression {
        position == 1
    } else {
        return None;
    };
    (position > 0).then_some(truth)
}
