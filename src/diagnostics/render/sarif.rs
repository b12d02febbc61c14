use serde_json::{Value, json};

use crate::diagnostics::{Code, Diagnostic, Fix, Label, Severity};
use crate::source::{SourceFile, Span};

/// A SARIF 2.1.0 log of one run over several files.
pub fn sarif<'a>(found: impl IntoIterator<Item = (&'a SourceFile, &'a Diagnostic)>) -> Value {
    let results: Vec<Value> = found
        .into_iter()
        .map(|(file, diagnostic)| result(file, diagnostic))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "columnKind": "unicodeCodePoints",
            "tool": { "driver": {
                "name": "ferrokeet",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": Code::ALL.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            } },
            "invocations": [{ "executionSuccessful": true }],
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.code(),
        "name": code.name(),
        "shortDescription": { "text": code.summary() },
        "fullDescription": { "text": description(code) },
        "helpUri": code.url(),
        "help": { "text": code.page(), "markdown": code.page() },
        "defaultConfiguration": { "level": code.severity().as_str() },
        "properties": { "tags": [subject(code)] },
    })
}

/// The first paragraph of a rule's page, in one line.
fn description(code: Code) -> String {
    let paragraph = code.page().split("\n\n").nth(2).unwrap_or_default();
    paragraph.lines().collect::<Vec<_>>().join(" ")
}

/// What rules of a hundred are about.
fn subject(code: Code) -> &'static str {
    match code.code().as_bytes().get(2) {
        Some(b'0') => "pragma-language",
        Some(b'1') => "python-subset",
        Some(b'2') => "dependences",
        Some(b'3') => "types",
        _ => "building",
    }
}

fn result(file: &SourceFile, diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let index = Code::ALL.iter().position(|code| *code == diagnostic.code);
    let mut result = json!({
        "ruleId": diagnostic.code.code(),
        "ruleIndex": index,
        "level": level,
        "message": { "text": message(diagnostic) },
        "locations": [location(file, &diagnostic.primary)],
        "relatedLocations": related(file, diagnostic),
    });
    let fixes: Vec<Value> = diagnostic.fixes().map(|fix| repair(file, fix)).collect();
    if !fixes.is_empty() {
        result["fixes"] = json!(fixes);
    }
    result
}

fn related(file: &SourceFile, diagnostic: &Diagnostic) -> Vec<Value> {
    let labels = diagnostic.secondary.iter().zip(1..);
    let numbered = labels.map(|(label, number)| {
        let mut place = location(file, label);
        place["id"] = json!(number);
        place
    });
    numbered.collect()
}

fn message(diagnostic: &Diagnostic) -> String {
    let rest = diagnostic.notes.iter().chain(&diagnostic.help);
    std::iter::once(&diagnostic.message)
        .chain(rest)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n")
}

fn location(file: &SourceFile, label: &Label) -> Value {
    let physical = json!({ "artifactLocation": artifact(file), "region": region(file, label.span) });
    if label.message.is_empty() {
        json!({ "physicalLocation": physical })
    } else {
        json!({ "physicalLocation": physical, "message": { "text": label.message } })
    }
}

fn region(file: &SourceFile, span: Span) -> Value {
    let (start, end) = (file.position(span.start), file.position(span.end));
    json!({ "startLine": start.row, "startColumn": start.column, "endLine": end.row, "endColumn": end.column })
}

fn repair(file: &SourceFile, fix: &Fix) -> Value {
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| json!({ "deletedRegion": region(file, edit.span), "insertedContent": { "text": edit.content } }))
        .collect();
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{ "artifactLocation": artifact(file), "replacements": replacements }],
        "properties": { "applicability": fix.applicability.as_str() },
    })
}

fn artifact(file: &SourceFile) -> Value {
    json!({ "uri": uri(file.name()) })
}

/// A path as a relative or absolute URI reference: everything but unreserved characters and slashes is escaped.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
    let escape = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    let path: String = path.replace('\\', "/").bytes().map(escape).collect();
    if path.starts_with('/') {
        format!("file://{path}")
    } else {
        path
    }
}
