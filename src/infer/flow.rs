//! Which types values take: a walk over the region in order of execution, with a set of types for every variable.
//!
//! Loops are walked until nothing new turns up (the sets only grow, so this ends); a last walk types every expression for
//! good and reports what has no type. The lattice and the idea of propagating sets of concrete types is that of
//! conditional type propagation in dynamic compilers (Chambers and Ungar, "Iterative type analysis", PLDI 1990).

use super::rule::{Refusal, Rule, Typed};
use super::set::TySet;
use super::{
    ArrayTy, Check, Condition, InputTy, Kind, Origin, Outcome, Signature, Ty, Types, convert, functions, operators,
    ufuncs,
};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{
    Array, ArrayOrigin, BinaryOp, Block, Expression, Function, Handle, Input, Literal, Region, SideTable, Statement,
    UnaryOp,
};

/// Types a region under a signature.
///
/// # Errors
/// What has no type, with the place. The loop then runs as Python.
pub fn infer(region: &Region, signature: &Signature) -> Result<Types, Vec<Diagnostic>> {
    let mut flow = Flow::new(region, signature)?;
    let entry = flow.entry();
    // Sets have 14 members at most, and one pass adds one somewhere: a region settles in a handful of passes.
    for _ in 0..64 {
        let before = flow.variables.clone();
        let mut state = entry.clone();
        flow.block(&region.body, &mut Some(&mut state));
        if flow.variables == before {
            break;
        }
    }
    flow.finish()
}

/// The types each variable may have at one point.
type State = Vec<TySet>;

struct Flow<'r> {
    region: &'r Region,
    types: Types,
    /// Everything assigned to a variable anywhere.
    variables: Vec<TySet>,
    /// The types an expression was seen to have.
    sets: Vec<TySet>,
    /// The states in which the innermost loops are left, or their bodies cut short.
    exits: Vec<State>,
    diagnostics: Vec<Diagnostic>,
}

impl<'r> Flow<'r> {
    fn new(region: &'r Region, signature: &Signature) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let inputs = SideTable::from_fn(&region.inputs, |_, input| {
            signature.get(&input.name).unwrap_or_else(|| {
                let message = format!("the signature does not say what `{}` is", input.name);
                diagnostics.push(Diagnostic::new(Code::IncompatibleTypes, input.span, message));
                InputTy::Scalar(Ty::INT)
            })
        });
        let arrays = SideTable::from_fn(&region.arrays, |_, array| {
            let ArrayOrigin::Input(input) = array.origin;
            match inputs[input] {
                InputTy::Array(ty) => ty,
                InputTy::Scalar(ty) => {
                    let message = format!("`{}` is used as an array here, but is of type {ty}", array.name);
                    diagnostics.push(Diagnostic::new(
                        Code::IncompatibleTypes,
                        region.inputs[input].span,
                        message,
                    ));
                    ArrayTy {
                        element: Ty::FLOAT,
                        rank: 1,
                    }
                }
            }
        });
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let types = Types {
            inputs,
            arrays,
            variables: SideTable::filled(&region.variables, Ty::INT),
            expressions: SideTable::filled(&region.expressions, Ty::INT),
            operations: SideTable::filled(&region.expressions, None),
            checks: SideTable::filled(&region.expressions, Vec::new()),
            store_checks: SideTable::filled(&region.stores, Vec::new()),
            output_flags: SideTable::filled(&region.variables, false),
        };
        Ok(Self {
            region,
            types,
            variables: vec![TySet::EMPTY; region.variables.len()],
            sets: vec![TySet::EMPTY; region.expressions.len()],
            exits: Vec::new(),
            diagnostics,
        })
    }

    /// What variables hold when the region starts.
    fn entry(&mut self) -> State {
        let region = self.region;
        let mut state = vec![TySet::EMPTY; region.variables.len()];
        for (handle, variable) in region.variables.iter() {
            if let Some(input) = variable.initial {
                let set = self.input(input, variable.span);
                state[handle.index()] = set;
                self.variables[handle.index()] = self.variables[handle.index()].union(set);
            }
        }
        state
    }

    fn input(&mut self, input: Handle<Input>, span: crate::source::Span) -> TySet {
        match self.types.inputs[input] {
            InputTy::Scalar(ty) => TySet::of(ty),
            InputTy::Array(_) => {
                let name = &self.region.inputs[input].name;
                let message = format!("`{name}` is an array here; whole-array expressions are not translated");
                self.report(span, message, "address its elements");
                TySet::EMPTY
            }
        }
    }

    fn report(&mut self, span: crate::source::Span, message: String, help: &str) {
        let diagnostic = Diagnostic::new(Code::IncompatibleTypes, span, message).help(help);
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Walks a block; a state of `None` means that control does not come here.
    fn block(&mut self, block: &'r Block, state: &mut Option<&mut State>) -> bool {
        for (statement, _) in &block.statements {
            let Some(state) = state.as_deref_mut() else {
                return false;
            };
            if !self.statement(statement, state) {
                return false;
            }
        }
        true
    }

    /// Walks a statement; tells whether control comes to the next one.
    fn statement(&mut self, statement: &'r Statement, state: &mut State) -> bool {
        match statement {
            Statement::Assign { variable, value } => {
                let set = self.value(*value, state);
                if set.may_have_rank_zero() {
                    let message = "`np.where` of scalars gives an array without axes".to_owned();
                    self.report(self.region.spans[*value], message, "write `a if condition else b`");
                }
                state[variable.index()] = set;
                self.variables[variable.index()] = self.variables[variable.index()].union(set);
            }
            Statement::Store(handle) => self.store(*handle, state),
            Statement::Evaluate(value) => _ = self.value(*value, state),
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                self.truth(*condition, state);
                let mut other = state.clone();
                let first = self.block(accept, &mut Some(state));
                let second = self.block(reject, &mut Some(&mut other));
                match (first, second) {
                    (true, true) => join(state, &other),
                    (false, true) => *state = other,
                    (true, false) => {}
                    (false, false) => return false,
                }
            }
            Statement::For(handle) => {
                let header = &self.region.loops[*handle];
                for root in [header.start, header.stop, header.step] {
                    self.integer(root, state, "a bound of `range`");
                }
                self.iterate(state, |flow, state| _ = flow.block(&header.body, &mut Some(state)));
            }
            Statement::While {
                prelude,
                condition,
                body,
            } => self.iterate(state, |flow, state| {
                if flow.block(prelude, &mut Some(state)) {
                    flow.truth(*condition, state);
                    let after = state.clone();
                    _ = flow.block(body, &mut Some(state));
                    join(state, &after);
                }
            }),
            Statement::Break | Statement::Continue => {
                if let Some(exit) = self.exits.last_mut() {
                    join(exit, state);
                }
                return false;
            }
            Statement::Raise { .. } => return false,
        }
        true
    }

    /// Walks a loop's body until its states settle.
    fn iterate(&mut self, state: &mut State, mut body: impl FnMut(&mut Self, &mut State)) {
        loop {
            let before = state.clone();
            self.exits.push(before.clone());
            let mut inside = before.clone();
            body(self, &mut inside);
            let exit = self.exits.pop().unwrap_or_default();
            join(state, &inside);
            join(state, &exit);
            if *state == before {
                return;
            }
        }
    }

    fn store(&mut self, handle: Handle<crate::ir::Store>, state: &State) {
        let store = &self.region.stores[handle];
        let value = self.value(store.value, state);
        self.subscripts(store.array, &store.subscripts, self.region.spans[store.value], state);
        let element = self.types.arrays[store.array].element;
        let mut checks: Vec<(Check, usize)> = Vec::new();
        let members: Vec<Ty> = value.iter().collect();
        for ty in &members {
            match convert::store(element, *ty) {
                Ok(needed) => needed.into_iter().for_each(|check| count(&mut checks, check)),
                Err(_) => {
                    let name = &self.region.arrays[store.array].name;
                    let message = format!("an element of `{name}` ({element}) does not take a value of type {ty}");
                    self.report(self.region.spans[store.value], message, "convert it explicitly");
                }
            }
        }
        self.types.store_checks[handle] = settle(checks, members.len());
    }

    fn subscripts(
        &mut self,
        array: Handle<Array>,
        subscripts: &[Handle<Expression>],
        span: crate::source::Span,
        state: &State,
    ) {
        let rank = self.types.arrays[array].rank as usize;
        if rank != subscripts.len() {
            let name = &self.region.arrays[array].name;
            let (has, takes) = (subscripts.len(), rank);
            let message = format!("`{name}` has {takes} axes here and is subscripted by {has}");
            self.report(
                span,
                message,
                "rows and slices are not translated: address single elements",
            );
        }
        for root in subscripts {
            self.integer(*root, state, "a subscript");
        }
    }

    /// An expression whose value must be an integer (and no bool, which means something else to NumPy).
    fn integer(&mut self, root: Handle<Expression>, state: &State, what: &str) {
        let set = self.value(root, state);
        if set.iter().any(|ty| !ty.kind.is_integer()) {
            let ty = set
                .join()
                .map_or_else(|| "of no single type".to_owned(), |ty| format!("of type {ty}"));
            self.report(
                self.region.spans[root],
                format!("{what} must be an integer; this is {ty}"),
                "convert it with int()",
            );
        }
    }

    /// An expression used only for its truth.
    fn truth(&mut self, root: Handle<Expression>, state: &State) {
        match self.region.expressions[root] {
            Expression::Logical { left, right, .. } => {
                self.truth(left, state);
                self.truth(right, state);
                self.choice(root, &[left, right], true);
            }
            Expression::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                self.truth(operand, state);
                self.note(root, TySet::of(Ty::BOOL));
                self.types.expressions[root] = Ty::BOOL;
            }
            _ => _ = self.value(root, state),
        }
    }

    fn note(&mut self, root: Handle<Expression>, set: TySet) -> TySet {
        let known = &mut self.sets[root.index()];
        *known = known.union(set);
        *known
    }

    /// The value of one of several expressions, converted to their join.
    fn choice(&mut self, root: Handle<Expression>, among: &[Handle<Expression>], truth: bool) -> TySet {
        let set = among
            .iter()
            .fold(TySet::EMPTY, |set, one| set.union(self.sets[one.index()]));
        match set.join() {
            Some(ty) => {
                self.types.expressions[root] = ty;
                let source = |one: &Handle<Expression>| self.sets[one.index()].join();
                let checks: Vec<Check> = among
                    .iter()
                    .filter_map(source)
                    .flat_map(|from| super::check::keep(from, ty))
                    .collect();
                self.types.checks[root] = unique(checks);
                self.note(root, set)
            }
            None if truth || set.is_empty() => {
                self.types.expressions[root] = Ty::BOOL;
                self.note(root, TySet::of(Ty::BOOL))
            }
            None => {
                let names: Vec<String> = set.iter().map(|ty| ty.to_string()).collect();
                let message = format!("this is of type {} depending on the path taken", names.join(" or "));
                self.report(self.region.spans[root], message, "convert the operands to one type");
                TySet::EMPTY
            }
        }
    }

    /// The types of an expression's value; types everything below it.
    fn value(&mut self, root: Handle<Expression>, state: &State) -> TySet {
        let region = self.region;
        let span = region.spans[root];
        let fixed = |flow: &mut Self, ty: Ty| {
            flow.types.expressions[root] = ty;
            flow.note(root, TySet::of(ty))
        };
        match &region.expressions[root] {
            Expression::Literal(Literal::Bool(_)) => fixed(self, Ty::BOOL),
            Expression::Literal(Literal::Int(_)) => fixed(self, Ty::INT),
            Expression::Literal(Literal::Float(_)) => fixed(self, Ty::FLOAT),
            Expression::Counter(_) | Expression::Extent { .. } | Expression::Size(_) | Expression::Rank(_) => {
                if let Expression::Extent { array, axis } = region.expressions[root]
                    && axis >= self.types.arrays[array].rank
                {
                    let name = &region.arrays[array].name;
                    self.report(
                        span,
                        format!("`{name}` has no axis {axis} here"),
                        "check the array's rank",
                    );
                }
                fixed(self, Ty::INT)
            }
            Expression::Input(input) => {
                let set = self.input(*input, span);
                if let Some(ty) = set.join() {
                    self.types.expressions[root] = ty;
                }
                self.note(root, set)
            }
            Expression::Variable(variable) => {
                let set = self.note(root, state[variable.index()]);
                self.types.expressions[root] = set.join().unwrap_or(Ty::INT);
                set
            }
            Expression::Load { array, subscripts } => {
                self.subscripts(*array, subscripts, span, state);
                let element = self.types.arrays[*array].element;
                if element.origin == Origin::Python && element.kind == Kind::F32 {
                    return fixed(self, Ty::FLOAT);
                }
                if element.origin == Origin::Python && element.kind.is_integer() {
                    if element.kind == Kind::U64 {
                        self.types.checks[root] = vec![Check::python(Condition::ResultFitsInt)];
                    }
                    return fixed(self, Ty::INT);
                }
                fixed(self, element)
            }
            Expression::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                self.truth(*operand, state);
                fixed(self, Ty::BOOL)
            }
            Expression::Unary { op, operand } => {
                self.value(*operand, state);
                self.combine(root, &[*operand], |types| operators::unary(*op, types[0]))
            }
            Expression::Binary { op, left, right } => {
                self.value(*left, state);
                self.value(*right, state);
                let negative = *op == BinaryOp::Power && is_negative_literal(region, *right);
                self.combine(root, &[*left, *right], |types| {
                    operators::binary(*op, types[0], types[1], negative)
                })
            }
            Expression::Compare { left, right, .. } => {
                self.value(*left, state);
                self.value(*right, state);
                self.combine(root, &[*left, *right], |types| {
                    Ok(operators::compare(types[0], types[1]))
                })
            }
            Expression::Logical { left, right, .. } => {
                self.value(*left, state);
                self.value(*right, state);
                self.choice(root, &[*left, *right], false)
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => {
                self.truth(*condition, state);
                self.value(*accept, state);
                self.value(*reject, state);
                self.choice(root, &[*accept, *reject], false)
            }
            Expression::Call { function, arguments } => self.call(root, *function, arguments, state),
            Expression::Convert { to, operand } => {
                self.value(*operand, state);
                self.combine(root, &[*operand], |types| Ok(convert::convert(*to, types[0])))
            }
        }
    }

    fn call(
        &mut self,
        root: Handle<Expression>,
        function: Function,
        arguments: &[Handle<Expression>],
        state: &State,
    ) -> TySet {
        for (position, argument) in arguments.iter().enumerate() {
            if position == 0 && function == Function::Numpy(crate::ir::Ufunc::Where) {
                self.truth(*argument, state);
            } else {
                self.value(*argument, state);
            }
        }
        match function {
            Function::Min | Function::Max => {
                let set = self.choice(root, arguments, false);
                self.compare_arguments(root, arguments);
                set
            }
            Function::Abs => self.combine(root, arguments, |types| functions::abs(types[0])),
            Function::Round => self.combine(root, arguments, |types| functions::round(types[0])),
            Function::RoundDigits => self.combine(root, arguments, |types| functions::round_digits(types[0], types[1])),
            Function::PowerModulo => self.combine(root, arguments, functions::power_modulo),
            Function::Math(name) => self.combine(root, arguments, |types| functions::math(name, types)),
            Function::Numpy(name) => {
                let set = self.combine(root, arguments, |types| ufuncs::ufunc(name, types));
                if ufuncs::gives_rank_zero(name) {
                    set.union(TySet::RANK_ZERO)
                } else {
                    set
                }
            }
        }
    }

    /// `min` and `max` compare their arguments as `<` would; arguments of different kinds by their mathematical value.
    fn compare_arguments(&mut self, root: Handle<Expression>, arguments: &[Handle<Expression>]) {
        let kinds: Vec<Kind> = arguments
            .iter()
            .filter_map(|one| self.sets[one.index()].join())
            .map(|ty| ty.kind)
            .collect();
        let one = kinds
            .first()
            .copied()
            .filter(|first| kinds.iter().all(|kind| kind == first));
        self.types.operations[root] = one.map(|kind| Ty {
            kind,
            origin: self.types.expressions[root].origin,
        });
    }

    /// Applies a rule to every combination of the operands' types.
    fn combine(
        &mut self,
        root: Handle<Expression>,
        operands: &[Handle<Expression>],
        rule: impl Fn(&[Ty]) -> Rule,
    ) -> TySet {
        let mut combinations: Vec<Vec<Ty>> = vec![Vec::new()];
        for operand in operands {
            let members: Vec<Ty> = self.sets[operand.index()].iter().collect();
            combinations = combinations
                .iter()
                .flat_map(|start| {
                    members
                        .iter()
                        .map(move |ty| start.iter().copied().chain([*ty]).collect())
                })
                .collect();
        }
        let mut typed = Vec::new();
        for types in &combinations {
            match rule(types) {
                Ok(one) => typed.push(one),
                Err(refusal) => {
                    self.refused(root, types, &refusal);
                    return TySet::EMPTY;
                }
            }
        }
        self.settle(root, &typed)
    }

    fn refused(&mut self, root: Handle<Expression>, types: &[Ty], refusal: &Refusal) {
        let names: Vec<String> = types.iter().map(ToString::to_string).collect();
        let (what, help) = match refusal {
            Refusal::TypeError => ("Python raises a TypeError", "convert the operands"),
            Refusal::Half => (
                "the result is a float16, which is not translated",
                "convert to np.float32 first",
            ),
        };
        let message = format!("this operation on {}: {what}", names.join(" and "));
        self.report(self.region.spans[root], message, help);
    }

    /// One type, operation and list of checks for all combinations.
    fn settle(&mut self, root: Handle<Expression>, typed: &[Typed]) -> TySet {
        let Some(first) = typed.first() else {
            return self.note(root, TySet::EMPTY);
        };
        let set = typed.iter().map(|one| one.ty).collect::<TySet>();
        let operations: Vec<Option<Ty>> = typed.iter().map(|one| one.operation).collect();
        let operation = if operations.iter().all(|one| *one == first.operation) {
            Some(first.operation)
        } else {
            let known: Option<TySet> = operations
                .iter()
                .copied()
                .collect::<Option<Vec<Ty>>>()
                .map(|all| all.into_iter().collect());
            let kind = first.operation.map(|ty| ty.kind);
            let same = operations.iter().all(|one| one.map(|ty| ty.kind) == kind);
            known.and_then(TySet::join).filter(|_| same).map(Some)
        };
        let kinds_agree = typed.iter().all(|one| one.ty.kind == first.ty.kind);
        match (operation, set.join()) {
            (Some(operation), Some(ty)) if kinds_agree => {
                let mut checks: Vec<(Check, usize)> = Vec::new();
                typed
                    .iter()
                    .flat_map(|one| one.checks.iter().copied())
                    .for_each(|check| count(&mut checks, check));
                self.types.expressions[root] = ty;
                self.types.operations[root] = operation;
                self.types.checks[root] = settle(checks, typed.len());
                self.note(root, set)
            }
            _ => {
                let names: Vec<String> = set.iter().map(|ty| ty.to_string()).collect();
                let message = format!("this is computed as {} depending on the path taken", names.join(" or "));
                self.report(
                    self.region.spans[root],
                    message,
                    "start with a value of the final type, such as np.float32(0)",
                );
                TySet::EMPTY
            }
        }
    }

    fn finish(mut self) -> Result<Types, Vec<Diagnostic>> {
        let region = self.region;
        // A last walk with settled sets, so that what is reported and recorded belongs to the fixed point.
        self.diagnostics.clear();
        let mut state = self.entry();
        self.block(&region.body, &mut Some(&mut state));
        for (handle, variable) in region.variables.iter() {
            let set = self.variables[handle.index()];
            match set.join() {
                Some(ty) => self.types.variables[handle] = ty,
                None if set.is_empty() => {}
                None => {
                    let names: Vec<String> = set.iter().map(|ty| ty.to_string()).collect();
                    let message = format!("`{}` is of type {}", variable.name, names.join(" and "));
                    self.report(
                        variable.span,
                        message,
                        "give it one type from the start, such as np.float32(0)",
                    );
                }
            }
            let origins: TySet = set;
            self.types.output_flags[handle] = variable.initial.is_some() && origins.single().is_none();
        }
        // A read has the variable's storage.
        for (handle, expression) in region.expressions.iter() {
            if let Expression::Variable(variable) = expression {
                let storage = self.types.variables[*variable];
                let read = self.types.expressions[handle];
                let origin = if read.kind == storage.kind {
                    read.origin
                } else {
                    Origin::Either
                };
                self.types.expressions[handle] = Ty {
                    kind: storage.kind,
                    origin,
                };
            }
        }
        if self.diagnostics.is_empty() {
            Ok(self.types)
        } else {
            Err(self.diagnostics)
        }
    }
}

fn join(state: &mut State, other: &State) {
    for (one, more) in state.iter_mut().zip(other) {
        *one = one.union(*more);
    }
}

fn count(checks: &mut Vec<(Check, usize)>, check: Check) {
    match checks.iter_mut().find(|(known, _)| known.condition == check.condition) {
        Some((known, times)) => {
            if *known != check {
                *known = Check::python(check.condition);
            }
            *times += 1;
        }
        None => checks.push((check, 1)),
    }
}

/// A check that not every reading of the operands makes leaves the region to Python.
fn settle(checks: Vec<(Check, usize)>, readings: usize) -> Vec<Check> {
    let outcome = |(check, times): (Check, usize)| {
        if times == readings {
            check
        } else {
            Check {
                condition: check.condition,
                otherwise: Outcome::Python,
            }
        }
    };
    checks.into_iter().map(outcome).collect()
}

fn unique(checks: Vec<Check>) -> Vec<Check> {
    let mut found = Vec::new();
    for check in checks {
        if !found.contains(&check) {
            found.push(check);
        }
    }
    found
}

fn is_negative_literal(region: &Region, root: Handle<Expression>) -> bool {
    match region.expressions[root] {
        Expression::Literal(Literal::Int(value)) => value < 0,
        Expression::Unary {
            op: UnaryOp::Negate,
            operand,
        } => {
            matches!(region.expressions[operand], Expression::Literal(Literal::Int(value)) if value > 0)
        }
        _ => false,
    }
}
