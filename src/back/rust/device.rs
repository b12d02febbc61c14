//! The variant that runs on a device: scalars here, split loops there.
//!
//! It is the fast variant, except that arrays are copied to the device first, split loops are launched as kernels (which
//! `back/cuda` writes, from the same plan), and arrays that they wrote are copied back at the end. Nothing happens to
//! the caller's arrays before that, so nothing is ever undone.

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::infer::Kind;
use crate::ir::{Array, Handle, Loop, Variable};
use crate::plan::Grid;

impl Scene<'_> {
    /// Opens the device and copies the arrays of all kernels there.
    pub(super) fn copy_over(&self, out: &mut Writer) {
        out.line("let device = unsafe { Device::open(host) }?;");
        let arrays = self.plan.device_arrays(&self.kernels);
        for array in arrays.iter().filter(|array| self.facts.is_written(**array)) {
            // Each has a copy of its own.
            for other in arrays.iter().filter(|other| *other != array) {
                let (a, b) = (self.array(*array), self.array(*other));
                out.line(format!("if {a}.overlaps(&{b}) {{ return Err(Stop::NoDevice); }}"));
            }
        }
        for array in arrays {
            let name = self.array(array);
            out.line(format!(
                "let ({name}_there, {name}_view) = unsafe {{ device.copy(&{name}) }}?;"
            ));
        }
    }

    /// Copies back what the kernels wrote.
    pub(super) fn copy_back(&self, out: &mut Writer) {
        let arrays = self.plan.device_arrays(&self.kernels);
        let written: Vec<Handle<Array>> = arrays
            .into_iter()
            .filter(|array| self.facts.is_written(*array))
            .collect();
        let names: Vec<String> = written.iter().map(|array| self.array(*array)).collect();
        for name in &names {
            out.line(format!("let {name}_new = {name}_there.read()?;"));
        }
        for name in &names {
            out.line(format!("unsafe {{ {name}.replace(&{name}_new) }};"));
        }
    }

    /// The kernel of a split loop, by its number, if this is the device's variant.
    pub(super) fn kernel_of(&self, handle: Handle<Loop>) -> Option<(usize, &Grid)> {
        self.kernels.iter().enumerate().find(|(_, grid)| grid.outer() == handle)
    }

    /// Launches a split loop; the steps of its outermost axis are there.
    pub(super) fn launch_kernel(&self, out: &mut Writer, number: usize, grid: &Grid) {
        let found = self.facts.of_loop(grid.outer());
        for header in &grid.nest[1..] {
            let header = &self.region.loops[*header];
            self.steps(out, header, &names::rust(&header.name), header.span);
        }
        let steps = |header: &Handle<Loop>| format!("{}_steps", names::rust(&self.region.loops[*header].name));
        let trips: Vec<String> = grid
            .axes
            .iter()
            .map(|axis| format!("{}.trips()", steps(axis)))
            .collect();
        let combines = !found.reductions.is_empty();
        out.line(format!(
            "let grid = Grid::new(device, &[{}], {combines});",
            trips.join(", ")
        ));
        let captures = self.plan.captures(grid);
        let arrays = captures
            .arrays
            .iter()
            .map(|array| format!("{}_view", self.array(*array)));
        let inputs = captures
            .inputs
            .iter()
            .map(|input| names::rust(&self.region.inputs[*input].name));
        let variables = captures.variables.iter().map(|variable| self.variable(*variable));
        let counters = captures
            .counters
            .iter()
            .map(|one| names::rust(&self.region.loops[*one].name));
        let mut arguments: Vec<String> = arrays.chain(inputs).chain(variables).chain(counters).collect();
        arguments.extend(grid.nest.iter().map(steps));
        let results = found
            .reductions
            .iter()
            .map(|one| (one.target, "parts", "grid.blocks()"));
        let results: Vec<_> = results
            .chain(found.lastprivate.iter().map(|one| (*one, "last", "1")))
            .collect();
        for (variable, what, length) in &results {
            let (name, kind) = (self.variable(*variable), self.stored_kind(*variable));
            out.line(format!("let {name}_{what} = device.memory::<{kind}>({length})?;"));
            arguments.push(format!("{name}_{what}.address()"));
        }
        let each: Vec<String> = arguments.iter().map(|one| format!("argument(&{one})")).collect();
        out.line(format!(
            "unsafe {{ device.launch({number}, grid, &[{}]) }}?;",
            each.join(", ")
        ));
        self.parts(out, grid);
        if !found.lastprivate.is_empty() {
            out.open("if !grid.is_empty()");
            for variable in &found.lastprivate {
                let name = self.variable(*variable);
                out.line(format!(
                    "{name} = {};",
                    self.read_back(*variable, &format!("{name}_last.read()?[0]"))
                ));
                if self.has_flag(*variable) {
                    out.line(format!("{} = true;", self.flag(*variable)));
                }
            }
            out.close("");
        }
    }

    /// Folds what the blocks found into the variables.
    fn parts(&self, out: &mut Writer, grid: &Grid) {
        let reductions = &self.facts.of_loop(grid.outer()).reductions;
        if reductions.is_empty() {
            return;
        }
        let names: Vec<String> = reductions.iter().map(|one| self.variable(one.target)).collect();
        for name in &names {
            out.line(format!("let {name}_parts = {name}_parts.read()?;"));
        }
        let each: String = reductions
            .iter()
            .map(|one| self.read_back(one.target, &format!("{}_parts[block]", self.variable(one.target))) + ", ")
            .collect();
        out.line(format!(
            "let parts: Vec<_> = (0..grid.blocks()).map(|block| ({})).collect();",
            each.trim_end()
        ));
        let column = |name: &str| {
            names
                .iter()
                .position(|one| one == name)
                .map(|position| format!("part.{position}"))
        };
        for one in reductions {
            self.combine(out, one, &column);
        }
    }

    /// The type in which a device hands back a variable.
    fn stored_kind(&self, variable: Handle<Variable>) -> &'static str {
        match self.types.variable(variable).kind {
            Kind::Bool => "u8",
            kind => names::scalar(kind),
        }
    }

    fn read_back(&self, variable: Handle<Variable>, text: &str) -> String {
        match self.types.variable(variable).kind {
            Kind::Bool => format!("{text} != 0"),
            _ => text.to_owned(),
        }
    }
}
