//! Stretches of a program in which arrays stay on a device, as Python has them.

use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::buffer::Buffer;
use crate::device::resident::{self, Claim, Claims, Lost, Stance};

/// A context manager: while it is open, its thread's kernels leave arrays on the device.
///
/// `Scope()` claims every array, `Scope(apart, reads, overwritten)` those arrays only: the program between the kernels leaves the first
/// alone, at most reads the second, and of the third nobody needs what they held before.
#[pyclass(frozen, module = "ferrokeet_runtime")]
pub(crate) struct Scope {
    /// Lists of objects, by stance.
    named: Option<[Vec<Py<PyAny>>; 3]>,
    /// The number of the open scope; 0: it is not open.
    number: AtomicU64,
}

#[pymethods]
impl Scope {
    #[new]
    #[pyo3(signature = (apart=None, reads=Vec::new(), overwritten=Vec::new()))]
    fn new(apart: Option<Vec<Py<PyAny>>>, reads: Vec<Py<PyAny>>, overwritten: Vec<Py<PyAny>>) -> Self {
        Self {
            named: apart.map(|apart| [apart, reads, overwritten]),
            number: AtomicU64::new(0),
        }
    }

    fn __enter__(&self, py: Python<'_>) {
        let claims = match &self.named {
            None => Claims::All,
            Some(named) => {
                let stances = [Stance::Apart, Stance::Reads, Stance::Overwritten];
                let each = named.iter().zip(stances);
                let claims = each.flat_map(|(objects, stance)| objects.iter().map(move |object| (object, stance)));
                Claims::Named(
                    claims
                        .filter_map(|(object, stance)| claim(object.bind(py), stance))
                        .collect(),
                )
            }
        };
        self.number.store(resident::open(claims), Ordering::Relaxed);
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<bool> {
        let number = self.number.swap(0, Ordering::Relaxed);
        resident::close(number).map_err(|Lost| PyRuntimeError::new_err(Lost::MESSAGE))?;
        Ok(false)
    }
}

/// The memory of an array; of what is none, nothing stays.
fn claim(object: &Bound<'_, PyAny>, stance: Stance) -> Option<Claim> {
    let buffer = Buffer::of(object)?;
    let (first, end) = buffer.stretch();
    Some(Claim {
        first,
        end,
        stance,
        _buffer: buffer,
    })
}

/// Brings back all that is newer on a device: what runs next may do anything.
#[pyfunction]
pub(crate) fn bring_back() -> PyResult<()> {
    resident::flush();
    resident::tidy().map_err(|Lost| PyRuntimeError::new_err(Lost::MESSAGE))
}
