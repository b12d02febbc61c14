//! AVX-512 (F, DQ, BW, VL): zmm registers for 8 × 64 and 16 × 32 bits, ymm for 8 × 32, bits for masks.
//!
//! 16 × 64 bits are two zmm. Elements of 8 and 16 bits stay arrays: they are stored and widened, seldom computed with, and
//! straight-line array code on them becomes one instruction an operation; their comparisons and selections are done here.

use core::arch::x86_64::*;

use super::halves::{Pair, pairs};
use super::mask::Mask;
use super::{Element, FloatElement, IntegerElement};

/// Calls an intrinsic.
macro_rules! isa {
    ($call:expr) => {
        // SAFETY: this module is compiled only where the target has the instructions; no memory is touched.
        unsafe { $call }
    };
}

macro_rules! mask {
    ($name:ident $bits:ident $n:literal $spread:ident $test:ident $test_not:ident $test_both:ident $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub(super) $bits);

        /// The Boolean operations go by way of spread-out lanes, which LLVM folds away; on plain integers it would move
        /// every mask to a general register and back (Mandelbrot's loop: 10.4 ms that way, 6.9 ms this way).
        impl Mask for $name {
            const LANES: usize = $n;
            #[inline(always)]
            fn splat(on: bool) -> Self {
                $name(if on { $bits::MAX } else { 0 })
            }
            #[inline(always)]
            fn from_bits(bits: u32) -> Self {
                $name(bits as $bits)
            }
            #[inline(always)]
            fn bits(self) -> u32 {
                self.0 as u32
            }
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                let other = isa!($spread(other.0));
                $name(isa!($test_both(self.0, other, other)))
            }
            #[inline(always)]
            fn or(self, other: Self) -> Self {
                let either = isa!(_mm512_or_si512($spread(self.0), $spread(other.0)));
                $name(isa!($test(either, either)))
            }
            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                let one = isa!(_mm512_xor_si512($spread(self.0), $spread(other.0)));
                $name(isa!($test(one, one)))
            }
            #[inline(always)]
            fn not(self) -> Self {
                let lanes = isa!($spread(self.0));
                $name(isa!($test_not(lanes, lanes)))
            }
        }
    };
}
mask!(Mask8 u8 8 _mm512_movm_epi64 _mm512_test_epi64_mask _mm512_testn_epi64_mask _mm512_mask_test_epi64_mask
    "The mask of width 8.");
mask!(Mask16 u16 16 _mm512_movm_epi32 _mm512_test_epi32_mask _mm512_testn_epi32_mask _mm512_mask_test_epi32_mask
    "The mask of width 16.");

impl Mask16 {
    #[inline(always)]
    pub(super) fn halves(self) -> (Mask8, Mask8) {
        (Mask8(self.0 as u8), Mask8((self.0 >> 8) as u8))
    }
    #[inline(always)]
    pub(super) fn joined(low: Mask8, high: Mask8) -> Self {
        Mask16(low.0 as u16 | (high.0 as u16) << 8)
    }
}

macro_rules! unary {
    ($($name:ident = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name(a: Self::Register) -> Self::Register {
            isa!($intrinsic(a))
        }
    )*};
}

macro_rules! binary {
    ($($name:ident = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name(a: Self::Register, b: Self::Register) -> Self::Register {
            isa!($intrinsic(a, b))
        }
    )*};
}

macro_rules! comparison {
    ($mask:ident; $($name:ident = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name(a: Self::Register, b: Self::Register) -> Self::Mask {
            $mask(isa!($intrinsic(a, b)))
        }
    )*};
}

/// `splat` and `select`.
macro_rules! basics {
    ($splat:ident as $as:ty, $blend:ident) => {
        #[inline(always)]
        fn splat(value: Self) -> Self::Register {
            isa!($splat(value as $as))
        }
        #[inline(always)]
        fn select(mask: Self::Mask, a: Self::Register, b: Self::Register) -> Self::Register {
            isa!($blend(mask.0, b, a))
        }
    };
}

/// Masked loads and stores.
macro_rules! memory {
    ($load:ident, $store:ident, $as:ty) => {
        #[inline(always)]
        unsafe fn load_masked(from: *const Self, mask: Self::Mask) -> Self::Register {
            // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
            unsafe { $load(mask.0, from.cast::<$as>()) }
        }
        #[inline(always)]
        unsafe fn store_masked(to: *mut Self, lanes: Self::Register, mask: Self::Mask) {
            // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
            unsafe { $store(to.cast::<$as>(), mask.0, lanes) }
        }
    };
}

/// `unzip` and `zip`; the numbers of the lanes count through both registers.
macro_rules! pairwise {
    ($permute:ident, [$even:expr, $odd:expr, $low:expr, $high:expr]) => {
        #[inline(always)]
        fn unzip(low: Self::Register, high: Self::Register) -> (Self::Register, Self::Register) {
            isa!((
                $permute(low, indices(&$even), high),
                $permute(low, indices(&$odd), high)
            ))
        }
        #[inline(always)]
        fn zip(even: Self::Register, odd: Self::Register) -> (Self::Register, Self::Register) {
            isa!((
                $permute(even, indices(&$low), odd),
                $permute(even, indices(&$high), odd)
            ))
        }
    };
}

/// A register of these numbers.
#[inline(always)]
fn indices<T: Copy, R: Copy, const N: usize>(numbers: &[T; N]) -> R {
    assert!(size_of::<[T; N]>() == size_of::<R>());
    // SAFETY: any bits are integers.
    unsafe { core::mem::transmute_copy(numbers) }
}

const EVEN: [i64; 8] = [0, 2, 4, 6, 8, 10, 12, 14];
const ODD: [i64; 8] = [1, 3, 5, 7, 9, 11, 13, 15];
const LOW: [i64; 8] = [0, 8, 1, 9, 2, 10, 3, 11];
const HIGH: [i64; 8] = [4, 12, 5, 13, 6, 14, 7, 15];
const EVEN_16: [i32; 16] = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];
const ODD_16: [i32; 16] = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31];
const LOW_16: [i32; 16] = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];
const HIGH_16: [i32; 16] = [8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31];

/// Gathers and scatters of 8 lanes by one zmm of indices.
macro_rules! indexed8 {
    ($gather:ident, $scatter:ident, $zero:ident, $scale:literal, $as:ty) => {
        #[inline(always)]
        unsafe fn gather(base: *const Self, index: [i64; 8], mask: Self::Mask) -> Self::Register {
            // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
            unsafe {
                $gather::<$scale>(
                    $zero(),
                    mask.0,
                    <i64 as Element<8>>::pack(index),
                    base.cast::<$as>(),
                )
            }
        }
        #[inline(always)]
        unsafe fn scatter(base: *mut Self, index: [i64; 8], lanes: Self::Register, mask: Self::Mask) {
            // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
            unsafe {
                $scatter::<$scale>(
                    base.cast::<$as>(),
                    mask.0,
                    <i64 as Element<8>>::pack(index),
                    lanes,
                )
            }
        }
    };
}

/// Gathers and scatters of 16 lanes of 32 bits by two zmm of indices.
macro_rules! indexed16 {
    ($t:ident, $join:ident, $split:ident) => {
        #[inline(always)]
        unsafe fn gather(base: *const Self, index: [i64; 16], mask: Self::Mask) -> Self::Register {
            let ((low, high), index) = (mask.halves(), <i64 as Element<16>>::pack(index));
            // SAFETY: the same contract, half by half.
            unsafe {
                $join(
                    <$t as Element<8>>::gather(base, <i64 as Element<8>>::unpack(index.0), low),
                    <$t as Element<8>>::gather(base, <i64 as Element<8>>::unpack(index.1), high),
                )
            }
        }
        #[inline(always)]
        unsafe fn scatter(base: *mut Self, index: [i64; 16], lanes: Self::Register, mask: Self::Mask) {
            let ((low, high), index) = (mask.halves(), <i64 as Element<16>>::pack(index));
            let lanes = $split(lanes);
            // SAFETY: the same contract, half by half, the lower one first.
            unsafe {
                <$t as Element<8>>::scatter(base, <i64 as Element<8>>::unpack(index.0), lanes.0, low);
                <$t as Element<8>>::scatter(base, <i64 as Element<8>>::unpack(index.1), lanes.1, high);
            }
        }
    };
}

#[inline(always)]
fn join_ps(low: __m256, high: __m256) -> __m512 {
    isa!(_mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high))
}

#[inline(always)]
fn split_ps(lanes: __m512) -> (__m256, __m256) {
    isa!((_mm512_castps512_ps256(lanes), _mm512_extractf32x8_ps::<1>(lanes)))
}

#[inline(always)]
fn join_epi32(low: __m256i, high: __m256i) -> __m512i {
    isa!(_mm512_inserti32x8::<1>(_mm512_castsi256_si512(low), high))
}

#[inline(always)]
fn split_epi32(lanes: __m512i) -> (__m256i, __m256i) {
    isa!((_mm512_castsi512_si256(lanes), _mm512_extracti32x8_epi32::<1>(lanes)))
}

// Rounding immediates: nearest, down, up, to zero; bit 3 keeps the exception flags quiet.
const NEAREST: i32 = 8;
const DOWN: i32 = 9;
const UP: i32 = 10;
const TO_ZERO: i32 = 11;

impl Element<8> for f64 {
    type Register = __m512d;
    type Mask = Mask8;
    basics!(_mm512_set1_pd as f64, _mm512_mask_blend_pd);
    binary! {
        add = _mm512_add_pd;
        sub = _mm512_sub_pd;
        mul = _mm512_mul_pd;
        lesser = _mm512_min_pd;
        greater = _mm512_max_pd;
    }
    unary! {
        abs = _mm512_abs_pd;
        neg = |a| _mm512_xor_pd(a, _mm512_set1_pd(-0.0));
    }
    comparison! { Mask8;
        equal = _mm512_cmp_pd_mask::<_CMP_EQ_OQ>;
        less = _mm512_cmp_pd_mask::<_CMP_LT_OQ>;
        less_equal = _mm512_cmp_pd_mask::<_CMP_LE_OQ>;
    }
    memory!(_mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, f64);
    pairwise!(_mm512_permutex2var_pd, [EVEN, ODD, LOW, HIGH]);
    indexed8!(
        _mm512_mask_i64gather_pd,
        _mm512_mask_i64scatter_pd,
        _mm512_setzero_pd,
        8,
        f64
    );
}

impl FloatElement<8> for f64 {
    binary! {
        div = _mm512_div_pd;
        copysign = |a, b| _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<0xd8>(
            _mm512_castpd_si512(a), _mm512_castpd_si512(b), _mm512_set1_epi64(i64::MIN)));
    }
    unary! {
        sqrt = square_root;
        floor = _mm512_roundscale_pd::<DOWN>;
        ceil = _mm512_roundscale_pd::<UP>;
        trunc = _mm512_roundscale_pd::<TO_ZERO>;
        rint = _mm512_roundscale_pd::<NEAREST>;
    }
    #[inline(always)]
    fn mul_add(a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        isa!(_mm512_fmadd_pd(a, b, c))
    }
}

impl Element<16> for f32 {
    type Register = __m512;
    type Mask = Mask16;
    basics!(_mm512_set1_ps as f32, _mm512_mask_blend_ps);
    binary! {
        add = _mm512_add_ps;
        sub = _mm512_sub_ps;
        mul = _mm512_mul_ps;
        lesser = _mm512_min_ps;
        greater = _mm512_max_ps;
    }
    unary! {
        abs = _mm512_abs_ps;
        neg = |a| _mm512_xor_ps(a, _mm512_set1_ps(-0.0));
    }
    comparison! { Mask16;
        equal = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>;
        less = _mm512_cmp_ps_mask::<_CMP_LT_OQ>;
        less_equal = _mm512_cmp_ps_mask::<_CMP_LE_OQ>;
    }
    memory!(_mm512_maskz_loadu_ps, _mm512_mask_storeu_ps, f32);
    pairwise!(_mm512_permutex2var_ps, [EVEN_16, ODD_16, LOW_16, HIGH_16]);
    indexed16!(f32, join_ps, split_ps);
}

impl FloatElement<16> for f32 {
    binary! {
        div = _mm512_div_ps;
        copysign = |a, b| _mm512_castsi512_ps(_mm512_ternarylogic_epi32::<0xd8>(
            _mm512_castps_si512(a), _mm512_castps_si512(b), _mm512_set1_epi32(i32::MIN)));
    }
    unary! {
        sqrt = _mm512_sqrt_ps;
        floor = _mm512_roundscale_ps::<DOWN>;
        ceil = _mm512_roundscale_ps::<UP>;
        trunc = _mm512_roundscale_ps::<TO_ZERO>;
        rint = _mm512_roundscale_ps::<NEAREST>;
    }
    #[inline(always)]
    fn mul_add(a: __m512, b: __m512, c: __m512) -> __m512 {
        isa!(_mm512_fmadd_ps(a, b, c))
    }
}

impl Element<8> for f32 {
    type Register = __m256;
    type Mask = Mask8;
    basics!(_mm256_set1_ps as f32, _mm256_mask_blend_ps);
    binary! {
        add = _mm256_add_ps;
        sub = _mm256_sub_ps;
        mul = _mm256_mul_ps;
        lesser = _mm256_min_ps;
        greater = _mm256_max_ps;
    }
    unary! {
        abs = |a| _mm256_andnot_ps(_mm256_set1_ps(-0.0), a);
        neg = |a| _mm256_xor_ps(a, _mm256_set1_ps(-0.0));
    }
    comparison! { Mask8;
        equal = _mm256_cmp_ps_mask::<_CMP_EQ_OQ>;
        less = _mm256_cmp_ps_mask::<_CMP_LT_OQ>;
        less_equal = _mm256_cmp_ps_mask::<_CMP_LE_OQ>;
    }
    memory!(_mm256_maskz_loadu_ps, _mm256_mask_storeu_ps, f32);
    indexed8!(
        _mm512_mask_i64gather_ps,
        _mm512_mask_i64scatter_ps,
        _mm256_setzero_ps,
        4,
        f32
    );
}

impl FloatElement<8> for f32 {
    binary! {
        div = _mm256_div_ps;
        copysign = |a, b| _mm256_castsi256_ps(_mm256_ternarylogic_epi32::<0xd8>(
            _mm256_castps_si256(a), _mm256_castps_si256(b), _mm256_set1_epi32(i32::MIN)));
    }
    unary! {
        sqrt = _mm256_sqrt_ps;
        floor = _mm256_round_ps::<DOWN>;
        ceil = _mm256_round_ps::<UP>;
        trunc = _mm256_round_ps::<TO_ZERO>;
        rint = _mm256_round_ps::<NEAREST>;
    }
    #[inline(always)]
    fn mul_add(a: __m256, b: __m256, c: __m256) -> __m256 {
        isa!(_mm256_fmadd_ps(a, b, c))
    }
}

/// What signed and unsigned integers of one width share.
macro_rules! integer_shared {
    ($add:ident $sub:ident $mul:ident $min:ident $max:ident $mask:ident $eq:ident $lt:ident $le:ident) => {
        binary! {
            add = $add;
            sub = $sub;
            mul = $mul;
            lesser = $min;
            greater = $max;
        }
        comparison! { $mask;
            equal = $eq;
            less = $lt;
            less_equal = $le;
        }
    };
}

macro_rules! bits {
    ($and:ident $or:ident $xor:ident $shl:ident $shr:ident) => {
        binary! {
            and = $and;
            or = $or;
            xor = $xor;
            shl = $shl;
            shr = $shr;
        }
    };
}

impl Element<8> for i64 {
    type Register = __m512i;
    type Mask = Mask8;
    basics!(_mm512_set1_epi64 as i64, _mm512_mask_blend_epi64);
    integer_shared!(_mm512_add_epi64 _mm512_sub_epi64 _mm512_mullo_epi64 _mm512_min_epi64 _mm512_max_epi64
        Mask8 _mm512_cmpeq_epi64_mask _mm512_cmplt_epi64_mask _mm512_cmple_epi64_mask);
    unary! { abs = _mm512_abs_epi64; }
    memory!(_mm512_maskz_loadu_epi64, _mm512_mask_storeu_epi64, i64);
    indexed8!(
        _mm512_mask_i64gather_epi64,
        _mm512_mask_i64scatter_epi64,
        _mm512_setzero_si512,
        8,
        i64
    );
}

impl IntegerElement<8> for i64 {
    bits!(_mm512_and_si512 _mm512_or_si512 _mm512_xor_si512 _mm512_sllv_epi64 _mm512_srav_epi64);
}

impl Element<8> for u64 {
    type Register = __m512i;
    type Mask = Mask8;
    basics!(_mm512_set1_epi64 as i64, _mm512_mask_blend_epi64);
    integer_shared!(_mm512_add_epi64 _mm512_sub_epi64 _mm512_mullo_epi64 _mm512_min_epu64 _mm512_max_epu64
        Mask8 _mm512_cmpeq_epu64_mask _mm512_cmplt_epu64_mask _mm512_cmple_epu64_mask);
    memory!(_mm512_maskz_loadu_epi64, _mm512_mask_storeu_epi64, i64);
    indexed8!(
        _mm512_mask_i64gather_epi64,
        _mm512_mask_i64scatter_epi64,
        _mm512_setzero_si512,
        8,
        i64
    );
}

impl IntegerElement<8> for u64 {
    bits!(_mm512_and_si512 _mm512_or_si512 _mm512_xor_si512 _mm512_sllv_epi64 _mm512_srlv_epi64);
}

impl Element<16> for i32 {
    type Register = __m512i;
    type Mask = Mask16;
    basics!(_mm512_set1_epi32 as i32, _mm512_mask_blend_epi32);
    integer_shared!(_mm512_add_epi32 _mm512_sub_epi32 _mm512_mullo_epi32 _mm512_min_epi32 _mm512_max_epi32
        Mask16 _mm512_cmpeq_epi32_mask _mm512_cmplt_epi32_mask _mm512_cmple_epi32_mask);
    unary! { abs = _mm512_abs_epi32; }
    memory!(_mm512_maskz_loadu_epi32, _mm512_mask_storeu_epi32, i32);
    indexed16!(i32, join_epi32, split_epi32);
}

impl IntegerElement<16> for i32 {
    bits!(_mm512_and_si512 _mm512_or_si512 _mm512_xor_si512 _mm512_sllv_epi32 _mm512_srav_epi32);
}

impl Element<16> for u32 {
    type Register = __m512i;
    type Mask = Mask16;
    basics!(_mm512_set1_epi32 as i32, _mm512_mask_blend_epi32);
    integer_shared!(_mm512_add_epi32 _mm512_sub_epi32 _mm512_mullo_epi32 _mm512_min_epu32 _mm512_max_epu32
        Mask16 _mm512_cmpeq_epu32_mask _mm512_cmplt_epu32_mask _mm512_cmple_epu32_mask);
    memory!(_mm512_maskz_loadu_epi32, _mm512_mask_storeu_epi32, i32);
    indexed16!(u32, join_epi32, split_epi32);
}

impl IntegerElement<16> for u32 {
    bits!(_mm512_and_si512 _mm512_or_si512 _mm512_xor_si512 _mm512_sllv_epi32 _mm512_srlv_epi32);
}

impl Element<8> for i32 {
    type Register = __m256i;
    type Mask = Mask8;
    basics!(_mm256_set1_epi32 as i32, _mm256_mask_blend_epi32);
    integer_shared!(_mm256_add_epi32 _mm256_sub_epi32 _mm256_mullo_epi32 _mm256_min_epi32 _mm256_max_epi32
        Mask8 _mm256_cmpeq_epi32_mask _mm256_cmplt_epi32_mask _mm256_cmple_epi32_mask);
    unary! { abs = _mm256_abs_epi32; }
    memory!(_mm256_maskz_loadu_epi32, _mm256_mask_storeu_epi32, i32);
    indexed8!(
        _mm512_mask_i64gather_epi32,
        _mm512_mask_i64scatter_epi32,
        _mm256_setzero_si256,
        4,
        i32
    );
}

impl IntegerElement<8> for i32 {
    bits!(_mm256_and_si256 _mm256_or_si256 _mm256_xor_si256 _mm256_sllv_epi32 _mm256_srav_epi32);
}

impl Element<8> for u32 {
    type Register = __m256i;
    type Mask = Mask8;
    basics!(_mm256_set1_epi32 as i32, _mm256_mask_blend_epi32);
    integer_shared!(_mm256_add_epi32 _mm256_sub_epi32 _mm256_mullo_epi32 _mm256_min_epu32 _mm256_max_epu32
        Mask8 _mm256_cmpeq_epu32_mask _mm256_cmplt_epu32_mask _mm256_cmple_epu32_mask);
    memory!(_mm256_maskz_loadu_epi32, _mm256_mask_storeu_epi32, i32);
    indexed8!(
        _mm512_mask_i64gather_epi32,
        _mm512_mask_i64scatter_epi32,
        _mm256_setzero_si256,
        4,
        i32
    );
}

impl IntegerElement<8> for u32 {
    bits!(_mm256_and_si256 _mm256_or_si256 _mm256_xor_si256 _mm256_sllv_epi32 _mm256_srlv_epi32);
}

/// Elements of 8 and 16 bits: arrays, except where masks meet them.
macro_rules! small {
    ($($t:ident $n:literal $mask:ident $eq:ident $lt:ident $le:ident $blend:ident $load:ident $store:ident;)*) => {$(
        impl Element<$n> for $t {
            type Register = [$t; $n];
            type Mask = $mask;
            #[inline(always)]
            fn equal(a: [$t; $n], b: [$t; $n]) -> $mask {
                $mask(isa!($eq(low_lanes(a), low_lanes(b))) as _)
            }
            #[inline(always)]
            fn less(a: [$t; $n], b: [$t; $n]) -> $mask {
                $mask(isa!($lt(low_lanes(a), low_lanes(b))) as _)
            }
            #[inline(always)]
            fn less_equal(a: [$t; $n], b: [$t; $n]) -> $mask {
                $mask(isa!($le(low_lanes(a), low_lanes(b))) as _)
            }
            #[inline(always)]
            fn select(mask: $mask, a: [$t; $n], b: [$t; $n]) -> [$t; $n] {
                from_low_lanes(isa!($blend(mask.0 as _, low_lanes(b), low_lanes(a))))
            }
            #[inline(always)]
            unsafe fn load_masked(from: *const $t, mask: $mask) -> [$t; $n] {
                // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
                from_low_lanes(unsafe { $load(mask.0 as _, from.cast()) })
            }
            #[inline(always)]
            unsafe fn store_masked(to: *mut $t, lanes: [$t; $n], mask: $mask) {
                // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
                unsafe { $store(to.cast(), mask.0 as _, low_lanes(lanes)) }
            }
        }
        impl IntegerElement<$n> for $t {}
    )*};
}
small! {
    i8 8 Mask8 _mm_cmpeq_epi8_mask _mm_cmplt_epi8_mask _mm_cmple_epi8_mask _mm_mask_blend_epi8 _mm_maskz_loadu_epi8 _mm_mask_storeu_epi8;
    u8 8 Mask8 _mm_cmpeq_epu8_mask _mm_cmplt_epu8_mask _mm_cmple_epu8_mask _mm_mask_blend_epi8 _mm_maskz_loadu_epi8 _mm_mask_storeu_epi8;
    i16 8 Mask8 _mm_cmpeq_epi16_mask _mm_cmplt_epi16_mask _mm_cmple_epi16_mask _mm_mask_blend_epi16 _mm_maskz_loadu_epi16 _mm_mask_storeu_epi16;
    u16 8 Mask8 _mm_cmpeq_epu16_mask _mm_cmplt_epu16_mask _mm_cmple_epu16_mask _mm_mask_blend_epi16 _mm_maskz_loadu_epi16 _mm_mask_storeu_epi16;
    i8 16 Mask16 _mm_cmpeq_epi8_mask _mm_cmplt_epi8_mask _mm_cmple_epi8_mask _mm_mask_blend_epi8 _mm_maskz_loadu_epi8 _mm_mask_storeu_epi8;
    u8 16 Mask16 _mm_cmpeq_epu8_mask _mm_cmplt_epu8_mask _mm_cmple_epu8_mask _mm_mask_blend_epi8 _mm_maskz_loadu_epi8 _mm_mask_storeu_epi8;
    i16 16 Mask16 _mm256_cmpeq_epi16_mask _mm256_cmplt_epi16_mask _mm256_cmple_epi16_mask _mm256_mask_blend_epi16 _mm256_maskz_loadu_epi16 _mm256_mask_storeu_epi16;
    u16 16 Mask16 _mm256_cmpeq_epu16_mask _mm256_cmplt_epu16_mask _mm256_cmple_epu16_mask _mm256_mask_blend_epi16 _mm256_maskz_loadu_epi16 _mm256_mask_storeu_epi16;
}

/// A register that begins with these lanes; the rest is 0.
#[inline(always)]
fn low_lanes<T: Copy, R: Copy, const N: usize>(lanes: [T; N]) -> R {
    assert!(size_of::<[T; N]>() <= size_of::<R>());
    let mut register = core::mem::MaybeUninit::<R>::zeroed();
    // SAFETY: the array fits; any bits are a register.
    unsafe {
        register.as_mut_ptr().cast::<[T; N]>().write_unaligned(lanes);
        register.assume_init()
    }
}

/// The lanes that a register begins with.
#[inline(always)]
fn from_low_lanes<T: Copy, R: Copy, const N: usize>(register: R) -> [T; N] {
    assert!(size_of::<[T; N]>() <= size_of::<R>());
    // SAFETY: the array fits; any bits are integers.
    unsafe { core::mem::transmute_copy(&register) }
}

pairs!(float: f64 __m512d);
pairs!(integer: i64 __m512i, u64 __m512i);

#[inline(always)]
pub(super) fn f64x8_to_i64x8(lanes: [f64; 8]) -> [i64; 8] {
    <i64 as Element<8>>::unpack(isa!(_mm512_cvttpd_epi64(<f64 as Element<8>>::pack(lanes))))
}

#[inline(always)]
pub(super) fn f64x8_to_i32x8(lanes: [f64; 8]) -> [i32; 8] {
    <i32 as Element<8>>::unpack(isa!(_mm512_cvttpd_epi32(<f64 as Element<8>>::pack(lanes))))
}

#[inline(always)]
pub(super) fn f32x8_to_i32x8(lanes: [f32; 8]) -> [i32; 8] {
    <i32 as Element<8>>::unpack(isa!(_mm256_cvttps_epi32(<f32 as Element<8>>::pack(lanes))))
}

#[inline(always)]
pub(super) fn f32x16_to_i32x16(lanes: [f32; 16]) -> [i32; 16] {
    <i32 as Element<16>>::unpack(isa!(_mm512_cvttps_epi32(<f32 as Element<16>>::pack(lanes))))
}

/// `y * 2^k`
#[inline(always)]
pub(super) fn f64x8_scaled(y: [f64; 8], k: [f64; 8]) -> Option<[f64; 8]> {
    // SAFETY: arrays and registers have the same layout.
    unsafe {
        let (y, k) = (
            core::mem::transmute::<[f64; 8], __m512d>(y),
            core::mem::transmute::<[f64; 8], __m512d>(k),
        );
        Some(core::mem::transmute::<__m512d, [f64; 8]>(_mm512_scalef_pd(y, k)))
    }
}

/// `table[index & 15]`
#[inline(always)]
pub(super) fn f64x8_lookup(table: &[f64; 16], index: [i64; 8]) -> [f64; 8] {
    // SAFETY: arrays and registers have the same layout; both loads lie in the table.
    unsafe {
        let low = _mm512_loadu_pd(table.as_ptr());
        let high = _mm512_loadu_pd(table.as_ptr().add(8));
        let index = core::mem::transmute::<[i64; 8], __m512i>(index);
        core::mem::transmute::<__m512d, [f64; 8]>(_mm512_permutex2var_pd(low, index, high))
    }
}

/// Correctly rounded square roots: where all lanes lie between 2⁻⁵⁰⁰ and 2⁵⁰⁰, by Newton's iteration with a last step on the
/// exact remainder (Markstein, IBM Journal of Research and Development 34, 1990), which takes a third of the time of the
/// instruction; else by the instruction. The bits are the same: compared on 10⁹ arguments, half of them next to the
/// midpoints between neighbouring roots.
///
/// # Safety
/// The target has AVX-512.
#[inline(always)]
unsafe fn square_root(x: __m512d) -> __m512d {
    const LEAST: i64 = (1023 - 500) << 52;
    const SPAN: i64 = 1000 << 52;
    // SAFETY: by contract; no memory is touched.
    unsafe {
        let above = _mm512_sub_epi64(_mm512_castpd_si512(x), _mm512_set1_epi64(LEAST));
        if _mm512_cmplt_epu64_mask(above, _mm512_set1_epi64(SPAN)) != 0xff {
            return _mm512_sqrt_pd(x);
        }
        let half = _mm512_set1_pd(0.5);
        let start = _mm512_rsqrt14_pd(x);
        // g goes to the root, h to half its reciprocal.
        let (g, h) = (_mm512_mul_pd(x, start), _mm512_mul_pd(half, start));
        let rest = _mm512_fnmadd_pd(g, h, half);
        let (g, h) = (_mm512_fmadd_pd(g, rest, g), _mm512_fmadd_pd(h, rest, h));
        let rest = _mm512_fnmadd_pd(g, h, half);
        let (g, h) = (_mm512_fmadd_pd(g, rest, g), _mm512_fmadd_pd(h, rest, h));
        _mm512_fmadd_pd(_mm512_fnmadd_pd(g, g, x), h, g)
    }
}
