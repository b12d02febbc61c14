"""Scalars and work arrays that belong to one iteration."""

import numpy as np


# label: safe-affine
# arguments: floats(20), zeros(20)
def two_temporaries(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        t = a[i] * 2.0
        u = t + 1.0
        b[i] = t * u


# label: safe-affine
# arguments: floats(20), zeros(20)
def private_clause(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for private(t)
    for i in range(len(a)):
        t = a[i] * 2.0
        b[i] = t * t


# label: safe-affine
# arguments: floats(20), zeros(20), 3.0
def firstprivate_clause(a: "f64[:]", b: "f64[:]", k: float):
    # pragma parallel for firstprivate(k)
    for i in range(len(a)):
        b[i] = a[i] * k


# label: safe-affine
# arguments: floats(20), zeros(20)
def exchanged(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        t = a[i]
        a[i] = b[i]
        b[i] = t


# label: safe-affine
# arguments: floats(20), zeros(20)
def exchanged_by_tuple(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i], b[i] = b[i], a[i]


# label: safe-affine
# arguments: floats(20, 6), zeros(20)
def inner_loop_variable(a: "f64[:, :]", b: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i] = max(b[i], a[i, j])


# label: safe-affine
# outside: arrays made inside the loop
# arguments: floats(20), zeros(20)
# why: a small array of each iteration's own
def local_array(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        w = np.zeros(4)
        for k in range(4):
            w[k] = a[i] * k
        b[i] = w[1] + w[3]


# label: safe-affine
# arguments: floats(20), zeros(20)
# private: w
# why: one work array for all iterations, written before it is read in each
def work_array(a: "f64[:]", b: "f64[:]"):
    w = np.zeros(4)
    # pragma parallel for
    for i in range(len(a)):
        for k in range(4):
            w[k] = a[i] * k
        b[i] = w[1] + w[3]


# label: safe-affine
# arguments: floats(20, 8), zeros(20), zeros(8)
# private: row
# why: the caller's work array; afterwards it holds the last row's values
def work_array_of_the_caller(a: "f64[:, :]", b: "f64[:]", row: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(len(row)):
            row[j] = a[i, j] * 2.0
        s = 0.0
        for j in range(len(row)):
            s += row[j] * row[len(row) - 1 - j]
        b[i] = s


# label: racy
# arguments: floats(20), zeros(20)
# why: w[0] is read before the iteration writes it
def work_array_exposed(a: "f64[:]", b: "f64[:]"):
    w = np.zeros(4)
    # pragma parallel for
    for i in range(len(a)):
        b[i] = w[0]
        w[0] = a[i]


# label: racy
# arguments: floats(20), zeros(20)
# why: only three of the four elements that are read are written
def work_array_half_written(a: "f64[:]", b: "f64[:]"):
    w = np.zeros(4)
    # pragma parallel for
    for i in range(len(a)):
        for k in range(3):
            w[k] = a[i] * k + w[3]
        w[3] = w[2]
        b[i] = w[1]


# label: safe-affine
# arguments: floats(20), zeros(20)
# private: w
def work_array_unrolled(a: "f64[:]", b: "f64[:]"):
    w = np.zeros(3)
    # pragma parallel for
    for i in range(len(a)):
        w[0] = a[i]
        w[1] = w[0] * a[i]
        w[2] = w[1] * a[i]
        b[i] = w[0] + w[1] + w[2]


# label: safe-affine
# arguments: floats(20), zeros(20)
def last_iteration_counts(a: "f64[:]", b: "f64[:]"):
    x = 0.0
    # pragma parallel for lastprivate(x)
    for i in range(len(a)):
        x = a[i] * 0.5
        b[i] = x
    return x


# label: safe-affine
# arguments: floats(20), zeros(20)
def helper_with_locals(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        b[i] = newton(a[i])


def newton(x):
    t = x
    for _ in range(5):
        t = 0.5 * (t + x / t)
    return t


# label: safe-affine
# arguments: floats(20), zeros(20)
# why: the search ends in its own iteration
def inner_break(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        position = -1
        for k in range(len(a)):
            if a[k] > 0.9:
                position = k
                break
        b[i] = position + i


# label: safe-affine
# arguments: floats(20), zeros(20)
def continue_skips(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if a[i] < 0.5:
            continue
        b[i] = a[i]


# label: refused
# arguments: floats(20), zeros(20)
# why: iterations after the one that leaves must not run
def leaves_by_break(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.9:
            break
        b[i] = a[i]


# label: refused
# outside: return
# arguments: floats(20)
def leaves_by_return(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.9:
            return i
    return -1


# label: refused
# arguments: floats(20)
def leaves_after_search(a: "f64[:]"):
    where = -1
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            where = i
            break
    return where


# label: safe-affine
# arguments: floats(20, 5), zeros(20, 5)
# why: a row of the matrix under a name of its own
def row_alias(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        row = a[i]
        for j in range(a.shape[1]):
            b[i, j] = row[j] + row[0]


# label: racy
# arguments: floats(20, 5)
# why: the alias of the row above is read
def previous_row_alias(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, a.shape[0]):
        above = a[i - 1]
        for j in range(a.shape[1]):
            a[i, j] = above[j] + 1.0
