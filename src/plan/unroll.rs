//! How often a loop's body is written in a row.
//!
//! `unroll(n)` writes it `n` times for `n` iterations, and once more for what is left; of a loop in lanes, for `n` groups of lanes.
//! `simdlen(n)` of more iterations than there are lanes in a group is as many groups. Where rows and groups advance together
//! through an inner loop (unroll-and-jam), they are the numbers of these. Order and meaning stay as they are.
//!
//! A reduction in lanes always keeps the same number of groups in flight: they are its rounds, and decide its bits.

use super::{Plan, Unheeded};
use crate::ir::{Handle, Loop, SideTable};

/// Times that the body of each loop is written in a row; what cannot be.
pub(super) fn choose(plan: &Plan<'_>) -> (SideTable<Loop, u32>, Vec<Unheeded>) {
    let mut rounds = SideTable::filled(&plan.region.loops, 1);
    let mut unheeded = Vec::new();
    for (handle, header) in plan.region.loops.iter() {
        let Some(annotation) = &header.annotation else { continue };
        let lanes = plan.lanes(handle);
        if let Some(times) = annotation.unroll {
            if lanes.is_none() && plan.facts.of_loop(handle).breaks {
                unheeded.push(Unheeded {
                    header: handle,
                    clause: "unroll",
                    what: Unheeded::ignored("`break` may leave the loop after every iteration"),
                });
            } else {
                rounds[handle] *= times;
            }
        }
        let Some(wanted) = annotation.simdlen else { continue };
        let inside = plan.nest(handle).and_then(|nest| nest.loops.last().copied());
        let runs = [Some(handle), inside]
            .into_iter()
            .flatten()
            .find(|one| plan.lanes(*one).is_some());
        match runs.and_then(|one| Some((one, plan.lanes(one)?))) {
            Some((one, lanes)) => rounds[one] *= wanted.div_ceil(lanes),
            None if wanted > 1 => unheeded.push(Unheeded {
                header: handle,
                clause: "simdlen",
                what: Unheeded::ignored("the loop does not run in lanes"),
            }),
            None => {}
        }
    }
    (rounds, unheeded)
}

impl Plan<'_> {
    /// How often the body of a loop is written in a row: for as many iterations, or groups of lanes.
    pub fn rounds(&self, handle: Handle<Loop>) -> u32 {
        self.rounds[handle]
    }
}
