//! Scalars that the iterations of a loop only combine contributions into, or why one is not that.

use super::scalars::{reads, reads_in};
use super::{ExtremumRule, ScalarReduction, Update};
use crate::infer::{Kind, Types};
use crate::ir::{
    self, BinaryOp, Block, CompareOp, Expression, Function, Handle, Literal, LogicalOp, ReductionOp, Region, Statement,
    Ufunc, UnaryOp, Variable,
};
use crate::source::Span;

type Ex = Handle<Expression>;

/// Why a variable is no reduction.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The use that does not fit.
    pub(super) span: Span,
    /// What is wrong with it, after the variable's name.
    pub(super) why: &'static str,
}

/// Looks for the reduction that a variable is, if everything the body does with it fits one. `None`: nothing in the body
/// looks like a reduction of it. `private`: variables that every iteration assigns before it reads them.
pub(super) fn reduction(
    region: &Region,
    types: Option<&Types>,
    body: &Block,
    variable: Handle<Variable>,
    private: &[Handle<Variable>],
) -> Option<Result<ScalarReduction, Refusal>> {
    let mut finder = Finder {
        region,
        types,
        body,
        variable,
        private,
        updates: Vec::new(),
        known: Vec::new(),
        companions: Vec::new(),
        foreign: None,
    };
    finder.block(body);
    let &Found { op, rule, .. } = finder.updates.first()?;
    Some(match finder.refusal(op, rule) {
        Some(refusal) => Err(refusal),
        None => Ok(ScalarReduction {
            target: variable,
            op,
            rule,
            updates: finder.updates.into_iter().map(|one| one.update).collect(),
            companions: finder.companions,
        }),
    })
}

/// An update.
struct Found {
    op: ReductionOp,
    rule: Option<ExtremumRule>,
    update: Update,
    span: Span,
}

struct Finder<'r> {
    region: &'r Region,
    types: Option<&'r Types>,
    body: &'r Block,
    variable: Handle<Variable>,
    private: &'r [Handle<Variable>],
    updates: Vec<Found>,
    /// Reads that belong to updates.
    known: Vec<Ex>,
    companions: Vec<Handle<Variable>>,
    /// An assignment that is no update.
    foreign: Option<Span>,
}

impl Finder<'_> {
    fn block(&mut self, block: &Block) {
        for (statement, span) in &block.statements {
            if let Some((op, rule, update)) = self.conditional(statement) {
                self.updates.push(Found {
                    op,
                    rule: Some(rule),
                    update,
                    span: *span,
                });
                continue;
            }
            if let Statement::Assign { variable, value } = statement
                && *variable == self.variable
            {
                match self.combine(*value) {
                    Some((op, rule, update)) => self.updates.push(Found {
                        op,
                        rule,
                        update,
                        span: *span,
                    }),
                    None => _ = self.foreign.get_or_insert(*span),
                }
            } else if statement.assigned() == Some(self.variable) {
                self.foreign.get_or_insert(*span);
            }
            for inner in statement.blocks(self.region) {
                self.block(inner);
            }
        }
    }

    /// What does not fit, if anything.
    fn refusal(&self, op: ReductionOp, rule: Option<ExtremumRule>) -> Option<Refusal> {
        let refuse = |span, why| Some(Refusal { span, why });
        if let Some(span) = self.foreign {
            return refuse(span, "is also assigned here");
        }
        if let Some(other) = self.updates.iter().find(|one| one.op != op) {
            return refuse(other.span, "is updated with two operators");
        }
        if let Some(other) = self.updates.iter().find(|one| one.rule != rule) {
            return refuse(
                other.span,
                "is updated in two ways that treat equal values or NaNs differently",
            );
        }
        if let Some(read) = self.foreign_read() {
            return refuse(self.region.spans[read], "is also read here");
        }
        let ty = self.types.map(|types| types.variable(self.variable));
        if matches!(op, ReductionOp::And | ReductionOp::Or) && ty.is_some_and(|ty| ty.kind != Kind::Bool) {
            return refuse(
                self.updates[0].span,
                "takes the value of an operand that is not a bool here",
            );
        }
        self.companions_fit()
            .map_or_else(|span| refuse(span, "decides here what else is assigned"), |()| None)
    }

    /// A read that belongs to no update.
    fn foreign_read(&self) -> Option<Ex> {
        let mut found = None;
        ir::visit_statements(self.region, self.body, &mut |statement, _| {
            for root in statement.roots(self.region) {
                ir::visit_expressions(self.region, root, &mut |one| {
                    if self.region.expressions[one] == Expression::Variable(self.variable) && !self.known.contains(&one)
                    {
                        found.get_or_insert(one);
                    }
                });
            }
        });
        found
    }

    /// Whether companions are assigned by the updates only, by each of them, and are read nowhere in the loop.
    fn companions_fit(&self) -> Result<(), Span> {
        for companion in &self.companions {
            let mut assignments = 0;
            ir::visit_statements(self.region, self.body, &mut |statement, _| {
                assignments +=
                    usize::from(matches!(statement, Statement::Assign { variable, .. } if variable == companion));
            });
            if assignments != self.updates.len() || reads(self.region, self.body, *companion) != 0 {
                return Err(self.updates[0].span);
            }
        }
        let complete = self.updates.iter().all(|one| match &one.update {
            Update::Conditional { companions, .. } => companions.len() == self.companions.len(),
            Update::Combine { .. } | Update::Flag { .. } => self.companions.is_empty(),
        });
        if complete { Ok(()) } else { Err(self.updates[0].span) }
    }

    fn is_self(&self, root: Ex) -> bool {
        self.region.expressions[root] == Expression::Variable(self.variable)
    }

    fn is_free(&self, root: Ex) -> bool {
        reads_in(self.region, root, self.variable) == 0
    }

    fn kind(&self) -> Option<Kind> {
        self.types.map(|types| types.variable(self.variable).kind)
    }

    /// `variable = value`
    fn combine(&mut self, value: Ex) -> Option<(ReductionOp, Option<ExtremumRule>, Update)> {
        match &self.region.expressions[value] {
            Expression::Binary { op, .. } => {
                let kind = combining(*op)?;
                // The sum of two NumPy bools is their `or`.
                let arithmetic = matches!(kind, ReductionOp::Add | ReductionOp::Multiply);
                if arithmetic && self.kind() == Some(Kind::Bool) {
                    return None;
                }
                let mut others = Vec::new();
                let own = self.spine(value, kind, &mut others)?;
                self.combined(value, own, others, (kind, None), *op == BinaryOp::Subtract)
            }
            Expression::Logical { op, left, right } => {
                let op = match op {
                    LogicalOp::And => ReductionOp::And,
                    LogicalOp::Or => ReductionOp::Or,
                };
                self.combined(value, *left, vec![*right], (op, None), false)
            }
            Expression::Call { function, arguments } => self.called(value, *function, arguments),
            Expression::Select {
                condition,
                accept,
                reject,
            } => self.selected(value, *condition, *accept, *reject),
            Expression::Literal(Literal::Bool(truth)) => {
                let op = if *truth { ReductionOp::Or } else { ReductionOp::And };
                Some((op, None, Update::Flag { value }))
            }
            _ => None,
        }
    }

    /// The operand of a chain of one operator that is the variable, and the others: `s + a[i] + b[i]`.
    fn spine(&self, root: Ex, kind: ReductionOp, others: &mut Vec<Ex>) -> Option<Ex> {
        if self.is_self(root) {
            return Some(root);
        }
        let Expression::Binary { op, left, right } = &self.region.expressions[root] else {
            return None;
        };
        if combining(*op) != Some(kind) {
            return None;
        }
        if self.is_free(*right) {
            others.push(*right);
            self.spine(*left, kind, others)
        } else if *op != BinaryOp::Subtract {
            others.push(*left);
            self.spine(*right, kind, others)
        } else {
            None
        }
    }

    /// An update that combines `own`, which must be the variable, with others, which must not read it.
    fn combined(
        &mut self,
        value: Ex,
        own: Ex,
        contributions: Vec<Ex>,
        (op, rule): (ReductionOp, Option<ExtremumRule>),
        negated: bool,
    ) -> Option<(ReductionOp, Option<ExtremumRule>, Update)> {
        if !self.is_self(own) || !contributions.iter().all(|one| self.is_free(*one)) {
            return None;
        }
        self.known.push(own);
        let update = Update::Combine {
            value,
            contributions,
            negated,
        };
        Some((op, rule, update))
    }

    /// `min(m, e)`, `np.maximum(e, m)`, `max(m, a, b)`
    fn called(
        &mut self,
        value: Ex,
        function: Function,
        arguments: &[Ex],
    ) -> Option<(ReductionOp, Option<ExtremumRule>, Update)> {
        let (op, first_rule, last_rule) = extremum(function)?;
        let (first, last) = (*arguments.first()?, *arguments.last()?);
        if arguments.len() < 2 {
            return None;
        }
        if self.is_self(first) {
            self.combined(value, first, arguments[1..].to_vec(), (op, Some(first_rule)), false)
        } else {
            let others = arguments[..arguments.len() - 1].to_vec();
            self.combined(value, last, others, (op, Some(last_rule)), false)
        }
    }

    /// `x if x > m else m`, `m if m > x else x`
    fn selected(
        &mut self,
        value: Ex,
        condition: Ex,
        accept: Ex,
        reject: Ex,
    ) -> Option<(ReductionOp, Option<ExtremumRule>, Update)> {
        let (own, other, op) = self.comparison(condition)?;
        let (chosen, rule, op) = if self.is_self(reject) {
            let (op, rule) = better(op)?;
            (accept, rule, op)
        } else {
            // The variable stays if it compares better.
            let (op, rule) = better(flipped(op))?;
            let rule = match rule {
                ExtremumRule::Better => ExtremumRule::UnlessWorse,
                // Of integers; a NaN would replace the variable.
                _ if self.kind().is_some_and(|kind| !kind.is_float()) => ExtremumRule::Better,
                _ => return None,
            };
            (reject, rule, op)
        };
        let stays = if chosen == accept { reject } else { accept };
        if !self.is_self(stays) || !ir::alike(self.region, other, chosen) {
            return None;
        }
        self.known.push(own);
        self.combined(value, stays, vec![chosen], (op, Some(rule)), false)
    }

    /// A comparison of the variable with something else: the variable's operand, the other one, and how that other one
    /// compares with the variable.
    fn comparison(&self, condition: Ex) -> Option<(Ex, Ex, CompareOp)> {
        let Expression::Compare { op, left, right } = &self.region.expressions[condition] else {
            return None;
        };
        if self.is_self(*right) && self.is_free(*left) {
            Some((*right, *left, *op))
        } else if self.is_self(*left) && self.is_free(*right) {
            Some((*left, *right, flipped(*op)))
        } else {
            None
        }
    }

    /// The comparison among the operands of a chain of `and`, the others of which do not read the variable.
    fn deciding(&self, condition: Ex) -> Option<(Ex, Ex, CompareOp)> {
        match &self.region.expressions[condition] {
            Expression::Logical {
                op: LogicalOp::And,
                left,
                right,
            } if self.is_free(*left) => self.deciding(*right),
            Expression::Logical {
                op: LogicalOp::And,
                left,
                right,
            } if self.is_free(*right) => self.deciding(*left),
            _ => self.comparison(condition),
        }
    }

    /// `m == m and not (x <= m)`: the variable's operands, the other one, and what it means.
    fn better_or_nan(&self, condition: Ex) -> Option<(Vec<Ex>, Ex, (ReductionOp, ExtremumRule))> {
        let expressions = &self.region.expressions;
        let Expression::Logical {
            op: LogicalOp::And,
            left,
            right,
        } = &expressions[condition]
        else {
            return None;
        };
        let Expression::Unary {
            op: UnaryOp::Not,
            operand,
        } = &expressions[*right]
        else {
            return None;
        };
        let Expression::Compare {
            op: CompareOp::Equal,
            left: a,
            right: b,
        } = &expressions[*left]
        else {
            return None;
        };
        let (own, candidate, worse) = self.comparison(*operand)?;
        let op = match worse {
            CompareOp::GreaterEqual => ReductionOp::Min,
            CompareOp::LessEqual => ReductionOp::Max,
            CompareOp::Less | CompareOp::Greater | CompareOp::Equal | CompareOp::NotEqual => return None,
        };
        (self.is_self(*a) && self.is_self(*b)).then(|| (vec![own, *a, *b], candidate, (op, ExtremumRule::BetterOrNan)))
    }

    /// `if x > m: m = x; where = i`
    fn conditional(&mut self, statement: &Statement) -> Option<(ReductionOp, ExtremumRule, Update)> {
        let Statement::If {
            condition,
            accept,
            reject,
        } = statement
        else {
            return None;
        };
        let mut assignments = Vec::new();
        for (statement, _) in &accept.statements {
            let Statement::Assign { variable, value } = statement else {
                return None;
            };
            if assignments.iter().any(|(other, _)| other == variable) || !self.is_free(*value) {
                return None;
            }
            assignments.push((*variable, *value));
        }
        let (_, value) = *assignments.iter().find(|(variable, _)| *variable == self.variable)?;
        let (own, candidate, (op, rule)) = match self.better_or_nan(*condition) {
            Some(found) => found,
            None => {
                let (own, candidate, op) = self.deciding(*condition)?;
                (vec![own], candidate, better(op)?)
            }
        };
        let changed = |root: Ex| {
            assignments
                .iter()
                .any(|(one, _)| reads_in(self.region, root, *one) != 0)
        };
        if !reject.is_empty() || changed(value) || !ir::alike(self.region, candidate, value) {
            return None;
        }
        // What the branch assigns for itself alone stays in it.
        let local = |one: Handle<Variable>| {
            self.private.contains(&one) && reads(self.region, accept, one) == reads(self.region, self.body, one)
        };
        let mut companions: Vec<(Handle<Variable>, Ex)> = assignments
            .iter()
            .copied()
            .filter(|(one, _)| *one != self.variable && !local(*one))
            .collect();
        companions.sort_by_key(|(one, _)| *one);
        let targets: Vec<Handle<Variable>> = companions.iter().map(|(one, _)| *one).collect();
        if self.updates.is_empty() {
            self.companions = targets;
        } else if self.companions != targets {
            return None;
        }
        self.known.extend(own);
        let update = Update::Conditional {
            condition: *condition,
            candidate,
            value,
            companions: companions.into_iter().map(|(_, value)| value).collect(),
        };
        Some((op, rule, update))
    }
}

/// The reduction that a binary operator does.
pub(super) fn combining(op: BinaryOp) -> Option<ReductionOp> {
    match op {
        BinaryOp::Add | BinaryOp::Subtract => Some(ReductionOp::Add),
        BinaryOp::Multiply => Some(ReductionOp::Multiply),
        BinaryOp::BitAnd => Some(ReductionOp::BitAnd),
        BinaryOp::BitOr => Some(ReductionOp::BitOr),
        BinaryOp::BitXor => Some(ReductionOp::BitXor),
        BinaryOp::Divide
        | BinaryOp::FloorDivide
        | BinaryOp::Modulo
        | BinaryOp::Power
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight => None,
    }
}

/// The operator of a function of `min`'s kind, and its rules where the variable is the first and the last argument.
pub(super) fn extremum(function: Function) -> Option<(ReductionOp, ExtremumRule, ExtremumRule)> {
    use ExtremumRule::{Better, Ignore, Propagate, UnlessWorse};
    match function {
        Function::Min => Some((ReductionOp::Min, Better, UnlessWorse)),
        Function::Max => Some((ReductionOp::Max, Better, UnlessWorse)),
        Function::Numpy(Ufunc::Minimum) => Some((ReductionOp::Min, Propagate, Propagate)),
        Function::Numpy(Ufunc::Maximum) => Some((ReductionOp::Max, Propagate, Propagate)),
        Function::Numpy(Ufunc::Fmin) => Some((ReductionOp::Min, Ignore, Ignore)),
        Function::Numpy(Ufunc::Fmax) => Some((ReductionOp::Max, Ignore, Ignore)),
        _ => None,
    }
}

/// What it means to replace a value when a candidate compares with it like this.
pub(super) fn better(op: CompareOp) -> Option<(ReductionOp, ExtremumRule)> {
    match op {
        CompareOp::Less => Some((ReductionOp::Min, ExtremumRule::Better)),
        CompareOp::LessEqual => Some((ReductionOp::Min, ExtremumRule::BetterOrEqual)),
        CompareOp::Greater => Some((ReductionOp::Max, ExtremumRule::Better)),
        CompareOp::GreaterEqual => Some((ReductionOp::Max, ExtremumRule::BetterOrEqual)),
        CompareOp::Equal | CompareOp::NotEqual => None,
    }
}

/// The comparison with its operands exchanged.
pub(super) fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessEqual => CompareOp::GreaterEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterEqual => CompareOp::LessEqual,
        CompareOp::Equal | CompareOp::NotEqual => op,
    }
}
