"""Clauses that say how a loop is to run: the answer is CPython's, the kernels are native, and the plan follows."""

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, MakePair, Pair, sample

FERROKEET = Path(os.environ.get("FERROKEET_BIN") or Path(sys.executable).with_name("ferrokeet"))
# Around lanes, tiles and unrolled rounds; no rows, no columns, one row, few rows of many columns.
SHAPES = [(0, 5), (5, 0), (1, 1), (1, 700), (2, 33), (3, 64), (7, 1), (33, 31), (300, 3)]
SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65, 100]


PRODUCTS = [((n, k), (k, m), (n, m)) for n, k, m in [(2, 5, 300), (1, 1, 1), (33, 17, 65), (3, 0, 4), (300, 9, 40)]]


def normal(shapes: tuple[tuple[int, ...], ...]) -> tuple[np.ndarray, ...]:
    """Arrays whose sums mean something."""
    return tuple(np.random.default_rng(8).normal(size=shape) for shape in shapes)


def plan(both: Pair) -> str:
    """What the planner says of every region."""
    command = [str(FERROKEET), "show", "--emit", "plan", str(both.path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


COLLAPSE = """
import numpy as np

def stored(a, b):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i, j] = a[i, j] * 2 + i - j

def lanes(a, b):
    # pragma parallel for simd collapse(2)
    for i in range(a.shape[0] - 1, -1, -1):
        for j in range(0, a.shape[1], 2):
            b[i, j] = a[i, j] * 3

def backwards(a, b):
    # pragma parallel for collapse(3)
    for i in range(a.shape[0]):
        for j in range(a.shape[1] - 1, -1, -2):
            for k in range(3):
                b[i, j, k] = a[i, j] - k

def total(a, s):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
    return s

def counts(which, h):
    # pragma parallel for collapse(2)
    for i in range(which.shape[0]):
        for j in range(which.shape[1]):
            h[which[i, j]] += 1

def left(a, i, j, v):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            v = a[i, j] + i
            a[i, j] = v
    return i, j, v

def best(a, low, row, column):
    # pragma parallel for collapse(2)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] < low:
                low = a[i, j]
                row = i
                column = j
    return low, row, column

def product(a, b, c):
    # pragma parallel for collapse(2)
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            t = 0.0
            for k in range(a.shape[1]):
                t += a[i, k] * b[k, j]
            c[i, j] = t
"""


def test_collapse(pair: MakePair) -> None:
    both = pair(COLLAPSE)
    text = plan(both)
    assert text.count("are one space, split between threads") == 8, text
    for shape, kind in itertools.product(SHAPES, ["float64", "int32"]):
        for layout in LAYOUTS.values():

            def one(seed: int, shape: Any = shape, kind: str = kind, layout: Any = layout) -> Any:
                return layout(sample(kind, shape, seed))

            both.call("stored", lambda: (one(1), one(2)))
            both.call("lanes", lambda: (one(1), one(2)))
    for shape in SHAPES:
        terms = 1e-12 * (shape[0] * shape[1] + 1)

        def plain(seed: int, shape: tuple[int, ...] = shape) -> np.ndarray:
            return np.random.default_rng(seed).normal(size=shape)

        both.call("backwards", lambda: (plain(3), np.zeros((*plain(3).shape, 3))))
        both.call("total", lambda: (plain(4), 0.5), tolerance=terms)
        both.call("counts", lambda: (np.abs(plain(5) * 3).astype(int), np.zeros(30, np.int64)))
        both.call("left", lambda: (plain(6), -7, -8, -9.0))
        both.call("best", lambda: (plain(7), 9.0, -1, -1))
    for shapes in PRODUCTS:
        both.call("product", lambda: normal(shapes), tolerance=1e-12)


TILE = """
def transposed(a, b):
    # pragma parallel for tile(32, 16)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[j, i] = a[i, j]

def swept(a):
    # pragma sequential for tile(3, 8)
    for i in range(1, a.shape[0]):
        for j in range(1, a.shape[1]):
            a[i, j] = 0.5 * a[i, j] + 0.25 * (a[i - 1, j] + a[i, j - 1])

def gathered(a, b, c):
    # pragma parallel for tile(8, 16, 4)
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]

def total(a):
    s = 0
    # pragma parallel for tile(4, 4)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
    return s

def columns(a, b):
    # pragma sequential for tile(4, 8)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[j] += a[i, j]

def lanes(a, b):
    # pragma simd tile(5, 5)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i, j] = a[i, j] * 2.0 - j
"""


def test_tile(pair: MakePair) -> None:
    both = pair(TILE)
    text = plan(both)
    assert text.count(" in tiles of ") == 6, text
    for shape in SHAPES:
        for layout in LAYOUTS.values():

            def one(seed: int, shape: Any = shape, layout: Any = layout) -> Any:
                return layout(sample("float64", shape, seed))

            both.call("transposed", lambda: (one(1), one(2).T.copy()))
            both.call("swept", lambda: (one(3),))
            both.call("lanes", lambda: (one(4), one(5)))
        both.call("total", lambda: (sample("int64", shape, 6) % 1000,))
        both.call("columns", lambda: (sample("int64", shape, 7) % 1000, np.zeros(shape[1], np.int64)))
    for shapes in PRODUCTS:
        both.call("gathered", lambda: normal(shapes), tolerance=1e-12)


UNROLL = """
def recurrence(a):
    # pragma sequential for unroll(4)
    for i in range(1, len(a)):
        if a[i] > 0.5:
            continue
        a[i] = a[i - 1] * 0.5 + a[i]

def scattered(where, b):
    # pragma parallel for unroll(3)
    for i in range(len(where)):
        b[where[i]] = i

def lanes(a, b):
    # pragma parallel for simd unroll(2)
    for i in range(len(a)):
        b[i] = a[i] * 2.0 + 1.0

def inner(a, b):
    # pragma parallel for
    for i in range(a.shape[0]):
        s = 0.0
        # pragma sequential for unroll(4)
        for k in range(a.shape[1]):
            s = s * 0.5 + a[i, k]
        b[i] = s

def left(a, v):
    # pragma parallel for unroll(4)
    for i in range(len(a)):
        v = a[i] * 2
        for k in range(2):
            a[i] += k
    return v

def jammed(a, b, c):
    # pragma parallel for unroll(2)
    for i in range(c.shape[0]):
        # pragma simd unroll(3)
        for j in range(c.shape[1]):
            t = 0.0
            for k in range(a.shape[1]):
                t += a[i, k] * b[k, j]
            c[i, j] = t
"""


def test_unroll(pair: MakePair) -> None:
    both = pair(UNROLL)
    assert plan(both).count(" times in a row") == 7
    for n in SIZES:
        for layout in LAYOUTS.values():

            def one(seed: int, n: int = n, layout: Any = layout) -> Any:
                return layout(sample("float64", (n,), seed))

            both.call("recurrence", lambda: (one(1),))
            both.call("lanes", lambda: (one(2), one(3)))
            both.call("left", lambda: (one(4), 0.5))
        both.call("scattered", lambda: (np.random.default_rng(n).permutation(n), np.zeros(n, np.int64)))
        both.call("inner", lambda: (np.random.default_rng(5).normal(size=(3, n)), np.zeros(3)))
    for shapes in PRODUCTS:
        both.call("jammed", lambda: normal(shapes), tolerance=1e-12)


SIMDLEN = """
def wide(a, b):
    # pragma simd simdlen(32)
    for i in range(len(a)):
        b[i] = a[i] * 2 + 1

def narrow(a):
    # pragma simd simdlen(4)
    for i in range(4, len(a)):
        a[i] = a[i - 4] * 0.5 + 1.0

def two(a, s, v):
    # pragma simd simdlen(2)
    for i in range(len(a)):
        v = a[i]
        s += v
    return s, v

def one(a, b):
    # pragma simd simdlen(1)
    for i in range(len(a)):
        b[i] = a[i] * 2 + 1

def eight(a, b):
    # pragma parallel for simd simdlen(8)
    for i in range(len(a)):
        b[i] = a[i] * 2 + 1
"""


def test_simdlen(pair: MakePair) -> None:
    both = pair(SIMDLEN)
    text = plan(both)
    for words in ("4 of the lanes take part", "2 of the lanes take part", "4 times in a row"):
        assert words in text, text
    for n in SIZES:
        for kind, layout in itertools.product(["float64", "float32", "int16"], LAYOUTS.values()):

            def one(seed: int, n: int = n, kind: str = kind, layout: Any = layout) -> Any:
                return layout(sample(kind, (n,), seed) if kind != "int16" else sample(kind, (n,), seed) // 4)

            for function in ("wide", "one", "eight"):
                both.call(function, lambda: (one(1), one(2)))
        both.call("narrow", lambda: (np.random.default_rng(3).normal(size=n),))
        both.call("two", lambda: (np.random.default_rng(3).normal(size=n), 0.5, -1.0), tolerance=1e-12)


FASTMATH = """
import numpy as np

def everything(a, b, x, y, out):
    # pragma parallel for fastmath
    for i in range(len(x)):
        out[i] = a * x[i] * b + y[i] * 2 + x[i] / a + 1 + b

def contract(x, y, out):
    # pragma parallel for fastmath(contract)
    for i in range(len(x)):
        out[i] = x[i] * y[i] + out[i]

def arcp(x, c, out):
    # pragma sequential for fastmath(arcp)
    for i in range(len(x)):
        out[i] = x[i] / c

def reassoc(a, x, b, out):
    # pragma parallel for fastmath(reassoc)
    for i in range(len(x)):
        out[i] = a * x[i] * b * x[i]

def integers(x, y, out):
    # pragma parallel for fastmath
    for i in range(len(x)):
        out[i] = x[i] * y[i] + 3 * x[i] - y[i]

def zero(c, out):
    # pragma parallel for fastmath
    for i in range(len(out)):
        out[i] = float(i) / c
"""


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_fastmath_stays_within_its_bounds(pair: MakePair, kind: str) -> None:
    """Positive terms do not cancel: every licence costs half an ulp or so for each operation that it changes."""
    both = pair(FASTMATH)
    number = np.dtype(kind).type
    a, b = number(1.7), number(0.3)
    for n in SIZES:

        def one(seed: int, n: int = n) -> np.ndarray:
            return np.random.default_rng(seed).uniform(0.5, 2.0, size=n).astype(kind)

        both.call("everything", lambda: (a, b, one(1), one(2), one(3)), ulps=4)
        both.call("contract", lambda: (one(1), one(2), one(3)), ulps=1)
        both.call("arcp", lambda: (one(1), number(3.0), one(2)), ulps=1)
        both.call("reassoc", lambda: (a, one(1), b, one(2)), ulps=2)


def test_fastmath_leaves_the_rest_alone(pair: MakePair) -> None:
    both = pair(FASTMATH)
    for n in SIZES:
        both.call("integers", lambda: tuple(np.arange(n) * k for k in (1, 2, 3)))
    both.call("zero", lambda: (2.0, np.zeros(9)))
    both.call("zero", lambda: (0.0, np.zeros(9)), ran="careful")


def test_fastmath_saves_a_rounding(pair: MakePair) -> None:
    """`contract` is not only read: where the processor can, the product is not rounded."""
    both = pair(FASTMATH)
    eps = np.finfo(float).eps
    x, out = np.full(64, 1.0 + eps), np.full(64, -(1.0 + 2.0 * eps))
    both.native.contract(x, x.copy(), out)
    assert np.all(out == eps * eps) or np.all(out == 0.0)
    assert both.launches()["fast"] == 1
