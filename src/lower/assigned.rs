//! Which names surely have a value where a statement starts: a forward walk over the body of one scope.
//!
//! Whatever cannot be followed (an exception, a pattern) counts as not assigned.

use std::collections::HashSet;

use crate::python::walk::{self, Use};
use crate::python::{Expression, ExpressionKind, Parameter, Statement, StatementKind, Try};
use crate::source::Span;

type Names<'a> = HashSet<&'a str>;
/// `None` where control never comes.
type State<'a> = Option<Names<'a>>;

/// The names that are assigned whenever control reaches the statement at `target`; none if it never does.
pub(super) fn assigned_before<'a>(
    parameters: &'a [Parameter],
    body: &'a [Statement],
    target: Span,
) -> HashSet<&'a str> {
    let mut walk = Walk {
        target,
        found: None,
        loops: Vec::new(),
    };
    let entry = parameters
        .iter()
        .map(|parameter| parameter.name.text.as_str())
        .collect();
    walk.suite(body, Some(entry));
    walk.found.unwrap_or_default()
}

struct Walk<'a> {
    target: Span,
    found: State<'a>,
    /// What holds at the `break`s of the loops around.
    loops: Vec<State<'a>>,
}

impl<'a> Walk<'a> {
    fn suite(&mut self, body: &'a [Statement], state: State<'a>) -> State<'a> {
        body.iter()
            .fold(state, |state, statement| self.statement(statement, state))
    }

    fn statement(&mut self, statement: &'a Statement, state: State<'a>) -> State<'a> {
        if statement.span == self.target && state.is_some() {
            self.found = meet(self.found.take(), state.clone());
        }
        let mut known = state?;
        match &statement.kind {
            StatementKind::If(node) => {
                bind_surely(&node.test, &mut known);
                let accepted = self.suite(&node.body, Some(known.clone()));
                let rejected = self.suite(&node.otherwise, Some(known));
                meet(accepted, rejected)
            }
            StatementKind::For(node) => {
                bind_surely(&node.iterable, &mut known);
                let mut inside = without_deleted(known, &node.body);
                let after = inside.clone();
                bind(walk::names_of_target(&node.target), &mut inside);
                let breaks = self.repeated(&node.body, inside);
                meet(self.suite(&node.otherwise, Some(after)), breaks)
            }
            StatementKind::While(node) => {
                let mut known = without_deleted(known, &node.body);
                bind_surely(&node.test, &mut known);
                let breaks = self.repeated(&node.body, known.clone());
                if matches!(node.test.kind, ExpressionKind::Bool(true)) {
                    breaks
                } else {
                    meet(self.suite(&node.otherwise, Some(known)), breaks)
                }
            }
            StatementKind::With(node) => {
                for item in &node.items {
                    bind_surely(&item.value, &mut known);
                    item.target
                        .iter()
                        .for_each(|target| bind(walk::names_of_target(target), &mut known));
                }
                let before = known.clone();
                let end = self.suite(&node.body, Some(known));
                if node.items.iter().any(|item| may_suppress(&item.value)) {
                    meet(end, Some(without_deleted(before, &node.body)))
                } else {
                    end
                }
            }
            StatementKind::Try(node) => self.attempt(node, known),
            StatementKind::Match(node) => {
                let mut end = Some(known.clone());
                for case in &node.cases {
                    let mut inside = known.clone();
                    inside.extend(case.binds.iter().map(|name| name.text.as_str()));
                    end = meet(end, self.suite(&case.body, Some(inside)));
                }
                end
            }
            StatementKind::Return(_) | StatementKind::Raise { .. } | StatementKind::Continue => None,
            StatementKind::Break => {
                let breaks = self.loops.last_mut()?;
                *breaks = meet(breaks.take(), Some(known));
                None
            }
            StatementKind::Expression(value) => {
                bind_surely(value, &mut known);
                Some(known)
            }
            StatementKind::Unsupported { names, .. } | StatementKind::Error { names } => {
                names.iter().for_each(|name| {
                    known.remove(name.text.as_str());
                });
                Some(known)
            }
            StatementKind::Function(_)
            | StatementKind::Class(_)
            | StatementKind::Assert { .. }
            | StatementKind::Assign(_)
            | StatementKind::AnnotatedAssign(_)
            | StatementKind::AugmentedAssign(_)
            | StatementKind::Pass
            | StatementKind::Global(_)
            | StatementKind::Nonlocal(_)
            | StatementKind::Delete(_)
            | StatementKind::Import(_) => {
                bind(walk::names(statement), &mut known);
                Some(known)
            }
        }
    }

    fn repeated(&mut self, body: &'a [Statement], known: Names<'a>) -> State<'a> {
        self.loops.push(None);
        self.suite(body, Some(known));
        self.loops.pop().flatten()
    }

    /// A handler may start anywhere in the body, so it knows what was known before it.
    fn attempt(&mut self, node: &'a Try, known: Names<'a>) -> State<'a> {
        let before = without_deleted(known.clone(), &node.body);
        let tried = self.suite(&node.body, Some(known));
        let mut end = self.suite(&node.otherwise, tried);
        for handler in &node.handlers {
            let mut inside = before.clone();
            inside.extend(handler.name.iter().map(|name| name.text.as_str()));
            let mut handled = self.suite(&handler.body, Some(inside));
            if let (Some(known), Some(name)) = (&mut handled, &handler.name) {
                known.remove(name.text.as_str());
            }
            end = meet(end, handled);
        }
        if node.finally.is_empty() {
            return end;
        }
        self.suite(&node.finally, Some(before));
        self.suite(&node.finally, end)
    }
}

fn meet<'a>(left: State<'a>, right: State<'a>) -> State<'a> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.intersection(&right).copied().collect()),
        (one, None) | (None, one) => one,
    }
}

fn bind<'a>(uses: Vec<walk::NameUse<'a>>, known: &mut Names<'a>) {
    for this in uses {
        match this.how {
            Use::Bind => {
                known.insert(this.name);
            }
            Use::Delete => {
                known.remove(this.name);
            }
            Use::Read | Use::Captured | Use::Anything => {}
        }
    }
}

/// Names bound by `:=` wherever the expression is evaluated at all.
fn bind_surely<'a>(expression: &'a Expression, known: &mut Names<'a>) {
    match &expression.kind {
        ExpressionKind::Walrus { target, value } => {
            bind_surely(value, known);
            known.insert(&target.text);
        }
        ExpressionKind::Logical { operands, .. } => operands.iter().take(1).for_each(|first| bind_surely(first, known)),
        ExpressionKind::Compare { operands, .. } => operands.iter().take(2).for_each(|first| bind_surely(first, known)),
        ExpressionKind::Conditional { test, .. } => bind_surely(test, known),
        ExpressionKind::Lambda { .. } | ExpressionKind::Comprehension { .. } => {}
        _ => expression
            .children()
            .into_iter()
            .for_each(|child| bind_surely(child, known)),
    }
}

/// What stays assigned whichever part of `body` has run.
fn without_deleted<'a>(mut known: Names<'a>, body: &'a [Statement]) -> Names<'a> {
    for this in walk::names_in(body) {
        if this.how == Use::Delete {
            known.remove(this.name);
        }
    }
    known
}

/// Whether a context manager may swallow an exception, by its name: the well-known ones say so.
pub(super) fn may_suppress(manager: &Expression) -> bool {
    let mut found = false;
    walk::expressions(manager, &mut |part| {
        let name = match &part.kind {
            ExpressionKind::Name(name) => name,
            ExpressionKind::Attribute { attribute, .. } => &attribute.text,
            _ => return,
        };
        found |= ["suppress", "raises", "assertRaises"]
            .iter()
            .any(|word| name.contains(word));
    });
    found
}
