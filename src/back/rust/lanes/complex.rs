//! Complex numbers in lanes.

use super::values::at_the_start;
use super::{Emit, Lockstep};
use crate::infer::{Check, Condition, Kind, Origin, Ty};
use crate::ir::{BinaryOp, CompareOp, Expression, Function, Handle, Literal, Ufunc};

type Ex = Handle<Expression>;

/// Powers up to this one are written as products.
const WHOLE: f64 = 8.0;

impl Lockstep<'_, '_> {
    /// An operation on complex numbers; of its checks, `binary` has seen that they are those that this makes.
    pub(super) fn complex_binary(
        &self,
        root: Ex,
        op: BinaryOp,
        (left, right): (Ex, Ex),
        ty: Ty,
        on: &str,
    ) -> Emit<Option<String>> {
        let kind = ty.kind;
        let checks = self.scene.types.checks(root);
        let a = self.converted(left, kind, on)?;
        if let Some(count) = self.whole_power(op, kind, right) {
            let name = if ty.origin == Origin::Python { "python" } else { "numpy" };
            let power = format!("({a}).{name}_whole_pow({count})");
            return Ok(Some(self.ranged(checks, power, "r.is_infinite()", on)));
        }
        let b = self.converted(right, kind, on)?;
        Ok(match op {
            BinaryOp::Add => Some(format!("({a} + {b})")),
            BinaryOp::Subtract => Some(format!("({a} - {b})")),
            BinaryOp::Multiply => Some(format!("({a} * {b})")),
            BinaryOp::Divide => {
                let quotient = if ty.origin == Origin::Python {
                    format!("({a}).python_div(b)")
                } else {
                    format!("{} / b", at_the_start(a))
                };
                let test = if checks.is_empty() {
                    String::new()
                } else {
                    format!("none({on}.also(b.to_mask().not()))?; ")
                };
                Some(format!("{{ let b = {b}; {test}{quotient} }}"))
            }
            _ => None,
        })
    }

    /// The exponent of a power that is written as products.
    pub(super) fn whole_power(&self, op: BinaryOp, kind: Kind, exponent: Ex) -> Option<u32> {
        let value = match self.scene.region.expressions[exponent] {
            Expression::Literal(Literal::Int(value)) => value as f64,
            Expression::Literal(Literal::Float(value)) => value,
            _ => return None,
        };
        let whole = value.fract() == 0.0 && (1.0..=WHOLE).contains(&value);
        (op == BinaryOp::Power && kind.is_complex() && whole).then_some(value as u32)
    }

    /// A result `r`; where a check asks for it, the variant ends if the result is `bad` in a lane.
    fn ranged(&self, checks: &[Check], text: String, bad: &str, on: &str) -> String {
        if checks.iter().any(|check| check.condition == Condition::MathRange) {
            format!("{{ let r = {text}; none({on}.also({bad}))?; r }}")
        } else {
            text
        }
    }

    /// `abs(z)`
    pub(super) fn magnitude(&self, root: Ex, operand: Ex, on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        let kind = scene
            .types
            .operation(root)
            .unwrap_or(scene.types.expression(operand))
            .kind;
        if !scene.types.checks(root).is_empty() || scene.types.expression(root).kind != kind.real() {
            return Ok(None);
        }
        let z = self.converted(operand, kind, on)?;
        Ok(Some(if scene.has_own_functions() {
            format!("{{ let z = {z}; z.re.hypot(z.im) }}")
        } else {
            format!("({z}).magnitude({on})")
        }))
    }

    /// `abs(z) < x` and its kin: squares decide it wherever they are clearly apart.
    pub(super) fn magnitude_compared(&self, op: CompareOp, left: Ex, right: Ex, on: &str) -> Emit<Option<String>> {
        let (size, other, method) = match (self.measured(left), self.measured(right), op) {
            (Some(z), None, CompareOp::Less) => (z, right, "lt"),
            (Some(z), None, CompareOp::LessEqual) => (z, right, "le"),
            (Some(z), None, CompareOp::Greater) => (z, right, "gt"),
            (Some(z), None, CompareOp::GreaterEqual) => (z, right, "ge"),
            (None, Some(z), CompareOp::Less) => (z, left, "gt"),
            (None, Some(z), CompareOp::LessEqual) => (z, left, "ge"),
            (None, Some(z), CompareOp::Greater) => (z, left, "lt"),
            (None, Some(z), CompareOp::GreaterEqual) => (z, left, "le"),
            _ => return Ok(None),
        };
        let (z, checked) = size;
        let (z, other) = (self.value(z, on)?, self.converted(other, Kind::F64, on)?);
        let compared = if self.scene.has_own_functions() {
            format!("({z}).measured_by({on}, {other}, |a, b| a.{method}(b), |z, _| z.re.hypot(z.im))")
        } else {
            format!("({z}).measured({on}, {other}, |a, b| a.{method}(b))")
        };
        Ok(Some(if checked {
            format!("{{ let (holds, over) = {compared}; none(over)?; holds }}")
        } else {
            format!("{compared}.0")
        }))
    }

    /// The complex128 whose magnitude a value is, and whether a magnitude that is too large is an error.
    fn measured(&self, root: Ex) -> Option<(Ex, bool)> {
        let scene = self.scene;
        let Expression::Call { function, arguments } = &scene.region.expressions[root] else {
            return None;
        };
        let is_size = matches!(function, Function::Abs | Function::Numpy(Ufunc::Absolute));
        let checks = scene.types.checks(root);
        let known = checks.iter().all(|check| check.condition == Condition::MathRange);
        let z = arguments[0];
        let fits = is_size && known && self.varying[z] && scene.types.expression(z).kind == Kind::C128;
        fits.then_some((z, !checks.is_empty()))
    }

    /// Complex numbers from parts and parts of complex numbers.
    pub(super) fn complex_call(
        &self,
        root: Ex,
        function: Function,
        arguments: &[Ex],
        on: &str,
    ) -> Emit<Option<String>> {
        let scene = self.scene;
        if !scene.types.checks(root).is_empty() {
            return Ok(None);
        }
        let (from, to) = (
            scene.types.expression(arguments[0]).kind,
            scene.types.expression(root).kind,
        );
        if function == Function::Complex {
            let (re, im) = (
                self.converted(arguments[0], Kind::F64, on)?,
                self.converted(arguments[1], Kind::F64, on)?,
            );
            return Ok(Some(format!("{}::new({re}, {im})", self.vector(to))));
        }
        if !from.is_complex() {
            return Ok(None);
        }
        let z = self.value(arguments[0], on)?;
        Ok(match function {
            Function::Real => Some(self.cast(&format!("({z}).re"), from.real(), to)),
            Function::Imag => Some(self.cast(&format!("({z}).im"), from.real(), to)),
            Function::Conjugate | Function::Conj => Some(self.cast(&format!("({z}).conjugate()"), from, to)),
            _ => None,
        })
    }
}
