//! Random generators that iterations share, by what names them: refused, with the generator to make instead as the advice.

use super::lowerer::Lowerer;
use super::scope::{Bound, Home};
use super::value::Path;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::source::Span;

/// What names a random generator, as a method of it does.
const DRAWS: &[&str] = &[
    "beta",
    "betavariate",
    "binomial",
    "bytes",
    "chisquare",
    "choice",
    "choices",
    "dirichlet",
    "expovariate",
    "exponential",
    "gamma",
    "gammavariate",
    "gauss",
    "geometric",
    "getrandbits",
    "gumbel",
    "hypergeometric",
    "integers",
    "laplace",
    "logistic",
    "lognormal",
    "lognormvariate",
    "logseries",
    "multinomial",
    "multivariate_normal",
    "negative_binomial",
    "noncentral_chisquare",
    "noncentral_f",
    "normal",
    "normalvariate",
    "pareto",
    "permutation",
    "permuted",
    "poisson",
    "rand",
    "randint",
    "randn",
    "random",
    "random_integers",
    "random_raw",
    "random_sample",
    "randrange",
    "ranf",
    "rayleigh",
    "sample",
    "shuffle",
    "standard_cauchy",
    "standard_exponential",
    "standard_gamma",
    "standard_normal",
    "standard_t",
    "triangular",
    "uniform",
    "vonmises",
    "vonmisesvariate",
    "wald",
    "weibull",
    "zipf",
];

/// The generator that every iteration makes for itself.
pub(super) const IDIOM: &str = "make a generator in every iteration, `rng = np.random.default_rng([seed, i])`: the same numbers in any order \
                     and for any number of threads";

impl Lowerer<'_> {
    /// A draw, or a member of `numpy.random`, that iterations share.
    pub(super) fn shared_random(&self, name: &str, what: &str, span: Span) -> Box<Diagnostic> {
        let message = format!("`{name}` draws from {what}, which all iterations share");
        Box::new(
            self.refuse(Code::SharedGenerator, span, message)
                .severity(Severity::Error)
                .labelled("the number depends on how many were drawn before")
                .help(IDIOM),
        )
    }

    /// Whether a call of something from outside is a draw from a generator that iterations share.
    pub(super) fn draws_outside(&self, path: &Path, span: Span) -> Option<Box<Diagnostic>> {
        let text = path.text();
        let module = match self.program.scopes.home(self.frame().scope, &path.root) {
            Home::Scope(home) => self
                .program
                .scopes
                .bindings(home, &path.root)
                .iter()
                .any(|bound| matches!(bound, Bound::Module("random") | Bound::Member("random", _))),
            Home::Outside => false,
        };
        if module {
            return Some(self.shared_random(&text, "Python's generator", span));
        }
        let (owner, method) = text.rsplit_once('.')?;
        DRAWS
            .contains(&method)
            .then(|| self.shared_random(&text, &format!("`{owner}`, a generator from outside the loop"), span))
    }

    /// A member of `numpy.random` that is none of the classes.
    pub(super) fn shared_member(&self, name: &str, span: Span) -> Box<Diagnostic> {
        let full = format!("np.random.{name}");
        if DRAWS.contains(&name) || name == "seed" {
            return self.shared_random(&full, "NumPy's global generator", span);
        }
        let message = format!("`{full}` cannot be translated");
        let diagnostic = self.refuse(Code::SharedGenerator, span, message);
        Box::new(diagnostic.severity(Severity::Error).help(IDIOM))
    }
}
