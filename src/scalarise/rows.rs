//! Arrays that are appended to a list: `path.append(x.copy())`.
//!
//! `lower` gives each append of a list a place for every iteration (`lower::growing`), without knowing what is appended. Where it
//! turns out to be an array, a place is a row: the array of places has more axes then, whose extents must be known before the
//! region starts. So the region is turned once more, with these extents.
//!
//! Every item is an array of its own. What is appended must be new, then, or nobody may change it afterwards: the list would show
//! it.

use std::collections::{BTreeSet, HashMap};

use super::Ex;
use super::scalariser::{Held, Scalar, Scalariser};
use super::shape::Shaped;
use crate::ir::{
    self, ArrayForm, ArrayOrigin, BinaryOp, CompareOp, Element, Expression, Fill, Function, Grown, GrownForm, Handle,
    Input, Literal, Region, Statement, Store, Variable, visit_statements,
};
use crate::source::Span;

/// Most elements of all places of a list of arrays.
const MOST_ELEMENTS: f64 = (1 << 27) as f64;

/// By variable that holds the places of a list's items: the extents of an item.
pub(super) type Rows = HashMap<Handle<Variable>, Vec<Known>>;

/// An extent that is known before the region, in terms that outlive one attempt to turn it.
#[derive(Clone, Debug)]
pub(super) enum Known {
    Int(i64),
    Input(Handle<Input>),
    Extent(Handle<Input>, u32),
    Binary(BinaryOp, Box<(Known, Known)>),
    Call(Function, Vec<Known>),
}

/// What the elements of a list's items are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Those of an array, as the only append tells.
    First,
    /// Those of arrays, which several appends must agree on.
    Arrays,
    /// Python's numbers or NumPy's, as they are.
    Lists,
}

impl<'r> Scalariser<'r> {
    /// The list whose items an array of the old region holds, and the variable that holds the array.
    pub(super) fn list_of(&self, store: &Store) -> Option<(&'r Grown, Handle<Variable>)> {
        let ArrayOrigin::Variable(variable) = self.from.arrays[store.array].origin else {
            return None;
        };
        Some((self.list_in(variable)?, variable))
    }

    /// The list whose items a variable holds.
    fn list_in(&self, variable: Handle<Variable>) -> Option<&'r Grown> {
        let output = self.from.outputs.iter().find(|output| output.variable == variable)?;
        self.from.grown.iter().find(|list| list.parts.contains(&output.name))
    }

    /// Notes that arrays like this one are appended to a list.
    pub(super) fn note_row(&mut self, list: &Grown, column: Handle<Variable>, row: &Shaped, span: Span) -> Scalar<()> {
        let extents = row.extents.iter().map(|extent| self.known(*extent)).collect();
        let Some(extents) = extents else {
            let message = format!(
                "how long the items are that are appended to the list `{}` is not known before the loop",
                list.name
            );
            let help = "make an array before the loop, and assign its rows: `out[i] = …`";
            return self.refused(span, message, help);
        };
        self.kinds.rows.insert(column, extents);
        Ok(())
    }

    /// An extent, if it can be evaluated before the region: nothing in it may raise, since no iteration may come to it.
    fn known(&self, root: Ex) -> Option<Known> {
        let of_input = |array| match self.to.arrays[array].origin {
            ArrayOrigin::Input(input) => Some(input),
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => None,
        };
        match &self.to.expressions[root] {
            Expression::Literal(Literal::Int(value)) => Some(Known::Int(*value)),
            Expression::Input(input) => Some(Known::Input(*input)),
            Expression::Extent { array, axis } => Some(Known::Extent(of_input(*array)?, *axis)),
            Expression::Binary {
                op: op @ (BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply),
                left,
                right,
            } => Some(Known::Binary(*op, Box::new((self.known(*left)?, self.known(*right)?)))),
            Expression::Binary {
                op: op @ (BinaryOp::FloorDivide | BinaryOp::Modulo),
                left,
                right,
            } if self.as_constant(*right).is_some_and(|by| by != 0) => {
                Some(Known::Binary(*op, Box::new((self.known(*left)?, self.known(*right)?))))
            }
            Expression::Call {
                function: function @ (Function::Min | Function::Max),
                arguments,
            } => {
                let arguments = arguments.iter().map(|argument| self.known(*argument));
                Some(Known::Call(*function, arguments.collect::<Option<_>>()?))
            }
            Expression::Variable(variable) => self.known(self.only_value(*variable)?),
            _ => None,
        }
    }

    /// What a variable was assigned on the way to the present place, if it is assigned nothing else in the region.
    fn only_value(&self, variable: Handle<Variable>) -> Option<Ex> {
        let mut count = usize::from(self.to.variables[variable].initial.is_some());
        if variable.index() < self.from.variables.len() {
            visit_statements(self.from, &self.from.body, &mut |statement, _| {
                count += usize::from(statement.assigned() == Some(variable));
            });
        }
        let mut assigned = self.blocks.iter().flat_map(|block| &block.statements);
        let value = assigned.find_map(|(statement, _)| match statement {
            Statement::Assign { variable: one, value } if *one == variable => Some(*value),
            _ => None,
        });
        value.filter(|_| count <= 1)
    }

    /// The array of a list's places, if they are rows, instead of the array of numbers that `lower` makes.
    pub(super) fn made_for_rows(&mut self, column: Handle<Variable>, value: Ex, span: Span) -> Scalar<Option<Shaped>> {
        let Some(row) = self.rows.get(&column).cloned() else {
            return Ok(None);
        };
        let Expression::Array(ArrayForm::Call { arguments, .. }) = &self.from.expressions[value] else {
            return Ok(None);
        };
        let mut extents = Vec::new();
        for argument in arguments {
            extents.push(self.scalar(*argument)?);
        }
        for known in row {
            let extent = self.extent_again(&known, span);
            extents.push(self.not_negative(extent, span));
        }
        self.require_room(&extents, span);
        let element = match self.kind_of_items(column) {
            Kept::First => Element::Of(self.int(0, span)),
            Kept::Arrays | Kept::Lists => Element::Listed,
        };
        self.filled(Fill::Empty, element, false, extents, None, span).map(Some)
    }

    /// That the places of all iterations are no more than the memory holds easily: few may append, and make a short list.
    fn require_room(&mut self, extents: &[Ex], span: Span) {
        // In floats, since the product may be any.
        let one = self.add(Expression::Literal(Literal::Float(1.0)), span);
        let places = extents
            .iter()
            .fold(one, |all, extent| self.binary(BinaryOp::Multiply, all, *extent, span));
        let most = self.add(Expression::Literal(Literal::Float(MOST_ELEMENTS)), span);
        let few = self.compare(CompareOp::LessEqual, places, most, span);
        let otherwise = "a list of arrays would take too much memory while it grows".to_owned();
        self.require(few, otherwise, span);
    }

    fn extent_again(&mut self, known: &Known, span: Span) -> Ex {
        match known {
            Known::Int(value) => self.int(*value, span),
            Known::Input(input) => self.add(Expression::Input(*input), span),
            Known::Extent(input, axis) => {
                let array = self.array_of(*input);
                self.add(Expression::Extent { array, axis: *axis }, span)
            }
            Known::Binary(op, operands) => {
                let (left, right) = (
                    self.extent_again(&operands.0, span),
                    self.extent_again(&operands.1, span),
                );
                self.binary(*op, left, right, span)
            }
            Known::Call(function, arguments) => {
                let arguments = arguments.iter().map(|one| self.extent_again(one, span)).collect();
                let function = *function;
                self.add(Expression::Call { function, arguments }, span)
            }
        }
    }

    /// How the elements of a list's items get their type.
    fn kind_of_items(&self, column: Handle<Variable>) -> Kept {
        let form = self.list_in(column).map(|list| list.form);
        if form == Some(GrownForm::Row) {
            return Kept::Lists;
        }
        let stores = self.from.stores.iter().map(|(_, store)| store.array);
        let appends = stores.filter(|array| self.from.arrays[*array].origin == ArrayOrigin::Variable(column));
        if appends.count() == 1 {
            Kept::First
        } else {
            Kept::Arrays
        }
    }

    /// Appends an array to a list of arrays, or a list to one of lists.
    pub(super) fn append_row(
        &mut self,
        list: &Grown,
        column: Handle<Variable>,
        store: &Store,
        span: Span,
    ) -> Scalar<()> {
        let place = store.place;
        let value = self.value(store.value)?;
        let base = self.named(store.array, place)?;
        let Some((array, _)) = base.view() else { return Ok(()) };
        let mut subscripts = Vec::new();
        for subscript in &store.subscripts {
            subscripts.push(self.scalar(*subscript)?);
        }
        let extents = self.extents_of_local(array).split_off(subscripts.len());
        if value.rank() != extents.len() {
            let message = format!("items of several forms are appended to the list `{}`", list.name);
            return self.refused(place, message, "append to a list of its own for each form");
        }
        let kept = self.kind_of_items(column);
        if kept != Kept::Lists {
            self.require_own(&list.name, &value, store)?;
        }
        for (one, other) in value.extents.iter().zip(&extents) {
            self.require_equal(*one, *other, place)?;
        }
        let value = match kept {
            Kept::First | Kept::Lists => value,
            Kept::Arrays => self.materialise(&value, &list.name, span),
        };
        let mut stored = None;
        self.nest(&extents, span, |this, index| {
            let one = this.element(&value, index, span);
            stored = Some(one);
            let subscripts = subscripts.iter().chain(index).copied().collect();
            this.store_element(array, subscripts, one, span);
        });
        if kept == Kept::First {
            self.set_element(array, stored);
        }
        Ok(())
    }

    /// That nobody sees whether the list holds this array or a copy of it.
    fn require_own(&self, list: &str, value: &Shaped, store: &Store) -> Scalar<()> {
        let Some(shown) = self.shown(value) else { return Ok(()) };
        let local = matches!(self.to.arrays[shown].origin, ArrayOrigin::Local { .. });
        let shares = self.shadows.iter().any(|shadow| shadow.copy == shown);
        let names: Vec<Handle<Variable>> = self
            .from
            .variables
            .handles()
            .filter(|variable| match &self.held[variable.index()] {
                Held::Array(shaped) => self.shown(shaped) == Some(shown),
                Held::Number | Held::Mixed => false,
            })
            .collect();
        let given: Option<Vec<bool>> = names.iter().map(|name| self.is_given_in_iteration(*name)).collect();
        // What no name holds has been made here.
        let is_new = names.is_empty() || given.is_some_and(|given| given.contains(&true));
        let alone = names.iter().all(|name| {
            let shows = || is_changed(self.from, *name) || self.is_appended_elsewhere(store, *name);
            !(self.is_output(*name) || self.is_read_later(*name) && shows())
        });
        if local && value.whole && !shares && is_new && alone {
            return Ok(());
        }
        let message = format!("an array that may change later, or be seen elsewhere, is appended to the list `{list}`");
        self.refused(store.place, message, "append a copy: `.copy()`")
    }

    /// Whether each iteration of the innermost loop gives a name a new array before the present place, and not that of another
    /// name; `None`: it may be the one of an earlier iteration.
    fn is_given_in_iteration(&self, name: Handle<Variable>) -> Option<bool> {
        for step in self.way.iter().rev() {
            let mut before = step.block.statements[..step.at].iter().rev();
            let given = before.find_map(|(statement, _)| match statement {
                Statement::Assign { variable, value } if *variable == name => Some(*value),
                _ => None,
            });
            if let Some(value) = given.filter(|value| !self.from.augmented.contains(value)) {
                let named = matches!(
                    self.from.expressions[value],
                    Expression::Variable(_)
                        | Expression::Input(_)
                        | Expression::Load { .. }
                        | Expression::Array(ArrayForm::Whole(_))
                );
                return Some(!named);
            }
            if step.repeated {
                return None;
            }
        }
        None
    }

    /// Whether the array of a name may be appended by another statement, too: two items would be one array.
    fn is_appended_elsewhere(&self, store: &Store, name: Handle<Variable>) -> bool {
        self.from
            .stores
            .iter()
            .any(|(_, other)| other != store && self.list_of(other).is_some() && hands_on(self.from, other.value, name))
    }
}

/// Whether the array of a variable, or of one that it is handed to, is changed in the region.
fn is_changed(region: &Region, variable: Handle<Variable>) -> bool {
    let mut names = BTreeSet::from([variable]);
    loop {
        let count = names.len();
        let mut found = false;
        visit_statements(region, &region.body, &mut |statement, _| match statement {
            Statement::Store(store) => {
                let origin = &region.arrays[region.stores[*store].array].origin;
                found |= matches!(origin, ArrayOrigin::Variable(one) if names.contains(one));
            }
            Statement::Assign {
                variable: target,
                value,
            } => {
                found |= region.augmented.contains(value) && names.contains(target);
                if names.iter().any(|name| hands_on(region, *value, *name)) {
                    names.insert(*target);
                }
            }
            _ => {}
        });
        if found || names.len() == count {
            return found;
        }
    }
}

/// Whether a value may be the array of a variable, or a view of it.
fn hands_on(region: &Region, value: Ex, name: Handle<Variable>) -> bool {
    match &region.expressions[value] {
        Expression::Unary { .. }
        | Expression::Binary { .. }
        | Expression::Compare { .. }
        | Expression::Logical { .. } => false,
        _ => {
            let mut found = false;
            ir::visit_expressions(region, value, &mut |one| {
                found |= match &region.expressions[one] {
                    Expression::Variable(variable) => *variable == name,
                    Expression::Load { array, .. } | Expression::Array(ArrayForm::Whole(array)) => {
                        region.arrays[*array].origin == ArrayOrigin::Variable(name)
                    }
                    _ => false,
                };
            });
            found
        }
    }
}
