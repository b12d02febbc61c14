"""Tuples as values of names, in loops, before them and after them, and compared; against CPython."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

SOURCE = """
import numpy as np


def best_cell(h):
    best, best_pos = 0, (0, 0)
    # pragma sequential for
    for i in range(h.shape[0]):
        for j in range(h.shape[1]):
            if h[i, j] > best:
                best = h[i, j]
                best_pos = (i, j)
    return best, best_pos


def extent(x):
    span = (np.inf, -np.inf)
    # pragma sequential for
    for i in range(len(x)):
        span = (min(span[0], x[i]), max(span[1], x[i]))
    lo, hi = span
    return span, hi - lo


def fibonacci(n):
    pair = (0, 1)
    # pragma sequential for
    for i in range(n):
        pair = (pair[1], pair[0] + pair[1])
    return pair


def inside(p, out):
    # pragma parallel for
    for n in range(len(p)):
        i, j = p[n]
        if (i, j) < (0, 0) or (i, j) >= (2, 3):
            out[n] = -1
        elif (i, j) == (1, 2):
            out[n] = 7
        else:
            cell = (i, j)
            if (j, i) > cell:
                cell = (j, i)
            out[n] = cell[0] * 10 + cell[1]
            a = (n, 1)
            if a != cell:
                out[n] += 100
            if (i, j) <= a:
                out[n] += 1000


def walked(x, y):
    here = (0.0, 0.0)
    far = (-1,)
    total = 0.0
    # pragma sequential for
    for k in range(len(x)):
        there = (x[k], y[k])
        total += abs(there[0] - here[0]) + abs(there[1] - here[1])
        if total > 3:
            far = (k,)
        here = there
    return total, here, far


def inner(x, out):
    # pragma parallel for
    for i in range(len(x)):
        where = (0, 0.0)
        for k in range(3):
            v = x[i] * (k - 1)
            if (v, k) > (where[1], where[0]):
                where = (k, v)
        k, v = where
        out[i] = k + v


def cells(p, size, head):
    # pragma sequential for
    for n in range(len(p)):
        c = tuple(int(v / size) % 3 for v in (p[n, 0], p[n, 1]))
        a, b = (int(v) for v in p[n])
        head[c] = head[c] * 2 + n + a - b


def unseen(x, out):
    # pragma sequential for
    for i in range(len(x)):
        used = {int(v) for v in x if v > x[i]}
        c = 0
        while c in used:
            c += 1
        out[i] = c


def maybe(x, found):
    if found:
        last = (1, 2)
    # pragma sequential for
    for i in range(len(x)):
        last = (i, i + 1)
    return last


def of_other_lengths(x):
    p = (1, 2)
    # pragma sequential for
    for i in range(len(x)):
        p = (i, i, i)
    return p


def caught(x, k):
    at = (0, 0.0)
    try:
        # pragma sequential for
        for i in range(len(x)):
            at = (i, x[i + k])
    except IndexError:
        pass
    return at
"""

H = np.array([[0, 3, 1], [5, 2, 5]])
X = np.array([0.3, 2.0, -1.2, 3.3, 0.0, 1.0])
P = np.array([[0, 0], [1, 2], [-1, 5], [0, -3], [1, 1], [2, 0], [0, 1], [1, 0]])

CALLS: list[tuple[str, Callable[[], tuple[Any, ...]]]] = [
    ("best_cell", lambda: (H.astype(np.int32),)),
    ("best_cell", lambda: (H.astype(np.float64),)),
    ("best_cell", lambda: (-H,)),
    ("extent", lambda: (X.copy(),)),
    ("extent", lambda: (X.astype(np.float32),)),
    ("fibonacci", lambda: (10,)),
    ("inside", lambda: (P.copy(), np.zeros(8, dtype=np.int64))),
    ("walked", lambda: (X.copy(), X[::-1])),
    ("inner", lambda: (X.copy(), np.zeros(6))),
    ("cells", lambda: (np.abs(P) + 0.5, 0.75, np.zeros((3, 3)))),
    ("unseen", lambda: (X.copy(), np.zeros(6, dtype=np.int64))),
    ("maybe", lambda: (X.copy(), True)),
    ("of_other_lengths", lambda: (X.copy(),)),
    ("caught", lambda: (X.copy(), 0)),
]
PYTHON = {"maybe", "of_other_lengths"}


@pytest.fixture(scope="module")
def tuples(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("tuples"), SOURCE, [one for one in CALLS if one[0] not in PYTHON])


@pytest.mark.parametrize("at", range(len(CALLS)))
def test_as_cpython(tuples: Pair, at: int) -> None:
    name, make = CALLS[at]
    tuples.call(name, make, ran=None if name in PYTHON else "fast")


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_sizes(tuples: Pair, n: int) -> None:
    x = X[:n]
    tuples.call("best_cell", lambda: (H[:n].astype(np.int32),), ran="fast")
    tuples.call("extent", lambda: (x.copy(),), ran="fast")
    tuples.call("fibonacci", lambda: (n,), ran="fast")
    tuples.call("inside", lambda: (P[:n], np.zeros(n, dtype=np.int64)), ran="fast")
    tuples.call("walked", lambda: (x.copy(), x[::-1]), ran="fast")
    tuples.call("unseen", lambda: (x.copy(), np.zeros(n, dtype=np.int64)), ran="fast")


def test_where_python_is_asked(tuples: Pair) -> None:
    """Large ints, NaN in tuples that are compared, exceptions that someone sees, names without a value."""
    tuples.call("fibonacci", lambda: (100,), ran="python")
    tuples.call("inner", lambda: (np.array([np.nan, 1.0]), np.zeros(2)), ran="python")
    tuples.call("caught", lambda: (X.copy(), 2), ran="python")
    tuples.call("maybe", lambda: (X[:0], False), ran=None)


TRUTH = """
import math

def missing(x, y, k):
    n = 0
    # pragma sequential for
    for i in range(len(x)):
        n += (math.nan, 1) == (math.nan, k)
    return n

def before(x, y, k):
    n = 0
    # pragma sequential for
    for i in range(len(x)):
        n += (x[i], 1) < (y[i], k)
    return n


def equal(x, y, k):
    n = 0
    # pragma sequential for
    for i in range(len(x)):
        n += ((x[i], 1) == (y[i], k)) + 2 * ((x[i], k) != (y[i], 1))
    return n
"""


@pytest.mark.parametrize("kind", ["float64", "int64"])
def test_types_of_comparisons(tmp_path: Path, kind: str) -> None:
    """Whether tuples are equal is a bool of Python's, also of NumPy's numbers; their order is that of the first items that differ."""
    pair = Pair(tmp_path, TRUTH)
    x, y = np.arange(4).astype(kind), np.array([0, 2, 2, 1]).astype(kind)
    for name in ("before", "equal"):
        for k in (0, 1, 2):
            pair.call(name, partial(lambda k: (x.copy(), y.copy(), k), k))
    # One and the same NaN is equal to itself in a tuple.
    pair.call("missing", lambda: (x.copy(), y.copy(), 1), ran="python")


SEVERAL = """
def swapped(x):
    p = (0, 1)
    q = (2, 3)
    # pragma sequential for
    for i in range(len(x)):
        p, q = q, (p[0] + 1, p[1] - x[i])
    return p, q


def turned(x):
    p, q, r = (0, 1), (2, 3), (4, 5)
    # pragma sequential for
    for i in range(len(x)):
        p, q, r = (q[1], q[0]), r, p
        if x[i] > 0:
            p = (p[1], p[0])
        q = r = (r[0] + i, q[1])
    return p, q, r


def chained(x):
    lead = (0, 0)
    s = 0
    # pragma sequential for
    for i in range(len(x)):
        s, lead = lead[0] + lead[1], (s, i)
    return s, lead
"""


def test_tuples_that_change_places(tmp_path: Path) -> None:
    """All values are evaluated before the first of several names is assigned."""
    pair = Pair(tmp_path, SEVERAL)
    for name in ("swapped", "turned", "chained"):
        for n in (0, 1, 9):
            pair.call(name, partial(lambda n: (np.arange(n) - 3,), n))
