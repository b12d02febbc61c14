use crate::source::Span;

/// What one statement was told: all the pragma lines above it (and at the end of its header), read as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Directive {
    /// What it asks for.
    pub kind: DirectiveKind,
    /// Where the words of the kind stand.
    pub kind_span: Span,
    /// The clauses, in source order. Those that were wrong have been reported and left out.
    pub clauses: Vec<Clause>,
    /// APPy's dimensions, in source order: what its author says of the slices of an array statement.
    pub dimensions: Vec<Dimension>,
    /// From the first pragma's `#` to the end of the last one, without remarks.
    pub span: Span,
    /// The comments that were read, each from its `#`.
    pub comments: Vec<Span>,
}

impl Directive {
    /// The first clause for which `select` answers.
    pub fn find<'a, T>(&'a self, select: impl Fn(&'a ClauseKind) -> Option<T>) -> Option<T> {
        self.clauses.iter().find_map(|clause| select(&clause.kind))
    }

    /// The constant of `collapse(n)`, 1 without it.
    pub fn collapse(&self) -> u32 {
        self.find(|kind| {
            if let ClauseKind::Collapse(levels) = kind {
                Some(*levels)
            } else {
                None
            }
        })
        .unwrap_or(1)
    }

    /// Whether the user wrote `assume(independent)`.
    pub fn assumes_independence(&self) -> bool {
        self.clauses
            .iter()
            .any(|clause| matches!(clause.kind, ClauseKind::AssumeIndependent))
    }

    /// The licences of `fastmath`; none without it.
    pub fn fast_math(&self) -> FastMath {
        self.find(|kind| {
            if let ClauseKind::FastMath(licences) = kind {
                Some(*licences)
            } else {
                None
            }
        })
        .unwrap_or_default()
    }
}

/// The directives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DirectiveKind {
    /// `parallel for`: iterations may run at once.
    ParallelFor,
    /// `simd`: iterations run in lanes.
    Simd,
    /// `parallel for simd`: split between threads and lanes.
    ParallelForSimd,
    /// `sequential for`: native, in order.
    SequentialFor,
    /// `parallel` on an assignment with array expressions.
    Parallel,
    /// `atomic` on `x[...] op= e`.
    Atomic,
    /// `data` on a loop or block: arrays stay on a device during it.
    Data,
}

impl DirectiveKind {
    /// Every directive.
    pub const ALL: [Self; 7] = [
        Self::ParallelFor,
        Self::Simd,
        Self::ParallelForSimd,
        Self::SequentialFor,
        Self::Parallel,
        Self::Atomic,
        Self::Data,
    ];

    /// The directive as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ParallelFor => "parallel for",
            Self::Simd => "simd",
            Self::ParallelForSimd => "parallel for simd",
            Self::SequentialFor => "sequential for",
            Self::Parallel => "parallel",
            Self::Atomic => "atomic",
            Self::Data => "data",
        }
    }

    /// Whether it stands on a `for` statement.
    pub const fn is_loop(self) -> bool {
        match self {
            Self::ParallelFor | Self::Simd | Self::ParallelForSimd | Self::SequentialFor => true,
            Self::Parallel | Self::Atomic | Self::Data => false,
        }
    }
}

/// One clause and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// What it says.
    pub kind: ClauseKind,
    /// From its name to its closing parenthesis.
    pub span: Span,
}

/// A piece of a pragma that is Python or a name, and its place in the file. Two are equal when their texts are.
#[derive(Clone, Debug)]
pub struct Text {
    /// The text, without blanks around it.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Text {}

/// The clauses. Two are equal when they say the same, wherever they stand.
#[derive(Clone, Debug, PartialEq)]
pub enum ClauseKind {
    /// `reduction(op: names)`.
    Reduction {
        /// How the contributions are combined.
        operator: ReductionOperator,
        /// Variables or arrays.
        names: Vec<Text>,
    },
    /// `private(names)`: each iteration has its own, which starts unset.
    Private(Vec<Text>),
    /// `firstprivate(names)`: each iteration has its own, which starts with the value from before the loop.
    FirstPrivate(Vec<Text>),
    /// `lastprivate(names)`: private, and the last iteration's value survives.
    LastPrivate(Vec<Text>),
    /// `shared(names)`; on a recognised reduction, APPy's form of it.
    Shared(Vec<Text>),
    /// `collapse(n)`: the next n nested loops are one iteration space.
    Collapse(u32),
    /// `schedule(kind[, chunk])`.
    Schedule {
        /// How iterations are dealt out.
        kind: ScheduleKind,
        /// Iterations per piece, a Python expression.
        chunk: Option<Text>,
    },
    /// `num_threads(n)`, a Python expression.
    NumThreads(Text),
    /// `if(condition)`, a Python expression: serial when it is false.
    If(Text),
    /// `simdlen(n)`: lanes.
    SimdLen(u32),
    /// `tile(n, …)`: tile sizes of the nested loops, outermost first.
    Tile(Vec<u32>),
    /// `unroll(n)`.
    Unroll(u32),
    /// `target(cpu|cuda|auto)`.
    Target(Target),
    /// `types(name: type, …)`.
    Types(Vec<TypeBinding>),
    /// `assume(independent)`.
    AssumeIndependent,
    /// `fastmath` or `fastmath(licences)`.
    FastMath(FastMath),
    /// `atomic`: updates in the body are indivisible.
    Atomic,
    /// `sequential`: run in order although it could be parallel.
    Sequential,
    /// APPy's `to(names)`: copies to a device, which are made anyway.
    To(Vec<Text>),
    /// APPy's `from(names)`: copies from a device, which are made anyway.
    From(Vec<Text>),
    /// `resident(names)` of `data`: only kernels look at these arrays meanwhile.
    Resident(Vec<Text>),
    /// `copyin(names)` of `data`: nothing but kernels writes these arrays meanwhile.
    CopyIn(Vec<Text>),
    /// `copyout(names)` of `data`: as `resident`, and what these arrays hold before is of no use.
    CopyOut(Vec<Text>),
}

/// A dimension of an array statement, as APPy names it: `1:M-1=>parallel,block(64)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Where it starts, a Python expression; nothing is 0.
    pub lower: Option<Text>,
    /// Where it ends, a Python expression.
    pub upper: Text,
    /// What is said of it.
    pub properties: Vec<Property>,
    /// The slice, `1:M-1`.
    pub slice: Text,
    /// The slice and its properties.
    pub span: Span,
}

/// One property of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// What it says.
    pub kind: PropertyKind,
    /// Where.
    pub span: Span,
}

/// The properties of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// `parallel`: its elements may be worked on at once.
    Parallel,
    /// `block`, `block(n)` or `simd`: in pieces of n elements, a Python expression.
    Block(Option<Text>),
    /// `single_block`: in one piece.
    SingleBlock,
    /// `reduce(op)` or `reduce(op: array)`: it disappears from the result.
    Reduce {
        /// How the elements are combined.
        operator: ReductionOperator,
        /// The array that the results go to, when it is named.
        target: Option<Text>,
    },
    /// `le(n)`: it is never longer than n, a Python expression.
    Limit(Text),
}

/// One entry of `types(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeBinding {
    /// The variable.
    pub name: Text,
    /// Its type, as in a signature: `f64[:, :]`, `int`.
    pub annotation: Text,
}

/// How a reduction combines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReductionOperator {
    /// `+`, `sum`.
    Add,
    /// `-`: contributions are subtracted.
    Subtract,
    /// `*`, `prod`.
    Multiply,
    /// `min`.
    Min,
    /// `max`.
    Max,
    /// `and`, `&&`.
    And,
    /// `or`, `||`.
    Or,
    /// `&`.
    BitAnd,
    /// `|`.
    BitOr,
    /// `^`.
    BitXor,
}

impl ReductionOperator {
    /// Every operator.
    pub const ALL: [Self; 10] = [
        Self::Add,
        Self::Subtract,
        Self::Multiply,
        Self::Min,
        Self::Max,
        Self::And,
        Self::Or,
        Self::BitAnd,
        Self::BitOr,
        Self::BitXor,
    ];

    /// The spelling that documentation uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Min => "min",
            Self::Max => "max",
            Self::And => "and",
            Self::Or => "or",
            Self::BitAnd => "&",
            Self::BitOr => "|",
            Self::BitXor => "^",
        }
    }

    /// Reads any accepted spelling: Python's, OpenMP's or APPy's.
    pub fn find(text: &str) -> Option<Self> {
        Some(match text {
            "+" | "sum" | "add" => Self::Add,
            "-" => Self::Subtract,
            "*" | "prod" | "mul" => Self::Multiply,
            "min" => Self::Min,
            "max" => Self::Max,
            "and" | "&&" | "all" => Self::And,
            "or" | "||" | "any" => Self::Or,
            "&" => Self::BitAnd,
            "|" => Self::BitOr,
            "^" => Self::BitXor,
            _ => return None,
        })
    }
}

/// How iterations are dealt out to threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScheduleKind {
    /// Equal pieces, fixed beforehand.
    Static,
    /// Pieces taken as threads become free.
    Dynamic,
    /// Pieces that shrink.
    Guided,
    /// Ferrokeet's choice.
    Auto,
}

/// Where a region runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The processor.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
    /// Whichever is faster.
    Auto,
}

/// What `fastmath` permits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FastMath {
    /// `a*b + c` may be one fused operation.
    pub contract: bool,
    /// Sums and products may be reordered.
    pub reassoc: bool,
    /// `x / y` may be `x * (1 / y)`.
    pub arcp: bool,
}

impl FastMath {
    /// Everything, as plain `fastmath` says.
    pub const ALL: Self = Self {
        contract: true,
        reassoc: true,
        arcp: true,
    };
}
