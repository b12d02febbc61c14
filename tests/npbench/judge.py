"""Runs one program of NPBench as Python and translated, and says how each annotated region ran.

Usage: `python tests/npbench/judge.py NAME` prints a JSON object; it runs in a process of its own so that no program can harm the
judgement of another.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import applications  # noqa: F401
import ferrokeet
import numpy as np
import polybench  # noqa: F401
from annotate import Annotated, annotated, source
from registry import PROGRAMS, Arguments, Program


@dataclass
class Judgement:
    """What came of one program."""

    name: str
    regions: dict[str, list[str]] = field(default_factory=dict)  # place → ways in which its kernels ran
    reasons: dict[str, list[str]] = field(default_factory=dict)  # place → why it ran as Python
    differences: list[str] = field(default_factory=list)
    worst: float = 0.0  # difference, relative above 1, absolute below

    @property
    def native(self) -> int:
        return sum(bool(ways) and "python" not in ways for ways in self.regions.values())

    @property
    def all_native(self) -> bool:
        return self.native == len(self.regions) and not self.differences


def judge(name: str) -> Judgement:
    """Runs a program on all its sizes."""
    program = PROGRAMS[name]
    text = annotated(program)
    plain: dict[str, Any] = {"__name__": name}
    exec(compile(source(program), program.path, "exec"), plain)
    judgement = Judgement(name)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ferrokeet.FerrokeetWarning)
        path = Path(folder) / f"npbench_{name}.py"
        path.write_text(text.text)
        with silence() as told:
            native = load(path)
            for size in program.sizes:
                compare_runs(program, size, plain[program.entry], getattr(native, program.entry), judgement)
        settle(path, text, judgement, told)
    return judgement


def load(path: Path) -> Any:
    """Imports an annotated program through the translating import hook."""
    sys.path.insert(0, str(path.parent))
    ferrokeet.install("npbench_")
    importlib.invalidate_caches()
    return importlib.import_module(path.stem)


@contextlib.contextmanager
def silence() -> Iterator[list[str]]:
    """Collects warnings that name what runs as Python."""
    told: list[str] = []
    before = warnings.showwarning
    warnings.simplefilter("always", ferrokeet.FerrokeetWarning)
    warnings.showwarning = lambda message, *_: told.append(str(message))
    try:
        yield told
    finally:
        warnings.showwarning = before


def outcome(function: Any, arguments: Arguments) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def compare_runs(program: Program, size: tuple[int, ...], plain: Any, native: Any, judgement: Judgement) -> None:
    """One call of both; results and arguments afterwards must agree."""
    left, right = program.arguments(size), program.arguments(size)
    expected, actual = outcome(plain, left), outcome(native, right)
    for what, a, b in [("result", expected, actual), *(("argument", a, b) for a, b in zip(left, right, strict=True))]:
        worst, difference = differ(a, b, program.tolerance)
        judgement.worst = max(judgement.worst, worst)
        if difference:
            judgement.differences.append(f"size {size}, {what}: {difference}")


def differ(a: Any, b: Any, tolerance: float) -> tuple[float, str]:
    """The largest difference, and what is wrong, if anything."""
    if type(a) is not type(b):
        return 0.0, f"{type(a).__name__} in CPython, {type(b).__name__} translated ({str(b)[:200]})"
    if isinstance(a, tuple):
        if len(a) != len(b):
            return 0.0, f"{len(a)} values in CPython, {len(b)} translated"
        parts = [differ(x, y, tolerance) for x, y in zip(a, b, strict=True)]
        return max((worst for worst, _ in parts), default=0.0), next((text for _, text in parts if text), "")
    if not isinstance(a, np.ndarray | np.generic | float | complex):
        return 0.0, "" if a == b else f"{a!r} in CPython, {b!r} translated"
    left, right = np.asarray(a), np.asarray(b)
    if left.dtype != right.dtype or left.shape != right.shape:
        return 0.0, f"{left.dtype}{left.shape} in CPython, {right.dtype}{right.shape} translated"
    return differ_in_numbers(left, right, tolerance)


def differ_in_numbers(left: np.ndarray, right: np.ndarray, tolerance: float) -> tuple[float, str]:
    if left.dtype.kind not in "fc" or not left.size:
        return 0.0, "" if np.array_equal(left, right) else "integers differ"
    with np.errstate(all="ignore"):
        same = (left == right) | (np.isnan(left) & np.isnan(right))
        size = np.maximum(np.maximum(np.abs(left), np.abs(right)), 1.0)
        distance = np.where(same, 0.0, np.abs(left - right) / size)
    worst = float("inf") if np.isnan(distance).any() else float(distance.max())
    return worst, "" if worst <= tolerance else f"values differ by {worst:.1e}, {tolerance:.0e} permitted"


def settle(path: Path, text: Annotated, judgement: Judgement, told: list[str]) -> None:
    """Attributes kernels and warnings to the pragma above them."""
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if kernel["filename"] == str(path)]
    pragmas = sorted((row, place) for place, row in text.rows.items())
    findings = check(path)
    for index, (row, place) in enumerate(pragmas):
        end = pragmas[index + 1][0] if index + 1 < len(pragmas) else sys.maxsize
        own = [kernel for kernel in kernels if row < kernel["row"] < end]
        ways = sorted({way for kernel in own for way in ("fast", "careful", "gpu", "python") if kernel[way]})
        judgement.regions[place] = ways
        reasons = [reason for kernel in own if kernel["python"] for reason in kernel["reasons"]]
        if not ways or "python" in ways:
            reasons += [message for message in told if row < first_row(message) < end]
        if not ways:
            reasons += [message for at, message in findings if row <= at < end]
        judgement.reasons[place] = list(dict.fromkeys(reasons))


def check(path: Path) -> list[tuple[int, str]]:
    """What `ferrokeet check` finds: rows, those of the calls that lead there among them, and messages."""
    command = os.environ.get("FERROKEET_BIN") or str(Path(sys.executable).with_name("ferrokeet"))
    done = subprocess.run(
        [command, "check", "--output-format", "json", path], capture_output=True, text=True, check=False
    )
    found = json.loads(done.stdout)["diagnostics"]
    return [
        (at["location"]["row"], f"{one['message']} [{one['code']}]") for one in found for at in [one, *one["related"]]
    ]


def first_row(message: str) -> int:
    """The row that a warning names: `[FK102, line 5]`."""
    _, found, rest = message.partition(", line ")
    return int(rest.partition("]")[0]) if found else 0


def main() -> int:
    os.environ.setdefault("FERROKEET_STRICT", "0")
    judgement = judge(sys.argv[1])
    print(json.dumps(asdict(judgement)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
