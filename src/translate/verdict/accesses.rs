//! The lines under statements: which elements they touch, and how their subscripts stay in bounds.

use std::collections::BTreeMap;

use super::Writer;
use crate::deps::{Access, AccessMode, Place, Subscript};
use crate::ir::{self, Handle, Region};
use crate::python::{Expression, ExpressionKind, Module, StatementKind, walk};
use crate::source::{SourceFile, Span};

impl Writer<'_> {
    /// Notes every load and store on its line, in order of evaluation.
    pub(super) fn accesses(&mut self) {
        let region = self.region;
        let mut shown: Vec<(u32, String)> = Vec::new();
        for load in region.expressions.handles() {
            let Some(access) = self.facts.load(load) else { continue };
            let (row, text) = self.places.of(self.file, region, Place::Load(load));
            let what = format!("reads  {text}");
            let how = Self::mode(access);
            if !shown.contains(&(row, what.clone())) {
                shown.push((row, what.clone()));
                self.note(row, what, how);
            }
        }
        for store in region.stores.handles() {
            let Some(access) = self.facts.store(store) else {
                continue;
            };
            let (row, text) = self.places.of(self.file, region, Place::Store(store));
            let how = Self::mode(access);
            self.note(row, format!("writes {text}"), how);
        }
        for (exit, foreseen, span) in std::mem::take(&mut self.places.exits) {
            let row = self.file.row(span.start);
            let how = if foreseen {
                "only if a check at the launch fails"
            } else {
                "the region is undone and run again in order"
            };
            self.note(row, format!("{exit}: {how}"), "");
        }
        for (array, span) in std::mem::take(&mut self.places.allocations) {
            let row = self.file.row(span.start);
            self.note(row, self.storage(array), "");
        }
    }

    /// Where a local array is kept.
    fn storage(&self, array: Handle<ir::Array>) -> String {
        let name = &self.region.arrays[array].name;
        let ty = self.plan.types().array(array);
        let element = ty.element.kind.name();
        let size = match self.facts.shape(array) {
            Some(extents) => {
                let extents: Vec<String> = extents.iter().map(ToString::to_string).collect();
                format!("{element}[{}]", extents.join(", "))
            }
            None => crate::infer::InputTy::Array(ty).to_string(),
        };
        format!("makes `{name}`: {size}, each iteration its own")
    }

    /// How the subscripts of an access stay in bounds.
    fn mode(access: &Access) -> String {
        let guarded = |subscript: &Subscript| subscript.mode == AccessMode::Direct && subscript.guard.is_some();
        if access.subscripts.iter().all(guarded) {
            let numbers: Vec<String> = access
                .subscripts
                .iter()
                .filter_map(|subscript| Some((subscript.guard? + 1).to_string()))
                .collect();
            return format!("in bounds by [{}]", numbers.join("] and ["));
        }
        let each: Vec<String> = access.subscripts.iter().map(how).collect();
        match each.first() {
            Some(first) if each.iter().all(|one| one == first) => first.clone(),
            _ => {
                let axes = each.iter().enumerate().map(|(axis, one)| format!("axis {axis} {one}"));
                axes.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// How one subscript stays in bounds, with the number of the check it relies on.
fn how(subscript: &Subscript) -> String {
    let by = match subscript.guard {
        None => "always in bounds".to_owned(),
        Some(number) => format!("in bounds by [{}]", number + 1),
    };
    match subscript.mode {
        AccessMode::Direct => by,
        AccessMode::FromEnd => format!("{by}, counted from the end"),
        AccessMode::Checked => "checked at each access".to_owned(),
    }
}

/// The subscripted targets of each assignment as written, in the order in which they are assigned.
pub(super) fn targets(file: &SourceFile, module: &Module) -> BTreeMap<Span, Vec<String>> {
    let mut found = BTreeMap::new();
    walk::statements(&module.body, &mut |statement| {
        let mut texts = Vec::new();
        match &statement.kind {
            StatementKind::Assign(node) => node
                .targets
                .iter()
                .for_each(|target| subscripts(file, target, &mut texts)),
            StatementKind::AugmentedAssign(node) => subscripts(file, &node.target, &mut texts),
            StatementKind::AnnotatedAssign(node) => subscripts(file, &node.target, &mut texts),
            _ => {}
        }
        if !texts.is_empty() {
            found.insert(statement.span, texts);
        }
    });
    found
}

fn subscripts(file: &SourceFile, target: &Expression, texts: &mut Vec<String>) {
    match &target.kind {
        ExpressionKind::Tuple(items) | ExpressionKind::List(items) => {
            items.iter().for_each(|item| subscripts(file, item, texts));
        }
        ExpressionKind::Subscript { .. } => texts.push(one_line(file.slice(target.span))),
        _ => {}
    }
}

/// A store's target as the IR has it.
pub(super) fn printed(region: &Region, store: Handle<ir::Store>) -> String {
    let store = &region.stores[store];
    let subscripts: Vec<String> = store
        .subscripts
        .iter()
        .map(|subscript| ir::print_expression(region, *subscript))
        .collect();
    format!("{}[{}]", region.arrays[store.array].name, subscripts.join(", "))
}

/// Text that was written on several lines, on one.
pub(super) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.contains(['\n', '\r']) {
        true => line
            .replace("[ ", "[")
            .replace(" ]", "]")
            .replace("( ", "(")
            .replace(" )", ")"),
        false => line,
    }
}
