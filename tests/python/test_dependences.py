"""What the dependence analysis permits, executed: lockstep by distance, guards on values and on index arrays, work arrays."""

from functools import partial
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import LAYOUTS, MakePair, Pair

DISTANCES = [1, 2, 3, 7, 8, 9, 15, 16, 17, 19]
SIZES = [0, 1, 2, 7, 8, 9, 15, 16, 17, 33, 64, 1000]


@pytest.fixture(scope="module")
def make_pair(tmp_path_factory: pytest.TempPathFactory) -> MakePair:
    """A module of each source, loaded once."""
    known: dict[str, Pair] = {}

    def make(source: str) -> Pair:
        if source not in known:
            known[source] = Pair(tmp_path_factory.mktemp("module"), source)
        return known[source]

    return make


def numbers(kind: str, count: int, seed: int = 7) -> np.ndarray:
    """Small whole numbers, exact in every type."""
    return np.random.default_rng(seed).integers(-9, 9, count).astype(kind)


def reasons(pair: Pair) -> str:
    """Why kernels of the module ran carefully."""
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(pair.path)]
    return "\n".join(reason for kernel in kernels for reason in kernel["reasons"])


def lockstep_source() -> str:
    """Loops whose iterations meet at each distance: behind, ahead, in two statements either way round."""
    parts = []
    for distance in DISTANCES:
        parts.append(
            f"""
def behind_{distance}(a, b):
    # pragma simd
    for i in range({distance}, len(a)):
        a[i] = a[i - {distance}] + b[i]

def ahead_{distance}(a, b):
    # pragma simd
    for i in range(len(a) - {distance}):
        a[i] = a[i + {distance}] - b[i]

def down_{distance}(a, b):
    # pragma simd
    for i in range(len(a) - {distance} - 1, -1, -1):
        a[i] = a[i + {distance}] + b[i]

def forward_{distance}(a, b):
    # pragma simd
    for i in range({distance}, len(a)):
        a[i] = b[i] + 1
        b[i - {distance}] = a[i - {distance}] * 2

def backward_{distance}(a, b):
    # pragma simd
    for i in range({distance}, len(a)):
        b[i] = a[i - {distance}] * 2
        a[i] = b[i - {distance}] + 1

def masked_{distance}(a, b):
    # pragma simd
    for i in range({distance}, len(a)):
        if b[i] > 0:
            a[i] = a[i - {distance}] + 3
        else:
            a[i] = b[i]
"""
        )
    return "".join(parts)


@pytest.fixture(scope="module")
def lockstep(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("lockstep"), lockstep_source())


@pytest.mark.parametrize("form", ["behind", "ahead", "down", "forward", "backward", "masked"])
@pytest.mark.parametrize("distance", DISTANCES)
def test_lockstep_at_a_distance(lockstep: Pair, form: str, distance: int) -> None:
    """Iterations in lockstep give what one after the other gives, whatever the distance at which they meet."""

    def arguments(kind: str, size: int) -> tuple[Any, ...]:
        return numbers(kind, size), numbers(kind, size, 8)

    for kind in ("f8", "f4") if distance > 2 else ("f8", "i4"):
        for size in SIZES:
            lockstep.call(f"{form}_{distance}", partial(arguments, kind, size), ran=None)


def test_lockstep_is_fast_where_the_distance_permits(lockstep: Pair) -> None:
    def arguments() -> tuple[Any, ...]:
        return numbers("f8", 500), numbers("f8", 500, 8)

    for name in ("behind_2", "behind_8", "behind_19", "ahead_1", "forward_1", "masked_3"):
        lockstep.call(name, arguments, ran="fast")
    for name in ("behind_1", "down_1", "masked_1"):
        lockstep.call(name, arguments, ran="careful")


GUARDED = """
def shifted(a, n, off):
    # pragma parallel for
    for i in range(n):
        a[i + off] = a[i] + 1

def strided(a, s, n):
    # pragma parallel for
    for i in range(n):
        a[s * i] = i

def tiled(a, n, width):
    # pragma parallel for
    for t in range(0, n, width):
        for i in range(t, min(t + width, n)):
            a[i] = a[i] + t

def rows(a, n, m):
    # pragma parallel for
    for i in range(n):
        for j in range(m):
            a[i * m + j] = a[i * m + j] + i

def flat_rows(a, n, m, k):
    # pragma parallel for
    for i in range(n):
        for j in range(m):
            a[i * k + j] = i + j

def between(a, low, high):
    # pragma parallel for
    for i in range(low, high):
        a[i] = a[0] + i

def switched(a, flag):
    # pragma parallel for
    for i in range(1, len(a)):
        if flag == 1:
            a[i] = a[i - 1]
        else:
            a[i] = a[i] + 1
"""

CASES: list[tuple[str, tuple[Any, ...], str]] = [
    ("shifted", (40, 0), "fast"),
    ("shifted", (40, 40), "fast"),
    ("shifted", (40, 39), "careful"),
    ("shifted", (40, 1), "careful"),
    ("strided", (3, 25), "fast"),
    ("strided", (1, 100), "fast"),
    ("strided", (0, 5), "careful"),
    ("strided", (-3, 25), "careful"),
    ("tiled", (100, 7), "fast"),
    ("tiled", (99, 100), "fast"),
    ("tiled", (100, 1), "fast"),
    ("rows", (10, 10), "fast"),
    ("rows", (1, 100), "fast"),
    ("rows", (0, 100), "fast"),
    ("flat_rows", (10, 10, 10), "fast"),
    ("flat_rows", (10, 5, 10), "fast"),
    ("flat_rows", (10, 10, 9), "careful"),
    ("between", (1, 100), "fast"),
    ("between", (50, 100), "fast"),
    ("between", (0, 100), "careful"),
    ("switched", (0,), "fast"),
    ("switched", (1,), "careful"),
]


@pytest.mark.parametrize(("name", "values", "ran"), CASES)
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_guards_on_values(make_pair: MakePair, name: str, values: tuple[Any, ...], ran: str, layout: str) -> None:
    """Parallel where the condition holds, in order where it does not, the same answer either way."""
    make_pair(GUARDED).call(name, lambda: (LAYOUTS[layout](numbers("f8", 100)), *values), ran=ran)


INDICES = """
def scatter(a, index):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i]] = i + 1

def shifted(a, index):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i] + 2] = a[index[i] + 2] * 3 + i

def rows(a, index):
    # pragma parallel for
    for i in range(len(index)):
        for j in range(a.shape[1]):
            a[index[i], j] = a[index[i], j] * 2 + i

def twice(a, p, q):
    # pragma parallel for
    for i in range(len(q)):
        a[p[q[i]]] = i

def some(a, index, mask):
    # pragma parallel for
    for i in range(len(index)):
        if mask[i] > 0:
            a[index[i]] = i

def segments(a, start):
    # pragma parallel for
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            a[k] = a[k] * 2 + i

def blocks(a, start):
    # pragma parallel for
    for i in range(len(start)):
        for k in range(3):
            a[start[i] + k] = i * 10 + k

def behind(a, start, index, mask):
    # pragma parallel for
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            if mask[k] > 0:
                a[index[k - 1]] = i

def columns(a, start, index):
    # pragma parallel for
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            a[index[k]] = i

def upper(a, index):
    # pragma parallel for
    for i in range(len(index)):
        a[i] = a[index[i]] + 1
"""
KINDS = ["i8", "i4", "u1", "u4", "i2"]


def permutation(count: int, kind: str) -> np.ndarray:
    return np.random.default_rng(3).permutation(count).astype(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_distinct_elements(make_pair: MakePair, kind: str) -> None:
    pair = make_pair(INDICES)
    zeros, mask = np.zeros(100), numbers("i8", 100)
    own = permutation(100, kind)
    same = own.copy()
    same[70] = same[20]
    pair.call("scatter", lambda: (zeros.copy(), own))
    pair.call("scatter", lambda: (zeros.copy(), same), ran="careful")
    assert "the elements of index[:len(index)] are all different" in reasons(pair)
    pair.call("scatter", lambda: (zeros.copy(), own[:0]))
    pair.call("scatter", lambda: (zeros.copy(), own[::3]))
    # Narrower integers wrap when something is added: nothing is known of the sum.
    wide = "fast" if kind == "i8" else "careful"
    pair.call("shifted", lambda: (np.ones(102), own), ran=wide)
    pair.call("shifted", lambda: (np.ones(102), same), ran="careful")
    pair.call("shifted", lambda: (np.ones(101), own), ran="careful")
    pair.call("rows", lambda: (np.ones((100, 5)), own))
    pair.call("rows", lambda: (np.ones((100, 5)), same), ran="careful")
    pair.call("twice", lambda: (zeros.copy(), own, own[::-1].copy()))
    pair.call("twice", lambda: (zeros.copy(), own, same), ran="careful")
    pair.call("some", lambda: (zeros.copy(), own, mask))
    pair.call("some", lambda: (zeros.copy(), same, mask), ran="careful")


def test_negative_elements_count_from_the_end(make_pair: MakePair) -> None:
    pair = make_pair(INDICES)
    own = permutation(100, "i8") - 100
    pair.call("scatter", lambda: (np.zeros(100), own))
    mixed = np.array([-1, 0, 1, -2])
    pair.call("scatter", lambda: (np.zeros(6), mixed))
    pair.call("scatter", lambda: (np.zeros(3), mixed), ran="careful")
    pair.call("scatter", lambda: (np.zeros(2), np.array([0, 5])), ran="careful")


@pytest.mark.parametrize("kind", KINDS)
def test_ascending_elements(make_pair: MakePair, kind: str) -> None:
    pair = make_pair(INDICES)
    start = np.array([0, 3, 3, 10, 11, 40], dtype=kind)
    pair.call("segments", lambda: (numbers("f8", 40), start))
    back = start.copy()
    back[3] = 2
    pair.call("segments", lambda: (numbers("f8", 40), back), ran="careful")
    assert "never decrease" in reasons(pair)
    pair.call("segments", lambda: (numbers("f8", 40), start[:1]))
    pair.call("segments", lambda: (numbers("f8", 40), start[:0]))
    if kind == "i8":
        pair.call("blocks", lambda: (np.zeros(40), np.array([0, 3, 7, 20])))
        pair.call("blocks", lambda: (np.zeros(40), np.array([0, 3, 5, 20])), ran="careful")
        assert "at least 3 more" in reasons(pair)


def test_positions_that_count_from_the_end(make_pair: MakePair) -> None:
    """Distinct elements are read twice where one position is counted from the end and the other is not."""
    pair = make_pair(INDICES)
    index, mask = permutation(40, "i8"), np.ones(60)
    start = np.array([0, 7, 20, 41])
    pair.call("behind", lambda: (np.zeros(40), start, index, mask), ran="careful")
    pair.call("columns", lambda: (np.zeros(40), np.array([0, 7, 20, 40]), index))
    pair.call("columns", lambda: (np.zeros(40), np.array([-1, 7, 20, 40]), index), ran="careful")
    pair.call("twice", lambda: (np.zeros(40), index, np.array([0, 5, -40])), ran="careful")
    pair.call("twice", lambda: (np.zeros(40), index, np.array([0, 5, -1])))


def test_elements_in_a_range(make_pair: MakePair) -> None:
    pair = make_pair(INDICES)
    pair.call("upper", lambda: (numbers("f8", 60), np.arange(20) + 30))
    pair.call("upper", lambda: (numbers("f8", 60), np.arange(20) + 20))
    pair.call("upper", lambda: (numbers("f8", 60), np.arange(20) + 19), ran="careful")


WORK = """
def difference(a, w, out):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            w[j] = a[i, j] * 2
        for j in range(1, a.shape[1]):
            out[i, j] = w[j] - w[j - 1]

def prefix(a, w, out):
    # pragma parallel for
    for i in range(a.shape[0]):
        w[0] = a[i, 0]
        for j in range(1, a.shape[1]):
            w[j] = w[j - 1] + a[i, j]
        for j in range(a.shape[1]):
            out[i, j] = w[j]

def inner(a, w, out):
    # pragma parallel for
    for i in range(1, a.shape[0]):
        for j in range(1, a.shape[1]):
            w[j] = a[i, j]
        for j in range(1, a.shape[1]):
            out[i, j] = w[j] + w[j - 1]

def total(a, w):
    s = 0.0
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            w[j] = a[i, j] + i
        for j in range(a.shape[1]):
            s += w[a.shape[1] - 1 - j]
    return s

def square(a, w, out):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(3):
            for k in range(3):
                w[j, k] = a[i, j] * a[i, k]
        for j in range(3):
            out[i, j] = w[j, 0] + w[0, j] + w[j, j]

def carried(a, w, out):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i, j] = w[j]
        for j in range(a.shape[1]):
            w[j] = a[i, j]
"""


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (300, 40), (5, 2000), (3000, 3), (0, 4)])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_work_arrays(make_pair: MakePair, shape: tuple[int, int], layout: str) -> None:
    """Every iteration has the work array to itself, and what the last one leaves in it is what CPython leaves."""
    pair = make_pair(WORK)

    def arguments() -> tuple[Any, ...]:
        w = LAYOUTS[layout](numbers("f8", shape[1], 5))
        return numbers("f8", shape[0] * shape[1]).reshape(shape), w, np.full(shape, -1.0)

    pair.call("difference", arguments)
    pair.call("prefix", arguments)
    pair.call("inner", arguments)
    pair.call("total", lambda: arguments()[:2], tolerance=1e-9)
    pair.call("carried", arguments, ran="careful" if shape[0] else None)
    if shape[1] == 3:
        pair.call("square", lambda: (arguments()[0], LAYOUTS[layout](np.ones((3, 3))), arguments()[2]))


def test_work_arrays_that_are_another_array_run_in_order(make_pair: MakePair) -> None:
    def arguments() -> tuple[Any, ...]:
        memory = numbers("f8", 120)
        return memory.reshape(10, 12), memory[:12], np.zeros((10, 12))

    make_pair(WORK).call("difference", arguments, ran="careful")


COLLAPSED = """
def both(a, n, m):
    # pragma parallel for collapse(2)
    for i in range(n):
        for j in range(m):
            a[i, j] = i * j

def inner(a, n, m):
    # pragma parallel for collapse(2)
    for i in range(n):
        for j in range(1, m):
            a[i, j] = a[i, j - 1] + 1
"""


def test_collapse_is_judged_as_one_space(make_pair: MakePair) -> None:
    pair = make_pair(COLLAPSED)
    pair.call("both", lambda: (np.zeros((20, 30)), 20, 30))
    pair.call("inner", lambda: (np.zeros((20, 30)), 20, 30), ran="careful")
