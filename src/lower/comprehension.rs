//! Comprehensions: a generator or a list that is consumed where it stands (`sum(x * x for x in row)`) is a loop.
//!
//! Its targets are names of a frame of their own. What is kept is the matter of `lists`.

use super::iterate::{Iteration, Run};
use super::loops::Header;
use super::lowerer::{Frame, Lower, Lowerer, OpenLoop};
use super::paths::{arrays_of_expression, plain_names};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, Handle};
use crate::python::walk::{self, Use};
use crate::python::{ComprehensionClause, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;
pub(super) type Clauses<'a> = &'a [ComprehensionClause];

/// What is done with each item.
pub(super) type Each<'a, 'b> = &'b mut dyn FnMut(&mut Lowerer<'a>, Value<'a>) -> Lower<()>;

/// The element and the clauses of a comprehension that gives items one after the other.
pub(super) fn parts(expression: &Expression) -> Option<(&Expression, Clauses<'_>)> {
    match &expression.kind {
        ExpressionKind::Comprehension {
            element,
            value: None,
            clauses,
            kind: crate::python::ComprehensionKind::List | crate::python::ComprehensionKind::Generator,
        } => Some((element, clauses)),
        _ => None,
    }
}

impl<'a> Lowerer<'a> {
    // Consumed where they stand

    /// `any(iterable)`, or `all`: whether an item is found that decides.
    pub(super) fn truth_of(&mut self, any: bool, iterable: &'a Expression, span: Span) -> Lower<Value<'a>> {
        let decided = self.temporary(if any { "found" } else { "failed" }, span);
        let no = self.truth(false, span);
        self.assign(decided, no, span);
        self.each(iterable, span, Some(decided), &mut |this, value| {
            let one = this.number(value, span)?;
            let condition = if any { one } else { this.not(one, span) };
            let ((), accept) = this.nested(|this| {
                let yes = this.truth(true, span);
                this.assign(decided, yes, span);
                this.push(ir::Statement::Break, span);
                Ok(())
            })?;
            this.push_if(condition, accept, span);
            Ok(())
        })?;
        let decided = self.read(decided, span);
        Ok(Value::Scalar(if any { decided } else { self.not(decided, span) }))
    }

    /// `if condition: accept`
    pub(super) fn push_if(&mut self, condition: Ex, accept: ir::Block, span: Span) {
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

    /// `for at in range(start, stop)`
    pub(super) fn repeat(
        &mut self,
        start: Ex,
        stop: Ex,
        span: Span,
        body: &mut dyn FnMut(&mut Self, Ex) -> Lower<()>,
    ) -> Lower<()> {
        let name = self.fresh("index");
        let step = self.int(1, span);
        let counted = self.region.loops.append(ir::Loop {
            written: name.clone(),
            name,
            start,
            stop,
            step,
            body: ir::Block::default(),
            annotation: None,
            mode: ir::Mode::Serial,
            span: self.at(span),
        });
        let ((), block) = self.nested(|this| {
            let at = this.add(ir::Expression::Counter(counted), span);
            body(this, at)
        })?;
        self.region.loops[counted].body = block;
        self.push(ir::Statement::For(counted), span);
        Ok(())
    }

    /// Every item of an iterable in order. `left` is true once the loops are to be left, which the innermost does by itself.
    pub(super) fn each(
        &mut self,
        iterable: &'a Expression,
        span: Span,
        left: Option<Handle<ir::Variable>>,
        body: Each<'a, '_>,
    ) -> Lower<()> {
        if let Some((element, clauses)) = parts(iterable) {
            return self.rounds(iterable, clauses, left, &mut |this| {
                let value = this.value(element)?;
                body(this, value)
            });
        }
        if left.is_none()
            && let Some(items) = self.known_items(iterable)?
        {
            return items.into_iter().try_for_each(|item| body(self, item));
        }
        if let Some((function, items)) = self.mapped(iterable)? {
            return self.each(items, span, left, &mut |this, item| {
                let value = this.apply(function.clone(), vec![item], span)?;
                body(this, value)
            });
        }
        match self.iteration(iterable, None)? {
            Iteration::Single(run) => {
                let Run { start, stop, .. } = run;
                if self.literal(run.step) == Some(1) {
                    let item = run.item;
                    return self.repeat(start, stop, span, &mut |this, at| {
                        let value = this.item_value(&item, at, span)?;
                        body(this, value)
                    });
                }
                let (count, item) = self.counted_from_zero(run, span);
                let zero = self.int(0, span);
                self.repeat(zero, count, span, &mut |this, at| {
                    let value = this.item_value(&item, at, span)?;
                    body(this, value)
                })
            }
            Iteration::Nest(_) | Iteration::Rising(..) => {
                Err(self.refuse(Code::UnsupportedIterable, span, "this is no iteration of numbers"))
            }
        }
    }

    /// The items of a list or a tuple that is written out, or of a name for one.
    pub(super) fn known_items(&mut self, iterable: &'a Expression) -> Lower<Option<Vec<Value<'a>>>> {
        match &iterable.kind {
            ExpressionKind::List(items) | ExpressionKind::Tuple(items) => {
                let items: Vec<&'a Expression> = items.iter().collect();
                self.values(&items).map(Some)
            }
            ExpressionKind::Name(_) => Ok(match self.value(iterable)? {
                Value::Tuple(items) => Some(items),
                _ => None,
            }),
            _ => Ok(None),
        }
    }

    // Clauses

    /// The clauses of a comprehension around `body`.
    pub(super) fn rounds(
        &mut self,
        whole: &'a Expression,
        clauses: Clauses<'a>,
        left: Option<Handle<ir::Variable>>,
        body: &mut dyn FnMut(&mut Self) -> Lower<()>,
    ) -> Lower<()> {
        let Some((ComprehensionClause::For { target, iterable, .. }, rest)) = clauses.split_first() else {
            return body(self);
        };
        // The first iterable is evaluated outside.
        if let Some(items) = self.few_items(iterable, left)? {
            return self.within(whole, clauses, |this| {
                this.each_of(target, whole.span, items, &mut |this| {
                    this.inner_rounds(whole.span, rest, left, body)
                })
            });
        }
        let iteration = self.iteration(iterable, targets_of(target))?;
        self.within(whole, clauses, |this| {
            this.round(target, whole.span, iteration, left, &mut |this| {
                this.inner_rounds(whole.span, rest, left, body)
            })
        })
    }

    fn inner_rounds(
        &mut self,
        whole: Span,
        clauses: Clauses<'a>,
        left: Option<Handle<ir::Variable>>,
        body: &mut dyn FnMut(&mut Self) -> Lower<()>,
    ) -> Lower<()> {
        match clauses.split_first() {
            None => body(self),
            Some((ComprehensionClause::If(test), rest)) => {
                let condition = self.scalar(test)?;
                let ((), accept) = self.nested(|this| this.inner_rounds(whole, rest, left, body))?;
                self.push_if(condition, accept, test.span);
                Ok(())
            }
            Some((ComprehensionClause::For { target, iterable, .. }, rest)) => {
                if let Some(items) = self.few_items(iterable, left)? {
                    return self.each_of(target, whole, items, &mut |this| {
                        this.inner_rounds(whole, rest, left, body)
                    });
                }
                let iteration = self.iteration(iterable, targets_of(target))?;
                self.round(target, whole, iteration, left, &mut |this| {
                    this.inner_rounds(whole, rest, left, body)
                })?;
                if let Some(flag) = left {
                    self.break_if(flag, target.span);
                }
                Ok(())
            }
        }
    }

    /// The items of a clause, if they are written out and few, and no round leaves the others out.
    pub(super) fn few_items(
        &mut self,
        iterable: &'a Expression,
        left: Option<Handle<ir::Variable>>,
    ) -> Lower<Option<Vec<Value<'a>>>> {
        if left.is_some() {
            return Ok(None);
        }
        let items = self.known_items(iterable)?;
        Ok(items.filter(|items| items.len() <= FEW))
    }

    /// A clause over items that are written out: once for each.
    fn each_of(
        &mut self,
        target: &'a Expression,
        span: Span,
        items: Vec<Value<'a>>,
        body: &mut dyn FnMut(&mut Self) -> Lower<()>,
    ) -> Lower<()> {
        let items: Vec<_> = items.into_iter().map(|item| self.kept(item, "item")).collect();
        for item in items {
            let value = self.bound(&item, span);
            self.bind_target(target, value, span)?;
            body(self)?;
        }
        Ok(())
    }

    fn round(
        &mut self,
        target: &'a Expression,
        whole: Span,
        iteration: Iteration,
        left: Option<Handle<ir::Variable>>,
        body: &mut dyn FnMut(&mut Self) -> Lower<()>,
    ) -> Lower<()> {
        let iteration = match iteration {
            Iteration::Single(run) if self.gathering && self.literal(run.step) != Some(1) => {
                Iteration::Single(self.by_ones(run, target.span))
            }
            other => other,
        };
        let header = Header {
            target,
            header: target.span,
            whole,
            inside: whole,
        };
        self.frame_mut().loops.push(OpenLoop {
            broken: left,
            parallel: false,
        });
        let result = self.counted(&header, iteration, &mut |this, _| body(this));
        self.frame_mut().loops.pop();
        result.map(|_| ())
    }

    /// Lowers a part where the targets of a comprehension are names of their own.
    pub(super) fn within<T>(
        &mut self,
        whole: &'a Expression,
        clauses: Clauses<'a>,
        part: impl FnOnce(&mut Self) -> Lower<T>,
    ) -> Lower<T> {
        let mut own = std::collections::HashSet::new();
        let mut uses = Vec::new();
        for clause in clauses {
            match clause {
                ComprehensionClause::For { target, iterable, .. } => {
                    let bound = walk::names_of_target(target);
                    own.extend(bound.iter().filter(|this| this.how == Use::Bind).map(|this| this.name));
                    uses.extend(walk::names_of(iterable));
                }
                ComprehensionClause::If(test) => uses.extend(walk::names_of(test)),
            }
        }
        if let Some((element, _)) = parts(whole) {
            uses.extend(walk::names_of(element));
        }
        let mut arrays = std::collections::HashSet::new();
        arrays_of_expression(whole, &mut arrays);
        let targets = vec![(own.iter().copied().collect(), whole.span)];
        let around = self.frame();
        self.frames.push(Frame {
            scope: around.scope,
            own,
            locals: Default::default(),
            call: around.call.clone(),
            outer: Some(self.frames.len() - 1),
            globals: around.globals.clone(),
            is_lambda: true,
            identity: None,
            uses,
            array_names: plain_names(&arrays),
            optional: Default::default(),
            tuples: Default::default(),
            targets,
            loops: Vec::new(),
            returns: Default::default(),
            blocks: self.blocks.len(),
        });
        let result = part(self);
        self.frames.pop();
        result
    }
}

/// How many items a clause is written out for; several clauses multiply.
const FEW: usize = 4;

/// How many names a target is unpacked into.
pub(super) fn targets_of(target: &Expression) -> Option<usize> {
    match &target.kind {
        ExpressionKind::Tuple(items) | ExpressionKind::List(items) => Some(items.len()),
        _ => None,
    }
}
