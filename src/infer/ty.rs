//! Scalar and array types, and signatures.

use std::fmt;

/// How a scalar is stored and computed.
#[allow(missing_docs, reason = "each is named as in NumPy's kinds")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
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

/// Whose rules a scalar follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A Python bool, int (`I64`: checked, unbounded in principle), float or complex: weak under NEP 50, division by zero raises.
    Python,
    /// A NumPy scalar: strong, wraps, never raises.
    Numpy,
    /// Either, depending on the path taken: `s = 0.0` before the first `s += x[i]`. Stored as the NumPy kind. `infer`
    /// admits it only where both readings give the same value and type of result, or differ in whether they raise.
    Either,
}

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ty {
    /// How it is stored.
    pub kind: Kind,
    /// Whose rules it follows.
    pub origin: Origin,
}

/// The type of an array input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArrayTy {
    /// What a load gives: NumPy scalars from NumPy arrays, Python objects from `array.array`, memoryviews and lists.
    pub element: Ty,
    /// Number of subscripts.
    pub rank: u32,
    /// Whether it stands for a list or a tuple of Python's, whose items are objects: what is stored stays what it is.
    pub listed: bool,
    /// Whether it stands for a tuple: as a subscript it is one place, and no choice of several as a list is.
    pub tuple: bool,
    /// Of which of Python's types the items of a list are, if they are of several.
    pub columns: Columns,
}

/// Of which of Python's types the items are of a list whose items are of several: those of a list of numbers, or those at each place of
/// the lists in it. All are kept in one kind, which holds each of them exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Columns(u32);

impl Columns {
    /// All items are of one type.
    pub const UNIFORM: Self = Self(0);

    /// Four bits for each place: 1 for ints, 2 for floats, 4 for complex numbers.
    const WIDTH: u32 = 4;

    /// Whether all items are of one type.
    pub const fn is_uniform(self) -> bool {
        self.0 == 0
    }

    /// The types at a place, or anywhere.
    pub fn types(self, place: Option<i64>) -> Vec<Ty> {
        let count = (u32::BITS - self.0.leading_zeros()).div_ceil(Self::WIDTH);
        let at = |place: u32| (self.0 >> (place * Self::WIDTH)) & 0xf;
        let place = place.map(|place| if place < 0 { place + i64::from(count) } else { place });
        let place = place
            .and_then(|place| u32::try_from(place).ok())
            .filter(|place| *place < count);
        let bits = match place {
            Some(place) => at(place),
            None => (0..count).fold(0, |bits, place| bits | at(place)),
        };
        let all = [(1, Ty::INT), (2, Ty::FLOAT), (4, Ty::COMPLEX)];
        all.into_iter()
            .filter(|(bit, _)| bits & bit != 0)
            .map(|(_, ty)| ty)
            .collect()
    }

    /// Reads what `Display` writes.
    pub fn find(text: &str) -> Option<Self> {
        let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.filter(|digits| (1..=8).contains(&digits.len()))?;
        let places = digits.iter().enumerate();
        Some(Self(places.fold(0, |all, (place, bits)| {
            all | bits << (place as u32 * Self::WIDTH)
        })))
    }
}

impl fmt::Display for Columns {
    /// A digit for each place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while rest != 0 {
            write!(f, "{:x}", rest & 0xf)?;
            rest >>= Self::WIDTH;
        }
        Ok(())
    }
}

/// The type of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputTy {
    /// A scalar.
    Scalar(Ty),
    /// An array.
    Array(ArrayTy),
    /// `None`.
    Nothing,
}

impl Ty {
    /// A Python bool.
    pub const BOOL: Self = Self {
        kind: Kind::Bool,
        origin: Origin::Python,
    };
    /// A Python int.
    pub const INT: Self = Self {
        kind: Kind::I64,
        origin: Origin::Python,
    };
    /// A Python float.
    pub const FLOAT: Self = Self {
        kind: Kind::F64,
        origin: Origin::Python,
    };

    /// A Python complex.
    pub const COMPLEX: Self = Self {
        kind: Kind::C128,
        origin: Origin::Python,
    };

    /// A NumPy scalar.
    pub const fn numpy(kind: Kind) -> Self {
        Self {
            kind,
            origin: Origin::Numpy,
        }
    }

    /// What loading an element of this storage kind gives. Of Python origin, the kind is that of the storage, for only
    /// [`ArrayTy::element`] to hold; the loaded value is [`Ty::loaded`].
    pub const fn element(kind: Kind, origin: Origin) -> Self {
        Self { kind, origin }
    }

    /// The scalar that a load of an element of this type gives: a NumPy scalar, or the Python object that holds it.
    pub const fn loaded(self) -> Self {
        match (self.origin, self.kind) {
            (Origin::Numpy | Origin::Either, _) => self,
            (Origin::Python, Kind::Bool) => Self::BOOL,
            (Origin::Python, Kind::F16 | Kind::F32 | Kind::F64) => Self::FLOAT,
            (Origin::Python, Kind::C64 | Kind::C128) => Self::COMPLEX,
            (Origin::Python, _) => Self::INT,
        }
    }
}

impl Kind {
    /// `f64`, as in signatures and generated code; NumPy's bool is `bool`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::F16 => "f16",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::C64 => "c64",
            Self::C128 => "c128",
        }
    }

    /// Every kind.
    pub const ALL: [Self; 14] = [
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

    /// Finds a kind by its [`Kind::name`].
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is a floating-point kind.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    /// Whether it is a complex kind.
    pub const fn is_complex(self) -> bool {
        matches!(self, Self::C64 | Self::C128)
    }

    /// Whether NumPy casts it to another kind in place: `np.can_cast(self, other, "same_kind")`.
    pub const fn casts_to(self, other: Self) -> bool {
        self.ladder() <= other.ladder()
    }

    /// Bools, unsigned and signed integers, floating-point, complex kinds: in this order.
    const fn ladder(self) -> u8 {
        match self {
            Self::Bool => 0,
            Self::U8 | Self::U16 | Self::U32 | Self::U64 => 1,
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => 2,
            Self::F16 | Self::F32 | Self::F64 => 3,
            Self::C64 | Self::C128 => 4,
        }
    }

    /// Whether its arithmetic rounds: floating-point and complex kinds.
    pub const fn is_inexact(self) -> bool {
        self.is_float() || self.is_complex()
    }

    /// The kind of its parts, if it is complex, else itself.
    pub const fn real(self) -> Self {
        match self {
            Self::C64 => Self::F32,
            Self::C128 => Self::F64,
            other => other,
        }
    }

    /// Whether it is an integer kind; bool is none.
    pub const fn is_integer(self) -> bool {
        !matches!(self, Self::Bool) && !self.is_inexact()
    }

    /// Whether it is a signed integer kind.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64)
    }

    /// Least and greatest value of an integer kind or bool; `None` for floats and complex kinds.
    pub const fn bounds(self) -> Option<(i128, i128)> {
        let bits = self.size() * 8;
        match self {
            Self::Bool => Some((0, 1)),
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
            Self::U8 | Self::U16 | Self::U32 | Self::U64 => Some((0, (1 << bits) - 1)),
            Self::F16 | Self::F32 | Self::F64 | Self::C64 | Self::C128 => None,
        }
    }

    /// Bytes of one scalar.
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 | Self::C64 => 8,
            Self::C128 => 16,
        }
    }
}

impl fmt::Display for Ty {
    /// As in signatures: `float`, `int`, `bool`, `np.bool`, `f64`; `either f64` only in messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.origin, self.kind) {
            (Origin::Python, Kind::Bool) => f.write_str("bool"),
            (Origin::Python, Kind::I64) => f.write_str("int"),
            (Origin::Python, Kind::F64) => f.write_str("float"),
            (Origin::Python, Kind::C128) => f.write_str("complex"),
            (Origin::Python, kind) => write!(f, "py {}", kind.name()),
            (Origin::Numpy, Kind::Bool) => f.write_str("np.bool"),
            (Origin::Numpy, kind) => f.write_str(kind.name()),
            (Origin::Either, kind) => write!(f, "either {}", kind.name()),
        }
    }
}

impl fmt::Display for InputTy {
    /// `f64[:, :]`, `py i64[:]`, `list i64[:]`, `list f64{12}[:, :]`, `tuple i64[:]`, `float`, `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(ty) => ty.fmt(f),
            Self::Nothing => f.write_str("none"),
            Self::Array(array) => {
                if array.tuple {
                    f.write_str("tuple ")?;
                } else if array.listed {
                    f.write_str("list ")?;
                } else if array.element.origin == Origin::Python {
                    f.write_str("py ")?;
                }
                let colons = vec![":"; array.rank as usize].join(", ");
                write!(f, "{}", array.element.kind.name())?;
                if !array.columns.is_uniform() {
                    write!(f, "{{{}}}", array.columns)?;
                }
                write!(f, "[{colons}]")
            }
        }
    }
}
