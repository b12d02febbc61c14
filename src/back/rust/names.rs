//! Identifiers and types of generated code.

use crate::infer::Kind;

/// Words that a Python name may be and a Rust name may not, and names that generated code uses itself.
const TAKEN: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield", "pulse", "launch", "host", "call", "team", "control", "has_last", "range", "f32", "f64", "i8", "i16",
    "i32", "i64", "u8", "u16", "u32", "u64", "bool", "usize", "isize", "a", "b", "r", "m", "on", "Full", "unit", "by",
];

/// What a value is called that an expression needs several times.
pub(super) const ONCE: &str = "once";

/// Names that generated code uses itself.
const OWN: &[&str] = &[
    ONCE,
    "value",
    "place",
    "total",
    "parts",
    "part",
    "first",
    "values",
    "trip",
    "reason",
    "before",
    "needed",
    "affordable",
    "outputs",
    "holds",
    "guards",
    "at",
    "end",
    "group",
    "groups",
    "rest",
    "lane",
    "lanes",
    "gone",
    "found",
    "strip",
    "none",
    "choose",
    "is_last",
    "fast",
    "careful",
    "stop",
    "raised",
    "ended",
    "won",
    "device",
    "grid",
    "over",
    "block",
    "argument",
    "on_device",
    "report",
    "told",
    "work",
    "certain",
    "checked",
    "extent",
];

/// What generated code calls or matches without a path: a variable of that name would hide it, or be taken for it.
const IMPORTED: &[&str] = &[
    "And",
    "Blocks",
    "Device",
    "DeviceRoom",
    "Grid",
    "C128",
    "C64",
    "F16",
    "Fmax",
    "Fmin",
    "Full",
    "Generator",
    "Maximum",
    "Minimum",
    "Or",
    "Pcg64",
    "Philox",
    "Product",
    "PyMax",
    "PyMin",
    "SeedSequence",
    "Sum",
    "Unit",
    "Work",
    "Xor",
    "Given",
    "Room",
    "alike",
    "all_between",
    "around",
    "decimal",
    "drain",
    "fused",
    "python",
    "streams",
    "to_line",
    "allocated",
    "ascending",
    "attempt",
    "between",
    "block_length",
    "capacity",
    "combine",
    "compare",
    "counter_words",
    "crew",
    "distinct",
    "ensure",
    "equals_int",
    "failed",
    "finish",
    "finish_complex",
    "finished",
    "finite",
    "fits",
    "floor_div_f16",
    "floor_div_f32",
    "floor_div_f64",
    "floor_mod_f16",
    "floor_mod_f32",
    "floor_mod_f64",
    "has_room",
    "gcd",
    "infinite",
    "is_modest",
    "nowhere",
    "key_words",
    "on_axes",
    "output",
    "provided",
    "requirements",
    "python_div",
    "python_pow",
    "row",
    "run",
    "sound",
    "true_div",
    "winner",
    "within",
    "wrap",
    "wrapped",
];

/// Endings of names that generated code makes from loops and variables.
const ENDINGS: &[&str] = &[
    "_v", "_steps", "_start", "_stop", "_step", "_last", "_changed", "_type", "_reset", "_copies", "_blocks", "_work",
    "_trip", "_own", "_room", "_space", "_part", "_there", "_view", "_new", "_parts", "_each", "_at",
];

/// Beginnings of the numbered names that generated code makes up.
const STEMS: &[&str] = &["on_", "test_", "live_", "each_", "element_"];

/// A Python name as a Rust name.
pub(super) fn rust(name: &str) -> String {
    let taken = TAKEN.contains(&name)
        || OWN.contains(&name)
        || IMPORTED.contains(&name)
        || ENDINGS.iter().any(|ending| name.ends_with(ending));
    let numbered = STEMS.iter().any(|stem| name.starts_with(stem));
    if taken || numbered || name.starts_with("__") || name == "_" {
        format!("{name}_v")
    } else {
        name.to_owned()
    }
}

/// The Rust type of a kind.
pub(super) fn scalar(kind: Kind) -> &'static str {
    match kind {
        Kind::F16 => "F16",
        Kind::C64 => "C64",
        Kind::C128 => "C128",
        Kind::Bool
        | Kind::I8
        | Kind::I16
        | Kind::I32
        | Kind::I64
        | Kind::U8
        | Kind::U16
        | Kind::U32
        | Kind::U64
        | Kind::F32
        | Kind::F64 => kind.name(),
    }
}

/// Words of 64 bits in which a scalar travels to a kernel.
pub(super) fn words(kind: Kind) -> usize {
    if kind == Kind::C128 { 2 } else { 1 }
}

/// A string as a Rust literal.
pub(super) fn text(value: &str) -> String {
    format!("{value:?}")
}

/// A float as a Rust literal of a type.
pub(super) fn float(value: f64, ty: &str) -> String {
    if value.is_nan() {
        format!("{ty}::NAN")
    } else if value.is_infinite() {
        format!("{ty}::{}", if value > 0.0 { "INFINITY" } else { "NEG_INFINITY" })
    } else if value.is_sign_negative() {
        // `-1.5_f64.abs()` would negate last.
        format!("({value:?}_{ty})")
    } else {
        format!("{value:?}_{ty}")
    }
}
