// Elementary functions with the bits of the CPU's lanes.
//
// The functions of runtime/kernel/src/math, one number at a time: the same operations in the same order, IEEE's and `fma` alone, so that
// the bits agree as long as nothing else is fused. What the steps are for is told there; change both sides together
// (tests/python/test_cuda_math.py compares them). `f32` goes by way of `f64`. Where `fastmath` is given, kernels call CUDA's own
// functions instead.
#pragma once
#include "coefficients.cuh"

namespace math {

#define MATH __device__ inline

// Parts

struct Pair {
    f64 high, low;
};

constexpr f64 MAGIC = 6755399441055744.0;
constexpr f64 TINIEST_NORMAL = 2.2250738585072014e-308;

MATH f64 positive_infinity() { return infinity<f64>(); }
MATH f64 at_most(f64 x, f64 limit) { return limit < x ? limit : x; }
MATH f64 at_least(f64 x, f64 limit) { return limit > x ? limit : x; }
MATH bool is_nan(f64 x) { return x != x; }
MATH f64 power_of_two(f64 k) { return of_bits<f64>(bits_of<u64>(k + (MAGIC + 1023.0)) << 52); }
MATH bool has_bit(f64 k, u64 bit) { return (bits_of<u64>(k + MAGIC) & bit) != 0; }
MATH f64 scaled(f64 y, f64 k) {
    const f64 half = rint(k * 0.5);
    return y * power_of_two(half) * power_of_two(k - half);
}
MATH Pair fast_sum(f64 a, f64 b) {
    const f64 high = a + b;
    return {high, b - (high - a)};
}
MATH Pair sum(f64 a, f64 b) {
    const f64 high = a + b, other = high - a;
    return {high, (a - (high - other)) + (b - other)};
}
MATH Pair times(f64 a, f64 b) {
    const f64 high = a * b;
    return {high, fma(a, b, -high)};
}

// m and e of x = m 2^e.
MATH void split(f64 x, f64 &m, f64 &e) {
    const bool small = x < TINIEST_NORMAL;
    const u64 bits = bits_of<u64>(small ? x * 18014398509481984.0 : x);
    const i64 exponent = i64(bits - 0x3fe6a09e667f3bcdULL) >> 52;
    m = of_bits<f64>(bits - (u64(exponent) << 52));
    e = of_bits<f64>(u64(exponent) + bits_of<u64>(MAGIC)) - MAGIC;
    if (small) e -= 54.0;
}

// Even and odd powers by Horner's rule in x², side by side.
template <int K> MATH f64 polynomial(f64 x, const f64 *c) {
    const f64 square = x * x;
    f64 last = c[K - 1], other = c[K - 2];
    int i = K - 2;
    while (i >= 2) {
        i -= 2;
        last = fma(last, square, c[i + 1]);
        other = fma(other, square, c[i]);
    }
    if (i == 1) {
        last = fma(last, square, c[0]);
        return fma(other, x, last);
    }
    return fma(last, x, other);
}
template <int K> MATH f64 polynomial(f64 x, const f64 (&c)[K]) { return polynomial<K>(x, &c[0]); }

// Exponentials

MATH Pair reduced(f64 x, f64 &k) {
    k = rint(x * exponential::INVERSE_LN2);
    const f64 first = fma(k, -exponential::LN2, x);
    return fast_sum(first, k * -exponential::LN2_LOW);
}
MATH Pair less_one(Pair r) {
    const Pair square = times(r.high, r.high);
    const f64 half = square.high * 0.5;
    const f64 rest = polynomial<10>(r.high, &exponential::EXP[1]);
    const f64 cubic = (square.high * r.high) * rest;
    const Pair first = fast_sum(r.high, half);
    const f64 low = (first.low + fma(square.low, 0.5, fma(r.low, first.high, r.low))) + cubic;
    return fast_sum(first.high, low);
}
MATH Pair near_one(Pair r) {
    const Pair p = less_one(r);
    const Pair one = fast_sum(1.0, p.high);
    return {one.high, one.low + p.low};
}
MATH f64 exp(f64 x) {
    x = at_least(at_most(x, 1000.0), -1000.0);
    const f64 k = rint(x * exponential::INVERSE_LN2);
    const f64 r = fma(k, -exponential::LN2_LOW, fma(k, -exponential::LN2, x));
    const Pair one = fast_sum(1.0, r);
    const f64 p = fma(polynomial(r, exponential::EXP), r * r, one.low);
    return scaled(one.high + p, k);
}
MATH f64 exp2_of(f64 x, f64 low) {
    const f64 k = rint(x);
    const Pair f = sum(x - k, low);
    const Pair r = times(f.high, exponential::LN2);
    const f64 rest = fma(f.high, exponential::LN2_LOW, fma(f.low, exponential::LN2, r.low));
    const f64 p = fma(polynomial(r.high, exponential::EXP), r.high * r.high, rest) + r.high;
    return scaled(p + 1.0, k);
}
MATH f64 exp2(f64 x) { return exp2_of(at_least(at_most(x, 1100.0), -1200.0), 0.0); }
MATH f64 expm1(f64 x) {
    if (fabs(x) < 1e-300) return x;
    if (x > 690.0) return exp(x);
    f64 k;
    const Pair p = less_one(reduced(at_least(at_most(x, 700.0), -60.0), k));
    const f64 scale = power_of_two(k);
    const f64 whole = scale - 1.0;
    const f64 whole_low = (scale - whole) - 1.0;
    const Pair total = sum(whole, p.high * scale);
    return total.high + (total.low + (p.low * scale + whole_low));
}
// e^|x| and e^-|x|, both over 2^(k+1).
MATH void halves(f64 x, Pair &up, Pair &down, f64 &k) {
    const Pair r = reduced(at_most(fabs(x), 711.0), k);
    up = near_one(r);
    down = near_one({-r.high, -r.low});
    const f64 inverse = power_of_two(at_least(-k - k, -1000.0));
    down = {down.high * inverse, down.low * inverse};
    k -= 1.0;
}
// (sinh a - a) / a³ by z = a², for a below ½.
MATH f64 small_sinh(f64 z) {
    const f64 series[] = {1.0 / 6.0, 1.0 / 120.0, 1.0 / 5040.0, 1.0 / 362880.0,
                          1.0 / 39916800.0, 1.0 / 6227020800.0, 1.0 / 1307674368000.0};
    return polynomial(z, series);
}
MATH f64 sinh(f64 x) {
    if (is_nan(x)) return x;
    if (fabs(x) < 0.5) {
        const f64 a = fabs(x), z = a * a;
        return copysign(fma(a * z, small_sinh(z), a), x);
    }
    Pair up, down;
    f64 k;
    halves(x, up, down, k);
    const Pair difference = sum(up.high, -down.high);
    return copysign(scaled(difference.high + (difference.low + (up.low - down.low)), k), x);
}
MATH f64 cosh(f64 x) {
    if (is_nan(x)) return x;
    Pair up, down;
    f64 k;
    halves(x, up, down, k);
    const Pair total = fast_sum(up.high, down.high);
    return scaled(total.high + (total.low + (up.low + down.low)), k);
}
MATH f64 tanh(f64 x) {
    if (is_nan(x) || fabs(x) < 1e-150) return x;
    const f64 a = at_most(fabs(x), 20.0);
    f64 k;
    const Pair p = less_one(reduced(a + a, k));
    const f64 scale = power_of_two(k);
    const Pair total = sum(scale - 1.0, p.high * scale);
    const Pair e = fast_sum(total.high, fma(p.low, scale, total.low));
    const Pair divisor = sum(e.high, 2.0);
    const f64 q = e.high / divisor.high;
    const f64 rest = fma(q, -divisor.high, e.high) + (e.low - q * (divisor.low + e.low));
    return copysign(q + rest / divisor.high, x);
}

// Logarithms

MATH f64 special(f64 x, f64 result) {
    if (x == 0.0) return -positive_infinity();
    if (x < 0.0) return nan<f64>();
    return x < positive_infinity() ? result : x;
}
MATH f64 series(f64 f, f64 &half) {
    const f64 s = f / (f + 2.0), z = s * s;
    half = f * f * 0.5;
    return s * fma(z, polynomial(z, logarithm::LOG), half);
}
MATH f64 log(f64 x) {
    f64 m, e, half;
    split(x, m, e);
    const f64 f = m - 1.0;
    const f64 tail = series(f, half);
    const f64 low = half - fma(e, logarithm::LN2_LOW, tail);
    return special(x, fma(e, logarithm::LN2_HIGH, f - low));
}
MATH Pair precise(f64 m) {
    f64 half;
    const f64 f = m - 1.0;
    const f64 tail = series(f, half);
    const Pair square = times(f, f * 0.5);
    const Pair main = fast_sum(f, -square.high);
    return fast_sum(main.high, (main.low - square.low) + tail);
}
MATH f64 to_base(f64 x, f64 a, f64 a_low, f64 b, f64 b_low) {
    f64 m, e;
    split(x, m, e);
    const Pair l = precise(m);
    const Pair main = times(l.high, b);
    const f64 low = fma(l.high, b_low, fma(l.low, b, main.low));
    const Pair total = sum(e * a, main.high);
    return special(x, total.high + (total.low + fma(e, a_low, low)));
}
MATH f64 log2(f64 x) { return to_base(x, 1.0, 0.0, logarithm::INVERSE_LN2, logarithm::INVERSE_LN2_LOW); }
MATH f64 log10(f64 x) {
    return to_base(x, logarithm::LOG10_2_HIGH, logarithm::LOG10_2_LOW, logarithm::INVERSE_LN10, logarithm::INVERSE_LN10_LOW);
}
// log((1 + x) 2^more).
MATH f64 log1p_of(Pair x, f64 more) {
    const Pair u = sum(1.0, x.high);
    f64 m, e, half;
    split(u.high, m, e);
    const bool near = x.high > -0.29 && x.high < 0.41;
    const f64 f = near ? x.high : m - 1.0;
    e = near ? 0.0 : e + more;
    const f64 c = (near ? x.low : u.low + x.low) / u.high;
    const f64 tail = series(f, half);
    const f64 low = half - (tail + fma(e, logarithm::LN2_LOW, c));
    return special(u.high, fma(e, logarithm::LN2_HIGH, f - low));
}
MATH f64 log1p(f64 x) { return fabs(x) < 1e-300 ? x : log1p_of({x, 0.0}, 0.0); }
// e, and log m as a sum of two, of x = 2^e m.
MATH Pair log_pair(f64 x, f64 &e) {
    f64 m;
    split(x, m, e);
    const f64 f = m - 1.0;
    const Pair d = fast_sum(2.0, f);
    const f64 s = f / d.high;
    const f64 s_low = (fma(s, -d.high, f) - s * d.low) / d.high;
    const Pair z = times(s, s);
    const f64 z_low = z.low + (s + s) * s_low;
    const f64 tail = z.high * polynomial(z.high, logarithm::Q);
    Pair inner = fast_sum(0.4, tail);
    inner.low -= 2.220446049250313e-17;
    const Pair by = times(inner.high, z.high);
    const f64 by_low = by.low + inner.low * z.high + inner.high * z_low;
    const Pair outer = fast_sum(2.0 / 3.0, by.high);
    const f64 outer_low = outer.low + (by_low + 3.700743415417188e-17);
    const Pair cube = times(z.high, s);
    const f64 cube_low = cube.low + z_low * s + z.high * s_low;
    const Pair rest = times(cube.high, outer.high);
    const f64 rest_low = rest.low + cube_low * outer.high + cube.high * outer_low;
    const Pair main = fast_sum(s + s, rest.high);
    return fast_sum(main.high, main.low + (rest_low + (s_low + s_low)));
}
MATH Pair log2_pair(f64 x) {
    f64 e;
    const Pair l = log_pair(x, e);
    const Pair in_twos = times(l.high, logarithm::INVERSE_LN2);
    const f64 low = in_twos.low + fma(l.high, logarithm::INVERSE_LN2_LOW, l.low * logarithm::INVERSE_LN2);
    const Pair total = sum(e, in_twos.high);
    return fast_sum(total.high, total.low + low);
}

// Inverse hyperbolic functions

// log(1 + t) with t = √(x² + by) + x - 1, or log 2x.
MATH f64 beyond_one(f64 x, f64 by) {
    if (x > area::LARGE) return log1p_of({x, -1.0}, 1.0);
    const Pair square = times(x, x);
    const Pair total = sum(square.high, by);
    const f64 low = total.low + square.low;
    const f64 root = sqrt(total.high);
    const f64 rest = root == 0.0 ? 0.0 : (fma(root, -root, total.high) + low) / (root + root);
    const Pair less = sum(by > 0.0 ? root : x, -1.0);
    const Pair whole = sum(by > 0.0 ? x : root, less.high);
    return log1p_of({whole.high, whole.low + (less.low + rest)}, 0.0);
}
MATH f64 asinh(f64 x) {
    const f64 a = fabs(x);
    return a < area::SMALL || is_nan(x) ? x : copysign(beyond_one(a, 1.0), x);
}
MATH f64 acosh(f64 x) { return x < 1.0 ? nan<f64>() : beyond_one(x, -1.0); }
MATH f64 atanh(f64 x) {
    const f64 a = fabs(x);
    if (a < area::SMALL || is_nan(x)) return x;
    const f64 top = a + a;
    const Pair bottom = sum(1.0, -a);
    const f64 q = top / bottom.high;
    const f64 rest = (fma(q, -bottom.high, top) - q * bottom.low) / bottom.high;
    return copysign(log1p_of({q, rest}, 0.0) * 0.5, x);
}
MATH f64 logaddexp(f64 x, f64 y) {
    const f64 apart = x - y;
    if (x == y) return x + exponential::LN2;
    if (is_nan(apart)) return apart;
    return (apart > 0.0 ? x : y) + log1p(exp(-fabs(apart)));
}

// Powers and roots

MATH f64 pow(f64 x, f64 y) {
    if (y == 0.0 || x == 1.0) return 1.0;
    if (is_nan(x) || is_nan(y)) return x + y;
    const f64 a = fabs(x);
    const bool is_whole = trunc(y) == y;
    if (x < 0.0 && !is_whole && a < positive_infinity()) return nan<f64>();
    f64 magnitude;
    if (a == 1.0) {
        magnitude = 1.0;
    } else if (a == 0.0 || a == positive_infinity()) {
        magnitude = (y > 0.0) != (a == 0.0) ? positive_infinity() : 0.0;
    } else {
        const Pair l = log2_pair(a);
        const Pair p = times(y, l.high);
        const f64 low = fabs(p.high) < 1100.0 ? p.low + y * l.low : 0.0;
        magnitude = exp2_of(at_least(at_most(p.high, 1100.0), -1200.0), low);
    }
    const f64 half = y * 0.5;
    const bool is_odd = is_whole && trunc(half) != half;
    return copysign(1.0, x) < 0.0 && is_odd ? -magnitude : magnitude;
}
MATH f64 cbrt(f64 x) {
    if (x == 0.0 || fabs(x) == positive_infinity() || is_nan(x)) return x;
    f64 m, e;
    split(fabs(x), m, e);
    if (m < 1.0) m += m, e -= 1.0;
    const f64 third = 1.0 / 3.0;
    f64 y = polynomial(m, power::START);
    y = y * (4.0 - m * y * y * y) * third;
    f64 c = m * y * y;
    const f64 weight = y * y * third;
    c = c - fma(c * c, c, -m) * weight;
    const Pair square = times(c, c);
    const Pair cube = times(square.high, c);
    const f64 residual = ((m - cube.high) - cube.low) - square.low * c;
    const f64 c_low = residual * weight;
    const f64 q = rint(e * third);
    const f64 r = e - q * 3.0;
    const f64 factor = r > 0.0 ? 1.2599210498948732 : r < 0.0 ? 0.7937005259840998 : 1.0;
    const f64 factor_low = r > 0.0 ? -2.589933375300507e-17 : r < 0.0 ? -5.4345040970989115e-17 : 0.0;
    const Pair main = times(c, factor);
    const f64 low = main.low + fma(c, factor_low, c_low * factor);
    return copysign((main.high + low) * power_of_two(q), x);
}
MATH f64 hypot(f64 x, f64 y) {
    if (fabs(x) == positive_infinity() || fabs(y) == positive_infinity()) return positive_infinity();
    if (is_nan(x) || is_nan(y)) return x + y;
    f64 a = fabs(x), b = fabs(y);
    if (b > a) {
        const f64 other = a;
        a = b;
        b = other;
    }
    const f64 up = 4.149515568880993e180, down = 2.409919865102884e-181;
    const bool large = a > 1e150, small = a < 1e-140;
    const f64 factor = large ? down : small ? up : 1.0;
    const f64 back = large ? up : small ? down : 1.0;
    a *= factor;
    b *= factor;
    const Pair aa = times(a, a), bb = times(b, b);
    const Pair total = fast_sum(aa.high, bb.high);
    const f64 low = total.low + (aa.low + bb.low);
    f64 h = sqrt(total.high + low);
    const f64 residual = fma(h, -h, total.high) + low;
    if (h != 0.0) h += residual / (h + h);
    return h * back;
}

// Angles

// The last two bits of k, and r, for a finite |x| from 2¹⁹ on (Payne and Hanek).
MATH Pair reduced_far(f64 x, f64 &k) {
    typedef unsigned __int128 u128;
    const u64 bits = bits_of<u64>(x);
    const u64 m = (bits & ((1ULL << 52) - 1)) | 1ULL << 52;
    const u32 start = u32(bits >> 52 & 0x7ff) + 62 - 1075;
    const u32 word = start / 64, shift = start % 64;
    u64 words[4];
    u128 carry = 0;
    for (int i = 3; i >= 0; --i) {
        const u32 next = word + i + 1;
        const u128 two = u128(trigonometric::BITS[next - 1]) << 64 | (next < 21 ? trigonometric::BITS[next] : 0);
        const u128 partial = u128(m) * u64(two >> (64 - shift)) + carry;
        words[i] = u64(partial);
        carry = partial >> 64;
    }
    u64 quadrant = words[0] >> 62;
    const u128 high = u128(words[0]) << 64 | words[1], low = u128(words[2]) << 64 | words[3];
    u128 first_part = high << 2 | low >> 126, second_part = low << 2;
    const bool past_half = first_part >> 127 == 1;
    if (past_half) {
        quadrant += 1;
        first_part = -first_part - (second_part != 0);
        second_part = -second_part;
    }
    int zeros = 0;
    while (zeros < 127 && first_part >> (127 - zeros) == 0) ++zeros;
    const u128 top = first_part << zeros | (zeros == 0 ? u128(0) : second_part >> (128 - zeros));
    const f64 unit = of_bits<f64>(u64(1023 - 53 - zeros) << 52);
    const f64 first = f64(u64(top >> 75)) * unit;
    const f64 second = f64(u64(top >> 22) & ((1ULL << 53) - 1)) * unit * (0.5 * 2.220446049250313e-16);
    const f64 main = first * trigonometric::HALF_PI[0];
    const f64 rest = fma(first, trigonometric::HALF_PI[0], -main) + (first * trigonometric::HALF_PI_LOW + second * trigonometric::HALF_PI[0]);
    const f64 r = main + rest;
    const f64 r_low = rest - (r - main);
    k = x < 0.0 ? f64(4 - quadrant) : f64(quadrant);
    const f64 sign = past_half == (x < 0.0) ? 1.0 : -1.0;
    return {sign * r, sign * r_low};
}
MATH Pair quarter(f64 x, f64 &k) {
    const f64 a = fabs(x);
    if (a > trigonometric::LIMIT && a < positive_infinity()) return reduced_far(x, k);
    k = rint(x * trigonometric::TWO_OVER_PI);
    const f64 exact = fma(k, -trigonometric::HALF_PI[0], x);
    const f64 high = fma(k, -trigonometric::HALF_PI[1], exact);
    const f64 low = fma(k, -trigonometric::HALF_PI[1], exact - high);
    return {high, fma(k, -trigonometric::HALF_PI[2], low)};
}
MATH Pair sine(Pair r) {
    const f64 z = r.high * r.high, v = z * r.high;
    const f64 rest = z * (r.low * 0.5 - v * polynomial(z, trigonometric::SINE)) - r.low - v * trigonometric::SINE_FIRST;
    return {r.high, -rest};
}
MATH Pair cosine(Pair r) {
    const f64 z = r.high * r.high;
    const f64 tail = z * polynomial(z, trigonometric::COSINE);
    const f64 half = z * 0.5, w = 1.0 - half;
    return {w, (1.0 - w - half) + (z * tail - r.high * r.low)};
}
MATH f64 sin(f64 x) {
    if (x == 0.0) return x;
    f64 k;
    const Pair r = quarter(x, k);
    const Pair part = has_bit(k, 1) ? cosine(r) : sine(r);
    const f64 result = part.high + part.low;
    return has_bit(k, 2) ? -result : result;
}
MATH f64 cos(f64 x) {
    f64 k;
    const Pair r = quarter(x, k);
    const bool is_odd = has_bit(k, 1);
    const Pair part = is_odd ? sine(r) : cosine(r);
    const f64 result = part.high + part.low;
    return has_bit(k, 2) != is_odd ? -result : result;
}
MATH f64 tan(f64 x) {
    if (x == 0.0) return x;
    f64 k;
    const Pair r = quarter(x, k);
    Pair s = sine(r), c = cosine(r);
    s = fast_sum(s.high, s.low);
    c = fast_sum(c.high, c.low);
    const bool is_odd = has_bit(k, 1);
    const Pair top = is_odd ? Pair{-c.high, -c.low} : s;
    const Pair bottom = is_odd ? s : c;
    const f64 q = top.high / bottom.high;
    const f64 rest = fma(q, -bottom.high, top.high) + (top.low - q * bottom.low);
    return q + rest / bottom.high;
}

// Arc functions

// atan a/b.
MATH Pair angle(f64 a, f64 b) {
    f64 n = a, d = b, base = 0.0, base_low = 0.0;
    if (a > b) {
        const bool is_steep = a >= 16.0 / 7.0 * b;
        n = is_steep ? -b : a - (b + b);
        d = is_steep ? a : a + a + b;
        base = is_steep ? inverse::HALF_PI[0] : inverse::ATAN_TWO[0];
        base_low = is_steep ? inverse::HALF_PI[1] : inverse::ATAN_TWO[1];
    } else if (a >= 7.0 / 16.0 * b) {
        n = a + a - b;
        d = b + b + a;
        base = inverse::ATAN_HALF[0];
        base_low = inverse::ATAN_HALF[1];
    }
    const f64 over = 1.0 / d;
    const f64 t = n * over;
    const f64 t_low = fma(t, -d, n) * over;
    const f64 z = t * t;
    const f64 tail = fma(t * z, polynomial(z, inverse::ATAN), t_low) + base_low;
    const f64 high = base + t;
    return {high, (t - (high - base)) + tail};
}
MATH f64 atan(f64 x) {
    if (is_nan(x)) return x;
    const f64 a = at_most(fabs(x), 1e18);
    if (a < 1e-200) return x;
    const Pair found = angle(a, 1.0);
    return copysign(found.high + found.low, x);
}
MATH f64 atan2(f64 y, f64 x) {
    if (is_nan(x) || is_nan(y)) return x + y;
    f64 a = fabs(y), b = fabs(x);
    const bool a_inf = a == positive_infinity(), b_inf = b == positive_infinity();
    if (a_inf || b_inf) a = a_inf ? 1.0 : 0.0, b = b_inf ? 1.0 : 0.0;
    if (a == 0.0 && b == 0.0) b = 1.0;
    const bool shrink = a > 1e290 || b > 1e290, grow = a < 1e-100 && b < 1e-100;
    const f64 factor = grow ? 1.6069380442589903e60 : shrink ? 5.421010862427522e-20 : 1.0;
    const f64 sa = a * factor, sb = b * factor;
    const Pair found = angle(sa, sb);
    f64 result = found.high + found.low;
    if (copysign(1.0, x) < 0.0) {
        const f64 turned = inverse::PI[0] - found.high;
        const f64 low = ((inverse::PI[0] - turned) - found.high) + (inverse::PI[1] - found.low);
        result = turned + low;
    } else if (sa < sb * 1e-150) {
        result = a / b;
    }
    return copysign(result, y);
}
MATH Pair doubled_root(f64 z) {
    const f64 s = sqrt(z);
    const f64 rest = z == 0.0 ? 0.0 : fma(s, -s, z) / (s + s);
    const f64 tail = fma(s * z, polynomial(z, inverse::ASIN), rest);
    return {s + s, tail + tail};
}
MATH f64 asin(f64 x) {
    const f64 a = fabs(x);
    if (is_nan(x) || a < 1e-150) return x;
    if (a < 0.5) {
        const f64 z = a * a;
        return copysign(fma(a * z, polynomial(z, inverse::ASIN), a), x);
    }
    const Pair root = doubled_root((1.0 - a) * 0.5);
    const f64 first = inverse::HALF_PI[0] - root.high;
    const f64 low = (inverse::HALF_PI[0] - first) - root.high;
    return copysign(first + (low + (inverse::HALF_PI[1] - root.low)), x);
}
MATH f64 acos(f64 x) {
    const f64 a = fabs(x);
    if (is_nan(x)) return x;
    if (a < 0.5) {
        const f64 z = x * x;
        const f64 cubic = (x * z) * polynomial(z, inverse::ASIN);
        const f64 first = inverse::HALF_PI[0] - x;
        const f64 low = (inverse::HALF_PI[0] - first) - x;
        return first + (low + (inverse::HALF_PI[1] - cubic));
    }
    const Pair root = doubled_root((1.0 - a) * 0.5);
    if (!(x < 0.0)) return root.high + root.low;
    const f64 turned = inverse::PI[0] - root.high;
    const f64 low = (inverse::PI[0] - turned) - root.high;
    return turned + (low + (inverse::PI[1] - root.low));
}

// Error functions

// erf a, from 0 to 6, as base + slope · u.
MATH f64 around(f64 a, f64 &slope, f64 &u) {
    const int interval = int(bits_of<u64>(trunc(a * (8.0 / 3.0)) + MAGIC) & 15);
    u = a - error_table::ERF[0][interval];
    f64 column[13];
    for (int degree = 0; degree < 13; ++degree) column[degree] = error_table::ERF[degree + 2][interval];
    slope = polynomial(u, column);
    return interval == 0 ? u : error_table::ERF[1][interval];
}
MATH f64 erf(f64 x) {
    f64 slope, u;
    const f64 base = around(at_most(fabs(x), 5.999999), slope, u);
    return copysign(fabs(x) >= 5.999999 ? 1.0 : fma(slope, u, base), x);
}
MATH f64 erfc(f64 x) {
    if (x > 27.4) return 0.0;
    if (x < -5.999) return 2.0;
    if (!(x > 0.7)) {
        f64 slope, u;
        const f64 base = around(at_most(fabs(x), 5.999999), slope, u);
        const f64 sign = x < 0.0 ? 1.0 : -1.0;
        const Pair rest = times(slope, u);
        const Pair first = sum(1.0, sign * base);
        const Pair second = sum(first.high, sign * rest.high);
        return second.high + (second.low + first.low + sign * rest.low);
    }
    const f64 a = at_least(at_most(x, 27.5), 0.4);
    const Pair square = times(a, a);
    f64 k;
    const Pair r = reduced(-square.high, k);
    const Pair e = near_one(fast_sum(r.high, r.low - square.low));
    const f64 t = (a - 4.0) / (a + 4.0);
    Pair g = fast_sum(error_function::FAR[0], t * polynomial(t, error_function::FAR_TAIL));
    g.low += error_function::FAR[1];
    const Pair top = times(e.high, g.high);
    const f64 top_low = top.low + (e.high * g.low + e.low * g.high);
    const Pair bottom = sum(a + a, 1.0);
    const f64 q = top.high / bottom.high;
    const f64 residual = fma(q, -bottom.high, top.high) + (top_low - q * bottom.low);
    return scaled(q + residual / bottom.high, k);
}

// Of single precision

#define OF_ONE(name) MATH f32 name(f32 x) { return f32(name(f64(x))); }
#define OF_TWO(name) MATH f32 name(f32 x, f32 y) { return f32(name(f64(x), f64(y))); }
OF_ONE(exp) OF_ONE(exp2) OF_ONE(expm1) OF_ONE(sinh) OF_ONE(cosh) OF_ONE(tanh) OF_ONE(log) OF_ONE(log2) OF_ONE(log10) OF_ONE(log1p)
OF_ONE(sin) OF_ONE(cos) OF_ONE(tan) OF_ONE(asin) OF_ONE(acos) OF_ONE(atan) OF_ONE(asinh) OF_ONE(acosh) OF_ONE(atanh) OF_ONE(cbrt) OF_ONE(erf) OF_ONE(erfc)
OF_TWO(atan2) OF_TWO(pow) OF_TWO(hypot) OF_TWO(logaddexp)

}  // namespace math

#include "complex.cuh"
