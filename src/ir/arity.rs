//! How many arguments the known functions take.

use super::{Function, Math, Ufunc};

impl Function {
    /// The least and the greatest number of arguments.
    pub fn arity(self) -> (usize, usize) {
        match self {
            Self::Abs | Self::Round | Self::Real | Self::Imag | Self::Conjugate | Self::Conj => (1, 1),
            Self::Complex => (2, 2),
            Self::Min | Self::Max => (2, usize::MAX),
            Self::RoundDigits => (2, 2),
            Self::PowerModulo => (3, 3),
            Self::Math(math) => math.arity(),
            Self::Numpy(ufunc) => {
                let count = ufunc.arity();
                (count, count)
            }
        }
    }
}

impl Math {
    /// The least and the greatest number of arguments.
    pub fn arity(self) -> (usize, usize) {
        match self {
            Self::Atan2 | Self::Copysign | Self::Fmod | Self::Gcd | Self::Hypot | Self::Pow => (2, 2),
            Self::Acos
            | Self::Acosh
            | Self::Asin
            | Self::Asinh
            | Self::Atan
            | Self::Atanh
            | Self::Cbrt
            | Self::Ceil
            | Self::Cos
            | Self::Cosh
            | Self::Degrees
            | Self::Erf
            | Self::Erfc
            | Self::Exp
            | Self::Exp2
            | Self::Expm1
            | Self::Fabs
            | Self::Floor
            | Self::IsFinite
            | Self::IsInf
            | Self::IsNan
            | Self::Isqrt
            | Self::Log
            | Self::Log10
            | Self::Log1p
            | Self::Log2
            | Self::Radians
            | Self::Sin
            | Self::Sinh
            | Self::Sqrt
            | Self::Tan
            | Self::Tanh
            | Self::Trunc => (1, 1),
        }
    }
}

impl Ufunc {
    /// The number of arguments.
    pub fn arity(self) -> usize {
        match self {
            Self::Clip | Self::Where => 3,
            Self::Add
            | Self::Arctan2
            | Self::BitwiseAnd
            | Self::BitwiseOr
            | Self::BitwiseXor
            | Self::Copysign
            | Self::Divide
            | Self::Equal
            | Self::FloorDivide
            | Self::Fmax
            | Self::Fmin
            | Self::Fmod
            | Self::Greater
            | Self::GreaterEqual
            | Self::Heaviside
            | Self::Hypot
            | Self::LeftShift
            | Self::Less
            | Self::LessEqual
            | Self::Logaddexp
            | Self::LogicalAnd
            | Self::LogicalOr
            | Self::LogicalXor
            | Self::Maximum
            | Self::Minimum
            | Self::Multiply
            | Self::NotEqual
            | Self::Power
            | Self::Remainder
            | Self::RightShift
            | Self::Subtract => 2,
            Self::Absolute
            | Self::Angle
            | Self::Arccos
            | Self::Arccosh
            | Self::Arcsin
            | Self::Arcsinh
            | Self::Arctan
            | Self::Arctanh
            | Self::Cbrt
            | Self::Ceil
            | Self::Conjugate
            | Self::Cos
            | Self::Cosh
            | Self::Deg2rad
            | Self::Exp
            | Self::Exp2
            | Self::Expm1
            | Self::Fabs
            | Self::Floor
            | Self::Invert
            | Self::Isfinite
            | Self::Isinf
            | Self::Isnan
            | Self::Log
            | Self::Log10
            | Self::Log1p
            | Self::Log2
            | Self::LogicalNot
            | Self::Negative
            | Self::Positive
            | Self::Rad2deg
            | Self::Reciprocal
            | Self::Rint
            | Self::Sign
            | Self::Signbit
            | Self::Sin
            | Self::Sinh
            | Self::Sqrt
            | Self::Square
            | Self::Tan
            | Self::Tanh
            | Self::Trunc => 1,
        }
    }
}
