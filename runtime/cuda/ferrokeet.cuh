// What every generated CUDA kernel is compiled with: Python's and NumPy's numbers, loops over a grid, arrays, reductions.
//
// The counterpart of runtime/kernel. Nothing else is included, so that NVRTC needs no headers. Numbers that Python would not compute
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

// What the kernels of one call tell the host; what they found lies behind it.
struct Report {
    u32 failed;
    // Blocks of the present kernel that are done.
    u32 arrived;
    // Whether it failed for want of memory in a pool.
    u64 lacking;
};

INLINE void tell(bool failed, Report *report) {
    if (failed) report->failed = 1;
}

// Whether a thread has failed, of this kernel or of one before: its results mean nothing.
INLINE bool has_failed(const Report *report) { return *(const volatile u32 *)&report->failed != 0; }

#include "numbers.cuh"
#include "kinds.cuh"
#include "math.cuh"
#include "floats.cuh"
#include "grid.cuh"
#include "arrays.cuh"
#include "reductions.cuh"
#include "collections.cuh"
