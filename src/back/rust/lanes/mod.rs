//! Loops in lanes.
//!
//! A group of neighbouring iterations runs in lockstep: what differs between them is a `Lanes` value, a Boolean is a mask,
//! and control flow becomes masks: `on` says which lanes take part. What is the same in all lanes stays scalar. The body is
//! written once, as a local macro, and expanded for two cases: all lanes on and elements side by side in memory; anything
//! else. A reduction keeps four groups of lanes in flight, and combines them by the fixed tree of `ferrokeet_kernel::reduce`, so
//! that its bits depend on the trip count alone.
//!
//! What has no text in lanes (a varying inner loop, an output whose type depends on the data) is [`Unsupported`]: the caller
//! then writes the loop for one iteration at a time. A single operation without lane instructions is done lane by lane.

mod checks;
mod complex;
mod functions;
mod jam;
mod memory;
mod promote;
mod statements;
mod tracked;
mod values;
mod whole;

use std::cell::{Cell, RefCell};

use self::jam::Jam;
use self::promote::{Promoted, candidates, fold_of, kind_of};
use self::tracked::{Follower, is_tracked};
use super::names;
use super::reducing::{fold_name, neutral};
use super::region::Scene;
use crate::back::writer::Writer;
use crate::deps::{ExtremumRule, ScalarReduction, Update};
use crate::infer::{Kind, Origin};
use crate::ir::{Expression, Handle, Loop, ReductionOp, SideTable, Store, Variable};

/// Groups of lanes that a reduction keeps in flight.
const GROUPS: u32 = 4;

/// Groups of lanes in a row from which on stores around the caches pay. The lines at a row's ends are written in parts, which
/// costs more than it does otherwise: stencils on a Zen 4 took 2.1, 1.2, .96, .68 and .63 of the time for rows of 17, 32, 64, 128 and
/// 512 groups.
const WORTH_STREAMING: u32 = 96;

/// The loop has no text in lanes.
#[derive(Debug)]
pub(super) struct Unsupported;

type Emit<T> = Result<T, Unsupported>;

/// The writer of one loop in lanes.
struct Lockstep<'s, 'p> {
    scene: &'s Scene<'p>,
    header: Handle<Loop>,
    name: String,
    width: u32,
    /// Lanes that take part.
    together: u32,
    varying: SideTable<Expression, bool>,
    reductions: &'s [ScalarReduction],
    /// Whether, and how, several groups advance together.
    jam: Option<Jam>,
    /// Elements that are in registers at present, those that the loop itself collects first.
    promoted: RefCell<Vec<Promoted>>,
    /// How many of them are the loop's own.
    elements: Vec<Promoted>,
    /// Numbers for the names of masks.
    next: Cell<u32>,
    /// Whether an access moves through an array, so that the array's size limits the trip count.
    moves: Cell<bool>,
    /// Strides that the first expansion takes to be 1.
    units: RefCell<Vec<String>>,
    /// Variables that are the negative of another one, both assigned once.
    negatives: RefCell<Vec<(Handle<Variable>, Handle<Variable>)>>,
    /// Loops inside around the present place.
    rounds: Cell<u32>,
    /// Sums that inner loops of the body build up.
    sums: RefCell<Vec<Handle<Variable>>>,
    /// The first store that goes around the caches where the loop writes much, and the address of its elements.
    stream: RefCell<Option<(Handle<Store>, String)>>,
}

impl Scene<'_> {
    /// The iterations `range` (trip numbers) of a loop, in lanes if the plan says so and it is possible; tells whether it was.
    ///
    /// Reductions are folded into their variables; the values that `last` have after the last iteration of `range` are
    /// assigned to them.
    pub(super) fn in_lanes(
        &self,
        out: &mut Writer,
        handle: Handle<Loop>,
        range: &str,
        last: &[Handle<Variable>],
    ) -> bool {
        let Some(width) = self.plan.lanes(handle) else {
            return false;
        };
        let parallel = self.plan.is_parallel(handle);
        if let Some(jam) = Jam::of(self, handle, None).filter(|_| !parallel) {
            let mut text = out.fork();
            if Lockstep::new(self, handle, width, Some(jam)).jammed(&mut text).is_ok() {
                out.append(text);
                return true;
            }
        }
        let lockstep = Lockstep::new(self, handle, width, None);
        let mut text = out.fork();
        if lockstep.whole(&mut text, range, last).is_err() {
            return false;
        }
        out.append(text);
        true
    }
}

impl<'s, 'p> Lockstep<'s, 'p> {
    fn new(scene: &'s Scene<'p>, header: Handle<Loop>, width: u32, jam: Option<Jam>) -> Self {
        let own = candidates(scene, header).into_iter().enumerate();
        let elements: Vec<Promoted> = own
            .map(|(position, (update, op))| Promoted {
                update,
                op,
                name: format!("element_{position}"),
            })
            .collect();
        Self {
            scene,
            header,
            promoted: RefCell::new(elements.clone()),
            elements,
            name: names::rust(&scene.region.loops[header].name),
            width,
            together: scene.plan.fewer_lanes(header).unwrap_or(width),
            varying: scene.plan.varying(header),
            reductions: &scene.facts.of_loop(header).reductions,
            jam,
            next: Cell::new(0),
            moves: Cell::new(false),
            units: RefCell::default(),
            negatives: RefCell::default(),
            rounds: Cell::new(0),
            sums: RefCell::default(),
            stream: RefCell::default(),
        }
    }
}

impl Lockstep<'_, '_> {
    fn whole(&self, out: &mut Writer, range: &str, last: &[Handle<Variable>]) -> Emit<()> {
        let covered = self.scene.facts.of_loop(self.header).array_reductions.len() == self.elements.len();
        if !covered || self.reductions.iter().any(|one| self.may_overflow(one)) {
            return Err(Unsupported);
        }
        let name = &self.name;
        let mut macro_text = out.fork_deeper(2);
        self.body(&mut macro_text, last)?;
        out.line(format!("// {} iterations of `{name}` at a time.", self.together));
        let mut results: Vec<String> = Vec::new();
        let gives = self.reduces() || !last.is_empty();
        if gives {
            out.open("let found =");
        } else {
            out.block();
        }
        out.line(format!("let range = {range};"));
        out.line("let (mut at, end) = (range.start, range.end);");
        for variable in last {
            let kind = self.scene.types.variable(*variable).kind;
            out.line(format!(
                "let mut {} = {};",
                self.scene.variable(*variable),
                self.zero(kind)
            ));
        }
        out.open("macro_rules! iterations");
        out.open("($at:expr, $on:expr, $by:ident, $groups:ident, $group:expr) =>");
        out.append(macro_text);
        out.close(";");
        out.close("");
        self.drive(out);
        for one in self.reductions {
            results.push(self.finish(one, results.len()));
        }
        for one in &self.elements {
            let kind = kind_of(self.scene, one).kind;
            results.push(self.finished(fold_of(one.op), kind, results.len()));
        }
        for variable in last {
            let name = self.scene.variable(*variable);
            results.push(format!(
                "{name}.lane(((end - range.start).wrapping_sub(1) % {}) as usize)",
                self.together
            ));
        }
        if !gives {
            out.close("");
            return Ok(());
        }
        out.line(format!("({},)", results.join(", ")));
        out.close(";");
        for (position, one) in self.reductions.iter().enumerate() {
            self.fold(out, one, position)?;
        }
        for (position, one) in self.elements.iter().enumerate() {
            let position = self.reductions.len() + position;
            self.fold_element(out, one, &format!("found.{position}"));
        }
        for (position, variable) in last.iter().enumerate() {
            let position = self.reductions.len() + self.elements.len() + position;
            out.line(format!("{} = found.{position};", self.scene.variable(*variable)));
        }
        Ok(())
    }

    /// The loops around the body: groups where all lanes are on and elements lie side by side, then the rest.
    fn drive(&self, out: &mut Writer) {
        let width = self.width;
        let units = self.units.borrow();
        let reduces = self.reduces();
        if reduces {
            let starts: Vec<String> = self
                .reductions
                .iter()
                .map(|one| format!("[{}; {GROUPS}]", self.start(one)))
                .chain(self.elements.iter().map(|one| {
                    let kind = kind_of(self.scene, one).kind;
                    let neutral = format!("<{} as Fold<{}>>::neutral()", fold_of(one.op), names::scalar(kind));
                    format!("[{}; {GROUPS}]", self.splat(&neutral, kind))
                }))
                .chain(self.followers().into_iter().map(|one| match one {
                    Follower::Companion(variable) => {
                        format!("[{}; {GROUPS}]", self.zero(self.scene.types.variable(variable).kind))
                    }
                    Follower::Trip(_) => format!("[{}; {GROUPS}]", self.splat("-1", Kind::I64)),
                }))
                .collect();
            out.line(format!("let mut groups = ({},);", starts.join(", ")));
        }
        if !units.is_empty() {
            let tests: Vec<String> = units.iter().map(|stride| format!("{stride} == 1")).collect();
            out.open(format!("if {}", tests.join(" && ")));
        }
        if self.together == width {
            self.streamed_groups(out);
            self.full_groups(out);
        }
        self.tail(out, "unit");
        if !units.is_empty() {
            out.reopen("else");
            self.tail(out, "by");
            out.close("");
        }
    }

    /// Groups with all lanes on whose stores go around the caches, from the first one on that fills cache lines.
    fn streamed_groups(&self, out: &mut Writer) {
        let stream = self.stream.borrow();
        let Some((store, address)) = &*stream else { return };
        let (scene, name, width) = (self.scene, &self.name, self.width);
        let Some(stream) = scene.plan.stream(*store) else {
            return;
        };
        let factors: Vec<String> = stream.loops.iter().rev().filter_map(|one| scene.sweep(*one)).collect();
        let array = scene.region.stores[*store].array;
        let size = scene.types.array(array).element.kind.size();
        out.open(format!(
            "if end - at >= {} && streams(&[{}], {size})",
            WORTH_STREAMING * width,
            factors.join(", ")
        ));
        out.line(format!(
            "let lead = {{ let {name} = {name}_steps.at(at); to_line({address}) }};"
        ));
        out.line(format!(
            "iterations!(at, {}::below(lead as usize), unit, none, 0);",
            self.mask_type()
        ));
        out.line("at += lead;");
        out.open(format!("while end - at >= {width}"));
        out.line("iterations!(at, Full, around, none, 0);");
        out.line(format!("at += {width};"));
        out.close("");
        if stream.until == self.header && !scene.plan.is_parallel(self.header) {
            out.line("drain();");
        }
        out.close("");
    }

    /// Groups with all lanes on, as many in a row as the plan says.
    fn full_groups(&self, out: &mut Writer) {
        let (width, rounds) = (self.width, self.scene.plan.rounds(self.header));
        if self.reduces() {
            let turn = GROUPS * width;
            out.open(format!("while end - at >= {turn}"));
            self.beat(out, turn);
            out.line(format!(
                "for group in 0..{GROUPS} {{ iterations!(at + {width} * group as u64, Full, unit, groups, group); }}"
            ));
            out.line(format!("at += {turn};"));
            out.close("");
            return;
        }
        let turns = if rounds > 1 { vec![rounds, 1] } else { vec![1] };
        for rounds in turns {
            let turn = rounds * width;
            out.open(format!("while end - at >= {turn}"));
            self.beat(out, turn);
            for round in 0..rounds {
                let at = if round == 0 {
                    String::new()
                } else {
                    format!(" + {}", round * width)
                };
                out.line(format!("iterations!(at{at}, Full, unit, none, 0);"));
            }
            out.line(format!("at += {turn};"));
            out.close("");
        }
    }

    /// What is left, or all of it, under masks.
    fn tail(&self, out: &mut Writer, by: &str) {
        let (mask, width) = (self.mask_type(), self.together);
        let left = if width < self.width {
            format!("(end - at).min({width})")
        } else {
            "(end - at)".to_owned()
        };
        let on = format!("let on = {mask}::below({left} as usize);");
        let reduces = self.reduces();
        if reduces && by == "unit" {
            // The compiler unrolls this loop, and keeps the groups in registers.
            out.open("while at < end");
            self.beat_in_tail(out);
            out.open(format!("for group in 0..{GROUPS}"));
            out.line("if at >= end { break; }");
            out.line(on);
            out.line(format!("iterations!(at, on, {by}, groups, group);"));
            out.line(format!("at += {width};"));
            out.close("");
            out.close("");
            return;
        }
        if reduces {
            out.line("let (mut rest, mut group) = (groups, 0);");
        }
        out.open("while at < end");
        self.beat_in_tail(out);
        out.line(on);
        if reduces {
            out.line(format!("iterations!(at, on, {by}, rest, group);"));
            out.line(format!("group = (group + 1) % {GROUPS};"));
        } else {
            out.line(format!("iterations!(at, on, {by}, none, 0);"));
        }
        out.line(format!("at += {width};"));
        out.close("");
        if reduces {
            out.line("groups = rest;");
        }
    }

    /// Lets Ctrl-C through, where neither the task nor the arrays' size limits the trip count.
    fn beat(&self, out: &mut Writer, iterations: u32) {
        if !self.scene.plan.is_parallel(self.header) && !self.moves.get() {
            out.line(format!("pulse.beats({iterations})?;"));
        }
    }

    /// The same where all iterations run under masks.
    fn beat_in_tail(&self, out: &mut Writer) {
        if self.together < self.width {
            self.beat(out, self.together);
        }
    }

    /// The body of the macro.
    fn body(&self, out: &mut Writer, last: &[Handle<Variable>]) -> Emit<()> {
        let block = &self.scene.region.loops[self.header].body;
        let name = &self.name;
        let jumps = block.jumps();
        out.block();
        out.line(format!("let {name} = {name}_steps.at($at);"));
        if jumps {
            out.line(format!("let mut on = Active::<{}>::mask($on);", self.mask_type()));
        } else {
            out.line("let on = $on;");
        }
        let targets: Vec<Handle<Variable>> = self.reductions.iter().map(|one| one.target).collect();
        for (position, target) in targets.iter().enumerate() {
            let own = self.scene.variable(*target);
            out.line(format!("let mut {own} = $groups.{position}[$group];"));
        }
        for (position, one) in self.elements.iter().enumerate() {
            let position = targets.len() + position;
            out.line(format!("let mut {} = $groups.{position}[$group];", one.name));
        }
        for (name, position) in self.follower_slots() {
            out.line(format!("let mut {name} = $groups.{position}[$group];"));
        }
        let companions: Vec<Handle<Variable>> = self.reductions.iter().flat_map(|one| one.companions.clone()).collect();
        for variable in self.scene.assigned_in(block) {
            if self.scene.has_tag(variable) {
                return Err(Unsupported);
            }
            if !targets.contains(&variable) && !last.contains(&variable) && !companions.contains(&variable) {
                let kind = self.scene.types.variable(variable).kind;
                out.line(format!(
                    "let mut {} = {};",
                    self.scene.variable(variable),
                    self.zero(kind)
                ));
            }
        }
        let place = statements::Place::outermost(jumps);
        self.block(out, block, &place)?;
        for (position, target) in targets.iter().enumerate() {
            let own = self.scene.variable(*target);
            out.line(format!("$groups.{position}[$group] = {own};"));
        }
        for (position, one) in self.elements.iter().enumerate() {
            let position = targets.len() + position;
            out.line(format!("$groups.{position}[$group] = {};", one.name));
        }
        for (name, position) in self.follower_slots() {
            out.line(format!("$groups.{position}[$group] = {name};"));
        }
        out.close("");
        Ok(())
    }

    // Reductions

    fn reduces(&self) -> bool {
        !self.reductions.is_empty() || !self.elements.is_empty()
    }

    /// Whether the total of Python ints may leave 64 bits: then so may what the groups collect, and their total.
    fn may_overflow(&self, one: &ScalarReduction) -> bool {
        let ty = self.scene.types.variable(one.target);
        let int = ty.kind == Kind::I64 && ty.origin != Origin::Numpy;
        let combines = matches!(one.op, ReductionOp::Add | ReductionOp::Multiply);
        int && combines
            && one.updates.iter().any(|update| match update {
                Update::Combine { value, .. } => self.scene.overflows(*value),
                Update::Conditional { .. } | Update::Flag { .. } => false,
            })
    }

    /// The value that changes nothing, in lanes.
    fn start(&self, one: &ScalarReduction) -> String {
        self.splat(
            &neutral(one, self.scene.types.variable(one.target).kind),
            self.scene.types.variable(one.target).kind,
        )
    }

    /// One value from the groups.
    fn finish(&self, one: &ScalarReduction, position: usize) -> String {
        if is_tracked(one) {
            return self.winner(one, position);
        }
        let kind = self.scene.types.variable(one.target).kind;
        match (one.op, kind) {
            (ReductionOp::And, Kind::Bool) => format!("groups.{position}.iter().all(|group| group.all())"),
            (ReductionOp::Or, Kind::Bool) => format!("groups.{position}.iter().any(|group| group.any())"),
            (_, _) => self.finished(fold_name(one), kind, position),
        }
    }

    /// One value from the groups at a position, by a fold.
    fn finished(&self, fold: &str, kind: Kind, position: usize) -> String {
        let finish = if kind.is_complex() { "finish_complex" } else { "finish" };
        format!(
            "{finish}::<{fold}, {}, {}, {GROUPS}>(groups.{position})",
            names::scalar(kind.real()),
            self.width
        )
    }

    /// The groups' value folded into the variable.
    fn fold(&self, out: &mut Writer, one: &ScalarReduction, position: usize) -> Emit<()> {
        if is_tracked(one) {
            self.fold_winner(out, one, position);
            return Ok(());
        }
        let own = self.scene.variable(one.target);
        let ty = self.scene.types.variable(one.target);
        let flagged = self.scene.has_flag(one.target);
        match one.op {
            ReductionOp::And | ReductionOp::Or if ty.kind == Kind::Bool => {
                if flagged {
                    return Err(Unsupported);
                }
                let symbol = if one.op == ReductionOp::And { "&" } else { "|" };
                out.line(format!("{own} = {own} {symbol} found.{position};"));
            }
            ReductionOp::Min | ReductionOp::Max if one.rule.is_some_and(ExtremumRule::chooses) => {
                let symbol = if one.op == ReductionOp::Min { "<" } else { ">" };
                let changed = if flagged {
                    format!(" {} = true;", self.scene.flag(one.target))
                } else {
                    String::new()
                };
                out.line(format!(
                    "if found.{position} {symbol} {own} {{ {own} = found.{position};{changed} }}"
                ));
            }
            _ => {
                let kind = names::scalar(ty.kind);
                out.line(format!(
                    "{own} = <{} as Fold<{kind}>>::fold({own}, found.{position});",
                    fold_name(one)
                ));
            }
        }
        Ok(())
    }

    /// Whether an assignment to a flagged variable sets its flag at once (else it is found out when the groups are folded).
    fn flags_at_once(&self, variable: Handle<Variable>) -> bool {
        self.reductions
            .iter()
            .any(|one| one.target == variable && !one.rule.is_some_and(ExtremumRule::chooses))
    }

    /// Whether additions to a variable build up a sum, which may be contracted.
    fn is_sum(&self, variable: Handle<Variable>) -> bool {
        let own = self
            .reductions
            .iter()
            .any(|one| one.target == variable && one.op == ReductionOp::Add);
        own || self.sums.borrow().contains(&variable)
    }

    /// A variable in lanes.
    fn own(&self, variable: Handle<Variable>) -> String {
        let name = self.scene.variable(variable);
        if self.jam.is_some() {
            format!("{name}[each_row][each_group]")
        } else {
            name
        }
    }

    // Text

    fn mask_type(&self) -> String {
        format!("Mask{}", self.width)
    }

    /// `F64x8`
    fn vector(&self, kind: Kind) -> String {
        let name = match kind {
            Kind::Bool => return self.mask_type(),
            Kind::I8 => "I8",
            Kind::I16 => "I16",
            Kind::I32 => "I32",
            Kind::I64 => "I64",
            Kind::U8 => "U8",
            Kind::U16 => "U16",
            Kind::U32 => "U32",
            Kind::U64 => "U64",
            Kind::F32 => "F32",
            Kind::F64 => "F64",
            Kind::C64 => "C64",
            Kind::C128 => "C128",
            Kind::F16 => unreachable!("`plan` puts no such values into lanes"),
        };
        format!("{name}x{}", self.width)
    }

    fn splat(&self, text: &str, kind: Kind) -> String {
        format!("{}::splat({text})", self.vector(kind))
    }

    fn zero(&self, kind: Kind) -> String {
        match kind {
            Kind::Bool => self.splat("false", kind),
            _ => format!("{}::zero()", self.vector(kind)),
        }
    }

    /// A name that is not in use.
    fn fresh(&self, stem: &str) -> String {
        let number = self.next.get() + 1;
        self.next.set(number);
        format!("{stem}_{number}")
    }
}
