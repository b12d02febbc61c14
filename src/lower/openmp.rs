//! OpenMP's comments in the file: which loops a `parallel` region lends its clauses to, and the whole comment in our words.
//!
//! A region is closed by its `end parallel`, as Pyccel writes it, or is the statement below it, as Pythran reads it. The
//! statements of a region run once, as Python runs them; only loops that say `for` or `do` are shared out. All rewriting is
//! unsafe: the tool that the comment was written for no longer understands it.

use super::attach::Stacks;
use crate::diagnostics::{Code, Diagnostic, Fix, Severity};
use crate::pragma::{self, ClauseKind, Dialect, Directive, DirectiveKind, Recognised, Stance, Text};
use crate::python::{AugmentedAssign, Comment, ExpressionKind, Statement, StatementKind};
use crate::source::{Edit, SourceFile, Span};

/// `omp parallel` without a loop.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) comment: Comment,
    /// The statements inside.
    scope: Span,
    /// Where the statement below starts, when it is a loop that says nothing itself.
    bare_loop: bool,
}

/// The regions that are open, and those that are complete.
#[derive(Debug, Default)]
pub(super) struct Regions {
    closed: Vec<Region>,
}

impl Regions {
    /// Notes a region. `below` is the statement below it.
    pub(super) fn open(&mut self, comment: Comment, below: Option<&Statement>) {
        let scope = below.map_or(Span::at(comment.span.end), |statement| {
            Span::new(comment.span.end, statement.span.end)
        });
        self.closed.push(Region {
            comment,
            scope,
            bare_loop: below.is_some_and(|statement| matches!(statement.kind, StatementKind::For(_))),
        });
    }

    /// Stretches the last region of an indentation up to its `end parallel`.
    pub(super) fn end(&mut self, file: &SourceFile, comment: Span) {
        if !file.slice(comment).contains("parallel") {
            return;
        }
        let indentation = file.indentation(comment.start);
        let last = self.closed.iter_mut().rev();
        let mut same = last.filter(|region| file.indentation(region.comment.span.start) == indentation);
        if let Some(region) = same.next() {
            region.scope = Span::new(region.comment.span.end, comment.start.max(region.scope.end));
        }
    }

    /// Lends every region to the loops inside that are shared out, and says what became of it.
    pub(super) fn lend(self, file: &SourceFile, stacks: &mut Stacks) -> Vec<Diagnostic> {
        let tell = |region: Region| {
            let mut lent = false;
            for (start, stack) in stacks.range_mut(region.scope.start..region.scope.end) {
                let openmp = stack.comments.iter().all(is_openmp);
                if *start >= region.scope.start && openmp && stack.comments.iter().any(pragma::shares_out) {
                    stack.regions.push(text_of(file, region.comment.span));
                    lent = true;
                }
            }
            region.told(file, lent)
        };
        self.closed.into_iter().map(tell).collect()
    }
}

impl Region {
    fn told(&self, file: &SourceFile, lent: bool) -> Diagnostic {
        let text = text_of(file, self.comment.span);
        let words = pragma::extent(&text);
        if lent {
            return Diagnostic::new(
                Code::ForeignPragma,
                words,
                "the clauses of this region are read with the loops inside it",
            )
            .fix(removal(file, self.comment, "the region"));
        }
        let message = "`parallel` without a loop directive inside is not read: the statements run once, as Python";
        let diagnostic = refusal(words, message.to_owned());
        let (own, _) = pragma::parse_within(std::slice::from_ref(&text), &[for_comment(words)]);
        match own.filter(|_| self.bare_loop) {
            Some(directive) => diagnostic
                .help("`parallel for` shares out the iterations of the loop below")
                .fix(Fix::unsafe_(
                    format!("Replace with `{}`", directive.to_comment()),
                    [Edit::replace(words, directive.to_comment())],
                )),
            None => diagnostic.help("put `# pragma parallel for` above the loops"),
        }
    }
}

/// A comment that stands for `parallel for`, at a place.
fn for_comment(place: Span) -> Text {
    Text {
        text: "# pragma parallel for".to_owned(),
        span: place,
    }
}

fn text_of(file: &SourceFile, span: Span) -> Text {
    Text {
        text: file.slice(span).to_owned(),
        span,
    }
}

/// Whether a comment is OpenMP's.
pub(super) fn is_openmp(comment: &Text) -> bool {
    matches!(
        pragma::recognise(&comment.text),
        Recognised::Pragma {
            dialect: Dialect::OpenMp,
            ..
        }
    )
}

/// What there is to say of an OpenMP comment that is no directive of a statement. `below` is the statement below it.
pub(super) fn standalone(
    file: &SourceFile,
    comment: Comment,
    stance: Stance,
    below: Option<&Statement>,
) -> Option<Diagnostic> {
    let words = pragma::extent(&text_of(file, comment.span));
    match stance {
        Stance::Directive | Stance::Region => None,
        Stance::End => Some(
            Diagnostic::new(
                Code::ForeignPragma,
                words,
                "the end of a region is where its indentation ends",
            )
            .fix(removal(file, comment, "the comment")),
        ),
        Stance::Fulfilled { word, reason } => Some(
            Diagnostic::new(
                Code::ForeignPragma,
                word.span,
                format!("`{}` has nothing to do here", word.text),
            )
            .note(reason)
            .fix(removal(file, comment, "the comment")),
        ),
        Stance::Refused { word, reason } => {
            let diagnostic = refusal(word.span, format!("`{}` is not read", word.text)).note(reason);
            let update = below.is_some_and(updates_element) && word.text == "critical";
            Some(match update {
                true => diagnostic.fix(Fix::unsafe_(
                    "Replace with `# pragma atomic`",
                    [Edit::replace(words, "# pragma atomic")],
                )),
                false => diagnostic,
            })
        }
    }
}

fn refusal(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::UnsupportedPragma, span, message)
}

fn updates_element(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::AugmentedAssign(AugmentedAssign { target, .. }) => {
            matches!(target.kind, ExpressionKind::Subscript { .. })
        }
        _ => false,
    }
}

/// An `atomic` update of a variable, which is a reduction and needs no word. OpenMP asks for it there.
pub(super) fn needless_atomic(directive: &Directive, statement: &Statement) -> Option<Diagnostic> {
    let target = match &statement.kind {
        StatementKind::AugmentedAssign(node) => &node.target,
        StatementKind::Assign(node) => node.targets.first()?,
        _ => return None,
    };
    let variable = directive.kind == DirectiveKind::Atomic && matches!(target.kind, ExpressionKind::Name(_));
    variable.then(|| {
        Diagnostic::new(
            Code::ForeignPragma,
            directive.kind_span,
            "`atomic` has nothing to do on the update of a variable",
        )
        .note("updates of a variable are recognised as a reduction, or keep the loop in order")
    })
}

/// Takes from a directive what its regions say of variables that the statement does not use, and what regions and loops say
/// twice.
pub(super) fn narrow(directive: &mut Directive, regions: &[Text], names: &[&str]) {
    let mut said: Vec<(&str, String)> = Vec::new();
    let reduced: Vec<String> = directive
        .clauses
        .iter()
        .filter(|clause| matches!(clause.kind, ClauseKind::Reduction { .. }))
        .flat_map(|clause| clause.kind.names().iter().map(|name| name.text.clone()))
        .collect();
    directive.clauses.retain_mut(|clause| {
        if clause.kind.names().is_empty() {
            return true;
        }
        let lent = regions.iter().any(|region| region.span.contains(clause.span));
        let (kind, shared) = (clause.kind.name(), matches!(clause.kind, ClauseKind::Shared(_)));
        clause.kind.retain_names(|name| {
            let again = said.iter().any(|(clause, known)| *clause == kind && known == name);
            let used = !lent || names.contains(&name);
            used && !again && !(shared && reduced.iter().any(|known| known == name))
        });
        said.extend(clause.kind.names().iter().map(|name| (kind, name.text.clone())));
        !clause.kind.names().is_empty()
    });
}

/// Makes what is wrong with an OpenMP directive a warning, for it may be right for the tool it was written for, and adds
/// the directive in our words: to the first warning, or in a note of its own.
pub(super) fn told(
    openmp: bool,
    file: &SourceFile,
    comments: &[Comment],
    directive: Option<&Directive>,
    diagnostics: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    if !openmp {
        return diagnostics;
    }
    // What is said twice is usual where regions and loops both have clauses.
    let kept = diagnostics.into_iter().filter(|one| one.code != Code::RedundantClause);
    let mut told: Vec<Diagnostic> = kept.map(foreign).collect();
    let Some(directive) = directive else {
        return told;
    };
    let fix = rewritten(file, comments, directive);
    match told.iter_mut().find(|one| one.severity >= Severity::Warning) {
        Some(first) => first.fix = Some(fix),
        None => {
            let place = comments
                .first()
                .map_or(directive.span, |first| pragma::extent(&text_of(file, first.span)));
            let message = format!("read as `{}`", directive.to_comment());
            told.push(Diagnostic::new(Code::ForeignPragma, place, message).fix(fix));
        }
    }
    told
}

/// The comments of one statement as one comment in our words.
pub(super) fn rewritten(file: &SourceFile, comments: &[Comment], directive: &Directive) -> Fix {
    let ours = directive.to_comment();
    let title = format!("Replace with `{ours}`");
    let (first, others) = match comments.split_first() {
        Some((first, others)) => (pragma::extent(&text_of(file, first.span)), others),
        None => (directive.span, &[][..]),
    };
    let removed = others.iter().map(|comment| deletion(file, *comment));
    Fix::unsafe_(title, std::iter::once(Edit::replace(first, ours)).chain(removed))
}

fn foreign(diagnostic: Diagnostic) -> Diagnostic {
    if diagnostic.severity != Severity::Error {
        return Diagnostic {
            fix: None,
            ..diagnostic
        };
    }
    Diagnostic {
        code: Code::UnsupportedPragma,
        severity: Severity::Warning,
        message: format!("this OpenMP pragma is read only in part: {}", diagnostic.message),
        fix: None,
        ..diagnostic
    }
}

/// What is wrong where an OpenMP comment stands.
pub(super) fn misplaced(diagnostic: Diagnostic) -> Diagnostic {
    foreign(diagnostic)
}

fn removal(file: &SourceFile, comment: Comment, what: &str) -> Fix {
    Fix::unsafe_(format!("Remove {what}"), [deletion(file, comment)])
}

/// Deletes a comment, with its line where nothing else stands on it.
fn deletion(file: &SourceFile, comment: Comment) -> Edit {
    let (start, end) = (comment.span.start, comment.span.end);
    if comment.alone {
        let line = file.line_span(file.row(start)).start;
        let behind = &file.text()[end as usize..];
        let newline = match behind.as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => 0,
        };
        return Edit::delete(Span::new(line, end + newline));
    }
    let before = file.text()[..start as usize].trim_end_matches([' ', '\t']).len() as u32;
    Edit::delete(Span::new(before, end))
}
