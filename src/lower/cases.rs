//! `match` on numbers: literals, alternatives, captures, guards, tuples of these.
//!
//! The subject is evaluated once; each case is a condition and what it binds. A capture binds before the guard is tried, and
//! stays bound when the guard fails, as in CPython.

use super::lowerer::{Binding, Lower, Lowerer};
use super::scope::Home;
use crate::diagnostics::Diagnostic;
use crate::ir::{self, Handle};
use crate::python::walk::{self, Use};
use crate::python::{Expression, ExpressionKind, Match, MatchCase, Name, Pattern, PatternKind, UnaryOperator};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// When a pattern matches (`None`: always), and what it binds then.
#[derive(Default)]
struct Test<'a> {
    condition: Option<Ex>,
    captures: Vec<(&'a Name, Binding<'a>)>,
}

impl<'a> Lowerer<'a> {
    /// `match subject: cases`
    pub(super) fn matching(&mut self, node: &'a Match, span: Span) -> Lower<()> {
        let value = self.value(&node.subject)?;
        // The cases read it again and again, and may bind names that it reads.
        let subject = self.kept(value, "subject");
        self.cases(&node.cases, (&node.subject, &subject), span)
    }

    fn cases(&mut self, cases: &'a [MatchCase], subject: (&'a Expression, &Binding<'a>), span: Span) -> Lower<()> {
        let Some((case, rest)) = cases.split_first() else {
            return Ok(());
        };
        let Test { condition, captures } = self.pattern(&case.pattern, subject)?;
        let place = case.pattern.span;
        let mut again = Vec::new();
        let condition = match (&case.guard, condition) {
            (None, None) => {
                self.capture(captures, place)?;
                return self.suite(&case.body);
            }
            (None, Some(condition)) => {
                let ((), accept) = self.nested(|this| {
                    this.capture(captures, place)?;
                    this.suite(&case.body)
                })?;
                return self.or_else(condition, accept, rest, subject, span);
            }
            (Some(guard), None) => {
                self.capture(captures, place)?;
                self.scalar(guard)?
            }
            (Some(guard), Some(condition)) => {
                // Bound once more where the guard holds: that they have values there is then plain to see.
                let changed = |name: &Name| {
                    walk::names_of(guard)
                        .iter()
                        .any(|this| this.name == name.text && this.how != Use::Read)
                };
                again = captures.iter().filter(|(name, _)| !changed(name)).cloned().collect();
                let (holds, block) = self.nested(|this| {
                    this.capture(captures, place)?;
                    this.scalar(guard)
                })?;
                self.join(ir::LogicalOp::And, condition, holds, block, place)?
            }
        };
        let ((), accept) = self.nested(|this| {
            this.capture(again, place)?;
            this.suite(&case.body)
        })?;
        self.or_else(condition, accept, rest, subject, span)
    }

    fn or_else(
        &mut self,
        condition: Ex,
        accept: ir::Block,
        rest: &'a [MatchCase],
        subject: (&'a Expression, &Binding<'a>),
        span: Span,
    ) -> Lower<()> {
        let ((), reject) = self.nested(|this| this.cases(rest, subject, span))?;
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
        Ok(())
    }

    fn capture(&mut self, captures: Vec<(&'a Name, Binding<'a>)>, span: Span) -> Lower<()> {
        captures.into_iter().try_for_each(|(name, binding)| {
            let value = self.bound(&binding, name.span);
            self.bind_name(&name.text, name.span, value, span)
        })
    }

    fn pattern(&mut self, pattern: &'a Pattern, subject: (&'a Expression, &Binding<'a>)) -> Lower<Test<'a>> {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Wildcard => Ok(Test::default()),
            PatternKind::Capture(name) => Ok(Test {
                condition: None,
                captures: vec![(name, subject.1.clone())],
            }),
            PatternKind::As(inner, name) => {
                let mut test = self.pattern(inner, subject)?;
                test.captures.push((name, subject.1.clone()));
                Ok(test)
            }
            PatternKind::Literal(literal) | PatternKind::Value(literal) => {
                let condition = Some(self.equals(literal, subject)?);
                let captures = Vec::new();
                Ok(Test { condition, captures })
            }
            PatternKind::Or(alternatives) => self.alternatives(alternatives, subject),
            PatternKind::Sequence(items) => self.sequence(items, subject, span),
            PatternKind::Unsupported(what) => {
                let diagnostic = self.refuse_statement(span, format!("{what} in a `case` cannot be translated"));
                let patterns = "numbers, alternatives of them (`1 | 2`), `_`, names and tuples of these are translated";
                Err(Box::new(diagnostic.help(patterns)))
            }
        }
    }

    fn alternatives(&mut self, all: &'a [Pattern], subject: (&'a Expression, &Binding<'a>)) -> Lower<Test<'a>> {
        let mut condition: Option<Ex> = None;
        for pattern in all {
            let test = self.pattern(pattern, subject)?;
            if !test.captures.is_empty() {
                return Err(self.refuse_statement(pattern.span, "a name bound by one of several alternatives"));
            }
            let Some(this) = test.condition else {
                return Ok(Test::default());
            };
            condition = Some(match condition {
                None => this,
                Some(before) => {
                    let or = ir::Expression::Logical {
                        op: ir::LogicalOp::Or,
                        left: before,
                        right: this,
                    };
                    self.add(or, pattern.span)
                }
            });
        }
        Ok(Test {
            condition,
            captures: Vec::new(),
        })
    }

    /// A tuple's items, each against its pattern.
    fn sequence(
        &mut self,
        items: &'a [Pattern],
        subject: (&'a Expression, &Binding<'a>),
        span: Span,
    ) -> Lower<Test<'a>> {
        let (ExpressionKind::Tuple(written), Binding::Tuple(values)) = (&subject.0.kind, subject.1) else {
            // A number is no sequence.
            let condition = match subject.1 {
                Binding::Leaf(_) => Some(self.truth(false, span)),
                _ => return Err(self.refuse_statement(span, "a sequence in a `case` whose subject is no tuple")),
            };
            let captures = Vec::new();
            return Ok(Test { condition, captures });
        };
        if values.len() != items.len() {
            let condition = Some(self.truth(false, span));
            let captures = Vec::new();
            return Ok(Test { condition, captures });
        }
        let mut whole = Test::default();
        for ((item, written), value) in items.iter().zip(written).zip(values) {
            let test = self.pattern(item, (written, value))?;
            whole.captures.extend(test.captures);
            whole.condition = match (whole.condition, test.condition) {
                (Some(left), Some(right)) => {
                    let op = ir::LogicalOp::And;
                    Some(self.add(ir::Expression::Logical { op, left, right }, span))
                }
                (one, None) | (None, one) => one,
            };
        }
        Ok(whole)
    }

    /// `subject == literal`; `subject is literal` for a truth value.
    fn equals(&mut self, literal: &'a Expression, subject: (&'a Expression, &Binding<'a>)) -> Lower<Ex> {
        let span = literal.span;
        match &literal.kind {
            // No number is equal to one of these.
            ExpressionKind::None | ExpressionKind::String(_) => Ok(self.truth(false, span)),
            ExpressionKind::Bool(wanted) => {
                let builtin = self.program.scopes.home(self.frame().scope, "bool") == Home::Outside;
                if !(builtin && is_python_bool(subject.0)) {
                    return Err(self.truth_by_identity(span));
                }
                let value = self.bound(subject.1, span);
                let value = self.number(value, span)?;
                Ok(if *wanted { value } else { self.not(value, span) })
            }
            _ => {
                let value = self.bound(subject.1, span);
                let left = self.number(value, span)?;
                let right = self.scalar(literal)?;
                let op = ir::CompareOp::Equal;
                Ok(self.add(ir::Expression::Compare { op, left, right }, span))
            }
        }
    }

    fn truth_by_identity(&self, span: Span) -> Box<Diagnostic> {
        let message = "`case` compares a truth value by identity: NumPy's are never `True` itself";
        let diagnostic = self.refuse_statement(span, message);
        Box::new(diagnostic.help("match `bool(…)`, or use `if`"))
    }
}

/// Whether an expression is a Python bool whatever its operands are.
fn is_python_bool(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Bool(_) => true,
        ExpressionKind::Unary { operator, .. } => *operator == UnaryOperator::Not,
        ExpressionKind::Logical { operands, .. } => operands.iter().all(is_python_bool),
        ExpressionKind::Call { function, .. } => matches!(&function.kind, ExpressionKind::Name(name) if name == "bool"),
        _ => false,
    }
}
