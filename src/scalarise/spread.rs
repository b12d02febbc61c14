//! Axes of inputs that happen to have extent 1, which NumPy broadcasts.
//!
//! `A + b` of two inputs is scalarised for equal extents. So that it also runs where an axis of `b` has extent 1, the operand
//! gets a name of its own, an array with the storage of `b`, of which the launch stretches that axis (a stride of 0): a
//! [`Spread`]. `b` itself keeps its extents for all other uses. Which axes are stretched, and how far, follows from one
//! expression alone: all operands of a tree of element-wise operations are broadcast together, and nothing outside the tree
//! sees their new names. What takes the value's shape (a new array, a reduction) sees the extents of the broadcast value.
//!
//! After all have been stretched the requirements are tested, which say that the extents are equal; so nothing else in here,
//! nor in later rooms, has to be right for a kernel to stay inside its arrays. An input that the region writes is not spread.

use std::collections::HashSet;

use super::Ex;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::infer::{InputTy, Origin};
use crate::ir::{Array, ArrayOrigin, Expression, Handle, Input, Region, Spread};
use crate::source::Span;

/// An operand that has been given a name of its own: the array, its places, and the name.
type Leaf = (Handle<Array>, Vec<Place>, Handle<Array>);

/// The inputs that are spread although the region writes them.
pub(super) fn written(region: &Region) -> HashSet<Handle<Input>> {
    let input = |array: Handle<Array>| match region.arrays[array].origin {
        ArrayOrigin::Input(input) => Some(input),
        ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => None,
    };
    let stored: HashSet<_> = region
        .stores
        .iter()
        .filter_map(|(_, store)| input(store.array))
        .collect();
    let spread = region.spreads.iter().filter_map(|spread| input(spread.array));
    spread.filter(|input| stored.contains(input)).collect()
}

impl Scalariser<'_> {
    /// Operands that are about to be combined, with names of their own where their extents may differ.
    pub(super) fn spread_operands(&mut self, operands: Vec<Shaped>, span: Span) -> Scalar<Vec<Shaped>> {
        if !self.may_differ(&operands) {
            return Ok(operands);
        }
        let mut leaves = Vec::new();
        operands.iter().for_each(|one| self.leaves(one, &mut leaves));
        let mut all = Vec::new();
        for operand in operands {
            all.push(self.respread(&operand, &mut leaves, span)?);
        }
        self.spread_each_other(&all);
        Ok(all)
    }

    /// The same for a value that is about to be stored in something of these extents.
    pub(super) fn spread_to(&mut self, value: &Shaped, wanted: &[Ex], span: Span) -> Scalar<Shaped> {
        let differs = value.extents.iter().zip(wanted);
        if !differs.into_iter().any(|(own, wanted)| self.is_open(*own, *wanted)) {
            return Ok(value.clone());
        }
        let mut leaves = Vec::new();
        self.leaves(value, &mut leaves);
        let value = self.respread(value, &mut leaves, span)?;
        for (own, wanted) in value.extents.iter().zip(wanted) {
            self.spread(*own, *wanted, &leaves);
        }
        Ok(value)
    }

    /// Whether some axes that are combined may have different extents.
    fn may_differ(&self, operands: &[Shaped]) -> bool {
        let mut open = false;
        self.pairs(operands, |a, b| open |= self.is_open(a, b));
        open
    }

    fn pairs(&self, operands: &[Shaped], mut visit: impl FnMut(Ex, Ex)) {
        for (at, one) in operands.iter().enumerate() {
            for other in &operands[at + 1..] {
                let pairs = one.extents.iter().rev().zip(other.extents.iter().rev());
                pairs.for_each(|(a, b)| visit(*a, *b));
            }
        }
    }

    fn is_open(&self, a: Ex, b: Ex) -> bool {
        let is_one = |one: Ex| self.as_constant(one) == Some(1);
        !is_one(a) && !is_one(b) && self.sum(&self.linear(a), &self.linear(b), -1).as_constant().is_none()
    }

    fn spread_each_other(&mut self, operands: &[Shaped]) {
        let mut leaves = Vec::new();
        operands.iter().for_each(|one| self.leaves(one, &mut leaves));
        let mut found = Vec::new();
        self.pairs(operands, |a, b| found.push((a, b)));
        for (a, b) in found {
            self.spread(a, b, &leaves);
            self.spread(b, a, &leaves);
        }
    }

    /// That an axis is stretched if it has extent 1.
    fn spread(&mut self, own: Ex, to: Ex, leaves: &[Leaf]) {
        let Expression::Extent { array, axis } = self.to.expressions[own] else {
            return;
        };
        let is_leaf = leaves.iter().any(|(_, _, named)| *named == array);
        if is_leaf && self.is_open(own, to) && self.is_launch_known(to) {
            let to = self.at_launch(to);
            let spread = Spread { array, axis, to };
            if !self.to.spreads.contains(&spread) {
                self.to.spreads.push(spread);
            }
        }
    }

    /// The operands of a tree of element-wise operations that have names of their own.
    fn leaves(&self, value: &Shaped, found: &mut Vec<Leaf>) {
        match &*value.body {
            Body::View(array, places) => {
                if let Some(of) = self.spread_of.get(array) {
                    found.push((*of, places.clone(), *array));
                }
            }
            Body::Map(_, operands, _) => operands.iter().for_each(|one| self.leaves(one, found)),
            Body::Number(_)
            | Body::Part(..)
            | Body::Fold(..)
            | Body::FoldKept(..)
            | Body::Contract(..)
            | Body::Range { .. }
            | Body::Samples { .. }
            | Body::Reshaped(_)
            | Body::Identity(..)
            | Body::Stacked(..) => {}
        }
    }

    /// The same value, each of its operands that can be spread under a name of its own.
    fn respread(&mut self, value: &Shaped, leaves: &mut Vec<Leaf>, span: Span) -> Scalar<Shaped> {
        match &*value.body {
            Body::View(array, places) if self.is_spreadable(*array, places, value) => {
                let (array, places) = (*array, places.clone());
                let known = leaves
                    .iter()
                    .find(|(of, at, _)| *of == array && self.alike_places(at, &places))
                    .map(|(_, _, named)| *named);
                let named = known.unwrap_or_else(|| self.named_apart(array));
                let mut extents = value.extents.clone();
                for (position, place) in places.iter().enumerate() {
                    if let Place::Along { axis, .. } = place {
                        let axis_of = position as u32;
                        let extent = Expression::Extent {
                            array: named,
                            axis: axis_of,
                        };
                        extents[*axis] = self.add(extent, span);
                    }
                }
                leaves.push((array, places.clone(), named));
                Ok(Shaped::new(extents, Body::View(named, places)).with_bools(value.boolean))
            }
            Body::Map(operation, operands, place) => {
                let mut all = Vec::new();
                for operand in operands {
                    all.push(self.respread(operand, leaves, span)?);
                }
                self.spread_each_other(&all);
                let extents = self.broadcast(&all, span)?;
                let body = Body::Map(operation.clone(), all, *place);
                Ok(Shaped::new(extents, body).with_bools(value.boolean))
            }
            _ => Ok(value.clone()),
        }
    }

    fn named_apart(&mut self, of: Handle<Array>) -> Handle<Array> {
        let mut array = self.to.arrays[of].clone();
        array.name = self.fresh(&array.name);
        let named = self.to.arrays.append(array);
        self.spread_of.insert(named, of);
        named
    }

    /// Whether a value is an input, axis by axis: of each, all of it or one place.
    fn is_spreadable(&self, array: Handle<Array>, places: &[Place], value: &Shaped) -> bool {
        let ArrayOrigin::Input(input) = self.to.arrays[array].origin else {
            return false;
        };
        let numpy = matches!(self.input(input), Some(InputTy::Array(ty)) if ty.element.origin != Origin::Python);
        let all = |(position, place): (usize, &Place)| match place {
            Place::At(_) => true,
            Place::Along { axis, start, step } => {
                let axis_of = position as u32;
                let extent = Expression::Extent { array, axis: axis_of };
                *step == Stride::Of(1)
                    && self.as_constant(*start) == Some(0)
                    && self.to.expressions[value.extents[*axis]] == extent
            }
            Place::Given { .. } => false,
        };
        numpy
            && !self.unspread.contains(&input)
            && !self.spread_of.contains_key(&array)
            && places.iter().enumerate().all(all)
    }
}
