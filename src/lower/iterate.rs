//! Iteration spaces: what a `for` runs over, as counted loops and the items they give.

use super::known::{Known, Space};
use super::lowerer::{Lower, Lowerer};
use super::value::{List, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, BinaryOp, Function, Handle};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// The iteration space of one `for`.
pub(super) enum Iteration {
    /// One counted loop.
    Single(Run),
    /// Counted loops inside one another, whose counters together are the item.
    Nest(Vec<Run>),
    /// As many of the same loop, each of which starts behind the present place of the one around it.
    Rising(Run, usize),
}

/// A counted loop and what each iteration gives.
pub(super) struct Run {
    pub(super) start: Ex,
    pub(super) stop: Ex,
    pub(super) step: Ex,
    pub(super) item: Item,
}

/// What an iteration gives, by the counter.
pub(super) enum Item {
    /// A number.
    Count(Affine),
    /// `array[before, number]`
    Element(Handle<ir::Array>, Vec<Ex>, Affine),
    /// A list or an item of one, by the number.
    Listed(List, Affine),
    /// Several at once.
    Tuple(Vec<Item>),
}

/// `start + counter * step`; absent parts are 0 and 1.
#[derive(Clone, Copy, Default)]
pub(super) struct Affine {
    pub(super) start: Option<Ex>,
    pub(super) step: Option<Ex>,
}

impl<'a> Lowerer<'a> {
    /// What a `for` runs over. `targets` is the number of names its items are unpacked into, if they are.
    pub(super) fn iteration(&mut self, iterable: &'a Expression, targets: Option<usize>) -> Lower<Iteration> {
        if let ExpressionKind::Call { function, arguments } = &iterable.kind {
            match self.value(function)? {
                Value::Known(Known::Space(Space::Ndindex)) => return self.ndindex(arguments, targets, iterable.span),
                Value::Known(Known::Space(Space::Product)) => return self.product(arguments, iterable.span),
                Value::Known(Known::Space(Space::Combinations)) => return self.combinations(arguments, iterable.span),
                _ => {}
            }
        }
        self.run_over(iterable).map(Iteration::Single)
    }

    fn run_over(&mut self, iterable: &'a Expression) -> Lower<Run> {
        let span = iterable.span;
        if let ExpressionKind::Call { function, arguments } = &iterable.kind
            && let Value::Known(Known::Space(space)) = self.value(function)?
        {
            return match space {
                Space::Range => self.range(arguments, span),
                Space::Enumerate => self.enumerate(arguments, span),
                Space::Zip => self.zip(arguments, span),
                Space::Reversed => self.reversed(arguments, span),
                Space::Ndindex | Space::Product | Space::Combinations => {
                    Err(self.no_space(span, "an iterator over several axes cannot be combined with another"))
                }
            };
        }
        let value = self.value(iterable)?;
        self.run_over_value(value, span)
    }

    fn run_over_value(&mut self, value: Value<'a>, span: Span) -> Lower<Run> {
        match value {
            Value::Path(path) => {
                let array = self.array(&path, span)?;
                let length = self.add(ir::Expression::Extent { array, axis: 0 }, span);
                Ok(self.elements(array, Vec::new(), length, span))
            }
            Value::Element(array, subscripts) if !self.are_plain(&subscripts) => {
                let part = self.add(ir::Expression::Load { array, subscripts }, span);
                let variable = self.temporary("items", span);
                self.assign(variable, part, span);
                let array = self.array_in(variable);
                let length = self.add(ir::Expression::Extent { array, axis: 0 }, span);
                Ok(self.elements(array, Vec::new(), length, span))
            }
            Value::Element(array, subscripts) => {
                let axis = subscripts.len() as u32;
                let before: Vec<_> = subscripts.into_iter().map(|s| self.settle(s, "row")).collect();
                self.ask(array, &before);
                let length = self.add(ir::Expression::Extent { array, axis }, span);
                Ok(self.elements(array, before, length, span))
            }
            Value::Scalar(whole) => {
                let variable = match self.region.expressions[whole] {
                    ir::Expression::Variable(variable) => variable,
                    ir::Expression::Array(_) | ir::Expression::Binary { .. } | ir::Expression::Call { .. } => {
                        let variable = self.temporary("items", span);
                        self.assign(variable, whole, span);
                        variable
                    }
                    _ => return Err(self.no_space(span, "this is no iteration space")),
                };
                let array = self.array_in(variable);
                let length = self.add(ir::Expression::Extent { array, axis: 0 }, span);
                Ok(self.elements(array, Vec::new(), length, span))
            }
            Value::List(list) => Ok(self.run_over_list(list, span)),
            Value::Optional(there, value) => {
                let value = self.present(there, *value, span);
                self.run_over_value(value, span)
            }
            Value::Tuple(_)
            | Value::Library(_)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Text(_)
            | Value::Places(_)
            | Value::Shape(_)
            | Value::Generator(..)
            | Value::Draw(..)
            | Value::None => Err(self.no_space(span, "this is no iteration space")),
        }
    }

    pub(super) fn run_over_list(&mut self, list: List, span: Span) -> Run {
        let stop = self.list_length(&list, span);
        let subscripts = list.subscripts.into_iter().map(|s| self.settle(s, "row")).collect();
        let list = List { subscripts, ..list };
        Run {
            start: self.int(0, span),
            stop,
            step: self.int(1, span),
            item: Item::Listed(list, Affine::default()),
        }
    }

    fn no_space(&self, span: Span, message: &str) -> Box<Diagnostic> {
        let diagnostic = self.refuse(Code::UnsupportedIterable, span, message);
        Box::new(diagnostic.help(
            "a translated `for` runs over `range`, `enumerate`, `zip`, `reversed`, an array, `np.ndindex`, \
             `itertools.product` or `itertools.combinations` of ranges",
        ))
    }

    fn elements(&mut self, array: Handle<ir::Array>, before: Vec<Ex>, length: Ex, span: Span) -> Run {
        Run {
            start: self.int(0, span),
            stop: length,
            step: self.int(1, span),
            item: Item::Element(array, before, Affine::default()),
        }
    }

    pub(super) fn range(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Run> {
        let given = self.positional("range", arguments, span)?;
        let bounds = self.operands(&given)?;
        let (start, stop, step) = match bounds[..] {
            [stop] => (self.int(0, span), stop, self.int(1, span)),
            [start, stop] => (start, stop, self.int(1, span)),
            [start, stop, step] => (start, stop, step),
            _ => return Err(self.arity("range", "one to three arguments", span)),
        };
        let item = Item::Count(Affine::default());
        Ok(Run {
            start,
            stop,
            step,
            item,
        })
    }

    fn enumerate(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Run> {
        let (first, start) = match arguments {
            [first] => (first, None),
            [first, start]
                if match &start.kind {
                    ArgumentKind::Positional => true,
                    ArgumentKind::Keyword(name) => name.text == "start",
                    ArgumentKind::Star | ArgumentKind::DoubleStar => false,
                } =>
            {
                (first, Some(&start.value))
            }
            _ => return Err(self.arity("enumerate", "one or two arguments", span)),
        };
        let inner = self.run_over(&first.value)?;
        let (count, item) = self.counted_from_zero(inner, span);
        let start = match start.map(super::value::constant_index) {
            None | Some(Some(0)) => None,
            Some(_) => {
                let mark = self.mark();
                let start = start.map(|start| self.scalar(start)).transpose()?;
                debug_assert!(mark <= self.mark(), "statements are only added");
                start.map(|start| self.settle(start, "start"))
            }
        };
        let index = Item::Count(Affine { start, step: None });
        Ok(Run {
            start: self.int(0, span),
            stop: count,
            step: self.int(1, span),
            item: Item::Tuple(vec![index, item]),
        })
    }

    fn zip(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Run> {
        let mut counts = Vec::new();
        let mut items = Vec::new();
        let is_strict =
            |argument: &Argument| matches!(&argument.kind, ArgumentKind::Keyword(name) if name.text == "strict");
        let (arguments, strict) = match arguments.split_last() {
            Some((last, others)) if is_strict(last) => match last.value.kind {
                ExpressionKind::Bool(strict) => (others, strict),
                _ => return Err(self.no_space(last.value.span, "`strict=` is `True` or `False` here")),
            },
            Some(_) | None => (arguments, false),
        };
        for argument in self.positional("zip", arguments, span)? {
            let mark = self.mark();
            let inner = self.run_over(argument)?;
            self.keep(&mut counts, mark);
            let (count, item) = self.counted_from_zero(inner, span);
            counts.push(count);
            items.push(item);
        }
        if strict {
            self.leave_unless_alike(&counts, span);
        }
        let stop = match counts[..] {
            [] => return Err(self.arity("zip", "an argument", span)),
            [only] => only,
            _ => {
                let function = Function::Min;
                let arguments = counts;
                self.add(ir::Expression::Call { function, arguments }, span)
            }
        };
        Ok(Run {
            start: self.int(0, span),
            stop,
            step: self.int(1, span),
            item: Item::Tuple(items),
        })
    }

    /// Leaves the region to Python, which raises after the last common item, where what `zip` combines differs in length.
    fn leave_unless_alike(&mut self, counts: &[Ex], span: Span) {
        let counts: Vec<Ex> = counts.iter().map(|count| self.at_least_zero(*count, span)).collect();
        for pair in counts.windows(2) {
            let (op, left, right) = (ir::CompareOp::NotEqual, pair[0], pair[1]);
            let differ = self.add(ir::Expression::Compare { op, left, right }, span);
            self.leave_if(
                differ,
                "`zip` with `strict=True` has arguments of several lengths",
                span,
            );
        }
    }

    fn reversed(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Run> {
        let [argument] = self.positional("reversed", arguments, span)?[..] else {
            return Err(self.arity("reversed", "one argument", span));
        };
        let run = self.run_over(argument)?;
        if matches!(run.item, Item::Tuple(_)) {
            return Err(self.no_space(span, "`enumerate` and `zip` cannot be reversed"));
        }
        let Run {
            start,
            stop,
            step,
            item,
        } = run;
        let start = self.settle(start, "first");
        let stop = self.settle(stop, "end");
        let step = self.settle(step, "step");
        let (last, before) = match self.literal(step) {
            Some(1) => (self.offset(stop, -1, span), self.offset(start, -1, span)),
            Some(-1) => (self.offset(stop, 1, span), self.offset(start, 1, span)),
            _ => {
                let count = self.count(start, stop, step, span);
                let one_less = self.offset(count, -1, span);
                let reach = self.binary(BinaryOp::Multiply, one_less, step, span);
                let last = self.binary(BinaryOp::Add, start, reach, span);
                (last, self.binary(BinaryOp::Subtract, start, step, span))
            }
        };
        let back = match self.literal(step) {
            Some(value) => self.int(-value, span),
            None => {
                let op = ir::UnaryOp::Negate;
                self.add(ir::Expression::Unary { op, operand: step }, span)
            }
        };
        Ok(Run {
            start: last,
            stop: before,
            step: back,
            item,
        })
    }

    /// The same space with a counter that runs from 0 by 1: the number of iterations, and the item by that counter.
    pub(super) fn counted_from_zero(&mut self, run: Run, span: Span) -> (Ex, Item) {
        let Run {
            start,
            stop,
            step,
            item,
        } = run;
        if self.literal(start) == Some(0) && self.literal(step) == Some(1) {
            return (self.settle(stop, "count"), item);
        }
        let counted_down = match self.region.expressions[start] {
            ir::Expression::Binary {
                op: BinaryOp::Subtract,
                left,
                right,
            } if self.literal(right) == Some(1) => Some(left),
            _ => None,
        };
        let whole = counted_down.filter(|_| self.literal(stop) == Some(-1) && self.literal(step) == Some(-1));
        let start = self.settle(start, "first");
        let stop = self.settle(stop, "end");
        let step = self.settle(step, "step");
        let count = match whole {
            Some(length) => length,
            None => self.count(start, stop, step, span),
        };
        let count = self.settle(count, "count");
        let affine = Affine {
            start: (self.literal(start) != Some(0)).then_some(start),
            step: (self.literal(step) != Some(1)).then_some(step),
        };
        // Only ranges and what is reversed start elsewhere or step otherwise, and their items are the counter's.
        let item = match item {
            Item::Count(_) => Item::Count(affine),
            Item::Element(array, before, _) => Item::Element(array, before, affine),
            Item::Listed(list, _) => Item::Listed(list, affine),
            Item::Tuple(items) => Item::Tuple(items),
        };
        (count, item)
    }

    /// The length of `range(start, stop, step)`, or a negative number where it is empty. Raises for a step of zero.
    fn count(&mut self, start: Ex, stop: Ex, step: Ex, span: Span) -> Ex {
        match self.literal(step) {
            Some(1) if self.literal(start) == Some(0) => stop,
            Some(1) => self.binary(BinaryOp::Subtract, stop, start, span),
            Some(-1) => self.binary(BinaryOp::Subtract, start, stop, span),
            Some(value) if value > 0 => self.quotient(start, stop, step, value - 1, span),
            Some(value) if value < 0 => self.quotient(start, stop, step, value + 1, span),
            _ => {
                let zero = self.int(0, span);
                let compare = |op| ir::Expression::Compare {
                    op,
                    left: step,
                    right: zero,
                };
                let is_zero = self.add(compare(ir::CompareOp::Equal), span);
                let message = Some("range() arg 3 must not be zero".to_owned());
                self.raise_if(is_zero, ir::Exception::ValueError, message, span);
                let condition = self.add(compare(ir::CompareOp::Greater), span);
                let one = self.int(1, span);
                let minus = self.int(-1, span);
                let towards = ir::Expression::Select {
                    condition,
                    accept: one,
                    reject: minus,
                };
                let towards = self.add(towards, span);
                let short = self.binary(BinaryOp::Subtract, step, towards, span);
                let distance = self.binary(BinaryOp::Subtract, stop, start, span);
                let rounded = self.binary(BinaryOp::Add, distance, short, span);
                self.binary(BinaryOp::FloorDivide, rounded, step, span)
            }
        }
    }

    /// `(stop - start + round) // step`
    fn quotient(&mut self, start: Ex, stop: Ex, step: Ex, round: i64, span: Span) -> Ex {
        let distance = self.binary(BinaryOp::Subtract, stop, start, span);
        let rounded = self.offset(distance, round, span);
        self.binary(BinaryOp::FloorDivide, rounded, step, span)
    }

    fn offset(&mut self, value: Ex, by: i64, span: Span) -> Ex {
        if by == 0 {
            return value;
        }
        if let Some(sum) = self.literal(value).and_then(|value| value.checked_add(by)) {
            return self.int(sum, span);
        }
        let (op, by) = if by < 0 {
            (BinaryOp::Subtract, -by)
        } else {
            (BinaryOp::Add, by)
        };
        let by = self.int(by, span);
        self.binary(op, value, by, span)
    }

    pub(super) fn literal(&self, handle: Ex) -> Option<i64> {
        match self.region.expressions[handle] {
            ir::Expression::Literal(ir::Literal::Int(value)) => Some(value),
            _ => None,
        }
    }

    // Several axes

    /// `np.ndindex(n, m)`, `np.ndindex(a.shape)`, `np.ndindex(*a.shape)`
    fn ndindex(&mut self, arguments: &'a [Argument], targets: Option<usize>, span: Span) -> Lower<Iteration> {
        let sizes: Vec<Value<'a>> = match arguments {
            [
                Argument {
                    kind: ArgumentKind::Positional | ArgumentKind::Star,
                    value,
                },
            ] => {
                let starred = arguments[0].kind == ArgumentKind::Star;
                match (self.value(value)?, targets) {
                    (Value::Tuple(items), _) => items,
                    (whole @ Value::Path(_), Some(count)) if starred || self.is_shape(&whole) => {
                        self.unpack(whole, count, span)?
                    }
                    (whole @ Value::Path(_), None) if starred || self.is_shape(&whole) => {
                        let diagnostic = self.no_space(span, "the number of axes must be known");
                        return Err(Box::new(
                            diagnostic.help("unpack the index: `for i, j in np.ndindex(a.shape)`"),
                        ));
                    }
                    (single, _) => vec![single],
                }
            }
            _ => {
                let given = self.positional("np.ndindex", arguments, span)?;
                self.values(&given)?
            }
        };
        let mut runs = Vec::new();
        for size in sizes {
            let size = self.number(size, span)?;
            let stop = self.settle(size, "size");
            if !matches!(self.region.expressions[stop], ir::Expression::Extent { .. }) {
                self.refuse_negative(stop, span);
            }
            runs.push(Run {
                start: self.int(0, span),
                stop,
                step: self.int(1, span),
                item: Item::Count(Affine::default()),
            });
        }
        if runs.is_empty() {
            return Err(self.arity("np.ndindex", "an argument", span));
        }
        Ok(Iteration::Nest(runs))
    }

    fn is_shape(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Path(path) => matches!(path.steps.last(), Some(ir::Step::Attribute(name)) if name == "shape"),
            _ => false,
        }
    }

    fn refuse_negative(&mut self, size: Ex, span: Span) {
        let zero = self.int(0, span);
        let below = ir::Expression::Compare {
            op: ir::CompareOp::Less,
            left: size,
            right: zero,
        };
        let below = self.add(below, span);
        let message = Some("negative dimensions are not allowed".to_owned());
        self.raise_if(below, ir::Exception::ValueError, message, span);
    }

    /// `itertools.product(range(n), range(m))`
    fn product(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Iteration> {
        let mut runs = Vec::new();
        for argument in self.positional("itertools.product", arguments, span)? {
            let run = self.run_over(argument)?;
            if !matches!(run.item, Item::Count(_)) {
                return Err(self.no_space(
                    argument.span,
                    "`itertools.product` copies what is no range before it starts",
                ));
            }
            runs.push(Run {
                start: self.settle(run.start, "first"),
                stop: self.settle(run.stop, "end"),
                step: self.settle(run.step, "step"),
                item: run.item,
            });
        }
        if runs.is_empty() {
            return Err(self.arity("itertools.product", "an argument", span));
        }
        Ok(Iteration::Nest(runs))
    }

    /// `itertools.combinations(range(n), 2)`
    fn combinations(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Iteration> {
        let given = self.by_name("combinations", arguments, &["iterable", "r"], span)?;
        let (Some(iterable), Some(width)) = (given.get("iterable"), given.get("r")) else {
            return Err(self.arity("itertools.combinations", "a range and a number", span));
        };
        let width = super::value::constant_index(width).and_then(|width| usize::try_from(width).ok());
        let Some(width) = width.filter(|width| (1..=MOST_AXES).contains(width)) else {
            return Err(self.no_space(span, "how many are combined must be written out"));
        };
        let run = self.run_over(iterable)?;
        if !matches!(run.item, Item::Count(_)) || self.literal(run.step) != Some(1) {
            let message = "`itertools.combinations` copies what is no range before it starts";
            return Err(self.no_space(iterable.span, message));
        }
        let run = Run {
            start: self.settle(run.start, "first"),
            stop: self.settle(run.stop, "end"),
            ..run
        };
        Ok(Iteration::Rising(run, width))
    }
}

/// How many numbers are combined at most.
const MOST_AXES: usize = 4;
