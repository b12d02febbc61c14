//! Which numbers and functions the kernels of a GPU know.

use crate::infer::{ArrayTy, Kind};
use crate::ir::{BinaryOp, Expression, Function, Handle, Literal, Ufunc};
use crate::plan::Plan;

impl Plan<'_> {
    /// Whether all numbers are of kinds, and made by functions, that the kernels know.
    pub(super) fn numbers_fit(&self) -> Result<(), String> {
        let arrays: Vec<ArrayTy> = self.region.arrays.handles().map(|one| self.types.array(one)).collect();
        if arrays.iter().any(|ty| ty.rank == 0) {
            return Err("arrays without axes are not yet handed to a GPU".to_owned());
        }
        for (root, expression) in self.region.expressions.iter() {
            let computed_in = self.types.operation(root).map(|ty| ty.kind);
            let is_complex = computed_in.is_some_and(Kind::is_complex);
            let name = match expression {
                Expression::Call { function, arguments } if is_complex => {
                    unknown(*function).filter(|_| !self.is_whole_power(*function, arguments))
                }
                Expression::Binary {
                    op: BinaryOp::Power,
                    right,
                    ..
                } if is_complex && !self.may_be_whole(*right) => Some("a power"),
                _ => None,
            };
            if let Some(name) = name {
                return Err(format!("{name} of complex numbers is not yet computed on a GPU"));
            }
        }
        Ok(())
    }

    fn is_whole_power(&self, function: Function, arguments: &[Handle<Expression>]) -> bool {
        function == Function::Numpy(Ufunc::Power) && self.may_be_whole(arguments[1])
    }

    /// Whether an exponent is a whole number: a literal one, or an integer, whose size is tested when it is known.
    fn may_be_whole(&self, root: Handle<Expression>) -> bool {
        self.whole_exponent(root).is_some() || self.types.expression(root).kind.is_integer()
    }

    /// Whether a complex number is raised to powers of which only the kernel sees whether they are small whole numbers.
    pub(super) fn has_powers_to_test(&self) -> bool {
        let mut all = self.region.expressions.iter();
        all.any(|(root, expression)| {
            let exponent = match expression {
                Expression::Binary {
                    op: BinaryOp::Power,
                    right,
                    ..
                } => *right,
                Expression::Call {
                    function: Function::Numpy(Ufunc::Power),
                    arguments,
                } => arguments[1],
                _ => return false,
            };
            let is_complex = self.types.operation(root).is_some_and(|ty| ty.kind.is_complex());
            is_complex && self.whole_exponent(exponent).is_none()
        })
    }

    /// The value of an exponent that is a small whole number, by a literal: such powers are products.
    pub fn whole_exponent(&self, root: Handle<Expression>) -> Option<i64> {
        let value = match self.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => value,
            Expression::Literal(Literal::Float(value)) if value.trunc() == value && value.abs() < 100.0 => value as i64,
            _ => return None,
        };
        (value.abs() < 100).then_some(value)
    }
}

/// The name of a function of complex numbers that the kernels do not know.
fn unknown(function: Function) -> Option<&'static str> {
    match function {
        Function::Abs
        | Function::Complex
        | Function::Real
        | Function::Imag
        | Function::Conjugate
        | Function::Conj
        | Function::Min
        | Function::Max
        | Function::Round
        | Function::RoundDigits
        | Function::PowerModulo
        | Function::Math(_) => None,
        Function::Numpy(
            Ufunc::Add
            | Ufunc::Subtract
            | Ufunc::Multiply
            | Ufunc::Divide
            | Ufunc::Equal
            | Ufunc::NotEqual
            | Ufunc::Square
            | Ufunc::Negative
            | Ufunc::Positive
            | Ufunc::Absolute
            | Ufunc::Angle
            | Ufunc::Conjugate
            | Ufunc::Reciprocal
            | Ufunc::Isfinite
            | Ufunc::Isinf
            | Ufunc::Isnan
            | Ufunc::LogicalAnd
            | Ufunc::LogicalOr
            | Ufunc::LogicalXor
            | Ufunc::LogicalNot
            | Ufunc::Where
            | Ufunc::Cos
            | Ufunc::Cosh
            | Ufunc::Exp
            | Ufunc::Log
            | Ufunc::Sin
            | Ufunc::Sinh
            | Ufunc::Sqrt
            | Ufunc::Tan
            | Ufunc::Tanh,
        ) => None,
        Function::Numpy(_) => Some("an inverse function"),
    }
}
