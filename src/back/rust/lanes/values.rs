//! Values in lanes.
//!
//! The text of a value has the lanes type of its own kind; of a bool, a mask. Operations that lanes have no instruction for are
//! done lane by lane, by the scalar text of the same expression ([`Lockstep::each`]).

use super::checks::tested;
use super::{Emit, Lockstep, Unsupported, whole};
use crate::back::rust::names;
use crate::infer::{Condition, Kind, Origin, Ty};
use crate::ir::{
    BinaryOp, CompareOp, Conversion, Expression, Function, Handle, Literal, LogicalOp, Math, UnaryOp, children,
    visit_expressions,
};

type Ex = Handle<Expression>;

/// Largest integers that a float type holds without gaps.
const EXACT: i64 = 1 << 24;

impl Lockstep<'_, '_> {
    /// The value of an expression in the lanes that are on, of its own kind.
    pub(super) fn value(&self, root: Ex, on: &str) -> Emit<String> {
        let scene = self.scene;
        let kind = scene.types.expression(root).kind;
        if !self.varying[root] {
            return Ok(self.splat(&scene.value(root), kind));
        }
        if kind.is_float()
            && let (true, text) = self.signed(root, on)?
        {
            return Ok(format!("(-{text})"));
        }
        let native = match &scene.region.expressions[root] {
            Expression::Variable(variable) => Some(self.own(*variable)),
            Expression::Counter(_) => {
                let header = &scene.region.loops[self.header];
                let step = match scene.region.expressions[header.step] {
                    Expression::Literal(Literal::Int(step)) => step.to_string(),
                    _ => format!("{}_step", self.name),
                };
                Some(format!("{}::iota({}, {step})", self.vector(Kind::I64), self.name))
            }
            Expression::Load { array, subscripts } => Some(self.load(root, *array, subscripts, on)?),
            Expression::Unary { op, operand } => self.unary(root, *op, *operand, on)?,
            Expression::Binary { op, left, right } => self.binary(root, *op, *left, *right, on)?,
            Expression::Compare { op, left, right } => self.compare(root, *op, *left, *right, on)?,
            Expression::Logical { op, left, right } => Some(self.logical(root, *op, *left, *right, on)?),
            Expression::Select {
                condition,
                accept,
                reject,
            } => Some(self.select(root, *condition, (*accept, *reject), on)?),
            Expression::Call { function, arguments } => self.call(root, *function, arguments, on)?,
            Expression::Convert { to, operand } => self.convert(root, *to, *operand, on)?,
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Array(_) => None,
        };
        match native {
            Some(text) => Ok(text),
            None => self.each(root, on),
        }
    }

    /// The magnitude's text of a float and whether it is to be negated: negations move out of products, quotients and odd
    /// functions, all of which round alike on both sides of 0, so that `f(-x)` beside `f(x)` is computed once.
    fn signed(&self, root: Ex, on: &str) -> Emit<(bool, String)> {
        let scene = self.scene;
        let kind = scene.types.expression(root).kind;
        let plain = |one: Ex| {
            scene.types.checks(one).is_empty() && scene.types.operation(one).is_some_and(|ty| ty.kind == kind)
        };
        let same = |one: Ex| self.varying[one] && scene.types.expression(one).kind == kind;
        let positive = Ok((false, String::new()));
        match &scene.region.expressions[root] {
            Expression::Variable(variable) => {
                let negatives = self.negatives.borrow();
                match negatives.iter().find(|(one, _)| one == variable) {
                    Some((_, other)) => Ok((true, self.own(*other))),
                    None => positive,
                }
            }
            Expression::Unary {
                op: UnaryOp::Negate,
                operand,
            } if plain(root) && same(*operand) => match self.signed(*operand, on)? {
                (true, text) => Ok((false, text)),
                (false, _) => Ok((true, self.value(*operand, on)?)),
            },
            Expression::Binary {
                op: op @ (BinaryOp::Multiply | BinaryOp::Divide),
                left,
                right,
            } if plain(root) && same(*left) => match self.signed(*left, on)? {
                (true, text) => {
                    let symbol = if *op == BinaryOp::Multiply { "*" } else { "/" };
                    let other = self.converted(*right, kind, on)?;
                    Ok((true, format!("({text} {symbol} {other})")))
                }
                (false, _) => positive,
            },
            Expression::Call {
                function: Function::Math(function),
                arguments,
            } if plain(root) && same(arguments[0]) => {
                let method = match function {
                    Math::Erf => "erf",
                    Math::Atan => "atan",
                    Math::Tanh => "tanh",
                    Math::Cbrt => "cbrt",
                    _ => return positive,
                };
                match self.signed(arguments[0], on)? {
                    (true, text) => Ok((true, format!("({text}).{method}()"))),
                    (false, _) => positive,
                }
            }
            _ => positive,
        }
    }

    /// The value converted to another kind, without change of value.
    pub(super) fn converted(&self, root: Ex, to: Kind, on: &str) -> Emit<String> {
        if !self.varying[root] {
            let ty = Ty {
                kind: to,
                origin: Origin::Numpy,
            };
            return Ok(self.splat(&self.scene.converted(root, ty), to));
        }
        let from = self.scene.types.expression(root).kind;
        Ok(self.cast(&self.value(root, on)?, from, to))
    }

    pub(super) fn cast(&self, text: &str, from: Kind, to: Kind) -> String {
        match (from, to) {
            (from, to) if from == to => text.to_owned(),
            (_, Kind::Bool) => format!("({text}).to_mask()"),
            (Kind::C64, Kind::C128) => format!("({text}).widen()"),
            (Kind::C128, Kind::C64) => format!("({text}).narrow()"),
            // Of a value that is known to be real.
            (Kind::C64 | Kind::C128, to) => self.cast(&format!("({text}).re"), from.real(), to),
            (from, Kind::C64 | Kind::C128) => {
                format!("{}::real({})", self.vector(to), self.cast(text, from, to.real()))
            }
            (Kind::Bool, to) => format!("{}::from_mask({text})", self.vector(to)),
            (Kind::I64, Kind::F32) => format!("({text}).cast::<f64>().cast::<f32>()"),
            (_, to) => format!("({text}).cast::<{}>()", to.name()),
        }
    }

    /// Where an expression is true.
    pub(super) fn truth(&self, root: Ex, on: &str) -> Emit<String> {
        if !self.varying[root] {
            return Ok(self.splat(&self.scene.truth(root), Kind::Bool));
        }
        match &self.scene.region.expressions[root] {
            Expression::Unary {
                op: UnaryOp::Not,
                operand,
            } => Ok(format!("{}.not()", self.truth(*operand, on)?)),
            Expression::Logical { op, left, right } => {
                let (test, sub) = (self.fresh("test"), self.fresh("on"));
                let negated = match (op, &self.scene.region.expressions[*right]) {
                    (LogicalOp::And, Expression::Unary { op, operand }) if *op == UnaryOp::Not => Some(*operand),
                    (_, _) => None,
                };
                if let Some(operand) = negated {
                    let (first, second) = (self.truth(*left, on)?, self.truth(operand, on)?);
                    if !fails(&second) {
                        return Ok(format!("{first}.and_not({second})"));
                    }
                }
                let (first, second) = (self.truth(*left, on)?, self.truth(*right, &sub)?);
                let (narrow, join) = match op {
                    LogicalOp::And => ("also", "and"),
                    LogicalOp::Or => ("but_not", "or"),
                };
                let zero = self.zero(Kind::Bool);
                Ok(
                    match self.lazily(&second, &sub, &format!("{on}.{narrow}({test})"), &zero) {
                        None => format!("{first}.{join}({second})"),
                        Some(second) => format!("{{ let {test} = {first}; {test}.{join}({second}) }}"),
                    },
                )
            }
            _ => {
                let kind = self.scene.types.expression(root).kind;
                Ok(self.cast(&self.value(root, on)?, kind, Kind::Bool))
            }
        }
    }

    /// Text that was written for the lanes `sub` of `on`, brought into its surroundings; `None`: it does not depend on
    /// which lanes take part.
    pub(super) fn lazily(&self, text: &str, sub: &str, mask: &str, zero: &str) -> Option<String> {
        if fails(text) {
            Some(format!(
                "{{ let {sub} = {mask}; if {sub}.any() {{ {text} }} else {{ {zero} }} }}"
            ))
        } else if text.contains(sub) {
            Some(format!("{{ let {sub} = {mask}; {text} }}"))
        } else {
            None
        }
    }

    fn logical(&self, root: Ex, op: LogicalOp, left: Ex, right: Ex, on: &str) -> Emit<String> {
        let scene = self.scene;
        let kind = scene.types.expression(root).kind;
        if kind == Kind::Bool {
            return self.truth(root, on);
        }
        if !scene.types.checks(root).is_empty() {
            return Err(Unsupported);
        }
        let (test, sub) = (self.fresh("test"), self.fresh("on"));
        let first = self.converted(left, kind, on)?;
        let second = self.converted(right, kind, &sub)?;
        let narrow = match op {
            LogicalOp::And => format!("{on}.also({test})"),
            LogicalOp::Or => format!("{on}.but_not({test})"),
        };
        let second = self.lazily(&second, &sub, &narrow, &self.zero(kind)).unwrap_or(second);
        let vector = self.vector(kind);
        let chosen = match op {
            LogicalOp::And => format!("{vector}::select({test}, {second}, first)"),
            LogicalOp::Or => format!("{vector}::select({test}, first, {second})"),
        };
        Ok(format!(
            "{{ let first = {first}; let {test} = first.to_mask(); {chosen} }}"
        ))
    }

    fn select(&self, root: Ex, condition: Ex, (accept, reject): (Ex, Ex), on: &str) -> Emit<String> {
        let scene = self.scene;
        let kind = scene.types.expression(root).kind;
        let operand_kinds = [accept, reject].map(|one| scene.types.expression(one).kind);
        if !scene.types.checks(root).is_empty() {
            return self.each(root, on);
        }
        if kind == Kind::Bool && operand_kinds != [Kind::Bool; 2] {
            return self.each(root, on);
        }
        let (test, yes, no) = (self.fresh("test"), self.fresh("on"), self.fresh("on"));
        let first = self.converted(accept, kind, &yes)?;
        let second = self.converted(reject, kind, &no)?;
        let zero = self.zero(kind);
        let first = self
            .lazily(&first, &yes, &format!("{on}.also({test})"), &zero)
            .unwrap_or(first);
        let second = self
            .lazily(&second, &no, &format!("{on}.but_not({test})"), &zero)
            .unwrap_or(second);
        let condition = self.truth(condition, on)?;
        let chosen = self.choice(kind, &test, &first, &second);
        Ok(format!("{{ let {test} = {condition}; {chosen} }}"))
    }

    /// Whether a value costs more than to ask whether some lane needs it: in later rounds of a loop inside, often none does.
    pub(super) fn is_dear(&self, root: Ex) -> bool {
        let mut operations = 0;
        visit_expressions(self.scene.region, root, &mut |one| {
            operations += match &self.scene.region.expressions[one] {
                Expression::Binary { .. } => 1,
                Expression::Call { .. } => 3,
                _ => 0,
            };
        });
        operations > 2
    }

    /// Whether a value costs nothing.
    pub(super) fn is_at_hand(&self, root: Ex) -> bool {
        matches!(
            self.scene.region.expressions[root],
            Expression::Variable(_) | Expression::Literal(_) | Expression::Input(_)
        )
    }

    pub(super) fn choice(&self, kind: Kind, test: &str, first: &str, second: &str) -> String {
        match kind {
            Kind::Bool => format!("choose({test}, {first}, {second})"),
            kind => format!("{}::select({test}, {first}, {second})", self.vector(kind)),
        }
    }

    /// Lane by lane, by the scalar text: what varies is put in for the operands.
    pub(super) fn each(&self, root: Ex, on: &str) -> Emit<String> {
        let scene = self.scene;
        let mut operands: Vec<Ex> = children(&scene.region.expressions[root])
            .into_iter()
            .filter(|child| self.varying[*child])
            .collect();
        operands.dedup();
        let (mut arrays, mut lets) = (String::new(), String::new());
        let mut names = Vec::new();
        for operand in &operands {
            let name = self.fresh("each");
            let text = self.value(*operand, on)?;
            if scene.types.expression(*operand).kind == Kind::Bool {
                arrays += &format!("let {name} = {text}; ");
                lets += &format!("let {name} = {name}.lane(lane); ");
            } else {
                arrays += &format!("let {name} = ({text}).to_array(); ");
                lets += &format!("let {name} = {name}[lane]; ");
            }
            names.push((*operand, name));
        }
        let text = scene.with_names(&names, || scene.value(root));
        let kind = scene.types.expression(root).kind;
        let (width, scalar) = (self.width, names::scalar(kind));
        // Functions of complex numbers are dear.
        let dear = kind.is_complex()
            || operands
                .iter()
                .any(|one| scene.types.expression(*one).kind.is_complex());
        let test = if fails(&text) || dear {
            format!("if !{}.lane(lane) {{ continue; }} ", self.as_mask(on))
        } else {
            String::new()
        };
        let result = match kind {
            Kind::Bool => format!("{}::from_bools(lanes)", self.mask_type()),
            kind => format!("{}::from_array(lanes)", self.vector(kind)),
        };
        Ok(format!(
            "{{ {arrays}let mut lanes = [{scalar}::default(); {width}]; for lane in 0..{width} {{ {test}{lets}lanes[lane] = \
             {text}; }} {result} }}"
        ))
    }

    fn unary(&self, root: Ex, op: UnaryOp, operand: Ex, on: &str) -> Emit<Option<String>> {
        let Some(ty) = self.scene.types.operation(root) else {
            return Ok(Some(format!("{}.not()", self.truth(operand, on)?)));
        };
        Ok(match op {
            UnaryOp::Not => Some(format!("{}.not()", self.truth(operand, on)?)),
            UnaryOp::Plus => Some(self.converted(operand, ty.kind, on)?),
            UnaryOp::Invert if ty.kind == Kind::Bool => {
                Some(format!("{}.not()", self.converted(operand, ty.kind, on)?))
            }
            UnaryOp::Invert => Some(format!("(!{})", self.converted(operand, ty.kind, on)?)),
            UnaryOp::Negate if self.scene.overflows(root) && ty.kind == Kind::I64 => Some(format!(
                "({}).checked_neg({on})?",
                self.converted(operand, ty.kind, on)?
            )),
            UnaryOp::Negate if self.scene.overflows(root) => None,
            UnaryOp::Negate => Some(format!("(-{})", self.converted(operand, ty.kind, on)?)),
        })
    }

    fn binary(&self, root: Ex, op: BinaryOp, left: Ex, right: Ex, on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        let ty = scene.types.operation(root).unwrap_or(scene.types.expression(root));
        let kind = ty.kind;
        if kind.is_integer()
            && let Some(text) = self.whole_number(root, op, [left, right], ty, on)?
        {
            return Ok(Some(text));
        }
        let mut before = String::new();
        let mut divides = false;
        for check in scene.types.checks(root) {
            match check.condition {
                Condition::ResultFitsInt if !scene.overflows(root) => {}
                Condition::DivisorNotZero if op == BinaryOp::Divide && kind.is_inexact() => divides = true,
                Condition::NotZeroToNegative | Condition::MathRange if self.whole_power(op, kind, right).is_some() => {}
                Condition::WeakIntFits(_) => {
                    let weak = [left, right]
                        .into_iter()
                        .find(|one| scene.types.expression(*one) == Ty::INT);
                    match weak {
                        Some(weak) if !self.varying[weak] => before = scene.operand_checks(root, &[left, right], ty),
                        _ => return Ok(None),
                    }
                }
                _ => return Ok(None),
            }
        }
        if let Some(text) = scene.relaxed_text(root, kind, &|one| self.converted(one, kind, on))? {
            return Ok(Some(text));
        }
        let reciprocal = scene.is_reciprocal(root);
        let simple = |symbol: &str| -> Emit<Option<String>> {
            let (a, b) = (self.converted(left, kind, on)?, self.converted(right, kind, on)?);
            Ok(Some(format!("({a} {symbol} {b})")))
        };
        let text = match op {
            _ if kind.is_complex() => self.complex_binary(root, op, (left, right), ty, on)?,
            BinaryOp::Add if kind == Kind::Bool => simple("|")?,
            BinaryOp::Multiply if kind == Kind::Bool => simple("&")?,
            BinaryOp::Subtract if kind == Kind::Bool => None,
            BinaryOp::Add => simple("+")?,
            BinaryOp::Subtract => simple("-")?,
            BinaryOp::Multiply => simple("*")?,
            BinaryOp::Divide if divides && self.varying[right] => {
                let (a, b) = (self.converted(left, kind, on)?, self.converted(right, kind, on)?);
                let (a, zero) = (at_the_start(a), self.zero(kind));
                Some(format!("{{ let b = {b}; none({on}.also(b.eq({zero})))?; {a} / b }}"))
            }
            BinaryOp::Divide if divides => {
                let (a, b) = (self.converted(left, kind, on)?, scene.converted(right, ty));
                let (a, divisor) = (at_the_start(a), self.splat("b", kind));
                let quotient = if reciprocal {
                    format!("{a} * {}", self.splat("1.0 / b", kind))
                } else {
                    format!("{a} / {divisor}")
                };
                Some(format!("{{ let b = {b}; ensure(b != 0.0)?; {quotient} }}"))
            }
            BinaryOp::Divide if reciprocal && !self.varying[right] => {
                let (a, b) = (self.converted(left, kind, on)?, scene.converted(right, ty));
                let inverse = self.splat(&format!("1.0 / {b}"), kind);
                Some(format!("({a} * {inverse})"))
            }
            BinaryOp::Divide if kind.is_float() => simple("/")?,
            BinaryOp::BitAnd => simple("&")?,
            BinaryOp::BitOr => simple("|")?,
            BinaryOp::BitXor => simple("^")?,
            BinaryOp::Power if kind.is_float() && self.is_two(right) => {
                let a = self.converted(left, kind, on)?;
                Some(format!("{{ let a = {a}; a * a }}"))
            }
            BinaryOp::Power if kind.is_float() => {
                let (a, b) = (self.converted(left, kind, on)?, self.converted(right, kind, on)?);
                Some(format!("({a}).pow({b})"))
            }
            BinaryOp::Divide
            | BinaryOp::FloorDivide
            | BinaryOp::Modulo
            | BinaryOp::Power
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight => None,
        };
        Ok(match text {
            Some(text) if !before.is_empty() => Some(format!("{{ {before}{text} }}")),
            other => other,
        })
    }

    pub(super) fn is_two(&self, root: Ex) -> bool {
        match self.scene.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => value == 2,
            Expression::Literal(Literal::Float(value)) => value == 2.0,
            _ => false,
        }
    }

    fn compare(&self, root: Ex, op: CompareOp, left: Ex, right: Ex, on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        let kind = match scene.types.operation(root) {
            Some(ty) => ty.kind,
            None => match self.common_kind(left, right) {
                Some(kind) => kind,
                None => return Ok(None),
            },
        };
        if !scene.types.checks(root).is_empty() {
            return Ok(None);
        }
        if kind.is_complex() && !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
            return Ok(None);
        }
        if kind == Kind::Bool {
            let (a, b) = (self.truth(left, on)?, self.truth(right, on)?);
            return Ok(match op {
                CompareOp::Equal => Some(format!("({a} ^ {b}).not()")),
                CompareOp::NotEqual => Some(format!("({a} ^ {b})")),
                CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual => None,
            });
        }
        let method = match op {
            CompareOp::Equal => "eq",
            CompareOp::NotEqual => "ne",
            CompareOp::Less => "lt",
            CompareOp::LessEqual => "le",
            CompareOp::Greater => "gt",
            CompareOp::GreaterEqual => "ge",
        };
        if kind == Kind::F64
            && let Some(text) = self.magnitude_compared(op, left, right, on)?
        {
            return Ok(Some(text));
        }
        let (a, b) = (self.converted(left, kind, on)?, self.converted(right, kind, on)?);
        Ok(Some(format!("({a}).{method}({b})")))
    }

    /// A kind that holds both operands of a comparison exactly.
    fn common_kind(&self, left: Ex, right: Ex) -> Option<Kind> {
        let kinds = [left, right].map(|one| self.scene.types.expression(one).kind);
        if kinds[0] == kinds[1] && kinds[0].is_integer() {
            return Some(kinds[0]);
        }
        let literal = |root: Ex| {
            self.scene
                .literal_int(root)
                .filter(|_| self.scene.types.expression(root) == Ty::INT)
        };
        match [literal(left), literal(right)] {
            [None, Some(value)] if whole::fits(value, kinds[0]) => return Some(kinds[0]),
            [Some(value), None] if whole::fits(value, kinds[1]) => return Some(kinds[1]),
            _ => {}
        }
        let signed = |kind: Kind| !kind.is_inexact() && kind != Kind::U64;
        if kinds.iter().all(|kind| signed(*kind)) {
            return Some(Kind::I64);
        }
        let small = |root: Ex| match self.scene.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => value.abs() <= EXACT,
            _ => false,
        };
        match kinds {
            [a, _] if a.is_float() && small(right) => Some(a),
            [_, b] if b.is_float() && small(left) => Some(b),
            _ => None,
        }
    }

    fn convert(&self, root: Ex, to: Conversion, operand: Ex, on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        if to == Conversion::Bool || to == Conversion::NumpyBool {
            return Ok(Some(self.truth(operand, on)?));
        }
        let from = scene.types.expression(operand).kind;
        let kind = scene.types.expression(root).kind;
        let tests = self.conditions(scene.types.checks(root), from, on)?;
        let text = self.value(operand, on)?;
        Ok(Some(tested(&text, &tests, |own| self.cast(own, from, kind))))
    }
}

/// Whether text may leave the variant early.
fn fails(text: &str) -> bool {
    text.contains('?') || text.contains("return")
}

/// An operand with which a statement begins: a block there would be a statement of its own.
pub(super) fn at_the_start(operand: String) -> String {
    if operand.starts_with('{') || operand.starts_with("unsafe {") {
        format!("({operand})")
    } else {
        operand
    }
}
