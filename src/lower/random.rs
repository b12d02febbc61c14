//! Random generators made in an iteration.
//!
//! `np.random.default_rng([seed, i])` and `np.random.Generator(np.random.Philox(key=seed, counter=i))` are generators of the
//! region's own; their numbers depend on the seed, or on key and counter, alone (`random_seeds` is about seeds). A draw is an
//! effect: it becomes a statement before the expression it stands in, and a temporary takes the number (`random_draws`).
//! Generators from outside, NumPy's global one and Python's `random` are shared between iterations, and refused
//! (`random_shared`).

use super::known::{Known, Library};
use super::lowerer::{Lower, Lowerer};
use super::random_shared::IDIOM;
use super::value::Value;
use crate::diagnostics::{Code, Severity};
use crate::ir::{self, Bits, Conversion, Handle, Source, Words};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// A class of `numpy.random`, or the function that makes its default one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RandomClass {
    Generator,
    Philox,
    Pcg64,
    SeedSequence,
    Default,
}

/// The expressions of a key or counter.
enum Written<'a> {
    One(&'a Expression),
    /// With the conversion that `dtype=np.uint64` asks for.
    List(&'a [Expression], bool),
    /// A literal of more than 63 bits, in words, the lowest first.
    Wide(Vec<u64>, Span),
}

impl RandomClass {
    /// A class by its name in `numpy.random`.
    pub(super) fn find(name: &str) -> Option<Self> {
        match name {
            "Generator" => Some(Self::Generator),
            "Philox" => Some(Self::Philox),
            "PCG64" => Some(Self::Pcg64),
            "SeedSequence" => Some(Self::SeedSequence),
            "default_rng" => Some(Self::Default),
            _ => None,
        }
    }
}

impl<'a> Lowerer<'a> {
    // Generators

    /// `np.random.Philox(…)`, `np.random.Generator(…)`, …
    pub(super) fn random_class(
        &mut self,
        class: RandomClass,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        match class {
            RandomClass::Philox => self.philox(arguments, span),
            RandomClass::Pcg64 | RandomClass::Default => self.pcg64(class, arguments, span),
            RandomClass::SeedSequence => self.seed_sequence(arguments, span),
            RandomClass::Generator => {
                let [argument] = self.positional("Generator", arguments, span)?[..] else {
                    return Err(self.arity("Generator", "one argument", span));
                };
                match self.value(argument)? {
                    Value::Generator(generator, false) if !self.is_sequence(generator) => {
                        Ok(Value::Generator(generator, true))
                    }
                    _ => {
                        let message = "this generator is not made of a `Philox` or `PCG64` of the same iteration";
                        let diagnostic = self.refuse(Code::SharedGenerator, argument.span, message);
                        Err(Box::new(diagnostic.severity(Severity::Error).help(IDIOM)))
                    }
                }
            }
        }
    }

    fn philox(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.given("Philox", &["seed", "counter", "key"], arguments, span)?;
        let none = |slot: Option<&'a Expression>| slot.filter(|one| !matches!(one.kind, ExpressionKind::None));
        if let Some(seed) = none(given.slots[0]) {
            let counter = none(given.slots[1]);
            let early = counter.is_some() && given.order.first() == Some(&1);
            if none(given.slots[2]).is_some() || early {
                return Err(self.arity("Philox", "a seed, and then a counter", span));
            }
            return self.seeded_philox(seed, counter, span);
        }
        let Some(key) = none(given.slots[2]) else {
            let message = "without a seed or a key this `Philox` gives other numbers at every run";
            let diagnostic = self.refuse(Code::SharedGenerator, span, message);
            return Err(Box::new(diagnostic.severity(Severity::Error).help(IDIOM)));
        };
        let written = [self.written(key, 2)?, self.counter_written(none(given.slots[1]))?];
        let order: Vec<usize> = given.order.iter().copied().filter(|at| *at > 0).collect();
        let mut words = self.evaluated(&written, &order)?;
        let counter = match words.pop().flatten() {
            Some(counter) => counter,
            None => Words::Integer(self.int(0, span)),
        };
        let Some(key) = words.pop().flatten() else {
            return Err(self.arity("Philox", "a key", span));
        };
        let generator = self.seeded(Bits::Philox, Source::Key { key, counter }, span);
        Ok(Value::Generator(generator, false))
    }

    /// Makes a generator.
    pub(super) fn seeded(&mut self, bits: Bits, source: Source, span: Span) -> Handle<ir::Generator> {
        let name = self.fresh(match bits {
            Bits::Philox | Bits::Pcg64 => "generator",
            Bits::SeedSequence => "seeds",
        });
        let generator = self.region.generators.append(ir::Generator { name, bits, span });
        let seed = ir::Seed { generator, source };
        self.push(ir::Statement::Seed(Box::new(seed)), span);
        generator
    }

    /// The words of a counter by itself.
    pub(super) fn counter_words(&mut self, counter: Option<&'a Expression>, span: Span) -> Lower<Words> {
        let written = [None, self.counter_written(counter)?];
        let order: &[usize] = if counter.is_some() { &[1] } else { &[] };
        let counter = self.evaluated(&written, order)?.pop().flatten();
        Ok(counter.unwrap_or_else(|| Words::Integer(self.int(0, span))))
    }

    fn counter_written(&mut self, counter: Option<&'a Expression>) -> Lower<Option<Written<'a>>> {
        match counter {
            Some(counter) => self.written(counter, 4),
            None => Ok(None),
        }
    }

    /// How a key or counter is written: an int, a list, `np.array` of a list.
    fn written(&mut self, expression: &'a Expression, count: usize) -> Lower<Option<Written<'a>>> {
        let (items, converted) = match &expression.kind {
            ExpressionKind::List(items) | ExpressionKind::Tuple(items) => (&items[..], false),
            ExpressionKind::Call { function, arguments } if self.is_array_call(function) => {
                match self.array_of(arguments) {
                    Some(found) => found,
                    None => {
                        let message = "this array cannot be translated: write a list of integers";
                        return Err(self.refuse_expression(expression.span, message));
                    }
                }
            }
            ExpressionKind::Integer(digits) if super::expression::integer(digits).is_none() => {
                return match wide(digits, count) {
                    Some(words) => Ok(Some(Written::Wide(words, expression.span))),
                    None => {
                        let message = format!("the integer does not fit {} bits", 64 * count);
                        Err(self.refuse_expression(expression.span, message))
                    }
                };
            }
            _ => return Ok(Some(Written::One(expression))),
        };
        if items.len() != count {
            let message = format!("{count} words are wanted here, not {}", items.len());
            return Err(self.refuse_expression(expression.span, message));
        }
        Ok(Some(Written::List(items, converted)))
    }

    fn is_array_call(&mut self, function: &'a Expression) -> bool {
        let ExpressionKind::Attribute { value, attribute } = &function.kind else {
            return false;
        };
        matches!(attribute.text.as_str(), "array" | "asarray")
            && matches!(value.kind, ExpressionKind::Name(_))
            && matches!(self.value(value), Ok(Value::Library(Library::Numpy)))
    }

    /// The items of `np.array([…])`, and whether `dtype=np.uint64` converts them.
    fn array_of(&mut self, arguments: &'a [Argument]) -> Option<(&'a [Expression], bool)> {
        let (first, more) = arguments.split_first()?;
        let (ArgumentKind::Positional, ExpressionKind::List(items) | ExpressionKind::Tuple(items)) =
            (&first.kind, &first.value.kind)
        else {
            return None;
        };
        match more {
            [] => Some((items, false)),
            [dtype] => {
                let named = match &dtype.kind {
                    ArgumentKind::Positional => true,
                    ArgumentKind::Keyword(name) => name.text == "dtype",
                    ArgumentKind::Star | ArgumentKind::DoubleStar => false,
                };
                let wanted = self.value(&dtype.value);
                (named && matches!(wanted, Ok(Value::Known(Known::Conversion(Conversion::UInt64)))))
                    .then_some((items, true))
            }
            _ => None,
        }
    }

    /// Key (2) and counter (1), evaluated in the order they are written; given back as key, counter.
    fn evaluated(&mut self, written: &[Option<Written<'a>>; 2], order: &[usize]) -> Lower<Vec<Option<Words>>> {
        let place = |at: &usize| usize::from(*at == 1);
        let items = |at: &usize| -> Vec<&'a Expression> {
            match &written[place(at)] {
                Some(Written::One(one)) => vec![one],
                Some(Written::List(items, _)) => items.iter().collect(),
                Some(Written::Wide(..)) | None => Vec::new(),
            }
        };
        let all: Vec<&'a Expression> = order.iter().flat_map(items).collect();
        let mut values = self.operands(&all)?.into_iter();
        let mut words = vec![None, None];
        for at in order {
            words[place(at)] = match &written[place(at)] {
                Some(Written::One(_)) => values.next().map(Words::Integer),
                Some(Written::List(items, converted)) => {
                    let each: Vec<Ex> = values.by_ref().take(items.len()).collect();
                    let each = each.into_iter().map(|one| self.word(one, *converted));
                    Some(Words::Each(each.collect()))
                }
                Some(Written::Wide(words, span)) => {
                    let each = words.iter().map(|word| self.int(*word as i64, *span));
                    Some(Words::Each(each.collect()))
                }
                None => None,
            };
        }
        Ok(words)
    }

    fn word(&mut self, operand: Ex, converted: bool) -> Ex {
        if !converted {
            return operand;
        }
        let span = self.region.spans[operand];
        let to = Conversion::UInt64;
        self.add(ir::Expression::Convert { to, operand }, span)
    }

    /// Calls a generator as the source does.
    pub(super) fn call_generator(&mut self, generator: Handle<ir::Generator>, name: &str) {
        let name = self.fresh(name);
        self.region.generators[generator].name = name;
    }
}

/// The words of an integer literal, the lowest first, if there are no more than `count`.
pub(super) fn wide(digits: &str, count: usize) -> Option<Vec<u64>> {
    let plain: String = digits
        .chars()
        .filter(|letter| *letter != '_')
        .collect::<String>()
        .to_lowercase();
    let (radix, plain) = match plain.get(..2) {
        Some("0x") => (16, &plain[2..]),
        Some("0o") => (8, &plain[2..]),
        Some("0b") => (2, &plain[2..]),
        _ => (10, &plain[..]),
    };
    let mut words = vec![0_u64; count];
    for digit in plain.chars() {
        let mut carry = u128::from(digit.to_digit(radix)?);
        for word in &mut words {
            carry += u128::from(*word) * u128::from(radix);
            *word = carry as u64;
            carry >>= 64;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::wide;

    #[test]
    fn wide_literals() {
        assert_eq!(wide("18446744073709551619", 2), Some(vec![3, 1]));
        assert_eq!(wide("0xFFFF_FFFF_FFFF_FFFF", 2), Some(vec![u64::MAX, 0]));
        assert_eq!(wide("0x1_0000_0000_0000_0000_0000_0000_0000_0000", 2), None);
        assert_eq!(
            wide("0x1_0000_0000_0000_0000_0000_0000_0000_0000", 4),
            Some(vec![0, 0, 1, 0])
        );
    }
}
