//! Loops split between threads.

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::infer::Ty;
use crate::ir::{self, Expression, Handle, Loop, Statement, Variable};

impl Scene<'_> {
    /// Runs a loop's iterations on the team; `NAME_steps` is there.
    pub(super) fn parallel(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let found = self.facts.of_loop(handle);
        self.team(out, handle);
        self.declare_space(out, handle, name);
        for array in found.private_arrays.iter().filter(|array| self.is_local(**array)) {
            let name = self.array(*array);
            out.line(format!(
                "ensure(unsafe {{ has_room(host, Snapshot::bytes(&{name})) }})?;"
            ));
        }
        let collects = !found.reductions.is_empty() || !found.array_reductions.is_empty();
        if !collects && found.conditional_lastprivate.is_empty() {
            self.independent(out, handle, name);
        } else {
            self.reducing(out, handle, name);
        }
    }

    /// The team of a loop: as many threads as its clauses ask for.
    fn team(&self, out: &mut Writer, handle: Handle<Loop>) {
        let annotation = self.region.loops[handle].annotation.as_ref();
        let int = |root: Handle<ir::Expression>| format!("({}).clamp(1, 1024) as usize", self.converted(root, Ty::INT));
        let threads = annotation
            .and_then(|one| one.num_threads)
            .map_or_else(|| "0".to_owned(), int);
        let condition = annotation.and_then(|one| one.condition);
        let threads = match condition {
            Some(root) => format!("if {} {{ {threads} }} else {{ 1 }}", self.truth(root)),
            None => threads,
        };
        out.line(format!("let team = unsafe {{ Team::new(host, {threads}) }};"));
    }

    fn chunk(&self, handle: Handle<Loop>, name: &str) -> String {
        let annotation = self.region.loops[handle].annotation.as_ref();
        let chunk = annotation.and_then(|one| one.schedule).and_then(|(_, chunk)| chunk);
        chunk.map_or_else(
            || "0".to_owned(),
            |root| {
                let iterations = format!("({}).max(1) as u64", self.converted(root, Ty::INT));
                self.in_units(handle, name, &iterations)
            },
        )
    }

    fn independent(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let last = self.lastprivate(handle);
        if !last.is_empty() {
            out.line(format!("let {name}_last = std::sync::Mutex::new(None);"));
        }
        let (cost, mut chunk) = (self.unit_cost(handle, name), self.chunk(handle, name));
        let units = self.units(handle, name);
        self.declare_work(out, handle);
        let works = !self.facts.of_loop(handle).private_arrays.is_empty();
        let mut tiles = out.fork_deeper(1);
        let tiled = last.is_empty() && !works && self.in_tiles_of_task(&mut tiles, handle, name);
        if (tiled || works) && chunk == "0" {
            chunk = format!("team.long_tasks({units})");
        }
        out.open(format!(
            "finished(team.run({units}, {cost}, {chunk}, |range, control| attempt(control, ||"
        ));
        self.copies(out, handle, name);
        self.take_work(out, handle, name);
        if tiled {
            out.line("let mut pulse = unsafe { Pulse::new(control.host()) };");
            out.append(tiles);
        } else {
            self.privates(out, handle, &[]);
            self.iterations(out, handle, name, &last);
        }
        self.hand_over_work(out, handle);
        if self.plan.ends_streams(handle) {
            out.line("drain();");
        }
        out.line("Ok(())");
        out.close(")))?;");
        self.give_work_back(out, handle);
        if !last.is_empty() {
            self.take_last(out, name, &last);
        }
    }

    // Work arrays

    /// Room for the copies that the last iteration leaves.
    pub(super) fn declare_work(&self, out: &mut Writer, handle: Handle<Loop>) {
        for array in &self.facts.of_loop(handle).private_arrays {
            out.line(format!(
                "let {}_last = std::sync::Mutex::new(None);",
                self.array(*array)
            ));
        }
    }

    /// A task's own copies.
    pub(super) fn take_work(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let arrays = &self.facts.of_loop(handle).private_arrays;
        for array in arrays {
            let own = self.array(*array);
            out.line(format!("let mut {own}_own = unsafe {{ Work::of({own}) }};"));
            out.line(format!("let {own} = {own}_own.view();"));
        }
        if !arrays.is_empty() {
            out.line(format!("let has_last = range.end == {};", self.units(handle, name)));
        }
    }

    /// Keeps the copies that the last iteration leaves.
    pub(super) fn hand_over_work(&self, out: &mut Writer, handle: Handle<Loop>) {
        for array in &self.facts.of_loop(handle).private_arrays {
            let own = self.array(*array);
            out.line(format!(
                "if has_last {{ *{own}_last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some({own}_own); }}"
            ));
        }
    }

    /// Writes them back.
    pub(super) fn give_work_back(&self, out: &mut Writer, handle: Handle<Loop>) {
        for array in &self.facts.of_loop(handle).private_arrays {
            let own = self.array(*array);
            let taken = format!("{own}_last.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)");
            out.line(format!(
                "if let Some(work) = {taken} {{ unsafe {{ work.give_back() }}; }}"
            ));
        }
    }

    /// Gives the variables the values of the last iteration.
    pub(super) fn take_last(&self, out: &mut Writer, name: &str, last: &[Handle<Variable>]) {
        let taken = format!("{name}_last.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)");
        out.open(format!("if let Some(values) = {taken}"));
        out.line(format!("({},) = values;", self.with_tags(last).join(", ")));
        for variable in last.iter().filter(|variable| self.has_flag(**variable)) {
            out.line(format!("{} = true;", self.flag(*variable)));
        }
        out.close("");
    }

    /// Variables, and after them the tags of those that have one.
    pub(super) fn with_tags(&self, variables: &[Handle<Variable>]) -> Vec<String> {
        let values = variables.iter().map(|variable| self.variable(*variable));
        let tagged = variables.iter().filter(|variable| self.has_tag(**variable));
        values.chain(tagged.map(|variable| self.tag(*variable))).collect()
    }

    /// The variables whose value from the last iteration is used later.
    pub(super) fn lastprivate(&self, handle: Handle<Loop>) -> Vec<Handle<Variable>> {
        self.facts.of_loop(handle).lastprivate.clone()
    }

    /// The iterations of `range`, in a closure that may fail.
    pub(super) fn iterations(&self, out: &mut Writer, handle: Handle<Loop>, name: &str, last: &[Handle<Variable>]) {
        if let Some(nest) = self.plan.nest(handle) {
            self.units_of_task(out, handle, nest, name, last);
            return;
        }
        let body = &self.region.loops[handle].body;
        if contains_loop(self.region, body) {
            out.line("let mut pulse = unsafe { Pulse::new(control.host()) };");
        }
        if !last.is_empty() && self.plan.lanes(handle).is_some() {
            out.line(format!("let is_last = range.end == {name}_steps.trips();"));
        }
        if self.in_lanes(out, handle, "range", last) {
            if !last.is_empty() {
                out.open("if is_last");
                self.give_last(out, name, last);
                out.close("");
            }
            return;
        }
        if self.plan.rounds(handle) > 1 {
            out.line(format!("let task_steps = {name}_steps.part(range.clone());"));
            self.scalar_over(out, handle, name, "task_steps");
            if !last.is_empty() {
                out.open(format!("if range.end == {name}_steps.trips()"));
                self.give_last(out, name, last);
                out.close("");
            }
            return;
        }
        out.open("for trip in range");
        out.line(format!("let {name} = {name}_steps.at(trip);"));
        if last.is_empty() {
            self.block(out, body);
        } else {
            // The body may go on with the next iteration early: a loop of one round keeps that inside.
            out.open("for _ in 0..1");
            self.block(out, body);
            out.close("");
            out.open(format!("if trip + 1 == {name}_steps.trips()"));
            self.give_last(out, name, last);
            out.close("");
        }
        out.close("");
    }

    /// Hands over the values of the last iteration.
    pub(super) fn give_last(&self, out: &mut Writer, name: &str, last: &[Handle<Variable>]) {
        out.line(format!(
            "*{name}_last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(({},));",
            self.with_tags(last).join(", ")
        ));
    }

    /// Each task's own copies of what its iterations read, which the compiler then knows that no store can change.
    pub(super) fn copies(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let region = self.region;
        let body = &region.loops[handle].body;
        let assigned = self.assigned_in(body);
        let own: Vec<String> = self.allocated_in(body).iter().map(|array| self.array(*array)).collect();
        let mut read = Vec::new();
        let mut note = |text: String| {
            if !read.contains(&text) {
                read.push(text);
            }
        };
        let mut inside = vec![handle];
        ir::visit_statements(region, body, &mut |statement, _| {
            if let Statement::For(inner) = statement {
                inside.push(*inner);
            }
            if let Statement::Store(store) = statement {
                note(self.array(region.stores[*store].array));
            }
            for root in statement.roots(region) {
                ir::visit_expressions(region, root, &mut |one| match &region.expressions[one] {
                    Expression::Input(input) => note(names::rust(&region.inputs[*input].name)),
                    Expression::Variable(variable) if !assigned.contains(variable) => note(self.variable(*variable)),
                    Expression::Counter(header) if !inside.contains(header) => {
                        note(names::rust(&region.loops[*header].name));
                    }
                    Expression::Load { array, .. } | Expression::Extent { array, .. } | Expression::Size(array) => {
                        note(self.array(*array));
                    }
                    _ => {}
                });
            }
        });
        note(format!("{name}_steps"));
        self.shared_of_nest(handle, name).into_iter().for_each(&mut note);
        read.retain(|name| !own.contains(name));
        let contiguous: Vec<String> = region
            .arrays
            .handles()
            .filter(|array| self.is_local(*array))
            .map(|array| self.array(array))
            .collect();
        let copy = |name: &String| {
            let unit = if contiguous.contains(name) { ".unit()" } else { "" };
            format!("{name}{unit}")
        };
        let values: Vec<String> = read.iter().map(copy).collect();
        out.line(format!("let ({},) = ({},);", read.join(", "), values.join(", ")));
    }

    /// Each task's own copies of what the iterations assign.
    pub(super) fn privates(&self, out: &mut Writer, handle: Handle<Loop>, except: &[Handle<Variable>]) {
        for variable in self.assigned_in(&self.region.loops[handle].body) {
            if !except.contains(&variable) {
                let (name, ty) = (
                    self.variable(variable),
                    names::scalar(self.types.variable(variable).kind),
                );
                out.line(format!("let mut {name} = {ty}::default();"));
                self.declare_marks(out, variable);
            }
        }
        self.task_locals(out, handle);
    }

    /// The variables that a block assigns anywhere.
    pub(super) fn assigned_in(&self, block: &ir::Block) -> Vec<Handle<Variable>> {
        let mut found = Vec::new();
        ir::visit_statements(self.region, block, &mut |statement, _| {
            if let Some(variable) = statement.assigned()
                && !found.contains(&variable)
            {
                found.push(variable);
            }
        });
        found.sort();
        found
    }
}

/// Whether a block has loops.
fn contains_loop(region: &ir::Region, block: &ir::Block) -> bool {
    let mut found = false;
    ir::visit_statements(region, block, &mut |statement, _| {
        found |= matches!(statement, Statement::For(_) | Statement::While { .. });
    });
    found
}
