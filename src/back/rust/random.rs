//! Random numbers: generators are values of the block that seeds them, so that every iteration has its own.

use super::names;
use super::region::Scene;
use super::variant::Variant;
use super::writer::Writer;
use crate::ir::{Continuous, Distribution, Draw, Expression, Generator, Handle, Literal, Seed, Words};
use crate::source::Span;

type Ex = Handle<Expression>;

impl Scene<'_> {
    fn generator(&self, generator: Handle<Generator>) -> String {
        names::rust(&self.region.generators[generator].name)
    }

    /// `let mut rng = Philox::new(key, counter);`
    pub(super) fn seed(&self, out: &mut Writer, seed: &Seed, span: Span) {
        let name = self.generator(seed.generator);
        let key = self.words(&seed.key, "key_words", span);
        let counter = self.words(&seed.counter, "counter_words", span);
        out.line(format!("let mut {name} = Philox::new({key}, {counter});"));
    }

    fn words(&self, words: &Words, convert: &str, span: Span) -> String {
        match words {
            Words::Integer(root) => match self.literal_int(*root) {
                Some(_) => format!("{convert}({}).unwrap_or_default()", self.whole(*root)),
                None => self.or_raise(format!("{convert}({})", self.whole(*root)), span),
            },
            Words::Each(roots) => {
                let each = roots
                    .iter()
                    .map(|root| format!("({}) as i64 as u64", self.value(*root)));
                format!("[{}]", each.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// `x = rng.normal(mean, deviation);`
    pub(super) fn draw(&self, out: &mut Writer, draw: &Draw, span: Span) {
        let (name, generator) = (self.variable(draw.variable), self.generator(draw.generator));
        let method = draw.distribution.name();
        let number = match draw.distribution {
            Distribution::Continuous(_) => {
                let arguments: Vec<String> = draw.arguments.iter().map(|root| self.value(*root)).collect();
                format!("{generator}.{method}({})", arguments.join(", "))
            }
            Distribution::Integers { endpoint, .. } => {
                let ty = names::scalar(self.types.variable(draw.variable).kind);
                let (low, high) = (self.whole(draw.arguments[0]), self.whole(draw.arguments[1]));
                format!("{generator}.{method}::<{ty}>({low}, {high}, {endpoint})")
            }
        };
        let number = if draw.arguments.is_empty() {
            number
        } else if self.accepted(draw) {
            format!("{number}.unwrap_or_default()")
        } else {
            self.or_raise(number, span)
        };
        out.line(format!("{name} = {number};"));
    }

    /// What NumPy may refuse.
    fn or_raise(&self, text: String, span: Span) -> String {
        match self.variant {
            Variant::Careful => format!("{text}.map_err(|refused| refused.raise({}))?", self.row(span)),
            Variant::Fast => format!("{text}.map_err(|_| Stop::Bail)?"),
        }
    }

    fn whole(&self, root: Ex) -> String {
        format!("({}) as i128", self.value(root))
    }

    fn literal_int(&self, root: Ex) -> Option<i64> {
        match self.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) if value >= 0 => Some(value),
            _ => None,
        }
    }

    /// Whether NumPy surely takes the parameters: constants tell.
    fn accepted(&self, draw: &Draw) -> bool {
        let float = |at: usize| match self.region.expressions[draw.arguments[at]] {
            Expression::Literal(Literal::Float(value)) => Some(value),
            _ => None,
        };
        let positive = |at: usize| float(at).is_some_and(|scale| scale > 0.0);
        match draw.distribution {
            Distribution::Continuous(continuous) => match continuous {
                Continuous::Random
                | Continuous::StandardNormal
                | Continuous::StandardExponential
                | Continuous::StandardCauchy => true,
                Continuous::Uniform => {
                    let range = float(0).zip(float(1)).map(|(low, high)| high - low);
                    range.is_some_and(|range| range > 0.0 && range.is_finite())
                }
                Continuous::Normal
                | Continuous::Lognormal
                | Continuous::Laplace
                | Continuous::Gumbel
                | Continuous::Logistic => positive(1),
                Continuous::Exponential | Continuous::Rayleigh => positive(0),
            },
            Distribution::Integers { .. } => {
                let bounds = self.types.variable(draw.variable).kind.bounds();
                let wide = bounds.is_some_and(|(_, most)| most >= (1 << 31) - 1);
                let literals = self
                    .literal_int(draw.arguments[0])
                    .zip(self.literal_int(draw.arguments[1]));
                wide && literals.is_some_and(|(low, high)| low < high && high < 1 << 31)
            }
        }
    }
}
