// Functions of complex numbers: each part within a unit in the last place, with the C library's special values (C99, annex G).
//
// Parts are products, quotients and roots of sums of two, so that only the last operation rounds in a place that shows. complex64
// goes by way of complex128. The CPU calls the C library, whose last places are its own.
#pragma once

namespace math {

// Sums of two. Zeros keep their sign.

MATH f64 rounded(Pair a) { return a.high == 0.0 ? a.high : a.high + a.low; }
MATH Pair negated(Pair a) { return {-a.high, -a.low}; }
MATH Pair times(Pair a, Pair b) {
    const Pair p = times(a.high, b.high);
    return {p.high, p.low + (a.high * b.low + a.low * b.high)};
}
MATH Pair plus(Pair a, Pair b) {
    const Pair total = sum(a.high, b.high);
    return fast_sum(total.high, total.low + (a.low + b.low));
}
MATH f64 over(Pair a, Pair b) {
    const f64 q = a.high / b.high;
    return q + (fma(q, -b.high, a.high) + (a.low - q * b.low)) / b.high;
}
MATH Pair root(Pair a) {
    const f64 r = sqrt(a.high);
    return {r, r == 0.0 ? 0.0 : (fma(-r, r, a.high) + a.low) / (r + r)};
}
// What is tiny is enlarged before its digits are lost.
MATH Pair enlarged(Pair a, f64 &k) {
    if (fabs(a.high) >= 1e-150 || is_nan(a.high)) return a;
    k -= 600.0;
    return {a.high * 4.149515568880993e180, a.low * 4.149515568880993e180};
}
// a b 2^k, and that over c, rounded once.
MATH f64 scaled(Pair a, Pair b, f64 k) {
    a = enlarged(a, k), b = enlarged(b, k);
    return scaled(rounded(times(a, b)), at_most(k, 2000.0));
}
MATH f64 scaled_over(Pair a, Pair b, Pair c, f64 k) {
    a = enlarged(a, k), b = enlarged(b, k);
    return scaled(over(times(a, b), c), at_most(k, 2000.0));
}
// sin x and cos x.
MATH void turned(f64 x, Pair &s, Pair &c) {
    f64 k;
    const Pair r = quarter(x, k);
    s = sine(r), c = cosine(r);
    s = fast_sum(s.high, s.low), c = fast_sum(c.high, c.low);
    if (has_bit(k, 1)) {
        const Pair other = s;
        s = c, c = negated(other);
    }
    if (has_bit(k, 2)) s = negated(s), c = negated(c);
    if (x == 0.0) s = {x, 0.0};
}
// sinh x and cosh x, both over 2^k; of larger numbers, those of 1500, which overflow also where a subnormal number is a factor.
MATH void stretched(f64 x, Pair &s, Pair &c, f64 &k) {
    const f64 a = fabs(x);
    const Pair r = reduced(at_most(a, 1500.0), k);
    const Pair up = near_one(r), near = near_one(negated(r));
    const f64 inverse = power_of_two(at_least(-k - k, -1000.0));
    const Pair down = {near.high * inverse, near.low * inverse};
    k -= 1.0;
    c = plus(up, down);
    s = plus(up, negated(down));
    if (a < 0.5) {
        const f64 scale = power_of_two(-k), z = a * a;
        s = fast_sum(a * scale, a * z * small_sinh(z) * scale);
    }
    if (copysign(1.0, x) < 0.0) s = negated(s);
}

MATH c128 exp(c128 z) {
    const f64 x = z.re, y = z.im;
    if (!finite(y) && infinite(x)) return x > 0.0 ? c128(x, nan<f64>()) : c128(0.0, copysign(0.0, y));
    f64 k;
    const Pair e = near_one(reduced(at_least(at_most(x, 1500.0), -1000.0), k));
    Pair s, c;
    turned(y, s, c);
    return {scaled(e, c, k), y == 0.0 ? y : scaled(e, s, k)};
}

MATH c128 cosh(c128 z) {
    const f64 x = z.re, y = z.im;
    if (!finite(y)) return {infinite(x) ? positive_infinity() : nan<f64>(), x == 0.0 ? 0.0 : nan<f64>()};
    if (is_nan(x)) return {x, y == 0.0 ? y : x};
    Pair s, c, sh, ch;
    f64 k;
    stretched(x, sh, ch, k);
    turned(y, s, c);
    return {scaled(ch, c, k), scaled(sh, s, k)};
}
MATH c128 sinh(c128 z) {
    const f64 x = z.re, y = z.im;
    if (!finite(y)) return {x == 0.0 ? x : infinite(x) ? positive_infinity() : nan<f64>(), nan<f64>()};
    if (is_nan(x)) return {x, y == 0.0 ? y : x};
    Pair s, c, sh, ch;
    f64 k;
    stretched(x, sh, ch, k);
    turned(y, s, c);
    return {scaled(sh, c, k), scaled(ch, s, k)};
}
// (sinh x cosh x + i sin y cos y) / (sinh² x + cos² y)
MATH c128 tanh(c128 z) {
    const f64 x = z.re, y = z.im;
    Pair s, c, sh, ch;
    turned(y, s, c);
    if (infinite(x)) {
        const f64 sign = finite(y) && fabs(y) > 1.0 ? s.high * c.high : y;
        return {copysign(1.0, x), copysign(0.0, sign)};
    }
    if (is_nan(x) || !finite(y)) return y == 0.0 ? z : c128(x == 0.0 ? x : nan<f64>(), nan<f64>());
    f64 k;
    stretched(copysign(at_most(fabs(x), 400.0), x), sh, ch, k);
    const f64 down = power_of_two(-k);
    const Pair shrunk = {c.high * down, c.low * down};
    const Pair size = plus(times(sh, sh), times(shrunk, shrunk));
    return {x == 0.0 ? x : scaled_over(sh, ch, size, 0.0), y == 0.0 ? y : scaled_over(s, c, size, -k - k)};
}
MATH c128 sin(c128 z) {
    const c128 turned = sinh(c128(z.im, z.re));
    return {turned.im, turned.re};
}
MATH c128 cos(c128 z) { return cosh(c128(-z.im, z.re)); }
MATH c128 tan(c128 z) {
    const c128 turned = tanh(c128(z.im, z.re));
    return {turned.im, turned.re};
}

// Of magnitudes whose squares neither overflow nor lose digits, half the logarithm of x² + y²; of others, the logarithm of a
// multiple of the magnitude.
MATH c128 log(c128 z) {
    const f64 a = fabs(z.re), b = fabs(z.im);
    const bool large = a > 1e150 || b > 1e150, small = a < 1e-140 && b < 1e-140;
    const Pair aa = times(a, a), bb = times(b, b);
    const Pair squares = sum(aa.high, bb.high), rests = sum(aa.low, bb.low);
    f64 v = squares.high, low = squares.low + rests.high, more = 0.0;
    if (large) v = hypot(a * 0.25, b * 0.25), more = 2.0;
    if (small) v = hypot(a * 1.6069380442589903e60, b * 1.6069380442589903e60), more = -200.0;
    if (large || small) low = 0.0;
    f64 m, e, half;
    split(v, m, e);
    f64 f = m - 1.0, c = low / v;
    if (!large && !small && v > 0.71 && v < 1.41) {
        // All digits of x² + y² - 1.
        const Pair first = sum(squares.low, rests.high), second = sum(v - 1.0, first.high);
        f = second.high;
        c = (second.low + (first.low + rests.low)) / v;
        e = 0.0;
    }
    e += more;
    const f64 tail = series(f, half);
    const f64 rest = half - (tail + fma(e, logarithm::LN2_LOW, c));
    const f64 found = special(v, fma(e, logarithm::LN2_HIGH, f - rest));
    return {large || small ? found : found * 0.5, atan2(z.im, z.re)};
}

MATH c128 sqrt(c128 z) {
    f64 a = fabs(z.re), b = fabs(z.im);
    if (b == positive_infinity()) return {b, z.im};
    if (a == positive_infinity()) {
        const f64 none = is_nan(b) ? b : 0.0;
        return z.re > 0.0 ? c128(a, copysign(none, z.im)) : c128(none, copysign(a, z.im));
    }
    if (is_nan(a) || is_nan(b)) return {nan<f64>(), nan<f64>()};
    if (a == 0.0 && b == 0.0) return {0.0, z.im};
    const bool large = a > 1e150 || b > 1e150, small = a < 1e-140 && b < 1e-140;
    const f64 factor = large ? 2.409919865102884e-181 : small ? 4.149515568880993e180 : 1.0;
    const f64 back = large ? 2.037035976334486e90 : small ? 4.909093465297727e-91 : 1.0;
    a *= factor, b *= factor;
    const Pair size = root(plus(times({a, 0.0}, {a, 0.0}), times({b, 0.0}, {b, 0.0})));
    const Pair whole = plus(size, {a, 0.0});
    const Pair found = root({whole.high * 0.5, whole.low * 0.5});
    const f64 first = (found.high + found.low) * back;
    // What is small beside a large part, unscaled.
    const Pair twice = {found.high * 2.0, found.low * 2.0};
    const f64 part = fabs(z.im);
    const f64 second = b == 0.0 && part == 0.0 ? 0.0
                       : large ? over({part, 0.0}, {twice.high * back, twice.low * back})
                               : over({b, 0.0}, twice) * back;
    return copysign(1.0, z.re) > 0.0 ? c128(first, copysign(second, z.im)) : c128(second, copysign(first, z.im));
}

// Of single precision
#define OF_COMPLEX(name) MATH c64 name(c64 z) { return c64(name(c128(z))); }
OF_COMPLEX(exp) OF_COMPLEX(log) OF_COMPLEX(sqrt) OF_COMPLEX(sin) OF_COMPLEX(cos) OF_COMPLEX(tan)
OF_COMPLEX(sinh) OF_COMPLEX(cosh) OF_COMPLEX(tanh)

}  // namespace math

// Powers to whole numbers below 100 in size (CPython: up to 100), which are products; others are the CPU's.

template <typename T> INLINE Complex<T> numpy_power(Complex<T> a, Complex<T> b, bool &failed) {
    check(b.im == 0 && trunc(b.re) == b.re && fabs(b.re) < T(100), failed);
    return failed ? a : numpy_power(a, i64(b.re));
}
INLINE c128 python_power(c128 a, c128 b, bool &failed) {
    check(b.im == 0 && trunc(b.re) == b.re && fabs(b.re) <= 100, failed);
    return failed ? a : python_power(a, i64(b.re));
}
