//! The variant that runs on a device: scalars here, split loops there.
//!
//! It is the fast variant, except that the host finds places on the device for the arrays first and split loops are launched as
//! kernels (which `back/cuda` writes, from the same plan). Nothing happens to the caller's arrays before all has gone well. What kernels
//! write there has to be undone where a kernel can fail, or where one follows another, which may find no memory.

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::infer::Kind;
use crate::ir::{Handle, Loop, Statement, Variable};
use crate::plan::Grid;

impl Scene<'_> {
    /// Opens the device and places the arrays of all kernels there.
    pub(super) fn place_arrays(&self, out: &mut Writer, may_fail: bool) {
        out.line("let device = unsafe { Device::open(host) }?;");
        if self.plan.prefers_faster() {
            self.weigh(out);
        }
        let arrays = self.plan.device_arrays(&self.kernels);
        for array in arrays.iter().filter(|array| self.facts.is_written(**array)) {
            // Each has a place of its own.
            for other in arrays.iter().filter(|other| *other != array) {
                let (a, b) = (self.array(*array), self.array(*other));
                out.line(format!("if {a}.overlaps(&{b}) {{ return Err(Stop::NoDevice); }}"));
            }
        }
        let undone = may_fail || !self.launches_once();
        for array in arrays {
            let (name, written) = (self.array(array), self.facts.is_written(array));
            let undone = written && undone;
            out.line(format!(
                "let {name}_view = unsafe {{ device.place(&{name}, {written}, {undone}) }}?;"
            ));
        }
    }

    /// Whether the region launches one kernel, once.
    fn launches_once(&self) -> bool {
        let outer = self.kernels.first().map(Grid::outer);
        let mut statements = self.region.body.statements.iter();
        self.kernels.len() == 1
            && statements.any(|(one, _)| matches!(one, Statement::For(header) if Some(*header) == outer))
    }

    /// Goes on only if the device does the work sooner. Loops whose bounds are not known at the launch count as the plan guesses.
    fn weigh(&self, out: &mut Writer) {
        out.line("let mut work = Effort::default();");
        for grid in &self.kernels {
            let around: Vec<Handle<Loop>> = self
                .region
                .loops
                .handles()
                .filter(|one| self.loops_in(*one).contains(&grid.outer()))
                .collect();
            out.open("");
            let trips = |out: &mut Writer, header: Handle<Loop>| {
                if !self.is_known_at_launch(header) {
                    return format!("{:?}", self.plan.assumed_trips(header));
                }
                let (header, name) = (&self.region.loops[header], names::rust(&self.region.loops[header].name));
                self.steps(out, header, &name, header.span);
                format!("{name}_steps.trips() as f64")
            };
            let rounds: Vec<String> = around.iter().map(|one| trips(out, *one)).collect();
            let nest: Vec<String> = grid.nest.iter().map(|one| trips(out, *one)).collect();
            let product = |each: &[String]| match each.is_empty() {
                true => "1.0".to_owned(),
                false => each.join(" * "),
            };
            let (rounds, nest) = (product(&rounds), product(&nest));
            out.line(format!("let (rounds, iterations): (f64, f64) = ({rounds}, {nest});"));
            out.line(format!(
                "work.nanoseconds += rounds * iterations * {:.2};",
                self.plan.cost(grid.inner())
            ));
            out.line("work.iterations = work.iterations.max(iterations);");
            out.line("work.launches += rounds;");
            out.line("work.passes += rounds;");
            out.close("");
        }
        out.line("device.pays(work)?;");
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
