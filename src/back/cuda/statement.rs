//! Statements of a thread.

use super::checks::operand_condition;
use super::names;
use super::scene::Scene;
use crate::back::writer::Writer;
use crate::infer::{Check, Kind, Tag};
use crate::ir::{self, Array, ArrayOrigin, Block, Expression, Handle, Literal, Statement, Store, Variable};
use crate::plan::Found;
use crate::source::Span;

impl Scene<'_> {
    pub(super) fn block(&self, out: &mut Writer, block: &Block) {
        self.statements(out, &block.statements);
    }

    pub(super) fn statements(&self, out: &mut Writer, statements: &[(Statement, Span)]) {
        let mut last = 0;
        let mut guarded = 0;
        for (position, (statement, span)) in statements.iter().enumerate() {
            if self.plan.excludes(statement) {
                continue;
            }
            let row = self.row(*span);
            let simple = !matches!(statement, Statement::Break | Statement::Continue);
            if row != last && simple {
                out.line(format!("// {row}: {}", self.file.line(row).trim()));
            }
            last = row;
            self.statement(out, statement);
            // Subscripts behind a test may be in bounds because it holds: a thread that has failed goes on, and must not use them.
            if self.may_leave(statement) && position + 1 < statements.len() {
                out.open("if (!failed)");
                guarded += 1;
            }
        }
        (0..guarded).for_each(|_| out.close(""));
    }

    /// Whether a statement may end the region.
    fn may_leave(&self, statement: &Statement) -> bool {
        let inside = |block: &Block| block.statements.iter().any(|(one, _)| self.may_leave(one));
        let leaves = matches!(statement, Statement::Leave(_) | Statement::Raise { .. });
        !self.plan.excludes(statement) && (leaves || statement.blocks(self.region).into_iter().any(inside))
    }

    fn statement(&self, out: &mut Writer, statement: &Statement) {
        match statement {
            Statement::Assign { variable, value } => self.assign(out, *variable, *value),
            Statement::Store(store) => self.store(out, *store),
            Statement::Evaluate(value) => out.line(format!("(void){};", self.value(*value))),
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                out.open(format!("if ({})", self.truth(*condition)));
                self.block(out, accept);
                if !reject.is_empty() {
                    out.reopen("else");
                    self.block(out, reject);
                }
                out.close("");
            }
            Statement::For(header) => self.serial(out, *header),
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                out.open("for (;;)");
                self.block(out, prelude);
                if prelude.statements.iter().any(|(one, _)| self.may_leave(one)) {
                    out.line("if (failed) break;");
                }
                out.line(format!("if (!{} || failed) break;", self.truth(*condition)));
                self.block(out, body);
                out.close("");
            }
            Statement::Break => out.line("break;"),
            Statement::Continue => out.line("continue;"),
            Statement::Allocate { array, zeroed } => {
                self.allocate(out, *array);
                if *zeroed {
                    // What there is no memory for has its size all the same.
                    let test = if self.plan.is_pooled(*array) {
                        "if (!failed) "
                    } else {
                        ""
                    };
                    out.line(format!("{test}{}.clear();", self.array(*array)));
                }
            }
            Statement::Raise { .. } | Statement::Leave(_) => out.line("failed = true;"),
            Statement::Seed(seed) => self.seed(out, seed),
            Statement::Draw(draw) => self.draw(out, draw),
        }
    }

    /// Gives an array of the thread's own its extents.
    fn allocate(&self, out: &mut Writer, array: Handle<Array>) {
        let ArrayOrigin::Local { extents, .. } = &self.region.arrays[array].origin else {
            return;
        };
        if !self.plan.is_small(array) {
            let name = self.array(array);
            let extents: Vec<String> = extents.iter().map(|extent| self.integer(*extent)).collect();
            let extents = extents.join(", ");
            out.line(match self.plan.is_pooled(array) {
                true => format!("{name} = pool.array({name}_piece, failed, report, {extents});"),
                false => format!("{name} = {name}_room.array(failed, {extents});"),
            });
        }
    }

    fn assign(&self, out: &mut Writer, variable: Handle<Variable>, value: Handle<Expression>) {
        if self.region.expressions[value] == Expression::Variable(variable) {
            return;
        }
        if self.plan.is_tagged(variable) {
            let tag = self.tag_text(&self.plan.object_tag(value, Some(variable)));
            out.line(format!("{} = {tag};", self.tag(variable)));
        }
        self.note(out, variable, value);
        let (name, to, from) = (
            self.variable(variable),
            self.types.variable(variable),
            self.types.expression(value),
        );
        let checks = match self.region.expressions[value] {
            // Of a literal it is plain to see.
            Expression::Literal(Literal::Int(literal))
                if to
                    .kind
                    .bounds()
                    .is_some_and(|(low, high)| (low..=high).contains(&i128::from(literal))) =>
            {
                Vec::new()
            }
            _ => self.types.assign_checks(variable, from),
        };
        let text = self.value(value);
        if self.tests(&checks, from.kind).is_empty() {
            out.line(format!("{name} = {};", self.cast(text, from.kind, to)));
            return;
        }
        out.block();
        out.line(format!("const {} value = {text};", names::scalar(from.kind)));
        self.tests(&checks, from.kind).iter().for_each(|test| out.line(test));
        out.line(format!("{name} = {};", self.cast("value".to_owned(), from.kind, to)));
        out.close("");
    }

    /// Notes that a variable is assigned, where that matters when the loop has ended.
    fn note(&self, out: &mut Writer, variable: Handle<Variable>, value: Handle<Expression>) {
        let name = self.variable(variable);
        let results = self.plan.results(self.grid);
        let Some(outer) = self.grid.outer() else {
            if results.contains(&(variable, Found::LastChanged)) {
                self.note_change(out, variable, value);
            }
            return;
        };
        let mut reductions = self.facts.of_loop(outer).reductions.iter();
        let found = reductions.find(|one| one.target == variable);
        let contenders = found.and_then(|one| Some((one, self.plan.contenders(one, value)?)));
        if let Some((one, contenders)) = contenders {
            self.note_contender(out, outer, one, contenders);
        } else if self.is_placed(variable) {
            out.line(format!("{name}_at = {}_trip;", self.counter(outer)));
        } else if results.contains(&(variable, Found::Changed)) {
            self.note_change(out, variable, value);
        }
    }

    /// Notes that a variable is another object now.
    fn note_change(&self, out: &mut Writer, variable: Handle<Variable>, value: Handle<Expression>) {
        let name = self.variable(variable);
        let tag = self.plan.replacement(value, variable);
        let replaces = match &tag {
            Tag::Known(1) => {
                out.line(format!("{name}_changed = true;"));
                return;
            }
            Tag::Choice(condition, accept, reject) => match (&**accept, &**reject) {
                (Tag::Known(0), Tag::Known(_)) => format!("!{}", self.truth(*condition)),
                (Tag::Known(_), Tag::Known(0)) => self.truth(*condition),
                (_, _) => format!("{} != 0", self.tag_text(&tag)),
            },
            _ => format!("{} != 0", self.tag_text(&tag)),
        };
        out.line(format!("{name}_changed |= {replaces};"));
    }

    /// `check(…);` of `value`.
    fn tests(&self, checks: &[Check], kind: Kind) -> Vec<String> {
        let conditions = checks
            .iter()
            .filter_map(|check| operand_condition(check.condition, "value", kind));
        conditions
            .map(|condition| format!("check({condition}, failed);"))
            .collect()
    }

    fn store(&self, out: &mut Writer, handle: Handle<Store>) {
        let store = &self.region.stores[handle];
        if self.grid.bins.contains(&store.array) {
            self.update(out, handle);
            return;
        }
        let element = self.types.array(store.array).element.kind;
        let from = self.types.expression(store.value).kind;
        let tests = self.tests(self.types.store_checks(handle), from);
        let text = self.value(store.value);
        if tests.is_empty() {
            self.put(out, handle, &stored(&text, from, element));
            return;
        }
        out.block();
        out.line(format!("const {} value = {text};", names::scalar(from)));
        tests.iter().for_each(|test| out.line(test));
        self.put(out, handle, &stored("value", from, element));
        out.close("");
    }

    /// The element takes a value of its type.
    fn put(&self, out: &mut Writer, handle: Handle<Store>, value: &str) {
        let (place, checked) = self.place(handle);
        let name = self.array(self.region.stores[handle].array);
        let line = match checked {
            true => format!("{name}.write(failed, {value}, {place});"),
            false => format!("{name}.at({place}) = {value};"),
        };
        if !self.is_team_wide() {
            out.line(line);
            return;
        }
        // All members of the team have come to this store, and go on when it is done.
        out.line("meet();");
        out.line(format!("if (member() == 0) {line}"));
        out.line("meet();");
    }

    /// Whether all members of a team execute the present statement alike.
    fn is_team_wide(&self) -> bool {
        !self.grid.lanes.is_empty() && !self.in_lanes.get()
    }

    fn place(&self, handle: Handle<Store>) -> (String, bool) {
        let store = &self.region.stores[handle];
        let modes = self
            .facts
            .store(handle)
            .map(|access| access.subscripts.iter().map(|s| s.mode).collect::<Vec<_>>());
        self.subscripts(store.array, &store.subscripts, modes.as_deref())
    }

    /// An update of an element that other threads may update meanwhile; the order does not matter.
    fn update(&self, out: &mut Writer, handle: Handle<Store>) {
        let found = self
            .grid
            .outer()
            .map(|outer| &self.facts.of_loop(outer).array_reductions);
        let mut updates = found.into_iter().flatten().flat_map(|one| &one.stores);
        let Some(update) = updates.find(|one| one.store == handle) else {
            return;
        };
        let array = self.region.stores[handle].array;
        let element = self.types.array(array).element;
        let from = self.types.expression(update.contribution).kind;
        let value = self.cast(self.value(update.contribution), from, element);
        let value = match update.negated {
            true if element.kind.is_float() || element.kind.is_complex() => format!("(-{value})"),
            true => format!("negate({value})"),
            false => value,
        };
        let (place, _) = self.place(handle);
        let once = match self.is_team_wide() {
            true => "if (member() == 0) ",
            false => "",
        };
        out.line(format!("{once}{}.fold(failed, {value}, {place});", self.array(array)));
    }

    /// A loop inside a thread.
    fn serial(&self, out: &mut Writer, handle: Handle<ir::Loop>) {
        let header = &self.region.loops[handle];
        let name = self.counter(handle);
        let [start, stop, step] = [header.start, header.stop, header.step].map(|root| self.integer(root));
        out.block();
        out.line(format!(
            "const Steps {name}_steps = steps({start}, {stop}, {step}, failed);"
        ));
        self.guards_at(out, handle, &name);
        if self.grid.lanes.contains(&handle) {
            self.shared(out, handle, &name);
        } else {
            out.open(format!(
                "for (i64 {name}_trip = 0; {name}_trip < {name}_steps.trips && !failed; ++{name}_trip)"
            ));
            out.line(format!("const i64 {name} = {name}_steps.at({name}_trip);"));
            self.block(out, &header.body);
            out.close("");
        }
        out.close("");
    }

    /// A loop whose iterations the members of a team share.
    fn shared(&self, out: &mut Writer, handle: Handle<ir::Loop>, name: &str) {
        let reductions = &self.facts.of_loop(handle).reductions;
        for one in reductions {
            let (own, ty) = (
                self.variable(one.target),
                names::scalar(self.types.variable(one.target).kind),
            );
            out.line(format!("const {ty} {own}_before = {own};"));
            out.line(format!("{own} = {}::neutral<{ty}>();", self.fold(one)));
        }
        // What the members have read alike, one of them may write now.
        out.line("meet();");
        out.open(format!(
            "for (i64 {name}_trip = member(); {name}_trip < {name}_steps.trips && !failed; {name}_trip += members())"
        ));
        out.line(format!("const i64 {name} = {name}_steps.at({name}_trip);"));
        self.in_lanes.set(true);
        self.block(out, &self.region.loops[handle].body);
        self.in_lanes.set(false);
        out.close("");
        for one in reductions {
            let (own, fold) = (self.variable(one.target), self.fold(one));
            out.line(format!(
                "{own} = {fold}::fold({own}_before, fold_team<{fold}>({own}, failed), failed);"
            ));
        }
        out.line("agree(failed);");
    }
}

/// A value as it is kept in memory.
fn stored(text: &str, from: Kind, element: Kind) -> String {
    let text = super::expression::cast(text.to_owned(), from, element);
    if element == Kind::Bool {
        format!("u8({text})")
    } else {
        text
    }
}
