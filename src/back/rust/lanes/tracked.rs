//! Minima and maxima in lanes of which must be known which iteration they are from.
//!
//! Beside the value each lane keeps the trip number of the iteration that it is from, and what the companions took there. In
//! the end the best lane wins; of equal ones, that of the first or of the last iteration, as the comparison says.

use super::Lockstep;
use crate::back::rust::reducing::better;
use crate::back::writer::Writer;
use crate::deps::{ExtremumRule, ScalarReduction};
use crate::ir::{Handle, ReductionOp, Variable};

/// What changes with a reduction's target.
#[derive(Clone, Copy, Debug)]
pub(super) enum Follower {
    /// A companion.
    Companion(Handle<Variable>),
    /// The trip number, of the reduction with this target.
    Trip(Handle<Variable>),
}

/// Whether a reduction is one of those.
pub(super) fn is_tracked(one: &ScalarReduction) -> bool {
    let ordered = matches!(one.rule, Some(ExtremumRule::BetterOrEqual | ExtremumRule::BetterOrNan));
    !one.companions.is_empty() || ordered
}

impl Lockstep<'_, '_> {
    /// What follows the targets, in the order of the groups' places after reductions and elements.
    pub(super) fn followers(&self) -> Vec<Follower> {
        let tracked = self.reductions.iter().filter(|one| is_tracked(one));
        tracked
            .flat_map(|one| {
                let companions = one.companions.iter().map(|companion| Follower::Companion(*companion));
                companions.chain([Follower::Trip(one.target)])
            })
            .collect()
    }

    /// Their names and places.
    pub(super) fn follower_slots(&self) -> Vec<(String, usize)> {
        let names = self.followers().into_iter().map(|one| match one {
            Follower::Companion(variable) => self.scene.variable(variable),
            Follower::Trip(variable) => self.trip(variable),
        });
        let first = self.reductions.len() + self.elements.len();
        names.zip(first..).collect()
    }

    /// The trip number of a target's value.
    fn trip(&self, target: Handle<Variable>) -> String {
        format!("{}_trip", self.scene.region.variables[target].name)
    }

    /// Notes the trip number where a target has been assigned.
    pub(super) fn note_trip(&self, out: &mut Writer, variable: Handle<Variable>, on: &str) {
        if self
            .reductions
            .iter()
            .any(|one| one.target == variable && is_tracked(one))
        {
            let (trip, width) = (self.trip(variable), self.width);
            out.line(format!(
                "{trip} = {trip}.updated({on}, I64x{width}::iota($at as i64, 1));"
            ));
        }
    }

    /// What the winning lane holds: the target's value and the companions', if any lane was assigned.
    pub(super) fn winner(&self, one: &ScalarReduction, position: usize) -> String {
        let slots = self.follower_slots();
        let place = |name: &str| {
            slots
                .iter()
                .find(|(slot, _)| slot == name)
                .map_or(position, |(_, place)| *place)
        };
        let strict = match one.rule {
            Some(ExtremumRule::BetterOrNan) => better(one, "x", "y"),
            _ => format!("x {} y", symbol(one)),
        };
        let last = one.rule == Some(ExtremumRule::BetterOrEqual);
        let values = one
            .companions
            .iter()
            .map(|companion| place(&self.scene.variable(*companion)));
        let values: Vec<String> = std::iter::once(position)
            .chain(values)
            .map(|place| format!("groups.{place}[group].lane(lane)"))
            .collect();
        format!(
            "winner(&groups.{position}, &groups.{}, {last}, |x, y| {strict}).map(|(group, lane)| ({},))",
            place(&self.trip(one.target)),
            values.join(", ")
        )
    }

    /// Lets the winner replace the variable, as an iteration would.
    pub(super) fn fold_winner(&self, out: &mut Writer, one: &ScalarReduction, position: usize) {
        let scene = self.scene;
        let own = scene.variable(one.target);
        out.open(format!("if let Some(won) = found.{position}"));
        out.open(format!("if {}", better(one, "won.0", &own)));
        for (place, variable) in std::iter::once(&one.target).chain(&one.companions).enumerate() {
            out.line(format!("{} = won.{place};", scene.variable(*variable)));
            if scene.has_flag(*variable) || scene.is_watched(*variable) {
                out.line(format!("{} = true;", scene.flag(*variable)));
            }
        }
        out.close("");
        out.close("");
    }
}

fn symbol(one: &ScalarReduction) -> &'static str {
    if one.op == ReductionOp::Min { "<" } else { ">" }
}
