"""Many random programs in one module, whose kernels are built together."""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import arguments
from check import VARIANTS, run
from ferrokeet._stats import KERNELS
from generate import HEAD, Program
from joint import build, completed, loaded, signatures

# Why a launch may be left to Python: what only the arguments tell, which no kernel is made for.
LEFT_TO_PYTHON = [
    "it is read-only",
    "whose bytes are not in this machine's order",
    # All rows in one place: NumPy computes all new values of a statement before it stores one.
    "overlaps itself",
    # Types that depend on the data.
    "which no one type can hold",
    "in another type for each type",
]
# Of what stands after "on the CPU: ", what is no shortcoming of the back end for GPUs: nothing there is parallel.
NOTHING_TO_SPLIT = ["no loop of it is split between threads", "the loop runs sequentially"]


def name_of(program: Program) -> str:
    """The name of a program's function in the module."""
    return f"kernel_{program.seed}"


def on_device(source: str) -> str:
    """The same program, its outermost loops asking for a GPU."""
    return re.sub(
        r"(# ?pragma (?:parallel for simd|parallel for|parallel|simd|sequential for))\b", r"\1 target(cuda)", source
    )


def text(programs: list[Program]) -> str:
    """The module of all programs."""
    bodies = (program.source(name_of(program)).removeprefix(HEAD) for program in programs)
    return HEAD + "".join(bodies)


class Batch:
    """The programs of a module, in CPython and built."""

    def __init__(self, folder: Path, programs: list[Program]):
        name = f"random_program_{programs[0].seed}"
        path = folder / f"{name}.py"
        path.write_text(text(programs))
        self.plain: dict[str, Any] = {"__name__": name}
        exec(compile(path.read_text(), str(path), "exec"), self.plain)
        importlib.invalidate_caches()
        hooked = importlib.import_module(name)
        usual = build(path, folder / "usual", signatures(self.calls(hooked, programs)), "--usual-only")
        # Few launches are unusual, and each such kernel would be compiled by itself.
        unusual = signatures(self.calls(loaded(usual), programs))
        self.path = completed(usual, build(path, folder / "unusual", unusual), folder / "built") if unusual else usual
        self.built = loaded(self.path)
        del sys.modules[name]

    @staticmethod
    def calls(module: Any, programs: list[Program]) -> Iterator[Callable[[], object]]:
        """Every call of the programs that is compared."""
        for program, variant in product(programs, range(VARIANTS)):
            yield partial(run, getattr(module, name_of(program)), arguments.build(program, variant))

    def functions(self, program: Program) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """A program's function in CPython and built."""
        return self.plain[name_of(program)], getattr(self.built, name_of(program))

    def kernels(self, program: Program) -> list[dict[str, Any]]:
        """What `stats` tells of a program."""
        own = f"{name_of(program)}_L"
        kernels = (one for one in KERNELS if one.filename == str(self.path) and one.name.startswith(own))
        return [entry for one in kernels for entry in one.stats()]

    def launches(self, program: Program) -> dict[str, int]:
        """How the kernels of a program ran so far; `left` counts what is left to Python for one of the reasons above."""
        counts = {"fast": 0, "careful": 0, "python": 0, "left": 0, "gpu": 0, "declined": 0}
        for kernel in self.kernels(program):
            left = any(known in reason for reason in kernel["reasons"] for known in LEFT_TO_PYTHON)
            counts["left" if left else "python"] += kernel["python"]
            counts["fast"] += kernel["fast"]
            counts["careful"] += kernel["careful"]
        return counts

    def defect(self, program: Program) -> str | None:
        """What is wrong with a program's kernels although the answers are right: rustc refused one."""
        reasons = [reason for kernel in self.kernels(program) for reason in kernel["reasons"]]
        return next((reason for reason in reasons if reason.startswith("rustc failed")), None)


class Emulated(Batch):
    """The programs of a module, in CPython and translated for a GPU that is emulated: each kernel is compiled when it is called."""

    def __init__(self, folder: Path, programs: list[Program]):
        name = f"random_program_{programs[0].seed}"
        self.path = folder / f"{name}.py"
        self.path.write_text(on_device(text(programs)))
        self.plain = {"__name__": name}
        exec(compile(self.path.read_text(), str(self.path), "exec"), self.plain)
        importlib.invalidate_caches()
        self.built = importlib.import_module(name)

    def launches(self, program: Program) -> dict[str, int]:
        """As of a batch; `gpu` counts what the emulated GPU did, and these count as fast, too; `declined` what it might have done."""
        counts = super().launches(program)
        for kernel in self.kernels(program):
            why = [reason for reason in kernel["reasons"] if reason.startswith("on the CPU: ")]
            might = why and not any(known in reason for reason in why for known in NOTHING_TO_SPLIT)
            counts["declined"] += kernel["fast"] if might else 0
            counts["gpu"] += kernel["gpu"]
        counts["fast"] += counts["gpu"]
        return counts
