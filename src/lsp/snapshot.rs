//! One version of one document, understood at most once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use ls_types::{Location, Position, Range, TextEdit, Uri, WorkspaceEdit};

use super::layout::{Layout, Parsed};
use super::places::Columns;
use super::view::View;
use super::workspace::{Buffers, Workspace};
use super::{Settings, notebook};
use crate::diagnostics::Diagnostic;
use crate::source::{Edit, LineIndex, SourceFile, Span};

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
    file: SourceFile,
    layout: OnceLock<Arc<Layout>>,
    /// What was understood of an earlier version.
    earlier: Option<Arc<Layout>>,
    superseded: AtomicBool,
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
        let earlier = earlier.and_then(|earlier| earlier.layout.get().or(earlier.earlier.as_ref()).cloned());
        Self {
            file: SourceFile::new(path.display().to_string(), text),
            path,
            columns: around.columns,
            settings: around.settings,
            workspace: around.workspace,
            open: around.open,
            parts: placed,
            layout: OnceLock::new(),
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

    /// The text, all cells of a notebook together.
    pub(super) fn file(&self) -> &SourceFile {
        &self.file
    }

    /// How it is cut, found on first use.
    pub(super) fn layout(&self) -> &Layout {
        self.layout.get_or_init(|| {
            let modules = Buffers::new(Arc::clone(&self.workspace), Arc::clone(&self.open));
            let layout = Layout::new(&self.path, self.file.text(), modules, self.earlier.as_deref());
            Arc::new(layout)
        })
    }

    fn view(&self, section: usize) -> View<'_> {
        let layout = self.layout();
        View {
            snapshot: self,
            section: layout.section(section),
            parsed: layout.parsed(section, &self.path, self.file.text()),
        }
    }

    /// The section for a place, and the place in it.
    pub(super) fn view_at(&self, offset: u32) -> Option<(View<'_>, u32)> {
        let view = self.view(self.layout().home(offset));
        let inside = view.section.inside(offset)?;
        Some((view, inside))
    }

    /// The sections in which there is something to say.
    pub(super) fn views(&self) -> impl Iterator<Item = View<'_>> {
        let sections = self.layout().all().into_iter();
        sections.map(|section| self.view(section))
    }

    /// Those of a span.
    pub(super) fn views_of(&self, span: Span) -> impl Iterator<Item = View<'_>> {
        let layout = self.layout();
        let annotated = layout
            .touched(span)
            .filter(|block| layout.blocks[*block].is_annotated());
        let mut sections: Vec<usize> = annotated.map(|block| layout.home_of(block)).collect();
        sections.sort_unstable();
        sections.dedup();
        sections.into_iter().map(|section| self.view(section))
    }

    /// The section for a place, by itself, with every line on the row that it has here; and the place in it.
    pub(super) fn in_place(&self, offset: u32) -> (Parsed, u32) {
        let layout = self.layout();
        let text = layout.section(layout.home(offset)).in_place(self.file.text());
        let row = self.file.row(offset);
        let column = offset - self.file.line_span(row).start;
        let parsed = layout.understand(&self.path, text);
        let offset = parsed.program.file.line_span(row).start + column;
        (parsed, offset)
    }

    /// The document in one, as what changes all of it must see it.
    pub(super) fn whole(&self) -> Parsed {
        self.layout().understand(&self.path, self.file.text().to_owned())
    }

    /// What is to be said about the document, as it is configured; `None`: a newer version came in between.
    pub(super) fn diagnostics(&self) -> Option<Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        for view in self.views() {
            let mut known = Vec::new();
            for (number, _) in view.own_regions() {
                if self.is_superseded() {
                    return None;
                }
                _ = view.parsed.examined(number);
                known.push(number);
            }
            diagnostics.extend(view.diagnostics(&known));
        }
        Some(self.configured(diagnostics))
    }

    /// What is to be said on the rows of a span.
    pub(super) fn diagnostics_on(&self, span: Span) -> Option<Vec<Diagnostic>> {
        let rows = self.file.row(span.start)..=self.file.row(span.end);
        let lines = Span::new(
            self.file.line_span(*rows.start()).start,
            self.file.line_span(*rows.end()).end,
        );
        let mut diagnostics = Vec::new();
        for view in self.views_of(lines) {
            let mut regions: Vec<usize> = Vec::new();
            for row in rows.clone() {
                let here = view.section.inside(self.file.line_span(row).start);
                let here = here.map(|offset| view.parsed.regions_at(offset).map(|(number, _)| number));
                regions.extend(here.into_iter().flatten());
            }
            regions.sort_unstable();
            regions.dedup();
            if self.is_superseded() {
                return None;
            }
            diagnostics.extend(view.diagnostics(&regions));
        }
        diagnostics.retain(|one| rows.contains(&self.file.row(one.primary.span.start)));
        Some(self.configured(diagnostics))
    }

    fn configured(&self, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
        diagnostics.dedup();
        // What is wrong with a configuration is said once, when it is read.
        _ = self.workspace.configure(&self.path, &self.settings, &mut diagnostics);
        diagnostics
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

/// Whether an offset lies in a span or at its end.
pub(super) fn touches(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}
