//! `del` of local names.
//!
//! A kernel's variables always have values. So a name may be deleted where its whole life is in the list of statements that has
//! the `del`: assigned there, read there, deleted there, and wanted nowhere else. Nothing has to be done then.

use super::lowerer::{Lower, Lowerer};
use super::statement::suite_span;
use crate::diagnostics::Diagnostic;
use crate::python::walk::{self, Use};
use crate::python::{Expression, ExpressionKind, Statement, StatementKind};

impl<'a> Lowerer<'a> {
    /// `del targets`
    pub(super) fn delete(&mut self, targets: &'a [Expression]) -> Lower<()> {
        for target in targets {
            match &target.kind {
                ExpressionKind::Name(name) => self.delete_name(name, target)?,
                ExpressionKind::Tuple(items) | ExpressionKind::List(items) => self.delete(items)?,
                ExpressionKind::Subscript { .. } => {
                    return Err(self.refuse_statement(target.span, "items of arrays cannot be deleted"));
                }
                _ => return Err(self.refuse_statement(target.span, "this `del` cannot be translated")),
            }
        }
        Ok(())
    }

    fn delete_name(&self, name: &str, target: &Expression) -> Lower<()> {
        let statements = self.suites.last().copied().unwrap_or_default();
        let inside = suite_span(statements);
        let frame = self.frame();
        let mut uses = frame.uses.iter().filter(|this| this.name == name);
        let alone =
            uses.all(|this| inside.contains(this.span) && matches!(this.how, Use::Read | Use::Bind | Use::Delete));
        let wanted = frame.call.is_none() && self.live.contains(name);
        if alone && !wanted && frame.own.contains(name) && lives_within(statements, name) {
            return Ok(());
        }
        Err(self.may_be_missed(name, target))
    }

    fn may_be_missed(&self, name: &str, target: &Expression) -> Box<Diagnostic> {
        let message = format!("`{name}` is deleted, but may be wanted elsewhere");
        let diagnostic = self.refuse_statement(target.span, message);
        Box::new(diagnostic.help("leave the variable alone: it costs nothing"))
    }
}

/// Whether every read of a name and every `del` of it in these statements surely finds it assigned by one of them.
fn lives_within(statements: &[Statement], name: &str) -> bool {
    let mut assigned = false;
    for statement in statements {
        let uses = walk::names(statement);
        let uses_of = |how: Use| uses.iter().any(|this| this.name == name && this.how == how);
        let nested = !statement.kind.bodies().is_empty();
        if uses_of(Use::Delete) {
            if nested || !assigned {
                return false;
            }
            assigned = false;
            continue;
        }
        if uses_of(Use::Read) && !assigned {
            return false;
        }
        if let StatementKind::Assign(node) = &statement.kind {
            let bound = node.targets.iter().flat_map(walk::names_of_target);
            assigned |= bound.into_iter().any(|this| this.name == name && this.how == Use::Bind);
        }
    }
    true
}
