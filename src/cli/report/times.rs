//! What a run has shown, as HTML: times, and how long CPython takes for the same calls.

use std::fmt::Write as _;

use serde_json::Value;

use super::Measured;
use super::page::escape;
use super::sheet::Sheet;
use crate::cli::units::{digits, duration};

const WAYS: [&str; 4] = ["fast", "careful", "gpu", "python"];

/// The kernels of a run, longest first.
pub(super) fn times(out: &mut String, sheets: &[Sheet], measured: &Measured) {
    _ = write!(
        out,
        "<section class=\"times\" aria-labelledby=\"times\">\n<h2 id=\"times\">Times</h2>\n<p>The run took {}{}.</p>\n\
         <div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Times of the kernels\">\n<table>\n<thead><tr>\
         <th scope=\"col\">kernel</th><th scope=\"col\">types</th><th scope=\"col\" class=\"figure\">calls</th>\
         <th scope=\"col\">ran</th><th scope=\"col\" class=\"figure\">time</th><th scope=\"col\">share of the run</th>\
         <th scope=\"col\" class=\"figure\">a call</th><th scope=\"col\" class=\"figure\">in CPython</th>\
         <th scope=\"col\" class=\"figure\">speed-up</th><th scope=\"col\" class=\"figure\">threads</th>\
         <th scope=\"col\" class=\"figure\">GB/s</th></tr></thead>\n<tbody>\n",
        duration(measured.seconds),
        if measured.compared {
            ", without the loops that ran in CPython for comparison"
        } else {
            ""
        }
    );
    for entry in &measured.kernels {
        row(out, sheets, measured, entry);
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    remarks(out, measured);
    out.push_str("</section>\n");
}

fn row(out: &mut String, sheets: &[Sheet], measured: &Measured, entry: &Value) {
    let number = |key: &str| entry[key].as_f64().unwrap_or_default();
    let ways = WAYS.into_iter().filter(|way| number(way) > 0.0);
    let ways: Vec<String> = ways.map(|way| format!("{} {way}", number(way))).collect();
    let calls: f64 = WAYS.map(number).iter().sum();
    let (seconds, launches) = (number("seconds"), number("launches"));
    let share = if measured.seconds > 0.0 {
        (100.0 * seconds / measured.seconds).min(100.0)
    } else {
        0.0
    };
    let timed = |text: String| if launches > 0.0 { text } else { "–".to_owned() };
    let (python, gain) = compared(entry);
    _ = writeln!(
        out,
        "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td class=\"figure\">{calls}</td><td>{}</td>\
         <td class=\"figure\">{}</td><td><meter min=\"0\" max=\"100\" value=\"{share:.1}\" aria-label=\"share of the run\"></meter> \
         {share:.0} %</td><td class=\"figure\">{}</td><td class=\"figure\">{python}</td><td class=\"figure\">{gain}</td>\
         <td class=\"figure\">{}</td><td class=\"figure\">{}</td></tr>",
        linked(sheets, entry),
        escape(entry["signature"].as_str().unwrap_or_default()),
        ways.join(", "),
        timed(duration(seconds)),
        timed(duration(seconds / launches.max(1.0))),
        timed(number("threads").to_string()),
        timed(digits(number("bytes") / seconds.max(1e-9) / 1e9)),
    );
}

/// A call in CPython and the speed-up.
fn compared(entry: &Value) -> (String, String) {
    let found = &entry["compared"];
    let number = |key: &str| found[key].as_f64().unwrap_or_default();
    let (calls, native, python) = (number("calls"), number("native"), number("python"));
    if calls == 0.0 || native <= 0.0 {
        return ("–".to_owned(), "–".to_owned());
    }
    let more = if number("cut") > 0.0 { "&gt; " } else { "" };
    let how = format!(
        "{calls} {} ran both ways: {} as a kernel, {more}{} in CPython{}",
        if calls == 1.0 { "call" } else { "calls" },
        duration(native),
        duration(python),
        if more.is_empty() { "" } else { ", cut off" }
    );
    (
        format!("{more}{}", duration(python / calls)),
        format!("<strong title=\"{how}\">{more}{} ×</strong>", digits(python / native)),
    )
}

/// A kernel's name, which leads to its loop.
pub(super) fn linked(sheets: &[Sheet], entry: &Value) -> String {
    let name = escape(entry["name"].as_str().unwrap_or_default());
    let place = sheets
        .iter()
        .position(|sheet| sheet.kernels.iter().any(|one| one["filename"] == entry["filename"]));
    match (place, entry["row"].as_u64()) {
        (Some(file), Some(row)) => format!("<a href=\"#f{file}-l{row}\">{name}</a>"),
        _ => name,
    }
}

fn remarks(out: &mut String, measured: &Measured) {
    out.push_str(
        "<p class=\"remark\">GB/s: the sizes of the arrays that a kernel is given, each once a call, over its time; a loop that \
         touches only a part of them moves less.",
    );
    if measured.compared {
        out.push_str(
            " In CPython: the 1st, 2nd, 4th, 8th … call of each kernel ran a second time, on the same values, as the loop in the \
             source (of an array statement: as NumPy), until the time for it was up. The speed-up is the time of those calls in \
             CPython over their time as kernels; <q>&gt;</q> stands where a loop was cut off.",
        );
    }
    out.push_str("</p>\n");
}
