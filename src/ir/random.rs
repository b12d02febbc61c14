//! Random numbers: generators made inside the region, and draws from them.
//!
//! A [`Generator`] is state of the region's own. [`Statement::Seed`](super::Statement::Seed) makes it anew, from integers or from a
//! sequence of seeds, which is a hash of integers that nothing is drawn from and nothing changes; each [`Statement::Draw`](super::Statement::Draw) advances it and assigns the number drawn to a variable. Both are effects, so that
//! draws happen in the order of the statements; two draws with the same parameters are two numbers.
//!
//! A generator is seeded by one statement, which stands before its draws in the same block as they or in one around them: it lives
//! as long as that block is executed once.

use super::{Expression, Handle, Variable};
use crate::source::Span;

/// A `np.random.Generator` over a bit generator, or a sequence of seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    /// Unique among generators and variables, and an identifier.
    pub name: String,
    /// Where its bits come from.
    pub bits: Bits,
    /// Where it is made.
    pub span: Span,
}

/// Where random bits come from.
#[allow(missing_docs, reason = "each is named as in NumPy")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    Philox,
    Pcg64,
    SeedSequence,
}

/// `generator = np.random.Generator(…)`, or `generator = np.random.SeedSequence(…)`
#[derive(Clone, Debug, PartialEq)]
pub struct Seed {
    /// Which is made.
    pub generator: Handle<Generator>,
    /// From what.
    pub source: Source,
}

/// What a generator is made from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// `Philox(key=key, counter=counter)`
    Key {
        /// Two words.
        key: Words,
        /// Four words.
        counter: Words,
    },
    /// `SeedSequence(entropy, spawn_key=spawn_key)`: lists of integers of any sizes.
    Entropy {
        /// At least one.
        entropy: Words,
        /// Often none.
        spawn_key: Words,
    },
    /// `PCG64(sequence)` and `Philox(sequence, counter=counter)`
    Sequence {
        /// A sequence of seeds.
        sequence: Handle<Generator>,
        /// Four words, of a `Philox`.
        counter: Option<Words>,
    },
}

impl Source {
    /// The words it is made from, as they are evaluated.
    pub fn words(&self) -> Vec<&Words> {
        match self {
            Self::Key { key, counter } => vec![key, counter],
            Self::Entropy { entropy, spawn_key } => vec![entropy, spawn_key],
            Self::Sequence { counter, .. } => counter.iter().collect(),
        }
    }

    /// What is evaluated, in order.
    pub fn roots_mut(&mut self) -> impl Iterator<Item = &mut Handle<Expression>> {
        let words = match self {
            Self::Key { key, counter } => vec![key, counter],
            Self::Entropy { entropy, spawn_key } => vec![entropy, spawn_key],
            Self::Sequence { counter, .. } => counter.iter_mut().collect(),
        };
        words.into_iter().flat_map(|words| match words {
            Words::Integer(root) => std::slice::from_mut(root),
            Words::Each(roots) => &mut roots[..],
        })
    }
}

/// The words of a key or a counter, evaluated from left to right.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// An integer, not negative: the lowest word is its lowest bits.
    Integer(Handle<Expression>),
    /// A list of integers, as NumPy makes an array of it: all of them signed, and wrapped to unsigned, or all unsigned.
    Each(Vec<Handle<Expression>>),
}

impl Bits {
    /// The class's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Philox => "Philox",
            Self::Pcg64 => "PCG64",
            Self::SeedSequence => "SeedSequence",
        }
    }
}

impl Words {
    /// What is evaluated, in order.
    pub fn roots(&self) -> &[Handle<Expression>] {
        match self {
            Self::Integer(root) => std::slice::from_ref(root),
            Self::Each(roots) => roots,
        }
    }
}

/// `variable = generator.distribution(arguments)`
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// Takes the number: a temporary that nothing else assigns.
    pub variable: Handle<Variable>,
    /// Which is advanced.
    pub generator: Handle<Generator>,
    /// What is drawn.
    pub distribution: Distribution,
    /// Its parameters, defaults filled in; as many as [`Distribution::parameters`] says.
    pub arguments: Vec<Handle<Expression>>,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// Floats; the parameters are floats.
    Continuous(Continuous),
    /// Python ints; the parameters are floats, but for the trials of a binomial distribution.
    Counts(Counts),
    /// `integers(low, high, dtype=…, endpoint=…)`; the parameters are integers.
    Integers {
        /// The type of the number.
        dtype: Integer,
        /// Whether the number may be `high`.
        endpoint: bool,
    },
}

/// Distributions of floats, named as NumPy's methods.
#[allow(missing_docs, reason = "each is named as in NumPy")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Continuous {
    Random,
    Uniform,
    StandardNormal,
    Normal,
    Lognormal,
    StandardExponential,
    Exponential,
    Rayleigh,
    StandardCauchy,
    Laplace,
    Gumbel,
    Logistic,
    Triangular,
    StandardGamma,
    Gamma,
    Beta,
    Chisquare,
    StandardT,
    Weibull,
    Pareto,
    Power,
    Wald,
    Vonmises,
}

/// Distributions of counts, named as NumPy's methods.
#[allow(missing_docs, reason = "each is named as in NumPy")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counts {
    Poisson,
    Binomial,
    Geometric,
}

/// The name of a parameter, and its default where it has one.
pub type Parameter = (&'static str, Option<f64>);

/// What `integers` may give.
#[allow(missing_docs, reason = "each is named as in NumPy; the first two are Python's")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Integer {
    PythonBool,
    PythonInt,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
}

impl Distribution {
    /// How many parameters it has.
    pub fn parameters(self) -> usize {
        match self {
            Self::Continuous(continuous) => continuous.parameters().len(),
            Self::Counts(counts) => counts.parameters().len(),
            Self::Integers { .. } => 2,
        }
    }

    /// The method's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Continuous(continuous) => continuous.name(),
            Self::Counts(counts) => counts.name(),
            Self::Integers { .. } => "integers",
        }
    }
}

impl Continuous {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Random,
        Self::Uniform,
        Self::StandardNormal,
        Self::Normal,
        Self::Lognormal,
        Self::StandardExponential,
        Self::Exponential,
        Self::Rayleigh,
        Self::StandardCauchy,
        Self::Laplace,
        Self::Gumbel,
        Self::Logistic,
        Self::Triangular,
        Self::StandardGamma,
        Self::Gamma,
        Self::Beta,
        Self::Chisquare,
        Self::StandardT,
        Self::Weibull,
        Self::Pareto,
        Self::Power,
        Self::Wald,
        Self::Vonmises,
    ];

    /// The method's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Uniform => "uniform",
            Self::StandardNormal => "standard_normal",
            Self::Normal => "normal",
            Self::Lognormal => "lognormal",
            Self::StandardExponential => "standard_exponential",
            Self::Exponential => "exponential",
            Self::Rayleigh => "rayleigh",
            Self::StandardCauchy => "standard_cauchy",
            Self::Laplace => "laplace",
            Self::Gumbel => "gumbel",
            Self::Logistic => "logistic",
            Self::Triangular => "triangular",
            Self::StandardGamma => "standard_gamma",
            Self::Gamma => "gamma",
            Self::Beta => "beta",
            Self::Chisquare => "chisquare",
            Self::StandardT => "standard_t",
            Self::Weibull => "weibull",
            Self::Pareto => "pareto",
            Self::Power => "power",
            Self::Wald => "wald",
            Self::Vonmises => "vonmises",
        }
    }

    /// Names and defaults of the parameters.
    pub fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Random | Self::StandardNormal | Self::StandardExponential | Self::StandardCauchy => &[],
            Self::Uniform => &[("low", Some(0.0)), ("high", Some(1.0))],
            Self::Normal | Self::Laplace | Self::Gumbel | Self::Logistic => &[("loc", Some(0.0)), ("scale", Some(1.0))],
            Self::Lognormal => &[("mean", Some(0.0)), ("sigma", Some(1.0))],
            Self::Exponential | Self::Rayleigh => &[("scale", Some(1.0))],
            Self::Triangular => &[("left", None), ("mode", None), ("right", None)],
            Self::StandardGamma => &[("shape", None)],
            Self::Gamma => &[("shape", None), ("scale", Some(1.0))],
            Self::Beta => &[("a", None), ("b", None)],
            Self::Chisquare | Self::StandardT => &[("df", None)],
            Self::Weibull | Self::Pareto | Self::Power => &[("a", None)],
            Self::Wald => &[("mean", None), ("scale", None)],
            Self::Vonmises => &[("mu", None), ("kappa", None)],
        }
    }

    /// Finds a distribution by the method's name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Counts {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Poisson, Self::Binomial, Self::Geometric];

    /// The method's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Poisson => "poisson",
            Self::Binomial => "binomial",
            Self::Geometric => "geometric",
        }
    }

    /// Names and defaults of the parameters.
    pub fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Poisson => &[("lam", Some(1.0))],
            Self::Binomial => &[("n", None), ("p", None)],
            Self::Geometric => &[("p", None)],
        }
    }

    /// Whether a parameter is an integer.
    pub fn takes_integer(self, at: usize) -> bool {
        self == Self::Binomial && at == 0
    }

    /// Finds a distribution by the method's name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Integer {
    /// As Python writes the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::PythonBool => "bool",
            Self::PythonInt => "int",
            Self::Bool => "np.bool",
            Self::Int8 => "np.int8",
            Self::Int16 => "np.int16",
            Self::Int32 => "np.int32",
            Self::Int64 => "np.int64",
            Self::UInt8 => "np.uint8",
            Self::UInt16 => "np.uint16",
            Self::UInt32 => "np.uint32",
            Self::UInt64 => "np.uint64",
        }
    }
}
