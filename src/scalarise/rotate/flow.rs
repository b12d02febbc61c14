//! The states with which control reaches places: which names lie where.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::live::{Exits, Liveness};
use super::{Groups, Names, Slot, State};
use crate::ir::{Block, Expression, Handle, Statement, Variable};
use crate::source::Span;

/// States at one place that are told apart.
const STATES: usize = 12;

/// The states at the ends of some statements.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// Where the last one is done.
    pub(super) through: BTreeSet<State>,
    pub(super) breaks: BTreeSet<State>,
    pub(super) continues: BTreeSet<State>,
}

/// The states of a loop.
#[derive(Debug)]
pub(super) struct Rounds {
    /// At the heads of iterations, then those of `break`s that are none of them.
    pub(super) states: Vec<State>,
    /// How many are of heads.
    pub(super) heads: usize,
    /// What is wanted at heads.
    pub(super) wanted: Names,
}

impl Rounds {
    /// The number of a state.
    pub(super) fn number(&self, state: &State) -> Option<usize> {
        self.states.iter().position(|one| one == state)
    }

    /// The states that differ behind the loop, each with the numbers that it has here.
    pub(super) fn exits(&self, wanted: &Names) -> Vec<(State, Vec<usize>)> {
        let mut exits: Vec<(State, Vec<usize>)> = Vec::new();
        for (number, state) in self.states.iter().enumerate() {
            let state = restricted(state, wanted);
            match exits.iter_mut().find(|(known, _)| *known == state) {
                Some((_, numbers)) => numbers.push(number),
                None => exits.push((state, vec![number])),
            }
        }
        exits
    }
}

/// A state without the names of which nothing is wanted.
pub(super) fn restricted(state: &State, wanted: &Names) -> State {
    let kept = state.iter().filter(|(name, _)| wanted.contains(name));
    kept.map(|(name, slot)| (*name, *slot)).collect()
}

/// Follows states.
pub(super) struct Flow<'g> {
    pub(super) groups: &'g Groups<'g>,
    pub(super) live: Liveness<'g>,
    /// Whether something cannot be followed.
    pub(super) lost: Cell<bool>,
}

impl<'g> Flow<'g> {
    pub(super) fn new(groups: &'g Groups<'g>) -> Self {
        Self {
            groups,
            live: Liveness {
                region: groups.region,
                names: &groups.names,
            },
            lost: Cell::new(false),
        }
    }

    pub(super) fn block(&self, block: &Block, state: &State, after: &Names, exits: &Exits) -> Ends {
        self.statements(&block.statements, state, after, exits)
    }

    fn statements(&self, statements: &[(Statement, Span)], state: &State, after: &Names, exits: &Exits) -> Ends {
        let (_, behind) = self.live.along(statements, after, exits);
        let mut ends = Ends::default();
        let mut states = BTreeSet::from([state.clone()]);
        for ((statement, _), wanted) in statements.iter().zip(&behind) {
            let mut next = BTreeSet::new();
            for state in &states {
                self.statement(statement, state, wanted, exits, &mut next, &mut ends);
            }
            if next.len() > STATES {
                self.lost.set(true);
                next.clear();
            }
            states = next;
        }
        ends.through = states;
        ends
    }

    fn statement(
        &self,
        statement: &Statement,
        state: &State,
        wanted: &Names,
        exits: &Exits,
        next: &mut BTreeSet<State>,
        ends: &mut Ends,
    ) {
        match statement {
            Statement::Assign { variable, value } => {
                let after = self.assigned(state, *variable, *value, wanted);
                next.insert(restricted(&after, wanted));
            }
            Statement::If { accept, reject, .. } => {
                for branch in [accept, reject] {
                    let inner = self.block(branch, state, wanted, exits);
                    next.extend(inner.through);
                    ends.breaks.extend(inner.breaks);
                    ends.continues.extend(inner.continues);
                }
            }
            Statement::For(_) | Statement::While { .. } => {
                let rounds = self.rounds(statement, state, wanted);
                next.extend(rounds.exits(wanted).into_iter().map(|(state, _)| state));
            }
            Statement::Break => {
                ends.breaks.insert(restricted(state, &exits.breaks));
            }
            Statement::Continue => {
                ends.continues.insert(restricted(state, &exits.continues));
            }
            Statement::Leave(_) | Statement::Raise { .. } => {}
            Statement::Store(_)
            | Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => {
                next.insert(restricted(state, wanted));
            }
        }
    }

    /// The states of a loop that begins with one.
    pub(super) fn rounds(&self, statement: &Statement, state: &State, after: &Names) -> Rounds {
        let wanted = self.live.head(statement, after);
        let mut states = vec![restricted(state, &wanted)];
        let exits = Exits {
            breaks: after.clone(),
            continues: wanted.clone(),
        };
        let mut breaks = BTreeSet::new();
        let body = match statement {
            Statement::For(header) => Some(&self.live.region.loops[*header].body),
            Statement::While { prelude, body, .. } => {
                let assigns = prelude.statements.iter().any(|(one, _)| self.live.assigns(one));
                self.lost.set(self.lost.get() || assigns);
                Some(body)
            }
            _ => None,
        };
        let mut at = 0;
        while let Some(state) = states.get(at).cloned() {
            at += 1;
            let ends = body.map_or_else(Ends::default, |body| self.block(body, &state, &wanted, &exits));
            for next in ends.through.into_iter().chain(ends.continues) {
                if !states.contains(&next) {
                    states.push(next);
                }
            }
            breaks.extend(ends.breaks);
            if states.len() > STATES {
                self.lost.set(true);
                break;
            }
        }
        let heads = states.len();
        states.extend(
            breaks
                .into_iter()
                .filter(|one| !states.contains(one))
                .collect::<Vec<_>>(),
        );
        Rounds { states, heads, wanted }
    }

    /// The state behind an assignment; of other variables, it stays as it is.
    pub(super) fn assigned(
        &self,
        state: &State,
        variable: Handle<Variable>,
        value: Handle<Expression>,
        wanted: &Names,
    ) -> State {
        let mut after = state.clone();
        if !self.groups.names.contains(&variable) {
            return after;
        }
        if self.groups.region.augmented.contains(&value) {
            // In place, if it is surely an array: other names that lie there show it.
            let shared = |slot: Slot| self.is_taken(state, slot, variable, wanted);
            if !self.groups.is_surely_array(variable) && shared(slot_of(state, variable)) {
                self.lost.set(true);
            }
            return after;
        }
        let slot = self
            .copied(state, value)
            .unwrap_or_else(|| self.free_slot(state, variable, value, wanted));
        after.insert(variable, slot);
        after
    }

    /// The slot on which a name lies whose value is assigned unchanged.
    pub(super) fn copied(&self, state: &State, value: Handle<Expression>) -> Option<Slot> {
        match self.groups.source(value)? {
            Slot::Variable(from) if self.groups.names.contains(&from) => Some(slot_of(state, from)),
            Slot::Variable(_) => None,
            input @ Slot::Input(_) => Some(input),
        }
    }

    /// A slot for a new value: the present one, the name's own or another, on which nothing lies that is still wanted; rather one
    /// to which the value can be put directly.
    fn free_slot(&self, state: &State, name: Handle<Variable>, value: Handle<Expression>, wanted: &Names) -> Slot {
        let group = self.groups.of[&name].iter().map(|one| Slot::Variable(*one));
        let all = [slot_of(state, name), Slot::Variable(name)].into_iter().chain(group);
        let free: Vec<Slot> = all
            .filter(|slot| matches!(slot, Slot::Variable(_)) && !self.is_taken(state, *slot, name, wanted))
            .collect();
        let mut elsewhere = Names::new();
        self.live.read_elsewhere(value, &mut elsewhere);
        let read: Vec<Slot> = elsewhere.iter().map(|one| slot_of(state, *one)).collect();
        let direct = free.iter().find(|slot| !read.contains(slot));
        direct.or(free.first()).copied().unwrap_or_else(|| {
            self.lost.set(true);
            Slot::Variable(name)
        })
    }

    /// Whether another name lies on a slot whose value is wanted.
    fn is_taken(&self, state: &State, slot: Slot, name: Handle<Variable>, wanted: &Names) -> bool {
        let mut others = state
            .iter()
            .filter(|(other, _)| **other != name && wanted.contains(other));
        others.any(|(_, of)| *of == slot)
    }
}

/// Where a name lies: on its own slot until it is handed another.
pub(super) fn slot_of(state: &State, name: Handle<Variable>) -> Slot {
    state.get(&name).copied().unwrap_or(Slot::Variable(name))
}
