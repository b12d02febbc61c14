"""Runs one random program in CPython and translated, and compares everything that can be observed."""

import importlib
import re
import warnings
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from arguments import build
from generate import Program

VARIANTS = 3
# The reductions of a program add up to some ten thousand terms below ten.
SUM_OF_TERMS = 1e5
# Products have some hundred factors: their error is relative.
FACTORS = 0.01
# Which of two zeros is an extreme, NumPy's order of comparisons tells, which depends on the processor.
EXTREME = re.compile(r"\b(a?min|a?max)\(")
Outcome = tuple[str, Any]


def run(function: Callable[..., Any], arguments: list[object]) -> Outcome:
    """What a call gives: `("returns", value)` or `("raises", (class, message))`."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return "returns", function(*arguments)
    except Exception as error:
        return "raises", (type(error).__name__, str(error))


def same_bits(left: Any, right: Any) -> bool:
    """Whether two arrays or scalars are the same: type, shape, every bit but those of NaNs."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same_bits, left, right))
    a, b = np.asarray(left), np.asarray(right)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.names:
        return all(same_bits(a[name], b[name]) for name in a.dtype.names)
    if a.dtype.kind == "c":
        return same_bits(a.real, b.real) and same_bits(a.imag, b.imag)
    if a.dtype.kind != "f":
        return bool((a == b).all())
    nan = np.isnan(a) & np.isnan(b)
    return bool((nan | ((a == b) & (np.signbit(a) == np.signbit(b)))).all())


def near(left: Any, right: Any, unit: float, terms: float = 0.0) -> bool:
    """Whether two arrays or scalars are the same up to a few units in the last place of the least type involved; of sums
    that were added in another order, also of the terms (`terms`: a bound of the sum of their magnitudes)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(near(a, b, unit, terms) for a, b in zip(left, right, strict=True))
    a, b = np.asarray(left), np.asarray(right)
    if a.dtype.names and b.dtype == a.dtype:
        return all(near(a[name], b[name], unit, terms) for name in a.dtype.names)
    if a.dtype.kind == "c" and b.dtype == a.dtype and a.shape == b.shape:
        # Of a product with infinities, the order of the factors tells which part is NaN.
        undefined = np.isnan(a) & np.isnan(b)
        a, b = np.where(undefined, 0, a), np.where(undefined, 0, b)
        return near(a.real, b.real, unit, terms) and near(a.imag, b.imag, unit, terms)
    if a.dtype.kind != "f" or a.shape != b.shape:
        return same_bits(left, right)
    with np.errstate(all="ignore"):
        close = np.abs(a - b) <= np.spacing(np.maximum(np.abs(a), np.abs(b))) + 4 * unit * np.maximum(
            np.abs(a), np.abs(b)
        )
        close |= np.abs(a - b) <= terms * unit * np.maximum(1.0, FACTORS * np.maximum(np.abs(a), np.abs(b)))
    return bool((close | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def without_signs_of_zeros(value: Any) -> Any:
    """An array of floats, all of whose zeros are positive; anything else as it is."""
    return value + 0.0 if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def shares(arguments: list[object]) -> bool:
    """Whether two of the arrays share memory: what is stored into one may then be a term of a sum over the other, so that sums
    that would be exact are not."""
    arrays = [one for one in arguments if isinstance(one, np.ndarray)]
    return any(np.may_share_memory(one, other) for one, other in combinations(arrays, 2))


def growth(array: Any) -> float:
    """By how much the terms of sums may exceed the usual, where sums over an array are stored into it again and again."""
    values = np.asarray(array)
    if values.dtype.kind not in "fc":
        return 1.0
    sizes = np.abs(values[np.isfinite(values)])
    return max(1.0, FACTORS * float(sizes.max(initial=0.0)))


def difference(program: Program, plain: Callable[..., Any], translated: Callable[..., Any]) -> str | None:
    """The first difference between a program in CPython and its translation, in words."""
    inexact = [spec.kind for spec in program.arrays if spec.kind.startswith(("float", "complex"))]
    source = program.source()
    inexact += [kind for kind in ("float16", "float32", "complex64") if f"np.{kind}(" in source]
    unit = float(max(np.finfo(kind).eps for kind in [*inexact, "float64"]))
    compare = partial(near, unit=unit) if program.approximate else same_bits
    for variant in range(VARIANTS):
        expected_arguments, arguments = build(program, variant), build(program, variant)
        shared = shares(arguments)
        sums = program.collects or shared
        expected, actual = run(plain, expected_arguments), run(translated, arguments)
        if expected[0] != actual[0] or (expected[0] == "raises" and expected != actual):
            return f"variant {variant}: CPython {expected}, translated {actual}"
        if expected[0] == "returns":
            for position, (left, right) in enumerate(zip(expected[1], actual[1], strict=True)):
                if not compare(left, right) and not near(left, right, unit, SUM_OF_TERMS):
                    return f"variant {variant}: result {position} is {left!r} in CPython, {right!r} translated"
        if EXTREME.search(source):
            expected_arguments = [without_signs_of_zeros(one) for one in expected_arguments]
            arguments = [without_signs_of_zeros(one) for one in arguments]
        for spec, left, right in zip(program.arrays, expected_arguments, arguments, strict=False):
            terms = SUM_OF_TERMS * (growth(left) if shared else 1.0)
            if not compare(left, right) and not (sums and near(left, right, unit, terms)):
                where = np.argwhere(np.asarray(left != right))[:3].tolist()
                return f"variant {variant}: array {spec.name} ({spec.kind}) differs at {where} [{expected[0]}]"
    return None


def alone(program: Program, source: str, folder: Path, name: str) -> str | None:
    """The first difference of a program that is a module of its own, with this text."""
    path = folder / f"{name}.py"
    path.write_text(source)
    plain: dict[str, Any] = {}
    exec(compile(source, str(path), "exec"), plain)
    importlib.invalidate_caches()
    return difference(program, plain["kernel"], importlib.import_module(name).kernel)
