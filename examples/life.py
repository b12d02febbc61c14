"""Cellular automata: Conway's game of life on a torus."""

import sys
import time

import numpy as np


def generation(old, new):
    """Computes new (rows, columns) from old; the edges wrap around."""
    rows, columns = old.shape
    # pragma parallel for
    for i in range(rows):
        for j in range(columns):
            down = (i + 1) % rows
            right = (j + 1) % columns
            # a subscript of -1 is the last row or column: Python's own wrap-around
            neighbours = (
                old[i - 1, j - 1] + old[i - 1, j] + old[i - 1, right]
                + old[i, j - 1] + old[i, right]
                + old[down, j - 1] + old[down, j] + old[down, right]
            )  # fmt: skip
            if neighbours == 3 or (neighbours == 2 and old[i, j] == 1):
                new[i, j] = 1
            else:
                new[i, j] = 0


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = np.random.default_rng(9)
    old = (rng.uniform(size=(size, size)) < 0.35).astype(np.uint8)
    new = np.empty_like(old)
    start = time.perf_counter()
    for _ in range(10):
        generation(old, new)
        old, new = new, old
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"{int(old.sum())} cells alive")


if __name__ == "__main__":
    main()
