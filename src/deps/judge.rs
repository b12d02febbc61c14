//! The verdict on every loop, with reasons a user can check.

use super::accesses::{Accesses, Site};
use super::arrays::array_reductions;
use super::pairs::{Meeting, Solution, meeting};
use super::scalars::{Scalars, scalars};
use super::{
    Access, AccessMode, Atom, Dependence, DependenceKind, Direction, Formula, Legality, LoopFacts, Place, Witness,
    WitnessAccess,
};
use crate::infer::Types;
use crate::ir::{self, Handle, Loop, Region, Statement};
use crate::source::Span;

/// Facts of one loop, without the verdict in words, and where the trouble is, if there is any.
pub(super) fn judge(
    region: &Region,
    types: Option<&Types>,
    accesses: &Accesses,
    sites: &[(Site, Access)],
    handle: Handle<Loop>,
) -> (LoopFacts, Option<(Span, String)>) {
    let found = scalars(region, types, handle);
    let array_reductions = array_reductions(region, sites, handle);
    let inside: Vec<&(Site, Access)> = sites
        .iter()
        .filter(|(site, _)| {
            site.loops.contains(&handle) && !array_reductions.iter().any(|one| one.target == site.array)
        })
        .collect();
    let mut judging = Judging {
        region,
        accesses,
        handle,
        carried: Vec::new(),
        worst: Legality::Proven,
        label: None,
    };
    if accesses.headers[handle].is_none() {
        judging.worst = Legality::Proven;
    }
    judging.scalars(&found);
    let breaks = has_break(&region.loops[handle].body);
    if breaks {
        judging.unproven("`break` leaves the loop: which iterations run depends on the earlier ones".to_owned());
    }
    for (position, first) in inside.iter().enumerate() {
        for second in &inside[position..] {
            if first.0.array == second.0.array && (first.0.write || second.0.write) {
                judging.pair(first, second);
            }
        }
    }
    // Array elements that are combined in another order only meet in ways that do not matter.
    let legality = judging.worst.clone();
    let facts = LoopFacts {
        simd: legality.clone(),
        parallel: legality,
        lanes: None,
        carried: judging.carried,
        reductions: found.reductions,
        array_reductions,
        private: found.private,
        lastprivate: found.lastprivate,
        breaks,
        judgement: None,
    };
    (facts, judging.label)
}

struct Judging<'a, 'r> {
    region: &'r Region,
    accesses: &'a Accesses,
    handle: Handle<Loop>,
    carried: Vec<Dependence>,
    worst: Legality,
    /// Where the trouble is.
    label: Option<(Span, String)>,
}

impl Judging<'_, '_> {
    fn unproven(&mut self, why: String) {
        if self.worst.is_legal() {
            self.worst = Legality::Unproven(why);
        }
    }

    fn scalars(&mut self, found: &Scalars) {
        for (variable, span, why) in &found.carried {
            let name = self.region.variables[*variable].name.clone();
            let counter = self.region.loops[self.handle].name.clone();
            let write = self.region.variables[*variable].span;
            if why.starts_with("is read") {
                let text = format!("iteration {counter}=0 assigns `{name}`, iteration {counter}=1 reads that value");
                let access = |span, write| WitnessAccess {
                    name: name.clone(),
                    write,
                    span,
                };
                let witness = Witness {
                    text,
                    iterations: [vec![(counter.clone(), 0)], vec![(counter.clone(), 1)]],
                    accesses: [access(write, true), access(*span, false)],
                };
                self.carried.push(Dependence {
                    kind: DependenceKind::Flow,
                    source: Place::Variable(*variable),
                    sink: Place::Variable(*variable),
                    distance: None,
                    directions: vec![(
                        self.handle,
                        Direction {
                            later: true,
                            same: false,
                            earlier: false,
                        },
                    )],
                });
                self.label = Some((*span, format!("`{name}` {why}")));
                self.worst = Legality::Refuted(witness);
                return;
            }
            self.label.get_or_insert((*span, format!("`{name}` {why}")));
            self.unproven(format!("`{name}` {why}"));
        }
    }

    /// Whether two sites meet in different iterations, whichever comes first.
    fn pair(&mut self, a: &(Site, Access), b: &(Site, Access)) {
        let modes = |one: &(Site, Access)| {
            one.1
                .subscripts
                .iter()
                .map(|subscript| subscript.mode)
                .collect::<Vec<AccessMode>>()
        };
        let (a_modes, b_modes) = (modes(a), modes(b));
        for (first, first_modes, second, second_modes) in [(a, &a_modes, b, &b_modes), (b, &b_modes, a, &a_modes)] {
            match meeting(
                self.accesses,
                self.handle,
                (&first.0, first_modes),
                (&second.0, second_modes),
            ) {
                Meeting::Never => {}
                Meeting::If(formula) => self.guarded(formula),
                Meeting::Surely(solution) => {
                    self.refuted(&first.0, &second.0, &solution);
                    return;
                }
                Meeting::Unknown(why) => {
                    let name = &self.region.arrays[first.0.array].name;
                    self.label.get_or_insert((
                        second.0.span,
                        format!("another iteration may touch this element of `{name}`"),
                    ));
                    self.unproven(format!("`{name}`: {why}"));
                }
            }
            if a.0.place == b.0.place {
                break;
            }
        }
    }

    fn guarded(&mut self, meets: Formula) {
        let condition = Formula::Not(Box::new(meets)).simplified();
        self.worst = match std::mem::replace(&mut self.worst, Legality::Proven) {
            Legality::Proven => Legality::Guarded(condition),
            Legality::Guarded(other) => Legality::Guarded(other.and(condition)),
            other => other,
        };
    }

    fn refuted(&mut self, first: &Site, second: &Site, solution: &Solution) {
        if let Legality::Refuted(_) = self.worst {
            return;
        }
        let counters = |values: &[(Atom, i128)]| {
            let mut named: Vec<(String, i64)> = values
                .iter()
                .filter_map(|(atom, value)| {
                    let name = match atom {
                        Atom::Counter(header) => self.region.loops[*header].name.clone(),
                        Atom::Input(input) => self.region.inputs[*input].name.clone(),
                        Atom::Extent(array, axis) => format!("{}.shape[{axis}]", self.region.arrays[*array].name),
                        _ => return None,
                    };
                    Some((name, i64::try_from(*value).ok()?))
                })
                .collect();
            named.sort();
            named
        };
        let iterations = [counters(&solution.first), counters(&solution.second)];
        let name = self.region.arrays[first.array].name.clone();
        let element = |site: &Site, values: &[(Atom, i128)]| {
            let value = |atom: &Atom| values.iter().find(|(known, _)| known == atom).map(|(_, value)| *value);
            let each = site.subscripts.iter().map(|number| {
                number
                    .linear
                    .evaluate(&value)
                    .map_or_else(|| "?".to_owned(), |value| value.to_string())
            });
            format!("{name}[{}]", each.collect::<Vec<_>>().join(", "))
        };
        let does = |site: &Site| if site.write { "writes" } else { "reads" };
        let counter = &self.region.loops[self.handle].name;
        let number = |values: &[(String, i64)]| {
            values
                .iter()
                .find(|(name, _)| name == counter)
                .map_or(0, |(_, value)| *value)
        };
        let text = format!(
            "iteration {counter}={} {} {}, iteration {counter}={} {} {}",
            number(&iterations[0]),
            does(first),
            element(first, &solution.first),
            number(&iterations[1]),
            does(second),
            element(second, &solution.second)
        );
        let kind = match (first.write, second.write) {
            (true, false) => DependenceKind::Flow,
            (false, _) => DependenceKind::Anti,
            (true, true) => DependenceKind::Output,
        };
        self.carried.push(Dependence {
            kind,
            source: first.place,
            sink: second.place,
            distance: None,
            directions: vec![(
                self.handle,
                Direction {
                    later: true,
                    same: false,
                    earlier: false,
                },
            )],
        });
        let access = |site: &Site| WitnessAccess {
            name: name.clone(),
            write: site.write,
            span: site.span,
        };
        self.label = Some((second.span, format!("the later iteration {} here", does(second))));
        self.worst = Legality::Refuted(Witness {
            text,
            iterations,
            accesses: [access(first), access(second)],
        });
    }
}

/// Whether a `break` leaves this very loop.
fn has_break(block: &ir::Block) -> bool {
    block.statements.iter().any(|(statement, _)| match statement {
        Statement::Break => true,
        Statement::If { accept, reject, .. } => has_break(accept) || has_break(reject),
        _ => false,
    })
}

/// Whether accesses of two arrays never meet in different iterations of a loop even if both are the same array.
pub(super) fn independent_as_one(
    accesses: &Accesses,
    sites: &[(Site, Access)],
    handle: Handle<Loop>,
    a: Handle<ir::Array>,
    b: Handle<ir::Array>,
) -> bool {
    let of = |array: Handle<ir::Array>| {
        sites
            .iter()
            .filter(move |(site, _)| site.array == array && site.loops.contains(&handle))
    };
    let modes = |access: &Access| {
        access
            .subscripts
            .iter()
            .map(|subscript| subscript.mode)
            .collect::<Vec<_>>()
    };
    of(a).all(|(one, access)| {
        of(b).all(|(other, other_access)| {
            if !one.write && !other.write {
                return true;
            }
            // The same view has the same extents: name them by one of the arrays.
            let mut renamed = other.clone();
            for number in &mut renamed.subscripts {
                number.linear = same_extents(&number.linear, b, a);
            }
            let (mine, theirs) = (modes(access), modes(other_access));
            one.subscripts.len() == renamed.subscripts.len()
                && meeting(accesses, handle, (one, &mine), (&renamed, &theirs)) == Meeting::Never
                && meeting(accesses, handle, (&renamed, &theirs), (one, &mine)) == Meeting::Never
        })
    })
}

fn same_extents(linear: &super::Linear, from: Handle<ir::Array>, to: Handle<ir::Array>) -> super::Linear {
    let mut result = linear.clone();
    for (_, atom) in &mut result.terms {
        if let Atom::Extent(array, _) | Atom::Size(array) = atom
            && *array == from
        {
            *array = to;
        }
    }
    result.terms.sort_by(|a, b| a.1.cmp(&b.1));
    result
}
