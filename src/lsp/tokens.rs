//! Colours of pragmas, which are comments to everybody else.

use ls_types::{SemanticToken, SemanticTokenType, SemanticTokens, SemanticTokensLegend, Uri};

use super::snapshot::Snapshot;
use crate::pragma::{self, CLAUSES, DirectiveKind, Recognised, Text};
use crate::source::Span;
use crate::translate::sections::Block;

/// What a word of a pragma is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Keyword,
    Macro,
    Function,
    Variable,
    Number,
    Operator,
    Type,
    EnumMember,
}

/// In the order of the legend.
const LEGEND: [(Kind, SemanticTokenType); 8] = [
    (Kind::Keyword, SemanticTokenType::KEYWORD),
    (Kind::Macro, SemanticTokenType::MACRO),
    (Kind::Function, SemanticTokenType::FUNCTION),
    (Kind::Variable, SemanticTokenType::VARIABLE),
    (Kind::Number, SemanticTokenType::NUMBER),
    (Kind::Operator, SemanticTokenType::OPERATOR),
    (Kind::Type, SemanticTokenType::TYPE),
    (Kind::EnumMember, SemanticTokenType::ENUM_MEMBER),
];

/// The names of the kinds.
pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: LEGEND.map(|(_, name)| name).to_vec(),
        token_modifiers: Vec::new(),
    }
}

/// The tokens of a part, or of a span in it.
pub(super) fn all(snapshot: &Snapshot, uri: &Uri, within: Option<Span>) -> SemanticTokens {
    let part = snapshot.span_of(uri).unwrap_or_default();
    let within = within.unwrap_or(part);
    let file = snapshot.file();
    let comments = snapshot.layout().blocks.iter().flat_map(Block::comments);
    let mut data = Vec::new();
    let (mut line, mut column) = (0, 0);
    for comment in comments.filter(|one| part.contains(*one) && one.start <= within.end && within.start <= one.end) {
        for (span, kind) in words(file.slice(comment), comment.start) {
            let Some(place) = snapshot.location(span) else { continue };
            let start = place.range.start;
            let same = start.line == line;
            data.push(SemanticToken {
                delta_line: start.line - line,
                delta_start: if same {
                    start.character - column
                } else {
                    start.character
                },
                length: snapshot.columns.length(file.slice(span)),
                token_type: LEGEND.iter().position(|(one, _)| *one == kind).unwrap_or(0) as u32,
                token_modifiers_bitset: 0,
            });
            (line, column) = (start.line, start.character);
        }
    }
    SemanticTokens { result_id: None, data }
}

/// The words of a pragma; none of any other comment.
fn words(comment: &str, start: u32) -> Vec<(Span, Kind)> {
    let (Recognised::Pragma { body, .. } | Recognised::Dimensions { body }) = pragma::recognise(comment) else {
        return Vec::new();
    };
    let text = Text {
        text: comment.to_owned(),
        span: Span::at(start),
    };
    let end = pragma::extent(&text).len() as usize;
    let mut found = Vec::new();
    let marks = comment[..body].find(|c: char| c.is_alphabetic());
    if let Some(at) = marks {
        let length = comment[at..body].trim_end().len();
        found.push((Span::from_offsets(start, at..at + length), Kind::Macro));
    }
    let mut reader = Reader {
        text: &comment[..end.max(body)],
        at: body,
        clause: String::new(),
        depth: 0,
        after_colon: false,
    };
    while let Some((range, kind)) = reader.next() {
        found.extend(kind.map(|kind| (Span::from_offsets(start, range), kind)));
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The last word outside parentheses.
    clause: String,
    depth: u32,
    /// Whether a colon stood in the current piece of an argument.
    after_colon: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<(std::ops::Range<usize>, Option<Kind>)> {
        let start = self.at;
        let rest = &self.text[start..];
        let first = rest.chars().next()?;
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match is_word(first) {
            true => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        self.at += length;
        let kind = match first {
            '0'..='9' => Some(Kind::Number),
            c if is_word(c) => Some(self.word(&rest[..length])),
            c => self.sign(c),
        };
        Some((start..self.at, kind))
    }

    fn word(&mut self, word: &str) -> Kind {
        if self.depth == 0 {
            self.clause = word.to_owned();
            let directive = DirectiveKind::ALL
                .iter()
                .any(|kind| kind.as_str().split(' ').any(|part| part == word));
            return match (directive, CLAUSES.contains(&word)) {
                (true, _) => Kind::Keyword,
                (false, true) => Kind::Function,
                (false, false) => Kind::Variable,
            };
        }
        match (self.clause.as_str(), self.after_colon) {
            ("types", true) => Kind::Type,
            ("reduction", false) => Kind::Operator,
            ("schedule" | "target" | "assume" | "fastmath", _) => Kind::EnumMember,
            _ => Kind::Variable,
        }
    }

    fn sign(&mut self, c: char) -> Option<Kind> {
        match c {
            '(' | '[' => self.depth += 1,
            ')' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                self.after_colon &= self.depth > 0;
            }
            ':' if self.depth == 1 => self.after_colon = true,
            // The next name of `types(x: f64, n: int)`.
            ',' if self.depth == 1 && self.clause == "types" => self.after_colon = false,
            '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<' | '>' | '=' => return Some(Kind::Operator),
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(comment: &str) -> Vec<(&str, Kind)> {
        let found = words(comment, 0).into_iter();
        found.map(|(span, kind)| (&comment[span.range()], kind)).collect()
    }

    #[test]
    fn words_are_what_they_are() {
        use Kind::{EnumMember, Function, Keyword, Macro, Number, Operator, Type, Variable};
        assert_eq!(
            kinds("# pragma parallel for reduction(+: s) schedule(static, 4) types(x: f64[:], n: int)  # why"),
            [
                ("pragma", Macro),
                ("parallel", Keyword),
                ("for", Keyword),
                ("reduction", Function),
                ("+", Operator),
                ("s", Variable),
                ("schedule", Function),
                ("static", EnumMember),
                ("4", Number),
                ("types", Function),
                ("x", Variable),
                ("f64", Type),
                ("n", Variable),
                ("int", Type),
            ]
        );
        assert_eq!(kinds("# pragma"), [("pragma", Macro)]);
        assert_eq!(kinds("# pragma: no cover"), []);
        assert_eq!(kinds("# parallel for is nice"), []);
    }

    #[test]
    fn every_word_of_the_language_has_its_colour() {
        for kind in DirectiveKind::ALL {
            let text = format!("# pragma {}", kind.as_str());
            assert!(
                kinds(&text)[1..].iter().all(|(_, kind)| *kind == Kind::Keyword),
                "{text}"
            );
        }
        for name in CLAUSES {
            let text = format!("# pragma parallel {name}");
            let expected = match *name {
                "atomic" | "sequential" => Kind::Keyword,
                _ => Kind::Function,
            };
            assert_eq!(kinds(&text)[2], (*name, expected));
        }
    }
}
