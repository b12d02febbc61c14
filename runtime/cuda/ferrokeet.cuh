// What every generated CUDA kernel is compiled with: arrays, Python's and NumPy's numbers, reductions.
//
// The counterpart of runtime/kernel. Nothing is included, so that NVRTC needs no headers. Numbers that Python would not compute
// this way, subscripts that are out of bounds and exceptions set `failed`; the thread goes on with any value, makes no
// address of it, and the host runs the region again on the CPU.
#pragma once
#ifdef FERROKEET_EMULATION
#include "emulation.h"
#endif

typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long long i64;
typedef __int128 i128;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef float f32;
typedef double f64;

#define INLINE __device__ __forceinline__
#define FERROKEET_PI 3.141592653589793

// Failing

INLINE void check(bool holds, bool &failed) { failed |= !holds; }

INLINE void tell(bool failed, u32 *failure) {
    if (failed) *failure = 1;
}

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

// Loops

// The iterations of a counted loop.
struct Steps {
    i64 start;
    i64 step;
    i64 trips;
    INLINE i64 at(i64 trip) const { return add(start, multiply(step, trip)); }
    INLINE i64 first() const { return start; }
    INLINE i64 last() const { return at(trips - 1); }
};

INLINE Steps steps(i64 start, i64 stop, i64 step, bool &failed) {
    check(step != 0, failed);
    if (failed || (step > 0 ? start >= stop : start <= stop)) return Steps{start, step, 0};
    const u64 span = step > 0 ? u64(stop) - u64(start) : u64(start) - u64(stop);
    const u64 stride = step > 0 ? u64(step) : 0 - u64(step);
    return Steps{start, step, i64((span - 1) / stride + 1)};
}

INLINE i64 first_x() { return i64(blockIdx.x) * blockDim.x + threadIdx.x; }
INLINE i64 first_y() { return i64(blockIdx.y) * blockDim.y + threadIdx.y; }
INLINE i64 first_z() { return i64(blockIdx.z) * blockDim.z + threadIdx.z; }
INLINE i64 width_x() { return i64(gridDim.x) * blockDim.x; }
INLINE i64 width_y() { return i64(gridDim.y) * blockDim.y; }
INLINE i64 width_z() { return i64(gridDim.z) * blockDim.z; }

// Arrays

// A subscript as Python reads it, from 0.
INLINE i64 wrapped(i64 index, i64 extent, bool &failed) {
    const i64 place = index < 0 ? add(index, extent) : index;
    check(u64(place) < u64(extent), failed);
    return place;
}

INLINE void atomic_add(i32 *place, i32 value) { atomicAdd(place, value); }
INLINE void atomic_add(u32 *place, u32 value) { atomicAdd(place, value); }
INLINE void atomic_add(i64 *place, i64 value) { atomicAdd((u64 *)place, u64(value)); }
INLINE void atomic_add(u64 *place, u64 value) { atomicAdd(place, value); }

// An array in global memory.
template <typename T, int R> struct View {
    T *data;
    i64 shape[R];
    i64 strides[R];
    INLINE i64 extent(int axis) const { return shape[axis]; }
    INLINE i64 size() const {
        i64 product = 1;
        for (int axis = 0; axis < R; ++axis) product *= shape[axis];
        return product;
    }
    INLINE i64 wrap(int axis, i64 index, bool &failed) const { return wrapped(index, shape[axis], failed); }
    // The element at subscripts that are in bounds.
    template <typename... Index> INLINE T &at(Index... index) const {
        const i64 each[R] = {index...};
        i64 offset = 0;
        for (int axis = 0; axis < R; ++axis) offset += each[axis] * strides[axis];
        return data[offset];
    }
    // The same of subscripts that were wrapped and may have failed.
    template <typename... Index> INLINE T read(const bool &failed, Index... index) const {
        return failed ? T(0) : at(index...);
    }
    template <typename... Index> INLINE void write(const bool &failed, T value, Index... index) const {
        if (!failed) at(index...) = value;
    }
    template <typename... Index> INLINE void add(const bool &failed, T value, Index... index) const {
        if (!failed) atomic_add(&at(index...), value);
    }
};

// An array of a thread's own, in row-major order.
template <typename T, i64... Extents> struct Local {
    static constexpr int R = sizeof...(Extents);
    INLINE static constexpr i64 length() {
        i64 product = 1;
        const i64 each[R] = {Extents...};
        for (int axis = 0; axis < R; ++axis) product *= each[axis];
        return product;
    }
    T items[length() > 0 ? length() : 1];
    INLINE i64 extent(int axis) const {
        const i64 each[R] = {Extents...};
        return each[axis];
    }
    INLINE i64 size() const { return length(); }
    INLINE i64 wrap(int axis, i64 index, bool &failed) const { return wrapped(index, extent(axis), failed); }
    INLINE void clear() {
        for (i64 place = 0; place < length(); ++place) items[place] = T(0);
    }
    template <typename... Index> INLINE T &at(Index... index) {
        const i64 extents[R] = {Extents...}, each[R] = {index...};
        i64 offset = 0;
        for (int axis = 0; axis < R; ++axis) offset = offset * extents[axis] + each[axis];
        return items[offset];
    }
    template <typename... Index> INLINE T read(const bool &failed, Index... index) {
        return failed ? T(0) : at(index...);
    }
    template <typename... Index> INLINE void write(const bool &failed, T value, Index... index) {
        if (!failed) at(index...) = value;
    }
};

template <typename T> INLINE T nan_or(T other) { return other; }
template <> INLINE f32 nan_or(f32) { return nan<f32>(); }
template <> INLINE f64 nan_or(f64) { return nan<f64>(); }

// Reductions
//
// A thread folds its iterations in order, the threads of a warp meet by halves, the warps of a block likewise; the host folds the
// blocks. The shape of the grid depends on the trip counts alone, and so do the bits.

#define FOLD(name, start, value)                                          \
    struct name {                                                         \
        template <typename T> INLINE static T neutral() { return start; } \
        template <typename T> INLINE static T fold(T a, T b, bool &failed) { return value; } \
    };
FOLD(Sum, (T(0) * T(-1)), (add(a, b)))
FOLD(Product, T(1), (multiply(a, b)))
FOLD(CheckedSum, T(0), (add(a, b, failed)))
FOLD(CheckedProduct, T(1), (multiply(a, b, failed)))
FOLD(Least, (greatest<T>()), (b < a ? b : a))
FOLD(Greatest, (least<T>()), (b > a ? b : a))
FOLD(Minimum, (greatest<T>()), (minimum(a, b)))
FOLD(Maximum, (least<T>()), (maximum(a, b)))
FOLD(Fmin, (nan_or(greatest<T>())), (np_fmin(a, b)))
FOLD(Fmax, (nan_or(least<T>())), (np_fmax(a, b)))
FOLD(And, T(~T(0)), T(a & b))
FOLD(Or, T(0), T(a | b))
FOLD(Xor, T(0), T(a ^ b))

template <typename Fold, typename T> INLINE T fold_warp(T value, bool &failed) {
    for (int apart = 16; apart > 0; apart /= 2) {
        const T other = __shfl_down_sync(0xffffffffu, value, apart);
        value = Fold::fold(value, other, failed);
    }
    return value;
}

// Puts what the threads of a block found together, into the block's place.
template <typename Fold, typename T> INLINE void collect(T value, T *parts, bool &failed) {
    __shared__ T warps[32];
    const u32 thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    const u32 count = blockDim.x * blockDim.y * blockDim.z / 32;
    // Values that failed mean nothing, and must not fail others.
    value = fold_warp<Fold>(failed ? Fold::template neutral<T>() : value, failed);
    if (thread % 32 == 0) warps[thread / 32] = value;
    __syncthreads();
    if (thread < 32) {
        value = fold_warp<Fold>(thread < count ? warps[thread] : Fold::template neutral<T>(), failed);
        if (thread == 0) parts[blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z)] = value;
    }
    __syncthreads();
}
