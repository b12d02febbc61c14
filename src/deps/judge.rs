//! The verdict on every loop, with reasons a user can check.

use super::accesses::{Accesses, Site};
use super::arrays::array_reductions;
use super::guards::Setting;
use super::locals;
use super::omega::Budget;
use super::pairs::{BUDGET, Meeting, Pair, Way, two_iterations};
use super::scalars::{Scalars, scalars};
use super::system::{Side, Solved};
use super::together::{collapsed_legality, independent_as_one};
use super::work;
use super::{
    Access, AccessMode, Atom, Dependence, DependenceKind, Direction, Formula, Legality, Linear, LoopFacts, Place,
    Witness, WitnessAccess,
};
use crate::infer::Types;
use crate::ir::{self, Directive, Handle, Loop, Region};
use crate::source::Span;

/// Steps that all questions about one loop may cost together.
const LOOP_BUDGET: u32 = 50_000;

/// Ways to meet whose distances are looked at; more are reported without.
const MOST_MEASURED: usize = 200;

/// The answer to what the directive of a loop asks for.
pub(super) struct Answer {
    /// Whether it is allowed.
    pub(super) legality: Legality,
    /// Where the trouble is, if there is any.
    pub(super) label: Option<(Span, String)>,
}

/// Facts of one loop, without the verdict in words, and, for a loop with a directive, the answer to it.
pub(super) fn judge(
    region: &Region,
    types: Option<&Types>,
    accesses: &Accesses,
    sites: &[(Site, Access)],
    given: &[Formula],
    handle: Handle<Loop>,
) -> (LoopFacts, Option<Answer>) {
    let all = sites;
    // What an iteration allocates is its own.
    let shared: Vec<(Site, Access)>;
    let sites = if sites.iter().any(|(site, _)| site.is_own(handle)) {
        shared = sites.iter().filter(|(site, _)| !site.is_own(handle)).cloned().collect();
        &shared[..]
    } else {
        sites
    };
    let found = scalars(region, types, handle);
    let independent = |array: Handle<ir::Array>| {
        let of = |(site, _): &&(Site, Access)| site.array == array && site.loops.contains(&handle);
        let mut alone = Judging::new(region, accesses, given, handle);
        alone.pairs(&sites.iter().filter(of).collect::<Vec<_>>());
        alone.legality(|_| true).is_legal()
    };
    let array_reductions = array_reductions(region, types, sites, handle, accesses, &independent);
    let inside: Vec<&(Site, Access)> = sites
        .iter()
        .filter(|(site, _)| {
            site.loops.contains(&handle) && !array_reductions.iter().any(|one| one.target == site.array)
        })
        .collect();
    let mut judging = Judging::new(region, accesses, given, handle);
    let breaks = !region.loops[handle].body.breaks().is_empty();
    if breaks {
        judging.unproven("`break` leaves the loop: which iterations run depends on the earlier ones".to_owned());
    }
    judging.scalars(&found);
    judging.locals(sites);
    let shared_generator = super::generators::shared(region, handle);
    if let Some(shared) = shared_generator {
        judging.generator(shared);
    }
    judging.views(sites);
    judging.pairs(&inside);
    judging.choose_premises();
    judging.measure();
    let mut meeting: Vec<Handle<ir::Array>> = judging.found.iter().map(|one| one.first.array).collect();
    meeting.sort();
    meeting.dedup();
    let private_arrays: Vec<Handle<ir::Array>> = meeting
        .into_iter()
        .filter(|array| work::is_private(accesses, sites, handle, *array))
        .collect();
    let annotation = region.loops[handle].annotation.as_ref();
    let parallel = judging.legality(|one| !private_arrays.contains(&one.first.array));
    let label = judging.label.take();
    // Lockstep keeps the order of whatever stands first in the body, and of what is further apart than there are lanes.
    let wanted = if parallel.is_legal() {
        i64::MAX
    } else {
        annotation.and_then(|one| one.simdlen).map_or(2, i64::from)
    };
    let crosses = |one: &Found<'_>| !one.in_order && one.least < wanted;
    let simd = if private_arrays.is_empty() && judging.found.iter().all(crosses) {
        judging.label.clone_from(&label);
        parallel.clone()
    } else {
        judging.legality(crosses)
    };
    let backward = judging.found.iter().filter(|one| !one.in_order);
    let lanes = match backward.map(|one| one.least).min() {
        Some(least) if simd.is_legal() && !parallel.is_legal() => u32::try_from(least).ok(),
        _ => None,
    };
    let collapsed = annotation.map_or(1, |one| one.collapse);
    let whole = collapsed_legality(&parallel, handle, collapsed, region, &|inner| {
        judge(region, types, accesses, all, given, inner).0
    });
    let asked = annotation.map(|one| match one.directive {
        Directive::Simd => (one, &simd),
        Directive::Parallel | Directive::ParallelSimd | Directive::Sequential => (one, &whole),
    });
    let label = if asked.is_some_and(|(one, _)| one.directive == Directive::Simd) {
        judging.label.take()
    } else {
        label
    };
    let answer = asked.map(|(_, legality)| Answer {
        legality: legality.clone(),
        label,
    });
    let facts = LoopFacts {
        simd,
        parallel,
        lanes,
        complete: judging.open.is_empty() && !matches!(judging.settled, Legality::Unproven(_)),
        carried: judging.carried,
        reductions: found.reductions,
        array_reductions,
        private: found.private,
        lastprivate: found.lastprivate,
        conditional_lastprivate: found.conditional_lastprivate,
        private_arrays,
        breaks,
        shared_generator,
        judgement: None,
    };
    (facts, answer)
}

/// One way in which two accesses of different iterations meet.
struct Found<'a> {
    first: &'a Site,
    second: &'a Site,
    /// How their subscripts wrap.
    modes: [Vec<AccessMode>; 2],
    way: Way,
    /// Under which it happens; `None`: not known.
    condition: Option<Formula>,
    /// Whether it happens wherever that holds.
    complete: bool,
    /// Whether iterations in lockstep, each operation for all of them before the next one, keep the order of the two.
    in_order: bool,
    /// No fewer iterations lie between them.
    least: i64,
}

struct Judging<'a> {
    region: &'a Region,
    accesses: &'a Accesses,
    /// Bounds that are checked at the launch.
    given: &'a [Formula],
    handle: Handle<Loop>,
    carried: Vec<Dependence>,
    /// What scalars and exits leave.
    settled: Legality,
    /// Steps that the rest of the analysis may cost.
    budget: u32,
    /// Where the trouble is.
    label: Option<(Span, String)>,
    found: Vec<Found<'a>>,
    /// Pairs that could not be analysed: the array, the place, and why.
    open: Vec<(&'a Site, &'static str)>,
}

impl<'a> Judging<'a> {
    fn new(region: &'a Region, accesses: &'a Accesses, given: &'a [Formula], handle: Handle<Loop>) -> Self {
        Self {
            region,
            accesses,
            given,
            handle,
            carried: Vec::new(),
            settled: Legality::Proven,
            budget: LOOP_BUDGET,
            label: None,
            found: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Arrays of which it is plain to see that they share their storage: where one of them is written, what the analysis says of
    /// each alone holds only if it holds for both as one.
    fn views(&mut self, sites: &[(Site, Access)]) {
        let arrays = &self.region.arrays;
        for (view, array) in arrays.iter() {
            let Some((name, same)) = &array.view_of else { continue };
            let Some((base, _)) = arrays.iter().find(|(_, one)| one.name == *name) else {
                continue;
            };
            let used = |wanted: Handle<ir::Array>| {
                let mut here = sites
                    .iter()
                    .filter(|(site, _)| site.array == wanted && site.loops.contains(&self.handle));
                let first = here.next().map(|(site, _)| site.span);
                (first, sites.iter().any(|(site, _)| site.array == wanted && site.write))
            };
            let ((Some(_), base_written), (Some(span), view_written)) = (used(base), used(view)) else {
                continue;
            };
            let as_one = *same && independent_as_one(self.accesses, sites, self.handle, base, view);
            if (base_written || view_written) && !as_one {
                let (name, of) = (&array.name, &arrays[base].name);
                self.label
                    .get_or_insert((span, format!("`{name}` shares its elements with `{of}`")));
                self.unproven(format!("`{name}` is a view of `{of}`, and one of them is written"));
            }
        }
    }

    /// Local arrays whose storage is one iteration's, but that are used where it may be another one's.
    fn locals(&mut self, shared: &[(Site, Access)]) {
        for array in locals::allocated(self.region, &self.region.loops[self.handle].body) {
            if let Some((site, _)) = shared.iter().find(|(site, _)| site.array == array) {
                let name = &self.region.arrays[array].name;
                self.label
                    .get_or_insert((site.span, format!("`{name}` may be an earlier iteration's here")));
                self.unproven(format!("`{name}` is made by an iteration and used after it"));
            }
        }
    }

    /// Compares accesses of one array, each with itself and with those after it.
    fn pairs(&mut self, inside: &[&'a (Site, Access)]) {
        for (position, first) in inside.iter().enumerate() {
            for (distance, second) in inside[position..].iter().enumerate() {
                if first.0.array == second.0.array && (first.0.write || second.0.write) {
                    self.pair((position, first), (position + distance, second));
                }
            }
        }
    }

    fn unproven(&mut self, why: String) {
        if self.settled.is_legal() {
            self.settled = Legality::Unproven(why);
        }
    }

    /// A generator that iterations share keeps them in order.
    fn generator(&mut self, shared: super::SharedGenerator) {
        if !matches!(self.settled, Legality::Refuted(_)) {
            self.settled = shared.legality(self.region, self.handle);
            self.label = Some((shared.span, "drawn here".to_owned()));
        }
    }

    fn scalars(&mut self, found: &Scalars) {
        let Some(one) = found.carried.iter().find(|one| one.certain).or(found.carried.first()) else {
            return;
        };
        // Two iterations that there are, if there are two.
        let two = two_iterations(self.accesses, self.handle).and_then(|mut builder| {
            builder.counter(Side::First, self.handle);
            builder.counter(Side::Second, self.handle);
            builder.solutions(&mut Budget(BUDGET))
        });
        let certain = one.certain && !two.as_ref().is_some_and(Vec::is_empty);
        let counter = Atom::Counter(self.handle);
        let value = |side: Side, otherwise: i64| {
            let values = two.as_ref().and_then(|two| two.first()).map(|one| one.values(side));
            let found = values.and_then(|values| values.iter().find(|(atom, _)| *atom == counter).map(|(_, v)| *v));
            found.and_then(|value| i64::try_from(value).ok()).unwrap_or(otherwise)
        };
        let (early, late) = (value(Side::First, 0), value(Side::Second, 1));
        let name = self.region.variables[one.variable].name.clone();
        let counter = self.region.loops[self.handle].written.clone();
        self.label = Some((one.span, format!("`{name}` {}", one.why)));
        self.carried.push(Dependence {
            kind: DependenceKind::Flow,
            source: Place::Variable(one.variable),
            sink: Place::Variable(one.variable),
            certain,
            condition: Formula::True,
            distance: certain.then_some(1),
            directions: vec![(self.handle, Direction::LATER)],
        });
        if !certain {
            self.unproven(format!("`{name}` {}, on some ways", one.why));
            return;
        }
        let access = |span, write| WitnessAccess {
            name: name.clone(),
            write,
            span,
        };
        let [write, read] = one.flow;
        self.settled = Legality::Refuted(Witness {
            text: format!("iteration {counter}={early} assigns `{name}`, iteration {counter}={late} reads that value"),
            iterations: [vec![(counter.clone(), early)], vec![(counter, late)]],
            accesses: [access(write, true), access(read, false)],
        });
    }

    /// Looks for ways in which two sites meet, whichever comes first.
    fn pair(&mut self, a: (usize, &'a (Site, Access)), b: (usize, &'a (Site, Access))) {
        let modes = |one: &(Site, Access)| -> Vec<AccessMode> {
            one.1.subscripts.iter().map(|subscript| subscript.mode).collect()
        };
        let (a_modes, b_modes) = (modes(a.1), modes(b.1));
        let orders = [(a, &a_modes, b, &b_modes), (b, &b_modes, a, &a_modes)];
        for ((one, first), first_modes, (other, second), second_modes) in orders {
            let (first, second) = (&first.0, &second.0);
            let pair = Pair {
                accesses: self.accesses,
                carrier: self.handle,
                first: (first, first_modes),
                second: (second, second_modes),
            };
            let allowed = BUDGET.min(self.budget);
            let mut budget = Budget(allowed);
            let meeting = pair.meeting(&mut budget);
            self.budget -= allowed - budget.0;
            match meeting {
                Meeting::Never => {}
                Meeting::Perhaps(ways) => {
                    let in_order = one < other && self.is_straight(first, second);
                    for way in ways {
                        let found = way.condition(&mut Budget(BUDGET));
                        let complete = found.as_ref().is_some_and(|(_, complete)| *complete);
                        let condition = found.map(|(condition, _)| condition);
                        if condition != Some(Formula::False) {
                            self.found.push(Found {
                                first,
                                second,
                                modes: [first_modes.clone(), second_modes.clone()],
                                way,
                                condition,
                                complete,
                                in_order,
                                least: 1,
                            });
                        }
                    }
                }
                Meeting::Unknown(why) => self.open.push((second, why)),
            }
            if a.0 == b.0 {
                break;
            }
        }
    }

    /// Whether no loop inside this one repeats both accesses, so that the first stands before the second for good.
    fn is_straight(&self, first: &Site, second: &Site) -> bool {
        let theirs = second.inside(self.handle).unwrap_or_default();
        let mut mine = first.inside(self.handle).unwrap_or_default().iter();
        let shared = mine.any(|one| theirs.contains(one));
        !shared && !first.is_repeated(self.handle) && !second.is_repeated(self.handle)
    }

    /// One attempt for all, if there is one that suffices everywhere.
    fn choose_premises(&mut self) {
        let with: Vec<&Found<'_>> = self.found.iter().filter(|one| !one.way.premises.is_empty()).collect();
        let count = with.iter().map(|one| one.way.attempts.len()).min().unwrap_or(0);
        let suits = |attempt: &usize| with.iter().all(|one| !one.way.attempts[*attempt].is_empty());
        let together = |attempt: &usize| {
            let mut all: Vec<&Formula> = with.iter().flat_map(|one| &one.way.attempts[*attempt]).collect();
            all.sort();
            all.dedup();
            all.len()
        };
        let Some(attempt) = (0..count).filter(suits).min_by_key(together) else {
            return;
        };
        for one in &mut self.found {
            if let Some(premises) = one.way.attempts.get(attempt).filter(|_| !one.way.premises.is_empty())
                && one.way.premises != *premises
            {
                one.way.premises = premises.clone();
                one.condition = one.way.condition(&mut Budget(BUDGET)).map(|(condition, _)| condition);
            }
        }
    }

    /// Distances and directions of what was found, as dependences.
    fn measure(&mut self) {
        let step = |handle: Handle<Loop>| {
            let header = self.accesses.headers[handle].as_ref()?;
            header.step.as_ref().and_then(Linear::as_constant)
        };
        let mut carried: Vec<Dependence> = Vec::new();
        for (position, one) in self.found.iter_mut().enumerate() {
            let budget = &mut Budget(if position < MOST_MEASURED { BUDGET } else { 0 });
            let (distance, least) = one.way.distance(self.handle, step(self.handle).unwrap_or(1), budget);
            one.least = least;
            let mut directions = vec![(self.handle, Direction::LATER)];
            let (mine, theirs) = (one.first.inside(self.handle), one.second.inside(self.handle));
            for inner in mine.unwrap_or_default() {
                if theirs.is_some_and(|theirs| theirs.contains(inner)) {
                    directions.push((*inner, one.way.direction(*inner, step(*inner).unwrap_or(1), budget)));
                }
            }
            let kind = match (one.first.write, one.second.write) {
                (true, false) => DependenceKind::Flow,
                (false, _) => DependenceKind::Anti,
                (true, true) => DependenceKind::Output,
            };
            let dependence = Dependence {
                kind,
                source: one.first.place,
                sink: one.second.place,
                certain: one.way.solved.exact,
                condition: one.condition.clone().unwrap_or(Formula::True),
                distance,
                directions,
            };
            let known = carried
                .iter_mut()
                .find(|known| (known.source, known.sink) == (dependence.source, dependence.sink));
            match known {
                Some(known) => known.merge(&dependence),
                None => carried.push(dependence),
            }
        }
        self.carried.extend(carried);
    }

    /// Whether iterations may be reordered, as far as the ways that `counts` picks are concerned.
    fn legality(&mut self, counts: impl Fn(&Found<'_>) -> bool) -> Legality {
        if let Legality::Refuted(_) = self.settled {
            return self.settled.clone();
        }
        let found: Vec<&Found<'_>> = self.found.iter().filter(|one| counts(one)).collect();
        let sites = found.iter().flat_map(|one| [one.first, one.second]);
        let setting = Setting::new(self.accesses, self.given, self.handle, sites);
        let forced = |one: &Found<'_>| {
            let own = Setting::new(self.accesses, self.given, self.handle, [one.first, one.second]);
            one.condition.as_ref().is_none_or(|condition| own.is_forced(condition))
        };
        let meeting: Vec<&Found<'_>> = found.iter().copied().filter(|one| forced(one)).collect();
        // Where subscripts have parameters, a condition that says too much tells nothing of their other values.
        let inputs = |site: &Site| {
            let mut each = site.subscripts.iter();
            each.any(|number| number.linear.any(&mut |atom| matches!(atom, Atom::Input(_))))
        };
        let surely = |one: &&&Found<'_>| {
            let told = one.complete || !inputs(one.first) && !inputs(one.second);
            one.way.solved.exact && one.condition.is_some() && told
        };
        if let Some(one) = meeting.iter().find(surely) {
            let (legality, label) = self.refuted(one);
            self.label = Some(label);
            return legality;
        }
        if let Legality::Unproven(_) = self.settled {
            return self.settled.clone();
        }
        let open = self.open.first().copied();
        let doubtful = meeting
            .first()
            .map(|one| (one.second, "two iterations may touch the same element"));
        if let Some((site, why)) = open.or(doubtful) {
            return self.doubtful(site, why);
        }
        if found.is_empty() {
            return Legality::Proven;
        }
        let mut meets: Vec<Formula> = found.iter().filter_map(|one| one.condition.clone()).collect();
        meets.sort();
        meets.dedup();
        let guard = setting.guard(&meets);
        if guard == Formula::True {
            // The bounds that are checked anyway exclude it.
            return Legality::Proven;
        }
        if setting.can_hold(&guard) {
            return Legality::Guarded(guard);
        }
        match found.iter().find(|one| one.way.solved.exact) {
            Some(one) => {
                let (legality, label) = self.refuted(one);
                self.label = Some(label);
                legality
            }
            None => self.doubtful(found[0].second, "two iterations may touch the same element"),
        }
    }

    fn doubtful(&mut self, site: &Site, why: &str) -> Legality {
        let name = &self.region.arrays[site.array].name;
        self.label.get_or_insert((
            site.span,
            format!("another iteration may touch this element of `{name}`"),
        ));
        Legality::Unproven(format!("`{name}`: {why}"))
    }

    /// Values at which everything is in bounds, if possible.
    fn witness(&self, found: &Found<'_>) -> Option<Solved> {
        let (first, second) = (&found.modes[0], &found.modes[1]);
        let pair = Pair {
            accesses: self.accesses,
            carrier: self.handle,
            first: (found.first, first),
            second: (found.second, second),
        };
        pair.witness(self.given, true)
            .or_else(|| pair.witness(self.given, false))
            .or_else(|| pair.witness(&[], false))
    }

    fn refuted(&self, found: &Found<'_>) -> (Legality, (Span, String)) {
        let (first, second) = (found.first, found.second);
        let solved = self.witness(found);
        let solved = solved.as_ref().unwrap_or(&found.way.solved);
        let values = [solved.values(Side::First), solved.values(Side::Second)];
        let counters = |values: &[(Atom, i128)], site: &Site| {
            let mut named: Vec<(String, i64)> = values
                .iter()
                .filter_map(|(atom, value)| {
                    let name = match atom {
                        Atom::Counter(header) if site.loops.contains(header) => {
                            self.region.loops[*header].written.clone()
                        }
                        Atom::Input(input) => self.region.inputs[*input].name.clone(),
                        Atom::Extent(array, axis) => format!("{}.shape[{axis}]", self.region.arrays[*array].name),
                        _ => return None,
                    };
                    Some((name, i64::try_from(*value).ok()?))
                })
                .collect();
            named.sort();
            named
        };
        let iterations = [counters(&values[0], first), counters(&values[1], second)];
        let name = self.region.arrays[first.array].name.clone();
        let element = |site: &Site, values: &[(Atom, i128)]| {
            let value = |atom: &Atom| values.iter().find(|(known, _)| known == atom).map(|(_, value)| *value);
            let each = site.subscripts.iter().map(|number| {
                number
                    .linear
                    .evaluate(&value)
                    .map_or_else(|| "?".to_owned(), |value| value.to_string())
            });
            format!("{name}[{}]", each.collect::<Vec<_>>().join(", "))
        };
        let does = |site: &Site| if site.write { "writes" } else { "reads" };
        let counter = &self.region.loops[self.handle].written;
        let number = |values: &[(String, i64)]| {
            values
                .iter()
                .find(|(name, _)| name == counter)
                .map_or(0, |(_, value)| *value)
        };
        let mut text = format!(
            "iteration {counter}={} {} {}, iteration {counter}={} {} {}",
            number(&iterations[0]),
            does(first),
            element(first, &values[0]),
            number(&iterations[1]),
            does(second),
            element(second, &values[1])
        );
        if solved.depends {
            text.push_str(", if the data lets both get there");
        }
        let access = |site: &Site| WitnessAccess {
            name: name.clone(),
            write: site.write,
            span: site.span,
        };
        let label = (second.span, format!("the later iteration {} here", does(second)));
        let witness = Witness {
            text,
            iterations,
            accesses: [access(first), access(second)],
        };
        (Legality::Refuted(witness), label)
    }
}
