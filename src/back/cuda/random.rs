//! Random numbers: a thread's own generators.

use super::names;
use super::scene::Scene;
use crate::back::writer::Writer;
use crate::ir::{Bits, Distribution, Draw, Expression, Generator, Handle, Literal, Seed, Source, Words};

type Ex = Handle<Expression>;

impl Scene<'_> {
    pub(super) fn generator(&self, generator: Handle<Generator>) -> String {
        names::cpp(&self.region.generators[generator].name)
    }

    /// `Generator<Philox> rng;`
    pub(super) fn generator_declared(&self, generator: Handle<Generator>) -> String {
        let class = match self.region.generators[generator].bits {
            Bits::Philox => "Generator<Philox>",
            Bits::Pcg64 => "Generator<Pcg64>",
            Bits::SeedSequence => "SeedSequence",
        };
        format!("{class} {};", self.generator(generator))
    }

    /// `rng = Generator<Philox>(Philox(key, counter));`
    pub(super) fn seed(&self, out: &mut Writer, seed: &Seed) {
        let name = self.generator(seed.generator);
        let text = match (&seed.source, self.region.generators[seed.generator].bits) {
            (Source::Key { key, counter }, _) => {
                let key = self.words(key, "Key", "key_words");
                let counter = self.words(counter, "Counter", "counter_words");
                format!("Generator<Philox>(Philox({key}, {counter}))")
            }
            (Source::Entropy { entropy, spawn_key }, _) => {
                out.line(format!("{name} = SeedSequence();"));
                let take = |out: &mut Writer, words: &Words| {
                    for root in words.roots() {
                        out.line(format!("{name}.take_integer({}, failed);", self.whole(*root)));
                    }
                };
                take(out, entropy);
                if !spawn_key.roots().is_empty() {
                    out.line(format!("{name}.fill();"));
                    take(out, spawn_key);
                }
                out.line(format!("{name}.fill();"));
                return;
            }
            (Source::Sequence { sequence, counter }, Bits::Philox) => {
                let counter = counter
                    .as_ref()
                    .map(|counter| self.words(counter, "Counter", "counter_words"));
                let sequence = self.generator(*sequence);
                format!("Generator<Philox>(Philox({sequence}, {}))", counter.unwrap_or_default())
            }
            (Source::Sequence { sequence, .. }, Bits::Pcg64 | Bits::SeedSequence) => {
                format!("Generator<Pcg64>(Pcg64({}))", self.generator(*sequence))
            }
        };
        out.line(format!("{name} = {text};"));
    }

    fn words(&self, words: &Words, ty: &str, convert: &str) -> String {
        match words {
            Words::Integer(root) => format!("{convert}({}, failed)", self.whole(*root)),
            Words::Each(roots) => {
                let each = roots.iter().map(|root| match self.region.expressions[*root] {
                    Expression::Literal(Literal::Int(value)) => format!("u64({})", names::int(value)),
                    _ => format!("u64(i64({}))", self.value(*root)),
                });
                format!("{ty}{{{{{}}}}}", each.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// `x = rng.normal(mean, deviation, failed);`
    pub(super) fn draw(&self, out: &mut Writer, draw: &Draw) {
        let (name, generator) = (self.variable(draw.variable), self.generator(draw.generator));
        let method = draw.distribution.name();
        let number = match draw.distribution {
            Distribution::Continuous(_) => {
                let mut arguments: Vec<String> = draw.arguments.iter().map(|root| self.value(*root)).collect();
                if !arguments.is_empty() {
                    arguments.push("failed".to_owned());
                }
                format!("{generator}.{method}({})", arguments.join(", "))
            }
            Distribution::Counts(counts) => {
                let mut arguments: Vec<String> = (0..draw.arguments.len())
                    .map(|at| match counts.takes_integer(at) {
                        true => self.whole(draw.arguments[at]),
                        false => self.value(draw.arguments[at]),
                    })
                    .collect();
                arguments.push("failed".to_owned());
                format!("{generator}.{method}({})", arguments.join(", "))
            }
            Distribution::Integers { endpoint, .. } => {
                let ty = names::scalar(self.types.variable(draw.variable).kind);
                let (low, high) = (self.whole(draw.arguments[0]), self.whole(draw.arguments[1]));
                format!("{generator}.{method}<{ty}>({low}, {high}, {endpoint}, failed)")
            }
        };
        out.line(format!("{name} = {number};"));
    }

    fn whole(&self, root: Ex) -> String {
        format!("i128({})", self.value(root))
    }
}
