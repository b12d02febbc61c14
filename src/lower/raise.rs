//! `raise` and `assert`.
//!
//! An exception of a known class with a constant string is the kernel's own to raise. Any other (a class of the user's, an
//! f-string, a cause) is Python's: the kernel only finds that it comes, the region is undone, and Python runs it again, so
//! that class, message, cause and traceback are those of the original statement.

use super::lowerer::{Lower, Lowerer};
use super::scope::Home;
use crate::ir::{self, Handle};
use crate::python::{ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

/// What a kernel raises.
type Raised = (ir::Exception, Option<String>);

impl<'a> Lowerer<'a> {
    /// `assert test, message`
    pub(super) fn assertion(&mut self, test: &'a Expression, message: Option<&'a Expression>, span: Span) -> Lower<()> {
        self.region.asserts = true;
        let holds = self.scalar(test)?;
        let condition = self.not(holds, test.span);
        let own = message.map_or(Some(None), |message| constant(message).map(Some));
        let (exception, message) = match own {
            Some(message) => (ir::Exception::AssertionError, message),
            None => (ir::Exception::Python, None),
        };
        self.raise_if(condition, exception, message, span);
        Ok(())
    }

    pub(super) fn raise_if(
        &mut self,
        condition: Handle<ir::Expression>,
        exception: ir::Exception,
        message: Option<String>,
        span: Span,
    ) {
        let mut accept = ir::Block::default();
        accept.push(ir::Statement::Raise { exception, message }, span);
        let reject = ir::Block::default();
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
    }

    /// `raise exception from cause`
    pub(super) fn raise(&mut self, exception: Option<&'a Expression>, cause: Option<&'a Expression>, span: Span) {
        let own = exception.filter(|_| cause.is_none()).and_then(|one| self.own(one));
        let (exception, message) = own.unwrap_or((ir::Exception::Python, None));
        self.push(ir::Statement::Raise { exception, message }, span);
    }

    /// The exception that a kernel can raise itself.
    fn own(&self, exception: &Expression) -> Option<Raised> {
        let (class, arguments) = match &exception.kind {
            ExpressionKind::Call { function, arguments } => (&**function, &arguments[..]),
            _ => (exception, &[][..]),
        };
        let ExpressionKind::Name(name) = &class.kind else {
            return None;
        };
        let scopes = &self.program.scopes;
        let scope = self.frame().scope;
        let builtin = scopes.home(scope, name) == Home::Outside && scopes.stars(scope).next().is_none();
        let known = ir::Exception::find(name).filter(|_| builtin)?;
        match arguments {
            [] => Some((known, None)),
            [only] if only.kind == ArgumentKind::Positional => Some((known, Some(constant(&only.value)?))),
            _ => None,
        }
    }
}

/// A message without parts that the host would fill in.
fn constant(message: &Expression) -> Option<String> {
    let ExpressionKind::String(Some(text)) = &message.kind else {
        return None;
    };
    let plain = !["{a}", "{b}", "{c}"].iter().any(|place| text.contains(place));
    plain.then(|| text.clone())
}
