//! Statements, and what variables hold along the way.

use super::Ex;
use super::carried::Carried;
use super::later::Step;
use super::outputs::Shadow;
use super::scalariser::{Held, Scalar, Scalariser};
use super::shape::Shaped;
use crate::ir::{self, ArrayOrigin, Block, Expression, Handle, Loop, Statement, Variable};
use crate::source::Span;

impl<'r> Scalariser<'r> {
    /// Statements in order; one that cannot be expressed is noted, and the next one is tried.
    pub(super) fn block(&mut self, block: &'r Block) {
        self.statements_of(block, false);
    }

    /// The statements of a loop's body.
    pub(super) fn repeated(&mut self, body: &'r Block) {
        self.statements_of(body, true);
    }

    fn statements_of(&mut self, block: &'r Block, repeated: bool) {
        for (at, (statement, span)) in block.statements.iter().enumerate() {
            self.way.push(Step { block, at, repeated });
            self.done.clear();
            self.directive = self.directive_on(*span);
            let before = self.now();
            match self.statement(statement, *span) {
                Ok(()) => self.settle(before),
                Err(problem) => self.problems.push(*problem),
            }
            self.way.pop();
        }
    }

    /// The directive on an array statement, in the new region's terms.
    fn directive_on(&mut self, span: Span) -> Option<ir::Annotation> {
        let found = self.from.array_directives.iter().find(|(place, _)| *place == span);
        let annotation = found.map(|(_, annotation)| annotation.clone())?;
        self.annotation(annotation).ok()
    }

    fn annotation(&mut self, mut annotation: ir::Annotation) -> Scalar<ir::Annotation> {
        for root in [&mut annotation.num_threads, &mut annotation.condition]
            .into_iter()
            .flatten()
        {
            *root = self.scalar(*root)?;
        }
        if let Some((_, Some(chunk))) = &mut annotation.schedule {
            *chunk = self.scalar(*chunk)?;
        }
        Ok(annotation)
    }

    fn inner(&mut self, block: &'r Block) -> Block {
        let ((), block) = self.nested(|this| this.block(block));
        block
    }

    fn statement(&mut self, statement: &'r Statement, span: Span) -> Scalar<()> {
        match statement {
            Statement::Assign { variable, value } => self.assignment(*variable, *value, span),
            Statement::Store(store) => self.store(&self.from.stores[*store].clone(), span),
            Statement::Evaluate(value) => {
                let value = self.value(*value)?;
                if let Some(number) = value.as_number() {
                    self.push(Statement::Evaluate(number), span);
                }
                Ok(())
            }
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                let condition = self.scalar(*condition)?;
                if let Some(truth) = self.known_truth(condition) {
                    let (taken, left) = if truth { (accept, reject) } else { (reject, accept) };
                    self.drop_loops(left);
                    self.block(taken);
                    return Ok(());
                }
                let (before, shadows) = (self.held.clone(), self.shadows.clone());
                let mut accept = self.inner(accept);
                let mut accepted = std::mem::replace(&mut self.held, before);
                let shadowed = std::mem::replace(&mut self.shadows, shadows);
                let mut reject = self.inner(reject);
                self.join_shadows(&shadowed);
                self.reconcile(&mut accepted, &mut accept, &mut reject, span);
                self.join(&accepted);
                self.push(
                    Statement::If {
                        condition,
                        accept,
                        reject,
                    },
                    span,
                );
                Ok(())
            }
            Statement::For(handle) => self.counted_loop(*handle, span),
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                let carried = self.forget_assigned(&[prelude, body], span)?;
                let (entry, shadows) = (self.held.clone(), self.shadows.clone());
                let (tested, mut prelude) = self.nested(|this| {
                    this.block(prelude);
                    this.done.clear();
                    this.scalar(*condition)
                });
                let condition = tested?;
                let body = self.carrying(body, &carried, span)?;
                self.join(&entry);
                self.join_shadows(&shadows);
                self.push(
                    Statement::While {
                        prelude: std::mem::take(&mut prelude),
                        condition,
                        body,
                    },
                    span,
                );
                Ok(())
            }
            // What `lower` refuses for arrays of some ranks.
            Statement::Raise {
                exception: ir::Exception::Python,
                message: Some(why),
            } => Err(Box::new(self.refuse(span, why.clone()))),
            Statement::Break | Statement::Continue | Statement::Leave(_) | Statement::Raise { .. } => {
                self.push(statement.clone(), span);
                Ok(())
            }
            Statement::Seed(seed) => {
                let mut seed = seed.clone();
                for root in seed.source.roots_mut() {
                    *root = self.scalar(*root)?;
                }
                self.push(Statement::Seed(seed), span);
                Ok(())
            }
            Statement::Draw(draw) => {
                let mut draw = draw.clone();
                for argument in &mut draw.arguments {
                    *argument = self.scalar(*argument)?;
                }
                self.held[draw.variable.index()] = Held::Number;
                self.note_kind(draw.variable, true);
                self.push(Statement::Draw(draw), span);
                Ok(())
            }
            // `lower` makes none.
            Statement::Allocate { .. } => Ok(()),
        }
    }

    /// What a comparison of constants is, such as one of a number of axes.
    fn known_truth(&self, condition: Ex) -> Option<bool> {
        match &self.to.expressions[condition] {
            Expression::Compare { op, left, right } => {
                let (a, b) = (self.as_constant(*left)?, self.as_constant(*right)?);
                Some(match op {
                    ir::CompareOp::Equal => a == b,
                    ir::CompareOp::NotEqual => a != b,
                    ir::CompareOp::Less => a < b,
                    ir::CompareOp::LessEqual => a <= b,
                    ir::CompareOp::Greater => a > b,
                    ir::CompareOp::GreaterEqual => a >= b,
                })
            }
            Expression::Logical { op, left, right } => {
                let (a, b) = (self.known_truth(*left)?, self.known_truth(*right)?);
                Some(match op {
                    ir::LogicalOp::And => a && b,
                    ir::LogicalOp::Or => a || b,
                })
            }
            _ => None,
        }
    }

    /// Empties the loops of statements that are never reached.
    fn drop_loops(&mut self, block: &Block) {
        let loops = self.loops_of(block);
        self.empty(&loops);
    }

    /// Empties the loops that are in no statement of the region any more.
    pub(super) fn drop_unreached(&mut self) {
        let reached = self.loops_of(&self.from.body);
        let mut loops: Vec<Handle<Loop>> = self.from.loops.handles().collect();
        loops.retain(|one| !reached.contains(one));
        self.empty(&loops);
    }

    fn loops_of(&self, block: &Block) -> Vec<Handle<Loop>> {
        let mut loops = Vec::new();
        ir::visit_statements(self.from, block, &mut |statement, _| {
            if let Statement::For(handle) = statement {
                loops.push(*handle);
            }
        });
        loops
    }

    fn empty(&mut self, loops: &[Handle<Loop>]) {
        let span = self.from.span;
        let zero = self.int(0, span);
        let one = self.int(1, span);
        for handle in loops.iter().copied() {
            let gone = &mut self.to.loops[handle];
            (gone.start, gone.stop, gone.step) = (zero, zero, one);
            gone.body = Block::default();
            gone.annotation = None;
        }
    }

    fn counted_loop(&mut self, handle: Handle<Loop>, span: Span) -> Scalar<()> {
        let from = self.from;
        let header = &from.loops[handle];
        let start = self.scalar(header.start)?;
        let stop = self.scalar(header.stop)?;
        let step = self.scalar(header.step)?;
        if let Some(annotation) = &header.annotation {
            let annotation = self.annotation(annotation.clone())?;
            self.to.loops[handle].annotation = Some(annotation);
        }
        let carried = self.forget_assigned(&[&header.body], span)?;
        let (entry, shadows) = (self.held.clone(), self.shadows.clone());
        {
            let new = &mut self.to.loops[handle];
            (new.start, new.stop, new.step) = (start, stop, step);
        }
        let body = self.carrying(&header.body, &carried, span)?;
        self.join(&entry);
        self.join_shadows(&shadows);
        self.to.loops[handle].body = body;
        self.push(Statement::For(handle), span);
        Ok(())
    }

    /// Before a loop: what its body assigns may, at the head of an iteration, be what an earlier one left there. A computed
    /// array that is carried so lives in one local array, which each assignment overwrites. Gives these.
    fn forget_assigned(&mut self, bodies: &[&Block], span: Span) -> Scalar<Vec<Carried>> {
        let mut carried = Vec::new();
        for variable in self.assigned_arrays(bodies) {
            let Held::Array(shaped) = self.held[variable.index()].clone() else {
                continue;
            };
            if self.is_read_first(variable, bodies) {
                let target = if self.is_own_local(&shaped, variable) {
                    shaped
                } else {
                    let name = self.from.variables[variable].name.clone();
                    let copy = self.materialise(&shaped, &name, span);
                    if let Some((array, _)) = copy.view() {
                        self.stand_in(variable, &shaped, array, span);
                    }
                    copy
                };
                self.held[variable.index()] = Held::Array(target.clone());
                carried.push((variable, target));
            } else {
                self.held[variable.index()] = Held::Mixed;
            }
        }
        Ok(carried)
    }

    /// The variables that hold arrays now and are assigned in some blocks, other than in place.
    fn assigned_arrays(&self, bodies: &[&Block]) -> Vec<Handle<Variable>> {
        let mut found = Vec::new();
        for body in bodies {
            ir::visit_statements(self.from, body, &mut |statement, _| {
                if let Statement::Assign { variable, value } = statement
                    && !self.from.augmented.contains(value)
                    && !found.contains(variable)
                    && matches!(self.held[variable.index()], Held::Array(_))
                {
                    found.push(*variable);
                }
            });
        }
        found
    }

    /// Whether a variable may be read in a loop's body before the body assigns it.
    fn is_read_first(&self, variable: Handle<Variable>, bodies: &[&Block]) -> bool {
        for body in bodies {
            for (statement, _) in &body.statements {
                if self.reads(statement, variable) {
                    return true;
                }
                if matches!(statement, Statement::Assign { variable: assigned, .. } if *assigned == variable) {
                    return false;
                }
            }
        }
        // Assigned under a condition only: what was there before may stay.
        true
    }

    /// Whether a statement, or one inside, reads a variable or the array in it.
    pub(super) fn reads(&self, statement: &Statement, variable: Handle<Variable>) -> bool {
        let from = self.from;
        let is_it = |array: Handle<ir::Array>| from.arrays[array].origin == ArrayOrigin::Variable(variable);
        let mut found = false;
        let mut look = |statement: &Statement| {
            if let Statement::Store(store) = statement {
                found |= is_it(from.stores[*store].array);
            }
            for root in statement.roots(from) {
                ir::visit_expressions(from, root, &mut |one| {
                    found |= match &from.expressions[one] {
                        Expression::Variable(other) => *other == variable,
                        Expression::Load { array, .. }
                        | Expression::Extent { array, .. }
                        | Expression::Size(array)
                        | Expression::Rank(array)
                        | Expression::Array(ir::ArrayForm::Whole(array)) => is_it(*array),
                        _ => false,
                    };
                });
            }
        };
        look(statement);
        for inner in statement.blocks(from) {
            ir::visit_statements(from, inner, &mut |statement, _| look(statement));
        }
        found
    }

    /// Whether a variable holds a whole local array that no other variable shows.
    pub(super) fn is_own_local(&self, shaped: &Shaped, variable: Handle<Variable>) -> bool {
        let Some((array, places)) = shaped.view() else {
            return false;
        };
        let local = matches!(self.to.arrays[array].origin, ArrayOrigin::Local { .. });
        let shared = self.held.iter().enumerate().any(|(index, held)| match held {
            Held::Array(other) => index != variable.index() && other.view().is_some_and(|(same, _)| same == array),
            Held::Number | Held::Mixed => false,
        });
        local && self.is_identity(places) && !shared
    }

    /// What holds where two ways meet: the present one and another.
    fn join(&mut self, other: &[Held]) {
        for (index, other) in other.iter().enumerate() {
            let alike = match (&self.held[index], other) {
                (Held::Number, Held::Number) => true,
                (Held::Array(a), Held::Array(b)) => {
                    if a.whole != b.whole {
                        self.unsure.extend(self.from.variables.handles().nth(index));
                    }
                    self.alike(a, b)
                }
                (_, _) => false,
            };
            if !alike {
                self.held[index] = Held::Mixed;
            }
        }
    }

    fn join_shadows(&mut self, other: &[Shadow]) {
        for shadow in other {
            if !self.shadows.contains(shadow) {
                self.shadows.push(*shadow);
            }
        }
    }

    /// Whether two values are views of the same elements in the same order.
    pub(super) fn alike(&self, a: &Shaped, b: &Shaped) -> bool {
        let (Some((x, places)), Some((y, others))) = (a.view(), b.view()) else {
            return false;
        };
        x == y
            && a.rank() == b.rank()
            && a.extents
                .iter()
                .zip(&b.extents)
                .all(|(one, other)| self.same(*one, *other))
            && self.alike_places(places, others)
    }

    fn assignment(&mut self, variable: Handle<Variable>, value: Ex, span: Span) -> Scalar<()> {
        let in_place = matches!(self.held[variable.index()], Held::Array(_)) && self.from.augmented.contains(&value);
        let done = self.assign_held(variable, value, span);
        // What is changed in place is the array that it was, though the change be refused.
        self.note_kind(variable, done.is_ok() || in_place);
        done?;
        if !in_place {
            self.note_assigned(variable, span);
        }
        Ok(())
    }

    fn assign_held(&mut self, variable: Handle<Variable>, value: Ex, span: Span) -> Scalar<()> {
        let name = self.from.variables[variable].name.clone();
        let before = self.held[variable.index()].clone();
        if let Held::Array(target) = &before
            && self.from.augmented.contains(&value)
        {
            return self.update_in_place(&target.clone(), value, span);
        }
        if let Some(made) = self.made_for_rows(variable, value, span)? {
            self.held[variable.index()] = Held::Array(made);
            return Ok(());
        }
        let shaped = self.value(value)?;
        if let Some(number) = shaped.as_number() {
            if matches!(before, Held::Array(_)) {
                self.held[variable.index()] = Held::Mixed;
                let message = format!("`{name}` is an array first and a number later");
                return self.refused(span, message, "use another name for one of them");
            }
            self.held[variable.index()] = Held::Number;
            self.assign(variable, number, span);
            return Ok(());
        }
        if shaped.is_view() {
            if let Some((array, _)) = shaped.view()
                && !shaped.whole
                && self.is_python(array)
                && !(self.is_listed(array) && self.has_whole_axes(&shaped))
            {
                if !(self.is_listed(array) && self.is_sliced(&shaped)) {
                    let message = format!("`{name}` is a part of a list or a buffer, which Python may copy");
                    return self.refused(span, message, "use a NumPy array, or subscript the list itself");
                }
                self.list_slices.push((array, span));
            }
            let settled = self.settled_view(&shaped, span);
            self.held[variable.index()] = Held::Array(settled);
            return Ok(());
        }
        let shown = self.shown(&shaped);
        if let Held::Array(target) = &before
            && shown.is_none()
            && self.is_carried(target)
            && self.is_own_local(target, variable)
            && self.may_agree(target, &shaped)
        {
            let target = target.clone();
            self.require_agreement(&target, &shaped, span)?;
            return self.overwrite(&name, &target, &shaped, span);
        }
        let stored = self.materialise(&shaped, &name, span);
        if let (Some(of), Some((copy, _))) = (shown, stored.view()) {
            self.shadows.push(Shadow { copy, of });
        }
        self.held[variable.index()] = Held::Array(stored);
        Ok(())
    }

    /// Whether two shapes are the same, as far as their expressions say or a launch can tell.
    pub(super) fn may_agree(&self, a: &Shaped, b: &Shaped) -> bool {
        let may = |(one, other): (&Ex, &Ex)| {
            let difference = self.sum(&self.linear(*one), &self.linear(*other), -1);
            match difference.as_constant() {
                Some(difference) => difference == 0,
                None => self.is_launch_known(*one) && self.is_launch_known(*other),
            }
        };
        a.rank() == b.rank() && a.extents.iter().zip(&b.extents).all(may)
    }

    /// That two shapes are the same.
    pub(super) fn require_agreement(&mut self, a: &Shaped, b: &Shaped, span: Span) -> Scalar<()> {
        for (one, other) in a.extents.iter().zip(&b.extents) {
            self.require_equal(*one, *other, span)?;
        }
        Ok(())
    }

    /// An expression that must be a number.
    pub(super) fn scalar(&mut self, root: Ex) -> Scalar<Ex> {
        let value = self.value(root)?;
        match value.as_number() {
            Some(number) => Ok(number),
            None => {
                let span = self.from.spans[root];
                let message = format!("a {}-D array stands where a number is needed", value.rank());
                self.refused(
                    span,
                    message,
                    "use its elements, or `np.any` or `np.all` for the truth of all of them",
                )
            }
        }
    }
}
