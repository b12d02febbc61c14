//! Loops: counted ones with their targets, `while`, and the ways out of both.

use super::clause::makes_atomic;
use super::iterate::{Affine, Item, Iteration, Run};
use super::lowerer::{Binding, Lower, Lowerer, OpenLoop};
use super::returns::may_return;
use super::statement::suite_span;
use super::value::Value;
use crate::ir::{self, BinaryOp, Handle};
use crate::pragma::{Directive, DirectiveKind};
use crate::python::{Expression, ExpressionKind, For, Statement, StatementKind, While, walk};
use crate::source::Span;

type Ex = Handle<ir::Expression>;
type Counted = Handle<ir::Loop>;

/// A `for` being lowered: a statement, or a clause of a comprehension.
pub(super) struct Header<'a> {
    pub(super) target: &'a Expression,
    /// From `for` to the colon.
    pub(super) header: Span,
    /// All of it.
    pub(super) whole: Span,
    /// Of the body.
    pub(super) inside: Span,
}

/// Lowers what is repeated; given the counters.
pub(super) type Repeated<'a, 'b> = &'b mut dyn FnMut(&mut Lowerer<'a>, &[Handle<ir::Loop>]) -> Lower<()>;

/// A counter that stands directly for a loop variable.
struct Direct<'a> {
    name: &'a str,
    /// The variable that outlives the loop, if one must.
    variable: Option<Handle<ir::Variable>>,
    before: Option<Binding<'a>>,
}

impl<'a> Lowerer<'a> {
    /// A `for` statement.
    pub(super) fn for_loop(&mut self, statement: &'a Statement, node: &'a For) -> Lower<()> {
        if node.asynchronous {
            return Err(self.refuse_statement(node.header, "`async for` cannot be translated"));
        }
        let targets = match &node.target.kind {
            ExpressionKind::Tuple(items) | ExpressionKind::List(items) => Some(items.len()),
            _ => None,
        };
        let directive = self.program.directives.on(statement);
        let directive: Option<&'a Directive> = directive.filter(|directive| directive.kind.is_loop());
        let header = Header {
            target: &node.target,
            header: node.header,
            whole: statement.span,
            inside: suite_span(&node.body),
        };
        let annotated = directive.map(|directive| self.clauses(directive)).transpose()?;
        let atomic = self.atomic;
        self.atomic |= directive.is_some_and(makes_atomic);
        if annotated.is_none()
            && let Some(items) = self.known_items(&node.iterable)?
        {
            return self.over_known(statement, node, items);
        }
        let iteration = match self.iteration(&node.iterable, targets)? {
            Iteration::Single(run) if self.literal(run.step) != Some(1) && self.grows_in(&node.body) => {
                Iteration::Single(self.by_ones(run, node.header))
            }
            other => other,
        };
        let leaves = breaks(&node.body) || node.body.iter().any(may_return);
        let (several, rising) = match &iteration {
            Iteration::Single(_) => (false, false),
            Iteration::Nest(runs) => (runs.len() > 1, false),
            Iteration::Rising(_, width) => (*width > 1, true),
        };
        let broken = (leaves && (several || !node.otherwise.is_empty())).then(|| self.start_flag(statement.span));
        let parallel = directive.is_some_and(|directive| directive.kind != DirectiveKind::SequentialFor);
        self.frame_mut().loops.push(OpenLoop { broken, parallel });
        let result = self.counted(&header, iteration, &mut |this, _| this.suite(&node.body));
        self.frame_mut().loops.pop();
        self.atomic = atomic;
        let counters = result?;
        // Loops that start where another one stands are no rectangle.
        let levels = if rising { 1 } else { counters.len() as u32 };
        self.annotate(annotated, counters[0], levels);
        self.after_loop(statement, &node.otherwise, broken)
    }

    /// A `for` over items that are written out: its body once for each, unless it jumps or is repeated often.
    fn over_known(&mut self, statement: &'a Statement, node: &'a For, items: Vec<Value<'a>>) -> Lower<()> {
        let mut annotated = false;
        walk::statements(&node.body, &mut |inner| {
            annotated |= self.program.directives.on(inner).is_some()
        });
        let leaves = jumps(&node.body) || node.body.iter().any(may_return);
        if leaves || annotated || items.len() > MOST_REPEATED {
            let list = self.list_of(items, node.iterable.span)?;
            let iteration = Iteration::Single(self.run_over_list(list, node.iterable.span));
            return self.over_iteration(statement, node, iteration);
        }
        // The items are evaluated before the first round.
        let items: Vec<Binding<'a>> = items.into_iter().map(|item| self.kept(item, "item")).collect();
        for item in items {
            let value = self.bound(&item, node.target.span);
            self.bind_target(&node.target, value, node.header)?;
            self.suite(&node.body)?;
        }
        self.suite(&node.otherwise)
    }

    /// A `for` without directive over an iteration space.
    fn over_iteration(&mut self, statement: &'a Statement, node: &'a For, iteration: Iteration) -> Lower<()> {
        let header = Header {
            target: &node.target,
            header: node.header,
            whole: statement.span,
            inside: suite_span(&node.body),
        };
        let leaves = breaks(&node.body) || node.body.iter().any(may_return);
        let broken = (leaves && !node.otherwise.is_empty()).then(|| self.start_flag(statement.span));
        let parallel = false;
        self.frame_mut().loops.push(OpenLoop { broken, parallel });
        let result = self.counted(&header, iteration, &mut |this, _| this.suite(&node.body));
        self.frame_mut().loops.pop();
        result?;
        self.after_loop(statement, &node.otherwise, broken)
    }

    /// A variable that is false until the loop is left by `break`.
    fn start_flag(&mut self, span: Span) -> Handle<ir::Variable> {
        let flag = self.temporary("broken", span);
        let no = self.truth(false, span);
        self.assign(flag, no, span);
        flag
    }

    /// The `else` of a loop, and leaving the loop around it when the function being inlined has returned.
    fn after_loop(
        &mut self,
        statement: &'a Statement,
        otherwise: &'a [Statement],
        broken: Option<Handle<ir::Variable>>,
    ) -> Lower<()> {
        let span = statement.span;
        if !otherwise.is_empty() {
            match broken {
                None => self.suite(otherwise)?,
                Some(flag) => {
                    let broken = self.read(flag, span);
                    let condition = self.not(broken, span);
                    let ((), accept) = self.nested(|this| this.suite(otherwise))?;
                    let reject = ir::Block::default();
                    self.push(
                        ir::Statement::If {
                            condition,
                            accept,
                            reject,
                        },
                        span,
                    );
                }
            }
        }
        match self.frame().returns.flag {
            Some(flag) if may_return(statement) && !self.frame().loops.is_empty() => {
                self.break_if(flag, span);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn break_if(&mut self, flag: Handle<ir::Variable>, span: Span) {
        let condition = self.read(flag, span);
        let mut accept = ir::Block::default();
        accept.push(ir::Statement::Break, span);
        let reject = ir::Block::default();
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
    }

    /// `break`
    pub(super) fn break_out(&mut self, span: Span) -> Lower<()> {
        let Some(open) = self.frame().loops.last().copied() else {
            return Err(self.refuse_statement(span, "`break` leaves a loop that is not translated"));
        };
        if let Some(flag) = open.broken {
            let yes = self.truth(true, span);
            self.assign(flag, yes, span);
        }
        self.push(ir::Statement::Break, span);
        Ok(())
    }

    /// The counted loops of an iteration space around what is repeated; gives them.
    pub(super) fn counted(
        &mut self,
        header: &Header<'a>,
        iteration: Iteration,
        body: Repeated<'a, '_>,
    ) -> Lower<Vec<Counted>> {
        let run = match iteration {
            Iteration::Single(run) => run,
            Iteration::Nest(runs) => {
                let runs = runs.iter().enumerate();
                let counters = runs.map(|(axis, run)| self.open_loop(header, run, axis)).collect();
                return self.nest(header, counters, body);
            }
            Iteration::Rising(run, width) => {
                let counters = self.open_rising(header, run, width);
                return self.nest(header, counters, body);
            }
        };
        let counted = self.open_loop(header, &run, 0);
        self.open.push(Some(counted));
        let result = self.nested(|this| {
            let mut direct = Vec::new();
            this.bind_item(header.target, &run.item, counted, header, &mut direct)?;
            body(this, &[counted])?;
            Ok(direct)
        });
        self.open.pop();
        let (direct, block) = result?;
        self.unbind(direct);
        self.close_loop(header, counted, block);
        Ok(vec![counted])
    }

    /// Counted loops inside one another; the innermost has the body.
    fn nest(&mut self, header: &Header<'a>, counters: Vec<Counted>, body: Repeated<'a, '_>) -> Lower<Vec<Counted>> {
        let span = header.header;
        let around = self.open.len();
        self.open.extend(counters.iter().copied().map(Some));
        let result = self.nested(|this| {
            let mut direct = Vec::new();
            this.bind_counters(header.target, &counters, header, &mut direct)?;
            body(this, &counters)?;
            Ok(direct)
        });
        self.open.truncate(around);
        let (direct, mut block) = result?;
        self.unbind(direct);
        let broken = self.frame().loops.last().and_then(|open| open.broken);
        for (level, counted) in counters.iter().enumerate().rev() {
            if level == 0 {
                self.close_loop(header, *counted, block);
                break;
            }
            self.region.loops[*counted].body = block;
            block = ir::Block::default();
            block.push(ir::Statement::For(*counted), header.whole);
            if let Some(flag) = broken {
                let ((), exit) = self.nested(|this| {
                    this.break_if(flag, span);
                    Ok(())
                })?;
                block.statements.extend(exit.statements);
            }
        }
        Ok(counters)
    }

    /// Loops inside one another, each of which starts behind the place of the one around it.
    fn open_rising(&mut self, header: &Header<'a>, mut run: Run, width: usize) -> Vec<Counted> {
        let span = header.header;
        let mut counters = Vec::new();
        for axis in 0..width {
            let counted = self.open_loop(header, &run, axis);
            let (place, one) = (self.add(ir::Expression::Counter(counted), span), self.int(1, span));
            run.start = self.binary(BinaryOp::Add, place, one, span);
            counters.push(counted);
        }
        counters
    }

    fn open_loop(&mut self, header: &Header<'a>, run: &Run, axis: usize) -> Counted {
        let wanted = self.counter_name(header.target, &run.item, axis, header.inside);
        let name = self.fresh(&wanted);
        self.region.loops.append(ir::Loop {
            name,
            written: wanted,
            start: run.start,
            stop: run.stop,
            step: run.step,
            body: ir::Block::default(),
            annotation: None,
            mode: ir::Mode::Serial,
            span: header.header,
        })
    }

    fn close_loop(&mut self, header: &Header<'a>, counted: Counted, body: ir::Block) {
        self.region.loops[counted].body = body;
        self.push(ir::Statement::For(counted), header.whole);
    }

    /// The loop variable's name where it is the counter itself, else one made of it.
    fn counter_name(&self, target: &'a Expression, item: &Item, axis: usize, inside: Span) -> String {
        let plain = |target: &'a Expression, suffix: &str| match &target.kind {
            ExpressionKind::Name(name) => {
                // A variable of that name is made too when the value outlives the loop.
                let both = suffix.is_empty() && self.needs_variable(name, Some(inside));
                let suffix = if both { "_counter" } else { suffix };
                Some(match &self.frame().call {
                    Some((function, _)) => format!("{function}_{name}{suffix}"),
                    None => format!("{name}{suffix}"),
                })
            }
            _ => None,
        };
        let name = match (&target.kind, item) {
            (ExpressionKind::Tuple(targets) | ExpressionKind::List(targets), Item::Tuple(items)) => targets
                .iter()
                .zip(items)
                .find(|(_, item)| matches!(item, Item::Count(affine) if affine.is_counter()))
                .and_then(|(target, _)| plain(target, "")),
            (ExpressionKind::Tuple(targets) | ExpressionKind::List(targets), _) => {
                targets.get(axis).and_then(|target| plain(target, ""))
            }
            (_, Item::Count(affine)) if affine.is_counter() => plain(target, ""),
            _ => plain(target, "_index"),
        };
        name.unwrap_or_else(|| "index".to_owned())
    }

    // Targets

    fn bind_item(
        &mut self,
        target: &'a Expression,
        item: &Item,
        counted: Counted,
        header: &Header<'a>,
        direct: &mut Vec<Direct<'a>>,
    ) -> Lower<()> {
        match (&target.kind, item) {
            (ExpressionKind::Name(name), Item::Count(affine)) if affine.is_counter() => {
                self.bind_counter(name, target.span, counted, header, direct);
                Ok(())
            }
            (ExpressionKind::Name(name), Item::Element(array, before, affine))
                if affine.is_counter()
                    && self.frame().array_names.contains(name)
                    && !self.needs_variable(name, Some(header.inside)) =>
            {
                let leaves = before.iter().map(|leaf| self.region.expressions[*leaf].clone());
                let subscripts = leaves.chain([ir::Expression::Counter(counted)]).collect();
                let binding = Binding::Element(*array, subscripts);
                let before = self.frame_mut().locals.insert(name, binding);
                direct.push(Direct {
                    name,
                    variable: None,
                    before,
                });
                Ok(())
            }
            (ExpressionKind::Tuple(targets) | ExpressionKind::List(targets), Item::Tuple(items)) => {
                if targets.len() != items.len() {
                    let message = format!("{} values cannot be unpacked into {} names", items.len(), targets.len());
                    return Err(self.refuse_statement(target.span, message));
                }
                targets
                    .iter()
                    .zip(items)
                    .try_for_each(|(target, item)| self.bind_item(target, item, counted, header, direct))
            }
            _ => {
                let counter = self.add(ir::Expression::Counter(counted), target.span);
                let value = self.item_value(item, counter, target.span)?;
                self.bind_target(target, value, header.header)
            }
        }
    }

    fn bind_counters(
        &mut self,
        target: &'a Expression,
        counters: &[Counted],
        header: &Header<'a>,
        direct: &mut Vec<Direct<'a>>,
    ) -> Lower<()> {
        match &target.kind {
            ExpressionKind::Tuple(targets) | ExpressionKind::List(targets) if targets.len() == counters.len() => {
                for (target, counted) in targets.iter().zip(counters) {
                    let item = Item::Count(Affine::default());
                    self.bind_item(target, &item, *counted, header, direct)?;
                }
                Ok(())
            }
            ExpressionKind::Name(name) => {
                if self.needs_variable(name, Some(header.inside)) {
                    let message = format!("`{name}` holds a whole index, which cannot outlive the loop");
                    return Err(self.refuse_statement(target.span, message));
                }
                let leaf = |counted: &Counted| Binding::Leaf(ir::Expression::Counter(*counted));
                let binding = Binding::Tuple(counters.iter().map(leaf).collect());
                let before = self.frame_mut().locals.insert(name, binding);
                direct.push(Direct {
                    name,
                    variable: None,
                    before,
                });
                Ok(())
            }
            _ => {
                let message = format!(
                    "an index of {} parts is unpacked into other than that many names",
                    counters.len()
                );
                Err(self.refuse_statement(target.span, message))
            }
        }
    }

    /// Inside the body the name is the counter, unless the body assigns it; where the value is wanted later, a variable
    /// takes it at the head of each iteration.
    fn bind_counter(
        &mut self,
        name: &'a str,
        place: Span,
        counted: Counted,
        header: &Header<'a>,
        direct: &mut Vec<Direct<'a>>,
    ) {
        let reassigned = self.frame().assigns_inside(name, header.inside);
        let variable = (reassigned || self.needs_variable(name, None)).then(|| self.variable(name, place));
        if let Some(variable) = variable {
            let value = self.add(ir::Expression::Counter(counted), place);
            self.assign(variable, value, header.header);
        }
        if !reassigned {
            let leaf = Binding::Leaf(ir::Expression::Counter(counted));
            let before = self.frame_mut().locals.insert(name, leaf);
            direct.push(Direct { name, variable, before });
        }
    }

    /// Whether the value of a loop variable is wanted other than in the body of its loop.
    fn needs_variable(&self, name: &str, reassigned_in: Option<Span>) -> bool {
        let reassigned = reassigned_in.is_some_and(|inside| self.frame().assigns_inside(name, inside));
        // The targets of a comprehension are its own.
        let live = self.frame().call.is_none() && !self.frame().is_lambda && self.live.contains(name);
        reassigned || live || self.frame().outlives(name)
    }

    fn unbind(&mut self, direct: Vec<Direct<'a>>) {
        for Direct { name, variable, before } in direct.into_iter().rev() {
            let binding = variable.map(Binding::Variable).or(before);
            let locals = &mut self.frame_mut().locals;
            match binding {
                Some(binding) => _ = locals.insert(name, binding),
                None => _ = locals.remove(name),
            }
        }
    }

    /// The item at a place of the iteration space as a value.
    pub(super) fn item_value(&mut self, item: &Item, at: Ex, span: Span) -> Lower<Value<'a>> {
        Ok(match item {
            Item::Count(affine) => Value::Scalar(self.affine(*affine, at, span)),
            Item::Element(array, before, affine) => {
                let mut subscripts: Vec<Ex> = before
                    .iter()
                    .map(|leaf| self.add(self.region.expressions[*leaf].clone(), span))
                    .collect();
                self.chain(&subscripts);
                subscripts.push(self.affine(*affine, at, span));
                Value::Element(*array, subscripts)
            }
            Item::Listed(list, affine) => {
                let mut list = list.clone();
                let leaves = list.subscripts.iter();
                list.subscripts = leaves
                    .map(|leaf| self.add(self.region.expressions[*leaf].clone(), span))
                    .collect();
                list.subscripts.push(self.affine(*affine, at, span));
                self.list_part(list)
            }
            Item::Tuple(items) => Value::Tuple(
                items
                    .iter()
                    .map(|item| self.item_value(item, at, span))
                    .collect::<Lower<Vec<_>>>()?,
            ),
        })
    }

    fn affine(&mut self, affine: Affine, at: Ex, span: Span) -> Ex {
        let mut value = at;
        let backwards = affine.step.is_some_and(|step| self.literal(step) == Some(-1));
        if let (true, Some(start)) = (backwards, affine.start) {
            return self.binary(BinaryOp::Subtract, start, value, span);
        }
        if let Some(step) = affine.step {
            value = self.binary(BinaryOp::Multiply, value, step, span);
        }
        match affine.start {
            Some(start) => self.binary(BinaryOp::Add, start, value, span),
            None => value,
        }
    }

    // While

    /// A `while` statement.
    pub(super) fn while_loop(&mut self, statement: &'a Statement, node: &'a While) -> Lower<()> {
        let span = statement.span;
        let leaves = breaks(&node.body) || node.body.iter().any(may_return);
        let broken = (leaves && !node.otherwise.is_empty()).then(|| self.start_flag(span));
        let (condition, prelude) = self.nested(|this| this.tested(&node.test))?;
        let parallel = false;
        self.frame_mut().loops.push(OpenLoop { broken, parallel });
        self.open.push(None);
        let result = self.nested(|this| this.suite(&node.body));
        self.open.pop();
        self.frame_mut().loops.pop();
        let ((), body) = result?;
        self.push(
            ir::Statement::While {
                prelude,
                condition,
                body,
            },
            span,
        );
        self.after_loop(statement, &node.otherwise, broken)
    }
}

impl Affine {
    /// Whether it is the counter itself.
    pub(super) fn is_counter(&self) -> bool {
        self.start.is_none() && self.step.is_none()
    }
}

/// Rounds of a loop over written items whose body is repeated.
const MOST_REPEATED: usize = 16;

/// Whether a loop's body has a `break` or a `continue` of that loop.
fn jumps(body: &[Statement]) -> bool {
    body.iter().any(|statement| match &statement.kind {
        StatementKind::Break | StatementKind::Continue => true,
        StatementKind::For(node) => jumps(&node.otherwise),
        StatementKind::While(node) => jumps(&node.otherwise),
        StatementKind::Function(_) | StatementKind::Class(_) => false,
        kind => kind.bodies().into_iter().any(jumps),
    })
}

/// Whether a loop's body has a `break` of that loop.
pub(super) fn breaks(body: &[Statement]) -> bool {
    body.iter().any(|statement| match &statement.kind {
        StatementKind::Break => true,
        StatementKind::For(node) => breaks(&node.otherwise),
        StatementKind::While(node) => breaks(&node.otherwise),
        StatementKind::Function(_) | StatementKind::Class(_) => false,
        kind => kind.bodies().into_iter().any(breaks),
    })
}
