//! The Omega test (W. Pugh, "A practical algorithm for exact array dependence analysis", CACM 1992): does a system of
//! linear equalities and inequalities have an integer solution?
//!
//! Takes a [`System`]; [`System::solve`] gives an integer solution, proves that there is none, or gives up when its
//! [`Budget`] is spent or a coefficient grows too large. [`System::project`] gives the conditions on some of the variables
//! under which the others can be chosen. Knows nothing about programs.

mod equality;
mod inequality;
mod project;
#[cfg(test)]
mod tests;

pub(super) use project::Projection;

/// `Σ coefficients[v] · v + constant`, of which a [`System`] says that it is 0, or at least 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Row {
    /// One for each variable.
    pub(super) coefficients: Vec<i128>,
    /// The part without a variable.
    pub(super) constant: i128,
}

/// A conjunction of linear equalities and inequalities in integer variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct System {
    variables: usize,
    zero: Vec<Row>,
    nonnegative: Vec<Row>,
}

/// Steps that a solution may still cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget(pub(super) u32);

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is a solution, this one.
    Solution(Vec<i128>),
    /// There is none.
    None,
    /// Not known: the budget was spent, or numbers became too large.
    Unknown,
}

/// Coefficients beyond this are not worth going on with.
const LARGEST: i128 = 1 << 80;

/// More inequalities than this are not worth going on with.
const MOST_ROWS: usize = 300;

impl Row {
    /// The row `constant` over no variable.
    pub(super) fn constant(variables: usize, constant: i128) -> Self {
        Self {
            coefficients: vec![0; variables],
            constant,
        }
    }

    /// Coefficient of a variable; 0 if the row was made before the variable.
    fn at(&self, variable: usize) -> i128 {
        self.coefficients.get(variable).copied().unwrap_or(0)
    }

    /// `self * a + other * b`; `None` when a coefficient becomes too large.
    fn combine(&self, a: i128, other: &Self, b: i128) -> Option<Self> {
        let width = self.coefficients.len().max(other.coefficients.len());
        let mut coefficients = Vec::with_capacity(width);
        for v in 0..width {
            coefficients.push(mix(self.at(v), a, other.at(v), b)?);
        }
        Some(Self {
            coefficients,
            constant: mix(self.constant, a, other.constant, b)?,
        })
    }

    /// Adds `other * factor`; `None` when a coefficient becomes too large.
    fn add(&mut self, other: &Self, factor: i128) -> Option<()> {
        if self.coefficients.len() < other.coefficients.len() {
            self.coefficients.resize(other.coefficients.len(), 0);
        }
        for (mine, theirs) in self.coefficients.iter_mut().zip(&other.coefficients) {
            if *theirs != 0 {
                *mine = mix(*mine, 1, *theirs, factor)?;
            }
        }
        self.constant = mix(self.constant, 1, other.constant, factor)?;
        Some(())
    }

    /// Greatest common divisor of the coefficients; 0 if all are 0.
    fn divisor(&self) -> i128 {
        self.coefficients.iter().fold(0, |gcd, c| greatest_divisor(gcd, *c))
    }

    /// The value, given those of the variables; `None` when it leaves 128 bits.
    fn value(&self, solution: &[i128]) -> Option<i128> {
        self.coefficients
            .iter()
            .zip(solution)
            .try_fold(self.constant, |sum, (c, x)| sum.checked_add(c.checked_mul(*x)?))
    }
}

/// `x * a + y * b`, unless it is too large.
fn mix(x: i128, a: i128, y: i128, b: i128) -> Option<i128> {
    if x == 0 && y == 0 {
        return Some(0);
    }
    let sum = times(x, a)?.checked_add(times(y, b)?)?;
    (sum.abs() < LARGEST).then_some(sum)
}

/// The product. Factors of 64 bits, which nearly all are, take one instruction.
fn times(a: i128, b: i128) -> Option<i128> {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(a), Ok(b)) => Some(i128::from(a) * i128::from(b)),
        _ => a.checked_mul(b),
    }
}

/// Greatest common divisor, never negative.
fn greatest_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A system was found to have no solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// For certain.
    None,
    /// Numbers became too large.
    Unknown,
}

impl System {
    /// A system in `variables` variables without conditions.
    pub(super) fn new(variables: usize) -> Self {
        Self {
            variables,
            ..Self::default()
        }
    }

    /// How many variables there are.
    pub(super) fn variables(&self) -> usize {
        self.variables
    }

    /// One more variable.
    pub(super) fn variable(&mut self) -> usize {
        self.variables += 1;
        self.variables - 1
    }

    /// Demands that a row is 0.
    pub(super) fn require_zero(&mut self, row: Row) {
        self.zero.push(row);
    }

    /// Demands that a row is at least 0.
    pub(super) fn require_nonnegative(&mut self, row: Row) {
        self.nonnegative.push(row);
    }

    /// Whether values for all variables satisfy it.
    pub(super) fn holds(&self, solution: &[i128]) -> bool {
        self.zero.iter().all(|row| row.value(solution) == Some(0))
            && self
                .nonnegative
                .iter()
                .all(|row| row.value(solution).is_some_and(|value| value >= 0))
    }

    /// Looks for an integer solution, small values preferred.
    pub(super) fn solve(mut self, budget: &mut Budget) -> Outcome {
        let trail = match self.eliminate_equalities(budget) {
            Ok(trail) => trail,
            Err(Failure::None) => return Outcome::None,
            Err(Failure::Unknown) => return Outcome::Unknown,
        };
        let width = self.variables;
        let live = self.compact();
        match self.solve_inequalities(budget) {
            Outcome::Solution(values) => {
                let mut solution = vec![0; width];
                live.iter().zip(values).for_each(|(v, value)| solution[*v] = value);
                trail.replay(solution)
            }
            other => other,
        }
    }

    /// Drops the variables that no inequality mentions (there are no equalities); gives the others.
    fn compact(&mut self) -> Vec<usize> {
        let mentioned = |v: &usize| self.nonnegative.iter().any(|row| row.at(*v) != 0);
        let live: Vec<usize> = (0..self.variables).filter(mentioned).collect();
        for row in &mut self.nonnegative {
            row.coefficients = live.iter().map(|v| row.at(*v)).collect();
        }
        self.variables = live.len();
        live
    }

    /// Divides rows by their divisors (rounding constants towards the solutions), drops the trivial ones and all but the
    /// tightest of parallel ones; turns opposite inequalities that leave one value into an equality.
    fn normalise(&mut self) -> Result<(), Failure> {
        self.normalise_equalities()?;
        let width = self.variables;
        let mut rows = Vec::with_capacity(self.nonnegative.len());
        for mut row in self.nonnegative.drain(..) {
            row.coefficients.resize(width, 0);
            match row.divisor() {
                0 if row.constant >= 0 => continue,
                0 => return Err(Failure::None),
                gcd => row.divide(gcd),
            }
            rows.push(row);
        }
        // Equal coefficients stand together, the tightest first.
        rows.sort_unstable();
        rows.dedup_by(|later, first| later.coefficients == first.coefficients);
        self.nonnegative = rows;
        self.meet_opposites()?;
        if self.nonnegative.len() > MOST_ROWS {
            return Err(Failure::Unknown);
        }
        Ok(())
    }

    /// Divides equalities by their divisors; drops the trivial ones.
    fn normalise_equalities(&mut self) -> Result<(), Failure> {
        let width = self.variables;
        let mut zero: Vec<Row> = Vec::with_capacity(self.zero.len());
        for mut row in self.zero.drain(..) {
            row.coefficients.resize(width, 0);
            match row.divisor() {
                0 if row.constant == 0 => continue,
                0 => return Err(Failure::None),
                gcd if row.constant % gcd != 0 => return Err(Failure::None),
                gcd => row.divide(gcd),
            }
            if !zero.contains(&row) {
                zero.push(row);
            }
        }
        self.zero = zero;
        Ok(())
    }

    /// `e + a >= 0` and `-e + b >= 0`: contradictory when `a + b < 0`, an equality when `a + b == 0`.
    fn meet_opposites(&mut self) -> Result<(), Failure> {
        let mut equal = Vec::new();
        for (index, row) in self.nonnegative.iter().enumerate() {
            let opposite = || row.coefficients.iter().map(|c| -c);
            let order = |other: &Row| other.coefficients.iter().copied().cmp(opposite());
            let Ok(other) = self.nonnegative[index + 1..].binary_search_by(order) else {
                continue;
            };
            let other = index + 1 + other;
            match row.constant + self.nonnegative[other].constant {
                gap if gap < 0 => return Err(Failure::None),
                0 => equal.push((index, other)),
                _ => {}
            }
        }
        for (index, _) in &equal {
            self.zero.push(self.nonnegative[*index].clone());
        }
        let mut position = 0;
        self.nonnegative.retain(|_| {
            position += 1;
            !equal.iter().any(|(a, b)| *a == position - 1 || *b == position - 1)
        });
        Ok(())
    }
}

impl Row {
    /// Divides by a divisor of all coefficients, rounding the constant down.
    fn divide(&mut self, divisor: i128) {
        if divisor > 1 {
            for c in &mut self.coefficients {
                *c /= divisor;
            }
            self.constant = self.constant.div_euclid(divisor);
        }
    }
}

impl Budget {
    /// Takes one step; `None` when nothing is left.
    fn step(&mut self) -> Option<()> {
        self.spend(1)
    }

    /// Takes several; `None`, and nothing is left, when there are not so many.
    fn spend(&mut self, steps: u32) -> Option<()> {
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or(0);
        left.map(|_| ())
    }
}
