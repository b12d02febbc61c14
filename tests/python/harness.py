"""Runs a function in CPython and translated, compares everything observable, and asserts how the kernels ran."""

import copy
import importlib
import itertools
import sys
import textwrap
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import ferrokeet
import numpy as np
from batch import NOTHING_TO_SPLIT, on_device
from ferrokeet._stats import KERNELS
from joint import built, signatures

Arguments = Callable[[], tuple[Any, ...]]
# Of the fixture `pair`: the module's source, and what `Pair` is told beyond it.
MakePair = Callable[..., "Pair"]
NUMBERS = itertools.count(1)
# Whether the loops of all pairs ask for a GPU, which is emulated: `pytest --emulated-gpu`.
EMULATED = False


def large(size: int) -> int:
    """A size that keeps several threads busy; the emulated GPU is busy with less, and takes a hundred times as long."""
    return min(size, 3000) if EMULATED else size


def of_functions(kind: str = "float64") -> float:
    """The tolerance of what functions were taken of: loops that ask for a GPU have functions of their own, others those of NumPy's C
    library."""
    if not EMULATED:
        return 0.0
    return 1e-4 if kind in ("float32", "complex64") else 1e-13


def given(*arguments: Any) -> Arguments:
    """A factory of copies of arguments; what is one object among them is one in the copies."""
    return partial(copy.deepcopy, arguments)


class Pair:
    """One module, loaded as plain Python and translated.

    `call` runs a function of both on arguments built twice by a factory (so that aliasing among them is the same) and
    compares results, arguments afterwards, and exceptions.
    """

    def __init__(self, folder: Path, source: str, first: Iterable[tuple[str, Arguments]] = (), unusual: bool = False):
        """The kernels that the `first` calls launch are compiled together, with `unusual` also those for launches of which nothing is
        supposed; all others one by one when they are called."""
        self.source = on_device(textwrap.dedent(source)) if EMULATED else textwrap.dedent(source)
        name = f"pair_{next(NUMBERS)}"
        self.path = self.written = folder / f"{name}.py"
        self.path.write_text(self.source)
        self.plain: dict[str, Any] = {"__name__": name}
        exec(compile(self.source, str(self.path), "exec"), self.plain)
        self.native = hooked = self.load(folder, name)
        calls = [partial(outcome, getattr(hooked, function), arguments()) for function, arguments in first]
        if calls and not EMULATED:
            self.native = built(self.path, folder / name, signatures(calls), *([] if unusual else ["--usual-only"]))
            self.path = folder / name / f"{name}.py"

    @staticmethod
    def load(folder: Path, name: str) -> ModuleType:
        """Imports the module through the translating import hook."""
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        ferrokeet.install("pair_")
        importlib.invalidate_caches()
        return importlib.import_module(name)

    def launches(self) -> dict[str, int]:
        """How often the module's kernels ran in each way so far."""
        own = (kernel for kernel in KERNELS if kernel.filename == str(self.path))
        kernels = [entry for kernel in own for entry in kernel.stats()]
        ways = {way: sum(kernel[way] for kernel in kernels) for way in ("fast", "careful", "gpu", "python")}
        if EMULATED:
            # A GPU does what is fast on the processor.
            ways["fast"] += ways.pop("gpu")
            ways["gpu"] = 0
        return ways

    def call(
        self,
        function: str,
        arguments: Arguments,
        ulps: int = 0,
        ran: str | None = "fast",
        tolerance: float = 0.0,
        threads: Sequence[int] = (),
    ) -> Any:
        """Calls both and compares; `ran` is the only way in which the kernels may have run (None: any).

        `tolerance` is for sums that are added in another order: relative above 1, absolute below. With `threads`, each of them is
        the last argument once, where a GPU does not decide how many there are; CPython, which does not care, is asked once.
        """
        expected_arguments = arguments()
        expected = outcome(self.plain[function], (*expected_arguments, *threads[:1]))
        for last in [threads[index : index + 1] for index in range(1 if EMULATED else len(threads) or 1)]:
            before = self.launches()
            actual_arguments = arguments()
            actual = outcome(getattr(self.native, function), (*actual_arguments, *last))
            after = self.launches()
            assert expected[0] == actual[0], f"CPython {expected}, translated {actual} {list(last)}"
            compare(expected[1], actual[1], ulps, tolerance)
            for left, right in zip(expected_arguments, actual_arguments, strict=True):
                compare(left, right, ulps, tolerance)
            if ran is not None:
                new = {way for way in after if after[way] > before[way]}
                assert new == {ran}, f"the kernels ran {new}: {ferrokeet.stats()}"
        return actual[1]


def on_emulated_gpu() -> Counter[str]:
    """How often kernels ran on the emulated GPU, and why those that could have did not."""
    ways: Counter[str] = Counter()
    for kernel in (entry for one in KERNELS for entry in one.stats()):
        ways["gpu"] += kernel["gpu"]
        why = [reason.removeprefix("on the CPU: ") for reason in kernel["reasons"] if reason.startswith("on the CPU: ")]
        split = not any(known in reason for known in NOTHING_TO_SPLIT for reason in why)
        ways[why[0] if why and split else "nothing is split between threads"] += kernel["fast"]
    return ways


def outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """`("returns", value)` or `("raises", "Class: message")`."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return "returns", function(*arguments)
    except Exception as error:
        return "raises", f"{type(error).__name__}: {error}"


def compare(left: Any, right: Any, ulps: int, tolerance: float = 0.0) -> None:
    """Asserts the same type and the same bits; floats may differ by `ulps` units in the last place."""
    assert type(left) is type(right), f"{type(left)} in CPython, {type(right)} translated"
    if isinstance(left, tuple | list):
        assert len(left) == len(right)
        for a, b in zip(left, right, strict=True):
            compare(a, b, ulps, tolerance)
    elif isinstance(left, np.ndarray | np.generic | float | complex):
        compare_numbers(np.asarray(left), np.asarray(right), ulps, tolerance)
    elif not callable(left) and type(left).__module__ in ("builtins", "array"):
        assert left == right, f"{left!r} in CPython, {right!r} translated"


def compare_numbers(left: np.ndarray, right: np.ndarray, ulps: int, tolerance: float) -> None:
    """Asserts equal arrays: NaNs where NaNs are, zeros of the same sign."""
    assert left.dtype == right.dtype
    assert left.shape == right.shape
    if left.dtype.kind == "c":
        compare_numbers(left.real, right.real, ulps, tolerance)
        compare_numbers(left.imag, right.imag, ulps, tolerance)
        return
    if left.dtype.kind != "f":
        same = left == right
    else:
        with np.errstate(all="ignore"):
            equal = (left == right) & (np.signbit(left) == np.signbit(right))
            close = (
                np.abs(left - right) <= ulps * np.spacing(np.maximum(np.abs(left), np.abs(right))) if ulps else equal
            )
            size = np.maximum(np.maximum(np.abs(left), np.abs(right)), 1.0)
            close = close | (np.abs(left - right) <= tolerance * size)
        same = equal | close | (np.isnan(left) & np.isnan(right))
    if not np.all(same):
        where = tuple(np.argwhere(~np.atleast_1d(same))[0])
        a, b = np.atleast_1d(left)[where], np.atleast_1d(right)[where]
        raise AssertionError(f"element {where}: {a!r} in CPython, {b!r} translated ({int((~same).sum())} differ)")


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "C": lambda a: a,
    "Fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(a, 3, axis=-1)[..., ::3],
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
}
KINDS = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]
SIZES = [0, 1, 7, 8, 9, 15, 16, 17, 1000]


def sample(kind: str, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Values of a kind, extreme and special ones among them."""
    rng = np.random.default_rng(seed)
    if kind == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if kind.startswith("float"):
        data = rng.normal(scale=3, size=shape).astype(kind)
        if data.size > 8:
            data.flat[1:6] = [0.0, -0.0, np.inf, -np.inf, np.nan]
        return data
    limits = np.iinfo(kind)
    data = rng.integers(max(limits.min, -50), 50, shape, dtype=kind, endpoint=True)
    if data.size > 8:
        data.flat[3], data.flat[5] = limits.min, limits.max
    return data
