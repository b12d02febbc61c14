//! Whether two accesses of one array meet in different iterations of a loop: a system for the Omega test.
//!
//! The earlier iteration has number `t`, the later one `t + 1 + d` with `d ≥ 0`; each side has its own counters of the loops
//! inside, both share parameters and the counters of the loops outside. What is not understood becomes a free variable,
//! which can only add solutions: `None` is a proof, a solution of an inexact system is not.

use std::collections::HashMap;

use super::accesses::{Accesses, Site};
use super::omega::{Budget, Outcome, Projection, Row, System};
use super::{AccessMode, Atom, Formula, Linear};
use crate::ir::{Handle, Loop};

/// Steps that one question may cost.
const BUDGET: u32 = 20_000;

/// How two accesses relate.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meeting {
    /// They never meet.
    Never,
    /// They may meet only if this holds; the formula is over inputs and extents.
    If(Formula),
    /// They do, with these counter and parameter values: of the earlier side, of the later one.
    Surely(Solution),
    /// Not known, and why.
    Unknown(&'static str),
}

/// Values at which two accesses meet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Solution {
    /// Counters of the loops around, and parameters: of the earlier iteration.
    pub(super) first: Vec<(Atom, i128)>,
    /// Of the later iteration.
    pub(super) second: Vec<(Atom, i128)>,
}

/// Which side of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Side {
    Both,
    First,
    Second,
}

struct Builder<'a> {
    accesses: &'a Accesses,
    carrier: Handle<Loop>,
    outside: Vec<Handle<Loop>>,
    system: System,
    variables: HashMap<(Side, Atom), usize>,
    exact: bool,
}

/// Whether `first`, in some iteration of `carrier`, and `second`, in a later one, touch one element. The modes say how
/// each subscript wraps.
pub(super) fn meeting(
    accesses: &Accesses,
    carrier: Handle<Loop>,
    (first, first_modes): (&Site, &[AccessMode]),
    (second, second_modes): (&Site, &[AccessMode]),
) -> Meeting {
    let mut worst = Meeting::Never;
    // A checked subscript may or may not wrap: each combination is a question of its own.
    let shifts = |mode: AccessMode| match mode {
        AccessMode::Direct => vec![0],
        AccessMode::FromEnd => vec![1],
        AccessMode::Checked => vec![0, 1],
    };
    let mut combinations: Vec<Vec<(i64, i64)>> = vec![Vec::new()];
    for (a, b) in first_modes.iter().zip(second_modes) {
        let options: Vec<(i64, i64)> = shifts(*a)
            .into_iter()
            .flat_map(|a| shifts(*b).into_iter().map(move |b| (a, b)))
            .collect();
        combinations = combinations
            .iter()
            .flat_map(|start| options.iter().map(move |one| [&start[..], &[*one]].concat()))
            .collect();
        combinations.iter_mut().for_each(|one| one.truncate(8));
    }
    if combinations.len() > 64 {
        return Meeting::Unknown("its subscripts may wrap around in too many ways");
    }
    for combination in combinations {
        match ask(accesses, carrier, first, second, &combination) {
            Meeting::Never => {}
            Meeting::If(formula) => {
                worst = match worst {
                    Meeting::Never => Meeting::If(formula),
                    Meeting::If(other) => Meeting::If(other.or(formula)),
                    other => other,
                }
            }
            Meeting::Surely(solution) => return Meeting::Surely(solution),
            Meeting::Unknown(why) => worst = Meeting::Unknown(why),
        }
    }
    worst
}

fn ask(accesses: &Accesses, carrier: Handle<Loop>, first: &Site, second: &Site, shifts: &[(i64, i64)]) -> Meeting {
    let outside = accesses.headers[carrier]
        .as_ref()
        .map(|header| header.parents.clone())
        .unwrap_or_default();
    let mut builder = Builder {
        accesses,
        carrier,
        outside,
        system: System::new(0),
        variables: HashMap::new(),
        exact: true,
    };
    if builder.order().is_none() {
        return Meeting::Unknown("the bounds of the loop are not understood");
    }
    for (side, site) in [(Side::First, first), (Side::Second, second)] {
        builder.domain(side, site);
    }
    let mut parameters = false;
    for (axis, (a, b)) in first.subscripts.iter().zip(&second.subscripts).enumerate() {
        let shifted = |number: &Linear, by: i64| {
            if by == 0 {
                Some(number.clone())
            } else {
                number.add(&Linear::atom(Atom::Extent(first.array, axis as u32)))
            }
        };
        let (a_by, b_by) = shifts.get(axis).copied().unwrap_or((0, 0));
        let (Some(a), Some(b)) = (shifted(&a.linear, a_by), shifted(&b.linear, b_by)) else {
            return Meeting::Unknown("its subscripts are too large");
        };
        let (Some(left), Some(right)) = (builder.row(Side::First, &a), builder.row(Side::Second, &b)) else {
            return Meeting::Unknown("its subscripts are not understood");
        };
        if let Some(difference) = a.subtract(&b) {
            parameters |= difference.any(&mut |atom| matches!(atom, Atom::Input(_)));
        }
        let Some(row) = builder.difference(&left, &right) else {
            return Meeting::Unknown("its subscripts are too large");
        };
        builder.system.require_zero(row);
    }
    builder.answer(parameters)
}

impl Builder<'_> {
    fn is_inside(&self, header: Handle<Loop>) -> bool {
        header == self.carrier || !self.outside.contains(&header)
    }

    /// The variable of an atom on a side.
    fn variable(&mut self, side: Side, atom: &Atom) -> usize {
        if let Some(variable) = self.variables.get(&(side, atom.clone())) {
            return *variable;
        }
        let variable = self.system.variable();
        self.variables.insert((side, atom.clone()), variable);
        if matches!(atom, Atom::Extent(..) | Atom::Size(_)) {
            self.at_least(variable, 1, 0);
        }
        variable
    }

    /// `factor * variable + constant >= 0`
    fn at_least(&mut self, variable: usize, factor: i128, constant: i128) {
        let mut row = Row::constant(self.system.variables(), constant);
        row.coefficients[variable] = factor;
        self.system.require_nonnegative(row);
    }

    /// Whose variable an atom is.
    fn side_of(&self, side: Side, atom: &Atom) -> Side {
        let own = match atom {
            Atom::Counter(header) | Atom::First(header) | Atom::Last(header) => self.is_inside(*header),
            Atom::Input(_) | Atom::Extent(..) | Atom::Size(_) => false,
            Atom::Variable(_) => true,
            Atom::Value(number) => self.accesses.values[*number as usize]
                .scope
                .iter()
                .any(|header| self.is_inside(*header)),
            Atom::Quotient(..) | Atom::Remainder(..) | Atom::Product(..) | Atom::Least(_) | Atom::Greatest(_) => atom
                .parts()
                .iter()
                .any(|part| part.any(&mut |inner| self.side_of(side, inner) != Side::Both)),
        };
        if own { side } else { Side::Both }
    }

    /// A linear expression over the system's variables.
    fn row(&mut self, side: Side, linear: &Linear) -> Option<Row> {
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
                let (quotient, remainder) = if matches!(atom, Atom::Quotient(..)) {
                    (variable, self.system.variable())
                } else {
                    (self.system.variable(), variable)
                };
                let mut row = inner;
                row.coefficients.resize(self.system.variables(), 0);
                row.coefficients[quotient] -= i128::from(*by);
                row.coefficients[remainder] -= 1;
                self.system.require_zero(row);
                self.at_least(remainder, 1, 0);
                self.at_least(remainder, -1, i128::from(*by) - 1);
            }
            Atom::Least(parts) | Atom::Greatest(parts) => {
                self.exact = false;
                let sign = if matches!(atom, Atom::Least(_)) { 1 } else { -1 };
                for part in parts {
                    let mut row = self.row(side, part)?;
                    row.coefficients.resize(self.system.variables(), 0);
                    row.coefficients[variable] -= 1;
                    row.coefficients.iter_mut().for_each(|c| *c *= sign);
                    row.constant *= sign;
                    self.system.require_nonnegative(row);
                }
            }
            Atom::Product(..) | Atom::Value(_) | Atom::Variable(_) => self.exact = false,
            Atom::First(_) | Atom::Last(_) => self.exact = false,
            Atom::Counter(_) | Atom::Input(_) | Atom::Extent(..) | Atom::Size(_) => {}
        }
        Some(())
    }

    fn difference(&self, left: &Row, right: &Row) -> Option<Row> {
        let width = self.system.variables();
        let at = |row: &Row, v: usize| row.coefficients.get(v).copied().unwrap_or(0);
        let coefficients = (0..width)
            .map(|v| at(left, v).checked_sub(at(right, v)))
            .collect::<Option<_>>()?;
        Some(Row {
            coefficients,
            constant: left.constant.checked_sub(right.constant)?,
        })
    }

    /// The two iterations of the carrier: the second one later.
    fn order(&mut self) -> Option<()> {
        let header = self.accesses.headers[self.carrier].as_ref()?;
        let step = header
            .step
            .as_ref()
            .and_then(Linear::as_constant)
            .filter(|step| *step != 0);
        let counter = Atom::Counter(self.carrier);
        let (a, b) = (
            self.variable(Side::First, &counter),
            self.variable(Side::Second, &counter),
        );
        let direction = i128::from(step?.signum());
        // direction * (b - a) - 1 >= 0
        let mut row = Row::constant(self.system.variables(), -1);
        row.coefficients[b] = direction;
        row.coefficients[a] = -direction;
        self.system.require_nonnegative(row);
        Some(())
    }

    /// The counters of a side lie in their loops, and its conditions hold.
    fn domain(&mut self, side: Side, site: &Site) {
        for handle in site.loops.clone() {
            if self.counter(side, handle).is_none() {
                self.exact = false;
            }
        }
        for condition in &site.conditions {
            self.condition(side, condition);
        }
    }

    fn counter(&mut self, side: Side, handle: Handle<Loop>) -> Option<()> {
        let header = self.accesses.headers[handle].as_ref()?;
        let side = if self.is_inside(handle) { side } else { Side::Both };
        let variable = self.variable(side, &Atom::Counter(handle));
        let step = header
            .step
            .as_ref()
            .and_then(Linear::as_constant)
            .filter(|step| *step != 0)?;
        let direction = i128::from(step.signum());
        if let Some(start) = &header.start {
            let row = self.row(side, start)?;
            // counter = start + |step| * direction * t, t >= 0
            let time = self.system.variable();
            let mut row = self.widened(row);
            row.coefficients[variable] -= 1;
            row.coefficients[time] += i128::from(step);
            self.system.require_zero(row);
            self.at_least(time, 1, 0);
        } else {
            self.exact = false;
        }
        match header.stop.as_ref() {
            Some(stop) => match &stop.terms[..] {
                // Below a minimum is below each of its parts.
                [(1, Atom::Least(parts))] if direction > 0 && stop.constant == 0 => {
                    for part in parts.clone() {
                        self.before(side, variable, direction, &part)?;
                    }
                }
                _ => self.before(side, variable, direction, &stop.clone())?,
            },
            None => self.exact = false,
        }
        Some(())
    }

    /// `direction * (stop - counter) - 1 >= 0`
    fn before(&mut self, side: Side, variable: usize, direction: i128, stop: &Linear) -> Option<()> {
        let row = self.row(side, stop)?;
        let mut row = self.widened(row);
        row.coefficients[variable] -= 1;
        row.coefficients.iter_mut().for_each(|c| *c *= direction);
        row.constant = row.constant * direction - 1;
        self.system.require_nonnegative(row);
        Some(())
    }

    fn widened(&self, mut row: Row) -> Row {
        row.coefficients.resize(self.system.variables(), 0);
        row
    }

    /// Adds a condition as far as it is a conjunction.
    fn condition(&mut self, side: Side, condition: &Formula) {
        match condition {
            Formula::True => {}
            Formula::All(parts) => parts.iter().for_each(|part| self.condition(side, part)),
            Formula::NonNegative(linear) => match self.row(side, linear) {
                Some(row) => {
                    let row = self.widened(row);
                    self.system.require_nonnegative(row);
                }
                None => self.exact = false,
            },
            Formula::Zero(linear) => match self.row(side, linear) {
                Some(row) => {
                    let row = self.widened(row);
                    self.system.require_zero(row);
                }
                None => self.exact = false,
            },
            Formula::False | Formula::Divides(..) | Formula::Any(_) | Formula::Not(_) => self.exact = false,
        }
    }

    fn answer(self, parameters: bool) -> Meeting {
        let width = self.system.variables();
        let mut names: Vec<Option<(Side, Atom)>> = vec![None; width];
        for ((side, atom), variable) in &self.variables {
            names[*variable] = Some((*side, atom.clone()));
        }
        let solution = match self.system.clone().solve(&mut Budget(BUDGET)) {
            Outcome::None => return Meeting::Never,
            Outcome::Unknown => return Meeting::Unknown("the analysis takes too long"),
            Outcome::Solution(solution) => solution,
        };
        if parameters {
            let is_parameter = |name: &Option<(Side, Atom)>| {
                matches!(
                    name,
                    Some((Side::Both, Atom::Input(_) | Atom::Extent(..) | Atom::Size(_)))
                )
            };
            let kept: Vec<bool> = names.iter().map(is_parameter).collect();
            return match self.system.project(&kept, &mut Budget(BUDGET)) {
                Projection::Empty => Meeting::Never,
                Projection::Unknown => Meeting::Unknown("the analysis takes too long"),
                Projection::Conditions { zero, nonnegative } => {
                    let linear = |row: &Row| linear(row, &names);
                    let mut parts = Vec::new();
                    for row in &zero {
                        parts.extend(linear(row).map(Formula::Zero));
                    }
                    for row in &nonnegative {
                        parts.extend(linear(row).map(Formula::NonNegative));
                    }
                    match Formula::All(parts).simplified() {
                        Formula::True => Meeting::Unknown("two iterations may touch the same element"),
                        formula => Meeting::If(formula),
                    }
                }
            };
        }
        if !self.exact {
            return Meeting::Unknown("two iterations may touch the same element");
        }
        let of = |wanted: Side| {
            let values = names.iter().zip(&solution).filter_map(|(name, value)| match name {
                Some((side, atom)) if *side == wanted || *side == Side::Both => Some((atom.clone(), *value)),
                _ => None,
            });
            values.collect()
        };
        Meeting::Surely(Solution {
            first: of(Side::First),
            second: of(Side::Second),
        })
    }
}

/// A projected row as an expression; rows with other variables than parameters are dropped (they only add conditions).
fn linear(row: &Row, names: &[Option<(Side, Atom)>]) -> Option<Linear> {
    let mut result = Linear::constant(i64::try_from(row.constant).ok()?);
    for (variable, coefficient) in row.coefficients.iter().enumerate().filter(|(_, c)| **c != 0) {
        let (_, atom) = names.get(variable)?.as_ref()?;
        result = result.combine(i64::try_from(*coefficient).ok()?, &Linear::atom(atom.clone()))?;
    }
    Some(result)
}
