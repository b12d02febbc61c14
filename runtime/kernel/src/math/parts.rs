//! What the functions are made of: exponents, error-free sums and products, polynomials.

use crate::lanes::{Element, FloatElement, IntegerElement, Lanes};

/// `f64` in `N` lanes, with access to the parts of a number.
pub trait Double<const N: usize>: FloatElement<N> {
    /// 2 to the power `k`, an integer of magnitude at most 1022.
    fn power_of_two(k: Lanes<Self, N>) -> Lanes<Self, N>;
    /// A positive normal number as `m * 2^e` with `m` from √½ to √2.
    fn split(x: Lanes<Self, N>) -> (Lanes<Self, N>, Lanes<Self, N>);
    /// Whether an integer (below 2⁵¹ in magnitude) has bit 0, and bit 1.
    fn low_bits(k: Lanes<Self, N>) -> (Self::Mask, Self::Mask);
    /// `y * 2^k`, rounded once, for an integer |k| ≤ 2044.
    fn scaled(y: Lanes<Self, N>, k: Lanes<Self, N>) -> Lanes<Self, N>;
    /// `table[k]`, for an integer k from 0 to 15.
    fn lookup(table: &[f64; 16], k: Lanes<Self, N>) -> Lanes<Self, N>;
}

/// 1.5 · 2⁵²: added to a small integer it puts the integer into the low bits.
const MAGIC: f64 = 6_755_399_441_055_744.0;
const ROOT_OF_HALF: i64 = 0x3fe6_a09e_667f_3bcd;

impl<const N: usize> Double<N> for f64
where
    f64: FloatElement<N>,
    i64: IntegerElement<N, Mask = <f64 as Element<N>>::Mask>,
{
    #[inline(always)]
    fn power_of_two(k: Lanes<f64, N>) -> Lanes<f64, N> {
        let bits = (k + Lanes::splat(MAGIC + 1023.0)).to_bits_of::<i64>();
        (bits << Lanes::splat(52)).to_bits_of::<f64>()
    }
    #[inline(always)]
    fn split(x: Lanes<f64, N>) -> (Lanes<f64, N>, Lanes<f64, N>) {
        let bits = x.to_bits_of::<i64>();
        let e = (bits - Lanes::splat(ROOT_OF_HALF)) >> Lanes::splat(52);
        let m = (bits - (e << Lanes::splat(52))).to_bits_of::<f64>();
        let shifted = (e + Lanes::splat(MAGIC.to_bits() as i64)).to_bits_of::<f64>();
        (m, shifted - Lanes::splat(MAGIC))
    }
    #[inline(always)]
    fn low_bits(k: Lanes<f64, N>) -> (Self::Mask, Self::Mask) {
        let bits = (k + Lanes::splat(MAGIC)).to_bits_of::<i64>();
        ((bits & Lanes::splat(1)).to_mask(), (bits & Lanes::splat(2)).to_mask())
    }
    #[inline(always)]
    fn scaled(y: Lanes<f64, N>, k: Lanes<f64, N>) -> Lanes<f64, N> {
        if let Some(result) = y.scaled_by(k) {
            return result;
        }
        let half = (k * Lanes::splat(0.5)).rint();
        y * Self::power_of_two(half) * Self::power_of_two(k - half)
    }
    #[inline(always)]
    fn lookup(table: &[f64; 16], k: Lanes<f64, N>) -> Lanes<f64, N> {
        let index = (k + Lanes::splat(MAGIC)).to_bits_of::<i64>();
        Lanes::looked_up(table, index)
    }
}

/// `c[0] + c[1] x + c[2] x² + …`: even and odd powers by Horner's rule in x², side by side, which halves the latency.
#[inline(always)]
pub(super) fn polynomial<const N: usize, const K: usize>(x: Lanes<f64, N>, c: &[f64; K]) -> Lanes<f64, N>
where
    f64: FloatElement<N>,
{
    side_by_side(x, K, |i| Lanes::splat(c[i]))
}

/// The same with any coefficients, at least three.
#[inline(always)]
pub(super) fn side_by_side<const N: usize>(
    x: Lanes<f64, N>,
    count: usize,
    coefficient: impl Fn(usize) -> Lanes<f64, N>,
) -> Lanes<f64, N>
where
    f64: FloatElement<N>,
{
    let square = x * x;
    let (mut last, mut other) = (coefficient(count - 1), coefficient(count - 2));
    let mut i = count - 2;
    while i >= 2 {
        i -= 2;
        last = last.mul_add(square, coefficient(i + 1));
        other = other.mul_add(square, coefficient(i));
    }
    if i == 1 {
        // An odd count: `last` holds the even powers, and the lowest one is left.
        last = last.mul_add(square, coefficient(0));
        return other.mul_add(x, last);
    }
    last.mul_add(x, other)
}

/// [`Double::split`] for positive numbers, subnormal ones included.
#[inline(always)]
pub(super) fn split<const N: usize>(x: Lanes<f64, N>) -> (Lanes<f64, N>, Lanes<f64, N>)
where
    f64: Double<N>,
{
    const LIFT: f64 = 18_014_398_509_481_984.0; // 2^54
    let small = x.lt(Lanes::splat(f64::MIN_POSITIVE));
    let (m, e) = f64::split(Lanes::select(small, x * Lanes::splat(LIFT), x));
    (m, Lanes::select(small, e - Lanes::splat(54.0), e))
}

/// A number as an unevaluated sum: the rounded value and what is left.
#[derive(Clone, Copy)]
pub(super) struct Pair<const N: usize>
where
    f64: Element<N>,
{
    pub(super) high: Lanes<f64, N>,
    pub(super) low: Lanes<f64, N>,
}

#[inline(always)]
pub(super) fn pair<const N: usize>(high: Lanes<f64, N>, low: Lanes<f64, N>) -> Pair<N>
where
    f64: Element<N>,
{
    Pair { high, low }
}

/// `a + b` exactly, if `a` is not the smaller in magnitude (Dekker 1971).
#[inline(always)]
pub(super) fn fast_sum<const N: usize>(a: Lanes<f64, N>, b: Lanes<f64, N>) -> Pair<N>
where
    f64: FloatElement<N>,
{
    let high = a + b;
    pair(high, b - (high - a))
}

/// `a + b` exactly (Knuth).
#[inline(always)]
pub(super) fn sum<const N: usize>(a: Lanes<f64, N>, b: Lanes<f64, N>) -> Pair<N>
where
    f64: FloatElement<N>,
{
    let high = a + b;
    let other = high - a;
    pair(high, (a - (high - other)) + (b - other))
}

/// `a * b` exactly.
#[inline(always)]
pub(super) fn product<const N: usize>(a: Lanes<f64, N>, b: Lanes<f64, N>) -> Pair<N>
where
    f64: FloatElement<N>,
{
    let high = a * b;
    pair(high, a.mul_add(b, -high))
}

/// `x`, and `limit` in its place where it is greater; NaN stays.
#[inline(always)]
pub(super) fn at_most<const N: usize>(x: Lanes<f64, N>, limit: f64) -> Lanes<f64, N>
where
    f64: FloatElement<N>,
{
    x.py_min(Lanes::splat(limit))
}

/// `x`, and `limit` in its place where it is less; NaN stays.
#[inline(always)]
pub(super) fn at_least<const N: usize>(x: Lanes<f64, N>, limit: f64) -> Lanes<f64, N>
where
    f64: FloatElement<N>,
{
    x.py_max(Lanes::splat(limit))
}
