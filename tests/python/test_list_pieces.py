"""Lists put together from others, slices of lists that the region makes: `[a] + [f(k) for k in …]`, `[a, b] * 3`, `w[1:]`."""

import ferrokeet
import numpy as np
import pytest
from harness import Pair, given

SOURCE = """
import numpy as np

def lags(series, lags):
    rows = []
    # pragma parallel for
    for t in range(max(lags), len(series)):
        rows.append([series[t - lag] for lag in lags] + [series[t] - series[t - 1]])
    return rows

def repeated(x):
    rows, others = [], []
    # pragma parallel for
    for i in range(len(x)):
        rows.append([x[i]] * 3)
        others.append([x[i], x[i] * 2] * 2 + [x[0]] * 2)
    return rows, others

def plain(x, out):
    # pragma parallel for
    for i in range(len(x)):
        w = [0.5, 1.0] + [float(i)] * 3 + [2.0]
        out[i] = sum(w) + w[i % 6] + len(w)

def named(x, out):
    # pragma parallel for
    for i in range(1, len(x)):
        w = [x[k] for k in range(i) if x[k] > 0]
        v = w + [x[i]]
        out[i] = max(v) + len(v)
        z = np.array([1.0, 2.0] * 3 + [v * 2.0 for v in w])
        out[i] += z.sum()

def own(x, out):
    # pragma parallel for
    for i in range(len(x)):
        w = []
        for k in range(i):
            if x[k] > 0:
                w.append(x[k])
        out[i] = sum(w + [x[i]])
        for v in [x[0]] + w + w:
            out[i] += v
        for v in w[1:]:
            out[i] -= v
        out[i] += len(w[:-1])
        out[i] += sum(w[::-1][:2])
        w.append(x[0])
        u = w[:2]
        w[0] = x[1]
        out[i] += u[0] * 3
        m = [x[k] * 2 for k in range(i)]
        out[i] += sum(m[i // 2:])
        out[i] += sum(m[:i // 2] + m[i // 2:])
        for j, (a, b) in enumerate(zip(m, m[1:])):
            out[i] += a * b * j

def nested(out):
    # pragma parallel for
    for i in range(len(out)):
        a = [[i, i + 1, i + 2] for k in range(2)]
        b = a[1][1:]
        out[i] = b[0] * b[1]
        c = a[0] + b
        out[i] += len(c) * sum(c)
        out[i] += c[4 - i]

def times(x, n, out):
    # pragma parallel for
    for i in range(len(x)):
        w = [x[i]] * n + [x[0]]
        out[i] = len(w)
        out[i] += sum(w)

def popped(x, out):
    # pragma parallel for
    for i in range(len(x)):
        w = []
        w.append(x[i])
        w.append(x[0])
        for v in w + [w.pop()]:
            out[i] += v

def added(x, out):
    # pragma parallel for
    for i in range(len(x)):
        w = [x[k] for k in range(2)]
        out[i] = sum(w + x)
"""


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("pieces"), SOURCE)


KINDS = ["float64", "int64", "float32", "list", "ints"]


def numbers(kind: str, size: int) -> np.ndarray | list[float] | list[int]:
    """Python's numbers or NumPy's."""
    x = np.array([1.5, -2.0, 3.0, 0.0, 4.25, -0.5, 8.0])[:size]
    return x.tolist() if kind == "list" else x.astype(int).tolist() if kind == "ints" else x.astype(kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [0, 2, 3, 7])
def test_pieces(pieces: Pair, kind: str, size: int) -> None:
    """The items are those of the parts, in order and of their types."""
    x = numbers(kind, size)
    tolerance = 1e-12 if kind != "float32" else 1e-5
    for offsets in ([1], [1, 2]):
        pieces.call("lags", lambda: (x, np.array(offsets)))
        pieces.call("lags", lambda: (x, offsets))
    pieces.call("repeated", lambda: (x,))
    for name in ("plain", "named", "own"):
        pieces.call(name, given(x, np.zeros(7)), tolerance=tolerance)
    for n in (0, 1, 3, -2):
        pieces.call("times", given(x, n, np.zeros(7)), tolerance=tolerance)


def test_lists_of_lists(pieces: Pair) -> None:
    """Rows, and a subscript that is out of range."""
    pieces.call("nested", lambda: (np.zeros(5, dtype=int),))
    pieces.call("nested", lambda: (np.zeros(12, dtype=int),), ran=None)


def test_left_to_python(pieces: Pair) -> None:
    """A list that its own sum changes; a list and an array."""
    x = np.array([1.0, 2.0])
    pieces.call("popped", lambda: (x, np.zeros(2)), ran=None)
    pieces.call("added", lambda: (x, np.zeros(2)), ran=None)
    natively = [one["name"] for one in ferrokeet.stats()["kernels"] if one["filename"] == str(pieces.path)]
    assert not any(name.startswith(("popped", "added")) for name in natively)
