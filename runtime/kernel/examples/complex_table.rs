//! Evaluates a function of complex numbers on arguments from a file, for `benches/complex_accuracy.py`.
//!
//! `complex_table FUNCTION IN OUT`: IN holds complex128 in native byte order (of powers, base and exponent in turn); OUT gets the results.

use ferrokeet_kernel::math::single;
use ferrokeet_kernel::numbers::complex::{C128, python_pow};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn of_one(function: &str) -> Option<fn(C128) -> C128> {
    Some(match function {
        "exp" => single::exp,
        "log" => single::log,
        "sqrt" => single::sqrt,
        "sin" => single::sin,
        "cos" => single::cos,
        "tan" => single::tan,
        "sinh" => single::sinh,
        "cosh" => single::cosh,
        "tanh" => single::tanh,
        "asin" => single::asin,
        "acos" => single::acos,
        "atan" => single::atan,
        "asinh" => single::asinh,
        "acosh" => single::acosh,
        "atanh" => single::atanh,
        "exp2" => single::exp2,
        "expm1" => single::expm1,
        "log2" => single::log2,
        "log10" => single::log10,
        "log1p" => single::log1p,
        "sign" => single::sign,
        _ => return None,
    })
}

fn of_two(function: &str) -> Option<fn(C128, C128) -> C128> {
    Some(match function {
        "numpy_power" => single::numpy_power,
        "python_power" => single::python_power,
        "cpow" => C128::numpy_pow,
        "cpython" => python_pow,
        _ => return None,
    })
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [function, input, output] = &arguments[..] else {
        return Err("usage: complex_table FUNCTION IN OUT".into());
    };
    let bytes = std::fs::read(input)?;
    let parts: Vec<f64> = bytes
        .chunks_exact(8)
        .map(|bytes| f64::from_ne_bytes(bytes.try_into().unwrap_or_default()))
        .collect();
    let numbers: Vec<C128> = parts.chunks_exact(2).map(|z| C128::new(z[0], z[1])).collect();
    let results: Vec<C128> = match (of_one(function), of_two(function)) {
        (Some(call), _) => numbers.iter().map(|z| call(*z)).collect(),
        (None, Some(call)) => numbers.chunks_exact(2).map(|both| call(both[0], both[1])).collect(),
        (None, None) => return Err(format!("no function {function}").into()),
    };
    let written: Vec<u8> = results
        .iter()
        .flat_map(|z| [z.re.to_ne_bytes(), z.im.to_ne_bytes()])
        .flatten()
        .collect();
    Ok(std::fs::write(output, written)?)
}
