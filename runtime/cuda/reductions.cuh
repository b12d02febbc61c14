// Reductions: values that all threads of a grid find together.
//
// A thread folds its iterations in order, the threads of a warp meet by halves, the warps of a block likewise, and the block that is
// done last folds what the blocks found, neighbours first. The shape of the grid depends on the trip counts alone, and so do the
// bits.
#pragma once

template <typename T> INLINE T nan_or(T other) { return other; }
template <> INLINE f32 nan_or(f32) { return nan<f32>(); }
template <> INLINE f64 nan_or(f64) { return nan<f64>(); }
template <> INLINE f16 nan_or(f16) { return nan<f16>(); }

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

// Tags of types, 0 being none: of those that differ only the CPU knows which one stays.
struct Alike {
    template <typename T> INLINE static T neutral() { return 0; }
    template <typename T> INLINE static T fold(T a, T b, bool &failed) {
        check(a == 0 || b == 0 || a == b, failed);
        return a == 0 ? b : a;
    }
};
INLINE u8 known_type(u8 type, u8 otherwise) { return type == 0 ? otherwise : type; }
// Of a part or the size of a complex number, and of a comparison.
INLINE u8 real_type(u8 type) { return type == 4 ? 3 : type; }
INLINE u8 compared_type(u8 type) { return type == 5 ? 5 : 1; }
// A value, with the tag of its type beside it.
template <typename T> struct Typed {
    T value;
    u8 type;
    INLINE bool operator<(const Typed &other) const { return value < other.value; }
    INLINE bool operator>(const Typed &other) const { return value > other.value; }
};
template <typename T> INLINE Typed<T> typed(T value, u8 type) { return {value, type}; }

template <typename Fold, typename T> INLINE T fold_warp(T value, bool &failed) {
    for (int apart = 16; apart > 0; apart /= 2) {
        const T other = from_above(value, apart);
        value = Fold::fold(value, other, failed);
    }
    return value;
}

// The same over the members of a team, for all of them.
template <typename Fold, typename T> INLINE T fold_team(T value, bool &failed) {
    if (blockDim.x == 1) return value;
    value = fold_warp<Fold>(value, failed);
    if (blockDim.x > 32) {
        __shared__ T warps[32];
        const u32 lane = threadIdx.x % 32;
        if (lane == 0) warps[threadIdx.x / 32] = value;
        __syncthreads();
        value = fold_warp<Fold>(lane < blockDim.x / 32 ? warps[lane] : Fold::template neutral<T>(), failed);
        __syncthreads();
    }
    return from_first(value);
}

// What blocks found of a variable, one place for each, and the place for all of it.
template <typename T> struct Parts {
    T *each;
    T *whole;
    INLINE void put(T value) const { each[block_number()] = value; }
    // What this block found is the whole.
    INLINE void take(i64 block) const { *whole = each[block]; }
    // An iteration, if it is none of those that what this block found lets forget; else -1.
    INLINE i64 since(i64 at) const { return at >= each[block_number()] ? at : -1; }
};

// Puts what the threads of a block found together.
template <typename Fold, typename T> INLINE void collect(T value, const Parts<T> &parts, bool &failed) {
    __shared__ T warps[32];
    const u32 thread = number_in_block();
    const u32 count = block_size() / 32;
    // Values that failed mean nothing, and must not fail others.
    value = fold_warp<Fold>(failed ? Fold::template neutral<T>() : value, failed);
    if (thread % 32 == 0) warps[thread / 32] = value;
    __syncthreads();
    if (thread < 32) {
        value = fold_warp<Fold>(thread < count ? warps[thread] : Fold::template neutral<T>(), failed);
        if (thread == 0) parts.put(value);
    }
    __syncthreads();
}

// Whether all other blocks are done, and what they found is there.
INLINE bool comes_last(Report *report) {
    __shared__ u32 before;
    __threadfence();
    __syncthreads();
    if (number_in_block() == 0) before = atomicAdd(&report->arrived, 1u);
    __syncthreads();
    const bool is_last = i64(before) + 1 == block_count();
    // For the next kernel.
    if (is_last && number_in_block() == 0) report->arrived = 0;
    __threadfence();
    return is_last;
}

// The last block: folds what all blocks found.
template <typename Fold, typename T> INLINE void combine(const Parts<T> &parts, bool &failed) {
    for (i64 apart = 1; apart < block_count(); apart *= 2) {
        for (i64 block = i64(number_in_block()) * 2 * apart; block + apart < block_count(); block += i64(block_size()) * 2 * apart)
            parts.each[block] = Fold::fold(parts.each[block], parts.each[block + apart], failed);
        __syncthreads();
    }
    if (number_in_block() == 0) parts.take(0);
}

// Which of two candidates stays, each with the iteration that found it: -1 is none.

#define CHOICE(name, prefers)                                                           \
    struct name {                                                                       \
        template <typename T> INLINE static bool is_better(T a, i64 a_at, T b, i64 b_at) { \
            return a_at >= 0 && (b_at < 0 || (prefers));                                \
        }                                                                               \
    };
CHOICE(FirstLeast, a < b || (a == b && a_at < b_at))
CHOICE(FirstGreatest, a > b || (a == b && a_at < b_at))
// A NaN is replaced by whatever comes after it.
CHOICE(LastLeast, a < b || ((a == b || b != b) && a_at > b_at))
CHOICE(LastGreatest, a > b || ((a == b || b != b) && a_at > b_at))
// The first NaN stays.
CHOICE(FirstLeastOrNan, a != a ? b == b || a_at < b_at : a < b || (a == b && a_at < b_at))
CHOICE(FirstGreatestOrNan, a != a ? b == b || a_at < b_at : a > b || (a == b && a_at < b_at))
CHOICE(Latest, a_at > b_at)

// The best of the iterations that a thread has done since a NaN of its warp, or its team, let them be forgotten; and the tag of its type.
template <typename Choice, typename T> struct Kept {
    T value = T(0);
    i64 at = -1;
    u8 type = 0;
    INLINE void take(T other, i64 other_at, i64 reset, u8 other_type = 0) {
        if (at < reset) at = -1;
        if (other_at >= reset && Choice::is_better(other, other_at, value, at)) value = other, at = other_at, type = other_type;
    }
    INLINE void give(T &other, i64 &other_at) const { other = value, other_at = at; }
    INLINE void give(T &other, i64 &other_at, u8 &other_type) const { other = value, other_at = at, other_type = type; }
};
// The last iteration that threads of the warp tell, if one of those from `first` on is among them; what they tell of before, they do alike.
INLINE i64 latest_of_warp(i64 at, i64 first) {
    if (!__any_sync(0xffffffffu, at >= first)) return at;
    for (int apart = 16; apart > 0; apart /= 2) {
        const i64 other = __shfl_xor_sync(0xffffffffu, at, apart);
        at = other > at ? other : at;
    }
    return at;
}

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

// The last block: the block with the best candidate of those from an iteration on, told to one thread; to the others -1.
template <typename Choice, typename T> INLINE i64 best_block(const Parts<T> &values, const Parts<i64> &places, i64 since = 0) {
    T value = values.each[0];
    i64 at = -1, best = 0;
    for (i64 block = number_in_block(); block < block_count(); block += block_size())
        if (places.each[block] >= since && Choice::is_better(values.each[block], places.each[block], value, at))
            value = values.each[block], at = places.each[block], best = block;
    return wins<Choice>(value, at, false) ? best : -1;
}
INLINE i64 latest_block(const Parts<i64> &places) { return best_block<Latest>(places, places); }
