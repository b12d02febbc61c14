// CUDA on the CPU, one thread at a time: enough of it to run generated kernels where there is no GPU.
//
// Compiled before ferrokeet.cuh with FERROKEET_EMULATION, by a C++ compiler of the GNU family. The threads of a block are
// fibres: one runs until it waits at a barrier or a shuffle, then the next does. A fibre that comes to its end takes up the next
// thread of the block, so that kernels without barriers never switch. Blocks run one after the other, in order, and have the same
// fibres, which jump from one stack to another without asking the system. With FERROKEET_CHECKED, the last thread of every other block
// comes first, and one warp goes ahead of the others, also from barrier to barrier, so that a barrier that is missing shows.
#pragma once
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <type_traits>
#include <ucontext.h>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __forceinline__ inline
// Blocks run one after the other.
#define __shared__ static

struct dim3 {
    unsigned x, y, z;
};

namespace emulation {

// Of the thread that runs.
inline dim3 thread_index, block_index, block_shape, grid_shape;

// With FERROKEET_CHECKED: what no kernel may do ends the process.
inline void demand(bool holds, const char *otherwise) {
    if (holds) return;
    std::fprintf(stderr, "ferrokeet: a kernel made %s: block (%u, %u, %u), thread (%u, %u, %u)\n", otherwise, block_index.x,
                 block_index.y, block_index.z, thread_index.x, thread_index.y, thread_index.z);
    std::abort();
}

// Whom a thread waits for; a fibre without one waits for the next block.
enum class Waits { nobody, its_warp, its_block, its_turn, next_block };

// Where to go on: what `__builtin_setjmp` fills in.
using Point = void *[5];

// One thread's stack and where it stands.
struct Fibre {
    std::unique_ptr<char[]> stack;
    Point point;
    bool begun = false;
    unsigned thread = 0;
    Waits waits = Waits::nobody;
};

// The block that runs.
struct Block {
    static constexpr std::size_t STACK = 1 << 17;
    void (*body)(void **) = nullptr;
    void **arguments = nullptr;
    Point scheduler;
    std::vector<Fibre> fibres;
    unsigned current = 0, next = 0, threads = 0;
    bool backwards = true;
    // What the threads hand over in a shuffle.
    unsigned char exchanged[1024][16];

    // Fibres refer to themselves while they wait: none may move.
    Block() { fibres.reserve(1024); }
    static Block &one() {
        static Block block;
        return block;
    }
    void place(unsigned thread) {
        thread_index = {thread % block_shape.x, thread / block_shape.x % block_shape.y,
                        thread / block_shape.x / block_shape.y};
    }
    // Takes up threads until none is left, in every block.
    static void work() {
        Block &block = one();
        Fibre &fibre = block.fibres[block.current];
        for (;;) {
            while (block.next < block.threads) {
                fibre.thread = block.backwards ? block.threads - 1 - block.next : block.next;
                ++block.next;
                block.place(fibre.thread);
                block.body(block.arguments);
            }
            block.wait(fibre, Waits::next_block);
        }
    }
    // Lets the other threads come here too.
    void barrier(Waits whom) {
        Fibre &fibre = fibres[current];
        wait(fibre, whom);
        place(fibre.thread);
    }
    // A jump must leave the function that noted where to come back to.
    __attribute__((noinline)) void wait(Fibre &fibre, Waits whom) {
        fibre.waits = whom;
        if (!__builtin_setjmp(fibre.point)) to_scheduler();
    }
    __attribute__((noinline)) void to_scheduler() { __builtin_longjmp(scheduler, 1); }
    __attribute__((noinline)) void resume(unsigned index) {
        current = index;
        fibres[index].waits = Waits::nobody;
        if (!__builtin_setjmp(scheduler)) to(fibres[index]);
    }
    __attribute__((noinline)) static void to(Fibre &fibre) {
        if (fibre.begun) __builtin_longjmp(fibre.point, 1);
        fibre.begun = true;
        fibre.stack.reset(new char[STACK]);
        ucontext_t context;
        getcontext(&context);
        context.uc_stack.ss_sp = fibre.stack.get();
        context.uc_stack.ss_size = STACK;
        context.uc_link = nullptr;
        makecontext(&context, work, 0);
        setcontext(&context);
    }
    void run() {
        next = 0;
        threads = block_shape.x * block_shape.y * block_shape.z;
#ifdef FERROKEET_CHECKED
        backwards = !backwards;
#else
        backwards = false;
#endif
        unsigned started = 0;
        for (; next < threads; ++started) {
            if (started == fibres.size()) fibres.emplace_back();
            resume(started);
        }
        // Whoever waits for a warp was joined by all of it; once nobody does, all that are left stand at one barrier.
        while (release(started, Waits::its_warp) || release(started, Waits::its_block)) {
        }
    }
    bool release(unsigned started, Waits whom) {
        std::vector<unsigned> released;
        for (unsigned index = 0; index < started; ++index)
            if (fibres[index].waits == whom) released.push_back(index);
#ifdef FERROKEET_CHECKED
        // Threads that have ended without coming here would leave the others waiting.
        const unsigned together = whom == Waits::its_block ? threads : threads < 32 ? threads : 32;
        demand(released.size() % together == 0, "a barrier that not all threads reach");
        for (unsigned first = 0; first < released.size(); first += together)
            for (unsigned other = 0; other < together; ++other)
                demand(fibres[released[first + other]].thread / together == fibres[released[first]].thread / together,
                       "a barrier that not all threads reach");
        // One warp goes ahead as far as it can, up to the next barrier if it does not wait for the others in between.
        if (whom == Waits::its_warp && released.size() > together) released.resize(together);
        if (whom == Waits::its_block) {
            const std::size_t warp = threads < 32 ? threads : 32;
            for (unsigned index : released) fibres[index].waits = Waits::its_turn;
            for (std::size_t first = 0; first < released.size(); first += warp) {
                for (std::size_t other = 0; other < warp; ++other) resume(released[first + other]);
                while (release(started, Waits::its_warp)) {
                }
            }
            return !released.empty();
        }
#endif
        for (unsigned index : released) resume(index);
        return !released.empty();
    }
};

// Of another lane of the warp, the value that it hands over; of a lane that is none, the own one.
template <typename T> T shuffle(T value, unsigned lane) {
    Block &block = Block::one();
    const unsigned thread = block.fibres[block.current].thread;
    __builtin_memcpy(block.exchanged[thread], &value, sizeof value);
    block.barrier(Waits::its_warp);
    const unsigned from = lane < 32 ? thread / 32 * 32 + lane : thread;
    T other;
    __builtin_memcpy(&other, block.exchanged[from], sizeof other);
    block.barrier(Waits::its_warp);
    return other;
}
inline unsigned own_lane() {
    Block &block = Block::one();
    return block.fibres[block.current].thread % 32;
}
inline bool any(bool value) {
    for (unsigned apart = 1; apart < 32; apart *= 2) value |= shuffle(value, own_lane() ^ apart);
    return value;
}

// Of all threads of the block.
inline bool any_of_block(bool value) {
    Block &block = Block::one();
    block.exchanged[block.fibres[block.current].thread][0] = value;
    block.barrier(Waits::its_block);
    bool found = false;
    for (unsigned thread = 0; thread < block.threads; ++thread) found |= block.exchanged[thread][0] != 0;
    block.barrier(Waits::its_block);
    return found;
}

template <typename T> T *argument(void **arguments, unsigned position) { return static_cast<T *>(arguments[position]); }

// Calls a kernel with what a launch would pass.
template <auto kernel, typename... Parameters, std::size_t... Positions>
void call(void (*)(Parameters...), void **arguments, std::index_sequence<Positions...>) {
    kernel(*argument<std::remove_const_t<Parameters>>(arguments, Positions)...);
}
template <typename... Parameters> constexpr auto positions(void (*)(Parameters...)) {
    return std::make_index_sequence<sizeof...(Parameters)>();
}
template <auto kernel> void body(void **arguments) { call<kernel>(kernel, arguments, positions(kernel)); }

inline void launch(void (*body)(void **), const unsigned *grid, const unsigned *block, void **arguments) {
    static std::mutex alone;
    const std::lock_guard<std::mutex> guard(alone);
    Block &one = Block::one();
    one.body = body;
    one.arguments = arguments;
    grid_shape = {grid[0], grid[1], grid[2]};
    block_shape = {block[0], block[1], block[2]};
    for (unsigned z = 0; z < grid[2]; ++z)
        for (unsigned y = 0; y < grid[1]; ++y)
            for (unsigned x = 0; x < grid[0]; ++x) {
                block_index = {x, y, z};
                one.run();
            }
}

}  // namespace emulation

#define threadIdx emulation::thread_index
#define blockIdx emulation::block_index
#define blockDim emulation::block_shape
#define gridDim emulation::grid_shape
#define __syncthreads() emulation::Block::one().barrier(emulation::Waits::its_block)
#define __syncwarp() emulation::Block::one().barrier(emulation::Waits::its_warp)
#define __shfl_down_sync(mask, value, apart) emulation::shuffle(value, emulation::own_lane() + (apart))
#define __shfl_xor_sync(mask, value, apart) emulation::shuffle(value, emulation::own_lane() ^ (apart))
#define __shfl_sync(mask, value, lane) emulation::shuffle(value, lane)
#define __any_sync(mask, value) emulation::any(value)
#define __syncthreads_or(value) emulation::any_of_block(value)
#define __threadfence()

// Threads take turns only where they wait.
template <typename T> T atomicCAS(T *place, T expected, T next) {
    const T before = *place;
    if (before == expected) *place = next;
    return before;
}
#define ATOMIC(name, result)                         \
    template <typename T> T name(T *place, T value) { \
        const T before = *place;                     \
        *place = result;                             \
        return before;                               \
    }
ATOMIC(atomicAdd, before + value)
ATOMIC(atomicMin, value < before ? value : before)
ATOMIC(atomicMax, value > before ? value : before)
ATOMIC(atomicAnd, before & value)
ATOMIC(atomicOr, before | value)
ATOMIC(atomicXor, before ^ value)

inline double __longlong_as_double(long long bits) {
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

using std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh, std::cbrt, std::ceil, std::copysign,
    std::cos, std::cosh, std::erf, std::erfc, std::exp, std::exp2, std::expm1, std::fabs, std::floor, std::fma, std::fmod, std::hypot,
    std::log, std::log10, std::log1p, std::log2, std::pow, std::rint, std::signbit, std::sin, std::sinh, std::sqrt,
    std::tan, std::tanh, std::trunc;

// What the host looks up for a kernel.
#define FERROKEET_EMULATED(name)                                                                                \
    extern "C" void emulate_##name(const unsigned *grid, const unsigned *block, void **arguments) {             \
        emulation::launch(emulation::body<name>, grid, block, arguments);                                       \
    }
