//! Random numbers: what a draw gives, and which parameters NumPy takes as integers.

use super::flow::Flow;
use super::{Kind, Origin, Ty};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Distribution, Draw, Expression, Handle, Integer, Region, Seed, Source, Words};

/// The type of a number drawn.
pub(super) fn drawn(distribution: Distribution) -> Ty {
    match distribution {
        Distribution::Continuous(_) => Ty::FLOAT,
        Distribution::Counts(_) => Ty::INT,
        Distribution::Integers { dtype, .. } => match dtype {
            Integer::PythonBool => Ty::BOOL,
            Integer::PythonInt => Ty::INT,
            Integer::Bool => Ty::numpy(Kind::Bool),
            Integer::Int8 => Ty::numpy(Kind::I8),
            Integer::Int16 => Ty::numpy(Kind::I16),
            Integer::Int32 => Ty::numpy(Kind::I32),
            Integer::Int64 => Ty::numpy(Kind::I64),
            Integer::UInt8 => Ty::numpy(Kind::U8),
            Integer::UInt16 => Ty::numpy(Kind::U16),
            Integer::UInt32 => Ty::numpy(Kind::U32),
            Integer::UInt64 => Ty::numpy(Kind::U64),
        },
    }
}

/// What is wrong with the parameters of a draw. Those of floats are converted by the expressions themselves.
pub(super) fn draw(region: &Region, flow: &Flow, draw: &Draw) -> Vec<Diagnostic> {
    match draw.distribution {
        Distribution::Continuous(_) => Vec::new(),
        Distribution::Counts(counts) => (0..draw.arguments.len())
            .filter(|at| counts.takes_integer(*at))
            .filter_map(|at| trials(region, flow, draw.arguments[at]))
            .collect(),
        Distribution::Integers { .. } => draw
            .arguments
            .iter()
            .filter_map(|root| integer(region, flow, *root, "the bounds of `integers`"))
            .collect(),
    }
}

/// What is wrong with a key or a counter.
pub(super) fn seed(region: &Region, flow: &Flow, seed: &Seed) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let (words, is_array) = match &seed.source {
        Source::Key { key, counter } => (
            vec![(key, "a generator's key"), (counter, "a generator's counter")],
            true,
        ),
        Source::Entropy { entropy, spawn_key } => {
            let words = vec![(entropy, "a generator's seed"), (spawn_key, "a spawn key")];
            let truths = words.iter().flat_map(|(words, what)| {
                let roots = words.roots().iter();
                roots.filter_map(|root| truth(region, flow, *root, what))
            });
            problems.extend(truths);
            (words, false)
        }
        Source::Sequence { counter, .. } => {
            let counter = counter.iter().map(|counter| (counter, "a generator's counter"));
            (counter.collect(), true)
        }
    };
    for (words, what) in words {
        problems.extend(
            words
                .roots()
                .iter()
                .filter_map(|root| integer(region, flow, *root, what)),
        );
        if let (Words::Each(roots), true) = (words, is_array) {
            problems.extend(mixed(region, flow, roots));
        }
    }
    problems
}

/// NumPy takes its own bools for no integers, in a seed.
fn truth(region: &Region, flow: &Flow, root: Handle<Expression>, what: &str) -> Option<Diagnostic> {
    let is_truth = |ty: &Ty| ty.kind == Kind::Bool && ty.origin != Origin::Python;
    flow.expressions[root].iter().find(is_truth)?;
    let message = format!("{what} cannot be translated from a bool of NumPy's");
    let diagnostic = Diagnostic::new(Code::UndefinedOperation, region.spans[root], message);
    Some(diagnostic.note("the loop runs as Python").help("convert it: `int(…)`"))
}

/// NumPy takes numbers of trials as signed ones.
fn trials(region: &Region, flow: &Flow, root: Handle<Expression>) -> Option<Diagnostic> {
    let odd = flow.expressions[root]
        .iter()
        .find(|ty| ty.kind.is_float() || ty.kind == Kind::U64)?;
    let message = format!("a number of trials cannot be translated from a number of type `{odd}`");
    let diagnostic = Diagnostic::new(Code::UndefinedOperation, region.spans[root], message);
    Some(diagnostic.note("the loop runs as Python").help("convert it: `int(…)`"))
}

fn integer(region: &Region, flow: &Flow, root: Handle<Expression>, what: &str) -> Option<Diagnostic> {
    let odd = flow.expressions[root].iter().find(|ty| ty.kind.is_float())?;
    let message = format!("{what} cannot be translated from a number of type `{odd}`");
    let diagnostic = Diagnostic::new(Code::UndefinedOperation, region.spans[root], message);
    Some(diagnostic.note("the loop runs as Python").help("convert it: `int(…)`"))
}

/// NumPy makes an array of floats of unsigned 64-bit numbers and signed ones.
fn mixed(region: &Region, flow: &Flow, roots: &[Handle<Expression>]) -> Option<Diagnostic> {
    let kinds = |root: &Handle<Expression>| flow.expressions[*root].iter().map(|ty| (ty.kind, ty.origin));
    let wide = |(kind, origin): (Kind, Origin)| kind == Kind::U64 && origin == Origin::Numpy;
    let unsigned = *roots.iter().find(|root| kinds(root).any(wide))?;
    if roots.iter().all(|root| kinds(root).all(wide)) {
        return None;
    }
    let message = "a list of `np.uint64` numbers and others becomes an array of floats";
    let diagnostic = Diagnostic::new(Code::UndefinedOperation, region.spans[unsigned], message);
    Some(diagnostic.note("the loop runs as Python").help("convert it: `int(…)`"))
}
