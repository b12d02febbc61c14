//! Functions and lambdas that are defined while the region runs.
//!
//! They are inlined like others, with their free names looked up in the frame where they were defined: at the call, as Python
//! does. Their defaults are evaluated where the definition stands. They cannot outlive that frame.

use super::lowerer::{Lower, Lowerer};
use super::scope::{Bound, Home, ScopeId};
use super::value::{Body, Callable, Origin, Value};
use crate::python::{Expression, ExpressionKind, Function, Parameter};
use crate::source::Span;

/// Defaults that name names that name names: more than that is a circle.
const MAX_HOPS: usize = 8;

impl<'a> Lowerer<'a> {
    /// `def`
    pub(super) fn define(&mut self, function: &'a Function, span: Span) -> Lower<()> {
        if !function.decorators.is_empty() || function.asynchronous {
            let message = format!("`{}` is decorated or asynchronous", function.name.text);
            return Err(self.refuse_statement(function.header, message));
        }
        let body = Body::Function(function);
        let value = self.defined(&function.name.text, body, &function.parameters, span)?;
        self.bind_name(&function.name.text, function.name.span, value, span)
    }

    /// `lambda parameters: body`
    pub(super) fn lambda(&mut self, parameters: &'a [Parameter], body: &'a Expression, span: Span) -> Lower<Value<'a>> {
        self.defined("lambda", Body::Lambda(parameters, body), parameters, span)
    }

    fn defined(&mut self, name: &'a str, body: Body<'a>, parameters: &'a [Parameter], span: Span) -> Lower<Value<'a>> {
        for default in parameters.iter().filter_map(|parameter| parameter.default.as_ref()) {
            let value = self.value(default)?;
            let value = match value {
                Value::Element(..) | Value::Path(_) => Value::Scalar(self.number(value, default.span)?),
                value => value,
            };
            let kept = self.kept(value, "default");
            self.defaults.insert(default.span, kept);
        }
        Ok(Value::Callable(Callable {
            name,
            body,
            home: self.frame().scope,
            span,
            origin: Origin::Inside(self.frames.len() - 1),
        }))
    }

    /// What a parameter without argument is: for a function of the region, what the default was when it was defined; for
    /// others, a constant.
    pub(super) fn default_value(
        &mut self,
        callable: Callable<'a>,
        default: &'a Expression,
        call: Span,
    ) -> Lower<Value<'a>> {
        if let Some(binding) = self.defaults.get(&default.span).cloned() {
            return Ok(self.bound(&binding, default.span));
        }
        if let Some(value) = self.constant(callable.home, default, 0)? {
            return Ok(value);
        }
        let message = format!("this default of `{}` is no constant", callable.name);
        let foreign = matches!(callable.origin, Origin::Imported(_));
        let place = if foreign { call } else { default.span };
        let diagnostic = self.refuse(crate::diagnostics::Code::UnsupportedCall, place, message);
        Err(Box::new(diagnostic.help("pass the value as an argument")))
    }

    /// The value of an expression that has the same one whenever it is evaluated: literals, names that are bound once, at the
    /// top of their file, to such values, and what operators make of them.
    fn constant(&mut self, scope: ScopeId, expression: &'a Expression, hops: usize) -> Lower<Option<Value<'a>>> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Bool(_)
            | ExpressionKind::String(Some(_))
            | ExpressionKind::None => self.value(expression).map(Some),
            ExpressionKind::Unary { operator, operand } => {
                let literal = matches!(operand.kind, ExpressionKind::Integer(_) | ExpressionKind::Float(_));
                if literal && *operator == crate::python::UnaryOperator::Negate {
                    return self.value(expression).map(Some);
                }
                Ok(None)
            }
            ExpressionKind::Binary { operator, left, right } => {
                let (left, right) = (self.constant(scope, left, hops)?, self.constant(scope, right, hops)?);
                let (Some(Value::Scalar(left)), Some(Value::Scalar(right))) = (left, right) else {
                    return Ok(None);
                };
                let op = self.binary_op(*operator, span)?;
                Ok(Some(Value::Scalar(self.binary(op, left, right, span))))
            }
            ExpressionKind::Tuple(items) => {
                let mut values = Vec::new();
                for item in items {
                    match self.constant(scope, item, hops)? {
                        Some(value) => values.push(value),
                        None => return Ok(None),
                    }
                }
                Ok(Some(Value::Tuple(values)))
            }
            ExpressionKind::Attribute { value, attribute } => {
                let ExpressionKind::Name(module) = &value.kind else {
                    return Ok(None);
                };
                let library = self.library(scope, module);
                let known = library.and_then(|library| library.member(&attribute.text));
                Ok(known
                    .filter(|known| matches!(known, super::known::Known::Constant(_)))
                    .map(Value::Known))
            }
            ExpressionKind::Name(name) => {
                let scopes = &self.program.scopes;
                let Home::Scope(home) = scopes.home(scope, name) else {
                    return Ok(None);
                };
                let [Bound::Value(value)] = scopes.bindings(home, name) else {
                    return Ok(None);
                };
                // In a file's own scope a name that is bound once, before, keeps its value.
                let before = home == scopes.root(home) && value.span.end <= span.start;
                match before && hops < MAX_HOPS {
                    true => self.constant(home, value, hops + 1),
                    false => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn library(&self, scope: ScopeId, name: &str) -> Option<super::known::Library> {
        let Home::Scope(home) = self.program.scopes.home(scope, name) else {
            return None;
        };
        match self.program.scopes.bindings(home, name) {
            [Bound::Module(path)] => super::known::Library::find(path),
            _ => None,
        }
    }

    /// Whether a value is, or holds, a function that was defined in the present frame and dies with it.
    pub(super) fn dies_here(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Callable(callable) => {
                matches!(callable.origin, Origin::Inside(frame) if frame + 1 == self.frames.len())
            }
            Value::Tuple(items) => items.iter().any(|item| self.dies_here(item)),
            Value::Optional(_, value) => self.dies_here(value),
            Value::Scalar(_)
            | Value::Path(_)
            | Value::Element(..)
            | Value::List(_)
            | Value::Places(_)
            | Value::Library(_)
            | Value::Known(_)
            | Value::Text(_)
            | Value::Shape(_)
            | Value::Generator(..)
            | Value::Draw(..)
            | Value::None => false,
        }
    }

    pub(super) fn outlives_frame(&self, span: Span) -> Box<crate::diagnostics::Diagnostic> {
        let diagnostic = self.refuse_statement(span, "a function that is defined here is returned");
        Box::new(diagnostic.help("call it here, or define it outside"))
    }
}
