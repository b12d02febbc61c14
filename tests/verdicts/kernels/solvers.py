"""Factorisations and solvers (cholesky, lu, ludcmp, trisolv, gramschmidt, durbin, floyd_warshall, nussinov)."""

import math


# label: safe-affine
# arguments: dominant(8)
def cholesky(a: "f64[:, :]"):
    for j in range(len(a)):
        for k in range(j):
            a[j, j] -= a[j, k] * a[j, k]
        a[j, j] = math.sqrt(a[j, j])
        # pragma parallel for
        for i in range(j + 1, len(a)):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]


# label: racy
# arguments: dominant(8)
# why: row i needs the rows above it
def cholesky_by_rows(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(a)):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = math.sqrt(a[i, i])


# label: safe-affine
# arguments: dominant(8)
def lu(a: "f64[:, :]"):
    for k in range(len(a)):
        # pragma parallel for
        for i in range(k + 1, len(a)):
            a[i, k] /= a[k, k]
            for j in range(k + 1, len(a)):
                a[i, j] -= a[i, k] * a[k, j]


# label: safe-affine, safe-affine, safe-affine
# arguments: dominant(8), floats(8), zeros(8), zeros(8)
def ludcmp(a: "f64[:, :]", b: "f64[:]", x: "f64[:]", y: "f64[:]"):
    n = len(a)
    for k in range(n):
        # pragma parallel for
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    for i in range(n):
        w = b[i]
        # pragma parallel for
        for j in range(i):
            w -= a[i, j] * y[j]
        y[i] = w
    for i in range(n - 1, -1, -1):
        w = y[i]
        # pragma parallel for
        for j in range(i + 1, n):
            w -= a[i, j] * x[j]
        x[i] = w / a[i, i]


# label: safe-affine
# arguments: dominant(8), floats(8), zeros(8)
def trisolv(l: "f64[:, :]", b: "f64[:]", x: "f64[:]"):
    for i in range(len(x)):
        s = 0.0
        # pragma parallel for
        for j in range(i):
            s += l[i, j] * x[j]
        x[i] = (b[i] - s) / l[i, i]


# label: racy
# arguments: dominant(8), floats(8), zeros(8)
def trisolv_outer(l: "f64[:, :]", b: "f64[:]", x: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = b[i]
        for j in range(i):
            x[i] -= l[i, j] * x[j]
        x[i] /= l[i, i]


# label: safe-affine, safe-affine
# arguments: dominant(7), zeros(7, 7), zeros(7, 7)
def gramschmidt(a: "f64[:, :]", q: "f64[:, :]", r: "f64[:, :]"):
    for k in range(a.shape[1]):
        norm = 0.0
        for i in range(a.shape[0]):
            norm += a[i, k] * a[i, k]
        r[k, k] = math.sqrt(norm)
        # pragma parallel for
        for i in range(a.shape[0]):
            q[i, k] = a[i, k] / r[k, k]
        # pragma parallel for
        for j in range(k + 1, a.shape[1]):
            for i in range(a.shape[0]):
                r[k, j] += q[i, k] * a[i, j]
            for i in range(a.shape[0]):
                a[i, j] -= q[i, k] * r[k, j]


# label: safe-affine, safe-affine, safe-affine
# arguments: floats(9), zeros(9), zeros(9)
# why: z takes y reversed, so that y is not read while it is written
def durbin(r: "f64[:]", y: "f64[:]", z: "f64[:]"):
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, len(r)):
        beta *= 1.0 - alpha * alpha
        s = 0.0
        # pragma parallel for
        for i in range(k):
            s += r[k - i - 1] * y[i]
        alpha = -(r[k] + s) / beta
        # pragma parallel for
        for i in range(k):
            z[i] = y[i] + alpha * y[k - i - 1]
        # pragma parallel for
        for i in range(k):
            y[i] = z[i]
        y[k] = alpha


# label: racy
# arguments: ints(8, 8, below=50)
# why: row k and column k are read while they may be written; only their values stay (the diagonal is not negative)
def floyd_warshall(path: "i64[:, :]"):
    for k in range(len(path)):
        # pragma parallel for
        for i in range(len(path)):
            for j in range(len(path)):
                path[i, j] = min(path[i, j], path[i, k] + path[k, j])


# label: safe-affine
# arguments: ints(8, 8, below=50), ints(8)
# why: with a copy of row k the rows are independent
def floyd_warshall_with_copy(path: "i64[:, :]", row: "i64[:]"):
    for k in range(len(path)):
        for j in range(len(path)):
            row[j] = path[k, j]
        # pragma parallel for
        for i in range(len(path)):
            for j in range(len(path)):
                path[i, j] = min(path[i, j], path[i, k] + row[j])


# label: safe-affine
# arguments: ints(9, below=4), counts(9, 9)
# why: by antidiagonals; intervals of one length don't need each other
def nussinov(bases: "i64[:]", table: "i64[:, :]"):
    for length in range(1, len(bases)):
        # pragma parallel for
        for i in range(len(bases) - length):
            j = i + length
            best = max(table[i, j - 1], table[i + 1, j])
            pair = 1 if bases[i] + bases[j] == 3 else 0
            best = max(best, table[i + 1, j - 1] + pair if length > 1 else 0)
            for k in range(i + 1, j):
                best = max(best, table[i, k] + table[k + 1, j])
            table[i, j] = best


# label: racy
# arguments: ints(9, below=4), counts(9, 9)
# why: as PolyBench orders the loops, row i needs the rows below it
def nussinov_by_rows(bases: "i64[:]", table: "i64[:, :]"):
    # pragma parallel for
    for i in range(len(bases) - 1, -1, -1):
        for j in range(i + 1, len(bases)):
            table[i, j] = max(table[i, j], table[i, j - 1])
            table[i, j] = max(table[i, j], table[i + 1, j])
            for k in range(i + 1, j):
                table[i, j] = max(table[i, j], table[i, k] + table[k + 1, j])
