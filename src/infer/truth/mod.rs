//! The rules of typing, compared with what CPython and NumPy give (`truth.txt`, written by `generate.py`).

use super::rule::{Refusal, Rule, Typed};
use super::{Kind, Origin, Ty, complex, convert, functions, operators, ufuncs};
use crate::ir::{BinaryOp, CompareOp, Conversion, Math, Ufunc, UnaryOp};

const TRUTH: &str = include_str!("truth.txt");
const LETTERS: &str = "TNRC?bhiqBHIQefdFD";

/// The type of a letter.
fn ty(letter: char) -> Ty {
    match letter {
        'T' => Ty::BOOL,
        'N' => Ty::INT,
        'R' => Ty::FLOAT,
        'C' => Ty::COMPLEX,
        numpy => Ty::numpy(kind(numpy)),
    }
}

/// The kind of NumPy's type character.
fn kind(letter: char) -> Kind {
    let at = "?bhiqBHIQefdFD"
        .chars()
        .position(|c| c == letter)
        .expect("a letter of a type");
    Kind::ALL[at]
}

/// The letter for what a rule says.
fn letter(rule: Rule) -> char {
    match rule {
        Ok(typed) => LETTERS
            .chars()
            .find(|c| ty(*c) == typed.ty)
            .expect("rules give exact types"),
        Err(Refusal::TypeError) => '!',
        Err(Refusal::Untranslated) => '-',
    }
}

/// Row by row, what a rule of two operands says for every pair.
fn table(rule: impl Fn(Ty, Ty) -> Rule) -> String {
    let row = |a| LETTERS.chars().map(|b| letter(rule(ty(a), ty(b)))).collect::<String>();
    LETTERS.chars().map(row).collect::<Vec<_>>().join(" ")
}

/// What a rule of one operand says for every type.
fn list(rule: impl Fn(Ty) -> Rule) -> String {
    LETTERS.chars().map(|a| letter(rule(ty(a)))).collect()
}

fn binary_op(name: &str) -> BinaryOp {
    match name {
        "add" => BinaryOp::Add,
        "sub" => BinaryOp::Subtract,
        "mul" => BinaryOp::Multiply,
        "truediv" => BinaryOp::Divide,
        "floordiv" => BinaryOp::FloorDivide,
        "mod" => BinaryOp::Modulo,
        "pow" => BinaryOp::Power,
        "lshift" => BinaryOp::ShiftLeft,
        "rshift" => BinaryOp::ShiftRight,
        "and" => BinaryOp::BitAnd,
        "or" => BinaryOp::BitOr,
        "xor" => BinaryOp::BitXor,
        other => panic!("no operator {other}"),
    }
}

fn unary_op(name: &str) -> UnaryOp {
    match name {
        "pos" => UnaryOp::Plus,
        "neg" => UnaryOp::Negate,
        "invert" => UnaryOp::Invert,
        "not" => UnaryOp::Not,
        other => panic!("no operator {other}"),
    }
}

fn compare_op(name: &str) -> CompareOp {
    match name {
        "lt" => CompareOp::Less,
        "le" => CompareOp::LessEqual,
        "gt" => CompareOp::Greater,
        "ge" => CompareOp::GreaterEqual,
        "eq" => CompareOp::Equal,
        "ne" => CompareOp::NotEqual,
        other => panic!("no comparison {other}"),
    }
}

fn conversion(name: &str) -> Conversion {
    match name {
        "bool" => Conversion::Bool,
        "int" => Conversion::Int,
        "float" => Conversion::Float,
        "np_bool" => Conversion::NumpyBool,
        "int8" => Conversion::Int8,
        "int16" => Conversion::Int16,
        "int32" => Conversion::Int32,
        "int64" | "longlong" => Conversion::Int64,
        "uint8" => Conversion::UInt8,
        "uint16" => Conversion::UInt16,
        "uint32" => Conversion::UInt32,
        "uint64" | "ulonglong" => Conversion::UInt64,
        "complex" => Conversion::Complex,
        "float16" => Conversion::Float16,
        "complex64" => Conversion::Complex64,
        "complex128" => Conversion::Complex128,
        "float32" => Conversion::Float32,
        "float64" => Conversion::Float64,
        other => panic!("no conversion {other}"),
    }
}

/// Finds the variant whose name, without underscores and in lower case, is that of a function.
fn find<T: Copy + std::fmt::Debug>(all: &[T], name: &str) -> T {
    let name = name.replace('_', "");
    *all.iter()
        .find(|f| format!("{f:?}").to_lowercase() == name)
        .unwrap_or_else(|| panic!("no function {name}"))
}

#[rustfmt::skip]
const MATH: &[Math] = &[
    Math::Acos, Math::Acosh, Math::Asin, Math::Asinh, Math::Atan, Math::Atan2, Math::Atanh, Math::Cbrt, Math::Ceil,
    Math::Copysign, Math::Cos, Math::Cosh, Math::Degrees, Math::Erf, Math::Erfc, Math::Exp, Math::Exp2, Math::Expm1,
    Math::Fabs, Math::Floor, Math::Fmod, Math::Gcd, Math::Hypot, Math::IsFinite, Math::IsInf, Math::IsNan, Math::Isqrt,
    Math::Log, Math::Log10, Math::Log1p, Math::Log2, Math::Pow, Math::Radians, Math::Sin, Math::Sinh, Math::Sqrt,
    Math::Tan, Math::Tanh, Math::Trunc,
];

#[rustfmt::skip]
const UFUNCS: &[Ufunc] = &[
    Ufunc::Absolute, Ufunc::Angle, Ufunc::Conjugate, Ufunc::Add, Ufunc::Arccos, Ufunc::Arccosh, Ufunc::Arcsin, Ufunc::Arcsinh, Ufunc::Arctan,
    Ufunc::Arctan2, Ufunc::Arctanh, Ufunc::BitwiseAnd, Ufunc::BitwiseOr, Ufunc::BitwiseXor, Ufunc::Cbrt, Ufunc::Ceil,
    Ufunc::Clip, Ufunc::Copysign, Ufunc::Cos, Ufunc::Cosh, Ufunc::Deg2rad, Ufunc::Divide, Ufunc::Equal, Ufunc::Exp,
    Ufunc::Exp2, Ufunc::Expm1, Ufunc::Fabs, Ufunc::Floor, Ufunc::FloorDivide, Ufunc::Fmax, Ufunc::Fmin, Ufunc::Fmod,
    Ufunc::Greater, Ufunc::GreaterEqual, Ufunc::Heaviside, Ufunc::Hypot, Ufunc::Invert, Ufunc::Isfinite, Ufunc::Isinf,
    Ufunc::Isnan, Ufunc::LeftShift, Ufunc::Less, Ufunc::LessEqual, Ufunc::Log, Ufunc::Log10, Ufunc::Log1p, Ufunc::Log2,
    Ufunc::Logaddexp, Ufunc::LogicalAnd, Ufunc::LogicalNot, Ufunc::LogicalOr, Ufunc::LogicalXor, Ufunc::Maximum,
    Ufunc::Minimum, Ufunc::Multiply, Ufunc::Negative, Ufunc::NotEqual, Ufunc::Positive, Ufunc::Power, Ufunc::Rad2deg,
    Ufunc::Reciprocal, Ufunc::Remainder, Ufunc::RightShift, Ufunc::Rint, Ufunc::Sign, Ufunc::Signbit, Ufunc::Sin,
    Ufunc::Sinh, Ufunc::Sqrt, Ufunc::Square, Ufunc::Subtract, Ufunc::Tan, Ufunc::Tanh, Ufunc::Trunc, Ufunc::Where,
];

/// What our rules say to one line.
fn ours(group: &str, name: &str, binary: bool) -> String {
    match (group, binary) {
        ("binary", _) => table(|a, b| operators::binary(binary_op(name), a, b, false)),
        ("compare", _) => table(|a, b| {
            complex::ordered(compare_op(name), a, b)?;
            Ok(operators::compare(a, b))
        }),
        ("unary", _) => list(|a| operators::unary(unary_op(name), a)),
        ("convert", _) => list(|a| convert::convert(conversion(name), a)),
        ("part", _) => list(|a| match name {
            "real" | "imag" => Ok(complex::part(a)),
            "conj" if a.origin == Origin::Python => Err(Refusal::TypeError),
            _ => Ok(complex::conjugate(a)),
        }),
        ("builtin", true) if name == "complex" => table(complex::from_parts),
        ("builtin", true) if name == "round" => table(functions::round_digits),
        ("builtin", true) => table(|a, b| functions::power_modulo(&[a, b, b])),
        ("builtin", false) if name == "round" => list(functions::round),
        ("builtin", false) => list(functions::abs),
        ("math", true) => table(|a, b| functions::math(find(MATH, name), &[a, b])),
        ("math", false) => list(|a| functions::math(find(MATH, name), &[a])),
        ("numpy", true) => table(|a, b| ufuncs::ufunc(find(UFUNCS, name), &arguments(name, a, b))),
        ("numpy", false) => list(|a| ufuncs::ufunc(find(UFUNCS, name), &[a])),
        (_, _) => panic!("no group {group}"),
    }
}

fn arguments(name: &str, a: Ty, b: Ty) -> Vec<Ty> {
    match name {
        "where" => vec![Ty::BOOL, a, b],
        "clip" => vec![a, b, b],
        _ => vec![a, b],
    }
}

#[test]
fn every_operation_has_the_type_that_python_gives() {
    let mut lines = 0;
    for line in TRUTH.lines() {
        let (group, rest) = line.split_once(' ').expect("a group");
        let (name, expected) = rest.split_once(' ').expect("a name");
        if group == "store" || group == "buffer" {
            continue;
        }
        let ours = ours(group, name, expected.contains(' '));
        // What is not translated may be anything.
        let either = |(ours, want): (char, char)| if ours == '-' { ours } else { want };
        let wanted: String = ours.chars().zip(expected.chars()).map(either).collect();
        assert_eq!(ours, wanted, "{group} {name}");
        lines += 1;
    }
    assert!(lines > 140, "only {lines} operations compared");
}

#[test]
fn every_math_function_and_ufunc_is_compared() {
    let named = |group: &str, name: String| {
        TRUTH.lines().any(|line| {
            let mut words = line.split(' ');
            words.next() == Some(group) && words.next().map(|w| w.replace('_', "")) == Some(name.to_lowercase())
        })
    };
    for function in MATH {
        assert!(named("math", format!("{function:?}")), "{function:?}");
    }
    for function in UFUNCS {
        assert!(named("numpy", format!("{function:?}")), "{function:?}");
    }
}

#[test]
fn elements_take_what_python_lets_them_take() {
    for line in TRUTH
        .lines()
        .filter(|l| l.starts_with("store") || l.starts_with("buffer"))
    {
        let words: Vec<&str> = line.split(' ').collect();
        let kind = kind(words[1].chars().next().expect("a letter"));
        let element = if words[0] == "store" {
            Ty::numpy(kind)
        } else {
            Ty { kind, ..Ty::BOOL }
        };
        let ours: String = LETTERS
            .chars()
            .map(|c| {
                match convert::store(element, ty(c)) {
                    Ok(_) => 'y',
                    Err(Refusal::TypeError) => 'n',
                    // With a warning.
                    Err(Refusal::Untranslated) => 'y',
                }
            })
            .collect();
        assert_eq!(ours, words[2], "{line}");
    }
}

#[test]
fn an_int_raised_to_a_negative_literal_is_a_float() {
    let typed: Typed = operators::binary(BinaryOp::Power, Ty::INT, Ty::INT, true).expect("has a type");
    assert_eq!(typed.ty, Ty::FLOAT);
}

#[test]
fn unlike_integers_are_compared_by_value() {
    let by_value = [
        (Ty::INT, Ty::FLOAT),
        (Ty::INT, Ty::numpy(Kind::U8)),
        (Ty::numpy(Kind::U64), Ty::numpy(Kind::I8)),
    ];
    for (left, right) in by_value {
        assert_eq!(operators::compare(left, right).operation, None, "{left} {right}");
        assert_eq!(operators::compare(right, left).operation, None, "{right} {left}");
    }
    assert_eq!(
        operators::compare(Ty::INT, Ty::numpy(Kind::F32)).operation,
        Some(Ty::numpy(Kind::F32))
    );
}
