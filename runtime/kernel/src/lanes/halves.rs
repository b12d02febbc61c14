//! 16 lanes of 64 bits as two registers of 8.

/// The lower and the upper half of the lanes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Pair<R>(pub(super) R, pub(super) R);

/// Implements `Element<16>` and its kin from `Element<8>`.
macro_rules! pairs {
    (@element $t:ident $register:ident) => {
        impl Element<16> for $t {
            type Register = Pair<$register>;
            type Mask = Mask16;
            #[inline(always)]
            fn splat(value: Self) -> Self::Register {
                let half = <$t as Element<8>>::splat(value);
                Pair(half, half)
            }
            pairs!(@binary Element $t $register add sub mul lesser greater);
            pairs!(@unary Element $t $register neg abs);
            pairs!(@comparison $t $register equal less less_equal);
            #[inline(always)]
            fn select(mask: Mask16, a: Self::Register, b: Self::Register) -> Self::Register {
                let (low, high) = mask.halves();
                Pair(<$t as Element<8>>::select(low, a.0, b.0), <$t as Element<8>>::select(high, a.1, b.1))
            }
            #[inline(always)]
            unsafe fn load_masked(from: *const Self, mask: Mask16) -> Self::Register {
                let (low, high) = mask.halves();
                // SAFETY: the same contract, half by half; the address of an inactive half is only computed.
                unsafe {
                    Pair(
                        <$t as Element<8>>::load_masked(from, low),
                        <$t as Element<8>>::load_masked(from.wrapping_add(8), high),
                    )
                }
            }
            #[inline(always)]
            unsafe fn store_masked(to: *mut Self, lanes: Self::Register, mask: Mask16) {
                let (low, high) = mask.halves();
                // SAFETY: the same contract, half by half; the address of an inactive half is only computed.
                unsafe {
                    <$t as Element<8>>::store_masked(to, lanes.0, low);
                    <$t as Element<8>>::store_masked(to.wrapping_add(8), lanes.1, high);
                }
            }
            #[inline(always)]
            unsafe fn gather(base: *const Self, index: [i64; 16], mask: Mask16) -> Self::Register {
                let ((low, high), index) = (mask.halves(), <i64 as Element<16>>::pack(index));
                // SAFETY: the same contract, half by half.
                unsafe {
                    Pair(
                        <$t as Element<8>>::gather(base, <i64 as Element<8>>::unpack(index.0), low),
                        <$t as Element<8>>::gather(base, <i64 as Element<8>>::unpack(index.1), high),
                    )
                }
            }
            #[inline(always)]
            unsafe fn scatter(base: *mut Self, index: [i64; 16], lanes: Self::Register, mask: Mask16) {
                let ((low, high), index) = (mask.halves(), <i64 as Element<16>>::pack(index));
                // SAFETY: the same contract, half by half, the lower one first.
                unsafe {
                    <$t as Element<8>>::scatter(base, <i64 as Element<8>>::unpack(index.0), lanes.0, low);
                    <$t as Element<8>>::scatter(base, <i64 as Element<8>>::unpack(index.1), lanes.1, high);
                }
            }
        }
    };
    (@binary $trait:ident $t:ident $register:ident $($name:ident)*) => {$(
        #[inline(always)]
        fn $name(a: Pair<$register>, b: Pair<$register>) -> Pair<$register> {
            Pair(<$t as $trait<8>>::$name(a.0, b.0), <$t as $trait<8>>::$name(a.1, b.1))
        }
    )*};
    (@unary $trait:ident $t:ident $register:ident $($name:ident)*) => {$(
        #[inline(always)]
        fn $name(a: Pair<$register>) -> Pair<$register> {
            Pair(<$t as $trait<8>>::$name(a.0), <$t as $trait<8>>::$name(a.1))
        }
    )*};
    (@comparison $t:ident $register:ident $($name:ident)*) => {$(
        #[inline(always)]
        fn $name(a: Pair<$register>, b: Pair<$register>) -> Mask16 {
            Mask16::joined(<$t as Element<8>>::$name(a.0, b.0), <$t as Element<8>>::$name(a.1, b.1))
        }
    )*};
    (float: $($t:ident $register:ident),*) => {$(
        pairs!(@element $t $register);
        impl FloatElement<16> for $t {
            pairs!(@binary FloatElement $t $register div copysign);
            pairs!(@unary FloatElement $t $register sqrt floor ceil trunc rint);
            #[inline(always)]
            fn mul_add(a: Self::Register, b: Self::Register, c: Self::Register) -> Self::Register {
                Pair(<$t as FloatElement<8>>::mul_add(a.0, b.0, c.0), <$t as FloatElement<8>>::mul_add(a.1, b.1, c.1))
            }
        }
    )*};
    (integer: $($t:ident $register:ident),*) => {$(
        pairs!(@element $t $register);
        impl IntegerElement<16> for $t {
            pairs!(@binary IntegerElement $t $register and or xor shl shr);
        }
    )*};
}
pub(super) use pairs;
