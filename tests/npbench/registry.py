"""The register of NPBench programs: where the source is, where the pragmas go, what to call it with.

A place is `function kind index`: the index-th statement of a kind (`for`, `assign`, `return`) in the function, counted from 0 in
the order of the text; augmented assignments are assignments. The value is the directive without `# pragma`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Arguments = tuple[Any, ...]
Maker = Callable[..., Arguments]


@dataclass(frozen=True)
class Program:
    """One program of NPBench."""

    path: str  # below npbench/benchmarks, without `_numpy.py`
    entry: str
    pragmas: dict[str, str]
    sizes: tuple[tuple[int, ...], ...]
    make: Maker
    tolerance: float  # relative above 1, absolute below; 0 asks for the same bits
    why: str  # of the tolerance

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2].removesuffix("_numpy")

    def arguments(self, size: tuple[int, ...]) -> Arguments:
        return self.make(np.random.default_rng(sum(size)), *size)


PROGRAMS: dict[str, Program] = {}


def program(
    path: str,
    entry: str,
    pragmas: dict[str, str],
    sizes: list[tuple[int, ...]],
    tolerance: float = 0.0,
    why: str = "",
) -> Callable[[Maker], Maker]:
    """Registers a program under the name of its maker of arguments."""
    assert bool(tolerance) == bool(why), f"{path}: a tolerance needs a reason"

    def register(make: Maker) -> Maker:
        PROGRAMS[make.__name__] = Program(path, entry, pragmas, tuple(sizes), make, tolerance, why)
        return make

    return register
