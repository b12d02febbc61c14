//! Loops that compute running results: scans, and other recurrences. They are sequential as they stand, and worth naming,
//! because the remedy is another algorithm and no clause.

use super::uses::{combination, uses};
use super::{DependenceKind, LoopFacts, Place};
use crate::ir::{self, Block, Expression, Handle, Loop, ReductionOp, Region, Statement, Variable};
use crate::source::Span;

/// A result that every iteration makes from the one of an earlier iteration.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recurrence {
    /// The array or variable that holds it.
    pub(super) name: String,
    /// How the earlier result is combined with something new: then the loop is a scan. `None`: in another way.
    pub(super) op: Option<ReductionOp>,
    /// Where it is made.
    pub(super) span: Span,
    /// Where a scan in a variable hands out the running result.
    pub(super) stored: Option<Span>,
    /// How many iterations back the earlier result lies.
    pub(super) distance: Option<i64>,
}

impl Recurrence {
    /// What the loop is called.
    pub(super) fn title(&self) -> String {
        match self.op {
            Some(op) => format!("a scan (the {} in `{}`)", running(op), self.name),
            None => format!("a recurrence in `{}`", self.name),
        }
    }

    /// What to do about it.
    pub(super) fn advice(&self) -> String {
        let whole = |call: &str| match self.distance {
            Some(apart) if apart > 1 => {
                format!("these are {apart} scans side by side, each of which NumPy computes at once: `{call}`")
            }
            _ => format!("NumPy computes a whole scan at once: `{call}`"),
        };
        match self.op {
            Some(ReductionOp::Add) => whole("np.cumsum"),
            Some(ReductionOp::Multiply) => whole("np.cumprod"),
            Some(ReductionOp::Min) => whole("np.minimum.accumulate"),
            Some(ReductionOp::Max) => whole("np.maximum.accumulate"),
            Some(ReductionOp::And) => whole("np.logical_and.accumulate"),
            Some(ReductionOp::Or) => whole("np.logical_or.accumulate"),
            Some(ReductionOp::BitAnd) => whole("np.bitwise_and.accumulate"),
            Some(ReductionOp::BitOr) => whole("np.bitwise_or.accumulate"),
            Some(ReductionOp::BitXor) => whole("np.bitwise_xor.accumulate"),
            None => format!(
                "if values from before the loop are meant, write into another array than `{}`; else put what needs no earlier \
                 iteration into a loop of its own, and mark that",
                self.name
            ),
        }
    }
}

fn running(op: ReductionOp) -> &'static str {
    match op {
        ReductionOp::Add => "running sum",
        ReductionOp::Multiply => "running product",
        ReductionOp::Min => "running minimum",
        ReductionOp::Max => "running maximum",
        ReductionOp::And => "running `and`",
        ReductionOp::Or => "running `or`",
        ReductionOp::BitAnd => "running `&`",
        ReductionOp::BitOr => "running `|`",
        ReductionOp::BitXor => "running `^`",
    }
}

/// The recurrence that keeps a loop's iterations in order, if there is one.
pub(super) fn recurrence(region: &Region, handle: Handle<Loop>, facts: &LoopFacts) -> Option<Recurrence> {
    let body = &region.loops[handle].body;
    let flows = facts.carried.iter().filter(|one| one.kind == DependenceKind::Flow);
    let mut plain = None;
    for flow in flows {
        let found = match (flow.source, flow.sink) {
            (Place::Store(store), Place::Load(_)) => in_array(region, body, store, facts, flow.distance),
            (Place::Variable(variable), Place::Variable(_)) => in_variable(region, body, variable),
            _ => None,
        };
        match found {
            Some(found) if found.op.is_some() => return Some(found),
            other => plain = plain.or(other),
        }
    }
    plain
}

/// `c[i] = c[i - 1] + x[i]`
fn in_array(
    region: &Region,
    body: &Block,
    handle: Handle<ir::Store>,
    facts: &LoopFacts,
    distance: Option<i64>,
) -> Option<Recurrence> {
    let carried = facts
        .carried
        .iter()
        .filter_map(|one| match (one.kind, one.source, one.sink) {
            (DependenceKind::Flow, Place::Store(store), Place::Load(load)) if store == handle => Some(load),
            _ => None,
        });
    let sinks: Vec<Handle<Expression>> = carried.collect();
    let store = &region.stores[handle];
    let value = resolved(region, body, store.value);
    let earlier = |root: Handle<Expression>| sinks.contains(&resolved(region, body, root));
    let parts = made_of(region, body, value);
    let reads = parts.iter().filter(|part| sinks.contains(part)).count();
    if reads == 0 {
        return None;
    }
    let span = place(region, handle)?;
    Some(Recurrence {
        name: region.arrays[store.array].name.clone(),
        op: combination(region, value, &earlier)
            .filter(|_| reads == 1)
            .map(|(op, _)| op),
        span,
        stored: None,
        distance,
    })
}

/// `s += x[i]; y[i] = s`
fn in_variable(region: &Region, body: &Block, variable: Handle<Variable>) -> Option<Recurrence> {
    let found = uses(region, body, variable);
    let (_, span) = found.updates.first().copied()?;
    let op = found.operator().filter(|_| found.only_updates());
    let stored = found.others.iter().find(|(_, write)| !write).map(|(span, _)| *span);
    Some(Recurrence {
        name: region.variables[variable].name.clone(),
        op: op.filter(|_| stored.is_some()),
        span,
        stored,
        distance: Some(1),
    })
}

/// The value of a variable that the body assigns once, in place of the variable.
fn resolved(region: &Region, body: &Block, root: Handle<Expression>) -> Handle<Expression> {
    let Expression::Variable(variable) = &region.expressions[root] else {
        return root;
    };
    let mut values = Vec::new();
    ir::visit_statements(region, body, &mut |statement, _| {
        if let Statement::Assign {
            variable: target,
            value,
        } = statement
            && target == variable
        {
            values.push(*value);
        }
    });
    match values[..] {
        [value] if region.expressions[value] != region.expressions[root] => value,
        _ => root,
    }
}

/// Every expression that a value is made of, through variables assigned once.
fn made_of(region: &Region, body: &Block, root: Handle<Expression>) -> Vec<Handle<Expression>> {
    let mut found = Vec::new();
    let mut waiting = vec![root];
    while let Some(next) = waiting.pop() {
        ir::visit_expressions(region, next, &mut |handle| {
            if !found.contains(&handle) {
                found.push(handle);
                let value = resolved(region, body, handle);
                waiting.extend((value != handle).then_some(value));
            }
        });
    }
    found
}

/// Where a store is written.
fn place(region: &Region, handle: Handle<ir::Store>) -> Option<Span> {
    let mut found = None;
    ir::visit_statements(region, &region.body, &mut |statement, span| {
        if *statement == Statement::Store(handle) {
            found.get_or_insert(span);
        }
    });
    found
}
