//! One file of a report: what becomes of each line, in data.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::project::Project;
use super::roofline::Work;
use crate::back;
use crate::diagnostics::Severity;
use crate::infer::Signature;
use crate::ir::Region;
use crate::python::walk;
use crate::source::{SourceFile, Span};
use crate::translate::{Analysed, Arrow, Fate, Picture, Program, Tuning, assumed_signature, reason};

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// No pragma concerns it.
    Plain,
    /// A pragma, but Python runs it.
    Python,
    /// Native.
    Native { fate: Fate, guarded: bool },
}

/// A region whose kernel could be made.
pub(super) struct Block {
    pub(super) name: String,
    pub(super) signature: Signature,
    pub(super) picture: Picture,
    pub(super) rust: String,
    /// Or why there is none.
    pub(super) cuda: Result<String, String>,
}

/// One file.
pub(super) struct Sheet {
    pub(super) program: Program,
    pub(super) lines: Vec<Line>,
    pub(super) blocks: Vec<Block>,
    /// By row, what is to be said, a line each.
    pub(super) notes: BTreeMap<u32, Vec<String>>,
    /// The entries that a run has for its kernels.
    pub(super) kernels: Vec<Value>,
    /// What they did in the run, for the types that took most of the time.
    pub(super) work: Vec<(Value, Result<Work, String>)>,
}

impl Sheet {
    pub(super) fn new(file: SourceFile, kernels: &[&Value]) -> Self {
        let program = Program::parse_with(file, &Project);
        // What follows the last line end is no line.
        let count = program.file.text().lines().count();
        let mut sheet = Self {
            lines: vec![Line::Plain; count],
            blocks: Vec::new(),
            notes: BTreeMap::new(),
            kernels: kernels.iter().map(|entry| (*entry).clone()).collect(),
            work: Vec::new(),
            program,
        };
        sheet.left_to_python();
        for number in 0..sheet.program.regions.len() {
            sheet.region(number);
        }
        sheet.messages();
        sheet
    }

    pub(super) fn name(&self) -> &str {
        self.program.file.name()
    }

    pub(super) fn has_loops(&self) -> bool {
        self.lines.iter().any(|line| *line != Line::Plain)
    }

    /// How many statements with a pragma run natively, and how many as Python.
    pub(super) fn counts(&self) -> (usize, usize) {
        let mut annotated = 0;
        self.annotated(|_| annotated += 1);
        (self.blocks.len(), annotated.max(self.blocks.len()) - self.blocks.len())
    }

    /// Visits the statements on which a pragma stands and that no other such statement contains.
    fn annotated(&self, mut visit: impl FnMut(Span)) {
        let mut end = 0;
        walk::statements(&self.program.module.body, &mut |statement| {
            let claimed = self.program.directives.is_claimed(statement);
            if claimed && statement.span.start >= end {
                end = statement.span.end;
                visit(statement.span);
            }
        });
    }

    /// Until a region says otherwise.
    fn left_to_python(&mut self) {
        let mut spans = Vec::new();
        self.annotated(|span| spans.push(span));
        for span in spans {
            let (first, last) = self.rows(span);
            self.set(first, last, Line::Python);
        }
    }

    fn rows(&self, span: Span) -> (u32, u32) {
        let file = &self.program.file;
        (file.row(span.start), file.row(span.end.max(span.start + 1) - 1))
    }

    fn set(&mut self, first: u32, last: u32, to: Line) {
        let last = (last as usize).min(self.lines.len());
        if let Some(lines) = self.lines.get_mut(first as usize - 1..last) {
            lines.fill(to);
        }
    }

    fn region(&mut self, number: usize) {
        let region = &self.program.regions[number];
        let (row, name) = (region.row, region.name.clone());
        let signature = self.signature(region);
        match self.program.kernel(region, &signature) {
            Ok((analysed, emitted)) => {
                let picture = Picture::new(&self.program, &analysed);
                self.show(&picture);
                let text = signature.to_string();
                let launched = |entry: &&Value| entry["name"] == name.as_str() && entry["signature"] == text.as_str();
                let launched = self.kernels.iter().filter(launched);
                let work = launched.filter(|entry| entry["launches"].as_u64() > Some(0));
                let work = work.map(|entry| (entry.clone(), Work::of(&self.program.file, &analysed, entry)));
                self.work.extend(work.collect::<Vec<_>>());
                let cuda = cuda(&self.program, &self.program.regions[number], &analysed);
                self.blocks.push(Block {
                    name,
                    signature,
                    picture,
                    rust: emitted.text,
                    cuda,
                });
            }
            Err(diagnostics) => {
                let why = reason(&self.program.file, &diagnostics);
                self.note(row, format!("runs as Python under ({signature}): {why}"));
            }
        }
    }

    /// The signature that took most of the time; where nothing ran, the declared or assumed one.
    fn signature(&self, region: &Region) -> Signature {
        let own = self
            .kernels
            .iter()
            .filter(|entry| entry["name"] == region.name.as_str());
        let seconds = |entry: &&Value| entry["seconds"].as_f64().unwrap_or_default();
        let most = own.max_by(|a, b| seconds(a).total_cmp(&seconds(b)));
        let seen = most.and_then(|entry| entry["signature"].as_str()?.parse().ok());
        seen.unwrap_or_else(|| assumed_signature(region).0)
    }

    /// Inner loops after outer ones: of an inner line, the threads of the outer loop and the lanes of the inner one count.
    fn show(&mut self, picture: &Picture) {
        let (first, last) = picture.rows;
        let sequential = Line::Native {
            fate: Fate::Sequential,
            guarded: false,
        };
        self.set(first, last, sequential);
        for one in &picture.loops {
            for row in one.rows.0..=one.rows.1.min(last) {
                let Some(Line::Native { fate, guarded }) = self.lines.get_mut(row as usize - 1) else {
                    continue;
                };
                *fate = both(*fate, one.fate);
                *guarded |= one.guarded;
            }
            one.words.iter().for_each(|words| self.note(one.rows.0, words.clone()));
        }
        let checks = picture.checks.lines().map(str::to_owned);
        checks.for_each(|line| self.note(first, line));
    }

    /// What `check` says, on its rows.
    fn messages(&mut self) {
        let report = self.program.check();
        for diagnostic in &report.diagnostics {
            let row = self.program.file.row(diagnostic.primary.span.start);
            let severity = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            self.note(row, format!("{severity}[{}]: {}", diagnostic.code, diagnostic.message));
        }
    }

    fn note(&mut self, row: u32, text: String) {
        self.notes.entry(row).or_default().push(text);
    }

    /// All arrows whose ends stand in the file.
    pub(super) fn arrows(&self) -> impl Iterator<Item = &Arrow> {
        let end = self.program.file.text().len() as u32;
        let arrows = self.blocks.iter().flat_map(|block| &block.picture.arrows);
        arrows.filter(move |arrow| arrow.source.end <= end && arrow.sink.end <= end)
    }
}

/// The text for a GPU, also of a region that asks for none.
fn cuda(program: &Program, region: &Region, analysed: &Analysed) -> Result<String, String> {
    let there = match analysed.plan().wants_device() {
        true => None,
        false => {
            let made = program.kernel_tuned(region, &analysed.signature, &Tuning::on_device(&analysed.region));
            Some(made.map_err(|diagnostics| reason(&program.file, &diagnostics))?.0)
        }
    };
    let plan = there.as_ref().unwrap_or(analysed).plan();
    Ok(back::cuda::emit(&plan, &program.file)?.text)
}

/// What two loops, one inside the other, do together.
fn both(outer: Fate, inner: Fate) -> Fate {
    match (outer, inner) {
        (Fate::Sequential, other) | (other, Fate::Sequential) => other,
        (Fate::ParallelLanes, _) | (_, Fate::ParallelLanes) => Fate::ParallelLanes,
        (Fate::Parallel, Fate::Lanes) | (Fate::Lanes, Fate::Parallel) => Fate::ParallelLanes,
        (Fate::Parallel, Fate::Parallel) => Fate::Parallel,
        (Fate::Lanes, Fate::Lanes) => Fate::Lanes,
    }
}
