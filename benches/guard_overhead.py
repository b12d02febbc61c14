"""What the guard of a symbolic dependence costs at a launch: a three-deep nest of tiny extents with a symbolic condition, against
the same nest without one.

Prints nanoseconds per call, as the fastest of several interleaved rounds; the exit code is 1 when the difference is above 1 µs.
"""

import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np

SOURCE = """
def plain(a: "f64[:, :, :]", n: int, p: int, q: int, r: int):
    # pragma parallel for
    for i in range(n):
        for j in range(n):
            for k in range(n):
                a[i + p, j + q, k + r] = a[i + p, j + q, k + r] + 1.0


def symbolic(a: "f64[:, :, :]", n: int, p: int, q: int, r: int):
    # pragma parallel for
    for i in range(n):
        for j in range(n):
            for k in range(n):
                a[i + p, j + q, k + r] = a[i, j, k] + 1.0
"""
CALLS, ROUNDS = 20_000, 15


def nanoseconds(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    """The time of one call, as a mean over many."""
    start = time.perf_counter_ns()
    for _ in range(CALLS):
        function(*arguments)
    return (time.perf_counter_ns() - start) / CALLS


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "guarded_nests.py").write_text(SOURCE)
        sys.path.insert(0, folder)
        ferrokeet.install("guarded_nests")
        module = importlib.import_module("guarded_nests")
        a = np.zeros((8, 8, 8))
        arguments = (a, 2, 4, 4, 4)
        best = {"plain": float("inf"), "symbolic": float("inf")}
        for name in best:
            getattr(module, name)(*arguments)
        for _ in range(ROUNDS):
            for name in best:
                best[name] = min(best[name], nanoseconds(getattr(module, name), arguments))
        ways = {kernel["name"]: kernel for kernel in ferrokeet.stats()["kernels"]}
    if any(kernel["careful"] or kernel["python"] for kernel in ways.values()) or len(ways) != 2:
        print(f"error: not every launch was fast: {ways}", file=sys.stderr)
        return 2
    difference = best["symbolic"] - best["plain"]
    print(
        f"without a condition {best['plain']:.0f} ns, with one {best['symbolic']:.0f} ns: {difference:+.0f} ns a call"
    )
    return int(difference > 1000)


if __name__ == "__main__":
    sys.exit(main())
