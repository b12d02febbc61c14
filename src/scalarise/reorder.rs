//! Reorderings of axes: transpositions, and the same elements in another shape.

use super::Ex;
use super::index::Chosen;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::ir::{BinaryOp, CompareOp};
use crate::source::Span;

impl Scalariser<'_> {
    pub(super) fn transpose(&mut self, value: &Shaped, axes: Option<&[i64]>, span: Span) -> Scalar<Shaped> {
        let rank = value.rank();
        if rank == 0 {
            return self.refused(span, "a number is transposed", "pass an array");
        }
        let order: Vec<usize> = match axes {
            None => (0..rank).rev().collect(),
            Some(axes) => {
                let wrapped = axes
                    .iter()
                    .map(|axis| if *axis < 0 { *axis + rank as i64 } else { *axis });
                let order: Vec<usize> = wrapped.filter_map(|axis| usize::try_from(axis).ok()).collect();
                let mut sorted = order.clone();
                sorted.sort_unstable();
                if sorted != (0..rank).collect::<Vec<_>>() {
                    return self.refused(
                        span,
                        "the axes of a transposition do not match the array",
                        "name every axis once",
                    );
                }
                order
            }
        };
        Ok(self.reordered(value, &order, span))
    }

    pub(super) fn swap_axes(&mut self, value: &Shaped, a: i64, b: i64, span: Span) -> Scalar<Shaped> {
        let (a, b) = (self.axis(value, a, span)?, self.axis(value, b, span)?);
        let mut order: Vec<usize> = (0..value.rank()).collect();
        order.swap(a, b);
        Ok(self.reordered(value, &order, span))
    }

    /// An axis from 0 on.
    pub(super) fn axis(&mut self, value: &Shaped, axis: i64, span: Span) -> Scalar<usize> {
        let rank = value.rank() as i64;
        let from_start = if axis < 0 { axis + rank } else { axis };
        if (0..rank).contains(&from_start) {
            return Ok(from_start as usize);
        }
        let message = format!("a {rank}-D array has no axis {axis}");
        self.refused(span, message, "NumPy raises an AxisError here")
    }

    /// Axis `order[k]` of the value as axis `k`.
    fn reordered(&mut self, value: &Shaped, order: &[usize], span: Span) -> Shaped {
        let extents = order.iter().map(|axis| value.extents[*axis]).collect();
        let moved = |axis: usize| order.iter().position(|one| *one == axis).unwrap_or(axis);
        match value.view() {
            Some((array, places)) if value.is_view() => {
                let places = places
                    .iter()
                    .map(|place| match place {
                        Place::Along { axis, start, step } => Place::Along {
                            axis: moved(*axis),
                            start: *start,
                            step: *step,
                        },
                        other => other.clone(),
                    })
                    .collect();
                Shaped::new(extents, Body::View(array, places)).with_bools(value.boolean)
            }
            _ => {
                let places = (0..value.rank())
                    .map(|axis| Place::Along {
                        axis: moved(axis),
                        start: self.int(0, span),
                        step: Stride::Of(1),
                    })
                    .collect();
                Shaped::new(extents, Body::Part(value.clone(), places)).with_bools(value.boolean)
            }
        }
    }

    // Shapes

    pub(super) fn reshape(&mut self, value: &Shaped, extents: &[Shaped], span: Span) -> Scalar<Shaped> {
        let mut wanted: Vec<Ex> = Vec::new();
        for extent in extents {
            match extent.as_number() {
                Some(extent) => wanted.push(self.steady(extent, "extent", span)),
                None => return self.refused(span, "an array stands for an extent", "write each extent"),
            }
        }
        let size = self.size(value, span);
        if let Some(open) = wanted.iter().position(|extent| self.as_constant(*extent) == Some(-1)) {
            let others: Vec<Ex> = wanted
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != open)
                .map(|(_, one)| *one)
                .collect();
            wanted[open] = match others
                .into_iter()
                .reduce(|a, b| self.binary(BinaryOp::Multiply, a, b, span))
            {
                None => size,
                Some(product) if self.as_constant(product) == Some(1) => size,
                Some(product) => {
                    let whole = self.binary(BinaryOp::FloorDivide, size, product, span);
                    self.steady(whole, "extent", span)
                }
            };
        }
        // Axes of extent 1 come and go without a word.
        let kept = |this: &Self, all: &[Ex]| -> Vec<usize> {
            (0..all.len())
                .filter(|at| this.as_constant(all[*at]) != Some(1))
                .collect()
        };
        let (old, new) = (kept(self, &value.extents), kept(self, &wanted));
        let alike = old.len() == new.len()
            && old.iter().zip(&new).all(|(a, b)| {
                self.sum(&self.linear(value.extents[*a]), &self.linear(wanted[*b]), -1)
                    .as_constant()
                    == Some(0)
            });
        if alike {
            let mut chosen = vec![Chosen::At(self.int(0, span)); value.rank()];
            for (a, b) in old.iter().zip(&new) {
                chosen[*a] = Chosen::Along {
                    axis: *b,
                    start: self.int(0, span),
                    step: Stride::Of(1),
                };
            }
            if !wanted.is_empty() {
                return self.composed(value, &chosen, wanted, span);
            }
        }
        let given = wanted
            .iter()
            .copied()
            .reduce(|a, b| self.binary(BinaryOp::Multiply, a, b, span));
        let given = given.unwrap_or_else(|| self.int(1, span));
        let matches = self.compare(CompareOp::Equal, size, given, span);
        self.require(matches, "an array cannot be reshaped so".to_owned(), span);
        let operand = if value.is_costly() {
            self.materialise(value, "whole", span)
        } else {
            value.clone()
        };
        Ok(Shaped::new(wanted, Body::Reshaped(operand)).with_bools(value.boolean))
    }

    pub(super) fn ravel(&mut self, value: &Shaped, span: Span) -> Scalar<Shaped> {
        if value.rank() == 1 {
            let mut view = value.clone();
            view.whole = false;
            return Ok(view);
        }
        let size = self.size(value, span);
        let size = Shaped::number(size);
        self.reshape(value, &[size], span)
    }

    /// The element of a reshaped value: its place in row-major order, taken apart by the extents of the base.
    pub(super) fn reshaped_element(&mut self, value: &Shaped, base: &Shaped, index: &[Ex], span: Span) -> Ex {
        let flat = self.row_major(index, &value.extents, span);
        let mut inner = Vec::new();
        let mut rest = flat;
        for (axis, extent) in base.extents.clone().into_iter().enumerate().rev() {
            if axis == 0 {
                inner.push(rest);
                break;
            }
            inner.push(self.binary(BinaryOp::Modulo, rest, extent, span));
            rest = self.binary(BinaryOp::FloorDivide, rest, extent, span);
        }
        inner.reverse();
        self.element(base, &inner, span)
    }
}
