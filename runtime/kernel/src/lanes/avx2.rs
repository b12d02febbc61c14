//! AVX2 + FMA: two ymm registers for 8 × 64 and 16 × 32 bits, one for 8 × 32, four for 16 × 64; masks are lanes of ones.
//!
//! A mask has the lane width of its family's widest element (64 bits for 8 lanes, 32 for 16), so that masks of the types
//! that dominate a loop cost nothing; comparisons and selections of other types widen or narrow them.

#![allow(
    unused_unsafe,
    reason = "some of the functions given to `isa!` are this module's own"
)]

use core::arch::x86_64::*;

use super::element::arrays;
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
    ($name:ident $n:literal $splat:ident $lane:ident $movemask:ident $cast:ident $per:literal $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub struct $name(pub(super) __m256i, pub(super) __m256i);

        impl PartialEq for $name {
            #[inline(always)]
            fn eq(&self, other: &Self) -> bool {
                self.bits() == other.bits()
            }
        }

        impl Mask for $name {
            const LANES: usize = $n;
            #[inline(always)]
            fn splat(on: bool) -> Self {
                let half = isa!($splat(-(on as $lane)));
                $name(half, half)
            }
            #[inline(always)]
            fn from_bits(bits: u32) -> Self {
                let mut lanes = [0 as $lane; $n];
                let mut i = 0;
                while i < $n {
                    lanes[i] = -((bits >> i & 1) as $lane);
                    i += 1;
                }
                from_lanes(lanes, $name)
            }
            #[inline(always)]
            fn from_bools<const N: usize>(on: [bool; N]) -> Self {
                let mut lanes = [0 as $lane; $n];
                let mut i = 0;
                while i < N {
                    lanes[i] = -(on[i] as $lane);
                    i += 1;
                }
                from_lanes(lanes, $name)
            }
            #[inline(always)]
            fn below(count: usize) -> Self {
                let count = if count < $n { count } else { $n };
                let mut lanes = [0 as $lane; $n];
                let mut i = 0;
                while i < $n {
                    lanes[i] = -((i < count) as $lane);
                    i += 1;
                }
                from_lanes(lanes, $name)
            }
            #[inline(always)]
            fn bits(self) -> u32 {
                isa!($movemask($cast(self.0)) as u32 | ($movemask($cast(self.1)) as u32) << $per)
            }
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                isa!($name(
                    _mm256_and_si256(self.0, other.0),
                    _mm256_and_si256(self.1, other.1)
                ))
            }
            #[inline(always)]
            fn or(self, other: Self) -> Self {
                isa!($name(
                    _mm256_or_si256(self.0, other.0),
                    _mm256_or_si256(self.1, other.1)
                ))
            }
            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                isa!($name(
                    _mm256_xor_si256(self.0, other.0),
                    _mm256_xor_si256(self.1, other.1)
                ))
            }
            #[inline(always)]
            fn not(self) -> Self {
                self.xor(Self::splat(true))
            }
            #[inline(always)]
            fn and_not(self, other: Self) -> Self {
                isa!($name(
                    _mm256_andnot_si256(other.0, self.0),
                    _mm256_andnot_si256(other.1, self.1)
                ))
            }
            #[inline(always)]
            fn any(self) -> bool {
                let either = isa!(_mm256_or_si256(self.0, self.1));
                isa!(_mm256_testz_si256(either, either)) == 0
            }
            #[inline(always)]
            fn all(self) -> bool {
                !self.not().any()
            }
        }
    };
}
mask!(Mask8 8 _mm256_set1_epi64x i64 _mm256_movemask_pd _mm256_castsi256_pd 4 "The mask of width 8.");
mask!(Mask16 16 _mm256_set1_epi32 i32 _mm256_movemask_ps _mm256_castsi256_ps 8 "The mask of width 16.");

#[inline(always)]
fn from_lanes<L: Copy, M>(lanes: L, mask: impl Fn(__m256i, __m256i) -> M) -> M {
    assert!(size_of::<L>() == 64);
    // SAFETY: two ymm registers hold any 64 bytes.
    let [low, high]: [__m256i; 2] = unsafe { core::mem::transmute_copy(&lanes) };
    mask(low, high)
}

/// 8 lanes of 32 bits as lanes of 64.
#[inline(always)]
fn widen(narrow: __m256i) -> Mask8 {
    isa!(Mask8(
        _mm256_cvtepi32_epi64(_mm256_castsi256_si128(narrow)),
        _mm256_cvtepi32_epi64(_mm256_extracti128_si256::<1>(narrow)),
    ))
}

/// 8 lanes of 64 bits as lanes of 32.
#[inline(always)]
fn narrow(wide: Mask8) -> __m256i {
    isa!({
        let mixed = _mm256_shuffle_ps::<0x88>(_mm256_castsi256_ps(wide.0), _mm256_castsi256_ps(wide.1));
        _mm256_permute4x64_epi64::<0xd8>(_mm256_castps_si256(mixed))
    })
}

impl Mask16 {
    #[inline(always)]
    pub(super) fn halves(self) -> (Mask8, Mask8) {
        (widen(self.0), widen(self.1))
    }
    #[inline(always)]
    pub(super) fn joined(low: Mask8, high: Mask8) -> Self {
        Mask16(narrow(low), narrow(high))
    }
}

/// Functions of one register, applied to both.
macro_rules! unary {
    ($($name:ident = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name(a: Self::Register) -> Self::Register {
            isa!(Pair($intrinsic(a.0), $intrinsic(a.1)))
        }
    )*};
}

/// Functions of two registers, applied to both.
macro_rules! binary {
    ($($name:ident = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name(a: Self::Register, b: Self::Register) -> Self::Register {
            isa!(Pair($intrinsic(a.0, b.0), $intrinsic(a.1, b.1)))
        }
    )*};
}

/// Comparisons of two registers; `$cast` makes the result integer lanes.
macro_rules! comparison {
    ($mask:ident $cast:expr; $($name:ident = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name(a: Self::Register, b: Self::Register) -> Self::Mask {
            isa!($mask($cast($intrinsic(a.0, b.0)), $cast($intrinsic(a.1, b.1))))
        }
    )*};
}

macro_rules! basics {
    ($splat:ident as $as:ty, $blend:expr) => {
        #[inline(always)]
        fn splat(value: Self) -> Self::Register {
            let half = isa!($splat(value as $as));
            Pair(half, half)
        }
        #[inline(always)]
        fn select(mask: Self::Mask, a: Self::Register, b: Self::Register) -> Self::Register {
            isa!(Pair($blend(b.0, a.0, mask.0), $blend(b.1, a.1, mask.1)))
        }
    };
}

macro_rules! memory {
    ($load:ident, $store:ident, $as:ty, $half:literal) => {
        #[inline(always)]
        unsafe fn load_masked(from: *const Self, mask: Self::Mask) -> Self::Register {
            let from = from.cast::<$as>();
            // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
            unsafe { Pair($load(from, mask.0), $load(from.wrapping_add($half), mask.1)) }
        }
        #[inline(always)]
        unsafe fn store_masked(to: *mut Self, lanes: Self::Register, mask: Self::Mask) {
            let to = to.cast::<$as>();
            // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
            unsafe {
                $store(to, mask.0, lanes.0);
                $store(to.wrapping_add($half), mask.1, lanes.1);
            }
        }
    };
}

/// Gathers of 8 × 64 bits.
macro_rules! gather8 {
    ($gather:ident, $zero:ident, $as:ty, $cast:expr) => {
        #[inline(always)]
        unsafe fn gather(base: *const Self, index: [i64; 8], mask: Self::Mask) -> Self::Register {
            let (base, index) = (base.cast::<$as>(), <i64 as Element<8>>::pack(index));
            // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
            unsafe {
                Pair(
                    $gather::<8>($zero(), base, index.0, $cast(mask.0)),
                    $gather::<8>($zero(), base, index.1, $cast(mask.1)),
                )
            }
        }
    };
}

#[inline(always)]
fn same(a: __m256i) -> __m256i {
    a
}

// Rounding immediates: nearest, down, up, to zero; bit 3 keeps the exception flags quiet.
const NEAREST: i32 = 8;
const DOWN: i32 = 9;
const UP: i32 = 10;
const TO_ZERO: i32 = 11;

type Doubles = Pair<__m256d>;
type Longs = Pair<__m256i>;

/// `unzip` and `zip` of two ymm each: `$even` and `$odd` take from two registers within 128 bits, `$lower` and `$upper` interleave
/// there; then the parts of 128 or 64 bits are put in order.
macro_rules! pairwise {
    ($even:expr, $odd:expr, $lower:expr, $upper:expr, $to:expr, $back:expr) => {
        #[inline(always)]
        fn unzip(low: Self::Register, high: Self::Register) -> (Self::Register, Self::Register) {
            let sorted = |mixed| isa!($back(_mm256_permute4x64_pd::<0xd8>($to(mixed))));
            isa!((
                Pair(sorted($even(low.0, low.1)), sorted($even(high.0, high.1))),
                Pair(sorted($odd(low.0, low.1)), sorted($odd(high.0, high.1)))
            ))
        }
        #[inline(always)]
        fn zip(even: Self::Register, odd: Self::Register) -> (Self::Register, Self::Register) {
            let both = |even, odd| {
                let (lower, upper) = isa!(($to($lower(even, odd)), $to($upper(even, odd))));
                isa!(Pair(
                    $back(_mm256_permute2f128_pd::<0x20>(lower, upper)),
                    $back(_mm256_permute2f128_pd::<0x31>(lower, upper))
                ))
            };
            (both(even.0, odd.0), both(even.1, odd.1))
        }
    };
}

impl Element<8> for f64 {
    type Register = Doubles;
    type Mask = Mask8;
    pairwise!(
        _mm256_unpacklo_pd,
        _mm256_unpackhi_pd,
        _mm256_unpacklo_pd,
        _mm256_unpackhi_pd,
        core::convert::identity,
        core::convert::identity
    );
    basics!(_mm256_set1_pd as f64, |b, a, m| _mm256_blendv_pd(
        b,
        a,
        _mm256_castsi256_pd(m)
    ));
    binary! {
        add = _mm256_add_pd;
        sub = _mm256_sub_pd;
        mul = _mm256_mul_pd;
        lesser = _mm256_min_pd;
        greater = _mm256_max_pd;
    }
    unary! {
        abs = |a| _mm256_andnot_pd(_mm256_set1_pd(-0.0), a);
        neg = |a| _mm256_xor_pd(a, _mm256_set1_pd(-0.0));
    }
    comparison! { Mask8 _mm256_castpd_si256;
        equal = _mm256_cmp_pd::<_CMP_EQ_OQ>;
        less = _mm256_cmp_pd::<_CMP_LT_OQ>;
        less_equal = _mm256_cmp_pd::<_CMP_LE_OQ>;
    }
    memory!(_mm256_maskload_pd, _mm256_maskstore_pd, f64, 4);
    gather8!(_mm256_mask_i64gather_pd, _mm256_setzero_pd, f64, _mm256_castsi256_pd);
}

impl FloatElement<8> for f64 {
    binary! {
        div = _mm256_div_pd;
        copysign = |a, b| _mm256_or_pd(
            _mm256_andnot_pd(_mm256_set1_pd(-0.0), a), _mm256_and_pd(_mm256_set1_pd(-0.0), b));
    }
    unary! {
        sqrt = _mm256_sqrt_pd;
        floor = _mm256_round_pd::<DOWN>;
        ceil = _mm256_round_pd::<UP>;
        trunc = _mm256_round_pd::<TO_ZERO>;
        rint = _mm256_round_pd::<NEAREST>;
    }
    #[inline(always)]
    fn mul_add(a: Doubles, b: Doubles, c: Doubles) -> Doubles {
        isa!(Pair(_mm256_fmadd_pd(a.0, b.0, c.0), _mm256_fmadd_pd(a.1, b.1, c.1)))
    }
}

impl Element<16> for f32 {
    type Register = Pair<__m256>;
    type Mask = Mask16;
    pairwise!(
        _mm256_shuffle_ps::<0x88>,
        _mm256_shuffle_ps::<0xdd>,
        _mm256_unpacklo_ps,
        _mm256_unpackhi_ps,
        _mm256_castps_pd,
        _mm256_castpd_ps
    );
    basics!(_mm256_set1_ps as f32, |b, a, m| _mm256_blendv_ps(
        b,
        a,
        _mm256_castsi256_ps(m)
    ));
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
    comparison! { Mask16 _mm256_castps_si256;
        equal = _mm256_cmp_ps::<_CMP_EQ_OQ>;
        less = _mm256_cmp_ps::<_CMP_LT_OQ>;
        less_equal = _mm256_cmp_ps::<_CMP_LE_OQ>;
    }
    memory!(_mm256_maskload_ps, _mm256_maskstore_ps, f32, 8);
}

impl FloatElement<16> for f32 {
    binary! {
        div = _mm256_div_ps;
        copysign = |a, b| _mm256_or_ps(
            _mm256_andnot_ps(_mm256_set1_ps(-0.0), a), _mm256_and_ps(_mm256_set1_ps(-0.0), b));
    }
    unary! {
        sqrt = _mm256_sqrt_ps;
        floor = _mm256_round_ps::<DOWN>;
        ceil = _mm256_round_ps::<UP>;
        trunc = _mm256_round_ps::<TO_ZERO>;
        rint = _mm256_round_ps::<NEAREST>;
    }
    #[inline(always)]
    fn mul_add(a: Pair<__m256>, b: Pair<__m256>, c: Pair<__m256>) -> Pair<__m256> {
        isa!(Pair(_mm256_fmadd_ps(a.0, b.0, c.0), _mm256_fmadd_ps(a.1, b.1, c.1)))
    }
}

#[inline(always)]
fn less_epi64(a: __m256i, b: __m256i) -> __m256i {
    isa!(_mm256_cmpgt_epi64(b, a))
}

/// Unsigned comparison: signed, with the top bits flipped.
#[inline(always)]
fn less_epu64(a: __m256i, b: __m256i) -> __m256i {
    let top = isa!(_mm256_set1_epi64x(i64::MIN));
    isa!(_mm256_cmpgt_epi64(_mm256_xor_si256(b, top), _mm256_xor_si256(a, top)))
}

#[inline(always)]
fn less_epi32(a: __m256i, b: __m256i) -> __m256i {
    isa!(_mm256_cmpgt_epi32(b, a))
}

/// Unsigned comparison: signed, with the top bits flipped.
#[inline(always)]
fn less_epu32(a: __m256i, b: __m256i) -> __m256i {
    let top = isa!(_mm256_set1_epi32(i32::MIN));
    isa!(_mm256_cmpgt_epi32(_mm256_xor_si256(b, top), _mm256_xor_si256(a, top)))
}

#[inline(always)]
fn complement(a: __m256i) -> __m256i {
    isa!(_mm256_xor_si256(a, _mm256_set1_epi64x(-1)))
}

/// Low 64 bits of the products, from three 32 × 32 bit products.
#[inline(always)]
fn mullo_epi64(a: __m256i, b: __m256i) -> __m256i {
    isa!({
        let crossed = _mm256_mullo_epi32(a, _mm256_shuffle_epi32::<0xb1>(b));
        let middle = _mm256_add_epi32(crossed, _mm256_srli_epi64::<32>(crossed));
        _mm256_add_epi64(_mm256_mul_epu32(a, b), _mm256_slli_epi64::<32>(middle))
    })
}

/// Arithmetic shift: a logical one between two flips of negative lanes.
#[inline(always)]
fn srav_epi64(a: __m256i, count: __m256i) -> __m256i {
    isa!({
        let sign = _mm256_cmpgt_epi64(_mm256_setzero_si256(), a);
        _mm256_xor_si256(_mm256_srlv_epi64(_mm256_xor_si256(a, sign), count), sign)
    })
}

/// An integer type in two registers.
macro_rules! wide_integer {
    ($t:ident $n:literal $half:literal $mask:ident $splat:ident as $as:ident, $load:ident $store:ident,
        $add:ident $sub:ident $mul:ident $eq:ident $less:ident, $shl:ident $shr:ident, {$($more:tt)*}) => {
        impl Element<$n> for $t {
            type Register = Longs;
            type Mask = $mask;
            basics!($splat as $as, |b, a, m| _mm256_blendv_epi8(b, a, m));
            binary! {
                add = $add;
                sub = $sub;
                mul = $mul;
                lesser = |a, b| _mm256_blendv_epi8(b, a, $less(a, b));
                greater = |a, b| _mm256_blendv_epi8(b, a, $less(b, a));
            }
            comparison! { $mask same;
                equal = $eq;
                less = $less;
                less_equal = |a, b| complement($less(b, a));
            }
            memory!($load, $store, $as, $half);
            $($more)*
        }
        impl IntegerElement<$n> for $t {
            binary! {
                and = _mm256_and_si256;
                or = _mm256_or_si256;
                xor = _mm256_xor_si256;
                shl = $shl;
                shr = $shr;
            }
        }
    };
}
wide_integer!(i64 8 4 Mask8 _mm256_set1_epi64x as i64, _mm256_maskload_epi64 _mm256_maskstore_epi64,
    _mm256_add_epi64 _mm256_sub_epi64 mullo_epi64 _mm256_cmpeq_epi64 less_epi64, _mm256_sllv_epi64 srav_epi64,
    { gather8!(_mm256_mask_i64gather_epi64, _mm256_setzero_si256, i64, same); });
wide_integer!(u64 8 4 Mask8 _mm256_set1_epi64x as i64, _mm256_maskload_epi64 _mm256_maskstore_epi64,
    _mm256_add_epi64 _mm256_sub_epi64 mullo_epi64 _mm256_cmpeq_epi64 less_epu64, _mm256_sllv_epi64 _mm256_srlv_epi64,
    { gather8!(_mm256_mask_i64gather_epi64, _mm256_setzero_si256, i64, same); });
wide_integer!(i32 16 8 Mask16 _mm256_set1_epi32 as i32, _mm256_maskload_epi32 _mm256_maskstore_epi32,
    _mm256_add_epi32 _mm256_sub_epi32 _mm256_mullo_epi32 _mm256_cmpeq_epi32 less_epi32,
    _mm256_sllv_epi32 _mm256_srav_epi32, {});
wide_integer!(u32 16 8 Mask16 _mm256_set1_epi32 as i32, _mm256_maskload_epi32 _mm256_maskstore_epi32,
    _mm256_add_epi32 _mm256_sub_epi32 _mm256_mullo_epi32 _mm256_cmpeq_epi32 less_epu32,
    _mm256_sllv_epi32 _mm256_srlv_epi32, {});

/// Functions of single registers.
macro_rules! single {
    ($($name:ident($($a:ident),*) = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name($($a: Self::Register),*) -> Self::Register {
            isa!($intrinsic($($a),*))
        }
    )*};
}

/// Comparisons of single registers of 32-bit lanes.
macro_rules! single_comparison {
    ($cast:expr; $($name:ident = $intrinsic:expr;)*) => {$(
        #[inline(always)]
        fn $name(a: Self::Register, b: Self::Register) -> Mask8 {
            widen(isa!($cast($intrinsic(a, b))))
        }
    )*};
}

impl Element<8> for f32 {
    type Register = __m256;
    type Mask = Mask8;
    #[inline(always)]
    fn splat(value: f32) -> __m256 {
        isa!(_mm256_set1_ps(value))
    }
    #[inline(always)]
    fn select(mask: Mask8, a: __m256, b: __m256) -> __m256 {
        isa!(_mm256_blendv_ps(b, a, _mm256_castsi256_ps(narrow(mask))))
    }
    single! {
        add(a, b) = _mm256_add_ps;
        sub(a, b) = _mm256_sub_ps;
        mul(a, b) = _mm256_mul_ps;
        lesser(a, b) = _mm256_min_ps;
        greater(a, b) = _mm256_max_ps;
        abs(a) = |a| _mm256_andnot_ps(_mm256_set1_ps(-0.0), a);
        neg(a) = |a| _mm256_xor_ps(a, _mm256_set1_ps(-0.0));
    }
    single_comparison! { _mm256_castps_si256;
        equal = _mm256_cmp_ps::<_CMP_EQ_OQ>;
        less = _mm256_cmp_ps::<_CMP_LT_OQ>;
        less_equal = _mm256_cmp_ps::<_CMP_LE_OQ>;
    }
    #[inline(always)]
    unsafe fn load_masked(from: *const f32, mask: Mask8) -> __m256 {
        // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
        unsafe { _mm256_maskload_ps(from, narrow(mask)) }
    }
    #[inline(always)]
    unsafe fn store_masked(to: *mut f32, lanes: __m256, mask: Mask8) {
        // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
        unsafe { _mm256_maskstore_ps(to, narrow(mask), lanes) }
    }
}

impl FloatElement<8> for f32 {
    single! {
        div(a, b) = _mm256_div_ps;
        mul_add(a, b, c) = _mm256_fmadd_ps;
        sqrt(a) = _mm256_sqrt_ps;
        floor(a) = _mm256_round_ps::<DOWN>;
        ceil(a) = _mm256_round_ps::<UP>;
        trunc(a) = _mm256_round_ps::<TO_ZERO>;
        rint(a) = _mm256_round_ps::<NEAREST>;
        copysign(a, b) = |a, b| _mm256_or_ps(
            _mm256_andnot_ps(_mm256_set1_ps(-0.0), a), _mm256_and_ps(_mm256_set1_ps(-0.0), b));
    }
}

/// An integer type in one register.
macro_rules! narrow_integer {
    ($t:ident $min:ident $max:ident $less:ident $shr:ident) => {
        impl Element<8> for $t {
            type Register = __m256i;
            type Mask = Mask8;
            #[inline(always)]
            fn splat(value: $t) -> __m256i {
                isa!(_mm256_set1_epi32(value as i32))
            }
            #[inline(always)]
            fn select(mask: Mask8, a: __m256i, b: __m256i) -> __m256i {
                isa!(_mm256_blendv_epi8(b, a, narrow(mask)))
            }
            single! {
                add(a, b) = _mm256_add_epi32;
                sub(a, b) = _mm256_sub_epi32;
                mul(a, b) = _mm256_mullo_epi32;
                lesser(a, b) = $min;
                greater(a, b) = $max;
            }
            single_comparison! { same;
                equal = _mm256_cmpeq_epi32;
                less = $less;
                less_equal = |a, b| complement($less(b, a));
            }
            #[inline(always)]
            unsafe fn load_masked(from: *const $t, mask: Mask8) -> __m256i {
                // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
                unsafe { _mm256_maskload_epi32(from.cast(), narrow(mask)) }
            }
            #[inline(always)]
            unsafe fn store_masked(to: *mut $t, lanes: __m256i, mask: Mask8) {
                // SAFETY: only the elements whose lanes are on are touched, which the caller allows.
                unsafe { _mm256_maskstore_epi32(to.cast(), narrow(mask), lanes) }
            }
        }
        impl IntegerElement<8> for $t {
            single! {
                and(a, b) = _mm256_and_si256;
                or(a, b) = _mm256_or_si256;
                xor(a, b) = _mm256_xor_si256;
                shl(a, b) = _mm256_sllv_epi32;
                shr(a, b) = $shr;
            }
        }
    };
}
narrow_integer!(i32 _mm256_min_epi32 _mm256_max_epi32 less_epi32 _mm256_srav_epi32);
narrow_integer!(u32 _mm256_min_epu32 _mm256_max_epu32 less_epu32 _mm256_srlv_epi32);

arrays!(integer: i16, u16, i8, u8; 8 Mask8);
arrays!(integer: i16, u16, i8, u8; 16 Mask16);
pairs!(float: f64 Doubles);
pairs!(integer: i64 Longs, u64 Longs);

/// There is no such instruction: one lane at a time.
#[inline(always)]
pub(super) fn f64x8_to_i64x8(lanes: [f64; 8]) -> [i64; 8] {
    let mut cut = [0; 8];
    let mut i = 0;
    while i < 8 {
        cut[i] = isa!(_mm_cvttsd_si64(_mm_set_sd(lanes[i])));
        i += 1;
    }
    cut
}

#[inline(always)]
pub(super) fn f64x8_to_i32x8(lanes: [f64; 8]) -> [i32; 8] {
    let lanes = <f64 as Element<8>>::pack(lanes);
    let cut = isa!(_mm256_set_m128i(
        _mm256_cvttpd_epi32(lanes.1),
        _mm256_cvttpd_epi32(lanes.0)
    ));
    <i32 as Element<8>>::unpack(cut)
}

#[inline(always)]
pub(super) fn f32x8_to_i32x8(lanes: [f32; 8]) -> [i32; 8] {
    <i32 as Element<8>>::unpack(isa!(_mm256_cvttps_epi32(<f32 as Element<8>>::pack(lanes))))
}

#[inline(always)]
pub(super) fn f32x16_to_i32x16(lanes: [f32; 16]) -> [i32; 16] {
    let lanes = <f32 as Element<16>>::pack(lanes);
    <i32 as Element<16>>::unpack(isa!(Pair(_mm256_cvttps_epi32(lanes.0), _mm256_cvttps_epi32(lanes.1))))
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
