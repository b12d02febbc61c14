//! Evaluates a function of `math` on arguments from a file, for `benches/math_accuracy.py`.
//!
//! `math_table FUNCTION f64|f32 IN OUT`: IN holds numbers in native byte order (of functions of two, x and y in turn); OUT gets
//! the results. Prints nanoseconds per element.

use std::io::Write;
use std::time::Instant;

use ferrokeet_kernel::lanes::{F32x16, F64x8};
use ferrokeet_kernel::math::VectorMath;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

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
            macro_rules! run {
                ($f:expr) => {
                    for _ in 0..5 {
                        let begin = Instant::now();
                        for at in (0..x.len()).step_by($width) {
                            // SAFETY: the lengths are multiples of the width.
                            unsafe {
                                let (a, b) = (
                                    $lanes::load(x.as_ptr().add(at)),
                                    $lanes::load(y.as_ptr().add(at)),
                                );
                                let result: $lanes = $f(a, b);
                                result.store(results.as_mut_ptr().add(at));
                            }
                        }
                        best = best.min(begin.elapsed().as_secs_f64());
                    }
                };
            }
            match function {
                "exp" => run!(|a: $lanes, _| a.exp()),
                "exp2" => run!(|a: $lanes, _| a.exp2()),
                "expm1" => run!(|a: $lanes, _| a.expm1()),
                "log" => run!(|a: $lanes, _| a.log()),
                "log2" => run!(|a: $lanes, _| a.log2()),
                "log10" => run!(|a: $lanes, _| a.log10()),
                "log1p" => run!(|a: $lanes, _| a.log1p()),
                "sin" => run!(|a: $lanes, _| a.sin()),
                "cos" => run!(|a: $lanes, _| a.cos()),
                "tan" => run!(|a: $lanes, _| a.tan()),
                "asin" => run!(|a: $lanes, _| a.asin()),
                "acos" => run!(|a: $lanes, _| a.acos()),
                "atan" => run!(|a: $lanes, _| a.atan()),
                "sinh" => run!(|a: $lanes, _| a.sinh()),
                "cosh" => run!(|a: $lanes, _| a.cosh()),
                "tanh" => run!(|a: $lanes, _| a.tanh()),
                "asinh" => run!(|a: $lanes, _| a.asinh()),
                "acosh" => run!(|a: $lanes, _| a.acosh()),
                "atanh" => run!(|a: $lanes, _| a.atanh()),
                "cbrt" => run!(|a: $lanes, _| a.cbrt()),
                "erf" => run!(|a: $lanes, _| a.erf()),
                "erfc" => run!(|a: $lanes, _| a.erfc()),
                "atan2" => run!(|a: $lanes, b| a.atan2(b)),
                "pow" => run!(|a: $lanes, b| a.pow(b)),
                "hypot" => run!(|a: $lanes, b| a.hypot(b)),
                "fmod" => run!(|a: $lanes, b| a.fmod(b)),
                _ => return None,
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
    writeln!(std::io::stdout(), "{}", taken.ok_or("no such function")?)?;
    std::fs::write(to, output)?;
    Ok(())
}
