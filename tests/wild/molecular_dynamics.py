"""Lennard-Jones particles in a periodic box with a cutoff: forces by pairs, cell lists, velocity Verlet."""

import numpy as np

EPS, SIGMA, RC = 1.0, 1.0, 2.5


def forces(pos, box):
    n = len(pos)
    f = np.zeros_like(pos)
    pot = 0.0
    # pragma parallel for
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            d = pos[i] - pos[j]
            d -= box * np.round(d / box)
            r2 = np.dot(d, d)
            if r2 < RC**2:
                inv6 = (SIGMA**2 / r2) ** 3
                f[i] += 24 * EPS * (2 * inv6**2 - inv6) / r2 * d
                pot += 0.5 * 4 * EPS * (inv6**2 - inv6)
    return f, pot


def verlet(pos, vel, box, dt, steps):
    f, pot = forces(pos, box)
    for _ in range(steps):
        vel += 0.5 * dt * f
        pos += dt * vel
        pos %= box
        f, pot = forces(pos, box)
        vel += 0.5 * dt * f
    return pot + 0.5 * (vel**2).sum()


def cell_list(pos, box, cell):
    m = int(box // cell)
    head = -np.ones((m, m, m), dtype=int)
    nxt = -np.ones(len(pos), dtype=int)
    # pragma sequential for
    for i, (x, y, z) in enumerate(pos):
        c = tuple(int(v / box * m) % m for v in (x, y, z))
        nxt[i] = head[c]
        head[c] = i
    return head, nxt


def pairs_within(pos, rc):
    neighbours = []
    # pragma parallel for
    for i in range(len(pos) - 1):
        for j in range(i + 1, len(pos)):
            dx, dy, dz = pos[i] - pos[j]
            if dx * dx + dy * dy + dz * dz < rc * rc:
                neighbours.append((i, j))
    return neighbours


TOLERANCE = 1e-9  # sums are added in another order, and powers are within an ulp


def cases():
    rng = np.random.default_rng(20)
    lattice = np.array([[i, j, k] for i in range(2) for j in range(2) for k in range(3)]) * 1.3
    pos = lattice + rng.random(lattice.shape) * 0.1
    yield verlet, (pos.copy(), rng.normal(size=pos.shape) * 0.1, 4.0, 0.001, 2)
    yield cell_list, (pos.copy(), 4.0, 1.0)
    yield pairs_within, (pos.copy(), 1.5)
    yield pairs_within, (pos[:1].copy(), 1.5)
