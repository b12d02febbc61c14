//! What `deps` found out about a region.

use super::{Finding, Formula, Linear};
use crate::ir::{Array, Expression, Handle, Loop, ReductionOp, SideTable, Store, Variable};
use crate::source::Span;

/// The facts about a region. Private fields: only `deps` builds it, so whoever holds one knows that legality was decided.
///
/// Everything said here holds in the fast variant: provided that every guard of [`Facts::bounds`] (with `at: None`) and of
/// [`Facts::overlaps`] held at the launch, that guards with a place are checked there, and that
/// [`AccessMode::Checked`] accesses are checked when they happen.
#[derive(Clone, Debug)]
pub struct Facts {
    pub(super) loads: SideTable<Expression, Option<Access>>,
    pub(super) stores: SideTable<Store, Option<Access>>,
    pub(super) bounds: Vec<BoundsGuard>,
    pub(super) overlaps: Vec<OverlapGuard>,
    pub(super) loops: SideTable<Loop, LoopFacts>,
    pub(super) written: SideTable<Array, bool>,
    pub(super) read: SideTable<Array, bool>,
    pub(super) rooms: SideTable<Array, Option<Vec<Linear>>>,
    pub(super) shapes: SideTable<Array, Option<Vec<i64>>>,
    pub(super) findings: Vec<Finding>,
}

impl Facts {
    /// How a `Load` expression accesses its array; `None`: it is no load, or is never evaluated.
    pub fn load(&self, expression: Handle<Expression>) -> Option<&Access> {
        self.loads[expression].as_ref()
    }

    /// How a store accesses its array; `None`: it is never executed.
    pub fn store(&self, store: Handle<Store>) -> Option<&Access> {
        self.stores[store].as_ref()
    }

    /// Takes subscripts of a load for in bounds, by axis and mode.
    pub fn suppose_loads(&mut self, load: Handle<Expression>, suits: impl FnMut(usize, AccessMode) -> bool) {
        if let Some(access) = &mut self.loads[load] {
            access.suppose(suits);
        }
    }

    /// The same of a store.
    pub fn suppose_stores(&mut self, store: Handle<Store>, suits: impl FnMut(usize, AccessMode) -> bool) {
        if let Some(access) = &mut self.stores[store] {
            access.suppose(suits);
        }
    }

    /// What must hold for the [`AccessMode::Direct`] and [`AccessMode::FromEnd`] subscripts to be in bounds.
    pub fn bounds(&self) -> &[BoundsGuard] {
        &self.bounds
    }

    /// Pairs of arrays whose storage must not overlap.
    pub fn overlaps(&self) -> &[OverlapGuard] {
        &self.overlaps
    }

    /// What is known about a loop.
    pub fn of_loop(&self, header: Handle<Loop>) -> &LoopFacts {
        &self.loops[header]
    }

    /// Whether the region stores into an array.
    pub fn is_written(&self, array: Handle<Array>) -> bool {
        self.written[array]
    }

    /// Whether the region loads from an array.
    pub fn is_read(&self, array: Handle<Array>) -> bool {
        self.read[array]
    }

    /// Extents that a local array never exceeds, each at least 0 and for the launch to compute; `None`: not known before it is
    /// allocated.
    pub fn room(&self, array: Handle<Array>) -> Option<&[Linear]> {
        self.rooms[array].as_deref()
    }

    /// The extents of a local array, if they are the same whenever it is allocated and known by now.
    pub fn shape(&self, array: Handle<Array>) -> Option<&[i64]> {
        self.shapes[array].as_deref()
    }

    /// What to tell the user: refuted and unproven loops, clauses that contradict the facts.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// One load or store.
#[derive(Clone, Debug, PartialEq)]
pub struct Access {
    /// Which array.
    pub array: Handle<Array>,
    /// One for each axis.
    pub subscripts: Vec<Subscript>,
}

impl Access {
    fn suppose(&mut self, mut suits: impl FnMut(usize, AccessMode) -> bool) {
        for (axis, subscript) in self.subscripts.iter_mut().enumerate() {
            if suits(axis, subscript.mode) {
                subscript.mode = AccessMode::Direct;
            }
        }
    }
}

/// One subscript of an access.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscript {
    /// Its value as written, before wrapping; counters of all enclosing loops may occur.
    pub form: Linear,
    /// For each enclosing loop, outermost first: how much it grows when the counter grows by 1; `None`: not by a fixed
    /// amount.
    pub strides: Vec<(Handle<Loop>, Option<i64>)>,
    /// How it is brought into bounds.
    pub mode: AccessMode,
    /// Which of [`Facts::bounds`] proves that; `None`: it holds always, or is checked at the access.
    pub guard: Option<usize>,
}

/// How a subscript becomes a position along its axis in the fast variant.
///
/// The expression of a `Direct` or `FromEnd` subscript may be evaluated in wrapping 64-bit arithmetic: its true value is in
/// bounds, and sums and products that agree modulo 2⁶⁴ agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessMode {
    /// A guard proves `0 <= subscript < extent`.
    Direct,
    /// A guard proves `-extent <= subscript < 0`: add the extent.
    FromEnd,
    /// Add the extent if negative, then test at every access; out of bounds ends the fast variant.
    Checked,
}

/// Subscripts of one array and axis that are in bounds when a condition holds.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundsGuard {
    /// Whose subscripts.
    pub array: Handle<Array>,
    /// Which subscript.
    pub axis: u32,
    /// [`AccessMode::Direct`] or [`AccessMode::FromEnd`].
    pub mode: AccessMode,
    /// The extreme values over the iteration domain are in bounds. Evaluate it without overflow (in 128 bits, or answer
    /// false); atoms are inputs, extents, `First` and `Last` of loops and, at a loop, variables.
    pub condition: Formula,
    /// Where it is evaluated: `None`, once at the launch; otherwise at each entry of that loop that runs at all, when
    /// `start`, `stop` and `step` have been evaluated. `First` and `Last` of that loop are those of this execution, and
    /// enclosing counters may occur.
    pub at: Option<Handle<Loop>>,
    /// One of the accesses it serves.
    pub span: Span,
}

/// Two arrays, at least one of them written, whose storage must not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverlapGuard {
    /// One.
    pub a: Handle<Array>,
    /// The other.
    pub b: Handle<Array>,
    /// All facts hold as well if both are the same view: same address, shape, strides and element type.
    pub or_identical: bool,
}

/// Whether the iterations of a loop may be executed in another order, or at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Legality {
    /// Yes.
    Proven,
    /// Yes, if the condition holds at the launch (inputs and extents only).
    Guarded(Formula),
    /// No.
    Refuted(Witness),
    /// Not known, and why: a sentence.
    Unproven(String),
}

impl Legality {
    /// Whether it is allowed, perhaps under a condition.
    pub fn is_legal(&self) -> bool {
        matches!(self, Self::Proven | Self::Guarded(_))
    }
}

/// What is known about one loop, annotated or not.
#[derive(Clone, Debug, PartialEq)]
pub struct LoopFacts {
    /// May iterations run on several threads, provided that `reductions` are combined, `array_reductions` kept apart,
    /// and `private` variables are each iteration's own? Does not regard what the user asked for or assumed.
    pub parallel: Legality,
    /// May `lanes` consecutive iterations run in lockstep (each operation for all of them before the next one), under the
    /// same provisos? Legal at least whenever `parallel` is.
    pub simd: Legality,
    /// Upper limit of iterations in lockstep; `None`: any number.
    pub lanes: Option<u32>,
    /// Dependences between different iterations that are not covered by reductions and private variables.
    pub carried: Vec<Dependence>,
    /// Whether `carried` has all of them.
    pub complete: bool,
    /// Scalars that iterations only combine contributions into.
    pub reductions: Vec<ScalarReduction>,
    /// Arrays whose elements iterations only combine contributions into.
    pub array_reductions: Vec<ArrayReduction>,
    /// Variables that every iteration assigns before it reads them.
    pub private: Vec<Handle<Variable>>,
    /// Those of `private` whose value from the last iteration is used after the loop.
    pub lastprivate: Vec<Handle<Variable>>,
    /// Variables that no iteration reads before it assigns them, that some iterations may not assign, and whose value from
    /// the last iteration that did is used after the loop: OpenMP's `lastprivate(conditional: …)`.
    pub conditional_lastprivate: Vec<Handle<Variable>>,
    /// Arrays of which every iteration reads only what it has written, and the last one writes all that any one writes:
    /// `parallel` holds if each thread works on a copy of its own (with the array's elements from before the loop), and that of
    /// the last iteration is copied back. Not in lanes.
    pub private_arrays: Vec<Handle<Array>>,
    /// Whether a `break` leaves this loop.
    pub breaks: bool,
    /// A random generator made outside this loop that it draws from.
    pub shared_generator: Option<super::SharedGenerator>,
    /// What the user is told about an annotated loop; `None` for loops without annotation.
    pub judgement: Option<Judgement>,
}

/// The verdict on an annotated loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// In a word.
    pub verdict: Verdict,
    /// Why: readable sentences.
    pub reasons: Vec<String>,
    /// Two iterations that meet, where the verdict is [`Verdict::Refuted`].
    pub witness: Option<Witness>,
    /// The condition under which the loop runs as its directive asks, where the verdict is [`Verdict::Guarded`].
    pub condition: Option<Formula>,
}

/// A verdict, as the JSON of `check` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Iterations never meet.
    Proven,
    /// They don't meet if a condition holds at run time.
    Guarded,
    /// They meet; there is a witness.
    Refuted,
    /// Not known.
    Unproven,
    /// The user wrote `assume(independent)`.
    Assumed,
    /// `sequential for`.
    Sequential,
}

impl Verdict {
    /// `proven`, `guarded` …
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Guarded => "guarded",
            Self::Refuted => "refuted",
            Self::Unproven => "unproven",
            Self::Assumed => "assumed",
            Self::Sequential => "sequential",
        }
    }

    /// Whether the loop may be executed as its directive asks.
    pub const fn permits(self) -> bool {
        matches!(self, Self::Proven | Self::Guarded | Self::Assumed)
    }
}

/// Two iterations that meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The whole story: `iteration i=3 writes A[4], iteration i=4 reads it`.
    pub text: String,
    /// Counter and parameter values of the earlier and of the later iteration, by name.
    pub iterations: [Vec<(String, i64)>; 2],
    /// The access of the earlier and of the later iteration.
    pub accesses: [WitnessAccess; 2],
}

/// An access of a witness.
#[derive(Clone, Debug, PartialEq)]
pub struct WitnessAccess {
    /// Of the array or scalar.
    pub name: String,
    /// Whether it writes.
    pub write: bool,
    /// Where it is written.
    pub span: Span,
}

/// An ordered pair of accesses to the same place in different iterations of a loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependence {
    /// Write then read, read then write, or write then write.
    pub kind: DependenceKind,
    /// The access of the earlier iteration.
    pub source: Place,
    /// The access of the later iteration.
    pub sink: Place,
    /// Whether two iterations surely meet so, for some values of the inputs; otherwise it is only not excluded.
    pub certain: bool,
    /// What inputs and extents satisfy wherever they do.
    pub condition: Formula,
    /// How many iterations later, if always the same.
    pub distance: Option<i64>,
    /// Direction for the loop itself and for each loop inside it that surrounds both accesses, outermost first.
    pub directions: Vec<(Handle<Loop>, Direction)>,
}

/// Kinds of dependences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DependenceKind {
    /// A write, then a read.
    Flow,
    /// A read, then a write.
    Anti,
    /// A write, then a write.
    Output,
}

/// How the counter of the sink compares with that of the source, in the direction of the step; a set of possibilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Direction {
    /// The sink may be in a later iteration.
    pub later: bool,
    /// The sink may be in the same iteration.
    pub same: bool,
    /// The sink may be in an earlier iteration.
    pub earlier: bool,
}

impl Direction {
    /// In a later iteration.
    pub const LATER: Self = Self {
        later: true,
        same: false,
        earlier: false,
    };
    /// Nothing is known.
    pub const ANY: Self = Self {
        later: true,
        same: true,
        earlier: true,
    };

    /// Either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            later: self.later | other.later,
            same: self.same | other.same,
            earlier: self.earlier | other.earlier,
        }
    }

    /// `<`, `=`, `>`, `<=`, `>=`, `<>` or `*`, as the literature writes it.
    pub const fn symbol(self) -> &'static str {
        match (self.later, self.same, self.earlier) {
            (true, false, false) => "<",
            (false, true, false) => "=",
            (false, false, true) => ">",
            (true, true, false) => "<=",
            (false, true, true) => ">=",
            (true, false, true) => "<>",
            (true, true, true) => "*",
            (false, false, false) => "none",
        }
    }
}

impl Dependence {
    /// Takes in another way for the same two accesses to meet.
    pub(super) fn merge(&mut self, other: &Self) {
        self.certain |= other.certain;
        self.condition = self.condition.clone().or(other.condition.clone());
        if self.distance != other.distance {
            self.distance = None;
        }
        for ((_, mine), (_, theirs)) in self.directions.iter_mut().zip(&other.directions) {
            *mine = mine.or(*theirs);
        }
    }
}

/// Where an access stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A `Load` expression.
    Load(Handle<Expression>),
    /// A store.
    Store(Handle<Store>),
    /// A scalar variable.
    Variable(Handle<Variable>),
}

/// A scalar that the iterations of a loop only combine contributions into; nothing else in the loop reads or assigns it.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalarReduction {
    /// The scalar.
    pub target: Handle<Variable>,
    /// How contributions are combined.
    pub op: ReductionOp,
    /// Which of equal contributions stays, and what NaNs do; `Some` for `Min` and `Max`.
    pub rule: Option<ExtremumRule>,
    /// Every statement of the loop that updates it, in order, in inner loops too.
    pub updates: Vec<Update>,
    /// Variables that take values of the same iteration together with the target: `where` in
    /// `if a[i] < best: best = a[i]; where = i`. Every update assigns them all; they are assigned nowhere else and not read in
    /// the loop.
    pub companions: Vec<Handle<Variable>>,
}

/// When a contribution replaces the current least or greatest value. "Better": less for `Min`, greater for `Max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtremumRule {
    /// If it compares better: `if x > m: m = x`, `m = max(m, x)`. The first of equals stays; a NaN never replaces and is never
    /// replaced.
    Better,
    /// If it compares better, or is the first NaN: `if m == m and not (x <= m): m = x`, as `np.argmax` chooses. The first of equals
    /// stays, and the first NaN.
    BetterOrNan,
    /// If it compares better or equal: `if x >= m: m = x`. The last of equals stays; a NaN never replaces and is never
    /// replaced.
    BetterOrEqual,
    /// Unless the current value compares better: `m = max(x, m)`. The last of equals stays; a NaN replaces and is replaced.
    UnlessWorse,
    /// `np.maximum`: a NaN, once seen, stays.
    Propagate,
    /// `np.fmax`: NaNs are passed over.
    Ignore,
}

impl ExtremumRule {
    /// Whether the result is one of the two objects themselves, the current value or the contribution.
    pub const fn chooses(self) -> bool {
        match self {
            Self::Better | Self::BetterOrNan | Self::BetterOrEqual | Self::UnlessWorse => true,
            Self::Propagate | Self::Ignore => false,
        }
    }
}

/// One statement that updates a reduction's target.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// `Assign { target, value }` where `value` combines the target with contributions: `s + e`, `e + s`, `s - e`,
    /// `min(m, e)`, `np.maximum(e, m)`, `ok and c`, `m if m < e else e`.
    Combine {
        /// The whole right side.
        value: Handle<Expression>,
        /// What is combined with the target; several only for `min(m, a, b)`.
        contributions: Vec<Handle<Expression>>,
        /// `s -= e`: the contribution counts negated. In a chain (`s + a - b`) only `value` tells the signs.
        negated: bool,
    },
    /// `if condition: target = value` with nothing but companions beside it: the condition compares the value with the target.
    Conditional {
        /// Of the `If` statement.
        condition: Handle<Expression>,
        /// The candidate as it stands in the condition (the assigned expression gives the same value).
        candidate: Handle<Expression>,
        /// The right side assigned to the target.
        value: Handle<Expression>,
        /// What each companion takes, in the order of [`ScalarReduction::companions`].
        companions: Vec<Handle<Expression>>,
    },
    /// `Assign { target, value }` of a literal, the same in every update, typically under a condition: `ok = False`,
    /// `found = True`. The target is that literal afterwards if any iteration got here. Reported as `And` (a false
    /// literal) or `Or`.
    Flag {
        /// The literal.
        value: Handle<Expression>,
    },
}

/// An array whose elements the iterations of a loop only combine contributions into: `h[b[i]] += w`. Nothing else in the
/// loop reads or stores it.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayReduction {
    /// The array.
    pub target: Handle<Array>,
    /// How contributions are combined.
    pub op: ReductionOp,
    /// As of a [`ScalarReduction`]; never `UnlessWorse` where elements are floats.
    pub rule: Option<ExtremumRule>,
    /// Every update.
    pub stores: Vec<ArrayUpdate>,
    /// Whether some subscript depends on data (a histogram) or on the loop itself, rather than addressing the same elements
    /// in every iteration (an accumulator).
    pub scattered: bool,
}

/// `array[subscripts] = array[subscripts] op contribution`, or `if contribution > array[subscripts]: array[subscripts] =
/// contribution`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayUpdate {
    /// The store.
    pub store: Handle<Store>,
    /// What is combined with the element.
    pub contribution: Handle<Expression>,
    /// `h[k] -= e`: the contribution counts negated.
    pub negated: bool,
}
