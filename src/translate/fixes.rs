//! Remedies as edits of the file.
//!
//! Edits that make a clause say what is so are safe: they change a comment to agree with the code. Everything else is unsafe:
//! it takes back what the author said, promises something, or copies an array.

use super::{Program, assumed_signature};
use crate::deps::Remedy;
use crate::diagnostics::{Applicability, Diagnostic, Fix};
use crate::ir::{ArrayOrigin, Expression, Handle, Loop, Region, Step};
use crate::pragma::{self, Clause, ClauseKind, Dialect, Directive, DirectiveKind, Recognised, Text};
use crate::python::StatementKind;
use crate::source::{Edit, SourceFile, Span, apply_edits};

/// The edits of a remedy; `None`: it cannot be written here.
pub(super) fn fix(program: &Program, region: &Region, handle: Handle<Loop>, remedy: &Remedy) -> Option<Fix> {
    let annotation = region.loops[handle].annotation.as_ref()?;
    let directive = program.directives.iter().find(|one| one.span == annotation.span)?;
    let file = &program.file;
    let own = |comment: &Span| match pragma::recognise(file.slice(*comment)) {
        Recognised::Pragma { dialect, .. } => dialect == Dialect::Ferrokeet,
        Recognised::Foreign | Recognised::Dimensions { .. } | Recognised::Misspelt { .. } => false,
    };
    // Another tool would not understand our words.
    if !directive.comments.iter().all(own) {
        return None;
    }
    let writer = Writer { file, directive };
    match remedy {
        Remedy::Reduce { name, op, instead_of } => writer.reduce(name, op.name(), *instead_of),
        Remedy::Move { name, to } => {
            let text = file.slice(*name);
            writer.replaced(*name, &format!("{to}({text})"))
        }
        Remedy::Remove { name } => writer.removed(*name),
        Remedy::Uncollapse => writer.uncollapse(),
        Remedy::Lanes(lanes) => writer.lanes(*lanes),
        Remedy::Sequential => writer.sequential(),
        Remedy::Assume => Some(Fix::unsafe_(
            "Add `assume(independent)`",
            [Edit::insert(directive.span.end, " assume(independent)")],
        )),
        Remedy::Copy { loads } => copy(program, region, handle, directive, loads),
    }
}

/// The edits of every fix that gets into no other one's way, and how many fixes those are.
pub fn compatible(file: &SourceFile, diagnostics: &[Diagnostic], unsafe_too: bool) -> (Vec<Edit>, usize) {
    let mut edits: Vec<Edit> = Vec::new();
    let mut count = 0;
    let wanted = diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref());
    let (safe, others): (Vec<&Fix>, Vec<&Fix>) = wanted.partition(|fix| fix.applicability == Applicability::Safe);
    // What is certain comes first: an unsafe fix may no longer be wanted after it.
    for fix in safe.into_iter().chain(others.into_iter().filter(|_| unsafe_too)) {
        let fresh: Vec<Edit> = fix.edits.iter().filter(|edit| !edits.contains(edit)).cloned().collect();
        let all = [&edits[..], &fresh[..]].concat();
        if !fresh.is_empty() && apply_edits(file.text(), &all).is_ok() {
            edits = all;
            count += 1;
        }
    }
    (edits, count)
}

/// Edits of one pragma.
struct Writer<'a> {
    file: &'a SourceFile,
    directive: &'a Directive,
}

impl Writer<'_> {
    fn clause_of(&self, name: Span) -> Option<&Clause> {
        self.directive.clauses.iter().find(|clause| clause.span.contains(name))
    }

    fn reduce(&self, name: &str, op: &str, instead_of: Option<Span>) -> Option<Fix> {
        if let Some(wrong) = instead_of {
            let name = self.file.slice(wrong);
            return self.replaced(wrong, &format!("reduction({op}: {name})"));
        }
        let title = format!("Add `{name}`");
        let same = self.directive.clauses.iter().find_map(|clause| match &clause.kind {
            ClauseKind::Reduction { operator, names } if operator.as_str() == op => names.last(),
            _ => None,
        });
        Some(match same {
            Some(last) => Fix::safe(title, [Edit::insert(last.span.end, format!(", {name}"))]),
            None => {
                let edit = Edit::insert(self.directive.span.end, format!(" reduction({op}: {name})"));
                Fix::safe(title, [edit])
            }
        })
    }

    /// Says something else of a name than its clause does.
    fn replaced(&self, name: Span, instead: &str) -> Option<Fix> {
        let clause = self.clause_of(name)?;
        let text = match self.without(clause, name) {
            Some(rest) => format!("{rest} {instead}"),
            None => instead.to_owned(),
        };
        Some(Fix::safe(
            format!("Replace with `{instead}`"),
            [Edit::replace(clause.span, text)],
        ))
    }

    fn removed(&self, name: Span) -> Option<Fix> {
        let clause = self.clause_of(name)?;
        let title = format!("Take `{}` out of the clause", self.file.slice(name));
        Some(match self.without(clause, name) {
            Some(rest) => Fix::unsafe_(title, [Edit::replace(clause.span, rest)]),
            None => Fix::unsafe_(format!("Remove `{}`", clause.kind.name()), [self.deletion(clause.span)]),
        })
    }

    /// The text of a clause without one of its names; `None`: it has no other.
    fn without(&self, clause: &Clause, name: Span) -> Option<String> {
        let names = clause.kind.names();
        let kept: Vec<&Text> = names.iter().filter(|text| text.span != name).collect();
        let first = names.first().filter(|_| !kept.is_empty())?;
        let head = self.file.slice(Span::new(clause.span.start, first.span.start));
        let kept: Vec<&str> = kept.iter().map(|text| text.text.as_str()).collect();
        Some(format!("{head}{})", kept.join(", ")))
    }

    /// Deletes a clause with the blanks and commas before it.
    fn deletion(&self, clause: Span) -> Edit {
        let before = &self.file.text()[..clause.start as usize];
        let kept = before.trim_end_matches([' ', '\t', ',']).len() as u32;
        // A clause that is first in its comment leaves the marker and the blank behind it alone.
        match before[..kept as usize].ends_with('#') {
            true => Edit::delete(clause),
            false => Edit::delete(Span::new(kept, clause.end)),
        }
    }

    fn uncollapse(&self) -> Option<Fix> {
        let mut clauses = self.directive.clauses.iter();
        let clause = clauses.find(|clause| matches!(clause.kind, ClauseKind::Collapse(_)))?;
        Some(Fix::unsafe_("Remove `collapse`", [self.deletion(clause.span)]))
    }

    fn lanes(&self, lanes: u32) -> Option<Fix> {
        let said = format!("simdlen({lanes})");
        let title = format!("Ask for {lanes} lanes");
        let mut clauses = self.directive.clauses.iter();
        let edit = match clauses.find(|clause| matches!(clause.kind, ClauseKind::SimdLen(_))) {
            Some(clause) => Edit::replace(clause.span, said),
            None => Edit::insert(self.directive.span.end, format!(" {said}")),
        };
        Some(Fix::unsafe_(title, [edit]))
    }

    fn sequential(&self) -> Option<Fix> {
        let said = self.file.slice(self.directive.kind_span);
        let plain = !said.contains(['(', ')', '\n', '\r', '#']);
        let wrong = |clause: &&Clause| !clause.kind.belongs_on(DirectiveKind::SequentialFor);
        let removed = self
            .directive
            .clauses
            .iter()
            .filter(wrong)
            .map(|clause| self.deletion(clause.span));
        let edits = std::iter::once(Edit::replace(self.directive.kind_span, "sequential for")).chain(removed);
        plain.then(|| Fix::unsafe_("Replace with `sequential for`", edits))
    }
}

/// Copies arrays before the loop. Offered only where the loop is then independent.
fn copy(
    program: &Program,
    region: &Region,
    handle: Handle<Loop>,
    directive: &Directive,
    loads: &[Handle<Expression>],
) -> Option<Fix> {
    let (file, header) = (&program.file, &region.loops[handle]);
    if header.span.start != region.span.start {
        // Inside a region, the copy itself would keep the region from being translated.
        return None;
    }
    let mut copies: Vec<(String, String)> = Vec::new();
    let mut edits = Vec::new();
    for load in loads {
        let (path, span) = (path(region, *load)?, region.spans[*load]);
        let rest = file.slice(span).strip_prefix(path.as_str())?;
        if !is_subscript(rest.trim_start()) {
            return None;
        }
        let name = Span::new(span.start, span.start + path.len() as u32);
        if !copies.iter().any(|(known, _)| *known == path) {
            let last = path.rsplit('.').next().unwrap_or(&path);
            let taken: Vec<&str> = copies.iter().map(|(_, copied)| copied.as_str()).collect();
            let copied = unused(file.text(), &format!("{last}_old"), &taken);
            copies.push((path.clone(), copied));
        }
        let (_, copied) = copies.iter().find(|(known, _)| *known == path)?;
        edits.push(Edit::replace(name, copied.clone()));
    }
    let first = directive
        .comments
        .first()
        .map_or(header.span.start, |comment| comment.start);
    let line = file.line_span(file.row(first.min(header.span.start))).start;
    let indentation = file.indentation(header.span.start);
    let lines = copies
        .iter()
        .map(|(path, copied)| format!("{indentation}{copied} = {path}.copy(){}", file.newline()));
    edits.push(Edit::insert(line, lines.collect::<String>()));
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    let names: Vec<String> = copies.iter().map(|(path, _)| format!("`{path}`")).collect();
    let title = match &names[..] {
        [only] => format!("Read from a copy of {only} made before the loop"),
        _ => format!("Read from copies of {} made before the loop", names.join(" and ")),
    };
    independent(program, &edits, copies.len() as u32, region, handle).then(|| Fix::unsafe_(title, edits))
}

/// How Python names the array that is read.
fn path(region: &Region, load: Handle<Expression>) -> Option<String> {
    let Expression::Load { array, .. } = &region.expressions[load] else {
        return None;
    };
    let ArrayOrigin::Input(input) = region.arrays[*array].origin else {
        return None;
    };
    let input = &region.inputs[input];
    let mut path = input.root.clone();
    for step in &input.steps {
        match step {
            Step::Attribute(name) => path += &format!(".{name}"),
            Step::Key(_) | Step::Buffer(_) => return None,
        }
    }
    Some(path)
}

/// Whether a text is one subscript and nothing else: `[i + 1]`.
fn is_subscript(text: &str) -> bool {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return c == ']' && at + 1 == text.len();
        }
    }
    false
}

/// Whether a loop may run in parallel after edits that put some lines above it.
fn independent(program: &Program, edits: &[Edit], lines: u32, region: &Region, handle: Handle<Loop>) -> bool {
    let file = &program.file;
    let mut all = edits.to_vec();
    // Other functions are of no interest, and lowering them takes time.
    if region.callees.is_empty() {
        let others = program.module.body.iter().filter(|one| !one.span.contains(region.span));
        let functions = others.filter(|one| matches!(one.kind, StatementKind::Function(_) | StatementKind::Class(_)));
        all.extend(functions.map(|one| {
            let lines = file.row(one.span.end) - file.row(one.span.start);
            Edit::replace(one.span, file.newline().repeat(lines as usize))
        }));
    }
    let Ok(text) = apply_edits(file.text(), &all) else {
        return false;
    };
    let changed = Program::parse_with(SourceFile::new(file.name(), text), &program.imports);
    let moved = changed.regions.iter().find(|one| one.row == region.row + lines);
    let analysed = moved.and_then(|region| changed.analyse(region, &assumed_signature(region).0).ok());
    analysed.is_some_and(|analysed| {
        analysed.region.loops.len() == region.loops.len() && analysed.facts.of_loop(handle).parallel.is_legal()
    })
}

/// A name that does not occur in a text and is not taken otherwise.
fn unused(text: &str, wanted: &str, taken: &[&str]) -> String {
    let letter = |c: char| c == '_' || c.is_alphanumeric();
    let words: Vec<&str> = text.split(|c: char| !letter(c)).collect();
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|name| !words.contains(&name.as_str()) && !taken.contains(&name.as_str()))
        .unwrap_or_default()
}
