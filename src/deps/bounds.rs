//! Which subscripts a guard can prove in bounds, and where it is evaluated.

use super::accesses::{Accesses, Header, Site};
use super::locals::{self, Storage};
use super::{AccessMode, Atom, BoundsGuard, Formula, Linear, Subscript};
use crate::ir::{Handle, Loop};

/// The subscripts of a site with their modes; guards are added to `guards` unless they are there.
pub(super) fn subscripts(accesses: &Accesses, site: &Site, guards: &mut Vec<BoundsGuard>) -> Vec<Subscript> {
    let each = site.subscripts.iter().enumerate().map(|(axis, number)| {
        let form = number.linear.clone();
        let strides = site
            .loops
            .iter()
            .map(|header| (*header, form.stride(*header)))
            .collect();
        let inside = locals::by_construction(accesses, site, axis, &form);
        let guard = match inside {
            Some(_) => None,
            None => guard(accesses, site, axis as u32, &form).or_else(|| at_entry(accesses, site, axis)),
        };
        let mode = inside.or(guard.as_ref().map(|guard| guard.mode));
        let mode = mode.unwrap_or(AccessMode::Checked);
        let guard = guard.filter(|guard| guard.condition != Formula::True).map(|guard| {
            let same = |other: &BoundsGuard| {
                (other.array, other.axis, other.at) == (guard.array, guard.axis, guard.at)
                    && other.condition == guard.condition
            };
            guards.iter().position(same).unwrap_or_else(|| {
                guards.push(guard);
                guards.len() - 1
            })
        });
        Subscript {
            form,
            strides,
            mode,
            guard,
        }
    });
    each.collect()
}

fn guard(accesses: &Accesses, site: &Site, axis: u32, form: &Linear) -> Option<BoundsGuard> {
    let places = std::iter::once(None).chain(site.loops.iter().copied().map(Some));
    first_guard(accesses, site, axis, form, places)
}

/// A guard where the innermost loop begins, which knows by then what the variables hold: of `a[lo:hi]`, where the bounds are data.
fn at_entry(accesses: &Accesses, site: &Site, axis: usize) -> Option<BoundsGuard> {
    let form = site.at_entry[axis].as_ref()?;
    let innermost = site.loops.last().copied();
    first_guard(accesses, site, axis as u32, form, std::iter::once(Some(innermost?)))
}

fn first_guard(
    accesses: &Accesses,
    site: &Site,
    axis: u32,
    form: &Linear,
    places: impl Iterator<Item = Option<Handle<Loop>>>,
) -> Option<BoundsGuard> {
    // A condition may be what keeps it in bounds: then only what needs no test is known beforehand.
    let unguarded = site.protected && !is_counter(form);
    for at in places {
        let Some((low, high)) = extremes(accesses, &site.loops, form, at) else {
            continue;
        };
        let Some(extent) = extent(site, axis, at) else {
            continue;
        };
        if [&low, &high, &extent]
            .into_iter()
            .any(|one| !evaluable(accesses, one, at))
        {
            continue;
        }
        let (mode, condition) = if high.as_constant().is_some_and(|high| high < 0) {
            (AccessMode::FromEnd, Formula::NonNegative(low.add(&extent)?))
        } else if low.as_constant().is_some_and(|low| low < 0) {
            return None;
        } else if is_negative(&high) {
            let negative = Formula::less(&high, &Linear::default())?;
            (
                AccessMode::FromEnd,
                Formula::NonNegative(low.add(&extent)?).and(negative),
            )
        } else {
            let below = Formula::less(&high, &extent)?;
            (AccessMode::Direct, Formula::NonNegative(low).and(below))
        };
        let condition = condition.simplified();
        if condition == Formula::False || unguarded && condition != Formula::True {
            return None;
        }
        return Some(BoundsGuard {
            array: site.array,
            axis,
            mode,
            condition,
            at,
            span: site.span,
        });
    }
    None
}

/// Whether an expression was most likely written to be negative: `-n`.
fn is_negative(linear: &Linear) -> bool {
    let counts = |(coefficient, atom): &(i64, Atom)| {
        *coefficient < 0 && matches!(atom, Atom::Input(_) | Atom::Extent(..) | Atom::Size(_))
    };
    linear.constant <= 0 && !linear.terms.is_empty() && linear.terms.iter().all(counts)
}

/// The extent of an axis as a guard there sees it. A local array has its storage at the entry of loops that stand in the same
/// iteration of the loops around its allocation.
fn extent(site: &Site, axis: u32, at: Option<Handle<Loop>>) -> Option<Linear> {
    let there = |storage: &Storage| {
        let loops = storage.loops.as_ref()?;
        at.is_some_and(|at| site.loops.starts_with(loops) && !loops.contains(&at))
            .then_some(())
    };
    match &site.storage {
        Some(storage) if storage.loops.is_none() => None,
        Some(storage) if there(storage).is_some() => Some(Linear::atom(Atom::Extent(site.array, axis))),
        Some(_) | None => Some(site.extent(axis as usize)),
    }
}

/// Whether a subscript is a counter and nothing else: a guard keeps it in bounds, under conditions too.
pub(super) fn is_counter(form: &Linear) -> bool {
    matches!(form.terms[..], [(1, Atom::Counter(_))]) && form.constant == 0
}

/// Least and greatest value over all iterations, if the launch can compute them.
pub(super) fn at_launch(accesses: &Accesses, loops: &[Handle<Loop>], form: &Linear) -> Option<(Linear, Linear)> {
    let (low, high) = extremes(accesses, loops, form, None)?;
    (evaluable(accesses, &low, None) && evaluable(accesses, &high, None)).then_some((low, high))
}

/// Least and greatest value over the iterations of the loops from `at` inwards (`None`: of all loops around).
fn extremes(
    accesses: &Accesses,
    loops: &[Handle<Loop>],
    form: &Linear,
    at: Option<Handle<Loop>>,
) -> Option<(Linear, Linear)> {
    let from = at.map_or(0, |at| loops.iter().position(|header| *header == at).unwrap_or(0));
    let (mut low, mut high) = (form.clone(), form.clone());
    for (position, handle) in loops.iter().enumerate().skip(from).rev() {
        let header = accesses.headers[*handle].as_ref()?;
        let (least, greatest) = range(accesses, *handle, header, at == Some(*handle) && position == from)?;
        low = substituted(&low, *handle, &least, &greatest, false)?;
        high = substituted(&high, *handle, &least, &greatest, true)?;
    }
    Some((low, high))
}

/// Least and greatest counter value of a loop that runs.
fn range(accesses: &Accesses, handle: Handle<Loop>, header: &Header, here: bool) -> Option<(Linear, Linear)> {
    let Some(step) = header.step.as_ref()?.as_constant() else {
        // Which end is the lower one is known when it runs.
        let bounds = [header.start.clone()?, header.stop.clone()?, header.step.clone()?];
        let simple = header.parents.is_empty() && bounds.iter().all(|bound| evaluable(accesses, bound, None));
        let ends = vec![Linear::atom(Atom::First(handle)), Linear::atom(Atom::Last(handle))];
        return (here || simple).then(|| {
            let end = |least| super::values::extreme(ends.clone(), least);
            (end(true), end(false))
        });
    };
    if step == 0 {
        return None;
    }
    let (first, last) = if here {
        (Linear::atom(Atom::First(handle)), Linear::atom(Atom::Last(handle)))
    } else {
        let (start, stop) = (header.start.clone()?, header.stop.clone()?);
        let simple = evaluable(accesses, &start, None) && evaluable(accesses, &stop, None);
        let constants = start.as_constant().zip(stop.as_constant());
        let last = match step {
            1 | -1 => stop.offset(-step)?,
            _ if let Some(last) = constants.and_then(|(start, stop)| last(start, stop, step)) => Linear::constant(last),
            _ if simple && header.parents.is_empty() => Linear::atom(Atom::Last(handle)),
            _ => stop.offset(-step.signum())?,
        };
        (start, last)
    };
    Some(if step > 0 { (first, last) } else { (last, first) })
}

/// The last value of a range that is not empty.
fn last(start: i64, stop: i64, step: i64) -> Option<i64> {
    let length = i128::from(stop) - i128::from(start);
    let (step, direction) = (i128::from(step), i128::from(step.signum()));
    let trips = (length - direction) / step;
    let runs = length * direction > 0;
    i64::try_from(i128::from(start) + trips * step).ok().filter(|_| runs)
}

/// An extreme of a linear expression over the values of one counter.
fn substituted(of: &Linear, handle: Handle<Loop>, least: &Linear, greatest: &Linear, upper: bool) -> Option<Linear> {
    let counter = Atom::Counter(handle);
    let mut result = Linear::constant(of.constant);
    for (coefficient, atom) in &of.terms {
        let up = (*coefficient > 0) == upper;
        let value = match atom {
            atom if *atom == counter => {
                if up {
                    greatest.clone()
                } else {
                    least.clone()
                }
            }
            atom if !Linear::atom(atom.clone()).mentions(&counter) => Linear::atom(atom.clone()),
            Atom::Quotient(inner, by) => {
                let inner = substituted(inner, handle, least, greatest, up)?;
                match inner.as_constant() {
                    Some(constant) => Linear::constant(constant.div_euclid(*by)),
                    None => Linear::atom(Atom::Quotient(Box::new(inner), *by)),
                }
            }
            Atom::Remainder(_, by) => Linear::constant(if up { by - 1 } else { 0 }),
            Atom::Least(parts) | Atom::Greatest(parts) => {
                let ends = parts.iter().map(|part| substituted(part, handle, least, greatest, up));
                let mut ends = ends.collect::<Option<Vec<_>>>()?;
                let is_least = matches!(atom, Atom::Least(_));
                // The greater of `x` and `-x` is not negative.
                let opposite = |part: &Linear| part.scale(-1).is_some_and(|other| parts.contains(&other));
                if is_least == up && parts.iter().any(opposite) {
                    ends.push(Linear::default());
                }
                super::values::extreme(ends, is_least)
            }
            // The sign of the fixed factor decides which end of the other one counts.
            Atom::Product(a, b) => {
                let (fixed, moving) = match (a.mentions(&counter), b.mentions(&counter)) {
                    (true, false) => (b, a),
                    (false, true) => (a, b),
                    _ => return None,
                };
                let ends = [false, true].map(|up| {
                    let end = substituted(moving, handle, least, greatest, up)?;
                    super::values::product(fixed, &end)
                });
                let [Some(one), Some(other)] = ends else { return None };
                super::values::extreme(vec![one, other], !up)
            }
            _ => return None,
        };
        result = result.combine(*coefficient, &value)?;
    }
    Some(result)
}

/// Whether the launch, or the entry of a loop, can compute it.
fn evaluable(accesses: &Accesses, linear: &Linear, at: Option<Handle<Loop>>) -> bool {
    let outside: Vec<Handle<Loop>> = at
        .and_then(|at| accesses.headers[at].as_ref())
        .map(|header| header.parents.clone())
        .unwrap_or_default();
    !linear.any(&mut |atom| match atom {
        Atom::Counter(header) => !outside.contains(header),
        Atom::First(header) | Atom::Last(header) => {
            at != Some(*header)
                && !accesses.headers[*header]
                    .as_ref()
                    .is_some_and(|header| header.parents.is_empty())
        }
        // Only of what the loop leaves alone.
        Atom::Variable(_) => at.is_none(),
        Atom::Value(_) => true,
        Atom::Input(_)
        | Atom::Extent(..)
        | Atom::Size(_)
        | Atom::Quotient(..)
        | Atom::Remainder(..)
        | Atom::Product(..)
        | Atom::Least(_)
        | Atom::Greatest(_) => false,
    })
}
