//! Fixed-width SPMD values: one [`Lanes<T, N>`] holds the values that `N` neighbouring iterations have for one variable.
//!
//! A loop that runs in lanes picks one width for all its variables: 8 where a 64-bit type takes part, 16 where the widest
//! type has 32 bits, whatever the instruction set. (`Lanes<f64, 16>` exists for 16-wide loops that touch a few 64-bit
//! values; it costs two registers.) Width 1 is the scalar case: the same generic body, hence the same bits, serves the
//! tail of a loop. Control flow becomes masks: [`Mask8`], [`Mask16`], [`Mask1`], all [`Mask`].
//!
//! **Meaning.** Every operation is the IEEE or two's-complement operation of its lane; integers wrap; shifts follow NumPy (a
//! count outside the width gives 0 or the sign). Nothing is contracted or reassociated except in
//! [`mul_add`](Lanes::mul_add), which rounds once everywhere, and in the reductions, whose tree is fixed:
//! `lane[i] + lane[i + N/2]`, halving. A lane whose mask is off takes no part: masked loads, gathers and stores do not
//! touch its memory.
//!
//! **Representation.** [`Element`] says, per type and width, which registers hold the lanes (always laid out as `[T; N]`)
//! and how the operations are done; its defaults work on arrays, and each instruction set overrides what matters:
//!
//! | | 8 × 64 bit | 16 × 32 bit | 8 × 32 bit | 8 and 16 bit | mask |
//! |---|---|---|---|---|---|
//! | AVX-512 (F, DQ, BW, VL) | one zmm | one zmm | one ymm | arrays | bits |
//! | AVX2 + FMA | two ymm | two ymm | one ymm | arrays | two ymm of 64 (8) or 32 (16) bit lanes |
//! | others | arrays | arrays | arrays | arrays | arrays of 64 or 32 bit lanes |
//!
//! Why not arrays everywhere: LLVM turns straight-line array code (an `exp` polynomial) into clean zmm code, but not masked
//! loops. Measured on a Zen 4 with `target-cpu=native`: `exp` over an array .53 ns an element both ways; a masked Mandelbrot
//! loop 33 ms with `[f64; 8]` and `[bool; 8]`, 10.7 ms with `__m512d` and `__mmask8`.
//!
//! May touch: nothing.

mod convert;
mod element;
mod face;
#[cfg(all(target_arch = "x86_64", target_feature = "avx2", target_feature = "fma"))]
mod halves;
mod mask;
mod memory;
mod reduce;
mod scalar;
mod stream;

#[cfg(all(
    target_arch = "x86_64",
    target_feature = "avx512f",
    target_feature = "avx512dq",
    target_feature = "avx512bw",
    target_feature = "avx512vl"
))]
#[path = "avx512.rs"]
mod native;

#[cfg(all(
    target_arch = "x86_64",
    target_feature = "avx2",
    target_feature = "fma",
    not(all(
        target_feature = "avx512f",
        target_feature = "avx512dq",
        target_feature = "avx512bw",
        target_feature = "avx512vl"
    ))
))]
#[path = "avx2.rs"]
mod native;

#[cfg(not(all(target_arch = "x86_64", target_feature = "avx2", target_feature = "fma")))]
#[path = "portable.rs"]
mod native;

#[cfg(test)]
mod tests;

pub use convert::Cast;
pub use element::{Element, FloatElement, IntegerElement};
pub use face::Lanes;
pub use mask::{Mask, Mask1};
pub use memory::Index;
pub use native::{Mask8, Mask16};
pub use scalar::{Float, Integer, Kind, Scalar};
pub use stream::{drain, streams, to_line};

/// 8 lanes of `f64`.
pub type F64x8 = Lanes<f64, 8>;
/// 8 lanes of `i64`.
pub type I64x8 = Lanes<i64, 8>;
/// 8 lanes of `u64`.
pub type U64x8 = Lanes<u64, 8>;
/// 8 lanes of `f32`.
pub type F32x8 = Lanes<f32, 8>;
/// 8 lanes of `i32`.
pub type I32x8 = Lanes<i32, 8>;
/// 8 lanes of `u32`.
pub type U32x8 = Lanes<u32, 8>;
/// 8 lanes of `i16`.
pub type I16x8 = Lanes<i16, 8>;
/// 8 lanes of `u16`.
pub type U16x8 = Lanes<u16, 8>;
/// 8 lanes of `i8`.
pub type I8x8 = Lanes<i8, 8>;
/// 8 lanes of `u8`; also of Booleans, as 0 and 1.
pub type U8x8 = Lanes<u8, 8>;
/// 16 lanes of `f64`.
pub type F64x16 = Lanes<f64, 16>;
/// 16 lanes of `i64`.
pub type I64x16 = Lanes<i64, 16>;
/// 16 lanes of `u64`.
pub type U64x16 = Lanes<u64, 16>;
/// 16 lanes of `f32`.
pub type F32x16 = Lanes<f32, 16>;
/// 16 lanes of `i32`.
pub type I32x16 = Lanes<i32, 16>;
/// 16 lanes of `u32`.
pub type U32x16 = Lanes<u32, 16>;
/// 16 lanes of `i16`.
pub type I16x16 = Lanes<i16, 16>;
/// 16 lanes of `u16`.
pub type U16x16 = Lanes<u16, 16>;
/// 16 lanes of `i8`.
pub type I8x16 = Lanes<i8, 16>;
/// 16 lanes of `u8`; also of Booleans, as 0 and 1.
pub type U8x16 = Lanes<u8, 16>;
