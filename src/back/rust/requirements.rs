//! What must hold for a launch to run natively at all: tested before either variant.

use super::region::Scene;
use crate::back::writer::Writer;
use crate::ir::{self, Array, Condition, Expression, Handle, SideTable};

impl Scene<'_> {
    /// The function that gives 0, or the number of the reason why the launch is Python's; nothing, if nothing is required.
    pub(super) fn requirements(&self, out: &mut Writer, parameters: &str) {
        if self.region.requirements.is_empty() {
            return;
        }
        out.line("/// What must hold for the loop to run natively: gives 0, or why it does not.");
        out.open(format!("unsafe fn requirements({parameters}) -> u32"));
        for (position, requirement) in self.region.requirements.iter().enumerate() {
            let reason = self.first_requirement() + position;
            let (row, text) = (self.row(requirement.span), &requirement.otherwise);
            out.line(format!("// {row}: else {}", text.replace('\n', " ")));
            match requirement.condition {
                Condition::Holds(root) => {
                    out.line(format!(
                        "let holds = || -> Checked<bool> {{ Ok({}) }};",
                        self.truth(root)
                    ));
                    out.line(format!("if !holds().unwrap_or(false) {{ return {reason}; }}"));
                }
                Condition::Apart { a, b, or_identical } => {
                    if let Some(test) = self.apart(a, b, or_identical) {
                        out.line(format!("if !({test}) {{ return {reason}; }}"));
                    }
                }
            }
        }
        out.line("0");
        out.close("");
        out.line("");
    }

    /// The test that two arrays share no element; `None`: nobody else has storage of the region's own.
    fn apart(&self, a: Handle<Array>, b: Handle<Array>, or_identical: bool) -> Option<String> {
        if self.is_local(a) || self.is_local(b) {
            return None;
        }
        let (first, second) = (self.array(a), self.array(b));
        let same = or_identical && self.types.array(a) == self.types.array(b);
        let mut test = if same {
            format!("(!{first}.overlaps(&{second}) || {first}.same_elements(&{second}))")
        } else {
            format!("!{first}.overlaps(&{second})")
        };
        for array in [a, b] {
            if self.facts.is_written(array) {
                test += &format!(" && !{}.overlaps_itself()", self.array(array));
            }
        }
        Some(test)
    }

    /// The number of the first requirement's reason: those of the fast variant stand before.
    pub(super) fn first_requirement(&self) -> usize {
        let own = match self.plan.fast() {
            Ok(()) => self.facts.overlaps().len() + self.plan.conditions().len(),
            Err(_) => 1,
        };
        super::launch::REASONS.len() + own
    }

    /// The number of the reason of [`Statement::Leave`](ir::Statement::Leave), which is the last one.
    pub(super) fn leave_reason(&self) -> usize {
        self.first_requirement() + self.region.requirements.len()
    }

    /// Whether a statement leaves the region to Python.
    pub(super) fn leaves(&self) -> bool {
        let mut leaves = false;
        ir::visit_statements(self.region, &self.region.body, &mut |statement, _| {
            leaves |= *statement == ir::Statement::Leave;
        });
        leaves
    }

    /// The expressions that the variants evaluate; requirements are evaluated before.
    pub(super) fn evaluated(&self) -> SideTable<Expression, bool> {
        let mut table = SideTable::filled(&self.region.expressions, true);
        let each = |table: &mut SideTable<Expression, bool>, root, value| {
            ir::visit_expressions(self.region, root, &mut |one| table[one] = value);
        };
        for requirement in &self.region.requirements {
            if let Condition::Holds(root) = requirement.condition {
                each(&mut table, root, false);
            }
        }
        ir::visit_statements(self.region, &self.region.body, &mut |statement, _| {
            for root in statement.roots(self.region) {
                each(&mut table, root, true);
            }
        });
        for (_, header) in self.region.loops.iter() {
            let annotation = header.annotation.as_ref();
            let chunk = annotation.and_then(|one| one.schedule).and_then(|(_, chunk)| chunk);
            let threads = annotation.and_then(|one| one.num_threads);
            let condition = annotation.and_then(|one| one.condition);
            for root in [chunk, threads, condition].into_iter().flatten() {
                each(&mut table, root, true);
            }
        }
        table
    }
}
