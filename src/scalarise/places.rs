//! Where elements lie that are not 0: `np.nonzero`, and masks among other subscripts.

use super::index::Item;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::source::Span;

impl Scalariser<'_> {
    /// `np.nonzero(value)[axis]`
    pub(super) fn nonzero(&mut self, value: &Shaped, axis: i64, span: Span) -> Scalar<Shaped> {
        if value.rank() == 0 {
            return self.refused(span, "`np.nonzero` of a number", "pass an array");
        }
        let axis = self.axis(value, axis, span)?;
        let (start, step) = (self.int(0, span), self.int(1, span));
        let body = Body::Range {
            start,
            step,
            integral: true,
        };
        let range = Shaped::new(vec![value.extents[axis]], body);
        let places = vec![Place::Along {
            axis,
            start: self.int(0, span),
            step: Stride::Of(1),
        }];
        let places = Shaped::new(value.extents.clone(), Body::Part(range, places));
        let found = self.compressed(&places, value, span)?;
        if let Some((array, _)) = found.view() {
            self.positions.insert(array);
        }
        Ok(found)
    }

    /// `np.argwhere(value)`
    pub(super) fn argwhere(&mut self, value: &Shaped, span: Span) -> Scalar<Shaped> {
        let value = if value.rank() > 1 && value.view().is_none() {
            self.materialise(value, "tested", span)
        } else {
            value.clone()
        };
        let mut columns = Vec::new();
        for axis in 0..value.rank() {
            columns.push(self.nonzero(&value, axis as i64, span)?);
        }
        let Some(first) = columns.first() else {
            return self.refused(span, "`np.argwhere` of a number", "pass an array");
        };
        let extents = vec![first.extents[0], self.int(columns.len() as i64, span)];
        Ok(Shaped::new(extents, Body::Stacked(columns, 1)))
    }

    /// Subscripts with index arrays in the place of masks, one for each axis of a mask.
    pub(super) fn without_masks(&mut self, items: Vec<Item>, base: &Shaped, span: Span) -> Scalar<Vec<Item>> {
        let mut all = Vec::new();
        let mut axis = 0;
        for item in items {
            match item {
                Item::Given(mask) if mask.boolean => {
                    let mask = if mask.rank() > 1 && mask.view().is_none() {
                        self.materialise(&mask, "mask", span)
                    } else {
                        mask
                    };
                    for (own, extent) in mask.extents.clone().into_iter().zip(base.extents[axis..].to_vec()) {
                        self.require_equal(own, extent, span)?;
                    }
                    for own in 0..mask.rank() {
                        all.push(Item::Given(self.nonzero(&mask, own as i64, span)?));
                    }
                    axis += mask.rank();
                }
                Item::NewAxis => all.push(Item::NewAxis),
                other => {
                    axis += 1;
                    all.push(other);
                }
            }
        }
        Ok(all)
    }

    /// `np.squeeze(value, axis)`
    pub(super) fn squeeze(&mut self, value: &Shaped, axis: Option<i64>, span: Span) -> Scalar<Shaped> {
        let chosen = match axis {
            Some(axis) => {
                let axis = self.axis(value, axis, span)?;
                let one = self.int(1, span);
                self.require_equal(value.extents[axis], one, span)?;
                vec![axis]
            }
            None => {
                let known: Vec<Option<i64>> = value.extents.iter().map(|extent| self.as_constant(*extent)).collect();
                if known.iter().any(Option::is_none) {
                    return self.refused(
                        span,
                        "which axes `np.squeeze` takes away depends on the shape",
                        "name the axis: `np.squeeze(x, axis=0)`",
                    );
                }
                (0..value.rank()).filter(|axis| known[*axis] == Some(1)).collect()
            }
        };
        let items = (0..value.rank())
            .map(|axis| {
                if chosen.contains(&axis) {
                    Item::At(self.int(0, span))
                } else {
                    Item::Slice {
                        start: None,
                        stop: None,
                        step: None,
                    }
                }
            })
            .collect();
        self.selected(value, items, span)
    }

    /// `np.moveaxis(value, from, to)`
    pub(super) fn move_axis(&mut self, value: &Shaped, from: i64, to: i64, span: Span) -> Scalar<Shaped> {
        let (from, to) = (self.axis(value, from, span)?, self.axis(value, to, span)?);
        let mut axes: Vec<i64> = (0..value.rank() as i64).filter(|axis| *axis != from as i64).collect();
        axes.insert(to, from as i64);
        self.transpose(value, Some(&axes), span)
    }

    /// `np.broadcast_to(value, shape)`
    pub(super) fn broadcast_to(&mut self, value: &Shaped, extents: &[Shaped], span: Span) -> Scalar<Shaped> {
        let mut wanted = Vec::new();
        for extent in extents {
            let Some(extent) = extent.as_number() else {
                return self.refused(span, "an array stands for an extent", "write each extent");
            };
            wanted.push(self.steady(extent, "extent", span));
        }
        if value.rank() > wanted.len() {
            return self.refused(
                span,
                "an array is broadcast to fewer axes",
                "NumPy raises a ValueError here",
            );
        }
        let skipped = wanted.len() - value.rank();
        let value = if value.is_costly() {
            self.materialise(value, "part", span)
        } else {
            value.clone()
        };
        let mut places = Vec::new();
        for (own, extent) in value.extents.clone().into_iter().enumerate() {
            let start = self.int(0, span);
            if self.as_constant(extent) == Some(1) {
                places.push(Place::At(start));
                continue;
            }
            self.require_equal(extent, wanted[skipped + own], span)?;
            let axis = skipped + own;
            places.push(Place::Along {
                axis,
                start,
                step: Stride::Of(1),
            });
        }
        Ok(Shaped::new(wanted, Body::Part(value.clone(), places)).with_bools(value.boolean))
    }
}
