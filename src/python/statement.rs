use super::{BinaryOperator, Expression, Name};
use crate::source::Span;

/// A statement and its place: from its first character (a decorated function's `@`) to the last of its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: StatementKind,
}

/// The kinds of statements.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `def`.
    Function(Function),
    /// `class`.
    Class(Class),
    /// `if`; an `elif` is an [`If`] alone in the `otherwise` of the one before.
    If(If),
    /// `for`.
    For(For),
    /// `while`.
    While(While),
    /// `with`.
    With(With),
    /// `try`.
    Try(Try),
    /// `match`.
    Match(Match),
    /// `return value`.
    Return(Option<Expression>),
    /// `raise exception from cause`.
    Raise {
        /// What is raised.
        exception: Option<Expression>,
        /// Its cause.
        cause: Option<Expression>,
    },
    /// `assert test, message`.
    Assert {
        /// What must hold.
        test: Expression,
        /// Evaluated only when it does not.
        message: Option<Expression>,
    },
    /// `a = b = value`.
    Assign(Assign),
    /// `target: annotation = value`.
    AnnotatedAssign(AnnotatedAssign),
    /// `target += value`.
    AugmentedAssign(AugmentedAssign),
    /// An expression evaluated for its effects.
    Expression(Expression),
    /// `pass`.
    Pass,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `global names`.
    Global(Vec<Name>),
    /// `nonlocal names`.
    Nonlocal(Vec<Name>),
    /// `del targets`.
    Delete(Vec<Expression>),
    /// `import` and `from … import`.
    Import(Import),
    /// Outside the typed nodes.
    Unsupported {
        /// What it is, as a noun phrase: "a type alias".
        what: &'static str,
        /// Every identifier inside: each may be read or bound.
        names: Vec<Name>,
    },
    /// Not valid Python. The statements the parser could still make out inside stand in its place in the body.
    Error {
        /// Every identifier inside: each may be read or bound.
        names: Vec<Name>,
    },
}

/// A function definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// The parameters, in source order.
    pub parameters: Vec<Parameter>,
    /// The annotation after `->`.
    pub returns: Option<Expression>,
    /// The body.
    pub body: Vec<Statement>,
    /// The decorators, outermost first.
    pub decorators: Vec<Decorator>,
    /// Whether it is `async def`.
    pub asynchronous: bool,
    /// Where the `def` line starts (after the decorators).
    pub header: Span,
}

/// A decorator of a function or class.
#[derive(Clone, Debug, PartialEq)]
pub struct Decorator {
    /// Where it stands, with its `@`.
    pub span: Span,
    /// What decorates.
    pub expression: Expression,
}

/// A parameter of a function or lambda.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// How arguments reach it.
    pub kind: ParameterKind,
    /// Its annotation.
    pub annotation: Option<Expression>,
    /// Its default.
    pub default: Option<Expression>,
}

/// How arguments reach a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// By place only (before `/`).
    PositionalOnly,
    /// By place or name.
    Standard,
    /// By name only (after `*`).
    KeywordOnly,
    /// `*args`.
    Star,
    /// `**kwargs`.
    DoubleStar,
}

/// A class definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: Name,
    /// Bases and keywords.
    pub arguments: Vec<super::Argument>,
    /// The body.
    pub body: Vec<Statement>,
    /// The decorators, outermost first.
    pub decorators: Vec<Decorator>,
}

/// `if test: body else: otherwise`.
#[derive(Clone, Debug, PartialEq)]
pub struct If {
    /// The test.
    pub test: Expression,
    /// Runs when the test holds.
    pub body: Vec<Statement>,
    /// Runs when it does not; empty without `else`.
    pub otherwise: Vec<Statement>,
}

/// `for target in iterable: body else: otherwise`.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// What each round binds.
    pub target: Expression,
    /// What it runs over.
    pub iterable: Expression,
    /// The body.
    pub body: Vec<Statement>,
    /// Runs when no `break` did; empty without `else`.
    pub otherwise: Vec<Statement>,
    /// Whether it is `async for`.
    pub asynchronous: bool,
    /// From `for` to the colon, inclusive.
    pub header: Span,
}

/// `while test: body else: otherwise`.
#[derive(Clone, Debug, PartialEq)]
pub struct While {
    /// The test.
    pub test: Expression,
    /// The body.
    pub body: Vec<Statement>,
    /// Runs when no `break` did; empty without `else`.
    pub otherwise: Vec<Statement>,
}

/// `with items: body`.
#[derive(Clone, Debug, PartialEq)]
pub struct With {
    /// The context managers.
    pub items: Vec<WithItem>,
    /// The body.
    pub body: Vec<Statement>,
    /// Whether it is `async with`.
    pub asynchronous: bool,
}

/// `value as target`.
#[derive(Clone, Debug, PartialEq)]
pub struct WithItem {
    /// The context manager.
    pub value: Expression,
    /// What it binds.
    pub target: Option<Expression>,
}

/// `try: body except …: … else: otherwise finally: finally`.
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// The guarded body.
    pub body: Vec<Statement>,
    /// The handlers.
    pub handlers: Vec<Handler>,
    /// Runs when nothing was raised.
    pub otherwise: Vec<Statement>,
    /// Runs always.
    pub finally: Vec<Statement>,
}

/// `except exception as name: body`.
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// What it catches; everything when absent.
    pub exception: Option<Expression>,
    /// What it binds, and deletes at its end.
    pub name: Option<Name>,
    /// The body.
    pub body: Vec<Statement>,
}

/// `match subject: cases`.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// What is matched.
    pub subject: Expression,
    /// The cases.
    pub cases: Vec<MatchCase>,
}

/// `case pattern if guard: body`.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchCase {
    /// The pattern.
    pub pattern: Pattern,
    /// Names that the pattern may bind.
    pub binds: Vec<Name>,
    /// Names that the pattern reads (classes, constants).
    pub reads: Vec<Name>,
    /// The guard.
    pub guard: Option<Expression>,
    /// The body.
    pub body: Vec<Statement>,
}

/// `a = b = value`: one target or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Assign {
    /// The targets, assigned left to right: names, attributes, subscripts, tuples and lists of them, starred.
    pub targets: Vec<Expression>,
    /// The value, evaluated first.
    pub value: Expression,
}

/// `target: annotation = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedAssign {
    /// The target.
    pub target: Expression,
    /// Its annotation.
    pub annotation: Expression,
    /// The value; without one nothing is bound.
    pub value: Option<Expression>,
}

/// `target operator= value`.
#[derive(Clone, Debug, PartialEq)]
pub struct AugmentedAssign {
    /// Read first, assigned last.
    pub target: Expression,
    /// The operator.
    pub operator: BinaryOperator,
    /// The value.
    pub value: Expression,
}

/// `import a.b as c`, `from .m import x as y`, `from m import *`.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The module after `from`, dots included (`..pkg.mod`); absent for a plain `import`.
    pub from: Option<String>,
    /// What is imported; empty for `*`.
    pub names: Vec<ImportedName>,
}

/// One imported module or name.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedName {
    /// What is imported, with its dots (`numpy.linalg`).
    pub path: Name,
    /// The name after `as`.
    pub alias: Option<Name>,
}

impl ImportedName {
    /// The name that the import binds: the alias, or the first part of the path.
    pub fn bound(&self) -> &str {
        match &self.alias {
            Some(alias) => &alias.text,
            None => self.path.text.split('.').next().unwrap_or_default(),
        }
    }
}

/// What a `case` compares with.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind,
}

/// The kinds of patterns.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// A number with or without sign, a string, `True`, `False`, `None`.
    Literal(Expression),
    /// `module.constant`.
    Value(Expression),
    /// A name, which takes the subject.
    Capture(super::Name),
    /// `_`.
    Wildcard,
    /// `first | second`.
    Or(Vec<Pattern>),
    /// `pattern as name`.
    As(Box<Pattern>, super::Name),
    /// `first, second` in any brackets or none, without a starred one.
    Sequence(Vec<Pattern>),
    /// Outside the typed kinds; a noun phrase: "a class pattern".
    Unsupported(&'static str),
}
