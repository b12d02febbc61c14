//! What the writers of one kernel know.

use std::cell::Cell;

use super::names;
use crate::deps::{AccessMode, Facts};
use crate::infer::{Kind, Origin, Ty, Types};
use crate::ir::{Array, Expression, Fastmath, Handle, Loop, Region, Variable};
use crate::plan::{Bounds, Grid, Plan};
use crate::source::{SourceFile, Span};

/// One kernel, as its writers see it.
pub(super) struct Scene<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) region: &'p Region,
    pub(super) types: &'p Types,
    pub(super) facts: &'p Facts,
    pub(super) file: &'p SourceFile,
    pub(super) bounds: &'p Bounds,
    pub(super) grid: &'p Grid<'p>,
    /// Whether the statements being written are of a loop that lanes share.
    pub(super) in_lanes: Cell<bool>,
}

impl Scene<'_> {
    /// Whether functions need not have the CPU's bits.
    fn is_fast(&self) -> bool {
        let mut nest = self.grid.nest.iter();
        nest.any(|header| {
            let annotation = self.region.loops[*header].annotation.as_ref();
            annotation.is_some_and(|one| one.fastmath != Fastmath::default())
        })
    }

    /// A function of `<math.h>`: with the CPU's bits, or CUDA's own.
    pub(super) fn elementary(&self, name: &str, given: &[String]) -> String {
        let home = if self.is_fast() { "" } else { "math::" };
        format!("{home}{name}({})", given.join(", "))
    }

    /// The row of a place, from 1.
    pub(super) fn row(&self, span: Span) -> u32 {
        self.file.row(span.start)
    }

    pub(super) fn array(&self, array: Handle<Array>) -> String {
        names::cpp(&self.region.arrays[array].name)
    }

    pub(super) fn variable(&self, variable: Handle<Variable>) -> String {
        names::cpp(&self.region.variables[variable].name)
    }

    pub(super) fn counter(&self, header: Handle<Loop>) -> String {
        names::cpp(&self.region.loops[header].name)
    }

    /// An integer of any kind as a Python int that fits.
    pub(super) fn integer(&self, root: Handle<Expression>) -> String {
        self.narrowed(self.value(root), self.types.expression(root).kind, Ty::INT)
    }

    /// A C++ expression of one kind converted to another, which a `u64` must fit.
    fn narrowed(&self, text: String, from: Kind, to: Ty) -> String {
        match from {
            Kind::U64 => format!("(check(fits<i64>({text}), failed), i64({text}))"),
            _ => self.cast(text, from, to),
        }
    }

    /// Subscripts as C++ integers, brought into bounds; whether one of them may have failed.
    pub(super) fn subscripts(
        &self,
        array: Handle<Array>,
        subscripts: &[Handle<Expression>],
        modes: Option<&[AccessMode]>,
    ) -> (String, bool) {
        let name = self.array(array);
        let mut checked = false;
        let each = subscripts.iter().enumerate().map(|(axis, root)| {
            let text = self.integer(*root);
            match modes.map(|modes| modes[axis]) {
                Some(AccessMode::Direct) => text,
                Some(AccessMode::FromEnd) => format!("add({text}, {name}.extent({axis}))"),
                Some(AccessMode::Checked) | None => {
                    checked = true;
                    format!("{name}.wrap({axis}, {text}, failed)")
                }
            }
        });
        let text = each.collect::<Vec<_>>().join(", ");
        (text, checked)
    }

    /// An element, of the C++ type of its expression.
    pub(super) fn load(
        &self,
        root: Handle<Expression>,
        array: Handle<Array>,
        subscripts: &[Handle<Expression>],
    ) -> String {
        let element = self.types.array(array).element;
        let modes = self
            .facts
            .load(root)
            .map(|access| access.subscripts.iter().map(|s| s.mode).collect::<Vec<_>>());
        let name = self.array(array);
        let (index, checked) = self.subscripts(array, subscripts, modes.as_deref());
        let text = if checked {
            format!("{name}.read(failed, {index})")
        } else {
            format!("{name}.at({index})")
        };
        let text = if element.kind == Kind::Bool {
            format!("({text} != 0)")
        } else {
            text
        };
        let ty = self.types.expression(root);
        if element.origin == Origin::Python && element.kind != ty.kind {
            return self.narrowed(text, element.kind, ty);
        }
        text
    }
}
