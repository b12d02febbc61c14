//! Iterables that become one value where they stand: `sum`, `math.prod`, `functools.reduce`, `min` and `max` with and without
//! `key=`, and `map` in front of them.

use super::comprehension::{Each, parts, targets_of};
use super::iterate::Iteration;
use super::known::Known;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, BinaryOp, Dtype, Function, Handle};
use crate::python::{Argument, ArgumentKind, ComprehensionClause, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// `map(function, items)`, as long as nothing is computed of it.
type Mapped<'a> = (Value<'a>, &'a Expression);

impl<'a> Lowerer<'a> {
    /// `sum(iterable, start)`, `math.prod(iterable, start=…)`
    pub(super) fn accumulated(
        &mut self,
        op: BinaryOp,
        iterable: &'a Expression,
        start: Option<Ex>,
        span: Span,
    ) -> Lower<Value<'a>> {
        let (name, neutral) = match op {
            BinaryOp::Multiply => ("product", 1),
            _ => ("sum", 0),
        };
        let start = match start {
            Some(start) => start,
            None => self.int(neutral, span),
        };
        let total = self.temporary(name, span);
        self.assign(total, start, span);
        self.each(iterable, span, None, &mut |this, value| {
            let one = this.number(value, span)?;
            let before = this.read(total, span);
            let after = this.binary(op, before, one, span);
            this.assign(total, after, span);
            Ok(())
        })?;
        Ok(Value::Scalar(self.read(total, span)))
    }

    /// `functools.reduce(function, iterable, initial)`
    pub(super) fn folded(
        &mut self,
        function: &'a Expression,
        iterable: &'a Expression,
        initial: Option<&'a Expression>,
        span: Span,
    ) -> Lower<Value<'a>> {
        let function = self.value(function)?;
        let total = self.temporary("reduced", span);
        let mut step = |this: &mut Self, value: Value<'a>| {
            let before = Value::Scalar(this.read(total, span));
            let after = this.apply(function.clone(), vec![before, value], span)?;
            let after = this.number(after, span)?;
            this.assign(total, after, span);
            Ok(())
        };
        match initial {
            Some(initial) => {
                let initial = self.scalar(initial)?;
                self.assign(total, initial, span);
                self.each(iterable, span, None, &mut step)?;
            }
            None => {
                let mut first = |this: &mut Self, value: Value<'a>| {
                    let first = this.number(value, span)?;
                    this.assign(total, first, span);
                    Ok(())
                };
                self.first_and_others(iterable, (total, None), &mut first, &mut step, span)?;
            }
        }
        Ok(Value::Scalar(self.read(total, span)))
    }

    // `map`

    /// `map(function, items)` where it stands for a tuple: the items are known one by one.
    pub(super) fn map(&mut self, name: &str, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let [function, items] = self.positional(name, arguments, span)?[..] else {
            return Err(self.arity(name, "a function and one iterable", span));
        };
        let function = self.value(function)?;
        let Some(items) = self.known_items(items)? else {
            let message = "`map` can be translated where its items are consumed at once";
            let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
            return Err(Box::new(
                diagnostic.help("write `sum(…)`, `any(…)` or a loop over its items"),
            ));
        };
        let mut mapped = Vec::new();
        for item in items {
            let mark = self.mark();
            let value = self.apply(function.clone(), vec![item], span)?;
            self.keep_values(&mut mapped, mark);
            mapped.push(value);
        }
        Ok(Value::Tuple(mapped))
    }

    /// The function and the iterable of `map(function, iterable)`.
    pub(super) fn mapped(&mut self, iterable: &'a Expression) -> Lower<Option<Mapped<'a>>> {
        let ExpressionKind::Call { function, arguments } = &iterable.kind else {
            return Ok(None);
        };
        let [first, second] = &arguments[..] else {
            return Ok(None);
        };
        let plain = [first, second].iter().all(|one| one.kind == ArgumentKind::Positional);
        let is_map = matches!(&function.kind, ExpressionKind::Name(name) if name == "map");
        if !plain || !is_map || !matches!(self.value(function)?, Value::Known(Known::Map)) {
            return Ok(None);
        }
        Ok(Some((self.value(&first.value)?, &second.value)))
    }

    // `min` and `max`

    /// `min(…)`, `max(…)` of several arguments, of a tuple, or over an iterable.
    pub(super) fn extreme(
        &mut self,
        function: Function,
        name: &str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let named = |wanted: &str| {
            arguments.iter().find_map(|argument| match &argument.kind {
                ArgumentKind::Keyword(keyword) if keyword.text == wanted => Some(&argument.value),
                _ => None,
            })
        };
        let (key, default) = (named("key"), named("default"));
        let rest = arguments.iter().filter(|argument| {
            !matches!(&argument.kind, ArgumentKind::Keyword(keyword) if ["key", "default"].contains(&keyword.text.as_str()))
        });
        let mut given = Vec::new();
        for argument in rest {
            given.extend(self.positional(name, std::slice::from_ref(argument), span)?);
        }
        let key = key.filter(|key| !matches!(key.kind, ExpressionKind::None));
        let key = key.map(|key| self.value(key)).transpose()?;
        match (&given[..], key) {
            ([iterable], key) => self.extreme_of(function, iterable, default, key, span),
            ([], _) => Err(self.arity(name, "two arguments or more", span)),
            (_, None) => {
                let arguments = self.operands(&given)?;
                Ok(self.function(function, arguments, span))
            }
            (_, Some(key)) => {
                let items = self.values(&given)?;
                self.best_item(function, items, key, span)
            }
        }
    }

    /// `min(iterable)`, `max(iterable, default=…, key=…)`: the first item, then the better of it and each other one.
    fn extreme_of(
        &mut self,
        function: Function,
        iterable: &'a Expression,
        default: Option<&'a Expression>,
        key: Option<Value<'a>>,
        span: Span,
    ) -> Lower<Value<'a>> {
        if let Some(items) = self.known_items(iterable)? {
            return match (items.len(), default, key) {
                (0, Some(default), _) => self.value(default),
                (0, None, _) => Err(self.refuse(Code::UnsupportedCall, span, "the sequence is empty")),
                (_, _, Some(key)) => self.best_item(function, items, key, span),
                (1, _, None) => self.number(items[0].clone(), span).map(Value::Scalar),
                (_, _, None) => {
                    let numbers = items.into_iter().map(|item| self.number(item, span));
                    let arguments = numbers.collect::<Lower<Vec<Ex>>>()?;
                    Ok(self.function(function, arguments, span))
                }
            };
        }
        let best = self.temporary(if function == Function::Min { "least" } else { "greatest" }, span);
        match key {
            None => {
                let mut first = |this: &mut Self, value: Value<'a>| {
                    let first = this.number(value, span)?;
                    this.assign(best, first, span);
                    Ok(())
                };
                let mut other = |this: &mut Self, value: Value<'a>| {
                    let other = this.number(value, span)?;
                    let before = this.read(best, span);
                    let arguments = vec![before, other];
                    let better = this.add(ir::Expression::Call { function, arguments }, span);
                    this.assign(best, better, span);
                    Ok(())
                };
                self.first_and_others(iterable, (best, default), &mut first, &mut other, span)?;
            }
            Some(key) => {
                let rank = self.temporary("key", span);
                let mut first = |this: &mut Self, value: Value<'a>| this.keyed(value, &key, (best, rank), span);
                let mut other =
                    |this: &mut Self, value: Value<'a>| this.better(function, value, &key, (best, rank), span);
                self.first_and_others(iterable, (best, default), &mut first, &mut other, span)?;
            }
        }
        Ok(Value::Scalar(self.read(best, span)))
    }

    /// The best of some items by a key.
    fn best_item(&mut self, function: Function, items: Vec<Value<'a>>, key: Value<'a>, span: Span) -> Lower<Value<'a>> {
        let best = self.temporary(if function == Function::Min { "least" } else { "greatest" }, span);
        let rank = self.temporary("key", span);
        for (index, item) in items.into_iter().enumerate() {
            match index {
                0 => self.keyed(item, &key, (best, rank), span)?,
                _ => self.better(function, item, &key, (best, rank), span)?,
            }
        }
        Ok(Value::Scalar(self.read(best, span)))
    }

    /// An item and its key, in two variables.
    fn keyed(
        &mut self,
        item: Value<'a>,
        key: &Value<'a>,
        (best, rank): (Handle<ir::Variable>, Handle<ir::Variable>),
        span: Span,
    ) -> Lower<()> {
        let item = self.number(item, span)?;
        self.assign(best, item, span);
        let item = Value::Scalar(self.read(best, span));
        let value = self.apply(key.clone(), vec![item], span)?;
        let value = self.number(value, span)?;
        self.assign(rank, value, span);
        Ok(())
    }

    /// Takes an item whose key is better than that of the best one so far.
    fn better(
        &mut self,
        function: Function,
        item: Value<'a>,
        key: &Value<'a>,
        (best, rank): (Handle<ir::Variable>, Handle<ir::Variable>),
        span: Span,
    ) -> Lower<()> {
        let (candidate, other) = (self.temporary("candidate", span), self.temporary("other_key", span));
        self.keyed(item, key, (candidate, other), span)?;
        let op = match function {
            Function::Min => ir::CompareOp::Less,
            _ => ir::CompareOp::Greater,
        };
        let (left, right) = (self.read(other, span), self.read(rank, span));
        let condition = self.add(ir::Expression::Compare { op, left, right }, span);
        let ((), accept) = self.nested(|this| {
            let (item, value) = (this.read(candidate, span), this.read(other, span));
            this.assign(best, item, span);
            this.assign(rank, value, span);
            Ok(())
        })?;
        self.push_if(condition, accept, span);
        Ok(())
    }

    // The first item, then the others

    /// Hands the first item of an iterable to `first` and each later one to `other`. Without any, a variable takes a default; if
    /// there is none, Python raises the error, in its own words.
    fn first_and_others(
        &mut self,
        iterable: &'a Expression,
        (result, default): (Handle<ir::Variable>, Option<&'a Expression>),
        first: Each<'a, '_>,
        other: Each<'a, '_>,
        span: Span,
    ) -> Lower<()> {
        if let Some(items) = self.known_items(iterable)?.filter(|items| !items.is_empty()) {
            let mut items = items.into_iter();
            if let Some(item) = items.next() {
                first(self, item)?;
            }
            return items.try_for_each(|item| other(self, item));
        }
        let simple = parts(iterable).is_none_or(|(_, clauses)| clauses.len() == 1);
        let iteration = match parts(iterable) {
            Some((_, [ComprehensionClause::For { target, iterable, .. }])) => {
                let iteration = self.iteration(iterable, targets_of(target))?;
                Some(iteration)
            }
            Some(_) => None,
            None => Some(self.iteration(iterable, None)?),
        };
        let (count, item) = match iteration {
            Some(Iteration::Single(run)) if simple => self.counted_from_zero(run, span),
            _ => {
                // With conditions, the items are put together first.
                let list = self.collected(iterable, Dtype::Kept, span)?;
                let (array, length) = (self.array_in(list.variable), self.list_length(&list, span));
                let mut item = |this: &mut Self, at: Ex, keep: Each<'a, '_>| {
                    let subscripts = vec![at];
                    let load = this.add(ir::Expression::Load { array, subscripts }, span);
                    keep(this, Value::Scalar(load))
                };
                return self.counted_items(length, (result, default), (first, other), span, &mut item);
            }
        };
        let mut item = |this: &mut Self, at: Ex, keep: Each<'a, '_>| {
            let value = this.item_value(&item, at, span)?;
            match parts(iterable) {
                Some((element, clauses)) => this.within(iterable, clauses, |this| {
                    if let [ComprehensionClause::For { target, .. }] = clauses {
                        this.bind_target(target, value, span)?;
                    }
                    let value = this.value(element)?;
                    keep(this, value)
                }),
                None => keep(this, value),
            }
        };
        self.counted_items(count, (result, default), (first, other), span, &mut item)
    }

    /// The same of `count` items, each of which `item` gives to what it is handed.
    fn counted_items(
        &mut self,
        count: Ex,
        (result, default): (Handle<ir::Variable>, Option<&'a Expression>),
        (first, other): (Each<'a, '_>, Each<'a, '_>),
        span: Span,
        item: &mut dyn FnMut(&mut Self, Ex, Each<'a, '_>) -> Lower<()>,
    ) -> Lower<()> {
        let count = self.settle(count, "count");
        let (zero, one) = (self.int(0, span), self.int(1, span));
        let condition = ir::Expression::Compare {
            op: ir::CompareOp::Less,
            left: count,
            right: one,
        };
        let empty = self.add(condition, span);
        let ((), none) = self.nested(|this| {
            match default {
                Some(default) => {
                    let default = this.scalar(default)?;
                    this.assign(result, default, span);
                }
                None => this.push(
                    ir::Statement::Leave("the extreme of no items is asked for".to_owned()),
                    span,
                ),
            }
            Ok(())
        })?;
        let ((), some) = self.nested(|this| {
            item(this, zero, first)?;
            this.repeat(one, count, span, &mut |this, at| item(this, at, other))
        })?;
        if default.is_some() {
            let (accept, reject) = (none, some);
            self.push(
                ir::Statement::If {
                    condition: empty,
                    accept,
                    reject,
                },
                span,
            );
        } else {
            self.push_if(empty, none, span);
            for (statement, place) in some.statements {
                self.push(statement, place);
            }
        }
        Ok(())
    }
}
