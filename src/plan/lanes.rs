//! Which loops run in lanes, and how many.
//!
//! Of the loops that lie inside one another at most one runs in lanes, and loops inside that one run in lockstep, as long as
//! their bounds are the same in all lanes. Among the legal choices the cheapest wins, by counting operations and memory
//! accesses: arithmetic costs a share, elements side by side in memory a share, elements apart as much as in scalar code.
//! So the innermost loop wins over rows, `j` over `k` in a matrix product, and pixels over a loop that ends earlier in one
//! than in the other. A `simd` directive decides by itself where its loop can run in lanes.

use super::{Plan, cost};
use crate::deps::{Access, ArrayReduction, ExtremumRule, Legality, ScalarReduction};
use crate::infer::Kind;
use crate::ir::{
    self, Block, Directive, Expression, Handle, Literal, Loop, ReductionOp, Region, SideTable, Statement, Variable,
};

/// What elements that are not side by side cost, against a scalar access.
const APART: f64 = 1.0;
/// A scalar access, as `cost` counts it.
const ACCESS: f64 = 0.4;
/// Iterations by literals below which a loop is not worth lanes.
const FEW: i128 = 8;

/// The loops to run in lanes, with the number of lanes, and how many of them take part.
pub(super) fn choose(plan: &Plan<'_>) -> Vec<(Handle<Loop>, u32, u32)> {
    let asks = |header: &Loop| {
        let annotation = header.annotation.as_ref();
        annotation.is_some_and(|one| one.directive != Directive::Sequential)
    };
    // Where nothing asks for order to be given up, no guards keep the arrays apart.
    let writes = plan.region.stores.iter().next().is_some();
    if writes && !plan.region.elementwise && !plan.region.loops.iter().any(|(_, header)| asks(header)) {
        return Vec::new();
    }
    let mut chosen = Vec::new();
    block(plan, &plan.region.body, None, &mut chosen);
    chosen
}

/// Expressions that are not the same in all lanes of a loop.
pub(super) fn varying(region: &Region, header: Handle<Loop>) -> SideTable<Expression, bool> {
    let assigned = assigned(region, &region.loops[header].body);
    let mut table = SideTable::filled(&region.expressions, false);
    // Operands stand before what uses them.
    for (handle, expression) in region.expressions.iter() {
        table[handle] = match expression {
            Expression::Counter(counter) => *counter == header,
            Expression::Variable(variable) => assigned.contains(variable),
            other => ir::children(other).into_iter().any(|child| table[child]),
        };
    }
    table
}

fn assigned(region: &Region, body: &Block) -> Vec<Handle<Variable>> {
    let mut found = Vec::new();
    ir::visit_statements(region, body, &mut |statement, _| {
        if let Some(variable) = statement.assigned() {
            found.push(variable);
        }
    });
    found
}

/// How a block is executed: in lanes of which loop, how many, and what differs between them.
struct Lockstep {
    header: Handle<Loop>,
    lanes: u32,
    /// Lanes that take part.
    together: u32,
    varying: SideTable<Expression, bool>,
}

fn block(
    plan: &Plan<'_>,
    body: &Block,
    lockstep: Option<&Lockstep>,
    chosen: &mut Vec<(Handle<Loop>, u32, u32)>,
) -> f64 {
    let each = body.statements.iter();
    each.map(|(one, _)| statement(plan, one, lockstep, chosen)).sum()
}

fn statement(
    plan: &Plan<'_>,
    one: &Statement,
    lockstep: Option<&Lockstep>,
    chosen: &mut Vec<(Handle<Loop>, u32, u32)>,
) -> f64 {
    let roots: f64 = one
        .roots(plan.region)
        .iter()
        .map(|root| expression(plan, *root, lockstep))
        .sum();
    roots
        + match one {
            Statement::For(handle) => {
                let body = match lockstep {
                    Some(_) => block(plan, &plan.region.loops[*handle].body, lockstep, chosen),
                    None => nest(plan, *handle, chosen),
                };
                (body + 0.3) * cost::trips(plan.region, *handle)
            }
            Statement::While { prelude, body, .. } => {
                // In lockstep a loop goes on until it ends in every lane.
                let longest = if lockstep.is_some() { 1.5 } else { 1.0 };
                let inside = block(plan, prelude, lockstep, chosen) + block(plan, body, lockstep, chosen);
                longest * cost::UNKNOWN_TRIPS * inside
            }
            Statement::If { accept, reject, .. } => {
                let (accept, reject) = (
                    block(plan, accept, lockstep, chosen),
                    block(plan, reject, lockstep, chosen),
                );
                match lockstep {
                    Some(_) => accept + reject,
                    None => 0.5 + accept.max(reject),
                }
            }
            Statement::Store(handle) => match (lockstep, plan.facts.store(*handle)) {
                (Some(lockstep), Some(access)) => {
                    let roots = plan.region.stores[*handle].subscripts.iter();
                    let varies = roots.into_iter().any(|root| lockstep.varying[*root]);
                    memory(access, varies, lockstep, plan.region)
                }
                (_, _) => ACCESS,
            },
            Statement::Seed(_) => cost::SEED,
            Statement::Draw(_) => cost::DRAW,
            Statement::Assign { .. }
            | Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. } => 0.0,
        }
}

/// The cheapest way to run a nest, per iteration of its outermost loop.
fn nest(plan: &Plan<'_>, handle: Handle<Loop>, chosen: &mut Vec<(Handle<Loop>, u32, u32)>) -> f64 {
    let body = &plan.region.loops[handle].body;
    let mut inside = Vec::new();
    let serial = block(plan, body, None, &mut inside);
    let asked = plan.asks_for_lanes(handle);
    if let Some(lockstep) = candidate(plan, handle, asked) {
        let together = block(plan, body, Some(&lockstep), &mut Vec::new());
        if asked || together < serial {
            chosen.push((handle, lockstep.lanes, lockstep.together));
            return together;
        }
    }
    chosen.append(&mut inside);
    serial
}

/// A loop that may run in lanes.
fn candidate(plan: &Plan<'_>, handle: Handle<Loop>, asked: bool) -> Option<Lockstep> {
    let region = plan.region;
    let header = &region.loops[handle];
    let found = plan.facts.of_loop(handle);
    let assumed = header.annotation.as_ref().is_some_and(|one| one.assume_independent);
    let legal = match &found.simd {
        Legality::Proven => true,
        Legality::Guarded(_) => asked || plan.is_parallel(handle),
        Legality::Refuted(_) | Legality::Unproven(_) => false,
    };
    let sequential = header
        .annotation
        .as_ref()
        .is_some_and(|one| one.directive == Directive::Sequential);
    let reductions = found.reductions.iter().all(|one| {
        let rule = matches!(
            one.rule,
            None | Some(
                ExtremumRule::Better
                    | ExtremumRule::BetterOrNan
                    | ExtremumRule::BetterOrEqual
                    | ExtremumRule::Propagate
                    | ExtremumRule::Ignore
            )
        );
        let op = match one.op {
            ReductionOp::Add | ReductionOp::Multiply => true,
            // Masks are no numbers: they have no order.
            ReductionOp::Min | ReductionOp::Max => plan.types.variable(one.target).kind != Kind::Bool,
            ReductionOp::And | ReductionOp::Or => plan.types.variable(one.target).kind == Kind::Bool,
            ReductionOp::BitAnd | ReductionOp::BitOr | ReductionOp::BitXor => {
                plan.types.variable(one.target).kind != Kind::Bool
            }
        };
        rule && op
    });
    // One element that all iterations combine into is a reduction; lanes that may meet in other ways are none.
    let elements = found
        .array_reductions
        .iter()
        .all(|one| collects_in_register(region, handle, one));
    if !(legal || assumed) || sequential || found.breaks || !elements || !reductions {
        return None;
    }
    if few(region, header) && !asked {
        return None;
    }
    let own = |variable: &Handle<Variable>| {
        let reduced = |one: &ScalarReduction| one.target == *variable || one.companions.contains(variable);
        found.private.contains(variable) || found.reductions.iter().any(reduced)
    };
    if !assigned(region, &header.body).iter().all(own) {
        return None;
    }
    if !fits_lanes(plan, &header.body) {
        return None;
    }
    let varying = varying(region, handle);
    let mut possible = true;
    ir::visit_statements(region, &header.body, &mut |statement, _| match statement {
        Statement::For(inner) => {
            let inner_header = &region.loops[*inner];
            let bounds = [inner_header.start, inner_header.stop, inner_header.step];
            possible &= bounds.iter().all(|root| !varying[*root]);
            possible &= inner_header
                .annotation
                .as_ref()
                .is_none_or(|one| one.directive == Directive::Sequential)
                || !asked;
        }
        Statement::Store(store) => {
            let collected = found
                .array_reductions
                .iter()
                .any(|one| one.target == region.stores[*store].array);
            possible &= collected || region.stores[*store].subscripts.iter().any(|root| varying[*root]);
        }
        // Storage is one iteration's.
        Statement::Allocate { .. } => possible = false,
        // Words come one at a time from each generator, and how many a number takes depends on them.
        Statement::Seed(_) | Statement::Draw(_) => possible = false,
        _ => {}
    });
    let (lanes, together) = wished(plan, handle, width(plan, handle, &varying));
    if together == 1 {
        return None;
    }
    possible &= found.private_arrays.is_empty() || !plan.is_parallel(handle);
    let near = found.lanes.is_some_and(|limit| limit < together);
    (possible && !near).then_some(Lockstep {
        header: handle,
        lanes,
        together,
        varying,
    })
}

/// Whether an array reduction has one element, the same in all iterations and all rounds of inner loops.
fn collects_in_register(region: &Region, handle: Handle<Loop>, one: &ArrayReduction) -> bool {
    let varying = varying(region, handle);
    let fixed = |root: &Handle<Expression>| {
        let mut fixed = !varying[*root];
        ir::visit_expressions(region, *root, &mut |one| {
            fixed &= match &region.expressions[one] {
                Expression::Counter(counter) => !contains(region, &region.loops[handle].body, *counter),
                Expression::Load { .. } => false,
                _ => true,
            };
        });
        fixed
    };
    let [update] = one.stores[..] else { return false };
    let arithmetic = matches!(one.op, ReductionOp::Add | ReductionOp::Multiply);
    arithmetic && !one.scattered && region.stores[update.store].subscripts.iter().all(fixed)
}

/// Whether lanes hold all that a block computes: they have no float16.
fn fits_lanes(plan: &Plan<'_>, body: &Block) -> bool {
    let region = plan.region;
    let fits = |kind: Kind| kind != Kind::F16;
    let mut all = true;
    ir::visit_statements(region, body, &mut |statement, _| {
        match statement {
            Statement::Assign { variable, .. } => all &= fits(plan.types.variable(*variable).kind),
            Statement::Store(store) => all &= fits(plan.types.array(region.stores[*store].array).element.kind),
            Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::If { .. }
            | Statement::For(_)
            | Statement::While { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Seed(_)
            | Statement::Draw(_)
            | Statement::Raise { .. } => {}
        }
        for root in statement.roots(region) {
            ir::visit_expressions(region, root, &mut |one| {
                all &= fits(plan.types.expression(one).kind);
                all &= plan.types.operation(one).is_none_or(|ty| fits(ty.kind));
                if let Expression::Load { array, .. } = &region.expressions[one] {
                    all &= fits(plan.types.array(*array).element.kind);
                }
            });
        }
    });
    all
}

/// Whether a loop stands in a block.
fn contains(region: &Region, block: &Block, wanted: Handle<Loop>) -> bool {
    let mut found = false;
    ir::visit_statements(region, block, &mut |statement, _| {
        found |= matches!(statement, Statement::For(inner) if *inner == wanted);
    });
    found
}

/// The lanes of a group and how many take part, as `simdlen` wishes, of a loop that may have so many: 32-bit values fit groups of
/// 8 as well.
fn wished(plan: &Plan<'_>, handle: Handle<Loop>, most: u32) -> (u32, u32) {
    let head = plan.nests.iter().find(|nest| nest.loops.contains(&handle));
    let asks = plan.asks_for_lanes(handle);
    let header = head.filter(|_| asks).map_or(handle, |nest| nest.loops[0]);
    match plan.region.loops[header]
        .annotation
        .as_ref()
        .and_then(|one| one.simdlen)
    {
        Some(wish) if wish <= 8 => (8, wish),
        Some(_) | None => (most, most),
    }
}

/// 16 lanes where no value that differs between them has 64 bits, or parts of 64 bits, else 8.
fn width(plan: &Plan<'_>, handle: Handle<Loop>, varying: &SideTable<Expression, bool>) -> u32 {
    let region = plan.region;
    let is_wide = |kind: Kind| kind.real().size() == 8;
    let mut wide = assigned(region, &region.loops[handle].body)
        .iter()
        .any(|variable| is_wide(plan.types.variable(*variable).kind));
    ir::visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
        let roots = match statement {
            Statement::Store(store) if plan.facts.store(*store).is_some_and(is_affine) => {
                vec![region.stores[*store].value]
            }
            _ => statement.roots(region),
        };
        for root in roots {
            values(plan, root, &mut |one| {
                wide |= varying[one] && is_wide(plan.types.expression(one).kind);
                wide |= plan
                    .types
                    .operation(one)
                    .is_some_and(|ty| varying[one] && is_wide(ty.kind));
            });
        }
    });
    if wide { 8 } else { 16 }
}

/// Visits the expressions that are evaluated as values: not the subscripts that become strides.
fn values(plan: &Plan<'_>, root: Handle<Expression>, visit: &mut impl FnMut(Handle<Expression>)) {
    let affine = match plan.facts.load(root) {
        Some(access) => is_affine(access),
        None => false,
    };
    if !affine {
        for child in ir::children(&plan.region.expressions[root]) {
            values(plan, child, visit);
        }
    }
    visit(root);
}

fn is_affine(access: &Access) -> bool {
    access
        .subscripts
        .iter()
        .all(|subscript| subscript.strides.iter().all(|(_, stride)| stride.is_some()))
}

fn expression(plan: &Plan<'_>, root: Handle<Expression>, lockstep: Option<&Lockstep>) -> f64 {
    let mut total = 0.0;
    values(plan, root, &mut |one| {
        let node = cost::node(&plan.region.expressions[one]);
        total += match (lockstep, plan.facts.load(one)) {
            (None, Some(_)) => ACCESS,
            (None, None) => node,
            (Some(lockstep), Some(access)) => memory(access, lockstep.varying[one], lockstep, plan.region),
            (Some(lockstep), None) => node / f64::from(lockstep.lanes),
        };
    });
    total
}

/// What an access of all lanes costs, per lane.
fn memory(access: &Access, varies: bool, lockstep: &Lockstep, region: &Region) -> f64 {
    let share = ACCESS / f64::from(lockstep.lanes);
    if !varies {
        return share / 2.0;
    }
    let step = match region.expressions[region.loops[lockstep.header].step] {
        Expression::Literal(Literal::Int(step)) => Some(step),
        _ => None,
    };
    let last = access.subscripts.len() - 1;
    let side_by_side = access.subscripts.iter().enumerate().all(|(axis, subscript)| {
        let stride = subscript
            .strides
            .iter()
            .find(|(header, _)| *header == lockstep.header)
            .map_or(Some(0), |(_, stride)| *stride);
        match stride.zip(step) {
            Some((stride, step)) => stride * step == i64::from(axis == last),
            None => false,
        }
    });
    if side_by_side { share } else { APART }
}

fn few(region: &Region, header: &Loop) -> bool {
    let literal = |root: Handle<Expression>| match region.expressions[root] {
        Expression::Literal(Literal::Int(value)) => Some(i128::from(value)),
        _ => None,
    };
    match (literal(header.start), literal(header.stop), literal(header.step)) {
        (Some(start), Some(stop), Some(step)) => (stop - start).abs() < FEW * step.abs(),
        _ => false,
    }
}
