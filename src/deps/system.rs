//! Linear expressions and conditions about two iterations of a loop, as systems for the Omega test.
//!
//! Each side of a question has its own counters of the loops inside; both share parameters and the counters of the loops
//! outside. What is not understood becomes a free variable, which can only add solutions: that a system has none is a proof; a
//! solution that rests on such a variable is not. Disjunctions (`or`, `!=`, `min`, `max`) are kept apart as choices and tried one
//! after the other.

use std::collections::{HashMap, HashSet};

use super::accesses::Accesses;
use super::omega::{Budget, Outcome, Row, System};
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

    /// The first or last counter value of a loop that runs.
    fn end(&mut self, side: Side, atom: &Atom, handle: Handle<Loop>, variable: usize) -> Option<()> {
        let header = self.accesses.headers[handle].as_ref()?;
        let (start, stop, step) = (header.start.as_ref()?, header.stop.as_ref()?, step(header)?);
        let mut row = self.row(side, start)?;
        if let Atom::Last(_) = atom {
            let stop = self.row(side, stop)?;
            let time = self.system.variable();
            row = self.widened(row);
            row.coefficients[time] = i128::from(step);
            self.at_least(time, 1, 0);
            // direction * (stop - last) is at least 1 and at most the step
            let mut rest = self.widened(stop);
            rest.coefficients[variable] -= 1;
            let direction = i128::from(step.signum());
            rest.coefficients.iter_mut().for_each(|c| *c *= direction);
            rest.constant = rest.constant * direction - 1;
            let mut near = rest.clone();
            near.coefficients.iter_mut().for_each(|c| *c = -*c);
            near.constant = i128::from(step.abs()) - 1 - rest.constant;
            self.system.require_nonnegative(rest);
            self.system.require_nonnegative(near);
        }
        let mut row = self.widened(row);
        row.coefficients[variable] -= 1;
        self.system.require_zero(row);
        Some(())
    }

    /// What the signs of its factors say about a product, and that none of them is larger than it.
    fn signs(&mut self, product: usize, a: &Row, b: &Row) {
        let (a, b) = (self.widened(a.clone()), self.widened(b.clone()));
        let scaled = |row: &Row, by: i128, constant: i128| {
            let mut row = row.clone();
            row.coefficients.iter_mut().for_each(|c| *c *= by);
            row.constant = row.constant * by + constant;
            row
        };
        let mut unit = Row::constant(self.system.variables(), 0);
        unit.coefficients[product] = 1;
        let mut alternatives = Vec::new();
        for row in [&a, &b] {
            alternatives.push(vec![Demand::Zero(row.clone()), Demand::Zero(unit.clone())]);
        }
        for (sign_a, sign_b) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] {
            let mut demands = vec![
                Demand::NonNegative(scaled(&a, sign_a, -1)),
                Demand::NonNegative(scaled(&b, sign_b, -1)),
            ];
            for (row, sign) in [(&a, sign_a), (&b, sign_b)] {
                // |product| >= |factor|
                let mut gap = scaled(row, -sign, 0);
                gap.coefficients[product] += sign_a * sign_b;
                demands.push(Demand::NonNegative(gap));
            }
            alternatives.push(demands);
        }
        self.choices.push(alternatives);
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

    /// Demands that an expression of the first side equals one of the second. `None`: numbers become too large.
    pub(super) fn equal(&mut self, left: &Linear, right: &Linear) -> Option<()> {
        let mut alternatives = self.equations(left, right)?;
        if let [_] = &alternatives[..] {
            alternatives
                .swap_remove(0)
                .into_iter()
                .for_each(|demand| self.demand(demand));
        } else {
            self.choices.push(alternatives);
        }
        Some(())
    }

    /// The ways in which `left == right`. A product with a parameter, `n*A + B` on both sides, is taken apart: where `B`
    /// differs by less than `n`, both parts are equal (delinearisation; V. Maslov, "Delinearization: an efficient way to
    /// break multiloop dependence equations", PLDI 1992).
    fn equations(&mut self, left: &Linear, right: &Linear) -> Option<Vec<Vec<Demand>>> {
        let Some(factor) = self.factor(left).or_else(|| self.factor(right)) else {
            let row = self.gap((Side::First, left), (Side::Second, right))?;
            let mut demands = vec![Demand::Zero(row.clone())];
            if self.is_opaque(&row) {
                demands.push(Demand::Doubt);
            }
            return Some(vec![demands]);
        };
        let (left_by, left_rest) = split(left, &factor)?;
        let (right_by, right_rest) = split(right, &factor)?;
        let rest = self.gap((Side::First, &left_rest), (Side::Second, &right_rest))?;
        let negative = self.gap((Side::Second, &right_rest), (Side::First, &left_rest))?;
        let by = self.row(Side::Both, &factor)?;
        let mut below = Row::constant(self.system.variables(), 0);
        below = self.difference(below, by.clone())?;
        let mut alternatives = vec![vec![Demand::NonNegative(below), Demand::Doubt]];
        for one in [&rest, &negative] {
            let row = self.difference(one.clone(), by.clone())?;
            alternatives.push(vec![Demand::NonNegative(row), Demand::Doubt]);
        }
        for mut one in self.equations(&left_by, &right_by)? {
            one.push(Demand::Zero(rest.clone()));
            if self.is_opaque(&rest) {
                one.push(Demand::Doubt);
            }
            alternatives.push(one);
        }
        Some(alternatives)
    }

    /// A factor that is the same on both sides, of a product that is not.
    fn factor(&self, linear: &Linear) -> Option<Linear> {
        linear.terms.iter().find_map(|(_, atom)| match atom {
            Atom::Product(a, b) => match (self.is_sided(Side::First, a), self.is_sided(Side::First, b)) {
                (true, false) => Some((**b).clone()),
                (false, true) => Some((**a).clone()),
                _ => None,
            },
            _ => None,
        })
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

    /// One side's iteration of a loop comes after another side's. `None`: the loop's step is not understood.
    pub(super) fn after(&mut self, later: Side, earlier: Side, carrier: Handle<Loop>) -> Option<()> {
        let header = self.accesses.headers[carrier].as_ref()?;
        let step = header.step.as_ref().filter(|step| step.as_constant() != Some(0))?;
        let counter = Linear::atom(Atom::Counter(carrier));
        let gap = self.gap((later, &counter), (earlier, &counter))?;
        if let Some(step) = step.as_constant() {
            // direction * (later - earlier) - 1 >= 0
            let direction = i128::from(step.signum());
            let mut row = gap;
            row.coefficients.iter_mut().for_each(|c| *c *= direction);
            row.constant -= 1;
            self.nonnegative(row);
        } else {
            self.apart(&gap, step)?;
        }
        Some(())
    }

    /// Of a loop whose step is not constant: the later counter is at least a step away from the earlier one, on the side that
    /// the step's sign says. That it is a whole number of steps is not said, so that no solution is certain.
    fn apart(&mut self, gap: &Row, step: &Linear) -> Option<()> {
        let step = self.row(Side::Both, step)?;
        let (gap, step) = (self.widened(gap.clone()), self.widened(step));
        let alternatives = [1, -1].map(|sign| {
            let mut signed = step.clone();
            signed.coefficients.iter_mut().for_each(|c| *c *= sign);
            signed.constant = signed.constant * sign - 1;
            let mut far = gap.clone();
            for (mine, theirs) in far.coefficients.iter_mut().zip(&step.coefficients) {
                *mine = sign * (*mine - theirs);
            }
            far.constant = sign * (far.constant - step.constant);
            vec![Demand::NonNegative(signed), Demand::NonNegative(far), Demand::Doubt]
        });
        self.choices.push(alternatives.into());
        Some(())
    }

    /// The counter of a loop whose step is not constant lies between its bounds.
    fn between(&mut self, side: Side, variable: usize, header: &super::accesses::Header) -> Option<()> {
        let (start, stop, step) = (header.start.as_ref()?, header.stop.as_ref()?, header.step.as_ref()?);
        let (start, stop, step) = (self.row(side, start)?, self.row(side, stop)?, self.row(side, step)?);
        let mut counter = Row::constant(self.system.variables(), 0);
        counter.coefficients[variable] = 1;
        let above = self.difference(counter.clone(), start)?;
        let below = self.difference(stop, counter)?;
        let step = self.widened(step);
        let alternatives = [1, -1].map(|sign| {
            let signed = |row: &Row, constant: i128| {
                let mut row = row.clone();
                row.coefficients.iter_mut().for_each(|c| *c *= sign);
                row.constant = row.constant * sign - constant;
                row
            };
            vec![
                Demand::NonNegative(signed(&step, 1)),
                Demand::NonNegative(signed(&above, 0)),
                Demand::NonNegative(signed(&below, 1)),
                Demand::Doubt,
            ]
        });
        self.choices.push(alternatives.into());
        Some(())
    }

    /// The counter of a loop takes one of its values.
    pub(super) fn counter(&mut self, side: Side, handle: Handle<Loop>) {
        if self.try_counter(side, handle).is_none() {
            let side = if self.is_own(side, handle) { side } else { Side::Both };
            let variable = self.variable(side, &Atom::Counter(handle));
            self.opaque.insert(variable);
            self.depends = true;
        }
    }

    fn try_counter(&mut self, side: Side, handle: Handle<Loop>) -> Option<()> {
        let header = self.accesses.headers[handle].as_ref()?;
        let side = if self.is_own(side, handle) { side } else { Side::Both };
        let variable = self.variable(side, &Atom::Counter(handle));
        if header.step.as_ref()?.as_constant().is_none() {
            return self.between(side, variable, header);
        }
        let (mut understood, step) = (header.start.is_some() && header.stop.is_some(), step(header)?);
        let direction = i128::from(step.signum());
        if let Some(start) = &header.start {
            // counter = start + |step| * direction * t, t >= 0
            let row = self.row(side, start)?;
            understood &= !self.is_opaque(&row);
            let time = self.system.variable();
            let mut row = self.widened(row);
            row.coefficients[variable] -= 1;
            row.coefficients[time] += i128::from(step);
            self.system.require_zero(row);
            self.at_least(time, 1, 0);
        }
        if let Some(stop) = &header.stop {
            // direction * (stop - counter) - 1 >= 0
            let row = self.row(side, stop)?;
            understood &= !self.is_opaque(&row);
            let mut row = self.widened(row);
            row.coefficients[variable] -= 1;
            row.coefficients.iter_mut().for_each(|c| *c *= direction);
            row.constant = row.constant * direction - 1;
            self.system.require_nonnegative(row);
        }
        understood.then_some(())
    }

    /// A loop has at least so many iterations, unless their number is constant.
    pub(super) fn many(&mut self, side: Side, handle: Handle<Loop>, trips: i64) -> Option<()> {
        let header = self.accesses.headers[handle].as_ref()?;
        let step = step(header)?;
        let (start, stop) = (header.start.as_ref()?, header.stop.as_ref()?);
        let row = self.gap((side, stop), (side, start))?;
        if row.coefficients.iter().all(|c| *c == 0) {
            return Some(());
        }
        let direction = i128::from(step.signum());
        let mut row = row;
        row.coefficients.iter_mut().for_each(|c| *c *= direction);
        row.constant = row.constant * direction - i128::from(trips) * i128::from(step.abs());
        self.system.require_nonnegative(row);
        Some(())
    }

    /// A condition holds on a side.
    pub(super) fn condition(&mut self, side: Side, condition: &Formula) {
        match condition {
            Formula::True => {}
            Formula::All(parts) => parts.iter().for_each(|part| self.condition(side, part)),
            other => {
                let Some(mut alternatives) = self.alternatives(side, other, true) else {
                    self.exact = false;
                    return;
                };
                let on_data = alternatives.iter().flatten().any(|demand| match demand {
                    Demand::Zero(row) | Demand::NonNegative(row) => self.is_opaque(row),
                    Demand::Doubt => false,
                });
                if on_data {
                    self.depends = true;
                    match side {
                        Side::First => self.data[0].push(other.clone()),
                        Side::Second => self.data[1].push(other.clone()),
                        Side::Both | Side::Other | Side::Many => {}
                    }
                }
                if let [_] = &alternatives[..] {
                    alternatives
                        .swap_remove(0)
                        .into_iter()
                        .for_each(|demand| self.demand(demand));
                } else {
                    self.choices.push(alternatives);
                }
            }
        }
    }

    fn demand(&mut self, demand: Demand) {
        match demand {
            Demand::Zero(row) => self.zero(row),
            Demand::NonNegative(row) => self.nonnegative(row),
            Demand::Doubt => self.exact = false,
        }
    }

    /// Disjunctive normal form of a condition, or of its negation; `None`: too large, or not about numbers.
    fn alternatives(&mut self, side: Side, formula: &Formula, truth: bool) -> Option<Vec<Vec<Demand>>> {
        let negated = |row: &Row| {
            let coefficients = row.coefficients.iter().map(|c| -c).collect();
            Row {
                coefficients,
                constant: -row.constant - 1,
            }
        };
        Some(match (formula, truth) {
            (Formula::True, true) | (Formula::False, false) => vec![Vec::new()],
            (Formula::True, false) | (Formula::False, true) => Vec::new(),
            (Formula::NonNegative(linear), true) => vec![vec![Demand::NonNegative(self.row(side, linear)?)]],
            (Formula::NonNegative(linear), false) => {
                vec![vec![Demand::NonNegative(negated(&self.row(side, linear)?))]]
            }
            (Formula::Zero(linear), true) => vec![vec![Demand::Zero(self.row(side, linear)?)]],
            (Formula::Zero(linear), false) => {
                // row >= 1 or row <= -1
                let row = self.row(side, linear)?;
                let mut above = row.clone();
                above.constant -= 1;
                vec![
                    vec![Demand::NonNegative(above)],
                    vec![Demand::NonNegative(negated(&row))],
                ]
            }
            (Formula::Divides(by, linear), _) => {
                let remainder = Linear::atom(Atom::Remainder(Box::new(linear.clone()), *by));
                return self.alternatives(side, &Formula::Zero(remainder), truth);
            }
            (Formula::Not(inner), _) => return self.alternatives(side, inner, !truth),
            (Formula::All(parts), true) | (Formula::Any(parts), false) => {
                let mut product: Vec<Vec<Demand>> = vec![Vec::new()];
                for part in parts {
                    let options = self.alternatives(side, part, truth)?;
                    product = product
                        .iter()
                        .flat_map(|start| options.iter().map(move |one| [&start[..], &one[..]].concat()))
                        .collect();
                    if product.len() > MOST {
                        return None;
                    }
                }
                product
            }
            (Formula::All(parts), false) | (Formula::Any(parts), true) => {
                let mut sum = Vec::new();
                for part in parts {
                    sum.extend(self.alternatives(side, part, truth)?);
                }
                (sum.len() <= MOST).then_some(sum)?
            }
            (Formula::Distinct { .. } | Formula::Ascending { .. } | Formula::Between { .. }, _) => return None,
        })
    }

    pub(super) fn is_exact(&self) -> bool {
        let [first, second] = &self.data;
        let alike = first.is_empty() || second.is_empty() || {
            let subset = |a: &[Formula], b: &[Formula]| a.iter().all(|one| b.contains(one));
            subset(first, second) && subset(second, first)
        };
        self.exact && alike
    }

    /// Forgets that everything is understood.
    pub(super) fn doubt(&mut self) {
        self.exact = false;
    }

    /// Demands that two values are different unless two positions are the same, at which case they are equal: `one` and the
    /// first value of the first side, `other` and the second value of the second side.
    pub(super) fn differ(&mut self, values: (u32, u32), one: &Linear, other: &Linear) -> Option<()> {
        let value = |number: u32| Linear::atom(Atom::Value(number));
        let positions = self.gap((Side::First, one), (Side::Second, other))?;
        let gap = self.gap((Side::First, &value(values.0)), (Side::Second, &value(values.1)))?;
        let (mut above, mut below) = (gap.clone(), gap.clone());
        above.constant -= 1;
        below.coefficients.iter_mut().for_each(|c| *c = -*c);
        below.constant = -below.constant - 1;
        self.choices.push(vec![
            vec![Demand::Zero(positions), Demand::Zero(gap)],
            vec![Demand::NonNegative(above)],
            vec![Demand::NonNegative(below)],
        ]);
        Some(())
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

    /// The systems, one for each combination of choices, that have a solution, with it. `None`: too many, or too hard.
    pub(super) fn solutions(self, budget: &mut Budget) -> Option<Vec<Solved>> {
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
    pub(super) fn satisfiable(self, budget: &mut Budget) -> Option<bool> {
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

/// `factor * first + second`
fn split(linear: &Linear, factor: &Linear) -> Option<(Linear, Linear)> {
    let (mut by, mut rest) = (Linear::default(), Linear::constant(linear.constant));
    for (coefficient, atom) in &linear.terms {
        match atom {
            Atom::Product(a, b) if **b == *factor => by = by.combine(*coefficient, a)?,
            Atom::Product(a, b) if **a == *factor => by = by.combine(*coefficient, b)?,
            _ => rest = rest.combine(*coefficient, &Linear::atom(atom.clone()))?,
        }
    }
    Some((by, rest))
}

/// Constant step of a loop.
fn step(header: &super::accesses::Header) -> Option<i64> {
    header
        .step
        .as_ref()
        .and_then(Linear::as_constant)
        .filter(|step| *step != 0)
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
pub(super) struct Solved {
    pub(super) system: System,
    pub(super) solution: Vec<i128>,
    pub(super) names: Vec<Option<(Side, Atom)>>,
    /// Whether the solution is real: everything is understood, and conditions on data can hold together.
    pub(super) exact: bool,
    /// Whether it takes certain data to come to that.
    pub(super) depends: bool,
}

impl Solved {
    /// The values that a side sees.
    pub(super) fn values(&self, wanted: Side) -> Vec<(Atom, i128)> {
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
    pub(super) fn variable(&self, side: Side, atom: &Atom) -> Option<usize> {
        self.names
            .iter()
            .position(|name| name.as_ref().is_some_and(|(s, a)| *s == side && a == atom))
    }

    /// Whether a further row (at least 0) leaves a solution; `None`: not known.
    pub(super) fn admits(&self, row: Row, budget: &mut Budget) -> Option<bool> {
        let mut system = self.system.clone();
        system.require_nonnegative(row);
        match system.solve(budget) {
            Outcome::None => Some(false),
            Outcome::Solution(_) => Some(true),
            Outcome::Unknown => None,
        }
    }
}
