//! Conditions on integers that a kernel evaluates.

use super::{Atom, Linear};
use crate::ir::{Array, Handle, Region};

/// A condition on linear expressions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Formula {
    /// Holds.
    True,
    /// Does not hold.
    False,
    /// The expression is at least 0.
    NonNegative(Linear),
    /// The expression is 0.
    Zero(Linear),
    /// The (positive) number divides the expression.
    Divides(i64, Linear),
    /// All hold.
    All(Vec<Formula>),
    /// One of them holds.
    Any(Vec<Formula>),
    /// It does not hold.
    Not(Box<Formula>),
    /// The elements, with `offset` added, name different places along an axis of `extent` places, all of which exist;
    /// places from `-extent` to -1 count from the end.
    Distinct {
        /// The elements.
        elements: Elements,
        /// Added to each.
        offset: i64,
        /// Places of the axis.
        extent: Linear,
    },
    /// Each element is at least `gap` more than the one before it.
    Ascending {
        /// The elements.
        elements: Elements,
        /// At least 0.
        gap: Linear,
    },
    /// All elements are at least `low` and at most `high`.
    Between {
        /// The elements.
        elements: Elements,
        /// The least that is allowed.
        low: Linear,
        /// The greatest that is allowed.
        high: Linear,
    },
}

/// Consecutive elements of a one-dimensional array of integers that the region does not store to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Elements {
    /// The array.
    pub array: Handle<Array>,
    /// Position of the first element.
    pub first: Linear,
    /// Position of the last element; before `first`: there is none.
    pub last: Linear,
}

impl Formula {
    /// `left <= right`; `None` when a coefficient leaves 64 bits.
    pub fn at_most(left: &Linear, right: &Linear) -> Option<Self> {
        Some(Self::NonNegative(right.subtract(left)?).simplified())
    }

    /// `left < right`; `None` when a coefficient leaves 64 bits.
    pub fn less(left: &Linear, right: &Linear) -> Option<Self> {
        Some(Self::NonNegative(right.subtract(left)?.offset(-1)?).simplified())
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::All(vec![self, other]).simplified()
    }

    /// One of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Any(vec![self, other]).simplified()
    }

    /// Without constants, repetitions and needless nesting.
    #[must_use]
    pub fn simplified(self) -> Self {
        match self {
            Self::True | Self::False => self,
            Self::Distinct { .. } | Self::Ascending { .. } | Self::Between { .. } => self,
            Self::NonNegative(ref linear) => decided(linear.as_constant().map(|c| c >= 0), self),
            Self::Zero(ref linear) => decided(linear.as_constant().map(|c| c == 0), self),
            Self::Divides(by, ref linear) => decided(linear.as_constant().map(|c| c.rem_euclid(by) == 0), self),
            Self::All(parts) => flatten(parts, true),
            Self::Any(parts) => flatten(parts, false),
            Self::Not(inner) => match inner.simplified() {
                Self::True => Self::False,
                Self::False => Self::True,
                Self::Not(inner) => *inner,
                inner => Self::Not(Box::new(inner)),
            },
        }
    }

    /// Whether it holds, given the values of the atoms; `None` when one is unknown.
    pub fn evaluate(&self, value: &dyn Fn(&Atom) -> Option<i128>) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::NonNegative(linear) => Some(linear.evaluate(value)? >= 0),
            Self::Zero(linear) => Some(linear.evaluate(value)? == 0),
            Self::Divides(by, linear) => Some(linear.evaluate(value)?.rem_euclid(i128::from(*by)) == 0),
            Self::All(parts) => parts
                .iter()
                .try_fold(true, |all, part| Some(all & part.evaluate(value)?)),
            Self::Any(parts) => parts
                .iter()
                .try_fold(false, |any, part| Some(any | part.evaluate(value)?)),
            Self::Not(inner) => inner.evaluate(value).map(|holds| !holds),
            Self::Distinct { .. } | Self::Ascending { .. } | Self::Between { .. } => None,
        }
    }

    /// Calls `visit` for every linear expression in it.
    pub fn visit_linears(&self, visit: &mut dyn FnMut(&Linear)) {
        match self {
            Self::True | Self::False => {}
            Self::NonNegative(linear) | Self::Zero(linear) | Self::Divides(_, linear) => visit(linear),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit_linears(visit)),
            Self::Not(inner) => inner.visit_linears(visit),
            Self::Distinct { elements, extent, .. } => {
                elements.visit_linears(visit);
                visit(extent);
            }
            Self::Ascending { elements, gap } => {
                elements.visit_linears(visit);
                visit(gap);
            }
            Self::Between { elements, low, high } => {
                elements.visit_linears(visit);
                visit(low);
                visit(high);
            }
        }
    }

    /// Whether evaluating it takes a scan of an array.
    pub fn scans(&self) -> bool {
        match self {
            Self::Distinct { .. } | Self::Ascending { .. } | Self::Between { .. } => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::scans),
            Self::Not(inner) => inner.scans(),
            Self::True | Self::False | Self::NonNegative(_) | Self::Zero(_) | Self::Divides(..) => false,
        }
    }

    /// As Python text: `off == 0 or off >= n`.
    pub fn text(&self, region: &Region) -> String {
        self.text_within(region, 0)
    }

    /// `level`: 0 outermost, 1 an operand of `or`, 2 of `and`, 3 of `not`.
    fn text_within(&self, region: &Region, level: u32) -> String {
        let joined = |parts: &[Self], word: &str, own: u32| {
            let (parts, mut magnitudes) = if own == 1 {
                magnitudes(parts, region)
            } else {
                (parts.iter().collect(), Vec::new())
            };
            let mut parts: Vec<_> = parts.iter().map(|part| part.text_within(region, own)).collect();
            parts.append(&mut magnitudes);
            let text = parts.join(word);
            if level > own - 1 { format!("({text})") } else { text }
        };
        match self {
            Self::True => "True".to_owned(),
            Self::False => "False".to_owned(),
            Self::NonNegative(linear) => comparison(linear, region),
            Self::Zero(linear) => {
                let (left, right) = sides(linear);
                format!("{} == {}", left.text(region), right.text(region))
            }
            Self::Divides(by, linear) => format!("{} % {by} == 0", operand(linear, region)),
            Self::Distinct { elements, .. } => format!("the elements of {} are all different", elements.text(region)),
            Self::Ascending { elements, gap } => match gap.as_constant() {
                Some(0) => format!("the elements of {} never decrease", elements.text(region)),
                _ => format!(
                    "each element of {} is at least {} more than the one before",
                    elements.text(region),
                    gap.text(region)
                ),
            },
            Self::Between { elements, low, high } => format!(
                "the elements of {} are between {} and {}",
                elements.text(region),
                low.text(region),
                high.text(region)
            ),
            Self::All(parts) => joined(parts, " and ", 2),
            Self::Any(parts) => joined(parts, " or ", 1),
            Self::Not(inner) => match &**inner {
                Self::Zero(linear) => {
                    let (left, right) = sides(linear);
                    format!("{} != {}", left.text(region), right.text(region))
                }
                Self::Divides(by, linear) => format!("{} % {by} != 0", operand(linear, region)),
                inner => format!("not {}", inner.text_within(region, 3)),
            },
        }
    }
}

impl Elements {
    fn visit_linears(&self, visit: &mut dyn FnMut(&Linear)) {
        visit(&self.first);
        visit(&self.last);
    }

    /// As Python text: `idx[0:n]`.
    pub fn text(&self, region: &Region) -> String {
        let end = self.last.offset(1).map_or_else(String::new, |end| end.text(region));
        let start = match self.first.as_constant() {
            Some(0) => String::new(),
            _ => self.first.text(region),
        };
        format!("{}[{start}:{end}]", region.arrays[self.array].name)
    }
}

/// Takes pairs `x >= y`, `-x >= y` out of a disjunction; as text, each is `abs(x) >= y`.
fn magnitudes<'f>(parts: &'f [Formula], region: &Region) -> (Vec<&'f Formula>, Vec<String>) {
    let mut rest: Vec<&Formula> = parts.iter().collect();
    let mut texts = Vec::new();
    let mut position = 0;
    while position < rest.len() {
        let found = rest.iter().enumerate().skip(position + 1).find_map(|(other, part)| {
            let (Formula::NonNegative(a), Formula::NonNegative(b)) = (rest[position], *part) else {
                return None;
            };
            let (twice, bound) = (a.subtract(b)?, a.add(b)?.scale(-1)?);
            let [(2 | -2, atom)] = &twice.terms[..] else {
                return None;
            };
            let half = bound.halved().filter(|_| twice.constant == 0)?;
            Some((other, format!("abs({}) >= {}", atom.text(region), half.text(region))))
        });
        match found {
            Some((other, text)) => {
                rest.remove(other);
                rest.remove(position);
                texts.push(text);
            }
            None => position += 1,
        }
    }
    (rest, texts)
}

/// An expression as an operand of `%`.
fn operand(linear: &Linear, region: &Region) -> String {
    match linear.terms[..] {
        [(1, _)] if linear.constant == 0 => linear.text(region),
        _ => format!("({})", linear.text(region)),
    }
}

/// A constant condition if its truth is known.
fn decided(truth: Option<bool>, open: Formula) -> Formula {
    match truth {
        Some(true) => Formula::True,
        Some(false) => Formula::False,
        None => open,
    }
}

/// The conjunction (`all`) or disjunction of the parts.
fn flatten(parts: Vec<Formula>, all: bool) -> Formula {
    let (neutral, absorbing) = if all {
        (Formula::True, Formula::False)
    } else {
        (Formula::False, Formula::True)
    };
    let mut flat: Vec<Formula> = Vec::new();
    for part in parts {
        let inner = match part.simplified() {
            Formula::All(inner) if all => inner,
            Formula::Any(inner) if !all => inner,
            other => vec![other],
        };
        for part in inner {
            if part == absorbing {
                return absorbing;
            }
            if part != neutral && !flat.contains(&part) {
                flat.push(part);
            }
        }
    }
    match flat.len() {
        0 => neutral,
        1 => flat.swap_remove(0),
        _ if all => Formula::All(flat),
        _ => Formula::Any(flat),
    }
}

/// Two expressions whose difference it is, with positive coefficients as far as possible: what is at least 0 compares them.
pub fn sides(linear: &Linear) -> (Linear, Linear) {
    let (mut left, mut right) = (Linear::default(), Linear::default());
    for (coefficient, atom) in &linear.terms {
        if *coefficient > 0 {
            left.terms.push((*coefficient, atom.clone()));
        } else {
            right.terms.push((coefficient.saturating_neg(), atom.clone()));
        }
    }
    // A constant alone reads better on the right: `n >= 2`.
    if left.terms.is_empty() {
        left.constant = linear.constant;
    } else if right.terms.is_empty() || linear.constant <= 0 {
        right.constant = linear.constant.saturating_neg();
    } else {
        left.constant = linear.constant;
    }
    (left, right)
}

/// `left >= right`, written with `<`, `<=` or `>=`, whichever needs no `- 1`.
fn comparison(linear: &Linear, region: &Region) -> String {
    let (left, right) = sides(linear);
    if right.constant == 1 && !right.terms.is_empty() && left.constant == 0 {
        let mut right = right;
        right.constant = 0;
        return format!("{} < {}", right.text(region), left.text(region));
    }
    if left.terms.is_empty() {
        return format!("{} <= {}", right.text(region), left.text(region));
    }
    format!("{} >= {}", left.text(region), right.text(region))
}
