//! Array expressions to loops over elements, once per signature.
//!
//! # What it takes and gives
//!
//! [`scalarise`] takes a region as `lower` left it, in which operators, functions, loads, stores and variables may mean whole
//! arrays (`ir`, *Arrays as values*), and the signature, which says which inputs are arrays and of how many axes. It gives a
//! region in which every expression is a number: array expressions have become loop nests ("scalarization" in the Fortran
//! compilers' term: Allen and Kennedy, *Optimizing Compilers for Modern Architectures*, chapter 13), their intermediate results
//! local arrays. What follows (`infer`, `deps`, `plan`, `back`) knows loops only, and treats these like any other. A region
//! without array expressions comes back as it was.
//!
//! # How
//!
//! An array expression is held as a `Shaped`: its extents, and a recipe that gives the element at any index.
//! Element-wise operations compose recipes and make no loop; so `a * x + y` is one loop when it is stored, without temporaries.
//! A value gets storage of its own ([`ArrayOrigin::Local`]) where NumPy's meaning needs it:
//!
//! * a variable that holds a computed array;
//! * a right side that reads, at other places, the array which it is stored to: NumPy evaluates it first;
//! * an operand that would be computed again for every element of a larger result (`a - a.mean(axis=0)`).
//!
//! Nests over the same elements that follow each other are then fused where all dependences between them stay at one element
//! (`fuse`), a loop around such a nest goes inside (`interchange`), and arrays of which only one iteration knows become variables
//! (`contract`, `carry`). What a mask chooses is not put together where it is used one element after the other (`unpack`).
//!
//! Views stay views: `row = a[i]` is another way to write subscripts of `a`.
//!
//! # Shapes
//!
//! Extents are known by their expressions only. Two that must agree are compared as linear forms; what that leaves open becomes
//! a [`Requirement`](crate::ir::Requirement) at the launch where it can be evaluated there, else a test in place that leaves
//! the region to Python. Bounds of slices are supposed to be in order and to count from the start, and arrays not to overlap: a
//! launch at which that is not so is given to a second kernel, which supposes nothing ([`Supposed`]). An axis of an input that *happens* to have extent 1
//! is stretched at the launch ([`Spread`](crate::ir::Spread)); one of a computed array is not: NumPy does that.
//!
//! # What it never does
//!
//! It decides nothing about types, dependences or speed, and gives a [`Diagnostic`] for what it cannot express.
//!
//! May touch: infer, ir, source, diagnostics.

mod ahead;
mod asked;
mod carried;
mod carry;
mod contract;
mod effects;
mod einsum;
mod element;
mod fits;
mod floats;
mod fold;
mod fuse;
mod halves;
mod histogram;
mod index;
mod interchange;
mod join;
mod kinds;
mod later;
#[cfg(test)]
mod legality_tests;
mod linear;
mod lists;
mod make;
mod mask;
mod nest;
mod nothing;
mod operands;
mod outputs;
mod place;
mod places;
mod product;
mod promote;
mod rearrange;
mod reorder;
mod rotate;
mod rows;
mod scalariser;
mod shape;
mod slice;
mod spread;
mod statement;
mod store;
mod told;
mod unpack;
mod value;
mod ways;

pub use ahead::read_ahead;
pub use told::tell;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::diagnostics::Diagnostic;
use crate::infer::{InputTy, Signature};
use crate::ir::{ArrayOrigin, Expression, Handle, Region, Statement, visit_statements};

/// An expression, of the old region or the new one.
type Ex = Handle<Expression>;

/// What is supposed of slices and overlaps that only a launch can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supposed {
    /// Bounds of slices are in order and count from the start, and what is assigned shares no element with what is read: asked at
    /// the launch. Subscripts stay linear, so that dependences are found, and nothing is copied.
    Usual,
    /// Nothing: bounds are wrapped and clipped as Python does it, and right sides are kept first. For launches that are not as
    /// usual; where nothing had to be supposed ([`Region::supposing`] is false), this gives the same region.
    Nothing,
}

/// A region of numbers that does what `region` does under a signature.
///
/// # Errors
/// What cannot be expressed so, each with its place; the region then runs as Python.
pub fn scalarise<'r>(
    region: &'r Region,
    signature: &Signature,
    supposed: Supposed,
) -> Result<Cow<'r, Region>, Vec<Diagnostic>> {
    let nothing::Settled { region, pruned } = nothing::settled(region, signature)?;
    match region {
        Cow::Borrowed(region) => in_numbers(region, pruned, signature, supposed),
        Cow::Owned(region) => Ok(Cow::Owned(
            in_numbers(&region, pruned, signature, supposed)?.into_owned(),
        )),
    }
}

/// The region without arrays as values; as it is, if there are none and it has not been `pruned`.
fn in_numbers<'r>(
    region: &'r Region,
    pruned: bool,
    signature: &Signature,
    supposed: Supposed,
) -> Result<Cow<'r, Region>, Vec<Diagnostic>> {
    if !pruned && !lists::replaces(region, signature) && !needed(region, signature, &HashSet::new()) {
        return Ok(Cow::Borrowed(region));
    }
    let (done, kinds) = scalarised(region, signature, supposed, &[]);
    let rotated = match &done {
        // To copy a few numbers is less than to do everything in two forms.
        Ok(_) if !rotate::hands_on_arrays(region, &kinds) => None,
        Ok(_) | Err(_) => rotate::rotated(region, signature, &kinds),
    };
    let Some((rotated, choices)) = rotated else {
        return done.map(Cow::Owned);
    };
    let (again, _) = scalarised(&rotated, signature, supposed, &choices);
    match (again, done) {
        // What became variables is copied for nothing.
        (Ok(again), Ok(done)) if cost_of_arrays(&done) < cost_of_arrays(&again) => Ok(Cow::Owned(done)),
        (Ok(region), _) | (Err(_), Ok(region)) => Ok(Cow::Owned(region)),
        (Err(mut problems), Err(_)) => {
            let mut told = HashSet::new();
            problems.retain(|one| told.insert((one.primary.span, one.message.clone())));
            Err(problems)
        }
    }
}

/// The region in loops, and what its variables were found to be.
fn scalarised(
    region: &Region,
    signature: &Signature,
    supposed: Supposed,
    choices: &[rotate::Choice],
) -> (Result<Region, Vec<Diagnostic>>, scalariser::Kinds) {
    // That a row is there has nothing to do with the order of elements.
    let elementwise = needed(region, signature, &asked_for(region));
    let mut unspread = HashSet::new();
    let mut rows = rows::Rows::new();
    loop {
        let scalariser = scalariser::Scalariser::new(region, signature, supposed, unspread.clone());
        let (done, mut kinds) = scalariser.choosing(choices.to_vec(), rows.clone()).run();
        if !kinds.rows.is_empty() {
            rows.extend(kinds.rows.drain());
            continue;
        }
        let mut done = match done {
            Ok(done) => done,
            Err(problems) => return (Err(problems), kinds),
        };
        let written = spread::written(&done);
        if written.is_empty() {
            done.elementwise = elementwise;
            unpack::unpack(&mut done, region.loops.len());
            fuse::fuse(&mut done, region.loops.len(), supposed);
            contract::contract(&mut done);
            carry::carry(&mut done, region.loops.len(), signature);
            promote::promote(&mut done, signature);
            lists::replace(&mut done, signature);
            return (Ok(done), kinds);
        }
        unspread.extend(written);
    }
}

/// What a region takes for arrays of its own: how many statements copy their elements, and how many arrays there are.
fn cost_of_arrays(region: &Region) -> (usize, usize) {
    let is_own = |root: Ex| match region.expressions[root] {
        Expression::Load { array, .. } => matches!(region.arrays[array].origin, ArrayOrigin::Local { .. }),
        _ => false,
    };
    let mut copies = 0;
    let mut arrays = HashSet::new();
    visit_statements(region, &region.body, &mut |statement, _| match statement {
        Statement::Allocate { array, .. } => _ = arrays.insert(*array),
        Statement::Store(store) => copies += usize::from(is_own(region.stores[*store].value)),
        _ => {}
    });
    (copies, arrays.len())
}

/// Loads that stand alone.
fn asked_for(region: &Region) -> HashSet<Ex> {
    let mut found = HashSet::new();
    visit_statements(region, &region.body, &mut |statement, _| {
        if let Statement::Evaluate(root) = statement
            && matches!(region.expressions[*root], Expression::Load { .. })
        {
            found.insert(*root);
        }
    });
    found
}

/// Whether anything in the region is an array as a whole, but for some expressions.
fn needed(region: &Region, signature: &Signature, but: &HashSet<Ex>) -> bool {
    let rank = |input| match signature.get(&region.inputs[input].name) {
        Some(InputTy::Array(ty)) => Some(ty.rank as usize),
        Some(InputTy::Scalar(_) | InputTy::Nothing) | None => None,
    };
    let listed = |input| matches!(signature.get(&region.inputs[input].name), Some(InputTy::Array(ty)) if ty.listed);
    // Of a list, several subscripts in one pair of brackets are refused.
    let tupled = |given: &[Ex]| given.iter().any(|one| region.tupled.contains(one));
    let partial = |array, given: &[Ex]| match region.arrays[array].origin {
        ArrayOrigin::Input(input) => {
            rank(input).is_some_and(|rank| given.len() < rank) || (listed(input) && tupled(given))
        }
        ArrayOrigin::Variable(_) | ArrayOrigin::Local { .. } => true,
    };
    let all = region.expressions.iter();
    all.filter(|(handle, _)| !but.contains(handle))
        .any(|(_, one)| match one {
            Expression::Array(_) => true,
            Expression::Load { array, subscripts } => {
                partial(*array, subscripts)
                    || subscripts.iter().any(|one| match region.expressions[*one] {
                        Expression::Input(input) => rank(input).is_some(),
                        Expression::Array(_) => true,
                        _ => false,
                    })
            }
            Expression::Input(input) => rank(*input).is_some(),
            _ => false,
        })
        || region
            .stores
            .iter()
            .any(|(_, store)| partial(store.array, &store.subscripts))
        || region
            .variables
            .iter()
            .any(|(_, variable)| variable.initial.is_some_and(|input| rank(input).is_some()))
}
