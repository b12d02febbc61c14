"""Functions of `math` and NumPy that are exact, or that CPython computes in one way: bit by bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Arguments, Pair

SOURCE = """
import math

import numpy as np

def parts(x, m, e):
    # pragma parallel for
    for i in range(len(x)):
        m[i], e[i] = math.frexp(x[i])

def scaled(x, out, first, step):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = math.ldexp(x[i], first + step * i)

def scaled_by(x, by, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = math.ldexp(x[i], by[i])

def neighbours(x, y, out, unit):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = math.nextafter(x[i], y[i])
        unit[i] = math.ulp(x[i])

def distances(a, b, out):
    # pragma parallel for
    for i in range(len(a)):
        out[i, 0] = math.dist(a[i], b[i])
        out[i, 1] = math.dist((a[i, 0], a[i, 1]), (b[i, 0], b[i, 1]))
        out[i, 2] = math.hypot(a[i, 0], b[i, 0], a[i, 1])

def sums(a, out):
    # pragma parallel for
    for i in range(len(a)):
        out[i, 0] = math.fsum(a[i])
        out[i, 1] = math.fsum([a[i, 0], a[i, 1], a[i, 2]])

def divisors(a, b, out):
    # pragma parallel for
    for i in range(len(a)):
        out[i] = math.gcd(a[i], b[i], 12) + math.lcm(a[i], 4) + np.gcd(a[i], b[i]) + np.lcm(a[i], 3)

def replaced(a, out, other):
    # pragma parallel for
    for i in range(len(a)):
        out[i] = np.nan_to_num(a[i])
        other[i] = np.where(np.isposinf(a[i]), 1, np.nan_to_num(a[i], nan=7.0, neginf=-1.0))

def powers(a, out):
    # pragma parallel for
    for i in range(len(a)):
        out[i] = np.float_power(a[i], 2)
"""
EDGES = [0.0, 1.0, 2.0, 0.5, 3.0, np.inf, np.nan, 5e-324, 2.0**-1022, 2.225073858507201e-308, 1e-310, 2.0**-1021]
KINDS = ["float64", "float32", "int64"]


def numbers(n: int) -> Any:
    rng = np.random.default_rng(n)
    edges = np.array([*EDGES, 1.7976931348623157e308])
    return np.concatenate([edges, -edges, rng.integers(0, 2**64, n, dtype=np.uint64).view(np.float64)])


def rows(n: int, width: int, spread: int) -> Any:
    rng = np.random.default_rng(n + width)
    return rng.normal(size=(n, width)) * 10.0 ** rng.integers(-spread, spread + 1, (n, width))


def of_kind(kind: str) -> Any:
    floats = np.array([[1.5, np.nan, np.inf, -np.inf, -0.0, 3.0]])
    return (floats if kind.startswith("f") else np.array([[1, 2, 2**62 + 1 if kind == "int64" else 3]])).astype(kind)


def fresh(*arrays: Any) -> Arguments:
    return lambda: tuple(one.copy() if isinstance(one, np.ndarray) else one for one in arrays)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder: Path = tmp_path_factory.mktemp("exact")
    x, a, k = np.ones(3), np.ones((2, 3)), np.ones(3, dtype=np.int64)
    first = [
        ("parts", fresh(x, x, k)),
        ("scaled", fresh(x, x, 1, 1)),
        ("neighbours", fresh(x, x, x, x)),
        ("distances", fresh(a, a, a)),
        ("sums", fresh(a, a)),
        ("divisors", fresh(k, k, x)),
        ("divisors", fresh(k.astype(np.int32), k.astype(np.int32), x)),
        ("powers", fresh(k.astype(np.int32), x)),
    ]
    kinds = [("replaced", fresh(of_kind(kind), of_kind(kind), of_kind(kind))) for kind in KINDS]
    return Pair(folder, SOURCE, first + kinds)


def test_parts_of_numbers(pair: Pair) -> None:
    x, zeros = numbers(300), np.zeros(326)
    pair.call("parts", fresh(x, zeros, np.zeros(len(x), dtype=np.int64)))
    for y in [np.roll(x, 1), zeros, zeros + np.inf]:
        pair.call("neighbours", fresh(x, y, zeros, zeros))


def test_powers_of_two(pair: Pair) -> None:
    x = numbers(300)
    for first, step in [(-1200, 1), (-2200, 3), (0, -3), (-(10**6), 0), (-40, 0)]:
        small = np.where(np.abs(x) < 1e300, x, np.sign(x))
        if first + step * len(x) < 0:
            pair.call("scaled", fresh(small, np.zeros(326), first, step))
    pair.call("scaled", fresh(np.array([1.0, 0.5, 5e-324, np.inf]), np.zeros(4), 1020, 1))
    pair.call("scaled", fresh(np.array([1.0, 1.5, 2.0]), np.zeros(3), 1022, 1), ran="careful")
    pair.call("scaled", fresh(np.ones(3), np.zeros(3), 10**12, 1), ran="careful")


def test_a_scale_must_be_of_python(pair: Pair) -> None:
    pair.call("scaled_by", fresh(np.ones(3), np.ones(3, dtype=np.int64), np.zeros(3)), ran="python")


@pytest.mark.parametrize("width", [2, 3, 5])
def test_distances(pair: Pair, width: int) -> None:
    a, b = rows(200, width, 3), rows(201, width, 3)[:200]
    pair.call("distances", fresh(a, b, np.zeros((200, 3))))
    for odd in [0.0, np.inf, np.nan, 1e308, 1e-300]:
        a[7, 1] = odd
        pair.call("distances", fresh(a, b, np.zeros((200, 3))))
    pair.call("distances", fresh(a[:0], b[:0], np.zeros((0, 3))))
    pair.call("distances", fresh(a, b[:, :1], np.zeros((200, 3))), ran=None)


def test_sums(pair: Pair) -> None:
    for width in (3, 9, 150):
        a = rows(60, width, 25)
        a[:, 1] = -a[:, 0]
        pair.call("sums", fresh(a, np.zeros((60, 2))))
    tiny = 2.0**-53
    halves = np.array([[1.0, tiny, tiny**2], [1.0, tiny, -(tiny**2)], [1.0, tiny, 0.0], [0.0, -0.0, 0.0]])
    pair.call("sums", fresh(halves, np.zeros((4, 2))))
    for odd in ([1e308, 1e308, -1e308], [1.0, np.inf, 2.0], [np.inf, np.nan, -np.inf]):
        pair.call("sums", fresh(np.array([odd]), np.zeros((1, 2))), ran=None)


def test_divisors(pair: Pair) -> None:
    rng = np.random.default_rng(3)
    a, b = rng.integers(-90, 90, 40), rng.integers(-60, 60, 40)
    pair.call("divisors", fresh(a, b, np.zeros(40)))
    pair.call("divisors", fresh(a.astype(np.int32), b.astype(np.int32), np.zeros(40)))


@pytest.mark.parametrize("kind", KINDS)
def test_missing_and_infinite(pair: Pair, kind: str) -> None:
    a = of_kind(kind)
    pair.call("replaced", fresh(a, np.zeros_like(a), np.zeros_like(a)))


def test_powers_in_double_precision(pair: Pair) -> None:
    pair.call("powers", fresh(np.array([3, 2**30, -7], dtype=np.int32), np.zeros(3)))
