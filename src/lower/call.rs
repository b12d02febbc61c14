//! Calls of functions the language knows; those of the same project are inlined (`inline.rs`).

use super::array_call::ArrayName;
use super::known::{Known, Library};
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, BinaryOp, Conversion, Function, Handle};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

impl<'a> Lowerer<'a> {
    /// `function(arguments)`
    pub(super) fn call(&mut self, function: &'a Expression, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        if let ExpressionKind::Attribute { value, attribute } = &function.kind
            && let Some(result) = self.method(value, &attribute.text, arguments, span)
        {
            return result;
        }
        if let Some(popped) = self.pops_own_list(function, arguments) {
            return Ok(popped);
        }
        match self.value(function)? {
            Value::Callable(callable) => match self.inline(callable, arguments, span)? {
                Some(value) => Ok(value),
                None => Ok(Value::None),
            },
            Value::Known(known) => self.known_call(known, function, arguments, span),
            Value::Draw(generator, method) => self.draw(generator, method, arguments, span),
            Value::Path(path) => match self.reach(&path) {
                Some(callable) => Ok(self.inline(callable, arguments, span)?.unwrap_or(Value::None)),
                None => {
                    if let Some((method, object)) = self.method_at(&path, span)? {
                        let result = self.inline_method(method, object, arguments, span)?;
                        return Ok(result.unwrap_or(Value::None));
                    }
                    match self.draws_outside(&path, function.span) {
                        Some(shared) => Err(shared),
                        None => Err(self.not_callable(&path, span)),
                    }
                }
            },
            Value::Scalar(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Places(_)
            | Value::Element(..)
            | Value::Library(_)
            | Value::Text(_)
            | Value::Shape(_)
            | Value::Generator(..)
            | Value::Optional(..)
            | Value::None => Err(self.refuse(Code::UnsupportedCall, span, "this value cannot be called")),
        }
    }

    /// A method of an array or of a number: `x.sum()`, `x[i].astype(np.float32)`; `None` for what is none.
    fn method(
        &mut self,
        value: &'a Expression,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Option<Lower<Value<'a>>> {
        if arguments.is_empty()
            && let Some(function) = conjugation(name)
        {
            let operand = self.scalar(value);
            return Some(operand.map(|operand| self.function(function, vec![operand], span)));
        }
        if name == "clip" && !matches!(self.value(value), Ok(Value::Library(_))) {
            return Some(self.clipped(Some(value), name, arguments, span));
        }
        let which = ArrayName::method(name);
        let written = which.is_none() && WRITTEN_METHODS.contains(&name);
        if which.is_none() && !written && !matches!(name, "astype" | "fill" | "sort") {
            return None;
        }
        let owner = match self.value(value) {
            Ok(owner) => owner,
            Err(refused) => return Some(Err(refused)),
        };
        let is_array = match &owner {
            Value::Path(path) => self.may_be_array(path),
            Value::Scalar(_) | Value::Element(..) => true,
            _ => false,
        };
        if written && is_array {
            let function = match self.written_in_language(Library::Numpy, name)? {
                Ok(Value::Callable(function)) => function,
                other => return Some(other),
            };
            let owner = match self.number(owner, value.span) {
                Ok(owner) => Value::Scalar(owner),
                Err(refused) => return Some(Err(refused)),
            };
            let result = self.inline_method(function, Some(owner), arguments, span);
            return Some(result.map(|value| value.unwrap_or(Value::None)));
        }
        if name == "sort" && is_array {
            return Some(self.sorted_in_place(owner, value.span, arguments, span));
        }
        is_array.then(|| self.method_of(owner, which, name, value.span, arguments, span))
    }

    fn method_of(
        &mut self,
        owner: Value<'a>,
        which: Option<ArrayName>,
        name: &'a str,
        place: Span,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let whole = self.number(owner, place)?;
        if let Some(which) = which {
            return self.array_method(which, whole, name, arguments, span);
        }
        if name == "astype" {
            if let [
                Argument {
                    kind: ArgumentKind::Positional,
                    value: wanted,
                },
            ] = arguments
                && matches!(self.region.expressions[whole], ir::Expression::Load { .. })
                && !matches!(wanted.kind, ExpressionKind::String(_))
            {
                return self.cast(whole, wanted, span);
            }
            return self.astype(whole, arguments, span);
        }
        let [content] = self.positional(name, arguments, span)?[..] else {
            return Err(self.arity(name, "one argument", span));
        };
        let content = self.scalar(content)?;
        self.assign_all(whole, content, false, span)
    }

    /// `array.sort()`; a list would be sorted in another order where there are NaNs.
    fn sorted_in_place(
        &mut self,
        owner: Value<'a>,
        place: Span,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let whole = self.number(owner, place)?;
        // Asked for an attribute, what comes from outside must be an array.
        self.array_attribute(whole, "ndim", place);
        let function = match self.written_in_language(Library::Numpy, "sort") {
            Some(Ok(Value::Callable(function))) => function,
            Some(other) => return other,
            None => return Ok(Value::None),
        };
        let ordered = self.inline_method(function, Some(Value::Scalar(whole)), arguments, span)?;
        let ordered = self.number(ordered.unwrap_or(Value::None), span)?;
        self.assign_all(whole, ordered, false, span)?;
        Ok(Value::None)
    }

    fn cast(&mut self, operand: Ex, wanted: &'a Expression, span: Span) -> Lower<Value<'a>> {
        match self.value(wanted)? {
            Value::Known(Known::Conversion(to)) => {
                let dtype = ir::Dtype::Named(to);
                let function = ir::ArrayFunction::Cast(dtype);
                let arguments = vec![operand];
                let to = match to {
                    Conversion::Bool => Conversion::NumpyBool,
                    Conversion::Int => Conversion::Int64,
                    Conversion::Float => Conversion::Float64,
                    Conversion::Complex => Conversion::Complex128,
                    numpy => numpy,
                };
                // An element that may be a row needs the general form.
                let is_element = match &self.region.expressions[operand] {
                    ir::Expression::Load { subscripts, .. } => self.are_plain(subscripts),
                    _ => false,
                };
                Ok(Value::Scalar(if is_element {
                    self.add(ir::Expression::Convert { to, operand }, span)
                } else {
                    self.form(ir::ArrayForm::Call { function, arguments }, span)
                }))
            }
            _ => Err(self.refuse(Code::UnsupportedCall, wanted.span, "this is no NumPy scalar type")),
        }
    }

    fn known_call(
        &mut self,
        known: Known,
        function: &'a Expression,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let name = self.program.slice(function.span);
        if arguments.iter().any(|argument| argument.kind == ArgumentKind::Star) {
            return self.known_call_of_rows(known, arguments, span);
        }
        match known {
            Known::Length => {
                let [argument] = self.positional(name, arguments, span)?[..] else {
                    return Err(self.arity(name, "one argument", span));
                };
                let value = self.value(argument)?;
                self.length(value, span).map(Value::Scalar)
            }
            Known::Function(extreme @ (Function::Min | Function::Max)) => self.extreme(extreme, name, arguments, span),
            Known::Function(Function::Round) => {
                let given = self.positional(name, arguments, span)?;
                let arguments = self.operands(&given)?;
                let function = match arguments.len() {
                    1 => Function::Round,
                    2 => Function::RoundDigits,
                    _ => return Err(self.arity(name, "one or two arguments", span)),
                };
                Ok(self.function(function, arguments, span))
            }
            Known::Function(function @ Function::Math(ir::Math::Log)) => {
                let given = self.positional(name, arguments, span)?;
                match self.operands(&given)?[..] {
                    [value] => Ok(self.function(function, vec![value], span)),
                    // Each logarithm fails by itself, and so does the division.
                    [value, base] => {
                        let [value, base] = [value, base].map(|one| {
                            let arguments = vec![one];
                            self.add(ir::Expression::Call { function, arguments }, span)
                        });
                        Ok(Value::Scalar(self.binary(BinaryOp::Divide, value, base, span)))
                    }
                    _ => Err(self.arity(name, "one or two arguments", span)),
                }
            }
            Known::Array(which) => self.array_call(which, name, arguments, span),
            Known::Function(Function::Numpy(ir::Ufunc::Where)) if arguments.len() == 1 => {
                let [tested] = self.positional(name, arguments, span)?[..] else {
                    return Err(self.arity(name, "one argument or three", span));
                };
                Ok(Value::Places(self.array_like(tested)?))
            }
            Known::Function(Function::Numpy(ir::Ufunc::Clip)) => self.clipped(None, name, arguments, span),
            Known::Function(function) => {
                if let Some(result) = self.call_with_out(function, name, arguments, span) {
                    return result;
                }
                let given = self.positional(name, arguments, span)?;
                let arguments = match function {
                    Function::Numpy(_) => self.array_operands(&given)?,
                    _ => self.operands(&given)?,
                };
                let (least, most) = function.arity();
                if !(least..=most).contains(&arguments.len()) {
                    let wanted = if least == most {
                        format!("{least} arguments")
                    } else {
                        format!("{least} to {most} arguments")
                    };
                    return Err(self.arity(name, &wanted, span));
                }
                Ok(self.function(function, arguments, span))
            }
            Known::Conversion(to) => self.conversion(to, name, arguments, span),
            Known::Divmod => {
                let [left, right] = self.two(name, arguments, span)?;
                let quotient = self.binary(BinaryOp::FloorDivide, left, right, span);
                let remainder = self.binary(BinaryOp::Modulo, left, right, span);
                Ok(Value::Tuple(vec![Value::Scalar(quotient), Value::Scalar(remainder)]))
            }
            Known::Power => {
                let given = self.positional(name, arguments, span)?;
                let arguments = self.operands(&given)?;
                match arguments[..] {
                    [base, exponent] => Ok(Value::Scalar(self.binary(BinaryOp::Power, base, exponent, span))),
                    [_, _, _] => Ok(self.function(Function::PowerModulo, arguments, span)),
                    _ => Err(self.arity(name, "two or three arguments", span)),
                }
            }
            Known::Tuple => match arguments {
                [argument] if argument.kind == ArgumentKind::Positional => {
                    match self.tuple_of(&argument.value, span)? {
                        Some(tuple) => Ok(tuple),
                        None => Err(self.refuse(
                            Code::UnsupportedCall,
                            span,
                            "`tuple` of items whose number is not plain to see",
                        )),
                    }
                }
                _ => Err(self.arity("tuple", "one argument", span)),
            },
            Known::Sum => {
                let given = self.by_name(name, arguments, &["iterable", "start"], span)?;
                let Some(iterable) = given.get("iterable") else {
                    return Err(self.arity(name, "an iterable", span));
                };
                let start = given.get("start").map(|start| self.scalar(start)).transpose()?;
                self.accumulated(BinaryOp::Add, iterable, start, span)
            }
            Known::Product => {
                let given = self.by_name(name, arguments, &["iterable", "start"], span)?;
                let Some(iterable) = given.get("iterable") else {
                    return Err(self.arity(name, "an iterable", span));
                };
                let start = given.get("start").map(|start| self.scalar(start)).transpose()?;
                self.accumulated(BinaryOp::Multiply, iterable, start, span)
            }
            Known::Fold => {
                let given = self.positional(name, arguments, span)?;
                let (function, iterable, initial) = match given[..] {
                    [function, iterable] => (function, iterable, None),
                    [function, iterable, initial] => (function, iterable, Some(initial)),
                    _ => return Err(self.arity(name, "a function and an iterable", span)),
                };
                self.folded(function, iterable, initial, span)
            }
            Known::Map => self.map(name, arguments, span),
            Known::UfuncMethod(ufunc, method) => self.ufunc_method(ufunc, method, name, arguments, span),
            Known::Any | Known::All => {
                let [iterable] = self.positional(name, arguments, span)?[..] else {
                    return Err(self.arity(name, "one iterable", span));
                };
                self.truth_of(known == Known::Any, iterable, span)
            }
            Known::Space(_) => {
                let message = format!("`{name}` can be used only as what a `for` runs over");
                Err(self.refuse(Code::UnsupportedCall, span, message))
            }
            Known::Random(class) => self.random_class(class, arguments, span),
            Known::Constant(_) => Err(self.refuse(Code::UnsupportedCall, span, format!("`{name}` is a number"))),
        }
    }

    /// `np.clip(a, low, high)`, `a.clip(low, high)`; a bound that is `None` is none.
    fn clipped(
        &mut self,
        owner: Option<&'a Expression>,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let parameters: &[&'static str] = match owner {
            Some(_) => &["min", "max", "out"],
            None if arguments.iter().any(is_bound) => &["a", "min", "max", "out"],
            None => &["a", "a_min", "a_max", "out"],
        };
        let given = self.by_name(name, arguments, parameters, span)?;
        let bounds = &parameters[parameters.len() - 3..parameters.len() - 1];
        let Some(clipped) = owner.or_else(|| given.get("a")) else {
            return Err(self.arity(name, "an array and its bounds", span));
        };
        let mut wanted = vec![clipped];
        let mut there = [false; 2];
        for (bound, there) in bounds.iter().zip(&mut there) {
            if let Some(bound) = given.get(bound).filter(|bound| !self.is_static_none(bound)) {
                wanted.push(bound);
                *there = true;
            }
        }
        let ufunc = match there {
            [true, true] => ir::Ufunc::Clip,
            [true, false] => ir::Ufunc::Maximum,
            [false, true] => ir::Ufunc::Minimum,
            [false, false] => return Err(self.arity(name, "a bound", span)),
        };
        let arguments = self.array_operands(&wanted)?;
        let function = Function::Numpy(ufunc);
        let Some(out) = given.get("out").filter(|out| !self.is_static_none(out)) else {
            return Ok(self.function(function, arguments, span));
        };
        let value = self.add(ir::Expression::Call { function, arguments }, span);
        let target = self.scalar(out)?;
        self.assign_all(target, value, true, span)
    }

    /// `np.add(a, b, out=c)`, `np.add(a, b, c)`: the elements of `c` are assigned.
    fn call_with_out(
        &mut self,
        function: Function,
        name: &str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Option<Lower<Value<'a>>> {
        let Function::Numpy(ufunc) = function else { return None };
        let last = arguments.last()?;
        let named = match &last.kind {
            ArgumentKind::Keyword(keyword) => keyword.text == "out",
            ArgumentKind::Positional => arguments.len() == ufunc.arity() + 1,
            ArgumentKind::Star | ArgumentKind::DoubleStar => false,
        };
        if !named || matches!(ufunc, ir::Ufunc::Where | ir::Ufunc::Clip) {
            return None;
        }
        let given = match self.positional(name, &arguments[..arguments.len() - 1], span) {
            Ok(given) => given,
            Err(refused) => return Some(Err(refused)),
        };
        Some(self.operands(&given).and_then(|arguments| {
            if arguments.len() != ufunc.arity() {
                return Err(self.arity(name, "other arguments", span));
            }
            let value = self.add(ir::Expression::Call { function, arguments }, span);
            let target = self.scalar(&last.value)?;
            self.assign_all(target, value, true, span)
        }))
    }

    /// Assigns all elements of an array; gives the array. `in_place`: NumPy casts only to the same kind.
    fn assign_all(&mut self, target: Ex, value: Ex, in_place: bool, span: Span) -> Lower<Value<'a>> {
        let whole = |array| (array, None);
        let (array, subscripts) = match self.region.expressions[target].clone() {
            ir::Expression::Variable(variable) => whole(self.array_in(variable)),
            ir::Expression::Array(ir::ArrayForm::Whole(array)) => whole(array),
            ir::Expression::Load { array, subscripts } => (array, Some(subscripts)),
            ir::Expression::Input(input) => {
                let known = self
                    .inputs
                    .iter()
                    .find(|(_, one)| **one == input)
                    .map(|(path, _)| path.clone());
                match known {
                    Some(path) => whole(self.array(&path, span)?),
                    None => return Err(self.refuse(Code::UnsupportedCall, span, "this cannot be assigned to")),
                }
            }
            _ => return Err(self.refuse(Code::UnsupportedCall, span, "this cannot be assigned to")),
        };
        let ellipsis = self.form(ir::ArrayForm::Ellipsis, span);
        let subscripts = subscripts.into_iter().flatten().chain([ellipsis]).collect();
        if in_place {
            let casting = ir::Casting::SameKind;
            self.region.casts.push(ir::Cast { array, value, casting });
        }
        let store = self.region.stores.append(ir::Store {
            array,
            subscripts,
            value,
            update: false,
            atomic: false,
            place: span,
        });
        self.push(ir::Statement::Store(store), span);
        Ok(Value::Scalar(target))
    }

    pub(super) fn function(&mut self, function: Function, arguments: Vec<Ex>, span: Span) -> Value<'a> {
        Value::Scalar(self.add(ir::Expression::Call { function, arguments }, span))
    }

    fn conversion(&mut self, to: Conversion, name: &str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.positional(name, arguments, span)?;
        if to == Conversion::Complex && given.len() == 2 {
            let parts = self.operands(&given)?;
            return Ok(self.function(Function::Complex, parts, span));
        }
        let [argument] = given[..] else {
            return Err(self.arity(name, "one argument", span));
        };
        let value = self.value(argument)?;
        if let (Value::Text(text), Conversion::Float | Conversion::Float64) = (&value, to)
            && let Some(special) = special_float(text)
        {
            let literal = self.add(ir::Expression::Literal(ir::Literal::Float(special)), span);
            if to == Conversion::Float {
                return Ok(Value::Scalar(literal));
            }
            let operand = literal;
            return Ok(Value::Scalar(self.add(ir::Expression::Convert { to, operand }, span)));
        }
        let operand = self.number(value, argument.span)?;
        Ok(Value::Scalar(self.add(ir::Expression::Convert { to, operand }, span)))
    }

    fn two(&mut self, name: &str, arguments: &'a [Argument], span: Span) -> Lower<[Ex; 2]> {
        let given = self.positional(name, arguments, span)?;
        let operands = self.operands(&given)?;
        <[Ex; 2]>::try_from(operands).map_err(|_| self.arity(name, "two arguments", span))
    }

    /// The arguments of a call that takes none by name.
    pub(super) fn positional(&self, name: &str, arguments: &'a [Argument], span: Span) -> Lower<Vec<&'a Expression>> {
        arguments
            .iter()
            .map(|argument| match &argument.kind {
                ArgumentKind::Positional => Ok(&argument.value),
                ArgumentKind::Keyword(keyword) => {
                    let message = format!("`{name}` cannot be translated with `{}=`", keyword.text);
                    Err(self.refuse(Code::UnsupportedCall, keyword.span, message))
                }
                ArgumentKind::Star | ArgumentKind::DoubleStar => {
                    Err(self.refuse(Code::UnsupportedCall, span, "`*` arguments cannot be translated"))
                }
            })
            .collect()
    }

    pub(super) fn arity(&self, name: &str, wanted: &str, span: Span) -> Box<Diagnostic> {
        self.refuse(Code::UnsupportedCall, span, format!("`{name}` takes {wanted} here"))
    }
}

/// Methods of arrays that are functions written in the language.
const WRITTEN_METHODS: &[&str] = &["argsort", "ptp", "take", "nonzero", "compress", "searchsorted"];

/// Whether an argument of `np.clip` is given by its newer name.
fn is_bound(argument: &Argument) -> bool {
    matches!(&argument.kind, ArgumentKind::Keyword(keyword) if matches!(keyword.text.as_str(), "min" | "max"))
}

/// The methods of numbers that give the complex conjugate.
fn conjugation(name: &str) -> Option<Function> {
    match name {
        "conjugate" => Some(Function::Conjugate),
        "conj" => Some(Function::Conj),
        _ => None,
    }
}

/// `float("inf")` and its siblings.
fn special_float(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let (negative, word) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let value = match word {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    };
    Some(if negative { -value } else { value })
}
