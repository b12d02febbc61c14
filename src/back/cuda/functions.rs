//! Calls of known functions.

use super::expression::{cast, exact_comparison, truth};
use super::names;
use super::scene::Scene;
use crate::infer::{Condition, Kind, Origin, Ty};
use crate::ir::{Expression, Function, Handle, Math, Ufunc};

type Ex = Handle<Expression>;

pub(super) fn call(scene: &Scene<'_>, root: Ex, function: Function, arguments: &[Ex]) -> String {
    let ty = scene.types.expression(root);
    let operation = scene.types.operation(root);
    let given: Vec<String> = arguments
        .iter()
        .map(|one| operation.map_or_else(|| scene.value(*one), |to| scene.converted(*one, to)))
        .collect();
    let kind = operation.unwrap_or_else(|| scene.types.expression(arguments[0])).kind;
    match function {
        Function::Min | Function::Max => {
            let name = if function == Function::Min { "least" } else { "greatest" };
            let each: Vec<String> = arguments.iter().map(|one| scene.kept(root, *one, ty)).collect();
            format!("{name}({})", each.join(", "))
        }
        Function::Abs if kind.is_complex() => {
            let parts = [format!("{}.re", given[0]), format!("{}.im", given[0])];
            scene.checked_result(root, scene.elementary("hypot", &parts), &given)
        }
        Function::Abs if kind.is_float() => format!("fabs({})", given[0]),
        Function::Abs if scene.overflows(root) => format!("absolute({}, failed)", given[0]),
        Function::Abs => format!("absolute({})", given[0]),
        Function::Round if kind.is_float() => {
            let checks = scene.checks_on(scene.types.checks(root), &given[0], kind);
            format!("({checks}whole(rint({}), failed))", given[0])
        }
        Function::Round => format!("i64({})", given[0]),
        Function::Math(name) => math(scene, root, name, &given),
        Function::Numpy(name) => ufunc(scene, root, name, arguments, &given, kind),
        Function::RoundDigits => round_digits(scene, arguments, ty),
        Function::PowerModulo => format!("power_modulo({}, failed)", given.join(", ")),
        Function::Complex => format!("c128({}, {})", given[0], given[1]),
        Function::Real | Function::Imag => part(scene, root, function, arguments[0]),
        Function::Conjugate | Function::Conj if kind.is_complex() => format!("conjugate({})", given[0]),
        Function::Conjugate | Function::Conj => given[0].clone(),
    }
}

/// `x.real`, `x.imag`, also of real numbers.
fn part(scene: &Scene<'_>, root: Ex, function: Function, operand: Ex) -> String {
    let (from, to) = (scene.types.expression(operand).kind, scene.types.expression(root).kind);
    let value = scene.value(operand);
    match (function, from.is_complex()) {
        (Function::Imag, true) => cast(format!("{value}.im"), from.real(), to),
        (Function::Imag, false) => format!("({value}, {}(0))", names::scalar(to)),
        (_, true) => cast(format!("{value}.re"), from.real(), to),
        (_, false) => cast(value, from, to),
    }
}

/// `round(x, digits)`: Python's is of the exact decimal value, NumPy's scales, rounds and scales back.
fn round_digits(scene: &Scene<'_>, arguments: &[Ex], ty: Ty) -> String {
    let from = scene.types.expression(arguments[0]);
    let (a, digits) = (scene.converted(arguments[0], ty), scene.integer(arguments[1]));
    match from.origin {
        _ if !from.kind.is_float() => format!("(check({digits} >= 0, failed), {a})"),
        Origin::Numpy => format!("numpy_round({a}, {digits})"),
        Origin::Python | Origin::Either => format!("round_digits({a}, {digits}, failed)"),
    }
}

fn math(scene: &Scene<'_>, root: Ex, function: Math, given: &[String]) -> String {
    let a = &given[0];
    let rounded = |name: &str| {
        if scene.types.operation(root) == Some(Ty::INT) {
            return a.clone();
        }
        let checks = scene.checks_on(scene.types.checks(root), a, Kind::F64);
        format!("({checks}truncate<i64>({name}({a})))")
    };
    let own = |name: &str| scene.elementary(name, given);
    let value = match function {
        Math::Ceil => return rounded("ceil"),
        Math::Floor => return rounded("floor"),
        Math::Trunc => return rounded("trunc"),
        Math::IsFinite => return format!("finite({a})"),
        Math::IsInf => return format!("infinite({a})"),
        Math::IsNan => return format!("({a} != {a})"),
        Math::Gcd => return format!("gcd({}, failed)", given.join(", ")),
        Math::Isqrt => return format!("isqrt({a}, failed)"),
        Math::Degrees => format!("({a} * (180.0 / FERROKEET_PI))"),
        Math::Radians => format!("({a} * (FERROKEET_PI / 180.0))"),
        Math::Acos => own("acos"),
        Math::Acosh => own("acosh"),
        Math::Asin => own("asin"),
        Math::Asinh => own("asinh"),
        Math::Atan => own("atan"),
        Math::Atan2 => own("atan2"),
        Math::Atanh => own("atanh"),
        Math::Cbrt => own("cbrt"),
        Math::Copysign => plain("copysign", given),
        Math::Cos => own("cos"),
        Math::Cosh => own("cosh"),
        Math::Erf => own("erf"),
        Math::Erfc => own("erfc"),
        Math::Exp => own("exp"),
        Math::Exp2 => own("exp2"),
        Math::Expm1 => own("expm1"),
        Math::Fabs => plain("fabs", given),
        Math::Fmod => plain("fmod", given),
        Math::Hypot => own("hypot"),
        Math::Log => own("log"),
        Math::Log10 => own("log10"),
        Math::Log1p => own("log1p"),
        Math::Log2 => own("log2"),
        Math::Pow => own("pow"),
        Math::Sin => own("sin"),
        Math::Sinh => own("sinh"),
        Math::Sqrt => plain("sqrt", given),
        Math::Tan => own("tan"),
        Math::Tanh => own("tanh"),
    };
    let value = scene.checked_result(root, value, given);
    let zero = scene
        .types
        .checks(root)
        .iter()
        .any(|check| check.condition == Condition::NotZeroToNegative);
    match given {
        [a, b] if zero => format!("(check(!({a} == 0 && {b} < 0 && finite({b})), failed), {value})"),
        _ => value,
    }
}

/// A call of the header's function of this name.
fn plain(name: &str, given: &[String]) -> String {
    format!("{name}({})", given.join(", "))
}

fn ufunc(scene: &Scene<'_>, root: Ex, function: Ufunc, arguments: &[Ex], given: &[String], kind: Kind) -> String {
    if kind.is_complex()
        && let Some(value) = of_complex(scene, function, arguments, given)
    {
        return value;
    }
    // A float16 is computed in f32, and the result rounded.
    let half = kind == Kind::F16 && function != Ufunc::Where;
    let single: Vec<String> = given.iter().map(|one| format!("f32({one})")).collect();
    let (given, kind) = if half { (&single[..], Kind::F32) } else { (given, kind) };
    let own = |position: usize| {
        truth(
            scene.value(arguments[position]),
            scene.types.expression(arguments[position]).kind,
        )
    };
    let float = kind.is_float();
    let unsigned = !float && !kind.is_signed();
    let a = given[0].as_str();
    let ty = names::scalar(kind);
    let infix = |symbol: &str| format!("({a} {symbol} {})", given[1]);
    let bits = |symbol: &str| match kind {
        Kind::Bool => format!("(({a} {symbol} {}) != 0)", given[1]),
        _ => format!("{ty}({a} {symbol} {})", given[1]),
    };
    let same = |name: &str| plain(name, given);
    let elementary = |name: &str| scene.elementary(name, given);
    let wrapping = |name: &str, symbol: &str| if float { infix(symbol) } else { same(name) };
    // Rounding is the identity on integers and bools.
    let rounding = |name: &str| if float { same(name) } else { a.to_owned() };
    let value = match function {
        Ufunc::Add if kind == Kind::Bool => infix("||"),
        Ufunc::Multiply if kind == Kind::Bool => infix("&&"),
        Ufunc::Add => wrapping("add", "+"),
        Ufunc::Subtract => wrapping("subtract", "-"),
        Ufunc::Multiply => wrapping("multiply", "*"),
        Ufunc::Divide => infix("/"),
        Ufunc::FloorDivide => same("floor_divide"),
        Ufunc::Remainder => same("floor_modulo"),
        Ufunc::Fmod if float => same("fmod"),
        Ufunc::Fmod => same("remainder"),
        Ufunc::Power if float && scene.is_two(arguments[1]) => format!("({a} * {a})"),
        Ufunc::Power if float => elementary("pow"),
        Ufunc::Power => {
            let checked = scene
                .types
                .checks(root)
                .iter()
                .any(|one| one.condition == Condition::ExponentNotNegative);
            let check = if checked {
                format!("check({} >= 0, failed), ", given[1])
            } else {
                String::new()
            };
            format!("({check}{})", same("power"))
        }
        Ufunc::LeftShift => same("shift_left"),
        Ufunc::RightShift => same("shift_right"),
        Ufunc::BitwiseAnd => bits("&"),
        Ufunc::BitwiseOr => bits("|"),
        Ufunc::BitwiseXor => bits("^"),
        Ufunc::Invert if kind == Kind::Bool => format!("(!{a})"),
        Ufunc::Invert => format!("{ty}(~{a})"),
        Ufunc::Maximum => same("maximum"),
        Ufunc::Minimum => same("minimum"),
        Ufunc::Fmax => same("np_fmax"),
        Ufunc::Fmin => same("np_fmin"),
        Ufunc::Equal => comparison(scene, "==", arguments, given, root),
        Ufunc::NotEqual => comparison(scene, "!=", arguments, given, root),
        Ufunc::Less => comparison(scene, "<", arguments, given, root),
        Ufunc::LessEqual => comparison(scene, "<=", arguments, given, root),
        Ufunc::Greater => comparison(scene, ">", arguments, given, root),
        Ufunc::GreaterEqual => comparison(scene, ">=", arguments, given, root),
        Ufunc::LogicalAnd => format!("({} && {})", own(0), own(1)),
        Ufunc::LogicalOr => format!("({} || {})", own(0), own(1)),
        Ufunc::LogicalXor => format!("({} != {})", own(0), own(1)),
        Ufunc::LogicalNot => format!("(!{})", own(0)),
        Ufunc::Isfinite if float => same("finite"),
        Ufunc::Isinf if float => same("infinite"),
        Ufunc::Isnan if float => format!("({a} != {a})"),
        Ufunc::Isfinite => format!("({a}, true)"),
        Ufunc::Isinf | Ufunc::Isnan => format!("({a}, false)"),
        Ufunc::Signbit if float => format!("(signbit({a}) != 0)"),
        Ufunc::Signbit if unsigned => format!("({a}, false)"),
        Ufunc::Signbit => format!("({a} < 0)"),
        Ufunc::Absolute | Ufunc::Fabs if float => same("fabs"),
        Ufunc::Absolute | Ufunc::Fabs => same("absolute"),
        Ufunc::Ceil => rounding("ceil"),
        Ufunc::Floor => rounding("floor"),
        Ufunc::Trunc => rounding("trunc"),
        Ufunc::Rint => rounding("rint"),
        Ufunc::Negative if float => format!("(-{a})"),
        Ufunc::Negative => same("negate"),
        Ufunc::Sign => same("sign"),
        Ufunc::Square if float => format!("({a} * {a})"),
        Ufunc::Square => format!("multiply({a}, {a})"),
        Ufunc::Reciprocal if float => format!("({ty}(1) / {a})"),
        Ufunc::Reciprocal => same("reciprocal"),
        Ufunc::Arccos => elementary("acos"),
        Ufunc::Arccosh => elementary("acosh"),
        Ufunc::Arcsin => elementary("asin"),
        Ufunc::Arcsinh => elementary("asinh"),
        Ufunc::Arctan => elementary("atan"),
        Ufunc::Arctanh => elementary("atanh"),
        Ufunc::Cbrt => elementary("cbrt"),
        Ufunc::Cos => elementary("cos"),
        Ufunc::Cosh => elementary("cosh"),
        Ufunc::Deg2rad => format!("({a} * ({ty}(FERROKEET_PI) / {ty}(180)))"),
        Ufunc::Rad2deg => format!("({a} * ({ty}(180) / {ty}(FERROKEET_PI)))"),
        Ufunc::Exp => elementary("exp"),
        Ufunc::Exp2 => elementary("exp2"),
        Ufunc::Expm1 => elementary("expm1"),
        Ufunc::Log => elementary("log"),
        Ufunc::Log10 => elementary("log10"),
        Ufunc::Log1p => elementary("log1p"),
        Ufunc::Log2 => elementary("log2"),
        Ufunc::Sin => elementary("sin"),
        Ufunc::Sinh => elementary("sinh"),
        Ufunc::Sqrt => same("sqrt"),
        Ufunc::Tan => elementary("tan"),
        Ufunc::Tanh => elementary("tanh"),
        Ufunc::Arctan2 => elementary("atan2"),
        Ufunc::Copysign => same("copysign"),
        Ufunc::Hypot => elementary("hypot"),
        Ufunc::Clip => same("clip"),
        Ufunc::Where => {
            let to = scene.types.operation(root).unwrap_or(scene.types.expression(root));
            let (accept, reject) = (scene.converted(arguments[1], to), scene.converted(arguments[2], to));
            format!("choose({}, {accept}, {reject})", own(0))
        }
        Ufunc::Heaviside => same("heaviside"),
        Ufunc::Logaddexp => elementary("logaddexp"),
        Ufunc::Angle => scene.elementary("atan2", &[format!("{ty}(0)"), a.to_owned()]),
        Ufunc::Positive | Ufunc::Conjugate => a.to_owned(),
    };
    let value = match scene.types.expression(root).kind {
        Kind::F16 if half => format!("f16({value})"),
        _ => value,
    };
    let weak = weak_checks(scene, root, arguments);
    if weak.is_empty() {
        value
    } else {
        format!("({weak}{value})")
    }
}

/// A NumPy function that computes in a complex kind; `None` where it is written as for other kinds, or which `infer` refuses.
fn of_complex(scene: &Scene<'_>, function: Ufunc, arguments: &[Ex], given: &[String]) -> Option<String> {
    let a = &given[0];
    let infix = |symbol: &str| Some(format!("({a} {symbol} {})", given[1]));
    let own = |name: &str| Some(format!("math::{name}({a})"));
    match function {
        Ufunc::Add => infix("+"),
        Ufunc::Subtract => infix("-"),
        Ufunc::Multiply => infix("*"),
        Ufunc::Divide => infix("/"),
        Ufunc::Equal => infix("=="),
        Ufunc::NotEqual => infix("!="),
        Ufunc::Power => {
            let whole = scene.plan.whole_exponent(arguments[1]);
            Some(match whole {
                Some(exponent) => format!("numpy_power({a}, {})", names::int(exponent)),
                None => format!("numpy_power({a}, {})", given[1]),
            })
        }
        Ufunc::Arccos => own("acos"),
        Ufunc::Arccosh => own("acosh"),
        Ufunc::Arcsin => own("asin"),
        Ufunc::Arcsinh => own("asinh"),
        Ufunc::Arctan => own("atan"),
        Ufunc::Arctanh => own("atanh"),
        Ufunc::Cos => own("cos"),
        Ufunc::Cosh => own("cosh"),
        Ufunc::Exp => own("exp"),
        Ufunc::Log => own("log"),
        Ufunc::Exp2 => own("exp2"),
        Ufunc::Expm1 => own("expm1"),
        Ufunc::Log10 => own("log10"),
        Ufunc::Log1p => own("log1p"),
        Ufunc::Log2 => own("log2"),
        Ufunc::Rint => Some(plain("rint", given)),
        Ufunc::Sign => own("sign"),
        Ufunc::Sin => own("sin"),
        Ufunc::Sinh => own("sinh"),
        Ufunc::Sqrt => own("sqrt"),
        Ufunc::Tan => own("tan"),
        Ufunc::Tanh => own("tanh"),
        Ufunc::Square => Some(format!("({a} * {a})")),
        Ufunc::Negative => Some(format!("(-{a})")),
        Ufunc::Positive => Some(a.clone()),
        Ufunc::Absolute => Some(scene.elementary("hypot", &[format!("{a}.re"), format!("{a}.im")])),
        Ufunc::Angle => Some(scene.elementary("atan2", &[format!("{a}.im"), format!("{a}.re")])),
        Ufunc::Conjugate => Some(plain("conjugate", given)),
        Ufunc::Reciprocal => Some(plain("reciprocal", given)),
        Ufunc::Isfinite => Some(plain("finite", given)),
        Ufunc::Isinf => Some(plain("infinite", given)),
        Ufunc::Isnan => Some(format!("({a} != {a})")),
        _ => None,
    }
}

/// Tests that Python ints among the arguments fit the kind that the others impose.
fn weak_checks(scene: &Scene<'_>, root: Ex, arguments: &[Ex]) -> String {
    let mut text = String::new();
    for check in scene.types.checks(root) {
        let Condition::WeakIntFits(kind) = check.condition else {
            continue;
        };
        for argument in arguments.iter().filter(|one| scene.types.expression(**one) == Ty::INT) {
            let fits = super::checks::fits_kind(&scene.value(*argument), kind);
            text += &format!("check({fits}, failed), ");
        }
    }
    text
}

fn comparison(scene: &Scene<'_>, symbol: &str, arguments: &[Ex], given: &[String], root: Ex) -> String {
    if scene.types.operation(root).is_some() {
        return format!("({} {symbol} {})", given[0], given[1]);
    }
    let kind = |position: usize| scene.types.expression(arguments[position]).kind;
    exact_comparison(symbol, (given[0].clone(), kind(0)), (given[1].clone(), kind(1)))
}
