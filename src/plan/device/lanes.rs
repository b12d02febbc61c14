//! `simd` loops whose iterations the threads of a warp share.
//!
//! ```python
//! # pragma parallel for target(cuda)
//! for i in range(n):            # a warp
//!     total = 0.0
//!     # pragma simd
//!     for j in range(m):        # its 32 threads, neighbours at neighbouring elements
//!         total += a[i, j] * x[j]
//!     y[i] = total              # one of them
//! ```
//!
//! All threads of the warp execute the statements around these loops and so hold the same values; one of them stores.

use super::Grid;
use crate::deps::Legality;
use crate::ir::{self, Directive, Handle, Loop, Statement};
use crate::plan::Plan;

impl Plan<'_> {
    /// The loops of a kernel that its lanes share; none, if an iteration is a thread's.
    pub(super) fn shared_by_lanes(&self, grid: &Grid<'_>) -> Vec<Handle<Loop>> {
        let (Some(outer), [_]) = (grid.outer(), &grid.nest[..]) else {
            return Vec::new();
        };
        let found = self.facts.of_loop(outer);
        // What every thread of a warp would contribute counts once.
        let alike = found.reductions.is_empty()
            && found.array_reductions.is_empty()
            && found.private_arrays.is_empty()
            && found.conditional_lastprivate.is_empty()
            && self.allocated(grid).is_empty();
        let mut simd = Vec::new();
        self.each_statement(grid, &mut |statement| {
            if let Statement::For(header) = statement
                && self.is_simd(*header)
            {
                simd.push(*header);
            }
        });
        let fits = alike
            && simd
                .iter()
                .all(|header| *header == outer || self.can_be_shared(*header));
        simd.retain(|header| *header != outer);
        if fits { simd } else { Vec::new() }
    }

    fn is_simd(&self, header: Handle<Loop>) -> bool {
        let annotation = self.region.loops[header].annotation.as_ref();
        annotation.is_some_and(|one| one.directive == Directive::Simd)
    }

    fn can_be_shared(&self, header: Handle<Loop>) -> bool {
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
            && found.array_reductions.is_empty()
            && found.private_arrays.is_empty()
            && found.lastprivate.is_empty()
            && found.conditional_lastprivate.is_empty()
            && found.shared_generator.is_none()
    }
}
