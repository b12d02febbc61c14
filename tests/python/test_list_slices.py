"""Slices of lists and tuples from before the loop, and what lists may be subscripted by; `zip` with `strict=`."""

from collections.abc import Callable
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import numpy as np

def area(xs, ys):
    total = 0.0
    # pragma parallel for
    for (x1, y1), (x2, y2) in zip(zip(xs, ys), zip(xs[1:], ys[1:])):
        total += x1 * y2 - x2 * y1
    return total

def halves(a, n):
    t = 0.0
    # pragma sequential for
    for i in range(n):
        part = a[i:n - i]
        t = t * 0.5 + len(part)
        t += sum(part)
        for v in a[: n // 2]:
            t -= v
        for v in a[::-1]:
            t = t * 0.75 + v
    return t

def rows(a, n):
    t = 0.0
    # pragma sequential for
    for i in range(n):
        for row in a[i:]:
            for v in row[:2]:
                t += v
        for row in a[:-1]:
            for v in row[::-1]:
                t = t * 1.5 - v
        t += a[1:][0][-1]
    return t

def weighted(points, weights):
    t = 0.0
    # pragma parallel for
    for (x, y), w in zip(points, weights):
        t += (x + y) * w
    return t

def strict(a, b, out):
    # pragma parallel for
    for i, (x, y) in enumerate(zip(a, b[1:], strict=True)):
        out[i] += x * y

def lax(a, b, out):
    # pragma parallel for
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        out[i] += x * y

def stored(a, n):
    t = 0.0
    # pragma sequential for
    for i in range(n):
        part = a[1:]
        part[0] = 5.0
        t += a[1]
    return t

def behind(a, n):
    t = 0.0
    # pragma sequential for
    for i in range(n):
        part = a[1:]
        a[1] += 1.0
        t += part[0]
    return t

def new_axis(a, n):
    t = 0.0
    # pragma parallel for
    for i in range(n):
        row = a[None]
        t += row[0][i]
    return t

def dots(a, n):
    t = 0.0
    # pragma parallel for
    for i in range(n):
        row = a[...]
        t += row[i]
    return t

def chosen(a, places):
    t = 0.0
    # pragma parallel for
    for i in range(len(places)):
        row = a[places]
        t += row[i]
    return t

def chosen_of_own(places, out):
    # pragma parallel for
    for i in range(len(out)):
        w = [1.0, 2.0, 3.0]
        w[1] = float(i)
        row = w[places]
        out[i] = row[0]
"""


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("slices"), SOURCE)


@pytest.mark.parametrize("made", [list, tuple])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 7])
def test_slices(slices: Pair, made: Callable[[Any], Any], size: int) -> None:
    """A slice that nothing is assigned to is as good as a copy."""
    x = made(np.arange(1.5, 1.5 + size).tolist())
    before = slices.launches()["python"]
    slices.call("area", lambda: (x, x[::-1]), ran=None)
    for n in (0, 1, 2, size, size + 2):
        slices.call("halves", given(x, n), ran=None)
    table = made([made([i + 0.5, i * 2.0, 7.0 - i]) for i in range(size)])
    for n in (0, 1, size - 1) if size > 1 else ():
        slices.call("rows", given(table, n), ran=None)
    assert slices.launches()["python"] == before, ferrokeet.stats()


def test_nested_targets(slices: Pair) -> None:
    """Rows of arrays and of lists are unpacked beside numbers."""
    points, weights = np.arange(8.0).reshape(4, 2), np.arange(4.0)
    slices.call("weighted", lambda: (points, weights))
    slices.call("weighted", lambda: (list(map(tuple, points.tolist())), weights))
    slices.call("weighted", lambda: (points.astype(np.float32), weights.tolist()))
    slices.call("weighted", lambda: (np.zeros((3, 3)), weights), ran="careful")


def test_strict(slices: Pair) -> None:
    """Lengths that differ are Python's to raise for, after the items that there are."""
    x = np.arange(5.0)
    for a, b in ((x[1:], x), (x[1:].tolist(), x.tolist()), (x[:0], x[:1])):
        slices.call("strict", given(a, b, np.zeros(5)))
        slices.call("lax", given(a, b, np.zeros(5)))
    for a, b in ((x, x), (x[2:], x), (x.tolist(), x.tolist())):
        slices.call("strict", given(a, b, np.zeros(5)), ran="python")


def test_left_to_python(slices: Pair) -> None:
    """A slice is a copy in Python, and no other subscript is one of a list."""
    a = [1.0, 2.0, 3.0]
    slices.call("stored", lambda: (list(a), 3), ran="python")
    slices.call("behind", lambda: (list(a), 3), ran="python")
    for name in ("new_axis", "dots"):
        slices.call(name, lambda: (a, 3), ran="python")
        slices.call(name, lambda: (np.array(a), 3))
    for places in (np.array([0, 1]), np.array([True, False, True]), [0, 1]):
        slices.call("chosen", given(a, places), ran="python")
        slices.call("chosen_of_own", given(places, np.zeros(3)), ran="python")
    slices.call("chosen", lambda: (np.array(a), np.array([0, 1])))
