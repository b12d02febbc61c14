//! The functions and constants of other modules that the IR knows, by their Python names.

use super::array_call::ArrayName;
use super::random::RandomClass;
use crate::ir::{Conversion, Function, Literal, Math, Ufunc};

/// A module whose members are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Library {
    Math,
    Cmath,
    Bisect,
    Operator,
    Functools,
    Numpy,
    NumpyRandom,
    NumpyLinalg,
    Itertools,
}

impl Library {
    /// The library that an import path names.
    pub(super) fn find(path: &str) -> Option<Self> {
        match path {
            "math" => Some(Self::Math),
            "cmath" => Some(Self::Cmath),
            "bisect" => Some(Self::Bisect),
            "operator" => Some(Self::Operator),
            "functools" => Some(Self::Functools),
            "numpy" => Some(Self::Numpy),
            "numpy.random" => Some(Self::NumpyRandom),
            "numpy.linalg" => Some(Self::NumpyLinalg),
            "itertools" => Some(Self::Itertools),
            _ => None,
        }
    }

    /// As in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Math => "math",
            Self::Cmath => "cmath",
            Self::Bisect => "bisect",
            Self::Operator => "operator",
            Self::Functools => "functools",
            Self::Numpy => "numpy",
            Self::NumpyRandom => "numpy.random",
            Self::NumpyLinalg => "numpy.linalg",
            Self::Itertools => "itertools",
        }
    }

    /// What a member of the library is.
    pub(super) fn member(self, name: &str) -> Option<Known> {
        match self {
            Self::Math => math(name)
                .map(Function::Math)
                .map(Known::Function)
                .or_else(|| constant(name))
                .or_else(|| tau(name))
                .or_else(|| (name == "prod").then_some(Known::Product)),
            Self::Cmath => match name {
                "infj" => Some(Known::Constant(Literal::Imaginary(f64::INFINITY))),
                "nanj" => Some(Known::Constant(Literal::Imaginary(f64::NAN))),
                _ => constant(name).or_else(|| tau(name)),
            },
            Self::Bisect | Self::Operator => None,
            Self::Functools => (name == "reduce").then_some(Known::Fold),
            Self::Numpy => part(name)
                .or_else(|| ufunc(name).map(Function::Numpy))
                .map(Known::Function)
                .or_else(|| scalar_type(name).map(Known::Conversion))
                .or_else(|| constant(name))
                .or_else(|| (name == "ndindex").then_some(Known::Space(Space::Ndindex)))
                .or_else(|| ArrayName::find(name).map(Known::Array)),
            Self::NumpyLinalg => None,
            Self::NumpyRandom => RandomClass::find(name).map(Known::Random),
            Self::Itertools => match name {
                "product" => Some(Known::Space(Space::Product)),
                "combinations" => Some(Known::Space(Space::Combinations)),
                _ => None,
            },
        }
    }
}

/// What a name outside the region means to the lowering.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known {
    /// Called, it is an expression.
    Function(Function),
    /// Called, it converts.
    Conversion(Conversion),
    /// A number.
    Constant(Literal),
    /// An iteration space.
    Space(Space),
    /// A function of whole arrays.
    Array(ArrayName),
    /// A class of random generators.
    Random(RandomClass),
    /// `len`
    Length,
    /// `divmod`
    Divmod,
    /// `pow`
    Power,
    /// `sum`
    Sum,
    /// `tuple(…)`
    Tuple,
    /// `math.prod`
    Product,
    /// `functools.reduce`
    Fold,
    /// `map`
    Map,
    /// `np.add.reduce`
    UfuncMethod(Ufunc, UfuncMethod),
    /// `any`
    Any,
    /// `all`
    All,
}

/// What else a ufunc can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UfuncMethod {
    Reduce,
    Accumulate,
    Outer,
}

/// What a `for` may run over, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Range,
    Enumerate,
    Zip,
    Reversed,
    Ndindex,
    Product,
    Combinations,
}

/// A builtin.
pub(super) fn builtin(name: &str) -> Option<Known> {
    Some(match name {
        "abs" => Known::Function(Function::Abs),
        "min" => Known::Function(Function::Min),
        "max" => Known::Function(Function::Max),
        "round" => Known::Function(Function::Round),
        "bool" => Known::Conversion(Conversion::Bool),
        "int" => Known::Conversion(Conversion::Int),
        "float" => Known::Conversion(Conversion::Float),
        "complex" => Known::Conversion(Conversion::Complex),
        "range" => Known::Space(Space::Range),
        "enumerate" => Known::Space(Space::Enumerate),
        "zip" => Known::Space(Space::Zip),
        "reversed" => Known::Space(Space::Reversed),
        "len" => Known::Length,
        "divmod" => Known::Divmod,
        "pow" => Known::Power,
        "sum" => Known::Sum,
        "tuple" => Known::Tuple,
        "map" => Known::Map,
        "any" => Known::Any,
        "all" => Known::All,
        _ => return None,
    })
}

/// Whether Python has a builtin of that name.
pub(super) fn is_builtin(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "bin",
        "bytes",
        "callable",
        "chr",
        "dict",
        "dir",
        "eval",
        "exec",
        "filter",
        "format",
        "frozenset",
        "getattr",
        "globals",
        "hasattr",
        "hash",
        "hex",
        "id",
        "input",
        "isinstance",
        "issubclass",
        "iter",
        "list",
        "locals",
        "next",
        "object",
        "oct",
        "open",
        "ord",
        "print",
        "repr",
        "set",
        "setattr",
        "slice",
        "sorted",
        "str",
        "super",
        "type",
        "vars",
    ];
    builtin(name).is_some() || OTHERS.contains(&name)
}

/// Constants that `math` and `numpy` share.
fn constant(name: &str) -> Option<Known> {
    let value = match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    };
    Some(Known::Constant(Literal::Float(value)))
}

fn tau(name: &str) -> Option<Known> {
    (name == "tau").then_some(Known::Constant(Literal::Float(std::f64::consts::TAU)))
}

fn math(name: &str) -> Option<Math> {
    Some(match name {
        "acos" => Math::Acos,
        "acosh" => Math::Acosh,
        "asin" => Math::Asin,
        "asinh" => Math::Asinh,
        "atan" => Math::Atan,
        "atan2" => Math::Atan2,
        "atanh" => Math::Atanh,
        "cbrt" => Math::Cbrt,
        "ceil" => Math::Ceil,
        "copysign" => Math::Copysign,
        "cos" => Math::Cos,
        "cosh" => Math::Cosh,
        "degrees" => Math::Degrees,
        "erf" => Math::Erf,
        "erfc" => Math::Erfc,
        "exp" => Math::Exp,
        "exp2" => Math::Exp2,
        "expm1" => Math::Expm1,
        "fabs" => Math::Fabs,
        "floor" => Math::Floor,
        "fmod" => Math::Fmod,
        "gcd" => Math::Gcd,
        "hypot" => Math::Hypot,
        "isfinite" => Math::IsFinite,
        "isinf" => Math::IsInf,
        "isnan" => Math::IsNan,
        "isqrt" => Math::Isqrt,
        "log" => Math::Log,
        "log10" => Math::Log10,
        "log1p" => Math::Log1p,
        "log2" => Math::Log2,
        "pow" => Math::Pow,
        "radians" => Math::Radians,
        "sin" => Math::Sin,
        "sinh" => Math::Sinh,
        "sqrt" => Math::Sqrt,
        "tan" => Math::Tan,
        "tanh" => Math::Tanh,
        "trunc" => Math::Trunc,
        _ => return None,
    })
}

/// NumPy's functions that read an attribute of their argument.
fn part(name: &str) -> Option<Function> {
    match name {
        "real" => Some(Function::Real),
        "imag" => Some(Function::Imag),
        _ => None,
    }
}

fn ufunc(name: &str) -> Option<Ufunc> {
    Some(match name {
        "abs" | "absolute" => Ufunc::Absolute,
        "add" => Ufunc::Add,
        "angle" => Ufunc::Angle,
        "acos" | "arccos" => Ufunc::Arccos,
        "acosh" | "arccosh" => Ufunc::Arccosh,
        "asin" | "arcsin" => Ufunc::Arcsin,
        "asinh" | "arcsinh" => Ufunc::Arcsinh,
        "atan" | "arctan" => Ufunc::Arctan,
        "atan2" | "arctan2" => Ufunc::Arctan2,
        "atanh" | "arctanh" => Ufunc::Arctanh,
        "bitwise_and" => Ufunc::BitwiseAnd,
        "bitwise_or" => Ufunc::BitwiseOr,
        "bitwise_xor" => Ufunc::BitwiseXor,
        "cbrt" => Ufunc::Cbrt,
        "ceil" => Ufunc::Ceil,
        "clip" => Ufunc::Clip,
        "conj" | "conjugate" => Ufunc::Conjugate,
        "copysign" => Ufunc::Copysign,
        "cos" => Ufunc::Cos,
        "cosh" => Ufunc::Cosh,
        "deg2rad" | "radians" => Ufunc::Deg2rad,
        "divide" | "true_divide" => Ufunc::Divide,
        "equal" => Ufunc::Equal,
        "exp" => Ufunc::Exp,
        "exp2" => Ufunc::Exp2,
        "expm1" => Ufunc::Expm1,
        "fabs" => Ufunc::Fabs,
        "floor" => Ufunc::Floor,
        "floor_divide" => Ufunc::FloorDivide,
        "fmax" => Ufunc::Fmax,
        "fmin" => Ufunc::Fmin,
        "fmod" => Ufunc::Fmod,
        "greater" => Ufunc::Greater,
        "greater_equal" => Ufunc::GreaterEqual,
        "heaviside" => Ufunc::Heaviside,
        "hypot" => Ufunc::Hypot,
        "invert" | "bitwise_not" | "bitwise_invert" => Ufunc::Invert,
        "isfinite" => Ufunc::Isfinite,
        "isinf" => Ufunc::Isinf,
        "isnan" => Ufunc::Isnan,
        "left_shift" | "bitwise_left_shift" => Ufunc::LeftShift,
        "less" => Ufunc::Less,
        "less_equal" => Ufunc::LessEqual,
        "log" => Ufunc::Log,
        "log10" => Ufunc::Log10,
        "log1p" => Ufunc::Log1p,
        "log2" => Ufunc::Log2,
        "logaddexp" => Ufunc::Logaddexp,
        "logical_and" => Ufunc::LogicalAnd,
        "logical_not" => Ufunc::LogicalNot,
        "logical_or" => Ufunc::LogicalOr,
        "logical_xor" => Ufunc::LogicalXor,
        "maximum" => Ufunc::Maximum,
        "minimum" => Ufunc::Minimum,
        "multiply" => Ufunc::Multiply,
        "negative" => Ufunc::Negative,
        "not_equal" => Ufunc::NotEqual,
        "positive" => Ufunc::Positive,
        "power" | "pow" => Ufunc::Power,
        "rad2deg" | "degrees" => Ufunc::Rad2deg,
        "reciprocal" => Ufunc::Reciprocal,
        "remainder" | "mod" => Ufunc::Remainder,
        "right_shift" | "bitwise_right_shift" => Ufunc::RightShift,
        "rint" => Ufunc::Rint,
        "sign" => Ufunc::Sign,
        "signbit" => Ufunc::Signbit,
        "sin" => Ufunc::Sin,
        "sinh" => Ufunc::Sinh,
        "sqrt" => Ufunc::Sqrt,
        "square" => Ufunc::Square,
        "subtract" => Ufunc::Subtract,
        "tan" => Ufunc::Tan,
        "tanh" => Ufunc::Tanh,
        "trunc" => Ufunc::Trunc,
        "where" => Ufunc::Where,
        _ => return None,
    })
}

/// NumPy's scalar types, by all their names on 64-bit Unix.
pub(super) fn scalar_type(name: &str) -> Option<Conversion> {
    Some(match name {
        "bool" | "bool_" => Conversion::NumpyBool,
        "int8" | "byte" => Conversion::Int8,
        "int16" | "short" => Conversion::Int16,
        "int32" | "intc" => Conversion::Int32,
        "int64" | "int_" | "intp" | "long" | "longlong" => Conversion::Int64,
        "uint8" | "ubyte" => Conversion::UInt8,
        "uint16" | "ushort" => Conversion::UInt16,
        "uint32" | "uintc" => Conversion::UInt32,
        "uint64" | "uint" | "uintp" | "ulong" | "ulonglong" => Conversion::UInt64,
        "float32" | "single" => Conversion::Float32,
        "float64" | "double" => Conversion::Float64,
        "float16" | "half" => Conversion::Float16,
        "complex64" | "csingle" => Conversion::Complex64,
        "complex128" | "cdouble" => Conversion::Complex128,
        _ => return None,
    })
}

/// NumPy's scalar types by their codes, as strings name them: `"f8"`.
pub(super) fn type_code(code: &str) -> Option<Conversion> {
    scalar_type(match code.trim_start_matches(['<', '=']) {
        "?" | "b1" => "bool_",
        "i1" => "int8",
        "i2" => "int16",
        "i4" => "int32",
        "i8" | "int" | "l" | "q" => "int64",
        "u1" => "uint8",
        "u2" => "uint16",
        "u4" => "uint32",
        "u8" => "uint64",
        "f2" => "float16",
        "f4" | "f" => "float32",
        "f8" | "d" | "float" => "float64",
        "c8" => "complex64",
        "c16" | "complex" => "complex128",
        _ => return None,
    })
}
