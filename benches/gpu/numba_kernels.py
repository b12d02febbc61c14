"""The programs for Numba-CUDA: a thread for each iteration of the parallel loops."""

import math
from collections.abc import Callable
from typing import Any

from numba import cuda


@cuda.jit
def black_scholes(price, strike, years, rate, volatility, call):
    i = cuda.grid(1)
    if i < price.shape[0]:
        spread = volatility * math.sqrt(years[i])
        d1 = (math.log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / spread
        d2 = d1 - spread
        discounted = strike[i] * math.exp(-rate * years[i])
        call[i] = price[i] / (1.0 + math.exp(-1.702 * d1)) - discounted / (1.0 + math.exp(-1.702 * d2))


@cuda.jit
def nbody(x, y, z, mass, ax, ay, az, softening):
    i = cuda.grid(1)
    if i < x.shape[0]:
        sx = sy = sz = 0.0
        for j in range(x.shape[0]):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            square = dx * dx + dy * dy + dz * dz + softening
            pull = mass[j] / (square * math.sqrt(square))
            sx += dx * pull
            sy += dy * pull
            sz += dz * pull
        ax[i] = sx
        ay[i] = sy
        az[i] = sz


@cuda.jit
def mandelbrot(counts, left, bottom, pixel, limit):
    column, row = cuda.grid(2)
    if row < counts.shape[0] and column < counts.shape[1]:
        re = left + column * pixel
        im = bottom + row * pixel
        x = y = 0.0
        steps = 0
        for _ in range(limit):
            if x * x + y * y > 4.0:
                break
            x, y = x * x - y * y + re, 2.0 * x * y + im
            steps += 1
        counts[row, column] = steps


@cuda.jit
def laplacian_3d(a, out):
    k, j, i = cuda.grid(3)
    if 0 < i < a.shape[0] - 1 and 0 < j < a.shape[1] - 1 and 0 < k < a.shape[2] - 1:
        out[i, j, k] = (
            a[i + 1, j, k]
            + a[i - 1, j, k]
            + a[i, j + 1, k]
            + a[i, j - 1, k]
            + a[i, j, k + 1]
            + a[i, j, k - 1]
            - 6.0 * a[i, j, k]
        )


@cuda.jit
def kmeans(points, centres, nearest):
    i = cuda.grid(1)
    if i < points.shape[0]:
        best = math.inf
        for c in range(centres.shape[0]):
            distance = 0.0
            for d in range(points.shape[1]):
                distance += (centres[c, d] - points[i, d]) ** 2
            if distance < best:
                best = distance
                nearest[i] = c


def over(kernel: Any, of: int, axes: int) -> Callable[..., None]:
    """A function that launches a kernel over the axes of one of its arguments, the last along x."""

    def run(*arguments: Any) -> None:
        block = {1: (256,), 2: (32, 8), 3: (32, 8, 1)}[axes]
        shape = arguments[of].shape[:axes][::-1]
        grid = tuple(-(-extent // size) for extent, size in zip(shape, block, strict=True))
        kernel[grid, block](*arguments)

    return run


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "black_scholes": over(black_scholes, 0, 1),
    "nbody": over(nbody, 0, 1),
    "mandelbrot": over(mandelbrot, 0, 2),
    "laplacian_3d": over(laplacian_3d, 0, 3),
    "kmeans": over(kmeans, 0, 1),
}
