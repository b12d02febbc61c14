//! Loops over indices, and storage for values.

use super::Ex;
use super::scalariser::Scalariser;
use super::shape::{Body, Shaped};
use crate::ir::{self, Array, ArrayOrigin, Block, Element, Expression, Handle, Loop, Statement, Store, Variable};
use crate::source::Span;

impl Scalariser<'_> {
    /// Loops over all indices below `extents`, the last axis innermost; `body` gets the counters. An axis of extent 1 needs none.
    pub(super) fn nest(&mut self, extents: &[Ex], span: Span, body: impl FnOnce(&mut Self, &[Ex])) {
        let mut counters = Vec::new();
        let mut loops = Vec::new();
        for extent in extents {
            if self.as_constant(*extent) == Some(1) {
                counters.push(self.int(0, span));
                continue;
            }
            let counted = self.counted(*extent, span);
            loops.push(counted);
            counters.push(self.add(Expression::Counter(counted), span));
        }
        let depth = loops.len();
        if let (0, Some(first), Some(directive)) = (self.depth, loops.first(), &self.directive) {
            self.to.loops[*first].annotation = Some(directive.clone());
        }
        self.depth += 1;
        let ((), mut block) = self.nested(|this| {
            this.blocks.extend((0..depth).map(|_| Block::default()));
            body(this, &counters);
            let inner = this.blocks.split_off(this.blocks.len() - depth);
            let mut inside: Option<Block> = None;
            for (level, mut own) in inner.into_iter().enumerate().rev() {
                if let Some(block) = inside.take() {
                    this.to.loops[loops[level + 1]].body = block;
                    own.push(Statement::For(loops[level + 1]), span);
                }
                inside = Some(own);
            }
            if let Some(block) = inside {
                this.to.loops[loops[0]].body = block;
                this.push(Statement::For(loops[0]), span);
            }
        });
        self.depth -= 1;
        let statements = std::mem::take(&mut block.statements);
        for (statement, span) in statements {
            self.push(statement, span);
        }
    }

    /// A loop from 0 to `extent`, without a body yet.
    pub(super) fn counted(&mut self, extent: Ex, span: Span) -> Handle<Loop> {
        let name = self.fresh("axis");
        let (start, step) = (self.int(0, span), self.int(1, span));
        self.to.loops.append(Loop {
            written: name.clone(),
            name,
            start,
            stop: extent,
            step,
            body: Block::default(),
            annotation: None,
            mode: ir::Mode::Serial,
            span,
        })
    }

    /// A loop along an axis whose body is `body`.
    pub(super) fn along(&mut self, extent: Ex, span: Span, body: impl FnOnce(&mut Self, Ex)) {
        let counted = self.counted(extent, span);
        let counter = self.add(Expression::Counter(counted), span);
        self.depth += 1;
        let ((), block) = self.nested(|this| body(this, counter));
        self.depth -= 1;
        self.to.loops[counted].body = block;
        self.push(Statement::For(counted), span);
    }

    pub(super) fn store_element(&mut self, array: Handle<Array>, subscripts: Vec<Ex>, value: Ex, span: Span) {
        let store = self.to.stores.append(Store {
            array,
            subscripts,
            value,
            update: false,
            atomic: false,
            place: span,
        });
        self.push(Statement::Store(store), span);
    }

    /// A local array, allocated here.
    pub(super) fn allocate(
        &mut self,
        wanted: &str,
        element: Element,
        extents: &[Ex],
        zeroed: bool,
        span: Span,
    ) -> Handle<Array> {
        let name = self.fresh(wanted);
        let extents = extents
            .iter()
            .map(|extent| self.steady(*extent, "extent", span))
            .collect();
        let array = self.to.arrays.append(Array {
            name,
            origin: ArrayOrigin::Local { element, extents },
            view_of: None,
        });
        self.push(Statement::Allocate { array, zeroed }, span);
        array
    }

    /// Computes a value into a local array: what holds it from then on.
    pub(super) fn materialise(&mut self, value: &Shaped, wanted: &str, span: Span) -> Shaped {
        // The type of the elements is that of the expression that is stored, which is not there yet.
        let placeholder = self.int(0, span);
        let array = self.allocate(wanted, Element::Of(placeholder), &value.extents, false, span);
        let extents = self.extents_of_local(array);
        if value.boolean {
            self.of_bools.insert(array);
        }
        let stored = self.fill(array, &extents, value, span);
        if let (Some(stored), ArrayOrigin::Local { element, .. }) = (stored, &mut self.to.arrays[array].origin) {
            *element = Element::Of(stored);
        }
        self.whole(array, span)
    }

    pub(super) fn extents_of_local(&self, array: Handle<Array>) -> Vec<Ex> {
        match &self.to.arrays[array].origin {
            ArrayOrigin::Local { extents, .. } => extents.clone(),
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => Vec::new(),
        }
    }

    /// Stores the elements of `value` into an array of the same shape; gives the stored expression, from which the type of the
    /// elements is seen.
    pub(super) fn fill(&mut self, array: Handle<Array>, extents: &[Ex], value: &Shaped, span: Span) -> Option<Ex> {
        let mut stored = None;
        if let Body::Stacked(parts, 0) = &*value.body {
            for (position, part) in parts.iter().enumerate() {
                let first = self.int(position as i64, span);
                self.nest(&part.extents, span, |this, index| {
                    let one = this.element(part, index, span);
                    let subscripts = std::iter::once(first).chain(index.iter().copied()).collect();
                    stored.get_or_insert(one);
                    this.store_element(array, subscripts, one, span);
                });
            }
            return stored;
        }
        self.nest(extents, span, |this, index| {
            let one = this.element(value, index, span);
            stored = Some(one);
            this.store_element(array, index.to_vec(), one, span);
        });
        stored
    }

    /// A variable whose type is the array's element type or one that follows from a value.
    pub(super) fn accumulator(&mut self, wanted: &str, storage: Option<Element>, span: Span) -> Handle<Variable> {
        let variable = self.temporary(wanted, span);
        self.to.variables[variable].storage = storage;
        variable
    }
}
