//! Local arrays: where they are kept, and what allocates them.
//!
//! A small array of constant extents is kept on the stack (`NAME_room`, an array), any other in memory of the task's own that
//! serves one iteration after the other (`ferrokeet_kernel::local::Room`); one that outlives the region, in a NumPy array that the
//! host makes (`ferrokeet_kernel::given::Given`). All are declared where the task begins, with the
//! view `NAME` that every allocation replaces.

use super::names;
use super::region::Scene;
use super::variant::Variant;
use crate::back::writer::Writer;
use crate::infer::{Kind, Ty};
use crate::ir::{self, Array, ArrayOrigin, Block, Element, Expression, Handle, Loop, Statement};

/// Bytes of the largest array on the stack.
const SMALL: usize = 4096;

impl Scene<'_> {
    pub(super) fn is_local(&self, array: Handle<Array>) -> bool {
        matches!(self.region.arrays[array].origin, ArrayOrigin::Local { .. })
    }

    /// The local arrays that a block allocates.
    pub(super) fn allocated_in(&self, block: &Block) -> Vec<Handle<Array>> {
        let mut found = Vec::new();
        ir::visit_statements(self.region, block, &mut |statement, _| {
            if let Statement::Allocate { array, .. } = statement
                && !found.contains(array)
            {
                found.push(*array);
            }
        });
        found.sort();
        found
    }

    /// Declares the arrays that a variant's function keeps: all but those of parallel loops, which their tasks keep.
    pub(super) fn declare_locals(&self, out: &mut Writer) {
        let split = self.split_locals();
        for array in self.allocated_in(&self.region.body) {
            if !split.contains(&array) {
                self.declare_local(out, array);
            }
        }
    }

    /// Declares the arrays that a task of a parallel loop keeps.
    pub(super) fn task_locals(&self, out: &mut Writer, handle: Handle<Loop>) {
        for array in self.allocated_in(&self.region.loops[handle].body) {
            self.declare_local(out, array);
        }
    }

    fn declare_local(&self, out: &mut Writer, array: Handle<Array>) {
        let (name, kind) = (self.array(array), self.stored(array));
        let rank = self.types.array(array).rank;
        match self.small(array) {
            Some(extents) => {
                let length: i64 = extents.iter().product();
                out.line(format!("let mut {name}_room = [{kind}::default(); {length}];"));
            }
            None => match self.handed_back(array) {
                Some(number) => out.line(format!(
                    "let mut {name}_room = unsafe {{ Given::<{kind}>::new(host, {number}) }};"
                )),
                None => out.line(format!("let mut {name}_room = Room::<{kind}>::new();")),
            },
        }
        let nowhere = self.reached(array, &format!("nowhere::<{kind}, {rank}>()"));
        out.line(format!("let mut {name} = {nowhere};"));
    }

    /// Gives an array its storage.
    pub(super) fn allocate(&self, out: &mut Writer, array: Handle<Array>, zeroed: bool) {
        if !self.kernels.is_empty() {
            self.allocate_there(out, array, zeroed);
            return;
        }
        let (name, kind) = (self.array(array), self.stored(array));
        if let Some(extents) = self.small(array) {
            let length: i64 = extents.iter().product();
            if zeroed {
                out.line(format!("{name}_room = [{kind}::default(); {length}];"));
            }
            let view = self.reached(array, &format!("within(&mut {name}_room, {extents:?})"));
            out.line(format!("{name} = {view};"));
            return;
        }
        let ArrayOrigin::Local { extents, .. } = &self.region.arrays[array].origin else {
            return;
        };
        let each: Vec<String> = extents.iter().map(|extent| self.integer(*extent)).collect();
        // The guards have seen to it, or the region is undone.
        let modest = self.variant == Variant::Fast && self.facts.room(array).is_some();
        let checked = if modest { "provided" } else { "allocated" };
        let view = format!("{checked}({name}_room.array([{}], {zeroed}))?", each.join(", "));
        let view = self.reached(array, &view);
        out.line(format!("{name} = {view};"));
    }

    /// A view of a local array as the variant reaches it.
    fn reached(&self, array: Handle<Array>, view: &str) -> String {
        let listed = matches!(
            self.region.arrays[array].origin,
            ArrayOrigin::Local {
                element: Element::Listed,
                ..
            }
        );
        let owner = if listed { "list" } else { "numpy" };
        match self.variant {
            Variant::Careful => format!("unsafe {{ Exclusive::{owner}({view}) }}"),
            Variant::Fast => format!("unsafe {{ {view} }}"),
        }
    }

    /// The number under which the host keeps an array that outlives the region.
    pub(super) fn handed_back(&self, array: Handle<Array>) -> Option<usize> {
        self.region.handed_back().iter().position(|one| *one == array)
    }

    /// The extents of an array that is kept on the stack.
    fn small(&self, array: Handle<Array>) -> Option<&[i64]> {
        if self.handed_back(array).is_some() {
            return None;
        }
        let extents = self.facts.shape(array)?;
        let size = self.kind_of(array).size();
        let bytes = extents
            .iter()
            .try_fold(size, |bytes, extent| bytes.checked_mul(usize::try_from(*extent).ok()?))?;
        (bytes <= SMALL).then_some(extents)
    }

    fn kind_of(&self, array: Handle<Array>) -> Kind {
        self.types.array(array).element.kind
    }

    /// The Rust type of an array's elements.
    pub(super) fn stored(&self, array: Handle<Array>) -> &'static str {
        match self.kind_of(array) {
            Kind::Bool => "u8",
            kind => names::scalar(kind),
        }
    }

    /// An integer of any kind as a Python int that fits.
    pub(super) fn integer(&self, root: Handle<Expression>) -> String {
        let text = self.value(root);
        match self.types.expression(root).kind {
            Kind::U64 => format!("fits(i64::try_from({text}).ok())?"),
            kind => self.cast(text, kind, Ty::INT),
        }
    }

    /// Whether some array needs memory that there may not be.
    pub(super) fn needs_memory(&self) -> bool {
        let arrays = self.allocated_in(&self.region.body);
        arrays.into_iter().any(|array| self.small(array).is_none())
    }

    /// What the guards demand of memory, of every array whose size they know.
    pub(super) fn room_tests(&self) -> Vec<String> {
        let split = self.split_locals();
        let arrays = self.allocated_in(&self.region.body).into_iter();
        let large = arrays.filter(|array| self.small(*array).is_none());
        let test = |array: Handle<Array>| {
            let room = self.facts.room(array)?;
            let each = split.contains(&array);
            let factors: Vec<String> = std::iter::once(format!("{}_i128", self.kind_of(array).size()))
                .chain(room.iter().map(|extent| format!("({})", self.linear(extent))))
                .collect();
            let bytes = factors
                .into_iter()
                .reduce(|bytes, extent| format!("{bytes}.saturating_mul({extent})"))?;
            Some(format!("unsafe {{ is_modest(host, {bytes}, {each}) }}"))
        };
        large.filter_map(test).collect()
    }

    /// The arrays of parallel loops, one for each task.
    fn split_locals(&self) -> Vec<Handle<Array>> {
        let loops = self.region.loops.handles();
        loops
            .filter(|handle| self.variant == Variant::Fast && self.plan.is_parallel(*handle))
            .flat_map(|handle| self.allocated_in(&self.region.loops[handle].body))
            .collect()
    }
}
