"""Array expressions against loops over elements against NumPy: one process, all interleaved, the least of several rounds.

Usage: array_forms.py [--runs N] [--small] [--cpu] [name ...]. Prints a table; the third column is the array form's time over the
loop form's, which is to be at most 1.2. Exits with 1 when one is slower than that. `--cpu` measures the time of the processor on
one thread, which tells more than the clock where others use the machine too.
"""

import argparse
import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import ferrokeet
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "array_forms"))

from pairs import FORMS, Form

LIMIT = 1.2
SLOW = 2.0  # seconds: a NumPy form that takes longer runs once
PREFIX = "timed_"


def load(path: Path, folder: Path) -> tuple[ModuleType, dict[str, Any]]:
    """A source translated, and as plain Python."""
    name = f"{PREFIX}{path.stem}"
    (folder / f"{name}.py").write_text(path.read_text())
    plain: dict[str, Any] = {"__name__": name}
    exec(compile(path.read_text(), str(path), "exec"), plain)
    ferrokeet.install(PREFIX)
    importlib.invalidate_caches()
    return importlib.import_module(name), plain


def seconds(function: Callable[..., Any], form: Form, size: tuple[int, ...], clock: Callable[[], float]) -> float:
    """One call on new arguments."""
    arguments = form.arguments(size)
    start = clock()
    function(*arguments)
    return clock() - start


def measure(
    functions: dict[str, Callable[..., Any]],
    form: Form,
    size: tuple[int, ...],
    runs: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Least seconds of each function, called in turn; the first call of each is not counted."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    first = {name: seconds(function, form, size, clock) for name, function in functions.items()}
    for _ in range(runs):
        for name, function in functions.items():
            if name != "numpy" or first[name] < SLOW:
                times[name].append(seconds(function, form, size, clock))
    return {name: min(own) if own else first[name] for name, own in times.items()}


def native(names: list[str]) -> dict[str, bool]:
    """Which functions' kernels never ran as Python."""
    kernels = [kernel for kernel in ferrokeet.stats()["kernels"] if PREFIX in kernel["filename"]]
    return {name: not any(kernel["python"] for kernel in kernels if name in kernel["name"]) for name in names}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--small", action="store_true", help="the sizes of the tests, for a quick look")
    parser.add_argument("--cpu", action="store_true", help="time of the processor, on one thread")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.cpu:
        os.environ["FERROKEET_NUM_THREADS"] = "1"
    slow = []
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"):
        sys.path.insert(0, folder)
        modules = {path: load(path, Path(folder)) for form in FORMS.values() for path in (form.loops, form.arrays)}
        print(f"{'benchmark':24} {'loops':>10} {'arrays':>10} {'ratio':>6} {'NumPy':>10}   milliseconds")
        for name in options.names or FORMS:
            form = FORMS[name]
            functions = {
                "loops": getattr(modules[form.loops][0], name),
                "arrays": getattr(modules[form.arrays][0], name),
                "numpy": modules[form.arrays][1][name],
            }
            size = form.small[0] if options.small else form.large
            clock = time.process_time if options.cpu else time.perf_counter
            found = measure(functions, form, size, options.runs, clock)
            ratio = found["arrays"] / found["loops"]
            if ratio > LIMIT:
                slow.append(name)
            loops, arrays, plain = (1e3 * found[key] for key in ("loops", "arrays", "numpy"))
            python = "" if all(native([name]).values()) else "   Python!"
            print(f"{name:24} {loops:10.3f} {arrays:10.3f} {ratio:6.2f} {plain:10.3f}{python}", flush=True)
    print(f"{len(slow)} array forms above {LIMIT}: {', '.join(slow) or 'none'}")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
