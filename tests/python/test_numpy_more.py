"""More of NumPy's functions that are written in the language itself, against NumPy; their kernels are built together."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

# name: (expression of x, y: vectors; c, d: of integers; m: a square matrix; w: a wide one; k: an integer, tolerance)
CALLS: dict[str, tuple[str, float]] = {
    "tri": ("np.tri(k, 5)", 0.0),
    "kron": ("np.kron(m, w)", 0.0),
    "kron_vectors": ("np.kron(x, c)", 0.0),
    "vander": ("np.vander(x, k)", 0.0),
    "vander_increasing": ("np.vander(c, increasing=True)", 0.0),
    "gradient_at": ("np.gradient(y, np.sort(x))", 0.0),
    "gradient_even": ("np.gradient(x, np.arange(len(x)) * 0.5)", 0.0),
    "tile": ("np.tile(x, (2, k))", 0.0),
    "tile_matrix": ("np.tile(w, (k, 2))", 0.0),
    "tile_across": ("np.tile(c, k)", 0.0),
    "isin": ("np.isin(c, d)", 0.0),
    "isin_list": ("np.isin(c, [1, 3, 5])", 0.0),
    "nanpercentile": ("np.nanpercentile(np.where(x > 0.9, np.nan, x), 30.5)", 0.0),
    "nanmedian": ("np.nanmedian(np.where(x > 0.9, np.nan, x))", 0.0),
    "percentiles": ("np.percentile(x, np.array([0.0, 25.0, 50.5, 100.0]))", 0.0),
    "percentile_list": ("np.percentile(c, [25, 75])", 0.0),
    "quantiles": ("np.quantile(c, np.array([0.1, 0.5]))", 0.0),
    "percentile_rows": ("np.percentile(w, 30, axis=1)", 0.0),
    "percentile_columns": ("np.percentile(w, 62.5, axis=0)", 0.0),
    "median_rows": ("np.median(w, axis=-1)", 0.0),
    "median_columns": ("np.median(w, axis=0)", 0.0),
    "median_integers": ("np.median(c) + np.median(c[1:])", 0.0),
    "average_columns": ("np.average(w, axis=0, weights=x[: len(w)])", 1e-14),
    "average_rows": ("np.average(m, axis=1, weights=c[: len(m)])", 1e-14),
    "delete": ("np.delete(x, k)", 0.0),
    "delete_last": ("np.delete(c, -k)", 0.0),
    "insert": ("np.insert(c, k, 7.9)", 0.0),
    "insert_last": ("np.insert(x, -1, 0.5)", 0.0),
    "array_equal": ("np.array_equal(x, y) + 2 * np.array_equal(m, m) + 4 * np.array_equal(x, x[1:])", 0.0),
    "bartlett": ("np.bartlett(k)", 0.0),
    "windows": ("np.hanning(k) + np.hamming(k) + np.blackman(k)", 1e-15),
    "window_of_one": ("np.hanning(k - 2) + np.hamming(k - 2) + np.blackman(k - 2) + np.bartlett(k - 2)", 1e-15),
    "size": ("np.size(w) + np.size(x)", 0.0),
    "sort_rows": ("np.sort(w)", 0.0),
    "sort_columns": ("np.sort(w, axis=0)", 0.0),
    "corrcoef": ("np.corrcoef(x, y)", 1e-14),
    "cholesky": ("np.linalg.cholesky(m @ m.T + np.eye(len(m)))", 1e-13),
    "slogdet": ("np.linalg.slogdet(m)[1] + np.linalg.slogdet(m)[0] * 100", 1e-13),
    "matrix_power": ("np.linalg.matrix_power(m, k)", 1e-13),
    "norms": ("np.linalg.norm(w, 1) + np.linalg.norm(w, np.inf) * 10", 1e-14),
    "logspace": ("np.logspace(0.0, 1.0, 4, base=2.0)", 1e-15),
}
BODY = """
def {name}(x, y, c, d, m, w, k):
    # pragma parallel
    r = {call}
    return r
"""
FILL = """
def filled(a, value):
    # pragma sequential for
    for i in range(len(a)):
        np.fill_diagonal(a[i], value)

def factors(out, a):
    # pragma parallel for
    for i in range(len(a)):
        out[i] = np.linalg.cholesky(a[i])
"""


def arguments(n: int = 6, size: int = 3, k: int = 3, kind: str = "float64") -> Any:
    rng = np.random.default_rng(n + size)
    x, y = rng.random(n).astype(kind), rng.random(n).astype(kind)
    c, d = rng.integers(0, 9, n), rng.integers(0, 9, n)
    m, w = rng.random((size, size)).astype(kind), rng.random((size, n)).astype(kind)
    return lambda: (x.copy(), y.copy(), c.copy(), d.copy(), m.copy(), w.copy(), k)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder: Path = tmp_path_factory.mktemp("numpy_more")
    source = (
        "import numpy as np\n" + "".join(BODY.format(name=name, call=call) for name, (call, _) in CALLS.items()) + FILL
    )
    stacks = np.ones((2, 3, 3)) + np.eye(3)
    first = [(name, arguments()) for name in CALLS]
    more = [("filled", lambda: (stacks.copy(), 0.5)), ("factors", lambda: (stacks.copy(), stacks.copy()))]
    return Pair(folder, source, [*first, *more])


@pytest.mark.parametrize("name", CALLS)
def test_calls(made: Pair, name: str) -> None:
    tolerance = CALLS[name][1]
    for n, size, k in [(6, 3, 3), (7, 4, 2), (12, 5, 5)]:
        made.call(name, arguments(n, size, k), tolerance=tolerance)
    made.call(name, arguments(2, 1, 1), tolerance=tolerance, ran=None)


@pytest.mark.parametrize("name", ["median_rows", "vander", "gradient_at", "percentiles"])
def test_single_precision(made: Pair, name: str) -> None:
    made.call(name, arguments(kind="float32"), ran="python" if name == "percentiles" else "fast")


def test_diagonals_are_filled(made: Pair) -> None:
    made.call("filled", lambda: (np.ones((4, 3, 5)), 7.0), ran=None)
    made.call("filled", lambda: (np.ones((2, 5, 2)), 0.25), ran=None)


def test_matrices_that_are_not_positive_definite(made: Pair) -> None:
    good = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]])
    made.call("factors", lambda: (np.zeros((3, 3, 3)), np.array([good, good * 2, good.T])), tolerance=1e-14)
    for bad in [-good, good - 4 * np.eye(3), np.ones((3, 3)), good * np.nan]:
        made.call("factors", lambda bad=bad: (np.zeros((2, 3, 3)), np.array([good, bad])), ran="python")  # type: ignore[misc]


def test_places_beyond_the_end(made: Pair) -> None:
    for name in ["delete", "insert", "delete_last"]:
        made.call(name, arguments(4, 2, 9), ran="python")
