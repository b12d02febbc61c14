//! Text, spans, line index and edits.
//!
//! A [`SourceFile`] is one Python file as the translator sees it: Unicode text (decoded once, by CPython's rules: byte
//! order mark, coding cookie, UTF-8 otherwise), its name, and an index of its lines. Line ends and tabs are kept as
//! they are, so that a byte that no [`Edit`] covers comes back unchanged.
//!
//! Every place in a file is a [`Span`] of byte offsets into that text. Rows and columns exist only for people: they are
//! made on demand, count from 1, and columns count characters.
//!
//! This room never reads a file, and knows nothing of Python beyond its encoding declaration.
//!
//! May touch: nothing.

mod edit;
mod encoding;
mod lines;
mod span;

pub use edit::{Edit, EditError, apply_edits};
pub use encoding::{DecodeError, Encoding};
pub use lines::{LineIndex, Position};
pub use span::Span;

/// One Python source file: its name, its text and where its lines start.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    lines: LineIndex,
    encoding: Encoding,
}

impl SourceFile {
    /// A file whose text is already decoded.
    ///
    /// # Panics
    ///
    /// When the text is larger than 4 GiB, which no span could address; [`SourceFile::from_bytes`] reports that as an
    /// error instead.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::with_encoding(name.into(), text.into(), Encoding::Utf8)
    }

    /// Decodes a file as CPython would: byte order mark, else coding cookie in the first two lines, else UTF-8.
    ///
    /// # Errors
    ///
    /// When the declared encoding is unknown to Ferrokeet, or the bytes are not valid in it.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, DecodeError> {
        let (text, encoding) = encoding::decode(bytes)?;
        Ok(Self::with_encoding(name.into(), text, encoding))
    }

    fn with_encoding(name: String, text: String, encoding: Encoding) -> Self {
        assert!(u32::try_from(text.len()).is_ok(), "a source file is smaller than 4 GiB");
        let lines = LineIndex::new(&text);
        Self {
            name,
            text,
            lines,
            encoding,
        }
    }

    /// The same file with another text.
    #[must_use]
    pub fn with_text(&self, text: impl Into<String>) -> Self {
        Self::with_encoding(self.name.clone(), text.into(), self.encoding)
    }

    /// The name shown to people: usually the path as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The decoded text, without the byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the lines start.
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// How the bytes on disk spell the text.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The text under a span.
    ///
    /// # Panics
    ///
    /// When the span does not lie on character boundaries inside this file.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The row and column (both from 1, columns in characters) of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(&self.text, offset)
    }

    /// The row (from 1) of a byte offset.
    pub fn row(&self, offset: u32) -> u32 {
        self.lines.row(offset)
    }

    /// The byte offset of a row and column, clamped to the line.
    pub fn offset(&self, position: Position) -> u32 {
        self.lines.offset(&self.text, position)
    }

    /// The text of a row (from 1), without its line end; empty past the last row.
    pub fn line(&self, row: u32) -> &str {
        self.slice(self.line_span(row))
    }

    /// The span of a row (from 1), without its line end.
    pub fn line_span(&self, row: u32) -> Span {
        self.lines.span(&self.text, row)
    }

    /// The leading blanks of the line that an offset lies on.
    pub fn indentation(&self, offset: u32) -> &str {
        let line = self.line(self.row(offset));
        &line[..line.len() - line.trim_start_matches([' ', '\t', '\x0c']).len()]
    }

    /// The line end the file uses: that of its first line, `\n` for a file of one line.
    pub fn newline(&self) -> &'static str {
        match self.text.find(['\n', '\r']) {
            Some(at) if self.text[at..].starts_with("\r\n") => "\r\n",
            Some(at) if self.text[at..].starts_with('\r') => "\r",
            _ => "\n",
        }
    }

    /// Turns text back into bytes of this file's encoding, byte order mark included.
    ///
    /// # Errors
    ///
    /// When the text holds a character that the encoding cannot spell.
    pub fn encode(&self, text: &str) -> Result<Vec<u8>, DecodeError> {
        encoding::encode(text, self.encoding)
    }
}

#[cfg(test)]
mod tests;
