//! Which numbers and functions the kernels of a GPU know.

use crate::infer::{ArrayTy, InputTy, Kind};
use crate::ir::{Expression, Function, Ufunc};
use crate::plan::Plan;

impl Plan<'_> {
    /// Whether all numbers are of kinds, and made by functions, that the kernels know.
    pub(super) fn numbers_fit(&self) -> Result<(), String> {
        let known = |kind: Kind| kind != Kind::F16 && !kind.is_complex();
        let arrays: Vec<ArrayTy> = self.region.arrays.handles().map(|one| self.types.array(one)).collect();
        let inputs = self
            .region
            .inputs
            .handles()
            .filter_map(|one| match self.types.input(one) {
                InputTy::Scalar(ty) => Some(ty.kind),
                InputTy::Array(_) => None,
            });
        let variables = self.region.variables.handles().map(|one| self.types.variable(one).kind);
        let mut kinds = arrays.iter().map(|ty| ty.element.kind).chain(inputs).chain(variables);
        if !kinds.all(known) {
            return Err("float16 and complex numbers are not yet computed on a GPU".to_owned());
        }
        if arrays.iter().any(|ty| ty.rank == 0) {
            return Err("arrays without axes are not yet handed to a GPU".to_owned());
        }
        if !self.region.generators.is_empty() {
            return Err("random numbers are not yet drawn on a GPU".to_owned());
        }
        for (_, expression) in self.region.expressions.iter() {
            if let Expression::Call { function, .. } = expression
                && let Some(name) = unknown(*function)
            {
                return Err(format!("`{name}` is not yet computed on a GPU"));
            }
        }
        Ok(())
    }
}

/// The name of a function that the kernels do not know.
fn unknown(function: Function) -> Option<&'static str> {
    match function {
        Function::Complex | Function::Real | Function::Imag | Function::Conjugate | Function::Conj => {
            Some("a part of a complex number")
        }
        Function::Numpy(Ufunc::Angle) => Some("np.angle"),
        Function::Numpy(Ufunc::Conjugate) => Some("np.conjugate"),
        Function::Abs
        | Function::Min
        | Function::Max
        | Function::Round
        | Function::RoundDigits
        | Function::PowerModulo
        | Function::Math(_)
        | Function::Numpy(_) => None,
    }
}
