//! Array elements that a loop only combines contributions into, kept in registers while it runs.
//!
//! In `for k …: c[i, j] += a[i, k] * b[k, j]` the element is the same in every round: it is read before the loop and written after
//! it. If the loop itself runs in lanes (`for j …: y[i] += a[i, j] * x[j]`), the element is the target of a reduction like any
//! other. Nothing else in the loop touches the array, says `deps`, and the guards keep other arrays away from it.

use super::{Emit, Lockstep, Unsupported};
use crate::back::rust::names;
use crate::back::rust::region::Scene;
use crate::back::writer::Writer;
use crate::deps::{AccessMode, ArrayUpdate};
use crate::infer::{Kind, Origin, Ty};
use crate::ir::{
    BinaryOp, Expression, Handle, Loop, ReductionOp, Statement, Store, visit_expressions, visit_statements,
};

/// An element in a register.
#[derive(Clone, Debug)]
pub(super) struct Promoted {
    pub(super) update: ArrayUpdate,
    pub(super) op: ReductionOp,
    pub(super) name: String,
}

impl Promoted {
    pub(super) fn store(&self) -> Handle<Store> {
        self.update.store
    }
}

/// The updates in a loop whose elements are the same in all its iterations.
pub(super) fn candidates(scene: &Scene<'_>, handle: Handle<Loop>) -> Vec<(ArrayUpdate, ReductionOp)> {
    let region = scene.region;
    let varying = scene.plan.varying(handle);
    let mut inside = vec![handle];
    visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
        if let Statement::For(inner) = statement {
            inside.push(*inner);
        }
    });
    let fixed = |root: Handle<Expression>| {
        let mut fixed = !varying[root];
        visit_expressions(region, root, &mut |one| match region.expressions[one] {
            Expression::Counter(header) => fixed &= !inside.contains(&header),
            Expression::Load { .. } => fixed = false,
            _ => {}
        });
        fixed
    };
    let found = scene.facts.of_loop(handle).array_reductions.iter();
    found
        .filter(|one| !one.scattered)
        .filter_map(|one| match one.stores[..] {
            [update] => Some((update, one.op)),
            _ => None,
        })
        .filter(|(update, op)| {
            let store = &region.stores[update.store];
            let element = scene.types.array(store.array).element;
            let ty = scene.types.expression(store.value);
            let known = scene
                .facts
                .store(update.store)
                .is_some_and(|access| access.subscripts.iter().all(|one| one.mode != AccessMode::Checked));
            let same = ty.kind == element.kind
                && element.origin == Origin::Numpy
                && element.kind != Kind::Bool
                && scene.types.store_checks(update.store).is_empty()
                && scene.types.checks(store.value).is_empty()
                && scene
                    .types
                    .operation(store.value)
                    .is_some_and(|one| one.kind == element.kind);
            let arithmetic = matches!(op, ReductionOp::Add | ReductionOp::Multiply);
            known && same && arithmetic && store.subscripts.iter().all(|root| fixed(*root))
        })
        .collect()
}

impl Lockstep<'_, '_> {
    /// The element's new value: the register combined with the contribution; of sums, products are added with one rounding.
    pub(super) fn combined(&self, promoted: &Promoted, own: &str, on: &str) -> Emit<String> {
        let scene = self.scene;
        let store = &scene.region.stores[promoted.store()];
        let kind = scene.types.array(store.array).element.kind;
        let contribution = promoted.update.contribution;
        if promoted.op == ReductionOp::Add
            && kind.is_float()
            && let Expression::Binary {
                op: BinaryOp::Multiply,
                left,
                right,
            } = scene.region.expressions[contribution]
            && scene.types.checks(contribution).is_empty()
            && scene.types.expression(contribution).kind == kind
            && scene.types.operation(contribution).is_some_and(|ty| ty.kind == kind)
        {
            let sign = if promoted.update.negated { "-" } else { "" };
            let (a, b) = (self.converted(left, kind, on)?, self.converted(right, kind, on)?);
            return Ok(format!("({sign}{a}).mul_add({b}, {own})"));
        }
        let other = self.converted(contribution, kind, on)?;
        Ok(match (promoted.op, promoted.update.negated) {
            (ReductionOp::Add, false) => format!("({own} + {other})"),
            (ReductionOp::Add, true) => format!("({own} - {other})"),
            (ReductionOp::Multiply, _) => format!("({own} * {other})"),
            _ => return Err(Unsupported),
        })
    }

    /// Reads the elements of an inner loop's updates into lanes, and tells what is to be written after it.
    pub(super) fn promote(&self, out: &mut Writer, handle: Handle<Loop>, on: &str) -> Emit<Vec<Promoted>> {
        let mut promoted = Vec::new();
        for (update, op) in candidates(self.scene, handle) {
            let store = &self.scene.region.stores[update.store];
            if !store.subscripts.iter().any(|root| self.varying[*root]) {
                continue;
            }
            let name = self.fresh("element");
            let element = self.scene.types.array(store.array).element.kind;
            let access = self.scene.facts.store(update.store).ok_or(Unsupported)?;
            let Some((address, step)) = self.place_of(store, access)? else {
                continue;
            };
            let (vector, zero) = (self.vector(element), self.zero(element));
            if self.jam.is_some() {
                out.line(format!("let mut {name} = [[{zero}; $groups]; $rows];"));
                self.each_place(out, |out| {
                    out.line(format!(
                        "{name}[each_row][each_group] = unsafe {{ {vector}::read({address}, {step}, {on}) }};"
                    ));
                });
            } else {
                out.line(format!(
                    "let mut {name} = unsafe {{ {vector}::read({address}, {step}, {on}) }};"
                ));
            }
            promoted.push(Promoted { update, op, name });
        }
        self.promoted.borrow_mut().extend(promoted.clone());
        Ok(promoted)
    }

    /// Writes the elements back.
    pub(super) fn demote(&self, out: &mut Writer, promoted: &[Promoted], on: &str) -> Emit<()> {
        for one in promoted {
            let store = &self.scene.region.stores[one.store()];
            let access = self.scene.facts.store(one.store()).ok_or(Unsupported)?;
            let Some((address, step)) = self.place_of(store, access)? else {
                return Err(Unsupported);
            };
            let own = self.register(&one.name);
            let line = format!("unsafe {{ {own}.write({address}, {step}, {on}) }};");
            if self.jam.is_some() {
                self.each_place(out, |out| out.line(line));
            } else {
                out.line(line);
            }
            self.promoted.borrow_mut().retain(|other| other.name != one.name);
        }
        Ok(())
    }

    /// The register of a promoted element, in the present row and group.
    pub(super) fn register(&self, name: &str) -> String {
        if self.jam.is_some() {
            format!("{name}[each_row][each_group]")
        } else {
            name.to_owned()
        }
    }

    /// Folds what the groups collected into the element itself, once the loop in lanes is over.
    pub(super) fn fold_element(&self, out: &mut Writer, promoted: &Promoted, found: &str) {
        let scene = self.scene;
        let store = &scene.region.stores[promoted.store()];
        let modes: Vec<AccessMode> = scene
            .facts
            .store(promoted.store())
            .map(|access| access.subscripts.iter().map(|one| one.mode).collect())
            .unwrap_or_default();
        let index = scene.subscripts(store.array, &store.subscripts, Some(&modes));
        let (array, kind) = (scene.array(store.array), scene.types.array(store.array).element.kind);
        let fold = fold_of(promoted.op);
        out.open(format!("if !{}_steps.is_empty()", self.name));
        out.line(format!("let place = {index};"));
        out.line(format!(
            "unsafe {{ {array}.set(place, <{fold} as Fold<{}>>::fold({array}.get(place), {found})) }};",
            names::scalar(kind)
        ));
        out.close("");
    }
}

/// The fold of an element's reduction.
pub(super) fn fold_of(op: ReductionOp) -> &'static str {
    if op == ReductionOp::Multiply { "Product" } else { "Sum" }
}

/// The kind of a promoted element.
pub(super) fn kind_of(scene: &Scene<'_>, promoted: &Promoted) -> Ty {
    scene.types.array(scene.region.stores[promoted.store()].array).element
}
