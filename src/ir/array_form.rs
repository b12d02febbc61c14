//! Values with axes, as NumPy has them: what `lower` leaves of array expressions, and `scalarise` turns into loops.
//!
//! Which expressions have axes depends on the signature: `a[i]` is a number or a row. Hence operators, comparisons and
//! functions of numbers stand for the element-wise operations too, [`Expression::Load`] and a store with fewer subscripts than
//! axes, or with one of the forms below among them, mean a part of the array, and a variable may hold an array.

use super::{Array, Conversion, Expression, Handle, Input, Ufunc};

/// An expression that only means something while arrays are values. `scalarise` leaves none.
#[derive(Clone, Debug, PartialEq)]
pub enum ArrayForm {
    /// A whole array.
    Whole(Handle<Array>),
    /// `start:stop:step`, as a subscript only.
    Slice {
        /// First position; counts from the end when negative.
        start: Option<Handle<Expression>>,
        /// Not reached.
        stop: Option<Handle<Expression>>,
        /// Not zero.
        step: Option<Handle<Expression>>,
    },
    /// `np.newaxis`, `None`, as a subscript only.
    NewAxis,
    /// `...`, as a subscript only.
    Ellipsis,
    /// `base[subscripts]` of a value that has no name.
    Index {
        /// What is subscripted.
        base: Handle<Expression>,
        /// As many as the value has axes at most.
        subscripts: Vec<Handle<Expression>>,
    },
    /// A function that makes an array, or a number from one.
    Call {
        /// The function.
        function: ArrayFunction,
        /// Its operands, as the function says.
        arguments: Vec<Handle<Expression>>,
    },
}

/// What is done to whole arrays.
#[derive(Clone, Debug, PartialEq)]
pub enum ArrayFunction {
    /// `np.sum(x, axis, keepdims)` and its kin: one operand.
    Reduce {
        /// How elements combine.
        fold: Fold,
        /// Along which axis; `None`: all of them.
        axis: Option<i64>,
        /// Whether the axis stays, with extent 1.
        keepdims: bool,
    },
    /// `np.cumsum(x, axis)`, `np.cumprod`: one operand; `None`: of the flattened array.
    Accumulate {
        /// `Sum` or `Product`.
        fold: Fold,
        /// Along which axis.
        axis: Option<i64>,
    },
    /// `a @ b`, `np.matmul(a, b)`.
    Matmul,
    /// `np.dot(a, b)`, `a.dot(b)`.
    Dot,
    /// `np.outer(a, b)`.
    Outer,
    /// `np.add.outer(a, b)`: the function of each element of the one and each of the other.
    UfuncOuter(Ufunc),
    /// `np.inner(a, b)`: over the last axes.
    Inner,
    /// `np.tensordot(a, b, axes)`: over these axes of each operand.
    Tensordot(Vec<i64>, Vec<i64>),
    /// `np.einsum("ij,jk->ik", a, b)`: one operand for each group of letters.
    Einsum {
        /// The letters of the axes of each operand.
        inputs: Vec<String>,
        /// Those of the result.
        output: String,
    },
    /// `np.nonzero(x)[axis]`: where on an axis the elements lie that are not 0.
    Nonzero(i64),
    /// `np.argwhere(x)`
    ArgWhere,
    /// `np.squeeze(x, axis)`; `None`: all axes of extent 1.
    Squeeze(Option<i64>),
    /// `np.moveaxis(x, from, to)`
    MoveAxis(i64, i64),
    /// `np.broadcast_to(x, shape)`: the array and the extents.
    BroadcastTo,
    /// `np.zeros(shape)`, `np.full(shape, value)`: the extents, and the value last if `fill` takes one.
    Make {
        /// What it is filled with.
        fill: Fill,
        /// Of its elements.
        dtype: Dtype,
    },
    /// `np.zeros_like(x)`, `np.full_like(x, value)`: the prototype, and the value if `fill` takes one.
    MakeLike {
        /// What it is filled with.
        fill: Fill,
        /// Of its elements; by default the prototype's.
        dtype: Dtype,
    },
    /// `np.arange(start, stop, step)`: three operands.
    Arange(Dtype),
    /// `np.linspace(start, stop, num)`: three operands.
    Linspace {
        /// Whether `stop` is the last sample.
        endpoint: bool,
        /// Of its elements.
        dtype: Dtype,
    },
    /// An array literal, `np.array([[a, b], [c, d]])`: the items in row-major order.
    Literal {
        /// Extents.
        shape: Vec<u32>,
        /// Of its elements; by default what the items promote to.
        dtype: Dtype,
    },
    /// `x.copy()`, `np.array(x)`.
    Copy,
    /// `x.astype(dtype)`.
    Cast(Dtype),
    /// `x.T`, `np.transpose(x, axes)`; `None`: all axes reversed.
    Transpose(Option<Vec<i64>>),
    /// `np.swapaxes(x, a, b)`.
    SwapAxes(i64, i64),
    /// `x.reshape(shape)`: the operand, then the extents, of which one may be the literal -1.
    Reshape,
    /// `x.ravel()`, `x.flatten()`.
    Ravel,
    /// `np.stack(arrays, axis)`: the arrays.
    Stack(i64),
    /// `np.concatenate(arrays, axis)`: the arrays.
    Concatenate(i64),
    /// `np.vstack(arrays)` and its kin: the arrays.
    Join(Join),
    /// `np.flip(x, axes)`; `None`: all axes.
    Flip(Option<Vec<i64>>),
    /// `np.roll(x, shift, axis)`: the array and the shift; `None`: of the flattened array.
    Roll(Option<i64>),
    /// `np.repeat(x, repeats, axis)`: the array and a number; `None`: of the flattened array.
    Repeat(Option<i64>),
    /// `np.triu(x, k)`, `np.tril(x, k)`: the array and the number of the diagonal.
    Triangle {
        /// What is kept: what lies on the diagonal and above it, or on it and below.
        upper: bool,
    },
    /// `x.diagonal(offset)`: the array and the number of the diagonal.
    Diagonal,
    /// `np.diag(x, k)`: the diagonal of a matrix, or the matrix of a diagonal.
    Diag,
    /// `np.histogram(x, bins, weights=w)[0]`: the array, the number of bins, and weights if given.
    Histogram,
    /// `np.histogram(x, bins)[1]`
    HistogramEdges,
    /// `np.cov(x)`: one operand.
    Covariance {
        /// Whether a variable is a row.
        rows: bool,
        /// Taken off the number of observations.
        ddof: i64,
    },
    /// `x.shape[axis]`, `len(x)`: a Python int.
    Extent(i64),
    /// `x.size`: a Python int.
    Size,
    /// `x.ndim`: a Python int.
    Rank,
    /// `x is not None` of an input: no operands.
    IsGiven(Handle<Input>),
}

/// How arrays are joined whose ranks decide the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// `np.vstack`: vectors are rows; along the first axis.
    Rows,
    /// `np.hstack`: along the second axis, vectors along their own.
    Columns,
    /// `np.column_stack`: vectors are columns; along the second axis.
    ColumnStack,
}

/// How the elements of an array combine into one value.
#[allow(missing_docs, reason = "each is named as in NumPy")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fold {
    Sum,
    /// In the type of the elements.
    Added,
    Product,
    Min,
    Max,
    Fmin,
    Fmax,
    Mean,
    /// Divided by the count less `ddof`.
    Var {
        ddof: i64,
    },
    /// Its square root.
    Std {
        ddof: i64,
    },
    Any,
    All,
    /// The first place of the least element.
    Argmin,
    /// The first place of the greatest element.
    Argmax,
    CountNonzero,
}

/// What a new array is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fill {
    /// Anything.
    Empty,
    /// 0
    Zeros,
    /// 1
    Ones,
    /// An operand.
    Value,
    /// 1 on the diagonal, 0 elsewhere; of two extents.
    Identity,
}

/// The element type that is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dtype {
    /// The function's own choice.
    #[default]
    Default,
    /// By name: `np.float32`, `float`, `"int64"`.
    Named(Conversion),
    /// `x.dtype`
    Of(Handle<Expression>),
    /// That of what is stored first, as `np.array` of a list chooses it.
    Stored,
    /// That of whatever is stored, Python's numbers as they are: a list.
    Kept,
}

impl ArrayForm {
    /// The operands, in order of evaluation.
    pub fn children(&self) -> Vec<Handle<Expression>> {
        match self {
            Self::Whole(_) | Self::NewAxis | Self::Ellipsis => Vec::new(),
            Self::Slice { start, stop, step } => [start, stop, step].into_iter().flatten().copied().collect(),
            Self::Index { base, subscripts } => std::iter::once(*base).chain(subscripts.iter().copied()).collect(),
            Self::Call { function, arguments } => {
                let of = match function.dtype() {
                    Some(Dtype::Of(value)) => Some(value),
                    Some(Dtype::Default | Dtype::Named(_) | Dtype::Stored | Dtype::Kept) | None => None,
                };
                arguments.iter().copied().chain(of).collect()
            }
        }
    }

    /// The element type that is asked for, if one can be.
    pub fn dtype(&self) -> Option<Dtype> {
        match self {
            Self::Call { function, .. } => function.dtype(),
            Self::Whole(_) | Self::NewAxis | Self::Ellipsis | Self::Slice { .. } | Self::Index { .. } => None,
        }
    }
}

impl ArrayFunction {
    fn dtype(&self) -> Option<Dtype> {
        match self {
            Self::Make { dtype, .. }
            | Self::MakeLike { dtype, .. }
            | Self::Arange(dtype)
            | Self::Linspace { dtype, .. }
            | Self::Literal { dtype, .. }
            | Self::Cast(dtype) => Some(*dtype),
            _ => None,
        }
    }
}
