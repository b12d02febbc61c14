//! Inferred types behind names.

use std::collections::HashSet;

use ls_types::{InlayHint, InlayHintKind, InlayHintLabel, InlayHintTooltip, Range, Uri};

use super::snapshot::Snapshot;
use super::view::View;
use crate::ir::Region;
use crate::python::{Function, StatementKind, walk};
use crate::source::Span;
use crate::translate::Analysed;

/// The hints in a range: types of parameters that carry none, and of variables where they are first assigned.
pub(super) fn all(snapshot: &Snapshot, uri: &Uri, range: Range) -> Vec<InlayHint> {
    let Some(span) = snapshot.span(uri, range).filter(|_| snapshot.settings.inlay_hints) else {
        return Vec::new();
    };
    let mut found: Vec<InlayHint> = snapshot.views_of(span).flat_map(|view| of_view(view, span)).collect();
    found.sort_by_key(|hint| (hint.position.line, hint.position.character));
    found
}

fn of_view(view: View<'_>, span: Span) -> Vec<InlayHint> {
    let mut hints = Hints {
        view: &view,
        span,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    for (number, region) in view.own_regions() {
        let function = function(&view, region);
        let around = view.section.outside(function.map_or(region.span, |(span, _)| span));
        if around.start > span.end || around.end < span.start {
            continue;
        }
        if let Ok((analysed, types)) = view.analysed(number) {
            hints.parameters(&analysed, types, function.map(|(_, function)| function));
            hints.variables(&analysed);
        }
    }
    hints.found
}

struct Hints<'a> {
    view: &'a View<'a>,
    /// What is wanted, in the document.
    span: Span,
    /// Places that have one: of several loops in a function, the first one tells.
    seen: HashSet<u32>,
    found: Vec<InlayHint>,
}

impl Hints<'_> {
    fn parameters(&mut self, analysed: &Analysed, types: &str, function: Option<&Function>) {
        let Some(function) = function else { return };
        for (handle, input) in analysed.region.inputs.iter() {
            let own = |name: &str| input.steps.is_empty() && input.root == name;
            let parameter = function.parameters.iter().find(|one| own(&one.name.text));
            if let Some(parameter) = parameter.filter(|one| one.annotation.is_none()) {
                let how = match types {
                    "declared" => "declared in the pragma",
                    "recorded" => "recorded when the program ran",
                    _ => "assumed from its use; an annotation, `types(…)` or `ferrokeet record` says otherwise",
                };
                let ty = analysed.types.input(handle).to_string();
                self.add(parameter.name.span.end, &ty, how);
            }
        }
    }

    fn variables(&mut self, analysed: &Analysed) {
        for (handle, variable) in analysed.region.variables.iter().filter(|(_, one)| !one.temporary) {
            let file = &self.view.program().file;
            let rest = &file.text()[variable.span.start as usize..];
            let after = rest.strip_prefix(variable.name.as_str());
            let whole = after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
            // Of another file's functions, or bound where it is not written first (`(a, b) = …`).
            if whole && analysed.region.span.contains(Span::at(variable.span.start)) {
                let end = variable.span.start + variable.name.len() as u32;
                let ty = analysed.types.variable(handle).to_string();
                self.add(end, &ty, "inferred");
            }
        }
    }

    fn add(&mut self, offset: u32, ty: &str, how: &str) {
        let outside = self.view.section.outside(Span::at(offset)).start;
        let inside = self.span.start <= outside && outside <= self.span.end;
        let Some(place) = self.view.location(Span::at(offset)).filter(|_| inside) else {
            return;
        };
        if self.seen.insert(offset) {
            self.found.push(InlayHint {
                position: place.range.start,
                label: InlayHintLabel::String(format!(": {ty}")),
                kind: Some(InlayHintKind::TYPE),
                text_edits: None,
                tooltip: Some(InlayHintTooltip::String(format!("Ferrokeet: {how}"))),
                padding_left: None,
                padding_right: None,
                data: None,
            });
        }
    }
}

/// The innermost function around a region.
fn function<'v>(view: &'v View<'_>, region: &Region) -> Option<(Span, &'v Function)> {
    let mut found = None;
    walk::statements(&view.program().module.body, &mut |statement| {
        if let StatementKind::Function(function) = &statement.kind
            && statement.span.contains(region.span)
        {
            found = Some((statement.span, function));
        }
    });
    found
}
