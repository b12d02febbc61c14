"""Interpolation: natural cubic splines, Catmull-Rom curves, a look-up with bisect, and bilinear tables."""

from bisect import bisect_right

import numpy as np


def spline_coefficients(x, y):
    n = len(x)
    h = np.diff(x)
    m = np.zeros(n)
    u = np.zeros(n)
    # pragma sequential for
    for i in range(1, n - 1):
        sig = h[i - 1] / (h[i - 1] + h[i])
        p = sig * m[i - 1] + 2.0
        m[i] = (sig - 1.0) / p
        u[i] = (6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1]) / (h[i - 1] + h[i]) - sig * u[i - 1]) / p
    m[-1] = 0.0
    # pragma sequential for
    for i in range(n - 2, -1, -1):
        m[i] = m[i] * m[i + 1] + u[i]
    return m


def spline(x, y, m, at):
    out = np.empty(len(at))
    # pragma parallel for
    for k, v in enumerate(at):
        i = min(max(np.searchsorted(x, v, side="right") - 1, 0), len(x) - 2)
        h = x[i + 1] - x[i]
        a, b = (x[i + 1] - v) / h, (v - x[i]) / h
        out[k] = a * y[i] + b * y[i + 1] + ((a**3 - a) * m[i] + (b**3 - b) * m[i + 1]) * h**2 / 6
    return out


def whole(x, y, at):
    return spline(x, y, spline_coefficients(x, y), at)


def catmull_rom(points, per_segment=4):
    curve = []
    # pragma parallel for
    for i in range(1, len(points) - 2):
        p0, p1, p2, p3 = points[i - 1 : i + 3]
        for s in range(per_segment):
            t = s / per_segment
            curve.append(
                0.5
                * (
                    (2 * p1)
                    + (-p0 + p2) * t
                    + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                    + (-p0 + 3 * p1 - 3 * p2 + p3) * t**3
                )
            )
    return np.array(curve)


def grades(scores: list[int], breakpoints: list[int]) -> list[int]:
    out = []
    # pragma parallel for
    for s in scores:
        out.append(bisect_right(breakpoints, s))
    return out


TOLERANCE = 1e-13  # powers are within an ulp


def cases():
    rng = np.random.default_rng(36)
    x = np.cumsum(rng.random(8) + 0.1)
    yield whole, (x, rng.random(8), np.linspace(x[0] - 1, x[-1], 11))
    yield catmull_rom, (rng.random((6, 2)),)
    yield grades, ([33, 99, 77, 70, 89, 90, 100], [60, 70, 80, 90])
