"""Dynamics: an ensemble of Lorenz systems, each integrated by Runge-Kutta steps in its own lane."""

import sys
import time

import numpy as np


def slope(x, y, z, rho):
    """Right-hand side of the Lorenz equations with sigma = 10 and beta = 8/3."""
    return 10.0 * (y - x), x * (rho - z) - y, x * y - 8.0 / 3.0 * z


def integrate(rho, steps, dt, highest):
    """Writes into highest (n,) the greatest z that each system reaches."""
    # pragma parallel for simd
    for i in range(len(rho)):
        x, y, z = 1.0, 1.0, 20.0
        top = z
        for _ in range(steps):
            ax, ay, az = slope(x, y, z, rho[i])
            bx, by, bz = slope(x + 0.5 * dt * ax, y + 0.5 * dt * ay, z + 0.5 * dt * az, rho[i])
            cx, cy, cz = slope(x + 0.5 * dt * bx, y + 0.5 * dt * by, z + 0.5 * dt * bz, rho[i])
            dx, dy, dz = slope(x + dt * cx, y + dt * cy, z + dt * cz, rho[i])
            x += dt / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx)
            y += dt / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy)
            z += dt / 6.0 * (az + 2.0 * bz + 2.0 * cz + dz)
            top = max(top, z)
        highest[i] = top


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_500
    rho = np.linspace(0.5, 30.0, n)
    highest = np.empty(n)
    start = time.perf_counter()
    integrate(rho, 300, 0.005, highest)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"highest z: least {highest.min():.9f}, greatest {highest.max():.9f}, mean {highest.mean():.9f}")


if __name__ == "__main__":
    main()
