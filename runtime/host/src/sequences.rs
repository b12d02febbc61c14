//! Lists and tuples of numbers, which a kernel takes for arrays of Python objects: a copy is made at every launch.
//!
//! Their items are of one type, or of several that a float or a complex number holds, or are lists or tuples of as many such items. Lists whose items the region assigns are given
//! the new ones after the launch: objects of that type, where the number is another one. An item that has not changed stays
//! the object that it was.
//!
//! Two lists may be the same object, or hold the same one (`[[0] * n] * m`). The same argument is copied once; where a list that
//! the region changes occurs elsewhere too, the kernel declines.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt};

use crate::made::NewMemory;
use crate::types::Kind;

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

    /// The message of an `IndexError` at an axis of a list or a tuple; of a tuple no item is `assigned`.
    pub(crate) fn out_of_range(&self, axis: i64, assigned: bool) -> Option<&'static str> {
        match *self.0.get(usize::try_from(axis).ok()?)? {
            "list" if assigned => Some("list assignment index out of range"),
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

/// The tags of items of Python's types, but for complex numbers; that of NumPy's.
const BOOL: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const NUMPY: u8 = 5;

/// An array with the items of a list or a tuple.
pub(crate) struct Sequence {
    /// What was handed in.
    whole: Py<PyAny>,
    /// A NumPy array that nobody else has.
    pub(crate) array: Py<PyAny>,
    /// Where its elements are.
    data: *mut u8,
    /// What the sequence, and those inside, are called in Python's messages.
    pub(crate) names: [&'static str; 2],
    /// What holds the numbers: the sequence itself, or those inside.
    rows: Vec<Py<PyAny>>,
    numbers: Numbers,
    read: Read,
    changed: bool,
}

/// What is read of a list or a tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// The numbers in it.
    Items,
    /// Its length, and that of the lists in it: the array has zeros, whatever the items are.
    Shape,
    /// Its length alone.
    Length,
}

/// Numbers that are all of one of Python's types, or of several that one kind holds, as words of 64 bits: two for a complex one.
struct Numbers {
    kind: Kind,
    words: Vec<u64>,
    /// Of which types they are at each place of a row, if they are of several: four bits each, 1 for ints, 2 for floats, 4 for complex
    /// numbers.
    columns: u32,
}

impl Sequence {
    /// Whether an object is a list or a tuple.
    pub(crate) fn is_one(object: &Bound<'_, PyAny>) -> bool {
        // SAFETY: a live object; the lock is held.
        unsafe { Items::of(object.as_ptr()) }.is_some()
    }

    /// Reads a list or a tuple.
    pub(crate) fn of(object: &Bound<'_, PyAny>, read: Read) -> Result<Self, String> {
        let numbers = |items: &[*mut ffi::PyObject], width: usize| match read {
            Read::Items => Numbers::of(items, width),
            Read::Shape | Read::Length => Ok(Numbers::unread(items.len())),
        };
        let py = object.py();
        // SAFETY: a live object; the lock is held.
        let outer = unsafe { Items::of(object.as_ptr()) }.ok_or("it is no list")?;
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
        let first = rows.first().and_then(Option::as_ref).filter(|_| read != Read::Length);
        let Some(first) = first else {
            let numbers = numbers(&items, 1)?;
            let rows = vec![object.clone().unbind()];
            return Self::new((object, read), &[items.len()], [outer.name, ""], rows, numbers);
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
        // Before anything is allocated by Python, which might run code that changes the list.
        let numbers = numbers(&all, first.length.max(0) as usize)?;
        // SAFETY: live objects; the lock is held.
        let kept = items
            .iter()
            .map(|row| unsafe { Bound::from_borrowed_ptr(py, *row) }.unbind());
        let shape = [items.len(), first.length as usize];
        Self::new(
            (object, read),
            &shape,
            [outer.name, first.name],
            kept.collect(),
            numbers,
        )
    }

    fn new(
        (whole, read): (&Bound<'_, PyAny>, Read),
        shape: &[usize],
        names: [&'static str; 2],
        rows: Vec<Py<PyAny>>,
        numbers: Numbers,
    ) -> Result<Self, String> {
        let extents: Vec<isize> = shape.iter().map(|extent| *extent as isize).collect();
        let made = NewMemory::new(whole.py(), numbers.kind, &extents, false).map_err(|error| error.to_string())?;
        for (place, word) in numbers.words.iter().enumerate() {
            // SAFETY: the new array is contiguous and has as many elements of that size.
            unsafe {
                match numbers.kind {
                    Kind::Bool | Kind::U8 => made.data.add(place).write(*word as u8),
                    _ => made.data.cast::<u64>().add(place).write(*word),
                }
            }
        }
        Ok(Self {
            whole: whole.clone().unbind(),
            array: made.object,
            data: made.data,
            names,
            rows,
            numbers,
            read,
            changed: false,
        })
    }

    /// Of which types its items are at each place, if they are of several: four bits each.
    pub(crate) fn columns(&self) -> u32 {
        self.numbers.columns
    }

    /// Whether it was made of that very object, in that way.
    pub(crate) fn is(&self, object: &Bound<'_, PyAny>, read: Read) -> bool {
        self.whole.is(object) && self.read == read
    }

    /// That its items can be assigned.
    pub(crate) fn require_lists(&self) -> Result<(), String> {
        if self.names == ["list", ""] || self.names[1] == "list" {
            return Ok(());
        }
        Err("an item of a tuple is assigned".to_owned())
    }

    /// One of the inputs that it is is changed. New items for one that nobody reads are those of one input.
    pub(crate) fn change(&mut self) -> Result<(), String> {
        self.require_lists()?;
        if self.read == Read::Shape && self.changed {
            return Err("a list that it changes occurs twice, in several inputs".to_owned());
        }
        self.changed = true;
        Ok(())
    }

    /// Whether its array begins there, and the region changes it.
    pub(crate) fn is_changed_at(&self, data: *const u8) -> bool {
        self.changed && std::ptr::eq(self.data, data)
    }

    /// Whether the region assigns its items.
    pub(crate) fn is_changed(&self) -> bool {
        self.changed
    }

    /// Gives the lists the items that the kernel has left in the array.
    ///
    /// # Errors
    /// Another thread has made a list shorter.
    pub(crate) fn write_back(&self, py: Python<'_>) -> PyResult<()> {
        if !self.changed || self.read != Read::Items || self.rows.is_empty() {
            return Ok(());
        }
        let width = self.numbers.words_each();
        let each = self.numbers.words.len() / width / self.rows.len();
        for (place, before) in self.numbers.words.chunks_exact(width).enumerate() {
            // SAFETY: the array lives, and has as many elements; no kernel runs.
            let after: [u64; 2] = unsafe {
                match self.numbers.kind {
                    Kind::Bool | Kind::U8 => [u64::from(self.data.add(place).read()), 0],
                    Kind::C128 => self.data.cast::<[u64; 2]>().add(place).read(),
                    _ => [self.data.cast::<u64>().add(place).read(), 0],
                }
            };
            if after[..width] == *before {
                continue;
            }
            let row = self.rows[place / each].as_ptr();
            let object = self.numbers.object(after);
            // SAFETY: a list; a new object, which it takes over; the lock is held.
            if object.is_null() || unsafe { ffi::PyList_SetItem(row, (place % each) as isize, object) } != 0 {
                return Err(PyErr::fetch(py));
            }
        }
        Ok(())
    }

    /// Gives the lists NumPy's numbers where the tags of their items say so.
    ///
    /// # Errors
    /// Another thread has made a list shorter.
    pub(crate) fn tell(&self, tags: &Bound<'_, PyAny>) -> PyResult<()> {
        if !self.changed || self.read != Read::Items || self.rows.is_empty() {
            return Ok(());
        }
        let py = tags.py();
        let items = self.array.bind(py).call_method0("ravel")?;
        let tags: Vec<u8> = tags.call_method0("tobytes")?.extract()?;
        let each = tags.len() / self.rows.len();
        for (place, _) in tags.iter().enumerate().filter(|(_, tag)| **tag == NUMPY) {
            let row = self.rows[place / each].bind(py);
            row.set_item(place % each, items.get_item(place)?)?;
        }
        Ok(())
    }

    /// Gives the lists, where the array says that there is one, a new item: from an array of them, which are `python`'s or NumPy's,
    /// or either, as their tags say.
    ///
    /// # Errors
    /// Another thread has made a list shorter.
    pub(crate) fn replace(
        &self,
        items: &Bound<'_, PyAny>,
        python: bool,
        tags: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let count = self.numbers.words.len();
        if count == 0 || self.read != Read::Shape {
            return Ok(());
        }
        let flat = items.call_method0("ravel")?;
        let real = flat.getattr("real")?.call_method0("tolist")?;
        let whole = flat.call_method0("tolist")?;
        let tags: Option<Vec<u8>> = tags.map(|tags| tags.call_method0("tobytes")?.extract()).transpose()?;
        let py = items.py();
        let new = |place: usize| match tags.as_ref().and_then(|tags| tags.get(place)) {
            Some(&BOOL) => py.get_type::<PyBool>().call1((real.get_item(place)?,)),
            Some(&INT) => py.get_type::<PyInt>().call1((real.get_item(place)?,)),
            Some(&FLOAT) => py.get_type::<PyFloat>().call1((real.get_item(place)?,)),
            Some(&NUMPY) => flat.get_item(place),
            None if !python => flat.get_item(place),
            Some(_) | None => whole.get_item(place),
        };
        let each = count / self.rows.len();
        for place in 0..count {
            // SAFETY: the array lives, and has as many bytes; no kernel runs.
            if unsafe { self.data.add(place).read() } != 0 {
                let row = self.rows[place / each].bind(items.py());
                row.set_item(place % each, new(place)?)?;
            }
        }
        Ok(())
    }
}

/// That no list which is changed occurs twice among all lists.
pub(crate) fn require_apart(sequences: &[Sequence]) -> Result<(), String> {
    if !sequences.iter().any(Sequence::is_changed) {
        return Ok(());
    }
    let looked_into = sequences.iter().filter(|one| one.read != Read::Length);
    let of = |one: &Sequence| {
        one.rows
            .iter()
            .map(|row| (row.as_ptr(), one.changed))
            .collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = looked_into.flat_map(of).collect();
    rows.sort_unstable();
    let twice = |pair: &[(*mut ffi::PyObject, bool)]| pair[0].0 == pair[1].0 && (pair[0].1 || pair[1].1);
    if rows.windows(2).any(twice) {
        return Err(
            "a list that it changes occurs twice: as several rows (`[[0] * n] * m`), or in several inputs".to_owned(),
        );
    }
    Ok(())
}

impl Numbers {
    /// Of rows of some width.
    fn of(items: &[*mut ffi::PyObject], width: usize) -> Result<Self, String> {
        // SAFETY: live objects; the lock is held.
        let type_of = |item: *mut ffi::PyObject| unsafe { ffi::Py_TYPE(item) };
        // Of an empty list no item is read; ints fit most places.
        let first = items.first().map_or(&raw mut ffi::PyLong_Type, |item| type_of(*item));
        let kind = match first {
            kind if kind == &raw mut ffi::PyFloat_Type => Kind::F64,
            kind if kind == &raw mut ffi::PyLong_Type => Kind::I64,
            kind if kind == &raw mut ffi::PyBool_Type => Kind::Bool,
            kind if kind == &raw mut ffi::PyComplex_Type => Kind::C128,
            _ => return Err("its items are no Python ints, floats, complex numbers or bools".to_owned()),
        };
        let mut words = Vec::with_capacity(items.len());
        for item in items {
            if type_of(*item) != first {
                return Self::of_several(items, width);
            }
            // SAFETY: of that very type.
            let word = unsafe {
                match kind {
                    Kind::F64 => ffi::PyFloat_AsDouble(*item).to_bits(),
                    Kind::Bool => u64::from(*item == ffi::Py_True()),
                    Kind::C128 => {
                        words.push(ffi::PyComplex_RealAsDouble(*item).to_bits());
                        ffi::PyComplex_ImagAsDouble(*item).to_bits()
                    }
                    _ => {
                        let value = ffi::PyLong_AsLongLong(*item);
                        if value == -1 && !ffi::PyErr_Occurred().is_null() {
                            ffi::PyErr_Clear();
                            return Err("an int in it does not fit 64 bits".to_owned());
                        }
                        value as u64
                    }
                }
            };
            words.push(word);
        }
        let columns = 0;
        Ok(Self { kind, words, columns })
    }

    /// Ints, floats and complex numbers, in floats or complex numbers that hold them exactly.
    fn of_several(items: &[*mut ffi::PyObject], width: usize) -> Result<Self, String> {
        const SEVERAL: &str = "its items are of several types";
        if !(1..=8).contains(&width) {
            return Err(SEVERAL.to_owned());
        }
        // SAFETY: live objects; the lock is held.
        let type_of = |item: *mut ffi::PyObject| unsafe { ffi::Py_TYPE(item) };
        let mut columns = 0_u32;
        for (place, item) in items.iter().enumerate() {
            let bits = match type_of(*item) {
                kind if kind == &raw mut ffi::PyLong_Type => 1,
                kind if kind == &raw mut ffi::PyFloat_Type => 2,
                kind if kind == &raw mut ffi::PyComplex_Type => 4,
                _ => return Err(SEVERAL.to_owned()),
            };
            columns |= bits << ((place % width) * 4);
        }
        let kind = if columns & 0x4444_4444 != 0 {
            Kind::C128
        } else {
            Kind::F64
        };
        let mut words = Vec::with_capacity(items.len());
        for item in items {
            // SAFETY: of one of these types.
            let (real, imaginary) = unsafe {
                match type_of(*item) {
                    one if one == &raw mut ffi::PyComplex_Type => {
                        (ffi::PyComplex_RealAsDouble(*item), ffi::PyComplex_ImagAsDouble(*item))
                    }
                    one if one == &raw mut ffi::PyFloat_Type => (ffi::PyFloat_AsDouble(*item), 0.0),
                    _ => {
                        let value = ffi::PyLong_AsLongLong(*item);
                        if value == -1 && !ffi::PyErr_Occurred().is_null() {
                            ffi::PyErr_Clear();
                            return Err("an int in it does not fit 64 bits".to_owned());
                        }
                        if value.unsigned_abs() > 1 << f64::MANTISSA_DIGITS {
                            return Err("an int in it fits no float".to_owned());
                        }
                        (value as f64, 0.0)
                    }
                }
            };
            words.push(real.to_bits());
            if kind == Kind::C128 {
                words.push(imaginary.to_bits());
            }
        }
        Ok(Self { kind, words, columns })
    }

    /// As many zeros as there are items, whatever they are.
    fn unread(count: usize) -> Self {
        let (kind, words, columns) = (Kind::U8, vec![0; count], 0);
        Self { kind, words, columns }
    }

    fn words_each(&self) -> usize {
        if self.kind == Kind::C128 { 2 } else { 1 }
    }

    /// A new object for a number; null with an error set where there is no memory.
    fn object(&self, [bits, second]: [u64; 2]) -> *mut ffi::PyObject {
        // SAFETY: the lock is held wherever lists are written back.
        unsafe {
            match self.kind {
                Kind::F64 => ffi::PyFloat_FromDouble(f64::from_bits(bits)),
                Kind::Bool => ffi::PyBool_FromLong(i64::from(bits != 0)),
                Kind::C128 => ffi::PyComplex_FromDoubles(f64::from_bits(bits), f64::from_bits(second)),
                _ => ffi::PyLong_FromLongLong(bits as i64),
            }
        }
    }
}
