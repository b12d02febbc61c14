//! Tuples as the values of names that are assigned more than once, in the region, before it or after it: `best = (i, j)`.
//!
//! Such a name is a variable for each item. Wherever it is assigned, a tuple of the same length is written. What it was before the
//! region is handed in item by item, and what it is after it handed back so: the rewritten file makes the tuple ([`ir::Bundled`]).

use std::collections::HashMap;

use super::comprehension::parts;
use super::lowerer::{Binding, Lower, Lowerer};
use super::scope::ScopeKind;
use super::value::{Path, Value};
use crate::ir::{self, CompareOp, Handle, Key, LogicalOp, Step};
use crate::python::walk::{self, Use};
use crate::python::{CompareOperator, ComprehensionClause, Expression, ExpressionKind, Statement, StatementKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// What a name is assigned.
enum Assigned<'a> {
    /// A tuple of so many items, written out.
    Tuple(usize),
    /// What another name holds.
    Name(&'a str),
}

/// The names that a body assigns tuples of so many items, each time, and nothing else.
pub(super) fn tuple_names(body: &[Statement]) -> HashMap<&str, usize> {
    let mut assigned: HashMap<&str, Vec<Assigned<'_>>> = HashMap::new();
    walk::statements(body, &mut |statement| {
        if let StatementKind::Assign(node) = &statement.kind {
            for target in &node.targets {
                note(target, &node.value, &mut assigned);
            }
        }
    });
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for this in walk::names_in(body) {
        match this.how {
            Use::Bind => *counts.entry(this.name).or_default() += 1,
            Use::Delete | Use::Anything => _ = assigned.remove(this.name),
            Use::Read | Use::Captured => {}
        }
    }
    assigned.retain(|name, values| counts.get(name) == Some(&values.len()));
    let mut found: HashMap<&str, usize> = HashMap::new();
    let mut known = usize::MAX;
    while found.len() != known {
        known = found.len();
        for (name, values) in &assigned {
            let width = values.iter().find_map(|value| match value {
                Assigned::Tuple(width) => Some(*width),
                Assigned::Name(other) => found.get(other).copied(),
            });
            found.extend(width.map(|width| (*name, width)));
        }
    }
    // Until all agree.
    loop {
        let wrong = found.iter().find(|(name, width)| {
            assigned[*name].iter().any(|value| match value {
                Assigned::Tuple(other) => other != *width,
                Assigned::Name(other) => found.get(other) != Some(*width),
            })
        });
        let Some((wrong, _)) = wrong else { return found };
        let wrong = *wrong;
        found.remove(wrong);
    }
}

fn note<'a>(target: &'a Expression, value: &'a Expression, found: &mut HashMap<&'a str, Vec<Assigned<'a>>>) {
    match (&target.kind, &value.kind) {
        (ExpressionKind::Name(name), ExpressionKind::Tuple(items)) => {
            let plain = |item: &Expression| {
                !matches!(
                    item.kind,
                    ExpressionKind::Starred(_) | ExpressionKind::Tuple(_) | ExpressionKind::List(_)
                )
            };
            if !items.is_empty() && items.iter().all(plain) {
                found.entry(name).or_default().push(Assigned::Tuple(items.len()));
            }
        }
        (ExpressionKind::Name(name), ExpressionKind::Name(other)) => {
            found.entry(name).or_default().push(Assigned::Name(other));
        }
        (ExpressionKind::Tuple(targets), ExpressionKind::Tuple(values)) if targets.len() == values.len() => {
            targets
                .iter()
                .zip(values)
                .for_each(|(target, value)| note(target, value, found));
        }
        _ => {}
    }
}

impl<'a> Lowerer<'a> {
    /// `name = (a, b)` of a name that is assigned such tuples only.
    pub(super) fn bind_tuple(&mut self, name: &'a str, parts: Vec<Value<'a>>, place: Span, span: Span) -> Lower<()> {
        let depth = self.frames.len() - 1;
        let count = parts.len();
        let mut values = Vec::new();
        for part in parts {
            let number = self.number(part, place)?;
            let kept = self.kept(Value::Scalar(number), name);
            values.push(kept);
        }
        let variables = self.tuple_variables(depth, name, count, place);
        for (variable, value) in variables.into_iter().zip(values) {
            let value = self.bound(&value, place);
            let value = self.number(value, place)?;
            self.assign(variable, value, span);
        }
        Ok(())
    }

    /// Whether a name holds tuples of so many items wherever it is assigned in the present frame.
    pub(super) fn holds_tuples(&self, name: &str, count: usize) -> bool {
        self.frame().tuples.get(name) == Some(&count)
    }

    /// The variables of a name that holds tuples, made at its first use.
    pub(super) fn tuple_variables(
        &mut self,
        depth: usize,
        name: &'a str,
        count: usize,
        place: Span,
    ) -> Vec<Handle<ir::Variable>> {
        if let Some(Binding::Tuple(items)) = self.frames[depth].locals.get(name) {
            let variables = items.iter().map(|item| match item {
                Binding::Variable(variable) => Some(*variable),
                _ => None,
            });
            if let Some(variables) = variables.collect() {
                return variables;
            }
        }
        let variables: Vec<Handle<ir::Variable>> =
            (0..count).map(|part| self.part_of(depth, name, part, place)).collect();
        let binding = Binding::Tuple(variables.iter().copied().map(Binding::Variable).collect());
        self.frames[depth].locals.insert(name, binding);
        variables
    }

    /// The variables of the region's own names that hold tuples: of which name, and which item.
    pub(super) fn tuple_parts(&self) -> HashMap<Handle<ir::Variable>, (&'a str, usize)> {
        let mut parts = HashMap::new();
        for (name, binding) in &self.frames[0].locals {
            if let (Binding::Tuple(items), true) = (binding, self.frames[0].tuples.contains_key(name)) {
                for (at, item) in items.iter().enumerate() {
                    parts.extend(item.variables().into_iter().map(|variable| (variable, (*name, at))));
                }
            }
        }
        parts
    }

    /// Whether a name surely holds a tuple of the same length before the region: the function assigns it no other.
    pub(super) fn held_tuple_before(&self, name: &str) -> bool {
        let scope = self.program.scopes.get(self.scope);
        let ScopeKind::Function(function) = scope.kind else {
            return false;
        };
        let parameter = function.parameters.iter().any(|one| one.name.text == name);
        let width = self.frames[0].tuples.get(name);
        !parameter && self.is_ready(name) && tuple_names(scope.body).get(name) == width
    }

    /// An item of what a name holds before the region.
    pub(super) fn start_part_from(&mut self, variable: Handle<ir::Variable>, name: &str, part: usize, span: Span) {
        let path = Path::root(name).then(Step::Key(Key::Int(part as i64)));
        let input = self.input(&path, span);
        self.region.variables[variable].initial = Some(input);
    }

    /// Hands tuples back that may be wanted after the region.
    pub(super) fn hand_tuples_back(&mut self) {
        let mut names: Vec<(&'a str, usize)> = self.frames[0].tuples.iter().map(|(name, n)| (*name, *n)).collect();
        names.sort_unstable();
        for (name, _) in names {
            let Some(Binding::Tuple(items)) = self.frames[0].locals.get(name) else {
                continue;
            };
            let variables: Vec<Handle<ir::Variable>> = items.iter().flat_map(Binding::variables).collect();
            if variables.is_empty() || !self.live.contains(name) {
                continue;
            }
            let mut parts = Vec::new();
            for variable in variables {
                let output = self.hidden_output(variable);
                parts.push(output);
            }
            let name = name.to_owned();
            self.region.bundled.push(ir::Bundled { name, parts });
        }
    }

    /// An output under a name that the file does not use.
    pub(super) fn hidden_output(&mut self, variable: Handle<ir::Variable>) -> String {
        let base = format!("_{}", self.region.variables[variable].name);
        let text = self.program.file.text();
        let name = std::iter::successors(Some(base), |name| Some(format!("{name}_")))
            .find(|name| !text.contains(name.as_str()))
            .unwrap_or_default();
        self.region.outputs.push(ir::Output {
            variable,
            name: name.clone(),
            gives: ir::Gives::Number,
        });
        name
    }

    /// `tuple(f(v) for v in (a, b))`: a tuple whose length is plain to see; `None`: it is not.
    pub(super) fn tuple_of(&mut self, argument: &'a Expression, span: Span) -> Lower<Option<Value<'a>>> {
        let counted = match parts(argument) {
            None => self.known_items(argument)?.is_some(),
            Some((_, [ComprehensionClause::For { iterable, .. }])) => self.few_items(iterable, None)?.is_some(),
            Some(_) => false,
        };
        if !counted {
            return Ok(None);
        }
        let mut items = Vec::new();
        self.each(argument, span, None, &mut |this, item| {
            let item = this.number(item, span)?;
            let kept = this.kept(Value::Scalar(item), "item");
            items.push(this.bound(&kept, span));
            Ok(())
        })?;
        Ok(Some(Value::Tuple(items)))
    }

    // Comparisons

    /// Whether an expression is a tuple, as far as its form or the binding of its name tells.
    pub(super) fn is_tuple_here(&self, expression: &Expression) -> bool {
        match &expression.kind {
            ExpressionKind::Tuple(_) => true,
            ExpressionKind::Name(name) => {
                let owner = self.owner(name);
                let binding = owner.and_then(|owner| self.frames[owner].locals.get(name.as_str()));
                matches!(binding, Some(Binding::Tuple(_) | Binding::Value(Value::Tuple(_))))
            }
            _ => false,
        }
    }

    /// `(a, b) < (c, d)`: by the first items that are not equal.
    pub(super) fn compared_tuples(
        &mut self,
        left: &'a Expression,
        operator: CompareOperator,
        right: &'a Expression,
        span: Span,
    ) -> Lower<Ex> {
        let op = self.compare_op(operator, span)?;
        let (left_place, right_place) = (left.span, right.span);
        let (left, right) = match (self.value(left)?, self.value(right)?) {
            (Value::Tuple(left), Value::Tuple(right)) if left.len() == right.len() => (left, right),
            _ => return Err(self.refuse_expression(span, "a tuple is compared with something else, or a longer one")),
        };
        let mut items = Vec::new();
        for (left, right) in left.into_iter().zip(right) {
            let left = self.number(left, left_place)?;
            let left = self.settle(left, "item");
            let right = self.number(right, right_place)?;
            let right = self.settle(right, "item");
            if !self.is_written_number(left) && !self.is_written_number(right) {
                self.leave_if_nan(left, "tuples that hold NaN are compared", span);
            }
            items.push((left, right));
        }
        let equal = matches!(op, CompareOp::LessEqual | CompareOp::GreaterEqual | CompareOp::Equal);
        let mut holds = self.truth(equal, span);
        for (left, right) in items.into_iter().rev() {
            let same = self.comparison_of(CompareOp::Equal, left, right, span);
            holds = match op {
                CompareOp::Equal => self.both(same, holds, span),
                CompareOp::NotEqual => {
                    let other = self.not(same, span);
                    let op = LogicalOp::Or;
                    let (left, right) = (other, holds);
                    self.add(ir::Expression::Logical { op, left, right }, span)
                }
                CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual => {
                    let reject = self.comparison_of(op, left, right, span);
                    let (condition, accept) = (same, holds);
                    self.add(
                        ir::Expression::Select {
                            condition,
                            accept,
                            reject,
                        },
                        span,
                    )
                }
            };
        }
        // The order of tuples is that of two items, whatever that is; whether they are equal is a bool of Python's.
        Ok(match op {
            CompareOp::Equal | CompareOp::NotEqual => self.python_bool(holds, span),
            CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual => holds,
        })
    }
}
