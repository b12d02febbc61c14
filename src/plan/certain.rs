//! Regions of which a look at their index arrays tells that they cannot fail.
//!
//! `a[idx[i]] = v[i]` fails where an element of `idx` is out of bounds, and then everything it wrote is undone: for that a copy of
//! `a` is kept at every launch, however few elements are written. Where all that can fail are such subscripts, one pass over the
//! index arrays, which nothing in the region writes, does as well: if all elements are in bounds, nothing needs to be copied.
//! Elements that the region never comes to are looked at, too; one of them that is out of bounds costs the copy, nothing else.

use super::Plan;
use crate::deps::{AccessMode, Facts};
use crate::infer::Kind;
use crate::ir::{Array, ArrayOrigin, BinaryOp, Expression, Handle, Literal};

/// Elements that are subscripts: `array[… elements[…] + offset …]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The index array.
    pub elements: Handle<Array>,
    /// Whose subscripts they are.
    pub array: Handle<Array>,
    /// Along which axis.
    pub axis: usize,
    /// What is added to them.
    pub offset: i64,
}

impl Plan<'_> {
    /// What is to be looked at, and the facts as they are where all of it is in bounds.
    pub fn certain(&self) -> (Vec<Scan>, Facts) {
        let region = self.region;
        let mut scans: Vec<Scan> = Vec::new();
        let mut note = |array: Handle<Array>, axis: usize, root: Handle<Expression>| {
            let Some((elements, offset)) = self.element(root) else {
                return false;
            };
            let scan = Scan {
                elements,
                array,
                axis,
                offset,
            };
            if !matches!(region.arrays[array].origin, ArrayOrigin::Input(_)) {
                return false;
            }
            if !scans.contains(&scan) {
                scans.push(scan);
            }
            true
        };
        let mut facts = self.facts.clone();
        for root in region.expressions.handles() {
            if let Expression::Load { array, subscripts } = &region.expressions[root] {
                facts.suppose_loads(root, |axis, mode| {
                    mode == AccessMode::Checked && note(*array, axis, subscripts[axis])
                });
            }
        }
        for (handle, store) in region.stores.iter() {
            facts.suppose_stores(handle, |axis, mode| {
                mode == AccessMode::Checked && note(store.array, axis, store.subscripts[axis])
            });
        }
        (scans, facts)
    }

    /// The index array of which a subscript is an element, and what is added to that.
    fn element(&self, root: Handle<Expression>) -> Option<(Handle<Array>, i64)> {
        let region = self.region;
        match &region.expressions[root] {
            Expression::Load { array, .. } => {
                let kind = self.types.array(*array).element.kind;
                let given = matches!(region.arrays[*array].origin, ArrayOrigin::Input(_));
                let same = self.types.expression(root).kind == kind;
                (given && same && kind.is_integer() && !self.facts.is_written(*array)).then_some((*array, 0))
            }
            Expression::Variable(variable) => {
                let value = self.assigned_once(*variable)?;
                let same = self.types.expression(value).kind == self.types.expression(root).kind;
                self.element(value).filter(|_| same)
            }
            // In fewer than 64 bits the sum may wrap.
            Expression::Binary { op, left, right } if self.types.expression(root).kind == Kind::I64 => {
                let literal = |root: Handle<Expression>| match region.expressions[root] {
                    Expression::Literal(Literal::Int(value)) => Some(value),
                    _ => None,
                };
                let (element, more) = match op {
                    BinaryOp::Add => match (literal(*left), literal(*right)) {
                        (None, Some(more)) => (*left, more),
                        (Some(more), None) => (*right, more),
                        (_, _) => return None,
                    },
                    BinaryOp::Subtract => (*left, literal(*right)?.checked_neg()?),
                    _ => return None,
                };
                if self.types.expression(element).kind != Kind::I64 {
                    return None;
                }
                let (array, offset) = self.element(element)?;
                Some((array, offset.checked_add(more)?))
            }
            _ => None,
        }
    }
}
