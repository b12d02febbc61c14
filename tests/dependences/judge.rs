//! What `deps` says about a nest against what happens.

mod witness;

use std::collections::BTreeMap;

use ferrokeet::deps::{
    AccessMode, Atom, BoundsGuard, Dependence, DependenceKind, Direction, Formula, Legality, LoopFacts, Place,
};
use ferrokeet::infer::{ArrayTy, InputTy, Kind, Parameter, Signature, Ty};
use ferrokeet::ir::{self, Handle};
use ferrokeet::source::SourceFile;
use ferrokeet::translate::{Analysed, Program};

use crate::execute::{DEPTH, Entry, Setting, Trace};
use crate::meet::{EARLIER, LATER, Meetings, SAME, Seen, is_private};
use crate::nest::{ARRAYS, COUNTERS, For, Nest, PARAMETERS, Printed, Statement};
use crate::random::Random;
use crate::settings::{Runs, runs};

/// A disagreement.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What kind: the same for disagreements that probably have one cause.
    pub(crate) class: String,
    pub(crate) text: String,
}

/// What was found about the loops of a nest.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) failures: Vec<Failure>,
    /// Events by name.
    pub(crate) counts: BTreeMap<String, u64>,
}

impl Outcome {
    fn fail(&mut self, class: impl Into<String>, text: impl Into<String>) {
        self.failures.push(Failure {
            class: class.into(),
            text: text.into(),
        });
    }

    fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }
}

/// Analyses a nest and compares.
pub(crate) fn judge(nest: &Nest, seed: u64) -> Outcome {
    let mut outcome = Outcome::default();
    let printed = nest.print();
    let analysed = match analyse(nest, &printed) {
        Ok(analysed) => analysed,
        Err(why) => {
            outcome.fail(format!("not analysed: {why}"), "");
            return outcome;
        }
    };
    let names = Names::new(nest, &printed, &analysed);
    let mut headers = Vec::new();
    gather(&nest.outermost, &mut headers);
    let runs = runs(nest, &printed.accesses, &mut Random::new(seed));
    Judge {
        nest,
        printed: &printed,
        analysed: &analysed,
        names,
        headers,
        outcome,
    }
    .run(&runs)
}

fn gather<'a>(header: &'a For, into: &mut Vec<&'a For>) {
    fn block<'a>(statements: &'a [Statement], into: &mut Vec<&'a For>) {
        for statement in statements {
            match statement {
                Statement::For(header) => gather(header, into),
                Statement::If { accept, reject, .. } => {
                    block(accept, into);
                    block(reject, into);
                }
                Statement::Store { .. } | Statement::Let(..) | Statement::Continue => {}
            }
        }
    }
    into.push(header);
    block(&header.body, into);
}

fn analyse(nest: &Nest, printed: &Printed) -> Result<Analysed, String> {
    let program = Program::parse(SourceFile::new("nest.py", printed.text.clone()));
    let [region] = &program.regions[..] else {
        let messages: Vec<&str> = program.diagnostics.iter().map(|one| &one.message[..]).collect();
        return Err(messages.join("; "));
    };
    let inputs = region.inputs.iter().map(|(_, input)| Parameter {
        name: input.name.clone(),
        ty: match ARRAYS.iter().position(|name| *name == input.name) {
            Some(array) => InputTy::Array(ArrayTy {
                element: Ty::numpy(Kind::F64),
                rank: nest.ranks[array] as u32,
                listed: false,
                tuple: false,
                columns: ferrokeet::infer::Columns::UNIFORM,
            }),
            None => InputTy::Scalar(Ty::INT),
        },
    });
    let signature = Signature {
        inputs: inputs.collect(),
    };
    program
        .analyse(region, &signature)
        .map_err(|diagnostics| diagnostics[0].message.clone())
}

/// What an input of the region is.
#[derive(Clone, Copy)]
enum Input {
    Array,
    Parameter(usize),
    /// Of an array that the region has no other use for.
    Extent(usize, usize),
}

impl Input {
    fn of(input: &ir::Input) -> Self {
        let array = ARRAYS.iter().position(|name| *name == input.root);
        match (array, &input.steps[..]) {
            (None, _) => Self::Parameter(
                PARAMETERS
                    .iter()
                    .position(|name| *name == input.root)
                    .expect("inputs keep their names"),
            ),
            (Some(array), [ir::Step::Attribute(name), ir::Step::Key(ir::Key::Int(axis))]) if name == "shape" => {
                Self::Extent(array, *axis as usize)
            }
            (Some(_), _) => Self::Array,
        }
    }
}

/// Which of the region's things are which of the nest's.
struct Names {
    /// By handle of the region's loop: the nest's number.
    loops: Vec<usize>,
    arrays: Vec<usize>,
    inputs: Vec<Input>,
    /// How each axis of an access, by its number, is brought into bounds; `None`: never executed.
    modes: Vec<Option<Vec<AccessMode>>>,
    loads: BTreeMap<Handle<ir::Expression>, usize>,
    stores: BTreeMap<Handle<ir::Store>, usize>,
}

impl Names {
    fn new(nest: &Nest, printed: &Printed, analysed: &Analysed) -> Self {
        let region = &analysed.region;
        let row = |at: u32| printed.text[..at as usize].matches('\n').count() as u32 + 1;
        let loops = region.loops.iter().map(|(_, header)| {
            let here = printed.rows.iter().find(|(_, known)| *known == row(header.span.start));
            here.expect("a loop of the region is one of the nest").0
        });
        let arrays = region.arrays.iter().map(|(_, array)| {
            ARRAYS
                .iter()
                .position(|name| *name == array.name)
                .expect("arrays keep their names")
        });
        let inputs = region.inputs.iter().map(|(_, input)| Input::of(input));
        let mut names = Self {
            loops: loops.collect(),
            arrays: arrays.collect(),
            inputs: inputs.collect(),
            modes: vec![None; printed.accesses.len()],
            loads: BTreeMap::new(),
            stores: BTreeMap::new(),
        };
        let find = |write: bool, start: u32| {
            let same = |access: &crate::nest::Access| access.write == write && access.span.start == start;
            printed
                .accesses
                .iter()
                .position(same)
                .expect("an access of the region is one of the nest")
        };
        let modes = |access: &ferrokeet::deps::Access| access.subscripts.iter().map(|one| one.mode).collect();
        for (handle, expression) in region.expressions.iter() {
            if let ir::Expression::Load { .. } = expression {
                let access = find(false, region.spans[handle].start);
                names.loads.insert(handle, access);
                names.modes[access] = analysed.facts.load(handle).map(modes);
            }
        }
        ir::visit_statements(region, &region.body, &mut |statement, span| {
            if let ir::Statement::Store(store) = statement {
                let access = find(true, span.start);
                names.stores.insert(*store, access);
                names.modes[access] = analysed.facts.store(*store).map(modes);
            }
        });
        debug_assert_eq!(nest.ranks.len().max(names.arrays.len()), nest.ranks.len());
        names
    }

    fn access(&self, place: Place) -> Option<usize> {
        match place {
            Place::Load(load) => self.loads.get(&load).copied(),
            Place::Store(store) => self.stores.get(&store).copied(),
            Place::Variable(_) => None,
        }
    }
}

/// The outcome of one launch as far as one loop is concerned.
struct Launch<'r> {
    setting: &'r Setting,
    trace: &'r Trace,
    /// By array: loops with iterations that meet, as bits.
    met: [u32; 2],
    /// Loops that run several iterations at a time.
    several: u32,
}

impl Launch<'_> {
    /// Whether iterations of a loop meet, in other arrays than these.
    fn meets(&self, number: usize, except: &[usize]) -> bool {
        (0..2).any(|array| !except.contains(&array) && self.met[array] & 1 << number != 0)
    }
}

struct Judge<'a> {
    nest: &'a Nest,
    printed: &'a Printed,
    analysed: &'a Analysed,
    names: Names,
    headers: Vec<&'a For>,
    outcome: Outcome,
}

impl Judge<'_> {
    fn run(mut self, runs: &Runs) -> Outcome {
        let mut meetings = Meetings::new(&self.printed.accesses);
        let mut launches = Vec::new();
        for run in &runs.runs {
            let trace = &runs.traces[run.trace];
            if !self.is_fast(&run.setting, trace) {
                self.outcome.count("settings outside the fast variant");
                continue;
            }
            self.outcome.count("settings");
            let several = trace.entries.iter().filter(|entry| entry.first != entry.last);
            launches.push(Launch {
                setting: &run.setting,
                trace,
                met: meetings.add(trace, &run.setting),
                several: several.fold(0, |bits, entry| bits | 1 << entry.number),
            });
        }
        let region = &self.analysed.region;
        for (handle, _) in region.loops.iter() {
            let number = self.names.loops[handle.index()];
            self.of_loop(number, self.analysed.facts.of_loop(handle), &launches);
            self.carried(handle, number, &meetings);
        }
        self.outcome
    }

    /// Whether the fast variant runs to its end; its subscripts are in bounds then.
    fn is_fast(&mut self, setting: &Setting, trace: &Trace) -> bool {
        let facts = &self.analysed.facts;
        let holds = |guard: &BoundsGuard| match guard.at {
            None => self.holds(&guard.condition, setting, trace, None),
            Some(header) => {
                let number = self.names.loops[header.index()];
                let mut entries = trace.entries.iter().filter(|entry| entry.number == number);
                entries.all(|entry| self.holds(&guard.condition, setting, trace, Some(entry)))
            }
        };
        if trace.entries.is_empty() {
            return true;
        }
        if !facts.bounds().iter().all(holds) {
            return false;
        }
        for event in &trace.events {
            let Some(modes) = &self.names.modes[event.access] else {
                self.outcome
                    .fail("an access is said to be never executed", format!("{setting:?}"));
                return false;
            };
            let access = &self.printed.accesses[event.access];
            for (axis, mode) in modes.iter().enumerate() {
                let (subscript, extent) = (event.subscripts[axis], setting.extents[access.array][axis]);
                let good = match mode {
                    AccessMode::Direct => 0 <= subscript && subscript < extent,
                    AccessMode::FromEnd => -extent <= subscript && subscript < 0,
                    AccessMode::Checked => true,
                };
                if !good {
                    let text = &self.printed.text[access.span.range()];
                    let text = format!("`{text}`, axis {axis}: {subscript} of {extent} at {setting:?}");
                    self.outcome.fail("a guarded subscript is out of bounds", text);
                    return false;
                }
            }
        }
        true
    }

    /// Whether a condition holds at the launch, or at the entry of a loop.
    fn holds(&self, formula: &Formula, setting: &Setting, trace: &Trace, entry: Option<&Entry>) -> bool {
        let region = |header: &Handle<ir::Loop>| self.names.loops[header.index()];
        let value = |atom: &Atom| match atom {
            Atom::Counter(header) => {
                let counters = &entry?.counters;
                counters
                    .iter()
                    .find(|(number, _)| *number == region(header))
                    .map(|(_, value)| i128::from(*value))
            }
            Atom::First(header) | Atom::Last(header) => {
                let of = |entry: &Entry| match atom {
                    Atom::First(_) => i128::from(entry.first),
                    _ => i128::from(entry.last),
                };
                match entry.filter(|entry| entry.number == region(header)) {
                    Some(entry) => Some(of(entry)),
                    None if region(header) == self.nest.outermost.number => trace.entries.first().map(of),
                    None => None,
                }
            }
            other => self.launch_value(other, setting),
        };
        formula.evaluate(&value).unwrap_or(false)
    }

    /// The value of an input or extent.
    fn launch_value(&self, atom: &Atom, setting: &Setting) -> Option<i128> {
        let extent = |array: Handle<ir::Array>, axis: u32| {
            i128::from(setting.extents[self.names.arrays[array.index()]][axis as usize])
        };
        match atom {
            Atom::Input(input) => match self.names.inputs[input.index()] {
                Input::Array => None,
                Input::Parameter(parameter) => Some(i128::from(setting.parameters[parameter])),
                Input::Extent(array, axis) => Some(i128::from(setting.extents[array][axis])),
            },
            Atom::Extent(array, axis) => Some(extent(*array, *axis)),
            Atom::Size(array) => {
                let rank = self.nest.ranks[self.names.arrays[array.index()]];
                Some((0..rank as u32).map(|axis| extent(*array, axis)).product())
            }
            _ => None,
        }
    }

    fn counter(&self, number: usize) -> &'static str {
        let header = self.headers.iter().find(|header| header.number == number);
        header.map_or("?", |header| COUNTERS[header.name])
    }

    fn fail(&mut self, number: usize, class: String, text: String) {
        let (counter, row) = (self.counter(number), self.row(number));
        self.outcome
            .fail(class, format!("loop {counter} of line {row}: {text}"));
    }

    fn row(&self, number: usize) -> u32 {
        self.printed
            .rows
            .iter()
            .find(|(known, _)| *known == number)
            .map_or(0, |(_, row)| *row)
    }

    /// The verdict on a loop.
    fn of_loop(&mut self, number: usize, facts: &LoopFacts, launches: &[Launch<'_>]) {
        let private: Vec<usize> = facts
            .private_arrays
            .iter()
            .map(|one| self.names.arrays[one.index()])
            .collect();
        for array in &private {
            self.outcome.count("private arrays");
            let shared = launches
                .iter()
                .find(|one| !is_private(&self.printed.accesses, one.trace, one.setting, number, *array));
            if let Some(launch) = shared {
                self.fail(
                    number,
                    "an array is not private".to_owned(),
                    format!("{:?}", launch.setting),
                );
            }
        }
        let meeting = launches.iter().find(|launch| launch.meets(number, &private));
        let met = launches.iter().filter(|launch| launch.meets(number, &private)).count();
        let word = match &facts.parallel {
            Legality::Proven => "proven",
            Legality::Guarded(_) => "guarded",
            Legality::Refuted(_) => "refuted",
            Legality::Unproven(_) => "unproven",
        };
        let truth = match met {
            0 => "no setting",
            met if met == launches.len() => "all settings",
            _ => "some settings",
        };
        self.outcome.count("loops");
        self.outcome.count(format!("loops {word}; meet in {truth}"));
        if !facts.array_reductions.is_empty() {
            self.fail(
                number,
                "a reduction was seen where there is none".to_owned(),
                String::new(),
            );
        }
        match &facts.parallel {
            Legality::Proven => {
                if let Some(launch) = meeting {
                    self.fail(
                        number,
                        "proven, but iterations meet".to_owned(),
                        format!("{:?}", launch.setting),
                    );
                }
            }
            Legality::Guarded(condition) => self.guarded(number, condition, launches, &private),
            Legality::Refuted(witness) => self.witness(number, witness),
            Legality::Unproven(why) => {
                let reason = why.split_once("`: ").map_or(&why[..], |(_, reason)| reason);
                self.fail(number, format!("unproven ({reason}), meet in {truth}"), why.clone());
            }
        }
    }

    fn guarded(&mut self, number: usize, condition: &Formula, launches: &[Launch<'_>], private: &[usize]) {
        let text = condition.text(&self.analysed.region);
        let (mut needless, mut useful, mut held, mut idle) = (0, 0, 0, 0);
        let mut example = None;
        for launch in launches {
            let known = condition.evaluate(&|atom| self.launch_value(atom, launch.setting));
            let met = launch.meets(number, private);
            match known {
                None => {
                    self.fail(number, "a guard that no launch can evaluate".to_owned(), text);
                    return;
                }
                Some(true) if met => {
                    let text = format!("{text} holds at {:?}", launch.setting);
                    self.fail(number, "the guard holds, but iterations meet".to_owned(), text);
                    return;
                }
                Some(true) => held += 1,
                Some(false) if met => useful += 1,
                Some(false) if launch.several & 1 << number == 0 => idle += 1,
                Some(false) => {
                    needless += 1;
                    example = Some(launch.setting);
                }
            }
        }
        let counts = [
            ("holds", held),
            ("fails rightly", useful),
            ("fails needlessly", needless),
            ("fails where a loop has one iteration", idle),
        ];
        for (what, count) in counts {
            *self.outcome.counts.entry(format!("guard {what}")).or_default() += count;
        }
        if needless > 0 {
            self.outcome.count("loops with a guard that fails needlessly");
            let text = format!("{text} fails at {:?}", example.expect("one was needless"));
            self.fail(number, "the guard is too strong".to_owned(), text);
        }
    }

    /// The dependences that are said to be carried by a loop, and `lanes`.
    fn carried(&mut self, handle: Handle<ir::Loop>, number: usize, meetings: &Meetings<'_>) {
        let facts = self.analysed.facts.of_loop(handle);
        let mut crossing: Option<i32> = None;
        for (first, access) in self.printed.accesses.iter().enumerate() {
            let Some(depth) = access.loops.iter().position(|one| *one == number) else {
                continue;
            };
            for second in 0..self.printed.accesses.len() {
                let seen = meetings.seen(first, second, depth);
                if seen.count == 0 {
                    continue;
                }
                if let Some(new) = seen.crossing {
                    crossing = Some(crossing.map_or(new, |least| least.min(new)));
                }
                self.dependence(handle, number, (first, second), depth, seen);
            }
        }
        let lanes = match &facts.simd {
            Legality::Proven => Some(facts.lanes.unwrap_or(u32::MAX)),
            Legality::Guarded(_) | Legality::Refuted(_) | Legality::Unproven(_) => None,
        };
        if let (Some(lanes), Some(crossing)) = (lanes, crossing)
            && i64::from(crossing) < i64::from(lanes)
        {
            let text = format!("{lanes} lanes, but iterations {crossing} apart change places");
            self.fail(number, "too many lanes".to_owned(), text);
        }
    }

    fn dependence(
        &mut self,
        handle: Handle<ir::Loop>,
        number: usize,
        (first, second): (usize, usize),
        depth: usize,
        seen: &Seen,
    ) {
        let facts = self.analysed.facts.of_loop(handle);
        let same = |one: &&Dependence| {
            self.names.access(one.source) == Some(first) && self.names.access(one.sink) == Some(second)
        };
        let said: Vec<&Dependence> = facts.carried.iter().filter(same).collect();
        let accesses = &self.printed.accesses;
        let text = |access: usize| &self.printed.text[accesses[access].span.range()];
        let pair = format!("`{}`, then `{}`: {seen:?}; said {said:?}", text(first), text(second));
        if said.is_empty() {
            let word = match &facts.parallel {
                Legality::Proven => "proven",
                Legality::Guarded(_) => "guarded",
                Legality::Refuted(_) => "refuted",
                Legality::Unproven(_) => "unproven",
            };
            self.fail(number, format!("a dependence is missing ({word} loop)"), pair);
            return;
        }
        let kind = match (accesses[first].write, accesses[second].write) {
            (true, true) => DependenceKind::Output,
            (true, false) => DependenceKind::Flow,
            (false, _) => DependenceKind::Anti,
        };
        let mut wrong = Vec::new();
        if said.iter().any(|one| one.kind != kind) {
            wrong.push("kind");
        }
        let fixed: Option<Vec<i64>> = said.iter().map(|one| one.distance).collect();
        if let Some(fixed) = fixed {
            let (least, most) = (i64::from(seen.distances.0), i64::from(seen.distances.1));
            let covered = fixed.contains(&least) && fixed.contains(&most);
            if !covered {
                wrong.push("distance");
            }
        }
        let mut union = [0_u8; DEPTH];
        for one in &said {
            for (header, direction) in &one.directions {
                let inner = self.names.loops[header.index()];
                if let Some(at) = accesses[first].loops.iter().position(|known| *known == inner) {
                    union[at] |= bits(*direction);
                }
            }
        }
        let common = accesses[first]
            .loops
            .iter()
            .zip(&accesses[second].loops)
            .take_while(|(a, b)| a == b)
            .count();
        for (level, allowed) in union.iter().enumerate().take(common).skip(depth) {
            let happens = if level == depth { LATER } else { seen.directions[level] };
            if happens & !allowed != 0 {
                wrong.push("direction");
            }
            if allowed & !happens != 0 {
                self.outcome.count("directions said that do not occur");
            }
            self.outcome.count("directions");
        }
        if said.iter().all(|one| one.distance.is_none()) && seen.distances.0 == seen.distances.1 && seen.count > 1 {
            self.outcome.count("distances perhaps missed");
        }
        wrong.dedup();
        if !wrong.is_empty() {
            self.fail(number, format!("the wrong {} of a dependence", wrong.join(", ")), pair);
        }
    }
}

fn bits(direction: Direction) -> u8 {
    u8::from(direction.later) * LATER + u8::from(direction.same) * SAME + u8::from(direction.earlier) * EARLIER
}
