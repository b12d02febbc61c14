//! Checks that a region is well formed; run after every pass in debug builds.

use std::collections::HashSet;
use std::fmt;

use super::{
    Annotation, Arena, Array, ArrayForm, ArrayOrigin, Bits, Block, Distribution, Draw, Element, Expression, Function,
    Generator, Gives, Handle, Input, Loop, Region, Seed, Source, Statement, Trips, Variable, Words, children, definite,
};

/// One thing that no region may do; always a mistake of the pass that made it, never of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A handle points past the end of its arena.
    OutOfRange {
        /// Where it is used.
        place: &'static str,
    },
    /// The spans do not match the expressions one to one.
    Spans,
    /// An operand was created after the expression that uses it, so that the arena could hold a cycle.
    Forward {
        /// Index of the expression.
        expression: usize,
    },
    /// A counter is read outside its loop's body.
    StrayCounter {
        /// The loop's name.
        name: String,
    },
    /// A loop occurs more than once in the tree, or a store does.
    Repeated {
        /// What does.
        what: &'static str,
    },
    /// `break` or `continue` outside any loop.
    StrayJump,
    /// A statement follows one that never lets control pass.
    Unreachable,
    /// A variable is read where it may have no value.
    Unassigned {
        /// The variable's name.
        name: String,
    },
    /// An output may have no value where the region ends, although an iteration ran.
    UnassignedOutput {
        /// The Python name.
        name: String,
    },
    /// Two things of one kind share a name.
    Name {
        /// The name.
        name: String,
    },
    /// A function has a number of arguments it does not take.
    Arity {
        /// The function.
        function: Function,
        /// How many it was given.
        given: usize,
    },
    /// A subscripted access has no subscript.
    NoSubscript,
    /// An update whose value is not `Binary { Load of the same element, … }`.
    Update,
    /// A generator is drawn from where it may not be seeded, or seeded by two statements.
    Unseeded {
        /// The generator's name.
        name: String,
    },
    /// A draw has the wrong number of parameters, or a key or counter the wrong number of words.
    Parameters {
        /// The distribution.
        distribution: Option<Distribution>,
        /// How many it was given.
        given: usize,
    },
    /// A variable that a draw assigns is assigned elsewhere, too.
    Drawn {
        /// The variable's name.
        name: String,
    },
    /// An annotation asks to collapse more loops than are nested there, or none.
    Collapse,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { place } => write!(f, "a handle in {place} points past its arena"),
            Self::Spans => f.write_str("expressions and spans differ in number"),
            Self::Forward { expression } => write!(f, "expression #{expression} uses a later one"),
            Self::StrayCounter { name } => write!(f, "counter {name} is read outside its loop"),
            Self::Repeated { what } => write!(f, "a {what} occurs twice in the statement tree"),
            Self::StrayJump => f.write_str("break or continue outside any loop"),
            Self::Unreachable => f.write_str("a statement can never be reached"),
            Self::Unassigned { name } => write!(f, "variable {name} is read where it may have no value"),
            Self::UnassignedOutput { name } => write!(f, "output {name} may have no value at the end"),
            Self::Name { name } => write!(f, "the name {name} is used twice"),
            Self::Arity { function, given } => write!(f, "{function:?} does not take {given} arguments"),
            Self::NoSubscript => f.write_str("an element access has no subscript"),
            Self::Update => f.write_str("an update does not read the element it writes"),
            Self::Unseeded { name } => write!(f, "generator {name} is not seeded once, before its draws"),
            Self::Parameters { distribution, given } => {
                write!(f, "{distribution:?} does not take {given} parameters")
            }
            Self::Drawn { name } => write!(f, "variable {name} is drawn and assigned otherwise"),
            Self::Collapse => f.write_str("an annotation collapses loops that are not there"),
        }
    }
}

/// Every way in which a region is malformed; none when it is well formed.
pub fn verify(region: &Region) -> Vec<Fault> {
    let mut verifier = Verifier {
        region,
        faults: Vec::new(),
        loops: Vec::new(),
        seen_loops: HashSet::new(),
        seen_stores: HashSet::new(),
        seeded: Vec::new(),
        all_seeded: HashSet::new(),
        drawn: HashSet::new(),
        depth: 0,
    };
    verifier.tables();
    verifier.names();
    if verifier.faults.is_empty() {
        verifier.block(&region.body);
        verifier.assignments();
    }
    verifier.faults
}

struct Verifier<'r> {
    region: &'r Region,
    faults: Vec<Fault>,
    /// The counted loops around the present statement.
    loops: Vec<Handle<Loop>>,
    seen_loops: HashSet<Handle<Loop>>,
    seen_stores: HashSet<Handle<super::Store>>,
    /// Generators that are seeded where the present statement stands, in the order of the blocks around it.
    seeded: Vec<Handle<Generator>>,
    all_seeded: HashSet<Handle<Generator>>,
    drawn: HashSet<Handle<Variable>>,
    /// Loops of any kind around the present statement.
    depth: usize,
}

impl Verifier<'_> {
    fn require(&mut self, holds: bool, fault: impl FnOnce() -> Fault) {
        if !holds {
            self.faults.push(fault());
        }
    }

    fn inside<T>(&mut self, arena: &Arena<T>, handle: Handle<T>, place: &'static str) {
        self.require(arena.contains(handle), || Fault::OutOfRange { place });
    }

    /// Handles in the arenas and lists beside the statement tree.
    fn tables(&mut self) {
        let region = self.region;
        self.require(region.spans.len() == region.expressions.len(), || Fault::Spans);
        for (_, array) in region.arrays.iter() {
            match &array.origin {
                ArrayOrigin::Input(input) => self.inside(&region.inputs, *input, "an array's origin"),
                ArrayOrigin::Variable(variable) => self.inside(&region.variables, *variable, "an array's origin"),
                ArrayOrigin::Local { extents, element } => {
                    let of = match element {
                        Element::Of(value)
                        | Element::SumOf(value)
                        | Element::MeanOf(value)
                        | Element::WideOf(value) => Some(value),
                        Element::Named(_) | Element::Like(_) | Element::Listed => None,
                    };
                    for value in extents.iter().chain(of) {
                        self.inside(&region.expressions, *value, "a local array");
                    }
                }
            }
        }
        for (_, variable) in region.variables.iter() {
            if let Some(input) = variable.initial {
                self.inside(&region.inputs, input, "a variable's initial value");
            }
        }
        for output in &region.outputs {
            self.inside(&region.variables, output.variable, "an output");
            for array in output.gives.arrays() {
                self.inside(&region.arrays, array, "an output");
            }
        }
        for (handle, expression) in region.expressions.iter() {
            self.expression(handle, expression);
        }
        for (_, store) in region.stores.iter() {
            self.inside(&region.arrays, store.array, "a store");
            self.inside(&region.expressions, store.value, "a store");
            self.subscripts(&store.subscripts);
        }
        for (_, header) in region.loops.iter() {
            for handle in [header.start, header.stop, header.step] {
                self.inside(&region.expressions, handle, "a loop header");
            }
        }
    }

    fn expression(&mut self, handle: Handle<Expression>, expression: &Expression) {
        let region = self.region;
        let operands = children(expression);
        self.require(operands.iter().all(|operand| *operand < handle), || Fault::Forward {
            expression: handle.index(),
        });
        match expression {
            Expression::Input(input) => self.inside(&region.inputs, *input, "an expression"),
            Expression::Variable(variable) => self.inside(&region.variables, *variable, "an expression"),
            Expression::Counter(counter) => self.inside(&region.loops, *counter, "an expression"),
            Expression::Extent { array, .. } | Expression::Size(array) | Expression::Rank(array) => {
                self.inside(&region.arrays, *array, "an expression");
            }
            Expression::Load { array, subscripts } => {
                self.inside(&region.arrays, *array, "a load");
                self.subscripts(subscripts);
            }
            Expression::Call { function, arguments } => {
                let (least, most) = function.arity();
                self.require((least..=most).contains(&arguments.len()), || Fault::Arity {
                    function: *function,
                    given: arguments.len(),
                });
            }
            Expression::Literal(_)
            | Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Convert { .. } => {}
            Expression::Array(form) => match form {
                ArrayForm::Whole(array) => self.inside(&region.arrays, *array, "an array expression"),
                ArrayForm::Slice { .. }
                | ArrayForm::NewAxis
                | ArrayForm::Ellipsis
                | ArrayForm::Index { .. }
                | ArrayForm::Call { .. } => {}
            },
        }
    }

    fn subscripts(&mut self, subscripts: &[Handle<Expression>]) {
        self.require(!subscripts.is_empty(), || Fault::NoSubscript);
        for subscript in subscripts {
            self.inside(&self.region.expressions, *subscript, "a subscript");
        }
    }

    fn names(&mut self) {
        let region = self.region;
        let inputs = region.inputs.iter().map(|(_, input): (_, &Input)| &input.name);
        let arrays = region.arrays.iter().map(|(_, array): (_, &Array)| &array.name);
        let variables = region
            .variables
            .iter()
            .map(|(_, variable): (_, &Variable)| &variable.name);
        let loops = region.loops.iter().map(|(_, header): (_, &Loop)| &header.name);
        let kinds: [Vec<&String>; 3] = [inputs.collect(), arrays.collect(), variables.chain(loops).collect()];
        for names in kinds {
            let mut seen = HashSet::new();
            for name in names {
                self.require(seen.insert(name), || Fault::Name { name: name.clone() });
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let around = self.seeded.len();
        let mut passes = true;
        for (statement, _) in &block.statements {
            self.require(passes, || Fault::Unreachable);
            passes = !matches!(
                statement,
                Statement::Break | Statement::Continue | Statement::Leave(_) | Statement::Raise { .. }
            );
            self.statement(statement);
        }
        self.seeded.truncate(around);
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Assign { variable, value } => {
                self.inside(&self.region.variables, *variable, "an assignment");
                self.value(*value);
            }
            Statement::Evaluate(value) => self.value(*value),
            Statement::Store(handle) => self.store(*handle),
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                self.value(*condition);
                self.block(accept);
                self.block(reject);
            }
            Statement::For(handle) => self.counted(*handle),
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                self.block(prelude);
                self.value(*condition);
                self.depth += 1;
                self.block(body);
                self.depth -= 1;
            }
            Statement::Break | Statement::Continue => self.require(self.depth > 0, || Fault::StrayJump),
            Statement::Allocate { array, .. } => {
                self.inside(&self.region.arrays, *array, "an allocation");
                for root in statement.roots(self.region) {
                    self.value(root);
                }
            }
            Statement::Leave(_) | Statement::Raise { .. } => {}
            Statement::Seed(seed) => self.seed(seed),
            Statement::Draw(draw) => self.draw(draw),
        }
    }

    fn seed(&mut self, seed: &Seed) {
        self.inside(&self.region.generators, seed.generator, "a seed");
        for words in seed.source.words() {
            words.roots().iter().for_each(|root| self.value(*root));
        }
        let is_integer = |words: &Words| matches!(words, Words::Integer(_));
        let counts = |words: &Words, count: usize| is_integer(words) || words.roots().len() == count;
        let bits = self.region.generators[seed.generator].bits;
        let fits = match (&seed.source, bits) {
            (Source::Key { key, counter }, Bits::Philox) => counts(key, 2) && counts(counter, 4),
            (Source::Entropy { entropy, .. }, Bits::SeedSequence) => !entropy.roots().is_empty(),
            (Source::Sequence { counter, .. }, Bits::Philox) => counter.as_ref().is_some_and(|one| counts(one, 4)),
            (Source::Sequence { counter, .. }, Bits::Pcg64) => counter.is_none(),
            (Source::Key { .. } | Source::Entropy { .. } | Source::Sequence { .. }, _) => false,
        };
        let (distribution, given) = (None, seed.source.words().len());
        self.require(fits, || Fault::Parameters { distribution, given });
        if let Source::Sequence { sequence, .. } = seed.source {
            self.require(self.seeded.contains(&sequence), || Fault::Unseeded {
                name: self.region.generators[sequence].name.clone(),
            });
        }
        let first = self.all_seeded.insert(seed.generator);
        let generators = &self.region.generators;
        self.require(first, || Fault::Unseeded {
            name: generators[seed.generator].name.clone(),
        });
        self.seeded.push(seed.generator);
    }

    fn draw(&mut self, draw: &Draw) {
        let region = self.region;
        self.inside(&region.variables, draw.variable, "a draw");
        draw.arguments.iter().for_each(|root| self.value(*root));
        let (distribution, given) = (Some(draw.distribution), draw.arguments.len());
        self.require(given == draw.distribution.parameters(), || Fault::Parameters {
            distribution,
            given,
        });
        self.require(self.seeded.contains(&draw.generator), || Fault::Unseeded {
            name: region.generators[draw.generator].name.clone(),
        });
        self.drawn.insert(draw.variable);
    }

    fn counted(&mut self, handle: Handle<Loop>) {
        self.inside(&self.region.loops, handle, "a for statement");
        if !self.region.loops.contains(handle) {
            return;
        }
        let first = self.seen_loops.insert(handle);
        self.require(first, || Fault::Repeated { what: "loop" });
        let header = &self.region.loops[handle];
        for root in [header.start, header.stop, header.step] {
            self.value(root);
        }
        if let Some(annotation) = &header.annotation {
            self.annotation(annotation, header);
        }
        self.loops.push(handle);
        self.depth += 1;
        self.block(&header.body);
        self.depth -= 1;
        self.loops.pop();
    }

    fn annotation(&mut self, annotation: &Annotation, header: &Loop) {
        let chunk = annotation.schedule.and_then(|(_, chunk)| chunk);
        for value in [chunk, annotation.num_threads, annotation.condition]
            .into_iter()
            .flatten()
        {
            self.inside(&self.region.expressions, value, "an annotation");
            if self.region.expressions.contains(value) {
                self.value(value);
            }
        }
        let nested = nest_depth(self.region, header);
        self.require((1..=nested).contains(&annotation.collapse), || Fault::Collapse);
    }

    fn store(&mut self, handle: Handle<super::Store>) {
        self.inside(&self.region.stores, handle, "a store statement");
        if !self.region.stores.contains(handle) {
            return;
        }
        let first = self.seen_stores.insert(handle);
        self.require(first, || Fault::Repeated { what: "store" });
        let store = &self.region.stores[handle];
        self.value(store.value);
        store.subscripts.iter().for_each(|subscript| self.value(*subscript));
        if store.update {
            let reads = match self.region.expressions[store.value] {
                Expression::Binary { left, .. } => matches!(
                    &self.region.expressions[left],
                    Expression::Load { array, subscripts } if *array == store.array && *subscripts == store.subscripts
                ),
                _ => false,
            };
            self.require(reads, || Fault::Update);
        }
    }

    /// Counters below a root must belong to the loops around it.
    fn value(&mut self, root: Handle<Expression>) {
        let region = self.region;
        if !region.expressions.contains(root) {
            self.faults.push(Fault::OutOfRange { place: "a statement" });
            return;
        }
        let mut pending = vec![root];
        let mut seen = HashSet::new();
        while let Some(handle) = pending.pop() {
            if !seen.insert(handle) {
                continue;
            }
            let expression = &region.expressions[handle];
            if let Expression::Counter(counter) = expression {
                self.require(self.loops.contains(counter), || Fault::StrayCounter {
                    name: region.loops[*counter].name.clone(),
                });
            }
            pending.extend(children(expression));
        }
    }

    fn assignments(&mut self) {
        let region = self.region;
        let drawn = std::mem::take(&mut self.drawn);
        let mut count = vec![0; region.variables.len()];
        super::visit_statements(region, &region.body, &mut |statement, _| {
            if let Some(variable) = statement.assigned() {
                count[variable.index()] += 1;
            }
        });
        for (handle, variable) in region.variables.iter().filter(|(handle, _)| drawn.contains(handle)) {
            let alone = count[handle.index()] == 1 && variable.temporary && variable.initial.is_none();
            self.require(alone, || Fault::Drawn {
                name: variable.name.clone(),
            });
        }
        for (variable, _) in definite(region, Trips::Any).early {
            let name = region.variables[variable].name.clone();
            self.faults.push(Fault::Unassigned { name });
        }
        let at_end = definite(region, Trips::AtLeastOne).at_end;
        for output in &region.outputs {
            let is_array = output.gives != Gives::Number;
            self.require(is_array || at_end[output.variable.index()], || {
                Fault::UnassignedOutput {
                    name: output.name.clone(),
                }
            });
        }
    }
}

/// How many counted loops are nested directly inside one another here, this one included: each body holds its loop alone,
/// but for assignments of scalars before it (a loop variable that outlives its iteration).
pub fn nest_depth(region: &Region, header: &Loop) -> u32 {
    match header.body.statements.as_slice() {
        [before @ .., (Statement::For(inner), _)]
            if before
                .iter()
                .all(|(statement, _)| matches!(statement, Statement::Assign { .. })) =>
        {
            1 + nest_depth(region, &region.loops[*inner])
        }
        _ => 1,
    }
}
