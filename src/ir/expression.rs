//! Pure values.

use super::{Array, ArrayForm, Handle, Input, Loop, Variable};

/// A scalar value; see the module essay for when and how often it is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A constant of the source.
    Literal(Literal),
    /// A scalar input, as it was at the call.
    Input(Handle<Input>),
    /// The present value of a variable.
    Variable(Handle<Variable>),
    /// The counter of an enclosing loop, a Python int.
    Counter(Handle<Loop>),
    /// `array.shape[axis]` (and `len(array)` for axis 0), a Python int.
    Extent {
        /// Whose extent.
        array: Handle<Array>,
        /// From 0, below the rank.
        axis: u32,
    },
    /// `array.size`, a Python int.
    Size(Handle<Array>),
    /// `array.ndim`, a Python int.
    Rank(Handle<Array>),
    /// `array[i, j, …]`: one scalar element.
    Load {
        /// Read from here.
        array: Handle<Array>,
        /// As many as the array's rank (checked by `infer`).
        subscripts: Vec<Handle<Expression>>,
    },
    /// An operator with one operand.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: Handle<Expression>,
    },
    /// An arithmetic or bit operator.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: Handle<Expression>,
        /// Right operand.
        right: Handle<Expression>,
    },
    /// One comparison, a bool.
    Compare {
        /// The operator.
        op: CompareOp,
        /// Left operand.
        left: Handle<Expression>,
        /// Right operand.
        right: Handle<Expression>,
    },
    /// `left and right`, `left or right`: one of the two operands, the right one evaluated only if needed.
    Logical {
        /// The operator.
        op: LogicalOp,
        /// Evaluated always.
        left: Handle<Expression>,
        /// Evaluated only if the left one does not decide.
        right: Handle<Expression>,
    },
    /// `accept if condition else reject`.
    Select {
        /// Evaluated first.
        condition: Handle<Expression>,
        /// Evaluated only if the condition is true.
        accept: Handle<Expression>,
        /// Evaluated only if the condition is false.
        reject: Handle<Expression>,
    },
    /// A known function.
    Call {
        /// The function.
        function: Function,
        /// Its arguments, in number what the function takes.
        arguments: Vec<Handle<Expression>>,
    },
    /// `int(x)`, `float(x)`, `bool(x)`, `np.float32(x)` …
    Convert {
        /// The kind it becomes.
        to: Conversion,
        /// The value.
        operand: Handle<Expression>,
    },
    /// A value with axes, or what is computed of one; gone after `scalarise`.
    Array(ArrayForm),
}

/// A constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// A Python bool.
    Bool(bool),
    /// A Python int (larger ones do not lower).
    Int(i64),
    /// A Python float.
    Float(f64),
    /// A Python complex without a real part: `2.5j`.
    Imaginary(f64),
    /// What a variable holds while it stands for `None`, which another variable says: no number, of no type. It is assigned, and
    /// what is read of that variable then is used for nothing.
    Nothing,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `+x`
    Plus,
    /// `-x`
    Negate,
    /// `~x`
    Invert,
    /// `not x`, a Python bool.
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Modulo,
    /// `**`
    Power,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// Short-circuit operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogicalOp {
    /// `and`
    And,
    /// `or`
    Or,
}

/// What a value can be converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Conversion {
    /// `bool(x)`
    Bool,
    /// `int(x)`: truncates; NaN and infinities raise.
    Int,
    /// `float(x)`
    Float,
    /// `np.bool_(x)`
    NumpyBool,
    /// `np.int8(x)`
    Int8,
    /// `np.int16(x)`
    Int16,
    /// `np.int32(x)`
    Int32,
    /// `np.int64(x)`
    Int64,
    /// `np.uint8(x)`
    UInt8,
    /// `np.uint16(x)`
    UInt16,
    /// `np.uint32(x)`
    UInt32,
    /// `np.uint64(x)`
    UInt64,
    /// `np.float32(x)`
    Float32,
    /// `np.float64(x)`
    Float64,
    /// `np.float16(x)`
    Float16,
    /// `complex(x)`
    Complex,
    /// `np.complex64(x)`
    Complex64,
    /// `np.complex128(x)`
    Complex128,
}

impl Conversion {
    /// Whether it gives complex numbers.
    pub fn is_complex(self) -> bool {
        matches!(self, Self::Complex | Self::Complex64 | Self::Complex128)
    }

    /// Whether it gives numbers whose arithmetic rounds.
    pub fn is_inexact(self) -> bool {
        matches!(self, Self::Float | Self::Float16 | Self::Float32 | Self::Float64) || self.is_complex()
    }
}

/// A function the language knows; Python's, `math`'s and NumPy's namesakes differ in types, errors and NaN rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `abs(x)`
    Abs,
    /// `min(x, y, …)`: the first least argument itself, by `<`.
    Min,
    /// `max(x, y, …)`: the first greatest argument itself, by `>`.
    Max,
    /// `round(x)`: to a Python int, ties to even.
    Round,
    /// `round(x, digits)`: same type as `x`.
    RoundDigits,
    /// `pow(base, exponent, modulus)`.
    PowerModulo,
    /// `complex(re, im)`
    Complex,
    /// `x.real`, `np.real(x)`
    Real,
    /// `x.imag`, `np.imag(x)`
    Imag,
    /// `x.conjugate()`
    Conjugate,
    /// `x.conj()`, which only NumPy's numbers have.
    Conj,
    /// `math.…`
    Math(Math),
    /// `numpy.…`
    Numpy(Ufunc),
}

/// Functions of Python's `math`: arguments become Python floats unless said otherwise, results are Python floats, domain and
/// range errors raise.
#[allow(missing_docs, reason = "each is named as in Python's math module")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Math {
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atan2,
    Atanh,
    Cbrt,
    /// To a Python int.
    Ceil,
    Copysign,
    Cos,
    Cosh,
    Degrees,
    Erf,
    Erfc,
    Exp,
    Exp2,
    Expm1,
    Fabs,
    /// To a Python int.
    Floor,
    Fmod,
    /// Of Python ints.
    Gcd,
    /// Two arguments.
    Hypot,
    IsFinite,
    IsInf,
    IsNan,
    /// Of Python ints.
    Isqrt,
    /// One argument, or two (value, base).
    Log,
    Log10,
    Log1p,
    Log2,
    Pow,
    Radians,
    Sin,
    Sinh,
    Sqrt,
    Tan,
    Tanh,
    /// To a Python int.
    Trunc,
}

/// NumPy functions of scalars: results are NumPy scalars by NEP 50; nothing raises.
#[allow(missing_docs, reason = "each is named as in NumPy")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ufunc {
    Absolute,
    Add,
    /// In radians.
    Angle,
    Arccos,
    Arccosh,
    Arcsin,
    Arcsinh,
    Arctan,
    Arctan2,
    Arctanh,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    Cbrt,
    Ceil,
    Clip,
    Conjugate,
    Copysign,
    Cos,
    Cosh,
    Deg2rad,
    Divide,
    Equal,
    Exp,
    Exp2,
    Expm1,
    Fabs,
    Floor,
    FloorDivide,
    Fmax,
    Fmin,
    Fmod,
    Greater,
    GreaterEqual,
    Heaviside,
    Hypot,
    Invert,
    Isfinite,
    Isinf,
    Isnan,
    LeftShift,
    Less,
    LessEqual,
    Log,
    Log10,
    Log1p,
    Log2,
    Logaddexp,
    LogicalAnd,
    LogicalNot,
    LogicalOr,
    LogicalXor,
    Maximum,
    Minimum,
    Multiply,
    Negative,
    NotEqual,
    Positive,
    Power,
    Rad2deg,
    Reciprocal,
    Remainder,
    RightShift,
    Rint,
    Sign,
    Signbit,
    Sin,
    Sinh,
    Sqrt,
    Square,
    Subtract,
    Tan,
    Tanh,
    Trunc,
    Where,
}
