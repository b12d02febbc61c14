//! Stores that go around the caches in loops that fill more memory than these hold.
//!
//! An ordinary store reads the cache line it writes to; where nobody comes back to the line before it has left the caches, a
//! streaming store saves that. It must fill whole lines, one after the other, so it is a matter of loops in lanes whose iterations
//! lie side by side. Whether the loops write that much is known when they run: [`Stream::loops`] are those whose trip counts
//! make up how much is written. They are the loops around the store whose counters its subscripts name, from the innermost on:
//! one that they do not name writes the same elements again at every iteration.
//!
//! Left out are loops that compute more than memory makes them wait, since their bodies are written once more for this.

use super::Plan;
use crate::deps::AccessMode;
use crate::ir::{self, Array, ArrayOrigin, Block, Expression, Handle, Loop, SideTable, Statement, Store, Variable};

/// Nanoseconds of an iteration, by the estimate, above which its stores are not what it waits for.
const BOUND_BY_MEMORY: f64 = 20.0;
/// Bytes of a cache line.
const LINE: usize = 64;

/// A store around the caches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The loops that sweep over what is written, innermost first.
    pub loops: Vec<Handle<Loop>>,
    /// The loop around them that is split between threads, or else the innermost one: where it ends, the stores must be done.
    pub until: Handle<Loop>,
}

/// Which stores they are.
pub(super) fn choose(plan: &Plan<'_>) -> SideTable<Store, Option<Stream>> {
    let mut chosen = SideTable::filled(&plan.region.stores, None);
    inside(plan, &plan.region.body, &mut Vec::new(), &mut chosen);
    chosen
}

fn inside(
    plan: &Plan<'_>,
    block: &Block,
    around: &mut Vec<Handle<Loop>>,
    chosen: &mut SideTable<Store, Option<Stream>>,
) {
    for (statement, _) in &block.statements {
        match statement {
            Statement::For(handle) => {
                around.push(*handle);
                inside(plan, &plan.region.loops[*handle].body, around, chosen);
                around.pop();
            }
            Statement::Store(handle) => chosen[*handle] = stream(plan, *handle, around),
            // A store under a condition fills no lines, and what is in a `while` is run anew by each of its iterations.
            Statement::If { .. } | Statement::While { .. } => {
                for block in statement.blocks(plan.region) {
                    inside(plan, block, &mut Vec::new(), chosen);
                }
            }
            Statement::Assign { .. }
            | Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Seed(_)
            | Statement::Draw(_)
            | Statement::Raise { .. } => {}
        }
    }
}

fn stream(plan: &Plan<'_>, handle: Handle<Store>, around: &[Handle<Loop>]) -> Option<Stream> {
    let region = plan.region;
    let store = &region.stores[handle];
    let innermost = *around.last()?;
    let lanes = plan.lanes(innermost)?;
    let found = plan.facts.of_loop(innermost);
    let kind = plan.types.array(store.array).element.kind;
    let whole_lines = !kind.is_complex() && (kind.size() * lanes as usize).is_multiple_of(LINE);
    let in_order = found.reductions.is_empty() && found.array_reductions.is_empty() && !found.breaks;
    let access = plan.facts.store(handle)?;
    let certain = access.subscripts.iter().all(|one| one.mode != AccessMode::Checked);
    if !whole_lines
        || !in_order
        || !certain
        || plan.fewer_lanes(innermost).is_some()
        || plan.cost(innermost) > BOUND_BY_MEMORY
        || !matches!(region.arrays[store.array].origin, ArrayOrigin::Input(_))
        || !known_at_start(plan, store, innermost)
    {
        return None;
    }
    let named = |one: &&Handle<Loop>| {
        store.subscripts.iter().any(|root| {
            let mut found = false;
            ir::visit_expressions(region, *root, &mut |each| {
                found |= region.expressions[each] == Expression::Counter(**one);
            });
            found
        })
    };
    let loops: Vec<Handle<Loop>> = around.iter().rev().take_while(named).copied().collect();
    let outermost = *loops.last()?;
    let uncut = plan.nests.iter().all(|nest| {
        let inside = nest.loops.iter().filter(|one| loops.contains(one)).count();
        inside == 0 || (inside == nest.loops.len() && nest.tile.is_empty())
    });
    if !uncut || touched(plan, &region.loops[outermost].body, store.array) != 1 {
        return None;
    }
    let split = around.iter().find(|one| plan.is_parallel(**one));
    Some(Stream {
        loops,
        until: split.copied().unwrap_or(innermost),
    })
}

/// Whether the subscripts have their values before the loop's body runs, but for its counter.
fn known_at_start(plan: &Plan<'_>, store: &Store, header: Handle<Loop>) -> bool {
    let region = plan.region;
    let mut assigned: Vec<Handle<Variable>> = Vec::new();
    ir::visit_statements(region, &region.loops[header].body, &mut |statement, _| {
        assigned.extend(statement.assigned());
    });
    let mut known = true;
    for root in &store.subscripts {
        ir::visit_expressions(region, *root, &mut |each| {
            let expression = &region.expressions[each];
            let changes = matches!(expression, Expression::Variable(variable) if assigned.contains(variable));
            known &= !changes && !matches!(expression, Expression::Load { .. });
        });
    }
    known
}

/// How often the text of a block loads or stores elements of an array.
fn touched(plan: &Plan<'_>, block: &Block, array: Handle<Array>) -> usize {
    let region = plan.region;
    let mut times = 0;
    ir::visit_statements(region, block, &mut |statement, _| {
        if let Statement::Store(store) = statement {
            times += usize::from(region.stores[*store].array == array);
        }
        for root in statement.roots(region) {
            ir::visit_expressions(region, root, &mut |each| {
                if let Expression::Load { array: read, .. } = &region.expressions[each] {
                    times += usize::from(*read == array);
                }
            });
        }
    });
    times
}

impl Plan<'_> {
    /// How a store goes around the caches, if it may.
    pub fn stream(&self, store: Handle<Store>) -> Option<&Stream> {
        self.streams[store].as_ref()
    }

    /// Whether stores around the caches must be done where a loop ends.
    pub fn ends_streams(&self, handle: Handle<Loop>) -> bool {
        let mut streams = self.region.stores.handles().filter_map(|store| self.stream(store));
        streams.any(|stream| stream.until == handle)
    }
}
