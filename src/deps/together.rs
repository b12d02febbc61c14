//! Questions about several loops, or several arrays, as one.

use super::accesses::{Accesses, Site};
use super::omega::Budget;
use super::pairs::{BUDGET, Meeting, Pair};
use super::{Access, Atom, Legality, Linear, LoopFacts};
use crate::ir::{self, Handle, Loop, Region, Statement};

/// Legality of a loop and the loops directly inside it that a `collapse` clause joins to it: all their iterations are one space.
pub(super) fn collapsed_legality(
    parallel: &Legality,
    handle: Handle<Loop>,
    depth: u32,
    region: &Region,
    facts: &dyn Fn(Handle<Loop>) -> LoopFacts,
) -> Legality {
    let (mut legality, mut present) = (parallel.clone(), handle);
    for _ in 1..depth {
        let inner = region.loops[present]
            .body
            .statements
            .iter()
            .find_map(|(one, _)| match one {
                Statement::For(inner) => Some(*inner),
                _ => None,
            });
        let Some(inner) = inner else { break };
        legality = match (legality, facts(inner).parallel) {
            (Legality::Proven, other) | (other, Legality::Proven) => other,
            (Legality::Guarded(one), Legality::Guarded(other)) => Legality::Guarded(one.and(other)),
            (other @ Legality::Refuted(_), _) | (_, other @ Legality::Refuted(_)) => other,
            (other @ Legality::Unproven(_), _) | (_, other @ Legality::Unproven(_)) => other,
        };
        present = inner;
    }
    legality
}

/// Whether accesses of two arrays never meet in different iterations of a loop even if both are the same array.
pub(super) fn independent_as_one(
    accesses: &Accesses,
    sites: &[(Site, Access)],
    handle: Handle<Loop>,
    a: Handle<ir::Array>,
    b: Handle<ir::Array>,
) -> bool {
    let of = |array: Handle<ir::Array>| {
        sites
            .iter()
            .filter(move |(site, _)| site.array == array && site.loops.contains(&handle))
    };
    let modes = |access: &Access| {
        access
            .subscripts
            .iter()
            .map(|subscript| subscript.mode)
            .collect::<Vec<_>>()
    };
    of(a).all(|(one, access)| {
        of(b).all(|(other, other_access)| {
            if !one.write && !other.write {
                return true;
            }
            // The same view has the same extents: name them by one of the arrays.
            let mut renamed = other.clone();
            for number in &mut renamed.subscripts {
                number.linear = same_extents(&number.linear, b, a);
            }
            let (mine, theirs) = (modes(access), modes(other_access));
            one.subscripts.len() == renamed.subscripts.len()
                && [((one, &mine), (&renamed, &theirs)), ((&renamed, &theirs), (one, &mine))]
                    .into_iter()
                    .all(|(first, second)| {
                        let pair = Pair {
                            accesses,
                            carrier: handle,
                            first: (first.0, first.1),
                            second: (second.0, second.1),
                        };
                        matches!(pair.meeting(&mut Budget(BUDGET)), Meeting::Never)
                    })
        })
    })
}

fn same_extents(linear: &Linear, from: Handle<ir::Array>, to: Handle<ir::Array>) -> Linear {
    let mut result = linear.clone();
    for (_, atom) in &mut result.terms {
        if let Atom::Extent(array, _) | Atom::Size(array) = atom
            && *array == from
        {
            *array = to;
        }
    }
    result.terms.sort_by(|a, b| a.1.cmp(&b.1));
    result
}
