//! The page as HTML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::sheet::{Block, Line, Sheet};
use super::{Measured, rust};
use crate::source::Span;
use crate::translate::Fate;

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
    }
    let mut arrows = Vec::new();
    for (number, sheet) in sheets.iter().enumerate() {
        file(&mut body, number, sheet, &mut arrows);
    }
    // `<` could end the script.
    let data = Value::from(arrows).to_string().replace('<', "\\u003c");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
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
         <p class=\"tools\"><button id=\"theme\" type=\"button\" title=\"Key: t\">Light or dark</button> \
         <button id=\"toggle\" type=\"button\" aria-pressed=\"true\" title=\"Key: a\">Arrows</button> \
         <span class=\"keys\">Keys: <kbd>j</kbd> <kbd>k</kbd> next and previous line with notes, <kbd>Enter</kbd> opens it, \
         <kbd>a</kbd> arrows, <kbd>t</kbd> light or dark</span></p>\n<ul class=\"legend\">\n",
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
         <li class=\"flow\">flow</li><li class=\"anti\">anti</li><li class=\"output\">output dependence</li>\n</ul>\n</header>\n",
    );
}

/// The kernels of a run, longest first.
fn times(out: &mut String, sheets: &[Sheet], measured: &Measured) {
    _ = write!(
        out,
        "<section class=\"times\">\n<h2>Times</h2>\n<p>The run took {}.</p>\n<table>\n<thead><tr><th>kernel</th><th>types</th>\
         <th>calls</th><th>ran</th><th>time</th><th>share of the run</th><th>a call</th><th>threads</th><th>GB/s</th></tr></thead>\n\
         <tbody>\n",
        duration(measured.seconds)
    );
    for entry in &measured.kernels {
        let number = |key: &str| entry[key].as_f64().unwrap_or_default();
        let name = entry["name"].as_str().unwrap_or_default();
        let place = sheets
            .iter()
            .position(|sheet| sheet.kernels.iter().any(|one| one["filename"] == entry["filename"]));
        let shown = match (place, entry["row"].as_u64()) {
            (Some(file), Some(row)) => format!("<a href=\"#f{file}-l{row}\">{}</a>", escape(name)),
            _ => escape(name),
        };
        let ways: Vec<String> = ["fast", "careful", "gpu", "python"]
            .into_iter()
            .filter(|way| number(way) > 0.0)
            .map(|way| format!("{} {way}", number(way)))
            .collect();
        let calls: f64 = ["fast", "careful", "gpu", "python"].map(number).iter().sum();
        let (seconds, launches) = (number("seconds"), number("launches"));
        let share = if measured.seconds > 0.0 {
            100.0 * seconds / measured.seconds
        } else {
            0.0
        };
        let timed = |text: String| if launches > 0.0 { text } else { "–".to_owned() };
        _ = writeln!(
            out,
            "<tr><td>{shown}</td><td><code>{}</code></td><td>{calls}</td><td>{}</td><td>{}</td>\
             <td><meter min=\"0\" max=\"100\" value=\"{share:.1}\"></meter> {share:.0} %</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(entry["signature"].as_str().unwrap_or_default()),
            ways.join(", "),
            timed(duration(seconds)),
            timed(duration(seconds / launches.max(1.0))),
            timed(number("threads").to_string()),
            timed(format!("{:.1}", number("bytes") / seconds.max(1e-9) / 1e9)),
        );
    }
    out.push_str(
        "</tbody>\n</table>\n<p class=\"remark\">GB/s: the sizes of the arrays that a kernel is given, each once a call, over its \
         time; a loop that touches only a part of them moves less.</p>\n</section>\n",
    );
}

/// Three digits and a unit.
fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        long if long >= 1.0 => (long, "s"),
        medium if medium >= 1e-3 => (medium * 1e3, "ms"),
        short => (short * 1e6, "µs"),
    };
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.digits$} {unit}")
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
        _ = writeln!(out, "<li>{}</li>", escape(note));
    }
    out.push_str("</ul></details>\n");
}

fn generated(out: &mut String, number: usize, block: &Block) {
    let name = escape(&block.name);
    _ = write!(
        out,
        "<details class=\"rust\" id=\"f{number}-{name}\" data-kernel=\"{name}\"><summary>Rust of {name} <span>({})</span></summary>\n\
         <pre tabindex=\"0\" aria-label=\"Rust of {name}\">",
        escape(&block.signature.to_string())
    );
    for (text, row) in block.rust.lines().zip(rust::rows(&block.rust)) {
        let from = row.map_or_else(String::new, |row| format!(" data-row=\"{row}\""));
        _ = writeln!(out, "<span{from}>{}</span>", escape(text));
    }
    out.push_str("</pre></details>\n");
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
