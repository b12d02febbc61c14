"""Rays through a grid of voxels (Amanatides and Woo), with early returns, and occupancy counts."""

import math

import numpy as np


def traverse(grid, ox, oy, dx, dy):
    x, y = int(ox), int(oy)
    step_x = 1 if dx > 0 else -1
    step_y = 1 if dy > 0 else -1
    t_dx = abs(1 / dx) if dx != 0 else math.inf
    t_dy = abs(1 / dy) if dy != 0 else math.inf
    t_x = ((x + 1 - ox) if dx > 0 else (ox - x)) * t_dx
    t_y = ((y + 1 - oy) if dy > 0 else (oy - y)) * t_dy
    nx, ny = grid.shape
    travelled = 0.0
    while 0 <= x < nx and 0 <= y < ny:
        if grid[x, y]:
            return travelled
        if t_x < t_y:
            x += step_x
            travelled = t_x
            t_x += t_dx
        else:
            y += step_y
            travelled = t_y
            t_y += t_dy
    return None


def lidar(grid, ox, oy, beams):
    ranges = np.full(beams, np.inf)
    # pragma parallel for
    for b in range(beams):
        angle = 2 * math.pi * b / beams
        hit = traverse(grid, ox, oy, math.cos(angle), math.sin(angle))
        if hit is not None:
            ranges[b] = hit
    return ranges


def occupancy(points, shape, size):
    counts = np.zeros(shape, dtype=np.int32)
    dropped = 0
    # pragma parallel for
    for p in points:
        i, j, k = np.floor(p / size).astype(int)
        if (i, j, k) < (0, 0, 0) or i >= shape[0] or j >= shape[1] or k >= shape[2] or min(i, j, k) < 0:
            dropped += 1
            continue
        counts[i, j, k] += 1
    return counts, dropped


TOLERANCE = 1e-12  # sin and cos are within an ulp


def cases():
    rng = np.random.default_rng(23)
    yield lidar, (rng.random((12, 12)) < 0.15, 6.3, 5.7, 16)
    yield lidar, (np.zeros((3, 3), dtype=bool), 1.5, 1.5, 3)
    yield occupancy, (rng.normal(size=(30, 3)), (3, 3, 3), 0.5)
