//! What the runtime must know of a region and of a kernel, as JSON.

use serde_json::{Value, json};

use super::Analysed;
use crate::back::rust::Emitted;
use crate::ir::{ArrayOrigin, Key, Region, Step};
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
            json!({"name": input.name, "root": position(&input.root), "steps": steps, "written": written})
        })
        .collect();
    let callees: Vec<Value> = region
        .callees
        .iter()
        .map(|callee| json!({"root": position(&callee.name), "row": place(callee.row)}))
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
