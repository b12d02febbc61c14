//! What can be done about findings and loops.

use ls_types::{CodeAction, CodeActionKind, CodeActionOrCommand, Range, Uri};
use serde_json::{Value, json};

use super::diagnostics::told;
use super::snapshot::Snapshot;
use crate::diagnostics::{Applicability, Diagnostic, Fix};
use crate::python::{StatementKind, walk};
use crate::source::{Edit, Span};
use crate::translate::{self, Proposal};

/// Every safe fix of a document.
pub(super) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.ferrokeet");

/// The actions for a range. `resolves`: the edits of expensive ones are asked for later.
pub(super) fn at(
    snapshot: &Snapshot,
    uri: &Uri,
    range: Range,
    only: Option<&[CodeActionKind]>,
    resolves: bool,
) -> Option<Vec<CodeActionOrCommand>> {
    let span = snapshot.span(uri, range)?;
    let wanted = |kind: &CodeActionKind| only.is_none_or(|only| only.iter().any(|one| includes(one, kind)));
    let mut actions = Vec::new();
    if wanted(&CodeActionKind::QUICKFIX) {
        let here = snapshot.diagnostics_on(span)?;
        actions.extend(here.iter().flat_map(|diagnostic| repairs(snapshot, diagnostic)));
    }
    // Not among the actions of a place, unless asked for.
    if only.is_some() && wanted(&FIX_ALL) {
        actions.extend(fix_all(snapshot, &snapshot.diagnostics()?));
    }
    if wanted(&CodeActionKind::REFACTOR_REWRITE) {
        actions.extend(annotate(snapshot, uri, span, resolves));
    }
    Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect())
}

/// The edit of an action that was offered without.
pub(super) fn resolved(snapshot: &Snapshot, mut action: CodeAction) -> CodeAction {
    let row = action.data.as_ref().and_then(|data| data["row"].as_u64());
    if let Some(row) = row
        && let Some((view, place)) = snapshot.view_at(snapshot.file().line_span(row as u32).end)
    {
        let program = view.program();
        let proposal = translate::propose(program, program.file.row(place), true);
        action.edit = proposal.and_then(|proposal| view.edit(&proposal.edits));
    }
    action
}

/// Whether a kind that was asked for includes another: `source` includes `source.fixAll`.
fn includes(asked: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(asked.as_str());
    asked.as_str().is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The fixes of a finding, and silence.
fn repairs(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<CodeAction> {
    let fixes = diagnostic.fixes().filter_map(|fix| repair(snapshot, diagnostic, fix));
    fixes.chain(ignore(snapshot, diagnostic)).collect()
}

fn repair(snapshot: &Snapshot, diagnostic: &Diagnostic, fix: &Fix) -> Option<CodeAction> {
    let safe = fix.applicability == Applicability::Safe;
    let doubt = if safe { "" } else { " (unsafe: please check)" };
    Some(CodeAction {
        title: format!("{}{doubt}", fix.title),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: told(snapshot, diagnostic).map(|(_, told)| vec![told]),
        edit: Some(snapshot.edit(&fix.edits)?),
        is_preferred: safe.then_some(true),
        ..CodeAction::default()
    })
}

/// Writes `# ferrokeet: ignore[CODE]` at the end of the line, or one more code into the comment that is there.
fn ignore(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Option<CodeAction> {
    let file = snapshot.file();
    let line = file.line_span(file.row(diagnostic.primary.span.start));
    let text = file.slice(line);
    let code = diagnostic.code.code();
    let open = "ferrokeet: ignore[";
    let edit = match text.find(open).and_then(|at| Some(at + text[at..].find(']')?)) {
        Some(close) => Edit::insert(line.start + close as u32, format!(", {code}")),
        None if takes_comment(snapshot, line) => {
            let end = line.start + text.trim_end().len() as u32;
            Edit::insert(end, format!("  # ferrokeet: ignore[{code}]"))
        }
        None => return None,
    };
    Some(CodeAction {
        title: format!("Ignore {code} ({}) on this line", diagnostic.code.name()),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: told(snapshot, diagnostic).map(|(_, told)| vec![told]),
        edit: Some(snapshot.edit(&[edit])?),
        ..CodeAction::default()
    })
}

/// Whether a comment can stand at the end of a line: it can't behind a backslash, nor in a string of several lines.
fn takes_comment(snapshot: &Snapshot, line: Span) -> bool {
    let Some((view, end)) = snapshot.view_at(line.end) else {
        return false;
    };
    let program = view.program();
    let mut inside = false;
    walk::statements(&program.module.body, &mut |statement| {
        let span = statement.span;
        if statement.kind.bodies().is_empty() && span.start <= end && end < span.end {
            let text = program.file.slice(span);
            inside |= text.contains("\"\"\"") || text.contains("'''");
        }
    });
    !inside && !snapshot.file().slice(line).ends_with('\\')
}

fn fix_all(snapshot: &Snapshot, diagnostics: &[Diagnostic]) -> Option<CodeAction> {
    let (edits, count) = translate::compatible(snapshot.file(), diagnostics, false);
    (count > 0).then_some(())?;
    Some(CodeAction {
        title: "Apply all safe fixes of Ferrokeet".to_owned(),
        kind: Some(FIX_ALL),
        edit: Some(snapshot.edit(&edits)?),
        ..CodeAction::default()
    })
}

/// A pragma for the loop on the row where a span starts, if its header is there and it has none.
fn annotate(snapshot: &Snapshot, uri: &Uri, span: Span, resolves: bool) -> Option<CodeAction> {
    // The end of the line lies in the section that its code lies in.
    let line = snapshot.file().line_span(snapshot.file().row(span.start));
    let (view, place) = snapshot.view_at(line.end)?;
    let program = view.program();
    let row = program.file.row(place);
    let mut bare = false;
    walk::statements(&program.module.body, &mut |statement| {
        if let StatementKind::For(node) = &statement.kind {
            let here = program.file.row(node.header.start) == row;
            bare |= here && !program.directives.is_claimed(statement);
        }
    });
    bare.then_some(())?;
    let proposal = translate::propose(program, row, !resolves)?;
    let edit = match resolves {
        true => None,
        false => Some(view.edit(&proposal.edits)?),
    };
    Some(CodeAction {
        title: title(&proposal),
        kind: Some(CodeActionKind::REFACTOR_REWRITE),
        edit,
        data: resolves.then(|| -> Value { json!({"uri": uri, "row": snapshot.file().row(span.start)}) }),
        ..CodeAction::default()
    })
}

fn title(proposal: &Proposal) -> String {
    let Some(kind) = proposal.kind else {
        return "Annotate the loops inside this loop".to_owned();
    };
    let verdict = proposal.verdict.map_or("", crate::deps::Verdict::name);
    let others = match proposal.edits.len() - 1 {
        0 => String::new(),
        1 => ", and another loop of its nest".to_owned(),
        more => format!(", and {more} other loops of its nest"),
    };
    format!(
        "Annotate this loop with `# pragma {}` ({verdict}){others}",
        kind.as_str()
    )
}
