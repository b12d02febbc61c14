//! Which names are still wanted at a place.

use super::Names;
use crate::ir::{ArrayForm, ArrayOrigin, Block, Expression, Handle, Region, Statement, children, visit_expressions};
use crate::source::Span;

/// What is wanted where control goes on behind a loop, and at its next iteration.
#[derive(Clone, Debug, Default)]
pub(super) struct Exits {
    pub(super) breaks: Names,
    pub(super) continues: Names,
}

/// Asks of some names.
pub(super) struct Liveness<'r> {
    pub(super) region: &'r Region,
    pub(super) names: &'r Names,
}

impl Liveness<'_> {
    /// What is wanted behind each of some statements, if `after` is wanted behind the last one; and before the first.
    pub(super) fn along(&self, statements: &[(Statement, Span)], after: &Names, exits: &Exits) -> (Names, Vec<Names>) {
        let mut wanted = after.clone();
        let mut behind = Vec::with_capacity(statements.len());
        for (statement, _) in statements.iter().rev() {
            let before = self.before(statement, &wanted, exits);
            behind.push(std::mem::replace(&mut wanted, before));
        }
        behind.reverse();
        (wanted, behind)
    }

    /// What is wanted before each iteration of a loop, and behind the last.
    pub(super) fn head(&self, statement: &Statement, after: &Names) -> Names {
        let mut head = after.clone();
        loop {
            let exits = Exits {
                breaks: after.clone(),
                continues: head.clone(),
            };
            let before = match statement {
                Statement::For(header) => self.block(&self.region.loops[*header].body, &head, &exits),
                Statement::While {
                    prelude,
                    condition,
                    body,
                } => {
                    let mut tested = self.block(body, &head, &exits);
                    tested.extend(after);
                    self.read(*condition, &mut tested);
                    self.block(prelude, &tested, &exits)
                }
                _ => Names::new(),
            };
            let count = head.len();
            head.extend(before);
            if head.len() == count {
                return head;
            }
        }
    }

    /// Whether a statement, or one inside, reads one of the names or assigns it.
    pub(super) fn mentions(&self, statement: &Statement) -> bool {
        let mut read = Names::new();
        self.reads(statement, &mut read);
        let assigned = statement.assigned().is_some_and(|one| self.names.contains(&one));
        let inside = |block: &Block| block.statements.iter().any(|(one, _)| self.mentions(one));
        assigned || !read.is_empty() || statement.blocks(self.region).into_iter().any(inside)
    }

    /// Whether a statement, or one inside, assigns one of the names.
    pub(super) fn assigns(&self, statement: &Statement) -> bool {
        let inside = |block: &Block| block.statements.iter().any(|(one, _)| self.assigns(one));
        statement.assigned().is_some_and(|one| self.names.contains(&one))
            || statement.blocks(self.region).into_iter().any(inside)
    }

    fn block(&self, block: &Block, after: &Names, exits: &Exits) -> Names {
        self.along(&block.statements, after, exits).0
    }

    fn before(&self, statement: &Statement, after: &Names, exits: &Exits) -> Names {
        let mut wanted = match statement {
            Statement::Assign { variable, .. } => {
                let mut wanted = after.clone();
                wanted.remove(variable);
                wanted
            }
            Statement::If { accept, reject, .. } => {
                let mut wanted = self.block(accept, after, exits);
                wanted.extend(self.block(reject, after, exits));
                wanted
            }
            Statement::For(_) | Statement::While { .. } => self.head(statement, after),
            Statement::Break => exits.breaks.clone(),
            Statement::Continue => exits.continues.clone(),
            Statement::Leave(_) | Statement::Raise { .. } => Names::new(),
            Statement::Store(_)
            | Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => after.clone(),
        };
        self.reads(statement, &mut wanted);
        wanted
    }

    /// What a statement itself reads; of an array that is stored to, the name is read.
    fn reads(&self, statement: &Statement, names: &mut Names) {
        for root in statement.roots(self.region) {
            self.read(root, names);
        }
        match statement {
            Statement::Store(store) => self.add(self.region.stores[*store].array, names),
            Statement::For(header) => {
                if let Some(annotation) = &self.region.loops[*header].annotation {
                    super::renamed::expressions_of(annotation).for_each(|root| self.read(root, names));
                    super::renamed::arrays_of(annotation).for_each(|array| self.add(array, names));
                }
            }
            _ => {}
        }
    }

    pub(super) fn read(&self, root: Handle<Expression>, names: &mut Names) {
        visit_expressions(self.region, root, &mut |one| match &self.region.expressions[one] {
            Expression::Variable(variable) if self.names.contains(variable) => {
                names.insert(*variable);
            }
            Expression::Load { array, .. }
            | Expression::Extent { array, .. }
            | Expression::Size(array)
            | Expression::Rank(array)
            | Expression::Array(ArrayForm::Whole(array)) => self.add(*array, names),
            _ => {}
        });
    }

    /// The names of which an element of a value reads other elements than its own: where their arrays lie, the value cannot be
    /// put one element after the other.
    pub(super) fn read_elsewhere(&self, root: Handle<Expression>, names: &mut Names) {
        match &self.region.expressions[root] {
            Expression::Variable(_) | Expression::Array(ArrayForm::Whole(_)) => {}
            elementwise @ (Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Select { .. }) => {
                for child in children(elementwise) {
                    self.read_elsewhere(child, names);
                }
            }
            _ => self.read(root, names),
        }
    }

    fn add(&self, array: Handle<crate::ir::Array>, names: &mut Names) {
        if let ArrayOrigin::Variable(variable) = self.region.arrays[array].origin
            && self.names.contains(&variable)
        {
            names.insert(variable);
        }
    }
}
