//! Which names may be read after a statement: a backward walk over the body of one scope.

use std::collections::HashSet;

use super::assigned::may_suppress;
use super::scope::own_uses;
use crate::python::walk::{self, Use};
use crate::python::{Expression, Statement, StatementKind, Try};
use crate::source::Span;

type Names<'a> = HashSet<&'a str>;

/// What is known about the time after a statement.
#[derive(Debug, Default)]
pub(super) struct Live<'a> {
    names: Names<'a>,
    /// Nothing can be ruled out.
    everything: bool,
    /// Whether code of this scope, or of a nested one, may see the variables after the statement has failed.
    pub(super) after_failure: bool,
}

impl Live<'_> {
    /// Whether a name's value may be wanted after the statement.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.everything || self.names.contains(name)
    }
}

/// Everything is wanted: the scope is a module's.
pub(super) fn everything<'a>() -> Live<'a> {
    Live {
        names: Names::new(),
        everything: true,
        after_failure: true,
    }
}

/// What is wanted after the statement at `target` in a function's body.
pub(super) fn live_after<'a>(body: &'a [Statement], target: Span) -> Live<'a> {
    let mut walk = Walk {
        target,
        live: Live::default(),
        loops: Vec::new(),
        handlers: Vec::new(),
    };
    let captured = walk::names_in(body)
        .into_iter()
        // Functions defined in the region cannot leave it.
        .filter(|this| matches!(this.how, Use::Captured | Use::Anything) && !target.contains(this.span))
        .map(|this| this.name);
    let captured: Names<'a> = captured.collect();
    walk.suite(body, Names::new());
    let mut live = walk.live;
    live.everything = sees_locals(body);
    live.names.extend(captured);
    live
}

/// Whether a body asks for its variables by other means than their names.
fn sees_locals(body: &[Statement]) -> bool {
    let mut found = false;
    walk::statements(body, &mut |statement| {
        found |= own_uses(statement).iter().any(|this| {
            matches!(this.how, Use::Read | Use::Captured)
                && matches!(this.name, "locals" | "vars" | "eval" | "exec" | "dir" | "globals")
        });
    });
    found
}

struct Walk<'a> {
    target: Span,
    live: Live<'a>,
    /// What is live at the `break` and at the `continue` of the loops around.
    loops: Vec<[Names<'a>; 2]>,
    /// What the handlers around may read.
    handlers: Vec<Names<'a>>,
}

impl<'a> Walk<'a> {
    /// What is live before a body, from what is live after it.
    fn suite(&mut self, body: &'a [Statement], after: Names<'a>) -> Names<'a> {
        body.iter()
            .rev()
            .fold(after, |after, statement| self.statement(statement, after))
    }

    fn statement(&mut self, statement: &'a Statement, after: Names<'a>) -> Names<'a> {
        if statement.span == self.target {
            self.live.names.extend(&after);
            self.live.names.extend(self.handlers.iter().flatten());
            self.live.after_failure |= !self.handlers.is_empty();
        }
        match &statement.kind {
            StatementKind::If(node) => {
                let mut before = self.suite(&node.body, after.clone());
                before.extend(self.suite(&node.otherwise, after));
                with_reads(before, &node.test)
            }
            StatementKind::For(node) => {
                let targets: Names<'a> = walk::names_of_target(&node.target)
                    .into_iter()
                    .filter(|this| this.how == Use::Bind)
                    .map(|this| this.name)
                    .collect();
                let done = self.suite(&node.otherwise, after.clone());
                let head = self.repeated(&node.body, done, after, |inside| {
                    let inside = inside.difference(&targets).copied().collect();
                    with_target_reads(inside, &node.target)
                });
                with_reads(head, &node.iterable)
            }
            StatementKind::While(node) => {
                let done = self.suite(&node.otherwise, after.clone());
                let done = with_reads(done, &node.test);
                self.repeated(&node.body, done, after, |inside| with_reads(inside, &node.test))
            }
            StatementKind::With(node) => {
                let suppresses = node.items.iter().any(|item| may_suppress(&item.value));
                if suppresses {
                    self.handlers.push(after.clone());
                }
                let mut before = self.suite(&node.body, after);
                if suppresses {
                    self.handlers.pop();
                }
                for item in node.items.iter().rev() {
                    before = item.target.iter().fold(before, with_target_reads);
                    before = with_reads(before, &item.value);
                }
                before
            }
            StatementKind::Try(node) => self.attempt(node, after),
            StatementKind::Match(node) => {
                let mut before = after.clone();
                for case in &node.cases {
                    before.extend(self.suite(&case.body, after.clone()));
                    before.extend(case.reads.iter().map(|name| name.text.as_str()));
                    before = case.guard.iter().fold(before, with_reads);
                }
                with_reads(before, &node.subject)
            }
            StatementKind::Break => self.loops.last().map_or(after, |[breaks, _]| breaks.clone()),
            StatementKind::Continue => self.loops.last().map_or(after, |[_, continues]| continues.clone()),
            StatementKind::Return(value) => value.iter().fold(Names::new(), with_reads),
            StatementKind::Raise { .. } => reads(statement).collect(),
            StatementKind::Assign(_) | StatementKind::AnnotatedAssign(_) | StatementKind::Delete(_) => {
                let mut before = after;
                for this in walk::names(statement) {
                    if matches!(this.how, Use::Bind | Use::Delete) && !is_walrus(statement, this.span) {
                        before.remove(this.name);
                    }
                }
                before.extend(reads(statement));
                before
            }
            StatementKind::Function(_)
            | StatementKind::Class(_)
            | StatementKind::Assert { .. }
            | StatementKind::AugmentedAssign(_)
            | StatementKind::Expression(_)
            | StatementKind::Pass
            | StatementKind::Global(_)
            | StatementKind::Nonlocal(_)
            | StatementKind::Import(_)
            | StatementKind::Unsupported { .. }
            | StatementKind::Error { .. } => {
                let mut before = after;
                before.extend(reads(statement));
                before
            }
        }
    }

    /// What is live at the head of a loop: `enter` gives what is live before an iteration from what is live before the body.
    fn repeated(
        &mut self,
        body: &'a [Statement],
        done: Names<'a>,
        after: Names<'a>,
        enter: impl Fn(Names<'a>) -> Names<'a>,
    ) -> Names<'a> {
        let mut head = done;
        loop {
            self.loops.push([after.clone(), head.clone()]);
            let inside = self.suite(body, head.clone());
            self.loops.pop();
            let before = head.len();
            head.extend(enter(inside));
            if head.len() == before {
                return head;
            }
        }
    }

    /// Control may leave the body anywhere, for any handler.
    fn attempt(&mut self, node: &'a Try, after: Names<'a>) -> Names<'a> {
        let done = self.suite(&node.finally, after.clone());
        let mut caught = done.clone();
        for this in walk::names_in(&node.finally) {
            caught.insert(this.name);
        }
        self.handlers.push(caught.clone());
        for handler in &node.handlers {
            caught.extend(self.suite(&handler.body, done.clone()));
            caught = handler.exception.iter().fold(caught, with_reads);
        }
        self.handlers.pop();
        let tail = self.suite(&node.otherwise, done);
        self.handlers.push(caught.clone());
        let mut before = self.suite(&node.body, tail);
        self.handlers.pop();
        before.extend(caught);
        before
    }
}

fn reads(statement: &Statement) -> impl Iterator<Item = &str> {
    only_reads(walk::names(statement))
}

fn with_reads<'a>(mut names: Names<'a>, expression: &'a Expression) -> Names<'a> {
    names.extend(only_reads(walk::names_of(expression)));
    names
}

/// What the subscripts and attributes of a target read; the names it binds are not read.
fn with_target_reads<'a>(mut names: Names<'a>, target: &'a Expression) -> Names<'a> {
    names.extend(only_reads(walk::names_of_target(target)));
    names
}

fn only_reads<'a>(uses: Vec<walk::NameUse<'a>>) -> impl Iterator<Item = &'a str> {
    uses.into_iter()
        .filter(|this| matches!(this.how, Use::Read | Use::Captured | Use::Anything))
        .map(|this| this.name)
}

/// Whether the binding at `span` is a `:=` inside a statement, which may not be evaluated.
fn is_walrus(statement: &Statement, span: Span) -> bool {
    let value = match &statement.kind {
        StatementKind::Assign(assign) => Some(&assign.value),
        StatementKind::AnnotatedAssign(assign) => assign.value.as_ref(),
        _ => None,
    };
    value.is_some_and(|value| value.span.contains(span))
}
