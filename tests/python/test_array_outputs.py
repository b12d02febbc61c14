"""New arrays and views that regions hand back: NumPy's dtype, shape and elements, whose memory it is, and that none leaks."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import KINDS, LAYOUTS, Pair, sample

SOURCE = """
import numpy as np

def scaled(a, x, b):
    # pragma parallel
    y = a * x + b
    return y

def returned(x):
    # pragma parallel
    return x + x

def compared(x, y):
    # pragma parallel
    m = (x > y) | (x == 0)
    k = np.where(m, x, y)
    s = np.count_nonzero(m)
    return m, k, s

def mixed(x):
    # pragma parallel
    t = x * 2.0
    total = t.sum()
    rows = t.sum(axis=0)
    t = t - total
    return t, total, rows

def views(A):
    # pragma parallel
    row = A[-1]
    columns = A[:, ::-2]
    turned = A.T[1:]
    new = A[:, None, 1:3]
    none = A[2:2]

    return row, columns, turned, new, none

def themselves(A):
    # pragma parallel
    whole = A
    part = A[:]
    double = A * 2
    same = double
    inner = double[1:]

    return whole is A, part is A, part.base is A, same is double, inner.base is double, part, inner

def advanced(u, f, steps):
    # pragma sequential for
    for t in range(steps):
        u = u + 0.5 * f
    return u

def swapped(u, f, steps):
    v = u.copy()
    # pragma sequential for
    for t in range(steps):
        w = v * 0.5
        v = w + f
    return v, w

def made(n, x):
    # pragma parallel
    zeros = np.zeros((n, 3), dtype=np.float32)
    count = np.arange(n)
    ones = np.ones(n, dtype=bool)
    full = np.full(n, 7)
    three = np.array([1.0, 2.0, 3.0])
    like = np.zeros_like(x)
    grid = np.linspace(0.0, 1.0, 5)
    return zeros, count, ones, full, three, like, grid

def chosen(x, index):
    # pragma parallel
    return x[index], x[x > 0]

def in_place(x, e):
    # pragma parallel
    x += 1
    y = e * 2
    s = np.sum(e)
    return x, y, s

def failing(x, d, out):
    y = None
    try:
        # pragma parallel for
        for i in range(len(x)):
            t = x * 2
            out[i] = t[i] + 1 // d[i]
    except ZeroDivisionError:
        return y
    return out

def row_of(A, i):
    # pragma parallel
    A[0] = 5.0
    r = A[i]
    return r

x = np.arange(6.0)
# pragma parallel
module = x * 2
total = module.sum()

def of_module():
    return module, total
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("outputs"), SOURCE)


def fresh(array: np.ndarray) -> None:
    """A new array owns its memory and can be written."""
    assert array.flags.owndata
    assert array.flags.writeable
    assert array.flags.c_contiguous
    assert array.base is None


@pytest.mark.parametrize("size", [0, 1, 7, 1000, 300_000])
@pytest.mark.parametrize("kind", ["bool", "int16", "int64", "uint8", "float32", "float64"])
def test_element_wise(pair: Pair, kind: str, size: int) -> None:
    result = pair.call("scaled", lambda: (np.float32(2), sample(kind, (size,)), 1))
    fresh(result)
    fresh(pair.call("returned", lambda: (sample(kind, (size,)),)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(pair: Pair, kind: str, layout: str) -> None:
    def arguments() -> tuple[Any, ...]:
        return LAYOUTS[layout](sample(kind, (9, 11))), LAYOUTS[layout](sample(kind, (9, 11), seed=1))

    for result in pair.call("compared", arguments)[:2]:
        fresh(result)


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (7, 5), (200, 300)])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_several_with_scalars(pair: Pair, layout: str, shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(1).normal(size=shape)
    result = pair.call("mixed", lambda: (LAYOUTS[layout](rows.copy()),), tolerance=1e-12 * max(1, rows.size))
    fresh(result[0])
    fresh(result[2])
    assert type(result[1]) is np.float64


@pytest.mark.parametrize("layout", LAYOUTS)
def test_views_are_views(pair: Pair, layout: str) -> None:
    array = LAYOUTS[layout](sample("float64", (4, 5)))
    expected, actual = pair.plain["views"](array), pair.native.views(array)
    for left, right in zip(expected, actual, strict=True):
        assert left.shape == right.shape
        assert left.base is right.base
        if left.size:
            assert left.__array_interface__ == right.__array_interface__
    assert pair.call("views", lambda: (LAYOUTS[layout](sample("int32", (4, 5))),))


def test_identity(pair: Pair) -> None:
    pair.call("themselves", lambda: (sample("float64", (3, 4)),))


@pytest.mark.parametrize("steps", [0, 1, 5])
@pytest.mark.parametrize("size", [0, 1, 1000])
def test_made_anew_by_a_loop(pair: Pair, size: int, steps: int) -> None:
    u, f = sample("float64", (size,)), sample("float64", (size,), seed=2)
    result = pair.call("advanced", lambda: (u.copy(), f.copy(), steps))
    assert pair.native.advanced(u, f, steps) is not u or steps == 0
    assert pair.native.advanced(u, f, 0) is u
    assert pair.plain["advanced"](u, f, 0) is u
    if steps:
        fresh(result)


def test_new_dtype_in_a_loop_is_left_to_python(pair: Pair) -> None:
    with pytest.warns(UserWarning, match="are i32 before the loop and f64 here"):
        pair.call("advanced", lambda: (np.arange(5, dtype=np.int32), np.ones(5), 3), ran="python")


@pytest.mark.parametrize("n", [0, 1, 9])
def test_constructors(pair: Pair, n: int) -> None:
    for result in pair.call("made", lambda: (n, sample("int16", (n, 2)))):
        fresh(result)


def test_chosen(pair: Pair) -> None:
    pair.call("chosen", lambda: (sample("float64", (20,)), np.array([3, -1, 3])))


@pytest.mark.parametrize("size", [0, 3])
def test_beside_changes_in_place(pair: Pair, size: int) -> None:
    """An empty array ends no region half-way."""
    pair.call("in_place", lambda: (np.arange(4.0), np.ones(size)))


def test_a_subscript_out_of_bounds_leaves_nothing_behind(pair: Pair) -> None:
    pair.call("row_of", lambda: (np.zeros((3, 2)), 2))
    pair.call("row_of", lambda: (np.zeros((3, 2)), -3))
    for place in (3, -4):
        pair.call("row_of", lambda: (np.zeros((3, 2)), place), ran="python")


def test_module_level(pair: Pair) -> None:
    left, right = pair.plain["of_module"](), pair.native.of_module()
    np.testing.assert_array_equal(left[0], right[0])
    assert left[1] == right[1]
    assert type(right[1]) is np.float64


def test_too_large(pair: Pair) -> None:
    """What cannot be allocated is NumPy's to refuse."""
    x = np.broadcast_to(np.zeros(1), (1 << 42,))
    with pytest.raises(MemoryError):
        pair.native.returned(x)


def test_no_leak(pair: Pair) -> None:
    x, d = np.arange(1000.0), np.zeros(1000, dtype=np.int64)
    calls: list[Callable[[], Any]] = [
        lambda: pair.native.scaled(2.0, x, 1.0),
        lambda: pair.native.views(x[:20].reshape(4, 5)),
        lambda: pair.native.advanced(x, x, 2),
        lambda: pair.native.failing(x[:4], d[:4], np.zeros(4)),
    ]

    def peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for call in calls:
        for _ in range(100):
            call()
        before = peak()
        for _ in range(10_000):
            call()
        assert peak() - before < 4096  # KiB: one array each would be 80,000


REFUSED = {
    "one of two": """
        def f(x, c):
            y = x
            # pragma sequential for
            for i in range(2):
                if c:
                    y = x[i:]
            return y
        """,
    "reshaped": """
        def f(x, c):
            # pragma parallel
            y = x.reshape(2, 3)
            return y
        """,
    "a part of chosen elements": """
        def f(x, c):
            # pragma parallel
            a = x[x > 1]
            b = a[:2]

            return a, b
        """,
    "changed before it is made anew": """
        def f(x, c):
            # pragma sequential for
            for i in range(3):
                x[0] = 5.0
                x = x + 1.0
            return x
        """,
    "changed through a reshaped array": """
        def f(x, c):
            # pragma parallel
            y = x.reshape(2, 3)
            y[0] = 7.0
            return x
        """,
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore")
def test_refused(tmp_path: Path, name: str) -> None:
    """What cannot be the very array that Python would give runs as Python."""
    Pair(tmp_path, REFUSED[name]).call("f", lambda: (np.arange(6.0), True), ran="python")


BROADCAST = """
import numpy as np

def added(A, b):
    # pragma parallel
    A[:] = A + b

def assigned(A, b):
    # pragma parallel
    A[:] = b

def three(a, b, c):
    # pragma parallel
    y = (a + b) * c - a
    return y

def kept(a, b):
    # pragma parallel
    y = a + b
    n = b.shape[0] + len(b) + b.size
    s = b.sum() + np.sum(b * 2, axis=0)
    return y, n, s

def local(a, b, c):
    # pragma parallel
    t = a + b
    u = t * c
    return t, u

def parts(a, b):
    # pragma parallel
    return a[1:] + b[1:], np.sum(a * b), np.sum(a + b, axis=0)

def own(a, b):
    # pragma parallel
    a[:] = a * b
    b[:] = b + 1

def rows(A, b, y):
    # pragma parallel for
    for i in range(len(A)):
        y[i] = A[i] * b
"""
SHAPES = [(4, 5), (4, 1), (1, 5), (1, 1), (5,), (1,), (0, 5)]


@pytest.fixture(scope="module")
def broadcast(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("broadcast"), BROADCAST)


def joint(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape to which shapes are broadcast, if they are."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


@pytest.mark.parametrize("second", SHAPES)
@pytest.mark.parametrize("first", SHAPES)
def test_axes_of_extent_one(broadcast: Pair, first: tuple[int, ...], second: tuple[int, ...]) -> None:
    """What NumPy broadcasts runs natively; what it refuses is Python's. No other use of the array sees another extent."""
    target = (4, 5)

    def arrays(*shapes: tuple[int, ...]) -> Callable[[], tuple[Any, ...]]:
        return lambda: tuple(sample("float64", shape, seed=len(shape)) for shape in shapes)

    fits = "fast" if joint(first, target) == target else "python"
    broadcast.call("added", arrays(target, first), ran=fits)
    broadcast.call("assigned", arrays(target, first), ran=fits)
    together = "fast" if joint(first, second) is not None else "python"
    broadcast.call("kept", arrays(first, second), ran=together, tolerance=1e-12)
    broadcast.call("parts", arrays(first, second), ran=None, tolerance=1e-12)
    broadcast.call("own", arrays(first, second), ran=None)
    for third in [(4, 5), (1, 5), (4, 1), (1, 1)]:
        wanted = "fast" if joint(first, second, third) is not None else "python"
        broadcast.call("three", arrays(third, first, second), ran=wanted)
        broadcast.call("local", arrays(first, second, third), ran=None)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_axes_of_extent_one_in_any_layout(broadcast: Pair, layout: str) -> None:
    for shape in [(300, 1), (1, 200)]:
        column = LAYOUTS[layout](sample("float64", shape))
        broadcast.call("added", lambda: (LAYOUTS[layout](sample("float64", (300, 200))), column))
        whole = LAYOUTS[layout](sample("int8", shape))
        broadcast.call("kept", lambda: (sample("int32", (300, 200)), whole))


@pytest.mark.parametrize("shape", [(5,), (1,)])
@pytest.mark.parametrize("columns", [1, 5])
def test_axes_of_extent_one_of_rows(broadcast: Pair, columns: int, shape: tuple[int, ...]) -> None:
    broadcast.call(
        "rows", lambda: (sample("float64", (4, columns)), sample("float64", shape, seed=1), np.zeros((4, 5)))
    )


CAREFUL = """
def f(u, f, index, out, n):
    total = 0
    # pragma sequential for
    for t in range(n):
        u = u + f
        total = total * 3 + index[t]
        out[index[t]] = u[0]
    return u, total
"""


def test_careful_and_python(tmp_path: Path) -> None:
    """A subscript out of bounds raises with CPython's partial effects; a big int leaves all to Python."""
    pair = Pair(tmp_path, CAREFUL)

    def arguments(index: list[int], n: int) -> Callable[[], tuple[Any, ...]]:
        return lambda: (np.arange(5.0), np.ones(5), np.array(index), np.zeros(4), n)

    pair.call("f", arguments([0, 1, 3], 3), ran=None)
    pair.call("f", arguments([0, 9, 1], 3), ran="careful")
    pair.call("f", arguments([1, 2, 3, -1] * 25, 100), ran=None)
