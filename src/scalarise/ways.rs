//! Names that are one array or another, by the way control took.
//!
//! Where both have one shape, the elements of the one that it is are copied into a local array, which the name holds from then on.
//! What NumPy would give there is the array itself: while it may be read under the name, neither may be changed under the other
//! (`Shadow`).

use super::Ex;
use super::outputs::Shadow;
use super::scalariser::{Held, Scalar, Scalariser};
use super::shape::Shaped;
use crate::ir::{self, ArrayOrigin, Block, Element, Expression, Handle, Retained, Statement, Variable};
use crate::source::Span;

impl Scalariser<'_> {
    /// Behind the branches of an `if`: variables that hold different arrays hold a common one. `accepted` is what they hold
    /// behind the first branch; the second one is the present place.
    pub(super) fn reconcile(&mut self, accepted: &mut Vec<Held>, accept: &mut Block, reject: &mut Block, span: Span) {
        if leaves(accept) || leaves(reject) {
            return;
        }
        self.directive = None;
        for variable in self.from.variables.handles() {
            let at = variable.index();
            let (Held::Array(a), Held::Array(b)) = (accepted[at].clone(), self.held[at].clone()) else {
                continue;
            };
            if self.alike(&a, &b) || !self.is_read_later(variable) {
                continue;
            }
            let Some(extents) = self.common_extents(&a, &b, &[&*accept, &*reject]) else {
                continue;
            };
            let own_b = self.is_own_local(&b, variable);
            std::mem::swap(&mut self.held, accepted);
            let own_a = self.is_own_local(&a, variable);
            std::mem::swap(&mut self.held, accepted);
            let name = self.from.variables[variable].name.clone();
            let joined = self.chosen_copy(&name, &extents, (&a, accept), (&b, reject), span);
            let shown = [(own_a, self.shown(&a)), (own_b, self.shown(&b))];
            if let Some((copy, _)) = joined.view() {
                let of = shown.into_iter().filter_map(|(own, of)| of.filter(|_| !own));
                self.shadows.extend(of.map(|of| Shadow { copy, of }));
            }
            accepted[at] = Held::Array(joined.clone());
            self.held[at] = Held::Array(joined);
        }
    }

    /// `a if condition else b` of arrays.
    pub(super) fn one_or_another(&mut self, condition: Ex, a: &Shaped, b: &Shaped, span: Span) -> Scalar<Shaped> {
        let Some(extents) = self.common_extents(a, b, &[]) else {
            return self.refused(
                span,
                "a conditional expression of arrays whose shapes may differ cannot be translated",
                "use an `if` with the rest of the computation in both branches",
            );
        };
        let (mut accept, mut reject) = (Block::default(), Block::default());
        let joined = self.chosen_copy("chosen", &extents, (a, &mut accept), (b, &mut reject), span);
        if let Some((copy, _)) = joined.view() {
            let of = [self.shown(a), self.shown(b)].into_iter().flatten();
            self.shadows.extend(of.map(|of| Shadow { copy, of }));
        }
        self.push(
            Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
        Ok(joined)
    }

    /// A local array into which each branch copies what it has.
    fn chosen_copy(
        &mut self,
        name: &str,
        extents: &[Ex],
        (a, accept): (&Shaped, &mut Block),
        (b, reject): (&Shaped, &mut Block),
        span: Span,
    ) -> Shaped {
        let placeholder = self.int(0, span);
        let array = self.allocate(name, Element::Of(placeholder), extents, false, span);
        if a.boolean {
            self.of_bools.insert(array);
        }
        let (stored, copied) = self.nested(|this| this.fill(array, extents, a, span));
        accept.statements.extend(copied.statements);
        self.set_element(array, stored);
        let (other, copied) = self.nested(|this| this.fill(array, extents, b, span));
        reject.statements.extend(copied.statements);
        if let Some(value) = other {
            let name = name.to_owned();
            self.to.retained.push(Retained { name, array, value });
        }
        self.whole(array, span)
    }

    /// The extents of two values of one shape, known before some blocks.
    fn common_extents(&mut self, a: &Shaped, b: &Shaped, blocks: &[&Block]) -> Option<Vec<Ex>> {
        let cut = |one: &Shaped| one.view().is_some_and(|(array, _)| self.cut.contains_key(&array));
        if a.rank() == 0 || a.rank() != b.rank() || a.boolean != b.boolean || cut(a) || cut(b) {
            return None;
        }
        let mut common = Vec::new();
        for (one, other) in a.extents.clone().into_iter().zip(b.extents.clone()) {
            let known = [one, other]
                .into_iter()
                .find(|extent| self.is_known_before(*extent, blocks))?;
            if !self.same_number(one, other) {
                if !self.is_launch_known(one) || !self.is_launch_known(other) {
                    return None;
                }
                self.require_equal(one, other, self.from.span).ok()?;
            }
            common.push(known);
        }
        Some(common)
    }

    /// Whether an extent means the same before some blocks.
    fn is_known_before(&self, extent: Ex, blocks: &[&Block]) -> bool {
        let mut assigned: Vec<Handle<Variable>> = Vec::new();
        for block in blocks {
            ir::visit_statements(&self.to, block, &mut |statement, _| {
                assigned.extend(statement.assigned())
            });
        }
        let mut known = true;
        ir::visit_expressions(&self.to, extent, &mut |one| {
            known &= match &self.to.expressions[one] {
                Expression::Variable(variable) => !assigned.contains(variable),
                Expression::Load { .. } => false,
                Expression::Extent { array, .. } => {
                    matches!(self.to.arrays[*array].origin, ArrayOrigin::Input(_))
                }
                _ => true,
            };
        });
        known
    }
}

/// Whether control does not reach the end of a block.
fn leaves(block: &Block) -> bool {
    matches!(
        block.statements.last(),
        Some((
            Statement::Break | Statement::Continue | Statement::Leave(_) | Statement::Raise { .. },
            _
        ))
    )
}
