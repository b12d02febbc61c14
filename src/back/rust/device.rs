//! The variant that runs on a device: scalars here, arrays there.
//!
//! It is the fast variant, except that the host finds places on the device for the arrays first, and that kernels are launched
//! (which `back/cuda` writes, from the same plan) in the place of split loops and of what touches arrays between them. Nothing happens
//! to the caller's arrays before all has gone well. What kernels write there has to be undone where a kernel can fail, or where
//! one follows another, which may find no memory.

use super::launch::mentioned;
use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::deps::{Formula, ScalarReduction};
use crate::infer::Kind;
use crate::ir::{self, Array, ArrayOrigin, Handle, Loop, Statement, Variable};
use crate::plan::{BLOCK_FROM, Found, Grid, Length, Plan, WARP_FROM};
use crate::source::Span;

impl Scene<'_> {
    /// Opens the device and places the arrays of all kernels there.
    pub(super) fn place_arrays(&self, out: &mut Writer, may_fail: bool) {
        out.line("let device = unsafe { Device::open(host) }?;");
        if self.plan.prefers_faster() {
            self.weigh(out);
        }
        let mut arrays = self.plan.device_arrays(&self.kernels);
        arrays.retain(|array| !self.is_local(*array));
        for array in arrays.iter().filter(|array| self.facts.is_written(**array)) {
            // Each has a place of its own.
            for other in arrays.iter().filter(|other| *other != array) {
                let (a, b) = (self.array(*array), self.array(*other));
                out.line(format!("if {a}.overlaps(&{b}) {{ return Err(Stop::NoDevice); }}"));
            }
        }
        let may_fail = may_fail || self.plan.fails_there_only(&self.kernels);
        let undone = may_fail || !self.launches_once();
        for array in arrays {
            let (name, written) = (self.array(array), self.facts.is_written(array));
            let undone = written && undone;
            out.line(format!(
                "let {name}_view = unsafe {{ device.place(&{name}, {written}, {undone}) }}?;"
            ));
        }
        let results = self.kernels.iter().map(|grid| self.plan.results(grid).len()).max();
        out.line(format!("let report = device.report({})?;", results.unwrap_or(0)));
        for array in self.shared_locals() {
            let (name, kind, rank) = (self.array(array), self.stored(array), self.types.array(array).rank);
            if let Some(number) = self.handed_back(array) {
                out.line(format!(
                    "let mut {name}_room = unsafe {{ Given::<{kind}>::new(host, {number}) }};"
                ));
            }
            out.line(format!(
                "let (mut {name}_there, mut {name}_view) = device.array::<{kind}, {rank}>([0; {rank}], false)?;"
            ));
            out.line(format!("let mut {name} = {name}_view;"));
        }
    }

    /// The local arrays that the host allocates on the device: no kernel does.
    fn shared_locals(&self) -> Vec<Handle<Array>> {
        let kernels: Vec<Handle<Array>> = self.kernels.iter().flat_map(|grid| self.plan.allocated(grid)).collect();
        let mut all = self.allocated_in(&self.region.body);
        all.retain(|array| !kernels.contains(array));
        all
    }

    /// Gives an array storage on the device.
    pub(super) fn allocate_there(&self, out: &mut Writer, array: Handle<Array>, zeroed: bool) {
        let ArrayOrigin::Local { extents, .. } = &self.region.arrays[array].origin else {
            return;
        };
        let (name, kind) = (self.array(array), self.stored(array));
        let each: Vec<String> = extents.iter().map(|extent| self.integer(*extent)).collect();
        let (each, rank) = (each.join(", "), extents.len());
        out.line(format!(
            "({name}_there, {name}_view) = device.array::<{kind}, {rank}>([{each}], {zeroed})?;"
        ));
        match self.handed_back(array) {
            Some(_) => out.line(format!("{name} = provided({name}_room.array([{each}], false))?;")),
            None => out.line(format!("{name} = {name}_view;")),
        }
    }

    /// Waits for all kernels, and copies to the host what the region hands back.
    pub(super) fn hand_over(&self, out: &mut Writer) {
        out.line("report.finish()?;");
        let mut given = self.shared_locals();
        given.retain(|array| self.handed_back(*array).is_some());
        for name in given.iter().map(|array| self.array(*array)) {
            out.line(format!("let {name}_new = {name}_there.read()?;"));
            out.line(format!("unsafe {{ {name}.replace(&{name}_new) }};"));
        }
    }

    /// Whether the region launches one kernel, once.
    fn launches_once(&self) -> bool {
        let [grid] = &self.kernels[..] else { return false };
        let mut statements = self.region.body.statements.iter();
        let first = grid.statements.first();
        statements.any(|one| first.is_some_and(|first| std::ptr::eq(one, first)))
            && grid.copies.is_empty()
            && self.shared_locals().is_empty()
    }

    /// Whether a loop launches a kernel.
    fn is_around(&self, header: Handle<Loop>, grid: &Grid<'_>) -> bool {
        let mut found = false;
        ir::visit_statements(self.region, &self.region.loops[header].body, &mut |one, _| {
            found |= grid
                .statements
                .first()
                .is_some_and(|(first, _)| std::ptr::eq(one, first));
        });
        found
    }

    /// Goes on only if the device does the work sooner. Loops whose bounds are not known at the launch count as the plan guesses.
    fn weigh(&self, out: &mut Writer) {
        out.line("let mut work = Effort::default();");
        for grid in &self.kernels {
            let around: Vec<Handle<Loop>> = self
                .region
                .loops
                .handles()
                .filter(|one| self.is_around(*one, grid))
                .collect();
            out.open("");
            let trips = |out: &mut Writer, header: Handle<Loop>| {
                if !self.plan.is_known_at_launch(header) {
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
            let cost = grid.inner().map_or(0.0, |inner| self.plan.cost(inner));
            out.line(format!("work.nanoseconds += rounds * iterations * {cost:.2};"));
            out.line("work.iterations = work.iterations.max(iterations);");
            out.line("work.launches += rounds;");
            out.line("work.passes += rounds;");
            out.close("");
        }
        out.line("device.pays(work)?;");
    }

    /// The kernel of a loop, by its number, if this is the device's variant.
    pub(super) fn kernel_of(&self, handle: Handle<Loop>) -> Option<(usize, &Grid<'_>)> {
        self.kernels
            .iter()
            .enumerate()
            .find(|(_, grid)| grid.outer() == Some(handle))
    }

    /// The kernel of one thread that begins with a statement, by its number.
    pub(super) fn kernel_at(&self, statement: &(Statement, Span)) -> Option<(usize, &Grid<'_>)> {
        let begins = |grid: &Grid<'_>| {
            grid.statements
                .first()
                .is_some_and(|first| std::ptr::eq(first, statement))
        };
        self.kernels
            .iter()
            .enumerate()
            .find(|(_, grid)| grid.is_alone() && begins(grid))
    }

    /// Launches a kernel; of a split loop, the steps of its outermost axis are there.
    pub(super) fn launch_kernel(&self, out: &mut Writer, number: usize, grid: &Grid<'_>) {
        let annotation = grid
            .outer()
            .and_then(|outer| self.region.loops[outer].annotation.as_ref());
        if let Some(condition) = annotation.and_then(|one| one.condition) {
            // What is not to run at once is the processor's.
            out.line(format!(
                "if !{} {{ return Err(Stop::NoDevice); }}",
                self.truth(condition)
            ));
        }
        let inner_axes = grid.nest.iter().skip(1);
        for header in inner_axes {
            let header = &self.region.loops[*header];
            self.steps(out, header, &names::rust(&header.name), header.span);
        }
        self.shape_of_grid(out, grid);
        let captures = self.plan.captures(grid);
        let arrays = captures
            .arrays
            .iter()
            .map(|array| format!("{}_view", self.array(*array)));
        let inputs = captures
            .inputs
            .iter()
            .map(|input| names::rust(&self.region.inputs[*input].name));
        let variables = self.with_tags(&captures.variables);
        let counters = captures
            .counters
            .iter()
            .map(|one| names::rust(&self.region.loops[*one].name));
        let mut arguments: Vec<String> = arrays.chain(inputs).chain(variables).chain(counters).collect();
        arguments.extend(grid.nest.iter().map(|header| self.steps_of(*header)));
        arguments.extend(
            self.plan
                .rooms(grid)
                .iter()
                .map(|array| format!("{}_room", self.array(*array))),
        );
        if !self.plan.pooled(grid).is_empty() {
            arguments.push("pool".to_owned());
        }
        if grid.is_alone() {
            arguments.extend(self.with_tags(&self.plan.assigned(grid)));
        }
        let results = self.plan.results(grid);
        for (place, (variable, what)) in results.iter().enumerate() {
            let name = format!("{}{}", self.variable(*variable), what.ending());
            match what {
                Found::Last | Found::LastChanged | Found::LastTag => {
                    out.line(format!("let {name} = report.place({place});"));
                }
                Found::Part | Found::At | Found::Reset | Found::Changed | Found::Tag => {
                    let kind = self.told_kind(*variable, *what);
                    out.line(format!("let {name} = report.parts::<{kind}>({place}, grid)?;"));
                }
            }
            arguments.push(name);
        }
        self.launch(out, number, "grid", &arguments);
        self.combine_copies(out, number, grid);
        if !results.is_empty() {
            out.line("let told = report.told(grid)?;");
            self.take_results(out, grid, &results);
        }
    }

    fn launch(&self, out: &mut Writer, number: usize, grid: &str, arguments: &[String]) {
        let each: Vec<String> = arguments.iter().map(|one| format!("argument(&{one})")).collect();
        out.line(format!(
            "unsafe {{ report.launch({number}, {grid}, &[{}]) }}?;",
            each.join(", ")
        ));
    }

    fn steps_of(&self, header: Handle<Loop>) -> String {
        format!("{}_steps", names::rust(&self.region.loops[header].name))
    }

    /// Declares `grid`, and the memory of its threads.
    fn shape_of_grid(&self, out: &mut Writer, grid: &Grid<'_>) {
        let trips: Vec<String> = grid
            .axes
            .iter()
            .map(|axis| format!("{}.trips()", self.steps_of(*axis)))
            .collect();
        let trips = trips.join(", ");
        let found = grid.outer().map(|outer| self.facts.of_loop(outer));
        let combines =
            found.is_some_and(|found| !found.reductions.is_empty() || !found.conditional_lastprivate.is_empty());
        let made = if grid.is_alone() {
            "Grid::alone()".to_owned()
        } else if grid.lanes.is_empty() {
            format!("Grid::new(device, &[{trips}], {})", combines || !grid.bins.is_empty())
        } else {
            let shared = self.shared_trips(out, grid);
            format!(
                "Grid::of_teams(device, &[{trips}], {shared}, {})",
                combines || !grid.bins.is_empty()
            )
        };
        out.line(format!("let grid = {made};"));
        let rooms = self.plan.rooms(grid);
        if !rooms.is_empty() {
            self.rooms_of_grid(out, grid, &rooms, &trips);
        }
        if !self.plan.pooled(grid).is_empty() {
            out.line("let grid = grid.with_pool()?;");
            out.line("let pool = device.pool()?;");
        }
    }

    /// Declares the memory of a grid's threads, and a grid of as many as there is memory for.
    fn rooms_of_grid(&self, out: &mut Writer, grid: &Grid<'_>, rooms: &[Handle<Array>], trips: &str) {
        self.room_steps(out, grid, rooms);
        let mut bytes = Vec::new();
        for array in rooms {
            let name = self.array(*array);
            let extents = match self.facts.room(*array) {
                Some(room) if self.plan.allocated(grid).contains(array) => room
                    .iter()
                    .map(|extent| format!("({}) as i128", self.linear(extent)))
                    .collect(),
                _ => vec![format!("{name}.len() as i128")],
            };
            out.line(format!("let {name}_each = capacity(&[{}])?;", extents.join(", ")));
            if grid.copies.contains(array) {
                out.line(format!("let grid = grid.collecting(&[{trips}], {name}_each)?;"));
            }
            bytes.push(format!(
                "{name}_each as i128 * {}",
                self.types.array(*array).element.kind.size()
            ));
        }
        out.line(format!("let grid = grid.with_room({})?;", bytes.join(" + ")));
        for array in rooms {
            let (name, kind) = (self.array(*array), self.stored(*array));
            out.line(format!(
                "let {name}_own = device.memory::<{kind}>(grid.threads() * {name}_each as usize)?;"
            ));
            out.line(format!(
                "let {name}_room = DeviceRoom::new(&{name}_own, {name}_each, grid);"
            ));
        }
    }

    /// About how many iterations the loops have that the teams of a grid share, as Rust; declares steps for it.
    fn shared_trips(&self, out: &mut Writer, grid: &Grid<'_>) -> String {
        let each = grid.lanes.iter().map(|handle| match self.plan.length(grid, *handle) {
            Length::Bounds => {
                let header = &self.region.loops[*handle];
                let name = names::rust(&header.name);
                out.open(format!("let {name}_length ="));
                for axis in &grid.nest {
                    let (counter, steps) = (names::rust(&self.region.loops[*axis].name), self.steps_of(*axis));
                    out.line(format!("let {counter} = {steps}.at({steps}.trips() / 2);"));
                }
                self.steps(out, header, &name, header.span);
                out.line(format!("{name}_steps.trips() as f64"));
                out.close(";");
                format!("{name}_length")
            }
            Length::Share(array) => {
                let around = grid.axes.iter().map(|axis| format!("{}.trips()", self.steps_of(*axis)));
                let around: Vec<String> = around.collect();
                format!(
                    "{}.len() as f64 / {} as f64",
                    self.array(array),
                    around.join(" as f64 / ")
                )
            }
            Length::Unknown => format!("{:?}", self.plan.assumed_trips(*handle)),
        });
        let most = each.reduce(|most, one| format!("f64::max({most}, {one})"));
        let (iterations, warp, block) = (most.unwrap_or_default(), WARP_FROM, BLOCK_FROM);
        format!("Shared {{ iterations: {iterations}, warp_from: {warp:?}, block_from: {block:?} }}")
    }

    /// The steps of loops inside a kernel that the sizes of its threads' arrays depend on.
    fn room_steps(&self, out: &mut Writer, grid: &Grid<'_>, rooms: &[Handle<Array>]) {
        let mut loops: Vec<Handle<Loop>> = Vec::new();
        for extent in rooms.iter().filter_map(|array| self.facts.room(*array)).flatten() {
            mentioned(&Formula::NonNegative(extent.clone()), &mut loops);
        }
        for handle in loops.into_iter().filter(|handle| !grid.nest.contains(handle)) {
            let header = &self.region.loops[handle];
            self.steps(out, header, &names::rust(&header.name), header.span);
        }
    }

    /// Launches the kernels that combine what the threads collected in copies of arrays.
    fn combine_copies(&self, out: &mut Writer, number: usize, grid: &Grid<'_>) {
        let combined = Plan::combined(&self.kernels);
        for array in &grid.copies {
            let Some(place) = combined.iter().position(|one| *one == (number, *array)) else {
                continue;
            };
            let name = self.array(*array);
            out.open("if !grid.is_empty()");
            out.line(format!("let over = Grid::new(device, &[{name}.len() as u64], false);"));
            let arguments = [format!("{name}_view"), format!("{name}_room")];
            self.launch(out, self.kernels.len() + place, "over", &arguments);
            out.close("");
        }
    }

    /// Gives variables what a kernel found.
    fn take_results(&self, out: &mut Writer, grid: &Grid<'_>, results: &[(Handle<Variable>, Found)]) {
        if let Some(outer) = grid.outer() {
            self.parts(out, outer, results);
        }
        if results.iter().all(|(_, what)| *what != Found::Last) {
            return;
        }
        out.open("if let Some(told) = &told");
        for (place, (variable, what)) in results.iter().enumerate() {
            let got = self.got(*variable, *what, place);
            match what {
                Found::Last => out.line(format!("{} = {got};", self.variable(*variable))),
                Found::LastTag => out.line(format!("{} = {got};", self.tag(*variable))),
                Found::LastChanged => out.line(format!("{} |= {got};", self.flag(*variable))),
                Found::Part | Found::At | Found::Reset | Found::Changed | Found::Tag => {}
            }
            // Of a loop that has a last iteration.
            if *what == Found::Last && !grid.is_alone() && self.has_flag(*variable) {
                out.line(format!("{} = true;", self.flag(*variable)));
            }
        }
        out.close("");
    }

    /// A result of a kernel, by its place among them.
    fn got(&self, variable: Handle<Variable>, what: Found, place: usize) -> String {
        let text = format!("unsafe {{ told.get::<{}>({place}) }}", self.told_kind(variable, what));
        match what {
            Found::Reset => format!("{text} >= 0"),
            Found::Changed | Found::LastChanged => format!("{text} != 0"),
            Found::Part | Found::Last if self.types.variable(variable).kind == Kind::Bool => format!("{text} != 0"),
            Found::Part | Found::Last | Found::At | Found::Tag | Found::LastTag => text,
        }
    }

    /// Folds what the blocks found, all together, into the variables.
    fn parts(&self, out: &mut Writer, outer: Handle<Loop>, results: &[(Handle<Variable>, Found)]) {
        let found = self.facts.of_loop(outer);
        let (ordered, folded): (Vec<&ScalarReduction>, Vec<&ScalarReduction>) =
            found.reductions.iter().partition(|one| self.plan.in_order(one));
        let mut columns = Vec::new();
        for one in &folded {
            columns.push((self.variable(one.target), one.target, Found::Part));
            if self.has_tag(one.target) {
                columns.push((self.tag(one.target), one.target, Found::Tag));
            } else if self.has_flag(one.target) {
                columns.push((self.flag(one.target), one.target, Found::Changed));
            }
        }
        if !columns.is_empty() {
            self.read_parts(out, &columns, results, "");
            let column = |name: &str| {
                let place = columns.iter().position(|(column, ..)| column == name);
                place.map(|place| format!("part.{place}"))
            };
            folded.iter().for_each(|one| self.combine(out, one, &column));
        }
        let sometimes = found.conditional_lastprivate.iter();
        for variables in ordered
            .iter()
            .map(|one| [&[one.target], &one.companions[..]].concat())
            .chain(sometimes.map(|one| vec![*one]))
        {
            let mut columns = vec![("at".to_owned(), variables[0], Found::At)];
            columns.extend(variables.iter().map(|one| (self.variable(*one), *one, Found::Part)));
            let tagged = self.plan.tagged(&variables).into_iter();
            columns.extend(tagged.map(|one| (self.tag(one), one, Found::Tag)));
            let resets = ordered
                .iter()
                .any(|one| one.target == variables[0] && self.plan.forgets(one));
            columns.extend(resets.then(|| (self.reset(variables[0]), variables[0], Found::Reset)));
            out.block();
            // If anything was found.
            self.read_parts(out, &columns, results, ".filter(|part| part.0 >= 0)");
            let column = |name: &str| {
                let place = columns.iter().position(|(column, ..)| column == name);
                // All that are left have assigned it.
                place
                    .map(|place| format!("part.{place}"))
                    .or_else(|| (name != self.reset(variables[0])).then(|| "true".to_owned()))
            };
            match ordered.iter().find(|one| one.target == variables[0]) {
                Some(one) => self.one_by_one(out, one, &column),
                None => self.take(out, "true", &variables, &column),
            }
            out.close("");
        }
    }

    /// Declares `parts`: what the blocks found of these, all together; of a grid without iterations, nothing.
    fn read_parts(
        &self,
        out: &mut Writer,
        columns: &[(String, Handle<Variable>, Found)],
        results: &[(Handle<Variable>, Found)],
        only: &str,
    ) {
        let each: Vec<String> = columns
            .iter()
            .filter_map(|(_, variable, what)| {
                let place = results.iter().position(|one| *one == (*variable, *what))?;
                Some(self.got(*variable, *what, place))
            })
            .collect();
        out.line(format!(
            "let parts: Vec<_> = told.iter().map(|told| ({},)){only}.collect();",
            each.join(", ")
        ));
    }

    /// The type in which a device tells something of a variable.
    fn told_kind(&self, variable: Handle<Variable>, what: Found) -> &'static str {
        match what {
            Found::At | Found::Reset => "i64",
            Found::Changed | Found::LastChanged | Found::Tag | Found::LastTag => "u8",
            Found::Part | Found::Last => self.stored_kind(variable),
        }
    }

    /// The type in which a device hands back a variable.
    fn stored_kind(&self, variable: Handle<Variable>) -> &'static str {
        match self.types.variable(variable).kind {
            Kind::Bool => "u8",
            kind => names::scalar(kind),
        }
    }
}
