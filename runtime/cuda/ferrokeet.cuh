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
// Holds in every kernel; tested where kernels are tested.
#ifdef FERROKEET_CHECKED
#define INSIDE(index, extent) emulation::demand(u64(index) < u64(extent), "an address outside of its array")
#else
#define INSIDE(index, extent)
#endif
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

#include "kinds.cuh"
#include "math.cuh"

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
// The number of a block, and of a thread, in the grid.
INLINE i64 block_number() { return blockIdx.x + i64(gridDim.x) * (blockIdx.y + i64(gridDim.y) * blockIdx.z); }
INLINE u32 number_in_block() { return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z); }
INLINE u32 block_size() { return blockDim.x * blockDim.y * blockDim.z; }
INLINE i64 thread_number() { return block_number() * block_size() + number_in_block(); }
// Of loops that are a warp's.
INLINE i64 first_warp() { return i64(blockIdx.x) * blockDim.y + threadIdx.y; }
INLINE i64 width_warp() { return i64(gridDim.x) * blockDim.y; }
INLINE i64 lane() { return threadIdx.x; }
INLINE void join_lanes(bool &failed) {
    failed = __any_sync(0xffffffffu, failed);
    __syncwarp();
}

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

// An array in global memory.
template <typename T, int R> struct View {
    T *data;
    i64 shape[R];
    i64 strides[R];
    INLINE static View nowhere() { return View{nullptr, {}, {}}; }
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
        for (int axis = 0; axis < R; ++axis) {
            INSIDE(each[axis], shape[axis]);
            offset += each[axis] * strides[axis];
        }
        return data[offset];
    }
    // The same of subscripts that were wrapped and may have failed.
    template <typename... Index> INLINE T read(const bool &failed, Index... index) const {
        return failed ? T(0) : at(index...);
    }
    template <typename... Index> INLINE void write(const bool &failed, T value, Index... index) const {
        if (!failed) at(index...) = value;
    }
    // An element by its number in the order of subscripts.
    INLINE T &nth(i64 number) const {
        i64 offset = 0;
        for (int axis = R - 1; axis >= 0; --axis) {
            offset += number % shape[axis] * strides[axis];
            number /= shape[axis];
        }
        return data[offset];
    }
    INLINE void clear() const {
        for (i64 number = 0; number < size(); ++number) nth(number) = T(0);
    }
};

// Memory for an array of every thread's own.
template <typename T> struct Room {
    T *data;
    // Elements of one thread.
    i64 capacity;
    i64 threads;
    // An array whose elements lie `apart`, in the order of subscripts.
    template <int R> INLINE View<T, R> laid_out(T *first, i64 apart, const i64 (&extents)[R]) const {
        View<T, R> view = View<T, R>::nowhere();
        view.data = first;
        for (int axis = R - 1; axis >= 0; --axis) {
            view.shape[axis] = extents[axis] > 0 ? extents[axis] : 0;
            view.strides[axis] = apart;
            apart *= view.shape[axis];
        }
        return view;
    }
    // A new array of these extents. The same elements of neighbouring threads are neighbours.
    template <typename... Extents> INLINE View<T, sizeof...(Extents)> array(bool &failed, Extents... each) const {
        const i64 extents[sizeof...(Extents)] = {each...};
        i128 length = 1;
        for (i64 extent : extents) length = product(length, extent > 0 ? extent : 0);
        check(length <= capacity, failed);
        // What does not fit is all one element.
        return laid_out(data + thread_number(), length <= capacity ? threads : 0, extents);
    }
    // An array of the same extents as another.
    template <int R> INLINE View<T, R> like(const View<T, R> &other) const {
        return laid_out(data + thread_number(), threads, other.shape);
    }
    // The same, side by side, for contributions.
    template <typename Fold, int R> INLINE View<T, R> copy(const View<T, R> &other) const {
        const View<T, R> own = laid_out(data + thread_number() * capacity, 1, other.shape);
        for (i64 number = 0; number < own.size(); ++number) own.data[number] = Fold::template neutral<T>();
        return own;
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
        for (int axis = 0; axis < R; ++axis) {
            INSIDE(each[axis], extents[axis]);
            offset = offset * extents[axis] + each[axis];
        }
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
template <> INLINE f16 nan_or(f16) { return nan<f16>(); }

// Reductions
//
// A thread folds its iterations in order, the threads of a warp meet by halves, the warps of a block likewise; the host folds the
// blocks. The shape of the grid depends on the trip counts alone, and so do the bits.

#define FOLD(name, start, value)                                          \
    struct name {                                                         \
        template <typename T> INLINE static T neutral() { return start; } \
        template <typename T> INLINE static T fold(T a, T b, bool &failed) { return value; } \
    };
FOLD(Sum, (Nothing<T>::value()), (add(a, b)))
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
        const T other = from_above(value, apart);
        value = Fold::fold(value, other, failed);
    }
    return value;
}

// The same, for all threads of the warp.
template <typename Fold, typename T> INLINE T fold_lanes(T value, bool &failed) {
    return from_first(fold_warp<Fold>(value, failed));
}

// Puts what the threads of a block found together, into the block's place.
template <typename Fold, typename T> INLINE void collect(T value, T *parts, bool &failed) {
    __shared__ T warps[32];
    const u32 thread = number_in_block();
    const u32 count = block_size() / 32;
    // Values that failed mean nothing, and must not fail others.
    value = fold_warp<Fold>(failed ? Fold::template neutral<T>() : value, failed);
    if (thread % 32 == 0) warps[thread / 32] = value;
    __syncthreads();
    if (thread < 32) {
        value = fold_warp<Fold>(thread < count ? warps[thread] : Fold::template neutral<T>(), failed);
        if (thread == 0) parts[block_number()] = value;
    }
    __syncthreads();
}

// Which of two candidates stays, each with the iteration that found it: -1 is none.

#define CHOICE(name, prefers)                                                           \
    struct name {                                                                       \
        template <typename T> INLINE static bool is_better(T a, i64 a_at, T b, i64 b_at) { \
            return a_at >= 0 && (b_at < 0 || (prefers));                                \
        }                                                                               \
    };
CHOICE(FirstLeast, a < b || (a == b && a_at < b_at))
CHOICE(LastLeast, a < b || (a == b && a_at > b_at))
CHOICE(FirstGreatest, a > b || (a == b && a_at < b_at))
CHOICE(LastGreatest, a > b || (a == b && a_at > b_at))
CHOICE(Latest, a_at > b_at)

// Whether it is this thread of its block that has the best candidate; of none, it is the first thread.
template <typename Choice, typename T> INLINE bool wins(T value, i64 at, bool failed) {
    __shared__ T values[32];
    __shared__ i64 places[32];
    __shared__ u32 owners[32];
    const u32 thread = number_in_block();
    const u32 count = block_size() / 32;
    u32 owner = thread;
    if (failed) at = -1;
    for (int round = 0; round < 2; ++round) {
        for (int apart = 16; apart > 0; apart /= 2) {
            const T other = from_above(value, apart);
            const i64 other_at = __shfl_down_sync(0xffffffffu, at, apart);
            const u32 other_owner = __shfl_down_sync(0xffffffffu, owner, apart);
            if (Choice::is_better(other, other_at, value, at)) value = other, at = other_at, owner = other_owner;
        }
        if (round == 0 && thread % 32 == 0) {
            values[thread / 32] = value;
            places[thread / 32] = at;
            owners[thread / 32] = owner;
        }
        __syncthreads();
        const u32 warp = thread % 32;
        if (round == 0) value = values[warp < count ? warp : 0], at = places[warp < count ? warp : 0], owner = owners[warp < count ? warp : 0];
        __syncthreads();
    }
    if (thread == 0) owners[0] = owner;
    __syncthreads();
    const bool won = owners[0] == thread;
    __syncthreads();
    return won;
}
INLINE bool is_latest(i64 at, bool failed) { return wins<Latest>(at, at, failed); }

// Arrays that threads collect into

// Folds a value into an element that other threads may change meanwhile, by a compare-and-swap of the word it lies in.
template <typename Fold, typename T> INLINE void atomic_fold(T *place, T value) {
    bool failed = false;
    if constexpr (sizeof(T) == 8) {
        u64 *const word = (u64 *)place;
        u64 seen = *word;
        for (;;) {
            const u64 next = bits_of<u64>(Fold::fold(of_bits<T>(seen), value, failed));
            const u64 before = atomicCAS(word, seen, next);
            if (before == seen) return;
            seen = before;
        }
    } else {
        u32 *const word = (u32 *)(u64(place) & ~u64(3));
        const u32 shift = u32(u64(place) & 3) * 8;
        const u32 mask = u32(0xffffffffu >> (32 - sizeof(T) * 8)) << shift;
        u32 seen = *word;
        for (;;) {
            const u32 folded = u32(bits_of<unsigned_of<T>>(Fold::fold(of_bits<T>(unsigned_of<T>(seen >> shift)), value, failed)));
            const u32 before = atomicCAS(word, seen, (seen & ~mask) | (folded << shift));
            if (before == seen) return;
            seen = before;
        }
    }
}

// An array that all threads update: a block's own in shared memory where it fits there, which then joins the whole.
template <typename Fold, typename T, int R> struct Bins {
    View<T, R> whole;
    View<T, R> near;
    bool is_near;
    INLINE i64 extent(int axis) const { return whole.extent(axis); }
    INLINE i64 size() const { return whole.size(); }
    INLINE i64 wrap(int axis, i64 index, bool &failed) const { return whole.wrap(axis, index, failed); }
    template <typename... Index> INLINE void fold(const bool &failed, T value, Index... index) const {
        if (!failed) atomic_fold<Fold>(&(is_near ? near : whole).at(index...), value);
    }
    INLINE void collect() const {
        __syncthreads();
        if (!is_near) return;
        for (i64 number = number_in_block(); number < size(); number += block_size())
            if (near.data[number] != Fold::template neutral<T>()) atomic_fold<Fold>(&whole.nth(number), near.data[number]);
    }
};
template <typename Fold, i64 length, typename T, int R> INLINE Bins<Fold, T, R> bins(const View<T, R> &whole, T *near) {
    const bool is_near = whole.size() <= length;
    if (is_near)
        for (i64 number = number_in_block(); number < whole.size(); number += block_size())
            near[number] = Fold::template neutral<T>();
    __syncthreads();
    return {whole, Room<T>{}.laid_out(near, 1, whole.shape), is_near};
}

// Folds the copies that threads have collected, in their order, into the array.
template <typename Fold, typename T, int R> INLINE void combine(const View<T, R> &whole, const Room<T> &room) {
    bool failed = false;
    for (i64 number = first_x(); number < whole.size(); number += width_x()) {
        T total = Fold::template neutral<T>();
        for (i64 thread = 0; thread < room.threads; ++thread)
            total = Fold::fold(total, room.data[thread * room.capacity + number], failed);
        T &element = whole.nth(number);
        element = Fold::fold(element, total, failed);
    }
}
