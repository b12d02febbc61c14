//! Lists from before the region whose items it assigns and does not read.
//!
//! Nobody needs what the items were: they may be of any type, and a list keeps whatever object it is given. So the new ones go
//! into an array of the region's own, which is handed back, and the list's own array, of zeros at the launch, says which items
//! there are:
//!
//! ```text
//! out[i] = x[i] * 0.5      value = x[i] * 0.5
//!                          out[i] = 1
//!                          out_items[i] = value
//! ```

use super::Ex;
use super::contract::fresh;
use crate::infer::{InputTy, Kind, Signature};
use crate::ir::{
    Array, ArrayOrigin, Block, Element, Expression, Gives, Handle, Input, Literal, Output, Region, Replaced, Statement,
    Store, Variable,
};
use crate::source::Span;

/// Whether the signature says that nobody reads the items of an input.
fn is_unread(region: &Region, signature: &Signature, input: Handle<Input>) -> Option<u32> {
    match signature.get(&region.inputs[input].name) {
        Some(InputTy::Array(ty)) if ty.listed && ty.element.kind == Kind::U8 => Some(ty.rank),
        Some(_) | None => None,
    }
}

/// Whether there is such a list.
pub(super) fn replaces(region: &Region, signature: &Signature) -> bool {
    let mut inputs = region.inputs.handles();
    inputs.any(|input| is_unread(region, signature, input).is_some())
}

/// Gives such lists arrays of new items.
pub(super) fn replace(region: &mut Region, signature: &Signature) {
    for input in region.inputs.handles().collect::<Vec<_>>() {
        let Some(rank) = is_unread(region, signature, input) else {
            continue;
        };
        let own = |array: Handle<Array>, region: &Region| region.arrays[array].origin == ArrayOrigin::Input(input);
        let Some(list) = region
            .stores
            .iter()
            .map(|(_, store)| store.array)
            .find(|array| own(*array, region))
        else {
            continue;
        };
        let items = made(region, list, rank);
        let mut body = std::mem::take(&mut region.body);
        rewrite(region, &mut body, &|region, array| own(array, region), items);
        let span = region.inputs[input].span;
        body.statements.insert(
            0,
            (
                Statement::Allocate {
                    array: items,
                    zeroed: false,
                },
                span,
            ),
        );
        region.body = body;
        let name = region.arrays[items].name.clone();
        let variable = variable(region, &format!("{name}_handed"), span);
        region.outputs.push(Output {
            variable,
            name,
            gives: Gives::Array {
                array: items,
                view: None,
            },
        });
        let output = region.outputs.len() - 1;
        region.replaced.push(Replaced { list: input, output });
    }
}

/// An array of the extents of a list, for items of whatever type is stored.
fn made(region: &mut Region, list: Handle<Array>, rank: u32) -> Handle<Array> {
    let span = region.span;
    let extents = (0..rank)
        .map(|axis| region.expression(Expression::Extent { array: list, axis }, span))
        .collect();
    let name = fresh(region, &format!("{}_items", region.arrays[list].name));
    region.arrays.append(Array {
        name,
        origin: ArrayOrigin::Local {
            element: Element::Listed,
            extents,
        },
        view_of: None,
    })
}

fn variable(region: &mut Region, wanted: &str, span: Span) -> Handle<Variable> {
    let name = fresh(region, wanted);
    region.variables.append(Variable {
        name,
        initial: None,
        temporary: true,
        storage: None,
        there: None,
        span,
    })
}

/// Has each store into the list note that there is an item, and keep it.
fn rewrite(
    region: &mut Region,
    block: &mut Block,
    is_list: &dyn Fn(&Region, Handle<Array>) -> bool,
    items: Handle<Array>,
) {
    for (statement, span) in std::mem::take(&mut block.statements) {
        match statement {
            Statement::Store(store) if is_list(region, region.stores[store].array) => {
                assigned(region, block, store, items, span);
                continue;
            }
            Statement::For(counted) => {
                let mut body = std::mem::take(&mut region.loops[counted].body);
                rewrite(region, &mut body, is_list, items);
                region.loops[counted].body = body;
                block.push(Statement::For(counted), span);
            }
            Statement::If {
                condition,
                mut accept,
                mut reject,
            } => {
                rewrite(region, &mut accept, is_list, items);
                rewrite(region, &mut reject, is_list, items);
                let statement = Statement::If {
                    condition,
                    accept,
                    reject,
                };
                block.push(statement, span);
            }
            Statement::While {
                mut prelude,
                condition,
                mut body,
            } => {
                rewrite(region, &mut prelude, is_list, items);
                rewrite(region, &mut body, is_list, items);
                let statement = Statement::While {
                    prelude,
                    condition,
                    body,
                };
                block.push(statement, span);
            }
            Statement::Assign { .. }
            | Statement::Store(_)
            | Statement::Evaluate(_)
            | Statement::Break
            | Statement::Continue
            | Statement::Allocate { .. }
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => block.push(statement, span),
        }
    }
}

/// The value is evaluated before the subscripts, and a subscript that is out of range is the list's.
fn assigned(region: &mut Region, block: &mut Block, store: Handle<Store>, items: Handle<Array>, span: Span) {
    let Store {
        subscripts,
        value,
        place,
        ..
    } = region.stores[store].clone();
    let kept = kept(region, block, value, span);
    region.stores[store].value = region.expression(Expression::Literal(Literal::Int(1)), span);
    block.push(Statement::Store(store), span);
    let also = region.stores.append(Store {
        array: items,
        subscripts,
        value: kept,
        update: false,
        atomic: false,
        place,
    });
    block.push(Statement::Store(also), span);
}

/// A value under a name, unless it is constant.
fn kept(region: &mut Region, block: &mut Block, value: Ex, span: Span) -> Ex {
    if matches!(region.expressions[value], Expression::Literal(_)) {
        return value;
    }
    let variable = variable(region, "item", span);
    block.push(Statement::Assign { variable, value }, span);
    region.expression(Expression::Variable(variable), span)
}
