//! The types of inputs, as signatures name them, and NumPy's type objects.

use std::ffi::CStr;
use std::fmt::Write as _;
use std::sync::OnceLock;

use pyo3::prelude::*;

/// How a scalar is stored, as in signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
    C64,
    C128,
}

impl Kind {
    pub(crate) const ALL: [Self; 14] = [
        Self::Bool,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::F16,
        Self::F32,
        Self::F64,
        Self::C64,
        Self::C128,
    ];

    pub(crate) fn name(self) -> &'static str {
        [
            "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f16", "f32", "f64", "c64", "c128",
        ][self as usize]
    }

    /// The kind of a name in a manifest, `np.bool` included.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let name = name.strip_prefix("np.").unwrap_or(name);
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn numpy_name(self) -> &'static str {
        [
            "bool_",
            "int8",
            "int16",
            "int32",
            "int64",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "float16",
            "float32",
            "float64",
            "complex64",
            "complex128",
        ][self as usize]
    }

    /// Bytes.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::C64 => 8,
            Self::C128 => 16,
            other => other.alignment(),
        }
    }

    /// What an address of such a number is a multiple of.
    pub(crate) fn alignment(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 | Self::C64 => 4,
            Self::I64 | Self::U64 | Self::F64 | Self::C128 => 8,
        }
    }

    /// Whether a memoryview of such numbers gives Python objects as one of float64 or int64 does.
    pub(crate) fn has_python_elements(self) -> bool {
        !matches!(self, Self::F16 | Self::C64 | Self::C128)
    }

    /// The kind of a buffer's elements, by its `struct` format; `None` for anything but one native number.
    pub(crate) fn of_format(format: &CStr, size: isize) -> Option<Self> {
        // NumPy marks elements that are not aligned by `=`; whether they are is looked at later.
        let format = format.to_bytes();
        let code = match format.strip_prefix(b"=").unwrap_or(format) {
            [code] => code,
            b"Zf" => return Some(Self::C64),
            b"Zd" => return Some(Self::C128),
            _ => return None,
        };
        let position = |kinds: [Self; 4]| Some(kinds[size.trailing_zeros() as usize & 3]);
        match code {
            b'?' => Some(Self::Bool),
            b'b' | b'h' | b'i' | b'l' | b'q' => position([Self::I8, Self::I16, Self::I32, Self::I64]),
            b'B' | b'H' | b'I' | b'L' | b'Q' => position([Self::U8, Self::U16, Self::U32, Self::U64]),
            b'e' => Some(Self::F16),
            b'f' => Some(Self::F32),
            b'd' => Some(Self::F64),
            _ => None,
        }
    }
}

/// The type of an input, small enough to compare at every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// A Python bool, int, float or complex.
    Python(Kind),
    /// A NumPy scalar.
    Numpy(Kind),
    /// An array of this rank.
    Array {
        kind: Kind,
        rank: u8,
        owner: Owner,
        /// Of which types the items of a list are at each place, if they are of several: four bits each.
        columns: u32,
    },
    /// `None`, of which nothing is handed over.
    Nothing,
}

/// Whose an array's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Owner {
    /// NumPy's: they are read as its scalars.
    Numpy,
    /// A buffer's, which gives Python objects.
    Buffer,
    /// The items of a list.
    List,
    /// Those of a tuple.
    Tuple,
}

impl Type {
    /// As in signatures.
    pub(crate) fn write(self, text: &mut String) {
        match self {
            Self::Python(Kind::I64) => text.push_str("int"),
            Self::Python(Kind::F64) => text.push_str("float"),
            Self::Python(Kind::C128) => text.push_str("complex"),
            Self::Python(kind) => text.push_str(kind.name()),
            Self::Nothing => text.push_str("none"),
            Self::Numpy(Kind::Bool) => text.push_str("np.bool"),
            Self::Numpy(kind) => text.push_str(kind.name()),
            Self::Array {
                kind,
                rank,
                owner,
                mut columns,
            } => {
                let colons = vec![":"; rank as usize].join(", ");
                let owner = ["", "py ", "list ", "tuple "][owner as usize];
                _ = write!(text, "{owner}{}", kind.name());
                if columns != 0 {
                    text.push('{');
                    while columns != 0 {
                        _ = write!(text, "{:x}", columns & 0xf);
                        columns >>= 4;
                    }
                    text.push('}');
                }
                _ = write!(text, "[{colons}]");
            }
        }
    }
}

/// The type objects that decide how an argument is read; looked up once.
pub(crate) struct Types {
    /// `numpy.ndarray` and `numpy.memmap`
    pub(crate) arrays: [Py<PyAny>; 2],
    /// `array.array` and `memoryview`
    pub(crate) buffers: [Py<PyAny>; 2],
    /// NumPy's scalar types, in the order of [`Kind::ALL`].
    pub(crate) scalars: Vec<Py<PyAny>>,
    /// `numpy.empty`
    pub(crate) empty: Py<PyAny>,
    /// `numpy.zeros`
    pub(crate) zeros: Py<PyAny>,
}

static TYPES: OnceLock<Types> = OnceLock::new();

impl Types {
    /// Imports NumPy and finds its types.
    pub(crate) fn load(py: Python<'_>) -> PyResult<()> {
        let numpy = py.import("numpy")?;
        let types = Self {
            arrays: [numpy.getattr("ndarray")?.unbind(), numpy.getattr("memmap")?.unbind()],
            buffers: [
                py.import("array")?.getattr("array")?.unbind(),
                py.import("builtins")?.getattr("memoryview")?.unbind(),
            ],
            scalars: Kind::ALL
                .iter()
                .map(|kind| Ok(numpy.getattr(kind.numpy_name())?.unbind()))
                .collect::<PyResult<_>>()?,
            empty: numpy.getattr("empty")?.unbind(),
            zeros: numpy.getattr("zeros")?.unbind(),
        };
        _ = TYPES.set(types);
        Ok(())
    }

    /// The loaded types; the module's initialisation loads them.
    pub(crate) fn get() -> &'static Self {
        TYPES.get().expect("loaded when the module was imported")
    }

    /// NumPy's scalar type of a kind.
    pub(crate) fn scalar<'py>(&self, py: Python<'py>, kind: Kind) -> &Bound<'py, PyAny> {
        self.scalars[kind as usize].bind(py)
    }
}
