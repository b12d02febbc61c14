"""Loops in lanes: the distance decides."""

import math

import numpy as np


# label: racy
# arguments: floats(40)
def lanes_flow(a: "f64[:]"):
    # pragma simd
    for i in range(1, len(a)):
        a[i] = a[i - 1] * 0.5


# label: racy
# lanes: 4
# arguments: floats(40)
# why: shorter than four lanes
def lanes_distance_three(a: "f64[:]"):
    # pragma simd simdlen(4)
    for i in range(3, len(a)):
        a[i] = a[i - 3] * 0.5


# label: safe-affine
# lanes: 4
# arguments: floats(40)
def lanes_distance_eight(a: "f64[:]"):
    # pragma simd simdlen(4)
    for i in range(8, len(a)):
        a[i] = a[i - 8] * 0.5


# label: safe-affine
# lanes: 4
# arguments: floats(40)
def lanes_distance_four(a: "f64[:]"):
    # pragma simd simdlen(4)
    for i in range(4, len(a)):
        a[i] = a[i - 4] * 0.5


# label: racy
# arguments: floats(200)
# why: lanes would be wide enough apart, threads would not
def threads_distance_sixty_four(a: "f64[:]"):
    # pragma parallel for simd
    for i in range(64, len(a)):
        a[i] = a[i - 64] * 0.5


# label: safe-affine
# arguments: floats(10, 40)
def inner_lanes(a: "f64[:, :]"):
    for i in range(1, a.shape[0]):
        # pragma simd
        for j in range(a.shape[1]):
            a[i, j] = a[i - 1, j] + 1.0


# label: racy
# arguments: floats(10, 40)
def inner_lanes_flow(a: "f64[:, :]"):
    for i in range(a.shape[0]):
        # pragma simd
        for j in range(1, a.shape[1]):
            a[i, j] = a[i, j - 1] + 1.0


# label: safe-affine, racy
# arguments: floats(10, 40)
# why: the rows are independent, the lanes are not
def threads_fine_lanes_not(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        # pragma simd
        for j in range(1, a.shape[1]):
            a[i, j] = a[i, j - 1] + 1.0


# label: racy, safe-affine
# arguments: floats(10, 40)
def lanes_fine_threads_not(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, a.shape[0]):
        # pragma simd
        for j in range(a.shape[1]):
            a[i, j] = a[i - 1, j] + 1.0


# label: safe-affine
# arguments: floats(40), zeros(40)
def masked_lanes(x: "f64[:]", y: "f64[:]"):
    # pragma simd
    for i in range(len(x)):
        if x[i] > 0.5:
            y[i] = math.sqrt(x[i])
        else:
            y[i] = -1.0


# label: racy
# arguments: floats(40), zeros(40)
# why: a value from the lane before
def shifted_scalar(x: "f64[:]", y: "f64[:]"):
    previous = 0.0
    # pragma simd
    for i in range(len(x)):
        y[i] = x[i] - previous
        previous = x[i]


# label: racy
# arguments: floats(40)
def lanes_write_two(a: "f64[:]"):
    # pragma simd
    for i in range(len(a) - 1):
        a[i] = 1.0
        a[i + 1] = 2.0


# label: racy
# arguments: floats(41)
def lanes_anti_dependence_reversed(a: "f64[:]"):
    # pragma simd
    for i in range(40):
        a[i + 1] = a[i] + 1.0


# label: safe-affine
# arguments: floats(40), zeros(40)
def strided_lanes(x: "f64[:]", y: "f64[:]"):
    # pragma simd
    for i in range(0, len(x), 2):
        y[i] = x[i] * 2.0


# label: safe-affine
# lanes: 4
# arguments: floats(64)
# why: sixteen apart under four lanes, both directions
def lanes_both_directions_far(a: "f64[:]"):
    # pragma simd simdlen(4)
    for i in range(16, 48):
        a[i] = a[i - 16] + a[i + 16]


# label: racy
# arguments: floats(64), zeros(64)
# why: two statements in a circle with distance one
def lanes_circle(a: "f64[:]", b: "f64[:]"):
    # pragma simd
    for i in range(1, len(a)):
        a[i] = b[i - 1] + 1.0
        b[i] = a[i] * 0.5


# label: racy
# arguments: floats(64), zeros(64)
def lanes_sum_stored(a: "f64[:]", b: "f64[:]"):
    s = np.float64(0.0)
    # pragma simd
    for i in range(len(a)):
        s += a[i]
        b[i] = s


# label: safe
# arguments: counts(10), ints(40)
def lanes_histogram(h: "i64[:]", b: "i64[:]"):
    # pragma simd
    for i in range(len(b)):
        h[b[i]] += 1
