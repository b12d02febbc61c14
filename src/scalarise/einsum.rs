//! Sums of products over axes that are named: `np.einsum`, `np.inner`, `np.tensordot`, and the outer forms of functions.

use super::Ex;
use super::index::Item;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::ir::{BinaryOp, Conversion, Dtype, Expression, Fold, Function, Ufunc};
use crate::source::Span;

impl Scalariser<'_> {
    /// `np.add.outer(a, b)`
    pub(super) fn ufunc_outer(&mut self, ufunc: Ufunc, a: &Shaped, b: &Shaped, span: Span) -> Scalar<Shaped> {
        let all = (0..a.rank()).map(|_| Item::Slice {
            start: None,
            stop: None,
            step: None,
        });
        let items = all.chain((0..b.rank()).map(|_| Item::NewAxis)).collect();
        let column = if a.rank() == 0 {
            a.clone()
        } else {
            self.selected(a, items, span)?
        };
        let placeholder = self.int(0, span);
        let function = Function::Numpy(ufunc);
        let arguments = vec![placeholder, placeholder];
        let operation = Expression::Call { function, arguments };
        match (column.as_number(), b.as_number()) {
            (Some(left), Some(right)) => {
                let arguments = vec![left, right];
                Ok(Shaped::number(self.add(Expression::Call { function, arguments }, span)))
            }
            (_, _) => self.map(operation, vec![column, b.clone()], span),
        }
    }

    /// `np.inner(a, b)`
    pub(super) fn inner_product(&mut self, a: &Shaped, b: &Shaped, span: Span) -> Scalar<Shaped> {
        if a.rank() == 0 || b.rank() == 0 {
            return self.dot(a, b, span);
        }
        self.tensordot(a, b, &[-1], &[-1], span)
    }

    /// `np.tensordot(a, b, (left, right))`
    pub(super) fn tensordot(
        &mut self,
        a: &Shaped,
        b: &Shaped,
        left: &[i64],
        right: &[i64],
        span: Span,
    ) -> Scalar<Shaped> {
        if left.len() != right.len() || left.len() > a.rank() || right.len() > b.rank() {
            return self.refused(
                span,
                "the axes of `np.tensordot` do not match",
                "name as many of each array",
            );
        }
        // A label for each axis: those that are summed are shared.
        let first: Vec<usize> = (0..a.rank()).collect();
        let mut second: Vec<usize> = (a.rank()..a.rank() + b.rank()).collect();
        let mut summed = Vec::new();
        for (own, other) in left.iter().zip(right) {
            let (own, other) = (self.axis(a, *own, span)?, self.axis(b, *other, span)?);
            second[other] = first[own];
            summed.push(first[own]);
        }
        let kept = first.iter().chain(&second).copied();
        let output: Vec<usize> = kept.filter(|label| !summed.contains(label)).collect();
        if output.is_empty() && (a.rank() > 1 || b.rank() > 1) {
            return self.refused(
                span,
                "`np.tensordot` over all axes gives an array without axes",
                "use `np.sum(a * b)` or `np.einsum`",
            );
        }
        self.sum_of_products(&[(a.clone(), first), (b.clone(), second)], &output, span)
    }

    /// `np.einsum(…)`
    pub(super) fn einsum(
        &mut self,
        inputs: &[String],
        output: &str,
        operands: &[Shaped],
        span: Span,
    ) -> Scalar<Shaped> {
        let label = |letter: char| letter as usize;
        let mut labelled = Vec::new();
        for (letters, operand) in inputs.iter().zip(operands) {
            if letters.chars().count() != operand.rank() {
                let message = format!("`{letters}` names other than the {} axes of its array", operand.rank());
                return self.refused(span, message, "name each axis by one letter");
            }
            labelled.push((operand.clone(), letters.chars().map(label).collect()));
        }
        let output: Vec<usize> = output.chars().map(label).collect();
        self.sum_of_products(&labelled, &output, span)
    }

    /// The sum over all labels but those of the result of the products of the operands' elements, in their own type.
    fn sum_of_products(&mut self, operands: &[(Shaped, Vec<usize>)], output: &[usize], span: Span) -> Scalar<Shaped> {
        if operands.iter().any(|(one, _)| one.boolean) {
            return self.refused(
                span,
                "a sum of products of bools cannot be translated",
                "convert them with `.astype` first",
            );
        }
        let mut space: Vec<usize> = output.to_vec();
        for label in operands.iter().flat_map(|(_, labels)| labels) {
            if !space.contains(label) {
                space.push(*label);
            }
        }
        let extents = self.label_extents(operands, &space, span)?;
        let several = operands.len() > 1;
        let halves = several && operands.iter().all(|(one, _)| self.is_half(one));
        let mut product: Option<Shaped> = None;
        for (operand, labels) in operands {
            let operand = if several && operand.view().is_none() && operand.rank() > 0 {
                self.materialise(operand, "factor", span)
            } else {
                operand.clone()
            };
            let operand = if halves {
                self.cast(&operand, Dtype::Named(Conversion::Float32), span)?
            } else {
                operand
            };
            let spread = self.spread_over(&operand, labels, &space, &extents, span);
            let zero = self.int(0, span);
            let operation = Expression::Binary {
                op: BinaryOp::Multiply,
                left: zero,
                right: zero,
            };
            product = Some(match product {
                None => spread,
                Some(before) => match (before.as_number(), spread.as_number()) {
                    (Some(left), Some(right)) => Shaped::number(self.binary(BinaryOp::Multiply, left, right, span)),
                    (_, _) => self.map(operation, vec![before, spread], span)?,
                },
            });
        }
        let Some(mut value) = product else {
            return self.refused(span, "a sum of products of nothing", "pass an array");
        };
        for axis in (output.len()..space.len()).rev() {
            value = self.reduce(Fold::Added, &value, Some(axis as i64), false, span)?;
        }
        if halves {
            return self.cast(&value, Dtype::Named(Conversion::Float16), span);
        }
        Ok(value)
    }

    /// The extent of each label; operands that share one must agree.
    fn label_extents(&mut self, operands: &[(Shaped, Vec<usize>)], space: &[usize], span: Span) -> Scalar<Vec<Ex>> {
        let mut extents: Vec<Option<Ex>> = vec![None; space.len()];
        for (operand, labels) in operands {
            for (extent, label) in operand.extents.iter().zip(labels) {
                let Some(at) = space.iter().position(|one| one == label) else {
                    continue;
                };
                match extents[at] {
                    None => extents[at] = Some(*extent),
                    Some(known) => self.require_equal(known, *extent, span)?,
                }
            }
        }
        let one = self.int(1, span);
        Ok(extents.into_iter().map(|extent| extent.unwrap_or(one)).collect())
    }

    /// An operand over the whole space: along an axis that it does not name it has extent 1.
    fn spread_over(
        &mut self,
        operand: &Shaped,
        labels: &[usize],
        space: &[usize],
        extents: &[Ex],
        span: Span,
    ) -> Shaped {
        if operand.rank() == 0 {
            return operand.clone();
        }
        let one = self.int(1, span);
        let own: Vec<Ex> = space
            .iter()
            .zip(extents)
            .map(|(label, extent)| if labels.contains(label) { *extent } else { one })
            .collect();
        let places = labels
            .iter()
            .map(|label| Place::Along {
                axis: space.iter().position(|one| one == label).unwrap_or(0),
                start: self.int(0, span),
                step: Stride::Of(1),
            })
            .collect();
        Shaped::new(own, Body::Part(operand.clone(), places))
    }
}
