// Functions of complex numbers: each part within a unit in the last place, with the C library's special values (C99, annex G).
//
// Parts are products, quotients and roots of sums of two, so that only the last operation rounds in a place that shows. complex64
// goes by way of complex128. runtime/kernel/src/math/complex.rs computes the same steps in the same order, and so do complex_inverse.rs
// and complex_power.rs, which tell what the steps are for: change both sides together.
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
MATH Pair quotient_pair(Pair a, Pair b) {
    const f64 q = a.high / b.high;
    return {q, (fma(q, -b.high, a.high) + (a.low - q * b.low)) / b.high};
}
MATH f64 over(Pair a, Pair b) {
    const Pair q = quotient_pair(a, b);
    return q.high + q.low;
}
MATH Pair multiplied(Pair a, f64 factor) { return {a.high * factor, a.low * factor}; }
MATH Pair exactly(f64 x) { return {x, 0.0}; }
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
MATH void turned(Pair x, Pair &s, Pair &c) {
    f64 k;
    Pair r = quarter(x.high, k);
    if (x.low != 0.0) r = plus(r, exactly(x.low));
    s = sine(r), c = cosine(r);
    s = fast_sum(s.high, s.low), c = fast_sum(c.high, c.low);
    if (has_bit(k, 1)) {
        const Pair other = s;
        s = c, c = negated(other);
    }
    if (has_bit(k, 2)) s = negated(s), c = negated(c);
    if (x.high == 0.0) s = exactly(x.high);
}
MATH void turned(f64 x, Pair &s, Pair &c) { turned(exactly(x), s, c); }
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

// log(2^twice √(a² + b²)). Of magnitudes whose squares neither overflow nor lose digits, half the logarithm of the sum of squares; of
// others, the logarithm of a multiple of the magnitude.
MATH f64 log_of_size(f64 a, f64 b, f64 twice) {
    const bool large = a > 1e150 || b > 1e150, small = a < 1e-140 && b < 1e-140;
    const Pair aa = times(a, a), bb = times(b, b);
    const Pair squares = sum(aa.high, bb.high), rests = sum(aa.low, bb.low);
    f64 v = squares.high, low = squares.low + rests.high, more = twice + twice;
    if (large) v = hypot(a * 0.25, b * 0.25), more = twice + 2.0;
    if (small) v = hypot(a * 1.6069380442589903e60, b * 1.6069380442589903e60), more = twice - 200.0;
    if (large || small) low = 0.0;
    f64 m, e, half;
    split(v, m, e);
    f64 f = m - 1.0, c = low / v;
    if (!large && !small && v > 0.71 && v < 1.41) {
        // All digits of a² + b² - 1.
        const Pair first = sum(squares.low, rests.high), second = sum(v - 1.0, first.high);
        f = second.high;
        c = (second.low + (first.low + rests.low)) / v;
        e = 0.0;
    }
    e += more;
    const f64 tail = series(f, half);
    const f64 rest = half - (tail + fma(e, logarithm::LN2_LOW, c));
    const f64 found = special(v, fma(e, logarithm::LN2_HIGH, f - rest));
    return large || small ? found : found * 0.5;
}
MATH c128 log(c128 z) { return {log_of_size(fabs(z.re), fabs(z.im), 0.0), atan2(z.im, z.re)}; }

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

// Inverse functions (complex_inverse.rs)

MATH c128 swapped(c128 z) { return {z.im, z.re}; }
// atan n/d, both from 0 on, not both 0.
MATH Pair arc(Pair n, Pair d) {
    using namespace complex_inverse;
    if (n.high < NEAR && d.high < NEAR) n = multiplied(n, LIFT), d = multiplied(d, LIFT);
    if (n.high < d.high * NEAR) return quotient_pair(n, d);
    const Pair found = angle(n.high, d.high);
    const f64 q = n.high > d.high ? d.high / n.high : n.high / d.high;
    const f64 below = d.high == 0.0 ? 0.0 : d.low / d.high;
    const f64 slope = q / fma(q, q, 1.0);
    return {found.high, found.low + slope * (n.low / n.high - below)};
}
// π less an angle.
MATH Pair beyond(Pair a) {
    const f64 high = inverse::PI[0] - a.high;
    return {high, ((inverse::PI[0] - high) - a.high) + (inverse::PI[1] - a.low)};
}
// √(a² - x²), and the logarithm of a + √(a² - 1).
MATH f64 around(f64 x, f64 y, Pair &d) {
    if (x == 1.0 && y < complex_inverse::NEAR) {
        d = root(exactly(y));
        return d.high + d.low;
    }
    const Pair right = sum(x, 1.0), left = sum(x, -1.0), yy = times(y, y);
    const Pair r = root(plus(times(right, right), yy));
    const Pair s = x == 1.0 ? exactly(y) : root(plus(times(left, left), yy));
    const Pair a = multiplied(plus(r, s), 0.5);
    const Pair near = plus(r, right), one = exactly(1.0);
    const Pair far = plus(s, x < 1.0 ? negated(left) : left);
    const Pair across = multiplied(plus(quotient_pair(yy, near), far), 0.5);
    const Pair slope = multiplied(plus(quotient_pair(one, near), quotient_pair(one, far)), 0.5);
    d = x > 1.0 ? times(root(times(plus(a, exactly(x)), slope)), exactly(y)) : root(times(plus(a, exactly(x)), across));
    const Pair t = x < 1.0 ? times(plus(times(slope, exactly(y)), root(times(slope, plus(a, one)))), exactly(y))
                           : plus(across, root(times(across, plus(a, one))));
    return log1p_of(t, 0.0);
}
MATH c128 asin(c128 z) {
    const f64 x = fabs(z.re), y = fabs(z.im), infinity = positive_infinity();
    f64 re, im;
    if (!(x < infinity && y < infinity)) {
        if (y == infinity) re = x == y ? inverse::HALF_PI[0] * 0.5 : x * 0.0, im = y;
        else if (x == infinity) re = is_nan(y) ? y : inverse::HALF_PI[0], im = x;
        else if (x == 0.0) re = x, im = y;
        else return {nan<f64>(), nan<f64>()};
    } else if (x > complex_inverse::FAR || y > complex_inverse::FAR) {
        re = atan2(x, y), im = log_of_size(x, y, 1.0);
    } else {
        Pair d;
        im = around(x, y, d);
        const Pair angle = arc(exactly(x), d);
        re = angle.high + angle.low;
    }
    return {copysign(re, z.re), copysign(im, z.im)};
}
MATH c128 acos(c128 z) {
    const f64 x = fabs(z.re), y = fabs(z.im), infinity = positive_infinity();
    f64 re, im;
    if (!(x < infinity && y < infinity)) {
        const f64 eighth = inverse::HALF_PI[0] * 0.5;
        if (y == infinity) re = x == y ? (z.re < 0.0 ? 3.0 * eighth : eighth) : x * 0.0 + inverse::HALF_PI[0], im = y;
        else if (x == infinity) re = is_nan(y) ? y : z.re < 0.0 ? inverse::PI[0] : 0.0, im = x;
        else if (x == 0.0) re = inverse::HALF_PI[0], im = y;
        else return {nan<f64>(), nan<f64>()};
    } else if (x > complex_inverse::FAR || y > complex_inverse::FAR) {
        re = atan2(y, z.re), im = log_of_size(x, y, 1.0);
    } else {
        Pair d;
        im = around(x, y, d);
        const Pair right = arc(d, exactly(x)), angle = z.re < 0.0 ? beyond(right) : right;
        re = angle.high + angle.low;
    }
    return {re, copysign(im, -z.im)};
}
MATH c128 acosh(c128 z) {
    const c128 w = acos(z);
    if (is_nan(w.re)) return {fabs(w.im), w.re};
    if (is_nan(w.im)) return {w.im, z.re == 0.0 ? w.re : w.im};
    return {fabs(w.im), copysign(w.re, z.im)};
}
MATH c128 asinh(c128 z) { return swapped(asin(swapped(z))); }
MATH c128 atanh(c128 z) {
    const f64 x = fabs(z.re), y = fabs(z.im), infinity = positive_infinity();
    if (!(x < infinity && y < infinity)) {
        const bool flat = x == infinity || y == infinity;
        const f64 re = x == 0.0 ? z.re : flat ? copysign(0.0, z.re) : nan<f64>();
        return {re, !flat ? nan<f64>() : is_nan(y) ? y : copysign(inverse::HALF_PI[0], z.im)};
    }
    f64 re, im;
    if (x > complex_inverse::FAR || y > complex_inverse::FAR) {
        const f64 factor = x > 1e150 || y > 1e150 ? 2.409919865102884e-181 : 1.0;
        const f64 a = x * factor, b = y * factor;
        re = over(exactly(a), plus(times(a, a), times(b, b))) * factor, im = inverse::HALF_PI[0];
    } else if (x == 1.0 && y == 0.0) {
        re = infinity, im = 0.0;
    } else {
        const Pair right = sum(x, 1.0), left = sum(x, -1.0), yy = times(y, y);
        if (x == 1.0 && y < complex_inverse::NEAR) {
            // log(2 / y) / 2
            f64 e;
            const Pair l = log_pair(y, e);
            e -= 1.0;
            const Pair total = sum(e * logarithm::LN2_HIGH, l.high);
            re = -0.5 * (total.high + (total.low + fma(e, logarithm::LN2_LOW, l.low)));
        } else {
            re = log1p_of(quotient_pair(exactly(4.0 * x), plus(times(left, left), yy)), 0.0) * 0.25;
        }
        const Pair d = plus(times(negated(left), right), negated(yy)), n = exactly(y + y);
        const Pair angle = d.high < 0.0 ? beyond(arc(n, negated(d))) : arc(n, d);
        im = (angle.high + angle.low) * 0.5;
    }
    return {copysign(re, z.re), copysign(im, z.im)};
}
MATH c128 atan(c128 z) { return swapped(atanh(swapped(z))); }

// Powers (complex_power.rs)

// Logarithm of the magnitude, and angle.
MATH void polar(c128 z, Pair &size, Pair &angle) {
    f64 a = fabs(z.re), b = fabs(z.im);
    const bool large = a > 1e150 || b > 1e150, small = !large && a < 1e-140 && b < 1e-140;
    const f64 factor = large ? 2.409919865102884e-181 : small ? 4.149515568880993e180 : 1.0;
    a *= factor, b *= factor;
    const Pair aa = times(a, a), bb = times(b, b);
    const Pair squares = sum(aa.high, bb.high), rests = sum(aa.low, bb.low);
    f64 e;
    const Pair first = sum(squares.low, rests.high);
    const Pair c = quotient_pair({first.high, first.low + rests.low}, exactly(squares.high));
    const Pair l = plus(log_pair(squares.high, e), {c.high, c.low - c.high * c.high * 0.5});
    e += large ? 1200.0 : small ? -1200.0 : 0.0;
    const Pair total = sum(e * logarithm::LN2_HIGH, l.high);
    size = multiplied(fast_sum(total.high, total.low + fma(e, logarithm::LN2_LOW, l.low)), 0.5);
    angle = arc(exactly(b), exactly(a));
    if (copysign(1.0, z.re) < 0.0) angle = beyond(angle);
    if (copysign(1.0, z.im) < 0.0) angle = negated(angle);
}
// e^exponent, turned, unless parts are too large for sums of two.
MATH bool raised(Pair exponent, Pair phase, c128 &found) {
    if (!(fabs(exponent.high) < complex_power::LIMIT && fabs(phase.high) < complex_power::LIMIT)) return false;
    f64 k;
    Pair s, c;
    const Pair r = reduced(at_least(at_most(exponent.high, 1500.0), -1000.0), k);
    const Pair e = near_one(plus(r, exactly(exponent.low)));
    turned(phase, s, c);
    found = c128(scaled(e, c, k), scaled(e, s, k));
    return true;
}
// a^b in sums of two, if they hold it.
MATH bool precise_power(c128 a, c128 b, c128 &found) {
    Pair size, angle;
    polar(a, size, angle);
    const Pair re = exactly(b.re), im = exactly(b.im);
    const Pair exponent = plus(times(re, size), negated(times(im, angle)));
    const Pair phase = plus(times(re, angle), times(im, size));
    return raised(exponent, phase, found);
}
// C99's product: infinite where a factor is, whatever NaN comes of its parts (annex G).
MATH f64 boxed(f64 x) { return copysign(infinite(x) ? 1.0 : 0.0, x); }
MATH f64 defined(f64 x) { return is_nan(x) ? copysign(0.0, x) : x; }
MATH c128 annex_g(c128 z, c128 w) {
    const c128 found = z * w;
    const bool first = infinite(z), second = infinite(w);
    if (!(is_nan(found.re) && is_nan(found.im)) || !(first || second)) return found;
    const c128 a = first ? c128(boxed(z.re), boxed(z.im)) : c128(defined(z.re), defined(z.im));
    const c128 b = second ? c128(boxed(w.re), boxed(w.im)) : c128(defined(w.re), defined(w.im));
    const c128 product = a * b;
    return {positive_infinity() * product.re, positive_infinity() * product.im};
}
// C's cpow, for a base that is not 0.
MATH c128 raised(c128 a, c128 b) {
    c128 found;
    if (finite(a) && precise_power(a, b, found)) return found;
    return exp(annex_g(b, log(a)));
}
MATH c64 raised(c64 a, c64 b) { return c64(raised(c128(a), c128(b))); }
// CPython's power where it is no product, of a base that is not 0.
MATH bool is_normal(f64 x) { return x > 1e-290 && x < 1e290; }
MATH c128 python_power(c128 a, c128 b) {
    const f64 size = hypot(a.re, a.im), at = atan2(a.im, a.re);
    f64 length = pow(size, b.re), phase = at * b.re;
    const f64 factor = b.im == 0.0 ? 1.0 : exp(at * b.im);
    c128 found;
    if (finite(a) && is_normal(length) && is_normal(factor) && precise_power(a, b, found)) return found;
    if (b.im != 0.0) length /= factor, phase += b.im * log(size);
    return {length * cos(phase), length * sin(phase)};
}

// What C has not (complex_more.rs)

MATH c128 exp2(c128 z) {
    const Pair factor = {exponential::LN2, exponential::LN2_LOW};
    c128 found;
    if (!raised(times(exactly(z.re), factor), times(exactly(z.im), factor), found))
        return exp(c128(z.re * exponential::LN2, z.im * exponential::LN2));
    return {found.re, z.im == 0.0 ? z.im : found.im};
}
MATH c128 expm1(c128 z) {
    const f64 x = z.re, y = z.im;
    if (!(fabs(x) <= complex_more::LARGE && finite(y))) {
        const f64 half = sin(y / 2.0);
        return {expm1(x) * cos(y) - 2.0 * half * half, exp(x) * sin(y)};
    }
    f64 k;
    Pair s, c, re;
    const Pair r = reduced(x, k);
    turned(y, s, c);
    if (k == 0.0) {
        Pair half, other;
        turned(y * 0.5, half, other);
        const Pair p = less_one(r), q = multiplied(times(half, half), -2.0);
        re = plus(plus(p, q), times(p, q));
    } else {
        re = plus(times(multiplied(near_one(r), power_of_two(k)), c), exactly(-1.0));
    }
    return {x == 0.0 && y == 0.0 ? x : rounded(re), y == 0.0 ? y : scaled(near_one(r), s, k)};
}
MATH c128 to_base(c128 z, Pair factor) {
    if (!finite(z) || z == c128(0.0)) {
        const c128 found = log(z);
        return {found.re * factor.high, found.im * factor.high};
    }
    Pair size, angle;
    polar(z, size, angle);
    return {rounded(times(size, factor)), rounded(times(angle, factor))};
}
MATH c128 log2(c128 z) { return to_base(z, {logarithm::INVERSE_LN2, logarithm::INVERSE_LN2_LOW}); }
MATH c128 log10(c128 z) { return to_base(z, {logarithm::INVERSE_LN10, logarithm::INVERSE_LN10_LOW}); }
MATH c128 log1p(c128 z) {
    const f64 x = z.re, y = z.im, a = fabs(x), b = fabs(y);
    const Pair u = sum(1.0, x);
    if (!(a < complex_more::VAST && b < complex_more::VAST) || (u.high == 0.0 && b == 0.0)) {
        const f64 right = x + 1.0;
        return {log(hypot(right, y)), atan2(y, right)};
    }
    f64 re;
    if (fabs(u.high) < 0.5 && b < 0.5) re = log_of_size(fabs(u.high), b, 0.0);
    else re = log1p_of(plus(exactly(x + x), plus(times(x, x), times(y, y))), 0.0) * 0.5;
    const Pair angle = u.high < 0.0 ? beyond(arc(exactly(b), negated(u))) : arc(exactly(b), u);
    return {re, copysign(rounded(angle), y)};
}
MATH c128 sign(c128 z) {
    f64 size = hypot(z.re, z.im);
    const bool right = infinite(z.re), up = infinite(z.im);
    if (is_nan(size) || (right && up)) return {nan<f64>(), nan<f64>()};
    if (right || up) return {right ? copysign(1.0, z.re) : 0.0, up ? copysign(1.0, z.im) : 0.0};
    if (size == 0.0) return {0.0, 0.0};
    const f64 a = fabs(z.re), b = fabs(z.im);
    const bool large = a > complex_more::VAST || b > complex_more::VAST, small = a < 1e-140 && b < 1e-140;
    const f64 factor = large ? 2.409919865102884e-181 : small ? 4.149515568880993e180 : 1.0;
    const Pair x = exactly(z.re * factor), y = exactly(z.im * factor);
    const Pair length = root(plus(times(x, x), times(y, y)));
    return {over(x, length), over(y, length)};
}

// Of single precision
#define OF_COMPLEX(name) MATH c64 name(c64 z) { return c64(name(c128(z))); }
OF_COMPLEX(exp) OF_COMPLEX(log) OF_COMPLEX(sqrt) OF_COMPLEX(sin) OF_COMPLEX(cos) OF_COMPLEX(tan)
OF_COMPLEX(sinh) OF_COMPLEX(cosh) OF_COMPLEX(tanh)
OF_COMPLEX(exp2) OF_COMPLEX(expm1) OF_COMPLEX(log2) OF_COMPLEX(log10) OF_COMPLEX(log1p) OF_COMPLEX(sign)
OF_COMPLEX(asin) OF_COMPLEX(acos) OF_COMPLEX(atan) OF_COMPLEX(asinh) OF_COMPLEX(acosh) OF_COMPLEX(atanh)

}  // namespace math

template <typename T> INLINE Complex<T> rint(Complex<T> a) { return {rint(a.re), rint(a.im)}; }

// Powers to whole numbers below 100 in size (CPython: up to 100) are products.

template <typename T> INLINE Complex<T> numpy_power(Complex<T> a, Complex<T> b) {
    if (b.im == 0 && trunc(b.re) == b.re && fabs(b.re) < T(100)) return numpy_power(a, i64(b.re));
    if (a == Complex<T>(T(0))) return b.re > 0 ? Complex<T>(T(0)) : Complex<T>(nan<T>(), nan<T>());
    return math::raised(a, b);
}
INLINE c128 python_power(c128 a, c128 b) {
    if (b.im == 0 && trunc(b.re) == b.re && fabs(b.re) <= 100) return python_power(a, i64(b.re));
    if (a == c128(0.0)) return c128(0.0);
    return math::python_power(a, b);
}
