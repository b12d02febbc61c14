//! The lines under the header of a loop.

use super::Writer;
use crate::deps::{
    ArrayReduction, Dependence, DependenceKind, Direction, ExtremumRule, Formula, Legality, LoopFacts, Place,
    ScalarReduction, Update, Verdict,
};
use crate::ir::{self, Handle, Loop};
use crate::plan::Plan;

impl Writer<'_> {
    /// Notes everything about the loops on the rows of their headers.
    pub(super) fn loops(&mut self) {
        for handle in self.present() {
            let row = self.file.row(self.region.loops[handle].span.start);
            for line in self.about(handle) {
                self.note(row, line, "");
            }
        }
        for (handle, span) in self.places.breaks.clone() {
            let row = self.file.row(span.start);
            let name = self.region.loops[handle].written.clone();
            self.note(row, format!("leaves loop {name}"), "");
        }
    }

    pub(super) fn about(&self, handle: Handle<Loop>) -> Vec<String> {
        let header = &self.region.loops[handle];
        let found = self.facts.of_loop(handle);
        let mut lines = vec![format!(
            "loop {}: {}; {}",
            header.name,
            verdict_word(found),
            mode_words(self.plan, handle)
        )];
        lines.extend(self.plan.nest(handle).map(|nest| self.plan.nest_words(nest)));
        lines.extend(reasons(self.region, found));
        lines.extend(lanes_words(self.region, found));
        lines.extend(self.draws_words(handle));
        lines.extend(self.dependences(handle, &found.carried));
        lines.extend(found.reductions.iter().map(|one| self.scalar(one)));
        lines.extend(found.array_reductions.iter().map(|one| self.elements(one)));
        lines.extend(self.variables("private to each iteration", &found.private));
        lines.extend(self.variables("of the last iteration, used afterwards", &found.lastprivate));
        if found.breaks {
            lines.push("left by `break`: which iterations run depends on the earlier ones".to_owned());
        }
        lines
    }

    /// Why a loop that is to run in lanes does not, if that is because of its draws.
    fn draws_words(&self, handle: Handle<Loop>) -> Option<String> {
        let asked = self.region.loops[handle]
            .annotation
            .as_ref()
            .is_some_and(|one| matches!(one.directive, ir::Directive::Simd | ir::Directive::ParallelSimd));
        (asked && draws(self.region, &self.region.loops[handle].body))
            .then(|| "not in lanes: random numbers are drawn one at a time".to_owned())
    }

    /// One line for the dependences that agree in all but the places at one end.
    fn dependences(&self, handle: Handle<Loop>, all: &[Dependence]) -> Vec<String> {
        let mut groups: Vec<Group> = Vec::new();
        for one in all {
            let how = self.how(handle, one);
            let (source, sink) = (self.end(one.source), self.end(one.sink));
            let ends = [(source.0, vec![source.1]), (sink.0, vec![sink.1])];
            groups.push(Group {
                kind: one.kind,
                ends,
                how,
            });
        }
        merge(&mut groups, 1);
        merge(&mut groups, 0);
        let lines = groups.iter().map(|group| {
            let kind = match group.kind {
                DependenceKind::Flow => "flow",
                DependenceKind::Anti => "anti",
                DependenceKind::Output => "output",
            };
            let end = |(row, texts): &(Option<u32>, Vec<String>)| match row {
                Some(row) => format!("{} (line {row})", texts.join(", ")),
                None => texts.join(", "),
            };
            let [source, sink] = &group.ends;
            let between = match (source.0, sink.0) {
                (None, None) => format!("by `{}`", source.1.join(", ")),
                _ => format!("{} -> {}", end(source), end(sink)),
            };
            format!("{kind} dependence {between}{}", group.how)
        });
        lines.collect()
    }

    /// The row and the text of one end of a dependence; a variable's row says nothing.
    fn end(&self, place: Place) -> (Option<u32>, String) {
        let (row, text) = self.places.of(self.file, self.region, place);
        match place {
            Place::Variable(_) => (None, text),
            Place::Load(_) | Place::Store(_) => (Some(row), text),
        }
    }

    /// `, distance 1, direction (<), if n >= 3`
    pub(super) fn how(&self, handle: Handle<Loop>, one: &Dependence) -> String {
        let mut text = String::new();
        if let Some(distance) = one.distance {
            text += &format!(", distance {distance}");
        }
        let vector: Vec<&str> = one.directions.iter().map(|(_, direction)| arrow(*direction)).collect();
        text += &format!(", direction ({})", vector.join(", "));
        let inner = one.directions.iter().filter(|(inner, _)| *inner != handle);
        let names: Vec<&str> = inner
            .map(|(inner, _)| self.region.loops[*inner].written.as_str())
            .collect();
        if !names.is_empty() {
            text += &format!(" in ({}, {})", self.region.loops[handle].written, names.join(", "));
        }
        if one.condition != Formula::True {
            text += &format!(", if {}", one.condition.text(self.region));
        }
        if !one.certain {
            text += ", not excluded";
        }
        text
    }

    /// `combines s by + (line 9)`
    fn scalar(&self, one: &ScalarReduction) -> String {
        let rows = one.updates.iter().map(|update| {
            let (Update::Combine { value, .. } | Update::Conditional { value, .. } | Update::Flag { value }) = update;
            self.file.row(self.region.spans[*value].start)
        });
        let mut text = format!(
            "combines `{}` by {} ({})",
            self.region.variables[one.target].name,
            one.op.name(),
            lines(rows.collect())
        );
        if let Some(rule) = one.rule {
            text += &format!("; {}", rule_words(rule));
        }
        let names: Vec<String> = one.companions.iter().map(|one| self.name(*one)).collect();
        if !names.is_empty() {
            text += &format!("; {} taken along", names.join(", "));
        }
        text
    }

    /// `combines elements of h by + (line 9); which ones depends on data`
    fn elements(&self, one: &ArrayReduction) -> String {
        let rows = one.stores.iter().map(|update| {
            let (row, _) = self.places.of(self.file, self.region, Place::Store(update.store));
            row
        });
        let which = match one.scattered {
            true => "each iteration chooses which",
            false => "the same ones in every iteration",
        };
        let name = &self.region.arrays[one.target].name;
        format!(
            "combines elements of `{name}` by {} ({}); {which}",
            one.op.name(),
            lines(rows.collect())
        )
    }

    fn name(&self, variable: Handle<ir::Variable>) -> String {
        format!("`{}`", self.region.variables[variable].name)
    }

    fn variables(&self, what: &str, variables: &[Handle<ir::Variable>]) -> Option<String> {
        let named = variables.iter().filter(|one| !self.region.variables[**one].temporary);
        let names: Vec<String> = named.map(|one| self.name(*one)).collect();
        (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
    }
}

/// Dependences of one kind: at each end a row and what is accessed there, then the rest in words.
struct Group {
    kind: DependenceKind,
    ends: [(Option<u32>, Vec<String>); 2],
    how: String,
}

/// Joins the groups that differ only in what is accessed on the row of one end.
fn merge(groups: &mut Vec<Group>, end: usize) {
    let mut merged: Vec<Group> = Vec::new();
    for group in groups.drain(..) {
        let same = |other: &&mut Group| {
            (other.kind, &other.how, &other.ends[1 - end], other.ends[end].0)
                == (group.kind, &group.how, &group.ends[1 - end], group.ends[end].0)
        };
        match merged.iter_mut().find(same) {
            Some(other) => {
                let more = &group.ends[end].1;
                let known = &mut other.ends[end].1;
                known.extend(
                    more.iter()
                        .filter(|text| !known.contains(text))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
            }
            None => merged.push(group),
        }
    }
    *groups = merged;
}

/// What the plan does with a loop.
pub fn mode_words(plan: &Plan<'_>, handle: Handle<Loop>) -> String {
    let most = |lanes: u32| plan.fewer_lanes(handle).unwrap_or(lanes);
    let how = match plan.mode(handle) {
        ir::Mode::Serial => match plan.fast() {
            Ok(()) => "runs in order".to_owned(),
            Err(_) => "runs in order, every access checked".to_owned(),
        },
        ir::Mode::Parallel => "split between threads".to_owned(),
        ir::Mode::Simd { lanes } => format!("{} iterations at once, in lanes", most(lanes)),
        ir::Mode::ParallelSimd { lanes } => {
            format!("split between threads, {} iterations at once in each", most(lanes))
        }
    };
    let rounds = match plan.rounds(handle) {
        1 => String::new(),
        rounds => format!(", {rounds} times in a row"),
    };
    format!("{how}{rounds}; {} an iteration", time(plan.cost(handle)))
}

/// About how long that is.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 1e3 => format!("about {short:.1} ns"),
        medium if medium < 1e6 => format!("about {:.1} µs", medium / 1e3),
        long => format!("about {:.1} ms", long / 1e6),
    }
}

/// `line 9`, `lines 9, 12`.
fn lines(mut rows: Vec<u32>) -> String {
    rows.sort_unstable();
    rows.dedup();
    let texts: Vec<String> = rows.iter().map(u32::to_string).collect();
    format!("line{} {}", if rows.len() == 1 { "" } else { "s" }, texts.join(", "))
}

/// The verdict of an annotated loop; what another one's would be.
fn verdict_word(found: &LoopFacts) -> String {
    match (&found.judgement, &found.parallel) {
        (Some(judgement), _) => judgement.verdict.name().to_owned(),
        (None, Legality::Proven) => "without pragma, proven".to_owned(),
        (None, Legality::Guarded(_)) => "without pragma, guarded".to_owned(),
        (None, Legality::Refuted(_)) => "without pragma, refuted".to_owned(),
        (None, Legality::Unproven(_)) => "without pragma, unproven".to_owned(),
    }
}

/// Why the verdict is what it is; of a loop whose directive decides, what it would be otherwise.
fn reasons(region: &ir::Region, found: &LoopFacts) -> Vec<String> {
    let own = legality_words(region, &found.parallel);
    let because = |reason: &String| format!("because {reason}");
    let Some(judgement) = &found.judgement else {
        return own.iter().map(because).collect();
    };
    let mut lines: Vec<String> = judgement.reasons.iter().map(because).collect();
    if matches!(judgement.verdict, Verdict::Sequential | Verdict::Assumed) {
        let word = match &found.parallel {
            Legality::Proven => "proven",
            Legality::Guarded(_) => "guarded",
            Legality::Refuted(_) => "refuted",
            Legality::Unproven(_) => "unproven",
        };
        let why = own.map(|own| format!(": {own}")).unwrap_or_default();
        lines.push(format!("otherwise {word}{why}"));
    }
    lines
}

fn legality_words(region: &ir::Region, legality: &Legality) -> Option<String> {
    match legality {
        Legality::Proven => None,
        Legality::Guarded(condition) => Some(format!("iterations are independent if {}", condition.text(region))),
        Legality::Refuted(witness) => Some(witness.text.clone()),
        Legality::Unproven(why) => Some(why.clone()),
    }
}

/// Whether a block draws random numbers.
fn draws(region: &ir::Region, block: &ir::Block) -> bool {
    let mut found = false;
    ir::visit_statements(region, block, &mut |statement, _| {
        found |= matches!(statement, ir::Statement::Draw(_));
    });
    found
}

/// What lockstep permits, where that is more than threads permit.
fn lanes_words(region: &ir::Region, found: &LoopFacts) -> Option<String> {
    if found.simd == found.parallel && found.lanes.is_none() {
        return None;
    }
    let many = found
        .lanes
        .map_or_else(String::new, |lanes| format!(" up to {lanes} at once"));
    match &found.simd {
        Legality::Proven => Some(format!("in lanes it may run{many}")),
        Legality::Guarded(condition) => Some(format!("in lanes it may run{many}, if {}", condition.text(region))),
        Legality::Refuted(_) | Legality::Unproven(_) => None,
    }
}

fn rule_words(rule: ExtremumRule) -> &'static str {
    match rule {
        ExtremumRule::Better => "the first of equals stays, a NaN neither replaces nor is replaced",
        ExtremumRule::BetterOrNan => "the first of equals stays, and the first NaN",
        ExtremumRule::BetterOrEqual => "the last of equals stays, a NaN neither replaces nor is replaced",
        ExtremumRule::UnlessWorse => "the last of equals stays, a NaN replaces and is replaced",
        ExtremumRule::Propagate => "a NaN, once seen, stays",
        ExtremumRule::Ignore => "NaNs are passed over",
    }
}

fn arrow(direction: Direction) -> &'static str {
    match (direction.later, direction.same, direction.earlier) {
        (true, false, false) => "<",
        (true, true, false) => "<=",
        (false, true, false) => "=",
        (false, false, true) => ">",
        (false, true, true) => ">=",
        (true, false, true) => "!=",
        (true, true, true) => "*",
        (false, false, false) => "none",
    }
}
