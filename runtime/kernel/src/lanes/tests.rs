//! Every operation of every type and width, against the operation on single values.

use super::*;

/// Values that reach the corners of each type.
fn samples<T: Scalar>() -> Vec<T>
where
    i64: Cast<T>,
    f64: Cast<T>,
{
    let mut samples: Vec<T> = [
        0,
        1,
        2,
        3,
        7,
        63,
        64,
        100,
        127,
        128,
        255,
        256,
        32767,
        65535,
        1 << 31,
        i64::MAX,
    ]
    .iter()
    .flat_map(|&v: &i64| [v.cast(), v.wrapping_neg().cast()])
    .collect();
    if matches!(T::KIND, Kind::F64 | Kind::F32) {
        for v in [
            -0.0,
            0.5,
            1.5,
            2.5,
            -2.5,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            1e-310,
            1e300,
            -4.7,
        ] {
            samples.push(v.cast());
        }
    }
    samples
}

/// Calls `check` with lanes filled from the samples, every value against every other sooner or later.
fn sweep<T: Element<N>, const N: usize>(mut check: impl FnMut([T; N], [T; N]))
where
    i64: Cast<T>,
    f64: Cast<T>,
{
    let samples = samples::<T>();
    let n = samples.len();
    for start in 0..n {
        for shift in 0..n {
            let a = core::array::from_fn(|i| samples[(start + i) % n]);
            let b = core::array::from_fn(|i| samples[(start + shift + i * 3) % n]);
            check(a, b);
        }
    }
}

/// The same bits; any NaN is like any other.
fn same<T: Scalar + Cast<f64>>(a: T, b: T) -> bool {
    let sign = |v: T| Cast::<f64>::cast(v).is_sign_negative();
    (a == b && sign(a) == sign(b)) || (a.partial_cmp(&a).is_none() && b.partial_cmp(&b).is_none())
}

fn expect<T: Scalar + Cast<f64>, const N: usize>(got: [T; N], want: impl Fn(usize) -> T, what: &str) {
    for (i, &lane) in got.iter().enumerate() {
        assert!(
            same(lane, want(i)),
            "{what} {:?}x{N}, lane {i}: {lane:?}, not {:?}",
            T::KIND,
            want(i)
        );
    }
}

fn expect_mask<M: Mask>(got: M, want: impl Fn(usize) -> bool, what: &str) {
    for i in 0..M::LANES {
        assert_eq!(got.lane(i), want(i), "{what}, lane {i} of {got:?}");
        assert_eq!(got.bits() >> i & 1 == 1, want(i), "{what}, bit {i} of {got:?}");
    }
}

#[allow(clippy::eq_op, reason = "true for NaN only")]
fn every_type<T: Element<N> + Cast<f64>, const N: usize>()
where
    i64: Cast<T>,
    f64: Cast<T>,
{
    sweep::<T, N>(|a, b| {
        let (x, y) = (Lanes::from_array(a), Lanes::from_array(b));
        assert!((0..N).all(|i| same(x.lane(i), a[i])));
        expect((x + y).to_array(), |i| a[i].plus(b[i]), "+");
        expect((x - y).to_array(), |i| a[i].minus(b[i]), "-");
        expect((x * y).to_array(), |i| a[i].times(b[i]), "*");
        expect((-x).to_array(), |i| a[i].negated(), "neg");
        expect(x.abs().to_array(), |i| a[i].magnitude(), "abs");
        expect_mask(x.eq(y), |i| a[i] == b[i], "==");
        expect_mask(x.ne(y), |i| a[i] != b[i], "!=");
        expect_mask(x.lt(y), |i| a[i] < b[i], "<");
        expect_mask(x.le(y), |i| a[i] <= b[i], "<=");
        expect_mask(x.gt(y), |i| a[i] > b[i], ">");
        expect_mask(x.ge(y), |i| a[i] >= b[i], ">=");
        let mask = x.lt(y);
        expect(
            Lanes::select(mask, x, y).to_array(),
            |i| if a[i] < b[i] { a[i] } else { b[i] },
            "select",
        );
        expect(x.py_min(y).to_array(), |i| if b[i] < a[i] { b[i] } else { a[i] }, "min");
        expect(x.py_max(y).to_array(), |i| if b[i] > a[i] { b[i] } else { a[i] }, "max");
        let least = |a: T, b: T| if a != a || a < b { a } else { b };
        let most = |a: T, b: T| if a != a || a > b { a } else { b };
        expect(x.minimum(y).to_array(), |i| least(a[i], b[i]), "np.minimum");
        expect(x.maximum(y).to_array(), |i| most(a[i], b[i]), "np.maximum");
        expect(
            x.fmin(y).to_array(),
            |i| if b[i] != b[i] || a[i] <= b[i] { a[i] } else { b[i] },
            "np.fmin",
        );
        expect(
            x.fmax(y).to_array(),
            |i| if b[i] != b[i] || a[i] >= b[i] { a[i] } else { b[i] },
            "np.fmax",
        );
        memory(a, b, mask);
    });
    let three = Lanes::<T, N>::iota(3i64.cast(), 2i64.cast());
    expect(three.to_array(), |i| (3 + 2 * i as i64).cast(), "iota");
    assert!(same(three.reduce_sum(), ((3 * N + N * (N - 1)) as i64).cast()));
}

fn memory<T: Element<N> + Cast<f64>, const N: usize>(a: [T; N], b: [T; N], mask: T::Mask) {
    let x = Lanes::<T, N>::from_array(a);
    let index = core::array::from_fn::<i64, N, _>(|i| (i * 7 % N) as i64 - 2);
    let mut room = [T::ONE; 64];
    // SAFETY: all offsets below lie inside the arrays, and every masked one is touched only where its lane is on.
    unsafe {
        let base = room.as_mut_ptr().add(2);
        expect(Lanes::<T, N>::load(a.as_ptr()).to_array(), |i| a[i], "load");
        let on = |v: T, i| if mask.lane(i) { v } else { T::ZERO };
        expect(
            Lanes::<T, N>::load_masked(a.as_ptr(), mask).to_array(),
            |i| on(a[i], i),
            "load_masked",
        );
        x.store_masked(base, mask);
        for (i, &value) in a.iter().enumerate() {
            assert!(
                same(*base.add(i), if mask.lane(i) { value } else { T::ONE }),
                "store_masked"
            );
        }
        T::scatter(base, index, Lanes::<T, N>::from_array(b).0, T::Mask::splat(true));
        let read = T::unpack(T::gather(base, index, mask));
        expect(read, |i| on(b[i], i), "gather");
        T::scatter(base, index, x.0, mask);
        let read = T::unpack(T::gather(base, index, T::Mask::splat(true)));
        expect(read, |i| if mask.lane(i) { a[i] } else { b[i] }, "scatter");
        x.store_strided(base, 3);
        expect(Lanes::<T, N>::load_strided(base, 3).to_array(), |i| a[i], "strided");
        let read = Lanes::<T, N>::load_strided_masked(base, 3, mask);
        expect(read.to_array(), |i| on(a[i], i), "load_strided_masked");
    }
}

fn integer<T: IntegerElement<N> + Cast<f64>, const N: usize>()
where
    i64: Cast<T>,
    f64: Cast<T>,
{
    every_type::<T, N>();
    sweep::<T, N>(|a, b| {
        let (x, y) = (Lanes::from_array(a), Lanes::from_array(b));
        expect((x & y).to_array(), |i| a[i].bit_and(b[i]), "&");
        expect((x | y).to_array(), |i| a[i].bit_or(b[i]), "|");
        expect((x ^ y).to_array(), |i| a[i].bit_xor(b[i]), "^");
        expect((!x).to_array(), |i| a[i].bit_xor(T::ZERO.minus(T::ONE)), "~");
        expect((x << y).to_array(), |i| a[i].shift_left(b[i]), "<<");
        expect((x >> y).to_array(), |i| a[i].shift_right(b[i]), ">>");
    });
}

fn float<T: FloatElement<N> + Cast<f64>, const N: usize>()
where
    i64: Cast<T>,
    f64: Cast<T>,
{
    every_type::<T, N>();
    sweep::<T, N>(|a, b| {
        let (x, y) = (Lanes::from_array(a), Lanes::from_array(b));
        expect((x / y).to_array(), |i| a[i].over(b[i]), "/");
        expect(x.mul_add(y, x).to_array(), |i| a[i].fused(b[i], a[i]), "mul_add");
        expect(x.sqrt().to_array(), |i| a[i].root(), "sqrt");
        expect(x.floor().to_array(), |i| a[i].round_down(), "floor");
        expect(x.ceil().to_array(), |i| a[i].round_up(), "ceil");
        expect(x.trunc().to_array(), |i| a[i].round_to_zero(), "trunc");
        expect(x.rint().to_array(), |i| a[i].round_to_even(), "rint");
        expect(x.copysign(y).to_array(), |i| a[i].with_sign_of(b[i]), "copysign");
    });
}

macro_rules! each {
    ($($test:ident $kind:ident $t:ident;)*) => {$(
        #[test]
        fn $test() {
            $kind::<$t, 1>();
            $kind::<$t, 8>();
            $kind::<$t, 16>();
            casts_from::<$t, 1>();
            casts_from::<$t, 8>();
            casts_from::<$t, 16>();
        }
    )*};
}
each! {
    f64_lanes float f64;
    f32_lanes float f32;
    i64_lanes integer i64;
    u64_lanes integer u64;
    i32_lanes integer i32;
    u32_lanes integer u32;
    i16_lanes integer i16;
    u16_lanes integer u16;
    i8_lanes integer i8;
    u8_lanes integer u8;
}

macro_rules! casts {
    ($($to:ident)*) => {
        fn casts_from<T, const N: usize>()
        where
            T: Element<N>,
            i64: Cast<T>,
            f64: Cast<T>,
            $(T: Cast<$to>, $to: Element<N>,)*
        {
            sweep::<T, N>(|a, _| {
                let x = Lanes::<T, N>::from_array(a);
                $(expect(x.cast::<$to>().to_array(), |i| a[i].cast(), "cast");)*
            });
        }
    };
}
casts!(f64 f32 i64 u64 i32 u32 i16 u16 i8 u8);

#[test]
fn casts_as_numpy() {
    let cases: [(f64, i64, u64, i32, u8); 6] = [
        (-1.9, -1, u64::MAX, -1, 255),
        (f64::NAN, i64::MIN, 1 << 63, i32::MIN, 0),
        (1e19, i64::MIN, 10_000_000_000_000_000_000, i32::MIN, 0),
        (1e30, i64::MIN, 0, i32::MIN, 0),
        (300.0, 300, 300, 300, 44),
        (-2147483648.5, -2147483648, 18446744071562067968, -2147483648, 0),
    ];
    for (x, a, b, c, d) in cases {
        assert_eq!((x.cast(), x.cast(), x.cast(), x.cast()), (a, b, c, d), "{x}");
    }
}

fn mask_algebra<M: Mask>() {
    let all = (1u64 << M::LANES) as u32 - 1;
    for a in [0, 1, 2, 0b1010, 0b1101, all, all ^ 1, 1 << (M::LANES - 1)].map(|bits| bits & all) {
        let m = M::from_bits(a);
        assert_eq!(m.bits(), a);
        assert_eq!((m.any(), m.all()), (a != 0, a == all));
        assert_eq!(m.count(), a.count_ones() as usize);
        assert_eq!(m.first(), (a != 0).then(|| a.trailing_zeros() as usize));
        assert_eq!(m.not().bits(), !a & all);
        let below_lowest = if a == 0 { all } else { (a & a.wrapping_neg()) - 1 };
        assert_eq!(m.before_first().bits(), below_lowest);
        for b in [0, 3, 0b110, all].map(|bits| bits & all) {
            let n = M::from_bits(b);
            assert_eq!(m.and(n).bits(), a & b);
            assert_eq!(m.or(n).bits(), a | b);
            assert_eq!(m.xor(n).bits(), a ^ b);
            assert_eq!(m.and_not(n).bits(), a & !b);
            assert_eq!(m == n, a == b);
        }
    }
    for count in 0..M::LANES + 3 {
        assert_eq!(M::below(count).count(), count.min(M::LANES));
        assert_eq!(M::below(count).not().first(), (count < M::LANES).then_some(count));
    }
}

#[test]
fn masks() {
    mask_algebra::<Mask1>();
    mask_algebra::<Mask8>();
    mask_algebra::<Mask16>();
}

#[test]
fn reductions_follow_the_tree() {
    let x = [1e16, 1.0, -1e16, 1.0, 3.0, 0.25, 1e16, -1e16];
    let half: [f64; 4] = core::array::from_fn(|i| x[i] + x[i + 4]);
    assert_eq!(
        F64x8::from_array(x).reduce_sum(),
        (half[0] + half[2]) + (half[1] + half[3])
    );
    let nan = F64x8::from_array(x).with_lane(5, f64::NAN);
    assert!(nan.reduce_minimum().is_nan() && nan.reduce_maximum().is_nan());
    assert_eq!(F64x8::from_array(x).reduce_py_max(), 1e16);
    assert_eq!(I64x8::iota(1, 1).reduce_product(), 40320);
    assert_eq!(U8x16::iota(1, 1).reduce_or(), 31);
    assert_eq!(F64x8::iota(0.0, 1.0).last(Mask8::from_bits(0b0101), -1.0), 2.0);
    assert_eq!(F64x8::iota(0.0, 1.0).last(Mask8::splat(false), -1.0), -1.0);
}

#[test]
fn pairs_side_by_side() {
    fn check<T: Element<N>, const N: usize>() {
        let at = |start: usize| Lanes::<T, N>::from_fn(|lane| T::of_usize(start + lane));
        let (even, odd) = Lanes::unzipped(at(1), at(1 + N));
        for lane in 0..N {
            assert_eq!(even.lane(lane), T::of_usize(1 + 2 * lane));
            assert_eq!(odd.lane(lane), T::of_usize(2 + 2 * lane));
        }
        let (low, high) = Lanes::zipped(even, odd);
        assert_eq!(low.to_array(), at(1).to_array());
        assert_eq!(high.to_array(), at(1 + N).to_array());
    }
    check::<f64, 8>();
    check::<f64, 16>();
    check::<f32, 8>();
    check::<f32, 16>();
    check::<i16, 16>();
    check::<f64, 1>();
}

#[test]
fn masks_doubled() {
    for bits in 0..1 << 16 {
        let (low, high) = Mask16::from_bits(bits).doubled();
        for lane in 0..8 {
            assert_eq!(low.lane(2 * lane) && low.lane(2 * lane + 1), bits >> lane & 1 == 1);
            assert_eq!(
                high.lane(2 * lane) || high.lane(2 * lane + 1),
                bits >> (8 + lane) & 1 == 1
            );
        }
    }
    assert_eq!(
        Mask8::from_bits(0b1000_0001).doubled(),
        (Mask8::from_bits(0b11), Mask8::from_bits(0b1100_0000))
    );
}
