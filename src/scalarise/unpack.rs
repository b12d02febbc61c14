//! What a mask chooses is used where it lies.
//!
//! `np.sum(data[mask])` means that the chosen elements are put together first, one behind the other (`mask`). A loop that then goes
//! through them in order, and asks for its counter in no other way, can as well go through all places and do its work where the
//! mask is true: it meets the same elements in the same order. What neither the mask nor the elements are read from may change
//! in between. Arrays that the same mask chooses are as long as each other, and are gone through together.

use std::collections::{HashMap, HashSet};

use super::Ex;
use super::contract::{element_variable, fresh, loads, wanted_whole};
use super::effects::{Effects, is_foreign};
use super::fuse::run_equally;
use super::interchange::reads;
use crate::ir::{
    Array, ArrayOrigin, BinaryOp, Block, CompareOp, Element, Expression, Handle, Literal, Loop, Region, Statement,
    UnaryOp, Variable, alike, children, visit_expressions, visit_statements, with_operands,
};
use crate::source::Span;

/// How many loops may go through all places instead of the chosen ones.
const READERS: usize = 4;

/// Unpacks what can be, in all blocks of a region; loops from `first` on are over elements.
pub(super) fn unpack(region: &mut Region, first: usize) {
    let mut of_array = HashMap::new();
    visit_statements(region, &region.body, &mut |statement, _| {
        loads(region, statement, &mut |array, _| {
            *of_array.entry(array).or_default() += 1
        });
    });
    let (reads, wanted) = (reads(region, &region.body), wanted_whole(region));
    let mut body = std::mem::take(&mut region.body);
    Unpacker {
        region,
        first,
        loads: of_array,
        reads,
        wanted,
    }
    .block(&mut body);
    region.body = body;
}

struct Unpacker<'r> {
    region: &'r mut Region,
    first: usize,
    /// How often elements of each array are read in the whole region.
    loads: HashMap<Handle<Array>, usize>,
    /// The same for variables.
    reads: HashMap<Handle<Variable>, usize>,
    /// Arrays that cannot go.
    wanted: HashSet<Handle<Array>>,
}

/// A nest that puts chosen elements one behind the other.
struct Choice {
    at: usize,
    loops: Vec<Handle<Loop>>,
    condition: Ex,
    array: Handle<Array>,
    value: Ex,
    count: Handle<Variable>,
}

/// A loop through chosen elements.
struct Reader {
    at: usize,
    header: Handle<Loop>,
    /// The loads of the element at its counter.
    loads: HashMap<Handle<Array>, HashSet<Ex>>,
}

impl Unpacker<'_> {
    fn block(&mut self, block: &mut Block) {
        for (statement, _) in &mut block.statements {
            match statement {
                Statement::If { accept, reject, .. } => {
                    self.block(accept);
                    self.block(reject);
                }
                Statement::While { prelude, body, .. } => {
                    self.block(prelude);
                    self.block(body);
                }
                Statement::For(header) => {
                    let mut body = std::mem::take(&mut self.region.loops[*header].body);
                    self.block(&mut body);
                    self.region.loops[*header].body = body;
                }
                Statement::Assign { .. }
                | Statement::Store(_)
                | Statement::Evaluate(_)
                | Statement::Break
                | Statement::Continue
                | Statement::Allocate { .. }
                | Statement::Leave(_)
                | Statement::Raise { .. }
                | Statement::Seed(_)
                | Statement::Draw(_) => {}
            }
        }
        let mut at = 0;
        while at < block.statements.len() {
            if let Some(found) = self.choice(block, at) {
                self.unify(block, &found);
                // Statements that said nothing are gone.
                let moved = (0..=at).rev().find_map(|place| self.choice(block, place));
                if let Some(choice) = moved.filter(|one| one.array == found.array)
                    && let Some(gone) = self.unpacked(block, &choice)
                {
                    at = gone;
                    continue;
                }
            }
            at += 1;
        }
    }

    /// The nest at a place, if it is one that chooses.
    fn choice(&self, block: &Block, at: usize) -> Option<Choice> {
        let Statement::For(outermost) = block.statements.get(at)?.0 else {
            return None;
        };
        let mut loops = vec![outermost];
        let body = loop {
            let header = &self.region.loops[*loops.last()?];
            match &header.body.statements[..] {
                [(Statement::For(inner), _)] => loops.push(*inner),
                other => break other,
            }
        };
        let [
            (
                Statement::If {
                    condition,
                    accept,
                    reject,
                },
                _,
            ),
        ] = body
        else {
            return None;
        };
        let [
            (Statement::Store(store), _),
            (
                Statement::Assign {
                    variable: count,
                    value: next,
                },
                _,
            ),
        ] = &accept.statements[..]
        else {
            return None;
        };
        let store = &self.region.stores[*store];
        let expressions = &self.region.expressions;
        let is_count = |root: Ex| expressions[root] == Expression::Variable(*count);
        let counts = match expressions[*next] {
            Expression::Binary {
                op: BinaryOp::Add,
                left,
                right,
            } => is_count(left) && expressions[right] == Expression::Literal(Literal::Int(1)),
            _ => false,
        };
        let packs = matches!(store.subscripts[..], [only] if is_count(only)) && !store.update;
        let local = matches!(self.region.arrays[store.array].origin, ArrayOrigin::Local { .. });
        let own = loops
            .iter()
            .all(|one| one.index() >= self.first && self.region.loops[*one].annotation.is_none());
        (counts && packs && local && own && reject.is_empty() && !self.wanted.contains(&store.array)).then_some(
            Choice {
                at,
                loops,
                condition: *condition,
                array: store.array,
                value: store.value,
                count: *count,
            },
        )
    }

    /// Choices behind a place that the same mask makes count the same.
    fn unify(&mut self, block: &mut Block, choice: &Choice) {
        for at in choice.at + 1..block.statements.len() {
            let Some(other) = self.choice(block, at) else { continue };
            if other.count == choice.count || !self.is_same_mask(block, choice, &other) {
                continue;
            }
            let own = self.expressions_of(&block.statements[at].0);
            let before = Block {
                statements: block.statements[..at].to_vec(),
            };
            if reads(self.region, &before).contains_key(&other.count) {
                continue;
            }
            for one in self.region.expressions.handles() {
                if !own.contains(&one) && self.region.expressions[one] == Expression::Variable(other.count) {
                    self.region.expressions[one] = Expression::Variable(choice.count);
                }
            }
            let moved = self.reads.insert(other.count, 2).unwrap_or(2).saturating_sub(2);
            *self.reads.entry(choice.count).or_default() += moved;
        }
        let region = &*self.region;
        let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut block.statements)
            .into_iter()
            .partition(|(statement, _)| !is_void(region, statement));
        block.statements = kept;
        for (variable, count) in reads(self.region, &Block { statements: gone }) {
            *self.reads.entry(variable).or_default() -= count;
        }
    }

    fn is_same_mask(&self, block: &Block, one: &Choice, two: &Choice) -> bool {
        let region = &*self.region;
        let trips = one.loops.len() == two.loops.len()
            && one
                .loops
                .iter()
                .zip(&two.loops)
                .all(|(a, b)| run_equally(region, region.loops[*a].stop, region.loops[*b].stop));
        let renamed: HashMap<_, _> = one.loops.iter().copied().zip(two.loops.iter().copied()).collect();
        trips
            && alike_after(region, one.condition, two.condition, &renamed)
            && self.stays(one, &[one.condition], &block.statements[one.at + 1..two.at])
    }

    /// Whether expressions of a nest give the same behind some statements, and its count is the same.
    fn stays(&self, choice: &Choice, roots: &[Ex], statements: &[(Statement, Span)]) -> bool {
        let region = &*self.region;
        let mut roots = roots.to_vec();
        roots.extend(choice.loops.iter().map(|one| region.loops[*one].stop));
        let source = Effects::evaluating(region, &roots, &choice.loops);
        let foreign = source.accesses.iter().any(|one| is_foreign(region, one.array));
        !source.raises
            && statements.iter().all(|(statement, _)| {
                let effects = Effects::of(region, statement);
                let changes = |array: Handle<Array>| source.accesses.iter().any(|one| one.array == array);
                let stores = effects.accesses.iter().filter(|one| one.stores);
                !effects.orders
                    && !effects.assigned.contains(&choice.count)
                    && effects.assigned.is_disjoint(&source.read)
                    && !effects.allocated.iter().any(|array| changes(*array))
                    && stores
                        .map(|one| one.array)
                        .all(|array| !(changes(array) || (foreign && is_foreign(region, array))))
            })
    }

    fn expressions_of(&self, statement: &Statement) -> HashSet<Ex> {
        let mut all = HashSet::new();
        let block = Block {
            statements: vec![(statement.clone(), self.region.span)],
        };
        visit_statements(self.region, &block, &mut |statement, _| {
            for root in statement.roots(self.region) {
                visit_expressions(self.region, root, &mut |one| _ = all.insert(one));
            }
        });
        all
    }

    /// Lets the loops through what a nest, and others of the same mask, have chosen go through all places; gives a place before
    /// which nothing has changed.
    fn unpacked(&mut self, block: &mut Block, choice: &Choice) -> Option<usize> {
        let mut members: Vec<Choice> = (choice.at..block.statements.len())
            .filter_map(|at| self.choice(block, at))
            .filter(|one| one.at == choice.at || self.is_same_mask(block, choice, one))
            .collect();
        let mut readers: Vec<Reader>;
        loop {
            let count = members.len();
            readers = (choice.at + 1..block.statements.len())
                .filter_map(|at| self.reader(block, at, choice, &members))
                .collect();
            members.retain(|one| {
                let found = readers.iter().filter_map(|reader| reader.loads.get(&one.array));
                let found: usize = found.map(HashSet::len).sum();
                found > 0 && self.loads.get(&one.array) == Some(&found)
            });
            if members.len() == count {
                break;
            }
        }
        let last = readers.last()?.at;
        let stays = |one: &Choice| {
            let between = &block.statements[one.at + 1..=last];
            self.stays(one, &[one.condition, one.value], between)
        };
        if members.is_empty() || readers.len() > READERS || !members.iter().all(stays) {
            return None;
        }
        for reader in &readers {
            self.go_through_all(block, reader, choice, &members);
        }
        self.forget(block, &members);
        Some(choice.at.saturating_sub(2 * members.len()))
    }

    /// The loop at a place, if all it does with its counter is to read what has been chosen.
    fn reader(&self, block: &Block, at: usize, choice: &Choice, members: &[Choice]) -> Option<Reader> {
        let Statement::For(header) = block.statements[at].0 else {
            return None;
        };
        let region = &*self.region;
        let one = &region.loops[header];
        let bounds = [one.start, one.stop, one.step].map(|bound| &region.expressions[bound]);
        let counted = [
            &Expression::Literal(Literal::Int(0)),
            &Expression::Variable(choice.count),
            &Expression::Literal(Literal::Int(1)),
        ];
        if bounds != counted || header.index() < self.first {
            return None;
        }
        let is_counter = |root: Ex| region.expressions[root] == Expression::Counter(header);
        let (mut counters, mut good) = (0, 0);
        let mut loads: HashMap<Handle<Array>, HashSet<Ex>> = HashMap::new();
        visit_statements(region, &one.body, &mut |statement, _| {
            for root in statement.roots(region) {
                visit_expressions(region, root, &mut |one| match &region.expressions[one] {
                    Expression::Counter(other) => counters += usize::from(*other == header),
                    Expression::Load { array, subscripts } => {
                        let own = members.iter().any(|member| member.array == *array && member.at < at);
                        if own && matches!(subscripts[..], [only] if is_counter(only)) {
                            good += 1;
                            loads.entry(*array).or_default().insert(one);
                        }
                    }
                    _ => {}
                });
            }
        });
        let distinct: usize = loads.values().map(HashSet::len).sum();
        (good > 0 && counters == good && distinct == good).then_some(Reader { at, header, loads })
    }

    fn go_through_all(&mut self, block: &mut Block, reader: &Reader, choice: &Choice, members: &[Choice]) {
        let span = block.statements[reader.at].1;
        let old = &mut self.region.loops[reader.header];
        let (body, annotation) = (std::mem::take(&mut old.body), old.annotation.take());
        let mut new = Vec::new();
        for one in &choice.loops {
            let name = fresh(self.region, &self.region.loops[*one].name.clone());
            let model = &self.region.loops[*one];
            let header = Loop {
                written: name.clone(),
                name,
                body: Block::default(),
                annotation: annotation.clone().filter(|_| new.is_empty()),
                ..model.clone()
            };
            new.push(self.region.loops.append(header));
        }
        let condition = self.copied(choice.condition, &choice.loops, &new);
        let mut accept = Block::default();
        for member in members {
            let Some(loads) = reader.loads.get(&member.array) else {
                continue;
            };
            let value = self.copied(member.value, &member.loops, &new);
            let variable = element_variable(self.region, member.array, Some(Element::Of(value)));
            if let ArrayOrigin::Local { element, .. } = &mut self.region.arrays[member.array].origin {
                *element = Element::Of(value);
            }
            accept.push(Statement::Assign { variable, value }, span);
            for load in loads {
                self.region.expressions[*load] = Expression::Variable(variable);
            }
        }
        accept.statements.extend(body.statements);
        let reject = Block::default();
        let mut inside = Block::default();
        inside.push(
            Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
        for header in new.iter().rev() {
            self.region.loops[*header].body = inside;
            inside = Block::default();
            inside.push(Statement::For(*header), span);
        }
        if let Some(nest) = inside.statements.pop() {
            block.statements[reader.at] = nest;
        }
        *self.reads.entry(choice.count).or_default() -= 1;
    }

    /// An expression once more, in other loops.
    fn copied(&mut self, root: Ex, from: &[Handle<Loop>], to: &[Handle<Loop>]) -> Ex {
        let span = self.region.spans[root];
        let one = self.region.expressions[root].clone();
        if let Expression::Counter(header) = one {
            let level = from.iter().position(|other| *other == header);
            let header = level.map_or(header, |level| to[level]);
            return self.region.expression(Expression::Counter(header), span);
        }
        let operands: Vec<Ex> = children(&one)
            .into_iter()
            .map(|child| self.copied(child, from, to))
            .collect();
        self.region.expression(with_operands(&one, &operands), span)
    }

    /// Takes arrays away that nobody reads, and the nests that do nothing else than count what nobody asks for.
    fn forget(&mut self, block: &mut Block, members: &[Choice]) {
        for one in members {
            self.loads.remove(&one.array);
            let innermost = one.loops[one.loops.len() - 1];
            if let [(Statement::If { accept, .. }, _)] = &mut self.region.loops[innermost].body.statements[..] {
                accept.statements.remove(0);
            }
            *self.reads.entry(one.count).or_default() -= 1;
        }
        let counts = |statement: &Statement| match statement {
            Statement::For(header) => members
                .iter()
                .any(|one| one.loops[0] == *header && self.reads.get(&one.count) == Some(&1)),
            Statement::Allocate { array, .. } => members.iter().any(|one| one.array == *array),
            _ => false,
        };
        block.statements.retain(|(statement, _)| !counts(statement));
    }
}

/// Whether a statement leaves the region to Python if a number is not itself.
fn is_void(region: &Region, statement: &Statement) -> bool {
    let Statement::If { condition, accept, .. } = statement else {
        return false;
    };
    let Expression::Unary {
        op: UnaryOp::Not,
        operand,
    } = region.expressions[*condition]
    else {
        return false;
    };
    let Expression::Compare {
        op: CompareOp::Equal,
        left,
        right,
    } = region.expressions[operand]
    else {
        return false;
    };
    let whole = Effects::evaluating(region, &[left, right], &[]);
    matches!(accept.statements[..], [(Statement::Leave(_), _)])
        && alike(region, left, right)
        && whole.accesses.is_empty()
        && !whole.raises
}

/// Whether two expressions are alike when counters get other names.
fn alike_after(region: &Region, a: Ex, b: Ex, renamed: &HashMap<Handle<Loop>, Handle<Loop>>) -> bool {
    let (one, two) = (&region.expressions[a], &region.expressions[b]);
    if let (Expression::Counter(x), Expression::Counter(y)) = (one, two) {
        return renamed.get(x).unwrap_or(x) == y;
    }
    let (mine, theirs) = (children(one), children(two));
    if mine.is_empty() && theirs.is_empty() {
        return alike(region, a, b);
    }
    mine.len() == theirs.len()
        && *one == with_operands(two, &mine)
        && mine
            .iter()
            .zip(&theirs)
            .all(|(a, b)| alike_after(region, *a, *b, renamed))
}
