//! How near the kernels of a run come to what the machine can do (S. Williams, A. Waterman, D. Patterson, "Roofline", CACM 2009).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::page::{escape, sentence};
use super::sheet::Sheet;
use super::times::linked;
use crate::cli::units::digits;
use crate::ir::{Statement, visit_statements};
use crate::plan::{Counted, Given, Turns, count};
use crate::source::{SourceFile, Span};
use crate::translate::Analysed;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 52.0;

/// What the machine does at most, in bytes and operations a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peaks {
    threads: f64,
    memory: f64,
    cache: f64,
    double: f64,
    single: f64,
}

impl Peaks {
    /// What `ferrokeet._peaks` prints.
    pub(super) fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let number = |key: &str| value[key].as_f64().filter(|number| *number > 0.0);
        Some(Self {
            threads: number("threads")?,
            memory: number("memory")?,
            cache: number("cache")?,
            double: number("f64")?,
            single: number("f32")?,
        })
    }

    fn arithmetic(&self, work: &Work) -> f64 {
        if work.counted.narrow { self.single } else { self.double }
    }
}

/// What a kernel did in a run, all launches together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    counted: Counted,
    /// Whether a part of a launch stands for all of it.
    estimated: bool,
    seconds: f64,
    launches: f64,
}

impl Work {
    fn intensity(&self) -> f64 {
        self.counted.operations / self.counted.bytes
    }

    fn rate(&self) -> f64 {
        self.counted.operations / self.seconds
    }

    /// Counts the launches of an entry.
    ///
    /// # Errors
    /// Why that cannot be: a sentence.
    pub(super) fn of(file: &SourceFile, analysed: &Analysed, entry: &Value) -> Result<Self, String> {
        let mut total = Counted {
            narrow: true,
            ..Counted::default()
        };
        let (mut seen, mut estimated) = (0.0, false);
        let mut unknown = None;
        for call in entry["calls"].as_array().into_iter().flatten() {
            let launches = call["launches"].as_f64().unwrap_or_default();
            let one = match counted(file, analysed, call) {
                Ok(one) => one,
                Err(why) => {
                    unknown = unknown.or(Some(why));
                    continue;
                }
            };
            estimated |= call["turns"].is_object() && call["cut"] == true;
            total.operations += one.operations * launches;
            total.bytes += one.bytes * launches;
            total.at_most |= one.at_most;
            total.narrow &= one.narrow;
            seen += launches;
        }
        let number = |key: &str| entry[key].as_f64().unwrap_or_default();
        let (launches, seconds) = (number("launches"), number("seconds"));
        if seen == 0.0 || seconds <= 0.0 {
            return Err(unknown.unwrap_or_else(|| "no launch of it was seen".to_owned()));
        }
        if total.operations == 0.0 || total.bytes == 0.0 {
            return Err("it computes nothing, or moves nothing".to_owned());
        }
        // Launches of which the arguments were not kept, or the loops not observed, are taken to be like the others.
        total.operations *= launches / seen;
        total.bytes *= launches / seen;
        Ok(Self {
            counted: total,
            estimated,
            seconds,
            launches,
        })
    }
}

/// Counts a launch, of which the loops of this file were observed, or none.
fn counted(file: &SourceFile, analysed: &Analysed, call: &Value) -> Result<Counted, String> {
    let region = &analysed.region;
    let mut places: BTreeMap<Span, u32> = BTreeMap::new();
    visit_statements(region, &region.body, &mut |statement, span| {
        let span = match statement {
            Statement::For(handle) => region.loops[*handle].span,
            _ => span,
        };
        *places.entry(span).or_default() += 1;
    });
    let end = file.text().len() as u32;
    let begun = |span: Span| {
        // Of a function that is called in two places, it is not known in which of them its loop ran.
        let once = places.get(&span) == Some(&1) && span.end <= end;
        let row = once.then(|| file.row(span.start).to_string())?;
        call["turns"][row].as_f64()
    };
    let turns = Turns {
        begun: &begun,
        whole: call["cut"] != true,
    };
    count(region, &analysed.types, &given(&call["given"]), turns)
}

fn given(call: &Value) -> BTreeMap<String, Given> {
    let read = |value: &Value| match value {
        Value::Array(shape) => Some(Given::Shape(shape.iter().filter_map(Value::as_u64).collect())),
        other => other.as_i64().map(Given::Int),
    };
    let inputs = call.as_object().into_iter().flatten();
    inputs
        .filter_map(|(name, value)| Some((name.clone(), read(value)?)))
        .collect()
}

/// A kernel in the plot.
struct Point<'a> {
    number: usize,
    entry: &'a Value,
    work: &'a Work,
}

/// The plot, its figures as a table, and what could not be counted.
pub(super) fn roofline(out: &mut String, sheets: &[Sheet], peaks: &Peaks) {
    let all = || sheets.iter().flat_map(|sheet| &sheet.work);
    let works = all().filter_map(|(entry, work)| Some((entry, work.as_ref().ok()?)));
    let mut points: Vec<Point<'_>> = works.map(|(entry, work)| Point { number: 0, entry, work }).collect();
    points.sort_by(|a, b| b.work.seconds.total_cmp(&a.work.seconds));
    points
        .iter_mut()
        .enumerate()
        .for_each(|(number, point)| point.number = number + 1);
    out.push_str("<section class=\"times\" aria-labelledby=\"roofline\">\n<h2 id=\"roofline\">Roofline</h2>\n");
    if !points.is_empty() {
        plot(out, sheets, &points, peaks);
        table(out, sheets, &points, peaks);
    }
    out.push_str("<p class=\"remark\">");
    _ = write!(
        out,
        "The roofs were measured with {} threads right after the run: a triad over arrays that no cache holds, and over such that fit \
         the cache of a core; chains of fused multiplications and additions in lanes. Operations are counted as written: a \
         multiplication and an addition are two, a function such as <code>exp</code> counts as 20. Bytes: every element that is read \
         once a launch, and every element that is written, once more. Kernels above the roof of memory find their arrays in caches; \
         a hollow mark is an upper limit, because a branch is not always taken. How often a loop with <code>while</code> or \
         <code>break</code> runs was counted in CPython, in one launch of each size; <code>≈</code>: in as many of its iterations, \
         from all over, as there was time for.",
        peaks.threads
    );
    let uncounted = all().filter_map(|(entry, work)| Some((entry, work.as_ref().err()?)));
    for (entry, why) in uncounted {
        _ = write!(out, " Not drawn: {} ({}).", linked(sheets, entry), sentence(why));
    }
    out.push_str("</p>\n</section>\n");
}

/// Where things are in the plot.
struct Axes {
    /// Decimal logarithms of the ends.
    x: (f64, f64),
    y: (f64, f64),
}

impl Axes {
    fn new(points: &[Point<'_>], peaks: &Peaks) -> Self {
        let ridge = peaks.double / peaks.memory;
        let intensities = points.iter().map(|point| point.work.intensity());
        let rates = points.iter().map(|point| point.work.rate());
        let span = |values: Vec<f64>| {
            let (least, most) = values.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), value| {
                (least.min(*value), most.max(*value))
            });
            (least.log10(), most.log10())
        };
        let x = span(intensities.chain([ridge / 16.0, ridge * 4.0]).collect());
        let y = span(rates.chain([peaks.single, peaks.double / 64.0]).collect());
        Self {
            x: (x.0 - 0.2, x.1 + 0.2),
            y: (y.0 - 0.2, y.1 + 0.25),
        }
    }

    fn across(&self, intensity: f64) -> f64 {
        LEFT + (intensity.log10() - self.x.0) / (self.x.1 - self.x.0) * (WIDTH - LEFT - RIGHT)
    }

    fn up(&self, rate: f64) -> f64 {
        HEIGHT - BOTTOM - (rate.log10() - self.y.0) / (self.y.1 - self.y.0) * (HEIGHT - TOP - BOTTOM)
    }

    /// The slope of a bandwidth on the page, in degrees.
    fn slope(&self) -> f64 {
        let across = (WIDTH - LEFT - RIGHT) / (self.x.1 - self.x.0);
        let up = (HEIGHT - TOP - BOTTOM) / (self.y.1 - self.y.0);
        -up.atan2(across).to_degrees()
    }
}

fn plot(out: &mut String, sheets: &[Sheet], points: &[Point<'_>], peaks: &Peaks) {
    let axes = Axes::new(points, peaks);
    _ = writeln!(
        out,
        "<svg class=\"roofline\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"group\" aria-labelledby=\"roof-title roof-text\">\n\
         <title id=\"roof-title\">Operations a second over operations a byte</title>\n<desc id=\"roof-text\">Roofs: memory {} GB/s, \
         caches {} GB/s, arithmetic {} billion operations a second with 64 bits, {} with 32. The table below has the figures of the \
         kernels.</desc>",
        digits(peaks.memory / 1e9),
        digits(peaks.cache / 1e9),
        digits(peaks.double / 1e9),
        digits(peaks.single / 1e9),
    );
    grid(out, &axes);
    let narrow = points.iter().any(|point| point.work.counted.narrow);
    let most = if narrow { peaks.single } else { peaks.double };
    roof(out, &axes, "cache", peaks.cache, most, "caches");
    roof(out, &axes, "memory", peaks.memory, most, "memory");
    if narrow {
        flat(
            out,
            &axes,
            "single",
            peaks.single,
            peaks.single / peaks.cache,
            "32 bits",
            -6.0,
        );
    }
    // Below its line, where another name may stand above.
    let beside = if narrow { 15.0 } else { -6.0 };
    flat(
        out,
        &axes,
        "double",
        peaks.double,
        peaks.double / peaks.cache,
        "64 bits",
        beside,
    );
    let mut taken = Vec::new();
    for point in points {
        mark(out, sheets, &axes, point, &mut taken);
    }
    out.push_str("</svg>\n");
}

/// Powers of ten, with their names.
fn grid(out: &mut String, axes: &Axes) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let decades =
        |(least, most): (f64, f64)| (least.ceil() as i32..=most.floor() as i32).map(|power| 10_f64.powi(power));
    for x in decades(axes.x) {
        let at = axes.across(x);
        _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{bottom}\"/>\
             <text class=\"tick\" x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{x}</text>",
            bottom + 18.0
        );
    }
    for y in decades(axes.y) {
        let at = axes.up(y);
        _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            at + 4.0,
            y / 1e9
        );
    }
    _ = writeln!(
        out,
        "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{bottom}\" x2=\"{right}\" y2=\"{bottom}\"/>\
         <line class=\"axis\" x1=\"{LEFT}\" y1=\"{TOP}\" x2=\"{LEFT}\" y2=\"{bottom}\"/>\n\
         <text class=\"label\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">operations per byte of memory traffic</text>\n\
         <text class=\"label\" transform=\"translate(16 {:.1}) rotate(-90)\" text-anchor=\"middle\">10⁹ operations per second</text>",
        (LEFT + right) / 2.0,
        HEIGHT - 10.0,
        (TOP + bottom) / 2.0
    );
}

/// A bandwidth, up to the roof of arithmetic.
fn roof(out: &mut String, axes: &Axes, class: &str, bandwidth: f64, peak: f64, name: &str) {
    let start = 10_f64.powf(axes.x.0).max(10_f64.powf(axes.y.0) / bandwidth);
    let end = peak / bandwidth;
    if end <= start {
        return;
    }
    let at = |intensity: f64| (axes.across(intensity), axes.up(bandwidth * intensity));
    let ((x1, y1), (x2, y2)) = (at(start), at(end));
    // Beside the lower end, where the lines are apart.
    let (x, y) = at(10_f64.powf(start.log10() + 0.06 * (axes.x.1 - axes.x.0)));
    _ = writeln!(
        out,
        "<line class=\"roof {class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\
         <text class=\"name\" transform=\"translate({x:.1} {:.1}) rotate({:.1})\">{name}: {} GB/s</text>",
        y - 6.0,
        axes.slope(),
        digits(bandwidth / 1e9)
    );
}

/// A peak of arithmetic, from some intensity on.
fn flat(out: &mut String, axes: &Axes, class: &str, peak: f64, from: f64, name: &str, beside: f64) {
    let (x1, y) = (axes.across(from).max(LEFT), axes.up(peak));
    let right = WIDTH - RIGHT;
    _ = writeln!(
        out,
        "<line class=\"roof {class}\" x1=\"{x1:.1}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>\
         <text class=\"name\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">arithmetic, {name}: {} · 10⁹/s</text>",
        right - 4.0,
        y + beside,
        digits(peak / 1e9)
    );
}

/// A free place for a mark, near where it belongs.
fn free(x: f64, y: f64, taken: &[(f64, f64)]) -> (f64, f64) {
    let around = [
        (0.0, 0.0),
        (0.0, -24.0),
        (24.0, 0.0),
        (0.0, 24.0),
        (-24.0, 0.0),
        (24.0, -24.0),
        (24.0, 24.0),
        (48.0, 0.0),
    ];
    let places = around.map(|(across, down)| (x + across, y + down));
    let far = |(x, y): &(f64, f64)| taken.iter().all(|(other, down)| (x - other).hypot(y - down) >= 20.0);
    places.into_iter().find(far).unwrap_or((x, y))
}

fn mark(out: &mut String, sheets: &[Sheet], axes: &Axes, point: &Point<'_>, taken: &mut Vec<(f64, f64)>) {
    let (true_x, true_y) = (axes.across(point.work.intensity()), axes.up(point.work.rate()));
    let class = if point.work.counted.at_most {
        "point hollow"
    } else {
        "point"
    };
    let name = escape(point.entry["name"].as_str().unwrap_or_default());
    let words = format!(
        "{name}: {} operations per byte, {} billion operations per second",
        digits(point.work.intensity()),
        digits(point.work.rate() / 1e9)
    );
    // The address of the link in the table.
    let link = linked(sheets, point.entry);
    let address = link.split('"').nth(1).unwrap_or("#roofline").to_owned();
    let (x, y) = free(true_x, true_y, taken);
    taken.push((x, y));
    let leader = match (x, y) == (true_x, true_y) {
        true => String::new(),
        false => format!(
            "<line class=\"leader\" x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{true_x:.1}\" y2=\"{true_y:.1}\"/>\
             <circle cx=\"{true_x:.1}\" cy=\"{true_y:.1}\" r=\"3\"/>"
        ),
    };
    _ = writeln!(
        out,
        "<a class=\"{class}\" href=\"{address}\" aria-label=\"{words}\"><title>{words}</title>{leader}<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"10\"/>\
         <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" aria-hidden=\"true\">{}</text></a>",
        y + 4.0,
        point.number
    );
}

fn table(out: &mut String, sheets: &[Sheet], points: &[Point<'_>], peaks: &Peaks) {
    out.push_str(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Figures of the roofline\">\n<table>\n<thead><tr>\
         <th scope=\"col\">№</th><th scope=\"col\">kernel</th><th scope=\"col\" class=\"figure\">operations a call</th>\
         <th scope=\"col\" class=\"figure\">bytes a call</th><th scope=\"col\" class=\"figure\">operations per byte</th>\
         <th scope=\"col\" class=\"figure\">10⁹ operations/s</th><th scope=\"col\">of what the roof allows</th></tr></thead>\n<tbody>\n",
    );
    for point in points {
        let work = point.work;
        let most = match (work.counted.at_most, work.estimated) {
            (true, _) => "≤ ",
            (false, true) => "≈ ",
            (false, false) => "",
        };
        let roof = peaks.arithmetic(work).min(peaks.memory * work.intensity());
        let share = 100.0 * work.rate() / roof;
        let bound = if roof < peaks.arithmetic(work) {
            "memory"
        } else {
            "arithmetic"
        };
        _ = writeln!(
            out,
            "<tr><td>{}</td><th scope=\"row\">{}</th><td class=\"figure\">{most}{}</td><td class=\"figure\">{}</td>\
             <td class=\"figure\">{most}{}</td><td class=\"figure\">{most}{}</td><td>{share:.0} % ({bound})</td></tr>",
            point.number,
            linked(sheets, point.entry),
            large(work.counted.operations / work.launches),
            large(work.counted.bytes / work.launches),
            digits(work.intensity()),
            digits(work.rate() / 1e9),
        );
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// A large number, shortened.
fn large(number: f64) -> String {
    let units = [(1e12, " · 10¹²"), (1e9, " · 10⁹"), (1e6, " · 10⁶"), (1e3, " · 10³")];
    let unit = units.into_iter().find(|(size, _)| number >= *size);
    unit.map_or_else(
        || format!("{number:.0}"),
        |(size, name)| format!("{}{name}", digits(number / size)),
    )
}
