//! Solutions of a system and of its choices.

use super::super::Atom;
use super::super::omega::{Budget, Outcome, Row, System};
use super::{Builder, Demand, MOST, Side};

impl Builder<'_> {
    /// The systems, one for each combination of choices, that have a solution, with it. `None`: too many, or too hard.
    pub(in crate::deps) fn solutions(self, budget: &mut Budget) -> Option<Vec<Solved>> {
        let mut names: Vec<Option<(Side, Atom)>> = vec![None; self.system.variables()];
        for ((side, atom), variable) in &self.variables {
            names[*variable] = Some((*side, atom.clone()));
        }
        let found = self.expanded(MOST, budget)?;
        let solved = found.into_iter().map(|(system, solution, exact)| Solved {
            system,
            solution,
            names: names.clone(),
            exact,
            depends: self.depends,
        });
        Some(solved.collect())
    }

    /// Whether there is a solution at all; `None`: not known.
    pub(in crate::deps) fn satisfiable(self, budget: &mut Budget) -> Option<bool> {
        Some(!self.expanded(0, budget)?.is_empty())
    }

    /// Systems without choices that have solutions. More than `most`: `None`, or one of them if `most` is 0.
    fn expanded(&self, most: usize, budget: &mut Budget) -> Option<Vec<(System, Vec<i128>, bool)>> {
        // Short choices first: they cut most.
        let mut choices: Vec<&Vec<Vec<Demand>>> = self.choices.iter().collect();
        choices.sort_by_key(|alternatives| alternatives.len());
        let mut expansion = Expansion {
            most,
            budget,
            found: Vec::new(),
        };
        let end = match self.system.clone().solve(expansion.budget) {
            Outcome::None => Some(()),
            Outcome::Unknown => None,
            Outcome::Solution(solution) => expansion.expand(&self.system, solution, &choices, self.is_exact()),
        };
        (end.is_some() || most == 0 && !expansion.found.is_empty()).then_some(expansion.found)
    }
}

/// A search through all combinations of choices, depth first, which cuts where nothing is left.
struct Expansion<'b> {
    most: usize,
    budget: &'b mut Budget,
    found: Vec<(System, Vec<i128>, bool)>,
}

impl Expansion<'_> {
    /// Goes on from a system with one of its solutions. `None`: the budget is spent, or enough is found.
    fn expand(
        &mut self,
        system: &System,
        solution: Vec<i128>,
        choices: &[&Vec<Vec<Demand>>],
        exact: bool,
    ) -> Option<()> {
        let Some((first, rest)) = choices.split_first() else {
            self.found.push((system.clone(), solution, exact));
            return (self.found.len() <= self.most).then_some(());
        };
        for alternative in first.iter() {
            let (mut narrowed, mut exact) = (system.clone(), exact);
            for demand in alternative {
                let widened = |row: &Row| {
                    let mut row = row.clone();
                    row.coefficients.resize(system.variables(), 0);
                    row
                };
                match demand {
                    Demand::Zero(row) => narrowed.require_zero(widened(row)),
                    Demand::NonNegative(row) => narrowed.require_nonnegative(widened(row)),
                    Demand::Doubt => exact = false,
                }
            }
            // Often the solution is one of the narrower system as well.
            let solution = if narrowed.holds(&solution) {
                solution.clone()
            } else {
                match narrowed.clone().solve(self.budget) {
                    Outcome::None => continue,
                    Outcome::Unknown => return None,
                    Outcome::Solution(solution) => solution,
                }
            };
            self.expand(&narrowed, solution, rest, exact)?;
        }
        Some(())
    }
}

/// A system without choices that has a solution.
#[derive(Clone, Debug)]
pub(in crate::deps) struct Solved {
    pub(in crate::deps) system: System,
    pub(in crate::deps) solution: Vec<i128>,
    pub(in crate::deps) names: Vec<Option<(Side, Atom)>>,
    /// Whether the solution is real: everything is understood, and conditions on data can hold together.
    pub(in crate::deps) exact: bool,
    /// Whether it takes certain data to come to that.
    pub(in crate::deps) depends: bool,
}

impl Solved {
    /// The values that a side sees.
    pub(in crate::deps) fn values(&self, wanted: Side) -> Vec<(Atom, i128)> {
        let values = self
            .names
            .iter()
            .zip(&self.solution)
            .filter_map(|(name, value)| match name {
                Some((side, atom)) if *side == wanted || *side == Side::Both => Some((atom.clone(), *value)),
                _ => None,
            });
        values.collect()
    }

    /// The variable of an atom, if it occurs.
    pub(in crate::deps) fn variable(&self, side: Side, atom: &Atom) -> Option<usize> {
        self.names
            .iter()
            .position(|name| name.as_ref().is_some_and(|(s, a)| *s == side && a == atom))
    }

    /// Whether a further row (at least 0) leaves a solution; `None`: not known.
    pub(in crate::deps) fn admits(&self, row: Row, budget: &mut Budget) -> Option<bool> {
        let mut system = self.system.clone();
        system.require_nonnegative(row);
        match system.solve(budget) {
            Outcome::None => Some(false),
            Outcome::Solution(_) => Some(true),
            Outcome::Unknown => None,
        }
    }
}
