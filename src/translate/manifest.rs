//! What the runtime must know of a region and of a kernel, as JSON.

use serde_json::{Value, json};

use super::Analysed;
use crate::back::rust::Emitted;
use crate::ir::{
    Array, ArrayForm, ArrayOrigin, Expression, Function, Handle, Input, Key, Region, Statement, Step, children,
    visit_statements,
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
                "kept": kept,
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
            json!({"root": position(&callee.name), "steps": steps, "row": row, "source": source, "imported": imported})
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
        // Perhaps, where it is a number.
        Expression::Array(_) => true,
    }
}

fn step(step: &Step) -> Value {
    match step {
        Step::Attribute(name) => json!(["attribute", name]),
        Step::Key(Key::Text(text)) => json!(["key", text]),
        Step::Key(Key::Int(number)) => json!(["key", number]),
    }
}

/// What holds for one signature: the symbol, the types of the outputs, the reasons a kernel can give. `region` is the region as
/// it was lowered; of its outputs, the kernel does not give those that are arrays changed in place (their type is empty).
pub fn kernel_manifest(region: &Region, analysed: &Analysed, emitted: &Emitted) -> Value {
    let types = &analysed.types;
    let given = |variable| analysed.region.outputs.iter().any(|one| one.variable == variable);
    let outputs: Vec<String> = region
        .outputs
        .iter()
        .map(|output| {
            if !given(output.variable) {
                return String::new();
            }
            let names: Vec<String> = types.output(output.variable).iter().map(ToString::to_string).collect();
            names.join("|")
        })
        .collect();
    json!({
        "symbol": emitted.symbol,
        "signature": analysed.signature.to_string(),
        "outputs": outputs,
        "reasons": emitted.reasons,
    })
}
