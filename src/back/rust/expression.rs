//! Scalar values as Rust expressions.
//!
//! An expression becomes one Rust expression, in a function that returns `Checked<…>`: what can fail ends in `?`. Checks of
//! `infer` stand where Python would notice: operands first, then the checks, then the operation.

use std::convert::Infallible;

use super::names;
use super::region::Scene;
use super::{functions, variant::Variant};
use crate::infer::{Check, Condition, Kind, Origin, Outcome, Ty, keep};
use crate::ir::{BinaryOp, CompareOp, Conversion, Expression, Handle, Literal, LogicalOp, UnaryOp};

type Ex = Handle<Expression>;

impl Scene<'_> {
    /// The value of an expression, of the Rust type of its own kind.
    pub(super) fn value(&self, root: Ex) -> String {
        if let Some((_, name)) = self.named.borrow().iter().find(|(one, _)| *one == root) {
            return name.clone();
        }
        let ty = self.types.expression(root);
        match &self.region.expressions[root] {
            Expression::Literal(literal) => self.literal(*literal, ty),
            Expression::Input(input) => names::rust(&self.region.inputs[*input].name),
            Expression::Variable(variable) => self.variable(*variable),
            Expression::Counter(header) => names::rust(&self.region.loops[*header].name),
            Expression::Extent { array, axis } => format!("{}.extent({axis})", self.array(*array)),
            Expression::Size(array) => format!("{}.size()", self.array(*array)),
            Expression::Rank(array) => format!("{}_i64", self.types.array(*array).rank),
            Expression::Load { array, subscripts } => self.load(root, *array, subscripts),
            Expression::Unary { op, operand } => self.unary(root, *op, *operand),
            Expression::Binary { op, left, right } => self.binary(root, *op, *left, *right),
            Expression::Compare { op, left, right } => self.compare(root, *op, *left, *right),
            Expression::Logical { op, left, right } => self.logical(root, *op, *left, *right),
            Expression::Select {
                condition,
                accept,
                reject,
            } => {
                let (then, other) = (self.kept(root, *accept, ty), self.kept(root, *reject, ty));
                select(&self.truth(*condition), &then, &other)
            }
            Expression::Call { function, arguments } => functions::call(self, root, *function, arguments),
            Expression::Convert { to, operand } => self.convert(root, *to, *operand),
            // `scalarise` leaves none.
            Expression::Array(_) => format!("{}::default()", names::scalar(ty.kind)),
        }
    }

    fn literal(&self, literal: Literal, ty: Ty) -> String {
        match literal {
            Literal::Bool(value) => value.to_string(),
            Literal::Int(i64::MIN) => "i64::MIN".to_owned(),
            Literal::Int(value) if value < 0 => format!("({value}_i64)"),
            Literal::Int(value) => format!("{value}_i64"),
            Literal::Float(value) => names::float(value, ty.kind.name()),
            Literal::Imaginary(value) => format!("C128::new(0.0, {})", names::float(value, "f64")),
            Literal::Nothing => format!("{}::default()", names::scalar(ty.kind)),
        }
    }

    /// The value of an expression converted to another type without change of value.
    pub(super) fn converted(&self, root: Ex, to: Ty) -> String {
        self.cast(self.value(root), self.types.expression(root).kind, to)
    }

    /// An operand that a choice (`root`) may give, converted to the type of the choice; what the type can't hold, Python
    /// decides.
    pub(super) fn kept(&self, root: Ex, operand: Ex, to: Ty) -> String {
        self.kept_text(root, self.value(operand), self.types.expression(operand), to)
    }

    fn kept_text(&self, root: Ex, text: String, from: Ty, to: Ty) -> String {
        let needed = keep(from, to);
        let checks: Vec<Check> = self
            .types
            .checks(root)
            .iter()
            .filter(|check| needed.contains(check))
            .copied()
            .collect();
        let tests = self.checks_on(root, &checks, "c", from.kind);
        if tests.is_empty() {
            return cast(text, from.kind, to);
        }
        format!("{{ let c = {text}; {tests}{} }}", cast("c".to_owned(), from.kind, to))
    }

    /// A Rust expression of one kind converted to another.
    pub(super) fn cast(&self, text: String, from: Kind, to: Ty) -> String {
        cast(text, from, to)
    }

    /// Whether an expression is true, a Rust bool.
    pub(super) fn truth(&self, root: Ex) -> String {
        // What has a name is in it: of one lane, say, whose operands are not those of this place.
        if self.named.borrow().iter().any(|(one, _)| *one == root) {
            return truth(self.value(root), self.types.expression(root).kind);
        }
        match &self.region.expressions[root] {
            Expression::Unary {
                op: UnaryOp::Not,
                operand,
            } => format!("!{}", self.truth(*operand)),
            Expression::Logical { op, left, right } => {
                let symbol = match op {
                    LogicalOp::And => "&&",
                    LogicalOp::Or => "||",
                };
                format!("({} {symbol} {})", self.truth(*left), self.truth(*right))
            }
            _ => truth(self.value(root), self.types.expression(root).kind),
        }
    }

    fn logical(&self, root: Ex, op: LogicalOp, left: Ex, right: Ex) -> String {
        let ty = self.types.expression(root);
        if ty == Ty::BOOL
            && self.types.expression(left).kind == Kind::Bool
            && self.types.expression(right).kind == Kind::Bool
        {
            return self.truth(root);
        }
        let kind = self.types.expression(left).kind;
        let (kept, other) = (
            self.kept_text(root, "a".to_owned(), self.types.expression(left), ty),
            self.kept(root, right, ty),
        );
        let test = truth("a".to_owned(), kind);
        let (accept, reject) = match op {
            LogicalOp::And => (other, kept),
            LogicalOp::Or => (kept, other),
        };
        format!(
            "{{ let a = {}; if {test} {{ {accept} }} else {{ {reject} }} }}",
            self.value(left)
        )
    }

    fn unary(&self, root: Ex, op: UnaryOp, operand: Ex) -> String {
        let Some(ty) = self.types.operation(root) else {
            return format!("(!{})", self.truth(operand));
        };
        let a = self.converted(operand, ty);
        match op {
            UnaryOp::Not => format!("(!{})", self.truth(operand)),
            UnaryOp::Plus => a,
            UnaryOp::Invert => format!("(!{a})"),
            UnaryOp::Negate if ty.kind.is_inexact() => format!("(-{a})"),
            UnaryOp::Negate if self.overflows(root) => self.fits(format!("{a}.checked_neg()")),
            UnaryOp::Negate => format!("{a}.wrapping_neg()"),
        }
    }

    /// Whether the result of a Python int operation must be tested.
    pub(super) fn overflows(&self, root: Ex) -> bool {
        self.types
            .checks(root)
            .iter()
            .any(|check| check.condition == Condition::ResultFitsInt)
            && !self.bounds.fits(root)
    }

    /// A checked result, or else the region is Python's.
    pub(super) fn fits(&self, option: String) -> String {
        format!("fits({option})?")
    }

    fn binary(&self, root: Ex, op: BinaryOp, left: Ex, right: Ex) -> String {
        let ty = self.types.operation(root).unwrap_or(self.types.expression(root));
        match self.relaxed_text(root, ty.kind, &|one| Ok::<_, Infallible>(self.converted(one, ty))) {
            Ok(Some(text)) => return text,
            Ok(None) => {}
            Err(never) => match never {},
        }
        let (a, b) = (self.converted(left, ty), self.converted(right, ty));
        let reciprocal = self.is_reciprocal(root);
        let checks = self.operand_checks(root, &[left, right], ty);
        let simple = |symbol: &str| format!("({a} {symbol} {b})");
        let overflow = self.overflows(root);
        let integer = |name: &str| {
            if overflow {
                self.fits(format!("{a}.checked_{name}({b})"))
            } else {
                format!("{a}.wrapping_{name}({b})")
            }
        };
        let float = ty.kind.is_inexact();
        if checks.is_empty() {
            match op {
                BinaryOp::Add if ty.kind == Kind::Bool => return simple("|"),
                BinaryOp::Multiply if ty.kind == Kind::Bool => return simple("&"),
                BinaryOp::Add if float => return simple("+"),
                BinaryOp::Subtract if float => return simple("-"),
                BinaryOp::Multiply if float => return simple("*"),
                BinaryOp::Add => return integer("add"),
                BinaryOp::Subtract => return integer("sub"),
                BinaryOp::Multiply => return integer("mul"),
                BinaryOp::BitAnd => return simple("&"),
                BinaryOp::BitOr => return simple("|"),
                BinaryOp::BitXor => return simple("^"),
                BinaryOp::Divide if reciprocal => return format!("({a} * (1.0 / {b}))"),
                BinaryOp::Divide if float && ty != Ty::COMPLEX => return simple("/"),
                _ => {}
            }
        }
        let operation = match (reciprocal, op) {
            (true, _) => "a * (1.0 / b)".to_owned(),
            (false, BinaryOp::Power) if ty.kind.is_float() && self.is_own_square(right) => "a * a".to_owned(),
            (false, _) => self.operation("a", "b", op, ty, overflow),
        };
        let result = self.result_checks(root, &["a", "b"]);
        let (first, second) = self.in_order(root, &[left, right], &[a, b]);
        if result.is_empty() {
            format!("{{ {first}{second}{checks}{operation} }}")
        } else {
            format!("{{ {first}{second}{checks}let r = {operation}; {result}r }}")
        }
    }

    /// `let a = …; let b = …; `
    fn in_order(&self, _root: Ex, _operands: &[Ex], texts: &[String; 2]) -> (String, String) {
        (format!("let a = {}; ", texts[0]), format!("let b = {}; ", texts[1]))
    }

    /// An operation on `a` and `b`, whose checks on operands have been made.
    fn operation(&self, a: &str, b: &str, op: BinaryOp, ty: Ty, overflow: bool) -> String {
        let kind = ty.kind;
        let python = ty.origin == Origin::Python || (ty.origin == Origin::Either && kind == Kind::I64);
        let float = kind.is_inexact();
        let suffix = kind.name();
        match op {
            BinaryOp::Add if kind == Kind::Bool => format!("{a} | {b}"),
            BinaryOp::Multiply if kind == Kind::Bool => format!("{a} & {b}"),
            BinaryOp::Add if float => format!("{a} + {b}"),
            BinaryOp::Subtract if float => format!("{a} - {b}"),
            BinaryOp::Multiply if float => format!("{a} * {b}"),
            BinaryOp::Add if overflow => self.fits(format!("{a}.checked_add({b})")),
            BinaryOp::Subtract if overflow => self.fits(format!("{a}.checked_sub({b})")),
            BinaryOp::Multiply if overflow => self.fits(format!("{a}.checked_mul({b})")),
            BinaryOp::Add => format!("{a}.wrapping_add({b})"),
            BinaryOp::Subtract => format!("{a}.wrapping_sub({b})"),
            BinaryOp::Multiply => format!("{a}.wrapping_mul({b})"),
            BinaryOp::Divide if kind.is_complex() && python => format!("python_div({a}, {b})"),
            BinaryOp::Power if kind.is_complex() && python => self.python_power_of_complex(a, b),
            BinaryOp::Power if kind.is_complex() => self.power_of_complex(a, b),
            BinaryOp::Divide if float => format!("{a} / {b}"),
            BinaryOp::Divide => format!("true_div({a}, {b})"),
            BinaryOp::FloorDivide if float => format!("floor_div_{suffix}({a}, {b})"),
            BinaryOp::Modulo if float => format!("floor_mod_{suffix}({a}, {b})"),
            BinaryOp::FloorDivide if overflow => format!("sound(python::floor_div({a}, {b}))?"),
            BinaryOp::FloorDivide => format!("{a}.floor_div({b})"),
            BinaryOp::Modulo => format!("{a}.floor_mod({b})"),
            BinaryOp::Power if float => self.elementary("pow", &[a, b]),
            BinaryOp::Power if python => format!("sound(python::pow({a}, {b}))?"),
            BinaryOp::Power => format!("{a}.power({b}).unwrap_or_default()"),
            BinaryOp::ShiftLeft if python => format!("sound(python::shl({a}, {b}))?"),
            BinaryOp::ShiftRight if python => format!("sound(python::shr({a}, {b}))?"),
            BinaryOp::ShiftLeft => format!("{a}.numpy_shl({b})"),
            BinaryOp::ShiftRight => format!("{a}.numpy_shr({b})"),
            BinaryOp::BitAnd => format!("{a} & {b}"),
            BinaryOp::BitOr => format!("{a} | {b}"),
            BinaryOp::BitXor => format!("{a} ^ {b}"),
        }
    }

    fn compare(&self, root: Ex, op: CompareOp, left: Ex, right: Ex) -> String {
        let symbol = op.symbol();
        if let Some(ty) = self.types.operation(root) {
            return format!("({} {symbol} {})", self.converted(left, ty), self.converted(right, ty));
        }
        exact_comparison(
            symbol,
            (self.value(left), self.types.expression(left).kind),
            (self.value(right), self.types.expression(right).kind),
        )
    }

    fn convert(&self, root: Ex, to: Conversion, operand: Ex) -> String {
        let from = self.types.expression(operand);
        let ty = self.types.expression(root);
        if to == Conversion::Bool || to == Conversion::NumpyBool {
            return self.truth(operand);
        }
        let value = self.value(operand);
        let checks = self.checks_on(root, self.types.checks(root), "a", from.kind);
        if checks.is_empty() {
            return cast(value, from.kind, ty);
        }
        format!("{{ let a = {value}; {checks}{} }}", cast("a".to_owned(), from.kind, ty))
    }

    // Checks

    /// Statements that test an operation's operands: `a` and `b` as converted to `ty`.
    pub(super) fn operand_checks(&self, root: Ex, operands: &[Ex; 2], ty: Ty) -> String {
        let mut text = String::new();
        for check in self.types.checks(root) {
            let condition = match check.condition {
                Condition::DivisorNotZero => truth("b".to_owned(), ty.kind),
                Condition::ExponentNotNegative | Condition::ShiftNotNegative => "b >= 0".to_owned(),
                Condition::NotZeroToNegative if ty.kind.is_complex() => {
                    "!(a == C128::ZERO && (b.im != 0.0 || b.re < 0.0))".to_owned()
                }
                Condition::NotZeroToNegative => "!(a == 0.0 && b < 0.0 && b.is_finite())".to_owned(),
                Condition::PowerIsReal => "!(a < 0.0 && a.is_finite() && b.is_finite() && b.trunc() != b)".to_owned(),
                Condition::WeakIntFits(kind) => {
                    let Some(weak) = operands.iter().find(|one| self.types.expression(**one) == Ty::INT) else {
                        continue;
                    };
                    let value = self.value(*weak);
                    text += &self.test(root, check, &fits_kind(&value, kind), &value);
                    continue;
                }
                _ => continue,
            };
            text += &self.test(root, check, &condition, "0");
        }
        text
    }

    /// Statements that test the result `r` of an operation on these names.
    pub(super) fn result_checks(&self, root: Ex, operands: &[&str]) -> String {
        let checks = self.types.checks(root);
        let ranged = checks.iter().any(|check| check.condition == Condition::MathRange);
        let all = |what: &str| operands.iter().map(|name| format!("{name}.{what}")).collect::<Vec<_>>();
        let mut text = String::new();
        for check in checks {
            let condition = match check.condition {
                // CPython looks at nothing but the power.
                Condition::MathRange if self.is_complex_power(root) => "!r.is_infinite()".to_owned(),
                Condition::MathRange => format!("!(r.is_infinite() && {})", all("is_finite()").join(" && ")),
                Condition::MathDomain => {
                    let nan = format!("!(r.is_nan() && !({}))", all("is_nan()").join(" || "));
                    if ranged {
                        nan
                    } else {
                        format!("{nan} && !(r.is_infinite() && {})", all("is_finite()").join(" && "))
                    }
                }
                _ => continue,
            };
            text += &self.test(root, check, &condition, "0");
        }
        text
    }

    fn is_complex_power(&self, root: Ex) -> bool {
        let operation = self.types.operation(root).is_some_and(|ty| ty.kind.is_complex());
        operation && matches!(self.region.expressions[root], Expression::Binary { .. })
    }

    /// Statements that test a single operand `name` of a kind.
    pub(super) fn checks_on(&self, root: Ex, checks: &[Check], name: &str, kind: Kind) -> String {
        let mut text = String::new();
        // The fast variant need not tell what is wrong.
        let in_range = self.variant == Variant::Fast && tests_range(checks, kind);
        for check in checks {
            if in_range
                && matches!(
                    check.condition,
                    Condition::OperandNotNan | Condition::OperandNotInfinite
                )
            {
                continue;
            }
            let Some(condition) = operand_condition(check.condition, name, kind) else {
                continue;
            };
            let operand = if kind.is_integer() {
                format!("{name} as i64")
            } else {
                "0".to_owned()
            };
            text += &self.test(root, check, &condition, &operand);
        }
        text
    }

    /// `if !condition { return … }`
    pub(super) fn test(&self, root: Ex, check: &Check, condition: &str, operand: &str) -> String {
        self.test_at(self.row(self.region.spans[root]), check, condition, operand)
    }

    pub(super) fn test_at(&self, row: u32, check: &Check, condition: &str, operand: &str) -> String {
        let stop = match (check.otherwise, self.variant) {
            (Outcome::Raises { exception, message }, Variant::Careful) => {
                let message = names::text(message);
                format!(
                    "Stop::raise_with(Exception::{}, {row}, Some({message}), {operand})",
                    exception.name()
                )
            }
            (Outcome::Raises { .. }, Variant::Fast) => "Stop::Bail".to_owned(),
            (Outcome::Python, _) => "Stop::Python(1)".to_owned(),
        };
        format!("if !({condition}) {{ return Err({stop}); }} ")
    }
}

/// The Rust condition of a check on one operand; `None` where the check is not about one.
pub(super) fn operand_condition(condition: Condition, name: &str, kind: Kind) -> Option<String> {
    Some(match condition {
        Condition::OperandNotNan => format!("!{name}.is_nan()"),
        Condition::OperandNotInfinite => format!("!{name}.is_infinite()"),
        Condition::OperandNotNegative => format!("{name} >= 0"),
        Condition::ResultFitsInt if kind.is_float() => {
            let name = cast(name.to_owned(), kind, Ty::FLOAT);
            format!("{name} >= -9223372036854775808.0 && {name} < 9223372036854775808.0")
        }
        Condition::ResultFitsInt if kind == Kind::U64 => format!("{name} <= i64::MAX as u64"),
        Condition::ResultFitsInt => return None,
        Condition::TruncatedFits(to) => {
            let name = cast(name.to_owned(), kind, Ty::FLOAT);
            let (low, high) = truncated_bounds(to);
            format!("{name} {low} && {name} < {high:?}")
        }
        Condition::OperandFits(to) => fits_kind(name, to),
        Condition::OperandExactIn(to) => exact_in(name, kind, to),
        Condition::OperandFitsF32 => format!("!({name} as f32).is_infinite() || {name}.is_infinite()"),
        Condition::DivisorNotZero
        | Condition::WeakIntFits(_)
        | Condition::MathDomain
        | Condition::MathRange
        | Condition::ExponentNotNegative
        | Condition::NotZeroToNegative
        | Condition::PowerIsReal
        | Condition::ShiftNotNegative
        | Condition::ModulusNotZero => return None,
    })
}

/// Whether an integer fits a kind.
/// One of two values. What begins the condition and is the second value, too, has a name: bounds of slices would else grow with
/// every step.
fn select(condition: &str, then: &str, other: &str) -> String {
    // A name is short, and may begin another one.
    let is_name = other.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let shared = !is_name
        && other.len() > names::ONCE.len()
        && condition.strip_prefix('(').is_some_and(|rest| rest.starts_with(other));
    let named = [condition, then, other].iter().any(|text| text.contains(names::ONCE));
    if !shared || named {
        return format!("(if {condition} {{ {then} }} else {{ {other} }})");
    }
    // The value of a call's only argument stands in the parentheses of the call.
    let follows_name = |text: &str| {
        text.match_indices(other).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
        })
    };
    let once = match other.starts_with('(') && (follows_name(condition) || follows_name(then)) {
        true => format!("({})", names::ONCE),
        false => names::ONCE.to_owned(),
    };
    let (condition, then) = (condition.replace(other, &once), then.replace(other, &once));
    format!(
        "{{ let {once} = {other}; if {condition} {{ {then} }} else {{ {once} }} }}",
        once = names::ONCE
    )
}

fn fits_kind(value: &str, kind: Kind) -> String {
    match kind {
        Kind::Bool | Kind::F16 | Kind::F32 | Kind::F64 | Kind::C64 | Kind::C128 => "true".to_owned(),
        kind => format!("{}::try_from({value}).is_ok()", kind.name()),
    }
}

/// Between which floats those lie that a kind of integers holds once they are truncated: a comparison with the lower bound, and the
/// upper bound, which is none of them. NaN and infinities lie outside.
pub(super) fn truncated_bounds(kind: Kind) -> (String, f64) {
    let bits = kind.size() * 8;
    let high = 2.0_f64.powi(bits as i32 - i32::from(kind.is_signed()));
    let low = match kind {
        // The next float below is beyond it.
        Kind::I64 => format!(">= {:?}", -high),
        kind if kind.is_signed() => format!("> {:?}", -high - 1.0),
        _ => "> -1.0".to_owned(),
    };
    (low, high)
}

/// Whether checks on one operand test its range: of a float, NaN and infinities are outside.
pub(super) fn tests_range(checks: &[Check], kind: Kind) -> bool {
    let range = |check: &Check| matches!(check.condition, Condition::ResultFitsInt | Condition::TruncatedFits(_));
    kind.is_float() && checks.iter().any(range)
}

/// Whether a value of one kind has exactly the same value in another.
fn exact_in(name: &str, from: Kind, to: Kind) -> String {
    match (from, to) {
        (Kind::F64, Kind::F32) => format!("({name} as f32 as f64 == {name} || {name}.is_nan())"),
        (Kind::F64, Kind::F16) => format!("(F16::from_f64({name}).to_f64() == {name} || {name}.is_nan())"),
        (Kind::F64, Kind::C64) => format!("({name} as f32 as f64 == {name} || {name}.is_nan())"),
        (Kind::C128, Kind::C64) => format!("({name}.narrow().widen() == {name} || {name}.is_nan())"),
        (from, Kind::F16) if from.is_integer() => {
            format!("(F16::from_f64({name} as f64).to_f64() as i128 == {name} as i128)")
        }
        (from, Kind::F64 | Kind::C128) if from.is_integer() => format!("({name} as f64 as i128 == {name} as i128)"),
        (from, Kind::F32 | Kind::C64) if from.is_integer() => format!("({name} as f32 as i128 == {name} as i128)"),
        (from, to) if from.is_integer() && to.is_integer() => fits_kind(name, to),
        (_, _) => "true".to_owned(),
    }
}

/// A Rust expression of one kind converted to another.
pub(super) fn cast(text: String, from: Kind, to: Ty) -> String {
    match (from, to.kind) {
        (a, b) if a == b => text,
        (_, Kind::Bool) => truth(text, from),
        (Kind::C64, Kind::C128) => format!("{text}.widen()"),
        (Kind::C128, Kind::C64) => format!("{text}.narrow()"),
        // Of a value that is known to be real.
        (Kind::C64 | Kind::C128, _) => cast(format!("{text}.re"), from.real(), to),
        (_, kind) if kind.is_complex() => {
            let part = cast(text, from, Ty::numpy(kind.real()));
            format!("{}::real({part})", names::scalar(kind))
        }
        (Kind::F16, Kind::F32) => format!("{text}.to_f32()"),
        (Kind::F16, kind) => cast(format!("{text}.to_f64()"), Kind::F64, Ty::numpy(kind)),
        (_, Kind::F16) => format!("F16::from_f64({})", cast(text, from, Ty::FLOAT)),
        (Kind::Bool, Kind::F32 | Kind::F64) => format!("({text} as u8 as {})", to.kind.name()),
        (Kind::I64, Kind::F32) => format!("({text} as f64 as f32)"),
        (_, kind) => format!("({text} as {})", kind.name()),
    }
}

/// The truth of a Rust expression.
pub(super) fn truth(text: String, kind: Kind) -> String {
    match kind {
        Kind::Bool => text,
        Kind::F32 | Kind::F64 => format!("({text} != 0.0)"),
        Kind::F16 | Kind::C64 | Kind::C128 => format!("({text} != {}::ZERO)", names::scalar(kind)),
        _ => format!("({text} != 0)"),
    }
}

/// Whether a Python complex equals an int, or not.
fn equal_to_int(symbol: &str, complex: &str, int: &str) -> String {
    let equal = format!("equals_int({complex}, {int} as i64)");
    if symbol == "==" { equal } else { format!("(!{equal})") }
}

/// A comparison of numbers of different kinds by their mathematical value.
fn exact_comparison(symbol: &str, (left, a): (String, Kind), (right, b): (String, Kind)) -> String {
    let ordering = |first: String, second: String, flipped: bool| {
        let method = match (symbol, flipped) {
            ("<", false) | (">", true) => "is_some_and(Ordering::is_lt)",
            ("<=", false) | (">=", true) => "is_some_and(Ordering::is_le)",
            (">", false) | ("<", true) => "is_some_and(Ordering::is_gt)",
            (">=", false) | ("<=", true) => "is_some_and(Ordering::is_ge)",
            ("==", _) => "is_some_and(Ordering::is_eq)",
            (_, _) => "is_none_or(Ordering::is_ne)",
        };
        format!("compare({first} as i64, {second} as f64).{method}")
    };
    let equality = symbol == "==" || symbol == "!=";
    match (a.is_complex(), b.is_complex()) {
        (true, false) if equality && b.is_integer() => {
            return equal_to_int(symbol, &cast(left, a, Ty::COMPLEX), &right);
        }
        (false, true) if equality && a.is_integer() => {
            return equal_to_int(symbol, &cast(right, b, Ty::COMPLEX), &left);
        }
        // What is compared in any other way is known to be real.
        (true, _) => return exact_comparison(symbol, (format!("{left}.re"), a.real()), (right, b)),
        (_, true) => return exact_comparison(symbol, (left, a), (format!("{right}.re"), b.real())),
        (false, false) => {}
    }
    match (a.is_float(), b.is_float()) {
        (false, true) => ordering(left, right, false),
        (true, false) => ordering(right, left, true),
        (true, true) => format!("({left} as f64 {symbol} {right} as f64)"),
        (false, false) => format!("(({left} as i128) {symbol} ({right} as i128))"),
    }
}
