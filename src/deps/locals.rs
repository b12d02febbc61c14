//! Storage of the region's own: which iterations share it, how large it is, and which subscripts lie inside by construction.
//!
//! A local array has new storage for every execution of its [`Allocate`](crate::ir::Statement::Allocate). An access that follows
//! it in the same iteration of the loops around it ([`Storage::loops`]) therefore never meets an access of another iteration
//! of such a loop, and the array's extents are what they were there, in symbols. So `t` of `for t in range(n)` is proved to be
//! inside `np.zeros(n)`, whatever `n` is, with no guard. Of other accesses nothing is known.

use super::accesses::{Accesses, Site};
use super::omega::Budget;
use super::pairs::{BUDGET, is_parameter};
use super::system::{Builder, Side};
use super::values::extreme;
use super::{AccessMode, Atom, Linear};
use crate::ir::{self, Array, ArrayOrigin, Block, Handle, Loop, Region, SideTable, Statement};

/// What is known about the storage of a local array.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Storage {
    /// The counted loops around its allocation, outermost first; `None`: some allocation or other.
    pub(super) loops: Option<Vec<Handle<Loop>>>,
    /// In symbols, each at least 0.
    pub(super) extents: Vec<Linear>,
}

/// A request for storage.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) array: Handle<Array>,
    /// The counted loops around it, outermost first.
    pub(super) loops: Vec<Handle<Loop>>,
    /// In symbols, each at least 0.
    pub(super) extents: Vec<Linear>,
}

impl Site {
    /// Whether its storage belongs to one iteration of a loop.
    pub(super) fn is_own(&self, carrier: Handle<Loop>) -> bool {
        let loops = self.storage.as_ref().and_then(|storage| storage.loops.as_ref());
        loops.is_some_and(|loops| loops.contains(&carrier))
    }

    /// How many elements its array has along an axis.
    pub(super) fn extent(&self, axis: usize) -> Linear {
        match &self.storage {
            Some(storage) => storage.extents[axis].clone(),
            None => Linear::atom(Atom::Extent(self.array, axis as u32)),
        }
    }

    /// The same, where the launch can compute it.
    pub(super) fn extent_at_launch(&self, axis: usize) -> Option<Linear> {
        let extent = self.extent(axis);
        extent
            .terms
            .iter()
            .all(|(_, atom)| is_parameter(atom))
            .then_some(extent)
    }
}

/// Whether an array is one of the region's own.
pub(super) fn is_local(region: &Region, array: Handle<Array>) -> bool {
    matches!(region.arrays[array].origin, ArrayOrigin::Local { .. })
}

/// The local arrays that get storage in a block.
pub(super) fn allocated(region: &Region, block: &Block) -> Vec<Handle<Array>> {
    let mut found = Vec::new();
    ir::visit_statements(region, block, &mut |statement, _| {
        if let Statement::Allocate { array, .. } = statement
            && !found.contains(array)
        {
            found.push(*array);
        }
    });
    found
}

/// A number that counts elements: negative ones count as 0.
pub(super) fn counted(extent: Linear) -> Linear {
    let is_positive = |(coefficient, atom): &(i64, Atom)| {
        let positive = match atom {
            Atom::Extent(..) | Atom::Size(_) => true,
            Atom::Greatest(parts) => parts
                .iter()
                .any(|part| part.as_constant().is_some_and(|least| least >= 0)),
            Atom::Remainder(..) => true,
            Atom::Counter(_)
            | Atom::First(_)
            | Atom::Last(_)
            | Atom::Input(_)
            | Atom::Variable(_)
            | Atom::Quotient(..)
            | Atom::Product(..)
            | Atom::Least(_)
            | Atom::Value(_) => false,
        };
        *coefficient > 0 && positive
    };
    if extent.constant >= 0 && extent.terms.iter().all(is_positive) {
        extent
    } else {
        extreme(vec![Linear::default(), extent], false)
    }
}

/// How a subscript of a local array is brought into bounds, if it lies inside by construction.
pub(super) fn by_construction(accesses: &Accesses, site: &Site, axis: usize, form: &Linear) -> Option<AccessMode> {
    let loops = site.storage.as_ref()?.loops.as_ref()?;
    if !site.loops.starts_with(loops) {
        return None;
    }
    let extent = site.extent(axis);
    let never = |violation: Linear| {
        let mut builder = Builder::new(accesses, site.loops.clone());
        for handle in &site.loops {
            builder.counter(Side::Both, *handle);
        }
        for condition in &site.conditions {
            builder.condition(Side::Both, condition);
        }
        let row = builder.row(Side::Both, &violation)?;
        builder.nonnegative(row);
        (builder.satisfiable(&mut Budget(BUDGET)) == Some(false)).then_some(())
    };
    let above = |bound: &Linear| form.subtract(bound);
    let below = |bound: &Linear| bound.subtract(form)?.offset(-1);
    let zero = Linear::default();
    if never(below(&zero)?).is_some() {
        never(above(&extent)?)?;
        Some(AccessMode::Direct)
    } else {
        never(above(&zero)?)?;
        never(below(&extent.scale(-1)?)?)?;
        Some(AccessMode::FromEnd)
    }
}

/// For each array, extents that no request for it exceeds and that the launch can compute; `None`: there are none.
pub(super) fn rooms(region: &Region, accesses: &Accesses) -> SideTable<Array, Option<Vec<Linear>>> {
    SideTable::from_fn(&region.arrays, |array, _| {
        let only = request(accesses, array)?;
        let bound = |extent: &Linear| {
            let (_, high) = super::bounds::at_launch(accesses, &only.loops, extent)?;
            Some(counted(high))
        };
        only.extents.iter().map(bound).collect()
    })
}

/// For each array, extents that are constant.
pub(super) fn shapes(region: &Region, accesses: &Accesses) -> SideTable<Array, Option<Vec<i64>>> {
    SideTable::from_fn(&region.arrays, |array, _| {
        let only = request(accesses, array)?;
        only.extents.iter().map(Linear::as_constant).collect()
    })
}

/// The only request for an array.
fn request(accesses: &Accesses, array: Handle<Array>) -> Option<&Request> {
    let mut requests = accesses.requests.iter().filter(|one| one.array == array);
    let first = requests.next()?;
    requests.next().is_none().then_some(first)
}
