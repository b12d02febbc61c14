"""Linear algebra: C = alpha*A@B + beta*C as three plain loops."""

import sys
import time

import numpy as np


def gemm(alpha, beta, a, b, c):
    """a (n, k), b (k, m), c (n, m)."""
    # pragma parallel for
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            c[i, j] = alpha * total + beta * c[i, j]


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 160
    rng = np.random.default_rng(2)
    a, b, c = rng.normal(size=(n, n)), rng.normal(size=(n, n)), rng.normal(size=(n, n))
    expected = 1.5 * a @ b + 1.2 * c
    start = time.perf_counter()
    gemm(1.5, 1.2, a, b, c)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"trace {np.trace(c):.9f}, agrees with NumPy: {np.allclose(c, expected, rtol=1e-12, atol=1e-12)}")


if __name__ == "__main__":
    main()
