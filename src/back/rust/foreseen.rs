//! Failures that the launch foresees.
//!
//! `np.zeros(n)` raises where `n` is negative, and so do many operations on arrays whose shapes do not suit. Where the condition
//! is the same at every iteration and can be computed at the launch, the guards do so, and the fast variant has nothing left
//! to test, or to undo.

use super::region::Scene;
use crate::infer::Ty;
use crate::ir::{self, Block, Expression, Handle, Region, SideTable, Statement, Variable};

/// The conditions under which the region surely fails, for the guards to test: those of `if` statements that every run of the
/// loops around them reaches and that do nothing but raise or leave.
pub(super) fn foreseen(region: &Region) -> Vec<Handle<Expression>> {
    let mut search = Search {
        region,
        only: only_assignments(region),
        found: Vec::new(),
    };
    search.block(&region.body);
    search.found
}

/// The condition of a statement that does nothing but fail where it holds.
fn failure(statement: &Statement) -> Option<Handle<Expression>> {
    match statement {
        Statement::If {
            condition,
            accept,
            reject,
        } => {
            let inside = &accept.statements[..];
            let fails = matches!(inside, [(Statement::Raise { .. } | Statement::Leave, _)]);
            (fails && reject.is_empty()).then_some(*condition)
        }
        _ => None,
    }
}

/// For each variable, what it is assigned, if that is done once.
fn only_assignments(region: &Region) -> SideTable<Variable, Option<Handle<Expression>>> {
    let mut counts = SideTable::filled(&region.variables, 0);
    let mut values = SideTable::filled(&region.variables, None);
    ir::visit_statements(region, &region.body, &mut |statement, _| {
        if let Statement::Assign { variable, value } = statement {
            counts[*variable] += 1;
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
                | Statement::While { .. } => {}
                Statement::Break | Statement::Continue | Statement::Leave | Statement::Raise { .. } => return,
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

impl Scene<'_> {
    /// Whether a statement is one of those failures, which the guards exclude.
    pub(super) fn is_excluded(&self, statement: &Statement) -> bool {
        failure(statement).is_some_and(|condition| self.foreseen.contains(&condition))
    }

    /// The tests that exclude the failures which the launch foresees.
    pub(super) fn failure_tests(&self) -> Vec<String> {
        let only = only_assignments(self.region);
        let mut tests = Vec::new();
        for condition in &self.foreseen {
            let text = self.at_launch(*condition, &only, &|this| this.truth(*condition));
            let test = format!("!({text})");
            if !tests.contains(&test) {
                tests.push(test);
            }
        }
        tests
    }

    /// Writes an expression with what its variables are assigned in their place.
    fn at_launch(
        &self,
        root: Handle<Expression>,
        only: &SideTable<Variable, Option<Handle<Expression>>>,
        write: &dyn Fn(&Self) -> String,
    ) -> String {
        let mut names: Vec<(Handle<Expression>, String)> = Vec::new();
        ir::visit_expressions(self.region, root, &mut |one| {
            if let Expression::Variable(variable) = self.region.expressions[one]
                && let Some(value) = only[variable]
            {
                let (from, to): (Ty, Ty) = (self.types.expression(value), self.types.variable(variable));
                let text = self.at_launch(value, only, &|this| this.value(value));
                names.push((one, format!("({})", self.cast(text, from.kind, to))));
            }
        });
        self.with_names(&names, || write(self))
    }
}
