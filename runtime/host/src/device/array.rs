//! Arrays of other libraries in a device's memory: CuPy's, PyTorch's, JAX's, Numba's.
//!
//! They tell where their elements are by `__cuda_array_interface__` (version 2 or 3) or by DLPack. Kernels use them in place, in
//! the order of the stream they are in use on; nobody here reads an element.

use std::ffi::{CStr, c_char, c_void};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::types::Kind;

/// DLPack's numbers of CUDA's kinds of memory: a device's own, and managed.
const CUDA: [i32; 2] = [2, 13];
/// The number by which CUDA and its users call the default stream.
const DEFAULT_STREAM: u64 = 1;

/// Where the elements of an array are in a device's memory.
pub(crate) struct DeviceArray {
    /// Address of the element with all subscripts 0.
    pub(crate) data: *mut u8,
    /// What its elements are.
    pub(crate) kind: Kind,
    /// Extents, in elements.
    pub(crate) shape: Box<[isize]>,
    /// In bytes.
    pub(crate) strides: Box<[isize]>,
    /// The stream that it is in use on.
    pub(crate) stream: Option<u64>,
    /// Whether nobody may write it.
    pub(crate) read_only: bool,
    /// Keeps the elements alive.
    _keeper: Py<PyAny>,
}

impl DeviceArray {
    /// Of an object; `None`: it is no such array. Otherwise says why it cannot be used.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> Option<Result<Self, String>> {
        let ty = object.get_type();
        // Asked of the type, so that no code of other objects runs.
        let has = |name: &str| ty.hasattr(name).unwrap_or(false);
        if has("__cuda_array_interface__")
            && let Ok(interface) = object.getattr("__cuda_array_interface__")
        {
            return Some(from_interface(object, &interface));
        }
        if has("__dlpack__") && has("__dlpack_device__") {
            let device = object.call_method0("__dlpack_device__").ok()?;
            let (kind, _): (i32, i32) = device.extract().ok()?;
            return CUDA.contains(&kind).then(|| from_dlpack(object));
        }
        None
    }
}

fn from_interface(object: &Bound<'_, PyAny>, interface: &Bound<'_, PyAny>) -> Result<DeviceArray, String> {
    let malformed = |error: PyErr| format!("its `__cuda_array_interface__` is malformed: {error}");
    let field = |name: &str| interface.get_item(name).map_err(malformed);
    let optional = |name: &str| interface.get_item(name).ok().filter(|value| !value.is_none());
    if optional("mask").is_some() {
        return Err("some of its elements are masked".to_owned());
    }
    let shape: Vec<isize> = field("shape")?.extract().map_err(malformed)?;
    let typestr: String = field("typestr")?.extract().map_err(malformed)?;
    let (data, read_only): (usize, bool) = field("data")?.extract().map_err(malformed)?;
    let kind = kind_of(&typestr).ok_or_else(|| format!("its elements have the type {typestr:?}"))?;
    let strides: Option<Vec<isize>> = optional("strides")
        .map(|strides| strides.extract())
        .transpose()
        .map_err(malformed)?;
    let strides = strides.unwrap_or_else(|| side_by_side(&shape, kind));
    let stream: Option<u64> = optional("stream")
        .map(|stream| stream.extract())
        .transpose()
        .map_err(malformed)?;
    if strides.len() != shape.len() || stream == Some(0) || shape.iter().any(|extent| *extent < 0) {
        return Err("its `__cuda_array_interface__` is malformed".to_owned());
    }
    Ok(DeviceArray {
        data: data as *mut u8,
        kind,
        shape: shape.into(),
        strides: strides.into(),
        stream,
        read_only,
        _keeper: object.clone().unbind(),
    })
}

fn side_by_side(shape: &[isize], kind: Kind) -> Vec<isize> {
    let mut strides = vec![kind.size() as isize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis].max(1);
    }
    strides
}

fn kind_of(typestr: &str) -> Option<Kind> {
    let native = if cfg!(target_endian = "big") { '>' } else { '<' };
    let mut letters = typestr.chars();
    let order = letters.next()?;
    let (code, size) = (letters.next()?, letters.as_str());
    let single = size == "1";
    if order != native && !(order == '|' && single) {
        return None;
    }
    let name = match (code, size) {
        ('b', "1") => return Some(Kind::Bool),
        ('i', _) => "i",
        ('u', _) => "u",
        ('f', _) => "f",
        ('c', _) => "c",
        _ => return None,
    };
    let bits = size.parse::<u32>().ok()?.checked_mul(8)?;
    Kind::parse(&format!("{name}{bits}"))
}

/// `DLTensor` and what stands before it in a capsule.
#[repr(C)]
struct Tensor {
    data: *mut c_void,
    device: [i32; 2],
    rank: i32,
    code: u8,
    bits: u8,
    lanes: u16,
    shape: *const i64,
    strides: *const i64,
    offset: u64,
}

fn from_dlpack(object: &Bound<'_, PyAny>) -> Result<DeviceArray, String> {
    let failed = |error: PyErr| format!("its `__dlpack__` failed: {error}");
    let options = PyDict::new(object.py());
    options.set_item("stream", DEFAULT_STREAM).map_err(failed)?;
    let capsule = object
        .call_method("__dlpack__", PyTuple::empty(object.py()), Some(&options))
        .map_err(failed)?;
    const NAME: &CStr = c"dltensor";
    // SAFETY: asks whether it is a capsule of that name, which then holds a `DLManagedTensor`, whose first field is the tensor; the
    // capsule, which nobody renames, gives it back when it goes.
    let tensor = unsafe {
        let name: *const c_char = NAME.as_ptr();
        if ffi::PyCapsule_IsValid(capsule.as_ptr(), name) == 0 {
            return Err("its `__dlpack__` gave no tensor".to_owned());
        }
        &*ffi::PyCapsule_GetPointer(capsule.as_ptr(), name).cast::<Tensor>()
    };
    let letter = match tensor.code {
        0 => "i",
        1 => "u",
        2 => "f",
        5 => "c",
        _ => "bool",
    };
    let kind = match (letter, tensor.code, tensor.bits) {
        ("bool", 6, 8) => Some(Kind::Bool),
        ("bool", ..) => None,
        (letter, _, bits) => Kind::parse(&format!("{letter}{bits}")),
    };
    let kind = kind.filter(|_| tensor.lanes == 1 && CUDA.contains(&tensor.device[0]));
    let kind = kind.ok_or_else(|| "its elements have a type that is not translated".to_owned())?;
    let rank = usize::try_from(tensor.rank).unwrap_or(0);
    // SAFETY: as many as there are axes; strides may be missing.
    let (shape, strides) = unsafe {
        let read = |from: *const i64| -> Vec<isize> {
            match rank {
                0 => Vec::new(),
                _ => std::slice::from_raw_parts(from, rank)
                    .iter()
                    .map(|one| *one as isize)
                    .collect(),
            }
        };
        let shape = read(tensor.shape);
        let strides = match tensor.strides.is_null() {
            true => side_by_side(&shape, kind),
            false => read(tensor.strides)
                .iter()
                .map(|stride| stride * kind.size() as isize)
                .collect(),
        };
        (shape, strides)
    };
    Ok(DeviceArray {
        data: tensor.data.cast::<u8>().wrapping_add(tensor.offset as usize),
        kind,
        shape: shape.into(),
        strides: strides.into(),
        stream: Some(DEFAULT_STREAM),
        read_only: false,
        _keeper: capsule.unbind(),
    })
}
