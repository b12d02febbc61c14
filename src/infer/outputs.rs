//! What the region hands back: scalars whose type must be known, and arrays of rank 0, which it must not.

use super::flow::Flow;
use super::{InputTy, Origin, Ty, Types};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Array, Expression, Gives, Handle, Items, Output, Region, Statement, Told, Variable, visit_statements};

/// Checks the outputs, and finds those of which the kernel must say whether they are new.
pub(super) fn outputs(region: &Region, flow: &Flow, types: &mut Types, problems: &mut Vec<Diagnostic>, untold: bool) {
    for (position, output) in region.outputs.iter().enumerate() {
        if output.gives != Gives::Number {
            let is_either = |array: &Handle<Array>| types.array(*array).element.origin == Origin::Either;
            let told = |one: &Told| one.items == Items::Output(position);
            if output.gives.arrays().iter().any(is_either) && !untold && !region.told.iter().any(told) {
                let replaced = region.replaced.iter().any(|one| one.output == position);
                problems.push(either(region, output.variable, replaced));
            }
            continue;
        }
        match flag(region, flow, types, output) {
            Ok(flag) => {
                types.output_flags[output.variable] = flag;
                types.output_types[output.variable] =
                    fresh_types(flow, output.variable, types.variable(output.variable));
            }
            Err(problem) => problems.push(*problem),
        }
    }
    in_place(region, flow, problems);
}

/// Whether the kernel must say if the output is new, or of which type.
fn flag(region: &Region, flow: &Flow, types: &Types, output: &Output) -> Result<bool, Box<Diagnostic>> {
    let set = flow.at_end[output.variable.index()];
    let name = &output.name;
    if set.may_have_rank_zero() {
        let message = format!("`{name}` may be an array of rank 0 after the loop");
        return Err(Box::new(rank_zero(region, output.variable, message)));
    }
    let (fresh, initial) = (set.fresh(), set.initial());
    let before = region.variables[output.variable].initial;
    if before.is_some_and(|input| types.input(input) == InputTy::Nothing) {
        return Ok(true);
    }
    if fresh.is_empty() {
        return Ok(false);
    }
    if fresh.single().is_none() && reads_either(region, flow, types) {
        let message = format!("`{name}` may come from a list of numbers of several types");
        let problem = Diagnostic::new(Code::AmbiguousType, region.variables[output.variable].span, message);
        return Err(Box::new(problem.help("convert it, or all items: `float(…)`, `int(…)`")));
    }
    Ok(fresh.single().is_none() || !fresh.covers(initial))
}

/// Whether items are read of which only the data tell whether they are Python's.
fn reads_either(region: &Region, flow: &Flow, types: &Types) -> bool {
    region.expressions.iter().any(|(handle, one)| match one {
        Expression::Load { array, .. } => {
            let either = types.array(*array).element.origin == Origin::Either;
            let several = !types.array(*array).columns.is_uniform() && flow.expressions[handle].single().is_none();
            (either || several) && !flow.expressions[handle].is_empty()
        }
        _ => false,
    })
}

/// An augmented assignment changes an array of rank 0 in place, where it replaces a scalar.
fn in_place(region: &Region, flow: &Flow, problems: &mut Vec<Diagnostic>) {
    visit_statements(region, &region.body, &mut |statement, _| {
        if let Statement::Assign { variable, value } = statement
            && let Expression::Binary { left, .. } = &region.expressions[*value]
            && region.expressions[*left] == Expression::Variable(*variable)
            && flow.expressions[*left].may_have_rank_zero()
        {
            let name = &region.variables[*variable].name;
            problems.push(rank_zero(
                region,
                *variable,
                format!("`{name}` may be an array of rank 0, changed in place"),
            ));
        }
    });
}

fn either(region: &Region, variable: Handle<Variable>, replaced: bool) -> Diagnostic {
    let what = if replaced {
        "what is assigned to items of a list"
    } else {
        "what is appended"
    };
    let message = format!("{what} is a Python number or a NumPy one, depending on the way taken");
    Diagnostic::new(Code::AmbiguousType, region.variables[variable].span, message)
        .help("convert it, so that all items are of one type: `float(…)`, `int(…)`")
}

fn rank_zero(region: &Region, variable: Handle<Variable>, message: String) -> Diagnostic {
    Diagnostic::new(Code::AmbiguousType, region.variables[variable].span, message)
        .note("`np.where` of scalars gives an array of rank 0")
        .help("write `a if c else b`, or convert the result: `float(np.where(c, a, b))`")
}

/// The types that a new value of an output may have.
fn fresh_types(flow: &Flow, variable: Handle<Variable>, stored: Ty) -> Vec<Ty> {
    let types: Vec<Ty> = flow.at_end[variable.index()].fresh().iter().collect();
    if types.is_empty() { vec![stored] } else { types }
}
