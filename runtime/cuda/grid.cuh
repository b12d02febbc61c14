// Loops and the grid: the iterations of a loop, and which of them are a thread's.
#pragma once

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

// Iterations of a nest of loops whose bounds do not depend on each other; as many as there are numbers, if they are more.
INLINE i64 all_trips(Steps only) { return only.trips; }
template <typename... Inner> INLINE i64 all_trips(Steps outer, Inner... inner) {
    const i128 trips = i128(outer.trips) * all_trips(inner...);
    return trips < 0x7fffffffffffffff ? i64(trips) : 0x7fffffffffffffff;
}

INLINE i64 first_x() { return i64(blockIdx.x) * blockDim.x + threadIdx.x; }
INLINE i64 first_y() { return i64(blockIdx.y) * blockDim.y + threadIdx.y; }
INLINE i64 first_z() { return i64(blockIdx.z) * blockDim.z + threadIdx.z; }
INLINE i64 width_x() { return i64(gridDim.x) * blockDim.x; }
INLINE i64 width_y() { return i64(gridDim.y) * blockDim.y; }
INLINE i64 width_z() { return i64(gridDim.z) * blockDim.z; }

// The number of a block, and of a thread, in the grid.
INLINE i64 block_number() { return blockIdx.x + i64(gridDim.x) * (blockIdx.y + i64(gridDim.y) * blockIdx.z); }
INLINE i64 block_count() { return i64(gridDim.x) * gridDim.y * gridDim.z; }
INLINE u32 number_in_block() { return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z); }
INLINE u32 block_size() { return blockDim.x * blockDim.y * blockDim.z; }
INLINE i64 thread_number() { return block_number() * block_size() + number_in_block(); }

// Iterations in a row.
struct Stretch {
    i64 first;
    i64 end;
};
// The share of one of so many, in whole rounds of so many iterations.
INLINE Stretch stretch(i64 trips, i64 number, i64 count, i64 together) {
    const i128 each = (i128(trips) + count * together - 1) / (count * together) * together;
    const i128 first = number * each, end = first + each;
    return {i64(first < trips ? first : trips), i64(end < trips ? end : trips)};
}
// That of the threads of a warp, one iteration each at a time.
INLINE u32 lane_in_warp() { return number_in_block() % 32; }
INLINE Stretch stretch_of_warp(i64 trips) {
    return stretch(trips, thread_number() / 32, block_count() * block_size() / 32, 32);
}

// Teams: threads that do an iteration together, all alike but for the loops that they share. A team is as wide as the block: one
// thread, a warp, or all threads of the block.
INLINE i64 first_team() { return i64(blockIdx.x) * blockDim.y + threadIdx.y; }
INLINE i64 width_team() { return i64(gridDim.x) * blockDim.y; }
INLINE Stretch stretch_of_team(i64 trips) { return stretch(trips, first_team(), width_team(), 1); }
INLINE i64 member() { return threadIdx.x; }
INLINE i64 members() { return blockDim.x; }
// What members have read and written before, they have when the others go on.
INLINE void meet() {
    if (blockDim.x > 32) __syncthreads();
    else if (blockDim.x > 1) __syncwarp();
}
// The same, and a member that has failed lets all fail.
INLINE void agree(bool &failed) {
    if (blockDim.x > 32) {
        failed = __syncthreads_or(failed);
    } else if (blockDim.x > 1) {
        failed = __any_sync(0xffffffffu, failed);
        __syncwarp();
    }
}
