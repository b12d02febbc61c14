//! Loops: iteration spaces become counted loops, `while` stays, `break` and `else` are told by flags.

use super::known::{Known, Space};
use super::lowerer::{Annotated, Binding, Lower, Lowerer, OpenLoop};
use super::statement::suite_span;
use super::value::{Path, Value};
use crate::diagnostics::Code;
use crate::ir::{self, BinaryOp, Function, Handle, Literal};
use crate::pragma::ClauseKind;
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind, For, Statement, StatementKind, While};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// What a `for` runs over, its parts evaluated.
enum Source {
    Range {
        start: Ex,
        stop: Ex,
        step: Ex,
    },
    /// The elements (or rows) of an array.
    Array(Handle<ir::Array>),
    Enumerate(Box<Source>, Ex),
    Zip(Vec<Source>),
    /// An array backwards.
    Backwards(Handle<ir::Array>),
    /// Nested loops, outermost first; the items are tuples.
    Product(Vec<Source>),
}

/// What one round of a loop binds.
enum Item {
    Value(Ex),
    /// An element, or a row, by one subscript.
    Element(Handle<ir::Array>, Ex),
    Tuple(Vec<Item>),
}

impl<'a> Lowerer<'a> {
    /// `for target in iterable: body`
    pub(super) fn for_loop(&mut self, statement: &'a Statement, node: &'a For) -> Lower<()> {
        if node.asynchronous {
            return Err(self.refuse_statement(node.header, "`async for` cannot be translated"));
        }
        let targets = match &node.target.kind {
            ExpressionKind::Tuple(targets) | ExpressionKind::List(targets) => targets.len(),
            _ => 1,
        };
        let source = self.source(&node.iterable, targets)?;
        let directive = self
            .program
            .directives
            .on(statement)
            .filter(|directive| directive.kind.is_loop());
        let clauses = match directive {
            Some(directive) => Some((directive, self.clause_values(directive)?)),
            None => None,
        };
        let broken = self.flag_for(&node.otherwise, statement.span);
        let levels = match source {
            Source::Product(levels) => levels,
            single => vec![single],
        };
        let count = levels.len() as u32;
        if count > 1 && breaks(&node.body) {
            return Err(self.refuse_statement(node.header, "`break` out of several loops at once cannot be translated"));
        }
        let before = self.region.loops.len();
        let outer_atomic = self.atomic;
        let updates = directive.is_some_and(|one| one.clauses.iter().any(|clause| clause.kind == ClauseKind::Atomic));
        let atomic = std::mem::replace(&mut self.atomic, outer_atomic || updates);
        let done = self.levels(levels, Vec::new(), statement, node, broken);
        self.atomic = atomic;
        done?;
        let outermost = self.region.loops.handles().nth(before);
        if let (Some((directive, [chunk, num_threads, condition])), Some(outermost)) = (clauses, outermost) {
            self.annotated.push(Annotated {
                counted: outermost,
                directive,
                levels: count,
                chunk,
                num_threads,
                condition,
            });
        }
        self.after_loop(&node.body, &node.otherwise, broken, statement.span)
    }

    /// Opens a counted loop for each level, then binds the items and lowers the body.
    fn levels(
        &mut self,
        mut rest: Vec<Source>,
        mut items: Vec<Item>,
        statement: &'a Statement,
        node: &'a For,
        broken: Option<Handle<ir::Variable>>,
    ) -> Lower<()> {
        if rest.is_empty() {
            let item = if items.len() == 1 {
                items.remove(0)
            } else {
                Item::Tuple(items)
            };
            self.bind_item(&node.target, item, suite_span(&node.body), statement.span)?;
            self.frame_mut().loops.push(OpenLoop { broken });
            let done = self.suite(&node.body);
            self.frame_mut().loops.pop();
            return done;
        }
        let source = rest.remove(0);
        let span = node.header;
        let (start, stop, step) = self.bounds(&source, span)?;
        let name = self.fresh(&counter_name(&node.target, items.len()));
        let counted = self.region.loops.append(ir::Loop {
            name,
            start,
            stop,
            step,
            body: ir::Block::default(),
            annotation: None,
            mode: ir::Mode::Serial,
            span,
        });
        let ((), body) = self.nested(|this| {
            let counter = this.add(ir::Expression::Counter(counted), span);
            let item = this.item(&source, counter, span);
            items.push(item);
            this.levels(rest, items, statement, node, broken)
        })?;
        self.region.loops[counted].body = body;
        self.push(ir::Statement::For(counted), statement.span);
        Ok(())
    }

    // Sources

    /// What is iterated; `targets` is how many names each round binds.
    fn source(&mut self, iterable: &'a Expression, targets: usize) -> Lower<Source> {
        let span = iterable.span;
        let refused = |this: &Self, message: &str| {
            let diagnostic = this.refuse(Code::UnsupportedIterable, span, message);
            let help =
                "loop over range(), an array, enumerate(), zip(), reversed(), np.ndindex() or itertools.product()";
            Box::new(diagnostic.help(help))
        };
        if let ExpressionKind::Call { function, arguments } = &iterable.kind
            && let Value::Known(Known::Space(space)) = self.value(function)?
        {
            return self.space(space, arguments, targets, span);
        }
        match self.value(iterable)? {
            Value::Path(path) => self.array(&path, span).map(Source::Array),
            Value::Element(..) => Err(refused(self, "a part of an array cannot be iterated here")),
            Value::Scalar(_)
            | Value::Tuple(_)
            | Value::Library(_)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Text(_)
            | Value::None => Err(refused(self, "this cannot be iterated by a translated loop")),
        }
    }

    fn space(&mut self, space: Space, arguments: &'a [Argument], targets: usize, span: Span) -> Lower<Source> {
        match space {
            Space::Range => {
                let given = self.positional("range", arguments, span)?;
                self.range(&given, span)
            }
            Space::Enumerate => self.enumerate(arguments, span),
            Space::Zip => {
                let given = self.positional("zip", arguments, span)?;
                let parts = given
                    .into_iter()
                    .map(|part| self.source(part, 1))
                    .collect::<Lower<Vec<_>>>()?;
                if parts.is_empty() {
                    return Err(self.arity("zip", "an argument", span));
                }
                Ok(Source::Zip(parts))
            }
            Space::Reversed => {
                let [part] = self.positional("reversed", arguments, span)?[..] else {
                    return Err(self.arity("reversed", "one argument", span));
                };
                let source = self.source(part, 1)?;
                self.reversed(source, span)
            }
            Space::Ndindex => self.ndindex(arguments, targets, span),
            Space::Product => {
                let given = self.positional("product", arguments, span)?;
                let parts = given
                    .into_iter()
                    .map(|part| self.source(part, 1))
                    .collect::<Lower<Vec<_>>>()?;
                if parts.len() < 2 {
                    return Err(self.arity("product", "two arguments or more", span));
                }
                Ok(Source::Product(parts))
            }
        }
    }

    fn range(&mut self, given: &[&'a Expression], span: Span) -> Lower<Source> {
        let values = self.operands(given)?;
        let (zero, one) = (self.int(0, span), self.int(1, span));
        match values[..] {
            [stop] => Ok(Source::Range {
                start: zero,
                stop,
                step: one,
            }),
            [start, stop] => Ok(Source::Range { start, stop, step: one }),
            [start, stop, step] => Ok(Source::Range { start, stop, step }),
            _ => Err(self.arity("range", "one to three arguments", span)),
        }
    }

    fn enumerate(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Source> {
        let (first, start) = match arguments {
            [first] => (first, None),
            [first, start] => (first, Some(start)),
            _ => return Err(self.arity("enumerate", "one or two arguments", span)),
        };
        let named = |argument: &Argument| match &argument.kind {
            ArgumentKind::Positional => true,
            ArgumentKind::Keyword(name) => name.text == "start",
            ArgumentKind::Star | ArgumentKind::DoubleStar => false,
        };
        if first.kind != ArgumentKind::Positional || !start.is_none_or(named) {
            return Err(self.arity("enumerate", "an iterable and a start", span));
        }
        let source = self.source(&first.value, 1)?;
        let start = match start {
            Some(start) => {
                let value = self.scalar(&start.value)?;
                self.settle(value, "first")
            }
            None => self.int(0, span),
        };
        Ok(Source::Enumerate(Box::new(source), start))
    }

    fn reversed(&mut self, source: Source, span: Span) -> Lower<Source> {
        match source {
            Source::Array(array) => Ok(Source::Backwards(array)),
            Source::Range { start, stop, step } => {
                let Some(by) = self.literal(step).filter(|by| *by != 0) else {
                    let message = "reversed(range()) with a step that is no constant cannot be translated";
                    return Err(self.refuse(Code::UnsupportedIterable, span, message));
                };
                let start = self.settle(start, "first");
                let trips = self.trips(start, stop, by, span);
                let one = self.int(1, span);
                let last = self.binary(BinaryOp::Subtract, trips, one, span);
                let step = self.int(by, span);
                let offset = self.binary(BinaryOp::Multiply, last, step, span);
                let first = self.binary(BinaryOp::Add, start, offset, span);
                let end = self.int(by.signum(), span);
                let stop = self.binary(BinaryOp::Subtract, start, end, span);
                let step = self.int(-by, span);
                Ok(Source::Range {
                    start: first,
                    stop,
                    step,
                })
            }
            Source::Enumerate(..) | Source::Zip(_) | Source::Backwards(_) | Source::Product(_) => {
                Err(self.refuse(Code::UnsupportedIterable, span, "this cannot be reversed"))
            }
        }
    }

    /// `np.ndindex(n, m)`, `np.ndindex(a.shape)`, `np.ndindex(*a.shape)`
    fn ndindex(&mut self, arguments: &'a [Argument], targets: usize, span: Span) -> Lower<Source> {
        let shape = |this: &mut Self, part: &'a Expression| -> Lower<Option<Path>> {
            let names_shape =
                matches!(&part.kind, ExpressionKind::Attribute { attribute, .. } if attribute.text == "shape");
            if !names_shape {
                return Ok(None);
            }
            Ok(match this.value(part)? {
                Value::Path(path) => Some(path),
                _ => None,
            })
        };
        let mut stops = Vec::new();
        if let [only] = arguments {
            let part = match &only.value.kind {
                ExpressionKind::Starred(inner) => inner,
                _ => &only.value,
            };
            if let Some(path) = shape(self, part)? {
                return self.extents(&path, targets, span);
            }
            if let ExpressionKind::Tuple(items) = &part.kind {
                let items: Vec<&'a Expression> = items.iter().collect();
                stops = self.operands(&items)?;
            }
        }
        if stops.is_empty() {
            let given = self.positional("ndindex", arguments, span)?;
            stops = self.operands(&given)?;
        }
        let zero = self.int(0, span);
        let one = self.int(1, span);
        Ok(Source::Product(
            stops
                .into_iter()
                .map(|stop| Source::Range {
                    start: zero,
                    stop,
                    step: one,
                })
                .collect(),
        ))
    }

    /// A loop for each axis of an array; how many there are is told by the number of targets, checked against the rank.
    fn extents(&mut self, shape: &Path, count: usize, span: Span) -> Lower<Source> {
        let parts = self.unpack(Value::Path(shape.clone()), count, span)?;
        let zero = self.int(0, span);
        let one = self.int(1, span);
        let stops = parts
            .into_iter()
            .map(|part| self.number(part, span))
            .collect::<Lower<Vec<_>>>()?;
        Ok(Source::Product(
            stops
                .into_iter()
                .map(|stop| Source::Range {
                    start: zero,
                    stop,
                    step: one,
                })
                .collect(),
        ))
    }

    // Counted loops

    fn literal(&self, handle: Ex) -> Option<i64> {
        match self.region.expressions[handle] {
            ir::Expression::Literal(Literal::Int(value)) => Some(value),
            ir::Expression::Unary {
                op: ir::UnaryOp::Negate,
                operand,
            } => self.literal(operand).map(|value| -value),
            _ => None,
        }
    }

    /// The number of items of `range(start, stop, by)`, not positive if there are none.
    fn trips(&mut self, start: Ex, stop: Ex, by: i64, span: Span) -> Ex {
        let (from, to) = if by > 0 { (start, stop) } else { (stop, start) };
        let width = if self.literal(from) == Some(0) {
            to
        } else {
            self.binary(BinaryOp::Subtract, to, from, span)
        };
        if by.abs() == 1 {
            return width;
        }
        let round = self.int(by.abs() - 1, span);
        let by = self.int(by.abs(), span);
        let sum = self.binary(BinaryOp::Add, width, round, span);
        self.binary(BinaryOp::FloorDivide, sum, by, span)
    }

    /// The bounds of the counted loop over a source. Of a range alone the counter is the item itself; of anything else
    /// it counts the items from 0.
    fn bounds(&mut self, source: &Source, span: Span) -> Lower<(Ex, Ex, Ex)> {
        let (zero, one) = (self.int(0, span), self.int(1, span));
        match source {
            Source::Range { start, stop, step } => Ok((*start, *stop, *step)),
            Source::Backwards(array) => {
                let length = self.add(ir::Expression::Extent { array: *array, axis: 0 }, span);
                let start = self.binary(BinaryOp::Subtract, length, one, span);
                let minus = self.int(-1, span);
                Ok((start, minus, minus))
            }
            Source::Array(_) | Source::Enumerate(..) | Source::Zip(_) | Source::Product(_) => {
                let stop = self.length_of(source, span)?;
                Ok((zero, stop, one))
            }
        }
    }

    fn length_of(&mut self, source: &Source, span: Span) -> Lower<Ex> {
        match source {
            Source::Range { start, stop, step } => {
                let Some(by) = self.literal(*step).filter(|by| *by != 0) else {
                    let message = "a range() with a step that is no constant cannot be combined with others";
                    return Err(self.refuse(Code::UnsupportedIterable, span, message));
                };
                Ok(self.trips(*start, *stop, by, span))
            }
            Source::Array(array) | Source::Backwards(array) => {
                Ok(self.add(ir::Expression::Extent { array: *array, axis: 0 }, span))
            }
            Source::Enumerate(inner, _) => self.length_of(inner, span),
            Source::Zip(parts) => {
                let lengths = parts
                    .iter()
                    .map(|part| self.length_of(part, span))
                    .collect::<Lower<Vec<_>>>()?;
                if let [only] = lengths[..] {
                    return Ok(only);
                }
                let function = Function::Min;
                Ok(self.add(
                    ir::Expression::Call {
                        function,
                        arguments: lengths,
                    },
                    span,
                ))
            }
            Source::Product(_) => Err(self.refuse(
                Code::UnsupportedIterable,
                span,
                "np.ndindex() and product() cannot be combined with others",
            )),
        }
    }

    /// The item of a round whose counter is given.
    fn item(&mut self, source: &Source, counter: Ex, span: Span) -> Item {
        match source {
            Source::Range { .. } => Item::Value(counter),
            Source::Array(array) | Source::Backwards(array) => Item::Element(*array, counter),
            Source::Enumerate(inner, first) => {
                let number = if self.literal(*first) == Some(0) {
                    counter
                } else {
                    self.binary(BinaryOp::Add, counter, *first, span)
                };
                Item::Tuple(vec![Item::Value(number), self.counted_item(inner, counter, span)])
            }
            Source::Zip(parts) => Item::Tuple(
                parts
                    .iter()
                    .map(|part| self.counted_item(part, counter, span))
                    .collect(),
            ),
            Source::Product(_) => Item::Tuple(Vec::new()),
        }
    }

    /// The item number `counter` of a source that is part of another.
    fn counted_item(&mut self, source: &Source, counter: Ex, span: Span) -> Item {
        match source {
            Source::Range { start, step, .. } => {
                let offset = if self.literal(*step) == Some(1) {
                    counter
                } else {
                    self.binary(BinaryOp::Multiply, counter, *step, span)
                };
                Item::Value(if self.literal(*start) == Some(0) {
                    offset
                } else {
                    self.binary(BinaryOp::Add, *start, offset, span)
                })
            }
            Source::Backwards(array) => {
                let length = self.add(ir::Expression::Extent { array: *array, axis: 0 }, span);
                let one = self.int(1, span);
                let last = self.binary(BinaryOp::Subtract, length, one, span);
                let place = self.binary(BinaryOp::Subtract, last, counter, span);
                Item::Element(*array, place)
            }
            Source::Array(_) | Source::Enumerate(..) | Source::Zip(_) | Source::Product(_) => {
                self.item(source, counter, span)
            }
        }
    }

    // Targets

    fn bind_item(&mut self, target: &'a Expression, item: Item, body: Span, span: Span) -> Lower<()> {
        match (&target.kind, item) {
            (ExpressionKind::Name(name), Item::Value(value)) => {
                let leaf = matches!(self.region.expressions[value], ir::Expression::Counter(_));
                if leaf && self.stays(name, body) {
                    let binding = Binding::Leaf(self.region.expressions[value].clone());
                    self.frame_mut().locals.insert(name, binding);
                } else {
                    let variable = self.variable(name, target.span);
                    self.assign(variable, value, span);
                }
                Ok(())
            }
            (ExpressionKind::Name(name), Item::Element(array, subscript)) => {
                let leaf = matches!(self.region.expressions[subscript], ir::Expression::Counter(_));
                if leaf && self.frame().array_names.contains(name) && self.stays(name, body) {
                    let subscripts = vec![self.region.expressions[subscript].clone()];
                    self.frame_mut()
                        .locals
                        .insert(name, Binding::Element(array, subscripts));
                } else {
                    let subscripts = vec![subscript];
                    let value = self.add(ir::Expression::Load { array, subscripts }, target.span);
                    let variable = self.variable(name, target.span);
                    self.assign(variable, value, span);
                }
                Ok(())
            }
            (ExpressionKind::Tuple(targets) | ExpressionKind::List(targets), Item::Tuple(items))
                if targets.len() == items.len() =>
            {
                targets
                    .iter()
                    .zip(items)
                    .try_for_each(|(target, item)| self.bind_item(target, item, body, span))
            }
            _ => {
                let message = "the targets do not fit what the loop runs over";
                Err(self.refuse(Code::UnsupportedIterable, target.span, message))
            }
        }
    }

    /// Whether a loop's name means the same all through the body and nothing after it.
    fn stays(&self, name: &str, body: Span) -> bool {
        let frame = self.frame();
        let own = self.frames.len() == 1;
        let is_variable = matches!(frame.locals.get(name), Some(Binding::Variable(_)));
        !(is_variable || frame.outlives(name) || frame.assigns_inside(name, body) || (own && self.live.contains(name)))
    }

    // While, break, else

    pub(super) fn while_loop(&mut self, statement: &'a Statement, node: &'a While) -> Lower<()> {
        let span = statement.span;
        let broken = self.flag_for(&node.otherwise, span);
        let (condition, prelude) = self.nested(|this| this.scalar(&node.test))?;
        self.frame_mut().loops.push(OpenLoop { broken });
        let body = self.nested(|this| this.suite(&node.body));
        self.frame_mut().loops.pop();
        let ((), body) = body?;
        self.push(
            ir::Statement::While {
                prelude,
                condition,
                body,
            },
            span,
        );
        self.after_loop(&node.body, &node.otherwise, broken, span)
    }

    /// A variable that tells whether a loop with an `else` was left by `break`.
    fn flag_for(&mut self, otherwise: &[Statement], span: Span) -> Option<Handle<ir::Variable>> {
        if otherwise.is_empty() {
            return None;
        }
        let broken = self.temporary("broken", span);
        let value = self.truth(false, span);
        self.assign(broken, value, span);
        Some(broken)
    }

    fn after_loop(
        &mut self,
        body: &'a [Statement],
        otherwise: &'a [Statement],
        broken: Option<Handle<ir::Variable>>,
        span: Span,
    ) -> Lower<()> {
        // A `return` inside has left one loop; it must leave those around, too.
        if let Some(flag) = self.frame().returns.flag
            && !self.frame().loops.is_empty()
            && body.iter().any(super::inline::may_return)
        {
            let condition = self.read(flag, span);
            let mut accept = ir::Block::default();
            accept.push(ir::Statement::Break, span);
            self.push(
                ir::Statement::If {
                    condition,
                    accept,
                    reject: ir::Block::default(),
                },
                span,
            );
        }
        let Some(broken) = broken else { return Ok(()) };
        let left = self.read(broken, span);
        let condition = self.not(left, span);
        let ((), accept) = self.nested(|this| this.suite(otherwise))?;
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject: ir::Block::default(),
            },
            span,
        );
        Ok(())
    }

    pub(super) fn break_out(&mut self, span: Span) -> Lower<()> {
        if let Some(broken) = self.frame().loops.last().and_then(|open| open.broken) {
            let value = self.truth(true, span);
            self.assign(broken, value, span);
        }
        self.push(ir::Statement::Break, span);
        Ok(())
    }
}

/// What the counter of level number `level` is called.
fn counter_name(target: &Expression, level: usize) -> String {
    match &target.kind {
        ExpressionKind::Name(name) => name.clone(),
        ExpressionKind::Tuple(targets) | ExpressionKind::List(targets) => targets
            .get(level)
            .map_or_else(|| "index".to_owned(), |target| counter_name(target, 0)),
        _ => "index".to_owned(),
    }
}

/// Whether a `break` in the body leaves this very loop.
fn breaks(body: &[Statement]) -> bool {
    body.iter().any(|statement| match &statement.kind {
        StatementKind::Break => true,
        StatementKind::For(node) => breaks(&node.otherwise),
        StatementKind::While(node) => breaks(&node.otherwise),
        kind => kind.bodies().iter().any(|body| breaks(body)),
    })
}
