//! One region of a translated file, callable.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ferrokeet_kernel::abi::{CALL_EXACT_LOCALS, Call, Failure, Status};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::Arguments;
use crate::device::{self, Complaint, Figures, resident};
use crate::handed::Handed;
use crate::inputs::{Callee, Input};
use crate::library::Loaded;
use crate::made::Made;
use crate::outcome::{exception, is_message};
use crate::pool::Lent;
use crate::profile::Times;
use crate::types::Type;

/// Bytes that a call may spend on copies for undoing, unless `FERROKEET_UNDO_LIMIT` says otherwise.
const UNDO_LIMIT: u64 = 4 << 30;

// How kernels end, as an `Entry` returns it.
const FAST: u32 = Status::Fast as u32;
const CAREFUL: u32 = Status::Careful as u32;
const RAISED: u32 = Status::Raised as u32;
const INTERRUPTED: u32 = Status::Interrupted as u32;
const EMPTY: u32 = Status::Empty as u32;
const DEVICE: u32 = Status::Device as u32;

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
        let inputs = field("inputs")?.try_iter()?.map(|input| Input::read(&input?));
        let callees = field("callees")?.try_iter()?.map(|callee| Callee::read(&callee?));
        let outputs = field("outputs")?
            .try_iter()?
            .map(|output| output?.get_item("input")?.extract());
        Ok(Self {
            name: field("name")?.extract()?,
            filename: field("filename")?.extract()?,
            row: field("row")?.extract()?,
            function: field("function")?.extract()?,
            inputs: inputs.collect::<PyResult<_>>()?,
            callees: callees.collect::<PyResult<_>>()?,
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
            if resident::is_open() && !input.is_quiet(roots) {
                resident::flush();
            }
            let read = input.walk(roots).and_then(|object| {
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
        if let Err(reason) = arguments.change(&loaded.changed, |input| kernel.inputs[input].name.clone()) {
            return kernel.decline(slf, &reason);
        }
        if let Some(input) = arguments.other_long()
            && loaded.gives_longs()
        {
            let name = &kernel.inputs[input].name;
            return kernel.decline(
                slf,
                &format!("`{name}`: its integers are NumPy's `longlong`, and so are results"),
            );
        }
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
            None => Loaded::read(&answer, resolver).and_then(|loaded| {
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
            let loaded = answer.ok().and_then(|answer| Loaded::read(&answer, resolver).ok());
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
        let complaint = complaint.or_else(|| session.as_ref()?.complaint());
        let complaint = complaint.or_else(|| {
            let text = usable?.err()?;
            Some(Complaint { text, first: true })
        });
        // What failed on the way to success is nobody's business.
        if let Some(Complaint { text, first }) = complaint.filter(|_| status != DEVICE) {
            let new = note(&mut lock(&specialisation.why), &on_cpu(&text));
            if new && first {
                self.resolver.bind(py).call_method1("on_cpu", (slf, text))?;
            }
        }
        if status == DEVICE {
            arguments.lists_come_home();
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
        if matches!(status, FAST | CAREFUL | DEVICE | RAISED | INTERRUPTED) {
            arguments.write_back(py)?;
            for [input, output] in &loaded.replaced {
                if let Some((items, python)) = loaded.new_array(py, *output, &made) {
                    let tags = loaded.tags(py, *output, &made);
                    arguments.replace(*input, &items, python, tags.as_ref())?;
                }
            }
            for [input, output] in &loaded.told_lists {
                if let Some((tags, _)) = loaded.new_array(py, *output, &made) {
                    arguments.tell(*input, &tags)?;
                }
            }
        }
        match status {
            FAST | CAREFUL | DEVICE => {
                match status {
                    DEVICE => specialisation.gpu.fetch_add(1, Ordering::Relaxed),
                    FAST => specialisation.fast.fetch_add(1, Ordering::Relaxed),
                    _ => specialisation.careful.fetch_add(1, Ordering::Relaxed),
                };
                if status == CAREFUL {
                    tell(&failure);
                }
                let value = |(position, handed): (usize, &Handed)| match self.outputs[position] {
                    Some(input) if changed[position] == 0 => Ok(objects[input].clone()),
                    _ => {
                        let object = handed.object(py, position, (&results, &changed), objects, &made)?;
                        match loaded.tags(py, position, &made) {
                            Some(tags) => Ok(PyTuple::new(py, [object, tags])?.into_any()),
                            None => Ok(object),
                        }
                    }
                };
                let outputs = loaded.results.iter().enumerate().take(self.outputs.len());
                let values = outputs.map(value).collect::<PyResult<Vec<_>>>()?;
                Ok(Some(PyTuple::new(py, values)?))
            }
            RAISED => {
                specialisation.careful.fetch_add(1, Ordering::Relaxed);
                tell(&failure);
                failure.row = self.place(failure.row);
                let assigned = is_message(&failure, "array assignment index out of range");
                if (assigned || is_message(&failure, "array index out of range"))
                    && let Some(text) = arguments.out_of_range(failure.operands[1], assigned)
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
            EMPTY => {
                specialisation.fast.fetch_add(1, Ordering::Relaxed);
                resident::flush();
                Ok(None)
            }
            INTERRUPTED => match PyErr::take(py) {
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

/// How statistics call a launch on the CPU that should have been a device's.
fn on_cpu(why: &str) -> String {
    format!("on the CPU: {why}")
}
