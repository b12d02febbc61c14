//! Random numbers: a thread's own generators.

use super::names;
use super::scene::Scene;
use crate::back::writer::Writer;
use crate::ir::{Distribution, Draw, Expression, Generator, Handle, Literal, Seed, Words};

type Ex = Handle<Expression>;

impl Scene<'_> {
    pub(super) fn generator(&self, generator: Handle<Generator>) -> String {
        names::cpp(&self.region.generators[generator].name)
    }

    /// `rng = Philox(key, counter);`
    pub(super) fn seed(&self, out: &mut Writer, seed: &Seed) {
        let name = self.generator(seed.generator);
        let key = self.words(&seed.key, "Key", "key_words");
        let counter = self.words(&seed.counter, "Counter", "counter_words");
        out.line(format!("{name} = Philox({key}, {counter});"));
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
