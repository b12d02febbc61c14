//! Python annotations, read as types.

use super::signature::split_top_level;
use super::{ArrayTy, Columns, InputTy, Kind, Origin, Ty};

/// What an annotation says about an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Everything.
    Known(InputTy),
    /// An array of this element type; the rank is not told (`NDArray[np.float64]`).
    Element(Ty),
    /// Nothing that could be used (`np.ndarray`, `Sequence[float]`).
    Unknown,
}

impl Hint {
    /// Reads an annotation or the type in a `types()` clause: `float`, `np.float64`, `f64[:, :]` (also in quotes),
    /// `NDArray[np.float32]`, `np.ndarray[tuple[int, int], np.dtype[np.float64]]`, jaxtyping's `Float64[Array, "n m"]`.
    pub fn parse(text: &str) -> Self {
        let text = unquoted(text.trim());
        if let Some(ty) = python_scalar(text).or_else(|| numpy_scalar(text)) {
            return Self::Known(InputTy::Scalar(ty));
        }
        if let Ok(ty) = text.parse() {
            return Self::Known(ty);
        }
        let Some((name, arguments)) = text.split_once('[') else {
            return Self::Unknown;
        };
        let Some(arguments) = arguments.strip_suffix(']') else {
            return Self::Unknown;
        };
        let arguments: Vec<&str> = split_top_level(arguments, ',').into_iter().map(str::trim).collect();
        match (last_name(name.trim()), arguments.as_slice()) {
            ("NDArray", [element]) => numpy_scalar(element).map_or(Self::Unknown, Self::Element),
            ("ndarray", [shape, dtype]) => numpy_array(shape, dtype),
            (name, [_, shape]) => jaxtyping(name, shape).unwrap_or(Self::Unknown),
            _ => Self::Unknown,
        }
    }

    /// The whole type, given the rank with which the region uses the array (`None`: it is used as a scalar).
    pub fn complete(self, rank: Option<u32>) -> Option<InputTy> {
        match (self, rank) {
            (Self::Known(ty), _) => Some(ty),
            (Self::Element(element), Some(rank)) => Some(InputTy::Array(ArrayTy {
                element,
                rank,
                listed: false,
                tuple: false,
                columns: Columns::UNIFORM,
            })),
            (Self::Element(_), None) | (Self::Unknown, _) => None,
        }
    }
}

/// Without the quotes of a string annotation.
fn unquoted(text: &str) -> &str {
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            return inner.trim();
        }
    }
    text
}

/// `float64` of `np.float64`.
fn last_name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn python_scalar(text: &str) -> Option<Ty> {
    match text {
        "bool" | "builtins.bool" => Some(Ty::BOOL),
        "int" | "builtins.int" => Some(Ty::INT),
        "float" | "builtins.float" => Some(Ty::FLOAT),
        "complex" | "builtins.complex" => Some(Ty::COMPLEX),
        _ => None,
    }
}

/// `np.float64`, `numpy.int_`, or `float64` imported from there.
fn numpy_scalar(text: &str) -> Option<Ty> {
    let (module, name) = text.rsplit_once('.').unwrap_or(("", text));
    if !matches!(module, "np" | "numpy" | "") {
        return None;
    }
    let kind = match name {
        "bool" if !module.is_empty() => Kind::Bool,
        "bool_" => Kind::Bool,
        "int8" | "byte" => Kind::I8,
        "int16" | "short" => Kind::I16,
        "int32" | "intc" => Kind::I32,
        "int64" | "int_" | "intp" | "longlong" => Kind::I64,
        "uint8" | "ubyte" => Kind::U8,
        "uint16" | "ushort" => Kind::U16,
        "uint32" | "uintc" => Kind::U32,
        "uint64" | "uint" | "uintp" | "ulonglong" => Kind::U64,
        "float16" | "half" => Kind::F16,
        "float32" | "single" => Kind::F32,
        "float64" | "double" => Kind::F64,
        "complex64" | "csingle" => Kind::C64,
        "complex128" | "cdouble" => Kind::C128,
        _ => return None,
    };
    Some(Ty::numpy(kind))
}

/// `ndarray[shape, dtype[element]]`.
fn numpy_array(shape: &str, dtype: &str) -> Hint {
    let element = dtype
        .split_once('[')
        .filter(|(name, _)| last_name(name) == "dtype")
        .and_then(|(_, element)| numpy_scalar(element.strip_suffix(']')?.trim()));
    let Some(element) = element else {
        return Hint::Unknown;
    };
    let axes = shape
        .split_once('[')
        .filter(|(name, _)| matches!(last_name(name), "tuple" | "Tuple"))
        .and_then(|(_, axes)| axes.strip_suffix(']'))
        .map(|axes| split_top_level(axes, ','));
    match axes {
        Some(axes) if !axes.iter().any(|a| a.trim() == "...") => Hint::Known(InputTy::Array(ArrayTy {
            element,
            rank: axes.len() as u32,
            listed: false,
            tuple: false,
            columns: Columns::UNIFORM,
        })),
        _ => Hint::Element(element),
    }
}

/// `Float64[Array, "n m"]`; an axis that stands for several makes the rank unknown.
fn jaxtyping(name: &str, shape: &str) -> Option<Hint> {
    let kind = match name {
        "Bool" => Kind::Bool,
        "Int8" => Kind::I8,
        "Int16" => Kind::I16,
        "Int32" => Kind::I32,
        "Int64" => Kind::I64,
        "UInt8" => Kind::U8,
        "UInt16" => Kind::U16,
        "UInt32" => Kind::U32,
        "UInt64" => Kind::U64,
        "Float16" => Kind::F16,
        "Float32" => Kind::F32,
        "Float64" => Kind::F64,
        "Complex64" => Kind::C64,
        "Complex128" => Kind::C128,
        _ => return None,
    };
    let element = Ty::element(kind, Origin::Numpy);
    let axes = unquoted(shape);
    if axes.len() == shape.len() {
        return None;
    }
    if axes.contains("...") || axes.contains('*') {
        return Some(Hint::Element(element));
    }
    match axes.split_whitespace().count() {
        0 => Some(Hint::Unknown),
        rank => Some(Hint::Known(InputTy::Array(ArrayTy {
            element,
            rank: rank as u32,
            listed: false,
            tuple: false,
            columns: Columns::UNIFORM,
        }))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match Hint::parse(text) {
            Hint::Known(ty) => ty.to_string(),
            Hint::Element(ty) => format!("{ty}[…]"),
            Hint::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn spellings() {
        for (text, ty) in [
            ("float", "float"),
            ("int", "int"),
            ("bool", "bool"),
            ("np.float64", "f64"),
            ("complex", "complex"),
            ("np.complex64", "c64"),
            ("NDArray[np.float16]", "f16[…]"),
            ("Complex128[Array, \"n\"]", "c128[:]"),
            ("numpy.bool_", "np.bool"),
            ("f32", "f32"),
            ("f64[:, :]", "f64[:, :]"),
            ("\"f64[:,:]\"", "f64[:, :]"),
            ("'py i64[:]'", "py i64[:]"),
            ("NDArray[np.float32]", "f32[…]"),
            ("npt.NDArray[numpy.uint8]", "u8[…]"),
            ("np.ndarray[tuple[int, int], np.dtype[np.float64]]", "f64[:, :]"),
            ("np.ndarray[tuple[int, ...], np.dtype[np.float64]]", "f64[…]"),
            ("np.ndarray[Any, np.dtype[np.int32]]", "i32[…]"),
            ("Float64[Array, \"n m\"]", "f64[:, :]"),
            ("jaxtyping.Int32[np.ndarray, 'n']", "i32[:]"),
            ("Float32[Array, '*batch n']", "f32[…]"),
            ("Float[Array, 'n']", "unknown"),
            ("np.ndarray", "unknown"),
            ("list[float]", "unknown"),
            ("float | None", "unknown"),
            ("dict[str, float]", "unknown"),
        ] {
            assert_eq!(read(text), ty, "{text}");
        }
    }

    #[test]
    fn a_missing_rank_comes_from_the_uses() {
        let hint = Hint::parse("NDArray[np.float64]");
        assert_eq!(
            hint.complete(Some(2)).map(|ty| ty.to_string()).as_deref(),
            Some("f64[:, :]")
        );
        assert_eq!(hint.complete(None), None);
    }
}
