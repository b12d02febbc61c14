"""Mathematics: how fast points of the complex plane escape under z -> z*z + c."""

import sys
import time

import numpy as np


def escape(re, im, limit):
    """Number of steps after which the orbit of c = re + im*i leaves the circle of radius 2, at most limit."""
    x = 0.0
    y = 0.0
    steps = 0
    while x * x + y * y <= 4.0 and steps < limit:
        x, y = x * x - y * y + re, 2.0 * x * y + im
        steps += 1
    return steps


def mandelbrot(counts, left, bottom, pixel, limit):
    """Fills counts (rows, columns) with the escape time of every pixel."""
    # pragma parallel for schedule(dynamic)
    for row in range(counts.shape[0]):
        # pragma simd
        for column in range(counts.shape[1]):
            counts[row, column] = escape(left + column * pixel, bottom + row * pixel, limit)


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    counts = np.zeros((size, size), dtype=np.int64)
    start = time.perf_counter()
    mandelbrot(counts, -2.0, -1.25, 2.5 / size, 200)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    inside = int((counts == 200).sum())
    print(f"{inside} of {counts.size} points stay, {int(counts.sum())} steps in all")
    for row in counts[:: max(1, size // 16), :: max(1, size // 48)]:
        print("".join(" .:-=+*#%@"[min(9, int(np.log2(c + 1) * 1.2))] for c in row))


if __name__ == "__main__":
    main()
