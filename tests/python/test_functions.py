"""Elementary functions over the special values and the whole line, and what `math` raises, against CPython."""

import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import Pair

FUNCTIONS = """
import math
import numpy as np

def areas(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[0, i] = np.arcsinh(x[i])
        out[1, i] = np.arccosh(x[i])
        out[2, i] = np.arctanh(x[i])

def area_sine(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[i] = math.asinh(x[i])

def area_cosine(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[i] = math.acosh(x[i])

def area_tangent(x, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[i] = math.atanh(x[i])

def sums(x, y, out):
    # pragma parallel for simd
    for i in range(len(x)):
        out[i] = np.logaddexp(x[i], y[i])

def to_base(x, base, out):
    # pragma parallel for
    for i in range(len(x)):
        out[i] = math.log(x[i], base[i])
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """The functions, in CPython and translated."""
    return Pair(Path(tmp_path_factory.mktemp("functions")), FUNCTIONS)


def numbers(count: int) -> np.ndarray:
    """Of all magnitudes, special values first."""
    special = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -1e-300, 1.7e308, 0.5, 2.0]
    rng = np.random.default_rng(count)
    spread = rng.standard_normal(count) * np.exp(rng.uniform(-20, 20, count))
    return np.concatenate([special, spread])[:count]


def arguments(operands: list[np.ndarray], shape: Any) -> tuple[np.ndarray, ...]:
    """Operands, and what results go into."""
    return (*operands, np.zeros(shape, operands[0].dtype))


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_inverse_hyperbolic_functions(both: Pair, kind: str) -> None:
    for count in (0, 1, 7, 300):
        with np.errstate(over="ignore"):
            x = numbers(count).astype(kind)
        # The C library, which CPython calls, is within 2 units itself.
        both.call("areas", partial(arguments, [x], (3, count)), ulps=2)
        both.call("sums", partial(arguments, [x, x[::-1]], count), tolerance=1e-6 if kind == "float32" else 1e-15)


def test_what_has_no_inverse(both: Pair) -> None:
    for x in (numbers(100), np.linspace(-1.0, 1.0, 9), np.array([0.5, 1.0, 2.0]), np.array([1.0, 9.0, math.inf])):
        for name in ("area_sine", "area_cosine", "area_tangent"):
            both.call(name, partial(arguments, [x], len(x)), ulps=2, ran=None)
    both.call("area_cosine", lambda: (np.linspace(1.0, 30.0, 99), np.zeros(99)), ulps=2)
    both.call("area_tangent", lambda: (np.linspace(-0.9, 0.9, 99), np.zeros(99)), ulps=2)


def test_logarithms_to_a_base(both: Pair) -> None:
    x = np.exp(np.linspace(-30.0, 30.0, 100))
    both.call("to_base", lambda: (x, np.linspace(1.5, 30.0, 100), np.zeros(100)), ulps=3)
    # Each logarithm fails by itself, and their quotient fails where the base is 1.
    hard = [0.0, -0.0, 1.0, -1.0, 5.0, math.inf, -math.inf, math.nan]
    for value in hard:
        for base in hard:
            operands = [np.array([2.0, value]), np.array([2.0, base])]
            both.call("to_base", partial(arguments, operands, 2), ulps=3, ran=None)
