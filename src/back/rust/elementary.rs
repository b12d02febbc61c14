//! Elementary functions of single numbers have two homes.
//!
//! Where a region asks for a GPU, they are those of `ferrokeet_kernel::math::single`, which have the bits of the GPU's and of the lanes',
//! in all variants: what an iteration gives does not depend on where it ran. Everywhere else they are the C library's, which CPython
//! and NumPy call.

use super::region::Scene;
use crate::ir::{Expression, Handle};

impl Scene<'_> {
    /// Whether functions have the bits of a GPU's.
    pub(super) fn has_own_functions(&self) -> bool {
        self.plan.wants_device()
    }

    /// Whether a power is a product, as it is on a GPU and in lanes: its exponent is a literal 2.
    pub(super) fn is_own_square(&self, exponent: Handle<Expression>) -> bool {
        self.has_own_functions() && self.plan.whole_exponent(exponent) == Some(2)
    }

    /// A function, named as in `<math.h>`, of numbers of one kind.
    pub(super) fn elementary(&self, name: &str, operands: &[&str]) -> String {
        match operands {
            _ if self.has_own_functions() => format!("single::{name}({})", operands.join(", ")),
            [] => String::new(),
            [first, others @ ..] => format!("{first}.{}({})", in_the_library(name), others.join(", ")),
        }
    }

    /// A function of a complex number.
    pub(super) fn elementary_of_complex(&self, name: &str, operand: &str) -> String {
        match self.has_own_functions() {
            true => format!("single::{name}({operand})"),
            false => format!("{operand}.{}()", of_complex_in_the_library(name)),
        }
    }

    /// NumPy's power of complex numbers.
    pub(super) fn power_of_complex(&self, a: &str, b: &str) -> String {
        match self.has_own_functions() {
            true => format!("single::numpy_power({a}, {b})"),
            false => format!("{a}.numpy_pow({b})"),
        }
    }

    /// CPython's power of complex numbers.
    pub(super) fn python_power_of_complex(&self, a: &str, b: &str) -> String {
        match self.has_own_functions() {
            true => format!("single::python_power({a}, {b})"),
            false => format!("python_pow({a}, {b})"),
        }
    }
}

/// The method of `Complex` that calls the C library's function.
fn of_complex_in_the_library(name: &str) -> &str {
    match name {
        "acos" => "arccos",
        "acosh" => "arccosh",
        "asin" => "arcsin",
        "asinh" => "arcsinh",
        "atan" => "arctan",
        "atanh" => "arctanh",
        "size" => "abs",
        "turn" => "angle",
        same => same,
    }
}

/// The method of Rust's floats, or of `ScalarMath`, that calls the C library's function.
fn in_the_library(name: &str) -> &str {
    match name {
        "acosh" => "area_cosine",
        "asinh" => "area_sine",
        "atanh" => "area_tangent",
        "erf" => "error_function",
        "erfc" => "complementary_error_function",
        "expm1" => "exp_m1",
        "log" => "ln",
        "log1p" => "ln_1p",
        "logaddexp" => "log_add_exp",
        "pow" => "powf",
        same => same,
    }
}
