//! From Python objects to what a kernel takes, and to the signature it is chosen by.

use std::ffi::CStr;
use std::sync::Arc;

use ferrokeet_kernel::abi::ArrayView;
use ferrokeet_kernel::numbers::half::F16;
use ferrokeet_kernel::view::Layout;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::buffer::Buffer;
use crate::device::{DeviceArray, resident};
use crate::sequences::{self, Read, Sequence};
use crate::types::{Kind, Owner, Type, Types};

/// Where an array's elements are, beside its view.
struct Holder {
    /// Whose they are, by the number of the input.
    input: usize,
    /// What keeps them alive, in the host's memory.
    buffer: Option<Arc<Buffer>>,
    /// What a device has of them, in its own.
    own: Option<DeviceArray>,
    /// Bytes of an element.
    size: usize,
    /// How many axes.
    rank: usize,
    written: bool,
}

impl Holder {
    fn is_read_only(&self) -> bool {
        let here = self.buffer.as_ref().is_some_and(|buffer| buffer.0.readonly != 0);
        here || self.own.as_ref().is_some_and(|own| own.read_only)
    }
}

/// Why an array is not written.
const READ_ONLY: &str = "it is read-only";

/// What a region does with an input.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Use {
    /// Stores into it by its own name: an array must be writable.
    pub(crate) written: bool,
    /// Asks an array for its shape only.
    pub(crate) measured: bool,
    /// Stores into it, and reads no element.
    pub(crate) unread: bool,
    /// Lets a variable be the very object: an array without axes would be shared, or changed in place.
    pub(crate) kept: bool,
    /// Is prepared for `None`.
    pub(crate) optional: bool,
}

/// Why the elements of an array are no numbers that a kernel reads, by the array's dtype.
fn unreadable(object: &Bound<'_, PyAny>) -> Option<String> {
    let dtype = object.getattr("dtype").ok()?;
    let name = dtype.str().ok()?;
    let native: bool = dtype.getattr("isnative").ok()?.extract().ok()?;
    let fields = dtype.getattr("names").is_ok_and(|names| !names.is_none());
    Some(if fields {
        "its elements are structures: use a field of it, as in `a[\"x\"][i]`".to_owned()
    } else if native {
        format!("its dtype is {name}, which is not translated")
    } else {
        format!("its dtype is {name}, whose bytes are not in this machine's order")
    })
}

/// The arguments of one call: types in input order, arrays and scalars each in theirs.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) types: Vec<Type>,
    pub(crate) views: Vec<ArrayView>,
    pub(crate) scalars: Vec<u64>,
    holders: Vec<Holder>,
    /// What lists and tuples among them are called, by axis; empty without any.
    names: sequences::Names,
    /// The lists and tuples among them.
    sequences: Vec<Sequence>,
    /// Which inputs they are, and which of them.
    listed: Vec<[usize; 2]>,
    /// The first array, if any, of NumPy's other integers of 64 bits ([`is_other_long`]).
    other_long: Option<usize>,
}

/// Whether a format is that of `np.longlong` or `np.ulonglong` where these are not `np.int64` and `np.uint64`: their numbers are
/// as long, and of a type of their own.
fn is_other_long(format: &CStr) -> bool {
    size_of::<std::ffi::c_long>() == 8 && matches!(format.to_bytes(), b"q" | b"Q")
}

impl Arguments {
    /// Room for `count` inputs.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            types: Vec::with_capacity(count),
            views: Vec::with_capacity(count),
            scalars: Vec::with_capacity(count),
            holders: Vec::with_capacity(count),
            names: sequences::Names::default(),
            sequences: Vec::new(),
            listed: Vec::new(),
            other_long: None,
        }
    }

    /// The input whose numbers are of a type that no kernel gives.
    pub(crate) fn other_long(&self) -> Option<usize> {
        self.other_long
    }

    /// The sizes of all arrays.
    pub(crate) fn bytes(&self) -> u64 {
        let buffers = self.holders.iter().filter_map(|holder| holder.buffer.as_ref());
        buffers.map(|buffer| buffer.0.len as u64).sum()
    }

    /// Whether an array is in a device's memory, which the processor does not reach.
    pub(crate) fn are_on_device(&self) -> bool {
        self.holders.iter().any(|holder| holder.own.is_some())
    }

    /// Whether the array at an address is in a device's memory; then the stream that it is in use on, if any.
    pub(crate) fn on_device(&self, data: *mut u8) -> Option<Option<u64>> {
        let mut each = self.views.iter().zip(&self.holders);
        each.find_map(|(view, holder)| holder.own.as_ref().filter(|_| view.data == data).map(|own| own.stream))
    }

    /// What keeps this stretch of memory alive, if one of the arrays does.
    pub(crate) fn buffer_around(&self, (first, end): (usize, usize)) -> Option<Arc<Buffer>> {
        let mut buffers = self.holders.iter().filter_map(|holder| holder.buffer.as_ref());
        let around = |buffer: &&Arc<Buffer>| {
            let own = buffer.stretch();
            own.0 <= first && end <= own.1
        };
        buffers.find(around).map(Arc::clone)
    }

    /// The arrays in the host's memory, each with whether the region writes it.
    pub(crate) fn with_views(&self, f: impl FnOnce(&mut dyn Iterator<Item = (Layout<'_>, bool)>)) {
        let host = self
            .views
            .iter()
            .zip(&self.holders)
            .filter(|(_, holder)| holder.own.is_none());
        let strides: Vec<Vec<isize>> = host
            .clone()
            .map(|(view, holder)| {
                let size = holder.size.max(1) as isize;
                // SAFETY: as many as the array has axes, for as long as its buffer is held.
                unsafe { std::slice::from_raw_parts(view.strides, holder.rank) }
                    .iter()
                    .map(|stride| stride / size)
                    .collect()
            })
            .collect();
        let mut views = host.zip(&strides).map(|((view, holder), strides)| {
            let layout = Layout {
                data: view.data,
                // SAFETY: as above.
                shape: unsafe { std::slice::from_raw_parts(view.shape, holder.rank) },
                strides,
                size: holder.size,
            };
            (layout, holder.written)
        });
        f(&mut views);
    }

    /// Reads one input. Otherwise says why the kernel declines.
    pub(crate) fn push(&mut self, object: &Bound<'_, PyAny>, input: Use) -> Result<(), String> {
        let pointer = object.as_ptr();
        // SAFETY: a live object; the lock is held.
        let kind = unsafe { ffi::Py_TYPE(pointer) };
        let is = |types: &[Py<PyAny>]| types.iter().any(|ty| ty.as_ptr() == kind.cast());
        let types = Types::get();
        if is(&types.arrays) {
            return self.array(object, input, Owner::Numpy);
        }
        if kind == &raw mut ffi::PyFloat_Type {
            // SAFETY: a float.
            self.scalar(
                Type::Python(Kind::F64),
                unsafe { ffi::PyFloat_AsDouble(pointer) }.to_bits(),
            );
            return Ok(());
        }
        if kind == &raw mut ffi::PyLong_Type {
            let value = object
                .extract::<i64>()
                .map_err(|_| "an int does not fit 64 bits".to_owned())?;
            self.scalar(Type::Python(Kind::I64), value as u64);
            return Ok(());
        }
        if kind == &raw mut ffi::PyBool_Type {
            self.scalar(
                Type::Python(Kind::Bool),
                u64::from(object.is_truthy().unwrap_or_default()),
            );
            return Ok(());
        }
        if kind == &raw mut ffi::PyComplex_Type {
            // SAFETY: a complex.
            let parts = unsafe {
                [
                    ffi::PyComplex_RealAsDouble(pointer),
                    ffi::PyComplex_ImagAsDouble(pointer),
                ]
            };
            self.types.push(Type::Python(Kind::C128));
            self.scalars.extend(parts.map(f64::to_bits));
            return Ok(());
        }
        if let Some(position) = types.scalars.iter().position(|ty| ty.as_ptr() == kind.cast()) {
            return self.numpy_scalar(object, Kind::ALL[position]);
        }
        if input.optional && object.is_none() {
            self.types.push(Type::Nothing);
            return Ok(());
        }
        if is(&types.buffers) {
            self.names.meet(["array", ""])?;
            return self.array(object, input, Owner::Buffer);
        }
        if Sequence::is_one(object) {
            return self.sequence(object, input);
        }
        if let Some(array) = DeviceArray::of(object) {
            return self.device_array(array?, input);
        }
        let name = object
            .get_type()
            .qualname()
            .map_or_else(|_| "object".to_owned(), |name| name.to_string());
        let module = object
            .get_type()
            .module()
            .map_or_else(|_| String::new(), |name| name.to_string());
        Err(match module.as_str() {
            "builtins" | "" => format!("it is of type {name}"),
            _ => format!("it is of type {module}.{name}"),
        })
    }

    fn scalar(&mut self, ty: Type, bits: u64) {
        self.types.push(ty);
        self.scalars.push(bits);
    }

    fn numpy_scalar(&mut self, object: &Bound<'_, PyAny>, kind: Kind) -> Result<(), String> {
        let failed = |error: PyErr| error.to_string();
        let bits = match kind {
            Kind::Bool => u64::from(object.is_truthy().map_err(failed)?),
            Kind::F64 => object.extract::<f64>().map_err(failed)?.to_bits(),
            Kind::F32 => u64::from((object.extract::<f64>().map_err(failed)? as f32).to_bits()),
            Kind::F16 => u64::from(F16::from_f64(object.extract::<f64>().map_err(failed)?).to_bits()),
            Kind::C64 | Kind::C128 => return self.numpy_complex(object, kind).map_err(failed),
            Kind::U64 => object.extract::<u64>().map_err(failed)?,
            Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 | Kind::U8 | Kind::U16 | Kind::U32 => {
                object.extract::<i64>().map_err(failed)? as u64
            }
        };
        self.scalar(Type::Numpy(kind), bits);
        Ok(())
    }

    fn numpy_complex(&mut self, object: &Bound<'_, PyAny>, kind: Kind) -> PyResult<()> {
        let part = |name: &str| object.getattr(name)?.extract::<f64>();
        let (re, im) = (part("real")?, part("imag")?);
        self.types.push(Type::Numpy(kind));
        if kind == Kind::C64 {
            let bits = |part: f64| u64::from((part as f32).to_bits());
            self.scalars.push(bits(re) | bits(im) << 32);
        } else {
            self.scalars.extend([re.to_bits(), im.to_bits()]);
        }
        Ok(())
    }

    /// An array without axes, as the scalar that it holds.
    ///
    /// # Safety
    /// `data` points to an element of the kind.
    unsafe fn rank_zero(&mut self, data: *const u8, kind: Kind, input: Use) -> Result<(), String> {
        if input.kept {
            return Err("it is an array without axes, which an assignment would share or change in place".to_owned());
        }
        // SAFETY: by contract; its address may be any.
        let bits = unsafe {
            match kind {
                Kind::Bool | Kind::U8 => u64::from(data.read_unaligned()),
                Kind::I8 => data.cast::<i8>().read_unaligned() as u64,
                Kind::I16 => data.cast::<i16>().read_unaligned() as u64,
                Kind::I32 => data.cast::<i32>().read_unaligned() as u64,
                Kind::U16 | Kind::F16 => u64::from(data.cast::<u16>().read_unaligned()),
                Kind::U32 | Kind::F32 => u64::from(data.cast::<u32>().read_unaligned()),
                Kind::I64 | Kind::U64 | Kind::F64 => data.cast::<u64>().read_unaligned(),
                // NumPy multiplies them in another way than complex scalars.
                Kind::C64 | Kind::C128 => return Err("it is a complex array without axes".to_owned()),
            }
        };
        self.scalar(Type::Numpy(kind), bits);
        Ok(())
    }

    /// A list or a tuple, as an array that is made of it; one for all inputs that are the same list.
    fn sequence(&mut self, object: &Bound<'_, PyAny>, input: Use) -> Result<(), String> {
        let read = match (input.measured, input.unread) {
            (true, _) => Read::Length,
            (_, true) => Read::Shape,
            (false, false) => Read::Items,
        };
        let known = self.sequences.iter().position(|one| one.is(object, read));
        let at = match known {
            Some(at) => at,
            None => {
                self.sequences.push(Sequence::of(object, read)?);
                self.sequences.len() - 1
            }
        };
        let sequence = &mut self.sequences[at];
        let names = sequence.names;
        if input.kept {
            return Err(format!("it is of type {}, and handed on", names[0]));
        }
        if input.written {
            sequence.require_lists()?;
        }
        let array = sequence.array.bind(object.py()).clone();
        if read != Read::Length {
            self.names.meet(names)?;
        }
        let several = sequence.columns();
        self.listed.push([self.types.len(), at]);
        let owner = if names[0] == "tuple" { Owner::Tuple } else { Owner::List };
        self.array(&array, input, owner)?;
        if let Some(Type::Array { columns, .. }) = self.types.last_mut() {
            *columns = several;
        }
        Ok(())
    }

    /// Prepares for a kernel that changes these inputs, also by other names than theirs, of which a [`Use`] tells nothing. No list
    /// among them may be part of another one, where its copies would differ.
    pub(crate) fn change(&mut self, inputs: &[usize], name: impl Fn(usize) -> String) -> Result<(), String> {
        for [input, at] in &self.listed {
            if inputs.contains(input) {
                self.sequences[*at].change()?;
            }
        }
        for holder in self.holders.iter_mut().filter(|one| inputs.contains(&one.input)) {
            if holder.is_read_only() {
                return Err(format!("`{}`: {READ_ONLY}", name(holder.input)));
            }
            holder.written = true;
        }
        sequences::require_apart(&self.sequences)
    }

    /// Gives a list whose items nobody has read the new ones among those in an array.
    pub(crate) fn replace(
        &self,
        input: usize,
        items: &Bound<'_, PyAny>,
        python: bool,
        tags: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let found = self.listed.iter().find(|[of, _]| *of == input);
        found.map_or(Ok(()), |[_, at]| self.sequences[*at].replace(items, python, tags))
    }

    /// Has a list hold NumPy's numbers where tags say so, once its items have been written back.
    pub(crate) fn tell(&self, input: usize, tags: &Bound<'_, PyAny>) -> PyResult<()> {
        let found = self.listed.iter().find(|[of, _]| *of == input);
        found.map_or(Ok(()), |[_, at]| self.sequences[*at].tell(tags))
    }

    /// Has the items of lists that a device changed where [`Self::write_back`] looks for them: whatever comes next looks at the lists.
    pub(crate) fn lists_come_home(&self) {
        let changed = |view: &Layout<'_>| self.sequences.iter().any(|one| one.is_changed_at(view.data));
        if self.sequences.iter().any(Sequence::is_changed) {
            self.with_views(|views| {
                resident::home(views.map(|(view, _)| (view, true)).filter(|(view, _)| changed(view)))
            });
        }
    }

    /// Gives the lists the items that the kernel has left in their arrays.
    pub(crate) fn write_back(&self, py: Python<'_>) -> PyResult<()> {
        self.sequences.iter().try_for_each(|one| one.write_back(py))
    }

    /// The message of an `IndexError`, where an axis of a list or a tuple was subscripted, or an item was `assigned`.
    pub(crate) fn out_of_range(&self, axis: i64, assigned: bool) -> Option<&'static str> {
        self.names.out_of_range(axis, assigned)
    }

    /// An array in a device's memory.
    fn device_array(&mut self, array: DeviceArray, input: Use) -> Result<(), String> {
        let (rank, size) = (array.shape.len(), if input.measured { 1 } else { array.kind.size() });
        if rank == 0 {
            return Err("it is an array without axes in a device's memory".to_owned());
        }
        if input.written && array.read_only {
            return Err(READ_ONLY.to_owned());
        }
        let aligned = (array.data as usize).is_multiple_of(array.kind.alignment());
        if !aligned || array.strides.iter().any(|stride| stride % size as isize != 0) {
            return Err("its elements are not aligned".to_owned());
        }
        self.types.push(Type::Array {
            kind: if input.measured { Kind::U8 } else { array.kind },
            rank: rank as u8,
            owner: Owner::Numpy,
            columns: 0,
        });
        self.views.push(ArrayView {
            data: array.data,
            shape: array.shape.as_ptr(),
            strides: array.strides.as_ptr(),
        });
        self.holders.push(Holder {
            input: self.types.len() - 1,
            buffer: None,
            own: Some(array),
            size,
            rank,
            written: input.written,
        });
        Ok(())
    }

    fn array(&mut self, object: &Bound<'_, PyAny>, input: Use, owner: Owner) -> Result<(), String> {
        let Some(buffer) = Buffer::of(object) else {
            return Err(unreadable(object).unwrap_or("it does not give its memory away (no strided buffer)".to_owned()));
        };
        let raw = &buffer.0;
        let plain = raw.ndim == 0 || !(raw.strides.is_null() || raw.shape.is_null());
        if raw.format.is_null() || !plain || !raw.suboffsets.is_null() {
            return Err("its memory is not a strided array of numbers".to_owned());
        }
        // SAFETY: checked above; the exporter keeps it while the buffer is held.
        let format = unsafe { CStr::from_ptr(raw.format) };
        let kind = if input.measured && owner == Owner::Numpy && raw.ndim > 0 {
            // Whatever its elements are: nobody looks at them.
            Some(Kind::U8)
        } else {
            Kind::of_format(format, raw.itemsize).filter(|kind| owner != Owner::Buffer || kind.has_python_elements())
        };
        let kind = kind.ok_or_else(|| {
            let text = format!("its elements have the format {:?}", format.to_string_lossy());
            unreadable(object).unwrap_or(text)
        })?;
        if raw.ndim == 0 {
            // SAFETY: a buffer without axes has one element.
            return unsafe { self.rank_zero(raw.buf.cast(), kind, input) };
        }
        // SAFETY: checked above; the exporter keeps them while the buffer is held.
        let strides = unsafe { std::slice::from_raw_parts(raw.strides, raw.ndim as usize) };
        let size = if input.measured { 1 } else { raw.itemsize };
        if !(raw.buf as usize).is_multiple_of(kind.alignment()) {
            return Err("its elements are not aligned".to_owned());
        }
        if let Some(stride) = strides.iter().find(|stride| *stride % size != 0) {
            return Err(format!(
                "its elements of {size} bytes lie {} bytes apart (a packed structure?)",
                stride.abs()
            ));
        }
        if input.written && raw.readonly != 0 {
            return Err(READ_ONLY.to_owned());
        }
        if owner == Owner::Numpy && !input.measured && is_other_long(format) {
            self.other_long.get_or_insert(self.types.len());
        }
        self.types.push(Type::Array {
            kind,
            rank: raw.ndim as u8,
            owner,
            columns: 0,
        });
        self.views.push(ArrayView {
            data: raw.buf.cast(),
            shape: raw.shape,
            strides: raw.strides,
        });
        let (size, rank) = (size as usize, raw.ndim as usize);
        self.holders.push(Holder {
            input: self.types.len() - 1,
            buffer: Some(buffer),
            own: None,
            size,
            rank,
            written: input.written,
        });
        Ok(())
    }
}
