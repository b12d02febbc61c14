"""NumPy's functions as loops call them, with their other arguments and axes, against NumPy; their kernels are built together.

Every run looks at some of them, `FERROKEET_FULL_LANGUAGE=1` at all.
"""

import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

# name: (expressions of x, y: vectors; c, d: of integers; m, w: matrices; k: an integer, tolerance)
ALL: dict[str, tuple[list[str], float]] = {
    "differences": (
        ["np.diff(x, 2)", "np.diff(w, axis=0)", "np.diff(c, n=3)", "np.diff(w, axis=-2)", "np.diff(m, 2, 1)"],
        0.0,
    ),
    "differences_with_ends": (["np.diff(x, prepend=0)", "np.diff(c, prepend=c[0], append=9)"], 0.0),
    "places": (
        [
            "np.lexsort((x, c))",
            "np.argsort(w, axis=0, kind='stable')",
            "np.argsort(m, stable=True)",
            "np.argsort(w)",
            "np.lexsort((x, c, d))",
            "np.take_along_axis(w, np.argsort(w, axis=1), axis=1)",
            "np.take_along_axis(w, np.argsort(w, axis=0), 0)",
        ],
        0.0,
    ),
    "extremes": (
        [
            "np.nanargmax(np.where(x > 0.8, np.nan, x))",
            "np.nanargmin(np.where(x < 0.2, np.nan, -np.inf))",
            "np.nanargmax(c)",
            "np.nancumsum(np.where(x > 0.5, np.nan, x))",
            "np.nancumprod(w, axis=1)",
        ],
        0.0,
    ),
    "sets": (
        [
            "np.isin(w, x, invert=True)",
            "np.intersect1d(c, d)",
            "np.setdiff1d(c, d)",
            "np.setxor1d(c, d)",
            "np.union1d(c, d)",
            "np.isin(c, d)",
        ],
        0.0,
    ),
    "distinct": (
        [
            "np.unique(c, return_inverse=True)[1]",
            "np.unique(c, return_index=True)[1]",
            "np.unique(c, return_index=True, return_inverse=True, return_counts=True)[3]",
            "np.unique(c, return_inverse=True, return_counts=True)[0]",
            "np.unique(c, return_counts=True)[1]",
            "np.unique(m)",
        ],
        0.0,
    ),
    "middles": (
        [
            "np.percentile(w, [25, 75], axis=1)",
            "np.median(w, axis=1, keepdims=True)",
            "np.quantile(w, 0.3, axis=0)",
            "np.nanmedian(np.where(w > 0.9, np.nan, w), axis=1)",
            "np.nanpercentile(np.where(w > 0.9, np.nan, w), 40, axis=1)",
        ],
        0.0,
    ),
    "between": (
        [
            "np.interp(y * 2.0 - 0.5, np.sort(x), y, left=-1.0, right=7)",
            "np.interp(-3.0, np.sort(x), c, left=-1.0)",
            "np.interp(x, np.arange(k) / k, x[:k], right=np.nan)",
        ],
        0.0,
    ),
    "areas": (
        [
            "np.trapezoid(w, axis=0)",
            "np.trapezoid(w, x)",
            "np.trapezoid(w, np.arange(len(w)) * 0.5, axis=0)",
            "np.trapezoid(w, dx=0.1)",
            "np.trapezoid(x, y)",
        ],
        1e-14,
    ),
    "slopes": (
        ["np.gradient(w, axis=1)", "np.gradient(w, 0.5, axis=0)", "np.gradient(x, 0.5, edge_order=2)"],
        1e-15,
    ),
    "correlations": (
        ["np.corrcoef(w)", "np.corrcoef(w, rowvar=False)", "np.cov(x, y)", "np.cov(c, y, ddof=0)", "np.cov(w)"],
        1e-12,
    ),
    "counts": (
        [
            "np.histogram(x, 4, (0.0, 0.5), weights=c)[0]",
            "np.histogram(c, [0, 2, 4, 9])[0]",
            "np.histogram(x, 4, range=(0.1, 0.9))[0]",
            "np.histogram(x, bins=4, range=(0, 1))[1]",
            "np.histogram(x, bins=np.linspace(0.0, 1.0, k + 1))[0]",
            "np.histogram(w, bins=k, range=(0.25, 0.25))[0]",
            "np.histogram(c, k)[0]",
            "np.histogram(c, 5, (1, 8))[0]",
        ],
        0.0,
    ),
    "densities": (
        ["np.histogram(x, 4, density=True)[0]", "np.histogram(x, k, (0.0, 1.0), weights=y)[0]"],
        1e-14,
    ),
    "multiplied": (["np.polymul(x, y)"], 1e-15),
    "polynomials": (
        ["np.polyder(x)", "np.polyder(c, 2)", "np.polyint(x)", "np.polyadd(x, y[1:])"],
        1e-15,
    ),
    "crosses": (
        ["np.cross(w[:, :3], w[:, :3][::-1])", "np.cross(w[:, :3], x[:3])", "np.cross(x[:3], w[:, :3] * 2)"],
        0.0,
    ),
    "dots": (["np.vecdot(x, y)", "np.vecdot(w, w[::-1])"], 1e-14),
    "clipped": (
        [
            "np.clip(x, 0.25, None)",
            "np.clip(x, None, y)",
            "np.clip(c, a_min=1, a_max=5)",
            "np.clip(x, min=0.25, max=0.5)",
            "x.clip(min=0.5)",
            "x.clip(max=0.5)",
            "c.clip(2)",
        ],
        0.0,
    ),
    "appended": (
        [
            "np.append(w, w * 2, axis=0)",
            "np.append(w, m, axis=1)",
            "np.delete(x, [0, 2, -1, 2])",
            "np.delete(w, -1, axis=0)",
            "np.delete(w, k - 1, 1)",
            "np.insert(c, k, x[:2] * 9)",
            "np.concat((x, y))",
        ],
        0.0,
    ),
    "diagonals": (
        [
            "np.diagflat(x, 1)",
            "np.diagflat(w, -2)",
            "np.tril_indices(k)[1]",
            "np.triu_indices(k, 1)[0]",
            "m[np.triu_indices(len(m), 1)]",
            "m[np.diag_indices(len(m))]",
            "np.eye(k, 4)",
            "np.eye(k, k=1)",
            "np.eye(4, k, k=-1, dtype=np.int32)",
        ],
        0.0,
    ),
    "limits": (
        [
            "x + np.finfo(np.float64).eps",
            "np.minimum(x * 0 + np.inf, np.finfo(float).max)",
            "c + np.iinfo(np.int32).min",
            "np.finfo(np.float32).tiny",
            "x.astype('f4')",
            "c.astype('int16', copy=False)",
        ],
        0.0,
    ),
    "linear": (
        [
            "np.linalg.norm(x, 3)",
            "np.linalg.norm(x, 0)",
            "np.linalg.norm(w, 1, axis=1)",
            "np.linalg.norm(w, np.inf, axis=0)",
            "np.linalg.norm(x, -np.inf)",
            "np.linalg.norm(w, ord=2, axis=1, keepdims=True)",
            "np.linalg.vector_norm(x)",
            "np.linalg.trace(m)",
            "np.linalg.outer(x, y)",
            "np.linalg.cross(x[:3], y[:3])",
            "np.linalg.matrix_norm(w) + np.linalg.norm(m, -np.inf, axis=0)[0]",
            "np.linalg.diagonal(m) + 0",
            "np.permute_dims(w, (1, 0)) + np.identity(1)",
            "np.linalg.norm((x * 250).astype(np.uint8))",
            "np.linalg.norm(c - 4, 1)",
        ],
        1e-14,
    ),
}
# How many of an entry's expressions every run looks at: sorting is long, and inlined wherever it is called.
SOME = {
    "places": 1,
    "sets": 2,
    "distinct": 1,
    "middles": 2,
    "counts": 3,
    "correlations": 2,
    "appended": 3,
    "between": 1,
}
SOME |= {"linear": 4, "diagonals": 4, "slopes": 2, "densities": 1, "areas": 2, "polynomials": 4}
FULL = bool(os.environ.get("FERROKEET_FULL_LANGUAGE"))
CALLS = {
    name: (texts if FULL else texts[: SOME.get(name, len(texts))], tolerance)
    for name, (texts, tolerance) in ALL.items()
}
BODY = """
def {name}(x, y, c, d, m, w, k):
    # pragma parallel
{lines}
    return {results},
"""
MORE = """
def in_place(a, b, k):
    # pragma sequential for
    for i in range(len(a)):
        a[i].sort()
        np.clip(b[i], 2, None, out=b[i])
        np.put_along_axis(b, k, 0, axis=1)

def picked(out, x):
    # pragma parallel for
    for i in range(len(x)):
        best = np.nanargmax(x[i])
        counts, edges = np.histogram(x[i], 3, range=(0, 3))
        out[i, 0] = best
        out[i, 1:4] = counts
        out[i, 4:] = edges
"""


def arguments(n: int = 6, size: int = 3, k: int = 3, kind: str = "float64") -> Any:
    rng = np.random.default_rng(n + size)
    x, y = rng.random(n).astype(kind), rng.random(n).astype(kind)
    c, d = rng.integers(0, 9, n), rng.integers(0, 9, n)
    m, w = rng.random((size, size)).astype(kind), rng.random((size, n)).astype(kind)
    return lambda: (x.copy(), y.copy(), c.copy(), d.copy(), m.copy(), w.copy(), k)


def function(name: str, texts: list[str]) -> str:
    lines = "\n".join(f"    r{number} = {text}" for number, text in enumerate(texts))
    return BODY.format(name=name, lines=lines, results=", ".join(f"r{number}" for number in range(len(texts))))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder: Path = tmp_path_factory.mktemp("numpy_library")
    source = "import numpy as np\n" + "".join(function(name, texts) for name, (texts, _) in CALLS.items()) + MORE
    more = [("in_place", places()), ("picked", lambda: (np.zeros((3, 8)), np.ones((3, 4))))]
    return Pair(folder, source, [*((name, arguments()) for name in CALLS), *more])


def places() -> Any:
    rng = np.random.default_rng(5)
    a, b, k = rng.random((3, 9)), rng.integers(0, 9, (3, 4)), rng.integers(0, 4, (3, 2))
    return lambda: (a.copy(), b.copy(), k)


@pytest.mark.parametrize("name", CALLS)
def test_calls(made: Pair, name: str) -> None:
    tolerance = CALLS[name][1]
    for n, size, k in [(6, 3, 3), (7, 4, 2), (12, 5, 5)]:
        ran = None if name == "multiplied" else "fast"
        made.call(name, arguments(n, size, k), tolerance=tolerance, ran=ran)
    for n, size, k in [(1, 1, 1), (0, 0, 0), (3, 1, 9)]:
        made.call(name, arguments(n, size, k), tolerance=tolerance, ran=None)


def test_in_place(made: Pair) -> None:
    made.call("in_place", places())


def test_nothing_but_missing_numbers(made: Pair) -> None:
    x = np.array([[0.5, np.nan, 2.0, 3.0], [np.nan, -np.inf, np.nan, 1.0], [np.inf, 3.5, -0.0, np.nan]])
    made.call("picked", lambda: (np.zeros((3, 8)), x))
    made.call("picked", lambda: (np.zeros((3, 8)), np.where(x == 1.0, np.nan, x)))
    x[1] = np.nan
    made.call("picked", lambda: (np.zeros((3, 8)), x), ran="python")


NORMS = """
import numpy as np

def largest(a, k, out):
    # pragma parallel for
    for i in range(len(a)):
        out[i] = np.linalg.norm(a[i], np.inf) + np.linalg.vector_norm(a[i, k:], ord=np.inf)

def of_matrices(a, k, out):
    # pragma parallel for
    for i in range(len(a)):
        out[i] = np.linalg.norm(a[: i + k], 1) + np.linalg.norm(a[i:, :k], np.inf)
"""


def test_norms_of_nothing(tmp_path: Path) -> None:
    """The greatest of no elements depends on the release of NumPy: it is asked."""
    pair = Pair(tmp_path, NORMS)
    for name in ("largest", "of_matrices"):
        for shape in ((3, 4), (3, 0), (0, 3)):
            for k in (0, 1, 4):
                a = np.arange(float(np.prod(shape))).reshape(shape) - 3
                pair.call(name, partial(lambda a, k: (a, k, np.zeros(len(a))), a, k), ran=None)
    assert pair.launches()["fast"] >= 4
