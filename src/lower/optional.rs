//! Values that may be `None`: a number, or a tuple of them, beside a flag that says whether it is there.
//!
//! A function that returns a value on some ways and `None` on others gives one, and so does a name that is assigned `None` and, on
//! other ways, numbers, in the region or before it. `x is None` asks for the flag; of what only comes from outside, it asks the
//! signature ([`ir::ArrayFunction::IsGiven`]). Wherever the value is needed, it must be there, or the loop is left to Python,
//! which knows what to raise; a test before, `if x is not None:` or `x is None or …`, makes that certain. While it is not there, its
//! variables hold [`ir::Literal::Nothing`].

use std::collections::HashSet;

use super::lowerer::{Binding, Lower, Lowerer};
use super::value::{Path, Value};
use crate::diagnostics::Diagnostic;
use crate::ir::{self, Handle};
use crate::python::walk;
use crate::python::{
    CompareOperator, Expression, ExpressionKind, LogicalOperator, Parameter, Statement, StatementKind, UnaryOperator,
};
use crate::source::Span;

type Ex = Handle<ir::Expression>;
type Flag = Handle<ir::Variable>;

/// Which values are there where a condition came out true, and where it came out false.
#[derive(Clone, Debug, Default)]
pub(super) struct Proven {
    pub(super) when_true: Vec<Flag>,
    pub(super) when_false: Vec<Flag>,
}

impl<'a> Lowerer<'a> {
    /// `name = value` of a name that is `None` on some ways.
    pub(super) fn bind_optional(&mut self, name: &'a str, place: Span, value: Value<'a>, span: Span) -> Lower<()> {
        let depth = self.frames.len() - 1;
        // What a `for` binds may be bound by none of its iterations; another function's names have flags of their own.
        let targets = &self.frames[depth].targets;
        if targets.iter().any(|(names, _)| names.contains(&name)) || self.owner(name) != Some(depth) {
            return Err(self.not_optional(name, place));
        }
        let (there, variable) = match self.frames[depth].locals.get(name) {
            Some(Binding::Optional(there, value)) => match **value {
                Binding::Variable(variable) => (*there, variable),
                _ => return Err(self.not_optional(name, place)),
            },
            Some(_) => return Err(self.not_optional(name, place)),
            None => self.make_optional(depth, name, place),
        };
        match value {
            Value::None => {
                let nothing = self.add(ir::Expression::Literal(ir::Literal::Nothing), place);
                self.assign(variable, nothing, span);
                self.set_there(there, false, span);
            }
            Value::Optional(other, value) => {
                let value = match *value {
                    Value::Scalar(value) => value,
                    _ => return Err(self.not_optional(name, place)),
                };
                self.assign(variable, value, span);
                let is_there = self.read(other, span);
                self.assign(there, is_there, span);
                self.unset.push(there);
                self.proven.retain(|flag| *flag != there);
            }
            value => {
                let value = self.number(value, place)?;
                self.assign(variable, value, span);
                self.set_there(there, true, span);
            }
        }
        Ok(())
    }

    /// The flag and the variable of a name that may be `None`, at its first use.
    pub(super) fn make_optional(&mut self, depth: usize, name: &'a str, place: Span) -> (Flag, Handle<ir::Variable>) {
        let variable = self.variable_in(depth, name, place);
        let there = self.temporary(&format!("{name}_is_there"), place);
        self.region.variables[variable].there = Some(there);
        let binding = Binding::Optional(there, Box::new(Binding::Variable(variable)));
        self.frames[depth].locals.insert(name, binding);
        (there, variable)
    }

    /// Whether an input is not `None`, which the signature says.
    pub(super) fn is_given(&mut self, path: &Path, span: Span) -> Ex {
        let input = self.input(path, span);
        let form = ir::ArrayForm::Call {
            function: ir::ArrayFunction::IsGiven(input),
            arguments: Vec::new(),
        };
        self.add(ir::Expression::Array(form), span)
    }

    /// Says that a value is there, or not.
    pub(super) fn set_there(&mut self, there: Flag, is_there: bool, span: Span) {
        let value = self.truth(is_there, span);
        self.assign(there, value, span);
        if !is_there {
            self.unset.push(there);
            self.proven.retain(|flag| *flag != there);
        }
    }

    fn not_optional(&self, name: &str, place: Span) -> Box<Diagnostic> {
        let message = format!("`{name}` is `None` on some ways, and no number on others or read before");
        let diagnostic = self.refuse_statement(place, message);
        Box::new(diagnostic.help("use a name of its own for it, or start with a number that means the same"))
    }

    /// A value that must be there.
    pub(super) fn present(&mut self, there: Flag, value: Value<'a>, span: Span) -> Value<'a> {
        if !self.proven.contains(&there) {
            let is_there = self.read(there, span);
            let missing = self.not(is_there, span);
            self.leave_if(missing, "a value that is needed is `None`", span);
        }
        value
    }

    /// `accept if condition else None`, or the other way round.
    pub(super) fn optional_choice(
        &mut self,
        condition: Ex,
        (then, otherwise): (&'a Expression, &'a Expression),
        span: Span,
    ) -> Lower<Value<'a>> {
        let (there, variable) = (self.temporary("is_there", span), self.temporary("chosen", span));
        let choose = |this: &mut Self, chosen: &'a Expression| {
            this.nested(|this| {
                let value = match this.value(chosen)? {
                    Value::None => this.add(ir::Expression::Literal(ir::Literal::Nothing), span),
                    value => this.number(value, chosen.span)?,
                };
                this.assign(variable, value, span);
                let is_there = !matches!(chosen.kind, ExpressionKind::None);
                this.set_there(there, is_there, span);
                Ok(())
            })
        };
        let ((), accept) = choose(self, then)?;
        let ((), reject) = choose(self, otherwise)?;
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
        let value = Value::Scalar(self.read(variable, span));
        Ok(Value::Optional(there, Box::new(value)))
    }

    // Tests

    /// `value is None`, `value is not None`
    pub(super) fn is_none(&mut self, value: &'a Expression, operator: CompareOperator, span: Span) -> Lower<Ex> {
        let none = match self.value(value)? {
            Value::None => self.truth(true, span),
            Value::Optional(there, _) => {
                let there = self.read(there, span);
                self.not(there, span)
            }
            Value::Path(path) => {
                let given = self.is_given(&path, span);
                self.not(given, span)
            }
            value @ (Value::Scalar(_) | Value::Element(..)) => {
                let number = self.number(value, span)?;
                self.push(ir::Statement::Evaluate(number), span);
                self.truth(false, span)
            }
            _ => self.truth(false, span),
        };
        Ok(match operator {
            CompareOperator::IsNot => self.not(none, span),
            _ => none,
        })
    }

    /// What a condition that has been lowered says about values that may be missing.
    pub(super) fn proven_by(&self, test: &Expression) -> Proven {
        match &test.kind {
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => {
                let Proven { when_true, when_false } = self.proven_by(operand);
                Proven {
                    when_true: when_false,
                    when_false: when_true,
                }
            }
            ExpressionKind::Logical { operator, operands } => {
                let each: Vec<Proven> = operands.iter().map(|operand| self.proven_by(operand)).collect();
                match operator {
                    LogicalOperator::And => Proven {
                        when_true: each.into_iter().flat_map(|one| one.when_true).collect(),
                        when_false: Vec::new(),
                    },
                    LogicalOperator::Or => Proven {
                        when_true: Vec::new(),
                        when_false: each.into_iter().flat_map(|one| one.when_false).collect(),
                    },
                }
            }
            ExpressionKind::Compare { operands, operators } => match (&operands[..], &operators[..]) {
                ([name, none], [operator]) if matches!(none.kind, ExpressionKind::None) => {
                    let flag = self.flag_of(name).into_iter().collect();
                    match operator {
                        CompareOperator::Is => Proven {
                            when_true: Vec::new(),
                            when_false: flag,
                        },
                        CompareOperator::IsNot => Proven {
                            when_true: flag,
                            when_false: Vec::new(),
                        },
                        _ => Proven::default(),
                    }
                }
                _ => Proven::default(),
            },
            _ => Proven::default(),
        }
    }

    fn flag_of(&self, name: &Expression) -> Option<Flag> {
        self.flag_of_name(name_of(name)?)
    }

    /// The flag of a name that may be `None`.
    pub(super) fn flag_of_name(&self, name: &str) -> Option<Flag> {
        match self.frames[self.owner(name)?].locals.get(name) {
            Some(Binding::Optional(there, _)) => Some(*there),
            _ => None,
        }
    }

    /// Lowers a part where more values are known to be there.
    pub(super) fn knowing<T>(&mut self, proven: &[Flag], part: impl FnOnce(&mut Self) -> Lower<T>) -> Lower<T> {
        let mut before = self.proven.clone();
        let mark = self.unset.len();
        self.proven.extend(proven);
        let result = part(self);
        before.retain(|flag| !self.unset[mark..].contains(flag));
        self.proven = before;
        result
    }

    /// Lowers a loop: what is known before it need not hold in its later iterations.
    pub(super) fn looping<T>(&mut self, part: impl FnOnce(&mut Self) -> Lower<T>) -> Lower<T> {
        let before = std::mem::take(&mut self.proven);
        let mark = self.unset.len();
        let result = part(self);
        self.proven = before;
        let unset = self.unset[mark..].to_vec();
        self.proven.retain(|flag| !unset.contains(flag));
        result
    }
}

/// The names that a body assigns `None`, and otherwise assigns in statements alone.
pub(super) fn optional_names(body: &[Statement]) -> HashSet<&str> {
    let mut none = HashSet::new();
    let mut counted = HashSet::new();
    walk::statements(body, &mut |statement| match &statement.kind {
        StatementKind::Assign(node) if matches!(node.value.kind, ExpressionKind::None) => {
            none.extend(node.targets.iter().filter_map(name_of));
        }
        StatementKind::Assign(node) => {
            if let ([target], ExpressionKind::Tuple(values)) = (&node.targets[..], &node.value.kind)
                && let ExpressionKind::Tuple(targets) = &target.kind
            {
                let pairs = targets.iter().zip(values);
                let missing = pairs.filter(|(_, value)| matches!(value.kind, ExpressionKind::None));
                none.extend(missing.filter_map(|(target, _)| name_of(target)));
            }
        }
        StatementKind::For(node) => {
            counted.extend(walk::names_of_target(&node.target).into_iter().map(|this| this.name));
        }
        _ => {}
    });
    none.retain(|name| !counted.contains(name));
    none
}

/// The names that may be `None` before the statements of a region, as far as anything there or in them says so.
pub(super) fn given_as_none<'a>(
    parameters: &'a [Parameter],
    around: &'a [Statement],
    statements: &'a [Statement],
) -> HashSet<&'a str> {
    let mut found = optional_names(around);
    let is_none = |one: &Expression| matches!(one.kind, ExpressionKind::None);
    let by_default = parameters
        .iter()
        .filter(|one| one.default.as_ref().is_some_and(is_none));
    found.extend(by_default.map(|one| one.name.text.as_str()));
    walk::statements(statements, &mut |statement| {
        for expression in super::paths::expressions_of(statement) {
            walk::expressions(expression, &mut |part| {
                if let ExpressionKind::Compare { operands, .. } = &part.kind
                    && let [value, none] = &operands[..]
                    && is_none(none)
                {
                    found.extend(name_of(value));
                }
            });
        }
    });
    found
}

fn name_of(target: &Expression) -> Option<&str> {
    match &target.kind {
        ExpressionKind::Name(name) => Some(name),
        _ => None,
    }
}

/// Whether a function gives a value on some ways, and nothing on others.
pub(super) fn gives_some(body: &[Statement]) -> bool {
    let (mut value, mut nothing) = (false, !body.iter().any(super::returns::never_passes));
    let mut pending: Vec<&Statement> = body.iter().collect();
    while let Some(statement) = pending.pop() {
        match &statement.kind {
            StatementKind::Return(None) => nothing = true,
            StatementKind::Return(Some(given)) => match given.kind {
                ExpressionKind::None => nothing = true,
                _ => value = true,
            },
            StatementKind::Function(_) | StatementKind::Class(_) => {}
            kind => pending.extend(kind.bodies().into_iter().flatten()),
        }
    }
    value && nothing
}
