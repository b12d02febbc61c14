//! Containment: `x in (1, 2, 3)`, `x in range(a, b)`, `x not in items`.
//!
//! Python takes an item that is the very object for equal to it, which NaN is not; a loop that looks for NaN is left to Python.

use super::iterate::Run;
use super::known::{Known, Space};
use super::lowerer::{Lower, Lowerer};
use super::paths::expressions_of;
use super::value::{List, Value};
use crate::ir::{self, BinaryOp, CompareOp, Handle, LogicalOp};
use crate::python::walk::{self, Use};
use crate::python::{CompareOperator, ComprehensionKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

const SOUGHT: &str = "NaN is looked for among items";

impl<'a> Lowerer<'a> {
    /// `one in items`, `one not in items`
    pub(super) fn containment(
        &mut self,
        one: &'a Expression,
        operator: CompareOperator,
        items: &'a Expression,
        span: Span,
    ) -> Lower<Ex> {
        let held = self.contains(one, items, span)?;
        let held = self.python_bool(held, span);
        Ok(match operator {
            CompareOperator::NotIn => self.not(held, span),
            _ => held,
        })
    }

    fn contains(&mut self, one: &'a Expression, items: &'a Expression, span: Span) -> Lower<Ex> {
        let written = match &items.kind {
            ExpressionKind::Set(items) => {
                let items: Vec<&'a Expression> = items.iter().collect();
                Some(self.values(&items)?)
            }
            _ => self.known_items(items)?,
        };
        if let Some(items) = written {
            return self.is_one_of(one, items, span);
        }
        let sought = self.scalar(one)?;
        let sought = self.settle(sought, "sought");
        if let ExpressionKind::Call { function, arguments } = &items.kind
            && matches!(self.value(function)?, Value::Known(Known::Space(Space::Range)))
        {
            let range = self.range(arguments, span)?;
            return Ok(self.is_in_range(sought, &range, span));
        }
        self.leave_if_nan(sought, SOUGHT, span);
        let found = self.temporary("found", span);
        let no = self.truth(false, span);
        self.assign(found, no, span);
        self.each(items, span, None, &mut |this, item| {
            let item = this.number(item, span)?;
            let equal = this.comparison_of(CompareOp::Equal, item, sought, span);
            let yes = this.truth(true, span);
            let mut accept = ir::Block::default();
            accept.push(
                ir::Statement::Assign {
                    variable: found,
                    value: yes,
                },
                span,
            );
            this.push_if(equal, accept, span);
            Ok(())
        })?;
        Ok(self.read(found, span))
    }

    /// Whether a name is to hold a set in which items are only looked for: a list does as well.
    pub(super) fn is_only_sought(&self, name: &str, value: &Expression) -> bool {
        let is_set = matches!(
            value.kind,
            ExpressionKind::Comprehension {
                kind: ComprehensionKind::Set,
                ..
            }
        );
        if !is_set {
            return false;
        }
        let mut sought = 0;
        for statement in self.suites.last().copied().unwrap_or_default() {
            let body = std::slice::from_ref(statement);
            walk::statements(body, &mut |statement| {
                for expression in expressions_of(statement) {
                    walk::expressions(expression, &mut |part| sought += usize::from(looks_in(part, name)));
                }
            });
        }
        let reads = self
            .frame()
            .uses
            .iter()
            .filter(|this| this.name == name && this.how != Use::Bind);
        reads.count() == sought
    }

    /// The items of a set comprehension, some perhaps more than once.
    pub(super) fn set_of(&mut self, set: &'a Expression, span: Span) -> Lower<List> {
        match &set.kind {
            ExpressionKind::Comprehension { element, clauses, .. } => {
                self.counted_first(set, element, clauses, ir::Dtype::Kept, span)
            }
            _ => Err(self.refuse_expression(span, "this set cannot be translated")),
        }
    }

    /// A truth value that is no bool of NumPy's, whatever has been compared.
    pub(super) fn python_bool(&mut self, operand: Ex, span: Span) -> Ex {
        let to = ir::Conversion::Bool;
        self.add(ir::Expression::Convert { to, operand }, span)
    }

    /// What is compared may be the very object that it is compared with, and equal to Python for that, which NaN is not.
    pub(super) fn leave_if_nan(&mut self, compared: Ex, why: &str, span: Span) {
        let unequal = self.comparison_of(CompareOp::NotEqual, compared, compared, span);
        self.leave_if(unequal, why, span);
    }

    /// Whether a number is written out, and is not NaN.
    pub(super) fn is_written_number(&self, one: Ex) -> bool {
        match self.region.expressions[one] {
            ir::Expression::Literal(ir::Literal::Float(value)) => !value.is_nan(),
            ir::Expression::Literal(_) => true,
            _ => false,
        }
    }

    pub(super) fn comparison_of(&mut self, op: CompareOp, left: Ex, right: Ex, span: Span) -> Ex {
        self.add(ir::Expression::Compare { op, left, right }, span)
    }

    /// `one in (a, b, c)`
    fn is_one_of(&mut self, one: &'a Expression, items: Vec<Value<'a>>, span: Span) -> Lower<Ex> {
        let one = self.scalar(one)?;
        let left = self.settle(one, "sought");
        // All items are evaluated, also where one of the first is equal.
        let mut numbers = Vec::new();
        for item in items {
            let number = self.number(item, span)?;
            numbers.push(self.settle(number, "item"));
        }
        if !numbers.iter().all(|one| self.is_written_number(*one)) {
            self.leave_if_nan(left, SOUGHT, span);
        }
        let mut held = None;
        for right in numbers {
            let equal = self.comparison_of(CompareOp::Equal, left, right, span);
            held = Some(match held {
                None => equal,
                Some(left) => {
                    let (op, right) = (LogicalOp::Or, equal);
                    self.add(ir::Expression::Logical { op, left, right }, span)
                }
            });
        }
        Ok(match held {
            Some(held) => held,
            None => self.truth(false, span),
        })
    }

    /// `sought in range(start, stop, step)`: between the ends, and as far from 0 as the start is, by steps.
    fn is_in_range(&mut self, sought: Ex, &Run { start, stop, step, .. }: &Run, span: Span) -> Ex {
        let zero = self.int(0, span);
        if self.literal(step).is_none_or(|step| step == 0) {
            let none = self.comparison_of(CompareOp::Equal, step, zero, span);
            let message = Some("range() arg 3 must not be zero".to_owned());
            self.raise_if(none, ir::Exception::ValueError, message, span);
        }
        let below = self.comparison_of(CompareOp::LessEqual, start, sought, span);
        let above = self.comparison_of(CompareOp::Less, sought, stop, span);
        let rising = self.both(below, above, span);
        let between = match self.literal(step) {
            Some(1..) => rising,
            _ => {
                let below = self.comparison_of(CompareOp::GreaterEqual, start, sought, span);
                let above = self.comparison_of(CompareOp::Greater, sought, stop, span);
                let falling = self.both(below, above, span);
                let condition = self.comparison_of(CompareOp::Greater, step, zero, span);
                let choice = ir::Expression::Select {
                    condition,
                    accept: rising,
                    reject: falling,
                };
                self.add(choice, span)
            }
        };
        let (left, right) = (
            self.binary(BinaryOp::Modulo, sought, step, span),
            self.binary(BinaryOp::Modulo, start, step, span),
        );
        let on_a_step = self.comparison_of(CompareOp::Equal, left, right, span);
        self.both(between, on_a_step, span)
    }

    pub(super) fn both(&mut self, left: Ex, right: Ex, span: Span) -> Ex {
        let op = LogicalOp::And;
        self.add(ir::Expression::Logical { op, left, right }, span)
    }
}

/// `… in name`, `… not in name`
fn looks_in(expression: &Expression, name: &str) -> bool {
    match &expression.kind {
        ExpressionKind::Compare { operands, operators } => {
            matches!(operators[..], [CompareOperator::In | CompareOperator::NotIn])
                && matches!(&operands[1].kind, ExpressionKind::Name(other) if other == name)
        }
        _ => false,
    }
}
