//! Which type each item of a list has, where that depends on the data: in an array of bytes beside the items.
//!
//! Python keeps in a list whatever object it is given. Where a region puts a Python float there on one way and a NumPy float on
//! another, both are computed alike, and Python must see the right one afterwards:
//!
//! ```text
//! peak = -inf                  peak = -inf;     peak_kind = 3
//! if …: peak = x[i]            if …: peak = x[i]; peak_kind = 5
//! found.append(peak)           found_items[i] = peak; found_items_kinds[i] = peak_kind
//! ```
//!
//! What the bytes mean is told in [`Tag`]. They are numbers of the region like all others, so that nothing else need know of them.
//! Of a list from before the region, 0 says that an item is the object that it was.

use std::collections::HashMap;

use super::Ex;
use super::contract::fresh;
use crate::diagnostics::{Code, Diagnostic};
use crate::infer::{InputTy, Origin, Tag, Tags, Types};
use crate::ir::{
    Array, ArrayOrigin, Block, CompareOp, Conversion, Element, Expression, Function, Gives, Handle, Items, Literal,
    Output, Region, Statement, Store, Told, Variable,
};
use crate::source::Span;

/// Has a region tell which types the items of its lists have, whose types [`infer::mixed`](crate::infer::mixed) has found.
///
/// # Errors
/// What keeps it from that.
pub fn tell(region: &mut Region, types: &Types) -> Result<(), Vec<Diagnostic>> {
    let from = region.clone();
    let mut teller = Teller {
        from: &from,
        types,
        to: region,
        kinds: HashMap::new(),
        beside: HashMap::new(),
        problems: Vec::new(),
    };
    teller.arrays();
    let mut start = teller.variables();
    let mut body = std::mem::take(&mut teller.to.body);
    teller.block(&mut body);
    start.statements.extend(body.statements);
    teller.to.body = start;
    teller.outputs();
    if teller.problems.is_empty() {
        Ok(())
    } else {
        Err(teller.problems)
    }
}

struct Teller<'r> {
    from: &'r Region,
    types: &'r Types,
    to: &'r mut Region,
    /// Of each variable that may hold objects of several types, the one that holds its tag.
    kinds: HashMap<Handle<Variable>, Handle<Variable>>,
    /// Of each such array, the one of its tags.
    beside: HashMap<Handle<Array>, Handle<Array>>,
    problems: Vec<Diagnostic>,
}

impl Teller<'_> {
    fn arrays(&mut self) {
        for (array, one) in self.from.arrays.iter() {
            let ty = self.types.array(array);
            if ty.element.origin != Origin::Either {
                continue;
            }
            let extents = match &one.origin {
                ArrayOrigin::Local { extents, .. } => extents.clone(),
                ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => (0..ty.rank)
                    .map(|axis| self.to.expression(Expression::Extent { array, axis }, self.from.span))
                    .collect(),
            };
            let origin = ArrayOrigin::Local {
                element: Element::Named(Conversion::UInt8),
                extents,
            };
            let name = fresh(self.to, &format!("{}_kinds", one.name));
            let view_of = None;
            let kinds = self.to.arrays.append(Array { name, origin, view_of });
            self.beside.insert(array, kinds);
        }
    }

    /// What stands where the region starts: the tags of what was there before, and none yet.
    fn variables(&mut self) -> Block {
        let mut start = Block::default();
        for (variable, one) in self.from.variables.iter() {
            if self.types.variable(variable).origin != Origin::Either {
                continue;
            }
            let kind = self.variable(&format!("{}_kind", one.name), one.span);
            self.kinds.insert(variable, kind);
            let before = one.initial.map_or(0, |input| match self.types.input(input) {
                InputTy::Scalar(ty) => Tag::of(ty),
                InputTy::Array(_) | InputTy::Nothing => 0,
            });
            let value = self.byte(before, one.span);
            start.push(Statement::Assign { variable: kind, value }, one.span);
        }
        for (list, kinds) in self.lists() {
            let zeroed = true;
            let span = self.from.inputs[list].span;
            start.push(Statement::Allocate { array: kinds, zeroed }, span);
        }
        start
    }

    /// The lists from before the region among the arrays, by input, with the arrays of their tags.
    fn lists(&self) -> Vec<(Handle<crate::ir::Input>, Handle<Array>)> {
        let of_input = |(array, kinds): (&Handle<Array>, &Handle<Array>)| match self.from.arrays[*array].origin {
            ArrayOrigin::Input(input) => Some((input, *kinds)),
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => None,
        };
        let mut all: Vec<_> = self.beside.iter().filter_map(of_input).collect();
        all.sort();
        all
    }

    fn variable(&mut self, wanted: &str, span: Span) -> Handle<Variable> {
        let name = fresh(self.to, wanted);
        self.to.variables.append(Variable {
            name,
            initial: None,
            temporary: true,
            storage: Some(Element::Named(Conversion::UInt8)),
            there: None,
            span,
        })
    }

    // Statements

    fn block(&mut self, block: &mut Block) {
        for (statement, span) in std::mem::take(&mut block.statements) {
            match statement {
                Statement::Assign { variable, value } => self.assign(block, variable, value, span),
                Statement::Store(store) => self.store(block, store, span),
                Statement::Allocate { array, zeroed } => {
                    block.push(statement, span);
                    if let Some(array) = self.beside.get(&array).copied() {
                        block.push(Statement::Allocate { array, zeroed }, span);
                    }
                }
                Statement::For(counted) => {
                    let mut body = std::mem::take(&mut self.to.loops[counted].body);
                    self.block(&mut body);
                    self.to.loops[counted].body = body;
                    block.push(Statement::For(counted), span);
                }
                Statement::If {
                    condition,
                    mut accept,
                    mut reject,
                } => {
                    self.block(&mut accept);
                    self.block(&mut reject);
                    let statement = Statement::If {
                        condition,
                        accept,
                        reject,
                    };
                    block.push(statement, span);
                }
                Statement::While {
                    mut prelude,
                    condition,
                    mut body,
                } => {
                    self.block(&mut prelude);
                    self.block(&mut body);
                    let statement = Statement::While {
                        prelude,
                        condition,
                        body,
                    };
                    block.push(statement, span);
                }
                Statement::Draw(ref draw) => {
                    if self.kinds.contains_key(&draw.variable) {
                        let message = "a random number or another one may be put into a list here";
                        let problem = Diagnostic::new(Code::AmbiguousType, span, message);
                        self.problems.push(problem.help("convert both: `float(…)`"));
                    }
                    block.push(statement, span);
                }
                Statement::Evaluate(_)
                | Statement::Break
                | Statement::Continue
                | Statement::Leave(_)
                | Statement::Raise { .. }
                | Statement::Seed(_) => block.push(statement, span),
            }
        }
    }

    fn tags(&self) -> Tags<'_> {
        let (region, types) = (self.from, self.types);
        Tags { region, types }
    }

    /// The tag is found by the values before the assignment, and after the value, which may raise.
    fn assign(&mut self, block: &mut Block, variable: Handle<Variable>, value: Ex, span: Span) {
        let statement = Statement::Assign { variable, value };
        let Some(kind) = self.kinds.get(&variable).copied() else {
            return block.push(statement, span);
        };
        if self.from.expressions[value] == Expression::Variable(variable) {
            return block.push(statement, span);
        }
        let tag = self.tags().of(value);
        let told = self.told(&tag, Some(variable), span);
        let tells = Statement::Assign {
            variable: kind,
            value: told,
        };
        if is_plain(&tag) {
            block.push(tells, span);
            return block.push(statement, span);
        }
        let kept = self.kept(block, value, span);
        block.push(tells, span);
        block.push(Statement::Assign { variable, value: kept }, span);
    }

    fn store(&mut self, block: &mut Block, handle: Handle<Store>, span: Span) {
        let Store {
            array,
            subscripts,
            value,
            update,
            place,
            ..
        } = self.to.stores[handle].clone();
        let Some(kinds) = self.beside.get(&array).copied() else {
            return block.push(Statement::Store(handle), span);
        };
        let tag = self.tags().of(value);
        let mut told = self.told(&tag, None, span);
        if !is_plain(&tag) {
            if update {
                // That it is there is the list's to say.
                let load = Expression::Load {
                    array,
                    subscripts: subscripts.clone(),
                };
                let load = self.to.expression(load, place);
                block.push(Statement::Evaluate(load), span);
            } else {
                self.to.stores[handle].value = self.kept(block, value, span);
            }
            told = self.kept_tag(block, told, span);
        }
        block.push(Statement::Store(handle), span);
        let also = self.to.stores.append(Store {
            array: kinds,
            subscripts,
            value: told,
            update: false,
            atomic: false,
            place,
        });
        block.push(Statement::Store(also), span);
    }

    /// A value under a name.
    fn kept(&mut self, block: &mut Block, value: Ex, span: Span) -> Ex {
        let variable = self.variable("item", span);
        self.to.variables[variable].storage = None;
        block.push(Statement::Assign { variable, value }, span);
        self.to.expression(Expression::Variable(variable), span)
    }

    fn kept_tag(&mut self, block: &mut Block, value: Ex, span: Span) -> Ex {
        let variable = self.variable("kind", span);
        block.push(Statement::Assign { variable, value }, span);
        self.to.expression(Expression::Variable(variable), span)
    }

    // Tags

    fn byte(&mut self, value: u8, span: Span) -> Ex {
        let operand = Expression::Literal(Literal::Int(i64::from(value)));
        let operand = self.to.expression(operand, span);
        let to = Conversion::UInt8;
        self.to.expression(Expression::Convert { to, operand }, span)
    }

    /// A tag as a number of the region; that of `target` is made greater, where a sum becomes NumPy's.
    fn told(&mut self, tag: &Tag, target: Option<Handle<Variable>>, span: Span) -> Ex {
        match tag {
            Tag::Known(known) => self.byte(*known, span),
            Tag::Of(variable) => {
                let kind = self.kinds[variable];
                self.to.expression(Expression::Variable(kind), span)
            }
            Tag::Item(load) => self.of_item(*load, span),
            // What was there before has its tag from the start.
            Tag::Or(first, _) => self.told(first, target, span),
            Tag::Choice(condition, accept, reject) => {
                let (accept, reject) = (self.told(accept, None, span), self.told(reject, None, span));
                self.choice(*condition, accept, reject, span)
            }
            Tag::Extreme(function, _, candidates) => self.of_extreme(*function, candidates, span),
            Tag::Greatest(all) => self.greatest(all, target, span),
            Tag::Real(of) => {
                let of = self.told(of, None, span);
                let float = self.byte(Tag::FLOAT, span);
                let complex = self.is(of, Tag::COMPLEX, span);
                self.choice(complex, float, of, span)
            }
            Tag::Comparison(of) => {
                let of = self.told(of, None, span);
                let (numpy, python) = (self.byte(Tag::NUMPY, span), self.byte(Tag::BOOL, span));
                let is_numpy = self.is(of, Tag::NUMPY, span);
                self.choice(is_numpy, numpy, python, span)
            }
        }
    }

    fn is(&mut self, left: Ex, tag: u8, span: Span) -> Ex {
        let (op, right) = (CompareOp::Equal, self.byte(tag, span));
        self.to.expression(Expression::Compare { op, left, right }, span)
    }

    fn choice(&mut self, condition: Ex, accept: Ex, reject: Ex, span: Span) -> Ex {
        let choice = Expression::Select {
            condition,
            accept,
            reject,
        };
        self.to.expression(choice, span)
    }

    fn of_item(&mut self, load: Ex, span: Span) -> Ex {
        let Expression::Load { array, subscripts } = self.from.expressions[load].clone() else {
            return self.byte(Tag::NUMPY, span);
        };
        let Some(kinds) = self.beside.get(&array).copied() else {
            let name = &self.from.arrays[array].name;
            let message = format!("an item of `{name}`, which holds numbers of several types, may be put into a list");
            let problem = Diagnostic::new(Code::AmbiguousType, span, message);
            self.problems.push(problem.help("convert it: `float(…)`"));
            return self.byte(Tag::NUMPY, span);
        };
        let load = Expression::Load {
            array: kinds,
            subscripts,
        };
        let now = self.to.expression(load, span);
        let ArrayOrigin::Input(input) = self.from.arrays[array].origin else {
            return now;
        };
        let before = match self.types.input(input) {
            InputTy::Array(ty) => Tag::of(ty.element.loaded()),
            InputTy::Scalar(_) | InputTy::Nothing => Tag::NUMPY,
        };
        let before = self.byte(before, span);
        let untouched = self.is(now, 0, span);
        self.choice(untouched, before, now, span)
    }

    /// That of the first of the least or greatest, as Python compares them: each with the best of those before.
    fn of_extreme(&mut self, function: Function, candidates: &[(Ex, Tag)], span: Span) -> Ex {
        let op = match function {
            Function::Min => CompareOp::Less,
            _ => CompareOp::Greater,
        };
        let mut best: Option<Ex> = None;
        for (position, (value, tag)) in candidates.iter().enumerate() {
            let this = self.told(tag, None, span);
            best = Some(match best {
                None => this,
                Some(before) => {
                    let arguments: Vec<Ex> = candidates[..position].iter().map(|(value, _)| *value).collect();
                    let right = match arguments[..] {
                        [only] => only,
                        _ => self.to.expression(Expression::Call { function, arguments }, span),
                    };
                    let better = Expression::Compare {
                        op,
                        left: *value,
                        right,
                    };
                    let better = self.to.expression(better, span);
                    self.choice(better, this, before, span)
                }
            });
        }
        best.unwrap_or_else(|| self.byte(Tag::NUMPY, span))
    }

    fn greatest(&mut self, all: &[Tag], target: Option<Handle<Variable>>, span: Span) -> Ex {
        let mut parts = Vec::new();
        flatten(all, &mut parts);
        let known = parts.iter().filter_map(|part| match part {
            Tag::Known(known) => Some(*known),
            _ => None,
        });
        let known = known.max();
        let own = |part: &&Tag| target.is_some_and(|target| is_of(part, target));
        if known == Some(Tag::NUMPY) && !parts.iter().any(|part| own(&part)) {
            return self.byte(Tag::NUMPY, span);
        }
        let mut arguments = Vec::new();
        for part in &parts {
            // The variable itself stands for what is known to be no more than NumPy's with it.
            let needed = match part {
                Tag::Known(_) => false,
                other => known != Some(Tag::NUMPY) || own(&other),
            };
            if needed {
                arguments.push(self.told(part, None, span));
            }
        }
        arguments.extend(known.map(|known| self.byte(known, span)));
        match arguments[..] {
            [only] => only,
            _ => {
                let function = Function::Max;
                self.to.expression(Expression::Call { function, arguments }, span)
            }
        }
    }

    // What is handed back

    fn outputs(&mut self) {
        let mut wanted = Vec::new();
        for (position, output) in self.from.outputs.iter().enumerate() {
            if let Gives::Array { array, view: None } = &output.gives
                && let Some(kinds) = self.beside.get(array)
            {
                wanted.push((Items::Output(position), *kinds));
            }
        }
        let lists = self.lists().into_iter();
        wanted.extend(lists.map(|(list, kinds)| (Items::List(list), kinds)));
        for (items, array) in wanted {
            let name = self.to.arrays[array].name.clone();
            let variable = self.variable(&format!("{name}_handed"), self.from.span);
            self.to.outputs.push(Output {
                variable,
                name,
                gives: Gives::Array { array, view: None },
            });
            let tags = self.to.outputs.len() - 1;
            self.to.told.push(Told { items, tags });
        }
    }
}

/// Whether a tag follows from those of variables alone.
fn is_plain(tag: &Tag) -> bool {
    match tag {
        Tag::Known(_) | Tag::Of(_) => true,
        Tag::Item(_) | Tag::Choice(..) | Tag::Extreme(..) => false,
        Tag::Or(first, _) => is_plain(first),
        Tag::Greatest(all) => all.iter().all(is_plain),
        Tag::Real(of) | Tag::Comparison(of) => is_plain(of),
    }
}

fn is_of(tag: &Tag, variable: Handle<Variable>) -> bool {
    match tag {
        Tag::Of(one) => *one == variable,
        Tag::Or(first, _) => is_of(first, variable),
        Tag::Known(_)
        | Tag::Item(_)
        | Tag::Choice(..)
        | Tag::Extreme(..)
        | Tag::Greatest(_)
        | Tag::Real(_)
        | Tag::Comparison(_) => false,
    }
}

fn flatten(all: &[Tag], parts: &mut Vec<Tag>) {
    for tag in all {
        match tag {
            Tag::Greatest(inner) => flatten(inner, parts),
            other => parts.push(other.clone()),
        }
    }
}
