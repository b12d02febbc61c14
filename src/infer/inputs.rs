//! The types of inputs and arrays, and whether the region uses them as what they are.

use super::{ArrayTy, Columns, InputTy, Kind, Origin, Signature, Ty};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Array, ArrayOrigin, Expression, Handle, Input, Region, SideTable, Statement, visit_statements};
use crate::source::Span;

/// The types of a region's inputs and arrays.
pub(super) struct Inputs {
    pub(super) inputs: SideTable<Input, InputTy>,
    pub(super) arrays: SideTable<Array, ArrayTy>,
}

/// Reads the signature and checks every use of an input: arrays with as many subscripts as they have axes, scalars with none.
pub(super) fn inputs(region: &Region, signature: &Signature) -> Result<Inputs, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let inputs = SideTable::from_fn(&region.inputs, |_, input| {
        signature.get(&input.name).unwrap_or_else(|| {
            let message = format!("the signature gives no type for `{}`", input.name);
            problems.push(Diagnostic::new(Code::NotTranslated, input.span, message));
            InputTy::Scalar(Ty::INT)
        })
    });
    let arrays = SideTable::from_fn(&region.arrays, |_, array| match &array.origin {
        ArrayOrigin::Local { extents, .. } => ArrayTy {
            element: Ty::numpy(Kind::F64),
            rank: extents.len() as u32,
            listed: false,
            tuple: false,
            columns: Columns::UNIFORM,
        },
        // `scalarise` leaves none.
        ArrayOrigin::Variable(_) => ArrayTy {
            element: Ty::numpy(Kind::F64),
            rank: 1,
            listed: false,
            tuple: false,
            columns: Columns::UNIFORM,
        },
        ArrayOrigin::Input(input) => match inputs[*input] {
            InputTy::Array(ty) => ty,
            // `scalarise` has seen to it that it is not used.
            InputTy::Nothing => ArrayTy {
                element: Ty::numpy(Kind::F64),
                rank: 1,
                listed: false,
                tuple: false,
                columns: Columns::UNIFORM,
            },
            InputTy::Scalar(ty) => {
                if problems.is_empty() {
                    problems.push(scalar_as_array(&region.inputs[*input], ty));
                }
                ArrayTy {
                    element: Ty::numpy(Kind::F64),
                    rank: 1,
                    listed: false,
                    tuple: false,
                    columns: Columns::UNIFORM,
                }
            }
        },
    });
    if problems.is_empty() {
        problems = uses(region, &inputs, &arrays);
    }
    if problems.is_empty() {
        Ok(Inputs { inputs, arrays })
    } else {
        Err(problems)
    }
}

fn scalar_as_array(input: &Input, ty: Ty) -> Diagnostic {
    let message = format!("`{}` is used as an array, but is {} here", input.name, described(ty));
    Diagnostic::new(Code::ArrayMisuse, input.span, message).labelled("used as an array")
}

/// `a Python float`, `a NumPy f64`.
pub(super) fn described(ty: Ty) -> String {
    match ty.origin {
        Origin::Python => format!("a Python {ty}"),
        Origin::Numpy => format!("a NumPy {}", ty.kind.name()),
        Origin::Either => format!("a Python number or a NumPy {}", ty.kind.name()),
    }
}

fn uses(region: &Region, inputs: &SideTable<Input, InputTy>, arrays: &SideTable<Array, ArrayTy>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut access = |array: Handle<Array>, subscripts: usize, span: Span| {
        if subscripts != arrays[array].rank as usize {
            problems.push(wrong_rank(&region.arrays[array], arrays[array], subscripts, span));
        }
    };
    for (handle, expression) in region.expressions.iter() {
        if let Expression::Load { array, subscripts } = expression {
            access(*array, subscripts.len(), region.spans[handle]);
        }
    }
    visit_statements(region, &region.body, &mut |statement, span| {
        if let Statement::Store(store) = statement {
            let store = &region.stores[*store];
            access(store.array, store.subscripts.len(), span);
        }
    });
    for array in &region.attributed {
        if let ArrayOrigin::Input(input) = region.arrays[*array].origin
            && arrays[*array].listed
        {
            problems.push(no_attributes(&region.inputs[input]));
            break;
        }
    }
    for (handle, expression) in region.expressions.iter() {
        let span = region.spans[handle];
        match expression {
            Expression::Extent { array, axis } if *axis >= arrays[*array].rank => {
                problems.push(no_such_axis(&region.arrays[*array], arrays[*array], *axis, span));
            }
            Expression::Input(input) => {
                if let InputTy::Array(ty) = inputs[*input] {
                    problems.push(array_as_scalar(&region.inputs[*input].name, ty, span));
                }
            }
            _ => {}
        }
    }
    for (_, variable) in region.variables.iter() {
        if let Some(input) = variable.initial
            && let InputTy::Array(ty) = inputs[input]
        {
            problems.push(array_as_scalar(&region.inputs[input].name, ty, variable.span));
        }
    }
    problems
}

fn wrong_rank(array: &Array, ty: ArrayTy, subscripts: usize, span: Span) -> Diagnostic {
    let name = &array.name;
    let given = if subscripts == 1 {
        "one subscript gives"
    } else {
        "several subscripts give"
    };
    let message = match subscripts.cmp(&(ty.rank as usize)) {
        std::cmp::Ordering::Less => format!(
            "`{name}` is a {}-D array here; {given} a row of it, not a number",
            ty.rank
        ),
        _ => format!(
            "`{name}` is a {}-D array here, and has {subscripts} subscripts",
            ty.rank
        ),
    };
    Diagnostic::new(Code::ArrayMisuse, span, message)
        .labelled(format!("{subscripts} of {} subscripts", ty.rank))
        .help(format!("write as many subscripts as `{name}` has axes"))
}

fn no_attributes(input: &Input) -> Diagnostic {
    let message = format!(
        "`{}` is a list here, which has no `shape`, `size` and `ndim`",
        input.name
    );
    Diagnostic::new(Code::ArrayMisuse, input.span, message)
        .help("use `len(…)`, or make it an array before the loop: `np.array(…)`")
}

fn no_such_axis(array: &Array, ty: ArrayTy, axis: u32, span: Span) -> Diagnostic {
    let (name, rank) = (&array.name, ty.rank);
    let message = format!("`{name}` is a {rank}-D array here and has no axis {axis}");
    let one = Diagnostic::new(Code::ArrayMisuse, span, message);
    if axis == rank {
        return one.note(format!(
            "an element of `{name}` is a number, which has no length and cannot be unpacked"
        ));
    }
    one
}

fn array_as_scalar(name: &str, ty: ArrayTy, span: Span) -> Diagnostic {
    let message = format!("`{name}` is used as a number, but is a {}-D array here", ty.rank);
    Diagnostic::new(Code::ArrayMisuse, span, message).labelled("used as a number")
}
