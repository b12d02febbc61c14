//! NumPy's functions and methods of whole arrays.

use super::known::{self, Known};
use super::lowerer::{Lower, Lowerer};
use super::value::{Path, Value, constant_index};
use crate::diagnostics::Code;
use crate::ir::{self, ArrayForm, ArrayFunction, Dtype, Fill, Fold, Handle};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// A function of arrays, by NumPy's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArrayName {
    Reduce(Fold),
    Accumulate(Fold),
    Matmul,
    Dot,
    Outer,
    Make(Fill),
    MakeLike(Fill),
    Identity,
    Arange,
    Linspace,
    Array,
    Copy,
    Transpose,
    SwapAxes,
    Reshape,
    Ravel,
    Stack,
    Concatenate,
    ColumnStack,
}

impl ArrayName {
    /// A member of `numpy`.
    pub(super) fn find(name: &str) -> Option<Self> {
        Some(match name {
            "zeros" => Self::Make(Fill::Zeros),
            "ones" => Self::Make(Fill::Ones),
            "empty" => Self::Make(Fill::Empty),
            "full" => Self::Make(Fill::Value),
            "zeros_like" => Self::MakeLike(Fill::Zeros),
            "ones_like" => Self::MakeLike(Fill::Ones),
            "empty_like" => Self::MakeLike(Fill::Empty),
            "full_like" => Self::MakeLike(Fill::Value),
            "eye" | "identity" => Self::Identity,
            "arange" => Self::Arange,
            "linspace" => Self::Linspace,
            "array" | "asarray" => Self::Array,
            "matmul" => Self::Matmul,
            "outer" => Self::Outer,
            "stack" => Self::Stack,
            "vstack" => Self::Stack,
            "concatenate" => Self::Concatenate,
            "column_stack" => Self::ColumnStack,
            "amin" => Self::Reduce(Fold::Min),
            "amax" => Self::Reduce(Fold::Max),
            "count_nonzero" => Self::Reduce(Fold::CountNonzero),
            _ => return Self::method(name).filter(|_| name != "flatten"),
        })
    }

    /// A method of arrays.
    pub(super) fn method(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Reduce(Fold::Sum),
            "prod" => Self::Reduce(Fold::Product),
            "min" => Self::Reduce(Fold::Min),
            "max" => Self::Reduce(Fold::Max),
            "mean" => Self::Reduce(Fold::Mean),
            "var" => Self::Reduce(Fold::Var { ddof: 0 }),
            "std" => Self::Reduce(Fold::Std { ddof: 0 }),
            "any" => Self::Reduce(Fold::Any),
            "all" => Self::Reduce(Fold::All),
            "argmin" => Self::Reduce(Fold::Argmin),
            "argmax" => Self::Reduce(Fold::Argmax),
            "cumsum" => Self::Accumulate(Fold::Sum),
            "cumprod" => Self::Accumulate(Fold::Product),
            "dot" => Self::Dot,
            "copy" => Self::Copy,
            "transpose" => Self::Transpose,
            "swapaxes" => Self::SwapAxes,
            "reshape" => Self::Reshape,
            "ravel" | "flatten" => Self::Ravel,
            _ => return None,
        })
    }
}

/// The arguments of a call by the names of the parameters.
struct Given<'a> {
    name: &'a str,
    span: Span,
    values: Vec<(&'static str, &'a Expression)>,
}

impl<'a> Given<'a> {
    fn get(&self, parameter: &str) -> Option<&'a Expression> {
        self.values
            .iter()
            .find(|(name, _)| *name == parameter)
            .map(|(_, value)| *value)
    }
}

impl<'a> Lowerer<'a> {
    pub(super) fn form(&mut self, form: ArrayForm, span: Span) -> Ex {
        self.add(ir::Expression::Array(form), span)
    }

    fn array_function(&mut self, function: ArrayFunction, arguments: Vec<Ex>, span: Span) -> Value<'a> {
        Value::Scalar(self.form(ArrayForm::Call { function, arguments }, span))
    }

    /// `np.name(arguments)`
    pub(super) fn array_call(
        &mut self,
        which: ArrayName,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        match which {
            ArrayName::Make(_) | ArrayName::MakeLike(_) | ArrayName::Identity => {
                self.making(which, name, arguments, span)
            }
            ArrayName::Arange => self.arange(name, arguments, span),
            ArrayName::Linspace => {
                let given = self.by_name(name, arguments, &["start", "stop", "num", "endpoint"], span)?;
                let endpoint = self.flag(&given, "endpoint", true)?;
                let (Some(start), Some(stop)) = (given.get("start"), given.get("stop")) else {
                    return Err(self.arity(name, "a start and a stop", span));
                };
                let mut operands = self.operands(&[start, stop])?;
                operands.push(match given.get("num") {
                    Some(count) => self.scalar(count)?,
                    None => self.int(50, span),
                });
                Ok(self.array_function(ArrayFunction::Linspace { endpoint }, operands, span))
            }
            ArrayName::Array => self.array_literal(name, arguments, span),
            ArrayName::Matmul | ArrayName::Dot | ArrayName::Outer => {
                let [a, b] = self.positional(name, arguments, span)?[..] else {
                    return Err(self.arity(name, "two arguments", span));
                };
                let operands = self.operands(&[a, b])?;
                let function = match which {
                    ArrayName::Matmul => ArrayFunction::Matmul,
                    ArrayName::Outer => ArrayFunction::Outer,
                    _ => ArrayFunction::Dot,
                };
                Ok(self.array_function(function, operands, span))
            }
            ArrayName::Stack | ArrayName::Concatenate | ArrayName::ColumnStack => {
                self.joining(which, name, arguments, span)
            }
            ArrayName::Reduce(_)
            | ArrayName::Accumulate(_)
            | ArrayName::Copy
            | ArrayName::Transpose
            | ArrayName::SwapAxes
            | ArrayName::Reshape
            | ArrayName::Ravel => {
                let Some((first, rest)) = arguments.split_first() else {
                    return Err(self.arity(name, "an array", span));
                };
                if first.kind != ArgumentKind::Positional {
                    return Err(self.arity(name, "an array first", span));
                }
                let value = self.scalar(&first.value)?;
                self.array_method(which, value, name, rest, span)
            }
        }
    }

    /// `value.name(arguments)`
    pub(super) fn array_method(
        &mut self,
        which: ArrayName,
        value: Ex,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        match which {
            ArrayName::Reduce(fold) => self.reduction(fold, value, name, arguments, span),
            ArrayName::Accumulate(fold) => {
                let given = self.by_name(name, arguments, &["axis"], span)?;
                let axis = self.axis(&given)?;
                Ok(self.array_function(ArrayFunction::Accumulate { fold, axis }, vec![value], span))
            }
            ArrayName::Dot => {
                let [other] = self.positional(name, arguments, span)?[..] else {
                    return Err(self.arity(name, "one argument", span));
                };
                let mark = self.mark();
                let other = self.scalar(other)?;
                let mut kept = [value];
                self.keep(&mut kept, mark);
                Ok(self.array_function(ArrayFunction::Dot, vec![kept[0], other], span))
            }
            ArrayName::Copy => {
                self.by_name(name, arguments, &[], span)?;
                Ok(self.array_function(ArrayFunction::Copy, vec![value], span))
            }
            ArrayName::Ravel => {
                self.by_name(name, arguments, &[], span)?;
                let value = if name.ends_with("flatten") {
                    let function = ArrayFunction::Copy;
                    let arguments = vec![value];
                    self.form(ArrayForm::Call { function, arguments }, span)
                } else {
                    value
                };
                Ok(self.array_function(ArrayFunction::Ravel, vec![value], span))
            }
            ArrayName::Transpose => {
                let axes = self.constants(name, arguments, span)?;
                let axes = (!axes.is_empty()).then_some(axes);
                Ok(self.array_function(ArrayFunction::Transpose(axes), vec![value], span))
            }
            ArrayName::SwapAxes => match self.constants(name, arguments, span)?[..] {
                [a, b] => Ok(self.array_function(ArrayFunction::SwapAxes(a, b), vec![value], span)),
                _ => Err(self.arity(name, "two axes", span)),
            },
            ArrayName::Reshape => {
                let given = self.positional(name, arguments, span)?;
                let mut extents = Vec::new();
                for one in given {
                    extents.extend(self.shape(one)?);
                }
                let operands = std::iter::once(value).chain(extents).collect();
                Ok(self.array_function(ArrayFunction::Reshape, operands, span))
            }
            ArrayName::Matmul
            | ArrayName::Outer
            | ArrayName::Make(_)
            | ArrayName::MakeLike(_)
            | ArrayName::Identity
            | ArrayName::Arange
            | ArrayName::Linspace
            | ArrayName::Array
            | ArrayName::Stack
            | ArrayName::Concatenate
            | ArrayName::ColumnStack => Err(self.arity(name, "other arguments", span)),
        }
    }

    fn reduction(
        &mut self,
        fold: Fold,
        value: Ex,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let spread = matches!(fold, Fold::Var { .. } | Fold::Std { .. });
        let parameters: &[&'static str] = if spread {
            &["axis", "ddof", "keepdims"]
        } else {
            &["axis", "keepdims"]
        };
        let given = self.by_name(name, arguments, parameters, span)?;
        let keepdims = self.flag(&given, "keepdims", false)?;
        let ddof = match given.get("ddof") {
            None => 0,
            Some(ddof) => constant_index(ddof)
                .ok_or_else(|| self.refuse(Code::UnsupportedCall, ddof.span, "`ddof` must be a constant here"))?,
        };
        let fold = match fold {
            Fold::Var { .. } => Fold::Var { ddof },
            Fold::Std { .. } => Fold::Std { ddof },
            other => other,
        };
        // Several axes: one after the other, the last one first, where that gives the same.
        if let Some(axes) = given.get("axis")
            && let ExpressionKind::Tuple(items) = &axes.kind
        {
            let repeatable = matches!(
                fold,
                Fold::Sum | Fold::Product | Fold::Min | Fold::Max | Fold::Any | Fold::All
            );
            let places: Option<Vec<i64>> = items.iter().map(constant_index).collect();
            let mut places = match places {
                Some(places) if repeatable && !keepdims && places.iter().all(|axis| *axis >= 0) => places,
                _ => {
                    let message = format!("`{name}` over these axes cannot be translated");
                    let diagnostic = self.refuse(Code::UnsupportedCall, axes.span, message);
                    return Err(Box::new(diagnostic.help("reduce over one axis after the other")));
                }
            };
            places.sort_unstable_by(|a, b| b.cmp(a));
            let mut result = value;
            for axis in places {
                let function = ArrayFunction::Reduce {
                    fold,
                    axis: Some(axis),
                    keepdims,
                };
                let arguments = vec![result];
                result = self.form(ArrayForm::Call { function, arguments }, span);
            }
            return Ok(Value::Scalar(result));
        }
        let axis = self.axis(&given)?;
        Ok(self.array_function(ArrayFunction::Reduce { fold, axis, keepdims }, vec![value], span))
    }

    fn making(&mut self, which: ArrayName, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        match which {
            ArrayName::Identity => {
                let given = self.by_name(name, arguments, &["N", "dtype"], span)?;
                let dtype = self.dtype(given.get("dtype"))?;
                let Some(size) = given.get("N") else {
                    return Err(self.arity(name, "one size", span));
                };
                let size = self.scalar(size)?;
                let size = self.settle(size, "size");
                let fill = Fill::Identity;
                Ok(self.array_function(ArrayFunction::Make { fill, dtype }, vec![size, size], span))
            }
            ArrayName::MakeLike(fill) => {
                let parameters: &[&'static str] = match fill {
                    Fill::Value => &["a", "fill_value", "dtype"],
                    _ => &["a", "dtype"],
                };
                let given = self.by_name(name, arguments, parameters, span)?;
                let dtype = self.dtype(given.get("dtype"))?;
                let wanted: Vec<&'a Expression> =
                    ["a", "fill_value"].iter().filter_map(|name| given.get(name)).collect();
                let operands = self.operands(&wanted)?;
                Ok(self.array_function(ArrayFunction::MakeLike { fill, dtype }, operands, span))
            }
            ArrayName::Make(fill) => {
                let parameters: &[&'static str] = match fill {
                    Fill::Value => &["shape", "fill_value", "dtype"],
                    _ => &["shape", "dtype"],
                };
                let given = self.by_name(name, arguments, parameters, span)?;
                let dtype = self.dtype(given.get("dtype"))?;
                let Some(shape) = given.get("shape") else {
                    return Err(self.arity(name, "a shape", span));
                };
                let value = given.get("fill_value");
                // `np.zeros(x.shape)` has the shape of `x`, of however many axes.
                if let Some(prototype) = self.shape_owner(shape)? {
                    let mut operands = vec![prototype];
                    if let Some(value) = value {
                        operands.push(self.scalar(value)?);
                    }
                    let dtype = match (dtype, fill) {
                        (Dtype::Default, Fill::Value) => {
                            let message = "`np.full` of another array's shape needs a `dtype` here";
                            return Err(self.refuse(Code::UnsupportedCall, span, message));
                        }
                        (Dtype::Default, _) => Dtype::Named(ir::Conversion::Float64),
                        (named, _) => named,
                    };
                    return Ok(self.array_function(ArrayFunction::MakeLike { fill, dtype }, operands, span));
                }
                let mut operands = self.shape(shape)?;
                if let Some(value) = value {
                    let mark = self.mark();
                    let value = self.scalar(value)?;
                    self.keep(&mut operands, mark);
                    operands.push(value);
                }
                Ok(self.array_function(ArrayFunction::Make { fill, dtype }, operands, span))
            }
            _ => Err(self.arity(name, "other arguments", span)),
        }
    }

    fn arange(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["start", "stop", "step", "dtype"], span)?;
        let dtype = self.dtype(given.get("dtype"))?;
        let wanted: Vec<&'a Expression> = ["start", "stop", "step"]
            .iter()
            .filter_map(|name| given.get(name))
            .collect();
        let operands = self.operands(&wanted)?;
        let (zero, one) = (self.int(0, span), self.int(1, span));
        let operands = match operands[..] {
            [stop] => vec![zero, stop, one],
            [start, stop] => vec![start, stop, one],
            [start, stop, step] => vec![start, stop, step],
            _ => return Err(self.arity(name, "one to three bounds", span)),
        };
        Ok(self.array_function(ArrayFunction::Arange(dtype), operands, span))
    }

    /// `np.array(…)` of numbers in lists, or of an array.
    fn array_literal(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["object", "dtype"], span)?;
        let dtype = self.dtype(given.get("dtype"))?;
        let Some(object) = given.get("object") else {
            return Err(self.arity(name, "a list or an array", span));
        };
        if let ExpressionKind::List(_) | ExpressionKind::Tuple(_) = &object.kind {
            let mut shape = Vec::new();
            let mut items = Vec::new();
            self.nested_items(object, 0, &mut shape, &mut items)?;
            let operands = self.operands(&items)?;
            return Ok(self.array_function(ArrayFunction::Literal { shape, dtype }, operands, span));
        }
        let value = self.scalar(object)?;
        let copies = name.ends_with("array") && !name.ends_with("asarray");
        Ok(match (dtype, copies) {
            (Dtype::Default, true) => self.array_function(ArrayFunction::Copy, vec![value], span),
            (Dtype::Default, false) => Value::Scalar(value),
            (dtype, _) => self.array_function(ArrayFunction::Cast(dtype), vec![value], span),
        })
    }

    /// The items of nested lists in row-major order; the lists of a level have one length.
    fn nested_items(
        &self,
        list: &'a Expression,
        depth: usize,
        shape: &mut Vec<u32>,
        items: &mut Vec<&'a Expression>,
    ) -> Lower<()> {
        let (ExpressionKind::List(parts) | ExpressionKind::Tuple(parts)) = &list.kind else {
            items.push(list);
            return Ok(());
        };
        let length = parts.len() as u32;
        match shape.get(depth) {
            None => shape.push(length),
            Some(known) if *known == length => {}
            Some(_) => return Err(self.refuse_expression(list.span, "the rows of this array differ in length")),
        }
        if parts.is_empty() {
            return Err(self.refuse_expression(list.span, "an empty array cannot be translated here"));
        }
        let nested = |part: &Expression| matches!(part.kind, ExpressionKind::List(_) | ExpressionKind::Tuple(_));
        if parts.iter().any(nested) != parts.iter().all(nested) {
            return Err(self.refuse_expression(list.span, "the rows of this array differ in depth"));
        }
        parts
            .iter()
            .try_for_each(|part| self.nested_items(part, depth + 1, shape, items))
    }

    fn joining(&mut self, which: ArrayName, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["arrays", "axis"], span)?;
        let axis = match (which, given.get("axis")) {
            (ArrayName::ColumnStack, None) => 1,
            (_, None) => 0,
            (_, Some(axis)) => self.constant_axis(axis)?,
        };
        let parts = match given.get("arrays").map(|arrays| &arrays.kind) {
            Some(ExpressionKind::List(parts) | ExpressionKind::Tuple(parts)) => parts,
            _ => return Err(self.arity(name, "a list of arrays", span)),
        };
        let parts: Vec<&'a Expression> = parts.iter().collect();
        let operands = self.operands(&parts)?;
        let function = if which == ArrayName::Concatenate {
            ArrayFunction::Concatenate(axis)
        } else {
            ArrayFunction::Stack(axis)
        };
        Ok(self.array_function(function, operands, span))
    }

    /// `value.astype(dtype)`, which may be an array's.
    pub(super) fn astype(&mut self, value: Ex, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name("astype", arguments, &["dtype"], span)?;
        let Some(wanted) = given.get("dtype") else {
            return Err(self.arity("astype", "a dtype", span));
        };
        let dtype = self.dtype(Some(wanted))?;
        Ok(self.array_function(ArrayFunction::Cast(dtype), vec![value], span))
    }

    // Arguments

    /// The arguments by the names of the parameters, which are positional or not.
    fn by_name(
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

    fn flag(&self, given: &Given<'a>, parameter: &str, default: bool) -> Lower<bool> {
        match given.get(parameter).map(|value| &value.kind) {
            None => Ok(default),
            Some(ExpressionKind::Bool(value)) => Ok(*value),
            Some(_) => {
                let message = format!("`{parameter}` must be `True` or `False` here");
                Err(self.refuse(Code::UnsupportedCall, given.span, message))
            }
        }
    }

    fn axis(&self, given: &Given<'a>) -> Lower<Option<i64>> {
        match given.get("axis") {
            None => Ok(None),
            Some(axis) if matches!(axis.kind, ExpressionKind::None) => Ok(None),
            Some(axis) => self.constant_axis(axis).map(Some).map_err(|diagnostic| {
                Box::new(diagnostic.note(format!("the axis of `{}` decides its shape", given.name)))
            }),
        }
    }

    fn constant_axis(&self, value: &Expression) -> Lower<i64> {
        constant_index(value)
            .ok_or_else(|| self.refuse(Code::UnsupportedCall, value.span, "the axis must be a constant here"))
    }

    /// Constants, or one tuple of them.
    fn constants(&self, name: &str, arguments: &'a [Argument], span: Span) -> Lower<Vec<i64>> {
        let given = self.positional(name, arguments, span)?;
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
    fn dtype(&mut self, wanted: Option<&'a Expression>) -> Lower<Dtype> {
        let Some(wanted) = wanted else {
            return Ok(Dtype::Default);
        };
        if let ExpressionKind::Attribute { value, attribute } = &wanted.kind
            && attribute.text == "dtype"
        {
            return Ok(Dtype::Of(self.scalar(value)?));
        }
        if let ExpressionKind::String(Some(text)) = &wanted.kind
            && let Some(known) = known::scalar_type(text)
        {
            return Ok(Dtype::Named(known));
        }
        match self.value(wanted)? {
            Value::Known(Known::Conversion(to)) => Ok(Dtype::Named(to)),
            _ => Err(self.refuse(Code::UnsupportedCall, wanted.span, "this is no NumPy scalar type")),
        }
    }

    /// The value whose shape an expression is: `x.shape`.
    fn shape_owner(&mut self, shape: &'a Expression) -> Lower<Option<Ex>> {
        let ExpressionKind::Attribute { value, attribute } = &shape.kind else {
            return Ok(None);
        };
        if attribute.text != "shape" {
            return Ok(None);
        }
        self.scalar(value).map(Some)
    }

    /// The extents that an argument names: a number, a tuple of numbers.
    fn shape(&mut self, shape: &'a Expression) -> Lower<Vec<Ex>> {
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

    // Values

    /// Whether a path could be an array: it is no module and no function.
    pub(super) fn may_be_array(&self, path: &Path) -> bool {
        use super::scope::{Bound, Home};
        let Home::Scope(home) = self.program.scopes.home(self.scope, &path.root) else {
            return false;
        };
        !self
            .program
            .scopes
            .bindings(home, &path.root)
            .iter()
            .any(|bound| matches!(bound, Bound::Module(_) | Bound::Member(..) | Bound::Function(..)))
    }

    /// An attribute of a value that has a place in the region.
    pub(super) fn array_attribute(&mut self, value: Ex, attribute: &str, span: Span) -> Option<Value<'a>> {
        Some(match attribute {
            "T" => self.array_function(ArrayFunction::Transpose(None), vec![value], span),
            "size" => self.array_function(ArrayFunction::Size, vec![value], span),
            "ndim" => self.array_function(ArrayFunction::Rank, vec![value], span),
            "shape" => Value::Shape(value),
            _ => return None,
        })
    }

    /// `value.shape[axis]`
    pub(super) fn extent_of(&mut self, value: Ex, axis: i64, span: Span) -> Value<'a> {
        self.array_function(ArrayFunction::Extent(axis), vec![value], span)
    }

    /// The array that a variable holds, to be subscripted.
    pub(super) fn array_in(&mut self, variable: Handle<ir::Variable>) -> Handle<ir::Array> {
        let origin = ir::ArrayOrigin::Variable(variable);
        let known = self.region.arrays.iter().find(|(_, array)| array.origin == origin);
        if let Some((array, _)) = known {
            return array;
        }
        let wanted = self.region.variables[variable].name.clone();
        let name = self.fresh(&format!("{wanted}_array"));
        self.region.arrays.append(ir::Array {
            name,
            origin,
            view_of: None,
        })
    }

    /// Whether subscripts surely are numbers and no slices.
    pub(super) fn are_plain(&self, subscripts: &[Ex]) -> bool {
        !subscripts
            .iter()
            .any(|one| matches!(self.region.expressions[*one], ir::Expression::Array(_)))
    }
}
