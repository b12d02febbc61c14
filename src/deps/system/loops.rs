//! What it means that a counter takes a value of its loop, and that one iteration comes after another one.

use super::super::accesses::Header;
use super::super::omega::Row;
use super::super::{Atom, Linear};
use super::{Builder, Demand, Side};
use crate::ir::{Handle, Loop};

impl Builder<'_> {
    /// The first or last counter value of a loop that runs.
    pub(super) fn end(&mut self, side: Side, atom: &Atom, handle: Handle<Loop>, variable: usize) -> Option<()> {
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

    /// One side's iteration of a loop comes after another side's. `None`: the loop's step is not understood.
    pub(in crate::deps) fn after(&mut self, later: Side, earlier: Side, carrier: Handle<Loop>) -> Option<()> {
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
    fn between(&mut self, side: Side, variable: usize, header: &Header) -> Option<()> {
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
    pub(in crate::deps) fn counter(&mut self, side: Side, handle: Handle<Loop>) {
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
    pub(in crate::deps) fn many(&mut self, side: Side, handle: Handle<Loop>, trips: i64) -> Option<()> {
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
}

/// Constant step of a loop.
fn step(header: &Header) -> Option<i64> {
    header
        .step
        .as_ref()
        .and_then(Linear::as_constant)
        .filter(|step| *step != 0)
}
