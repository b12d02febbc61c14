//! Loop nests that follow each other become one.
//!
//! `d = a - b` and then `out[:] = d * d` are two nests over the same extents, the second reading what the first has stored. One
//! nest that does both for each element reads it while it is at hand, and often nobody else asks for it: then it needs no
//! storage (`contract`). Fusion is legal when every dependence between the two is from an element to the same element (Allen
//! and Kennedy, *Optimizing Compilers for Modern Architectures*, section 8.4): the accesses to an array that one of them
//! changes have, for each counter, a subscript alike that tells its values apart. What stands between the nests moves before
//! the first or behind the second, where that changes nothing.
//!
//! Only nests that share a local array are fused: others gain nothing, and lose their lanes if one of them has none, as one that
//! counts its places as it goes (`x[mask]`). Arrays from outside that the second changes must not overlap others that the first reads: a requirement at the launch.
//!
//! Extents are the same if they are written alike, or if requirements at the launch say so.

use std::collections::HashMap;

use super::effects::{Access, Effects, is_foreign};
use super::interchange::reads;
use super::{Ex, Supposed};
use crate::ir::{
    Array, BinaryOp, Block, CompareOp, Condition, Expression, Function, Handle, Literal, Loop, Region, Requirement,
    Statement, Variable, alike, children,
};
use crate::source::Span;

/// Fuses the nests over elements in a region; loops from `first` on are such.
pub(super) fn fuse(region: &mut Region, first: usize, supposed: Supposed) {
    let reads = reads(region, &region.body);
    let mut body = std::mem::take(&mut region.body);
    Fuser {
        region,
        first,
        supposed,
        reads,
    }
    .block(&mut body);
    region.body = body;
}

pub(super) struct Fuser<'r> {
    pub(super) region: &'r mut Region,
    first: usize,
    pub(super) supposed: Supposed,
    /// How often each variable is read in the whole region.
    pub(super) reads: HashMap<Handle<Variable>, usize>,
}

/// A nest: its loops that have nothing else around the next one, from outside.
pub(super) struct Nest {
    pub(super) loops: Vec<Handle<Loop>>,
    pub(super) effects: Effects,
}

impl Fuser<'_> {
    fn block(&mut self, block: &mut Block) {
        let mut at = 0;
        while at < block.statements.len() {
            match &mut block.statements[at].0 {
                Statement::If { accept, reject, .. } => {
                    self.block(accept);
                    self.block(reject);
                }
                Statement::While { prelude, body, .. } => {
                    self.block(prelude);
                    self.block(body);
                }
                Statement::For(header) if !self.is_over_elements(*header) => {
                    let header = *header;
                    let mut body = std::mem::take(&mut self.region.loops[header].body);
                    self.block(&mut body);
                    self.region.loops[header].body = body;
                    if let Some(arrays) = self.interchanged(header) {
                        at += arrays.len();
                        block.statements.splice(at - arrays.len()..at - arrays.len(), arrays);
                        block.statements[at].0 = self.moved_inside(header);
                        at = self.fused(block, at);
                    }
                }
                Statement::For(_) => at = self.fused(block, at),
                Statement::Assign { .. }
                | Statement::Store(_)
                | Statement::Evaluate(_)
                | Statement::Break
                | Statement::Continue
                | Statement::Allocate { .. }
                | Statement::Leave(_)
                | Statement::Raise { .. }
                | Statement::Seed(_)
                | Statement::Draw(_) => {}
            }
            at += 1;
        }
    }

    fn is_over_elements(&self, header: Handle<Loop>) -> bool {
        header.index() >= self.first
    }

    /// Joins the nest at a place to those before it that it can be joined to; gives where it is then.
    fn fused(&mut self, block: &mut Block, mut at: usize) -> usize {
        loop {
            let joined = self.joined(block, at);
            if joined == at {
                return at;
            }
            at = joined;
        }
    }

    /// Joins it to the nearest of them.
    fn joined(&mut self, block: &mut Block, at: usize) -> usize {
        let Some(second) = self.nest(&block.statements[at].0) else {
            return at;
        };
        for place in (0..at).rev() {
            let Some(first) = self.nest(&block.statements[place].0) else {
                continue;
            };
            if let Some(stays) = self.between(&block.statements[place + 1..at], &first, &second)
                && let Some(apart) = self.legal(&first, &second)
            {
                self.region.supposing |= !apart.is_empty();
                self.join(&first, &second);
                self.region.requirements.extend(apart);
                return rearrange(block, place, at, &stays);
            }
        }
        at
    }

    pub(super) fn nest(&self, statement: &Statement) -> Option<Nest> {
        let Statement::For(outermost) = statement else {
            return None;
        };
        let mut loops = vec![*outermost];
        while let Some(last) = loops.last()
            && let [(Statement::For(inner), _)] = self.region.loops[*last].body.statements[..]
            && self.is_over_elements(inner)
        {
            loops.push(inner);
        }
        loops.iter().all(|header| self.is_over_elements(*header)).then(|| Nest {
            loops,
            effects: Effects::of(self.region, statement),
        })
    }

    /// Which statements between two nests stay behind the fused one; `None`: some can be neither before nor behind.
    fn between(&self, statements: &[(Statement, Span)], first: &Nest, second: &Nest) -> Option<Vec<bool>> {
        let mut behind: Vec<Effects> = Vec::new();
        let mut stays = Vec::new();
        for (statement, _) in statements {
            let effects = Effects::of(self.region, statement);
            let passes = |other: &Effects| effects.commutes(other, self.region);
            let before = passes(&first.effects) && behind.iter().all(passes);
            if !before && !passes(&second.effects) {
                return None;
            }
            stays.push(!before);
            if !before {
                behind.push(effects);
            }
        }
        Some(stays)
    }

    /// Whether two nests may be one, which then count alike; what must hold at the launch for that.
    fn legal(&mut self, first: &Nest, second: &Nest) -> Option<Vec<Requirement>> {
        let (a, b) = (&first.effects, &second.effects);
        let alike_loops = first.loops.len() == second.loops.len()
            && first
                .loops
                .iter()
                .zip(&second.loops)
                .all(|(a, b)| self.same_trips(*a, *b));
        let shares = a
            .accesses
            .iter()
            .filter(|one| one.stores && !is_foreign(self.region, one.array))
            .any(|one| b.accesses.iter().any(|two| one.array == two.array));
        // What the first raises comes before anything that the second does, and what the second raises after all of the first.
        let raises =
            (a.raises && (b.raises || b.changes_foreign(self.region))) || (b.raises && a.changes_foreign(self.region));
        let packs = a.packs(self.region) || b.packs(self.region);
        if !alike_loops || !shares || raises || packs || a.orders || b.orders || !a.separate(b) {
            return None;
        }
        let renamed = self.rename(&second.loops, &first.loops);
        let supposes = self.supposed == Supposed::Usual;
        let apart = self.apart(first, b).filter(|apart| apart.is_empty() || supposes);
        if apart.is_none() {
            for (one, before) in renamed {
                self.region.expressions[one] = before;
            }
        }
        apart
    }

    /// Whether two loops make the same rounds and are told the same.
    fn same_trips(&self, a: Handle<Loop>, b: Handle<Loop>) -> bool {
        let (one, two) = (&self.region.loops[a], &self.region.loops[b]);
        let told = match (&one.annotation, &two.annotation) {
            (None, None) => true,
            (Some(one), Some(two)) => {
                let mut two = two.clone();
                two.span = one.span;
                *one == two
            }
            (_, _) => false,
        };
        told && alike(self.region, one.start, two.start)
            && alike(self.region, one.step, two.step)
            && run_equally(self.region, one.stop, two.stop)
    }

    /// Gives the counters of some loops the names of others; what was there before.
    fn rename(&mut self, from: &[Handle<Loop>], to: &[Handle<Loop>]) -> Vec<(Ex, Expression)> {
        let mut before = Vec::new();
        for one in self.region.expressions.handles() {
            if let Expression::Counter(header) = self.region.expressions[one]
                && let Some(level) = from.iter().position(|other| *other == header)
            {
                before.push((one, Expression::Counter(header)));
                self.region.expressions[one] = Expression::Counter(to[level]);
            }
        }
        before
    }

    /// What must hold for no element to be touched by the nests in different iterations; `None`: some may be.
    pub(super) fn apart(&self, first: &Nest, second: &Effects) -> Option<Vec<Requirement>> {
        let mut apart: Vec<Requirement> = Vec::new();
        for one in &first.effects.accesses {
            for two in second.accesses.iter().filter(|two| one.stores || two.stores) {
                let pinned = self.is_same_place(one, two, &first.loops);
                if one.array == two.array {
                    if !pinned {
                        return None;
                    }
                } else if is_foreign(self.region, one.array) && is_foreign(self.region, two.array) {
                    self.require_apart(&mut apart, one.array, two.array, pinned);
                }
            }
        }
        Some(apart)
    }

    /// Whether accesses that touch the same element do so in the same iteration.
    fn is_same_place(&self, one: &Access, two: &Access, loops: &[Handle<Loop>]) -> bool {
        one.subscripts.len() == two.subscripts.len()
            && loops.iter().all(|header| {
                one.subscripts
                    .iter()
                    .zip(&two.subscripts)
                    .any(|(a, b)| alike(self.region, *a, *b) && self.is_told_by(*a, *header))
            })
    }

    /// Whether a subscript is a counter plus a constant.
    fn is_told_by(&self, root: Ex, header: Handle<Loop>) -> bool {
        let is_counter = |one: Ex| self.region.expressions[one] == Expression::Counter(header);
        let is_literal = |one: Ex| matches!(self.region.expressions[one], Expression::Literal(Literal::Int(_)));
        is_counter(root)
            || (matches!(
                self.region.expressions[root],
                Expression::Binary { op: BinaryOp::Add, .. }
            ) && match children(&self.region.expressions[root])[..] {
                [a, b] => (is_counter(a) && is_literal(b)) || (is_literal(a) && is_counter(b)),
                _ => false,
            })
    }

    fn require_apart(&self, all: &mut Vec<Requirement>, a: Handle<Array>, b: Handle<Array>, or_identical: bool) {
        let said = |one: &Requirement| match one.condition {
            Condition::Apart {
                a: x,
                b: y,
                or_identical: weaker,
                or_copied,
            } => ((x, y) == (a, b) || (x, y) == (b, a)) && !or_copied && (or_identical || !weaker),
            Condition::Holds(_) => false,
        };
        if self.region.requirements.iter().chain(all.iter()).any(said) {
            return;
        }
        let name = |array: Handle<Array>| &self.region.arrays[array].name;
        all.push(Requirement {
            span: self.region.span,
            condition: Condition::Apart {
                a,
                b,
                or_identical,
                or_copied: false,
            },
            otherwise: format!("arrays `{}` and `{}` overlap", name(a), name(b)),
        });
    }

    /// Puts the body of the second nest behind that of the first.
    fn join(&mut self, first: &Nest, second: &Nest) {
        if let (Some(into), Some(from)) = (first.loops.last(), second.loops.last()) {
            let body = std::mem::take(&mut self.region.loops[*from].body);
            self.region.loops[*into].body.statements.extend(body.statements);
        }
        for gone in &second.loops {
            let header = &mut self.region.loops[*gone];
            header.body = Block::default();
            header.annotation = None;
        }
    }
}

/// Whether loops below two extents run equally often: the extents are alike, or the same by a chain of requirements.
pub(super) fn run_equally(region: &Region, a: Ex, b: Ex) -> bool {
    let b = rounds(region, b);
    let mut known = vec![rounds(region, a)];
    let mut at = 0;
    while let Some(one) = known.get(at).copied() {
        if alike(region, one, b) {
            return true;
        }
        for requirement in &region.requirements {
            let Condition::Holds(root) = requirement.condition else {
                continue;
            };
            if let Expression::Compare {
                op: CompareOp::Equal,
                left,
                right,
            } = region.expressions[root]
            {
                let (left, right) = (rounds(region, left), rounds(region, right));
                for (mine, other) in [(left, right), (right, left)] {
                    if alike(region, mine, one) && !known.iter().any(|seen| alike(region, *seen, other)) {
                        known.push(other);
                    }
                }
            }
        }
        at += 1;
    }
    false
}

/// What a loop from 0 counts to: `max(n, 0)` rounds are those of `n`.
fn rounds(region: &Region, extent: Ex) -> Ex {
    let Expression::Call {
        function: Function::Max,
        arguments,
    } = &region.expressions[extent]
    else {
        return extent;
    };
    let is_zero = |one: &Ex| region.expressions[*one] == Expression::Literal(Literal::Int(0));
    match arguments[..] {
        [n, zero] | [zero, n] if is_zero(&zero) => n,
        _ => extent,
    }
}

/// Moves what stands between two nests before or behind the first, and takes the second away; gives where the first is then.
fn rearrange(block: &mut Block, first: usize, second: usize, stays: &[bool]) -> usize {
    let mut part: Vec<(Statement, Span)> = block.statements.drain(first..=second).collect();
    part.pop();
    let nest = part.remove(0);
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    for (statement, stays) in part.into_iter().zip(stays) {
        if *stays { &mut behind } else { &mut before }.push(statement);
    }
    let place = first + before.len();
    before.push(nest);
    before.append(&mut behind);
    block.statements.splice(first..first, before);
    place
}
