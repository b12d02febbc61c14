//! Evaluates a function of `math` on arguments from a file, for `benches/math_accuracy.py`.
//!
//! `math_table FUNCTION f64|f32 IN OUT`: IN holds numbers in native byte order (of functions of two, x and y in turn); OUT gets
//! the results. Prints nanoseconds per element.

use std::time::Instant;

use ferrokeet_kernel::lanes::{F32x16, F64x8, Lanes};
use ferrokeet_kernel::math::VectorMath;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn apply<L: VectorMath>(function: &str, x: L, y: L) -> Option<L> {
    Some(match function {
        "exp" => x.exp(),
        "exp2" => x.exp2(),
        "expm1" => x.expm1(),
        "log" => x.log(),
        "log2" => x.log2(),
        "log10" => x.log10(),
        "log1p" => x.log1p(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "asin" => x.asin(),
        "acos" => x.acos(),
        "atan" => x.atan(),
        "atan2" => x.atan2(y),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "tanh" => x.tanh(),
        "pow" => x.pow(y),
        "cbrt" => x.cbrt(),
        "hypot" => x.hypot(y),
        "erf" => x.erf(),
        "erfc" => x.erfc(),
        "fmod" => x.fmod(y),
        _ => return None,
    })
}

macro_rules! table {
    ($name:ident $t:ident $lanes:ident $width:literal) => {
        fn $name(function: &str, input: &[u8], output: &mut Vec<u8>) -> Option<f64> {
            let two = matches!(function, "atan2" | "pow" | "hypot" | "fmod");
            let values: Vec<$t> = input
                .chunks_exact(size_of::<$t>())
                .map(|bytes| $t::from_ne_bytes(bytes.try_into().unwrap_or_default()))
                .collect();
            let pick = |first: usize| -> Vec<$t> {
                values
                    .iter()
                    .skip(first)
                    .step_by(if two { 2 } else { 1 })
                    .copied()
                    .collect()
            };
            let (mut x, mut y) = (pick(0), pick(usize::from(two)));
            let count = x.len();
            x.resize(count.next_multiple_of($width), 1.0);
            y.resize(x.len(), 1.0);
            let mut results = vec![0.0 as $t; x.len()];
            let mut best = f64::INFINITY;
            for _ in 0..5 {
                let begin = Instant::now();
                for at in (0..x.len()).step_by($width) {
                    let lanes = |from: &[$t]| $lanes::from_fn(|i| from[at + i]);
                    let result: Lanes<$t, $width> = apply(function, lanes(&x), lanes(&y))?;
                    results[at..at + $width].copy_from_slice(&result.to_array());
                }
                best = best.min(begin.elapsed().as_secs_f64());
            }
            output.extend(results[..count].iter().flat_map(|value| value.to_ne_bytes()));
            Some(best * 1e9 / x.len() as f64)
        }
    };
}
table!(double f64 F64x8 8);
table!(single f32 F32x16 16);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, function, kind, from, to] = &arguments[..] else {
        return Err("usage: math_table FUNCTION f64|f32 IN OUT".into());
    };
    let (input, mut output) = (std::fs::read(from)?, Vec::new());
    let taken = match kind.as_str() {
        "f64" => double(function, &input, &mut output),
        _ => single(function, &input, &mut output),
    };
    println!("{}", taken.ok_or("no such function")?);
    std::fs::write(to, output)?;
    Ok(())
}
