//! What `deps` found and `plan` decided about a region, written under its source lines.
//!
//! Under a loop's header: its verdict and mode, the dependences between its iterations, what they combine, what each has for
//! itself. Under every other line: the array elements it touches, and how each subscript is known to be in bounds. Below the
//! source: what is checked at run time, by the numbers that the accesses refer to.

mod accesses;
mod loops;
mod picture;

use std::collections::BTreeMap;

use super::{Analysed, Program, assumed_signature};
use crate::deps::{AccessMode, BoundsGuard, Facts, Formula, Legality, Place};
use crate::diagnostics::Diagnostic;
use crate::ir::{self, Handle, Region, Statement};
use crate::lower::Candidates;
use crate::plan::Plan;
use crate::python::{ExpressionKind, parse_expression};
use crate::source::{SourceFile, Span};

pub use loops::mode_words;
pub use picture::{Arrow, Fate, Picture, PictureLoop};

/// The findings on a region under its source lines. `types`: where its signature comes from, in a word.
pub fn verdict(program: &Program, analysed: &Analysed, types: &str) -> String {
    let plan = analysed.plan();
    let mut writer = Writer {
        file: &program.file,
        region: &analysed.region,
        facts: &analysed.facts,
        plan: &plan,
        places: Places::new(program, analysed),
        notes: BTreeMap::new(),
    };
    writer.loops();
    writer.accesses();
    let mut text = format!("{} ({}): {types} types\n", analysed.region.name, analysed.signature);
    text += &format!(" --> {}:{}\n", program.file.name(), analysed.region.row);
    writer.source(&mut text);
    writer.checks(&mut text);
    text
}

/// The findings on the outermost loop without a pragma around a row that could be a region, as if it were one.
///
/// # Errors
/// Why there is none: what is wrong with the innermost loop there, if there is a loop.
pub fn verdict_at(program: &Program, row: u32) -> Result<String, Vec<Diagnostic>> {
    let candidates = Candidates::new(&program.file, &program.module, &program.directives, &program.imports);
    let mut around = candidates.outermost();
    let covers = |span: Span| {
        let last = program.file.row(span.end.max(1) - 1);
        (program.file.row(span.start)..=last).contains(&row)
    };
    let mut reasons = Vec::new();
    while let Some(candidate) = around.into_iter().find(|candidate| covers(candidate.statement.span)) {
        let analysed = candidates.lower(&candidate).and_then(|region| {
            let (signature, declared) = assumed_signature(&region);
            let analysed = program.analyse(&region, &signature)?;
            Ok(verdict(
                program,
                &analysed,
                if declared { "declared" } else { "assumed" },
            ))
        });
        match analysed {
            Ok(text) => return Ok(text),
            Err(why) => reasons = why,
        }
        around = candidates.inside(&candidate);
        around.extend(candidates.after(&candidate));
    }
    Err(reasons)
}

/// What stands under a line: a column of words, and what explains them.
struct Note {
    what: String,
    /// Shown in a column of its own.
    how: String,
}

struct Writer<'a> {
    file: &'a SourceFile,
    region: &'a Region,
    facts: &'a Facts,
    plan: &'a Plan<'a>,
    places: Places,
    /// By the row they stand under.
    notes: BTreeMap<u32, Vec<Note>>,
}

impl Writer<'_> {
    fn note(&mut self, row: u32, what: impl Into<String>, how: impl Into<String>) {
        let (what, how) = (what.into(), how.into());
        self.notes.entry(row).or_default().push(Note { what, how });
    }

    /// The lines of the region, then those of functions inlined into it, each with what is noted on it.
    fn source(&self, text: &mut String) {
        let first = self.first_row();
        let last = self.file.row(self.region.span.end.max(1) - 1);
        let width = self
            .notes
            .keys()
            .last()
            .copied()
            .unwrap_or(last)
            .max(last)
            .to_string()
            .len();
        (first..=last).for_each(|row| self.line(text, width, row));
        let mut before = None;
        for row in self.notes.keys().copied().filter(|row| !(first..=last).contains(row)) {
            let what = if before.is_none() { "  inlined:" } else { "" };
            if before.is_none_or(|before| before + 1 != row) {
                text.push_str(&format!("{:>width$} ...{what}\n", ""));
            }
            self.line(text, width, row);
            before = Some(row);
        }
    }

    /// The row of the first pragma line, or of the statement.
    fn first_row(&self) -> u32 {
        let annotated = self
            .region
            .loops
            .iter()
            .filter_map(|(_, header)| header.annotation.as_ref());
        let pragmas = annotated.map(|one| self.file.row(one.span.start));
        let above = pragmas.filter(|row| *row < self.region.row).max();
        // Several pragma lines may be stacked; other comments between them are shown as well.
        above.unwrap_or(self.region.row)
    }

    fn line(&self, text: &mut String, width: usize, row: u32) {
        let line = self.file.line(row);
        text.push_str(format!("{row:>width$} | {line}").trim_end());
        text.push('\n');
        let indentation = &line[..line.len() - line.trim_start().len()];
        let notes = self.notes.get(&row).map_or(&[][..], Vec::as_slice);
        let column = notes
            .iter()
            .filter(|note| !note.how.is_empty())
            .map(|note| note.what.chars().count())
            .max()
            .unwrap_or(0);
        for (number, note) in notes.iter().enumerate() {
            let mark = if number == 0 { "^" } else { " " };
            let what = &note.what;
            let how = &note.how;
            let written = match how.is_empty() {
                true => what.clone(),
                false => format!("{what:<column$}  {how}"),
            };
            text.push_str(&format!("{:>width$} | {indentation}{mark} {written}\n", ""));
        }
    }

    // What is checked

    /// The checks, numbered as the accesses refer to them.
    fn checks(&self, text: &mut String) {
        let mut lines: Vec<String> = Vec::new();
        for (number, guard) in self.facts.bounds().iter().enumerate() {
            lines.push(format!("[{}] bounds: {}", number + 1, self.bounds(guard)));
        }
        let mut number = lines.len();
        for (a, or_identical, others) in self.overlaps() {
            number += 1;
            let or = if or_identical { ", or is the same view" } else { "" };
            let others: Vec<String> = others.into_iter().map(|other| self.array(other)).collect();
            lines.push(format!(
                "[{number}] overlap: {} shares no storage with {}{or}",
                self.array(a),
                others.join(", ")
            ));
        }
        for (handle, header) in self.region.loops.iter() {
            if let Some(condition) = self.relied_on(handle) {
                number += 1;
                lines.push(format!(
                    "[{number}] dependence: iterations of loop {} stay apart: {}",
                    header.name,
                    condition.text(self.region)
                ));
            }
        }
        for condition in self.plan.foreseen() {
            number += 1;
            let (row, printed) = (
                self.file.row(self.region.spans[*condition].start),
                ir::print_expression(self.region, *condition),
            );
            lines.push(format!("[{number}] failure: not {printed} (line {row})"));
        }
        self.requirements(text);
        if lines.is_empty() {
            text.push_str("nothing is checked at the launch\n");
            return;
        }
        text.push_str(match self.plan.fast() {
            Ok(()) => "checked at the launch; if one fails, the loop runs in order with every access checked:\n",
            Err(_) => "would be checked at the launch, if the loop did not run in order with every access checked:\n",
        });
        for line in lines {
            text.push_str(&format!("  {line}\n"));
        }
    }

    /// What must hold for the loop to run natively at all.
    fn requirements(&self, text: &mut String) {
        if self.region.requirements.is_empty() {
            return;
        }
        text.push_str("required at the launch; if one fails, the loop runs as Python:\n");
        for requirement in &self.region.requirements {
            let row = self.file.row(requirement.span.start);
            let condition = requirement_text(self.region, requirement);
            text.push_str(&format!("  {condition} (line {row})\n"));
        }
    }

    /// The arrays that must lie apart from one array, or also may be the same view.
    fn overlaps(&self) -> Vec<(Handle<ir::Array>, bool, Vec<Handle<ir::Array>>)> {
        let mut grouped: Vec<(Handle<ir::Array>, bool, Vec<Handle<ir::Array>>)> = Vec::new();
        for overlap in self.facts.overlaps() {
            let group = grouped
                .iter_mut()
                .find(|(a, or_identical, _)| (*a, *or_identical) == (overlap.a, overlap.or_identical));
            match group {
                Some((_, _, others)) => others.push(overlap.b),
                None => grouped.push((overlap.a, overlap.or_identical, vec![overlap.b])),
            }
        }
        grouped
    }

    fn array(&self, array: Handle<ir::Array>) -> String {
        format!("`{}`", self.region.arrays[array].name)
    }

    /// The condition under which a loop that does not run in order may do so.
    fn relied_on(&self, handle: Handle<ir::Loop>) -> Option<&Formula> {
        let found = self.facts.of_loop(handle);
        match (&found.parallel, self.plan.mode(handle)) {
            (Legality::Guarded(_), ir::Mode::Serial) => None,
            (Legality::Guarded(condition), _) => Some(condition),
            (Legality::Proven | Legality::Refuted(_) | Legality::Unproven(_), _) => None,
        }
    }

    fn bounds(&self, guard: &BoundsGuard) -> String {
        let array = &self.region.arrays[guard.array].name;
        let of = match guard.axis {
            0 if self.rank(guard.array) == 1 => format!("the subscripts of `{array}`"),
            axis => format!("the subscripts of `{array}` on axis {axis}"),
        };
        let within = match guard.mode {
            AccessMode::Direct | AccessMode::Checked => "",
            AccessMode::FromEnd => ", counted from its end",
        };
        let when = match guard.at {
            None => String::new(),
            Some(handle) => format!(" (whenever loop {} begins)", self.region.loops[handle].written),
        };
        format!("{of}{within}: {}{when}", guard.condition.text(self.region))
    }

    fn rank(&self, array: Handle<ir::Array>) -> usize {
        let loads = self.region.expressions.iter().find_map(|(_, one)| match one {
            ir::Expression::Load { array: of, subscripts } if *of == array => Some(subscripts.len()),
            _ => None,
        });
        let stores = self.region.stores.iter().find(|(_, store)| store.array == array);
        loads.or(stores.map(|(_, store)| store.subscripts.len())).unwrap_or(1)
    }
}

/// A requirement in words.
pub(super) fn requirement_text(region: &Region, requirement: &ir::Requirement) -> String {
    match requirement.condition {
        ir::Condition::Holds(condition) => ir::print_expression(region, condition),
        ir::Condition::Apart { a, b, .. } if a == b => format!("{} does not overlap itself", region.arrays[a].name),
        ir::Condition::Apart { a, b, or_identical, .. } => {
            let or = if or_identical { " (or are the same array)" } else { "" };
            let (a, b) = (&region.arrays[a].name, &region.arrays[b].name);
            format!("{a} and {b} do not overlap{or}")
        }
    }
}

/// Where accesses stand, and how they are written.
struct Places {
    stores: BTreeMap<Handle<ir::Store>, (Span, String)>,
    breaks: Vec<(Handle<ir::Loop>, Span)>,
    /// What is left, and whether the launch excludes it.
    exits: Vec<(String, bool, Span)>,
    /// Local arrays, each where it is allocated.
    allocations: Vec<(Handle<ir::Array>, Span)>,
}

impl Places {
    fn new(program: &Program, analysed: &Analysed) -> Self {
        let region = &analysed.region;
        let mut places = Self {
            stores: BTreeMap::new(),
            breaks: Vec::new(),
            exits: Vec::new(),
            allocations: Vec::new(),
        };
        let plan = analysed.plan();
        let mut excluded = Vec::new();
        let written = accesses::targets(&program.file, &program.module);
        let mut seen: BTreeMap<Span, usize> = BTreeMap::new();
        ir::visit_statements(region, &region.body, &mut |statement, span| match statement {
            Statement::Store(handle) => {
                let number = seen.entry(span).or_insert(0);
                let target = written.get(&span).and_then(|targets| targets.get(*number)).cloned();
                *number += 1;
                let target = target.unwrap_or_else(|| accesses::printed(region, *handle));
                places.stores.insert(*handle, (span, target));
            }
            Statement::Raise { exception, .. } => {
                let foreseen = excluded.contains(&span);
                places
                    .exits
                    .push((format!("raises {}", exception.name()), foreseen, span));
            }
            Statement::Leave(_) => {
                let foreseen = excluded.contains(&span);
                places.exits.push(("is left to Python".to_owned(), foreseen, span));
            }
            Statement::If { accept, .. } if plan.excludes(statement) => {
                excluded.extend(accept.statements.iter().map(|(_, span)| *span));
            }
            Statement::Allocate { array, .. } => places.allocations.push((*array, span)),
            _ => {}
        });
        for (handle, header) in region.loops.iter() {
            places
                .breaks
                .extend(header.body.breaks().into_iter().map(|span| (handle, span)));
        }
        places
    }

    /// The row and the text of an access.
    fn of(&self, file: &SourceFile, region: &Region, place: Place) -> (u32, String) {
        match place {
            Place::Load(load) => {
                let span = region.spans[load];
                let written = parse_expression(file.text(), span);
                let written = written.filter(|one| matches!(one.kind, ExpressionKind::Subscript { .. }));
                let text = match written {
                    Some(_) => accesses::one_line(file.slice(span)),
                    // The element that a `for` binds, or one that stands for a name.
                    None => ir::print_expression(region, load),
                };
                (file.row(span.start), text)
            }
            Place::Store(store) => match self.stores.get(&store) {
                Some((span, target)) => (file.row(span.start), target.clone()),
                None => (region.row, accesses::printed(region, store)),
            },
            Place::Variable(variable) => {
                let variable = &region.variables[variable];
                (file.row(variable.span.start), variable.name.clone())
            }
        }
    }
}
