"""Smoothed particle hydrodynamics in two dimensions: densities, pressures and forces, then a step of leapfrog."""

import math

import numpy as np

H = 0.1
MASS = 0.02


def kernel(r, h):
    q = r / h
    sigma = 10.0 / (7.0 * math.pi * h * h)
    if q < 1.0:
        return sigma * (1.0 - 1.5 * q * q + 0.75 * q**3)
    elif q < 2.0:
        return sigma * 0.25 * (2.0 - q) ** 3
    return 0.0


def kernel_gradient(dx, dy, h):
    r = math.hypot(dx, dy)
    if r == 0.0:
        return 0.0, 0.0
    q = r / h
    sigma = 10.0 / (7.0 * math.pi * h * h)
    if q < 1.0:
        slope = sigma * (-3.0 * q + 2.25 * q * q) / h
    elif q < 2.0:
        slope = -sigma * 0.75 * (2.0 - q) ** 2 / h
    else:
        slope = 0.0
    return slope * dx / r, slope * dy / r


class Fluid:
    stiffness = 20.0

    def __init__(self, pos, vel, rest):
        self.pos, self.vel, self.rest = pos, vel, rest
        self.rho = np.zeros(len(pos))
        self.p = np.zeros(len(pos))
        self.force = np.zeros_like(pos)

    def densities(self):
        n = len(self.pos)
        # pragma parallel for
        for i in range(n):
            rho = 0.0
            for j in range(n):
                d = self.pos[i] - self.pos[j]
                r = np.sqrt(d @ d)
                if r < 2 * H:
                    rho += MASS * kernel(r, H)
            self.rho[i] = rho
            self.p[i] = max(0.0, self.stiffness * (rho - self.rest))

    def forces(self, gravity=(0.0, -9.81)):
        # pragma parallel for
        for i in range(len(self.pos)):
            fx, fy = gravity
            for j in range(len(self.pos)):
                if i == j:
                    continue
                dx, dy = self.pos[i] - self.pos[j]
                if dx * dx + dy * dy >= 4 * H * H:
                    continue
                gx, gy = kernel_gradient(dx, dy, H)
                term = MASS * (self.p[i] / self.rho[i] ** 2 + self.p[j] / self.rho[j] ** 2)
                fx -= term * gx
                fy -= term * gy
            self.force[i] = fx, fy

    def step(self, dt, steps):
        for _ in range(steps):
            self.densities()
            self.forces()
            # pragma parallel for
            for i in range(len(self.pos)):
                self.vel[i] += dt * self.force[i]
                self.pos[i] += dt * self.vel[i]
                for k in range(2):
                    if self.pos[i, k] < 0.0:
                        self.pos[i, k] *= -1
                        self.vel[i, k] *= -0.5


def simulate(pos, vel, steps):
    fluid = Fluid(pos.copy(), vel.copy(), 1.0)
    fluid.step(1e-3, steps)
    return fluid.pos, fluid.vel, fluid.rho


TOLERANCE = 1e-11  # sums are added in another order, and hypot is within an ulp


def cases():
    rng = np.random.default_rng(5)
    pos = rng.uniform(0, 0.5, (30, 2))
    yield simulate, (pos, np.zeros((30, 2)), 3)
    yield simulate, (pos[:1], np.zeros((1, 2)), 2)
