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
//! Statements during which arrays may stay on a device ([`Stay`]) become the body of a `with` statement, one level to the right:
//!
//! ```python
//! with _fk.resident(dt):
//!     for t in range(steps):
//!         if _fk.step_L3(u, v, dt) is None:
//! ```
//!
//! What the call passes are the *roots* of the region's inputs ([`roots`]), plain names: walking from there (`self.A`) is the
//! host's work, which declines where Python would raise, so that Python raises at the right place.
//!
//! May touch: ir, source.

mod strings;

use std::collections::BTreeSet;
use std::iter::Peekable;

use crate::ir::{Bundled, Grown, GrownForm, Output, Region};
use crate::source::{SourceFile, Span};

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

/// Statements during which arrays may stay on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// From the first statement to the end of the last one.
    pub span: Span,
    /// What opens it: a call of the kernels' object.
    pub opens: String,
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
    let callees = region.callees.iter().flat_map(|callee| {
        let object = callee.object.as_ref().map(|object| object.root.as_str());
        [Some(callee.name.as_str()), object].into_iter().flatten()
    });
    for name in names.chain(callees) {
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

/// Rewrites a file so that these regions, in source order, call their kernels, and arrays stay on a device where they may. Stays
/// lie in one another or apart, and come outermost first.
pub fn rewrite(file: &SourceFile, regions: &[&Region], stays: &[Stay], header: Option<&Header>) -> Rewritten {
    let mut items: Vec<Item<'_>> = stays.iter().map(Item::Stay).collect();
    items.extend(regions.iter().copied().map(Item::Region));
    // Stable: what begins at the same place lies in the stays before it.
    items.sort_by_key(|item| item.span().start);
    let mut writer = Writer {
        file,
        kernels: unused(file.text(), "_fk"),
        result: unused(file.text(), "_r"),
        text: String::with_capacity(file.text().len() + 200 * regions.len()),
        line_map: Vec::new(),
        places: Vec::new(),
        header,
        inside: BTreeSet::new(),
    };
    writer.rows(&mut items.into_iter().peekable(), 1, file.lines().count() + 1, "");
    Rewritten {
        text: writer.text,
        line_map: writer.line_map,
        places: writer.places,
        kernels: writer.kernels,
    }
}

/// What is rewritten.
#[derive(Clone, Copy)]
enum Item<'a> {
    Region(&'a Region),
    Stay(&'a Stay),
}

impl Item<'_> {
    fn span(self) -> Span {
        match self {
            Self::Region(region) => region.span,
            Self::Stay(stay) => stay.span,
        }
    }
}

/// The row of the last line of a span.
fn last_row(file: &SourceFile, span: Span) -> u32 {
    file.row(span.end.max(span.start + 1) - 1)
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

/// One level of indentation, in the file's style.
fn unit(indent: &str) -> &'static str {
    if indent.contains('\t') { "\t" } else { "    " }
}

struct Writer<'a> {
    file: &'a SourceFile,
    kernels: String,
    result: String,
    text: String,
    line_map: Vec<u32>,
    places: Vec<u32>,
    /// What is still to be inserted.
    header: Option<&'a Header>,
    /// Rows of stays that start inside a string.
    inside: BTreeSet<u32>,
}

impl Writer<'_> {
    /// Writes the rows from `first` up to, not including, `end`, with what is rewritten in them.
    fn rows<'i>(&mut self, items: &mut Peekable<impl Iterator<Item = Item<'i>>>, first: u32, end: u32, indent: &str) {
        let mut row = first;
        while let Some(item) = items.next_if(|item| self.file.row(item.span().start) < end) {
            let (start, last) = (self.file.row(item.span().start), last_row(self.file, item.span()));
            match item {
                Item::Region(region) => {
                    self.copy(row, start, indent);
                    self.head(start);
                    self.region(region, start, last, indent);
                }
                Item::Stay(stay) => {
                    let start = self.with_comments(start, row);
                    self.copy(row, start, indent);
                    self.head(start);
                    let own = self.file.indentation(stay.span.start).to_owned();
                    self.line(&format!("{indent}{own}with {}.{}:", self.kernels, stay.opens), start);
                    self.inside.extend(strings::rows_inside(self.file, stay.span));
                    let deeper = format!("{indent}{}", unit(&own));
                    self.rows(items, start, last + 1, &deeper);
                    if !self.text.ends_with('\n') {
                        self.text.push_str(self.file.newline());
                    }
                }
            }
            row = last + 1;
        }
        self.copy(row, end, indent);
    }

    /// The first of the comments directly above a row, at its indentation, from `first` on and behind the header's place.
    fn with_comments(&self, row: u32, first: u32) -> u32 {
        let first = first.max(self.header.map_or(1, |header| header.row));
        let mut start = row;
        while start > first
            && self.file.line(start - 1).trim_start().starts_with('#')
            && self.leading(start - 1) == self.leading(row)
        {
            start -= 1;
        }
        start
    }

    /// The blanks that a line starts with.
    fn leading(&self, row: u32) -> &str {
        let line = self.file.line(row);
        &line[..line.len() - line.trim_start().len()]
    }

    /// Copies the rows from `first` up to, not including, `end`.
    fn copy(&mut self, first: u32, end: u32, indent: &str) {
        for row in first..end {
            self.head(row);
            let moves = !self.file.line(row).trim().is_empty() && !self.inside.contains(&row);
            self.raw(row, if moves { indent } else { "" });
        }
    }

    /// Inserts the header, if this is the row for it.
    fn head(&mut self, row: u32) {
        if let Some(header) = self.header.take_if(|header| header.row == row) {
            self.header(header, row);
        }
    }

    fn header(&mut self, header: &Header, row: u32) {
        self.line(&format!("{MARK}{}", header.hash), row);
        let module = unused(self.file.text(), "_ferrokeet");
        self.line(&format!("import ferrokeet as {module}"), row);
        self.line(&format!("{} = {module}.load(__file__)", self.kernels), row);
    }

    fn region(&mut self, region: &Region, first: u32, end: u32, outer: &str) {
        let own = self.file.indentation(region.span.start);
        let (indent, unit) = (format!("{outer}{own}"), unit(own));
        let call = format!("{}.{}({})", self.kernels, region.name, roots(region).join(", "));
        if region.outputs.is_empty() {
            self.line(&format!("{indent}if {call} is None:"), first);
        } else {
            self.line(&format!("{indent}if ({} := {call}) is None:", self.result), first);
        }
        let inside = strings::rows_inside(self.file, region.span);
        for row in first..=end {
            let blank = self.file.line(row).trim().is_empty();
            let stays = blank || inside.contains(&row);
            self.raw(row, &if stays { String::new() } else { format!("{outer}{unit}") });
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
            for Bundled { name, parts } in &region.bundled {
                let comma = if parts.len() == 1 { "," } else { "" };
                self.line(&format!("{indent}{unit}{name} = ({}{comma})", parts.join(", ")), end);
            }
            for Grown {
                name,
                form,
                anew,
                parts,
            } in &region.grown
            {
                let function = match form {
                    GrownForm::Item => "appended(None, ",
                    GrownForm::Tuple => "appended(tuple, ",
                    GrownForm::List => "appended(list, ",
                    GrownForm::Row => "appended_lists(",
                };
                let items = format!("{}.{function}{})", self.kernels, parts.join(", "));
                let adds = match anew {
                    true => format!("{name} = [*{items}]"),
                    false => format!("{name}.extend({items})"),
                };
                self.line(&format!("{indent}{unit}{adds}"), end);
            }
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
