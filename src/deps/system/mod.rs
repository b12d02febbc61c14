//! Linear expressions and conditions about two iterations of a loop, as systems for the Omega test.
//!
//! Each side of a question has its own counters of the loops inside; both share parameters and the counters of the loops
//! outside. What is not understood becomes a free variable, which can only add solutions: that a system has none is a proof; a
//! solution that rests on such a variable is not. Disjunctions (`or`, `!=`, `min`, `max`) are kept apart as choices and tried one
//! after the other.

mod conditions;
mod loops;
mod solved;

pub(super) use solved::Solved;

use std::collections::{HashMap, HashSet};

use super::accesses::Accesses;
use super::omega::{Row, System};
use super::{Atom, Formula, Linear};
use crate::ir::{Array, Handle, Loop};

/// Alternatives of one condition, and systems of one question: beyond that the rest counts as not understood.
const MOST: usize = 64;

/// Elements along an axis of a witness' arrays, if possible.
const ROOMY: i128 = 8;

/// Whose values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Side {
    /// The same for both.
    Both,
    /// The earlier iteration's.
    First,
    /// The later one's.
    Second,
    /// Some other iteration, of the loops outside too.
    Other,
    /// Some iteration of a nest in which all loops have many, or yet another iteration; of the loops outside too.
    Many,
}

/// One row of a conjunction.
#[derive(Clone, Debug)]
pub(super) enum Demand {
    Zero(Row),
    NonNegative(Row),
    /// What follows is not certain.
    Doubt,
}

/// A system that grows, with the meaning of its variables.
#[derive(Clone)]
pub(super) struct Builder<'a> {
    accesses: &'a Accesses,
    /// Loops around the one that is looked at.
    outside: Vec<Handle<Loop>>,
    system: System,
    variables: HashMap<(Side, Atom), usize>,
    /// Variables that stand for something not understood.
    opaque: HashSet<usize>,
    /// Of each, one alternative holds.
    choices: Vec<Vec<Vec<Demand>>>,
    /// Whether every solution is real, as far as conditions and bounds go.
    exact: bool,
    /// Conditions on data, of either side.
    data: [Vec<Formula>; 2],
    /// Whether anything depends on data.
    depends: bool,
}

impl<'a> Builder<'a> {
    pub(super) fn new(accesses: &'a Accesses, outside: Vec<Handle<Loop>>) -> Self {
        Self {
            accesses,
            outside,
            system: System::new(0),
            variables: HashMap::new(),
            opaque: HashSet::new(),
            choices: Vec::new(),
            exact: true,
            data: [Vec::new(), Vec::new()],
            depends: false,
        }
    }

    /// The variable of an atom on a side.
    pub(super) fn variable(&mut self, side: Side, atom: &Atom) -> usize {
        if let Some(variable) = self.variables.get(&(side, atom.clone())) {
            return *variable;
        }
        let variable = self.system.variable();
        self.variables.insert((side, atom.clone()), variable);
        let is_size = match atom {
            Atom::Extent(..) | Atom::Size(_) => true,
            Atom::Input(input) => self.accesses.sizes.contains(input),
            _ => false,
        };
        if is_size {
            self.at_least(variable, 1, 0);
        }
        variable
    }

    /// Demands that no axis is short.
    pub(super) fn enlarge(&mut self) {
        let extents: Vec<usize> = self
            .variables
            .iter()
            .filter(|((_, atom), _)| matches!(atom, Atom::Extent(..)))
            .map(|(_, variable)| *variable)
            .collect();
        extents
            .into_iter()
            .for_each(|variable| self.at_least(variable, 1, -ROOMY));
    }

    /// Whether an atom has a variable.
    pub(super) fn knows(&self, side: Side, atom: &Atom) -> bool {
        self.variables.contains_key(&(side, atom.clone()))
    }

    /// `factor * variable + constant >= 0`
    fn at_least(&mut self, variable: usize, factor: i128, constant: i128) {
        let mut row = Row::constant(self.system.variables(), constant);
        row.coefficients[variable] = factor;
        self.system.require_nonnegative(row);
    }

    /// Whose variable an atom is.
    pub(super) fn side_of(&self, side: Side, atom: &Atom) -> Side {
        let own = match atom {
            Atom::Counter(header) | Atom::First(header) | Atom::Last(header) => self.is_own(side, *header),
            Atom::Input(_) | Atom::Extent(..) | Atom::Size(_) => false,
            Atom::Variable(_) => true,
            Atom::Value(number) => self.accesses.values[*number as usize]
                .scope
                .iter()
                .any(|header| self.is_own(side, *header)),
            Atom::Quotient(..) | Atom::Remainder(..) | Atom::Product(..) | Atom::Least(_) | Atom::Greatest(_) => {
                atom.parts().iter().any(|part| self.is_sided(side, part))
            }
        };
        if own { side } else { Side::Both }
    }

    /// Whether a linear expression depends on which side it is evaluated on.
    pub(super) fn is_sided(&self, side: Side, linear: &Linear) -> bool {
        linear.any(&mut |atom| self.side_of(side, atom) != Side::Both)
    }

    fn is_own(&self, side: Side, header: Handle<Loop>) -> bool {
        matches!(side, Side::Other | Side::Many) || !self.outside.contains(&header)
    }

    /// A linear expression over the system's variables.
    pub(super) fn row(&mut self, side: Side, linear: &Linear) -> Option<Row> {
        let mut terms = Vec::new();
        for (coefficient, atom) in &linear.terms {
            let side = self.side_of(side, atom);
            let fresh = !self.variables.contains_key(&(side, atom.clone()));
            let variable = self.variable(side, atom);
            if fresh {
                self.define(side, atom, variable)?;
            }
            terms.push((i128::from(*coefficient), variable));
        }
        let mut row = Row::constant(self.system.variables(), i128::from(linear.constant));
        for (coefficient, variable) in terms {
            row.coefficients[variable] += coefficient;
        }
        Some(row)
    }

    /// What a compound atom means.
    fn define(&mut self, side: Side, atom: &Atom, variable: usize) -> Option<()> {
        match atom {
            Atom::Quotient(of, by) | Atom::Remainder(of, by) => {
                // of = by * quotient + remainder, 0 <= remainder < by
                let inner = self.row(side, of)?;
                if self.is_opaque(&inner) {
                    self.opaque.insert(variable);
                }
                let (quotient, remainder) = if matches!(atom, Atom::Quotient(..)) {
                    (variable, self.system.variable())
                } else {
                    (self.system.variable(), variable)
                };
                let mut row = self.widened(inner);
                row.coefficients[quotient] -= i128::from(*by);
                row.coefficients[remainder] -= 1;
                self.system.require_zero(row);
                self.at_least(remainder, 1, 0);
                self.at_least(remainder, -1, i128::from(*by) - 1);
            }
            Atom::Least(parts) | Atom::Greatest(parts) => {
                let sign = if matches!(atom, Atom::Least(_)) { 1 } else { -1 };
                let mut rows = Vec::new();
                for part in parts {
                    let row = self.row(side, part)?;
                    if self.is_opaque(&row) {
                        self.opaque.insert(variable);
                    }
                    rows.push(row);
                }
                let mut alternatives = Vec::new();
                for row in rows {
                    let mut row = self.widened(row);
                    row.coefficients[variable] -= 1;
                    alternatives.push(vec![Demand::Zero(row.clone())]);
                    row.coefficients.iter_mut().for_each(|c| *c *= sign);
                    row.constant *= sign;
                    self.system.require_nonnegative(row);
                }
                self.choices.push(alternatives);
            }
            Atom::Product(a, b) => {
                self.opaque.insert(variable);
                let (a, b) = (self.row(side, a)?, self.row(side, b)?);
                self.signs(variable, &a, &b);
            }
            Atom::Value(_) if side == Side::Both => self.depends = true,
            Atom::First(header) | Atom::Last(header) => {
                if self.end(side, atom, *header, variable).is_none() {
                    self.opaque.insert(variable);
                }
            }
            Atom::Value(_) | Atom::Variable(_) => {
                self.opaque.insert(variable);
            }
            Atom::Counter(_) | Atom::Input(_) | Atom::Extent(..) | Atom::Size(_) => {}
        }
        Some(())
    }

    pub(super) fn is_opaque(&self, row: &Row) -> bool {
        self.opaque
            .iter()
            .any(|variable| row.coefficients.get(*variable).is_some_and(|c| *c != 0))
    }

    pub(super) fn widened(&self, mut row: Row) -> Row {
        row.coefficients.resize(self.system.variables(), 0);
        row
    }

    /// `left - right`; `None` when a coefficient becomes too large.
    fn difference(&self, left: Row, right: Row) -> Option<Row> {
        let (mut left, right) = (self.widened(left), self.widened(right));
        for (mine, theirs) in left.coefficients.iter_mut().zip(&right.coefficients) {
            *mine = mine.checked_sub(*theirs)?;
        }
        left.constant = left.constant.checked_sub(right.constant)?;
        Some(left)
    }

    /// `left - right + offset` of expressions of two sides.
    pub(super) fn gap(&mut self, left: (Side, &Linear), right: (Side, &Linear)) -> Option<Row> {
        let (left, right) = (self.row(left.0, left.1)?, self.row(right.0, right.1)?);
        self.difference(left, right)
    }

    /// Demands that a row is at least 0.
    pub(super) fn nonnegative(&mut self, row: Row) {
        let row = self.widened(row);
        self.system.require_nonnegative(row);
    }

    /// Demands that a row is 0.
    pub(super) fn zero(&mut self, row: Row) {
        let row = self.widened(row);
        self.system.require_zero(row);
    }

    /// The elements of one-dimensional index arrays among the variables: side, number of the value, array, position.
    pub(super) fn elements(&self) -> Vec<(Side, u32, Handle<Array>, Linear)> {
        let mut found: Vec<_> = self
            .variables
            .keys()
            .filter_map(|(side, atom)| match atom {
                Atom::Value(number) => match &self.accesses.values[*number as usize].element {
                    Some((array, at)) if at.len() == 1 => Some((*side, *number, *array, at[0].clone())),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        found.sort();
        found
    }
}
