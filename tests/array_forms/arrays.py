"""The other benchmarks as row and array expressions; the loop forms, under the same names, are in loops.py."""

import numpy as np


def nbody(x, y, z, mass, ax, ay, az, softening):
    # pragma parallel for
    for i in range(len(x)):
        dx = x - x[i]
        dy = y - y[i]
        dz = z - z[i]
        square = dx * dx + dy * dy + dz * dz + softening
        pull = mass / (square * np.sqrt(square))
        ax[i] = np.sum(dx * pull)
        ay[i] = np.sum(dy * pull)
        az[i] = np.sum(dz * pull)


def matmul(a, b, c):
    # pragma parallel
    c[:] = a @ b


def dot(x, y, out):
    # pragma parallel
    out[0] = np.dot(x, y)


def total(x, out):
    # pragma parallel
    out[0] = np.sum(x)


def argmin(x, out):
    # pragma parallel
    out[0] = np.argmin(x)


def black_scholes(price, strike, years, rate, volatility, call):
    # pragma parallel
    spread = volatility * np.sqrt(years)
    d1 = (np.log(price / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
    d2 = d1 - spread
    call[:] = price / (1.0 + np.exp(-1.702 * d1)) - strike * np.exp(-rate * years) / (1.0 + np.exp(-1.702 * d2))


def mandelbrot(counts, left, bottom, pixel, limit):
    # pragma parallel for
    for row in range(counts.shape[0]):
        re = left + np.arange(counts.shape[1]) * pixel
        im = bottom + row * pixel
        x = np.zeros(counts.shape[1])
        y = np.zeros(counts.shape[1])
        counts[row] = 0
        for _ in range(limit):
            inside = x * x + y * y <= 4.0
            new = np.where(inside, x * x - y * y + re, x)
            y = np.where(inside, 2.0 * x * y + im, y)
            x = new
            counts[row] += inside


def kmeans(points, centres, nearest):
    # pragma parallel for
    for i in range(len(points)):
        nearest[i] = np.argmin(np.sum((centres - points[i]) ** 2, axis=1))


def laplacian_3d(a, out):
    # pragma parallel
    out[1:-1, 1:-1, 1:-1] = (
        a[2:, 1:-1, 1:-1]
        + a[:-2, 1:-1, 1:-1]
        + a[1:-1, 2:, 1:-1]
        + a[1:-1, :-2, 1:-1]
        + a[1:-1, 1:-1, 2:]
        + a[1:-1, 1:-1, :-2]
        - 6.0 * a[1:-1, 1:-1, 1:-1]
    )


def divergence(u, v, w, out):
    # pragma parallel
    out[1:-1, 1:-1, 1:-1] = (
        0.5 * (u[2:, 1:-1, 1:-1] - u[:-2, 1:-1, 1:-1])
        + 0.5 * (v[1:-1, 2:, 1:-1] - v[1:-1, :-2, 1:-1])
        + 0.5 * (w[1:-1, 1:-1, 2:] - w[1:-1, 1:-1, :-2])
    )


def pairwise(points, out):
    # pragma parallel for
    for i in range(len(points)):
        out[i] = np.sqrt(np.sum((points - points[i]) ** 2, axis=1))


def convolution(image, weights, out):
    n = len(weights)
    # pragma parallel for
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + n, j : j + n] * weights)


def normalise(x, out):
    # pragma parallel
    out[:] = (x - np.mean(x)) / np.std(x)


def life(cells, out):
    # pragma parallel
    around = (
        cells[:-2, :-2]
        + cells[:-2, 1:-1]
        + cells[:-2, 2:]
        + cells[1:-1, :-2]
        + cells[1:-1, 2:]
        + cells[2:, :-2]
        + cells[2:, 1:-1]
        + cells[2:, 2:]
    )
    out[1:-1, 1:-1] = (around == 3) | ((cells[1:-1, 1:-1] == 1) & (around == 2))
