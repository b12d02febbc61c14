//! `# ferrokeet: ignore[FK201]`.

use std::collections::BTreeMap;

use super::{Code, Diagnostic, Fix, closest};
use crate::source::{Edit, SourceFile, Span};

/// The ignore comments of one file.
///
/// A comment at the end of a line speaks for that line. A comment alone on its line speaks for the comments next to it and
/// for the line of code below them; so a remark on a pragma, or a line beside it, covers the pragma and its statement.
#[derive(Debug, Default)]
pub struct Suppressions {
    by_row: BTreeMap<u32, Vec<Ignored>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ignored {
    Everything,
    One(Code),
}

impl Suppressions {
    /// Reads the ignore comments among a file's comments (each from its `#`), and reports codes that do not exist.
    pub fn new(file: &SourceFile, comments: &[Span]) -> (Self, Vec<Diagnostic>) {
        let mut suppressions = Self::default();
        let mut diagnostics = Vec::new();
        for comment in comments {
            let ignored = ignored(file, *comment, &mut diagnostics);
            if ignored.is_empty() {
                continue;
            }
            for row in rows(file, *comment) {
                suppressions.by_row.entry(row).or_default().extend(&ignored);
            }
        }
        (suppressions, diagnostics)
    }

    /// Whether a diagnostic is to be kept silent: by its row, or, where its code is named, by the row of any place it shows.
    pub fn covers(&self, file: &SourceFile, diagnostic: &Diagnostic) -> bool {
        let at = |span: Span| self.by_row.get(&file.row(span.start)).map_or(&[][..], Vec::as_slice);
        let named = Ignored::One(diagnostic.code);
        let here = at(diagnostic.primary.span);
        here.contains(&Ignored::Everything)
            || here.contains(&named)
            || diagnostic.secondary.iter().any(|label| at(label.span).contains(&named))
    }

    /// Removes the diagnostics that are to be kept silent.
    pub fn apply(&self, file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain(|diagnostic| !self.covers(file, diagnostic));
    }
}

/// What a comment ignores.
fn ignored(file: &SourceFile, comment: Span, diagnostics: &mut Vec<Diagnostic>) -> Vec<Ignored> {
    const MARK: &str = "ferrokeet: ignore";
    let text = file.slice(comment);
    let Some(at) = text.find(MARK).filter(|at| text[..*at].trim_end().ends_with('#')) else {
        return Vec::new();
    };
    let after = at + MARK.len();
    let Some(list) = text[after..].strip_prefix('[') else {
        return vec![Ignored::Everything];
    };
    let inside = list.split(']').next().unwrap_or_default();
    let mut found = Vec::new();
    let mut start = comment.start + after as u32 + 1;
    for piece in inside.split(',') {
        let blanks = piece.len() - piece.trim_start().len();
        let name = Span::new(start + blanks as u32, start + blanks as u32 + piece.trim().len() as u32);
        match Code::find(piece.trim()) {
            Some(code) => found.push(Ignored::One(code)),
            None => diagnostics.push(unknown(piece.trim(), name)),
        }
        start += piece.len() as u32 + 1;
    }
    found
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::InvalidIgnore,
        span,
        format!("`{name}` is not a rule of Ferrokeet"),
    );
    match closest(name, Code::ALL.iter().flat_map(|code| [code.name(), code.code()])) {
        Some(meant) => diagnostic
            .labelled(format!("did you mean `{meant}`?"))
            .fix(Fix::unsafe_(
                format!("Replace with `{meant}`"),
                [Edit::replace(span, meant)],
            )),
        None => diagnostic.help("`ferrokeet explain` lists the rules"),
    }
}

/// The rows that a comment speaks for.
fn rows(file: &SourceFile, comment: Span) -> std::ops::RangeInclusive<u32> {
    let row = file.row(comment.start);
    let is_comment = |row: u32| row > 0 && file.line(row).trim_start().starts_with('#');
    let first = (1..row)
        .rev()
        .take_while(|above| is_comment(*above))
        .last()
        .unwrap_or(row);
    let last = (row..=file.lines().count())
        .find(|below| !is_comment(*below))
        .unwrap_or(row);
    first..=last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(text: &str, comments: &[&str], row: u32, code: Code) -> bool {
        let file = SourceFile::new("a.py", text);
        let place = |comment: &&str| {
            let at = text.find(comment).unwrap() as u32;
            Span::new(at, at + comment.len() as u32)
        };
        let spans: Vec<_> = comments.iter().map(place).collect();
        let (suppressions, diagnostics) = Suppressions::new(&file, &spans);
        assert_eq!(diagnostics, []);
        let at = file.line_span(row).start;
        suppressions.covers(&file, &Diagnostic::new(code, Span::at(at), ""))
    }

    #[test]
    fn a_comment_speaks_for_its_block() {
        let text = "# pragma simd  # ferrokeet: ignore[FK201, unproven-independence]\nfor i in x:\n    pass\n";
        let comment = text.lines().next().unwrap();
        for (row, code, expected) in [
            (1, Code::LoopCarriedDependence, true),
            (2, Code::UnprovenIndependence, true),
            (2, Code::UnknownClause, false),
            (3, Code::LoopCarriedDependence, false),
        ] {
            assert_eq!(covered(text, &[comment], row, code), expected, "{row} {code}");
        }
    }

    #[test]
    fn a_comment_behind_code_speaks_for_its_line_and_the_pragmas_above() {
        let text = "x = 1\n# pragma simd\nfor i in x:  # ferrokeet: ignore\n    pass\n";
        let comment = "# ferrokeet: ignore";
        assert!(covered(text, &[comment], 2, Code::UnknownClause));
        assert!(covered(text, &[comment], 3, Code::UnknownClause));
        assert!(!covered(text, &[comment], 1, Code::UnknownClause));
        assert!(!covered(text, &[comment], 4, Code::UnknownClause));
    }

    #[test]
    fn a_named_code_is_silenced_at_every_place_shown() {
        let text = "# pragma simd  # ferrokeet: ignore[FK204]\nfor i in x:\n    pass\n";
        let file = SourceFile::new("a.py", text);
        let (suppressions, _) = Suppressions::new(&file, &[Span::new(0, 41)]);
        let inside = Span::at(file.line_span(3).start);
        let shown = |code: Code| Diagnostic::new(code, inside, "").secondary(Span::new(0, 5), "");
        assert!(suppressions.covers(&file, &shown(Code::WrongPrivate)));
        assert!(!suppressions.covers(&file, &shown(Code::WrongShared)));
        assert!(!suppressions.covers(&file, &Diagnostic::new(Code::WrongPrivate, inside, "")));
    }

    #[test]
    fn unknown_codes_are_reported_at_their_place() {
        let text = "x = 1  # ferrokeet: ignore[FK201, FK2O2]\n";
        let file = SourceFile::new("a.py", text);
        let (_, diagnostics) = Suppressions::new(&file, &[Span::new(7, text.len() as u32 - 1)]);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(file.slice(diagnostics[0].primary.span), "FK2O2");
    }
}
