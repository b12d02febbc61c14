//! Tests that exclude the failures which the plan foresees.

use super::region::Scene;
use super::variant::Variant;
use crate::infer::Ty;
use crate::ir::{self, Expression, Handle, Statement};

impl Scene<'_> {
    /// Whether a statement is a failure that the guards exclude.
    pub(super) fn is_excluded(&self, statement: &Statement) -> bool {
        self.variant == Variant::Fast && self.plan.excludes(statement)
    }

    /// The tests that exclude the failures which the launch foresees.
    pub(super) fn failure_tests(&self) -> Vec<String> {
        let mut tests = Vec::new();
        for condition in self.plan.foreseen() {
            let text = self.at_launch(*condition, &|this| this.truth(*condition));
            let test = format!("!({text})");
            if !tests.contains(&test) {
                tests.push(test);
            }
        }
        tests
    }

    /// Writes an expression with what its variables are assigned in their place.
    fn at_launch(&self, root: Handle<Expression>, write: &dyn Fn(&Self) -> String) -> String {
        let mut names: Vec<(Handle<Expression>, String)> = Vec::new();
        ir::visit_expressions(self.region, root, &mut |one| {
            if let Expression::Variable(variable) = self.region.expressions[one]
                && let Some(value) = self.plan.assigned_once(variable)
            {
                let (from, to): (Ty, Ty) = (self.types.expression(value), self.types.variable(variable));
                let text = self.at_launch(value, &|this| this.value(value));
                names.push((one, format!("({})", self.cast(text, from.kind, to))));
            }
        });
        self.with_names(&names, || write(self))
    }
}
