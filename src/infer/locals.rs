//! What the elements of local arrays are.
//!
//! A local array may take its element type from a value, and that value may be computed from elements of local arrays; so may
//! a variable whose type does not follow from what it is assigned. These types and the flow of types through the region are
//! iterated until both agree.

use super::flow::Flow;
use super::set::TySet;
use super::{ArrayTy, Kind, Origin, Ty};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{
    Array, ArrayOrigin, Conversion, Element, Expression, Handle, Region, SideTable, Variable, visit_expressions,
    visit_statements,
};

/// How things are stored, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Elements {
    /// The elements of arrays.
    pub(super) arrays: SideTable<Array, Option<Ty>>,
    /// Variables of a fixed type.
    pub(super) variables: SideTable<Variable, Option<Ty>>,
}

/// What the signature says of the elements, and nothing about those of local arrays.
pub(super) fn given(region: &Region, arrays: &SideTable<Array, ArrayTy>) -> Elements {
    Elements {
        arrays: SideTable::from_fn(&region.arrays, |handle, array| match array.origin {
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => Some(arrays[handle].element),
            ArrayOrigin::Local { .. } => None,
        }),
        variables: SideTable::filled(&region.variables, None),
    }
}

/// What follows from a flow that took the elements to be `known`. What is known stays as it is.
pub(super) fn found(region: &Region, known: &Elements, expressions: &SideTable<Expression, TySet>) -> Elements {
    let kind = |element: &Element| {
        let of = |value: &Handle<Expression>| expressions[*value].iter().next().map(|ty| ty.kind);
        match element {
            Element::Named(conversion) => Some(stored(*conversion)),
            Element::Like(other) => known.arrays[*other].map(|ty| ty.kind),
            Element::Of(value) => of(value),
            Element::SumOf(value) => of(value).map(summed),
            Element::MeanOf(value) => of(value).map(averaged),
        }
    };
    Elements {
        arrays: SideTable::from_fn(&region.arrays, |handle, array| match &array.origin {
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => known.arrays[handle],
            ArrayOrigin::Local { element, .. } => known.arrays[handle].or_else(|| kind(element).map(Ty::numpy)),
        }),
        variables: SideTable::from_fn(&region.variables, |handle, variable| {
            let found = || variable.storage.as_ref().and_then(kind).map(Ty::numpy);
            known.variables[handle].or_else(found)
        }),
    }
}

/// In which kind `np.sum` adds up.
fn summed(kind: Kind) -> Kind {
    match kind {
        Kind::Bool | Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 => Kind::I64,
        Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64 => Kind::U64,
        Kind::F32 | Kind::F64 => kind,
    }
}

/// The kind of a mean.
fn averaged(kind: Kind) -> Kind {
    if kind.is_float() { kind } else { Kind::F64 }
}

/// The value that says what the elements are.
pub(super) fn model(element: &Element) -> Option<Handle<Expression>> {
    match element {
        Element::Named(_) | Element::Like(_) => None,
        Element::Of(value) | Element::SumOf(value) | Element::MeanOf(value) => Some(*value),
    }
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
        Conversion::Float32 => Kind::F32,
    }
}

/// Local arrays, and variables, that would be of one kind or another, depending on the way taken.
pub(super) fn ambiguous(region: &Region, flow: &Flow) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let arrays = region.arrays.iter().filter_map(|(_, array)| match &array.origin {
        ArrayOrigin::Local { element, .. } => Some((&array.name, element)),
        ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => None,
    });
    let variables = region.variables.iter();
    let variables = variables.filter_map(|(_, one)| Some((&one.name, one.storage.as_ref()?)));
    for (name, element) in arrays.chain(variables) {
        let Some(value) = model(element) else { continue };
        let set = flow.expressions[value];
        let mut kinds: Vec<Kind> = set.iter().map(|ty| ty.kind).collect();
        kinds.dedup();
        if kinds.len() > 1 {
            let types: Vec<String> = set.iter().map(super::inputs::described).collect();
            let message = format!(
                "`{name}` would be of another type for each type of this value: {}",
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
    element.map_or(TySet::EMPTY, |ty| TySet::of(ty.loaded()))
}

/// The element type of an array that nothing is known about: no element is ever reached.
pub(super) const UNREACHED: Ty = Ty {
    kind: Kind::F64,
    origin: Origin::Numpy,
};
