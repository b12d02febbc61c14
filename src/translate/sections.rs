//! A file cut into parts that can be understood one by one.
//!
//! A file is a row of *blocks*: each function or class at the margin is one, and so is each run of other statements between
//! two of them. Comments belong to the block below them. A block is understood within a [`Section`]: the text of the block
//! and of those that it depends on, in their order, that is, of all that bind a name which it uses of its module, or one that these
//! use, and so on. What is left out could not have changed a word of what is found; so editors look again only at what a change
//! touches, wherever that has moved.
//!
//! Blocks that depend on each other share one section. Where sections would repeat most of the file many times, the whole file is one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::pragma::{self, Dialect, Recognised};
use crate::python::{self, Import, StatementKind, walk};
use crate::source::Span;

/// How many times the size of the file its sections may have together.
const REPEATED: usize = 4;

/// What a block says about names of its module.
#[derive(Debug)]
pub struct Facts {
    /// The names that it uses, from outside its functions or not.
    uses: HashSet<String>,
    /// Those that it binds, or could.
    binds: HashSet<String>,
    /// Whether it imports whatever a module has.
    star: bool,
    /// Whether it has comments of OpenMP, whose regions may hold several blocks.
    openmp: bool,
    /// Its comments, counted from its start.
    comments: Vec<Span>,
}

/// A stretch of the file.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where it stands, comments above it included.
    pub span: Span,
    /// What it says.
    pub facts: Arc<Facts>,
}

/// A block or several, with all that they depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its stretches of the file, in order, none next to another.
    pieces: Vec<Piece>,
    /// The number of bytes in it.
    length: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// In the file.
    outside: Span,
    /// In the section.
    start: u32,
    /// Whether the section is there for it.
    own: bool,
}

impl Piece {
    fn inside(self) -> Span {
        Span::new(self.start, self.start + self.outside.len())
    }
}

impl Facts {
    /// Reads a block.
    pub fn new(text: &str) -> Self {
        let module = python::parse(text);
        let (mut uses, mut binds) = (HashSet::new(), HashSet::new());
        for this in walk::names_in(&module.body) {
            uses.insert(this.name.to_owned());
            match this.how {
                walk::Use::Bind | walk::Use::Delete | walk::Use::Anything => _ = binds.insert(this.name.to_owned()),
                walk::Use::Read | walk::Use::Captured => {}
            }
        }
        let mut star = false;
        walk::statements(&module.body, &mut |statement| {
            star |= matches!(&statement.kind, StatementKind::Import(Import { from: Some(_), names, .. }) if names.is_empty());
        });
        let comments: Vec<Span> = module.comments.iter().map(|comment| comment.span).collect();
        let mut openmp = false;
        for comment in &comments {
            let text = &text[comment.range()];
            let recognised = pragma::recognise(text);
            openmp |= matches!(&recognised, Recognised::Pragma { dialect, .. } if *dialect != Dialect::Ferrokeet);
            if !matches!(recognised, Recognised::Foreign) {
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                uses.extend(words.map(str::to_owned));
            }
        }
        Self {
            uses,
            binds,
            star,
            openmp,
            comments,
        }
    }
}

impl Block {
    /// Whether it has comments, without which there is nothing to say about it.
    pub fn is_annotated(&self) -> bool {
        !self.facts.comments.is_empty()
    }

    /// The comments, by their places in the file.
    pub fn comments(&self) -> impl Iterator<Item = Span> + '_ {
        let start = self.span.start;
        let moved = move |comment: &Span| Span::new(start + comment.start, start + comment.end);
        self.facts.comments.iter().map(moved)
    }
}

/// Cuts a file into blocks; `facts` reads the text of each one, or knows it.
pub fn outline(text: &str, mut facts: impl FnMut(&str) -> Arc<Facts>) -> Vec<Block> {
    let mut starts = margin(text);
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([text.len() as u32]);
    let spans = starts.iter().zip(ends).map(|(start, end)| Span::new(*start, end));
    spans
        .map(|span| Block {
            span,
            facts: facts(&text[span.range()]),
        })
        .collect()
}

/// The sections of a file: for each block the number of its own, and the sections.
pub fn sections(blocks: &[Block]) -> (Vec<usize>, Vec<Section>) {
    if blocks.iter().any(|block| block.facts.openmp) {
        return one(blocks);
    }
    let mut binders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, block) in blocks.iter().enumerate() {
        for name in &block.facts.binds {
            binders.entry(name).or_default().push(number);
        }
    }
    let mut groups: HashMap<Vec<bool>, usize> = HashMap::new();
    let mut found: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
    let mut homes = Vec::new();
    for number in 0..blocks.len() {
        let needed = closure(blocks, &binders, number);
        let next = found.len();
        let home = *groups.entry(needed).or_insert_with_key(|needed| {
            found.push((needed.clone(), Vec::new()));
            next
        });
        found[home].1.push(number);
        homes.push(home);
    }
    let sections: Vec<Section> = found
        .iter()
        .map(|(needed, own)| Section::new(blocks, needed, own))
        .collect();
    let looked_at = homes.iter().zip(blocks).filter(|(_, block)| block.is_annotated());
    let looked_at: HashSet<usize> = looked_at.map(|(home, _)| *home).collect();
    let together: usize = looked_at.iter().map(|home| sections[*home].length as usize).sum();
    let whole = blocks.last().map_or(0, |last| last.span.end as usize);
    if together > REPEATED * whole {
        return one(blocks);
    }
    (homes, sections)
}

/// The whole file as one section.
pub fn one(blocks: &[Block]) -> (Vec<usize>, Vec<Section>) {
    let every: Vec<usize> = (0..blocks.len()).collect();
    let section = Section::new(blocks, &vec![true; blocks.len()], &every);
    (vec![0; blocks.len()], vec![section])
}

/// The blocks that a block depends on, itself included.
fn closure(blocks: &[Block], binders: &HashMap<&str, Vec<usize>>, number: usize) -> Vec<bool> {
    let mut needed: Vec<bool> = blocks.iter().map(|block| block.facts.star).collect();
    needed[number] = true;
    let mut waiting: Vec<usize> = (0..blocks.len()).filter(|one| needed[*one]).collect();
    let mut seen: HashSet<&str> = HashSet::new();
    while let Some(next) = waiting.pop() {
        let fresh = blocks[next].facts.uses.iter().filter(|name| seen.insert(name));
        for binder in fresh.filter_map(|name| binders.get(name.as_str())).flatten() {
            if !std::mem::replace(&mut needed[*binder], true) {
                waiting.push(*binder);
            }
        }
    }
    needed
}

impl Section {
    fn new(blocks: &[Block], needed: &[bool], own: &[usize]) -> Self {
        let mut section = Self {
            pieces: Vec::new(),
            length: 0,
        };
        for (number, block) in blocks.iter().enumerate().filter(|(number, _)| needed[*number]) {
            let own = own.contains(&number);
            match section.pieces.last_mut() {
                Some(last) if last.own == own && last.outside.end == block.span.start => {
                    last.outside.end = block.span.end;
                }
                _ => section.pieces.push(Piece {
                    outside: block.span,
                    start: section.length,
                    own,
                }),
            }
            section.length += block.span.len();
        }
        section
    }

    /// Its text, of the text of the file.
    pub fn text(&self, whole: &str) -> String {
        self.pieces.iter().map(|piece| &whole[piece.outside.range()]).collect()
    }

    /// Its text with every line on the row that it has in the file.
    pub fn in_place(&self, whole: &str) -> String {
        let mut text = String::new();
        let mut at = 0;
        for piece in &self.pieces {
            let skipped = &whole[at as usize..piece.outside.start as usize];
            text.extend(skipped.chars().filter(|c| matches!(c, '\n' | '\r')));
            text += &whole[piece.outside.range()];
            at = piece.outside.end;
        }
        text
    }

    /// Whether it is there for a place in it.
    pub fn owns(&self, offset: u32) -> bool {
        let at = self.pieces.partition_point(|piece| piece.start <= offset);
        at > 0 && self.pieces[at - 1].own
    }

    /// The place in the section of one in the file.
    pub fn inside(&self, offset: u32) -> Option<u32> {
        let at = self.pieces.partition_point(|piece| piece.outside.start <= offset);
        let piece = self.pieces[..at].last().filter(|piece| offset <= piece.outside.end)?;
        Some(piece.start + offset - piece.outside.start)
    }

    /// The place in the file of one in the section.
    pub fn outside(&self, span: Span) -> Span {
        // Where two pieces meet, what is inserted belongs to the one that the section is there for.
        let touched = |piece: &&Piece| {
            let inside = piece.inside();
            piece.own && inside.start <= span.start && span.start <= inside.end
        };
        let edge = match span.is_empty() {
            true => self.pieces.iter().find(touched),
            false => None,
        };
        let at = self.pieces.partition_point(|piece| piece.start <= span.start);
        let Some(piece) = edge.or(at.checked_sub(1).map(|at| &self.pieces[at])) else {
            return span;
        };
        let start = piece.outside.start + (span.start - piece.start);
        Span::new(start, (start + span.len()).min(piece.outside.end).max(start))
    }
}

/// Where blocks start: at each definition at the margin and at what follows it, with the comments above.
fn margin(text: &str) -> Vec<u32> {
    let mut lines = Lines { text, at: 0, depth: 0 };
    let mut starts = Vec::new();
    // Behind the last line before comments at the margin, which belong to what is below them.
    let (mut behind, mut commented) = (0, false);
    let (mut in_definition, mut decorated) = (false, false);
    while let Some(line) = lines.next() {
        let rest = &text[line.start..];
        let first = rest.chars().next();
        if first == Some('#') && !line.continues {
            commented = true;
            continue;
        }
        if is_blank(&text[line.start..line.end]) {
            behind = if commented { behind } else { line.end };
            continue;
        }
        if !line.continues && !matches!(first, Some(' ' | '\t' | '\x0c')) {
            let definition = ["def ", "class ", "async def ", "@"]
                .iter()
                .any(|word| rest.starts_with(word));
            if (definition && !decorated) || definition != in_definition {
                starts.push(behind as u32);
            }
            in_definition = definition;
            decorated = first == Some('@');
        }
        (behind, commented) = (line.end, false);
    }
    if in_definition && commented {
        starts.push(behind as u32);
    }
    starts.dedup();
    starts
}

fn is_blank(line: &str) -> bool {
    line.chars().all(char::is_whitespace)
}

/// The lines of a text, and which of them go on with what an earlier one began: a string, parentheses, a backslash.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    /// Open parentheses.
    depth: u32,
}

struct Line {
    start: usize,
    /// Behind its end, or that of the last line of a string that begins on it.
    end: usize,
    continues: bool,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<Line> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let rest = &self.text[start..];
        // No definition stands in parentheses: they were never closed.
        let resumes = ["def ", "class ", "async def ", "import "];
        if resumes.iter().any(|word| rest.starts_with(word)) {
            self.depth = 0;
        }
        let continues = self.depth > 0;
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\n' => break,
                b'\r' if bytes.get(self.at) != Some(&b'\n') => break,
                b'#' => self.at += self.text[self.at..].find(['\n', '\r']).unwrap_or(bytes.len() - self.at),
                b'"' | b'\'' => self.string(*byte),
                b'\\' => self.at = after_line_end(bytes, self.at).unwrap_or(self.at),
                b'(' | b'[' | b'{' => self.depth += 1,
                b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        (self.at > start).then_some(Line {
            start,
            end: self.at,
            continues,
        })
    }

    /// Goes behind a string whose first quote was read.
    fn string(&mut self, quote: u8) {
        let bytes = self.text.as_bytes();
        let long = bytes[self.at..].starts_with(&[quote, quote]);
        self.at += 2 * usize::from(long);
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'\\' => self.at = after_line_end(bytes, self.at + 1).unwrap_or((self.at + 2).min(bytes.len())),
                b'\n' | b'\r' if !long => return,
                byte if *byte == quote && (!long || bytes[self.at..].starts_with(&[quote; 3])) => {
                    self.at += if long { 3 } else { 1 };
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(bytes.len());
    }
}

/// Behind the line end at a place, if there is one.
fn after_line_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..) {
        Some([b'\r', b'\n', ..]) => Some(at + 2),
        Some([b'\r' | b'\n', ..]) => Some(at + 1),
        _ => None,
    }
}
