//! What an iteration costs: a count of operations, weighted by throughput, with a guess for inner trip counts.

use crate::ir::{
    self, Block, Expression, Function, Handle, Literal, Loop, Region, SideTable, Statement, visit_expressions,
};

/// Iterations that a loop is taken to run when nothing is known.
pub(super) const UNKNOWN_TRIPS: f64 = 32.0;

/// Nanoseconds of one iteration of each loop.
pub(super) fn costs(region: &Region) -> SideTable<Loop, f64> {
    let mut costs = SideTable::filled(&region.loops, 0.0);
    block(region, &region.body, &mut costs);
    costs
}

fn block(region: &Region, body: &Block, costs: &mut SideTable<Loop, f64>) -> f64 {
    body.statements
        .iter()
        .map(|(one, _)| statement(region, one, costs))
        .sum()
}

fn statement(region: &Region, one: &Statement, costs: &mut SideTable<Loop, f64>) -> f64 {
    let own: f64 = one.roots(region).iter().map(|root| expression(region, *root)).sum();
    own + match one {
        Statement::For(handle) => {
            let body = block(region, &region.loops[*handle].body, costs) + 0.3;
            costs[*handle] = body;
            body * trips(region, *handle)
        }
        Statement::While { prelude, body, .. } => {
            UNKNOWN_TRIPS * (block(region, prelude, costs) + block(region, body, costs))
        }
        Statement::If { accept, reject, .. } => 0.5 + block(region, accept, costs).max(block(region, reject, costs)),
        Statement::Store(_) => 0.5,
        Statement::Assign { .. }
        | Statement::Evaluate(_)
        | Statement::Break
        | Statement::Continue
        | Statement::Raise { .. } => 0.0,
    }
}

pub(super) fn trips(region: &Region, handle: Handle<Loop>) -> f64 {
    let header = &region.loops[handle];
    let literal = |root: Handle<Expression>| match region.expressions[root] {
        Expression::Literal(Literal::Int(value)) => Some(value as f64),
        _ => None,
    };
    match (literal(header.start), literal(header.stop), literal(header.step)) {
        (Some(start), Some(stop), Some(step)) if step != 0.0 => ((stop - start) / step).max(0.0),
        _ => UNKNOWN_TRIPS,
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
        | Expression::Rank(_) => 0.0,
    }
}
