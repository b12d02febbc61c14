//! The choice among the levels of a nest.

use super::Finding;
use super::nest::{Nest, Picks, is_innermost};
use crate::deps::{Facts, Verdict};
use crate::ir::{self, Directive, Handle, Loop, Region};
use crate::plan::{self, Plan};
use crate::pragma::DirectiveKind;

/// Work in nanoseconds up to which a loop is not worth a kernel: what the call of one costs.
pub(super) const LITTLE: f64 = 1000.0;
/// Iterations below which a loop is left to run in order when a longer one inside can run in parallel.
pub(super) const FEW: f64 = 8.0;

impl Nest<'_, '_> {
    /// A finding for each loop of the nest without a pragma, if something is proposed; otherwise the outermost loop's.
    pub(super) fn findings(&self) -> Result<Vec<Finding>, Box<Finding>> {
        if self.is_little(0) && self.levels[0].after.is_empty() {
            return Ok(self.list(&Vec::new(), None));
        }
        let picks = self.picks();
        for picks in [self.with_lanes(&picks), picks] {
            if picks.is_empty() {
                break;
            }
            let analysis = self.annotated(&picks, true);
            let (region, facts) = &*analysis;
            let plan = plan::plan(region, &self.types, facts);
            if self.holds(&picks, region, facts, &plan) {
                return Ok(self.list(&picks, Some((region, facts))));
            }
        }
        Err(Box::new(self.finding(0, &Vec::new(), None)))
    }

    pub(super) fn picks(&self) -> Picks {
        let mut picks = self.choose(0);
        let own = picks.iter().any(|(level, _)| *level == 0);
        let inside = !picks.is_empty() || self.kept().next().is_some();
        if inside && !own {
            picks.insert(0, (0, DirectiveKind::SequentialFor));
        }
        picks
    }

    /// The user's own parallel loops.
    pub(super) fn kept(&self) -> impl Iterator<Item = Handle<Loop>> {
        let annotated = self.region.loops.iter().filter(|(_, header)| {
            let asked = header.annotation.as_ref().map(|one| one.directive);
            asked.is_some_and(|directive| directive != Directive::Sequential)
        });
        annotated.map(|(handle, _)| handle)
    }

    /// The outermost levels that may run in parallel, from this one inwards, and those after it.
    pub(super) fn choose(&self, number: usize) -> Picks {
        let later = self.levels[number].after.iter().flat_map(|later| self.choose(*later));
        self.choose_inside(number).into_iter().chain(later).collect()
    }

    pub(super) fn choose_inside(&self, number: usize) -> Picks {
        let level = &self.levels[number];
        if level.claimed || self.is_little(number) || level.idle {
            return Vec::new();
        }
        let few = level.work.trips.is_some_and(|trips| trips < FEW);
        let permitted = self.permitted(number) && !self.holds_claimed(number);
        if permitted && !few && self.splits(number) {
            return vec![(number, DirectiveKind::ParallelFor)];
        }
        let inside: Picks = level.inside.iter().flat_map(|inner| self.choose(*inner)).collect();
        let longer = |inner: usize| {
            let trips = self.levels[inner].work.trips;
            trips.is_none_or(|trips| level.work.trips.is_some_and(|own| trips > own))
        };
        let better = |(inner, _): &(usize, DirectiveKind)| {
            self.splits(*inner) && (!self.splits(number) || few && longer(*inner))
        };
        match permitted {
            true if inside.iter().any(better) => inside,
            true => vec![(number, DirectiveKind::ParallelFor)],
            false if inside.is_empty() && self.lanes(number) => vec![(number, DirectiveKind::Simd)],
            false => inside,
        }
    }

    pub(super) fn holds_claimed(&self, number: usize) -> bool {
        let level = &self.levels[number];
        level.claimed || level.inside.iter().any(|inner| self.holds_claimed(*inner))
    }

    pub(super) fn permitted(&self, number: usize) -> bool {
        let judgement = self.levels[number].judgement.as_ref();
        judgement.is_some_and(|(verdict, _)| verdict.permits())
    }

    pub(super) fn is_little(&self, number: usize) -> bool {
        self.levels[number].work.total().is_some_and(|total| total < LITTLE)
    }

    /// With `simd` where the plan takes lanes for a loop that holds no other.
    pub(super) fn with_lanes(&self, picks: &Picks) -> Picks {
        if picks.is_empty() {
            return Vec::new();
        }
        let analysis = self.annotated(picks, true);
        let (region, facts) = &*analysis;
        let plan = plan::plan(region, &self.types, facts);
        let mut all = Vec::new();
        for (number, level) in self.levels.iter().enumerate() {
            let chosen = picks.iter().find(|(pick, _)| *pick == number).map(|(_, kind)| *kind);
            let innermost = level.loops.iter().all(|handle| is_innermost(region, *handle));
            let lanes = level.loops.iter().all(|handle| plan.lanes(*handle).is_some());
            let inner = innermost && lanes && !level.loops.is_empty() && !level.claimed;
            match chosen {
                Some(DirectiveKind::ParallelFor) if inner => all.push((number, DirectiveKind::ParallelForSimd)),
                Some(kind) => all.push((number, kind)),
                None if inner && self.is_below(number, picks) => all.push((number, DirectiveKind::Simd)),
                None => {}
            }
        }
        all
    }

    /// Whether a level lies inside one that is to run in parallel.
    pub(super) fn is_below(&self, number: usize, picks: &Picks) -> bool {
        self.parallel_around(number, picks).is_some()
    }

    pub(super) fn parallel_around(&self, number: usize, picks: &Picks) -> Option<usize> {
        let around = picks
            .iter()
            .find(|(pick, kind)| *kind != DirectiveKind::SequentialFor && self.lies_in(number, *pick));
        around.map(|(pick, _)| *pick)
    }

    /// Whether everything that is asked, by the picks and by the user, is granted when asked together.
    pub(super) fn holds(&self, picks: &Picks, region: &Region, facts: &Facts, plan: &Plan<'_>) -> bool {
        let granted = region.loops.iter().all(|(handle, header)| {
            header.annotation.is_none()
                || facts
                    .of_loop(handle)
                    .judgement
                    .as_ref()
                    .is_some_and(|one| one.verdict.permits() || one.verdict == Verdict::Sequential)
        });
        let as_planned = picks.iter().all(|(number, kind)| {
            let level = &self.levels[*number];
            !level.loops.is_empty()
                && level.loops.iter().all(|handle| match kind {
                    DirectiveKind::ParallelFor => plan.is_parallel(*handle) || !self.splits(*number),
                    DirectiveKind::ParallelForSimd => plan.is_parallel(*handle) && plan.lanes(*handle).is_some(),
                    DirectiveKind::Simd => plan.lanes(*handle).is_some(),
                    DirectiveKind::SequentialFor
                    | DirectiveKind::Parallel
                    | DirectiveKind::Atomic
                    | DirectiveKind::Data => true,
                })
        });
        let mut kept = self.kept().peekable();
        let own = kept.peek().is_none() || kept.any(|handle| plan.mode(handle) != ir::Mode::Serial);
        granted && as_planned && plan.fast().is_ok() && own
    }
}
