//! Lists from before the region, whose items the region assigns.
//!
//! The kernel computes on an array of their items, all of one type, and the host makes objects of that type of those that have
//! changed. So what is stored must be of that very type: a list keeps whatever object it is given. Where NumPy's numbers of the same
//! kind are stored too, the region tells of each item which it is ([`Region::told`]).

use super::inputs::described;
use super::set::TySet;
use super::{ArrayTy, Origin, Ty};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{ArrayOrigin, Handle, Input, Items, Region, Store};
use crate::source::Span;

/// Why a value cannot be stored in a list of items of the type `element`.
pub(super) fn stored(
    region: &Region,
    store: &Store,
    list: ArrayTy,
    value: TySet,
    untold: bool,
    span: Span,
) -> Option<Diagnostic> {
    let told = |list: Handle<Input>| region.told.iter().any(|one| one.items == Items::List(list));
    let told = match region.arrays[store.array].origin {
        ArrayOrigin::Input(list) => untold || told(list),
        ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => false,
    };
    if !list.columns.is_uniform() {
        let name = &region.arrays[store.array].name;
        let message = format!("`{name}` is a list of numbers of several types, and an item is assigned");
        let help = "let all items be of one type, or use a NumPy array";
        return Some(Diagnostic::new(Code::IncompatibleTypes, span, message).help(help));
    }
    let element = list.element;
    let item = Ty::element(element.kind, Origin::Python).loaded();
    let other = value.iter().find(|ty| *ty != item && !(told && ty.kind == item.kind))?;
    let name = &region.arrays[store.array].name;
    let message = format!(
        "`{name}` is a list of {}, and {} is assigned to an item",
        items(item),
        described(other)
    );
    let help = match item {
        Ty::FLOAT => "convert it (`float(…)`), or use a NumPy array",
        Ty::INT => {
            "begin with a list of the type that is meant (`0.0` instead of `0`), convert it (`int(…)`), or use a NumPy array"
        }
        _ => "let all items be of one type, or use a NumPy array",
    };
    Some(Diagnostic::new(Code::IncompatibleTypes, span, message).help(help))
}

fn items(item: Ty) -> String {
    if item == Ty::COMPLEX {
        "Python complex numbers".to_owned()
    } else {
        format!("Python {item}s")
    }
}
