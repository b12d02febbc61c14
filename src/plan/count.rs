//! How many operations a launch makes and how many bytes it has to move, counted for the arguments of a real one.
//!
//! Loops are followed as they are written, whatever becomes of them: the counts belong to the region, not to a plan. An
//! operation is one of arithmetic or a comparison outside of subscripts; a multiplication and an addition are two, also where they
//! are fused. A function whose value takes a polynomial counts as [`FUNCTION`] of them. Of each array, every element that is
//! read is moved once, and every element that is written once more: what a cache of unlimited size would have to fetch and store.
//! How often a `while` loop runs, and how far one with `break`, only a run can tell: [`Turns`].

use std::collections::BTreeMap;

use super::foreseen;
use crate::infer::{Kind, Types};
use crate::ir::{
    self, ArrayOrigin, Block, Expression, Function, Handle, Input, Literal, Loop, Math, Region, SideTable, Statement,
    Ufunc, UnaryOp, Variable,
};
use crate::source::Span;

/// Operations of `exp`, `sin` and their like, roughly: their polynomials take 15 to 30.
const FUNCTION: f64 = 20.0;
/// Iterations that are looked at of a loop in which the bounds of others depend on the counter.
const SAMPLES: u32 = 32;

/// What an input was at a launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// An array of this shape.
    Shape(Vec<u64>),
    /// An int.
    Int(i64),
}

/// What was observed of the loops in a launch.
#[derive(Clone, Copy)]
pub struct Turns<'a> {
    /// How often the body of the loop at a place began, all times together that the loop was reached; nothing where that was
    /// not observed.
    pub begun: &'a dyn Fn(Span) -> Option<f64>,
    /// Whether the launch was observed to its end; else what its iterations did on average is known.
    pub whole: bool,
}

/// What a launch does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counted {
    /// Operations.
    pub operations: f64,
    /// Bytes to and from memory.
    pub bytes: f64,
    /// Whether it may be less, because a branch is not always taken.
    pub at_most: bool,
    /// Whether it computes with numbers of 32 bits or fewer only.
    pub narrow: bool,
}

/// Counts a launch with these inputs and these turns of its loops.
///
/// # Errors
/// What is not known before it runs: a sentence for the user.
pub fn count(
    region: &Region,
    types: &Types,
    given: &BTreeMap<String, Given>,
    turns: Turns<'_>,
) -> Result<Counted, String> {
    let mut counter = Counter {
        region,
        types,
        given,
        turns,
        begun: 1.0,
        once: foreseen::only_assignments(region),
        at: SideTable::filled(&region.loops, None),
        around: Vec::new(),
        read: SideTable::filled(&region.arrays, 0.0),
        written: SideTable::filled(&region.arrays, 0.0),
        found: Counted {
            narrow: true,
            ..Counted::default()
        },
    };
    counter.found.operations = counter.block(&region.body)?;
    for (handle, array) in region.arrays.iter() {
        if let ArrayOrigin::Input(input) = array.origin {
            let whole = counter.size(input).unwrap_or(f64::INFINITY);
            let moved = counter.read[handle].min(whole) + counter.written[handle].min(whole);
            counter.found.bytes += moved * width(types.array(handle).element.kind);
        }
    }
    Ok(counter.found)
}

struct Counter<'a> {
    region: &'a Region,
    types: &'a Types,
    given: &'a BTreeMap<String, Given>,
    turns: Turns<'a>,
    /// How often the body of the innermost loop around began, as far as that was observed.
    begun: f64,
    once: SideTable<Variable, Option<Handle<Expression>>>,
    /// The counters of the loops around, at the iteration that is looked at.
    at: SideTable<Loop, Option<f64>>,
    /// The loops around, with their iterations; a `while` loop has no counter.
    around: Vec<(Option<Handle<Loop>>, f64)>,
    /// Elements of each array.
    read: SideTable<ir::Array, f64>,
    written: SideTable<ir::Array, f64>,
    found: Counted,
}

impl Counter<'_> {
    fn block(&mut self, block: &Block) -> Result<f64, String> {
        let mut sum = 0.0;
        for (statement, span) in &block.statements {
            sum += self.statement(statement, *span)?;
        }
        Ok(sum)
    }

    fn statement(&mut self, statement: &Statement, span: Span) -> Result<f64, String> {
        Ok(match statement {
            Statement::For(handle) => self.counted(*handle)?,
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                let unknown = "how often its `while` loop runs depends on the data";
                let (trips, begun) = self.observed(span).ok_or(unknown)?;
                let tested = self.repeated(None, trips + 1.0, begun, |counter| {
                    Ok(counter.block(prelude)? + counter.value(*condition))
                })?;
                let done = match trips > 0.0 {
                    true => self.repeated(None, trips, begun, |counter| counter.block(body))?,
                    false => 0.0,
                };
                (trips + 1.0) * tested + trips * done
            }
            // What stands behind it in the body is counted for every iteration.
            Statement::Break | Statement::Continue => {
                self.found.at_most = true;
                0.0
            }
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                let (accept, reject) = (self.block(accept)?, self.block(reject)?);
                self.found.at_most |= accept != reject;
                self.value(*condition) + accept.max(reject)
            }
            Statement::Store(handle) => {
                let store = &self.region.stores[*handle];
                let touched = self.touched(&store.subscripts);
                let written = &mut self.written[store.array];
                *written = written.max(touched);
                self.value(store.value)
            }
            Statement::Assign { value, .. } => self.value(*value),
            Statement::Evaluate(value) => self.value(*value),
            Statement::Allocate { .. }
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => 0.0,
        })
    }

    fn counted(&mut self, handle: Handle<Loop>) -> Result<f64, String> {
        let region = self.region;
        let header = &region.loops[handle];
        let bounds = [header.start, header.stop, header.step].map(|root| self.known(root));
        let [Some(start), Some(stop), Some(step)] = bounds else {
            return Err(format!(
                "how often loop `{}` runs is known only inside the kernel",
                header.written
            ));
        };
        let mut trips = if step == 0.0 {
            0.0
        } else {
            ((stop - start) / step).ceil().max(0.0)
        };
        if leaves(&header.body) {
            let unknown = "where `break` ends its loop depends on the data";
            (trips, _) = self.observed(header.span).ok_or(unknown)?;
        }
        let begun = (self.turns.begun)(header.span).unwrap_or(self.begun * trips);
        if trips == 0.0 {
            return Ok(0.0);
        }
        let samples = if self.decides(handle) {
            trips.min(SAMPLES.into())
        } else {
            1.0
        };
        let sum = self.repeated(Some(handle), trips, begun, |counter| {
            let mut sum = 0.0;
            for number in 0..samples as u32 {
                // The middle of each part.
                let trip = ((f64::from(number) + 0.5) * trips / samples).floor();
                counter.at[handle] = Some(start + step * trip);
                sum += counter.block(&header.body)?;
            }
            Ok(sum)
        })?;
        self.at[handle] = None;
        Ok(sum / samples * trips)
    }

    /// Of a loop whose turns were observed: its iterations each time that it is reached, and all of them together.
    fn observed(&self, span: Span) -> Option<(f64, f64)> {
        if !self.turns.whole && self.around.is_empty() {
            return None;
        }
        let turns = (self.turns.begun)(span)?;
        let reached = if self.begun > 0.0 { self.begun } else { 1.0 };
        Some((turns / reached, turns))
    }

    /// What is counted inside a loop with so many iterations, the body of which begins so often in all.
    fn repeated(
        &mut self,
        handle: Option<Handle<Loop>>,
        trips: f64,
        begun: f64,
        count: impl FnOnce(&mut Self) -> Result<f64, String>,
    ) -> Result<f64, String> {
        self.around.push((handle, trips));
        let outside = std::mem::replace(&mut self.begun, begun);
        let counted = count(self);
        self.begun = outside;
        self.around.pop();
        counted
    }

    /// Whether the bounds of loops inside depend on a counter.
    fn decides(&self, handle: Handle<Loop>) -> bool {
        let mut found = false;
        ir::visit_statements(self.region, &self.region.loops[handle].body, &mut |statement, _| {
            if let Statement::For(inner) = statement {
                let inner = &self.region.loops[*inner];
                let bounds = [inner.start, inner.stop, inner.step];
                found |= bounds.into_iter().any(|root| self.depends(root, &|one| one == handle));
            }
        });
        found
    }

    /// Whether a value depends on the counter of such a loop; on a variable that is assigned twice, on any.
    fn depends(&self, root: Handle<Expression>, on: &dyn Fn(Handle<Loop>) -> bool) -> bool {
        let expression = &self.region.expressions[root];
        let own = match expression {
            Expression::Counter(counter) => on(*counter),
            Expression::Variable(variable) => match self.once[*variable] {
                Some(value) => self.depends(value, on),
                None => true,
            },
            Expression::Load { .. } => true,
            _ => false,
        };
        own || ir::children(expression)
            .into_iter()
            .any(|child| self.depends(child, on))
    }

    /// Elements that an access reaches: as many as there are iterations of the loops by which it changes.
    fn touched(&self, subscripts: &[Handle<Expression>]) -> f64 {
        let mut product = 1.0;
        for (handle, trips) in &self.around {
            let on = |one| Some(one) == *handle;
            if subscripts.iter().any(|root| self.depends(*root, &on)) {
                product *= trips;
            }
        }
        product
    }

    /// Operations of a value; its loads are noted.
    fn value(&mut self, root: Handle<Expression>) -> f64 {
        let region = self.region;
        let expression = &region.expressions[root];
        if let Expression::Load { array, subscripts } = expression {
            let touched = self.touched(subscripts);
            let read = &mut self.read[*array];
            *read = read.max(touched);
            // Subscripts may load, too.
            let mut loads = Vec::new();
            for subscript in subscripts {
                ir::visit_expressions(region, *subscript, &mut |one| {
                    loads.extend(matches!(region.expressions[one], Expression::Load { .. }).then_some(one));
                });
            }
            loads.into_iter().for_each(|one| _ = self.value(one));
            return 0.0;
        }
        let own = operations(expression);
        if own > 0.0 {
            let computed = match expression {
                Expression::Compare { left, .. } => *left,
                _ => root,
            };
            self.found.narrow &= width(self.types.expression(computed).kind) <= 4.0;
        }
        let inside: f64 = ir::children(expression)
            .into_iter()
            .map(|child| self.value(child))
            .sum();
        own + inside
    }

    /// The value of a bound.
    fn known(&self, root: Handle<Expression>) -> Option<f64> {
        let region = self.region;
        Some(match &region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => *value as f64,
            Expression::Input(input) => match self.given.get(&region.inputs[*input].name)? {
                Given::Int(value) => *value as f64,
                Given::Shape(_) => return None,
            },
            Expression::Counter(counter) => self.at[*counter]?,
            Expression::Variable(variable) => self.known(self.once[*variable]?)?,
            Expression::Extent { array, axis } => match &region.arrays[*array].origin {
                ArrayOrigin::Input(input) => *self.shape(*input)?.get(*axis as usize)? as f64,
                ArrayOrigin::Local { extents, .. } => self.known(*extents.get(*axis as usize)?)?.max(0.0),
                ArrayOrigin::Variable(_) => return None,
            },
            Expression::Size(array) => match region.arrays[*array].origin {
                ArrayOrigin::Input(input) => self.size(input)?,
                ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => return None,
            },
            Expression::Unary {
                op: UnaryOp::Negate,
                operand,
            } => -self.known(*operand)?,
            Expression::Binary { op, left, right } => {
                let (left, right) = (self.known(*left)?, self.known(*right)?);
                match op {
                    ir::BinaryOp::Add => left + right,
                    ir::BinaryOp::Subtract => left - right,
                    ir::BinaryOp::Multiply => left * right,
                    ir::BinaryOp::FloorDivide if right != 0.0 => (left / right).floor(),
                    ir::BinaryOp::Modulo if right != 0.0 => left - right * (left / right).floor(),
                    _ => return None,
                }
            }
            Expression::Call { function, arguments } => {
                let values: Option<Vec<f64>> = arguments.iter().map(|one| self.known(*one)).collect();
                let values = values?.into_iter();
                match function {
                    Function::Min => values.fold(f64::INFINITY, f64::min),
                    Function::Max => values.fold(f64::NEG_INFINITY, f64::max),
                    _ => return None,
                }
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => match self.holds(*condition)? {
                true => self.known(*accept)?,
                false => self.known(*reject)?,
            },
            Expression::Convert { operand, .. } => self.known(*operand)?,
            _ => return None,
        })
    }

    fn holds(&self, root: Handle<Expression>) -> Option<bool> {
        match &self.region.expressions[root] {
            Expression::Compare { op, left, right } => {
                let (left, right) = (self.known(*left)?, self.known(*right)?);
                Some(match op {
                    ir::CompareOp::Less => left < right,
                    ir::CompareOp::LessEqual => left <= right,
                    ir::CompareOp::Greater => left > right,
                    ir::CompareOp::GreaterEqual => left >= right,
                    ir::CompareOp::Equal => left == right,
                    ir::CompareOp::NotEqual => left != right,
                })
            }
            _ => None,
        }
    }

    fn shape(&self, input: Handle<Input>) -> Option<&[u64]> {
        match self.given.get(&self.region.inputs[input].name)? {
            Given::Shape(shape) => Some(shape),
            Given::Int(_) => None,
        }
    }

    fn size(&self, input: Handle<Input>) -> Option<f64> {
        Some(self.shape(input)?.iter().map(|extent| *extent as f64).product())
    }
}

/// Whether a `break` in the body of a loop ends that loop.
fn leaves(body: &Block) -> bool {
    body.statements.iter().any(|(statement, _)| match statement {
        Statement::Break => true,
        Statement::If { accept, reject, .. } => leaves(accept) || leaves(reject),
        Statement::For(_)
        | Statement::While { .. }
        | Statement::Continue
        | Statement::Store(_)
        | Statement::Assign { .. }
        | Statement::Evaluate(_)
        | Statement::Allocate { .. }
        | Statement::Leave(_)
        | Statement::Raise { .. }
        | Statement::Seed(_)
        | Statement::Draw(_) => false,
    })
}

/// Operations of a node, without its operands.
fn operations(expression: &Expression) -> f64 {
    match expression {
        Expression::Binary { op, .. } => match op {
            ir::BinaryOp::Power => 2.0 * FUNCTION,
            _ => 1.0,
        },
        Expression::Unary { .. } | Expression::Compare { .. } => 1.0,
        Expression::Call { function, arguments } => match function {
            Function::Math(Math::Sqrt | Math::Fabs | Math::Floor | Math::Ceil | Math::Trunc | Math::Copysign) => 1.0,
            Function::Math(Math::Pow) | Function::Numpy(Ufunc::Power) => 2.0 * FUNCTION,
            Function::Math(_) => FUNCTION,
            Function::Numpy(one) if takes_polynomial(*one) => FUNCTION,
            Function::Numpy(_) => 1.0,
            Function::Real | Function::Imag | Function::Conjugate | Function::Conj | Function::Complex => 0.0,
            Function::Min | Function::Max => arguments.len().max(2) as f64 - 1.0,
            Function::Abs | Function::Round | Function::RoundDigits | Function::PowerModulo => 1.0,
        },
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Load { .. }
        | Expression::Logical { .. }
        | Expression::Select { .. }
        | Expression::Convert { .. }
        | Expression::Array(_) => 0.0,
    }
}

/// Whether a function is computed by a polynomial.
fn takes_polynomial(function: Ufunc) -> bool {
    use Ufunc as U;
    let powers = matches!(function, U::Exp | U::Exp2 | U::Expm1 | U::Cbrt | U::Hypot);
    let logarithms = matches!(function, U::Log | U::Log10 | U::Log1p | U::Log2 | U::Logaddexp);
    let circle = matches!(function, U::Sin | U::Cos | U::Tan | U::Angle);
    let hyperbola = matches!(function, U::Sinh | U::Cosh | U::Tanh);
    let inverse = matches!(
        function,
        U::Arccos | U::Arccosh | U::Arcsin | U::Arcsinh | U::Arctan | U::Arctan2 | U::Arctanh
    );
    powers || logarithms || circle || hyperbola || inverse
}

fn width(kind: Kind) -> f64 {
    kind.size() as f64
}
