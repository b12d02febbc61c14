//! Which iterations meet, by looking at all pairs of accesses.

use std::collections::BTreeSet;

use crate::execute::{DEPTH, Event, RANK, Setting, Trace};
use crate::nest::Access;

/// Later, same, earlier: bits.
pub(crate) const LATER: u8 = 1;
pub(crate) const SAME: u8 = 2;
pub(crate) const EARLIER: u8 = 4;

/// All meetings of two accesses in different iterations of one loop, the first access in the earlier iteration.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) count: u32,
    /// Least and greatest number of iterations between.
    pub(crate) distances: (i32, i32),
    /// For each common loop inside, the directions that occur.
    pub(crate) directions: [u8; DEPTH],
    /// Least number of iterations between where lockstep would change the order.
    pub(crate) crossing: Option<i32>,
}

/// What meets over all settings.
pub(crate) struct Meetings<'a> {
    accesses: &'a [Access],
    /// By earlier access, later access, depth of the loop.
    seen: Vec<Seen>,
    /// The number of common loops.
    common: Vec<usize>,
}

impl<'a> Meetings<'a> {
    pub(crate) fn new(accesses: &'a [Access]) -> Self {
        let pairs = accesses.iter().flat_map(|a| accesses.iter().map(move |b| (a, b)));
        let common = pairs.map(|(a, b)| a.loops.iter().zip(&b.loops).take_while(|(a, b)| a == b).count());
        Self {
            accesses,
            seen: vec![Seen::default(); accesses.len() * accesses.len() * DEPTH],
            common: common.collect(),
        }
    }

    /// What was seen of two accesses; the depth of the loop in which the iterations differ counts from 0.
    pub(crate) fn seen(&self, first: usize, second: usize, depth: usize) -> &Seen {
        &self.seen[(first * self.accesses.len() + second) * DEPTH + depth]
    }

    /// Adds a run; gives, by array, the loops with iterations that meet, as bits by number.
    pub(crate) fn add(&mut self, trace: &Trace, setting: &Setting) -> [u32; 2] {
        let mut elements: Vec<(i64, usize)> = Vec::with_capacity(trace.events.len());
        for (place, event) in trace.events.iter().enumerate() {
            let array = self.accesses[event.access].array;
            elements.push((element(event, array, setting), place));
        }
        elements.sort_unstable();
        let mut met = [0; 2];
        let mut from = 0;
        while from < elements.len() {
            let until = from
                + elements[from..]
                    .iter()
                    .take_while(|(one, _)| *one == elements[from].0)
                    .count();
            let array = self.accesses[trace.events[elements[from].1].access].array;
            for at in from..until {
                for other in at + 1..until {
                    met[array] |= self.pair(&trace.events[elements[at].1], &trace.events[elements[other].1]);
                }
            }
            from = until;
        }
        met
    }

    /// Two accesses of one element, in order.
    fn pair(&mut self, first: &Event, second: &Event) -> u32 {
        let (a, b) = (first.access, second.access);
        if !self.accesses[a].write && !self.accesses[b].write {
            return 0;
        }
        let pair = a * self.accesses.len() + b;
        let common = self.common[pair];
        let Some(depth) = (0..common).find(|depth| first.iterations[*depth] != second.iterations[*depth]) else {
            return 0;
        };
        let distance = second.iterations[depth] - first.iterations[depth];
        let seen = &mut self.seen[pair * DEPTH + depth];
        let (least, most) = seen.distances;
        seen.distances = if seen.count == 0 {
            (distance, distance)
        } else {
            (least.min(distance), most.max(distance))
        };
        seen.count += 1;
        let mut order = std::cmp::Ordering::Equal;
        for inner in depth + 1..common {
            seen.directions[inner] |= match second.counters[inner].cmp(&first.counters[inner]) {
                std::cmp::Ordering::Greater => LATER,
                std::cmp::Ordering::Equal => SAME,
                std::cmp::Ordering::Less => EARLIER,
            };
            order = order.then(second.iterations[inner].cmp(&first.iterations[inner]));
        }
        // In lockstep the operation that stands first is executed first, in all lanes.
        if order.then(b.cmp(&a)).is_le() {
            seen.crossing = Some(seen.crossing.map_or(distance, |least| least.min(distance)));
        }
        1 << self.accesses[a].loops[depth]
    }
}

/// Whether no iteration of a loop reads an element of an array that an earlier one wrote, unless it has written it itself, and
/// the last one writes all that any one writes.
pub(crate) fn is_private(accesses: &[Access], trace: &Trace, setting: &Setting, header: usize, array: usize) -> bool {
    let entries = trace.entries.iter().filter(|entry| entry.number == header);
    for entry in entries {
        let depth = entry.around.len();
        let mut every = BTreeSet::new();
        let mut own = (0, BTreeSet::new());
        for event in &trace.events {
            let access = &accesses[event.access];
            let inside = access.loops.get(depth) == Some(&header) && event.iterations[..depth] == entry.around;
            if access.array != array || !inside {
                continue;
            }
            if event.iterations[depth] != own.0 {
                own = (event.iterations[depth], BTreeSet::new());
            }
            let element = element(event, array, setting);
            if access.write {
                own.1.insert(element);
                every.insert(element);
            } else if every.contains(&element) && !own.1.contains(&element) {
                return false;
            }
        }
        if every != own.1 || i64::from(own.0) != entry.trips - 1 && !every.is_empty() {
            return false;
        }
    }
    true
}

/// A number for an element.
fn element(event: &Event, array: usize, setting: &Setting) -> i64 {
    let mut number = array as i64;
    for axis in 0..RANK {
        let extent = setting.extents[array][axis];
        let subscript = event.subscripts[axis];
        number = number * 1024 + if subscript < 0 { subscript + extent } else { subscript };
    }
    number
}
