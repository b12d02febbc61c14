//! Words and arguments of the pragmas above one statement.

use super::{Recognised, Text, recognise};
use crate::source::{Edit, Span};

/// A piece of a pragma.
#[derive(Clone, Debug)]
pub(super) enum Token {
    /// `word` or `word(argument)`.
    Word(Word),
    /// Something that is neither.
    Junk(Text),
}

/// A word, perhaps with an argument in parentheses.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) name: Text,
    pub(super) argument: Option<Text>,
    /// The word with its argument and parentheses.
    pub(super) span: Span,
    /// Whether the closing parenthesis is missing.
    pub(super) unclosed: bool,
}

/// One pragma comment.
pub(super) struct Scanned {
    pub(super) tokens: Vec<Token>,
    /// The words of the pragma, without `pragma` and without the remark.
    pub(super) body: Text,
}

/// Cuts one comment; `None` when it is not ours.
pub(super) fn scan(comment: &Text) -> Option<Scanned> {
    let Recognised::Pragma { body, .. } = recognise(&comment.text) else {
        return None;
    };
    let text = &comment.text[..remark(&comment.text, body)];
    let text = text.trim_end();
    let base = comment.span.start;
    let mut scanner = Scanner {
        text,
        base,
        at: body.min(text.len()),
    };
    let tokens = std::iter::from_fn(|| scanner.token()).collect();
    let start = body.min(text.len());
    let body = Text {
        text: text[start..].to_owned(),
        span: Span::from_offsets(base, start..text.len()),
    };
    Some(Scanned { tokens, body })
}

/// Where the remark starts: at the first `#` outside quotes in parentheses, else at the end.
pub(super) fn remark(text: &str, body: usize) -> usize {
    let mut depth = 0_u32;
    let mut quote = None;
    for (at, c) in text[body..].char_indices() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) if depth > 0 => quote = Some(c),
            ('(' | '[', None) => depth += 1,
            (')' | ']', None) => depth = depth.saturating_sub(1),
            ('#', None) => return body + at,
            _ => {}
        }
    }
    // An unpaired quote hides nothing.
    if quote.is_some() {
        text[body..].find('#').map_or(text.len(), |at| body + at)
    } else {
        text.len()
    }
}

struct Scanner<'a> {
    text: &'a str,
    base: u32,
    at: usize,
}

impl Scanner<'_> {
    fn token(&mut self) -> Option<Token> {
        self.skip(|c| c.is_whitespace() || c == ',');
        let start = self.at;
        self.text[start..].chars().next()?;
        self.skip(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if self.at == start || self.text[start..].starts_with('-') {
            return Some(self.junk(start));
        }
        if self.text[self.at..].starts_with('=') {
            return Some(self.junk(start));
        }
        let name = self.slice(start..self.at);
        let end = self.at;
        self.skip(char::is_whitespace);
        if !self.text[self.at..].starts_with('(') {
            self.at = end;
            return Some(Token::Word(Word {
                span: name.span,
                name,
                argument: None,
                unclosed: false,
            }));
        }
        Some(self.argument(start, name))
    }

    fn junk(&mut self, start: usize) -> Token {
        self.skip(|c| !c.is_whitespace() && c != ',');
        Token::Junk(self.slice(start..self.at))
    }

    fn argument(&mut self, start: usize, name: Text) -> Token {
        let open = self.at;
        let close = closing(&self.text[open..]).map(|length| open + length);
        let end = close.unwrap_or(self.text.len());
        self.at = close.map_or(end, |close| close + 1);
        let span = Span::from_offsets(self.base, start..self.at);
        let argument = Some(self.slice(open + 1..end).trimmed());
        Token::Word(Word {
            name,
            argument,
            span,
            unclosed: close.is_none(),
        })
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.find(|c| !skipped(c)).unwrap_or(rest.len());
    }

    fn slice(&self, range: std::ops::Range<usize>) -> Text {
        Text {
            text: self.text[range.clone()].to_owned(),
            span: Span::from_offsets(self.base, range),
        }
    }
}

/// The offset of the bracket that closes the first one.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('(' | '[' | '{', None) => depth += 1,
            (')' | ']' | '}', None) if depth == 1 => return Some(at),
            (')' | ']' | '}', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

impl Text {
    /// Without blanks around it.
    pub(super) fn trimmed(&self) -> Text {
        let before = self.text.len() - self.text.trim_start().len();
        let text = self.text.trim().to_owned();
        let start = self.span.start + before as u32;
        Text {
            span: Span::new(start, start + text.len() as u32),
            text,
        }
    }

    /// The pieces between top-level occurrences of a separator, trimmed. Nothing at all has no pieces.
    pub(super) fn split(&self, separator: char) -> Vec<Text> {
        if self.text.trim().is_empty() {
            return Vec::new();
        }
        let mut pieces = Vec::new();
        let mut start = 0;
        while let Some(at) = self.find_from(start, separator) {
            pieces.push(self.part(start, at));
            start = at + separator.len_utf8();
        }
        pieces.push(self.part(start, self.text.len()));
        pieces
    }

    /// The parts before and after the first top-level occurrence of a separator, trimmed.
    pub(super) fn split_once(&self, separator: char) -> Option<(Text, Text)> {
        let at = self.find_from(0, separator)?;
        Some((self.part(0, at), self.part(at + separator.len_utf8(), self.text.len())))
    }

    fn part(&self, start: usize, end: usize) -> Text {
        let text = self.text[start..end].to_owned();
        Text {
            text,
            span: Span::from_offsets(self.span.start, start..end),
        }
        .trimmed()
    }

    fn find_from(&self, start: usize, separator: char) -> Option<usize> {
        let mut depth = 0_i32;
        let mut quote = None;
        for (at, c) in self.text[start..].char_indices() {
            match (c, quote) {
                (_, Some(open)) if c == open => quote = None,
                (_, Some(_)) => {}
                (_, None) if c == separator && depth == 0 => return Some(start + at),
                ('"' | '\'', None) => quote = Some(c),
                ('(' | '[' | '{', None) => depth += 1,
                (')' | ']' | '}', None) => depth -= 1,
                _ => {}
            }
        }
        None
    }
}

/// Deletes a span of a pragma together with the blanks and commas before it.
pub(super) fn deletion(bodies: &[Text], span: Span) -> Edit {
    let Some(body) = bodies.iter().find(|body| body.span.contains(span)) else {
        return Edit::delete(span);
    };
    let before = &body.text[..(span.start - body.span.start) as usize];
    let kept = before.trim_end_matches([' ', '\t', ',']).len();
    if kept > 0 {
        return Edit::delete(Span::new(body.span.start + kept as u32, span.end));
    }
    let after = &body.text[(span.end - body.span.start) as usize..];
    let skipped = after.len() - after.trim_start_matches([' ', '\t', ',']).len();
    Edit::delete(Span::new(span.start, span.end + skipped as u32))
}
