// Floats as Python and NumPy compute them: floor division, choices, rounding to digits.
#pragma once

// Floor division of floats: the algorithm that CPython and NumPy share.

template <typename T> INLINE T float_modulo(T a, T b) {
    const T rest = fmod(a, b);
    if (rest == 0) return copysign(T(0), b);
    return (b < 0) != (rest < 0) ? rest + b : rest;
}
template <typename T> INLINE T float_divide(T a, T b) {
    const T rest = fmod(a, b);
    T quotient = (a - rest) / b;
    if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1;
    if (quotient == 0) return copysign(T(0), a / b);
    const T below = floor(quotient);
    return quotient - below > T(0.5) ? below + 1 : below;
}
INLINE f32 floor_modulo(f32 a, f32 b) { return b == 0 ? nan<f32>() : float_modulo(a, b); }
INLINE f64 floor_modulo(f64 a, f64 b) { return b == 0 ? nan<f64>() : float_modulo(a, b); }
INLINE f32 floor_divide(f32 a, f32 b) { return b == 0 ? a / b : float_divide(a, b); }
INLINE f64 floor_divide(f64 a, f64 b) { return b == 0 ? a / b : float_divide(a, b); }
INLINE f16 floor_modulo(f16 a, f16 b) { return f16(floor_modulo(f32(a), f32(b))); }
INLINE f16 floor_divide(f16 a, f16 b) { return f16(floor_divide(f32(a), f32(b))); }

// Choices: Python's keep the first of equals; NumPy's have rules for NaN.

template <typename T> INLINE T choose(bool condition, T accept, T reject) { return condition ? accept : reject; }
template <typename T> INLINE T least(T a) { return a; }
template <typename T, typename... Others> INLINE T least(T a, T b, Others... others) {
    return least(b < a ? b : a, others...);
}
template <typename T> INLINE T greatest(T a) { return a; }
template <typename T, typename... Others> INLINE T greatest(T a, T b, Others... others) {
    return greatest(b > a ? b : a, others...);
}
template <typename T> INLINE T minimum(T a, T b) { return a != a || a < b ? a : b; }
template <typename T> INLINE T maximum(T a, T b) { return a != a || a > b ? a : b; }
template <typename T> INLINE T np_fmin(T a, T b) { return b != b || a <= b ? a : b; }
template <typename T> INLINE T np_fmax(T a, T b) { return b != b || a >= b ? a : b; }
template <typename T> INLINE T clip(T a, T low, T high) {
    const T above = a != a || a >= low ? a : low;
    return above != above || above <= high ? above : high;
}
template <typename T> INLINE T sign(T a) { return a > 0 ? T(1) : a < 0 ? T(-1) : a; }

template <typename T> INLINE T heaviside(T a, T at_zero) { return a > 0 ? T(1) : a < 0 ? T(0) : a == 0 ? at_zero : a; }
template <typename T> INLINE T logaddexp(T a, T b) {
    if (a == b) return a + T(0.6931471805599453);
    const T apart = a - b;
    return apart > 0 ? a + math::log1p(math::exp(-apart)) : apart <= 0 ? b + math::log1p(math::exp(apart)) : apart;
}

// Rounding to decimal digits

INLINE f64 power_of_ten(i64 exponent) {
    // As the compiler's run-time library does it for the CPU.
    f64 result = 1, square = 10;
    for (i64 left = exponent;; square *= square) {
        if (left & 1) result *= square;
        left /= 2;
        if (left == 0) return result;
    }
}
// NumPy's: each step rounds.
template <typename T> INLINE T numpy_round(T a, i64 digits) {
    if (digits == 0) return rint(a);
    const T scale = T(power_of_ten(digits < 0 ? -digits : digits));
    return digits > 0 ? rint(a * scale) / scale : rint(a / scale) * scale;
}
// Python's: the exact value rounds once, to even, and the decimal number that comes of it is converted. Powers of ten are exact
// up to the twenty-second; beyond, and where the digits are more than a float has, the CPU computes it.
INLINE f64 round_digits(f64 a, i64 digits, bool &failed) {
    if (!finite(a)) return a;
    const i64 places = digits < 0 ? -digits : digits;
    check(places <= 22, failed);
    if (places > 22) return a;
    const f64 scale = power_of_ten(places), size = fabs(a);
    const f64 scaled = digits < 0 ? size / scale : size * scale;
    if (!(scaled < 9007199254740992.0)) {
        // What would be rounded away is less than half the distance to the next float.
        check(digits >= 0, failed);
        return a;
    }
    // What the operation above rounded away, up to a factor above 0.
    const f64 rest = digits < 0 ? fma(-scaled, scale, size) : fma(size, scale, -scaled);
    const f64 below = floor(scaled), part = scaled - below;
    const bool is_odd = fmod(below, 2.0) != 0;
    const bool up = part > 0.5 || (part == 0.5 && (rest > 0 || (rest == 0 && is_odd)));
    const f64 whole = up ? below + 1 : below;
    return copysign(digits < 0 ? whole * scale : whole / scale, a);
}
