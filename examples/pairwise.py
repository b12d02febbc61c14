"""Machine learning: squared distances between all pairs of rows, float32, upper triangle only."""

import sys
import time

import numpy as np


def pairwise(x, out):
    """Writes out[i, j] = |x[i] - x[j]|^2 for all i < j and mirrors it."""
    n, dimensions = x.shape
    # pragma parallel for schedule(dynamic)
    for i in range(n):
        out[i, i] = 0.0
        for j in range(i + 1, n):
            total = np.float32(0.0)
            for d in range(dimensions):
                difference = x[i, d] - x[j, d]
                total += difference * difference
            out[i, j] = total
            out[j, i] = total


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    x = np.random.default_rng(6).normal(size=(n, 16)).astype(np.float32)
    out = np.empty((n, n), dtype=np.float32)
    start = time.perf_counter()
    pairwise(x, out)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"mean squared distance {out.mean(dtype=np.float64):.4f}, symmetric {bool((out == out.T).all())}")


if __name__ == "__main__":
    main()
