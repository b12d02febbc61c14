//! What the user is told about a loop: its verdict in words, and messages about loops that run in order.

use super::scalars::Scalars;
use super::{ArrayReduction, Judgement, Legality, Verdict};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Directive, Region};
use crate::source::Span;

/// The verdict on an annotated loop.
pub(super) fn verdict(
    annotation: &ir::Annotation,
    legality: &Legality,
    found: &Scalars,
    region: &Region,
    arrays: &[ArrayReduction],
) -> Judgement {
    if annotation.directive == Directive::Sequential {
        return Judgement {
            verdict: Verdict::Sequential,
            reasons: vec!["the directive asks for it".to_owned()],
        };
    }
    if annotation.assume_independent {
        return Judgement {
            verdict: Verdict::Assumed,
            reasons: vec!["`assume(independent)` says so".to_owned()],
        };
    }
    match legality {
        Legality::Proven => {
            let mut reasons = vec!["no two iterations touch the same element, except to read it".to_owned()];
            let names: Vec<String> = found
                .reductions
                .iter()
                .map(|one| format!("`{}`", region.variables[one.target].name))
                .collect();
            if !names.is_empty() {
                reasons.push(format!("{} only collects contributions", names.join(", ")));
            }
            let names: Vec<String> = arrays
                .iter()
                .map(|one| format!("`{}`", region.arrays[one.target].name))
                .collect();
            if !names.is_empty() {
                reasons.push(format!(
                    "the elements of {} only collect contributions",
                    names.join(", ")
                ));
            }
            Judgement {
                verdict: Verdict::Proven,
                reasons,
            }
        }
        Legality::Guarded(formula) => Judgement {
            verdict: Verdict::Guarded,
            reasons: vec![format!("independent if {}", formula.text(region))],
        },
        Legality::Refuted(witness) => Judgement {
            verdict: Verdict::Refuted,
            reasons: vec![witness.text.clone()],
        },
        Legality::Unproven(why) => Judgement {
            verdict: Verdict::Unproven,
            reasons: vec![why.clone()],
        },
    }
}

/// What the user is told about an annotated loop that does not run as its directive asks. `label`: where the trouble is.
pub(super) fn diagnostic(
    annotation: &ir::Annotation,
    judgement: &Judgement,
    legality: &Legality,
    label: Option<&(Span, String)>,
) -> Option<Diagnostic> {
    let help = "if you know better, add `assume(independent)`";
    match (judgement.verdict, legality) {
        (Verdict::Refuted, Legality::Refuted(witness)) => {
            let message = format!("iterations of this loop depend on each other: {}", witness.text);
            let [first, second] = &witness.accesses;
            let diagnostic = Diagnostic::new(Code::LoopCarriedDependence, annotation.span, message)
                .labelled("asked to run in parallel here")
                .secondary(first.span, if first.write { "written here" } else { "read here" })
                .note("the loop runs natively, one iteration after the other");
            Some(if second.span == first.span {
                diagnostic
            } else {
                diagnostic.secondary(second.span, if second.write { "written here" } else { "read here" })
            })
        }
        (Verdict::Unproven, Legality::Unproven(why)) => {
            let message = format!("it could not be proved that iterations of this loop are independent: {why}");
            let mut diagnostic = Diagnostic::new(Code::UnprovenIndependence, annotation.span, message)
                .labelled("asked to run in parallel here")
                .note("the loop runs natively, one iteration after the other")
                .help(help);
            if let Some((place, text)) = label {
                diagnostic = diagnostic.secondary(*place, text.clone());
            }
            Some(diagnostic)
        }
        _ => None,
    }
}
