"""Ray marching of a scene of distance functions; vectors are small arrays."""

import numpy as np

MAX_STEPS, FAR, HIT = 40, 20.0, 1e-3
LIGHT = np.array([0.577, 0.577, -0.577])


def sphere(p, centre, radius):
    return np.linalg.norm(p - centre) - radius


def scene(p):
    ground = p[1] + 1.0
    ball = sphere(p, np.array([0.0, 0.0, 3.0]), 1.0)
    return min(ground, ball)


def normal(p, eps=1e-4):
    n = np.zeros(3)
    for axis in range(3):
        step = np.zeros(3)
        step[axis] = eps
        n[axis] = scene(p + step) - scene(p - step)
    return n / np.linalg.norm(n)


def trace(origin, direction):
    t = 0.0
    for _ in range(MAX_STEPS):
        d = scene(origin + t * direction)
        if d < HIT:
            return t
        t += d
        if t > FAR:
            break
    return -1.0


def render(width, height):
    img = np.zeros((height, width))
    origin = np.array([0.0, 0.0, -1.0])
    # pragma parallel for
    for j in range(height):
        for i in range(width):
            d = np.array([(i - width / 2) / width, (height / 2 - j) / height, 1.0])
            d /= np.linalg.norm(d)
            t = trace(origin, d)
            if t < 0:
                img[j, i] = 0.1
                continue
            img[j, i] = max(0.0, np.dot(normal(origin + t * d), LIGHT))
    return img


TOLERANCE = 1e-9  # sums are added in another order; the normals divide small differences


def cases():
    yield render, (9, 7)
    yield render, (0, 3)
