"""Array expressions whose loops the translator turns round: choices by masks that are not put together, rounds inside elements, rows
whose bounds are data, and the places of extremes in one pass. CPython's answers, native."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from harness import MakePair, sample

SIZES = [0, 1, 7, 8, 9, 33, 1000]

CHOSEN = """
    import numpy as np

    def total(a, m, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = np.sum(a[m]) + i

    def held(a, m, out):
        # pragma parallel for
        for i in range(len(out)):
            chosen = a[m]
            out[i] = chosen.sum() / len(chosen) if len(chosen) > 0 else -1.0

    def two(a, m, out):
        # pragma parallel for
        for i in range(len(out)):
            x = a[m]
            y = (a + i)[m]
            out[i] = np.sum(x * y) + np.sum(np.abs(x - y))

    def any_of(a, m, out):
        # pragma parallel for
        for i in range(len(out)):
            low = a[m] < i - 1
            out[i] = np.count_nonzero(low) + 10 * np.any(low)

    def spread(a, m, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = a[m].var() if m.any() else 0.0

    def masked_by_value(a, m, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = a[(a > i - 2) & m].sum()

    def mask_changes(a, m, out):
        # pragma sequential for
        for i in range(len(out)):
            chosen = a[m]
            m[:] = ~m
            out[i] = np.sum(chosen) + np.sum(a[m])

    def source_changes(a, m, out):
        # pragma sequential for
        for i in range(len(out)):
            chosen = a[m]
            a[:] = a + 1
            out[i] = np.sum(chosen)

    def kept(a, m, out):
        # pragma sequential for
        for i in range(len(out)):
            chosen = a[m]
            out[i] = np.sum(chosen * np.arange(len(chosen)))

    def other_masks(a, m, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = np.sum(a[m]) - np.sum(a[~m])
"""


def chosen(n: int, mask: str, a: Any = None) -> Callable[[], tuple[Any, ...]]:
    masks = {"none": np.zeros(n, bool), "all": np.ones(n, bool), "some": np.arange(n) % 3 == 1}
    return lambda: (sample("float64", (n,), 4) if a is None else a.copy(), masks[mask].copy(), np.zeros(3))


def test_what_a_mask_chooses(pair: MakePair) -> None:
    both = pair(CHOSEN)
    names = [name for name in both.plain if name not in ("__name__", "__builtins__", "np")]
    for name, n, mask in itertools.product(names, SIZES, ["none", "all", "some"]):
        both.call(name, chosen(n, mask), tolerance=1e-9)


def test_what_a_mask_chooses_of_other_types(pair: MakePair) -> None:
    both = pair(CHOSEN)
    for dtype in (np.float32, np.int16, np.uint8):
        values = (np.arange(50) % 7).astype(dtype)
        for name in ("total", "held", "any_of", "masked_by_value"):
            both.call(name, chosen(50, "some", values), tolerance=1e-5)


ROWS = """
    import numpy as np

    def products(row, column, value, x, y):
        # pragma parallel for
        for i in range(len(row) - 1):
            columns = column[row[i] : row[i + 1]]
            y[i] = value[row[i] : row[i + 1]] @ x[columns]

    def sums(row, column, value, x, y):
        # pragma parallel for
        for i in range(len(row) - 1):
            lo = row[i]
            hi = row[i + 1]
            y[i] = np.sum(value[lo:hi]) + np.sum(value[lo + 1 : hi])

    def stored(row, column, value, x, y):
        # pragma sequential for
        for i in range(len(row) - 1):
            value[row[i] : row[i + 1]] *= x[i]
"""


def rows(lengths: list[int], kind: Any, stride: int = 1) -> Callable[[], tuple[Any, ...]]:
    def make() -> tuple[Any, ...]:
        rng = np.random.default_rng(3)
        row = np.concatenate(([0], np.cumsum(lengths))).astype(kind)
        total = int(row[-1])
        column = rng.integers(-20, 20, total * stride).astype(kind)[::stride]
        value = rng.random(total * stride)[::stride]
        return row, column, value, rng.random(max(20, len(row))), np.zeros(len(lengths))

    return make


def test_rows_with_bounds_that_are_data(pair: MakePair) -> None:
    both = pair(ROWS)
    for name, kind, stride in itertools.product(("products", "sums", "stored"), (np.int64, np.int32), (1, 2)):
        for lengths in ([0], [1, 0, 7, 8, 9, 40], [3] * 30):
            both.call(name, rows(lengths, kind, stride), tolerance=1e-12)


def test_rows_that_are_not_as_usual(pair: MakePair) -> None:
    both = pair(ROWS)
    for bounds in ([5, 2, 9], [-4, -1, 3], [0, 4, 99], [-99, 2, 2], [2**62, 2**62 + 3, 4]):

        def make(bounds: list[int] = bounds) -> tuple[Any, ...]:
            rng = np.random.default_rng(3)
            numbers = rng.integers(0, 20, 12), rng.random(12), rng.random(20), np.zeros(2)
            return np.array(bounds), *numbers

        for name in ("products", "sums", "stored"):
            both.call(name, make, tolerance=1e-12, ran=None)

    def beyond() -> tuple[Any, ...]:
        return np.array([0, 2, 4]), np.array([1, 2, 77, 3]), np.ones(4), np.ones(20), np.zeros(2)

    both.call("products", beyond, ran=None)


ROUNDS = """
    import numpy as np

    def escape(re, im, counts, limit):
        # pragma parallel for
        for row in range(len(im)):
            x = np.zeros(len(re))
            y = np.zeros(len(re))
            counts[row] = 0
            for _ in range(limit):
                inside = x * x + y * y <= 4.0
                new = np.where(inside, x * x - y * y + re, x)
                y = np.where(inside, 2.0 * x * y + im[row], y)
                x = new
                counts[row] += inside

    def smaller(re, im, counts, limit):
        # pragma parallel for
        for row in range(len(im)):
            x = np.ones(len(re), dtype=np.float32)
            for t in range(limit):
                x = x * np.float32(0.5) + t
            counts[row] = x

    def in_place(re, im, counts, limit):
        # pragma sequential for
        for row in range(len(im)):
            for t in range(limit):
                re += 0.5 * im[row] + t
                re *= 0.75

    def squares(re, im, counts, limit):
        # pragma parallel for
        for row in range(len(im)):
            z = np.zeros(len(re), dtype=np.complex128)
            c = re + 1j * im[row]
            for _ in range(min(limit, 4)):
                z = z * z + c
            counts[row] = z.real - z.imag

    def neighbours(re, im, counts, limit):
        # pragma sequential for
        for row in range(len(im)):
            x = np.zeros(len(re))
            for t in range(limit):
                x[1:] = x[:-1] + re[1:]
                x[:1] = t
            counts[row] = x

    def seen_later(re, im, counts, limit):
        # pragma sequential for
        for row in range(len(im)):
            x = np.zeros(len(re))
            total = 0.0
            for t in range(limit):
                x = x + re
                total += t
            counts[row] = x + total

    def by_round(re, im, counts, limit):
        # pragma sequential for
        for row in range(len(im)):
            x = np.zeros(len(re))
            for t in range(min(limit, len(im))):
                x = x + re * im[t]
            counts[row] = x

    def row_by_row(re, im, counts, limit):
        # pragma sequential for
        for row in range(len(im)):
            for t in range(limit):
                counts[row + 1] += re
                re += 1.0
"""


def rounds(n: int, limit: int, kind: Any = np.float64, overlap: bool = False) -> Callable[[], tuple[Any, ...]]:
    def make() -> tuple[Any, ...]:
        re = np.linspace(-2.0, 1.0, n)
        counts = np.zeros((4, n), kind)
        if overlap:
            re = counts[1]
            re[:] = np.linspace(-2.0, 1.0, n)
        return re, np.linspace(-1.0, 1.0, 4), counts, limit

    return make


def test_rounds_of_whole_arrays(pair: MakePair) -> None:
    both = pair(ROUNDS)
    for name, n, limit in itertools.product(
        ("escape", "smaller", "in_place", "neighbours", "seen_later", "by_round"), SIZES[:-1], (0, 1, 20)
    ):
        both.call(name, rounds(n, limit))
    for n, limit in itertools.product(SIZES[:-1], (0, 1, 20)):
        # NumPy contracts complex products where it has vectors.
        both.call("squares", rounds(n, limit), tolerance=1e-12)
    both.call("escape", rounds(33, 9, np.int64))
    both.call("escape", rounds(33, 9, np.uint8))


def test_rounds_over_arrays_that_overlap(pair: MakePair) -> None:
    both = pair(ROUNDS)
    for name in ("escape", "in_place", "seen_later"):
        both.call(name, rounds(33, 5, overlap=True), ran=None)


def test_a_row_that_is_not_there(pair: MakePair) -> None:
    both = pair(ROUNDS)
    for n, limit in itertools.product((1, 9), (0, 1, 3)):
        both.call("row_by_row", rounds(n, limit), ran=None)


PLACES = """
    import numpy as np

    def places(a, out):
        # pragma parallel
        out[0] = np.argmin(a)
        out[1] = np.argmax(a)

    def of_sums(a, out):
        # pragma parallel for
        for i in range(len(out)):
            out[i] = np.argmin(np.sum((a - i) ** 2, axis=1))

    def along(a, out):
        # pragma parallel
        out[:] = np.argmax(a, axis=1)
"""


def given(*arrays: Any) -> Callable[[], tuple[Any, ...]]:
    return lambda: tuple(array.copy() for array in arrays)


def test_places_of_extremes(pair: MakePair) -> None:
    both = pair(PLACES)
    for dtype, n in itertools.product((np.float64, np.float32, np.int32, np.uint8, np.bool_), SIZES[1:]):
        for turn in (0, n // 2, n - 1):
            values: np.ndarray = np.roll(np.arange(n) * 5 % 7, turn).astype(dtype)
            both.call("places", given(values, np.zeros(2, np.int64)))
    both.call("places", given(np.zeros(0), np.zeros(2, np.int64)), ran=None)


def test_places_of_extremes_that_are_no_numbers(pair: MakePair) -> None:
    both = pair(PLACES)
    special = [np.nan, np.inf, -np.inf, -0.0, 0.0]
    for n in (1, 8, 33, 70_000):
        for first, second in itertools.product(special, repeat=2):
            values = np.full(n, first)
            values[n // 2] = second
            both.call("places", given(values, np.zeros(2, np.int64)))
            values = np.arange(float(n))
            values[n // 3 :: 7] = first
            values[n - 1] = second
            both.call("places", given(values, np.zeros(2, np.int64)))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64])
def test_places_in_rows(pair: MakePair, kind: Any) -> None:
    both = pair(PLACES)
    for shape in ((1, 1), (3, 9), (40, 5)):
        values = np.random.default_rng(4).integers(0, 5, shape).astype(kind)
        both.call("of_sums", given(values, np.zeros(6, np.int64)))
        both.call("along", given(values, np.zeros(len(values), np.int64)))
        if kind != np.int64:
            values[-1, 0] = np.nan
            both.call("of_sums", given(values, np.zeros(6, np.int64)))
            both.call("along", given(values, np.zeros(len(values), np.int64)))


IN_ONE_PLACE = """
import numpy as np

def masked(out, a, n):
    # pragma sequential for
    for i in range(n):
        out[a[:, 0] > 0] += 1.5

def chosen(out, a, n):
    # pragma parallel
    out[a > 0] *= 2.0

def by_index(out, a, n):
    # pragma sequential for
    for i in range(n):
        out[[0, 2, 1]] += a[0]

def updated(out, a, n):
    # pragma parallel
    out[1:] += a[1:]

def read_and_written(out, a, n):
    # pragma parallel
    out[:] = out * 2.0 + a

def rows(out, a, n):
    # pragma sequential for
    for i in range(len(out)):
        out[i] += a[i]

def one_after_the_other(out, a, n):
    # pragma parallel
    out[:] = a
    a[:] = out * 2.0
"""


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
@pytest.mark.parametrize(
    "function", ["masked", "chosen", "by_index", "updated", "read_and_written", "rows", "one_after_the_other"]
)
def test_elements_that_lie_in_one_place(pair: MakePair, function: str) -> None:
    """NumPy computes all new values of a statement before it stores one, which shows where an array overlaps itself."""
    both = pair(IN_ONE_PLACE)
    a = np.arange(40.0).reshape(8, 5) % 7 - 2
    both.call(function, lambda: (np.arange(40.0).reshape(8, 5), a.copy(), 3))

    def apart(strides: tuple[int, int]) -> Callable[[], tuple[Any, ...]]:
        return lambda: (np.lib.stride_tricks.as_strided(np.arange(12.0), (8, 5), strides), a.copy(), 3)

    for strides in ((0, 8), (8, 8), (0, 0), (8, 0)):
        both.call(function, apart(strides), ran="python")
