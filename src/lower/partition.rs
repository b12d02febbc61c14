//! `np.partition(x, k)[k]`, the one element of a partition that does not depend on how NumPy is built.

use super::known::Library;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind, UnaryOperator};
use crate::source::Span;

impl<'a> Lowerer<'a> {
    /// The element `index` of `value`, if that is a partition by the same place.
    pub(super) fn partition_element(
        &mut self,
        value: &'a Expression,
        index: &'a Expression,
        span: Span,
    ) -> Option<Lower<Value<'a>>> {
        let ExpressionKind::Call { function, arguments } = &value.kind else {
            return None;
        };
        let ExpressionKind::Attribute {
            value: owner,
            attribute,
        } = &function.kind
        else {
            return None;
        };
        let is_numpy = attribute.text == "partition"
            && matches!(owner.kind, ExpressionKind::Name(_))
            && matches!(self.value(owner), Ok(Value::Library(Library::Numpy)));
        if !is_numpy {
            return None;
        }
        let [
            Argument {
                kind: ArgumentKind::Positional,
                ..
            },
            kth,
        ] = &arguments[..]
        else {
            return Some(Err(self.only_the_element(span)));
        };
        let is_kth = match &kth.kind {
            ArgumentKind::Positional => true,
            ArgumentKind::Keyword(name) => name.text == "kth",
            ArgumentKind::Star | ArgumentKind::DoubleStar => false,
        };
        if !is_kth || !is_same(&kth.value, index) {
            return Some(Err(self.only_the_element(span)));
        }
        Some(match self.written_in_language(Library::Numpy, "partition_element")? {
            Ok(Value::Callable(function)) => {
                let element = self.inline(function, arguments, span);
                element.map(|element| element.unwrap_or(Value::None))
            }
            other => other,
        })
    }

    fn only_the_element(&self, span: Span) -> Box<crate::diagnostics::Diagnostic> {
        let message = "the order of the elements of `np.partition` depends on how NumPy is built";
        let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
        Box::new(diagnostic.help("`np.partition(x, k)[k]` can be translated, and `np.sort(x)`"))
    }
}

/// Whether two expressions are the same name or number, as written.
fn is_same(left: &Expression, right: &Expression) -> bool {
    match (&left.kind, &right.kind) {
        (ExpressionKind::Name(left), ExpressionKind::Name(right)) => left == right,
        (ExpressionKind::Integer(left), ExpressionKind::Integer(right)) => left == right,
        (
            ExpressionKind::Unary {
                operator: UnaryOperator::Negate,
                operand: left,
            },
            ExpressionKind::Unary {
                operator: UnaryOperator::Negate,
                operand: right,
            },
        ) => is_same(left, right),
        (
            ExpressionKind::Attribute {
                value: left,
                attribute: one,
            },
            ExpressionKind::Attribute {
                value: right,
                attribute: other,
            },
        ) => one.text == other.text && is_same(left, right),
        (
            ExpressionKind::Binary {
                operator: one,
                left: a,
                right: b,
            },
            ExpressionKind::Binary {
                operator: other,
                left: c,
                right: d,
            },
        ) => one == other && is_same(a, c) && is_same(b, d),
        _ => false,
    }
}
