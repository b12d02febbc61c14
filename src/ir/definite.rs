//! Definite assignment: which variables surely have a value, and which reads come too early.
//!
//! A forward walk over the statement tree. A loop's body may run zero times, so what only its body assigns is not sure
//! after it; the region's outermost loop is the exception when asked for ([`Trips::AtLeastOne`]), because a region that
//! runs no iteration is handed back to Python. A loop over a constant, non-empty range runs its body, too.
//!
//! Flags are followed: where a variable that is only ever assigned `True` and `False` is tested, what was assigned whenever
//! it became true has a value in the branch where it is true. So are `and`s whose right side takes statements, which are
//! lowered as `both = left; if both: …; both = right`.

use std::collections::HashMap;

use super::{
    Array, ArrayForm, ArrayOrigin, Block, Expression, Handle, Literal, LogicalOp, Loop, Region, Statement, UnaryOp,
    Variable, visit_statements,
};

/// What to assume of the loops at the top of the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trips {
    /// They may run no iteration.
    Any,
    /// They run an iteration at least.
    AtLeastOne,
}

/// What the walk finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Definite {
    /// Reads of variables that may have no value then, in order of the walk.
    pub early: Vec<(Handle<Variable>, Handle<Expression>)>,
    /// For each variable, by its index, whether it surely has a value where the region ends.
    pub at_end: Vec<bool>,
}

/// Walks the region; variables with an initial value are assigned from the start.
pub fn definite(region: &Region, trips: Trips) -> Definite {
    // The first walk only learns what holds where each flag becomes true; the second one uses it.
    let lefts = lefts(region);
    let mut walk = Walk::new(region, flags(region, &lefts));
    walk.lefts = lefts;
    walk.top(entry_state(region), trips);
    let implied = walk.implied;
    let mut walk = Walk::new(region, Vec::new());
    walk.known_implied = implied;
    let end = walk.top(entry_state(region), trips);
    Definite {
        early: walk.early,
        // Where the end cannot be reached, everything holds.
        at_end: end.unwrap_or_else(|| vec![true; region.variables.len()]),
    }
}

fn entry_state(region: &Region) -> Vec<bool> {
    let variables = region.variables.iter();
    variables.map(|(_, variable)| variable.initial.is_some()).collect()
}

/// The left sides of `both = left; if both: …; both = right`: what they make true stays so only if the right side is
/// reached. By variable, where it has no other such assignment.
fn lefts(region: &Region) -> HashMap<Handle<Variable>, Handle<Expression>> {
    let mut found = HashMap::new();
    let mut blocks = vec![&region.body];
    visit_statements(region, &region.body, &mut |statement, _| {
        blocks.extend(statement.blocks(region));
    });
    for block in blocks {
        for pair in block.statements.windows(2) {
            let [
                (Statement::Assign { variable, value }, _),
                (
                    Statement::If {
                        condition,
                        accept,
                        reject,
                    },
                    _,
                ),
            ] = pair
            else {
                continue;
            };
            let tested = region.expressions[*condition] == Expression::Variable(*variable);
            let last = accept.statements.last().map(|(last, _)| last);
            let ends = matches!(last, Some(Statement::Assign { variable: again, .. }) if again == variable);
            if tested && ends && reject.is_empty() {
                found.insert(*variable, *value);
            }
        }
    }
    found
}

/// The variables that are assigned nothing but `True` and `False`, or make such an `and`, by index.
fn flags(region: &Region, lefts: &HashMap<Handle<Variable>, Handle<Expression>>) -> Vec<bool> {
    let mut flags = vec![true; region.variables.len()];
    for (handle, variable) in region.variables.iter() {
        flags[handle.index()] = variable.initial.is_none();
    }
    let mut assigned = vec![0; region.variables.len()];
    visit_statements(region, &region.body, &mut |statement, _| {
        if let Statement::Assign { variable, value } = statement {
            let literal = matches!(region.expressions[*value], Expression::Literal(Literal::Bool(_)));
            flags[variable.index()] &= literal || lefts.contains_key(variable);
            assigned[variable.index()] += 1;
        } else if let Some(variable) = statement.assigned() {
            flags[variable.index()] = false;
        }
    });
    for variable in lefts.keys() {
        flags[variable.index()] &= assigned[variable.index()] == 2;
    }
    flags
}

/// Per variable, whether it is assigned; `None` where control never comes.
type State = Option<Vec<bool>>;

/// What reaches the end of a loop other than by its condition, and the head of its next iteration.
#[derive(Default)]
struct Leaving {
    breaks: State,
    continues: State,
}

struct Walk<'r> {
    region: &'r Region,
    early: Vec<(Handle<Variable>, Handle<Expression>)>,
    leaving: Vec<Leaving>,
    /// Which variables are flags; empty when nothing is to be learnt.
    flags: Vec<bool>,
    lefts: HashMap<Handle<Variable>, Handle<Expression>>,
    /// By condition and truth: what has a value where that came out.
    chosen: HashMap<(Handle<Expression>, bool), Vec<usize>>,
    /// By flag: what has a value wherever it becomes true.
    implied: Vec<State>,
    /// The same, as an earlier walk found it.
    known_implied: Vec<State>,
}

impl<'r> Walk<'r> {
    fn new(region: &'r Region, flags: Vec<bool>) -> Self {
        Self {
            region,
            early: Vec::new(),
            leaving: Vec::new(),
            flags,
            lefts: HashMap::new(),
            chosen: HashMap::new(),
            implied: vec![None; region.variables.len()],
            known_implied: Vec::new(),
        }
    }

    /// What is known in the branch where `condition` came out as `outcome`.
    fn branch(&self, condition: Handle<Expression>, outcome: bool, mut known: Vec<bool>) -> Vec<bool> {
        match self.region.expressions[condition] {
            Expression::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.branch(operand, !outcome, known),
            Expression::Variable(flag) if outcome => {
                if let Some(Some(implied)) = self.known_implied.get(flag.index()) {
                    known
                        .iter_mut()
                        .zip(implied)
                        .for_each(|(known, implied)| *known |= implied);
                }
                known
            }
            _ => known,
        }
    }

    fn learn(&mut self, variable: Handle<Variable>, value: Handle<Expression>, known: &[bool]) {
        let may_become_true = match self.lefts.get(&variable) {
            Some(left) => *left != value,
            None => matches!(self.region.expressions[value], Expression::Literal(Literal::Bool(true))),
        };
        if may_become_true && self.flags.get(variable.index()) == Some(&true) {
            let implied = &mut self.implied[variable.index()];
            *implied = meet(implied.take(), Some(known.to_vec()));
        }
    }

    /// Whether a loop's range is constant and not empty.
    fn surely_runs(&self, handle: Handle<Loop>) -> bool {
        let header = &self.region.loops[handle];
        let literal = |handle: Handle<Expression>| match self.region.expressions[handle] {
            Expression::Literal(Literal::Int(value)) => Some(value),
            _ => None,
        };
        match (literal(header.start), literal(header.stop), literal(header.step)) {
            (Some(start), Some(stop), Some(step)) => (step > 0 && start < stop) || (step < 0 && start > stop),
            _ => false,
        }
    }

    fn top(&mut self, entry: Vec<bool>, trips: Trips) -> State {
        let region = self.region;
        let mut state = Some(entry);
        for (statement, _) in &region.body.statements {
            state = match statement {
                Statement::For(_) if trips == Trips::AtLeastOne => self.inhabited(statement, state),
                _ => self.statement(statement, state),
            };
        }
        state
    }

    fn block(&mut self, block: &Block, state: State) -> State {
        block
            .statements
            .iter()
            .fold(state, |state, (statement, _)| self.statement(statement, state))
    }

    fn statement(&mut self, statement: &Statement, state: State) -> State {
        let mut known = state?;
        if !matches!(statement, Statement::While { .. }) {
            for root in statement.roots(self.region) {
                self.read(root, &known);
            }
        }
        match statement {
            Statement::Assign { variable, value } => {
                self.learn(*variable, *value, &known);
                known[variable.index()] = true;
                Some(known)
            }
            Statement::Draw(draw) => {
                known[draw.variable.index()] = true;
                Some(known)
            }
            Statement::Store(store) => {
                let store = &self.region.stores[*store];
                let target = held_in(self.region, store.array).filter(|one| !known[one.index()]);
                self.early.extend(target.map(|one| (one, store.value)));
                Some(known)
            }
            Statement::Evaluate(_) | Statement::Allocate { .. } | Statement::Seed(_) => Some(known),
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                let holds = self.branch(*condition, true, known.clone());
                let fails = self.branch(*condition, false, known);
                let accepted = self.block(accept, Some(holds));
                let rejected = self.block(reject, Some(fails));
                self.remember(*condition, &accepted, &rejected);
                meet(accepted, rejected)
            }
            Statement::For(handle) if self.surely_runs(*handle) => {
                let (end, leaving) = self.body(&self.region.loops[*handle].body, known);
                meet(end, meet(leaving.continues, leaving.breaks))
            }
            Statement::For(handle) => {
                let (_, leaving) = self.body(&self.region.loops[*handle].body, known.clone());
                meet(Some(known), leaving.breaks)
            }
            Statement::While {
                prelude,
                condition,
                body,
            } => self.repeated(prelude, *condition, body, known),
            Statement::Break => {
                let leaving = self.leaving.last_mut()?;
                leaving.breaks = meet(leaving.breaks.take(), Some(known));
                None
            }
            Statement::Continue => {
                let leaving = self.leaving.last_mut()?;
                leaving.continues = meet(leaving.continues.take(), Some(known));
                None
            }
            Statement::Leave(_) | Statement::Raise { .. } => None,
        }
    }

    /// A counted loop that runs at least once: what every way through its body assigns is assigned after it.
    fn inhabited(&mut self, statement: &Statement, state: State) -> State {
        let Statement::For(handle) = statement else {
            return self.statement(statement, state);
        };
        let known = state?;
        for root in statement.roots(self.region) {
            self.read(root, &known);
        }
        let (end, leaving) = self.body(&self.region.loops[*handle].body, known);
        meet(end, meet(leaving.continues, leaving.breaks))
    }

    fn repeated(&mut self, prelude: &Block, condition: Handle<Expression>, body: &Block, known: Vec<bool>) -> State {
        let tested = self.block(prelude, Some(known))?;
        self.read(condition, &tested);
        let (_, leaving) = self.body(body, tested.clone());
        let endless = matches!(
            self.region.expressions[condition],
            Expression::Literal(Literal::Bool(true))
        );
        if endless {
            leaving.breaks
        } else {
            meet(Some(tested), leaving.breaks)
        }
    }

    fn body(&mut self, body: &Block, known: Vec<bool>) -> (State, Leaving) {
        self.leaving.push(Leaving::default());
        let end = self.block(body, Some(known));
        (end, self.leaving.pop().unwrap_or_default())
    }

    /// What has a value after one branch of an `if`, and not after the other, has it wherever the very same condition chooses: in
    /// `if c: t = …`, and then `t if c else 0`, which is how `scalarise` computes what an operand takes.
    fn remember(&mut self, condition: Handle<Expression>, accepted: &State, rejected: &State) {
        let (Some(accepted), Some(rejected)) = (accepted, rejected) else {
            return;
        };
        for (truth, here, there) in [(true, accepted, rejected), (false, rejected, accepted)] {
            let only_here = |index: &usize| here[*index] && !there[*index];
            let all = (0..here.len()).filter(only_here);
            self.chosen.entry((condition, truth)).or_default().extend(all);
        }
    }

    fn read(&mut self, root: Handle<Expression>, known: &[bool]) {
        let (condition, operands) = match &self.region.expressions[root] {
            Expression::Select {
                condition,
                accept,
                reject,
            } => (*condition, vec![(true, *accept), (false, *reject)]),
            Expression::Logical { op, left, right } => (*left, vec![(*op == LogicalOp::And, *right)]),
            expression => {
                for child in super::children(expression) {
                    self.read(child, known);
                }
                let variable = match expression {
                    Expression::Variable(variable) => Some(*variable),
                    Expression::Load { array, .. }
                    | Expression::Extent { array, .. }
                    | Expression::Size(array)
                    | Expression::Rank(array)
                    | Expression::Array(ArrayForm::Whole(array)) => held_in(self.region, *array),
                    _ => None,
                };
                self.early
                    .extend(variable.filter(|one| !known[one.index()]).map(|one| (one, root)));
                return;
            }
        };
        self.read(condition, known);
        for (truth, operand) in operands {
            match self.chosen.get(&(condition, truth)) {
                Some(chosen) if !chosen.is_empty() => {
                    let mut known = known.to_vec();
                    chosen.iter().for_each(|index| known[*index] = true);
                    self.read(operand, &known);
                }
                _ => self.read(operand, known),
            }
        }
    }
}

/// The variable whose array an array is.
fn held_in(region: &Region, array: Handle<Array>) -> Option<Handle<Variable>> {
    match region.arrays[array].origin {
        ArrayOrigin::Variable(variable) => Some(variable),
        ArrayOrigin::Input(_) | ArrayOrigin::Local { .. } => None,
    }
}

/// What holds on both ways.
fn meet(left: State, right: State) -> State {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.iter().zip(&right).map(|(l, r)| *l && *r).collect()),
        (one, None) | (None, one) => one,
    }
}
