//! Masks: the elements of an array where another one is true.

use super::Ex;
use super::scalariser::{Scalar, Scalariser};
use super::shape::Shaped;
use crate::ir::{Element, Expression};
use crate::source::Span;

impl Scalariser<'_> {
    /// `base[mask]`: the chosen elements in order, in a new array.
    pub(super) fn compressed(&mut self, base: &Shaped, mask: &Shaped, span: Span) -> Scalar<Shaped> {
        if mask.rank() > base.rank() {
            return self.refused(
                span,
                "a mask has more axes than the array",
                "NumPy raises an IndexError here",
            );
        }
        if mask.rank() < base.rank() {
            return self.refused(
                span,
                "a mask of fewer axes than the array cannot be translated here",
                "loop over the rows and test the mask",
            );
        }
        for (a, b) in base.extents.clone().into_iter().zip(mask.extents.clone()) {
            self.require_equal(a, b, span)?;
        }
        let size = self.size(base, span);
        let placeholder = self.int(0, span);
        let chosen = self.allocate("chosen", Element::Of(placeholder), &[size], false, span);
        let count = self.temporary("count", span);
        let zero = self.int(0, span);
        self.assign(count, zero, span);
        let mut stored = None;
        let extents = base.extents.clone();
        // In order: where an element goes depends on those before it.
        let directive = self.directive.take();
        self.nest(&extents, span, |this, index| {
            let condition = this.element(mask, index, span);
            let ((), accept) = this.nested(|this| {
                let one = this.element(base, index, span);
                stored = Some(one);
                let at = this.add(Expression::Variable(count), span);
                this.store_element(chosen, vec![at], one, span);
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
        view.extents = vec![length];
        view.whole = false;
        self.cut.insert(chosen, (length, None));
        Ok(view)
    }

    /// Gives a local array the element type of what is stored in it.
    pub(super) fn set_element(&mut self, array: crate::ir::Handle<crate::ir::Array>, stored: Option<Ex>) {
        if let (Some(stored), crate::ir::ArrayOrigin::Local { element, .. }) =
            (stored, &mut self.to.arrays[array].origin)
        {
            *element = Element::Of(stored);
        }
    }
}
