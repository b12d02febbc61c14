//! Verdicts above loops.

use ls_types::{CodeLens, Command, Position, Uri};
use serde_json::json;

use super::capabilities::SHOW;
use super::loops;
use super::snapshot::Snapshot;
use super::view::View;
use crate::pragma::{ClauseKind, Directive, DirectiveKind, Target};
use crate::source::Span;
use crate::translate;

/// Lenses for each pragma on a loop or an array statement: its verdict, which is found when it is shown, and its kernels.
pub(super) fn all(snapshot: &Snapshot, uri: &Uri) -> Vec<CodeLens> {
    let mut lenses = Vec::new();
    let Some(part) = snapshot.span_of(uri).filter(|_| snapshot.settings.code_lens) else {
        return lenses;
    };
    for view in snapshot.views() {
        add(&view, uri, part, &mut lenses);
    }
    lenses.sort_by_key(|lens| (lens.range.start.line, lens.range.start.character));
    lenses
}

fn add(view: &View<'_>, uri: &Uri, part: Span, lenses: &mut Vec<CodeLens>) {
    let directives = view.program().directives.iter();
    let own = |one: &&Directive| view.section.owns(one.span.start) && part.contains(view.section.outside(one.span));
    for directive in directives.filter(own).filter(|one| one.kind != DirectiveKind::Atomic) {
        let Some(place) = view.location(directive.span) else {
            continue;
        };
        let at = json!({"uri": uri, "line": place.range.start.line, "character": place.range.start.character});
        lenses.push(CodeLens {
            range: place.range,
            command: None,
            data: Some(at),
        });
        if view.parsed.regions_at(directive.span.start).next().is_some() {
            let device = directive.clauses.iter().any(|clause| match clause.kind {
                ClauseKind::Target(target) => target != Target::Cpu,
                _ => false,
            });
            let kernels = [(true, "Generated Rust", "rust"), (device, "Generated CUDA", "cuda")];
            for (_, title, stage) in kernels.into_iter().filter(|(there, ..)| *there) {
                lenses.push(CodeLens {
                    range: place.range,
                    command: Some(show(title, uri, place.range.start, stage)),
                    data: None,
                });
            }
        }
    }
}

/// A verdict with its words.
pub(super) fn resolved(snapshot: &Snapshot, uri: &Uri, position: Position, mut lens: CodeLens) -> CodeLens {
    let view = snapshot
        .offset(uri, position)
        .and_then(|offset| snapshot.view_at(offset));
    let found = view.and_then(|(view, offset)| Some((loops::at(&view, offset)?, view)));
    let title = match &found {
        Some((found, view)) => {
            let report = translate::loop_report(view.program(), &found.analysed, found.handle);
            let how = translate::mode_words(&found.analysed.plan(), found.handle);
            let how = how.split(';').next().unwrap_or_default().to_owned();
            format!("{}: {how}", report.verdict.name())
        }
        None => "not judged: see the findings".to_owned(),
    };
    lens.command = Some(show(&title, uri, position, "verdict"));
    lens
}

fn show(title: &str, uri: &Uri, position: Position, stage: &str) -> Command {
    Command {
        title: title.to_owned(),
        command: SHOW.to_owned(),
        arguments: Some(vec![json!({"uri": uri, "position": position, "stage": stage})]),
    }
}
