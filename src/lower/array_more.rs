//! NumPy's functions whose result has as many axes as the operands tell: `nonzero`, `einsum`, `squeeze`.

use super::array_call::ArrayName;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, ArrayFunction, Function, Handle, Ufunc};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

impl<'a> Lowerer<'a> {
    /// Functions of one array, which is evaluated.
    pub(super) fn rank_dependent(
        &mut self,
        which: ArrayName,
        value: Ex,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        match which {
            ArrayName::Nonzero => {
                self.by_name(name, arguments, &[], span)?;
                Ok(Value::Places(value))
            }
            ArrayName::ArgWhere => {
                self.by_name(name, arguments, &[], span)?;
                Ok(self.array_function(ArrayFunction::ArgWhere, vec![value], span))
            }
            ArrayName::Rank => Ok(self.array_function(ArrayFunction::Rank, vec![value], span)),
            ArrayName::Round => {
                let given = self.by_name(name, arguments, &["decimals"], span)?;
                let decimals = match given.get("decimals") {
                    None => 0,
                    Some(decimals) => self.static_integer(decimals).ok_or_else(|| {
                        let message = "the number of decimals must be a constant here";
                        self.refuse(Code::UnsupportedCall, span, message)
                    })?,
                };
                // `round` of a NumPy number is NumPy's; `positive` makes a Python number one.
                let function = Function::Numpy(Ufunc::Positive);
                let arguments = vec![value];
                let number = self.add(ir::Expression::Call { function, arguments }, span);
                let (function, arguments) = (Function::RoundDigits, vec![number, self.int(decimals, span)]);
                Ok(Value::Scalar(
                    self.add(ir::Expression::Call { function, arguments }, span),
                ))
            }
            ArrayName::Squeeze => {
                let given = self.by_name(name, arguments, &["axis"], span)?;
                let axis = self.axis(&given)?;
                Ok(self.array_function(ArrayFunction::Squeeze(axis), vec![value], span))
            }
            ArrayName::MoveAxis => match self.constants(name, arguments, span)?[..] {
                [from, to] => Ok(self.array_function(ArrayFunction::MoveAxis(from, to), vec![value], span)),
                _ => Err(self.arity(name, "two axes", span)),
            },
            ArrayName::BroadcastTo => {
                let given = self.by_name(name, arguments, &["shape"], span)?;
                let Some(shape) = given.get("shape") else {
                    return Err(self.arity(name, "a shape", span));
                };
                let mark = self.mark();
                let extents = self.shape(shape)?;
                let mut kept = [value];
                self.keep(&mut kept, mark);
                let operands = kept.into_iter().chain(extents).collect();
                Ok(self.array_function(ArrayFunction::BroadcastTo, operands, span))
            }
            _ => Err(self.arity(name, "other arguments", span)),
        }
    }

    /// `np.einsum("ij,jk->ik", a, b)`
    pub(super) fn einsum(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let plain: Vec<&'a Argument> = arguments
            .iter()
            .filter(|argument| !matches!(&argument.kind, ArgumentKind::Keyword(keyword) if keyword.text == "optimize"))
            .collect();
        let given: Option<Vec<&'a Expression>> = plain
            .iter()
            .map(|argument| (argument.kind == ArgumentKind::Positional).then_some(&argument.value))
            .collect();
        let text = match given.as_deref() {
            Some([first, ..]) => match &first.kind {
                ExpressionKind::String(Some(text)) => Some(text),
                _ => None,
            },
            _ => None,
        };
        let (Some(text), Some([_, operands @ ..])) = (text, given.as_deref()) else {
            let message = format!("`{name}` can be translated with constant subscripts and arrays only");
            return Err(self.refuse(Code::UnsupportedCall, span, message));
        };
        let labels = labels(text).filter(|(inputs, _)| inputs.len() == operands.len());
        let Some((inputs, output)) = labels else {
            let message = format!("the subscripts of `{name}` cannot be translated");
            let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
            return Err(Box::new(
                diagnostic.help("use letters, one group for each array: `\"ij,jk->ik\"`"),
            ));
        };
        let operands = self.array_operands(operands)?;
        Ok(self.array_function(ArrayFunction::Einsum { inputs, output }, operands, span))
    }

    /// `np.tensordot(a, b, axes=n)`, `axes=([…], […])`
    pub(super) fn tensordot(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["a", "b", "axes"], span)?;
        let (Some(a), Some(b)) = (given.get("a"), given.get("b")) else {
            return Err(self.arity(name, "two arrays", span));
        };
        let axes = match given.get("axes") {
            None => Ok((vec![-2, -1], vec![0, 1])),
            Some(axes) => self.contracted_axes(axes),
        }?;
        let operands = self.array_operands(&[a, b])?;
        Ok(self.array_function(ArrayFunction::Tensordot(axes.0, axes.1), operands, span))
    }

    fn contracted_axes(&mut self, axes: &'a Expression) -> Lower<(Vec<i64>, Vec<i64>)> {
        if let ExpressionKind::Tuple(pair) | ExpressionKind::List(pair) = &axes.kind
            && let [left, right] = &pair[..]
        {
            return Ok((self.axes_of(left)?, self.axes_of(right)?));
        }
        let count = self.constant_axis(axes)?;
        Ok(((-count..0).collect(), (0..count).collect()))
    }

    fn axes_of(&mut self, axes: &'a Expression) -> Lower<Vec<i64>> {
        match &axes.kind {
            ExpressionKind::Tuple(items) | ExpressionKind::List(items) => {
                items.iter().map(|item| self.constant_axis(item)).collect()
            }
            _ => Ok(vec![self.constant_axis(axes)?]),
        }
    }

    /// `np.select([condition, …], [choice, …], default)`
    pub(super) fn select(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["condlist", "choicelist", "default"], span)?;
        let list = |expression: Option<&'a Expression>| match expression.map(|one| &one.kind) {
            Some(ExpressionKind::List(items) | ExpressionKind::Tuple(items)) if !items.is_empty() => Some(items),
            _ => None,
        };
        let (Some(conditions), Some(choices)) = (list(given.get("condlist")), list(given.get("choicelist"))) else {
            return Err(self.arity(name, "lists that are written out", span));
        };
        if conditions.len() != choices.len() {
            return Err(self.arity(name, "as many choices as conditions", span));
        }
        let all: Vec<&'a Expression> = conditions.iter().chain(choices).chain(given.get("default")).collect();
        let mut operands = self.array_operands(&all)?;
        let mut value = match given.get("default") {
            Some(_) => operands.pop(),
            None => None,
        };
        let count = conditions.len();
        for at in (0..count).rev() {
            let otherwise = match value {
                Some(value) => value,
                None => self.int(0, span),
            };
            let function = Function::Numpy(Ufunc::Where);
            let arguments = vec![operands[at], operands[count + at], otherwise];
            value = Some(self.add(ir::Expression::Call { function, arguments }, span));
        }
        Ok(Value::Scalar(value.unwrap_or_else(|| operands[0])))
    }
}

/// The letters of each operand and of the result.
fn labels(text: &str) -> Option<(Vec<String>, String)> {
    let text: String = text.chars().filter(|letter| *letter != ' ').collect();
    let (inputs, output) = match text.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output.to_owned())),
        None => (text.as_str(), None),
    };
    let letters = |group: &str| group.chars().all(|letter| letter.is_ascii_alphabetic());
    let groups: Vec<String> = inputs.split(',').map(str::to_owned).collect();
    // By default, the letters that occur once, in alphabetical order.
    let output = output.unwrap_or_else(|| {
        let all: String = groups.concat();
        let mut once: Vec<char> = all.chars().filter(|letter| all.matches(*letter).count() == 1).collect();
        once.sort_unstable();
        once.into_iter().collect()
    });
    let known = output.chars().all(|letter| groups.concat().contains(letter));
    let distinct = output.chars().all(|letter| output.matches(letter).count() == 1);
    (groups.iter().all(|group| letters(group)) && letters(&output) && known && distinct).then_some((groups, output))
}
