//! Reductions and scans.
//!
//! Sums are loops like any other, so that `plan` may put them into lanes; NumPy's own order (pairwise summation, Higham,
//! *The Accuracy of Floating Point Summation*, 1993) has the same kind of bound.

use super::Ex;
use super::place::Way;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Shaped};
use crate::ir::{
    BinaryOp, CompareOp, Conversion, Element, Exception, Expression, Fold, Function, Handle, Literal, LogicalOp, Ufunc,
    Variable,
};
use crate::source::Span;

/// How elements are combined.
#[derive(Clone, Copy)]
struct Folding {
    fold: Fold,
    way: Way,
    /// Whether they are kept in a wider type meanwhile, if they are halves.
    wide: bool,
}

impl Scalariser<'_> {
    /// `np.sum(value, axis, keepdims)` and its kin.
    pub(super) fn reduce(
        &mut self,
        fold: Fold,
        value: &Shaped,
        axis: Option<i64>,
        keepdims: bool,
        span: Span,
    ) -> Scalar<Shaped> {
        let twice = match fold {
            Fold::Var { .. } | Fold::Std { .. } | Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax => true,
            Fold::Argmin | Fold::Argmax => !self.is_found_at_once(value),
            Fold::Sum | Fold::Added | Fold::Product | Fold::Mean | Fold::Any | Fold::All | Fold::CountNonzero => false,
        };
        let value = if twice && value.is_costly() {
            self.materialise(value, "whole", span)
        } else if matches!(fold, Fold::Argmin | Fold::Argmax) && value.boolean {
            self.as_numbers(value, span)?
        } else {
            value.clone()
        };
        let boolean = matches!(fold, Fold::Any | Fold::All) || (matches!(fold, Fold::Min | Fold::Max) && value.boolean);
        let Some(axis) = axis else {
            let extents = value.extents.clone();
            let folding = self.folding(fold, &value);
            let number = self.fold_over(folding, &extents, span, |this, index| this.element(&value, index, span));
            let number = self.steady(number, fold.name(), span);
            if keepdims && value.rank() > 0 {
                let ones = (0..value.rank()).map(|_| self.int(1, span)).collect();
                return Ok(Shaped::new(ones, Body::Number(number)).with_bools(boolean));
            }
            return Ok(Shaped::number(number).with_bools(boolean));
        };
        if value.rank() == 0 {
            return self.refused(span, "a number has no axis", "NumPy raises an AxisError here");
        }
        let axis = self.axis(&value, axis, span)?;
        if matches!(
            fold,
            Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax | Fold::Argmin | Fold::Argmax
        ) && value.rank() > 1
        {
            // NumPy raises for an axis without elements even where the result has none either.
            let one = self.int(1, span);
            let some = self.compare(CompareOp::GreaterEqual, value.extents[axis], one, span);
            self.require(
                some,
                "an axis along which the least or greatest is sought is empty".to_owned(),
                span,
            );
        }
        let mut extents = value.extents.clone();
        if keepdims {
            extents[axis] = self.int(1, span);
            return Ok(Shaped::new(extents, Body::FoldKept(fold, value, axis, span)).with_bools(boolean));
        }
        extents.remove(axis);
        if extents.is_empty() {
            let number = self.folded(fold, &value, 0, &[], span);
            let number = self.steady(number, fold.name(), span);
            return Ok(Shaped::number(number).with_bools(boolean));
        }
        Ok(Shaped::new(extents, Body::Fold(fold, value, axis, span)).with_bools(boolean))
    }

    /// The elements along an axis combined, at an index of the other axes.
    pub(super) fn folded(&mut self, fold: Fold, value: &Shaped, axis: usize, rest: &[Ex], span: Span) -> Ex {
        let extent = value.extents[axis];
        let folding = self.folding(fold, value);
        self.fold_over(folding, &[extent], span, |this, index| {
            let mut whole = rest.to_vec();
            whole.insert(axis, index[0]);
            this.element(value, &whole, span)
        })
    }

    fn folding(&self, fold: Fold, value: &Shaped) -> Folding {
        let way = self.way_to_extreme(value);
        let wide = self.may_be_half(value);
        Folding { fold, way, wide }
    }

    /// Combines what `element` gives at all indices below `extents`, in the present block.
    fn fold_over(
        &mut self,
        Folding { fold, way, wide }: Folding,
        extents: &[Ex],
        span: Span,
        element: impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        match fold {
            Fold::Sum => self.rounded_sum((BinaryOp::Add, Element::SumOf, wide), extents, span, &element),
            Fold::Added => self.rounded_sum((BinaryOp::Add, Element::Of, wide), extents, span, &element),
            Fold::Product => self.rounded_sum((BinaryOp::Multiply, Element::SumOf, wide), extents, span, &element),
            Fold::Mean => self.mean_over(wide, extents, span, &element),
            Fold::Var { ddof } => self.variance((ddof, wide), extents, span, &element),
            Fold::Std { ddof } => {
                let variance = self.variance((ddof, wide), extents, span, &element);
                let function = Function::Numpy(Ufunc::Sqrt);
                let arguments = vec![variance];
                self.add(Expression::Call { function, arguments }, span)
            }
            Fold::Min => self.extreme_over(Ufunc::Minimum, extents, span, &element),
            Fold::Max => self.extreme_over(Ufunc::Maximum, extents, span, &element),
            Fold::Fmin => self.extreme_over(Ufunc::Fmin, extents, span, &element),
            Fold::Fmax => self.extreme_over(Ufunc::Fmax, extents, span, &element),
            Fold::Argmin => self.place_of_extreme(CompareOp::Less, way, extents, span, &element),
            Fold::Argmax => self.place_of_extreme(CompareOp::Greater, way, extents, span, &element),
            Fold::Any => self.truth_over(LogicalOp::Or, false, extents, span, &element),
            Fold::All => self.truth_over(LogicalOp::And, true, extents, span, &element),
            Fold::CountNonzero => {
                let count = self.temporary("count", span);
                let zero = self.int(0, span);
                self.assign(count, zero, span);
                self.nest(extents, span, |this, index| {
                    let condition = element(this, index);
                    let ((), accept) = this.nested(|this| this.step(count, span));
                    this.push_if(condition, accept, span);
                });
                // Since NumPy 2.4, as sums are.
                let operand = self.add(Expression::Variable(count), span);
                let to = Conversion::Int64;
                self.add(Expression::Convert { to, operand }, span)
            }
        }
    }

    /// `count = count + 1`
    pub(super) fn step(&mut self, count: Handle<Variable>, span: Span) {
        let before = self.add(Expression::Variable(count), span);
        let one = self.int(1, span);
        let next = self.binary(BinaryOp::Add, before, one, span);
        self.assign(count, next, span);
    }

    /// Adds up, or multiplies, from 0 or 1: the total, in the type in which NumPy does it, and one of the values.
    fn sum_over(
        &mut self,
        (op, storage, wide): (BinaryOp, fn(Ex) -> Element, bool),
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> (Ex, Option<Ex>) {
        let (wanted, start) = if op == BinaryOp::Add {
            ("sum", 0)
        } else {
            ("product", 1)
        };
        let total = self.accumulator(wanted, None, span);
        let start = self.int(start, span);
        self.assign(total, start, span);
        let (mut one, mut added) = (None, None);
        self.nest(extents, span, |this, index| {
            let value = element(this, index);
            let term = if wide { this.widened(value, span) } else { value };
            (one, added) = (Some(value), Some(term));
            let before = this.add(Expression::Variable(total), span);
            let after = this.binary(op, before, term, span);
            this.assign(total, after, span);
        });
        self.to.variables[total].storage = added.map(storage);
        (self.add(Expression::Variable(total), span), one)
    }

    /// The total in the type that NumPy gives it.
    fn rounded_sum(
        &mut self,
        way: (BinaryOp, fn(Ex) -> Element, bool),
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        let (_, storage, wide) = way;
        match self.sum_over(way, extents, span, element) {
            (total, Some(one)) if wide => self.kept_in("rounded", storage(one), total, span),
            (total, _) => total,
        }
    }

    fn mean_over(&mut self, wide: bool, extents: &[Ex], span: Span, element: &impl Fn(&mut Self, &[Ex]) -> Ex) -> Ex {
        let (total, one) = self.sum_over((BinaryOp::Add, Element::MeanOf, wide), extents, span, element);
        let count = self.product(extents, span);
        let mean = self.binary(BinaryOp::Divide, total, count, span);
        self.kept_in("mean", Element::MeanOf(one.unwrap_or(total)), mean, span)
    }

    /// NumPy's two passes: the mean, then the mean of squared distances. Halves are rounded after every step, and counts do not
    /// fit into them.
    fn variance(
        &mut self,
        (ddof, wide): (i64, bool),
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        let way: (BinaryOp, fn(Ex) -> Element, bool) = (BinaryOp::Add, Element::MeanOf, wide);
        let count = self.product(extents, span);
        let mean = if wide {
            let total = self.rounded_sum(way, extents, span, element);
            self.wide_quotient("mean", total, count, span)
        } else {
            self.mean_over(false, extents, span, element)
        };
        let squares = self.rounded_sum(way, extents, span, &|this, index| {
            let one = element(this, index);
            let mean = this.again(mean);
            let distance = this.binary(BinaryOp::Subtract, one, mean, span);
            let distance = this.kept(distance, "distance", span);
            this.square(distance, span)
        });
        let zero = self.int(0, span);
        let freedom = self.plus_constant(count, ddof.saturating_neg(), span);
        let freedom = if ddof == 0 {
            count
        } else {
            self.extreme(Function::Max, freedom, zero, span)
        };
        if wide {
            return self.wide_quotient("variance", squares, freedom, span);
        }
        let variance = self.binary(BinaryOp::Divide, squares, freedom, span);
        self.kept_in("variance", Element::Of(squares), variance, span)
    }

    /// The square of a number's absolute value, which is real.
    fn square(&mut self, number: Ex, span: Span) -> Ex {
        if !self.knows_complex() {
            return self.binary(BinaryOp::Multiply, number, number, span);
        }
        let squares = [Function::Real, Function::Imag].map(|function| {
            let arguments = vec![number];
            let part = self.add(Expression::Call { function, arguments }, span);
            self.binary(BinaryOp::Multiply, part, part, span)
        });
        self.binary(BinaryOp::Add, squares[0], squares[1], span)
    }

    /// A quotient by a count, in the type of the dividend.
    fn wide_quotient(&mut self, wanted: &str, dividend: Ex, count: Ex, span: Span) -> Ex {
        let wide = self.widened(dividend, span);
        let quotient = self.binary(BinaryOp::Divide, wide, count, span);
        self.kept_in(wanted, Element::Of(dividend), quotient, span)
    }

    /// The first element, after making sure that there is one.
    pub(super) fn first_element(
        &mut self,
        what: &str,
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        self.raise_if_empty(what, extents, span);
        let zeros: Vec<Ex> = extents.iter().map(|_| self.int(0, span)).collect();
        element(self, &zeros)
    }

    pub(super) fn raise_if_empty(&mut self, what: &str, extents: &[Ex], span: Span) {
        for extent in extents {
            if self.as_constant(*extent).is_some_and(|extent| extent > 0) {
                continue;
            }
            let one = self.int(1, span);
            let empty = self.compare(CompareOp::Less, *extent, one, span);
            self.raise_if(empty, Exception::ValueError, what, span);
        }
    }

    fn extreme_over(
        &mut self,
        ufunc: Ufunc,
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        let name = match ufunc {
            Ufunc::Minimum => "minimum",
            Ufunc::Fmin => "fmin",
            Ufunc::Fmax => "fmax",
            _ => "maximum",
        };
        let message = format!("zero-size array to reduction operation {name} which has no identity");
        self.best_over(ufunc, (name, &message), extents, span, element)
    }

    /// The least or greatest element, in a variable of that name; an error with that message where there is none.
    pub(super) fn best_over(
        &mut self,
        ufunc: Ufunc,
        (name, message): (&str, &str),
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        let first = self.first_element(message, extents, span, element);
        let best = self.accumulator(name, Some(Element::Of(first)), span);
        self.assign(best, first, span);
        self.nest(extents, span, |this, index| {
            let one = element(this, index);
            let before = this.add(Expression::Variable(best), span);
            let function = Function::Numpy(ufunc);
            let arguments = vec![before, one];
            let after = this.add(Expression::Call { function, arguments }, span);
            this.assign(best, after, span);
        });
        self.add(Expression::Variable(best), span)
    }

    fn truth_over(
        &mut self,
        op: LogicalOp,
        start: bool,
        extents: &[Ex],
        span: Span,
        element: &impl Fn(&mut Self, &[Ex]) -> Ex,
    ) -> Ex {
        let wanted = if start { "all" } else { "any" };
        let truth = self.accumulator(wanted, Some(Element::Named(Conversion::NumpyBool)), span);
        let start = self.add(Expression::Literal(Literal::Bool(start)), span);
        self.assign(truth, start, span);
        self.nest(extents, span, |this, index| {
            let one = element(this, index);
            let to = Conversion::NumpyBool;
            let right = this.add(Expression::Convert { to, operand: one }, span);
            let left = this.add(Expression::Variable(truth), span);
            let after = this.add(Expression::Logical { op, left, right }, span);
            this.assign(truth, after, span);
        });
        self.add(Expression::Variable(truth), span)
    }

    /// `np.cumsum(value, axis)`, `np.cumprod(value, axis)`: in order, as NumPy does.
    pub(super) fn accumulate(&mut self, fold: Fold, value: &Shaped, axis: Option<i64>, span: Span) -> Scalar<Shaped> {
        let (value, axis) = match axis {
            None => (self.ravel(value, span)?, 0),
            Some(axis) => (value.clone(), self.axis(value, axis, span)?),
        };
        let (start, op) = match fold {
            Fold::Product => (1, BinaryOp::Multiply),
            Fold::Min | Fold::Max => return self.running_extreme(fold, &value, axis, span),
            _ => (0, BinaryOp::Add),
        };
        let placeholder = self.int(0, span);
        let into = self.allocate("scan", Element::SumOf(placeholder), &value.extents, false, span);
        let mut others = value.extents.clone();
        let extent = others.remove(axis);
        let mut added = None;
        let directive = if others.is_empty() { self.directive.take() } else { None };
        self.nest(&others, span, |this, rest| {
            let total = this.accumulator("running", None, span);
            let start = this.int(start, span);
            this.assign(total, start, span);
            this.along(extent, span, |this, counter| {
                let mut index = rest.to_vec();
                index.insert(axis, counter);
                let one = this.element(&value, &index, span);
                added = Some(one);
                let before = this.add(Expression::Variable(total), span);
                let after = this.binary(op, before, one, span);
                this.assign(total, after, span);
                let now = this.add(Expression::Variable(total), span);
                this.store_element(into, index, now, span);
            });
            this.to.variables[total].storage = added.map(Element::SumOf);
        });
        self.directive = self.directive.take().or(directive);
        if let (Some(added), crate::ir::ArrayOrigin::Local { element, .. }) = (added, &mut self.to.arrays[into].origin)
        {
            *element = Element::SumOf(added);
        }
        Ok(self.whole(into, span))
    }

    /// `np.minimum.accumulate(value, axis)`, `np.maximum.accumulate`
    fn running_extreme(&mut self, fold: Fold, value: &Shaped, axis: usize, span: Span) -> Scalar<Shaped> {
        let ufunc = if fold == Fold::Min {
            Ufunc::Minimum
        } else {
            Ufunc::Maximum
        };
        let into = self.materialise(value, "scan", span);
        let Some((array, _)) = into.view() else {
            return Ok(into);
        };
        let mut others = value.extents.clone();
        let extent = others.remove(axis);
        let directive = if others.is_empty() { self.directive.take() } else { None };
        let later = self.plus_constant(extent, -1, span);
        self.nest(&others, span, |this, rest| {
            this.along(later, span, |this, counter| {
                let place = |this: &mut Self, by: i64| {
                    let mut index = rest.to_vec();
                    index.insert(axis, this.plus_constant(counter, by, span));
                    index
                };
                let (before, now) = (place(this, 0), place(this, 1));
                let before = this.element(&into, &before, span);
                let one = this.element(&into, &now, span);
                let function = Function::Numpy(ufunc);
                let arguments = vec![before, one];
                let best = this.add(Expression::Call { function, arguments }, span);
                this.store_element(array, now, best, span);
            });
        });
        self.directive = self.directive.take().or(directive);
        Ok(into)
    }
}
