//! Python ints that do not fit the elements they meet, where there are none.
//!
//! NumPy converts a Python int to the type of the elements before it looks at any (NEP 50): `a[n:] += 300` of bytes raises where the
//! slice is empty, too. Loops over elements convert where they compute, which is nowhere then. So where elements are narrow or
//! unsigned ints, the operation is done once before its loops, with a zero of their type for each array.

use std::ops::RangeInclusive;

use super::Ex;
use super::kinds::Evident;
use super::make::conversion;
use super::scalariser::Scalariser;
use super::shape::{Body, Shaped};
use crate::ir::{
    self, Array, ArrayOrigin, BinaryOp, Conversion, Element, Expression, Function, Handle, Literal, Statement, Ufunc,
};
use crate::source::Span;

impl Scalariser<'_> {
    /// Has Python ints among the operands of an element-wise operation converted before its loops.
    pub(super) fn convert_first(&mut self, operation: &Expression, operands: &[Shaped], span: Span) {
        if !computes_in_ints(operation) {
            return;
        }
        let mut narrow = Vec::new();
        for operand in operands {
            self.narrow_types(operand, &mut narrow);
        }
        if narrow.is_empty() || !operands.iter().any(|one| self.may_not_fit(one, &narrow)) {
            return;
        }
        let zeros: Option<Vec<Ex>> = operands.iter().map(|one| self.zero_of(one, span)).collect();
        if let Some(zeros) = zeros {
            let once = self.add(ir::with_operands(operation, &zeros), span);
            self.push(Statement::Evaluate(once), span);
        }
    }

    /// The same for a value by which the elements of a target are updated.
    pub(super) fn convert_update(&mut self, op: BinaryOp, target: &Shaped, value: &Shaped, span: Span) {
        let (left, right) = (self.int(0, span), self.int(0, span));
        self.convert_first(
            &Expression::Binary { op, left, right },
            &[target.clone(), value.clone()],
            span,
        );
    }

    /// The same for a number that is stored to the elements of an array. Of signed elements, NumPy makes a Python int of any number first.
    pub(super) fn convert_stored(&mut self, array: Handle<Array>, value: &Shaped, span: Span) {
        if let Some(to) = self.type_of(array)
            && let (Some(range), Some(number)) = (narrow_range(to), value.as_number())
            && !self.is_literal_within(number, &range)
        {
            let mut operand = number;
            if *range.start() < 0 {
                let to = Conversion::Int;
                operand = self.add(Expression::Convert { to, operand }, span);
            }
            let once = self.add(Expression::Convert { to, operand }, span);
            self.push(Statement::Evaluate(once), span);
        }
    }

    /// Whether a value may be a Python int beyond one of some ranges.
    fn may_not_fit(&self, value: &Shaped, narrow: &[RangeInclusive<i128>]) -> bool {
        value.as_number().is_some_and(|number| {
            let fits = narrow.iter().all(|one| self.is_literal_within(number, one));
            !fits && self.evident(number) != Evident::Float
        })
    }

    fn is_literal_within(&self, number: Ex, range: &RangeInclusive<i128>) -> bool {
        match self.to.expressions[number] {
            Expression::Literal(Literal::Int(value)) => range.contains(&i128::from(value)),
            Expression::Literal(Literal::Float(value)) => {
                *range.start() as f64 <= value && value <= *range.end() as f64
            }
            Expression::Literal(Literal::Bool(_)) => true,
            _ => false,
        }
    }

    /// Adds the ranges of the narrow types that a value is computed from.
    fn narrow_types(&self, value: &Shaped, narrow: &mut Vec<RangeInclusive<i128>>) {
        value.visit(&mut |one| {
            let to = one.view().and_then(|(array, _)| self.type_of(array));
            narrow.extend(to.and_then(narrow_range));
        });
    }

    /// A number of the type of a value's elements, if that is known.
    fn zero_of(&mut self, value: &Shaped, span: Span) -> Option<Ex> {
        if let Some(number) = value.as_number() {
            return Some(number);
        }
        match &*value.body {
            Body::View(array, _) => {
                let (to, operand) = (self.type_of(*array)?, self.int(0, span));
                Some(self.add(Expression::Convert { to, operand }, span))
            }
            Body::Part(base, _) | Body::Reshaped(base) => self.zero_of(base, span),
            Body::Map(operation, operands, _) => {
                let zeros: Option<Vec<Ex>> = operands.iter().map(|one| self.zero_of(one, span)).collect();
                Some(self.add(ir::with_operands(operation, &zeros?), span))
            }
            Body::Number(_)
            | Body::Fold(..)
            | Body::FoldKept(..)
            | Body::Contract(..)
            | Body::Range { .. }
            | Body::Samples { .. }
            | Body::Identity(..)
            | Body::Stacked(..) => None,
        }
    }

    /// The type of an array's elements, as far as it is written or handed in.
    fn type_of(&self, array: Handle<Array>) -> Option<Conversion> {
        match self.to.arrays[array].origin {
            ArrayOrigin::Local {
                element: Element::Named(to),
                ..
            } => Some(to),
            ArrayOrigin::Local {
                element: Element::Like(other),
                ..
            } => self.type_of(other),
            _ => self.kind_of_array(array).map(conversion),
        }
    }
}

/// Whether ints are computed with in the type of ints: a quotient of ints is of floats, and comparisons are exact.
fn computes_in_ints(operation: &Expression) -> bool {
    match operation {
        Expression::Binary { op, .. } => *op != BinaryOp::Divide,
        Expression::Call {
            function: Function::Numpy(ufunc),
            ..
        } => matches!(
            ufunc,
            Ufunc::Add
                | Ufunc::BitwiseAnd
                | Ufunc::BitwiseOr
                | Ufunc::BitwiseXor
                | Ufunc::FloorDivide
                | Ufunc::Fmax
                | Ufunc::Fmin
                | Ufunc::Fmod
                | Ufunc::LeftShift
                | Ufunc::Maximum
                | Ufunc::Minimum
                | Ufunc::Multiply
                | Ufunc::Power
                | Ufunc::Remainder
                | Ufunc::RightShift
                | Ufunc::Subtract
        ),
        _ => false,
    }
}

/// The range of integers that leave out some Python ints of 64 bits.
fn narrow_range(to: Conversion) -> Option<RangeInclusive<i128>> {
    Some(match to {
        Conversion::Int8 => i8::MIN.into()..=i8::MAX.into(),
        Conversion::Int16 => i16::MIN.into()..=i16::MAX.into(),
        Conversion::Int32 => i32::MIN.into()..=i32::MAX.into(),
        Conversion::UInt8 => 0..=u8::MAX.into(),
        Conversion::UInt16 => 0..=u16::MAX.into(),
        Conversion::UInt32 => 0..=u32::MAX.into(),
        Conversion::UInt64 => 0..=u64::MAX.into(),
        Conversion::Bool
        | Conversion::NumpyBool
        | Conversion::Int
        | Conversion::Int64
        | Conversion::Float
        | Conversion::Float16
        | Conversion::Float32
        | Conversion::Float64
        | Conversion::Complex
        | Conversion::Complex64
        | Conversion::Complex128 => return None,
    })
}
