//! Nests of loops that are one iteration space.
//!
//! The steps of all loops of the nest stand before it, and make up its space (`ferrokeet_kernel::nest`). A task takes units of
//! the space, box by box: in a box the steps of every loop are cut to its part of them, under the same names, and the loops are
//! written as ever. A loop inside such a nest ([`Plan::is_cut`](crate::plan::Plan::is_cut)) therefore finds its steps ready.

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::ir::{self, Handle, Loop, Variable};
use crate::plan::Nest;

impl Scene<'_> {
    /// How many units a loop deals out: iterations, or what its nest makes of them.
    pub(super) fn units(&self, handle: Handle<Loop>, name: &str) -> String {
        match self.plan.nest(handle) {
            Some(_) => format!("{name}_space.units()"),
            None => format!("{name}_steps.trips()"),
        }
    }

    /// The iterations of a loop, as a factor of those of all loops around; a nest's are all at its head.
    pub(super) fn sweep(&self, handle: Handle<Loop>) -> Option<String> {
        let name = names::rust(&self.region.loops[handle].name);
        match self.plan.nest(handle) {
            Some(_) => Some(format!("{name}_space.units() * {name}_space.each()")),
            None if self.plan.is_cut(handle) => None,
            None => Some(format!("{name}_steps.trips()")),
        }
    }

    /// What a unit costs, in nanoseconds.
    pub(super) fn unit_cost(&self, handle: Handle<Loop>, name: &str) -> String {
        let cost = self.plan.unit_cost(handle);
        match self.plan.nest(handle) {
            Some(nest) if nest.tile.is_empty() => format!("{cost:?} * {name}_space.each() as f64"),
            Some(_) | None => format!("{cost:?}"),
        }
    }

    /// A number of iterations, in units.
    pub(super) fn in_units(&self, handle: Handle<Loop>, name: &str, iterations: &str) -> String {
        match self.plan.nest(handle) {
            Some(nest) if nest.tile.is_empty() => format!("({iterations} / {name}_space.each()).max(1)"),
            Some(_) | None => iterations.to_owned(),
        }
    }

    /// Declares the space of the nest that a loop heads, if it heads one; the loop's own steps are there.
    pub(super) fn declare_space(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let Some(nest) = self.plan.nest(handle) else { return };
        for inner in &nest.loops[1..] {
            let header = &self.region.loops[*inner];
            self.steps(out, header, &names::rust(&header.name), header.span);
        }
        let steps = self.with_ending(nest, "_steps").join(", ");
        out.line(format!("// {}.", self.plan.nest_words(nest)));
        if nest.tile.is_empty() {
            out.line(format!("let {name}_space = Joined::new([{steps}]);"));
            return;
        }
        let sizes: Vec<String> = nest.tile.iter().map(u32::to_string).collect();
        let (depth, split) = (nest.loops.len(), nest.split.max(1));
        out.line(format!(
            "let {name}_space = Tiles::<{depth}, {split}>::new([{steps}], [{}]);",
            sizes.join(", ")
        ));
    }

    /// What a task must copy of a nest.
    pub(super) fn shared_of_nest(&self, handle: Handle<Loop>, name: &str) -> Vec<String> {
        let nest = self.plan.nest(handle);
        let mut all = nest.map_or_else(Vec::new, |nest| self.with_ending(nest, "_steps"));
        all.extend(nest.map(|_| format!("{name}_space")));
        all
    }

    fn with_ending(&self, nest: &Nest, ending: &str) -> Vec<String> {
        let names = nest.loops.iter().map(|one| &self.region.loops[*one].name);
        names.map(|name| format!("{}{ending}", names::rust(name))).collect()
    }

    /// The units of `range`, a nest's, box by box; `inside` writes the outermost loop over its part.
    pub(super) fn boxes(&self, out: &mut Writer, nest: &Nest, name: &str, inside: impl FnOnce(&mut Writer)) {
        let (steps, parts) = (self.with_ending(nest, "_steps"), self.with_ending(nest, "_part"));
        out.open(format!(
            "for [{}] in {name}_space.boxes(range.clone())",
            parts.join(", ")
        ));
        let cut: Vec<String> = steps
            .iter()
            .zip(&parts)
            .map(|(steps, part)| format!("{steps}.part({part})"))
            .collect();
        out.line(format!("let ({},) = ({},);", steps.join(", "), cut.join(", ")));
        inside(out);
        out.close("");
    }

    /// The same on one of several threads, in a closure that may fail.
    pub(super) fn units_of_task(
        &self,
        out: &mut Writer,
        handle: Handle<Loop>,
        nest: &Nest,
        name: &str,
        last: &[Handle<Variable>],
    ) {
        out.line("let mut pulse = unsafe { Pulse::new(control.host()) };");
        self.boxes(out, nest, name, |out| {
            if !self.in_lanes(out, handle, &format!("0..{name}_steps.trips()"), last) {
                self.scalar_over(out, handle, name, &format!("{name}_steps"));
            }
        });
        if !last.is_empty() {
            out.open(format!("if range.end == {name}_space.units()"));
            self.give_last(out, name, last);
            out.close("");
        }
    }

    /// A nest on one thread.
    pub(super) fn serial_nest(&self, out: &mut Writer, handle: Handle<Loop>, nest: &Nest, name: &str) {
        self.declare_space(out, handle, name);
        out.line(format!("let range = 0..{name}_space.units();"));
        self.boxes(out, nest, name, |out| {
            if !self.serial_in_lanes(out, handle, name) {
                self.serial(out, handle, name);
            }
        });
    }

    /// A task's units where rows of the outermost loop and groups of the lanes inside advance together, if they can.
    pub(super) fn in_tiles_of_task(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) -> bool {
        let Some(nest) = self.plan.nest(handle) else {
            return self.in_tiles(out, handle);
        };
        let mut inside = out.fork_deeper(1);
        if !self.in_tiles(&mut inside, handle) {
            return false;
        }
        self.boxes(out, nest, name, |out| {
            out.line(format!("let range = 0..{name}_steps.trips();"));
            out.append(inside);
        });
        true
    }

    /// The steps of a loop, unless a nest around it has declared them.
    pub(super) fn own_steps(&self, out: &mut Writer, handle: Handle<Loop>, name: &str, span: crate::source::Span) {
        // Where loops inside are kernels, no nest is cut.
        let cuts = self.variant == super::variant::Variant::Fast && self.kernels.is_empty();
        let ready = cuts && self.plan.is_cut(handle);
        if !ready {
            self.steps(out, &self.region.loops[handle] as &ir::Loop, name, span);
        }
    }
}
