//! Functions of Python, `math` and NumPy in lanes.

use super::checks::tested;
use super::{Emit, Lockstep};
use crate::infer::{Condition, Kind};
use crate::ir::{Expression, Function, Handle, Math, Ufunc};

type Ex = Handle<Expression>;

impl Lockstep<'_, '_> {
    /// A call; `None`: lanes have no instructions for it.
    pub(super) fn call(&self, root: Ex, function: Function, arguments: &[Ex], on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        let ty = scene.types.expression(root);
        match function {
            Function::Min | Function::Max => {
                if !scene.types.checks(root).is_empty() || ty.kind == Kind::Bool {
                    return Ok(None);
                }
                let method = if function == Function::Min { "py_min" } else { "py_max" };
                let mut text = self.converted(arguments[0], ty.kind, on)?;
                for argument in &arguments[1..] {
                    text = format!("({text}).{method}({})", self.converted(*argument, ty.kind, on)?);
                }
                Ok(Some(text))
            }
            Function::Abs => {
                let kind = scene.types.operation(root).unwrap_or(ty).kind;
                if scene.types.expression(arguments[0]).kind.is_complex() {
                    return self.magnitude(root, arguments[0], on);
                }
                if scene.overflows(root) || kind == Kind::Bool || kind != ty.kind {
                    return Ok(None);
                }
                Ok(Some(format!("({}).abs()", self.converted(arguments[0], kind, on)?)))
            }
            Function::Math(name) => self.math(root, name, arguments, on),
            Function::Numpy(name) => self.ufunc(root, name, arguments, on),
            Function::Complex | Function::Real | Function::Imag | Function::Conjugate | Function::Conj => {
                self.complex_call(root, function, arguments, on)
            }
            Function::Round | Function::RoundDigits | Function::PowerModulo => Ok(None),
        }
    }

    fn math(&self, root: Ex, function: Math, arguments: &[Ex], on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        let Some(Kind::F64) = scene.types.operation(root).map(|ty| ty.kind) else {
            return Ok(None);
        };
        let method = match function {
            Math::Fabs => "abs",
            Math::Sqrt => "sqrt",
            Math::Copysign => "copysign",
            Math::Floor => "floor",
            Math::Ceil => "ceil",
            Math::Trunc => "trunc",
            Math::Acos => "acos",
            Math::Acosh => "acosh",
            Math::Asin => "asin",
            Math::Asinh => "asinh",
            Math::Atanh => "atanh",
            Math::Atan => "atan",
            Math::Atan2 => "atan2",
            Math::Cbrt => "cbrt",
            Math::Cos => "cos",
            Math::Cosh => "cosh",
            Math::Erf => "erf",
            Math::Erfc => "erfc",
            Math::Exp => "exp",
            Math::Exp2 => "exp2",
            Math::Expm1 => "expm1",
            Math::Fmod => "fmod",
            Math::Hypot => "hypot",
            Math::Log => "log",
            Math::Log10 => "log10",
            Math::Log1p => "log1p",
            Math::Log2 => "log2",
            Math::Pow => "pow",
            Math::Sin => "sin",
            Math::Sinh => "sinh",
            Math::Tan => "tan",
            Math::Tanh => "tanh",
            Math::Degrees | Math::Gcd | Math::IsFinite | Math::IsInf | Math::IsNan | Math::Isqrt | Math::Radians => {
                return Ok(None);
            }
        };
        let operands = arguments
            .iter()
            .map(|argument| self.converted(*argument, Kind::F64, on))
            .collect::<Emit<Vec<String>>>()?;
        if matches!(function, Math::Floor | Math::Ceil | Math::Trunc) {
            let tests = self.conditions(scene.types.checks(root), Kind::F64, on)?;
            return Ok(Some(tested(&operands[0], &tests, |own| {
                format!("{own}.{method}().cast::<i64>()")
            })));
        }
        self.applied(root, method, &operands, on)
    }

    /// A function of lanes with its checks on operands and result.
    fn applied(&self, root: Ex, method: &str, operands: &[String], on: &str) -> Emit<Option<String>> {
        let names = &["a", "b"][..operands.len()];
        let checks = self.scene.types.checks(root);
        let ranged = checks.iter().any(|check| check.condition == Condition::MathRange);
        let all_finite = names.iter().skip(1).fold("finite(a)".to_owned(), |text, name| {
            format!("{text}.and(finite({name}))")
        });
        let any_nan = names.iter().skip(1).fold("a.is_nan()".to_owned(), |text, name| {
            format!("{text}.or({name}.is_nan())")
        });
        let mut tests = String::new();
        for check in checks {
            let bad = match check.condition {
                Condition::MathDomain | Condition::MathRange if outside(method).is_some() => {
                    outside(method).unwrap_or_default().to_owned()
                }
                Condition::MathRange => format!("infinite(r).and({all_finite})"),
                Condition::MathDomain if ranged => format!("r.is_nan().and_not({any_nan})"),
                Condition::MathDomain => format!("r.is_nan().and_not({any_nan}).or(infinite(r).and({all_finite}))"),
                Condition::NotZeroToNegative => "a.eq(a - a).and(b.lt(a - a)).and(finite(b))".to_owned(),
                _ => return Ok(None),
            };
            tests += &format!("none({on}.also({bad}))?; ");
        }
        let call = |first: &str, rest: &[&str]| format!("{first}.{method}({})", rest.join(", "));
        if tests.is_empty() {
            let rest: Vec<&str> = operands[1..].iter().map(String::as_str).collect();
            return Ok(Some(call(&format!("({})", operands[0]), &rest)));
        }
        let lets: String = names
            .iter()
            .zip(operands)
            .map(|(name, text)| format!("let {name} = {text}; "))
            .collect();
        Ok(Some(format!(
            "{{ {lets}let r = {}; {tests}r }}",
            call("a", &names[1..])
        )))
    }

    fn ufunc(&self, root: Ex, function: Ufunc, arguments: &[Ex], on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        let ty = scene.types.expression(root);
        let Some(kind) = scene.types.operation(root).map(|ty| ty.kind) else {
            return Ok(None);
        };
        if kind.is_complex() && matches!(function, Ufunc::Absolute) {
            return self.magnitude(root, arguments[0], on);
        }
        if !scene.types.checks(root).is_empty() || kind != ty.kind || kind == Kind::Bool {
            return Ok(None);
        }
        let given = |position: usize| self.converted(arguments[position], kind, on);
        let float = kind.is_float();
        let method = match function {
            Ufunc::Where => {
                let test = self.truth(arguments[0], on)?;
                let (first, second) = (given(1)?, given(2)?);
                if self.rounds.get() > 0 && self.is_dear(arguments[1]) && self.is_at_hand(arguments[2]) {
                    let chosen = self.choice(kind, "chosen", &first, &second);
                    return Ok(Some(format!(
                        "{{ let chosen = {test}; if {on}.also(chosen).any() {{ {chosen} }} else {{ {second} }} }}"
                    )));
                }
                return Ok(Some(self.choice(kind, &test, &first, &second)));
            }
            Ufunc::Square => return Ok(Some(format!("{{ let a = {}; a * a }}", given(0)?))),
            Ufunc::Add => return Ok(Some(format!("({} + {})", given(0)?, given(1)?))),
            Ufunc::Subtract => return Ok(Some(format!("({} - {})", given(0)?, given(1)?))),
            Ufunc::Multiply => return Ok(Some(format!("({} * {})", given(0)?, given(1)?))),
            Ufunc::Divide if kind.is_inexact() => return Ok(Some(format!("({} / {})", given(0)?, given(1)?))),
            Ufunc::Negative => return Ok(Some(format!("(-{})", given(0)?))),
            Ufunc::Conjugate if kind.is_complex() => return Ok(Some(format!("({}).conjugate()", given(0)?))),
            _ if kind.is_complex() => return Ok(None),
            Ufunc::Maximum => "maximum",
            Ufunc::Minimum => "minimum",
            Ufunc::Fmax if float => "fmax",
            Ufunc::Fmin if float => "fmin",
            Ufunc::Absolute | Ufunc::Fabs => "abs",
            Ufunc::Sqrt if float => "sqrt",
            Ufunc::Ceil if float => "ceil",
            Ufunc::Floor if float => "floor",
            Ufunc::Trunc if float => "trunc",
            Ufunc::Rint if float => "rint",
            Ufunc::Copysign if float => "copysign",
            Ufunc::Power if float && self.is_two(arguments[1]) => {
                return Ok(Some(format!("{{ let a = {}; a * a }}", given(0)?)));
            }
            Ufunc::Power if float => "pow",
            Ufunc::Arccos if float => "acos",
            Ufunc::Arccosh if float => "acosh",
            Ufunc::Arcsinh if float => "asinh",
            Ufunc::Arctanh if float => "atanh",
            Ufunc::Logaddexp if float => "logaddexp",
            Ufunc::Arcsin if float => "asin",
            Ufunc::Arctan if float => "atan",
            Ufunc::Arctan2 if float => "atan2",
            Ufunc::Cbrt if float => "cbrt",
            Ufunc::Cos if float => "cos",
            Ufunc::Cosh if float => "cosh",
            Ufunc::Exp if float => "exp",
            Ufunc::Exp2 if float => "exp2",
            Ufunc::Expm1 if float => "expm1",
            Ufunc::Fmod if float => "fmod",
            Ufunc::Hypot if float => "hypot",
            Ufunc::Log if float => "log",
            Ufunc::Log10 if float => "log10",
            Ufunc::Log1p if float => "log1p",
            Ufunc::Log2 if float => "log2",
            Ufunc::Sin if float => "sin",
            Ufunc::Sinh if float => "sinh",
            Ufunc::Tan if float => "tan",
            Ufunc::Tanh if float => "tanh",
            _ => return Ok(None),
        };
        let operands = (0..arguments.len()).map(given).collect::<Emit<Vec<String>>>()?;
        self.applied(root, method, &operands, on)
    }
}

/// Where, by its operand `a`, an `f64` function fails.
fn outside(method: &str) -> Option<&'static str> {
    Some(match method {
        "sqrt" => "a.lt(Lanes::zero())",
        "log" | "log2" | "log10" => "a.le(Lanes::zero())",
        "log1p" => "a.le(Lanes::splat(-1.0))",
        "asin" | "acos" => "a.abs().gt(Lanes::splat(1.0))",
        "sin" | "cos" | "tan" => "infinite(a)",
        "exp" => "a.gt(Lanes::splat(709.782712893384)).and(a.lt(Lanes::splat(f64::INFINITY)))",
        _ => return None,
    })
}
