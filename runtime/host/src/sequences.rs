//! Lists and tuples of numbers, which a kernel reads as arrays of Python objects: a copy is made at every launch.
//!
//! Their items are of one type, or are lists or tuples of as many such items. A kernel that would change one declines.

use pyo3::ffi;
use pyo3::prelude::*;

use crate::arguments::Kind;
use crate::made::NewMemory;

/// An array with the items of a list or a tuple.
pub(crate) struct Sequence<'py> {
    /// A NumPy array that nobody else has.
    pub(crate) array: Bound<'py, PyAny>,
    /// What the sequence, and those inside, are called in Python's messages.
    pub(crate) names: [&'static str; 2],
}

/// What is subscripted at an axis, as far as all arguments agree.
#[derive(Debug, Default)]
pub(crate) struct Names([&'static str; 2]);

impl Names {
    /// Notes another one. Python's message at a subscript that is out of range names the type: it must be clear which.
    pub(crate) fn meet(&mut self, names: [&'static str; 2]) -> Result<(), String> {
        for (known, name) in self.0.iter_mut().zip(names) {
            if known.is_empty() {
                *known = name;
            } else if !name.is_empty() && *known != name {
                return Err(format!("it is of type {name}, and another input of type {known}"));
            }
        }
        Ok(())
    }

    /// The message of an `IndexError` at an axis of a list or a tuple.
    pub(crate) fn out_of_range(&self, axis: i64) -> Option<&'static str> {
        match *self.0.get(usize::try_from(axis).ok()?)? {
            "list" => Some("list index out of range"),
            "tuple" => Some("tuple index out of range"),
            _ => None,
        }
    }
}

/// A list or a tuple, with its length.
struct Items {
    object: *mut ffi::PyObject,
    name: &'static str,
    length: isize,
}

impl Items {
    /// `None` for anything else, subclasses among them.
    ///
    /// # Safety
    /// A live object; the lock is held.
    unsafe fn of(object: *mut ffi::PyObject) -> Option<Self> {
        // SAFETY: by contract.
        unsafe {
            let kind = ffi::Py_TYPE(object);
            let (name, length) = if kind == &raw mut ffi::PyList_Type {
                ("list", ffi::PyList_Size(object))
            } else if kind == &raw mut ffi::PyTuple_Type {
                ("tuple", ffi::PyTuple_Size(object))
            } else {
                return None;
            };
            Some(Self { object, name, length })
        }
    }

    /// An item, borrowed; null with an error set if the list has become shorter.
    ///
    /// # Safety
    /// The object is still alive; the lock is held.
    unsafe fn get(&self, index: isize) -> *mut ffi::PyObject {
        // SAFETY: by contract, and of the type that its name says.
        unsafe {
            if self.name == "list" {
                ffi::PyList_GetItem(self.object, index)
            } else {
                ffi::PyTuple_GetItem(self.object, index)
            }
        }
    }
}

impl<'py> Sequence<'py> {
    /// Reads a list or a tuple; `None` if it is neither.
    pub(crate) fn of(object: &Bound<'py, PyAny>) -> Option<Result<Self, String>> {
        // SAFETY: a live object; the lock is held.
        let outer = unsafe { Items::of(object.as_ptr()) }?;
        Some(Self::read(object.py(), &outer))
    }

    fn read(py: Python<'py>, outer: &Items) -> Result<Self, String> {
        // SAFETY: the caller's reference keeps the outer sequence, which keeps its items: nothing below runs Python code that
        // could change it.
        let items = unsafe {
            let mut items = Vec::with_capacity(outer.length.max(0) as usize);
            for index in 0..outer.length {
                let item = outer.get(index);
                if item.is_null() {
                    ffi::PyErr_Clear();
                    return Err("its length changes".to_owned());
                }
                items.push(item);
            }
            items
        };
        // SAFETY: as above.
        let rows: Vec<Option<Items>> = items.iter().map(|item| unsafe { Items::of(*item) }).collect();
        let Some(Some(first)) = rows.first() else {
            let array = array_of(py, &items, &[items.len()])?;
            let names = [outer.name, ""];
            return Ok(Self { array, names });
        };
        let mut all = Vec::with_capacity(items.len() * first.length.max(0) as usize);
        for row in &rows {
            let Some(row) = row
                .as_ref()
                .filter(|row| row.length == first.length && row.name == first.name)
            else {
                return Err("its rows differ in type or in length".to_owned());
            };
            // SAFETY: as above.
            all.extend((0..row.length).map(|index| unsafe { row.get(index) }));
        }
        let array = array_of(py, &all, &[items.len(), first.length as usize])?;
        let names = [outer.name, first.name];
        Ok(Self { array, names })
    }
}

/// A new array of numbers that are all of one of Python's types.
fn array_of<'py>(py: Python<'py>, items: &[*mut ffi::PyObject], shape: &[usize]) -> Result<Bound<'py, PyAny>, String> {
    // Before anything is allocated by Python, which might run code that changes the list.
    let (kind, words) = numbers_of(items)?;
    let extents: Vec<isize> = shape.iter().map(|extent| *extent as isize).collect();
    let made = NewMemory::new(py, kind, &extents, false).map_err(|error| error.to_string())?;
    for (place, word) in words.iter().enumerate() {
        // SAFETY: the new array is contiguous and has as many elements of that size.
        unsafe {
            match kind {
                Kind::Bool => made.data.add(place).write(*word as u8),
                _ => made.data.cast::<u64>().add(place).write(*word),
            }
        }
    }
    Ok(made.object.into_bound(py))
}

/// Numbers that are all of one of Python's types, as words of 64 bits.
fn numbers_of(items: &[*mut ffi::PyObject]) -> Result<(Kind, Vec<u64>), String> {
    // SAFETY: live objects; the lock is held.
    let type_of = |item: *mut ffi::PyObject| unsafe { ffi::Py_TYPE(item) };
    // Of an empty list no item is read; ints fit most places.
    let first = items.first().map_or(&raw mut ffi::PyLong_Type, |item| type_of(*item));
    let kind = match first {
        kind if kind == &raw mut ffi::PyFloat_Type => Kind::F64,
        kind if kind == &raw mut ffi::PyLong_Type => Kind::I64,
        kind if kind == &raw mut ffi::PyBool_Type => Kind::Bool,
        _ => return Err("its items are no Python ints, floats or bools".to_owned()),
    };
    let mut words = Vec::with_capacity(items.len());
    for item in items {
        if type_of(*item) != first {
            return Err("its items are of several types".to_owned());
        }
        // SAFETY: of that very type.
        words.push(unsafe {
            match kind {
                Kind::F64 => ffi::PyFloat_AsDouble(*item).to_bits(),
                Kind::Bool => u64::from(*item == ffi::Py_True()),
                _ => {
                    let value = ffi::PyLong_AsLongLong(*item);
                    if value == -1 && !ffi::PyErr_Occurred().is_null() {
                        ffi::PyErr_Clear();
                        return Err("an int in it does not fit 64 bits".to_owned());
                    }
                    value as u64
                }
            }
        });
    }
    Ok((kind, words))
}
