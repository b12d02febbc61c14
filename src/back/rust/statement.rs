//! Statements.

use std::convert::Infallible;

use super::names;
use super::region::Scene;
use super::variant::Variant;
use crate::back::writer::Writer;
use crate::infer::{Check, Kind, Origin, Ty};
use crate::ir::{self, Block, Expression, Function, Handle, Literal, Statement, Store, Variable};
use crate::source::Span;

/// Iterations of a loop that need not look for Ctrl-C.
const SHORT: i128 = 1024;

impl Scene<'_> {
    pub(super) fn block(&self, out: &mut Writer, block: &Block) {
        let mut last = 0;
        let mut statements = block.statements.iter();
        while let Some(here @ (statement, span)) = statements.next() {
            let row = self.row(*span);
            if self.is_excluded(statement) {
                continue;
            }
            let simple = !matches!(statement, Statement::Break | Statement::Continue);
            if row != last && simple {
                out.line(format!("// {}: {}", row, self.file.line(row).trim()));
            }
            last = row;
            if let Some((number, grid)) = self.kernel_at(here) {
                out.block();
                self.launch_kernel(out, number, grid);
                out.close("");
                statements = statements.as_slice()[grid.statements.len() - 1..].iter();
                continue;
            }
            self.statement(out, statement, *span);
        }
    }

    fn statement(&self, out: &mut Writer, statement: &Statement, span: Span) {
        match statement {
            Statement::Assign { variable, value } => self.assign(out, *variable, *value, span),
            Statement::Store(store) => self.store(out, *store, span),
            Statement::Evaluate(value) => out.line(format!("let _ = {};", self.value(*value))),
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                out.open(format!("if {}", self.truth(*condition)));
                self.block(out, accept);
                if !reject.is_empty() {
                    out.reopen("else");
                    self.block(out, reject);
                }
                out.close("");
            }
            Statement::For(header) => self.counted(out, *header, span),
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                out.open("loop");
                self.block(out, prelude);
                out.line(format!("if !{} {{ break; }}", self.truth(*condition)));
                out.line("pulse.beat()?;");
                self.block(out, body);
                out.close("");
            }
            Statement::Break => out.line("break;"),
            Statement::Continue => out.line("continue;"),
            Statement::Allocate { array, zeroed } => self.allocate(out, *array, *zeroed),
            Statement::Leave(why) => out.line(format!("return Err(Stop::Python({}));", self.leave_reason(why))),
            Statement::Raise { exception, message } => {
                let row = self.row(span);
                // The host would take such letters for operands.
                let operands = |text: &String| ["{a}", "{b}", "{c}"].iter().any(|operand| text.contains(operand));
                let in_python = *exception == ir::Exception::Python || message.as_ref().is_some_and(operands);
                let message = message
                    .as_ref()
                    .map_or_else(|| "None".to_owned(), |text| format!("Some({})", names::text(text)));
                out.line(match self.variant {
                    Variant::Careful if in_python => "return Err(Stop::Python(3));".to_owned(),
                    Variant::Careful => format!(
                        "return Err(Stop::raise(Exception::{}, {row}, {message}));",
                        exception.name()
                    ),
                    Variant::Fast => "return Err(Stop::Bail);".to_owned(),
                });
            }
            Statement::Seed(seed) => self.seed(out, seed, span),
            Statement::Draw(draw) => self.draw(out, draw, span),
        }
    }

    fn assign(&self, out: &mut Writer, variable: Handle<Variable>, value: Handle<Expression>, span: Span) {
        let name = self.variable(variable);
        let to = self.types.variable(variable);
        let from = self.types.expression(value);
        if self.region.expressions[value] == Expression::Variable(variable) {
            return;
        }
        if self.has_tag(variable) {
            let tag = self.tag_text(&self.plan.object_tag(value, Some(variable)));
            out.line(format!("{} = {tag};", self.tag(variable)));
        }
        let checks = self.assignment_checks(variable, value);
        let row = self.row(span);
        if self.has_flag(variable) || (self.is_watched(variable) && !self.has_tag(variable)) {
            let changed = self.replaces(variable, value);
            out.line(match changed {
                Some(test) => format!("{0} |= {test};", self.flag(variable)),
                None => format!("{} = true;", self.flag(variable)),
            });
        }
        let mut tests = String::new();
        for check in &checks {
            if let Some(condition) = super::expression::operand_condition(check.condition, "a", from.kind) {
                tests += &self.test_at(row, check, &condition, "0");
            }
        }
        let text = self.value(value);
        if tests.is_empty() {
            out.line(format!("{name} = {};", self.cast(text, from.kind, to)));
        } else {
            out.line(format!(
                "{name} = {{ let a = {text}; {tests}{} }};",
                self.cast("a".to_owned(), from.kind, to)
            ));
        }
        if self.resets(variable) {
            out.line(format!("{} |= {name} != {name};", self.reset(variable)));
        }
    }

    /// What must hold for a variable to take a value without loss; of a small literal, that is plain to see.
    pub(super) fn assignment_checks(&self, variable: Handle<Variable>, value: Handle<Expression>) -> Vec<Check> {
        let to = self.types.variable(variable).kind;
        let fits = match self.region.expressions[value] {
            Expression::Literal(Literal::Int(value)) => match to.bounds() {
                Some((least, greatest)) => (least..=greatest).contains(&i128::from(value)),
                None => value.unsigned_abs() <= 1 << f32::MANTISSA_DIGITS,
            },
            _ => false,
        };
        if fits {
            return Vec::new();
        }
        self.types.assign_checks(variable, self.types.expression(value))
    }

    /// When an assignment may choose the variable's own object: whether it chooses another.
    fn replaces(&self, variable: Handle<Variable>, value: Handle<Expression>) -> Option<String> {
        let is_self = |root: Handle<Expression>| self.region.expressions[root] == Expression::Variable(variable);
        let ty = self.types.variable(variable);
        match &self.region.expressions[value] {
            Expression::Call {
                function: function @ (Function::Min | Function::Max),
                arguments,
            } => {
                let symbol = if *function == Function::Min { "<" } else { ">" };
                let own = self.variable(variable);
                match &arguments[..] {
                    [first, others @ ..] if is_self(*first) => {
                        let test =
                            |other: &Handle<Expression>| format!("({} {symbol} {own})", self.converted(*other, ty));
                        Some(others.iter().map(test).collect::<Vec<_>>().join(" || "))
                    }
                    [other, last] if is_self(*last) => {
                        Some(format!("!({own} {symbol} {})", self.converted(*other, ty)))
                    }
                    [first, others @ .., last] if is_self(*last) => {
                        let mut text = format!("{{ let mut m = {}; ", self.converted(*first, ty));
                        for other in others {
                            text += &format!("let b = {}; if b {symbol} m {{ m = b; }} ", self.converted(*other, ty));
                        }
                        Some(format!("{text}!({own} {symbol} m) }}"))
                    }
                    _ => self.chooses_another(&self.plan.replacement(value, variable)),
                }
            }
            _ => self.chooses_another(&self.plan.replacement(value, variable)),
        }
    }

    /// An update of an element that other threads may update meanwhile.
    fn update(&self, out: &mut Writer, handle: Handle<Store>) {
        let store = &self.region.stores[handle];
        let element = self.types.array(store.array).element;
        let reductions = self
            .region
            .loops
            .handles()
            .flat_map(|header| &self.facts.of_loop(header).array_reductions);
        let Some(update) = reductions.flat_map(|one| &one.stores).find(|one| one.store == handle) else {
            return;
        };
        let from = self.types.expression(update.contribution);
        let contribution = self.cast(self.value(update.contribution), from.kind, element);
        let contribution = if update.negated {
            format!("({contribution}).wrapping_neg()")
        } else {
            contribution
        };
        let modes = self
            .facts
            .store(handle)
            .map(|access| access.subscripts.iter().map(|s| s.mode).collect::<Vec<_>>());
        let index = self.subscripts(store.array, &store.subscripts, modes.as_deref());
        let name = self.array(store.array);
        out.line(format!("unsafe {{ {name}.fold({index}, {contribution}) }};"));
    }

    fn store(&self, out: &mut Writer, handle: Handle<Store>, span: Span) {
        if self.variant == Variant::Fast && self.in_bins(self.region.stores[handle].array) {
            self.update(out, handle);
            return;
        }
        let store = &self.region.stores[handle];
        let element = self.types.array(store.array).element;
        let from = self.types.expression(store.value);
        let name = self.array(store.array);
        let row = self.row(span);
        let mut tests = String::new();
        for check in self.types.store_checks(handle) {
            if let Some(condition) = super::expression::operand_condition(check.condition, "value", from.kind) {
                let operand = if from.kind.is_integer() { "value as i64" } else { "0" };
                tests += &self.test_at(row, check, &condition, operand);
            }
        }
        let value = self.value(store.value);
        let stored = |text: &str| {
            let text = self.cast(
                text.to_owned(),
                from.kind,
                Ty {
                    kind: element.kind,
                    origin: Origin::Numpy,
                },
            );
            if element.kind == Kind::Bool {
                format!("({text} as u8)")
            } else {
                text
            }
        };
        match self.variant {
            Variant::Careful => {
                let index = self.subscripts(store.array, &store.subscripts, None);
                out.line(format!("let value = {value};"));
                let told = self.axes_told(&store.subscripts);
                out.line(format!("let place = {name}.place({index}, {row}){told}?;"));
                if !tests.is_empty() {
                    out.line(tests.trim_end());
                }
                out.line(format!("place.put({});", stored("value")));
            }
            Variant::Fast => {
                let modes = self
                    .facts
                    .store(handle)
                    .map(|access| access.subscripts.iter().map(|s| s.mode).collect::<Vec<_>>());
                let index = self.subscripts(store.array, &store.subscripts, modes.as_deref());
                out.line(format!("let value = {value};"));
                if !tests.is_empty() {
                    out.line(tests.trim_end());
                }
                out.line(format!("unsafe {{ {name}.set({index}, {}) }};", stored("value")));
            }
        }
    }

    /// The counter values of a loop, after the step was checked.
    pub(super) fn steps(&self, out: &mut Writer, header: &ir::Loop, name: &str, span: Span) {
        let [start, stop, step] = [header.start, header.stop, header.step].map(|root| self.integer(root));
        let literal = matches!(self.region.expressions[header.step], Expression::Literal(_));
        if literal {
            out.line(format!("let {name}_steps = Steps::new({start}, {stop}, {step});"));
            return;
        }
        out.line(format!(
            "let ({name}_start, {name}_stop, {name}_step) = ({start}, {stop}, {step});"
        ));
        let row = self.row(span);
        out.line(match self.variant {
            Variant::Careful => format!(
                "if {name}_step == 0 {{ return Err(Stop::raise(Exception::ValueError, {row}, Some(\"range() arg 3 must not be \
                 zero\"))); }}"
            ),
            Variant::Fast => format!("ensure({name}_step != 0)?;"),
        });
        out.line(format!(
            "let {name}_steps = Steps::new({name}_start, {name}_stop, {name}_step);"
        ));
    }

    /// Whether nothing has happened before a loop that assigns the outputs: without iterations, the region does nothing. Their types
    /// are those that they have after an iteration.
    fn is_whole(&self, handle: Handle<ir::Loop>) -> bool {
        let statements = &self.region.body.statements;
        let Some(position) = statements.iter().position(|(one, _)| *one == Statement::For(handle)) else {
            return false;
        };
        let annotated = |one: Handle<ir::Loop>| self.region.loops[one].annotation.is_some();
        let loops = |own: bool| {
            let all = statements.iter().filter(|(one, _)| match one {
                Statement::For(one) => !own || annotated(*one),
                _ => false,
            });
            all.count()
        };
        let alone = loops(false) == 1 && statements.len() == position + 1 || loops(true) == 1 && annotated(handle);
        // Outputs that the loop alone assigns have no value without it; what stands before it then are local arrays.
        (alone && statements[..position].iter().all(|(one, _)| self.is_harmless(one))) || self.leaves_unassigned()
    }

    /// Whether a statement changes nothing that anyone outside can see.
    fn is_harmless(&self, statement: &Statement) -> bool {
        let inside = |block: &ir::Block| block.statements.iter().all(|(one, _)| self.is_harmless(one));
        let itself = match statement {
            Statement::Store(store) => {
                let array = self.region.stores[*store].array;
                matches!(self.region.arrays[array].origin, ir::ArrayOrigin::Local { .. })
            }
            Statement::Seed(_) | Statement::Draw(_) => false,
            Statement::Assign { .. }
            | Statement::Evaluate(_)
            | Statement::If { .. }
            | Statement::For(_)
            | Statement::While { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Allocate { .. }
            | Statement::Leave(_)
            | Statement::Raise { .. } => true,
        };
        itself && statement.blocks(self.region).into_iter().all(inside)
    }

    /// Whether some output has no value if no loop runs.
    fn leaves_unassigned(&self) -> bool {
        let at_end = ir::definite(self.region, ir::Trips::Any).at_end;
        self.region.outputs.iter().any(|one| match &one.gives {
            ir::Gives::Number => !at_end[one.variable.index()],
            ir::Gives::Array { .. } => false,
            ir::Gives::Chosen { among, .. } => among.contains(&ir::Gives::Number),
        })
    }

    fn counted(&self, out: &mut Writer, handle: Handle<ir::Loop>, span: Span) {
        let header = &self.region.loops[handle];
        let name = names::rust(&header.name);
        out.block();
        self.own_steps(out, handle, &name, span);
        if self.is_whole(handle) && !self.region.outputs.is_empty() {
            // Python's own loop leaves every variable as it is, and costs nothing.
            out.line(format!("if {name}_steps.is_empty() {{ return Err(Stop::Empty); }}"));
        }
        if self.variant == Variant::Fast {
            self.guards_at(out, handle, &name);
            if let Some((number, grid)) = self.kernel_of(handle) {
                self.launch_kernel(out, number, grid);
                out.close("");
                return;
            }
            if !self.kernels.is_empty() {
                self.serial(out, handle, &name);
                out.close("");
                return;
            }
            if self.plan.is_parallel(handle) {
                self.parallel(out, handle, &name);
                out.close("");
                return;
            }
            if let Some(nest) = self.plan.nest(handle) {
                self.serial_nest(out, handle, nest, &name);
                out.close("");
                return;
            }
            if self.serial_in_lanes(out, handle, &name) {
                out.close("");
                return;
            }
        }
        self.serial(out, handle, &name);
        out.close("");
    }

    /// A loop on one thread.
    pub(super) fn serial(&self, out: &mut Writer, handle: Handle<ir::Loop>, name: &str) {
        let written = self.on_one_thread(out, handle, name, |out| {
            self.block(out, &self.region.loops[handle].body);
            Ok::<(), Infallible>(())
        });
        match written {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }

    /// A loop in lanes on one thread, if possible.
    pub(super) fn serial_in_lanes(&self, out: &mut Writer, handle: Handle<ir::Loop>, name: &str) -> bool {
        let last = self.lastprivate(handle);
        let mut text = out.fork_deeper(usize::from(!last.is_empty()));
        if !self.in_lanes(&mut text, handle, &format!("0..{name}_steps.trips()"), &last) {
            return false;
        }
        if last.is_empty() {
            out.append(text);
            return true;
        }
        out.open(format!("if !{name}_steps.is_empty()"));
        out.append(text);
        // Lanes have no tags: the marks are flags.
        for mark in last.iter().filter_map(|variable| self.mark(*variable)) {
            out.line(format!("{mark} = true;"));
        }
        out.close("");
        true
    }

    /// Whether a block has loops that may take long, and so let Ctrl-C through themselves.
    pub(super) fn lasts(&self, block: &Block) -> bool {
        let mut found = false;
        ir::visit_statements(self.region, block, &mut |statement, _| {
            found |= match statement {
                Statement::For(handle) => !self.is_short(*handle),
                Statement::While { .. } => true,
                _ => false,
            };
        });
        found
    }

    /// Whether a loop has few iterations, by literals, and nothing in it lasts.
    pub(super) fn is_short(&self, handle: Handle<ir::Loop>) -> bool {
        let header = &self.region.loops[handle];
        let literal = |root: Handle<Expression>| match self.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => Some(i128::from(value)),
            _ => None,
        };
        let (Some(start), Some(stop), Some(step)) = (literal(header.start), literal(header.stop), literal(header.step))
        else {
            return false;
        };
        (stop - start).abs() <= SHORT * step.abs() && !self.lasts(&header.body)
    }
}
