"""What comes in from outside: scalars of all types, arrays without axes, structures, and what is declined by its dtype."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import MakePair, Pair

SCALARS = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
]

SCALE = """
def scale(x, y, k):
    # pragma parallel for
    for i in range(len(y)):
        y[i] = x[i] * k

def total(x, s):
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s

def last(x, s):
    t = 0.0
    # pragma parallel for
    for i in range(len(x)):
        t = s if x[i] > 1 else x[i]
    return t
"""


@pytest.mark.parametrize("kind", [*SCALARS, "complex64", "complex128"])
def test_numpy_scalars(pair: MakePair, kind: str) -> None:
    both = pair(SCALE)
    scalar = np.dtype(kind).type(3)
    out = (np.zeros(1, "f") * scalar).dtype
    both.call("scale", lambda: (np.arange(9, dtype="f"), np.zeros(9, out), scalar))


@pytest.mark.parametrize("kind", SCALARS)
def test_arrays_without_axes_are_scalars(pair: MakePair, kind: str) -> None:
    both = pair(SCALE)
    out = (np.zeros(1, "f") * np.zeros((), kind)).dtype
    both.call("scale", lambda: (np.arange(9, dtype="f"), np.zeros(9, out), np.array(3, kind)))


def test_arrays_without_axes_that_are_kept_run_as_python(pair: MakePair) -> None:
    both = pair(SCALE)
    both.call("total", lambda: (np.arange(4.0), np.array(2.5)), ran="python")
    both.call("last", lambda: (np.arange(4.0), np.array(2.5)), ran="python")
    both.call("scale", lambda: (np.arange(4.0), np.zeros(4, complex), np.array(2j)), ran="python")
    assert any("without axes" in kernel["reasons"][0] for kernel in reasons(both))


def reasons(both: Pair) -> list[dict[str, Any]]:
    """The kernels of a module that gave reasons."""
    import ferrokeet

    return [k for k in ferrokeet.stats()["kernels"] if k["filename"] == str(both.path) and k["reasons"]]


def frozen() -> np.ndarray:
    """A read-only array."""
    array = np.zeros(4)
    array.flags.writeable = False
    return array


DECLINED: list[tuple[Callable[[], np.ndarray], Callable[[], np.ndarray], str]] = [
    (lambda: np.arange(4.0).astype(">f8"), lambda: np.zeros(4), "`x`: its dtype is >f8"),
    (lambda: np.arange(4).astype(">i2"), lambda: np.zeros(4), "`x`: its dtype is >i2"),
    (lambda: np.zeros(4, ">c16"), lambda: np.zeros(4, complex), "`x`: its dtype is >c16"),
    (lambda: np.arange(4).astype("m8[s]"), lambda: np.zeros(4, "m8[s]"), "timedelta64[s]"),
    (lambda: np.array([1, 2.5, 3, 4], object), lambda: np.zeros(4), "`x`: its dtype is object"),
    (lambda: np.arange(4, dtype=np.longdouble), lambda: np.zeros(4), "`x`: its dtype is float128"),
    (lambda: np.array(list("abcd")), lambda: np.zeros(4), "`x`: its dtype is <U1"),
    (lambda: np.arange(4.0), frozen, "`y`: it is read-only"),
    (lambda: np.zeros(4, [("a", "f8")]), lambda: np.zeros(4), "`x`: its elements are structures"),
]


@pytest.mark.parametrize(("source", "target", "reason"), DECLINED)
def test_declined_by_dtype(
    pair: MakePair, source: Callable[[], np.ndarray], target: Callable[[], np.ndarray], reason: str
) -> None:
    both = pair(SCALE)
    both.call("scale", lambda: (source(), target(), 2), ran="python")
    [kernel] = reasons(both)
    assert reason in kernel["reasons"][0]


def test_read_only_sources_run(pair: MakePair) -> None:
    pair(SCALE).call("scale", lambda: (frozen(), np.zeros(4), 2.0))


STRUCTURES = """
def move(p, dt):
    # pragma parallel for
    for i in range(len(p)):
        p["x"][i] += p["v"][i] * dt
        if p["alive"][i]:
            p["count"][i] += 1

def records(p, out):
    # pragma parallel for
    for i in range(p.shape[0]):
        out[i] = p[i]["x"] * 2 - p[i]["v"]
        p[i]["v"] = i

def kinetic(p):
    e = 0.0
    # pragma parallel for
    for i in range(len(p)):
        e += p["v"][i] ** 2
    return e

def shift(p):
    # pragma parallel for
    for i in range(1, len(p)):
        p["x"][i] = p["v"][i - 1]

def nested(p, out):
    # pragma parallel for
    for i in range(len(out)):
        for j in range(3):
            out[i] += p["at"]["r"][i, j]

def fields(x, v):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = v[i] * 0.5

def rotate(p):
    # pragma parallel for
    for i in range(len(p)):
        p["z"][i] = p["z"][i] * 1j + p["w"][i]
"""
FIELDS = [("x", "f8"), ("v", "f8"), ("count", "i4"), ("alive", "?")]


def particles(n: int, **options: Any) -> np.ndarray:
    """Structures of four fields."""
    p = np.zeros(n, np.dtype(FIELDS, **options))
    p["x"], p["v"] = np.arange(n) / 3, np.arange(n) - 5.0
    p["alive"][::2] = True
    return p


def test_fields_of_structures(pair: MakePair) -> None:
    both = pair(STRUCTURES)
    for n in (0, 1, 8, 1000):
        both.call("move", lambda n=n: (particles(n, align=True), 0.25))
        both.call("kinetic", lambda n=n: (particles(n, align=True),))
        both.call("records", lambda n=n: (particles(n, align=True), np.zeros(n)))
        both.call("shift", lambda n=n: (particles(n, align=True),))
    both.call("move", lambda: (particles(100, align=True)[::-3], 0.25))


def test_nested_structures_and_subarrays(pair: MakePair) -> None:
    both = pair(STRUCTURES)

    def arguments() -> tuple[Any, ...]:
        p = np.zeros(20, [("id", "i8"), ("at", [("r", "f8", 3), ("t", "f8")])])
        p["at"]["r"] = np.arange(60).reshape(20, 3)
        return p, np.zeros(20)

    both.call("nested", arguments)


def test_complex_fields(pair: MakePair) -> None:
    both = pair(STRUCTURES)

    def arguments(*fields: tuple[str, str]) -> tuple[Any, ...]:
        p = np.zeros(20, list(fields))
        p["z"], p["w"] = np.arange(20) * (1 - 2j), np.arange(20)
        return (p,)

    both.call("rotate", lambda: arguments(("z", "c16"), ("w", "f8"), ("u", "f8")))
    both.call("rotate", lambda: arguments(("w", "f8"), ("z", "c16"), ("u", "f8")))
    both.call("rotate", lambda: arguments(("z", "c8"), ("w", "f8")))
    # 24 is no multiple of 16.
    both.call("rotate", lambda: arguments(("z", "c16"), ("w", "f8")), ran="python")


def test_packed_structures_are_declined(pair: MakePair) -> None:
    both = pair(STRUCTURES)
    both.call("move", lambda: (particles(9), 0.25), ran="python")
    assert "apart" in reasons(both)[0]["reasons"][0] or "aligned" in reasons(both)[0]["reasons"][0]

    def odd() -> tuple[Any, ...]:
        raw = np.zeros(8 * 9 + 1, np.uint8)
        view = raw[1:].view(np.float64)
        return view, view[::-1].copy()

    both.call("fields", odd, ran="python")
    assert any("aligned" in kernel["reasons"][0] for kernel in reasons(both))


def test_neighbouring_fields_do_not_overlap(pair: MakePair) -> None:
    both = pair(STRUCTURES.replace("def fields(x, v)", "def fields(x, v, p)"))

    def arguments(swapped: bool) -> tuple[Any, ...]:
        p = particles(30, align=True)
        return (p["x"], p["v"], p) if swapped else (p["v"], p["x"], p)

    both.call("fields", lambda: arguments(False))
    both.call("fields", lambda: arguments(True))


OTHER_NAMES = """
import numpy as np

def squared(row):
    row *= row

def updated(y):
    # pragma parallel for
    for i in range(len(y)):
        t = y[i][::-1]
        t += 1

def stored(y):
    # pragma sequential for
    for i in range(len(y)):
        t = y[i]
        t[1:] = i

def called(y):
    # pragma parallel for
    for i in range(len(y)):
        squared(y[i])

def given(x, y):
    # pragma parallel for
    for i in range(len(y)):
        np.add(x[i], 1, out=y[i])
"""


def test_arrays_that_are_written_by_other_names(tmp_path: Path) -> None:
    def matrix(writable: bool = True) -> np.ndarray:
        made = np.arange(12.0)[::-1].reshape(3, 4).copy()
        made.flags.writeable = writable
        return made

    names = ["updated", "stored", "called"]
    first: list[tuple[str, Callable[[], tuple[Any, ...]]]] = [(name, lambda: (matrix(),)) for name in names]
    both = Pair(tmp_path, OTHER_NAMES, [*first, ("given", lambda: (matrix(), matrix()))])
    for name in names:
        both.call(name, lambda: (matrix(),))
        both.call(name, lambda: (matrix(writable=False),), ran="python")
    both.call("given", lambda: (matrix(writable=False), matrix()))
    both.call("given", lambda: (matrix(), matrix(writable=False)), ran="python")
    declined = [kernel for kernel in reasons(both) if kernel["python"]]
    assert declined
    assert all("it is read-only" in kernel["reasons"][0] for kernel in declined)


LONG = """
import numpy as np

def total(x):
    s = 0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
    return s

def twice(x):
    # pragma parallel
    y = x * 2
    return y

def place(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] * 2
"""


@pytest.mark.skipif(np.dtype(np.int64).char != "l", reason="here they are NumPy's int64")
@pytest.mark.parametrize("kind", [np.longlong, np.ulonglong])
def test_integers_that_are_as_long_but_of_another_type(pair: MakePair, kind: Any) -> None:
    """NumPy's `longlong` gives numbers and arrays of its own type; what only stores elements does not show it."""
    both = pair(LONG)
    x = np.arange(9).astype(kind)
    both.call("place", lambda: (x, np.zeros(9)))
    both.call("total", lambda: (x,), ran="python")
    assert both.call("twice", lambda: (x,), ran="python").dtype.char == np.dtype(kind).char
