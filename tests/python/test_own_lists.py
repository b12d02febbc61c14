"""Lists that an iteration makes and makes longer, against CPython; and lists that grow in loops with a step."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from harness import Pair

SOURCE = """
import numpy as np


def costs(a, most, out):
    # pragma parallel for
    for i in range(len(a)):
        costs = []
        for d in range(most):
            costs.append(abs(a[i] - d * 0.5))
        out[i, 0] = min(costs)
        out[i, 1] = len(costs)
        out[i, 2] = np.argmin(costs)
        out[i, 3] = sum(costs) + costs[-1] + costs[0] + max(c for c in costs if c > 0)


def neighbours(x, r, out):
    n = len(x)
    # pragma parallel for
    for i in range(n):
        near = []
        for j in range(n):
            if i != j and abs(x[i] - x[j]) < r:
                near.append(j)
        total = 0.0
        for rank, j in enumerate(near):
            total += x[j] * rank
        if near:
            out[i] = total / len(near)
        if not near:
            out[i] = -1.0


def queens(n):
    full = (1 << n) - 1
    solutions = 0
    # pragma parallel for
    for first in range(n):
        stack = [(1 << first, 2 << first, (1 << first) >> 1)]
        while stack:
            cols, d1, d2 = stack.pop()
            if cols == full:
                solutions += 1
                continue
            free = full & ~(cols | d1 | d2)
            while free:
                bit = free & -free
                free -= bit
                stack.append((cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1))
    return solutions


def inversions(x, out):
    # pragma parallel for
    for i in range(len(x)):
        pairs = []
        for j in range(i):
            if x[j] > x[i]:
                pairs.append((j, i))
        total = 0
        for a, b in pairs:
            total += a * 10 + b
        out[i] = total + len(pairs)
        if len(pairs) > 1:
            p, q = pairs[1]
            out[i] += p - q + pairs[0][1] + pairs[-1][0]


def windows(x, k, out):
    # pragma parallel for
    for i in range(len(x)):
        w = [x[i]]
        for d in range(-k, k + 1):
            if d and 0 <= i + d < len(x):
                w.append(x[i + d])
                if d == 2:
                    w.clear()
                    w.append(x[i] + 1)
        first, w[0] = w[0], 9.0
        out[i] = np.median(np.array(w)) + first + np.mean(w) + (3 in w)
        w = []
        w.append(out[i])
        w.append(w[0] / 2)
        out[i] = w[-1]


def subscripted(x, k, out):
    # pragma parallel for
    for i in range(len(x)):
        w = []
        for d in range(i):
            w.append(x[d])
        out[i] = w[k]


def many(n, out):
    # pragma parallel for
    for i in range(len(out)):
        w = []
        c = n
        while c > 0:
            w.append(c)
            c -= 1
        out[i] = sum(w)


def popped(x, out):
    # pragma parallel for
    for i in range(len(x)):
        w = [x[i]]
        if x[i] > 1:
            w.append(2.0)
        a = w.pop()
        out[i] = a - w.pop()


def peaks(row, limit):
    found = []
    for k in range(1, len(row) - 1):
        if row[k - 1] < row[k] > row[k + 1] and row[k] > limit:
            found.append(row[k])
    return max(found) if found else -1.0


def helper(a, out):
    # pragma parallel for
    for i in range(len(a)):
        out[i] = peaks(a[i], 0.1)


def carried(x, out):
    # pragma sequential for
    for t in range(3):
        best = []
        for i in range(len(x)):
            while best and best[-1] < x[i]:
                best.pop()
            best.append(x[i])
        out[t] = len(best) + best[0]


def shown(x, out):
    # pragma parallel for
    for i in range(len(x)):
        w = []
        w.append(x[i])
        v = w
        w.append(2.0)
        out[i] = len(v)


def grows_while_iterated(x, out):
    # pragma parallel for
    for i in range(len(x)):
        w = [1.0]
        for v in w:
            if len(w) < 4:
                w.append(v + x[i])
        out[i] = len(w)


def never(x, out):
    # pragma simd
    for i in range(len(out)):
        seen = []
        for j in range(3):
            if 3 * 3 < 7:
                seen.append(float(x[j]))
        out[i] = (1.5 in seen) + len(seen)


def sought(x, values, first, step, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = x[i] in values
        out[i, 1] = x[i] not in range(first, 9, step)
        out[i, 2] = i in range(9, first, -step)
        out[i, 3] = x[i] in {0, 3, -40} and i in (1, 2, 5)
        out[i, 4] = 2.5 in [v for v in x[:i]]


def among(x, y, k):
    n = 0
    # pragma sequential for
    for i in range(len(x)):
        v = x[i]
        n += v in (0.25, y[i + k])
        n += 4 * (v in range(3))
    return n


def itself(x, y, k):
    n = 0
    # pragma sequential for
    for i in range(len(x)):
        v = x[i]
        n += v in (v, 7.0)
    return n


def looked_up(x, y, k):
    n = 0
    # pragma sequential for
    for i in range(len(x)):
        n += 8 * (x[i] not in y)
    return n


def stepped(x, first, step):
    out = []
    # pragma parallel for
    for k in range(first, len(x), step):
        if x[k] > 0:
            out.append(x[k] / 2)
    return out


def backwards(x):
    out = []
    # pragma parallel for
    for k in range(len(x) - 1, 0, -2):
        out.append((k, float(x[k])))
    return out
"""

A = np.random.default_rng(7).normal(size=(9, 6))
X = np.array([0.25, -1.5, 3.0, 2.75, -0.0, 2.5, 1e-3, -40.0, 0.75])


def arguments(name: str, kind: type = np.float64) -> tuple[Any, ...]:
    x: np.ndarray = X.astype(kind)
    return {
        "costs": lambda: (x, 5, np.zeros((9, 4))),
        "neighbours": lambda: (x, 1.0, np.zeros(9)),
        "queens": lambda: (6,),
        "inversions": lambda: (x, np.zeros(9, dtype=np.int64)),
        "windows": lambda: (x, 2, np.zeros(9)),
        "subscripted": lambda: (x, 0, np.zeros(9)),
        "many": lambda: (100, np.zeros(3)),
        "popped": lambda: (np.abs(x) + 1.5, np.zeros(9)),
        "helper": lambda: (A.astype(kind), np.zeros(9)),
        "carried": lambda: (x, np.zeros(3)),
        "sought": lambda: (x, x[3:5].copy(), -2, 3, np.zeros((9, 5), dtype=bool)),
        "among": lambda: (x, X.copy(), 0),
        "itself": lambda: (x, X.copy(), 0),
        "looked_up": lambda: (x, X[2:].copy(), 0),
        "stepped": lambda: (x, 1, 3),
        "backwards": lambda: (x,),
        "never": lambda: (x, np.zeros(9)),
    }[name]()


NAMES = ["costs", "neighbours", "queens", "inversions", "windows", "subscripted", "many", "popped", "helper"]
NAMES += ["carried", "stepped", "backwards", "sought", "among", "itself", "looked_up", "never"]
FIRST: list[tuple[str, Callable[[], tuple[Any, ...]]]] = [(name, partial(arguments, name)) for name in NAMES]
FIRST += [(name, partial(arguments, name, np.float32)) for name in ["costs", "carried", "stepped"]]


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("own_lists"), SOURCE, FIRST)


@pytest.mark.parametrize("at", range(len(FIRST)))
def test_as_cpython(lists: Pair, at: int) -> None:
    name, make = FIRST[at]
    close = 1e-6 if at >= len(NAMES) else 0.0
    lists.call(name, make, ran="python" if name == "subscripted" else "fast", tolerance=close)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_sizes(lists: Pair, n: int) -> None:
    x = X[:n]
    lists.call("neighbours", lambda: (x.copy(), 1.0, np.zeros(n)))
    lists.call("inversions", lambda: (x.copy(), np.zeros(n, dtype=np.int64)))
    lists.call("windows", lambda: (x.copy(), n, np.zeros(n)))
    lists.call("helper", lambda: (A[:n, :n], np.zeros(n)))
    lists.call("queens", lambda: (n,))
    lists.call("many", lambda: (n, np.zeros(n)), ran="fast" if n else None)
    lists.call("backwards", lambda: (x.copy(),), ran="fast")
    for step in (2, 3, 9):
        lists.call("stepped", partial(lambda step: (x.copy(), n // 2, step), step), ran=None if n // 2 >= n else "fast")


def test_exceptions(lists: Pair) -> None:
    """Items that are not there, an empty list, a step of 0: Python's exceptions, and what was stored before them."""
    for k in (0, 3, -1, -9, 99):
        lists.call("subscripted", partial(lambda k: (X.copy(), k, np.zeros(9)), k), ran="python")
    lists.call("popped", lambda: (X.copy(), np.zeros(9)), ran=None)
    lists.call("costs", lambda: (X.copy(), 0, np.zeros((9, 4))), ran="python")
    lists.call("stepped", lambda: (X.copy(), 1, 0), ran=None)
    lists.call("stepped", lambda: (X.copy(), 1, -2), ran=None)


def test_sought(lists: Pair) -> None:
    for step in (1, 2, -1, 0):
        lists.call(
            "sought",
            partial(lambda step: (X.copy(), X[:0].copy(), 1, step, np.zeros((9, 5), dtype=bool)), step),
            ran=None,
        )
    x = np.array([np.nan, 1.0])
    lists.call("sought", lambda: (x.copy(), x.copy(), 0, 1, np.zeros((2, 5), dtype=bool)), ran="python")


def test_more_items_than_room(lists: Pair) -> None:
    lists.call("many", lambda: (5000, np.zeros(2)), ran="python")


@pytest.mark.parametrize("name", ["shown", "grows_while_iterated"])
def test_other_names_for_the_list_are_python_s(lists: Pair, name: str) -> None:
    """Nothing is compiled for them."""
    before = lists.launches()
    lists.call(name, lambda: (X.copy(), np.zeros(9)), ran=None)
    assert lists.launches() == before


def test_all_items_are_evaluated(lists: Pair) -> None:
    """Also where one of the first is equal; and NaN is equal to itself where it is the very object."""
    lists.call("among", lambda: (np.full(9, 0.25), X.copy(), 1), ran=None)
    for name in ("itself", "looked_up"):
        lists.call(name, lambda: (np.full(3, np.nan), X.copy(), 0), ran="python")
