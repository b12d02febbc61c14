//! What a statement of the new region reads, changes and may raise: whether two statements may change places.

use std::collections::HashSet;

use super::Ex;
use crate::ir::{
    Array, ArrayOrigin, BinaryOp, Conversion, Expression, Function, Handle, Literal, Loop, Region, Statement, Variable,
    children, visit_expressions, visit_statements,
};

/// One access to an array's element.
pub(super) struct Access {
    pub(super) array: Handle<Array>,
    pub(super) subscripts: Vec<Ex>,
    pub(super) stores: bool,
}

/// The effects of a statement and of all inside.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) read: HashSet<Name>,
    pub(super) assigned: HashSet<Name>,
    pub(super) accesses: Vec<Access>,
    /// Local arrays that begin to exist.
    pub(super) allocated: HashSet<Handle<Array>>,
    /// Extents that are looked at.
    measured: HashSet<Handle<Array>>,
    /// An exception may be raised, or the region be left.
    pub(super) raises: bool,
    /// So that the first iteration does not tell: by anything but a subscript that is the same in all iterations.
    fails_later: bool,
    /// Something is evaluated under a condition.
    conditional: bool,
    /// Control may go elsewhere than to the next statement, or something is done whose order must stay.
    pub(super) orders: bool,
}

type Name = Handle<Variable>;

/// Whether an array comes from outside, where others may share its storage.
pub(super) fn is_foreign(region: &Region, array: Handle<Array>) -> bool {
    matches!(region.arrays[array].origin, ArrayOrigin::Input(_))
}

impl Effects {
    pub(super) fn of(region: &Region, statement: &Statement) -> Self {
        let mut effects = Self::default();
        let mut counters = HashSet::new();
        effects.add(region, statement, &mut counters);
        for block in statement.blocks(region) {
            visit_statements(region, block, &mut |inner, _| effects.add(region, inner, &mut counters));
        }
        effects
    }

    /// Those of evaluating expressions within some loops.
    pub(super) fn evaluating(region: &Region, roots: &[Ex], loops: &[Handle<Loop>]) -> Self {
        let mut effects = Self::default();
        let counters = loops.iter().copied().collect();
        for root in roots {
            visit_expressions(region, *root, &mut |one| effects.evaluated(region, one, &counters));
        }
        effects
    }

    fn add(&mut self, region: &Region, statement: &Statement, counters: &mut HashSet<Handle<Loop>>) {
        self.assigned.extend(statement.assigned());
        match statement {
            Statement::Assign { .. } => {}
            // Of what is not read, only the exception is wanted.
            Statement::Evaluate(value) => self.fail_if(!matches!(
                region.expressions[*value],
                Expression::Load { .. } | Expression::Literal(_)
            )),
            Statement::If { .. } => self.conditional = true,
            Statement::Store(store) => {
                let store = &region.stores[*store];
                self.orders |= store.atomic;
                self.subscripts(region, &store.subscripts, counters);
                self.accesses.push(Access {
                    array: store.array,
                    subscripts: store.subscripts.clone(),
                    stores: true,
                });
            }
            Statement::For(header) => {
                counters.insert(*header);
            }
            Statement::Allocate { array, .. } => {
                self.allocated.insert(*array);
            }
            Statement::Leave(_) | Statement::Raise { .. } => self.fail_if(true),
            Statement::While { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Seed(_)
            | Statement::Draw(_) => self.orders = true,
        }
        for root in statement.roots(region) {
            visit_expressions(region, root, &mut |one| self.evaluated(region, one, counters));
        }
    }

    fn evaluated(&mut self, region: &Region, one: Ex, counters: &HashSet<Handle<Loop>>) {
        match &region.expressions[one] {
            Expression::Variable(variable) => {
                self.read.insert(*variable);
            }
            Expression::Load { array, subscripts } => {
                self.subscripts(region, subscripts, counters);
                self.accesses.push(Access {
                    array: *array,
                    subscripts: subscripts.clone(),
                    stores: false,
                });
            }
            Expression::Extent { array, .. } | Expression::Size(array) | Expression::Rank(array) => {
                self.measured.insert(*array);
            }
            Expression::Binary { op, left, right } => self.fail_if(may_raise(region, *op, *left, *right)),
            Expression::Call { function, .. } => {
                self.fail_if(matches!(
                    function,
                    Function::Math(_) | Function::Round | Function::RoundDigits | Function::PowerModulo
                ));
            }
            Expression::Convert { to, .. } => self.fail_if(*to == Conversion::Int),
            Expression::Logical { .. } | Expression::Select { .. } => self.conditional = true,
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Counter(_)
            | Expression::Unary { .. }
            | Expression::Compare { .. } => {}
            Expression::Array(_) => self.orders = true,
        }
    }

    fn fail_if(&mut self, fails: bool) {
        self.raises |= fails;
        self.fails_later |= fails;
    }

    /// Subscripts may be out of bounds.
    fn subscripts(&mut self, region: &Region, all: &[Ex], counters: &HashSet<Handle<Loop>>) {
        for one in all.iter().filter(|one| !is_within(region, **one, counters)).copied() {
            self.raises = true;
            visit_expressions(region, one, &mut |one| {
                self.fails_later |= match &region.expressions[one] {
                    Expression::Counter(header) => counters.contains(header),
                    Expression::Load { .. } => true,
                    _ => false,
                };
            });
        }
    }

    /// Whether an iteration of a loop may raise when the first has not: subscripts that a loop does not change are in bounds in
    /// all its iterations, or in none.
    pub(super) fn fails_midway(&self) -> bool {
        self.fails_later || (self.raises && self.conditional)
    }

    /// Whether an array from outside is changed.
    pub(super) fn changes_foreign(&self, region: &Region) -> bool {
        self.accesses
            .iter()
            .any(|one| one.stores && is_foreign(region, one.array))
    }

    /// Whether places are counted on the way, which lanes cannot.
    pub(super) fn packs(&self, region: &Region) -> bool {
        let mut counted = false;
        for root in self.accesses.iter().flat_map(|one| &one.subscripts) {
            visit_expressions(region, *root, &mut |one| {
                counted |= matches!(&region.expressions[one], Expression::Variable(variable) if self.assigned.contains(variable));
            });
        }
        counted
    }

    /// Whether two statements, one after the other, may change places.
    pub(super) fn commutes(&self, other: &Self, region: &Region) -> bool {
        let fails = |a: &Self, b: &Self| a.raises && (b.raises || b.changes_foreign(region));
        let storage = |a: &Self, b: &Self| {
            a.allocated.iter().any(|array| {
                let same = |one: &Access| one.array == *array;
                b.accesses.iter().any(same) || b.allocated.contains(array) || b.measured.contains(array)
            })
        };
        let meet = |a: &Access, b: &Access| {
            let shared = a.array == b.array || (is_foreign(region, a.array) && is_foreign(region, b.array));
            shared && (a.stores || b.stores)
        };
        let accesses = |one: &Access| other.accesses.iter().any(|two| meet(one, two));
        let conflict = self.orders
            || other.orders
            || fails(self, other)
            || fails(other, self)
            || storage(self, other)
            || storage(other, self)
            || self.accesses.iter().any(accesses);
        !conflict && self.separate(other)
    }

    /// Whether neither assigns a variable of the other.
    pub(super) fn separate(&self, other: &Self) -> bool {
        let touches = |one: &Self, variable: &Name| one.read.contains(variable) || one.assigned.contains(variable);
        !self.assigned.iter().any(|one| touches(other, one)) && !other.assigned.iter().any(|one| touches(self, one))
    }
}

/// Whether a subscript runs along an axis of an array expression: a slice names no element that is not there.
fn is_within(region: &Region, root: Ex, counters: &HashSet<Handle<Loop>>) -> bool {
    let mut along = false;
    let mut plain = true;
    visit_expressions(region, root, &mut |one| match &region.expressions[one] {
        Expression::Counter(header) => along |= counters.contains(header),
        Expression::Load { .. } => plain = false,
        _ => {}
    });
    along && plain
}

/// Whether an operation may raise: not on NumPy's numbers, but for a negative power of an integer.
fn may_raise(region: &Region, op: BinaryOp, left: Ex, right: Ex) -> bool {
    let numpy = || is_numpy(region, left) || is_numpy(region, right);
    match op {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor => false,
        BinaryOp::Divide | BinaryOp::FloorDivide | BinaryOp::Modulo | BinaryOp::ShiftLeft | BinaryOp::ShiftRight => {
            !numpy()
        }
        BinaryOp::Power => {
            let harmless = match region.expressions[right] {
                Expression::Literal(Literal::Int(power)) => power >= 0,
                Expression::Literal(Literal::Float(_)) => true,
                _ => false,
            };
            !(harmless && is_numpy(region, left))
        }
    }
}

/// Whether a value is surely of a NumPy type.
fn is_numpy(region: &Region, root: Ex) -> bool {
    match &region.expressions[root] {
        Expression::Load { .. } => true,
        Expression::Variable(variable) => region.variables[*variable].storage.is_some(),
        Expression::Call { function, .. } => matches!(function, Function::Numpy(_)),
        Expression::Convert { to, .. } => matches!(to, Conversion::Float32 | Conversion::Float64 | Conversion::Int64),
        one @ (Expression::Unary { .. } | Expression::Binary { .. }) => {
            children(one).into_iter().any(|operand| is_numpy(region, operand))
        }
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Compare { .. }
        | Expression::Logical { .. }
        | Expression::Select { .. }
        | Expression::Array(_) => false,
    }
}
