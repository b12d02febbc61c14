"""Reductions, in all the forms that people write."""

import numpy as np


# label: safe-affine
# arguments: floats(20)
def total(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s += a[i]
    return s


# label: safe-affine
# arguments: floats(20), floats(20)
def dot(x: "f64[:]", y: "f64[:]"):
    s = 0.0
    # pragma parallel for simd
    for i in range(len(x)):
        s = s + x[i] * y[i]
    return s


# label: safe-affine
# arguments: floats(20), 3.5
# why: a start other than zero
def total_from(a: "f64[:]", s: float):
    # pragma parallel for
    for i in range(len(a)):
        s = a[i] + s
    return s


# label: safe-affine
# arguments: floats(20)
def balance(a: "f64[:]"):
    s = 10.0
    # pragma parallel for
    for i in range(len(a)):
        s -= a[i]
    return s


# label: safe-affine
# arguments: floats(20)
def both_ways(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            s += a[i]
        else:
            s -= a[i]
    return s


# label: safe-affine
# arguments: floats(20)
def repeated(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(1, len(a)):
        s += a[i]
        s += a[i - 1]
    return s


# label: safe-affine
# arguments: floats(20)
def product(a: "f64[:]"):
    p = 1.0
    # pragma parallel for
    for i in range(len(a)):
        p *= a[i]
    return p


# label: safe-affine
# arguments: floats(20)
def minimum_by_call(a: "f64[:]"):
    m = 2.0
    # pragma parallel for
    for i in range(len(a)):
        m = min(m, a[i])
    return m


# label: safe-affine
# arguments: floats(20)
def maximum_by_ufunc(a: "f64[:]"):
    m = np.float64(-1.0)
    # pragma parallel for
    for i in range(len(a)):
        m = np.maximum(m, a[i])
    return m


# label: safe-affine
# arguments: floats(20)
def maximum_by_if(a: "f64[:]"):
    m = a[0]
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > m:
            m = a[i]
    return m


# label: safe-affine
# arguments: floats(20)
def minimum_by_if(a: "f64[:]"):
    m = a[0]
    # pragma parallel for
    for i in range(1, len(a)):
        if m > a[i]:
            m = a[i]
    return m


# label: safe-affine
# arguments: floats(20)
def maximum_by_ternary(a: "f64[:]"):
    m = a[0]
    # pragma parallel for
    for i in range(len(a)):
        m = a[i] if a[i] > m else m
    return m


# label: safe-affine
# arguments: floats(20)
def maximum_magnitude(a: "f64[:]"):
    m = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if abs(a[i]) > m:
            m = abs(a[i])
    return m


# label: safe-affine
# arguments: floats(20)
def range_of_values(a: "f64[:]"):
    low, high = a[0], a[0]
    # pragma parallel for
    for i in range(len(a)):
        low = min(low, a[i])
        high = max(high, a[i])
    return low, high


# label: safe-affine
# arguments: floats(20)
def mean_and_square(a: "f64[:]"):
    s, q = 0.0, 0.0
    # pragma parallel for
    for i in range(len(a)):
        s += a[i]
        q += a[i] * a[i]
    return s, q


# label: safe-affine
# arguments: floats(20)
def count_above(a: "f64[:]"):
    n = 0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            n += 1
    return n


# label: safe-affine
# arguments: floats(20)
def all_positive(a: "f64[:]"):
    p = True
    # pragma parallel for
    for i in range(len(a)):
        p = p and a[i] > 0.0
    return p


# label: safe-affine
# arguments: floats(20)
def any_negative(a: "f64[:]"):
    q = False
    # pragma parallel for
    for i in range(len(a)):
        q = q or a[i] < 0.0
    return q


# label: safe-affine
# arguments: ints(20)
def bits(a: "i64[:]"):
    union, common, parity = 0, -1, 0
    # pragma parallel for
    for i in range(len(a)):
        union |= a[i]
        common &= a[i]
        parity ^= a[i]
    return union, common, parity


# label: safe-affine
# arguments: floats(20)
def with_clause(a: "f64[:]"):
    s = 0.0
    # pragma parallel for reduction(+: s)
    for i in range(len(a)):
        s += a[i]
    return s


# label: safe-affine
# arguments: floats(12, 8)
def total_of_grid(a: "f64[:, :]"):
    s = 0.0
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
    return s


# label: safe-affine
# arguments: floats(12, 8)
# why: the sum of each row's maximum
def sum_of_maxima(a: "f64[:, :]"):
    s = 0.0
    # pragma parallel for
    for i in range(a.shape[0]):
        m = a[i, 0]
        for j in range(1, a.shape[1]):
            m = max(m, a[i, j])
        s += m
    return s


# label: safe-affine
# arguments: 1000
def pi_by_midpoints(n: int):
    s = 0.0
    # pragma parallel for
    for i in range(n):
        x = (i + 0.5) / n
        s += 4.0 / (1.0 + x * x)
    return s / n


# label: safe-affine
# arguments: floats(20), zeros(1)
# why: the accumulator is an element
def element_total(a: "f64[:]", s: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        s[0] += a[i]


# label: safe-affine
# arguments: floats(20), zeros(1)
def element_maximum(a: "f64[:]", m: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        m[0] = max(m[0], a[i])


# label: safe-affine
# arguments: floats(12, 8), zeros(8)
def column_sums(a: "f64[:, :]", s: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s[j] += a[i, j]


# label: safe-affine
# arguments: floats(12, 8), floats(12), zeros(8)
def transposed_product(a: "f64[:, :]", x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            y[j] += a[i, j] * x[i]


# label: safe-affine
# arguments: floats(8, 6), floats(6, 7), zeros(8, 7)
# why: parallel over the summed index
def product_by_outer_products(a: "f64[:, :]", b: "f64[:, :]", c: "f64[:, :]"):
    # pragma parallel for
    for k in range(a.shape[1]):
        for i in range(a.shape[0]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]


# label: safe
# arguments: counts(10), ints(40)
def histogram(h: "i64[:]", b: "i64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        h[b[i]] += 1


# label: safe
# arguments: zeros(10), ints(40), floats(40)
def weighted_histogram(h: "f64[:]", b: "i64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        h[b[i]] += w[i]


# label: safe
# arguments: zeros(10), floats(40)
def histogram_of_values(h: "f64[:]", x: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        h[int(x[i] * 9.0)] += 1.0


# label: safe
# arguments: zeros(10), ints(40), floats(40)
# why: maximum by class
def scatter_maximum(m: "f64[:]", b: "i64[:]", w: "f64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        m[b[i]] = max(m[b[i]], w[i])


# label: safe
# arguments: counts(10), ints(40)
def atomic_histogram(h: "i64[:]", b: "i64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        # pragma atomic
        h[b[i]] += 1


# label: safe
# arguments: zeros(10), ints(20), ints(20, seed=1), floats(20)
# why: edges of a graph add to both their ends
def scatter_to_both_ends(force: "f64[:]", left: "i64[:]", right: "i64[:]", w: "f64[:]"):
    # pragma parallel for
    for e in range(len(w)):
        force[left[e]] += w[e]
        force[right[e]] -= w[e]


# label: safe
# arguments: pointers(10, 3), ints(30, below=12), floats(30), floats(10), zeros(12)
# why: a sparse matrix transposed times a vector
def csr_transposed_product(start: "i64[:]", column: "i64[:]", value: "f64[:]", x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        for k in range(start[i], start[i + 1]):
            y[column[k]] += value[k] * x[i]


# label: safe-affine
# reductions: best, where
# arguments: floats(20)
# why: the first index of the largest value
def argmax(a: "f64[:]"):
    best, where = a[0], 0
    # pragma parallel for
    for i in range(1, len(a)):
        if a[i] > best:
            best = a[i]
            where = i
    return best, where


# label: safe-affine
# reductions: best, where
# arguments: floats(20)
def argmin(a: "f64[:]"):
    best, where = a[0], 0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] < best:
            best, where = a[i], i
    return where


# label: safe-affine
# reductions: best, where
# arguments: floats(20)
# why: the last index among equals
def argmax_last(a: "f64[:]"):
    best, where = a[0], 0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] >= best:
            best = a[i]
            where = i
    return best, where


# label: safe-affine
# reductions: best, row, column
# arguments: floats(8, 9)
def argmax_of_grid(a: "f64[:, :]"):
    best, row, column = a[0, 0], 0, 0
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] > best:
                best = a[i, j]
                row = i
                column = j
    return best, row, column


# label: safe-affine
# arguments: floats(20)
# why: a sum through a helper
def sum_by_helper(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s += weight(a[i])
    return s


def weight(x):
    return x * (1.0 - x)


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: a reduction beside independent writes
def sum_and_store(a: "f64[:]", b: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        b[i] = 2.0 * a[i]
        s += b[i]
    return s


# label: safe-affine
# arguments: floats(20)
def several_in_one_expression(a: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(1, len(a) - 1):
        s = s + a[i - 1] + a[i] + a[i + 1]
    return s


# label: safe-affine
# arguments: floats(20)
def simd_sum(a: "f64[:]"):
    s = 0.0
    # pragma simd
    for i in range(len(a)):
        s += a[i]
    return s


# label: safe-affine
# arguments: floats(9, 9)
# why: the trace and the sum above the diagonal
def triangular_sums(a: "f64[:, :]"):
    trace, above = 0.0, 0.0
    # pragma parallel for
    for i in range(len(a)):
        trace += a[i, i]
        for j in range(i + 1, len(a)):
            above += a[i, j]
    return trace, above


# label: safe-affine
# arguments: floats(20), np.zeros(3)
def moments(a: "f64[:]", m: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        m[0] += a[i]
        m[1] += a[i] ** 2
        m[2] += a[i] ** 3


# label: safe-affine
# outside: slices
# arguments: floats(20, 3), zeros(3)
def centre_of_points(p: "f64[:, :]", centre: "f64[:]"):
    # pragma parallel for
    for i in range(p.shape[0]):
        centre[:] += p[i, :]
