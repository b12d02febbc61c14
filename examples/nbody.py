"""Physics: stars under their mutual gravity, by leapfrog steps."""

import sys
import time

import numpy as np


class Cluster:
    """n bodies; positions and velocities are (n,) arrays per axis."""

    def __init__(self, n, seed=7):
        rng = np.random.default_rng(seed)
        self.x, self.y, self.z = rng.normal(size=(3, n))
        self.vx, self.vy, self.vz = 0.1 * rng.normal(size=(3, n))
        self.mass = rng.uniform(0.5, 1.5, n) / n
        self.softening = 0.05

    def kick(self, dt):
        """Changes every velocity by the pull of all bodies."""
        # pragma parallel for
        for i in range(len(self.x)):
            ax = ay = az = 0.0
            for j in range(len(self.x)):
                dx = self.x[j] - self.x[i]
                dy = self.y[j] - self.y[i]
                dz = self.z[j] - self.z[i]
                square = dx * dx + dy * dy + dz * dz + self.softening * self.softening
                pull = self.mass[j] / (square * np.sqrt(square))
                ax += dx * pull
                ay += dy * pull
                az += dz * pull
            self.vx[i] += dt * ax
            self.vy[i] += dt * ay
            self.vz[i] += dt * az

    def drift(self, dt):
        """Moves every body."""
        # pragma parallel for simd
        for i in range(len(self.x)):
            self.x[i] += dt * self.vx[i]
            self.y[i] += dt * self.vy[i]
            self.z[i] += dt * self.vz[i]

    def energy(self):
        """Kinetic energy."""
        total = 0.0
        # pragma parallel for reduction(+: total)
        for i in range(len(self.mass)):
            total += 0.5 * self.mass[i] * (self.vx[i] ** 2 + self.vy[i] ** 2 + self.vz[i] ** 2)
        return total


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    cluster = Cluster(n)
    start = time.perf_counter()
    for _ in range(4):
        cluster.kick(0.01)
        cluster.drift(0.01)
    energy = cluster.energy()
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"kinetic energy {energy:.9f}, centre of mass {(cluster.mass * cluster.x).sum():.9f}")


if __name__ == "__main__":
    main()
