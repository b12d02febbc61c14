//! What the surroundings of a loop say: names that are evidently no arrays, compilers that own the function.

use crate::ir::{ArrayOrigin, Input, Region};
use crate::lower::{Candidate, Candidates, Origin};
use crate::python::{BinaryOperator, Expression, ExpressionKind, Module, StatementKind, walk};
use crate::source::{SourceFile, Span};

/// The text with `range` in place of Numba's `prange`, every other character in its place.
pub(super) fn without_prange(text: &str, module: &Module) -> String {
    let mut shadow = text.to_owned();
    walk::statements(&module.body, &mut |statement| {
        if let StatementKind::For(node) = &statement.kind
            && let Some(callee) = prange(&node.iterable)
        {
            let width = callee.len() as usize;
            shadow.replace_range(callee.range(), &format!("{:>width$}", "range"));
        }
    });
    shadow
}

/// The callee of a call of `prange`.
fn prange(iterable: &Expression) -> Option<Span> {
    let ExpressionKind::Call { function, .. } = &iterable.kind else {
        return None;
    };
    let name = match &function.kind {
        ExpressionKind::Name(name) => name,
        ExpressionKind::Attribute { attribute, .. } => &attribute.text,
        _ => return None,
    };
    (name == "prange").then_some(function.span)
}

/// What must be done before a loop's pragmas can have an effect: "`@njit` compiles this function: …".
pub(super) fn condition(candidates: &Candidates<'_>, candidate: &Candidate<'_>, file: &SourceFile) -> Option<String> {
    let compiler = candidates.decorators(candidate).into_iter().find_map(|decorator| {
        let owner = compiler(candidates, &decorator.expression)?;
        let words: Vec<&str> = file.slice(decorator.span).split_whitespace().collect();
        Some((owner, words.join(" ")))
    });
    let parallel_range = file.slice(candidate.statement.span).contains("prange");
    match (compiler, parallel_range) {
        (None, false) => None,
        (None, true) => Some("`prange` must become `range` first".to_owned()),
        (Some((owner, decorator)), false) => Some(format!(
            "{owner} compiles this function: `{decorator}` must be removed first"
        )),
        (Some((owner, decorator)), true) => Some(format!(
            "{owner} compiles this function: `{decorator}` must be removed, and `prange` become `range`, first"
        )),
    }
}

/// The package whose decorator compiles a function itself.
fn compiler(candidates: &Candidates<'_>, decorator: &Expression) -> Option<String> {
    let path = match &decorator.kind {
        ExpressionKind::Call { function, .. } => dotted(function)?,
        _ => dotted(decorator)?,
    };
    let (root, rest) = path.split_once('.').unwrap_or((&path, ""));
    let origin = candidates
        .module_origins(root)
        .into_iter()
        .find_map(|origin| match origin {
            Origin::Module(module) => Some(format!("{module}.{rest}")),
            Origin::Member(module, member) => Some(format!("{module}.{member}.{rest}")),
            Origin::Parameter(_) | Origin::Value(_) | Origin::Other => None,
        });
    let origin = match origin {
        Some(origin) => origin,
        // From a `*` import, or from nowhere.
        None if matches!(path.rsplit('.').next(), Some("jit" | "njit")) => return Some("another compiler".to_owned()),
        None => return None,
    };
    let package = origin.split('.').next().unwrap_or_default();
    let compiles = match package {
        "numba" | "jax" | "taichi" | "triton" | "pyccel" | "pythran" | "torch" | "tensorflow" | "cython" => true,
        _ => package != "ferrokeet" && matches!(path.rsplit('.').next(), Some("jit" | "njit")),
    };
    let name = match package {
        "numba" => "Numba",
        "jax" => "JAX",
        "taichi" => "Taichi",
        "triton" => "Triton",
        other => other,
    };
    compiles.then(|| name.to_owned())
}

fn dotted(expression: &Expression) -> Option<String> {
    match &expression.kind {
        ExpressionKind::Name(name) => Some(name.clone()),
        ExpressionKind::Attribute { value, attribute } => Some(format!("{}.{}", dotted(value)?, attribute.text)),
        _ => None,
    }
}

/// Why a region's input surely is neither an array nor a number: it would run as Python.
pub(super) fn no_array(
    candidates: &Candidates<'_>,
    candidate: &Candidate<'_>,
    region: &Region,
    file: &SourceFile,
) -> Option<String> {
    region.inputs.iter().find_map(|(handle, input)| {
        let (what, row) = evidence(candidates, candidate, input, file)?;
        let array = region
            .arrays
            .iter()
            .any(|(_, array)| array.origin == ArrayOrigin::Input(handle));
        let wanted = if array { "a NumPy array" } else { "a number" };
        let place = row.map(|row| format!(" (line {row})")).unwrap_or_default();
        Some(format!("`{}` is {what}{place}, not {wanted}", input.root))
    })
}

/// What an input evidently is, and where that is seen.
fn evidence(
    candidates: &Candidates<'_>,
    candidate: &Candidate<'_>,
    input: &Input,
    file: &SourceFile,
) -> Option<(&'static str, Option<u32>)> {
    if !input.steps.is_empty() {
        return None;
    }
    if let Some(what) = input.annotation.as_deref().and_then(annotated) {
        return Some((what, None));
    }
    let mut found = None;
    for origin in candidates.origins(candidate, &input.root) {
        match origin {
            Origin::Value(value) if value.kind == ExpressionKind::None => {}
            Origin::Value(value) => {
                found.get_or_insert((kind(value)?, Some(file.row(value.span.start))));
            }
            Origin::Parameter(_) | Origin::Module(_) | Origin::Member(..) | Origin::Other => return None,
        }
    }
    found
}

/// Annotations of what is certainly no array.
fn annotated(annotation: &str) -> Option<&'static str> {
    let text = annotation.trim_matches(['"', '\'', ' ']);
    let head = text.split('[').next().unwrap_or_default();
    match head.rsplit('.').next().unwrap_or_default() {
        "list" | "List" => Some("a list"),
        "tuple" | "Tuple" => Some("a tuple"),
        "dict" | "Dict" => Some("a dictionary"),
        "set" | "Set" => Some("a set"),
        "str" => Some("a string"),
        "bytes" => Some("a bytes object"),
        "DataFrame" => Some("a DataFrame"),
        "Series" => Some("a Series"),
        _ => None,
    }
}

/// What an expression certainly gives, if that is no array and no number.
fn kind(value: &Expression) -> Option<&'static str> {
    match &value.kind {
        ExpressionKind::List(_) => Some("a list"),
        ExpressionKind::Tuple(_) => Some("a tuple"),
        ExpressionKind::Set(_) => Some("a set"),
        ExpressionKind::Dict(_) => Some("a dictionary"),
        ExpressionKind::String(_) | ExpressionKind::FormattedString(_) => Some("a string"),
        ExpressionKind::Bytes => Some("a bytes object"),
        ExpressionKind::Comprehension { kind, .. } => Some(match kind {
            crate::python::ComprehensionKind::List => "a list",
            crate::python::ComprehensionKind::Set => "a set",
            crate::python::ComprehensionKind::Dict => "a dictionary",
            crate::python::ComprehensionKind::Generator => "a generator",
        }),
        ExpressionKind::Binary {
            operator: BinaryOperator::Multiply,
            left,
            right,
        } => match (&left.kind, &right.kind) {
            (ExpressionKind::List(_), _) | (_, ExpressionKind::List(_)) => Some("a list"),
            _ => None,
        },
        ExpressionKind::Call { function, .. } => match &function.kind {
            ExpressionKind::Name(name) => match name.as_str() {
                "list" | "sorted" => Some("a list"),
                "tuple" => Some("a tuple"),
                "dict" => Some("a dictionary"),
                "set" | "frozenset" => Some("a set"),
                "str" => Some("a string"),
                "open" => Some("a file"),
                _ => None,
            },
            ExpressionKind::Attribute { attribute, .. } => match attribute.text.as_str() {
                "split" | "splitlines" | "readlines" | "tolist" => Some("a list"),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
