//! Lists that are kept: in a local array of the region.
//!
//! Its length is what the clauses of the comprehension give; where they have conditions, or ranges that depend on each other, they
//! run once to count and once to fill. A list's items keep Python's numbers as they are ([`ir::Element::Listed`]); `np.array` of
//! one converts them.

use super::comprehension::{Clauses, parts, targets_of};
use super::iterate::{Item, Iteration};
use super::list_pieces::{operands, several_times, sum};
use super::lowerer::{Lower, Lowerer};
use super::value::{List, Value};
use crate::diagnostics::Diagnostic;
use crate::ir::{self, ArrayFunction, BinaryOp, Dtype, Fill, Function, Handle};
use crate::python::walk::{self, Use};
use crate::python::{BinaryOperator, ComprehensionClause, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// One axis of what nested lists become.
enum Level<'a> {
    /// `[… for target in …]`, its iterations counted from 0.
    Loop(&'a Expression, Span, Ex, Item),
    /// `[…] * n`
    Times(Ex),
    /// `[a, b]`
    Items(&'a [Expression]),
}

/// `[item] * count`, `count * [item]`
fn repetition(expression: &Expression) -> Option<(&Expression, &Expression)> {
    let (left, right) = operands(expression, BinaryOperator::Multiply)?;
    let single = |list: &'_ Expression| match &list.kind {
        ExpressionKind::List(items) => matches!(items[..], [_]),
        _ => false,
    };
    let (list, count) = match (single(left), single(right)) {
        (true, false) => (left, right),
        (false, true) => (right, left),
        _ => return None,
    };
    match &list.kind {
        ExpressionKind::List(items) => Some((&items[0], count)),
        _ => None,
    }
}

/// Whether an expression makes a list, as far as its form tells.
pub(super) fn is_list(expression: &Expression) -> bool {
    matches!(&expression.kind, ExpressionKind::List(items) if !items.is_empty())
        || matches!(
            &expression.kind,
            ExpressionKind::Comprehension {
                kind: crate::python::ComprehensionKind::List,
                ..
            }
        )
        || repetition(expression).is_some()
        || several_times(expression).is_some()
        || sum(expression).is_some_and(|(left, right)| is_list(left) && is_list(right))
}

impl<'a> Lowerer<'a> {
    // Kept

    /// A list in an array of the region: a display, a comprehension, `[x] * n`.
    pub(super) fn collected(&mut self, list: &'a Expression, dtype: Dtype, span: Span) -> Lower<List> {
        if let Some((element, clauses)) = parts(list)
            && (clauses.len() > 1 || self.is_nest(clauses)?)
        {
            return self.counted_first(list, element, clauses, dtype, span);
        }
        if let Some(list) = self.pieced_together(list, dtype, span)? {
            return Ok(list);
        }
        let mut levels: Vec<(&'a Expression, Level<'a>)> = Vec::new();
        let (mut part, mut outer): (&'a Expression, Vec<&'a str>) = (list, Vec::new());
        loop {
            // Without outer items NumPy sees no inner axis, and Python evaluates nothing of it.
            if let Some((_, Level::Loop(_, _, count, _) | Level::Times(count))) = levels.last()
                && (is_list(part) || is_display(part))
            {
                self.leave_unless_some(*count, span);
            }
            if let Some((element, clauses)) = parts(part) {
                let [ComprehensionClause::For { target, iterable, .. }] = clauses else {
                    return Err(self.ragged(part.span));
                };
                self.require_apart(iterable, &outer)?;
                let Iteration::Single(run) = self.iteration(iterable, targets_of(target))? else {
                    return Err(self.ragged(part.span));
                };
                let (count, item) = self.counted_from_zero(run, part.span);
                let bound = walk::names_of_target(target);
                outer.extend(bound.iter().filter(|this| this.how == Use::Bind).map(|this| this.name));
                levels.push((part, Level::Loop(target, part.span, count, item)));
                part = element;
            } else if let Some((item, count)) = repetition(part) {
                self.require_apart(count, &outer)?;
                let count = self.scalar(count)?;
                let count = self.settle(count, "count");
                levels.push((part, Level::Times(count)));
                part = item;
            } else if let ExpressionKind::List(items) | ExpressionKind::Tuple(items) = &part.kind {
                if items.is_empty() || items.iter().any(|item| is_list(item) || is_display(item)) {
                    return self.literal_list(part, levels.is_empty(), dtype, span);
                }
                levels.push((part, Level::Items(items)));
                break;
            } else {
                break;
            }
        }
        let outer = &levels[..levels.len().saturating_sub(1)];
        let shared = outer.iter().any(|(_, level)| matches!(level, Level::Times(_)));
        let extents: Vec<Ex> = levels.iter().map(|(_, level)| self.level_extent(level, span)).collect();
        let rank = extents.len();
        let variable = self.made(extents, dtype, span);
        self.fill_levels(&levels, part, variable, &mut Vec::new(), span)?;
        Ok(List {
            variable,
            subscripts: Vec::new(),
            rank,
            shared,
        })
    }

    /// Whether the only clause runs over several axes at once.
    fn is_nest(&mut self, clauses: Clauses<'a>) -> Lower<bool> {
        let [ComprehensionClause::For { iterable, .. }] = clauses else {
            return Ok(false);
        };
        let ExpressionKind::Call { function, .. } = &iterable.kind else {
            return Ok(false);
        };
        use super::known::{Known, Space};
        Ok(matches!(
            self.value(function)?,
            Value::Known(Known::Space(Space::Ndindex | Space::Product | Space::Combinations))
        ))
    }

    /// Lists in a list that are written out: one array literal.
    fn literal_list(&mut self, list: &'a Expression, whole: bool, dtype: Dtype, span: Span) -> Lower<List> {
        if !whole {
            return Err(self.ragged(list.span));
        }
        let (mut shape, mut items) = (Vec::new(), Vec::new());
        self.nested_items(list, 0, &mut shape, &mut items)?;
        let arguments = self.operands(&items)?;
        let rank = shape.len();
        let function = ArrayFunction::Literal { shape, dtype };
        let literal = self.form(ir::ArrayForm::Call { function, arguments }, span);
        let variable = self.temporary("list", span);
        self.assign(variable, literal, span);
        Ok(List {
            variable,
            subscripts: Vec::new(),
            rank,
            shared: false,
        })
    }

    /// A list of items that are known one by one.
    pub(super) fn list_of(&mut self, items: Vec<Value<'a>>, span: Span) -> Lower<List> {
        let mut shape = vec![items.len() as u32];
        let mut arguments = Vec::new();
        for item in items {
            let parts = match item {
                Value::Tuple(parts) => parts,
                other => {
                    arguments.push(self.number(other, span)?);
                    continue;
                }
            };
            match shape[..] {
                [_] => shape.push(parts.len() as u32),
                [_, width] if width as usize == parts.len() => {}
                _ => return Err(self.ragged(span)),
            }
            for part in parts {
                arguments.push(self.number(part, span)?);
            }
        }
        if arguments.len() != shape.iter().product::<u32>() as usize {
            return Err(self.ragged(span));
        }
        let (rank, dtype) = (shape.len(), Dtype::Kept);
        let function = ArrayFunction::Literal { shape, dtype };
        let literal = self.form(ir::ArrayForm::Call { function, arguments }, span);
        let variable = self.temporary("list", span);
        self.assign(variable, literal, span);
        Ok(List {
            variable,
            subscripts: Vec::new(),
            rank,
            shared: false,
        })
    }

    fn level_extent(&mut self, level: &Level<'a>, span: Span) -> Ex {
        match level {
            Level::Loop(_, _, count, _) => self.at_least_zero(*count, span),
            Level::Times(count) => self.at_least_zero(*count, span),
            Level::Items(items) => self.int(items.len() as i64, span),
        }
    }

    /// Leaves the region to Python unless a number of items is at least 1.
    fn leave_unless_some(&mut self, count: Ex, span: Span) {
        if matches!(
            self.region.expressions[count],
            ir::Expression::Literal(ir::Literal::Int(1..))
        ) {
            return;
        }
        let (left, right) = (count, self.int(1, span));
        let op = ir::CompareOp::Less;
        let none = self.add(ir::Expression::Compare { op, left, right }, span);
        self.leave_if(none, "a list without items is made", span);
    }

    /// Leaves the region to Python on a condition.
    pub(super) fn leave_if(&mut self, condition: Ex, why: &str, span: Span) {
        let mut accept = ir::Block::default();
        accept.push(ir::Statement::Leave(why.to_owned()), span);
        self.push_if(condition, accept, span);
    }

    pub(super) fn at_least_zero(&mut self, count: Ex, span: Span) -> Ex {
        if matches!(
            self.region.expressions[count],
            ir::Expression::Extent { .. } | ir::Expression::Literal(ir::Literal::Int(0..))
        ) {
            return count;
        }
        let zero = self.int(0, span);
        let (function, arguments) = (Function::Max, vec![count, zero]);
        self.add(ir::Expression::Call { function, arguments }, span)
    }

    /// A variable that holds a new array, whose elements are what is stored into it.
    pub(super) fn made(&mut self, extents: Vec<Ex>, dtype: Dtype, span: Span) -> Handle<ir::Variable> {
        let fill = Fill::Empty;
        let dtype = if dtype == Dtype::Default { Dtype::Stored } else { dtype };
        let function = ArrayFunction::Make { fill, dtype };
        let arguments = extents;
        let made = self.form(ir::ArrayForm::Call { function, arguments }, span);
        let variable = self.temporary("list", span);
        self.assign(variable, made, span);
        variable
    }

    fn fill_levels(
        &mut self,
        levels: &[(&'a Expression, Level<'a>)],
        element: &'a Expression,
        into: Handle<ir::Variable>,
        index: &mut Vec<Ex>,
        span: Span,
    ) -> Lower<()> {
        let Some(((part, level), inner)) = levels.split_first() else {
            let value = self.scalar(element)?;
            self.put(into, index.clone(), value, span);
            return Ok(());
        };
        match level {
            Level::Loop(target, place, count, item) => {
                let clauses = parts(part).map(|(_, clauses)| clauses).unwrap_or_default();
                let zero = self.int(0, *place);
                self.within(part, clauses, |this| {
                    this.repeat(zero, *count, *place, &mut |this, at| {
                        let value = this.item_value(item, at, *place)?;
                        this.bind_target(target, value, *place)?;
                        index.push(at);
                        let done = this.fill_levels(inner, element, into, index, span);
                        index.pop();
                        done
                    })
                })
            }
            // The item is evaluated once.
            Level::Times(count) if inner.is_empty() => {
                let zero = self.int(0, span);
                let value = self.scalar(element)?;
                let value = self.settle(value, "item");
                self.repeat(zero, *count, span, &mut |this, at| {
                    let place = index.iter().copied().chain([at]).collect();
                    this.put(into, place, value, span);
                    Ok(())
                })
            }
            Level::Times(count) => {
                let zero = self.int(0, span);
                let mark = self.mark();
                self.repeat(zero, *count, span, &mut |this, at| {
                    index.push(at);
                    let done = this.fill_levels(inner, element, into, index, span);
                    index.pop();
                    done
                })?;
                if self.draws_since(mark) {
                    let message = "random numbers in a list that is repeated cannot be translated";
                    return Err(self.refuse_expression(part.span, message));
                }
                Ok(())
            }
            Level::Items(items) => {
                for (position, item) in items.iter().enumerate() {
                    let value = self.scalar(item)?;
                    let at = self.int(position as i64, item.span);
                    let place = index.iter().copied().chain([at]).collect();
                    self.put(into, place, value, span);
                }
                Ok(())
            }
        }
    }

    pub(super) fn put(&mut self, into: Handle<ir::Variable>, subscripts: Vec<Ex>, value: Ex, span: Span) {
        let array = self.array_in(into);
        let store = self.region.stores.append(ir::Store {
            array,
            subscripts,
            value,
            update: false,
            atomic: false,
            place: self.at(span),
        });
        self.push(ir::Statement::Store(store), span);
    }

    /// A comprehension whose length only its clauses tell: they run to count, and again to fill.
    pub(super) fn counted_first(
        &mut self,
        list: &'a Expression,
        element: &'a Expression,
        clauses: Clauses<'a>,
        dtype: Dtype,
        span: Span,
    ) -> Lower<List> {
        if is_list(element) || is_display(element) {
            return Err(self.ragged(list.span));
        }
        let zero = self.int(0, span);
        let step = |this: &mut Self, counter| {
            let before = this.read(counter, span);
            let one = this.int(1, span);
            let after = this.binary(BinaryOp::Add, before, one, span);
            this.assign(counter, after, span);
        };
        let count = self.temporary("count", span);
        self.assign(count, zero, span);
        let mark = self.mark();
        self.rounds(list, clauses, None, &mut |this| {
            step(this, count);
            Ok(())
        })?;
        if self.draws_since(mark) {
            let message = "random numbers in the conditions of a comprehension cannot be translated";
            return Err(self.refuse_expression(list.span, message));
        }
        let length = self.read(count, span);
        let variable = self.made(vec![length], dtype, span);
        let at = self.temporary("position", span);
        self.assign(at, zero, span);
        self.rounds(list, clauses, None, &mut |this| {
            let value = this.scalar(element)?;
            let place = this.read(at, span);
            this.put(variable, vec![place], value, span);
            step(this, at);
            Ok(())
        })?;
        Ok(List {
            variable,
            subscripts: Vec::new(),
            rank: 1,
            shared: false,
        })
    }

    fn draws_since(&self, mark: usize) -> bool {
        let mut found = false;
        let mut look = |statement: &ir::Statement, _: Span| {
            found |= matches!(statement, ir::Statement::Draw(_) | ir::Statement::Seed(_));
        };
        let block = self.blocks.last().into_iter();
        for (statement, span) in block.flat_map(|block| &block.statements[mark..]) {
            look(statement, *span);
            for inner in statement.blocks(&self.region) {
                ir::visit_statements(&self.region, inner, &mut look);
            }
        }
        found
    }

    /// That the length of an inner list does not depend on the place in an outer one.
    fn require_apart(&self, inner: &'a Expression, outer: &[&'a str]) -> Lower<()> {
        if walk::names_of(inner).iter().any(|this| outer.contains(&this.name)) {
            return Err(self.ragged(inner.span));
        }
        Ok(())
    }

    fn ragged(&self, span: Span) -> Box<Diagnostic> {
        let diagnostic = self.refuse_expression(span, "the rows of this list may differ in length");
        Box::new(diagnostic.help("make the array first (`np.zeros((n, m))`), and assign its elements in loops"))
    }

    // Lists as values

    /// `len(list)`
    pub(super) fn list_length(&mut self, list: &List, span: Span) -> Ex {
        let array = self.array_in(list.variable);
        let axis = list.subscripts.len() as u32;
        self.add(ir::Expression::Extent { array, axis }, span)
    }

    /// `list[index]`
    pub(super) fn list_item(&mut self, list: List, index: &'a Expression) -> Lower<Value<'a>> {
        if matches!(index.kind, ExpressionKind::Slice { .. }) && list.rank == list.subscripts.len() + 1 {
            return self.slice_of_list(list, index).map(Value::List);
        }
        if matches!(index.kind, ExpressionKind::Slice { .. } | ExpressionKind::Tuple(_)) {
            let message = "a list can be subscripted by one number here";
            let diagnostic = self.refuse_expression(index.span, message);
            return Err(Box::new(diagnostic.help("make it an array: `np.array(…)`")));
        }
        let mark = self.mark();
        let mut subscripts = list.subscripts;
        let at = self.scalar(index)?;
        self.region.single.push(at);
        self.keep(&mut subscripts, mark);
        subscripts.push(at);
        Ok(self.list_part(List { subscripts, ..list }))
    }

    /// A list inside a list, or an item.
    pub(super) fn list_part(&mut self, list: List) -> Value<'a> {
        if list.subscripts.len() == list.rank {
            let array = self.array_in(list.variable);
            return Value::Element(array, list.subscripts);
        }
        Value::List(list)
    }

    /// The list that a name is to hold, where its uses need one in memory: it is stored into, or subscripted by what is not
    /// constant.
    pub(super) fn list_for_name(&mut self, name: &str, value: &'a Expression) -> Lower<Option<Value<'a>>> {
        let display = is_display(value);
        if !(is_list(value) || display) {
            return Ok(None);
        }
        if display && !self.is_indexed(name) {
            return Ok(None);
        }
        let list = self.collected(value, Dtype::Kept, value.span)?;
        Ok(Some(Value::List(list)))
    }

    /// Whether a name is subscripted by more than constants, or stored into, in the present list of statements.
    fn is_indexed(&self, name: &str) -> bool {
        let mut found = false;
        let suite = self.suites.last().copied().unwrap_or_default();
        walk::statements(suite, &mut |statement| {
            let stored = match &statement.kind {
                crate::python::StatementKind::Assign(node) => node.targets.iter().collect(),
                crate::python::StatementKind::AugmentedAssign(node) => vec![&node.target],
                _ => Vec::new(),
            };
            found |= stored.iter().any(|target| is_item_of(target, name).is_some());
            for expression in super::paths::expressions_of(statement) {
                walk::expressions(expression, &mut |part| {
                    found |= is_item_of(part, name).is_some_and(|index| super::value::constant_index(index).is_none());
                });
            }
        });
        found
    }

    /// A value that NumPy takes as an array: a list or a tuple of numbers is one.
    pub(super) fn array_like(&mut self, expression: &'a Expression) -> Lower<Ex> {
        let written = |one: &Expression| matches!(&one.kind, ExpressionKind::List(items) if !items.iter().any(Self::is_made_here));
        if is_list(expression) && !written(expression) {
            let list = self.collected(expression, Dtype::Default, expression.span)?;
            return Ok(self.read(list.variable, expression.span));
        }
        let value = self.value(expression)?;
        self.as_array(value, expression.span)
    }

    /// A list as the argument of a function of NumPy: numbers that are written out stay what they are.
    pub(super) fn list_argument(&mut self, expression: &'a Expression) -> Lower<Value<'a>> {
        match &expression.kind {
            ExpressionKind::List(_) => self.value(expression),
            _ => Ok(Value::Scalar(self.array_like(expression)?)),
        }
    }

    /// Operands that NumPy takes as arrays, each evaluated before the next.
    pub(super) fn array_operands(&mut self, expressions: &[&'a Expression]) -> Lower<Vec<Ex>> {
        let mut done: Vec<Ex> = Vec::new();
        for expression in expressions {
            let mark = self.mark();
            let handle = self.array_like(expression)?;
            self.keep(&mut done, mark);
            done.push(handle);
        }
        Ok(done)
    }

    /// A value as an array or a number.
    pub(super) fn as_array(&mut self, value: Value<'a>, span: Span) -> Lower<Ex> {
        match value {
            Value::Tuple(items) => {
                let width = |item: &Value<'a>| match item {
                    Value::Tuple(parts) => Some(parts.len()),
                    _ => None,
                };
                let first = items.first().and_then(width);
                let mut shape = vec![items.len() as u32];
                let nested = first.is_some_and(|first| items.iter().all(|item| width(item) == Some(first)));
                shape.extend(first.filter(|_| nested).map(|width| width as u32));
                let mut arguments = Vec::new();
                for item in items {
                    match item {
                        Value::Tuple(parts) if nested => {
                            for part in parts {
                                arguments.push(self.number(part, span)?);
                            }
                        }
                        item => arguments.push(self.as_array(item, span)?),
                    }
                }
                let dtype = Dtype::Default;
                let function = ArrayFunction::Literal { shape, dtype };
                Ok(self.form(ir::ArrayForm::Call { function, arguments }, span))
            }
            Value::List(list) if list.subscripts.is_empty() => {
                let (function, arguments) = (ArrayFunction::Copy, vec![self.read(list.variable, span)]);
                Ok(self.form(ir::ArrayForm::Call { function, arguments }, span))
            }
            value => self.number(value, span),
        }
    }

    /// `np.array` and its kin of a comprehension.
    pub(super) fn array_of_list(&mut self, list: &'a Expression, dtype: Dtype, span: Span) -> Lower<Value<'a>> {
        let list = self.collected(list, dtype, span)?;
        Ok(Value::Scalar(self.read(list.variable, span)))
    }

    /// `np.fromiter(generator, dtype, count)`
    pub(super) fn array_of_iterator(
        &mut self,
        name: &'a str,
        arguments: &'a [crate::python::Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let given = self.by_name(name, arguments, &["iter", "dtype", "count"], span)?;
        let dtype = self.dtype(given.get("dtype"))?;
        match given.get("iter") {
            Some(items) if parts(items).is_some() => self.array_of_list(items, dtype, span),
            _ => Err(self.arity(name, "a generator", span)),
        }
    }

    /// Whether a list can be told from an array by its form alone, as an argument of `np.array`.
    pub(super) fn is_made_here(expression: &Expression) -> bool {
        parts(expression).is_some() || (matches!(expression.kind, ExpressionKind::Binary { .. }) && is_list(expression))
    }
}

fn is_display(expression: &Expression) -> bool {
    matches!(&expression.kind, ExpressionKind::List(items) | ExpressionKind::Tuple(items) if !items.is_empty())
}

/// The subscript, if an expression is an item of what a name holds.
fn is_item_of<'e>(expression: &'e Expression, name: &str) -> Option<&'e Expression> {
    match &expression.kind {
        ExpressionKind::Subscript { value, index } => match &value.kind {
            ExpressionKind::Name(base) if base == name => Some(index),
            _ => None,
        },
        _ => None,
    }
}
