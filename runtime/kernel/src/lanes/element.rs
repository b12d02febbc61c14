//! How lanes of each type are held and computed, with defaults that work on arrays.

use super::mask::{Mask, Mask1};
use super::scalar::{Float, Integer, Scalar};

/// An element type in `N` lanes.
///
/// [`Register`](Element::Register) always has the size and layout of `[Self; N]`. Generated code uses
/// [`Lanes`](super::Lanes) and never these functions.
pub trait Element<const N: usize>: Scalar {
    /// What holds the lanes.
    type Register: Copy + Send + Sync + 'static;
    /// What comparisons give.
    type Mask: Mask;

    /// The lanes of a register.
    #[inline(always)]
    fn unpack(register: Self::Register) -> [Self; N] {
        const { assert!(size_of::<Self::Register>() == size_of::<[Self; N]>()) }
        // SAFETY: a register has the layout of `[Self; N]`.
        unsafe { core::mem::transmute_copy(&register) }
    }
    /// A register of these lanes.
    #[inline(always)]
    fn pack(lanes: [Self; N]) -> Self::Register {
        const { assert!(size_of::<Self::Register>() == size_of::<[Self; N]>()) }
        // SAFETY: a register has the layout of `[Self; N]`.
        unsafe { core::mem::transmute_copy(&lanes) }
    }
    /// `value` in every lane.
    #[inline(always)]
    fn splat(value: Self) -> Self::Register {
        Self::pack([value; N])
    }
    /// Sum.
    #[inline(always)]
    fn add(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Scalar::plus)
    }
    /// Difference.
    #[inline(always)]
    fn sub(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Scalar::minus)
    }
    /// Product.
    #[inline(always)]
    fn mul(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Scalar::times)
    }
    /// Magnitude.
    #[inline(always)]
    fn abs(a: Self::Register) -> Self::Register {
        map::<Self, N>(a, Scalar::magnitude)
    }
    /// Negative.
    #[inline(always)]
    fn neg(a: Self::Register) -> Self::Register {
        map::<Self, N>(a, Scalar::negated)
    }
    /// `a < b ? a : b`.
    #[inline(always)]
    fn lesser(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, |a, b| if a < b { a } else { b })
    }
    /// `a > b ? a : b`.
    #[inline(always)]
    fn greater(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, |a, b| if a > b { a } else { b })
    }
    /// `a == b`.
    #[inline(always)]
    fn equal(a: Self::Register, b: Self::Register) -> Self::Mask {
        test::<Self, N>(a, b, |a, b| a == b)
    }
    /// `a < b`.
    #[inline(always)]
    fn less(a: Self::Register, b: Self::Register) -> Self::Mask {
        test::<Self, N>(a, b, |a, b| a < b)
    }
    /// `a <= b`.
    #[inline(always)]
    fn less_equal(a: Self::Register, b: Self::Register) -> Self::Mask {
        test::<Self, N>(a, b, |a, b| a <= b)
    }
    /// The even and the odd ones of `2 * N` values, given in two halves.
    #[inline(always)]
    fn unzip(low: Self::Register, high: Self::Register) -> (Self::Register, Self::Register) {
        let (low, high) = (Self::unpack(low), Self::unpack(high));
        let value = |at: usize| if at < N { low[at] } else { high[at - N] };
        let (mut even, mut odd) = ([Self::ZERO; N], [Self::ZERO; N]);
        let mut i = 0;
        while i < N {
            (even[i], odd[i]) = (value(2 * i), value(2 * i + 1));
            i += 1;
        }
        (Self::pack(even), Self::pack(odd))
    }
    /// The reverse of [`unzip`](Element::unzip).
    #[inline(always)]
    fn zip(even: Self::Register, odd: Self::Register) -> (Self::Register, Self::Register) {
        let (even, odd) = (Self::unpack(even), Self::unpack(odd));
        let value = |at: usize| [even, odd][at % 2][at / 2];
        let (mut low, mut high) = ([Self::ZERO; N], [Self::ZERO; N]);
        let mut i = 0;
        while i < N {
            (low[i], high[i]) = (value(i), value(N + i));
            i += 1;
        }
        (Self::pack(low), Self::pack(high))
    }
    /// `a` where the mask is on, else `b`.
    #[inline(always)]
    fn select(mask: Self::Mask, a: Self::Register, b: Self::Register) -> Self::Register {
        let (a, mut b) = (Self::unpack(a), Self::unpack(b));
        let mut i = 0;
        while i < N {
            b[i] = if mask.lane(i) { a[i] } else { b[i] };
            i += 1;
        }
        Self::pack(b)
    }
    /// The lanes at `from`, 0 where the mask is off.
    ///
    /// # Safety
    /// `from.add(i)` can be read for every lane `i` that is on; no alignment is needed.
    #[inline(always)]
    unsafe fn load_masked(from: *const Self, mask: Self::Mask) -> Self::Register {
        let mut lanes = [Self::ZERO; N];
        let mut i = 0;
        while i < N {
            if mask.lane(i) {
                // SAFETY: the lane is on.
                lanes[i] = unsafe { from.add(i).read_unaligned() };
            }
            i += 1;
        }
        Self::pack(lanes)
    }
    /// Writes the lanes that are on.
    ///
    /// # Safety
    /// `to.add(i)` can be written for every lane `i` that is on; no alignment is needed.
    #[inline(always)]
    unsafe fn store_masked(to: *mut Self, lanes: Self::Register, mask: Self::Mask) {
        let lanes = Self::unpack(lanes);
        let mut i = 0;
        while i < N {
            if mask.lane(i) {
                // SAFETY: the lane is on.
                unsafe { to.add(i).write_unaligned(lanes[i]) };
            }
            i += 1;
        }
    }
    /// `base[index[i]]`, 0 where the mask is off.
    ///
    /// # Safety
    /// `base.offset(index[i])` can be read for every lane `i` that is on; no alignment is needed.
    #[inline(always)]
    unsafe fn gather(base: *const Self, index: [i64; N], mask: Self::Mask) -> Self::Register {
        let mut lanes = [Self::ZERO; N];
        let mut i = 0;
        while i < N {
            if mask.lane(i) {
                // SAFETY: the lane is on.
                lanes[i] = unsafe { base.offset(index[i] as isize).read_unaligned() };
            }
            i += 1;
        }
        Self::pack(lanes)
    }
    /// Writes `base[index[i]]` in lane order where the mask is on.
    ///
    /// # Safety
    /// `base.offset(index[i])` can be written for every lane `i` that is on; no alignment is needed.
    #[inline(always)]
    unsafe fn scatter(base: *mut Self, index: [i64; N], lanes: Self::Register, mask: Self::Mask) {
        let lanes = Self::unpack(lanes);
        let mut i = 0;
        while i < N {
            if mask.lane(i) {
                // SAFETY: the lane is on.
                unsafe { base.offset(index[i] as isize).write_unaligned(lanes[i]) };
            }
            i += 1;
        }
    }
}

/// An integer type in `N` lanes.
pub trait IntegerElement<const N: usize>: Element<N> + Integer {
    /// Bitwise and.
    #[inline(always)]
    fn and(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Integer::bit_and)
    }
    /// Bitwise or.
    #[inline(always)]
    fn or(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Integer::bit_or)
    }
    /// Bitwise exclusive or.
    #[inline(always)]
    fn xor(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Integer::bit_xor)
    }
    /// NumPy's `a << count`.
    #[inline(always)]
    fn shl(a: Self::Register, count: Self::Register) -> Self::Register {
        zip::<Self, N>(a, count, Integer::shift_left)
    }
    /// NumPy's `a >> count`.
    #[inline(always)]
    fn shr(a: Self::Register, count: Self::Register) -> Self::Register {
        zip::<Self, N>(a, count, Integer::shift_right)
    }
}

/// A floating-point type in `N` lanes.
pub trait FloatElement<const N: usize>: Element<N> + Float {
    /// Quotient.
    #[inline(always)]
    fn div(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Float::over)
    }
    /// `a * b + c`, rounded once.
    #[inline(always)]
    fn mul_add(a: Self::Register, b: Self::Register, c: Self::Register) -> Self::Register {
        let (mut a, b, c) = (Self::unpack(a), Self::unpack(b), Self::unpack(c));
        let mut i = 0;
        while i < N {
            a[i] = a[i].fused(b[i], c[i]);
            i += 1;
        }
        Self::pack(a)
    }
    /// Square root.
    #[inline(always)]
    fn sqrt(a: Self::Register) -> Self::Register {
        map::<Self, N>(a, Float::root)
    }
    /// Largest integer not above.
    #[inline(always)]
    fn floor(a: Self::Register) -> Self::Register {
        map::<Self, N>(a, Float::round_down)
    }
    /// Smallest integer not below.
    #[inline(always)]
    fn ceil(a: Self::Register) -> Self::Register {
        map::<Self, N>(a, Float::round_up)
    }
    /// Nearest integer towards 0.
    #[inline(always)]
    fn trunc(a: Self::Register) -> Self::Register {
        map::<Self, N>(a, Float::round_to_zero)
    }
    /// Nearest integer, ties to even.
    #[inline(always)]
    fn rint(a: Self::Register) -> Self::Register {
        map::<Self, N>(a, Float::round_to_even)
    }
    /// Magnitude of `a`, sign of `b`.
    #[inline(always)]
    fn copysign(a: Self::Register, b: Self::Register) -> Self::Register {
        zip::<Self, N>(a, b, Float::with_sign_of)
    }
}

#[inline(always)]
fn map<T: Element<N>, const N: usize>(a: T::Register, f: impl Fn(T) -> T) -> T::Register {
    let mut a = T::unpack(a);
    let mut i = 0;
    while i < N {
        a[i] = f(a[i]);
        i += 1;
    }
    T::pack(a)
}

#[inline(always)]
fn zip<T: Element<N>, const N: usize>(a: T::Register, b: T::Register, f: impl Fn(T, T) -> T) -> T::Register {
    let (mut a, b) = (T::unpack(a), T::unpack(b));
    let mut i = 0;
    while i < N {
        a[i] = f(a[i], b[i]);
        i += 1;
    }
    T::pack(a)
}

#[inline(always)]
fn test<T: Element<N>, const N: usize>(a: T::Register, b: T::Register, f: impl Fn(T, T) -> bool) -> T::Mask {
    let (a, b) = (T::unpack(a), T::unpack(b));
    let mut lanes = [false; N];
    let mut i = 0;
    while i < N {
        lanes[i] = f(a[i], b[i]);
        i += 1;
    }
    T::Mask::from_bools(lanes)
}

/// Implements [`Element`] and its kin with arrays for registers.
macro_rules! arrays {
    (integer: $($t:ident),*; $n:literal $mask:ident) => {$(
        impl $crate::lanes::Element<$n> for $t {
            type Register = [$t; $n];
            type Mask = $mask;
        }
        impl $crate::lanes::IntegerElement<$n> for $t {}
    )*};
    (float: $($t:ident),*; $n:literal $mask:ident) => {$(
        impl $crate::lanes::Element<$n> for $t {
            type Register = [$t; $n];
            type Mask = $mask;
        }
        impl $crate::lanes::FloatElement<$n> for $t {}
    )*};
}
#[allow(unused_imports, reason = "AVX-512 has no use for it")]
pub(super) use arrays;

arrays!(integer: i64, u64, i32, u32, i16, u16, i8, u8; 1 Mask1);
arrays!(float: f64, f32; 1 Mask1);
