//! Which iterations may meet: accesses, reductions, races; gives verdicts and guards.
//!
//! May touch: infer, ir, source, diagnostics.

mod accesses;
mod array_clauses;
mod arrays;
mod bounds;
mod clauses;
mod facts;
mod finding;
mod formula;
mod generators;
mod guards;
mod judge;
mod linear;
mod locals;
mod omega;
mod pairs;
mod premises;
mod reductions;
mod scalars;
mod scans;
mod system;
mod tell;
mod together;
mod uses;
mod values;
mod work;

pub use facts::{
    Access, AccessMode, ArrayReduction, ArrayUpdate, BoundsGuard, Dependence, DependenceKind, Direction, ExtremumRule,
    Facts, Judgement, Legality, LoopFacts, OverlapGuard, Place, ScalarReduction, Subscript, Update, Verdict, Witness,
    WitnessAccess,
};
pub use finding::{Finding, Remedy};
pub use formula::{Elements, Formula, sides};
pub use generators::SharedGenerator;
pub use linear::{Atom, Linear};

use crate::infer::Types;
use crate::ir::{Region, SideTable};

/// Analyses a region under one signature; without types, integer inputs are taken for Python ints (for `check` of files
/// without annotations).
pub fn analyse(region: &Region, types: Option<&Types>) -> Facts {
    let accesses = accesses::collect(region, types);
    let mut bounds = Vec::new();
    let mut loads = SideTable::filled(&region.expressions, None);
    let mut stores = SideTable::filled(&region.stores, None);
    let mut sites = Vec::new();
    for site in &accesses.sites {
        let subscripts = bounds::subscripts(&accesses, site, &mut bounds);
        let access = Access {
            array: site.array,
            subscripts,
        };
        match site.place {
            Place::Load(load) => merge(&mut loads[load], &access),
            Place::Store(store) => merge(&mut stores[store], &access),
            Place::Variable(_) => {}
        }
        sites.push((site.clone(), access));
    }
    let at_launch = bounds.iter().filter(|guard| guard.at.is_none());
    let given: Vec<Formula> = at_launch.map(|guard| guard.condition.clone()).collect();
    let mut answers = Vec::new();
    let mut loops = SideTable::from_fn(&region.loops, |handle, _| {
        let (facts, answer) = judge::judge(region, types, &accesses, &sites, &given, handle);
        answers.extend(answer.map(|answer| (handle, answer)));
        facts
    });
    let mut findings = Vec::new();
    for (handle, answer) in &answers {
        loops[*handle].judgement = tell::verdict(region, *handle, &loops[*handle], answer);
        let known = tell::Known {
            loops: &loops,
            sites: &sites,
        };
        findings.extend(tell::findings(region, *handle, &known, answer));
    }
    Facts {
        loads,
        stores,
        bounds,
        overlaps: overlaps(region, &accesses, &sites),
        loops,
        written: accesses.written.clone(),
        read: accesses.read.clone(),
        rooms: locals::rooms(region, &accesses),
        shapes: locals::shapes(region, &accesses),
        findings,
    }
}

/// One expression evaluated in several places (a shared handle) has the weakest of its modes.
fn merge(known: &mut Option<Access>, access: &Access) {
    match known {
        None => *known = Some(access.clone()),
        Some(known) => {
            for (one, other) in known.subscripts.iter_mut().zip(&access.subscripts) {
                if one.mode != other.mode {
                    one.mode = AccessMode::Checked;
                }
            }
        }
    }
}

/// Pairs of arrays of which one is written, where some loop may run in parallel or in lanes.
fn overlaps(region: &Region, accesses: &accesses::Accesses, sites: &[(accesses::Site, Access)]) -> Vec<OverlapGuard> {
    let asks = |header: &crate::ir::Loop| {
        header
            .annotation
            .as_ref()
            .is_some_and(|annotation| annotation.directive != crate::ir::Directive::Sequential)
    };
    if !region.elementwise && !region.loops.iter().any(|(_, header)| asks(header)) {
        return Vec::new();
    }
    // Loops without annotation may run in lanes: the facts about them must hold as well.
    let reordered: Vec<_> = region
        .loops
        .iter()
        .filter(|(_, header)| header.annotation.is_none() || asks(header))
        .map(|(handle, _)| handle)
        .collect();
    let arrays: Vec<_> = region
        .arrays
        .handles()
        .filter(|one| accesses.written[*one] || accesses.read[*one])
        // Nobody else has storage of the region's own.
        .filter(|one| !locals::is_local(region, *one))
        .collect();
    let mut guards = Vec::new();
    for (position, a) in arrays.iter().enumerate() {
        for b in &arrays[position + 1..] {
            if accesses.written[*a] || accesses.written[*b] {
                let or_identical = reordered
                    .iter()
                    .all(|handle| together::independent_as_one(accesses, sites, *handle, *a, *b));
                guards.push(OverlapGuard {
                    a: *a,
                    b: *b,
                    or_identical,
                });
            }
        }
    }
    guards
}
