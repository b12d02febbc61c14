//! Arrays that live within one iteration become variables.
//!
//! When a local array is stored to once, at a place of its own for each iteration of a nest, and read only afterwards in the same
//! iteration at that very place, each element is nothing but a variable of the iteration (array contraction: Sarkar and Gao,
//! "Optimization of array accesses by collective loop transformations", ICS 1991).

use std::collections::{HashMap, HashSet};

use super::Ex;
use crate::ir::{
    Array, ArrayOrigin, Block, Element, Expression, Handle, Region, Statement, Store, Variable, alike,
    visit_expressions, visit_statements,
};
use crate::source::Span;

/// Replaces arrays that one iteration alone uses by variables.
pub(super) fn contract(region: &mut Region) {
    let mut arrays: Vec<_> = candidates(region).into_iter().collect();
    arrays.sort_by_key(|(array, _)| *array);
    let mut variables = HashMap::new();
    for (array, store) in arrays {
        let variable = variable(region, array);
        variables.insert(store, variable);
        for one in region.expressions.handles() {
            if matches!(region.expressions[one], Expression::Load { array: other, .. } if other == array) {
                region.expressions[one] = Expression::Variable(variable);
            }
        }
    }
    if variables.is_empty() {
        return;
    }
    let gone: HashSet<Handle<Array>> = variables.keys().map(|store| region.stores[*store].array).collect();
    let mut body = std::mem::take(&mut region.body);
    replace(region, &mut body, &variables, &gone);
    region.body = body;
}

fn variable(region: &mut Region, array: Handle<Array>) -> Handle<Variable> {
    let storage = match &region.arrays[array].origin {
        ArrayOrigin::Local { element, .. } => Some(*element),
        ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => None,
    };
    element_variable(region, array, storage)
}

/// A variable in the place of an array's element.
pub(super) fn element_variable(
    region: &mut Region,
    array: Handle<Array>,
    storage: Option<Element>,
) -> Handle<Variable> {
    let name = fresh(region, &format!("{}_here", region.arrays[array].name));
    region.variables.append(Variable {
        name,
        initial: None,
        there: None,
        temporary: true,
        storage,
        span: region.span,
    })
}

/// An identifier that is not in use yet.
pub(super) fn fresh(region: &Region, wanted: &str) -> String {
    let mut name = wanted.to_owned();
    while region.variables.iter().any(|(_, one)| one.name == name)
        || region.arrays.iter().any(|(_, one)| one.name == name)
        || region.inputs.iter().any(|(_, one)| one.name == name)
        || region.loops.iter().any(|(_, one)| one.name == name)
    {
        name.push('_');
    }
    name
}

/// How many accesses an array has anywhere.
#[derive(Default)]
struct Uses {
    stores: usize,
    loads: usize,
    allocations: usize,
}

/// The arrays, with the only store to each.
fn candidates(region: &Region) -> HashMap<Handle<Array>, Handle<Store>> {
    let mut uses: HashMap<Handle<Array>, Uses> = HashMap::new();
    visit_statements(region, &region.body, &mut |statement, _| {
        match statement {
            Statement::Store(store) => uses.entry(region.stores[*store].array).or_default().stores += 1,
            Statement::Allocate { array, .. } => uses.entry(*array).or_default().allocations += 1,
            _ => {}
        }
        loads(region, statement, &mut |array, _| {
            uses.entry(array).or_default().loads += 1
        });
    });
    let kept = kept(region);
    let mut found = HashMap::new();
    for (_, header) in region.loops.iter() {
        for (position, (statement, _)) in header.body.statements.iter().enumerate() {
            let Statement::Store(handle) = statement else {
                continue;
            };
            let store = &region.stores[*handle];
            let Some(own) = uses.get(&store.array) else { continue };
            let computed = matches!(
                &region.arrays[store.array].origin,
                ArrayOrigin::Local { element: Element::Of(value), .. } if *value == store.value
            );
            if computed
                && !kept.contains(&store.array)
                && (own.stores, own.allocations) == (1, 1)
                && !store.update
                && !is_allocated_inside(region, &header.body, store.array)
                && places_after(region, &header.body, position, store) == own.loads
            {
                found.insert(store.array, *handle);
            }
        }
    }
    found
}

/// Arrays that something else than statements asks for.
fn kept(region: &Region) -> HashSet<Handle<Array>> {
    let mut kept = wanted_whole(region);
    kept.extend(region.retained.iter().map(|one| one.array));
    kept
}

/// Arrays that outlive the region, whose extents are asked for, or whose type another one has.
pub(super) fn wanted_whole(region: &Region) -> HashSet<Handle<Array>> {
    let mut kept: HashSet<Handle<Array>> = region.handed_back().into_iter().collect();
    for (_, one) in region.expressions.iter() {
        match one {
            Expression::Extent { array, .. } | Expression::Size(array) | Expression::Rank(array) => {
                kept.insert(*array);
            }
            _ => {}
        }
    }
    let mut like = |element: &Element| {
        if let Element::Like(array) = element {
            kept.insert(*array);
        }
    };
    for (_, one) in region.arrays.iter() {
        if let ArrayOrigin::Local { element, .. } = &one.origin {
            like(element);
        }
    }
    region
        .variables
        .iter()
        .filter_map(|(_, one)| one.storage.as_ref())
        .for_each(like);
    kept
}

fn is_allocated_inside(region: &Region, body: &Block, array: Handle<Array>) -> bool {
    let mut found = false;
    visit_statements(region, body, &mut |statement, _| {
        found |= matches!(statement, Statement::Allocate { array: other, .. } if *other == array);
    });
    found
}

/// Calls `visit` for every load of a statement itself, with its subscripts.
pub(super) fn loads(region: &Region, statement: &Statement, visit: &mut impl FnMut(Handle<Array>, &[Ex])) {
    for root in statement.roots(region) {
        visit_expressions(region, root, &mut |one| {
            if let Expression::Load { array, subscripts } = &region.expressions[one] {
                visit(*array, subscripts);
            }
        });
    }
}

/// How many loads behind a store in its block are of the element that it stores.
fn places_after(region: &Region, body: &Block, position: usize, store: &Store) -> usize {
    let steady = store.subscripts.iter().all(|root| {
        matches!(
            region.expressions[*root],
            Expression::Counter(_) | Expression::Literal(_)
        )
    });
    let mut count = 0;
    let mut note = |array: Handle<Array>, subscripts: &[Ex]| {
        let same = subscripts
            .iter()
            .zip(&store.subscripts)
            .all(|(a, b)| alike(region, *a, *b));
        count += usize::from(steady && array == store.array && same);
    };
    for (statement, _) in &body.statements[position + 1..] {
        loads(region, statement, &mut note);
        for inner in statement.blocks(region) {
            visit_statements(region, inner, &mut |statement, _| loads(region, statement, &mut note));
        }
    }
    count
}

/// Stores become assignments, and nothing is allocated.
pub(super) fn replace(
    region: &mut Region,
    block: &mut Block,
    variables: &HashMap<Handle<Store>, Handle<Variable>>,
    gone: &HashSet<Handle<Array>>,
) {
    let statements: Vec<(Statement, Span)> = std::mem::take(&mut block.statements);
    for (mut statement, span) in statements {
        match &mut statement {
            Statement::Store(store) => {
                if let Some(variable) = variables.get(store) {
                    let value = region.stores[*store].value;
                    statement = Statement::Assign {
                        variable: *variable,
                        value,
                    };
                }
            }
            Statement::Allocate { array, .. } => {
                if gone.contains(array) {
                    continue;
                }
            }
            Statement::If { accept, reject, .. } => {
                replace(region, accept, variables, gone);
                replace(region, reject, variables, gone);
            }
            Statement::While { prelude, body, .. } => {
                replace(region, prelude, variables, gone);
                replace(region, body, variables, gone);
            }
            Statement::For(header) => {
                let mut body = std::mem::take(&mut region.loops[*header].body);
                replace(region, &mut body, variables, gone);
                region.loops[*header].body = body;
            }
            Statement::Assign { .. }
            | Statement::Evaluate(_)
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => {}
        }
        block.push(statement, span);
    }
}
