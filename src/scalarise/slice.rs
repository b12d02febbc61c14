//! Slices: the first place, the length and the step of `start:stop:step` on an axis.

use super::Ex;
use super::kinds::Evident;
use super::linear::Linear;
use super::scalariser::{Scalar, Scalariser};
use super::shape::Stride;
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
        if !narrow || !matches!(self.evident(bound), Evident::Int | Evident::Uint64) {
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
    ) -> Scalar<(Ex, Ex, Stride)> {
        let step = match step.map(|step| self.as_constant(step)) {
            None => 1,
            Some(Some(0)) => {
                return self.refused(span, "the step of a slice is 0", "NumPy raises a ValueError here");
            }
            Some(Some(step)) => step,
            Some(None) => return Ok(self.slice_by(extent, start, stop, step.unwrap_or(extent), span)),
        };
        let (start, stop) = if step > 0 {
            self.forward(extent, start, stop, span)
        } else {
            self.backward(extent, start, stop, span)
        };
        let (from, to) = if step > 0 { (start, stop) } else { (stop, start) };
        let mut distance = self.plus(to, from, -1, span);
        if !self.is_never_negative(&self.linear(distance)) && !self.supposes() {
            let none = self.int(0, span);
            distance = self.extreme(Function::Max, distance, none, span);
        }
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
        Ok((start, length, Stride::Of(step)))
    }

    /// The same for a step that is no constant.
    fn slice_by(&mut self, extent: Ex, start: Option<Ex>, stop: Option<Ex>, step: Ex, span: Span) -> (Ex, Ex, Stride) {
        let zero = self.int(0, span);
        let opposite = self.plus(zero, step, -1, span);
        let mut above = self.linear(step);
        above.constant = above.constant.saturating_sub(1);
        let mut below = self.linear(opposite);
        below.constant = below.constant.saturating_sub(1);
        let mut forward = self.is_never_negative(&above);
        let backward = self.is_never_negative(&below);
        if !forward && !backward && self.is_launch_known(step) && self.supposes() {
            self.require_bound(&above, "the step of a slice is not positive", span);
            forward = true;
        }
        if !forward && !backward {
            let none = self.compare(CompareOp::Equal, step, zero, span);
            self.raise_if(none, ir::Exception::ValueError, "slice step cannot be zero", span);
        }
        let (start, distance, by) = match (forward, backward) {
            (true, _) => {
                let (start, stop) = self.forward(extent, start, stop, span);
                (start, self.plus(stop, start, -1, span), step)
            }
            (false, true) => {
                let (start, stop) = self.backward(extent, start, stop, span);
                (start, self.plus(start, stop, -1, span), opposite)
            }
            (false, false) => {
                let (first, end) = self.forward(extent, start, stop, span);
                let (last, before) = self.backward(extent, start, stop, span);
                let (ahead, back) = (self.plus(end, first, -1, span), self.plus(last, before, -1, span));
                let start = self.where_negative(step, last, first, "first", span);
                let distance = self.where_negative(step, back, ahead, "distance", span);
                (start, distance, self.where_negative(step, opposite, step, "by", span))
            }
        };
        let distance = self.extreme(Function::Max, distance, zero, span);
        let one = self.int(1, span);
        // As nobody could see otherwise.
        let by = self.extreme(Function::Max, by, one, span);
        let rounded = self.plus(distance, by, 1, span);
        let rounded = self.plus_constant(rounded, -1, span);
        let length = self.binary(BinaryOp::FloorDivide, rounded, by, span);
        (start, self.kept(length, "length", span), Stride::By(step))
    }

    /// The place of the element at an index on an axis.
    pub(super) fn strided(&mut self, start: Ex, index: Ex, step: Stride, span: Span) -> Ex {
        let sum = match step {
            Stride::Of(step) => self.sum(&self.linear(start), &self.linear(index), step),
            Stride::By(step) => {
                let distance = self.binary(BinaryOp::Multiply, index, step, span);
                self.sum(&self.linear(start), &self.linear(distance), 1)
            }
        };
        self.of_linear(&sum, span)
    }

    /// The stride of a slice of a slice.
    pub(super) fn stride_of_stride(&mut self, outer: Stride, inner: Stride, span: Span) -> Stride {
        let (a, b) = match (outer, inner) {
            (Stride::Of(a), Stride::Of(b)) => return Stride::Of(a * b),
            (Stride::Of(a), Stride::By(b)) => (self.int(a, span), b),
            (Stride::By(a), Stride::Of(b)) => (a, self.int(b, span)),
            (Stride::By(a), Stride::By(b)) => (a, b),
        };
        Stride::By(self.binary(BinaryOp::Multiply, a, b, span))
    }

    fn forward(&mut self, extent: Ex, start: Option<Ex>, stop: Option<Ex>, span: Span) -> (Ex, Ex) {
        let start = match start {
            None => self.int(0, span),
            Some(start) => match self.as_constant(start) {
                Some(at) if at < 0 => {
                    // From the end: there must be as many elements.
                    let from_end = self.plus_constant(extent, at, span);
                    self.at_least(0, from_end, "a slice begins before the first element", span)
                }
                Some(_) => start,
                None => match self.resolved(start, extent, Direction::Forward, span) {
                    Resolved::Within(start) | Resolved::FromStart(start) => start,
                },
            },
        };
        let stop = match stop {
            None => extent,
            Some(stop) => match self.as_constant(stop) {
                // Further than the first element: nothing is left, as the length shows.
                Some(at) if at < 0 => self.plus_constant(extent, at, span),
                Some(0) => stop,
                Some(_) => self.clip(stop, extent, span),
                None => match self.resolved(stop, extent, Direction::Forward, span) {
                    Resolved::Within(stop) => stop,
                    Resolved::FromStart(stop) => self.clip(stop, extent, span),
                },
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
                None => match self.resolved(start, extent, Direction::Backward, span) {
                    Resolved::Within(start) => start,
                    Resolved::FromStart(start) => self.clip(start, last, span),
                },
            },
        };
        let stop = match stop {
            None => self.int(-1, span),
            Some(stop) => match self.as_constant(stop) {
                Some(at) if at < 0 => {
                    let from_end = self.plus_constant(extent, at, span);
                    self.at_least(-1, from_end, "a slice ends before the first element", span)
                }
                Some(_) => stop,
                None => match self.resolved(stop, extent, Direction::Backward, span) {
                    Resolved::Within(stop) | Resolved::FromStart(stop) => stop,
                },
            },
        };
        (start, stop)
    }

    /// A bound that is no constant, counted from the start of the axis as Python does.
    fn resolved(&mut self, bound: Ex, extent: Ex, direction: Direction, span: Span) -> Resolved {
        let linear = self.linear(bound);
        match self.least(&linear).map(|least| (least.as_constant(), least)) {
            Some((Some(0..), _)) => return Resolved::FromStart(bound),
            Some((None, _)) if self.is_launch_known(bound) && self.is_launch_known(extent) => {
                return Resolved::Within(self.clamped(bound, extent, direction, span));
            }
            Some((None, least)) if self.supposes() => {
                let (least, zero) = (self.of_linear(&least, span), self.int(0, span));
                let holds = self.compare(CompareOp::GreaterEqual, least, zero, span);
                self.require(holds, "a bound of a slice is negative".to_owned(), span);
                return Resolved::FromStart(bound);
            }
            Some((None | Some(_), _)) | None => {}
        }
        let from_end = self.plus(extent, bound, 1, span);
        let floor = self.int(direction.floor(), span);
        let from_end = self.extreme(Function::Max, from_end, floor, span);
        Resolved::FromStart(self.where_negative(bound, from_end, bound, "bound", span))
    }

    /// `slice.indices` for a bound that is known at the launch, evaluated once where the region starts: the bound cut to
    /// `-extent ..= extent` (one less on either side for steps back), and the extent added where that is negative.
    fn clamped(&mut self, bound: Ex, extent: Ex, direction: Direction, span: Span) -> Ex {
        let floor = direction.floor();
        let most = self.plus_constant(extent, floor, span);
        let zero = self.int(0, span);
        let least = self.plus(zero, extent, -1, span);
        let least = self.plus_constant(least, floor, span);
        let cut = self.extreme(Function::Min, bound, most, span);
        let cut = self.extreme(Function::Max, cut, least, span);
        let cut = self.foreknown(cut, "cut", span);
        let condition = self.compare(CompareOp::Less, cut, zero, span);
        let accept = self.plus(cut, extent, 1, span);
        let select = Expression::Select {
            condition,
            accept,
            reject: cut,
        };
        let select = self.add(select, span);
        self.foreknown(select, "bound", span)
    }

    /// One value where a number is negative, another where it is not.
    pub(super) fn where_negative(&mut self, number: Ex, accept: Ex, reject: Ex, wanted: &str, span: Span) -> Ex {
        let zero = self.int(0, span);
        let condition = self.compare(CompareOp::Less, number, zero, span);
        let chosen = Expression::Select {
            condition,
            accept,
            reject,
        };
        let chosen = self.add(chosen, span);
        self.kept(chosen, wanted, span)
    }

    /// A bound that is no less than `floor`: required, or made so.
    fn at_least(&mut self, floor: i64, bound: Ex, otherwise: &str, span: Span) -> Ex {
        let mut room = self.linear(bound);
        room.constant = room.constant.saturating_sub(floor);
        if self.is_never_negative(&room) {
            return bound;
        }
        if self.supposes() {
            self.require_bound(&room, otherwise, span);
            return bound;
        }
        let floor = self.int(floor, span);
        self.extreme(Function::Max, bound, floor, span)
    }

    /// Whether a linear form is evidently 0 or more.
    pub(super) fn is_never_negative(&self, linear: &Linear) -> bool {
        let least = self.least(linear).and_then(|least| least.as_constant());
        least.is_some_and(|least| least >= 0)
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

/// The sign of a step.
#[derive(Clone, Copy)]
enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// Where a bound ends up that lies before the first element.
    fn floor(self) -> i64 {
        match self {
            Direction::Forward => 0,
            Direction::Backward => -1,
        }
    }
}

/// A bound that counts from the start of the axis.
enum Resolved {
    /// And lies in the axis, or right beside it.
    Within(Ex),
    /// And may lie beyond its end.
    FromStart(Ex),
}
