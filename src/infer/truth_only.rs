//! Which expressions are used for their truth only.

use crate::ir::{
    ArrayOrigin, Condition, Conversion, Element, Expression, Function, Handle, Region, SideTable, Statement, Ufunc,
    UnaryOp, visit_statements,
};

/// For each expression, whether no use of it asks for more than its truth.
pub(super) fn truth_only(region: &Region) -> SideTable<Expression, bool> {
    let mut uses = Uses {
        region,
        truth_only: SideTable::filled(&region.expressions, true),
    };
    visit_statements(region, &region.body, &mut |statement, _| match statement {
        Statement::If { condition, .. } | Statement::While { condition, .. } => uses.truth(*condition),
        Statement::For(handle) => {
            let header = &region.loops[*handle];
            for bound in [header.start, header.stop, header.step] {
                uses.value(bound);
            }
            if let Some(annotation) = &header.annotation {
                let chunk = annotation.schedule.and_then(|(_, chunk)| chunk);
                chunk
                    .into_iter()
                    .chain(annotation.num_threads)
                    .for_each(|e| uses.value(e));
                annotation.condition.into_iter().for_each(|e| uses.truth(e));
            }
        }
        Statement::Assign { .. }
        | Statement::Store(_)
        | Statement::Evaluate(_)
        | Statement::Seed(_)
        | Statement::Draw(_) => {
            for root in statement.roots(region) {
                uses.value(root);
            }
        }
        Statement::Allocate { array, .. } => {
            for root in statement.roots(region) {
                uses.value(root);
            }
            if let ArrayOrigin::Local {
                element: Element::Of(value),
                ..
            } = region.arrays[*array].origin
            {
                uses.value(value);
            }
        }
        Statement::Break | Statement::Continue | Statement::Leave(_) | Statement::Raise { .. } => {}
    });
    for spread in &region.spreads {
        uses.value(spread.to);
    }
    for requirement in &region.requirements {
        if let Condition::Holds(condition) = requirement.condition {
            uses.truth(condition);
        }
    }
    uses.truth_only
}

struct Uses<'r> {
    region: &'r Region,
    truth_only: SideTable<Expression, bool>,
}

impl Uses<'_> {
    /// The value is used.
    fn value(&mut self, handle: Handle<Expression>) {
        self.truth_only[handle] = false;
        match &self.region.expressions[handle] {
            Expression::Logical { left, right, .. } => {
                self.value(*left);
                self.value(*right);
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => {
                self.truth(*condition);
                self.value(*accept);
                self.value(*reject);
            }
            _ => self.operands(handle),
        }
    }

    /// The truth is used.
    fn truth(&mut self, handle: Handle<Expression>) {
        match &self.region.expressions[handle] {
            Expression::Logical { left, right, .. } => {
                self.truth(*left);
                self.truth(*right);
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => {
                self.truth(*condition);
                self.truth(*accept);
                self.truth(*reject);
            }
            _ => self.operands(handle),
        }
    }

    /// What an operation, which is no choice, uses of its operands.
    fn operands(&mut self, handle: Handle<Expression>) {
        let expression = &self.region.expressions[handle];
        for (position, operand) in crate::ir::children(expression).into_iter().enumerate() {
            if tests(expression, position) {
                self.truth(operand);
            } else {
                self.value(operand);
            }
        }
    }
}

/// Whether an operation only tests the truth of an operand.
fn tests(expression: &Expression, position: usize) -> bool {
    match expression {
        Expression::Unary { op: UnaryOp::Not, .. }
        | Expression::Convert {
            to: Conversion::Bool, ..
        } => true,
        Expression::Call {
            function: Function::Numpy(ufunc),
            ..
        } => match ufunc {
            Ufunc::LogicalAnd | Ufunc::LogicalNot | Ufunc::LogicalOr | Ufunc::LogicalXor => true,
            Ufunc::Where => position == 0,
            _ => false,
        },
        _ => false,
    }
}
