//! `and` and `or`, as values and as tests.
//!
//! `a and b` is one of its operands; where only its truth is asked for, an operand that cannot decide it may go. `x and True` is
//! `True` or the falsy `x`, and no test but of `x`.

use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::ir::{self, CompareOp};
use crate::python::{Expression, ExpressionKind, LogicalOperator};
use crate::source::Span;

type Ex = ir::Handle<ir::Expression>;

/// What is asked of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The object that it gives.
    Value,
    /// Whether that is true.
    Truth,
}

impl<'a> Lowerer<'a> {
    /// The truth of a test, which of a list that the iteration makes is whether it has items.
    pub(super) fn tested(&mut self, test: &'a Expression) -> Lower<Ex> {
        if let ExpressionKind::Logical { operator, operands } = &test.kind {
            return self.logical(*operator, operands, Wanted::Truth, test.span);
        }
        match self.own_list(test) {
            None => self.scalar(test),
            Some(at) => {
                let left = self.read(self.own_lists[at].length, test.span);
                let right = self.int(0, test.span);
                let op = CompareOp::NotEqual;
                Ok(self.add(ir::Expression::Compare { op, left, right }, test.span))
            }
        }
    }

    /// The operands that are left of those whose truth is known where they are lowered, joined.
    pub(super) fn logical(
        &mut self,
        operator: LogicalOperator,
        operands: &'a [Expression],
        wanted: Wanted,
        span: Span,
    ) -> Lower<Ex> {
        let decisive = operator == LogicalOperator::Or;
        let mut open = Vec::new();
        for (index, operand) in operands.iter().enumerate() {
            let is_given = wanted == Wanted::Value && index + 1 == operands.len();
            match self.static_truth(operand)? {
                Some(truth) if truth == decisive && open.is_empty() => {
                    return match wanted {
                        Wanted::Truth => Ok(self.truth(truth, span)),
                        Wanted::Value => self.operand(operand, wanted),
                    };
                }
                Some(truth) if truth != decisive && !is_given => {}
                _ => open.push(operand),
            }
        }
        match open.split_first() {
            Some((first, rest)) => self.joined(operator, first, rest, wanted, span),
            None => Ok(self.truth(operator == LogicalOperator::And, span)),
        }
    }

    fn joined(
        &mut self,
        operator: LogicalOperator,
        first: &'a Expression,
        rest: &[&'a Expression],
        wanted: Wanted,
        span: Span,
    ) -> Lower<Ex> {
        let op = match operator {
            LogicalOperator::And => ir::LogicalOp::And,
            LogicalOperator::Or => ir::LogicalOp::Or,
        };
        let mut known = Vec::new();
        let mut learn = |this: &Self, operand: &Expression| {
            let proven = this.proven_by(operand);
            known.extend(match operator {
                LogicalOperator::And => proven.when_true,
                LogicalOperator::Or => proven.when_false,
            });
            known.clone()
        };
        let mut left = self.operand(first, wanted)?;
        let mut proven = learn(self, first);
        for operand in rest {
            let (right, block) = self.knowing(&proven, |this| this.nested(|this| this.operand(operand, wanted)))?;
            left = self.join(op, left, right, block, span)?;
            proven = learn(self, operand);
        }
        Ok(left)
    }

    /// An operand: a test, or a value, of which what is known where it is lowered is `True` or `False`.
    fn operand(&mut self, operand: &'a Expression, wanted: Wanted) -> Lower<Ex> {
        match wanted {
            Wanted::Truth => self.tested(operand),
            Wanted::Value => match self.static_truth(operand)? {
                Some(truth) if !self.may_be_static_none(operand)? => Ok(self.truth(truth, operand.span)),
                _ => self.scalar(operand),
            },
        }
    }

    /// Whether an operand whose truth is known is `None`, and no bool.
    fn may_be_static_none(&mut self, operand: &'a Expression) -> Lower<bool> {
        match &operand.kind {
            ExpressionKind::Name(_) => Ok(matches!(self.static_value(operand)?, Some(Value::None))),
            ExpressionKind::Logical { operands, .. } => {
                for one in operands {
                    if self.may_be_static_none(one)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// `left op right`, where evaluating the right side takes the statements of `block`.
    pub(super) fn join(
        &mut self,
        op: ir::LogicalOp,
        left: Ex,
        right: Ex,
        mut block: ir::Block,
        span: Span,
    ) -> Lower<Ex> {
        if block.is_empty() {
            return Ok(self.add(ir::Expression::Logical { op, left, right }, span));
        }
        let variable = self.temporary("decided", span);
        self.assign(variable, left, span);
        let value = right;
        block.push(ir::Statement::Assign { variable, value }, span);
        let condition = self.read(variable, span);
        let (accept, reject) = match op {
            ir::LogicalOp::And => (block, ir::Block::default()),
            ir::LogicalOp::Or => (ir::Block::default(), block),
        };
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
        Ok(self.read(variable, span))
    }
}
