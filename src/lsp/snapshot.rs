//! One version of one document, understood at most once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use ls_types::{Location, Position, Range, TextEdit, Uri, WorkspaceEdit};

use super::places::Columns;
use super::workspace::{Buffers, Workspace};
use super::{Settings, notebook};
use crate::diagnostics::Diagnostic;
use crate::ir::Region;
use crate::source::{Edit, LineIndex, SourceFile, Span};
use crate::translate::{Analysed, Examined, Program};

/// A text that the client has open: a file, or a cell of a notebook.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) uri: Uri,
    pub(super) version: i32,
    /// Whether it is Python at all; cells with prose are not.
    pub(super) python: bool,
    pub(super) text: String,
}

/// A part and where it stands in the document.
struct Placed {
    part: Part,
    lines: LineIndex,
    start: u32,
}

/// One version of a document.
pub(super) struct Snapshot {
    pub(super) path: PathBuf,
    pub(super) columns: Columns,
    pub(super) settings: Arc<Settings>,
    pub(super) workspace: Arc<dyn Workspace>,
    open: Arc<HashMap<PathBuf, String>>,
    parts: Vec<Placed>,
    text: String,
    parsed: OnceLock<Arc<Parsed>>,
    /// What was understood of an earlier version.
    earlier: Option<Arc<Parsed>>,
    superseded: AtomicBool,
}

/// What a text says.
pub(super) struct Parsed {
    pub(super) program: Program,
    /// By the positions of the regions.
    examined: Vec<OnceLock<Arc<Examined>>>,
}

/// Everything that a snapshot is made from beside its text.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) columns: Columns,
    pub(super) settings: Arc<Settings>,
    pub(super) workspace: Arc<dyn Workspace>,
    /// Texts of the files that are open.
    pub(super) open: Arc<HashMap<PathBuf, String>>,
}

impl Snapshot {
    /// A document of one file, or of the cells of a notebook.
    pub(super) fn new(around: Around, path: PathBuf, parts: Vec<Part>, cells: bool, earlier: Option<&Self>) -> Self {
        let mut text = String::new();
        let mut placed = Vec::new();
        for part in parts {
            let start = text.len() as u32;
            match (cells, part.python) {
                (true, true) => text += &notebook::python(&part.text),
                (true, false) => text += &notebook::blank(&part.text),
                (false, _) => text += &part.text,
            }
            if cells && !text.ends_with('\n') {
                text.push('\n');
            }
            placed.push(Placed {
                lines: LineIndex::new(&part.text),
                part,
                start,
            });
        }
        let earlier = earlier.and_then(|earlier| earlier.parsed.get().or(earlier.earlier.as_ref()).cloned());
        Self {
            path,
            columns: around.columns,
            settings: around.settings,
            workspace: around.workspace,
            open: around.open,
            parts: placed,
            text,
            parsed: OnceLock::new(),
            earlier,
            superseded: AtomicBool::new(false),
        }
    }

    /// Notes that there is a newer version.
    pub(super) fn supersede(&self) {
        self.superseded.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_superseded(&self) -> bool {
        self.superseded.load(Ordering::Relaxed)
    }

    /// The program, parsed on first use.
    pub(super) fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let file = SourceFile::new(self.path.display().to_string(), self.text.as_str());
            let modules = Buffers {
                workspace: Arc::clone(&self.workspace),
                open: Arc::clone(&self.open),
            };
            let program = Program::parse_with(file, &modules);
            Arc::new(Parsed::new(program, self.earlier.as_deref()))
        })
    }

    pub(super) fn program(&self) -> &Program {
        &self.parsed().program
    }

    /// What is to be said about the document, as it is configured; `None`: a newer version came in between.
    pub(super) fn diagnostics(&self) -> Option<Vec<Diagnostic>> {
        let all = 0..self.program().regions.len();
        self.diagnostics_of(all)
    }

    /// What is to be said on the rows of a span.
    pub(super) fn diagnostics_on(&self, span: Span) -> Option<Vec<Diagnostic>> {
        let file = &self.program().file;
        let rows = file.row(span.start)..=file.row(span.end);
        let mut regions: Vec<usize> = Vec::new();
        for row in rows.clone() {
            let here = self.parsed().regions_at(file.line_span(row).start);
            regions.extend(here.map(|(number, _)| number));
        }
        regions.sort_unstable();
        regions.dedup();
        let mut diagnostics = self.diagnostics_of(regions)?;
        diagnostics.retain(|one| rows.contains(&file.row(one.primary.span.start)));
        Some(diagnostics)
    }

    fn diagnostics_of(&self, regions: impl IntoIterator<Item = usize>) -> Option<Vec<Diagnostic>> {
        let parsed = self.parsed();
        let mut examined = Vec::new();
        for number in regions {
            if self.is_superseded() {
                return None;
            }
            examined.push((&parsed.program.regions[number], parsed.examined(number)));
        }
        let pairs = examined.iter().map(|(region, examined)| (*region, examined.as_ref()));
        let mut diagnostics = parsed.program.report(pairs).diagnostics;
        // What is wrong with a configuration is said once, when it is read.
        _ = self.workspace.configure(&self.path, &self.settings, &mut diagnostics);
        Some(diagnostics)
    }

    /// A region under the types that were recorded for it, else those that are declared or assumed, and which of these.
    ///
    /// # Errors
    /// Why it has no types.
    pub(super) fn analysed(&self, number: usize) -> Result<(Arc<Analysed>, &'static str), Vec<Diagnostic>> {
        let parsed = self.parsed();
        let examined = parsed.examined(number);
        let region = &parsed.program.regions[number];
        if !examined.declared {
            let recorded = self.workspace.recorded(&self.path, &region.name);
            let mut tried = recorded
                .iter()
                .map(|signature| parsed.program.analyse(region, signature));
            if let Some(analysed) = tried.find_map(Result::ok) {
                return Ok((Arc::new(analysed), "recorded"));
            }
        }
        let source = if examined.declared { "declared" } else { "assumed" };
        let analysed = examined.outcome.clone()?;
        Ok((analysed, source))
    }

    // Places

    fn part_at(&self, offset: u32) -> Option<&Placed> {
        let after = self.parts.partition_point(|part| part.start <= offset);
        self.parts.get(after.checked_sub(1)?)
    }

    /// Where a span is; what of it lies in another cell than its start is left out.
    pub(super) fn location(&self, span: Span) -> Option<Location> {
        let placed = self.part_at(span.start)?;
        let inside = Span::new(span.start - placed.start, span.end - placed.start);
        let range = self.columns.range(&placed.part.text, &placed.lines, inside);
        Some(Location::new(placed.part.uri.clone(), range))
    }

    /// The part of the text that a client calls by this name.
    pub(super) fn span_of(&self, uri: &Uri) -> Option<Span> {
        let placed = self.parts.iter().find(|placed| placed.part.uri == *uri)?;
        Some(Span::new(placed.start, placed.start + placed.part.text.len() as u32))
    }

    pub(super) fn offset(&self, uri: &Uri, position: Position) -> Option<u32> {
        let placed = self.parts.iter().find(|placed| placed.part.uri == *uri)?;
        Some(placed.start + self.columns.offset(&placed.part.text, &placed.lines, position))
    }

    pub(super) fn span(&self, uri: &Uri, range: Range) -> Option<Span> {
        let (start, end) = (self.offset(uri, range.start)?, self.offset(uri, range.end)?);
        Some(Span::new(start.min(end), end.max(start)))
    }

    /// The parts, each with its version.
    pub(super) fn uris(&self) -> impl Iterator<Item = (&Uri, i32)> {
        self.parts.iter().map(|placed| (&placed.part.uri, placed.part.version))
    }

    /// Edits as a client makes them.
    pub(super) fn edit(&self, edits: &[Edit]) -> Option<WorkspaceEdit> {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            let location = self.location(edit.span)?;
            let text = TextEdit::new(location.range, edit.content.clone());
            changes.entry(location.uri).or_default().push(text);
        }
        Some(WorkspaceEdit::new(changes))
    }
}

impl Parsed {
    fn new(program: Program, earlier: Option<&Self>) -> Self {
        let known: HashMap<&str, usize> = earlier.map_or_else(HashMap::new, |earlier| {
            let regions = earlier.program.regions.iter().enumerate();
            regions.map(|(number, region)| (region.name.as_str(), number)).collect()
        });
        let examined = program.regions.iter().map(|region| {
            let same = |earlier: &&Self| {
                let number = *known.get(region.name.as_str())?;
                (earlier.program.regions[number] == *region).then(|| earlier.examined[number].get().cloned())?
            };
            earlier
                .as_ref()
                .and_then(same)
                .map_or_else(OnceLock::new, OnceLock::from)
        });
        Self {
            examined: examined.collect(),
            program,
        }
    }

    /// A region under its declared or assumed types, examined on first use.
    fn examined(&self, number: usize) -> Arc<Examined> {
        let examine = || Arc::new(self.program.examine(&self.program.regions[number]));
        Arc::clone(self.examined[number].get_or_init(examine))
    }

    /// How many regions need not be examined again.
    #[cfg(test)]
    pub(super) fn known(&self) -> usize {
        self.examined.iter().filter(|one| one.get().is_some()).count()
    }

    /// The regions on whose lines an offset is, or on those of their pragmas.
    pub(super) fn regions_at(&self, offset: u32) -> impl Iterator<Item = (usize, &Region)> {
        let file = &self.program.file;
        let row = file.row(offset);
        let on = move |span: Span| (file.row(span.start)..=file.row(span.end.max(1) - 1)).contains(&row);
        let directive = self.program.directives.iter().find(|one| on(one.span));
        let regions = self.program.regions.iter().enumerate();
        regions.filter(move |(_, region)| {
            let annotated = |one: &crate::pragma::Directive| {
                let loops = region.loops.iter().filter_map(|(_, header)| header.annotation.as_ref());
                let statements = region.array_directives.iter().map(|(_, annotation)| annotation);
                loops.chain(statements).any(|annotation| annotation.span == one.span)
            };
            on(region.span) || directive.is_some_and(annotated)
        })
    }
}

/// Whether an offset lies in a span or at its end.
pub(super) fn touches(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}
