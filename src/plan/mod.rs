//! Legal and fast: which loops run in parallel.
//!
//! [`plan`] takes a typed region and the facts about its dependences and decides how the fast variant executes it: which
//! annotated loops are split between threads, and what an iteration costs, by which the runtime chooses grains. A [`Plan`] can
//! only be built here, and the back end accepts nothing else: whatever runs in parallel was blessed by `deps`.
//!
//! A loop is split when its directive asks for it, its verdict permits it, and no loop around it is split already. What its
//! iterations combine is combined in an order that does not depend on the threads.
//!
//! May touch: deps, infer, ir, source.

mod auto;
mod bounds;
mod certain;
mod cost;
mod count;
mod device;
mod fast_math;
mod foreseen;
mod lanes;
mod nest;
mod streams;
mod tags;
mod unroll;

use std::fmt;

pub use auto::Device;
pub use bounds::{Bounds, INPUT};
pub use certain::Scan;
pub use cost::{Work, work};
pub use count::{Counted, Given, Turns, count};
pub use device::{BLOCK_FROM, Captures, Found, Grid, Length, WARP_FROM};
pub use fast_math::Relaxed;
pub use foreseen::foreseen;
pub use nest::{Nest, Unheeded};
pub use streams::Stream;

use crate::deps::{Facts, Legality};
use crate::infer::Types;
use crate::ir::{
    self, BinaryOp, Directive, Expression, Handle, Loop, Mode, Region, SideTable, Statement, Store, Variable,
};

/// How the fast variant of a kernel executes its region.
#[derive(Debug)]
pub struct Plan<'p> {
    region: &'p Region,
    types: &'p Types,
    facts: &'p Facts,
    modes: SideTable<Loop, Mode>,
    nests: Vec<Nest>,
    unheeded: Vec<Unheeded>,
    /// Iterations of a loop in lanes that run at once, where they are fewer than the lanes.
    together: SideTable<Loop, Option<u32>>,
    rounds: SideTable<Loop, u32>,
    relaxed: SideTable<Expression, Option<Relaxed>>,
    costs: SideTable<Loop, f64>,
    streams: SideTable<Store, Option<Stream>>,
    fast: Result<(), String>,
    foreseen: Vec<Handle<Expression>>,
    once: SideTable<Variable, Option<Handle<Expression>>>,
}

/// Plans a region.
pub fn plan<'p>(region: &'p Region, types: &'p Types, facts: &'p Facts) -> Plan<'p> {
    let costs = cost::costs(region);
    let mut plan = Plan {
        region,
        types,
        facts,
        modes: SideTable::filled(&region.loops, Mode::Serial),
        nests: Vec::new(),
        unheeded: Vec::new(),
        together: SideTable::filled(&region.loops, None),
        rounds: SideTable::filled(&region.loops, 1),
        relaxed: SideTable::filled(&region.expressions, None),
        costs,
        streams: SideTable::filled(&region.stores, None),
        fast: Ok(()),
        foreseen: foreseen(region),
        once: foreseen::only_assignments(region),
    };
    plan.fast = plan.refused();
    if plan.fast.is_ok() {
        plan.choose(&region.body);
        (plan.nests, plan.unheeded) = nest::choose(&plan);
        for (handle, lanes, together) in lanes::choose(&plan) {
            plan.together[handle] = Some(together).filter(|together| *together < lanes);
            plan.modes[handle] = if plan.is_parallel(handle) {
                Mode::ParallelSimd { lanes }
            } else {
                Mode::Simd { lanes }
            };
        }
        let (rounds, unheeded) = unroll::choose(&plan);
        plan.rounds = rounds;
        plan.unheeded.extend(unheeded);
        plan.unheeded.extend(plan.unheeded_there());
        plan.relaxed = fast_math::relax(&plan);
        plan.streams = streams::choose(&plan);
    }
    plan
}

impl<'p> Plan<'p> {
    /// The region.
    pub fn region(&self) -> &'p Region {
        self.region
    }

    /// Its types.
    pub fn types(&self) -> &'p Types {
        self.types
    }

    /// Its dependences.
    pub fn facts(&self) -> &'p Facts {
        self.facts
    }

    /// Whether there is a fast variant, or else why not: a sentence for the user.
    pub fn fast(&self) -> Result<(), &str> {
        match &self.fast {
            Ok(()) => Ok(()),
            Err(reason) => Err(reason),
        }
    }

    /// The conditions of failures that the launch can tell, each to be excluded by a guard of the fast variant.
    pub fn foreseen(&self) -> &[Handle<Expression>] {
        &self.foreseen
    }

    /// Whether a statement is such a failure, and nothing else.
    pub fn excludes(&self, statement: &Statement) -> bool {
        foreseen::failure(statement).is_some_and(|condition| self.foreseen.contains(&condition))
    }

    /// What a variable is assigned, if that is done once.
    pub fn assigned_once(&self, variable: Handle<Variable>) -> Option<Handle<Expression>> {
        self.once[variable]
    }

    /// How a loop is executed.
    pub fn mode(&self, header: Handle<Loop>) -> Mode {
        self.modes[header]
    }

    /// Whether a loop is split between threads.
    pub fn is_parallel(&self, header: Handle<Loop>) -> bool {
        matches!(self.modes[header], Mode::Parallel | Mode::ParallelSimd { .. })
    }

    /// Clauses that are not followed, and why.
    pub fn unheeded(&self) -> &[Unheeded] {
        &self.unheeded
    }

    /// How many iterations of a loop run at once on a thread, if they do.
    pub fn lanes(&self, header: Handle<Loop>) -> Option<u32> {
        match self.modes[header] {
            Mode::Simd { lanes } | Mode::ParallelSimd { lanes } => Some(lanes),
            Mode::Serial | Mode::Parallel => None,
        }
    }

    /// How many lanes of a loop take part, where the user wants fewer than there are.
    pub fn fewer_lanes(&self, header: Handle<Loop>) -> Option<u32> {
        self.together[header]
    }

    /// The expressions that are not the same in all lanes of a loop.
    pub fn varying(&self, header: Handle<Loop>) -> SideTable<Expression, bool> {
        lanes::varying(self.region, header)
    }

    /// Estimated work of one iteration, in nanoseconds.
    pub fn cost(&self, header: Handle<Loop>) -> f64 {
        self.costs[header]
    }

    /// How many iterations of a loop that estimate took an execution of it to have.
    pub fn assumed_trips(&self, header: Handle<Loop>) -> f64 {
        cost::trips(self.region, header)
    }

    /// Whether the bounds of a loop are known at the launch without reading an element.
    pub fn is_known_at_launch(&self, handle: Handle<Loop>) -> bool {
        self.is_known_with(handle, &[])
    }

    /// The same, if the counters of these loops are known.
    fn is_known_with(&self, handle: Handle<Loop>, counters: &[Handle<Loop>]) -> bool {
        let header = &self.region.loops[handle];
        let mut plain = true;
        for root in [header.start, header.stop, header.step] {
            ir::visit_expressions(self.region, root, &mut |one| {
                plain &= matches!(&self.region.expressions[one], Expression::Counter(around) if counters.contains(around))
                    || matches!(
                        self.region.expressions[one],
                        Expression::Literal(_)
                            | Expression::Input(_)
                            | Expression::Extent { .. }
                            | Expression::Size(_)
                            | Expression::Unary { .. }
                            | Expression::Binary {
                                op: BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply,
                                ..
                            }
                    );
            });
        }
        plain
    }

    /// The verdict of an annotated loop that keeps the whole region sequential.
    fn refused(&self) -> Result<(), String> {
        for (handle, header) in self.region.loops.iter() {
            let Some(judgement) = &self.facts.of_loop(handle).judgement else {
                continue;
            };
            let sequential = header
                .annotation
                .as_ref()
                .is_some_and(|one| one.directive == Directive::Sequential);
            if !judgement.verdict.permits() && !sequential {
                let reason = judgement.reasons.first().map_or("", String::as_str);
                return Err(format!(
                    "the loop runs sequentially ({}): {reason}",
                    judgement.verdict.name()
                ));
            }
        }
        Ok(())
    }

    fn choose(&mut self, block: &ir::Block) {
        for (statement, _) in &block.statements {
            if let Statement::For(header) = statement
                && self.may_split(*header)
            {
                self.modes[*header] = Mode::Parallel;
                continue;
            }
            for inner in statement.blocks(self.region) {
                self.choose(inner);
            }
        }
    }

    fn may_split(&self, handle: Handle<Loop>) -> bool {
        let header = &self.region.loops[handle];
        let Some(annotation) = &header.annotation else {
            return false;
        };
        let asked = matches!(annotation.directive, Directive::Parallel | Directive::ParallelSimd);
        let found = self.facts.of_loop(handle);
        let legal = annotation.assume_independent || found.parallel.is_legal();
        asked && legal && !found.breaks && found.shared_generator.is_none()
    }

    /// The conditions on which the split loops rely.
    pub fn conditions(&self) -> Vec<&crate::deps::Formula> {
        let guarded = self.region.loops.handles().filter_map(|header| {
            let found = self.facts.of_loop(header);
            let rearranged = self.nests.iter().any(|nest| nest.relies_on(header));
            let legality = match self.modes[header] {
                Mode::Serial if !rearranged => return None,
                Mode::Simd { .. } if !found.parallel.is_legal() => &found.simd,
                Mode::Serial | Mode::Simd { .. } | Mode::Parallel | Mode::ParallelSimd { .. } => &found.parallel,
            };
            match legality {
                Legality::Guarded(formula) => Some(formula),
                Legality::Proven | Legality::Refuted(_) | Legality::Unproven(_) => None,
            }
        });
        guarded.collect()
    }
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.region.name)?;
        if let Err(reason) = self.fast() {
            writeln!(f, "  careful only: {reason}")?;
        }
        for (handle, header) in self.region.loops.iter() {
            writeln!(
                f,
                "  loop {}: {:?}, about {:.1} ns an iteration",
                header.name, self.modes[handle], self.costs[handle]
            )?;
            if let Some(lanes) = self.fewer_lanes(handle) {
                writeln!(f, "    {lanes} of the lanes take part")?;
            }
            if self.rounds(handle) > 1 {
                writeln!(f, "    {} times in a row", self.rounds(handle))?;
            }
            if let Some(nest) = self.nest(handle) {
                writeln!(f, "    {}", self.nest_words(nest))?;
            }
            if self.is_parallel(handle) {
                for one in &self.facts.of_loop(handle).array_reductions {
                    let name = &self.region.arrays[one.target].name;
                    writeln!(
                        f,
                        "    `{name}` collects in copies for blocks of iterations, or itself where they do not pay"
                    )?;
                }
            }
        }
        for one in &self.unheeded {
            let name = &self.region.loops[one.header].name;
            writeln!(f, "  `{}` of loop {name} {}", one.clause, one.what)?;
        }
        Ok(())
    }
}
