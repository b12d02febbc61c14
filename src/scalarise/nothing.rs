//! What is `None`: the signature says it of every input, so a test of one is a constant, and what it rules out goes.
//!
//! ```text
//! best_is_there = best is not None        best_is_there = False
//! if weights is not None: w = weights[i]  →  (gone)
//! ```
//!
//! The flag of a variable that is never `None` under the signature goes, too, with all the tests of it; another one is handed back
//! beside the variable it tells of. A read of an input that is `None` and that no test guards is Python's, which knows what to raise.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Ex;
use crate::diagnostics::{Code, Diagnostic};
use crate::infer::{InputTy, Signature};
use crate::ir::{
    self, ArrayForm, ArrayFunction, ArrayOrigin, Block, Expression, Gives, Handle, Input, Literal, LogicalOp, Output,
    Region, Statement, UnaryOp, Variable, visit_expressions, visit_statements,
};
use crate::source::Span;

/// A region in which nothing is asked of inputs any more, and whether parts of it are gone.
pub(super) struct Settled<'r> {
    pub(super) region: Cow<'r, Region>,
    pub(super) pruned: bool,
}

/// Answers what `region` asks of inputs under a signature.
///
/// # Errors
/// Where a number or an array is needed that is `None`.
pub(super) fn settled<'r>(region: &'r Region, signature: &Signature) -> Result<Settled<'r>, Vec<Diagnostic>> {
    let is_nothing = |input: &Input| signature.get(&input.name) == Some(InputTy::Nothing);
    let asks = region.expressions.iter().any(|(_, one)| asked(one).is_some());
    let flagged = region.variables.iter().any(|(_, one)| one.there.is_some());
    if !asks && !flagged && !region.inputs.iter().any(|(_, input)| is_nothing(input)) {
        let region = Cow::Borrowed(region);
        return Ok(Settled { region, pruned: false });
    }
    let inputs = region.inputs.iter();
    let nothing = inputs.filter(|(_, input)| is_nothing(input)).map(|(input, _)| input);
    let mut settler = Settler {
        nothing: nothing.collect(),
        region: region.clone(),
        pruned: false,
    };
    settler.answer();
    settler.drop_flags();
    settler.fold();
    settler.drop_dead();
    let problems = settler.needed();
    if !problems.is_empty() {
        return Err(problems);
    }
    settler.hand_flags_back();
    Ok(Settled {
        region: Cow::Owned(settler.region),
        pruned: settler.pruned,
    })
}

/// The statements of a block, and, of those that choose by what is known, the ones that are chosen.
fn living(block: Block, truths: &HashMap<Ex, bool>, pruned: &mut bool) -> Block {
    let mut statements = Vec::new();
    for (statement, span) in block.statements {
        match statement {
            Statement::If {
                condition,
                accept,
                reject,
            } if truths.contains_key(&condition) => {
                *pruned = true;
                let taken = if truths[&condition] { accept } else { reject };
                statements.extend(living(taken, truths, pruned).statements);
            }
            other => statements.push((other, span)),
        }
    }
    Block { statements }
}

/// The input of which an expression asks whether it is there.
fn asked(expression: &Expression) -> Option<Handle<Input>> {
    match expression {
        Expression::Array(ArrayForm::Call {
            function: ArrayFunction::IsGiven(input),
            ..
        }) => Some(*input),
        _ => None,
    }
}

struct Settler {
    nothing: HashSet<Handle<Input>>,
    region: Region,
    /// Whether statements or operands are gone, and what they held is left in the arenas.
    pruned: bool,
}

impl Settler {
    fn answer(&mut self) {
        for root in self.region.expressions.handles().collect::<Vec<_>>() {
            if let Some(input) = asked(&self.region.expressions[root]) {
                self.become_truth(root, !self.nothing.contains(&input));
            }
        }
    }

    fn become_truth(&mut self, root: Ex, truth: bool) {
        self.region.expressions[root] = Expression::Literal(Literal::Bool(truth));
    }

    fn truth(&self, root: Ex) -> Option<bool> {
        match self.region.expressions[root] {
            Expression::Literal(Literal::Bool(truth)) => Some(truth),
            _ => None,
        }
    }

    /// Flags that are only ever set: what they tell of is always there.
    fn drop_flags(&mut self) {
        let variables = self.region.variables.iter();
        let mut flags: HashSet<Handle<Variable>> = variables.filter_map(|(_, one)| one.there).collect();
        visit_statements(&self.region, &self.region.body, &mut |statement, _| {
            if let Statement::Assign { variable, value } = statement
                && self.truth(*value) != Some(true)
            {
                flags.remove(variable);
            }
        });
        for root in self.region.expressions.handles().collect::<Vec<_>>() {
            if let Expression::Variable(variable) = self.region.expressions[root]
                && flags.contains(&variable)
            {
                self.become_truth(root, true);
            }
        }
        for variable in self.region.variables.handles().collect::<Vec<_>>() {
            let there = &mut self.region.variables[variable].there;
            *there = there.filter(|flag| !flags.contains(flag));
        }
        ir::each_block_mut(&mut self.region, &mut |block| {
            let assigns = |statement: &Statement| statement.assigned().is_some_and(|one| flags.contains(&one));
            block.statements.retain(|(statement, _)| !assigns(statement));
        });
    }

    /// Conditions of constants; operands stand before what uses them.
    fn fold(&mut self) {
        let mut done = HashSet::new();
        for root in self.region.expressions.handles().collect::<Vec<_>>() {
            self.fold_below(root, &mut done);
        }
    }

    fn fold_below(&mut self, root: Ex, done: &mut HashSet<Ex>) {
        if !done.insert(root) {
            return;
        }
        for child in ir::children(&self.region.expressions[root]) {
            self.fold_below(child, done);
        }
        let kept = match &self.region.expressions[root] {
            Expression::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                if let Some(truth) = self.truth(*operand) {
                    self.become_truth(root, !truth);
                }
                return;
            }
            Expression::Logical { op, left, right } => match (op, self.truth(*left)) {
                (LogicalOp::And, Some(true)) | (LogicalOp::Or, Some(false)) => *right,
                (LogicalOp::And, Some(false)) | (LogicalOp::Or, Some(true)) => *left,
                (LogicalOp::And | LogicalOp::Or, None) => return,
            },
            Expression::Select {
                condition,
                accept,
                reject,
            } => match self.truth(*condition) {
                Some(true) => *accept,
                Some(false) => *reject,
                None => return,
            },
            _ => return,
        };
        self.pruned = true;
        self.region.expressions[root] = self.region.expressions[kept].clone();
    }

    /// Takes out the statements that are never reached.
    fn drop_dead(&mut self) {
        let expressions = self.region.expressions.handles();
        let truths: HashMap<Ex, bool> = expressions.filter_map(|one| Some((one, self.truth(one)?))).collect();
        let mut pruned = false;
        ir::each_block_mut(&mut self.region, &mut |block| {
            *block = living(std::mem::take(block), &truths, &mut pruned);
        });
        self.pruned |= pruned;
    }

    /// Inputs that are `None`, and needed.
    fn needed(&self) -> Vec<Diagnostic> {
        let region = &self.region;
        let mut found: Vec<(Handle<Input>, Span)> = Vec::new();
        visit_statements(region, &region.body, &mut |statement, span| {
            if let Statement::Store(store) = statement {
                found.extend(
                    self.missing_array(region.stores[*store].array)
                        .map(|input| (input, span)),
                );
            }
            for root in statement.roots(region) {
                visit_expressions(region, root, &mut |one| {
                    let input = self.missing(&region.expressions[one]);
                    found.extend(input.map(|input| (input, region.spans[one])));
                });
            }
        });
        for (variable, read) in self.early() {
            let initial = region.variables[variable].initial;
            found.extend(initial.map(|input| (input, region.spans[read])));
        }
        let mut told = HashSet::new();
        found.retain(|(input, _)| told.insert(*input));
        let problem = |(input, span): (Handle<Input>, Span)| {
            let message = format!("`{}` is `None` here, and is needed", region.inputs[input].name);
            Diagnostic::new(Code::UndefinedOperation, span, message)
                .note("the loop runs as Python")
                .help("test it first: `if … is not None:`")
        };
        found.into_iter().map(problem).collect()
    }

    fn missing(&self, expression: &Expression) -> Option<Handle<Input>> {
        match expression {
            Expression::Input(input) => Some(*input).filter(|input| self.nothing.contains(input)),
            Expression::Load { array, .. }
            | Expression::Extent { array, .. }
            | Expression::Size(array)
            | Expression::Rank(array)
            | Expression::Array(ArrayForm::Whole(array)) => self.missing_array(*array),
            Expression::Literal(_)
            | Expression::Variable(_)
            | Expression::Counter(_)
            | Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Call { .. }
            | Expression::Convert { .. }
            | Expression::Array(_) => None,
        }
    }

    fn missing_array(&self, array: Handle<ir::Array>) -> Option<Handle<Input>> {
        match self.region.arrays[array].origin {
            ArrayOrigin::Input(input) => Some(input).filter(|input| self.nothing.contains(input)),
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => None,
        }
    }

    /// Reads of variables that may hold what they held before, `None`, and have no flag to tell.
    fn early(&self) -> Vec<(Handle<Variable>, Ex)> {
        let mut without = self.region.clone();
        let mut open = HashSet::new();
        for variable in self.region.variables.handles().collect::<Vec<_>>() {
            let one = &mut without.variables[variable];
            if one.there.is_none() && one.initial.is_some_and(|input| self.nothing.contains(&input)) {
                one.initial = None;
                open.insert(variable);
            }
        }
        if open.is_empty() {
            return Vec::new();
        }
        let mut early = ir::definite(&without, ir::Trips::Any).early;
        early.retain(|(variable, _)| open.contains(variable));
        early
    }

    fn hand_flags_back(&mut self) {
        for position in 0..self.region.outputs.len() {
            let variable = self.region.outputs[position].variable;
            let Some(flag) = self.region.variables[variable].there else {
                continue;
            };
            if self.region.outputs.iter().all(|output| output.variable != flag) {
                let name = self.region.variables[flag].name.clone();
                let gives = Gives::Number;
                let variable = flag;
                self.region.outputs.push(Output { variable, name, gives });
            }
        }
    }
}
