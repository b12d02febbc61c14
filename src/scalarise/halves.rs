//! Which elements may be float16: NumPy adds and multiplies those up in float32, and rounds what comes out.
//!
//! An element is a half because an array or a number is, because it was converted, or because a function of bools or bytes gave it.
//! Where none can be one, sums are as they always were; where one may be, nothing is lost by keeping it in a wider variable.

use std::collections::HashSet;

use super::Ex;
use super::scalariser::Scalariser;
use super::shape::{Body, Shaped};
use crate::infer::{InputTy, Kind};
use crate::ir::{Array, ArrayOrigin, Conversion, Element, Expression, Fold, Function, Handle};
use crate::source::Span;

impl Scalariser<'_> {
    /// A number as NumPy adds it up.
    pub(super) fn widened(&mut self, number: Ex, span: Span) -> Ex {
        self.kept_in("wide", Element::WideOf(number), number, span)
    }

    /// A value in a variable that has its type from elsewhere.
    pub(super) fn kept_in(&mut self, wanted: &str, storage: Element, value: Ex, span: Span) -> Ex {
        let variable = self.accumulator(wanted, Some(storage), span);
        self.assign(variable, value, span);
        self.add(Expression::Variable(variable), span)
    }

    /// Whether a value is an array of float16, or a view of one.
    pub(super) fn is_half(&self, value: &Shaped) -> bool {
        let array = value.view().map(|(array, _)| array);
        array.and_then(|array| self.kind_of_array(array)) == Some(Kind::F16)
    }

    /// Whether elements of a value may be float16.
    pub(super) fn may_be_half(&self, value: &Shaped) -> bool {
        match &*value.body {
            Body::Number(number) => self.number_may_be_half(*number, &mut HashSet::new()),
            Body::View(array, _) => self.array_may_be_half(*array, &mut HashSet::new()),
            Body::Part(base, _) | Body::Reshaped(base) => self.may_be_half(base),
            Body::Map(operation, operands, _) => match operation {
                Expression::Convert { to, .. } => *to == Conversion::Float16,
                Expression::Compare { .. } => false,
                Expression::Call {
                    function: Function::Numpy(_),
                    ..
                } => operands
                    .iter()
                    .any(|one| self.may_be_half(one) || self.may_be_byte(one)),
                _ => operands.iter().any(|one| self.may_be_half(one)),
            },
            Body::Fold(fold, operand, ..) | Body::FoldKept(fold, operand, ..) => match fold {
                Fold::Argmin | Fold::Argmax | Fold::Any | Fold::All | Fold::CountNonzero => false,
                Fold::Sum
                | Fold::Added
                | Fold::Product
                | Fold::Min
                | Fold::Max
                | Fold::Fmin
                | Fold::Fmax
                | Fold::Mean
                | Fold::Var { .. }
                | Fold::Std { .. } => self.may_be_half(operand),
            },
            Body::Contract(a, b, _) => self.may_be_half(a) || self.may_be_half(b),
            Body::Stacked(parts, _) => parts.iter().any(|one| self.may_be_half(one)),
            Body::Range { .. } | Body::Samples { .. } | Body::Identity(..) => false,
        }
    }

    /// Whether elements may be bools or integers of eight bits, whose square root is a half.
    fn may_be_byte(&self, value: &Shaped) -> bool {
        let byte = |kind: Kind| matches!(kind, Kind::Bool | Kind::I8 | Kind::U8);
        value.boolean
            || match &*value.body {
                Body::View(array, _) => self.kind_of_array(*array).is_some_and(byte),
                Body::Part(base, _) | Body::Reshaped(base) => self.may_be_byte(base),
                Body::Map(Expression::Convert { to, .. }, ..) => {
                    matches!(to, Conversion::NumpyBool | Conversion::Int8 | Conversion::UInt8)
                }
                Body::Map(_, operands, _) => operands.iter().any(|one| self.may_be_byte(one)),
                _ => false,
            }
    }

    fn array_may_be_half(&self, array: Handle<Array>, seen: &mut HashSet<Ex>) -> bool {
        match &self.to.arrays[array].origin {
            ArrayOrigin::Input(_) => self.kind_of_array(array) == Some(Kind::F16),
            ArrayOrigin::Variable(_) => self.knows_halves(),
            ArrayOrigin::Local { element, .. } => self.element_may_be_half(*element, seen),
        }
    }

    fn element_may_be_half(&self, element: Element, seen: &mut HashSet<Ex>) -> bool {
        match element {
            Element::Named(conversion) => conversion == Conversion::Float16,
            Element::Like(other) => self.array_may_be_half(other, seen),
            Element::Of(value) | Element::SumOf(value) | Element::MeanOf(value) => self.number_may_be_half(value, seen),
            Element::Listed => self.knows_halves(),
            Element::WideOf(_) => false,
        }
    }

    fn number_may_be_half(&self, number: Ex, seen: &mut HashSet<Ex>) -> bool {
        if !seen.insert(number) {
            return false;
        }
        match &self.to.expressions[number] {
            Expression::Input(input) => match self.input(*input) {
                Some(InputTy::Scalar(ty)) => ty.kind == Kind::F16,
                Some(InputTy::Array(_) | InputTy::Nothing) | None => false,
            },
            Expression::Load { array, .. } => self.array_may_be_half(*array, seen),
            Expression::Variable(variable) => match self.to.variables[*variable].storage {
                Some(element) => self.element_may_be_half(element, seen),
                None => self.knows_halves(),
            },
            Expression::Convert { to, .. } => *to == Conversion::Float16,
            Expression::Call {
                function: Function::Numpy(_),
                arguments,
            } => self.knows_bytes() || arguments.iter().any(|one| self.number_may_be_half(*one, seen)),
            Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Select { .. }
            | Expression::Call { .. } => {
                let operands = crate::ir::children(&self.to.expressions[number]);
                operands.into_iter().any(|one| self.number_may_be_half(one, seen))
            }
            Expression::Literal(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Array(_) => false,
        }
    }

    /// Whether any half is handed in, or converted to.
    fn knows_halves(&self) -> bool {
        self.is_handed(&[Kind::F16])
            || self.from.expressions.iter().any(|(_, one)| {
                matches!(
                    one,
                    Expression::Convert {
                        to: Conversion::Float16,
                        ..
                    }
                )
            })
    }

    /// Whether any bool or integer of eight bits is handed in.
    fn knows_bytes(&self) -> bool {
        self.is_handed(&[Kind::Bool, Kind::I8, Kind::U8])
    }

    fn is_handed(&self, kinds: &[Kind]) -> bool {
        self.from
            .inputs
            .iter()
            .any(|(_, one)| match self.signature.get(&one.name) {
                Some(InputTy::Array(ty)) => kinds.contains(&ty.element.kind),
                Some(InputTy::Scalar(ty)) => kinds.contains(&ty.kind),
                Some(InputTy::Nothing) | None => false,
            })
    }
}
