"""Kernels as NPBench and PolyBench have them, as plain loops."""

import math
from functools import lru_cache

import numba as nb
import numpy as np
from numba import njit, prange

N_CHANNELS = 3


def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    n = A.shape[0]
    for i in range(n):
        for j in range(n):
            A[i, j] = A[i, j] + u1[i] * v1[j] + u2[i] * v2[j]
    for i in range(n):
        for j in range(n):
            x[i] = x[i] + beta * A[j, i] * y[j]
    for i in range(n):
        x[i] = x[i] + z[i]
    for i in range(n):
        for j in range(n):
            w[i] = w[i] + alpha * A[i, j] * x[j]


def cholesky(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                A[i, j] -= A[i, k] * A[j, k]
            A[i, j] /= A[j, j]
        for k in range(i):
            A[i, i] -= A[i, k] * A[i, k]
        A[i, i] = math.sqrt(A[i, i])


def trisolv(L, x, b):
    n = L.shape[0]
    for i in range(n):
        x[i] = b[i]
        for j in range(i):
            x[i] -= L[i, j] * x[j]
        x[i] = x[i] / L[i, i]


def floyd_warshall(path):
    n = path.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if path[i, k] + path[k, j] < path[i, j]:
                    path[i, j] = path[i, k] + path[k, j]


def seidel_2d(tsteps, A):
    n = A.shape[0]
    for t in range(tsteps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0


def fdtd_2d(tmax, ex, ey, hz, fict):
    nx, ny = ex.shape
    for t in range(tmax):
        for j in range(ny):
            ey[0, j] = fict[t]
        for i in range(1, nx):
            for j in range(ny):
                ey[i, j] -= 0.5 * (hz[i, j] - hz[i - 1, j])
        for i in range(nx):
            for j in range(1, ny):
                ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])
        for i in range(nx - 1):
            for j in range(ny - 1):
                hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])


def cumulative(x, c):
    c[0] = x[0]
    for i in range(1, len(x)):
        c[i] = c[i - 1] + x[i]


def shifted(a, off, n):
    for i in range(n):
        a[i + off] = a[i] * 2.0


def gather(a, idx, b):
    for i in range(len(idx)):
        a[idx[i]] = b[i]


def histogram(x, h):
    for i in range(len(x)):
        h[int(x[i])] += 1


def argmin(x):
    best = x[0]
    where = 0
    for i in range(len(x)):
        if x[i] < best:
            best = x[i]
            where = i
    return best, where


def first_negative(x):
    for i in range(len(x)):
        if x[i] < 0:
            return i
    return -1


def search(x):
    found = -1
    for i in range(len(x)):
        if x[i] < 0:
            found = i
            break
    return found


def rgb(image, out):
    for c in range(3):
        for i in range(image.shape[0]):
            for j in range(image.shape[1]):
                out[c, i, j] = image[i, j, c] / 255.0


def channels(image, out):
    for c in range(N_CHANNELS):
        for i in range(image.shape[0]):
            out[c, i] = image[i, c]


def tiny(a):
    for i in range(3):
        a[i] = 0.0


def tiny_nest(a):
    for i in range(3):
        for j in range(3):
            a[i, j] = 0.0


def rotation(points, matrix, out):
    for p in range(points.shape[0]):
        for i in range(3):
            out[p, i] = 0.0
            for j in range(3):
                out[p, i] += matrix[i, j] * points[p, j]


def talk(x):
    for i in range(len(x)):
        print(x[i])


def words(lines):
    total = 0
    parts = [line.split() for line in lines]
    for part in parts:
        total += len(part)
    return total


def listed(values: list[float]):
    s = 0.0
    for v in values:
        s += v
    return s


def dictionary(d):
    s = 0
    for k, v in d.items():
        s += v
    return s


def collect(x):
    out = []
    for i in range(len(x)):
        out.append(x[i] * 2)
    return out


def recurrence_and_map(a, b, c):
    for i in range(1, len(a)):
        a[i] = a[i - 1] + c[i]
        b[i] = c[i] * 2.0


def strided(a):
    for i in range(8, len(a)):
        a[i] = a[i - 8] * 0.5


@njit(parallel=True)
def numba_sum(x):
    s = 0.0
    for i in prange(len(x)):
        s += x[i]
    return s


@nb.jit(nopython=True)
def numba_loop(x, y):
    for i in range(len(x)):
        y[i] = x[i] + 1.0


def helper(x):
    for i in nb.prange(len(x)):
        x[i] = 0.0


@lru_cache
def cached(n):
    s = 0
    for i in range(n):
        s += i * i
    return s


class Model:
    table = np.zeros(10)
    for i in range(10):
        table[i] = i

    def step(self, dt):
        for i in range(len(self.x)):
            self.x[i] += dt * self.v[i]

    def steps(self, n, dt):
        for _ in range(n):
            self.step(dt)


def generator(x):
    for i in range(len(x)):
        yield x[i]


def with_try(x):
    for i in range(len(x)):
        try:
            x[i] = 1.0
        except IndexError:
            pass


def outer_print(x, rounds):
    for r in range(rounds):
        print(r)
        for i in range(len(x)):
            x[i] += 1.0


def while_around(x, tolerance):
    error = 1.0
    while error > tolerance:
        error = 0.0
        for i in range(len(x)):
            new = x[i] * 0.5
            error = max(error, abs(new - x[i]))
            x[i] = new


def annotated(x, y):
    for t in range(10):
        # pragma parallel for
        for i in range(len(x)):
            y[i] += x[i]


def covered(x):  # pragma: no cover
    for i in range(len(x)):  # pragma: no cover
        x[i] = 1.0


def whole(a, b):
    for i in range(a.shape[0]):
        a[i] = b[i] * 2.0


def row_sums(a):
    s = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        s[i] = a[i].sum()
    return s


def nussinov(table, seq):
    n = len(seq)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            if j - 1 >= 0:
                table[i, j] = max(table[i, j], table[i, j - 1])
            if i + 1 < n:
                table[i, j] = max(table[i, j], table[i + 1, j])
            for k in range(i + 1, j):
                table[i, j] = max(table[i, j], table[i, k] + table[k + 1, j])


def triangular(a, out):
    for i in range(len(a)):
        s = 0.0
        for j in range(i + 1):
            s += a[j]
        out[i] = s


async def waits(x):
    async for i in x:
        pass
