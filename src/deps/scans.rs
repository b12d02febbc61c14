//! Loops that compute running results: scans, and other recurrences. They are sequential as they stand, and worth naming,
//! because the remedy is another algorithm and no clause.

use super::uses::{combination, uses};
use super::{DependenceKind, LoopFacts, Place};
use crate::ir::{self, BinaryOp, Block, Expression, Handle, Loop, ReductionOp, Region, Statement, Variable};
use crate::source::Span;

/// A result that every iteration makes from the one of an earlier iteration.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recurrence {
    /// The array or variable that holds it.
    pub(super) name: String,
    /// How it is made.
    pub(super) kind: Kind,
    /// Where the earlier result is read.
    pub(super) read: Span,
    /// How many iterations back the earlier result lies.
    pub(super) distance: Option<i64>,
}

/// How a result is made from an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The earlier result is combined with something new, and the running result is used.
    Scan(ReductionOp),
    /// A variable grows by the same amount in every iteration.
    Induction,
    /// In another way.
    Other,
}

impl Recurrence {
    /// What the loop is called.
    pub(super) fn title(&self) -> String {
        match self.kind {
            Kind::Scan(op) => format!("the loop is a scan (the {} in `{}`)", running(op), self.name),
            Kind::Induction => format!("`{}` is an induction variable", self.name),
            Kind::Other => format!("the loop is a recurrence in `{}`", self.name),
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
        match self.kind {
            Kind::Scan(ReductionOp::Add) => whole("np.cumsum"),
            Kind::Scan(ReductionOp::Multiply) => whole("np.cumprod"),
            Kind::Scan(ReductionOp::Min) => whole("np.minimum.accumulate"),
            Kind::Scan(ReductionOp::Max) => whole("np.maximum.accumulate"),
            Kind::Scan(ReductionOp::And) => whole("np.logical_and.accumulate"),
            Kind::Scan(ReductionOp::Or) => whole("np.logical_or.accumulate"),
            Kind::Scan(ReductionOp::BitAnd) => whole("np.bitwise_and.accumulate"),
            Kind::Scan(ReductionOp::BitOr) => whole("np.bitwise_or.accumulate"),
            Kind::Scan(ReductionOp::BitXor) => whole("np.bitwise_xor.accumulate"),
            Kind::Induction => format!(
                "it grows by the same amount in every iteration: compute it from the loop's counter, and no iteration needs \
                 the `{}` of an earlier one",
                self.name
            ),
            Kind::Other => format!(
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

/// The recurrence that keeps a loop's iterations in order, if there is one: a scan before any other.
pub(super) fn recurrence(region: &Region, handle: Handle<Loop>, facts: &LoopFacts) -> Option<Recurrence> {
    let mut arrays: Vec<Recurrence> = made_from_earlier(region, handle, facts)
        .map(|made| in_array(region, handle, facts, &made))
        .collect();
    let scan = arrays
        .iter()
        .position(|one| one.kind != Kind::Other)
        .map(|at| arrays.remove(at));
    scan.or_else(|| in_variable(region, handle, facts))
        .or_else(|| arrays.into_iter().next())
}

/// `c[i] = c[i - 1] + x[i]`
fn in_array(region: &Region, handle: Handle<Loop>, facts: &LoopFacts, made: &Made) -> Recurrence {
    let body = &region.loops[handle].body;
    let array = region.stores[made.store].array;
    let mut flows = facts.carried.iter().filter(|one| one.kind == DependenceKind::Flow);
    let flow = flows.find(|one| one.source == Place::Store(made.store));
    let distance = flow.and_then(|one| one.distance);
    let mut stores = 0;
    ir::visit_statements(region, body, &mut |statement, _| {
        stores += usize::from(matches!(statement, Statement::Store(store) if region.stores[*store].array == array));
    });
    // A scan takes up where it left off: always as far back, or in one element.
    let op = match made.reads[..] {
        [only] if stores == 1 && (distance.is_some() || is_update(region, made.store, only)) => {
            combination(region, made.value, &|root| resolved(region, body, root) == only).map(|(op, _)| op)
        }
        _ => None,
    };
    Recurrence {
        name: region.arrays[array].name.clone(),
        kind: op.map_or(Kind::Other, Kind::Scan),
        read: region.spans[made.reads[0]],
        distance,
    }
}

/// Whether a load reads the element that a store writes.
fn is_update(region: &Region, store: Handle<ir::Store>, load: Handle<Expression>) -> bool {
    let Expression::Load { subscripts, .. } = &region.expressions[load] else {
        return false;
    };
    let pairs = subscripts.iter().zip(&region.stores[store].subscripts);
    pairs.into_iter().all(|(a, b)| ir::alike(region, *a, *b))
}

/// `s += x[i]; y[i] = s`
fn in_variable(region: &Region, handle: Handle<Loop>, facts: &LoopFacts) -> Option<Recurrence> {
    let body = &region.loops[handle].body;
    let variables = facts.carried.iter().filter_map(|one| match one.source {
        Place::Variable(variable) => Some(variable),
        Place::Load(_) | Place::Store(_) => None,
    });
    variables.into_iter().find_map(|variable| {
        let found = uses(region, body, variable);
        let op = found.operator()?;
        let (read, _) = *found.others.first()?;
        let only_read = found.others.iter().all(|(_, write)| !write);
        let steady = found.updates.len() == 1 && grows_steadily(region, body, variable);
        only_read.then(|| Recurrence {
            name: region.variables[variable].name.clone(),
            kind: if steady { Kind::Induction } else { Kind::Scan(op) },
            read,
            distance: Some(1),
        })
    })
}

/// Whether every iteration adds the same number to a variable.
fn grows_steadily(region: &Region, body: &Block, wanted: Handle<Variable>) -> bool {
    let constant =
        |root: Handle<Expression>| matches!(region.expressions[root], Expression::Literal(_) | Expression::Input(_));
    let itself = |root: Handle<Expression>| region.expressions[root] == Expression::Variable(wanted);
    body.statements.iter().any(|(statement, _)| match statement {
        Statement::Assign { variable, value } if *variable == wanted => match &region.expressions[*value] {
            Expression::Binary {
                op: BinaryOp::Add | BinaryOp::Subtract,
                left,
                right,
            } => itself(*left) && constant(*right),
            _ => false,
        },
        _ => false,
    })
}

/// A store of a value that is made from what earlier iterations stored there.
struct Made {
    store: Handle<ir::Store>,
    value: Handle<Expression>,
    /// Reads of the earlier values; one at least.
    reads: Vec<Handle<Expression>>,
}

fn made_from_earlier(region: &Region, handle: Handle<Loop>, facts: &LoopFacts) -> impl Iterator<Item = Made> {
    let body = &region.loops[handle].body;
    let mut flows: Vec<(Handle<ir::Store>, Handle<Expression>)> = Vec::new();
    for one in &facts.carried {
        if let (DependenceKind::Flow, Place::Store(store), Place::Load(load)) = (one.kind, one.source, one.sink)
            && one.certain
            && !flows.contains(&(store, load))
        {
            flows.push((store, load));
        }
    }
    let mut stores: Vec<Handle<ir::Store>> = flows.iter().map(|(store, _)| *store).collect();
    stores.dedup();
    stores.into_iter().filter_map(move |store| {
        let value = resolved(region, body, region.stores[store].value);
        let parts = made_of(region, body, value);
        let mine = flows
            .iter()
            .filter(|(source, load)| *source == store && parts.contains(load));
        let reads: Vec<Handle<Expression>> = mine.map(|(_, load)| *load).collect();
        (!reads.is_empty()).then_some(Made { store, value, reads })
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
