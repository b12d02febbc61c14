"""Many random programs in one module, whose kernels are built together: compiling them one by one would take most of the time.

The module is first run through the import hook with nothing compiled, which tells the signatures; then `ferrokeet build`
makes it, and the result is imported.
"""

import importlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import ferrokeet
from arguments import build
from check import run
from ferrokeet import _kernels, _translator
from generate import Program

# Why a launch may be left to Python: what only the arguments tell, which no kernel is made for.
LEFT_TO_PYTHON = [
    "it is read-only",
    "whose bytes are not in this machine's order",
    # Types that depend on the data.
    "which no one type can hold",
    "in another type for each type",
]


def name_of(program: Program) -> str:
    """The name of a program's function in the module."""
    return f"kernel_{program.seed}"


def text(programs: list[Program]) -> str:
    """The module of all programs."""
    head = "import math\n\nimport numpy as np\n"
    bodies = (program.source(name_of(program)).removeprefix(head) for program in programs)
    return head + "".join(bodies)


def signatures(module: Any, programs: list[Program]) -> dict[str, list[str]]:
    """The signatures with which the regions of a hooked module are called, learned from a run in which none is compiled."""
    seen: dict[str, list[str]] = {}

    def note(_source: bytes, _filename: str, region: str, signature: str, *_: object) -> dict[str, Any]:
        known = seen.setdefault(region, [])
        known.extend([] if signature in known else [signature])
        return {"reason": "nothing is compiled yet"}

    with patch.object(_kernels, "compile_kernel", note):
        for program in programs:
            run(getattr(module, name_of(program)), build(program, 0))
    assert seen, "no region was called"
    return seen


class Batch:
    """The programs of a module, in CPython and built."""

    def __init__(self, folder: Path, programs: list[Program]):
        name = f"random_program_{programs[0].seed}"
        path = folder / f"{name}.py"
        path.write_text(text(programs))
        self.plain: dict[str, Any] = {"__name__": name}
        exec(compile(path.read_text(), str(path), "exec"), self.plain)
        importlib.invalidate_caches()
        seen = signatures(importlib.import_module(name), programs)
        stored = folder / "signatures.json"
        stored.write_text(json.dumps({str(path): seen}))
        out = folder / "built"
        self.path = out / f"{name}.py"
        arguments = ["build", str(path), "-o", str(out), "--cpu", "native", "--signatures", str(stored), "--usual-only"]
        # What cannot be compiled is complained about here, and counted as run in Python below.
        subprocess.run([_translator.command() or "ferrokeet", *arguments], capture_output=True, check=False)
        del sys.modules[name]
        spec = importlib.util.spec_from_file_location(f"built_{name}", self.path)
        assert spec
        assert spec.loader
        self.built = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.built)

    def functions(self, program: Program) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """A program's function in CPython and built."""
        return self.plain[name_of(program)], getattr(self.built, name_of(program))

    def kernels(self, program: Program) -> list[dict[str, Any]]:
        """What `stats` tells of a program."""
        kernels: list[dict[str, Any]] = ferrokeet.stats()["kernels"]
        own = f"{name_of(program)}_L"
        return [one for one in kernels if one["filename"] == str(self.path) and one["name"].startswith(own)]

    def launches(self, program: Program) -> dict[str, int]:
        """How the kernels of a program ran so far; `left` counts what is left to Python for one of the reasons above."""
        counts = {"fast": 0, "careful": 0, "python": 0, "left": 0}
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
