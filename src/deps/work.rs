//! Work arrays: arrays of which every iteration reads only what it has written itself.
//!
//! Each thread may then work on a copy of its own, if the last iteration writes all that any iteration writes: its copy is what
//! is left. Both are questions of covering: that of all elements which one access touches, none is missing from those which
//! other accesses surely write (the kill of exact data-flow analysis; P. Feautrier, "Dataflow analysis of array and scalar
//! references", 1991, asked here without the sources). Writes that surely happen are those under no condition, but that nothing
//! has failed before.

use super::accesses::{Accesses, Site};
use super::omega::{Budget, Projection, Row};
use super::pairs::BUDGET;
use super::system::{Builder, Side};
use super::{Access, AccessMode, Atom, Linear};
use crate::ir::{Array, Handle, Loop};

/// Conjunctions of what is left open that are worth going on with.
const MOST: usize = 32;

/// Whether a loop may give every thread its own copy of an array.
pub(super) fn is_private(
    accesses: &Accesses,
    sites: &[(Site, Access)],
    carrier: Handle<Loop>,
    array: Handle<Array>,
) -> bool {
    let inside: Vec<(usize, &Site, &Access)> = sites
        .iter()
        .enumerate()
        .filter(|(_, (site, _))| site.array == array && site.loops.contains(&carrier))
        .map(|(position, (site, access))| (position, site, access))
        .collect();
    let direct = |access: &Access| access.subscripts.iter().all(|one| one.mode == AccessMode::Direct);
    // What nobody reads is no work array: all iterations leave their mark in the same place, most likely by mistake.
    let is_read = inside.iter().any(|(_, site, _)| !site.write);
    if !is_read || !inside.iter().all(|(_, _, access)| direct(access)) {
        return false;
    }
    let sure: Vec<(usize, &Site)> = inside
        .iter()
        .filter(|(_, site, _)| site.write && site.sure && !site.is_repeated(carrier))
        .map(|(position, site, _)| (*position, *site))
        .collect();
    if sure.is_empty() {
        return false;
    }
    let writes: Vec<&Site> = inside
        .iter()
        .map(|(_, site, _)| *site)
        .filter(|site| site.write)
        .collect();
    inside.iter().all(|(position, site, _)| {
        let cover = Cover {
            accesses,
            carrier,
            site,
            writes: &writes,
        };
        if site.write {
            cover.holds(sure.iter().map(|(_, write)| (*write, Order::Later)).collect())
        } else {
            let mut before = Vec::new();
            for (earlier, write) in &sure {
                let common = cover.common(write);
                before.extend((0..common).map(|depth| (*write, Order::Earlier(depth))));
                if earlier < position {
                    before.push((*write, Order::Earlier(common)));
                }
            }
            cover.holds(before)
        }
    })
}

/// When a write happens, seen from an access.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// In a later iteration of the loop.
    Later,
    /// In the same iteration of the loop and of so many of the loops inside that are around both; of the next one, if there is
    /// one, in an earlier iteration.
    Earlier(usize),
}

/// The question whether all elements that an access touches are written. Its own counters are those that both sides share.
struct Cover<'a> {
    accesses: &'a Accesses,
    carrier: Handle<Loop>,
    site: &'a Site,
    /// All writes, sure or not.
    writes: &'a [&'a Site],
}

impl Cover<'_> {
    /// How many loops inside the carrier are around both.
    fn common(&self, write: &Site) -> usize {
        let mine = self.site.inside(self.carrier).unwrap_or_default();
        let theirs = write.inside(self.carrier).unwrap_or_default();
        mine.iter().zip(theirs).take_while(|(a, b)| a == b).count()
    }

    fn builder(&self) -> Builder<'_> {
        Builder::new(self.accesses, self.site.loops.clone())
    }

    /// Whether these writes leave nothing open.
    fn holds(&self, writes: Vec<(&Site, Order)>) -> bool {
        let mut open: Vec<Vec<Missed>> = vec![Vec::new()];
        for (write, order) in writes {
            let Some(rows) = self.written(write, order) else {
                continue;
            };
            let mut rest = Vec::new();
            for missed in &open {
                for row in &rows {
                    let mut longer = missed.clone();
                    longer.push(row.clone());
                    if self.touches(&longer, order) {
                        rest.push(longer);
                    }
                }
            }
            if rest.is_empty() {
                return true;
            }
            if rest.len() > MOST {
                return false;
            }
            open = rest;
        }
        // Elements that no other iteration writes are what they were before.
        !self.site.write && open.iter().all(|missed| !self.is_fed(missed))
    }

    /// The elements that a write surely writes, as a conjunction over what both sides share: each row, negated.
    fn written(&self, write: &Site, order: Order) -> Option<Vec<Missed>> {
        let mut builder = self.builder();
        for handle in &write.loops {
            builder.counter(Side::Other, *handle);
        }
        self.places(&mut builder, Side::Other, write)?;
        self.ordered(&mut builder, Side::Other, order)?;
        if !builder.is_exact() {
            return None;
        }
        let mut solved = builder.solutions(&mut Budget(BUDGET))?;
        let (Some(one), true) = (solved.pop(), solved.is_empty()) else {
            return None;
        };
        if !one.exact || one.depends {
            return None;
        }
        let carrier = Atom::Counter(self.carrier);
        let kept: Vec<bool> = one
            .names
            .iter()
            .map(|name| match name {
                Some((Side::Both, _)) => true,
                Some((Side::Other, atom)) => matches!(order, Order::Later) && *atom == carrier,
                _ => false,
            })
            .chain(std::iter::repeat(false))
            .take(one.system.variables())
            .collect();
        let Projection::Conditions {
            zero,
            nonnegative,
            divisible,
            exact: true,
        } = one.system.project(&kept, &mut Budget(BUDGET))
        else {
            return None;
        };
        if !divisible.is_empty() {
            return None;
        }
        let name = |row: &Row, sign: i128| -> Option<Missed> {
            let mut terms = Vec::new();
            for (variable, coefficient) in row.coefficients.iter().enumerate().filter(|(_, c)| **c != 0) {
                let (side, atom) = one.names.get(variable)?.as_ref()?;
                terms.push((*side, atom.clone(), sign * coefficient));
            }
            let constant = sign * row.constant - 1;
            Some(Missed { terms, constant })
        };
        let mut missed = Vec::new();
        for row in &zero {
            missed.push(name(row, 1)?);
            missed.push(name(row, -1)?);
        }
        for row in &nonnegative {
            missed.push(name(row, -1)?);
        }
        Some(missed)
    }

    /// When `side`, which has counters of its own for all loops, comes, seen from the access.
    fn ordered(&self, builder: &mut Builder<'_>, side: Side, order: Order) -> Option<()> {
        let outer = self.accesses.headers[self.carrier].as_ref()?.parents.clone();
        let inner = self.site.inside(self.carrier).unwrap_or_default();
        let (carrier, same) = match order {
            Order::Later => (None, 0),
            Order::Earlier(depth) => (Some(self.carrier), depth),
        };
        for handle in outer.iter().chain(&carrier).chain(&inner[..same]) {
            let counter = Linear::atom(Atom::Counter(*handle));
            let row = builder.gap((side, &counter), (Side::Both, &counter))?;
            builder.zero(row);
        }
        match order {
            Order::Later => builder.after(side, Side::Both, self.carrier),
            Order::Earlier(depth) => match inner.get(depth) {
                Some(next) if builder.knows(side, &Atom::Counter(*next)) => builder.after(Side::Both, side, *next),
                _ => Some(()),
            },
        }
    }

    /// The system of the access, with rows that are at least 0.
    fn access(&self, rows: &[Missed]) -> Option<Builder<'_>> {
        let mut builder = self.builder();
        for handle in &self.site.loops {
            builder.counter(Side::Both, *handle);
        }
        for condition in &self.site.conditions {
            builder.condition(Side::Both, condition);
        }
        self.places(&mut builder, Side::Both, self.site)?;
        for missed in rows {
            let variables: Vec<(usize, i128)> = missed
                .terms
                .iter()
                .map(|(side, atom, coefficient)| (builder.variable(*side, atom), *coefficient))
                .collect();
            let mut row = builder.widened(Row::constant(0, missed.constant));
            for (variable, coefficient) in variables {
                row.coefficients[variable] += coefficient;
            }
            builder.nonnegative(row);
        }
        Some(builder)
    }

    /// Whether the access touches an element for which all these rows are at least 0.
    fn touches(&self, rows: &[Missed], order: Order) -> bool {
        let Some(mut builder) = self.access(rows) else {
            return true;
        };
        if matches!(order, Order::Later) {
            builder.counter(Side::Other, self.carrier);
            if self.ordered(&mut builder, Side::Other, order).is_none() {
                return true;
            }
        }
        builder.satisfiable(&mut Budget(BUDGET)) != Some(false)
    }

    /// Whether an earlier iteration writes such an element.
    fn is_fed(&self, rows: &[Missed]) -> bool {
        self.writes.iter().any(|write| {
            let Some(mut builder) = self.access(rows) else {
                return true;
            };
            for handle in &write.loops {
                builder.counter(Side::Many, *handle);
            }
            let outer = self.accesses.headers[self.carrier]
                .as_ref()
                .map(|header| header.parents.clone());
            let same = outer.unwrap_or_default().iter().try_for_each(|handle| {
                let counter = Linear::atom(Atom::Counter(*handle));
                let row = builder.gap((Side::Many, &counter), (Side::Both, &counter))?;
                builder.zero(row);
                Some(())
            });
            let placed = self.places(&mut builder, Side::Many, write);
            let ordered = builder.after(Side::Both, Side::Many, self.carrier);
            if same.and(placed).and(ordered).is_none() {
                return true;
            }
            builder.satisfiable(&mut Budget(BUDGET)) != Some(false)
        })
    }

    /// The element that an access touches: variables that both sides share.
    fn places(&self, builder: &mut Builder<'_>, side: Side, site: &Site) -> Option<()> {
        for (axis, number) in site.subscripts.iter().enumerate() {
            if number.wraps {
                return None;
            }
            let place = builder.variable(Side::Both, &Atom::Value(u32::MAX - axis as u32));
            let row = builder.row(side, &number.linear)?;
            let mut row = builder.widened(row);
            if builder.is_opaque(&row) {
                return None;
            }
            row.coefficients[place] -= 1;
            builder.zero(row);
        }
        Some(())
    }
}

/// A row over variables by their names.
#[derive(Clone, Debug)]
struct Missed {
    terms: Vec<(Side, Atom, i128)>,
    constant: i128,
}
