//! Effects, and the loops that order them.

use super::{Array, Draw, Expression, Handle, Seed, Variable};
use crate::source::Span;

/// Statements in order, each with the span of the Python statement it came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The statements.
    pub statements: Vec<(Statement, Span)>,
}

impl Block {
    /// Adds a statement at the end.
    pub fn push(&mut self, statement: Statement, span: Span) {
        self.statements.push((statement, span));
    }

    /// Whether there is no statement.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Whether a statement in it may end an iteration of the loop around it.
    pub fn jumps(&self) -> bool {
        self.statements.iter().any(|(statement, _)| statement.jumps())
    }

    /// Where a `break` leaves the loop whose body this is, those of inlined `return`s included.
    pub fn breaks(&self) -> Vec<Span> {
        let mut found = Vec::new();
        for (statement, span) in &self.statements {
            match statement {
                Statement::Break => found.push(*span),
                Statement::If { accept, reject, .. } => {
                    found.extend(accept.breaks());
                    found.extend(reject.breaks());
                }
                Statement::Assign { .. }
                | Statement::Store(_)
                | Statement::Evaluate(_)
                | Statement::Allocate { .. }
                | Statement::For(_)
                | Statement::While { .. }
                | Statement::Continue
                | Statement::Leave(_)
                | Statement::Seed(_)
                | Statement::Draw(_)
                | Statement::Raise { .. } => {}
            }
        }
        found
    }
}

/// One effect, or the control of several.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `variable = value`
    Assign {
        /// Takes the value.
        variable: Handle<Variable>,
        /// What it takes.
        value: Handle<Expression>,
    },
    /// `array[subscripts] = value`
    Store(Handle<Store>),
    /// Evaluates for the sake of failing only (`a[i]` as a statement, an assert's operands).
    Evaluate(Handle<Expression>),
    /// `if condition: accept else: reject`
    If {
        /// Any scalar.
        condition: Handle<Expression>,
        /// When true.
        accept: Block,
        /// When false.
        reject: Block,
    },
    /// A counted loop.
    For(Handle<Loop>),
    /// `loop { prelude; if not condition: break; body }`
    While {
        /// Belongs to the evaluation of the condition.
        prelude: Block,
        /// Any scalar.
        condition: Handle<Expression>,
        /// One iteration.
        body: Block,
    },
    /// Leaves the innermost loop.
    Break,
    /// Goes on with the innermost loop's next iteration.
    Continue,
    /// Gives a local array storage of its extents, new for every execution. Its elements are zero, or anything.
    Allocate {
        /// A [`Local`](super::ArrayOrigin::Local) array.
        array: Handle<Array>,
        /// Whether its elements are zero.
        zeroed: bool,
    },
    /// Leaves the whole region to Python, all its effects undone; why, for users who ask.
    Leave(String),
    /// `raise`, or the failing half of an `assert`.
    Raise {
        /// The class.
        exception: Exception,
        /// Its argument; `None`: raised without argument.
        message: Option<String>,
    },
    /// A random generator starts anew.
    Seed(Box<Seed>),
    /// A variable takes a random number.
    Draw(Box<Draw>),
}

impl Statement {
    /// Whether it may end an iteration of the loop around it: by a `break` or `continue` of that loop.
    pub fn jumps(&self) -> bool {
        match self {
            Self::Break | Self::Continue => true,
            Self::If { accept, reject, .. } => accept.jumps() || reject.jumps(),
            // Those inside are these loops' own; leaving the region or raising ends all iterations.
            Self::For(_)
            | Self::While { .. }
            | Self::Assign { .. }
            | Self::Store(_)
            | Self::Evaluate(_)
            | Self::Leave(_)
            | Self::Raise { .. }
            | Self::Allocate { .. }
            | Self::Seed(_)
            | Self::Draw(_) => false,
        }
    }

    /// The variable that the statement itself assigns.
    pub fn assigned(&self) -> Option<Handle<Variable>> {
        match self {
            Self::Assign { variable, .. } => Some(*variable),
            Self::Draw(draw) => Some(draw.variable),
            Self::Store(_)
            | Self::Evaluate(_)
            | Self::Allocate { .. }
            | Self::Leave(_)
            | Self::If { .. }
            | Self::For(_)
            | Self::While { .. }
            | Self::Break
            | Self::Continue
            | Self::Raise { .. }
            | Self::Seed(_) => None,
        }
    }
}

/// `array[subscripts] = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// Written to.
    pub array: Handle<Array>,
    /// As many as the array's rank (checked by `infer`).
    pub subscripts: Vec<Handle<Expression>>,
    /// The new value.
    pub value: Handle<Expression>,
    /// Written as an augmented assignment: `value` is a `Binary` whose left operand loads the same element.
    pub update: bool,
    /// The user marked it `# pragma atomic`.
    pub atomic: bool,
    /// Where the target is written.
    pub place: Span,
}

/// Exceptions a program may raise by itself.
#[allow(missing_docs, reason = "each is named as in Python")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exception {
    AssertionError,
    IndexError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    ZeroDivisionError,
    /// Any other exception, or one whose argument is computed: the region is undone and run again as Python, which raises it.
    Python,
}

/// A counted loop: the counter takes `start`, `start + step`, … while before `stop` in the direction of `step`.
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    /// What the counter is called in generated code: unlike any other name.
    pub name: String,
    /// What it is called in messages: as in the source.
    pub written: String,
    /// First counter value.
    pub start: Handle<Expression>,
    /// Not reached.
    pub stop: Handle<Expression>,
    /// Not zero.
    pub step: Handle<Expression>,
    /// One iteration.
    pub body: Block,
    /// What the user wrote above it.
    pub annotation: Option<Annotation>,
    /// How its iterations are executed.
    pub mode: Mode,
    /// Of the loop's header, for messages.
    pub span: Span,
}

/// How the iterations of a loop are executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// One after the other.
    #[default]
    Serial,
    /// Split between threads.
    Parallel,
    /// In lanes, control flow masked.
    Simd {
        /// Iterations at once.
        lanes: u32,
    },
    /// Split between threads, each part in lanes.
    ParallelSimd {
        /// Iterations at once in a thread.
        lanes: u32,
    },
}

/// A directive as it concerns a loop, names resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// Which.
    pub directive: Directive,
    /// Where it is written.
    pub span: Span,
    /// `reduction(op: names)`, and APPy's `shared(name)` on a reduction.
    pub reductions: Vec<Reduction>,
    /// `private(names)`.
    pub private: Vec<(Handle<Variable>, Span)>,
    /// `firstprivate(names)`.
    pub firstprivate: Vec<(Handle<Variable>, Span)>,
    /// `lastprivate(names)`.
    pub lastprivate: Vec<(Handle<Variable>, Span)>,
    /// `private`, `firstprivate` and `lastprivate` of arrays: work arrays of an iteration.
    pub work_arrays: Vec<(Handle<Array>, Span)>,
    /// `shared(names)` of variables the region assigns.
    pub shared: Vec<(Handle<Variable>, Span)>,
    /// `collapse(n)`: this loop and the `n - 1` directly inside; 1 without the clause.
    pub collapse: u32,
    /// `schedule(kind[, chunk])`.
    pub schedule: Option<(Schedule, Option<Handle<Expression>>)>,
    /// `num_threads(n)`.
    pub num_threads: Option<Handle<Expression>>,
    /// `if(expr)`: run serially when false.
    pub condition: Option<Handle<Expression>>,
    /// `simdlen(n)`.
    pub simdlen: Option<u32>,
    /// `tile(n, …)`.
    pub tile: Vec<u32>,
    /// `unroll(n)`.
    pub unroll: Option<u32>,
    /// `target(…)`.
    pub target: Target,
    /// `assume(independent)`.
    pub assume_independent: bool,
    /// `fastmath[(…)]`.
    pub fastmath: Fastmath,
}

impl Annotation {
    /// A directive without clauses.
    pub fn plain(directive: Directive, span: Span) -> Self {
        Self {
            directive,
            span,
            reductions: Vec::new(),
            private: Vec::new(),
            firstprivate: Vec::new(),
            lastprivate: Vec::new(),
            work_arrays: Vec::new(),
            shared: Vec::new(),
            collapse: 1,
            schedule: None,
            num_threads: None,
            condition: None,
            simdlen: None,
            tile: Vec::new(),
            unroll: None,
            target: Target::default(),
            assume_independent: false,
            fastmath: Fastmath::default(),
        }
    }
}

/// What a loop's directive asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Directive {
    /// `parallel for`
    Parallel,
    /// `simd`
    Simd,
    /// `parallel for simd`
    ParallelSimd,
    /// `sequential for`
    Sequential,
}

/// `reduction(op: target)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// How contributions combine.
    pub op: ReductionOp,
    /// What they are combined into.
    pub target: ReductionTarget,
    /// Of the name in the clause.
    pub span: Span,
}

/// A scalar or an array named by a reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReductionTarget {
    /// A scalar.
    Variable(Handle<Variable>),
    /// An array's elements.
    Array(Handle<Array>),
}

/// Combines contributions; associative and commutative up to rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReductionOp {
    /// `+`, and `-` (whose contributions are added negated).
    Add,
    /// `*`
    Multiply,
    /// Least value; which of Python's or NumPy's NaN rules is the recogniser's to say.
    Min,
    /// Greatest value.
    Max,
    /// `and`
    And,
    /// `or`
    Or,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
}

/// `schedule(…)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Schedule {
    /// Equal parts.
    Static,
    /// Small parts, first come first served.
    Dynamic,
    /// Parts that shrink.
    Guided,
    /// Ours to choose.
    Auto,
}

/// `target(…)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Target {
    /// The processor.
    #[default]
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
    /// Whichever is faster.
    Auto,
}

/// What `fastmath` opts into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fastmath {
    /// `a * b + c` may be fused.
    pub contract: bool,
    /// Sums and products may be reassociated anywhere.
    pub reassociate: bool,
    /// `x / c` may be `x * (1 / c)`.
    pub reciprocal: bool,
}
