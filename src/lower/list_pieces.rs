//! Lists put together from others: `[a, b] + [f(k) for k in range(n)]`, `[a, b] * n`.
//!
//! The parts are evaluated in order, and then copied into an array of the length of all.

use super::lists::is_list;
use super::lowerer::{Binding, Lower, Lowerer};
use super::value::{List, Value};
use crate::ir::{self, BinaryOp, Dtype, Handle};
use crate::python::{BinaryOperator, Expression, ExpressionKind, walk};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// A part of a list.
enum Piece {
    /// Numbers, evaluated.
    Items(Vec<Ex>),
    /// A list of the region, and its length.
    List(List, Ex),
}

/// `left + right`
pub(super) fn sum(expression: &Expression) -> Option<(&Expression, &Expression)> {
    operands(expression, BinaryOperator::Add)
}

/// Both sides of an operator.
pub(super) fn operands(expression: &Expression, wanted: BinaryOperator) -> Option<(&Expression, &Expression)> {
    match &expression.kind {
        ExpressionKind::Binary { operator, left, right } if *operator == wanted => Some((left, right)),
        _ => None,
    }
}

/// `[a, b] * count`, `count * [a, b]`, of several items. By another name the count may be an array, and NumPy multiplies.
pub(super) fn several_times(expression: &Expression) -> Option<(&[Expression], &Expression)> {
    let (left, right) = operands(expression, BinaryOperator::Multiply)?;
    match (&left.kind, &right.kind) {
        (ExpressionKind::List(items), _) if items.len() > 1 && is_count(right) => Some((items, right)),
        (_, ExpressionKind::List(items)) if items.len() > 1 && is_count(left) => Some((items, left)),
        _ => None,
    }
}

/// Whether an expression is plainly a Python int.
fn is_count(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Integer(_) => true,
        ExpressionKind::Call { function, .. } => matches!(&function.kind, ExpressionKind::Name(name) if name == "len"),
        _ => false,
    }
}

impl<'a> Lowerer<'a> {
    /// Whether an expression makes a list: by its form, or because it adds lists of the region.
    pub(super) fn makes_list(&self, expression: &Expression) -> bool {
        let is_one = |part: &Expression| self.makes_list(part) || self.names_list(part);
        is_list(expression) || sum(expression).is_some_and(|(left, right)| is_one(left) && is_one(right))
    }

    /// Whether an expression is a list of the region by its name, or one in it, or a slice of these.
    fn names_list(&self, expression: &Expression) -> bool {
        self.depth_of(expression).is_some_and(|depth| depth > 0)
    }

    /// How deep the items lie in a list of the region that has a name.
    fn depth_of(&self, expression: &Expression) -> Option<usize> {
        match &expression.kind {
            ExpressionKind::Name(name) => match self.frames[self.owner(name)?].locals.get(name.as_str())? {
                Binding::OwnList(at) => Some(self.own_lists[*at].depth()),
                Binding::Value(Value::List(list)) => Some(list.rank - list.subscripts.len()),
                _ => None,
            },
            ExpressionKind::Subscript { value, index } => {
                let taken = usize::from(!matches!(index.kind, ExpressionKind::Slice { .. }));
                self.depth_of(value)?.checked_sub(taken)
            }
            _ => None,
        }
    }

    /// A sum of lists, or a list of several items that is repeated; `None`: it is neither.
    pub(super) fn pieced_together(&mut self, list: &'a Expression, dtype: Dtype, span: Span) -> Lower<Option<List>> {
        if let Some((items, count)) = several_times(list) {
            return self.repeated_items(items, count, dtype, span).map(Some);
        }
        if sum(list).is_none() {
            return Ok(None);
        }
        let mut parts = Vec::new();
        flatten(list, &mut parts);
        let names = parts.iter().any(|part| self.names_list(part));
        if names && parts.iter().any(|part| may_change_lists(part)) {
            return Err(self.refuse_expression(list.span, "a list that is added is changed on the way"));
        }
        let mut pieces = Vec::new();
        for part in parts {
            pieces.push(self.piece(part)?);
        }
        let mut length = self.int(0, span);
        let mut starts = Vec::new();
        for piece in &pieces {
            starts.push(length);
            let more = match piece {
                Piece::Items(items) => self.int(items.len() as i64, span),
                Piece::List(_, count) => *count,
            };
            length = self.sum_of(length, more, span);
        }
        let variable = self.made(vec![length], dtype, span);
        for (piece, start) in pieces.into_iter().zip(starts) {
            match piece {
                Piece::Items(items) => {
                    for (place, item) in items.into_iter().enumerate() {
                        let place = self.int(place as i64, span);
                        let at = self.sum_of(start, place, span);
                        self.put(variable, vec![at], item, span);
                    }
                }
                Piece::List(part, count) => {
                    let array = self.array_in(part.variable);
                    let zero = self.int(0, span);
                    self.repeat(zero, count, span, &mut |this, at| {
                        let subscripts = part.subscripts.iter().copied().chain([at]).collect();
                        let item = this.add(ir::Expression::Load { array, subscripts }, span);
                        let place = this.sum_of(start, at, span);
                        this.put(variable, vec![place], item, span);
                        Ok(())
                    })?;
                }
            }
        }
        Ok(Some(numbers_in(variable)))
    }

    /// `list[start:stop:step]`, which is a list of its own.
    pub(super) fn slice_of_list(&mut self, list: List, index: &'a Expression) -> Lower<List> {
        let span = index.span;
        let mark = self.mark();
        let more = self.indices(index)?;
        let mut subscripts = list.subscripts;
        self.keep(&mut subscripts, mark);
        subscripts.extend(more);
        let base = self.read(list.variable, span);
        let part = self.form(ir::ArrayForm::Index { base, subscripts }, span);
        let view = self.temporary("part", span);
        self.assign(view, part, span);
        let array = self.array_in(view);
        let count = self.add(ir::Expression::Extent { array, axis: 0 }, span);
        let variable = self.made(vec![count], Dtype::Kept, span);
        let zero = self.int(0, span);
        self.repeat(zero, count, span, &mut |this, at| {
            let subscripts = vec![at];
            let item = this.add(ir::Expression::Load { array, subscripts }, span);
            this.put(variable, vec![at], item, span);
            Ok(())
        })?;
        Ok(numbers_in(variable))
    }

    fn piece(&mut self, part: &'a Expression) -> Lower<Piece> {
        if let ExpressionKind::List(items) = &part.kind
            && !items.iter().any(|item| self.makes_list(item))
        {
            let items: Vec<&'a Expression> = items.iter().collect();
            return Ok(Piece::Items(self.settled_items(&items)?));
        }
        let list = if self.makes_list(part) {
            self.collected(part, Dtype::Kept, part.span)?
        } else {
            match self.value(part)? {
                Value::List(list) => list,
                _ => return Err(self.refuse_expression(part.span, "only a list can be added to a list here")),
            }
        };
        if list.rank != list.subscripts.len() + 1 {
            return Err(self.refuse_expression(part.span, "lists of lists cannot be added here"));
        }
        let subscripts = list.subscripts.into_iter().map(|one| self.settle(one, "row")).collect();
        let list = List { subscripts, ..list };
        let count = self.list_length(&list, part.span);
        Ok(Piece::List(list, count))
    }

    /// `[a, b] * count`
    fn repeated_items(
        &mut self,
        items: &'a [Expression],
        count: &'a Expression,
        dtype: Dtype,
        span: Span,
    ) -> Lower<List> {
        if items.iter().any(|item| self.makes_list(item)) {
            return Err(self.refuse_expression(span, "several lists that are repeated cannot be translated"));
        }
        let items: Vec<&'a Expression> = items.iter().collect();
        let width = items.len() as i64;
        let items = self.settled_items(&items)?;
        let count = self.scalar(count)?;
        let count = self.settle(count, "count");
        let count = self.at_least_zero(count, span);
        let each = self.int(width, span);
        let length = self.binary(BinaryOp::Multiply, count, each, span);
        let variable = self.made(vec![length], dtype, span);
        let zero = self.int(0, span);
        self.repeat(zero, count, span, &mut |this, at| {
            let each = this.int(width, span);
            let start = this.binary(BinaryOp::Multiply, at, each, span);
            for (place, item) in items.iter().enumerate() {
                let place = this.int(place as i64, span);
                let at = this.sum_of(start, place, span);
                this.put(variable, vec![at], *item, span);
            }
            Ok(())
        })?;
        Ok(numbers_in(variable))
    }

    /// Numbers, each evaluated before the next, and all before what follows.
    fn settled_items(&mut self, items: &[&'a Expression]) -> Lower<Vec<Ex>> {
        let mut done = Vec::new();
        for item in items {
            let value = self.scalar(item)?;
            done.push(self.settle(value, "item"));
        }
        Ok(done)
    }

    fn sum_of(&mut self, left: Ex, right: Ex, span: Span) -> Ex {
        match (self.literal(left), self.literal(right)) {
            (Some(0), _) => right,
            (_, Some(0)) => left,
            (Some(a), Some(b)) => self.int(a + b, span),
            _ => self.binary(BinaryOp::Add, left, right, span),
        }
    }
}

fn numbers_in(variable: Handle<ir::Variable>) -> List {
    List {
        variable,
        subscripts: Vec::new(),
        rank: 1,
        shared: false,
    }
}

/// What is added, in order.
fn flatten<'e>(list: &'e Expression, parts: &mut Vec<&'e Expression>) {
    match sum(list) {
        Some((left, right)) => {
            flatten(left, parts);
            flatten(right, parts);
        }
        None => parts.push(list),
    }
}

/// Whether evaluating an expression may change a list, or what a name stands for.
fn may_change_lists(expression: &Expression) -> bool {
    let mut found = false;
    walk::expressions(expression, &mut |part| {
        found |= match &part.kind {
            ExpressionKind::Walrus { .. } => true,
            ExpressionKind::Call { function, .. } => {
                matches!(&function.kind, ExpressionKind::Attribute { attribute, .. } if attribute.text == "pop")
            }
            _ => false,
        };
    });
    found
}
