"""The promotion matrix: every operator on every pair of kinds and Python scalars, natively run, against CPython and NumPy.

Sixteen-bit and some other integer kinds join in where `FERROKEET_FULL_MATRIX` is set.
"""

import operator
import os
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import ferrokeet
import numpy as np
import pytest
from harness import MakePair, Pair

KINDS = [
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
]
if not os.environ.get("FERROKEET_FULL_MATRIX"):
    KINDS = [kind for kind in KINDS if kind not in ("int16", "int32", "uint8", "uint16")]
PYTHON: dict[str, Any] = {"py bool": True, "py int": 3, "py float": 2.3, "py complex": 1.5 - 0.7j}
SIDES = [*KINDS, *PYTHON]
SAMPLES = {kind: PYTHON[kind] if kind in PYTHON else np.dtype(kind).type(3) for kind in SIDES}
OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SIZE = 24
SYMBOLS = list(OPERATORS) if len(KINDS) == 14 else ["+", "-", "*", "/", "//", "%", "**", "==", "<="]
ORDERED = ("<", "<=", ">", ">=")


def name(side: str, kind: str) -> str:
    """The parameter for an operand."""
    return f"{side}_{kind.replace(' ', '_')}"


def operand(side: str, kind: str) -> str:
    """How an operand is written: an element, or a Python scalar."""
    return name(side, kind) if kind in PYTHON else f"{name(side, kind)}[i]"


def result(symbol: str, left: Any, right: Any) -> np.dtype | None:
    """The dtype that holds a result; nothing where there is none."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(OPERATORS[symbol](left, right)).dtype
    except TypeError:
        return None


def program(symbol: str, left: str) -> tuple[str, list[np.dtype]]:
    """One loop with the operator on a kind and every other, and the dtypes of its targets."""
    lines, targets = [], []
    columns: dict[str, int] = {}
    for right in SIDES:
        dtype = result(symbol, SAMPLES[left], SAMPLES[right])
        # NumPy orders complex numbers, Ferrokeet does not.
        if dtype is None or (symbol in ORDERED and "complex" in left + right):
            continue
        if dtype not in targets:
            targets.append(dtype)
        column = columns[str(dtype)] = columns.get(str(dtype), -1) + 1
        lines.append(f"        out_{dtype}[i, {column}] = {operand('x', left)} {symbol} {operand('y', right)}")
    names = [name("x", left), *(name("y", right) for right in SIDES), *(f"out_{dtype}" for dtype in targets)]
    head = f"def kernel({', '.join(names)}):\n    # pragma parallel for\n    for i in range({SIZE}):\n"
    return head + "\n".join(lines) + "\n", targets


def values(kind: str, seed: int, special: bool) -> np.ndarray:
    """Small numbers, none of them 0; with infinities and NaNs if these are asked for."""
    rng = np.random.default_rng(seed)
    if kind == "bool":
        return np.ones(SIZE, bool)
    if "int" in kind:
        return rng.integers(1, 6, SIZE).astype(kind)
    data = rng.normal(scale=3, size=SIZE) + 0.5
    if "complex" in kind:
        data = data + 1j * rng.normal(size=SIZE)
    data = data.astype(kind)
    if special:
        data[:6] = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0]
        if "complex" in kind:
            data[6:10] = [complex(0.0, np.inf), complex(np.nan, 1.0), complex(np.inf, np.nan), complex(-0.0, -0.0)]
    return data


@pytest.mark.parametrize("left", SIDES)
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_matrix(pair: MakePair, symbol: str, left: str) -> None:
    source, targets = program(symbol, left)
    if not targets:
        pytest.skip("no such operator")
    both = pair(source)
    for special in (False, True):

        def arguments(special: bool = special) -> tuple[Any, ...]:
            given = [PYTHON[kind] if kind in PYTHON else values(kind, 1, special) for kind in (left, *SIDES)]
            given[0] = given[0] if left in PYTHON else values(left, 2, special)
            return (*given, *(np.zeros((SIZE, len(SIDES)), dtype) for dtype in targets))

        # A Python complex divides by NumPy's 0.0 as by Python's: that raises.
        raises = special and left == "py complex" and symbol in ("/", "**")
        # NumPy's power of unlike operands is a vector function.
        both.call("kernel", arguments, ulps=1 if symbol == "**" else 0, ran=None if raises else "fast")
        assert both.launches()["python"] == 0 or symbol == "**"


LITERALS = """
import numpy as np

def complexes(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        m = np.array([[x[i], 1j * y[i]], [0, y[i] / 2]])
        r = m @ m
        out[i] = r[0, 0] + r[0, 1] + r[1, 1]

def sums(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        t = x[i] + y[i]
        m = np.array([t, y[i], 2])
        out[i] = (m * 0.1).sum()

def stored(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        m = np.array([x[i], y[i]])
        out[i] = m[0] * 100 + m[1]

def python(x, y, out):
    # pragma parallel for
    for i in range(len(x)):
        m = np.array([x[i], 200, True])
        k = np.array([True, x[i] > 2])
        out[i] = m[0] * 100 + m[1] + k[1] + k.sum()
"""


def pairs_of(x: str, y: str, out: str) -> tuple[np.ndarray, ...]:
    return np.array([1, 300]).astype(x), np.array([5.5, 7]).astype(y), np.zeros(2, out)


def test_array_literals(pair: MakePair) -> None:
    """The type of an array that is written out is one that holds all its items: found, or left to Python."""
    native = {"complexes": 2, "sums": 4, "stored": 4, "python": 5}
    kinds = [
        *(("float64", "float64"), ("float32", "float64"), ("uint8", "int64"), ("int64", "float32"), ("int32", "int32")),
        *(("bool", "int64"), ("complex64", "float64"), ("int64", "uint8")),
    ]
    arguments = [partial(pairs_of, x, y, out) for x, y in kinds for out in ("complex128", "float64")]
    made = pair(LITERALS, product(native, arguments))
    for name, least in native.items():
        for one in arguments:
            made.call(name, one, ran=None, tolerance=1e-15)
        kernels = [one for one in ferrokeet.stats()["kernels"] if one["name"].startswith(name)]
        kernels = [one for one in kernels if one["fast"] or one["gpu"]]
        assert len(kernels) >= least, ferrokeet.stats()


HANDED_ON = """
def previous(x):
    last, p = 0, 1
    # pragma sequential for
    for i in range(len(x)):
        p = last
        last = x[i]
    return p, last

def sometimes(x):
    last, p = 0, 1
    # pragma sequential for
    for i in range(len(x)):
        if x[i] > 0:
            p = last
        last = x[i]
    return p, last

def exchanged(x):
    last, p = 0, 1
    # pragma sequential for
    for i in range(len(x)):
        last, p = p, last - x[i]
    return p, last

def chosen(x):
    last, p, least = 0.0, 1.0, 2.0
    # pragma sequential for
    for i in range(len(x)):
        least = min(least, p) if i != 1 else max(last, p)
        p = last if x[i] < 0 else p
        last = x[i]
    return p, last, least
"""


@pytest.mark.parametrize("kind", ["float64", "float32", "int64"])
def test_what_another_name_held_before(tmp_path: Path, kind: str) -> None:
    """A name that is given what another one holds since before the loop has that type: Python's, until NumPy's numbers come round."""
    pair = Pair(tmp_path, HANDED_ON)
    for name in ("previous", "sometimes", "exchanged", "chosen"):
        for n in (0, 1, 2, 3, 9):
            for low in (-3, 1):
                x = (np.arange(n) + low).astype(kind)
                ran = None if name == "chosen" and kind == "int64" else "fast"
                pair.call(name, partial(lambda x: (x,), x), ran=ran)


ROUNDED = """
def chosen(x, out):
    # pragma sequential for
    for i in range(len(x)):
        t = 2.675 if i % 2 else x[i]
        out[i] = round(t, 2)

def from_before(x, out):
    t = 2.675
    # pragma sequential for
    for i in range(len(x)):
        out[i] = round(t, 2)
        t = x[i]

def one_type(x, out):
    t = 0.0
    # pragma sequential for
    for i in range(len(x)):
        t += x[i]
        out[i] = round(t, 2) + round(x[i], 1) + round(1.005 * i, 2)
"""


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_python_and_numpy_do_not_round_alike(tmp_path: Path, kind: str) -> None:
    pair = Pair(tmp_path, ROUNDED)
    for name, ran in (("chosen", "python"), ("from_before", "python"), ("one_type", "fast")):
        pair.call(name, lambda: (np.full(4, 2.675).astype(kind), np.zeros(4)), ran=ran)
