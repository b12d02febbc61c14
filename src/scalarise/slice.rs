//! Slices: the first place, the length and the step of `start:stop:step` on an axis.

use super::Ex;
use super::kinds::Evident;
use super::scalariser::{Scalar, Scalariser};
use crate::ir::{self, BinaryOp, CompareOp, Expression, Function};
use crate::source::Span;

impl Scalariser<'_> {
    /// A bound as a Python int, where it is evidently an integer of NumPy's: arithmetic with extents is exact then.
    pub(super) fn as_index(&mut self, bound: Ex, span: Span) -> Ex {
        let mut narrow = false;
        ir::visit_expressions(&self.to, bound, &mut |one| {
            narrow |= match &self.to.expressions[one] {
                Expression::Load { .. } | Expression::Variable(_) => true,
                Expression::Input(input) => self.is_numpy_int(*input),
                _ => false,
            };
        });
        if !narrow || self.evident(bound) != Evident::Int {
            return bound;
        }
        let to = ir::Conversion::Int;
        self.add(Expression::Convert { to, operand: bound }, span)
    }

    /// First place, length and step of `start:stop:step` on an axis.
    pub(super) fn slice(
        &mut self,
        extent: Ex,
        start: Option<Ex>,
        stop: Option<Ex>,
        step: Option<Ex>,
        span: Span,
    ) -> Scalar<(Ex, Ex, i64)> {
        let step = match step.map(|step| self.as_constant(step)) {
            None => 1,
            Some(Some(step)) if step != 0 => step,
            Some(_) => {
                return self.refused(
                    span,
                    "the step of a slice must be a constant other than 0",
                    "write the step as a number",
                );
            }
        };
        let (start, stop) = if step > 0 {
            self.forward(extent, start, stop, span)
        } else {
            self.backward(extent, start, stop, span)
        };
        let (from, to) = if step > 0 { (start, stop) } else { (stop, start) };
        let distance = self.plus(to, from, -1, span);
        let by = step.abs();
        let length = if by == 1 {
            distance
        } else if let Some(distance) = self.as_constant(distance) {
            self.int((distance + by - 1).div_euclid(by), span)
        } else {
            let rounded = self.plus_constant(distance, by - 1, span);
            let divisor = self.int(by, span);
            self.binary(BinaryOp::FloorDivide, rounded, divisor, span)
        };
        Ok((start, length, step))
    }

    fn forward(&mut self, extent: Ex, start: Option<Ex>, stop: Option<Ex>, span: Span) -> (Ex, Ex) {
        let start = match start {
            None => self.int(0, span),
            Some(start) => match self.as_constant(start) {
                Some(at) if at < 0 => {
                    // From the end: there must be as many elements.
                    let from_end = self.plus_constant(extent, at, span);
                    let linear = self.linear(from_end);
                    self.require_bound(&linear, "a slice begins before the first element", span);
                    from_end
                }
                Some(_) => start,
                None => self.counted_from_start(start, extent, span),
            },
        };
        let stop = match stop {
            None => extent,
            Some(stop) => match self.as_constant(stop) {
                // Further than the first element: nothing is left, as the length shows.
                Some(at) if at < 0 => self.plus_constant(extent, at, span),
                Some(0) => stop,
                Some(_) => self.clip(stop, extent, span),
                None => {
                    let stop = self.counted_from_start(stop, extent, span);
                    self.clip(stop, extent, span)
                }
            },
        };
        (start, stop)
    }

    fn backward(&mut self, extent: Ex, start: Option<Ex>, stop: Option<Ex>, span: Span) -> (Ex, Ex) {
        let last = self.plus_constant(extent, -1, span);
        let start = match start {
            None => last,
            Some(start) => match self.as_constant(start) {
                Some(at) if at < 0 => self.plus_constant(extent, at, span),
                Some(_) => self.clip(start, last, span),
                None => {
                    let start = self.counted_from_start(start, extent, span);
                    self.clip(start, last, span)
                }
            },
        };
        let stop = match stop {
            None => self.int(-1, span),
            Some(stop) => match self.as_constant(stop) {
                Some(at) if at < 0 => {
                    let from_end = self.plus_constant(extent, at, span);
                    let mut room = self.linear(from_end);
                    room.constant = room.constant.saturating_add(1);
                    self.require_bound(&room, "a slice ends before the first element", span);
                    from_end
                }
                Some(_) => stop,
                None => self.counted_from_start(stop, extent, span),
            },
        };
        (start, stop)
    }

    /// A bound counted from the start of the axis.
    fn counted_from_start(&mut self, bound: Ex, extent: Ex, span: Span) -> Ex {
        let linear = self.linear(bound);
        let zero = self.int(0, span);
        match self.least(&linear).map(|least| (least.as_constant(), least)) {
            Some((Some(0..), _)) => return bound,
            Some((None, least)) => {
                let least = self.of_linear(&least, span);
                let holds = self.compare(CompareOp::GreaterEqual, least, zero, span);
                self.require(holds, "a bound of a slice is negative".to_owned(), span);
                return bound;
            }
            Some((Some(_), _)) | None => {}
        }
        let negative = self.compare(CompareOp::Less, bound, zero, span);
        let from_end = self.plus(extent, bound, 1, span);
        let from_end = self.extreme(Function::Max, from_end, zero, span);
        let wrapped = Expression::Select {
            condition: negative,
            accept: from_end,
            reject: bound,
        };
        let wrapped = self.add(wrapped, span);
        self.kept(wrapped, "bound", span)
    }

    /// `min(bound, limit)`, if it can be more.
    fn clip(&mut self, bound: Ex, limit: Ex, span: Span) -> Ex {
        let room = self.sum(&self.linear(limit), &self.linear(bound), -1);
        match self.least(&room).and_then(|least| least.as_constant()) {
            Some(least) if least >= 0 => bound,
            _ => self.extreme(Function::Min, bound, limit, span),
        }
    }
}
