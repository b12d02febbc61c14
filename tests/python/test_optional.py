"""Values that may be `None` in a loop: results of functions, and names that are assigned it; against CPython."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

SOURCE = """
import numpy as np


def first_above(row, limit):
    for k in range(len(row)):
        if row[k] > limit:
            return k
    return None


def found(row, limit):
    k = first_above(row, limit)
    if k is None:
        return None
    return k * 0.5, row[k]


def passed_on(row, limit):
    if limit > 9:
        return
    return first_above(row, limit)


def half(v):
    if v > 0:
        return v / 2


def helpers(a, limit, out):
    # pragma parallel for
    for i in range(len(a)):
        h = first_above(a[i], limit)
        if h is not None:
            out[i, 0] = h
        p = passed_on(a[i], limit)
        out[i, 3] = 5 if p is None else p
        q = found(a[i], limit)
        if q is None:
            out[i, 1] = -1
            continue
        x, y = q
        out[i, 1] = x + y
        z = half(a[i, 0])
        out[i, 2] = z if z is not None else 77.0


def nearest(a, b, out):
    # pragma parallel for
    for i in range(len(a)):
        best = where = None
        for j in range(len(b)):
            d = abs(a[i] - b[j])
            if best is None or d < best:
                best = d
                where = j
        if best is not None and best < 2:
            out[i] = best + where
        else:
            out[i] = -1


def runs(x, out):
    # pragma parallel for
    for i in range(len(x)):
        start = None
        total = 0.0
        for k in range(x.shape[1]):
            if x[i, k] > 0:
                if start is None:
                    start = k
            elif start is not None:
                total += k - start
                start = None
        if not (start is None):
            total += 100 * start
        out[i] = total


def forgotten(x, out):
    # pragma parallel for
    for i in range(len(x)):
        seen = None
        for k in range(3):
            if seen is not None:
                seen = None
                if x[i] > 0:
                    continue
                seen = 2.0
            else:
                seen = x[i] * k
        out[i] = 9 if seen is None else seen


def chosen(x, out):
    # pragma parallel for
    for i in range(len(x)):
        v = None if x[i] < 0 else x[i] * 2
        w = v
        v, u = 3.0 if w is None else w, None
        if x[i] > 1:
            u = v
        out[i] = v if w is None or u is None else v + w + u


def swapped(x, out):
    # pragma parallel for
    for i in range(len(x)):
        best, before = None, 0.0
        for k in range(4):
            best, before = x[i] * k if k != 2 else None, 1.0 if best is None else best
            if best is None or best > 3:
                best, before = before, -1.0 if best is None else best
                continue
            best = None if k == 1 else best + 1
        out[i] = before if best is None else before + best


def flags(x, out):
    # pragma parallel for
    for i in range(len(x)):
        up = None
        for k in range(2):
            if x[i] > k:
                up = k == 0
        if up is not None:
            out[i] = up


def needed(x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = half(x[i]) + 1


def after(x):
    best = None
    # pragma sequential for
    for i in range(len(x)):
        if best is None or x[i] < best:
            best = x[i]
    return best


def given(x, scale, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = x[i] if scale is None else x[i] * scale


def weighted(x, out, w=None):
    # pragma parallel for
    for i in range(len(x)):
        if w is not None and len(w) > 2:
            out[i] = x[i] * w[i, 0] + len(w)
            for k in range(w.shape[1]):
                w[i, k] += 1
        else:
            out[i] = x[i] - (0 if w is None else w[0, 0])


def bursts(x, limit):
    found = []
    start = stop = None
    inside = False
    # pragma sequential for
    for i in range(len(x)):
        if x[i] > limit:
            if not inside:
                inside, start = True, i
        elif inside:
            found.append((start, i))
            inside, stop = False, i
    return found, start, stop


def fading(x, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if x[i] < 0:
            last = None
        elif last is None:
            last = x[i]
        else:
            total += last
    return last, total


def unguarded(x, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if x[i] > 1:
            total += last
        last = x[i]
    return last, total


def never_tested(x):
    last = None
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if i > 0:
            total += last
        last = x[i]
    return last, total


def gone(x):
    seen = 1
    # pragma sequential for
    for i in range(len(x)):
        if x[i] > 5:
            seen = None
    return seen


class Model:
    weight = None

    def apply(self, x, out):
        # pragma parallel for
        for i in range(len(x)):
            out[i] = x[i] if self.weight is None else x[i] * self.weight


def attribute(x, out, weight):
    model = Model()
    model.weight = weight
    model.apply(x, out)


def caught(x, k):
    best = None
    try:
        # pragma sequential for
        for i in range(len(x)):
            if best is None or x[i + k] < best:
                best = x[i + k]
    except IndexError:
        pass
    return best
"""

RNG = np.random.default_rng(5)
A = RNG.normal(size=(9, 6))
X = np.array([0.25, -1.5, 3.0, 7.75, -0.0, 2.5, 1e-3, -40.0, 0.75])


def arguments(name: str, kind: type = np.float64) -> tuple[Any, ...]:
    x: np.ndarray = X.astype(kind)
    a: np.ndarray = A.astype(kind)
    return {
        "helpers": lambda: (a, 0.9, np.zeros((9, 4))),
        "nearest": lambda: (x, a[:, 0], np.zeros(9)),
        "runs": lambda: (a, np.zeros(9)),
        "forgotten": lambda: (x, np.zeros(9)),
        "chosen": lambda: (x, np.zeros(9)),
        "swapped": lambda: (x, np.zeros(9)),
        "flags": lambda: (x, np.zeros(9, dtype=bool)),
        "needed": lambda: (np.abs(x) + 1, np.zeros(9)),
        "given": lambda: (x, 2.0, np.zeros(9)),
    }[name]()


NAMES = ["helpers", "nearest", "runs", "forgotten", "chosen", "swapped", "flags", "needed", "given"]


@pytest.fixture(scope="module")
def optional(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    first = [(name, partial(arguments, name)) for name in NAMES]
    first += [(name, partial(arguments, name, np.float32)) for name in ("helpers", "nearest", "runs")]
    return Pair(tmp_path_factory.mktemp("optional"), SOURCE, first)


@pytest.mark.parametrize("name", NAMES)
def test_as_cpython(optional: Pair, name: str) -> None:
    optional.call(name, partial(arguments, name))


@pytest.mark.parametrize("name", ["helpers", "nearest", "runs"])
def test_single_precision(optional: Pair, name: str) -> None:
    optional.call(name, partial(arguments, name, np.float32))


@pytest.mark.parametrize("limit", [-9.0, 0.0, 9.0, 99.0])
def test_found_in_none_or_all(optional: Pair, limit: float) -> None:
    optional.call("helpers", lambda: (A.copy(), limit, np.zeros((9, 4))))


@pytest.mark.parametrize("n", [0, 1, 7])
def test_sizes(optional: Pair, n: int) -> None:
    optional.call("nearest", lambda: (X.copy(), A[:n, 0].copy(), np.zeros(9)))
    optional.call("runs", lambda: (A[:, :n], np.zeros(9)))
    optional.call("nearest", lambda: (X[:n], X.copy(), np.zeros(n)), ran=None if n == 0 else "fast")


def test_a_missing_value_that_is_needed(optional: Pair) -> None:
    """Python raises the TypeError; what was stored before it stays."""
    x = np.array([1.0, 2.0, -1.0, 4.0])
    optional.call("needed", lambda: (x, np.zeros(4)), ran="python")


OUTSIDE: list[tuple[str, Callable[[], tuple[Any, ...]]]] = [
    ("given", lambda: (X.copy(), None, np.zeros(9))),
    ("weighted", lambda: (X.copy(), np.zeros(9))),
    ("weighted", lambda: (X.copy(), np.zeros(9), A.copy())),
    ("after", lambda: (X.copy(),)),
    ("bursts", lambda: (X.copy(), 0.1)),
    ("fading", lambda: (X.copy(),)),
    ("fading", lambda: (X.copy(), 2.5)),
    ("fading", lambda: (X.copy(), np.float64(2.5))),
    ("unguarded", lambda: (X[3:].copy(), 1.5)),
    ("gone", lambda: (X.copy(),)),
    ("attribute", lambda: (X.copy(), np.zeros(9), None)),
    ("attribute", lambda: (X.copy(), np.zeros(9), 0.5)),
    ("caught", lambda: (X.copy(), 0)),
]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("outside"), SOURCE, OUTSIDE)


@pytest.mark.parametrize("at", range(len(OUTSIDE)))
def test_none_before_and_after(outside: Pair, at: int) -> None:
    """A launch takes `None` for what may be so, and hands it back: natively, whichever it is."""
    name, make = OUTSIDE[at]
    outside.call(name, make)


@pytest.mark.parametrize("n", [0, 1, 2, 8])
def test_sizes_from_none(outside: Pair, n: int) -> None:
    for part in (X[:n], -np.abs(X[:n])):
        outside.call("after", partial(lambda part: (part.copy(),), part), ran="fast")
        outside.call("bursts", partial(lambda part: (part.copy(), 0.1), part), ran="fast")
        outside.call("fading", partial(lambda part: (part.copy(),), part), ran="fast")
        outside.call("fading", partial(lambda part: (part.copy(), 2.5), part), ran="fast")
        outside.call("gone", partial(lambda part: (part.copy(),), part), ran="fast")


def test_none_that_is_needed(outside: Pair) -> None:
    """Python raises the TypeError; so it does where nothing in the loop says that the name may be `None`."""
    outside.call("unguarded", lambda: (np.abs(X) + 2,), ran="python")
    outside.call("unguarded", lambda: (X.copy(),), ran="fast")
    outside.call("never_tested", lambda: (X.copy(),), ran="fast")
    outside.call("caught", lambda: (X.copy(), 2), ran="python")


FACTS = """
def lost(x, t, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if last is not None:
            total += last
            if x[i] < t:
                last = None
            total += last
        if x[i] > t:
            last = x[i]
    return total, last


def both(x, t, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if last is not None and x[i] > t:
            total += last
        else:
            total -= last
        last = x[i]
    return total, last


def either(x, t, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if last is not None or x[i] > t:
            total += last
        last = x[i]
    return total, last


def again(x, t, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if last is None:
            last = x[i]
        for j in range(2):
            total += last
            if x[i] < t:
                last = None
    return total, last


def cleared(x, t, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if last is not None:
            total += last
            last = None
            if x[i] > t:
                total += last
        if i < 4:
            last = x[i]
    return total, last


def chosen(x, t, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if last is not None:
            total += last
            last = x[i] if x[i] > t else None
            total += last
        elif i < 2:
            last = 0.5
    return total, last


def rounds(x, t, last=None):
    total = 0.0
    # pragma sequential for
    for i in range(len(x)):
        if last is not None:
            for j in range(2):
                total += last
                if x[i] < t:
                    last = None
        if x[i] > t:
            last = x[i]
    return total, last


def nearest(x, t, last=None):
    first = None
    # pragma sequential for
    for i in range(len(x)):
        value = x[i] if x[i] > t else None
        if first is None and value is not None:
            first = i
        if value is not None and last is not None and value > last:
            last = value
        elif last is None:
            last = value
    return first, last
"""


def test_what_is_known_of_a_value_is_forgotten_in_time(tmp_path: Path) -> None:
    """A test tells that a value is there until it may have become `None`: a loop that needs it then raises as in Python."""
    names = ("lost", "both", "either", "again", "cleared", "chosen", "rounds", "nearest")
    starts = (None, 0.5)
    limits = (-99.0, 0.0, 99.0)

    def given(t: float, last: float | None) -> tuple[Any, ...]:
        return X.copy(), t, last

    pair = Pair(tmp_path, FACTS, [(name, partial(given, 0.0, last)) for name in names for last in starts])
    for name in names:
        before = pair.launches()["fast"]
        for t in limits:
            for last in starts:
                pair.call(name, partial(given, t, last), ran=None)
        assert pair.launches()["fast"] > before, name
