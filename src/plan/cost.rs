//! What an iteration costs: a count of operations, weighted by throughput, with a guess for inner trip counts.

use crate::ir::{
    self, Block, Expression, Function, Handle, Input, Literal, Loop, Region, SideTable, Statement, visit_expressions,
};

/// Iterations that a loop is taken to run when nothing is known.
pub(super) const UNKNOWN_TRIPS: f64 = 32.0;

/// Making a random generator, with its first words.
pub(super) const SEED: f64 = 12.0;
/// Drawing a random number.
pub(super) const DRAW: f64 = 4.0;

/// What is known about the work of a loop before it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Nanoseconds of one iteration, with a guess for inner loops of unknown length.
    pub iteration: f64,
    /// How many iterations it runs, where constants tell.
    pub trips: Option<f64>,
    /// Whether nothing in an iteration is of unknown length.
    pub exact: bool,
}

impl Work {
    /// Nanoseconds of all iterations, where constants tell.
    pub fn total(&self) -> Option<f64> {
        self.trips.filter(|_| self.exact).map(|trips| trips * self.iteration)
    }
}

/// The work of each loop, given the values of inputs that are known to be constant.
pub fn work(region: &Region, constant: &dyn Fn(Handle<Input>) -> Option<i64>) -> SideTable<Loop, Work> {
    let mut estimator = Estimator {
        region,
        constant,
        loops: SideTable::filled(&region.loops, Work::default()),
    };
    estimator.block(&region.body);
    estimator.loops
}

/// Nanoseconds of one iteration of each loop.
pub(super) fn costs(region: &Region) -> SideTable<Loop, f64> {
    let work = work(region, &|_| None);
    SideTable::from_fn(&region.loops, |handle, _| work[handle].iteration)
}

struct Estimator<'a> {
    region: &'a Region,
    constant: &'a dyn Fn(Handle<Input>) -> Option<i64>,
    loops: SideTable<Loop, Work>,
}

impl Estimator<'_> {
    /// Nanoseconds, and whether nothing inside is of unknown length.
    fn block(&mut self, body: &Block) -> (f64, bool) {
        let each = body.statements.iter().map(|(one, _)| self.statement(one));
        each.fold((0.0, true), |(sum, exact), (cost, known)| (sum + cost, exact & known))
    }

    fn statement(&mut self, one: &Statement) -> (f64, bool) {
        let roots = one.roots(self.region);
        let own: f64 = roots.iter().map(|root| expression(self.region, *root)).sum();
        let (inside, exact) = match one {
            Statement::For(handle) => self.counted(*handle),
            Statement::While { prelude, body, .. } => {
                let once = self.block(prelude).0 + self.block(body).0;
                (UNKNOWN_TRIPS * once, false)
            }
            Statement::If { accept, reject, .. } => {
                let (accept, reject) = (self.block(accept), self.block(reject));
                (0.5 + accept.0.max(reject.0), accept.1 & reject.1)
            }
            Statement::Store(_) => (0.5, true),
            Statement::Allocate { .. } => (20.0, true),
            Statement::Seed(_) => (SEED, true),
            Statement::Draw(_) => (DRAW, true),
            Statement::Assign { .. }
            | Statement::Evaluate(_)
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. } => (0.0, true),
        };
        (own + inside, exact)
    }

    fn counted(&mut self, handle: Handle<Loop>) -> (f64, bool) {
        let (body, exact) = self.block(&self.region.loops[handle].body);
        let work = Work {
            iteration: body + 0.3,
            trips: known_trips(self.region, handle, self.constant),
            exact,
        };
        self.loops[handle] = work;
        let trips = work.trips.unwrap_or(UNKNOWN_TRIPS);
        (trips * work.iteration, exact && work.trips.is_some())
    }
}

/// Iterations that a loop is taken to run.
pub(super) fn trips(region: &Region, handle: Handle<Loop>) -> f64 {
    known_trips(region, handle, &|_| None).unwrap_or(UNKNOWN_TRIPS)
}

fn known_trips(region: &Region, handle: Handle<Loop>, constant: &dyn Fn(Handle<Input>) -> Option<i64>) -> Option<f64> {
    let header = &region.loops[handle];
    let value = |root| constant_value(region, root, constant);
    let (start, stop, step) = (value(header.start)?, value(header.stop)?, value(header.step)?);
    (step != 0.0).then(|| ((stop - start) / step).max(0.0))
}

fn constant_value(
    region: &Region,
    root: Handle<Expression>,
    constant: &dyn Fn(Handle<Input>) -> Option<i64>,
) -> Option<f64> {
    let value = |root| constant_value(region, root, constant);
    match &region.expressions[root] {
        Expression::Literal(Literal::Int(value)) => Some(*value as f64),
        Expression::Input(input) => constant(*input).map(|value| value as f64),
        Expression::Unary {
            op: ir::UnaryOp::Negate,
            operand,
        } => value(*operand).map(|operand| -operand),
        Expression::Binary { op, left, right } => {
            let (left, right) = (value(*left)?, value(*right)?);
            match op {
                ir::BinaryOp::Add => Some(left + right),
                ir::BinaryOp::Subtract => Some(left - right),
                ir::BinaryOp::Multiply => Some(left * right),
                ir::BinaryOp::FloorDivide if right != 0.0 => Some((left / right).floor()),
                _ => None,
            }
        }
        _ => None,
    }
}

fn expression(region: &Region, root: Handle<Expression>) -> f64 {
    let mut cost = 0.0;
    visit_expressions(region, root, &mut |handle| cost += node(&region.expressions[handle]));
    cost
}

/// One operation, without its operands.
pub(super) fn node(expression: &Expression) -> f64 {
    match expression {
        Expression::Load { .. } => 0.4,
        Expression::Binary { op, .. } => match op {
            ir::BinaryOp::Divide | ir::BinaryOp::FloorDivide | ir::BinaryOp::Modulo => 2.0,
            ir::BinaryOp::Power => 10.0,
            _ => 0.25,
        },
        Expression::Call {
            function: Function::Math(_) | Function::Numpy(_),
            ..
        } => 5.0,
        Expression::Call { .. } => 0.5,
        Expression::Unary { .. } | Expression::Compare { .. } | Expression::Logical { .. } => 0.25,
        Expression::Select { .. } | Expression::Convert { .. } => 0.3,
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Array(_) => 0.0,
    }
}
