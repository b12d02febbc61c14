"""Statistics: pi by throwing darts, with a small integer generator per stream (same numbers for any number of threads)."""

import sys
import time


def hits(seed, darts):
    """How many of the darts of one stream fall into the quarter circle; the generator is Park and Miller's."""
    state = seed
    count = 0
    for _ in range(darts):
        state = state * 48271 % 2147483647
        x = state / 2147483647
        state = state * 48271 % 2147483647
        y = state / 2147483647
        if x * x + y * y <= 1.0:
            count += 1
    return count


def estimate(streams, darts):
    """Pi from streams independent streams."""
    inside = 0
    # pragma parallel for reduction(+: inside)
    for stream in range(streams):
        inside += hits(stream * 7919 + 12345, darts)
    return 4.0 * inside / (streams * darts)


def main():
    streams = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    start = time.perf_counter()
    pi = estimate(streams, 1_000)
    print(f"time {time.perf_counter() - start:.6f} s", file=sys.stderr)
    print(f"pi is about {pi:.9f}")


if __name__ == "__main__":
    main()
