"""The programs of a prepared folder: where they are, and what they are called with."""

import importlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from pairs import FORMS, Form

FOLDER = Path(__file__).resolve().parent
LARGE = -1
Arguments = tuple[Any, ...]
Maker = Callable[[int], Arguments]


def module(kind: str, name: str) -> ModuleType:
    """A module of one of the folders `plain`, `asking` and `built`."""
    folder = str(FOLDER / kind)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(f"plain_{name}" if kind == "plain" else name)


def sized(form: Form, number: int) -> Arguments:
    """Arguments of a form: of the small size with a number, the one after them the large one."""
    return form.arguments([*form.small, form.large][number])


def more(make: Callable[[np.random.Generator, int], Arguments], sizes: list[int]) -> Maker:
    """Arguments of a program of programs.py: of the size with a number, the last of them the large one."""
    return lambda number: make(np.random.default_rng(sizes[number]), sizes[number])


MORE: dict[str, Maker] = {
    "saxpy": more(lambda rng, n: (1.5, rng.random(n), rng.random(n)), [1000, 1, 0, 20_000_000]),
    "histogram": more(lambda rng, n: (rng.integers(0, 256, n), np.zeros(256, np.int64)), [1000, 1, 0, 20_000_000]),
    "smooth": more(lambda rng, n: (50, rng.random(n), rng.random(n)), [1000, 3, 2, 5_000_000]),
}


def calls() -> Iterator[tuple[str, str, Maker]]:
    """The module and the name of each program that the folder has, and what makes its arguments by the number of a size."""
    every: list[tuple[str, str, Maker]] = [("programs", name, make) for name, make in MORE.items()]
    for form in FORMS.values():
        make = partial(sized, form)
        every += [(form.loops.stem, form.name, make), (form.arrays.stem, form.name, make)]
    yield from (call for call in every if (FOLDER / "asking" / f"{call[0]}.py").is_file())


def tolerance(name: str) -> float:
    """How far results may differ: relative above 1, absolute below."""
    return FORMS[name].tolerance if name in FORMS else 0.0
