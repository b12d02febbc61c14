//! The library of a kernel, loaded.

use ferrokeet_kernel::abi::{ABI_VERSION, Entry};
use pyo3::prelude::*;

use crate::device::{self, Image, Table};
use crate::handed::{self, Base, Handed};
use crate::made::{Made, NewArray};

/// The library of one region for one signature.
pub(crate) struct Loaded {
    pub(crate) entry: Entry,
    /// For each output of the region, and what else the kernel tells.
    pub(crate) results: Vec<Handed>,
    /// The new arrays among them.
    pub(crate) new: Vec<NewArray>,
    pub(crate) reasons: Vec<String>,
    /// The inputs whose elements it assigns.
    pub(crate) changed: Vec<usize>,
    /// Of the lists whose items it assigns and does not read, the result that holds the new ones.
    pub(crate) replaced: Vec<[usize; 2]>,
    /// Of results that are items of several types, the result that holds their tags.
    pub(crate) told: Vec<[usize; 2]>,
    /// The same of lists among the inputs.
    pub(crate) told_lists: Vec<[usize; 2]>,
    /// The same region on a device; or why it runs on the CPU although it asks for one: a sentence for the user.
    pub(crate) device: Option<Result<Table, String>>,
    /// From which reason on a launch is not as the library supposes, and another one could run it.
    pub(crate) unusual: Option<u32>,
}

impl Loaded {
    /// Loads the library that an answer names.
    pub(crate) fn read(answer: &Bound<'_, PyAny>, resolver: &Bound<'_, PyAny>) -> Result<Self, String> {
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
        let pairs = |name: &str| -> Vec<[usize; 2]> {
            let value = answer.get_item(name).and_then(|value| value.extract());
            value.unwrap_or_default()
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
        Ok(Self {
            entry,
            results,
            new,
            reasons: texts("reasons")?,
            changed: answer
                .get_item("changed")
                .and_then(|value| value.extract())
                .unwrap_or_default(),
            replaced: pairs("replaced"),
            told: pairs("told"),
            told_lists: pairs("told_lists"),
            device: on_device(answer, resolver)?,
            unusual: answer
                .get_item("unusual")
                .and_then(|value| value.extract())
                .unwrap_or(None),
        })
    }
}

impl Loaded {
    /// The new array that a result is, if the kernel has made it, and whether its elements are Python's numbers.
    pub(crate) fn new_array<'py>(
        &self,
        py: Python<'py>,
        result: usize,
        made: &Made<'_>,
    ) -> Option<(Bound<'py, PyAny>, bool)> {
        match self.results.get(result)? {
            Handed::Array {
                base: Base::New(number, array),
                ..
            } => Some((made.get(py, *number)?, array.python)),
            Handed::Array { .. } | Handed::Number(..) | Handed::One { .. } => None,
        }
    }

    /// The tags of the items that a result holds, if they are of several types.
    pub(crate) fn tags<'py>(&self, py: Python<'py>, result: usize, made: &Made<'_>) -> Option<Bound<'py, PyAny>> {
        let [_, tags] = self.told.iter().find(|[items, _]| *items == result)?;
        Some(self.new_array(py, *tags, made)?.0)
    }

    /// Whether it gives integers of 64 bits that are NumPy's.
    pub(crate) fn gives_longs(&self) -> bool {
        self.results.iter().any(Handed::is_long)
    }
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
