"""Linear algebra: a sparse matrix in compressed rows times a vector, and a power iteration around it."""

import sys
import time

import numpy as np


def spmv(row_start, column, value, x, y):
    """y = A @ x for A in compressed rows: row i owns the entries row_start[i] up to row_start[i + 1]."""
    # pragma parallel for schedule(guided)
    for i in range(len(row_start) - 1):
        total = 0.0
        for k in range(row_start[i], row_start[i + 1]):
            total += value[k] * x[column[k]]
        y[i] = total


def scale(x, factor):
    """Multiplies every element."""
    # pragma parallel for simd
    for i in range(len(x)):
        x[i] *= factor


def norm(x):
    """Euclidean length."""
    square = 0.0
    # pragma parallel for simd
    for v in x:
        square += v * v
    return square**0.5


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    rng = np.random.default_rng(3)
    counts = rng.integers(1, 20, n)
    row_start = np.concatenate(([0], np.cumsum(counts)))
    column = rng.integers(0, n, row_start[-1])
    value = rng.uniform(0, 1, row_start[-1])
    x, y = np.ones(n), np.empty(n)
    start = time.perf_counter()
    for _ in range(5):
        spmv(row_start, column, value, x, y)
        length = norm(y)
        scale(y, 1.0 / length)
        x, y = y, x
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"{row_start[-1]} entries, dominant eigenvalue about {length:.9f}")


if __name__ == "__main__":
    main()
