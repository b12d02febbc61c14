//! Offsets, and the lines and columns of the protocol.

use ls_types::{Position, PositionEncodingKind, Range};

use crate::source::{LineIndex, Span};

/// What columns count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    Utf8,
    Utf16,
    Utf32,
}

impl Columns {
    /// The best of those that a client knows; every client knows UTF-16.
    pub(super) fn choose(known: &[PositionEncodingKind]) -> Self {
        let knows = |kind: &PositionEncodingKind| known.contains(kind);
        match (knows(&PositionEncodingKind::UTF8), knows(&PositionEncodingKind::UTF32)) {
            (true, _) => Self::Utf8,
            (false, true) => Self::Utf32,
            (false, false) => Self::Utf16,
        }
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, c: char) -> u32 {
        match self {
            Self::Utf8 => c.len_utf8() as u32,
            Self::Utf16 => c.len_utf16() as u32,
            Self::Utf32 => 1,
        }
    }

    /// How long a text is.
    pub(super) fn length(self, text: &str) -> u32 {
        text.chars().map(|c| self.width(c)).sum()
    }

    /// The place of an offset; one inside a character or past the end is moved back.
    pub(super) fn position(self, text: &str, lines: &LineIndex, offset: u32) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let row = lines.row(offset as u32);
        let start = lines.start(row).unwrap_or(0) as usize;
        Position::new(row - 1, self.length(&text[start..offset]))
    }

    pub(super) fn range(self, text: &str, lines: &LineIndex, span: Span) -> Range {
        Range::new(
            self.position(text, lines, span.start),
            self.position(text, lines, span.end),
        )
    }

    /// The offset of a place; past the end of a line it is the end of the line, past the last line the end of the text.
    pub(super) fn offset(self, text: &str, lines: &LineIndex, position: Position) -> u32 {
        let line = lines.span(text, position.line.saturating_add(1));
        let mut left = position.character;
        let mut at = line.start;
        for c in text[line.range()].chars() {
            let width = self.width(c);
            if left < width {
                break;
            }
            left -= width;
            at += c.len_utf8() as u32;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_what_was_agreed() {
        let text = "a\n𝛼β = x\r\nend";
        let lines = LineIndex::new(text);
        let at = text.find('x').unwrap() as u32;
        for (columns, column) in [(Columns::Utf8, 9), (Columns::Utf16, 6), (Columns::Utf32, 5)] {
            let position = columns.position(text, &lines, at);
            assert_eq!((position.line, position.character), (1, column), "{columns:?}");
            assert_eq!(columns.offset(text, &lines, position), at);
        }
    }

    #[test]
    fn places_that_do_not_exist_are_the_nearest_that_do() {
        let text = "ab\r\n𝛼";
        let lines = LineIndex::new(text);
        let offset = |line, character| Columns::Utf16.offset(text, &lines, Position::new(line, character));
        assert_eq!(offset(0, 99), 2);
        assert_eq!(offset(1, 1), 4, "inside a character");
        assert_eq!(offset(1, 2), 8);
        assert_eq!(offset(u32::MAX, u32::MAX), 8);
        assert_eq!(Columns::Utf16.position(text, &lines, 6), Position::new(1, 0));
        assert_eq!(Columns::Utf16.position("", &LineIndex::new(""), 9), Position::new(0, 0));
    }

    #[test]
    fn utf_8_is_preferred_and_utf_16_is_the_default() {
        assert_eq!(Columns::choose(&[]), Columns::Utf16);
        let known = [PositionEncodingKind::UTF16, PositionEncodingKind::UTF8];
        assert_eq!(Columns::choose(&known), Columns::Utf8);
    }
}
