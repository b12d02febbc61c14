// Arrays: in global memory, and of a thread's own.
#pragma once

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
    // The elements of another array, as they were: what iterations read and none of them writes. What some of them write may be
    // another's already; it is written here before it is read.
    template <int R> INLINE View<T, R> of(const View<T, R> &other) const {
        const View<T, R> own = laid_out(data + thread_number(), threads, other.shape);
        for (i64 number = 0; number < own.size(); ++number) own.nth(number) = other.nth(number);
        return own;
    }
    // The same, side by side, for contributions.
    template <typename Fold, int R> INLINE View<T, R> copy(const View<T, R> &other) const {
        const View<T, R> own = laid_out(data + thread_number() * capacity, 1, other.shape);
        for (i64 number = 0; number < own.size(); ++number) own.data[number] = Fold::template neutral<T>();
        return own;
    }
};

// Storage that a thread has from a pool, for an array that is allocated again and again.
template <typename T> struct Piece {
    T *data = nullptr;
    i64 length = 0;
};

// Memory that the threads of a kernel take pieces of, for arrays whose sizes are known when they are allocated.
struct Pool {
    u8 *data;
    u64 bytes;
    u64 *taken;
    // A new array of these extents, in the piece of the thread, or in a larger one.
    template <typename T, typename... Extents>
    INLINE View<T, sizeof...(Extents)> array(Piece<T> &own, bool &failed, Report *report, Extents... each) const {
        const i64 extents[sizeof...(Extents)] = {each...};
        i128 length = 1;
        for (i64 extent : extents) length = product(length, extent > 0 ? extent : 0);
        const Room<T> room{};
        if (length <= own.length) return room.laid_out(own.data, 1, extents);
        // Twice as much as before, so that what is left behind is no more than what is used; pieces begin where any number may.
        const i128 wanted = length > 2 * i128(own.length) ? length : 2 * i128(own.length);
        const i128 whole = (product(wanted, i128(sizeof(T))) + 15) / 16 * 16;
        const u64 first = !failed && whole <= i128(bytes) ? atomicAdd(taken, u64(whole)) : bytes;
        if (first <= bytes && whole <= i128(bytes - first)) {
            own = {(T *)(data + first), i64(wanted)};
            return room.laid_out(own.data, 1, extents);
        }
        if (!failed) report->lacking = 1;
        failed = true;
        // What does not fit is all one element.
        return room.laid_out((T *)data, 0, extents);
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
