//! `found = [f(x) for x in xs if …]` whose list is wanted after the region: a list that is made there, and grows in the loops of the
//! comprehension (`growing`).

use super::comprehension::parts;
use super::growing::Order;
use super::lowerer::{Lower, Lowerer};
use super::scope::ScopeKind;
use crate::ir;
use crate::python::{Expression, ExpressionKind};
use crate::source::Span;

impl<'a> Lowerer<'a> {
    /// `name = [… for …]` of a name that the region uses nowhere else, if that is what it is.
    pub(super) fn gathers(&mut self, name: &'a str, value: &'a Expression, span: Span) -> Lower<bool> {
        let is_list = matches!(
            value.kind,
            ExpressionKind::Comprehension {
                kind: crate::python::ComprehensionKind::List,
                ..
            }
        );
        let Some((element, clauses)) = parts(value).filter(|_| is_list) else {
            return Ok(false);
        };
        let in_function = matches!(self.program.scopes.get(self.scope).kind, ScopeKind::Function(_));
        let seen = self.exact || !in_function || self.program.scopes.is_declared(self.scope, name);
        let top = self.frames.len() == 1 && self.blocks.len() == 1;
        let alone = self.frames[0].uses.iter().filter(|this| this.name == name).count() == 1;
        if seen || !top || !alone || !self.live.contains(name) {
            return Ok(false);
        }
        let own = self.array_annotated.iter().position(|(place, _)| *place == span);
        let annotated = own.map(|at| self.array_annotated.remove(at).1);
        let mark = self.mark();
        self.gathering = true;
        let done = self.rounds(value, clauses, None, &mut |this| this.grow(name, element, element.span));
        self.gathering = false;
        done?;
        let made = self.block().statements[mark..]
            .iter()
            .find_map(|(statement, _)| match statement {
                ir::Statement::For(counted) => Some(*counted),
                _ => None,
            });
        let grown = self.growing.iter_mut().find(|one| one.name == name);
        match (made, grown) {
            (Some(counted), Some(grown)) if matches!(grown.order, Order::Places { .. }) => {
                grown.anew = true;
                self.annotate(annotated, counted, 1);
                Ok(true)
            }
            _ => Err(self.refuse_expression(value.span, "this list is not made by a loop")),
        }
    }
}
