//! The state of turning one region into loops, and what every part of it needs.

use std::collections::{HashMap, HashSet};

use super::asked::Asked;
use super::later::Step;
use super::outputs::Shadow;
use super::rotate::Choice;
use super::rows::Rows;
use super::shape::{Body, Place, Shaped, Stride};
use super::{Ex, Supposed};
use crate::diagnostics::{Code, Diagnostic};
use crate::infer::{InputTy, Kind, Signature};
use crate::ir::{
    self, Array, ArrayOrigin, Block, Condition, Expression, Handle, Input, Region, Requirement, Statement, Variable,
};
use crate::source::Span;

/// What turning a part gives, or why the region stays Python.
pub(super) type Scalar<T> = Result<T, Box<Diagnostic>>;

/// What a variable holds at the present place.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// A number, or nothing yet.
    Number,
    /// An array: a way to write its subscripts.
    Array(Shaped),
    /// One array or another, or an array or a number, by the way control took.
    Mixed,
}

/// What is assigned to the variables of a region, as far as it could be followed.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    arrays: HashSet<Handle<Variable>>,
    numbers: HashSet<Handle<Variable>>,
    /// Variables of which some assignment could not be followed.
    unknown: HashSet<Handle<Variable>>,
    /// How many assignments were followed.
    followed: HashMap<Handle<Variable>, usize>,
    /// Variables that hold some array that is not small.
    large: HashSet<Handle<Variable>>,
    /// Those that hold the items of lists, which turned out to be arrays.
    pub(super) rows: Rows,
}

impl Kinds {
    /// Notes an assignment; `None`: it could not be followed.
    pub(super) fn assigned(&mut self, variable: Handle<Variable>, held: Option<&Held>) {
        *self.followed.entry(variable).or_default() += 1;
        match held {
            Some(Held::Array(_)) => self.arrays.insert(variable),
            Some(Held::Number) => self.numbers.insert(variable),
            Some(Held::Mixed) | None => self.unknown.insert(variable),
        };
    }

    /// Notes that a variable holds an array that is not small.
    pub(super) fn large(&mut self, variable: Handle<Variable>) {
        self.large.insert(variable);
    }

    pub(super) fn is_large(&self, variable: Handle<Variable>) -> bool {
        self.large.contains(&variable)
    }

    /// Whether a variable is assigned arrays, and nothing else that is known.
    pub(super) fn is_array(&self, variable: Handle<Variable>) -> bool {
        self.arrays.contains(&variable) && !self.numbers.contains(&variable) && !self.unknown.contains(&variable)
    }

    /// Whether it is in each of its `count` assignments.
    pub(super) fn is_surely_array(&self, variable: Handle<Variable>, count: usize) -> bool {
        self.is_array(variable) && self.followed.get(&variable) == Some(&count)
    }
}

pub(super) struct Scalariser<'r> {
    pub(super) from: &'r Region,
    pub(super) signature: &'r Signature,
    pub(super) supposed: Supposed,
    pub(super) to: Region,
    /// The blocks being filled, innermost last.
    pub(super) blocks: Vec<Block>,
    /// By variable.
    pub(super) held: Vec<Held>,
    /// Arrays of the new region that stand for inputs.
    pub(super) of_input: HashMap<Handle<Input>, Handle<Array>>,
    /// Local arrays whose elements are bools.
    pub(super) of_bools: HashSet<Handle<Array>>,
    /// Local arrays of places that there are, as `np.nonzero` finds them.
    pub(super) positions: HashSet<Handle<Array>>,
    /// Subscripts that the present statement has asked for, by the marks that stand where they are evaluated.
    pub(super) asked: HashMap<Ex, Asked>,
    /// Local arrays whose element type is that of what is stored first, into which nothing has been stored.
    pub(super) untyped: HashSet<Handle<Array>>,
    /// Local arrays in the place of views.
    pub(super) shadows: Vec<Shadow>,
    /// Of variables that a loop makes anew: which variable tells that it did, and the array that it makes.
    pub(super) replaced: HashMap<Handle<Variable>, (Handle<Variable>, Handle<Array>)>,
    /// Variables of which it is not known which array they would be.
    pub(super) unsure: HashSet<Handle<Variable>>,
    /// The local arrays of variables that the loops around the present place carry.
    pub(super) carried: Vec<Handle<Array>>,
    /// Local arrays that are longer than what they stand for: the length of that, and the array of this length that is handed back.
    pub(super) cut: HashMap<Handle<Array>, (Ex, Option<Shaped>)>,
    /// Names of inputs that the launch may stretch, and the arrays that the inputs are.
    pub(super) spread_of: HashMap<Handle<Array>, Handle<Array>>,
    /// Inputs that it may not.
    pub(super) unspread: HashSet<Handle<Input>>,
    /// Of variables that hold the items of lists which are arrays: their extents.
    pub(super) rows: Rows,
    /// Stores by which a carried variable is assigned.
    pub(super) overwriting: HashSet<Handle<ir::Store>>,
    /// Numbers of the present statement that are done.
    pub(super) done: HashMap<Ex, Ex>,
    /// Variables that are assigned where the region starts, and their values, which are known at the launch.
    pub(super) foreknown: Vec<(Handle<Variable>, Ex)>,
    /// Lists of which a variable holds a slice, and where it is taken: a copy, which stays what it is.
    pub(super) list_slices: Vec<(Handle<Array>, Span)>,
    /// The subscript by which an assignment through a mask chooses, while its right side is turned: what the same mask chooses
    /// there lies at the same places.
    pub(super) chosen_by: Option<Ex>,
    /// Whether subscripts are those of a target, which a copy cannot stand for.
    pub(super) targeting: bool,
    /// The statements of the old region around the present place, outermost first.
    pub(super) way: Vec<Step<'r>>,
    /// Identifiers in use.
    taken: HashSet<String>,
    /// What the present statement's outermost loops are told.
    pub(super) directive: Option<ir::Annotation>,
    /// Loops over elements around the present place.
    pub(super) depth: usize,
    pub(super) problems: Vec<Diagnostic>,
    /// Which arrays outputs are whose names have changed places.
    pub(super) choices: Vec<Choice>,
    pub(super) kinds: Kinds,
}

impl<'r> Scalariser<'r> {
    pub(super) fn new(
        from: &'r Region,
        signature: &'r Signature,
        supposed: Supposed,
        unspread: HashSet<Handle<Input>>,
    ) -> Self {
        let mut to = from.clone();
        to.expressions = ir::Arena::default();
        to.spans = ir::SideTable::default();
        to.stores = ir::Arena::default();
        to.body = Block::default();
        to.elementwise = true;
        (to.augmented, to.chained, to.tupled) = (Vec::new(), Vec::new(), Vec::new());
        to.single = Vec::new();
        (to.array_directives, to.casts) = (Vec::new(), Vec::new());
        let names = from.inputs.iter().map(|(_, one)| &one.name);
        let names = names.chain(from.arrays.iter().map(|(_, one)| &one.name));
        let names = names.chain(from.variables.iter().map(|(_, one)| &one.name));
        let taken = names
            .chain(from.loops.iter().map(|(_, one)| &one.name))
            .cloned()
            .collect();
        let mut of_input = HashMap::new();
        for (array, one) in from.arrays.iter() {
            if let ArrayOrigin::Input(input) = one.origin {
                of_input.insert(input, array);
            }
        }
        Self {
            from,
            signature,
            supposed,
            to,
            blocks: vec![Block::default()],
            held: vec![Held::Number; from.variables.len()],
            of_input,
            of_bools: HashSet::new(),
            positions: HashSet::new(),
            asked: HashMap::new(),
            untyped: HashSet::new(),
            shadows: Vec::new(),
            replaced: HashMap::new(),
            unsure: HashSet::new(),
            carried: Vec::new(),
            cut: HashMap::new(),
            spread_of: HashMap::new(),
            unspread,
            rows: Rows::new(),
            overwriting: HashSet::new(),
            done: HashMap::new(),
            foreknown: Vec::new(),
            list_slices: Vec::new(),
            chosen_by: None,
            targeting: false,
            way: Vec::new(),
            taken,
            directive: None,
            depth: 0,
            problems: Vec::new(),
            choices: Vec::new(),
            kinds: Kinds::default(),
        }
    }

    pub(super) fn choosing(self, choices: Vec<Choice>, rows: Rows) -> Self {
        Self { choices, rows, ..self }
    }

    /// The new region, and what the variables of the old one were found to be.
    pub(super) fn run(mut self) -> (Result<Region, Vec<Diagnostic>>, Kinds) {
        self.statements_of_region();
        let before = self.now();
        self.outputs();
        self.settle(before);
        self.to.body = self.blocks.pop().unwrap_or_default();
        self.refuse_changed_slices();
        let done = if self.problems.is_empty() {
            Ok(self.to)
        } else {
            Err(self.problems)
        };
        (done, self.kinds)
    }

    fn statements_of_region(&mut self) {
        for (variable, one) in self.from.variables.iter() {
            if let Some(input) = one.initial {
                if matches!(self.input(input), Some(InputTy::Array(_))) {
                    let whole = self.whole_input(input, one.span);
                    self.held[variable.index()] = Held::Array(whole);
                    self.to.variables[variable].initial = None;
                    // The name is the array's now.
                    self.to.variables[variable].name = self.fresh(&format!("{}_held", one.name));
                }
                self.note_kind(variable, true);
            }
        }
        self.drop_unreached();
        self.block(&self.from.body);
    }

    /// Notes what a variable has been assigned, if that could be followed.
    pub(super) fn note_kind(&mut self, variable: Handle<Variable>, followed: bool) {
        let held = followed.then(|| &self.held[variable.index()]);
        self.kinds.assigned(variable, held);
        if let Some(Held::Array(shaped)) = held
            && !self.is_small(shaped)
        {
            self.kinds.large(variable);
        }
    }

    /// Whether a value is a local array of so few elements that they are kept in registers.
    fn is_small(&self, shaped: &Shaped) -> bool {
        let Some((array, _)) = shaped.view() else { return false };
        let mut size = Some(1_i64);
        for extent in &shaped.extents {
            let extent = self.as_constant(*extent);
            size = size.zip(extent).and_then(|(size, extent)| size.checked_mul(extent));
        }
        let local = matches!(self.to.arrays[array].origin, ArrayOrigin::Local { .. });
        local && size.is_some_and(|size| size <= super::promote::ELEMENTS)
    }

    /// Whether places are those of the whole array, axis by axis.
    pub(super) fn is_identity(&self, places: &[Place]) -> bool {
        places.iter().enumerate().all(|(position, place)| match place {
            Place::Along { axis, start, step } => {
                *axis == position && *step == Stride::Of(1) && self.as_constant(*start) == Some(0)
            }
            Place::At(_) | Place::Given { .. } => false,
        })
    }

    // The new region

    pub(super) fn add(&mut self, expression: Expression, span: Span) -> Ex {
        self.to.expression(expression, span)
    }

    pub(super) fn push(&mut self, statement: Statement, span: Span) {
        if let Some(block) = self.blocks.last_mut() {
            block.push(statement, span);
        }
    }

    /// Does a part into a block of its own.
    pub(super) fn nested<T>(&mut self, part: impl FnOnce(&mut Self) -> T) -> (T, Block) {
        self.blocks.push(Block::default());
        let value = part(self);
        let block = self.blocks.pop().unwrap_or_default();
        (value, block)
    }

    pub(super) fn assign(&mut self, variable: Handle<Variable>, value: Ex, span: Span) {
        self.push(Statement::Assign { variable, value }, span);
    }

    pub(super) fn temporary(&mut self, wanted: &str, span: Span) -> Handle<Variable> {
        let name = self.fresh(wanted);
        self.to.variables.append(Variable {
            name,
            initial: None,
            temporary: true,
            storage: None,
            there: None,
            span,
        })
    }

    /// A temporary with a value, read.
    pub(super) fn kept(&mut self, value: Ex, wanted: &str, span: Span) -> Ex {
        let variable = self.temporary(wanted, span);
        self.assign(variable, value, span);
        self.add(Expression::Variable(variable), span)
    }

    /// An expression that has no load, and gives the same wherever it stands in the present statement.
    pub(super) fn steady(&mut self, value: Ex, wanted: &str, span: Span) -> Ex {
        let mut plain = true;
        ir::visit_expressions(&self.to, value, &mut |one| {
            plain &= match &self.to.expressions[one] {
                Expression::Literal(_)
                | Expression::Input(_)
                | Expression::Variable(_)
                | Expression::Counter(_)
                | Expression::Extent { .. }
                | Expression::Size(_)
                | Expression::Rank(_) => true,
                Expression::Binary { op, .. } => {
                    matches!(op, ir::BinaryOp::Add | ir::BinaryOp::Subtract | ir::BinaryOp::Multiply)
                }
                Expression::Unary { op, .. } => *op == ir::UnaryOp::Negate,
                Expression::Call { function, .. } => {
                    matches!(function, ir::Function::Min | ir::Function::Max)
                }
                Expression::Load { .. }
                | Expression::Compare { .. }
                | Expression::Logical { .. }
                | Expression::Select { .. }
                | Expression::Convert { .. }
                | Expression::Array(_) => false,
            };
        });
        if plain { value } else { self.kept(value, wanted, span) }
    }

    /// An identifier that is not in use yet.
    pub(super) fn fresh(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{wanted}_{count}");
        }
        name
    }

    // Inputs

    pub(super) fn input(&self, input: Handle<Input>) -> Option<InputTy> {
        self.signature.get(&self.from.inputs[input].name)
    }

    /// The array that an input is.
    pub(super) fn array_of(&mut self, input: Handle<Input>) -> Handle<Array> {
        if let Some(array) = self.of_input.get(&input) {
            return *array;
        }
        let array = self.to.arrays.append(Array {
            name: self.from.inputs[input].name.clone(),
            origin: ArrayOrigin::Input(input),
            view_of: None,
        });
        self.of_input.insert(input, array);
        array
    }

    pub(super) fn whole_input(&mut self, input: Handle<Input>, span: Span) -> Shaped {
        let array = self.array_of(input);
        self.whole(array, span)
    }

    /// All elements of an array of the new region.
    pub(super) fn whole(&mut self, array: Handle<Array>, span: Span) -> Shaped {
        let (extents, boolean) = match self.to.arrays[array].origin.clone() {
            ArrayOrigin::Local { extents, .. } => (extents, self.of_bools.contains(&array)),
            ArrayOrigin::Input(input) => {
                let (rank, boolean) = match self.input(input) {
                    Some(InputTy::Array(ty)) => (ty.rank, ty.element.kind == Kind::Bool),
                    Some(InputTy::Scalar(_) | InputTy::Nothing) | None => (0, false),
                };
                let extents = (0..rank).map(|axis| self.add(Expression::Extent { array, axis }, span));
                (extents.collect(), boolean)
            }
            ArrayOrigin::Variable(_) => (Vec::new(), false),
        };
        let places = (0..extents.len())
            .map(|axis| Place::Along {
                axis,
                start: self.int(0, span),
                step: Stride::Of(1),
            })
            .collect();
        let whole = Shaped::new(extents, Body::View(array, places)).with_bools(boolean);
        Shaped { whole: true, ..whole }
    }

    // Refusals and requirements

    /// Whether what is usual may be supposed here; the region then needs another kernel for launches that are not so.
    pub(super) fn supposes(&mut self) -> bool {
        match self.supposed {
            Supposed::Usual => {
                self.to.supposing = true;
                true
            }
            Supposed::Nothing => false,
        }
    }

    pub(super) fn refuse(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Code::ArrayMisuse, span, message).note("the loop runs as Python")
    }

    pub(super) fn refused<T>(&self, span: Span, message: impl Into<String>, help: &str) -> Scalar<T> {
        Err(Box::new(self.refuse(span, message).help(help)))
    }

    /// What must hold for the region to run natively: asked at the launch where it is known, else in place.
    pub(super) fn require(&mut self, condition: Ex, otherwise: String, span: Span) {
        if self.is_launch_known(condition) {
            let condition = self.at_launch(condition);
            let known = self.to.requirements.iter().any(|one| match one.condition {
                Condition::Holds(other) => self.same(other, condition),
                Condition::Apart { .. } => false,
            });
            if !known {
                self.to.requirements.push(Requirement {
                    span,
                    condition: Condition::Holds(condition),
                    otherwise,
                });
            }
            return;
        }
        let op = ir::UnaryOp::Not;
        let fails = self.add(Expression::Unary { op, operand: condition }, span);
        let mut accept = Block::default();
        accept.push(Statement::Leave(otherwise), span);
        self.push_if(fails, accept, span);
    }

    /// That two arrays share nothing, or one shares nothing with itself; `a` is stored to.
    pub(super) fn require_apart(&mut self, a: Handle<Array>, b: Handle<Array>, or_identical: bool, span: Span) {
        let or_copied = self.reads_first();
        for one in &mut self.to.requirements {
            if let Condition::Apart {
                a: x,
                b: y,
                or_identical: already,
                ..
            } = &mut one.condition
                && ((*x, *y) == (a, b) || (*x, *y) == (b, a))
            {
                *already &= or_identical;
                return;
            }
        }
        let name = |array: Handle<Array>| match self.to.arrays[array].origin {
            ArrayOrigin::Input(input) => &self.to.inputs[input].name,
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => &self.to.arrays[array].name,
        };
        let otherwise = match a == b {
            true => format!("array `{}` overlaps itself", name(a)),
            false => format!("arrays `{}` and `{}` overlap", name(a), name(b)),
        };
        self.to.requirements.push(Requirement {
            span,
            condition: Condition::Apart {
                a,
                b,
                or_identical,
                or_copied,
            },
            otherwise,
        });
    }

    /// Whether the region's last statement, and that alone, stores into arrays: all that is read is read as it was at the launch.
    fn reads_first(&self) -> bool {
        let statements = &self.from.body.statements;
        let Some(((last, _), before)) = statements.split_last() else {
            return false;
        };
        let plain = |(statement, _): &(Statement, Span)| match statement {
            Statement::Assign { value, .. } => !self.from.augmented.contains(value),
            Statement::Evaluate(_) => true,
            Statement::Store(_)
            | Statement::If { .. }
            | Statement::For(_)
            | Statement::While { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_)
            | Statement::Allocate { .. } => false,
        };
        matches!(last, Statement::Store(_) | Statement::Assign { .. }) && before.iter().all(plain)
    }

    pub(super) fn raise_if(&mut self, condition: Ex, exception: ir::Exception, message: &str, span: Span) {
        let mut accept = Block::default();
        let message = Some(message.to_owned());
        accept.push(Statement::Raise { exception, message }, span);
        self.push_if(condition, accept, span);
    }

    /// `if condition: accept`
    pub(super) fn push_if(&mut self, condition: Ex, accept: Block, span: Span) {
        let reject = Block::default();
        self.push(
            Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
    }

    pub(super) fn compare(&mut self, op: ir::CompareOp, left: Ex, right: Ex, span: Span) -> Ex {
        self.add(Expression::Compare { op, left, right }, span)
    }
}
