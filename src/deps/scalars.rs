//! What a loop does with scalars: which are private to an iteration, which are reductions, which are carried.

use super::{ExtremumRule, ScalarReduction, Update};
use crate::infer::{Kind, Types};
use crate::ir::{
    self, BinaryOp, Block, CompareOp, Expression, Function, Handle, Literal, LogicalOp, Loop, ReductionOp, Region,
    Statement, Ufunc, Variable,
};
use crate::source::Span;

/// What a loop does with the variables it assigns.
#[derive(Debug, Default)]
pub(super) struct Scalars {
    pub(super) private: Vec<Handle<Variable>>,
    pub(super) lastprivate: Vec<Handle<Variable>>,
    pub(super) reductions: Vec<ScalarReduction>,
    /// Variables whose value goes from one iteration to another: where it is read, and why it is none of the above.
    pub(super) carried: Vec<(Handle<Variable>, Span, &'static str)>,
}

/// Looks at every variable that a loop's body assigns.
pub(super) fn scalars(region: &Region, types: Option<&Types>, handle: Handle<Loop>) -> Scalars {
    let body = &region.loops[handle].body;
    let mut found = Scalars::default();
    for variable in super::accesses::assigned(region, body) {
        let mut walk = Exposure {
            region,
            variable,
            exposed: None,
            depth: 0,
            cut: false,
        };
        let at_end = walk.block(body, false);
        let used_after = used_outside(region, handle, variable);
        match walk.exposed {
            None if !used_after => found.private.push(variable),
            None if at_end != Some(false) && !walk.cut => {
                found.private.push(variable);
                found.lastprivate.push(variable);
            }
            exposed => match reduction(region, types, body, variable) {
                Some(reduction) => found.reductions.push(reduction),
                None => {
                    let span = exposed.unwrap_or(region.variables[variable].span);
                    let why = if exposed.is_some() {
                        "is read before the iteration assigns it"
                    } else {
                        "is assigned in some iterations only, and used after the loop"
                    };
                    found.carried.push((variable, span, why));
                }
            },
        }
    }
    found
}

/// The first read of a variable that may come before any assignment of the same iteration.
pub(super) fn exposed_read(region: &Region, body: &Block, variable: Handle<Variable>) -> Option<Span> {
    let mut walk = Exposure {
        region,
        variable,
        exposed: None,
        depth: 0,
        cut: false,
    };
    walk.block(body, false);
    walk.exposed
}

/// Whether a variable may be read outside a loop's body after the loop, or is an output.
fn used_outside(region: &Region, handle: Handle<Loop>, variable: Handle<Variable>) -> bool {
    if region.outputs.iter().any(|output| output.variable == variable) {
        return true;
    }
    let body = &region.loops[handle].body;
    reads(region, &region.body, variable) > reads(region, body, variable)
}

/// How many expressions of a block read a variable.
fn reads(region: &Region, block: &Block, variable: Handle<Variable>) -> usize {
    let mut count = 0;
    ir::visit_statements(region, block, &mut |statement, _| {
        for root in statement.roots(region) {
            count += reads_in(region, root, variable);
        }
    });
    count
}

fn reads_in(region: &Region, root: Handle<Expression>, variable: Handle<Variable>) -> usize {
    let mut count = 0;
    ir::visit_expressions(region, root, &mut |handle| {
        count += usize::from(region.expressions[handle] == Expression::Variable(variable));
    });
    count
}

/// Finds a read that may come before any assignment of the same iteration.
struct Exposure<'r> {
    region: &'r Region,
    variable: Handle<Variable>,
    exposed: Option<Span>,
    /// Loops inside the one looked at.
    depth: usize,
    /// Whether an iteration may end early without an assignment.
    cut: bool,
}

impl Exposure<'_> {
    /// Whether the variable is surely assigned at the end of a block; `None`: the end is never reached.
    fn block(&mut self, block: &Block, mut assigned: bool) -> Option<bool> {
        for (statement, _) in &block.statements {
            assigned = self.statement(statement, assigned)?;
        }
        Some(assigned)
    }

    fn read(&mut self, root: Handle<Expression>, assigned: bool) {
        if assigned || self.exposed.is_some() {
            return;
        }
        let (region, variable) = (self.region, self.variable);
        ir::visit_expressions(region, root, &mut |handle| {
            if region.expressions[handle] == Expression::Variable(variable) {
                self.exposed.get_or_insert(region.spans[handle]);
            }
        });
    }

    fn statement(&mut self, statement: &Statement, assigned: bool) -> Option<bool> {
        for root in statement.roots(self.region) {
            if !matches!(statement, Statement::While { .. }) {
                self.read(root, assigned);
            }
        }
        match statement {
            Statement::Assign { variable, .. } => Some(assigned || *variable == self.variable),
            Statement::Store(_) | Statement::Evaluate(_) => Some(assigned),
            Statement::If { accept, reject, .. } => {
                match (self.block(accept, assigned), self.block(reject, assigned)) {
                    (Some(a), Some(b)) => Some(a && b),
                    (one, None) | (None, one) => one,
                }
            }
            Statement::For(handle) => {
                self.depth += 1;
                _ = self.block(&self.region.loops[*handle].body, assigned);
                self.depth -= 1;
                Some(assigned)
            }
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                let tested = self.block(prelude, assigned).unwrap_or(assigned);
                self.read(*condition, tested);
                self.depth += 1;
                _ = self.block(body, tested);
                self.depth -= 1;
                Some(assigned)
            }
            Statement::Break | Statement::Continue => {
                self.cut |= self.depth == 0 && !assigned;
                None
            }
            Statement::Raise { .. } => None,
        }
    }
}

/// The reduction that a variable is, if everything the body does with it fits one.
fn reduction(
    region: &Region,
    types: Option<&Types>,
    body: &Block,
    variable: Handle<Variable>,
) -> Option<ScalarReduction> {
    let mut finder = Finder {
        region,
        types,
        variable,
        updates: Vec::new(),
        known: 0,
        failed: false,
    };
    finder.block(body);
    if finder.failed || finder.updates.is_empty() || finder.known != reads(region, body, variable) {
        return None;
    }
    let (op, rule, _) = finder.updates[0];
    let same = finder
        .updates
        .iter()
        .all(|(other, other_rule, _)| *other == op && *other_rule == rule);
    let bools = matches!(op, ReductionOp::And | ReductionOp::Or);
    let kind = types.map(|types| types.variable(variable).kind);
    if !same || (bools && kind.is_some_and(|kind| kind != Kind::Bool)) {
        return None;
    }
    Some(ScalarReduction {
        target: variable,
        op,
        rule,
        updates: finder.updates.into_iter().map(|(_, _, update)| update).collect(),
        companions: Vec::new(),
    })
}

struct Finder<'r> {
    region: &'r Region,
    types: Option<&'r Types>,
    variable: Handle<Variable>,
    updates: Vec<(ReductionOp, Option<ExtremumRule>, Update)>,
    /// Reads that belong to updates.
    known: usize,
    failed: bool,
}

impl Finder<'_> {
    fn block(&mut self, block: &Block) {
        for (statement, _) in &block.statements {
            if let Some((op, rule, update)) = self.conditional(statement) {
                self.known += 1;
                self.updates.push((op, Some(rule), update));
                continue;
            }
            if let Statement::Assign { variable, value } = statement
                && *variable == self.variable
            {
                match self.combine(*value) {
                    Some(found) => self.updates.push(found),
                    None => self.failed = true,
                }
            }
            for inner in statement.blocks(self.region) {
                self.block(inner);
            }
        }
    }

    fn is_self(&self, root: Handle<Expression>) -> bool {
        self.region.expressions[root] == Expression::Variable(self.variable)
    }

    fn is_free(&self, root: Handle<Expression>) -> bool {
        reads_in(self.region, root, self.variable) == 0
    }

    fn combine(&mut self, value: Handle<Expression>) -> Option<(ReductionOp, Option<ExtremumRule>, Update)> {
        let done = |op, rule, contribution, negated| {
            let update = Update::Combine {
                value,
                contributions: vec![contribution],
                negated,
            };
            Some((op, rule, update))
        };
        let found = match &self.region.expressions[value] {
            Expression::Binary { op, left, right } => {
                let kind = match op {
                    BinaryOp::Add | BinaryOp::Subtract => ReductionOp::Add,
                    BinaryOp::Multiply => ReductionOp::Multiply,
                    BinaryOp::BitAnd => ReductionOp::BitAnd,
                    BinaryOp::BitOr => ReductionOp::BitOr,
                    BinaryOp::BitXor => ReductionOp::BitXor,
                    _ => return None,
                };
                // Bools meet no integer fold.
                let bits = matches!(kind, ReductionOp::BitAnd | ReductionOp::BitOr | ReductionOp::BitXor);
                if self
                    .types
                    .is_some_and(|types| types.variable(self.variable).kind == Kind::Bool)
                    && (bits || kind == ReductionOp::Add)
                {
                    return None;
                }
                if self.is_self(*left) && self.is_free(*right) {
                    done(kind, None, *right, *op == BinaryOp::Subtract)
                } else if self.is_self(*right) && self.is_free(*left) && *op != BinaryOp::Subtract {
                    done(kind, None, *left, false)
                } else {
                    None
                }
            }
            Expression::Logical { op, left, right } if self.is_self(*left) && self.is_free(*right) => {
                let op = if *op == LogicalOp::And {
                    ReductionOp::And
                } else {
                    ReductionOp::Or
                };
                done(op, None, *right, false)
            }
            Expression::Call { function, arguments } => {
                let (op, first_rule, last_rule) = match function {
                    Function::Min => (ReductionOp::Min, ExtremumRule::Better, ExtremumRule::UnlessWorse),
                    Function::Max => (ReductionOp::Max, ExtremumRule::Better, ExtremumRule::UnlessWorse),
                    Function::Numpy(Ufunc::Minimum) => {
                        (ReductionOp::Min, ExtremumRule::Propagate, ExtremumRule::Propagate)
                    }
                    Function::Numpy(Ufunc::Maximum) => {
                        (ReductionOp::Max, ExtremumRule::Propagate, ExtremumRule::Propagate)
                    }
                    Function::Numpy(Ufunc::Fmin) => (ReductionOp::Min, ExtremumRule::Ignore, ExtremumRule::Ignore),
                    Function::Numpy(Ufunc::Fmax) => (ReductionOp::Max, ExtremumRule::Ignore, ExtremumRule::Ignore),
                    _ => return None,
                };
                match arguments[..] {
                    [first, other] if self.is_self(first) && self.is_free(other) => {
                        done(op, Some(first_rule), other, false)
                    }
                    [other, last] if self.is_self(last) && self.is_free(other) => {
                        done(op, Some(last_rule), other, false)
                    }
                    _ => None,
                }
            }
            Expression::Literal(Literal::Bool(truth)) => {
                let op = if *truth { ReductionOp::Or } else { ReductionOp::And };
                return Some((op, None, Update::Flag { value }));
            }
            _ => None,
        };
        self.known += usize::from(found.is_some());
        found
    }

    /// `if x > m: m = x`
    fn conditional(&self, statement: &Statement) -> Option<(ReductionOp, ExtremumRule, Update)> {
        let Statement::If {
            condition,
            accept,
            reject,
        } = statement
        else {
            return None;
        };
        let [(Statement::Assign { variable, value }, _)] = &accept.statements[..] else {
            return None;
        };
        if *variable != self.variable || !reject.is_empty() || !self.is_free(*value) {
            return None;
        }
        let Expression::Compare { op, left, right } = &self.region.expressions[*condition] else {
            return None;
        };
        let (candidate, op) = if self.is_self(*right) {
            (*left, *op)
        } else if self.is_self(*left) {
            (*right, flipped(*op))
        } else {
            return None;
        };
        if !self.is_free(candidate) || !same(self.region, candidate, *value) {
            return None;
        }
        let (op, rule) = match op {
            CompareOp::Less => (ReductionOp::Min, ExtremumRule::Better),
            CompareOp::LessEqual => (ReductionOp::Min, ExtremumRule::BetterOrEqual),
            CompareOp::Greater => (ReductionOp::Max, ExtremumRule::Better),
            CompareOp::GreaterEqual => (ReductionOp::Max, ExtremumRule::BetterOrEqual),
            CompareOp::Equal | CompareOp::NotEqual => return None,
        };
        let update = Update::Conditional {
            condition: *condition,
            candidate,
            value: *value,
            companions: Vec::new(),
        };
        Some((op, rule, update))
    }
}

fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessEqual => CompareOp::GreaterEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterEqual => CompareOp::LessEqual,
        CompareOp::Equal | CompareOp::NotEqual => op,
    }
}

/// Whether two expressions, evaluated one after the other, give the same value.
pub(super) fn same(region: &Region, a: Handle<Expression>, b: Handle<Expression>) -> bool {
    let (left, right) = (&region.expressions[a], &region.expressions[b]);
    if a == b {
        return true;
    }
    let (mine, theirs) = (ir::children(left), ir::children(right));
    let shapes = |one: &Expression| match one {
        Expression::Load { array, .. } => format!("load {array:?}"),
        Expression::Unary { op, .. } => format!("{op:?}"),
        Expression::Binary { op, .. } => format!("{op:?}"),
        Expression::Compare { op, .. } => format!("{op:?}"),
        Expression::Logical { op, .. } => format!("{op:?}"),
        Expression::Select { .. } => "select".to_owned(),
        Expression::Call { function, .. } => format!("{function:?}"),
        Expression::Convert { to, .. } => format!("to {to:?}"),
        leaf => format!("{leaf:?}"),
    };
    shapes(left) == shapes(right)
        && mine.len() == theirs.len()
        && mine.iter().zip(&theirs).all(|(a, b)| same(region, *a, *b))
}
