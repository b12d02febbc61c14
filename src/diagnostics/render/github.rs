use crate::diagnostics::{Diagnostic, Severity};
use crate::source::SourceFile;

/// A workflow command that GitHub Actions shows at the line.
pub fn github(file: &SourceFile, diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let start = file.position(diagnostic.primary.span.start);
    let end = file.position(diagnostic.primary.span.end);
    let title = format!("{} ({})", diagnostic.code, diagnostic.code.name());
    format!(
        "::{command} title={},file={},line={},col={},endLine={},endColumn={}::{}",
        property(&title),
        property(file.name()),
        start.row,
        start.column,
        end.row,
        end.column,
        escaped(&story(file, diagnostic)),
    )
}

/// Everything that the message has to say: the annotation shows one place only.
fn story(file: &SourceFile, diagnostic: &Diagnostic) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    let labels = diagnostic.secondary.iter().filter(|label| !label.message.is_empty());
    lines.extend(labels.map(|label| format!("line {}: {}", file.row(label.span.start), label.message)));
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines.extend(diagnostic.fixes().map(|fix| format!("fix: {}", fix.title)));
    lines.join("\n")
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}
