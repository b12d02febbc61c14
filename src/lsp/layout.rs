//! A document's sections, each understood at most once as long as its text stays the same.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::workspace::{Buffers, Workspace};
use crate::diagnostics::Diagnostic;
use crate::ir::Region;
use crate::rewrite;
use crate::source::{SourceFile, Span};
use crate::translate::sections::{self, Block, Facts, Section};
use crate::translate::{Analysed, Examined, Program};

/// How one version of a document is cut into sections.
pub(super) struct Layout {
    pub(super) blocks: Vec<Block>,
    /// The section of each block.
    homes: Vec<usize>,
    sections: Vec<(Section, OnceLock<Arc<Parsed>>)>,
    facts: HashMap<Arc<str>, Arc<Facts>>,
    /// What was understood by its text, in this version or an earlier one.
    known: HashMap<Arc<str>, Arc<Parsed>>,
    modules: Buffers,
}

/// A text that is understood on its own.
pub(super) struct Parsed {
    pub(super) program: Program,
    /// By the positions of the regions.
    examined: Vec<OnceLock<Arc<Examined>>>,
}

impl Layout {
    /// Cuts a text, and remembers what is still right of what was understood of an earlier version.
    pub(super) fn new(path: &Path, text: &str, modules: Buffers, earlier: Option<&Self>) -> Self {
        let mut facts = HashMap::new();
        let blocks = sections::outline(text, |block| {
            let before = earlier.and_then(|earlier| earlier.facts.get_key_value(block));
            let (text, known) = match before {
                Some((text, known)) => (Arc::clone(text), Arc::clone(known)),
                None => (Arc::from(block), Arc::new(Facts::new(block))),
            };
            facts.insert(text, Arc::clone(&known));
            known
        });
        let (homes, cut) = match rewrite::is_translated(text) {
            true => sections::one(&blocks),
            false => sections::sections(&blocks),
        };
        let mut layout = Self {
            blocks,
            homes,
            sections: cut.into_iter().map(|section| (section, OnceLock::new())).collect(),
            facts,
            known: HashMap::new(),
            modules,
        };
        if let Some(earlier) = earlier {
            let name = path.display().to_string();
            layout.known = layout.still_right(&name, text, earlier);
        }
        layout
    }

    fn still_right(&self, name: &str, text: &str, earlier: &Self) -> HashMap<Arc<str>, Arc<Parsed>> {
        let main = SourceFile::new(name, "");
        let before = earlier.sections.iter().filter_map(|(_, parsed)| parsed.get());
        let before = before.map(|parsed| (parsed.program.file.text(), parsed));
        let before: HashMap<&str, &Arc<Parsed>> = before
            .chain(earlier.known.iter().map(|(text, parsed)| (&**text, parsed)))
            .collect();
        let sections = self.annotated().map(|(_, (section, _))| Arc::from(section.text(text)));
        let found = sections.filter_map(|text: Arc<str>| {
            let parsed = before.get(&*text)?;
            let current = parsed.program.imports.are_current(&main, &self.modules);
            current.then(|| (text, Arc::clone(parsed)))
        });
        found.collect()
    }

    /// The sections in which there is something to say, with their numbers.
    fn annotated(&self) -> impl Iterator<Item = (usize, &(Section, OnceLock<Arc<Parsed>>))> {
        let mut wanted = vec![false; self.sections.len()];
        let blocks = self.blocks.iter().zip(&self.homes);
        blocks.for_each(|(block, home)| wanted[*home] |= block.is_annotated());
        let sections = self.sections.iter().enumerate();
        sections.filter(move |(number, _)| wanted[*number])
    }

    /// The numbers of the sections in which there is something to say.
    pub(super) fn all(&self) -> Vec<usize> {
        self.annotated().map(|(number, _)| number).collect()
    }

    /// The numbers of the blocks that lie in a span or touch it.
    pub(super) fn touched(&self, span: Span) -> Range<usize> {
        let first = self.blocks.partition_point(|block| block.span.end < span.start);
        let end = self.blocks.partition_point(|block| block.span.start <= span.end);
        first..end.max(first)
    }

    /// The number of the section for a place.
    pub(super) fn home(&self, offset: u32) -> usize {
        let after = self.blocks.partition_point(|block| block.span.start <= offset);
        self.homes[after.max(1) - 1]
    }

    /// The number of the section of a block.
    pub(super) fn home_of(&self, block: usize) -> usize {
        self.homes[block]
    }

    pub(super) fn section(&self, number: usize) -> &Section {
        &self.sections[number].0
    }

    /// A section, understood on first use.
    pub(super) fn parsed(&self, number: usize, path: &Path, text: &str) -> Arc<Parsed> {
        let (section, parsed) = &self.sections[number];
        let understand = || {
            let text = section.text(text);
            let known = self.known.get(text.as_str()).cloned();
            known.unwrap_or_else(|| Arc::new(self.understand(path, text)))
        };
        Arc::clone(parsed.get_or_init(understand))
    }

    /// Understands a text as if it were the document's.
    pub(super) fn understand(&self, path: &Path, text: String) -> Parsed {
        let file = SourceFile::new(path.display().to_string(), text);
        let program = Program::parse_with(file, &self.modules);
        Parsed {
            examined: program.regions.iter().map(|_| OnceLock::new()).collect(),
            program,
        }
    }

    /// How many sections, and how many regions of them, need not be looked at again.
    #[cfg(test)]
    pub(super) fn known(&self) -> (usize, usize) {
        let regions = self.known.values().flat_map(|parsed| &parsed.examined);
        (self.known.len(), regions.filter(|one| one.get().is_some()).count())
    }
}

impl Parsed {
    /// A region under its declared or assumed types, examined on first use.
    pub(super) fn examined(&self, number: usize) -> Arc<Examined> {
        let examine = || Arc::new(self.program.examine(&self.program.regions[number]));
        Arc::clone(self.examined[number].get_or_init(examine))
    }

    /// A region under the types that were recorded for it (by the name that it has in its file), else those that are declared or
    /// assumed, and which of these.
    ///
    /// # Errors
    /// Why it has no types.
    pub(super) fn analysed(
        &self,
        number: usize,
        (path, name): (&Path, &str),
        workspace: &dyn Workspace,
    ) -> Result<(Arc<Analysed>, &'static str), Vec<Diagnostic>> {
        let examined = self.examined(number);
        let region = &self.program.regions[number];
        if !examined.declared {
            let recorded = workspace.recorded(path, name);
            let mut tried = recorded.iter().map(|signature| self.program.analyse(region, signature));
            if let Some(analysed) = tried.find_map(Result::ok) {
                return Ok((Arc::new(analysed), "recorded"));
            }
        }
        let source = if examined.declared { "declared" } else { "assumed" };
        let analysed = examined.outcome.clone()?;
        Ok((analysed, source))
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
