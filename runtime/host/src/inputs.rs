//! The ways from what a translated file hands over to the inputs of its kernels.

use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyModule, PyTuple, PyType};

use crate::arguments::Use;
use crate::device::resident;

/// The type of bound methods.
static METHOD: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A step from a root to an input.
enum Step {
    Attribute(String),
    Key(Py<PyAny>),
    /// `numpy.frombuffer(…, dtype)`
    Buffer(String),
}

/// What a kernel reads, and how to get there.
pub(crate) struct Input {
    pub(crate) name: String,
    root: usize,
    steps: Vec<Step>,
    pub(crate) uses: Use,
}

/// A function that the kernel has inlined: what `path` leads to must still be the one defined at `row`, or for a function of
/// another file, by the lines of `source`.
pub(crate) struct Callee {
    path: Input,
    row: u32,
    source: Option<String>,
    /// Of a method: the object of which it must be the attribute.
    object: Option<Input>,
    /// Whether it must be bound to that object.
    bound: bool,
    /// Names in those lines that the other file imports.
    imported: Vec<String>,
    /// The function that was found to be it.
    seen: AtomicPtr<ffi::PyObject>,
}

impl Input {
    /// An input as a manifest has it.
    pub(crate) fn read(described: &Bound<'_, PyAny>) -> PyResult<Self> {
        let uses = Use {
            written: described.get_item("written")?.extract()?,
            measured: described.get_item("measured")?.extract()?,
            unread: described
                .get_item("unread")
                .and_then(|unread| unread.extract())
                .unwrap_or(false),
            kept: described.get_item("kept")?.extract()?,
            optional: described
                .get_item("optional")
                .and_then(|optional| optional.extract())
                .unwrap_or(false),
        };
        Self::path(described, described.get_item("name")?.extract()?, uses)
    }

    /// The root and the steps from there, as a manifest has them.
    fn path(described: &Bound<'_, PyAny>, name: String, uses: Use) -> PyResult<Self> {
        let mut steps = Vec::new();
        for step in described.get_item("steps")?.try_iter()? {
            let step = step?;
            let (kind, key): (String, Bound<'_, PyAny>) = (step.get_item(0)?.extract()?, step.get_item(1)?);
            steps.push(match kind.as_str() {
                "attribute" => Step::Attribute(key.extract()?),
                "buffer" => Step::Buffer(key.extract()?),
                _ => Step::Key(key.unbind()),
            });
        }
        let root = described.get_item("root")?.extract()?;
        Ok(Self {
            name,
            root,
            steps,
            uses,
        })
    }

    /// The object at the end of the way.
    pub(crate) fn walk<'py>(&self, roots: &Bound<'py, PyTuple>) -> Result<Bound<'py, PyAny>, String> {
        let py = roots.py();
        let mut object = roots.get_item(self.root).map_err(|error| error.to_string())?;
        for step in &self.steps {
            let next = match step {
                Step::Attribute(name) => object.getattr(name.as_str()),
                Step::Key(key) => object.get_item(key.bind(py)),
                Step::Buffer(dtype) => from_buffer(&object, dtype),
            };
            object = next.map_err(|error| format!("`{}`: {error}", self.name))?;
        }
        Ok(object)
    }

    /// Whether the way runs no code of the user's, such as a property.
    pub(crate) fn is_quiet(&self, roots: &Bound<'_, PyTuple>) -> bool {
        let Ok(mut object) = roots.get_item(self.root) else {
            return true;
        };
        for step in &self.steps {
            let next = match step {
                Step::Attribute(name) if has_plainly(&object, name) => object.getattr(name.as_str()),
                Step::Key(key) if object.is_exact_instance_of::<PyDict>() => object.get_item(key.bind(roots.py())),
                Step::Buffer(dtype) if object.is_exact_instance_of::<PyBytes>() => from_buffer(&object, dtype),
                Step::Attribute(_) | Step::Key(_) | Step::Buffer(_) => return false,
            };
            let Ok(next) = next else { return false };
            object = next;
        }
        true
    }
}

/// An array of the bytes of an object.
fn from_buffer<'py>(object: &Bound<'py, PyAny>, dtype: &str) -> PyResult<Bound<'py, PyAny>> {
    let numpy = object.py().import("numpy")?;
    numpy.call_method1("frombuffer", (object, dtype))
}

/// Whether an object has an attribute by the ordinary rules, and no descriptor computes it.
fn has_plainly(object: &Bound<'_, PyAny>, name: &str) -> bool {
    if object.is_exact_instance_of::<PyModule>() {
        return true;
    }
    let ty = object.get_type();
    // SAFETY: a live type; the lock is held.
    let get = unsafe { ffi::PyType_GetSlot(ty.as_type_ptr(), ffi::Py_tp_getattro) };
    let ordinary: unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject =
        ffi::PyObject_GenericGetAttr;
    let computed = |base: Bound<'_, PyAny>| {
        let Ok(found) = base.getattr("__dict__").and_then(|names| names.get_item(name)) else {
            return false;
        };
        found.get_type().hasattr("__get__").unwrap_or(true)
    };
    get as usize == ordinary as usize && !ty.mro().iter().any(computed)
}

impl Callee {
    /// A function as a manifest has it.
    pub(crate) fn read(described: &Bound<'_, PyAny>) -> PyResult<Self> {
        let imported: Option<_> = described.get_item("imported")?.extract()?;
        Ok(Self {
            path: Input::path(described, "a function that it calls".to_owned(), Use::default())?,
            row: described.get_item("row")?.extract()?,
            source: described.get_item("source")?.extract()?,
            bound: described
                .get_item("object")
                .and_then(|object| object.get_item("bound")?.extract())
                .unwrap_or(false),
            object: match described.get_item("object") {
                Ok(object) if !object.is_none() => Some(Input::path(
                    &object,
                    "an object whose method is called".to_owned(),
                    Use::default(),
                )?),
                Ok(_) | Err(_) => None,
            },
            imported: imported.unwrap_or_default(),
            seen: AtomicPtr::default(),
        })
    }

    /// Whether the object has the function as its method, if it is one.
    fn is_method(&self, roots: &Bound<'_, PyTuple>, function: &Bound<'_, PyAny>) -> bool {
        let (Some(path), Some(Step::Attribute(name))) = (&self.object, self.path.steps.last()) else {
            return self.object.is_none();
        };
        if resident::is_open() {
            // Finding an attribute may run code.
            resident::flush();
        }
        let Ok(object) = path.walk(roots) else { return false };
        let Ok(found) = object.getattr(name.as_str()) else {
            return false;
        };
        if !self.bound {
            return found.is(function);
        }
        let Ok(method) = METHOD.import(roots.py(), "types", "MethodType") else {
            return false;
        };
        found.get_type().is(method)
            && found.getattr("__self__").is_ok_and(|own| own.is(&object))
            && found.getattr("__func__").is_ok_and(|inner| inner.is(function))
    }

    /// Whether the name still means the function that was inlined.
    pub(crate) fn is_same(&self, roots: &Bound<'_, PyTuple>, resolver: &Bound<'_, PyAny>) -> bool {
        let Ok(function) = self.path.walk(roots) else {
            return false;
        };
        if !self.is_method(roots, &function) {
            return false;
        }
        if self.seen.load(Ordering::Relaxed) == function.as_ptr() {
            return true;
        }
        let same = match &self.source {
            Some(source) => resolver
                .call_method1("is_callee", (&function, source, &self.imported))
                .and_then(|same| same.extract::<bool>())
                .unwrap_or(false),
            None => function
                .getattr("__code__")
                .and_then(|code| code.getattr("co_firstlineno"))
                .and_then(|row| row.extract::<u32>())
                .is_ok_and(|row| row == self.row),
        };
        if same {
            // The reference is kept for ever, so that no other object can come to live at this address.
            self.seen.store(function.into_ptr(), Ordering::Relaxed);
        }
        same
    }
}
