//! Arrays whose elements are those of another one at other places.

use std::rc::Rc;

use super::Ex;
use super::index::Item;
use super::kinds::Evident;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::ir::{BinaryOp, CompareOp, Expression, Function, Literal, Ufunc};
use crate::source::Span;

impl Scalariser<'_> {
    /// `np.flip(value, axes)`: a view, as `value[::-1]` is.
    pub(super) fn flip(&mut self, value: &Shaped, axes: Option<&[i64]>, span: Span) -> Scalar<Shaped> {
        if value.rank() == 0 {
            return self.refused(span, "a number is flipped", "pass an array");
        }
        let mut flipped = vec![axes.is_none(); value.rank()];
        for axis in axes.unwrap_or_default() {
            let axis = self.axis(value, *axis, span)?;
            flipped[axis] = true;
        }
        let items = flipped
            .into_iter()
            .map(|flipped| Item::Slice {
                start: None,
                stop: None,
                step: flipped.then(|| self.int(-1, span)),
            })
            .collect();
        self.selected(value, items, span)
    }

    /// `np.roll(value, by, axis)`: the last `by` places of the axis come first. A new array.
    pub(super) fn roll(&mut self, value: &Shaped, by: &Shaped, axis: Option<i64>, span: Span) -> Scalar<Shaped> {
        let by = self.whole_number(by, "the shift of `np.roll`", span)?;
        let axis = match axis {
            Some(axis) => self.axis(value, axis, span)?,
            None if value.rank() == 1 => 0,
            None => return self.refused(span, "`np.roll` without `axis` of a matrix", "give `axis=`"),
        };
        let extent = self.not_negative(value.extents[axis], span);
        let one = self.int(1, span);
        let round = self.extreme(Function::Max, extent, one, span);
        let first = self.binary(BinaryOp::Modulo, by, round, span);
        let first = self.kept(first, "first", span);
        let rest = self.plus(extent, first, -1, span);
        let value = if value.view().is_some() {
            value.clone()
        } else {
            self.materialise(value, "rolled", span)
        };
        let zero = self.int(0, span);
        let (end, start) = (
            self.stretch(&value, axis, rest, first, span),
            self.stretch(&value, axis, zero, rest, span),
        );
        self.concatenate_alike(&[end, start], axis, value.extents.clone(), span)
    }

    /// `length` places of an axis from `start` on.
    fn stretch(&mut self, value: &Shaped, along: usize, start: Ex, length: Ex, span: Span) -> Shaped {
        let mut extents = value.extents.clone();
        extents[along] = length;
        let places = (0..value.rank())
            .map(|axis| Place::Along {
                axis,
                start: if axis == along { start } else { self.int(0, span) },
                step: Stride::Of(1),
            })
            .collect();
        Shaped::new(extents, Body::Part(value.clone(), places)).with_bools(value.boolean)
    }

    /// `np.repeat(value, by, axis)`
    pub(super) fn repeat(&mut self, value: &Shaped, by: &Shaped, axis: Option<i64>, span: Span) -> Scalar<Shaped> {
        let by = self.whole_number(by, "the number of repetitions", span)?;
        let (value, axis) = match axis {
            None => (self.ravel(value, span)?, 0),
            Some(axis) => (value.clone(), self.axis(value, axis, span)?),
        };
        let value = if value.is_costly() {
            self.materialise(&value, "repeated", span)
        } else {
            value
        };
        let repetitions = self.linear(by);
        self.require_bound(&repetitions, "a negative number of repetitions", span);
        let mut extents = value.extents.clone();
        let single = self.as_constant(extents[axis]) == Some(1);
        extents[axis] = if single {
            by
        } else {
            let length = self.not_negative(extents[axis], span);
            self.binary(BinaryOp::Multiply, length, by, span)
        };
        let mut places = Vec::new();
        for own in 0..value.rank() {
            places.push(if own != axis {
                let start = self.int(0, span);
                Place::Along {
                    axis: own,
                    start,
                    step: Stride::Of(1),
                }
            } else if single {
                Place::At(self.int(0, span))
            } else {
                let index = Rc::new(self.quotients(extents[axis], by, span)?);
                Place::Given {
                    index,
                    first: axis,
                    rank: 1,
                }
            });
        }
        Ok(Shaped::new(extents, Body::Part(value.clone(), places)).with_bools(value.boolean))
    }

    /// `np.arange(length) // by`
    fn quotients(&mut self, length: Ex, by: Ex, span: Span) -> Scalar<Shaped> {
        let counted = self.counting(length, span);
        let operation = self.void_binary(BinaryOp::FloorDivide, span);
        self.map(operation, vec![counted, Shaped::number(by)], span)
    }

    /// `np.triu(value, by)`, `np.tril(value, by)`: zeros elsewhere.
    pub(super) fn triangle(&mut self, upper: bool, value: &Shaped, by: &Shaped, span: Span) -> Scalar<Shaped> {
        let by = self.whole_number(by, "the number of a diagonal", span)?;
        let [.., rows, columns] = value.extents[..] else {
            return self.refused(span, "a triangle of a vector", "pass a matrix");
        };
        let op = if upper {
            CompareOp::GreaterEqual
        } else {
            CompareOp::LessEqual
        };
        let inside = self.beside_diagonal(op, (rows, columns), by, span)?;
        self.chosen_or_zero(inside, value.clone(), span)
    }

    /// `value.diagonal(by)` of a matrix.
    pub(super) fn diagonal(&mut self, value: &Shaped, by: &Shaped, span: Span) -> Scalar<Shaped> {
        let by = self.whole_number(by, "the number of a diagonal", span)?;
        let [rows, columns] = value.extents[..] else {
            return self.refused(span, "a diagonal of no matrix", "pass an array of two axes");
        };
        let Some(by) = self.as_constant(by) else {
            return self.refused(span, "the number of a diagonal must be a constant", "write the number");
        };
        let down = self.plus_constant(rows, by.min(0), span);
        let right = self.plus_constant(columns, by.max(0).saturating_neg(), span);
        let length = self.extreme(Function::Min, down, right, span);
        let from = |this: &mut Self, start: i64| Place::Along {
            axis: 0,
            start: this.int(start, span),
            step: Stride::Of(1),
        };
        let places = vec![from(self, by.min(0).saturating_neg()), from(self, by.max(0))];
        let length = self.not_negative(length, span);
        Ok(Shaped::new(vec![length], Body::Part(value.clone(), places)).with_bools(value.boolean))
    }

    /// `np.diag(value, by)`
    pub(super) fn diag(&mut self, value: &Shaped, by: &Shaped, span: Span) -> Scalar<Shaped> {
        if value.rank() != 1 {
            return self.diagonal(value, by, span);
        }
        if by.as_number().and_then(|by| self.as_constant(by)) != Some(0) {
            return self.refused(span, "a matrix of a diagonal beside the first", "assign the elements");
        }
        let extent = value.extents[0];
        let zero = self.int(0, span);
        let on = self.beside_diagonal(CompareOp::Equal, (extent, extent), zero, span)?;
        self.chosen_or_zero(on, value.clone(), span)
    }

    /// Where `column - row` compares so to `by`.
    fn beside_diagonal(&mut self, op: CompareOp, (rows, columns): (Ex, Ex), by: Ex, span: Span) -> Scalar<Shaped> {
        let (down, right) = (self.counting(rows, span), self.counting(columns, span));
        let start = self.int(0, span);
        let along = Place::Along {
            axis: 0,
            start,
            step: Stride::Of(1),
        };
        let one = self.int(1, span);
        let down = Shaped::new(vec![rows, one], Body::Part(down, vec![along]));
        let subtract = self.void_binary(BinaryOp::Subtract, span);
        let distance = self.map(subtract, vec![right, down], span)?;
        let (left, right) = (self.int(0, span), self.int(0, span));
        let compare = Expression::Compare { op, left, right };
        self.map(compare, vec![distance, Shaped::number(by)], span)
    }

    /// `np.where(condition, value, 0)`, of the value's type.
    fn chosen_or_zero(&mut self, condition: Shaped, value: Shaped, span: Span) -> Scalar<Shaped> {
        // False promotes to every type, to 0 of it.
        let zero = self.add(Expression::Literal(Literal::Bool(false)), span);
        let boolean = value.boolean;
        let function = Function::Numpy(Ufunc::Where);
        let arguments = vec![self.int(0, span), self.int(0, span), self.int(0, span)];
        let operation = Expression::Call { function, arguments };
        let chosen = self.map(operation, vec![condition, value, Shaped::number(zero)], span)?;
        Ok(chosen.with_bools(boolean))
    }

    /// `np.arange(length)`
    fn counting(&mut self, length: Ex, span: Span) -> Shaped {
        let body = Body::Range {
            start: self.int(0, span),
            step: self.int(1, span),
            integral: true,
        };
        Shaped::new(vec![length], body)
    }

    /// An operation for [`Self::map`], whose own operands are void.
    pub(super) fn void_binary(&mut self, op: BinaryOp, span: Span) -> Expression {
        let (left, right) = (self.int(0, span), self.int(0, span));
        Expression::Binary { op, left, right }
    }

    /// An operand that must be one integer.
    pub(super) fn whole_number(&mut self, value: &Shaped, what: &str, span: Span) -> Scalar<Ex> {
        match value.as_number() {
            Some(number) if self.as_constant(number).is_some() => Ok(number),
            Some(number) if self.evident(number) == Evident::Int => {
                let to = crate::ir::Conversion::Int;
                let number = self.add(Expression::Convert { to, operand: number }, span);
                Ok(self.steady(number, "number", span))
            }
            Some(_) | None => self.refused(span, format!("{what} must be an integer"), "pass one integer"),
        }
    }
}
