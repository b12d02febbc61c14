//! Which Python int results surely fit 64 bits: magnitudes, from what can be known before the launch.
//!
//! Extents are below 2^47 (an address space); int inputs below 2^40, which the launch checks; loaded elements are within their
//! kind. A variable's magnitude is a fixed point over its assignments; what still grows after a few rounds grows by additions
//! only, at most 2^52 times (a loop of weeks), or is unbounded. (Interval analysis with widening: Cousot and Cousot, POPL 1977.)

use crate::deps::AccessMode;
use crate::infer::{InputTy, Kind, Origin, Types};
use crate::ir::{
    self, BinaryOp, Conversion, Expression, Function, Handle, Literal, Region, SideTable, Statement, UnaryOp, Variable,
};

/// Greatest magnitude of an int input that the fast variant takes.
pub const INPUT: i64 = 1 << 40;
const EXTENT: f64 = (1_u64 << 47) as f64;
const ROUNDS: usize = 4;
const GROWTH: f64 = (1_u64 << 52) as f64;
const LIMIT: f64 = 9.2e18;

/// Magnitudes of a region's integers.
#[derive(Debug)]
pub struct Bounds {
    expressions: SideTable<Expression, f64>,
    /// Whether some result relies on [`INPUT`].
    known: bool,
}

impl Bounds {
    /// For the careful variant, which relies on nothing.
    pub fn unknown(region: &Region) -> Self {
        Self {
            expressions: SideTable::filled(&region.expressions, f64::INFINITY),
            known: false,
        }
    }

    /// For the fast variant.
    pub fn of(plan: &super::Plan<'_>) -> Self {
        let (region, types) = (plan.region(), plan.types());
        let mut pass = Pass {
            region,
            types,
            variables: SideTable::filled(&region.variables, 0.0),
            expressions: SideTable::filled(&region.expressions, 0.0),
        };
        pass.initial();
        for round in 0..2 * ROUNDS {
            let before = pass.variables.clone();
            pass.walk(round >= ROUNDS);
            if pass.variables == before {
                break;
            }
            if round == 2 * ROUNDS - 1 {
                // Not settled: whatever still moved is unbounded.
                for handle in region.variables.handles() {
                    if pass.variables[handle] != before[handle] {
                        pass.variables[handle] = f64::INFINITY;
                    }
                }
                pass.walk(false);
                pass.walk(false);
            }
        }
        let mut expressions = pass.expressions;
        for root in within(plan) {
            expressions[root] = expressions[root].min(EXTENT);
        }
        Self {
            expressions,
            known: true,
        }
    }

    /// Whether an int result surely fits.
    pub fn fits(&self, root: Handle<Expression>) -> bool {
        self.known && self.expressions[root] < LIMIT
    }
}

/// Subscripts that a guard keeps within their axes, in all iterations behind it.
fn within(plan: &super::Plan<'_>) -> Vec<Handle<Expression>> {
    let (region, facts) = (plan.region(), plan.facts());
    let loads = region.expressions.iter().filter_map(|(root, one)| match one {
        Expression::Load { subscripts, .. } => Some((subscripts, facts.load(root)?)),
        _ => None,
    });
    let stores = region.stores.iter();
    let stores = stores.filter_map(|(handle, store)| Some((&store.subscripts, facts.store(handle)?)));
    loads
        .chain(stores)
        .flat_map(|(subscripts, access)| subscripts.iter().zip(&access.subscripts))
        .filter(|(_, subscript)| subscript.guard.is_some() && subscript.mode != AccessMode::Checked)
        .map(|(root, _)| *root)
        .collect()
}

struct Pass<'r> {
    region: &'r Region,
    types: &'r Types,
    variables: SideTable<Variable, f64>,
    expressions: SideTable<Expression, f64>,
}

impl Pass<'_> {
    fn initial(&mut self) {
        for (handle, variable) in self.region.variables.iter() {
            if let Some(input) = variable.initial {
                self.variables[handle] = self.input(input);
            }
        }
    }

    fn input(&self, input: Handle<ir::Input>) -> f64 {
        match self.types.input(input) {
            InputTy::Scalar(ty) if ty.origin == Origin::Python && ty.kind == Kind::I64 => INPUT as f64,
            InputTy::Scalar(ty) => of_kind(ty.kind),
            InputTy::Array(_) => f64::INFINITY,
            InputTy::Nothing => 0.0,
        }
    }

    fn walk(&mut self, widen: bool) {
        let region = self.region;
        ir::visit_statements(region, &region.body, &mut |statement, _| {
            for root in statement.roots(region) {
                self.expression(root);
            }
            if let Statement::Draw(draw) = statement {
                self.variables[draw.variable] = of_kind(self.types.variable(draw.variable).kind);
            }
            if let Statement::Assign { variable, value } = statement {
                let new = self.expressions[*value];
                let old = self.variables[*variable];
                if new > old {
                    self.variables[*variable] = if widen {
                        self.widened(*variable, *value, old)
                    } else {
                        new
                    };
                }
            }
        });
    }

    /// A variable that grows: by a bounded amount each time it is added to, or without bound.
    fn widened(&self, variable: Handle<Variable>, value: Handle<Expression>, old: f64) -> f64 {
        let is_self = |root: Handle<Expression>| self.region.expressions[root] == Expression::Variable(variable);
        match &self.region.expressions[value] {
            Expression::Binary {
                op: BinaryOp::Add | BinaryOp::Subtract,
                left,
                right,
            } => {
                let step = if is_self(*left) {
                    self.expressions[*right]
                } else if is_self(*right) {
                    self.expressions[*left]
                } else {
                    return f64::INFINITY;
                };
                if old >= GROWTH {
                    old
                } else {
                    old.max(INPUT as f64) + step * GROWTH
                }
            }
            _ => f64::INFINITY,
        }
    }

    fn expression(&mut self, root: Handle<Expression>) {
        let region = self.region;
        ir::visit_expressions(region, root, &mut |handle| {
            let magnitude = self.magnitude(handle);
            self.expressions[handle] = magnitude;
        });
    }

    fn magnitude(&self, root: Handle<Expression>) -> f64 {
        let of = |handle: &Handle<Expression>| self.expressions[*handle];
        let kind = self.types.expression(root).kind;
        let raw = match &self.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => value.unsigned_abs() as f64,
            Expression::Literal(Literal::Bool(_)) => 1.0,
            Expression::Literal(Literal::Nothing) => 0.0,
            Expression::Literal(Literal::Float(value) | Literal::Imaginary(value)) => value.abs(),
            Expression::Input(input) => self.input(*input),
            Expression::Variable(variable) => self.variables[*variable],
            Expression::Counter(header) => {
                let header = &self.region.loops[*header];
                of(&header.start).max(of(&header.stop))
            }
            Expression::Extent { .. } | Expression::Size(_) => EXTENT,
            Expression::Rank(_) => 64.0,
            Expression::Load { .. } | Expression::Array(_) => of_kind(kind),
            Expression::Unary { op, operand } => match op {
                UnaryOp::Not => 1.0,
                UnaryOp::Invert => of(operand) + 1.0,
                UnaryOp::Plus | UnaryOp::Negate => of(operand),
            },
            Expression::Binary { op, left, right } => binary(*op, of(left), of(right)),
            Expression::Compare { .. } => 1.0,
            Expression::Logical { left, right, .. } => of(left).max(of(right)),
            Expression::Select { accept, reject, .. } => of(accept).max(of(reject)),
            Expression::Call { function, arguments } => match function {
                Function::Min | Function::Max => arguments.iter().map(of).fold(0.0, f64::max),
                Function::Abs | Function::Round => of(&arguments[0]) + 1.0,
                Function::Real | Function::Imag | Function::Conjugate | Function::Conj => of(&arguments[0]),
                Function::Complex => f64::INFINITY,
                Function::PowerModulo => of(&arguments[2]),
                Function::RoundDigits | Function::Math(_) | Function::Numpy(_) => f64::INFINITY,
            },
            Expression::Convert {
                to: Conversion::Int,
                operand,
            } => of(operand),
            Expression::Convert { operand, .. } => of(operand),
        };
        // Wrapping arithmetic stays within its kind.
        let wraps = self.types.expression(root).origin == Origin::Numpy;
        if wraps && kind.is_integer() {
            raw.min(of_kind(kind))
        } else {
            raw
        }
    }
}

fn binary(op: BinaryOp, left: f64, right: f64) -> f64 {
    match op {
        BinaryOp::Add | BinaryOp::Subtract => left + right,
        BinaryOp::Multiply => left * right,
        BinaryOp::Divide | BinaryOp::Power | BinaryOp::ShiftLeft => f64::INFINITY,
        BinaryOp::FloorDivide => left + 1.0,
        BinaryOp::Modulo => right,
        BinaryOp::ShiftRight => left + 1.0,
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => 2.0 * left.max(right) + 2.0,
    }
}

fn of_kind(kind: Kind) -> f64 {
    match kind {
        Kind::Bool => 1.0,
        Kind::I8 | Kind::U8 => 256.0,
        Kind::I16 | Kind::U16 => 65_536.0,
        Kind::I32 | Kind::U32 => 4_294_967_296.0,
        Kind::I64 | Kind::U64 => 1.9e19,
        Kind::F16 | Kind::F32 | Kind::F64 | Kind::C64 | Kind::C128 => f64::INFINITY,
    }
}
