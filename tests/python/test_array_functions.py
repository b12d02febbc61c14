"""NumPy's functions that move, join and count elements, and assignments through masks, against NumPy: native on every shape."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, Pair

SOURCE = """
import numpy as np


def between(x, y, n):
    # pragma parallel
    a = np.linspace(x[0], y[1], n)
    b = np.linspace(0, x[1], 7)
    c = np.linspace(y[1], x[0], n, endpoint=False)
    return a, b, c


def counted(x):
    # pragma parallel
    a = np.arange(x[1])
    b = np.arange(1, x[1], 2)
    return a, b


def powers_of_bools(x):
    # pragma parallel
    a = x**2
    b = x**3
    c = (x > 0) ** 2 + x**2.0
    return a, b, c


def powers_by_name(x, k):
    # pragma parallel
    a = x**k
    return a


def turned(x):
    # pragma parallel
    a = np.flip(x) + x
    b = np.flipud(x).copy()
    c = np.fliplr(x).copy()
    d = np.flip(x, axis=(0, -1)).copy()
    e = np.flip(x, 1).copy()
    return a, b, c, d, e


def rolled(x, k):
    # pragma parallel
    a = np.roll(x, k, axis=0)
    b = np.roll(x, -k, axis=1)
    c = np.roll(x + x, 1, axis=-1)
    d = np.roll(x[0], k)
    return a, b, c, d


def repeated(x, k):
    # pragma parallel
    a = np.repeat(x, k, axis=0)
    b = x.repeat(2, axis=1)
    c = np.repeat(x[0], k)
    d = np.repeat(x[:1], k, 0)
    return a, b, c, d


def triangles(x, k):
    # pragma parallel
    a = np.triu(x)
    b = np.tril(x, k)
    c = np.triu(x, k=-1)
    d = np.tril(x + x, 1)
    return a, b, c, d


def diagonals(x, v):
    # pragma parallel
    a = x.diagonal().copy()
    b = np.diagonal(x, 1).copy()
    c = np.diag(x, -1).copy()
    d = np.diag(v)
    e = np.trace(x)
    return a, b, c, d, e


def joined(x, y, v, w):
    # pragma parallel
    a = np.vstack((x, y))
    b = np.hstack([x, y])
    c = np.vstack((v, w))
    d = np.hstack((v, w + w))
    e = np.column_stack((v, x))
    f = np.column_stack((v, w))
    return a, b, c, d, e, f


def differences(x):
    # pragma parallel
    a = np.diff(x)
    b = np.diff(x[0])
    return a, b


def orders(x):
    # pragma parallel
    a = np.transpose(x, axes=(1, 0)) + 0
    return a


def samples(n):
    # pragma parallel
    a = np.linspace(-1.5, 2.0, n)
    b = np.linspace(-1.5, 2.0, n, dtype=np.float32)
    c = np.linspace(-3.0, 4.0, n, dtype=np.int64)
    d = np.linspace(0, 1, n, endpoint=False, dtype=np.float64)
    return a, b, c, d


def histograms(x, w, n):
    # pragma parallel
    counts, edges = np.histogram(x, n)
    sums = np.histogram(x, bins=n, weights=w)[0]
    return counts, edges, sums


def covariances(x):
    # pragma parallel
    a = np.cov(x)
    b = np.cov(x, rowvar=False, ddof=0)
    c = np.cov(np.transpose(x), bias=True)
    return a, b, c


def masked_alike(a, b):
    # pragma parallel
    a[a > b] = a[a > b] * 2 - b[a > b]


def masked_shift(a, m):
    # pragma parallel
    a[1:][m] = a[:-1][m]


def masked_self(a, m):
    # pragma parallel
    a[m] += a[m] * a[m]


def masked_vector(a, m, v):
    # pragma parallel
    a[m] = v


def masked_add(a, m, v):
    # pragma parallel
    a[m] -= v


def masked_other(a, m, b, k):
    # pragma parallel
    a[m] = b[k]


def masked_rows(a, m, rows, row):
    # pragma parallel
    a[m] = rows
    a[m] += row


def chosen_rows(a, m):
    # pragma parallel
    b = a[m] + 1
    c = a[m]
    return b, c


def masked_by_sums(x, a, b, flag):
    # pragma parallel
    y = x[a + b]
    z = x[a * b]
    w = x[a & flag]
    return y, z, w


def in_loop(total, parts):
    # pragma sequential for
    for i in range(len(parts)):
        total += parts[i]
        total *= 2
    return total
"""
SHAPES = [(3, 4), (1, 1), (5, 1), (1, 7), (17, 9)]
KINDS = ["float64", "int32", "float32", "complex128"][: 4 if os.environ.get("FERROKEET_ALL") == "1" else 2]
Make = Callable[[], tuple[Any, ...]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("functions"), SOURCE)


def matrix(shape: tuple[int, ...], kind: str = "float64", seed: int = 1) -> np.ndarray:
    """Small whole numbers of both signs: sums of them are exact, whatever the order."""
    values: np.ndarray = np.random.default_rng(seed).integers(-9, 10, shape).astype(kind)
    return values


def native(pair: Pair, function: str, make: Make, tolerance: float = 0.0) -> None:
    """Calls both; the translated one ran natively."""
    before = pair.launches()
    pair.call(function, make, ran=None, tolerance=tolerance)
    after = pair.launches()
    assert after["python"] == before["python"], f"{function} ran as Python"
    assert sum(after.values()) > sum(before.values()), f"{function} ran no kernel"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", ["turned", "triangles", "rolled", "repeated", "differences", "orders"])
def test_moved(pair: Pair, function: str, kind: str) -> None:
    """Elements at other places: every shape, layout and amount."""
    amounts = [()] if function in ("turned", "differences", "orders") else [(2,), (0,), (11,)]
    for shape in [*SHAPES, (4, 0)]:
        for layout in LAYOUTS.values():
            for amount in amounts:
                native(pair, function, lambda s=shape, f=layout, a=amount: (f(matrix(s, kind)), *a))


@pytest.mark.parametrize("function", ["turned", "triangles", "repeated", "orders"])
def test_moved_bools(pair: Pair, function: str) -> None:
    """Bools stay bools."""
    amount = (2,) if function in ("triangles", "repeated") else ()
    for shape in SHAPES:
        native(pair, function, lambda s=shape: (matrix(s) > 0, *amount))


@pytest.mark.parametrize("by", [-3, -1, 5])
def test_amounts(pair: Pair, by: int) -> None:
    """Shifts and diagonals of both signs; repetitions of a negative number raise."""
    native(pair, "rolled", lambda: (matrix((3, 4)), by))
    native(pair, "triangles", lambda: (matrix((3, 4)), by))
    pair.call("repeated", lambda: (matrix((3, 4)), by), ran=None)


@pytest.mark.parametrize("kind", KINDS)
def test_diagonals(pair: Pair, kind: str) -> None:
    for shape in [(3, 3), (2, 5), (5, 2), (17, 17)]:
        native(pair, "diagonals", lambda s=shape: (matrix(s, kind), matrix((4,), kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_joined(pair: Pair, kind: str) -> None:
    for n, m in SHAPES:
        make = lambda n=n, m=m: (  # noqa: E731
            matrix((n, m), kind),
            matrix((n, m), kind, 2),
            matrix((n,), kind),
            matrix((n,), kind, 3),
        )
        native(pair, "joined", make)


def test_joined_promotes(pair: Pair) -> None:
    """Parts of several dtypes are NumPy's to promote."""
    make = lambda: (matrix((2, 2)), matrix((2, 2), "int32"), matrix((2,)), matrix((2,), "float32"))  # noqa: E731
    pair.call("joined", make, ran=None)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 50])
def test_samples(pair: Pair, count: int) -> None:
    native(pair, "samples", lambda: (count,))


@pytest.mark.parametrize("kinds", ["f4f4", "f4i1", "i2f4", "f4i4", "f4f8", "u1u1", "f2f4"])
def test_samples_between_numbers_of_numpy_s(pair: Pair, kinds: str) -> None:
    """Their type is the one that both ends have in common."""
    x, y = (np.array([3, 4]).astype(kind) for kind in (kinds[:2], kinds[2:]))
    for n in (1, 6):
        pair.call("between", lambda n=n: (x, y, n))


@pytest.mark.parametrize("kind", ["i1", "u4", "u8"])
def test_ranges_up_to_elements(pair: Pair, kind: str) -> None:
    """Up to a `uint64`, NumPy counts in floats."""
    pair.call("counted", lambda: (np.array([2, 9], kind),), ran="python" if kind == "u8" else "fast")


def test_powers_of_bools(pair: Pair) -> None:
    """NumPy squares bools as bytes, and raises them to other powers of Python's as int64."""
    x = np.array([True, False, True])
    pair.call("powers_of_bools", lambda: (x,))
    for k, ran in ((2, "python"), (3, "python"), (np.int64(2), "fast"), (2.0, "fast")):
        pair.call("powers_by_name", lambda k=k: (x, k), ran=ran)
    pair.call("powers_by_name", lambda: (np.arange(3), 2))


def test_negative_samples(pair: Pair) -> None:
    pair.call("samples", lambda: (-1,), ran=None)


@pytest.mark.parametrize("kind", ["float64", "int64"])
def test_histograms(pair: Pair, kind: str) -> None:
    """NumPy's bins, values on the edges included."""
    for size, bins in [(1, 1), (1, 4), (50, 7), (400, 18), (33, 1)]:
        whole = lambda s=size, b=bins: (np.abs(matrix((s,))).astype(kind), matrix((s,)), b)  # noqa: E731
        native(pair, "histograms", whole)
        if kind == "float64":
            rng = np.random.default_rng(size)
            values, weights = rng.random(size) ** 2, rng.random(size)
            native(pair, "histograms", lambda x=values, w=weights, b=bins: (x, w, b), 1e-13)
            tenths = np.round(values, 1)
            native(pair, "histograms", lambda x=tenths, w=weights: (x, w, 10), 1e-13)


@pytest.mark.parametrize(
    "values", [[], [np.nan, 1.0], [np.inf, 0.0], [-1e308, 1e308]], ids=["empty", "nan", "inf", "overflow"]
)
def test_histograms_that_raise(pair: Pair, values: list[float]) -> None:
    """What NumPy refuses, or does in a way of its own, is NumPy's."""
    pair.call("histograms", lambda: (np.array(values), np.ones(len(values)), 4), ran=None)
    pair.call("histograms", lambda: (np.ones(3), np.ones(3), -len(values)), ran=None)


@pytest.mark.parametrize("kind", KINDS[:2])
def test_covariances(pair: Pair, kind: str) -> None:
    for shape in [(3, 4), (12, 20), (17, 2)]:
        native(pair, "covariances", lambda s=shape: (matrix(s, kind),), 1e-12)
    pair.call("covariances", lambda: (matrix((1, 7), kind),), ran=None, tolerance=1e-12)


def halves(shape: tuple[int, ...], seed: int = 5) -> np.ndarray:
    mask: np.ndarray = np.random.default_rng(seed).random(shape) < 0.5
    return mask


@pytest.mark.parametrize("kind", KINDS[1:3])
def test_masked(pair: Pair, kind: str) -> None:
    """Both sides by one mask; a vector of as many elements; other masks; rows."""
    for shape in [*SHAPES, (0, 3)]:
        for layout in LAYOUTS.values():
            native(pair, "masked_alike", lambda s=shape, f=layout: (f(matrix(s, kind)), matrix(s, kind, 2)))
        mask = halves(shape)
        count = int(mask.sum())
        native(pair, "masked_self", lambda s=shape, m=mask: (matrix(s, kind), m))
        for function in ("masked_vector", "masked_add"):
            native(pair, function, lambda s=shape, m=mask, c=count: (matrix(s, kind), m, matrix((c,), kind, 3)))
        native(
            pair, "masked_other", lambda s=shape, m=mask: (matrix(s, kind), m, matrix(s, kind, 2), m[::-1].copy()[::-1])
        )
        rows = halves(shape[:1])
        left, more = int(rows.sum()), shape[1]

        def make(
            shape: tuple[int, ...] = shape, rows: np.ndarray = rows, left: int = left, more: int = more
        ) -> tuple[Any, ...]:
            return matrix(shape, kind), rows, matrix((left, more), kind, 2), matrix((more,), kind, 3)

        native(pair, "masked_rows", make)
        native(pair, "chosen_rows", lambda s=shape, m=rows: (matrix(s, kind), m))


def test_masked_by_sums(pair: Pair) -> None:
    """Sums and products of masks are masks."""
    native(pair, "masked_by_sums", lambda: (matrix((9, 5)), halves((9, 5)), halves((9, 5), 6), True))


def test_masked_overlap(pair: Pair) -> None:
    """The right side is evaluated first."""
    native(pair, "masked_shift", lambda: (matrix((30,)), halves((29,))))


def test_masked_misfits(pair: Pair) -> None:
    """Another number of elements than the mask chooses: NumPy's error, or its broadcasting of one."""
    mask = halves((12,))
    for length in (0, 1, 2, 12):
        pair.call("masked_vector", lambda n=length: (matrix((12,)), mask, matrix((n,))), ran=None)
    pair.call("masked_other", lambda: (matrix((12,)), mask, matrix((12,), seed=2), halves((12,), 6)), ran=None)
    pair.call("masked_vector", lambda: (matrix((12,)), halves((11,)), matrix((3,))), ran=None)


def test_vector_through_alike_mask(pair: Pair) -> None:
    """A view of the array itself is assigned."""

    def make() -> tuple[Any, ...]:
        a = matrix((12,))
        mask = np.zeros(12, bool)
        mask[6:] = True
        return a, mask, a[2:8]

    pair.call("masked_vector", make, ran=None)


def test_updates_in_loops(pair: Pair) -> None:
    """An input that a loop updates in place stays the same array."""
    native(pair, "in_loop", lambda: (matrix((4, 3)), matrix((5, 4, 3), seed=2)))
    native(pair, "in_loop", lambda: (matrix((4, 3)), matrix((0, 4, 3))))


SHOWN = """
import numpy as np


def dead(x, n):
    # pragma sequential for
    for i in range(n):
        wide = np.reshape(x, (2, -1))
        turned = wide.T
        fresh = turned * 2.0
        x[:] = np.reshape(fresh, (-1,))


def read_after(x, n):
    # pragma sequential for
    for i in range(n):
        wide = np.reshape(x, (2, -1))
        x[0] = 5.0
        x[1] = wide[0, 0]


def read_next(x, n):
    wide = np.reshape(x + 1, (2, -1))
    # pragma sequential for
    for i in range(n):
        x[1] = wide[0, 0]
        x[0] += 5.0
        wide = np.reshape(x, (2, -1))


def read_under(x, n):
    # pragma sequential for
    for i in range(n):
        wide = np.reshape(x, (2, -1))
        again = np.reshape(wide, (-1,))
        x[0] += 1.0
        if i > 1:
            x[1] = again[0]


def read_outside(x, n):
    wide = np.reshape(x, (2, -1))
    # pragma sequential for
    for i in range(n):
        wide = np.reshape(x, (2, -1))
        x[0] += 1.0
    return wide.sum()
"""


def test_later_reads(tmp_path: Path) -> None:
    """A reshaped array that is assigned to afterwards is native only if nothing reads it then; never a wrong answer."""
    pair = Pair(tmp_path, SHOWN)
    native(pair, "dead", lambda: (matrix((12,)), 3))
    for function in ("read_after", "read_next", "read_under", "read_outside"):
        for count in (0, 1, 4):
            pair.call(function, lambda n=count: (matrix((12,)), n), ran=None)


ATTRIBUTES = """
import numpy as np


def shape_after(x):
    # pragma parallel
    y = x * 2.0
    z = y + x
    y.shape = z.shape = x.size
    return y, z
"""


def test_attributes_end_a_run(tmp_path: Path) -> None:
    """Statements under `# pragma parallel` end before one that assigns an attribute."""
    native(Pair(tmp_path, ATTRIBUTES), "shape_after", lambda: (matrix((3, 4)),))


CHOSEN = [
    "np.flip(A[i, q])",
    "np.flip(A[i, q])[1:]",
    "np.roll(A[i, q], 1)",
    "A[i, q][::-1]",
    "A[i][q][1:][::-1]",
    "A[q].T[i]",
    "A[q, i][::-1]",
    "np.transpose(A[q])[i]",
    "np.swapaxes(A[:, q], 0, 1)[i]",
    "np.flip(A[q], 1)[i]",
    "np.flipud(A[q])[i]",
    "A[q][::-1][i]",
    "A[q].reshape(-1)[i : i + 3]",
    "np.where(A[q, i] > 2, np.flip(A[q, i]), 0.0)",
    "A[:, q][1:, ::-1][1]",
]


def test_what_index_arrays_choose_has_an_order_of_its_own(tmp_path: Path) -> None:
    """Subscripts, flips and transpositions of it are of what was chosen, not of the array that it was chosen from."""
    body = "".join(
        f"        part = {text}\n"
        f"        out[i, {number}] = np.sum(part * np.arange(1.0, 1.0 + len(part))) + 100 * part[0]\n"
        for number, text in enumerate(CHOSEN)
    )
    pair = Pair(
        tmp_path,
        f"import numpy as np\n\n\ndef f(A, q, out):\n    # pragma parallel for\n    for i in range(len(out)):\n{body}",
    )
    A = (np.arange(16.0) ** 2 % 23).reshape(4, 4)
    for q in ([2, 0, 3], [1, 1, 0], [-1, 0, 2]):
        for given in (A, A.astype(np.int32), A.T):
            pair.call("f", lambda given=given, q=q: (given, np.array(q), np.zeros((3, len(CHOSEN)))))
