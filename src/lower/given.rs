//! What a call gives to a function: its arguments by place and by name, `*row` among them, or values that are there already, as
//! `map` and `key=` have them.

use super::known::Known;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, BinaryOp, Function};
use crate::python::{Argument, ArgumentKind};
use crate::source::Span;

/// One argument, evaluated.
pub(super) struct Given<'a> {
    /// `name=value`
    pub(super) name: Option<&'a str>,
    pub(super) value: Value<'a>,
    /// Where it is written.
    pub(super) place: Span,
}

impl<'a> Lowerer<'a> {
    /// The arguments of a call, evaluated in order; the object of a method is the first one. A `*row` whose length only a launch
    /// knows gives as many as are missing of those that are `needed`, the same number each; where that is not so, the loop is
    /// left to Python, which knows what it means. `lists` says that a list stands for an array.
    pub(super) fn arguments_given(
        &mut self,
        object: Option<Value<'a>>,
        arguments: &'a [Argument],
        needed: Option<usize>,
        lists: bool,
    ) -> Lower<Vec<Given<'a>>> {
        let first = self.mark();
        let mut values = Vec::new();
        for argument in arguments {
            let mark = self.mark();
            let value = match lists && super::lists::is_list(&argument.value) {
                true => self.list_argument(&argument.value)?,
                false => self.value(&argument.value)?,
            };
            self.keep_values(&mut values, mark);
            values.push(value);
        }
        let mut object = object;
        self.keep_values(object.as_mut_slice(), first);
        let is_open = |(argument, value): (&Argument, &Value<'_>)| {
            argument.kind == ArgumentKind::Star && !matches!(value, Value::Tuple(_))
        };
        let count = |(argument, value): (&Argument, &Value<'_>)| match (&argument.kind, value) {
            (ArgumentKind::Star, Value::Tuple(items)) => items.len(),
            _ => 1,
        };
        let pairs = || arguments.iter().zip(&values);
        let open = pairs().filter(|pair| is_open(*pair)).count();
        let closed: usize = pairs().filter(|pair| !is_open(*pair)).map(count).sum();
        let missing = needed.and_then(|needed| needed.checked_sub(closed + usize::from(object.is_some())));
        let each = missing
            .filter(|missing| open > 0 && missing % open == 0)
            .map(|missing| missing / open);
        let place = arguments
            .first()
            .map_or(Span::default(), |argument| argument.value.span);
        let object = object.map(|value| Given {
            name: None,
            value,
            place,
        });
        let mut given: Vec<Given<'a>> = object.into_iter().collect();
        for (argument, value) in arguments.iter().zip(values) {
            let place = argument.value.span;
            match &argument.kind {
                ArgumentKind::Positional => given.push(Given {
                    name: None,
                    value,
                    place,
                }),
                ArgumentKind::Keyword(keyword) => {
                    let name = Some(keyword.text.as_str());
                    given.push(Given { name, value, place });
                }
                ArgumentKind::Star => {
                    let parts = match value {
                        Value::Tuple(items) => items,
                        value => {
                            let Some(each) = each else {
                                let message = "how many arguments this gives is not known";
                                let diagnostic = self.refuse(Code::UnsupportedCall, place, message);
                                return Err(Box::new(diagnostic.help("pass each of them: `f(row[0], row[1])`")));
                            };
                            self.spread(value, each, place)?
                        }
                    };
                    given.extend(parts.into_iter().map(|value| Given {
                        name: None,
                        value,
                        place,
                    }));
                }
                ArgumentKind::DoubleStar => {
                    return Err(self.refuse(Code::UnsupportedCall, place, "`**` arguments cannot be translated"));
                }
            }
        }
        Ok(given)
    }

    /// The items of a row that has as many, else it is Python's to say what happens.
    fn spread(&mut self, row: Value<'a>, count: usize, span: Span) -> Lower<Vec<Value<'a>>> {
        let length = self.length(row.clone(), span)?;
        let right = self.int(count as i64, span);
        let op = ir::CompareOp::NotEqual;
        let other = self.add(
            ir::Expression::Compare {
                op,
                left: length,
                right,
            },
            span,
        );
        self.leave_if(other, "`*` gives another number of arguments", span);
        let parts = self.unpack(row, count, span)?;
        // They are read where the call stands.
        parts
            .into_iter()
            .map(|part| self.number(part, span).map(Value::Scalar))
            .collect()
    }

    /// The call of whatever a value is with values that are there already.
    pub(super) fn apply(&mut self, function: Value<'a>, values: Vec<Value<'a>>, span: Span) -> Lower<Value<'a>> {
        let given = |values: Vec<Value<'a>>| {
            let each = values.into_iter().map(|value| Given {
                name: None,
                value,
                place: span,
            });
            each.collect::<Vec<_>>()
        };
        match function {
            Value::Callable(callable) => {
                let result = self.inline_given(callable, given(values), span)?;
                Ok(result.unwrap_or(Value::None))
            }
            Value::Path(path) => match self.reach(&path) {
                Some(callable) => {
                    let result = self.inline_given(callable, given(values), span)?;
                    Ok(result.unwrap_or(Value::None))
                }
                None => Err(self.not_callable(&path, span)),
            },
            Value::Known(known) => self.apply_known(known, values, span),
            _ => Err(self.refuse(Code::UnsupportedCall, span, "this value cannot be called")),
        }
    }

    /// The call of a function that the language knows with `*row` among its arguments.
    pub(super) fn known_call_of_rows(
        &mut self,
        known: Known,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let needed = match known {
            Known::Function(function) => Some(function.arity()).filter(|(least, most)| least == most),
            _ => None,
        };
        let given = self.arguments_given(None, arguments, needed.map(|(needed, _)| needed), false)?;
        if let Some(named) = given.iter().find(|one| one.name.is_some()) {
            return Err(self.refuse(
                Code::UnsupportedCall,
                named.place,
                "this argument cannot be translated here",
            ));
        }
        let values = given.into_iter().map(|one| one.value).collect();
        self.apply_known(known, values, span)
    }

    fn apply_known(&mut self, known: Known, values: Vec<Value<'a>>, span: Span) -> Lower<Value<'a>> {
        if known == Known::Length
            && let [only] = &values[..]
        {
            return self.length(only.clone(), span).map(Value::Scalar);
        }
        let numbers: Lower<Vec<_>> = values.into_iter().map(|value| self.number(value, span)).collect();
        let arguments = numbers?;
        match (known, &arguments[..]) {
            (Known::Function(function), _) => {
                let (least, most) = match function {
                    Function::Round => (1, 1),
                    function => function.arity(),
                };
                if !(least..=most).contains(&arguments.len()) {
                    return Err(self.arity(&function.to_string(), "another number of arguments", span));
                }
                Ok(Value::Scalar(
                    self.add(ir::Expression::Call { function, arguments }, span),
                ))
            }
            (Known::Conversion(to), [operand]) => {
                let operand = *operand;
                Ok(Value::Scalar(self.add(ir::Expression::Convert { to, operand }, span)))
            }
            (Known::Power, [base, exponent]) => Ok(Value::Scalar(self.binary(BinaryOp::Power, *base, *exponent, span))),
            _ => {
                let message = "this function cannot be called with values of a sequence";
                let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
                Err(Box::new(diagnostic.help("write the call, or a loop")))
            }
        }
    }
}
