//! Conditions that are decided where they are lowered: whether an argument was given, which word it is.
//!
//! `if axis is None` and `if mode == "same"` in a function that is inlined choose between bodies of which only one can be
//! translated for the arguments at hand.

use super::known::Known;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::ir;
use crate::python::{CompareOperator, Expression, ExpressionKind, LogicalOperator, UnaryOperator};

impl<'a> Lowerer<'a> {
    /// What a condition is, if that does not depend on numbers.
    pub(super) fn static_truth(&mut self, test: &'a Expression) -> Lower<Option<bool>> {
        match &test.kind {
            ExpressionKind::Bool(value) => Ok(Some(*value)),
            ExpressionKind::Name(_) => Ok(match self.static_value(test)? {
                Some(Value::None) => Some(false),
                Some(Value::Scalar(handle)) => match self.region.expressions[handle] {
                    ir::Expression::Literal(ir::Literal::Bool(value)) => Some(value),
                    _ => None,
                },
                _ => None,
            }),
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => Ok(self.static_truth(operand)?.map(|truth| !truth)),
            ExpressionKind::Logical { operator, operands } => {
                let decisive = *operator == LogicalOperator::Or;
                let mut all = true;
                for operand in operands {
                    match self.static_truth(operand)? {
                        Some(truth) if truth == decisive => return Ok(Some(decisive)),
                        Some(_) => {}
                        None => all = false,
                    }
                    if !all {
                        return Ok(None);
                    }
                }
                Ok(Some(!decisive))
            }
            ExpressionKind::Compare { operands, operators } => match (&operands[..], &operators[..]) {
                ([left, right], [operator]) => self.static_comparison(left, *operator, right),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn static_comparison(
        &mut self,
        left: &'a Expression,
        operator: CompareOperator,
        right: &'a Expression,
    ) -> Lower<Option<bool>> {
        let positive = match operator {
            CompareOperator::Is | CompareOperator::Equal => true,
            CompareOperator::IsNot | CompareOperator::NotEqual => false,
            _ => return Ok(None),
        };
        let none = matches!(right.kind, ExpressionKind::None);
        let word = match &right.kind {
            ExpressionKind::String(Some(text)) => Some(text.as_str()),
            _ => None,
        };
        let number = match &right.kind {
            ExpressionKind::Integer(_) | ExpressionKind::Unary { .. } => super::value::constant_index(right),
            _ => None,
        };
        let infinite = infinity(right);
        if !none && word.is_none() && number.is_none() && infinite.is_none() {
            return Ok(None);
        }
        if let (Some(number), Some(length)) = (number, self.static_length(left)?) {
            return Ok(Some((number == length) == positive));
        }
        let same = match self.static_value(left)? {
            Some(Value::None) => none,
            Some(Value::Text(text)) => word == Some(text),
            Some(Value::Scalar(handle)) if number.is_some() || infinite.is_some() => {
                match self.signed_literal(handle) {
                    Some(ir::Literal::Int(value)) => number == Some(value),
                    Some(ir::Literal::Float(value)) => {
                        infinite == Some(value) || number.is_some_and(|one| one as f64 == value)
                    }
                    _ => return Ok(None),
                }
            }
            Some(Value::Known(Known::Constant(ir::Literal::Float(value)))) => infinite == Some(value),
            // An object from outside may be anything; the functions of libraries use it as an array or a number, which is asked
            // at the launch.
            Some(Value::Path(_)) if self.is_in_written() => false,
            Some(Value::Path(_) | Value::Optional(..)) | None => return Ok(None),
            Some(_) => false,
        };
        Ok(Some(same == positive))
    }

    /// The value of a name of a function that is being inlined.
    pub(super) fn static_value(&mut self, name: &'a Expression) -> Lower<Option<Value<'a>>> {
        match &name.kind {
            ExpressionKind::Name(text) if self.frame().call.is_some() && self.owner(text).is_some() => {
                self.value(name).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A literal, or one with a sign.
    fn signed_literal(&self, handle: ir::Handle<ir::Expression>) -> Option<ir::Literal> {
        match self.region.expressions[handle] {
            ir::Expression::Literal(literal) => Some(literal),
            ir::Expression::Unary {
                op: ir::UnaryOp::Negate,
                operand,
            } => match self.region.expressions[operand] {
                ir::Expression::Literal(ir::Literal::Int(value)) => value.checked_neg().map(ir::Literal::Int),
                ir::Expression::Literal(ir::Literal::Float(value)) => Some(ir::Literal::Float(-value)),
                _ => None,
            },
            _ => None,
        }
    }

    /// `len(name)` of a name for a tuple that is written out.
    fn static_length(&mut self, expression: &'a Expression) -> Lower<Option<i64>> {
        let ExpressionKind::Call { function, arguments } = &expression.kind else {
            return Ok(None);
        };
        let [argument] = &arguments[..] else { return Ok(None) };
        if !matches!(&argument.value.kind, ExpressionKind::Name(_)) || !self.is_in_written() {
            return Ok(None);
        }
        if !matches!(self.value(function)?, Value::Known(Known::Length)) {
            return Ok(None);
        }
        Ok(match self.static_value(&argument.value)? {
            Some(Value::Tuple(items)) => i64::try_from(items.len()).ok(),
            _ => None,
        })
    }

    /// The integer that an expression surely is: written, or that of a name for one.
    pub(super) fn static_integer(&mut self, expression: &'a Expression) -> Option<i64> {
        if let Some(known) = super::value::constant_index(expression) {
            return Some(known);
        }
        match &expression.kind {
            ExpressionKind::Name(_) => match self.value(expression) {
                Ok(Value::Scalar(handle)) => self.literal(handle),
                _ => None,
            },
            ExpressionKind::Unary {
                operator: UnaryOperator::Negate,
                operand,
            } => Some(-self.static_integer(operand)?),
            _ => None,
        }
    }

    /// Whether an argument was left out, or is `None`.
    pub(super) fn is_static_none(&mut self, expression: &'a Expression) -> bool {
        match &expression.kind {
            ExpressionKind::None => true,
            ExpressionKind::Name(_) => matches!(self.value(expression), Ok(Value::None)),
            _ => false,
        }
    }
}

/// `math.inf`, `-math.inf`.
fn infinity(expression: &Expression) -> Option<f64> {
    match &expression.kind {
        ExpressionKind::Attribute { attribute, .. } if attribute.text == "inf" => Some(f64::INFINITY),
        ExpressionKind::Unary {
            operator: UnaryOperator::Negate,
            operand,
        } => infinity(operand).map(|value| -value),
        _ => None,
    }
}
