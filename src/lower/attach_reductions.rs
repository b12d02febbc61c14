//! The reduction that a dimension names, held against those that its statement holds.

use super::array_call::ArrayName;
use crate::diagnostics::{Code, Diagnostic, Fix};
use crate::ir::Fold;
use crate::pragma::{Dimension, ReductionOperator};
use crate::python::{BinaryOperator, Expression, ExpressionKind, walk};
use crate::source::{Edit, Span};

/// How parts of an expression combine the elements along an axis, and where that is written.
pub(super) fn reductions(value: &Expression) -> Vec<(ReductionOperator, Span)> {
    let mut found = Vec::new();
    walk::expressions(value, &mut |one| match &one.kind {
        ExpressionKind::Binary {
            operator: BinaryOperator::MatrixMultiply,
            ..
        } => found.push((ReductionOperator::Add, one.span)),
        ExpressionKind::Call { function, .. } => {
            let name = match &function.kind {
                ExpressionKind::Name(name) => name.as_str(),
                ExpressionKind::Attribute { attribute, .. } => attribute.text.as_str(),
                _ => return,
            };
            found.extend(
                ArrayName::find(name)
                    .and_then(combines)
                    .map(|operator| (operator, one.span)),
            );
        }
        _ => {}
    });
    found
}

/// A dimension that names another reduction than any of these; with none at all, a function that is called may hold it.
pub(super) fn mismatch(dimension: &Dimension, found: &[(ReductionOperator, Span)]) -> Option<Diagnostic> {
    let (named, _, place) = dimension.reduction()?;
    let (first, span) = *found.first()?;
    if found.iter().any(|(operator, _)| *operator == named) {
        return None;
    }
    let (said, does) = (word(named), word(first));
    let message = format!("`{}` is not combined by `{said}` here", dimension.slice.text);
    let diagnostic = Diagnostic::new(Code::NotAReduction, place, message)
        .labelled(format!("it says `{said}`"))
        .secondary(span, format!("the statement combines by `{does}`"));
    let meant = match dimension.reduction()? {
        (_, Some(target), _) => format!("reduce({does}:{})", target.text),
        (_, None, _) => format!("reduce({does})"),
    };
    Some(match found {
        [_] => diagnostic.fix(Fix::unsafe_(
            format!("Replace with `{meant}`"),
            [Edit::replace(place, meant)],
        )),
        _ => diagnostic,
    })
}

fn combines(name: ArrayName) -> Option<ReductionOperator> {
    Some(match name {
        ArrayName::Dot
        | ArrayName::Matmul
        | ArrayName::Inner
        | ArrayName::Einsum
        | ArrayName::Tensordot
        | ArrayName::Trace => ReductionOperator::Add,
        ArrayName::Reduce(fold) => match fold {
            Fold::Sum | Fold::Added | Fold::Mean | Fold::Var { .. } | Fold::Std { .. } | Fold::CountNonzero => {
                ReductionOperator::Add
            }
            Fold::Product => ReductionOperator::Multiply,
            Fold::Min | Fold::Fmin | Fold::Argmin => ReductionOperator::Min,
            Fold::Max | Fold::Fmax | Fold::Argmax => ReductionOperator::Max,
            Fold::Any => ReductionOperator::Or,
            Fold::All => ReductionOperator::And,
        },
        ArrayName::Accumulate(_)
        | ArrayName::Outer
        | ArrayName::Make(_)
        | ArrayName::MakeLike(_)
        | ArrayName::Eye
        | ArrayName::Identity
        | ArrayName::Arange
        | ArrayName::Linspace
        | ArrayName::Array
        | ArrayName::Copy
        | ArrayName::Transpose
        | ArrayName::SwapAxes
        | ArrayName::Reshape
        | ArrayName::Ravel
        | ArrayName::Stack
        | ArrayName::Concatenate
        | ArrayName::Join(_)
        | ArrayName::Flip
        | ArrayName::FlipAxis(_)
        | ArrayName::Roll
        | ArrayName::Repeat
        | ArrayName::Triangle { .. }
        | ArrayName::Diagonal
        | ArrayName::Diag
        | ArrayName::Diff
        | ArrayName::Histogram
        | ArrayName::FromIterator
        | ArrayName::FromBuffer
        | ArrayName::Nonzero
        | ArrayName::ArgWhere
        | ArrayName::Round
        | ArrayName::Rank
        | ArrayName::BroadcastTo
        | ArrayName::Squeeze
        | ArrayName::MoveAxis
        | ArrayName::Select
        | ArrayName::Covariance => return None,
    })
}

/// An operator as APPy spells it.
fn word(operator: ReductionOperator) -> &'static str {
    match operator {
        ReductionOperator::Add => "sum",
        ReductionOperator::Multiply => "prod",
        ReductionOperator::And => "all",
        ReductionOperator::Or => "any",
        ReductionOperator::Subtract
        | ReductionOperator::Min
        | ReductionOperator::Max
        | ReductionOperator::BitAnd
        | ReductionOperator::BitOr
        | ReductionOperator::BitXor => operator.as_str(),
    }
}
