"""Geometry: points in a polygon, areas, convexity, segments that cross."""

import numpy as np


def inside(x, y, poly):
    n = len(poly)
    result = False
    p1x, p1y = poly[0]
    for i in range(1, n + 1):
        p2x, p2y = poly[i % n]
        if y > min(p1y, p2y) and y <= max(p1y, p2y) and x <= max(p1x, p2x):
            if p1y != p2y:
                xinters = (y - p1y) * (p2x - p1x) / (p2y - p1y) + p1x
            if p1x == p2x or x <= xinters:
                result = not result
        p1x, p1y = p2x, p2y
    return result


def count_inside(points, poly):
    flags = np.zeros(len(points), dtype=bool)
    count = 0
    # pragma parallel for
    for k, (x, y) in enumerate(points):
        if inside(x, y, poly):
            flags[k] = True
            count += 1
    return flags, count


def cross(o, a, b):
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def is_convex(poly):
    sign = 0
    n = len(poly)
    for i in range(n):
        c = cross(poly[i], poly[(i + 1) % n], poly[(i + 2) % n])
        if c != 0:
            s = 1 if c > 0 else -1
            if sign == 0:
                sign = s
            elif s != sign:
                return False
    return True


def areas(polys):
    out, convex = [], []
    # pragma parallel for
    for poly in polys:
        xs, ys = poly[:, 0], poly[:, 1]
        out.append(0.5 * abs(np.dot(xs, np.roll(ys, -1)) - np.dot(ys, np.roll(xs, -1))))
        convex.append(is_convex(poly))
    return out, convex


def crossings(segments):
    n = len(segments)
    hits = np.zeros((n, n), dtype=np.bool_)
    # pragma parallel for
    for i in range(n):
        a, b = segments[i]
        for j in range(n):
            c, d = segments[j]
            hits[i, j] = cross(a, b, c) * cross(a, b, d) < 0 and cross(c, d, a) * cross(c, d, b) < 0
    return hits


TOLERANCE = 1e-13  # sums are added in another order


def cases():
    rng = np.random.default_rng(33)
    star = np.array([(0.0, 0.0), (2.0, 1.0), (4.0, 0.0), (3.0, 2.0), (4.0, 4.0), (2.0, 3.0), (0.0, 4.0)])
    yield count_inside, (rng.random((20, 2)) * 4, star)
    yield areas, (rng.random((5, 4, 2)),)
    yield crossings, (rng.random((6, 2, 2)),)
