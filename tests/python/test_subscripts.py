"""Subscripts that are out of bounds raise where they are evaluated, also where no element is accessed: NumPy tests them all."""

# mypy: disable-error-code="misc"

from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

SOURCE = """
import numpy as np

def rows(a, k, l, out):
    # pragma sequential for
    for i in range(len(out)):
        out[i] = k
        a[k] += 1.0
        a[l, 0:0] = 2.0

def unread(a, idx, out):
    # pragma parallel for
    for i in range(len(out)):
        row = a[idx[i]]
        if out[i] > 5:
            out[i] += row[0]

def first(a):
    return a[0] if len(a) > 0 else -1.0

def ignored(a):
    return 3.0

def helpers(a, k, l, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = first(a[k]) + ignored(a[l])

def summed(a, idx, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = a[idx[i]].sum()

def triangular(a, k, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = np.sum(a[k, :i]) + a[k + i].shape[0]

def given(a, idx, out):
    # pragma sequential for
    for i in range(len(out)):
        out[i] = a[idx, 0:0].sum() + len(a[idx])
        a[idx] = 1.0

def masks(a, mask, k, out):
    # pragma sequential for
    for i in range(len(out)):
        a[k, mask] = 5.0

def local(k, out):
    # pragma sequential for
    for i in range(len(out)):
        t = np.zeros((3, i))
        t[k] = 1.0
        out[i] = t.sum()

def middle(a, k, l, out):
    # pragma sequential for
    for i in range(len(out)):
        a[l, :, k] = 1.0

def walked(a, k, out):
    # pragma sequential for
    for i in range(len(out)):
        for v in a[k]:
            out[i] += v

def guarded(a, k, out):
    # pragma parallel for
    for i in range(len(out)):
        if k + i < len(a):
            row = a[k + i]
            out[i] = len(row)

def own(a, out):
    # pragma parallel for
    for i in range(len(a)):
        row = a[i]
        out[i] = row.sum() + a[i].shape[0] + a[-1 - i, 0:0].sum()
"""


@pytest.fixture(scope="module")
def subscripts(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """The functions, compiled once."""
    return Pair(
        tmp_path_factory.mktemp("subscripts"), SOURCE, [(function, arguments) for function, arguments, _ in CASES]
    )


def out() -> Any:
    return np.arange(4.0)


def places(*all: int) -> Any:
    return np.array(all, dtype=np.int64)


# Functions, what they are called with, and whether nothing raises.
CASES: list[tuple[str, Callable[[], tuple[Any, ...]], bool]] = [
    *[
        ("rows", lambda s=s, k=k, j=j: (np.zeros(s), k, j, out()), good)
        for s, k, j, good in [
            ((3, 4), 2, -3, True),
            ((3, 0), 2, -3, True),
            ((3, 0), 3, 0, False),
            ((3, 0), -4, 0, False),
            ((3, 4), 0, 3, False),
            ((3, 4), 0, -4, False),
            ((0, 4), 0, 0, False),
        ]
    ],
    *[
        ("unread", lambda s=s, at=at: (np.ones(s), places(*at), out()), good)
        for s, at, good in [
            ((3, 4), (0, 1, 2, -3), True),
            ((3, 0), (0, 1, 2, -3), True),
            ((3, 4), (0, 1, 3, -3), False),
            ((3, 0), (0, 1, 2, -4), False),
        ]
    ],
    *[
        ("helpers", lambda s=s, k=k, j=j: (np.ones(s), k, j, out()), good)
        for s, k, j, good in [
            ((3, 4), 2, -3, True),
            ((3, 0), 2, 1, True),
            ((3, 4), 2, 3, False),
            ((3, 0), 3, 0, False),
        ]
    ],
    *[
        ("summed", lambda s=s, at=at: (np.ones(s), places(*at), out()), good)
        for s, at, good in [
            ((3, 4), (0, 1, 2, -3), True),
            ((3, 0), (0, 1, 2, -3), True),
            ((3, 0), (0, 3, 1, 2), False),
        ]
    ],
    *[
        ("triangular", lambda s=s, k=k, n=n: (np.ones(s), k, np.zeros(n)), good)
        for s, k, n, good in [
            ((6, 4), 2, 4, True),
            ((3, 4), -3, 1, True),
            ((3, 4), 3, 1, False),
            ((3, 4), -4, 1, False),
            ((3, 4), 9, 0, True),
        ]
    ],
    *[
        ("given", lambda s=s, at=at: (np.ones(s), places(*at), out()), good)
        for s, at, good in [
            ((3, 4), (0, -3), True),
            ((3, 0), (0, -3), True),
            ((3, 0), (), True),
            ((3, 0), (5,), False),
            ((3, 4), (0, -4), False),
        ]
    ],
    *[
        ("masks", lambda m=m, k=k: (np.ones((3, 2)), np.array(m), k, out()), good)
        for m, k, good in [
            ([True, False], 2, True),
            ([False, False], -3, True),
            ([False, False], 3, False),
            ([True, True], -4, False),
        ]
    ],
    *[("local", lambda k=k: (k, out()), good) for k, good in [(2, True), (-3, True), (3, False)]],
    *[
        ("middle", lambda s=s, k=k, j=j: (np.zeros(s), k, j, out()), good)
        for s, k, j, good in [
            ((3, 2, 2), 1, -3, True),
            ((3, 0, 2), 1, 2, True),
            ((3, 0, 2), 2, 5, False),
            ((3, 0, 2), -3, 2, False),
            ((3, 0, 0), 0, 0, False),
        ]
    ],
    *[
        ("walked", lambda s=s, k=k: (np.ones(s), k, out()), good)
        for s, k, good in [
            ((3, 2), -3, True),
            ((3, 0), 2, True),
            ((3, 0), 3, False),
        ]
    ],
    *[
        ("guarded", lambda s=s, k=k: (np.ones(s), k, out()), good)
        for s, k, good in [
            ((3, 2), 1, True),
            ((3, 0), 0, True),
            ((3, 0), -3, True),
            ((3, 2), -9, False),
            ((9, 0), -10, False),
        ]
    ],
    *[("own", lambda s=s: (np.ones(s), out()), True) for s in [(4, 3), (4, 0), (0, 3)]],
]


def test_subscripts_raise_where_they_are_evaluated(subscripts: Pair) -> None:
    """Rows, slices, index arrays, masks, helpers, loops: with and without elements; what does not raise runs natively."""
    for function, arguments, good in CASES:
        before = subscripts.launches()
        subscripts.call(function, arguments, ran=None)
        after = subscripts.launches()
        if good:
            assert after["python"] == before["python"], (function, arguments())
    assert subscripts.launches()["fast"] > 0


def test_rows_that_are_there_cost_nothing(subscripts: Pair) -> None:
    """The usual launches stay in the fast variant."""
    for function, arguments in [
        ("unread", lambda: (np.ones((3, 4)), places(0, 1, 2, -3), out())),
        ("helpers", lambda: (np.ones((3, 4)), 2, 1, out())),
        ("own", lambda: (np.ones((4, 3)), out())),
        ("own", lambda: (np.ones((4, 0)), out())),
        ("guarded", lambda: (np.ones((9, 2)), 1, out())),
    ]:
        subscripts.call(function, arguments)


BRACKETS = """
import numpy as np

def two(a, k):
    s = 0.0
    # pragma sequential for
    for i in range(len(a)):
        s += a[i][k]
    return s

def row(a, k):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        r = a[i]
        s += r[k]
    return s

def stored(a, k):
    # pragma sequential for
    for i in range(len(a)):
        r = a[i]
        r[k] += 1.0

def rows(a, k):
    s = 0.0
    # pragma sequential for
    for r in a:
        s += r[k] + np.sum(r)
    return s

def column(a, k):
    s = 0.0
    # pragma sequential for
    for i in range(a.shape[1]):
        c = a[:, i]
        s += c[k] + np.sum(c)
    return s

def one_pair(a, k):
    s = 0.0
    # pragma sequential for
    for i in range(len(a)):
        s += a[i, k]
    return s

def deep(a, k):
    s = 0.0
    # pragma sequential for
    for i in range(len(a)):
        s += a[i][1][k]
    return s

def behind_a_row(a, k):
    s = 0.0
    # pragma sequential for
    for i in range(len(a)):
        s += a[i][1, k]
    return s
"""


def test_exceptions_count_the_axes_of_what_is_subscripted(tmp_path: Path) -> None:
    """`a[i][9]` names the axis of the row; natively, if also in the careful variant."""
    pair = Pair(tmp_path, BRACKETS)
    a, cube = np.ones((3, 4)), np.ones((3, 4, 5))
    for name in ("two", "row", "stored", "rows", "column", "one_pair", "deep", "behind_a_row"):
        given = cube if name in ("deep", "behind_a_row") else a
        pair.call(name, lambda given=given: (given.copy(), 1))
        for k in (9, -9):
            # What is read beside a sum over a row is read after it: the exception is left to Python.
            ran = "python" if name in ("rows", "column") else "careful"
            pair.call(name, lambda given=given, k=k: (given.copy(), k), ran=ran)


AT_ONCE = """
import numpy as np

def assigned(idx, out, v):
    # pragma sequential for
    for i in range(len(out)):
        out[i] = -1
        out[idx] = 2.0 + i

def chosen(idx, out, v):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = v[idx] * i

def both(idx, out, v):
    # pragma sequential for
    for i in range(len(out)):
        out[1, idx] = v[idx] + i

def added(idx, out, v):
    # pragma sequential for
    for i in range(len(out)):
        out[i, 0] += 1
        out[idx, 1] += v[1]
"""


def test_index_arrays_are_tested_before_anything_is_stored(tmp_path: Path) -> None:
    """What a statement has stored before a subscript turns out to be out of bounds does not show."""
    pair = Pair(tmp_path, AT_ONCE)
    for name in ("assigned", "chosen", "both", "added"):
        for idx in ([0, 1, 2], [-1, 2, 0], [0, 9, 1], [0, 1, -9]):
            pair.call(name, lambda idx=idx: (np.array(idx), np.zeros((3, 3)), np.arange(3.0)), ran=None)
    launches = pair.launches()
    assert launches["fast"] >= 4
    assert launches["python"] == 8


IN_ORDER = """
import numpy as np

def value_first(a, b, idx, k, l):
    # pragma sequential for
    for i in range(9):
        a[i + k, 1:] = b[i + l, 0]

def value_before_place(a, b, idx, k, l):
    # pragma sequential for
    for i in range(9):
        a[idx[i], 1:] = b[i + l, 1]

def target_first(a, b, idx, k, l):
    # pragma sequential for
    for i in range(9):
        a[i + k, 1:] += b[i + l, 0]

def then_converted(a, b, idx, k, l):
    # pragma sequential for
    for i in range(9):
        a[i + k, :] = i * 40
        a[i + l, :] -= i * 20

def row(a, b, idx, k, l):
    # pragma sequential for
    for i in range(9):
        a[i + k] = b[i + l] * (i * 40)

def element_first(a, b, idx, k, l):
    # pragma parallel for
    for i in range(9):
        a[i + k, 0] += b[i + l].sum()

def operand_first(a, b, idx, k, l):
    total = 0.0
    # pragma parallel for
    for i in range(9):
        total += b[i + l, 2] * a[i + k].sum()
    return total

def value_before_subscript(a, b, idx, k, l):
    # pragma sequential for
    for i in range(9):
        a[int(b[i + l].sum()) // 4, 0] = a[i + k, 0]
"""


def test_the_first_exception_of_a_statement_is_raised(tmp_path: Path) -> None:
    """Of an assignment the value is evaluated first, of an update the target, operands from the left; then a Python int is converted."""

    def given(kind: type, rows: tuple[int, int, int], k: int, l: int) -> tuple[Any, ...]:  # noqa: E741
        return np.zeros((rows[0], 4), kind), np.ones((rows[1], 4), kind), np.zeros(rows[2], int), k, l

    names = ["value_first", "target_first", "then_converted", "row"]
    names += ["element_first", "operand_first", "value_before_subscript", "value_before_place"]
    kinds = (np.uint8, np.float64, np.int16)
    pair = Pair(tmp_path, IN_ORDER, [(name, partial(given, kind, (9, 9, 9), 0, 0)) for name in names for kind in kinds])
    for name, kind in product(names, kinds):
        for rows in product((0, 3, 7, 12), (0, 3, 7, 12), (0, 9)):
            for k, l in ((0, 0), (1, 0), (0, 1), (0, -1), (-5, -2)):  # noqa: E741
                pair.call(name, partial(given, kind, rows, k, l), ran=None)
    launches = pair.launches()
    assert launches["fast"] + launches["careful"] > 400, launches


MOVED = """
def element(a, k, l):
    # pragma sequential for
    for i in range(2):
        t = a.T
        a[0, 0] += 1
        t[k, l] += 2

def column(a, k, l):
    # pragma sequential for
    for i in range(2):
        a[0, 0] = a[::2, None, 1:].T[k, 0, l]

def row(a, k, l):
    # pragma sequential for
    for i in range(2):
        r = a.T[k]
        a[0, 0] = r[l]
"""


def test_axes_that_have_changed_places(tmp_path: Path) -> None:
    """An exception names the axis of the view, and of two subscripts that are out of bounds the first; Python raises it."""
    places = [(k, j) for k in (1, 7, -9) for j in (1, 7, -9)]
    pair = Pair(tmp_path, MOVED, [(name, lambda: (np.zeros((4, 5)), 1, 1)) for name in ("element", "column", "row")])
    for k, j in places:
        for name in ("element", "column", "row"):
            ran = "fast" if (k, j) == (1, 1) else None
            pair.call(name, lambda k=k, j=j: (np.arange(20.0).reshape(4, 5), k, j), ran=ran)


ORDER = """
import numpy as np

def updated(a, out, k):
    # pragma sequential for
    for i in range(len(a)):
        out[i, k] += a[i].argmax()

def added(a, out, k):
    # pragma sequential for
    for i in range(len(a)):
        out[i, 0] = a[i, k] + a[i].max()

def greater(a, out, k):
    # pragma parallel for
    for i in range(len(a)):
        out[i, 0] = np.maximum(a[i, k], np.min(a[i]))

def placed(a, out, k):
    # pragma sequential for
    for i in range(len(a)):
        out[k, a[i].argmin()] = a[i, k]
"""


def test_what_is_evaluated_first_raises_first(tmp_path: Path) -> None:
    """A subscript before the extreme of no elements, in one expression."""
    names = ["updated", "added", "greater", "placed"]
    pair = Pair(tmp_path, ORDER, [(name, lambda: (np.ones((3, 4)), np.zeros((3, 4)), 1)) for name in names])
    for name in names:
        pair.call(name, lambda: (np.arange(12.0).reshape(3, 4), np.zeros((3, 4)), 1))
        for columns, others in ((0, 4), (0, 0), (4, 0)):
            for k in (1, 9):
                pair.call(name, lambda c=columns, o=others, k=k: (np.ones((3, c)), np.zeros((3, o)), k), ran=None)


SHAPES_BETWEEN = """
import numpy as np

def product(start, idx, value, x, y):
    # pragma parallel for
    for i in range(len(start) - 1):
        chosen = idx[start[i] : start[i + 1]]
        y[i] = value[start[i] : start[i + 1]] @ x[chosen]

def added(start, idx, value, x, y):
    # pragma parallel for
    for i in range(len(start) - 1):
        chosen = idx[start[i] : start[i + 1]]
        y[i] = np.sum(value[start[i] : start[i + 1]] + x[chosen])

def stored(start, idx, value, x, y):
    # pragma sequential for
    for i in range(len(start) - 1):
        y[i] = i + 1
        y[start[i] : start[i + 1]] = x[idx[start[i] : start[i + 1]]]

def twice(start, idx, value, x, y):
    # pragma sequential for
    for i in range(len(start) - 1):
        y[i] = i + 1
        y[i] += np.sum(x[idx[start[i] : start[i + 1]]] * value[idx[start[i] : start[i + 1]]])
"""


def test_index_arrays_before_shapes_that_differ(tmp_path: Path) -> None:
    """`value[a:b] @ x[chosen]`: the index array is tested with the elements it chooses, and still raises before the shapes do."""
    names = ("product", "added", "stored", "twice")

    def given(idx: tuple[int, ...], values: int, extent: int) -> tuple[Any, ...]:
        return np.array([0, 2, 2, 5]), np.array(idx), np.arange(float(values)), np.arange(float(extent)), np.zeros(6)

    usual = partial(given, (0, 1, 2, 3, -1), 5, 4)
    pair = Pair(tmp_path, SHAPES_BETWEEN, [(name, usual) for name in names])
    for name in names:
        pair.call(name, usual)
        for idx in (
            (0, 1, 2, 3, -1),
            (0, 4, 2, 3, 1),
            (0, 1, 2, 3, -5),
            (7, 1, 2, 3, 0),
            (0, 1, 2),
            (9, 1),
            (0, 1, 9),
            (),
        ):
            for values, extent in product((5, 4, 3, 2, 0), (4, 9, 0)):
                pair.call(name, partial(given, idx, values, extent), ran=None)
    launches = pair.launches()
    assert launches["fast"] >= 40, launches
