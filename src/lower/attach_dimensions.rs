//! APPy's dimensions held against the slices of their statement.
//!
//! A dimension has to be a slice of the statement. Bounds are compared as they are written, blanks apart; `:M` is `0:M`, and
//! a slice that counts from the end of an array, `1:-1` or `1:`, may be any dimension that starts where it does and ends in
//! the same offset, `1:M-1` or `1:M`. A dimension that is reduced is no slice of the target, and is combined as the value does.

use super::attach_reductions;
use crate::diagnostics::{Code, Diagnostic, Fix, closest};
use crate::pragma::{Dimension, Directive, ReductionOperator, Text};
use crate::python::{Expression, ExpressionKind, Statement, StatementKind, walk};
use crate::source::{Edit, SourceFile, Span};

/// What is wrong with the dimensions of a directive; those are left out.
pub(super) fn check(file: &SourceFile, statement: &Statement, directive: &mut Directive) -> Vec<Diagnostic> {
    let (targets, value) = match &statement.kind {
        StatementKind::Assign(node) => (node.targets.iter().collect::<Vec<_>>(), Some(&node.value)),
        StatementKind::AnnotatedAssign(node) => (vec![&node.target], node.value.as_ref()),
        StatementKind::AugmentedAssign(node) => (vec![&node.target], Some(&node.value)),
        _ => return Vec::new(),
    };
    let sides = Sides {
        target: slices(file, targets.iter().copied()),
        value: slices(file, value),
        reductions: value.map(attach_reductions::reductions).unwrap_or_default(),
        roots: targets.iter().filter_map(|target| root(target)).collect(),
    };
    let mut diagnostics = Vec::new();
    directive.dimensions.retain(|dimension| {
        let problem = sides
            .missing(dimension)
            .or_else(|| sides.reduced(dimension))
            .or_else(|| attach_reductions::mismatch(dimension, &sides.reductions))
            .or_else(|| sides.other_target(dimension));
        let kept = problem.is_none();
        diagnostics.extend(problem);
        kept
    });
    diagnostics
}

/// One slice of the statement.
struct Slice {
    lower: String,
    /// Empty: to the end.
    upper: String,
    span: Span,
    text: String,
}

struct Sides {
    target: Vec<Slice>,
    value: Vec<Slice>,
    /// How the value combines elements, and where.
    reductions: Vec<(ReductionOperator, Span)>,
    roots: Vec<String>,
}

impl Sides {
    fn missing(&self, dimension: &Dimension) -> Option<Diagnostic> {
        let all = || self.target.iter().chain(&self.value);
        if all().any(|slice| slice.may_be(dimension)) {
            return None;
        }
        let message = format!("the statement has no slice `{}`", dimension.slice.text);
        let diagnostic = Diagnostic::new(Code::UnknownName, dimension.slice.span, message);
        let texts: Vec<&str> = all().map(|slice| slice.text.as_str()).collect();
        // One letter that differs is all of `:N`, and one of several slices is as likely as another.
        let near = closest(&dimension.slice.text, texts.iter().copied());
        let only = texts
            .iter()
            .all(|text| Some(text) == texts.first())
            .then(|| texts.first().copied());
        Some(match near.or(only.flatten()) {
            Some(meant) => diagnostic
                .labelled(format!("did you mean `{meant}`?"))
                .fix(Fix::unsafe_(
                    format!("Replace with `{meant}`"),
                    [Edit::replace(dimension.slice.span, meant)],
                )),
            None if texts.is_empty() => {
                diagnostic.help("a dimension is named by a slice that the statement has, such as `a[:N]`")
            }
            None => diagnostic.help(format!("its slices are {}", listed(&texts))),
        })
    }

    fn reduced(&self, dimension: &Dimension) -> Option<Diagnostic> {
        let (_, _, place) = dimension.reduction()?;
        let slice = self.target.iter().find(|slice| slice.is(dimension))?;
        let message = format!(
            "`{}` is reduced, and is still there in the result",
            dimension.slice.text
        );
        Some(Diagnostic::new(Code::InvalidArgument, place, message).secondary(slice.span, "the target has it"))
    }

    fn other_target(&self, dimension: &Dimension) -> Option<Diagnostic> {
        let (_, target, _) = dimension.reduction()?;
        let target: &Text = target?;
        if self.roots.contains(&target.text) {
            return None;
        }
        let message = format!("the statement does not assign `{}`", target.text);
        let diagnostic = Diagnostic::new(Code::UnknownName, target.span, message);
        Some(match self.roots.first() {
            Some(meant) => diagnostic
                .labelled(format!("did you mean `{meant}`?"))
                .fix(Fix::unsafe_(
                    format!("Replace with `{meant}`"),
                    [Edit::replace(target.span, meant.clone())],
                )),
            None => diagnostic,
        })
    }
}

impl Slice {
    fn is(&self, dimension: &Dimension) -> bool {
        self.lower == lower(dimension) && self.upper == dimension.upper.squeezed()
    }

    /// Whether the slice is the dimension, or could be for some length of its array.
    fn may_be(&self, dimension: &Dimension) -> bool {
        let upper = dimension.upper.squeezed();
        let ends = match self.upper.strip_prefix('-') {
            Some(_) => upper.ends_with(&self.upper),
            None if self.upper.is_empty() => !upper.contains('-'),
            None => upper == self.upper,
        };
        self.lower == lower(dimension) && ends
    }
}

fn lower(dimension: &Dimension) -> String {
    dimension.lower.as_ref().map_or_else(|| "0".to_owned(), Text::squeezed)
}

fn slices<'a>(file: &SourceFile, expressions: impl IntoIterator<Item = &'a Expression>) -> Vec<Slice> {
    let mut found = Vec::new();
    for expression in expressions {
        walk::expressions(expression, &mut |inner| {
            if let ExpressionKind::Slice { lower, upper, .. } = &inner.kind {
                let bound = |bound: &Option<Box<Expression>>| {
                    let text = bound.as_ref().map(|bound| file.slice(bound.span)).unwrap_or_default();
                    text.split_whitespace().collect::<String>()
                };
                let from = bound(lower);
                found.push(Slice {
                    lower: if from.is_empty() { "0".to_owned() } else { from },
                    upper: bound(upper),
                    span: inner.span,
                    text: file.slice(inner.span).split_whitespace().collect(),
                });
            }
        });
    }
    found
}

/// The name of the array that a target writes.
fn root(target: &Expression) -> Option<String> {
    match &target.kind {
        ExpressionKind::Name(name) => Some(name.clone()),
        ExpressionKind::Subscript { value, .. } => root(value),
        _ => None,
    }
}

fn listed(texts: &[&str]) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        let quoted = format!("`{text}`");
        if !distinct.contains(&quoted) {
            distinct.push(quoted);
        }
    }
    distinct.join(", ")
}
