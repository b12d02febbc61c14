//! Subscripts that are asked for, whether or not an element is.
//!
//! The back ends test a subscript where an element is accessed. `a[k, 0:0] = 1` accesses none, nor does `row = a[k]`, and still NumPy
//! raises an IndexError if there is no row `k`. So each subscript that chooses from a whole axis, and is not evidently in bounds, is
//! noted where it is evaluated, and settled when its statement has become loops:
//!
//! * where the statement surely accesses an element if its loops run at all, they must: a requirement at the launch;
//! * where the launch can tell the least and the greatest place, these must lie in the axis;
//! * else an element at the subscript is read and forgotten, with all the tests of other accesses; the other axes must not be empty.
//!
//! A launch at which that does not hold is given to the kernel that supposes nothing, which compares subscripts with extents and leaves
//! the region to Python, whose exception it is then.

use std::collections::HashSet;
use std::rc::Rc;

use super::effects::Effects;
use super::scalariser::Scalariser;
use super::shape::{Place, Shaped};
use super::{Ex, Supposed};
use crate::ir::{self, Array, ArrayOrigin, Block, CompareOp, Expression, Handle, LogicalOp, Loop, Statement, UnaryOp};
use crate::source::Span;

/// Subscripts of one pair of brackets.
pub(super) struct Asked {
    array: Handle<Array>,
    what: What,
}

enum What {
    /// Numbers, each on its axis.
    Numbers(Vec<(usize, Ex)>),
    /// An index array, on its axis.
    Given(usize, Rc<Shaped>),
}

impl<'r> Scalariser<'r> {
    /// Notes the subscripts among the places of a view that have just been chosen, where they are evaluated.
    pub(super) fn ask(&mut self, array: Handle<Array>, places: &[Place], chosen: &[usize], span: Span) {
        let mut numbers = Vec::new();
        for axis in chosen.iter().copied() {
            match &places[axis] {
                Place::At(at) => {
                    let extent = self.extent_along(array, axis, span);
                    if !self.is_in(*at, extent) {
                        numbers.push((axis, *at));
                    }
                }
                Place::Given { index, .. } => {
                    let counted = index.view().is_some_and(|(array, _)| self.positions.contains(&array));
                    if !counted {
                        self.to.at_once = true;
                        let what = What::Given(axis, Rc::clone(index));
                        self.note(Asked { array, what }, span);
                    }
                }
                Place::Along { .. } => {}
            }
        }
        if !numbers.is_empty() {
            let what = What::Numbers(numbers);
            self.note(Asked { array, what }, span);
        }
    }

    /// Where the present block ends: what is evaluated from now on stands behind it.
    pub(super) fn now(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.statements.len())
    }

    /// Leaves exceptions to Python where what was added since then may raise one, and so may numbers that Python computes before it, and
    /// that are computed after it here.
    pub(super) fn compute_before(&mut self, since: usize, numbers: &[Ex]) {
        let Some(block) = self.blocks.last() else { return };
        let added = block.statements.iter().skip(since);
        if added.map(|(one, _)| one).any(|one| self.may_raise(one))
            && Effects::evaluating(&self.to, numbers, &[]).raises
        {
            self.to.at_once = true;
        }
    }

    /// Whether a statement may raise, subscripts that are asked for included.
    pub(super) fn may_raise(&self, statement: &Statement) -> bool {
        match statement {
            Statement::Evaluate(mark) if self.asked.contains_key(mark) => true,
            _ => Effects::of(&self.to, statement).raises,
        }
    }

    fn note(&mut self, asked: Asked, span: Span) {
        let mark = self.int(0, span);
        self.asked.insert(mark, asked);
        self.push(Statement::Evaluate(mark), span);
    }

    fn extent_along(&mut self, array: Handle<Array>, axis: usize, span: Span) -> Ex {
        if let ArrayOrigin::Local { extents, .. } = &self.to.arrays[array].origin {
            return extents[axis];
        }
        let axis = axis as u32;
        self.add(Expression::Extent { array, axis }, span)
    }

    /// Whether a subscript evidently is one of an axis.
    fn is_in(&self, at: Ex, extent: Ex) -> bool {
        let (at, extent) = (self.linear(at), self.linear(extent));
        let mut room = self.sum(&extent, &at, -1);
        room.constant = room.constant.saturating_sub(1);
        let from_start = self.is_never_negative(&at) || self.is_never_negative(&self.sum(&extent, &at, 1));
        from_start && self.is_never_negative(&room)
    }

    /// Settles what a statement of the old region has asked for: those of the new one from `from` on are its.
    pub(super) fn settle(&mut self, from: usize) {
        let Some(block) = self.blocks.last_mut() else { return };
        if self.asked.is_empty() || from >= block.statements.len() {
            return;
        }
        let mut own = Block {
            statements: block.statements.split_off(from),
        };
        let sometimes = self.is_sometimes();
        self.settle_block(&mut own, sometimes);
        for (statement, span) in own.statements {
            self.push(statement, span);
        }
    }

    /// Whether loops around the present statement may run without coming to it.
    fn is_sometimes(&self) -> bool {
        self.way.iter().any(|step| match &step.block.statements[step.at].0 {
            Statement::If { .. } | Statement::While { .. } => true,
            Statement::For(header) => {
                let mut leaves = false;
                ir::visit_statements(self.from, &self.from.loops[*header].body, &mut |one, _| {
                    leaves |= matches!(one, Statement::Break | Statement::Continue | Statement::Leave(_));
                });
                leaves
            }
            _ => false,
        })
    }

    /// From the end, so that what an earlier mark finds behind it is what will stand there.
    fn settle_block(&mut self, block: &mut Block, sometimes: bool) {
        for at in (0..block.statements.len()).rev() {
            if self.asked.is_empty() {
                return;
            }
            let span = block.statements[at].1;
            match &mut block.statements[at].0 {
                Statement::Evaluate(mark) => {
                    let mark = *mark;
                    if let Some(asked) = self.asked.remove(&mark) {
                        let tests = self.settled(&asked, &block.statements[at + 1..], sometimes, span);
                        block.statements.splice(at..=at, tests.statements);
                    }
                }
                Statement::If { accept, reject, .. } => {
                    self.settle_block(accept, true);
                    self.settle_block(reject, true);
                }
                Statement::While { prelude, body, .. } => {
                    self.settle_block(prelude, true);
                    self.settle_block(body, true);
                }
                Statement::For(header) => {
                    let header = *header;
                    let mut body = std::mem::take(&mut self.to.loops[header].body);
                    self.settle_block(&mut body, sometimes);
                    self.to.loops[header].body = body;
                }
                _ => {}
            }
        }
    }

    /// What stands in the place of a mark, before the rest of its statement.
    fn settled(&mut self, asked: &Asked, rest: &[(Statement, Span)], sometimes: bool, span: Span) -> Block {
        let usual = self.supposed == Supposed::Usual;
        let within = self.within_at_launch(asked, span);
        if let Some(rounds) = self.accessed(asked, rest)
            && let Some(run) = self.all_positive(&rounds, span)
        {
            match run {
                None => return Block::default(),
                Some(run) if usual => {
                    let op = LogicalOp::Or;
                    let holds = match within {
                        Some(right) => self.add(Expression::Logical { op, left: run, right }, span),
                        None => run,
                    };
                    return self.supposed_at_launch(holds, span);
                }
                Some(_) => {}
            }
        }
        if let Some(within) = within
            && usual
            && !sometimes
        {
            return self.supposed_at_launch(within, span);
        }
        let others = self.others(asked, span);
        match self.all_positive(&others, span) {
            Some(None) => self.read(asked, span),
            Some(Some(filled)) if usual => {
                self.supposed_at_launch(filled, span);
                self.read(asked, span)
            }
            Some(Some(_)) | None => self.compared(asked, span),
        }
    }

    fn supposed_at_launch(&mut self, holds: Ex, span: Span) -> Block {
        self.supposes();
        self.require(holds, "a subscript of an empty part is out of bounds".to_owned(), span);
        Block::default()
    }

    /// The condition that all numbers are above zero; `Some(None)`: they are, `None`: the launch cannot tell.
    fn all_positive(&mut self, numbers: &[Ex], span: Span) -> Option<Option<Ex>> {
        let mut all: Option<Ex> = None;
        for number in numbers.iter().copied() {
            let mut less = self.linear(number);
            less.constant = less.constant.saturating_sub(1);
            if self.is_never_negative(&less) {
                continue;
            }
            if !self.is_launch_known(number) {
                return None;
            }
            let zero = self.int(0, span);
            let positive = self.compare(CompareOp::Greater, number, zero, span);
            all = Some(self.both(all, positive, span));
        }
        Some(all)
    }

    fn both(&mut self, before: Option<Ex>, right: Ex, span: Span) -> Ex {
        let op = LogicalOp::And;
        before.map_or(right, |left| self.add(Expression::Logical { op, left, right }, span))
    }

    /// The condition that numbers lie in their axes in all iterations, if the launch can tell.
    fn within_at_launch(&mut self, asked: &Asked, span: Span) -> Option<Ex> {
        let What::Numbers(numbers) = &asked.what else {
            return None;
        };
        let mut all = None;
        for (axis, at) in numbers.clone() {
            let extent = self.extent_along(asked.array, axis, span);
            let mut wraps = false;
            ir::visit_expressions(&self.to, at, &mut |one| {
                wraps |= matches!(self.to.expressions[one], Expression::Input(input) if self.is_numpy_int(input));
            });
            if wraps {
                return None;
            }
            let (at, extent) = (self.linear(at), self.linear(extent));
            let mut room = self.sum(&extent, &at, -1);
            room.constant = room.constant.saturating_sub(1);
            let mut bounds = vec![room];
            if !self.is_never_negative(&at) {
                bounds.insert(0, self.sum(&extent, &at, 1));
            }
            for bound in bounds {
                let least = self.least(&bound)?;
                match least.as_constant() {
                    Some(0..) => continue,
                    Some(_) => return None,
                    None => {}
                }
                let (least, zero) = (self.of_linear(&least, span), self.int(0, span));
                let holds = self.compare(CompareOp::GreaterEqual, least, zero, span);
                all = Some(self.both(all, holds, span));
            }
        }
        all
    }

    /// The extents of the axes that have no such subscript.
    fn others(&mut self, asked: &Asked, span: Span) -> Vec<Ex> {
        let rank = self.whole(asked.array, span).rank();
        let own = |axis: usize| match &asked.what {
            What::Numbers(numbers) => numbers.iter().any(|(one, _)| *one == axis),
            What::Given(one, _) => *one == axis,
        };
        (0..rank)
            .filter(|axis| !own(*axis))
            .map(|axis| self.extent_along(asked.array, axis, span))
            .collect()
    }

    /// Reads elements at the subscripts.
    fn read(&mut self, asked: &Asked, span: Span) -> Block {
        let rank = self.whole(asked.array, span).rank();
        let array = asked.array;
        let zero = self.int(0, span);
        self.at_each(asked, span, |this, numbers| {
            let at = |axis: usize| numbers.iter().find(|(one, _)| *one == axis).map_or(zero, |(_, at)| *at);
            let subscripts = (0..rank).map(at).collect();
            let load = this.add(Expression::Load { array, subscripts }, span);
            this.push(Statement::Evaluate(load), span);
        })
    }

    /// Leaves the region if a subscript is out of bounds.
    fn compared(&mut self, asked: &Asked, span: Span) -> Block {
        let array = asked.array;
        self.at_each(asked, span, |this, numbers| {
            for (axis, at) in numbers {
                let extent = this.extent_along(array, *axis, span);
                let at = this.as_index(*at, span);
                let at = this.steady(at, "at", span);
                let op = UnaryOp::Negate;
                let least = this.add(Expression::Unary { op, operand: extent }, span);
                let left = this.compare(CompareOp::Less, at, least, span);
                let right = this.compare(CompareOp::GreaterEqual, at, extent, span);
                let op = LogicalOp::Or;
                let outside = this.add(Expression::Logical { op, left, right }, span);
                let mut accept = Block::default();
                accept.push(Statement::Leave("a subscript is out of bounds".to_owned()), span);
                this.push_if(outside, accept, span);
            }
        })
    }

    /// What is done with the numbers, or with each element of an index array.
    fn at_each(&mut self, asked: &Asked, span: Span, each: impl FnOnce(&mut Self, &[(usize, Ex)])) -> Block {
        let directive = self.directive.take();
        let ((), block) = self.nested(|this| match &asked.what {
            What::Numbers(numbers) => each(this, numbers),
            What::Given(axis, index) => this.nest(&index.extents.clone(), span, |this, place| {
                let at = this.element(index, place, span);
                each(this, &[(*axis, at)]);
            }),
        });
        self.directive = directive;
        block
    }

    /// The loops that must run for some statements to access an element at the subscripts before anything else can be seen of them;
    /// `None`: they may not.
    fn accessed(&self, asked: &Asked, statements: &[(Statement, Span)]) -> Option<Vec<Ex>> {
        for (statement, _) in statements {
            let mut loops = Vec::new();
            if let Some(told) = self.accesses(statement, asked, &mut loops) {
                let needed = loops.iter().filter(|header| !told.contains(header));
                return Some(needed.map(|header| self.to.loops[*header].stop).collect());
            }
            let effects = Effects::of(&self.to, statement);
            if effects.orders || effects.changes_foreign(&self.to) || effects.raises && !self.only_leaves(statement) {
                return None;
            }
        }
        None
    }

    /// Whether all that a statement may do is to leave the region to Python, which raises whatever is first.
    fn only_leaves(&self, statement: &Statement) -> bool {
        let Statement::If {
            condition,
            accept,
            reject,
        } = statement
        else {
            return false;
        };
        let leaves = matches!(accept.statements[..], [(Statement::Leave(_), _)]) && reject.is_empty();
        leaves && !Effects::evaluating(&self.to, &[*condition], &[]).raises
    }

    /// Whether a statement does so: the loops around whose counters tell which subscript it is. `around`: loops from outside.
    fn accesses(
        &self,
        statement: &Statement,
        asked: &Asked,
        around: &mut Vec<Handle<Loop>>,
    ) -> Option<HashSet<Handle<Loop>>> {
        if let Statement::Store(store) = statement {
            let store = &self.to.stores[*store];
            if store.array == asked.array
                && let Some(told) = self.has(&store.subscripts, asked)
            {
                return Some(told);
            }
        }
        for root in statement.roots(&self.to) {
            if let Some(told) = self.evaluates(root, asked) {
                return Some(told);
            }
        }
        let Statement::For(header) = statement else { return None };
        let one = &self.to.loops[*header];
        if self.as_constant(one.start) != Some(0) || self.as_constant(one.step) != Some(1) {
            return None;
        }
        around.push(*header);
        for (inner, _) in &one.body.statements {
            let depth = around.len();
            if let Some(told) = self.accesses(inner, asked, around) {
                return Some(told);
            }
            around.truncate(depth);
            if Effects::of(&self.to, inner).orders {
                break;
            }
        }
        around.pop();
        None
    }

    /// The same for an expression, whose value needs that element.
    fn evaluates(&self, root: Ex, asked: &Asked) -> Option<HashSet<Handle<Loop>>> {
        let one = &self.to.expressions[root];
        if let Expression::Load { array, subscripts } = one
            && *array == asked.array
            && let Some(told) = self.has(subscripts, asked)
        {
            return Some(told);
        }
        let needed = match one {
            Expression::Logical { left, .. } => vec![*left],
            Expression::Select { condition, .. } => vec![*condition],
            _ => ir::children(one),
        };
        needed.into_iter().find_map(|child| self.evaluates(child, asked))
    }

    fn has(&self, subscripts: &[Ex], asked: &Asked) -> Option<HashSet<Handle<Loop>>> {
        let mut told = HashSet::new();
        match &asked.what {
            What::Numbers(numbers) => {
                let same = numbers.iter().all(|(axis, at)| self.same(subscripts[*axis], *at));
                same.then_some(told)
            }
            What::Given(axis, index) => {
                let mut wanted = HashSet::new();
                index.visit(&mut |one| wanted.extend(one.view().map(|(array, _)| array)));
                ir::visit_expressions(
                    &self.to,
                    subscripts[*axis],
                    &mut |one| match &self.to.expressions[one] {
                        Expression::Load { array, .. } => _ = wanted.remove(array),
                        Expression::Counter(header) => _ = told.insert(*header),
                        _ => {}
                    },
                );
                (wanted.is_empty() && !told.is_empty()).then_some(told)
            }
        }
    }
}
