//! Names that are other arrays from one iteration to the next.
//!
//! `u, v = v, u` at the end of a time step copies nothing: the names change places, and every statement of the next iteration
//! means other arrays. A statement of ours means one array. So a loop whose names go round is done in several forms, one for each
//! way in which names lie on arrays that an iteration can begin with, and a variable tells which of them comes next:
//!
//! ```text
//! for t in range(n):                u_or_v = 0
//!     step(u, v)                    for t in range(n):
//!     u, v = v, u                       if u_or_v == 0:  step(u, v); u_or_v = 1
//!                                       else:            step(v, u); u_or_v = 0
//! ```
//!
//! (The states of register allocation in loops: Lam, "Software pipelining", PLDI 1988, section 2.3, calls it modulo variable
//! expansion, where the states follow each other in one order; here control may choose among them.) What follows the loop and
//! still wants the names is done once for each state, too; at the end of the region the variable is handed back, and says which
//! array each name is ([`Gives::Chosen`](crate::ir::Gives)).
//!
//! A name lies on a *slot*: a variable of the region, one of those among which arrays are handed on, or an input. An assignment
//! of another name only changes on which slot a name lies, and is no statement any more. Any other assignment needs a slot on
//! which no other name lies whose value is still wanted: `previous = current; current = f(previous)` so alternates between two,
//! each of which holds an array that `carried` overwrites. There always is one: as many slots as names.
//!
//! * `live` says which names are still wanted; what is not does not count as a difference of states.
//! * `flow` finds the states, `specialise` writes the forms, `renamed` the statements of one of them.
//!
//! Takes and gives a region as `lower` leaves it. It applies only where a loop, or what follows it, has more than one state, and
//! gives up where the forms become many: then `carried` copies elements, or refuses.

mod flow;
mod live;
mod renamed;
mod specialise;

use std::collections::{BTreeMap, BTreeSet};

use super::scalariser::Kinds;
use crate::infer::{InputTy, Signature};
use crate::ir::{ArrayForm, ArrayOrigin, Expression, Handle, Input, Region, Statement, Variable, visit_statements};

/// Where the array lies that a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Slot {
    Variable(Handle<Variable>),
    Input(Handle<Input>),
}

/// Names whose arrays go round.
type Names = BTreeSet<Handle<Variable>>;

/// On which slots names lie; those of which nothing is wanted are left out.
type State = BTreeMap<Handle<Variable>, Slot>;

/// Which array an output is in the end.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// Its position.
    pub(super) output: usize,
    /// The variable that tells; `None`: it is the first.
    pub(super) by: Option<Handle<Variable>>,
    pub(super) among: Vec<Slot>,
}

/// Whether any loop hands on an array from one name to another that is more than a few numbers.
pub(super) fn hands_on_arrays(region: &Region, kinds: &Kinds) -> bool {
    let mut found = false;
    visit_statements(region, &region.body, &mut |outer, _| {
        if !matches!(outer, Statement::For(_) | Statement::While { .. }) {
            return;
        }
        for block in outer.blocks(region) {
            visit_statements(region, block, &mut |statement, _| {
                if let Statement::Assign { variable, value } = statement {
                    let handed = matches!(
                        region.expressions[*value],
                        Expression::Variable(_) | Expression::Input(_) | Expression::Array(ArrayForm::Whole(_))
                    );
                    found |= handed && kinds.is_array(*variable) && kinds.is_large(*variable);
                }
            });
        }
    });
    found
}

/// The region with its loops in as many forms as they have states, and what its outputs are then; `None`: nothing goes round.
pub(super) fn rotated(region: &Region, signature: &Signature, kinds: &Kinds) -> Option<(Region, Vec<Choice>)> {
    let groups = Groups::of(region, signature, kinds);
    if groups.of.is_empty() {
        return None;
    }
    specialise::Specialiser::new(region, &groups).run()
}

/// The names that hand arrays on to each other.
struct Groups<'r> {
    region: &'r Region,
    signature: &'r Signature,
    kinds: &'r Kinds,
    names: Names,
    /// By name: the names among whose slots it chooses.
    of: BTreeMap<Handle<Variable>, Vec<Handle<Variable>>>,
}

impl<'r> Groups<'r> {
    fn of(region: &'r Region, signature: &'r Signature, kinds: &'r Kinds) -> Self {
        let mut groups = Self {
            region,
            signature,
            kinds,
            names: Names::new(),
            of: BTreeMap::new(),
        };
        let mut edges = Vec::new();
        visit_statements(region, &region.body, &mut |statement, _| {
            if let Statement::Assign { variable, value } = statement {
                match groups.source(*value) {
                    Some(Slot::Variable(from)) => edges.push((*variable, from)),
                    Some(Slot::Input(_)) => edges.push((*variable, *variable)),
                    None => {}
                }
            }
        });
        for (name, _) in &edges {
            if groups.of.contains_key(name) {
                continue;
            }
            let mut group = vec![*name];
            let mut next = 0;
            while let Some(one) = group.get(next).copied() {
                next += 1;
                for (a, b) in &edges {
                    for (a, b) in [(a, b), (b, a)] {
                        if *a == one && !group.contains(b) {
                            group.push(*b);
                        }
                    }
                }
            }
            group.sort_unstable();
            if group.iter().all(|one| kinds.is_array(*one)) {
                groups.names.extend(&group);
                for one in &group {
                    groups.of.insert(*one, group.clone());
                }
            }
        }
        groups
    }

    /// Whether a variable is never a number.
    fn is_surely_array(&self, variable: Handle<Variable>) -> bool {
        let mut count = usize::from(self.region.variables[variable].initial.is_some());
        visit_statements(self.region, &self.region.body, &mut |statement, _| {
            count += usize::from(statement.assigned() == Some(variable));
        });
        self.kinds.is_surely_array(variable, count)
    }

    /// The variable or the input that a value is, unchanged.
    fn source(&self, value: Handle<Expression>) -> Option<Slot> {
        if self.region.augmented.contains(&value) {
            return None;
        }
        match &self.region.expressions[value] {
            Expression::Variable(variable) => Some(Slot::Variable(*variable)),
            Expression::Input(input) => self.array_input(*input),
            Expression::Array(ArrayForm::Whole(array)) => match self.region.arrays[*array].origin {
                ArrayOrigin::Variable(variable) => Some(Slot::Variable(variable)),
                ArrayOrigin::Input(input) => self.array_input(input),
                ArrayOrigin::Local { .. } => None,
            },
            _ => None,
        }
    }

    fn array_input(&self, input: Handle<Input>) -> Option<Slot> {
        let given = self.signature.get(&self.region.inputs[input].name);
        matches!(given, Some(InputTy::Array(_))).then_some(Slot::Input(input))
    }
}
