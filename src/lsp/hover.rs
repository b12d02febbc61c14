//! What is known of a loop, and what the words of its pragma mean.

use ls_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position, Uri};

use super::loops::{self, Found};
use super::snapshot::{Snapshot, touches};
use super::view::View;
use super::words::{WORDS, meaning};
use crate::pragma::Directive;
use crate::source::Span;
use crate::translate::{self, RegionReport};

/// What to show at a place.
pub(super) fn at(snapshot: &Snapshot, uri: &Uri, position: Position) -> Option<Hover> {
    let (view, offset) = snapshot.view_at(snapshot.offset(uri, position)?)?;
    let directive = loops::directive(&view, offset);
    let mut parts: Vec<String> = Vec::new();
    parts.extend(directive.and_then(|directive| word(&view, directive, offset)));
    let found = loops::at(&view, offset);
    match (&found, directive) {
        (Some(found), _) => parts.push(loop_words(&view, found)),
        (None, Some(directive)) => parts.extend(refusal(&view, directive)),
        (None, None) => {}
    }
    let span = found.map(|found| found.span).or(directive.map(|one| one.span));
    (!parts.is_empty()).then(|| Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: parts.join("\n\n---\n\n"),
        }),
        range: span.and_then(|span| view.location(span)).map(|place| place.range),
    })
}

/// What the word of a pragma under the cursor means.
fn word(view: &View<'_>, directive: &Directive, offset: u32) -> Option<String> {
    if touches(directive.kind_span, offset) {
        return Some(format!("`{}`: {}", directive.kind.as_str(), meaning(directive.kind)));
    }
    let clause = directive.clauses.iter().find(|clause| touches(clause.span, offset))?;
    let word = WORDS.iter().find(|word| word.name == clause.kind.name())?;
    let written = view.program().file.slice(clause.span);
    Some(format!("`{written}`: {}", word.meaning))
}

/// Verdict, plan, checks, what is combined and private, and types.
fn loop_words(view: &View<'_>, found: &Found) -> String {
    let report = translate::loop_report(view.program(), &found.analysed, found.handle);
    let plan = found.analysed.plan();
    let how = translate::mode_words(&plan, found.handle);
    let mut text = match found.analysed.region.loops[found.handle].annotation {
        Some(_) => format!("**{}**: **{}**\n\n{how}\n", report.directive, report.verdict.name()),
        None => format!("loop `{}`: {how}\n", found.analysed.region.loops[found.handle].written),
    };
    for line in details(&report).into_iter().chain([types(found)]) {
        text += &format!("\n- {line}");
    }
    text
}

fn details(report: &RegionReport) -> Vec<String> {
    let mut lines: Vec<String> = report
        .reasons
        .iter()
        .map(|reason| format!("because {reason}"))
        .collect();
    let reductions: Vec<String> = report
        .reductions
        .iter()
        .map(|(operator, name)| format!("`{name}` by `{operator}`"))
        .collect();
    if !reductions.is_empty() {
        lines.push(format!("combines {}", reductions.join(", ")));
    }
    if !report.privatised.is_empty() {
        lines.push(format!(
            "private to each iteration: `{}`",
            report.privatised.join("`, `")
        ));
    }
    let guards = report.guards.iter();
    lines.extend(guards.map(|(kind, text)| format!("checked at the launch ({kind}): `{text}`")));
    lines
}

/// The types of inputs, and of what the region assigns.
fn types(found: &Found) -> String {
    let analysed = &found.analysed;
    let mut text = format!("{} types: `{}`", found.types, analysed.signature);
    let locals = analysed
        .region
        .variables
        .iter()
        .filter(|(_, variable)| !variable.temporary);
    let locals: Vec<String> = locals
        .map(|(handle, variable)| format!("`{}: {}`", variable.name, analysed.types.variable(handle)))
        .collect();
    if !locals.is_empty() {
        text += &format!("; inferred: {}", locals.join(", "));
    }
    text
}

/// Why nothing is known of an annotated statement.
fn refusal(view: &View<'_>, directive: &Directive) -> Option<String> {
    let program = view.program();
    let number = view
        .parsed
        .regions_at(directive.span.start)
        .map(|(number, _)| number)
        .next();
    let why = match number {
        Some(number) => view.analysed(number).err()?,
        None => {
            let all = program.diagnostics.iter();
            let extent = statement_span(view, directive)?;
            all.filter(|one| extent.contains_offset(one.primary.span.start))
                .cloned()
                .collect()
        }
    };
    let word = match number {
        Some(_) => "it can be judged only once its types are known",
        None => "it runs as Python",
    };
    (!why.is_empty()).then(|| {
        format!(
            "**{}**: {word}: {}",
            directive.kind.as_str(),
            translate::reason(view.snapshot.file(), &view.outside(why))
        )
    })
}

/// From a pragma to the end of the statement that it stands on.
fn statement_span(view: &View<'_>, directive: &Directive) -> Option<Span> {
    let mut found: Option<Span> = None;
    crate::python::walk::statements(&view.program().module.body, &mut |statement| {
        let own = view.program().directives.on(statement);
        if own.is_some_and(|own| own.span == directive.span) {
            found = Some(statement.span.join(directive.span));
        }
    });
    found
}
