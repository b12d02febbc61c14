//! A kernel: its parameters, the loops over its grid, and what it hands back.

use super::Emitted;
use super::names;
use super::scene::Scene;
use crate::back::writer::Writer;
use crate::deps::{ExtremumRule, ScalarReduction};
use crate::infer::{InputTy, Kind, Origin};
use crate::ir::{self, Handle, ReductionOp, Statement, Variable};
use crate::plan::{Bounds, Plan};
use crate::source::SourceFile;

/// The axes of a grid, as CUDA calls them.
const AXES: [&str; 3] = ["x", "y", "z"];

pub(super) fn emit(plan: &Plan<'_>, file: &SourceFile) -> Result<Emitted, String> {
    let grids = plan.device()?;
    let bounds = Bounds::of(plan);
    let region = plan.region();
    let mut out = Writer::default();
    let function = region.function.as_deref().unwrap_or("module level");
    out.line(format!("// {} line {}: {function}.", file.name(), region.row));
    out.line("#include \"ferrokeet.cuh\"");
    let mut kernels = Vec::new();
    for (number, grid) in grids.iter().enumerate() {
        let scene = Scene {
            plan,
            region,
            types: plan.types(),
            facts: plan.facts(),
            file,
            bounds: &bounds,
            grid,
        };
        let name = format!("{}_{number}", names::cpp(&region.name));
        out.line("");
        scene.kernel(&mut out, &name);
        kernels.push(name);
    }
    Ok(Emitted {
        text: out.finish(),
        kernels,
    })
}

impl Scene<'_> {
    fn kernel(&self, out: &mut Writer, name: &str) {
        let found = self.facts.of_loop(self.grid.outer());
        out.line(format!("extern \"C\" __global__ void {name}("));
        let parameters = self.parameters();
        for (position, parameter) in parameters.iter().enumerate() {
            let end = if position + 1 == parameters.len() { ")" } else { "," };
            out.line(format!("    {parameter}{end}"));
        }
        out.block();
        out.line("bool failed = false;");
        self.declare(out);
        for header in &self.grid.nest {
            self.axis(out, *header);
        }
        let body = &self.region.loops[self.grid.inner()].body;
        if found.lastprivate.is_empty() {
            self.block(out, body);
        } else {
            // The body may go on with the next iteration early.
            out.open("do");
            self.block(out, body);
            out.close(" while (false);");
            let outer = self.counter(self.grid.outer());
            out.open(format!("if ({outer}_trip + 1 == {outer}_steps.trips)"));
            for variable in &found.lastprivate {
                out.line(format!("*{0}_last = {0};", self.variable(*variable)));
            }
            out.close("");
        }
        self.grid.nest.iter().for_each(|_| out.close(""));
        for one in &found.reductions {
            let own = self.variable(one.target);
            out.line(format!("collect<{}>({own}, {own}_parts, failed);", self.fold(one)));
        }
        out.line("tell(failed, failure);");
        out.close("");
    }

    fn parameters(&self) -> Vec<String> {
        let captures = self.plan.captures(self.grid);
        let found = self.facts.of_loop(self.grid.outer());
        let mut all = Vec::new();
        for array in captures.arrays {
            let ty = self.types.array(array);
            let reads = if self.facts.is_written(array) { "" } else { "const " };
            let element = names::element(ty.element.kind);
            all.push(format!("{reads}View<{element}, {}> {}", ty.rank, self.array(array)));
        }
        for input in captures.inputs {
            if let InputTy::Scalar(ty) = self.types.input(input) {
                let name = names::cpp(&self.region.inputs[input].name);
                all.push(format!("const {} {name}", names::scalar(ty.kind)));
            }
        }
        for variable in captures.variables {
            let kind = self.types.variable(variable).kind;
            all.push(format!("const {} {}", names::scalar(kind), self.variable(variable)));
        }
        for header in captures.counters {
            all.push(format!("const i64 {}", self.counter(header)));
        }
        for header in &self.grid.nest {
            all.push(format!("const Steps {}_steps", self.counter(*header)));
        }
        let result = |variable: Handle<Variable>, what: &str| {
            let kind = self.types.variable(variable).kind;
            format!("{} *{}_{what}", names::scalar(kind), self.variable(variable))
        };
        all.extend(found.reductions.iter().map(|one| result(one.target, "parts")));
        all.extend(found.lastprivate.iter().map(|one| result(*one, "last")));
        all.push("u32 *failure".to_owned());
        all
    }

    /// What a thread keeps: variables of its own, and arrays.
    fn declare(&self, out: &mut Writer) {
        let found = self.facts.of_loop(self.grid.outer());
        let mut variables: Vec<Handle<Variable>> = Vec::new();
        let mut arrays = Vec::new();
        let body = &self.region.loops[self.grid.outer()].body;
        ir::visit_statements(self.region, body, &mut |statement, _| {
            variables.extend(statement.assigned());
            if let Statement::Allocate { array, .. } = statement {
                arrays.push(*array);
            }
        });
        variables.sort();
        variables.dedup();
        arrays.sort();
        arrays.dedup();
        for variable in variables {
            let (name, kind) = (self.variable(variable), self.types.variable(variable).kind);
            let ty = names::scalar(kind);
            let start = match found.reductions.iter().find(|one| one.target == variable) {
                Some(one) => format!("{}::neutral<{ty}>()", self.fold(one)),
                None if kind == Kind::Bool => "false".to_owned(),
                None => "0".to_owned(),
            };
            out.line(format!("{ty} {name} = {start};"));
        }
        for array in arrays {
            let extents = self.facts.shape(array).unwrap_or_default();
            let extents: Vec<String> = extents.iter().map(ToString::to_string).collect();
            let element = names::element(self.types.array(array).element.kind);
            out.line(format!(
                "Local<{element}, {}> {};",
                extents.join(", "),
                self.array(array)
            ));
        }
    }

    /// A loop over an axis of the grid.
    fn axis(&self, out: &mut Writer, header: Handle<ir::Loop>) {
        let name = self.counter(header);
        let axis = self.grid.axes.iter().position(|one| *one == header).unwrap_or(0);
        let axis = AXES[axis.min(AXES.len() - 1)];
        let row = self.row(self.region.loops[header].span);
        out.line(format!("// {row}: {}", self.file.line(row).trim()));
        out.open(format!(
            "for (i64 {name}_trip = first_{axis}(); {name}_trip < {name}_steps.trips && !failed; {name}_trip += width_{axis}())"
        ));
        out.line(format!("const i64 {name} = {name}_steps.at({name}_trip);"));
        if header != self.grid.inner() {
            let statements = &self.region.loops[header].body.statements;
            let before = &statements[..statements.len() - 1];
            self.statements(out, before);
        }
    }

    /// How contributions combine.
    fn fold(&self, one: &ScalarReduction) -> &'static str {
        use ExtremumRule::{Better, BetterOrEqual, BetterOrNan, Ignore, Propagate, UnlessWorse};
        let ty = self.types.variable(one.target);
        let checked = ty.kind == Kind::I64 && ty.origin != Origin::Numpy;
        match (one.op, one.rule) {
            (ReductionOp::Add, _) if checked => "CheckedSum",
            (ReductionOp::Multiply, _) if checked => "CheckedProduct",
            (ReductionOp::Add, _) => "Sum",
            (ReductionOp::Multiply, _) => "Product",
            (ReductionOp::Min, Some(Propagate)) => "Minimum",
            (ReductionOp::Max, Some(Propagate)) => "Maximum",
            (ReductionOp::Min, Some(Ignore)) => "Fmin",
            (ReductionOp::Max, Some(Ignore)) => "Fmax",
            (ReductionOp::Min, Some(Better | BetterOrNan | BetterOrEqual | UnlessWorse) | None) => "Least",
            (ReductionOp::Max, Some(Better | BetterOrNan | BetterOrEqual | UnlessWorse) | None) => "Greatest",
            (ReductionOp::And | ReductionOp::BitAnd, _) => "And",
            (ReductionOp::Or | ReductionOp::BitOr, _) => "Or",
            (ReductionOp::BitXor, _) => "Xor",
        }
    }
}
