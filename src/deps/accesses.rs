//! All loads and stores of a region, with their subscripts in symbols and the conditions under which they happen.

use std::collections::HashSet;

use super::locals::{self, Request, Storage};
use super::values::{Environment, Number, Numbering, Value};
use super::{Atom, Formula, Linear, Place};
use crate::infer::{Kind, Types};
use crate::ir::{
    self, Array, BinaryOp, Block, Expression, Handle, LogicalOp, Loop, Region, SideTable, Statement, Variable,
};
use crate::source::Span;

/// One occurrence of a load or store.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// The expression or store.
    pub(super) place: Place,
    /// Which array.
    pub(super) array: Handle<Array>,
    /// Whether it stores.
    pub(super) write: bool,
    /// One for each axis.
    pub(super) subscripts: Vec<Number>,
    /// The same in terms of variables that the innermost loop around does not assign, as they are where it begins; `None`: the
    /// subscript says as much itself, or is no such thing.
    pub(super) at_entry: Vec<Option<Linear>>,
    /// The counted loops around it, outermost first.
    pub(super) loops: Vec<Handle<Loop>>,
    /// Conditions that hold when it happens (as far as they are understood).
    pub(super) conditions: Vec<Formula>,
    /// Whether it happens wherever the iteration comes to it and nothing has failed: its conditions are what `raise` statements
    /// before it leave.
    pub(super) sure: bool,
    /// Whether a condition may be what keeps it in bounds.
    pub(super) protected: bool,
    /// How many of `loops` are around each `while` loop, and each loop with a `break`, that this stands in: how often those
    /// repeat it is not known.
    pub(super) repeated: Vec<usize>,
    /// Of a local array.
    pub(super) storage: Option<Storage>,
    /// Where it is written.
    pub(super) span: Span,
}

impl Site {
    /// The loops inside `carrier` around it; `None`: it does not stand in `carrier`.
    pub(super) fn inside(&self, carrier: Handle<Loop>) -> Option<&[Handle<Loop>]> {
        let position = self.loops.iter().position(|header| *header == carrier)?;
        self.loops.get(position + 1..)
    }

    /// Whether a loop inside `carrier` repeats it, nobody knows how often.
    pub(super) fn is_repeated(&self, carrier: Handle<Loop>) -> bool {
        let position = self.loops.iter().position(|header| *header == carrier);
        position.is_some_and(|position| self.repeated.iter().any(|depth| *depth > position))
    }
}

/// What is known about a loop when it begins.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// The counted loops around it, outermost first.
    pub(super) parents: Vec<Handle<Loop>>,
    /// First counter value; `None`: not understood.
    pub(super) start: Option<Linear>,
    /// Not reached; `None`: not understood.
    pub(super) stop: Option<Linear>,
    /// Step; `None`: not understood.
    pub(super) step: Option<Linear>,
}

/// All of it. A site stands before another one if it is evaluated first within an iteration of their common loops.
#[derive(Debug)]
pub(super) struct Accesses {
    pub(super) sites: Vec<Site>,
    /// `None`: never reached.
    pub(super) headers: SideTable<Loop, Option<Header>>,
    pub(super) values: Vec<Value>,
    pub(super) written: SideTable<Array, bool>,
    pub(super) read: SideTable<Array, bool>,
    /// For storage of local arrays.
    pub(super) requests: Vec<Request>,
    /// Inputs that are sizes of something (`x.shape[0]` of what is not used as an array).
    pub(super) sizes: Vec<Handle<ir::Input>>,
}

/// Walks through a region.
pub(super) fn collect<'r>(region: &'r Region, types: Option<&'r Types>) -> Accesses {
    let mut written = SideTable::filled(&region.arrays, false);
    ir::visit_statements(region, &region.body, &mut |statement, _| {
        if let Statement::Store(store) = statement {
            written[region.stores[*store].array] = true;
        }
    });
    let mut collector = Collector {
        numbering: Numbering::new(region, types, written.clone()),
        sites: Vec::new(),
        requests: Vec::new(),
        headers: SideTable::filled(&region.loops, None),
        conditions: Vec::new(),
        branches: 0,
        tellers: tellers(region),
        choices: 0,
        assigned: Vec::new(),
        repeated: Vec::new(),
        read: SideTable::filled(&region.arrays, false),
    };
    collector.block(&region.body);
    Accesses {
        sites: collector.sites,
        headers: collector.headers,
        values: collector.numbering.values,
        written,
        read: collector.read,
        requests: collector.requests,
        sizes: sizes(region),
    }
}

fn sizes(region: &Region) -> Vec<Handle<ir::Input>> {
    let is_size = |steps: &[ir::Step]| match steps {
        [.., ir::Step::Attribute(shape), ir::Step::Key(ir::Key::Int(_))] => shape == "shape",
        [.., ir::Step::Attribute(size)] => size == "size",
        _ => false,
    };
    let inputs = region.inputs.iter().filter(|(_, input)| is_size(&input.steps));
    inputs.map(|(handle, _)| handle).collect()
}

/// Variables assigned in a block, inner blocks included.
pub(super) fn assigned(region: &Region, block: &Block) -> Vec<Handle<Variable>> {
    let mut variables = Vec::new();
    ir::visit_statements(region, block, &mut |statement, _| {
        if let Some(variable) = statement.assigned()
            && !variables.contains(&variable)
        {
            variables.push(variable);
        }
    });
    variables
}

/// Whether control stays in the iteration when it leaves a block, unless something fails.
fn stays(block: &Block) -> bool {
    let mut jumps = false;
    for (statement, _) in &block.statements {
        jumps |= match statement {
            Statement::Break | Statement::Continue => true,
            Statement::If { accept, reject, .. } => !stays(accept) || !stays(reject),
            Statement::Assign { .. }
            | Statement::Store(_)
            | Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::For(_)
            | Statement::While { .. }
            | Statement::Leave(_)
            | Statement::Seed(_)
            | Statement::Draw(_)
            | Statement::Raise { .. } => false,
        };
    }
    !jumps
}

/// The variables of the translator's own that take constants only.
fn tellers(region: &Region) -> HashSet<Handle<Variable>> {
    let all = region.variables.iter();
    let own = all.filter(|(_, one)| one.temporary && one.initial.is_none());
    let mut found: HashSet<Handle<Variable>> = own.map(|(handle, _)| handle).collect();
    ir::visit_statements(region, &region.body, &mut |statement, _| {
        let constant = match statement {
            Statement::Assign { value, .. } => matches!(region.expressions[*value], Expression::Literal(_)),
            _ => false,
        };
        if let Some(variable) = statement.assigned().filter(|_| !constant) {
            found.remove(&variable);
        }
    });
    found
}

struct Collector<'r> {
    numbering: Numbering<'r>,
    sites: Vec<Site>,
    requests: Vec<Request>,
    headers: SideTable<Loop, Option<Header>>,
    conditions: Vec<Formula>,
    /// How many branches the present place stands in, or behind one that went elsewhere.
    branches: usize,
    /// Variables that tell in which of several forms something is done.
    tellers: HashSet<Handle<Variable>>,
    /// How many of the conditions are about those alone.
    choices: usize,
    /// What the innermost counted loop around the present place assigns.
    assigned: Vec<Handle<Variable>>,
    repeated: Vec<usize>,
    read: SideTable<Array, bool>,
}

impl<'r> Collector<'r> {
    /// Walks a block; tells whether control can reach its end.
    fn block(&mut self, block: &'r Block) -> bool {
        let (depth, branches) = (self.conditions.len(), self.branches);
        let mut reached = true;
        for (statement, _) in &block.statements {
            if !self.statement(statement) {
                reached = false;
                break;
            }
        }
        self.conditions.truncate(depth);
        self.branches = branches;
        // Behind the block nobody knows whether it was this allocation that gave an array its storage.
        for (statement, _) in &block.statements {
            if let Statement::Allocate { array, .. } = statement {
                self.numbering.storage[*array] = None;
            }
        }
        reached
    }

    fn statement(&mut self, statement: &'r Statement) -> bool {
        self.numbering.next_statement();
        match statement {
            Statement::Assign { variable, value } => {
                self.loads(*value);
                let number = self.numbering.number(*value);
                self.numbering.environment[*variable] = Some(number);
            }
            Statement::Evaluate(value) => self.loads(*value),
            Statement::Seed(_) => statement
                .roots(self.numbering.region)
                .into_iter()
                .for_each(|root| self.loads(root)),
            Statement::Draw(draw) => {
                draw.arguments.iter().for_each(|root| self.loads(*root));
                self.numbering.forget(draw.variable);
            }
            Statement::Store(store) => self.store(*store),
            Statement::If {
                condition,
                accept,
                reject,
            } => return self.branch(*condition, accept, reject),
            Statement::For(header) => self.counted(*header),
            Statement::While {
                prelude,
                condition,
                body,
            } => self.repeated(prelude, *condition, body),
            Statement::Allocate { array, .. } => self.allocate(*array, &statement.roots(self.numbering.region)),
            Statement::Break | Statement::Continue | Statement::Leave(_) | Statement::Raise { .. } => return false,
        }
        true
    }

    fn allocate(&mut self, array: Handle<Array>, extents: &[Handle<Expression>]) {
        extents.iter().for_each(|extent| self.loads(*extent));
        let extents: Vec<Linear> = extents.iter().map(|extent| self.extent(*extent)).collect();
        let loops = self.numbering.loops.clone();
        self.requests.push(Request {
            array,
            loops: loops.clone(),
            extents: extents.clone(),
        });
        self.numbering.storage[array] = Some(Storage {
            loops: Some(loops),
            extents,
        });
    }

    fn extent(&mut self, extent: Handle<Expression>) -> Linear {
        let number = self.numbering.number(extent);
        let number = if self.numbering.exact(extent, &number) {
            number
        } else {
            self.numbering.fresh(true)
        };
        locals::counted(number.linear)
    }

    /// What is known of an array's storage here.
    fn storage(&mut self, array: Handle<Array>) -> Option<Storage> {
        if !locals::is_local(self.numbering.region, array) {
            return None;
        }
        if self.numbering.storage[array].is_some() {
            return self.numbering.storage[array].clone();
        }
        let rank = match &self.numbering.region.arrays[array].origin {
            ir::ArrayOrigin::Local { extents, .. } => extents.len(),
            ir::ArrayOrigin::Input(_) | ir::ArrayOrigin::Variable(_) => 0,
        };
        let extents = (0..rank).map(|_| self.numbering.fresh(true).linear).collect();
        Some(Storage { loops: None, extents })
    }

    /// Within a loop, arrays that it allocates may have the storage of another iteration.
    fn lose(&mut self, body: &Block) {
        for array in locals::allocated(self.numbering.region, body) {
            self.numbering.storage[array] = None;
        }
    }

    fn store(&mut self, handle: Handle<ir::Store>) {
        let store = &self.numbering.region.stores[handle];
        self.loads(store.value);
        store.subscripts.iter().for_each(|s| self.loads(*s));
        self.site(Place::Store(handle), store.array, true, &store.subscripts, store.place);
    }

    fn branch(&mut self, condition: Handle<Expression>, accept: &'r Block, reject: &'r Block) -> bool {
        self.loads(condition);
        let holds = self.numbering.condition(condition, true);
        let fails = self.numbering.condition(condition, false);
        let before = self.numbering.environment.clone();
        let chooses = self.chooses(condition);
        let accepted = self.under(holds.clone(), chooses, |this| this.block(accept));
        let after = std::mem::replace(&mut self.numbering.environment, before);
        let rejected = self.under(fails.clone(), chooses, |this| this.block(reject));
        match (accepted, rejected) {
            (true, true) => self.join(after),
            (true, false) => {
                self.numbering.environment = after;
                self.branches += usize::from(!stays(reject));
                self.push(holds);
            }
            (false, true) => {
                self.branches += usize::from(!stays(accept));
                self.push(fails);
            }
            (false, false) => return false,
        }
        true
    }

    /// Adds a condition for the rest of the present block.
    fn push(&mut self, condition: Formula) {
        if condition != Formula::True {
            self.conditions.push(condition);
        }
    }

    fn under<T>(&mut self, condition: Formula, chooses: bool, work: impl FnOnce(&mut Self) -> T) -> T {
        let (depth, choices) = (self.conditions.len(), self.choices);
        self.branches += 1;
        self.push(condition);
        self.choices += usize::from(chooses && self.conditions.len() > depth);
        let result = work(self);
        self.conditions.truncate(depth);
        self.choices = choices;
        self.branches -= 1;
        result
    }

    /// Whether a condition only chooses the form in which something is done.
    fn chooses(&self, condition: Handle<Expression>) -> bool {
        let expressions = &self.numbering.region.expressions;
        match &expressions[condition] {
            Expression::Compare { left, right, .. } => match (&expressions[*left], &expressions[*right]) {
                (Expression::Variable(variable), Expression::Literal(_)) => self.tellers.contains(variable),
                _ => false,
            },
            Expression::Logical { left, right, .. } => self.chooses(*left) && self.chooses(*right),
            _ => false,
        }
    }

    /// Variables that differ between the present environment and another one may hold anything.
    fn join(&mut self, other: Environment) {
        let differing: Vec<Handle<Variable>> = other
            .iter()
            .filter(|(variable, number)| self.numbering.environment[*variable] != **number)
            .map(|(variable, _)| variable)
            .collect();
        for variable in differing {
            self.numbering.forget(variable);
        }
    }

    fn counted(&mut self, handle: Handle<Loop>) {
        let header = &self.numbering.region.loops[handle];
        let bounds = [header.start, header.stop, header.step];
        bounds.iter().for_each(|bound| self.loads(*bound));
        let [start, stop, step] = bounds.map(|bound| {
            let number = self.numbering.number(bound);
            self.numbering.exact(bound, &number).then_some(number.linear)
        });
        self.headers[handle] = Some(Header {
            parents: self.numbering.loops.clone(),
            start,
            stop,
            step,
        });
        let assigned = assigned(self.numbering.region, &header.body);
        let breaks = !header.body.breaks().is_empty();
        if breaks {
            self.repeated.push(self.numbering.loops.len());
        }
        self.numbering.loops.push(handle);
        assigned.iter().for_each(|v| self.numbering.forget(*v));
        self.lose(&header.body);
        let around = std::mem::replace(&mut self.assigned, assigned.clone());
        self.block(&header.body);
        self.assigned = around;
        self.numbering.loops.pop();
        if breaks {
            self.repeated.pop();
        }
        assigned.iter().for_each(|v| self.numbering.forget(*v));
    }

    fn repeated(&mut self, prelude: &'r Block, condition: Handle<Expression>, body: &'r Block) {
        let mut assigned = assigned(self.numbering.region, prelude);
        assigned.extend(self::assigned(self.numbering.region, body));
        assigned.iter().for_each(|v| self.numbering.forget(*v));
        self.repeated.push(self.numbering.loops.len());
        self.lose(prelude);
        self.lose(body);
        self.block(prelude);
        self.numbering.next_statement();
        self.loads(condition);
        let holds = self.numbering.condition(condition, true);
        self.under(holds, false, |this| this.block(body));
        self.repeated.pop();
        assigned.iter().for_each(|v| self.numbering.forget(*v));
    }

    /// Notes every load in an expression, each under the conditions of the operators that may skip it.
    fn loads(&mut self, root: Handle<Expression>) {
        let region = self.numbering.region;
        match &region.expressions[root] {
            Expression::Load { array, subscripts } => {
                subscripts.iter().for_each(|s| self.loads(*s));
                let span = region.spans[root];
                self.site(Place::Load(root), *array, false, subscripts, span);
            }
            Expression::Logical { op, left, right } => {
                self.loads(*left);
                let condition = self.numbering.condition(*left, *op == LogicalOp::And);
                self.under(condition, false, |this| this.loads(*right));
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => {
                self.loads(*condition);
                let (holds, fails) = (
                    self.numbering.condition(*condition, true),
                    self.numbering.condition(*condition, false),
                );
                self.under(holds, false, |this| this.loads(*accept));
                self.under(fails, false, |this| this.loads(*reject));
            }
            other => ir::children(other).into_iter().for_each(|child| self.loads(child)),
        }
    }

    /// A subscript that holds values which only the run of the region tells, in terms of variables.
    fn at_entry(&mut self, root: Handle<Expression>) -> Option<Linear> {
        let number = self.numbering.number(root);
        let opaque = number.linear.any(&mut |atom| matches!(atom, Atom::Value(_)));
        if !opaque || self.numbering.loops.is_empty() {
            return None;
        }
        self.in_variables(root)
    }

    /// Sums of what is fixed while the innermost loop runs, and of counters. Sums that wrap agree with it modulo 2⁶⁴.
    fn in_variables(&mut self, root: Handle<Expression>) -> Option<Linear> {
        let region = self.numbering.region;
        let types = self.numbering.types?;
        if !matches!(
            types.expression(root).kind,
            Kind::I64 | Kind::I32 | Kind::I16 | Kind::I8
        ) {
            return None;
        }
        match &region.expressions[root] {
            Expression::Variable(variable) if !self.assigned.contains(variable) => (types.variable(*variable).kind
                == types.expression(root).kind)
                .then(|| Linear::atom(Atom::Variable(*variable))),
            Expression::Binary { op, left, right } if types.operation(root).is_some_and(|ty| ty.kind == Kind::I64) => {
                let (left, right) = (self.in_variables(*left)?, self.in_variables(*right)?);
                match op {
                    BinaryOp::Add => left.add(&right),
                    BinaryOp::Subtract => left.subtract(&right),
                    BinaryOp::Multiply => left
                        .as_constant()
                        .map(|by| right.scale(by))
                        .or_else(|| right.as_constant().map(|by| left.scale(by)))?,
                    _ => None,
                }
            }
            _ => {
                let number = self.numbering.number(root);
                let known = !number.linear.any(&mut |atom| matches!(atom, Atom::Value(_)));
                known.then_some(number.linear)
            }
        }
    }

    fn site(&mut self, place: Place, array: Handle<Array>, write: bool, subscripts: &[Handle<Expression>], span: Span) {
        self.read[array] |= !write;
        let at_entry = subscripts.iter().map(|root| self.at_entry(*root)).collect();
        let subscripts = subscripts.iter().map(|s| self.numbering.number(*s)).collect();
        let storage = self.storage(array);
        self.sites.push(Site {
            place,
            array,
            write,
            subscripts,
            at_entry,
            loops: self.numbering.loops.clone(),
            conditions: self.conditions.clone(),
            sure: self.branches == 0,
            protected: self.branches > 0 && self.conditions.len() > self.choices,
            repeated: self.repeated.clone(),
            storage,
            span,
        });
    }
}
