//! A loop around a nest over elements goes inside it.
//!
//! `for _ in range(n): x = x * x + c` sweeps over whole arrays `n` times. Where every iteration of the nest touches its own element
//! of each array that changes, whatever the loop around does, all dependences stay at one element: the two may be interchanged
//! (Allen and Kennedy, *Optimizing Compilers for Modern Architectures*, section 5.2; the direction vector of every dependence has
//! `=` for the loops of the nest). Then each element goes through all rounds by itself, in registers (`carry`).

use std::collections::HashMap;

use super::Supposed;
use super::effects::Effects;
use super::fuse::{Fuser, Nest};
use crate::ir::{
    Block, Expression, Handle, Literal, Loop, Region, Requirement, Statement, Variable, visit_expressions,
    visit_statements,
};
use crate::source::Span;

impl Fuser<'_> {
    /// Whether a loop can go inside the nest in it, which is all there is but for the storage of local arrays: that storage, which
    /// is needed once then. What must hold for it is required.
    pub(super) fn interchanged(&mut self, header: Handle<Loop>) -> Option<Vec<(Statement, Span)>> {
        let around = &self.region.loops[header];
        let body = &around.body.statements;
        let (nest, arrays): (Vec<_>, Vec<_>) = body.iter().partition(|(one, _)| matches!(one, Statement::For(_)));
        let [(nest, _)] = nest[..] else { return None };
        let kept = self.region.handed_back();
        let plain = arrays.iter().all(|(one, _)| match one {
            Statement::Allocate { array, zeroed } => !zeroed && !kept.contains(array),
            _ => false,
        });
        let nest = self.nest(nest)?;
        if around.annotation.is_some() || !plain || !self.is_free_of(header, &nest) || !self.is_own(&nest) {
            return None;
        }
        let arrays = arrays.into_iter().cloned().collect();
        let apart = self.apart(&nest, &nest.effects)?;
        if !apart.is_empty() && self.supposed != Supposed::Usual {
            return None;
        }
        self.suppose(apart);
        Some(arrays)
    }

    /// The nest of such a loop, the loop inside.
    pub(super) fn moved_inside(&mut self, header: Handle<Loop>) -> Statement {
        let body = std::mem::take(&mut self.region.loops[header].body);
        let span = self.region.loops[header].span;
        let nest = body.statements.into_iter().find_map(|(one, _)| match one {
            Statement::For(outermost) => Some(outermost),
            _ => None,
        });
        let outermost = nest.unwrap_or(header);
        let innermost = self.innermost(outermost);
        let inside = std::mem::take(&mut self.region.loops[innermost].body);
        self.region.loops[header].body = inside;
        let mut block = Block::default();
        block.push(Statement::For(header), span);
        self.region.loops[innermost].body = block;
        Statement::For(outermost)
    }

    fn suppose(&mut self, apart: Vec<Requirement>) {
        self.region.supposing |= !apart.is_empty();
        self.region.requirements.extend(apart);
    }

    /// Whether neither a loop's bounds nor those of the nest in it, nor the extents of an array or a place in it, change while the
    /// two run.
    fn is_free_of(&self, header: Handle<Loop>, nest: &Nest) -> bool {
        let around = &self.region.loops[header];
        let bounds = [around.start, around.stop, around.step];
        let limits = nest.loops.iter().flat_map(|one| {
            let one = &self.region.loops[*one];
            [one.start, one.stop, one.step]
        });
        let subscripts = nest
            .effects
            .accesses
            .iter()
            .flat_map(|one| one.subscripts.iter().copied());
        let extents = around.body.statements.iter().flat_map(|(one, _)| match one {
            Statement::Allocate { .. } => one.roots(self.region),
            _ => Vec::new(),
        });
        let mut roots = bounds.into_iter().chain(limits).chain(subscripts).chain(extents);
        let fixed = roots.all(|root| {
            let mut fixed = true;
            visit_expressions(self.region, root, &mut |one| {
                fixed &= match &self.region.expressions[one] {
                    Expression::Counter(other) => *other != header,
                    Expression::Variable(variable) => !nest.effects.assigned.contains(variable),
                    Expression::Load { .. } => false,
                    _ => true,
                };
            });
            fixed
        });
        let steps = matches!(
            self.region.expressions[around.step],
            Expression::Literal(Literal::Int(step)) if step != 0
        );
        fixed && steps && !Effects::evaluating(self.region, &bounds, &nest.loops).raises
    }

    /// Whether nothing but elements of arrays goes from one iteration of a nest to another one, and nothing may fail in it but
    /// in the very first iteration, which stays the first.
    fn is_own(&self, nest: &Nest) -> bool {
        let Some(innermost) = nest.loops.last() else {
            return false;
        };
        let body = &self.region.loops[*innermost].body;
        let own = |variable: Handle<Variable>| {
            let leaves = self.region.outputs.iter().any(|output| output.variable == variable);
            let inside = reads(self.region, body).get(&variable).copied();
            !leaves && self.is_assigned_first(body, variable) && inside == self.reads.get(&variable).copied()
        };
        !nest.effects.fails_midway() && !nest.effects.orders && nest.effects.assigned.iter().all(|one| own(*one))
    }

    /// Whether a block gives a variable a value before it asks for it.
    fn is_assigned_first(&self, body: &Block, variable: Handle<Variable>) -> bool {
        for (statement, _) in &body.statements {
            let effects = Effects::of(self.region, statement);
            if effects.read.contains(&variable) {
                return false;
            }
            if let Statement::Assign { variable: one, .. } = statement
                && *one == variable
            {
                return true;
            }
        }
        false
    }

    fn innermost(&self, outermost: Handle<Loop>) -> Handle<Loop> {
        let nest = self.nest(&Statement::For(outermost));
        nest.and_then(|nest| nest.loops.last().copied()).unwrap_or(outermost)
    }
}

/// How often each variable is read in a block.
pub(super) fn reads(region: &Region, body: &Block) -> HashMap<Handle<Variable>, usize> {
    let mut reads = HashMap::new();
    visit_statements(region, body, &mut |statement, _| {
        for root in statement.roots(region) {
            visit_expressions(region, root, &mut |one| {
                if let Expression::Variable(variable) = region.expressions[one] {
                    *reads.entry(variable).or_default() += 1;
                }
            });
        }
    });
    reads
}
