"""Lattice Boltzmann (D2Q9): collision and streaming of a periodic flow with obstacles."""

import numpy as np

E = np.array([(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)])
W = np.array([4 / 9] + [1 / 9] * 4 + [1 / 36] * 4)
OPPOSITE = [0, 3, 4, 1, 2, 7, 8, 5, 6]


def equilibrium(rho, ux, uy):
    usq = 1.5 * (ux * ux + uy * uy)
    feq = np.empty(9)
    for k in range(9):
        eu = 3.0 * (E[k, 0] * ux + E[k, 1] * uy)
        feq[k] = W[k] * rho * (1.0 + eu + 0.5 * eu * eu - usq)
    return feq


def step(f, obstacle, omega):
    q, nx, ny = f.shape
    out = np.empty_like(f)
    # pragma parallel for
    for x in range(nx):
        for y in range(ny):
            local = f[:, x, y]
            if obstacle[x, y]:
                post = local[OPPOSITE]
            else:
                rho = local.sum()
                ux = (local * E[:, 0]).sum() / rho
                uy = (local * E[:, 1]).sum() / rho
                post = local + omega * (equilibrium(rho, ux, uy) - local)
            for k, (cx, cy) in enumerate(E):
                out[k, (x + cx) % nx, (y + cy) % ny] = post[k]
    return out


def run(f, obstacle, steps=3, tau=0.6):
    for _ in range(steps):
        f = step(f, obstacle, 1.0 / tau)
    return f


TOLERANCE = 1e-13  # sums are added in another order


def cases():
    rng = np.random.default_rng(22)
    yield run, (1 + 0.1 * rng.random((9, 7, 6)), rng.random((7, 6)) < 0.1)
