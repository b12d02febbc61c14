//! From what a kernel answers to Python objects and exceptions.

use ferrokeet_kernel::abi::Failure;
use ferrokeet_kernel::numbers::half::F16;
use pyo3::exceptions::{
    PyAssertionError, PyIndexError, PyMemoryError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError,
    PyZeroDivisionError,
};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyDict, PyFloat};

use crate::types::{Kind, Types};

/// The type of a result, as a manifest names it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ResultType {
    Python(Kind),
    Numpy(Kind),
}

impl ResultType {
    /// `float`, `int`, `bool`, `np.bool`, `f64` …
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "float" => Self::Python(Kind::F64),
            "int" => Self::Python(Kind::I64),
            "complex" => Self::Python(Kind::C128),
            "bool" => Self::Python(Kind::Bool),
            "np.bool" => Self::Numpy(Kind::Bool),
            "i8" => Self::Numpy(Kind::I8),
            "i16" => Self::Numpy(Kind::I16),
            "i32" => Self::Numpy(Kind::I32),
            "i64" => Self::Numpy(Kind::I64),
            "u8" => Self::Numpy(Kind::U8),
            "u16" => Self::Numpy(Kind::U16),
            "u32" => Self::Numpy(Kind::U32),
            "u64" => Self::Numpy(Kind::U64),
            "f16" => Self::Numpy(Kind::F16),
            "f32" => Self::Numpy(Kind::F32),
            "f64" => Self::Numpy(Kind::F64),
            "c64" => Self::Numpy(Kind::C64),
            "c128" => Self::Numpy(Kind::C128),
            _ => return None,
        })
    }

    /// The object that two words of 64 bits stand for.
    pub(crate) fn object<'py>(self, py: Python<'py>, [bits, second]: [u64; 2]) -> PyResult<Bound<'py, PyAny>> {
        let (Self::Python(kind) | Self::Numpy(kind)) = self;
        let plain = match kind {
            Kind::Bool => PyBool::new(py, bits != 0).to_owned().into_any(),
            Kind::F64 => PyFloat::new(py, f64::from_bits(bits)).into_any(),
            Kind::F16 => PyFloat::new(py, F16::from_bits(bits as u16).to_f64()).into_any(),
            Kind::C64 => {
                let part = |bits: u64| f64::from(f32::from_bits(bits as u32));
                PyComplex::from_doubles(py, part(bits), part(bits >> 32)).into_any()
            }
            Kind::C128 => PyComplex::from_doubles(py, f64::from_bits(bits), f64::from_bits(second)).into_any(),
            Kind::F32 => PyFloat::new(py, f64::from(f32::from_bits(bits as u32))).into_any(),
            Kind::U64 => bits.into_pyobject(py)?.into_any(),
            Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 | Kind::U8 | Kind::U16 | Kind::U32 => {
                (bits as i64).into_pyobject(py)?.into_any()
            }
        };
        match self {
            Self::Python(_) => Ok(plain),
            Self::Numpy(_) => Types::get().scalar(py, kind).call1((plain,)),
        }
    }
}

/// The exception of a failure, raised at its place: its traceback ends in the file, function and row where Python would have
/// raised it.
pub(crate) fn exception(py: Python<'_>, failure: &Failure, filename: &str, function: &str) -> PyErr {
    let error = plain_exception(failure);
    let located = || -> PyResult<PyErr> {
        let source = format!(
            "{}def place(error): raise error",
            "\n".repeat(failure.row.saturating_sub(1) as usize)
        );
        let names = PyDict::new(py);
        let builtins = py.import("builtins")?;
        let code = builtins.call_method1("compile", (source, filename, "exec"))?;
        builtins.call_method1("exec", (code, &names))?;
        let place = names.get_item("place")?.expect("just defined");
        let changes = PyDict::new(py);
        let name = function.rsplit('.').next().unwrap_or(function);
        changes.set_item("co_name", name)?;
        changes.set_item("co_qualname", function)?;
        let code = place.getattr("__code__")?.call_method("replace", (), Some(&changes))?;
        place.setattr("__code__", code)?;
        Ok(match place.call1((error.value(py),)) {
            Ok(_) => error.clone_ref(py),
            Err(raised) => raised,
        })
    };
    located().unwrap_or_else(|_| plain_exception(failure))
}

fn plain_exception(failure: &Failure) -> PyErr {
    let message = message(failure);
    match (failure.exception, message) {
        (1, None) => PyIndexError::new_err(()),
        (1, Some(text)) => PyIndexError::new_err(text),
        (2, Some(text)) => PyZeroDivisionError::new_err(text),
        (2, None) => PyZeroDivisionError::new_err(()),
        (3, Some(text)) => PyValueError::new_err(text),
        (3, None) => PyValueError::new_err(()),
        (4, Some(text)) => PyOverflowError::new_err(text),
        (4, None) => PyOverflowError::new_err(()),
        (5, Some(text)) => PyAssertionError::new_err(text),
        (5, None) => PyAssertionError::new_err(()),
        (6, Some(text)) => PyTypeError::new_err(text),
        (6, None) => PyTypeError::new_err(()),
        (8, Some(text)) => PyMemoryError::new_err(text),
        (8, None) => PyMemoryError::new_err(()),
        (_, Some(text)) => PyRuntimeError::new_err(text),
        (_, None) => PyRuntimeError::new_err(()),
    }
}

/// The message as the kernel has it.
fn template(failure: &Failure) -> Option<&'static [u8]> {
    if failure.message.is_null() {
        return None;
    }
    // SAFETY: a kernel's message is UTF-8 in its static data, of that length; libraries are never unloaded.
    Some(unsafe { std::slice::from_raw_parts(failure.message, failure.message_length as usize) })
}

/// Whether a failure has this message, operands not filled in.
pub(crate) fn is_message(failure: &Failure, text: &str) -> bool {
    template(failure) == Some(text.as_bytes())
}

/// The message with its operands filled in.
fn message(failure: &Failure) -> Option<String> {
    let bytes = template(failure)?;
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    for (place, operand) in ["{a}", "{b}", "{c}"].iter().zip(failure.operands) {
        text = text.replace(place, &operand.to_string());
    }
    Some(text)
}
