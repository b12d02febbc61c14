//! The grammar of the types in `types(…)`: an element and its dimensions.

use super::Text;
use super::clauses::suggest;
use crate::diagnostics::{Code, Diagnostic, closest};
use crate::source::Span;

/// The element types, as signatures spell them.
const ELEMENTS: [&str; 17] = [
    "bool", "int", "float", "complex", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f16", "f32", "f64",
    "c64", "c128",
];

/// NumPy's own names for them.
const NUMPY: [&str; 16] = [
    "bool",
    "bool_",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "intp",
];

/// What is wrong with a type, if anything: `float`, `np.float64`, `f64[:, :]`, `np.f64`.
pub(super) fn type_problem(annotation: &Text) -> Option<Diagnostic> {
    let text = annotation.text.as_str();
    let bracket = text.find('[').unwrap_or(text.len());
    let (element, dimensions) = (text[..bracket].trim_end(), &text[bracket..]);
    if !dimensions.is_empty() && !are_dimensions(dimensions) {
        let message = format!("`{dimensions}` are not the dimensions of an array");
        let help = "write one colon for each dimension: `f64[:]`, `f64[:, :]`";
        let span = Span::from_offsets(annotation.span.start, bracket..text.len());
        return Some(Diagnostic::new(Code::InvalidArgument, span, message).help(help));
    }
    element_problem(element, annotation.span.start)
}

fn element_problem(element: &str, start: u32) -> Option<Diagnostic> {
    let bare = element.strip_prefix("np.").or_else(|| element.strip_prefix("numpy."));
    let name = bare.unwrap_or(element);
    if NUMPY.contains(&name) || ELEMENTS.contains(&name) {
        return None;
    }
    let span = Span::from_offsets(start, element.len() - name.len()..element.len());
    let diagnostic = Diagnostic::new(
        Code::InvalidArgument,
        span,
        format!("`{name}` is not a type of numbers"),
    );
    let known = ELEMENTS.iter().chain(&NUMPY).copied();
    Some(match closest(name, known).filter(|_| !name.is_empty()) {
        Some(meant) => suggest(diagnostic, span, meant),
        None => diagnostic.help(format!("the types are {}", ELEMENTS.join(", "))),
    })
}

fn are_dimensions(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| inside.split(',').all(|dimension| dimension.trim() == ":"))
}
