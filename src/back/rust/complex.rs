//! Functions of complex numbers.

use super::expression::{cast, truth};
use super::region::Scene;
use crate::infer::{Kind, Ty};
use crate::ir::{Expression, Function, Handle, Ufunc};

type Ex = Handle<Expression>;

/// `abs(z)`
pub(super) fn absolute(scene: &Scene<'_>, root: Ex, a: &str) -> String {
    let checks = scene.result_checks(root, &["a"]);
    if checks.is_empty() {
        scene.elementary_of_complex("size", a)
    } else {
        let size = scene.elementary_of_complex("size", "a");
        format!("{{ let a = {a}; let r = {size}; {checks}r }}")
    }
}

/// `x.real`, `x.imag`, also of real numbers.
pub(super) fn part(scene: &Scene<'_>, root: Ex, function: Function, operand: Ex) -> String {
    let (from, to) = (scene.types.expression(operand).kind, scene.types.expression(root));
    let value = scene.value(operand);
    match (function, from.is_complex()) {
        (Function::Imag, true) => cast(format!("{value}.im"), from.real(), to),
        (Function::Imag, false) => format!("{{ let _ = {value}; {} }}", cast("0_i64".to_owned(), Kind::I64, to)),
        (_, true) => cast(format!("{value}.re"), from.real(), to),
        (_, false) => cast(value, from, to),
    }
}

/// A NumPy function that computes in a complex kind; `None` where it is written as for other kinds.
pub(super) fn ufunc(scene: &Scene<'_>, function: Ufunc, arguments: &[Ex], operation: Option<Ty>) -> Option<String> {
    let given = |position: usize| match operation {
        Some(to) => scene.converted(arguments[position], to),
        None => scene.value(arguments[position]),
    };
    let method = |name: &str| Some(format!("{}.{name}()", given(0)));
    let elementary = |name: &str| Some(scene.elementary_of_complex(name, &given(0)));
    let binary = |symbol: &str| Some(format!("({} {symbol} {})", given(0), given(1)));
    let own = |position: usize| {
        let kind = scene.types.expression(arguments[position]).kind;
        truth(scene.value(arguments[position]), kind)
    };
    match function {
        Ufunc::Add => binary("+"),
        Ufunc::Subtract => binary("-"),
        Ufunc::Multiply => binary("*"),
        Ufunc::Divide => binary("/"),
        Ufunc::Equal => binary("=="),
        Ufunc::NotEqual => binary("!="),
        Ufunc::Power => Some(scene.power_of_complex(&given(0), &given(1))),
        Ufunc::Square => Some(format!("{{ let a = {}; a * a }}", given(0))),
        Ufunc::Negative => Some(format!("(-{})", given(0))),
        Ufunc::Positive => Some(given(0)),
        Ufunc::LogicalAnd => Some(format!("({} & {})", own(0), own(1))),
        Ufunc::LogicalOr => Some(format!("({} | {})", own(0), own(1))),
        Ufunc::LogicalXor => Some(format!("({} ^ {})", own(0), own(1))),
        Ufunc::LogicalNot => Some(format!("(!{})", own(0))),
        Ufunc::Absolute => elementary("size"),
        Ufunc::Angle => elementary("turn"),
        Ufunc::Conjugate => method("conjugate"),
        Ufunc::Reciprocal => method("reciprocal"),
        Ufunc::Isfinite => method("is_finite"),
        Ufunc::Isinf => method("is_infinite"),
        Ufunc::Isnan => method("is_nan"),
        Ufunc::Arccos => elementary("acos"),
        Ufunc::Arccosh => elementary("acosh"),
        Ufunc::Arcsin => elementary("asin"),
        Ufunc::Arcsinh => elementary("asinh"),
        Ufunc::Arctan => elementary("atan"),
        Ufunc::Arctanh => elementary("atanh"),
        Ufunc::Cos => elementary("cos"),
        Ufunc::Cosh => elementary("cosh"),
        Ufunc::Exp => elementary("exp"),
        Ufunc::Log => elementary("log"),
        Ufunc::Exp2 => elementary("exp2"),
        Ufunc::Expm1 => elementary("expm1"),
        Ufunc::Log10 => elementary("log10"),
        Ufunc::Log1p => elementary("log1p"),
        Ufunc::Log2 => elementary("log2"),
        Ufunc::Rint => method("rint"),
        Ufunc::Sign => elementary("sign"),
        Ufunc::Sin => elementary("sin"),
        Ufunc::Sinh => elementary("sinh"),
        Ufunc::Sqrt => elementary("sqrt"),
        Ufunc::Tan => elementary("tan"),
        Ufunc::Tanh => elementary("tanh"),
        Ufunc::Where => None,
        // `infer` refuses them for complex arguments.
        Ufunc::Arctan2
        | Ufunc::BitwiseAnd
        | Ufunc::BitwiseOr
        | Ufunc::BitwiseXor
        | Ufunc::Cbrt
        | Ufunc::Ceil
        | Ufunc::Clip
        | Ufunc::Copysign
        | Ufunc::Deg2rad
        | Ufunc::Fabs
        | Ufunc::Floor
        | Ufunc::FloorDivide
        | Ufunc::Fmax
        | Ufunc::Fmin
        | Ufunc::Fmod
        | Ufunc::Greater
        | Ufunc::GreaterEqual
        | Ufunc::Heaviside
        | Ufunc::Hypot
        | Ufunc::Invert
        | Ufunc::LeftShift
        | Ufunc::Less
        | Ufunc::LessEqual
        | Ufunc::Logaddexp
        | Ufunc::Maximum
        | Ufunc::Minimum
        | Ufunc::Rad2deg
        | Ufunc::Remainder
        | Ufunc::RightShift
        | Ufunc::Signbit
        | Ufunc::Trunc => None,
    }
}
