//! Getting rid of equalities by substitution.

use super::{Budget, Failure, Outcome, Row, System};

/// How to find the values of variables that are gone, last one first.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// Variable and the row that gives its old value from the present ones.
    steps: Vec<(usize, Row)>,
}

impl Trail {
    /// Completes a solution of what is left to one of the system before.
    pub(super) fn replay(self, mut solution: Vec<i128>) -> Outcome {
        for (variable, row) in self.steps.iter().rev() {
            match row.value(&solution) {
                Some(value) => solution[*variable] = value,
                None => return Outcome::Unknown,
            }
        }
        Outcome::Solution(solution)
    }
}

impl System {
    /// Eliminates all equalities; afterwards inequalities alone remain, normalised.
    pub(super) fn eliminate_equalities(&mut self, budget: &mut Budget) -> Result<Trail, Failure> {
        self.eliminate_equalities_keeping(budget, &[])
    }

    /// The same, but equalities that mention only variables marked in `kept` stay, and those that say no more of the others
    /// than that something is divisible; no kept variable is substituted.
    pub(super) fn eliminate_equalities_keeping(
        &mut self,
        budget: &mut Budget,
        kept: &[bool],
    ) -> Result<Trail, Failure> {
        let is_kept = |variable: usize| kept.get(variable).copied().unwrap_or(false);
        let mut trail = Trail::default();
        loop {
            self.normalise_equalities()?;
            let Some((least, at, variable)) = self.candidate(kept) else {
                // Opposite inequalities may become equalities.
                let known = self.zero.len();
                self.normalise()?;
                if self.zero.len() == known {
                    return Ok(trail);
                }
                continue;
            };
            budget.step().ok_or(Failure::Unknown)?;
            let row = self.zero[at].clone();
            let sign = row.coefficients[variable].signum();
            let replacement = if least == 1 {
                // ±x + rest = 0, so x = ∓rest.
                let mut rest = row.clone();
                rest.coefficients[variable] = 0;
                rest.combine(-sign, &Row::constant(self.variables, 0), 0)
            } else {
                // x = y - Σ round(c / a) z: the other coefficients shrink below |a| / 2 in size.
                Some(shrinking(&row, variable, is_kept))
            };
            let replacement = replacement.ok_or(Failure::Unknown)?;
            if least == 1 {
                self.zero.swap_remove(at);
            }
            self.substitute(variable, &replacement).ok_or(Failure::Unknown)?;
            trail.steps.push((variable, replacement));
        }
    }

    /// The equality with the least coefficient of a variable that may go: the coefficient's size, which equality, which variable.
    fn candidate(&self, kept: &[bool]) -> Option<(i128, usize, usize)> {
        let is_kept = |variable: usize| kept.get(variable).copied().unwrap_or(false);
        let going = |row: &Row, visit: &mut dyn FnMut(i128, usize)| {
            let each = row.coefficients.iter().enumerate();
            each.filter(|(v, c)| **c != 0 && !is_kept(*v))
                .for_each(|(v, c)| visit(c.abs(), v));
        };
        // A single variable that may go, with another coefficient than 1, leaves a divisibility condition; it is fixed by that,
        // and no other one is changed by it.
        let mut fixed = vec![false; self.variables];
        for row in self.zero.iter().filter(|_| !kept.is_empty()) {
            let (mut count, mut last) = (0, (0, 0));
            going(row, &mut |size, variable| (count, last) = (count + 1, (size, variable)));
            if count == 1 && last.0 > 1 {
                fixed[last.1] = true;
            }
        }
        let mut best: Option<(i128, usize, usize)> = None;
        for (at, row) in self.zero.iter().enumerate() {
            going(row, &mut |size, variable| {
                if (size == 1 || !fixed[variable]) && best.is_none_or(|best| (size, at, variable) < best) {
                    best = Some((size, at, variable));
                }
            });
            if best.is_some_and(|(size, ..)| size == 1) {
                break;
            }
        }
        best
    }

    /// Puts a row in the place of a variable everywhere.
    pub(super) fn substitute(&mut self, variable: usize, replacement: &Row) -> Option<()> {
        for row in self.zero.iter_mut().chain(&mut self.nonnegative) {
            let coefficient = row.at(variable);
            if coefficient != 0 {
                row.coefficients[variable] = 0;
                row.add(replacement, coefficient)?;
            }
        }
        Some(())
    }
}

/// The substitution for `variable` that leaves the other coefficients of an equality at most half as large as its own.
fn shrinking(row: &Row, variable: usize, is_kept: impl Fn(usize) -> bool) -> Row {
    let own = row.coefficients[variable];
    let mut replacement = Row {
        coefficients: row
            .coefficients
            .iter()
            .enumerate()
            .map(|(v, c)| if is_kept(v) { 0 } else { -nearest_quotient(*c, own) })
            .collect(),
        constant: -nearest_quotient(row.constant, own),
    };
    replacement.coefficients[variable] = 1;
    replacement
}

/// `a / b` rounded to the nearest integer.
fn nearest_quotient(a: i128, b: i128) -> i128 {
    let (a, b) = if b < 0 { (-a, -b) } else { (a, b) };
    (2 * a + b).div_euclid(2 * b)
}
