use super::Span;

/// A place as people name it: both numbers from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub row: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

/// The byte offsets at which the lines of a text start. Lines end with `\n`, `\r\n` or `\r`, as in CPython.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes a text.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |at: usize| match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let after_ends = (0..bytes.len()).filter(|&at| ends_line(at)).map(|at| at as u32 + 1);
        Self {
            starts: std::iter::once(0).chain(after_ends).collect(),
        }
    }

    /// The number of lines; a final line end opens one more, empty, line.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The row (from 1) that an offset lies on.
    pub fn row(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The offset at which a row (from 1) starts, or `None` past the last row.
    pub fn start(&self, row: u32) -> Option<u32> {
        self.starts.get((row as usize).checked_sub(1)?).copied()
    }

    /// The span of a row (from 1) without its line end; empty at the end of the text past the last row.
    pub fn span(&self, text: &str, row: u32) -> Span {
        let Some(start) = self.start(row) else {
            return Span::at(text.len() as u32);
        };
        let end = self.start(row + 1).map_or(text.len(), |next| next as usize);
        let line = text[start as usize..end].trim_end_matches(['\n', '\r']);
        Span::new(start, start + line.len() as u32)
    }

    /// Row and column of an offset; offsets inside a character or past the end are clamped.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let mut offset = offset.min(text.len() as u32);
        while !text.is_char_boundary(offset as usize) {
            offset -= 1;
        }
        let row = self.row(offset);
        let start = self.starts[row as usize - 1];
        let column = text[start as usize..offset as usize].chars().count() as u32 + 1;
        Position { row, column }
    }

    /// The offset of a row and column; a column past the end of its line means the line's end.
    pub fn offset(&self, text: &str, position: Position) -> u32 {
        let line = self.span(text, position.row);
        let inside = text[line.range()]
            .char_indices()
            .nth(position.column.saturating_sub(1) as usize);
        inside.map_or(line.end, |(at, _)| line.start + at as u32)
    }
}
