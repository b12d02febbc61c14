//! Findings as the protocol has them.

use std::collections::HashMap;
use std::str::FromStr as _;

use ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, NumberOrString, Uri,
};

use super::snapshot::Snapshot;
use crate::diagnostics::{self, Code, Severity};
use crate::source::Span;

/// What is to be said about each part of a document; `None`: a newer version came in between.
pub(super) fn all(snapshot: &Snapshot) -> Option<HashMap<Uri, Vec<Diagnostic>>> {
    let mut by_part: HashMap<Uri, Vec<Diagnostic>> =
        snapshot.uris().map(|(uri, _)| (uri.clone(), Vec::new())).collect();
    if snapshot.settings.enable {
        for diagnostic in snapshot.diagnostics()? {
            let Some((uri, told)) = told(snapshot, &diagnostic) else {
                continue;
            };
            by_part.entry(uri).or_default().push(told);
        }
    }
    Some(by_part)
}

/// One finding, and the part that it is about.
pub(super) fn told(snapshot: &Snapshot, diagnostic: &diagnostics::Diagnostic) -> Option<(Uri, Diagnostic)> {
    let place = snapshot.location(first_line(snapshot, diagnostic.primary.span))?;
    let related = diagnostic.secondary.iter().filter_map(|label| {
        Some(DiagnosticRelatedInformation {
            location: snapshot.location(label.span)?,
            message: match label.message.is_empty() {
                true => "see also".to_owned(),
                false => label.message.clone(),
            },
        })
    });
    let related: Vec<DiagnosticRelatedInformation> = related.collect();
    let told = Diagnostic {
        range: place.range,
        severity: Some(severity(diagnostic.severity)),
        code: Some(NumberOrString::String(diagnostic.code.code().to_owned())),
        code_description: Uri::from_str(&diagnostic.code.url())
            .ok()
            .map(|href| CodeDescription { href }),
        source: Some("ferrokeet".to_owned()),
        message: message(diagnostic),
        related_information: (!related.is_empty()).then_some(related),
        tags: tag(diagnostic.code).map(|tag| vec![tag]),
        data: None,
    };
    Some((place.uri, told))
}

/// An underline below a whole loop would be in the way.
fn first_line(snapshot: &Snapshot, span: Span) -> Span {
    let file = snapshot.file();
    let line = file.line_span(file.row(span.start));
    Span::new(span.start, span.end.min(line.end).max(span.start))
}

/// The message with what is known and what to do, each on a line of its own.
fn message(diagnostic: &diagnostics::Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    if !diagnostic.primary.message.is_empty() {
        text += &format!(": {}", diagnostic.primary.message);
    }
    for note in &diagnostic.notes {
        text += &format!("\nnote: {note}");
    }
    for help in &diagnostic.help {
        text += &format!("\nhelp: {help}");
    }
    text
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    }
}

/// What may be shown faded: a clause that changes nothing.
fn tag(code: Code) -> Option<DiagnosticTag> {
    matches!(code, Code::RedundantClause | Code::ClauseWithoutEffect).then_some(DiagnosticTag::UNNECESSARY)
}
