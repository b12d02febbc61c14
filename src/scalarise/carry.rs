//! Arrays of whose elements each belongs to one iteration of a nest become variables.
//!
//! `x = np.zeros(n)` and then, for each element, some rounds of `x[i] = f(x[i])`: once the rounds are inside the nest
//! (`interchange`), an iteration alone knows its element, from its first value to its last. Other than in `contract`, the element
//! may be stored to several times, and be read before that: an array of zeros begins with a zero.

use std::collections::{HashMap, HashSet};

use super::Ex;
use super::contract::{element_variable, loads, replace, wanted_whole};
use super::floats::Floats;
use crate::infer::Signature;
use crate::ir::{
    Array, ArrayOrigin, Block, Expression, Handle, Literal, Loop, Region, Statement, Store, alike, visit_statements,
};
use crate::source::Span;

/// Replaces arrays that belong to nests by variables; loops from `first` on are over elements.
pub(super) fn carry(region: &mut Region, first: usize, signature: &Signature) {
    let found = candidates(region, first, signature);
    let mut variables = HashMap::new();
    let mut gone = HashSet::new();
    for Own { array, stores, body } in found {
        let storage = match &region.arrays[array].origin {
            ArrayOrigin::Local { element, .. } => Some(*element),
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => None,
        };
        let variable = element_variable(region, array, storage);
        for one in region.expressions.handles() {
            if matches!(region.expressions[one], Expression::Load { array: other, .. } if other == array) {
                region.expressions[one] = Expression::Variable(variable);
            }
        }
        variables.extend(stores.into_iter().map(|store| (store, variable)));
        gone.insert(array);
        // The first value: zero, or whatever it is.
        let span = region.loops[body].span;
        let value = region.expression(Expression::Literal(Literal::Int(0)), span);
        let start = Statement::Assign { variable, value };
        region.loops[body].body.statements.insert(0, (start, span));
    }
    if gone.is_empty() {
        return;
    }
    let mut body = std::mem::take(&mut region.body);
    replace(region, &mut body, &variables, &gone);
    region.body = body;
}

/// An array that belongs to a nest.
struct Own {
    array: Handle<Array>,
    stores: Vec<Handle<Store>>,
    /// The innermost loop of the nest.
    body: Handle<Loop>,
}

fn candidates(region: &Region, first: usize, signature: &Signature) -> Vec<Own> {
    // A variable takes a value without the checks that an integer element would make.
    let floats = Floats { region, signature };
    let wanted = wanted_whole(region);
    let mut allocations: HashMap<Handle<Array>, usize> = HashMap::new();
    visit_statements(region, &region.body, &mut |statement, _| {
        if let Statement::Allocate { array, .. } = statement {
            *allocations.entry(*array).or_default() += 1;
        }
    });
    let all = uses(region, &region.body);
    let mut found = Vec::new();
    let mut look = |block: &Block| {
        for (position, (statement, _)) in block.statements.iter().enumerate() {
            let Statement::Allocate { array, .. } = statement else {
                continue;
            };
            if allocations[array] == 1
                && !wanted.contains(array)
                && (floats.array(*array) || floats.is_complex(*array))
                && let Some(all) = all.get(array)
                && let Some(own) = belongs(region, first, *array, &block.statements[position + 1..], all.len())
            {
                found.push(own);
            }
        }
    };
    look(&region.body);
    for (_, header) in region.loops.iter() {
        look(&header.body);
    }
    found
}

/// The nest behind its allocation that has all accesses to an array, `count` of them, each at the element of the iteration.
fn belongs(
    region: &Region,
    first: usize,
    array: Handle<Array>,
    behind: &[(Statement, Span)],
    count: usize,
) -> Option<Own> {
    let outermost = behind.iter().find_map(|(statement, _)| match statement {
        Statement::For(header) => uses(region, &region.loops[*header].body)
            .contains_key(&array)
            .then_some(*header),
        _ => None,
    })?;
    let mut nest = vec![outermost];
    while let Some(last) = nest.last()
        && let [(Statement::For(inner), _)] = region.loops[*last].body.statements[..]
    {
        nest.push(inner);
    }
    // The loops that only have to do with elements.
    let depth = nest.iter().position(|one| one.index() < first).unwrap_or(nest.len());
    let nest = &nest[..depth];
    let body = *nest.last()?;
    let uses = uses(region, &region.loops[body].body).remove(&array)?;
    let place = uses.first()?.place.clone();
    let steady = place.iter().all(|root| match region.expressions[*root] {
        Expression::Counter(header) => nest.contains(&header),
        Expression::Literal(_) => true,
        _ => false,
    });
    let told = nest.iter().all(|header| {
        let is_counter = |root: &Ex| region.expressions[*root] == Expression::Counter(*header);
        place.iter().any(is_counter)
    });
    let same = uses
        .iter()
        .all(|one| one.place.iter().zip(&place).all(|(a, b)| alike(region, *a, *b)));
    let stores: Vec<Handle<Store>> = uses.iter().filter_map(|one| one.store).collect();
    (steady && told && same && uses.len() == count).then_some(Own { array, stores, body })
}

/// An access to an element.
struct Use {
    place: Vec<Ex>,
    store: Option<Handle<Store>>,
}

fn uses(region: &Region, block: &Block) -> HashMap<Handle<Array>, Vec<Use>> {
    let mut uses: HashMap<Handle<Array>, Vec<Use>> = HashMap::new();
    visit_statements(region, block, &mut |statement, _| {
        loads(region, statement, &mut |array, place| {
            let place = place.to_vec();
            uses.entry(array).or_default().push(Use { place, store: None });
        });
        if let Statement::Store(store) = statement {
            let one = &region.stores[*store];
            let place = one.subscripts.clone();
            let store = Some(*store);
            uses.entry(one.array).or_default().push(Use { place, store });
        }
    });
    uses
}
