"""APPy's 20 kernels as row and array expressions; their loop forms, under the same names, are in tests/verdicts/kernels."""

import math

import numpy as np


def azimint(data, radius, bins, out):
    # pragma parallel for
    for b in range(bins):
        inside = (b / bins <= radius) & (radius < (b + 1) / bins)
        count = np.count_nonzero(inside)
        out[b] = np.sum(data[inside]) / count if count > 0 else 0.0


def cholesky(a):
    # pragma sequential for
    for j in range(len(a)):
        a[j, j] = math.sqrt(a[j, j] - a[j, :j] @ a[j, :j])
        a[j + 1 :, j] = (a[j + 1 :, j] - a[j + 1 :, :j] @ a[j, :j]) / a[j, j]


def covariance(data, mean, out):
    n, m = data.shape[0], data.shape[1]
    # pragma parallel
    mean[:] = np.mean(data, axis=0)
    data -= mean
    # pragma parallel for
    for i in range(m):
        out[i, i:] = data[:, i] @ data[:, i:] / (n - 1.0)
        out[i:, i] = out[i, i:]


def fdtd_2d(ex, ey, hz, fict):
    # pragma sequential for
    for t in range(len(fict)):
        # pragma parallel
        ey[0, :] = fict[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])


def floyd_warshall_with_copy(path, row):
    # pragma sequential for
    for k in range(len(path)):
        row[:] = path[k]
        # pragma parallel for
        for i in range(len(path)):
            path[i] = np.minimum(path[i], path[i, k] + row)


def gemm(alpha, beta, c, a, b):
    # pragma parallel
    c[:] = alpha * a @ b + beta * c


def gemver(alpha, beta, a, u1, v1, u2, v2, w, x, y, z):
    # pragma parallel
    a += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ a + z
    w += alpha * a @ x


def gesummv(alpha, beta, a, b, x, y):
    # pragma parallel
    y[:] = alpha * (a @ x) + beta * (b @ x)


def gramschmidt(a, q, r):
    # pragma sequential for
    for k in range(a.shape[1]):
        r[k, k] = math.sqrt(a[:, k] @ a[:, k])
        q[:, k] = a[:, k] / r[k, k]
        r[k, k + 1 :] += q[:, k] @ a[:, k + 1 :]
        a[:, k + 1 :] -= np.outer(q[:, k], r[k, k + 1 :])


def hdiff(field, out, coefficient, lap, flx, fly):
    # pragma parallel
    lap[:] = 4.0 * field[1:-1, 1:-1] - (field[2:, 1:-1] + field[:-2, 1:-1] + field[1:-1, 2:] + field[1:-1, :-2])
    # pragma parallel for
    for i in range(flx.shape[0]):
        d = lap[i + 1, 1:-1] - lap[i, 1:-1]
        flx[i] = np.where(d * (field[i + 2, 2:-2] - field[i + 1, 2:-2]) > 0.0, 0.0, d)
    # pragma parallel for
    for i in range(fly.shape[0]):
        d = lap[i + 1, 1:] - lap[i + 1, :-1]
        fly[i] = np.where(d * (field[i + 2, 2:-1] - field[i + 2, 1:-2]) > 0.0, 0.0, d)
    # pragma parallel
    out[:] = field[2:-2, 2:-2] - coefficient * (flx[1:] - flx[:-1] + fly[:, 1:] - fly[:, :-1])


def heat_3d(steps, a, b):
    # pragma sequential for
    for _ in range(steps):
        # pragma parallel
        b[1:-1, 1:-1, 1:-1] = (
            0.125 * (a[2:, 1:-1, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[:-2, 1:-1, 1:-1])
            + 0.125 * (a[1:-1, 2:, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, :-2, 1:-1])
            + 0.125 * (a[1:-1, 1:-1, 2:] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, 1:-1, :-2])
            + a[1:-1, 1:-1, 1:-1]
        )
        a[1:-1, 1:-1, 1:-1] = (
            0.125 * (b[2:, 1:-1, 1:-1] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[:-2, 1:-1, 1:-1])
            + 0.125 * (b[1:-1, 2:, 1:-1] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[1:-1, :-2, 1:-1])
            + 0.125 * (b[1:-1, 1:-1, 2:] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[1:-1, 1:-1, :-2])
            + b[1:-1, 1:-1, 1:-1]
        )


def jacobi_2d(steps, a, b):
    # pragma sequential for
    for _ in range(steps):
        # pragma parallel
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])


def go_fast(a, out):
    trace = 0.0
    # pragma parallel for
    for i in range(len(a)):
        trace += np.tanh(a[i, i])
    # pragma parallel
    out[:] = a + trace


def softmax(x, out):
    # pragma parallel for
    for i in range(x.shape[0]):
        out[i] = np.exp(x[i] - np.max(x[i]))
        out[i] /= np.sum(out[i])


def spmv(row, column, value, x, y):
    # pragma parallel for
    for i in range(len(row) - 1):
        columns = column[row[i] : row[i + 1]]
        y[i] = value[row[i] : row[i + 1]] @ x[columns]


def symm(alpha, beta, c, a, b):
    # pragma parallel for
    for j in range(c.shape[1]):
        for i in range(c.shape[0]):
            c[:i, j] += alpha * b[i, j] * a[i, :i]
            c[i, j] = beta * c[i, j] + alpha * b[i, j] * a[i, i] + alpha * (b[:i, j] @ a[i, :i])


def syr2k(alpha, beta, c, a, b):
    # pragma parallel for
    for i in range(a.shape[0]):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += a[: i + 1, k] * alpha * b[i, k] + b[: i + 1, k] * alpha * a[i, k]


def syrk(alpha, beta, c, a):
    # pragma parallel for
    for i in range(a.shape[0]):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += alpha * a[i, k] * a[: i + 1, k]


def trisolv(l, b, x):
    # pragma sequential for
    for i in range(len(x)):
        x[i] = (b[i] - l[i, :i] @ x[:i]) / l[i, i]


def trmm(alpha, a, b):
    # pragma parallel for
    for j in range(b.shape[1]):
        for i in range(b.shape[0]):
            b[i, j] += a[i + 1 :, i] @ b[i + 1 :, j]
            b[i, j] *= alpha
