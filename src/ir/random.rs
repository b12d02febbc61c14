//! Random numbers: generators made inside the region, and draws from them.
//!
//! A [`Generator`] is state of the region's own. [`Statement::Seed`](super::Statement::Seed) makes it anew from a key and a counter;
//! each [`Statement::Draw`](super::Statement::Draw) advances it and assigns the number drawn to a variable. Both are effects, so that
//! draws happen in the order of the statements; two draws with the same parameters are two numbers.
//!
//! A generator is seeded by one statement, which stands before its draws in the same block as they or in one around them: it lives
//! as long as that block is executed once.

use super::{Expression, Handle, Variable};
use crate::source::Span;

/// A `np.random.Generator` over a `np.random.Philox`.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    /// Unique among generators and variables, and an identifier.
    pub name: String,
    /// Where it is made.
    pub span: Span,
}

/// `generator = np.random.Generator(np.random.Philox(key=key, counter=counter))`
#[derive(Clone, Debug, PartialEq)]
pub struct Seed {
    /// Which is made.
    pub generator: Handle<Generator>,
    /// Two words.
    pub key: Words,
    /// Four words.
    pub counter: Words,
}

/// The words of a key or a counter, evaluated from left to right.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// An integer, not negative: the lowest word is its lowest bits.
    Integer(Handle<Expression>),
    /// A list of integers, as NumPy makes an array of it: all of them signed, and wrapped to unsigned, or all unsigned.
    Each(Vec<Handle<Expression>>),
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
}

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
            Self::Integers { .. } => 2,
        }
    }

    /// The method's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Continuous(continuous) => continuous.name(),
            Self::Integers { .. } => "integers",
        }
    }
}

impl Continuous {
    /// All of them.
    pub const ALL: [Self; 12] = [
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
        }
    }

    /// Names and defaults of the parameters.
    pub fn parameters(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Random | Self::StandardNormal | Self::StandardExponential | Self::StandardCauchy => &[],
            Self::Uniform => &[("low", 0.0), ("high", 1.0)],
            Self::Normal | Self::Laplace | Self::Gumbel | Self::Logistic => &[("loc", 0.0), ("scale", 1.0)],
            Self::Lognormal => &[("mean", 0.0), ("sigma", 1.0)],
            Self::Exponential | Self::Rayleigh => &[("scale", 1.0)],
        }
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
