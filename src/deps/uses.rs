//! What a loop's body does with one variable: which uses combine something into it, and which are anything else.

use crate::ir::{
    self, BinaryOp, Block, CompareOp, Expression, Function, Handle, Literal, LogicalOp, ReductionOp, Region, Statement,
    Ufunc, Variable,
};
use crate::source::Span;

/// The uses of one variable in a block, in order of evaluation.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Statements that combine something into it: how, and where.
    pub(super) updates: Vec<(ReductionOp, Span)>,
    /// Everything else that reads it (false) or assigns it (true).
    pub(super) others: Vec<(Span, bool)>,
}

impl Uses {
    /// The operator that all updates share; `None`: there is none, or no update.
    pub(super) fn operator(&self) -> Option<ReductionOp> {
        let (first, _) = self.updates.first()?;
        self.updates.iter().all(|(op, _)| op == first).then_some(*first)
    }
}

/// Looks at a block and the blocks inside.
pub(super) fn uses(region: &Region, block: &Block, variable: Handle<Variable>) -> Uses {
    let mut found = Uses::default();
    let mut conditional: Vec<Span> = Vec::new();
    ir::visit_statements(region, block, &mut |statement, span| {
        if let Some(op) = replaced(region, statement, variable) {
            let place = statement.roots(region).first().map_or(span, |test| region.spans[*test]);
            found.updates.push((op, place));
            // The assignment inside belongs to it.
            conditional.extend(statement.blocks(region).iter().flat_map(|inner| spans(inner)));
            return;
        }
        let is_self = |root: Handle<Expression>| region.expressions[root] == Expression::Variable(variable);
        let assigned = match statement {
            Statement::Assign {
                variable: target,
                value,
            } if *target == variable => Some(*value),
            _ => None,
        };
        if assigned.is_some() && conditional.contains(&span) {
            return;
        }
        let combined = assigned.and_then(|value| combination(region, value, &is_self));
        let own = combined.as_ref().map(|(_, own)| own.clone()).unwrap_or_default();
        for root in statement.roots(region) {
            ir::visit_expressions(region, root, &mut |handle| {
                if is_self(handle) && !own.contains(&handle) {
                    found.others.push((region.spans[handle], false));
                }
            });
        }
        match (combined, assigned) {
            (Some((op, _)), _) => found.updates.push((op, span)),
            (None, Some(_)) => found.others.push((span, true)),
            (None, None) => {}
        }
    });
    found
}

fn spans(block: &Block) -> Vec<Span> {
    block.statements.iter().map(|(_, span)| *span).collect()
}

/// The first assignment of a variable in a block and the blocks inside.
pub(super) fn assignment(region: &Region, block: &Block, variable: Handle<Variable>) -> Option<Span> {
    let mut found = None;
    ir::visit_statements(region, block, &mut |statement, span| {
        if statement.assigned() == Some(variable) {
            found.get_or_insert(span);
        }
    });
    found
}

/// How a value combines what `is_self` finds with something else, and where it reads it.
pub(super) fn combination(
    region: &Region,
    value: Handle<Expression>,
    is_self: &dyn Fn(Handle<Expression>) -> bool,
) -> Option<(ReductionOp, Vec<Handle<Expression>>)> {
    match &region.expressions[value] {
        Expression::Binary { op, left, right } => {
            let kind = match op {
                BinaryOp::Add | BinaryOp::Subtract => ReductionOp::Add,
                BinaryOp::Multiply => ReductionOp::Multiply,
                BinaryOp::BitAnd => ReductionOp::BitAnd,
                BinaryOp::BitOr => ReductionOp::BitOr,
                BinaryOp::BitXor => ReductionOp::BitXor,
                _ => return None,
            };
            let inside = |side: Handle<Expression>| match is_self(side) {
                true => Some((kind, vec![side])),
                false => combination(region, side, is_self).filter(|(inner, _)| *inner == kind),
            };
            inside(*left).or_else(|| (*op != BinaryOp::Subtract).then(|| inside(*right)).flatten())
        }
        Expression::Logical { op, left, .. } if is_self(*left) => {
            let kind = match op {
                LogicalOp::And => ReductionOp::And,
                LogicalOp::Or => ReductionOp::Or,
            };
            Some((kind, vec![*left]))
        }
        Expression::Call { function, arguments } => {
            let kind = match function {
                Function::Min | Function::Numpy(Ufunc::Minimum | Ufunc::Fmin) => ReductionOp::Min,
                Function::Max | Function::Numpy(Ufunc::Maximum | Ufunc::Fmax) => ReductionOp::Max,
                _ => return None,
            };
            let own = arguments.iter().copied().find(|argument| is_self(*argument))?;
            Some((kind, vec![own]))
        }
        Expression::Select {
            condition,
            accept,
            reject,
        } => {
            let Expression::Compare { op, left, right } = &region.expressions[*condition] else {
                return None;
            };
            let kept = [*accept, *reject].into_iter().find(|side| is_self(*side))?;
            let read = [*left, *right].into_iter().find(|side| is_self(*side))?;
            // `m if m < e else e` keeps the lesser one.
            let least = ordered(*op)? == (read == *left) && kept == *accept
                || ordered(*op)? != (read == *left) && kept == *reject;
            let kind = if least { ReductionOp::Min } else { ReductionOp::Max };
            Some((kind, vec![read, kept]))
        }
        Expression::Literal(Literal::Bool(truth)) => {
            Some((if *truth { ReductionOp::Or } else { ReductionOp::And }, Vec::new()))
        }
        _ => None,
    }
}

/// Whether a comparison holds when its left side is the lesser one; `None`: it does not order.
fn ordered(op: CompareOp) -> Option<bool> {
    match op {
        CompareOp::Less | CompareOp::LessEqual => Some(true),
        CompareOp::Greater | CompareOp::GreaterEqual => Some(false),
        CompareOp::Equal | CompareOp::NotEqual => None,
    }
}

/// `if x > m: m = x`, whatever else is assigned beside it.
fn replaced(region: &Region, statement: &Statement, variable: Handle<Variable>) -> Option<ReductionOp> {
    let Statement::If {
        condition,
        accept,
        reject,
    } = statement
    else {
        return None;
    };
    let mut assigned = accept.statements.iter().filter_map(|(inner, _)| match inner {
        Statement::Assign {
            variable: target,
            value,
        } if *target == variable => Some(*value),
        _ => None,
    });
    let (Some(value), None, true) = (assigned.next(), assigned.next(), reject.is_empty()) else {
        return None;
    };
    let plain = |(inner, _): &(Statement, Span)| matches!(inner, Statement::Assign { .. });
    let Expression::Compare { op, left, right } = &region.expressions[*condition] else {
        return None;
    };
    let is_self = |root: Handle<Expression>| region.expressions[root] == Expression::Variable(variable);
    let (candidate, less) = match (is_self(*left), is_self(*right)) {
        (true, false) => (*right, !ordered(*op)?),
        (false, true) => (*left, ordered(*op)?),
        (true, true) | (false, false) => return None,
    };
    let whole = accept.statements.iter().all(plain) && crate::ir::alike(region, candidate, value);
    whole.then_some(if less { ReductionOp::Min } else { ReductionOp::Max })
}
