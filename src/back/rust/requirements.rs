//! What must hold for a launch to run natively at all: tested before either variant.

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::ir::{self, Array, Condition, Expression, Handle, Input, SideTable};

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
                Condition::Apart { a, b, or_identical, .. } => {
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
        if a == b {
            return Some(format!("!{}.overlaps_itself()", self.array(a)));
        }
        let same = or_identical && self.types.array(a) == self.types.array(b);
        let mut test = disjoint(&self.array(a), &self.array(b), same);
        for array in [a, b] {
            if self.facts.is_written(array) {
                test += &format!(" && !{}.overlaps_itself()", self.array(array));
            }
        }
        Some(test)
    }

    /// Whether a launch has been asked already that no two elements of an array lie at one place.
    pub(super) fn is_required_apart(&self, array: Handle<Array>) -> bool {
        let mut conditions = self.region.requirements.iter().map(|one| &one.condition);
        conditions.any(|one| matches!(one, Condition::Apart { a, b, .. } if (*a, *b) == (array, array)))
    }

    /// Where an operand shares elements with what is assigned: puts a copy in its place. `device`: one may have newer elements.
    pub(super) fn copied_operands(&self, out: &mut Writer, device: bool) {
        let mut operands: Vec<(Handle<Input>, Vec<String>)> = Vec::new();
        for requirement in &self.region.requirements {
            let Condition::Apart {
                a,
                b,
                or_identical,
                or_copied: true,
            } = requirement.condition
            else {
                continue;
            };
            let (Some(target), Some(input)) = (self.input_of(a), self.input_of(b)) else {
                continue;
            };
            if target == input {
                continue;
            }
            let same = or_identical && self.types.array(a) == self.types.array(b);
            let test = disjoint(&self.input_name(target), &self.input_name(input), same);
            match operands.iter_mut().find(|(other, _)| *other == input) {
                Some((_, tests)) => tests.push(test),
                None => operands.push((input, vec![test])),
            }
        }
        for (input, mut tests) in operands {
            tests.sort();
            tests.dedup();
            let (name, test) = (self.input_name(input), tests.join(" && "));
            out.line("// The right side is evaluated before anything is stored.");
            let first = if device { "readable(launch.host())?; " } else { "" };
            out.line(format!(
                "let mut copied_{} = if {test} {{ None }} else {{ {first}unsafe {{ Copied::of(&{name}) }} }};",
                self.region.inputs[input].name
            ));
            out.line(format!(
                "let {name} = copied_{}.as_mut().map_or({name}, Copied::view);",
                self.region.inputs[input].name
            ));
        }
    }

    fn input_name(&self, input: Handle<Input>) -> String {
        names::rust(&self.region.inputs[input].name)
    }

    /// The number of the first requirement's reason: those of the fast variant stand before.
    pub(super) fn first_requirement(&self) -> usize {
        let own = match self.plan.fast() {
            Ok(()) => self.facts.overlaps().len() + self.plan.conditions().len(),
            Err(_) => 1,
        };
        super::launch::REASONS.len() + own
    }

    /// The number of the reason of a [`Statement::Leave`](ir::Statement::Leave): such reasons are the last ones.
    pub(super) fn leave_reason(&self, why: &str) -> usize {
        let place = self.leaves().into_iter().position(|one| one == why);
        self.first_requirement() + self.region.requirements.len() + place.unwrap_or_default()
    }

    /// The reasons for which statements leave the region to Python, each once.
    pub(super) fn leaves(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        ir::visit_statements(self.region, &self.region.body, &mut |statement, _| {
            if let ir::Statement::Leave(why) = statement
                && !reasons.contains(why)
            {
                reasons.push(why.clone());
            }
        });
        reasons
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

/// The test that two views share no element, or, where allowed, all of them in the same order.
fn disjoint(first: &str, second: &str, or_same: bool) -> String {
    if or_same {
        format!("(!{first}.overlaps(&{second}) || {first}.same_elements(&{second}))")
    } else {
        format!("!{first}.overlaps(&{second})")
    }
}
