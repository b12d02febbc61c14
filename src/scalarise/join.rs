//! Arrays one beside the other.

use super::Ex;
use super::make::conversion;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::infer::{Kind, promote};
use crate::ir::{ArrayOrigin, Element, Join, Literal, Retained};
use crate::source::Span;

impl Scalariser<'_> {
    /// `np.vstack(parts)` and its kin: vectors get an axis, then they are concatenated.
    pub(super) fn joined(&mut self, join: Join, parts: &[Shaped], span: Span) -> Scalar<Shaped> {
        let mut wide = Vec::new();
        for part in parts {
            if part.rank() == 0 {
                return self.refused(span, "numbers are joined to an array", "use `np.array([…])`");
            }
            wide.push(match join {
                Join::Rows if part.rank() == 1 => self.with_axis(part, 0, span),
                Join::ColumnStack if part.rank() == 1 => self.with_axis(part, 1, span),
                Join::Rows | Join::Columns | Join::ColumnStack => part.clone(),
            });
        }
        let axis = match (join, wide.first().map_or(1, Shaped::rank)) {
            (Join::Rows, _) | (Join::Columns, 1) => 0,
            (Join::Columns | Join::ColumnStack, _) => 1,
        };
        self.concatenate(&wide, axis, span)
    }

    /// A vector as a matrix of one row (a new axis 0) or one column (1): a view of it still.
    fn with_axis(&mut self, vector: &Shaped, axis: usize, span: Span) -> Shaped {
        let mut extents = vector.extents.clone();
        extents.insert(axis, self.int(1, span));
        let moved = 1 - axis;
        let body = match vector.view() {
            Some((array, places)) => {
                let places = places.iter().map(|place| match place.clone() {
                    Place::Along { start, step, .. } => Place::Along {
                        axis: moved,
                        start,
                        step,
                    },
                    Place::Given { index, rank, .. } => Place::Given {
                        index,
                        first: moved,
                        rank,
                    },
                    at @ Place::At(_) => at,
                });
                Body::View(array, places.collect())
            }
            None => {
                let start = self.int(0, span);
                let along = Place::Along {
                    axis: moved,
                    start,
                    step: Stride::Of(1),
                };
                Body::Part(vector.clone(), vec![along])
            }
        };
        Shaped::new(extents, body).with_bools(vector.boolean)
    }

    /// `np.stack(parts, axis)`
    pub(super) fn stack(&mut self, parts: &[Shaped], axis: i64, span: Span) -> Scalar<Shaped> {
        let Some((first, others)) = parts.split_first() else {
            return self.refused(span, "nothing is stacked", "pass the arrays");
        };
        for other in others {
            if other.rank() != first.rank() {
                return self.refused(
                    span,
                    "arrays of different ranks are stacked",
                    "NumPy raises a ValueError here",
                );
            }
            for (a, b) in first.extents.iter().zip(&other.extents) {
                self.require_equal(*a, *b, span)?;
            }
        }
        let rank = first.rank() as i64 + 1;
        let at = if axis < 0 { axis + rank } else { axis };
        let Some(at) = usize::try_from(at).ok().filter(|at| *at <= first.rank()) else {
            return self.refused(span, "there is no such axis", "NumPy raises an AxisError here");
        };
        let mut extents = first.extents.clone();
        extents.insert(at, self.int(parts.len() as i64, span));
        if !self.same_kinds(parts) {
            return Ok(self.stack_alike(parts, at, &extents, span));
        }
        let boolean = parts.iter().all(|one| one.boolean);
        let body = Body::Stacked(parts.to_vec(), at);
        Ok(Shaped::new(extents, body).with_bools(boolean))
    }

    /// Parts of one shape, one behind the other along a new axis, in a new array. They must turn out to be of one type.
    fn stack_alike(&mut self, parts: &[Shaped], axis: usize, extents: &[Ex], span: Span) -> Shaped {
        let promoted = self.promoted(parts);
        let placeholder = self.int(0, span);
        let element = promoted.unwrap_or(Element::Of(placeholder));
        let stacked = self.allocate("stacked", element, extents, false, span);
        for (position, part) in parts.iter().enumerate() {
            let mut stored = None;
            self.nest(&part.extents.clone(), span, |this, index| {
                let one = this.element(part, index, span);
                stored = Some(one);
                let mut subscripts = index.to_vec();
                subscripts.insert(axis, this.int(position as i64, span));
                this.store_element(stacked, subscripts, one, span);
            });
            if promoted.is_some() {
                continue;
            }
            self.set_element(stacked, stored);
            // NumPy would make an array of the type to which all promote.
            if let Some(value) = stored {
                let name = "the stacked array".to_owned();
                let array = stacked;
                self.to.retained.push(Retained { name, array, value });
            }
        }
        if parts.iter().all(|one| one.boolean) {
            self.of_bools.insert(stacked);
        }
        self.whole(stacked, span)
    }

    /// `np.concatenate(parts, axis)`, into a new array.
    pub(super) fn concatenate(&mut self, parts: &[Shaped], axis: i64, span: Span) -> Scalar<Shaped> {
        let Some((first, others)) = parts.split_first() else {
            return self.refused(span, "nothing is concatenated", "pass the arrays");
        };
        let axis = self.axis(first, axis, span)?;
        let mut length = self.not_negative(first.extents[axis], span);
        for other in others {
            if other.rank() != first.rank() {
                return self.refused(
                    span,
                    "arrays of different ranks are concatenated",
                    "NumPy raises a ValueError here",
                );
            }
            for (at, (a, b)) in first.extents.iter().zip(&other.extents).enumerate() {
                if at != axis {
                    self.require_equal(*a, *b, span)?;
                }
            }
            let more = self.not_negative(other.extents[axis], span);
            length = self.plus(length, more, 1, span);
        }
        let mut extents = first.extents.clone();
        extents[axis] = length;
        self.concatenate_alike(parts, axis, extents, span)
    }

    /// Parts that fit, one behind the other along an axis, in a new array of these extents.
    pub(super) fn concatenate_alike(
        &mut self,
        parts: &[Shaped],
        axis: usize,
        extents: Vec<Ex>,
        span: Span,
    ) -> Scalar<Shaped> {
        let certain = self.same_kinds(parts);
        let promoted = self.promoted(parts).filter(|_| !certain);
        let placeholder = self.int(0, span);
        let element = promoted.unwrap_or(Element::Of(placeholder));
        let joined = self.allocate("joined", element, &extents, false, span);
        let mut offset = self.int(0, span);
        for part in parts {
            let mut stored = None;
            let extents = part.extents.clone();
            self.nest(&extents, span, |this, index| {
                let one = this.element(part, index, span);
                stored = Some(one);
                let mut subscripts = index.to_vec();
                subscripts[axis] = this.plus(subscripts[axis], offset, 1, span);
                this.store_element(joined, subscripts, one, span);
            });
            if promoted.is_none() {
                self.set_element(joined, stored);
            }
            // NumPy would make an array of the type to which all promote.
            if let Some(value) = stored.filter(|_| !certain && promoted.is_none()) {
                let name = "the joined array".to_owned();
                let array = joined;
                self.to.retained.push(Retained { name, array, value });
            }
            let more = self.not_negative(part.extents[axis], span);
            offset = self.plus(offset, more, 1, span);
        }
        if parts.iter().all(|one| one.boolean) {
            self.of_bools.insert(joined);
        }
        Ok(self.whole(joined, span))
    }

    /// The type to which all parts promote, if their kinds are known here.
    fn promoted(&self, parts: &[Shaped]) -> Option<Element> {
        let kinds: Option<Vec<Kind>> = parts.iter().map(|part| self.kind_of_part(part)).collect();
        let kind = kinds?.into_iter().reduce(promote::kinds)?;
        Some(Element::Named(conversion(kind)))
    }

    fn kind_of_part(&self, part: &Shaped) -> Option<Kind> {
        if let Some(kind) = self.kind_of(part) {
            return Some(kind);
        }
        let (array, _) = part.view()?;
        match self.to.arrays[array].origin {
            // Items that are written out.
            ArrayOrigin::Local {
                element: Element::Of(item),
                ..
            } => match self.written(item) {
                Some(Literal::Int(_)) => Some(Kind::I64),
                Some(Literal::Float(_)) => Some(Kind::F64),
                Some(Literal::Bool(_) | Literal::Imaginary(_) | Literal::Nothing) | None => None,
            },
            ArrayOrigin::Local { .. } | ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => None,
        }
    }
}
