"""Items of lists that are Python's numbers on one way and NumPy's on another, or of several of Python's types."""

from collections.abc import Callable
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import numpy as np

def bursts(signal, threshold):
    found = []
    start, inside, peak = None, False, -np.inf
    # pragma sequential for
    for i in range(len(signal)):
        if signal[i] > threshold:
            if not inside:
                inside = True
                start = i
            elif signal[i] > peak:
                peak = signal[i]
        elif inside:
            found.append((start, i, peak))
            inside = False
    return found

def means(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        total = 0.0
        n = 0
        for v in x[i]:
            if v > 0:
                total += v
                n += 1
        out.append(total)
        out.append(total / n if n else np.nan)
    return out

def truth(cards):
    good = []
    # pragma parallel for
    for card in cards:
        total = 0
        for d in card:
            if d > 3:
                total += d
        good.append(total % 10 == 0)
    return good

def rows(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        out.append([x[i], 1.5] + [0.0] * 2)
    return out

def least(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        out.append(max(x[i], 0.5))
        out.append(min(1.5, x[i], 0.25 * x[i]))
        out.append(min(x[i], 0.0) or 2.5)
        out.append(x[i] and 0.25)
    return out

def halves(x):
    out = [None] * len(x)
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] if x[i] > 0 else 0.0
    return out

def own(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        w = [x[i], 1.5]
        w.append(x[i] * 2)
        w.append(2.5)
        w[1] += 1
        w[i % 4] = w[(i + 1) % 4]
        out.append(w[i % 3])
        out.append(abs(w[0]) + w[1])
    return out

def kinds(x):
    out, pairs = [], []
    # pragma parallel for
    for i in range(len(x)):
        if x[i] > 1:
            out.append(x[i])
        elif x[i] > 0:
            out.append(1)
        else:
            out.append(0.5)
        pairs.append((i, x[i] / 2 if x[i] > 0 else 0))
        out.append(i * 0x100000000000 if x[i] > 2 else 2.5)
    return out, pairs

def large(n):
    out = []
    # pragma parallel for
    for i in range(n):
        out.append(2**53 + i if i % 2 else 2.5)
    return out

def nothing(x):
    out = [0] * len(x)
    # pragma parallel for
    for i in range(len(x)):
        out[i] = i if i % 3 == 0 else i > 4
    return out

def complexes(x):
    out = [0] * len(x)
    # pragma parallel for
    for i in range(len(x)):
        if i % 3 == 0:
            out[i] = x[i]
        elif i % 3 == 1:
            out[i] = -0.0
        else:
            out[i] = 7
    return out

def nested(x):
    out = []
    # pragma parallel for
    for i in range(len(x)):
        for j in range(i):
            if x[i] > x[j]:
                out.append((x[i] if i > 2 else 0.0, j if j > 1 else True))
    return out

def last(x):
    s = 0.0
    # pragma sequential for
    for i in range(len(x)):
        w = [x[i], 1.5]
        s = w[i % 2]
    return s
"""

CHANGED = """
def moved(x, a, n):
    # pragma sequential for
    for t in range(n):
        a[0] = a[1]
        a[1] = x[t] if t % 2 else a[2]
    return a

def added(x, a):
    # pragma sequential for
    for t in range(len(x)):
        a[t % 2] += x[t]
        a[-1] = a[0] if a[0] > 2 else 0.5
    return a

def table(x, a):
    # pragma sequential for
    for t in range(len(x)):
        a[t % 2][1] = max(a[t % 2][0], x[t])
    return a

def same(x, a):
    # pragma sequential for
    for t in range(len(x)):
        a[t] = x[t]
    return a

def failing(x, a, n):
    # pragma sequential for
    for t in range(n):
        a[0], a[1] = a[1], x[t]
    return a

def total(x, a):
    s = 0.0
    # pragma sequential for
    for t in range(len(x)):
        a[0] = x[t] if t % 2 else 1.0
        s += a[0]
    return s, a
"""

X = np.array([1.5, -2.0, 3.0, 0.0, 4.25, 0.5, 0.25, 7.0])


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("gathered"), SOURCE)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("changed"), CHANGED)


def natively(pair: Pair, function: str, arguments: Callable[[], tuple[Any, ...]]) -> Any:
    """Calls both; no kernel runs as Python."""
    before = pair.launches()["python"]
    result = pair.call(function, arguments, ran=None)
    assert pair.launches()["python"] == before, ferrokeet.stats()
    return result


@pytest.mark.parametrize("size", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("kind", ["float64", "list"])
def test_appended(gathered: Pair, kind: str, size: int) -> None:
    """Every item has CPython's type."""
    x = X[:size].tolist() if kind == "list" else X[:size]
    for threshold in (0.1, 1.0, 9.0):
        natively(gathered, "bursts", lambda: (x, threshold))
    names = ["least", "halves", "kinds", "nothing", "nested", "complexes"]
    # An empty list is one of ints.
    names += ["rows", "own"] if size or kind != "list" else []
    for name in names:
        natively(gathered, name, given(x))
    table = np.array([x, x]).reshape(2, -1)
    table[1:] = -abs(table[1:])
    natively(gathered, "means", lambda: (table.tolist() if kind == "list" and size else table,))


@pytest.mark.parametrize("kind", ["float32", "float16", "int64", "complex64"])
def test_other_kinds(gathered: Pair, kind: str) -> None:
    """What no one kind holds runs as Python; what one does, natively."""
    x = X.astype(kind)
    natively(gathered, "complexes", lambda: (x,)) if kind != "int64" else None
    natively(gathered, "nothing", lambda: (x,))
    if kind != "complex64":
        natively(gathered, "truth", lambda: (x.astype(int).reshape(2, 4),))
        natively(gathered, "truth", lambda: (x.astype(int).reshape(2, 4).tolist(),))
        for name in ("halves", "kinds", "nested", "rows", "own", "least"):
            gathered.call(name, given(x), ran=None)


def test_not_exact(gathered: Pair) -> None:
    """Ints that floats do not hold leave the region to Python."""
    natively(gathered, "large", lambda: (1,))
    gathered.call("large", lambda: (4,), ran="python")


def test_read_and_handed_back(gathered: Pair) -> None:
    """A number that comes from such a list has the right type, too."""
    for size in (1, 2, 3):
        gathered.call("last", given(X[:size]), ran=None)


@pytest.mark.parametrize("number", [float, int])
def test_changed(changed: Pair, number: type) -> None:
    """A list keeps the objects that it is given, whoever's numbers they are."""
    x: np.ndarray = X.astype(number)
    if number is float:
        for n in (0, 1, 2, 3, 5, 8):
            natively(changed, "moved", given(x, [0.0, 0.25, 1.0], n))
        natively(changed, "added", lambda: (x, [0.0, 0.25, 1.0]))
        changed.call("total", lambda: (x, [0.5]), ran=None)
    natively(changed, "same", lambda: (x, x.tolist()))
    natively(changed, "same", lambda: (x[:3], x.tolist()))
    natively(changed, "table", lambda: (x, [[number(0), number(1)], [number(5), number(2)]]))
    natively(changed, "moved", lambda: (x.tolist(), [number(0), number(1), number(2)], 5))


def test_failing(changed: Pair) -> None:
    """What was assigned before an exception stays, with its type."""
    natively(changed, "failing", lambda: (X[:3], [0.0, 1.0], 3))
    natively(changed, "failing", lambda: (X[:3], [0.0, 1.0], 4))
    natively(changed, "failing", lambda: (X[:3], [0.0], 3))
