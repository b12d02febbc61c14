//! Reductions in which it matters which iteration a value is from.
//!
//! Beside the value a thread keeps its iteration, and of all candidates the best one wins; among equal ones the first or the last. After a
//! NaN, `m = max(x, m)` knows nothing of what was before. So that a warp can forget together, each warp does a stretch of iterations,
//! neighbours side by side, and a thread keeps apart what it has found since the last NaN ([`Scene::stretch`]):
//!
//! ```cpp
//! const Stretch i_stretch = stretch_of_warp(i_steps.trips);
//! for (i64 i_first_trip = i_stretch.first; i_first_trip < i_stretch.end; i_first_trip += 32) {
//!     const i64 i_trip = i_first_trip + lane_in_warp();
//!     m = least<f64>(), m_at = -1;
//!     if (i_trip < i_stretch.end && !failed) { ... }
//!     m_reset = latest_of_warp(m_reset, i_first_trip);
//!     m_kept.take(m, m_at, m_reset);
//! }
//! m_kept.give(m, m_at);
//! ```
//!
//! A team's members agree in all this, and it does its stretch one by one.

use super::names;
use super::scene::Scene;
use crate::back::writer::Writer;
use crate::deps::{ExtremumRule, ScalarReduction};
use crate::ir::{self, Expression, Handle, ReductionOp, Variable};

impl Scene<'_> {
    /// Notes in which iteration a reduction was assigned, of `m = max(x, m)` where x stays; and where x was NaN.
    pub(super) fn note_contender(
        &self,
        out: &mut Writer,
        outer: Handle<ir::Loop>,
        one: &ScalarReduction,
        contenders: &[Handle<Expression>],
    ) {
        let (name, trip) = (self.variable(one.target), format!("{}_trip", self.counter(outer)));
        let ty = self.types.variable(one.target);
        let (function, symbol) = match one.op == ReductionOp::Min {
            true => ("least", "<"),
            false => ("greatest", ">"),
        };
        let each: Vec<String> = contenders.iter().map(|root| self.converted(*root, ty)).collect();
        let new = match &each[..] {
            [only] => only.clone(),
            several => format!("{function}({})", several.join(", ")),
        };
        out.block();
        out.line(format!("const {} {name}_given = {new};", names::scalar(ty.kind)));
        let stays = match one.rule {
            Some(ExtremumRule::UnlessWorse) => format!("!({name} {symbol} {name}_given)"),
            Some(ExtremumRule::BetterOrEqual) => format!("{name}_given {symbol}= {name}"),
            Some(ExtremumRule::Better | ExtremumRule::BetterOrNan | ExtremumRule::Propagate | ExtremumRule::Ignore)
            | None => format!("{name}_given {symbol} {name}"),
        };
        out.line(format!("if ({stays}) {name}_at = {trip};"));
        if self.plan.forgets(one) {
            out.line(format!("if ({name}_given != {name}_given) {name}_reset = {trip};"));
        }
        out.close("");
    }

    // Stretches of iterations

    /// Opens the loop over the iterations that the threads of a warp, or a team, do together; a NaN lets reductions forget.
    pub(super) fn stretch(&self, out: &mut Writer, header: Handle<ir::Loop>, forgetting: &[&ScalarReduction]) {
        let name = self.counter(header);
        let (whose, together, own) = match self.grid.lanes.is_empty() {
            true => ("warp", "32", " + lane_in_warp()"),
            false => ("team", "1", ""),
        };
        self.row_of(out, header);
        out.line(format!(
            "const Stretch {name}_stretch = stretch_of_{whose}({name}_steps.trips);"
        ));
        out.open(format!(
            "for (i64 {name}_first_trip = {name}_stretch.first; {name}_first_trip < {name}_stretch.end; {name}_first_trip += {together})"
        ));
        out.line(format!("const i64 {name}_trip = {name}_first_trip{own};"));
        for one in forgetting {
            let (own, ty) = (
                self.variable(one.target),
                names::scalar(self.types.variable(one.target).kind),
            );
            let tag = match self.plan.is_tagged(one.target) {
                true => format!(", {} = 0", self.tag(one.target)),
                false => String::new(),
            };
            out.line(format!(
                "{own} = {}::neutral<{ty}>(), {own}_at = -1{tag};",
                self.fold(one)
            ));
        }
        out.open(format!("if ({name}_trip < {name}_stretch.end && !failed)"));
        self.inside(out, header);
    }

    /// Closes what an iteration does, and takes what it has found; the loop is closed by the caller.
    pub(super) fn end_of_stretch(&self, out: &mut Writer, header: Handle<ir::Loop>, forgetting: &[&ScalarReduction]) {
        out.close("");
        for one in forgetting {
            let own = self.variable(one.target);
            if self.grid.lanes.is_empty() {
                out.line(format!(
                    "{own}_reset = latest_of_warp({own}_reset, {}_first_trip);",
                    self.counter(header)
                ));
            }
            let tag = self.tag_beside(one);
            out.line(format!("{own}_kept.take({own}, {own}_at, {own}_reset{tag});"));
        }
    }

    /// The tag of a reduction's target as one more argument.
    fn tag_beside(&self, one: &ScalarReduction) -> String {
        match self.plan.is_tagged(one.target) {
            true => format!(", {}", self.tag(one.target)),
            false => String::new(),
        }
    }

    // Blocks

    /// What a thread of the block found is the block's, if it is the best.
    pub(super) fn hand_back_ordered(&self, out: &mut Writer, one: &ScalarReduction) {
        let own = self.variable(one.target);
        let mut at = format!("{own}_at");
        if self.plan.forgets(one) {
            out.line(format!("{own}_kept.give({own}, {own}_at{});", self.tag_beside(one)));
            out.line(format!("collect<Greatest>({own}_reset, {own}_reset_parts, failed);"));
            at = format!("{own}_reset_parts.since({own}_at)");
        }
        let test = format!("wins<{}>({own}, {at}, failed)", choice(one));
        self.winner(out, &test, &with_companions(one));
    }

    /// What a block found is all blocks', if it is the best.
    pub(super) fn combine_ordered(&self, out: &mut Writer, one: &ScalarReduction) {
        let own = self.variable(one.target);
        let mut since = String::new();
        if self.plan.forgets(one) {
            out.line(format!("combine<Greatest>({own}_reset_parts, failed);"));
            since = format!(", {own}_reset_parts.each[0]");
        }
        let best = format!("best_block<{}>({own}_parts, {own}_at_parts{since})", choice(one));
        self.take_winner(out, &best, &with_companions(one));
    }

    /// Stores what the one thread found that passes a test: a variable, and what is taken along.
    pub(super) fn winner(&self, out: &mut Writer, test: &str, variables: &[Handle<Variable>]) {
        let own = self.variable(variables[0]);
        out.open(format!("if ({test})"));
        out.line(format!("{own}_at_parts.put({own}_at);"));
        for name in self.with_tags(variables) {
            out.line(format!("{name}_parts.put({name});"));
        }
        out.close("");
    }

    /// Takes what the one block found that was chosen.
    pub(super) fn take_winner(&self, out: &mut Writer, best: &str, variables: &[Handle<Variable>]) {
        out.open(format!("if (const i64 block = {best}; block >= 0)"));
        out.line(format!("{}_at_parts.take(block);", self.variable(variables[0])));
        for name in self.with_tags(variables) {
            out.line(format!("{name}_parts.take(block);"));
        }
        out.close("");
    }
}

/// Which of two candidates stays, of a reduction in which the iteration matters.
pub(super) fn choice(one: &ScalarReduction) -> &'static str {
    use ExtremumRule::{Better, BetterOrEqual, BetterOrNan, Ignore, Propagate, UnlessWorse};
    match (one.op == ReductionOp::Min, one.rule) {
        (true, Some(BetterOrEqual | UnlessWorse)) => "LastLeast",
        (false, Some(BetterOrEqual | UnlessWorse)) => "LastGreatest",
        (true, Some(BetterOrNan)) => "FirstLeastOrNan",
        (false, Some(BetterOrNan)) => "FirstGreatestOrNan",
        (true, Some(Better | Propagate | Ignore) | None) => "FirstLeast",
        (false, Some(Better | Propagate | Ignore) | None) => "FirstGreatest",
    }
}

/// The variable of a reduction, and what is taken along with it.
fn with_companions(one: &ScalarReduction) -> Vec<Handle<Variable>> {
    std::iter::once(one.target)
        .chain(one.companions.iter().copied())
        .collect()
}
