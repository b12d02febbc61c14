//! Whether two accesses of one array meet in different iterations of a loop.
//!
//! The question is put to the Omega test as systems over both iterations ([`Builder`]): the first one earlier, the second one
//! later, each access executed and in bounds, every subscript equal. What the elements of index arrays are is not known before
//! the launch; where it would settle the matter that they are distinct, or in ascending order, that becomes a premise.

use super::accesses::{Accesses, Site};
use super::omega::{Budget, Projection, Row};
use super::premises::premises;
use super::system::{Builder, Side, Solved};
use super::{AccessMode, Atom, Direction, Formula, Linear};
use crate::ir::{Handle, Loop};

/// Steps that one question may cost.
pub(super) const BUDGET: u32 = 4000;

/// How two accesses relate.
#[derive(Debug)]
pub(super) enum Meeting {
    /// They never meet.
    Never,
    /// They may meet in one of these ways.
    Perhaps(Vec<Way>),
    /// Not known, and why.
    Unknown(&'static str),
}

/// A way in which two accesses meet.
#[derive(Debug)]
pub(super) struct Way {
    /// What must hold, and values for which it does.
    pub(super) solved: Solved,
    /// They don't meet this way if all of one list hold; one list for each attempt (empty: it does not suffice).
    pub(super) attempts: Vec<Vec<Formula>>,
    /// The attempt that was chosen.
    pub(super) premises: Vec<Formula>,
}

/// Two accesses of one array and the loop whose iterations are compared; the modes say how each subscript wraps.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) accesses: &'a Accesses,
    pub(super) carrier: Handle<Loop>,
    pub(super) first: (&'a Site, &'a [AccessMode]),
    pub(super) second: (&'a Site, &'a [AccessMode]),
}

/// The two iterations of a loop, the second one later, in the same iteration of the loops around. `None`: the loop's step is
/// not understood.
pub(super) fn two_iterations(accesses: &Accesses, carrier: Handle<Loop>) -> Option<Builder<'_>> {
    let header = accesses.headers[carrier].as_ref()?;
    let mut builder = Builder::new(accesses, header.parents.clone());
    builder.after(Side::Second, Side::First, carrier)?;
    Some(builder)
}

impl Pair<'_> {
    /// Whether `first`, in some iteration, and `second`, in a later one, touch one element.
    pub(super) fn meeting(&self, budget: &mut Budget) -> Meeting {
        if self.differ_by_the_counter() {
            return Meeting::Never;
        }
        let Some(shifts) = self.shifts() else {
            return Meeting::Unknown("its subscripts may wrap around in too many ways");
        };
        let mut ways = Vec::new();
        for shift in shifts {
            let Some(builder) = self.system(&shift, false) else {
                return Meeting::Unknown("the loop or its subscripts are not understood");
            };
            let Some(solved) = builder.clone().solutions(budget) else {
                return Meeting::Unknown("the analysis takes too long");
            };
            if solved.is_empty() {
                continue;
            }
            let attempts = premises(self, &builder);
            let first = attempts.iter().find(|premises| !premises.is_empty()).cloned();
            ways.extend(solved.into_iter().map(|solved| Way {
                solved,
                attempts: attempts.clone(),
                premises: first.clone().unwrap_or_default(),
            }));
        }
        if ways.is_empty() {
            Meeting::Never
        } else {
            Meeting::Perhaps(ways)
        }
    }

    /// Values at which they surely meet and lie in bounds, `given` besides, in arrays that are not too small (`roomy`), so that
    /// other accesses are in bounds as well. `None`: none were found.
    pub(super) fn witness(&self, given: &[Formula], roomy: bool) -> Option<Solved> {
        let mut budget = Budget(BUDGET);
        self.shifts()?.iter().find_map(|shift| {
            let mut builder = self.system(shift, true)?;
            for condition in given {
                builder.condition(Side::Both, condition);
            }
            if roomy {
                builder.enlarge();
            }
            let solved = builder.solutions(&mut budget)?;
            solved.into_iter().find(|one| one.exact)
        })
    }

    /// The usual case, without a system: a subscript that moves with the loop's counter and with nothing else that could
    /// differ is never the same twice.
    fn differ_by_the_counter(&self) -> bool {
        let counter = Atom::Counter(self.carrier);
        let Some(header) = self.accesses.headers[self.carrier].as_ref() else {
            return false;
        };
        let fixed = Builder::new(self.accesses, header.parents.clone());
        let (first, second) = (self.first.0, self.second.0);
        let mut axes = first
            .subscripts
            .iter()
            .zip(&second.subscripts)
            .zip(self.first.1.iter().zip(self.second.1));
        header.step.is_some()
            && axes.any(|((a, b), (a_mode, b_mode))| {
                let rest = |number: &Linear| {
                    let mut rest = number.clone();
                    rest.terms.retain(|(_, atom)| *atom != counter);
                    rest
                };
                let by = a.linear.coefficient(&counter);
                a_mode == b_mode
                    && *a_mode != AccessMode::Checked
                    && by != 0
                    && a.linear == b.linear
                    && !fixed.is_sided(Side::First, &rest(&a.linear))
            })
    }

    /// Each way in which the subscripts may wrap: a checked one may or may not.
    fn shifts(&self) -> Option<Vec<Vec<(bool, bool)>>> {
        let options = |mode: AccessMode| match mode {
            AccessMode::Direct => vec![false],
            AccessMode::FromEnd => vec![true],
            AccessMode::Checked => vec![false, true],
        };
        let mut all: Vec<Vec<(bool, bool)>> = vec![Vec::new()];
        for (a, b) in self.first.1.iter().zip(self.second.1) {
            let here: Vec<(bool, bool)> = options(*a)
                .into_iter()
                .flat_map(|a| options(*b).into_iter().map(move |b| (a, b)))
                .collect();
            all = all
                .iter()
                .flat_map(|start| here.iter().map(move |one| [&start[..], &[*one]].concat()))
                .collect();
        }
        (all.len() <= 64).then_some(all)
    }

    /// The system of all that must hold for them to meet, subscripts wrapping as `shifts` says. What the guards see to, that the
    /// other subscripts are in bounds, is left out unless wanted.
    fn system(&self, shifts: &[(bool, bool)], all_bounds: bool) -> Option<Builder<'_>> {
        let mut builder = two_iterations(self.accesses, self.carrier)?;
        for (side, (site, modes)) in [(Side::First, self.first), (Side::Second, self.second)] {
            for handle in &site.loops {
                builder.counter(side, *handle);
            }
            if site.is_repeated(self.carrier) {
                builder.doubt();
            }
            for condition in &site.conditions {
                builder.condition(side, condition);
            }
            for (axis, number) in site.subscripts.iter().enumerate() {
                if number.wraps {
                    builder.doubt();
                }
                if all_bounds || modes[axis] == AccessMode::Checked {
                    let wraps = if side == Side::First {
                        shifts[axis].0
                    } else {
                        shifts[axis].1
                    };
                    in_bounds(&mut builder, (side, site), axis, wraps)?;
                }
            }
        }
        for (axis, (a_wraps, b_wraps)) in shifts.iter().enumerate() {
            let (a, b) = self.subscripts(axis, *a_wraps, *b_wraps)?;
            builder.equal(&a, &b)?;
        }
        Some(builder)
    }

    /// The positions that subscripts address along an axis; the extent is added to those that wrap, unless both do.
    fn subscripts(&self, axis: usize, a_wraps: bool, b_wraps: bool) -> Option<(Linear, Linear)> {
        let extent = self.first.0.extent(axis);
        let shifted = |number: &Linear, wraps: bool| {
            if wraps {
                number.add(&extent)
            } else {
                Some(number.clone())
            }
        };
        let both = a_wraps && b_wraps;
        let a = shifted(&self.first.0.subscripts[axis].linear, a_wraps && !both)?;
        let b = shifted(&self.second.0.subscripts[axis].linear, b_wraps && !both)?;
        Some((a, b))
    }
}

/// A checked subscript that does not raise lies along its axis.
fn in_bounds(builder: &mut Builder<'_>, (side, site): (Side, &Site), axis: usize, wraps: bool) -> Option<()> {
    let position = &site.subscripts[axis].linear;
    let extent = site.extent(axis);
    let (low, high) = if wraps {
        (position.add(&extent)?, position.scale(-1)?.offset(-1)?)
    } else {
        (position.clone(), extent.subtract(position)?.offset(-1)?)
    };
    for linear in [low, high] {
        let row = builder.row(side, &linear)?;
        builder.nonnegative(row);
    }
    Some(())
}

impl Way {
    /// What holds for parameters wherever they meet this way, as far as that can be evaluated at the launch; and whether they
    /// meet wherever it holds.
    pub(super) fn condition(&self, budget: &mut Budget) -> Option<(Formula, bool)> {
        let mut complete = true;
        let kept: Vec<bool> = self
            .solved
            .names
            .iter()
            .map(|name| matches!(name, Some((Side::Both, atom)) if is_parameter(atom)))
            .chain(std::iter::repeat(false))
            .take(self.solved.system.variables())
            .collect();
        let mut parts = Vec::new();
        if kept.contains(&true) {
            match self.solved.system.clone().project(&kept, budget) {
                Projection::Empty => return Some((Formula::False, true)),
                Projection::Unknown => return None,
                Projection::Conditions {
                    zero,
                    nonnegative,
                    divisible,
                    exact,
                } => {
                    complete = exact;
                    let linear = |row: &Row| linear(row, &self.solved.names);
                    for (by, row) in &divisible {
                        if let (Ok(by), Some(row)) = (i64::try_from(*by), linear(row)) {
                            parts.push(Formula::Divides(by, row.modulo(by)));
                        }
                    }
                    parts.extend(zero.iter().filter_map(linear).map(Formula::Zero));
                    parts.extend(nonnegative.iter().filter_map(linear).map(Formula::NonNegative));
                }
            }
        }
        if !self.premises.is_empty() {
            parts.push(Formula::Not(Box::new(Formula::All(self.premises.clone()))));
        }
        Some((Formula::All(parts).simplified(), complete))
    }

    /// How many iterations of a loop with this step lie between: the number if it is always the same, and the least.
    pub(super) fn distance(&self, carrier: Handle<Loop>, step: i64, budget: &mut Budget) -> (Option<i64>, i64) {
        let counter = Atom::Counter(carrier);
        let (Some(a), Some(b)) = (
            self.solved.variable(Side::First, &counter),
            self.solved.variable(Side::Second, &counter),
        ) else {
            return (None, 1);
        };
        // times * (b - a) / step + constant >= 0, cleared of the denominator
        let size = i128::from(step.abs());
        let row = |times: i128, constant: i128| {
            let mut row = Row::constant(self.solved.system.variables(), constant * size);
            let direction = times * i128::from(step.signum());
            row.coefficients[b] = direction;
            row.coefficients[a] = -direction;
            row
        };
        let found = (self.solved.solution[b] - self.solved.solution[a]) / i128::from(step);
        let mut excludes = |row: Row| self.solved.admits(row, budget) == Some(false);
        // No distance below `least`.
        let mut least = 1_i128;
        for next in [2, 4, 8, 16, 32, 64] {
            if next > found || !excludes(row(-1, next - 1)) {
                break;
            }
            least = next;
        }
        let fixed = excludes(row(1, -found - 1)) && (found <= 1 || excludes(row(-1, found - 1)));
        let fixed = fixed.then(|| i64::try_from(found).ok()).flatten();
        (fixed, fixed.unwrap_or_else(|| i64::try_from(least).unwrap_or(1)))
    }

    /// How the iterations of an inner loop around both accesses compare.
    pub(super) fn direction(&self, inner: Handle<Loop>, step: i64, budget: &mut Budget) -> Direction {
        let counter = Atom::Counter(inner);
        let (Some(a), Some(b)) = (
            self.solved.variable(Side::First, &counter),
            self.solved.variable(Side::Second, &counter),
        ) else {
            return Direction::ANY;
        };
        let row = |times: i128, constant: i128| {
            let mut row = Row::constant(self.solved.system.variables(), constant);
            row.coefficients[b] = times * i128::from(step.signum());
            row.coefficients[a] = -times * i128::from(step.signum());
            row
        };
        let mut admits = |row: Row| self.solved.admits(row, budget) != Some(false);
        let (later, earlier) = (admits(row(1, -1)), admits(row(-1, -1)));
        let mut same = self.solved.clone();
        same.system.require_zero(row(1, 0));
        let same = same.admits(Row::constant(same.system.variables(), 0), budget) != Some(false);
        Direction { later, same, earlier }
    }
}

/// Whether the launch can evaluate an atom.
pub(super) fn is_parameter(atom: &Atom) -> bool {
    match atom {
        Atom::Input(_) | Atom::Extent(..) | Atom::Size(_) => true,
        Atom::Counter(_) | Atom::First(_) | Atom::Last(_) | Atom::Variable(_) | Atom::Value(_) => false,
        Atom::Quotient(..) | Atom::Remainder(..) | Atom::Product(..) | Atom::Least(_) | Atom::Greatest(_) => atom
            .parts()
            .iter()
            .all(|part| part.terms.iter().all(|(_, atom)| is_parameter(atom))),
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
