//! The Python subset, as written: tree-sitter's tree made into typed nodes with spans.
//!
//! A [`Module`] holds the statements of one file in source order. The node kinds cover what numeric code uses; anything
//! else is an `Unsupported` node that names the construct and the identifiers inside it, and a part that is not valid
//! Python is an `Error` node, so **parsing never fails**, and the rest of the file is as good as ever. Nothing is
//! desugared or resolved: operators, chained comparisons, literals' digits and parentheses-free structure are the
//! author's. Every node carries its [`Span`].
//!
//! [`walk`] answers, for any node, supported or not, which names it reads, binds and deletes.
//!
//! Comments are not statements; they are listed beside them, in order, for whoever attaches pragmas.
//!
//! May touch: source.

mod convert;
mod expression;
mod expressions;
mod literal;
mod patterns;
mod statement;
mod statements;
#[cfg(test)]
mod tests;
pub mod walk;

pub use convert::{parse, parse_at, parse_expression};

pub use expression::{
    Argument, ArgumentKind, BinaryOperator, CompareOperator, ComprehensionClause, ComprehensionKind, Expression,
    ExpressionKind, LogicalOperator, UnaryOperator,
};
pub use statement::{
    AnnotatedAssign, Assign, AugmentedAssign, Class, Decorator, For, Function, Handler, If, Import, ImportedName,
    Match, MatchCase, Parameter, ParameterKind, Pattern, PatternKind, Statement, StatementKind, Try, While, With,
    WithItem,
};

use crate::source::Span;

/// An identifier and where it stands. The text is NFKC-normalised only by Python itself; it is kept as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The identifier.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// One parsed file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// The statements, in source order.
    pub body: Vec<Statement>,
    /// Every comment of the file, in source order.
    pub comments: Vec<Comment>,
    /// The parts that are not valid Python, in source order.
    pub errors: Vec<SyntaxError>,
}

/// A comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment with its `#`, without the line end.
    pub span: Span,
    /// Whether only blanks stand before it on its line.
    pub alone: bool,
}

/// A part of the file that the grammar does not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The part; never empty lines only.
    pub span: Span,
    /// What is missing there, when the parser knows (`":"`).
    pub missing: Option<String>,
}
