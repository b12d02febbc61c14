//! Signatures: the types of a region's inputs.

use std::fmt;
use std::str::FromStr;

use super::{ArrayTy, Columns, InputTy, Kind, Origin, Ty};

/// The types of a region's inputs, in their order: `x: f64[:], n: int`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signature {
    /// One for each input.
    pub inputs: Vec<Parameter>,
}

/// An input and its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parameter {
    /// The input's name ([`ir::Input::name`](crate::ir::Input::name)).
    pub name: String,
    /// Its type.
    pub ty: InputTy,
}

/// Why a text is no signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureError {
    /// The entry that could not be read, as written.
    pub entry: String,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not of the form `name: type`", self.entry)
    }
}

impl std::error::Error for SignatureError {}

impl Signature {
    /// The type of an input.
    pub fn get(&self, name: &str) -> Option<InputTy> {
        self.inputs.iter().find(|p| p.name == name).map(|p| p.ty)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, parameter) in self.inputs.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {}", parameter.name, parameter.ty)?;
        }
        Ok(())
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    /// Reads what `Display` writes. Entries of type `callable` (guarded functions) are passed over: they are no inputs.
    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let mut inputs = Vec::new();
        for entry in split_top_level(text, ',').into_iter().map(str::trim) {
            if entry.is_empty() && split_top_level(text, ',').len() == 1 {
                break;
            }
            let error = || SignatureError {
                entry: entry.to_owned(),
            };
            let (name, ty) = entry.split_once(':').ok_or_else(error)?;
            if ty.trim() == "callable" {
                continue;
            }
            inputs.push(Parameter {
                name: name.trim().to_owned(),
                ty: ty.parse().map_err(|()| error())?,
            });
        }
        Ok(Self { inputs })
    }
}

impl FromStr for InputTy {
    type Err = ();

    /// Reads what `Display` writes: `float`, `np.bool`, `f64`, `f64[:, :]`, `py i64[:]`, `list i64[:]`, `tuple i64[:]`, `none`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        if text == "none" {
            return Ok(Self::Nothing);
        }
        let tuple = text.strip_prefix("tuple ");
        let listed = tuple.or_else(|| text.strip_prefix("list "));
        let (origin, rest) = match listed.or_else(|| text.strip_prefix("py ")) {
            Some(rest) => (Origin::Python, rest.trim_start()),
            None => (Origin::Numpy, text),
        };
        let Some((kind, colons)) = rest.split_once('[') else {
            return if origin == Origin::Numpy {
                scalar(text).map(Self::Scalar)
            } else {
                None
            }
            .ok_or(());
        };
        let (kind, columns) = match kind.split_once('{') {
            None => (kind, Columns::UNIFORM),
            Some((kind, columns)) => {
                let columns = columns.trim_end().strip_suffix('}').and_then(Columns::find).ok_or(())?;
                (kind, columns)
            }
        };
        let kind = Kind::find(kind.trim()).ok_or(())?;
        let rank = rank(colons.strip_suffix(']').ok_or(())?).ok_or(())?;
        Ok(Self::Array(ArrayTy {
            element: Ty::element(kind, origin),
            rank,
            listed: listed.is_some(),
            tuple: tuple.is_some(),
            columns,
        }))
    }
}

/// `float`, `int`, `bool`; `np.bool`, `f64` and its kin.
fn scalar(text: &str) -> Option<Ty> {
    match text {
        "bool" => Some(Ty::BOOL),
        "int" => Some(Ty::INT),
        "float" => Some(Ty::FLOAT),
        "complex" => Some(Ty::COMPLEX),
        "np.bool" => Some(Ty::numpy(Kind::Bool)),
        _ => Kind::find(text).map(Ty::numpy),
    }
}

/// The number of colons in `:, :`.
fn rank(colons: &str) -> Option<u32> {
    let mut rank = 0;
    for part in colons.split(',') {
        if part.trim() != ":" {
            return None;
        }
        rank += 1;
    }
    Some(rank)
}

/// Splits at a separator that stands outside brackets and quotes.
pub(super) fn split_top_level(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ if c == separator && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_and_parse_are_inverse() {
        for text in [
            "",
            "x: f64[:], n: int",
            "a: py i64[:], b: np.bool, c: bool, self_A: u8[:, :], s: float, t: f32",
            "h: f16[:], z: c128[:, :], w: complex, v: c64",
            "best: list i64[:], table: list f64[:, :]",
            "start: none, peak: float",
        ] {
            let signature: Signature = text.parse().expect(text);
            assert_eq!(signature.to_string(), text);
        }
    }

    #[test]
    fn callables_are_no_inputs() {
        let signature: Signature = "x: f64[:], square: callable, n: int".parse().expect("well formed");
        assert_eq!(signature.to_string(), "x: f64[:], n: int");
    }

    #[test]
    fn malformed_entries_are_named() {
        for (text, entry) in [
            ("x", "x"),
            ("x: f64[:], y: f63", "y: f63"),
            ("x: f64[:,]", "x: f64[:,]"),
            ("x: f64[:", "x: f64[:"),
            ("x: int,", ""),
            ("x: py f64", "x: py f64"),
        ] {
            let error = text.parse::<Signature>().expect_err(text);
            assert_eq!(error.entry, entry);
        }
    }
}
