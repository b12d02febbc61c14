//! The statements of one form: names replaced by the slots on which they lie, loops by loops of their own.

use std::collections::{HashMap, HashSet};

use super::flow::slot_of;
use super::{Names, Slot, State};
use crate::ir::{
    self, Annotation, Array, ArrayForm, ArrayFunction, ArrayOrigin, Block, Cast, Draw, Dtype, Expression, Handle, Loop,
    ReductionTarget, Region, Statement, Variable, children, with_operands,
};
use crate::source::Span;

type Ex = Handle<Expression>;

/// The expressions in an annotation.
pub(super) fn expressions_of(annotation: &Annotation) -> impl Iterator<Item = Ex> {
    let chunk = annotation.schedule.and_then(|(_, chunk)| chunk);
    [annotation.num_threads, annotation.condition, chunk]
        .into_iter()
        .flatten()
}

/// The arrays in an annotation.
pub(super) fn arrays_of(annotation: &Annotation) -> impl Iterator<Item = Handle<Array>> {
    let reduced = annotation.reductions.iter().filter_map(|one| match one.target {
        ReductionTarget::Array(array) => Some(array),
        ReductionTarget::Variable(_) => None,
    });
    reduced.chain(annotation.work_arrays.iter().map(|(array, _)| *array))
}

/// Writes forms into a copy of a region.
pub(super) struct Renamer<'r> {
    from: &'r Region,
    names: &'r Names,
    augmented: HashSet<Ex>,
    chained: HashSet<Ex>,
    pub(super) to: Region,
    /// What the present statement's expressions have become.
    done: HashMap<Ex, Ex>,
    /// What loops around have become.
    loops: HashMap<Handle<Loop>, Handle<Loop>>,
    /// Loops that stand somewhere already.
    used: HashSet<Handle<Loop>>,
    /// Variables that take a random number somewhere already.
    drawn: HashSet<Handle<Variable>>,
    arrays: HashMap<Slot, Handle<Array>>,
    /// Statements written.
    pub(super) written: usize,
    /// Whether something cannot be written twice.
    pub(super) lost: bool,
}

impl<'r> Renamer<'r> {
    pub(super) fn new(from: &'r Region, names: &'r Names) -> Self {
        let mut arrays = HashMap::new();
        for (handle, array) in from.arrays.iter() {
            let slot = match array.origin {
                ArrayOrigin::Variable(variable) => Slot::Variable(variable),
                ArrayOrigin::Input(input) => Slot::Input(input),
                ArrayOrigin::Local { .. } => continue,
            };
            arrays.entry(slot).or_insert(handle);
        }
        Self {
            from,
            names,
            augmented: from.augmented.iter().copied().collect(),
            chained: from.chained.iter().copied().collect(),
            to: from.clone(),
            done: HashMap::new(),
            loops: HashMap::new(),
            used: HashSet::new(),
            drawn: HashSet::new(),
            arrays,
            written: 0,
            lost: false,
        }
    }

    /// A statement that assigns none of the names, in a state.
    pub(super) fn statement(&mut self, statement: &Statement, state: &State) -> Statement {
        self.written += 1;
        self.done.clear();
        match statement {
            Statement::Assign { variable, value } => Statement::Assign {
                variable: *variable,
                value: self.expression(*value, state),
            },
            Statement::Store(store) => {
                let mut store = self.from.stores[*store].clone();
                store.value = self.expression(store.value, state);
                for one in &mut store.subscripts {
                    *one = self.expression(*one, state);
                }
                store.array = self.array(store.array, state);
                Statement::Store(self.to.stores.append(store))
            }
            Statement::Evaluate(root) => Statement::Evaluate(self.expression(*root, state)),
            Statement::If {
                condition,
                accept,
                reject,
            } => Statement::If {
                condition: self.expression(*condition, state),
                accept: self.block(accept, state),
                reject: self.block(reject, state),
            },
            Statement::For(header) => {
                let new = self.header(*header, state);
                let from = self.from;
                let before = self.enter(*header, new);
                self.to.loops[new].body = self.block(&from.loops[*header].body, state);
                self.leave(*header, before);
                Statement::For(new)
            }
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                let prelude = self.block(prelude, state);
                self.done.clear();
                let condition = self.expression(*condition, state);
                Statement::While {
                    prelude,
                    condition,
                    body: self.block(body, state),
                }
            }
            Statement::Seed(seed) => {
                let mut seed = seed.clone();
                for root in seed.source.roots_mut() {
                    *root = self.expression(*root, state);
                }
                Statement::Seed(seed)
            }
            Statement::Draw(draw) => {
                // A variable takes a random number at one place alone.
                self.lost |= !self.drawn.insert(draw.variable);
                let arguments = draw.arguments.iter().map(|one| self.expression(*one, state)).collect();
                Statement::Draw(Box::new(Draw {
                    arguments,
                    ..(**draw).clone()
                }))
            }
            Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Allocate { .. } => statement.clone(),
        }
    }

    pub(super) fn block(&mut self, block: &Block, state: &State) -> Block {
        let mut new = Block::default();
        for (statement, span) in &block.statements {
            let statement = self.statement(statement, state);
            new.push(statement, *span);
        }
        new
    }

    /// The same loop, or another one like it if it stands somewhere already; without its body.
    pub(super) fn header(&mut self, header: Handle<Loop>, state: &State) -> Handle<Loop> {
        self.done.clear();
        let mut new = self.from.loops[header].clone();
        new.body = Block::default();
        new.start = self.expression(new.start, state);
        new.stop = self.expression(new.stop, state);
        new.step = self.expression(new.step, state);
        if let Some(annotation) = &mut new.annotation {
            self.annotation(annotation, state);
        }
        if self.used.insert(header) {
            self.to.loops[header] = new;
            return header;
        }
        new.name = self.fresh_name(&new.name);
        let new = self.to.loops.append(new);
        self.used.insert(new);
        new
    }

    /// What stands in a loop from here on has another one around it; gives what it had before.
    pub(super) fn enter(&mut self, header: Handle<Loop>, new: Handle<Loop>) -> Option<Handle<Loop>> {
        self.loops.insert(header, new)
    }

    /// Behind the loop.
    pub(super) fn leave(&mut self, header: Handle<Loop>, before: Option<Handle<Loop>>) {
        match before {
            Some(before) => self.loops.insert(header, before),
            None => self.loops.remove(&header),
        };
    }

    fn annotation(&mut self, annotation: &mut Annotation, state: &State) {
        let chunk = annotation.schedule.as_mut().and_then(|(_, chunk)| chunk.as_mut());
        let roots = [annotation.num_threads.as_mut(), annotation.condition.as_mut(), chunk];
        for root in roots.into_iter().flatten() {
            *root = self.expression(*root, state);
        }
        for reduction in &mut annotation.reductions {
            if let ReductionTarget::Array(array) = &mut reduction.target {
                *array = self.array(*array, state);
            }
        }
        for (array, _) in &mut annotation.work_arrays {
            *array = self.array(*array, state);
        }
    }

    /// The array that a name is.
    pub(super) fn read(&mut self, name: Handle<Variable>, state: &State, span: Span) -> Ex {
        let value = match slot_of(state, name) {
            Slot::Variable(variable) => Expression::Variable(variable),
            Slot::Input(input) => Expression::Input(input),
        };
        self.to.expression(value, span)
    }

    /// Before another statement's expressions.
    pub(super) fn next_statement(&mut self) {
        self.done.clear();
    }

    pub(super) fn expression(&mut self, root: Ex, state: &State) -> Ex {
        if let Some(done) = self.done.get(&root) {
            return *done;
        }
        let old = &self.from.expressions[root];
        let operands: Vec<Ex> = children(old);
        let new: Vec<Ex> = operands.iter().map(|one| self.expression(*one, state)).collect();
        let renamed = self.renamed(old, &operands, &new, state);
        let result = if renamed == *old {
            root
        } else {
            let result = self.to.expression(renamed, self.from.spans[root]);
            if self.augmented.contains(&root) {
                self.to.augmented.push(result);
            }
            if self.chained.contains(&root) {
                self.to.chained.push(result);
            }
            if self.from.tupled.contains(&root) {
                self.to.tupled.push(result);
            }
            if self.from.single.contains(&root) {
                self.to.single.push(result);
            }
            for one in self.from.casts.iter().filter(|one| one.value == root) {
                let (array, value, casting) = (self.array(one.array, state), result, one.casting);
                self.to.casts.push(Cast { array, value, casting });
            }
            result
        };
        self.done.insert(root, result);
        result
    }

    fn renamed(&mut self, old: &Expression, operands: &[Ex], new: &[Ex], state: &State) -> Expression {
        let replaced = |one: Ex| operands.iter().position(|old| *old == one).map_or(one, |at| new[at]);
        match old {
            Expression::Variable(variable) if self.names.contains(variable) => match slot_of(state, *variable) {
                Slot::Variable(slot) => Expression::Variable(slot),
                Slot::Input(input) => Expression::Input(input),
            },
            Expression::Counter(header) => Expression::Counter(*self.loops.get(header).unwrap_or(header)),
            Expression::Extent { array, axis } => Expression::Extent {
                array: self.array(*array, state),
                axis: *axis,
            },
            Expression::Size(array) => Expression::Size(self.array(*array, state)),
            Expression::Rank(array) => Expression::Rank(self.array(*array, state)),
            Expression::Load { array, .. } => match with_operands(old, new) {
                Expression::Load { subscripts, .. } => Expression::Load {
                    array: self.array(*array, state),
                    subscripts,
                },
                other => other,
            },
            Expression::Array(form) => Expression::Array(match form {
                ArrayForm::Whole(array) => ArrayForm::Whole(self.array(*array, state)),
                ArrayForm::Slice { start, stop, step } => ArrayForm::Slice {
                    start: start.map(replaced),
                    stop: stop.map(replaced),
                    step: step.map(replaced),
                },
                ArrayForm::NewAxis => ArrayForm::NewAxis,
                ArrayForm::Ellipsis => ArrayForm::Ellipsis,
                ArrayForm::Index { base, subscripts } => ArrayForm::Index {
                    base: replaced(*base),
                    subscripts: subscripts.iter().map(|one| replaced(*one)).collect(),
                },
                ArrayForm::Call { function, arguments } => ArrayForm::Call {
                    function: with_dtype(function, replaced),
                    arguments: arguments.iter().map(|one| replaced(*one)).collect(),
                },
            }),
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Variable(_)
            | Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Call { .. }
            | Expression::Convert { .. } => with_operands(old, new),
        }
    }

    /// The array that a name's array is.
    fn array(&mut self, array: Handle<Array>, state: &State) -> Handle<Array> {
        match self.from.arrays[array].origin {
            ArrayOrigin::Variable(variable) if self.names.contains(&variable) => {
                let slot = slot_of(state, variable);
                if slot == Slot::Variable(variable) {
                    return array;
                }
                self.array_at(slot)
            }
            ArrayOrigin::Variable(_) | ArrayOrigin::Input(_) | ArrayOrigin::Local { .. } => array,
        }
    }

    fn array_at(&mut self, slot: Slot) -> Handle<Array> {
        if let Some(array) = self.arrays.get(&slot) {
            return *array;
        }
        let (name, origin) = match slot {
            Slot::Variable(variable) => (
                format!("{}_array", self.from.variables[variable].name),
                ArrayOrigin::Variable(variable),
            ),
            Slot::Input(input) => (self.from.inputs[input].name.clone(), ArrayOrigin::Input(input)),
        };
        let array = self.to.arrays.append(Array {
            name,
            origin,
            view_of: None,
        });
        self.arrays.insert(slot, array);
        array
    }

    /// A name that nothing else in the region has.
    pub(super) fn fresh_name(&self, wanted: &str) -> String {
        let taken = |name: &str| {
            self.to.variables.iter().any(|(_, one)| one.name == name)
                || self.to.loops.iter().any(|(_, one)| one.name == name)
                || self.to.inputs.iter().any(|(_, one)| one.name == name)
                || self.to.arrays.iter().any(|(_, one)| one.name == name)
        };
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut all = std::iter::once(wanted.to_owned()).chain(numbered);
        all.find(|name| !taken(name)).unwrap_or_else(|| wanted.to_owned())
    }

    pub(super) fn assign_literal(&mut self, block: &mut Block, variable: Handle<Variable>, number: usize, span: Span) {
        let value = Expression::Literal(ir::Literal::Int(number as i64));
        let value = self.to.expression(value, span);
        block.push(Statement::Assign { variable, value }, span);
    }
}

/// A function whose dtype is that of another value.
fn with_dtype(function: &ArrayFunction, replaced: impl Fn(Ex) -> Ex) -> ArrayFunction {
    let mut function = function.clone();
    match &mut function {
        ArrayFunction::Make { dtype, .. }
        | ArrayFunction::MakeLike { dtype, .. }
        | ArrayFunction::Arange(dtype)
        | ArrayFunction::Linspace { dtype, .. }
        | ArrayFunction::Literal { dtype, .. }
        | ArrayFunction::Cast(dtype) => {
            if let Dtype::Of(value) = dtype {
                *value = replaced(*value);
            }
        }
        _ => {}
    }
    function
}
