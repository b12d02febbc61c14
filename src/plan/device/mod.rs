//! What of a region becomes kernels of a GPU, and how iterations are laid over a grid.
//!
//! A region that asks for a device (`target(cuda)`, `target(auto)`) runs there whole: its arrays stay on the device from the first
//! kernel to the last, and the host computes the scalars in between. A split loop and the loops directly inside it make a [`Grid`]
//! of up to three axes, as long as each next loop is proven parallel, alone in the body, and of bounds that are known before.
//! Neighbouring threads take neighbouring iterations of the first axis: the loop whose counter most accesses have in their last
//! subscript. A loop that stands outside of split loops and that is proven parallel is such a grid too, whether the user asked for
//! it or not. Other statements that touch arrays make a grid without axes, for one thread ([`Grid::is_alone`]).
//!
//! ```python
//! # pragma parallel for target(cuda)
//! for i in range(n):            # axis y
//!     for j in range(m):        # axis x
//!         b[i, j] = a[i, j]
//! ```
//!
//! A loop inside that walks along neighbouring elements, or that `simd` marks, is shared by the threads of a team, which then does the
//! whole iteration around it (`lanes`): one thread, a warp or a block, as many as its iterations keep busy. Without one, an iteration
//! is a thread's.
//!
//! `between` cuts a region into kernels, `fits` tells what a kernel cannot do, `numbers` what it cannot compute, `captures` what it
//! is handed.

mod between;
mod captures;
mod fits;
mod lanes;
mod numbers;

pub use captures::{Captures, Found};
pub use lanes::{BLOCK_FROM, Length, WARP_FROM};

use super::Plan;
use crate::deps::{Access, Legality};
use crate::ir::{self, Array, Expression, Handle, Loop, Statement, Target};
use crate::source::Span;

/// Axes that a grid has.
const AXES: usize = 3;

/// Statements that run as one kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid<'p> {
    /// What it executes, a part of a block of the region: a loop, or the statements of one thread.
    pub statements: &'p [(Statement, Span)],
    /// The loops over its axes, outermost first; of one thread, none.
    pub nest: Vec<Handle<Loop>>,
    /// The same loops, by axes: x first.
    pub axes: Vec<Handle<Loop>>,
    /// Arrays in which threads meet by indivisible updates, whose order does not matter.
    pub bins: Vec<Handle<Array>>,
    /// Arrays of which every thread collects into a copy of its own; another kernel combines these in order.
    pub copies: Vec<Handle<Array>>,
    /// Loops inside whose iterations the threads of a team share. If there are any, a team does an iteration of the loop that was
    /// split, all its threads alike but for these loops.
    pub lanes: Vec<Handle<Loop>>,
}

impl Grid<'_> {
    /// Whether one thread does it all.
    pub fn is_alone(&self) -> bool {
        self.nest.is_empty()
    }

    /// The loop that was split.
    pub fn outer(&self) -> Option<Handle<Loop>> {
        self.nest.first().copied()
    }

    /// The innermost loop over an axis.
    pub fn inner(&self) -> Option<Handle<Loop>> {
        self.nest.last().copied()
    }
}

impl<'p> Plan<'p> {
    /// Whether the region asks for a device.
    pub fn wants_device(&self) -> bool {
        self.region.wants_device()
    }

    /// Whether the region runs on a device only where that is done sooner: `target(auto)`, and no `target(cuda)`.
    pub fn prefers_faster(&self) -> bool {
        let annotations = || self.region.loops.iter().filter_map(|(_, one)| one.annotation.as_ref());
        annotations().any(|one| one.target == Target::Auto) && !annotations().any(|one| one.target == Target::Cuda)
    }

    /// The kernels of a region that asks for a device, in the order in which they stand.
    ///
    /// # Errors
    /// Why it runs on the CPU all the same: a sentence for the user.
    pub fn device(&self) -> Result<Vec<Grid<'p>>, String> {
        if !self.wants_device() {
            return Err("it asks for no device".to_owned());
        }
        self.fast()?;
        self.numbers_fit()?;
        let grids = self.kernels()?;
        if grids.iter().all(Grid::is_alone) {
            return Err("no loop of it is split between threads".to_owned());
        }
        Ok(grids)
    }

    /// The copies that kernels of their own combine, each with the number of the grid that collects into them, in the order of
    /// these kernels; they come after the grids.
    pub fn combined(grids: &[Grid<'_>]) -> Vec<(usize, Handle<Array>)> {
        let each = grids.iter().enumerate();
        each.flat_map(|(number, grid)| grid.copies.iter().map(move |array| (number, *array)))
            .collect()
    }

    /// A split loop and the loops inside it that share its grid.
    fn grid(&self, statements: &'p [(Statement, Span)], outer: Handle<Loop>) -> Grid<'p> {
        let mut nest = vec![outer];
        while nest.len() < AXES
            && let Some(next) = self.next_axis(&nest)
        {
            nest.push(next);
        }
        let mut axes: Vec<Handle<Loop>> = nest.iter().rev().copied().collect();
        let unit: Vec<usize> = axes.iter().map(|header| self.side_by_side(*header)).collect();
        // Stable, and of equals the innermost first.
        let first = (0..axes.len()).rev().max_by_key(|axis| unit[*axis]).unwrap_or(0);
        let header = axes.remove(first);
        axes.insert(0, header);
        let (bins, copies) = self.collecting(outer);
        let mut grid = Grid {
            statements,
            nest,
            axes,
            bins,
            copies,
            lanes: Vec::new(),
        };
        grid.lanes = self.shared_by_teams(&grid);
        grid
    }

    /// The loop that makes up the body of the last loop of a nest, if it can be another axis.
    fn next_axis(&self, nest: &[Handle<Loop>]) -> Option<Handle<Loop>> {
        let last = nest[nest.len() - 1];
        let ((Statement::For(inner), _), before) = self.region.loops[last].body.statements.split_last()? else {
            return None;
        };
        let found = (self.facts.of_loop(nest[0]), self.facts.of_loop(*inner));
        let plain = |root: Handle<Expression>| {
            matches!(
                self.region.expressions[root],
                Expression::Counter(_) | Expression::Literal(_) | Expression::Input(_)
            )
        };
        let prefix = before
            .iter()
            .all(|(one, _)| matches!(one, Statement::Assign { value, .. } if plain(*value)));
        let combined = found
            .1
            .reductions
            .iter()
            .all(|one| found.0.reductions.iter().any(|two| two.target == one.target))
            && found
                .1
                .array_reductions
                .iter()
                .all(|one| found.0.array_reductions.iter().any(|two| two.target == one.target));
        let ordered = found.0.reductions.iter().any(|one| self.in_order(one));
        let free = found.1.parallel == Legality::Proven
            && !ordered
            && found.0.private_arrays.is_empty()
            && found.0.lastprivate.is_empty()
            && found.0.conditional_lastprivate.is_empty()
            && found.1.lastprivate.is_empty()
            && found.1.conditional_lastprivate.is_empty()
            && found.1.private_arrays.is_empty()
            && !found.1.breaks
            && found.1.shared_generator.is_none();
        let unguarded = self.facts.bounds().iter().all(|guard| guard.at != Some(*inner));
        (prefix && combined && free && unguarded && self.is_rectangular(*inner, nest)).then_some(*inner)
    }

    /// Whether the bounds of a loop are known before the nest around it.
    fn is_rectangular(&self, inner: Handle<Loop>, nest: &[Handle<Loop>]) -> bool {
        let mut assigned = Vec::new();
        ir::visit_statements(self.region, &self.region.loops[nest[0]].body, &mut |statement, _| {
            assigned.extend(statement.assigned());
        });
        let header = &self.region.loops[inner];
        let mut known = true;
        for root in [header.start, header.stop, header.step] {
            ir::visit_expressions(self.region, root, &mut |one| {
                known &= match &self.region.expressions[one] {
                    Expression::Load { .. } => false,
                    Expression::Variable(variable) => !assigned.contains(variable),
                    Expression::Counter(header) => !nest.contains(header),
                    _ => true,
                };
            });
        }
        known
    }

    /// All accesses of the region.
    fn accesses(&self) -> impl Iterator<Item = &Access> {
        let loads = self.region.expressions.handles().filter_map(|one| self.facts.load(one));
        let stores = self.region.stores.handles().filter_map(|one| self.facts.store(one));
        loads.chain(stores)
    }

    /// How many accesses have neighbouring elements in neighbouring iterations of a loop.
    fn side_by_side(&self, header: Handle<Loop>) -> usize {
        let stride = |strides: &[(Handle<Loop>, Option<i64>)]| {
            strides
                .iter()
                .find(|(one, _)| *one == header)
                .map_or(Some(0), |(_, stride)| *stride)
        };
        self.accesses()
            .filter(|access| {
                let Some((last, others)) = access.subscripts.split_last() else {
                    return false;
                };
                stride(&last.strides).is_some_and(|one| one.abs() == 1)
                    && others.iter().all(|other| stride(&other.strides) == Some(0))
            })
            .count()
    }

    /// The arrays that the kernels of a region are handed.
    pub fn device_arrays(&self, grids: &[Grid<'_>]) -> Vec<Handle<Array>> {
        let mut all: Vec<Handle<Array>> = grids.iter().flat_map(|grid| self.captures(grid).arrays).collect();
        all.sort();
        all.dedup();
        all
    }
}
