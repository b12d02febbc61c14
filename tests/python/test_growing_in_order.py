"""Lists that grow in `while` loops, in inner loops of unknown length, and in several loops: one item after the other."""

from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import numpy as np

def halvings(x):
    out = [0.5]
    # pragma sequential for
    for i in range(len(x)):
        n = x[i]
        while n > 1:
            n //= 2
            out.append(n)
    return out

def raster(a):
    out = []
    # pragma sequential for
    for t in range(len(a)):
        for i in np.flatnonzero(a[t] > 0.5):
            out.append((t, int(i)))
        for i in range(int(a[t, 0] * 3)):
            out.append((i, t))
    return out

def either(x):
    out = []
    # pragma sequential for
    for i in range(len(x)):
        n = 0
        while n < x[i]:
            n += 1
            out.append(x[i] if n % 2 else 2.5)
            if n > 3:
                out.append(7)
                break
    return out

def arrays(x):
    out = []
    # pragma sequential for
    for i in range(len(x)):
        k = 0.5
        while k < x[i]:
            k += 1
            out.append(x * k)
    return out

def rows(x, lags):
    out = []
    # pragma sequential for
    for i in range(len(x)):
        for j in range(int(abs(x[i]))):
            out.append([x[j] * lag for lag in lags])
    return out

def two(x):
    out, other = [], []
    # pragma sequential for
    for i in range(len(x)):
        out.append(i)
        for j in range(i):
            out.append(x[j])
            other.append([i, j])
    return out, other

def failing(x, limit):
    out = []
    # pragma sequential for
    for i in range(len(x)):
        n = 3
        while n > limit:
            n -= 1
            out.append(1 // x[i])
    return out

def caught(x):
    out = []
    try:
        # pragma sequential for
        for i in range(len(x)):
            n = 3
            while n > 0:
                n -= 1
                out.append(1 // x[i])
    except ZeroDivisionError:
        out.append(-1)
    return out

def many(n):
    out = []
    # pragma sequential for
    for i in range(n):
        k = 0
        while k < n:
            k += 1
            out.append(k)
    return len(out), out[-1], out[0]

def at_once(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        n = 3
        while n > x[i]:
            n -= 1
            out.append(n)
    return out

def inside(x):
    out = []
    # pragma sequential for
    for i in range(len(x)):
        # pragma parallel for
        for j in range(len(x)):
            n = 3
            while n > x[j]:
                n -= 1
                out.append(n)
    return out
"""

X = np.array([1.5, -2.0, 3.0, 0.0, 4.25, 0.5, 0.25, 7.0])


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("ordered"), SOURCE)


def natively(pair: Pair, function: str, *arguments: Any) -> None:
    """Calls both; no kernel runs as Python."""
    before = pair.launches()["python"]
    pair.call(function, lambda: arguments, ran=None)
    assert pair.launches()["python"] == before, ferrokeet.stats()


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "list", "ints"])
@pytest.mark.parametrize("size", [0, 1, 4, 8])
def test_in_order(ordered: Pair, kind: str, size: int) -> None:
    """Items stand in the order of the appends, and have CPython's types."""
    x = X[:size]
    numbers = x.tolist() if kind == "list" else x.astype(int).tolist() if kind == "ints" else x.astype(kind)
    natively(ordered, "halvings", numbers)
    if kind in ("float64", "list", "ints"):
        natively(ordered, "either", numbers)
    if kind in ("float64", "list") and (size or kind != "list"):
        natively(ordered, "two", [*numbers] if kind == "list" else numbers)
    if kind.startswith(("float", "int64")):
        natively(ordered, "arrays", numbers)
        natively(ordered, "rows", numbers, np.arange(3))
    natively(ordered, "raster", np.random.default_rng(size).random((size, 5)))


def test_exceptions(ordered: Pair) -> None:
    """The list is as it was, and nobody can tell."""
    for x in ([1, 2, 3], [1, 0, 3]):
        natively(ordered, "failing", x, 0)
        natively(ordered, "failing", x, 5)
        ordered.call("caught", given(x), ran=None)


def test_room(ordered: Pair) -> None:
    """A list that outgrows its room is left to Python."""
    natively(ordered, "many", 1000)
    ordered.call("many", lambda: (2100,), ran="python")


@pytest.mark.parametrize("function", ["at_once", "inside"])
def test_at_once(ordered: Pair, function: str) -> None:
    """Iterations that run at once have no order in which they append."""
    ordered.call(function, lambda: (X,), ran=None)
    own = [one for one in ferrokeet.stats()["kernels"] if one["filename"] == str(ordered.path)]
    assert not any(one["name"].startswith(function) and one["fast"] + one["careful"] for one in own)
