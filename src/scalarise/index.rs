//! Subscripts: elements, slices, new axes and index arrays.

use std::rc::Rc;

use super::Ex;
use super::linear::Linear;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::infer::Kind;
use crate::ir::{self, ArrayForm, CompareOp, Expression};
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
pub(super) enum Chosen {
    /// One place of it, as written: it counts from the end when negative.
    At(Ex),
    Along {
        axis: usize,
        start: Ex,
        step: Stride,
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
        self.refuse_parts_of_list(base, &items, span)?;
        let items = self.with_items_of_tuple(items, base, span)?;
        self.refuse_tuple_as_subscript(&items, span)?;
        if let [Item::Given(mask)] = &items[..]
            && mask.boolean
        {
            let mask = mask.clone();
            if subscripts.iter().any(|one| self.is_chosen_by(*one)) {
                return self.uncompressed(base, &mask, span);
            }
            return self.compressed(base, &mask, span);
        }
        // Brackets behind an index array subscript what it chooses.
        let mut chosen = false;
        let last = subscripts.len().saturating_sub(1);
        for (at, item) in items[..last.min(items.len())].iter().enumerate() {
            chosen |= matches!(item, Item::Given(_));
            if chosen && self.from.chained.contains(&subscripts[at]) {
                if self.targeting {
                    return self.refused(
                        span,
                        "what an index array chooses is a copy, and a part of it is assigned",
                        "put all subscripts into one pair of brackets",
                    );
                }
                let part = self.indexed(base, &subscripts[..=at], span)?;
                let part = if part.view().is_some() && !part.is_view() {
                    self.materialise(&part, "chosen", span)
                } else {
                    part
                };
                return self.indexed(&part, &subscripts[at + 1..], span);
            }
        }
        self.refuse_tuple_of_list(base, subscripts, span)?;
        for (subscript, item) in subscripts.iter().zip(&items) {
            if let Item::At(at) = item
                && self.from.chained.contains(subscript)
            {
                self.to.chained.push(*at);
            }
        }
        let items = self.filled_up(items, base, span)?;
        let given = items.iter().any(|item| matches!(item, Item::Given(_)));
        let plain = items
            .iter()
            .all(|item| matches!(item, Item::Slice { .. } | Item::NewAxis | Item::Ellipsis));
        let base = if !base.is_view() && !plain {
            self.materialise(base, "whole", span)
        } else if given && (!base.is_view() || !self.targeting && !self.has_whole_axes(base)) {
            self.materialise(base, "chosen", span)
        } else {
            base.clone()
        };
        self.selected(&base, items, span)
    }

    /// A tuple of integers that is the only subscript (`a[place]`) is as many as it has items: one for each axis, or the launch is Python's.
    fn with_items_of_tuple(&mut self, items: Vec<Item>, base: &Shaped, span: Span) -> Scalar<Vec<Item>> {
        let [Item::Given(index)] = &items[..] else {
            return Ok(items);
        };
        let Some((array, [_])) = index.view().filter(|_| index.rank() == 1) else {
            return Ok(items);
        };
        if self.may_be_tuple(index).is_none() || !self.kind_of_array(array).is_some_and(Kind::is_integer) {
            return Ok(items);
        }
        let (length, axes) = (index.extents[0], self.int(base.rank() as i64, span));
        self.require_equal(length, axes, span)?;
        let mut places = Vec::new();
        for axis in 0..base.rank() {
            let subscripts = vec![self.int(axis as i64, span)];
            places.push(Item::At(self.add(Expression::Load { array, subscripts }, span)));
        }
        Ok(places)
    }

    /// That no tuple is a subscript, which means one place, where a list would choose several.
    fn refuse_tuple_as_subscript(&mut self, items: &[Item], span: Span) -> Scalar<()> {
        let found = items.iter().find_map(|item| match item {
            Item::Given(index) => self.may_be_tuple(index),
            Item::At(_) | Item::Slice { .. } | Item::NewAxis | Item::Ellipsis => None,
        });
        let Some(array) = found else { return Ok(()) };
        let name = &self.to.arrays[array].name;
        let message = format!("a subscript is, or may be, a tuple, from `{name}`: it stands for one place");
        self.refused(span, message, "take its items: `i, j = p`, then `a[i, j]`")
    }

    /// That the subscripts of a list are numbers or slices: of others Python makes a TypeError.
    fn refuse_parts_of_list(&mut self, base: &Shaped, items: &[Item], span: Span) -> Scalar<()> {
        let other = items.iter().any(|item| match item {
            Item::Given(_) | Item::NewAxis | Item::Ellipsis => true,
            Item::At(_) | Item::Slice { .. } => false,
        });
        match base.view() {
            Some((array, _)) if other && self.is_listed(array) => {
                let message = format!(
                    "`{}` is a list, whose subscripts are numbers and slices",
                    self.to.arrays[array].name
                );
                self.refused(span, message, "make it an array before the loop: `np.array(…)`")
            }
            Some(_) | None => Ok(()),
        }
    }

    /// That a list has one subscript in each pair of brackets.
    fn refuse_tuple_of_list(&mut self, base: &Shaped, subscripts: &[Ex], span: Span) -> Scalar<()> {
        let tuple = subscripts.iter().any(|one| self.from.tupled.contains(one));
        match base.view() {
            Some((array, _)) if tuple && self.is_listed(array) => {
                let name = self.to.arrays[array].name.clone();
                let message = format!("`{name}` is a list, which takes one subscript in each pair of brackets");
                self.refused(
                    span,
                    message,
                    "write `a[i][j]`, or make it an array before the loop: `np.array(…)`",
                )
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether a view has all of each axis that it has at all.
    pub(super) fn has_whole_axes(&self, value: &Shaped) -> bool {
        let Some((array, places)) = value.view() else {
            return false;
        };
        places.iter().enumerate().all(|(position, place)| match place {
            Place::Along { axis, start, step } => {
                *step == Stride::Of(1)
                    && self.as_constant(*start) == Some(0)
                    && self.is_extent_of(value.extents[*axis], array, position)
            }
            Place::At(_) => true,
            Place::Given { .. } => false,
        })
    }

    /// Whether a view is made by numbers and slices alone.
    pub(super) fn is_sliced(&self, value: &Shaped) -> bool {
        let Some((_, places)) = value.view() else {
            return false;
        };
        let mut along = 0;
        let plain = places.iter().all(|place| match place {
            Place::Along { .. } => {
                along += 1;
                true
            }
            Place::At(_) => true,
            Place::Given { .. } => false,
        });
        plain && along == value.rank()
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
        self.without_masks(all, base, span)
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
    pub(super) fn composed(
        &mut self,
        base: &Shaped,
        chosen: &[Chosen],
        extents: Vec<Ex>,
        span: Span,
    ) -> Scalar<Shaped> {
        let boolean = base.boolean;
        // What an index array has chosen has an order of its own along its axes.
        let Some((array, places)) = base.view().filter(|_| base.is_view()) else {
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
        // Exceptions name axes by the places of subscripts: those of a view whose axes have changed places are Python's to raise.
        let in_order = places.iter().filter_map(|place| match place {
            Place::Along { axis, .. } => Some(*axis),
            Place::At(_) | Place::Given { .. } => None,
        });
        let subscripted = chosen.iter().any(|one| !matches!(one, Chosen::Along { .. }));
        self.to.at_once |= subscripted && !in_order.eq(0..chosen.len());
        self.to
            .chained
            .extend(places.iter().rev().find_map(|place| match place {
                Place::At(at) => Some(*at),
                Place::Along { .. } | Place::Given { .. } => None,
            }));
        let mut composed = Vec::new();
        // Subscripts of whole axes: elements, where some are accessed, are not in bounds otherwise.
        let mut new = Vec::new();
        for place in places.iter().cloned() {
            let axis_of_array = composed.len();
            composed.push(match place {
                Place::At(_) | Place::Given { .. } => place,
                Place::Along { axis, start, step } => {
                    let whole = step == Stride::Of(1)
                        && self.as_constant(start) == Some(0)
                        && self.is_extent_of(base.extents[axis], array, composed.len());
                    match chosen[axis].clone() {
                        Chosen::At(at) if whole => {
                            new.push(axis_of_array);
                            Place::At(at)
                        }
                        Chosen::At(at) => {
                            let at = self.within(at, base.extents[axis], span);
                            Place::At(self.strided(start, at, step, span))
                        }
                        Chosen::Along {
                            axis,
                            start: inner,
                            step: by,
                        } => {
                            let start = self.strided(start, inner, step, span);
                            let step = self.stride_of_stride(step, by, span);
                            Place::Along { axis, start, step }
                        }
                        Chosen::Given { index, first, rank } if whole => {
                            new.push(axis_of_array);
                            Place::Given { index, first, rank }
                        }
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
        let composed: Vec<Place> = composed
            .into_iter()
            .map(|place| match place {
                Place::At(at) => Place::At(self.steady(at, "at", span)),
                other => other,
            })
            .collect();
        self.ask(array, &composed, &new, span);
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
}
