//! Small arrays become variables.
//!
//! A local array of a few elements whose every subscript is constant, once the loops of a few rounds around it are unrolled, is
//! nothing but so many variables (scalar replacement: Callahan, Carr and Kennedy, "Improving register allocation for subscripted
//! variables", PLDI 1990). `d = x[i] - x[j]` of points in space then costs no memory, and the loop around it can run in lanes,
//! which no loop can that makes arrays. Elements must be floats, or be stored just as they are: a variable takes a value without
//! the checks that an integer element would make.

use std::collections::{HashMap, HashSet};

use super::Ex;
use super::floats::Floats;
use crate::infer::Signature;
use crate::ir::{
    Array, ArrayOrigin, BinaryOp, Block, CompareOp, Condition, Element, Expression, Handle, Literal, Loop, Region,
    Statement, UnaryOp, Variable, visit_expressions, visit_statements,
};
use crate::source::Span;

/// Elements of the largest array.
pub(super) const ELEMENTS: i64 = 16;
/// Rounds of the longest loop that is unrolled.
const ROUNDS: i64 = 8;
/// Statements that all rounds of a loop may have together.
const STATEMENTS: usize = 128;

/// Replaces small arrays by variables.
pub(super) fn promote(region: &mut Region, signature: &Signature) {
    let sizes = required_sizes(region);
    let search = Search {
        region,
        signature,
        sizes: &sizes,
    };
    let short = search.short_loops();
    let arrays = search.candidates(&short);
    if arrays.is_empty() {
        return;
    }
    let unrolled = search.counters(&arrays, &short);
    let mut rewriter = Rewriter::new(region, arrays, unrolled, sizes);
    rewriter.run();
}

/// An array's extents, by literals.
type Shapes = HashMap<Handle<Array>, Vec<i64>>;

/// Extents, by array and axis, of which a requirement says how much they are.
type Sizes = HashMap<(Handle<Array>, u32), i64>;

fn required_sizes(region: &Region) -> Sizes {
    let mut sizes = Sizes::new();
    for requirement in &region.requirements {
        if let Condition::Holds(root) = requirement.condition
            && let Expression::Compare {
                op: CompareOp::Equal,
                left,
                right,
            } = &region.expressions[root]
        {
            for (one, other) in [(left, right), (right, left)] {
                if let Expression::Extent { array, axis } = region.expressions[*one]
                    && let Expression::Literal(Literal::Int(size)) = region.expressions[*other]
                {
                    sizes.insert((array, axis), size);
                }
            }
        }
    }
    sizes
}

struct Search<'r> {
    region: &'r Region,
    signature: &'r Signature,
    sizes: &'r Sizes,
}

impl Search<'_> {
    fn floats(&self) -> Floats<'_> {
        Floats {
            region: self.region,
            signature: self.signature,
        }
    }

    fn literal(&self, root: Ex) -> Option<i64> {
        match self.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => Some(value),
            Expression::Extent { array, axis } => self.sizes.get(&(array, axis)).copied(),
            _ => None,
        }
    }

    /// Loops of a few rounds that may be unrolled, with their rounds.
    fn short_loops(&self) -> HashMap<Handle<Loop>, i64> {
        let mut short = HashMap::new();
        for (handle, header) in self.region.loops.iter() {
            let bounds = [header.start, header.stop, header.step].map(|bound| self.literal(bound));
            if let [Some(0), Some(rounds), Some(1)] = bounds
                && (0..=ROUNDS).contains(&rounds)
                && header.annotation.is_none()
            {
                short.insert(handle, rounds);
            }
        }
        loop {
            let unfit: Vec<Handle<Loop>> = short
                .iter()
                .filter(|(handle, rounds)| {
                    let inside = self.size(&self.region.loops[**handle].body, &short);
                    inside.is_none_or(|size| size * **rounds as usize > STATEMENTS)
                })
                .map(|(handle, _)| *handle)
                .collect();
            if unfit.is_empty() {
                return short;
            }
            short.retain(|handle, _| !unfit.contains(handle));
        }
    }

    /// How many statements a block has when its loops are unrolled; `None`: something in it cannot be repeated.
    fn size(&self, block: &Block, short: &HashMap<Handle<Loop>, i64>) -> Option<usize> {
        let mut size = 0;
        for (statement, _) in &block.statements {
            size += match statement {
                Statement::Assign { .. }
                | Statement::Store(_)
                | Statement::Evaluate(_)
                | Statement::Leave(_)
                | Statement::Raise { .. } => 1,
                Statement::If { accept, reject, .. } => 1 + self.size(accept, short)? + self.size(reject, short)?,
                Statement::For(inner) => {
                    let rounds = *short.get(inner)? as usize;
                    rounds * self.size(&self.region.loops[*inner].body, short)?
                }
                Statement::While { .. }
                | Statement::Allocate { .. }
                | Statement::Seed(_)
                | Statement::Draw(_)
                | Statement::Break
                | Statement::Continue => return None,
            };
        }
        Some(size)
    }

    /// The arrays that can be variables.
    fn candidates(&self, short: &HashMap<Handle<Loop>, i64>) -> Shapes {
        let region = self.region;
        let mut shapes = Shapes::new();
        let mut places: HashMap<Handle<Array>, Vec<Span>> = HashMap::new();
        visit_statements(region, &region.body, &mut |statement, span| {
            if let Statement::Allocate { array, .. } = statement {
                places.entry(*array).or_default().push(span);
                if let ArrayOrigin::Local { extents, .. } = &region.arrays[*array].origin {
                    let extents: Option<Vec<i64>> = extents.iter().map(|extent| self.literal(*extent)).collect();
                    let small = |extents: &Vec<i64>| {
                        let size = extents.iter().try_fold(1_i64, |size, extent| size.checked_mul(*extent));
                        size.is_some_and(|size| size <= ELEMENTS) && extents.iter().all(|extent| *extent > 0)
                    };
                    shapes.extend(extents.filter(small).map(|extents| (*array, extents)));
                }
            }
        });
        // What outlives the region, or keeps its type from one iteration to the next, is an array.
        let mut kept = region.handed_back();
        kept.extend(region.retained.iter().map(|one| one.array));
        shapes.retain(|array, _| places[array].len() == 1 && !kept.contains(array));
        let mut lost: HashSet<Handle<Array>> = HashSet::new();
        visit_statements(region, &region.body, &mut |statement, span| {
            for root in statement.roots(region) {
                visit_expressions(region, root, &mut |one| {
                    if let Expression::Load { array, subscripts } = &region.expressions[one]
                        && let Some(extents) = shapes.get(array)
                        && !self.is_constant(subscripts, extents, short)
                    {
                        lost.insert(*array);
                    }
                });
            }
            if let Statement::Store(store) = statement {
                let store = &region.stores[*store];
                let Some(extents) = shapes.get(&store.array) else {
                    return;
                };
                let own = places[&store.array].contains(&span) || self.floats().array(store.array);
                if !own || !self.is_constant(&store.subscripts, extents, short) {
                    lost.insert(store.array);
                }
            }
        });
        for (_, header) in region.loops.iter() {
            let annotation = header.annotation.as_ref();
            let chunk = annotation.and_then(|one| one.schedule).and_then(|(_, chunk)| chunk);
            let threads = annotation.and_then(|one| one.num_threads);
            let condition = annotation.and_then(|one| one.condition);
            for root in [chunk, threads, condition].into_iter().flatten() {
                visit_expressions(region, root, &mut |one| match &region.expressions[one] {
                    Expression::Load { array, .. } | Expression::Extent { array, .. } | Expression::Size(array) => {
                        lost.insert(*array);
                    }
                    _ => {}
                });
            }
        }
        // Integers that come from elsewhere would have to be checked.
        shapes.retain(|array, _| !lost.contains(array) && self.keeps_values(*array));
        shapes
    }

    /// Whether what the statement that makes an array stores in it is of its type.
    fn keeps_values(&self, array: Handle<Array>) -> bool {
        match &self.region.arrays[array].origin {
            ArrayOrigin::Local { element, .. } => match element {
                Element::Named(_) | Element::Like(_) => self.floats().array(array),
                Element::Of(_) | Element::SumOf(_) | Element::MeanOf(_) | Element::WideOf(_) | Element::Listed => true,
            },
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => false,
        }
    }

    /// Whether subscripts are constant in each round of unrolled loops, and in bounds.
    fn is_constant(&self, subscripts: &[Ex], extents: &[i64], short: &HashMap<Handle<Loop>, i64>) -> bool {
        subscripts.len() == extents.len()
            && subscripts.iter().zip(extents).all(|(root, extent)| {
                let mut counters = Vec::new();
                visit_expressions(self.region, *root, &mut |one| {
                    if let Expression::Counter(header) = self.region.expressions[one]
                        && !counters.contains(&header)
                    {
                        counters.push(header);
                    }
                });
                let mut rounds: Vec<HashMap<Handle<Loop>, i64>> = vec![HashMap::new()];
                for header in counters {
                    let Some(count) = short.get(&header) else { return false };
                    rounds = rounds
                        .iter()
                        .flat_map(|round| {
                            (0..*count).map(move |value| {
                                let mut longer = round.clone();
                                longer.insert(header, value);
                                longer
                            })
                        })
                        .collect();
                    if rounds.len() > STATEMENTS {
                        return false;
                    }
                }
                rounds.iter().all(|round| {
                    let place = constant(self.region, *root, round);
                    place.is_some_and(|place| (-extent..*extent).contains(&place))
                })
            })
    }

    /// The short loops on whose counters the places in these arrays depend, and all loops inside.
    fn counters(&self, arrays: &Shapes, short: &HashMap<Handle<Loop>, i64>) -> HashMap<Handle<Loop>, i64> {
        let region = self.region;
        let mut found = HashMap::new();
        let note = |root: Ex, found: &mut HashMap<Handle<Loop>, i64>| {
            visit_expressions(region, root, &mut |one| {
                if let Expression::Counter(header) = region.expressions[one]
                    && let Some(rounds) = short.get(&header)
                {
                    found.insert(header, *rounds);
                }
            });
        };
        visit_statements(region, &region.body, &mut |statement, _| {
            for root in statement.roots(region) {
                visit_expressions(region, root, &mut |one| {
                    if let Expression::Load { array, subscripts } = &region.expressions[one]
                        && arrays.contains_key(array)
                    {
                        subscripts.iter().for_each(|root| note(*root, &mut found));
                    }
                });
            }
            if let Statement::Store(store) = statement
                && arrays.contains_key(&region.stores[*store].array)
            {
                region.stores[*store]
                    .subscripts
                    .iter()
                    .for_each(|root| note(*root, &mut found));
            }
        });
        let outer: Vec<Handle<Loop>> = found.keys().copied().collect();
        for handle in outer {
            visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
                if let Statement::For(inner) = statement
                    && let Some(rounds) = short.get(inner)
                {
                    found.insert(*inner, *rounds);
                }
            });
        }
        found
    }
}

/// The value of an integer expression in a round of unrolled loops.
fn constant(region: &Region, root: Ex, round: &HashMap<Handle<Loop>, i64>) -> Option<i64> {
    let of = |root: &Ex| constant(region, *root, round);
    match &region.expressions[root] {
        Expression::Literal(Literal::Int(value)) => Some(*value),
        Expression::Counter(header) => round.get(header).copied(),
        Expression::Unary {
            op: UnaryOp::Negate,
            operand,
        } => of(operand)?.checked_neg(),
        Expression::Binary { op, left, right } => {
            let (left, right) = (of(left)?, of(right)?);
            match op {
                BinaryOp::Add => left.checked_add(right),
                BinaryOp::Subtract => left.checked_sub(right),
                BinaryOp::Multiply => left.checked_mul(right),
                BinaryOp::Modulo if right > 0 => Some(left.rem_euclid(right)),
                BinaryOp::FloorDivide if right > 0 => Some(left.div_euclid(right)),
                _ => None,
            }
        }
        _ => None,
    }
}

struct Rewriter<'r> {
    region: &'r mut Region,
    shapes: Shapes,
    unrolled: HashMap<Handle<Loop>, i64>,
    sizes: Sizes,
    /// Of each array, in row-major order.
    variables: HashMap<Handle<Array>, Vec<Handle<Variable>>>,
    /// The counters of the present round.
    round: HashMap<Handle<Loop>, i64>,
    /// What expressions have become in it.
    done: HashMap<Ex, Ex>,
    /// What they have become in any.
    ever: HashMap<Ex, Ex>,
}

impl<'r> Rewriter<'r> {
    fn new(region: &'r mut Region, shapes: Shapes, unrolled: HashMap<Handle<Loop>, i64>, sizes: Sizes) -> Self {
        Self {
            region,
            shapes,
            unrolled,
            sizes,
            variables: HashMap::new(),
            round: HashMap::new(),
            done: HashMap::new(),
            ever: HashMap::new(),
        }
    }

    fn run(&mut self) {
        let mut arrays: Vec<(Handle<Array>, Vec<i64>)> = self.shapes.clone().into_iter().collect();
        arrays.sort();
        for (array, extents) in arrays {
            let element = self.element(array);
            let variables = (0..extents.iter().product()).map(|place| self.variable(array, place, element));
            let variables = variables.collect();
            self.variables.insert(array, variables);
        }
        let body = std::mem::take(&mut self.region.body);
        self.region.body = self.block(body);
        self.models();
    }

    /// The type of an array's elements, not by way of another array that is no more.
    fn element(&self, array: Handle<Array>) -> Option<Element> {
        match &self.region.arrays[array].origin {
            ArrayOrigin::Local { element, .. } => match element {
                Element::Like(other) if self.shapes.contains_key(other) && *other != array => self.element(*other),
                Element::Named(_)
                | Element::Like(_)
                | Element::Of(_)
                | Element::SumOf(_)
                | Element::MeanOf(_)
                | Element::WideOf(_) => Some(*element),
                // Variables keep Python's numbers by themselves.
                Element::Listed => None,
            },
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => None,
        }
    }

    fn variable(&mut self, array: Handle<Array>, place: i64, storage: Option<Element>) -> Handle<Variable> {
        let mut name = format!("{}_{place}", self.region.arrays[array].name);
        while self.is_taken(&name) {
            name.push('_');
        }
        self.region.variables.append(Variable {
            name,
            initial: None,
            there: None,
            temporary: true,
            storage,
            span: self.region.span,
        })
    }

    fn is_taken(&self, name: &str) -> bool {
        let region = &self.region;
        region.variables.iter().any(|(_, one)| one.name == name)
            || region.arrays.iter().any(|(_, one)| one.name == name)
            || region.inputs.iter().any(|(_, one)| one.name == name)
            || region.loops.iter().any(|(_, one)| one.name == name)
    }

    /// What types follow from must be something that is still evaluated.
    fn models(&mut self) {
        let casts = self.region.casts.iter_mut().map(|one| &mut one.value);
        for value in casts.chain(self.region.retained.iter_mut().map(|one| &mut one.value)) {
            *value = self.ever.get(value).copied().unwrap_or(*value);
        }
        let renewed = |element: Element, ever: &HashMap<Ex, Ex>| {
            let now = |value: Ex| ever.get(&value).copied().unwrap_or(value);
            match element {
                Element::Of(value) => Element::Of(now(value)),
                Element::SumOf(value) => Element::SumOf(now(value)),
                Element::MeanOf(value) => Element::MeanOf(now(value)),
                Element::WideOf(value) => Element::WideOf(now(value)),
                Element::Named(_) | Element::Like(_) | Element::Listed => element,
            }
        };
        for array in self.region.arrays.handles().collect::<Vec<_>>() {
            let gone = match &self.region.arrays[array].origin {
                ArrayOrigin::Local {
                    element: Element::Like(other),
                    ..
                } if self.shapes.contains_key(other) => self.element(*other),
                _ => None,
            };
            if let ArrayOrigin::Local { element, .. } = &mut self.region.arrays[array].origin {
                *element = renewed(gone.unwrap_or(*element), &self.ever);
            }
        }
        for variable in self.region.variables.handles().collect::<Vec<_>>() {
            let storage = self.region.variables[variable].storage;
            let like = match storage {
                Some(Element::Like(other)) if self.shapes.contains_key(&other) => self.element(other),
                _ => storage,
            };
            self.region.variables[variable].storage = like.map(|element| renewed(element, &self.ever));
        }
    }

    fn block(&mut self, block: Block) -> Block {
        let mut out = Block::default();
        for (statement, span) in block.statements {
            self.statement(statement, span, &mut out);
        }
        out
    }

    fn statement(&mut self, statement: Statement, span: Span, out: &mut Block) {
        match statement {
            Statement::Assign { variable, value } => {
                let value = self.renewed(value);
                out.push(Statement::Assign { variable, value }, span);
            }
            Statement::Evaluate(value) => out.push(Statement::Evaluate(self.renewed(value)), span),
            Statement::Store(handle) => self.store(handle, span, out),
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                let condition = self.renewed(condition);
                let (accept, reject) = (self.block(accept), self.block(reject));
                out.push(
                    Statement::If {
                        condition,
                        accept,
                        reject,
                    },
                    span,
                );
            }
            Statement::For(handle) => self.counted(handle, span, out),
            Statement::While {
                prelude,
                condition,
                body,
            } => {
                let prelude = self.block(prelude);
                let condition = self.renewed(condition);
                let body = self.block(body);
                out.push(
                    Statement::While {
                        prelude,
                        condition,
                        body,
                    },
                    span,
                );
            }
            Statement::Allocate { array, zeroed } => match self.variables.get(&array).cloned() {
                Some(variables) => {
                    // The elements of a computed array are stored at once.
                    let computed = matches!(
                        self.element(array),
                        None | Some(Element::Of(_) | Element::SumOf(_) | Element::MeanOf(_) | Element::WideOf(_))
                    );
                    if !computed {
                        let zero = Expression::Literal(Literal::Float(0.0));
                        let value = self.region.expression(zero, span);
                        let each = variables.into_iter();
                        each.for_each(|variable| out.push(Statement::Assign { variable, value }, span));
                    }
                }
                None => {
                    self.extents(array);
                    out.push(Statement::Allocate { array, zeroed }, span);
                }
            },
            Statement::Seed(mut seed) => {
                for root in seed.source.roots_mut() {
                    *root = self.renewed(*root);
                }
                out.push(Statement::Seed(seed), span);
            }
            Statement::Draw(mut draw) => {
                for root in &mut draw.arguments {
                    *root = self.renewed(*root);
                }
                out.push(Statement::Draw(draw), span);
            }
            Statement::Break | Statement::Continue | Statement::Leave(_) | Statement::Raise { .. } => {
                out.push(statement, span);
            }
        }
    }

    /// The extents of an array that stays.
    fn extents(&mut self, array: Handle<Array>) {
        let before = match &self.region.arrays[array].origin {
            ArrayOrigin::Local { extents, .. } => extents.clone(),
            ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => return,
        };
        let after: Vec<Ex> = before.into_iter().map(|extent| self.renewed(extent)).collect();
        if let ArrayOrigin::Local { extents, .. } = &mut self.region.arrays[array].origin {
            *extents = after;
        }
    }

    fn store(&mut self, handle: Handle<crate::ir::Store>, span: Span, out: &mut Block) {
        let mut store = self.region.stores[handle].clone();
        let place = self.place(store.array, &store.subscripts);
        store.value = self.renewed(store.value);
        if let Some(variable) = place {
            let value = store.value;
            out.push(Statement::Assign { variable, value }, span);
            return;
        }
        store.subscripts = store.subscripts.iter().map(|root| self.renewed(*root)).collect();
        // What is repeated is another store each time.
        let handle = if self.round.is_empty() && store == self.region.stores[handle] {
            handle
        } else {
            self.region.stores.append(store)
        };
        out.push(Statement::Store(handle), span);
    }

    fn counted(&mut self, handle: Handle<Loop>, span: Span, out: &mut Block) {
        let body = self.region.loops[handle].body.clone();
        if let Some(rounds) = self.unrolled.get(&handle).copied() {
            for value in 0..rounds {
                self.round.insert(handle, value);
                self.done.clear();
                let inside = self.block(body.clone());
                out.statements.extend(inside.statements);
            }
            self.round.remove(&handle);
            self.done.clear();
            return;
        }
        let bounds = {
            let header = &self.region.loops[handle];
            [header.start, header.stop, header.step]
        };
        let [start, stop, step] = bounds.map(|bound| self.renewed(bound));
        let body = self.block(body);
        let header = &mut self.region.loops[handle];
        (header.start, header.stop, header.step, header.body) = (start, stop, step, body);
        out.push(Statement::For(handle), span);
    }

    /// The variable of an element.
    fn place(&self, array: Handle<Array>, subscripts: &[Ex]) -> Option<Handle<Variable>> {
        let (variables, extents) = (self.variables.get(&array)?, self.shapes.get(&array)?);
        let mut flat = 0;
        for (root, extent) in subscripts.iter().zip(extents) {
            let place = constant(self.region, *root, &self.round)?;
            flat = flat * extent + if place < 0 { place + extent } else { place };
        }
        variables.get(usize::try_from(flat).ok()?).copied()
    }

    /// An expression in the present round.
    fn renewed(&mut self, root: Ex) -> Ex {
        if let Some(done) = self.done.get(&root) {
            return *done;
        }
        let span = self.region.spans[root];
        let int = |value: i64| Some(Expression::Literal(Literal::Int(value)));
        let new = match self.region.expressions[root].clone() {
            Expression::Counter(header) => self.round.get(&header).and_then(|value| int(*value)),
            Expression::Extent { array, axis } => {
                let own = self.shapes.get(&array).and_then(|extents| extents.get(axis as usize));
                own.or(self.sizes.get(&(array, axis))).and_then(|size| int(*size))
            }
            Expression::Size(array) => {
                let extents = self.shapes.get(&array);
                extents.and_then(|extents| int(extents.iter().product()))
            }
            Expression::Load { array, subscripts } => match self.place(array, &subscripts) {
                Some(variable) => Some(Expression::Variable(variable)),
                None => self.parts(&Expression::Load { array, subscripts }),
            },
            other => self.parts(&other),
        };
        let now = new.map_or(root, |new| self.region.expression(new, span));
        self.done.insert(root, now);
        if now != root {
            self.ever.insert(root, now);
        }
        now
    }

    /// An expression with its operands renewed, if that changes any.
    fn parts(&mut self, expression: &Expression) -> Option<Expression> {
        let mut new = expression.clone();
        let each: Vec<&mut Ex> = match &mut new {
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Variable(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Array(_) => Vec::new(),
            Expression::Load { subscripts, .. } => subscripts.iter_mut().collect(),
            Expression::Unary { operand, .. } | Expression::Convert { operand, .. } => vec![operand],
            Expression::Binary { left, right, .. }
            | Expression::Compare { left, right, .. }
            | Expression::Logical { left, right, .. } => vec![left, right],
            Expression::Select {
                condition,
                accept,
                reject,
            } => vec![condition, accept, reject],
            Expression::Call { arguments, .. } => arguments.iter_mut().collect(),
        };
        for operand in each {
            *operand = self.renewed(*operand);
        }
        (new != *expression).then_some(new)
    }
}
