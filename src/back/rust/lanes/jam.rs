//! Register blocking: several groups of lanes, and several rows, advance together through an inner loop.
//!
//! Where the body of a loop in lanes has an inner loop that is the same for all lanes, what the inner loop loads for one
//! group serves the others as well, and independent accumulators hide the latency of additions (unroll-and-jam: Allen and
//! Kennedy, *Optimizing Compilers for Modern Architectures*, 8.4). A variable becomes an array: `total[each_row][each_group]`.
//! If the loop is all there is in the body of a parallel loop, rows of that loop are jammed too, and the loop in lanes goes
//! outside: a panel of columns then stays in the cache for all rows of a task. Both are legal because the loops' iterations
//! are independent: `deps` said so for the parallel loop and for the one in lanes.

use super::{Emit, Lockstep, Unsupported, statements::Place};
use crate::back::rust::names;
use crate::back::rust::region::Scene;
use crate::back::writer::Writer;
use crate::deps::Atom;
use crate::infer::Kind;
use crate::ir::{Block, Expression, Handle, Loop, Statement, Variable, visit_expressions, visit_statements};

/// Accumulators that fit the registers beside what is loaded.
const ACCUMULATORS: usize = 16;

/// How a body is jammed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jam {
    /// Groups of lanes at a time.
    groups: usize,
    /// Rows at a time, of which loop.
    rows: Option<(Handle<Loop>, usize)>,
}

impl Jam {
    /// For a loop in lanes; `around`: the parallel loop whose only statement it is.
    pub(super) fn of(scene: &Scene<'_>, header: Handle<Loop>, around: Option<Handle<Loop>>) -> Option<Self> {
        let body = &scene.region.loops[header].body;
        let found = scene.facts.of_loop(header);
        if !found.array_reductions.is_empty()
            || !found.reductions.is_empty()
            || !found.lastprivate.is_empty()
            || found.lanes.is_some()
            || scene.plan.fewer_lanes(header).is_some()
            || !is_plain(body)
        {
            return None;
        }
        let carried = accumulators(scene, body);
        let groups = match ACCUMULATORS / carried.max(1) {
            0 | 1 => return None,
            2 | 3 => 2,
            _ => 4,
        };
        let rows = (ACCUMULATORS / (carried.max(1) * groups)).min(4);
        // What the user wishes comes first.
        let wished = |handle: Handle<Loop>| Some(scene.plan.rounds(handle) as usize).filter(|rounds| *rounds > 1);
        let groups = wished(header).unwrap_or(groups);
        let rows = around.map(|around| (around, wished(around).unwrap_or(rows)));
        Some(Self {
            groups,
            rows: rows.filter(|(_, rows)| *rows > 1),
        })
    }
}

/// Whether a block has inner loops, and nothing but assignments, stores and branches beside them.
fn is_plain(body: &Block) -> bool {
    let has_loop = body
        .statements
        .iter()
        .any(|(statement, _)| matches!(statement, Statement::For(_)));
    has_loop && is_simple(body, true)
}

fn is_simple(body: &Block, loops: bool) -> bool {
    !body.jumps()
        && body.statements.iter().all(|(statement, _)| match statement {
            Statement::Assign { .. } | Statement::Store(_) | Statement::Evaluate(_) => true,
            Statement::If { accept, reject, .. } => is_simple(accept, false) && is_simple(reject, false),
            Statement::For(_) => loops,
            Statement::While { .. }
            | Statement::Allocate { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => false,
        })
}

/// How many registers live through the inner loops: one for each variable, two for a complex one.
fn accumulators(scene: &Scene<'_>, body: &Block) -> usize {
    let mut found: Vec<Handle<Variable>> = Vec::new();
    for (statement, _) in &body.statements {
        if let Statement::For(inner) = statement {
            let inside = &scene.region.loops[*inner].body;
            let mut read = Vec::new();
            visit_statements(scene.region, inside, &mut |statement, _| {
                for root in statement.roots(scene.region) {
                    visit_expressions(scene.region, root, &mut |one| {
                        if let Expression::Variable(variable) = scene.region.expressions[one] {
                            read.push(variable);
                        }
                    });
                }
            });
            let private = &scene.facts.of_loop(*inner).private;
            let carried = scene.assigned_in(inside).into_iter();
            found.extend(carried.filter(|one| read.contains(one) && !private.contains(one)));
        }
    }
    found.sort();
    found.dedup();
    let registers = |kind: Kind| if kind.is_complex() { 2 } else { 1 };
    let elements = body.statements.iter().map(|(statement, _)| match statement {
        Statement::For(inner) => super::promote::candidates(scene, *inner)
            .iter()
            .map(|(update, _)| registers(scene.types.array(scene.region.stores[update.store].array).element.kind))
            .sum(),
        _ => 0,
    });
    let variables = found.iter().map(|one| registers(scene.types.variable(*one).kind));
    variables.sum::<usize>() + elements.sum::<usize>()
}

impl Scene<'_> {
    /// The iterations `range` of a parallel loop whose only statement is a loop in lanes with loops inside, if it is one.
    pub(in crate::back::rust) fn in_tiles(&self, out: &mut Writer, handle: Handle<Loop>) -> bool {
        let [(Statement::For(inner), span)] = &self.region.loops[handle].body.statements[..] else {
            return false;
        };
        let (Some(width), Some(jam)) = (self.plan.lanes(*inner), Jam::of(self, *inner, Some(handle))) else {
            return false;
        };
        let found = self.facts.of_loop(handle);
        let header = &self.region.loops[*inner];
        let varying = self.plan.varying(handle);
        let fixed = [header.start, header.stop, header.step]
            .iter()
            .all(|root| !varying[*root]);
        if jam.rows.is_none()
            || !fixed
            || !found.parallel.is_legal()
            || !found.reductions.is_empty()
            || !found.lastprivate.is_empty()
            || self.guards_mention(*inner, handle)
        {
            return false;
        }
        let name = names::rust(&header.name);
        let mut text = out.fork();
        self.own_steps(&mut text, *inner, &name, *span);
        self.guards_at(&mut text, *inner, &name);
        let lockstep = Lockstep::new(self, *inner, width, Some(jam));
        if lockstep.jammed(&mut text).is_err() {
            return false;
        }
        out.append(text);
        true
    }

    fn guards_mention(&self, inner: Handle<Loop>, outer: Handle<Loop>) -> bool {
        let mut found = false;
        for guard in self.facts.bounds().iter().filter(|guard| guard.at == Some(inner)) {
            guard.condition.visit_linears(&mut |linear| {
                found |= linear.any(&mut |atom| matches!(atom, Atom::Counter(header) if *header == outer));
            });
        }
        found
    }
}

impl Lockstep<'_, '_> {
    /// The whole loop, several groups and rows at a time; of rows, those of `range`.
    pub(super) fn jammed(&self, out: &mut Writer) -> Emit<()> {
        let (Some(jam), name, width) = (self.jam, &self.name, self.width) else {
            return Err(Unsupported);
        };
        let mut text = out.fork_deeper(3);
        self.jammed_body(&mut text, jam)?;
        let rows = match jam.rows {
            Some((handle, rows)) => format!(", {rows} of `{}`", names::rust(&self.scene.region.loops[handle].name)),
            None => String::new(),
        };
        out.line(format!(
            "// {} times {width} iterations of `{name}` at a time{rows}.",
            jam.groups
        ));
        out.block();
        out.line(format!("let (mut at, end) = (0, {name}_steps.trips());"));
        out.open("macro_rules! iterations");
        out.open("($at:expr, $groups:expr, $on:expr, $by:ident, $row:expr, $rows:expr) =>");
        out.block();
        out.append(text);
        out.close("");
        out.close(";");
        out.close("");
        let units = self.units.borrow();
        if !units.is_empty() {
            let tests: Vec<String> = units.iter().map(|stride| format!("{stride} == 1")).collect();
            out.open(format!("if {}", tests.join(" && ")));
        }
        let turn = jam.groups * width as usize;
        out.open(format!("while end - at >= {turn}"));
        self.rows(out, jam, &format!("at, {}, Full, unit", jam.groups));
        out.line(format!("at += {turn};"));
        out.close("");
        self.jammed_tail(out, jam, "unit");
        if !units.is_empty() {
            out.reopen("else");
            self.jammed_tail(out, jam, "by");
            out.close("");
        }
        out.close("");
        Ok(())
    }

    fn jammed_tail(&self, out: &mut Writer, jam: Jam, by: &str) {
        out.open("while at < end");
        out.line(format!("let on = {}::below((end - at) as usize);", self.mask_type()));
        self.rows(out, jam, &format!("at, 1, on, {by}"));
        out.line(format!("at += {};", self.width));
        out.close("");
    }

    /// The rows of a task, or the one row there is.
    fn rows(&self, out: &mut Writer, jam: Jam, first: &str) {
        let Some((_, rows)) = jam.rows else {
            out.line(format!("iterations!({first}, 0, 1);"));
            return;
        };
        out.line("let mut row = range.start;");
        out.open(format!("while range.end - row >= {rows}"));
        out.line(format!("iterations!({first}, row, {rows});"));
        out.line(format!("row += {rows};"));
        out.close("");
        out.open("while row < range.end");
        out.line(format!("iterations!({first}, row, 1);"));
        out.line("row += 1;");
        out.close("");
    }

    fn jammed_body(&self, out: &mut Writer, jam: Jam) -> Emit<()> {
        let body = &self.scene.region.loops[self.header].body;
        out.line("let on = $on;");
        for variable in self.scene.assigned_in(body) {
            if self.scene.has_tag(variable) {
                return Err(Unsupported);
            }
            let kind = self.scene.types.variable(variable).kind;
            let name = self.scene.variable(variable);
            out.line(format!("let mut {name} = [[{}; $groups]; $rows];", self.zero(kind)));
        }
        self.run(out, body, jam)
    }

    /// Statements: those between loops for each row and group in turn.
    fn run(&self, out: &mut Writer, body: &Block, jam: Jam) -> Emit<()> {
        let place = Place::outermost(false);
        let mut pending = Block::default();
        for (statement, span) in &body.statements {
            if let Statement::For(inner) = statement {
                self.each_group(out, &pending, &place)?;
                pending = Block::default();
                let inside = &self.scene.region.loops[*inner].body;
                let header = &self.scene.region.loops[*inner];
                let bounds = [header.start, header.stop, header.step];
                let by_row = jam.rows.is_some_and(|(rows, _)| {
                    let varying = self.scene.plan.varying(rows);
                    bounds.iter().any(|root| varying[*root]) || self.scene.guards_mention(*inner, rows)
                });
                if !is_simple(inside, true) || by_row {
                    return Err(Unsupported);
                }
                self.inner(out, *inner, *span, "on", |out| self.run(out, inside, jam))?;
            } else {
                pending.push(statement.clone(), *span);
            }
        }
        self.each_group(out, &pending, &place)
    }

    fn each_group(&self, out: &mut Writer, block: &Block, place: &Place) -> Emit<()> {
        if block.is_empty() {
            return Ok(());
        }
        let mut inside = out.fork_deeper(2);
        self.block(&mut inside, block, place)?;
        self.each_place(out, |out| out.append(inside));
        Ok(())
    }

    /// Something for each row and group in turn.
    pub(super) fn each_place(&self, out: &mut Writer, write: impl FnOnce(&mut Writer)) {
        out.open("for each_row in 0..$rows");
        if let Some((handle, _)) = self.jam.and_then(|jam| jam.rows) {
            let name = names::rust(&self.scene.region.loops[handle].name);
            out.line(format!("let {name} = {name}_steps.at($row + each_row as u64);"));
        }
        out.open("for each_group in 0..$groups");
        out.line(format!(
            "let {0} = {0}_steps.at($at + {1} * each_group as u64);",
            self.name, self.width
        ));
        write(out);
        out.close("");
        out.close("");
    }
}
