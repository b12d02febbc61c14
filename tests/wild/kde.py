"""Kernel density estimates on a grid with several kernels, and a two-dimensional histogram."""

import math

import numpy as np

INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)


def gaussian(u: float) -> float:
    return INV_SQRT_2PI * math.exp(-0.5 * u * u)


def epanechnikov(u):
    if abs(u) > 1:
        return 0.0
    return 0.75 * (1 - u**2)


def kde(samples: list[float], grid: np.ndarray, bandwidth: float | None = None) -> np.ndarray:
    n = len(samples)
    if bandwidth is None:
        bandwidth = 1.06 * np.std(samples) * n ** (-1 / 5)
    density = np.zeros(len(grid))
    # pragma parallel for
    for i, g in enumerate(grid):
        density[i] = sum(gaussian((g - s) / bandwidth) for s in samples) / (n * bandwidth)
    return density


def kde_epa(samples, grid, h):
    density = np.zeros_like(grid)
    # pragma parallel for
    for i in range(grid.size):
        for j in range(samples.size):
            density[i] += epanechnikov((grid[i] - samples[j]) / h)
        density[i] /= samples.size * h
    return density


def histogram2d(x, y, bins=8, bounds=((-2, 2), (-2, 2))):
    (x0, x1), (y0, y1) = bounds
    H = np.zeros((bins, bins), dtype=int)
    # pragma parallel for
    for xi, yi in zip(x, y):
        if xi < x0 or xi >= x1 or yi < y0 or yi >= y1:
            continue
        H[int((xi - x0) / (x1 - x0) * bins), int((yi - y0) / (y1 - y0) * bins)] += 1
    return H


TOLERANCE = 1e-13  # sums are added in another order, and exp is within an ulp


def cases():
    rng = np.random.default_rng(11)
    x, y = rng.normal(size=30), rng.normal(size=30)
    grid = np.linspace(-3, 3, 17)
    yield kde, (x.tolist(), grid)
    yield kde, (x.tolist(), grid, 0.5)
    yield kde_epa, (x, grid, 0.7)
    yield histogram2d, (x, y)
    yield histogram2d, (x[:0], y[:0], 3)
