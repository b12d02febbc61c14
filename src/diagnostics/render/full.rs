use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostics::{Diagnostic, Fix, Label, Severity};
use crate::source::{SourceFile, Span};

/// The source with every place underlined, notes, help, and what the fix would change; without a final line end.
pub fn full(file: &SourceFile, diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.code());
    let mut group = title.element(annotated(file, diagnostic));
    group = group.elements(diagnostic.notes.iter().map(|note| Level::NOTE.message(note.as_str())));
    group = group.elements(diagnostic.help.iter().map(|help| Level::HELP.message(help.as_str())));
    let others = diagnostic
        .alternatives
        .iter()
        .map(|fix| format!("or {}", lowered(&fix.title)));
    group = group.elements(others.map(|other| Level::HELP.message(other)));
    let mut report = vec![group];
    report.extend(
        diagnostic
            .fix
            .as_ref()
            .filter(|fix| !fix.edits.is_empty())
            .map(|fix| patched(file, fix)),
    );
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&report)
}

fn annotated<'a>(file: &'a SourceFile, diagnostic: &'a Diagnostic) -> Snippet<'a, Annotation<'a>> {
    let spans = diagnostic
        .secondary
        .iter()
        .chain([&diagnostic.primary])
        .map(|label| label.span);
    let window = Window::around(file, spans);
    let annotation = |label: &'a Label, kind: AnnotationKind| {
        let message = Some(label.message.as_str()).filter(|message| !message.is_empty());
        kind.span(window.within(label.span)).label(message)
    };
    Snippet::source(&file.text()[window.span.range()])
        .line_start(window.row as usize)
        .path(file.name())
        .annotation(annotation(&diagnostic.primary, AnnotationKind::Primary))
        .annotations(
            diagnostic
                .secondary
                .iter()
                .map(|label| annotation(label, AnnotationKind::Context)),
        )
}

fn patched<'a>(file: &'a SourceFile, fix: &'a Fix) -> Group<'a> {
    let window = Window::around(file, fix.edits.iter().map(|edit| edit.span));
    let patches = fix
        .edits
        .iter()
        .map(|edit| Patch::new(window.within(edit.span), edit.content.as_str()));
    Level::HELP.secondary_title(lowered(&fix.title)).element(
        Snippet::source(&file.text()[window.span.range()])
            .line_start(window.row as usize)
            .path(file.name())
            .patches(patches),
    )
}

/// A title as part of a sentence.
fn lowered(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

/// The lines that a message shows, so that rendering costs nothing for the rest of a long file.
struct Window {
    span: Span,
    row: u32,
}

impl Window {
    fn around(file: &SourceFile, spans: impl Iterator<Item = Span>) -> Self {
        let all = spans.reduce(Span::join).unwrap_or_default();
        let row = file.row(all.start);
        let last = file.line_span(file.row(all.end));
        Self {
            span: Span::new(file.line_span(row).start, last.end),
            row,
        }
    }

    fn within(&self, span: Span) -> std::ops::Range<usize> {
        (span.start - self.span.start) as usize..(span.end - self.span.start) as usize
    }
}
