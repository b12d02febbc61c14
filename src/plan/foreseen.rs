//! Failures that the launch foresees.
//!
//! `np.zeros(n)` raises where `n` is negative, and so do many operations on arrays whose shapes do not suit. Where the condition
//! is the same at every iteration and can be computed at the launch, it becomes a guard, and the fast variant has nothing left
//! to test, or to undo.

use crate::ir::{self, Block, Expression, Handle, Region, SideTable, Statement, Variable};

/// The conditions under which the region surely fails, for guards to exclude: those of `if` statements that every run of the
/// loops around them reaches and that do nothing but raise or leave.
pub fn foreseen(region: &Region) -> Vec<Handle<Expression>> {
    let mut search = Search {
        region,
        only: only_assignments(region),
        found: Vec::new(),
    };
    search.block(&region.body);
    search.found
}

/// The condition of a statement that does nothing but fail where it holds.
pub(super) fn failure(statement: &Statement) -> Option<Handle<Expression>> {
    match statement {
        Statement::If {
            condition,
            accept,
            reject,
        } => {
            let inside = &accept.statements[..];
            let fails = matches!(inside, [(Statement::Raise { .. } | Statement::Leave(_), _)]);
            (fails && reject.is_empty()).then_some(*condition)
        }
        _ => None,
    }
}

/// For each variable, what it is assigned, if that is done once.
pub(super) fn only_assignments(region: &Region) -> SideTable<Variable, Option<Handle<Expression>>> {
    let mut counts = SideTable::filled(&region.variables, 0);
    let mut values = SideTable::filled(&region.variables, None);
    ir::visit_statements(region, &region.body, &mut |statement, _| {
        if let Some(variable) = statement.assigned() {
            counts[variable] += 1;
        }
        if let Statement::Assign { variable, value } = statement {
            values[*variable] = Some(*value);
        }
    });
    SideTable::from_fn(&region.variables, |handle, variable| {
        let once = counts[handle] == 1 && variable.initial.is_none();
        values[handle].filter(|_| once)
    })
}

struct Search<'r> {
    region: &'r Region,
    only: SideTable<Variable, Option<Handle<Expression>>>,
    found: Vec<Handle<Expression>>,
}

impl Search<'_> {
    fn block(&mut self, block: &Block) {
        for (statement, _) in &block.statements {
            match statement {
                Statement::For(handle) => self.block(&self.region.loops[*handle].body),
                Statement::If { .. } => {
                    let condition = failure(statement).filter(|one| self.is_fixed(*one));
                    self.found.extend(condition.filter(|one| !self.found.contains(one)));
                }
                Statement::Assign { .. }
                | Statement::Store(_)
                | Statement::Evaluate(_)
                | Statement::Allocate { .. }
                | Statement::Seed(_)
                | Statement::Draw(_)
                | Statement::While { .. } => {}
                Statement::Break | Statement::Continue | Statement::Leave(_) | Statement::Raise { .. } => return,
            }
        }
    }

    /// Whether the launch can compute an expression.
    fn is_fixed(&self, root: Handle<Expression>) -> bool {
        let expression = &self.region.expressions[root];
        let local = |array| matches!(self.region.arrays[array].origin, ir::ArrayOrigin::Local { .. });
        let own = match expression {
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Rank(_)
            | Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Convert { .. }
            | Expression::Call { .. } => true,
            Expression::Extent { array, .. } | Expression::Size(array) => !local(*array),
            Expression::Variable(variable) => self.only[*variable].is_some_and(|value| self.is_fixed(value)),
            Expression::Counter(_) | Expression::Load { .. } | Expression::Array(_) => false,
        };
        own && ir::children(expression).into_iter().all(|child| self.is_fixed(child))
    }
}
