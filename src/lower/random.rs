//! Random numbers: generators made in an iteration, and draws from them.
//!
//! `np.random.Generator(np.random.Philox(key=seed, counter=i))` is a generator of the region's own; its numbers depend on key and
//! counter alone. A draw is an effect: it becomes a statement before the expression it stands in, and a temporary takes the
//! number. Generators from outside, NumPy's global one and Python's `random` are shared between iterations, and refused.

use super::known::{Known, Library};
use super::lowerer::{Lower, Lowerer};
use super::scope::{Bound, Home};
use super::value::{Path, Value};
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::ir::{self, Continuous, Conversion, Distribution, Handle, Integer, Words};
use crate::python::{Argument, ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// A class of `numpy.random`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RandomClass {
    Generator,
    Philox,
}

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
const IDIOM: &str = "make a generator in every iteration, `rng = np.random.Generator(np.random.Philox(key=seed, counter=i))`: the \
                     same numbers in any order and for any number of threads";

/// Where each parameter of a call is given, and the values in order of evaluation.
struct Given<'a> {
    slots: Vec<Option<&'a Expression>>,
    order: Vec<usize>,
}

/// The expressions of a key or counter.
enum Written<'a> {
    One(&'a Expression),
    /// With the conversion that `dtype=np.uint64` asks for.
    List(&'a [Expression], bool),
}

impl RandomClass {
    /// A class by its name in `numpy.random`.
    pub(super) fn find(name: &str) -> Option<Self> {
        match name {
            "Generator" => Some(Self::Generator),
            "Philox" => Some(Self::Philox),
            _ => None,
        }
    }
}

impl<'a> Lowerer<'a> {
    // Refusals

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

    // Generators

    /// `np.random.Philox(…)`, `np.random.Generator(…)`
    pub(super) fn random_class(
        &mut self,
        class: RandomClass,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        match class {
            RandomClass::Philox => self.philox(arguments, span),
            RandomClass::Generator => {
                let [argument] = self.positional("Generator", arguments, span)?[..] else {
                    return Err(self.arity("Generator", "one argument", span));
                };
                match self.value(argument)? {
                    Value::Generator(generator, false) => Ok(Value::Generator(generator, true)),
                    _ => {
                        let message = "this generator is not made of a `Philox` of the same iteration";
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
            let message = "`Philox` makes its key of a seed by hashing, which cannot be translated";
            let diagnostic = self.refuse(Code::SharedGenerator, seed.span, message);
            return Err(Box::new(diagnostic.severity(Severity::Error).help(IDIOM)));
        }
        let Some(key) = none(given.slots[2]) else {
            let message = "without `key=` this `Philox` gives other numbers at every run";
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
        let name = self.fresh("generator");
        let generator = self.region.generators.append(ir::Generator { name, span });
        let seed = ir::Seed {
            generator,
            key,
            counter,
        };
        self.push(ir::Statement::Seed(Box::new(seed)), span);
        Ok(Value::Generator(generator, false))
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
                None => Vec::new(),
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

    // Draws

    /// `rng.method(arguments)`
    pub(super) fn draw(
        &mut self,
        generator: Handle<ir::Generator>,
        method: &str,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Value<'a>> {
        let (distribution, arguments) = match Continuous::find(method) {
            Some(continuous) => (
                Distribution::Continuous(continuous),
                self.continuous(continuous, arguments, span)?,
            ),
            None if method == "integers" => self.integers(arguments, span)?,
            None => return Err(self.unknown_draw(method, span)),
        };
        let variable = self.temporary("drawn", span);
        let draw = ir::Draw {
            variable,
            generator,
            distribution,
            arguments,
        };
        self.push(ir::Statement::Draw(Box::new(draw)), span);
        Ok(Value::Scalar(self.read(variable, span)))
    }

    fn unknown_draw(&self, method: &str, span: Span) -> Box<Diagnostic> {
        let message = format!("the draw `{method}` cannot be translated");
        let mut names: Vec<&str> = Continuous::ALL.into_iter().map(Continuous::name).collect();
        names.push("integers");
        let known = names.join("`, `");
        Box::new(
            self.refuse(Code::UnsupportedCall, span, message)
                .help(format!("these can: `{known}`")),
        )
    }

    /// The parameters as floats, defaults filled in.
    fn continuous(&mut self, continuous: Continuous, arguments: &'a [Argument], span: Span) -> Lower<Vec<Ex>> {
        let parameters = continuous.parameters();
        let names: Vec<&str> = parameters.iter().map(|(name, _)| *name).collect();
        let given = self.given(continuous.name(), &names, arguments, span)?;
        let values = self.in_slots(&given)?;
        Ok(values
            .into_iter()
            .zip(parameters)
            .map(|(value, (_, default))| match value {
                Some(value) => self.float(value),
                None => self.add(ir::Expression::Literal(ir::Literal::Float(*default)), span),
            })
            .collect())
    }

    fn float(&mut self, operand: Ex) -> Ex {
        let span = self.region.spans[operand];
        let literal = match &self.region.expressions[operand] {
            ir::Expression::Literal(ir::Literal::Float(_)) => return operand,
            ir::Expression::Literal(ir::Literal::Int(value)) => ir::Literal::Float(*value as f64),
            _ => {
                let to = Conversion::Float;
                return self.add(ir::Expression::Convert { to, operand }, span);
            }
        };
        self.add(ir::Expression::Literal(literal), span)
    }

    fn integers(&mut self, arguments: &'a [Argument], span: Span) -> Lower<(Distribution, Vec<Ex>)> {
        let names = ["low", "high", "size", "dtype", "endpoint"];
        let mut given = self.given("integers", &names, arguments, span)?;
        let none = |slot: Option<&'a Expression>| slot.filter(|one| !matches!(one.kind, ExpressionKind::None));
        if let Some(size) = none(given.slots[2]) {
            return Err(self.sized(size.span));
        }
        let dtype = match given.slots[3] {
            None => Integer::Int64,
            Some(dtype) => self.integer_type(dtype)?,
        };
        let endpoint = match given.slots[4].map(|one| &one.kind) {
            None => false,
            Some(ExpressionKind::Bool(value)) => *value,
            Some(_) => {
                let message = "only `True` or `False` can be `endpoint` here";
                return Err(self.refuse_expression(span, message));
            }
        };
        given.slots.truncate(2);
        given.slots[1] = none(given.slots[1]);
        let slots = &given.slots;
        given.order.retain(|at| slots.get(*at).is_some_and(Option::is_some));
        let values = self.in_slots(&given)?;
        let bounds = match values[..] {
            [Some(low), Some(high)] => vec![low, high],
            [Some(high), None] => vec![self.int(0, span), high],
            _ => return Err(self.arity("integers", "a bound", span)),
        };
        Ok((Distribution::Integers { dtype, endpoint }, bounds))
    }

    fn integer_type(&mut self, dtype: &'a Expression) -> Lower<Integer> {
        let known = match self.value(dtype)? {
            Value::Known(Known::Conversion(to)) => match to {
                Conversion::Bool => Some(Integer::PythonBool),
                Conversion::Int => Some(Integer::PythonInt),
                Conversion::NumpyBool => Some(Integer::Bool),
                Conversion::Int8 => Some(Integer::Int8),
                Conversion::Int16 => Some(Integer::Int16),
                Conversion::Int32 => Some(Integer::Int32),
                Conversion::Int64 => Some(Integer::Int64),
                Conversion::UInt8 => Some(Integer::UInt8),
                Conversion::UInt16 => Some(Integer::UInt16),
                Conversion::UInt32 => Some(Integer::UInt32),
                Conversion::UInt64 => Some(Integer::UInt64),
                Conversion::Float | Conversion::Float32 | Conversion::Float64 => None,
            },
            _ => None,
        };
        known.ok_or_else(|| self.refuse_expression(dtype.span, "this `dtype` cannot be translated here"))
    }

    fn sized(&self, span: Span) -> Box<Diagnostic> {
        let diagnostic = self.refuse_expression(span, "a draw of several numbers cannot be translated");
        Box::new(diagnostic.help("draw one number at a time, in a loop: NumPy gives the same ones"))
    }

    // Arguments

    /// The arguments of a call by parameter.
    fn given(&mut self, name: &str, parameters: &[&str], arguments: &'a [Argument], span: Span) -> Lower<Given<'a>> {
        let mut given = Given {
            slots: vec![None; parameters.len()],
            order: Vec::new(),
        };
        for (position, argument) in arguments.iter().enumerate() {
            let place = match &argument.kind {
                ArgumentKind::Positional => (position < parameters.len()).then_some(position),
                ArgumentKind::Keyword(keyword) => parameters.iter().position(|one| *one == keyword.text),
                ArgumentKind::Star | ArgumentKind::DoubleStar => None,
            };
            let nothing = matches!(argument.value.kind, ExpressionKind::None);
            match (place, &argument.kind) {
                (Some(place), _) if given.slots[place].is_none() => {
                    given.slots[place] = Some(&argument.value);
                    given.order.push(place);
                }
                (None, ArgumentKind::Keyword(keyword)) if keyword.text == "size" && nothing => {}
                (None, ArgumentKind::Keyword(keyword)) if keyword.text == "size" => {
                    return Err(self.sized(argument.value.span));
                }
                (None, ArgumentKind::Positional) if position == parameters.len() => {
                    return Err(self.sized(argument.value.span));
                }
                _ => {
                    let message = format!("`{name}` cannot be translated with this argument");
                    return Err(self.refuse(Code::UnsupportedCall, argument.value.span.join(span), message));
                }
            }
        }
        Ok(given)
    }

    /// The values of the parameters, evaluated in the order they are written.
    fn in_slots(&mut self, given: &Given<'a>) -> Lower<Vec<Option<Ex>>> {
        let written: Vec<&'a Expression> = given.order.iter().filter_map(|at| given.slots[*at]).collect();
        let values = self.operands(&written)?;
        let mut slots = vec![None; given.slots.len()];
        for (at, value) in given.order.iter().zip(values) {
            slots[*at] = Some(value);
        }
        Ok(slots)
    }
}
