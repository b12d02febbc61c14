//! Operations that `fastmath` lets be evaluated in another way.
//!
//! | licence | written | evaluated |
//! |---|---|---|
//! | `contract` | `a*b + c`, `a*b - c`, `c - a*b` | with one rounding, where the processor can |
//! | `arcp` | `x / c`, `c` the same in all iterations | `x * (1 / c)` |
//! | `reassoc` | `a*x*b`, `x + a + y + b` | what is the same in all iterations first, once; the rest as a balanced tree |
//!
//! All of it concerns floats only, inside the loop that carries the clause, in its fast variant. "The same in all iterations"
//! means those of the innermost loop around the statement. Elements of arrays count as different.

use super::Plan;
use super::nest::{assignments, is_steady};
use crate::infer::{Condition, Kind};
use crate::ir::{
    self, BinaryOp, Block, Expression, Fastmath, Handle, Loop, Region, SideTable, Statement, visit_expressions,
};

type Ex = Handle<Expression>;

/// Another way to evaluate an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Relaxed {
    /// `product + addend`, rounded once.
    Fused {
        /// A multiplication.
        product: Ex,
        /// What is added.
        addend: Ex,
        /// Whether the product counts negated.
        product_negated: bool,
        /// Whether the addend does.
        addend_negated: bool,
    },
    /// The dividend times the reciprocal of the divisor.
    Reciprocal,
    /// A sum or a product of all of these, in any order.
    Chain {
        /// Whether it is a product.
        product: bool,
        /// Those that are the same in all iterations.
        steady: Vec<Ex>,
        /// The others.
        others: Vec<Ex>,
        /// Whether additions of products may be rounded once.
        contract: bool,
    },
}

/// The operations that are relaxed.
pub(super) fn relax(plan: &Plan<'_>) -> SideTable<Expression, Option<Relaxed>> {
    let mut search = Search {
        plan,
        found: SideTable::filled(&plan.region.expressions, None),
    };
    for (handle, header) in plan.region.loops.iter() {
        let licences = header.annotation.as_ref().map(|one| one.fastmath);
        if let Some(licences) = licences.filter(|one| *one != Fastmath::default()) {
            search.block(&header.body, handle, licences);
        }
    }
    search.found
}

struct Search<'s, 'p> {
    plan: &'s Plan<'p>,
    found: SideTable<Expression, Option<Relaxed>>,
}

impl Search<'_, '_> {
    fn block(&mut self, block: &Block, innermost: Handle<Loop>, licences: Fastmath) {
        let region = self.plan.region;
        for (statement, _) in &block.statements {
            for root in statement.roots(region) {
                let mut all = Vec::new();
                visit_expressions(region, root, &mut |one| all.push(one));
                for one in all {
                    self.found[one] = self.relaxed(one, innermost, licences);
                }
            }
            let inside = match statement {
                Statement::For(inner) => *inner,
                _ => innermost,
            };
            for inner in statement.blocks(region) {
                self.block(inner, inside, licences);
            }
        }
    }

    fn relaxed(&self, root: Ex, innermost: Handle<Loop>, licences: Fastmath) -> Option<Relaxed> {
        let Expression::Binary { op, right, .. } = self.plan.region.expressions[root] else {
            return None;
        };
        let steady = |one: Ex| is_the_same(self.plan.region, one, innermost);
        match op {
            BinaryOp::Divide => {
                (licences.reciprocal && self.divides(root) && steady(right)).then_some(Relaxed::Reciprocal)
            }
            BinaryOp::Add | BinaryOp::Multiply if licences.reassociate && self.is_plain(root) => {
                let mut operands = Vec::new();
                self.flatten(root, op, &mut operands);
                let (steady, others): (Vec<Ex>, Vec<Ex>) = operands.into_iter().partition(|one| steady(*one));
                let long = steady.len() + others.len() > 2;
                let chain = Relaxed::Chain {
                    product: op == BinaryOp::Multiply,
                    steady,
                    others,
                    contract: licences.contract,
                };
                if long { Some(chain) } else { self.fused(root, licences) }
            }
            BinaryOp::Add | BinaryOp::Subtract => self.fused(root, licences),
            _ => None,
        }
    }

    fn fused(&self, root: Ex, licences: Fastmath) -> Option<Relaxed> {
        let Expression::Binary { op, left, right } = self.plan.region.expressions[root] else {
            return None;
        };
        if !licences.contract || !self.is_plain(root) {
            return None;
        }
        let kind = self.plan.types.expression(root).kind;
        let fused = |product, addend, product_negated, addend_negated| Relaxed::Fused {
            product,
            addend,
            product_negated,
            addend_negated,
        };
        let is_product = |one: Ex| self.plan.factors(one, kind).is_some();
        match (op, is_product(left), is_product(right)) {
            (BinaryOp::Add, _, true) => Some(fused(right, left, false, false)),
            (BinaryOp::Add, true, false) => Some(fused(left, right, false, false)),
            (BinaryOp::Subtract, true, _) => Some(fused(left, right, false, true)),
            (BinaryOp::Subtract, false, true) => Some(fused(right, left, true, false)),
            _ => None,
        }
    }

    /// The operands of a sum or a product, through all its levels.
    fn flatten(&self, root: Ex, op: BinaryOp, operands: &mut Vec<Ex>) {
        match self.plan.region.expressions[root] {
            Expression::Binary { op: own, left, right } if own == op && self.is_plain(root) => {
                let kind = self.plan.types.expression(root).kind;
                for one in [left, right] {
                    let same = self.plan.types.expression(one).kind == kind;
                    if same {
                        self.flatten(one, op, operands);
                    } else {
                        operands.push(one);
                    }
                }
            }
            _ => operands.push(root),
        }
    }

    fn is_plain(&self, root: Ex) -> bool {
        self.plan.is_plain(root)
    }

    /// Whether a division is one of floats, which may only fail because the divisor is 0.
    fn divides(&self, root: Ex) -> bool {
        let types = self.plan.types;
        let mut checks = types.checks(root).iter();
        is_float(types.expression(root).kind)
            && types.operation(root).is_some_and(|ty| is_float(ty.kind))
            && checks.all(|check| check.condition == Condition::DivisorNotZero)
    }
}

/// Whether a value is the same in all iterations of a loop.
fn is_the_same(region: &Region, root: Ex, innermost: Handle<Loop>) -> bool {
    let body = &region.loops[innermost].body;
    let mut loops = vec![innermost];
    ir::visit_statements(region, body, &mut |statement, _| {
        if let Statement::For(inner) = statement {
            loops.push(*inner);
        }
    });
    is_steady(region, root, &loops, &assignments(region, body))
}

fn is_float(kind: Kind) -> bool {
    matches!(kind, Kind::F32 | Kind::F64)
}

impl Plan<'_> {
    /// Another way to evaluate an operation, which the user permits.
    pub fn relaxed(&self, root: Ex) -> Option<&Relaxed> {
        self.relaxed[root].as_ref()
    }

    /// The factors of a product of floats of this kind that cannot fail.
    pub fn factors(&self, root: Ex, kind: Kind) -> Option<[Ex; 2]> {
        match self.region.expressions[root] {
            Expression::Binary {
                op: BinaryOp::Multiply,
                left,
                right,
            } if self.is_plain(root) && self.types.expression(root).kind == kind => Some([left, right]),
            _ => None,
        }
    }

    /// Whether an operation on floats computes in the type of its result and cannot fail.
    fn is_plain(&self, root: Ex) -> bool {
        let kind = self.types.expression(root).kind;
        let same = self.types.operation(root).is_some_and(|ty| ty.kind == kind);
        is_float(kind) && same && self.types.checks(root).is_empty()
    }
}
