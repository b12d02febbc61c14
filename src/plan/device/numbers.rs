//! Which numbers the kernels of a GPU know, and what they know of them.

use crate::infer::ArrayTy;
use crate::ir::{Expression, Handle, Literal};
use crate::plan::Plan;

impl Plan<'_> {
    /// Whether all numbers are of kinds that the kernels know.
    pub(super) fn numbers_fit(&self) -> Result<(), String> {
        let arrays: Vec<ArrayTy> = self.region.arrays.handles().map(|one| self.types.array(one)).collect();
        if arrays.iter().any(|ty| ty.rank == 0) {
            return Err("arrays without axes are not yet handed to a GPU".to_owned());
        }
        Ok(())
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
