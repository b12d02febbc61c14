//! Generators made from seeds, which NumPy hashes: `default_rng(seed)`, `PCG64(seed)`, `Philox(seed)`, and the `SeedSequence` that
//! stands between.

use super::lowerer::{Lower, Lowerer};
use super::random::{RandomClass, wide};
use super::random_shared::IDIOM;
use super::value::Value;
use crate::diagnostics::{Code, Severity};
use crate::ir::{self, Bits, Handle, Source, Words};
use crate::python::{Argument, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// The most words of 64 bits that a literal seed may have.
const WIDEST: usize = 64;

/// What a generator is asked to be made from.
enum Seeding {
    /// A sequence of seeds, or the generator there already is.
    Made(Handle<ir::Generator>, bool),
    /// The integers of a seed.
    Integers(Vec<Ex>),
}

impl<'a> Lowerer<'a> {
    /// `np.random.default_rng(seed)` and `np.random.PCG64(seed)`
    pub(super) fn pcg64(&mut self, class: RandomClass, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let is_default = class == RandomClass::Default;
        let name = if is_default { "default_rng" } else { "PCG64" };
        let given = self.given(name, &["seed"], arguments, span)?;
        let Some(seed) = given.slots[0].filter(|one| !matches!(one.kind, ExpressionKind::None)) else {
            let message = format!("without a seed this `{name}` gives other numbers at every run");
            let diagnostic = self.refuse(Code::SharedGenerator, span, message);
            return Err(Box::new(diagnostic.severity(Severity::Error).help(IDIOM)));
        };
        let sequence = match self.seeding(seed)? {
            Seeding::Made(generator, _) if is_default && !self.is_sequence(generator) => {
                return Ok(Value::Generator(generator, true));
            }
            Seeding::Made(generator, false) if self.is_sequence(generator) => generator,
            Seeding::Made(..) => return Err(self.no_seed(seed.span)),
            Seeding::Integers(integers) => self.hashed(integers, Vec::new(), span),
        };
        let counter = None;
        let generator = self.seeded(Bits::Pcg64, Source::Sequence { sequence, counter }, span);
        Ok(Value::Generator(generator, is_default))
    }

    /// `np.random.Philox(seed, counter)`
    pub(super) fn seeded_philox(
        &mut self,
        seed: &'a Expression,
        counter: Option<&'a Expression>,
        span: Span,
    ) -> Lower<Value<'a>> {
        let seeding = self.seeding(seed)?;
        let mark = self.mark();
        let counter = self.counter_words(counter, span)?;
        let sequence = match seeding {
            Seeding::Made(generator, false) if self.is_sequence(generator) => generator,
            Seeding::Made(..) => return Err(self.no_seed(seed.span)),
            Seeding::Integers(mut integers) => {
                self.keep(&mut integers, mark);
                self.hashed(integers, Vec::new(), span)
            }
        };
        let counter = Some(counter);
        let generator = self.seeded(Bits::Philox, Source::Sequence { sequence, counter }, span);
        Ok(Value::Generator(generator, false))
    }

    /// `np.random.SeedSequence(entropy, spawn_key=…)`
    pub(super) fn seed_sequence(&mut self, arguments: &'a [Argument], span: Span) -> Lower<Value<'a>> {
        let given = self.given("SeedSequence", &["entropy", "spawn_key"], arguments, span)?;
        let Some(entropy) = given.slots[0].filter(|one| !matches!(one.kind, ExpressionKind::None)) else {
            let message = "without an entropy this `SeedSequence` gives other numbers at every run";
            let diagnostic = self.refuse(Code::SharedGenerator, span, message);
            return Err(Box::new(diagnostic.severity(Severity::Error).help(IDIOM)));
        };
        if given.order.first() == Some(&1) {
            return Err(self.arity("SeedSequence", "the entropy first", span));
        }
        let Seeding::Integers(mut integers) = self.seeding(entropy)? else {
            return Err(self.no_seed(entropy.span));
        };
        let mut spawned = Vec::new();
        if let Some(key) = given.slots[1] {
            let mark = self.mark();
            spawned = match &key.kind {
                ExpressionKind::Tuple(items) | ExpressionKind::List(items) => self.integers_of(items)?,
                _ => {
                    let message = "a `spawn_key` must be written as a tuple here";
                    return Err(self.refuse_expression(key.span, message));
                }
            };
            self.keep(&mut integers, mark);
        }
        let sequence = self.hashed(integers, spawned, span);
        Ok(Value::Generator(sequence, false))
    }

    fn hashed(&mut self, entropy: Vec<Ex>, spawn_key: Vec<Ex>, span: Span) -> Handle<ir::Generator> {
        let source = Source::Entropy {
            entropy: Words::Each(entropy),
            spawn_key: Words::Each(spawn_key),
        };
        self.seeded(Bits::SeedSequence, source, span)
    }

    /// Whether it is a sequence of seeds and no generator.
    pub(super) fn is_sequence(&self, generator: Handle<ir::Generator>) -> bool {
        self.region.generators[generator].bits == Bits::SeedSequence
    }

    fn no_seed(&self, span: Span) -> Box<crate::diagnostics::Diagnostic> {
        self.refuse_expression(span, "a seed is an integer, a list of integers or a `SeedSequence`")
    }

    fn seeding(&mut self, seed: &'a Expression) -> Lower<Seeding> {
        match &seed.kind {
            ExpressionKind::List(items) | ExpressionKind::Tuple(items) if items.is_empty() => {
                Err(self.refuse_expression(seed.span, "a seed of no integers cannot be translated"))
            }
            ExpressionKind::List(items) | ExpressionKind::Tuple(items) => {
                Ok(Seeding::Integers(self.integers_of(items)?))
            }
            ExpressionKind::Integer(_) => Ok(Seeding::Integers(self.integers_of(std::slice::from_ref(seed))?)),
            _ => match self.value(seed)? {
                Value::Generator(generator, made) => Ok(Seeding::Made(generator, made)),
                Value::Tuple(items) => {
                    let each: Lower<Vec<Ex>> = items.into_iter().map(|item| self.number(item, seed.span)).collect();
                    Ok(Seeding::Integers(each?))
                }
                value => Ok(Seeding::Integers(vec![self.number(value, seed.span)?])),
            },
        }
    }

    /// Integers as they are hashed: a literal of more than 63 bits by its halves of words, each of which counts.
    fn integers_of(&mut self, items: &'a [Expression]) -> Lower<Vec<Ex>> {
        let mut integers: Vec<Ex> = Vec::new();
        for item in items {
            match &item.kind {
                ExpressionKind::Integer(digits) if super::expression::integer(digits).is_none() => {
                    let Some(words) = wide(digits, WIDEST) else {
                        return Err(self.refuse_expression(item.span, "the integer is too large for a seed here"));
                    };
                    let halves = words.iter().flat_map(|word| [*word as u32, (*word >> 32) as u32]);
                    let mut halves: Vec<u32> = halves.collect();
                    while halves.last() == Some(&0) {
                        halves.pop();
                    }
                    for half in halves {
                        let half = self.int(i64::from(half), item.span);
                        integers.push(half);
                    }
                }
                _ => {
                    let mark = self.mark();
                    let integer = self.scalar(item)?;
                    self.keep(&mut integers, mark);
                    integers.push(integer);
                }
            }
        }
        Ok(integers)
    }
}
