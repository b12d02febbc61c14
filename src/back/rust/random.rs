//! Random numbers: generators are values of the block that seeds them, so that every iteration has its own.

use super::names;
use super::region::Scene;
use super::variant::Variant;
use crate::back::writer::Writer;
use crate::infer::{InputTy, Ty};
use crate::ir::{
    self, Bits, Continuous, Counts, Distribution, Draw, Expression, Generator, Handle, Input, Literal, Seed, Source,
    Statement, Words,
};
use crate::source::Span;

type Ex = Handle<Expression>;

impl Scene<'_> {
    fn generator(&self, generator: Handle<Generator>) -> String {
        names::rust(&self.region.generators[generator].name)
    }

    /// `let mut rng = Generator::new(Philox::new(key, counter));`
    pub(super) fn seed(&self, out: &mut Writer, seed: &Seed, span: Span) {
        let name = self.generator(seed.generator);
        let bits = match (&seed.source, self.region.generators[seed.generator].bits) {
            (Source::Key { key, counter }, _) => {
                let key = self.words(key, "key_words", span);
                let counter = self.words(counter, "counter_words", span);
                format!("Philox::new({key}, {counter})")
            }
            (Source::Entropy { entropy, spawn_key }, _) => {
                let mut integers = entropy.roots().iter().chain(spawn_key.roots());
                let surely = integers.all(|root| self.is_natural(*root));
                let list = |words: &Words| {
                    let each: Vec<String> = words.roots().iter().map(|root| self.whole(*root)).collect();
                    format!("&[{}]", each.join(", "))
                };
                let made = format!("SeedSequence::new({}, {})", list(entropy), list(spawn_key));
                let made = match surely {
                    true => format!("{made}.unwrap_or_default()"),
                    false => self.or_raise(made, span),
                };
                out.line(format!("let {name} = {made};"));
                return;
            }
            (Source::Sequence { sequence, counter }, Bits::Philox) => {
                let counter = counter
                    .as_ref()
                    .map(|counter| self.words(counter, "counter_words", span));
                let sequence = self.generator(*sequence);
                format!("Philox::seeded(&{sequence}, {})", counter.unwrap_or_default())
            }
            (Source::Sequence { sequence, .. }, Bits::Pcg64 | Bits::SeedSequence) => {
                format!("Pcg64::seeded(&{})", self.generator(*sequence))
            }
        };
        let made = if self.has_own_functions() { "own" } else { "new" };
        out.line(format!("let mut {name} = Generator::{made}({bits});"));
    }

    fn words(&self, words: &Words, convert: &str, span: Span) -> String {
        match words {
            Words::Integer(root) if self.is_natural(*root) => {
                format!("{convert}({}).unwrap_or_default()", self.whole(*root))
            }
            Words::Integer(root) => self.or_raise(format!("{convert}({})", self.whole(*root)), span),
            Words::Each(roots) => {
                let each = roots.iter().map(|root| match self.literal_int(*root) {
                    Some(value @ 0..) => value.to_string(),
                    Some(_) | None => format!("{} as i64 as u64", self.value(*root)),
                });
                format!("[{}]", each.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What of the runtime's random numbers the generated text names.
    pub(super) fn random_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        let mut name = |one| {
            if !names.contains(&one) {
                names.push(one);
            }
        };
        let integers = |words: &Words| matches!(words, Words::Integer(_));
        ir::visit_statements(self.region, &self.region.body, &mut |statement, _| {
            let Statement::Seed(seed) = statement else { return };
            let bits = self.region.generators[seed.generator].bits;
            match &seed.source {
                Source::Key { key, .. } if integers(key) => name("key_words"),
                Source::Key { .. } | Source::Entropy { .. } | Source::Sequence { .. } => {}
            }
            match &seed.source {
                Source::Key { counter, .. } if integers(counter) => name("counter_words"),
                Source::Sequence { counter, .. } if counter.as_ref().is_some_and(integers) => name("counter_words"),
                Source::Key { .. } | Source::Entropy { .. } | Source::Sequence { .. } => {}
            }
            match bits {
                Bits::Philox => ["Generator", "Philox"].into_iter().for_each(&mut name),
                Bits::Pcg64 => ["Generator", "Pcg64"].into_iter().for_each(&mut name),
                Bits::SeedSequence => name("SeedSequence"),
            }
        });
        names.sort_unstable();
        names
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
            Distribution::Counts(counts) => {
                let arguments: Vec<String> = (0..draw.arguments.len())
                    .map(|at| match counts.takes_integer(at) {
                        true => self.whole(draw.arguments[at]),
                        false => self.value(draw.arguments[at]),
                    })
                    .collect();
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

    /// The Python ints from outside that are keys, counters and seeds as they are: the launch of the fast variant tests that they are not
    /// negative.
    pub(super) fn seed_inputs(&self) -> impl Iterator<Item = String> {
        let inputs = self.region.inputs.iter().filter(|(handle, _)| {
            let ty = self.types.input(*handle);
            ty == InputTy::Scalar(Ty::INT) && self.words_of_inputs().contains(handle)
        });
        inputs.map(|(_, input)| names::rust(&input.name))
    }

    /// Whether a scalar from outside is used as a key, a counter, a seed or a bound of integers to draw, and in no other way: nothing is
    /// computed from it that could be too large.
    pub(super) fn is_seed(&self, input: Handle<Input>) -> bool {
        let region = self.region;
        let reads = |root: &Ex| region.expressions[*root] == Expression::Input(input);
        let mut used = false;
        let mut others = region
            .expressions
            .iter()
            .any(|(_, one)| ir::children(one).iter().any(reads));
        others |= region.variables.iter().any(|(_, one)| one.initial == Some(input));
        for (_, header) in region.loops.iter() {
            let Some(annotation) = &header.annotation else { continue };
            let chunk = annotation.schedule.and_then(|(_, chunk)| chunk);
            let clauses = [chunk, annotation.num_threads, annotation.condition];
            others |= clauses.into_iter().flatten().any(|root| reads(&root));
        }
        ir::visit_statements(region, &region.body, &mut |statement, _| {
            let taken = match statement {
                Statement::Seed(_) => true,
                Statement::Draw(draw) => matches!(draw.distribution, Distribution::Integers { .. }),
                _ => false,
            };
            let read = statement.roots(region).iter().any(reads);
            used |= taken && read;
            others |= !taken && read;
        });
        used && !others
    }

    /// The inputs that are keys, counters or seeds by themselves.
    fn words_of_inputs(&self) -> Vec<Handle<Input>> {
        let mut found = Vec::new();
        ir::visit_statements(self.region, &self.region.body, &mut |statement, _| {
            let Statement::Seed(seed) = statement else { return };
            let hashed = matches!(seed.source, Source::Entropy { .. });
            for words in seed.source.words() {
                if !hashed && matches!(words, Words::Each(_)) {
                    continue;
                }
                for root in words.roots() {
                    if let Expression::Input(input) = self.region.expressions[*root] {
                        found.push(input);
                    }
                }
            }
        });
        found
    }

    /// Whether an integer is surely not negative: a constant, a counter that starts at one and grows, an input that the launch
    /// has tested, an unsigned number.
    fn is_natural(&self, root: Ex) -> bool {
        let literal = |root: Ex| self.literal_int(root);
        match &self.region.expressions[root] {
            Expression::Literal(_) => literal(root).is_some_and(|value| value >= 0),
            Expression::Counter(counter) => {
                let header = &self.region.loops[*counter];
                matches!((literal(header.start), literal(header.step)), (Some(0..), Some(1..)))
            }
            Expression::Input(_) if self.types.expression(root) == Ty::INT => self.variant == Variant::Fast,
            _ => matches!(self.types.expression(root).kind.bounds(), Some((0, _))),
        }
    }

    /// What NumPy may refuse.
    fn or_raise(&self, text: String, span: Span) -> String {
        match self.variant {
            Variant::Careful => format!("{text}.map_err(|refused| refused.raise({}))?", self.row(span)),
            Variant::Fast => format!("{text}.map_err(|_| Stop::Bail)?"),
        }
    }

    fn whole(&self, root: Ex) -> String {
        match self.literal_int(root) {
            Some(value) => value.to_string(),
            None => format!("{} as i128", self.value(root)),
        }
    }

    /// The value of an int that is written out.
    pub(super) fn literal_int(&self, root: Ex) -> Option<i64> {
        match self.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => Some(value),
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
                Continuous::Exponential
                | Continuous::Rayleigh
                | Continuous::StandardGamma
                | Continuous::Chisquare
                | Continuous::StandardT
                | Continuous::Weibull
                | Continuous::Pareto
                | Continuous::Power => positive(0),
                Continuous::Gamma | Continuous::Beta | Continuous::Wald => positive(0) && positive(1),
                Continuous::Vonmises => positive(1),
                Continuous::Triangular => {
                    let all = float(0).zip(float(1)).zip(float(2));
                    all.is_some_and(|((left, mode), right)| left <= mode && mode <= right && left < right)
                }
            },
            Distribution::Counts(counts) => {
                let share = |at: usize| float(at).is_some_and(|share| share > 0.0 && share <= 1.0);
                match counts {
                    Counts::Poisson => float(0).is_some_and(|mean| (0.0..1e18).contains(&mean)),
                    Counts::Binomial => share(1) && self.literal_int(draw.arguments[0]).is_some_and(|n| n >= 0),
                    Counts::Geometric => share(0),
                }
            }
            Distribution::Integers { .. } => {
                let bounds = self.types.variable(draw.variable).kind.bounds();
                let literals = self
                    .literal_int(draw.arguments[0])
                    .zip(self.literal_int(draw.arguments[1]));
                literals.zip(bounds).is_some_and(|((low, high), (least, most))| {
                    low < high && least <= i128::from(low) && i128::from(high) <= most
                })
            }
        }
    }
}
