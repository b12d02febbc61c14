"""Every reduction and scan over every dtype against NumPy: types and values, in one kernel for each dtype.

Sums are added in another order than NumPy's, so what is added up here is exact in any order. Kinds that differ from others in
their width only join in where `FERROKEET_FULL_MATRIX` is set.
"""

import os
from typing import Any

import numpy as np
import pytest
from harness import MakePair

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
KINDS = ["bool", *INTEGERS, "float16", "float32", "float64", "complex64", "complex128"]
if not os.environ.get("FERROKEET_FULL_MATRIX"):
    KINDS = ["bool", "int8", "int64", "uint64", "float16", "float32", "float64", "complex64"]
ORDERED = ["min", "max", "argmin", "argmax"]
FOLDS = ["sum", "prod", "mean", "var", "std", "any", "all", "count_nonzero", *ORDERED, "ptp"]
# Ways to call them: `x` has two rows of four.
WAYS = ["np.{}(x)", "np.{}(x, axis=0)", "np.{}(x, axis=-1, keepdims=True)"]
SCANS = ["np.cumsum(x)", "np.cumsum(x, axis=0)", "np.cumprod(x, axis=1)"]
DTYPES = {
    "bool": ["uint8", "float32"],
    "int8": ["int16", "float16"],
    "int16": ["int32", "float32"],
    "uint8": ["uint8", "float64"],
    "int32": ["int64", "int32"],
    "uint64": ["float64"],
    "float16": ["float32", "float64"],
    "float32": ["float64", "complex64"],
    "float64": ["float32"],
    "complex64": ["complex128"],
}


def calls(kind: str) -> list[str]:
    """What is called on an array of a kind."""
    # NumPy orders complex numbers, Ferrokeet does not; it has no difference of bools.
    left_out = {"complex": [*ORDERED, "ptp"], "bool": ["ptp"]}.get(kind.rstrip("0123456789"), [])
    texts = [way.format(fold) for fold in FOLDS if fold not in left_out for way in WAYS]
    texts += SCANS
    for dtype in DTYPES.get(kind, []):
        folds = ["sum", "prod", "cumsum"] if "int" in dtype else ["sum", "prod", "cumsum", "mean"]
        texts += [f"np.{fold}(x, dtype=np.{dtype})" for fold in folds]
        texts += [f"np.sum(x, axis=0, dtype=np.{dtype})"]
    return texts


def program(texts: list[str]) -> str:
    """One function with one statement for each."""
    names = [f"r{number}" for number in range(len(texts))]
    lines = [f"    {name} = {text}" for name, text in zip(names, texts, strict=True)]
    return "\n".join(
        ["import numpy as np", "def every(x):", "    # pragma parallel", *lines, f"    return {', '.join(names)},"]
    )


def values(kind: str) -> np.ndarray:
    """Two rows of four numbers whose sums, products, means and variances are exact, with a zero and equal ones among them."""
    numbers = np.array([[1, 2, 1, 0], [2, 1, 3, 1]])
    if kind[0] in "ifc":
        numbers = numbers * np.array([[1, -1, 1, 1], [-1, 1, -1, 1]])
    data = numbers.astype(kind)
    return data * np.array([1, 1j, 1, -1j], kind) if kind.startswith("complex") else data


@pytest.mark.parametrize("kind", KINDS)
def test_reductions_and_scans(pair: MakePair, kind: str) -> None:
    both = pair(program(calls(kind)))
    both.call("every", lambda: (values(kind),))
    both.call("every", lambda: (np.asfortranarray(values(kind)[::-1]),))


# Every reduction as loops; those of one loop are one kernel.
LOOPS = """
import numpy as np

def every(x, at, out):
    s, p, found, whole, number = 0, 1, False, True, 0
    # pragma parallel for
    for i in range(len(x)):
        s += x[i]
        p *= x[i]
        if x[i]:
            found = True
        whole = whole and bool(x[i])
        if x[i] == x[0]:
            number += 1
        out[at[i]] += x[i]
    return s, p, found, whole, number

def ordered(x):
    low, high, below, above, least, most = x[0], x[0], x[0], x[0], x[0], x[0]
    best, where, last, there = x[0], 0, x[0], 0
    # pragma parallel for
    for i in range(len(x)):
        low = min(low, x[i])
        high = max(high, x[i])
        below = np.minimum(below, x[i])
        above = np.fmax(above, x[i])
        if x[i] < least:
            least = x[i]
        most = most if most > x[i] else x[i]
        if x[i] < best:
            best = x[i]
            where = i
        if x[i] >= last:
            last, there = x[i], i
    return low, high, below, above, least, most, best, where, last, there

def typed(x):
    s, p = x[0], x[1]
    # pragma parallel for
    for i in range(2, len(x)):
        s += x[i]
        p *= x[i]
    return s, p

def bits(x):
    a, b, c = x[0], x[0], x[0]
    # pragma parallel for
    for i in range(len(x)):
        a &= x[i]
        b |= x[i]
        c ^= x[i]
    return a, b, c
"""


@pytest.mark.parametrize("kind", KINDS)
def test_reductions_as_loops(pair: MakePair, kind: str) -> None:
    both = pair(LOOPS)
    for x in (values(kind).ravel(), values(kind).ravel()[::-1][:2]):

        def alone(x: np.ndarray = x) -> tuple[Any, ...]:
            return (x,)

        def with_bins(x: np.ndarray = x) -> tuple[Any, ...]:
            # The sum of two bools is their `or`, and no reduction: none meets another.
            at = np.arange(len(x)) % (8 if kind == "bool" else 3)
            return x, at, np.zeros(8, kind)

        both.call("every", with_bins)
        both.call("typed", alone, ran="careful" if kind == "bool" and len(x) > 2 else "fast")
        if not kind.startswith("complex"):
            both.call("ordered", alone)
        if kind[0] not in "fc":
            both.call("bits", alone)
