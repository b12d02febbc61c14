//! Nests whose loops are one iteration space: joined by `collapse`, or cut into tiles by `tile`.
//!
//! ```text
//! # pragma parallel for collapse(2)        units of the space: pairs (i, j)
//! # pragma parallel for tile(64, 64)       units of the space: tiles of 64 x 64 pairs
//! for i in range(n):
//!     for j in range(m):
//! ```
//!
//! Both want a rectangle: the bounds of each loop are known where the outermost starts. Joined iterations run in the order in
//! which they are written, so that nothing but the split needs a proof: all loops that are split must be parallel. Tiles change the
//! order, and are legal where no dependence that one of the loops carries runs backwards in a loop inside it: then the band is
//! fully permutable (M. Wolf and M. Lam, "A loop transformation theory and an algorithm to maximize parallelism", 1991).
//! What is asked for and cannot be is no silence: [`Plan::unheeded`](super::Plan::unheeded).

use super::{Plan, cost};
use crate::deps::{ExtremumRule, Legality, LoopFacts, Place};
use crate::ir::{
    self, Annotation, Block, Directive, Expression, Handle, Loop, ReductionOp, Region, Statement, Variable,
};

/// Loops that are one iteration space, each holding the next and nothing else but assignments of what stays the same in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nest {
    /// Outermost first; two at least, or one in tiles.
    pub loops: Vec<Handle<Loop>>,
    /// How many of them, from the outermost on, are split between threads; 0: the nest runs on one.
    pub split: usize,
    /// The iterations of a tile in each loop; none: iterations are dealt out one by one.
    pub tile: Vec<u32>,
}

/// A clause that the plan does not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheeded {
    /// The loop with the directive.
    pub header: Handle<Loop>,
    /// Its name.
    pub clause: &'static str,
    /// What becomes of it instead, and why: `has no effect here: …`.
    pub what: String,
}

/// The nests that the directives of a region ask for.
pub(super) fn choose(plan: &Plan<'_>) -> (Vec<Nest>, Vec<Unheeded>) {
    let (mut nests, mut unheeded) = (Vec::new(), Vec::new());
    for (handle, header) in plan.region.loops.iter() {
        let Some(annotation) = &header.annotation else { continue };
        let mut refuse = |clause, what| {
            unheeded.push(Unheeded {
                header: handle,
                clause,
                what,
            });
        };
        if !annotation.tile.is_empty() {
            match tiled(plan, handle, annotation) {
                Ok(nest) => {
                    nests.push(nest);
                    continue;
                }
                Err(why) => refuse("tile", Unheeded::ignored(&why)),
            }
        }
        if annotation.collapse > 1 && annotation.directive != Directive::Sequential {
            let mut attempts = (2..=annotation.collapse as usize).rev();
            let mut refused = None;
            let nest = attempts.find_map(|depth| match joined(plan, handle, depth) {
                Ok(nest) => Some(nest),
                Err(why) => {
                    refused.get_or_insert(why);
                    None
                }
            });
            if let Some(why) = refused {
                refuse(
                    "collapse",
                    match &nest {
                        Some(nest) => format!("joins {} only: {why}", plan.written(&nest.loops)),
                        None => Unheeded::ignored(&why),
                    },
                );
            }
            nests.extend(nest);
        }
    }
    (nests, unheeded)
}

/// The loops that `collapse` joins. In lanes alone there is nothing to deal out: the lanes are the innermost loop's.
fn joined(plan: &Plan<'_>, handle: Handle<Loop>, depth: usize) -> Result<Nest, String> {
    let loops = rectangle(plan.region, handle, depth)?;
    let parallel = plan.is_parallel(handle);
    let split = if parallel { split(plan, &loops)? } else { 0 };
    if parallel && split < loops.len() {
        let (inner, outer) = (loops[split], loops[0]);
        let name = |one: Handle<Loop>| &plan.region.loops[one].written;
        return Err(format!(
            "iterations of `{}` combine what those of `{}` keep apart, so that only the loops around it can be split",
            name(inner),
            name(outer)
        ));
    }
    Ok(Nest {
        loops,
        split,
        tile: Vec::new(),
    })
}

fn tiled(plan: &Plan<'_>, handle: Handle<Loop>, annotation: &Annotation) -> Result<Nest, String> {
    let region = plan.region;
    let loops = rectangle(region, handle, annotation.tile.len())?;
    for (level, one) in loops.iter().enumerate() {
        let found = plan.facts.of_loop(*one);
        permutable(region, found, &loops[level + 1..]).map_err(|why| {
            format!(
                "iterations must stay in order, for {why} (loop `{}`)",
                region.loops[*one].written
            )
        })?;
    }
    let split = if plan.is_parallel(handle) {
        split(plan, &loops)?
    } else {
        0
    };
    Ok(Nest {
        loops,
        split,
        tile: annotation.tile.clone(),
    })
}

/// So many loops, from one inwards, whose bounds are known where the first one starts.
fn rectangle(region: &Region, handle: Handle<Loop>, depth: usize) -> Result<Vec<Handle<Loop>>, String> {
    let mut loops = vec![handle];
    while loops.len() < depth {
        let body = &region.loops[loops[loops.len() - 1]].body;
        let [before @ .., (Statement::For(inner), _)] = &body.statements[..] else {
            return Err(
                match body.statements.iter().any(|(one, _)| matches!(one, Statement::For(_))) {
                    true => "its loops have statements between them".to_owned(),
                    false => format!("it wants {depth} nested loops, and there are fewer"),
                },
            );
        };
        loops.push(*inner);
        let inside = assignments(region, body);
        for (statement, _) in before {
            // It is done again in every part of the loop inside, and so must do the same.
            let repeatable = match statement {
                Statement::Assign { variable, value } => {
                    let once = inside.iter().filter(|one| *one == variable).count() == 1;
                    once && is_steady(region, *value, &[], &inside)
                }
                _ => false,
            };
            if !repeatable {
                return Err("its loops have statements between them".to_owned());
            }
        }
        let header = &region.loops[*inner];
        let assigned = assignments(region, &region.loops[handle].body);
        let fixed = [header.start, header.stop, header.step]
            .iter()
            .all(|root| is_steady(region, *root, &loops, &assigned));
        if !fixed {
            return Err(format!(
                "the bounds of `{}` are not known before `{}` starts, so that the loops are no rectangle",
                header.written, region.loops[handle].written
            ));
        }
    }
    Ok(loops)
}

/// The variables that a block assigns, as often as it does.
pub(super) fn assignments(region: &Region, block: &Block) -> Vec<Handle<Variable>> {
    let mut found = Vec::new();
    ir::visit_statements(region, block, &mut |one, _| found.extend(one.assigned()));
    found
}

/// Whether a value is the same in all iterations of some loops, which assign these variables. An element of an array is not: its
/// subscript may be in bounds only where a loop runs.
pub(super) fn is_steady(
    region: &Region,
    root: Handle<Expression>,
    loops: &[Handle<Loop>],
    assigned: &[Handle<Variable>],
) -> bool {
    let mut steady = true;
    ir::visit_expressions(region, root, &mut |one| {
        steady &= match &region.expressions[one] {
            Expression::Counter(counter) => !loops.contains(counter),
            Expression::Variable(variable) => !assigned.contains(variable),
            Expression::Load { .. } | Expression::Array(_) => false,
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Convert { .. }
            | Expression::Call { .. } => true,
        };
    });
    steady
}

/// How many loops of a nest, from the outermost on, may be split between threads together.
fn split(plan: &Plan<'_>, loops: &[Handle<Loop>]) -> Result<usize, String> {
    let outermost = plan.facts.of_loop(loops[0]);
    if !outermost.private_arrays.is_empty() {
        return Err("each thread works on a copy of an array, which is filled row by row".to_owned());
    }
    let assumed = plan.region.loops[loops[0]]
        .annotation
        .as_ref()
        .is_some_and(|one| one.assume_independent);
    let joins = |found: &LoopFacts| {
        let scalars = |one: &crate::deps::ScalarReduction| {
            let mut known = outermost.reductions.iter();
            known.any(|known| known.target == one.target)
        };
        let arrays = |one: &crate::deps::ArrayReduction| {
            let mut known = outermost.array_reductions.iter();
            known.any(|known| known.target == one.target)
        };
        (assumed || found.parallel.is_legal())
            && !found.breaks
            && found.shared_generator.is_none()
            && found.private_arrays.is_empty()
            && found.reductions.iter().all(scalars)
            && found.array_reductions.iter().all(arrays)
    };
    let inner = loops[1..].iter().map(|one| plan.facts.of_loop(*one));
    Ok(1 + inner.take_while(|found| joins(found)).count())
}

/// Whether the iterations of a loop may change places with those of the loops inside it, or else why not.
fn permutable(region: &Region, found: &LoopFacts, inside: &[Handle<Loop>]) -> Result<(), String> {
    if found.breaks {
        return Err("`break` leaves the rest out".to_owned());
    }
    if found.shared_generator.is_some() {
        return Err("random numbers are drawn in order".to_owned());
    }
    if let Some(array) = found.private_arrays.first() {
        return Err(format!("every iteration fills `{}` anew", region.arrays[*array].name));
    }
    if let Some(variable) = found.conditional_lastprivate.first() {
        let name = &region.variables[*variable].name;
        return Err(format!("the last iteration that assigns `{name}` counts"));
    }
    let scalars = found.reductions.iter().filter(|one| {
        let choosing = is_choice(one.op, one.rule);
        choosing || !one.companions.is_empty()
    });
    let names = scalars.map(|one| &region.variables[one.target].name);
    let arrays = found.array_reductions.iter().filter(|one| is_choice(one.op, one.rule));
    if let Some(name) = names.chain(arrays.map(|one| &region.arrays[one.target].name)).next() {
        return Err(format!("which of equal values `{name}` keeps depends on it"));
    }
    if found.parallel.is_legal() {
        return Ok(());
    }
    if !found.complete {
        return Err(match &found.parallel {
            Legality::Unproven(why) => why.clone(),
            Legality::Proven | Legality::Guarded(_) | Legality::Refuted(_) => {
                "not all accesses can be compared".to_owned()
            }
        });
    }
    for dependence in &found.carried {
        if let Place::Variable(variable) = dependence.source {
            let name = &region.variables[variable].name;
            return Err(format!("`{name}` goes from one iteration to the next"));
        }
        for inner in inside {
            let mut directions = dependence.directions.iter();
            let direction = directions.find(|(one, _)| one == inner);
            if direction.is_none_or(|(_, direction)| direction.earlier) {
                let name = &region.loops[*inner].written;
                return Err(format!(
                    "a later iteration uses what an earlier one does further on in `{name}`"
                ));
            }
        }
    }
    Ok(())
}

/// Whether an extremum depends on the order of equal values.
fn is_choice(op: ReductionOp, rule: Option<ExtremumRule>) -> bool {
    let extremum = matches!(op, ReductionOp::Min | ReductionOp::Max);
    extremum && !matches!(rule, Some(ExtremumRule::Propagate | ExtremumRule::Ignore))
}

impl Nest {
    /// Whether the nest is right only if the iterations of a loop are independent.
    pub(super) fn relies_on(&self, handle: Handle<Loop>) -> bool {
        let rearranged = if self.tile.is_empty() {
            self.split
        } else {
            self.loops.len()
        };
        self.loops[..rearranged].contains(&handle)
    }
}

impl Unheeded {
    /// A clause that changes nothing.
    pub(super) fn ignored(why: &str) -> String {
        format!("has no effect here: {why}")
    }
}

impl Plan<'_> {
    /// Loops as they are written.
    fn written(&self, loops: &[Handle<Loop>]) -> String {
        let names = loops.iter().map(|one| format!("`{}`", self.region.loops[*one].written));
        names.collect::<Vec<_>>().join(", ")
    }

    /// What becomes of a nest: `` `i`, `j` are one space, split between threads ``.
    pub fn nest_words(&self, nest: &Nest) -> String {
        let sizes = nest.tile.iter().map(u32::to_string).collect::<Vec<_>>().join(" x ");
        let (all, split) = (self.written(&nest.loops), self.written(&nest.loops[..nest.split]));
        match (nest.tile.is_empty(), nest.split) {
            (true, 0) => format!("{all} are one space, its lanes along the innermost"),
            (true, _) => format!("{all} are one space, split between threads"),
            (false, 0) => format!("{all} in tiles of {sizes}"),
            (false, _) => format!("{all} in tiles of {sizes}, those of {split} split between threads"),
        }
    }

    /// The nest that a loop heads.
    pub fn nest(&self, handle: Handle<Loop>) -> Option<&Nest> {
        self.nests.iter().find(|nest| nest.loops[0] == handle)
    }

    /// Whether a loop is inside such a nest: it then runs over part of its iterations at a time.
    pub fn is_cut(&self, handle: Handle<Loop>) -> bool {
        self.nests.iter().any(|nest| nest.loops[1..].contains(&handle))
    }

    /// Whether a loop's directive asks for lanes, or that of the nest of which it is the innermost.
    pub(super) fn asks_for_lanes(&self, handle: Handle<Loop>) -> bool {
        let asks = |one: Handle<Loop>| {
            let annotation = self.region.loops[one].annotation.as_ref();
            annotation.is_some_and(|one| matches!(one.directive, Directive::Simd | Directive::ParallelSimd))
        };
        match self
            .nests
            .iter()
            .find(|nest| nest.tile.is_empty() && nest.loops.contains(&handle))
        {
            Some(nest) => asks(nest.loops[0]) && nest.loops.last() == Some(&handle),
            None => asks(handle),
        }
    }

    /// Estimated work of what a split loop deals out one by one, in nanoseconds: an iteration, or a tile.
    pub fn unit_cost(&self, handle: Handle<Loop>) -> f64 {
        let Some(nest) = self.nest(handle) else {
            return self.cost(handle);
        };
        let innermost = nest.loops[nest.loops.len() - 1];
        let sizes = nest.loops.iter().zip(&nest.tile).enumerate();
        let iterations = sizes.map(|(level, (one, size))| {
            let all = cost::trips(self.region, *one);
            if level < nest.split {
                all.min(f64::from(*size))
            } else {
                all
            }
        });
        self.cost(innermost) * iterations.product::<f64>()
    }
}
