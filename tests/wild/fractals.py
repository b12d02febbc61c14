"""Escape times of Mandelbrot and Julia sets, Newton's fractal, and the logistic map's bifurcations."""

import numpy as np


def escape(c: complex, max_iter: int) -> int:
    z = 0
    for n in range(max_iter):
        if abs(z) > 2:
            return n
        z = z * z + c
    return max_iter


def mandelbrot(xs, ys, max_iter=30):
    image = np.zeros((len(ys), len(xs)), dtype=np.int32)
    # pragma parallel for
    for row in range(len(ys)):
        for col in range(len(xs)):
            image[row, col] = escape(complex(xs[col], ys[row]), max_iter)
    return image


def newton(xs, ys, steps=20):
    roots = [1, -0.5 + 0.8660254037844386j, -0.5 - 0.8660254037844386j]
    basin = np.full((len(ys), len(xs)), -1)
    # pragma parallel for
    for i, y in enumerate(ys):
        for j, x in enumerate(xs):
            z = x + 1j * y
            for _ in range(steps):
                if z == 0:
                    break
                z -= (z**3 - 1) / (3 * z**2)
            for k, root in enumerate(roots):
                if abs(z - root) < 1e-3:
                    basin[i, j] = k
    return basin


def bifurcation(rates, skip=50, keep=4):
    points = []
    # pragma parallel for
    for r in rates:
        x = 0.5
        for _ in range(skip):
            x = r * x * (1 - x)
        for _ in range(keep):
            x = r * x * (1 - x)
            points.append((r, x))
    return np.array(points)


def cases():
    xs, ys = np.linspace(-2, 1, 11), np.linspace(-1, 1, 7)
    yield mandelbrot, (xs, ys)
    yield newton, (xs, ys)
    yield bifurcation, (np.linspace(2.5, 3.9, 6),)
