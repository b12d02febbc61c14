"""Image processing: a 5x5 blur of a grey image (uint8) with an integer kernel."""

import sys
import time

import numpy as np


def blur(image, kernel, weight, out):
    """Convolves image with kernel (odd, odd), divides by weight, leaves the border of out alone."""
    height, width = image.shape
    ry = kernel.shape[0] // 2
    rx = kernel.shape[1] // 2
    # pragma parallel for
    for y in range(ry, height - ry):
        # pragma simd
        for x in range(rx, width - rx):
            total = 0
            for dy in range(-ry, ry + 1):
                for dx in range(-rx, rx + 1):
                    total += int(image[y + dy, x + dx]) * int(kernel[dy + ry, dx + rx])
            out[y, x] = min(255, max(0, total // weight))


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rng = np.random.default_rng(4)
    image = rng.integers(0, 256, (size, size), dtype=np.uint8)
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).astype(np.int32)
    out = image.copy()
    start = time.perf_counter()
    blur(image, kernel, int(kernel.sum()), out)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"variance {image.var():.6f} -> {out.var():.6f}, checksum {int(out.astype(np.int64).sum())}")


if __name__ == "__main__":
    main()
