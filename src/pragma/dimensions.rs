//! APPy's dimensions: `:M=>parallel,block(64) :N=>reduce(sum)`.
//!
//! Each is a slice, an arrow and properties between commas. A blank may stand anywhere but inside a property. The slices
//! are held against those of the statement by `lower`, which knows Python.

use super::clauses::{is_identifier, is_zero_or_less, list, suggest};
use super::{Dimension, Property, PropertyKind, ReductionOperator, Text};
use crate::diagnostics::{Code, Diagnostic, Fix, closest};
use crate::source::{Edit, Span};

/// What may stand behind the arrow.
pub const PROPERTIES: [&str; 7] = ["parallel", "block", "simd", "single_block", "reduce", "reduction", "le"];
const ARROW: &str = "=>";

/// Whether the words behind `pragma` are dimensions: a slice and an arrow, and behind that a property, or what may be a
/// misspelt one. `: no cover` and prose with arrows are not.
pub(super) fn are_dimensions(rest: &str) -> bool {
    let Some((slice, behind)) = rest.split_once(ARROW) else {
        return false;
    };
    let behind = behind.trim_start();
    let end = behind
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(behind.len());
    slice.contains(':') && !slice.contains('#') && closest(&behind[..end], PROPERTIES).is_some()
}

/// Reads the dimensions of a comment, given without its remark. What is wrong is reported and left out.
pub(super) fn read(body: &Text, diagnostics: &mut Vec<Diagnostic>) -> Vec<Dimension> {
    let mut reader = Reader { diagnostics };
    let mut dimensions: Vec<Dimension> = Vec::new();
    let mut at = 0;
    while let Some(arrow) = body.text[at..].find(ARROW) {
        let slice = body.piece(at, at + arrow);
        let (properties, end) = properties_from(body, at + arrow + ARROW.len());
        at = end;
        let span = Span::new(slice.span.start, body.span.start + end as u32);
        let properties = reader.properties(&slice, &properties);
        let Some((lower, upper)) = reader.slice(&slice) else {
            continue;
        };
        let dimension = Dimension {
            lower,
            upper,
            properties,
            slice,
            span,
        };
        if reader.is_new(&dimension, &dimensions) {
            dimensions.push(dimension);
        }
    }
    let rest = body.piece(at, body.text.len());
    if !rest.text.is_empty() {
        let message = format!("`{}` is not a dimension", rest.text);
        let diagnostic = Diagnostic::new(Code::MalformedPragma, rest.span, message);
        reader
            .diagnostics
            .push(diagnostic.help("a dimension is a slice, an arrow and properties: `:M=>parallel,block(64)`"));
    }
    dimensions
}

/// The properties from an offset on, and where the last one ends. A comma is followed by another property, unless what
/// stands there is a slice.
fn properties_from(body: &Text, start: usize) -> (Vec<Text>, usize) {
    let mut properties = Vec::new();
    let mut at = start;
    loop {
        let from = at + blanks(&body.text[at..]);
        let end = from + property_length(&body.text[from..]);
        if end == from {
            return (properties, at);
        }
        properties.push(body.piece(from, end));
        at = end;
        let comma = at + blanks(&body.text[at..]);
        let Some(behind) = body.text[comma..].strip_prefix(',') else {
            return (properties, at);
        };
        let next = behind.trim_start();
        let word = property_length(next);
        let property = PROPERTIES.contains(&next[..word].split('(').next().unwrap_or_default());
        if word == 0 || !property && next[word..].trim_start().starts_with(':') {
            return (properties, comma + 1);
        }
        at = comma + 1;
    }
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The length of `name` or `name(argument)` at the start of a text.
fn property_length(text: &str) -> usize {
    let name = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    if name == 0 || !text[name..].starts_with('(') {
        return name;
    }
    let mut depth = 0;
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < name) {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return at + 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

struct Reader<'a> {
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, code: Code, span: Span, message: String, help: &str) {
        self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
    }

    /// The bounds of `1:M-1`.
    fn slice(&mut self, slice: &Text) -> Option<(Option<Text>, Text)> {
        let parts = match slice.text.contains(':') {
            true => slice.split(':'),
            false => Vec::new(),
        };
        let problem = match &parts[..] {
            [lower, upper] if !upper.text.is_empty() => {
                return Some(((!lower.text.is_empty()).then(|| lower.clone()), upper.clone()));
            }
            [_, _] => "the end of a dimension is written out, as in `:M`",
            [_, _, _] => "a dimension has no step; name it by its bounds",
            _ => "a dimension is a slice of the statement, such as `:M` or `1:M-1`",
        };
        let message = format!("`{}` names no dimension", slice.text);
        self.report(Code::InvalidArgument, slice.span, message, problem);
        None
    }

    /// Whether a dimension is none of the earlier ones.
    fn is_new(&mut self, dimension: &Dimension, earlier: &[Dimension]) -> bool {
        let Some(first) = earlier.iter().find(|one| one.is_same_slice(dimension)) else {
            return true;
        };
        let kinds = |one: &Dimension| {
            one.properties
                .iter()
                .map(|property| property.kind.clone())
                .collect::<Vec<_>>()
        };
        let (code, message) = match kinds(first) == kinds(dimension) {
            true => (
                Code::RedundantClause,
                format!("`{}` is named twice", dimension.slice.text),
            ),
            false => (
                Code::ConflictingClauses,
                format!("`{}` is given twice, differently", dimension.slice.text),
            ),
        };
        self.diagnostics
            .push(Diagnostic::new(code, dimension.span, message).secondary(first.span, "first here"));
        false
    }

    fn properties(&mut self, slice: &Text, texts: &[Text]) -> Vec<Property> {
        if texts.is_empty() {
            let message = format!("nothing is said of `{}`", slice.text);
            self.report(Code::MalformedPragma, slice.span, message, "for example `:M=>parallel`");
        }
        let mut properties: Vec<Property> = Vec::new();
        for text in texts {
            let Some(kind) = self.property(text) else { continue };
            let property = Property { kind, span: text.span };
            if self.agrees(&property, &properties) {
                properties.push(property);
            }
        }
        properties
    }

    fn agrees(&mut self, property: &Property, earlier: &[Property]) -> bool {
        let kind = |kind: &PropertyKind| std::mem::discriminant(kind);
        let pieces = |kind: &PropertyKind| matches!(kind, PropertyKind::Block(_) | PropertyKind::SingleBlock);
        let mut earlier = earlier.iter();
        let Some(first) =
            earlier.find(|one| kind(&one.kind) == kind(&property.kind) || pieces(&one.kind) && pieces(&property.kind))
        else {
            return true;
        };
        let name = property.kind.name();
        let (code, message) = match first.kind == property.kind {
            true => (Code::RedundantClause, format!("`{name}` is said twice")),
            false if kind(&first.kind) == kind(&property.kind) => (
                Code::ConflictingClauses,
                format!("`{name}` is given twice, differently"),
            ),
            false => (
                Code::ConflictingClauses,
                format!("a dimension is not both `{}` and `{name}`", first.kind.name()),
            ),
        };
        self.diagnostics
            .push(Diagnostic::new(code, property.span, message).secondary(first.span, "first here"));
        false
    }

    fn property(&mut self, text: &Text) -> Option<PropertyKind> {
        let open = text.text.find('(').unwrap_or(text.text.len());
        let name = text.piece(0, open);
        let argument = (open < text.text.len()).then(|| {
            let close = text.text.strip_suffix(')').map_or(text.text.len(), str::len);
            text.piece(open + 1, close)
        });
        if argument.is_some() && !text.text.ends_with(')') {
            let message = format!("the parenthesis of `{}(` is never closed", name.text);
            self.report(
                Code::MalformedPragma,
                text.span,
                message,
                "a dimension ends on its line",
            );
            return None;
        }
        match (name.text.as_str(), argument) {
            ("parallel", None) => Some(PropertyKind::Parallel),
            ("single_block", None) => Some(PropertyKind::SingleBlock),
            ("parallel" | "single_block", Some(argument)) => {
                let edit = Edit::delete(Span::new(name.span.end, text.span.end));
                let message = format!("`{}` takes no argument", name.text);
                self.diagnostics.push(
                    Diagnostic::new(Code::InvalidArgument, argument.span, message)
                        .fix(Fix::safe("Remove the argument", [edit])),
                );
                None
            }
            ("block" | "simd", None) => Some(PropertyKind::Block(None)),
            ("block" | "simd", Some(size)) => self.size(&name, size).map(|size| PropertyKind::Block(Some(size))),
            ("le", Some(bound)) => self.size(&name, bound).map(PropertyKind::Limit),
            ("reduce" | "reduction", Some(argument)) => self.reduce(&argument),
            ("le", None) => self.missing(&name, "le(1024)"),
            ("reduce" | "reduction", None) => self.missing(&name, "reduce(sum)"),
            _ => self.unknown(&name),
        }
    }

    fn missing(&mut self, name: &Text, example: &str) -> Option<PropertyKind> {
        let message = format!("`{}` needs an argument", name.text);
        self.report(
            Code::InvalidArgument,
            name.span,
            message,
            &format!("for example `{example}`"),
        );
        None
    }

    fn size(&mut self, name: &Text, size: Text) -> Option<Text> {
        if size.text.is_empty() || is_zero_or_less(&size.text) {
            let message = format!("`{}` wants a positive number", name.text);
            self.report(
                Code::InvalidArgument,
                name.span,
                message,
                "the number of elements, or a variable that holds it",
            );
            return None;
        }
        Some(size)
    }

    fn reduce(&mut self, argument: &Text) -> Option<PropertyKind> {
        let (operator, target) = match argument.split_once(':') {
            Some((operator, target)) => (operator, Some(target)),
            None => (argument.clone(), None),
        };
        let Some(found) = ReductionOperator::find(&operator.text) else {
            let message = format!("`{}` is not a reduction operator", operator.text);
            let diagnostic = Diagnostic::new(Code::InvalidArgument, operator.span, message);
            let words = ["sum", "prod", "min", "max", "any", "all"];
            self.diagnostics.push(match closest(&operator.text, words) {
                Some(meant) => suggest(diagnostic, operator.span, meant),
                None => diagnostic.help(format!("the operators are {}", list(&words))),
            });
            return None;
        };
        if let Some(target) = &target
            && !is_identifier(&target.text)
        {
            let message = format!("`{}` is not the name of an array", target.text);
            self.report(
                Code::InvalidArgument,
                target.span,
                message,
                "name the array that the results go to",
            );
            return None;
        }
        Some(PropertyKind::Reduce {
            operator: found,
            target,
        })
    }

    fn unknown(&mut self, name: &Text) -> Option<PropertyKind> {
        let message = format!("`{}` is not a property of a dimension", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownClause, name.span, message);
        self.diagnostics.push(match closest(&name.text, PROPERTIES) {
            Some(meant) => suggest(diagnostic, name.span, meant),
            None => diagnostic.help(format!("the properties are {}", list(&PROPERTIES))),
        });
        None
    }
}

impl PropertyKind {
    /// The property's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::Block(_) => "block",
            Self::SingleBlock => "single_block",
            Self::Reduce { .. } => "reduce",
            Self::Limit(_) => "le",
        }
    }
}

impl Dimension {
    /// Whether both are the same slice: `:M` is `0 : M`.
    pub fn is_same_slice(&self, other: &Self) -> bool {
        let lower = |one: &Self| {
            one.lower
                .as_ref()
                .map_or_else(|| "0".to_owned(), |lower| lower.squeezed())
        };
        lower(self) == lower(other) && self.upper.squeezed() == other.upper.squeezed()
    }

    /// Whether `parallel` is among its properties.
    pub fn is_parallel(&self) -> bool {
        self.properties
            .iter()
            .any(|property| property.kind == PropertyKind::Parallel)
    }

    /// The reduction among its properties.
    pub fn reduction(&self) -> Option<(ReductionOperator, Option<&Text>, Span)> {
        self.properties.iter().find_map(|property| match &property.kind {
            PropertyKind::Reduce { operator, target } => Some((*operator, target.as_ref(), property.span)),
            PropertyKind::Parallel | PropertyKind::Block(_) | PropertyKind::SingleBlock | PropertyKind::Limit(_) => {
                None
            }
        })
    }
}

impl Text {
    /// The text without blanks, for comparison.
    pub fn squeezed(&self) -> String {
        self.text.split_whitespace().collect()
    }

    /// A part of the text, without blanks around it.
    fn piece(&self, start: usize, end: usize) -> Text {
        let text = self.text[start..end].to_owned();
        Text {
            text,
            span: Span::from_offsets(self.span.start, start..end),
        }
        .trimmed_of_commas()
    }

    fn trimmed_of_commas(&self) -> Text {
        let text = self.text.trim_matches([' ', '\t', ',']).to_owned();
        let before = self.text.len() - self.text.trim_start_matches([' ', '\t', ',']).len();
        let start = self.span.start + before as u32;
        Text {
            span: Span::new(start, start + text.len() as u32),
            text,
        }
    }
}
