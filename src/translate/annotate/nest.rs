//! One nest: the verdict on each of its levels, and the choice among them.

use super::{Annotator, Finding, Refuted};
use crate::deps::{self, Facts, LoopFacts, Verdict};
use crate::diagnostics::Diagnostic;
use crate::infer::{self, Signature, Types};
use crate::ir::{self, Annotation, Directive, Handle, Input, Loop, Region, SideTable, Statement};
use crate::lower::{Candidate, Origin};
use crate::plan::{self, Plan, Work};
use crate::pragma::DirectiveKind;
use crate::python::{ExpressionKind, For};
use crate::source::Span;
use crate::translate::{assumed_signature, report};

/// Work in nanoseconds up to which a loop is not worth a kernel: what the call of one costs.
const LITTLE: f64 = 1000.0;
/// Iterations below which a loop is left to run in order when a longer one inside can run in parallel.
const FEW: f64 = 8.0;

/// A loop nest as a region, and what each of its loops would be told.
pub(super) struct Nest<'n, 'a> {
    annotator: &'n Annotator<'a>,
    region: Region,
    types: Types,
    signature: Signature,
    declared: bool,
    /// The `for` statements, an outer one before its inner ones; the first is the region's.
    levels: Vec<Level<'a>>,
}

/// A `for` statement of the nest.
struct Level<'a> {
    candidate: Candidate<'a>,
    /// The levels directly inside.
    inside: Vec<usize>,
    /// Those in its `else`, which runs when it is done.
    after: Vec<usize>,
    /// The place of its body.
    body: Span,
    /// The counted loops it became: none if it is never reached, several if it is reached in several ways.
    loops: Vec<Handle<Loop>>,
    /// A pragma of the user's stands on it, or on a loop around.
    claimed: bool,
    work: Work,
    /// The verdict as a `parallel for`, and why.
    judgement: Option<(Verdict, String)>,
    /// Whether it would be split between threads.
    splits: bool,
    /// Whether it could run in lanes although not in threads.
    lanes: bool,
    /// Whether it leaves nothing behind but its own variables.
    idle: bool,
}

/// A directive for each level that gets one.
type Picks = Vec<(usize, DirectiveKind)>;

impl<'n, 'a> Nest<'n, 'a> {
    /// Analyses a nest under declared or assumed types.
    pub(super) fn new(
        annotator: &'n Annotator<'a>,
        candidate: &Candidate<'a>,
        region: Region,
        around: &Refuted,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (signature, declared) = assumed_signature(&region);
        let types = infer::infer(&region, &signature)?;
        let mut nest = Self {
            annotator,
            region,
            types,
            signature,
            declared,
            levels: Vec::new(),
        };
        nest.level(candidate, false);
        nest.judge(around);
        Ok(nest)
    }

    fn level(&mut self, candidate: &Candidate<'a>, around: bool) -> usize {
        let claimed = around || self.annotator.directives.is_claimed(candidate.statement);
        let number = self.levels.len();
        self.levels.push(Level {
            candidate: *candidate,
            inside: Vec::new(),
            after: Vec::new(),
            body: body(candidate.node),
            loops: outermost_at(&self.region, candidate.node.header),
            claimed,
            work: Work::default(),
            judgement: None,
            splits: false,
            lanes: false,
            idle: false,
        });
        for inner in self.annotator.candidates.inside(candidate) {
            let inner = self.level(&inner, claimed);
            self.levels[number].inside.push(inner);
        }
        for later in self.annotator.candidates.after(candidate) {
            let later = self.level(&later, claimed);
            self.levels[number].after.push(later);
        }
        number
    }

    // What each level would be told

    fn judge(&mut self, around: &Refuted) {
        let work = plan::work(&self.region, &|input| self.constant(input));
        let all: Picks = (0..self.levels.len())
            .map(|level| (level, DirectiveKind::ParallelFor))
            .collect();
        let (region, facts) = self.annotated(&all, false);
        for number in 0..self.levels.len() {
            let loops = self.levels[number].loops.clone();
            let Some(first) = loops.first() else { continue };
            let judgements = loops
                .iter()
                .filter_map(|handle| facts.of_loop(*handle).judgement.as_ref());
            let worst = judgements.max_by_key(|one| !one.verdict.permits());
            let start = self.levels[number].candidate.statement.span.start;
            let judgement = match around.get(&start) {
                Some(reason) => Some((Verdict::Refuted, reason.clone())),
                None => worst.map(|one| (one.verdict, one.reasons.join("; "))),
            };
            let permitted = judgement.as_ref().is_some_and(|(verdict, _)| verdict.permits());
            let (mut splits, mut lanes) = (false, false);
            if permitted {
                let (region, facts) = self.annotated(&vec![(number, DirectiveKind::ParallelFor)], false);
                let plan = plan::plan(&region, &self.types, &facts);
                splits = plan.fast().is_ok() && loops.iter().all(|handle| plan.is_parallel(*handle));
            } else if is_innermost(&region, *first) && !around.contains_key(&start) {
                let (region, facts) = self.annotated(&vec![(number, DirectiveKind::Simd)], false);
                let plan = plan::plan(&region, &self.types, &facts);
                lanes = plan.fast().is_ok() && loops.iter().all(|handle| plan.lanes(*handle).is_some());
            }
            let level = &mut self.levels[number];
            (level.judgement, level.splits, level.lanes) = (judgement, splits, lanes);
            level.work = work[*first];
            level.idle = loops
                .iter()
                .all(|handle| is_idle(&region, facts.of_loop(*handle), *handle));
        }
    }

    /// The region with directives on some levels, and its facts; with `kept`, the user's own directives stay.
    fn annotated(&self, picks: &Picks, kept: bool) -> (Region, Facts) {
        let mut region = self.region.clone();
        let handles: Vec<Handle<Loop>> = region.loops.handles().collect();
        if !kept {
            for handle in handles {
                region.loops[handle].annotation = None;
            }
        }
        for (level, kind) in picks {
            for handle in &self.levels[*level].loops {
                let span = region.loops[*handle].span;
                region.loops[*handle].annotation = Some(Annotation::plain(directive(*kind), span));
            }
        }
        let facts = deps::analyse(&region, Some(&self.types));
        (region, facts)
    }

    /// The value of an input that the file sets once, to a literal.
    fn constant(&self, input: Handle<Input>) -> Option<i64> {
        let input = &self.region.inputs[input];
        if !input.steps.is_empty() {
            return None;
        }
        let origins = self
            .annotator
            .candidates
            .origins(&self.levels[0].candidate, &input.root);
        match origins.as_slice() {
            [Origin::Value(value)] => match &value.kind {
                ExpressionKind::Integer(digits) => digits.replace('_', "").parse().ok(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The loops whose iterations surely meet.
    pub(super) fn refuted(&self) -> impl Iterator<Item = (u32, String)> {
        self.levels.iter().filter_map(|level| {
            let start = level.candidate.statement.span.start;
            match &level.judgement {
                Some((Verdict::Refuted, reason)) => Some((start, reason.clone())),
                _ => None,
            }
        })
    }

    // The choice

    /// A finding for each loop of the nest without a pragma, if something is proposed; otherwise the outermost loop's.
    pub(super) fn findings(&self) -> Result<Vec<Finding>, Box<Finding>> {
        if self.is_little(0) && self.levels[0].after.is_empty() {
            return Ok(self.list(&Vec::new(), None));
        }
        let picks = self.picks();
        for picks in [self.with_lanes(&picks), picks] {
            if picks.is_empty() {
                break;
            }
            let (region, facts) = self.annotated(&picks, true);
            let plan = plan::plan(&region, &self.types, &facts);
            if self.holds(&picks, &region, &facts, &plan) {
                return Ok(self.list(&picks, Some((&region, &facts))));
            }
        }
        Err(Box::new(self.finding(0, &Vec::new(), None)))
    }

    fn picks(&self) -> Picks {
        let mut picks = self.choose(0);
        let own = picks.iter().any(|(level, _)| *level == 0);
        let inside = !picks.is_empty() || self.kept().next().is_some();
        if inside && !own {
            picks.insert(0, (0, DirectiveKind::SequentialFor));
        }
        picks
    }

    /// The user's own parallel loops.
    fn kept(&self) -> impl Iterator<Item = Handle<Loop>> {
        let annotated = self.region.loops.iter().filter(|(_, header)| {
            let asked = header.annotation.as_ref().map(|one| one.directive);
            asked.is_some_and(|directive| directive != Directive::Sequential)
        });
        annotated.map(|(handle, _)| handle)
    }

    /// The outermost levels that may run in parallel, from this one inwards, and those after it.
    fn choose(&self, number: usize) -> Picks {
        let later = self.levels[number].after.iter().flat_map(|later| self.choose(*later));
        self.choose_inside(number).into_iter().chain(later).collect()
    }

    fn choose_inside(&self, number: usize) -> Picks {
        let level = &self.levels[number];
        if level.claimed || self.is_little(number) || level.idle {
            return Vec::new();
        }
        let inside: Picks = level.inside.iter().flat_map(|inner| self.choose(*inner)).collect();
        let splits = |(inner, _): &(usize, DirectiveKind)| self.levels[*inner].splits;
        if !self.permitted(number) || self.holds_claimed(number) {
            return match (inside.is_empty(), level.lanes) {
                (true, true) => vec![(number, DirectiveKind::Simd)],
                _ => inside,
            };
        }
        let longer = |inner: usize| {
            let trips = self.levels[inner].work.trips;
            trips.is_none_or(|trips| level.work.trips.is_some_and(|own| trips > own))
        };
        let few = level.work.trips.is_some_and(|trips| trips < FEW);
        let better = few && inside.iter().any(|pick| splits(pick) && longer(pick.0));
        if better || (inside.iter().any(splits) && !level.splits) {
            return inside;
        }
        vec![(number, DirectiveKind::ParallelFor)]
    }

    fn holds_claimed(&self, number: usize) -> bool {
        let level = &self.levels[number];
        level.claimed || level.inside.iter().any(|inner| self.holds_claimed(*inner))
    }

    fn permitted(&self, number: usize) -> bool {
        let judgement = self.levels[number].judgement.as_ref();
        judgement.is_some_and(|(verdict, _)| verdict.permits())
    }

    fn is_little(&self, number: usize) -> bool {
        self.levels[number].work.total().is_some_and(|total| total < LITTLE)
    }

    /// With `simd` where the plan takes lanes for a loop that holds no other.
    fn with_lanes(&self, picks: &Picks) -> Picks {
        if picks.is_empty() {
            return Vec::new();
        }
        let (region, facts) = self.annotated(picks, true);
        let plan = plan::plan(&region, &self.types, &facts);
        let mut all = Vec::new();
        for (number, level) in self.levels.iter().enumerate() {
            let chosen = picks.iter().find(|(pick, _)| *pick == number).map(|(_, kind)| *kind);
            let innermost = level.loops.iter().all(|handle| is_innermost(&region, *handle));
            let lanes = level.loops.iter().all(|handle| plan.lanes(*handle).is_some());
            let inner = innermost && lanes && !level.loops.is_empty() && !level.claimed;
            match chosen {
                Some(DirectiveKind::ParallelFor) if inner => all.push((number, DirectiveKind::ParallelForSimd)),
                Some(kind) => all.push((number, kind)),
                None if inner && self.is_below(number, picks) => all.push((number, DirectiveKind::Simd)),
                None => {}
            }
        }
        all
    }

    /// Whether a level lies inside one that is to run in parallel.
    fn is_below(&self, number: usize, picks: &Picks) -> bool {
        self.parallel_around(number, picks).is_some()
    }

    fn parallel_around(&self, number: usize, picks: &Picks) -> Option<usize> {
        let around = picks
            .iter()
            .find(|(pick, kind)| *kind != DirectiveKind::SequentialFor && self.lies_in(number, *pick));
        around.map(|(pick, _)| *pick)
    }

    /// Whether everything that is asked, by the picks and by the user, is granted when asked together.
    fn holds(&self, picks: &Picks, region: &Region, facts: &Facts, plan: &Plan<'_>) -> bool {
        let granted = region.loops.iter().all(|(handle, header)| {
            header.annotation.is_none()
                || facts
                    .of_loop(handle)
                    .judgement
                    .as_ref()
                    .is_some_and(|one| one.verdict.permits() || one.verdict == Verdict::Sequential)
        });
        let as_planned = picks.iter().all(|(number, kind)| {
            let level = &self.levels[*number];
            !level.loops.is_empty()
                && level.loops.iter().all(|handle| match kind {
                    DirectiveKind::ParallelFor => plan.is_parallel(*handle) || !level.splits,
                    DirectiveKind::ParallelForSimd => plan.is_parallel(*handle) && plan.lanes(*handle).is_some(),
                    DirectiveKind::Simd => plan.lanes(*handle).is_some(),
                    DirectiveKind::SequentialFor | DirectiveKind::Parallel | DirectiveKind::Atomic => true,
                })
        });
        let mut kept = self.kept().peekable();
        let own = kept.peek().is_none() || kept.any(|handle| plan.mode(handle) != ir::Mode::Serial);
        granted && as_planned && plan.fast().is_ok() && own
    }

    // What is told

    fn list(&self, picks: &Picks, found: Option<(&Region, &Facts)>) -> Vec<Finding> {
        let levels = (0..self.levels.len()).filter(|number| !self.annotated_by_user(*number));
        levels.map(|number| self.finding(number, picks, found)).collect()
    }

    fn annotated_by_user(&self, number: usize) -> bool {
        let statement = self.levels[number].candidate.statement;
        self.annotator.directives.is_claimed(statement)
    }

    fn finding(&self, number: usize, picks: &Picks, found: Option<(&Region, &Facts)>) -> Finding {
        let level = &self.levels[number];
        let kind = picks.iter().find(|(pick, _)| *pick == number).map(|(_, kind)| *kind);
        let mut finding = self.annotator.blank(&level.candidate, self.refusal(number, picks));
        finding.verdict = level.judgement.as_ref().map(|(verdict, _)| *verdict);
        finding.work = (!level.loops.is_empty()).then_some(level.work);
        finding.types = Some((self.signature.to_string(), self.declared));
        let (Some(kind), Some((region, facts)), Some(first)) = (kind, found, level.loops.first()) else {
            return finding;
        };
        let judgement = facts.of_loop(*first).judgement.as_ref();
        finding.proposal = Some(kind);
        finding.verdict = judgement.map(|one| one.verdict);
        finding.guards = match kind {
            DirectiveKind::SequentialFor => Vec::new(),
            _ => report::guards(region, facts, *first),
        };
        finding.reason = match kind {
            DirectiveKind::SequentialFor => self.in_order(number),
            _ => judgement.map(|one| one.reasons.join("; ")).unwrap_or_default(),
        };
        finding
    }

    /// Why a loop is to run in order.
    fn in_order(&self, number: usize) -> String {
        let level = &self.levels[number];
        let why = match (&level.judgement, level.work.trips) {
            (Some((verdict, reason)), _) if !verdict.permits() => format!("; not parallel: {reason}"),
            (_, Some(trips)) if trips < FEW => format!("; only {trips} iterations, and the loops inside have more"),
            _ => String::new(),
        };
        format!("no Python between the parallel loops inside{why}")
    }

    /// Why nothing is proposed for a level.
    fn refusal(&self, number: usize, picks: &Picks) -> String {
        let level = &self.levels[number];
        let row = |number: usize| {
            let start = self.levels[number].candidate.statement.span.start;
            self.annotator.file.row(start)
        };
        if level.claimed {
            return "it lies inside an annotated loop".to_owned();
        }
        if let Some(around) = self.parallel_around(number, picks) {
            return format!("the loop of line {} around it runs in parallel", row(around));
        }
        if let Some(total) = level.work.total().filter(|_| self.is_little(number)) {
            return format!(
                "too little work: about {} ns in all, and the call of a kernel takes about {LITTLE} ns",
                total.round().max(1.0)
            );
        }
        if self.is_little(0) {
            return "too little work".to_owned();
        }
        let Some((verdict, reason)) = &level.judgement else {
            return "it is never reached".to_owned();
        };
        if verdict.permits() && level.idle {
            return "it leaves nothing behind".to_owned();
        }
        let inside = || picks.iter().find(|(pick, _)| *pick != 0 && self.lies_in(*pick, number));
        match (verdict.permits(), inside()) {
            (false, _) => reason.clone(),
            (true, Some((pick, _))) => {
                format!(
                    "the loop of line {} inside it is the better one to run in parallel",
                    row(*pick)
                )
            }
            (true, None) => "together with the pragmas inside it, it would not run in parallel".to_owned(),
        }
    }

    fn lies_in(&self, inner: usize, outer: usize) -> bool {
        let inner = self.levels[inner].candidate.statement.span;
        self.levels[outer].body.contains(inner)
    }
}

fn directive(kind: DirectiveKind) -> Directive {
    match kind {
        DirectiveKind::ParallelFor | DirectiveKind::Parallel | DirectiveKind::Atomic => Directive::Parallel,
        DirectiveKind::Simd => Directive::Simd,
        DirectiveKind::ParallelForSimd => Directive::ParallelSimd,
        DirectiveKind::SequentialFor => Directive::Sequential,
    }
}

/// The counted loops that a `for` header became, without those inside another one of them.
fn outermost_at(region: &Region, header: Span) -> Vec<Handle<Loop>> {
    let mut inner = SideTable::filled(&region.loops, false);
    let mine = |handle: &Handle<Loop>| region.loops[*handle].span == header;
    for handle in region.loops.handles().filter(mine) {
        ir::visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
            if let Statement::For(inside) = statement {
                inner[*inside] = true;
            }
        });
    }
    region
        .loops
        .handles()
        .filter(|handle| mine(handle) && !inner[*handle])
        .collect()
}

/// The place of a loop's body.
fn body(node: &For) -> Span {
    let first = node.body.first().map_or(node.header, |statement| statement.span);
    node.body.last().map_or(first, |last| first.join(last.span))
}

/// Whether a loop stores nothing, combines nothing, and assigns only variables that nobody reads afterwards.
fn is_idle(region: &Region, found: &LoopFacts, handle: Handle<Loop>) -> bool {
    let combines = !found.reductions.is_empty() || !found.array_reductions.is_empty();
    let mut idle = !combines && found.carried.is_empty() && found.lastprivate.is_empty() && !found.breaks;
    ir::visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
        idle &= !matches!(statement, Statement::Store(_) | Statement::Raise { .. });
    });
    idle
}

/// Whether a loop holds no other counted one, written or inlined.
fn is_innermost(region: &Region, handle: Handle<Loop>) -> bool {
    let mut innermost = true;
    ir::visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
        innermost &= !matches!(statement, Statement::For(_));
    });
    innermost
}
