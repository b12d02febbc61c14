//! Inequalities alone: Fourier–Motzkin elimination, exact on integers by dark shadows and splinters.

use super::{Budget, Failure, Outcome, Row, System};

/// The bounds on one variable.
struct Bounds {
    variable: usize,
    /// Rows where its coefficient is positive.
    lower: Vec<Row>,
    /// Rows where its coefficient is negative.
    upper: Vec<Row>,
    /// Rows without it.
    rest: Vec<Row>,
}

/// How often a variable is bounded, and how often with another coefficient than 1.
#[derive(Default)]
struct Count {
    lower: usize,
    upper: usize,
    steep_lower: usize,
    steep_upper: usize,
}

impl Count {
    fn add(&mut self, coefficient: i128) {
        let steep = usize::from(coefficient.abs() > 1);
        match coefficient.signum() {
            1 => (self.lower, self.steep_lower) = (self.lower + 1, self.steep_lower + steep),
            -1 => (self.upper, self.steep_upper) = (self.upper + 1, self.steep_upper + steep),
            _ => {}
        }
    }

    fn is_mentioned(&self) -> bool {
        self.lower + self.upper > 0
    }

    /// How many rows eliminating the variable makes, inexact ones last.
    fn cost(&self) -> (bool, usize) {
        let exact = self.lower == 0 || self.upper == 0 || self.steep_lower == 0 || self.steep_upper == 0;
        (!exact, self.lower * self.upper)
    }
}

impl Bounds {
    fn of(system: &System, variable: usize) -> Self {
        let mut bounds = Self {
            variable,
            lower: Vec::new(),
            upper: Vec::new(),
            rest: Vec::new(),
        };
        for row in &system.nonnegative {
            match row.at(variable).signum() {
                1 => bounds.lower.push(row.clone()),
                -1 => bounds.upper.push(row.clone()),
                _ => bounds.rest.push(row.clone()),
            }
        }
        bounds
    }

    /// Whether the real shadow holds exactly where an integer value exists.
    fn is_exact(&self) -> bool {
        let all_unit = |rows: &[Row]| rows.iter().all(|row| row.at(self.variable).abs() == 1);
        self.lower.is_empty() || self.upper.is_empty() || all_unit(&self.lower) || all_unit(&self.upper)
    }

    /// The conditions on the other variables under which a real value exists, or (`dark`) under which the room between
    /// the bounds is wide enough for an integer.
    fn shadow(&self, dark: bool) -> Option<Vec<Row>> {
        let mut rows = self.rest.clone();
        for low in &self.lower {
            for high in &self.upper {
                let (b, a) = (low.at(self.variable), -high.at(self.variable));
                let mut row = low.combine(a, high, b)?;
                if dark {
                    row.constant -= (a - 1) * (b - 1);
                }
                rows.push(row);
            }
        }
        Some(rows)
    }

    /// The value nearest to 0 within the bounds, the other variables being given; `None`: there is none.
    fn choose(&self, solution: &[i128]) -> Option<i128> {
        let without = |row: &Row| {
            let mut others = solution.to_vec();
            others[self.variable] = 0;
            row.value(&others)
        };
        let mut least = None::<i128>;
        for row in &self.lower {
            // b·x + r >= 0: x >= ceil(-r / b).
            let bound = -without(row)?.div_euclid(row.at(self.variable));
            least = Some(least.map_or(bound, |l| l.max(bound)));
        }
        let mut greatest = None::<i128>;
        for row in &self.upper {
            let bound = without(row)?.div_euclid(-row.at(self.variable));
            greatest = Some(greatest.map_or(bound, |g| g.min(bound)));
        }
        let value = 0.max(least.unwrap_or(0)).min(greatest.unwrap_or(i128::MAX));
        (least.is_none_or(|l| l <= value) && greatest.is_none_or(|g| value <= g)).then_some(value)
    }
}

impl System {
    /// Solves a normalised system without equalities.
    pub(super) fn solve_inequalities(&self, budget: &mut Budget) -> Outcome {
        if budget.spend(1 + self.nonnegative.len() as u32 / 8).is_none() {
            return Outcome::Unknown;
        }
        let Some(bounds) = self.next_variable() else {
            return Outcome::Solution(vec![0; self.variables]);
        };
        if bounds.is_exact() {
            return self.through_shadow(&bounds, false, budget);
        }
        match self.through_shadow(&bounds, false, budget) {
            // A solution of the real shadow may by luck have an integer between the bounds.
            Outcome::Solution(solution) if self.holds(&solution) => return Outcome::Solution(solution),
            Outcome::Solution(_) | Outcome::Unknown => {}
            Outcome::None => return Outcome::None,
        }
        match self.through_shadow(&bounds, true, budget) {
            Outcome::Solution(solution) if self.holds(&solution) => return Outcome::Solution(solution),
            _ => {}
        }
        self.splinters(&bounds, budget)
    }

    /// The variable whose elimination is exact and makes the fewest rows; `None` when no row is left.
    fn next_variable(&self) -> Option<Bounds> {
        self.cheapest(&[]).map(|variable| Bounds::of(self, variable))
    }

    /// The variable that is mentioned and not marked whose elimination is exact and makes the fewest rows.
    pub(super) fn cheapest(&self, kept: &[bool]) -> Option<usize> {
        let counts = (0..self.variables).map(|v| {
            let mut count = Count::default();
            self.nonnegative.iter().for_each(|row| count.add(row.at(v)));
            count
        });
        let going = |(v, count): &(usize, Count)| count.is_mentioned() && !kept.get(*v).copied().unwrap_or(false);
        let cheapest = counts.enumerate().filter(going).min_by_key(|(_, count)| count.cost());
        cheapest.map(|(v, _)| v)
    }

    /// Solves a shadow and chooses a value for the variable. Where the shadow is not exact the value may miss the bounds:
    /// then it is 0 and the caller tests.
    fn through_shadow(&self, bounds: &Bounds, dark: bool, budget: &mut Budget) -> Outcome {
        let Some(rows) = bounds.shadow(dark) else {
            return Outcome::Unknown;
        };
        let mut shadow = Self {
            variables: self.variables,
            zero: Vec::new(),
            nonnegative: rows,
        };
        let solved = match shadow.normalise() {
            Err(Failure::None) => Outcome::None,
            Err(Failure::Unknown) => Outcome::Unknown,
            // Opposite inequalities may have become an equality.
            Ok(()) if shadow.zero.is_empty() => shadow.solve_inequalities(budget),
            Ok(()) => shadow.solve(budget),
        };
        match solved {
            Outcome::Solution(mut solution) => {
                solution[bounds.variable] = bounds.choose(&solution).unwrap_or(0);
                Outcome::Solution(solution)
            }
            other => other,
        }
    }

    /// What lies between real and dark shadow: the variable is close to one of its lower bounds. Tries each place.
    fn splinters(&self, bounds: &Bounds, budget: &mut Budget) -> Outcome {
        let steepest = bounds
            .upper
            .iter()
            .map(|row| -row.at(bounds.variable))
            .max()
            .unwrap_or(1);
        let mut sure = true;
        for low in &bounds.lower {
            let b = low.at(bounds.variable);
            let last = (steepest * b - steepest - b).div_euclid(steepest);
            for gap in 0..=last {
                let mut splinter = self.clone();
                let mut row = low.clone();
                row.constant -= gap;
                splinter.require_zero(row);
                match splinter.solve(budget) {
                    Outcome::None => {}
                    Outcome::Solution(solution) => return Outcome::Solution(solution),
                    Outcome::Unknown => sure = false,
                }
                if budget.0 == 0 {
                    return Outcome::Unknown;
                }
            }
        }
        if sure { Outcome::None } else { Outcome::Unknown }
    }

    /// Eliminates a variable by its real shadow; tells whether that was exact. `None`: numbers became too large.
    pub(super) fn eliminate(&mut self, variable: usize) -> Option<bool> {
        let bounds = Bounds::of(self, variable);
        self.nonnegative = bounds.shadow(false)?;
        Some(bounds.is_exact())
    }
}
