//! Multiplication and addition in one, as `fastmath(contract)` permits.
//!
//! May touch: lanes.

use crate::lanes::{FloatElement, Lanes};

/// Whether the target has an instruction for it; libm's function would be slower than two operations.
const HAS_INSTRUCTION: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

/// Numbers and lanes that can be fused.
pub trait Fused: Copy + core::ops::Mul<Output = Self> + core::ops::Add<Output = Self> {
    /// `self * factor + addend`, rounded once.
    fn once(self, factor: Self, addend: Self) -> Self;
}

impl Fused for f32 {
    #[inline(always)]
    fn once(self, factor: Self, addend: Self) -> Self {
        self.mul_add(factor, addend)
    }
}

impl Fused for f64 {
    #[inline(always)]
    fn once(self, factor: Self, addend: Self) -> Self {
        self.mul_add(factor, addend)
    }
}

impl<T: FloatElement<N>, const N: usize> Fused for Lanes<T, N> {
    #[inline(always)]
    fn once(self, factor: Self, addend: Self) -> Self {
        self.mul_add(factor, addend)
    }
}

/// `a * b + c`, rounded once where the target has an instruction for it, else twice.
#[inline(always)]
pub fn fused<T: Fused>(a: T, b: T, c: T) -> T {
    if HAS_INSTRUCTION { a.once(b, c) } else { a * b + c }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::F64x8;

    #[test]
    fn a_rounding_at_most_is_saved() {
        let (a, c) = (1.0 + f64::EPSILON, -(1.0 + 2.0 * f64::EPSILON));
        let either = [0.0, f64::EPSILON * f64::EPSILON];
        assert!(either.contains(&fused(a, a, c)));
        assert!(either.contains(&fused(F64x8::splat(a), F64x8::splat(a), F64x8::splat(c)).lane(3)));
        assert_eq!(fused(2.0_f32, 3.0, 4.0), 10.0);
    }
}
