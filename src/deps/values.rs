//! Values of integer expressions in symbols: a walk through the region in order of execution that knows what each
//! variable holds.
//!
//! Every expression gets a [`Number`]: a [`Linear`] over counters, inputs, extents and numbered [`Value`]s. Equal numbers are
//! equal values as long as no loop around their definition has moved on.

use std::collections::HashMap;

use super::locals::{self, Storage};
use super::{Atom, Formula, Linear};
use crate::infer::{Kind, Origin, Types};
use crate::ir::{
    self, Array, BinaryOp, CompareOp, Conversion, Expression, Function, Handle, Input, Literal, LogicalOp, Loop,
    Region, SideTable, UnaryOp, Variable,
};

/// The value of an expression in symbols.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Number {
    /// The value, or (`wraps`) one that is congruent to it modulo 2⁶⁴.
    pub(super) linear: Linear,
    /// Computed in wrapping arithmetic.
    pub(super) wraps: bool,
}

/// What is known about an [`Atom::Value`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// Loops with whose iterations it may change.
    pub(super) scope: Vec<Handle<Loop>>,
    /// Arrays, stored to nowhere in the region, whose elements it was computed from.
    pub(super) arrays: Vec<Handle<Array>>,
    /// If it is an element of such an array: where.
    pub(super) element: Option<(Handle<Array>, Vec<Linear>)>,
    /// Whether it is an integer (or a bool).
    pub(super) integer: bool,
}

/// What the variables hold; `None`: their initial value.
pub(super) type Environment = SideTable<Variable, Option<Number>>;

/// Gives numbers to expressions.
pub(super) struct Numbering<'r> {
    pub(super) region: &'r Region,
    pub(super) types: Option<&'r Types>,
    pub(super) values: Vec<Value>,
    /// Inputs taken for ints when there are no types.
    integers: Vec<Handle<Input>>,
    /// Whether the region stores into an array.
    written: SideTable<Array, bool>,
    known: HashMap<(String, Vec<Number>), u32>,
    /// Of the present statement, so that one handle is one value within it.
    memo: HashMap<Handle<Expression>, Number>,
    pub(super) environment: Environment,
    /// The counted loops around the present statement, outermost first.
    pub(super) loops: Vec<Handle<Loop>>,
    /// Of local arrays, as allocated last; `None`: by whichever allocation.
    pub(super) storage: SideTable<Array, Option<Storage>>,
}

impl From<Linear> for Number {
    fn from(linear: Linear) -> Self {
        Self { linear, wraps: false }
    }
}

impl<'r> Numbering<'r> {
    pub(super) fn new(region: &'r Region, types: Option<&'r Types>, written: SideTable<Array, bool>) -> Self {
        Self {
            region,
            types,
            values: Vec::new(),
            integers: integer_inputs(region),
            written,
            known: HashMap::new(),
            memo: HashMap::new(),
            environment: SideTable::filled(&region.variables, None),
            loops: Vec::new(),
            storage: SideTable::filled(&region.arrays, None),
        }
    }

    /// Forgets what holds within one statement only.
    pub(super) fn next_statement(&mut self) {
        self.memo.clear();
    }

    /// A value that nothing is known about, which may change with every loop around.
    pub(super) fn fresh(&mut self, integer: bool) -> Number {
        let value = Value {
            scope: self.loops.clone(),
            integer,
            ..Value::default()
        };
        self.values.push(value);
        Linear::atom(Atom::Value(self.values.len() as u32 - 1)).into()
    }

    /// Gives a variable a value that nothing is known about.
    pub(super) fn forget(&mut self, variable: Handle<Variable>) {
        let integer = self.types.is_some_and(|types| whole(types.variable(variable).kind));
        self.environment[variable] = Some(self.fresh(integer));
    }

    /// The number of an expression, as evaluated now.
    pub(super) fn number(&mut self, expression: Handle<Expression>) -> Number {
        if let Some(number) = self.memo.get(&expression) {
            return number.clone();
        }
        let number = self.arithmetic(expression).unwrap_or_else(|| self.opaque(expression));
        self.memo.insert(expression, number.clone());
        number
    }

    /// Whether a number is certainly an integer that fits 64 bits and was computed without wrapping.
    pub(super) fn exact(&self, expression: Handle<Expression>, number: &Number) -> bool {
        !number.wraps && self.is_integer(expression, number)
    }

    fn is_integer(&self, expression: Handle<Expression>, number: &Number) -> bool {
        match self.types {
            Some(types) => whole(types.expression(expression).kind),
            None => !number
                .linear
                .any(&mut |atom| matches!(atom, Atom::Value(v) if !self.values[*v as usize].integer)),
        }
    }

    /// Linear arithmetic, where it is.
    fn arithmetic(&mut self, expression: Handle<Expression>) -> Option<Number> {
        let region = self.region;
        match &region.expressions[expression] {
            Expression::Literal(Literal::Int(value)) => Some(Linear::constant(*value).into()),
            Expression::Literal(Literal::Bool(value)) => Some(Linear::constant(i64::from(*value)).into()),
            Expression::Literal(Literal::Float(_) | Literal::Imaginary(_) | Literal::Nothing) => None,
            Expression::Input(input) => self.input(*input),
            Expression::Variable(variable) => match &self.environment[*variable] {
                Some(number) => Some(number.clone()),
                None => region.variables[*variable].initial.and_then(|input| self.input(input)),
            },
            Expression::Counter(header) => Some(Linear::atom(Atom::Counter(*header)).into()),
            Expression::Extent { array, axis } if locals::is_local(region, *array) => {
                let known = self.storage[*array].as_ref();
                let extent = known.map(|storage| storage.extents[*axis as usize].clone());
                Some(extent.map_or_else(|| self.fresh(true), Number::from))
            }
            Expression::Size(array) if locals::is_local(region, *array) => {
                let extents = self.storage[*array].as_ref().map(|storage| storage.extents.clone());
                let one = Some(Linear::constant(1));
                let size = extents.and_then(|each| each.iter().fold(one, |size, extent| product(&size?, extent)));
                Some(size.map_or_else(|| self.fresh(true), Number::from))
            }
            Expression::Extent { array, axis } => Some(Linear::atom(Atom::Extent(*array, *axis)).into()),
            Expression::Size(array) => Some(Linear::atom(Atom::Size(*array)).into()),
            Expression::Rank(array) => {
                let rank = self.types?.array(*array).rank;
                Some(Linear::constant(i64::from(rank)).into())
            }
            Expression::Unary { op, operand } => self.unary(expression, *op, *operand),
            Expression::Binary { op, left, right } => self.binary(expression, *op, *left, *right),
            Expression::Call { function, arguments } => self.call(*function, arguments),
            Expression::Convert {
                to: Conversion::Int | Conversion::Int64,
                operand,
            } => {
                let unsigned = |types: &Types| types.expression(*operand).kind == Kind::U64;
                let number = self.number(*operand);
                (self.is_integer(*operand, &number) && !self.types.is_some_and(unsigned)).then_some(number)
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => self.by_sign(*condition, *accept, *reject),
            Expression::Convert { .. }
            | Expression::Load { .. }
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Array(_) => None,
        }
    }

    /// An input that is an integer below 2⁶³.
    fn input(&self, input: Handle<Input>) -> Option<Number> {
        let integer = match self.types {
            Some(types) => match types.input(input) {
                crate::infer::InputTy::Scalar(ty) => whole(ty.kind) && ty.kind != Kind::U64,
                crate::infer::InputTy::Array(_) | crate::infer::InputTy::Nothing => false,
            },
            None => self.integers.contains(&input),
        };
        integer.then(|| Linear::atom(Atom::Input(input)).into())
    }

    /// Whether an operation computes in 64-bit integers, and whether they wrap.
    fn ring(&mut self, expression: Handle<Expression>, operands: &[Handle<Expression>]) -> Option<bool> {
        match self.types {
            Some(types) => {
                let ty = types.operation(expression)?;
                (ty.kind == Kind::I64).then_some(ty.origin != Origin::Python)
            }
            None => {
                let whole = operands.iter().all(|operand| {
                    let number = self.number(*operand);
                    self.is_integer(*operand, &number)
                });
                whole.then_some(false)
            }
        }
    }

    fn unary(&mut self, expression: Handle<Expression>, op: UnaryOp, operand: Handle<Expression>) -> Option<Number> {
        let wraps = self.ring(expression, &[operand])?;
        let inner = self.number(operand);
        let linear = match op {
            UnaryOp::Plus => inner.linear,
            UnaryOp::Negate => inner.linear.scale(-1)?,
            UnaryOp::Invert => inner.linear.scale(-1)?.offset(-1)?,
            UnaryOp::Not => return None,
        };
        Some(Number {
            linear,
            wraps: wraps || inner.wraps,
        })
    }

    fn binary(
        &mut self,
        expression: Handle<Expression>,
        op: BinaryOp,
        left: Handle<Expression>,
        right: Handle<Expression>,
    ) -> Option<Number> {
        if matches!(
            op,
            BinaryOp::Divide | BinaryOp::Power | BinaryOp::BitOr | BinaryOp::BitXor
        ) {
            return None;
        }
        let wraps = self.ring(expression, &[left, right])?;
        let (a, b) = (self.number(left), self.number(right));
        let wraps = wraps || a.wraps || b.wraps;
        let by = b.linear.as_constant();
        let linear = match op {
            BinaryOp::Add => a.linear.add(&b.linear)?,
            BinaryOp::Subtract => a.linear.subtract(&b.linear)?,
            BinaryOp::Multiply => product(&a.linear, &b.linear)?,
            BinaryOp::ShiftLeft => a
                .linear
                .scale(1_i64.checked_shl(u32::try_from(by?).ok()?).filter(|p| *p > 0)?)?,
            // What follows is no ring operation: operands that may have wrapped tell nothing.
            _ if wraps => return None,
            BinaryOp::FloorDivide => quotient(a.linear, by?)?,
            BinaryOp::Modulo => remainder(a.linear, by?)?,
            BinaryOp::ShiftRight => {
                let shift = u32::try_from(by?).ok().filter(|s| *s < 62)?;
                quotient(a.linear, 1 << shift)?
            }
            BinaryOp::BitAnd => remainder(a.linear, by.filter(|m| *m >= 0 && (m & (m + 1)) == 0)?.checked_add(1)?)?,
            BinaryOp::Divide | BinaryOp::Power | BinaryOp::BitOr | BinaryOp::BitXor => return None,
        };
        Some(Number { linear, wraps })
    }

    /// `accept if c < 0 else reject`: `reject`, and the difference where `c` is negative, which a quotient tells.
    fn by_sign(
        &mut self,
        condition: Handle<Expression>,
        accept: Handle<Expression>,
        reject: Handle<Expression>,
    ) -> Option<Number> {
        let Expression::Compare {
            op: CompareOp::Less,
            left,
            right,
        } = self.region.expressions[condition]
        else {
            return None;
        };
        if self.number(right).linear.as_constant() != Some(0) {
            return None;
        }
        let roots = [left, accept, reject];
        let numbers = roots.map(|root| self.number(root));
        if !roots
            .iter()
            .zip(&numbers)
            .all(|(root, number)| self.exact(*root, number))
        {
            return None;
        }
        let [sign, accept, reject] = numbers.map(|number| number.linear);
        // Within these bounds the quotient is -1 or 0.
        let beyond = i64::MAX;
        let sign = extreme(vec![sign, Linear::constant(beyond - 1)], true);
        let sign = extreme(vec![sign, Linear::constant(-beyond)], false);
        let difference = accept.subtract(&reject)?;
        let added = product(&difference, &quotient(sign, beyond)?)?;
        Some(reject.subtract(&added)?.into())
    }

    fn call(&mut self, function: Function, arguments: &[Handle<Expression>]) -> Option<Number> {
        let least = match function {
            Function::Min => true,
            Function::Max | Function::Abs => false,
            Function::Round
            | Function::RoundDigits
            | Function::PowerModulo
            | Function::Complex
            | Function::Real
            | Function::Imag
            | Function::Conjugate
            | Function::Conj
            | Function::Math(_)
            | Function::Numpy(_) => {
                return None;
            }
        };
        let mut parts = Vec::new();
        for argument in arguments {
            let number = self.number(*argument);
            if !self.exact(*argument, &number) {
                return None;
            }
            // NumPy's least integer has no absolute value.
            let weak = |types: &Types| types.expression(*argument).origin == Origin::Python;
            if function == Function::Abs {
                if !self.types.is_none_or(weak) {
                    return None;
                }
                parts.push(number.linear.scale(-1)?);
            }
            parts.push(number.linear);
        }
        Some(extreme(parts, least).into())
    }

    /// A value of its own: the same as that of an equal expression with equal operands, if nothing it reads is stored to.
    fn opaque(&mut self, expression: Handle<Expression>) -> Number {
        let region = self.region;
        let node = &region.expressions[expression];
        let operands: Vec<Number> = ir::children(node).into_iter().map(|child| self.number(child)).collect();
        let integer = self.types.is_some_and(|types| whole(types.expression(expression).kind));
        let mut element = None;
        if let Expression::Load { array, .. } = node {
            // What a local array holds is for no guard to read.
            if self.written[*array] || locals::is_local(region, *array) {
                return self.fresh(integer);
            }
            element = Some((*array, operands.iter().map(|o| o.linear.clone()).collect()));
        }
        let key = (shape(node), operands);
        if let Some(number) = self.known.get(&key) {
            return Linear::atom(Atom::Value(*number)).into();
        }
        let mut value = Value {
            element,
            integer,
            ..Value::default()
        };
        for operand in &key.1 {
            self.gather(&operand.linear, &mut value);
        }
        if let Some((array, _)) = &value.element {
            value.arrays.push(*array);
        }
        value.scope.sort_unstable();
        value.scope.dedup();
        self.values.push(value);
        let number = self.values.len() as u32 - 1;
        self.known.insert(key, number);
        Linear::atom(Atom::Value(number)).into()
    }

    /// Adds the scope and the arrays of what occurs in a linear expression.
    fn gather(&self, linear: &Linear, into: &mut Value) {
        linear.any(&mut |atom| {
            match atom {
                Atom::Counter(header) => into.scope.push(*header),
                Atom::Value(number) => {
                    let value = &self.values[*number as usize];
                    into.scope.extend(&value.scope);
                    into.arrays.extend(&value.arrays);
                }
                _ => {}
            }
            false
        });
    }

    /// A condition that holds when the truth of an expression, as evaluated now, is `truth`.
    pub(super) fn condition(&mut self, expression: Handle<Expression>, truth: bool) -> Formula {
        let region = self.region;
        match &region.expressions[expression] {
            Expression::Logical { op, left, right } => {
                let parts = vec![self.condition(*left, truth), self.condition(*right, truth)];
                match (op, truth) {
                    (LogicalOp::And, true) | (LogicalOp::Or, false) => Formula::All(parts).simplified(),
                    (LogicalOp::And, false) | (LogicalOp::Or, true) => Formula::Any(parts).simplified(),
                }
            }
            Expression::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.condition(*operand, !truth),
            Expression::Compare { op, left, right } => self
                .comparison(*op, *left, *right, truth)
                .unwrap_or_else(|| self.truth(expression, truth)),
            _ => self.truth(expression, truth),
        }
    }

    fn comparison(
        &mut self,
        op: CompareOp,
        left: Handle<Expression>,
        right: Handle<Expression>,
        truth: bool,
    ) -> Option<Formula> {
        let (a, b) = (self.number(left), self.number(right));
        if !self.exact(left, &a) || !self.exact(right, &b) {
            return None;
        }
        let (a, b) = (&a.linear, &b.linear);
        match (op, truth) {
            (CompareOp::Less, true) | (CompareOp::GreaterEqual, false) => Formula::less(a, b),
            (CompareOp::LessEqual, true) | (CompareOp::Greater, false) => Formula::at_most(a, b),
            (CompareOp::Greater, true) | (CompareOp::LessEqual, false) => Formula::less(b, a),
            (CompareOp::GreaterEqual, true) | (CompareOp::Less, false) => Formula::at_most(b, a),
            (CompareOp::Equal, true) | (CompareOp::NotEqual, false) => Some(Formula::Zero(a.subtract(b)?).simplified()),
            (CompareOp::NotEqual, true) | (CompareOp::Equal, false) => {
                Some(Formula::Not(Box::new(Formula::Zero(a.subtract(b)?))).simplified())
            }
        }
    }

    /// The truth of a value: whether it is 0.
    fn truth(&mut self, expression: Handle<Expression>, truth: bool) -> Formula {
        let number = self.number(expression);
        let linear = if number.wraps {
            self.fresh(true).linear
        } else {
            number.linear
        };
        let zero = Formula::Zero(linear);
        if truth { Formula::Not(Box::new(zero)) } else { zero }.simplified()
    }
}

/// Whether a kind holds integers.
fn whole(kind: Kind) -> bool {
    kind.is_integer() || kind == Kind::Bool
}

/// The product: linear if a factor is constant.
pub(super) fn product(a: &Linear, b: &Linear) -> Option<Linear> {
    match (a.as_constant(), b.as_constant()) {
        (Some(factor), _) => b.scale(factor),
        (_, Some(factor)) => a.scale(factor),
        (None, None) => {
            let (small, large) = if a <= b { (a, b) } else { (b, a) };
            Some(Linear::atom(Atom::Product(
                Box::new(small.clone()),
                Box::new(large.clone()),
            )))
        }
    }
}

/// The floor of a quotient by a constant that is not 0.
fn quotient(of: Linear, by: i64) -> Option<Linear> {
    let (of, by) = if by < 0 {
        (of.scale(-1)?, by.checked_neg()?)
    } else {
        (of, by)
    };
    match by {
        0 => None,
        1 => Some(of),
        _ => match of.as_constant() {
            Some(constant) => Some(Linear::constant(constant.div_euclid(by))),
            None => Some(Linear::atom(Atom::Quotient(Box::new(of), by))),
        },
    }
}

/// The remainder by a positive constant.
fn remainder(of: Linear, by: i64) -> Option<Linear> {
    match by {
        ..=0 => None,
        1 => Some(Linear::constant(0)),
        _ => match of.as_constant() {
            Some(constant) => Some(Linear::constant(constant.rem_euclid(by))),
            None => Some(Linear::atom(Atom::Remainder(Box::new(of), by))),
        },
    }
}

/// The least or greatest of several expressions.
pub(super) fn extreme(mut parts: Vec<Linear>, least: bool) -> Linear {
    parts.sort();
    parts.dedup();
    if parts.len() == 1 {
        return parts.swap_remove(0);
    }
    let constants: Option<Vec<i64>> = parts.iter().map(Linear::as_constant).collect();
    match constants {
        Some(constants) if least => Linear::constant(constants.into_iter().min().unwrap_or(0)),
        Some(constants) => Linear::constant(constants.into_iter().max().unwrap_or(0)),
        None if least => Linear::atom(Atom::Least(parts)),
        None => Linear::atom(Atom::Greatest(parts)),
    }
}

/// What an expression does to its operands, as text: equal for expressions that differ in their operands alone.
fn shape(expression: &Expression) -> String {
    match expression {
        Expression::Literal(literal) => format!("{literal:?}"),
        Expression::Input(input) => format!("input {input:?}"),
        Expression::Variable(variable) => format!("variable {variable:?}"),
        Expression::Counter(header) => format!("counter {header:?}"),
        Expression::Extent { array, axis } => format!("extent {array:?} {axis}"),
        Expression::Size(array) => format!("size {array:?}"),
        Expression::Rank(array) => format!("rank {array:?}"),
        Expression::Load { array, .. } => format!("load {array:?}"),
        Expression::Unary { op, .. } => format!("{op:?}"),
        Expression::Binary { op, .. } => format!("{op:?}"),
        Expression::Compare { op, .. } => format!("{op:?}"),
        Expression::Logical { op, .. } => format!("{op:?}"),
        Expression::Select { .. } => "select".to_owned(),
        Expression::Call { function, .. } => format!("{function:?}"),
        Expression::Convert { to, .. } => format!("to {to:?}"),
        Expression::Array(form) => format!("{form:?}"),
    }
}

/// Inputs that are used as integers: in subscripts and loop bounds, through integer arithmetic. For want of types.
fn integer_inputs(region: &Region) -> Vec<Handle<Input>> {
    let mut roots = Vec::new();
    for (_, expression) in region.expressions.iter() {
        if let Expression::Load { subscripts, .. } = expression {
            roots.extend(subscripts);
        }
    }
    for (_, store) in region.stores.iter() {
        roots.extend(&store.subscripts);
    }
    for (_, header) in region.loops.iter() {
        roots.extend([header.start, header.stop, header.step]);
    }
    let mut found = Vec::new();
    while let Some(root) = roots.pop() {
        match &region.expressions[root] {
            Expression::Input(input) => found.push(*input),
            Expression::Variable(variable) => found.extend(region.variables[*variable].initial),
            Expression::Unary { operand, .. } => roots.push(*operand),
            Expression::Binary { op, left, right } if *op != BinaryOp::Divide => roots.extend([*left, *right]),
            Expression::Call {
                function: Function::Min | Function::Max | Function::Abs,
                arguments,
            } => roots.extend(arguments),
            _ => {}
        }
    }
    let annotated = region.inputs.iter().filter(|(_, input)| {
        let annotation = input.annotation.as_deref().unwrap_or("");
        annotation == "int"
    });
    found.extend(annotated.map(|(handle, _)| handle));
    found
}
