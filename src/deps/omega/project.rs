//! Projection: what the rest of a system says about some of its variables.

use super::{Budget, Failure, Row, System};

/// What [`System::project`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::deps) enum Projection {
    /// Necessary conditions on the kept variables; no solution lies outside.
    Conditions {
        /// Rows that are 0.
        zero: Vec<Row>,
        /// Rows that are at least 0.
        nonnegative: Vec<Row>,
        /// Rows that are multiples of a positive number.
        divisible: Vec<(i128, Row)>,
        /// Whether they are sufficient as well.
        exact: bool,
    },
    /// There is no solution at all.
    Empty,
    /// Not known.
    Unknown,
}

impl System {
    /// Conditions on the variables marked in `kept` that every solution satisfies: the exact projection where possible,
    /// else somewhat more.
    pub(in crate::deps) fn project(mut self, kept: &[bool], budget: &mut Budget) -> Projection {
        let mut divisible = Vec::new();
        match self.eliminate_others(kept, &mut divisible, budget) {
            Ok(exact) => Projection::Conditions {
                exact,
                zero: self.zero,
                nonnegative: self.nonnegative,
                divisible,
            },
            Err(Failure::None) => Projection::Empty,
            Err(Failure::Unknown) => Projection::Unknown,
        }
    }

    fn eliminate_others(
        &mut self,
        kept: &[bool],
        divisible: &mut Vec<(i128, Row)>,
        budget: &mut Budget,
    ) -> Result<bool, Failure> {
        let mut exact = true;
        loop {
            self.solve_for_lone(kept, divisible)?;
            self.eliminate_equalities_keeping(budget, kept)?;
            if self.lone(kept).is_some() {
                budget.step().ok_or(Failure::Unknown)?;
                continue;
            }
            let Some(variable) = self.cheapest(kept) else {
                return Ok(exact);
            };
            budget.step().ok_or(Failure::Unknown)?;
            exact &= self.eliminate(variable).ok_or(Failure::Unknown)?;
        }
    }

    /// An equality in which a single variable is to go, with a coefficient that is not 1, says that the rest is divisible;
    /// scales the variable away from the other rows.
    fn solve_for_lone(&mut self, kept: &[bool], divisible: &mut Vec<(i128, Row)>) -> Result<(), Failure> {
        self.normalise()?;
        while let Some((at, variable)) = self.lone(kept) {
            let row = self.zero.swap_remove(at);
            let own = row.at(variable);
            for other in self.zero.iter_mut().chain(&mut self.nonnegative) {
                let coefficient = other.at(variable);
                if coefficient != 0 {
                    // other · |own| - row · coefficient · sign(own): the variable cancels, the direction stays.
                    *other = other
                        .combine(own.abs(), &row, -coefficient * own.signum())
                        .ok_or(Failure::Unknown)?;
                }
            }
            let mut rest = row;
            rest.coefficients[variable] = 0;
            divisible.push((own.abs(), rest));
            self.normalise()?;
        }
        Ok(())
    }

    /// An equality with exactly one variable that is not kept, whose coefficient is not 1.
    fn lone(&self, kept: &[bool]) -> Option<(usize, usize)> {
        self.zero.iter().enumerate().find_map(|(at, row)| {
            let mut going = (0..self.variables).filter(|v| !kept[*v] && row.at(*v) != 0);
            let variable = going.next()?;
            (going.next().is_none() && row.at(variable).abs() != 1).then_some((at, variable))
        })
    }
}
