//! The order in which operands are evaluated.
//!
//! It is Python's. When a later operand needs statements (an inlined call, `:=`), what was evaluated before is kept in temporaries,
//! unless those statements cannot change it.

use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::ir::{self, Handle};
use crate::python::Expression;
use crate::source::Span;

type Ex = Handle<ir::Expression>;

impl<'a> Lowerer<'a> {
    /// Operands as numbers, each evaluated before the next.
    pub(super) fn operands(&mut self, expressions: &[&'a Expression]) -> Lower<Vec<Ex>> {
        let mut done: Vec<Ex> = Vec::new();
        for expression in expressions {
            let mark = self.mark();
            let handle = self.scalar(expression)?;
            self.keep(&mut done, mark);
            done.push(handle);
        }
        Ok(done)
    }

    /// Operands as values, each evaluated before the next.
    pub(super) fn values(&mut self, expressions: &[&'a Expression]) -> Lower<Vec<Value<'a>>> {
        let mut done: Vec<Value<'a>> = Vec::new();
        for expression in expressions {
            let mark = self.mark();
            let value = self.value(expression)?;
            self.keep_values(&mut done, mark);
            done.push(value);
        }
        Ok(done)
    }

    pub(super) fn keep_values(&mut self, values: &mut [Value<'a>], mark: usize) {
        let mut inner: Vec<&mut Vec<Ex>> = Vec::new();
        let mut scalars: Vec<&mut Ex> = Vec::new();
        let mut pending: Vec<&mut Value<'a>> = values.iter_mut().collect();
        pending.reverse();
        while let Some(value) = pending.pop() {
            match value {
                Value::Scalar(handle) => scalars.push(handle),
                Value::Tuple(items) => pending.extend(items.iter_mut().rev()),
                Value::Element(_, subscripts) => inner.push(subscripts),
                Value::Shape(handle) | Value::Places(handle) => scalars.push(handle),
                Value::Path(_)
                | Value::Library(_)
                | Value::Known(_)
                | Value::Callable(_)
                | Value::Text(_)
                | Value::Generator(..)
                | Value::Draw(..)
                | Value::None => {}
                Value::Optional(_, value) => pending.push(value),
                Value::List(list) => inner.push(&mut list.subscripts),
            }
        }
        let mut handles: Vec<Ex> = scalars.iter().map(|handle| **handle).collect();
        handles.extend(inner.iter().flat_map(|subscripts| subscripts.iter().copied()));
        self.keep(&mut handles, mark);
        let mut handles = handles.into_iter();
        for (slot, handle) in scalars.into_iter().zip(handles.by_ref()) {
            *slot = handle;
        }
        for (slot, handle) in inner.into_iter().flatten().zip(handles) {
            *slot = handle;
        }
    }

    /// Evaluates `handles` at `mark`, before the statements that follow it, where those could change what they give.
    pub(super) fn keep(&mut self, handles: &mut [Ex], mark: usize) {
        if self.mark() == mark {
            return;
        }
        let mut at = mark;
        for handle in handles {
            if self.is_steady(*handle, mark) {
                continue;
            }
            let span = self.region.spans[*handle];
            let variable = self.temporary("kept", span);
            let value = std::mem::replace(handle, self.read(variable, span));
            let assign = ir::Statement::Assign { variable, value };
            self.block().statements.insert(at, (assign, span));
            at += 1;
        }
    }

    /// Whether an expression cannot fail and gives the same before and after the statements from `mark` on.
    fn is_steady(&self, handle: Ex, mark: usize) -> bool {
        match &self.region.expressions[handle] {
            ir::Expression::Literal(_)
            | ir::Expression::Input(_)
            | ir::Expression::Counter(_)
            | ir::Expression::Extent { .. }
            | ir::Expression::Size(_)
            | ir::Expression::Rank(_) => true,
            ir::Expression::Variable(variable) => !self.assigns_since(*variable, mark),
            ir::Expression::Load { .. }
            | ir::Expression::Unary { .. }
            | ir::Expression::Binary { .. }
            | ir::Expression::Compare { .. }
            | ir::Expression::Logical { .. }
            | ir::Expression::Select { .. }
            | ir::Expression::Call { .. }
            | ir::Expression::Convert { .. }
            | ir::Expression::Array(_) => false,
        }
    }

    fn assigns_since(&self, variable: Handle<ir::Variable>, mark: usize) -> bool {
        let mut found = false;
        let block = self
            .blocks
            .last()
            .into_iter()
            .flat_map(|block| &block.statements[mark..]);
        for (statement, _) in block {
            let mut visit = |inner: &ir::Statement, _: Span| {
                found |= inner.assigned() == Some(variable);
            };
            visit(statement, Span::default());
            for inner in statement.blocks(&self.region) {
                ir::visit_statements(&self.region, inner, &mut visit);
            }
        }
        found
    }

    /// Asks for a part of an array that has another name from here on: if it is not there, Python says so now, whether or not
    /// an element of it is read. Its subscripts have no loads.
    pub(super) fn ask(&mut self, array: Handle<ir::Array>, subscripts: &[Ex]) {
        let counts = |(axis, at): (usize, &Ex)| match self.region.expressions[*at] {
            ir::Expression::Counter(header) => self.counts_along(header, array, axis),
            _ => false,
        };
        if subscripts.iter().enumerate().all(counts) {
            return;
        }
        let span = subscripts
            .first()
            .map_or(self.region.span, |one| self.region.spans[*one]);
        let subscripts = subscripts.to_vec();
        let part = self.add(ir::Expression::Load { array, subscripts }, span);
        self.push(ir::Statement::Evaluate(part), span);
    }

    /// Whether elements are read for an expression.
    pub(super) fn loads(&self, root: Ex) -> bool {
        let mut found = false;
        ir::visit_expressions(&self.region, root, &mut |one| {
            found |= matches!(self.region.expressions[one], ir::Expression::Load { .. });
        });
        found
    }

    /// Whether a loop goes through an axis from its first place to its last.
    fn counts_along(&self, header: Handle<ir::Loop>, array: Handle<ir::Array>, axis: usize) -> bool {
        let one = &self.region.loops[header];
        let is =
            |root: Ex, value: i64| self.region.expressions[root] == ir::Expression::Literal(ir::Literal::Int(value));
        let axis = axis as u32;
        is(one.start, 0)
            && is(one.step, 1)
            && self.region.expressions[one.stop] == ir::Expression::Extent { array, axis }
    }

    /// An expression that gives the same from now on, whatever is assigned later: leaves stay, others become temporaries.
    pub(super) fn settle(&mut self, handle: Ex, wanted: &str) -> Ex {
        let temporary = |variable: &Handle<ir::Variable>| self.region.variables[*variable].temporary;
        match &self.region.expressions[handle] {
            ir::Expression::Literal(_)
            | ir::Expression::Input(_)
            | ir::Expression::Counter(_)
            | ir::Expression::Extent { .. }
            | ir::Expression::Size(_)
            | ir::Expression::Rank(_) => handle,
            ir::Expression::Variable(variable) if temporary(variable) && self.frame().call.is_none() => handle,
            _ => {
                let span = self.region.spans[handle];
                let variable = self.temporary(wanted, span);
                self.assign(variable, handle, span);
                self.read(variable, span)
            }
        }
    }
}
