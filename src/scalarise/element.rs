//! The element of a value at an index, as an expression of the new region.

use std::rc::Rc;

use super::Ex;
use super::scalariser::Scalariser;
use super::shape::{Body, Place, Shaped};
use crate::ir::{self, BinaryOp, Conversion, Expression};
use crate::source::Span;

impl Scalariser<'_> {
    /// The element at an index with one part for each axis. Where that takes a loop, it goes into the present block.
    pub(super) fn element(&mut self, value: &Shaped, index: &[Ex], span: Span) -> Ex {
        match &*Rc::clone(&value.body) {
            Body::Number(number) => self.again(*number),
            Body::View(array, places) => {
                let subscripts = self.subscripts(places, index, span);
                let array = *array;
                self.add(Expression::Load { array, subscripts }, span)
            }
            Body::Part(base, places) => {
                let inner = self.subscripts(places, index, span);
                self.element(base, &inner, span)
            }
            Body::Map(operation, operands, place) => {
                let operands: Vec<Ex> = operands
                    .iter()
                    .map(|one| self.broadcast_element(one, index, span))
                    .collect();
                self.add(ir::with_operands(operation, &operands), *place)
            }
            Body::Fold(fold, operand, axis, place) => self.folded(*fold, operand, *axis, index, *place),
            Body::FoldKept(fold, operand, axis, place) => {
                let rest: Vec<Ex> = (0..index.len()).filter(|at| at != axis).map(|at| index[at]).collect();
                self.folded(*fold, operand, *axis, &rest, *place)
            }
            Body::Contract(a, b, place) => self.contracted(a, b, index, *place),
            Body::Range { start, step, integral } => {
                let (start, step) = (self.again(*start), self.again(*step));
                if *integral {
                    let sum = match self.as_constant(step) {
                        Some(by) => {
                            let scaled = self.linear(index[0]);
                            let sum = self.sum(&self.linear(start), &scaled, by);
                            self.of_linear(&sum, span)
                        }
                        None => {
                            let scaled = self.binary(BinaryOp::Multiply, index[0], step, span);
                            self.binary(BinaryOp::Add, start, scaled, span)
                        }
                    };
                    let to = Conversion::Int64;
                    return self.add(Expression::Convert { to, operand: sum }, span);
                }
                let scaled = self.binary(BinaryOp::Multiply, index[0], step, span);
                let sum = self.binary(BinaryOp::Add, start, scaled, span);
                let to = Conversion::Float64;
                self.add(Expression::Convert { to, operand: sum }, span)
            }
            Body::Samples {
                start,
                stop,
                step,
                last,
            } => {
                let (start, stop, step) = (self.again(*start), self.again(*stop), self.again(*step));
                let to = Conversion::Int;
                let counter = self.add(Expression::Convert { to, operand: index[0] }, span);
                let scaled = self.binary(BinaryOp::Multiply, counter, step, span);
                let sample = self.binary(BinaryOp::Add, scaled, start, span);
                let Some(last) = last else { return sample };
                let last = self.again(*last);
                let condition = self.compare(ir::CompareOp::Equal, index[0], last, span);
                self.add(
                    Expression::Select {
                        condition,
                        accept: stop,
                        reject: sample,
                    },
                    span,
                )
            }
            Body::Identity(one, zero) => {
                let (one, zero) = (self.again(*one), self.again(*zero));
                let condition = self.compare(ir::CompareOp::Equal, index[0], index[1], span);
                self.add(
                    Expression::Select {
                        condition,
                        accept: one,
                        reject: zero,
                    },
                    span,
                )
            }
            Body::Reshaped(base) => self.reshaped_element(value, base, index, span),
            Body::Stacked(parts, axis) => self.chosen(parts, *axis, index, span),
        }
    }

    /// The element of one of several parts, by the index along an axis.
    fn chosen(&mut self, parts: &[Shaped], axis: usize, index: &[Ex], span: Span) -> Ex {
        let rest: Vec<Ex> = (0..index.len()).filter(|at| *at != axis).map(|at| index[at]).collect();
        if let Some(known) = self.as_constant(index[axis])
            && let Some(part) = usize::try_from(known).ok().and_then(|known| parts.get(known))
        {
            return self.element(part, &rest, span);
        }
        let mut chosen: Option<Ex> = None;
        for (position, part) in parts.iter().enumerate().rev() {
            let one = self.element(part, &rest, span);
            chosen = Some(match chosen {
                None => one,
                Some(other) => {
                    let at = self.int(position as i64, span);
                    let condition = self.compare(ir::CompareOp::Equal, index[axis], at, span);
                    self.add(
                        Expression::Select {
                            condition,
                            accept: one,
                            reject: other,
                        },
                        span,
                    )
                }
            });
        }
        chosen.unwrap_or_else(|| self.int(0, span))
    }

    /// The element of an operand that is broadcast to the shape to which the index belongs.
    pub(super) fn broadcast_element(&mut self, operand: &Shaped, index: &[Ex], span: Span) -> Ex {
        let skipped = index.len().saturating_sub(operand.rank());
        let own: Vec<Ex> = operand
            .extents
            .iter()
            .zip(&index[skipped..])
            .map(|(extent, at)| {
                if self.as_constant(*extent) == Some(1) {
                    self.int(0, span)
                } else {
                    *at
                }
            })
            .collect();
        self.element(operand, &own, span)
    }

    /// Subscripts of the base for an index of the value.
    pub(super) fn subscripts(&mut self, places: &[Place], index: &[Ex], span: Span) -> Vec<Ex> {
        let mut subscripts = Vec::new();
        for place in places {
            subscripts.push(match place {
                Place::At(at) => *at,
                Place::Along { axis, start, step } => self.strided(*start, index[*axis], *step, span),
                Place::Given {
                    index: given,
                    first,
                    rank,
                } => {
                    let own = index[*first..*first + *rank].to_vec();
                    self.broadcast_element(given, &own, span)
                }
            });
        }
        subscripts
    }

    /// The same expression once more: loads stand in one place only.
    pub(super) fn again(&mut self, root: Ex) -> Ex {
        let children = ir::children(&self.to.expressions[root]);
        let loads = {
            let mut found = false;
            ir::visit_expressions(&self.to, root, &mut |one| {
                found |= matches!(self.to.expressions[one], Expression::Load { .. });
            });
            found
        };
        if !loads {
            return root;
        }
        let children: Vec<Ex> = children.into_iter().map(|one| self.again(one)).collect();
        let span = self.to.spans[root];
        let copy = ir::with_operands(&self.to.expressions[root].clone(), &children);
        self.add(copy, span)
    }
}
