"""Calls: methods, `*row`, `map`, `key=`, Python's own modules, and ints that become floats: against CPython."""

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from harness import LAYOUTS, Pair, sample

SOURCE = """
import bisect
import cmath
import functools
import math
import operator
from bisect import bisect_right

import numpy as np


class Base:
    def third(self, v):
        return v / 3


class Field(Base):
    OFFSET = 2

    def __init__(self, n):
        self.perm = np.arange(n)[::-1].copy()
        self.scale = 1.5

    @staticmethod
    def fade(t):
        return t * t * (3 - 2 * t)

    def grad(self, h, v):
        return v if h % 2 else -v

    def at(self, v):
        i = int(np.floor(v)) % len(self.perm)
        f = self.fade(v - np.floor(v))
        return f * self.grad(self.perm[i], v) * self.scale + self.third(self.OFFSET) + self.perm.shape[0]

    def render(self, x, out):
        # pragma parallel for
        for i in range(len(x)):
            out[i] = self.at(x[i]) + Field.fade(i)


class Other(Field):
    pass


class Steep(Field):
    def grad(self, h, v):
        return 100.0 * v


def method(kind, x, out):
    {"field": Field, "other": Other, "steep": Steep}[kind](5).render(x, out)


def outside(kind, x, out):
    field = {"field": Field, "steep": Steep, "shadowed": Field, "foreign": Field, "static": Field}[kind](5)
    if kind == "shadowed":
        field.at = lambda v: 1.0
    if kind == "foreign":
        field.at = Field(7).at
    if kind == "static":
        field.fade = lambda t: 0.5
    # pragma parallel for
    for i in range(len(x)):
        out[i] = field.at(x[i])


def norm(a, b, c, d):
    a, b, c, d = map(math.sin, [a, b, c, d])
    return a + b * c - d


def rows(p, d):
    # pragma parallel for
    for i in range(len(p)):
        for j in range(len(p)):
            d[i, j] = norm(*p[i], *p[j]) + math.hypot(*p[i])


def extremes(p, q, first, out):
    # pragma parallel for
    for i in range(len(p)):
        first[i] = min(range(len(q)), key=lambda k: abs(q[k] - p[i]))
        out[i, 0] = max(q, key=lambda v: v * p[i])
        out[i, 1] = max(p[i], -p[i], 0.5, key=abs)
        out[i, 2] = min((v for v in q if v > 0), key=math.fabs, default=-1.0)
        out[i, 3] = sum(map(abs, q)) + functools.reduce(lambda a, b: a * 0.5 + b, q, p[i])
        out[i, 4] = functools.reduce(operator.mul, q) + math.prod(q) + math.prod(range(1, 5), start=2)
        out[i, 5] = any(map(math.isnan, q)) + operator.sub(p[i], 1)


def places(a, x, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i, 0] = bisect_right(a, x[i])
        out[i, 1] = bisect.bisect_left(a, x[i])
        out[i, 2] = bisect.bisect(a, x[i], lo=1)
        out[i, 3] = bisect.bisect_left(a, x[i], 0, len(a) // 2)


def places_in_list(a: list[int], x: list[int]):
    found = []
    # pragma parallel for
    for v in x:
        found.append(bisect_right(a, v) - bisect.bisect_left(a, v))
    return found


def whole(n, k, out):
    # pragma sequential for
    for i in range(n, n + 3):
        out[i - n] = math.comb(i, k) + math.perm(i, k) + math.factorial(i) + math.lcm(i, k)


def parts(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        part, all_of_it = math.modf(x[i])
        out[i, 0], out[i, 1] = part, all_of_it
        out[i, 2] = math.remainder(x[i], y)
        out[i, 3] = math.isclose(x[i], y, rel_tol=0.25) + 2 * math.isclose(x[i], y, abs_tol=2.0)


def complexes(re, im, out):
    # pragma parallel for
    for i in range(len(re)):
        z = complex(re[i], im[i])
        out[i, 0] = cmath.exp(z)
        out[i, 1] = cmath.sqrt(z)
        out[i, 2] = cmath.log(z)
        out[i, 3] = cmath.log(z, 3)
        out[i, 4] = cmath.log10(z)
        r, phi = cmath.polar(z)
        out[i, 5] = cmath.rect(r, phi)
        out[i, 6] = cmath.sin(z)
        out[i, 7] = cmath.cos(z)
        out[i, 8] = cmath.tan(z)
        out[i, 9] = cmath.sinh(z)
        out[i, 10] = cmath.cosh(z)
        out[i, 11] = cmath.tanh(z)
        out[i, 12] = cmath.phase(z) + cmath.isclose(z, 1, rel_tol=0.9) + cmath.isfinite(z)


def exponential(x: float, out):
    # pragma sequential for
    for i in range(2):
        out[i] = cmath.exp(complex(x, i))


def logarithm(x: float, out):
    # pragma sequential for
    for i in range(2):
        out[i] = cmath.log(complex(x, 0.0))


def escape(c, most):
    z = 0
    for n in range(most):
        if abs(z) > 2:
            return n
        z = z * z + c
    return most


def escapes(re, im, most, out):
    # pragma parallel for
    for i in range(len(re)):
        out[i] = escape(complex(re[i], im[i]), most)


def known(x, rounds, out):
    # pragma parallel for
    for i in range(len(x)):
        z = 0
        w = z + 1
        s = p = 0
        for _ in range(rounds):
            w = w + s * s + abs(s) - p**2
            s = s + x[i]
            p = p * 1 + 0.5
            z = z + 1j * x[i]
        out[i] = z.real + z.imag + w + p + (s if s < 3 else 0.25)


def last(x, rounds):
    z = 1
    # pragma sequential for
    for i in range(len(x)):
        z = 0
        for _ in range(rounds):
            z = z * z + complex(x[i], 1.0)
    return z


def march(x, rounds, out):
    # pragma parallel for
    for i in range(len(x)):
        t = 0.0
        for _ in range(rounds):
            t += min(x[i], 0.7)
        out[i] = 7.0 if t < 0 else t


def spectrum(x):
    found = []
    n = len(x)
    # pragma parallel for
    for k in range(n):
        total = 0j
        for t in range(n):
            total += x[t] * cmath.exp(-2j * cmath.pi * k * t / n)
        found.append(abs(total))
    return found
"""

X = np.array([0.25, -1.5, 3.0, 7.75, -0.0, 2.5, 1e-3, -40.0, 0.75])


def arguments(name: str, variant: int = 0) -> tuple[Any, ...]:
    n = len(X)
    single = variant % 2 == 1
    x = X.astype(np.float32) if single else X.copy()
    return {
        "method": lambda: ("field", x, np.zeros(n)),
        "outside": lambda: ("field", x, np.zeros(n)),
        "rows": lambda: (np.stack([X, X[::-1]], axis=1), np.zeros((n, n))),
        "extremes": lambda: (x, x[::2] + 1, np.zeros(n, dtype=int), np.zeros((n, 6))),
        "places": lambda: (np.sort(x), np.concatenate([x, x + 0.5]), np.zeros((2 * n, 4), dtype=int)),
        "places_in_list": lambda: ([1, 1, 3, 5], [0, 1, 2, 5, 6]),
        "whole": lambda: (6, 3, np.zeros(3, dtype=int)),
        "parts": lambda: (x, 0.75, np.zeros((n, 4))),
        "complexes": lambda: (x, x[::-1] * 0.5 + 0.1, np.zeros((n, 13), dtype=complex)),
        "exponential": lambda: (1.5, np.zeros(2, dtype=complex)),
        "logarithm": lambda: (-2.0, np.zeros(2, dtype=complex)),
        "escapes": lambda: (X * 0.3, X[::-1] * 0.2, 20, np.zeros(n, dtype=int)),
        "known": lambda: (x, 3, np.zeros(n)),
        "last": lambda: (x, 3),
        "march": lambda: (x, 4, np.zeros(n)),
        "spectrum": lambda: (X.copy(),),
    }[name]()


NAMES = [
    "method",
    "outside",
    "rows",
    "extremes",
    "places",
    "places_in_list",
    "whole",
    "parts",
    "complexes",
    "exponential",
    "logarithm",
    "escapes",
    "known",
    "last",
    "march",
    "spectrum",
]
SINGLE = ["method", "extremes", "places", "parts", "last"]
# Functions within an ulp are combined.
ULPS = {"complexes": 40, "rows": 8, "spectrum": 0}
TOLERANCE = {"complexes": 1e-13, "spectrum": 1e-12, "extremes": 1e-6, "rows": 1e-14}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    first = [(name, partial(arguments, name)) for name in NAMES]
    first += [(name, partial(arguments, name, 1)) for name in SINGLE]
    return Pair(tmp_path_factory.mktemp("calls"), SOURCE, first)


@pytest.mark.parametrize(("name", "variant"), [(name, 0) for name in NAMES] + [(name, 1) for name in SINGLE])
def test_as_cpython(calls: Pair, name: str, variant: int) -> None:
    calls.call(name, lambda: arguments(name, variant), ulps=ULPS.get(name, 0), tolerance=TOLERANCE.get(name, 0.0))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(calls: Pair, layout: str) -> None:
    change = LAYOUTS[layout]
    points = np.stack([X, X[::-1]], axis=1)
    calls.call("rows", lambda: (change(points.copy()), change(np.zeros((9, 9)))), tolerance=1e-14)
    calls.call("places", lambda: (change(np.sort(X)), change(X.copy()), np.zeros((9, 4), dtype=int)))


@pytest.mark.parametrize("n", [0, 1, 7])
def test_sizes(calls: Pair, n: int) -> None:
    x = X[:n]
    calls.call("method", lambda: ("field", x, np.zeros(n)), ran=None if n == 0 else "fast")
    calls.call("places", lambda: (np.sort(x), X.copy(), np.zeros((9, 4), dtype=int)))
    calls.call("spectrum", lambda: (x,), tolerance=1e-12, ran=None if n == 0 else "fast")


def shifted(kind: str, out: np.ndarray) -> tuple[Any, ...]:
    return kind, X.copy(), out.copy()


def test_methods_are_looked_up(calls: Pair) -> None:
    """A method of a subclass, of another object, or an attribute in its place is not what was inlined."""
    out = np.zeros(9)
    calls.call("method", lambda: ("other", X.copy(), out.copy()))
    for kind in ("steep", "shadowed", "foreign", "static"):
        calls.call("outside", partial(shifted, kind, out), ran="python")
    calls.call("method", lambda: ("steep", X.copy(), out.copy()), ran="python")
    calls.call("outside", lambda: ("field", X.copy(), out.copy()))


def test_rows_of_another_length(calls: Pair) -> None:
    wide = np.ones((3, 3))
    calls.call("rows", lambda: (wide, np.zeros((3, 3))), ran="python")


def test_no_items(calls: Pair) -> None:
    none = np.zeros(0)
    calls.call("extremes", lambda: (X.copy(), none, np.zeros(9, dtype=int), np.zeros((9, 6))), ran="python")


def test_nan_as_key(calls: Pair) -> None:
    q = np.array([math.nan, 1.0, -2.0, math.nan])
    arguments = (X.copy(), q, np.zeros(9, dtype=int), np.zeros((9, 6)))
    calls.call("extremes", lambda: tuple(one.copy() for one in arguments))
    arguments = (X.copy(), q[::-1], np.zeros(9, dtype=int), np.zeros((9, 6)))
    calls.call("extremes", lambda: tuple(one.copy() for one in arguments))


@pytest.mark.parametrize(("n", "k"), [(0, 0), (2, 5), (5, 2), (18, 3), (19, 4), (30, 2), (-2, 1), (3, -1)])
def test_whole_numbers(calls: Pair, n: int, k: int) -> None:
    """What does not fit 64 bits is Python's, and so are the exceptions."""
    calls.call("whole", lambda: (n, k, np.zeros(3, dtype=object if n == 30 else int)), ran=None)


@pytest.mark.parametrize("y", [0.75, -2.0, math.inf, math.nan, 0.0])
def test_special_parts(calls: Pair, y: float) -> None:
    x = sample("float64", (9,), 3)
    calls.call("parts", lambda: (X.copy(), y, np.zeros((9, 4))), ran=None)
    calls.call("parts", lambda: (x, y, np.zeros((9, 4))), ran=None)


@pytest.mark.parametrize("x", [0.0, -0.0, 1.0, 700.0, 709.0, 709.5, 710.5, -800.0, math.inf, -math.inf, math.nan])
def test_range_of_the_exponential(calls: Pair, x: float) -> None:
    calls.call("exponential", lambda: (x, np.zeros(2, dtype=complex)), ulps=4, ran=None)


@pytest.mark.parametrize("x", [0.0, -0.0, 5e-324, 1e-310, 0.75, 1.0, 1.7, 1e308, math.inf, math.nan])
def test_range_of_the_logarithm(calls: Pair, x: float) -> None:
    calls.call("logarithm", lambda: (x, np.zeros(2, dtype=complex)), ulps=4, ran=None)


@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e-8, 1.0, 30.0, 1e150])
def test_complex_numbers_of_all_sizes(calls: Pair, size: float) -> None:
    re = np.array([1.0, -1.0, 0.5, -0.25, 1.5, 1.0, -1.0, 0.9, 0.7]) * size
    im = np.array([0.5, 0.5, -0.0, -2.0, 1.25, -1.0, -1.0, 0.3, -0.7]) * min(size, 1e3)
    # The products of functions within an ulp are within several, and what cancels has the size of the parts.
    calls.call("complexes", lambda: (re, im, np.zeros((9, 13), dtype=complex)), ulps=40, tolerance=1e-13, ran=None)


def lasting(kind: type, rounds: int) -> tuple[Any, ...]:
    return X.astype(kind), rounds


@pytest.mark.parametrize("rounds", [0, 1, 2, 5])
def test_ints_that_become_floats(calls: Pair, rounds: int) -> None:
    for kind in (np.float64, np.float32):
        calls.call("last", partial(lasting, kind, rounds))
    calls.call("known", lambda: (X.copy(), rounds, np.zeros(9)))
    calls.call("march", lambda: (X.copy(), rounds, np.zeros(9)))
    calls.call("escapes", lambda: (X * 0.3, X[::-1] * 0.2, rounds, np.zeros(9, dtype=int)))
