//! Nests of loops as one iteration space.
//!
//! A space gives out *units*, numbered from 0 in the order of the loops: [`Joined`] iterations of all loops together, or whole
//! rows of them where there are plenty; [`Tiles`] blocks of neighbouring ones. A task gets a range of units and asks for its *boxes*: ranges of trip numbers, one for each
//! loop, outermost first, in the order in which a single thread would run them.
//!
//! A loop inside that has no iterations counts as one with one iteration, since the loops around it run all the same;
//! [`Steps::part`] leaves nothing of it.
//!
//! May touch: entry.

use core::ops::Range;

use crate::entry::Steps;

/// Trip numbers of each loop of a nest.
pub type Part<const N: usize> = [Range<u64>; N];

/// The trip counts that make up a space.
fn counts<const N: usize>(steps: [Steps; N]) -> [u64; N] {
    core::array::from_fn(|level| steps[level].trips().max(u64::from(level > 0)))
}

/// Units that are plenty: the loops inside those that make up so many are not taken apart. A constant, since how a reduction is
/// cut into blocks must depend on the trip counts alone.
const PLENTY: u64 = 256;

/// All iterations of a nest.
#[derive(Clone, Copy, Debug)]
pub struct Joined<const N: usize> {
    counts: [u64; N],
    /// Iterations of the loops inside each.
    inside: [u64; N],
    /// Iterations of a unit.
    each: u64,
}

impl<const N: usize> Joined<N> {
    /// The loops' steps, outermost first.
    #[inline(always)]
    pub fn new(steps: [Steps; N]) -> Self {
        let counts = counts(steps);
        let mut inside = [1_u64; N];
        for level in (1..N).rev() {
            inside[level - 1] = inside[level].saturating_mul(counts[level]);
        }
        let all = counts[0].saturating_mul(inside[0]);
        let each = inside.into_iter().find(|each| all / each >= PLENTY).unwrap_or(1);
        Joined { counts, inside, each }
    }
    /// How many units there are.
    #[inline(always)]
    pub fn units(self) -> u64 {
        self.counts[0].saturating_mul(self.inside[0]) / self.each
    }
    /// How many iterations a unit holds.
    #[inline(always)]
    pub fn each(self) -> u64 {
        self.each
    }
    /// The iterations of a range of units, whole rows together.
    #[inline(always)]
    pub fn boxes(self, range: Range<u64>) -> impl Iterator<Item = Part<N>> {
        let (mut at, end) = (range.start * self.each, range.end * self.each);
        core::iter::from_fn(move || {
            (at < end).then(|| {
                let (part, taken) = self.longest(at, end - at);
                at += taken;
                part
            })
        })
    }
    /// The biggest box that starts at an iteration and holds `most` at most, and how many it holds.
    fn longest(self, at: u64, most: u64) -> (Part<N>, u64) {
        let whole = |level: usize| at.is_multiple_of(self.inside[level]) && most >= self.inside[level];
        let level = (0..N).find(|level| whole(*level)).unwrap_or(N - 1);
        let index = |level: usize| at / self.inside[level] % self.counts[level];
        let end = self.counts[level].min(index(level) + most / self.inside[level]);
        let part = core::array::from_fn(|each| match each.cmp(&level) {
            core::cmp::Ordering::Less => index(each)..index(each) + 1,
            core::cmp::Ordering::Equal => index(each)..end,
            core::cmp::Ordering::Greater => 0..self.counts[each],
        });
        (part, (end - index(level)) * self.inside[level])
    }
}

/// The tiles of a nest, of which the first `S` loops' are units; a unit holds the tiles of all loops inside these.
#[derive(Clone, Copy, Debug)]
pub struct Tiles<const N: usize, const S: usize> {
    counts: [u64; N],
    sizes: [u64; N],
}

impl<const N: usize, const S: usize> Tiles<N, S> {
    /// The loops' steps and the sizes of a tile, none of them 0, outermost first.
    #[inline(always)]
    pub fn new(steps: [Steps; N], sizes: [u64; N]) -> Self {
        let trips = counts(steps);
        let counts = core::array::from_fn(|level| trips[level].div_ceil(sizes[level]));
        Tiles { counts, sizes }
    }
    fn product(self, levels: Range<usize>) -> u64 {
        self.counts[levels]
            .iter()
            .fold(1, |product, count| product.saturating_mul(*count))
    }
    /// How many units there are.
    #[inline(always)]
    pub fn units(self) -> u64 {
        self.product(0..S)
    }
    /// The tiles of a range of units, one after the other.
    #[inline(always)]
    pub fn boxes(self, range: Range<u64>) -> impl Iterator<Item = Part<N>> {
        let each = self.product(S..N);
        (range.start * each..range.end * each).map(move |tile| {
            let mut rest = tile;
            let mut part: Part<N> = core::array::from_fn(|_| 0..0);
            for level in (0..N).rev() {
                let first = rest % self.counts[level] * self.sizes[level];
                rest /= self.counts[level];
                part[level] = first..first + self.sizes[level];
            }
            part
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps<const N: usize>(counts: [i64; N]) -> [Steps; N] {
        counts.map(|count| Steps::new(0, count, 1))
    }

    /// The points of boxes in order, clipped to the loops as `Steps::part` does.
    fn points<const N: usize>(counts: [i64; N], boxes: impl Iterator<Item = Part<N>>) -> Vec<[i64; N]> {
        let mut points = Vec::new();
        for part in boxes {
            let mut each = vec![[0; N]];
            for (level, range) in part.into_iter().enumerate() {
                let values: Vec<i64> = Steps::new(0, counts[level], 1).part(range).values().collect();
                let longer = |point: &[i64; N]| {
                    let mut point = *point;
                    values
                        .clone()
                        .into_iter()
                        .map(move |value| {
                            point[level] = value;
                            point
                        })
                        .collect::<Vec<_>>()
                };
                each = each.iter().flat_map(longer).collect();
            }
            points.extend(each);
        }
        points
    }

    fn all([a, b, c]: [i64; 3]) -> Vec<[i64; 3]> {
        (0..a)
            .flat_map(|i| (0..b).flat_map(move |j| (0..c).map(move |k| [i, j, k])))
            .collect()
    }

    const SHAPES: [[i64; 3]; 10] = [
        [2, 150, 2],
        [300, 2, 2],
        [2, 3, 4],
        [1, 1, 1],
        [5, 1, 3],
        [1, 7, 2],
        [4, 4, 1],
        [0, 3, 3],
        [3, 0, 2],
        [3, 2, 0],
    ];

    #[test]
    fn joined_boxes_are_the_iterations_in_order() {
        for shape in SHAPES {
            let space = Joined::new(steps(shape));
            for length in [1, 2, 3, 5, 7, 11, 64] {
                let pieces = (0..space.units()).step_by(length);
                let boxes = pieces.flat_map(|first| space.boxes(first..space.units().min(first + length as u64)));
                assert_eq!(points(shape, boxes), all(shape), "{shape:?} by {length}");
            }
        }
    }

    #[test]
    fn whole_rows_are_one_box() {
        let space = Joined::new(steps([4, 10]));
        assert_eq!(
            space.boxes(7..33).collect::<Vec<_>>(),
            [[0..1, 7..10], [1..3, 0..10], [3..4, 0..3]]
        );
        assert_eq!(space.boxes(0..40).count(), 1);
        assert_eq!((space.units(), space.each()), (40, 1));
        let space = Joined::new(steps([3, 200, 10]));
        assert_eq!((space.units(), space.each()), (600, 10));
        assert_eq!(
            space.boxes(199..201).collect::<Vec<_>>(),
            [[0..1, 199..200, 0..10], [1..2, 0..1, 0..10]]
        );
    }

    #[test]
    fn tiles_hold_every_iteration_once() {
        for shape in SHAPES {
            for sizes in [[1, 1, 1], [2, 2, 3], [8, 1, 2], [3, 64, 64]] {
                let space = Tiles::<3, 2>::new(steps(shape), sizes);
                let boxes = (0..space.units()).flat_map(|unit| space.boxes(unit..unit + 1));
                let mut found = points(shape, boxes);
                found.sort_unstable();
                assert_eq!(found, all(shape), "{shape:?} by {sizes:?}");
            }
        }
    }

    #[test]
    fn tiles_of_a_unit_are_those_of_the_loops_inside() {
        let space = Tiles::<2, 1>::new(steps([4, 6]), [2, 4]);
        assert_eq!(space.units(), 2);
        assert_eq!(space.boxes(1..2).collect::<Vec<_>>(), [[2..4, 0..4], [2..4, 4..8]]);
    }
}
