"""Whatever is handed in: the answer or the exception is CPython's, and the process lives."""

import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from harness import MakePair, Pair

KERNELS = """
import math

def gather(x, k, out):
    # pragma parallel for
    for i in range(len(k)):
        out[i] = x[k[i]]

def ahead(x, out, distance):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = x[i + distance]

def fixed(x, out):
    # pragma parallel for simd
    for i in range(len(out)):
        out[i] = x[2] - x[-2]

def divide(x, y, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = 1.0 / float(y[i]) + x[i]

def root(x, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = math.sqrt(x[i]) + math.log(x[i] + 1.0)

def checked(x, out):
    # pragma parallel for
    for i in range(len(out)):
        assert x[i] < 5.0, "too large"
        out[i] = x[i]

def power(base, out):
    # pragma parallel for
    for i in range(len(out)):
        out[i] = base * base * base + i

def caught(x, out):
    last = -1
    try:
        # pragma parallel for
        for i in range(len(out)):
            last = i
            out[i] = x[i + 2]
    except IndexError as error:
        return last, str(error)
    return last, ""
"""


@pytest.fixture
def kernels(pair: MakePair) -> Pair:
    return pair(KERNELS)


@pytest.mark.parametrize("bad", [5, 6, -6, -7, 100, -(2**62), 2**62])
@pytest.mark.parametrize("position", [0, 3, 9])
def test_index_out_of_range(kernels: Pair, bad: int, position: int) -> None:
    def arguments() -> tuple[Any, ...]:
        subscripts = np.zeros(10, np.int64)
        subscripts[position] = bad
        return np.arange(6.0), subscripts, np.zeros(10)

    kernels.call("gather", arguments, ran=None)
    kernels.call("gather", lambda: (arguments()[0], arguments()[1], np.zeros(7)), ran=None)


@pytest.mark.parametrize("distance", [-7, -6, -1, 0, 1, 4, 5, 100, 2**62, -(2**62), 2**70])
def test_affine_subscripts(kernels: Pair, distance: int) -> None:
    kernels.call("ahead", lambda: (np.arange(6.0), np.zeros(2), distance), ran=None)
    kernels.call("ahead", lambda: (np.arange(6.0), np.zeros(0), distance), ran=None)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_fixed_subscripts(kernels: Pair, n: int) -> None:
    kernels.call("fixed", lambda: (np.arange(float(n)), np.zeros(2)), ran=None)
    kernels.call("fixed", lambda: (np.arange(float(n)), np.zeros(0)), ran=None)


def test_division_by_zero(kernels: Pair) -> None:
    kernels.call("divide", lambda: (np.ones(9), np.arange(9.0)[::-1].copy(), np.zeros(9)), ran="careful")
    kernels.call("divide", lambda: (np.ones(9), np.arange(1, 10.0), np.zeros(9)))


@pytest.mark.parametrize("value", [-1.0, -0.5, -2.0, np.nan, np.inf])
def test_domain_errors(kernels: Pair, value: float) -> None:
    kernels.call("root", lambda: (np.array([1.0, 4.0, value, 2.0]), np.zeros(4)), ran=None, ulps=2)


def test_assert(kernels: Pair) -> None:
    kernels.call("checked", lambda: (np.arange(9.0), np.zeros(9)), ran="careful")
    kernels.call("checked", lambda: (np.arange(5.0), np.zeros(5)))


@pytest.mark.parametrize("base", [3, 2**20, 2**21, 2**40, 2**63, -(2**63), -(2**21), True, 1.5])
def test_big_integers(kernels: Pair, base: Any) -> None:
    kernels.call("power", lambda: (base, np.zeros(5)), ran=None)


def test_locals_seen_by_an_except_clause(kernels: Pair) -> None:
    kernels.call("caught", lambda: (np.arange(6.0), np.zeros(9)), ran=None)
    kernels.call("caught", lambda: (np.arange(16.0), np.zeros(9)))


ODD_ARGUMENTS: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "list": lambda: [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    "tuple": lambda: (1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
    "0-d": lambda: np.array(1.0),
    "2-d": lambda: np.ones((6, 2)),
    "objects": lambda: np.array([1.0, 2, 3, 4, 5, 6], dtype=object),
    "complex": lambda: np.arange(6) * 1j,
    "float16": lambda: np.arange(6, dtype=np.float16),
    "big-endian": lambda: np.arange(6, dtype=">f8"),
    "unaligned": lambda: np.frombuffer(b"\0" * 49, dtype=np.int8)[1:].view(np.float64),
    "masked": lambda: np.ma.masked_array(np.arange(6.0), mask=[False, False, True, False, False, False]),
    "matrix": lambda: np.matrix(np.ones((6, 6))),
    "string": lambda: "abcdef",
    "bytes": lambda: b"abcdef",
    "dictionary": lambda: {k: 1.0 for k in range(-6, 6)},
    "strings": lambda: np.array(list("abcdef")),
    "datetime": lambda: np.arange(0, 6, dtype="datetime64[s]"),
}


@pytest.mark.parametrize("name", ODD_ARGUMENTS)
def test_odd_arguments(kernels: Pair, name: str) -> None:
    make = ODD_ARGUMENTS[name]
    kernels.call("ahead", lambda: (make(), np.zeros(3), 1), ran=None)
    kernels.call("ahead", lambda: (np.arange(6.0), make(), 0), ran=None)
    kernels.call("gather", lambda: (np.arange(6.0), make(), np.zeros(6)), ran=None)
    kernels.call("ahead", lambda: (np.arange(6.0), np.zeros(3), make()), ran=None)


@pytest.mark.parametrize("code", ["b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "f", "d"])
def test_array_module(kernels: Pair, code: str) -> None:
    kernels.call("ahead", lambda: (array.array(code, range(9)), np.zeros(5), 2))
    kernels.call("ahead", lambda: (array.array(code, range(9)), np.zeros(5), 8), ran="careful")
    kernels.call("ahead", lambda: (memoryview(array.array(code, range(9))), np.zeros(5), 2))


def test_arrays_that_change_between_calls(kernels: Pair) -> None:
    kernels.call("ahead", lambda: (np.arange(9.0), np.zeros(5), 1))
    kernels.call("ahead", lambda: (np.arange(3.0), np.zeros(5), 1), ran="careful")
    kernels.call("ahead", lambda: (np.arange(9), np.zeros(5), 1))
    kernels.call("ahead", lambda: (np.arange(9.0), np.zeros(5, np.float32), 1))
    kernels.call("ahead", lambda: (np.arange(9.0), np.zeros((5, 1)), 1), ran=None)
    kernels.call("ahead", lambda: (np.arange(9.0), np.zeros(8), 1))
