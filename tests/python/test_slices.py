"""Slices and overlapping operands: what the first kernel itself must run fast, and, last, what needs the second one."""

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from harness import Arguments, Pair, sample

FUNCTIONS = """
def differences(out, x, lag):
    # pragma parallel
    out[:] = x[lag:] - x[:-lag]


def backwards(out, x, lo, hi):
    # pragma parallel
    out[:] = x[lo:hi:-2]


def combine(out, a, b):
    # pragma parallel
    out[:] = a + 2 * b


def update(out, a):
    # pragma parallel
    out += a
"""


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair(Path(mkdtemp(prefix="slices_")), FUNCTIONS)


@pytest.mark.parametrize("kind", ["float64", "int32"])
def test_bounds_of_either_sign_are_fast(pair: Pair, kind: str) -> None:
    for n in (9, 64, 100):
        for lag in (1, 3, 8, -2, -7):
            length = len(sample(kind, (n,))[lag:])
            if length == len(sample(kind, (n,))[:-lag]):
                pair.call("differences", lambda: (np.zeros(length, kind), sample(kind, (n,)), lag))
        for lo in (-1, -3, n, n - 1, sys.maxsize, -n + 4):
            for hi in (0, -n, -n - 1, -n - 5, 1, -sys.maxsize - 1):
                length = len(sample(kind, (n,))[lo:hi:-2])
                ran = "fast" if abs(lo) < 2**40 and abs(hi) < 2**40 else None
                pair.call("backwards", lambda: (np.zeros(length, kind), sample(kind, (n,)), lo, hi), ran=ran)
                assert pair.launches()["python"] == 0


@pytest.mark.parametrize("kind", ["float64", "int32", "uint8"])
def test_overlapping_operands_are_copied(pair: Pair, kind: str) -> None:
    for n in (1, 8, 17):
        for first in range(4):
            for step in (1, 2, -1):

                def views() -> tuple[np.ndarray, ...]:
                    whole = sample(kind, (80,))
                    return whole[2 : 2 + n], whole[first : first + 2 * n][::step][:n], whole[4 : 4 + n]

                pair.call("combine", views)
                pair.call("update", lambda: views()[:2])


def test_an_operand_that_is_stretched_may_lie_in_the_target(pair: Pair) -> None:
    for at in (0, 5, 9):

        def inside() -> tuple[np.ndarray, ...]:
            whole = sample("float64", (10,))
            return whole, whole[at : at + 1]

        pair.call("update", inside)


STATEMENTS = """
import numpy as np

def twice(out, a):
    # pragma parallel
    out[:] = a[::-1] * 2
    out[1:] += a[:-1]

def centre(data, mean):
    # pragma parallel
    mean[:] = np.mean(data, axis=0)
    data -= mean
"""


@pytest.mark.parametrize("rows", [1, 4])
def test_nests_that_are_only_fused_where_nothing_overlaps(tmp_path: Path, rows: int) -> None:
    """The second kernel does not fuse them, and leaves both as they were."""
    pair = Pair(tmp_path, STATEMENTS)
    both = []
    for function in (pair.plain["centre"], pair.native.centre):
        base = np.arange(30.0) ** 2
        function(base[: 5 * rows].reshape(rows, 5), base[3:8])
        both.append(base)
    np.testing.assert_allclose(both[0], both[1], rtol=1e-14)
    assert pair.launches()["python"] == 0


@pytest.mark.parametrize("shift", [0, 1, 3])
def test_several_statements_over_arrays_that_overlap(tmp_path: Path, shift: int) -> None:
    """Neither can be copied at the launch, since the second statement reads what the first has stored: the second kernel's."""
    pair = Pair(tmp_path, STATEMENTS)
    both = []
    for function in (pair.plain["twice"], pair.native.twice):
        base = np.arange(20.0)
        function(base[shift : shift + 12], base[2:14])
        both.append(base)
    assert both[0].tolist() == both[1].tolist()
    assert pair.launches()["python"] == 0


EMPTY = """
import numpy as np

def updates(a, n, k):
    # pragma sequential for
    for i in range(len(a)):
        a[i, n:] += k

def stores(a, n, k):
    # pragma sequential for
    for i in range(len(a)):
        a[i, n:] = k

def computes(a, out, n, k):
    # pragma parallel for
    for i in range(len(a)):
        out[i, n:] = (a[i, n:] ^ a[i, n:]) * k

def limits(a, n, k):
    # pragma parallel
    a[:, n:] = np.maximum(a[:, n:], k)

def literals(a, n, k):
    # pragma parallel
    a[:, n:] = (a[:, n:] + 200) // 3

def filled(a, n, k):
    # pragma parallel for
    for i in range(len(a)):
        a[i, 0] += np.full(n, k, np.uint8).shape[0]

def quotients(a, out, n, k):
    # pragma parallel
    out[:, n:] = (a[:, n:] / k) + (a[:, n:] < k)
"""


@pytest.mark.parametrize("kind", ["uint8", "int8", "uint64", "int64", "float32", "bool"])
def test_a_python_int_must_fit_elements_that_are_not_there(kind: str) -> None:
    def calls(function: str, rows: int, n: int, k: Any) -> Arguments:
        def arguments() -> tuple[Any, ...]:
            a = sample(kind, (rows, 3))
            out = np.zeros((rows, 3)) if function == "quotients" else sample(kind, (rows, 3))
            return (a, out, n, k) if function in ("computes", "quotients") else (a, n, k)

        return arguments

    names: tuple[str, ...] = ("updates", "stores", "computes", "limits", "literals", "filled", "quotients")
    if kind == "bool":
        names = ("stores", "filled")
    elif kind == "float32":
        names = ("updates", "stores", "limits", "filled", "quotients")
    first = [(name, calls(name, 2, 1, 5)) for name in names]
    pair = Pair(Path(mkdtemp(prefix="empty_")), EMPTY, first)
    for name in names:
        for rows in (0, 2):
            for n in (0, 1, 3):
                pair.call(name, calls(name, rows, n, 5), ran=None if name == "literals" and kind == "int8" else "fast")
                for k in (300, -1, np.int64(300)):
                    pair.call(name, calls(name, rows, n, k), ran=None)


IN_PLACE = """
import numpy as np

def part(a, idx, v):
    # pragma parallel
    a[1:] += v

def name(a, idx, v):
    # pragma parallel for
    for i in range(1):
        row = a[i:]
        row *= v

def chosen(a, idx, v):
    # pragma parallel
    a[idx] -= v

def masked(a, idx, v):
    # pragma parallel
    a[a > 0] += v

def made(a, idx, v):
    # pragma parallel for
    for i in range(len(a)):
        h = np.ones(2, a.dtype)
        h += v
        a[i] = h[0]

def out(a, idx, v):
    # pragma sequential for
    for i in range(2):
        np.multiply(a[1:], v, out=a[1:])

def element(a, idx, v):
    # pragma parallel for
    for i in range(len(a)):
        a[i] += v
"""


def test_updates_in_place_cast_in_the_same_kind() -> None:
    """NumPy refuses to add a float to integers in place, unless to a single element."""

    def calls(kind: str, v: Any) -> Arguments:
        return lambda: (sample(kind, (4,)), np.array([2, 0]), v)

    names = ("part", "name", "chosen", "masked", "made", "out", "element")
    cases = [(kind, v) for kind in ("int64", "uint8", "float32") for v in (1.5, 2, np.int64(3))]
    castable = [(kind, v) for kind, v in cases if np.can_cast(np.result_type(np.dtype(kind), v), kind, "same_kind")]
    assert len(castable) == 6
    first = [(name, calls(*case)) for name in names for case in castable]
    pair = Pair(Path(mkdtemp(prefix="in_place_")), IN_PLACE, first)
    for name in names:
        for case in cases:
            pair.call(name, calls(*case), ran="fast" if case in castable or name == "element" else "python")


STEPS = """
    import numpy as np

    def sieve(limit):
        flags = np.ones(limit + 1, dtype=bool)
        flags[:2] = False
        # pragma sequential for
        for p in range(2, int(limit**0.5) + 1):
            if flags[p]:
                flags[p * p :: p] = False
        return np.flatnonzero(flags)

    def every(x, k):
        # pragma parallel
        y = x[::k] * 2
        return y

    def of_each(x, steps, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = x[:: steps[i]].sum() + len(x[:: steps[i]])

    def bounded(x, a, b, k, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = x[a:b:k].sum() + 100 * len(x[a:b:k])

    def shown(x, k, out):
        # pragma sequential for
        for i in range(len(out)):
            y = x[::k]
            x[0] = 100 + i
            out[i] = y[0] + y[-1]

    def stored(x, y, a, k):
        # pragma parallel
        x[a::k] = y[a::k] + 1
        x[::k] *= 2

    def of_slices(A, k, m, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = A[::k, ::-m][0].sum() + A[1::k][::m].sum()
"""


def test_steps_that_are_no_constants(tmp_path: Path) -> None:
    x, y = np.arange(7), np.arange(7) * 10
    first: list[tuple[str, Arguments]] = [
        ("sieve", lambda: (30,)),
        ("every", lambda: (x, 2)),
        ("of_each", lambda: (x, np.array([1, 2]), np.zeros(2))),
        ("bounded", lambda: (x, 1, 5, 2, np.zeros(2))),
        ("shown", lambda: (x.copy(), 2, np.zeros(2, int))),
        ("stored", lambda: (x.copy(), y, 1, 2)),
        ("of_slices", lambda: (np.ones((6, 7)), 2, 2, np.zeros(2))),
    ]
    pair = Pair(tmp_path, STEPS, first)
    for limit in (1, 2, 3, 4, 30, 1000):
        pair.call("sieve", lambda limit=limit: (limit,))
    for k in (1, 2, 3, 6, 7, 20, -1, -2, -6, -7, -20, 0, sys.maxsize, -sys.maxsize - 1):
        # NumPy's ValueError of a step of 0 is raised by the variant that runs in order.
        ran = None if k == 0 or abs(k) > 2**40 else "fast"
        pair.call("every", lambda k=k: (x, k), ran=ran)
        pair.call("every", lambda k=k: (x[:0], k), ran=ran)
        pair.call("of_each", lambda k=k: (x, np.array([k, 1, k]), np.zeros(3)), ran=ran)
        pair.call("shown", lambda k=k: (x.copy(), k, np.zeros(3, int)), ran=ran)
        pair.call("of_slices", lambda k=k: (np.arange(42.0).reshape(6, 7), k, 2, np.zeros(2)), ran=ran)
        for a in (0, 2, 7, -2, -9):
            pair.call("stored", lambda k=k, a=a: (x.copy(), y, a, k), ran=ran and None)
            for b in (0, 3, 9, -1, -9):
                pair.call("bounded", lambda k=k, a=a, b=b: (x, a, b, k, np.zeros(2)), ran=ran)
