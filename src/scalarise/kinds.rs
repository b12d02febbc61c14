//! What little is known of types before `infer`: bools, because a mask is no index, and what is evidently an int.

use super::Ex;
use super::make::conversion;
use super::scalariser::Scalariser;
use super::shape::Shaped;
use crate::infer::{InputTy, Kind, Origin};
use crate::ir::{
    Array, ArrayOrigin, BinaryOp, Conversion, Dtype, Element, Expression, Function, Handle, Literal, Ufunc, UnaryOp,
};

/// What a number evidently is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evident {
    Int,
    /// An integer with which others make floats.
    Uint64,
    Float,
    Unknown,
}

/// What numbers of a kind evidently are.
fn evident_of(kind: Kind) -> Evident {
    match kind {
        Kind::U64 => Evident::Uint64,
        Kind::F64 => Evident::Float,
        kind if kind.is_integer() => Evident::Int,
        _ => Evident::Unknown,
    }
}

impl Scalariser<'_> {
    /// Whether an element-wise operation gives bools.
    pub(super) fn gives_bools(&self, operation: &Expression, operands: &[Shaped]) -> bool {
        let all = || {
            operands.iter().all(|one| match one.as_number() {
                Some(number) => self.is_bool_number(number),
                None => one.boolean,
            })
        };
        match operation {
            Expression::Compare { .. } => true,
            Expression::Unary {
                op: UnaryOp::Invert, ..
            }
            | Expression::Binary {
                op: BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor | BinaryOp::Add | BinaryOp::Multiply,
                ..
            } => all(),
            Expression::Convert { to, .. } => matches!(to, Conversion::NumpyBool | Conversion::Bool),
            Expression::Call {
                function: Function::Numpy(ufunc),
                ..
            } => match ufunc {
                Ufunc::Equal
                | Ufunc::NotEqual
                | Ufunc::Less
                | Ufunc::LessEqual
                | Ufunc::Greater
                | Ufunc::GreaterEqual
                | Ufunc::Isfinite
                | Ufunc::Isinf
                | Ufunc::Isnan
                | Ufunc::Signbit
                | Ufunc::LogicalAnd
                | Ufunc::LogicalNot
                | Ufunc::LogicalOr
                | Ufunc::LogicalXor => true,
                Ufunc::BitwiseAnd | Ufunc::BitwiseOr | Ufunc::BitwiseXor | Ufunc::Invert => all(),
                Ufunc::Maximum | Ufunc::Minimum => all(),
                Ufunc::Where => operands[1..].iter().all(|one| one.boolean),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether any complex number is handed in, written or converted to.
    pub(super) fn knows_complex(&self) -> bool {
        let handed = self
            .from
            .inputs
            .iter()
            .any(|(_, one)| match self.signature.get(&one.name) {
                Some(InputTy::Array(ty)) => ty.element.kind.is_complex(),
                Some(InputTy::Scalar(ty)) => ty.kind.is_complex(),
                Some(InputTy::Nothing) | None => false,
            });
        handed
            || self.from.expressions.iter().any(|(_, one)| match one {
                Expression::Literal(Literal::Imaginary(_) | Literal::Nothing)
                | Expression::Call {
                    function: Function::Complex,
                    ..
                } => true,
                Expression::Convert { to, .. } => to.is_complex(),
                Expression::Array(form) => form.dtype().is_some_and(|dtype| match dtype {
                    Dtype::Named(to) => to.is_complex(),
                    Dtype::Default | Dtype::Of(_) | Dtype::Stored | Dtype::Kept => false,
                }),
                _ => false,
            })
    }

    /// The kind of an array's elements, if it is known yet.
    pub(super) fn kind_of_array(&self, array: Handle<Array>) -> Option<Kind> {
        match &self.to.arrays[array].origin {
            ArrayOrigin::Input(input) => match self.input(*input) {
                Some(InputTy::Array(ty)) => Some(ty.element.kind).filter(|_| ty.columns.is_uniform()),
                Some(InputTy::Scalar(_) | InputTy::Nothing) | None => None,
            },
            ArrayOrigin::Local {
                element: Element::Named(of),
                ..
            } => kind_of_conversion(*of),
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => None,
        }
    }

    /// Whether values surely have elements of one dtype: views of arrays of the same kind, or one single value.
    pub(super) fn same_kinds(&self, values: &[Shaped]) -> bool {
        let kind = |value: &Shaped| value.view().and_then(|(array, _)| self.kind_of_array(array));
        let same_array = |a: &Shaped, b: &Shaped| match (a.view(), b.view()) {
            (Some((x, _)), Some((y, _))) => x == y,
            (_, _) => false,
        };
        values.windows(2).all(|pair| {
            same_array(&pair[0], &pair[1]) || (kind(&pair[0]).is_some() && kind(&pair[0]) == kind(&pair[1]))
        })
    }

    /// Whether a number surely is complex, of whichever width.
    pub(super) fn is_evidently_complex(&self, number: Ex) -> bool {
        let of = |one: &Ex| self.is_evidently_complex(*one);
        match &self.to.expressions[number] {
            Expression::Literal(Literal::Imaginary(_)) => true,
            Expression::Convert { to, .. } => to.is_complex(),
            Expression::Unary { op, operand } => *op != UnaryOp::Not && of(operand),
            Expression::Binary { left, right, .. } => of(left) || of(right),
            Expression::Load { array, .. } => self.kind_of_array(*array).is_some_and(Kind::is_complex),
            _ => false,
        }
    }

    pub(super) fn evident(&self, number: Ex) -> Evident {
        let of = |handle: &Ex| self.evident(*handle);
        match &self.to.expressions[number] {
            Expression::Literal(Literal::Int(_) | Literal::Bool(_))
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_) => Evident::Int,
            Expression::Literal(Literal::Float(_)) => Evident::Float,
            Expression::Input(input) => match self.input(*input) {
                Some(InputTy::Scalar(ty)) => evident_of(ty.kind),
                _ => Evident::Unknown,
            },
            Expression::Binary { op, left, right } => match (op, of(left), of(right)) {
                (BinaryOp::Divide, Evident::Int | Evident::Float, Evident::Int | Evident::Float) => Evident::Float,
                (_, Evident::Int, Evident::Int) => Evident::Int,
                (_, Evident::Uint64, _)
                    if matches!(self.to.expressions[*right], Expression::Literal(Literal::Int(_))) =>
                {
                    Evident::Uint64
                }
                (_, Evident::Float, Evident::Int | Evident::Float) | (_, Evident::Int, Evident::Float) => {
                    Evident::Float
                }
                (_, _, _) => Evident::Unknown,
            },
            Expression::Unary { operand, .. } => of(operand),
            Expression::Convert { to, .. } => match to {
                Conversion::Int | Conversion::Int64 => Evident::Int,
                Conversion::Float | Conversion::Float64 => Evident::Float,
                _ => Evident::Unknown,
            },
            Expression::Call {
                function: Function::Min | Function::Max,
                arguments,
            } => {
                if arguments.iter().all(|one| of(one) == Evident::Int) {
                    Evident::Int
                } else {
                    Evident::Unknown
                }
            }
            Expression::Variable(variable) => self.evident_variable(*variable),
            Expression::Load { array, .. } => match self.kind_of_array(*array) {
                Some(kind) => evident_of(kind),
                None => Evident::Unknown,
            },
            Expression::Select { accept, reject, .. } if of(accept) == of(reject) => of(accept),
            Expression::Literal(Literal::Imaginary(_) | Literal::Nothing)
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Call { .. }
            | Expression::Array(_) => Evident::Unknown,
        }
    }

    /// A literal, or a temporary for one.
    pub(super) fn written(&self, number: Ex) -> Option<Literal> {
        match &self.to.expressions[number] {
            Expression::Literal(literal) => Some(*literal),
            Expression::Variable(variable) if self.to.variables[*variable].temporary => {
                match self.assigned_values(*variable)[..] {
                    [only] => self.written(only),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a variable was assigned so far.
    fn assigned_values(&self, variable: Handle<crate::ir::Variable>) -> Vec<Ex> {
        let mut values = Vec::new();
        for block in &self.blocks {
            crate::ir::visit_statements(&self.to, block, &mut |statement, _| {
                if let crate::ir::Statement::Assign {
                    variable: assigned,
                    value,
                } = statement
                    && *assigned == variable
                {
                    values.push(*value);
                }
            });
        }
        values
    }

    /// A temporary that was assigned once so far is what it was assigned, and may count from there.
    fn evident_variable(&self, variable: Handle<crate::ir::Variable>) -> Evident {
        let mut values = self.assigned_values(variable);
        if self.to.variables[variable].temporary {
            values.retain(|value| !self.is_one_more(variable, *value));
            return match values[..] {
                [only] => self.evident(only),
                _ => Evident::Unknown,
            };
        }
        let always = [Evident::Int, Evident::Uint64].into_iter();
        let mut always = always.filter(|one| self.is_always_an_element(variable, *one));
        always.next().unwrap_or(Evident::Unknown)
    }

    /// `variable + 1`
    fn is_one_more(&self, variable: Handle<crate::ir::Variable>, value: Ex) -> bool {
        match self.to.expressions[value] {
            Expression::Binary {
                op: BinaryOp::Add,
                left,
                right,
            } => {
                self.to.expressions[left] == Expression::Variable(variable)
                    && self.to.expressions[right] == Expression::Literal(Literal::Int(1))
            }
            _ => false,
        }
    }

    /// Whether a variable of the program is only ever assigned elements of arrays that evidently are so.
    fn is_always_an_element(&self, variable: Handle<crate::ir::Variable>, wanted: Evident) -> bool {
        let from = self.from;
        let mut always = variable.index() < from.variables.len() && from.variables[variable].initial.is_none();
        crate::ir::visit_statements(from, &from.body, &mut |statement, _| {
            if let crate::ir::Statement::Assign {
                variable: assigned,
                value,
            } = statement
                && *assigned == variable
            {
                always &= match &from.expressions[*value] {
                    Expression::Load { array, subscripts } => match from.arrays[*array].origin {
                        ArrayOrigin::Input(input) => match self.input(input) {
                            Some(InputTy::Array(ty)) => {
                                let one = ty.columns.is_uniform() && ty.rank as usize == subscripts.len();
                                one && evident_of(ty.element.kind) == wanted
                            }
                            Some(InputTy::Scalar(_) | InputTy::Nothing) | None => false,
                        },
                        ArrayOrigin::Variable(_) | ArrayOrigin::Local { .. } => false,
                    },
                    _ => false,
                };
            }
        });
        always
    }

    /// Whether an input is an integer of a NumPy type.
    pub(super) fn is_numpy_int(&self, input: Handle<crate::ir::Input>) -> bool {
        match self.input(input) {
            Some(InputTy::Scalar(ty)) => ty.origin == Origin::Numpy && ty.kind.is_integer(),
            Some(InputTy::Array(_) | InputTy::Nothing) | None => false,
        }
    }
}

/// The kind of the elements that a conversion gives.
fn kind_of_conversion(to: Conversion) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| conversion(*kind) == to)
}
