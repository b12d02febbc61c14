//! Which lines start inside a string literal, and must not be moved.

use std::collections::BTreeSet;

use crate::source::{SourceFile, Span};

/// The rows within `span` whose first character belongs to a string that an earlier row opened.
pub(super) fn rows_inside(file: &SourceFile, span: Span) -> BTreeSet<u32> {
    let text = &file.text()[span.start as usize..span.end as usize];
    let mut rows = BTreeSet::new();
    let mut row = file.row(span.start);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => row += 1,
            b'#' => {
                while at + 1 < bytes.len() && bytes[at + 1] != b'\n' {
                    at += 1;
                }
            }
            quote @ (b'"' | b'\'') => {
                let end = string_end(bytes, at, quote);
                for _ in bytes[at..end].iter().filter(|&&byte| byte == b'\n') {
                    row += 1;
                    rows.insert(row);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    rows
}

/// One past the end of the string literal that opens at `at`. A raw string, too, cannot end with an odd number of backslashes.
fn string_end(bytes: &[u8], at: usize, quote: u8) -> usize {
    let triple = bytes.get(at..at + 3) == Some(&[quote; 3]);
    let width = if triple { 3 } else { 1 };
    let mut here = at + width;
    while here < bytes.len() {
        if bytes[here] == b'\\' {
            here += 2;
        } else if bytes[here..].starts_with(&[quote; 3][..width]) {
            return here + width;
        } else if !triple && bytes[here] == b'\n' {
            return here;
        } else {
            here += 1;
        }
    }
    bytes.len()
}
