//! From words to a directive.

use super::check::check;
use super::clauses::{self, CLAUSES};
use super::scan::{Scanned, Token, Word, deletion, remark, scan};
use super::{
    Clause, ClauseKind, Dialect, Dimension, Directive, DirectiveKind, Recognised, Text, dimensions, openmp, recognise,
};
use crate::diagnostics::{Code, Diagnostic, Fix, closest};
use crate::source::{Edit, Span};

/// Reads the pragma comments that stand on one statement as one directive. The comments come with their `#`, in source
/// order; each must be one that [`recognise`](super::recognise) calls a pragma.
///
/// The directive is absent when not even its kind could be guessed.
pub fn parse(comments: &[Text]) -> (Option<Directive>, Vec<Diagnostic>) {
    parse_within(&[], comments)
}

/// The same, when OpenMP's regions around the statement lend it their clauses.
pub fn parse_within(regions: &[Text], comments: &[Text]) -> (Option<Directive>, Vec<Diagnostic>) {
    let mut parser = Parser::default();
    let lent = regions.iter().filter_map(|region| parser.scan(region, true));
    let lent: Vec<Scanned> = lent.collect();
    let scanned: Vec<Scanned> = comments
        .iter()
        .filter_map(|comment| parser.scan(comment, false))
        .collect();
    for pragma in &scanned {
        parser.bodies.push(pragma.body.clone());
    }
    for pragma in &scanned {
        parser.pragma(pragma);
    }
    for region in &lent {
        parser.pragma(region);
    }
    parser.dimensioned();
    let kind = parser.kind();
    let directive = kind.map(|(kind, kind_span)| {
        let clauses = std::mem::take(&mut parser.clauses);
        let dimensions = std::mem::take(&mut parser.dimensions);
        let last = parser.bodies.last().map_or(kind_span, |body| body.span);
        let span = comments
            .first()
            .map_or(kind_span, |first| Span::at(first.span.start).join(last));
        let comments = comments.iter().map(|comment| comment.span).collect();
        let mut directive = Directive {
            kind,
            kind_span,
            clauses,
            dimensions,
            span,
            comments,
        };
        check(&mut directive, &parser.bodies, &mut parser.diagnostics);
        directive
    });
    parser.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    (directive, parser.diagnostics)
}

/// A pragma comment without its remark.
pub fn extent(comment: &Text) -> Span {
    let end = match recognise(&comment.text) {
        Recognised::Pragma { body, .. } | Recognised::Dimensions { body } => remark(&comment.text, body),
        Recognised::Foreign | Recognised::Misspelt { .. } => comment.text.len(),
    };
    let words = comment.text[..end].trim_end();
    Span::from_offsets(comment.span.start, 0..words.len())
}

/// The words that directives are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Parallel,
    For,
    Simd,
    Sequential,
    Atomic,
    Data,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Parallel,
        Self::For,
        Self::Simd,
        Self::Sequential,
        Self::Atomic,
        Self::Data,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::For => "for",
            Self::Simd => "simd",
            Self::Sequential => "sequential",
            Self::Atomic => "atomic",
            Self::Data => "data",
        }
    }

    fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == text)
    }
}

#[derive(Default)]
struct Parser {
    bodies: Vec<Text>,
    parts: Vec<(Part, Span)>,
    clauses: Vec<Clause>,
    diagnostics: Vec<Diagnostic>,
    dimensions: Vec<Dimension>,
    /// Whether some comment is OpenMP's, where `for` alone is a directive.
    openmp: bool,
    /// Whether a word that may have been the directive has been reported.
    guessed: bool,
}

impl Parser {
    /// Cuts one comment. Dimensions are read on the spot.
    fn scan(&mut self, comment: &Text, lent: bool) -> Option<Scanned> {
        match recognise(&comment.text) {
            Recognised::Pragma {
                dialect: Dialect::OpenMp,
                ..
            } => {
                self.openmp = true;
                scan(comment).map(|scanned| openmp::adapt(scanned, lent, &mut self.diagnostics))
            }
            Recognised::Pragma {
                dialect: Dialect::Ferrokeet,
                ..
            } => scan(comment),
            Recognised::Dimensions { body } => {
                let words = extent(comment);
                let start = comment.span.start + body as u32;
                let body = Text {
                    text: comment.text[body..words.len() as usize].to_owned(),
                    span: Span::new(start, words.end),
                };
                let found = dimensions::read(&body, &mut self.diagnostics);
                self.dimensions.extend(found);
                self.guessed = true;
                Some(Scanned {
                    tokens: Vec::new(),
                    body,
                })
            }
            Recognised::Foreign | Recognised::Misspelt { .. } => None,
        }
    }

    /// A statement with dimensions is `parallel` where nothing else is said, and in order where none of them is parallel.
    fn dimensioned(&mut self) {
        let Some(span) = self
            .dimensions
            .iter()
            .map(|dimension| dimension.span)
            .reduce(Span::join)
        else {
            return;
        };
        if self.parts.is_empty() {
            self.parts.push((Part::Parallel, span));
            if !self.dimensions.iter().any(Dimension::is_parallel) {
                self.clauses.push(Clause {
                    kind: ClauseKind::Sequential,
                    span,
                });
            }
        }
    }

    fn pragma(&mut self, pragma: &Scanned) {
        let mut leading = true;
        for token in &pragma.tokens {
            match token {
                Token::Junk(junk) => self.junk(junk),
                Token::Word(word) => {
                    leading &= self.leading_word(word, leading);
                    if !leading {
                        self.later_word(word);
                    }
                }
            }
        }
    }

    /// Takes a word at the start of a pragma as part of the directive; false when the clauses have begun.
    fn leading_word(&mut self, word: &Word, leading: bool) -> bool {
        if !leading || word.argument.is_some() {
            return false;
        }
        if let Some(part) = Part::find(&word.name.text) {
            self.parts.push((part, word.span));
            return true;
        }
        !CLAUSES.contains(&word.name.text.as_str()) && self.misspelt_directive(word)
    }

    /// Reports a word that is nearer to a directive than to a clause, and takes it for what it probably is.
    fn misspelt_directive(&mut self, word: &Word) -> bool {
        let name = &word.name.text;
        if let Some(kind) = joined(name) {
            self.unknown_directive(word, kind.as_str());
            self.parts.extend(parts_of(kind).iter().map(|part| (*part, word.span)));
            return true;
        }
        let parts = Part::ALL.map(Part::as_str);
        let Some(nearest) = closest(name, parts.iter().copied().chain(CLAUSES.iter().copied())) else {
            return false;
        };
        let Some(part) = Part::find(nearest) else { return false };
        self.unknown_directive(word, nearest);
        self.parts.push((part, word.span));
        true
    }

    fn unknown_directive(&mut self, word: &Word, meant: &str) {
        let message = format!("`{}` is not a directive", word.name.text);
        self.diagnostics.push(
            Diagnostic::new(Code::UnknownDirective, word.span, message)
                .labelled(format!("did you mean `{meant}`?"))
                .fix(Fix::safe(
                    format!("Replace with `{meant}`"),
                    [Edit::replace(word.span, meant)],
                )),
        );
        self.guessed = true;
    }

    fn later_word(&mut self, word: &Word) {
        let name = word.name.text.as_str();
        if word.unclosed {
            return self.unclosed(word);
        }
        match (Part::find(name), &word.argument) {
            (Some(part @ (Part::Parallel | Part::For | Part::Simd)), None) => self.parts.push((part, word.span)),
            (Some(Part::Parallel | Part::For | Part::Simd), Some(_)) => self.unknown_clause(word),
            _ if CLAUSES.contains(&name) => {
                let kind = clauses::read(word, &mut self.diagnostics);
                self.clauses.extend(kind.map(|kind| Clause { kind, span: word.span }));
            }
            _ => self.unknown_clause(word),
        }
    }

    fn unclosed(&mut self, word: &Word) {
        let message = format!("the parenthesis of `{}(` is never closed", word.name.text);
        self.diagnostics.push(
            Diagnostic::new(Code::MalformedPragma, word.span, message)
                .help("a clause ends on the line it starts on; put further clauses on a pragma line of their own")
                .fix(Fix::unsafe_(
                    "Close the parenthesis",
                    [Edit::insert(word.span.end, ")")],
                )),
        );
    }

    fn unknown_clause(&mut self, word: &Word) {
        let name = word.name.text.as_str();
        if let (Some(part), Some(_)) = (Part::find(name), &word.argument) {
            let message = format!("`{}` takes no argument", part.as_str());
            self.guessed = true;
            return self
                .diagnostics
                .push(Diagnostic::new(Code::InvalidArgument, word.span, message));
        }
        let nothing_yet = self.parts.is_empty() && self.clauses.is_empty() && !self.guessed && word.argument.is_none();
        let (code, what) = match nothing_yet {
            true => (Code::UnknownDirective, "directive"),
            false => (Code::UnknownClause, "clause"),
        };
        self.guessed |= nothing_yet;
        let message = format!("`{name}` is not a {what}");
        let diagnostic = Diagnostic::new(code, word.span, message);
        self.diagnostics
            .push(match (clauses::of_openmp(name), self.nearest(word)) {
                (Some(reason), _) => diagnostic.note(reason).fix(Fix::unsafe_(
                    format!("Remove `{name}`"),
                    [deletion(&self.bodies, word.span)],
                )),
                (None, Some(meant)) => diagnostic.labelled(format!("did you mean `{meant}`?")).fix(Fix::safe(
                    format!("Replace with `{meant}`"),
                    [Edit::replace(word.name.span, meant)],
                )),
                (None, None) if nothing_yet => diagnostic.help(directives_help()),
                (None, None) => diagnostic.help(format!("the clauses are {}", CLAUSES.join(", "))),
            });
    }

    fn nearest(&self, word: &Word) -> Option<&'static str> {
        let name = word.name.text.replace('-', "_");
        let plain = ["parallel", "for", "simd"]
            .into_iter()
            .filter(|_| word.argument.is_none());
        closest(&name, CLAUSES.iter().copied().chain(plain))
    }

    fn junk(&mut self, junk: &Text) {
        let message = format!("`{}` is neither a directive nor a clause", junk.text);
        let diagnostic = Diagnostic::new(Code::MalformedPragma, junk.span, message);
        self.diagnostics.push(match junk.text.split_once('=') {
            Some((name, value)) if CLAUSES.contains(&name) && !value.is_empty() && !value.contains(['(', ')']) => {
                let edit = Edit::replace(junk.span, format!("{name}({value})"));
                diagnostic
                    .labelled("an argument stands in parentheses")
                    .fix(Fix::safe("Use parentheses", [edit]))
            }
            _ => diagnostic,
        });
        self.guessed = true;
    }

    /// Puts the words together; what is not quite a directive is reported and taken for the nearest one.
    fn kind(&mut self) -> Option<(DirectiveKind, Span)> {
        let units = self.units();
        let has = |wanted: &str| units.iter().find(|(unit, _)| *unit == wanted).map(|(_, span)| *span);
        let (parallel, simd, ordered) = (has("parallel"), has("simd"), has("sequential for"));
        let kind = match (parallel, has("for"), simd) {
            _ if ordered.is_some() => DirectiveKind::SequentialFor,
            (Some(_), Some(_), Some(_)) | (Some(_), None, Some(_)) => DirectiveKind::ParallelForSimd,
            (Some(_), Some(_), None) | (None, Some(_), None) => DirectiveKind::ParallelFor,
            (None, _, Some(_)) => DirectiveKind::Simd,
            (Some(_), None, None) => DirectiveKind::Parallel,
            (None, None, None) if has("atomic").is_some() => DirectiveKind::Atomic,
            (None, None, None) if has("data").is_some() => DirectiveKind::Data,
            (None, None, None) if has("sequential").is_some() => DirectiveKind::SequentialFor,
            (None, None, None) => return self.no_directive(),
        };
        self.repeated(&units);
        if let (Some(ordered), Some(other)) = (ordered, parallel.or(simd)) {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::ConflictingClauses,
                    other,
                    "a loop cannot be both parallel and sequential",
                )
                .secondary(ordered, "sequential here"),
            );
        }
        if let (Some(data), false) = (has("data"), kind == DirectiveKind::Data) {
            let message = format!("`data` and `{}` are directives of two statements", kind.as_str());
            self.diagnostics.push(
                Diagnostic::new(Code::ConflictingClauses, data, message)
                    .help("`data` stands on a loop or block around the loops that run on the device"),
            );
            self.clauses
                .retain(|clause| !clause.kind.belongs_on(DirectiveKind::Data));
        }
        self.clause_words(kind, &units);
        Some((kind, self.spelled(kind, &units)))
    }

    /// The words of the directive, `sequential for` taken as one.
    fn units(&self) -> Vec<(&'static str, Span)> {
        let mut units: Vec<(&'static str, Span)> = Vec::new();
        for (part, span) in &self.parts {
            match (units.last_mut(), part) {
                (Some((last @ "sequential", place)), Part::For) => {
                    *last = "sequential for";
                    *place = place.join(*span);
                }
                _ => units.push((part.as_str(), *span)),
            }
        }
        units
    }

    fn no_directive(&mut self) -> Option<(DirectiveKind, Span)> {
        if !self.guessed && self.diagnostics.is_empty() {
            let place = self.bodies.first().map_or(Span::at(0), |body| body.span);
            self.diagnostics.push(
                Diagnostic::new(Code::UnknownDirective, place, "the pragma names no directive").help(directives_help()),
            );
        }
        None
    }

    fn repeated(&mut self, units: &[(&'static str, Span)]) {
        for (at, (unit, span)) in units.iter().enumerate() {
            let earlier = units[..at]
                .iter()
                .find(|(before, place)| before == unit && place != span);
            if let Some((_, first)) = earlier {
                self.diagnostics.push(
                    Diagnostic::new(Code::RedundantClause, *span, format!("`{unit}` is said twice"))
                        .secondary(*first, "first here")
                        .fix(Fix::safe("Remove the repetition", [deletion(&self.bodies, *span)])),
                );
            }
        }
    }

    /// `atomic` and `sequential` behind a loop directive are clauses.
    fn clause_words(&mut self, kind: DirectiveKind, units: &[(&'static str, Span)]) {
        for (unit, span) in units {
            let clause = match *unit {
                "atomic" if kind != DirectiveKind::Atomic => ClauseKind::Atomic,
                "sequential" if kind != DirectiveKind::SequentialFor => ClauseKind::Sequential,
                _ => continue,
            };
            self.clauses.push(Clause {
                kind: clause,
                span: *span,
            });
        }
    }

    /// The place of the directive's words, after reporting words that are not quite `kind`.
    fn spelled(&mut self, kind: DirectiveKind, units: &[(&'static str, Span)]) -> Span {
        let belongs = |unit: &str| kind.as_str() == unit || kind.as_str().split(' ').any(|word| word == unit);
        let stray = |unit: &str| unit == "for" || (unit == "sequential" && kind == DirectiveKind::SequentialFor);
        let mut own: Vec<_> = units
            .iter()
            .filter(|(unit, _)| belongs(unit) || stray(unit))
            .copied()
            .collect();
        own.dedup_by_key(|(_, span)| *span);
        let Some((first, last)) = own.first().zip(own.last()).map(|(first, last)| (first.1, last.1)) else {
            return Span::at(0);
        };
        let Some(body) = self
            .bodies
            .iter()
            .find(|body| body.span.contains(first.join(last)))
            .cloned()
        else {
            return first;
        };
        let place = first.join(last);
        let text = &body.text[(place.start - body.span.start) as usize..(place.end - body.span.start) as usize];
        let words: Vec<&str> = text.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
        let distinct = own
            .iter()
            .all(|(unit, _)| own.iter().filter(|(other, _)| other == unit).count() == 1);
        let plain = words.iter().all(|word| Part::find(word).is_some());
        if plain && !self.openmp && distinct && words.join(" ") != kind.as_str() && !self.conflicts() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::UnknownDirective,
                    place,
                    format!("`{}` is not a directive", words.join(" ")),
                )
                .labelled(format!("did you mean `{}`?", kind.as_str()))
                .fix(Fix::safe(
                    format!("Replace with `{}`", kind.as_str()),
                    [Edit::replace(place, kind.as_str())],
                )),
            );
        }
        if plain { place } else { first }
    }

    fn conflicts(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.code == Code::ConflictingClauses)
    }
}

/// `parallel_for`, `parallelfor`, `parallel-for-simd`: a directive without its blanks.
fn joined(name: &str) -> Option<DirectiveKind> {
    let squeezed = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    DirectiveKind::ALL
        .into_iter()
        .filter(|kind| kind.as_str().contains(' '))
        .find(|kind| {
            let (wanted, given) = (squeezed(kind.as_str()), squeezed(name));
            wanted == given
        })
}

fn parts_of(kind: DirectiveKind) -> &'static [Part] {
    match kind {
        DirectiveKind::ParallelFor => &[Part::Parallel, Part::For],
        DirectiveKind::Simd => &[Part::Simd],
        DirectiveKind::ParallelForSimd => &[Part::Parallel, Part::For, Part::Simd],
        DirectiveKind::SequentialFor => &[Part::Sequential, Part::For],
        DirectiveKind::Parallel => &[Part::Parallel],
        DirectiveKind::Atomic => &[Part::Atomic],
        DirectiveKind::Data => &[Part::Data],
    }
}

fn directives_help() -> String {
    let names: Vec<String> = DirectiveKind::ALL
        .iter()
        .map(|kind| format!("`{}`", kind.as_str()))
        .collect();
    format!("the directives are {}", names.join(", "))
}
