//! Which lanes take part.

/// One Boolean per lane.
///
/// Bit `i` of [`bits`](Mask::bits) is lane `i`; lanes and bits from [`LANES`](Mask::LANES) on do not exist and read as off.
pub trait Mask: Copy + Send + Sync + core::fmt::Debug + PartialEq + 'static {
    /// How many lanes.
    const LANES: usize;
    /// All lanes on, or all off.
    fn splat(on: bool) -> Self;
    /// The lanes whose bits are set.
    fn from_bits(bits: u32) -> Self;
    /// The lanes as bits.
    fn bits(self) -> u32;
    /// Lanes on in both.
    fn and(self, other: Self) -> Self;
    /// Lanes on in either.
    fn or(self, other: Self) -> Self;
    /// Lanes on in exactly one.
    fn xor(self, other: Self) -> Self;
    /// The other lanes.
    fn not(self) -> Self;
    /// Lanes on here and off there.
    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        self.and(other.not())
    }
    /// Lanes below `count` (all if `count` is not less than the number of lanes): a loop's tail.
    #[inline(always)]
    fn below(count: usize) -> Self {
        let count = if count < Self::LANES { count } else { Self::LANES };
        Self::from_bits(((1u64 << count) - 1) as u32)
    }
    /// Each lane twice: the lower half of the lanes, then the upper half.
    #[inline(always)]
    fn doubled(self) -> (Self, Self) {
        let mut bits = self.bits();
        bits = (bits | bits << 8) & 0x00ff_00ff;
        bits = (bits | bits << 4) & 0x0f0f_0f0f;
        bits = (bits | bits << 2) & 0x3333_3333;
        bits = (bits | bits << 1) & 0x5555_5555;
        bits |= bits << 1;
        let one = ((1u64 << Self::LANES) - 1) as u32;
        (Self::from_bits(bits & one), Self::from_bits(bits >> Self::LANES & one))
    }
    /// The same lanes from an array of Booleans; missing ones are off.
    #[inline(always)]
    fn from_bools<const N: usize>(lanes: [bool; N]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < N {
            bits |= (lanes[i] as u32) << i;
            i += 1;
        }
        Self::from_bits(bits)
    }
    /// Lane `i`.
    #[inline(always)]
    fn lane(self, i: usize) -> bool {
        self.bits() >> i & 1 == 1
    }
    /// Whether some lane is on.
    #[inline(always)]
    fn any(self) -> bool {
        self.bits() != 0
    }
    /// Whether all lanes are on.
    #[inline(always)]
    fn all(self) -> bool {
        self.bits() == Self::splat(true).bits()
    }
    /// How many lanes are on.
    #[inline(always)]
    fn count(self) -> usize {
        self.bits().count_ones() as usize
    }
    /// The lowest lane that is on.
    #[inline(always)]
    fn first(self) -> Option<usize> {
        let bits = self.bits();
        if bits == 0 {
            None
        } else {
            Some(bits.trailing_zeros() as usize)
        }
    }
    /// The lanes below the lowest one that is on (all if none is): what `break` leaves active.
    #[inline(always)]
    fn before_first(self) -> Self {
        let bits = self.bits();
        Self::from_bits(!bits & bits.wrapping_sub(1) & Self::splat(true).bits())
    }
}

/// The mask of width 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask1(pub bool);

impl Mask for Mask1 {
    const LANES: usize = 1;
    #[inline(always)]
    fn splat(on: bool) -> Self {
        Mask1(on)
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Self {
        Mask1(bits & 1 == 1)
    }
    #[inline(always)]
    fn bits(self) -> u32 {
        self.0 as u32
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Mask1(self.0 & other.0)
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Mask1(self.0 | other.0)
    }
    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Mask1(self.0 ^ other.0)
    }
    #[inline(always)]
    fn not(self) -> Self {
        Mask1(!self.0)
    }
}

macro_rules! mask_operators {
    ($($mask:ty),*) => {$(
        impl core::ops::BitAnd for $mask {
            type Output = Self;
            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                $crate::lanes::Mask::and(self, other)
            }
        }
        impl core::ops::BitOr for $mask {
            type Output = Self;
            #[inline(always)]
            fn bitor(self, other: Self) -> Self {
                $crate::lanes::Mask::or(self, other)
            }
        }
        impl core::ops::BitXor for $mask {
            type Output = Self;
            #[inline(always)]
            fn bitxor(self, other: Self) -> Self {
                $crate::lanes::Mask::xor(self, other)
            }
        }
        impl core::ops::Not for $mask {
            type Output = Self;
            #[inline(always)]
            fn not(self) -> Self {
                $crate::lanes::Mask::not(self)
            }
        }
    )*};
}
mask_operators!(Mask1, super::Mask8, super::Mask16);
