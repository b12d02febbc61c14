//! The page as HTML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::roofline::roofline;
use super::sheet::{Block, Line, Sheet};
use super::times::times;
use super::{Measured, rust};
use crate::cli::units::duration;
use crate::source::Span;
use crate::translate::Fate;

/// What every page begins with.
pub(super) const BEGINNING: &str = "<!DOCTYPE html>";

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Class, mark and words of what becomes of a line.
fn fate(line: Line) -> (&'static str, &'static str, &'static str) {
    match line {
        Line::Plain => ("plain", "", ""),
        Line::Python => ("python", "Py", "runs as Python"),
        Line::Native { fate, guarded } => match (fate, guarded) {
            (Fate::Sequential, false) => ("sequential", "↓", "native, in order"),
            (Fate::Sequential, true) => ("sequential", "↓", "native, in order, after a check"),
            (Fate::Lanes, false) => ("lanes", "≡", "native, in lanes"),
            (Fate::Lanes, true) => ("lanes guarded", "≡?", "native, in lanes if a check at the launch holds"),
            (Fate::Parallel, false) => ("parallel", "∥", "native, in threads"),
            (Fate::Parallel, true) => (
                "parallel guarded",
                "∥?",
                "native, in threads if a check at the launch holds",
            ),
            (Fate::ParallelLanes, false) => ("both", "∥≡", "native, in threads and lanes"),
            (Fate::ParallelLanes, true) => (
                "both guarded",
                "∥≡?",
                "native, in threads and lanes if a check at the launch holds",
            ),
        },
    }
}

/// Everything.
pub(super) fn page(sheets: &[Sheet], measured: Option<&Measured>) -> String {
    let mut body = String::new();
    summary(&mut body, sheets);
    if let Some(measured) = measured {
        times(&mut body, sheets, measured);
        if let Some(peaks) = &measured.peaks {
            roofline(&mut body, sheets, peaks);
        }
    }
    let mut arrows = Vec::new();
    for (number, sheet) in sheets.iter().enumerate() {
        file(&mut body, number, sheet, &mut arrows);
    }
    // `<` could end the script.
    let data = Value::from(arrows).to_string().replace('<', "\\u003c");
    format!(
        "{BEGINNING}\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Ferrokeet report</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{body}\
         <script type=\"application/json\" id=\"arrows\">{data}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

fn summary(out: &mut String, sheets: &[Sheet]) {
    let (native, python) = sheets
        .iter()
        .map(Sheet::counts)
        .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    _ = write!(
        out,
        "<header>\n<h1>Ferrokeet report</h1>\n<p>{native} annotated {} natively, {python} as Python.</p>\n\
         <p class=\"tools\"><button id=\"toggle\" type=\"button\" aria-pressed=\"true\" title=\"Key: a\">Arrows</button> \
         <button id=\"theme\" type=\"button\" title=\"Key: t\">Light or dark</button></p>\n\
         <ul class=\"legend\" aria-label=\"Legend\">\n",
        if native == 1 {
            "statement runs"
        } else {
            "statements run"
        }
    );
    let native = |fate| Line::Native { fate, guarded: false };
    for line in [
        native(Fate::ParallelLanes),
        native(Fate::Parallel),
        native(Fate::Lanes),
        native(Fate::Sequential),
        Line::Python,
    ] {
        let (class, mark, words) = fate(line);
        _ = writeln!(
            out,
            "<li class=\"{class}\"><span class=\"mark\">{mark}</span> {words}</li>"
        );
    }
    out.push_str(
        "<li><span class=\"mark\">?</span> if a check at the launch holds, else in order</li>\n\
         <li class=\"flow\">flow</li><li class=\"anti\">anti</li><li class=\"output\">output dependence</li>\n</ul>\n\
         <p class=\"keys\">Keys: <kbd>j</kbd> <kbd>k</kbd> next and previous line with notes, <kbd>Enter</kbd> opens it, <kbd>g</kbd> \
         Rust or CUDA, <kbd>a</kbd> arrows, <kbd>t</kbd> light or dark</p>\n</header>\n",
    );
}

fn file(out: &mut String, number: usize, sheet: &Sheet, arrows: &mut Vec<Value>) {
    let mut spans = Spans::new(sheet);
    for arrow in sheet.arrows() {
        let [from, to] = [arrow.source, arrow.sink].map(|span| spans.access(number, span));
        arrows.push(json!({"file": number, "kind": arrow.kind, "from": from, "to": to, "text": arrow.text}));
    }
    _ = write!(
        out,
        "<section class=\"file\" id=\"f{number}\">\n<h2>{}</h2>\n<div class=\"panes\">\n<div class=\"source\">\n\
         <svg class=\"arrows\" aria-hidden=\"true\"></svg>\n",
        escape(sheet.name())
    );
    for row in 1..=sheet.lines.len() as u32 {
        line(out, number, sheet, row, &spans);
    }
    out.push_str("</div>\n<div class=\"generated\">\n");
    for block in &sheet.blocks {
        generated(out, number, block);
    }
    out.push_str("</div>\n</div>\n</section>\n");
}

fn line(out: &mut String, number: usize, sheet: &Sheet, row: u32, spans: &Spans) {
    let (class, mark, words) = fate(sheet.lines[row as usize - 1]);
    let inside = |block: &&Block| (block.picture.rows.0..=block.picture.rows.1).contains(&row);
    let block = sheet.blocks.iter().find(inside);
    let block = block.map_or_else(String::new, |block| format!(" data-kernel=\"{}\"", escape(&block.name)));
    let title = if words.is_empty() {
        String::new()
    } else {
        format!(" title=\"{words}\"")
    };
    let code = format!(
        "<span class=\"number\">{row}</span><span class=\"mark\"{title}>{mark}</span><code>{}</code>",
        spans.marked(sheet, row)
    );
    let open = format!("class=\"line {class}\" id=\"f{number}-l{row}\" data-row=\"{row}\"{block}");
    let Some(notes) = sheet.notes.get(&row) else {
        let reachable = if block.is_empty() { "" } else { " tabindex=\"0\"" };
        _ = writeln!(out, "<div {open}{reachable}>{code}</div>");
        return;
    };
    _ = writeln!(out, "<details {open}><summary>{code}</summary><ul class=\"notes\">");
    let mut timed: Vec<String> = Vec::new();
    for entry in sheet.kernels.iter().filter(|entry| entry["row"] == row) {
        let seconds = entry["seconds"].as_f64().unwrap_or_default();
        let launches = entry["launches"].as_u64().unwrap_or_default();
        timed.push(format!(
            "{} in {launches} {} ({})",
            duration(seconds),
            if launches == 1 { "launch" } else { "launches" },
            entry["signature"].as_str().unwrap_or_default()
        ));
    }
    for note in timed.iter().chain(notes) {
        _ = writeln!(out, "<li>{}</li>", sentence(note));
    }
    out.push_str("</ul></details>\n");
}

/// The kernel's texts, one beside the other where there is room; the script makes tabs of them where there is not.
fn generated(out: &mut String, number: usize, block: &Block) {
    let name = escape(&block.name);
    _ = write!(
        out,
        "<details class=\"rust\" id=\"f{number}-{name}\" data-kernel=\"{name}\"><summary>Generated code of {name} \
         <span>({})</span></summary>\n<div class=\"texts\">\n",
        escape(&block.signature.to_string())
    );
    text(out, &format!("f{number}-{name}-rust"), "Rust", &name, &block.rust);
    match &block.cuda {
        Ok(cuda) => text(out, &format!("f{number}-{name}-cuda"), "CUDA", &name, cuda),
        Err(why) => {
            _ = writeln!(
                out,
                "<section class=\"text\" id=\"f{number}-{name}-cuda\" data-language=\"CUDA\"><h3>CUDA</h3>\
                 <p class=\"none\">There is no kernel for a GPU: {}.</p></section>",
                sentence(why.trim_end_matches('.'))
            );
        }
    }
    out.push_str("</div></details>\n");
}

fn text(out: &mut String, id: &str, language: &str, kernel: &str, content: &str) {
    _ = write!(
        out,
        "<section class=\"text\" id=\"{id}\" data-language=\"{language}\"><h3>{language}</h3>\
         <pre tabindex=\"0\" aria-label=\"{language} of {kernel}\">"
    );
    for (text, row) in content.lines().zip(rust::rows(content)) {
        let from = row.map_or_else(String::new, |row| format!(" data-row=\"{row}\""));
        let class = if text.trim_start().starts_with("//") {
            " class=\"comment\""
        } else {
            ""
        };
        _ = writeln!(out, "<span{class}{from}>{}</span>", escape(text));
    }
    out.push_str("</pre></section>\n");
}

/// What is marked within lines: comments, and the accesses at which arrows end.
struct Spans {
    found: BTreeMap<(u32, u32), String>,
}

impl Spans {
    fn new(sheet: &Sheet) -> Self {
        let text = |span: Span| sheet.program.file.slice(span);
        let class = |span: Span| match text(span).contains("pragma") {
            true => " class=\"pragma\"",
            false => " class=\"comment\"",
        };
        let comments = sheet.program.module.comments.iter().map(|comment| comment.span);
        let found = comments.map(|span| ((span.start, span.end), class(span).to_owned()));
        Self { found: found.collect() }
    }

    /// The name of an access in the page.
    fn access(&mut self, file: usize, span: Span) -> String {
        let id = format!("f{file}-a{}-{}", span.start, span.end);
        self.found
            .insert((span.start, span.end), format!(" class=\"access\" id=\"{id}\""));
        id
    }

    /// A line of the source with its marks. Those that would cross another one, or the line's end, are left out.
    fn marked(&self, sheet: &Sheet, row: u32) -> String {
        let line = sheet.program.file.line_span(row);
        let inside = self
            .found
            .iter()
            .filter(|((start, end), _)| *start >= line.start && *end <= line.end);
        let mut marks: Vec<(Span, &str)> = inside
            .map(|((start, end), open)| (Span::new(*start, *end), open.as_str()))
            .collect();
        marks.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut out = String::new();
        let mut open: Vec<u32> = Vec::new();
        let mut at = line.start;
        let mut until = |to: u32, out: &mut String| {
            out.push_str(&escape(sheet.program.file.slice(Span::new(at, to))));
            at = to;
        };
        for (span, attributes) in marks {
            while let Some(end) = open.last().copied().filter(|end| *end <= span.start) {
                until(end, &mut out);
                out.push_str("</span>");
                open.pop();
            }
            if open.last().is_some_and(|end| span.end > *end) {
                continue;
            }
            until(span.start, &mut out);
            _ = write!(out, "<span{attributes}>");
            open.push(span.end);
        }
        while let Some(end) = open.pop() {
            until(end, &mut out);
            out.push_str("</span>");
        }
        until(line.end, &mut out);
        out
    }
}

/// A sentence as HTML: what stands between backticks is code.
pub(super) fn sentence(text: &str) -> String {
    let parts: Vec<String> = text.split('`').map(escape).collect();
    match parts.len() % 2 {
        // A backtick without its other half.
        0 => escape(text),
        _ => parts
            .iter()
            .enumerate()
            .map(|(number, part)| {
                if number % 2 == 1 {
                    format!("<code>{part}</code>")
                } else {
                    part.clone()
                }
            })
            .collect(),
    }
}

/// As HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
