// Numbers: limits, bits, conversions, and integers as Python and NumPy compute them.
//
// The counterpart of runtime/kernel/src/numbers.
#pragma once

// Limits

template <typename T> INLINE constexpr bool is_signed() { return T(-1) < T(0); }
template <typename T> INLINE constexpr T least() {
    return is_signed<T>() ? T(T(1) << (sizeof(T) * 8 - 2)) * T(-2) : T(0);
}
template <> INLINE constexpr i128 least<i128>() { return i128(1) << 126 << 1; }
template <typename T> INLINE constexpr T greatest() { return T(~least<T>()); }
template <typename T> INLINE T infinity() { return T(__longlong_as_double(0x7ff0000000000000LL)); }
template <typename T> INLINE T nan() { return T(__longlong_as_double(0x7ff8000000000000LL)); }
template <> INLINE f32 least<f32>() { return -infinity<f32>(); }
template <> INLINE f64 least<f64>() { return -infinity<f64>(); }
template <> INLINE f32 greatest<f32>() { return infinity<f32>(); }
template <> INLINE f64 greatest<f64>() { return infinity<f64>(); }
template <> INLINE constexpr bool least<bool>() { return false; }
template <> INLINE constexpr bool greatest<bool>() { return true; }

// Bits

template <int size> struct Word;
template <> struct Word<1> { typedef u8 type; };
template <> struct Word<2> { typedef u16 type; };
template <> struct Word<4> { typedef u32 type; };
template <> struct Word<8> { typedef u64 type; };
template <typename T> using unsigned_of = typename Word<sizeof(T)>::type;
template <typename To, typename From> INLINE To bits_of(From value) {
    union {
        From from;
        To to;
    } both;
    both.from = value;
    return both.to;
}
template <typename T> INLINE T of_bits(unsigned_of<T> bits) { return bits_of<T>(bits); }

// Floats

template <typename T> INLINE bool finite(T a) { return a - a == 0; }
template <typename T> INLINE bool infinite(T a) { return a == a && a - a != 0; }

// Python's conditions on the result of a function of `math`.
INLINE bool all_finite() { return true; }
template <typename T, typename... Others> INLINE bool all_finite(T a, Others... others) {
    return finite(a) && all_finite(others...);
}
INLINE bool some_nan() { return false; }
template <typename T, typename... Others> INLINE bool some_nan(T a, Others... others) {
    return a != a || some_nan(others...);
}
template <typename T, typename... Operands> INLINE T in_range(T result, bool &failed, Operands... operands) {
    check(!(infinite(result) && all_finite(operands...)), failed);
    return result;
}
template <typename T, typename... Operands> INLINE T regular(T result, bool &failed, Operands... operands) {
    check(!(result != result && !some_nan(operands...)), failed);
    return in_range(result, failed, operands...);
}

// Conversions

// Whether an integer has the same value in another type.
template <typename To, typename From> INLINE bool fits(From a) { return i128(To(a)) == i128(a); }

// Whether a float, truncated, has a value of this type.
template <typename To, typename From> INLINE bool within(From a) {
    return f64(a) >= f64(least<To>()) && f64(a) < (is_signed<To>() ? -f64(least<To>()) : f64(greatest<To>() / 2 + 1) * 2);
}

// Towards zero; what is out of range becomes the nearest value, NaN 0.
template <typename To, typename From> INLINE To truncate(From a) {
    if (a != a) return To(0);
    if (within<To>(trunc(a))) return To(a);
    return a < 0 ? least<To>() : greatest<To>();
}

INLINE i64 whole(f64 a, bool &failed) {
    check(within<i64>(a), failed);
    return truncate<i64>(a);
}

// Integers: without `failed` they wrap, with it they are Python's.

template <typename T> INLINE T add(T a, T b) { return T(u64(a) + u64(b)); }
template <typename T> INLINE T subtract(T a, T b) { return T(u64(a) - u64(b)); }
template <typename T> INLINE T multiply(T a, T b) { return T(u64(a) * u64(b)); }
template <typename T> INLINE T negate(T a) { return T(0 - u64(a)); }
template <typename T> INLINE T absolute(T a) { return a < T(0) ? negate(a) : a; }
INLINE f32 add(f32 a, f32 b) { return a + b; }
INLINE f64 add(f64 a, f64 b) { return a + b; }
INLINE f32 multiply(f32 a, f32 b) { return a * b; }
INLINE f64 multiply(f64 a, f64 b) { return a * b; }

INLINE i64 narrowed(i128 a, bool &failed) {
    check(fits<i64>(a), failed);
    return i64(a);
}
INLINE i64 add(i64 a, i64 b, bool &failed) { return narrowed(i128(a) + b, failed); }
INLINE i64 subtract(i64 a, i64 b, bool &failed) { return narrowed(i128(a) - b, failed); }
INLINE i64 multiply(i64 a, i64 b, bool &failed) { return narrowed(i128(a) * b, failed); }
INLINE i64 negate(i64 a, bool &failed) { return narrowed(-i128(a), failed); }
INLINE i64 absolute(i64 a, bool &failed) { return a < 0 ? negate(a, failed) : a; }

// A product of two numbers of 128 bits, or the greatest one: of conditions only, which then do not hold.
INLINE i128 product(i128 a, i128 b) {
    const bool small = i128(i64(a)) == a && i128(i64(b)) == b;
    return small ? a * b : (a < 0) == (b < 0) ? greatest<i128>() : least<i128>();
}

template <typename T> INLINE T remainder(T a, T b) {
    // The one quotient that does not fit would trap.
    return b == 0 || (is_signed<T>() && b == T(-1)) ? T(0) : T(a % b);
}
template <typename T> INLINE T floor_divide(T a, T b) {
    if (b == 0) return T(0);
    if (is_signed<T>() && b == T(-1)) return negate(a);
    return T(a / b - (a % b != 0 && (a < 0) != (b < 0)));
}
template <typename T> INLINE T floor_modulo(T a, T b) {
    const T rest = remainder(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? T(rest + b) : rest;
}
INLINE i64 floor_divide(i64 a, i64 b, bool &failed) {
    check(b != 0 && !(a == least<i64>() && b == -1), failed);
    return floor_divide(a, b);
}

template <typename T> INLINE T power(T a, T exponent) {
    T result = 1;
    for (T left = exponent; left > 0; left >>= 1) {
        if (left & 1) result = multiply(result, a);
        a = multiply(a, a);
    }
    return result;
}
INLINE i64 power(i64 a, i64 exponent, bool &failed) {
    check(exponent >= 0, failed);
    if (a == 0 || a == 1 || exponent <= 0) return exponent == 0 ? 1 : a;
    if (a == -1) return exponent & 1 ? -1 : 1;
    i64 result = 1;
    for (i64 round = 0; round < exponent && !failed; ++round) result = multiply(result, a, failed);
    return result;
}

// `pow(a, exponent, modulus)`: below the modulus in size, and of its sign.
INLINE i64 power_modulo(i64 a, i64 exponent, i64 modulus, bool &failed) {
    check(modulus != 0 && exponent >= 0, failed);
    if (failed || modulus == 0) return 0;
    typedef unsigned __int128 u128;
    const u128 size = u128(modulus < 0 ? -i128(modulus) : i128(modulus));
    const i128 rest = i128(a) % i128(size);
    u128 square = u128(rest < 0 ? rest + i128(size) : rest), result = 1 % size;
    for (u64 left = u64(exponent); left > 0; left >>= 1) {
        if (left & 1) result = result * square % size;
        square = square * square % size;
    }
    return modulus < 0 && result != 0 ? i64(i128(result) + modulus) : i64(result);
}

INLINE i64 gcd(i64 a, i64 b, bool &failed) {
    u64 x = u64(absolute(a)), y = u64(absolute(b));
    while (y != 0) {
        const u64 rest = x % y;
        x = y;
        y = rest;
    }
    check(x <= u64(greatest<i64>()), failed);
    return i64(x);
}

// The whole part of a square root.
INLINE i64 isqrt(i64 a, bool &failed) {
    check(a >= 0, failed);
    if (a < 0) return 0;
    u64 root = u64(sqrt(f64(a)));
    while (root * root > u64(a)) --root;
    while ((root + 1) * (root + 1) <= u64(a)) ++root;
    return i64(root);
}

template <typename T> INLINE T shift_left(T a, T count) {
    return u64(count) < sizeof(T) * 8 ? T(u64(a) << u64(count)) : T(0);
}
template <typename T> INLINE T shift_right(T a, T count) {
    if (u64(count) < sizeof(T) * 8) return T(a >> count);
    return a < 0 ? T(-1) : T(0);
}
INLINE i64 shift_left(i64 a, i64 count, bool &failed) {
    check(count >= 0 && (a == 0 || count < 64), failed);
    if (failed || a == 0) return 0;
    return narrowed(i128(a) * (i128(1) << count), failed);
}
INLINE i64 shift_right(i64 a, i64 count, bool &failed) {
    check(count >= 0, failed);
    return shift_right(a, count);
}

// `a / b` of Python ints, correctly rounded where both are exact as floats, which it demands.
INLINE f64 divide(i64 a, i64 b, bool &failed) {
    check(i128(f64(a)) == i128(a) && i128(f64(b)) == i128(b), failed);
    return f64(a) / f64(b);
}

template <typename T> INLINE T reciprocal(T a) {
    if (a != 0) return T(1 / a);
    return sizeof(T) < 4 || !is_signed<T>() ? T(0) : least<T>();
}

// The order of an int and a float: -1, 0, 1, or NaN.
INLINE f64 compare(i64 a, f64 b) {
    if (b != b) return b;
    if (!within<i64>(trunc(b))) return b > 0 ? -1 : 1;
    const i64 whole = i64(trunc(b));
    if (a != whole) return a < whole ? -1 : 1;
    const f64 rest = b - trunc(b);
    return rest == 0 ? 0 : rest > 0 ? -1 : 1;
}
INLINE f64 compare(f64 a, i64 b) { return -compare(b, a); }
