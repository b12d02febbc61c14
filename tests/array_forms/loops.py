"""The other benchmarks as loops over elements."""

import math

import numpy as np


def nbody(x, y, z, mass, ax, ay, az, softening):
    # pragma parallel for
    for i in range(len(x)):
        sx = sy = sz = 0.0
        for j in range(len(x)):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            square = dx * dx + dy * dy + dz * dz + softening
            pull = mass[j] / (square * np.sqrt(square))
            sx += dx * pull
            sy += dy * pull
            sz += dz * pull
        ax[i] = sx
        ay[i] = sy
        az[i] = sz


def matmul(a, b, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            c[i, j] = total


def dot(x, y, out):
    total = 0.0
    # pragma parallel for
    for i in range(len(x)):
        total += x[i] * y[i]
    out[0] = total


def total(x, out):
    total = 0.0
    # pragma parallel for
    for i in range(len(x)):
        total += x[i]
    out[0] = total


def argmin(x, out):
    best = x[0]
    where = 0
    # pragma parallel for
    for i in range(len(x)):
        if x[i] < best:
            best = x[i]
            where = i
    out[0] = where


def black_scholes(price, strike, years, rate, volatility, call):
    # pragma parallel for simd
    for i in range(len(price)):
        spread = volatility * np.sqrt(years[i])
        d1 = (np.log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / spread
        d2 = d1 - spread
        discounted = strike[i] * np.exp(-rate * years[i])
        call[i] = price[i] / (1.0 + np.exp(-1.702 * d1)) - discounted / (1.0 + np.exp(-1.702 * d2))


def mandelbrot(counts, left, bottom, pixel, limit):
    # pragma parallel for
    for row in range(counts.shape[0]):
        # pragma simd
        for column in range(counts.shape[1]):
            re = left + column * pixel
            im = bottom + row * pixel
            x = 0.0
            y = 0.0
            steps = 0
            for _ in range(limit):
                if x * x + y * y <= 4.0:
                    x, y = x * x - y * y + re, 2.0 * x * y + im
                    steps += 1
            counts[row, column] = steps


def kmeans(points, centres, nearest):
    # pragma parallel for
    for i in range(len(points)):
        best = math.inf
        for c in range(len(centres)):
            distance = 0.0
            for d in range(points.shape[1]):
                distance += (centres[c, d] - points[i, d]) ** 2
            if distance < best:
                best = distance
                nearest[i] = c


def laplacian_3d(a, out):
    # pragma parallel for
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            for k in range(1, a.shape[2] - 1):
                out[i, j, k] = (
                    a[i + 1, j, k]
                    + a[i - 1, j, k]
                    + a[i, j + 1, k]
                    + a[i, j - 1, k]
                    + a[i, j, k + 1]
                    + a[i, j, k - 1]
                    - 6.0 * a[i, j, k]
                )


def divergence(u, v, w, out):
    # pragma parallel for
    for i in range(1, u.shape[0] - 1):
        for j in range(1, u.shape[1] - 1):
            for k in range(1, u.shape[2] - 1):
                out[i, j, k] = (
                    0.5 * (u[i + 1, j, k] - u[i - 1, j, k])
                    + 0.5 * (v[i, j + 1, k] - v[i, j - 1, k])
                    + 0.5 * (w[i, j, k + 1] - w[i, j, k - 1])
                )


def pairwise(points, out):
    # pragma parallel for
    for i in range(len(points)):
        for j in range(len(points)):
            total = 0.0
            for d in range(points.shape[1]):
                total += (points[j, d] - points[i, d]) ** 2
            out[i, j] = np.sqrt(total)


def convolution(image, weights, out):
    n = len(weights)
    # pragma parallel for
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = 0.0
            for k in range(n):
                for l in range(n):
                    total += image[i + k, j + l] * weights[k, l]
            out[i, j] = total


def normalise(x, out):
    total = 0.0
    # pragma parallel for
    for i in range(len(x)):
        total += x[i]
    mean = total / len(x)
    squares = 0.0
    # pragma parallel for
    for i in range(len(x)):
        squares += (x[i] - mean) ** 2
    deviation = math.sqrt(squares / len(x))
    # pragma parallel for
    for i in range(len(x)):
        out[i] = (x[i] - mean) / deviation


def life(cells, out):
    # pragma parallel for
    for i in range(1, cells.shape[0] - 1):
        for j in range(1, cells.shape[1] - 1):
            around = (
                cells[i - 1, j - 1]
                + cells[i - 1, j]
                + cells[i - 1, j + 1]
                + cells[i, j - 1]
                + cells[i, j + 1]
                + cells[i + 1, j - 1]
                + cells[i + 1, j]
                + cells[i + 1, j + 1]
            )
            out[i, j] = around == 3 or (cells[i, j] == 1 and around == 2)
