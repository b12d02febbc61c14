//! What a parallel loop nest means.
//!
//! A [`Region`] is one annotated Python statement, detached from Python: its free names have become [`Input`]s, its
//! assigned names [`Variable`]s, its calls are inlined, its iteration spaces are counted loops. The representation says
//! nothing about types; `infer` assigns one to every expression, once per signature.
//!
//! # Values
//!
//! Expressions live in an arena and are pure: evaluating one changes nothing. It may fail (an index out of bounds, a
//! division by zero) and it reads variables and array elements as they are at the moment of its evaluation. Hence a
//! handle that occurs twice in one statement may be evaluated once or twice: the result is the same. (`a < b < c` is
//! `a < b and b < c` with one handle for `b`.) An expression never outlives its statement: a value needed later is
//! assigned to a variable, if need be to a temporary one ([`Variable::temporary`]).
//!
//! [`Expression::Logical`] and [`Expression::Select`] evaluate only the operands that Python would; everything else
//! evaluates its operands from left to right, then itself.
//!
//! # Effects
//!
//! Statements own every effect and form a tree of [`Block`]s. Order of evaluation inside one statement:
//!
//! * [`Statement::Assign`]: the value, then the variable takes it.
//! * [`Statement::Store`]: the value, then the subscripts from left to right, then the element takes the value,
//!   converted to the array's element type by NumPy's assignment rules. An augmented assignment `a[i] += v` is a
//!   store whose value is `Binary { Load(a, i), v }` with the *same subscript handles* as the store; that identity is how
//!   later rooms recognise it, and [`Store::update`] says that it was written so.
//! * [`Statement::For`]: `start`, `stop`, `step` once, before the first iteration (`step == 0` is a ValueError); then
//!   the body for every counter value, in order.
//! * [`Statement::While`]: `prelude`, then `condition`; when true the body, then again from the prelude.
//! * [`Statement::Seed`]: the words of the key or the seed, then the others, in the order written; then the generator starts anew.
//! * [`Statement::Draw`]: the parameters, then the generator advances and the variable takes the number.
//! * A condition accepts any scalar and tests its truth.
//!
//! A program that fails at some point has had all effects before that point and none after it.
//!
//! # Loops and modes
//!
//! The counter of a [`Loop`] is read by [`Expression::Counter`] inside its body only and never assigned. Python's loop
//! variable, where it must outlive an iteration or is reassigned, is an ordinary variable assigned from the counter at
//! the head of the body.
//!
//! [`Loop::mode`] says how iterations may be executed. Reading every mode as [`Mode::Serial`] gives the same program, up
//! to the reassociation that recognised reductions permit. `lower` makes every loop serial; only `plan` sets
//! another mode, and only on the word of `deps`. What the user asked for is in [`Loop::annotation`], a wish and not a fact.
//!
//! # Arrays
//!
//! An [`Array`] is a name for storage with subscripts. Two arrays may overlap unless a guard says otherwise. Subscripts are
//! Python's: negative ones count from the end, and anything outside is an IndexError.
//!
//! # Arrays as values
//!
//! `lower` knows no ranks and leaves array expressions as they are written ([`ArrayForm`]); `scalarise`, which knows the
//! signature, turns them into loops over elements, local arrays ([`ArrayOrigin::Local`], [`Statement::Allocate`]) and
//! [`Requirement`]s. After it every expression is a scalar and every subscript an integer.
//!
//! May touch: source.

mod arena;
mod arity;
mod array_form;
mod definite;
mod expression;
mod print;
mod random;
mod region;
mod spelling;
mod statement;
mod verify;
mod walk;

pub use arena::{Arena, Handle, SideTable};
pub use array_form::{ArrayForm, ArrayFunction, Dtype, Fill, Fold, Join};
pub use definite::{Definite, Trips, definite};
pub use expression::{BinaryOp, CompareOp, Conversion, Expression, Function, Literal, LogicalOp, Math, Ufunc, UnaryOp};
pub use print::{print, print_expression};
pub use random::{Bits, Continuous, Counts, Distribution, Draw, Generator, Integer, Parameter, Seed, Source, Words};
pub use region::{
    Array, ArrayOrigin, Bundled, Callee, Cast, Casting, Condition, Definition, Element, Gives, Grown, GrownForm, Input,
    Items, Key, Object, Output, Region, Replaced, Requirement, Retained, Spread, Step, Told, Variable, View, ViewAxis,
};
pub use statement::{
    Annotation, Block, Directive, Exception, Fastmath, Loop, Mode, Reduction, ReductionOp, ReductionTarget, Schedule,
    Statement, Store, Target,
};
pub use verify::{Fault, nest_depth, verify};
pub use walk::{alike, children, each_block_mut, visit_expressions, visit_statements, with_operands};
