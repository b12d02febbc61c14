//! Expressions: what is a number becomes an expression of the new region, what has axes a [`Shaped`].

use super::Ex;
use super::kinds::Evident;
use super::operands::evaluated_when;
use super::scalariser::{Held, Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::infer::InputTy;
use crate::ir::{
    self, Array, ArrayForm, ArrayFunction, ArrayOrigin, BinaryOp, Conversion, Expression, Function, Handle, Literal,
    UnaryOp, Variable,
};
use crate::source::Span;

impl Scalariser<'_> {
    /// An expression of the old region.
    pub(super) fn value(&mut self, root: Ex) -> Scalar<Shaped> {
        if let Some(done) = self.done.get(&root) {
            return Ok(Shaped::number(*done));
        }
        let value = self.value_of(root)?;
        match value.as_number() {
            Some(number) => _ = self.done.insert(root, number),
            None if self.from.single.contains(&root) => {
                let span = self.from.spans[root];
                return self.refused(
                    span,
                    "a list is subscripted by an array",
                    "make it an array: `np.array(…)`",
                );
            }
            None => {}
        }
        Ok(value)
    }

    fn value_of(&mut self, root: Ex) -> Scalar<Shaped> {
        let span = self.from.spans[root];
        let expression = self.from.expressions[root].clone();
        match &expression {
            Expression::Literal(_) | Expression::Counter(_) => Ok(Shaped::number(self.add(expression, span))),
            Expression::Input(input) => match self.input(*input) {
                Some(InputTy::Array(_)) => Ok(self.whole_input(*input, span)),
                Some(InputTy::Scalar(_) | InputTy::Nothing) | None => Ok(Shaped::number(self.add(expression, span))),
            },
            Expression::Variable(variable) => self.variable(*variable, span),
            Expression::Extent { array, axis } => self.extent(*array, *axis as i64, span),
            Expression::Size(array) => {
                let array = self.named(*array, span)?;
                Ok(Shaped::number(self.size(&array, span)))
            }
            Expression::Rank(array) => {
                let array = self.named(*array, span)?;
                Ok(Shaped::number(self.int(array.rank() as i64, span)))
            }
            Expression::Load { array, subscripts } => {
                let base = self.named(*array, span)?;
                self.indexed(&base, subscripts, span)
            }
            Expression::Array(form) => self.form(form, span),
            Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Call { .. }
            | Expression::Convert { .. } => self.operation(&expression, span),
        }
    }

    fn variable(&mut self, variable: Handle<Variable>, span: Span) -> Scalar<Shaped> {
        match self.held[variable.index()].clone() {
            Held::Number => Ok(Shaped::number(self.add(Expression::Variable(variable), span))),
            Held::Array(shaped) => Ok(shaped),
            Held::Mixed => {
                let name = &self.from.variables[variable].name;
                let message = format!("`{name}` may be one of several arrays here, by the way the program took");
                self.refused(
                    span,
                    message,
                    "make the array before the loop and assign its elements (`a[...] = …`) instead of the name",
                )
            }
        }
    }

    /// The array with that name in the old region.
    pub(super) fn named(&mut self, array: Handle<Array>, span: Span) -> Scalar<Shaped> {
        match self.from.arrays[array].origin.clone() {
            ArrayOrigin::Input(input) => match self.input(input) {
                Some(InputTy::Array(_)) => Ok(self.whole_input(input, span)),
                Some(InputTy::Scalar(_) | InputTy::Nothing) | None => {
                    let name = &self.from.inputs[input].name;
                    let message = format!("`{name}` is used as an array, but is a number here");
                    self.refused(span, message, "pass an array")
                }
            },
            ArrayOrigin::Variable(variable) => {
                let value = self.variable(variable, span)?;
                if value.rank() == 0 {
                    let name = &self.from.variables[variable].name;
                    let message = format!("`{name}` is used as an array, but is a number here");
                    return self.refused(span, message, "give it as many axes as it is subscripted with");
                }
                Ok(value)
            }
            ArrayOrigin::Local { .. } => Ok(self.whole(array, span)),
        }
    }

    fn extent(&mut self, array: Handle<Array>, axis: i64, span: Span) -> Scalar<Shaped> {
        let array = self.named(array, span)?;
        self.extent_of(&array, axis, span)
    }

    pub(super) fn extent_of(&mut self, value: &Shaped, axis: i64, span: Span) -> Scalar<Shaped> {
        let rank = value.rank() as i64;
        let at = if axis < 0 { axis + rank } else { axis };
        match usize::try_from(at).ok().and_then(|at| value.extents.get(at)) {
            Some(extent) => {
                let extent = *extent;
                Ok(Shaped::number(self.not_negative(extent, span)))
            }
            None => {
                let message = format!("a {rank}-D array has no axis {axis}");
                self.refused(span, message, "axes count from 0")
            }
        }
    }

    /// An extent as Python sees it.
    pub(super) fn not_negative(&mut self, extent: Ex, span: Span) -> Ex {
        let certain = match &self.to.expressions[extent] {
            Expression::Extent { .. } => true,
            _ => {
                let linear = self.linear(extent);
                let plain = linear.terms.iter().all(|(atom, coefficient)| {
                    *coefficient > 0 && matches!(self.to.expressions[*atom], Expression::Extent { .. })
                });
                plain && linear.constant >= 0
            }
        };
        if certain {
            return extent;
        }
        let zero = self.int(0, span);
        self.extreme(Function::Max, extent, zero, span)
    }

    pub(super) fn size(&mut self, value: &Shaped, span: Span) -> Ex {
        self.product(&value.extents, span)
    }

    fn form(&mut self, form: &ArrayForm, span: Span) -> Scalar<Shaped> {
        match form {
            ArrayForm::Whole(array) => self.named(*array, span),
            ArrayForm::Index { base, subscripts } => {
                let base = self.value(*base)?;
                self.indexed(&base, subscripts, span)
            }
            ArrayForm::Call { function, arguments } => self.array_call(function, arguments, span),
            ArrayForm::Slice { .. } | ArrayForm::NewAxis | ArrayForm::Ellipsis => {
                self.refused(span, "a slice stands where a value is needed", "slices are subscripts")
            }
        }
    }

    // Element-wise operations

    fn operation(&mut self, expression: &Expression, span: Span) -> Scalar<Shaped> {
        let mut operands: Vec<Shaped> = Vec::new();
        for (position, child) in ir::children(expression).into_iter().enumerate() {
            if let Some(when) = evaluated_when(expression, position) {
                let (operand, block) = self.nested(|this| this.value(child));
                let operand = operand?;
                self.compute_when(when, &operands, block, operand.rank() == 0, span);
                operands.push(operand);
                continue;
            }
            let since = self.now();
            let operand = self.value(child)?;
            if self.now() > since {
                let before: Vec<Ex> = operands.iter().filter_map(Shaped::as_number).collect();
                self.compute_before(since, &before);
            }
            operands.push(operand);
        }
        let numbers: Option<Vec<Ex>> = operands.iter().map(Shaped::as_number).collect();
        if let Some(numbers) = numbers {
            return Ok(Shaped::number(self.add(ir::with_operands(expression, &numbers), span)));
        }
        if operands.iter().all(|one| one.rank() == 0) {
            let numbers: Vec<Ex> = operands.iter().map(|one| self.element(one, &[], span)).collect();
            return Ok(Shaped::number(self.add(ir::with_operands(expression, &numbers), span)));
        }
        self.require_numpy(&operands, span)?;
        if let Expression::Select { .. } = expression
            && let [condition, a, b] = &operands[..]
            && let Some(condition) = condition.as_number()
            && a.rank() == b.rank()
        {
            return self.one_or_another(condition, &a.clone(), &b.clone(), span);
        }
        self.square_bools(expression, &mut operands, span)?;
        let expression = match self.elementwise(expression) {
            Ok(expression) => expression,
            Err((what, help)) => return self.refused(span, format!("{what} of an array cannot be translated"), help),
        };
        self.map(expression, operands, span)
    }

    /// `bools ** 2`, which NumPy squares as bytes, where it raises to any other power of Python's as `int64`.
    fn square_bools(&mut self, expression: &Expression, operands: &mut [Shaped], span: Span) -> Scalar<()> {
        let (
            Expression::Binary {
                op: BinaryOp::Power, ..
            },
            [base, exponent],
        ) = (expression, operands)
        else {
            return Ok(());
        };
        let Some(number) = exponent.as_number().filter(|_| base.boolean && base.rank() > 0) else {
            return Ok(());
        };
        match self.to.expressions[number] {
            Expression::Literal(Literal::Int(2)) => *base = self.as_numbers(&base.clone(), span)?,
            Expression::Literal(_) => {}
            Expression::Input(input) if self.is_numpy_int(input) => {}
            _ if self.evident(number) == Evident::Float => {}
            _ => {
                return self.refused(
                    span,
                    "bools to a power that is not written out",
                    "convert them: `.astype(int)`",
                );
            }
        }
        Ok(())
    }

    /// That no operand is a list or a buffer of Python's: Python repeats and concatenates those, and NumPy makes arrays of them,
    /// whose elements are no Python numbers.
    pub(super) fn require_numpy(&mut self, operands: &[Shaped], span: Span) -> Scalar<()> {
        let buffer = operands.iter().find_map(|one| {
            let (array, _) = one.view()?;
            (one.rank() > 0 && self.is_python(array)).then_some(array)
        });
        let Some(array) = buffer else { return Ok(()) };
        let name = &self.to.arrays[array].name;
        let message = format!("`{name}` is a list or a buffer, no NumPy array: only its items can be used");
        self.refused(span, message, "make it an array before the loop: `np.array(…)`")
    }

    /// What an operation does to each element, if it can be applied to arrays.
    fn elementwise(&self, expression: &Expression) -> Result<Expression, (&'static str, &'static str)> {
        match expression {
            Expression::Unary { op: UnaryOp::Not, .. } => Err(("`not`", "use `~` or `np.logical_not`")),
            Expression::Logical { .. } => Err(("`and` or `or`", "use `&`, `|`, or `np.logical_and`")),
            Expression::Select { .. } => Err(("a conditional expression", "use `np.where`")),
            Expression::Call { function, .. } => match function {
                Function::Numpy(_)
                | Function::Abs
                | Function::Real
                | Function::Imag
                | Function::Conjugate
                | Function::Conj => Ok(expression.clone()),
                Function::Complex => Err(("`complex`", "use `a + 1j * b`")),
                Function::Min | Function::Max => Err(("`min` or `max`", "use `np.minimum` or `np.min`")),
                // `np.round`, which `lower` writes so.
                Function::RoundDigits if self.rounds_numpy(expression) => Ok(expression.clone()),
                Function::Round | Function::RoundDigits => Err(("`round`", "use `np.rint`")),
                Function::PowerModulo => Err(("`pow` with a modulus", "use `%`")),
                Function::Math(_) => Err(("a function of `math`", "use NumPy's function of the same name")),
            },
            Expression::Convert { to, .. } => match to {
                Conversion::Bool | Conversion::Int | Conversion::Float | Conversion::Complex => {
                    Err(("a conversion to a Python number", "use `.astype`"))
                }
                _ => Ok(expression.clone()),
            },
            Expression::Unary { .. } | Expression::Binary { .. } | Expression::Compare { .. } => Ok(expression.clone()),
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Variable(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Load { .. }
            | Expression::Array(_) => Ok(expression.clone()),
        }
    }

    /// Whether what is rounded is a NumPy number: the result of a ufunc.
    fn rounds_numpy(&self, expression: &Expression) -> bool {
        let operands = ir::children(expression);
        let first = operands.first().map(|first| &self.from.expressions[*first]);
        matches!(
            first,
            Some(Expression::Call {
                function: Function::Numpy(ir::Ufunc::Positive),
                ..
            })
        )
    }

    /// An element-wise operation, its operands broadcast against each other.
    pub(super) fn map(&mut self, operation: Expression, operands: Vec<Shaped>, span: Span) -> Scalar<Shaped> {
        let operands = self.spread_operands(operands, span)?;
        let extents = self.broadcast(&operands, span)?;
        let mut kept = Vec::new();
        for operand in operands {
            // What is computed again for every element of a larger result is computed once.
            let spread = operand.rank() < extents.len()
                || operand
                    .extents
                    .iter()
                    .zip(&extents[extents.len() - operand.rank()..])
                    .any(|(own, all)| self.as_constant(*own) == Some(1) && self.as_constant(*all) != Some(1));
            kept.push(if operand.rank() == 0 {
                self.settled_number(&operand, span)
            } else if spread && operand.is_costly() {
                self.materialise(&operand, "part", span)
            } else {
                operand
            });
        }
        self.convert_first(&operation, &kept, span);
        let boolean = self.gives_bools(&operation, &kept);
        Ok(Shaped::new(extents, Body::Map(operation, kept, span)).with_bools(boolean))
    }

    /// A number that is computed before the loops over elements.
    pub(super) fn settled_number(&mut self, value: &Shaped, span: Span) -> Shaped {
        let number = match value.as_number() {
            Some(number) => number,
            None => self.element(value, &[], span),
        };
        Shaped::number(self.steady(number, "number", span))
    }

    /// The extents of a result whose operands are broadcast.
    pub(super) fn broadcast(&mut self, operands: &[Shaped], span: Span) -> Scalar<Vec<Ex>> {
        let rank = operands.iter().map(Shaped::rank).max().unwrap_or(0);
        let mut extents: Vec<Option<Ex>> = vec![None; rank];
        for operand in operands {
            for (at, extent) in operand.extents.iter().enumerate() {
                let place = rank - operand.rank() + at;
                extents[place] = Some(match extents[place] {
                    None => *extent,
                    Some(known) => self.common_extent(known, *extent, span)?,
                });
            }
        }
        let one = self.int(1, span);
        Ok(extents.into_iter().map(|extent| extent.unwrap_or(one)).collect())
    }

    /// The extent of two axes that are combined.
    pub(super) fn common_extent(&mut self, a: Ex, b: Ex, span: Span) -> Scalar<Ex> {
        match (self.as_constant(a), self.as_constant(b)) {
            (Some(1), _) => Ok(b),
            (_, Some(1)) => Ok(a),
            (x, y) => {
                self.require_equal(a, b, span)?;
                // What is known is best; then what is the same in every iteration of the loops around, where a slice's own
                // length, `min(i + n, limit) - i`, is not.
                let better = (y.is_some() && x.is_none()) || (self.is_launch_known(b) && !self.is_launch_known(a));
                Ok(if better { b } else { a })
            }
        }
    }

    /// That two extents are equal.
    pub(super) fn require_equal(&mut self, a: Ex, b: Ex, span: Span) -> Scalar<()> {
        let difference = self.sum(&self.linear(a), &self.linear(b), -1);
        match difference.as_constant() {
            Some(0) => return Ok(()),
            Some(_) => {
                return self.refused(
                    span,
                    "arrays of different shapes are combined",
                    "NumPy raises a ValueError here, or broadcasts an axis of extent 1",
                );
            }
            None => {}
        }
        if self.equal_by_parts(a, b, span) {
            return Ok(());
        }
        // A slice that ends before it begins is as empty as any.
        let (a, b) = (self.not_negative(a, span), self.not_negative(b, span));
        let equal = self.compare(ir::CompareOp::Equal, a, b, span);
        self.require(
            equal,
            "the shapes of arrays do not match, or one is broadcast".to_owned(),
            span,
        );
        Ok(())
    }

    /// `min(e, x)` and `min(e, y)` are equal when `x` and `y` are; `min(e, x)` is `e` when that fits.
    fn equal_by_parts(&mut self, a: Ex, b: Ex, span: Span) -> bool {
        let otherwise = "the shapes of arrays do not match".to_owned();
        if let (Some((e, x)), Some((f, y))) = (self.clipped(a), self.clipped(b))
            && self.same(e, f)
            && self.is_launch_known(x)
            && self.is_launch_known(y)
        {
            let equal = self.compare(ir::CompareOp::Equal, x, y, span);
            self.require(equal, otherwise, span);
            return true;
        }
        // Without the clipping, if it can be excluded at the launch.
        let (plain_a, needs_a) = self.unclipped(a, span);
        let (plain_b, needs_b) = self.unclipped(b, span);
        let difference = self.sum(&self.linear(plain_a), &self.linear(plain_b), -1);
        let mut bounds = Vec::new();
        for need in needs_a.iter().chain(&needs_b) {
            match self.least(need) {
                Some(bound) => bounds.push(bound),
                None => return false,
            }
        }
        if needs_a.is_empty() && needs_b.is_empty() {
            return false;
        }
        let zero = self.int(0, span);
        match difference.as_constant() {
            Some(0) => {}
            Some(_) => return false,
            None => {
                let difference = self.of_linear(&difference, span);
                if !self.is_launch_known(difference) {
                    return false;
                }
                let equal = self.compare(ir::CompareOp::Equal, difference, zero, span);
                self.require(equal, otherwise.clone(), span);
            }
        }
        for bound in bounds {
            if bound.as_constant().is_some_and(|bound| bound >= 0) {
                continue;
            }
            let bound = self.of_linear(&bound, span);
            let holds = self.compare(ir::CompareOp::GreaterEqual, bound, zero, span);
            self.require(holds, "a slice goes beyond the end of its array".to_owned(), span);
        }
        true
    }

    /// `min(e, x) + …` without the `min`, and what must not be negative for that.
    fn unclipped(&mut self, extent: Ex, span: Span) -> (Ex, Vec<super::linear::Linear>) {
        let linear = self.linear(extent);
        let mut plain = super::linear::Linear::constant(linear.constant);
        let mut needs = Vec::new();
        for (atom, coefficient) in &linear.terms {
            match self.clipped(*atom) {
                Some((end, limit)) => {
                    needs.push(self.sum(&self.linear(limit), &self.linear(end), -1));
                    plain = self.sum(&plain, &self.linear(end), *coefficient);
                }
                None => plain = self.sum(&plain, &self.linear(*atom), *coefficient),
            }
        }
        (self.of_linear(&plain, span), needs)
    }

    /// The parts of `min(end, limit)`.
    fn clipped(&self, extent: Ex) -> Option<(Ex, Ex)> {
        match &self.to.expressions[extent] {
            Expression::Call {
                function: Function::Min,
                arguments,
            } => match arguments[..] {
                [end, limit] => Some((end, limit)),
                _ => None,
            },
            _ => None,
        }
    }

    // Functions

    fn array_call(&mut self, function: &ArrayFunction, arguments: &[Ex], span: Span) -> Scalar<Shaped> {
        let mut operands = Vec::new();
        for argument in arguments {
            operands.push(self.value(*argument)?);
        }
        let length = matches!(function, ArrayFunction::Extent(_)) && !self.is_attributed(arguments[0]);
        if !length {
            self.require_numpy(&operands, span)?;
        }
        match (function, &operands[..]) {
            (ArrayFunction::Reduce { fold, axis, keepdims }, [operand]) => {
                self.reduce(*fold, &operand.clone(), *axis, *keepdims, span)
            }
            (ArrayFunction::Accumulate { fold, axis }, [operand]) => {
                self.accumulate(*fold, &operand.clone(), *axis, span)
            }
            (ArrayFunction::Matmul, [a, b]) => self.matmul(&a.clone(), &b.clone(), span),
            (ArrayFunction::Dot, [a, b]) => self.dot(&a.clone(), &b.clone(), span),
            (ArrayFunction::Outer, [a, b]) => self.outer(&a.clone(), &b.clone(), span),
            (ArrayFunction::UfuncOuter(ufunc), [a, b]) => self.ufunc_outer(*ufunc, a, b, span),
            (ArrayFunction::Inner, [a, b]) => self.inner_product(a, b, span),
            (ArrayFunction::Tensordot(left, right), [a, b]) => self.tensordot(a, b, left, right, span),
            (ArrayFunction::Einsum { inputs, output }, all) => self.einsum(inputs, output, all, span),
            (ArrayFunction::Nonzero(axis), [operand]) => self.nonzero(operand, *axis, span),
            (ArrayFunction::ArgWhere, [operand]) => self.argwhere(operand, span),
            (ArrayFunction::Squeeze(axis), [operand]) => self.squeeze(operand, *axis, span),
            (ArrayFunction::MoveAxis(from, to), [operand]) => self.move_axis(operand, *from, *to, span),
            (ArrayFunction::BroadcastTo, [operand, extents @ ..]) => self.broadcast_to(operand, extents, span),
            (ArrayFunction::Make { fill, dtype }, all) => self.make(*fill, *dtype, all, span),
            (ArrayFunction::MakeLike { fill, dtype }, all) => self.make_like(*fill, *dtype, all, span),
            (ArrayFunction::Arange(dtype), [start, stop, step]) => {
                self.arange([start.clone(), stop.clone(), step.clone()], *dtype, span)
            }
            (ArrayFunction::Linspace { endpoint, dtype }, [start, stop, count]) => {
                self.linspace([start.clone(), stop.clone(), count.clone()], *endpoint, *dtype, span)
            }
            (ArrayFunction::Literal { shape, dtype }, all) => self.literal(shape, *dtype, all, span),
            (ArrayFunction::Copy, [operand]) => {
                if operand.rank() == 0 {
                    return Ok(operand.clone());
                }
                Ok(self.materialise(&operand.clone(), "copy", span))
            }
            (ArrayFunction::Cast(dtype), [operand]) => self.cast(&operand.clone(), *dtype, span),
            (ArrayFunction::Transpose(axes), [operand]) => self.transpose(&operand.clone(), axes.as_deref(), span),
            (ArrayFunction::SwapAxes(a, b), [operand]) => self.swap_axes(&operand.clone(), *a, *b, span),
            (ArrayFunction::Reshape, [operand, extents @ ..]) => self.reshape(&operand.clone(), extents, span),
            (ArrayFunction::Ravel, [operand]) => self.ravel(&operand.clone(), span),
            (ArrayFunction::Stack(axis), parts) => self.stack(parts, *axis, span),
            (ArrayFunction::Concatenate(axis), parts) => self.concatenate(parts, *axis, span),
            (ArrayFunction::Join(join), parts) => self.joined(*join, parts, span),
            (ArrayFunction::Flip(axes), [operand]) => self.flip(operand, axes.as_deref(), span),
            (ArrayFunction::Roll(axis), [operand, by]) => self.roll(operand, by, *axis, span),
            (ArrayFunction::Repeat(axis), [operand, by]) => self.repeat(operand, by, *axis, span),
            (ArrayFunction::Triangle { upper }, [operand, by]) => self.triangle(*upper, operand, by, span),
            (ArrayFunction::Diagonal, [operand, by]) => self.diagonal(operand, by, span),
            (ArrayFunction::Diag, [operand, by]) => self.diag(operand, by, span),
            (ArrayFunction::Histogram, [values, bins, weights @ ..]) => {
                self.histogram(values, bins, weights.first(), span)
            }
            (ArrayFunction::HistogramEdges, [values, bins]) => self.histogram_edges(values, bins, span),
            (ArrayFunction::Covariance { rows, ddof }, [operand]) => self.covariance(operand, *rows, *ddof, span),
            (ArrayFunction::Extent(axis), [operand]) => self.extent_of(&operand.clone(), *axis, span),
            (ArrayFunction::Size, [operand]) => Ok(Shaped::number(self.size(&operand.clone(), span))),
            (ArrayFunction::Rank, [operand]) => Ok(Shaped::number(self.int(operand.rank() as i64, span))),
            (_, _) => self.refused(
                span,
                format!("`{function}` is called in a way that cannot be translated"),
                "see the reference for the forms that can",
            ),
        }
    }

    /// Whether a variable holds an array of which attributes are asked.
    fn is_attributed(&self, value: Ex) -> bool {
        let Expression::Variable(variable) = self.from.expressions[value] else {
            return false;
        };
        let is_own = |array: &Handle<Array>| self.from.arrays[*array].origin == ArrayOrigin::Variable(variable);
        self.from.attributed.iter().any(is_own)
    }

    /// A value that is evaluated here and shows no later changes; views of arrays show them.
    pub(super) fn settled_view(&mut self, shaped: &Shaped, span: Span) -> Shaped {
        let Some((array, places)) = shaped.view() else {
            return shaped.clone();
        };
        let places = places.to_vec();
        let extents = shaped
            .extents
            .iter()
            .map(|one| self.fixed(*one, "extent", span))
            .collect();
        let places = places
            .into_iter()
            .map(|place| match place {
                Place::At(at) => Place::At(self.fixed(at, "row", span)),
                Place::Along { axis, start, step } => Place::Along {
                    axis,
                    start: self.fixed(start, "first", span),
                    step: match step {
                        Stride::Of(_) => step,
                        Stride::By(by) => Stride::By(self.fixed(by, "step", span)),
                    },
                },
                given @ Place::Given { .. } => given,
            })
            .collect();
        let settled = Shaped::new(extents, Body::View(array, places)).with_bools(shaped.boolean);
        Shaped {
            whole: shaped.whole,
            ..settled
        }
    }

    /// An expression that no later assignment changes.
    fn fixed(&mut self, value: Ex, wanted: &str, span: Span) -> Ex {
        let mut reads = false;
        ir::visit_expressions(&self.to, value, &mut |one| {
            reads |= match &self.to.expressions[one] {
                Expression::Variable(variable) => !self.to.variables[*variable].temporary,
                Expression::Load { .. } => true,
                _ => false,
            };
        });
        if reads { self.kept(value, wanted, span) } else { value }
    }
}
