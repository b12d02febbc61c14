//! The arguments of NumPy's functions of arrays: by name, axes, dtypes and shapes.

use super::known::{self, Known};
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, Dtype, Handle};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// The arguments of a call by the names of the parameters.
pub(super) struct Given<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    values: Vec<(&'static str, &'a Expression)>,
}

impl<'a> Given<'a> {
    pub(super) fn get(&self, parameter: &str) -> Option<&'a Expression> {
        self.values
            .iter()
            .find(|(name, _)| *name == parameter)
            .map(|(_, value)| *value)
    }
}

impl<'a> Lowerer<'a> {
    /// The arguments by the names of the parameters, which are positional or not.
    pub(super) fn by_name(
        &self,
        name: &'a str,
        arguments: &'a [Argument],
        parameters: &[&'static str],
        span: Span,
    ) -> Lower<Given<'a>> {
        let mut values = Vec::new();
        let mut next = 0;
        for argument in arguments {
            let parameter = match &argument.kind {
                ArgumentKind::Positional => {
                    next += 1;
                    parameters.get(next - 1).copied()
                }
                ArgumentKind::Keyword(keyword) => {
                    let found = parameters.iter().find(|one| **one == keyword.text).copied();
                    if found.is_none() {
                        let message = format!("`{name}` cannot be translated with `{}=`", keyword.text);
                        return Err(self.refuse(Code::UnsupportedCall, keyword.span, message));
                    }
                    found
                }
                ArgumentKind::Star | ArgumentKind::DoubleStar => {
                    return Err(self.refuse(Code::UnsupportedCall, span, "`*` arguments cannot be translated"));
                }
            };
            match parameter {
                Some(parameter) => values.push((parameter, &argument.value)),
                None => return Err(self.arity(name, "fewer arguments", span)),
            }
        }
        Ok(Given { name, span, values })
    }

    pub(super) fn flag(&mut self, given: &Given<'a>, parameter: &str, default: bool) -> Lower<bool> {
        let Some(value) = given.get(parameter) else {
            return Ok(default);
        };
        match self.static_truth(value)? {
            Some(value) => Ok(value),
            None => {
                let message = format!("`{parameter}` must be `True` or `False` here");
                Err(self.refuse(Code::UnsupportedCall, given.span, message))
            }
        }
    }

    pub(super) fn axis(&mut self, given: &Given<'a>) -> Lower<Option<i64>> {
        match given.get("axis") {
            None => Ok(None),
            Some(axis) if self.is_static_none(axis) => Ok(None),
            Some(axis) => self.constant_axis(axis).map(Some).map_err(|diagnostic| {
                Box::new(diagnostic.note(format!("the axis of `{}` decides its shape", given.name)))
            }),
        }
    }

    pub(super) fn constant_axis(&mut self, value: &'a Expression) -> Lower<i64> {
        self.static_integer(value)
            .ok_or_else(|| self.refuse(Code::UnsupportedCall, value.span, "the axis must be a constant here"))
    }

    pub(super) fn constant_ddof(&mut self, value: &'a Expression) -> Lower<i64> {
        self.static_integer(value)
            .ok_or_else(|| self.refuse(Code::UnsupportedCall, value.span, "`ddof` must be a constant here"))
    }

    /// Constants, or one tuple of them.
    pub(super) fn constants(&mut self, name: &str, arguments: &'a [Argument], span: Span) -> Lower<Vec<i64>> {
        let given = match arguments {
            [
                Argument {
                    kind: ArgumentKind::Keyword(keyword),
                    value,
                },
            ] if keyword.text == "axes" => vec![value],
            _ => self.positional(name, arguments, span)?,
        };
        let mut all = Vec::new();
        for one in given {
            match &one.kind {
                ExpressionKind::Tuple(items) | ExpressionKind::List(items) => {
                    for item in items {
                        all.push(self.constant_axis(item)?);
                    }
                }
                _ => all.push(self.constant_axis(one)?),
            }
        }
        Ok(all)
    }

    /// The element type that an argument names.
    pub(super) fn dtype(&mut self, wanted: Option<&'a Expression>) -> Lower<Dtype> {
        let Some(wanted) = wanted else {
            return Ok(Dtype::Default);
        };
        if let ExpressionKind::Attribute { value, attribute } = &wanted.kind
            && attribute.text == "dtype"
        {
            return Ok(Dtype::Of(self.scalar(value)?));
        }
        if let ExpressionKind::String(Some(text)) = &wanted.kind
            && let Some(known) = known::scalar_type(text).or_else(|| known::type_code(text))
        {
            return Ok(Dtype::Named(known));
        }
        match self.value(wanted)? {
            Value::Known(Known::Conversion(to)) => Ok(Dtype::Named(to)),
            _ => Err(self.refuse(Code::UnsupportedCall, wanted.span, "this is no NumPy scalar type")),
        }
    }

    /// The value whose shape an expression is: `x.shape`.
    pub(super) fn shape_owner(&mut self, shape: &'a Expression) -> Lower<Option<Ex>> {
        let ExpressionKind::Attribute { value, attribute } = &shape.kind else {
            return Ok(None);
        };
        if attribute.text != "shape" {
            return Ok(None);
        }
        self.scalar(value).map(Some)
    }

    /// The extents that an argument names: a number, a tuple of numbers.
    pub(super) fn shape(&mut self, shape: &'a Expression) -> Lower<Vec<Ex>> {
        match &shape.kind {
            ExpressionKind::Tuple(items) | ExpressionKind::List(items) => {
                let items: Vec<&'a Expression> = items.iter().collect();
                self.operands(&items)
            }
            _ => match self.value(shape)? {
                Value::Tuple(items) => items.into_iter().map(|item| self.number(item, shape.span)).collect(),
                value => Ok(vec![self.number(value, shape.span)?]),
            },
        }
    }
}
