"""`itertools.combinations` of a range: loops each of which starts behind the place of the one around it."""

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import itertools
from itertools import combinations

def potential(x):
    e = 0.0
    # pragma parallel for
    for i, j in itertools.combinations(range(len(x)), 2):
        e += 1.0 / abs(x[i] - x[j])
    return e

def triples(x, first):
    n = 0
    i, j, k = -1, -2, -3
    # pragma sequential for
    for i, j, k in combinations(range(first, len(x)), 3):
        if x[i] + x[j] + x[k] == 0:
            n += 1
            if n > 5:
                break
    else:
        n = -n
    return n, i, j, k

def single(x, out):
    # pragma parallel for
    for (i,) in combinations(range(len(x)), 1):
        out[i] = x[i]

def pairs(x):
    out = []
    # pragma parallel for
    for p in combinations(range(len(x)), 2):
        out.append((p[0], p[1], x[p[0]] * x[p[1]]))
    return out

def inside(x, out):
    # pragma parallel for
    for q in range(len(out)):
        out[q] = sum(x[i] * x[j] for i, j in combinations(range(q), 2))
        for i, j in combinations(range(1, q), r=2):
            if x[i] > x[j]:
                continue
            out[q] += x[i]

def gathered(x):
    # pragma parallel
    rising = [(i, j) for i, j in combinations(range(len(x)), 2) if x[i] < x[j]]
    return rising

def table(x, m):
    # pragma parallel for
    for i, j in combinations(range(len(x)), 2):
        m[i, j] = m[j, i] = x[i] + x[j]

def of_items(x):
    t = 0.0
    # pragma parallel for
    for a, b in combinations(x, 2):
        t += a * b
    return t
"""


@pytest.fixture(scope="module")
def combined(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("combined"), SOURCE)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 9, 40])
def test_combinations(combined: Pair, size: int) -> None:
    """In lexical order; after the loop the targets are those of the last combination, if there was one."""
    x, places = np.arange(size) * 1.25 - 3, np.arange(size) - 3
    before = combined.launches()["python"]
    combined.call("potential", given(x), ran=None, tolerance=1e-12)
    for first in (0, 1, 5):
        combined.call("triples", given(places, first), ran=None)
    combined.call("single", given(x, np.zeros(size)), ran=None)
    combined.call("pairs", given(x), ran=None)
    combined.call("inside", given(x, np.zeros(size)), ran=None, tolerance=1e-12)
    combined.call("gathered", given(x), ran=None)
    combined.call("table", given(x, np.zeros((size, size))), ran=None)
    assert combined.launches()["python"] == before, ferrokeet.stats()


def test_items(combined: Pair) -> None:
    """What is no range is copied before it starts, in Python."""
    combined.call("of_items", given(np.arange(4.0)), ran=None)
    own = [one for one in ferrokeet.stats()["kernels"] if one["filename"] == str(combined.path)]
    assert not any(one["name"].startswith("of_items") and one["fast"] + one["careful"] for one in own)
