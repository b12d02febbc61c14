//! Lists that an iteration makes for itself and makes longer: `costs = []` … `costs.append(c)` … `min(costs)`.
//!
//! Such a list is a local array with room for as many items as the loops around its appends have iterations, or for
//! [`ROOM`] where nobody knows how many, and a variable that tells how many there are. Wherever the list is read, it is the part
//! of the array that they fill. A list that outgrows its room is left to Python. Items that are tuples are rows of the array.
//!
//! ```text
//! costs = []              costs = room for n; costs_length = 0
//! costs.append(c)    →    costs[costs_length] = c; costs_length += 1
//! min(costs)              min(costs[:costs_length])
//! ```
//!
//! The name must be another name for nothing: it is bound to displays only, and neither handed on nor bound to other names.

use super::lowerer::{Binding, Lower, Lowerer};
use super::own_list_uses::Seen;
use super::statement::suite_span;
use super::value::{List, Value};
use crate::diagnostics::Diagnostic;
use crate::ir::{self, ArrayForm, ArrayFunction, BinaryOp, CompareOp, Dtype, Fill, Function, Handle};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;
type Loops = Vec<Option<Handle<ir::Loop>>>;

/// How many items there is room for where nobody knows how many there will be.
const ROOM: i64 = 1 << 12;
/// How many there is room for at most.
pub(super) const MOST_ROOM: i64 = 1 << 22;

/// A list that the region makes and makes longer.
pub(super) struct OwnList {
    /// Holds the array.
    items: Handle<ir::Variable>,
    pub(super) length: Handle<ir::Variable>,
    /// How many numbers an item has, if it is a tuple.
    width: Option<usize>,
    /// Where it is made: how many items there is room for, how many it starts with, and the loops around.
    made: Vec<(Handle<ir::Variable>, i64, Loops)>,
    /// The loops around each of its appends.
    appends: Vec<Loops>,
    /// Holds the part that is filled, as it was read last.
    filled: Option<Handle<ir::Variable>>,
}

impl OwnList {
    /// How deep its numbers lie.
    pub(super) fn depth(&self) -> usize {
        1 + usize::from(self.width.is_some())
    }
}

impl<'a> Lowerer<'a> {
    /// `name = [...]`, if that is a list which is made longer later.
    pub(super) fn makes_own_list(&mut self, name: &'a str, value: &'a Expression, span: Span) -> Lower<bool> {
        let ExpressionKind::List(items) = &value.kind else {
            return Ok(false);
        };
        let Some(width) = self.width_of_own_list(name) else {
            return Ok(false);
        };
        let at = match self.frame().locals.get(name) {
            Some(Binding::OwnList(at)) => *at,
            Some(_) => return Ok(false),
            None => {
                let list = OwnList {
                    items: self.temporary(name, span),
                    length: self.temporary(&format!("{name}_length"), span),
                    width,
                    made: Vec::new(),
                    appends: Vec::new(),
                    filled: None,
                };
                self.own_lists.push(list);
                self.own_lists.len() - 1
            }
        };
        // Before the new list is there.
        let mut values = Vec::new();
        for item in items {
            values.extend(self.parts_of_item(at, item)?);
        }
        self.frame_mut().locals.insert(name, Binding::OwnList(at));
        // Until the loops are there.
        let (room, most) = (self.temporary(&format!("{name}_room"), span), self.int(ROOM, span));
        self.assign(room, most, span);
        let open = self.open.clone();
        self.own_lists[at].made.push((room, items.len() as i64, open));
        let (list, length) = (self.own_lists[at].items, self.own_lists[at].length);
        let mut arguments = vec![self.read(room, span)];
        arguments.extend(width.map(|width| self.int(width as i64, span)));
        let (fill, dtype) = (Fill::Empty, Dtype::Kept);
        let function = ArrayFunction::Make { fill, dtype };
        let made = self.form(ArrayForm::Call { function, arguments }, span);
        self.assign(list, made, span);
        let none = self.int(0, span);
        self.assign(length, none, span);
        for parts in values.chunks(width.unwrap_or(1)) {
            self.put_item(at, parts.to_vec(), span);
        }
        Ok(true)
    }

    /// An expression statement, if it changes such a list: `name.append(item)`, `name.pop()`, `name.clear()`.
    pub(super) fn changes_own_list(&mut self, expression: &'a Expression) -> Lower<bool> {
        let Some((at, method, arguments)) = self.method_of_own_list(expression) else {
            return Ok(false);
        };
        let span = expression.span;
        match (method, arguments) {
            ("append", [item]) if item.kind == ArgumentKind::Positional => {
                let parts = self.parts_of_item(at, &item.value)?;
                let (list, length) = (self.own_lists[at].items, self.own_lists[at].length);
                let array = self.array_in(list);
                let left = self.read(length, span);
                let right = self.add(ir::Expression::Extent { array, axis: 0 }, span);
                let op = CompareOp::GreaterEqual;
                let full = self.add(ir::Expression::Compare { op, left, right }, span);
                self.leave_if(
                    full,
                    "a list that a loop makes has more items than there is room for",
                    span,
                );
                self.put_item(at, parts, span);
                let open = self.open.clone();
                self.own_lists[at].appends.push(open);
                Ok(true)
            }
            ("clear", []) => {
                let (none, length) = (self.int(0, span), self.own_lists[at].length);
                self.assign(length, none, span);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// `name.pop()`
    pub(super) fn pops_own_list(&mut self, function: &'a Expression, arguments: &[Argument]) -> Option<Value<'a>> {
        let ExpressionKind::Attribute { value, attribute } = &function.kind else {
            return None;
        };
        let at = self.own_list(value)?;
        if attribute.text != "pop" || !arguments.is_empty() {
            return None;
        }
        let span = function.span;
        let OwnList {
            items, length, width, ..
        } = self.own_lists[at];
        let (left, right) = (self.read(length, span), self.int(0, span));
        let op = CompareOp::Equal;
        let empty = self.add(ir::Expression::Compare { op, left, right }, span);
        let message = Some("pop from empty list".to_owned());
        self.raise_if(empty, ir::Exception::IndexError, message, span);
        self.change_length(length, BinaryOp::Subtract, span);
        let array = self.array_in(items);
        let mut parts = Vec::new();
        for place in 0..width.unwrap_or(1) as i64 {
            let mut subscripts = vec![self.read(length, span)];
            subscripts.extend(width.map(|_| self.int(place, span)));
            let item = self.add(ir::Expression::Load { array, subscripts }, span);
            let popped = self.temporary("popped", span);
            self.assign(popped, item, span);
            parts.push(Value::Scalar(self.read(popped, span)));
        }
        match width {
            Some(_) => Some(Value::Tuple(parts)),
            None => parts.pop(),
        }
    }

    /// What such a list is where it is read: the part of its array that is filled.
    pub(super) fn read_own_list(&mut self, at: usize, span: Span) -> Value<'a> {
        let OwnList {
            items, length, width, ..
        } = self.own_lists[at];
        let rank = 1 + usize::from(width.is_some());
        if let Some(variable) = self.read_just_before(at) {
            let subscripts = Vec::new();
            return Value::List(List {
                variable,
                subscripts,
                rank,
                shared: false,
            });
        }
        let now = self.temporary("length", span);
        let value = self.read(length, span);
        self.assign(now, value, span);
        let (start, stop) = (self.int(0, span), self.read(now, span));
        let slice = ArrayForm::Slice {
            start: Some(start),
            stop: Some(stop),
            step: None,
        };
        let (base, subscripts) = (self.read(items, span), vec![self.form(slice, span)]);
        let filled = self.form(ArrayForm::Index { base, subscripts }, span);
        let variable = self.temporary("filled", span);
        self.assign(variable, filled, span);
        self.own_lists[at].filled = Some(variable);
        let subscripts = Vec::new();
        Value::List(List {
            variable,
            subscripts,
            rank,
            shared: false,
        })
    }

    /// The variable that holds the filled part, if it is from the present block and nothing can have changed since.
    fn read_just_before(&self, at: usize) -> Option<Handle<ir::Variable>> {
        let list = &self.own_lists[at];
        let filled = list.filled?;
        for (statement, _) in self.blocks.last()?.statements.iter().rev() {
            match statement {
                ir::Statement::Assign { variable, .. } if *variable == filled => return Some(filled),
                ir::Statement::Assign { variable, .. } if ![list.items, list.length].contains(variable) => {}
                ir::Statement::Evaluate(_) => {}
                _ => return None,
            }
        }
        None
    }

    /// How many items there is room for, once the loops are there.
    pub(super) fn finish_own_lists(&mut self) {
        for list in std::mem::take(&mut self.own_lists) {
            for (room, first, around) in &list.made {
                let Some(counts) = self.counts_of_appends(&list.appends, around) else {
                    continue;
                };
                let span = self.region.variables[*room].span;
                let mut all = self.int(*first, span);
                for factors in counts {
                    let one = self.int(1, span);
                    let times = |count, factor| self.binary(BinaryOp::Multiply, count, factor, span);
                    let count = factors.into_iter().fold(one, times);
                    all = self.binary(BinaryOp::Add, all, count, span);
                }
                let (function, arguments) = (Function::Min, vec![all, self.int(MOST_ROOM, span)]);
                let value = self.add(ir::Expression::Call { function, arguments }, span);
                self.give_value(*room, value);
            }
        }
    }

    /// Has the only assignment of a variable give it another value.
    fn give_value(&mut self, variable: Handle<ir::Variable>, value: Ex) {
        ir::each_block_mut(&mut self.region, &mut |block| {
            for (statement, _) in &mut block.statements {
                if let ir::Statement::Assign {
                    variable: own,
                    value: old,
                } = statement
                    && *own == variable
                {
                    *old = value;
                }
            }
        });
    }

    /// For each append, the numbers of iterations of the loops around it that are not around the making of the list; `None`: they
    /// are not known where the region starts.
    fn counts_of_appends(&mut self, appends: &[Loops], around: &Loops) -> Option<Vec<Vec<Ex>>> {
        let counts = appends.iter().map(|loops| {
            let inner = loops.strip_prefix(&around[..])?;
            inner.iter().try_fold(Vec::new(), |mut factors, one| {
                factors.push(self.most_iterations((*one)?)?);
                Some(factors)
            })
        });
        counts.collect()
    }

    /// How many iterations a loop has at most, where that is known before all loops.
    fn most_iterations(&mut self, counted: Handle<ir::Loop>) -> Option<Ex> {
        let one = &self.region.loops[counted];
        let (start, stop, span) = (one.start, one.stop, one.span);
        if self.literal(one.step)? < 1 {
            return None;
        }
        let stop = self.most_of(stop)?;
        let count = match self.literal(start) {
            Some(0) => stop,
            _ if self.is_foreknown(start) => self.binary(BinaryOp::Subtract, stop, start, span),
            _ if self.is_natural(start) => stop,
            _ => return None,
        };
        Some(self.at_least_zero(count, span))
    }

    /// What an end of a loop does not exceed, where that is known before all loops.
    fn most_of(&self, stop: Ex) -> Option<Ex> {
        if self.is_foreknown(stop) {
            return Some(stop);
        }
        match self.region.expressions[stop] {
            ir::Expression::Counter(other) => {
                let other = &self.region.loops[other];
                let rises = self.literal(other.step).is_some_and(|step| step > 0);
                Some(other.stop).filter(|stop| rises && self.is_foreknown(*stop))
            }
            ir::Expression::Binary {
                op: BinaryOp::Add,
                left,
                right,
            } if matches!(self.literal(right), Some(..=1)) => self.most_of(left),
            _ => None,
        }
    }

    // Items

    fn put_item(&mut self, at: usize, parts: Vec<Ex>, span: Span) {
        let OwnList {
            items, length, width, ..
        } = self.own_lists[at];
        for (place, part) in parts.into_iter().enumerate() {
            let mut subscripts = vec![self.read(length, span)];
            subscripts.extend(width.map(|_| self.int(place as i64, span)));
            self.put(items, subscripts, part, span);
        }
        self.change_length(length, BinaryOp::Add, span);
    }

    fn change_length(&mut self, length: Handle<ir::Variable>, op: BinaryOp, span: Span) {
        let (before, one) = (self.read(length, span), self.int(1, span));
        let after = self.binary(op, before, one, span);
        self.assign(length, after, span);
    }

    /// The numbers of an item, evaluated.
    fn parts_of_item(&mut self, at: usize, item: &'a Expression) -> Lower<Vec<Ex>> {
        let parts = match self.value(item)? {
            Value::Tuple(parts) => parts,
            single if self.own_lists[at].width.is_none() => vec![single],
            several => {
                let width = self.own_lists[at].width.unwrap_or(1);
                self.unpack(several, width, item.span)?
            }
        };
        if parts.len() != self.own_lists[at].width.unwrap_or(1) {
            return Err(self.refuse_expression(item.span, "the items of this list are of several forms"));
        }
        let mut kept = Vec::new();
        for part in parts {
            let number = self.number(part, item.span)?;
            kept.push(self.settle(number, "item"));
        }
        Ok(kept)
    }

    // Which lists

    /// The number of the list, if an expression is the name of one.
    pub(super) fn own_list(&self, expression: &Expression) -> Option<usize> {
        let ExpressionKind::Name(name) = &expression.kind else {
            return None;
        };
        match self.frames[self.owner(name)?].locals.get(name.as_str()) {
            Some(Binding::OwnList(at)) => Some(*at),
            _ => None,
        }
    }

    fn method_of_own_list(&self, expression: &'a Expression) -> Option<(usize, &'a str, &'a [Argument])> {
        let ExpressionKind::Call { function, arguments } = &expression.kind else {
            return None;
        };
        let ExpressionKind::Attribute { value, attribute } = &function.kind else {
            return None;
        };
        Some((self.own_list(value)?, &attribute.text, arguments))
    }

    /// Whether a name is bound to such lists wherever it is bound, and how many numbers their items have.
    fn width_of_own_list(&mut self, name: &'a str) -> Option<Option<usize>> {
        let frame = self.frame();
        if !frame.own.contains(name) || (self.frames.len() == 1 && self.live.contains(name)) {
            return None;
        }
        let mut uses = frame.uses.iter().filter(|this| this.name == name).map(|this| this.span);
        let mut suites = self.suites.iter().rev();
        let suite = suites.find(|suite| uses.clone().all(|place| suite_span(suite).contains(place)))?;
        uses.next()?;
        let mut seen = Seen::default();
        seen.statements(suite, name);
        let mut widths = seen.widths.into_iter();
        let first = widths.next()?;
        let only = seen.appends > 0 && !seen.otherwise && widths.all(|width| width == first);
        let readers = seen.readers;
        (only && readers.into_iter().all(|reader| self.only_reads(reader))).then_some(first)
    }

    /// Whether a function gives none of its arguments back, nor keeps one: a builtin, or one of a library.
    fn only_reads(&mut self, function: &'a Expression) -> bool {
        match &function.kind {
            ExpressionKind::Name(name) => matches!(self.name(name, function.span), Ok(Value::Known(_))),
            ExpressionKind::Attribute { value, .. } => match &value.kind {
                ExpressionKind::Name(name) => matches!(self.name(name, value.span), Ok(Value::Library(_))),
                ExpressionKind::Attribute { .. } => self.only_reads(value),
                _ => false,
            },
            _ => false,
        }
    }

    /// Why a name that is appended to is no list of the region's.
    pub(super) fn not_own_list(&self, expression: &'a Expression) -> Option<Box<Diagnostic>> {
        let ExpressionKind::Call { function, .. } = &expression.kind else {
            return None;
        };
        let ExpressionKind::Attribute { value, attribute } = &function.kind else {
            return None;
        };
        let ExpressionKind::Name(name) = &value.kind else {
            return None;
        };
        let own = self.frame().own.contains(name.as_str());
        if attribute.text != "append" || !own || self.own_list(value).is_some() {
            return None;
        }
        let message = format!("the list `{name}` is made in the loop, and is not only read and made longer there");
        let diagnostic = self.refuse_expression(expression.span, message);
        Some(Box::new(diagnostic.help(
            "bind the name to lists that are written out only, and hand the list on as `np.array(…)`",
        )))
    }
}
