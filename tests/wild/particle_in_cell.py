"""A one-dimensional particle-in-cell step: charge is deposited on the grid, a field solved, particles pushed."""

import numpy as np


class Plasma:
    def __init__(self, x, v, cells, length):
        self.x, self.v = x, v
        self.nx, self.L = cells, length
        self.dx = length / cells
        self.rho = np.zeros(cells)
        self.E = np.zeros(cells)

    def deposit(self):
        self.rho[:] = 0.0
        # pragma parallel for
        for p in range(len(self.x)):
            xp = self.x[p] / self.dx
            i = int(xp)
            w = xp - i
            self.rho[i % self.nx] += 1.0 - w
            self.rho[(i + 1) % self.nx] += w
        self.rho *= self.nx / len(self.x)

    def solve(self):
        self.E[0] = 0.0
        # pragma sequential for
        for i in range(1, self.nx):
            self.E[i] = self.E[i - 1] + (self.rho[i] - 1.0) * self.dx
        self.E -= self.E.mean()

    def push(self, dt):
        # pragma parallel for
        for p in range(self.x.shape[0]):
            xp = self.x[p] / self.dx
            i = int(np.floor(xp))
            w = xp - i
            e = (1 - w) * self.E[i % self.nx] + w * self.E[(i + 1) % self.nx]
            self.v[p] -= e * dt
            self.x[p] = (self.x[p] + self.v[p] * dt) % self.L


def simulate(x, v, cells, length, steps, dt=0.1):
    plasma = Plasma(x, v, cells, length)
    energies = []
    for _ in range(steps):
        plasma.deposit()
        plasma.solve()
        plasma.push(dt)
        energies.append(0.5 * float(np.sum(plasma.v**2)))
    return plasma.rho, plasma.E, energies


TOLERANCE = 1e-11  # deposits are added in another order


def cases():
    rng = np.random.default_rng(19)
    yield simulate, (rng.random(50) * 10, rng.normal(size=50), 8, 10.0, 3)
