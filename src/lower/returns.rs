//! The body of a function that is put in place of its call, and what it returns.
//!
//! A single `return` at the end is the value itself; several become assignments to result variables, with what follows
//! them nested in the other branch where that is possible, and otherwise guarded by a flag. A `return` inside a loop sets
//! the flag and leaves the loop.

use super::lowerer::{Lower, Lowerer};
use super::optional::gives_some;
use super::value::{Body, Callable, Origin, Value};
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::ir::{self, Handle};
use crate::python::{Expression, ExpressionKind, MatchCase, PatternKind, Statement, StatementKind};
use crate::source::Span;

/// How the body being inlined gives its value.
#[derive(Clone, Debug, Default)]
pub(super) struct Returns<'a> {
    /// The value, when it is known without any variable.
    direct: Option<Value<'a>>,
    /// Variables that take the value.
    slot: Option<Slot>,
    /// Whether the only `return` is the last statement.
    single: bool,
    /// True once a `return` has run.
    pub(super) flag: Option<Handle<ir::Variable>>,
    /// Of a function that gives a value on some ways only: whether it has.
    there: Option<Handle<ir::Variable>>,
    /// A `return` without value, or the end of the body, may be reached.
    nothing: bool,
}

/// Variables in the shape of the returned value.
#[derive(Clone, Debug)]
enum Slot {
    Scalar(Handle<ir::Variable>),
    Tuple(Vec<Slot>),
}

/// What is still to be run after a list of statements, innermost first.
#[derive(Clone, Copy)]
struct Rest<'a, 'r> {
    statements: &'a [Statement],
    next: Option<&'r Rest<'a, 'r>>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn run(&mut self, callable: Callable<'a>) -> Lower<Option<Value<'a>>> {
        let function = match callable.body {
            Body::Lambda(_, body) => {
                let value = self.value(body)?;
                if self.dies_here(&value) {
                    return Err(self.outlives_frame(body.span));
                }
                return Ok(Some(value));
            }
            Body::Function(function) => function,
        };
        let single = matches!(callable.origin, Origin::Numpy) || returns_once(&function.body);
        self.frame_mut().returns.single = single;
        let mark = self.mark();
        if !single && gives_some(&function.body) {
            let there = self.temporary(&format!("{}_is_there", callable.name), function.header);
            self.set_there(there, false, function.header);
            self.frame_mut().returns.there = Some(there);
        }
        self.body(&function.body, None)?;
        let returns = std::mem::take(&mut self.frame_mut().returns);
        if let (Some(there), Some(slot)) = (returns.there, &returns.slot) {
            self.hold_nothing(slot, mark, function.header);
            let value = self.slot_value(slot, function.header);
            return Ok(Some(Value::Optional(there, Box::new(value))));
        }
        let value = match (returns.direct, returns.slot) {
            (Some(value), _) => Some(value),
            (None, Some(slot)) => Some(self.slot_value(&slot, function.header)),
            (None, None) => None,
        };
        if value.is_some() && returns.nothing {
            let message = format!(
                "`{}` returns a value on some ways through it and none on others",
                callable.name
            );
            return Err(self.refuse_statement(function.header, message));
        }
        Ok(value)
    }

    /// Has the variables of a result hold nothing from a place in the present block on.
    fn hold_nothing(&mut self, slot: &Slot, mark: usize, span: Span) {
        match slot {
            Slot::Scalar(variable) => {
                let value = self.add(ir::Expression::Literal(ir::Literal::Nothing), span);
                let variable = *variable;
                let assign = ir::Statement::Assign { variable, value };
                let span = self.at(span);
                self.block().statements.insert(mark, (assign, span));
            }
            Slot::Tuple(items) => items.iter().for_each(|item| self.hold_nothing(item, mark, span)),
        }
    }

    fn slot_value(&mut self, slot: &Slot, span: Span) -> Value<'a> {
        match slot {
            Slot::Scalar(variable) => Value::Scalar(self.read(*variable, span)),
            Slot::Tuple(items) => Value::Tuple(items.iter().map(|item| self.slot_value(item, span)).collect()),
        }
    }

    /// Statements outside any loop of the function, and what follows them.
    fn body(&mut self, statements: &'a [Statement], rest: Option<&Rest<'a, '_>>) -> Lower<()> {
        self.suites.push(statements);
        let result = self.body_statements(statements, rest);
        self.suites.pop();
        result
    }

    fn body_statements(&mut self, statements: &'a [Statement], rest: Option<&Rest<'a, '_>>) -> Lower<()> {
        for (index, statement) in statements.iter().enumerate() {
            if !may_return(statement) {
                self.statement(statement)?;
                if never_passes(statement) {
                    return Ok(());
                }
                continue;
            }
            let after = Rest {
                statements: &statements[index + 1..],
                next: rest,
            };
            return match &statement.kind {
                StatementKind::Return(value) => self.returns(value.as_ref(), statement.span),
                StatementKind::If(node) if let Some(truth) = self.static_truth(&node.test)? => {
                    let taken = if truth { &node.body } else { &node.otherwise };
                    self.body(taken, Some(&after))
                }
                StatementKind::If(node) if always_leaves(&node.body) || always_leaves(&node.otherwise) => {
                    self.branch(&node.test, &node.body, &node.otherwise, &after, statement.span)
                }
                _ => self.guarded(statement, &after),
            };
        }
        match rest {
            Some(rest) => self.body(rest.statements, rest.next),
            None => {
                self.frame_mut().returns.nothing = true;
                Ok(())
            }
        }
    }

    /// An `if` of which one branch never falls through: the rest belongs to the other one.
    fn branch(
        &mut self,
        test: &'a Expression,
        body: &'a [Statement],
        otherwise: &'a [Statement],
        rest: &Rest<'a, '_>,
        span: Span,
    ) -> Lower<()> {
        let condition = self.tested(test)?;
        let proven = self.proven_by(test);
        let after = |suite: &'a [Statement]| (!always_leaves(suite)).then_some(rest);
        let ((), accept) = self.knowing(&proven.when_true, |this| {
            this.nested(|this| this.body(body, after(body)))
        })?;
        let ((), reject) = self.knowing(&proven.when_false, |this| {
            this.nested(|this| this.body(otherwise, after(otherwise)))
        })?;
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
        Ok(())
    }

    /// A statement that may return or fall through: what follows runs only if it did not return.
    fn guarded(&mut self, statement: &'a Statement, rest: &Rest<'a, '_>) -> Lower<()> {
        let span = statement.span;
        let flag = self.temporary("returned", span);
        let no = self.truth(false, span);
        self.assign(flag, no, span);
        let outer = self.frame_mut().returns.flag.replace(flag);
        self.statement(statement)?;
        self.frame_mut().returns.flag = outer;
        if never_passes(statement) {
            return Ok(());
        }
        let returned = self.read(flag, span);
        let condition = self.not(returned, span);
        let ((), accept) = self.nested(|this| this.body(rest.statements, rest.next))?;
        let reject = ir::Block::default();
        if !accept.is_empty() {
            self.push(
                ir::Statement::If {
                    condition,
                    accept,
                    reject,
                },
                span,
            );
        }
        Ok(())
    }

    /// `return value`
    pub(super) fn returns(&mut self, value: Option<&'a Expression>, span: Span) -> Lower<()> {
        if self.frame().call.is_none() {
            return Err(self.returned_from_region(span));
        }
        match value {
            Some(value) if !matches!(value.kind, ExpressionKind::None) => {
                let result = self.value(value)?;
                if self.dies_here(&result) {
                    return Err(self.outlives_frame(value.span));
                }
                if self.frame().returns.single {
                    self.frame_mut().returns.direct = Some(result);
                } else {
                    let slot = self.frame().returns.slot.clone();
                    let result = match (result, self.frame().returns.there) {
                        // What another function gives, or does not.
                        (Value::Optional(given, result), Some(there)) => {
                            let given = self.read(given, span);
                            self.assign(there, given, span);
                            *result
                        }
                        (result, Some(there)) => {
                            self.set_there(there, true, span);
                            result
                        }
                        (result, None) => result,
                    };
                    let slot = self.fill(slot, result, value.span)?;
                    self.frame_mut().returns.slot = Some(slot);
                }
            }
            _ => self.frame_mut().returns.nothing = true,
        }
        if let Some(flag) = self.frame().returns.flag {
            let yes = self.truth(true, span);
            self.assign(flag, yes, span);
        }
        Ok(())
    }

    /// A `return` in the annotated loop itself.
    fn returned_from_region(&self, span: Span) -> Box<Diagnostic> {
        if self.frame().loops.iter().any(|open| open.parallel) {
            let message = "`return` leaves this parallel loop early: which iterations run depends on the earlier ones";
            let search = "to find the first iteration that fits, let all of them run: `if fits: first = min(first, i)` is \
                          a reduction; return after the loop";
            let diagnostic = self.refuse(Code::EarlyExit, span, message).severity(Severity::Error);
            return Box::new(diagnostic.labelled("leaves the loop and the function").help(search));
        }
        let diagnostic = self.refuse_statement(span, "`return` cannot leave a translated loop");
        Box::new(diagnostic.help("leave the loop by `break`, and return after it"))
    }

    fn fill(&mut self, slot: Option<Slot>, value: Value<'a>, span: Span) -> Lower<Slot> {
        match (slot, value) {
            (slot, Value::Tuple(items)) => {
                let slots: Vec<Option<Slot>> = match slot {
                    None => vec![None; items.len()],
                    Some(Slot::Tuple(slots)) if slots.len() == items.len() => slots.into_iter().map(Some).collect(),
                    Some(_) => {
                        return Err(self.refuse_statement(span, "the `return`s give different numbers of values"));
                    }
                };
                let mut filled = Vec::new();
                for (slot, item) in slots.into_iter().zip(items) {
                    filled.push(self.fill(slot, item, span)?);
                }
                Ok(Slot::Tuple(filled))
            }
            (Some(Slot::Tuple(_)), _) => {
                Err(self.refuse_statement(span, "the `return`s give different numbers of values"))
            }
            (slot, value) => {
                let handle = self.number(value, span)?;
                let variable = match slot {
                    Some(Slot::Scalar(variable)) => variable,
                    _ => {
                        let function = self.frame().call.as_ref().map(|(name, _)| format!("{name}_result"));
                        self.temporary(&function.unwrap_or_default(), span)
                    }
                };
                self.assign(variable, handle, span);
                Ok(Slot::Scalar(variable))
            }
        }
    }
}

/// Whether a statement has a `return` inside.
pub(super) fn may_return(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Return(_) => true,
        StatementKind::Function(_) | StatementKind::Class(_) => false,
        kind => kind.bodies().into_iter().flatten().any(may_return),
    }
}

/// Whether control never goes on behind a statement.
pub(super) fn never_passes(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Return(_) | StatementKind::Raise { .. } | StatementKind::Break | StatementKind::Continue => true,
        StatementKind::If(node) => always_leaves(&node.body) && always_leaves(&node.otherwise),
        StatementKind::Match(node) => {
            let exhaustive = node.cases.iter().any(is_irrefutable);
            exhaustive && node.cases.iter().all(|case| always_leaves(&case.body))
        }
        StatementKind::While(node) => {
            matches!(node.test.kind, ExpressionKind::Bool(true)) && !super::loops::breaks(&node.body)
        }
        _ => false,
    }
}

/// Whether a case matches whatever the subject is.
fn is_irrefutable(case: &MatchCase) -> bool {
    let mut pattern = &case.pattern;
    while let PatternKind::As(inner, _) = &pattern.kind {
        pattern = inner;
    }
    case.guard.is_none() && matches!(pattern.kind, PatternKind::Wildcard | PatternKind::Capture(_))
}

/// Whether control never reaches the end of a list of statements.
fn always_leaves(statements: &[Statement]) -> bool {
    statements.iter().any(never_passes)
}

/// Whether the only `return` is the last statement.
fn returns_once(body: &[Statement]) -> bool {
    match body.split_last() {
        Some((last, before)) => matches!(last.kind, StatementKind::Return(_)) && !before.iter().any(may_return),
        None => false,
    }
}
