//! What the threads of a kernel cannot do.

use super::Grid;
use crate::deps::{ArrayReduction, ExtremumRule, ScalarReduction, Update};
use crate::infer::{Kind, Origin};
use crate::ir::{Array, Expression, Handle, Loop, ReductionOp, Target, Variable};
use crate::plan::{Plan, Unheeded};

/// Bytes of the largest array that a thread keeps in registers or on its stack.
const OWN: usize = 1024;

impl Plan<'_> {
    /// Whether a variable is more than a number when the region ends: its type depends on the way it was assigned.
    pub(super) fn is_marked(&self, variable: Handle<Variable>) -> bool {
        self.is_flagged(variable) || self.is_tagged(variable)
    }

    /// Whether it must be known of an output if it was assigned at all.
    pub fn is_flagged(&self, variable: Handle<Variable>) -> bool {
        let mut outputs = self.region.outputs.iter();
        !self.is_tagged(variable)
            && self.types.output_needs_flag(variable)
            && outputs.any(|one| one.variable == variable)
    }

    /// Whether the iteration that a reduction's value comes from matters: it takes other variables along, or equal values differ.
    pub fn in_order(&self, one: &ScalarReduction) -> bool {
        let is_float = self.types.variable(one.target).kind.is_float();
        !one.companions.is_empty()
            || match one.rule {
                Some(ExtremumRule::BetterOrEqual | ExtremumRule::UnlessWorse) => is_float || self.is_marked(one.target),
                Some(ExtremumRule::BetterOrNan) => is_float,
                Some(ExtremumRule::Better | ExtremumRule::Propagate | ExtremumRule::Ignore) | None => false,
            }
    }

    /// Whether a NaN makes a reduction forget the iterations before, of which it then matters which threads did them: `m = max(x, m)`.
    pub fn forgets(&self, one: &ScalarReduction) -> bool {
        one.rule == Some(ExtremumRule::UnlessWorse) && self.types.variable(one.target).kind.is_float()
    }

    /// The reductions of a loop that forget.
    pub fn forgetting(&self, header: Handle<Loop>) -> Vec<&ScalarReduction> {
        let all = self.facts.of_loop(header).reductions.iter();
        all.filter(|one| self.forgets(one)).collect()
    }

    /// Of an assignment that may leave a reduction in which the iteration matters as it is, `m = max(x, y, m)`: x and y.
    pub fn contenders<'r>(
        &self,
        one: &'r ScalarReduction,
        assigned: Handle<Expression>,
    ) -> Option<&'r [Handle<Expression>]> {
        let mut updates = one.updates.iter().filter(|_| self.in_order(one));
        updates.find_map(|update| match update {
            Update::Combine {
                value, contributions, ..
            } if *value == assigned => Some(&contributions[..]),
            Update::Combine { .. } | Update::Conditional { .. } | Update::Flag { .. } => None,
        })
    }

    /// Whether everything in a split loop can be done by threads of a GPU.
    pub(super) fn nest_fits(&self, header: Handle<Loop>) -> Result<(), String> {
        let found = self.facts.of_loop(header);
        for one in &found.array_reductions {
            self.collection_fits(one)?;
        }
        Ok(())
    }

    // Arrays that iterations collect into

    /// What is collected in copies is combined without looking whether it still fits.
    fn collection_fits(&self, one: &ArrayReduction) -> Result<(), String> {
        let element = self.types.array(one.target).element;
        let whole = element.kind.is_integer() && element.origin == Origin::Python || element.kind == Kind::Bool;
        let grows = matches!(one.op, ReductionOp::Add | ReductionOp::Multiply);
        if !self.is_exact(one) && whole && grows {
            let name = &self.region.arrays[one.target].name;
            return Err(format!("an update of `{name}` can fail half-way"));
        }
        Ok(())
    }

    /// The arrays that the iterations of a loop collect into: by updates that threads may do at once, and into copies.
    pub(super) fn collecting(&self, header: Handle<Loop>) -> (Vec<Handle<Array>>, Vec<Handle<Array>>) {
        let found = &self.facts.of_loop(header).array_reductions;
        let (bins, copies): (Vec<&ArrayReduction>, _) = found.iter().partition(|one| self.is_exact(one));
        let targets = |all: Vec<&ArrayReduction>| all.into_iter().map(|one| one.target).collect();
        (targets(bins), targets(copies))
    }

    /// Whether updates in any order give the same, or the user does not mind: `# pragma atomic` on floats. They cannot fail.
    fn is_exact(&self, one: &ArrayReduction) -> bool {
        let kind = self.types.array(one.target).element.kind;
        let stores = || one.stores.iter().map(|update| &self.region.stores[update.store]);
        let atomic =
            one.op == ReductionOp::Add && matches!(kind, Kind::F32 | Kind::F64) && stores().all(|store| store.atomic);
        let is_extremum = matches!(one.op, ReductionOp::Min | ReductionOp::Max);
        let plain = one.stores.iter().all(|update| {
            let value = self.region.stores[update.store].value;
            let fits = match is_extremum {
                // Of other kinds it matters when they become the elements'.
                true => self.types.expression(update.contribution).kind == kind,
                false => matches!(self.region.expressions[value], Expression::Binary { .. }),
            };
            fits && self.types.checks(value).is_empty() && self.types.store_checks(update.store).is_empty()
        });
        plain && (kind.is_integer() || kind == Kind::Bool || atomic)
    }

    /// Clauses of loops for a GPU that concern the processor only.
    pub(in crate::plan) fn unheeded_there(&self) -> Vec<Unheeded> {
        let mut found = Vec::new();
        for (header, one) in self.region.loops.iter() {
            let Some(annotation) = one.annotation.as_ref().filter(|one| one.target == Target::Cuda) else {
                continue;
            };
            let clauses = [
                ("num_threads", annotation.num_threads.is_some()),
                ("schedule", annotation.schedule.is_some()),
            ];
            for (clause, _) in clauses.into_iter().filter(|(_, is_written)| *is_written) {
                let what = "concerns the processor: on a GPU all iterations are laid over the grid".to_owned();
                found.push(Unheeded { header, clause, what });
            }
        }
        found
    }

    // What fails there only

    /// Whether kernels may fail where the processor's fast variant goes on.
    pub fn fails_there_only(&self, grids: &[Grid<'_>]) -> bool {
        let pools = |grid: &Grid<'_>| !self.pooled(grid).is_empty();
        // Of several types, which one is the least value's.
        let chooses =
            |one: &ScalarReduction| self.is_tagged(one.target) && matches!(one.op, ReductionOp::Min | ReductionOp::Max);
        let types = |grid: &Grid<'_>| {
            let found = grid.outer().map(|outer| &self.facts.of_loop(outer).reductions);
            found.into_iter().flatten().any(chooses)
        };
        grids.iter().any(|grid| pools(grid) || types(grid))
    }

    // Arrays of a thread

    /// Whether threads take the memory of a local array from a pool when they allocate it: its size is not known before.
    pub fn is_pooled(&self, array: Handle<Array>) -> bool {
        !self.is_small(array) && self.facts.room(array).is_none()
    }

    /// Whether a thread keeps a local array in registers or on its stack.
    pub fn is_small(&self, array: Handle<Array>) -> bool {
        let size = self.types.array(array).element.kind.size();
        let bytes = self.facts.shape(array).and_then(|extents| {
            let mut extents = extents.iter();
            extents.try_fold(size, |bytes, extent| bytes.checked_mul(usize::try_from(*extent).ok()?))
        });
        bytes.is_some_and(|bytes| bytes <= OWN)
    }
}
