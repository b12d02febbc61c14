"""Statistics: k-means clustering; each point finds its nearest centre in parallel."""

import sys
import time

import numpy as np


def assign(points, centres, label):
    """Writes into label (n,) the index of the centre (k, d) nearest to each point (n, d); returns the total distance."""
    total = 0.0
    # pragma parallel for
    for i in range(points.shape[0]):
        best = np.inf
        for c in range(centres.shape[0]):
            distance = 0.0
            for d in range(points.shape[1]):
                difference = points[i, d] - centres[c, d]
                distance += difference * difference
            if distance < best:
                best = distance
                label[i] = c
        total += best
    return total


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rng = np.random.default_rng(5)
    corners = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 1.0], [0.0, 4.0, 2.0], [4.0, 4.0, 3.0]])
    points = corners[rng.integers(0, 4, n)] + rng.normal(size=(n, 3))
    centres = points[:4].copy()
    label = np.zeros(n, dtype=np.int32)
    start = time.perf_counter()
    for _ in range(5):
        inertia = assign(points, centres, label)
        for c in range(4):
            centres[c] = points[label == c].mean(axis=0)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"inertia {inertia:.6f}, sizes {np.bincount(label, minlength=4)}")


if __name__ == "__main__":
    main()
