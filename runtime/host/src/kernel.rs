//! One region of a translated file, callable.

use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ferrokeet_kernel::abi::{ABI_VERSION, CALL_EXACT_LOCALS, Call, Entry, Failure, Status};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyTuple};

use crate::arguments::{Arguments, Type, Use};
use crate::device::{self, Complaint, Figures, Image, Table, resident};
use crate::handed::{self, Handed};
use crate::made::{Made, NewArray};
use crate::outcome::{exception, is_message};
use crate::pool::Lent;
use crate::profile::Times;

/// Bytes that a call may spend on copies for undoing, unless `FERROKEET_UNDO_LIMIT` says otherwise.
const UNDO_LIMIT: u64 = 4 << 30;

/// A step from a root to an input.
enum Step {
    Attribute(String),
    Key(Py<PyAny>),
}

struct Input {
    name: String,
    root: usize,
    steps: Vec<Step>,
    uses: Use,
}

/// A function that the kernel has inlined: what `path` leads to must still be the one defined at `row`, or for a function of
/// another file, by the lines of `source`.
struct Callee {
    path: Input,
    row: u32,
    source: Option<String>,
    /// Names in those lines that the other file imports.
    imported: Vec<String>,
    /// The function that was found to be it.
    seen: AtomicPtr<ffi::PyObject>,
}

/// A kernel that was made for one signature, or the reason why there is none.
struct Specialisation {
    types: Vec<Type>,
    signature: String,
    made: Result<Loaded, String>,
    /// For launches that are not as `made` supposes, once there was one; `None`: there is no such kernel.
    otherwise: OnceLock<Option<Loaded>>,
    compile_ms: f64,
    cached: bool,
    fast: AtomicU64,
    careful: AtomicU64,
    gpu: AtomicU64,
    python: AtomicU64,
    why: Mutex<Vec<String>>,
    times: Times,
    figures: Arc<Figures>,
}

struct Loaded {
    entry: Entry,
    /// For each output of the region, and what else the kernel tells.
    results: Vec<Handed>,
    /// The new arrays among them.
    new: Vec<NewArray>,
    reasons: Vec<String>,
    /// The same region on a device; or why it runs on the CPU although it asks for one: a sentence for the user.
    device: Option<Result<Table, String>>,
    /// From which reason on a launch is not as the library supposes, and another one could run it.
    unusual: Option<u32>,
}

/// One region of a translated file.
///
/// `Kernel(manifest, resolver)`: the manifest is the region's, as `ferrokeet rewrite` gives it; `resolver(kernel,
/// signature)` returns, for a signature that has no library yet, a dictionary with `library`, `symbol`, `outputs`, `reasons`,
/// `compile_ms` and `cached`, or one with `reason`; for a region that asks for a device also `device` (its `kernels`, and where
/// they are: `images` or `emulated`) or `no_device` (why it has none). `resolver.on_cpu(kernel, why)` hears of launches that a
/// device should have done. Where `unusual` is among them, `resolver.unusual(kernel, signature)` returns the
/// same of the library for launches that end with that reason or a later one.
#[pyclass(frozen, module = "ferrokeet_runtime")]
pub(crate) struct Kernel {
    #[pyo3(get)]
    name: String,
    #[pyo3(get)]
    filename: String,
    #[pyo3(get)]
    row: u32,
    #[pyo3(get)]
    function: Option<String>,
    inputs: Vec<Input>,
    callees: Vec<Callee>,
    /// For each output, the input that holds its value from before the region.
    outputs: Vec<Option<usize>>,
    exact_locals: bool,
    /// For each row of the source that the kernels were made from, the row of the file that runs; empty where it is the same.
    places: Vec<u32>,
    resolver: Py<PyAny>,
    known: Mutex<Vec<Arc<Specialisation>>>,
    last: AtomicUsize,
    /// Launches that declined before a signature was known, with the reasons.
    declined: Mutex<(u64, Vec<String>)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds a reason, unless there are enough; tells whether it is new.
fn note(reasons: &mut Vec<String>, reason: &str) -> bool {
    let new = !reasons.iter().any(|known| known == reason) && reasons.len() < 16;
    if new {
        reasons.push(reason.to_owned());
    }
    new
}

#[pymethods]
impl Kernel {
    #[new]
    fn new(manifest: &Bound<'_, PyDict>, resolver: Py<PyAny>) -> PyResult<Self> {
        let field = |name: &str| {
            manifest
                .get_item(name)?
                .ok_or_else(|| PyValueError::new_err(format!("the manifest lacks {name}")))
        };
        let mut inputs = Vec::new();
        for input in field("inputs")?.try_iter()? {
            let input = input?;
            inputs.push(Input {
                name: input.get_item("name")?.extract()?,
                root: input.get_item("root")?.extract()?,
                steps: steps(&input)?,
                uses: Use {
                    written: input.get_item("written")?.extract()?,
                    measured: input.get_item("measured")?.extract()?,
                    kept: input.get_item("kept")?.extract()?,
                },
            });
        }
        let mut callees = Vec::new();
        for callee in field("callees")?.try_iter()? {
            let callee = callee?;
            callees.push(Callee {
                path: Input {
                    name: "a function that it calls".to_owned(),
                    root: callee.get_item("root")?.extract()?,
                    steps: steps(&callee)?,
                    uses: Use::default(),
                },
                row: callee.get_item("row")?.extract()?,
                source: callee.get_item("source")?.extract()?,
                imported: callee.get_item("imported")?.extract::<Option<_>>()?.unwrap_or_default(),
                seen: AtomicPtr::default(),
            });
        }
        let outputs = field("outputs")?
            .try_iter()?
            .map(|output| output?.get_item("input")?.extract());
        Ok(Self {
            name: field("name")?.extract()?,
            filename: field("filename")?.extract()?,
            row: field("row")?.extract()?,
            function: field("function")?.extract()?,
            inputs,
            callees,
            outputs: outputs.collect::<PyResult<_>>()?,
            exact_locals: field("exact_locals")?.extract()?,
            places: field("places").and_then(|places| places.extract()).unwrap_or_default(),
            resolver,
            known: Mutex::default(),
            last: AtomicUsize::new(0),
            declined: Mutex::default(),
        })
    }

    /// Runs the region: a tuple of its results, or `None` when the caller must run the original loop.
    #[pyo3(signature = (*roots))]
    fn __call__<'py>(slf: &Bound<'py, Self>, roots: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let kernel = slf.get();
        let py = slf.py();
        let mut objects = Vec::with_capacity(kernel.inputs.len());
        let mut arguments = Arguments::with_capacity(kernel.inputs.len());
        for input in &kernel.inputs {
            if resident::is_open() && !is_quiet(roots, input) {
                resident::flush();
            }
            let read = walk(roots, input).and_then(|object| {
                arguments
                    .push(&object, input.uses)
                    .map_err(|why| format!("`{}`: {why}", input.name))?;
                Ok(object)
            });
            match read {
                Ok(object) => objects.push(object),
                Err(reason) => return kernel.decline(slf, &reason),
            }
        }
        for callee in &kernel.callees {
            if !callee.is_same(roots, kernel.resolver.bind(py)) {
                return kernel.decline(slf, "a function that it calls was replaced");
            }
        }
        let specialisation = kernel.specialisation(slf, &arguments.types)?;
        let loaded = match &specialisation.made {
            Ok(loaded) => loaded,
            Err(_) => {
                specialisation.python.fetch_add(1, Ordering::Relaxed);
                resident::flush();
                return Ok(None);
            }
        };
        kernel.launch(slf, loaded, &specialisation, &arguments, &objects)
    }

    /// The launches that were timed, by signature.
    fn times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let times = PyDict::new(py);
        for known in lock(&self.known).iter() {
            times.set_item(&known.signature, known.times.dictionary(py)?)?;
        }
        Ok(times)
    }

    /// What happened so far: one dictionary for each signature seen.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let mut entries = Vec::new();
        let entry = || -> PyResult<Bound<'py, PyDict>> {
            let entry = PyDict::new(py);
            entry.set_item("name", &self.name)?;
            entry.set_item("filename", &self.filename)?;
            entry.set_item("row", self.row)?;
            Ok(entry)
        };
        for known in lock(&self.known).iter() {
            let entry = entry()?;
            entry.set_item("signature", &known.signature)?;
            entry.set_item("fast", known.fast.load(Ordering::Relaxed))?;
            entry.set_item("careful", known.careful.load(Ordering::Relaxed))?;
            entry.set_item("gpu", known.gpu.load(Ordering::Relaxed))?;
            entry.set_item("python", known.python.load(Ordering::Relaxed))?;
            entry.set_item("reasons", lock(&known.why).clone())?;
            entry.set_item("compile_ms", known.compile_ms)?;
            entry.set_item("cached", known.cached)?;
            entry.set_item("to_device", known.figures.to_device.load(Ordering::Relaxed))?;
            entry.set_item("from_device", known.figures.from_device.load(Ordering::Relaxed))?;
            entry.set_item("device_ms", known.device_ms())?;
            entries.push(entry);
        }
        let (declined, reasons) = lock(&self.declined).clone();
        if declined > 0 {
            let entry = entry()?;
            entry.set_item("signature", "")?;
            for way in ["fast", "careful", "gpu"] {
                entry.set_item(way, 0)?;
            }
            entry.set_item("python", declined)?;
            entry.set_item("reasons", reasons)?;
            entry.set_item("compile_ms", 0.0)?;
            entry.set_item("cached", false)?;
            entry.set_item("to_device", 0)?;
            entry.set_item("from_device", 0)?;
            entry.set_item("device_ms", 0.0)?;
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// The way from a root, as a manifest has it.
fn steps(described: &Bound<'_, PyAny>) -> PyResult<Vec<Step>> {
    let mut steps = Vec::new();
    for step in described.get_item("steps")?.try_iter()? {
        let step = step?;
        let (kind, key): (String, Bound<'_, PyAny>) = (step.get_item(0)?.extract()?, step.get_item(1)?);
        steps.push(if kind == "attribute" {
            Step::Attribute(key.extract()?)
        } else {
            Step::Key(key.unbind())
        });
    }
    Ok(steps)
}

/// The input at the end of its path.
fn walk<'py>(roots: &Bound<'py, PyTuple>, input: &Input) -> Result<Bound<'py, PyAny>, String> {
    let py = roots.py();
    let mut object = roots.get_item(input.root).map_err(|error| error.to_string())?;
    for step in &input.steps {
        let next = match step {
            Step::Attribute(name) => object.getattr(name.as_str()),
            Step::Key(key) => object.get_item(key.bind(py)),
        };
        object = next.map_err(|error| format!("`{}`: {error}", input.name))?;
    }
    Ok(object)
}

/// Whether the way to an input runs no code of the user's, such as a property.
fn is_quiet(roots: &Bound<'_, PyTuple>, input: &Input) -> bool {
    let Ok(mut object) = roots.get_item(input.root) else {
        return true;
    };
    for step in &input.steps {
        let next = match step {
            Step::Attribute(name) if has_plainly(&object, name) => object.getattr(name.as_str()),
            Step::Key(key) if object.is_exact_instance_of::<PyDict>() => object.get_item(key.bind(roots.py())),
            Step::Attribute(_) | Step::Key(_) => return false,
        };
        let Ok(next) = next else { return false };
        object = next;
    }
    true
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
    /// Whether the name still means the function that was inlined.
    fn is_same(&self, roots: &Bound<'_, PyTuple>, resolver: &Bound<'_, PyAny>) -> bool {
        let Ok(function) = walk(roots, &self.path) else {
            return false;
        };
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

impl Specialisation {
    /// Leaves a launch to Python whose arrays only a device reaches.
    fn refuse<T>(&self) -> PyResult<Option<T>> {
        self.python.fetch_add(1, Ordering::Relaxed);
        note(
            &mut lock(&self.why),
            "an array lies in a device's memory, and the loop could not run there",
        );
        resident::flush();
        Ok(None)
    }

    /// Milliseconds on the device.
    fn device_ms(&self) -> f64 {
        let device = self.made.as_ref().ok().and_then(|loaded| loaded.device.as_ref());
        let table = device.and_then(|device| device.as_ref().ok());
        table.map_or(0.0, |table| table.module().elapsed() as f64 * 1e-6)
    }
}

impl Kernel {
    /// Counts a launch that runs as Python before any kernel was chosen, and tells the resolver's side why, once.
    fn decline<'py>(&self, slf: &Bound<'py, Self>, reason: &str) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let fresh = {
            let mut declined = lock(&self.declined);
            declined.0 += 1;
            note(&mut declined.1, reason)
        };
        resident::flush();
        if fresh {
            self.resolver.bind(slf.py()).call_method1("declined", (slf, reason))?;
        }
        Ok(None)
    }

    fn specialisation(&self, slf: &Bound<'_, Self>, types: &[Type]) -> PyResult<Arc<Specialisation>> {
        {
            let known = lock(&self.known);
            let last = self.last.load(Ordering::Relaxed);
            if let Some(found) = known.get(last).filter(|known| known.types == types) {
                return Ok(Arc::clone(found));
            }
            if let Some(position) = known.iter().position(|known| known.types == types) {
                self.last.store(position, Ordering::Relaxed);
                return Ok(Arc::clone(&known[position]));
            }
        }
        let made = Arc::new(self.resolve(slf, types)?);
        let mut known = lock(&self.known);
        if let Some(found) = known.iter().find(|known| known.types == types) {
            return Ok(Arc::clone(found));
        }
        known.push(Arc::clone(&made));
        self.last.store(known.len() - 1, Ordering::Relaxed);
        Ok(made)
    }

    /// Asks for a library. An error here (strict mode) goes to the caller.
    fn resolve(&self, slf: &Bound<'_, Self>, types: &[Type]) -> PyResult<Specialisation> {
        let mut signature = String::new();
        for (input, ty) in self.inputs.iter().zip(types) {
            if !signature.is_empty() {
                signature.push_str(", ");
            }
            signature.push_str(&input.name);
            signature.push_str(": ");
            ty.write(&mut signature);
        }
        let resolver = self.resolver.bind(slf.py());
        let answer = resolver.call1((slf, &signature))?;
        let field = |name: &str| answer.get_item(name).ok();
        let text = |name: &str| field(name).and_then(|value| value.extract::<String>().ok());
        let made = match text("reason") {
            Some(reason) => Err(reason),
            None => load(&answer, resolver).and_then(|loaded| {
                let enough = loaded.results.len() >= self.outputs.len();
                enough
                    .then_some(loaded)
                    .ok_or_else(|| "a bad manifest: an output is missing".to_owned())
            }),
        };
        if let (Err(reason), None) = (&made, text("reason")) {
            resolver.call_method1("declined", (slf, reason))?;
        }
        let mut why: Vec<String> = made.as_ref().err().cloned().into_iter().collect();
        if let Ok(Loaded {
            device: Some(Err(reason)),
            ..
        }) = &made
        {
            resolver.call_method1("on_cpu", (slf, reason))?;
            why.push(on_cpu(reason));
        }
        Ok(Specialisation {
            types: types.to_vec(),
            signature,
            made,
            otherwise: OnceLock::new(),
            compile_ms: field("compile_ms")
                .and_then(|value| value.extract().ok())
                .unwrap_or(0.0),
            cached: field("cached").and_then(|value| value.extract().ok()).unwrap_or(false),
            fast: AtomicU64::new(0),
            careful: AtomicU64::new(0),
            gpu: AtomicU64::new(0),
            python: AtomicU64::new(0),
            why: Mutex::new(why),
            times: Times::default(),
            figures: Arc::default(),
        })
    }

    /// The row of the file that runs for one that a kernel reports; the statement's where it reports none.
    fn place(&self, row: u32) -> u32 {
        match row.checked_sub(1) {
            None => self.row,
            Some(index) => self.places.get(index as usize).copied().unwrap_or(row),
        }
    }

    /// The library for launches that are not as the first one supposes.
    fn otherwise<'s>(&self, slf: &Bound<'_, Self>, specialisation: &'s Specialisation) -> Option<&'s Loaded> {
        if specialisation.otherwise.get().is_none() {
            let resolver = self.resolver.bind(slf.py());
            let answer = resolver.call_method1("unusual", (slf, &specialisation.signature));
            let loaded = answer.ok().and_then(|answer| load(&answer, resolver).ok());
            let loaded = loaded.filter(|loaded| loaded.results.len() >= self.outputs.len());
            // Another thread may have been faster: nobody waits for the other here, with or without the interpreter's lock.
            _ = specialisation.otherwise.set(loaded);
        }
        specialisation.otherwise.get().and_then(Option::as_ref)
    }

    fn launch<'py>(
        &self,
        slf: &Bound<'py, Self>,
        loaded: &Loaded,
        specialisation: &Specialisation,
        arguments: &Arguments,
        objects: &[Bound<'py, PyAny>],
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let py = slf.py();
        let count = loaded.results.len();
        let (mut results, mut changed) = (vec![[0_u64; 2]; count], vec![1_u8; count]);
        let mut failure = Failure {
            exception: 0,
            row: 0,
            reason: 0,
            message_length: 0,
            message: std::ptr::null(),
            operands: [0; 3],
        };
        let mut call = Call {
            host: std::ptr::null(),
            arrays: arguments.views.as_ptr(),
            scalars: arguments.scalars.as_ptr(),
            results: results.as_mut_ptr().cast(),
            changed: changed.as_mut_ptr(),
            failure: &raw mut failure,
            undo_limit: undo_limit(),
            flags: if self.exact_locals { CALL_EXACT_LOCALS } else { 0 },
        };
        let made = Made::new(&loaded.new);
        let device = loaded.device.as_ref().and_then(|device| device.as_ref().ok());
        let usable = device.map(|device| device.module().usable());
        let device_here = device.filter(|_| matches!(usable, Some(Ok(()))));
        let mut session = device_here.map(|table| table.session(arguments, &specialisation.figures));
        if session.is_none() {
            if arguments.are_on_device() {
                return specialisation.refuse();
            }
            if !resident::is_idle() {
                arguments.with_views(|views| resident::home(views));
            }
        }
        let table = session.as_mut().map_or(std::ptr::null(), device::Session::lend);
        let mut lent = Lent::new(true, &made, table);
        let start = Times::start();
        let status = lent.unlocked(|host| {
            call.host = host;
            // SAFETY: the library was made for these types; views and scalars live until after the call.
            unsafe { (loaded.entry)(&raw const call) }
        });
        if let Some(start) = start {
            specialisation.times.add(start, arguments.bytes(), lent.used());
        }
        let complaint = device.and_then(|device| device.module().complaint());
        let complaint = complaint.or_else(|| {
            let text = usable?.err()?;
            Some(Complaint { text, first: true })
        });
        // What failed on the way to success is nobody's business.
        if let Some(Complaint { text, first }) = complaint.filter(|_| status != Status::Device as u32) {
            let new = note(&mut lock(&specialisation.why), &on_cpu(&text));
            if new && first {
                self.resolver.bind(py).call_method1("on_cpu", (slf, text))?;
            }
        }
        resident::tidy().map_err(|_| PyRuntimeError::new_err(resident::Lost::MESSAGE))?;
        if session.is_some_and(|session| session.has_refused()) {
            return specialisation.refuse();
        }
        let tell = |failure: &Failure| {
            if let Some(reason) = loaded.reasons.get(failure.reason as usize) {
                note(&mut lock(&specialisation.why), reason);
            }
        };
        match status {
            0 | 1 | 6 => {
                if status == 6 {
                    specialisation.gpu.fetch_add(1, Ordering::Relaxed);
                } else if status == 0 {
                    specialisation.fast.fetch_add(1, Ordering::Relaxed);
                } else {
                    specialisation.careful.fetch_add(1, Ordering::Relaxed);
                    tell(&failure);
                }
                let value = |(position, handed): (usize, &Handed)| match self.outputs[position] {
                    Some(input) if changed[position] == 0 => Ok(objects[input].clone()),
                    _ => handed.object(py, position, (&results, &changed), objects, &made),
                };
                let outputs = loaded.results.iter().enumerate().take(self.outputs.len());
                let values = outputs.map(value).collect::<PyResult<Vec<_>>>()?;
                Ok(Some(PyTuple::new(py, values)?))
            }
            2 => {
                specialisation.careful.fetch_add(1, Ordering::Relaxed);
                tell(&failure);
                failure.row = self.place(failure.row);
                if is_message(&failure, "array index out of range")
                    && let Some(text) = arguments.out_of_range(failure.operands[1])
                {
                    (failure.message, failure.message_length) = (text.as_ptr(), text.len() as u32);
                }
                Err(exception(
                    py,
                    &failure,
                    &self.filename,
                    self.function.as_deref().unwrap_or("<module>"),
                ))
            }
            5 => {
                specialisation.fast.fetch_add(1, Ordering::Relaxed);
                resident::flush();
                Ok(None)
            }
            4 => match PyErr::take(py) {
                Some(error) => Err(error),
                None => Err(pyo3::exceptions::PyKeyboardInterrupt::new_err(())),
            },
            _ => {
                tell(&failure);
                if loaded.unusual.is_some_and(|first| failure.reason >= first)
                    && let Some(otherwise) = self.otherwise(slf, specialisation)
                {
                    return self.launch(slf, otherwise, specialisation, arguments, objects);
                }
                specialisation.python.fetch_add(1, Ordering::Relaxed);
                resident::flush();
                Ok(None)
            }
        }
    }
}

fn undo_limit() -> u64 {
    static LIMIT: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *LIMIT.get_or_init(|| {
        let text = std::env::var("FERROKEET_UNDO_LIMIT").ok();
        text.and_then(|text| text.trim().parse().ok()).unwrap_or(UNDO_LIMIT)
    })
}

/// Loads the library that an answer names.
fn load(answer: &Bound<'_, PyAny>, resolver: &Bound<'_, PyAny>) -> Result<Loaded, String> {
    let text = |name: &str| -> Result<String, String> {
        answer
            .get_item(name)
            .and_then(|value| value.extract())
            .map_err(|error| format!("a bad manifest: {error}"))
    };
    let (path, symbol) = (text("library")?, text("symbol")?);
    let texts = |name: &str| -> Result<Vec<String>, String> {
        answer
            .get_item(name)
            .and_then(|value| value.extract())
            .map_err(|error| format!("a bad manifest: {error}"))
    };
    let (results, new) = handed::read(&texts("outputs")?)?;
    let failed = |error: libloading::Error| format!("{path} cannot be loaded: {error}");
    // SAFETY: libraries come from the builder, which keeps their hashes; their initialisers are Rust's and do nothing.
    let library = unsafe { libloading::Library::new(&path) }.map_err(failed)?;
    // SAFETY: that is how generated code declares it.
    let version = unsafe {
        library
            .get::<*const u32>(b"FERROKEET_ABI_VERSION\0")
            .map(|symbol| **symbol)
    }
    .map_err(failed)?;
    if version != ABI_VERSION {
        return Err(format!(
            "{path} was built for version {version} of the runtime, this is {ABI_VERSION}"
        ));
    }
    // SAFETY: the manifest names an `Entry`.
    let entry = unsafe { library.get::<Entry>(symbol.as_bytes()).map(|symbol| *symbol) }.map_err(failed)?;
    std::mem::forget(library);
    Ok(Loaded {
        entry,
        results,
        new,
        reasons: texts("reasons")?,
        device: on_device(answer, resolver)?,
        unusual: answer
            .get_item("unusual")
            .and_then(|value| value.extract())
            .unwrap_or(None),
    })
}

/// How statistics call a launch on the CPU that should have been a device's.
fn on_cpu(why: &str) -> String {
    format!("on the CPU: {why}")
}

/// Loads the kernels that an answer names for a device, if it does.
fn on_device(answer: &Bound<'_, PyAny>, resolver: &Bound<'_, PyAny>) -> Result<Option<Result<Table, String>>, String> {
    let field = |name: &str| answer.get_item(name).ok().filter(|value| !value.is_none());
    let Some(described) = field("device") else {
        let why = field("no_device").and_then(|why| why.extract().ok());
        return Ok(why.map(Err));
    };
    let read = || -> PyResult<_> {
        let kernels: Vec<String> = described.get_item("kernels")?.extract()?;
        if let Ok(path) = described.get_item("emulated") {
            return Ok(device::emulated(&path.extract::<String>()?, &kernels));
        }
        let mut images = Vec::new();
        for image in described.get_item("images")?.try_iter()? {
            let image = image?;
            images.push(Image {
                architecture: image.get_item("architecture")?.extract()?,
                path: image.get_item("path")?.extract()?,
            });
        }
        Ok(device::loaded(&images, &kernels))
    };
    let module = read().map_err(|error| format!("a bad manifest: {error}"))?;
    let wherever = field("auto").is_some_and(|auto| auto.is_truthy().unwrap_or(false));
    let table = module.map(Table::new).and_then(|table| match wherever {
        true => {
            let unknown = |error: PyErr| format!("how fast its device is could not be told: {error}");
            table.calibrated(resolver).map_err(unknown)
        }
        false => Ok(table),
    });
    Ok(Some(table))
}
