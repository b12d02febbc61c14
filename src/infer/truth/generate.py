"""Writes truth.txt: the types that CPython 3.11 and NumPy 2 give for every operation on every combination of scalar types.

    python generate.py > truth.txt

One line an operation: its group, its name, then one word for each type of the first operand, one letter for each type of
the second (or, with one operand, one word of one letter for each type). Letters: T N R C for Python's bool, int, float and complex;
NumPy's own type characters (with q and Q for 64 bits); ! where a TypeError is raised.
"""

import array
import math
import operator
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

NUMPY = "?bhiqBHIQefdFD"
LETTERS = "TNRC" + NUMPY
PYTHON = {bool: "T", int: "N", float: "R", complex: "C"}
BUFFERS = "bhiqBHIQfd"


def value(letter: str, number: int) -> Any:
    """A scalar of a type."""
    return {"T": bool, "N": int, "R": float, "C": complex}.get(
        letter, np.dtype(letter).type if letter in NUMPY else None
    )(number)


def letter_of(result: Any) -> str:
    """The letter of a result's type."""
    if type(result) in PYTHON:
        return PYTHON[type(result)]
    return np.asarray(result).dtype.char.replace("l", "q").replace("L", "Q")


def attempt(function: Callable[..., Any], letters: str) -> str:
    """The letter of what a function gives for operands of these types."""
    for number in (1, 0):
        try:
            return letter_of(function(*(value(letter, number) for letter in letters)))
        except (TypeError, AttributeError):
            return "!"
        except (ValueError, ZeroDivisionError):
            continue
    if set(letters) & set("CFD"):
        # `pow(z, 2, 3)` raises a ValueError whatever the number.
        return "!"
    sys.exit(f"{function} has no value for {letters}")


def unary(group: str, name: str, function: Callable[..., Any]) -> None:
    """Prints a line for a function of one operand."""
    print(group, name, "".join(attempt(function, a) for a in LETTERS))


def binary(group: str, name: str, function: Callable[..., Any]) -> None:
    """Prints a line for a function of two operands."""
    print(group, name, " ".join("".join(attempt(function, a + b) for b in LETTERS) for a in LETTERS))


def store(target: Any, item: Any) -> str:
    """Whether an element takes a value: y or n."""
    try:
        target[0] = item
    except TypeError:
        return "n"
    return "y"


def main() -> None:
    """Prints every line."""
    warnings.simplefilter("ignore")
    for name in "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor".split():
        binary("binary", name.strip("_"), getattr(operator, name))
    for name in "lt le gt ge eq ne".split():
        binary("compare", name, getattr(operator, name))
    for name in "pos neg invert not_".split():
        unary("unary", name.strip("_"), getattr(operator, name))
    for function in (bool, int, float, complex, np.bool_, *(np.dtype(c).type for c in NUMPY[1:])):
        unary("convert", "np_bool" if function is np.bool_ else function.__name__, function)
    binary("builtin", "complex", complex)
    for name in "real imag".split():
        unary("part", name, operator.attrgetter(name))
    for name in "conjugate conj".split():
        unary("part", name, lambda a, name=name: getattr(a, name)())
    unary("builtin", "abs", abs)
    unary("builtin", "round", round)
    binary("builtin", "round", round)
    binary("builtin", "pow", lambda a, b: pow(a, b, 3) if isinstance(b, int) else pow(a, b, b))
    for name in (
        "acos acosh asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs floor isfinite isinf "
        "isnan isqrt log log10 log1p log2 radians sin sinh sqrt tan tanh trunc"
    ).split():
        unary("math", name, getattr(math, name))
    for name in "atan2 copysign fmod gcd hypot pow".split():
        binary("math", name, getattr(math, name))
    binary("math", "log", lambda a, b: math.log(a, b + 1))
    for name in (
        "absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil conjugate cos cosh deg2rad exp exp2 expm1 fabs floor "
        "invert isfinite isinf isnan log log10 log1p log2 logical_not negative positive rad2deg reciprocal rint sign "
        "signbit sin sinh sqrt square tan tanh trunc"
    ).split():
        unary("numpy", name, getattr(np, name))
    for name in (
        "add arctan2 bitwise_and bitwise_or bitwise_xor copysign divide equal floor_divide fmax fmin fmod greater "
        "greater_equal heaviside hypot left_shift less less_equal logaddexp logical_and logical_or logical_xor maximum "
        "minimum multiply not_equal power remainder right_shift subtract"
    ).split():
        binary("numpy", name, getattr(np, name))
    binary("numpy", "where", lambda a, b: np.where(True, a, b))
    binary("numpy", "clip", lambda a, b: np.clip(a, b, b))
    for c in NUMPY:
        print("store", c, "".join(store(np.zeros(1, c), value(a, 1)) for a in LETTERS))
    for c in BUFFERS:
        print("buffer", c, "".join(store(array.array(c, [0]), value(a, 1)) for a in LETTERS))
        print("buffer", c, "".join(store(memoryview(array.array(c, [0])), value(a, 1)) for a in LETTERS))
    print("buffer ?", "".join(store(memoryview(bytearray(1)).cast("?"), value(a, 1)) for a in LETTERS))


if __name__ == "__main__":
    main()
