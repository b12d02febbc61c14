"""Array statements that follow each other become one loop nest where that is the same: CPython's answers, native."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, MakePair, sample

SIZES = [0, 1, 7, 8, 9, 1000]

LEGAL = """
    import numpy as np

    def chain(a, b, out):
        # pragma parallel
        d = a - b
        s = d * d
        out[:] = np.abs(s) + d

    def updated(a, b, out):
        # pragma parallel
        d = a - b
        d *= b
        out[:] = d + a

    def read_again(a, b, out):
        # pragma parallel
        d = a * b
        out[:] = d + 1
        out[0:1] = d[-1:]

    def rows(a, b, out):
        # pragma parallel for
        for i in range(len(a)):
            d = a - a[i]
            w = b * d
            out[i] = np.sum(np.where(d > w, 1, 0))
"""

SHIFTED = """
    import numpy as np

    def before(a, b, out):
        # pragma parallel
        d = a * b
        out[1:] = d[:-1] + d[1:]

    def behind(a, b, out):
        # pragma parallel
        d = a - b
        out[:-1] = d[1:] - d[:-1]

    def turned(a, b, out):
        # pragma parallel
        d = a - b
        out[:] = d[::-1] + d

    def in_place(a, b, out):
        # pragma parallel
        d = a + b
        a[1:] = d[:-1]
        out[:] = d + a

    def overwritten(a, b, out):
        # pragma parallel
        d = a + b
        a[:] = d * 2
        e = a + d
        d = e - b
        out[:] = d + e

    def carried(a, b, out):
        # pragma sequential for
        for _ in range(3):
            d = a + b
            e = d * 2
            a[1:] = e[:-1] - d[1:]
            out[:] = d + e
"""


def arguments(kind: str, size: int, layout: str = "C") -> Callable[[], tuple[Any, ...]]:
    """Two arrays of a kind and one to be written."""
    a, b = (sample(kind, (size,), seed) for seed in (1, 2))

    def make() -> tuple[Any, ...]:
        return tuple(LAYOUTS[layout](one.copy()) for one in (a, b, np.zeros_like(a)))

    return make


@pytest.mark.parametrize("kind", ["float64", "float32", "int16"])
def test_one_nest(pair: MakePair, kind: str) -> None:
    """Bit-identical where every dependence stays at one element, whatever the type, the layout and the size."""
    both = pair(LEGAL)
    for name in ("chain", "updated", "rows"):
        for size in SIZES:
            both.call(name, arguments(kind, min(size, 100) if name == "rows" else size))
    for size in SIZES[1:]:
        both.call("read_again", arguments(kind, size))
    for layout in ("strided", "reversed"):
        both.call("chain", arguments(kind, 33, layout))


@pytest.mark.parametrize("name", ["before", "behind", "turned", "in_place", "overwritten", "carried"])
def test_nests_that_stay_apart(pair: MakePair, name: str) -> None:
    """Elements that others store are read after all have been stored."""
    both = pair(SHIFTED)
    for kind in ("float64", "int32"):
        for size in SIZES[1:]:
            both.call(name, arguments(kind, size), ran=None)
        assert both.launches()["fast"] > 0
    assert both.launches()["python"] == 0


def test_arguments_that_overlap(pair: MakePair) -> None:
    """What is written may be what was read: the same elements, or others of the same array, which are not fused."""
    both = pair(LEGAL)

    def views(first: slice, second: slice, third: slice) -> Callable[[], tuple[Any, ...]]:
        def make() -> tuple[Any, ...]:
            base = sample("float64", (80,), 3)
            return base[first], base[second], base[third]

        return make

    near, far = slice(0, 20), slice(40, 60)
    for name in ("chain", "updated"):
        both.call(name, views(near, far, near))
        both.call(name, views(near, near, far))
        both.call(name, views(near, far, slice(1, 21)), ran=None)
        both.call(name, views(slice(1, 21), far, near), ran=None)
        both.call(name, views(far, slice(0, 40, 2), near), ran=None)


def test_partial_effects(pair: MakePair) -> None:
    """An exception in a later statement finds the earlier ones done, and nothing of its own."""
    both = pair("""
        import numpy as np

        def gathered(a, at, out, other):
            # pragma parallel
            d = a[at] * 2.0
            out[:] = d
            e = a[at + 1] + d
            other[:] = e
    """)
    a = np.arange(10.0)
    for at in ([0, 3, 8], [0, 9, 3], [12, 0, 0]):
        both.call("gathered", lambda at=at: (a.copy(), np.array(at), np.zeros(3), np.zeros(3)), ran=None)
    assert both.launches()["fast"] > 0


def test_windows(pair: MakePair) -> None:
    """A window's length is that of what it is combined with, also where the window is cut off."""
    both = pair("""
        import numpy as np

        def windows(image, weights, out):
            n = len(weights)
            # pragma parallel for
            for i in range(out.shape[0]):
                for j in range(out.shape[1]):
                    out[i, j] = np.sum(image[i : i + n, j : j + n] * weights)
    """)
    rng = np.random.default_rng(1)
    for rows, columns, n in [(9, 17, 3), (8, 8, 1), (5, 6, 5), (30, 31, 4)]:
        image, weights = rng.random((rows, columns)), rng.random((n, n))
        shape = (rows - n + 1, columns - n + 1)
        both.call(
            "windows",
            lambda image=image, weights=weights, shape=shape: (image, weights, np.zeros(shape)),
            tolerance=1e-13,
        )
    both.call("windows", lambda: (np.ones((4, 4)), np.ones((3, 3)), np.zeros((3, 3))), ran="python")
