//! NumPy's functions and methods of whole arrays.

use super::known::UfuncMethod;
use super::lowerer::{Lower, Lowerer};
use super::value::{Path, Value, constant_index};
use crate::diagnostics::Code;
use crate::ir::{self, ArrayForm, ArrayFunction, Dtype, Fill, Fold, Handle, Join, Ufunc};
use crate::python::{Argument, ArgumentKind, ExpressionKind};
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
    Eye,
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
    Join(Join),
    Flip,
    FlipAxis(i64),
    Roll,
    Repeat,
    Triangle { upper: bool },
    Diagonal,
    Diag,
    Trace,
    Diff,
    Histogram,
    Covariance,
    FromIterator,
    FromBuffer,
    Einsum,
    Inner,
    Tensordot,
    Nonzero,
    ArgWhere,
    Round,
    Rank,
    BroadcastTo,
    Squeeze,
    MoveAxis,
    Select,
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
            "eye" => Self::Eye,
            "identity" => Self::Identity,
            "arange" => Self::Arange,
            "linspace" => Self::Linspace,
            "array" | "asarray" => Self::Array,
            "matmul" => Self::Matmul,
            "outer" => Self::Outer,
            "stack" => Self::Stack,
            "vstack" | "row_stack" => Self::Join(Join::Rows),
            "hstack" => Self::Join(Join::Columns),
            "concatenate" | "concat" => Self::Concatenate,
            "column_stack" => Self::Join(Join::ColumnStack),
            "flip" => Self::Flip,
            "flipud" => Self::FlipAxis(0),
            "fliplr" => Self::FlipAxis(1),
            "roll" => Self::Roll,
            "triu" => Self::Triangle { upper: true },
            "tril" => Self::Triangle { upper: false },
            "diag" => Self::Diag,
            "diff" => Self::Diff,
            "fromiter" => Self::FromIterator,
            "frombuffer" => Self::FromBuffer,
            "einsum" => Self::Einsum,
            "inner" => Self::Inner,
            "tensordot" => Self::Tensordot,
            "argwhere" => Self::ArgWhere,
            "around" => Self::Round,
            "permute_dims" => Self::Transpose,
            "ndim" => Self::Rank,
            "broadcast_to" => Self::BroadcastTo,
            "moveaxis" => Self::MoveAxis,
            "select" => Self::Select,
            "ascontiguousarray" => Self::Copy,
            "histogram" => Self::Histogram,
            "cov" => Self::Covariance,
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
            "repeat" => Self::Repeat,
            "diagonal" => Self::Diagonal,
            "trace" => Self::Trace,
            "ravel" | "flatten" => Self::Ravel,
            "round" => Self::Round,
            "squeeze" => Self::Squeeze,
            "nonzero" => Self::Nonzero,
            _ => return None,
        })
    }
}

/// How a ufunc combines the elements of an array.
fn fold_of(ufunc: Ufunc) -> Option<Fold> {
    match ufunc {
        Ufunc::Add => Some(Fold::Sum),
        Ufunc::Multiply => Some(Fold::Product),
        Ufunc::Minimum => Some(Fold::Min),
        Ufunc::Maximum => Some(Fold::Max),
        Ufunc::Fmin => Some(Fold::Fmin),
        Ufunc::Fmax => Some(Fold::Fmax),
        Ufunc::LogicalAnd => Some(Fold::All),
        Ufunc::LogicalOr => Some(Fold::Any),
        _ => None,
    }
}

impl<'a> Lowerer<'a> {
    pub(super) fn form(&mut self, form: ArrayForm, span: Span) -> Ex {
        self.add(ir::Expression::Array(form), span)
    }

    pub(super) fn array_function(&mut self, function: ArrayFunction, arguments: Vec<Ex>, span: Span) -> Value<'a> {
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
            ArrayName::Make(_) | ArrayName::MakeLike(_) | ArrayName::Eye | ArrayName::Identity => {
                self.making(which, name, arguments, span)
            }
            ArrayName::Arange => self.arange(name, arguments, span),
            ArrayName::Linspace => self.linspace(name, arguments, span),
            ArrayName::Array => self.array_literal(name, arguments, span),
            ArrayName::Matmul | ArrayName::Dot | ArrayName::Outer | ArrayName::Inner => {
                let [a, b] = self.positional(name, arguments, span)?[..] else {
                    return Err(self.arity(name, "two arguments", span));
                };
                let operands = self.array_operands(&[a, b])?;
                let function = match which {
                    ArrayName::Matmul => ArrayFunction::Matmul,
                    ArrayName::Outer => ArrayFunction::Outer,
                    ArrayName::Inner => ArrayFunction::Inner,
                    _ => ArrayFunction::Dot,
                };
                Ok(self.array_function(function, operands, span))
            }
            ArrayName::Stack | ArrayName::Concatenate | ArrayName::Join(_) => {
                self.joining(which, name, arguments, span)
            }
            ArrayName::FromIterator => self.array_of_iterator(name, arguments, span),
            ArrayName::FromBuffer => self.array_of_buffer(name, arguments, span),
            ArrayName::Einsum => self.einsum(name, arguments, span),
            ArrayName::Tensordot => self.tensordot(name, arguments, span),
            ArrayName::Select => self.select(name, arguments, span),
            ArrayName::Histogram => self.histogram(name, arguments, span),
            ArrayName::Covariance => self.covariance(name, arguments, span),
            ArrayName::Reduce(_)
            | ArrayName::Accumulate(_)
            | ArrayName::Copy
            | ArrayName::Transpose
            | ArrayName::SwapAxes
            | ArrayName::Reshape
            | ArrayName::Ravel
            | ArrayName::Flip
            | ArrayName::FlipAxis(_)
            | ArrayName::Roll
            | ArrayName::Repeat
            | ArrayName::Triangle { .. }
            | ArrayName::Diagonal
            | ArrayName::Diag
            | ArrayName::Trace
            | ArrayName::Nonzero
            | ArrayName::ArgWhere
            | ArrayName::Round
            | ArrayName::Rank
            | ArrayName::BroadcastTo
            | ArrayName::Squeeze
            | ArrayName::MoveAxis
            | ArrayName::Diff => {
                let Some((first, rest)) = arguments.split_first() else {
                    return Err(self.arity(name, "an array", span));
                };
                if first.kind != ArgumentKind::Positional {
                    return Err(self.arity(name, "an array first", span));
                }
                let value = self.array_like(&first.value)?;
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
                let given = self.by_name(name, arguments, &["axis", "dtype"], span)?;
                let axis = self.axis(&given)?;
                let function = ArrayFunction::Accumulate { fold, axis };
                match given.get("dtype") {
                    None => Ok(self.array_function(function, vec![value], span)),
                    Some(dtype) => {
                        let dtype = self.dtype(Some(dtype))?;
                        let terms = self.cast_to(dtype, value, span);
                        let arguments = vec![terms];
                        let running = self.form(ArrayForm::Call { function, arguments }, span);
                        Ok(Value::Scalar(self.cast_to(dtype, running, span)))
                    }
                }
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
            ArrayName::Flip
            | ArrayName::FlipAxis(_)
            | ArrayName::Roll
            | ArrayName::Repeat
            | ArrayName::Triangle { .. }
            | ArrayName::Diagonal
            | ArrayName::Diag
            | ArrayName::Trace
            | ArrayName::Diff => self.moving(which, value, name, arguments, span),
            ArrayName::Nonzero
            | ArrayName::ArgWhere
            | ArrayName::Round
            | ArrayName::Rank
            | ArrayName::BroadcastTo
            | ArrayName::Squeeze
            | ArrayName::MoveAxis => self.rank_dependent(which, value, name, arguments, span),
            ArrayName::Matmul
            | ArrayName::Outer
            | ArrayName::Make(_)
            | ArrayName::MakeLike(_)
            | ArrayName::Eye
            | ArrayName::Identity
            | ArrayName::Arange
            | ArrayName::Linspace
            | ArrayName::Array
            | ArrayName::Stack
            | ArrayName::Concatenate
            | ArrayName::Join(_)
            | ArrayName::Histogram
            | ArrayName::FromIterator
            | ArrayName::FromBuffer
            | ArrayName::Einsum
            | ArrayName::Inner
            | ArrayName::Tensordot
            | ArrayName::Select
            | ArrayName::Covariance => Err(self.arity(name, "other arguments", span)),
        }
    }

    /// `np.add.reduce(x, axis)` and its kin.
    pub(super) fn ufunc_method(
        &mut self,
        ufunc: Ufunc,
        method: UfuncMethod,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        if method == UfuncMethod::Outer {
            let [a, b] = self.positional(name, arguments, span)?[..] else {
                return Err(self.arity(name, "two arguments", span));
            };
            let operands = self.array_operands(&[a, b])?;
            return Ok(self.array_function(ArrayFunction::UfuncOuter(ufunc), operands, span));
        }
        let Some(fold) = fold_of(ufunc) else {
            let message = format!("`{name}` cannot be translated");
            let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
            return Err(Box::new(diagnostic.help("write the loop over the elements")));
        };
        let reduces = method == UfuncMethod::Reduce;
        let parameters: &[&'static str] = if reduces {
            &["array", "axis", "keepdims"]
        } else {
            &["array", "axis"]
        };
        let given = self.by_name(name, arguments, parameters, span)?;
        let Some(array) = given.get("array") else {
            return Err(self.arity(name, "an array", span));
        };
        let axis = match given.get("axis") {
            None => Some(0),
            Some(_) => self.axis(&given)?,
        };
        let keepdims = reduces && self.flag(&given, "keepdims", false)?;
        let array = self.array_like(array)?;
        let function = match method {
            UfuncMethod::Accumulate => match fold {
                Fold::Sum | Fold::Product | Fold::Min | Fold::Max => ArrayFunction::Accumulate { fold, axis },
                _ => {
                    let message = format!("`{name}` cannot be translated");
                    return Err(self.refuse(Code::UnsupportedCall, span, message));
                }
            },
            _ => ArrayFunction::Reduce { fold, axis, keepdims },
        };
        Ok(self.array_function(function, vec![array], span))
    }

    fn reduction(
        &mut self,
        fold: Fold,
        value: Ex,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let parameters: &[&'static str] = match fold {
            Fold::Var { .. } | Fold::Std { .. } => &["axis", "dtype", "out", "ddof", "keepdims"],
            Fold::Sum | Fold::Product => &["axis", "dtype", "out", "keepdims", "where"],
            Fold::Mean => &["axis", "dtype", "out", "keepdims"],
            Fold::CountNonzero => &["axis", "keepdims"],
            _ => &["axis", "out", "keepdims"],
        };
        let given = self.by_name(name, arguments, parameters, span)?;
        if given.get("out").is_some() {
            let message = format!("`{name}` cannot be translated with `out=`");
            let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
            return Err(Box::new(diagnostic.help("assign the result: `out[...] = …`")));
        }
        let mut value = value;
        let mut dtype = None;
        if let Some(wanted) = given.get("dtype") {
            let found = self.dtype(Some(wanted))?;
            let adds = matches!(fold, Fold::Sum | Fold::Product);
            if let (Dtype::Named(to), false) = (found, adds)
                && !to.is_inexact()
            {
                let message = format!("`{name}` in integers cannot be translated");
                return Err(self.refuse(Code::UnsupportedCall, wanted.span, message));
            }
            value = self.cast_to(found, value, span);
            dtype = Some(found);
        }
        if let Some(chosen) = given.get("where") {
            let mark = self.mark();
            let chosen = self.array_like(chosen)?;
            let mut kept = [value];
            self.keep(&mut kept, mark);
            let neutral = self.int(i64::from(fold == Fold::Product), span);
            let function = ir::Function::Numpy(Ufunc::Where);
            let arguments = vec![chosen, kept[0], neutral];
            value = self.add(ir::Expression::Call { function, arguments }, span);
        }
        let keepdims = self.flag(&given, "keepdims", false)?;
        let ddof = match given.get("ddof") {
            None => 0,
            Some(ddof) => self.constant_ddof(ddof)?,
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
                Some(places) if repeatable && places.windows(2).all(|two| (two[0] < 0) == (two[1] < 0)) => places,
                _ => {
                    let message = format!("`{name}` over these axes cannot be translated");
                    let diagnostic = self.refuse(Code::UnsupportedCall, axes.span, message);
                    return Err(Box::new(diagnostic.help("reduce over one axis after the other")));
                }
            };
            // What is reduced must not move the others: from the last one, or from the first one if counted from the end.
            places.sort_unstable_by(|a, b| if *a < 0 { a.cmp(b) } else { b.cmp(a) });
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
            return Ok(Value::Scalar(self.cast_if(dtype, result, span)));
        }
        let axis = self.axis(&given)?;
        let function = ArrayFunction::Reduce { fold, axis, keepdims };
        let arguments = vec![value];
        let result = self.form(ArrayForm::Call { function, arguments }, span);
        Ok(Value::Scalar(self.cast_if(dtype, result, span)))
    }

    /// `value.astype(dtype)`
    pub(super) fn cast_to(&mut self, dtype: Dtype, value: Ex, span: Span) -> Ex {
        let (function, arguments) = (ArrayFunction::Cast(dtype), vec![value]);
        self.form(ArrayForm::Call { function, arguments }, span)
    }

    /// What was added up in a narrow type, whose carries are lost: the same as if it had been added up in a wide one first.
    fn cast_if(&mut self, dtype: Option<Dtype>, value: Ex, span: Span) -> Ex {
        match dtype {
            Some(dtype) => self.cast_to(dtype, value, span),
            None => value,
        }
    }

    /// `value.astype(dtype)`, which may be an array's.
    pub(super) fn astype(&mut self, value: Ex, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name("astype", arguments, &["dtype", "copy"], span)?;
        let Some(wanted) = given.get("dtype") else {
            return Err(self.arity("astype", "a dtype", span));
        };
        let dtype = self.dtype(Some(wanted))?;
        Ok(self.array_function(ArrayFunction::Cast(dtype), vec![value], span))
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
        match &self.region.expressions[value] {
            ir::Expression::Load { array, .. } => self.region.attributed.push(*array),
            ir::Expression::Variable(variable) => {
                let array = self.array_in(*variable);
                self.region.attributed.push(array);
            }
            _ => {}
        }
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
