"""Lists from before the loop whose items the loop assigns: they are given the new items after the kernel."""

import copy
from array import array
from typing import Any

import numpy as np
import pytest
from harness import Arguments, Pair

SOURCE = """
import numpy as np

class Subclass(list):
    pass

def prefix(best, w):
    # pragma sequential for
    for i in range(1, len(best)):
        best[i] = best[i - 1] + w * best[i]
    return sum(best)

def counts(c, keys):
    # pragma parallel for
    for k in keys:
        c[k] += 1

def table(t, n, m):
    # pragma sequential for
    for i in range(n):
        for j in range(m):
            t[i + 1][j + 1] = max(t[i][j + 1], t[i + 1][j]) + (i == j)

def rows(t, n):
    # pragma parallel for
    for i in range(n):
        row = t[i]
        for j in range(len(row)):
            row[j] = row[j] * 2 + i

def knapsack(best, items):
    # pragma sequential for
    for v, w in items:
        for c in range(len(best) - 1, w - 1, -1):
            best[c] = max(best[c], best[c - w] + v)

def twice(a, b):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = b[i - 1] + a[i]

def part(t, row):
    # pragma sequential for
    for i in range(len(row)):
        row[i] = t[0][i] + t[1][i] + 1

def sieve(flags):
    # pragma sequential for
    for i in range(2, len(flags)):
        if flags[i]:
            for j in range(i * i, len(flags), i):
                flags[j] = False

def shifted(a, k):
    # pragma sequential for
    for i in range(len(a)):
        a[i + k] = 100 // (a[i] - 3)

def swapped(a):
    # pragma sequential for
    for i in range(len(a) // 2):
        a[i], a[-1 - i] = a[-1 - i], a[i]

def powers(a, n):
    # pragma sequential for
    for i in range(len(a)):
        a[i] = a[i] ** n

def squares(z):
    # pragma parallel for
    for i in range(len(z)):
        z[i] = z[i] * z[i] + 1j

def replaced(t):
    # pragma sequential for
    for i in range(len(t)):
        t[i] = 3

def sliced(a, b):
    # pragma sequential for
    for i in range(1):
        a[1:3] = b

def paired(t, out):
    # pragma sequential for
    for i in range(len(out)):
        out[i] = t[i, 0]

def increased(a):
    # pragma sequential for
    for i in range(1):
        a += 1

def shaped(a):
    # pragma sequential for
    for i in range(a.shape[0]):
        a[i] = a[i] + 1

def sized(a):
    # pragma sequential for
    for i in range(len(a)):
        row = a[i]
        row[0] = row.size + row.shape[0] + row.ndim

def made(n, k):
    s = 0
    # pragma sequential for
    for i in range(n):
        w = [0] * n
        w[i + k] = 5
        s += w[i - 2 * k]
    return s

def chosen(a, mask):
    # pragma sequential for
    for i in range(1):
        a[mask] = 5
"""
REPLACING = """
def scaled(out, x):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] * 2

def above(out, x, limit):
    # pragma parallel for
    for i, v in enumerate(x):
        if v > limit:
            out[-1 - i] = v

def products(t, x):
    # pragma parallel for
    for i in range(len(x)):
        for j in range(len(x)):
            t[i][j] = x[i] * x[j]

def inverses(out, at, x):
    # pragma parallel for
    for i in range(len(at)):
        out[at[i]] = 1 / x[i]

def both(a, b, x):
    # pragma parallel for
    for i in range(len(x)):
        b[i] = x[i]
        a[i] = i > 1

def either(out, x):
    # pragma sequential for
    for i in range(len(x)):
        out[i] = x[i] if x[i] > 0 else 0.0

def before(a, b):
    # pragma sequential for
    for i in range(1, len(a)):
        a[i] = b[i - 1] + 1

def measured(out, names):
    # pragma parallel for
    for i in range(len(names)):
        out[i] = i * i
"""
FIRST = [
    ("prefix", lambda: ([1, 2, 3], 2)),
    ("prefix", lambda: ([1.0, 2.0, 3.0], 2)),
    ("counts", lambda: ([0] * 4, [1, 2])),
    ("table", lambda: ([[0] * 3 for _ in range(3)], 2, 2)),
    ("rows", lambda: ([[1, 2], [3, 4]], 2)),
    ("rows", lambda: ([[1.5, 2.0], [3.0, 4.0]], 2)),
    ("knapsack", lambda: ([0] * 9, [(3, 2), (4, 3)])),
    ("twice", lambda: ([1, 2, 3], [4, 5, 6])),
    ("part", lambda: ([[1, 2], [3, 4]], [5, 6])),
    ("sieve", lambda: ([True] * 9,)),
    ("shifted", lambda: ([1, 2], 0)),
    ("swapped", lambda: ([1.5, 2.5],)),
    ("swapped", lambda: ([1, 2],)),
    ("swapped", lambda: ([True, False],)),
    ("powers", lambda: ([1, 2], 3)),
    ("squares", lambda: ([1j],)),
]


def given(*arguments: Any) -> Arguments:
    """Makes copies; what is one object stays one."""
    return lambda: copy.deepcopy(arguments)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("changed"), SOURCE, FIRST)


def test_changing(pair: Pair) -> None:
    """Items keep the type that they have, and what the loop does not assign stays."""
    for size in (0, 1, 7):
        ran = "python" if size == 0 else "fast"
        pair.call("prefix", given(list(range(size)), 3))
        pair.call("prefix", given([0.5, -0.0, float("nan")] * size, 2), ran=ran if size else None)
        pair.call("swapped", given([1.5 * i for i in range(size)]), ran=None)
        pair.call("swapped", given([i % 3 == 0 for i in range(size)]), ran=None)
        pair.call("squares", given([complex(i, -i) for i in range(size)]), ran=None)
    pair.call("swapped", lambda: (list(range(9)),))
    pair.call("swapped", lambda: ([True, False, False],))
    pair.call("squares", lambda: ([1j, 2 + 0.5j, complex("nan")],))
    pair.call("counts", lambda: ([0] * 4, [3, 1, 0]))
    pair.call("counts", lambda: ([0] * 4, [1, 2, 1, 3, -1]), ran=None)
    pair.call("sieve", lambda: ([True] * 100,))
    pair.call("knapsack", lambda: ([0] * 21, [(3, 2), (4, 3), (5, 4), (6, 5)]))
    pair.call("table", lambda: ([[0] * 6 for _ in range(5)], 4, 5))
    pair.call("table", lambda: (([0] * 6, [1] * 6), 1, 5))
    pair.call("rows", lambda: ([[1, 2, 3], [4, 5, 6]], 2))
    pair.call("rows", lambda: ([[1.5], [-0.0]], 2))
    assert pair.launches()["python"] <= 3


@pytest.fixture(scope="module")
def replacing(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    kinds: list[Any] = [np.array([0.5, 1.5, 2.5]), np.array([1, 2, 3], np.int16), [1, 2, 3], [True, False, True]]
    first: list[tuple[str, Any]] = [("scaled", lambda x=x: ([0] * 3, x)) for x in kinds]
    first += [("products", lambda x=x: ([[0] * 3 for _ in range(3)], x)) for x in kinds[1:3]]
    first += [("above", lambda: ([0] * 3, kinds[0], 1)), ("inverses", lambda: ([0] * 3, [0], [1]))]
    first += [("both", lambda: ([0], [0], [1])), ("before", lambda: ([0], [1])), ("measured", lambda: ([0], ["a"]))]
    return Pair(tmp_path_factory.mktemp("replacing"), REPLACING, first)


def test_replacing(replacing: Pair) -> None:
    """Items that nobody reads may be anything, and become what is assigned: Python's numbers or NumPy's."""
    kinds: list[Any] = [np.array([0.5, 1.5, 2.5]), np.array([1, 2, 3], np.int16), [1, 2, 3], [True, False, True]]
    lists: list[Any] = [[0] * 3, [None] * 4, ["a", [], 2**70], [0.0] * 3]
    for x in kinds:
        for out in lists:
            replacing.call("scaled", given(list(out), x))
        replacing.call("scaled", given([0] * 2, x), ran="careful")
        replacing.call("scaled", given((0, 0, 0), x), ran="python")
        replacing.call("scaled", given([[0], [1], [2]], x), ran="python")
    for x in kinds[1:3]:
        replacing.call("products", given([[None] * 3 for _ in range(3)], x))
        replacing.call("products", given([[0] * 3] * 3, x), ran="python")
        replacing.call("products", given([[0] * 3, [0] * 4, [0] * 3], x), ran="python")
    for size in (0, 1, 3, 5):
        x = np.array([2.5, 0.5, 1.5, -1.0, 9.0])[:size]
        replacing.call("above", given([7, None, "z", 1.5], x, 1), ran=None)
    for at, x in (([0, 2, 1], [1, 2, 4]), ([0, 2, 0], [1, 2, 4])):
        replacing.call("inverses", given([None] * 3, at, x), ran=None)
    for at, x in (([0, 2, 3], [1, 2, 4]), ([0, 2, 1], [1, 0, 4]), ([0, -4, 1], [1, 2, 4])):
        replacing.call("inverses", given([None] * 3, at, x), ran="careful")
    replacing.call("measured", lambda: ([None] * 3, ["a", b"b", None]))


def test_replacing_aliases(replacing: Pair) -> None:
    """One list as two inputs, or read as another one."""

    def same() -> tuple[Any, ...]:
        a = [1, 2, 3]
        return a, a

    replacing.call("both", lambda: ([None] * 3, [None] * 3, [1, 2, 3]))
    replacing.call("both", lambda: (*same(), [1, 2, 3]), ran="python")
    replacing.call("before", same, ran="python")
    replacing.call("before", lambda: ([None] * 3, [1, 2, 3]))
    replacing.call("measured", lambda: (lambda a: (a, a))([None] * 3))
    replacing.call("either", lambda: ([0] * 3, np.array([1.5, -1.0, 0.0])))


def test_unchanged_items_are_the_same_objects(pair: Pair) -> None:
    """So are the lists."""
    items = [float(10**i) for i in range(5)]
    kept, table = list(items), [[1, 2], [3, 4]]
    inner = table[0]
    pair.native.swapped(items)
    assert items[2] is kept[2]
    pair.native.rows(table, 1)
    assert table[0] is inner
    assert table == [[2, 4], [3, 4]]


def test_aliases(pair: Pair) -> None:
    """The same list twice is one list; a list that is also part of another one is Python's to change."""

    def same() -> tuple[Any, ...]:
        a = [1, 2, 3, 4]
        return a, a

    def inside() -> tuple[Any, ...]:
        row = [1, 2, 3]
        return [row, [4, 5, 6]], row

    pair.call("twice", lambda: ([1, 2, 3, 4], [5, 6, 7, 8]))
    pair.call("twice", same, ran=None)
    assert pair.native.twice(*same()) is None
    pair.call("part", lambda: ([[1, 2, 3], [4, 5, 6]], [0] * 3))
    pair.call("part", inside, ran="python")
    pair.call("table", lambda: ([[0] * 4] * 3, 2, 3), ran="python")
    pair.call("rows", lambda: ([[0] * 4] * 3, 3), ran="python")
    pair.call("rows", lambda: ((lambda row: [row, [1] * 4, row])([2] * 4), 3), ran="python")


def test_failing(pair: Pair) -> None:
    """What raises leaves the items that CPython leaves; ints that leave 64 bits are Python's."""
    for items, k in (([1, 2, 4, 3, 5], 0), ([1, 2, 4, 7, 5], 1), ([1, 2, 3], 5), ([5, 6, 3], -7)):
        pair.call("shifted", given(list(items), k), ran="careful")
    pair.call("counts", lambda: ([0] * 3, [1, 2, 5, 0]), ran="careful")
    pair.call("counts", lambda: ([0] * 3, [1, 2, -4, 0]), ran="careful")
    pair.call("twice", lambda: ([1, 2, 3], [1]), ran="careful")
    pair.call("table", lambda: ([[0] * 4 for _ in range(3)], 3, 3), ran="careful")
    pair.call("table", lambda: ([[0] * 4 for _ in range(3)], 2, 4), ran="careful")
    pair.call("powers", lambda: ([1, 2, 3], 5))
    pair.call("powers", lambda: ([1, 2, 3000], 9), ran="python")
    pair.call("made", lambda: (3, 0))
    pair.call("made", lambda: (3, 1), ran="careful")
    pair.call("made", lambda: (3, -2), ran="careful")
    pair.call("prefix", lambda: ([2**62, 2**62, 5], 2), ran="python")


def test_not_changing(pair: Pair) -> None:
    """Items of other types, tuples, subclasses, rows that are replaced or differ: as Python, with Python's exceptions."""
    others: list[Any] = [[1, 2.5], [2**70, 1], [None, 1], (1, 2), [True, False], [np.float64(1), np.float64(2)]]
    for items in others:
        pair.call("prefix", given(type(items)(items), 2), ran="python")
    pair.call("prefix", lambda: ([1, 2], 0.5), ran="python")
    pair.call("prefix", lambda: (pair.plain["Subclass"]([1, 2]), 2), ran="python")
    pair.call("table", lambda: ([[0] * 3, [0] * 2, [0] * 3], 2, 2), ran="python")
    pair.call("table", lambda: ([(0,) * 3, (0,) * 3], 1, 2), ran="python")
    pair.call("replaced", lambda: ([[1], [2]],), ran="python")
    pair.call("sliced", lambda: ([1, 2, 3, 4], [7, 8, 9]), ran="python")
    pair.call("sliced", lambda: (memoryview(bytearray(4)), 1), ran="python")
    pair.call("paired", lambda: ([[1, 2], [3, 4]], np.zeros(2)), ran="python")
    pair.call("increased", lambda: ([1, 2],), ran="python")
    pair.call("increased", lambda: (array("d", [1, 2]),), ran="python")
    pair.call("shaped", lambda: ([1, 2],), ran="python")
    pair.call("sized", lambda: ([[1, 2]],), ran="python")
    pair.call("chosen", lambda: ([1, 2], np.array([True, False])), ran="python")
