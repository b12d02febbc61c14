//! Draws from generators made in the region: a statement each, and a temporary that takes the number.

use super::known::Known;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Continuous, Conversion, Distribution, Handle, Integer};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// Where each parameter of a call is given, and the values in order of evaluation.
pub(super) struct Given<'a> {
    pub(super) slots: Vec<Option<&'a Expression>>,
    pub(super) order: Vec<usize>,
}

impl<'a> Lowerer<'a> {
    /// `rng.method(arguments)`
    pub(super) fn draw(
        &mut self,
        generator: Handle<ir::Generator>,
        method: &str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let (distribution, arguments) = match Continuous::find(method) {
            Some(continuous) => (
                Distribution::Continuous(continuous),
                self.continuous(continuous, arguments, span)?,
            ),
            None if method == "integers" => self.integers(arguments, span)?,
            None => return Err(self.unknown_draw(method, span)),
        };
        let variable = self.temporary("drawn", span);
        let draw = ir::Draw {
            variable,
            generator,
            distribution,
            arguments,
        };
        self.push(ir::Statement::Draw(Box::new(draw)), span);
        Ok(Value::Scalar(self.read(variable, span)))
    }

    fn unknown_draw(&self, method: &str, span: Span) -> Box<Diagnostic> {
        let message = format!("the draw `{method}` cannot be translated");
        let mut names: Vec<&str> = Continuous::ALL.into_iter().map(Continuous::name).collect();
        names.push("integers");
        let known = names.join("`, `");
        Box::new(
            self.refuse(Code::UnsupportedCall, span, message)
                .help(format!("these can: `{known}`")),
        )
    }

    /// The parameters as floats, defaults filled in.
    fn continuous(&mut self, continuous: Continuous, arguments: &'a [Argument], span: Span) -> Lower<Vec<Ex>> {
        let parameters = continuous.parameters();
        let names: Vec<&str> = parameters.iter().map(|(name, _)| *name).collect();
        let given = self.given(continuous.name(), &names, arguments, span)?;
        let values = self.in_slots(&given)?;
        Ok(values
            .into_iter()
            .zip(parameters)
            .map(|(value, (_, default))| match value {
                Some(value) => self.float(value),
                None => self.add(ir::Expression::Literal(ir::Literal::Float(*default)), span),
            })
            .collect())
    }

    fn float(&mut self, operand: Ex) -> Ex {
        let span = self.region.spans[operand];
        let literal = match &self.region.expressions[operand] {
            ir::Expression::Literal(ir::Literal::Float(_)) => return operand,
            ir::Expression::Literal(ir::Literal::Int(value)) => ir::Literal::Float(*value as f64),
            _ => {
                let to = Conversion::Float;
                return self.add(ir::Expression::Convert { to, operand }, span);
            }
        };
        self.add(ir::Expression::Literal(literal), span)
    }

    fn integers(&mut self, arguments: &'a [Argument], span: Span) -> Lower<(Distribution, Vec<Ex>)> {
        let names = ["low", "high", "size", "dtype", "endpoint"];
        let mut given = self.given("integers", &names, arguments, span)?;
        let none = |slot: Option<&'a Expression>| slot.filter(|one| !matches!(one.kind, ExpressionKind::None));
        if let Some(size) = none(given.slots[2]) {
            return Err(self.sized(size.span));
        }
        let dtype = match given.slots[3] {
            None => Integer::Int64,
            Some(dtype) => self.integer_type(dtype)?,
        };
        let endpoint = match given.slots[4].map(|one| &one.kind) {
            None => false,
            Some(ExpressionKind::Bool(value)) => *value,
            Some(_) => {
                let message = "only `True` or `False` can be `endpoint` here";
                return Err(self.refuse_expression(span, message));
            }
        };
        given.slots.truncate(2);
        given.slots[1] = none(given.slots[1]);
        let slots = &given.slots;
        given.order.retain(|at| slots.get(*at).is_some_and(Option::is_some));
        let values = self.in_slots(&given)?;
        let bounds = match values[..] {
            [Some(low), Some(high)] => vec![low, high],
            [Some(high), None] => vec![self.int(0, span), high],
            _ => return Err(self.arity("integers", "a bound", span)),
        };
        Ok((Distribution::Integers { dtype, endpoint }, bounds))
    }

    fn integer_type(&mut self, dtype: &'a Expression) -> Lower<Integer> {
        let known = match self.value(dtype)? {
            Value::Known(Known::Conversion(to)) => match to {
                Conversion::Bool => Some(Integer::PythonBool),
                Conversion::Int => Some(Integer::PythonInt),
                Conversion::NumpyBool => Some(Integer::Bool),
                Conversion::Int8 => Some(Integer::Int8),
                Conversion::Int16 => Some(Integer::Int16),
                Conversion::Int32 => Some(Integer::Int32),
                Conversion::Int64 => Some(Integer::Int64),
                Conversion::UInt8 => Some(Integer::UInt8),
                Conversion::UInt16 => Some(Integer::UInt16),
                Conversion::UInt32 => Some(Integer::UInt32),
                Conversion::UInt64 => Some(Integer::UInt64),
                Conversion::Float
                | Conversion::Float16
                | Conversion::Float32
                | Conversion::Float64
                | Conversion::Complex
                | Conversion::Complex64
                | Conversion::Complex128 => None,
            },
            _ => None,
        };
        known.ok_or_else(|| self.refuse_expression(dtype.span, "this `dtype` cannot be translated here"))
    }

    fn sized(&self, span: Span) -> Box<Diagnostic> {
        let diagnostic = self.refuse_expression(span, "a draw of several numbers cannot be translated");
        Box::new(diagnostic.help("draw one number at a time, in a loop: NumPy gives the same ones"))
    }

    // Arguments

    /// The arguments of a call by parameter.
    pub(super) fn given(
        &mut self,
        name: &str,
        parameters: &[&str],
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Given<'a>> {
        let mut given = Given {
            slots: vec![None; parameters.len()],
            order: Vec::new(),
        };
        for (position, argument) in arguments.iter().enumerate() {
            let place = match &argument.kind {
                ArgumentKind::Positional => (position < parameters.len()).then_some(position),
                ArgumentKind::Keyword(keyword) => parameters.iter().position(|one| *one == keyword.text),
                ArgumentKind::Star | ArgumentKind::DoubleStar => None,
            };
            let nothing = matches!(argument.value.kind, ExpressionKind::None);
            match (place, &argument.kind) {
                (Some(place), _) if given.slots[place].is_none() => {
                    given.slots[place] = Some(&argument.value);
                    given.order.push(place);
                }
                (None, ArgumentKind::Keyword(keyword)) if keyword.text == "size" && nothing => {}
                (None, ArgumentKind::Keyword(keyword)) if keyword.text == "size" => {
                    return Err(self.sized(argument.value.span));
                }
                (None, ArgumentKind::Positional) if position == parameters.len() => {
                    return Err(self.sized(argument.value.span));
                }
                _ => {
                    let message = format!("`{name}` cannot be translated with this argument");
                    return Err(self.refuse(Code::UnsupportedCall, argument.value.span.join(span), message));
                }
            }
        }
        Ok(given)
    }

    /// The values of the parameters, evaluated in the order they are written.
    fn in_slots(&mut self, given: &Given<'a>) -> Lower<Vec<Option<Ex>>> {
        let written: Vec<&'a Expression> = given.order.iter().filter_map(|at| given.slots[*at]).collect();
        let values = self.operands(&written)?;
        let mut slots = vec![None; given.slots.len()];
        for (at, value) in given.order.iter().zip(values) {
            slots[*at] = Some(value);
        }
        Ok(slots)
    }
}
