use super::Name;
use crate::source::Span;

/// An expression and its place. Parentheses around it are not part of the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExpressionKind,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// An identifier.
    Name(String),
    /// An integer literal of any size, digits as written (`1_000`, `0xFF`).
    Integer(String),
    /// A floating-point literal.
    Float(f64),
    /// An imaginary literal, such as `2.5j`.
    Imaginary(f64),
    /// `True` or `False`.
    Bool(bool),
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// A string literal; adjacent ones are joined. `None` when an escape sequence could not be read.
    String(Option<String>),
    /// A bytes literal; its value is of no use to numeric code.
    Bytes,
    /// A formatted string: the expressions inside, in order.
    FormattedString(Vec<Expression>),
    /// `-x`, `+x`, `~x`, `not x`.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// What it applies to.
        operand: Box<Expression>,
    },
    /// `left operator right`.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// Evaluated first.
        left: Box<Expression>,
        /// Evaluated second.
        right: Box<Expression>,
    },
    /// `first < second <= third`: operands are one more than operators.
    Compare {
        /// The operands, evaluated left to right, each at most once.
        operands: Vec<Expression>,
        /// The operators between them.
        operators: Vec<CompareOperator>,
    },
    /// `a and b and c`, `a or b`: two operands or more.
    Logical {
        /// The operator.
        operator: LogicalOperator,
        /// The operands, evaluated left to right until one decides.
        operands: Vec<Expression>,
    },
    /// `then if test else otherwise`.
    Conditional {
        /// Evaluated first.
        test: Box<Expression>,
        /// The value when the test holds.
        then: Box<Expression>,
        /// The value when it does not.
        otherwise: Box<Expression>,
    },
    /// `function(arguments)`.
    Call {
        /// What is called.
        function: Box<Expression>,
        /// The arguments, in source order.
        arguments: Vec<Argument>,
    },
    /// `value.attribute`.
    Attribute {
        /// The object.
        value: Box<Expression>,
        /// The attribute.
        attribute: Name,
    },
    /// `value[index]`. `a[i, j]` has one index, a tuple; slices appear as [`ExpressionKind::Slice`].
    Subscript {
        /// The object.
        value: Box<Expression>,
        /// The index.
        index: Box<Expression>,
    },
    /// `lower:upper:step` inside a subscript.
    Slice {
        /// Where it starts.
        lower: Option<Box<Expression>>,
        /// Where it ends.
        upper: Option<Box<Expression>>,
        /// Its step.
        step: Option<Box<Expression>>,
    },
    /// `a, b` or `(a, b)` or `()`.
    Tuple(Vec<Expression>),
    /// `[a, b]`.
    List(Vec<Expression>),
    /// `{a, b}`.
    Set(Vec<Expression>),
    /// `{k: v, **other}`; the key is absent before `**`.
    Dict(Vec<(Option<Expression>, Expression)>),
    /// `*value` in a tuple, list, set or target.
    Starred(Box<Expression>),
    /// `lambda parameters: body`.
    Lambda {
        /// The parameters.
        parameters: Vec<super::Parameter>,
        /// The body.
        body: Box<Expression>,
    },
    /// `[element for …]` and its siblings.
    Comprehension {
        /// Which bracket it wears.
        kind: ComprehensionKind,
        /// The element; of a dict, the key.
        element: Box<Expression>,
        /// The value of a dict comprehension.
        value: Option<Box<Expression>>,
        /// The clauses, in source order; the first is a `for`.
        clauses: Vec<ComprehensionClause>,
    },
    /// `target := value`.
    Walrus {
        /// What it binds.
        target: Name,
        /// The value.
        value: Box<Expression>,
    },
    /// `await value`.
    Await(Box<Expression>),
    /// `yield value`.
    Yield(Option<Box<Expression>>),
    /// `yield from value`.
    YieldFrom(Box<Expression>),
    /// Outside the typed nodes.
    Unsupported {
        /// What it is, as a noun phrase: "an expression nested too deeply".
        what: &'static str,
        /// Every identifier inside: each may be read or bound.
        names: Vec<Name>,
    },
    /// Not valid Python.
    Error {
        /// Every identifier inside: each may be read or bound.
        names: Vec<Name>,
    },
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// How it is passed.
    pub kind: ArgumentKind,
    /// The value.
    pub value: Expression,
}

/// How an argument is passed.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentKind {
    /// By place.
    Positional,
    /// `name=value`.
    Keyword(Name),
    /// `*value`.
    Star,
    /// `**value`.
    DoubleStar,
}

/// A clause of a comprehension.
#[derive(Clone, Debug, PartialEq)]
pub enum ComprehensionClause {
    /// `for target in iterable`.
    For {
        /// What each round binds.
        target: Expression,
        /// What it runs over.
        iterable: Expression,
        /// Whether it is `async for`.
        asynchronous: bool,
    },
    /// `if test`.
    If(Expression),
}

/// Which bracket a comprehension wears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComprehensionKind {
    /// `[…]`.
    List,
    /// `{…}`.
    Set,
    /// `{k: v …}`.
    Dict,
    /// `(…)`, or bare as the only argument of a call.
    Generator,
}

macro_rules! operators {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// The operator as Python spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads Python's spelling.
            pub fn find(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

operators! {
    /// Operators on one operand.
    UnaryOperator {
        /// `-x`
        Negate = "-",
        /// `+x`
        Plus = "+",
        /// `~x`
        Invert = "~",
        /// `not x`
        Not = "not",
    }
}

operators! {
    /// Arithmetic and bit operators, also those of augmented assignments.
    BinaryOperator {
        /// `+`
        Add = "+",
        /// `-`
        Subtract = "-",
        /// `*`
        Multiply = "*",
        /// `/`
        Divide = "/",
        /// `//`
        FloorDivide = "//",
        /// `%`
        Modulo = "%",
        /// `**`
        Power = "**",
        /// `@`
        MatrixMultiply = "@",
        /// `<<`
        LeftShift = "<<",
        /// `>>`
        RightShift = ">>",
        /// `&`
        BitAnd = "&",
        /// `|`
        BitOr = "|",
        /// `^`
        BitXor = "^",
    }
}

operators! {
    /// Operators that short-circuit.
    LogicalOperator {
        /// `and`
        And = "and",
        /// `or`
        Or = "or",
    }
}

operators! {
    /// Comparisons.
    CompareOperator {
        /// `==`
        Equal = "==",
        /// `!=`
        NotEqual = "!=",
        /// `<`
        Less = "<",
        /// `<=`
        LessEqual = "<=",
        /// `>`
        Greater = ">",
        /// `>=`
        GreaterEqual = ">=",
        /// `is`
        Is = "is",
        /// `is not`
        IsNot = "is not",
        /// `in`
        In = "in",
        /// `not in`
        NotIn = "not in",
    }
}
