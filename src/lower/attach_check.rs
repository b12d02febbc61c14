//! A directive held against its statement.

use super::attach::first_line;
use super::attach_dimensions;
use crate::diagnostics::{Applicability, Code, Diagnostic, Fix, closest};
use crate::pragma::{Clause, ClauseKind, Directive, DirectiveKind, Text};
use crate::python::{
    AugmentedAssign, ExpressionKind, For, Statement, StatementKind, SyntaxError, parse_expression, walk,
};
use crate::source::{Edit, SourceFile, Span};

/// Checks that the statement suits the directive and the clauses suit the statement. A directive on the wrong kind of
/// statement is reported and gives nothing; clauses that are wrong are reported and left out.
pub(super) fn check(
    file: &SourceFile,
    errors: &[SyntaxError],
    statement: &Statement,
    mut directive: Directive,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Directive> {
    if let Some(problem) =
        broken(file, errors, statement, &directive).or_else(|| wrong_statement(file, statement, &directive))
    {
        diagnostics.push(problem);
        return None;
    }
    if directive.kind == DirectiveKind::Data && directive.clauses.is_empty() && diagnostics.is_empty() {
        diagnostics.push(
            Diagnostic::new(Code::InvalidArgument, directive.kind_span, "`data` names no array")
                .help("for example `data resident(a, b)`"),
        );
    }
    let mut names: Vec<&str> = walk::names(statement).iter().map(|this| this.name).collect();
    names.sort_unstable();
    names.dedup();
    directive.clauses.retain(|clause| {
        let problem = unknown_name(clause, &names)
            .or_else(|| invalid_expression(file, clause))
            .or_else(|| shallow_nest(file, statement, clause));
        let kept = problem.is_none();
        diagnostics.extend(problem);
        kept
    });
    diagnostics.extend(attach_dimensions::check(file, statement, &mut directive));
    Some(directive)
}

/// A statement that is not valid Python, or has such a part.
fn broken(
    file: &SourceFile,
    errors: &[SyntaxError],
    statement: &Statement,
    directive: &Directive,
) -> Option<Diagnostic> {
    let message = "the pragma's statement is not valid Python, so the pragma has no effect";
    let mut inner = None;
    walk::statements(std::slice::from_ref(statement), &mut |this| {
        if matches!(this.kind, StatementKind::Error { .. }) {
            inner.get_or_insert(this.span);
        }
    });
    if let Some(error) = inner {
        return Some(
            Diagnostic::new(Code::PragmaInSyntaxError, directive.span, message)
                .secondary(first_line(file, error), "not valid here"),
        );
    }
    // The parser could make a statement of it all the same: then the mistake is a small one, and its place is the news.
    let error = errors.iter().find(|error| statement.span.contains(error.span))?;
    let place = first_line(file, error.span);
    let diagnostic = Diagnostic::new(Code::PragmaInSyntaxError, place, message);
    let diagnostic = match &error.missing {
        Some(missing) => diagnostic.labelled(format!("`{missing}` is missing here")),
        None => diagnostic.labelled("not valid here"),
    };
    Some(diagnostic.secondary(directive.span, "the pragma"))
}

fn wrong_statement(file: &SourceFile, statement: &Statement, directive: &Directive) -> Option<Diagnostic> {
    if let (true, Some(first)) = (directive.kind.is_loop(), directive.dimensions.first()) {
        let message = "a dimension stands on an assignment of array expressions, not on a loop";
        return Some(Diagnostic::new(Code::WrongStatement, first.span, message).secondary(
            first_line(file, statement.span),
            "its iterations are what `parallel for` is about",
        ));
    }
    let problem = match (directive.kind, &statement.kind) {
        (kind, StatementKind::For(node)) if kind.is_loop() => return asynchronous(node, directive),
        (DirectiveKind::Parallel, StatementKind::Assign(_) | StatementKind::AnnotatedAssign(_)) => return None,
        (DirectiveKind::Parallel, StatementKind::AugmentedAssign(_) | StatementKind::Return(Some(_))) => return None,
        (
            DirectiveKind::Data,
            StatementKind::For(_)
            | StatementKind::While(_)
            | StatementKind::With(_)
            | StatementKind::If(_)
            | StatementKind::Try(_),
        ) => return None,
        (DirectiveKind::Data, _) => mismatch(directive),
        (DirectiveKind::Atomic, StatementKind::AugmentedAssign(node)) => return atomic_target(node, directive),
        (DirectiveKind::Parallel, StatementKind::For(_)) => instead(directive, DirectiveKind::ParallelFor),
        (DirectiveKind::ParallelFor, StatementKind::Assign(_) | StatementKind::AugmentedAssign(_)) => {
            instead(directive, DirectiveKind::Parallel)
        }
        (_, StatementKind::While(_)) => {
            mismatch(directive).help("a `while` loop has no iteration space; write a `for` loop")
        }
        (_, StatementKind::Function(_)) => mismatch(directive).help("put the pragma above a loop inside the function"),
        _ => mismatch(directive),
    };
    let what = describe(&statement.kind);
    Some(problem.secondary(first_line(file, statement.span), format!("this is {what}")))
}

fn mismatch(directive: &Directive) -> Diagnostic {
    let wanted = match directive.kind {
        DirectiveKind::Parallel => "an assignment of array expressions",
        DirectiveKind::Atomic => "an update such as `h[k] += 1`",
        DirectiveKind::Data => "a loop or a block",
        DirectiveKind::ParallelFor
        | DirectiveKind::Simd
        | DirectiveKind::ParallelForSimd
        | DirectiveKind::SequentialFor => "a `for` loop",
    };
    let message = format!("`{}` stands on {wanted}", directive.kind.as_str());
    Diagnostic::new(Code::WrongStatement, directive.kind_span, message)
}

fn instead(directive: &Directive, meant: DirectiveKind) -> Diagnostic {
    let edit = Edit::replace(directive.kind_span, meant.as_str());
    let title = format!("Replace with `{}`", meant.as_str());
    mismatch(directive)
        .labelled(format!("did you mean `{}`?", meant.as_str()))
        .fix(Fix {
            title,
            applicability: Applicability::Safe,
            edits: vec![edit],
        })
}

fn asynchronous(node: &For, directive: &Directive) -> Option<Diagnostic> {
    let problem = mismatch(directive).secondary(node.header, "an `async for` waits between its rounds");
    node.asynchronous.then_some(problem)
}

fn atomic_target(node: &AugmentedAssign, directive: &Directive) -> Option<Diagnostic> {
    match node.target.kind {
        ExpressionKind::Subscript { .. } => None,
        _ => Some(
            mismatch(directive)
                .secondary(node.target.span, "this is not an element of an array")
                .help("an update of a variable is a reduction, which needs no pragma"),
        ),
    }
}

fn describe(kind: &StatementKind) -> &'static str {
    match kind {
        StatementKind::Function(_) => "a function",
        StatementKind::Class(_) => "a class",
        StatementKind::If(_) => "an `if`",
        StatementKind::For(_) => "a `for` loop",
        StatementKind::While(_) => "a `while` loop",
        StatementKind::With(_) => "a `with` block",
        StatementKind::Try(_) => "a `try` block",
        StatementKind::Match(_) => "a `match`",
        StatementKind::Return(_) => "a `return`",
        StatementKind::Raise { .. } => "a `raise`",
        StatementKind::Assert { .. } => "an `assert`",
        StatementKind::Assign(_) | StatementKind::AnnotatedAssign(_) => "an assignment",
        StatementKind::AugmentedAssign(_) => "an update",
        StatementKind::Expression(_) => "an expression",
        StatementKind::Pass => "a `pass`",
        StatementKind::Break => "a `break`",
        StatementKind::Continue => "a `continue`",
        StatementKind::Global(_) => "a `global` declaration",
        StatementKind::Nonlocal(_) => "a `nonlocal` declaration",
        StatementKind::Delete(_) => "a `del`",
        StatementKind::Import(_) => "an import",
        StatementKind::Unsupported { what, .. } => what,
        StatementKind::Error { .. } => "not valid Python",
    }
}

/// A clause about a variable that the statement does not use.
fn unknown_name(clause: &Clause, names: &[&str]) -> Option<Diagnostic> {
    if matches!(clause.kind, ClauseKind::To(_) | ClauseKind::From(_)) {
        return None;
    }
    let bound: Vec<&Text> = match &clause.kind {
        ClauseKind::Types(bindings) => bindings.iter().map(|binding| &binding.name).collect(),
        kind => kind.names().iter().collect(),
    };
    let root = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
    let unknown = bound
        .into_iter()
        .find(|name| !names.contains(&root(&name.text).as_str()))?;
    let message = format!("the statement does not use `{}`", unknown.text);
    let diagnostic = Diagnostic::new(Code::UnknownName, unknown.span, message);
    Some(match closest(&unknown.text, names.iter().copied()) {
        Some(meant) => diagnostic
            .labelled(format!("did you mean `{meant}`?"))
            .fix(Fix::unsafe_(
                format!("Replace with `{meant}`"),
                [Edit::replace(unknown.span, meant)],
            )),
        None => diagnostic,
    })
}

/// An argument that should be a Python expression and is not.
fn invalid_expression(file: &SourceFile, clause: &Clause) -> Option<Diagnostic> {
    let argument = match &clause.kind {
        ClauseKind::If(argument) | ClauseKind::NumThreads(argument) => argument,
        ClauseKind::Schedule { chunk: Some(chunk), .. } => chunk,
        _ => return None,
    };
    let message = format!("`{}` is not a Python expression", argument.text);
    parse_expression(file.text(), argument.span)
        .is_none()
        .then(|| Diagnostic::new(Code::InvalidArgument, argument.span, message))
}

/// `collapse(n)` or `tile(…)` over more loops than are there.
fn shallow_nest(file: &SourceFile, statement: &Statement, clause: &Clause) -> Option<Diagnostic> {
    let wanted = match &clause.kind {
        ClauseKind::Collapse(levels) => *levels as usize,
        ClauseKind::Tile(sizes) => sizes.len(),
        _ => return None,
    };
    let loops = nest(statement);
    if loops.is_empty() || loops.len() >= wanted {
        return None;
    }
    let found = match loops.len() {
        1 => "one loop".to_owned(),
        several => format!("{several} loops"),
    };
    let message = format!(
        "`{}` wants {wanted} nested loops, and there is {found}",
        clause.kind.name()
    );
    let innermost = loops.last().copied().unwrap_or(statement.span);
    Some(
        Diagnostic::new(Code::InvalidArgument, clause.span, message)
            .secondary(
                first_line(file, innermost),
                "the innermost of them: its body is not one loop alone",
            )
            .help("loops are nested when each holds the next and nothing else"),
    )
}

/// The headers of the loops that hold nothing but each other, outermost first.
fn nest(statement: &Statement) -> Vec<Span> {
    let mut loops = Vec::new();
    let mut inner = Some(statement);
    while let Some(Statement {
        kind: StatementKind::For(node),
        ..
    }) = inner
    {
        loops.push(node.header);
        inner = match &node.body[..] {
            [only] if node.otherwise.is_empty() => Some(only),
            _ => None,
        };
    }
    loops
}
