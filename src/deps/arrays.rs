//! Arrays whose elements the iterations of a loop only combine contributions into.

use super::accesses::{Accesses, Site};
use super::reductions::{better, combining, extremum, flipped};
use super::{Access, ArrayReduction, ArrayUpdate, Atom, ExtremumRule, Place};
use crate::infer::{Kind, Origin, Types};
use crate::ir::{self, Array, BinaryOp, CompareOp, Expression, Handle, Loop, ReductionOp, Region, Statement, Store};

type Ex = Handle<Expression>;

/// A store that combines the element with something: how, and the loads of the element that belong to it.
struct Found {
    op: ReductionOp,
    rule: Option<ExtremumRule>,
    update: ArrayUpdate,
    loads: Vec<Ex>,
}

/// Arrays of which the loop does nothing but combine contributions into elements. `independent`: whether iterations stay
/// apart in an array, perhaps under a condition, so that there is nothing to combine.
pub(super) fn array_reductions(
    region: &Region,
    types: Option<&Types>,
    sites: &[(Site, Access)],
    handle: Handle<Loop>,
    accesses: &Accesses,
    independent: &dyn Fn(Handle<Array>) -> bool,
) -> Vec<ArrayReduction> {
    let mut found: Vec<ArrayReduction> = Vec::new();
    let updates = updates(region, handle);
    for array in region.arrays.handles() {
        let inside: Vec<&(Site, Access)> = sites
            .iter()
            .filter(|(site, _)| site.array == array && site.loops.contains(&handle))
            .collect();
        let mine: Vec<&Found> = updates
            .iter()
            .filter(|one| region.stores[one.update.store].array == array)
            .collect();
        let Some(first) = mine.first() else { continue };
        let fits = inside.iter().all(|(site, _)| match site.place {
            Place::Store(store) => mine.iter().any(|one| one.update.store == store),
            Place::Load(load) => mine.iter().any(|one| one.loads.contains(&load)),
            Place::Variable(_) => true,
        });
        let alike = mine.iter().all(|one| one.op == first.op && one.rule == first.rule);
        let ordered = types.is_some_and(|types| !mine.iter().all(|one| any_order(region, types, one)));
        let counter = Atom::Counter(handle);
        let moves = inside.iter().all(|(site, _)| {
            site.subscripts.iter().any(|number| {
                let linear = &number.linear;
                (linear.mentions(&counter) || by_rows(accesses, site, handle, linear)) && !mentions_value(linear)
            })
        });
        if !fits || !alike || ordered || (moves && independent(array)) {
            continue;
        }
        let scattered = inside.iter().any(|(site, _)| {
            site.subscripts
                .iter()
                .any(|number| number.linear.mentions(&counter) || mentions_value(&number.linear))
        });
        found.push(ArrayReduction {
            target: array,
            op: first.op,
            rule: first.rule,
            stores: mine.iter().map(|one| one.update).collect(),
            scattered,
        });
    }
    found
}

/// Whether a subscript moves through a range that index arrays give: a row.
fn by_rows(accesses: &Accesses, site: &Site, handle: Handle<Loop>, linear: &super::Linear) -> bool {
    let mut inner = site.inside(handle).unwrap_or_default().iter();
    inner.any(|inner| {
        let header = accesses.headers[*inner].as_ref();
        let start = header.and_then(|header| header.start.as_ref());
        linear.mentions(&Atom::Counter(*inner)) && start.is_some_and(mentions_value)
    })
}

fn mentions_value(linear: &super::Linear) -> bool {
    linear.any(&mut |atom| matches!(atom, Atom::Value(_)))
}

/// All updates in a loop, in order.
fn updates(region: &Region, handle: Handle<Loop>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    ir::visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
        let one = match statement {
            Statement::If { .. } => conditional(region, statement),
            Statement::Store(store) => update(region, *store),
            Statement::Assign { .. }
            | Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::For(_)
            | Statement::While { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Seed(_)
            | Statement::Draw(_)
            | Statement::Raise { .. } => None,
        };
        if let Some(one) = one
            && !found.iter().any(|other| other.update.store == one.update.store)
        {
            found.push(one);
        }
    });
    found
}

/// Whether an expression loads the element that a store writes.
fn is_element(region: &Region, store: &Store, root: Ex) -> bool {
    let Expression::Load { array, subscripts } = &region.expressions[root] else {
        return false;
    };
    *array == store.array
        && subscripts
            .iter()
            .zip(&store.subscripts)
            .all(|(a, b)| ir::alike(region, *a, *b))
}

/// A store as an update.
fn update(region: &Region, handle: Handle<Store>) -> Option<Found> {
    let store = &region.stores[handle];
    let is_own = |root: Ex| is_element(region, store, root);
    let found = |own: Vec<Ex>, contribution, op, rule, negated| {
        Some(Found {
            op,
            rule,
            update: ArrayUpdate {
                store: handle,
                contribution,
                negated,
            },
            loads: own,
        })
    };
    match &region.expressions[store.value] {
        Expression::Binary { op, left, right } => {
            let kind = combining(*op)?;
            let negated = *op == BinaryOp::Subtract;
            if is_own(*left) {
                found(vec![*left], *right, kind, None, negated)
            } else if is_own(*right) && !negated {
                found(vec![*right], *left, kind, None, false)
            } else {
                None
            }
        }
        Expression::Call { function, arguments } => {
            let (op, first_rule, last_rule) = extremum(*function)?;
            match arguments[..] {
                [own, other] if is_own(own) => found(vec![own], other, op, Some(first_rule), false),
                [other, own] if is_own(own) => found(vec![own], other, op, Some(last_rule), false),
                _ => None,
            }
        }
        Expression::Select {
            condition,
            accept,
            reject,
        } => {
            let (own, other, op) = comparison(region, store, *condition)?;
            let (op, rule) = better(op)?;
            if is_own(*reject) && ir::alike(region, other, *accept) {
                found(vec![own, *reject], *accept, op, Some(rule), false)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// A comparison of the element that a store writes with something else: the element's operand, the other one, and how that
/// other one compares with the element.
fn comparison(region: &Region, store: &Store, condition: Ex) -> Option<(Ex, Ex, CompareOp)> {
    let Expression::Compare { op, left, right } = &region.expressions[condition] else {
        return None;
    };
    if is_element(region, store, *right) {
        Some((*right, *left, *op))
    } else if is_element(region, store, *left) {
        Some((*left, *right, flipped(*op)))
    } else {
        None
    }
}

/// `if x > h[k]: h[k] = x`
fn conditional(region: &Region, statement: &Statement) -> Option<Found> {
    let Statement::If {
        condition,
        accept,
        reject,
    } = statement
    else {
        return None;
    };
    let [(Statement::Store(handle), _)] = accept.statements[..] else {
        return None;
    };
    let store = &region.stores[handle];
    let (own, other, op) = comparison(region, store, *condition)?;
    let (op, rule) = better(op)?;
    if !reject.is_empty() || !ir::alike(region, other, store.value) {
        return None;
    }
    Some(Found {
        op,
        rule: Some(rule),
        update: ArrayUpdate {
            store: handle,
            contribution: store.value,
            negated: false,
        },
        loads: vec![own],
    })
}

/// Whether contributions may be combined with one another before the element: integers must wrap rather than raise, and
/// not be truncated in between.
fn any_order(region: &Region, types: &Types, found: &Found) -> bool {
    let store = &region.stores[found.update.store];
    let element = types.array(store.array).element;
    let operation = types.operation(store.value).map_or(element.kind, |ty| ty.kind);
    let wraps = element.origin == Origin::Numpy && element.kind.is_integer() && operation.is_integer();
    match found.op {
        ReductionOp::Add | ReductionOp::Multiply => {
            wraps
                || (element.kind.is_float() && operation.is_float())
                || (element.kind.is_complex() && operation.is_complex())
        }
        ReductionOp::BitAnd | ReductionOp::BitOr | ReductionOp::BitXor => {
            wraps || (element.kind == Kind::Bool && operation == Kind::Bool)
        }
        ReductionOp::Min | ReductionOp::Max => {
            let other = types.expression(found.update.contribution).kind;
            let resets = found.rule == Some(ExtremumRule::UnlessWorse) && element.kind.is_float();
            element.kind == other && element.kind != Kind::Bool && !resets
        }
        ReductionOp::And | ReductionOp::Or => false,
    }
}
