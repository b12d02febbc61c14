"""Comprehensions, lists, subscripts by masks and index arrays beside others, and names that are one array or another."""

from pathlib import Path

import numpy as np
import pytest
from harness import LAYOUTS, Pair

SOURCE = """
import numpy as np

SIZE = 14


def consumed(x, y, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i, 0] = sum(v * v for v in x[i])
        out[i, 1] = sum(x[i, j] * j for j in range(1, x.shape[1]))
        out[i, 2] = max(abs(x[i, j]) for j in range(x.shape[1]))
        out[i, 3] = min(v for v in x[i] if v > -100.0)
        out[i, 4] = any(v > 2.0 for v in x[i])
        out[i, 5] = all(v > -9.0 for row in x[: i + 1] for v in row)
        out[i, 6] = sum(1 for v in x[i] if v > 0)
        out[i, 7] = sum(a * b for a, b in zip(x[i], y[i]))
        out[i, 8] = sum(x[i], 1.0)
        out[i, 9] = max(x[i]) - min(x[i])
        out[i, 10] = max((v for v in x[i] if v > 1000.0), default=-1.0)
        out[i, 11] = len([v for v in x[i] if v > 0])
        out[i, 12] = sum([x[i, 0], x[i, 1]])
        out[i, 13] = min([x[i, 0], 0.5, x[i, 1]])


def kept(x, n, out):
    # pragma parallel for
    for i in range(len(out)):
        squares = np.array([v * v for v in x[i]])
        positive = np.array([v for v in x[i] if v > 0])
        table = np.array([[x[i, j] + k for j in range(3)] for k in range(n)])
        pairs = np.array([[x[i, j], 2.0 * j] for j in range(3)])
        triangle = np.array([float(j * k) for j in range(n) for k in range(j)])
        weights = [0.25, 0.5, 0.25]
        counts = [0] * n
        grid = [[0.0] * 3 for _ in range(n)]
        values = [x[i, k] for k in range(4)]
        for k in range(3):
            counts[k % n] += k + 1
            grid[k % n][k] = weights[k] * x[i, k]
        out[i, 0] = squares @ squares
        out[i, 1] = positive.sum()
        out[i, 2] = table[-1, 2]
        out[i, 3] = pairs[2, 1] + pairs[0, 0]
        out[i, 4] = triangle.sum()
        out[i, 5] = counts[0] / len(counts)
        out[i, 6] = sum(sum(v for v in row) for row in grid)
        out[i, 7] = values[-1] - values[i % 4]
        out[i, 8] = np.fromiter((v + 1 for v in x[i]), dtype=np.float64).sum()
        out[i, 9] = np.max([x[i, 0], x[i, 1]]) + np.dot([1.0, 2.0, 3.0], x[i, :3])


def written(x, offsets, out):
    # pragma parallel for
    for i in range(1, len(out) - 1):
        total = 0.0
        for di, dj in ((0, 1), (1, 0), (-1, 0), (0, -1)):
            total += x[i + di, 2 + dj] * (1 + di)
        for d in [-1, 0, 1]:
            if x[i, 2 + d] > 100.0:
                break
            total -= d * x[i, 2 + d]
        near = [(0, 1), (1, 1)]
        for di, dj in near:
            total += x[i - di, dj]
        a, b = x[i, :2]
        low, high = offsets
        out[i, 0] = total + a * low - b * high
        out[i, 1] = i in (1, 3, 5)
        out[i, 2] = i not in [1, 2]


def masked(x, m, idx, out):
    # pragma parallel for
    for i in range(len(out)):
        t = x.copy()
        t[m, 1] += 5.0
        t[m, 2:] -= x[i, 2:]
        t[i, t[i] > 1.0] = 0.5
        t[idx, 0] = x[idx, 1] * 2.0
        t[:, idx] += 1.0
        row = x[i].copy()
        row[row > 0.0] = x[i][row > 0.0] * 2.0
        row[idx] += 1.0
        out[i, 0] = x[i, x[0] > 0].sum()
        out[i, 1] = x[m, 1:].sum() + x[m, i % 4].sum()
        out[i, 2] = t.sum()
        out[i, 3] = row @ row
        out[i, 4] = x[idx][:, 1].sum()
        out[i, 5] = np.where(x[i] > 0)[0].sum() + np.flatnonzero(m).sum()
        (places,) = np.nonzero(x[i])
        rows, columns = np.nonzero(x > 1.0)
        out[i, 6] = places.sum() + rows.sum() * 10 + columns.sum()
        out[i, 7] = np.take(x[i], idx).sum() + np.take(x, idx, axis=0)[0, 1] + np.argwhere(x > 1.0).sum()
        out[i, 8] = x[1:, idx].sum() - x[2:][idx - 1, 1].sum()
        np.add.at(row, idx, x[i, idx])
        np.maximum.at(row, idx, 0.25)
        out[i, 9] = row.sum()


def ways(x, y, out):
    # pragma parallel for
    for i in range(len(out)):
        row = x[i] if i % 2 else y[i]
        if i % 3:
            part = x[i] * 2
        else:
            part = y[i] + 1
        own = x[i].copy()
        if i % 2:
            own = own * 3.0
        own[0] = 1.5
        if i > 2:
            view = x[i]
        else:
            view = y[i]
        out[i, 0] = row @ part
        out[i, 1] = own.sum() + view[1]


def given(x, c):
    # pragma parallel
    y = x * 2 if c else x + 1
    z = np.array([v + 1 for v in x[0]])
    return y, z


def helper(x, axis=None, mode="plain", scale=None):
    if mode == "plain":
        total = np.sum(x, axis=axis)
    else:
        total = np.mean(x, axis=axis)
    if scale is None:
        return total
    return total * scale


def decided(x, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i, 0] = helper(x[i])
        out[i, 1] = helper(x[i], mode="mean", scale=2.0)
        out[i, 2] = helper(x, axis=1)[i]


def repeated(k, n, m, out):
    # pragma parallel for
    for i in range(len(out)):
        rng = np.random.default_rng(i)
        once = [rng.random()] * 3
        out[i, 0] = once[0] + 2 * once[2] + 4 * rng.random()
        out[i, 1] = len([1 // int(k[i])] * n)
        rows = [[i] * 3] * m
        out[i, 2] = rows[-1][1] + len(rows)


def inner(z, n, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i, 0] = len([[0] * (1 // z) for _ in range(n)])


def one_row(out):
    # pragma parallel for
    for i in range(len(out)):
        rows = [[0] * 3] * 2
        rows[0][1] = i
        out[i, 0] = rows[1][1]


def row_by_name(out):
    # pragma parallel for
    for i in range(len(out)):
        rows = 2 * [[0.0] * 3]
        row = rows[0]
        row[1] += i
        for other in rows:
            other[0] += 1
        out[i, 0] = rows[1][1] + rows[1][0]


def drawn_rows(out):
    # pragma parallel for
    for i in range(len(out)):
        rng = np.random.default_rng(i)
        rows = [[rng.random(), rng.random()]] * 2
        out[i, 0] = rows[1][0] + rows[0][1]
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(Path(tmp_path_factory.mktemp("comprehensions")), SOURCE)


def numbers(rows: int = 6, columns: int = 4, layout: str = "C", seed: int = 1) -> np.ndarray:
    return LAYOUTS[layout](np.random.default_rng(seed).normal(scale=2.0, size=(rows, columns)))


@pytest.mark.parametrize("layout", ["C", "reversed", "transposed"])
def test_generators_are_consumed(pair: Pair, layout: str) -> None:
    for rows, columns in ((6, 4), (1, 2), (5, 17)):
        pair.call(
            "consumed",
            lambda rows=rows, columns=columns: (
                numbers(rows, columns, layout),
                numbers(rows, columns, layout, 2),
                np.zeros((rows, 14)),
            ),
            tolerance=1e-13,
        )


def test_an_empty_generator_is_left_to_python(pair: Pair) -> None:
    pair.call("consumed", lambda: (np.empty((3, 0)), np.empty((3, 0)), np.zeros((3, 14))), ran="python")


@pytest.mark.parametrize("layout", ["C", "strided"])
def test_lists_are_kept(pair: Pair, layout: str) -> None:
    for n in (1, 2, 5):
        pair.call("kept", lambda n=n: (numbers(6, 4, layout), n, np.zeros((6, 10))), tolerance=1e-13)
    pair.call("kept", lambda: (numbers(6, 4, layout), 0, np.zeros((6, 10))), ran="python")


def test_items_that_are_written_out(pair: Pair) -> None:
    pair.call("written", lambda: (numbers(7, 5), np.array([0.5, 2.0]), np.zeros((7, 3))), tolerance=1e-14)
    pair.call("written", lambda: (numbers(7, 5) * 200, np.array([0.5, 2.0]), np.zeros((7, 3))), tolerance=1e-14)
    pair.call("written", lambda: (numbers(7, 5), np.zeros(3), np.zeros((7, 3))), ran="careful")


@pytest.mark.parametrize("layout", ["C", "Fortran"])
def test_masks_and_index_arrays_beside_others(pair: Pair, layout: str) -> None:
    for m in ([True, False, True, False, True, True], [False] * 6):
        pair.call(
            "masked",
            lambda m=m: (numbers(6, 4, layout), np.array(m), np.array([0, 2, 3]), np.zeros((6, 10))),
            tolerance=1e-13,
        )


def test_names_that_are_one_array_or_another(pair: Pair) -> None:
    pair.call("ways", lambda: (numbers(), numbers(seed=3), np.zeros((6, 2))), tolerance=1e-14)
    for c in (True, False):
        pair.call("given", lambda c=c: (numbers(), c))
        pair.call("given", lambda c=c: (numbers().astype(np.float32), c))
        pair.call("given", lambda c=c: (np.arange(6).reshape(2, 3), c))


def test_conditions_on_arguments_are_decided(pair: Pair) -> None:
    pair.call("decided", lambda: (numbers(), np.zeros((6, 3))), tolerance=1e-14)


def test_lists_that_are_repeated(pair: Pair) -> None:
    k = np.array([1, 2, -3])
    pair.call("repeated", lambda: (k, 2, 3, np.zeros((3, 3))))
    # What is repeated no times is evaluated, too.
    pair.call("repeated", lambda: (k * 0, 0, 3, np.zeros((3, 3))), ran="careful")
    pair.call("inner", lambda: (1, 2, np.zeros((3, 1))))
    pair.call("inner", lambda: (0, 0, np.zeros((3, 1))), ran="python")
    pair.call("inner", lambda: (0, 1, np.zeros((3, 1))), ran="careful")


@pytest.mark.parametrize("name", ["one_row", "row_by_name", "drawn_rows"])
def test_rows_that_are_one_list(pair: Pair, name: str) -> None:
    before = pair.launches()
    pair.call(name, lambda: (np.zeros((3, 1)),), ran=None)
    assert pair.launches() == before  # no kernel
