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

/// A Python int or float beside a NumPy kind.
fn weak(python: Kind, numpy: Kind) -> Kind {
    match (python, numpy) {
        (_, kind) if kind.is_float() => kind,
        (Kind::F64, _) => Kind::F64,
        (_, Kind::Bool) => Kind::I64,
        (_, kind) => kind,
    }
}

/// Two NumPy kinds: the smallest that holds both, where a 64-bit unsigned and a signed integer meet in f64.
pub(super) fn kinds(left: Kind, right: Kind) -> Kind {
    match (left, right) {
        (a, b) if a == b => a,
        (Kind::Bool, kind) | (kind, Kind::Bool) => kind,
        (Kind::F64, _) | (_, Kind::F64) => Kind::F64,
        (Kind::F32, other) | (other, Kind::F32) => float_holding(other),
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

/// The float kind in which f32 and an integer kind meet.
fn float_holding(integer: Kind) -> Kind {
    if integer.size() <= 2 { Kind::F32 } else { Kind::F64 }
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

/// The kind in which a NumPy function that knows floats only computes an argument: `None` is float16, which no kind of ours
/// holds.
pub(super) fn float_of(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::Bool | Kind::I8 | Kind::U8 => None,
        Kind::I16 | Kind::U16 | Kind::F32 => Some(Kind::F32),
        Kind::I32 | Kind::I64 | Kind::U32 | Kind::U64 | Kind::F64 => Some(Kind::F64),
    }
}
