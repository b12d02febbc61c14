//! Loops whose iterations the threads of a team share.
//!
//! ```python
//! # pragma parallel for target(cuda)
//! for i in range(n):            # a team: one thread, a warp, or a block, by the number of inner iterations
//!     total = 0.0
//!     for j in range(m):        # its threads, neighbours at neighbouring elements
//!         total += a[i, j] * x[j]
//!     y[i] = total              # one of them
//! ```
//!
//! All members of the team execute the statements around these loops and so hold the same values; one of them stores. A loop is
//! shared where `simd` asks for it, and where neighbouring elements are those of its own iterations rather than of the split loop's,
//! as long as that is most of the work. Of several loops over a grid, each team takes an iteration of all.

use super::Grid;
use crate::deps::{Access, Legality, Subscript};
use crate::ir::{self, Array, Block, Directive, Handle, Loop, Statement};
use crate::plan::Plan;

/// Iterations of shared loops from which on a warp does an iteration around them; with fewer, most of its threads would idle.
pub const WARP_FROM: f64 = 12.0;
/// The same for a block, for each of its threads: it has to wait for all of them, and a warp only for its own.
pub const BLOCK_FROM: f64 = 4.0;

/// How many iterations a shared loop has, for the choice of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// As its bounds say in the middle of the split loop, which are known at the launch.
    Bounds,
    /// Its bounds are data: as if the iterations around it divided up an array that it walks through.
    Share(Handle<Array>),
    /// Nothing is known.
    Unknown,
}

impl Plan<'_> {
    /// The loops of a kernel that its teams share; none, if an iteration is a thread's.
    pub(super) fn shared_by_teams(&self, grid: &Grid<'_>) -> Vec<Handle<Loop>> {
        let (Some(outer), Some(inner)) = (grid.outer(), grid.inner()) else {
            return Vec::new();
        };
        let found = self.facts.of_loop(outer);
        let alike = grid.copies.is_empty()
            && found.private_arrays.is_empty()
            && found.conditional_lastprivate.is_empty()
            && self.allocated(grid).is_empty();
        let mut written = Vec::new();
        self.each_statement(grid, &mut |statement| {
            if let Statement::For(header) = statement
                && !grid.nest.contains(header)
                && self.is_simd(*header)
            {
                written.push(*header);
            }
        });
        if !alike || !written.iter().all(|header| self.can_be_shared(grid, *header)) {
            return Vec::new();
        }
        let mut shared = Vec::new();
        let work = self.share(grid, &self.region.loops[inner].body, &mut shared);
        let pays = !written.is_empty() || 2.0 * work >= self.cost(inner);
        if pays { shared } else { Vec::new() }
    }

    /// Notes the loops of a block that are shared; gives their part of its work, in nanoseconds.
    fn share(&self, grid: &Grid<'_>, block: &Block, shared: &mut Vec<Handle<Loop>>) -> f64 {
        let mut work = 0.0;
        for (statement, _) in &block.statements {
            if let Statement::For(header) = statement
                && (self.is_simd(*header) || self.is_row(grid, *header))
                && self.can_be_shared(grid, *header)
            {
                shared.push(*header);
                work += self.assumed_trips(*header) * self.cost(*header);
                continue;
            }
            let rounds = match statement {
                Statement::For(header) => self.assumed_trips(*header),
                _ => 1.0,
            };
            for inner in statement.blocks(self.region) {
                work += rounds * self.share(grid, inner, shared);
            }
        }
        work
    }

    fn is_simd(&self, header: Handle<Loop>) -> bool {
        self.directive(header) == Some(Directive::Simd)
    }

    fn directive(&self, header: Handle<Loop>) -> Option<Directive> {
        let annotation = self.region.loops[header].annotation.as_ref();
        annotation.map(|one| one.directive)
    }

    /// Whether neighbouring threads have elements far apart less often if they share a loop than if each does all of it.
    fn is_row(&self, grid: &Grid<'_>, header: Handle<Loop>) -> bool {
        let (Some(outer), Some(neighbours)) = (grid.outer(), grid.axes.first()) else {
            return false;
        };
        if self.directive(header).is_some() || self.is_short(header) {
            return false;
        }
        // If the loop begins elsewhere for every thread, what it walks along is not the same element for all of them.
        let starts_alike = self.is_rectangular(header, &grid.nest);
        let (mut together, mut alone) = (0.0, 0.0);
        for access in self.accesses() {
            let Some(place) = access.subscripts.first().and_then(|one| enclosing(one, header)) else {
                continue;
            };
            let inner = &access.subscripts[0].strides[place + 1..];
            let times: f64 = inner.iter().map(|(one, _)| self.assumed_trips(*one)).product();
            together += if is_near(access, header) { 0.0 } else { times };
            let is_alike = starts_alike || access.subscripts.iter().all(|one| stride(one, header) == Some(0));
            alone += if is_near(access, *neighbours) && is_alike {
                0.0
            } else {
                times
            };
        }
        let folds = !self.facts.of_loop(header).reductions.is_empty();
        self.directive(outer) != Some(Directive::ParallelSimd) && (together < alone || (together == alone && !folds))
    }

    fn can_be_shared(&self, grid: &Grid<'_>, header: Handle<Loop>) -> bool {
        let found = self.facts.of_loop(header);
        let mut nested = false;
        ir::visit_statements(self.region, &self.region.loops[header].body, &mut |statement, _| {
            nested |= matches!(statement, Statement::For(inner) if self.is_simd(*inner));
        });
        let folds = found
            .reductions
            .iter()
            .all(|one| !self.in_order(one) && !self.is_marked(one.target));
        found.parallel == Legality::Proven
            && folds
            && !nested
            && !found.breaks
            && found.array_reductions.iter().all(|one| grid.bins.contains(&one.target))
            && found.private_arrays.is_empty()
            && found.lastprivate.is_empty()
            && found.conditional_lastprivate.is_empty()
            && found.shared_generator.is_none()
    }

    /// How many iterations a shared loop has.
    pub fn length(&self, grid: &Grid<'_>, header: Handle<Loop>) -> Length {
        if self.is_known_with(header, &grid.nest) {
            return Length::Bounds;
        }
        let walked = |access: &Access| {
            let [only] = &access.subscripts[..] else { return None };
            let alone = only.strides.iter().all(|(one, stride)| match stride {
                Some(stride) if *one == header => stride.abs() == 1,
                Some(stride) => *stride == 0,
                None => false,
            });
            let inside = only.strides.iter().any(|(one, _)| *one == header);
            (alone && inside).then_some(access.array)
        };
        let walked = self.accesses().find_map(walked);
        match walked.filter(|array| self.captures(grid).arrays.contains(array)) {
            Some(array) => Length::Share(array),
            None => Length::Unknown,
        }
    }
}

/// Where a loop stands among those around a subscript.
fn enclosing(subscript: &Subscript, header: Handle<Loop>) -> Option<usize> {
    subscript.strides.iter().position(|(one, _)| *one == header)
}

/// How much a subscript grows from one iteration of a loop around it to the next, where that is known.
fn stride(subscript: &Subscript, header: Handle<Loop>) -> Option<i64> {
    enclosing(subscript, header).and_then(|place| subscript.strides[place].1)
}

/// Whether neighbouring iterations of a loop access the same element, or neighbours.
fn is_near(access: &Access, header: Handle<Loop>) -> bool {
    let Some((last, others)) = access.subscripts.split_last() else {
        return true;
    };
    stride(last, header).is_some_and(|one| one.abs() <= 1) && others.iter().all(|one| stride(one, header) == Some(0))
}
