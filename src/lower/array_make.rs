//! NumPy's functions that make arrays.

use super::array_call::ArrayName;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, ArrayForm, ArrayFunction, Dtype, Fill};
use crate::python::{Argument, Expression, ExpressionKind};
use crate::source::Span;

impl<'a> Lowerer<'a> {
    pub(super) fn making(
        &mut self,
        which: ArrayName,
        name: &'a str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
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
            ArrayName::Eye => self.eye(name, arguments, span),
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

    /// `np.eye(N, M, k)`
    fn eye(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["N", "M", "k", "dtype"], span)?;
        let dtype = self.dtype(given.get("dtype"))?;
        let Some(rows) = given.get("N") else {
            return Err(self.arity(name, "a size", span));
        };
        let columns = given.get("M").filter(|columns| !self.is_static_none(columns));
        let diagonal = given.get("k").filter(|k| self.static_integer(k) != Some(0));
        let wanted: Vec<&'a Expression> = [Some(rows), columns, diagonal].into_iter().flatten().collect();
        let mut operands = self.operands(&wanted)?;
        let k = diagonal.and_then(|_| operands.pop());
        if columns.is_none() {
            operands[0] = self.settle(operands[0], "size");
            operands.push(operands[0]);
        }
        let Some(k) = k else {
            let fill = Fill::Identity;
            return Ok(self.array_function(ArrayFunction::Make { fill, dtype }, operands, span));
        };
        // What is left of a matrix of ones between a diagonal and itself.
        let k = self.settle(k, "diagonal");
        let fill = Fill::Ones;
        let ones = ArrayForm::Call {
            function: ArrayFunction::Make { fill, dtype },
            arguments: operands,
        };
        let ones = self.form(ones, span);
        let upper = ArrayForm::Call {
            function: ArrayFunction::Triangle { upper: true },
            arguments: vec![ones, k],
        };
        let upper = self.form(upper, span);
        Ok(self.array_function(ArrayFunction::Triangle { upper: false }, vec![upper, k], span))
    }

    pub(super) fn arange(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
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

    /// `np.frombuffer(data, dtype)` of bytes from before the region: an input.
    pub(super) fn array_of_buffer(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["buffer", "dtype"], span)?;
        let dtype = match self.dtype(given.get("dtype"))? {
            Dtype::Default => "float64",
            Dtype::Named(to) => element_name(to),
            Dtype::Of(_) | Dtype::Stored | Dtype::Kept => {
                return Err(self.refuse_expression(span, "the type of the elements must be named here"));
            }
        };
        let buffer = match given.get("buffer") {
            Some(buffer) => self.value(buffer)?,
            None => return Err(self.arity(name, "bytes", span)),
        };
        match buffer {
            Value::Path(path) => Ok(Value::Path(path.then(ir::Step::Buffer(dtype.to_owned())))),
            _ => {
                let diagnostic = self.refuse_expression(span, "`np.frombuffer` takes what is there before the loop");
                Err(Box::new(diagnostic.help("make the array before the loop")))
            }
        }
    }

    /// `np.array(…)` of numbers in lists, or of an array.
    pub(super) fn array_literal(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["object", "dtype"], span)?;
        let dtype = self.dtype(given.get("dtype"))?;
        let Some(object) = given.get("object") else {
            return Err(self.arity(name, "a list or an array", span));
        };
        if Self::is_made_here(object) {
            return self.array_of_list(object, dtype, span);
        }
        if let ExpressionKind::List(_) | ExpressionKind::Tuple(_) = &object.kind {
            let mut shape = Vec::new();
            let mut items = Vec::new();
            self.nested_items(object, 0, &mut shape, &mut items)?;
            let operands = self.operands(&items)?;
            return Ok(self.array_function(ArrayFunction::Literal { shape, dtype }, operands, span));
        }
        let value = self.value(object)?;
        let value = self.as_array(value, object.span)?;
        let copies = name.ends_with("array") && !name.ends_with("asarray");
        Ok(match (dtype, copies) {
            (Dtype::Default, true) => self.array_function(ArrayFunction::Copy, vec![value], span),
            (Dtype::Default, false) => Value::Scalar(value),
            (dtype, _) => self.array_function(ArrayFunction::Cast(dtype), vec![value], span),
        })
    }

    /// The items of nested lists in row-major order; the lists of a level have one length.
    pub(super) fn nested_items(
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

    pub(super) fn linspace(&mut self, name: &'a str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.by_name(
            name,
            arguments,
            &["start", "stop", "num", "endpoint", "retstep", "dtype"],
            span,
        )?;
        let endpoint = self.flag(&given, "endpoint", true)?;
        if self.flag(&given, "retstep", false)? {
            let message = "`np.linspace` cannot be translated with `retstep=`";
            return Err(self.refuse(Code::UnsupportedCall, span, message));
        }
        let dtype = self.dtype(given.get("dtype"))?;
        let (Some(start), Some(stop)) = (given.get("start"), given.get("stop")) else {
            return Err(self.arity(name, "a start and a stop", span));
        };
        let mut operands = self.operands(&[start, stop])?;
        operands.push(match given.get("num") {
            Some(count) => self.scalar(count)?,
            None => self.int(50, span),
        });
        Ok(self.array_function(ArrayFunction::Linspace { endpoint, dtype }, operands, span))
    }
}

/// NumPy's name of the elements that a conversion makes.
fn element_name(to: ir::Conversion) -> &'static str {
    use ir::Conversion;
    match to {
        Conversion::Bool | Conversion::NumpyBool => "bool",
        Conversion::Int | Conversion::Int64 => "int64",
        Conversion::Float | Conversion::Float64 => "float64",
        Conversion::Complex | Conversion::Complex128 => "complex128",
        Conversion::Int8 => "int8",
        Conversion::Int16 => "int16",
        Conversion::Int32 => "int32",
        Conversion::UInt8 => "uint8",
        Conversion::UInt16 => "uint16",
        Conversion::UInt32 => "uint32",
        Conversion::UInt64 => "uint64",
        Conversion::Float16 => "float16",
        Conversion::Float32 => "float32",
        Conversion::Complex64 => "complex64",
    }
}
