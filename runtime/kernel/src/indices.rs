//! Scans of index arrays: guards on data, for loops that are parallel only if the elements have some property.
//!
//! A scan reads every element once, on the team's threads where that is worth it. It answers `false` as well when an element
//! or a position is out of bounds, or when the user asks to stop: the careful variant then meets the same thing in order.
//!
//! May touch: abi, parallel, view.

use core::sync::atomic::{AtomicU64, Ordering};

use crate::abi::Host;
use crate::parallel::{Ended, Team};
use crate::view::View;

/// Work of looking at one element, in nanoseconds: a place of its own in a bitmap, or a comparison.
const MARK: f64 = 4.0;
const COMPARE: f64 = 0.6;
/// The same in lanes.
const LOOK: f64 = 0.2;

/// Elements `first..=last` of an array, if they exist: where the first one is, and how many there are.
fn range<T: Copy>(view: &View<T, 1>, first: i128, last: i128) -> Option<(i64, u64)> {
    if last < first {
        return Some((0, 0));
    }
    let exist = first >= 0 && last < i128::from(view.extent(0));
    exist.then_some((first as i64, (last - first + 1) as u64))
}

/// Whether elements `first..=last`, with `offset` added, name different places of an axis of `extent` places. Places from
/// `-extent` to -1 count from the end.
///
/// # Safety
/// `host` is the host of the current call, `view` describes an array that nobody writes meanwhile.
pub unsafe fn distinct<T>(
    host: *const Host,
    view: View<T, 1>,
    first: i128,
    last: i128,
    offset: i64,
    extent: i128,
) -> bool
where
    T: Copy + Into<i128> + Send + Sync,
{
    let Some((start, count)) = range(&view, first, last) else {
        return false;
    };
    if i128::from(count) > extent {
        return count == 0;
    }
    let words = (extent as usize).div_ceil(64);
    let mut marks = Vec::new();
    if marks.try_reserve_exact(words).is_err() {
        return false;
    }
    marks.resize_with(words, || AtomicU64::new(0));
    let marks = &marks[..];
    // SAFETY: the host of the current call.
    let team = unsafe { Team::new(host, 0) };
    let ended = team.run(count, MARK, 0, |range, control| {
        for trip in range {
            // SAFETY: between `first` and `last`, which exist.
            let element: i128 = unsafe { view.get([start + trip as i64]) }.into();
            let place = element + i128::from(offset);
            let place = if place < 0 { place + extent } else { place };
            if !(0..extent).contains(&place) {
                return control.fail(0);
            }
            let (word, bit) = (place as usize / 64, 1_u64 << (place % 64));
            if marks[word].fetch_or(bit, Ordering::Relaxed) & bit != 0 {
                return control.fail(0);
            }
        }
    });
    ended == Ended::Done
}

/// Whether each of the elements `first..=last` is at least `gap` (which is not negative) more than the one before it.
///
/// # Safety
/// As for [`distinct`].
pub unsafe fn ascending<T>(host: *const Host, view: View<T, 1>, first: i128, last: i128, gap: i128) -> bool
where
    T: Copy + Into<i128> + PartialOrd + Send + Sync,
{
    let Some((start, count)) = range(&view, first, last) else {
        return false;
    };
    // SAFETY: the host of the current call.
    let team = unsafe { Team::new(host, 0) };
    let ended = team.run(count.saturating_sub(1), COMPARE, 0, |range, control| {
        let mut fails = false;
        for trip in range {
            let at = start + trip as i64;
            // SAFETY: both are between `first` and `last`, which exist.
            let (low, high) = unsafe { (view.get([at]), view.get([at + 1])) };
            fails |= if gap == 0 {
                high < low
            } else {
                high.into() - low.into() < gap
            };
        }
        if fails {
            control.fail(0);
        }
    });
    ended == Ended::Done
}

/// Whether all elements `first..=last` are at least `low` and at most `high`.
///
/// # Safety
/// As for [`distinct`].
pub unsafe fn between<T>(host: *const Host, view: View<T, 1>, first: i128, last: i128, low: i128, high: i128) -> bool
where
    T: Copy + Into<i128> + Send + Sync,
{
    let Some((start, count)) = range(&view, first, last) else {
        return false;
    };
    // SAFETY: the host of the current call.
    let team = unsafe { Team::new(host, 0) };
    let ended = team.run(count, COMPARE, 0, |range, control| {
        let mut fails = false;
        for trip in range {
            // SAFETY: between `first` and `last`, which exist.
            let element: i128 = unsafe { view.get([start + trip as i64]) }.into();
            fails |= element < low || element > high;
        }
        if fails {
            control.fail(0);
        }
    });
    ended == Ended::Done
}

/// Whether all elements of an array that lie side by side, in order, are at least `low` and at most `high`.
///
/// # Safety
/// As for [`distinct`].
pub unsafe fn all_between<T, const R: usize>(host: *const Host, view: View<T, R>, low: i128, high: i128) -> bool
where
    T: Copy + Ord + Into<i128> + Send + Sync,
{
    if view.is_empty() || !view.is_dense() {
        return view.is_empty();
    }
    // SAFETY: the host of the current call.
    let team = unsafe { Team::new(host, 0) };
    let view = &view;
    let ended = team.run(view.len() as u64, LOOK, 0, |range, control| {
        let length = (range.end - range.start) as usize;
        // SAFETY: elements of the view, side by side, which nobody writes.
        let elements = unsafe { core::slice::from_raw_parts(view.data().add(range.start as usize), length) };
        let Some(first) = elements.first() else { return };
        let (mut least, mut most) = (*first, *first);
        for element in elements {
            least = least.min(*element);
            most = most.max(*element);
        }
        if least.into() < low || most.into() > high {
            control.fail(0);
        }
    });
    ended == Ended::Done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::tests::host;

    fn view(elements: &mut [i32]) -> View<i32, 1> {
        // SAFETY: a slice.
        unsafe { View::from_parts(elements.as_mut_ptr(), [elements.len() as isize], [1]) }
    }

    #[test]
    fn distinct_is_what_a_set_says() {
        let host = host(3);
        let all = |elements: &mut [i32], first, last, offset, extent| {
            let view = view(elements);
            // SAFETY: the host lives, nobody writes.
            unsafe { distinct(&raw const host, view, first, last, offset, extent) }
        };
        assert!(all(&mut [3, 1, 0, 2], 0, 3, 0, 4));
        assert!(!all(&mut [3, 1, 0, 2], 0, 3, 1, 4), "4 is out of bounds");
        assert!(all(&mut [3, 1, 0, 2], 0, 3, -4, 4), "all count from the end");
        assert!(!all(&mut [3, -1, 0], 0, 2, 0, 4), "-1 is 3");
        assert!(!all(&mut [1, 2, 1], 0, 2, 0, 9));
        assert!(all(&mut [1, 2, 1], 0, 1, 0, 9));
        assert!(!all(&mut [1, 2], 0, 2, 0, 9), "the third does not exist");
        assert!(!all(&mut [1, 2], -1, 0, 0, 9));
        assert!(all(&mut [1, 1], 5, 4, 0, 0), "none");
        let mut many: Vec<i32> = (0..100_000).map(|i| (i * 7919) % 100_003).collect();
        assert!(all(&mut many, 0, 99_999, 0, 100_003));
        many[77_777] = many[3];
        assert!(!all(&mut many, 0, 99_999, 0, 100_003));
    }

    #[test]
    fn ascending_compares_neighbours() {
        let host = host(3);
        let spaced = |elements: &mut [i32], first, last, gap| {
            let view = view(elements);
            // SAFETY: the host lives, nobody writes.
            unsafe { ascending(&raw const host, view, first, last, gap) }
        };
        let all = |elements: &mut [i32], first, last| spaced(elements, first, last, 0);
        assert!(spaced(&mut [0, 3, 6], 0, 2, 3) && !spaced(&mut [0, 3, 6], 0, 2, 4));
        assert!(!spaced(&mut [i32::MAX, i32::MIN], 0, 1, 1));
        assert!(all(&mut [0, 2, 2, 5], 0, 3));
        assert!(!all(&mut [0, 2, 1, 5], 0, 3));
        assert!(all(&mut [0, 2, 1, 5], 2, 3));
        assert!(all(&mut [1], 0, 0) && all(&mut [], 0, -1));
        assert!(!all(&mut [0, 1], 0, 2));
        let mut many: Vec<i32> = (0..200_000).collect();
        assert!(all(&mut many, 0, 199_999));
        many[199_999] = 0;
        assert!(!all(&mut many, 0, 199_999));
    }

    #[test]
    fn between_has_both_ends() {
        let host = host(2);
        let all = |elements: &mut [i32], low, high| {
            let view = view(elements);
            let last = elements.len() as i128 - 1;
            // SAFETY: the host lives, nobody writes.
            unsafe { between(&raw const host, view, 0, last, low, high) }
        };
        assert!(all(&mut [3, 5, 4], 3, 5) && all(&mut [], 1, 0));
        assert!(!all(&mut [3, 5, 4], 4, 5) && !all(&mut [3, 5, 4], 3, 4));
    }
}
