//! What the runtime must know of a region and of a kernel, as JSON.

use serde_json::{Value, json};

use super::Analysed;
use crate::back::rust::Emitted;
use crate::infer::Origin;
use crate::ir::{
    Array, ArrayForm, ArrayFunction, ArrayOrigin, Expression, Function, Gives, Handle, Input, Items, Key, Region,
    Statement, Step, Told, Variable, View, ViewAxis, children, visit_statements,
};
use crate::rewrite::roots;

/// What holds for every signature: roots, inputs and the way to them, outputs. `place` tells where a row of the source stands
/// in the file that will run.
pub fn region_manifest(region: &Region, filename: &str, place: impl Fn(u32) -> u32) -> Value {
    let roots = roots(region);
    let position = |name: &str| roots.iter().position(|root| *root == name);
    let inputs: Vec<Value> = region
        .inputs
        .iter()
        .map(|(handle, input)| {
            let steps: Vec<Value> = input.steps.iter().map(step).collect();
            let written = region
                .stores
                .iter()
                .any(|(_, store)| region.arrays[store.array].origin == ArrayOrigin::Input(handle));
            let kept = kept(region, handle);
            json!({
                "name": input.name,
                "root": position(&input.root),
                "steps": steps,
                "written": written,
                "measured": !written && is_measured(region, handle),
                "unread": written && is_measured(region, handle),
                "kept": kept,
                "optional": may_be_none(region, handle),
            })
        })
        .collect();
    let callees: Vec<Value> = region
        .callees
        .iter()
        .map(|callee| {
            let steps: Vec<Value> = callee.steps.iter().map(step).collect();
            let source = callee.definition.as_ref().map(|definition| &definition.lines);
            let imported = callee.definition.as_ref().map(|definition| &definition.imported);
            // Rows of another file are that file's.
            let row = if callee.definition.is_some() {
                callee.row
            } else {
                place(callee.row)
            };
            let object = callee.object.as_ref().map(|object| {
                let steps: Vec<Value> = object.steps.iter().map(step).collect();
                json!({"root": position(&object.root), "steps": steps, "bound": object.bound})
            });
            json!({
                "root": position(&callee.name),
                "steps": steps,
                "row": row,
                "source": source,
                "imported": imported,
                "object": object,
            })
        })
        .collect();
    let outputs: Vec<Value> = region
        .outputs
        .iter()
        .map(|output| {
            let initial = region.variables[output.variable].initial;
            json!({"name": output.name, "input": initial.map(crate::ir::Handle::index)})
        })
        .collect();
    json!({
        "name": region.name,
        "filename": filename,
        "row": place(region.row),
        "function": region.function,
        "roots": roots,
        "inputs": inputs,
        "callees": callees,
        "outputs": outputs,
        "asserts": region.asserts,
        "device": region.wants_device(),
        "exact_locals": region.exact_locals,
    })
}

/// Whether an input is an array of which no element is read.
fn is_measured(region: &Region, input: Handle<Input>) -> bool {
    let is_own = |array: Handle<Array>| region.arrays[array].origin == ArrayOrigin::Input(input);
    let read = |expression: &Expression| match expression {
        Expression::Load { array, .. } | Expression::Array(ArrayForm::Whole(array)) => is_own(*array),
        Expression::Input(whole) => *whole == input,
        _ => false,
    };
    region.arrays.handles().any(is_own) && !region.expressions.iter().any(|(_, expression)| read(expression))
}

/// Whether a variable may come to hold the very object that an input is.
fn kept(region: &Region, input: Handle<Input>) -> bool {
    let mut kept = region.variables.iter().any(|(_, one)| one.initial == Some(input));
    visit_statements(region, &region.body, &mut |statement, _| {
        if let Statement::Assign { value, .. } = statement {
            kept |= may_be(region, *value, input);
        }
    });
    kept
}

/// Whether an expression may give the input itself.
fn may_be(region: &Region, root: Handle<Expression>, input: Handle<Input>) -> bool {
    match &region.expressions[root] {
        Expression::Input(other) => *other == input,
        Expression::Logical { .. }
        | Expression::Select { .. }
        | Expression::Call {
            function: Function::Min | Function::Max | Function::Real | Function::Conjugate,
            ..
        } => children(&region.expressions[root])
            .into_iter()
            .any(|operand| may_be(region, operand, input)),
        Expression::Literal(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Load { .. }
        | Expression::Unary { .. }
        | Expression::Binary { .. }
        | Expression::Compare { .. }
        | Expression::Call { .. }
        | Expression::Convert { .. } => false,
        Expression::Array(ArrayForm::Whole(array)) => region.arrays[*array].origin == ArrayOrigin::Input(input),
        // Perhaps, where it is a number.
        Expression::Array(_) => children(&region.expressions[root])
            .into_iter()
            .any(|operand| may_be(region, operand, input)),
    }
}

fn step(step: &Step) -> Value {
    match step {
        Step::Attribute(name) => json!(["attribute", name]),
        Step::Key(Key::Text(text)) => json!(["key", text]),
        Step::Key(Key::Int(number)) => json!(["key", number]),
        Step::Buffer(dtype) => json!(["buffer", dtype]),
    }
}

/// What holds for one signature: the symbol, what the outputs are (`float|f64`, the types that a number may have, with ` if N` where
/// it is `None` unless output N is true; else arrays), the reasons a kernel can give.
pub fn kernel_manifest(analysed: &Analysed, emitted: &Emitted) -> Value {
    let outputs: Vec<String> = analysed
        .region
        .outputs
        .iter()
        .map(|output| match &output.gives {
            Gives::Number => {
                let types = analysed.types.output(output.variable);
                let types = types.iter().map(ToString::to_string).collect::<Vec<_>>().join("|");
                match told_by(&analysed.region, output.variable) {
                    Some(flag) => format!("{types} if {flag}"),
                    None => types,
                }
            }
            gives => handed(analysed, gives),
        })
        .collect();
    json!({
        "symbol": emitted.symbol,
        "signature": analysed.signature.to_string(),
        "outputs": outputs,
        "changed": changed(analysed),
        "replaced": replaced(&analysed.region),
        "told": told(&analysed.region),
        "told_lists": told_lists(&analysed.region),
        "reasons": emitted.reasons,
        "unusual": emitted.unusual,
        "auto": analysed.plan().prefers_faster(),
    })
}

/// The output, by its position, that tells whether a variable is not `None`, if it may be.
fn told_by(region: &Region, variable: Handle<Variable>) -> Option<usize> {
    let flag = region.variables[variable].there?;
    region.outputs.iter().position(|output| output.variable == flag)
}

/// Whether the region is prepared for an input that is `None`: it asks whether it is, or keeps it unless it assigns the variable.
fn may_be_none(region: &Region, input: Handle<Input>) -> bool {
    let asks = |expression: &Expression| match expression {
        Expression::Array(ArrayForm::Call {
            function: ArrayFunction::IsGiven(of),
            ..
        }) => *of == input,
        _ => false,
    };
    region.expressions.iter().any(|(_, one)| asks(one))
        || region.variables.iter().any(|(_, one)| one.initial == Some(input))
}

/// The inputs whose elements the kernel assigns, under whatever name.
fn changed(analysed: &Analysed) -> Vec<usize> {
    let region = &analysed.region;
    let inputs = region.inputs.handles().filter(|input| {
        let is_own = |array: Handle<Array>| region.arrays[array].origin == ArrayOrigin::Input(*input);
        region.stores.iter().any(|(_, store)| is_own(store.array))
    });
    inputs.map(Handle::index).collect()
}

/// The lists whose items are replaced, and of each the output that holds the new ones.
fn replaced(region: &Region) -> Vec<[usize; 2]> {
    let each = region.replaced.iter();
    each.map(|one| [one.list.index(), one.output]).collect()
}

/// The outputs that are items of several types, and of each the output that holds their tags.
fn told(region: &Region) -> Vec<[usize; 2]> {
    let pair = |one: &Told| match one.items {
        Items::Output(items) => Some([items, one.tags]),
        Items::List(_) => None,
    };
    region.told.iter().filter_map(pair).collect()
}

/// The lists from before the region whose items are of several types afterwards, and the outputs that hold their tags.
fn told_lists(region: &Region) -> Vec<[usize; 2]> {
    let pair = |one: &Told| match one.items {
        Items::List(input) => Some([input.index(), one.tags]),
        Items::Output(_) => None,
    };
    region.told.iter().filter_map(pair).collect()
}

/// An array that the kernel hands back: `input 2` or `array 0 f64 2`, a new array by its number (`py:f64` if it holds Python's
/// numbers), either of them perhaps followed by a view of it; or `one N of (…; …)`, where output N is the number of the one.
fn handed(analysed: &Analysed, gives: &Gives) -> String {
    let (region, types) = (&analysed.region, &analysed.types);
    let (array, view) = match gives {
        // Nothing, which is never handed back.
        Gives::Number => return "int".to_owned(),
        Gives::Chosen { by, among } => {
            let all: Vec<String> = among.iter().map(|one| handed(analysed, one)).collect();
            return format!("one {by} of ({})", all.join("; "));
        }
        Gives::Array { array, view } => (array, view),
    };
    let base = match region.arrays[*array].origin {
        ArrayOrigin::Input(input) => format!("input {}", input.index()),
        ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => {
            let number = region.handed_back().iter().position(|one| one == array);
            let ty = types.array(*array);
            let python = if ty.element.origin == Origin::Python { "py:" } else { "" };
            let kind = ty.element.kind.name();
            format!("array {} {python}{kind} {}", number.unwrap_or(0), ty.rank)
        }
    };
    match view {
        None => base,
        Some(view) => format!("{base} {}", part(view)),
    }
}

/// `view RANK` and what is chosen of each axis: `@PLACE`, or `FIRST:COUNT:STEP:AXIS`, where the first are outputs.
fn part(view: &View) -> String {
    let axes = view.axes.iter().map(|axis| match axis {
        ViewAxis::At(at) => format!(" @{at}"),
        ViewAxis::Along {
            first,
            count,
            step,
            axis,
        } => format!(" {first}:{count}:{step}:{axis}"),
    });
    format!("view {}{}", view.rank, axes.collect::<String>())
}
