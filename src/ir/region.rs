//! One annotated statement and what it needs and gives.

use super::{Annotation, Arena, Block, Conversion, Expression, Generator, Handle, Loop, SideTable, Store, Target};
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
    /// Random generators that the region makes itself.
    pub generators: Arena<Generator>,
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
    /// Tuples whose items are outputs.
    pub bundled: Vec<Bundled>,
    /// Lists that become longer by what some of the outputs hold.
    pub grown: Vec<Grown>,
    /// Lists of Python's whose items the region assigns and does not read.
    pub replaced: Vec<Replaced>,
    /// Lists whose items are Python's numbers or NumPy's, each as another output says.
    pub told: Vec<Told>,
    /// Functions that were inlined, whose identity the host checks.
    pub callees: Vec<Callee>,
    /// The values of augmented assignments to names, `name op= …`: of an array, they change the array itself.
    pub augmented: Vec<Handle<Expression>>,
    /// Subscripts after which others follow in brackets of their own (`a[i][j]`), which are one list with them here: right only
    /// if they are numbers. Exceptions count axes from there.
    pub chained: Vec<Handle<Expression>>,
    /// First subscripts of those that are written in one pair of brackets as a tuple (`a[i, j]`), which no list takes. `scalarise`
    /// leaves none.
    pub tupled: Vec<Handle<Expression>>,
    /// Subscripts of lists that the region makes, which must be numbers: no arrays, which choose several elements. `scalarise`
    /// leaves none.
    pub single: Vec<Handle<Expression>>,
    /// Arrays of which `shape`, `size` or `ndim` is asked, which lists do not have.
    pub attributed: Vec<Handle<Array>>,
    /// Directives on array statements, by the places of the statements.
    pub array_directives: Vec<(Span, Annotation)>,
    /// Values that are stored where Python would make a new array: they must have the very type of the array's elements.
    pub retained: Vec<Retained>,
    /// Values that must be castable to the type of the elements that they become.
    pub casts: Vec<Cast>,
    /// Axes that are stretched where it starts, before the requirements are tested: again and again until nothing changes.
    pub spreads: Vec<Spread>,
    /// Whether loops over the elements of array expressions stand in it, whose order is nobody's wish.
    pub elementwise: bool,
    /// Whether a statement may raise another exception than Python, or have another effect before it raises: its loops have stored
    /// some elements when a subscript from an index array is tested, or an element is read after loops that raise, and not before
    /// them. Then exceptions are Python's to raise, with the effects that there are in Python.
    pub at_once: bool,
    /// Whether some of what must hold is supposed only because it usually does: there is another form of the region without it.
    pub supposing: bool,
    /// What must hold where it starts.
    pub requirements: Vec<Requirement>,
    /// Whether it holds an `assert`, which Python leaves out where `__debug__` is false.
    pub asserts: bool,
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

    /// Whether the region asks for a device.
    pub fn wants_device(&self) -> bool {
        let loops = self.loops.iter().filter_map(|(_, one)| one.annotation.as_ref());
        let mut annotations = loops.chain(self.array_directives.iter().map(|(_, one)| one));
        annotations.any(|one| matches!(one.target, Target::Cuda | Target::Auto))
    }

    /// The local arrays that outlive the region, by the numbers under which the host keeps them.
    pub fn handed_back(&self) -> Vec<Handle<Array>> {
        let mut all = Vec::new();
        for output in &self.outputs {
            for array in output.gives.arrays() {
                if matches!(self.arrays[array].origin, ArrayOrigin::Local { .. }) && !all.contains(&array) {
                    all.push(array);
                }
            }
        }
        all
    }
}

/// A value that is stored in an array where Python would make a new array of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Retained {
    /// The name that would hold the new array.
    pub name: String,
    /// Where it is stored.
    pub array: Handle<Array>,
    /// The value of an element.
    pub value: Handle<Expression>,
}

/// Values that NumPy stores in an array only if their type can be cast to that of the elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Cast {
    /// Where they are stored.
    pub array: Handle<Array>,
    /// The value of an element.
    pub value: Handle<Expression>,
    /// Which casts there are.
    pub casting: Casting,
}

/// NumPy's rules of casting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casting {
    /// `"same_kind"`: of updates of a part of an array (`row += value`). An element takes any number.
    SameKind,
    /// `"safe"`: of the items of an array literal, whose type holds them all.
    Safe,
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
    /// `np.frombuffer(…, dtype)`: the bytes as an array of elements of that type.
    Buffer(String),
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
    /// Whatever array the variable holds; gone after `scalarise`.
    Variable(Handle<Variable>),
    /// Storage of the region's own, given by [`Statement::Allocate`](super::Statement::Allocate). Nothing outside can see it.
    Local {
        /// The type of its elements, a NumPy one.
        element: Element,
        /// One for each axis, Python ints, evaluated where it is allocated; a negative one counts as 0.
        extents: Vec<Handle<Expression>>,
    },
}

/// The element type of a local array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// The type that this conversion gives, as NumPy stores it.
    Named(Conversion),
    /// That of another array.
    Like(Handle<Array>),
    /// The NumPy type of a value: `f64` of a Python float.
    Of(Handle<Expression>),
    /// The type in which `np.sum` adds such values up: 64-bit integers for bools and narrower integers, else their own.
    SumOf(Handle<Expression>),
    /// That of all that is stored, which is one type: of Python's numbers, too. The array stands for a list.
    Listed,
    /// The type of the mean of such values: `f64` for bools and integers, else their own.
    MeanOf(Handle<Expression>),
    /// The type in which NumPy keeps such values while it adds them up: `f32` for `f16`, else their own.
    WideOf(Handle<Expression>),
}

impl Element {
    /// The value whose type tells it, if there is one.
    pub fn model(self) -> Option<Handle<Expression>> {
        match self {
            Self::Of(value) | Self::SumOf(value) | Self::MeanOf(value) | Self::WideOf(value) => Some(value),
            Self::Named(_) | Self::Like(_) | Self::Listed => None,
        }
    }
}

/// An axis that is broadcast if its extent turns out to be 1: then it has another one, and the same element everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// An input under a name of its own; read only.
    pub array: Handle<Array>,
    /// From 0.
    pub axis: u32,
    /// Its extent then: an expression of inputs, extents and literals.
    pub to: Handle<Expression>,
}

/// What must hold where the region starts for it to run natively at all; otherwise the launch is Python's.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    /// Of the expression that needs it.
    pub span: Span,
    /// What must hold.
    pub condition: Condition,
    /// In a message: `extents of `x` and `y` differ`.
    pub otherwise: String,
}

/// A condition of a [`Requirement`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// An expression of inputs, extents and literals is true.
    Holds(Handle<Expression>),
    /// Two arrays share no element; where allowed, they may be the very same elements in the same order. Of one array: no two of
    /// its elements lie at one place.
    Apart {
        /// One.
        a: Handle<Array>,
        /// The other.
        b: Handle<Array>,
        /// Whether they may be the same.
        or_identical: bool,
        /// Whether a copy may stand for the other, made where the region starts: whatever it reads of it, it reads before it
        /// stores anything.
        or_copied: bool,
    },
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
    /// The NumPy type it has whatever is assigned to it; `None`: that of the values it takes.
    pub storage: Option<Element>,
    /// The variable that is true while this one holds a number, and false while it stands for `None`; without one, it never does.
    pub there: Option<Handle<Variable>>,
    /// First assignment.
    pub span: Span,
}

/// A scalar that the kernel returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The variable.
    pub variable: Handle<Variable>,
    /// The Python name it is assigned to, or [`Output::RETURNED`].
    pub name: String,
    /// What it is.
    pub gives: Gives,
}

/// A tuple that a name holds after the region.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundled {
    /// Its name.
    pub name: String,
    /// The names of the outputs that are its items.
    pub parts: Vec<String>,
}

/// A list of Python's to which the region appends.
#[derive(Clone, Debug, PartialEq)]
pub struct Grown {
    /// Its name.
    pub name: String,
    /// What an item is.
    pub form: GrownForm,
    /// Whether the region makes it: there is none before.
    pub anew: bool,
    /// The names of outputs: an array that says which places hold items, and one of the same shape for each part of an item.
    pub parts: Vec<String>,
}

/// What is appended to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrownForm {
    /// A number or an array.
    Item,
    /// A tuple of these.
    Tuple,
    /// A list of these.
    List,
    /// A list of as many numbers as an axis is long, or of lists of them.
    Row,
}

/// A list of Python's whose items the region assigns and does not read: the input itself holds a 1 where there is a new item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The list.
    pub list: Handle<Input>,
    /// The output, by its position, that holds the new items: an array of the same shape.
    pub output: usize,
}

/// Items of a list that have one type or another, and where it says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The items.
    pub items: Items,
    /// The output, by its position, that holds the tag of each: an array of bytes of the same shape.
    pub tags: usize,
}

/// Items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// An output, by its position: an array of items.
    Output(usize),
    /// Those of a list from before the region. Where the tag is 0, an item is the object that it was.
    List(Handle<Input>),
}

/// What an output is. `lower` leaves numbers only; `scalarise` knows which of them are arrays.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Gives {
    /// The number that its variable holds.
    #[default]
    Number,
    /// An array, or a view of one: the variable holds nothing.
    Array {
        /// An input itself, or a local array, which outlives the region.
        array: Handle<Array>,
        /// Which part of it; `None`: the array itself.
        view: Option<View>,
    },
    /// One of several arrays: the variable holds nothing.
    Chosen {
        /// The output, by its position, that is the number of the one: an int, or a bool.
        by: usize,
        /// [`Gives::Number`] among them is nothing: a loop that assigns the variable has not run, and the launch is Python's.
        among: Vec<Gives>,
    },
}

impl Gives {
    /// The arrays that it may be, or may be parts of.
    pub fn arrays(&self) -> Vec<Handle<Array>> {
        match self {
            Self::Number => Vec::new(),
            Self::Array { array, .. } => vec![*array],
            Self::Chosen { among, .. } => among.iter().flat_map(Self::arrays).collect(),
        }
    }
}

/// A part of an array whose axes may be reordered and joined by new ones. The numbers are outputs, by their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its own axes.
    pub rank: u32,
    /// What is chosen of each axis of the array.
    pub axes: Vec<ViewAxis>,
}

/// What a [`View`] chooses of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewAxis {
    /// One place.
    At(usize),
    /// `count` places, `step` apart.
    Along {
        /// The first place.
        first: usize,
        /// How many; none if negative.
        count: usize,
        /// Not zero.
        step: i64,
        /// Which axis of the view that is.
        axis: u32,
    },
}

impl Output {
    /// The name of an output that is returned from the function instead of assigned.
    pub const RETURNED: &'static str = "return";
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
    /// For a method: the object of which it must be the attribute, and to which it must be bound.
    pub object: Option<Object>,
    /// Row of its `def` or `lambda`, from 1, to be compared with `__code__.co_firstlineno`.
    pub row: u32,
}

/// The object that a method is called on.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Whether the method gets it as its first argument; else it is a static one.
    pub bound: bool,
    /// The Python name that the rewritten call passes.
    pub root: String,
    /// Attributes and constant subscripts to follow from the root.
    pub steps: Vec<Step>,
}

/// Where a function of another file comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its lines.
    pub lines: String,
    /// Names in them that the file imports, on which CPython's compiler looks.
    pub imported: Vec<String>,
}
