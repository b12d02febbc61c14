//! Masks: the elements of an array where another one is true.
//!
//! What a mask chooses has an order, hence is put together, and taken apart again, one element after the other. Where both sides
//! of an assignment choose by the same mask (`a[m] = f(a[m], b[m])`) there is no need: it is a loop over all places with a
//! condition.

use super::Ex;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Place, Shaped};
use crate::ir::{self, Array, ArrayForm, BinaryOp, CompareOp, Element, Expression, Function, Handle, Store};
use crate::source::Span;

/// The elements that an assignment through a mask assigns to.
struct Target<'a> {
    array: Handle<Array>,
    places: &'a [Place],
    /// Of the axes behind those of the mask.
    inner: &'a [Ex],
}

impl Scalariser<'_> {
    /// `base[mask]`: the chosen elements, or rows, in order, in a new array.
    pub(super) fn compressed(&mut self, base: &Shaped, mask: &Shaped, span: Span) -> Scalar<Shaped> {
        self.require_masked(base, mask, span)?;
        let (outer, inner) = base.extents.split_at(mask.rank());
        let most = self.product(outer, span);
        let rows: Vec<Ex> = std::iter::once(most).chain(inner.iter().copied()).collect();
        let placeholder = self.int(0, span);
        let chosen = self.allocate("chosen", Element::Of(placeholder), &rows, false, span);
        let count = self.temporary("count", span);
        let zero = self.int(0, span);
        self.assign(count, zero, span);
        let mut stored = None;
        // In order: where an element goes depends on those before it.
        let directive = self.directive.take();
        self.nest(outer, span, |this, index| {
            let condition = this.element(mask, index, span);
            let ((), accept) = this.nested(|this| {
                this.nest(inner, span, |this, more| {
                    let all: Vec<Ex> = index.iter().chain(more).copied().collect();
                    let one = this.element(base, &all, span);
                    stored = Some(one);
                    let at = this.add(Expression::Variable(count), span);
                    let place = std::iter::once(at).chain(more.iter().copied()).collect();
                    this.store_element(chosen, place, one, span);
                });
                this.step(count, span);
            });
            this.push_if(condition, accept, span);
        });
        self.directive = directive;
        if base.boolean {
            self.of_bools.insert(chosen);
        }
        self.set_element(chosen, stored);
        let length = self.add(Expression::Variable(count), span);
        let mut view = self.whole(chosen, span);
        view.extents[0] = length;
        view.whole = false;
        self.cut.insert(chosen, (length, None));
        Ok(view)
    }

    /// That a mask has the shape of an array's first axes.
    fn require_masked(&mut self, base: &Shaped, mask: &Shaped, span: Span) -> Scalar<()> {
        if mask.rank() > base.rank() {
            return self.refused(
                span,
                "a mask has more axes than the array",
                "NumPy raises an IndexError here",
            );
        }
        for (a, b) in base.extents.clone().into_iter().zip(mask.extents.clone()) {
            self.require_equal(a, b, span)?;
        }
        Ok(())
    }

    /// Gives a local array the element type of what is stored in it.
    pub(super) fn set_element(&mut self, array: Handle<Array>, stored: Option<Ex>) {
        if let (Some(stored), ir::ArrayOrigin::Local { element, .. }) = (stored, &mut self.to.arrays[array].origin) {
            *element = Element::Of(stored);
        }
    }

    /// `base[mask] = value`, `base[mask] op= value`.
    pub(super) fn store_masked(
        &mut self,
        base: &Shaped,
        mask: &Shaped,
        value: &Shaped,
        op: Option<BinaryOp>,
        span: Span,
    ) -> Scalar<()> {
        let Some((array, places)) = base.view() else {
            return self.refused(span, "a computed array is assigned to", "make an array first");
        };
        self.require_assignable(array, span)?;
        self.require_masked(base, mask, span)?;
        let (outer, inner) = base.extents.split_at(mask.rank());
        let target = Target { array, places, inner };
        let mask = self.settled_mask(mask, array, places, span);
        // Chosen elements lie at other places than in the array.
        let value = match value.rank() {
            0 => self.settled_number(value, span),
            _ if value.is_costly() => self.materialise(value, "right", span),
            _ => self.apart_from(value, array, &[], span),
        };
        if value.rank() > inner.len() {
            return self.store_in_order(&target, (outer, &mask), &value, op, span);
        }
        for (own, wanted) in value.extents.iter().zip(&inner[inner.len() - value.rank()..]) {
            if self.as_constant(*own) != Some(1) {
                self.require_equal(*own, *wanted, span)?;
            }
        }
        self.nest(outer, span, |this, index| {
            this.where_true(&mask, index, span, |this| {
                this.store_row(&target, index, op, span, |this, more| {
                    this.broadcast_element(&value, more, span)
                });
            });
        });
        Ok(())
    }

    /// A mask that storing into an array does not change before it is read.
    fn settled_mask(&mut self, mask: &Shaped, array: Handle<Array>, places: &[Place], span: Span) -> Shaped {
        let mask = if mask.is_costly() {
            self.materialise(mask, "mask", span)
        } else {
            mask.clone()
        };
        self.apart_from(&mask, array, &places[..mask.rank().min(places.len())], span)
    }

    /// As many values as the mask is true at places, one after the other.
    fn store_in_order(
        &mut self,
        target: &Target<'_>,
        (outer, mask): (&[Ex], &Shaped),
        value: &Shaped,
        op: Option<BinaryOp>,
        span: Span,
    ) -> Scalar<()> {
        if value.rank() > target.inner.len() + 1 {
            return self.refused(
                span,
                "an array of more axes than its target is assigned",
                "NumPy raises a ValueError here",
            );
        }
        let single = self.as_constant(value.extents[0]) == Some(1);
        for (own, wanted) in value.extents[1..].iter().zip(target.inner) {
            if self.as_constant(*own) != Some(1) {
                self.require_equal(*own, *wanted, span)?;
            }
        }
        let directive = self.directive.take();
        let zero = self.int(0, span);
        if !single {
            let count = self.temporary("count", span);
            self.assign(count, zero, span);
            self.nest(outer, span, |this, index| {
                this.where_true(mask, index, span, |this| this.step(count, span));
            });
            let count = self.add(Expression::Variable(count), span);
            let length = self.not_negative(value.extents[0], span);
            let equal = self.compare(CompareOp::Equal, count, length, span);
            let otherwise = "a mask chooses another number of elements than are assigned";
            self.require(equal, otherwise.to_owned(), span);
        }
        let position = self.temporary("position", span);
        self.assign(position, zero, span);
        self.nest(outer, span, |this, index| {
            this.where_true(mask, index, span, |this| {
                this.store_row(target, index, op, span, |this, more| {
                    let at = this.add(Expression::Variable(position), span);
                    let place: Vec<Ex> = std::iter::once(at).chain(more.iter().copied()).collect();
                    this.broadcast_element(value, &place, span)
                });
                this.step(position, span);
            });
        });
        self.directive = directive;
        Ok(())
    }

    /// `if mask[index]: body`
    fn where_true(&mut self, mask: &Shaped, index: &[Ex], span: Span, body: impl FnOnce(&mut Self)) {
        let condition = self.element(mask, index, span);
        let ((), accept) = self.nested(body);
        self.push_if(condition, accept, span);
    }

    /// Stores what `right` gives for the axes behind those of the mask, whose index is given.
    fn store_row(
        &mut self,
        target: &Target<'_>,
        index: &[Ex],
        op: Option<BinaryOp>,
        span: Span,
        right: impl FnOnce(&mut Self, &[Ex]) -> Ex,
    ) {
        self.nest(target.inner, span, |this, more| {
            let all: Vec<Ex> = index.iter().chain(more).copied().collect();
            let subscripts = this.subscripts(target.places, &all, span);
            let right = right(this, more);
            match op {
                None => this.store_element(target.array, subscripts, right, span),
                Some(op) => this.update_element((target.array, subscripts), op, right, false, span),
            }
        });
    }

    // Both sides by the same mask

    /// Does an assignment through a mask whose right side is made of elements that the same mask chooses, and of numbers;
    /// `false`: it is none.
    pub(super) fn stored_alike(&mut self, store: &Store, right: Ex, op: Option<BinaryOp>, span: Span) -> Scalar<bool> {
        let [only] = store.subscripts[..] else { return Ok(false) };
        if !self.is_made_of(right, only) {
            return Ok(false);
        }
        let base = self.named(store.array, store.place)?;
        let Some(mask) = self.mask_of(&base, &store.subscripts)? else {
            return Ok(false);
        };
        if mask.rank() != base.rank() || !self.is_made_of_numbers(right, only)? {
            return Ok(false);
        }
        let Some((array, places)) = base.view() else {
            return Ok(false);
        };
        self.require_assignable(array, span)?;
        self.require_masked(&base, &mask, span)?;
        let before = self.chosen_by.replace(only);
        let value = self.value(right);
        self.chosen_by = before;
        let value = value?;
        // What had to be computed before would be computed where nothing is chosen too, and might raise there.
        if value.is_costly() || self.is_changed_by(&value, array, places, span) {
            return Ok(false);
        }
        let mask = self.settled_mask(&mask, array, places, span);
        let target = Target {
            array,
            places,
            inner: &[],
        };
        self.nest(&base.extents, span, |this, index| {
            this.where_true(&mask, index, span, |this| {
                this.store_row(&target, index, op, span, |this, _| {
                    this.broadcast_element(&value, index, span)
                });
            });
        });
        Ok(true)
    }

    /// What a mask chooses that the assignment chooses by too: the value itself.
    pub(super) fn uncompressed(&mut self, base: &Shaped, mask: &Shaped, span: Span) -> Scalar<Shaped> {
        if mask.rank() != base.rank() {
            return self.refused(
                span,
                "a mask chooses elements on one side and rows on the other",
                "use arrays of the same number of axes",
            );
        }
        self.require_masked(base, mask, span)?;
        Ok(base.clone())
    }

    /// Whether a subscript of the old region is the mask by which the present assignment chooses.
    pub(super) fn is_chosen_by(&self, subscript: Ex) -> bool {
        self.chosen_by.is_some_and(|mask| ir::alike(self.from, subscript, mask))
    }

    /// Whether a part of the old region is a choice by that mask.
    fn is_choice(&self, root: Ex, mask: Ex) -> bool {
        match &self.from.expressions[root] {
            Expression::Load { subscripts, .. } | Expression::Array(ArrayForm::Index { subscripts, .. }) => {
                matches!(subscripts[..], [only] if ir::alike(self.from, only, mask))
            }
            _ => false,
        }
    }

    /// Whether an element-wise expression of the old region has a choice by that mask among its operands.
    fn is_made_of(&self, root: Ex, mask: Ex) -> bool {
        self.is_choice(root, mask)
            || self.is_elementwise(root)
                && ir::children(&self.from.expressions[root])
                    .into_iter()
                    .any(|child| self.is_made_of(child, mask))
    }

    /// Whether its other operands are numbers.
    fn is_made_of_numbers(&mut self, root: Ex, mask: Ex) -> Scalar<bool> {
        if self.is_choice(root, mask) {
            return Ok(true);
        }
        if !self.is_made_of(root, mask) {
            return Ok(self.value(root)?.rank() == 0);
        }
        for child in ir::children(&self.from.expressions[root]) {
            if !self.is_made_of_numbers(child, mask)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_elementwise(&self, root: Ex) -> bool {
        match &self.from.expressions[root] {
            Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Convert { .. } => true,
            Expression::Call { function, .. } => matches!(
                function,
                Function::Numpy(_)
                    | Function::Abs
                    | Function::Real
                    | Function::Imag
                    | Function::Conjugate
                    | Function::Conj
            ),
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Variable(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Load { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Array(_) => false,
        }
    }
}
