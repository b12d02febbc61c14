//! The numbers that functions and generators are made of have one source, `runtime/kernel/src`: two headers of `runtime/cuda` are made of it.
//!
//! `INSTA_UPDATE=always cargo test --test tidy cuda_coefficients` writes the file anew.

use std::fmt::Write as _;
use std::path::Path;

/// The files with numbers of their own, each a namespace.
const MATH: [&str; 11] = [
    "area",
    "complex_inverse",
    "complex_more",
    "complex_power",
    "error_function",
    "error_table",
    "exponential",
    "inverse",
    "logarithm",
    "power",
    "trigonometric",
];
const RANDOM: [&str; 8] = [
    "continuous",
    "counts",
    "exponential_layers",
    "normal_layers",
    "pcg64",
    "philox",
    "seeds",
    "shaped",
];
const KNOWN: [(&str, f64); 6] = [
    ("core::f64::consts::LOG2_E", std::f64::consts::LOG2_E),
    ("core::f64::consts::LOG10_E", std::f64::consts::LOG10_E),
    ("core::f64::consts::LN_2", std::f64::consts::LN_2),
    ("core::f64::consts::FRAC_2_PI", std::f64::consts::FRAC_2_PI),
    ("core::f64::consts::FRAC_PI_2", std::f64::consts::FRAC_PI_2),
    ("core::f64::consts::PI", std::f64::consts::PI),
];

#[test]
fn the_device_has_the_coefficients_of_the_lanes() {
    is_made_of("math", "coefficients.cuh", &MATH, "math");
}

#[test]
fn the_device_has_the_layers_of_the_ziggurats() {
    is_made_of("random", "layers.cuh", &RANDOM, "layers");
}

/// Asserts that a header holds the constants of files of a folder of the kernels' library.
fn is_made_of(folder: &str, header: &str, modules: &[&str], namespace: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut made = format!(
        "// The numbers of runtime/kernel/src/{folder}, written by tests/cuda_coefficients.rs.\n#pragma once\n\n\
         #define TABLE static __device__ constexpr\n\nnamespace {namespace} {{\n"
    );
    for module in modules {
        let path = root.join(format!("runtime/kernel/src/{folder}/{module}.rs"));
        let text = std::fs::read_to_string(&path).expect("the sources are there");
        _ = writeln!(made, "\nnamespace {module} {{");
        constants(&text).for_each(|one| made += &one);
        _ = writeln!(made, "}}  // namespace {module}");
    }
    _ = writeln!(made, "\n}}  // namespace {namespace}");
    let path = root.join("runtime/cuda").join(header);
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        std::fs::write(&path, &made).expect("the file can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, made, "INSTA_UPDATE=always writes {header} anew");
}

/// The constants of a Rust text as C++ ones.
fn constants(text: &str) -> impl Iterator<Item = String> {
    let starts = text.match_indices("const ").map(|(at, word)| &text[at + word.len()..]);
    starts.filter_map(|rest| {
        let (name, rest) = rest.split_once(": ")?;
        let is_name = name
            .chars()
            .all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_');
        // Not a generic parameter.
        let (ty, value) = rest.split_once(" = ").filter(|(ty, _)| is_name && !ty.contains('>'))?;
        let (value, _) = value.split_once(";\n").or_else(|| value.split_once("; //"))?;
        if !ty.contains("f64") && !ty.contains("u64") {
            return None;
        }
        let words = ty.contains("u64");
        let element = if words { "u64" } else { "f64" };
        Some(format!(
            "TABLE {element} {name}{} = {};\n",
            extents(ty),
            spelled(value, words)
        ))
    })
}

/// `[[f64; 16]; 15]` as `[15][16]`; a pair is an array, too.
fn extents(ty: &str) -> String {
    if ty.starts_with('(') {
        return "[2]".to_owned();
    }
    let numbers = ty
        .split([';', ']'])
        .filter_map(|part| part.trim().parse::<usize>().ok());
    let mut each: Vec<String> = numbers.map(|number| format!("[{number}]")).collect();
    each.reverse();
    each.concat()
}

/// Numbers and lists of numbers as C++ writes them, one list a line.
fn spelled(value: &str, words: bool) -> String {
    let mut value = value.to_owned();
    for (name, known) in KNOWN {
        value = value.replace(name, &format!("{known:?}"));
    }
    let compact: String = value
        .chars()
        .filter(|one| !one.is_whitespace() && *one != '_')
        .collect();
    let compact = compact
        .replace(['[', '('], "{")
        .replace([']', ')'], "}")
        .replace(",}", "}");
    let compact = compact.replace(',', ", ");
    let compact = compact.replace("}, {", "},\n    {");
    if !words {
        return compact;
    }
    let numbers = compact.trim_matches(['{', '}']).split(", ");
    let numbers: Vec<String> = numbers.map(|number| format!("{number}ULL")).collect();
    format!("{{{}}}", numbers.join(", "))
}
