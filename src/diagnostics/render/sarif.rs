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
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.code(),
        "name": code.name(),
        "shortDescription": { "text": code.summary() },
        "helpUri": code.url(),
        "help": { "text": code.page(), "markdown": code.page() },
        "defaultConfiguration": { "level": code.severity().as_str() },
    })
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
        "relatedLocations": diagnostic.secondary.iter().map(|label| location(file, label)).collect::<Vec<_>>(),
    });
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([repair(file, fix)]);
    }
    result
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
