//! NumPy's promotion (NEP 50).

use super::{Kind, Origin, Ty};

/// The kind in which NumPy combines two scalars of which at least one is NumPy's; Python's are weak, except that a bool counts
/// as NumPy's.
pub(super) fn promote(left: Ty, right: Ty) -> Kind {
    match (is_weak(left), is_weak(right)) {
        (true, true) => kinds(left.kind, right.kind),
        (true, false) => weak(left.kind, right.kind),
        (false, true) => weak(right.kind, left.kind),
        (false, false) => kinds(left.kind, right.kind),
    }
}

/// Whether the type adapts to its neighbour.
pub(super) fn is_weak(ty: Ty) -> bool {
    ty.origin == Origin::Python && ty.kind != Kind::Bool
}

/// A Python int, float or complex beside a NumPy kind.
fn weak(python: Kind, numpy: Kind) -> Kind {
    match (python, numpy) {
        (Kind::C128, Kind::F16 | Kind::F32) => Kind::C64,
        (Kind::C128, kind) if !kind.is_complex() => Kind::C128,
        (_, kind) if kind.is_inexact() => kind,
        (Kind::F64, _) => Kind::F64,
        (_, Kind::Bool) => Kind::I64,
        (_, kind) => kind,
    }
}

/// Two NumPy kinds: the smallest that holds both, where a 64-bit unsigned and a signed integer meet in f64.
pub(crate) fn kinds(left: Kind, right: Kind) -> Kind {
    match (left, right) {
        (a, b) if a == b => a,
        (Kind::Bool, kind) | (kind, Kind::Bool) => kind,
        (Kind::C64 | Kind::C128, _) | (_, Kind::C64 | Kind::C128) => complex(kinds(left.real(), right.real())),
        (Kind::F64, _) | (_, Kind::F64) => Kind::F64,
        (Kind::F32, other) | (other, Kind::F32) => float_of(other).max(Kind::F32),
        (Kind::F16, other) | (other, Kind::F16) => float_of(other),
        (a, b) if a.is_signed() == b.is_signed() => {
            if a.size() > b.size() {
                a
            } else {
                b
            }
        }
        (a, b) => {
            let (signed, unsigned) = if a.is_signed() { (a, b) } else { (b, a) };
            signed_holding(signed.size().max(unsigned.size() * 2))
        }
    }
}

/// The complex kind whose parts hold a float kind.
const fn complex(part: Kind) -> Kind {
    if matches!(part, Kind::F64) {
        Kind::C128
    } else {
        Kind::C64
    }
}

/// The signed kind of so many bytes; f64 past 8.
fn signed_holding(bytes: usize) -> Kind {
    match bytes {
        1 => Kind::I8,
        2 => Kind::I16,
        4 => Kind::I32,
        8 => Kind::I64,
        _ => Kind::F64,
    }
}

/// The kind in which a NumPy function that knows floats and complex numbers only computes an argument.
pub(super) fn float_of(kind: Kind) -> Kind {
    match kind {
        Kind::Bool | Kind::I8 | Kind::U8 | Kind::F16 => Kind::F16,
        Kind::I16 | Kind::U16 | Kind::F32 => Kind::F32,
        Kind::I32 | Kind::I64 | Kind::U32 | Kind::U64 | Kind::F64 => Kind::F64,
        Kind::C64 | Kind::C128 => kind,
    }
}
