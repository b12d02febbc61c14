//! Statements that are no loops and no assignments.

use super::known::Library;
use super::lowerer::{Binding, Lower, Lowerer};
use super::returns::{may_return, never_passes};
use super::value::Value;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir;
use crate::pragma::DirectiveKind;
use crate::python::walk::{self, Use};
use crate::python::{Expression, ExpressionKind, If, Import, Statement, StatementKind};
use crate::source::Span;

impl<'a> Lowerer<'a> {
    /// Statements in order. In the region itself a statement that cannot be translated is noted and the next one is
    /// tried, so that the user hears of all of them at once.
    pub(super) fn suite(&mut self, statements: &'a [Statement]) -> Lower<()> {
        self.suites.push(statements);
        let result = self.knowing(&[], |this| this.suite_statements(statements));
        self.suites.pop();
        result
    }

    fn suite_statements(&mut self, statements: &'a [Statement]) -> Lower<()> {
        for (index, statement) in statements.iter().enumerate() {
            if let Err(diagnostic) = self.statement(statement) {
                if self.frame().call.is_some() {
                    return Err(diagnostic);
                }
                self.diagnostics.push(*diagnostic);
            }
            if never_passes(statement) {
                return Ok(());
            }
            if let StatementKind::If(node) = &statement.kind
                && node.body.iter().any(never_passes)
                && node.otherwise.is_empty()
            {
                // What follows runs only where the test did not hold.
                let proven = self.proven_by(&node.test);
                self.proven.extend(proven.when_false);
            }
            if may_return(statement) && self.frame().loops.is_empty() && index + 1 < statements.len() {
                return self.unless_returned(&statements[index + 1..], statement.span);
            }
        }
        Ok(())
    }

    /// What follows a statement that may have returned from the function being inlined.
    fn unless_returned(&mut self, statements: &'a [Statement], span: Span) -> Lower<()> {
        let Some(flag) = self.frame().returns.flag else {
            return self.suite(statements);
        };
        let returned = self.read(flag, span);
        let condition = self.not(returned, span);
        let ((), accept) = self.nested(|this| this.suite(statements))?;
        let reject = ir::Block::default();
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

    pub(super) fn statement(&mut self, statement: &'a Statement) -> Lower<()> {
        let span = statement.span;
        self.array_directive(statement)?;
        match &statement.kind {
            StatementKind::Assign(node) => self.assignment(node, span),
            StatementKind::AnnotatedAssign(node) => match &node.value {
                Some(value) => self.assign_to(&node.target, value, span),
                None => Ok(()),
            },
            StatementKind::AugmentedAssign(node) => {
                let atomic = self.program.directives.on(statement).is_some();
                self.update(node, atomic, span)
            }
            StatementKind::If(node) => self.branching(node, span),
            StatementKind::For(node) => self.looping(|this| this.for_loop(statement, node)),
            StatementKind::While(node) => self.looping(|this| this.while_loop(statement, node)),
            StatementKind::Break => self.break_out(span),
            StatementKind::Continue => {
                self.push(ir::Statement::Continue, span);
                Ok(())
            }
            StatementKind::Return(value) => {
                self.returns(value.as_ref(), span)?;
                if self.frame().loops.is_empty() {
                    return Ok(());
                }
                self.break_out(span)
            }
            StatementKind::Expression(value) => match self.changes_own_list(value)? || self.appends(value)? {
                true => Ok(()),
                false => match self.not_own_list(value) {
                    Some(diagnostic) => Err(diagnostic),
                    None => self.evaluate(value),
                },
            },
            StatementKind::Assert { test, message } => self.assertion(test, message.as_ref(), span),
            StatementKind::Raise { exception, cause } => {
                if let Some(why) = self.told_by_written(exception.as_ref(), "RuntimeError") {
                    self.push(ir::Statement::Leave(why), span);
                    return Ok(());
                }
                if let Some(why) = self.told_by_written(exception.as_ref(), "NotImplementedError") {
                    if self.blocks.len() == self.frame().blocks {
                        return Err(self.refuse(Code::UnsupportedCall, span, why));
                    }
                    // Under a condition on ranks, which are not known yet.
                    let exception = ir::Exception::Python;
                    let message = Some(why);
                    self.push(ir::Statement::Raise { exception, message }, span);
                    return Ok(());
                }
                self.raise(exception.as_ref(), cause.as_ref(), span);
                Ok(())
            }
            StatementKind::Import(import) if self.frame().call.is_some() => self.import(import, span),
            // Declarations concern the whole function; the scopes know them.
            StatementKind::Pass | StatementKind::Global(_) | StatementKind::Nonlocal(_) => Ok(()),
            StatementKind::Function(function) => self.define(function, span),
            StatementKind::Match(node) => self.matching(node, span),
            StatementKind::Delete(targets) => self.delete(targets),
            StatementKind::Class(_)
            | StatementKind::With(_)
            | StatementKind::Try(_)
            | StatementKind::Import(_)
            | StatementKind::Unsupported { .. }
            | StatementKind::Error { .. } => Err(self.outside_subset_statement(statement)),
        }
    }

    /// Notes the directive of an array statement, which concerns the loops it becomes.
    pub(super) fn array_directive(&mut self, statement: &'a Statement) -> Lower<()> {
        // Functions that are inlined may be of other files.
        if self.frame().call.is_some() {
            return Ok(());
        }
        let row = self.program.file.row(statement.span.start);
        if let Some(directive) = self.program.directives.on(statement)
            && directive.kind == DirectiveKind::Parallel
        {
            self.running = Some((directive, row));
        }
        let assigns = matches!(
            statement.kind,
            StatementKind::Assign(_)
                | StatementKind::AnnotatedAssign(_)
                | StatementKind::AugmentedAssign(_)
                | StatementKind::Return(Some(_))
        );
        match self.running {
            Some((directive, next)) if assigns && next == row => {
                let last = self.program.file.row(statement.span.end.max(1) - 1);
                self.running = Some((directive, last + 1));
                let annotated = self.clauses(directive)?;
                self.array_annotated.push((statement.span, annotated));
            }
            _ => self.running = None,
        }
        Ok(())
    }

    fn outside_subset_statement(&self, statement: &Statement) -> Box<Diagnostic> {
        let (what, help) = match &statement.kind {
            StatementKind::Class(_) => ("a class defined inside the loop", "define it before the loop"),
            StatementKind::With(_) => ("`with`", "put the loop inside the `with` block"),
            StatementKind::Try(_) => ("`try`", "put the loop inside the `try` block, or test before computing"),
            StatementKind::Import(_) => ("an import inside the loop", "import at the top of the file"),
            StatementKind::Unsupported { what, .. } => (*what, "only the numeric subset can be translated"),
            _ => ("this statement", "only the numeric subset can be translated"),
        };
        let place = self.program.first_line(statement.span);
        let diagnostic = self.refuse_statement(place, format!("{what} cannot be translated"));
        Box::new(diagnostic.help(help))
    }

    fn branching(&mut self, node: &'a If, span: Span) -> Lower<()> {
        if let Some(truth) = self.static_truth(&node.test)? {
            return self.suite(if truth { &node.body } else { &node.otherwise });
        }
        let condition = self.tested(&node.test)?;
        let proven = self.proven_by(&node.test);
        let ((), accept) = self.knowing(&proven.when_true, |this| this.nested(|this| this.suite(&node.body)))?;
        let ((), reject) = self.knowing(&proven.when_false, |this| {
            this.nested(|this| this.suite(&node.otherwise))
        })?;
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

    /// An expression for the sake of its effects, or of its failing.
    fn evaluate(&mut self, expression: &'a Expression) -> Lower<()> {
        if matches!(expression.kind, ExpressionKind::String(_) | ExpressionKind::Ellipsis) {
            return Ok(());
        }
        let value = self.value(expression)?;
        self.evaluate_value(value, expression.span)
    }

    fn evaluate_value(&mut self, value: Value<'a>, span: Span) -> Lower<()> {
        match value {
            Value::Tuple(items) => items.into_iter().try_for_each(|item| self.evaluate_value(item, span)),
            // Whether it is there or not, it is computed.
            Value::Optional(..)
            | Value::None
            | Value::Text(_)
            | Value::List(_)
            | Value::Places(_)
            | Value::Library(_)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Shape(_)
            | Value::Generator(..)
            | Value::Draw(..) => Ok(()),
            value @ (Value::Scalar(_) | Value::Path(_) | Value::Element(..)) => {
                let handle = self.number(value, span)?;
                self.push(ir::Statement::Evaluate(handle), span);
                Ok(())
            }
        }
    }

    /// An import inside a function being inlined binds names of that function.
    fn import(&mut self, import: &'a Import, span: Span) -> Lower<()> {
        for imported in &import.names {
            let path = &imported.path.text;
            let value = match &import.from {
                Some(from) => match Library::find(from) {
                    Some(library) => self.member(library, path, span)?,
                    None => return Err(self.refuse_statement(span, "this import cannot be translated")),
                },
                None => match Library::find(path) {
                    Some(library) => Value::Library(library),
                    None => return Err(self.refuse_statement(span, "this import cannot be translated")),
                },
            };
            self.frame_mut().locals.insert(imported.bound(), Binding::Value(value));
        }
        Ok(())
    }
}

/// The names that each `for` of a body binds, with the place of that loop's body.
pub(super) fn target_bodies(body: &[Statement]) -> Vec<(Vec<&str>, Span)> {
    let mut found = Vec::new();
    walk::statements(body, &mut |statement| {
        if let StatementKind::For(node) = &statement.kind {
            let bound = walk::names_of_target(&node.target)
                .into_iter()
                .filter(|this| this.how == Use::Bind)
                .map(|this| this.name);
            found.push((bound.collect(), suite_span(&node.body)));
        }
    });
    found
}

/// From the first statement to the end of the last.
pub(super) fn suite_span(body: &[Statement]) -> Span {
    match body {
        [first, .., last] => first.span.join(last.span),
        [only] => only.span,
        [] => Span::default(),
    }
}
