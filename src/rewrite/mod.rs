//! Edits that make the Python file call its kernels.
//!
//! A region becomes a call of its kernel and, where the kernel declines, the original loop:
//!
//! ```python
//! if (_r := _fk.dot_L12(x, y, s)) is None:
//!     for i in range(len(x)):
//!         s += x[i] * y[i]
//! else:
//!     (s,) = _r
//! ```
//!
//! Only the region's lines change: they move one level to the right, except lines that start inside a string. Everything
//! else stays byte for byte. The rewritten text carries the hash of its source in its header; text that has
//! such a header is left as it is, so translating twice changes nothing.
//!
//! What the call passes are the *roots* of the region's inputs ([`roots`]), plain names: walking from there (`self.A`) is the
//! host's work, which declines where Python would raise, so that Python raises at the right place.
//!
//! May touch: ir, source.

mod strings;

use crate::ir::{Output, Region};
use crate::source::SourceFile;

/// What stands in front of a translated file on disk, before the hash.
pub const MARK: &str = "# Translated by Ferrokeet from source with BLAKE3 hash ";

/// A rewritten file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The whole text.
    pub text: String,
    /// For each line of `text`, the row (from 1) of the source line it stands for.
    pub line_map: Vec<u32>,
    /// For each line of the source, the row (from 1) of `text` where it stands.
    pub places: Vec<u32>,
    /// The name under which the text expects its kernels.
    pub kernels: String,
}

/// The lines that make a file on disk find its kernels; `None` in memory, where the loader provides the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Row before which the header is inserted: after the docstring and `from __future__` imports.
    pub row: u32,
    /// Hash of the source, in hexadecimal.
    pub hash: String,
}

/// The names that the call of a region's kernel passes, in order: the roots of its inputs, then the functions it relies on.
pub fn roots(region: &Region) -> Vec<&str> {
    let names = region.inputs.iter().map(|(_, input)| input.root.as_str());
    let mut distinct = Vec::new();
    for name in names.chain(region.callees.iter().map(|callee| callee.name.as_str())) {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

/// Whether a text is the result of a translation.
pub fn is_translated(text: &str) -> bool {
    source_hash(text).is_some()
}

/// The hash of the source that a translated text was made from.
pub fn source_hash(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix(MARK))
}

/// Whether a region can be rewritten in place: it stands on lines of its own.
pub fn stands_alone(file: &SourceFile, region: &Region) -> bool {
    let row = file.row(region.span.start);
    let line = file.line_span(row);
    let before = &file.text()[line.start as usize..region.span.start as usize];
    before.chars().all(char::is_whitespace)
}

/// Rewrites a file so that these regions, in source order, call their kernels.
pub fn rewrite(file: &SourceFile, regions: &[&Region], header: Option<&Header>) -> Rewritten {
    let mut writer = Writer {
        file,
        kernels: unused(file.text(), "_fk"),
        result: unused(file.text(), "_r"),
        text: String::with_capacity(file.text().len() + 200 * regions.len()),
        line_map: Vec::new(),
        places: Vec::new(),
    };
    let mut row = 1;
    let last = file.lines().count();
    for region in regions {
        let (first, end) = (file.row(region.span.start), last_row(file, region));
        writer.copy(row, first, header);
        writer.region(region, first, end);
        row = end + 1;
    }
    writer.copy(row, last + 1, header);
    Rewritten {
        text: writer.text,
        line_map: writer.line_map,
        places: writer.places,
        kernels: writer.kernels,
    }
}

/// The row of a region's last line.
fn last_row(file: &SourceFile, region: &Region) -> u32 {
    file.row(region.span.end.max(region.span.start + 1) - 1)
}

/// `stem`, or that with underscores in front until no identifier of the text starts so.
fn unused(text: &str, stem: &str) -> String {
    let mut name = stem.to_owned();
    while text.match_indices(&name).any(|(at, _)| {
        let starts_word = text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let ends_word = text[at + name.len()..]
            .chars()
            .next()
            .is_none_or(|c| !c.is_alphanumeric() && c != '_');
        starts_word && ends_word
    }) {
        name.insert(0, '_');
    }
    name
}

struct Writer<'a> {
    file: &'a SourceFile,
    kernels: String,
    result: String,
    text: String,
    line_map: Vec<u32>,
    places: Vec<u32>,
}

impl Writer<'_> {
    /// Copies the rows from `first` up to, not including, `end`; the header goes before its row.
    fn copy(&mut self, first: u32, end: u32, header: Option<&Header>) {
        for row in first..end {
            if let Some(header) = header.filter(|header| header.row == row) {
                self.header(header, row);
            }
            self.raw(row, "");
        }
    }

    fn header(&mut self, header: &Header, row: u32) {
        self.line(&format!("{MARK}{}", header.hash), row);
        let module = unused(self.file.text(), "_ferrokeet");
        self.line(&format!("import ferrokeet as {module}"), row);
        self.line(&format!("{} = {module}.load(__file__)", self.kernels), row);
    }

    fn region(&mut self, region: &Region, first: u32, end: u32) {
        let indent = self.file.indentation(region.span.start).to_owned();
        let unit = if indent.contains('\t') { "\t" } else { "    " };
        let call = format!("{}.{}({})", self.kernels, region.name, roots(region).join(", "));
        if region.outputs.is_empty() {
            self.line(&format!("{indent}if {call} is None:"), first);
        } else {
            self.line(&format!("{indent}if ({} := {call}) is None:", self.result), first);
        }
        let inside = strings::rows_inside(self.file, region.span);
        for row in first..=end {
            let blank = self.file.line(row).trim().is_empty();
            self.raw(row, if blank || inside.contains(&row) { "" } else { unit });
        }
        if !region.outputs.is_empty() {
            if !self.text.ends_with('\n') {
                self.text.push_str(self.file.newline());
            }
            let names: Vec<&str> = region.outputs.iter().map(|output| output.name.as_str()).collect();
            let comma = if names.len() == 1 { "," } else { "" };
            self.line(&format!("{indent}else:"), end);
            let returned = names.iter().all(|name| *name == Output::RETURNED);
            if returned {
                let item = if names.len() == 1 { "[0]" } else { "" };
                self.line(&format!("{indent}{unit}return {}{item}", self.result), end);
                return;
            }
            self.line(
                &format!("{indent}{unit}({}{comma}) = {}", names.join(", "), self.result),
                end,
            );
        }
    }

    /// A line of the source with its own line ending, moved to the right.
    fn raw(&mut self, row: u32, indent: &str) {
        let start = self.file.lines().start(row).unwrap_or(self.file.text().len() as u32);
        let end = self
            .file
            .lines()
            .start(row + 1)
            .unwrap_or(self.file.text().len() as u32);
        self.text.push_str(indent);
        self.text.push_str(&self.file.text()[start as usize..end as usize]);
        self.line_map.push(row);
        self.places.push(self.line_map.len() as u32);
    }

    /// A new line.
    fn line(&mut self, text: &str, row: u32) {
        self.text.push_str(text);
        self.text.push_str(self.file.newline());
        self.line_map.push(row);
    }
}

#[cfg(test)]
mod tests;
