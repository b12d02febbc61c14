//! Sets of the types a value may have.

use super::{Kind, Origin, Ty};

/// The exact types (of Python or NumPy origin) that a value may have when its expression is evaluated; those of values made
/// by the region are told from those of objects that a variable holds since before the region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct TySet {
    /// Values made by the region.
    fresh: u32,
    /// Objects from before.
    initial: u32,
    rank_zero: bool,
    /// What is known of the Python int among them.
    int: Known,
}

/// What is known of a Python int.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Known {
    /// There is none.
    #[default]
    Absent,
    /// It is always this one.
    Always(i64),
    /// Nothing.
    Any,
}

/// Every exact type, at the position of its bit.
const TYPES: [Ty; 18] = [
    Ty::BOOL,
    Ty::INT,
    Ty::FLOAT,
    Ty::COMPLEX,
    Ty::numpy(Kind::Bool),
    Ty::numpy(Kind::I8),
    Ty::numpy(Kind::I16),
    Ty::numpy(Kind::I32),
    Ty::numpy(Kind::I64),
    Ty::numpy(Kind::U8),
    Ty::numpy(Kind::U16),
    Ty::numpy(Kind::U32),
    Ty::numpy(Kind::U64),
    Ty::numpy(Kind::F16),
    Ty::numpy(Kind::F32),
    Ty::numpy(Kind::F64),
    Ty::numpy(Kind::C64),
    Ty::numpy(Kind::C128),
];

impl TySet {
    /// No type: a value that is never computed.
    pub(super) const EMPTY: Self = Self {
        fresh: 0,
        initial: 0,
        rank_zero: false,
        int: Known::Absent,
    };

    /// The set of one type, of a value made by the region. Types of origin `Either` have none of their own.
    pub(super) fn of(ty: Ty) -> Self {
        Self {
            fresh: TYPES.iter().position(|t| *t == ty).map_or(0, |bit| 1 << bit),
            int: if ty == Ty::INT { Known::Any } else { Known::Absent },
            ..Self::EMPTY
        }
    }

    /// A Python int that is always the same.
    pub(super) fn always(value: i64) -> Self {
        Self {
            int: Known::Always(value),
            ..Self::of(Ty::INT)
        }
    }

    /// What the Python int among the values always is.
    pub(super) const fn known_int(self) -> Option<i64> {
        match self.int {
            Known::Always(value) => Some(value),
            Known::Absent | Known::Any => None,
        }
    }

    /// The same types, of objects that were there before the region.
    pub(super) const fn held_before(self) -> Self {
        Self {
            fresh: 0,
            initial: self.fresh | self.initial,
            ..self
        }
    }

    /// The same types, of objects that a variable does not hold since before the region.
    pub(super) const fn handed_on(self) -> Self {
        Self {
            fresh: self.fresh | self.initial,
            initial: 0,
            ..self
        }
    }

    /// The same types, of objects that may be NumPy arrays of rank 0 instead of scalars: those are changed in place by
    /// augmented assignments, and shared by assignments.
    pub(super) const fn or_rank_zero(self) -> Self {
        Self {
            rank_zero: true,
            ..self
        }
    }

    pub(super) const fn union(self, other: Self) -> Self {
        Self {
            fresh: self.fresh | other.fresh,
            initial: self.initial | other.initial,
            rank_zero: self.rank_zero || other.rank_zero,
            int: self.int.or(other.int),
        }
    }

    /// The types of values that the region made.
    pub(super) const fn fresh(self) -> Self {
        Self { initial: 0, ..self }
    }

    /// The types of objects from before the region.
    pub(super) const fn initial(self) -> Self {
        Self { fresh: 0, ..self }
    }

    pub(super) const fn may_have_rank_zero(self) -> bool {
        self.rank_zero
    }

    const fn bits(self) -> u32 {
        self.fresh | self.initial
    }

    pub(super) const fn is_empty(self) -> bool {
        self.bits() == 0
    }

    /// Whether every type of `other` is one of this set.
    pub(super) const fn covers(self, other: Self) -> bool {
        other.bits() & !self.bits() == 0
    }

    pub(super) fn contains(self, ty: Ty) -> bool {
        self.iter().any(|t| t == ty)
    }

    /// The members, Python's first.
    pub(super) fn iter(self) -> impl Iterator<Item = Ty> {
        TYPES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.bits() & (1 << bit) != 0)
            .map(|(_, ty)| ty)
    }

    /// The only member.
    pub(super) fn single(self) -> Option<Ty> {
        let mut members = self.iter();
        let first = members.next()?;
        members.next().is_none().then_some(first)
    }

    /// The one type that can store every member without loss in the cases that matter; whether a given value is stored without
    /// loss is checked ([`super::check::keep`]). `None`: the members join to nothing.
    ///
    /// NumPy members must be of one kind; Python's may stand beside them where NumPy's promotion would give that kind: a
    /// complex beside c128 and c64, a float beside those, f64, f32 and f16, an int beside all of them and any integer kind, a
    /// bool beside np.bool.
    pub(super) fn join(self) -> Option<Ty> {
        if let Some(ty) = self.single() {
            return Some(ty);
        }
        let mut kinds = self.iter().filter(|t| t.origin == Origin::Numpy).map(|t| t.kind);
        let kind = match (kinds.next(), kinds.next()) {
            (Some(kind), None) => kind,
            (Some(_), Some(_)) => return None,
            (None, _) if self.contains(Ty::COMPLEX) => Kind::C128,
            (None, _) if self.contains(Ty::FLOAT) => Kind::F64,
            (None, _) => Kind::I64,
        };
        let admitted = |python: Ty| match python.kind {
            Kind::Bool => kind == Kind::Bool || kind == Kind::I64,
            Kind::C128 => kind.is_complex(),
            Kind::F64 => kind.is_inexact(),
            _ => kind.is_inexact() || kind.is_integer(),
        };
        let origin = Origin::Either;
        (!self.is_empty() && self.iter().filter(|t| t.origin == Origin::Python).all(admitted))
            .then_some(Ty { kind, origin })
    }
}

impl Known {
    const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, one) | (one, Self::Absent) => one,
            (Self::Always(one), Self::Always(other)) if one == other => self,
            (_, _) => Self::Any,
        }
    }
}

impl FromIterator<Ty> for TySet {
    fn from_iter<I: IntoIterator<Item = Ty>>(types: I) -> Self {
        types.into_iter().fold(Self::EMPTY, |set, ty| set.union(Self::of(ty)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(types: &[Ty]) -> String {
        let set: TySet = types.iter().copied().collect();
        set.join().map_or_else(|| "nothing".to_owned(), |ty| ty.to_string())
    }

    #[test]
    fn joins() {
        let f64 = Ty::numpy(Kind::F64);
        let f32 = Ty::numpy(Kind::F32);
        let i32 = Ty::numpy(Kind::I32);
        let bool = Ty::numpy(Kind::Bool);
        assert_eq!(join(&[]), "nothing");
        assert_eq!(join(&[f64]), "f64");
        assert_eq!(join(&[Ty::FLOAT, f64]), "either f64");
        assert_eq!(join(&[Ty::INT, f64]), "either f64");
        assert_eq!(join(&[Ty::INT, Ty::FLOAT, f32]), "either f32");
        assert_eq!(join(&[Ty::INT, Ty::FLOAT]), "either f64");
        assert_eq!(join(&[Ty::INT, i32]), "either i32");
        assert_eq!(join(&[Ty::BOOL, bool]), "either bool");
        assert_eq!(join(&[Ty::BOOL, Ty::INT]), "either i64");
        assert_eq!(join(&[f32, f64]), "nothing");
        assert_eq!(join(&[i32, f64]), "nothing");
        assert_eq!(join(&[Ty::FLOAT, i32]), "nothing");
        assert_eq!(join(&[Ty::BOOL, f64]), "nothing");
        assert_eq!(join(&[Ty::INT, bool]), "nothing");
        let c64 = Ty::numpy(Kind::C64);
        assert_eq!(join(&[Ty::COMPLEX, Ty::INT]), "either c128");
        assert_eq!(join(&[Ty::COMPLEX, c64]), "either c64");
        assert_eq!(join(&[Ty::FLOAT, c64]), "either c64");
        assert_eq!(join(&[Ty::COMPLEX, f64]), "nothing");
    }
}
