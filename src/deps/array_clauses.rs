//! Clauses about arrays, held against the facts.

use super::clauses::Checker;
use super::finding::{Finding, Remedy};
use super::uses;
use super::{DependenceKind, Place};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Array, Expression, Handle, Reduction, ReductionOp, Statement};
use crate::source::Span;

impl Checker<'_> {
    /// `private(w)` of an array: what an iteration reads of it, it has written.
    pub(super) fn work_array(&self, array: Handle<Array>, span: Span) -> Option<Finding> {
        if self.facts.private_arrays.contains(&array) {
            return None;
        }
        let name = self.region.arrays[array].name.clone();
        let wrong = |place: Span, message: &str| {
            Diagnostic::new(Code::WrongPrivate, place, format!("`{name}` is not private: {message}"))
        };
        let stores = self.stores(array);
        if let Some(found) = self.facts.array_reductions.iter().find(|one| one.target == array) {
            let op = found.op;
            let update = stores.first().map_or(span, |(_, place)| *place);
            let diagnostic = wrong(span, "its elements collect something from every iteration")
                .labelled("said to be private here")
                .secondary(update, format!("combined by `{}` here", op.name()))
                .help(format!("it is a reduction: `reduction({}: {name})`", op.name()));
            let instead_of = Some(span);
            return Some(self.finding(diagnostic, [Remedy::Reduce { name, op, instead_of }]));
        }
        let mine = || self.facts.carried.iter().filter(|one| self.is_of(one.source, array));
        let flow = mine().find(|one| one.kind == DependenceKind::Flow && one.certain);
        let diagnostic = if stores.is_empty() {
            wrong(span, "the loop only reads it").labelled("said to be private here")
        } else if let Some(Place::Load(load)) = flow.map(|one| one.sink) {
            wrong(
                self.region.spans[load],
                "an iteration reads of it what an earlier one has written",
            )
            .labelled("read here, with the value of an earlier iteration")
            .secondary(span, "said to be private here")
        } else if mine().next().is_none() {
            wrong(span, "every iteration has elements of its own in it, and all are kept")
                .labelled("said to be private here")
        } else {
            return None;
        };
        let diagnostic = stores.iter().fold(diagnostic, |diagnostic, (_, place)| {
            diagnostic.secondary(*place, "written here")
        });
        Some(self.finding(diagnostic, [Remedy::Remove { name: span }]))
    }

    fn is_of(&self, place: Place, array: Handle<Array>) -> bool {
        match place {
            Place::Load(load) => match &self.region.expressions[load] {
                Expression::Load { array: read, .. } => *read == array,
                _ => false,
            },
            Place::Store(store) => self.region.stores[store].array == array,
            Place::Variable(_) => false,
        }
    }

    pub(super) fn array_reduction(&self, clause: &Reduction, array: Handle<Array>) -> Option<Finding> {
        let name = self.region.arrays[array].name.clone();
        let stores = self.stores(array);
        if let Some(found) = self.facts.array_reductions.iter().find(|one| one.target == array) {
            let place = stores.first().map_or(clause.span, |(_, place)| *place);
            return (found.op != clause.op).then(|| self.wrong_operator(clause, name, found.op, place));
        }
        let updates: Vec<Option<(ReductionOp, Handle<Expression>)>> =
            stores.iter().map(|(store, _)| self.update(*store)).collect();
        let own: Vec<Handle<Expression>> = updates.iter().flatten().map(|(_, load)| *load).collect();
        let plain = stores.iter().zip(&updates).find(|(_, update)| update.is_none());
        let differs = stores.iter().zip(&updates).find_map(|((_, place), update)| {
            let (op, _) = (*update)?;
            (op != clause.op).then_some((op, *place))
        });
        let wrong = |place: Span, message: String| Diagnostic::new(Code::NotAReduction, place, message);
        let read = self.loads(array).into_iter().find(|(load, _)| !own.contains(load));
        let diagnostic = if stores.is_empty() {
            let message = format!("`{name}` is not a reduction: the loop never updates its elements");
            let diagnostic = wrong(clause.span, message).labelled("said to be a reduction here");
            return Some(self.finding(diagnostic, [Remedy::Remove { name: clause.span }]));
        } else if let Some(((_, place), _)) = plain {
            wrong(
                *place,
                format!("`{name}` is not a reduction: its elements are also assigned"),
            )
            .labelled("assigned here, without combining")
        } else if let Some((_, place)) = read {
            wrong(
                place,
                format!("`{name}` is not a reduction: its elements are also used in between"),
            )
            .labelled("used here")
        } else if let Some((op, place)) = differs {
            return Some(self.wrong_operator(clause, name, op, place));
        } else {
            // Elements that only one iteration updates: there is nothing to combine, and nothing wrong.
            return None;
        };
        let diagnostic = diagnostic.secondary(clause.span, "said to be a reduction here");
        Some(self.finding(diagnostic, [Remedy::Remove { name: clause.span }]))
    }

    fn stores(&self, array: Handle<Array>) -> Vec<(Handle<ir::Store>, Span)> {
        let mut found = Vec::new();
        ir::visit_statements(self.region, &self.header.body, &mut |statement, span| {
            if let Statement::Store(store) = statement
                && self.region.stores[*store].array == array
            {
                found.push((*store, span));
            }
        });
        found
    }

    fn loads(&self, wanted: Handle<Array>) -> Vec<(Handle<Expression>, Span)> {
        let mut found = Vec::new();
        ir::visit_statements(self.region, &self.header.body, &mut |statement, _| {
            for root in statement.roots(self.region) {
                ir::visit_expressions(self.region, root, &mut |handle| {
                    if let Expression::Load { array, .. } = &self.region.expressions[handle]
                        && *array == wanted
                    {
                        found.push((handle, self.region.spans[handle]));
                    }
                });
            }
        });
        found
    }

    /// A store that combines something into its element: how, and the load of the old value.
    fn update(&self, handle: Handle<ir::Store>) -> Option<(ReductionOp, Handle<Expression>)> {
        let store = &self.region.stores[handle];
        let is_self = |root: Handle<Expression>| match &self.region.expressions[root] {
            Expression::Load { array, subscripts } => {
                *array == store.array
                    && subscripts.len() == store.subscripts.len()
                    && subscripts
                        .iter()
                        .zip(&store.subscripts)
                        .all(|(mine, theirs)| ir::alike(self.region, *mine, *theirs))
            }
            _ => false,
        };
        let (op, own) = uses::combination(self.region, store.value, &is_self)?;
        Some((op, *own.first()?))
    }
}
