//! From sets of types to types, operations and checks.

use super::flow::{Flow, combinations, literal_exact_in, origin, rule};
use super::inputs::{Inputs, described};
use super::rule::{Refusal, Typed};
use super::set::TySet;
use super::truth_only::truth_only;
use super::{Check, Condition, Kind, Origin, Outcome, Ty, Types, check, complex, constant, convert, locals, outputs};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{
    BinaryOp, Expression, Function, Handle, Literal, Region, SideTable, Statement, Store, UnaryOp, Variable, children,
    visit_statements,
};
use crate::source::Span;

/// Gives every variable and expression its type. `untold`: whether it may be unsaid which items of lists are Python's.
pub(super) fn resolve(region: &Region, inputs: Inputs, flow: &Flow, untold: bool) -> Result<Types, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        region,
        flow,
        problems: Vec::new(),
        types: Types {
            inputs: inputs.inputs,
            arrays: inputs.arrays,
            variables: SideTable::filled(&region.variables, Ty::INT),
            declared: SideTable::from_fn(&region.variables, |_, variable| variable.storage.is_some()),
            expressions: SideTable::from_fn(&region.expressions, |_, expression| unreached(expression)),
            operations: SideTable::filled(&region.expressions, None),
            checks: SideTable::filled(&region.expressions, Vec::new()),
            store_checks: SideTable::filled(&region.stores, Vec::new()),
            output_flags: SideTable::filled(&region.variables, false),
            output_types: SideTable::filled(&region.variables, vec![Ty::INT]),
        },
        truth_only: truth_only(region),
        untold,
    };
    for array in region.arrays.handles() {
        resolver.types.arrays[array].element = flow.elements[array].unwrap_or(locals::UNREACHED);
    }
    resolver.problems = locals::ambiguous(region, flow);
    resolver.problems.extend(locals::changed(region, flow));
    resolver.problems.extend(locals::uncastable(region, flow));
    resolver.problems.extend(locals::untold(region, flow));
    for variable in region.variables.handles() {
        resolver.variable(variable);
    }
    for handle in region.expressions.handles() {
        resolver.expression(handle);
    }
    resolver.nothing();
    resolver.statements();
    let mut problems = resolver.problems;
    if problems.is_empty() {
        outputs::outputs(region, flow, &mut resolver.types, &mut problems, untold);
    }
    if problems.is_empty() {
        Ok(resolver.types)
    } else {
        Err(problems)
    }
}

/// The type of what is never evaluated, such as an item of a list to which nothing is appended: any that the back ends can write.
fn unreached(expression: &Expression) -> Ty {
    match expression {
        Expression::Compare { .. } | Expression::Unary { op: UnaryOp::Not, .. } => Ty::BOOL,
        _ => Ty::INT,
    }
}

struct Resolver<'r> {
    region: &'r Region,
    flow: &'r Flow,
    problems: Vec<Diagnostic>,
    types: Types,
    truth_only: SideTable<Expression, bool>,
    untold: bool,
}

impl Resolver<'_> {
    fn variable(&mut self, handle: Handle<Variable>) {
        let assigned = &self.flow.assigned[handle];
        let mut all = TySet::EMPTY;
        for (set, span) in assigned {
            let before = all;
            all = all.union(*set);
            if !all.is_empty() && all.join().is_none() {
                self.problems.push(self.incompatible(handle, before, *set, *span));
                return;
            }
        }
        if let Some(ty) = all.join() {
            self.types.variables[handle] = ty;
        }
    }

    /// A variable takes a type that does not join with those it already has.
    fn incompatible(&self, variable: Handle<Variable>, before: TySet, added: TySet, span: Span) -> Diagnostic {
        let name = &self.region.variables[variable].name;
        let (old, new) = (list(before), list(added));
        let first = self.flow.assigned[variable].iter().find(|(set, _)| !added.covers(*set));
        let types = if before.is_empty() {
            new.clone()
        } else {
            format!("{old} and {new}")
        };
        let message = format!("`{name}` would be {types}, which no one type can hold");
        let mut diagnostic = Diagnostic::new(Code::IncompatibleTypes, span, message).labelled(format!("{new} here"));
        if let Some((set, place)) = first {
            diagnostic = diagnostic.secondary(*place, format!("{} here", list(*set)));
        }
        match added.iter().find(|t| t.origin == Origin::Numpy) {
            Some(ty) => diagnostic.help(format!("start with `{}`, or use another name", example(ty.kind))),
            None => diagnostic.help("use another name, or convert one of the values"),
        }
    }

    fn expression(&mut self, handle: Handle<Expression>) {
        let set = self.flow.expressions[handle];
        match &self.region.expressions[handle] {
            Expression::Variable(variable) => {
                self.types.expressions[handle] = self.read(*variable, set);
                return;
            }
            Expression::Logical { .. } | Expression::Select { .. } if self.truth_only[handle] => {
                self.types.expressions[handle] = Ty::BOOL;
                return;
            }
            Expression::Load { subscripts, .. } => self.subscripts(subscripts),
            _ => {}
        }
        let operands = children(&self.region.expressions[handle]);
        let dead = operands.iter().any(|o| self.flow.expressions[*o].is_empty());
        if set.is_empty() && (dead || operands.is_empty()) {
            return;
        }
        match set.join() {
            Some(ty) => self.types.expressions[handle] = ty,
            None if !set.is_empty() => return self.problems.push(self.no_common_type(handle, set)),
            None => {}
        }
        match &self.region.expressions[handle] {
            Expression::Logical { .. } | Expression::Select { .. } => self.choice(handle, &operands),
            Expression::Call {
                function: Function::Min | Function::Max,
                ..
            } => {
                if self.types.expressions[handle].kind.is_complex() {
                    let types: Vec<Ty> = set.iter().collect();
                    return self.problems.push(self.refused(handle, &types, &Refusal::TypeError));
                }
                self.choice(handle, &operands);
                self.types.operations[handle] = Some(self.types.expressions[handle]);
            }
            Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Convert { .. }
            | Expression::Call { .. } => self.operation(handle, &operands),
            Expression::Load { array, .. } => {
                let element = self.types.arrays[*array].element;
                if element.origin == Origin::Python && element.kind == Kind::U64 {
                    self.types.checks[handle] = vec![Check::python(Condition::ResultFitsInt)];
                }
            }
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Variable(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Array(_) => {}
        }
    }

    /// A read of a variable: stored as the variable is, perhaps of a narrower origin.
    fn read(&self, variable: Handle<Variable>, set: TySet) -> Ty {
        let stored = self.types.variables[variable];
        match set.join() {
            Some(ty) if ty.kind == stored.kind => ty,
            _ => stored,
        }
    }

    /// One of the operands, kept in the common type.
    fn choice(&mut self, handle: Handle<Expression>, operands: &[Handle<Expression>]) {
        let ty = self.types.expressions[handle];
        let chosen = match &self.region.expressions[handle] {
            Expression::Select { .. } => &operands[1..],
            _ => operands,
        };
        for operand in chosen {
            if literal_exact_in(self.region, *operand, ty.kind) {
                continue;
            }
            for check in check::keep(self.types.expressions[*operand], ty) {
                if !self.types.checks[handle].contains(&check) {
                    self.types.checks[handle].push(check);
                }
            }
        }
    }

    /// An operation: its readings, if they agree.
    fn operation(&mut self, handle: Handle<Expression>, operands: &[Handle<Expression>]) {
        let sets: Vec<TySet> = operands.iter().map(|o| self.readings(handle, operands, *o)).collect();
        let mut readings = Vec::new();
        for types in combinations(&sets) {
            match rule(self.region, handle, &types) {
                Ok(typed) => readings.push((types, typed)),
                Err(refusal) => return self.problems.push(self.refused(handle, &types, &refusal)),
            }
        }
        let known: Vec<Option<i64>> = operands.iter().map(|o| self.flow.expressions[*o].known_int()).collect();
        let agreed = agreement(&self.region.expressions[handle], &readings)
            .or_else(|| agreement_but_for_known(self.region, handle, &readings, &known))
            .or_else(|| compared_whole(&self.region.expressions[handle], &readings));
        match agreed {
            Some((operation, checks)) => {
                self.types.operations[handle] = operation;
                self.types.checks[handle] = self.needed(operands, checks);
            }
            None => self.problems.push(self.disagreeing(handle, operands)),
        }
    }

    /// The types of an operand, as far as they matter: an int that is stored as a float or complex number is exact, and so compares
    /// like one; so does one that is known, with a number of either origin.
    fn readings(
        &self,
        handle: Handle<Expression>,
        operands: &[Handle<Expression>],
        operand: Handle<Expression>,
    ) -> TySet {
        let set = self.flow.expressions[operand];
        if !matches!(self.region.expressions[handle], Expression::Compare { .. }) {
            return set;
        }
        let either = |other: &Handle<Expression>| {
            let ty = self.types.expressions[*other];
            *other != operand && ty.kind == Kind::F64 && ty.origin == Origin::Either
        };
        let known = || constant::compares_like_a_float(self.region, operand, set.known_int());
        let like_float = self.types.expressions[operand].kind.is_inexact() || (operands.iter().any(either) && known());
        if like_float {
            set.iter()
                .map(|ty| if ty == Ty::INT { Ty::FLOAT } else { ty })
                .collect()
        } else {
            set
        }
    }

    /// The checks that literals do not settle.
    fn needed(&self, operands: &[Handle<Expression>], mut checks: Vec<Check>) -> Vec<Check> {
        checks.retain(|check| match check.condition {
            Condition::WeakIntFits(kind) => operands.iter().any(|operand| {
                self.flow.expressions[*operand].contains(Ty::INT) && !literal_exact_in(self.region, *operand, kind)
            }),
            // An int that is stored as a float is tested like one (`TruncatedFits`), as the float that it may be is.
            Condition::OperandFits(kind) => {
                !self.types.expressions[operands[0]].kind.is_inexact()
                    && !literal_exact_in(self.region, operands[0], kind)
            }
            Condition::DivisorNotZero => operands.get(1).is_none_or(|o| nonzero(self.region, *o) != Some(true)),
            Condition::ShiftNotNegative | Condition::ExponentNotNegative => {
                let right = operands.get(1).and_then(|o| super::flow::literal_int(self.region, *o));
                right.is_none_or(|value| value < 0)
            }
            Condition::ModulusNotZero => operands.get(2).is_none_or(|o| nonzero(self.region, *o) != Some(true)),
            Condition::NotZeroToNegative => !operands.get(1).is_some_and(|o| not_negative(self.region, *o)),
            Condition::PowerIsReal => !operands.get(1).is_some_and(|o| integral(self.region, *o)),
            Condition::ResultFitsInt
            | Condition::MathDomain
            | Condition::MathRange
            | Condition::OperandNotNegative
            | Condition::OperandNotNan
            | Condition::OperandNotInfinite
            | Condition::TruncatedFits(_)
            | Condition::OperandExactIn(_)
            | Condition::OperandFitsF32 => true,
        });
        checks
    }

    /// What stands for no number has the type of its variable.
    fn nothing(&mut self) {
        let region = self.region;
        visit_statements(region, &region.body, &mut |statement, _| {
            if let Statement::Assign { variable, value } = statement
                && region.expressions[*value] == Expression::Literal(Literal::Nothing)
            {
                self.types.expressions[*value] = self.types.variables[*variable];
            }
        });
    }

    fn statements(&mut self) {
        let region = self.region;
        let (mut stores, mut loops, mut extents) = (Vec::new(), Vec::new(), Vec::new());
        let mut problems = Vec::new();
        visit_statements(region, &region.body, &mut |statement, span| match statement {
            Statement::Store(store) => stores.push((*store, span)),
            Statement::For(handle) => loops.push(*handle),
            Statement::Allocate { .. } => extents.extend(statement.roots(region)),
            Statement::Seed(seed) => problems.extend(super::random::seed(region, self.flow, seed)),
            Statement::Draw(draw) => problems.extend(super::random::draw(region, self.flow, draw)),
            Statement::Assign { .. }
            | Statement::Evaluate(_)
            | Statement::If { .. }
            | Statement::While { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. } => {}
        });
        self.problems.extend(problems);
        for (store, span) in stores {
            self.store(store, span);
        }
        for extent in extents {
            self.integer(extent, "an extent is", true);
        }
        for handle in loops {
            let header = &region.loops[handle];
            let annotation = header.annotation.as_ref();
            let chunk = annotation.and_then(|a| a.schedule).and_then(|(_, chunk)| chunk);
            let threads = annotation.and_then(|a| a.num_threads);
            let bounds = [header.start, header.stop, header.step].map(Some);
            for bound in bounds.into_iter().chain([chunk, threads]).flatten() {
                self.integer(bound, "`range` takes", true);
            }
        }
    }

    fn store(&mut self, handle: Handle<Store>, span: Span) {
        let store = &self.region.stores[handle];
        self.subscripts(&store.subscripts);
        let element = self.types.arrays[store.array].element;
        let set = self.flow.expressions[store.value];
        if self.types.arrays[store.array].listed {
            let problem = super::lists::stored(
                self.region,
                store,
                self.types.arrays[store.array],
                set,
                self.untold,
                span,
            );
            return self.problems.extend(problem);
        }
        let mut readings = Vec::new();
        if self.flow.gathered[store.array] {
            // Items stay what they are.
            let literal = literal_exact_in(self.region, store.value, element.kind);
            let keep = |ty| if literal { Vec::new() } else { check::keep(ty, element) };
            readings.extend(set.iter().map(keep));
            self.types.store_checks[handle] = common_checks(&readings);
            return;
        }
        for ty in set.iter() {
            match convert::store(element, ty) {
                Ok(checks) => readings.push(checks),
                Err(refusal) => {
                    let name = &self.region.arrays[store.array].name;
                    let takes = if ty.kind.is_complex() {
                        "real numbers"
                    } else {
                        "integers"
                    };
                    let message = format!("an element of `{name}` takes {takes} only, not {}", described(ty));
                    let note = match refusal {
                        Refusal::TypeError => "Python raises a TypeError here",
                        Refusal::Untranslated => "NumPy drops the imaginary part, with a warning",
                    };
                    return self
                        .problems
                        .push(Diagnostic::new(Code::UndefinedOperation, span, message).note(note));
                }
            }
        }
        let mut checks = common_checks(&readings);
        // A Python int becomes f32 by way of f64, NumPy's at once: the same unless f64 cannot hold it.
        let wide = |t: Ty| t.origin == Origin::Numpy && matches!(t.kind, Kind::I64 | Kind::U64);
        let single = matches!(element.kind, Kind::F32 | Kind::C64);
        if single && set.contains(Ty::INT) && set.iter().any(wide) {
            checks.push(Check::python(Condition::OperandExactIn(Kind::F64)));
        }
        self.types.store_checks[handle] = self.needed(&[store.value], checks);
    }

    fn subscripts(&mut self, subscripts: &[Handle<Expression>]) {
        for subscript in subscripts {
            self.integer(*subscript, "a subscript is", false);
        }
    }

    /// Requires an integer; a Python bool counts as one for `range` only (as a subscript it is a mask).
    fn integer(&mut self, handle: Handle<Expression>, what: &str, bool_counts: bool) {
        let ty = self.types.expressions[handle];
        if self.flow.expressions[handle].is_empty() || ty.kind.is_integer() || (bool_counts && ty == Ty::BOOL) {
            return;
        }
        let span = self.region.spans[handle];
        let message = format!("{what} an integer, not {}", described(ty));
        let repeated = |d: &Diagnostic| d.primary.span == span && d.message == message;
        if !self.problems.iter().any(repeated) {
            self.problems.push(
                Diagnostic::new(Code::UndefinedOperation, span, message)
                    .help("convert it with `int(…)`, if that is meant"),
            );
        }
    }

    fn refused(&self, handle: Handle<Expression>, types: &[Ty], refusal: &Refusal) -> Diagnostic {
        let what = spelling(&self.region.expressions[handle]);
        let span = self.region.spans[handle];
        let operands: Vec<String> = types.iter().map(|ty| described(*ty)).collect();
        let operands = operands.join(" and ");
        match refusal {
            Refusal::TypeError => {
                let message = format!("`{what}` does not apply to {operands}");
                Diagnostic::new(Code::UndefinedOperation, span, message).note("Python raises a TypeError here")
            }
            Refusal::Untranslated => {
                let message = format!("`{what}` of {operands} is not translated");
                let complex = types.iter().any(|ty| ty.kind.is_complex());
                let help = if complex {
                    "write it in terms of `z.real`, `z.imag` and `abs(z)`"
                } else {
                    "convert the argument first: `np.float32(…)`, `np.float64(…)`"
                };
                Diagnostic::new(Code::UndefinedOperation, span, message).help(help)
            }
        }
    }

    fn no_common_type(&self, handle: Handle<Expression>, set: TySet) -> Diagnostic {
        let message = format!("the value here may be {}, which no one type can hold", list(set));
        let mut diagnostic = Diagnostic::new(Code::IncompatibleTypes, self.region.spans[handle], message);
        for operand in children(&self.region.expressions[handle]) {
            let operand_set = self.flow.expressions[operand];
            if !operand_set.covers(set) {
                diagnostic = diagnostic.secondary(self.region.spans[operand], list(operand_set));
            }
        }
        diagnostic.help("convert one of the values, so that both have the same type")
    }

    fn disagreeing(&self, handle: Handle<Expression>, operands: &[Handle<Expression>]) -> Diagnostic {
        let what = spelling(&self.region.expressions[handle]);
        let message = format!("`{what}` would compute in another type for each type that its operand may have");
        let mut diagnostic = Diagnostic::new(Code::AmbiguousType, self.region.spans[handle], message);
        let mut kind = None;
        for operand in operands {
            let set = self.flow.expressions[*operand];
            if set.single().is_none() {
                kind = kind.or(set.iter().find(|t| t.origin == Origin::Numpy).map(|t| t.kind));
                diagnostic = diagnostic.secondary(self.region.spans[*operand], format!("may be {}", list(set)));
            }
        }
        diagnostic.help(format!(
            "give the variable one type from the start, for example `{}`",
            example(kind.unwrap_or(Kind::F64))
        ))
    }
}

/// How users know an operation.
fn spelling(expression: &Expression) -> String {
    match expression {
        Expression::Unary { op, .. } => op.symbol().trim().to_owned(),
        Expression::Binary { op, .. } => op.symbol().to_owned(),
        Expression::Compare { op, .. } => op.symbol().to_owned(),
        Expression::Call { function, .. } => function.to_string(),
        Expression::Convert { to, .. } => to.name().to_owned(),
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
        | Expression::Array(_) => "this".to_owned(),
    }
}

/// `int`, `float or f64`.
fn list(set: TySet) -> String {
    let names: Vec<String> = set.iter().map(described).collect();
    names.join(" or ")
}

/// A zero of a kind, in Python.
fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "np.bool_(False)",
        Kind::I8 => "np.int8(0)",
        Kind::I16 => "np.int16(0)",
        Kind::I32 => "np.int32(0)",
        Kind::I64 => "np.int64(0)",
        Kind::U8 => "np.uint8(0)",
        Kind::U16 => "np.uint16(0)",
        Kind::U32 => "np.uint32(0)",
        Kind::U64 => "np.uint64(0)",
        Kind::F16 => "np.float16(0)",
        Kind::F32 => "np.float32(0)",
        Kind::F64 => "np.float64(0)",
        Kind::C64 => "np.complex64(0)",
        Kind::C128 => "np.complex128(0)",
    }
}

/// Of a literal: whether it is not zero.
fn nonzero(region: &Region, handle: Handle<Expression>) -> Option<bool> {
    match &region.expressions[handle] {
        Expression::Literal(Literal::Float(value) | Literal::Imaginary(value)) => Some(*value != 0.0),
        Expression::Literal(Literal::Bool(value)) => Some(*value),
        _ => super::flow::literal_int(region, handle).map(|value| value != 0),
    }
}

/// Whether it is a literal from zero on.
fn not_negative(region: &Region, handle: Handle<Expression>) -> bool {
    match &region.expressions[handle] {
        Expression::Literal(Literal::Float(value)) => *value >= 0.0,
        _ => super::flow::literal_int(region, handle).is_some_and(|value| value >= 0),
    }
}

/// Whether it is a literal without a fraction.
fn integral(region: &Region, handle: Handle<Expression>) -> bool {
    match &region.expressions[handle] {
        Expression::Literal(Literal::Float(value)) => value.fract() == 0.0,
        _ => super::flow::literal_int(region, handle).is_some(),
    }
}

/// The operation and checks common to all readings; `None` if they compute in different kinds.
fn agreement(expression: &Expression, readings: &[(Vec<Ty>, Typed)]) -> Option<(Option<Ty>, Vec<Check>)> {
    let operations: Option<Vec<Ty>> = readings.iter().map(|(_, typed)| typed.operation).collect();
    let checks: Vec<Vec<Check>> = readings.iter().map(|(_, typed)| typed.checks.clone()).collect();
    let mut checks = common_checks(&checks);
    let Some(operations) = operations else {
        let none = readings.iter().all(|(_, typed)| typed.operation.is_none());
        return none.then_some((None, checks));
    };
    let set: TySet = operations.iter().copied().collect();
    let mut kinds: Vec<Kind> = operations.iter().map(|ty| ty.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kind = match (kinds.as_slice(), expression) {
        // Python's and NumPy's complex numbers do not divide alike.
        ([kind], Expression::Binary { op, .. })
            if kind.is_complex() && complex::formulas_differ(*op) && origin(set) == Origin::Either =>
        {
            return None;
        }
        // Nor do they round alike.
        (
            [_],
            Expression::Call {
                function: Function::RoundDigits,
                ..
            },
        ) if origin(set) == Origin::Either => return None,
        ([kind], _) => *kind,
        // Python divides ints exactly, NumPy as floats: the same for ints that f64 holds.
        (
            [Kind::I64, Kind::F64],
            Expression::Binary {
                op: BinaryOp::Divide, ..
            },
        ) => {
            checks.insert(0, Check::python(Condition::OperandExactIn(Kind::F64)));
            Kind::F64
        }
        (_, _) => return None,
    };
    let ty = Ty {
        kind,
        origin: origin(set),
    };
    Some((Some(ty), checks))
}

/// The same where the readings of Python ints that are known compute in another kind, but give the same in that of the others.
fn agreement_but_for_known(
    region: &Region,
    handle: Handle<Expression>,
    readings: &[(Vec<Ty>, Typed)],
    known: &[Option<i64>],
) -> Option<(Option<Ty>, Vec<Check>)> {
    if !constant::is_the_same_in_floats(region, handle, known) {
        return None;
    }
    let of_ints = |(types, _): &&(Vec<Ty>, Typed)| types.iter().all(|ty| *ty == Ty::INT);
    let others: Vec<(Vec<Ty>, Typed)> = readings.iter().filter(|one| !of_ints(one)).cloned().collect();
    let inexact = |(_, typed): &(Vec<Ty>, Typed)| typed.operation.is_some_and(|ty| ty.kind.is_inexact());
    if others.is_empty() || others.len() == readings.len() || !others.iter().all(inexact) {
        return None;
    }
    agreement(&region.expressions[handle], &others)
}

/// A comparison of integers, which compare by their values whatever types they have.
fn compared_whole(expression: &Expression, readings: &[(Vec<Ty>, Typed)]) -> Option<(Option<Ty>, Vec<Check>)> {
    let whole = |ty: &Ty| ty.kind == Kind::Bool || (ty.kind.is_integer() && ty.kind != Kind::U64);
    let all = readings.iter().flat_map(|(types, _)| types).all(whole);
    let compares = matches!(expression, Expression::Compare { .. });
    (compares && all).then_some((Some(Ty::INT), Vec::new()))
}

/// The checks of several readings: what all need is needed; what some need, or fail in different ways, leaves to Python.
fn common_checks(readings: &[Vec<Check>]) -> Vec<Check> {
    let mut common: Vec<Check> = Vec::new();
    for check in readings.iter().flatten() {
        if common.iter().any(|c| c.condition == check.condition) {
            continue;
        }
        let otherwise = if readings.iter().all(|checks| checks.contains(check)) {
            check.otherwise
        } else {
            Outcome::Python
        };
        common.push(Check {
            condition: check.condition,
            otherwise,
        });
    }
    common
}
