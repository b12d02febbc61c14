//! Integer expressions that are linear in loop counters and in values fixed outside.

use crate::ir::{Array, Handle, Input, Loop, Region, Variable};

/// Something a [`Linear`] multiplies by a constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// The counter of an enclosing loop.
    Counter(Handle<Loop>),
    /// The first counter value of a loop, its `start`. In a guard: of the execution that is about to begin.
    First(Handle<Loop>),
    /// The last counter value of a loop that runs at all: `start + (trips - 1) * step`.
    Last(Handle<Loop>),
    /// An integer input, as handed in.
    Input(Handle<Input>),
    /// `array.shape[axis]`.
    Extent(Handle<Array>, u32),
    /// `array.size`.
    Size(Handle<Array>),
    /// An integer variable, as it is where a guard is evaluated. Never in the form of a subscript.
    Variable(Handle<Variable>),
    /// The floor of a linear expression divided by a positive constant.
    Quotient(Box<Linear>, i64),
    /// A linear expression modulo a positive constant, from 0 to below the constant.
    Remainder(Box<Linear>, i64),
    /// The product of two linear expressions, neither of them constant.
    Product(Box<Linear>, Box<Linear>),
    /// The least of several linear expressions.
    Least(Vec<Linear>),
    /// The greatest of several linear expressions.
    Greatest(Vec<Linear>),
    /// Some value that has no linear form, told apart by number; the same number is the same value within one iteration
    /// of the loops around its definition. Never in a guard.
    Value(u32),
}

/// `constant + Σ coefficient · atom`, in exact integer arithmetic.
///
/// Terms are sorted by atom, each atom occurs once, no coefficient is 0: equal expressions are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Linear {
    /// The part without an atom.
    pub constant: i64,
    /// Coefficients and atoms.
    pub terms: Vec<(i64, Atom)>,
}

impl Linear {
    /// A number.
    pub fn constant(value: i64) -> Self {
        Self {
            constant: value,
            terms: Vec::new(),
        }
    }

    /// One atom.
    pub fn atom(atom: Atom) -> Self {
        Self {
            constant: 0,
            terms: vec![(1, atom)],
        }
    }

    /// The number it is, if it has no terms.
    pub fn as_constant(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The coefficient of an atom, 0 if it does not occur (inside other atoms does not count).
    pub fn coefficient(&self, atom: &Atom) -> i64 {
        self.terms.iter().find(|(_, a)| a == atom).map_or(0, |(c, _)| *c)
    }

    /// How much it grows when the counter of `header` grows by 1. `None`: not by a fixed amount (the counter occurs inside
    /// another atom).
    pub fn stride(&self, header: Handle<Loop>) -> Option<i64> {
        let counter = Atom::Counter(header);
        let inside = self
            .terms
            .iter()
            .any(|(_, atom)| atom.parts().iter().any(|part| part.mentions(&counter)));
        (!inside).then(|| self.coefficient(&counter))
    }

    /// Whether an atom occurs, also inside other atoms.
    pub fn mentions(&self, wanted: &Atom) -> bool {
        self.any(&mut |atom| atom == wanted)
    }

    /// Whether some atom, also inside other atoms, satisfies `test`.
    pub fn any(&self, test: &mut dyn FnMut(&Atom) -> bool) -> bool {
        self.terms
            .iter()
            .any(|(_, atom)| test(atom) || atom.parts().iter().any(|part| part.any(test)))
    }

    /// The sum; `None` when a coefficient leaves 64 bits.
    pub fn add(&self, other: &Self) -> Option<Self> {
        self.combine(1, other)
    }

    /// The difference; `None` when a coefficient leaves 64 bits.
    pub fn subtract(&self, other: &Self) -> Option<Self> {
        self.combine(-1, other)
    }

    /// The product with a number; `None` when a coefficient leaves 64 bits.
    pub fn scale(&self, factor: i64) -> Option<Self> {
        Self::default().combine(factor, self)
    }

    /// With a number added; `None` when the constant leaves 64 bits.
    pub fn offset(&self, by: i64) -> Option<Self> {
        let mut sum = self.clone();
        sum.constant = sum.constant.checked_add(by)?;
        Some(sum)
    }

    /// `self + factor * other`; `None` when a coefficient leaves 64 bits.
    pub fn combine(&self, factor: i64, other: &Self) -> Option<Self> {
        let constant = self.constant.checked_add(factor.checked_mul(other.constant)?)?;
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((_, a)), Some((_, b))) => a.cmp(b),
            };
            let mut coefficient = 0_i64;
            let mut atom = None;
            if order.is_le() {
                let (c, a) = left.next()?;
                (coefficient, atom) = (*c, Some(a));
            }
            if order.is_ge() {
                let (c, a) = right.next()?;
                coefficient = coefficient.checked_add(factor.checked_mul(*c)?)?;
                atom = Some(a);
            }
            if coefficient != 0 {
                terms.push((coefficient, atom?.clone()));
            }
        }
        Some(Self { constant, terms })
    }

    /// With numbers from 0 to below `by` that leave the same remainder.
    pub(super) fn modulo(&self, by: i64) -> Self {
        let terms = self.terms.iter().map(|(c, atom)| (c.rem_euclid(by), atom.clone()));
        Self {
            constant: self.constant.rem_euclid(by),
            terms: terms.filter(|(coefficient, _)| *coefficient != 0).collect(),
        }
    }

    /// Half of it, if all its numbers are even.
    pub(super) fn halved(&self) -> Option<Self> {
        let even = self.constant % 2 == 0 && self.terms.iter().all(|(coefficient, _)| coefficient % 2 == 0);
        even.then(|| Self {
            constant: self.constant / 2,
            terms: self.terms.iter().map(|(c, atom)| (c / 2, atom.clone())).collect(),
        })
    }

    /// With an expression in the place of an atom (not inside other atoms); `None` on overflow.
    pub fn substitute(&self, atom: &Atom, by: &Self) -> Option<Self> {
        let coefficient = self.coefficient(atom);
        if coefficient == 0 {
            return Some(self.clone());
        }
        let mut rest = self.clone();
        rest.terms.retain(|(_, a)| a != atom);
        rest.combine(coefficient, by)
    }

    /// Its value, given those of the atoms; `None` when one is unknown or something leaves 128 bits. Atoms made of linear
    /// expressions are asked for first, then computed.
    pub fn evaluate(&self, value: &dyn Fn(&Atom) -> Option<i128>) -> Option<i128> {
        let mut sum = i128::from(self.constant);
        for (coefficient, atom) in &self.terms {
            let term = value(atom).or_else(|| atom.compute(value))?;
            sum = sum.checked_add(term.checked_mul(i128::from(*coefficient))?)?;
        }
        Some(sum)
    }

    /// As Python text: `2*i + n - 1`.
    pub fn text(&self, region: &Region) -> String {
        let mut text = String::new();
        let (plus, minus): (Vec<_>, Vec<_>) = self.terms.iter().partition(|(coefficient, _)| *coefficient > 0);
        for (coefficient, atom) in plus.into_iter().chain(minus) {
            let mut one = atom.text(region);
            // `2*(x)//3` and `-(x)//3` would be read from the left.
            let divides = matches!(atom, Atom::Quotient(..) | Atom::Remainder(..));
            if divides && (coefficient.unsigned_abs() != 1 || *coefficient < 0 && text.is_empty()) {
                one = format!("({one})");
            }
            push_term(&mut text, *coefficient, &one);
        }
        match self.constant {
            0 if !text.is_empty() => {}
            constant if text.is_empty() => text = constant.to_string(),
            constant if constant < 0 => text.push_str(&format!(" - {}", constant.unsigned_abs())),
            constant => text.push_str(&format!(" + {constant}")),
        }
        text
    }
}

/// Adds `coefficient * atom` to a sum.
fn push_term(text: &mut String, coefficient: i64, atom: &str) {
    text.push_str(match (text.is_empty(), coefficient < 0) {
        (true, true) => "-",
        (true, false) => "",
        (false, true) => " - ",
        (false, false) => " + ",
    });
    if coefficient.unsigned_abs() != 1 {
        text.push_str(&format!("{}*", coefficient.unsigned_abs()));
    }
    text.push_str(atom);
}

impl Atom {
    /// The linear expressions it is made of.
    pub fn parts(&self) -> Vec<&Linear> {
        match self {
            Self::Quotient(of, _) | Self::Remainder(of, _) => vec![of],
            Self::Product(left, right) => vec![left, right],
            Self::Least(parts) | Self::Greatest(parts) => parts.iter().collect(),
            Self::Counter(_)
            | Self::First(_)
            | Self::Last(_)
            | Self::Input(_)
            | Self::Extent(..)
            | Self::Size(_)
            | Self::Variable(_)
            | Self::Value(_) => Vec::new(),
        }
    }

    /// The value of an atom that is made of linear expressions.
    fn compute(&self, value: &dyn Fn(&Self) -> Option<i128>) -> Option<i128> {
        let all = |parts: &[Linear]| parts.iter().map(|p| p.evaluate(value)).collect::<Option<Vec<_>>>();
        match self {
            Self::Quotient(of, by) => Some(of.evaluate(value)?.div_euclid(i128::from(*by))),
            Self::Remainder(of, by) => Some(of.evaluate(value)?.rem_euclid(i128::from(*by))),
            Self::Product(left, right) => left.evaluate(value)?.checked_mul(right.evaluate(value)?),
            Self::Least(parts) => all(parts)?.into_iter().min(),
            Self::Greatest(parts) => all(parts)?.into_iter().max(),
            Self::Counter(_)
            | Self::First(_)
            | Self::Last(_)
            | Self::Input(_)
            | Self::Extent(..)
            | Self::Size(_)
            | Self::Variable(_)
            | Self::Value(_) => None,
        }
    }

    /// As Python text, or as close to it as there is.
    pub fn text(&self, region: &Region) -> String {
        let list = |parts: &[Linear]| parts.iter().map(|p| p.text(region)).collect::<Vec<_>>().join(", ");
        match self {
            Self::Counter(header) => region.loops[*header].written.clone(),
            Self::First(header) => format!("first {}", region.loops[*header].written),
            Self::Last(header) => format!("last {}", region.loops[*header].written),
            Self::Input(input) => region.inputs[*input].name.clone(),
            Self::Extent(array, 0) => format!("len({})", region.arrays[*array].name),
            Self::Extent(array, axis) => format!("{}.shape[{axis}]", region.arrays[*array].name),
            Self::Size(array) => format!("{}.size", region.arrays[*array].name),
            Self::Variable(variable) => region.variables[*variable].name.clone(),
            Self::Quotient(of, by) => format!("({})//{by}", of.text(region)),
            Self::Remainder(of, by) => format!("({})%{by}", of.text(region)),
            Self::Product(left, right) => format!("({})*({})", left.text(region), right.text(region)),
            Self::Least(parts) => format!("min({})", list(parts)),
            Self::Greatest(parts) => format!("max({})", list(parts)),
            Self::Value(number) => format!("value {number}"),
        }
    }
}
