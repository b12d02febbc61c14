//! Functions that make arrays.

use super::Ex;
use super::kinds::Evident;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Shaped};
use crate::infer::{InputTy, Kind};
use crate::ir::{
    Array, BinaryOp, Block, Cast, Casting, CompareOp, Conversion, Dtype, Element, Exception, Expression, Fill,
    Function, Handle, Literal, Statement, UnaryOp,
};
use crate::source::Span;

impl Scalariser<'_> {
    /// `np.zeros(shape, dtype)` and its kin: the extents, and the value last.
    pub(super) fn make(&mut self, fill: Fill, dtype: Dtype, operands: &[Shaped], span: Span) -> Scalar<Shaped> {
        let (value, extents) = match (fill, operands) {
            (Fill::Value, [extents @ .., value]) => (Some(value.clone()), extents),
            (_, extents) => (None, extents),
        };
        let mut wanted = Vec::new();
        for extent in extents {
            let Some(extent) = extent.as_number() else {
                return self.refused(span, "an array stands for an extent", "write each extent");
            };
            let extent = self.steady(extent, "extent", span);
            self.refuse_negative(extent, span);
            wanted.push(extent);
        }
        let (element, boolean) = match self.element_type(dtype, span)? {
            Some(known) => known,
            None => match &value {
                None => (Element::Named(Conversion::Float64), false),
                Some(value) => match value.as_number() {
                    Some(number) => (Element::Of(number), self.is_bool_number(number)),
                    None => return self.refused(span, "`np.full` with an array needs a `dtype`", "give `dtype=`"),
                },
            },
        };
        let made = self.filled(fill, element, boolean, wanted, value, span)?;
        if let (Dtype::Stored, Some((array, _))) = (dtype, made.view()) {
            self.untyped.insert(array);
        }
        Ok(made)
    }

    /// The first store into an array that takes its element type from what is stored. An empty list has no such type, and is an
    /// array of float64: where that would be another one, it is left to NumPy.
    pub(super) fn settle_element(&mut self, array: Handle<Array>, value: Ex, span: Span) {
        if !self.untyped.remove(&array) {
            return;
        }
        self.set_element(array, Some(value));
        if self.is_bool_number(value) {
            self.of_bools.insert(array);
        }
        if self.evident(value) == Evident::Float {
            return;
        }
        let one = self.int(1, span);
        for extent in self.extents_of_local(array) {
            if self.as_constant(extent).is_some_and(|extent| extent > 0) {
                continue;
            }
            let condition = self.compare(CompareOp::Less, extent, one, span);
            let mut accept = Block::default();
            accept.push(Statement::Leave("an array without elements is made".to_owned()), span);
            let reject = Block::default();
            let test = Statement::If {
                condition,
                accept,
                reject,
            };
            for block in &mut self.blocks {
                let made = |(statement, _): &(Statement, Span)| matches!(statement, Statement::Allocate { array: made, .. } if *made == array);
                if let Some(at) = block.statements.iter().position(made) {
                    block.statements.insert(at, (test, span));
                    break;
                }
            }
        }
    }

    /// `np.zeros_like(x)` and its kin: the prototype, and the value.
    pub(super) fn make_like(&mut self, fill: Fill, dtype: Dtype, operands: &[Shaped], span: Span) -> Scalar<Shaped> {
        let (prototype, value) = match operands {
            [prototype] => (prototype, None),
            [prototype, value] => (prototype, Some(value.clone())),
            _ => return self.refused(span, "this needs a prototype", "pass the array whose shape is wanted"),
        };
        let (element, boolean) = match self.element_type(dtype, span)? {
            Some(known) => known,
            None => match prototype.view() {
                Some((array, _)) => (Element::Like(array), prototype.boolean),
                None => {
                    let stored = self.materialise(prototype, "prototype", span);
                    match stored.view() {
                        Some((array, _)) => (Element::Like(array), prototype.boolean),
                        None => (Element::Named(Conversion::Float64), false),
                    }
                }
            },
        };
        if prototype.rank() == 0 {
            return self.refused(span, "the prototype is a number", "pass an array");
        }
        let extents = prototype.extents.clone();
        self.filled(fill, element, boolean, extents, value, span)
    }

    /// An array of these extents, and what it is filled with.
    pub(super) fn filled(
        &mut self,
        fill: Fill,
        element: Element,
        boolean: bool,
        extents: Vec<Ex>,
        value: Option<Shaped>,
        span: Span,
    ) -> Scalar<Shaped> {
        if extents.is_empty() {
            return self.refused(span, "an array without axes cannot be translated", "use a number");
        }
        let zeroed = fill == Fill::Zeros;
        let array = self.allocate("made", element, &extents, zeroed, span);
        if boolean {
            self.of_bools.insert(array);
        }
        let content = match fill {
            Fill::Empty | Fill::Zeros => None,
            Fill::Ones => Some(Shaped::number(self.int(1, span))),
            Fill::Value => value,
            Fill::Identity => {
                let (one, zero) = (self.int(1, span), self.int(0, span));
                Some(Shaped::new(extents.clone(), Body::Identity(one, zero)))
            }
        };
        if let Some(content) = content {
            let whole = self.whole(array, span);
            self.assign_elements(&whole, &content, span)?;
        }
        Ok(self.whole(array, span))
    }

    fn refuse_negative(&mut self, extent: Ex, span: Span) {
        let linear = self.linear(extent);
        let certain = self
            .least(&linear)
            .and_then(|least| least.as_constant())
            .is_some_and(|least| least >= 0);
        if certain || self.not_negative(extent, span) == extent {
            return;
        }
        let zero = self.int(0, span);
        let negative = self.compare(CompareOp::Less, extent, zero, span);
        let message = "negative dimensions are not allowed";
        self.raise_if(negative, Exception::ValueError, message, span);
    }

    /// The element type that is asked for, and whether it is bool; `None` by default.
    fn element_type(&mut self, dtype: Dtype, span: Span) -> Scalar<Option<(Element, bool)>> {
        match dtype {
            Dtype::Default => Ok(None),
            Dtype::Stored => Ok(Some((Element::Of(self.int(0, span)), false))),
            Dtype::Kept => Ok(Some((Element::Listed, false))),
            Dtype::Named(to) => {
                let boolean = matches!(to, Conversion::Bool | Conversion::NumpyBool);
                Ok(Some((Element::Named(to), boolean)))
            }
            Dtype::Of(value) => {
                let value = self.value(value)?;
                if let Some((array, _)) = value.view() {
                    return Ok(Some((Element::Like(array), value.boolean)));
                }
                if value.is_costly() {
                    return self.refused(span, "the dtype of a computed value cannot be used", "name the dtype");
                }
                // Only the type of the element is wanted: it is never evaluated.
                let zeros: Vec<Ex> = value.extents.iter().map(|_| self.int(0, span)).collect();
                let (element, _) = self.nested(|this| this.element(&value, &zeros, span));
                Ok(Some((Element::Of(element), value.boolean)))
            }
        }
    }

    /// `value.astype(dtype)`
    pub(super) fn cast(&mut self, value: &Shaped, dtype: Dtype, span: Span) -> Scalar<Shaped> {
        let to = match dtype {
            Dtype::Named(to) => strong(to),
            Dtype::Default | Dtype::Stored | Dtype::Kept => return Ok(value.clone()),
            Dtype::Of(of) => {
                let of = self.value(of)?;
                let kind = of.view().and_then(|(array, _)| self.kind_of_array(array));
                match kind.map(conversion) {
                    Some(to) => to,
                    None => return self.refused(span, "the dtype of this value is not known here", "name the dtype"),
                }
            }
        };
        match value.as_number() {
            Some(operand) => Ok(Shaped::number(self.add(Expression::Convert { to, operand }, span))),
            None => {
                let placeholder = self.int(0, span);
                let operation = Expression::Convert {
                    to,
                    operand: placeholder,
                };
                self.map(operation, vec![value.clone()], span)
            }
        }
    }

    /// `np.arange(start, stop, step)`
    pub(super) fn arange(&mut self, bounds: [Shaped; 3], dtype: Dtype, span: Span) -> Scalar<Shaped> {
        let mut numbers = Vec::new();
        for bound in &bounds {
            match bound.as_number() {
                Some(number) => numbers.push(self.steady(number, "bound", span)),
                None => return self.refused(span, "`np.arange` of an array", "pass numbers"),
            }
        }
        let (start, stop, step) = (numbers[0], numbers[1], numbers[2]);
        let evident: Vec<Evident> = numbers.iter().map(|one| self.evident(*one)).collect();
        let integral = evident.iter().all(|one| *one == Evident::Int);
        let untold = |one: &Evident| matches!(one, Evident::Uint64 | Evident::Unknown);
        if !integral && evident.iter().any(untold) {
            return self.refused(
                span,
                "whether `np.arange` gives integers cannot be told here",
                "convert its arguments with `int` or `float`",
            );
        }
        let length = if integral {
            match self.as_constant(step) {
                Some(1) => self.plus(stop, start, -1, span),
                Some(by) if by > 1 => {
                    let distance = self.plus(stop, start, -1, span);
                    let rounded = self.plus_constant(distance, by - 1, span);
                    let by = self.int(by, span);
                    let length = self.binary(BinaryOp::FloorDivide, rounded, by, span);
                    self.steady(length, "length", span)
                }
                _ => {
                    return self.refused(
                        span,
                        "`np.arange` needs a positive constant step here",
                        "use `start + np.arange(n) * step`",
                    );
                }
            }
        } else {
            let distance = self.binary(BinaryOp::Subtract, stop, start, span);
            let count = self.binary(BinaryOp::Divide, distance, step, span);
            let function = Function::Numpy(crate::ir::Ufunc::Ceil);
            let arguments = vec![count];
            let count = self.add(Expression::Call { function, arguments }, span);
            let to = Conversion::Int;
            let count = self.add(Expression::Convert { to, operand: count }, span);
            self.kept(count, "length", span)
        };
        // NumPy's step is the difference of the first two elements.
        let step = if integral {
            step
        } else {
            let next = self.binary(BinaryOp::Add, start, step, span);
            let difference = self.binary(BinaryOp::Subtract, next, start, span);
            self.steady(difference, "step", span)
        };
        let range = Shaped::new(vec![length], Body::Range { start, step, integral });
        self.cast_if_named(range, dtype, span)
    }

    fn cast_if_named(&mut self, value: Shaped, dtype: Dtype, span: Span) -> Scalar<Shaped> {
        match dtype {
            Dtype::Default | Dtype::Stored | Dtype::Kept => Ok(value),
            Dtype::Named(_) | Dtype::Of(_) => self.cast(&value, dtype, span),
        }
    }

    /// `np.linspace(start, stop, count)`
    pub(super) fn linspace(&mut self, bounds: [Shaped; 3], endpoint: bool, dtype: Dtype, span: Span) -> Scalar<Shaped> {
        let mut numbers = Vec::new();
        for bound in &bounds {
            match bound.as_number() {
                Some(number) => numbers.push(number),
                None => return self.refused(span, "`np.linspace` between arrays", "pass numbers"),
            }
        }
        // Between integers they are of type float64; else of the type that both have in common.
        let start = self.steady(numbers[0], "start", span);
        let stop = self.steady(numbers[1], "stop", span);
        let both = self.binary(BinaryOp::Add, start, stop, span);
        let [start, stop] = [(start, "first"), (stop, "end")].map(|(bound, wanted)| {
            let storage = Element::MeanOf(both);
            self.kept_in(wanted, storage, bound, span)
        });
        let count = self.steady(numbers[2], "samples", span);
        let parts = if endpoint {
            self.plus_constant(count, -1, span)
        } else {
            count
        };
        let samples = self.linear(count);
        self.require_bound(&samples, "`np.linspace` of a negative number of samples", span);
        let distance = self.binary(BinaryOp::Subtract, stop, start, span);
        let one = self.int(1, span);
        let divisor = self.extreme(Function::Max, parts, one, span);
        let to = Conversion::Int;
        let divisor = self.add(Expression::Convert { to, operand: divisor }, span);
        let step = self.binary(BinaryOp::Divide, distance, divisor, span);
        let step = self.kept(step, "step", span);
        let last = endpoint.then(|| self.last_sample(parts, span));
        let body = Body::Samples {
            start,
            stop,
            step,
            last,
        };
        let samples = Shaped::new(vec![count], body);
        match dtype {
            Dtype::Named(to) if is_integral(strong(to)) => {
                // NumPy rounds down before it converts.
                let function = Function::Numpy(crate::ir::Ufunc::Floor);
                let arguments = vec![self.int(0, span)];
                let samples = self.map(Expression::Call { function, arguments }, vec![samples], span)?;
                self.cast(&samples, dtype, span)
            }
            Dtype::Of(_) => self.refused(span, "`np.linspace` of another array's dtype", "name the dtype"),
            Dtype::Named(_) | Dtype::Default | Dtype::Stored | Dtype::Kept => self.cast_if_named(samples, dtype, span),
        }
    }

    /// The index of the sample that is the end: one sample alone is the start.
    fn last_sample(&mut self, parts: Ex, span: Span) -> Ex {
        let (one, none) = (self.int(1, span), self.int(-1, span));
        match self.as_constant(parts) {
            Some(1..) => parts,
            Some(_) => none,
            None => {
                let select = Expression::Select {
                    condition: self.compare(CompareOp::GreaterEqual, parts, one, span),
                    accept: parts,
                    reject: none,
                };
                let last = self.add(select, span);
                self.kept(last, "last", span)
            }
        }
    }

    /// `np.array([[a, b], [c, d]])`
    pub(super) fn literal(&mut self, shape: &[u32], dtype: Dtype, items: &[Shaped], span: Span) -> Scalar<Shaped> {
        let mut values = Vec::new();
        for item in items {
            match item.as_number() {
                Some(number) => values.push(number),
                None => {
                    // Rows that are arrays.
                    if let Dtype::Default = dtype
                        && shape.len() == 1
                    {
                        return self.stack(items, 0, span);
                    }
                    return self.refused(span, "an array stands in an array literal", "write its elements");
                }
            }
        }
        let extents: Vec<Ex> = shape.iter().map(|extent| self.int(i64::from(*extent), span)).collect();
        let kept: Vec<Ex> = values.iter().map(|one| self.kept(*one, "item", span)).collect();
        let mut checked = false;
        let (element, boolean) = match self.element_type(dtype, span)? {
            Some(known) => known,
            None => {
                // The type of one item, which must turn out to hold all others: the widest, as far as that is evident.
                checked = true;
                let widest = kept.iter().zip(&values).max_by_key(|(_, one)| self.width(**one));
                match widest {
                    Some((kept, _)) => {
                        let boolean = values.iter().all(|one| self.is_bool_number(*one));
                        (Element::Of(*kept), boolean)
                    }
                    None => (Element::Named(Conversion::Float64), false),
                }
            }
        };
        let array = self.allocate("items", element, &extents, false, span);
        if boolean {
            self.of_bools.insert(array);
        }
        for (position, value) in kept.into_iter().enumerate() {
            if checked {
                let casting = Casting::Safe;
                self.to.casts.push(Cast { array, value, casting });
            }
            let mut rest = position as i64;
            let mut subscripts = Vec::new();
            for extent in shape.iter().rev() {
                subscripts.push(self.int(rest % i64::from(*extent), span));
                rest /= i64::from(*extent);
            }
            subscripts.reverse();
            self.store_element(array, subscripts, value, span);
        }
        Ok(self.whole(array, span))
    }

    /// The wider it evidently is, the greater.
    fn width(&self, number: Ex) -> u8 {
        let stored = matches!(self.to.expressions[number], Expression::Load { .. });
        match self.evident(number) {
            _ if self.is_evidently_complex(number) => 5,
            Evident::Float => 4,
            // A Python int is an int64; elements may be narrower.
            Evident::Int if !stored && !self.is_bool_number(number) => 3,
            Evident::Int => 2,
            Evident::Uint64 | Evident::Unknown => 1,
        }
    }

    /// Whether a number is evidently a bool.
    pub(super) fn is_bool_number(&self, number: Ex) -> bool {
        match &self.to.expressions[number] {
            Expression::Literal(Literal::Bool(_)) | Expression::Compare { .. } => true,
            Expression::Unary { op, .. } => *op == UnaryOp::Not,
            Expression::Convert { to, .. } => matches!(to, Conversion::Bool | Conversion::NumpyBool),
            Expression::Input(input) => match self.input(*input) {
                Some(InputTy::Scalar(ty)) => ty.kind == Kind::Bool,
                Some(InputTy::Array(_) | InputTy::Nothing) | None => false,
            },
            Expression::Load { array, .. } => self.kind_of_array(*array) == Some(Kind::Bool),
            _ => false,
        }
    }
}

/// The NumPy type of a conversion.
fn strong(to: Conversion) -> Conversion {
    match to {
        Conversion::Bool => Conversion::NumpyBool,
        Conversion::Int => Conversion::Int64,
        Conversion::Float => Conversion::Float64,
        Conversion::Complex => Conversion::Complex128,
        other => other,
    }
}

fn is_integral(to: Conversion) -> bool {
    match to {
        Conversion::Int
        | Conversion::Int8
        | Conversion::Int16
        | Conversion::Int32
        | Conversion::Int64
        | Conversion::UInt8
        | Conversion::UInt16
        | Conversion::UInt32
        | Conversion::UInt64 => true,
        Conversion::Bool
        | Conversion::NumpyBool
        | Conversion::Float
        | Conversion::Float16
        | Conversion::Float32
        | Conversion::Float64
        | Conversion::Complex
        | Conversion::Complex64
        | Conversion::Complex128 => false,
    }
}

/// The conversion to a kind.
pub(super) fn conversion(kind: Kind) -> Conversion {
    match kind {
        Kind::Bool => Conversion::NumpyBool,
        Kind::I8 => Conversion::Int8,
        Kind::I16 => Conversion::Int16,
        Kind::I32 => Conversion::Int32,
        Kind::I64 => Conversion::Int64,
        Kind::U8 => Conversion::UInt8,
        Kind::U16 => Conversion::UInt16,
        Kind::U32 => Conversion::UInt32,
        Kind::U64 => Conversion::UInt64,
        Kind::F16 => Conversion::Float16,
        Kind::C64 => Conversion::Complex64,
        Kind::C128 => Conversion::Complex128,
        Kind::F32 => Conversion::Float32,
        Kind::F64 => Conversion::Float64,
    }
}
