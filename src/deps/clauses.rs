//! Clauses held against the facts: what a clause says of a variable must be what the loop does with it.
//!
//! A wrong clause changes nothing about how the loop runs, since the facts decide that; but whoever wrote it believes
//! something of the program that is not so.

use super::finding::{Finding, Remedy};
use super::uses::{self, Uses};
use super::{LoopFacts, scalars};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Annotation, Directive, Handle, Loop, Reduction, ReductionOp, ReductionTarget, Region, Variable};
use crate::source::Span;

/// What a loop's clauses say that is not so; the variables concerned need no other message.
pub(super) fn findings(region: &Region, handle: Handle<Loop>, facts: &LoopFacts) -> Vec<Finding> {
    let header = &region.loops[handle];
    let Some(annotation) = header.annotation.as_ref() else {
        return Vec::new();
    };
    if annotation.directive == Directive::Sequential {
        return Vec::new();
    }
    let checker = Checker {
        region,
        handle,
        header,
        annotation,
        facts,
    };
    let mut found = Vec::new();
    for (clause, names) in [
        ("private", &annotation.private),
        ("firstprivate", &annotation.firstprivate),
        ("lastprivate", &annotation.lastprivate),
    ] {
        found.extend(
            names
                .iter()
                .filter_map(|(variable, span)| checker.private(clause, *variable, *span)),
        );
    }
    found.extend(
        annotation
            .shared
            .iter()
            .filter_map(|(variable, span)| checker.shared(*variable, *span)),
    );
    let work = annotation.work_arrays.iter();
    found.extend(work.filter_map(|(array, span)| checker.work_array(*array, *span)));
    found.extend(annotation.reductions.iter().filter_map(|one| checker.reduction(one)));
    found.extend(checker.missing());
    found
}

/// Holds the clauses of one loop against the facts about it.
pub(super) struct Checker<'r> {
    pub(super) region: &'r Region,
    handle: Handle<Loop>,
    pub(super) header: &'r Loop,
    annotation: &'r Annotation,
    pub(super) facts: &'r LoopFacts,
}

impl Checker<'_> {
    fn name(&self, variable: Handle<Variable>) -> &str {
        &self.region.variables[variable].name
    }

    pub(super) fn finding(&self, diagnostic: Diagnostic, remedies: impl IntoIterator<Item = Remedy>) -> Finding {
        Finding {
            header: self.handle,
            diagnostic,
            remedies: remedies.into_iter().collect(),
        }
    }

    fn reduced(&self, variable: Handle<Variable>) -> Option<ReductionOp> {
        let found = self.facts.reductions.iter().find(|one| one.target == variable);
        found.map(|one| one.op)
    }

    /// Whether every iteration that reads it has assigned it before.
    fn is_private(&self, variable: Handle<Variable>) -> bool {
        self.facts.private.contains(&variable) || self.facts.conditional_lastprivate.contains(&variable)
    }

    /// Whether, besides, its value from the last iteration that assigned it is used after the loop. At module level every name
    /// is visible to someone, which says nothing.
    fn is_lastprivate(&self, variable: Handle<Variable>) -> bool {
        let used = self.facts.lastprivate.contains(&variable) || self.facts.conditional_lastprivate.contains(&variable);
        used && self.region.function.is_some()
    }

    fn uses(&self, variable: Handle<Variable>) -> Uses {
        uses::uses(self.region, &self.header.body, variable)
    }

    fn is_assigned(&self, variable: Handle<Variable>) -> bool {
        super::accesses::assigned(self.region, &self.header.body).contains(&variable)
    }

    /// `private`, `firstprivate`, `lastprivate`: every iteration has its own.
    fn private(&self, clause: &str, variable: Handle<Variable>, span: Span) -> Option<Finding> {
        let name = self.name(variable).to_owned();
        let wrong = |message: String| Diagnostic::new(Code::WrongPrivate, span, message);
        if let Some(op) = self.reduced(variable) {
            let update = self.uses(variable).updates.first().map_or(span, |(_, update)| *update);
            let diagnostic = wrong(format!(
                "`{name}` is not private: it collects something from every iteration"
            ))
            .labelled(format!("said to be {clause} here"))
            .secondary(update, format!("combined by `{}` here", op.name()))
            .help(format!("it is a reduction: `reduction({}: {name})`", op.name()));
            let instead_of = Some(span);
            return Some(self.finding(diagnostic, [Remedy::Reduce { name, op, instead_of }]));
        }
        if !self.is_assigned(variable) {
            let reads = self.uses(variable).others;
            let diagnostic = wrong(format!("`{name}` is not private: the loop never assigns it"))
                .labelled(format!("said to be {clause} here"));
            let diagnostic = reads.first().into_iter().fold(diagnostic, |diagnostic, (read, _)| {
                diagnostic.secondary(*read, "read here, with the value from before the loop")
            });
            return (clause != "firstprivate").then(|| self.finding(diagnostic, [Remedy::Remove { name: span }]));
        }
        let collected = self
            .facts
            .reductions
            .iter()
            .any(|one| one.companions.contains(&variable));
        if self.is_private(variable) {
            return self.outlived(clause, variable, span);
        }
        if collected {
            return None;
        }
        let body = &self.header.body;
        let diagnostic = match scalars::exposed_read(self.region, body, variable) {
            Some(read) => Diagnostic::new(
                Code::WrongPrivate,
                read,
                format!("`{name}` is not private: an iteration may read it before it assigns it"),
            )
            .labelled("read here, with the value of an earlier iteration")
            .secondary(span, format!("said to be {clause} here"))
            .help(format!(
                "assign `{name}` at the start of every iteration, or take it out of the clause"
            )),
            None => wrong(format!(
                "`{name}` is not private: some iterations leave it as an earlier one made it"
            ))
            .labelled(format!("said to be {clause} here"))
            .help(format!(
                "assign `{name}` in every iteration, or take it out of the clause"
            )),
        };
        let diagnostic = self
            .assignment(variable)
            .into_iter()
            .fold(diagnostic, |diagnostic, place| {
                diagnostic.secondary(place, "assigned here")
            });
        Some(self.finding(diagnostic, [Remedy::Remove { name: span }]))
    }

    /// `private(t)` of a variable whose last value is used: Python's answer all the same, and less than the truth.
    fn outlived(&self, clause: &str, variable: Handle<Variable>, span: Span) -> Option<Finding> {
        if clause != "private" || !self.is_lastprivate(variable) {
            return None;
        }
        let name = self.name(variable);
        let message = format!("`{name}` has a value after the loop, which `private` does not say");
        let diagnostic = Diagnostic::new(Code::IncompleteClauses, span, message)
            .labelled("said to be private here")
            .help(format!(
                "`lastprivate({name})` says that the value of the last iteration is used"
            ));
        let diagnostic = self
            .assignment(variable)
            .into_iter()
            .fold(diagnostic, |diagnostic, place| {
                diagnostic.secondary(place, "assigned here")
            });
        let remedy = Remedy::Move {
            name: span,
            to: "lastprivate",
        };
        Some(self.finding(diagnostic, [remedy]))
    }

    fn assignment(&self, variable: Handle<Variable>) -> Option<Span> {
        uses::assignment(self.region, &self.header.body, variable)
    }

    /// `shared`: one for all iterations. True of what is only read, and accepted for reductions.
    fn shared(&self, variable: Handle<Variable>, span: Span) -> Option<Finding> {
        let last = self.is_lastprivate(variable);
        if !self.is_private(variable) {
            return None;
        }
        let (name, to) = (self.name(variable), if last { "lastprivate" } else { "private" });
        let message = format!("`{name}` is not shared: no iteration reads it before it assigns it");
        let diagnostic = Diagnostic::new(Code::WrongShared, span, message)
            .labelled("said to be shared here")
            .help(format!(
                "it is private, which is found without a clause; `{to}({name})` says so"
            ));
        let diagnostic = self
            .assignment(variable)
            .into_iter()
            .fold(diagnostic, |diagnostic, place| {
                diagnostic.secondary(place, "assigned here")
            });
        Some(self.finding(diagnostic, [Remedy::Move { name: span, to }]))
    }

    fn reduction(&self, clause: &Reduction) -> Option<Finding> {
        match clause.target {
            ReductionTarget::Variable(variable) => self.scalar_reduction(clause, variable),
            ReductionTarget::Array(array) => self.array_reduction(clause, array),
        }
    }

    fn scalar_reduction(&self, clause: &Reduction, variable: Handle<Variable>) -> Option<Finding> {
        let (name, uses) = (self.name(variable).to_owned(), self.uses(variable));
        if let Some(op) = self.reduced(variable) {
            if op == clause.op {
                return None;
            }
            let place = uses.updates.first().map_or(clause.span, |(_, place)| *place);
            return Some(self.wrong_operator(clause, name, op, place));
        }
        let wrong = |place: Span, message: String| Diagnostic::new(Code::NotAReduction, place, message);
        let here = (clause.span, "said to be a reduction here");
        if !self.is_assigned(variable) {
            let message = format!("`{name}` is not a reduction: the loop never updates it");
            let diagnostic = wrong(clause.span, message).labelled(here.1);
            return Some(self.finding(diagnostic, [Remedy::Remove { name: clause.span }]));
        }
        if self.is_private(variable) {
            let place = self.assignment(variable).unwrap_or(clause.span);
            let message = format!("`{name}` is not a reduction: every iteration starts it anew");
            let diagnostic = wrong(place, message)
                .labelled("assigned here")
                .secondary(here.0, here.1);
            let to = match self.is_lastprivate(variable) {
                true => "lastprivate",
                false => "private",
            };
            return Some(self.finding(diagnostic, [Remedy::Move { name: clause.span, to }]));
        }
        let first = uses.others.first();
        // `s = x[i] - s` reads and assigns: the assignment says more.
        let whole = uses
            .others
            .iter()
            .find(|(place, write)| *write && first.is_some_and(|(read, _)| place.contains(*read)));
        let diagnostic = match (whole.or(first), uses.operator()) {
            (Some((place, write)), _) => {
                let (message, label) = if *write {
                    ("it is also assigned", "assigned here, without combining")
                } else {
                    ("its value is also used in between", "used here")
                };
                wrong(*place, format!("`{name}` is not a reduction: {message}"))
                    .labelled(label)
                    .note("what a reduction has collected so far is known only when all iterations are done")
            }
            (None, None) => {
                let (first, _) = uses.updates.first()?;
                let (op, place) = uses.updates.iter().find(|(op, _)| op != first)?;
                wrong(
                    *place,
                    format!("`{name}` is not a reduction: it is combined by different operators"),
                )
                .labelled(format!("combined by `{}` here", op.name()))
            }
            (None, Some(_)) => wrong(
                clause.span,
                format!("`{name}` is not a reduction that can be collected in parts"),
            )
            .labelled(here.1)
            .note("its type has no such reduction, or something is assigned along with it that is needed otherwise"),
        };
        let place = diagnostic.primary.span;
        let mut diagnostic = if place == here.0 {
            diagnostic
        } else {
            diagnostic.secondary(here.0, here.1)
        };
        for (op, update) in uses.updates.iter().filter(|(_, update)| *update != place) {
            diagnostic = diagnostic.secondary(*update, format!("combined by `{}` here", op.name()));
        }
        Some(self.finding(diagnostic, [Remedy::Sequential]))
    }

    pub(super) fn wrong_operator(&self, clause: &Reduction, name: String, op: ReductionOp, place: Span) -> Finding {
        let (said, found) = (clause.op.name(), op.name());
        let message = format!("`{name}` is combined by `{found}`, not by `{said}`");
        let diagnostic = Diagnostic::new(Code::WrongReductionOperator, clause.span, message)
            .labelled(format!("said to be combined by `{said}` here"))
            .secondary(place, format!("combined by `{found}` here"));
        let remedy = Remedy::Reduce {
            name,
            op,
            instead_of: Some(clause.span),
        };
        self.finding(diagnostic, [remedy])
    }

    /// Reductions that the clauses leave out, where they name others.
    fn missing(&self) -> Option<Finding> {
        let named = |variable: Handle<Variable>| {
            let reduced = self
                .annotation
                .reductions
                .iter()
                .any(|one| one.target == ReductionTarget::Variable(variable));
            let others = [
                &self.annotation.private,
                &self.annotation.firstprivate,
                &self.annotation.lastprivate,
                &self.annotation.shared,
            ];
            reduced
                || others
                    .iter()
                    .any(|names| names.iter().any(|(known, _)| *known == variable))
        };
        let first = self.annotation.reductions.first()?;
        let missing = self
            .facts
            .reductions
            .iter()
            .find(|one| !named(one.target) && !self.region.variables[one.target].temporary)?;
        let (name, op) = (self.name(missing.target).to_owned(), missing.op);
        let place = self
            .uses(missing.target)
            .updates
            .first()
            .map_or(first.span, |(_, place)| *place);
        let message = format!("`{name}` is a reduction too, and no clause says so");
        let diagnostic = Diagnostic::new(Code::IncompleteClauses, first.span, message)
            .labelled("this one is named")
            .secondary(place, format!("combined by `{}` here", op.name()))
            .note("reductions are found without clauses; a list of some misleads whoever reads it");
        let remedy = Remedy::Reduce {
            name,
            op,
            instead_of: None,
        };
        Some(self.finding(diagnostic, [remedy]))
    }
}
