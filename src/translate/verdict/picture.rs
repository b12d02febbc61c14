//! The findings on a region as data, for pages that draw them.

use std::collections::BTreeMap;

use super::{Places, Writer};
use crate::deps::{DependenceKind, Place};
use crate::ir::{self, Handle, Loop, Statement};
use crate::source::Span;
use crate::translate::{Analysed, Program, report};

/// A region, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// First and last row of the statement.
    pub rows: (u32, u32),
    /// Its loops, outer ones first.
    pub loops: Vec<PictureLoop>,
    /// Dependences between iterations.
    pub arrows: Vec<Arrow>,
    /// What is checked when the region is reached, a line each.
    pub checks: String,
}

/// One loop of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureLoop {
    /// First and last row.
    pub rows: (u32, u32),
    /// How its iterations run.
    pub fate: Fate,
    /// Whether that rests on a dependence guard.
    pub guarded: bool,
    /// Everything about it, a line each.
    pub words: Vec<String>,
}

/// How the iterations of a loop run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Natively, one after the other.
    Sequential,
    /// In lanes.
    Lanes,
    /// In threads.
    Parallel,
    /// In threads, and in lanes in each.
    ParallelLanes,
}

/// A dependence between two accesses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// `flow`, `anti` or `output`.
    pub kind: &'static str,
    /// The access that comes first.
    pub source: Span,
    /// The one that has to wait for it.
    pub sink: Span,
    /// In words.
    pub text: String,
}

impl Picture {
    /// Draws a region.
    pub fn new(program: &Program, analysed: &Analysed) -> Self {
        let plan = analysed.plan();
        let writer = Writer {
            file: &program.file,
            region: &analysed.region,
            facts: &analysed.facts,
            plan: &plan,
            places: Places::new(program, analysed),
            notes: BTreeMap::new(),
        };
        let mut checks = String::new();
        writer.checks(&mut checks);
        let there = writer.present();
        Self {
            rows: writer.rows(analysed.region.span),
            loops: there.iter().map(|handle| writer.picture(*handle)).collect(),
            arrows: there.iter().flat_map(|handle| writer.arrows(*handle)).collect(),
            checks,
        }
    }
}

impl Writer<'_> {
    /// The loops that are left: those that were unrolled are no more.
    pub(super) fn present(&self) -> Vec<Handle<Loop>> {
        let mut there = Vec::new();
        ir::visit_statements(self.region, &self.region.body, &mut |statement, _| {
            if let Statement::For(handle) = statement {
                there.push(*handle);
            }
        });
        there
    }

    fn rows(&self, span: Span) -> (u32, u32) {
        (
            self.file.row(span.start),
            self.file.row(span.end.max(span.start + 1) - 1),
        )
    }

    fn picture(&self, handle: Handle<Loop>) -> PictureLoop {
        let fate = match (self.plan.fast(), self.plan.mode(handle)) {
            (Err(_), _) | (Ok(()), ir::Mode::Serial) => Fate::Sequential,
            (Ok(()), ir::Mode::Parallel) => Fate::Parallel,
            (Ok(()), ir::Mode::Simd { .. }) => Fate::Lanes,
            (Ok(()), ir::Mode::ParallelSimd { .. }) => Fate::ParallelLanes,
        };
        let header = &self.region.loops[handle];
        let mut rows = self.rows(header.span);
        ir::visit_statements(self.region, &header.body, &mut |_, span| {
            rows.1 = rows.1.max(self.rows(span).1)
        });
        PictureLoop {
            rows,
            fate,
            guarded: self.relied_on(handle).is_some(),
            words: self.about(handle),
        }
    }

    fn arrows(&self, handle: Handle<Loop>) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for one in &self.facts.of_loop(handle).carried {
            let (Some(source), Some(sink)) = (self.span(one.source), self.span(one.sink)) else {
                continue;
            };
            let kind = match one.kind {
                DependenceKind::Flow => "flow",
                DependenceKind::Anti => "anti",
                DependenceKind::Output => "output",
            };
            let [(_, from), (_, to)] =
                [one.source, one.sink].map(|place| self.places.of(self.file, self.region, place));
            let arrow = Arrow {
                kind,
                source,
                sink,
                text: format!("{kind} dependence {from} -> {to}{}", self.how(handle, one)),
            };
            if !arrows.contains(&arrow) {
                arrows.push(arrow);
            }
        }
        arrows
    }

    /// Where a reader sees an access; a variable's have no one place.
    fn span(&self, place: Place) -> Option<Span> {
        match place {
            Place::Load(load) => Some(self.region.spans[load]),
            Place::Store(store) => {
                let (statement, _) = self.places.stores.get(&store)?;
                Some(report::target(self.file, *statement))
            }
            Place::Variable(_) => None,
        }
    }
}
