//! Which statement a pragma stands on.
//!
//! A pragma belongs to the next statement below it at its own indentation, with only blank lines and comments between;
//! or, at the end of a line, to the `for` whose header ends there or to the simple statement that does. All the pragmas of
//! one statement are read as one directive. Places decide, not the tree: a comment that is first in a body is no child of
//! that body in the grammar.
//!
//! What the directive asks is then held against the statement: its kind, the loops below, the names it uses.

use std::collections::{BTreeMap, BTreeSet};

use super::attach_check::check;
use super::openmp::{self, Regions};
use crate::diagnostics::{Code, Diagnostic, Fix, Severity};
use crate::pragma::{self, Dialect, Directive, Recognised, Stance, Text};
use crate::python::{Comment, Module, Statement, StatementKind, walk};
use crate::source::{Edit, SourceFile, Span};

/// The directives of one file, by the statement they stand on.
#[derive(Debug, Default)]
pub struct Directives {
    by_start: BTreeMap<u32, Directive>,
    /// Starts of the statements on which some pragma stands, right or wrong.
    claimed: BTreeSet<u32>,
}

impl Directives {
    /// The directive on a statement.
    pub fn on(&self, statement: &Statement) -> Option<&Directive> {
        self.by_start.get(&statement.span.start)
    }

    /// Whether some pragma stands on a statement, even one that was wrong and has no effect.
    pub fn is_claimed(&self, statement: &Statement) -> bool {
        self.claimed.contains(&statement.span.start)
    }

    /// Whether the file has none.
    pub fn is_empty(&self) -> bool {
        self.by_start.is_empty()
    }

    /// Every directive, in source order of their statements.
    pub fn iter(&self) -> impl Iterator<Item = &Directive> {
        self.by_start.values()
    }
}

/// Finds the directives of a file. Pragmas that cannot take effect are reported and give nothing.
pub fn attach(file: &SourceFile, module: &Module) -> (Directives, Vec<Diagnostic>) {
    let mut attacher = Attacher {
        file,
        module,
        places: Places::new(module),
        diagnostics: Vec::new(),
    };
    let stacks = attacher.stacks();
    let mut directives = Directives::default();
    for (start, stack) in stacks {
        directives.claimed.insert(start);
        let statement = attacher.places.starts[&start];
        let (directive, diagnostics) = attacher.directive(statement, &stack);
        attacher.diagnostics.extend(diagnostics);
        directives
            .by_start
            .extend(directive.map(|directive| (start, directive)));
    }
    attacher.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    // A region's mistakes are found with every loop that it lends its clauses to.
    attacher.diagnostics.dedup_by(|later, earlier| {
        (later.code, later.primary.span, &later.message) == (earlier.code, earlier.primary.span, &earlier.message)
    });
    (directives, attacher.diagnostics)
}

/// The pragma comments of one statement.
#[derive(Debug, Default)]
pub(super) struct Stack {
    pub(super) comments: Vec<Text>,
    /// The same comments, as the file has them.
    places: Vec<Comment>,
    /// OpenMP's regions around the statement, which lend it their clauses.
    pub(super) regions: Vec<Text>,
}

/// The stacks of a file, by the start of their statement.
pub(super) type Stacks = BTreeMap<u32, Stack>;

/// Where the statements of a file start, and where lines may be annotated at their end.
struct Places<'m> {
    starts: BTreeMap<u32, &'m Statement>,
    /// End of a `for` header or of a simple statement → the statement.
    ends: BTreeMap<u32, &'m Statement>,
    /// The parts that are not valid Python.
    errors: Vec<Span>,
}

impl<'m> Places<'m> {
    fn new(module: &'m Module) -> Self {
        let mut places = Self {
            starts: BTreeMap::new(),
            ends: BTreeMap::new(),
            errors: Vec::new(),
        };
        walk::statements(&module.body, &mut |statement| places.add(statement));
        places
    }

    fn add(&mut self, statement: &'m Statement) {
        if let StatementKind::Error { .. } = statement.kind {
            self.errors.push(statement.span);
            return;
        }
        self.starts.entry(statement.span.start).or_insert(statement);
        match &statement.kind {
            StatementKind::For(node) => _ = self.ends.insert(node.header.end, statement),
            kind if kind.bodies().is_empty() => _ = self.ends.insert(statement.span.end, statement),
            _ => {}
        }
    }

    fn is_broken(&self, span: Span) -> bool {
        self.errors
            .iter()
            .any(|error| error.start <= span.end && span.start <= error.end)
    }
}

struct Attacher<'a> {
    file: &'a SourceFile,
    module: &'a Module,
    places: Places<'a>,
    diagnostics: Vec<Diagnostic>,
}

impl Attacher<'_> {
    /// The pragma comments of each annotated statement, by the statement's start.
    fn stacks(&mut self) -> Stacks {
        let mut stacks = Stacks::new();
        let mut regions = Regions::default();
        for comment in &self.module.comments {
            let text = self.file.slice(comment.span);
            match pragma::recognise(text) {
                Recognised::Foreign => {}
                Recognised::Misspelt { start, end } => self.diagnostics.push(misspelt(comment.span, start, end)),
                Recognised::Pragma { dialect, .. } => {
                    if dialect == Dialect::Ferrokeet || self.is_directive(*comment, &mut regions) {
                        self.stack(*comment, &mut stacks);
                    }
                }
                Recognised::Dimensions { .. } => self.stack(*comment, &mut stacks),
            }
        }
        self.diagnostics.extend(regions.lend(self.file, &mut stacks));
        stacks
    }

    /// Puts a pragma on the stack of its statement.
    fn stack(&mut self, comment: Comment, stacks: &mut Stacks) {
        let Some(start) = self.target(&comment) else { return };
        let stack = stacks.entry(start).or_default();
        stack.comments.push(Text {
            text: self.file.slice(comment.span).to_owned(),
            span: comment.span,
        });
        stack.places.push(comment);
    }

    /// Whether an OpenMP comment is the directive of a statement. What is none is dealt with here.
    fn is_directive(&mut self, comment: Comment, regions: &mut Regions) -> bool {
        let text = Text {
            text: self.file.slice(comment.span).to_owned(),
            span: comment.span,
        };
        let stance = pragma::stance(&text);
        let below = self.places.starts.get(&self.next_code(comment.span.end)).copied();
        match stance {
            Stance::Directive => return true,
            Stance::Region => regions.open(comment, below),
            Stance::End => regions.end(self.file, comment.span),
            Stance::Fulfilled { .. } | Stance::Refused { .. } => {}
        }
        self.diagnostics
            .extend(openmp::standalone(self.file, comment, stance, below));
        false
    }

    /// What the comments above a statement say.
    fn directive(&self, statement: &Statement, stack: &Stack) -> (Option<Directive>, Vec<Diagnostic>) {
        let (directive, mut diagnostics) = pragma::parse_within(&stack.regions, &stack.comments);
        let openmp = stack.comments.iter().all(openmp::is_openmp);
        let Some(mut directive) = directive else {
            return (None, openmp::told(openmp, self.file, &stack.places, None, diagnostics));
        };
        if openmp && let Some(needless) = openmp::needless_atomic(&directive, statement) {
            diagnostics.push(needless);
            return (None, openmp::told(openmp, self.file, &stack.places, None, diagnostics));
        }
        let names: Vec<&str> = walk::names(statement).iter().map(|this| this.name).collect();
        if openmp {
            openmp::narrow(&mut directive, &stack.regions, &names);
        }
        let directive = check(self.file, &self.module.errors, statement, directive, &mut diagnostics);
        let mut diagnostics = openmp::told(openmp, self.file, &stack.places, directive.as_ref(), diagnostics);
        diagnostics.extend(
            directive
                .as_ref()
                .and_then(|found| self.dimensions(stack, found, &diagnostics)),
        );
        (directive, diagnostics)
    }

    /// The note that APPy's dimensions are understood.
    fn dimensions(&self, stack: &Stack, directive: &Directive, others: &[Diagnostic]) -> Option<Diagnostic> {
        let first = directive.dimensions.first()?;
        let right = others.iter().all(|diagnostic| diagnostic.severity < Severity::Warning);
        right.then(|| {
            let message = format!("read as `{}`", directive.to_comment());
            let fix = openmp::rewritten(self.file, &stack.places, directive);
            Diagnostic::new(Code::ForeignPragma, first.span, message).fix(fix)
        })
    }

    /// The start of the statement that a pragma stands on.
    fn target(&mut self, comment: &Comment) -> Option<u32> {
        if comment.alone {
            self.below(comment.span)
        } else {
            self.before(comment.span)
        }
    }

    /// The statement on whose last line, or header, the pragma stands.
    fn before(&mut self, comment: Span) -> Option<u32> {
        let text = self.file.text()[..comment.start as usize].trim_end_matches([' ', '\t', '\x0c', ';']);
        match self.places.ends.get(&(text.len() as u32)) {
            Some(statement) => Some(statement.span.start),
            None => self.unattached(
                comment,
                "at the end of a line, it stands behind a `for` header or a whole statement",
            ),
        }
    }

    /// The next statement below, when it has the pragma's indentation.
    fn below(&mut self, comment: Span) -> Option<u32> {
        let next = self.next_code(comment.end);
        let Some(statement) = self.places.starts.get(&next).copied() else {
            return self.unattached(comment, "it stands above a statement, at the same indentation");
        };
        if self.file.indentation(comment.start) == self.file.indentation(next) {
            return Some(next);
        }
        if self.places.is_broken(comment) {
            return self.unattached(comment, "");
        }
        let (own, wanted) = (comment.start, self.file.indentation(next).to_owned());
        let line = self.file.line_span(self.file.row(own)).start;
        let fix = Fix::unsafe_(
            "Indent it like the statement",
            [Edit::replace(Span::new(line, own), wanted)],
        );
        let message = "the pragma's indentation is not that of the statement below it, so it attaches to nothing";
        let diagnostic = Diagnostic::new(Code::UnattachedPragma, comment, message)
            .secondary(first_line(self.file, statement.span), "the next statement")
            .fix(fix);
        self.report(comment, diagnostic);
        None
    }

    fn report(&mut self, comment: Span, diagnostic: Diagnostic) {
        let text = Text {
            text: self.file.slice(comment).to_owned(),
            span: comment,
        };
        self.diagnostics.push(if openmp::is_openmp(&text) {
            openmp::misplaced(diagnostic)
        } else {
            diagnostic
        });
    }

    /// The offset of the first thing after `from` that is neither blank nor comment.
    fn next_code(&self, from: u32) -> u32 {
        let text = self.file.text();
        let mut at = from as usize;
        let mut comments = self
            .module
            .comments
            .partition_point(|comment| comment.span.start < from);
        loop {
            at = text.len() - text[at..].trim_start().len();
            match self.module.comments.get(comments) {
                Some(comment) if comment.span.start as usize == at => at = comment.span.end as usize,
                _ => return at as u32,
            }
            comments += 1;
        }
    }

    fn unattached(&mut self, comment: Span, help: &str) -> Option<u32> {
        let next = Span::new(comment.start, self.next_code(comment.end).max(comment.end));
        let diagnostic = if self.places.is_broken(next) {
            let error = self
                .module
                .errors
                .iter()
                .map(|error| error.span)
                .find(|error| error.end >= comment.start);
            let diagnostic = Diagnostic::new(
                Code::PragmaInSyntaxError,
                comment,
                "the pragma stands in a part of the file that is not valid Python, so it has no effect",
            );
            match error {
                Some(error) => diagnostic.secondary(error, "not valid here"),
                None => diagnostic,
            }
        } else {
            Diagnostic::new(Code::UnattachedPragma, comment, "the pragma attaches to nothing").help(help)
        };
        self.report(comment, diagnostic);
        None
    }
}

/// The part of a span on its first line, for labels.
pub(super) fn first_line(file: &SourceFile, span: Span) -> Span {
    let line = file.line_span(file.row(span.start));
    Span::new(span.start, span.end.min(line.end).max(span.start))
}

fn misspelt(comment: Span, start: usize, end: usize) -> Diagnostic {
    let word = Span::from_offsets(comment.start, start..end);
    Diagnostic::new(Code::MisspeltPragma, word, "this comment is not read as a pragma")
        .labelled("did you mean `pragma`?")
        .fix(Fix::safe("Replace with `pragma`", [Edit::replace(word, "pragma")]))
}

#[cfg(test)]
#[path = "attach_tests.rs"]
mod tests;
