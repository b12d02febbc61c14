// Arrays that threads collect into: by indivisible updates, and each into a copy of its own.
#pragma once

template <typename A, typename B> struct Same {
    static constexpr bool value = false;
};
template <typename A> struct Same<A, A> {
    static constexpr bool value = true;
};

// Folds a value into an element that other threads may change meanwhile, by a compare-and-swap of the word it lies in.
template <typename Fold, typename T> INLINE void swap_fold(T *place, T value) {
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

// The same by one instruction, where there is one for it.
template <typename Fold, typename T> INLINE void atomic_fold(T *place, T value) {
    typedef unsigned_of<T> Bits;
    constexpr bool is_float = Same<T, f32>::value || Same<T, f64>::value;
    constexpr bool is_whole = sizeof(T) >= 4 && !is_float;
    if constexpr (is_whole && Same<Fold, Sum>::value) atomicAdd((Bits *)place, Bits(value));
    // That of f32 would take numbers close to 0 for 0.
    else if constexpr (Same<T, f64>::value && Same<Fold, Sum>::value) atomicAdd(place, value);
    else if constexpr (is_whole && Same<Fold, And>::value) atomicAnd((Bits *)place, Bits(value));
    else if constexpr (is_whole && Same<Fold, Or>::value) atomicOr((Bits *)place, Bits(value));
    else if constexpr (is_whole && Same<Fold, Xor>::value) atomicXor((Bits *)place, Bits(value));
    else if constexpr (is_whole && (Same<Fold, Least>::value || Same<Fold, Minimum>::value)) atomicMin(place, value);
    else if constexpr (is_whole && (Same<Fold, Greatest>::value || Same<Fold, Maximum>::value)) atomicMax(place, value);
    else swap_fold<Fold>(place, value);
}

// An array that all threads update: a block's own in shared memory where it fits there, which then joins the whole.
template <typename Fold, typename T, int R> struct Bins {
    View<T, R> whole;
    View<T, R> near;
    bool is_near;
    INLINE i64 extent(int axis) const { return whole.extent(axis); }
    INLINE i64 size() const { return whole.size(); }
    INLINE i64 wrap(int axis, i64 index, bool &failed) const { return whole.wrap(axis, index, failed); }
    // What an update is compared with, `if (value < h.at(k)) h.fold(failed, value, k)`, may be more than one behind: elements go one
    // way, and the fold compares once more.
    template <typename... Index> INLINE T at(Index... index) const {
        return *(const volatile T *)&(is_near ? near : whole).at(index...);
    }
    template <typename... Index> INLINE T read(const bool &failed, Index... index) const {
        return failed ? T(0) : at(index...);
    }
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
template <typename Fold, typename T, int R> INLINE void combine(const View<T, R> &whole, const Room<T> &room, const Report *report) {
    bool failed = has_failed(report);
    if (failed) return;
    for (i64 number = first_x(); number < whole.size(); number += width_x()) {
        T total = Fold::template neutral<T>();
        for (i64 thread = 0; thread < room.threads; ++thread)
            total = Fold::fold(total, room.data[thread * room.capacity + number], failed);
        T &element = whole.nth(number);
        element = Fold::fold(element, total, failed);
    }
}
