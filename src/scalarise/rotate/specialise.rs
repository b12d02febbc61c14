//! Loops in as many forms as they have states.

use super::flow::{Flow, Rounds, restricted, slot_of};
use super::live::Exits;
use super::renamed::Renamer;
use super::{Choice, Groups, Names, Slot, State};
use crate::ir::{
    ArrayForm, ArrayFunction, Block, CompareOp, Dtype, Expression, Fill, Handle, Literal, Loop, Region, Statement,
    UnaryOp, Variable, visit_statements,
};
use crate::source::Span;

/// Statements that all forms of a region may have together, beyond four times those that it had.
const STATEMENTS: usize = 200;

type Written = (Statement, Span);

/// A loop around the present place.
struct Around {
    rounds: Rounds,
    /// The variable that tells the state, if there are several.
    teller: Option<Handle<Variable>>,
    exits: Exits,
}

/// What has to be told at the end of some statements.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing: there is one state.
    Known,
    /// The state with which the innermost loop goes on.
    Round,
    /// Which arrays are handed back.
    Region,
}

/// What outputs are at the end of the region.
struct Last {
    /// The names that are handed back.
    wanted: Names,
    states: Vec<State>,
    teller: Option<Handle<Variable>>,
}

pub(super) struct Specialiser<'g> {
    from: &'g Region,
    groups: &'g Groups<'g>,
    flow: Flow<'g>,
    renamer: Renamer<'g>,
    around: Vec<Around>,
    last: Last,
    /// Whether anything has more than one state.
    needed: bool,
    /// Statements around the present place that are done in several forms.
    depth: usize,
    limit: usize,
}

impl<'g> Specialiser<'g> {
    pub(super) fn new(from: &'g Region, groups: &'g Groups<'g>) -> Self {
        let outputs = from.outputs.iter().map(|output| output.variable);
        let mut count = 0;
        visit_statements(from, &from.body, &mut |_, _| count += 1);
        Self {
            from,
            groups,
            flow: Flow::new(groups),
            renamer: Renamer::new(from, &groups.names),
            around: Vec::new(),
            last: Last {
                wanted: outputs.filter(|one| groups.names.contains(one)).collect(),
                states: Vec::new(),
                teller: None,
            },
            needed: false,
            depth: 0,
            limit: 4 * count + STATEMENTS,
        }
    }

    pub(super) fn run(mut self) -> Option<(Region, Vec<Choice>)> {
        let none = Exits::default();
        let wanted = self.last.wanted.clone();
        let (entry, _) = self.flow.live.along(&self.from.body.statements, &wanted, &none);
        let state: State = entry.iter().map(|name| (*name, Slot::Variable(*name))).collect();
        let ends = self.flow.block(&self.from.body, &state, &wanted, &none);
        self.last.states = ends.through.into_iter().collect();
        let body = self.statements(&self.from.body.statements, state, &wanted, &none, End::Region);
        if !self.needed || self.is_lost() {
            return None;
        }
        self.renamer.to.body = body;
        let choices = self.choices();
        Some((self.renamer.to, choices))
    }

    fn is_lost(&self) -> bool {
        self.flow.lost.get() || self.renamer.lost || self.renamer.written > self.limit
    }

    /// What the outputs are; one that is a variable in any case, is that.
    fn choices(&mut self) -> Vec<Choice> {
        let mut choices = Vec::new();
        for (position, output) in self.from.outputs.iter().enumerate() {
            if !self.groups.names.contains(&output.variable) {
                continue;
            }
            let slots = self.last.states.iter().map(|state| slot_of(state, output.variable));
            let mut among: Vec<Slot> = slots.collect();
            let same = among.windows(2).all(|pair| pair[0] == pair[1]);
            if same {
                among.truncate(1);
            }
            let by = self.last.teller.filter(|_| !same);
            choices.push(Choice {
                output: position,
                by,
                among,
            });
        }
        choices
    }

    /// Statements that begin in a state, and what is told at their end.
    fn statements(
        &mut self,
        statements: &[Written],
        mut state: State,
        after: &Names,
        exits: &Exits,
        end: End,
    ) -> Block {
        let (_, behind) = self.flow.live.along(statements, after, exits);
        let mut block = Block::default();
        for (at, ((statement, span), wanted)) in statements.iter().zip(&behind).enumerate() {
            if self.is_lost() {
                return block;
            }
            let rest = &statements[at + 1..];
            match statement {
                Statement::Assign { variable, value } if self.groups.names.contains(variable) => {
                    let next = self.flow.assigned(&state, *variable, *value, wanted);
                    self.assign(&mut block, (*variable, *value), &state, &next, *span);
                    state = next;
                }
                Statement::Break | Statement::Continue => {
                    let wanted = match statement {
                        Statement::Break => &exits.breaks,
                        _ => &exits.continues,
                    };
                    self.tell_round(&mut block, &restricted(&state, wanted), *span);
                    block.push(statement.clone(), *span);
                    return block;
                }
                Statement::Leave(_) | Statement::Raise { .. } => {
                    block.push(statement.clone(), *span);
                    return block;
                }
                Statement::If { .. } if self.flow.live.assigns(statement) || statement.jumps() => {
                    match self.branches((statement, *span), (&state, wanted), rest, (after, exits), end) {
                        Branches::Join(written, Some(next)) => {
                            block.push(written, *span);
                            state = next;
                        }
                        Branches::Join(written, None) => {
                            block.push(written, *span);
                            return block;
                        }
                        Branches::Apart(written) => {
                            block.statements.extend(written);
                            return block;
                        }
                    }
                }
                Statement::For(_) | Statement::While { .. } if self.flow.live.assigns(statement) => {
                    let rounds = self.flow.rounds(statement, &state, wanted);
                    let (found, states) = (rounds.exits(wanted), rounds.states.clone());
                    let teller = self.loop_in_forms(&mut block, (statement, *span), &state, wanted, rounds);
                    let [(only, _)] = &found[..] else {
                        let Some(teller) = teller else { return block };
                        if end == End::Region && rest.is_empty() && self.depth == 0 {
                            // It tells what is handed back, too.
                            let wanted = self.last.wanted.clone();
                            self.last.states = states.iter().map(|state| restricted(state, &wanted)).collect();
                            self.last.teller = Some(teller);
                            return block;
                        }
                        self.behind(&mut block, teller, found, rest, (after, exits), end, *span);
                        return block;
                    };
                    state = only.clone();
                }
                Statement::Assign { .. }
                | Statement::Store(_)
                | Statement::Evaluate(_)
                | Statement::If { .. }
                | Statement::For(_)
                | Statement::While { .. }
                | Statement::Allocate { .. }
                | Statement::Seed(_)
                | Statement::Draw(_) => {
                    let written = self.renamer.statement(statement, &state);
                    block.push(written, *span);
                }
            }
            state = restricted(&state, wanted);
        }
        let span = statements.last().map_or(self.from.span, |(_, span)| *span);
        self.tell_end(&mut block, &state, end, span);
        block
    }

    /// An assignment of one of the names: nothing, if it only lies elsewhere then.
    fn assign(
        &mut self,
        block: &mut Block,
        (variable, value): (Handle<Variable>, Handle<Expression>),
        state: &State,
        next: &State,
        span: Span,
    ) {
        if self.flow.copied(state, value).is_some() && !self.from.augmented.contains(&value) {
            return;
        }
        let Slot::Variable(slot) = slot_of(next, variable) else {
            // An input that is changed in place has a name of its own no more.
            self.flow.lost.set(true);
            return;
        };
        self.renamer.written += 1;
        self.renamer.next_statement();
        let value = self.renamer.expression(value, state);
        block.push(Statement::Assign { variable: slot, value }, span);
    }

    /// An `if` whose branches assign names, or leave a loop. If they end in different states, each does what follows, too.
    fn branches(
        &mut self,
        (statement, span): (&Statement, Span),
        (state, wanted): (&State, &Names),
        rest: &[Written],
        (after, exits): (&Names, &Exits),
        end: End,
    ) -> Branches {
        let Statement::If {
            condition,
            accept,
            reject,
        } = statement
        else {
            return Branches::Join(statement.clone(), None);
        };
        self.renamer.written += 1;
        self.renamer.next_statement();
        let condition = self.renamer.expression(*condition, state);
        let mut ends = self.flow.block(accept, state, wanted, exits).through;
        ends.extend(self.flow.block(reject, state, wanted, exits).through);
        let written = |this: &mut Self, tail: &[Written], after: &Names, end: End| {
            let mut one = |branch: &Block| {
                let all: Vec<Written> = branch.statements.iter().chain(tail).cloned().collect();
                this.statements(&all, state.clone(), after, exits, end)
            };
            let (accept, reject) = (one(accept), one(reject));
            Statement::If {
                condition,
                accept,
                reject,
            }
        };
        if ends.len() <= 1 {
            let joined = written(self, &[], wanted, End::Known);
            return Branches::Join(joined, ends.into_iter().next());
        }
        let (tail, others) = self.split(rest);
        self.depth += 1;
        let apart = written(self, tail, after, end);
        self.depth -= 1;
        let mut all = vec![(apart, span)];
        all.extend(self.unconcerned(others, state));
        Branches::Apart(all)
    }

    /// What follows a loop that ends in several states.
    #[allow(clippy::too_many_arguments, reason = "the place of the loop, and how it ended")]
    fn behind(
        &mut self,
        block: &mut Block,
        teller: Handle<Variable>,
        found: Vec<(State, Vec<usize>)>,
        rest: &[Written],
        (after, exits): (&Names, &Exits),
        end: End,
        span: Span,
    ) {
        let (tail, others) = self.split(rest);
        let mut forms = Vec::new();
        self.depth += 1;
        for (state, numbers) in found {
            forms.push((numbers, self.statements(tail, state, after, exits, end)));
        }
        self.depth -= 1;
        if forms.iter().any(|(_, form)| !form.is_empty()) {
            let chain = self.chosen(teller, forms, span);
            block.statements.extend(chain.statements);
        }
        let others = self.unconcerned(others, &State::new());
        block.statements.extend(others);
    }

    /// What has to do with names or leaves a loop, and what follows and does neither.
    fn split<'s>(&self, rest: &'s [Written]) -> (&'s [Written], &'s [Written]) {
        let concerned = |(statement, _): &Written| self.flow.live.mentions(statement) || statement.jumps();
        rest.split_at(rest.iter().rposition(concerned).map_or(0, |last| last + 1))
    }

    fn unconcerned(&mut self, statements: &[Written], state: &State) -> Vec<Written> {
        let mut all = Vec::new();
        for (statement, span) in statements {
            all.push((self.renamer.statement(statement, state), *span));
        }
        all
    }

    /// A loop, and the variable that tells in which state it ends or goes on.
    fn loop_in_forms(
        &mut self,
        block: &mut Block,
        (statement, span): (&Statement, Span),
        state: &State,
        after: &Names,
        rounds: Rounds,
    ) -> Option<Handle<Variable>> {
        let several = rounds.heads > 1 || rounds.exits(after).len() > 1;
        let teller = several.then(|| self.teller(&rounds.states));
        if let Some(teller) = teller {
            self.needed = true;
            self.renamer.assign_literal(block, teller, 0, span);
        }
        let exits = Exits {
            breaks: after.clone(),
            continues: rounds.wanted.clone(),
        };
        self.make_slots(block, &rounds.states[..rounds.heads], span);
        self.renamer.written += 1;
        let (heads, states, wanted) = (rounds.heads, rounds.states.clone(), rounds.wanted.clone());
        self.around.push(Around { rounds, teller, exits });
        match statement {
            Statement::For(header) => {
                let new = self.renamer.header(*header, state);
                let body = self.forms_of_body(*header, new, &states[..heads], &wanted, span);
                self.renamer.to.loops[new].body = body;
                block.push(Statement::For(new), span);
            }
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                let (prelude, condition) = self.test(prelude, *condition, &states[..heads], span);
                let body = self.forms(&states[..heads], &body.statements, &wanted, span);
                let written = Statement::While {
                    prelude,
                    condition,
                    body,
                };
                block.push(written, span);
            }
            _ => {}
        }
        self.around.pop();
        teller
    }

    /// Slots on which names lie at the heads of later iterations, and none at the first, hold arrays like the others before.
    fn make_slots(&mut self, block: &mut Block, heads: &[State], span: Span) {
        let Some((entry, others)) = heads.split_first() else {
            return;
        };
        let mut made: Vec<Slot> = entry.values().copied().collect();
        for (name, slot) in others.iter().flatten() {
            let Slot::Variable(variable) = *slot else { continue };
            if made.contains(slot) {
                continue;
            }
            made.push(*slot);
            let group = &self.groups.of[name];
            let Some((model, _)) = entry.iter().find(|(one, _)| group.contains(one)) else {
                self.flow.lost.set(true);
                return;
            };
            let (fill, dtype) = (Fill::Empty, Dtype::Default);
            self.renamer.next_statement();
            let prototype = self.renamer.read(*model, entry, span);
            let like = ArrayForm::Call {
                function: ArrayFunction::MakeLike { fill, dtype },
                arguments: vec![prototype],
            };
            let value = self.renamer.to.expression(Expression::Array(like), span);
            block.push(Statement::Assign { variable, value }, span);
        }
    }

    fn forms_of_body(
        &mut self,
        header: Handle<Loop>,
        new: Handle<Loop>,
        heads: &[State],
        wanted: &Names,
        span: Span,
    ) -> Block {
        let from = self.from;
        let before = self.renamer.enter(header, new);
        let body = self.forms(heads, &from.loops[header].body.statements, wanted, span);
        self.renamer.leave(header, before);
        body
    }

    /// An iteration, in a form for each state that it can begin with.
    fn forms(&mut self, heads: &[State], body: &[Written], wanted: &Names, span: Span) -> Block {
        let mut forms = Vec::new();
        for (number, state) in heads.iter().enumerate() {
            let Some(around) = self.around.last() else { break };
            let exits = around.exits.clone();
            forms.push((
                vec![number],
                self.statements(body, state.clone(), wanted, &exits, End::Round),
            ));
        }
        let teller = self.around.last().and_then(|around| around.teller);
        match teller {
            Some(teller) => self.chosen(teller, forms, span),
            None => forms.into_iter().next().map(|(_, only)| only).unwrap_or_default(),
        }
    }

    /// The test of a `while` loop, in a form for each state.
    fn test(
        &mut self,
        prelude: &Block,
        condition: Handle<Expression>,
        heads: &[State],
        span: Span,
    ) -> (Block, Handle<Expression>) {
        let mut read = Names::new();
        self.flow.live.read(condition, &mut read);
        let concerned = !read.is_empty() || prelude.statements.iter().any(|(one, _)| self.flow.live.mentions(one));
        let teller = self.around.last().and_then(|around| around.teller);
        let Some(teller) = teller.filter(|_| concerned) else {
            let state = heads.first().cloned().unwrap_or_default();
            let prelude = self.renamer.block(prelude, &state);
            self.renamer.next_statement();
            return (prelude, self.renamer.expression(condition, &state));
        };
        let ended = self.variable("ended");
        let mut forms = Vec::new();
        for (number, state) in heads.iter().enumerate() {
            let mut form = self.renamer.block(prelude, state);
            self.renamer.next_statement();
            let operand = self.renamer.expression(condition, state);
            let op = UnaryOp::Not;
            let value = self.renamer.to.expression(Expression::Unary { op, operand }, span);
            form.push(Statement::Assign { variable: ended, value }, span);
            forms.push((vec![number], form));
        }
        let prelude = self.chosen(teller, forms, span);
        let operand = self.renamer.to.expression(Expression::Variable(ended), span);
        let op = UnaryOp::Not;
        (
            prelude,
            self.renamer.to.expression(Expression::Unary { op, operand }, span),
        )
    }

    /// The form for the state that a variable tells.
    fn chosen(&mut self, teller: Handle<Variable>, mut forms: Vec<(Vec<usize>, Block)>, span: Span) -> Block {
        let Some((_, mut chain)) = forms.pop() else {
            return Block::default();
        };
        while let Some((numbers, accept)) = forms.pop() {
            let mut condition = None;
            for number in numbers {
                let one = self.is_told(teller, number, span);
                condition = Some(match condition {
                    None => one,
                    Some(left) => {
                        let op = crate::ir::LogicalOp::Or;
                        let either = Expression::Logical { op, left, right: one };
                        self.renamer.to.expression(either, span)
                    }
                });
            }
            let Some(condition) = condition else { continue };
            let reject = std::mem::take(&mut chain);
            let chosen = Statement::If {
                condition,
                accept,
                reject,
            };
            chain.push(chosen, span);
        }
        chain
    }

    fn is_told(&mut self, teller: Handle<Variable>, number: usize, span: Span) -> Handle<Expression> {
        let left = self.renamer.to.expression(Expression::Variable(teller), span);
        let number = Expression::Literal(Literal::Int(number as i64));
        let right = self.renamer.to.expression(number, span);
        let op = CompareOp::Equal;
        self.renamer
            .to
            .expression(Expression::Compare { op, left, right }, span)
    }

    fn tell_end(&mut self, block: &mut Block, state: &State, end: End, span: Span) {
        match end {
            End::Known => {}
            End::Round => {
                let wanted = self.around.last().map(|around| around.rounds.wanted.clone());
                let wanted = wanted.unwrap_or_default();
                self.tell_round(block, &restricted(state, &wanted), span);
            }
            End::Region => {
                let state = restricted(state, &self.last.wanted);
                let number = self.last.states.iter().position(|one| *one == state);
                if self.last.states.len() <= 1 {
                    return;
                }
                let teller = match self.last.teller {
                    Some(teller) => teller,
                    None => self.teller(&self.last.states.clone()),
                };
                self.last.teller = Some(teller);
                match number {
                    Some(number) => self.renamer.assign_literal(block, teller, number, span),
                    None => self.flow.lost.set(true),
                }
            }
        }
    }

    fn tell_round(&mut self, block: &mut Block, state: &State, span: Span) {
        let Some(around) = self.around.last() else { return };
        let Some(teller) = around.teller else { return };
        match around.rounds.number(state) {
            Some(number) => self.renamer.assign_literal(block, teller, number, span),
            None => self.flow.lost.set(true),
        }
    }

    /// A variable that tells one of some states: called after a name that differs in them, and the one with which it changes.
    fn teller(&mut self, states: &[State]) -> Handle<Variable> {
        let first = states.first();
        let differs = |name: &Handle<Variable>| {
            states
                .iter()
                .any(|one| one.get(name) != first.and_then(|one| one.get(name)))
        };
        let names = first.into_iter().flat_map(State::keys);
        let differing: Vec<&str> = names
            .filter(|name| differs(name))
            .map(|name| self.from.variables[*name].name.as_str())
            .collect();
        let name = format!("{}_turn", differing.join("_"));
        self.variable(&name)
    }

    fn variable(&mut self, wanted: &str) -> Handle<Variable> {
        let name = self.renamer.fresh_name(wanted);
        self.renamer.to.variables.append(Variable {
            name,
            initial: None,
            temporary: true,
            storage: None,
            there: None,
            span: self.from.span,
        })
    }
}

/// What an `if` has become.
enum Branches {
    /// It, and the state behind it; none if control does not come there.
    Join(Statement, Option<State>),
    /// It with what follows.
    Apart(Vec<Written>),
}
