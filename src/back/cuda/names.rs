//! Identifiers and types of generated CUDA C++.

use crate::infer::Kind;

/// Words that a Python name may be and a C++ name may not, and names that generated code and its header use themselves.
const TAKEN: &[&str] = &[
    "alignas",
    "alignof",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "case",
    "catch",
    "char",
    "compl",
    "const",
    "constexpr",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "enum",
    "explicit",
    "export",
    "extern",
    "float",
    "friend",
    "goto",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not_eq",
    "nullptr",
    "operator",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "restrict",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "xor",
    "xor_eq",
    "main",
    "Steps",
    "View",
    "Local",
    "failed",
    "failure",
    "value",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "u8",
    "u16",
    "u32",
    "u64",
    "f16",
    "f32",
    "f64",
    "c64",
    "c128",
    "math",
    "layers",
    "Generator",
    "Pcg64",
    "Philox",
    "SeedSequence",
    "Key",
    "Counter",
    "Complex",
    "EXCHANGE",
    "threadIdx",
    "blockIdx",
    "blockDim",
    "gridDim",
    "warpSize",
    "false",
    "true",
    "emulation",
    "Sum",
    "Product",
    "CheckedSum",
    "CheckedProduct",
    "Least",
    "Greatest",
    "Minimum",
    "Maximum",
    "Fmin",
    "Fmax",
    "And",
    "Or",
    "Xor",
    "FirstLeast",
    "LastLeast",
    "FirstGreatest",
    "LastGreatest",
    "Alike",
    "Typed",
    "Room",
    "Bins",
    "INLINE",
    "FOLD",
];

/// Functions of the header, which a variable of that name would hide.
const FUNCTIONS: &[&str] = &[
    "agree",
    "best_block",
    "comes_last",
    "fold_team",
    "has_failed",
    "is_nan",
    "is_signed",
    "latest_block",
    "meet",
    "member",
    "members",
    "negated",
    "over",
    "root",
    "rounded",
    "sum",
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "atomic_fold",
    "beyond",
    "bins",
    "block_number",
    "cbrt",
    "ceil",
    "check",
    "choose",
    "clip",
    "collect",
    "combine",
    "compare",
    "copysign",
    "cos",
    "cosh",
    "divide",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "finite",
    "fits",
    "fold_lanes",
    "floor",
    "floor_divide",
    "floor_modulo",
    "fma",
    "fmod",
    "gcd",
    "greatest",
    "heaviside",
    "hypot",
    "in_range",
    "infinite",
    "infinity",
    "is_latest",
    "isqrt",
    "join_lanes",
    "lane",
    "least",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "maximum",
    "minimum",
    "multiply",
    "nan",
    "narrowed",
    "numpy_round",
    "np_fmax",
    "np_fmin",
    "nan_or",
    "negate",
    "number",
    "pow",
    "power",
    "power_modulo",
    "regular",
    "remainder",
    "rint",
    "round_digits",
    "shift_left",
    "shift_right",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "total",
    "tell",
    "thread_number",
    "trunc",
    "truncate",
    "whole",
    "wins",
    "within",
    "wrapped",
    "steps",
    "product",
    "reciprocal",
    "conjugate",
    "counter_words",
    "key_words",
    "not_negative",
    "equals_int",
    "numpy_power",
    "python_divide",
    "python_power",
    "fmin",
    "fmax",
    "known_type",
    "typed",
    "real_type",
    "compared_type",
];

/// Endings of names that generated code makes from loops and variables.
const ENDINGS: &[&str] = &[
    "_v", "_steps", "_trip", "_last", "_parts", "_room", "_given", "_own", "_at", "_changed", "_near", "_before",
    "_type",
];

/// A Python name as a C++ name.
pub(super) fn cpp(name: &str) -> String {
    let taken = TAKEN.contains(&name)
        || FUNCTIONS.contains(&name)
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || name.starts_with('_')
        || name.contains("__");
    let name = if name.is_ascii() {
        name.to_owned()
    } else {
        name.chars()
            .map(|one| {
                if one.is_ascii() {
                    one.to_string()
                } else {
                    format!("u{:x}", one as u32)
                }
            })
            .collect()
    };
    if taken {
        format!("{}_v", name.replace("__", "_u_").trim_start_matches('_'))
    } else {
        name
    }
}

/// The C++ type of a kind that kernels know.
pub(super) fn scalar(kind: Kind) -> &'static str {
    kind.name()
}

/// The C++ type of an element in memory.
pub(super) fn element(kind: Kind) -> &'static str {
    if kind == Kind::Bool { "u8" } else { kind.name() }
}

/// A float as a C++ literal of a kind.
pub(super) fn float(value: f64, kind: Kind) -> String {
    let ty = scalar(kind);
    if value.is_nan() {
        format!("nan<{ty}>()")
    } else if value.is_infinite() {
        let sign = if value > 0.0 { "" } else { "-" };
        format!("{sign}infinity<{ty}>()")
    } else if kind.is_complex() {
        // Of an imaginary literal, or of a real one.
        format!("{ty}(0, {})", float(value, kind.real()))
    } else if kind == Kind::F16 {
        format!("f16({value:?})")
    } else {
        let suffix = if kind == Kind::F32 { "f" } else { "" };
        let text = format!("{value:?}{suffix}");
        if value.is_sign_negative() {
            format!("({text})")
        } else {
            text
        }
    }
}

/// An int as a C++ literal.
pub(super) fn int(value: i64) -> String {
    match value {
        i64::MIN => "least<i64>()".to_owned(),
        value if value < 0 => format!("({value}LL)"),
        value => format!("{value}LL"),
    }
}
