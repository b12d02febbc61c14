"""Lists and tuples from before the loop: read as inputs, and made longer by `append`."""

from array import array
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Pair

GROWING = """
import numpy as np

def every(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        out.append(x[i] * 2)
    return out

def chosen(x, limit):
    out, places = [0.5], []
    # pragma parallel for
    for i, v in enumerate(x):
        if v > limit:
            places.append(i)
            out.append(float(v))
        elif v < -limit:
            out.append(-1.0)
            out.append(float(i))
    return out, places

def pairs(x, limit):
    found: list[tuple[int, int]] = []
    # pragma parallel for
    for i in range(len(x) - 1):
        for j in range(i + 1, len(x)):
            if abs(x[i] - x[j]) < limit:
                found.append((i, j))
    return found

def below(x):
    rows = []
    # pragma sequential for
    for i in range(len(x)):
        for j in range(i):
            rows.append([j, x[i] + x[j], i > 2])
            if j == 3:
                break
    return rows

def table(x, n):
    out = []
    # pragma sequential for
    for i in range(n):
        for j in range(n):
            out.append(1 // x[i])
    return out

def until(x, limit):
    out = []
    total = 0.0
    # pragma sequential for
    for i in range(1, len(x)):
        if x[i] > limit:
            break
        total += x[i]
        out.append(total)
    return out, total

def twice(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        out.append(i)
    # pragma parallel for
    for i in range(len(x)):
        out.append(i * 10)
    return out

def quotients(a, b):
    out = []
    # pragma parallel for
    for i in range(len(a)):
        out.append(a[i] // b[i])
    return out

def powers(n):
    out = []
    # pragma parallel for
    for i in range(n):
        out.append(3 ** i)
    return out

def handed(x):
    kept = []
    keep = {"kept": kept}
    try:
        # pragma parallel for
        for i in range(len(x)):
            kept.append(1 // x[i])
    except ZeroDivisionError:
        pass
    return keep["kept"]

def shared(x):
    all = []
    out = []
    for t in range(2):
        # pragma parallel for
        for i in range(len(x)):
            out.append(x[i] * t)
        all.append(out)
    return all

def given(out, x):
    # pragma parallel for
    for i in range(len(x)):
        out.append(x[i])

def measured(x):
    out = []
    # pragma sequential for
    for i in range(len(x)):
        out.append(len(out) + x[i])
    return out

def either(x):
    out = []
    t = 0
    # pragma sequential for
    for i in range(len(x)):
        if x[i] > 0:
            t = x[i]
        out.append(t)
    return out

def unknown(x):
    out = []
    # pragma sequential for
    for i in range(len(x)):
        n = i
        while n > 1:
            n //= 2
            out.append(n)
    return out
"""
READING = """
import numpy as np

def weighted(x, weights):
    out = np.zeros(len(x))
    # pragma parallel for
    for i in range(len(x)):
        for k, w in enumerate(weights):
            out[i] += w * x[(i + k) % len(x)]
    return out

def total(items):
    t = 0
    # pragma sequential for
    for v in items:
        t = t * 2 + v
    return t, t / 3

def moved(start, moves):
    ends = np.zeros((len(start), 2))
    # pragma parallel for
    for i in range(len(start)):
        dx, dy = moves[start[i]]
        ends[i] = dx, dy
    return ends

def spread(out, offsets):
    # pragma parallel for
    for i in range(len(out)):
        for dy, dx in offsets:
            out[i] += dy * dx
    return out

def repeated(b, a):
    # pragma parallel
    b[:] = a * 2
    return b

def added(b, a):
    # pragma parallel
    c = b + a
    return c

def rooted(b, a):
    # pragma parallel
    b[:] = np.sqrt(a)
    return b
"""
X = np.array([0.5, -2.0, 3.0, 1.25, -0.75, 2.0, -3.5])


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("growing"), GROWING)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("reading"), READING)


@pytest.mark.parametrize("size", [0, 1, 2, 7])
def test_growing(growing: Pair, size: int) -> None:
    """Items have the type that Python gives them, in the order of the iterations."""
    x = X[:size]
    growing.call("every", lambda: (x,))
    growing.call("every", lambda: (x.astype(np.float32),))
    growing.call("chosen", lambda: (x, 1.0))
    growing.call("pairs", lambda: (x, 1.5))
    growing.call("below", lambda: (x.astype(int),))
    growing.call("until", lambda: (x, 2.5), ran=None)
    growing.call("twice", lambda: (x,))
    growing.call("either", lambda: (x.astype(int),))
    assert growing.launches()["python"] == 0


def test_failing(growing: Pair) -> None:
    """What raises, or leaves 64 bits, leaves the list to Python, exactly as it was."""
    a = np.arange(9)
    growing.call("quotients", lambda: (a, a + 1))
    growing.call("quotients", lambda: (a.tolist(), [2] * 9))
    growing.call("quotients", lambda: (a.tolist(), [2] * 8 + [0]), ran=None)
    growing.call("quotients", lambda: (a.tolist(), [2] * 8), ran=None)
    growing.call("powers", lambda: (30,))
    growing.call("powers", lambda: (60,), ran="python")


def test_too_many_places(growing: Pair) -> None:
    """Where a place for every iteration would take more memory than the list may, no place is made."""
    growing.call("table", lambda: ([1, 2, 3], 3))
    growing.call("table", lambda: ([0, 1], 1 << 14), ran="python")
    (kernel,) = (one for one in growing_stats(growing) if one["name"].startswith("table"))
    assert "a list that grows in nested loops would take too much memory" in kernel["reasons"]


@pytest.mark.parametrize("name", ["handed", "shared", "given", "measured"])
def test_not_growing(growing: Pair, name: str) -> None:
    """Lists that someone else may see, or that the loop reads."""
    x = np.array([1, 0, 2, -1])
    growing.call(name, lambda: ([], x) if name == "given" else (x,), ran=None)
    kernels = [one for one in growing_stats(growing) if one["name"].startswith(name)]
    assert not any(one["fast"] + one["careful"] for one in kernels)


def growing_stats(pair: Pair) -> list[dict[str, Any]]:
    return [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(pair.path)]


def test_reading(reading: Pair) -> None:
    """Lists, tuples and lists of them give Python's numbers; Python's exceptions name the type."""
    x = np.arange(5.0)
    for weights in ([0.5, 0.25], (1, 2, 3), [], [True, False], [7]):
        reading.call("weighted", lambda weights=weights: (x, weights))
    for items in ([1.5, 2.5], (3, 4, 5), [True, True], [2**62, 2**62]):
        reading.call("total", lambda items=items: (items,), ran=None)
    moves = [(1, 0), (-1, 0), (0, 1)]
    reading.call("moved", lambda: (np.array([0, 2, -1, 1]), moves))
    for at in (3, -4):
        reading.call("moved", lambda at=at: (np.array([0, at]), moves), ran="careful")
        reading.call("moved", lambda at=at: (np.array([0, at]), tuple(moves)), ran="careful")
    reading.call("spread", lambda: (np.zeros(3), moves))
    reading.call("spread", lambda: (np.zeros(3), [[0.5, 2.0]]))


def test_not_reading(reading: Pair) -> None:
    """Ragged and huge lists run as Python, and so does arithmetic of whole lists and buffers."""
    x = np.arange(3.0)
    for items in ([True, 2.5], [2**70], [np.float64(1)], ["a"], [(1, 2), (3,)], [(1, 2), [3, 4]]):
        reading.call("weighted", lambda items=items: (x, items), ran="python")
    for code in "df":
        for name in ("repeated", "added", "rooted"):
            reading.call(name, lambda name=name, code=code: (x.copy(), array(code, [1, 2, 3])), ran="python")
    for name in ("repeated", "added", "rooted"):
        reading.call(name, lambda name=name: (x.copy(), [1.0, 2.0, 3.0]), ran="python")


PLACES = """
def one(w, place):
    # pragma sequential for
    for t in range(3):
        w[place] += t

def read(w, place, out):
    # pragma sequential for
    for t in range(3):
        out[t] = w[place].sum()

def change(w, place):
    w[place] *= 2

def helped(w, place):
    # pragma sequential for
    for t in range(3):
        change(w, place)

def rows(w, place):
    # pragma sequential for
    for p in place:
        w[p] += 1

def row(w, place):
    # pragma sequential for
    for k in range(len(place)):
        p = place[k]
        w[p] = k
"""


def test_a_tuple_is_one_place_and_a_list_several(tmp_path: Path) -> None:
    """What a subscript is that comes from before the loop: of as many numbers as there are axes, native."""

    def w() -> np.ndarray:
        return np.arange(9.0).reshape(3, 3)

    pair = Pair(tmp_path, PLACES)
    for place in ((1, 2), (-1, 0), [1, 2], [0], [True, False, True], [[0, 1], [1, 2]], [(0, 1), (1, 2)]):
        for name in ("one", "helped"):
            pair.call(name, lambda name=name, place=place: (w(), place))
        pair.call("read", lambda place=place: (w(), place, np.zeros(3)))
    pair.call("read", lambda: (np.arange(3.0), (1,), np.zeros(3)))
    others: tuple[Any, ...] = ((1,), (1, 2, 0), (), (True, False, True), ((0, 1), (1, 2)), ([0, 1], [1, 2]))
    for place in others:
        for name in ("one", "helped"):
            pair.call(name, lambda name=name, place=place: (w(), place), ran="python")
        pair.call("read", lambda place=place: (w(), place, np.zeros(3)), ran="python")
    pair.call("one", lambda: (w(), (3, 0)), ran="careful")
    for places in ([(0, 1), (1, 2)], [[0, 1], [1, 2]], ((0, 1), (1, 2)), ([0, 1], [1, 2])):
        for name in ("rows", "row"):
            pair.call(name, lambda name=name, places=places: (w(), places), ran="python")


def test_matrices(tmp_path: Path) -> None:
    """det, inv and solve within rounding of LAPACK's, and nearly singular ones by NumPy; np.unique with counts."""
    pair = Pair(
        tmp_path,
        """
        import numpy as np

        def systems(K, b, out):
            # pragma parallel for
            for i in range(len(K)):
                out[i, 0] = np.linalg.det(K[i])
                out[i, 1] = np.sum(np.linalg.inv(K[i]))
                x = np.linalg.solve(K[i], b[i])
                out[i, 2] = x[0] - x[-1]

        def distinct(rows, out):
            # pragma parallel for
            for i in range(len(rows)):
                values, counts = np.unique(rows[i], return_counts=True)
                out[i] = len(values) + np.sum(values * counts)
        """,
    )
    rng = np.random.default_rng(1)
    for n in (1, 2, 5):
        K = rng.normal(size=(4, n, n)) + 2 * np.eye(n)
        pair.call("systems", lambda K=K: (K, K[:, 0].copy(), np.zeros((4, 3))), tolerance=1e-9)
    single = (rng.normal(size=(3, 3, 3)) + 3 * np.eye(3)).astype(np.float32)
    pair.call("systems", lambda: (single, single[:, 0].astype(float), np.zeros((3, 3))), tolerance=1e-5)
    singular = np.arange(18.0).reshape(2, 3, 3)
    pair.call("systems", lambda: (singular, singular[:, 0].copy(), np.zeros((2, 3))), ran="python", tolerance=1e-5)
    pair.call("systems", lambda: (np.zeros((1, 2, 2)), np.ones((1, 2)), np.zeros((1, 3))), ran="python")
    rows = rng.integers(0, 5, (4, 9))
    pair.call("distinct", lambda: (rows, np.zeros(4)))
    pair.call("distinct", lambda: (rows[:, :0], np.zeros(4)))
    pair.call("distinct", lambda: (np.array([[1.0, np.nan, 2.0, 1.0, np.nan]]), np.zeros(1)))
