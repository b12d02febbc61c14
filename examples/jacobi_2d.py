"""Numerics: Jacobi relaxation of a square plate, a time loop around two parallel nests."""

import sys
import time

import numpy as np


def jacobi_2d(steps, a, b):
    """Relaxes a (n, n) in place; b is work space of the same shape."""
    n = a.shape[0]
    # pragma sequential for
    for t in range(steps):
        # pragma parallel for
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
        # pragma parallel for
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                a[i, j] = 0.2 * (b[i, j] + b[i, j - 1] + b[i, j + 1] + b[i + 1, j] + b[i - 1, j])


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 250
    a = np.fromfunction(lambda i, j: i * (j + 2) / n, (n, n))
    b = np.fromfunction(lambda i, j: i * (j + 3) / n, (n, n))
    start = time.perf_counter()
    jacobi_2d(20, a, b)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"sum {a.sum():.9f}, centre {a[n // 2, n // 2]:.12f}")


if __name__ == "__main__":
    main()
