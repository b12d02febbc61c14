//! The functions that distributions take.

use crate::math::single;

/// Exponentials, logarithms, powers and angles of `f64`.
pub trait Functions {
    /// Exponential.
    fn exp(x: f64) -> f64;
    /// Exponential, less 1.
    fn expm1(x: f64) -> f64;
    /// Natural logarithm.
    fn log(x: f64) -> f64;
    /// Natural logarithm of 1 more.
    fn log1p(x: f64) -> f64;
    /// Power.
    fn pow(x: f64, exponent: f64) -> f64;
    /// Cosine.
    fn cos(x: f64) -> f64;
    /// Arc cosine.
    fn acos(x: f64) -> f64;
}

/// The C library's, which NumPy calls.
#[derive(Clone, Debug)]
pub enum Library {}

/// Those of [`crate::math`], which have the bits of a GPU's.
#[derive(Clone, Debug)]
pub enum Own {}

macro_rules! functions {
    ($home:ident: $($name:ident $($argument:ident)*, $value:expr;)*) => {
        impl Functions for $home {
            $(
                #[inline(always)]
                fn $name(x: f64 $(, $argument: f64)*) -> f64 {
                    let call: fn(f64 $(, functions!(number $argument))*) -> f64 = $value;
                    call(x $(, $argument)*)
                }
            )*
        }
    };
    (number $argument:ident) => { f64 };
}
functions! { Library:
    exp, f64::exp;
    expm1, f64::exp_m1;
    log, f64::ln;
    log1p, f64::ln_1p;
    pow exponent, f64::powf;
    cos, f64::cos;
    acos, f64::acos;
}
functions! { Own:
    exp, single::exp;
    expm1, single::expm1;
    log, single::log;
    log1p, single::log1p;
    pow exponent, single::pow;
    cos, single::cos;
    acos, single::acos;
}
