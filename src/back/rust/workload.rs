//! What an iteration costs at run time, where the plan only guesses the trip counts of inner loops.

use super::region::Scene;
use crate::infer::Ty;
use crate::ir::{self, Expression, Function, Handle, Loop, Statement};

impl Scene<'_> {
    /// The nanoseconds of an iteration, where they depend on the trip counts of inner loops that are known beforehand; for
    /// inner loops that depend on the counter, those of the middle iteration.
    pub(super) fn work(&self, handle: Handle<Loop>, name: &str) -> Option<String> {
        let text = self.work_of(handle, &mut vec![handle])?;
        let mut uses = false;
        for inner in self.loops_in(handle) {
            let header = &self.region.loops[inner];
            for root in [header.start, header.stop, header.step] {
                ir::visit_expressions(self.region, root, &mut |one| {
                    uses |= self.region.expressions[one] == Expression::Counter(handle);
                });
            }
        }
        if uses {
            return Some(format!(
                "{{ let {name} = {name}_steps.at({name}_steps.trips() / 2); {text} }}"
            ));
        }
        Some(text)
    }

    fn work_of(&self, handle: Handle<Loop>, inside: &mut Vec<Handle<Loop>>) -> Option<String> {
        let body = &self.region.loops[handle].body;
        let assigned = self.assigned_in(&self.region.loops[inside[0]].body);
        let mut own = self.plan.cost(handle);
        let mut terms = Vec::new();
        for inner in self.direct_loops(body) {
            let header = &self.region.loops[inner];
            let mut known = true;
            for root in [header.start, header.stop, header.step] {
                ir::visit_expressions(self.region, root, &mut |one| {
                    known &= match &self.region.expressions[one] {
                        Expression::Variable(variable) => !assigned.contains(variable),
                        Expression::Counter(counter) => *counter == inside[0] || !inside.contains(counter),
                        Expression::Call { function, .. } => matches!(function, Function::Min | Function::Max),
                        Expression::Load { .. }
                        | Expression::Compare { .. }
                        | Expression::Logical { .. }
                        | Expression::Select { .. }
                        | Expression::Convert { .. }
                        | Expression::Array(_) => false,
                        Expression::Literal(_)
                        | Expression::Input(_)
                        | Expression::Extent { .. }
                        | Expression::Size(_)
                        | Expression::Rank(_)
                        | Expression::Unary { .. }
                        | Expression::Binary { .. } => true,
                    };
                });
            }
            known &= matches!(self.region.expressions[header.step], Expression::Literal(_));
            let [start, stop, step] =
                [header.start, header.stop, header.step].map(|root| self.converted(root, Ty::INT));
            if !known || [&start, &stop, &step].iter().any(|text| text.contains('?')) {
                continue;
            }
            inside.push(inner);
            let each = self
                .work_of(inner, inside)
                .unwrap_or_else(|| format!("{:?}", self.plan.cost(inner)));
            own -= self.plan.cost(inner) * self.plan.assumed_trips(inner);
            terms.push(format!("{each} * Steps::new({start}, {stop}, {step}).trips() as f64"));
        }
        (!terms.is_empty()).then(|| format!("({:.1} + {})", own.max(0.3), terms.join(" + ")))
    }

    /// The loops in a loop's body, at any depth.
    pub(super) fn loops_in(&self, handle: Handle<Loop>) -> Vec<Handle<Loop>> {
        let mut found = Vec::new();
        ir::visit_statements(self.region, &self.region.loops[handle].body, &mut |statement, _| {
            if let Statement::For(inner) = statement {
                found.push(*inner);
            }
        });
        found
    }

    /// The loops of a block that are in no other loop of it.
    fn direct_loops(&self, block: &ir::Block) -> Vec<Handle<Loop>> {
        let mut found = Vec::new();
        for (statement, _) in &block.statements {
            match statement {
                Statement::For(inner) => found.push(*inner),
                Statement::If { accept, reject, .. } => {
                    found.extend(self.direct_loops(accept));
                    found.extend(self.direct_loops(reject));
                }
                Statement::While { .. }
                | Statement::Assign { .. }
                | Statement::Store(_)
                | Statement::Evaluate(_)
                | Statement::Allocate { .. }
                | Statement::Break
                | Statement::Continue
                | Statement::Leave(_)
                | Statement::Seed(_)
                | Statement::Draw(_)
                | Statement::Raise { .. } => {}
            }
        }
        found
    }
}
