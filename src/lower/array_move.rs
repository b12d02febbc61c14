//! NumPy's functions that put the elements of an array elsewhere, or join arrays.

use super::array_call::ArrayName;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, ArrayForm, ArrayFunction, BinaryOp, Dtype, Fold, Handle};
use crate::python::{Argument, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// `np.diff` is written out as often as it is taken.
const MOST_DIFFERENCES: i64 = 4;

impl<'a> Lowerer<'a> {
    /// A function of one array whose other arguments say where its elements go.
    pub(super) fn moving(
        &mut self,
        which: ArrayName,
        value: Ex,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        match which {
            ArrayName::Flip => self.flip(value, name, arguments, span),
            ArrayName::FlipAxis(axis) => {
                self.by_name(name, arguments, &[], span)?;
                Ok(self.array_function(ArrayFunction::Flip(Some(vec![axis])), vec![value], span))
            }
            ArrayName::Triangle { upper } => {
                let function = ArrayFunction::Triangle { upper };
                self.with_number(function, "k", value, name, arguments, span)
            }
            ArrayName::Diagonal => self.with_number(ArrayFunction::Diagonal, "offset", value, name, arguments, span),
            ArrayName::Diag => self.with_number(ArrayFunction::Diag, "k", value, name, arguments, span),
            ArrayName::Trace => {
                let (fold, axis, keepdims) = (Fold::Sum, None, false);
                let diagonal = self.with_number(ArrayFunction::Diagonal, "offset", value, name, arguments, span)?;
                let diagonal = self.number(diagonal, span)?;
                Ok(self.array_function(ArrayFunction::Reduce { fold, axis, keepdims }, vec![diagonal], span))
            }
            ArrayName::Roll | ArrayName::Repeat => {
                let amount = if which == ArrayName::Roll { "shift" } else { "repeats" };
                let given = self.by_name(name, arguments, &[amount, "axis"], span)?;
                let axis = self.axis(&given)?;
                let Some(by) = given.get(amount) else {
                    return Err(self.arity(name, "an array and a number", span));
                };
                let operands = self.beside(value, by)?;
                let function = if which == ArrayName::Roll {
                    ArrayFunction::Roll(axis)
                } else {
                    ArrayFunction::Repeat(axis)
                };
                Ok(self.array_function(function, operands, span))
            }
            ArrayName::Diff => self.diff(value, name, arguments, span),
            _ => Err(self.arity(name, "other arguments", span)),
        }
    }

    fn flip(&mut self, value: Ex, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["axis"], span)?;
        let axes = match given.get("axis").map(|axis| &axis.kind) {
            None | Some(ExpressionKind::None) => None,
            Some(ExpressionKind::Tuple(items)) => {
                let axes: Lower<Vec<i64>> = items.iter().map(|item| self.constant_axis(item)).collect();
                Some(axes?)
            }
            Some(_) => self.axis(&given)?.map(|axis| vec![axis]),
        };
        Ok(self.array_function(ArrayFunction::Flip(axes), vec![value], span))
    }

    /// A function of an array and of a number, 0 by default.
    fn with_number(
        &mut self,
        function: ArrayFunction,
        parameter: &'static str,
        value: Ex,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &[parameter], span)?;
        let operands = match given.get(parameter) {
            Some(number) => self.beside(value, number)?,
            None => vec![value, self.int(0, span)],
        };
        Ok(self.array_function(function, operands, span))
    }

    /// A value that is there already, and one that is evaluated after it.
    fn beside(&mut self, value: Ex, other: &'a Expression) -> Lower<Vec<Ex>> {
        let mark = self.mark();
        let other = self.scalar(other)?;
        let mut kept = [value];
        self.keep(&mut kept, mark);
        Ok(vec![kept[0], other])
    }

    /// `np.diff(x, n, axis, prepend, append)`: `x[..., 1:] - x[..., :-1]`, `n` times.
    fn diff(&mut self, value: Ex, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["n", "axis", "prepend", "append"], span)?;
        let times = match given.get("n") {
            None => 1,
            Some(n) => self
                .static_integer(n)
                .filter(|n| (0..=MOST_DIFFERENCES).contains(n))
                .ok_or_else(|| self.refuse(Code::UnsupportedCall, n.span, "how often must be a small constant here"))?,
        };
        let axis = self.axis(&given)?.unwrap_or(-1);
        let mut value = self.with_ends(value, given.get("prepend"), given.get("append"), span)?;
        for _ in 0..times {
            let (one, last) = (self.int(1, span), self.int(-1, span));
            let right = self.along(value, axis, None, Some(last), span);
            let left = self.along(value, axis, Some(one), None, span);
            let op = BinaryOp::Subtract;
            value = self.add(ir::Expression::Binary { op, left, right }, span);
        }
        Ok(Value::Scalar(value))
    }

    /// A vector between two numbers, where they are given.
    fn with_ends(
        &mut self,
        value: Ex,
        before: Option<&'a Expression>,
        after: Option<&'a Expression>,
        span: Span,
    ) -> Lower<Ex> {
        if before.is_none() && after.is_none() {
            return Ok(value);
        }
        let mut parts = vec![value];
        for (end, first) in [(before, true), (after, false)] {
            let Some(end) = end else { continue };
            let mark = self.mark();
            let number = self.scalar(end)?;
            self.keep(&mut parts, mark);
            let (shape, dtype) = (vec![1], Dtype::Default);
            let (function, arguments) = (ArrayFunction::Literal { shape, dtype }, vec![number]);
            let end = self.form(ArrayForm::Call { function, arguments }, span);
            parts.insert(if first { 0 } else { parts.len() }, end);
        }
        let (function, arguments) = (ArrayFunction::Concatenate(0), parts);
        let whole = self.form(ArrayForm::Call { function, arguments }, span);
        Ok(self.settle(whole, "with_ends"))
    }

    /// `value[..., start:stop]`, along an axis.
    fn along(&mut self, base: Ex, axis: i64, start: Option<Ex>, stop: Option<Ex>, span: Span) -> Ex {
        let step = None;
        let chosen = self.form(ArrayForm::Slice { start, stop, step }, span);
        let before = usize::try_from(axis).unwrap_or(0);
        let after = usize::try_from(-1 - axis).unwrap_or(0);
        let mut subscripts = Vec::new();
        for _ in 0..before {
            subscripts.push(self.all_of_axis(span));
        }
        if axis < 0 {
            subscripts.push(self.form(ArrayForm::Ellipsis, span));
        }
        subscripts.push(chosen);
        for _ in 0..after {
            subscripts.push(self.all_of_axis(span));
        }
        self.form(ArrayForm::Index { base, subscripts }, span)
    }

    /// `:`
    fn all_of_axis(&mut self, span: Span) -> Ex {
        let (start, stop, step) = (None, None, None);
        self.form(ArrayForm::Slice { start, stop, step }, span)
    }

    /// `np.concatenate(arrays, axis)` and its kin.
    pub(super) fn joining(
        &mut self,
        which: ArrayName,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let parameters: &[&'static str] = match which {
            ArrayName::Join(_) => &["arrays"],
            _ => &["arrays", "axis"],
        };
        let given = self.by_name(name, arguments, parameters, span)?;
        let axis = match given.get("axis") {
            None => 0,
            Some(axis) => self.constant_axis(axis)?,
        };
        let parts = match given.get("arrays").map(|arrays| &arrays.kind) {
            Some(ExpressionKind::List(parts) | ExpressionKind::Tuple(parts)) => parts,
            _ => return Err(self.arity(name, "a list of arrays", span)),
        };
        let parts: Vec<&'a Expression> = parts.iter().collect();
        let operands = self.operands(&parts)?;
        let function = match which {
            ArrayName::Join(join) => ArrayFunction::Join(join),
            ArrayName::Concatenate => ArrayFunction::Concatenate(axis),
            _ => ArrayFunction::Stack(axis),
        };
        Ok(self.array_function(function, operands, span))
    }

    /// `np.histogram(x, bins, weights=w)`: counts and edges.
    pub(super) fn histogram(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["a", "bins", "weights"], span)?;
        let (Some(values), Some(bins)) = (given.get("a"), given.get("bins")) else {
            return Err(self.arity(name, "an array and a number of bins", span));
        };
        let weights = given.get("weights").filter(|weights| !self.is_static_none(weights));
        let wanted: Vec<&'a Expression> = [Some(values), Some(bins), weights].into_iter().flatten().collect();
        let operands = self.operands(&wanted)?;
        let edges = operands[..2].to_vec();
        let counts = self.array_function(ArrayFunction::Histogram, operands, span);
        let edges = self.array_function(ArrayFunction::HistogramEdges, edges, span);
        Ok(Value::Tuple(vec![counts, edges]))
    }

    /// `np.cov(x, rowvar=…, ddof=…)`
    pub(super) fn covariance(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["m", "y", "rowvar", "bias", "ddof"], span)?;
        let Some(values) = given.get("m") else {
            return Err(self.arity(name, "an array of variables", span));
        };
        let rows = self.flag(&given, "rowvar", true)?;
        let biased = self.flag(&given, "bias", false)?;
        let ddof = match given.get("ddof") {
            None => i64::from(!biased),
            Some(ddof) => self.constant_ddof(ddof)?,
        };
        let other = given.get("y").filter(|y| !self.is_static_none(y));
        let values = match other {
            None => self.scalar(values)?,
            // Two vectors, each of which is a variable.
            Some(other) => {
                let floats = Dtype::Named(ir::Conversion::Float64);
                let operands = self.operands(&[values, other])?;
                let arguments = operands
                    .into_iter()
                    .map(|one| self.cast_to(floats, one, span))
                    .collect();
                let function = ArrayFunction::Stack(0);
                self.form(ArrayForm::Call { function, arguments }, span)
            }
        };
        let rows = rows || other.is_some();
        Ok(self.array_function(ArrayFunction::Covariance { rows, ddof }, vec![values], span))
    }
}
