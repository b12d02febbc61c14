//! What a body does with the objects it names, by syntax: which of them it subscripts, measures or iterates.

use std::collections::{HashMap, HashSet};

use super::value::Path;
use crate::ir::{Key, Step};
use crate::python::{Expression, ExpressionKind, Statement, StatementKind, walk};

/// A root name with attributes and constant subscripts, if an expression is one.
fn path(expression: &Expression) -> Option<Path> {
    match &expression.kind {
        ExpressionKind::Name(name) => Some(Path::root(name)),
        ExpressionKind::Attribute { value, attribute } => {
            Some(path(value)?.then(Step::Attribute(attribute.text.clone())))
        }
        ExpressionKind::Subscript { value, index } => match &index.kind {
            ExpressionKind::String(Some(text)) => Some(path(value)?.then(Step::Key(Key::Text(text.clone())))),
            _ => None,
        },
        _ => None,
    }
}

/// The paths that the statements use as arrays.
pub(super) fn arrays_of_statements(body: &[Statement]) -> HashSet<Path> {
    let mut found = HashSet::new();
    for statement in body {
        if let StatementKind::For(node) = &statement.kind {
            iterated(&node.iterable, &mut found);
        }
        for expression in expressions_of(statement) {
            arrays_of_expression(expression, &mut found);
        }
        let inner = statement.kind.bodies().into_iter().map(arrays_of_statements);
        let mut inner: HashSet<Path> = inner.flatten().collect();
        if let StatementKind::Function(function) = &statement.kind {
            let parameters = function.parameters.iter().map(|parameter| parameter.name.text.as_str());
            let bound = walk::names_in(&function.body);
            let bound = bound.iter().filter(|this| this.how == walk::Use::Bind);
            let own: HashSet<&str> = bound.map(|this| this.name).chain(parameters).collect();
            inner.retain(|path| !own.contains(path.root.as_str()));
        }
        found.extend(inner);
    }
    found
}

/// The paths that an expression uses as arrays.
pub(super) fn arrays_of_expression(expression: &Expression, found: &mut HashSet<Path>) {
    if let ExpressionKind::Lambda { parameters, body } = &expression.kind {
        let mut inner = HashSet::new();
        arrays_of_expression(body, &mut inner);
        let own = |path: &Path| parameters.iter().any(|parameter| parameter.name.text == path.root);
        found.extend(inner.into_iter().filter(|path| !own(path)));
        return;
    }
    arrays_of_part(expression, found);
    for child in expression.children() {
        arrays_of_expression(child, found);
    }
}

fn arrays_of_part(part: &Expression, found: &mut HashSet<Path>) {
    match &part.kind {
        ExpressionKind::Subscript { value, index } => {
            let keyed = matches!(index.kind, ExpressionKind::String(_));
            let of_shape =
                matches!(&value.kind, ExpressionKind::Attribute { attribute, .. } if attribute.text == "shape");
            if !keyed && !of_shape {
                found.extend(path(value));
            }
        }
        ExpressionKind::Call { function, arguments } => {
            if matches!(&function.kind, ExpressionKind::Name(name) if name == "len") {
                found.extend(arguments.first().and_then(|argument| path(&argument.value)));
            }
            if let ([only], ExpressionKind::Name(name)) = (&arguments[..], &function.kind)
                && ["sum", "min", "max", "any", "all"].contains(&name.as_str())
            {
                iterated(&only.value, found);
            }
        }
        ExpressionKind::Comprehension { clauses, .. } => {
            for clause in clauses {
                if let crate::python::ComprehensionClause::For { iterable, .. } = clause {
                    iterated(iterable, found);
                }
            }
        }
        _ => {}
    }
}

/// How many subscripts the arrays of some statements are seen with, where one subscript expression has several.
pub(super) fn ranks_of_statements(body: &[Statement]) -> HashMap<Path, usize> {
    let mut found = HashMap::new();
    walk::statements(body, &mut |statement| {
        for expression in expressions_of(statement) {
            walk::expressions(expression, &mut |part| {
                if let ExpressionKind::Subscript { value, index } = &part.kind
                    && let ExpressionKind::Tuple(items) = &index.kind
                    && !items
                        .iter()
                        .any(|item| matches!(item.kind, ExpressionKind::Slice { .. } | ExpressionKind::Ellipsis))
                    && let Some(path) = path(value)
                {
                    found.insert(path, items.len());
                }
            });
        }
    });
    found
}

/// Those of the paths that are names alone.
pub(super) fn plain_names(paths: &HashSet<Path>) -> HashSet<String> {
    let plain = paths.iter().filter(|path| path.steps.is_empty());
    plain.map(|path| path.root.clone()).collect()
}

/// What a `for` takes its items from: through `enumerate`, `zip` and `reversed`.
fn iterated(iterable: &Expression, found: &mut HashSet<Path>) {
    match &iterable.kind {
        ExpressionKind::Call { function, arguments } => {
            let passes = matches!(&function.kind, ExpressionKind::Name(name) if ["enumerate", "zip", "reversed"].contains(&name.as_str()));
            if passes {
                arguments.iter().for_each(|argument| iterated(&argument.value, found));
            }
        }
        _ => found.extend(path(iterable)),
    }
}

/// The expressions of a statement itself, without those of its bodies.
pub(super) fn expressions_of(statement: &Statement) -> Vec<&Expression> {
    match &statement.kind {
        StatementKind::If(node) => vec![&node.test],
        StatementKind::While(node) => vec![&node.test],
        StatementKind::For(node) => vec![&node.iterable, &node.target],
        StatementKind::Return(value) => value.iter().collect(),
        StatementKind::Assert { test, .. } => vec![test],
        StatementKind::Assign(node) => node.targets.iter().chain([&node.value]).collect(),
        StatementKind::AnnotatedAssign(node) => node.value.iter().chain([&node.target]).collect(),
        StatementKind::AugmentedAssign(node) => vec![&node.target, &node.value],
        StatementKind::Expression(value) => vec![value],
        StatementKind::Match(node) => {
            let guards = node.cases.iter().filter_map(|case| case.guard.as_ref());
            std::iter::once(&node.subject).chain(guards).collect()
        }
        StatementKind::Function(_)
        | StatementKind::Class(_)
        | StatementKind::With(_)
        | StatementKind::Try(_)
        | StatementKind::Raise { .. }
        | StatementKind::Pass
        | StatementKind::Break
        | StatementKind::Continue
        | StatementKind::Global(_)
        | StatementKind::Nonlocal(_)
        | StatementKind::Delete(_)
        | StatementKind::Import(_)
        | StatementKind::Unsupported { .. }
        | StatementKind::Error { .. } => Vec::new(),
    }
}
