//! Conditions, equations and their alternatives.

use super::super::omega::Row;
use super::super::{Atom, Formula, Linear};
use super::{Builder, Demand, MOST, Side};

impl Builder<'_> {
    /// What the signs of its factors say about a product, and that none of them is larger than it.
    pub(super) fn signs(&mut self, product: usize, a: &Row, b: &Row) {
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

    /// Demands that an expression of the first side equals one of the second. `None`: numbers become too large.
    pub(in crate::deps) fn equal(&mut self, left: &Linear, right: &Linear) -> Option<()> {
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

    /// A condition holds on a side.
    pub(in crate::deps) fn condition(&mut self, side: Side, condition: &Formula) {
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

    pub(in crate::deps) fn is_exact(&self) -> bool {
        let [first, second] = &self.data;
        let alike = first.is_empty() || second.is_empty() || {
            let subset = |a: &[Formula], b: &[Formula]| a.iter().all(|one| b.contains(one));
            subset(first, second) && subset(second, first)
        };
        self.exact && alike
    }

    /// Forgets that everything is understood.
    pub(in crate::deps) fn doubt(&mut self) {
        self.exact = false;
    }

    /// Demands that two values are different unless two positions are the same, at which case they are equal: `one` and the
    /// first value of the first side, `other` and the second value of the second side.
    pub(in crate::deps) fn differ(&mut self, values: (u32, u32), one: &Linear, other: &Linear) -> Option<()> {
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
