//! A kernel: its parameters, the loops over its grid, and what it hands back.

use std::cell::Cell;

use super::Emitted;
use super::names;
use super::ordered::choice;
use super::scene::Scene;
use crate::back::writer::Writer;
use crate::deps::{ExtremumRule, ScalarReduction};
use crate::infer::{InputTy, Kind, Origin};
use crate::ir::{self, Array, Handle, ReductionOp, Variable};
use crate::plan::{Bounds, Found, Plan};
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
    if !region.generators.is_empty() {
        out.line("#include \"random.cuh\"");
    }
    let (mut kernels, mut combining, mut copies) = (Vec::new(), Vec::new(), out.fork());
    for (number, grid) in grids.iter().enumerate() {
        let scene = Scene {
            plan,
            region,
            types: plan.types(),
            facts: plan.facts(),
            file,
            bounds: &bounds,
            grid,
            in_lanes: Cell::new(false),
        };
        let name = format!("{}_{number}", names::cpp(&region.name));
        out.line("");
        scene.kernel(&mut out, &name);
        for array in &grid.copies {
            scene.combining(&mut copies, &name, *array);
            combining.push(format!("{name}_{}", scene.array(*array)));
        }
        kernels.push(name);
    }
    if !combining.is_empty() {
        out.line("");
        out.append(copies);
    }
    kernels.extend(combining);
    Ok(Emitted {
        text: out.finish(),
        kernels,
    })
}

impl Scene<'_> {
    /// A kernel of a loop nest, or of one thread.
    fn kernel(&self, out: &mut Writer, name: &str) {
        out.line(format!("extern \"C\" __global__ void {name}("));
        listed(out, &self.parameters());
        out.block();
        out.line("bool failed = has_failed(report);");
        if !self.grid.lanes.is_empty() {
            out.line("agree(failed);");
        }
        for generator in self.plan.generators(self.grid) {
            out.line(self.generator_declared(generator));
        }
        match self.grid.outer() {
            Some(outer) => self.threads(out, outer),
            None => self.one_thread(out),
        }
        out.line("tell(failed, report);");
        if self.grid.outer().is_some_and(|outer| self.has_parts(outer)) {
            out.open("if (comes_last(report))");
            self.combine_parts(out);
            out.line("tell(failed, report);");
            out.close("");
        }
        out.close("");
    }

    /// What one thread does between loops; it hands on the variables that it assigns.
    fn one_thread(&self, out: &mut Writer) {
        for variable in self.plan.assigned(self.grid) {
            let (name, kind) = (self.variable(variable), self.types.variable(variable).kind);
            out.line(format!("{} {name} = {name}_given;", names::scalar(kind)));
            if self.plan.is_tagged(variable) {
                out.line(format!("u8 {0} = {0}_given;", self.tag(variable)));
            } else if self.plan.is_flagged(variable) {
                out.line(format!("bool {name}_changed = false;"));
            }
        }
        self.declare_arrays(out);
        self.statements(out, self.grid.statements);
        let assigned = self.plan.assigned(self.grid);
        let flagged = assigned.iter().filter(|one| self.plan.is_flagged(**one));
        let flags = flagged.map(|one| format!("{}_changed", self.variable(*one)));
        for name in self.with_tags(&assigned).into_iter().chain(flags) {
            out.line(format!("*{name}_last = {name};"));
        }
    }

    /// The threads of a grid.
    fn threads(&self, out: &mut Writer, outer: Handle<ir::Loop>) {
        let found = self.facts.of_loop(outer);
        self.declare(out);
        self.declare_arrays(out);
        self.declare_collections(out);
        let forgetting = self.plan.forgetting(outer);
        match &self.grid.nest[..] {
            [_] if !forgetting.is_empty() => self.stretch(out, outer, &forgetting),
            [_] => self.axis(out, outer),
            nest if self.grid.lanes.is_empty() => nest.iter().for_each(|header| self.axis(out, *header)),
            nest => self.turns(out, nest),
        }
        let trip = format!("{}_trip", self.counter(outer));
        let is_last = format!("{trip} + 1 == {}_steps.trips", self.counter(outer));
        for array in &found.private_arrays {
            let (name, ty) = (self.array(*array), self.view(*array));
            // The last iteration works on the array itself: what it leaves there is used later.
            out.line(format!("const {ty} {name} = {is_last} ? {name}_given : {name}_own;"));
        }
        let body = &self.region.loops[self.grid.inner().unwrap_or(outer)].body;
        let follows = !found.lastprivate.is_empty() || !forgetting.is_empty();
        if !follows || !body.statements.iter().any(|(one, _)| self.plan.jumps(one)) {
            self.block(out, body);
        } else {
            // The body may go on with the next iteration early.
            out.open("do");
            self.block(out, body);
            out.close(" while (false);");
        }
        if !found.lastprivate.is_empty() {
            out.open(format!("if ({is_last})"));
            for name in self.with_tags(&found.lastprivate) {
                out.line(format!("*{name}_last = {name};"));
            }
            out.close("");
        }
        if !forgetting.is_empty() {
            self.end_of_stretch(out, outer, &forgetting);
        }
        let loops = if self.grid.lanes.is_empty() {
            self.grid.nest.len()
        } else {
            1
        };
        (0..loops).for_each(|_| out.close(""));
        self.hand_back(out, outer);
    }

    /// What the threads of a block hand back.
    fn hand_back(&self, out: &mut Writer, outer: Handle<ir::Loop>) {
        let found = self.facts.of_loop(outer);
        for one in &found.reductions {
            let own = self.variable(one.target);
            if self.plan.in_order(one) {
                self.hand_back_ordered(out, one);
                continue;
            }
            let fold = self.fold(one);
            let value = match self.grid.lanes.is_empty() {
                true => own.clone(),
                // What all members of a team have found counts once.
                false => format!(
                    "member() == 0 ? {own} : {fold}::neutral<{}>()",
                    names::scalar(self.types.variable(one.target).kind)
                ),
            };
            out.line(format!("collect<{fold}>({value}, {own}_parts, failed);"));
            if self.plan.is_tagged(one.target) {
                let (tag, fold) = (self.tag(one.target), self.fold_of_tags(one));
                out.line(format!("collect<{fold}>({tag}, {tag}_parts, failed);"));
            } else if self.plan.is_flagged(one.target) {
                out.line(format!("collect<Or>({own}_changed, {own}_changed_parts, failed);"));
            }
        }
        for variable in &found.conditional_lastprivate {
            let test = format!("is_latest({}_at, failed)", self.variable(*variable));
            self.winner(out, &test, &[*variable]);
        }
        for array in &self.grid.bins {
            out.line(format!("{}.collect();", self.array(*array)));
        }
    }

    /// Whether blocks find parts of values.
    fn has_parts(&self, outer: Handle<ir::Loop>) -> bool {
        let found = self.facts.of_loop(outer);
        !found.reductions.is_empty() || !found.conditional_lastprivate.is_empty()
    }

    /// What the last block makes of what all found.
    fn combine_parts(&self, out: &mut Writer) {
        let Some(outer) = self.grid.outer() else { return };
        let found = self.facts.of_loop(outer);
        for one in &found.reductions {
            let own = self.variable(one.target);
            if self.plan.in_order(one) {
                self.combine_ordered(out, one);
                continue;
            }
            out.line(format!("combine<{}>({own}_parts, failed);", self.fold(one)));
            if self.plan.is_tagged(one.target) {
                let (tag, fold) = (self.tag(one.target), self.fold_of_tags(one));
                out.line(format!("combine<{fold}>({tag}_parts, failed);"));
            } else if self.plan.is_flagged(one.target) {
                out.line(format!("combine<Or>({own}_changed_parts, failed);"));
            }
        }
        for variable in &found.conditional_lastprivate {
            let latest = format!("latest_block({}_at_parts)", self.variable(*variable));
            self.take_winner(out, &latest, &[*variable]);
        }
    }

    fn parameters(&self) -> Vec<String> {
        let captures = self.plan.captures(self.grid);
        let mut all = Vec::new();
        for array in captures.arrays {
            let reads = if self.facts.is_written(array) { "" } else { "const " };
            let given = if self.is_shadowed(array) { "_given" } else { "" };
            all.push(format!("{reads}{} {}{given}", self.view(array), self.array(array)));
        }
        for input in captures.inputs {
            if let InputTy::Scalar(ty) = self.types.input(input) {
                let name = names::cpp(&self.region.inputs[input].name);
                all.push(format!("const {} {name}", names::scalar(ty.kind)));
            }
        }
        for variable in &captures.variables {
            let kind = self.types.variable(*variable).kind;
            all.push(format!("const {} {}", names::scalar(kind), self.variable(*variable)));
        }
        for variable in self.plan.tagged(&captures.variables) {
            all.push(format!("const u8 {}", self.tag(variable)));
        }
        for header in captures.counters {
            all.push(format!("const i64 {}", self.counter(header)));
        }
        for header in &self.grid.nest {
            all.push(format!("const Steps {}_steps", self.counter(*header)));
        }
        for array in self.plan.rooms(self.grid) {
            let element = names::element(self.types.array(array).element.kind);
            all.push(format!("const Room<{element}> {}_room", self.array(array)));
        }
        if !self.plan.pooled(self.grid).is_empty() {
            all.push("const Pool pool".to_owned());
        }
        if self.grid.is_alone() {
            let assigned = self.plan.assigned(self.grid);
            for variable in &assigned {
                let kind = names::scalar(self.types.variable(*variable).kind);
                all.push(format!("const {kind} {}_given", self.variable(*variable)));
            }
            for variable in self.plan.tagged(&assigned) {
                all.push(format!("const u8 {}_given", self.tag(variable)));
            }
        }
        for (variable, what) in self.plan.results(self.grid) {
            let kind = match what {
                Found::Changed | Found::LastChanged => "bool",
                Found::Tag | Found::LastTag => "u8",
                Found::At | Found::Reset => "i64",
                Found::Part | Found::Last => names::scalar(self.types.variable(variable).kind),
            };
            let name = format!("{}{}", self.variable(variable), what.ending());
            all.push(match what {
                Found::Part | Found::At | Found::Reset | Found::Changed | Found::Tag => {
                    format!("const Parts<{kind}> {name}")
                }
                Found::Last | Found::LastChanged | Found::LastTag => format!("{kind} *{name}"),
            });
        }
        all.push("Report *report".to_owned());
        all
    }

    /// What a thread keeps of variables.
    fn declare(&self, out: &mut Writer) {
        let Some(outer) = self.grid.outer() else { return };
        let found = self.facts.of_loop(outer);
        for variable in self.plan.assigned(self.grid) {
            let (name, kind) = (self.variable(variable), self.types.variable(variable).kind);
            let ty = names::scalar(kind);
            let reduction = found.reductions.iter().find(|one| one.target == variable);
            let start = match reduction {
                Some(one) => format!("{}::neutral<{ty}>()", self.fold(one)),
                None if kind == Kind::Bool => "false".to_owned(),
                None if kind == Kind::F16 || kind.is_complex() => format!("{ty}(0)"),
                None => "0".to_owned(),
            };
            out.line(format!("{ty} {name} = {start};"));
            if self.plan.is_tagged(variable) {
                out.line(format!("u8 {} = 0;", self.tag(variable)));
            }
            if self.is_placed(variable) {
                out.line(format!("i64 {name}_at = -1;"));
                if let Some(one) = reduction.filter(|one| self.plan.forgets(one)) {
                    out.line(format!("i64 {name}_reset = -1;"));
                    out.line(format!("Kept<{}, {ty}> {name}_kept;", choice(one)));
                }
            } else if reduction.is_some() && self.plan.is_flagged(variable) {
                out.line(format!("bool {name}_changed = false;"));
            }
        }
    }

    /// The arrays of a thread's own.
    fn declare_arrays(&self, out: &mut Writer) {
        for array in self.plan.allocated(self.grid) {
            let (name, ty) = (self.array(array), self.view(array));
            if !self.plan.is_small(array) {
                out.line(format!("{ty} {name} = {ty}::nowhere();"));
                if self.plan.is_pooled(array) {
                    let element = names::element(self.types.array(array).element.kind);
                    out.line(format!("Piece<{element}> {name}_piece;"));
                }
                continue;
            }
            let extents = self.facts.shape(array).unwrap_or_default();
            let extents: Vec<String> = extents.iter().map(ToString::to_string).collect();
            let element = names::element(self.types.array(array).element.kind);
            out.line(format!("Local<{element}, {}> {name};", extents.join(", ")));
        }
    }

    /// What iterations collect into, and work arrays.
    fn declare_collections(&self, out: &mut Writer) {
        let Some(outer) = self.grid.outer() else { return };
        let found = self.facts.of_loop(outer);
        for array in &found.private_arrays {
            let name = self.array(*array);
            out.line(format!(
                "const {} {name}_own = {name}_room.of({name}_given);",
                self.view(*array)
            ));
        }
        for one in &found.array_reductions {
            let (name, element) = (self.array(one.target), self.types.array(one.target).element.kind);
            let (element, rank) = (names::element(element), self.types.array(one.target).rank);
            let fold = fold_of(one.op, one.rule, false);
            if self.grid.copies.contains(&one.target) {
                out.line(format!(
                    "const {} {name} = {name}_room.copy<{fold}>({name}_given);",
                    self.view(one.target)
                ));
                continue;
            }
            let near = NEAR / self.grid.bins.len();
            out.line(format!("__shared__ {element} {name}_near[{near}];"));
            out.line(format!(
                "const Bins<{fold}, {element}, {rank}> {name} = bins<{fold}, {near}>({name}_given, {name}_near);"
            ));
        }
    }

    /// Whether the array that a name means in the kernel is not the one that was handed over.
    fn is_shadowed(&self, array: Handle<Array>) -> bool {
        let outer = self.grid.outer();
        outer.is_some_and(|outer| {
            let found = self.facts.of_loop(outer);
            found.private_arrays.contains(&array) || found.array_reductions.iter().any(|one| one.target == array)
        })
    }

    /// Whether it is noted of a variable in which iteration it was assigned.
    pub(super) fn is_placed(&self, variable: Handle<Variable>) -> bool {
        self.plan.results(self.grid).contains(&(variable, Found::At))
    }

    /// The C++ type of a view of an array.
    pub(super) fn view(&self, array: Handle<Array>) -> String {
        let ty = self.types.array(array);
        format!("View<{}, {}>", names::element(ty.element.kind), ty.rank)
    }

    /// The kernel that combines the threads' copies of an array.
    fn combining(&self, out: &mut Writer, name: &str, array: Handle<Array>) {
        let Some(outer) = self.grid.outer() else { return };
        let mut all = self.facts.of_loop(outer).array_reductions.iter();
        let Some(one) = all.find(|one| one.target == array) else {
            return;
        };
        let own = self.array(array);
        out.line(format!(
            "// What the threads of {name} collected for `{own}`, in their order."
        ));
        out.line(format!("extern \"C\" __global__ void {name}_{own}("));
        let element = names::element(self.types.array(array).element.kind);
        let parameters = [
            format!("{} {own}", self.view(array)),
            format!("const Room<{element}> {own}_room"),
        ];
        listed(out, &[&parameters[..], &["Report *report".to_owned()]].concat());
        out.block();
        out.line(format!(
            "combine<{}>({own}, {own}_room, report);",
            fold_of(one.op, one.rule, false)
        ));
        out.close("");
    }

    /// A loop over an axis of the grid.
    fn axis(&self, out: &mut Writer, header: Handle<ir::Loop>) {
        let name = self.counter(header);
        let axis = self.grid.axes.iter().position(|one| *one == header).unwrap_or(0);
        let axis = match self.grid.lanes.is_empty() {
            true => AXES[axis.min(AXES.len() - 1)],
            false => "team",
        };
        self.row_of(out, header);
        out.open(format!(
            "for (i64 {name}_trip = first_{axis}(); {name}_trip < {name}_steps.trips && !failed; {name}_trip += width_{axis}())"
        ));
        self.inside(out, header);
    }

    /// A loop over all iterations of a nest, the last loop's innermost: each is a team's.
    fn turns(&self, out: &mut Writer, nest: &[Handle<ir::Loop>]) {
        let steps: Vec<String> = nest.iter().map(|one| format!("{}_steps", self.counter(*one))).collect();
        out.line(format!("const i64 turns = all_trips({});", steps.join(", ")));
        out.open("for (i64 turn = first_team(); turn < turns && !failed; turn += width_team())");
        for (depth, header) in nest.iter().enumerate() {
            let name = self.counter(*header);
            self.row_of(out, *header);
            let within = match &steps[depth + 1..] {
                [] => "turn".to_owned(),
                inner => format!("turn / all_trips({})", inner.join(", ")),
            };
            let trip = if depth == 0 {
                within
            } else {
                format!("{within} % {name}_steps.trips")
            };
            out.line(format!("const i64 {name}_trip = {trip};"));
            self.inside(out, *header);
        }
    }

    /// The line of a loop.
    pub(super) fn row_of(&self, out: &mut Writer, header: Handle<ir::Loop>) {
        let row = self.row(self.region.loops[header].span);
        out.line(format!("// {row}: {}", self.file.line(row).trim()));
    }

    /// The start of the body of a loop over an axis.
    pub(super) fn inside(&self, out: &mut Writer, header: Handle<ir::Loop>) {
        let name = self.counter(header);
        out.line(format!("const i64 {name} = {name}_steps.at({name}_trip);"));
        if Some(header) != self.grid.inner() {
            let statements = &self.region.loops[header].body.statements;
            let before = &statements[..statements.len() - 1];
            self.statements(out, before);
        }
    }

    /// How contributions combine.
    pub(super) fn fold(&self, one: &ScalarReduction) -> &'static str {
        let ty = self.types.variable(one.target);
        fold_of(one.op, one.rule, ty.kind == Kind::I64 && ty.origin != Origin::Numpy)
    }
}

/// Elements of a block's own that arrays are updated in, all arrays of a kernel together.
const NEAR: usize = 4096;

/// The lines of a parameter list.
fn listed(out: &mut Writer, parameters: &[String]) {
    for (position, parameter) in parameters.iter().enumerate() {
        let end = if position + 1 == parameters.len() { ")" } else { "," };
        out.line(format!("    {parameter}{end}"));
    }
}

/// How contributions combine; `checked`: as Python's ints.
fn fold_of(op: ReductionOp, rule: Option<ExtremumRule>, checked: bool) -> &'static str {
    use ExtremumRule::{Better, BetterOrEqual, BetterOrNan, Ignore, Propagate, UnlessWorse};
    match (op, rule) {
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
