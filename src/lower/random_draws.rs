//! Draws from generators made in the region: a statement each, and a temporary that takes the number.

use super::known::{Known, Library};
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Continuous, Conversion, Counts, Distribution, Handle, Integer};
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
        method: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        if let Some(written) = self.draw_in_language(generator, method, arguments) {
            let function = match written? {
                Value::Callable(function) => function,
                other => return Ok(other),
            };
            let object = match method {
                "choice" | "shuffle" | "permutation" => Value::Generator(generator, true),
                _ => Value::Draw(generator, method),
            };
            let value = self.inline_method(function, Some(object), arguments, span)?;
            return Ok(value.unwrap_or(Value::None));
        }
        let (distribution, arguments) = match (Continuous::find(method), Counts::find(method)) {
            (Some(continuous), _) => {
                let parameters = continuous.parameters();
                let values = self.parameters(method, parameters, |_| false, arguments, span)?;
                (Distribution::Continuous(continuous), values)
            }
            (None, Some(counts)) => {
                let parameters = counts.parameters();
                let values = self.parameters(method, parameters, |at| counts.takes_integer(at), arguments, span)?;
                (Distribution::Counts(counts), values)
            }
            (None, None) if method == "integers" => self.integers(arguments, span)?,
            (None, None) => return Err(self.unknown_draw(method, span)),
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
        names.extend(Counts::ALL.into_iter().map(Counts::name));
        names.extend(["integers", "choice", "shuffle", "permutation"]);
        let known = names.join("`, `");
        Box::new(
            self.refuse(Code::UnsupportedCall, span, message)
                .help(format!("these can: `{known}`")),
        )
    }

    /// What draws several numbers, or none of a distribution: a function in the language, which calls the method of one number.
    fn draw_in_language(
        &mut self,
        generator: Handle<ir::Generator>,
        method: &str,
        arguments: &'a [Argument],
    ) -> Option<Lower<Value<'a>>> {
        if self.region.generators[generator].bits == ir::Bits::SeedSequence {
            return None;
        }
        if matches!(method, "choice" | "shuffle" | "permutation") {
            return self.written_in_language(Library::NumpyRandom, method);
        }
        let parameters = match (Continuous::find(method), Counts::find(method)) {
            (Some(continuous), _) => continuous.parameters(),
            (None, Some(counts)) => counts.parameters(),
            (None, None) if method == "integers" => &[("low", None), ("high", None)],
            (None, None) => return None,
        };
        let size = arguments
            .iter()
            .enumerate()
            .find_map(|(at, argument)| match &argument.kind {
                ArgumentKind::Positional => (at == parameters.len()).then_some(&argument.value),
                ArgumentKind::Keyword(name) => (name.text == "size").then_some(&argument.value),
                ArgumentKind::Star | ArgumentKind::DoubleStar => None,
            })?;
        if self.is_nothing(size) {
            return None;
        }
        let dtype = arguments
            .iter()
            .enumerate()
            .find_map(|(at, argument)| match &argument.kind {
                ArgumentKind::Positional => (at == parameters.len() + 1).then_some(&argument.value),
                ArgumentKind::Keyword(name) => (name.text == "dtype").then_some(&argument.value),
                ArgumentKind::Star | ArgumentKind::DoubleStar => None,
            });
        if let Some(dtype) = dtype {
            match self.integer_type(dtype) {
                Ok(Integer::Int32 | Integer::Int64 | Integer::UInt32 | Integer::UInt64 | Integer::PythonInt) => {}
                Ok(
                    Integer::PythonBool
                    | Integer::Bool
                    | Integer::Int8
                    | Integer::Int16
                    | Integer::UInt8
                    | Integer::UInt16,
                ) => {
                    let message = "several integers of 8 or 16 bits, or bools, share words: this cannot be translated";
                    let diagnostic = self.refuse_expression(dtype.span, message);
                    return Some(Err(Box::new(
                        diagnostic.help("draw wider ones, and convert them with `astype`"),
                    )));
                }
                Err(problem) => return Some(Err(problem)),
            }
        }
        let kind = match method {
            "integers" => "integers".to_owned(),
            _ => {
                let kind = if Counts::find(method).is_some() {
                    "counts"
                } else {
                    "floats"
                };
                let names = parameters.iter().map(|(name, _)| *name);
                std::iter::once(kind).chain(names).collect::<Vec<_>>().join("_")
            }
        };
        self.written_in_language(Library::NumpyRandom, &kind)
    }

    /// Whether an argument is `None`, as such or as the argument of a function that is being inlined.
    fn is_nothing(&mut self, argument: &'a Expression) -> bool {
        match argument.kind {
            ExpressionKind::None => true,
            ExpressionKind::Name(_) => matches!(self.static_value(argument), Ok(Some(Value::None))),
            _ => false,
        }
    }

    /// The parameters of a distribution, as floats or integers, defaults filled in.
    fn parameters(
        &mut self,
        name: &str,
        parameters: &[ir::Parameter],
        takes_integer: impl Fn(usize) -> bool,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Vec<Ex>> {
        let names: Vec<&str> = parameters.iter().map(|(name, _)| *name).collect();
        let given = self.given(name, &names, arguments, span)?;
        let values = self.in_slots(&given)?;
        let mut done = Vec::new();
        for (at, (value, (parameter, default))) in values.into_iter().zip(parameters).enumerate() {
            done.push(match (value, default) {
                (Some(value), _) if takes_integer(at) => value,
                (Some(value), _) => self.float(value),
                (None, Some(default)) => self.add(ir::Expression::Literal(ir::Literal::Float(*default)), span),
                (None, None) => return Err(self.arity(name, parameter, span)),
            });
        }
        Ok(done)
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
        let dtype = match given.slots[3] {
            None => Integer::Int64,
            Some(dtype) => self.integer_type(dtype)?,
        };
        let endpoint = match given.slots[4].map(|one| self.static_truth(one)).transpose()?.flatten() {
            None if given.slots[4].is_none() => false,
            Some(value) => value,
            None => {
                let message = "only `True` or `False` can be `endpoint` here";
                return Err(self.refuse_expression(span, message));
            }
        };
        given.slots.truncate(2);
        given.slots[1] = given.slots[1].filter(|one| !self.is_nothing(one));
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
        let diagnostic = self.refuse_expression(span, "this draw of several numbers cannot be translated");
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
            let nothing = self.is_nothing(&argument.value);
            match (place, &argument.kind) {
                (Some(place), _) if given.slots[place].is_none() => {
                    given.slots[place] = Some(&argument.value);
                    given.order.push(place);
                }
                (None, ArgumentKind::Keyword(keyword)) if keyword.text == "size" && nothing => {}
                (None, ArgumentKind::Positional) if position == parameters.len() && nothing => {}
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
