//! What `check` says about a file.

use super::{Analysed, Examined, Program, fixes};
use crate::deps::{Facts, Finding, Verdict, Witness};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Handle, Loop, Region};
use crate::plan::Unheeded;
use crate::source::{SourceFile, Span};

/// Everything about one file.
#[derive(Debug, Default)]
pub struct Report {
    /// In source order, without those that a comment ignores.
    pub diagnostics: Vec<Diagnostic>,
    /// One for each annotated loop that could be analysed, in source order.
    pub regions: Vec<RegionReport>,
}

/// The verdict on one annotated loop.
#[derive(Debug)]
pub struct RegionReport {
    /// Row of the statement, from 1.
    pub row: u32,
    /// Qualified name of the function.
    pub function: Option<String>,
    /// The directive, as in the source.
    pub directive: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// Kind and text of each run-time check.
    pub guards: Vec<(&'static str, String)>,
    /// Readable sentences.
    pub reasons: Vec<String>,
    /// For refuted loops.
    pub witness: Option<Witness>,
    /// Operator and name.
    pub reductions: Vec<(&'static str, String)>,
    /// Names.
    pub privatised: Vec<String>,
}

pub(super) fn report<'e>(program: &Program, examined: impl IntoIterator<Item = (&'e Region, &'e Examined)>) -> Report {
    let mut report = Report {
        diagnostics: program.diagnostics.clone(),
        regions: Vec::new(),
    };
    for (region, examined) in examined {
        add(program, region, examined, &mut report);
    }
    report.diagnostics.retain(|diagnostic| !program.is_ignored(diagnostic));
    report.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    report.diagnostics.dedup();
    report.regions.sort_by_key(|region| region.row);
    report.regions = merged(std::mem::take(&mut report.regions));
    report
}

fn add(program: &Program, region: &Region, examined: &Examined, report: &mut Report) {
    match &examined.outcome {
        Ok(analysed) => {
            let findings = analysed.facts.findings().iter();
            report
                .diagnostics
                .extend(findings.map(|finding| told(program, &analysed.region, finding)));
            let plan = analysed.plan();
            let unheeded = plan.unheeded().iter();
            report
                .diagnostics
                .extend(unheeded.filter_map(|one| note(program, &analysed.region, one)));
            for (handle, header) in analysed.region.loops.iter() {
                if header.annotation.is_some() {
                    report.regions.push(loop_report(program, analysed, handle));
                }
            }
        }
        Err(diagnostics) if examined.declared => report.diagnostics.extend(diagnostics.iter().cloned()),
        // Types that nobody declared are no ground for complaints.
        Err(diagnostics) => report.regions.extend(unknown(program, region, diagnostics)),
    }
}

/// The note on a clause that the plan does not follow, if it is written anywhere.
fn note(program: &Program, region: &Region, unheeded: &Unheeded) -> Option<Diagnostic> {
    let header = &region.loops[unheeded.header];
    let at = header.annotation.as_ref()?.span;
    let directive = program.directives.iter().find(|one| one.span == at)?;
    let clause = directive
        .clauses
        .iter()
        .find(|one| one.kind.name() == unheeded.clause)?;
    let message = format!("`{}` {}", unheeded.clause, unheeded.what);
    Some(
        Diagnostic::new(Code::ClauseWithoutEffect, clause.span, message)
            .secondary(header.span, "of this loop, which otherwise runs as asked"),
    )
}

/// A finding with its remedies as edits of the file.
fn told(program: &Program, region: &Region, finding: &Finding) -> Diagnostic {
    let fixes = finding
        .remedies
        .iter()
        .filter_map(|remedy| fixes::fix(program, region, finding.header, remedy));
    let mut diagnostic = fixes.fold(finding.diagnostic.clone(), Diagnostic::or_fix);
    for label in &mut diagnostic.secondary {
        // Of a statement with others inside, the first line is enough.
        let line = program.file.line_span(program.file.row(label.span.start));
        label.span.end = label.span.end.min(line.end).max(label.span.start);
    }
    let written = diagnostic
        .secondary
        .iter_mut()
        .filter(|label| label.message.starts_with("written"));
    written.for_each(|label| label.span = target(&program.file, label.span));
    diagnostic
}

/// The target of an assignment: where a reader sees the element that it writes.
pub(super) fn target(file: &SourceFile, statement: Span) -> Span {
    let text = file.slice(statement);
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 0 => {
                let left = text[..at].trim_end_matches(['+', '-', '*', '/', '%', '&', '|', '^', '<', '>', '@']);
                let end = statement.start + left.trim_end().len() as u32;
                return Span::new(statement.start, end.max(statement.start));
            }
            // A quoted bracket or `=` would mislead.
            '"' | '\'' | '#' => return statement,
            _ => {}
        }
    }
    statement
}

/// A region whose types are not known before it is called.
fn unknown(program: &Program, region: &Region, diagnostics: &[Diagnostic]) -> Vec<RegionReport> {
    let why = diagnostics
        .first()
        .map(|diagnostic| diagnostic.message.clone())
        .unwrap_or_default();
    let annotated = region
        .loops
        .iter()
        .filter_map(|(_, header)| Some((header, header.annotation.as_ref()?)));
    annotated
        .map(|(header, annotation)| RegionReport {
            row: program.file.row(header.span.start),
            function: region.function.clone(),
            directive: annotation.directive.name(),
            verdict: Verdict::Unproven,
            guards: Vec::new(),
            reasons: vec![format!("it can be judged only once its types are known: {why}")],
            witness: None,
            reductions: Vec::new(),
            privatised: Vec::new(),
        })
        .collect()
}

/// The directive as it is written: of an array statement's loop, `parallel`.
fn written(program: &Program, region: &Region, handle: Handle<Loop>) -> &'static str {
    let Some(annotation) = &region.loops[handle].annotation else {
        return "";
    };
    let source = program.directives.iter().find(|one| one.span == annotation.span);
    source.map_or(annotation.directive.name(), |one| one.kind.as_str())
}

/// The loops of one statement are one to its reader, those of an array statement and the forms of one whose names change places: the
/// worst verdict of them counts.
fn merged(regions: Vec<RegionReport>) -> Vec<RegionReport> {
    let mut all: Vec<RegionReport> = Vec::new();
    for region in regions {
        let key = |one: &RegionReport| (one.row, one.directive, one.function.clone());
        match all.iter_mut().find(|one| key(one) == key(&region)) {
            Some(one) if severity(region.verdict) > severity(one.verdict) => *one = region,
            Some(one) if region.verdict == one.verdict && region.directive != "parallel" => {
                let new = region.guards.into_iter().filter(|guard| !one.guards.contains(guard));
                one.guards.extend(new.collect::<Vec<_>>());
            }
            Some(_) => {}
            None => all.push(region),
        }
    }
    all
}

fn severity(verdict: Verdict) -> u32 {
    match verdict {
        Verdict::Sequential => 0,
        Verdict::Proven => 1,
        Verdict::Assumed => 2,
        Verdict::Guarded => 3,
        Verdict::Unproven => 4,
        Verdict::Refuted => 5,
    }
}

/// What is known of one loop of a region.
pub fn loop_report(program: &Program, analysed: &Analysed, handle: Handle<Loop>) -> RegionReport {
    let (region, facts) = (&analysed.region, &analysed.facts);
    let header = &region.loops[handle];
    let found = facts.of_loop(handle);
    let judgement = found.judgement.as_ref();
    let reductions = found
        .reductions
        .iter()
        .map(|one| (one.op.name(), region.variables[one.target].name.clone()));
    let arrays = found
        .array_reductions
        .iter()
        .map(|one| (one.op.name(), region.arrays[one.target].name.clone()));
    let private = found
        .private
        .iter()
        .chain(&found.conditional_lastprivate)
        .filter(|variable| !region.variables[**variable].temporary);
    RegionReport {
        row: program.file.row(header.span.start),
        function: region.function.clone(),
        directive: written(program, region, handle),
        verdict: judgement.map_or(Verdict::Unproven, |judgement| judgement.verdict),
        guards: guards(region, facts, handle),
        reasons: judgement.map(|judgement| judgement.reasons.clone()).unwrap_or_default(),
        witness: judgement.and_then(|judgement| judgement.witness.clone()),
        reductions: reductions.chain(arrays).collect(),
        privatised: private
            .map(|variable| region.variables[*variable].name.clone())
            .chain(
                found
                    .private_arrays
                    .iter()
                    .map(|array| region.arrays[*array].name.clone()),
            )
            .collect(),
    }
}

/// Kind and text of each run-time check that a loop relies on.
pub(super) fn guards(region: &Region, facts: &Facts, handle: Handle<Loop>) -> Vec<(&'static str, String)> {
    let mut guards: Vec<(&'static str, String)> = Vec::new();
    for bound in facts.bounds() {
        guards.push(("bounds", bound.condition.text(region)));
    }
    for overlap in facts.overlaps() {
        let (a, b) = (&region.arrays[overlap.a].name, &region.arrays[overlap.b].name);
        let or = if overlap.or_identical {
            " (or are the same array)"
        } else {
            ""
        };
        guards.push(("overlap", format!("{a} and {b} do not overlap{or}")));
    }
    for condition in crate::plan::foreseen(region) {
        guards.push(("range", format!("not {}", ir::print_expression(region, condition))));
    }
    for requirement in &region.requirements {
        let kind = match requirement.condition {
            ir::Condition::Holds(_) => "range",
            ir::Condition::Apart { .. } => "overlap",
        };
        guards.push((kind, super::verdict::requirement_text(region, requirement)));
    }
    let judgement = facts.of_loop(handle).judgement.as_ref();
    let condition = judgement.and_then(|judgement| judgement.condition.as_ref());
    guards.extend(condition.map(|formula| ("dependence", formula.text(region))));
    guards.dedup();
    guards
}
