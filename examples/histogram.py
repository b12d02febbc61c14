"""Image processing: histogram and equalisation of a grey image (uint8)."""

import sys
import time

import numpy as np


def histogram(image, counts):
    """Adds to counts (256,) how often each grey value occurs in image (rows, columns)."""
    # pragma parallel for
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            counts[image[row, column]] += 1


def equalise(image, table):
    """Replaces every grey value by its entry in table (256,)."""
    # pragma parallel for simd
    for row, column in np.ndindex(image.shape):
        image[row, column] = table[image[row, column]]


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 800
    rng = np.random.default_rng(11)
    image = np.clip(rng.normal(90, 25, (size, size)), 0, 255).astype(np.uint8)
    counts = np.zeros(256, dtype=np.int64)
    start = time.perf_counter()
    histogram(image, counts)
    table = (np.cumsum(counts) * 255 // image.size).astype(np.uint8)
    equalise(image, table)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"most frequent {counts.argmax()} ({counts.max()} times), mean after equalising {image.mean():.6f}")


if __name__ == "__main__":
    main()
