// Kinds of numbers that C++ lacks: float16 and complex numbers, as CPython and NumPy compute them.
//
// The counterpart of runtime/kernel/src/numbers/half.rs and complex.rs, operation for operation.
#pragma once

// A float16: kept in 16 bits, computed in f32, rounded after every operation.
struct f16 {
    u16 bits;
    f16() = default;
    template <typename T> INLINE explicit f16(T value) : bits(rounded(f64(value))) {}
    INLINE operator f32() const;
    // The nearest float16, ties to even, rounded once.
    INLINE static u16 rounded(f64 value);
    INLINE f16 operator-() const;
};

#ifdef FERROKEET_EMULATION
INLINE f16::operator f32() const {
    const u32 sign = u32(bits & 0x8000) << 16, exponent = bits >> 10 & 0x1f, digits = bits & 0x3ff;
    if (exponent == 0) return of_bits<f32>(sign | bits_of<u32>(f32(digits) * (1.0f / 16777216.0f)));
    return of_bits<f32>(sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) | digits << 13);
}
INLINE u16 f16::rounded(f64 value) {
    const u64 all = bits_of<u64>(value), magnitude = all & ~(1ULL << 63);
    const u16 sign = u16(all >> 48 & 0x8000);
    if (magnitude > 0x7ff0000000000000ULL) return sign | 0x7e00;
    // From the midpoint between the largest float16 and the next power of two on.
    if (magnitude >= 0x40effe0000000000ULL) return sign | 0x7c00;
    const i32 exponent = i32(magnitude >> 52) - 1023;
    if (exponent < -25) return sign;
    // Digits below the last one of the float16: 42 where it is normal.
    const u32 dropped = exponent < -14 ? 42 + (-14 - exponent) : 42;
    const u64 digits = (magnitude & ((1ULL << 52) - 1)) | 1ULL << 52;
    const u64 kept = digits >> dropped, rest = digits & ((1ULL << dropped) - 1), half = 1ULL << (dropped - 1);
    const bool up = rest > half || (rest == half && (kept & 1) == 1);
    // A carry runs into the exponent, as it should.
    const u64 scale = exponent < -14 ? 0 : u64(exponent + 14) << 10;
    return u16(sign | u16(scale + kept + up));
}
#else
INLINE f16::operator f32() const {
    f32 value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}
INLINE u16 f16::rounded(f64 value) {
    u16 nearest;
    asm("cvt.rn.f16.f64 %0, %1;" : "=h"(nearest) : "d"(value));
    return nearest;
}
#endif
INLINE f16 f16::operator-() const { return of_bits<f16>(u16(bits ^ 0x8000)); }

INLINE f16 operator+(f16 a, f16 b) { return f16(f32(a) + f32(b)); }
INLINE f16 operator-(f16 a, f16 b) { return f16(f32(a) - f32(b)); }
INLINE f16 operator*(f16 a, f16 b) { return f16(f32(a) * f32(b)); }
INLINE f16 operator/(f16 a, f16 b) { return f16(f32(a) / f32(b)); }
INLINE f16 add(f16 a, f16 b) { return a + b; }
INLINE f16 multiply(f16 a, f16 b) { return a * b; }
INLINE f16 fabs(f16 a) { return of_bits<f16>(u16(a.bits & 0x7fff)); }
template <> INLINE f16 least<f16>() { return -infinity<f16>(); }
template <> INLINE f16 greatest<f16>() { return infinity<f16>(); }

// A real and an imaginary part.
template <typename T> struct Complex {
    T re, im;
    Complex() = default;
    INLINE explicit Complex(T re) : re(re), im(0) {}
    INLINE Complex(T re, T im) : re(re), im(im) {}
    template <typename Other> INLINE explicit Complex(const Complex<Other> &other) : re(T(other.re)), im(T(other.im)) {}
    INLINE Complex operator-() const { return {-re, -im}; }
    INLINE bool operator==(const Complex &other) const { return re == other.re && im == other.im; }
    INLINE bool operator!=(const Complex &other) const { return !(*this == other); }
};
typedef Complex<f32> c64;
typedef Complex<f64> c128;

template <typename T> INLINE Complex<T> operator+(Complex<T> a, Complex<T> b) { return {a.re + b.re, a.im + b.im}; }
template <typename T> INLINE Complex<T> operator-(Complex<T> a, Complex<T> b) { return {a.re - b.re, a.im - b.im}; }
template <typename T> INLINE Complex<T> operator*(Complex<T> a, Complex<T> b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
// NumPy's: Smith's method with a reciprocal.
template <typename T> INLINE Complex<T> operator/(Complex<T> a, Complex<T> b) {
    if (fabs(b.re) >= fabs(b.im)) {
        if (b.re == 0 && b.im == 0) return {a.re / fabs(b.re), a.im / fabs(b.re)};
        const T ratio = b.im / b.re, scale = T(1) / (b.re + b.im * ratio);
        return {(a.re + a.im * ratio) * scale, (a.im - a.re * ratio) * scale};
    }
    const T ratio = b.re / b.im, scale = T(1) / (b.im + b.re * ratio);
    return {(a.re * ratio + a.im) * scale, (a.im * ratio - a.re) * scale};
}
template <typename T> INLINE Complex<T> add(Complex<T> a, Complex<T> b) { return a + b; }
template <typename T> INLINE Complex<T> multiply(Complex<T> a, Complex<T> b) { return a * b; }
template <typename T> INLINE Complex<T> conjugate(Complex<T> a) { return {a.re, -a.im}; }
template <typename T> INLINE bool finite(Complex<T> a) { return finite(a.re) && finite(a.im); }
template <typename T> INLINE bool infinite(Complex<T> a) { return infinite(a.re) || infinite(a.im); }

// CPython's: Smith's method with quotients; the divisor is not 0.
INLINE c128 python_divide(c128 a, c128 b) {
    if (fabs(b.re) >= fabs(b.im)) {
        const f64 ratio = b.im / b.re, denominator = b.re + b.im * ratio;
        return {(a.re + a.im * ratio) / denominator, (a.im - a.re * ratio) / denominator};
    }
    if (!(fabs(b.im) >= fabs(b.re))) return {nan<f64>(), nan<f64>()};
    const f64 ratio = b.re / b.im, denominator = b.re * ratio + b.im;
    return {(a.re * ratio + a.im) / denominator, (a.im * ratio - a.re) / denominator};
}
template <typename T> INLINE Complex<T> reciprocal(Complex<T> a) {
    if (fabs(a.im) <= fabs(a.re)) {
        const T ratio = a.im / a.re, scale = a.re + a.im * ratio;
        return {T(1) / scale, -ratio / scale};
    }
    const T ratio = a.re / a.im, scale = a.re * ratio + a.im;
    return {ratio / scale, T(-1) / scale};
}
// To a whole power below 100 in size.
template <typename T> INLINE Complex<T> repeated(Complex<T> a, i64 count) {
    Complex<T> power(T(1)), square = a;
    for (i64 left = count; left > 0; left >>= 1) {
        if (left & 1) power = power * square;
        square = square * square;
    }
    return power;
}
INLINE c128 python_power(c128 a, i64 exponent) {
    const c128 power = repeated(a, exponent < 0 ? -exponent : exponent);
    return exponent > 0 ? power : python_divide(c128(1.0), power);
}
template <typename T> INLINE Complex<T> numpy_power(Complex<T> a, i64 exponent) {
    if (exponent == 0) return Complex<T>(T(1));
    if (a == Complex<T>(T(0))) return exponent > 0 ? Complex<T>(T(0)) : Complex<T>(nan<T>(), nan<T>());
    switch (exponent) {
        case 1: return a;
        case 2: return a * a;
        case 3: return a * (a * a);
    }
    if (exponent < 0) return Complex<T>(T(1)) / repeated(a, -exponent);
    return repeated(a, exponent);
}
INLINE bool equals_int(c128 a, i64 b) { return a.im == 0 && compare(b, a.re) == 0; }

// Sums of nothing: what added to 0 or -0 leaves it as it is.
template <typename T> struct Nothing {
    INLINE static T value() { return T(0) * T(-1); }
};
template <typename T> struct Nothing<Complex<T>> {
    INLINE static Complex<T> value() { return {-T(0), -T(0)}; }
};

// Values of other threads of the warp, of any kind.

#define EXCHANGE(name, parameters, shuffle)                                                    \
    template <typename T> INLINE T name parameters {                                          \
        if constexpr (sizeof(T) == 16) {                                                      \
            union {                                                                           \
                T whole;                                                                      \
                u64 words[2];                                                                 \
            } both;                                                                           \
            both.whole = value;                                                               \
            for (u64 &word : both.words) word = shuffle(word);                                \
            return both.whole;                                                                \
        } else {                                                                              \
            return of_bits<T>(unsigned_of<T>(shuffle(bits_of<unsigned_of<T>>(value))));       \
        }                                                                                     \
    }
#define ABOVE(word) __shfl_down_sync(0xffffffffu, word, apart)
#define FIRST(word) __shfl_sync(0xffffffffu, word, 0)
EXCHANGE(from_above, (T value, int apart), ABOVE)
EXCHANGE(from_first, (T value), FIRST)
