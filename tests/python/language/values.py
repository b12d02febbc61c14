"""The kinds of numbers and their operands: where arithmetic is awkward."""

import itertools
import random
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

INTEGERS = [0, 1, -1, 2, -2, 3, -3, 5, 7, -7, 10, -13, 31, 63, 64, 100]
AROUND_53 = [2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1]
FLOATS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3.0,
    -3.0,
    0.1,
    -0.7,
    1e-3,
    3.141592653589793,
    10.25,
    -100.75,
]
LARGE = [2.0**24 + 1, 2.0**53, 2.0**53 + 2, -(2.0**63), 2.0**63, 1e10, -12345.678, 88.5, -87.5, 709.5]


@dataclass(frozen=True)
class Kind:
    """A kind of number: NumPy's scalars of a dtype, or Python's own."""

    name: str
    dtype: str
    annotation: str
    python: bool = False

    def values(self) -> list[Any]:
        """The operands, as arithmetic in a loop over an array of them sees them."""
        return list(self.array(edges(self.dtype)))

    def array(self, values: Sequence[Any]) -> Any:
        """An array whose elements are of this kind."""
        if not self.python:
            return np.array(values, dtype=self.dtype)
        if self.dtype == "int64":
            return array("q", values)
        return array("d", values)


def edges(dtype: str) -> list[Any]:
    """The values, all of which the dtype has."""
    if dtype == "bool":
        return [False, True]
    if dtype.startswith("complex"):
        parts = [0.0, -0.0, 1.0, -2.5, 0.5, np.inf, np.nan]
        return [complex(real, imaginary) for real in parts for imaginary in parts]
    if dtype.startswith("float"):
        limits = np.finfo(dtype)
        extreme = [limits.tiny, limits.smallest_subnormal, limits.max, limits.min, np.inf, -np.inf, np.nan]
        with np.errstate(all="ignore"):
            return [float(value) for value in np.array([*FLOATS, *LARGE, *extreme]).astype(dtype)]
    bounds = np.iinfo(dtype)
    half: int = 2 ** (bounds.bits // 2)
    ends = [int(bounds.min), int(bounds.min) + 1, int(bounds.max), int(bounds.max) - 1, half, half - 1, -half]
    candidates: list[int] = [*INTEGERS, *AROUND_53, *ends]
    return sorted({value for value in candidates if bounds.min <= value <= bounds.max})


def operands(kinds: Sequence[Kind], limit: int = 900) -> list[tuple[Any, ...]]:
    """Combinations of values: all, or as many as the limit allows, the same ones each time."""
    combinations = list(itertools.product(*(kind.values() for kind in kinds)))
    if len(combinations) <= limit:
        return combinations
    return random.Random(len(combinations)).sample(combinations, limit)


NUMPY = [
    Kind("bool", "bool", "bool[:]"),
    *(
        Kind(f"{letter}{bits}", f"{word}{bits}", f"{letter}{bits}[:]")
        for letter, word in (("i", "int"), ("u", "uint"))
        for bits in (8, 16, 32, 64)
    ),
    *(Kind(f"f{bits}", f"float{bits}", f"f{bits}[:]") for bits in (16, 32, 64)),
    *(Kind(f"c{bits}", f"complex{bits}", f"c{bits}[:]") for bits in (64, 128)),
]
PYTHON = [Kind("int", "int64", "py i64[:]", python=True), Kind("float", "float64", "py f64[:]", python=True)]
KINDS = [*NUMPY, *PYTHON]
# Rows of Python's ints are not tabled yet: what leaves 64 bits ends a batch in Python, and finding it takes long.
ROW_KINDS = [kind for kind in KINDS if kind.name != "int"]
# Those that functions of arrays are tried with: one of each width and sign behaves as the others do.
ARRAY_KINDS = [kind for kind in NUMPY if kind.name in ("bool", "u8", "i32", "i64", "f16", "f32", "f64", "c64", "c128")]
MIXABLE = [kind for kind in KINDS if kind.dtype != "float16" and not kind.dtype.startswith("complex")]
