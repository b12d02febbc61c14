//! How Python and the pragma language spell what the IR holds.

use std::fmt::{self, Display};

use super::{
    ArrayFunction, BinaryOp, CompareOp, Conversion, Directive, Exception, Fill, Fold, Function, Join, Literal,
    ReductionOp, Schedule, UnaryOp,
};

impl Display for Literal {
    /// As Python spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) if value.is_nan() => f.write_str("nan"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Imaginary(value) => write!(f, "{value:?}j"),
            Self::Nothing => f.write_str("nothing"),
        }
    }
}

impl Display for Function {
    /// As Python calls it: `abs`, `math.sqrt`, `np.sqrt`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Abs => f.write_str("abs"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
            Self::Round | Self::RoundDigits => f.write_str("round"),
            Self::PowerModulo => f.write_str("pow"),
            Self::Complex => f.write_str("complex"),
            Self::Real => f.write_str("real"),
            Self::Imag => f.write_str("imag"),
            Self::Conjugate => f.write_str("conjugate"),
            Self::Conj => f.write_str("conj"),
            Self::Math(math) => write!(f, "math.{}", format!("{math:?}").to_lowercase()),
            Self::Numpy(ufunc) => write!(f, "np.{}", snake(&format!("{ufunc:?}"))),
        }
    }
}

impl Display for ArrayFunction {
    /// As NumPy calls it: `np.sum`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Reduce { fold, .. } => fold.name(),
            Self::Accumulate {
                fold: Fold::Product, ..
            } => "cumprod",
            Self::Accumulate { fold: Fold::Min, .. } => "minimum.accumulate",
            Self::Accumulate { fold: Fold::Max, .. } => "maximum.accumulate",
            Self::Accumulate { .. } => "cumsum",
            Self::UfuncOuter(ufunc) => return write!(f, "{}.outer", Function::Numpy(*ufunc)),
            Self::Inner => "inner",
            Self::Tensordot(..) => "tensordot",
            Self::Einsum { .. } => "einsum",
            Self::Nonzero(_) => "nonzero",
            Self::ArgWhere => "argwhere",
            Self::Squeeze(_) => "squeeze",
            Self::MoveAxis(..) => "moveaxis",
            Self::BroadcastTo => "broadcast_to",
            Self::Matmul => "matmul",
            Self::Dot => "dot",
            Self::Outer => "outer",
            Self::Make { fill, .. } => fill.name(),
            Self::MakeLike { fill, .. } => return write!(f, "np.{}_like", fill.name()),
            Self::Arange(_) => "arange",
            Self::Linspace { .. } => "linspace",
            Self::Literal { .. } => "array",
            Self::Copy => "copy",
            Self::Cast(_) => "astype",
            Self::Transpose(_) => "transpose",
            Self::SwapAxes(..) => "swapaxes",
            Self::Reshape => "reshape",
            Self::Ravel => "ravel",
            Self::Stack(_) => "stack",
            Self::Concatenate(_) => "concatenate",
            Self::Join(join) => join.name(),
            Self::Flip(_) => "flip",
            Self::Roll(_) => "roll",
            Self::Repeat(_) => "repeat",
            Self::Triangle { upper: true } => "triu",
            Self::Triangle { upper: false } => "tril",
            Self::Diagonal => "diagonal",
            Self::Diag => "diag",
            Self::Histogram | Self::HistogramEdges => "histogram",
            Self::Covariance { .. } => "cov",
            Self::Extent(_) => "shape",
            Self::Size => "size",
            Self::Rank => "ndim",
            Self::IsGiven(_) => return f.write_str("is_given"),
        };
        write!(f, "np.{name}")
    }
}

impl Join {
    /// As NumPy calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rows => "vstack",
            Self::Columns => "hstack",
            Self::ColumnStack => "column_stack",
        }
    }
}

impl Fold {
    /// As NumPy calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum | Self::Added => "sum",
            Self::Product => "prod",
            Self::Min => "min",
            Self::Max => "max",
            Self::Fmin => "fmin",
            Self::Fmax => "fmax",
            Self::Mean => "mean",
            Self::Var { .. } => "var",
            Self::Std { .. } => "std",
            Self::Any => "any",
            Self::All => "all",
            Self::Argmin => "argmin",
            Self::Argmax => "argmax",
            Self::CountNonzero => "count_nonzero",
        }
    }
}

impl Fill {
    /// The function that fills a new array so.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Zeros => "zeros",
            Self::Ones => "ones",
            Self::Value => "full",
            Self::Identity => "eye",
        }
    }
}

/// `FloorDivide` to `floor_divide`.
fn snake(camel: &str) -> String {
    let mut out = String::new();
    for (index, letter) in camel.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

impl UnaryOp {
    /// As Python spells it, with the blank that `not` needs.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Negate => "-",
            Self::Invert => "~",
            Self::Not => "not ",
        }
    }
}

impl BinaryOp {
    /// As Python spells it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Modulo => "%",
            Self::Power => "**",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::BitAnd => "&",
            Self::BitOr => "|",
            Self::BitXor => "^",
        }
    }
}

impl CompareOp {
    /// As Python spells it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }
}

impl Conversion {
    /// As Python calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::NumpyBool => "np.bool_",
            Self::Int8 => "np.int8",
            Self::Int16 => "np.int16",
            Self::Int32 => "np.int32",
            Self::Int64 => "np.int64",
            Self::UInt8 => "np.uint8",
            Self::UInt16 => "np.uint16",
            Self::UInt32 => "np.uint32",
            Self::UInt64 => "np.uint64",
            Self::Float32 => "np.float32",
            Self::Float64 => "np.float64",
            Self::Float16 => "np.float16",
            Self::Complex => "complex",
            Self::Complex64 => "np.complex64",
            Self::Complex128 => "np.complex128",
        }
    }
}

impl Exception {
    /// The class's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::AssertionError => "AssertionError",
            Self::IndexError => "IndexError",
            Self::OverflowError => "OverflowError",
            Self::RuntimeError => "RuntimeError",
            Self::TypeError => "TypeError",
            Self::ValueError => "ValueError",
            Self::ZeroDivisionError => "ZeroDivisionError",
            Self::Python => "an exception",
        }
    }

    /// The class of that name.
    pub fn find(name: &str) -> Option<Self> {
        let all = [
            Self::AssertionError,
            Self::IndexError,
            Self::OverflowError,
            Self::RuntimeError,
            Self::TypeError,
            Self::ValueError,
            Self::ZeroDivisionError,
        ];
        all.into_iter().find(|exception| exception.name() == name)
    }
}

impl Directive {
    /// As in a pragma.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel for",
            Self::Simd => "simd",
            Self::ParallelSimd => "parallel for simd",
            Self::Sequential => "sequential for",
        }
    }
}

impl ReductionOp {
    /// As in a `reduction` clause.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Multiply => "*",
            Self::Min => "min",
            Self::Max => "max",
            Self::And => "and",
            Self::Or => "or",
            Self::BitAnd => "&",
            Self::BitOr => "|",
            Self::BitXor => "^",
        }
    }
}

impl Schedule {
    /// As in a `schedule` clause.
    pub fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Dynamic => "dynamic",
            Self::Guided => "guided",
            Self::Auto => "auto",
        }
    }
}
