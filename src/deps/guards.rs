//! The weakest condition under which no two iterations meet, in a form people can read.
//!
//! Given are the conditions under which they meet, each a conjunction. The guard is the negation of all of them, as a
//! disjunction of conjunctions, from which falls what cannot matter: a loop that has less than two iterations needs no guard.

use std::cell::Cell;

use super::accesses::{Accesses, Site};
use super::omega::Budget;
use super::pairs::two_iterations;
use super::system::{Builder, Side};
use super::{Formula, Linear};
use crate::ir::{Handle, Loop};

/// Steps that one implication may cost.
const BUDGET: u32 = 2_000;

/// Steps that all implications of a guard may cost together; what is not known by then is not simplified.
const GUARD_BUDGET: u32 = 10_000;

/// Conjunctions that a guard may have; a guard with more stays as it is.
const MOST: usize = 16;

/// A loop, and the loops around the accesses in question.
pub(super) struct Setting<'a> {
    pub(super) accesses: &'a Accesses,
    pub(super) carrier: Handle<Loop>,
    pub(super) loops: Vec<Handle<Loop>>,
    /// Of the arrays accessed, along each axis: they have elements.
    extents: Vec<Linear>,
    /// What is checked at the launch besides.
    pub(super) given: &'a [Formula],
    /// Steps that are left.
    steps: Cell<u32>,
}

impl<'a> Setting<'a> {
    pub(super) fn new<'s>(
        accesses: &'a Accesses,
        given: &'a [Formula],
        carrier: Handle<Loop>,
        sites: impl IntoIterator<Item = &'s Site>,
    ) -> Self {
        let (mut loops, mut extents) = (Vec::new(), Vec::new());
        for site in sites {
            for axis in 0..site.subscripts.len() {
                extents.extend(site.extent_at_launch(axis).filter(|extent| !extents.contains(extent)));
            }
            for handle in &site.loops {
                if !loops.contains(handle) {
                    loops.push(*handle);
                }
            }
        }
        Self {
            accesses,
            carrier,
            loops,
            extents,
            given,
            steps: Cell::new(GUARD_BUDGET),
        }
    }

    fn suppose(&self, builder: &mut Builder<'a>) {
        for condition in self.given {
            builder.condition(Side::Both, condition);
        }
    }

    /// Whether the condition holds in every nest whose loops have many iterations.
    pub(super) fn is_forced(&self, condition: &Formula) -> bool {
        let literals = literals(condition);
        if literals.iter().any(|one| !is_numeric(one)) {
            return false;
        }
        let Some(nest) = self.many(condition) else {
            return literals.is_empty();
        };
        literals.iter().all(|one| {
            let mut without = nest.clone();
            without.condition(Side::Both, &negated(one));
            without.satisfiable(&mut Budget(BUDGET)) == Some(false)
        })
    }

    /// Whether a guard holds for some nest whose loops have many iterations.
    pub(super) fn can_hold(&self, guard: &Formula) -> bool {
        match self.many(guard) {
            Some(mut nest) => {
                nest.condition(Side::Both, guard);
                nest.satisfiable(&mut Budget(BUDGET)) != Some(false)
            }
            None => *guard != Formula::False,
        }
    }

    /// A nest whose loops have more iterations than the constants of a condition ask for, or as many as there can be.
    fn many(&self, condition: &Formula) -> Option<Builder<'a>> {
        let mut constants = 0_i64;
        condition.visit_linears(&mut |linear| {
            constants = constants.saturating_add(linear.constant.saturating_abs().saturating_mul(2));
        });
        let trips = constants.saturating_add(4).min(1 << 40);
        [trips, 8, 4, 2, 1].into_iter().find_map(|trips| {
            let mut builder = Builder::new(self.accesses, Vec::new());
            self.suppose(&mut builder);
            for handle in &self.loops {
                builder.counter(Side::Many, *handle);
                builder.many(Side::Many, *handle, trips);
            }
            (builder.clone().satisfiable(&mut Budget(BUDGET)) == Some(true)).then_some(builder)
        })
    }

    /// The negation of the disjunction of `meets`.
    pub(super) fn guard(&self, meets: &[Formula]) -> Formula {
        let two = two_iterations(self.accesses, self.carrier).map(|mut builder| {
            for side in [Side::First, Side::Second] {
                builder.counter(side, self.carrier);
            }
            self.suppose(&mut builder);
            builder
        });
        let Some(two) = two else {
            return Formula::Not(Box::new(Formula::Any(meets.to_vec()))).simplified();
        };
        let meets: Vec<Vec<Formula>> = self.reduced(&two, meets);
        let mut conjunctions: Vec<Vec<Formula>> = vec![Vec::new()];
        for meeting in &meets {
            let clause: Vec<Formula> = meeting.iter().flat_map(halves).collect();
            conjunctions = conjunctions
                .iter()
                .flat_map(|start| {
                    clause.iter().map(move |one| {
                        let mut longer = start.clone();
                        longer.push(one.clone());
                        longer
                    })
                })
                .collect();
            conjunctions = self.tidied(&two, conjunctions);
            if conjunctions.len() > MOST {
                let clauses = meets
                    .iter()
                    .map(|meeting| Formula::Any(meeting.iter().flat_map(halves).collect()));
                return Formula::All(clauses.collect()).simplified();
            }
        }
        let parts = conjunctions.into_iter().map(|parts| {
            let parts = parts.into_iter().map(|part| self.equality(&two, part));
            Formula::All(merged(parts.collect())).simplified()
        });
        Formula::Any(apart(parts.collect())).simplified()
    }

    /// Without what is always so when the loops around the accesses run, and without those that another one covers.
    fn reduced(&self, two: &Builder<'a>, meets: &[Formula]) -> Vec<Vec<Formula>> {
        let mut running = two.clone();
        for handle in &self.loops {
            running.counter(Side::Many, *handle);
            running.many(Side::Many, *handle, 1);
        }
        for extent in &self.extents {
            if let Some(there) = extent.offset(-1) {
                running.condition(Side::Both, &Formula::NonNegative(there));
            }
        }
        let mut reduced: Vec<Vec<Formula>> = Vec::new();
        for meeting in meets {
            let mut parts = literals(meeting);
            let mut position = 0;
            while position < parts.len() {
                let mut others = parts.clone();
                let one = others.remove(position);
                if self.implies(&running, &others, &one) {
                    parts = others;
                } else {
                    position += 1;
                }
            }
            reduced.push(parts);
        }
        self.covering(two, reduced, true)
    }

    /// Satisfiable conjunctions without needless parts, none of which implies another one.
    fn tidied(&self, two: &Builder<'a>, conjunctions: Vec<Vec<Formula>>) -> Vec<Vec<Formula>> {
        let mut tidy: Vec<Vec<Formula>> = Vec::new();
        for mut parts in conjunctions {
            parts.sort();
            parts.dedup();
            if self.implies(two, &parts, &Formula::False) {
                continue;
            }
            let mut position = 0;
            while position < parts.len() {
                let mut others = parts.clone();
                let one = others.remove(position);
                if self.implies(two, &others, &one) {
                    parts = others;
                } else {
                    position += 1;
                }
            }
            if !tidy.contains(&parts) {
                tidy.push(parts);
            }
        }
        self.covering(two, tidy, false)
    }

    /// Drops conjunctions that imply another one.
    fn covering(&self, two: &Builder<'_>, conjunctions: Vec<Vec<Formula>>, sort: bool) -> Vec<Vec<Formula>> {
        let mut kept: Vec<Vec<Formula>> = Vec::new();
        for parts in conjunctions {
            let implied = |a: &[Formula], b: &[Formula]| b.iter().all(|one| self.implies(two, a, one));
            if kept.iter().any(|other| implied(&parts, other)) {
                continue;
            }
            kept.retain(|other| !implied(other, &parts));
            kept.push(parts);
        }
        if sort {
            kept.sort_by_key(Vec::len);
        }
        kept
    }

    /// Whether `parts` imply `one` wherever the context has a solution.
    fn implies(&self, context: &Builder<'_>, parts: &[Formula], one: &Formula) -> bool {
        if parts.contains(one) {
            return true;
        }
        let weaker = |part: &Formula| match (part, one) {
            (Formula::NonNegative(part), Formula::NonNegative(one)) => {
                part.terms == one.terms && part.constant <= one.constant
            }
            _ => false,
        };
        if parts.iter().any(weaker) {
            return true;
        }
        if !is_numeric(one) || self.steps.get() == 0 {
            return false;
        }
        let mut builder = context.clone();
        for part in parts.iter().filter(|part| is_numeric(part)) {
            builder.condition(Side::Both, part);
        }
        builder.condition(Side::Both, &negated(one));
        let allowed = BUDGET.min(self.steps.get());
        let mut budget = Budget(allowed);
        let outcome = builder.satisfiable(&mut budget);
        self.steps.set(self.steps.get() - (allowed - budget.0));
        outcome == Some(false)
    }

    /// An inequality that holds with equality only, as an equality.
    fn equality(&self, two: &Builder<'_>, part: Formula) -> Formula {
        match &part {
            Formula::NonNegative(linear) => match linear.scale(-1).map(Formula::NonNegative) {
                Some(opposite) if self.implies(two, &[], &opposite) => Formula::Zero(positive(linear.clone())),
                _ => part,
            },
            _ => part,
        }
    }
}

/// The parts of a conjunction.
fn literals(condition: &Formula) -> Vec<Formula> {
    match condition.clone().simplified() {
        Formula::True => Vec::new(),
        Formula::All(parts) => parts,
        other => vec![other],
    }
}

/// Whether a condition is about numbers alone.
fn is_numeric(condition: &Formula) -> bool {
    match condition {
        Formula::True | Formula::False | Formula::NonNegative(_) | Formula::Zero(_) | Formula::Divides(..) => true,
        Formula::All(parts) | Formula::Any(parts) => parts.iter().all(is_numeric),
        Formula::Not(inner) => is_numeric(inner),
        Formula::Distinct { .. } | Formula::Ascending { .. } | Formula::Between { .. } => false,
    }
}

fn negated(condition: &Formula) -> Formula {
    match condition {
        // l >= 0 fails where -l - 1 >= 0.
        Formula::NonNegative(linear) => match linear.scale(-1).and_then(|l| l.offset(-1)) {
            Some(other) => Formula::NonNegative(other),
            None => Formula::Not(Box::new(condition.clone())),
        },
        _ => Formula::Not(Box::new(condition.clone())).simplified(),
    }
}

/// The negation of a condition, as alternatives: an equality fails above or below.
fn halves(condition: &Formula) -> Vec<Formula> {
    let open = || vec![negated(condition)];
    match condition {
        Formula::Zero(linear) => {
            let above = linear.offset(-1);
            let below = linear.scale(-1).and_then(|l| l.offset(-1));
            match above.zip(below) {
                Some((above, below)) => vec![Formula::NonNegative(above), Formula::NonNegative(below)],
                None => open(),
            }
        }
        _ => open(),
    }
}

/// `l >= 0` and `-l >= 0` are one equality, `l >= 1` or `l <= -1` an inequality of two halves.
fn merged(parts: Vec<Formula>) -> Vec<Formula> {
    let mut merged: Vec<Formula> = Vec::new();
    for part in parts {
        let opposite = match &part {
            Formula::NonNegative(linear) => linear.scale(-1).map(Formula::NonNegative),
            _ => None,
        };
        match merged.iter().position(|other| Some(other) == opposite.as_ref()) {
            Some(position) => {
                if let Formula::NonNegative(linear) = part {
                    merged[position] = Formula::Zero(positive(linear));
                }
            }
            None => merged.push(part),
        }
    }
    merged
}

/// `l >= 1` or `l <= -1`: `l != 0`.
fn apart(parts: Vec<Formula>) -> Vec<Formula> {
    let mut apart: Vec<Formula> = Vec::new();
    for part in parts {
        let opposite = match &part {
            // l - 1 >= 0 and -l - 1 >= 0
            Formula::NonNegative(linear) => linear.scale(-1).and_then(|l| l.offset(-2)).map(Formula::NonNegative),
            _ => None,
        };
        match apart.iter().position(|other| Some(other) == opposite.as_ref()) {
            Some(position) => {
                if let Formula::NonNegative(linear) = part
                    && let Some(linear) = linear.offset(1)
                {
                    apart[position] = Formula::Not(Box::new(Formula::Zero(positive(linear))));
                }
            }
            None => apart.push(part),
        }
    }
    apart
}

/// An expression or its negative, whichever begins with a positive coefficient.
fn positive(linear: Linear) -> Linear {
    match linear.terms.first() {
        Some((coefficient, _)) if *coefficient < 0 => linear.scale(-1).unwrap_or(linear),
        _ => linear,
    }
}
