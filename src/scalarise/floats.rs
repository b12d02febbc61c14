//! Which elements are surely floats, before `infer` gives types.

use super::Ex;
use crate::infer::{InputTy, Kind, Signature};
use crate::ir::{
    Array, ArrayOrigin, BinaryOp, Conversion, Element, Expression, Function, Handle, Literal, Region, UnaryOp,
};

/// A region under a signature.
pub(super) struct Floats<'r> {
    pub(super) region: &'r Region,
    pub(super) signature: &'r Signature,
}

impl Floats<'_> {
    /// Whether an array's elements are surely floats of 32 or 64 bits.
    pub(super) fn array(&self, array: Handle<Array>) -> bool {
        self.is_float_array(array, &mut Vec::new())
    }

    /// Whether they are complex numbers, as far as the array says itself.
    pub(super) fn is_complex(&self, array: Handle<Array>) -> bool {
        match &self.region.arrays[array].origin {
            ArrayOrigin::Local {
                element: Element::Named(to),
                ..
            } => to.is_complex(),
            ArrayOrigin::Local { .. } | ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => false,
        }
    }

    fn is_float_array(&self, array: Handle<Array>, open: &mut Vec<Handle<Array>>) -> bool {
        if open.contains(&array) {
            return false;
        }
        open.push(array);
        let float = match &self.region.arrays[array].origin {
            ArrayOrigin::Input(input) => match self.signature.get(&self.region.inputs[*input].name) {
                Some(InputTy::Array(ty)) => ty.columns.is_uniform() && matches!(ty.element.kind, Kind::F32 | Kind::F64),
                Some(InputTy::Scalar(_) | InputTy::Nothing) | None => false,
            },
            ArrayOrigin::Variable(_) => false,
            ArrayOrigin::Local { element, .. } => match element {
                Element::Named(conversion) => matches!(
                    conversion,
                    Conversion::Float | Conversion::Float32 | Conversion::Float64
                ),
                Element::Like(other) => self.is_float_array(*other, open),
                Element::Of(value) | Element::SumOf(value) | Element::MeanOf(value) | Element::WideOf(value) => {
                    self.is_float(*value, open)
                }
                Element::Listed => false,
            },
        };
        open.pop();
        float
    }

    /// Whether an expression is surely a float.
    fn is_float(&self, root: Ex, open: &mut Vec<Handle<Array>>) -> bool {
        match &self.region.expressions[root] {
            Expression::Literal(Literal::Float(_)) => true,
            Expression::Input(input) => match self.signature.get(&self.region.inputs[*input].name) {
                Some(InputTy::Scalar(ty)) => ty.kind.is_float(),
                Some(InputTy::Array(_) | InputTy::Nothing) | None => false,
            },
            Expression::Load { array, .. } => self.is_float_array(*array, open),
            Expression::Unary { op, operand } => {
                matches!(op, UnaryOp::Negate | UnaryOp::Plus) && self.is_float(*operand, open)
            }
            Expression::Binary { op, left, right } => match op {
                BinaryOp::Divide => true,
                BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => {
                    self.is_float(*left, open) || self.is_float(*right, open)
                }
                BinaryOp::FloorDivide
                | BinaryOp::Modulo
                | BinaryOp::Power
                | BinaryOp::ShiftLeft
                | BinaryOp::ShiftRight
                | BinaryOp::BitAnd
                | BinaryOp::BitOr
                | BinaryOp::BitXor => false,
            },
            Expression::Convert { to, .. } => {
                matches!(to, Conversion::Float | Conversion::Float32 | Conversion::Float64)
            }
            Expression::Call {
                function: Function::Math(_),
                ..
            }
            | Expression::Literal(Literal::Bool(_) | Literal::Int(_) | Literal::Imaginary(_) | Literal::Nothing)
            | Expression::Variable(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Call { .. }
            | Expression::Array(_) => false,
        }
    }
}
