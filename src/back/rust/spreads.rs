//! Arrays whose axes are stretched at the launch.

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::infer::Kind;
use crate::ir::{Array, ArrayOrigin, Handle};

impl Scene<'_> {
    /// The arrays that are other names of inputs. Not every one of them is stretched in the end.
    pub(super) fn spread_arrays(&self) -> Vec<Handle<Array>> {
        let renamed = |array: &Handle<Array>| {
            let array = &self.region.arrays[*array];
            match array.origin {
                ArrayOrigin::Input(input) => self.region.inputs[input].name != array.name,
                ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => false,
            }
        };
        self.region.arrays.handles().filter(renamed).collect()
    }

    /// The Rust type of an array's view.
    pub(super) fn view_type(&self, array: Handle<Array>) -> String {
        let ty = self.types.array(array);
        let kind = match ty.element.kind {
            Kind::Bool => "u8",
            kind => names::scalar(kind),
        };
        format!("View<{kind}, {}>", ty.rank)
    }

    /// Declares them, and stretches what has extent 1. One may follow from another, whatever their order.
    pub(super) fn stretch(&self, out: &mut Writer) {
        let arrays = self.spread_arrays();
        for array in &arrays {
            if let ArrayOrigin::Input(input) = self.region.arrays[*array].origin {
                let input = names::rust(&self.region.inputs[input].name);
                out.line(format!("let mut {} = {input};", self.array(*array)));
            }
        }
        let spreads = &self.region.spreads;
        if spreads.is_empty() {
            return;
        }
        out.open(format!("for _ in 0..{}", spreads.len()));
        for spread in spreads {
            let (extent, name) = (self.integer(spread.to), self.array(spread.array));
            out.line(format!("let extent = {extent};"));
            out.line(format!("{name}.stretch({}, extent);", spread.axis));
        }
        out.close("");
    }
}
