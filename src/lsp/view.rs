//! A section of a document, and what is known of it; all places are places in the section.

use std::sync::Arc;

use ls_types::{Location, WorkspaceEdit};

use super::layout::Parsed;
use super::snapshot::Snapshot;
use crate::diagnostics::Diagnostic;
use crate::ir::Region;
use crate::source::{Edit, Span};
use crate::translate::sections::Section;
use crate::translate::{Analysed, Program};

/// One section of one version of a document.
pub(super) struct View<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) section: &'s Section,
    pub(super) parsed: Arc<Parsed>,
}

impl View<'_> {
    pub(super) fn program(&self) -> &Program {
        &self.parsed.program
    }

    /// The regions that the section is there for, with their numbers.
    pub(super) fn own_regions(&self) -> impl Iterator<Item = (usize, &Region)> {
        let regions = self.parsed.program.regions.iter().enumerate();
        regions.filter(|(_, region)| self.section.owns(region.span.start))
    }

    /// Where a span is in the client's documents.
    pub(super) fn location(&self, span: Span) -> Option<Location> {
        self.snapshot.location(self.section.outside(span))
    }

    /// Edits as a client makes them.
    pub(super) fn edit(&self, edits: &[Edit]) -> Option<WorkspaceEdit> {
        let outside = edits.iter().map(|edit| Edit {
            span: self.section.outside(edit.span),
            content: edit.content.clone(),
        });
        self.snapshot.edit(&outside.collect::<Vec<Edit>>())
    }

    /// Diagnostics by their places in the document.
    pub(super) fn outside(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let outside = |one: Diagnostic| one.moved(|span| self.section.outside(span));
        diagnostics.into_iter().map(outside).collect()
    }

    /// A region with its types, and where these come from.
    ///
    /// # Errors
    /// Why it has none.
    pub(super) fn analysed(&self, number: usize) -> Result<(Arc<Analysed>, &'static str), Vec<Diagnostic>> {
        let snapshot = self.snapshot;
        let region = &self.parsed.program.regions[number];
        // In its file it is called by its row there.
        let row = snapshot.file().row(self.section.outside(region.span).start);
        let base = region.name.rsplit_once("_L").map_or("", |(base, _)| base);
        let name = format!("{base}_L{row}");
        self.parsed
            .analysed(number, (&snapshot.path, &name), &*snapshot.workspace)
    }

    /// What is to be said of regions, and of the text in which they stand.
    pub(super) fn diagnostics(&self, regions: &[usize]) -> Vec<Diagnostic> {
        let program = self.program();
        let examined: Vec<_> = regions
            .iter()
            .map(|number| (&program.regions[*number], self.parsed.examined(*number)))
            .collect();
        let pairs = examined.iter().map(|(region, examined)| (*region, examined.as_ref()));
        let mut diagnostics = program.report(pairs).diagnostics;
        // The others are said where the section is theirs.
        diagnostics.retain(|one| {
            let labels = std::iter::once(&one.primary).chain(&one.secondary);
            labels
                .map(|label| label.span.start)
                .any(|start| self.section.owns(start))
        });
        self.outside(diagnostics)
    }
}
