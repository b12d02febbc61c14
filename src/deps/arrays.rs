//! Arrays whose elements the iterations of a loop only combine contributions into.

use super::accesses::Site;
use super::{Access, ArrayReduction, ArrayUpdate, Atom, Place};
use crate::ir::{self, BinaryOp, Expression, Handle, Loop, ReductionOp, Region};

/// Arrays of which the loop does nothing but combine contributions into elements.
pub(super) fn array_reductions(region: &Region, sites: &[(Site, Access)], handle: Handle<Loop>) -> Vec<ArrayReduction> {
    let mut found: Vec<ArrayReduction> = Vec::new();
    for array in region.arrays.handles() {
        let inside: Vec<&(Site, Access)> = sites
            .iter()
            .filter(|(site, _)| site.array == array && site.loops.contains(&handle))
            .collect();
        let stores: Vec<Option<(ReductionOp, ArrayUpdate, Handle<Expression>)>> = inside
            .iter()
            .filter_map(|(site, _)| match site.place {
                Place::Store(store) => Some(update(region, store)),
                Place::Load(_) | Place::Variable(_) => None,
            })
            .collect();
        let Some(updates) = stores
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .filter(|updates| !updates.is_empty())
        else {
            continue;
        };
        let loads = inside.iter().filter(|(site, _)| matches!(site.place, Place::Load(_)));
        let own = |place: Place| updates.iter().any(|(_, _, load)| place == Place::Load(*load));
        let same = updates.iter().all(|(op, ..)| *op == updates[0].0);
        // Elements that are different in every iteration are no reduction.
        let counter = Atom::Counter(handle);
        let plain = inside.iter().all(|(site, _)| {
            site.subscripts
                .iter()
                .any(|number| number.linear.coefficient(&counter) != 0 && !mentions_value(&number.linear))
        });
        if !same || plain || !loads.clone().all(|(site, _)| own(site.place)) {
            continue;
        }
        let scattered = inside
            .iter()
            .any(|(site, _)| site.subscripts.iter().any(|number| mentions_value(&number.linear)));
        found.push(ArrayReduction {
            target: array,
            op: updates[0].0,
            stores: updates.into_iter().map(|(_, update, _)| update).collect(),
            scattered,
        });
    }
    found
}

fn mentions_value(linear: &super::Linear) -> bool {
    linear.any(&mut |atom| matches!(atom, Atom::Value(_)))
}

/// A store as an update: the operator, and the load of the old value.
fn update(region: &Region, handle: Handle<ir::Store>) -> Option<(ReductionOp, ArrayUpdate, Handle<Expression>)> {
    let store = &region.stores[handle];
    let Expression::Binary { op, left, right } = &region.expressions[store.value] else {
        return None;
    };
    let Expression::Load { array, subscripts } = &region.expressions[*left] else {
        return None;
    };
    if *array != store.array || *subscripts != store.subscripts {
        return None;
    }
    let kind = match op {
        BinaryOp::Add | BinaryOp::Subtract => ReductionOp::Add,
        BinaryOp::Multiply => ReductionOp::Multiply,
        BinaryOp::BitAnd => ReductionOp::BitAnd,
        BinaryOp::BitOr => ReductionOp::BitOr,
        BinaryOp::BitXor => ReductionOp::BitXor,
        _ => return None,
    };
    let update = ArrayUpdate {
        store: handle,
        contribution: *right,
        negated: *op == BinaryOp::Subtract,
    };
    Some((kind, update, *left))
}
