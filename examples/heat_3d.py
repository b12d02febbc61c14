"""Engineering: heat spreading through a block, explicit steps with two buffers."""

import sys
import time

import numpy as np


def heat_step(old, new, alpha):
    """One step from old to new, both (n, n, n)."""
    n = old.shape[0]
    # pragma parallel for collapse(2)
    for i in range(1, n - 1):
        for j in range(1, n - 1):
            for k in range(1, n - 1):
                new[i, j, k] = (
                    alpha * (old[i + 1, j, k] - 2.0 * old[i, j, k] + old[i - 1, j, k])
                    + alpha * (old[i, j + 1, k] - 2.0 * old[i, j, k] + old[i, j - 1, k])
                    + alpha * (old[i, j, k + 1] - 2.0 * old[i, j, k] + old[i, j, k - 1])
                    + old[i, j, k]
                )


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    old = np.fromfunction(lambda i, j, k: (i + j + (n - k)) * 10 / n, (n, n, n))
    new = old.copy()
    start = time.perf_counter()
    for _ in range(4):
        heat_step(old, new, 0.125)
        heat_step(new, old, 0.125)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"sum {old.sum():.6f}, corner {old[1, 1, 1]:.12f}")


if __name__ == "__main__":
    main()
