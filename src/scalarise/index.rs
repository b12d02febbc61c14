//! Subscripts: elements, slices, new axes, index arrays, and reorderings of axes.

use std::rc::Rc;

use super::Ex;
use super::kinds::Evident;
use super::linear::Linear;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped};
use crate::ir::{self, ArrayForm, BinaryOp, CompareOp, Expression, Function};
use crate::source::Span;

/// One subscript.
pub(super) enum Item {
    At(Ex),
    Slice {
        start: Option<Ex>,
        stop: Option<Ex>,
        step: Option<Ex>,
    },
    NewAxis,
    Ellipsis,
    Given(Shaped),
}

/// What a subscript leaves of an axis.
#[derive(Clone)]
enum Chosen {
    /// One place of it, as written: it counts from the end when negative.
    At(Ex),
    Along {
        axis: usize,
        start: Ex,
        step: i64,
    },
    Given {
        index: Rc<Shaped>,
        first: usize,
        rank: usize,
    },
}

impl Scalariser<'_> {
    /// `base[subscripts]`, the subscripts as the old region has them.
    pub(super) fn indexed(&mut self, base: &Shaped, subscripts: &[Ex], span: Span) -> Scalar<Shaped> {
        let mut items = Vec::new();
        for subscript in subscripts {
            items.push(self.item(*subscript)?);
        }
        if let [Item::Given(mask)] = &items[..]
            && mask.boolean
        {
            let mask = mask.clone();
            if subscripts.iter().any(|one| self.is_chosen_by(*one)) {
                return self.uncompressed(base, &mask, span);
            }
            return self.compressed(base, &mask, span);
        }
        let items = self.filled_up(items, base, span)?;
        let given = items.iter().any(|item| matches!(item, Item::Given(_)));
        let plain = items
            .iter()
            .all(|item| matches!(item, Item::Slice { .. } | Item::NewAxis | Item::Ellipsis));
        let base = if base.view().is_none() && !plain {
            self.materialise(base, "whole", span)
        } else if given && !base.is_view() {
            self.materialise(base, "chosen", span)
        } else {
            base.clone()
        };
        self.selected(&base, items, span)
    }

    fn item(&mut self, subscript: Ex) -> Scalar<Item> {
        let number = |this: &mut Self, part: &Option<Ex>| -> Scalar<Option<Ex>> {
            let Some(part) = part else { return Ok(None) };
            let span = this.from.spans[*part];
            let value = this.scalar(*part)?;
            let value = this.as_index(value, span);
            Ok(Some(this.steady(value, "bound", span)))
        };
        if let Expression::Array(form) = self.from.expressions[subscript].clone() {
            match form {
                ArrayForm::Slice { start, stop, step } => {
                    return Ok(Item::Slice {
                        start: number(self, &start)?,
                        stop: number(self, &stop)?,
                        step: number(self, &step)?,
                    });
                }
                ArrayForm::NewAxis => return Ok(Item::NewAxis),
                ArrayForm::Ellipsis => return Ok(Item::Ellipsis),
                ArrayForm::Whole(_) | ArrayForm::Index { .. } | ArrayForm::Call { .. } => {}
            }
        }
        let value = self.value(subscript)?;
        Ok(match value.as_number() {
            Some(number) => Item::At(number),
            None if self.from.chained.contains(&subscript) => {
                let span = self.from.spans[subscript];
                return self.refused(
                    span,
                    "a part of an array that an index array chooses is subscripted again",
                    "keep the chosen part in a variable first",
                );
            }
            None => Item::Given(value),
        })
    }

    /// The items with every axis accounted for, and no ellipsis.
    fn filled_up(&mut self, items: Vec<Item>, base: &Shaped, span: Span) -> Scalar<Vec<Item>> {
        let taken = |item: &Item| match item {
            Item::At(_) | Item::Slice { .. } => 1,
            Item::Given(index) if index.boolean => index.rank(),
            Item::Given(_) => 1,
            Item::NewAxis | Item::Ellipsis => 0,
        };
        let count: usize = items.iter().map(taken).sum();
        if count > base.rank() {
            let message = format!("a {}-D array has {count} subscripts", base.rank());
            return self.refused(span, message, "NumPy raises an IndexError here");
        }
        if items
            .iter()
            .any(|item| matches!(item, Item::Given(index) if index.boolean))
        {
            return self.refused(
                span,
                "a mask beside other subscripts cannot be translated",
                "use the mask alone, or `np.where`",
            );
        }
        let mut missing = base.rank() - count;
        let mut all = Vec::new();
        let full = || Item::Slice {
            start: None,
            stop: None,
            step: None,
        };
        for item in items {
            match item {
                Item::Ellipsis => all.extend((0..std::mem::take(&mut missing)).map(|_| full())),
                other => all.push(other),
            }
        }
        all.extend((0..missing).map(|_| full()));
        Ok(all)
    }

    pub(super) fn selected(&mut self, base: &Shaped, items: Vec<Item>, span: Span) -> Scalar<Shaped> {
        let advanced = self.advanced(&items, span)?;
        let mut extents: Vec<Ex> = Vec::new();
        let mut chosen: Vec<Chosen> = Vec::new();
        let mut first_given = None;
        if let Some((before, broadcast)) = &advanced
            && !before
        {
            first_given = Some(0);
            extents.extend(broadcast.iter().copied());
        }
        let mut own = base.extents.iter().copied();
        for item in items {
            let extent = match item {
                Item::NewAxis => {
                    extents.push(self.int(1, span));
                    continue;
                }
                _ => own.next(),
            };
            let Some(extent) = extent else { break };
            match item {
                Item::At(at) => chosen.push(Chosen::At(at)),
                Item::Slice { start, stop, step } => {
                    let (start, length, step) = self.slice(extent, start, stop, step, span)?;
                    let axis = extents.len();
                    extents.push(length);
                    chosen.push(Chosen::Along { axis, start, step });
                }
                Item::Given(index) => {
                    let broadcast = advanced.as_ref().map(|(_, all)| all.clone()).unwrap_or_default();
                    let first = *first_given.get_or_insert_with(|| {
                        let first = extents.len();
                        extents.extend(broadcast.iter().copied());
                        first
                    });
                    let rank = broadcast.len();
                    let index = Rc::new(self.settled_index(index, span));
                    chosen.push(Chosen::Given { index, first, rank });
                }
                Item::NewAxis | Item::Ellipsis => {}
            }
        }
        self.composed(base, &chosen, extents, span)
    }

    /// An index array whose elements can be read where the indexed element is.
    fn settled_index(&mut self, index: Shaped, span: Span) -> Shaped {
        if index.is_costly() {
            self.materialise(&index, "index", span)
        } else {
            index
        }
    }

    /// Whether the axes of index arrays stand where the first of them stands (else in front), and their extents.
    fn advanced(&mut self, items: &[Item], span: Span) -> Scalar<Option<(bool, Vec<Ex>)>> {
        let given: Vec<Shaped> = items
            .iter()
            .filter_map(|item| match item {
                Item::Given(index) => Some(index.clone()),
                _ => None,
            })
            .collect();
        if given.is_empty() {
            return Ok(None);
        }
        let extents = self.broadcast(&given, span)?;
        let is_advanced = |item: &Item| matches!(item, Item::Given(_) | Item::At(_));
        let first = items.iter().position(is_advanced).unwrap_or(0);
        let last = items.iter().rposition(is_advanced).unwrap_or(0);
        let adjacent = items[first..=last].iter().all(is_advanced);
        // A number before the first index array would have to be the place of the axes: it takes none itself.
        Ok(Some((adjacent, extents)))
    }

    /// The value that chooses from each axis of `base` as told.
    fn composed(&mut self, base: &Shaped, chosen: &[Chosen], extents: Vec<Ex>, span: Span) -> Scalar<Shaped> {
        let boolean = base.boolean;
        let Some((array, places)) = base.view() else {
            let places = chosen
                .iter()
                .map(|one| match one {
                    Chosen::At(at) => Place::At(*at),
                    Chosen::Along { axis, start, step } => Place::Along {
                        axis: *axis,
                        start: *start,
                        step: *step,
                    },
                    Chosen::Given { index, first, rank } => Place::Given {
                        index: Rc::clone(index),
                        first: *first,
                        rank: *rank,
                    },
                })
                .collect();
            return Ok(Shaped::new(extents, Body::Part(base.clone(), places)).with_bools(boolean));
        };
        let mut composed = Vec::new();
        for place in places.iter().cloned() {
            composed.push(match place {
                Place::At(at) => Place::At(at),
                Place::Given { .. } => place,
                Place::Along { axis, start, step } => {
                    let whole = step == 1
                        && self.as_constant(start) == Some(0)
                        && self.is_extent_of(base.extents[axis], array, composed.len());
                    match chosen[axis].clone() {
                        Chosen::At(at) if whole => Place::At(at),
                        Chosen::At(at) => {
                            let at = self.within(at, base.extents[axis], span);
                            let sum = self.sum(&self.linear(start), &self.linear(at), step);
                            Place::At(self.of_linear(&sum, span))
                        }
                        Chosen::Along {
                            axis,
                            start: inner,
                            step: by,
                        } => {
                            let sum = self.sum(&self.linear(start), &self.linear(inner), step);
                            Place::Along {
                                axis,
                                start: self.of_linear(&sum, span),
                                step: step * by,
                            }
                        }
                        Chosen::Given { index, first, rank } if whole => Place::Given { index, first, rank },
                        Chosen::Given { .. } => {
                            return self.refused(
                                span,
                                "an index array selects from a slice, which cannot be translated",
                                "subscript the array itself",
                            );
                        }
                    }
                }
            });
        }
        if extents.is_empty() {
            let subscripts = self.subscripts(&composed, &[], span);
            let load = self.add(Expression::Load { array, subscripts }, span);
            return Ok(Shaped::number(load));
        }
        let composed = composed
            .into_iter()
            .map(|place| match place {
                Place::At(at) => Place::At(self.steady(at, "at", span)),
                other => other,
            })
            .collect();
        Ok(Shaped::new(extents, Body::View(array, composed)).with_bools(boolean))
    }

    /// Whether an extent is that of an array's axis.
    fn is_extent_of(&self, extent: Ex, array: ir::Handle<ir::Array>, axis: usize) -> bool {
        match &self.to.arrays[array].origin {
            ir::ArrayOrigin::Input(_) => {
                self.to.expressions[extent]
                    == Expression::Extent {
                        array,
                        axis: axis as u32,
                    }
            }
            ir::ArrayOrigin::Local { extents, .. } => extents.get(axis).is_some_and(|own| self.same(*own, extent)),
            ir::ArrayOrigin::Variable(_) => false,
        }
    }

    /// A subscript of a part of an axis, from 0 on, tested where that is not plain.
    fn within(&mut self, at: Ex, extent: Ex, span: Span) -> Ex {
        let at = self.steady(at, "at", span);
        let mut linear = self.linear(at);
        if linear.as_constant().is_some_and(|at| at < 0) {
            let from_end = self.plus(extent, at, 1, span);
            self.require_bound(&self.linear(from_end).clone(), "a subscript is out of bounds", span);
            return from_end;
        }
        let mut at = at;
        if !self.is_never_negative(&linear) && !self.supposes() {
            let from_end = self.plus(extent, at, 1, span);
            at = self.where_negative(at, from_end, at, "at", span);
            linear = self.linear(at);
        }
        let room = self.sum(&self.linear(extent), &linear, -1);
        let room = Linear {
            constant: room.constant.saturating_sub(1),
            ..room
        };
        self.require_bound(
            &linear,
            "a subscript is out of bounds, or counts from the end of a slice",
            span,
        );
        self.require_bound(&room, "a subscript is out of bounds", span);
        at
    }

    /// That a linear form is not negative.
    pub(super) fn require_bound(&mut self, linear: &Linear, otherwise: &str, span: Span) {
        let zero = self.int(0, span);
        let tested = match self.least(linear) {
            Some(bound) if bound.as_constant().is_some_and(|least| least >= 0) => return,
            Some(bound) if bound.as_constant().is_none() => bound,
            Some(_) | None => linear.clone(),
        };
        let tested = self.of_linear(&tested, span);
        let holds = self.compare(CompareOp::GreaterEqual, tested, zero, span);
        self.require(holds, otherwise.to_owned(), span);
    }

    // Slices

    /// A bound as a Python int, where it is evidently an integer of NumPy's: arithmetic with extents is exact then.
    fn as_index(&mut self, bound: Ex, span: Span) -> Ex {
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
    fn slice(
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
        Ok((start, length, step))
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
                None => self.counted_from_start(start, extent, 0, span),
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
                    let stop = self.counted_from_start(stop, extent, 0, span);
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
                    let start = self.counted_from_start(start, extent, -1, span);
                    self.clip(start, last, span)
                }
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
                None => self.counted_from_start(stop, extent, -1, span),
            },
        };
        (start, stop)
    }

    /// A bound counted from the start of the axis: of one that is further from the end than there are elements, `floor`.
    fn counted_from_start(&mut self, bound: Ex, extent: Ex, floor: i64, span: Span) -> Ex {
        let linear = self.linear(bound);
        match self.least(&linear).map(|least| (least.as_constant(), least)) {
            Some((Some(0..), _)) => return bound,
            Some((None, least)) if self.supposes() => {
                let (least, zero) = (self.of_linear(&least, span), self.int(0, span));
                let holds = self.compare(CompareOp::GreaterEqual, least, zero, span);
                self.require(holds, "a bound of a slice is negative".to_owned(), span);
                return bound;
            }
            Some((None | Some(_), _)) | None => {}
        }
        let from_end = self.plus(extent, bound, 1, span);
        let floor = self.int(floor, span);
        let from_end = self.extreme(Function::Max, from_end, floor, span);
        self.where_negative(bound, from_end, bound, "bound", span)
    }

    /// One value where a number is negative, another where it is not.
    fn where_negative(&mut self, number: Ex, accept: Ex, reject: Ex, wanted: &str, span: Span) -> Ex {
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
    fn is_never_negative(&self, linear: &Linear) -> bool {
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

    // Orders of axes

    pub(super) fn transpose(&mut self, value: &Shaped, axes: Option<&[i64]>, span: Span) -> Scalar<Shaped> {
        let rank = value.rank();
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
                        step: 1,
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
                    step: 1,
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
