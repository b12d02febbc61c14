//! Conversions between element types, as NumPy's casts on x86-64.

use super::element::Element;
use super::face::Lanes;
use super::mask::Mask;
use super::native;
use super::scalar::{Kind, Scalar};

/// The cast of one value to another element type.
///
/// Integers wrap or extend by their own sign; integer to float and float to float round to nearest; float to integer cuts
/// towards 0, and what does not fit gives what x86-64 NumPy gives: the smallest `i64` (`i32` for `i32` and, cut to their width,
/// the types below), low bits of that for the unsigned types.
pub trait Cast<U>: Scalar {
    /// This value as a `U`.
    fn cast(self) -> U;
}

/// Cuts to `i64`; the smallest one for NaN and what does not fit.
#[inline(always)]
fn cut_i64(x: f64) -> i64 {
    if (-9223372036854775808.0..9223372036854775808.0).contains(&x) {
        x as i64
    } else {
        i64::MIN
    }
}

/// Cuts to `i32`; the smallest one for NaN and what does not fit.
#[inline(always)]
fn cut_i32(x: f64) -> i32 {
    if x > -2147483649.0 && x < 2147483648.0 {
        x as i32
    } else {
        i32::MIN
    }
}

/// Cuts to `u64` like compiled C on x86-64: negative values wrap as `i64`.
#[inline(always)]
fn cut_u64(x: f64) -> u64 {
    const TOP: f64 = 9223372036854775808.0;
    if x >= TOP {
        cut_i64(x - TOP) as u64 ^ 1 << 63
    } else {
        cut_i64(x) as u64
    }
}

macro_rules! from_integer {
    ($($from:ident => $($to:ident)*;)*) => {$($(
        impl Cast<$to> for $from {
            #[inline(always)]
            fn cast(self) -> $to {
                self as $to
            }
        }
    )*)*};
}
from_integer! {
    i64 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    u64 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    i32 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    u32 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    i16 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    u16 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    i8 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    u8 => f64 f32 i64 u64 i32 u32 i16 u16 i8 u8;
    f64 => f64 f32;
    f32 => f64 f32;
}

macro_rules! from_float {
    ($($from:ident)*; $($to:ident $cut:ident;)*) => {
        from_float!(@ [$($from)*] [$(($to $cut))*]);
    };
    (@ [$($from:ident)*] $to:tt) => {
        $(from_float!(@@ $from $to);)*
    };
    (@@ $from:ident [$(($to:ident $cut:ident))*]) => {$(
        impl Cast<$to> for $from {
            #[inline(always)]
            fn cast(self) -> $to {
                $cut(self as f64) as $to
            }
        }
    )*};
}
from_float! {
    f64 f32;
    i64 cut_i64;
    u64 cut_u64;
    i32 cut_i32;
    u32 cut_i64;
    i16 cut_i32;
    u16 cut_i32;
    i8 cut_i32;
    u8 cut_i32;
}

/// `from`, known to be a `[T; N]` of the same size as `To`.
#[inline(always)]
fn same<From: Copy, To: Copy>(from: From) -> To {
    assert!(size_of::<From>() == size_of::<To>());
    // SAFETY: both are plain lanes of the same size.
    unsafe { core::mem::transmute_copy(&from) }
}

impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// Each lane as a `U`: see [`Cast`].
    #[inline(always)]
    pub fn cast<U: Element<N>>(self) -> Lanes<U, N>
    where
        T: Cast<U>,
    {
        match (T::KIND, U::KIND, N) {
            (Kind::F64, Kind::I64, 8) => return Lanes(same(native::f64x8_to_i64x8(same(self.0)))),
            (Kind::F64, Kind::I32, 8) => return Lanes(same(native::f64x8_to_i32x8(same(self.0)))),
            (Kind::F32, Kind::I32, 8) => return Lanes(same(native::f32x8_to_i32x8(same(self.0)))),
            (Kind::F32, Kind::I32, 16) => return Lanes(same(native::f32x16_to_i32x16(same(self.0)))),
            _ => {}
        }
        let lanes = self.to_array();
        let mut cast = [U::ZERO; N];
        let mut i = 0;
        while i < N {
            cast[i] = lanes[i].cast();
            i += 1;
        }
        Lanes::from_array(cast)
    }
    /// The same bits as lanes of another type of the same width (`f64` as `u64`, for instance).
    #[inline(always)]
    pub fn to_bits_of<U: Element<N>>(self) -> Lanes<U, N> {
        const { assert!(size_of::<T>() == size_of::<U>()) }
        Lanes(same(self.0))
    }
    /// A mask of these lanes as a mask of another type's lanes of the same width (the same type, in fact).
    #[inline(always)]
    pub fn mask_of<M: Mask>(mask: M) -> T::Mask {
        const { assert!(size_of::<M>() == size_of::<T::Mask>()) }
        same(mask)
    }
}

/// Instructions of some processors that the functions of `math` want.
impl<const N: usize> Lanes<f64, N>
where
    f64: Element<N>,
{
    /// `self * 2^k`, rounded once, if there is an instruction for it; k is an integer.
    #[inline(always)]
    pub(crate) fn scaled_by(self, k: Self) -> Option<Self> {
        match N {
            8 => native::f64x8_scaled(same(self.0), same(k.0)).map(|lanes| Lanes(same(lanes))),
            16 => {
                let (y, k): ([[f64; 8]; 2], [[f64; 8]; 2]) = (same(self.0), same(k.0));
                let (low, high) = (native::f64x8_scaled(y[0], k[0])?, native::f64x8_scaled(y[1], k[1])?);
                Some(Lanes(same([low, high])))
            }
            _ => None,
        }
    }
    /// `table[index & 15]`
    #[inline(always)]
    pub(crate) fn looked_up(table: &[f64; 16], index: Lanes<i64, N>) -> Self
    where
        i64: Element<N>,
    {
        match N {
            8 => Lanes(same(native::f64x8_lookup(table, same(index.0)))),
            16 => {
                let halves: [[i64; 8]; 2] = same(index.0);
                Lanes(same(halves.map(|half| native::f64x8_lookup(table, half))))
            }
            _ => {
                let index = index.to_array();
                Self::from_fn(|lane| table[(index[lane] & 15) as usize])
            }
        }
    }
}
