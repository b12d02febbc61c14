"""Arrays and lists that loops append to lists: every item is an array of its own, as in CPython, or the loop runs as Python and says why."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from harness import Pair, sample

KINDS = ["bool", "int8", "uint16", "int64", "float16", "float32", "float64", "complex128"]

SOURCE = """
import numpy as np

def rows(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        if i % 3 != n:
            found.append(a[i].copy())
    return found

def sums(a, n):
    found = []
    # pragma parallel for
    for i in range(1, len(a)):
        found.append(a[i] + a[i - 1])
    return found, np.array(found)

def matrices(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(a[i][:, None] * a[i])
    return found

def of_pairs(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        for j in range(i):
            found.append((i, a[i] - a[j], j))
    return found

def of_lists(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append([a[i] * n, a[i, ::-1].copy()])
    return found

def orbit(a, n):
    x = a[0] * 1
    path, times = [], []
    # pragma sequential for
    for i in range(n):
        x = x[::-1] + a[1]
        path.append(x)
        times.append(0.5 * i)
    return path, times

def in_place(a, n):
    x, v = a[0].copy(), a[1].copy()
    path = []
    # pragma sequential for
    for i in range(n):
        v += x
        x += v
        path.append(x.copy())
    return path, x

def smoothed(x):
    y = np.zeros(len(x), x.dtype)
    for i in range(len(x)):
        y[i] = x[i] + x[i - 1]
    return y

def by_helper(a, n):
    found = []
    # pragma parallel for
    for row in a:
        found.append(smoothed(row))
    return found

def shorter(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(np.full(n + 1, a[i, 0]))
        found.append(a[i, 1:n + 2] * 2)
    return found

def counted(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(np.array([i, i * n, -i]))
    return found
"""


def values(kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """Some of each kind."""
    if kind == "float16":
        return sample("float32", shape).astype(kind)
    if kind == "complex128":
        # Products of whole numbers are exact: NumPy contracts those of arrays.
        return sample("int8", shape) + 1j * sample("int8", shape, 1)
    return sample(kind, shape)


@pytest.mark.parametrize("kind", KINDS)
def test_items_are_arrays(pair: Callable[..., Pair], tmp_path: Any, kind: str) -> None:
    """Their types, shapes and elements; and that they share nothing."""
    functions = [
        "rows",
        "sums",
        "matrices",
        "of_pairs",
        "of_lists",
        "orbit",
        "in_place",
        "by_helper",
        "shorter",
        "counted",
    ]
    # NumPy has no difference of bools, and twice a bool is an int.
    functions = [one for one in functions if kind != "bool" or one not in ("of_pairs", "shorter")]
    shapes = [(0, 6), (1, 6), (5, 6), (9, 17), (3, 6)]

    def given(shape: tuple[int, ...]) -> Callable[[], tuple[Any, ...]]:
        return lambda: (values(kind, shape), 2)

    both = Pair(tmp_path, SOURCE, first=[(one, given(shapes[2])) for one in functions])
    for function in functions:
        for shape in shapes[2:] if function in ("orbit", "in_place") else shapes:
            result = both.call(function, given(shape))
            items = result if isinstance(result, list) else result[0]
            arrays = [part for item in items for part in (item if isinstance(item, tuple | list) else [item])]
            arrays = [part for part in arrays if isinstance(part, np.ndarray)]
            assert all(array.flags.owndata and array.flags.c_contiguous for array in arrays)


DECLINED = """
import numpy as np

def view(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(a[i])
    return found

def itself(a, n):
    found = []
    # pragma sequential for
    for i in range(n):
        found.append(a)
    return found

def changed_later(a, n):
    found = []
    # pragma sequential for
    for i in range(n):
        x = a[0] * i
        found.append(x)
        x[0] = 7
    return found

def changed_by_another_name(a, n):
    found = []
    # pragma sequential for
    for i in range(n):
        x = a[0] * i
        y = x
        found.append(x)
        y[0] = 7
    return found

def one_for_all(a, n):
    x = a[0] * 1
    found = []
    # pragma sequential for
    for i in range(n):
        x += a[1]
        found.append(x)
    return found

def twice(a, n):
    found = []
    # pragma sequential for
    for i in range(n):
        x = a[0] * i
        found.append(x)
        found.append(x)
    return found

def swapped(a, n):
    x, y = a[0] * 1, a[1] * 1
    found = []
    # pragma sequential for
    for i in range(n):
        x, y = y, x
        found.append(x)
    return found

def seldom_new(a, n):
    x = a[0] * 1
    found = []
    # pragma sequential for
    for i in range(n):
        if i % 2:
            x = a[1] * i
        found.append(x)
    return found

def in_an_inner_loop(a, n):
    found = []
    # pragma sequential for
    for i in range(n):
        x = a[1] * i
        for j in range(2):
            found.append(x)
    return found

def wanted_after(a, n):
    x = a[0] * 1
    found = []
    # pragma sequential for
    for i in range(n):
        x = a[0] * i
        found.append(x)
    return found, x

def of_several_lengths(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(a[i, :i].copy())
    return found

def chosen(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(a[i][a[i] > 0])
    return found

def numbers_too(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(a[i] * 2)
        found.append(a[i, 0])
    return found

def of_two_types(a, n):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(a[i] * 2)
        found.append(a[i].astype(np.float32))
    return found
"""


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
@pytest.mark.parametrize(
    "function",
    [
        "view",
        "itself",
        "changed_later",
        "changed_by_another_name",
        "one_for_all",
        "twice",
        "swapped",
        "seldom_new",
        "in_an_inner_loop",
        "wanted_after",
        "of_several_lengths",
        "chosen",
        "numbers_too",
        "of_two_types",
    ],
)
def test_what_would_show_is_left_to_python(pair: Callable[[str], Pair], function: str) -> None:
    """Arrays that are seen elsewhere or change later, and items that are not all of one form."""
    a = np.arange(24.0).reshape(4, 6)
    result = pair(DECLINED).call(function, lambda: (a.copy(), 3), ran="python")
    items = result[0] if function == "wanted_after" else result
    if function in ("one_for_all", "twice", "itself", "in_an_inner_loop"):
        assert items[0] is items[1]
    if function == "swapped":
        assert items[0] is items[2]
    if function == "wanted_after":
        assert items[-1] is result[1]


LENGTHS = """
import numpy as np

def joined(a, b):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(a[i] * 2)
        found.append(b[i] * 2)
    return found

def halves(a, index):
    found = []
    # pragma parallel for
    for i in range(len(index)):
        found.append(np.zeros(len(a) // 2) + i)
    return found

def parts(a, k):
    found = []
    # pragma parallel for
    for i in range(len(a)):
        found.append(np.zeros(12 // k))
    return found

def read(a, index):
    found = []
    # pragma parallel for
    for i in range(len(index)):
        found.append(a[index[i]] + 1)
    return found
"""


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
def test_lengths_are_compared_at_the_launch(pair: Callable[[str], Pair]) -> None:
    """Two arrays that happen to be of one length are items of one form."""
    both = pair(LENGTHS)
    both.call("joined", lambda: (np.ones((4, 5)), np.zeros((4, 5))))
    both.call("joined", lambda: (np.ones((4, 5)), np.zeros((4, 3))), ran="python")
    both.call("joined", lambda: (np.ones((4, 5)), np.zeros((4, 1))), ran="python")


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
def test_an_exception_leaves_the_list_to_python(pair: Callable[[str], Pair]) -> None:
    """What is out of bounds raises CPython's exception; and a length that raises does so where an iteration comes to it."""
    both = pair(LENGTHS)
    both.call("halves", lambda: (np.arange(5.0), np.arange(3)))
    for size in (0, 2):
        for k in (0, 5):
            both.call("parts", lambda size=size, k=k: (np.zeros(size), k), ran="python")  # type: ignore[misc]
    a = np.arange(12.0).reshape(4, 3)
    both.call("read", lambda: (a, np.array([0, 3, -1, 2])), ran=None)
    both.call("read", lambda: (a, np.array([0, 3, 4, 2])), ran="careful")


MANY = """
import numpy as np

def many(a, n):
    found = []
    # pragma sequential for
    for i in range(n):
        if i > n - 3:
            found.append(a * i)
    return found
"""


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
def test_places_that_would_not_fit_the_memory(pair: Callable[[str], Pair]) -> None:
    """A short list is made, of long arrays, in a loop of many iterations."""
    both = pair(MANY)
    both.call("many", lambda: (np.ones(1000), 1000))
    both.call("many", lambda: (np.ones(1000), 200_000), ran="python")


LISTS = """
def lagged(a, lags):
    rows = []
    # pragma parallel for
    for t in range(3, len(a)):
        rows.append([a[t - lag] for lag in lags])
    return rows

def counted(a, lags):
    rows = []
    # pragma parallel for
    for t in range(len(a)):
        rows.append([t * lag for lag in lags])
        if t % 2:
            rows.append([0] * len(lags))
    return rows

def halves(a, lags):
    rows = []
    # pragma parallel for
    for t in range(len(a)):
        rows.append([[0.5 * t, 1.5 * lag] for lag in lags])
    return rows

def of_several_lengths(a, lags):
    rows = []
    # pragma parallel for
    for t in range(len(a)):
        rows.append([lag for lag in range(t)])
    return rows

def of_two_types(a, lags):
    rows = []
    # pragma parallel for
    for t in range(len(a)):
        rows.append([0.5 * lag for lag in lags])
        rows.append([2 * lag for lag in lags])
    return rows
"""


def lagged(kind: str, size: int) -> tuple[Any, ...]:
    """NumPy's numbers, and how far to look back."""
    return values(kind, (size,)), (1, 2, 3)


def with_lags(lags: tuple[int, ...]) -> tuple[Any, ...]:
    """Numbers that do not matter, and those that do."""
    return np.zeros(5), lags


@pytest.mark.filterwarnings("ignore::ferrokeet.FerrokeetWarning")
def test_items_are_lists(pair: Callable[[str], Pair]) -> None:
    """Of NumPy's numbers and of Python's."""
    both = pair(LISTS)
    for kind in ("float32", "int64", "bool"):
        for size in (0, 4, 9):
            both.call("lagged", partial(lagged, kind, size))
    for lags in ((1, 2, 3), (5,), ()):
        for function in ("counted", "halves"):
            # Without items nothing tells the type of an empty tuple's.
            both.call(function, partial(with_lags, lags), ran="fast" if lags else None)
    both.call("of_two_types", lambda: (np.zeros(5), (1, 2)))
    both.call("of_several_lengths", lambda: (np.zeros(5), (1, 2)), ran="python")
