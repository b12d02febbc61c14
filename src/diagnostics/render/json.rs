use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Fix, Label};
use crate::source::{Position, SourceFile};

/// One entry of `diagnostics` in the output of `check --output-format json`. The shape is stable.
pub fn json(file: &SourceFile, diagnostic: &Diagnostic) -> Value {
    let span = diagnostic.primary.span;
    json!({
        "code": diagnostic.code.code(),
        "name": diagnostic.code.name(),
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
        "filename": file.name(),
        "location": position(file.position(span.start)),
        "end_location": position(file.position(span.end)),
        "related": related(file, diagnostic),
        "fix": diagnostic.fix.as_ref().map(|repair| fix(file, repair)),
        "url": diagnostic.code.url(),
    })
}

/// The other places; then notes and help, which speak about the primary place.
fn related(file: &SourceFile, diagnostic: &Diagnostic) -> Vec<Value> {
    let here = |text: &String| Label {
        span: diagnostic.primary.span,
        message: text.clone(),
    };
    let own = (!diagnostic.primary.message.is_empty()).then(|| diagnostic.primary.clone());
    let said = diagnostic.notes.iter().chain(&diagnostic.help).map(here);
    own.into_iter()
        .chain(diagnostic.secondary.iter().cloned())
        .chain(said)
        .map(|label| place(file, &label))
        .collect()
}

fn place(file: &SourceFile, label: &Label) -> Value {
    json!({
        "message": label.message,
        "filename": file.name(),
        "location": position(file.position(label.span.start)),
        "end_location": position(file.position(label.span.end)),
    })
}

fn fix(file: &SourceFile, fix: &Fix) -> Value {
    let edits = fix.edits.iter().map(|edit| {
        json!({
            "location": position(file.position(edit.span.start)),
            "end_location": position(file.position(edit.span.end)),
            "content": edit.content,
        })
    });
    json!({
        "applicability": fix.applicability.as_str(),
        "edits": edits.collect::<Vec<_>>(),
    })
}

fn position(position: Position) -> Value {
    json!({ "row": position.row, "column": position.column })
}
