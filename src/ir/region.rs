//! One annotated statement and what it needs and gives.

use super::{Arena, Block, Expression, Handle, Loop, SideTable, Store};
use crate::source::Span;

/// One annotated Python statement, detached from Python.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Unique in its file and an identifier: `dot_L12` (function, row), `module_L3` at module level.
    pub name: String,
    /// Qualified name of the enclosing Python function; `None` at module level.
    pub function: Option<String>,
    /// Of the Python statement, header to last line of the body.
    pub span: Span,
    /// Row of the statement, from 1.
    pub row: u32,
    /// What is handed in, in the order of the signature.
    pub inputs: Arena<Input>,
    /// Storage with subscripts.
    pub arrays: Arena<Array>,
    /// Scalars that are assigned.
    pub variables: Arena<Variable>,
    /// All values.
    pub expressions: Arena<Expression>,
    /// Where each value is written.
    pub spans: SideTable<Expression, Span>,
    /// All element assignments.
    pub stores: Arena<Store>,
    /// All counted loops.
    pub loops: Arena<Loop>,
    /// The statement itself: usually one `For`, preceded by what its header evaluates.
    pub body: Block,
    /// Scalars that are live after the region, in the order in which the kernel returns them.
    pub outputs: Vec<Output>,
    /// Functions that were inlined, whose identity the host checks.
    pub callees: Vec<Callee>,
    /// Whether the caller can see the local variables as they are when an exception is raised (inside `try`, or at module
    /// level).
    pub exact_locals: bool,
}

impl Region {
    /// Adds an expression and the place where it is written.
    pub fn expression(&mut self, expression: Expression, span: Span) -> Handle<Expression> {
        self.spans.push(span);
        self.expressions.append(expression)
    }
}

/// A value from outside: a root name, and the way from there.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Unique in the region and an identifier: `x`, `self_A`, `params_n`.
    pub name: String,
    /// The Python name that the rewritten call passes.
    pub root: String,
    /// Attributes and constant subscripts to follow from the root.
    pub steps: Vec<Step>,
    /// First use.
    pub span: Span,
    /// Annotation of the parameter or variable, as written, if there is one; a hint for `infer` and `build`.
    pub annotation: Option<String>,
}

/// One step from a root to an input.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// `.name`
    Attribute(String),
    /// `[key]`
    Key(Key),
}

/// A constant subscript.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `["name"]`
    Text(String),
    /// `[3]`
    Int(i64),
}

/// Storage with subscripts.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// As in generated code and messages.
    pub name: String,
    /// What it is.
    pub origin: ArrayOrigin,
    /// The name of which it is plain to see that it shares its storage (`b = a[1:]` before the region), and whether it is the
    /// very same array (`b = a`).
    pub view_of: Option<(String, bool)>,
}

/// Where an array's storage comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum ArrayOrigin {
    /// Handed in.
    Input(Handle<Input>),
}

/// A scalar that the region assigns.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Unique in the region and an identifier.
    pub name: String,
    /// Its value before the region, where the region may read it before assigning it, or may leave it unassigned while it
    /// is an output. `None`: always assigned before it is read.
    pub initial: Option<Handle<Input>>,
    /// Made by the lowering; no name of Python's.
    pub temporary: bool,
    /// First assignment.
    pub span: Span,
}

/// A scalar that the kernel returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The variable.
    pub variable: Handle<Variable>,
    /// The Python name it is assigned to.
    pub name: String,
}

/// A function of the same project that was inlined: the kernel is valid only while the name still means that function.
#[derive(Clone, Debug, PartialEq)]
pub struct Callee {
    /// The module-level or local name, which the rewritten call passes.
    pub name: String,
    /// What to follow from there to the function; none for one of the same file.
    pub steps: Vec<Step>,
    /// For a function of another file: its code must be what its definition compiles to.
    pub definition: Option<Definition>,
    /// Row of its `def` or `lambda`, from 1, to be compared with `__code__.co_firstlineno`.
    pub row: u32,
}

/// Where a function of another file comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its lines.
    pub lines: String,
    /// Names in them that the file imports, on which CPython's compiler looks.
    pub imported: Vec<String>,
}
