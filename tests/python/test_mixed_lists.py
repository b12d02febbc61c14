"""Lists of Python's ints, floats and complex numbers together, and of tuples of them."""

from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import numpy as np

def relax(edges, dist, rounds):
    # pragma sequential for
    for _ in range(rounds):
        for u, v, w in edges:
            if dist[u] + w < dist[v]:
                dist[v] = dist[u] + w
    return dist

def spread(edges, out):
    # pragma parallel for
    for k in range(len(edges)):
        i, weight = edges[k]
        out[k] = weight * i - i // 2

def weighted(x, w, out):
    # pragma parallel for
    for i in range(len(x)):
        for k in range(len(w)):
            out[i] += w[k] * x[i] + x[i] / (w[k] + 4.5)

def ops(items):
    out = []
    # pragma sequential for
    for kind, value in items:
        if kind == 0:
            out.append(value * 2)
        elif kind < 3:
            out.append(kind + 1)
        out.append(kind // 2)
        out.append(value)
    return out

def rows(items):
    s = 0
    t = 0.0
    # pragma sequential for
    for i in range(len(items)):
        row = items[i]
        s += row[0]
        t += row[1] + items[i][-1] + items[i][0]
    return s, t

def anywhere(items, j):
    t = 0.0
    # pragma sequential for
    for i in range(len(items)):
        t += items[i][j]
    return t

def nearest(xs, roots):
    basin = np.full(len(xs), -1)
    # pragma parallel for
    for i, x in enumerate(xs):
        z = x + 1j * x
        for k, root in enumerate(roots):
            if abs(z - root) < 1.5:
                basin[i] = k
    return basin

def last(items):
    v = 0.0
    # pragma sequential for
    for i in range(len(items)):
        v = items[i]
    return v

def handed(items):
    out = []
    # pragma sequential for
    for i in range(len(items)):
        out.append(items[i])
    return out

def doubled(items):
    # pragma sequential for
    for i in range(len(items)):
        items[i] = items[i] * 2
    return items

def places(a, items):
    t = 0.0
    # pragma sequential for
    for k in items:
        t += a[k]
    return t
"""

EDGES = [(0, 1, 0.5), (1, 2, 0.25), (2, 0, 1.5), (0, 2, 9.0)]
X = np.array([0.5, -1.5, 2.25])


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("mixed"), SOURCE)


def natively(pair: Pair, function: str, *arguments: Any) -> None:
    """Calls both; no kernel runs as Python."""
    before = pair.launches()["python"]
    pair.call(function, lambda: tuple(list(one) if isinstance(one, list) else one for one in arguments), ran=None)
    assert pair.launches()["python"] == before, ferrokeet.stats()


def test_columns(mixed: Pair) -> None:
    """Tuples whose items are of one type each, at each place."""
    dist = [0.0, np.inf, np.inf]
    for edges in (EDGES, [*EDGES, (0, -1, 0.125)], [*EDGES, (0, 7, 1.0)], EDGES[:1]):
        mixed.call("relax", given(edges, np.array(dist), 3), ran=None)
        natively(mixed, "relax", edges, dist, 3)
    natively(mixed, "relax", [list(edge) for edge in EDGES], dist, 3)
    pairs = [(0, 1.5), (1, 2.5), (2, -0.0), (5, 7.25)]
    natively(mixed, "ops", pairs)
    natively(mixed, "rows", pairs)
    natively(mixed, "rows", [(1, 2.0, 3), (4, 5.0, 6)])
    natively(mixed, "spread", pairs * 20, np.zeros(80))
    for j in (0, 1, -1, 2, -3):
        natively(mixed, "anywhere", pairs, j)


def test_numbers(mixed: Pair) -> None:
    """Numbers of several types, where they all mean the same."""
    for w in ([1, 0.5, 2], [0.5, 1], [1, -0.0, 3], [2**53, 0.5], [-0.0, 0]):
        natively(mixed, "weighted", X, w, np.zeros(3))
        natively(mixed, "weighted", X.tolist(), w, np.zeros(3))
    for roots in ([1, -0.5 + 0.86j, -0.5 - 0.86j], [1j, 2, 0.5], [0.5, 1]):
        natively(mixed, "nearest", X, roots)


def test_left_to_python(mixed: Pair) -> None:
    """Items whose types would show, and numbers that floats do not hold."""
    for w in ([2**53 + 1, 0.5], [2**70, 0.5], [True, 0.5], [1, None]):
        mixed.call("weighted", given(X, w, np.zeros(3)), ran="python")
    mixed.call("spread", lambda: ([(0, 1.5), (1.0, 2.5)], np.zeros(2)), ran="python")
    mixed.call("ops", lambda: ([(2**53 + 1, 1.5)],), ran="python")
    for name in ("last", "handed", "doubled"):
        mixed.call(name, given([1, 0.5, 2]), ran="python")
        mixed.call(name, given([1.0, 0.5, 2.0]))
    mixed.call("places", lambda: (np.arange(5.0), [1, 0.5, 2]), ran="python")
