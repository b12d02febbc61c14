//! Assignments to parts of arrays.

use super::Ex;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped};
use crate::ir::{self, Array, ArrayOrigin, BinaryOp, Cast, Casting, Expression, Handle, Retained, Statement, Store};
use crate::source::Span;

impl Scalariser<'_> {
    /// `array[subscripts] = value`, the store of the old region.
    pub(super) fn store(&mut self, store: &Store, span: Span) -> Scalar<()> {
        let place = store.place;
        if store.update
            && let Expression::Binary { op, right, .. } = self.from.expressions[store.value]
        {
            return self.update(store, op, right, span);
        }
        if let Some((list, column)) = self.list_of(store)
            && self.rows.contains_key(&column)
        {
            return self.append_row(list, column, store, span);
        }
        self.refuse_part_of_python(store)?;
        if self.stored_alike(store, store.value, None, span)? {
            return Ok(());
        }
        let base = self.named(store.array, place)?;
        let mut value = self.value(store.value)?;
        if value.rank() == 0 && !self.names_element(&base, &store.subscripts) {
            // Before what the subscripts evaluate: if both are out of bounds, the value's exception is raised.
            value = self.settled_number(&value, span);
        }
        if let Some(mask) = self.mask_of(&base, &store.subscripts)? {
            return self.store_masked(&base, &mask, &value, None, span);
        }
        let since = self.now();
        let target = self.target(&base, &store.subscripts, place)?;
        match (target, value.as_number()) {
            (Target::Element(array, subscripts), Some(value)) => {
                self.compute_before(since, &[value]);
                self.refuse_shadowed(array, place)?;
                self.settle_element(array, value, span);
                self.push_store(array, subscripts, value, store, false, span);
                Ok(())
            }
            (Target::Element(..), None) => match self.list_of(store) {
                Some((list, column)) => self.note_row(list, column, &value, place),
                None => self.refused(
                    place,
                    "an array is assigned to one element",
                    "assign a number, or to a slice",
                ),
            },
            (Target::Part(target), _) if self.from.casts.iter().any(|one| one.value == store.value) => {
                self.assign_in_place(&target, &value, span)
            }
            (Target::Part(target), _) => {
                self.require_numpy(std::slice::from_ref(&target), place)?;
                self.assign_elements(&target, &value, span)
            }
        }
    }

    /// `array[subscripts] op= value`
    fn update(&mut self, store: &Store, op: BinaryOp, right: Ex, span: Span) -> Scalar<()> {
        let place = store.place;
        self.refuse_part_of_python(store)?;
        if self.stored_alike(store, right, Some(op), span)? {
            return Ok(());
        }
        let base = self.named(store.array, place)?;
        if let Some(mask) = self.mask_of(&base, &store.subscripts)? {
            let value = self.value(right)?;
            return self.store_masked(&base, &mask, &value, Some(op), span);
        }
        let target = self.target(&base, &store.subscripts, place)?;
        let since = self.now();
        let value = self.value(right)?;
        match (target, value.as_number()) {
            (Target::Element(array, subscripts), Some(right)) => {
                self.refuse_shadowed(array, place)?;
                let left = Expression::Load {
                    array,
                    subscripts: subscripts.clone(),
                };
                let left = self.add(left, place);
                self.compute_before(since, &[left]);
                let value = self.binary(op, left, right, self.from.spans[store.value]);
                self.push_store(array, subscripts, value, store, true, span);
                Ok(())
            }
            (Target::Element(..), None) => self.refused(
                place,
                "an array is added to one element",
                "update a slice, or add the sum",
            ),
            (Target::Part(target), _) => {
                self.require_numpy(std::slice::from_ref(&target), place)?;
                self.update_elements(&target, op, &value, store.atomic, span)
            }
        }
    }

    /// `target op= value` for a variable that holds an array: the array itself changes.
    pub(super) fn update_in_place(&mut self, target: &Shaped, value: Ex, span: Span) -> Scalar<()> {
        let Expression::Binary { op, right, .. } = self.from.expressions[value] else {
            return self.refused(span, "this update cannot be translated", "write it as an assignment");
        };
        let value = self.value(right)?;
        self.require_numpy(std::slice::from_ref(target), span)?;
        self.update_elements(target, op, &value, false, span)
    }

    fn push_store(
        &mut self,
        array: Handle<Array>,
        subscripts: Vec<Ex>,
        value: Ex,
        store: &Store,
        update: bool,
        span: Span,
    ) {
        let store = self.to.stores.append(Store {
            array,
            subscripts,
            value,
            update,
            atomic: store.atomic,
            place: store.place,
        });
        self.push(Statement::Store(store), span);
    }

    /// That no slice, row or selection of a list or a buffer is assigned: Python takes other lists and buffers only, copies nothing
    /// into rows, and broadcasts nothing.
    fn refuse_part_of_python(&mut self, store: &Store) -> Scalar<()> {
        let base = self.named(store.array, store.place)?;
        match base.view() {
            Some((array, _)) if self.is_python(array) => {}
            Some(_) | None => return Ok(()),
        }
        if self.names_element(&base, &store.subscripts) {
            return Ok(());
        }
        let what = "a part of a list or a buffer, which is no NumPy array, is assigned";
        self.refused(
            store.place,
            what,
            "assign its items one by one, or make it an array before the loop: `np.array(…)`",
        )
    }

    /// That nothing is assigned to items of lists of which a variable holds a slice: Python has copied that, here it is a view.
    pub(super) fn refuse_changed_slices(&mut self) {
        for (list, span) in std::mem::take(&mut self.list_slices) {
            if self.to.stores.iter().any(|(_, store)| store.array == list) {
                let name = &self.to.arrays[list].name;
                let message =
                    format!("a slice of the list `{name}` is a copy, and items of one of the two are assigned");
                let help = "use a NumPy array, or subscript the list itself";
                let problem = self.refuse(span, message).help(help);
                self.problems.push(problem);
            }
        }
    }

    /// Whether there is a subscript for every axis, and none that is written as a part.
    fn names_element(&self, base: &Shaped, subscripts: &[Ex]) -> bool {
        subscripts.len() == base.rank() && !subscripts.iter().any(|one| self.is_written_as_part(*one))
    }

    /// Whether a subscript is a slice, a new axis or an ellipsis.
    fn is_written_as_part(&self, subscript: Ex) -> bool {
        matches!(
            self.from.expressions[subscript],
            Expression::Array(ir::ArrayForm::Slice { .. } | ir::ArrayForm::NewAxis | ir::ArrayForm::Ellipsis)
        )
    }

    /// What is assigned to.
    fn target(&mut self, base: &Shaped, subscripts: &[Ex], place: Span) -> Scalar<Target> {
        self.targeting = true;
        let part = self.indexed(base, subscripts, place);
        self.targeting = false;
        let part = part?;
        if let Some(number) = part.as_number() {
            return match self.to.expressions[number].clone() {
                Expression::Load { array, subscripts } => Ok(Target::Element(array, subscripts)),
                _ => self.refused(place, "only elements of arrays can be assigned", "make an array first"),
            };
        }
        match part.view() {
            Some(_) => Ok(Target::Part(part)),
            None => self.refused(
                place,
                "this part of an array cannot be assigned to",
                "assign to a slice of the array itself",
            ),
        }
    }

    /// The mask that is the only subscript.
    pub(super) fn mask_of(&mut self, base: &Shaped, subscripts: &[Ex]) -> Scalar<Option<Shaped>> {
        let [only] = subscripts else { return Ok(None) };
        if self.is_written_as_part(*only) {
            return Ok(None);
        }
        let value = self.value(*only)?;
        if !value.boolean || value.rank() == 0 || value.rank() > base.rank() || self.may_be_tuple(&value).is_some() {
            return Ok(None);
        }
        self.require_numpy(std::slice::from_ref(base), self.from.spans[*only])?;
        Ok(Some(value))
    }

    /// `target[...] = value`
    pub(super) fn assign_elements(&mut self, target: &Shaped, value: &Shaped, span: Span) -> Scalar<()> {
        let Some((array, places)) = target.view() else {
            return self.refused(span, "a computed array is assigned to", "make an array first");
        };
        self.require_assignable(array, span)?;
        let value = self.fitted(value, target, span)?;
        let value = self.apart_from(&value, array, places, span);
        let places = places.to_vec();
        self.convert_stored(array, &value, span);
        let extents = target.extents.clone();
        self.nest(&extents, span, |this, index| {
            let one = this.broadcast_element(&value, index, span);
            let subscripts = this.subscripts(&places, index, span);
            this.store_element(array, subscripts, one, span);
        });
        Ok(())
    }

    /// The same for a whole local array that a variable alone holds.
    pub(super) fn overwrite(&mut self, name: &str, target: &Shaped, value: &Shaped, span: Span) -> Scalar<()> {
        let Some((array, _)) = target.view() else { return Ok(()) };
        self.shadows.retain(|shadow| shadow.copy != array);
        for store in self.stored(target, value, span)? {
            self.overwriting.insert(store);
            // NumPy would make an array of the value's own type.
            self.to.retained.push(Retained {
                name: name.to_owned(),
                array,
                value: self.to.stores[store].value,
            });
        }
        Ok(())
    }

    /// `target[...] = value` where NumPy casts only to the same kind.
    fn assign_in_place(&mut self, target: &Shaped, value: &Shaped, span: Span) -> Scalar<()> {
        for store in self.stored(target, value, span)? {
            let Store { array, value, .. } = self.to.stores[store];
            let casting = Casting::SameKind;
            self.to.casts.push(Cast { array, value, casting });
        }
        Ok(())
    }

    /// Like `assign_elements`; the stores that do it.
    fn stored(&mut self, target: &Shaped, value: &Shaped, span: Span) -> Scalar<Vec<Handle<Store>>> {
        let before = self.to.stores.len();
        self.assign_elements(target, value, span)?;
        let array = target.view().map(|(array, _)| array);
        let new = self.to.stores.iter().skip(before);
        Ok(new
            .filter(|(_, one)| Some(one.array) == array)
            .map(|(store, _)| store)
            .collect())
    }

    /// `target[...] op= value`
    fn update_elements(
        &mut self,
        target: &Shaped,
        op: BinaryOp,
        value: &Shaped,
        atomic: bool,
        span: Span,
    ) -> Scalar<()> {
        let Some((array, places)) = target.view() else {
            return self.refused(span, "a computed array is updated", "make an array first");
        };
        self.require_assignable(array, span)?;
        if places.iter().any(|place| matches!(place, Place::Given { .. })) {
            // Elements that are named twice are updated once: NumPy computes all new values first.
            let zero = self.int(0, span);
            let operation = Expression::Binary {
                op,
                left: zero,
                right: zero,
            };
            let sum = self.map(operation, vec![target.clone(), value.clone()], span)?;
            let sum = self.materialise(&sum, "updated", span);
            return self.assign_in_place(target, &sum, span);
        }
        let value = self.fitted(value, target, span)?;
        let value = self.apart_from(&value, array, places, span);
        let places = places.to_vec();
        self.convert_update(op, target, &value, span);
        let extents = target.extents.clone();
        self.nest(&extents, span, |this, index| {
            let right = this.broadcast_element(&value, index, span);
            let subscripts = this.subscripts(&places, index, span);
            this.update_element((array, subscripts), op, right, atomic, span);
        });
        Ok(())
    }

    /// `array[subscripts] op= right`
    pub(super) fn update_element(
        &mut self,
        (array, subscripts): (Handle<Array>, Vec<Ex>),
        op: BinaryOp,
        right: Ex,
        atomic: bool,
        span: Span,
    ) {
        let left = Expression::Load {
            array,
            subscripts: subscripts.clone(),
        };
        let left = self.add(left, span);
        let value = self.binary(op, left, right, span);
        let casting = Casting::SameKind;
        self.to.casts.push(Cast { array, value, casting });
        let store = self.to.stores.append(Store {
            array,
            subscripts,
            value,
            update: true,
            atomic,
            place: span,
        });
        self.push(Statement::Store(store), span);
    }

    /// That an array statement may store into an array, one element after the other: nobody else shows it, and no two elements lie
    /// at one place, since NumPy computes all new values of a statement before it stores one.
    pub(super) fn require_assignable(&mut self, array: Handle<Array>, span: Span) -> Scalar<()> {
        self.refuse_shadowed(array, span)?;
        if matches!(self.to.arrays[array].origin, ArrayOrigin::Input(_)) {
            self.require_apart(array, array, false, span);
        }
        Ok(())
    }

    /// What is, or shows, another array that has been copied may not be changed.
    fn refuse_shadowed(&mut self, array: Handle<Array>, span: Span) -> Scalar<()> {
        let foreign = |this: &Self, one: Handle<Array>| matches!(this.to.arrays[one].origin, ArrayOrigin::Input(_));
        for shadow in self.shadows.clone() {
            if shadow.copy == array || shadow.of == array && self.is_shown_later(array) {
                return self.refused(
                    span,
                    "elements are assigned that another name may show: of a reshaped array, or of one that a loop makes anew",
                    "copy the array (`.copy()`) before it is reshaped, or before the loop",
                );
            }
            if shadow.of != array && foreign(self, shadow.of) && foreign(self, array) {
                self.require_apart(array, shadow.of, false, span);
            }
        }
        Ok(())
    }

    /// A value that can be assigned to a target: of its shape, or broadcast to it.
    fn fitted(&mut self, value: &Shaped, target: &Shaped, span: Span) -> Scalar<Shaped> {
        if value.rank() == 0 {
            return Ok(self.settled_number(value, span));
        }
        let surplus = value.rank().saturating_sub(target.rank());
        if surplus > 0 {
            return self.refused(
                span,
                "an array of more axes than its target is assigned",
                "take the part that is wanted",
            );
        }
        let skipped = target.rank() - value.rank();
        let value = &self.spread_to(value, &target.extents[skipped..], span)?;
        for (own, wanted) in value
            .extents
            .clone()
            .into_iter()
            .zip(target.extents[skipped..].to_vec())
        {
            if self.as_constant(own) != Some(1) {
                self.require_equal(own, wanted, span)?;
            }
        }
        let spread = skipped > 0
            || value
                .extents
                .iter()
                .zip(&target.extents)
                .any(|(own, wanted)| self.as_constant(*own) == Some(1) && self.as_constant(*wanted) != Some(1));
        if spread && value.is_costly() {
            return Ok(self.materialise(value, "part", span));
        }
        Ok(value.clone())
    }

    /// A value that storing into a part of an array does not change: the same, where it reads no element of the array but the
    /// one that is being stored; else a copy. (The right side of an assignment is evaluated first.)
    pub(super) fn apart_from(&mut self, value: &Shaped, array: Handle<Array>, places: &[Place], span: Span) -> Shaped {
        if self.is_changed_by(value, array, places, span) {
            self.materialise(value, "right", span)
        } else {
            value.clone()
        }
    }

    /// Whether storing into a part of an array may change a value before it is read.
    pub(super) fn is_changed_by(&mut self, value: &Shaped, array: Handle<Array>, places: &[Place], span: Span) -> bool {
        let mut conflict = false;
        let mut others: Vec<(Handle<Array>, bool)> = Vec::new();
        let mut reads: Vec<(Handle<Array>, Vec<Place>, bool)> = Vec::new();
        // Under a reduction, or spread, or reordered, an element is read when others have been stored.
        collect(value, true, &mut reads);
        let given = places.iter().any(|place| matches!(place, Place::Given { .. }));
        for (read, at, direct) in &reads {
            let aligned = *direct && !given && self.alike_places(at, places);
            if *read == array {
                conflict |= !(aligned || self.disjoint(at, places));
            } else {
                let foreign = |one: Handle<Array>| matches!(self.to.arrays[one].origin, ArrayOrigin::Input(_));
                if foreign(*read) && foreign(array) {
                    others.push((*read, aligned));
                }
            }
        }
        if !others.is_empty() && !self.supposes() {
            conflict = true;
            others.clear();
        }
        for (other, aligned) in others {
            self.require_apart(array, other, aligned, span);
        }
        conflict
    }

    /// Whether places lead to the same elements at the same index.
    pub(super) fn alike_places(&self, a: &[Place], b: &[Place]) -> bool {
        a.len() == b.len()
            && a.iter().zip(b).all(|pair| match pair {
                (Place::At(a), Place::At(b)) => self.same_number(*a, *b),
                (
                    Place::Along { axis, start, step },
                    Place::Along {
                        axis: other,
                        start: begin,
                        step: by,
                    },
                ) => axis == other && step == by && self.same_number(*start, *begin),
                (_, _) => false,
            })
    }

    /// Whether places never lead to the same element: on some axis both stay, at a constant distance.
    fn disjoint(&self, a: &[Place], b: &[Place]) -> bool {
        a.iter().zip(b).any(|pair| match pair {
            (Place::At(a), Place::At(b)) => {
                let distance = self.sum(&self.linear(*a), &self.linear(*b), -1);
                let literal = self.as_constant(*a).is_some() && self.as_constant(*b).is_some();
                let same_sign = match (self.as_constant(*a), self.as_constant(*b)) {
                    (Some(a), Some(b)) => (a < 0) == (b < 0),
                    (_, _) => true,
                };
                // Places that count from the end could meet others.
                let from_start = literal || (self.surely_from_start(*a) && self.surely_from_start(*b));
                distance.as_constant().is_some_and(|by| by != 0) && same_sign && from_start
            }
            (_, _) => false,
        })
    }

    fn surely_from_start(&self, at: Ex) -> bool {
        self.least(&self.linear(at))
            .and_then(|least| least.as_constant())
            .is_some_and(|least| least >= 0)
    }
}

/// What an assignment assigns to.
enum Target {
    Element(Handle<Array>, Vec<Ex>),
    Part(Shaped),
}

/// The views that a value reads, and whether each is read at the index of the element that is computed.
fn collect(value: &Shaped, direct: bool, reads: &mut Vec<(Handle<Array>, Vec<Place>, bool)>) {
    match &*value.body {
        Body::Number(_) | Body::Range { .. } | Body::Samples { .. } | Body::Identity(..) => {}
        Body::View(array, places) => {
            for place in places {
                if let Place::Given { index, .. } = place {
                    collect(index, false, reads);
                }
            }
            reads.push((*array, places.clone(), direct));
        }
        Body::Part(base, _) | Body::Reshaped(base) | Body::Fold(_, base, ..) | Body::FoldKept(_, base, ..) => {
            collect(base, false, reads);
        }
        Body::Map(_, operands, _) => {
            for operand in operands {
                let aligned = operand.rank() == value.rank();
                collect(operand, direct && aligned, reads);
            }
        }
        Body::Contract(a, b, _) => {
            collect(a, false, reads);
            collect(b, false, reads);
        }
        Body::Stacked(parts, _) => parts.iter().for_each(|part| collect(part, false, reads)),
    }
}
