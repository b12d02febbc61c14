//! Pragmas for loops that have none: which directive each loop could carry, and why the others can't.
//!
//! Every outermost loop without a pragma is lowered as a region and its whole nest is analysed at once, under declared or
//! assumed types. The outermost level that `deps` proves (or proves under a condition) gets `parallel for`; an outer loop
//! whose iterations depend on each other gets `sequential for` when a loop inside can run in parallel, so that no Python stays
//! between them. Where a nest as a whole cannot be lowered or gives nothing, the loops inside are tried by themselves.
//!
//! Nothing is proposed on trust: the proposed text is read again from the beginning, and what does not get the verdict it was
//! proposed for is taken back.

mod choice;
mod nest;
mod outside;
mod tell;

use std::collections::{HashMap, HashSet};

use super::Program;
use crate::deps::Verdict;
use crate::diagnostics::{Diagnostic, Severity};
use crate::lower::{self, Candidate, Candidates, Directives};
use crate::pragma::DirectiveKind;
use crate::python;
use crate::source::{Edit, SourceFile, apply_edits};
use nest::Nest;

/// Times that a file is looked at again with what was proposed for it.
const ROUNDS: usize = 5;

/// What could be annotated in a file.
#[derive(Debug, Default)]
pub struct Annotated {
    /// One for each loop without a pragma, in source order.
    pub findings: Vec<Finding>,
    /// The text with all proposals; `None` when there are none.
    pub text: Option<String>,
    /// Why the file was not looked at.
    pub problem: Option<String>,
    /// Whether some loop calls functions of the file, which may now have pragmas.
    again: bool,
}

/// What could be done with one loop.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Where the statement starts.
    pub start: u32,
    /// Row of the statement, from 1.
    pub row: u32,
    /// Column of the statement, from 1.
    pub column: u32,
    /// Qualified name of the function.
    pub function: Option<String>,
    /// The loop's header, without the colon.
    pub header: String,
    /// The directive that is proposed.
    pub proposal: Option<DirectiveKind>,
    /// The verdict it would get, or that `parallel for` would get; `None`: it could not be analysed.
    pub verdict: Option<Verdict>,
    /// Why, in one line.
    pub reason: String,
    /// Kind and text of each run-time check.
    pub guards: Vec<(&'static str, String)>,
    /// What an iteration costs, and how many there are.
    pub work: Option<crate::plan::Work>,
    /// The types under which that holds, and whether they are declared (else assumed).
    pub types: Option<(String, bool)>,
    /// Proposals of one number stand and fall together.
    nest: usize,
}

/// Looks at every loop of a file.
pub fn annotate(file: &SourceFile) -> Annotated {
    let mut annotated = once(file);
    // A function that now has a parallel loop may give the loop that calls it a reason to be native.
    for _ in 0..ROUNDS {
        let Some(text) = annotated.text.as_ref().filter(|_| annotated.again) else {
            break;
        };
        let again = once(&SourceFile::new(file.name(), text.as_str()));
        if again.text.is_none() {
            break;
        }
        annotated.adopt(again);
    }
    annotated
}

/// Pragmas for one loop and those that go with it.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The loop's own; `None`: only others in its nest get one.
    pub kind: Option<DirectiveKind>,
    /// The verdict that it gets.
    pub verdict: Option<Verdict>,
    /// One insertion for each pragma.
    pub edits: Vec<Edit>,
}

/// What could be written on the loop of a row. `confirm`: read the text with it from the beginning, as [`annotate`] does.
pub fn propose(program: &Program, row: u32, confirm: bool) -> Option<Proposal> {
    let file = &program.file;
    if !program.module.errors.is_empty() || crate::rewrite::is_translated(file.text()) {
        return None;
    }
    let (mut findings, _) = Annotator::run(file, program, Some(row));
    let nest = findings.iter().find(|finding| finding.row == row)?.nest;
    findings.retain(|finding| finding.nest == nest);
    if confirm {
        findings = confirmed(file, program, findings).findings;
    }
    let own = findings.iter().find(|finding| finding.row == row)?;
    let edits = insertions(file, &findings);
    (nest > 0 && !edits.is_empty()).then_some(Proposal {
        kind: own.proposal,
        verdict: own.verdict,
        edits,
    })
}

fn once(file: &SourceFile) -> Annotated {
    let program = Program::parse(file.clone());
    if crate::rewrite::is_translated(file.text()) {
        return Annotated::refused("it has been translated: annotate its source");
    }
    if let Some(error) = program.module.errors.first() {
        let row = file.row(error.span.start);
        return Annotated::refused(format!("line {row} is not valid Python"));
    }
    let (findings, calls) = Annotator::run(file, &program, None);
    Annotated {
        again: calls,
        ..confirmed(file, &program, findings)
    }
}

impl Annotated {
    fn refused(problem: impl Into<String>) -> Self {
        Self {
            problem: Some(problem.into()),
            ..Self::default()
        }
    }

    /// Adds what was proposed for the text that this made.
    fn adopt(&mut self, again: Self) {
        let mut inserted = 0;
        for finding in &mut self.findings {
            inserted += u32::from(finding.proposal.is_some());
            let row = finding.row + inserted;
            let more = again.proposals().find(|more| more.row == row);
            if let (Some(more), None) = (more, finding.proposal) {
                *finding = Finding {
                    start: finding.start,
                    row: finding.row,
                    ..more.clone()
                };
            }
        }
        self.text = again.text;
        self.again = again.again;
    }

    /// The loops for which something is proposed.
    pub fn proposals(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.proposal.is_some())
    }
}

/// Loops by the starts of their statements, with the reason why iterations of theirs surely meet where the loops around run
/// them: what a condition on the values from outside would permit to one of them by itself never holds.
type Refuted = HashMap<u32, String>;

/// Looks at loops, from the outside in.
struct Annotator<'a> {
    /// As written, for what is shown.
    file: &'a SourceFile,
    directives: &'a Directives,
    candidates: &'a Candidates<'a>,
    findings: Vec<Finding>,
    nests: usize,
    /// Whether a loop without a proposal calls functions of the file.
    calls: bool,
}

impl<'a> Annotator<'a> {
    /// Looks at the loops of a file, or only at the outermost one around a row.
    fn run(file: &SourceFile, program: &Program, only: Option<u32>) -> (Vec<Finding>, bool) {
        let text = outside::without_prange(file.text(), &program.module);
        if text == file.text() {
            let candidates = Candidates::new(file, &program.module, &program.directives, &program.imports);
            return Annotator::over(file, &program.directives, &candidates, only);
        }
        // Numba's `prange` is read as `range`, which has as many characters with blanks before it.
        let shadow = SourceFile::new(file.name(), text);
        let module = python::parse(shadow.text());
        let (directives, _) = lower::attach(&shadow, &module);
        let candidates = Candidates::new(&shadow, &module, &directives, &program.imports);
        Annotator::over(file, &directives, &candidates, only)
    }

    fn over(
        file: &'a SourceFile,
        directives: &'a Directives,
        candidates: &'a Candidates<'a>,
        only: Option<u32>,
    ) -> (Vec<Finding>, bool) {
        let mut annotator = Annotator {
            file,
            directives,
            candidates,
            findings: Vec::new(),
            nests: 0,
            calls: false,
        };
        for candidate in candidates.outermost() {
            let span = candidate.statement.span;
            let rows = file.row(span.start)..=file.row(span.end.max(1) - 1);
            if only.is_none_or(|row| rows.contains(&row)) {
                annotator.examine(&candidate, &Refuted::new());
            }
        }
        let mut findings = annotator.findings;
        findings.sort_by_key(|finding| finding.start);
        (findings, annotator.calls)
    }

    /// Proposes for a loop and those inside it, as one region or, where that gives nothing, each by itself.
    fn examine(&mut self, candidate: &Candidate<'a>, around: &Refuted) {
        if self.directives.is_claimed(candidate.statement) {
            self.annotated(candidate, self.file.row(candidate.statement.span.start));
            return;
        }
        let mut refuted = around.clone();
        let mut calls = false;
        let refused = match self.nest(candidate, around) {
            Ok(nest) => match nest.findings() {
                Ok(findings) => {
                    self.add(candidate, findings);
                    return;
                }
                Err(finding) => {
                    refuted.extend(nest.refuted());
                    calls = nest.calls();
                    *finding
                }
            },
            Err(finding) => *finding,
        };
        self.calls |= calls;
        self.findings.push(refused);
        let inside = self.candidates.inside(candidate);
        for inner in inside.iter().chain(&self.candidates.after(candidate)) {
            self.examine(inner, &refuted);
        }
    }

    fn nest<'n>(&'n self, candidate: &Candidate<'a>, around: &Refuted) -> Result<Nest<'n, 'a>, Box<Finding>> {
        let no = |reason: String| Box::new(self.blank(candidate, reason));
        let region = self
            .candidates
            .lower(candidate)
            .map_err(|reasons| no(self.sentence(candidate, &reasons)))?;
        if let Some(reason) = outside::no_array(self.candidates, candidate, &region, self.file) {
            return Err(no(reason));
        }
        Nest::new(self, candidate, region, around).map_err(|reasons| {
            let reason = self.sentence(candidate, &reasons);
            no(format!("under the types assumed here: {reason}"))
        })
    }

    /// Loops inside an annotated one are that one's business.
    fn annotated(&mut self, candidate: &Candidate<'a>, row: u32) {
        let inside = self.candidates.inside(candidate).into_iter();
        for inner in inside.chain(self.candidates.after(candidate)) {
            if !self.directives.is_claimed(inner.statement) {
                let reason = format!("it lies inside the annotated loop of line {row}");
                let finding = self.blank(&inner, reason);
                self.findings.push(finding);
            }
            self.annotated(&inner, row);
        }
    }

    /// Notes the findings of a nest; what another compiler works on is not touched.
    fn add(&mut self, candidate: &Candidate<'a>, mut findings: Vec<Finding>) {
        self.nests += 1;
        let condition = outside::condition(self.candidates, candidate, self.file);
        for finding in &mut findings {
            finding.nest = self.nests;
            if let (Some(condition), Some(kind)) = (&condition, finding.proposal) {
                let verdict = finding.verdict.map_or("", Verdict::name);
                finding.reason = format!("`# pragma {}` would be {verdict}, but {condition}", kind.as_str());
                finding.proposal = None;
            }
        }
        self.findings.extend(findings);
    }

    /// A finding that proposes nothing.
    fn blank(&self, candidate: &Candidate<'a>, reason: impl Into<String>) -> Finding {
        let start = candidate.statement.span.start;
        let place = self.file.position(start);
        let header = self.file.slice(candidate.node.header);
        let words: Vec<&str> = header.trim_end_matches(':').split_whitespace().collect();
        Finding {
            start,
            row: place.row,
            column: place.column,
            function: self.candidates.function(candidate),
            header: words.join(" "),
            proposal: None,
            verdict: None,
            reason: one_line(&reason.into()),
            guards: Vec::new(),
            work: None,
            types: None,
            nest: 0,
        }
    }

    /// Why a loop cannot be lowered or typed.
    fn sentence(&self, candidate: &Candidate<'a>, reasons: &[Diagnostic]) -> String {
        let Some(first) = reasons.first() else {
            return "it cannot be translated".to_owned();
        };
        let row = self.file.row(first.primary.span.start);
        let place = match row == self.file.row(candidate.statement.span.start) {
            true => String::new(),
            false => format!(" (line {row})"),
        };
        format!("{}{place}", first.message)
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The findings and the text they make, without what the text as a whole does not bear out.
fn confirmed(file: &SourceFile, program: &Program, mut findings: Vec<Finding>) -> Annotated {
    loop {
        let Some(text) = proposed(file, &findings) else {
            return Annotated {
                findings,
                ..Annotated::default()
            };
        };
        let doubtful = doubtful(file, program, &text, &findings);
        if doubtful.is_empty() {
            return Annotated {
                findings,
                text: Some(text),
                ..Annotated::default()
            };
        }
        let mut taken_back = false;
        for finding in findings.iter_mut().filter(|finding| doubtful.contains(&finding.nest)) {
            taken_back |= finding.proposal.take().is_some();
            finding.reason = "annotated, it did not get the verdict that was expected".to_owned();
        }
        debug_assert!(false, "a proposal was not confirmed:\n{text}");
        if !taken_back {
            return Annotated {
                findings,
                ..Annotated::default()
            };
        }
    }
}

/// The text with every proposal on a line of its own above its loop.
fn proposed(file: &SourceFile, findings: &[Finding]) -> Option<String> {
    let edits = insertions(file, findings);
    (!edits.is_empty()).then(|| apply_edits(file.text(), &edits).ok())?
}

fn insertions(file: &SourceFile, findings: &[Finding]) -> Vec<Edit> {
    let edits = findings.iter().filter_map(|finding| {
        let kind = finding.proposal?;
        let line = file.line_span(finding.row).start;
        let indentation = file.indentation(finding.start);
        let content = format!("{indentation}# pragma {}{}", kind.as_str(), file.newline());
        Some(Edit::insert(line, content))
    });
    edits.collect()
}

/// The nests whose proposals do not get their verdicts in a text; all of them when the text has new complaints.
fn doubtful(file: &SourceFile, before: &Program, text: &str, findings: &[Finding]) -> HashSet<usize> {
    let after = Program::parse(SourceFile::new(file.name(), text));
    let report = after.check();
    let mut inserted = 0;
    let mut doubtful = HashSet::new();
    for finding in findings {
        let Some(kind) = finding.proposal else { continue };
        inserted += 1;
        let row = finding.row + inserted;
        let confirmed = report.regions.iter().any(|region| {
            region.row == row && region.directive == kind.as_str() && Some(region.verdict) == finding.verdict
        });
        if !confirmed {
            doubtful.insert(finding.nest);
        }
    }
    let complaints = |diagnostics: &[Diagnostic]| {
        let severe = diagnostics.iter().filter(|one| one.severity >= Severity::Warning);
        severe.count()
    };
    if complaints(&report.diagnostics) > complaints(&before.check().diagnostics) {
        doubtful.extend(findings.iter().map(|finding| finding.nest));
    }
    doubtful
}

#[cfg(test)]
mod tests;
