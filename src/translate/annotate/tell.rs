//! What is told about the levels of a nest.

use super::Finding;
use super::choice::{FEW, LITTLE};
use super::nest::{Nest, Picks};
use crate::deps::Facts;
use crate::ir::Region;
use crate::pragma::DirectiveKind;
use crate::translate::report;

impl Nest<'_, '_> {
    pub(super) fn list(&self, picks: &Picks, found: Option<(&Region, &Facts)>) -> Vec<Finding> {
        let levels = (0..self.levels.len()).filter(|number| !self.annotated_by_user(*number));
        levels.map(|number| self.finding(number, picks, found)).collect()
    }

    pub(super) fn annotated_by_user(&self, number: usize) -> bool {
        let statement = self.levels[number].candidate.statement;
        self.annotator.directives.is_claimed(statement)
    }

    pub(super) fn finding(&self, number: usize, picks: &Picks, found: Option<(&Region, &Facts)>) -> Finding {
        let level = &self.levels[number];
        let kind = picks.iter().find(|(pick, _)| *pick == number).map(|(_, kind)| *kind);
        let mut finding = self.annotator.blank(&level.candidate, self.refusal(number, picks));
        finding.verdict = level.judgement.as_ref().map(|(verdict, _)| *verdict);
        finding.work = (!level.loops.is_empty()).then_some(level.work);
        finding.types = Some((self.signature.to_string(), self.declared));
        let (Some(kind), Some((region, facts)), Some(first)) = (kind, found, level.loops.first()) else {
            return finding;
        };
        let judgement = facts.of_loop(*first).judgement.as_ref();
        finding.proposal = Some(kind);
        finding.verdict = judgement.map(|one| one.verdict);
        finding.guards = match kind {
            DirectiveKind::SequentialFor => Vec::new(),
            _ => report::guards(region, facts, *first),
        };
        finding.reason = match kind {
            DirectiveKind::SequentialFor => self.in_order(number),
            _ => judgement.map(|one| one.reasons.join("; ")).unwrap_or_default(),
        };
        finding
    }

    /// Why a loop is to run in order.
    pub(super) fn in_order(&self, number: usize) -> String {
        let level = &self.levels[number];
        let why = match (&level.judgement, level.work.trips) {
            (Some((verdict, reason)), _) if !verdict.permits() => format!("; not parallel: {reason}"),
            (_, Some(trips)) if trips < FEW => format!("; only {trips} iterations, and the loops inside have more"),
            _ => String::new(),
        };
        format!("no Python between the parallel loops inside{why}")
    }

    /// Why nothing is proposed for a level.
    pub(super) fn refusal(&self, number: usize, picks: &Picks) -> String {
        let level = &self.levels[number];
        let row = |number: usize| {
            let start = self.levels[number].candidate.statement.span.start;
            self.annotator.file.row(start)
        };
        if level.claimed {
            return "it lies inside an annotated loop".to_owned();
        }
        if let Some(around) = self.parallel_around(number, picks) {
            return format!("the loop of line {} around it runs in parallel", row(around));
        }
        if let Some(total) = level.work.total().filter(|_| self.is_little(number)) {
            return format!(
                "too little work: about {} ns in all, and the call of a kernel takes about {LITTLE} ns",
                total.round().max(1.0)
            );
        }
        if self.is_little(0) {
            return "too little work".to_owned();
        }
        let Some((verdict, reason)) = &level.judgement else {
            return "it is never reached".to_owned();
        };
        if verdict.permits() && level.idle {
            return "it leaves nothing behind".to_owned();
        }
        let inside = || picks.iter().find(|(pick, _)| *pick != 0 && self.lies_in(*pick, number));
        match (verdict.permits(), inside()) {
            (false, _) => reason.clone(),
            (true, Some((pick, _))) => {
                format!(
                    "the loop of line {} inside it is the better one to run in parallel",
                    row(*pick)
                )
            }
            (true, None) => "together with the pragmas inside it, it would not run in parallel".to_owned(),
        }
    }

    pub(super) fn lies_in(&self, inner: usize, outer: usize) -> bool {
        let inner = self.levels[inner].candidate.statement.span;
        self.levels[outer].body.contains(inner)
    }
}
