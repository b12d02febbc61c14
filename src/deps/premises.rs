//! What would have to hold for the elements of index arrays, so that two accesses never meet.
//!
//! Subscripts such as `a[idx[i]]`, and bounds such as `range(ptr[i], ptr[i + 1])`, are read from arrays that the region does not
//! store to. Some properties of these settle the question: that the elements are distinct, that they are in ascending order,
//! each at least a gap after the one before, or that they lie in a range which other subscripts avoid. Each is supposed in turn,
//! weakest first; what proves that there is no meeting becomes a premise, which a scan at the launch verifies.

use super::accesses::Site;
use super::bounds;
use super::formula::Elements;
use super::omega::Budget;
use super::pairs::{BUDGET, Pair};
use super::system::{Builder, Side};
use super::{Atom, Formula, Linear};
use crate::ir::{Array, Handle};

/// What is supposed of the elements.
#[derive(Clone, Copy, Default)]
struct Supposed {
    distinct: bool,
    ascending: Option<Gap>,
    between: Option<Range>,
}

/// How far elements are apart.
#[derive(Clone, Copy)]
enum Gap {
    /// They may be equal.
    None,
    /// By one more than what is added to them varies.
    Spread,
}

/// Where elements lie.
#[derive(Clone, Copy)]
enum Range {
    /// None is negative.
    Positive,
    /// After all that the other access touches.
    After,
    /// Before all that the other access touches.
    Before,
}

const ATTEMPTS: [Supposed; 10] = {
    let nothing = Supposed {
        distinct: false,
        ascending: None,
        between: None,
    };
    let distinct = Supposed {
        distinct: true,
        ..nothing
    };
    [
        distinct,
        Supposed {
            ascending: Some(Gap::None),
            ..nothing
        },
        Supposed {
            ascending: Some(Gap::Spread),
            ..nothing
        },
        Supposed {
            ascending: Some(Gap::None),
            ..distinct
        },
        Supposed {
            between: Some(Range::Positive),
            ..distinct
        },
        Supposed {
            ascending: Some(Gap::Spread),
            between: Some(Range::Positive),
            ..nothing
        },
        Supposed {
            between: Some(Range::After),
            ..nothing
        },
        Supposed {
            between: Some(Range::Before),
            ..nothing
        },
        Supposed {
            between: Some(Range::Positive),
            ascending: Some(Gap::None),
            ..distinct
        },
        Supposed {
            between: Some(Range::Positive),
            ..nothing
        },
    ]
};

/// For each attempt, the premises under which the pair does not meet as `builder` says; empty: they do not suffice.
pub(super) fn premises(pair: &Pair<'_>, builder: &Builder<'_>) -> Vec<Vec<Formula>> {
    if builder.elements().is_empty() {
        return Vec::new();
    }
    let each = ATTEMPTS.iter().map(|supposed| {
        let mut spared = Vec::new();
        let mut found = attempt(pair, builder, *supposed, &spared).unwrap_or_default();
        // Without what is not needed, the stronger ones last.
        for premise in found.clone().into_iter().rev() {
            if found.len() < 2 {
                break;
            }
            spared.push(subject(&premise));
            match attempt(pair, builder, *supposed, &spared) {
                Some(fewer) => found = fewer,
                None => _ = spared.pop(),
            }
        }
        found
    });
    each.collect()
}

/// The premises of an attempt, if they suffice.
fn attempt(pair: &Pair<'_>, builder: &Builder<'_>, supposed: Supposed, spared: &[Subject]) -> Option<Vec<Formula>> {
    let budget = &mut Budget(BUDGET);
    let mut attempt = Attempt {
        pair,
        builder: builder.clone(),
        premises: Vec::new(),
        spared,
        failed: false,
    };
    if let Some(range) = supposed.between {
        attempt.between(range);
    }
    if supposed.distinct {
        attempt.distinct();
    }
    if let Some(gap) = supposed.ascending {
        attempt.ascending(gap, budget);
    }
    let suffices =
        !attempt.failed && !attempt.premises.is_empty() && attempt.builder.satisfiable(budget) == Some(false);
    suffices.then_some(attempt.premises)
}

/// What a premise says of which array.
#[derive(Clone, Copy, PartialEq)]
enum Subject {
    Distinct(Handle<Array>),
    Ascending(Handle<Array>),
    Between(Handle<Array>),
    Other,
}

fn subject(premise: &Formula) -> Subject {
    match premise {
        Formula::Distinct { elements, .. } => Subject::Distinct(elements.array),
        Formula::Ascending { elements, .. } => Subject::Ascending(elements.array),
        Formula::Between { elements, .. } => Subject::Between(elements.array),
        Formula::True
        | Formula::False
        | Formula::NonNegative(_)
        | Formula::Zero(_)
        | Formula::Divides(..)
        | Formula::All(_)
        | Formula::Any(_)
        | Formula::Not(_) => Subject::Other,
    }
}

struct Attempt<'p, 'a> {
    pair: &'p Pair<'a>,
    builder: Builder<'p>,
    premises: Vec<Formula>,
    /// What is not supposed.
    spared: &'p [Subject],
    /// Whether something was supposed that no premise backs.
    failed: bool,
}

impl Attempt<'_, '_> {
    fn site(&self, side: Side) -> &Site {
        if side == Side::First {
            self.pair.first.0
        } else {
            self.pair.second.0
        }
    }

    /// If the elements used as subscripts are distinct, equal ones stand at equal positions.
    fn distinct(&mut self) {
        let (first, second) = (self.pair.first.0, self.pair.second.0);
        for (axis, (a, b)) in first.subscripts.iter().zip(&second.subscripts).enumerate() {
            let (Some(one), Some(other)) = (self.element(&a.linear), self.element(&b.linear)) else {
                continue;
            };
            if one.array != other.array || one.times != other.times {
                continue;
            }
            let Some(extent) = first.extent_at_launch(axis) else {
                continue;
            };
            // With another factor, or what is not the same for both added, it is the elements themselves that are distinct.
            let constants = one.rest.as_constant().zip(other.rest.as_constant());
            let offset = constants.filter(|(a, b)| a == b && one.times == 1).map(|(a, _)| a);
            let numbers = (one.number, other.number);
            self.apart(one.array, (&one.at, &other.at), offset, extent, numbers);
        }
    }

    /// Two elements of an array are distinct unless their positions are the same. With an `offset`, they are the subscripts, and
    /// equal.
    fn apart(
        &mut self,
        array: Handle<Array>,
        (one, other): (&Linear, &Linear),
        offset: Option<i64>,
        extent: Linear,
        numbers: (u32, u32),
    ) {
        if self.spared.contains(&Subject::Distinct(array)) {
            return;
        }
        // Positions that are elements themselves must be distinct in their turn, negative ones counted from the end.
        let inner = self.element(one).zip(self.element(other)).filter(|(one, other)| {
            let alike = (one.array, one.times, &one.rest) == (other.array, other.times, &other.rest);
            offset.is_some() && alike && one.times == 1
        });
        let inner = inner.and_then(|(one, other)| Some((one.rest.as_constant()?, one, other)));
        let known = self.range(array, [(Side::First, one), (Side::Second, other)]);
        let Some((first, last)) = known.or_else(|| inner.is_some().then(|| whole(array))) else {
            return;
        };
        let done = match offset {
            Some(_) => self.builder.equal(one, other),
            None => self.builder.differ(numbers, one, other),
        };
        if done.is_none() {
            return;
        }
        let elements = Elements { array, first, last };
        self.premises.push(Formula::Distinct {
            elements,
            offset: offset.unwrap_or(0),
            extent,
        });
        if let Some((offset, one, other)) = inner {
            let before = self.premises.len();
            let extent = Linear::atom(Atom::Extent(array, 0));
            let numbers = (one.number, other.number);
            self.apart(one.array, (&one.at, &other.at), Some(offset), extent, numbers);
            self.failed |= self.premises.len() == before;
        }
    }

    /// If elements are in ascending order, so are those at positions of which one is never after the other: row pointers.
    fn ascending(&mut self, gap: Gap, budget: &mut Budget) {
        let gap = match gap {
            Gap::None => Linear::default(),
            Gap::Spread => match self.spread() {
                Some(spread) => spread,
                None => return,
            },
        };
        let elements = self.builder.elements();
        for (position, (one_side, one, array, at)) in elements.iter().enumerate() {
            for (other_side, other, other_array, other_at) in &elements[position + 1..] {
                let spared = self.spared.contains(&Subject::Ascending(*array));
                if spared || array != other_array || (one_side, one) == (other_side, other) {
                    continue;
                }
                let ends = [(*one_side, *one, at), (*other_side, *other, other_at)];
                for (low, high) in [(ends[0], ends[1]), (ends[1], ends[0])] {
                    self.order(*array, low, high, &gap, budget);
                }
            }
        }
    }

    /// Supposes that the element at `low` is not after that at `high`, a gap before it if its position is before, where that is so.
    fn order(
        &mut self,
        array: Handle<Array>,
        low: (Side, u32, &Linear),
        high: (Side, u32, &Linear),
        gap: &Linear,
        budget: &mut Budget,
    ) {
        // Is the position of `low` ever after that of `high`, or the same?
        let mut never = |constant: i128| {
            let mut after = self.builder.clone();
            let Some(mut row) = after.gap((low.0, low.2), (high.0, high.2)) else {
                return false;
            };
            row.constant -= constant;
            after.nonnegative(row);
            after.satisfiable(budget) == Some(false)
        };
        if !never(1) {
            return;
        }
        let distance = if *gap != Linear::default() && never(0) {
            gap.clone()
        } else {
            Linear::default()
        };
        let Some((first, last)) = self.range(array, [(low.0, low.2), (high.0, high.2)]) else {
            return;
        };
        let value = |number: u32| Linear::atom(Atom::Value(number));
        let Some(after) = value(low.1).add(&distance) else {
            return;
        };
        if let Some(row) = self.builder.gap((high.0, &value(high.1)), (low.0, &after)) {
            self.builder.nonnegative(row);
            let elements = Elements { array, first, last };
            self.widen(elements, gap.clone());
        }
    }

    /// Adds a premise of ascending order, to that about other elements of the same array if there is one.
    fn widen(&mut self, elements: Elements, gap: Linear) {
        for known in &mut self.premises {
            if let Formula::Ascending { elements: known, .. } = known
                && known.array == elements.array
            {
                let ends = least(known.first.clone(), elements.first.clone())
                    .zip(greatest(known.last.clone(), elements.last.clone()));
                (known.first, known.last) = ends.unwrap_or_else(|| whole(known.array));
                return;
            }
        }
        self.premises.push(Formula::Ascending { elements, gap });
    }

    /// If elements lie in a range.
    fn between(&mut self, range: Range) {
        let Some(extent) = self.pair.first.0.extent_at_launch(0) else {
            return;
        };
        let others = match range {
            Range::Positive => None,
            Range::After | Range::Before => match self.touched() {
                Some(ends) => Some(ends),
                None => return,
            },
        };
        let ends = match (range, others) {
            (Range::Positive, _) => Some((Linear::default(), extent.offset(-1))),
            (Range::After, Some((_, last))) => last.offset(1).map(|first| (first, extent.offset(-1))),
            (Range::Before, Some((first, _))) => Some((Linear::default(), first.offset(-1))),
            (_, None) => None,
        };
        let Some((low, Some(high))) = ends else { return };
        for (side, number, array, at) in self.builder.elements() {
            if self.spared.contains(&Subject::Between(array)) {
                continue;
            }
            let value = Linear::atom(Atom::Value(number));
            let Some((first, last)) = self.range(array, [(side, &at), (side, &at)]) else {
                continue;
            };
            let rows = [
                self.builder.gap((side, &value), (Side::Both, &low)),
                self.builder.gap((Side::Both, &high), (side, &value)),
            ];
            let [Some(above), Some(below)] = rows else { continue };
            self.builder.nonnegative(above);
            self.builder.nonnegative(below);
            let premise = Formula::Between {
                elements: Elements { array, first, last },
                low: low.clone(),
                high: high.clone(),
            };
            if !self.premises.contains(&premise) {
                self.premises.push(premise);
            }
        }
    }

    /// The range of the one access whose subscripts are known at the launch, of a one-dimensional array.
    fn touched(&self) -> Option<(Linear, Linear)> {
        let known = |side: Side| {
            let site = self.site(side);
            let [number] = &site.subscripts[..] else { return None };
            bounds::at_launch(self.pair.accesses, &site.loops, &number.linear)
        };
        match (known(Side::First), known(Side::Second)) {
            (Some(ends), None) | (None, Some(ends)) => Some(ends),
            _ => None,
        }
    }

    /// One more than the difference between what is added to the elements used as subscripts.
    fn spread(&self) -> Option<Linear> {
        let (first, second) = (self.pair.first.0, self.pair.second.0);
        first.subscripts.iter().zip(&second.subscripts).find_map(|(a, b)| {
            let (one, other) = (self.element(&a.linear)?, self.element(&b.linear)?);
            let ends = |site: &Site, rest: &Linear| bounds::at_launch(self.pair.accesses, &site.loops, rest);
            let (a, b) = (ends(first, &one.rest)?, ends(second, &other.rest)?);
            let (low, high) = (least(a.0, b.0)?, greatest(a.1, b.1)?);
            high.subtract(&low)?.offset(1)
        })
    }

    /// `times * array[at] + rest`, if a subscript has one element of an index array in it.
    fn element(&self, linear: &Linear) -> Option<Element> {
        let mut found = None;
        let mut rest = Linear::constant(linear.constant);
        for (times, atom) in &linear.terms {
            let Atom::Value(number) = atom else {
                rest = rest.combine(*times, &Linear::atom(atom.clone()))?;
                continue;
            };
            let (array, at) = self.pair.accesses.values[*number as usize].element.as_ref()?;
            match (&at[..], &found) {
                ([at], None) => found = Some((*times, *number, *array, at.clone())),
                _ => return None,
            }
        }
        let (times, number, array, at) = found?;
        Some(Element {
            times,
            number,
            array,
            at,
            rest,
        })
    }

    /// Least and greatest of positions over all iterations, as known at the launch; else, where the positions are counters, which
    /// are in bounds whenever their loop runs, the whole array. `None`: a position may be negative, and count from the end.
    fn range(&self, array: Handle<Array>, positions: [(Side, &Linear); 2]) -> Option<(Linear, Linear)> {
        let [one, other] =
            positions.map(|(side, at)| bounds::at_launch(self.pair.accesses, &self.site(side).loops, at));
        let ends = one
            .zip(other)
            .and_then(|(a, b)| least(a.0, b.0).zip(greatest(a.1, b.1)));
        let counters = positions.iter().all(|(_, at)| bounds::is_counter(at));
        ends.or_else(|| counters.then(|| whole(array)))
    }
}

struct Element {
    times: i64,
    number: u32,
    array: Handle<Array>,
    at: Linear,
    rest: Linear,
}

/// All positions of an array.
fn whole(array: Handle<Array>) -> (Linear, Linear) {
    let last = Linear {
        constant: -1,
        terms: vec![(1, Atom::Extent(array, 0))],
    };
    (Linear::default(), last)
}

fn least(a: Linear, b: Linear) -> Option<Linear> {
    let constant = b.subtract(&a)?.as_constant()?;
    Some(if constant < 0 { b } else { a })
}

fn greatest(a: Linear, b: Linear) -> Option<Linear> {
    let constant = b.subtract(&a)?.as_constant()?;
    Some(if constant > 0 { b } else { a })
}
