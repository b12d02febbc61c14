"""What this machine can do at most, measured by kernels of our own: `python -m ferrokeet._peaks` prints it as JSON."""

import json
import time
from collections.abc import Callable
from typing import Any

import ferrokeet_runtime
import numpy as np

from ferrokeet._jit import jit

# Elements of each array that a triad works on, all threads together: more than caches hold; and a thread: few enough for its own.
LARGE, SMALL = 1 << 23, 1 << 11
ELEMENTS, ROUNDS = 1 << 11, 1 << 10
REPEATS = 7


@jit
def triad(a: Any, b: Any, c: Any, times: int) -> None:
    """The triad of the STREAM benchmark, `times` over in each row."""
    # pragma parallel for
    for part in range(a.shape[0]):
        for _ in range(times):
            for i in range(a.shape[1]):
                a[part, i] = b[part, i] + 3.0 * c[part, i]


@jit
def six(x: Any, scale: Any, shift: Any, rounds: int) -> None:
    """Six independent chains of multiplications and additions: as many as 16 registers hold."""
    # pragma parallel for simd fastmath(contract)
    for i in range(len(x)):
        v0 = x[i]
        v1 = x[i] + 1.0
        v2 = x[i] + 2.0
        v3 = x[i] + 3.0
        v4 = x[i] + 4.0
        v5 = x[i] + 5.0
        for _ in range(rounds):
            v0 = v0 * scale + shift
            v1 = v1 * scale + shift
            v2 = v2 * scale + shift
            v3 = v3 * scale + shift
            v4 = v4 * scale + shift
            v5 = v5 * scale + shift
        x[i] = v0 + v1 + v2 + v3 + v4 + v5


@jit
def ten(x: Any, scale: Any, shift: Any, rounds: int) -> None:
    """Ten of them: enough to wait for none of them, where there are 32 registers."""
    # pragma parallel for simd fastmath(contract)
    for i in range(len(x)):
        v0 = x[i]
        v1 = x[i] + 1.0
        v2 = x[i] + 2.0
        v3 = x[i] + 3.0
        v4 = x[i] + 4.0
        v5 = x[i] + 5.0
        v6 = x[i] + 6.0
        v7 = x[i] + 7.0
        v8 = x[i] + 8.0
        v9 = x[i] + 9.0
        for _ in range(rounds):
            v0 = v0 * scale + shift
            v1 = v1 * scale + shift
            v2 = v2 * scale + shift
            v3 = v3 * scale + shift
            v4 = v4 * scale + shift
            v5 = v5 * scale + shift
            v6 = v6 * scale + shift
            v7 = v7 * scale + shift
            v8 = v8 * scale + shift
            v9 = v9 * scale + shift
        x[i] = v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9


def shortest(work: Callable[[], None]) -> float:
    """Seconds, of several attempts after one that compiles."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def bandwidth(length: int, times: int) -> float:
    """Bytes a second, written and read."""
    threads = ferrokeet_runtime.thread_count()
    a, b, c = (np.ones((threads, length)) for _ in range(3))
    return 3 * a.nbytes * times / shortest(lambda: triad(a, b, c, times))


def arithmetic(kind: Any) -> float:
    """Operations a second: a fused multiplication and addition is two."""
    count = ELEMENTS * ferrokeet_runtime.thread_count()
    x, scale, shift = np.ones(count, kind), kind(0.5), kind(0.25)
    seconds = [shortest(lambda: six(x, scale, shift, ROUNDS)) / 6, shortest(lambda: ten(x, scale, shift, ROUNDS)) / 10]
    return 2 * count * ROUNDS / min(seconds)


def main() -> None:
    """Measures everything."""
    threads = ferrokeet_runtime.thread_count()
    peaks = {
        "threads": threads,
        "memory": bandwidth(LARGE // threads, 1),
        "cache": bandwidth(SMALL, 1 << 9),
        "f64": arithmetic(np.float64),
        "f32": arithmetic(np.float32),
    }
    print(json.dumps(peaks))


if __name__ == "__main__":
    main()
