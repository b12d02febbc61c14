//! Arrays for registers: SSE2, SSE4.2, NEON and whatever else LLVM knows; it finds the vectors itself.

use super::Cast;
use super::element::arrays;
use super::mask::Mask;
use super::scalar::Scalar;

macro_rules! mask {
    ($name:ident $lane:ident $n:literal $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name([$lane; $n]);

        impl $name {
            #[inline(always)]
            fn zip(self, other: Self, f: impl Fn($lane, $lane) -> $lane) -> Self {
                let mut lanes = self.0;
                let mut i = 0;
                while i < $n {
                    lanes[i] = f(lanes[i], other.0[i]);
                    i += 1;
                }
                $name(lanes)
            }
        }

        /// Lanes are all ones or all zeros.
        impl Mask for $name {
            const LANES: usize = $n;
            #[inline(always)]
            fn splat(on: bool) -> Self {
                $name([-(on as $lane); $n])
            }
            #[inline(always)]
            fn from_bits(bits: u32) -> Self {
                let mut lanes = [0; $n];
                let mut i = 0;
                while i < $n {
                    lanes[i] = -((bits >> i & 1) as $lane);
                    i += 1;
                }
                $name(lanes)
            }
            #[inline(always)]
            fn from_bools<const N: usize>(on: [bool; N]) -> Self {
                let mut lanes = [0; $n];
                let mut i = 0;
                while i < N {
                    lanes[i] = -(on[i] as $lane);
                    i += 1;
                }
                $name(lanes)
            }
            #[inline(always)]
            fn bits(self) -> u32 {
                let mut bits = 0;
                let mut i = 0;
                while i < $n {
                    bits |= ((self.0[i] < 0) as u32) << i;
                    i += 1;
                }
                bits
            }
            #[inline(always)]
            fn lane(self, i: usize) -> bool {
                self.0[i] < 0
            }
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                self.zip(other, |a, b| a & b)
            }
            #[inline(always)]
            fn or(self, other: Self) -> Self {
                self.zip(other, |a, b| a | b)
            }
            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                self.zip(other, |a, b| a ^ b)
            }
            #[inline(always)]
            fn not(self) -> Self {
                self.zip(self, |a, _| !a)
            }
            #[inline(always)]
            fn any(self) -> bool {
                let mut any = 0;
                let mut i = 0;
                while i < $n {
                    any |= self.0[i];
                    i += 1;
                }
                any != 0
            }
            #[inline(always)]
            fn all(self) -> bool {
                !self.not().any()
            }
        }
    };
}
mask!(Mask8 i64 8 "The mask of width 8.");
mask!(Mask16 i32 16 "The mask of width 16.");

arrays!(integer: i64, u64, i32, u32, i16, u16, i8, u8; 8 Mask8);
arrays!(float: f64, f32; 8 Mask8);
arrays!(integer: i64, u64, i32, u32, i16, u16, i8, u8; 16 Mask16);
arrays!(float: f64, f32; 16 Mask16);

#[inline(always)]
fn cast_all<T: Cast<U>, U: Scalar, const N: usize>(lanes: [T; N]) -> [U; N] {
    let mut cast = [U::ZERO; N];
    let mut i = 0;
    while i < N {
        cast[i] = lanes[i].cast();
        i += 1;
    }
    cast
}

macro_rules! casts {
    ($($name:ident $from:ident $to:ident $n:literal;)*) => {$(
        #[inline(always)]
        pub(super) fn $name(lanes: [$from; $n]) -> [$to; $n] {
            cast_all(lanes)
        }
    )*};
}
casts! {
    f64x8_to_i64x8 f64 i64 8;
    f64x8_to_i32x8 f64 i32 8;
    f32x8_to_i32x8 f32 i32 8;
    f32x16_to_i32x16 f32 i32 16;
}

/// `y * 2^k`: no instruction does it.
#[inline(always)]
pub(super) fn f64x8_scaled(_: [f64; 8], _: [f64; 8]) -> Option<[f64; 8]> {
    None
}

/// `table[index & 15]`
#[inline(always)]
pub(super) fn f64x8_lookup(table: &[f64; 16], index: [i64; 8]) -> [f64; 8] {
    index.map(|index| table[(index & 15) as usize])
}
