//! What a loop does with scalars: which are private to an iteration, which are reductions, which are carried.

use super::ScalarReduction;
use super::reductions::reduction;
use crate::infer::Types;
use crate::ir::{self, Block, Expression, Handle, Loop, Region, Statement, Variable};
use crate::source::Span;

/// What a loop does with the variables it assigns.
#[derive(Debug, Default)]
pub(super) struct Scalars {
    pub(super) private: Vec<Handle<Variable>>,
    pub(super) lastprivate: Vec<Handle<Variable>>,
    pub(super) conditional_lastprivate: Vec<Handle<Variable>>,
    pub(super) reductions: Vec<ScalarReduction>,
    /// Variables whose value goes from one iteration to another.
    pub(super) carried: Vec<Carried>,
}

/// A variable whose value goes from one iteration to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carried {
    pub(super) variable: Handle<Variable>,
    /// The use that shows it.
    pub(super) span: Span,
    /// Why it is neither private nor a reduction, after its name.
    pub(super) why: &'static str,
    /// An assignment in the loop, and a read that may see it in a later iteration.
    pub(super) flow: [Span; 2],
    /// Whether the same iteration never assigns it before that read.
    pub(super) certain: bool,
}

/// Looks at every variable that a loop's body assigns.
pub(super) fn scalars(region: &Region, types: Option<&Types>, handle: Handle<Loop>) -> Scalars {
    let body = &region.loops[handle].body;
    let mut found = Scalars::default();
    let mut others = Vec::new();
    for variable in super::accesses::assigned(region, body) {
        let mut walk = Exposure::new(region, variable);
        let at_end = walk.block(body, false);
        walk.exposed = walk.exposed.filter(|_| !starts_inside(region, body, variable));
        let used_after = used_outside(region, handle, variable);
        match walk.exposed {
            None if !used_after => found.private.push(variable),
            None if at_end != Some(false) && !walk.cut => {
                found.private.push(variable);
                found.lastprivate.push(variable);
            }
            exposed => others.push((variable, exposed, !walk.doubtful)),
        }
    }
    let local: Vec<Handle<Variable>> = found
        .private
        .iter()
        .copied()
        .filter(|one| !found.lastprivate.contains(one))
        .collect();
    let mut tried: Vec<_> = others
        .into_iter()
        .map(|(variable, exposed, certain)| {
            (
                variable,
                exposed,
                certain,
                reduction(region, types, body, variable, &local),
            )
        })
        .collect();
    // A companion is nothing by itself, whatever it looks like.
    let companions: Vec<Handle<Variable>> = tried
        .iter()
        .filter_map(|(.., tried)| tried.as_ref()?.as_ref().ok())
        .flat_map(|one| one.companions.clone())
        .collect();
    tried.retain(|(variable, ..)| !companions.contains(variable));
    for (variable, exposed, certain, tried) in tried {
        let written = assignment(region, body, variable);
        let flow = [written, exposed.unwrap_or(written)];
        match tried {
            Some(Ok(reduction)) => found.reductions.push(reduction),
            Some(Err(_)) | None if exposed.is_none() => found.conditional_lastprivate.push(variable),
            Some(Err(refusal)) => {
                found.carried.push(Carried {
                    variable,
                    span: refusal.span,
                    why: refusal.why,
                    flow,
                    certain,
                });
            }
            None => found.carried.push(Carried {
                variable,
                span: exposed.unwrap_or(region.variables[variable].span),
                why: "is read before the iteration assigns it",
                flow,
                certain,
            }),
        }
    }
    found
}

/// The first read of a variable that may come before any assignment of the same iteration.
pub(super) fn exposed_read(region: &Region, body: &Block, variable: Handle<Variable>) -> Option<Span> {
    let mut walk = Exposure::new(region, variable);
    walk.block(body, false);
    walk.exposed.filter(|_| !starts_inside(region, body, variable))
}

/// Whether a variable has no value before a loop. Definite assignment ([`ir::definite`]) has then shown of every read that it
/// comes behind an assignment of its own iteration, or is guarded by a flag that became true there; a flag that is
/// kept from one iteration to the next is carried itself.
fn starts_inside(region: &Region, body: &Block, variable: Handle<Variable>) -> bool {
    let assignments = |block: &Block| {
        let mut count = 0;
        ir::visit_statements(region, block, &mut |statement, _| {
            count += usize::from(matches!(statement, Statement::Assign { variable: one, .. } if *one == variable));
        });
        count
    };
    region.variables[variable].initial.is_none() && assignments(&region.body) == assignments(body)
}

/// The first statement of a loop's body that assigns a variable.
fn assignment(region: &Region, body: &Block, wanted: Handle<Variable>) -> Span {
    let mut found = None;
    ir::visit_statements(region, body, &mut |statement, span| {
        if statement.assigned() == Some(wanted) {
            found.get_or_insert(span);
        }
    });
    found.unwrap_or(region.variables[wanted].span)
}

/// Whether a variable may be read outside a loop's body after the loop, or is an output.
fn used_outside(region: &Region, handle: Handle<Loop>, variable: Handle<Variable>) -> bool {
    if region.outputs.iter().any(|output| output.variable == variable) {
        return true;
    }
    let body = &region.loops[handle].body;
    reads(region, &region.body, variable) > reads(region, body, variable)
}

/// How many expressions of a block read a variable.
pub(super) fn reads(region: &Region, block: &Block, variable: Handle<Variable>) -> usize {
    let mut count = 0;
    ir::visit_statements(region, block, &mut |statement, _| {
        for root in statement.roots(region) {
            count += reads_in(region, root, variable);
        }
    });
    count
}

pub(super) fn reads_in(region: &Region, root: Handle<Expression>, variable: Handle<Variable>) -> usize {
    let mut count = 0;
    ir::visit_expressions(region, root, &mut |handle| {
        count += usize::from(region.expressions[handle] == Expression::Variable(variable));
    });
    count
}

/// Finds a read that may come before any assignment of the same iteration.
struct Exposure<'r> {
    region: &'r Region,
    variable: Handle<Variable>,
    exposed: Option<Span>,
    /// Loops inside the one looked at.
    depth: usize,
    /// Whether an iteration may end early without an assignment.
    cut: bool,
    /// The tests on the way here, and how they came out.
    tests: Vec<(Handle<Expression>, bool)>,
    /// The tests on the ways to assignments that stand before.
    passed: Vec<Vec<(Handle<Expression>, bool)>>,
    /// Whether one of those has passed the same tests as the exposed read: then the iteration has assigned it after all,
    /// unless the tests have changed.
    doubtful: bool,
}

impl<'r> Exposure<'r> {
    fn new(region: &'r Region, variable: Handle<Variable>) -> Self {
        Self {
            region,
            variable,
            exposed: None,
            depth: 0,
            cut: false,
            tests: Vec::new(),
            passed: Vec::new(),
            doubtful: false,
        }
    }

    /// Whether the variable is surely assigned at the end of a block; `None`: the end is never reached.
    fn block(&mut self, block: &Block, mut assigned: bool) -> Option<bool> {
        for (statement, _) in &block.statements {
            assigned = self.statement(statement, assigned)?;
        }
        Some(assigned)
    }

    fn read(&mut self, root: Handle<Expression>, assigned: bool) {
        if assigned || self.exposed.is_some() {
            return;
        }
        let (region, variable) = (self.region, self.variable);
        ir::visit_expressions(region, root, &mut |handle| {
            if region.expressions[handle] == Expression::Variable(variable) {
                self.exposed.get_or_insert(region.spans[handle]);
            }
        });
        if self.exposed.is_some() {
            let met = |one: &(Handle<Expression>, bool)| {
                let same = |other: &(Handle<Expression>, bool)| one.1 == other.1 && ir::alike(region, one.0, other.0);
                self.tests.iter().any(same)
            };
            self.doubtful = self.passed.iter().any(|tests| tests.iter().all(met));
        }
    }

    /// The body of a loop inside, which may never run.
    fn repeated(&mut self, test: Handle<Expression>, body: &Block, assigned: bool) {
        self.depth += 1;
        self.tests.push((test, true));
        _ = self.block(body, assigned);
        self.tests.pop();
        self.depth -= 1;
    }

    fn statement(&mut self, statement: &Statement, assigned: bool) -> Option<bool> {
        for root in statement.roots(self.region) {
            if !matches!(statement, Statement::While { .. }) {
                self.read(root, assigned);
            }
        }
        match statement {
            Statement::Assign { variable, .. } => {
                if *variable == self.variable {
                    self.passed.push(self.tests.clone());
                }
                Some(assigned || *variable == self.variable)
            }
            Statement::Draw(draw) => {
                if draw.variable == self.variable {
                    self.passed.push(self.tests.clone());
                }
                Some(assigned || draw.variable == self.variable)
            }
            Statement::Store(_) | Statement::Evaluate(_) | Statement::Allocate { .. } | Statement::Seed(_) => {
                Some(assigned)
            }
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                let mut under = |truth: bool, block: &Block| {
                    self.tests.push((*condition, truth));
                    let end = self.block(block, assigned);
                    self.tests.pop();
                    end
                };
                match (under(true, accept), under(false, reject)) {
                    (Some(a), Some(b)) => Some(a && b),
                    (one, None) | (None, one) => one,
                }
            }
            Statement::For(handle) => {
                let header = &self.region.loops[*handle];
                self.repeated(header.stop, &header.body, assigned);
                Some(assigned)
            }
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                let tested = self.block(prelude, assigned).unwrap_or(assigned);
                self.read(*condition, tested);
                self.repeated(*condition, body, tested);
                Some(assigned)
            }
            Statement::Break | Statement::Continue => {
                self.cut |= self.depth == 0 && !assigned;
                None
            }
            Statement::Leave(_) | Statement::Raise { .. } => None,
        }
    }
}
