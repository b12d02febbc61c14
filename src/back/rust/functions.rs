//! Calls of known functions.

use super::complex;
use super::expression::{cast, truth};
use super::region::Scene;
use crate::infer::{Check, Condition, Kind, Origin, Ty};
use crate::ir::{Expression, Function, Handle, Literal, Math, Ufunc};

type Ex = Handle<Expression>;

pub(super) fn call(scene: &Scene<'_>, root: Ex, function: Function, arguments: &[Ex]) -> String {
    let ty = scene.types.expression(root);
    let operation = scene.types.operation(root);
    let given = |position: usize| match operation {
        Some(to) => scene.converted(arguments[position], to),
        None => scene.value(arguments[position]),
    };
    let kind = operation.unwrap_or_else(|| scene.types.expression(arguments[0])).kind;
    match function {
        Function::Min | Function::Max => extreme(scene, root, function == Function::Min, arguments, ty),
        Function::Abs if kind.is_complex() => complex::absolute(scene, root, &given(0)),
        Function::Abs => absolute(scene, root, given(0), kind),
        Function::Complex => format!("C128::new({}, {})", given(0), given(1)),
        Function::Real | Function::Imag => complex::part(scene, root, function, arguments[0]),
        Function::Conjugate | Function::Conj if kind.is_complex() => format!("{}.conjugate()", given(0)),
        Function::Conjugate | Function::Conj => given(0),
        Function::Round => {
            let checks = scene.checks_on(root, scene.types.checks(root), "a", kind);
            let value = if kind.is_float() {
                "sound(decimal::round(a))?".to_owned()
            } else {
                "a as i64".to_owned()
            };
            format!("{{ let a = {}; {checks}{value} }}", given(0))
        }
        Function::RoundDigits => round_digits(scene, arguments, ty),
        Function::PowerModulo => {
            let names = ["a", "b", "m"];
            let lets: String = (0..3).map(|i| format!("let {} = {}; ", names[i], given(i))).collect();
            let checks = tests(scene, root, |condition| match condition {
                Condition::ModulusNotZero => Some("m != 0".to_owned()),
                Condition::ExponentNotNegative => Some("b >= 0".to_owned()),
                _ => None,
            });
            format!("{{ {lets}{checks}sound(python::pow_mod(a, b, m))? }}")
        }
        Function::Math(name) => math(scene, root, name, (0..arguments.len()).map(given).collect()),
        Function::Numpy(name) => ufunc(scene, root, name, arguments, kind),
    }
}

/// Tests of the checks for which a condition is given.
fn tests(scene: &Scene<'_>, root: Ex, condition: impl Fn(Condition) -> Option<String>) -> String {
    let checks = scene.types.checks(root).iter();
    checks
        .filter_map(|check: &Check| Some(scene.test(root, check, &condition(check.condition)?, "0")))
        .collect()
}

/// `min` and `max` keep the first of equals.
fn extreme(scene: &Scene<'_>, root: Ex, least: bool, arguments: &[Ex], ty: Ty) -> String {
    let symbol = if least { "<" } else { ">" };
    if ty.kind.is_integer() {
        // Equal integers are the same.
        let function = if least { "min" } else { "max" };
        let given = arguments.iter().map(|argument| scene.kept(root, *argument, ty));
        let folded = given.reduce(|first, second| format!("{}::{function}({first}, {second})", ty.kind.name()));
        return folded.unwrap_or_default();
    }
    let mut text = format!("{{ let mut m = {}; ", scene.kept(root, arguments[0], ty));
    for argument in &arguments[1..] {
        text += &format!(
            "let b = {}; if b {symbol} m {{ m = b; }} ",
            scene.kept(root, *argument, ty)
        );
    }
    text + "m }"
}

fn absolute(scene: &Scene<'_>, root: Ex, a: String, kind: Kind) -> String {
    match kind {
        Kind::F16 | Kind::F32 | Kind::F64 => format!("{a}.abs()"),
        Kind::Bool | Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64 => a,
        _ if scene.overflows(root) => scene.fits(format!("{a}.checked_abs()")),
        _ => format!("{a}.wrapping_abs()"),
    }
}

fn round_digits(scene: &Scene<'_>, arguments: &[Ex], ty: Ty) -> String {
    let from = scene.types.expression(arguments[0]);
    let digits = cast(
        scene.value(arguments[1]),
        scene.types.expression(arguments[1]).kind,
        Ty::INT,
    );
    let a = scene.converted(arguments[0], ty);
    match (from.origin, from.kind) {
        (_, kind) if !kind.is_float() => {
            format!("{{ let a = {a}; let b = {digits}; if b < 0 {{ return Err(Stop::Python(1)); }} a }}")
        }
        (Origin::Numpy, Kind::F32) => format!("decimal::numpy_round_single({a}, {digits} as i32)"),
        (Origin::Numpy, _) => format!("decimal::numpy_round({a}, {digits} as i32)"),
        (_, _) => format!("sound(decimal::round_digits({a}, {digits}))?"),
    }
}

fn math(scene: &Scene<'_>, root: Ex, function: Math, given: Vec<String>) -> String {
    let names = ["a", "b"];
    let lets: String = given
        .iter()
        .zip(names)
        .map(|(text, name)| format!("let {name} = {text}; "))
        .collect();
    let operands = &names[..given.len()];
    let before = tests(scene, root, |condition| {
        (condition == Condition::NotZeroToNegative).then(|| "!(a == 0.0 && b < 0.0 && b.is_finite())".to_owned())
    });
    let checks = if succeeds(scene, root, function) {
        String::new()
    } else {
        scene.result_checks(root, operands)
    };
    let is_bare = before.is_empty() && checks.is_empty() && given.len() == 1;
    let a = if is_bare { given[0].as_str() } else { "a" };
    let simple = |method: &str| format!("{a}.{method}()");
    let own = |name: &str| scene.elementary(name, &[a, "b"][..given.len()]);
    let rounded = |name: &str| {
        if scene.types.operation(root) == Some(Ty::INT) {
            return given[0].clone();
        }
        let checks = scene.checks_on(root, scene.types.checks(root), "a", Kind::F64);
        format!("{{ {lets}{checks}a.{name}() as i64 }}")
    };
    let value = match function {
        Math::Acos => own("acos"),
        Math::Acosh => own("acosh"),
        Math::Asin => own("asin"),
        Math::Asinh => own("asinh"),
        Math::Atan => own("atan"),
        Math::Atan2 => own("atan2"),
        Math::Atanh => own("atanh"),
        Math::Cbrt => own("cbrt"),
        Math::Ceil => return rounded("ceil"),
        Math::Copysign => "a.copysign(b)".to_owned(),
        Math::Cos => own("cos"),
        Math::Cosh => own("cosh"),
        Math::Degrees => format!("{a} * (180.0 / core::f64::consts::PI)"),
        Math::Erf => own("erf"),
        Math::Erfc => own("erfc"),
        Math::Exp => own("exp"),
        Math::Exp2 => own("exp2"),
        Math::Expm1 => own("expm1"),
        Math::Fabs => simple("abs"),
        Math::Floor => return rounded("floor"),
        Math::Fmod => "a % b".to_owned(),
        Math::Gcd => return format!("{{ {}{lets}fits(gcd(a, b))? }}", unsigned_fit(scene, root)),
        Math::Hypot => own("hypot"),
        Math::IsFinite => return format!("{}.is_finite()", given[0]),
        Math::IsInf => return format!("{}.is_infinite()", given[0]),
        Math::IsNan => return format!("{}.is_nan()", given[0]),
        Math::Isqrt => {
            let check = scene.checks_on(root, scene.types.checks(root), "a", Kind::I64);
            return format!(
                "{{ {}{lets}{check}(a as u64).isqrt() as i64 }}",
                unsigned_fit(scene, root)
            );
        }
        Math::Log => own("log"),
        Math::Log10 => own("log10"),
        Math::Log1p => own("log1p"),
        Math::Log2 => own("log2"),
        Math::Pow => own("pow"),
        Math::Radians => format!("{a} * (core::f64::consts::PI / 180.0)"),
        Math::Sin => own("sin"),
        Math::Sinh => own("sinh"),
        Math::Sqrt => simple("sqrt"),
        Math::Tan => own("tan"),
        Math::Tanh => own("tanh"),
        Math::Trunc => return rounded("trunc"),
    };
    match (is_bare, checks.is_empty()) {
        (true, _) => value,
        (false, true) => format!("{{ {lets}{before}{value} }}"),
        (false, false) => format!("{{ {lets}{before}let r = {value}; {checks}r }}"),
    }
}

/// Tests that the unsigned operands of a function of ints are ints of 64 bits.
fn unsigned_fit(scene: &Scene<'_>, root: Ex) -> String {
    let Expression::Call { arguments, .. } = &scene.region.expressions[root] else {
        return String::new();
    };
    let unsigned = arguments
        .iter()
        .filter(|one| scene.types.expression(**one).kind == Kind::U64);
    unsigned
        .map(|one| {
            let test = scene.checks_on(root, scene.types.checks(root), "w", Kind::U64);
            format!("{{ let w = {}; {test} }} ", scene.value(*one))
        })
        .collect()
}

/// Whether a function of a literal surely has a finite value.
fn succeeds(scene: &Scene<'_>, root: Ex, function: Math) -> bool {
    let Expression::Call { arguments, .. } = &scene.region.expressions[root] else {
        return false;
    };
    let argument = match arguments.first().map(|one| &scene.region.expressions[*one]) {
        Some(Expression::Literal(Literal::Float(value))) if arguments.len() == 1 => *value,
        Some(Expression::Literal(Literal::Int(value))) if arguments.len() == 1 => *value as f64,
        _ => return false,
    };
    match function {
        Math::Sqrt => argument >= 0.0,
        Math::Log | Math::Log2 | Math::Log10 => argument > 0.0,
        Math::Sin | Math::Cos | Math::Tan => argument.abs() < 1e300,
        Math::Exp | Math::Exp2 | Math::Expm1 | Math::Sinh | Math::Cosh => argument.abs() < 500.0,
        _ => false,
    }
}

fn ufunc(scene: &Scene<'_>, root: Ex, function: Ufunc, arguments: &[Ex], kind: Kind) -> String {
    let ty = scene.types.expression(root);
    let operation = scene.types.operation(root);
    // A float16 is computed in f32, and the result rounded.
    let half = kind == Kind::F16 && function != Ufunc::Where;
    let given = |position: usize| {
        let text = match operation {
            Some(to) => scene.converted(arguments[position], to),
            None => scene.value(arguments[position]),
        };
        if half { format!("{text}.to_f32()") } else { text }
    };
    let own = |position: usize| {
        truth(
            scene.value(arguments[position]),
            scene.types.expression(arguments[position]).kind,
        )
    };
    let float = kind.is_float();
    let unsigned = matches!(kind, Kind::Bool | Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64);
    let method = |name: &str| format!("{}.{name}()", given(0));
    let binary = |symbol: &str| format!("({} {symbol} {})", given(0), given(1));
    let wrapping = |name: &str, symbol: &str| {
        if float {
            binary(symbol)
        } else {
            format!("{}.wrapping_{name}({})", given(0), given(1))
        }
    };
    // Rounding is the identity on integers and bools.
    let rounding = |name: &str| if float { method(name) } else { given(0) };
    let two = |text: &str| format!("{{ let a = {}; let b = {}; {text} }}", given(0), given(1));
    let suffix = if half { "f32" } else { kind.name() };
    let elementary = |name: &str| {
        let each: Vec<String> = (0..arguments.len()).map(given).collect();
        scene.elementary(name, &each.iter().map(String::as_str).collect::<Vec<_>>())
    };
    if kind.is_complex()
        && let Some(value) = complex::ufunc(scene, function, arguments, operation)
    {
        return value;
    }
    let weak = weak_checks(scene, root, arguments);
    let value = match function {
        Ufunc::Add if kind == Kind::Bool => binary("|"),
        Ufunc::Multiply if kind == Kind::Bool => binary("&"),
        Ufunc::Add => wrapping("add", "+"),
        Ufunc::Subtract => wrapping("sub", "-"),
        Ufunc::Multiply => wrapping("mul", "*"),
        Ufunc::Divide => binary("/"),
        Ufunc::FloorDivide if float => format!("floor_div_{suffix}({}, {})", given(0), given(1)),
        Ufunc::Remainder if float => format!("floor_mod_{suffix}({}, {})", given(0), given(1)),
        Ufunc::FloorDivide => format!("{}.floor_div({})", given(0), given(1)),
        Ufunc::Remainder => format!("{}.floor_mod({})", given(0), given(1)),
        Ufunc::Fmod if float => binary("%"),
        Ufunc::Fmod => two("if b == 0 { 0 } else { a.wrapping_rem(b) }"),
        Ufunc::Power if float && scene.is_own_square(arguments[1]) => two("a * a"),
        Ufunc::Power if float => elementary("pow"),
        Ufunc::Power => {
            let check = tests(scene, root, |condition| {
                (condition == Condition::ExponentNotNegative).then(|| "b >= 0".to_owned())
            });
            two(&format!("{check}a.power(b).unwrap_or_default()"))
        }
        Ufunc::LeftShift => format!("{}.numpy_shl({})", given(0), given(1)),
        Ufunc::RightShift => format!("{}.numpy_shr({})", given(0), given(1)),
        Ufunc::BitwiseAnd => binary("&"),
        Ufunc::BitwiseOr => binary("|"),
        Ufunc::BitwiseXor => binary("^"),
        Ufunc::Invert => format!("(!{})", given(0)),
        // Of a zero and a negative zero NumPy takes the first where they are halves, and the last where its vectors do it.
        Ufunc::Maximum if kind == Kind::F16 => two("if a != a || a >= b { a } else { b }"),
        Ufunc::Minimum if kind == Kind::F16 => two("if a != a || a <= b { a } else { b }"),
        Ufunc::Maximum if float => two("if a != a || a > b { a } else { b }"),
        Ufunc::Minimum if float => two("if a != a || a < b { a } else { b }"),
        Ufunc::Fmax if float => two("if b != b || a > b || (a == b) { a } else { b }"),
        Ufunc::Fmin if float => two("if b != b || a < b || (a == b) { a } else { b }"),
        Ufunc::Maximum | Ufunc::Fmax => two("if a > b { a } else { b }"),
        Ufunc::Minimum | Ufunc::Fmin => two("if a < b { a } else { b }"),
        Ufunc::Equal | Ufunc::NotEqual | Ufunc::Less | Ufunc::LessEqual | Ufunc::Greater | Ufunc::GreaterEqual => {
            comparison(scene, function, arguments, operation)
        }
        Ufunc::LogicalAnd => format!("({} & {})", own(0), own(1)),
        Ufunc::LogicalOr => format!("({} | {})", own(0), own(1)),
        Ufunc::LogicalXor => format!("({} ^ {})", own(0), own(1)),
        Ufunc::LogicalNot => format!("(!{})", own(0)),
        Ufunc::Isfinite => {
            if float {
                method("is_finite")
            } else {
                discard(given(0), "true")
            }
        }
        Ufunc::Isinf => {
            if float {
                method("is_infinite")
            } else {
                discard(given(0), "false")
            }
        }
        Ufunc::Isnan => {
            if float {
                method("is_nan")
            } else {
                discard(given(0), "false")
            }
        }
        Ufunc::Signbit if float => method("is_sign_negative"),
        Ufunc::Signbit if unsigned => discard(given(0), "false"),
        Ufunc::Signbit => format!("({} < 0)", given(0)),
        Ufunc::Absolute | Ufunc::Fabs if float => method("abs"),
        Ufunc::Absolute | Ufunc::Fabs if unsigned => given(0),
        Ufunc::Absolute | Ufunc::Fabs => method("wrapping_abs"),
        Ufunc::Ceil => rounding("ceil"),
        Ufunc::Floor => rounding("floor"),
        Ufunc::Trunc => rounding("trunc"),
        Ufunc::Rint => rounding("round_ties_even"),
        Ufunc::Negative if float => format!("(-{})", given(0)),
        Ufunc::Negative => method("wrapping_neg"),
        Ufunc::Positive => given(0),
        Ufunc::Sign if float => method("numpy_sign"),
        Ufunc::Sign if unsigned => format!("(({} != 0) as {suffix})", given(0)),
        Ufunc::Sign => method("signum"),
        Ufunc::Square if float => format!("{{ let a = {}; a * a }}", given(0)),
        Ufunc::Square => format!("{{ let a = {}; a.wrapping_mul(a) }}", given(0)),
        Ufunc::Reciprocal if float => format!("(1.0 / {})", given(0)),
        Ufunc::Reciprocal => format!(
            "{{ let a = {}; if a == 0 {{ {} }} else {{ 1 / a }} }}",
            given(0),
            // What NumPy's conversion of infinity leaves in so many bits.
            if matches!(suffix, "i32" | "i64") {
                format!("{suffix}::MIN")
            } else {
                "0".to_owned()
            }
        ),
        // Of a real number 0, π, or NaN.
        Ufunc::Angle if float => scene.elementary("atan2", &[&format!("(0.0_{suffix})"), &given(0)]),
        Ufunc::Angle | Ufunc::Conjugate => given(0),
        Ufunc::Arccos => elementary("acos"),
        Ufunc::Arccosh => elementary("acosh"),
        Ufunc::Arcsin => elementary("asin"),
        Ufunc::Arcsinh => elementary("asinh"),
        Ufunc::Arctan => elementary("atan"),
        Ufunc::Arctanh => elementary("atanh"),
        Ufunc::Cbrt => elementary("cbrt"),
        Ufunc::Cos => elementary("cos"),
        Ufunc::Cosh => elementary("cosh"),
        Ufunc::Deg2rad => format!("({} * (core::{suffix}::consts::PI / 180.0))", given(0)),
        Ufunc::Rad2deg => format!("({} * (180.0 / core::{suffix}::consts::PI))", given(0)),
        Ufunc::Exp => elementary("exp"),
        Ufunc::Exp2 => elementary("exp2"),
        Ufunc::Expm1 => elementary("expm1"),
        Ufunc::Log => elementary("log"),
        Ufunc::Log10 => elementary("log10"),
        Ufunc::Log1p => elementary("log1p"),
        Ufunc::Log2 => elementary("log2"),
        Ufunc::Sin => elementary("sin"),
        Ufunc::Sinh => elementary("sinh"),
        Ufunc::Sqrt => method("sqrt"),
        Ufunc::Tan => elementary("tan"),
        Ufunc::Tanh => elementary("tanh"),
        Ufunc::Arctan2 => elementary("atan2"),
        Ufunc::Copysign => format!("{}.copysign({})", given(0), given(1)),
        Ufunc::Heaviside => format!("{}.heaviside({})", given(0), given(1)),
        Ufunc::Hypot => elementary("hypot"),
        Ufunc::Logaddexp => elementary("logaddexp"),
        Ufunc::Clip => {
            let (lowest, highest) = if float {
                ("a != a || a >= b", "a != a || a <= b")
            } else {
                ("a > b", "a < b")
            };
            format!(
                "{{ let a = {}; let b = {}; let a = if {lowest} {{ a }} else {{ b }}; let b = {}; if {highest} {{ a }} else {{ b }} }}",
                given(0),
                given(1),
                given(2)
            )
        }
        Ufunc::Where => {
            let to = operation.unwrap_or(ty);
            let (accept, reject) = (scene.converted(arguments[1], to), scene.converted(arguments[2], to));
            format!(
                "{{ let a = {accept}; let b = {reject}; if {} {{ a }} else {{ b }} }}",
                own(0)
            )
        }
    };
    let value = if half && ty.kind == Kind::F16 {
        format!("F16::from_f32({value})")
    } else {
        value
    };
    if weak.is_empty() {
        value
    } else {
        format!("{{ {weak}{value} }}")
    }
}

/// The value of an expression whose own value does not matter, but whose failing does.
fn discard(value: String, result: &str) -> String {
    format!("{{ let _ = {value}; {result} }}")
}

/// Tests that Python ints among the arguments fit the kind that the others impose.
fn weak_checks(scene: &Scene<'_>, root: Ex, arguments: &[Ex]) -> String {
    let mut text = String::new();
    for check in scene.types.checks(root) {
        let Condition::WeakIntFits(kind) = check.condition else {
            continue;
        };
        for argument in arguments.iter().filter(|one| scene.types.expression(**one) == Ty::INT) {
            let value = scene.value(*argument);
            text += &scene.test(
                root,
                check,
                &format!("{}::try_from({value}).is_ok()", kind.name()),
                &value,
            );
        }
    }
    text
}

fn comparison(scene: &Scene<'_>, function: Ufunc, arguments: &[Ex], operation: Option<Ty>) -> String {
    let symbol = match function {
        Ufunc::Less => "<",
        Ufunc::LessEqual => "<=",
        Ufunc::Greater => ">",
        Ufunc::GreaterEqual => ">=",
        Ufunc::NotEqual => "!=",
        _ => "==",
    };
    match operation {
        Some(ty) => format!(
            "({} {symbol} {})",
            scene.converted(arguments[0], ty),
            scene.converted(arguments[1], ty)
        ),
        None => format!(
            "(({} as i128) {symbol} ({} as i128))",
            scene.value(arguments[0]),
            scene.value(arguments[1])
        ),
    }
}
