//! How a name for a list is used: whether another name for the list could come about.
//!
//! It may be bound to displays, made longer, subscripted by a number, iterated, tested, and passed to functions that only read it.

use super::paths::expressions_of;
use crate::python::walk;
use crate::python::{
    ArgumentKind, BinaryOperator, CompareOperator, ComprehensionClause, Expression, ExpressionKind, Statement,
    StatementKind, UnaryOperator,
};

/// The longest display that such a list starts with.
const LONGEST: usize = 64;

/// How a name is used by statements.
#[derive(Default)]
pub(super) struct Seen<'a> {
    /// The functions that it is passed to.
    pub(super) readers: Vec<&'a Expression>,
    /// How many numbers its items have, of each that is written.
    pub(super) widths: Vec<Option<usize>>,
    pub(super) appends: usize,
    /// Whether it is used in a way in which another name for the list could come about.
    pub(super) otherwise: bool,
}

impl<'a> Seen<'a> {
    pub(super) fn statements(&mut self, body: &'a [Statement], name: &str) {
        walk::statements(body, &mut |statement| self.statement(statement, name));
    }

    fn statement(&mut self, statement: &'a Statement, name: &str) {
        let is_name = |one: &Expression| matches!(&one.kind, ExpressionKind::Name(other) if other == name);
        match &statement.kind {
            StatementKind::Assign(node) if node.targets.len() == 1 && is_name(&node.targets[0]) => {
                match &node.value.kind {
                    ExpressionKind::List(items) if items.len() <= LONGEST => {
                        self.widths.extend(items.iter().map(width));
                        items.iter().for_each(|item| self.expression(item, name));
                    }
                    _ => self.otherwise = true,
                }
            }
            StatementKind::Expression(value) => match &value.kind {
                ExpressionKind::Call { function, arguments } => match (&function.kind, &arguments[..]) {
                    (ExpressionKind::Attribute { value, attribute }, [item])
                        if is_name(value) && attribute.text == "append" =>
                    {
                        self.appends += 1;
                        self.widths.push(width(&item.value));
                        self.expression(&item.value, name);
                    }
                    (ExpressionKind::Attribute { value, attribute }, [])
                        if is_name(value) && attribute.text == "clear" => {}
                    _ => self.expression(value, name),
                },
                _ => self.expression(value, name),
            },
            StatementKind::If(node) => self.test(&node.test, name),
            StatementKind::While(node) => self.test(&node.test, name),
            StatementKind::For(node) => {
                let mentions = |one: &Expression| walk::names_of(one).iter().any(|this| this.name == name);
                let changed = mentions(&node.iterable) && {
                    let mut inside = Self::default();
                    inside.statements(&node.body, name);
                    inside.changes() || changes_in(&node.body, name)
                };
                self.otherwise |= changed;
                if !is_name(&node.iterable) {
                    self.expression(&node.iterable, name);
                }
                self.expression(&node.target, name);
            }
            StatementKind::Function(_) | StatementKind::Class(_) => {
                self.otherwise |= walk::names(statement).iter().any(|this| this.name == name);
            }
            StatementKind::Assign(_)
            | StatementKind::AnnotatedAssign(_)
            | StatementKind::AugmentedAssign(_)
            | StatementKind::Return(_)
            | StatementKind::Assert { .. }
            | StatementKind::Match(_) => {
                for one in expressions_of(statement) {
                    self.expression(one, name);
                }
            }
            StatementKind::Pass
            | StatementKind::Break
            | StatementKind::Continue
            | StatementKind::Global(_)
            | StatementKind::Nonlocal(_)
            | StatementKind::Import(_) => {}
            StatementKind::With(_)
            | StatementKind::Try(_)
            | StatementKind::Raise { .. }
            | StatementKind::Delete(_)
            | StatementKind::Unsupported { .. }
            | StatementKind::Error { .. } => {
                self.otherwise |= walk::names(statement).iter().any(|this| this.name == name);
            }
        }
    }

    fn changes(&self) -> bool {
        self.appends > 0 || !self.widths.is_empty()
    }

    /// What is only asked for its truth.
    fn test(&mut self, test: &'a Expression, name: &str) {
        match &test.kind {
            ExpressionKind::Name(_) => {}
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => self.test(operand, name),
            ExpressionKind::Logical { operands, .. } => operands.iter().for_each(|one| self.test(one, name)),
            _ => self.expression(test, name),
        }
    }

    fn expression(&mut self, expression: &'a Expression, name: &str) {
        let is_name = |one: &Expression| matches!(&one.kind, ExpressionKind::Name(other) if other == name);
        match &expression.kind {
            ExpressionKind::Name(other) => self.otherwise |= other == name,
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => self.test(operand, name),
            ExpressionKind::Subscript { value, index } if is_name(value) => {
                self.otherwise |= matches!(index.kind, ExpressionKind::Tuple(_));
                self.expression(index, name);
            }
            // A list of its own.
            ExpressionKind::Binary {
                operator: BinaryOperator::Add,
                left,
                right,
            } => {
                for operand in [left, right] {
                    if !is_name(operand) {
                        self.expression(operand, name);
                    }
                }
            }
            ExpressionKind::Call { function, arguments } => {
                match &function.kind {
                    ExpressionKind::Attribute { value, attribute } if is_name(value) => {
                        self.otherwise |= attribute.text != "pop" || !arguments.is_empty();
                    }
                    _ => self.expression(function, name),
                }
                for argument in arguments {
                    if argument.kind == ArgumentKind::Positional && is_name(&argument.value) {
                        self.readers.push(function);
                    } else {
                        self.expression(&argument.value, name);
                    }
                }
            }
            ExpressionKind::Compare { operands, operators } => {
                let contained = matches!(operators[..], [CompareOperator::In | CompareOperator::NotIn]);
                for (at, operand) in operands.iter().enumerate() {
                    if !(contained && at == 1 && is_name(operand)) {
                        self.expression(operand, name);
                    }
                }
            }
            ExpressionKind::Conditional { test, then, otherwise } => {
                self.test(test, name);
                self.expression(then, name);
                self.expression(otherwise, name);
            }
            ExpressionKind::Comprehension {
                element,
                value,
                clauses,
                ..
            } => {
                self.expression(element, name);
                value.iter().for_each(|value| self.expression(value, name));
                for clause in clauses {
                    match clause {
                        ComprehensionClause::For { target, iterable, .. } => {
                            self.expression(target, name);
                            if !is_name(iterable) {
                                self.expression(iterable, name);
                            }
                        }
                        ComprehensionClause::If(test) => self.test(test, name),
                    }
                }
            }
            ExpressionKind::Lambda { .. } => {
                self.otherwise |= walk::names_of(expression).iter().any(|this| this.name == name);
            }
            _ => expression
                .children()
                .into_iter()
                .for_each(|child| self.expression(child, name)),
        }
    }
}

/// Whether a body takes items off a list.
fn changes_in(body: &[Statement], name: &str) -> bool {
    let mut found = false;
    walk::statements(body, &mut |statement| {
        for one in expressions_of(statement) {
            walk::expressions(one, &mut |part| {
                if let ExpressionKind::Attribute { value, attribute } = &part.kind
                    && matches!(&value.kind, ExpressionKind::Name(other) if other == name)
                {
                    found |= matches!(attribute.text.as_str(), "pop" | "clear");
                }
            });
        }
    });
    found
}

/// How many numbers an item has that is written so; `None`: it is a number.
fn width(item: &Expression) -> Option<usize> {
    match &item.kind {
        ExpressionKind::Tuple(items) | ExpressionKind::List(items) => Some(items.len()),
        _ => None,
    }
}
