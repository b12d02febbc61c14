//! All loads and stores of a region, with their subscripts in symbols and the conditions under which they happen.

use super::values::{Environment, Number, Numbering, Value};
use super::{Formula, Linear, Place};
use crate::infer::Types;
use crate::ir::{self, Array, Block, Expression, Handle, LogicalOp, Loop, Region, SideTable, Statement, Variable};
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
    /// The counted loops around it, outermost first.
    pub(super) loops: Vec<Handle<Loop>>,
    /// Conditions that hold when it happens (as far as they are understood).
    pub(super) conditions: Vec<Formula>,
    /// How many of `loops` are around each `while` loop, and each loop with a `break`, that this stands in: how often those
    /// repeat it is not known.
    pub(super) repeated: Vec<usize>,
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
        headers: SideTable::filled(&region.loops, None),
        conditions: Vec::new(),
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

struct Collector<'r> {
    numbering: Numbering<'r>,
    sites: Vec<Site>,
    headers: SideTable<Loop, Option<Header>>,
    conditions: Vec<Formula>,
    repeated: Vec<usize>,
    read: SideTable<Array, bool>,
}

impl<'r> Collector<'r> {
    /// Walks a block; tells whether control can reach its end.
    fn block(&mut self, block: &'r Block) -> bool {
        let depth = self.conditions.len();
        let mut reached = true;
        for (statement, _) in &block.statements {
            if !self.statement(statement) {
                reached = false;
                break;
            }
        }
        self.conditions.truncate(depth);
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
            Statement::Break | Statement::Continue | Statement::Raise { .. } => return false,
        }
        true
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
        let accepted = self.under(holds.clone(), |this| this.block(accept));
        let after = std::mem::replace(&mut self.numbering.environment, before);
        let rejected = self.under(fails.clone(), |this| this.block(reject));
        match (accepted, rejected) {
            (true, true) => self.join(after),
            (true, false) => {
                self.numbering.environment = after;
                self.push(holds);
            }
            (false, true) => self.push(fails),
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

    fn under<T>(&mut self, condition: Formula, work: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.conditions.len();
        self.push(condition);
        let result = work(self);
        self.conditions.truncate(depth);
        result
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
        let breaks = super::judge::has_break(&header.body);
        if breaks {
            self.repeated.push(self.numbering.loops.len());
        }
        self.numbering.loops.push(handle);
        assigned.iter().for_each(|v| self.numbering.forget(*v));
        self.block(&header.body);
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
        self.block(prelude);
        self.numbering.next_statement();
        self.loads(condition);
        let holds = self.numbering.condition(condition, true);
        self.under(holds, |this| this.block(body));
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
                self.under(condition, |this| this.loads(*right));
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
                self.under(holds, |this| this.loads(*accept));
                self.under(fails, |this| this.loads(*reject));
            }
            other => ir::children(other).into_iter().for_each(|child| self.loads(child)),
        }
    }

    fn site(&mut self, place: Place, array: Handle<Array>, write: bool, subscripts: &[Handle<Expression>], span: Span) {
        self.read[array] |= !write;
        let subscripts = subscripts.iter().map(|s| self.numbering.number(*s)).collect();
        self.sites.push(Site {
            place,
            array,
            write,
            subscripts,
            loops: self.numbering.loops.clone(),
            conditions: self.conditions.clone(),
            repeated: self.repeated.clone(),
            span,
        });
    }
}
