//! The state of lowering one region, and what every part of it needs: blocks, variables, names, refusals.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::attach::Directives;
use super::growing::Growing;
use super::imports::{FOREIGN, Imports, Wanted};
use super::live::Live;
use super::methods::Method;
use super::own_lists::OwnList;
use super::returns::Returns;
use super::scope::{ScopeId, Scopes};
use super::value::{Path, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Handle};
use crate::pragma::Directive;
use crate::python::walk::{NameUse, Use};
use crate::python::{Expression, Statement};
use crate::source::{SourceFile, Span};

/// What lowering a part gives, or why the region cannot be translated.
pub(super) type Lower<T> = Result<T, Box<Diagnostic>>;

/// What is known of the whole file.
pub(super) struct Program<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) directives: &'a Directives,
    pub(super) scopes: Scopes<'a>,
    /// The Python expressions of clauses, by place.
    pub(super) clauses: HashMap<Span, Expression>,
    /// The modules of the project found so far.
    pub(super) imports: &'a Imports,
    /// Those that nobody has looked for yet.
    pub(super) wanted: RefCell<Vec<Wanted>>,
}

impl<'a> Program<'a> {
    /// The file in which a place lies, and the place in it.
    fn located(&self, span: Span) -> (&'a SourceFile, Span) {
        let foreign = self.imports.place(span).filter(|_| span.start >= FOREIGN);
        foreign.unwrap_or((self.file, span))
    }

    /// The text at a place.
    pub(super) fn slice(&self, span: Span) -> &'a str {
        let (file, span) = self.located(span);
        file.slice(span)
    }

    /// The row of a place in its file.
    pub(super) fn row(&self, span: Span) -> u32 {
        let (file, span) = self.located(span);
        file.row(span.start)
    }

    /// The first line of what stands at a place.
    pub(super) fn first_line(&self, span: Span) -> Span {
        let (file, inside) = self.located(span);
        let line = super::attach::first_line(file, inside);
        Span::new(span.start, span.start + line.len())
    }

    /// The whole lines that a place touches.
    pub(super) fn lines(&self, span: Span) -> String {
        let (file, span) = self.located(span);
        let rows = file.row(span.start)..=file.row(span.end.max(span.start + 1) - 1);
        rows.map(|row| format!("{}\n", file.line(row))).collect()
    }
}

/// Lowers one region.
pub(super) struct Lowerer<'a> {
    pub(super) program: &'a Program<'a>,
    /// The scope in which the region stands.
    pub(super) scope: ScopeId,
    /// Names that surely have a value where the region starts.
    pub(super) ready: HashSet<&'a str>,
    /// Names whose value may be wanted after it.
    pub(super) live: Live<'a>,
    /// Whether someone can see the variables after the region has failed.
    pub(super) exact: bool,
    /// Updates of elements are indivisible here.
    pub(super) atomic: bool,
    /// The lists of statements being lowered, innermost last.
    pub(super) suites: Vec<&'a [Statement]>,
    pub(super) region: ir::Region,
    /// The blocks being filled, innermost last.
    pub(super) blocks: Vec<ir::Block>,
    /// The region's own frame, then those of the functions being inlined.
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) inputs: HashMap<Path, Handle<ir::Input>>,
    pub(super) arrays: HashMap<Handle<ir::Input>, Handle<ir::Array>>,
    /// Paths that the region subscripts, iterates or measures: arrays, whatever else is done with them.
    pub(super) subscripted: HashSet<Path>,
    /// How many subscripts an array is seen with.
    pub(super) ranks: HashMap<Path, usize>,
    /// Loops whose directive is still to be resolved, with the number of counted loops each one became.
    pub(super) annotated: Vec<Annotated<'a>>,
    /// What the region returns from the function in which it stands.
    pub(super) returned: Vec<ir::Output>,
    /// The `parallel` directive in force, and the row on which the next statement must stand to be covered.
    pub(super) running: Option<(&'a Directive, u32)>,
    /// Array statements that carry a directive.
    pub(super) array_annotated: Vec<(Span, Annotated<'a>)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The ways to the functions of other files.
    pub(super) routes: Vec<Path>,
    /// The ways to methods of objects.
    pub(super) methods: Vec<Method>,
    /// For each other file, the way to its names.
    pub(super) globals: HashMap<usize, Path>,
    /// Defaults of functions defined in the region, evaluated there.
    pub(super) defaults: HashMap<Span, Binding<'a>>,
    /// The counted loops around the present statement; nothing for `while`.
    pub(super) open: Vec<Option<Handle<ir::Loop>>>,
    /// Flags of values that are known to be there.
    pub(super) proven: Vec<Handle<ir::Variable>>,
    /// Flags that may have become false, in order.
    pub(super) unset: Vec<Handle<ir::Variable>>,
    /// Lists that grow in the region.
    pub(super) growing: Vec<Growing<'a>>,
    /// Those of them whose items lie in the order of the appends, and those that would have to.
    pub(super) in_order: HashSet<&'a str>,
    pub(super) wishes: HashSet<&'a str>,
    /// Whether the loops of a comprehension are being made, each iteration of which has a place for an item.
    pub(super) gathering: bool,
    /// Lists that it makes and makes longer.
    pub(super) own_lists: Vec<OwnList>,
    /// Identifiers in use.
    taken: HashSet<String>,
}

/// A loop that carries a directive.
#[derive(Clone)]
pub(super) struct Annotated<'a> {
    /// Unknown until the loop is made.
    pub(super) counted: Option<Handle<ir::Loop>>,
    pub(super) directive: &'a Directive,
    /// Counted loops that the annotated `for` became (several for `np.ndindex`).
    pub(super) levels: u32,
    /// Clause expressions, evaluated before the loop.
    pub(super) chunk: Option<Handle<ir::Expression>>,
    pub(super) num_threads: Option<Handle<ir::Expression>>,
    pub(super) condition: Option<Handle<ir::Expression>>,
}

/// The names of one body: the region's, or that of a function being inlined.
pub(super) struct Frame<'a> {
    /// Where names that are not its own are looked up.
    pub(super) scope: ScopeId,
    /// Names the body assigns, and parameters.
    pub(super) own: HashSet<&'a str>,
    pub(super) locals: HashMap<&'a str, Binding<'a>>,
    /// The function's name and the place of the call; `None` for the region itself.
    pub(super) call: Option<(String, Span)>,
    /// The frame of the function around it, where that is running.
    pub(super) outer: Option<usize>,
    /// Where the names of its module are found, when that is another file.
    pub(super) globals: Option<Path>,
    pub(super) is_lambda: bool,
    /// The function's place in the file, by which recursion is noticed.
    pub(super) identity: Option<Span>,
    pub(super) uses: Vec<NameUse<'a>>,
    /// Names that the body subscripts, measures or iterates.
    pub(super) array_names: HashSet<String>,
    /// Names that the body assigns `None`.
    pub(super) optional: HashSet<&'a str>,
    /// Names that the body assigns tuples only, of so many items.
    pub(super) tuples: HashMap<&'a str, usize>,
    /// The names that each `for` binds, and the place of its body.
    pub(super) targets: Vec<(Vec<&'a str>, Span)>,
    /// Python's loops around the present statement.
    pub(super) loops: Vec<OpenLoop>,
    pub(super) returns: Returns<'a>,
    /// How many blocks were open where its body starts.
    pub(super) blocks: usize,
}

/// A Python loop being lowered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OpenLoop {
    /// Set by `break`, where something after the loop must know.
    pub(super) broken: Option<Handle<ir::Variable>>,
    /// Whether its directive asks for iterations at once.
    pub(super) parallel: bool,
}

/// What a local name stands for.
#[derive(Clone, Debug)]
pub(super) enum Binding<'a> {
    /// An IR variable.
    Variable(Handle<ir::Variable>),
    /// An expression without operands that means the same wherever the name is visible.
    Leaf(ir::Expression),
    /// Part of an array, by the subscripts given so far (all of them leaves).
    Element(Handle<ir::Array>, Vec<ir::Expression>),
    /// Several at once.
    Tuple(Vec<Binding<'a>>),
    /// There if the variable is true, and `None` otherwise.
    Optional(Handle<ir::Variable>, Box<Binding<'a>>),
    /// A list that the region makes longer, by its number.
    OwnList(usize),
    /// Not a number: an array, a function, a module.
    Value(Value<'a>),
}

impl<'a> Binding<'a> {
    /// The variables that an assignment of the name changes.
    pub(super) fn variables(&self) -> Vec<Handle<ir::Variable>> {
        match self {
            Self::Variable(variable) => vec![*variable],
            Self::Optional(there, value) => value.variables().into_iter().chain([*there]).collect(),
            Self::Tuple(items) => items.iter().flat_map(Self::variables).collect(),
            Self::Leaf(_) | Self::Element(..) | Self::OwnList(_) | Self::Value(_) => Vec::new(),
        }
    }

    /// What is there, if it is.
    fn held(&self) -> &Self {
        match self {
            Self::Optional(_, value) => value,
            other => other,
        }
    }
}

impl<'a> Frame<'a> {
    /// Whether the body reads `name` where no `for` that binds it is around, that is, after its loop or before it.
    pub(super) fn outlives(&self, name: &str) -> bool {
        self.uses.iter().any(|this| {
            this.name == name
                && matches!(this.how, Use::Read | Use::Captured | Use::Anything)
                && !self
                    .targets
                    .iter()
                    .any(|(names, body)| names.contains(&name) && body.contains(this.span))
        })
    }

    /// Whether something inside `body` assigns `name`.
    pub(super) fn assigns_inside(&self, name: &str, body: Span) -> bool {
        self.uses.iter().any(|this| {
            this.name == name
                && match this.how {
                    Use::Read | Use::Captured => false,
                    Use::Bind | Use::Delete => body.contains(this.span),
                    // A nested function, which may be called anywhere.
                    Use::Anything => true,
                }
        })
    }

    /// How many times the body assigns `name`.
    pub(super) fn assignments(&self, name: &str) -> usize {
        let assigns = |this: &&NameUse<'a>| this.name == name && matches!(this.how, Use::Bind | Use::Anything);
        self.uses.iter().filter(assigns).count()
    }
}

impl<'a> Lowerer<'a> {
    pub(super) fn new(program: &'a Program<'a>, scope: ScopeId, region: ir::Region) -> Self {
        Self {
            program,
            scope,
            ready: HashSet::new(),
            live: Live::default(),
            exact: false,
            atomic: false,
            suites: Vec::new(),
            region,
            blocks: vec![ir::Block::default()],
            frames: Vec::new(),
            inputs: HashMap::new(),
            arrays: HashMap::new(),
            subscripted: HashSet::new(),
            ranks: HashMap::new(),
            annotated: Vec::new(),
            returned: Vec::new(),
            running: None,
            array_annotated: Vec::new(),
            diagnostics: Vec::new(),
            routes: Vec::new(),
            methods: Vec::new(),
            globals: HashMap::new(),
            defaults: HashMap::new(),
            open: Vec::new(),
            proven: Vec::new(),
            unset: Vec::new(),
            growing: Vec::new(),
            in_order: HashSet::new(),
            wishes: HashSet::new(),
            gathering: false,
            own_lists: Vec::new(),
            taken: HashSet::new(),
        }
    }

    // Frames

    pub(super) fn frame(&self) -> &Frame<'a> {
        self.frames.last().expect("the region's frame is never popped")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame<'a> {
        self.frames.last_mut().expect("the region's frame is never popped")
    }

    // Expressions

    pub(super) fn add(&mut self, expression: ir::Expression, span: Span) -> Handle<ir::Expression> {
        let span = self.at(span);
        self.region.expression(expression, span)
    }

    pub(super) fn int(&mut self, value: i64, span: Span) -> Handle<ir::Expression> {
        self.add(ir::Expression::Literal(ir::Literal::Int(value)), span)
    }

    pub(super) fn truth(&mut self, value: bool, span: Span) -> Handle<ir::Expression> {
        self.add(ir::Expression::Literal(ir::Literal::Bool(value)), span)
    }

    pub(super) fn read(&mut self, variable: Handle<ir::Variable>, span: Span) -> Handle<ir::Expression> {
        self.add(ir::Expression::Variable(variable), span)
    }

    pub(super) fn binary(
        &mut self,
        op: ir::BinaryOp,
        left: Handle<ir::Expression>,
        right: Handle<ir::Expression>,
        span: Span,
    ) -> Handle<ir::Expression> {
        self.add(ir::Expression::Binary { op, left, right }, span)
    }

    pub(super) fn not(&mut self, operand: Handle<ir::Expression>, span: Span) -> Handle<ir::Expression> {
        let op = ir::UnaryOp::Not;
        self.add(ir::Expression::Unary { op, operand }, span)
    }

    // Statements

    pub(super) fn block(&mut self) -> &mut ir::Block {
        self.blocks.last_mut().expect("the region's block is never popped")
    }

    pub(super) fn push(&mut self, statement: ir::Statement, span: Span) {
        let span = self.at(span);
        self.block().push(statement, span);
    }

    pub(super) fn assign(&mut self, variable: Handle<ir::Variable>, value: Handle<ir::Expression>, span: Span) {
        self.push(ir::Statement::Assign { variable, value }, span);
    }

    /// How many statements the present block holds: a place to which [`Lowerer::keep`] can go back.
    pub(super) fn mark(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.statements.len())
    }

    /// Lowers a part into a block of its own.
    pub(super) fn nested<T>(&mut self, part: impl FnOnce(&mut Self) -> Lower<T>) -> Lower<(T, ir::Block)> {
        self.blocks.push(ir::Block::default());
        let result = part(self);
        let block = self.blocks.pop().unwrap_or_default();
        result.map(|value| (value, block))
    }

    // Variables

    /// The variable that an assignment in the present frame means by a name.
    pub(super) fn variable(&mut self, name: &'a str, span: Span) -> Handle<ir::Variable> {
        self.variable_in(self.owner(name).unwrap_or(self.frames.len() - 1), name, span)
    }

    /// The frame that has a name, seen from the present one.
    pub(super) fn owner(&self, name: &str) -> Option<usize> {
        let here = self.frames.len() - 1;
        if self.frames[here].own.contains(name) {
            return Some(here);
        }
        let home = |frame: &Frame<'_>| self.program.scopes.home(frame.scope, name);
        let mut next = self.frames[here].outer;
        while let Some(at) = next {
            let frame = &self.frames[at];
            // A lambda's parameters are no names of the scope it stands in.
            if frame.own.contains(name) && (frame.is_lambda || home(frame) == home(&self.frames[here])) {
                return Some(at);
            }
            next = frame.outer;
        }
        None
    }

    /// `name = value` of a number.
    pub(super) fn assign_name(&mut self, name: &'a str, place: Span, value: Handle<ir::Expression>, span: Span) {
        let variable = self.variable(name, place);
        self.assign(variable, value, span);
        // After the value, which may ask whether it was there.
        if let Some(there) = self.flag_of_name(name) {
            self.set_there(there, true, span);
        }
    }

    /// The variable of a name of frame number `depth`; made when there is none.
    pub(super) fn variable_in(&mut self, depth: usize, name: &'a str, span: Span) -> Handle<ir::Variable> {
        if let Some(Binding::Variable(variable)) = self.frames[depth].locals.get(name).map(Binding::held) {
            return *variable;
        }
        let (wanted, temporary) = match &self.frames[depth].call {
            Some((function, _)) => (format!("{function}_{name}"), true),
            None => (name.to_owned(), self.frames[depth].is_lambda),
        };
        let variable = self.make(&wanted, temporary, span);
        self.frames[depth].locals.insert(name, Binding::Variable(variable));
        variable
    }

    /// The variable of an item of a name that holds tuples.
    pub(super) fn part_of(&mut self, depth: usize, name: &str, part: usize, span: Span) -> Handle<ir::Variable> {
        match &self.frames[depth].call {
            Some((function, _)) => self.make(&format!("{function}_{name}_{part}"), true, span),
            None => self.make(&format!("{name}_{part}"), self.frames[depth].is_lambda, span),
        }
    }

    /// A variable for what the region returns.
    pub(super) fn result(&mut self, span: Span) -> Handle<ir::Variable> {
        self.make("result", false, span)
    }

    /// A variable that no Python name stands for.
    pub(super) fn temporary(&mut self, wanted: &str, span: Span) -> Handle<ir::Variable> {
        self.make(wanted, true, span)
    }

    fn make(&mut self, wanted: &str, temporary: bool, span: Span) -> Handle<ir::Variable> {
        let name = self.fresh(wanted);
        let span = self.at(span);
        self.region.variables.append(ir::Variable {
            name,
            initial: None,
            storage: None,
            there: None,
            temporary,
            span,
        })
    }

    /// An identifier of ASCII letters, digits and underscores that is not in use yet.
    pub(super) fn fresh(&mut self, wanted: &str) -> String {
        let base = identifier(wanted);
        let mut name = base.clone();
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        name
    }

    // Refusals

    /// Why the region runs as Python.
    pub(super) fn refuse(&self, code: Code, span: Span, message: impl Into<String>) -> Box<Diagnostic> {
        let calls = self.frames.iter().filter_map(|frame| frame.call.as_ref());
        let calls = calls.filter(|(_, call)| call.start < FOREIGN);
        let diagnostic = Diagnostic::new(code, self.at(span), message).note("the loop runs as Python");
        let diagnostic = self.told_here(diagnostic, span);
        Box::new(calls.fold(diagnostic, |diagnostic, (name, call)| {
            diagnostic.secondary(*call, format!("`{name}` is called here"))
        }))
    }

    pub(super) fn refuse_expression(&self, span: Span, message: impl Into<String>) -> Box<Diagnostic> {
        self.refuse(Code::UnsupportedExpression, span, message)
    }

    pub(super) fn refuse_statement(&self, span: Span, message: impl Into<String>) -> Box<Diagnostic> {
        self.refuse(Code::UnsupportedStatement, span, message)
    }
}

/// A Python identifier (or several joined) as an ASCII one.
pub(super) fn identifier(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            out.push(letter);
        } else {
            out.push_str(&format!("u{:x}", u32::from(letter)));
        }
    }
    match out.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("_{out}"),
        Some(_) => out,
        None => "_".to_owned(),
    }
}
