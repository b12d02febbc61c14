//! Lists that grow where nobody knows how often: in `while` loops, in inner loops whose lengths come up on the way, in several loops.
//!
//! Such a list has no place for every iteration. Where all loops around its appends run in order, its items lie one after the
//! other in an array with room for [`MOST_ROOM`] of them, and a variable tells how many there are: the rewritten file adds as
//! many. A list that outgrows its room is left to Python.

use super::growing::{Growing, Order};
use super::lowerer::{Lower, Lowerer};
use super::own_lists::MOST_ROOM;
use crate::ir::{self, BinaryOp, CompareOp, Dtype, Fill, Handle};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

impl<'a> Lowerer<'a> {
    /// Notes that a list is to grow in order, if it can: the region is lowered once more then.
    pub(super) fn wish_order(&mut self, name: &'a str) {
        let at_once = self
            .frames
            .iter()
            .flat_map(|frame| &frame.loops)
            .any(|one| one.parallel);
        if !at_once {
            self.wishes.insert(name);
        }
    }

    /// The list of that name, which grows in order, at its first append or a later one.
    pub(super) fn growing_in_order(
        &mut self,
        name: &'a str,
        form: ir::GrownForm,
        parts: usize,
        span: Span,
    ) -> Lower<usize> {
        if let Some(at) = self.growing.iter().position(|one| one.name == name) {
            self.require_form(at, form, parts, span)?;
            return Ok(at);
        }
        let wanted = format!("{name}_items");
        let columns = (0..parts).map(|_| self.temporary(&wanted, span)).collect();
        let count = self.temporary(&format!("{name}_count"), span);
        self.growing.push(Growing {
            name,
            form,
            columns,
            order: Order::Counted(count),
            anew: false,
            span,
        });
        Ok(self.growing.len() - 1)
    }

    /// Puts an item behind the others.
    pub(super) fn append_in_order(
        &mut self,
        columns: &[Handle<ir::Variable>],
        count: Handle<ir::Variable>,
        values: Vec<Ex>,
        span: Span,
    ) {
        let values: Vec<Ex> = values.into_iter().map(|value| self.settle(value, "item")).collect();
        let (left, right) = (self.read(count, span), self.int(MOST_ROOM, span));
        let op = CompareOp::GreaterEqual;
        let full = self.add(ir::Expression::Compare { op, left, right }, span);
        self.leave_if(full, "a list that grows has more items than there is room for", span);
        for (column, value) in columns.iter().zip(values) {
            let at = self.read(count, span);
            self.put(*column, vec![at], value, span);
        }
        let (before, one) = (self.read(count, span), self.int(1, span));
        let after = self.binary(BinaryOp::Add, before, one, span);
        self.assign(count, after, span);
    }

    /// Makes the arrays where the region starts.
    pub(super) fn make_room(&mut self, growing: &Growing<'a>, count: Handle<ir::Variable>) {
        let span = growing.span;
        let rest = std::mem::take(&mut self.region.body);
        self.blocks.push(ir::Block::default());
        for column in &growing.columns {
            let room = self.int(MOST_ROOM, span);
            self.make_into(*column, (Fill::Empty, Dtype::Kept), vec![room], span);
        }
        let none = self.int(0, span);
        self.assign(count, none, span);
        self.region.body = self.blocks.pop().unwrap_or_default();
        self.region.body.statements.extend(rest.statements);
    }
}
