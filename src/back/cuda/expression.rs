//! Scalar values as C++ expressions.
//!
//! An expression becomes one C++ expression. What can fail is told to `failed` by a function of the header; the value is
//! then any value. Operands are pure, so a check names them again: the compiler computes them once.

use super::scene::Scene;
use super::{functions, names};
use crate::infer::{Kind, Origin, Ty};
use crate::ir::{BinaryOp, CompareOp, Conversion, Expression, Handle, Literal, LogicalOp, UnaryOp};
use crate::plan::Relaxed;

type Ex = Handle<Expression>;

impl Scene<'_> {
    /// The value of an expression, of the C++ type of its own kind.
    pub(super) fn value(&self, root: Ex) -> String {
        let ty = self.types.expression(root);
        match &self.region.expressions[root] {
            Expression::Literal(literal) => self.literal(*literal, ty),
            Expression::Input(input) => names::cpp(&self.region.inputs[*input].name),
            Expression::Variable(variable) => self.variable(*variable),
            Expression::Counter(header) => self.counter(*header),
            Expression::Extent { array, axis } => format!("{}.extent({axis})", self.array(*array)),
            Expression::Size(array) => format!("{}.size()", self.array(*array)),
            Expression::Rank(array) => names::int(i64::from(self.types.array(*array).rank)),
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
                format!("({} ? {then} : {other})", self.truth(*condition))
            }
            Expression::Call { function, arguments } => functions::call(self, root, *function, arguments),
            Expression::Convert { to, operand } => self.convert(root, *to, *operand),
            // `scalarise` leaves none.
            Expression::Array(_) => format!("{}()", names::scalar(ty.kind)),
        }
    }

    fn literal(&self, literal: Literal, ty: Ty) -> String {
        match literal {
            Literal::Bool(value) => value.to_string(),
            Literal::Int(value) => names::int(value),
            Literal::Float(value) | Literal::Imaginary(value) => names::float(value, ty.kind),
            Literal::Nothing => format!("{}()", names::scalar(ty.kind)),
        }
    }

    /// The value of an expression converted to another type without change of value.
    pub(super) fn converted(&self, root: Ex, to: Ty) -> String {
        self.cast(self.value(root), self.types.expression(root).kind, to)
    }

    /// A C++ expression of one kind converted to another.
    pub(super) fn cast(&self, text: String, from: Kind, to: Ty) -> String {
        cast(text, from, to.kind)
    }

    /// Whether an expression is true, a C++ bool.
    pub(super) fn truth(&self, root: Ex) -> String {
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
        let kinds = [left, right].map(|one| self.types.expression(one).kind);
        if ty == Ty::BOOL && kinds == [Kind::Bool; 2] {
            return self.truth(root);
        }
        let (kept, other) = (self.kept(root, left, ty), self.kept(root, right, ty));
        match op {
            LogicalOp::And => format!("({} ? {other} : {kept})", self.truth(left)),
            LogicalOp::Or => format!("({} ? {kept} : {other})", self.truth(left)),
        }
    }

    fn unary(&self, root: Ex, op: UnaryOp, operand: Ex) -> String {
        let Some(ty) = self.types.operation(root) else {
            return format!("(!{})", self.truth(operand));
        };
        let a = self.converted(operand, ty);
        match op {
            UnaryOp::Not => format!("(!{})", self.truth(operand)),
            UnaryOp::Plus => a,
            UnaryOp::Invert if ty.kind == Kind::Bool => format!("(!{a})"),
            UnaryOp::Invert => format!("{}(~{a})", names::scalar(ty.kind)),
            UnaryOp::Negate if ty.kind.is_float() || ty.kind.is_complex() => format!("(-{a})"),
            UnaryOp::Negate if self.overflows(root) => format!("negate({a}, failed)"),
            UnaryOp::Negate => format!("negate({a})"),
        }
    }

    fn binary(&self, root: Ex, op: BinaryOp, left: Ex, right: Ex) -> String {
        let ty = self.types.operation(root).unwrap_or(self.types.expression(root));
        let (a, b) = (self.converted(left, ty), self.converted(right, ty));
        let checks = self.operand_checks(root, &[left, right], &[a.clone(), b.clone()], ty);
        let value = match (op, self.plan.whole_exponent(right)) {
            (BinaryOp::Power, exponent) if ty.kind.is_complex() => {
                let home = if ty.origin == Origin::Numpy { "numpy" } else { "python" };
                let exponent = exponent.map_or_else(|| b.clone(), names::int);
                format!("{home}_power({a}, {exponent})")
            }
            (BinaryOp::Power, Some(2)) if ty.kind.is_float() => format!("({a} * {a})"),
            _ => match self.relaxed(root, ty) {
                Some(relaxed) => relaxed,
                None => self.operation(&a, &b, op, ty, self.overflows(root)),
            },
        };
        let value = self.checked_result(root, value, &[a, b]);
        if checks.is_empty() {
            value
        } else {
            format!("({checks}{value})")
        }
    }

    /// What `fastmath` makes of a sum, a difference or a quotient of floats: a product that is rounded with what is added to it,
    /// a product with the reciprocal.
    fn relaxed(&self, root: Ex, ty: Ty) -> Option<String> {
        match self.plan.relaxed(root)? {
            Relaxed::Fused {
                product,
                addend,
                product_negated,
                addend_negated,
            } if ty.kind != Kind::F16 => {
                let [first, second] = self.plan.factors(*product, ty.kind)?;
                let of = |one: Ex, negated: bool| {
                    let text = self.converted(one, ty);
                    if negated { format!("-{text}") } else { text }
                };
                let (first, second) = (of(first, *product_negated), of(second, false));
                Some(format!("fma({first}, {second}, {})", of(*addend, *addend_negated)))
            }
            Relaxed::Reciprocal => {
                let Expression::Binary { left, right, .. } = self.region.expressions[root] else {
                    return None;
                };
                let (a, b, one) = (
                    self.converted(left, ty),
                    self.converted(right, ty),
                    names::scalar(ty.kind),
                );
                Some(format!("({a} * ({one}(1) / {b}))"))
            }
            // The compiler for GPUs has registers to spare: as it is written.
            Relaxed::Fused { .. } | Relaxed::Chain { .. } => None,
        }
    }

    /// Whether an exponent is a literal 2, whose power is a product, as on the CPU.
    pub(super) fn is_two(&self, root: Ex) -> bool {
        self.plan.whole_exponent(root) == Some(2)
    }

    /// An operation on two operands of its type.
    fn operation(&self, a: &str, b: &str, op: BinaryOp, ty: Ty, overflow: bool) -> String {
        let kind = ty.kind;
        let python = ty.origin == Origin::Python || (ty.origin == Origin::Either && kind == Kind::I64);
        let float = kind.is_float() || kind.is_complex();
        let infix = |symbol: &str| format!("({a} {symbol} {b})");
        // Narrow operands become C++'s int.
        let bits = |symbol: &str| match kind {
            Kind::Bool => format!("(({a} {symbol} {b}) != 0)"),
            _ => format!("{}({a} {symbol} {b})", names::scalar(kind)),
        };
        let call = |name: &str| {
            let failed = if overflow { ", failed" } else { "" };
            format!("{name}({a}, {b}{failed})")
        };
        let careful = |name: &str| {
            let failed = if python { ", failed" } else { "" };
            format!("{name}({a}, {b}{failed})")
        };
        match op {
            BinaryOp::Add if kind == Kind::Bool => infix("||"),
            BinaryOp::Multiply if kind == Kind::Bool => infix("&&"),
            BinaryOp::Add if float => infix("+"),
            BinaryOp::Subtract if float => infix("-"),
            BinaryOp::Multiply if float => infix("*"),
            BinaryOp::Divide if kind.is_complex() && python => format!("python_divide({a}, {b})"),
            BinaryOp::Divide if float => infix("/"),
            BinaryOp::Add => call("add"),
            BinaryOp::Subtract => call("subtract"),
            BinaryOp::Multiply => call("multiply"),
            BinaryOp::Divide => format!("divide({a}, {b}, failed)"),
            BinaryOp::FloorDivide => call("floor_divide"),
            BinaryOp::Modulo => format!("floor_modulo({a}, {b})"),
            BinaryOp::Power if kind == Kind::F16 => {
                let single = [a, b].map(|one| format!("f32({one})"));
                format!("f16({})", self.elementary("pow", &single))
            }
            BinaryOp::Power if float => self.elementary("pow", &[a.to_owned(), b.to_owned()]),
            BinaryOp::Power => careful("power"),
            BinaryOp::ShiftLeft => careful("shift_left"),
            BinaryOp::ShiftRight => careful("shift_right"),
            BinaryOp::BitAnd => bits("&"),
            BinaryOp::BitOr => bits("|"),
            BinaryOp::BitXor => bits("^"),
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
        if to == Conversion::Bool || to == Conversion::NumpyBool {
            return self.truth(operand);
        }
        let value = self.value(operand);
        let checks = self.checks_on(self.types.checks(root), &value, from.kind);
        let value = self.cast(value, from.kind, self.types.expression(root));
        if checks.is_empty() {
            value
        } else {
            format!("({checks}{value})")
        }
    }
}

/// A C++ expression of one kind converted to another, as Rust's `as` does it.
pub(super) fn cast(text: String, from: Kind, to: Kind) -> String {
    match (from, to) {
        (a, b) if a == b => text,
        (_, Kind::Bool) => truth(text, from),
        // Of a value that is known to be real.
        (Kind::C64 | Kind::C128, to) if !to.is_complex() => cast(format!("{text}.re"), from.real(), to),
        (from, to) if to.is_complex() && !from.is_complex() => {
            format!("{}({})", names::scalar(to), cast(text, from, to.real()))
        }
        (Kind::F16, to) if to.is_integer() => cast(format!("f64({text})"), Kind::F64, to),
        (Kind::F32 | Kind::F64, to) if to.is_integer() => format!("truncate<{}>({text})", names::scalar(to)),
        (Kind::I64, Kind::F32) => format!("f32(f64({text}))"),
        (_, to) => format!("{}({text})", names::scalar(to)),
    }
}

/// The truth of a C++ expression.
pub(super) fn truth(text: String, kind: Kind) -> String {
    match kind {
        Kind::Bool => text,
        kind if kind.is_complex() => format!("({text} != {}(0))", names::scalar(kind)),
        _ => format!("({text} != 0)"),
    }
}

/// Whether a Python complex equals an int, or not.
fn equal_to_int(symbol: &str, complex: &str, int: &str) -> String {
    let sign = if symbol == "==" { "" } else { "!" };
    format!("({sign}equals_int({complex}, i64({int})))")
}

/// A comparison of numbers of different kinds by their mathematical value.
pub(super) fn exact_comparison(symbol: &str, (left, a): (String, Kind), (right, b): (String, Kind)) -> String {
    match (a.is_complex(), b.is_complex()) {
        (true, false) if b.is_integer() && matches!(symbol, "==" | "!=") => {
            return equal_to_int(symbol, &cast(left, a, Kind::C128), &right);
        }
        (false, true) if a.is_integer() && matches!(symbol, "==" | "!=") => {
            return equal_to_int(symbol, &cast(right, b, Kind::C128), &left);
        }
        // What is compared in any other way is known to be real.
        (true, _) => return exact_comparison(symbol, (format!("{left}.re"), a.real()), (right, b)),
        (_, true) => return exact_comparison(symbol, (left, a), (format!("{right}.re"), b.real())),
        (false, false) => {}
    }
    match (a.is_float(), b.is_float()) {
        (true, true) => format!("(f64({left}) {symbol} f64({right}))"),
        (false, false) => format!("(i128({left}) {symbol} i128({right}))"),
        (false, true) => format!("(compare(i64({left}), f64({right})) {symbol} 0)"),
        (true, false) => format!("(compare(f64({left}), i64({right})) {symbol} 0)"),
    }
}
