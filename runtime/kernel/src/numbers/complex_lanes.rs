//! Complex numbers in lanes: the real parts of all lanes in one register, the imaginary parts in another.
//!
//! In memory the two parts of a number lie side by side, so a load takes two registers of parts and separates even from odd ones
//! ([`Lanes::unzipped`]); a store does the reverse. Every operation computes what [`Complex`] does, in the same order, so that
//! the bits are the same; where [`Complex`] has branches, both ways are computed and each lane keeps its own.

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::complex::{Complex, power_of};
use crate::lanes::{Element, FloatElement, Lanes, Mask};
use crate::reduce::Fold;
use crate::spmd::{Active, Step};

/// `N` complex numbers with parts of type `T`.
#[derive(Clone, Copy, Debug)]
pub struct ComplexLanes<T: Element<N>, const N: usize> {
    /// Real parts.
    pub re: Lanes<T, N>,
    /// Imaginary parts.
    pub im: Lanes<T, N>,
}

/// 8 lanes of `complex128`.
pub type C128x8 = ComplexLanes<f64, 8>;
/// 16 lanes of `complex128`.
pub type C128x16 = ComplexLanes<f64, 16>;
/// 8 lanes of `complex64`.
pub type C64x8 = ComplexLanes<f32, 8>;
/// 16 lanes of `complex64`.
pub type C64x16 = ComplexLanes<f32, 16>;

impl<T: FloatElement<N>, const N: usize> ComplexLanes<T, N> {
    /// From the parts.
    #[inline(always)]
    pub fn new(re: Lanes<T, N>, im: Lanes<T, N>) -> Self {
        Self { re, im }
    }
    /// Real numbers.
    #[inline(always)]
    pub fn real(re: Lanes<T, N>) -> Self {
        Self::new(re, Lanes::zero())
    }
    /// `value` in every lane.
    #[inline(always)]
    pub fn splat(value: Complex<T>) -> Self {
        Self::new(Lanes::splat(value.re), Lanes::splat(value.im))
    }
    /// 0 in every lane.
    #[inline(always)]
    pub fn zero() -> Self {
        Self::real(Lanes::zero())
    }
    /// The lanes of an array.
    #[inline(always)]
    pub fn from_array(lanes: [Complex<T>; N]) -> Self {
        Self::new(
            Lanes::from_fn(|lane| lanes[lane].re),
            Lanes::from_fn(|lane| lanes[lane].im),
        )
    }
    /// The lanes as an array.
    #[inline(always)]
    pub fn to_array(self) -> [Complex<T>; N] {
        let (re, im) = (self.re.to_array(), self.im.to_array());
        core::array::from_fn(|lane| Complex {
            re: re[lane],
            im: im[lane],
        })
    }
    /// Lane `i`.
    #[inline(always)]
    pub fn lane(self, i: usize) -> Complex<T> {
        Complex {
            re: self.re.lane(i),
            im: self.im.lane(i),
        }
    }
    /// Where the number is not 0.
    #[inline(always)]
    pub fn to_mask(self) -> T::Mask {
        self.re.to_mask().or(self.im.to_mask())
    }
    /// `a` where the mask is on, else `b`.
    #[inline(always)]
    pub fn select(mask: T::Mask, a: Self, b: Self) -> Self {
        Self::new(Lanes::select(mask, a.re, b.re), Lanes::select(mask, a.im, b.im))
    }
    /// The new values in the active lanes, the old ones in the others.
    #[inline(always)]
    pub fn updated<A: Active<T::Mask>>(self, on: A, new: Self) -> Self {
        Self::new(self.re.updated(on, new.re), self.im.updated(on, new.im))
    }
    /// `self == other`
    #[inline(always)]
    #[allow(clippy::should_implement_trait, reason = "a mask, not a Boolean")]
    pub fn eq(self, other: Self) -> T::Mask {
        self.re.eq(other.re).and(self.im.eq(other.im))
    }
    /// `self != other`; on for NaN.
    #[inline(always)]
    #[allow(clippy::should_implement_trait, reason = "a mask, not a Boolean")]
    pub fn ne(self, other: Self) -> T::Mask {
        self.eq(other).not()
    }
    /// Where a part is infinite.
    #[inline(always)]
    pub fn is_infinite(self) -> T::Mask {
        crate::spmd::infinite(self.re).or(crate::spmd::infinite(self.im))
    }
    /// Conjugate.
    #[inline(always)]
    pub fn conjugate(self) -> Self {
        Self::new(self.re, -self.im)
    }
    /// Numerators of both ways to divide, before the common factor, and what that is the divisor or the reciprocal of.
    #[inline(always)]
    fn smith(self, divisor: Self) -> (Self, Lanes<T, N>, T::Mask) {
        let wide = divisor.re.abs().ge(divisor.im.abs());
        let large = Lanes::select(wide, divisor.re, divisor.im);
        let small = Lanes::select(wide, divisor.im, divisor.re);
        let ratio = small / large;
        let (first, second) = (
            Lanes::select(wide, self.re, self.im),
            Lanes::select(wide, self.im, self.re),
        );
        let product = first * ratio;
        let across = Lanes::select(wide, second - product, product - second);
        (Self::new(first + second * ratio, across), large + small * ratio, wide)
    }
    /// CPython's `self / divisor`; no divisor is 0.
    #[inline(always)]
    pub fn python_div(self, divisor: Self) -> Self {
        let (above, below, wide) = self.smith(divisor);
        let nan = Lanes::splat(T::NAN_OR_GREATEST);
        // NaN in the divisor decides neither way.
        let decided = wide.or(divisor.im.abs().ge(divisor.re.abs()));
        Self::select(
            decided,
            Self::new(above.re / below, above.im / below),
            Self::new(nan, nan),
        )
    }
    /// NumPy's `self ** count`, `count` not being 0.
    #[inline(always)]
    pub fn numpy_whole_pow(self, count: u32) -> Self {
        let power = match count {
            1 => self,
            2 => self * self,
            3 => self * (self * self),
            _ => power_of(Self::real(Lanes::splat(T::ONE)), self, count),
        };
        Self::select(self.to_mask(), power, Self::zero())
    }
    /// Python's `self ** count`, `count` not being 0.
    #[inline(always)]
    pub fn python_whole_pow(self, count: u32) -> Self {
        power_of(Self::real(Lanes::splat(T::ONE)), self, count)
    }
    /// The numbers of the active lanes, the first lane's being `at`; 0 in the others.
    ///
    /// # Safety
    /// Each active lane's number can be read.
    #[inline(always)]
    pub unsafe fn read<S: Step, A: Active<T::Mask>>(at: *const Complex<T>, step: S, on: A) -> Self {
        let parts = at.cast::<T>();
        // SAFETY: a number is two parts in a row; those of lanes that are not active are not touched.
        unsafe {
            let (low, high) = match (S::UNIT, A::FULL) {
                (true, true) => (Lanes::load(parts), Lanes::load(parts.add(N))),
                (true, false) => {
                    let (low, high) = on.mask().doubled();
                    (
                        Lanes::load_masked(parts, low),
                        Lanes::load_masked(parts.wrapping_add(N), high),
                    )
                }
                (false, _) => {
                    let step = crate::spmd::by(step.elements().wrapping_mul(2));
                    return Self::new(
                        Lanes::read(parts, step, on),
                        Lanes::read(parts.wrapping_add(1), step, on),
                    );
                }
            };
            let (re, im) = Lanes::unzipped(low, high);
            Self::new(re, im)
        }
    }
    /// Writes the numbers of the active lanes, the first lane's being `at`.
    ///
    /// # Safety
    /// Each active lane's number can be written.
    #[inline(always)]
    pub unsafe fn write<S: Step, A: Active<T::Mask>>(self, at: *mut Complex<T>, step: S, on: A) {
        let parts = at.cast::<T>();
        // SAFETY: a number is two parts in a row; those of lanes that are not active are not touched.
        unsafe {
            if !S::UNIT {
                let step = crate::spmd::by(step.elements().wrapping_mul(2));
                self.re.write(parts, step, on);
                self.im.write(parts.wrapping_add(1), step, on);
                return;
            }
            let (low, high) = Lanes::zipped(self.re, self.im);
            if A::FULL {
                low.store(parts);
                high.store(parts.add(N));
            } else {
                let (first, second) = on.mask().doubled();
                low.store_masked(parts, first);
                high.store_masked(parts.wrapping_add(N), second);
            }
        }
    }
    /// The numbers at these offsets from `base`; 0 in the lanes that are not active.
    ///
    /// # Safety
    /// Each active lane's number can be read.
    #[inline(always)]
    pub unsafe fn pick<A: Active<T::Mask>>(base: *const Complex<T>, offsets: Lanes<i64, N>, on: A) -> Self
    where
        i64: Element<N>,
    {
        let (parts, offsets) = (base.cast::<T>(), offsets + offsets);
        // SAFETY: the same contract, part by part.
        unsafe {
            Self::new(
                Lanes::pick(parts, offsets, on),
                Lanes::pick(parts.wrapping_add(1), offsets, on),
            )
        }
    }
    /// Writes the numbers at these offsets from `base`; of equal offsets the last active lane wins.
    ///
    /// # Safety
    /// Each active lane's number can be written.
    #[inline(always)]
    pub unsafe fn put<A: Active<T::Mask>>(self, base: *mut Complex<T>, offsets: Lanes<i64, N>, on: A)
    where
        i64: Element<N>,
    {
        let (parts, offsets) = (base.cast::<T>(), offsets + offsets);
        // SAFETY: the same contract, part by part; the same lane wins for both.
        unsafe {
            self.re.put(parts, offsets, on);
            self.im.put(parts.wrapping_add(1), offsets, on);
        }
    }
}

impl<const N: usize> ComplexLanes<f64, N>
where
    f64: FloatElement<N>,
    f32: FloatElement<N>,
{
    /// Rounded to complex64.
    #[inline(always)]
    pub fn narrow(self) -> ComplexLanes<f32, N> {
        ComplexLanes::new(self.re.cast(), self.im.cast())
    }
    /// Magnitude in the active lanes, by the C library: its last digit is its own.
    #[inline(always)]
    pub fn magnitude<A: Active<<f64 as Element<N>>::Mask>>(self, on: A) -> Lanes<f64, N> {
        let (numbers, on) = (self.to_array(), on.mask());
        Lanes::from_fn(|lane| {
            if on.lane(lane) {
                numbers[lane].re.hypot(numbers[lane].im)
            } else {
                0.0
            }
        })
    }
}

impl<const N: usize> ComplexLanes<f64, N>
where
    f64: FloatElement<N>,
    f32: FloatElement<N>,
{
    /// Where `compare` holds between the magnitude and `bound`, of the active lanes, and where the magnitude of a finite number is
    /// infinite.
    ///
    /// The C library's magnitude is within an ulp of the exact one, so where the squares are apart by far more than all roundings
    /// together they decide; only for the other lanes is it computed. `compare` is one of the four orders.
    #[inline(always)]
    pub fn measured<A: Active<<f64 as Element<N>>::Mask>>(
        self,
        on: A,
        bound: Lanes<f64, N>,
        compare: impl Fn(Lanes<f64, N>, Lanes<f64, N>) -> <f64 as Element<N>>::Mask,
    ) -> (<f64 as Element<N>>::Mask, <f64 as Element<N>>::Mask) {
        self.measured_by(on, bound, compare, Self::magnitude)
    }
    /// The same by another function that gives magnitudes within an ulp.
    #[inline(always)]
    pub fn measured_by<A: Active<<f64 as Element<N>>::Mask>>(
        self,
        on: A,
        bound: Lanes<f64, N>,
        compare: impl Fn(Lanes<f64, N>, Lanes<f64, N>) -> <f64 as Element<N>>::Mask,
        magnitude: impl Fn(Self, <f64 as Element<N>>::Mask) -> Lanes<f64, N>,
    ) -> (<f64 as Element<N>>::Mask, <f64 as Element<N>>::Mask) {
        // What underflow takes away is far below the least distance.
        let (relative, least, large) = (Lanes::splat(1e-13), Lanes::splat(1e-290), Lanes::splat(1e300));
        let (size, square) = (self.re * self.re + self.im * self.im, bound * bound);
        let apart = (size - square).abs().gt(square * relative + least);
        let decided = apart
            .and(size.lt(large))
            .and(square.lt(large))
            .and(bound.ge(Lanes::zero()));
        let holds = compare(size, square);
        let open = on.mask().and_not(decided);
        if !open.any() {
            return (holds, open);
        }
        let exact = magnitude(self, open);
        let finite = crate::spmd::finite(self.re).and(crate::spmd::finite(self.im));
        let over = open.and(finite).and(crate::spmd::infinite(exact));
        (crate::spmd::choose(open, compare(exact, bound), holds), over)
    }
}

impl<const N: usize> ComplexLanes<f32, N>
where
    f64: FloatElement<N>,
    f32: FloatElement<N>,
{
    /// The same numbers as complex128.
    #[inline(always)]
    pub fn widen(self) -> ComplexLanes<f64, N> {
        ComplexLanes::new(self.re.cast(), self.im.cast())
    }
    /// Magnitude, as the C library computes it: squares and their sum in `f64`, where squares are exact.
    #[inline(always)]
    pub fn magnitude<A: Active<<f32 as Element<N>>::Mask>>(self, _: A) -> Lanes<f32, N> {
        let (re, im) = (self.re.cast::<f64>(), self.im.cast::<f64>());
        let infinite = Lanes::<f32, N>::splat(f32::INFINITY);
        let size = (re * re + im * im).sqrt().cast::<f32>();
        let infinity = self.re.abs().eq(infinite).or(self.im.abs().eq(infinite));
        Lanes::select(infinity, infinite, size)
    }
}

macro_rules! part_by_part {
    ($($trait:ident $method:ident $symbol:tt),*) => {$(
        impl<T: FloatElement<N>, const N: usize> $trait for ComplexLanes<T, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self::new(self.re $symbol other.re, self.im $symbol other.im)
            }
        }
    )*};
}
part_by_part!(Add add +, Sub sub -);

impl<T: FloatElement<N>, const N: usize> Mul for ComplexLanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::new(
            self.re * other.re - self.im * other.im,
            self.re * other.im + self.im * other.re,
        )
    }
}

/// NumPy's quotient.
impl<T: FloatElement<N>, const N: usize> Div for ComplexLanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, divisor: Self) -> Self {
        let (above, below, _) = self.smith(divisor);
        let scale = Lanes::splat(T::ONE) / below;
        let quotient = Self::new(above.re * scale, above.im * scale);
        let defined = divisor.to_mask();
        if defined.all() {
            return quotient;
        }
        let zero = Lanes::zero();
        Self::select(defined, quotient, Self::new(self.re / zero, self.im / zero))
    }
}

impl<T: FloatElement<N>, const N: usize> Neg for ComplexLanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(-self.re, -self.im)
    }
}

/// The result of a reduction's groups, by the fixed tree of [`reduce`](crate::reduce).
#[inline(always)]
pub fn finish_complex<F, T, const N: usize, const G: usize>(groups: [ComplexLanes<T, N>; G]) -> Complex<T>
where
    T: FloatElement<N>,
    F: Fold<Complex<T>>,
{
    let mut groups = groups.map(ComplexLanes::to_array);
    let mut half = G / 2;
    while half > 0 {
        let (first, second) = groups.split_at_mut(half);
        for (first, second) in first.iter_mut().zip(second) {
            meet::<F, T>(first, second);
        }
        half /= 2;
    }
    let mut lanes = groups[0];
    half = N / 2;
    while half > 0 {
        let (first, second) = lanes.split_at_mut(half);
        meet::<F, T>(first, second);
        half /= 2;
    }
    lanes[0]
}

/// Folds the second numbers into the first ones.
#[inline(always)]
fn meet<F: Fold<Complex<T>>, T: Copy>(first: &mut [Complex<T>], second: &[Complex<T>]) {
    for (a, b) in first.iter_mut().zip(second) {
        *a = F::fold(*a, *b);
    }
}

#[cfg(test)]
mod tests {
    use super::super::complex::{C64, C128, python_div};
    use super::*;
    use crate::lanes::{I64x8, I64x16, Mask8, Mask16};
    use crate::reduce::{Product, Sum};
    use crate::spmd::{Full, by, unit};

    const PARTS: [f64; 9] = [
        0.0,
        -0.0,
        1.0,
        -2.5,
        1e300,
        3e-300,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];

    fn numbers() -> Vec<C128> {
        let pairs = PARTS.iter().flat_map(|re| PARTS.iter().map(|im| C128::new(*re, *im)));
        pairs
            .chain((0..40).map(|i| C128::new((i * 37 % 41) as f64 - 20.3, (i * 29 % 31) as f64 * 0.7 - 9.0)))
            .collect()
    }

    /// The same bits, any NaN for a NaN.
    fn same(a: C128, b: C128) -> bool {
        let part = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        part(a.re, b.re) && part(a.im, b.im)
    }

    type One<T> = (fn(T, T) -> T, &'static str);

    macro_rules! sweep {
        ($lanes:ident $number:ident $n:literal $as:expr, $back:expr; $($name:literal $vector:expr, $single:expr;)*) => {
            let all: Vec<$number> = numbers().into_iter().map($as).collect();
            let of = |at: usize| -> [$number; $n] { core::array::from_fn(|lane| all[(at + lane) % all.len()]) };
            let vectors: &[One<$lanes>] = &[$(($vector, $name)),*];
            let singles: &[fn($number, $number) -> $number] = &[$($single),*];
            for first in (0..all.len()).step_by(3) {
                for second in 0..all.len() {
                    let (a, b) = (of(first), of(second));
                    for ((vector, name), single) in vectors.iter().zip(singles) {
                        let got = vector($lanes::from_array(a), $lanes::from_array(b)).to_array();
                        for lane in 0..$n {
                            let want = single(a[lane], b[lane]);
                            assert!(same($back(got[lane]), $back(want)), "{name} {:?} {:?}: {:?}, not {want:?}", a[lane], b[lane], got[lane]);
                        }
                    }
                }
            }
        };
    }

    #[test]
    fn operations_are_those_of_single_numbers() {
        sweep! { C128x8 C128 8 |z| z, |z: C128| z;
            "+" |a, b| a + b, |a, b| a + b;
            "-" |a, b| a - -b, |a, b| a - -b;
            "*" |a, b| a * b, |a, b| a * b;
            "/" |a, b| a / b, |a, b| a / b;
            "python /" C128x8::python_div, |a, b| if b == C128::ZERO { a.conjugate() / C128::ZERO * C128::new(f64::NAN, f64::NAN) } else { python_div(a, b) };
            "**2" |a, _| a.numpy_whole_pow(2), |a, _| a.numpy_pow(C128::real(2.0));
            "**3" |a, _| a.numpy_whole_pow(3), |a, _| a.numpy_pow(C128::real(3.0));
            "**7" |a, _| a.numpy_whole_pow(7), |a, _| a.numpy_pow(C128::real(7.0));
            "python **2" |a, _| a.python_whole_pow(2), |a, _| super::super::complex::python_pow(a, C128::real(2.0));
            "python **5" |a, _| a.python_whole_pow(5), |a, _| super::super::complex::python_pow(a, C128::real(5.0));
            "abs" |a, _| C128x8::real(a.magnitude(Full)), |a, _| C128::real(a.abs());
            "==" |a, b| C128x8::select(a.eq(b), a, b), |a, b| if a == b { a } else { b };
            "conjugate" |a, b| C128x8::select(a.to_mask(), a.conjugate(), b), |a, b| if a == C128::ZERO { b } else { a.conjugate() };
        }
        sweep! { C64x16 C64 16 C128::narrow, C64::widen;
            "*" |a, b| a * b, |a, b| a * b;
            "/" |a, b| a / b, |a, b| a / b;
            "**4" |a, _| a.numpy_whole_pow(4), |a, _| a.numpy_pow(C64::real(4.0));
            "abs" |a, _| C64x16::real(a.magnitude(Full)), |a, _| C64::real(a.abs());
        }
    }

    #[test]
    fn magnitudes_of_complex64_are_those_of_the_library() {
        let mut state = 1_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f32::from_bits((state >> 32) as u32)
        };
        for _ in 0..20_000 {
            let numbers: [C64; 8] = core::array::from_fn(|_| C64::new(next(), next()));
            let got = C64x8::from_array(numbers).magnitude(Full).to_array();
            for lane in 0..8 {
                let want = numbers[lane].abs();
                assert!(
                    got[lane].to_bits() == want.to_bits() || (got[lane].is_nan() && want.is_nan()),
                    "{:?}",
                    numbers[lane]
                );
            }
        }
    }

    #[test]
    fn magnitudes_are_compared_as_if_computed() {
        let all = numbers();
        let near = [
            3.0,
            3.0_f64.next_up(),
            3.0_f64.next_down(),
            0.0,
            -1.0,
            1e-300,
            5e-324,
            1e300,
            1e200,
            f64::INFINITY,
            f64::NAN,
            1e-160,
        ];
        let bounds = all.iter().map(|z| z.abs()).chain(near);
        let turned = C128::new(1.8, 2.4);
        for bound in bounds {
            for first in 0..all.len() {
                let z: [C128; 8] = core::array::from_fn(|lane| {
                    if lane == 7 {
                        turned
                    } else {
                        all[(first + lane) % all.len()]
                    }
                });
                let lanes = C128x8::from_array(z);
                let some = Mask8::from_bits(0b1101_0111);
                let (less, over) = lanes.measured(Full, Lanes::splat(bound), |a, b| a.lt(b));
                let (at_least, _) = lanes.measured(some, Lanes::splat(bound), |a, b| a.ge(b));
                for (lane, one) in z.iter().enumerate() {
                    assert_eq!(less.lane(lane), one.abs() < bound, "{one:?} {bound}");
                    assert_eq!(over.lane(lane), one.is_finite() && one.abs().is_infinite());
                    if some.lane(lane) {
                        assert_eq!(at_least.lane(lane), one.abs() >= bound, "{one:?} {bound}");
                    }
                }
            }
        }
    }

    #[test]
    fn memory_in_every_way() {
        let data: Vec<C64> = (0..200).map(|i| C64::new(i as f32, -(i as f32))).collect();
        let some = Mask16::from_bits(0b1010_0000_1101_0011);
        // SAFETY: all places are in `data` and `out`.
        unsafe {
            for step in [1, 2, -3] {
                let at = data.as_ptr().add(60);
                let full = if step == 1 {
                    C64x16::read(at, unit(1), Full)
                } else {
                    C64x16::read(at, by(step), Full)
                };
                let part = if step == 1 {
                    C64x16::read(at, unit(1), some)
                } else {
                    C64x16::read(at, by(step), some)
                };
                let picked = C64x16::pick(at, I64x16::iota(0, step as i64), some);
                let mut out = vec![C64::real(7.0); 200];
                let to = out.as_mut_ptr().add(60);
                if step == 1 {
                    part.write(to, unit(1), some)
                } else {
                    part.write(to, by(step), some)
                }
                let mut scattered = vec![C64::real(7.0); 200];
                picked.put(scattered.as_mut_ptr().add(60), I64x16::iota(0, step as i64), some);
                let mut whole = vec![C64::real(7.0); 200];
                let to = whole.as_mut_ptr().add(60);
                if step == 1 {
                    full.write(to, unit(1), Full)
                } else {
                    full.write(to, by(step), Full)
                }
                for i in 0..200_isize {
                    let lane = (i - 60) / step;
                    let hit = (i - 60) % step == 0 && (0..16).contains(&lane);
                    let (on, want) = (hit && some.lane(lane as usize), data[i as usize]);
                    assert_eq!(out[i as usize], if on { want } else { C64::real(7.0) });
                    assert_eq!(scattered[i as usize], out[i as usize]);
                    assert_eq!(whole[i as usize], if hit { want } else { C64::real(7.0) });
                    if hit && !on {
                        assert_eq!(part.lane(lane as usize), C64::ZERO);
                    }
                }
            }
            let wide: Vec<C128> = data.iter().map(|z| z.widen()).collect();
            for bits in 0..256 {
                // Exactly as many numbers as the lanes that are on need: Miri and valgrind see what is beyond.
                let (on, count) = (Mask8::from_bits(bits), 32 - bits.leading_zeros() as usize);
                let mut own = wide[..count].to_vec();
                let z = C128x8::read(own.as_ptr(), unit(1), on);
                (z + z).write(own.as_mut_ptr(), unit(1), on);
                for (lane, number) in own.iter().enumerate() {
                    let factor = if on.lane(lane) { 2.0 } else { 1.0 };
                    assert_eq!(*number, C128::real(factor) * wide[lane]);
                }
            }
            assert_eq!(C128x8::pick(wide.as_ptr(), I64x8::splat(5), Full).lane(3), wide[5]);
        }
    }

    #[test]
    fn groups_meet_in_a_tree() {
        let groups: [C128x8; 4] = core::array::from_fn(|group| {
            C128x8::from_array(core::array::from_fn(|lane| C128::new((8 * group + lane) as f64, 1.0)))
        });
        assert_eq!(finish_complex::<Sum, f64, 8, 4>(groups), C128::new(31.0 * 16.0, 32.0));
        let units = [C64x8::splat(C64::new(0.0, 1.0)); 4];
        assert_eq!(finish_complex::<Product, f32, 8, 4>(units), C64::real(1.0));
    }
}
