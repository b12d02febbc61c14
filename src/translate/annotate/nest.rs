//! One nest: the verdict on each of its levels.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::{Annotator, Refuted};
use crate::deps::{self, Facts, LoopFacts, Verdict};
use crate::diagnostics::Diagnostic;
use crate::infer::{Signature, Types};
use crate::ir::{self, Annotation, Directive, Handle, Input, Loop, Region, SideTable, Statement};
use crate::lower::{Candidate, Origin};
use crate::plan::{self, Plan, Work};
use crate::pragma::DirectiveKind;
use crate::python::{ExpressionKind, For};
use crate::scalarise::{self, Supposed};
use crate::source::Span;
use crate::translate::assumed_signature;

/// A loop nest as a region, and what each of its loops would be told.
pub(super) struct Nest<'n, 'a> {
    pub(super) annotator: &'n Annotator<'a>,
    pub(super) region: Region,
    pub(super) types: Types,
    pub(super) signature: Signature,
    pub(super) declared: bool,
    /// The `for` statements, an outer one before its inner ones; the first is the region's.
    pub(super) levels: Vec<Level<'a>>,
    /// What was analysed so far.
    pub(super) analyses: RefCell<Vec<Known>>,
}

/// A `for` statement of the nest.
pub(super) struct Level<'a> {
    pub(super) candidate: Candidate<'a>,
    /// The levels directly inside.
    pub(super) inside: Vec<usize>,
    /// Those in its `else`, which runs when it is done.
    pub(super) after: Vec<usize>,
    /// The place of its body.
    pub(super) body: Span,
    /// The counted loops it became: none if it is never reached, several if it is reached in several ways.
    pub(super) loops: Vec<Handle<Loop>>,
    /// A pragma of the user's stands on it, or on a loop around.
    pub(super) claimed: bool,
    pub(super) work: Work,
    /// The verdict as a `parallel for`, and why.
    pub(super) judgement: Option<(Verdict, String)>,
    /// Whether it would be split between threads, once somebody has asked.
    pub(super) splits: OnceCell<bool>,
    /// Whether it could run in lanes, where it may not be split.
    pub(super) lanes: OnceCell<bool>,
    /// Its iterations surely meet where the loops around the nest run it.
    pub(super) refuted: bool,
    /// Whether it leaves nothing behind but its own variables.
    pub(super) idle: bool,
}

/// A directive for each level that gets one.
pub(super) type Picks = Vec<(usize, DirectiveKind)>;

/// The directives of an analysis, whether the user's own stayed, and what came out.
type Known = (Picks, bool, Rc<(Region, Facts)>);

impl<'n, 'a> Nest<'n, 'a> {
    /// Analyses a nest under declared or assumed types.
    pub(super) fn new(
        annotator: &'n Annotator<'a>,
        candidate: &Candidate<'a>,
        region: Region,
        around: &Refuted,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (signature, declared) = assumed_signature(&region);
        let mut region = scalarise::scalarise(&region, &signature, Supposed::Usual)?.into_owned();
        let types = crate::translate::typed(&mut region, &signature)?;
        let mut nest = Self {
            annotator,
            region,
            types,
            signature,
            declared,
            levels: Vec::new(),
            analyses: RefCell::default(),
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
            splits: OnceCell::new(),
            lanes: OnceCell::new(),
            refuted: false,
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
        let analysis = self.annotated(&all, false);
        let (region, facts) = &*analysis;
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
            let level = &mut self.levels[number];
            level.judgement = judgement;
            level.refuted = around.contains_key(&start);
            level.work = work[*first];
            level.idle = loops
                .iter()
                .all(|handle| is_idle(region, facts.of_loop(*handle), *handle));
        }
    }

    /// Whether a level that may run in parallel would be split between threads.
    pub(super) fn splits(&self, number: usize) -> bool {
        let granted = |plan: &Plan<'_>, handle| plan.is_parallel(handle);
        let level = &self.levels[number];
        *level
            .splits
            .get_or_init(|| self.permitted(number) && self.planned(number, DirectiveKind::ParallelFor, granted))
    }

    /// Whether a level that may not could still run in lanes.
    pub(super) fn lanes(&self, number: usize) -> bool {
        let granted = |plan: &Plan<'_>, handle| plan.lanes(handle).is_some();
        let level = &self.levels[number];
        *level.lanes.get_or_init(|| {
            let possible = level.inside.is_empty() && !level.refuted && !self.permitted(number);
            possible && self.planned(number, DirectiveKind::Simd, granted)
        })
    }

    /// Whether the plan grants a level what a directive on it alone asks for.
    fn planned(&self, number: usize, kind: DirectiveKind, granted: impl Fn(&Plan<'_>, Handle<Loop>) -> bool) -> bool {
        let loops = &self.levels[number].loops;
        let analysis = self.annotated(&vec![(number, kind)], false);
        let (region, facts) = &*analysis;
        let plan = plan::plan(region, &self.types, facts);
        !loops.is_empty() && plan.fast().is_ok() && loops.iter().all(|handle| granted(&plan, *handle))
    }

    /// The region with directives on some levels, and its facts; with `kept`, the user's own directives stay.
    pub(super) fn annotated(&self, picks: &Picks, kept: bool) -> Rc<(Region, Facts)> {
        let kept = kept && self.kept().next().is_some();
        let known = self.analyses.borrow();
        if let Some((_, _, known)) = known.iter().find(|(of, also, _)| (of, *also) == (picks, kept)) {
            return Rc::clone(known);
        }
        drop(known);
        let analysis = Rc::new(self.analysed(picks, kept));
        self.analyses
            .borrow_mut()
            .push((picks.clone(), kept, Rc::clone(&analysis)));
        analysis
    }

    fn analysed(&self, picks: &Picks, kept: bool) -> (Region, Facts) {
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

    /// Whether functions were inlined, whose loops may get pragmas of their own.
    pub(super) fn calls(&self) -> bool {
        !self.region.callees.is_empty()
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
}

fn directive(kind: DirectiveKind) -> Directive {
    match kind {
        DirectiveKind::ParallelFor | DirectiveKind::Parallel | DirectiveKind::Atomic | DirectiveKind::Data => {
            Directive::Parallel
        }
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
        idle &= !matches!(
            statement,
            Statement::Store(_) | Statement::Leave(_) | Statement::Raise { .. }
        );
    });
    idle
}

/// Whether a loop holds no other counted one, written or inlined.
pub(super) fn is_innermost(region: &Region, handle: Handle<Loop>) -> bool {
    let mut innermost = true;
    ir::visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
        innermost &= !matches!(statement, Statement::For(_));
    });
    innermost
}
