//! What the elements of local arrays are.
//!
//! A local array may take its element type from a value, and that value may be computed from elements of local arrays: the
//! element types and the flow of types through the region are iterated until both agree.

use super::flow::Flow;
use super::promote::kinds;
use super::set::TySet;
use super::{ArrayTy, Kind, Origin, Ty};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{
    Array, ArrayOrigin, Cast, Casting, Conversion, Element, Expression, Handle, Region, Retained, SideTable, Variable,
    visit_expressions, visit_statements,
};

/// How elements are stored, as far as it is known.
pub(super) type Elements = SideTable<Array, Option<Ty>>;

/// What the signature says of the elements, and nothing about those of local arrays.
pub(super) fn given(region: &Region, arrays: &SideTable<Array, ArrayTy>) -> Elements {
    SideTable::from_fn(&region.arrays, |handle, array| match array.origin {
        ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => Some(arrays[handle].element),
        ArrayOrigin::Local { .. } => None,
    })
}

/// What follows from a flow that took the elements to be `known`.
pub(super) fn found(
    region: &Region,
    (lists, gathered): (&SideTable<Array, bool>, &SideTable<Array, bool>),
    known: &Elements,
    expressions: &SideTable<Expression, TySet>,
) -> Elements {
    SideTable::from_fn(&region.arrays, |handle, array| match &array.origin {
        ArrayOrigin::Input(_) if lists[handle] => either(region, handle, known[handle], expressions),
        ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => known[handle],
        ArrayOrigin::Local {
            element: Element::Listed,
            ..
        } => listed(region, (handle, gathered[handle]), known[handle], expressions),
        ArrayOrigin::Local { element, .. } => element_type(*element, known, expressions),
    })
}

/// What a list from before the region holds in it: Python's numbers, and NumPy's of the same kind, if such are stored.
fn either(
    region: &Region,
    list: Handle<Array>,
    known: Option<Ty>,
    expressions: &SideTable<Expression, TySet>,
) -> Option<Ty> {
    let item = known?;
    let other = Ty::numpy(item.kind);
    let mut stores = region.stores.iter().filter(|(_, store)| store.array == list);
    let stored = stores.any(|(_, store)| expressions[store.value].contains(other));
    Some(Ty {
        origin: if stored { Origin::Either } else { item.origin },
        ..item
    })
}

/// Which arrays are lists whose items nobody in the region reads: each may be one of several types, as its tag says.
pub(super) fn gathered(region: &Region, evaluated: &SideTable<Expression, bool>) -> SideTable<Array, bool> {
    let mut gathered = SideTable::from_fn(&region.arrays, |_, array| {
        let element = match array.origin {
            ArrayOrigin::Local { element, .. } => Some(element),
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => None,
        };
        element == Some(Element::Listed)
    });
    for (handle, one) in region.expressions.iter() {
        if let Expression::Load { array, .. } = one
            && evaluated[handle]
        {
            gathered[*array] = false;
        }
    }
    gathered
}

/// The types of what is stored into a list.
fn items(region: &Region, list: Handle<Array>, expressions: &SideTable<Expression, TySet>) -> TySet {
    let stores = region.stores.iter().filter(|(_, store)| store.array == list);
    stores.fold(TySet::EMPTY, |set, (_, store)| set.union(expressions[store.value]))
}

/// What a list holds: what is stored into it, whoever's numbers these are.
fn listed(
    region: &Region,
    (list, gathered): (Handle<Array>, bool),
    known: Option<Ty>,
    expressions: &SideTable<Expression, TySet>,
) -> Option<Ty> {
    if gathered && let Some(ty) = items(region, list, expressions).join() {
        return Some(ty);
    }
    let stores = region.stores.iter().filter(|(_, store)| store.array == list);
    let types = stores.flat_map(|(_, store)| expressions[store.value].iter());
    known.into_iter().chain(types).reduce(|one, other| Ty {
        kind: one.kind,
        origin: if one.origin == other.origin {
            one.origin
        } else {
            Origin::Either
        },
    })
}

/// Lists whose items are of several kinds.
fn mixed(region: &Region, flow: &Flow) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (_, store) in region.stores.iter() {
        let ArrayOrigin::Local {
            element: Element::Listed,
            ..
        } = region.arrays[store.array].origin
        else {
            continue;
        };
        let Some(known) = flow.elements[store.array] else {
            continue;
        };
        if flow.gathered[store.array] && items(region, store.array, &flow.expressions).join().is_some() {
            continue;
        }
        if let Some(other) = flow.expressions[store.value].iter().find(|ty| ty.kind != known.kind) {
            let message = format!(
                "an item of this list is {} and another one {}",
                super::inputs::described(known),
                super::inputs::described(other)
            );
            problems.push(
                Diagnostic::new(Code::IncompatibleTypes, region.spans[store.value], message)
                    .help("let all items be of one type (`0.0` instead of `0`), or use an array"),
            );
        }
    }
    problems
}

/// The NumPy type that an element is, as far as it is known.
fn element_type(element: Element, known: &Elements, expressions: &SideTable<Expression, TySet>) -> Option<Ty> {
    let of = |value: Handle<Expression>| expressions[value].iter().next().map(|ty| ty.kind);
    let kind = match element {
        Element::Named(conversion) => Some(stored(conversion)),
        Element::Like(other) => known[other].map(|ty| ty.kind),
        Element::Of(value) => of(value),
        Element::SumOf(value) => of(value).map(added_up),
        Element::Listed => None,
        Element::WideOf(value) => of(value).map(|kind| if kind == Kind::F16 { Kind::F32 } else { kind }),
        Element::MeanOf(value) => of(value).map(|kind| {
            if kind.is_float() || kind.is_complex() {
                kind
            } else {
                Kind::F64
            }
        }),
    };
    kind.map(Ty::numpy)
}

/// The kind in which NumPy adds up values of a kind.
fn added_up(kind: Kind) -> Kind {
    match kind {
        Kind::Bool | Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 => Kind::I64,
        Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64 => Kind::U64,
        Kind::F16 | Kind::F32 | Kind::F64 | Kind::C64 | Kind::C128 => kind,
    }
}

/// The types of variables that have one whatever is assigned to them, as far as they are known.
pub(super) type Storages = SideTable<Variable, Option<Ty>>;

/// What follows for them from a flow.
pub(super) fn storages(region: &Region, known: &Elements, expressions: &SideTable<Expression, TySet>) -> Storages {
    SideTable::from_fn(&region.variables, |_, variable| {
        variable
            .storage
            .and_then(|element| element_type(element, known, expressions))
    })
}

/// How NumPy stores what a conversion gives.
fn stored(conversion: Conversion) -> Kind {
    match conversion {
        Conversion::Bool | Conversion::NumpyBool => Kind::Bool,
        Conversion::Int | Conversion::Int64 => Kind::I64,
        Conversion::Float | Conversion::Float64 => Kind::F64,
        Conversion::Int8 => Kind::I8,
        Conversion::Int16 => Kind::I16,
        Conversion::Int32 => Kind::I32,
        Conversion::UInt8 => Kind::U8,
        Conversion::UInt16 => Kind::U16,
        Conversion::UInt32 => Kind::U32,
        Conversion::UInt64 => Kind::U64,
        Conversion::Float16 => Kind::F16,
        Conversion::Float32 => Kind::F32,
        Conversion::Complex64 => Kind::C64,
        Conversion::Complex | Conversion::Complex128 => Kind::C128,
    }
}

/// Local arrays whose elements would be of one kind or another, depending on the way taken.
pub(super) fn ambiguous(region: &Region, flow: &Flow) -> Vec<Diagnostic> {
    let mut problems = mixed(region, flow);
    for (_, array) in region.arrays.iter() {
        let ArrayOrigin::Local { element, .. } = &array.origin else {
            continue;
        };
        let Some(value) = element.model() else { continue };
        let set = flow.expressions[value];
        let mut kinds: Vec<Kind> = set.iter().map(|ty| ty.kind).collect();
        kinds.dedup();
        if kinds.len() > 1 {
            let types: Vec<String> = set.iter().map(super::inputs::described).collect();
            let message = format!(
                "the elements of `{}` would be of another type for each type of this value: {}",
                array.name,
                types.join(" or ")
            );
            problems.push(
                Diagnostic::new(Code::IncompatibleTypes, region.spans[value], message)
                    .help("convert the value, so that it has one type"),
            );
        }
    }
    problems
}

/// Arrays that a loop makes anew, of another type than before.
pub(super) fn changed(region: &Region, flow: &Flow) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for Retained { name, array, value } in &region.retained {
        let Some(before) = flow.elements[*array] else { continue };
        for ty in flow.expressions[*value].iter().filter(|ty| ty.kind != before.kind) {
            let after = Ty::numpy(ty.kind);
            let message = format!("the elements of `{name}` are {before} before the loop and {after} here");
            problems.push(
                Diagnostic::new(Code::IncompatibleTypes, region.spans[*value], message)
                    .help(format!("convert it before the loop: `.astype(...)` to {after}")),
            );
        }
    }
    problems
}

/// The values whose types must be what arrays hold.
pub(super) fn required(region: &Region) -> Vec<Handle<Expression>> {
    let casts = region.casts.iter().map(|one| one.value);
    casts.chain(region.retained.iter().map(|one| one.value)).collect()
}

/// Those of them of which nothing is known, though they may be computed.
pub(super) fn untold(region: &Region, flow: &Flow) -> Vec<Diagnostic> {
    let values = required(region);
    if values.is_empty() {
        return Vec::new();
    }
    let evaluated = evaluated(region);
    let untold = values
        .into_iter()
        .filter(|value| !evaluated[*value] && flow.expressions[*value].is_empty());
    let message = "the type of this array is found too late";
    untold
        .map(|value| Diagnostic::new(Code::IncompatibleTypes, region.spans[value], message).help("name the dtype"))
        .collect()
}

/// Values that NumPy does not store in the arrays where they would be stored.
pub(super) fn uncastable(region: &Region, flow: &Flow) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for Cast { array, value, casting } in &region.casts {
        let Some(target) = flow.elements[*array] else { continue };
        let castable = |ty: &Ty| match casting {
            Casting::SameKind => ty.kind.casts_to(target.kind),
            Casting::Safe => kinds(ty.kind, target.kind) == target.kind,
        };
        let result = flow.expressions[*value].iter();
        let Some(ty) = result.into_iter().find(|ty| !castable(ty)) else {
            continue;
        };
        let (name, before, after) = (&region.arrays[*array].name, Ty::numpy(target.kind), Ty::numpy(ty.kind));
        let (message, help) = match casting {
            Casting::SameKind => (
                format!("NumPy refuses to update `{name}` in place: its elements are {before}, the result is {after}"),
                "convert the right side, or assign (`a[...] = a + b`), which converts the result",
            ),
            Casting::Safe => (
                format!("the items of this array are {before} and {after}: which type holds both is found too late"),
                "give `dtype=`",
            ),
        };
        let code = Code::UndefinedOperation;
        problems.push(Diagnostic::new(code, region.spans[*value], message).help(help));
    }
    problems
}

/// The expressions that a statement evaluates. The others, if any, only say what the elements of a local array are.
pub(super) fn evaluated(region: &Region) -> SideTable<Expression, bool> {
    let mut table = SideTable::filled(&region.expressions, false);
    let mut note = |root: Handle<Expression>| visit_expressions(region, root, &mut |one| table[one] = true);
    visit_statements(region, &region.body, &mut |statement, _| {
        statement.roots(region).into_iter().for_each(&mut note);
    });
    table
}

/// What a load of an element gives.
pub(super) fn loaded(element: Option<Ty>) -> TySet {
    let both = |ty: Ty| {
        let python = Ty::element(ty.kind, Origin::Python).loaded();
        TySet::of(python).union(TySet::of(Ty::numpy(ty.kind)))
    };
    element.map_or(TySet::EMPTY, |ty| match ty.origin {
        Origin::Either => both(ty),
        Origin::Python | Origin::Numpy => TySet::of(ty.loaded()),
    })
}

/// The element type of an array that nothing is known about: no element is ever reached.
pub(super) const UNREACHED: Ty = Ty {
    kind: Kind::F64,
    origin: Origin::Numpy,
};
