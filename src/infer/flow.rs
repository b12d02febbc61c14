//! Which types can reach which expression: abstract interpretation of the region over sets of types.
//!
//! A variable's set changes along the statements; around a loop the sets are iterated to their fixpoint, which exists because
//! they only grow. An operation that applies to no pair of its operands' types gives the empty set here and its
//! diagnostic in `resolve`.

use std::borrow::Cow;

use super::locals::{self, Elements, Storages};
use super::rule::{Refusal, Rule, Typed};
use super::set::TySet;
use super::{ArrayTy, InputTy, Kind, Origin, Ty, complex, constant, convert, functions, operators, ufuncs};
use crate::ir::{
    Array, ArrayOrigin, Block, Condition, Element, Expression, Function, Handle, Input, Literal, Loop, Region,
    SideTable, Statement, UnaryOp, Variable,
};
use crate::source::Span;

/// What the interpretation finds.
pub(super) struct Flow {
    /// The types each expression may have, over all its evaluations.
    pub(super) expressions: SideTable<Expression, TySet>,
    /// The types each variable is given, each time with the place of the assignment; the initial value first.
    pub(super) assigned: SideTable<Variable, Vec<(TySet, Span)>>,
    /// The types each variable may have where the region ends, if it ran an iteration.
    pub(super) at_end: Vec<TySet>,
    /// How the elements of each array are stored.
    pub(super) elements: Elements,
    /// Which arrays are lists whose items nobody reads.
    pub(super) gathered: SideTable<Array, bool>,
}

/// Interprets a region, until what it says about the elements of local arrays is what it went by. It ends: an element type that
/// is known stays as it is.
pub(super) fn flow(region: &Region, inputs: &SideTable<Input, InputTy>, arrays: &SideTable<Array, ArrayTy>) -> Flow {
    let evaluated = locals::evaluated(region);
    let lists = SideTable::from_fn(&region.arrays, |array, _| arrays[array].listed);
    let mut elements = locals::given(region, arrays);
    let mut storages: Storages = SideTable::filled(&region.variables, None);
    loop {
        let flow = once(region, (inputs, arrays), &evaluated, elements, &storages);
        let mut found = locals::found(region, (&lists, &flow.gathered), &flow.elements, &flow.expressions);
        for array in region.arrays.handles() {
            found[array] = match region.arrays[array].origin {
                // What a list holds may turn out to be either Python's numbers or NumPy's.
                ArrayOrigin::Local {
                    element: Element::Listed,
                    ..
                } => found[array].or(flow.elements[array]),
                ArrayOrigin::Input(_) => found[array],
                _ => flow.elements[array].or(found[array]),
            };
        }
        let mut stored = locals::storages(region, &flow.elements, &flow.expressions);
        for variable in region.variables.handles() {
            stored[variable] = storages[variable].or(stored[variable]);
        }
        if found == flow.elements && stored == storages {
            return flow;
        }
        (elements, storages) = (found, stored);
    }
}

/// Interprets a region whose arrays have these elements.
fn once(
    region: &Region,
    (inputs, arrays): (&SideTable<Input, InputTy>, &SideTable<Array, ArrayTy>),
    evaluated: &SideTable<Expression, bool>,
    elements: Elements,
    storages: &Storages,
) -> Flow {
    let mut interpreter = Interpreter {
        region,
        inputs,
        arrays,
        evaluated,
        elements: &elements,
        storages,
        expressions: SideTable::filled(&region.expressions, TySet::EMPTY),
        assigned: SideTable::filled(&region.variables, Vec::new()),
        leaving: Vec::new(),
        open: Vec::new(),
    };
    let entry = interpreter.entry();
    let end = interpreter.top(entry);
    interpreter.stale(&locals::required(region));
    Flow {
        at_end: end.unwrap_or_else(|| vec![TySet::EMPTY; region.variables.len()]),
        expressions: interpreter.expressions,
        assigned: interpreter.assigned,
        elements,
        gathered: locals::gathered(region, evaluated),
    }
}

/// The set of each variable; `None` where control never comes.
type State = Option<Vec<TySet>>;

/// What leaves an iteration other than by its end.
#[derive(Default)]
struct Leaving {
    breaks: State,
    continues: State,
}

struct Interpreter<'r> {
    region: &'r Region,
    inputs: &'r SideTable<Input, InputTy>,
    arrays: &'r SideTable<Array, ArrayTy>,
    evaluated: &'r SideTable<Expression, bool>,
    elements: &'r Elements,
    storages: &'r Storages,
    expressions: SideTable<Expression, TySet>,
    assigned: SideTable<Variable, Vec<(TySet, Span)>>,
    leaving: Vec<Leaving>,
    /// The counted loops around the present statement.
    open: Vec<Handle<Loop>>,
}

impl Interpreter<'_> {
    /// The types of values that are computed in another way by now, of whatever their variables may be anywhere.
    fn stale(&mut self, values: &[Handle<Expression>]) {
        let any = |(_, assigned): (_, &Vec<(TySet, Span)>)| {
            let sets = assigned.iter().map(|(set, _)| *set);
            sets.fold(TySet::EMPTY, TySet::union)
        };
        let state: Vec<TySet> = self.assigned.iter().map(any).collect();
        for value in values.iter().copied().filter(|value| !self.evaluated[*value]) {
            // Its parts may be evaluated elsewhere, with less.
            let before = self.expressions.clone();
            self.value(value, &state);
            let found = self.expressions[value];
            self.expressions = before;
            self.expressions[value] = found;
        }
    }

    /// The sets as an assignment of a variable sees them: what another one holds since before the region is new to it.
    fn seen_by<'s>(&self, variable: Handle<Variable>, sets: &'s [TySet]) -> Cow<'s, [TySet]> {
        let mut seen = Cow::Borrowed(sets);
        for own in self.region.variables.handles().filter(|own| *own != variable) {
            let handed_on = sets[own.index()].handed_on();
            if handed_on != sets[own.index()] {
                seen.to_mut()[own.index()] = handed_on;
            }
        }
        seen
    }

    /// Initial values.
    fn entry(&mut self) -> State {
        let region = self.region;
        let mut state = vec![TySet::EMPTY; region.variables.len()];
        for (handle, variable) in region.variables.iter() {
            if let Some(input) = variable.initial
                && let InputTy::Scalar(ty) = self.inputs[input]
            {
                let set = TySet::of(ty).held_before();
                state[handle.index()] = set;
                self.assigned[handle].push((set, region.inputs[input].span));
            }
        }
        for spread in &region.spreads {
            self.value(spread.to, &state);
        }
        for requirement in &region.requirements {
            if let Condition::Holds(condition) = requirement.condition {
                self.value(condition, &state);
            }
        }
        Some(state)
    }

    /// The region's own loop runs at least once: else the region is handed back to Python.
    fn top(&mut self, mut state: State) -> State {
        let region = self.region;
        for (statement, span) in &region.body.statements {
            state = match statement {
                Statement::For(handle) => self.counted(*handle, state, true),
                _ => self.statement(statement, *span, state),
            };
        }
        state
    }

    fn block(&mut self, block: &Block, mut state: State) -> State {
        for (statement, span) in &block.statements {
            state = self.statement(statement, *span, state);
        }
        state
    }

    /// Has what tells an element's type have a type itself, where no statement evaluates it.
    fn model(&mut self, element: Element, sets: &[TySet]) {
        if let Some(value) = element.model().filter(|value| !self.evaluated[*value]) {
            self.value(value, sets);
        }
    }

    fn statement(&mut self, statement: &Statement, span: Span, state: State) -> State {
        let mut sets = state?;
        match statement {
            Statement::Assign { variable, value } => {
                let value = self.value(*value, &self.seen_by(*variable, &sets));
                let set = match self.region.variables[*variable].storage {
                    Some(element) => {
                        self.model(element, &sets);
                        self.storages[*variable].map_or(TySet::EMPTY, TySet::of)
                    }
                    None => value,
                };
                sets[variable.index()] = set;
                self.assigned[*variable].push((set, span));
                Some(sets)
            }
            Statement::Draw(draw) => {
                self.roots(statement, &sets);
                let set = TySet::of(super::random::drawn(draw.distribution));
                sets[draw.variable.index()] = set;
                self.assigned[draw.variable].push((set, span));
                Some(sets)
            }
            Statement::Store(_) | Statement::Evaluate(_) | Statement::Seed(_) => {
                self.roots(statement, &sets);
                Some(sets)
            }
            Statement::Allocate { array, .. } => {
                self.roots(statement, &sets);
                if let ArrayOrigin::Local { element, .. } = self.region.arrays[*array].origin {
                    self.model(element, &sets);
                }
                Some(sets)
            }
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                self.value(*condition, &sets);
                let accepted = self.block(accept, Some(sets.clone()));
                join(accepted, self.block(reject, Some(sets)))
            }
            Statement::For(handle) => {
                let certain = self.surely_runs(*handle);
                self.counted(*handle, Some(sets), certain)
            }
            Statement::While {
                prelude,
                condition,
                body,
            } => self.repeated(prelude, *condition, body, sets),
            Statement::Break => {
                let leaving = self.leaving.last_mut()?;
                leaving.breaks = join(leaving.breaks.take(), Some(sets));
                None
            }
            Statement::Continue => {
                let leaving = self.leaving.last_mut()?;
                leaving.continues = join(leaving.continues.take(), Some(sets));
                None
            }
            Statement::Leave(_) | Statement::Raise { .. } => None,
        }
    }

    /// Whether a loop runs an iteration: its literal bounds say so, or one around it counts to the same end from no lower.
    fn surely_runs(&self, handle: Handle<Loop>) -> bool {
        let bounds = |handle: Handle<Loop>| {
            let header = &self.region.loops[handle];
            [header.start, header.stop, header.step].map(|bound| literal_int(self.region, bound))
        };
        match bounds(handle) {
            [Some(start), Some(stop), Some(step)] => (step > 0 && start < stop) || (step < 0 && start > stop),
            [Some(start), None, Some(1..)] => self.open.iter().any(|around| {
                let below = matches!(bounds(*around), [Some(first), _, Some(1..)] if first >= start);
                below && self.end_alike(*around, handle)
            }),
            _ => false,
        }
    }

    /// Whether two loops count to the same number, which the region does not change.
    fn end_alike(&self, one: Handle<Loop>, other: Handle<Loop>) -> bool {
        let end = |handle: Handle<Loop>| &self.region.expressions[self.region.loops[handle].stop];
        let steady = match end(one) {
            Expression::Input(_) => true,
            Expression::Extent { array, .. } => matches!(self.region.arrays[*array].origin, ArrayOrigin::Input(_)),
            _ => false,
        };
        steady && end(one) == end(other)
    }

    fn counted(&mut self, handle: Handle<Loop>, state: State, certain: bool) -> State {
        let entry = state?;
        let header = &self.region.loops[handle];
        for root in [header.start, header.stop, header.step] {
            self.value(root, &entry);
        }
        if let Some(annotation) = &header.annotation {
            let chunk = annotation.schedule.and_then(|(_, chunk)| chunk);
            for root in [chunk, annotation.num_threads, annotation.condition]
                .into_iter()
                .flatten()
            {
                self.value(root, &entry);
            }
        }
        let mut head = Some(entry);
        loop {
            self.leaving.push(Leaving::default());
            self.open.push(handle);
            let end = self.block(&header.body, head.clone());
            self.open.pop();
            let leaving = self.leaving.pop().unwrap_or_default();
            let end = join(end, leaving.continues);
            let next = join(head.clone(), end.clone());
            if next == head {
                return join(if certain { end } else { next }, leaving.breaks);
            }
            head = next;
        }
    }

    fn repeated(&mut self, prelude: &Block, condition: Handle<Expression>, body: &Block, entry: Vec<TySet>) -> State {
        let mut head = Some(entry);
        loop {
            let tested = self.block(prelude, head.clone())?;
            self.value(condition, &tested);
            self.leaving.push(Leaving::default());
            let end = self.block(body, Some(tested.clone()));
            let leaving = self.leaving.pop().unwrap_or_default();
            let next = join(head.clone(), join(end, leaving.continues));
            if next == head {
                let endless = matches!(
                    self.region.expressions[condition],
                    Expression::Literal(Literal::Bool(true))
                );
                return join(if endless { None } else { Some(tested) }, leaving.breaks);
            }
            head = next;
        }
    }

    fn roots(&mut self, statement: &Statement, sets: &[TySet]) {
        for root in statement.roots(self.region) {
            self.value(root, sets);
        }
    }

    /// The types of an expression here; remembered for all places together.
    fn value(&mut self, handle: Handle<Expression>, sets: &[TySet]) -> TySet {
        let region = self.region;
        let set = match &region.expressions[handle] {
            Expression::Literal(Literal::Int(value)) => TySet::always(*value),
            Expression::Literal(Literal::Nothing) => TySet::EMPTY,
            Expression::Literal(literal) => TySet::of(literal_ty(*literal)),
            Expression::Input(input) => match self.inputs[*input] {
                InputTy::Scalar(ty) => TySet::of(ty),
                InputTy::Array(_) | InputTy::Nothing => TySet::EMPTY,
            },
            Expression::Variable(variable) => sets[variable.index()],
            Expression::Counter(_) | Expression::Extent { .. } | Expression::Size(_) | Expression::Rank(_) => {
                TySet::of(Ty::INT)
            }
            Expression::Load { array, subscripts } => {
                for subscript in subscripts {
                    self.value(*subscript, sets);
                }
                let columns = self.arrays[*array].columns;
                if columns.is_uniform() {
                    locals::loaded(self.elements[*array])
                } else {
                    let inner = subscripts.get(1).map(|inner| literal_int(region, *inner));
                    columns.types(inner.flatten()).into_iter().collect()
                }
            }
            Expression::Logical { left, right, .. } => self.value(*left, sets).union(self.value(*right, sets)),
            Expression::Select {
                condition,
                accept,
                reject,
            } => {
                self.value(*condition, sets);
                self.value(*accept, sets).union(self.value(*reject, sets))
            }
            Expression::Call {
                function: Function::Min | Function::Max,
                arguments,
            } => arguments
                .iter()
                .fold(TySet::EMPTY, |set, argument| set.union(self.value(*argument, sets))),
            expression => {
                let operands: Vec<TySet> = crate::ir::children(expression)
                    .into_iter()
                    .map(|operand| self.value(operand, sets))
                    .collect();
                let set = self.results(handle, &operands);
                if gives_rank_zero(expression) {
                    set.or_rank_zero()
                } else {
                    set
                }
            }
        };
        self.expressions[handle] = self.expressions[handle].union(set);
        set
    }
}

impl Interpreter<'_> {
    /// The types of an operation's results, over all choices of types of its operands.
    fn results(&self, handle: Handle<Expression>, operands: &[TySet]) -> TySet {
        let known: Vec<Option<i64>> = operands.iter().map(|set| set.known_int()).collect();
        let known = constant::evaluated(self.region, handle, &known);
        let results = combinations(operands).into_iter().filter_map(|types| {
            let ty = rule(self.region, handle, &types).ok()?.ty;
            let of_ints = ty == Ty::INT && types.iter().all(|ty| *ty == Ty::INT);
            let value = known.filter(|_| of_ints);
            Some(value.map_or_else(|| TySet::of(ty), TySet::always))
        });
        results.fold(TySet::EMPTY, TySet::union)
    }
}

fn gives_rank_zero(expression: &Expression) -> bool {
    match expression {
        Expression::Call {
            function: Function::Numpy(ufunc),
            ..
        } => ufuncs::gives_rank_zero(*ufunc),
        _ => false,
    }
}

/// What is possible on either way.
fn join(left: State, right: State) -> State {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.iter().zip(&right).map(|(l, r)| l.union(*r)).collect()),
        (one, None) | (None, one) => one,
    }
}

/// Every choice of one type for each operand.
pub(super) fn combinations(operands: &[TySet]) -> Vec<Vec<Ty>> {
    operands.iter().fold(vec![Vec::new()], |chosen, set| {
        chosen
            .iter()
            .flat_map(|types: &Vec<Ty>| set.iter().map(|ty| types.iter().copied().chain([ty]).collect()))
            .collect()
    })
}

/// The rule for an operation, not a leaf nor a choice, whose operands have these types.
pub(super) fn rule(region: &Region, handle: Handle<Expression>, operands: &[Ty]) -> Rule {
    match &region.expressions[handle] {
        Expression::Unary { op, .. } => operators::unary(*op, operands[0]),
        Expression::Binary { op, right, .. } => {
            let negative = literal_int(region, *right).is_some_and(|value| value < 0);
            operators::binary(*op, operands[0], operands[1], negative)
        }
        Expression::Compare { op, .. } => {
            complex::ordered(*op, operands[0], operands[1])?;
            Ok(operators::compare(operands[0], operands[1]))
        }
        Expression::Convert { to, .. } => convert::convert(*to, operands[0]),
        Expression::Call { function, .. } => call(*function, operands),
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Load { .. }
        | Expression::Logical { .. }
        | Expression::Select { .. }
        | Expression::Array(_) => Err(Refusal::TypeError),
    }
}

fn call(function: Function, arguments: &[Ty]) -> Result<Typed, Refusal> {
    match function {
        Function::Abs => functions::abs(arguments[0]),
        Function::Complex => complex::from_parts(arguments[0], arguments[1]),
        Function::Real | Function::Imag => Ok(complex::part(arguments[0])),
        Function::Conjugate => Ok(complex::conjugate(arguments[0])),
        Function::Conj if arguments[0].origin == Origin::Python => Err(Refusal::TypeError),
        Function::Conj => Ok(complex::conjugate(arguments[0])),
        // Choices, not operations.
        Function::Min | Function::Max => Err(Refusal::TypeError),
        Function::Round => functions::round(arguments[0]),
        Function::RoundDigits => functions::round_digits(arguments[0], arguments[1]),
        Function::PowerModulo => functions::power_modulo(arguments),
        Function::Math(math) => functions::math(math, arguments),
        Function::Numpy(ufunc) => ufuncs::ufunc(ufunc, arguments),
    }
}

/// The type of a constant.
pub(super) fn literal_ty(literal: Literal) -> Ty {
    match literal {
        Literal::Bool(_) => Ty::BOOL,
        // Nothing takes whatever type its variable has.
        Literal::Int(_) | Literal::Nothing => Ty::INT,
        Literal::Float(_) => Ty::FLOAT,
        Literal::Imaginary(_) => Ty::COMPLEX,
    }
}

/// The value of an int literal, with or without a sign.
pub(super) fn literal_int(region: &Region, handle: Handle<Expression>) -> Option<i64> {
    match &region.expressions[handle] {
        Expression::Literal(Literal::Int(value)) => Some(*value),
        Expression::Unary {
            op: UnaryOp::Negate,
            operand,
        } => literal_int(region, *operand)?.checked_neg(),
        _ => None,
    }
}

/// Whether a constant has exactly the same value in a kind; `false` of anything but a constant.
pub(super) fn literal_exact_in(region: &Region, handle: Handle<Expression>, kind: Kind) -> bool {
    match (&region.expressions[handle], kind) {
        (Expression::Literal(Literal::Float(value)), Kind::F32) => {
            value.is_nan() || f64::from(*value as f32).to_bits() == value.to_bits()
        }
        (Expression::Literal(Literal::Float(_)), Kind::C128) => true,
        (Expression::Literal(Literal::Float(value)), Kind::C64) => {
            f64::from(*value as f32).to_bits() == value.to_bits()
        }
        _ => literal_int(region, handle).is_some_and(|value| int_exact_in(value, kind)),
    }
}

fn int_exact_in(value: i64, kind: Kind) -> bool {
    match (kind, kind.bounds()) {
        (_, Some((least, greatest))) => (least..=greatest).contains(&i128::from(value)),
        (Kind::F16, None) => value.unsigned_abs() <= 1 << 11,
        (Kind::F32 | Kind::C64, None) => value.unsigned_abs() <= 1 << f32::MANTISSA_DIGITS,
        (_, None) => value.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS,
    }
}

/// `int` if Python's, `f64` or its kin if NumPy's: the origin of an operand whose readings are these.
pub(super) fn origin(set: TySet) -> Origin {
    let python = set.iter().any(|t| t.origin == Origin::Python);
    let numpy = set.iter().any(|t| t.origin == Origin::Numpy);
    match (python, numpy) {
        (true, true) => Origin::Either,
        (false, true) => Origin::Numpy,
        (_, false) => Origin::Python,
    }
}
